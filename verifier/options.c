#include "options.h"

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

int nw_options_words(int argc, char **argv, const struct nw_argv_option *table, size_t n,
                     const char *help, struct nw_argv_words *out, int *status)
{
    struct nw_diag d = {0};
    *status = 0;
    if (nw_argv_read(argc, argv, table, n, out, &d) != NW_OK) {
        *status = nw_say_diag(argv[0], &d);
        return 1;
    }
    if (out->help) {
        (void)fputs(help, stdout);
    }
    return out->help;
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
    struct nw_options o = {0};
    const struct nw_argv_option table[] = {
        {"bundle", .text = &o.bundle},
        {"at", .text = &o.at},
        {"country", .text = &o.country},
        {"policy", .text = &o.policy},
        {"nonce", .text = &o.nonce},
        {"audience", .text = &o.audience},
        {"pid", .text = &o.pid},
        {"person", .text = &o.person},
        {"employer", .text = &o.employer},
        {"site", .text = &o.site},
        {"seen", .text = &o.seen},
        {"lang", .text = &o.lang},
        {"transcript", .text = &o.transcript},
        {"client-id", .text = &o.client_id},
        {"response-uri", .text = &o.response_uri},
        {"jwk-thumbprint", .text = &o.thumbprint},
        {"origin", .text = &o.origin},
        {"reader-key", .text = &o.reader_key},
        {"json", .flag = &o.json},
    };
    struct nw_argv_words words;
    if (nw_options_words(argc, argv, NW_ARGV(table), help, &words, status) != 0) {
        return 1;
    }
    o.inputs = argv + 1;
    o.input_n = words.operand_n;
    if (options_check(&o, status) != 0) {
        return 1;
    }
    *out = o;
    return 0;
}
