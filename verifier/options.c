#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "report/report.h"
#include "say.h"

static const char *options_env_lang(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *v = getenv(names[i]);
        if (v != NULL && v[0] != '\0') {
            return v;
        }
    }
    return "";
}

const char *nw_options_lang(const struct nw_options *o)
{
    const char *lang = o->lang != NULL ? o->lang : options_env_lang();
    return strncmp(lang, "de", 2) == 0 ? "de" : "en";
}

static const char **options_place(struct nw_options *o, int c)
{
    switch (c) {
    case 'b':
        return &o->bundle;
    case 't':
        return &o->at;
    case 'c':
        return &o->country;
    case 'p':
        return &o->policy;
    case 'n':
        return &o->nonce;
    case 'a':
        return &o->audience;
    case 'i':
        return &o->pid;
    case 'w':
        return &o->person;
    case 'e':
        return &o->employer;
    case 's':
        return &o->site;
    case 'S':
        return &o->seen;
    case 'l':
        return &o->lang;
    case 'T':
        return &o->transcript;
    case 'C':
        return &o->client_id;
    case 'R':
        return &o->response_uri;
    case 'J':
        return &o->thumbprint;
    case 'O':
        return &o->origin;
    case 'K':
        return &o->reader_key;
    default:
        return NULL;
    }
}

static int options_usage(int *status, const char *what)
{
    nw_say("%s; --help shows how", what);
    *status = EX_USAGE;
    return 1;
}

/* One way to say which session it is, and that one whole. */
static int options_check_session(const struct nw_options *o, int *status)
{
    bool redirect = o->client_id != NULL || o->response_uri != NULL;
    if ((o->transcript != NULL) + redirect + (o->origin != NULL) > 1) {
        return options_usage(status, "--transcript, --client-id and --origin exclude each other");
    }
    if (redirect && (o->client_id == NULL || o->response_uri == NULL || o->nonce == NULL)) {
        return options_usage(status, "--client-id, --response-uri and --nonce belong together");
    }
    if (o->origin != NULL && o->nonce == NULL) {
        return options_usage(status, "--origin and --nonce belong together");
    }
    if (o->thumbprint != NULL && !redirect && o->origin == NULL) {
        return options_usage(status, "--jwk-thumbprint needs --client-id or --origin");
    }
    return 0;
}

static int options_check(const struct nw_options *o, int *status)
{
    char iso[3];
    if (o->country != NULL && !nw_report_place(o->country, iso)) {
        return options_usage(status, "--country wants two capital letters (ISO 3166) of one of the "
                                     "32 states of the A1, e.g. DE");
    }
    if (o->lang != NULL && strcmp(o->lang, "de") != 0 && strcmp(o->lang, "en") != 0) {
        return options_usage(status, "--lang is de or en");
    }
    if (o->seen != NULL && strcmp(o->seen, "application") != 0 && strcmp(o->seen, "paper") != 0) {
        return options_usage(status, "--seen is application or paper");
    }
    if ((o->nonce != NULL && o->nonce[0] == '\0') ||
        (o->audience != NULL && o->audience[0] == '\0')) {
        return options_usage(status, "--nonce and --audience want the values of the request");
    }
    return options_check_session(o, status);
}

int nw_options_parse(int argc, char **argv, const char *help, struct nw_options *out, int *status)
{
    static const struct option table[] = {
        {"bundle", required_argument, NULL, 'b'},
        {"at", required_argument, NULL, 't'},
        {"country", required_argument, NULL, 'c'},
        {"policy", required_argument, NULL, 'p'},
        {"nonce", required_argument, NULL, 'n'},
        {"audience", required_argument, NULL, 'a'},
        {"pid", required_argument, NULL, 'i'},
        {"person", required_argument, NULL, 'w'},
        {"employer", required_argument, NULL, 'e'},
        {"site", required_argument, NULL, 's'},
        {"seen", required_argument, NULL, 'S'},
        {"lang", required_argument, NULL, 'l'},
        {"transcript", required_argument, NULL, 'T'},
        {"client-id", required_argument, NULL, 'C'},
        {"response-uri", required_argument, NULL, 'R'},
        {"jwk-thumbprint", required_argument, NULL, 'J'},
        {"origin", required_argument, NULL, 'O'},
        {"reader-key", required_argument, NULL, 'K'},
        {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    *out = (struct nw_options){0};
    *status = 0;
    optind = 1;
    for (int c; (c = getopt_long(argc, argv, "", table, NULL)) != -1;) {
        const char **place = options_place(out, c);
        if (c == 'h') {
            (void)fputs(help, stdout);
            return 1;
        }
        if (c == 'j') {
            out->json = true;
        } else if (place == NULL) {
            *status = EX_USAGE;
            return 1;
        } else if (*place != NULL) {
            return options_usage(status, "an option is given twice");
        } else {
            *place = optarg;
        }
    }
    out->inputs = argv + optind;
    out->input_n = (size_t)(argc - optind);
    return options_check(out, status);
}
