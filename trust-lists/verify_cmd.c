/* nachweis-trust verify: one list, accepted or refused with its reason. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "command.h"
#include "files.h"
#include "lote.h"

#define MAX_PINS 16

struct verify {
    struct lote_policy policy;
    struct nw_slice pins[MAX_PINS];
    const char *input, *before; /* before: the edition accepted last, or NULL */
    struct lote_seen seen;
    bool json;
    struct tl_kept kept;
    struct nw_checks checks;
};

static const char *const usage =
    "Usage: nachweis-trust verify --signer CERT... [options] LIST\n"
    "\n"
    "Checks one list of trusted entities (ETSI TS 119 602, JSON as compact JAdES) and says what\n"
    "is on it. LIST is a file or - for standard input.\n"
    "\n"
    "  --signer CERT   certificate that may sign the list, PEM or DER; may be repeated.\n"
    "                  It must come from elsewhere (the Official Journal), not from the list.\n"
    "  --list KIND     refuse other kinds: pid, wallet, wrpac, wrprc, pub-eaa, registrars\n"
    "  --state LIST    the edition that was accepted before: a lower number is refused\n"
    "  --at TIME       the clock, as 2026-08-21T12:00:00Z; now by default\n"
    "  --allow-rs      accept RS256, RS384, RS512 as well\n"
    "  --json          the result as JSON\n"
    "\n"
    "Exit status: 0 accepted, 1 accepted with warnings (some services cannot be relied on),\n"
    "2 refused, 64 and up the command itself failed. XML lists are not read (65).\n"
    "\n"
    "Example: nachweis-trust verify --signer operator.pem --list pub-eaa pub-eaa.jws\n";

static enum nw_err add_pin(struct verify *v, const char *path, struct nw_diag *d)
{
    if (v->policy.pin_n == MAX_PINS) {
        return nw_fail_at(d, NW_ERR_USAGE, "--signer", "at most %d", MAX_PINS);
    }
    struct nw_buf *der = tl_keep(&v->kept, NW_MAX_KEY_FILE);
    enum nw_err e = der != NULL ? tl_read_cert(path, der, d) : NW_ERR_NOMEM;
    if (e == NW_OK) {
        v->pins[v->policy.pin_n++] = nw_buf_slice(der);
    }
    return e;
}

static enum nw_err set_option(struct verify *v, int option, struct nw_diag *d)
{
    switch (option) {
    case 's':
        return add_pin(v, optarg, d);
    case 'l':
        v->policy.kind = lote_kind_from_name(optarg);
        return v->policy.kind != LOTE_ANY
                   ? NW_OK
                   : nw_fail_at(d, NW_ERR_USAGE, "--list",
                                "pid, wallet, wrpac, wrprc, pub-eaa or registrars");
    case 'a':
        return tl_clock(optarg, &v->policy.now, d);
    case 'b':
        v->before = optarg;
        return NW_OK;
    case 'r':
        v->policy.allow_rs = true;
        return NW_OK;
    case 'j':
        v->json = true;
        return NW_OK;
    default:
        return nw_fail_at(d, NW_ERR_USAGE, "verify", "see nachweis-trust verify --help");
    }
}

static enum nw_err read_options(struct verify *v, int argc, char **argv, bool *help,
                                struct nw_diag *d)
{
    static const struct option options[] = {
        {"signer", required_argument, NULL, 's'}, {"list", required_argument, NULL, 'l'},
        {"at", required_argument, NULL, 'a'},     {"allow-rs", no_argument, NULL, 'r'},
        {"json", no_argument, NULL, 'j'},         {"help", no_argument, NULL, 'h'},
        {"state", required_argument, NULL, 'b'},  {NULL, 0, NULL, 0},
    };
    enum nw_err e = tl_clock(NULL, &v->policy.now, d);
    for (int o; e == NW_OK && (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o == 'h') {
            *help = true;
            return NW_OK;
        }
        e = set_option(v, o, d);
    }
    if (e == NW_OK && optind + 1 != argc) {
        e = nw_fail_at(d, NW_ERR_USAGE, "LIST", "exactly one list is wanted");
    }
    if (e == NW_OK && v->policy.pin_n == 0) {
        e = nw_fail_at(d, NW_ERR_USAGE, "--signer", "without a signer nothing can be trusted");
    }
    if (e == NW_OK) {
        v->input = argv[optind];
        v->policy.pins = v->pins;
    }
    return e;
}

static const char *role_text(enum nw_role role)
{
    static const char *const texts[] = {
        [NW_ROLE_PUBEAA_ISSUE] = "issues public attestations",
        [NW_ROLE_PUBEAA_STATUS] = "publishes their status",
        [NW_ROLE_PID_ISSUE] = "issues PIDs",
        [NW_ROLE_PID_STATUS] = "publishes the status of PIDs",
        [NW_ROLE_WALLET] = "provides wallets",
        [NW_ROLE_WRPAC_CA] = "issues access certificates",
        [NW_ROLE_WRPRC_CA] = "issues registration certificates",
        [NW_ROLE_REGISTRAR] = "keeps a register",
    };
    const char *text = (size_t)role < sizeof texts / sizeof texts[0] ? texts[role] : NULL;
    return text != NULL ? text : "";
}

static void say_service(const struct nw_bundle_service *s)
{
    char from[24];
    const struct nw_bundle_period *last = &s->periods[s->period_n - 1];
    (void)printf("    %s: %s%s%s\n", role_text(s->role),
                 last->status == NW_TRUST_GRANTED ? "entitled" : "withdrawn",
                 last->from != 0 ? " since " : "",
                 last->from != 0 ? tl_time(last->from, from) : "");
}

static void say_list(const struct lote *l)
{
    char a[24];
    char b[24];
    char hex[65];
    (void)printf("accepted: %s\n  operator     %s (%s)\n", l->type, l->operator_name, l->territory);
    (void)printf("  number       %llu, issued %s, next update %s\n",
                 (unsigned long long)l->sequence, tl_time(l->issued, a),
                 l->next_update != 0 ? tl_time(l->next_update, b) : "none");
    tl_hex(l->signer, hex);
    (void)printf("  signed       %s by %s\n", tl_time(l->signed_at, a), hex);
    if (!l->signer_is_operator) {
        (void)printf("               whose name is not the operator's (TS 119 602 6.8.0)\n");
    }
    (void)printf("  services     %zu taken, %zu dropped, %zu of no use here\n", l->service_n,
                 l->dropped, l->ignored);
    for (size_t i = 0; i < l->entity_n; i++) {
        const struct nw_bundle_entity *e = &l->entities[i];
        (void)printf("  %.*s (%.*s, %.*s)\n", (int)e->name.n, (const char *)e->name.p,
                     (int)e->country.n, (const char *)e->country.p, (int)e->id.n,
                     (const char *)e->id.p);
        for (size_t k = 0; k < l->service_n; k++) {
            if (l->services[k].entity == i) {
                say_service(&l->services[k]);
            }
        }
    }
    for (size_t i = 0; i < l->note_n && i < LOTE_MAX_NOTES; i++) {
        (void)printf("warning: %s: %s\n", l->notes[i].path, l->notes[i].text);
    }
}

static void put_text(struct nw_buf *b, const char *name, struct nw_slice text)
{
    nw_buf_printf(b, "\"%s\":", name);
    nw_json_write_text(text, b);
}

static void put_list(const struct lote *l, struct nw_buf *b)
{
    char room[24];
    char hex[65];
    nw_buf_puts(b, ",\"list\":{");
    put_text(b, "type", nw_str(l->type));
    nw_buf_putc(b, ',');
    put_text(b, "operator", nw_str(l->operator_name));
    nw_buf_putc(b, ',');
    put_text(b, "territory", nw_str(l->territory));
    nw_buf_printf(b, ",\"number\":%llu,\"issued\":\"%s\"", (unsigned long long)l->sequence,
                  tl_time(l->issued, room));
    if (l->next_update != 0) {
        nw_buf_printf(b, ",\"next_update\":\"%s\"", tl_time(l->next_update, room));
    } else {
        nw_buf_puts(b, ",\"next_update\":null");
    }
    tl_hex(l->signer, hex);
    nw_buf_printf(b, ",\"signed\":\"%s\",\"signer\":\"%s\"", tl_time(l->signed_at, room), hex);
    tl_hex(l->sha256, hex);
    nw_buf_printf(b, ",\"signer_is_operator\":%s", l->signer_is_operator ? "true" : "false");
    nw_buf_printf(b, ",\"sha256\":\"%s\",\"entities\":%zu,\"services\":%zu,\"dropped\":%zu}", hex,
                  l->entity_n, l->service_n, l->dropped);
    nw_buf_puts(b, ",\"warnings\":[");
    for (size_t i = 0; i < l->note_n && i < LOTE_MAX_NOTES; i++) {
        nw_buf_puts(b, i > 0 ? ",{" : "{");
        put_text(b, "path", nw_str(l->notes[i].path));
        nw_buf_putc(b, ',');
        put_text(b, "text", nw_str(l->notes[i].text));
        nw_buf_putc(b, '}');
    }
    nw_buf_putc(b, ']');
}

static void put_checks(const struct nw_checks *checks, struct nw_buf *b)
{
    static const char *const results[] = {"not-done", "pass", "fail"};
    nw_buf_puts(b, ",\"checks\":[");
    for (size_t i = 0; i < checks->n; i++) {
        const struct nw_check *c = &checks->v[i];
        nw_buf_printf(b, "%s{\"id\":\"%s\",\"result\":\"%s\",", i > 0 ? "," : "", c->id,
                      results[c->result]);
        put_text(b, "detail", nw_str(c->detail));
        nw_buf_putc(b, ',');
        put_text(b, "clause", nw_str(c->err != NW_OK ? nw_err_clause(c->err) : ""));
        nw_buf_putc(b, '}');
    }
    nw_buf_putc(b, ']');
}

static void say_json(const struct verify *v, const struct lote *l)
{
    struct nw_buf b = NW_BUF(NW_MAX_JSON);
    nw_buf_printf(&b, "{\"version\":1,\"result\":\"%s\"",
                  l == NULL       ? "refused"
                  : l->note_n > 0 ? "warnings"
                                  : "accepted");
    if (l != NULL) {
        put_list(l, &b);
    }
    put_checks(&v->checks, &b);
    nw_buf_puts(&b, "}\n");
    (void)fputs(nw_buf_cstr(&b), stdout);
    nw_buf_free(&b);
}

static int refuse(const struct verify *v, const struct nw_diag *d)
{
    char line[NW_DIAG_PATH + NW_DIAG_DETAIL + 200];
    const struct nw_check *failed = nw_check_first_failure(&v->checks);
    nw_diag_line(d, line, sizeof line);
    if (v->json) {
        say_json(v, NULL);
    } else {
        (void)printf("refused: %s%s%s\n", failed != NULL ? failed->id : "",
                     failed != NULL ? ": " : "", line);
    }
    return TL_REFUSED;
}

/* The edition before is judged at the time it was signed: it may have lapsed since. */
static enum nw_err read_before(struct verify *v, struct nw_crypto *c, struct nw_diag *d)
{
    struct lote_policy then = v->policy;
    struct lote *l = nw_calloc(1, sizeof *l);
    struct nw_checks *checks = nw_calloc(1, sizeof *checks);
    struct nw_buf *file = tl_keep(&v->kept, 2 * NW_MAX_LOTE);
    enum nw_err e = l != NULL && checks != NULL && file != NULL
                        ? tl_read(v->before, NW_MAX_LOTE, file, d)
                        : NW_ERR_NOMEM;
    if (e == NW_OK) {
        e = lote_gate(c, nw_buf_slice(file), &v->policy, l, d);
    }
    if (e == NW_OK) {
        then.now = l->signed_at;
        lote_free(&l);
        e = lote_open(c, nw_buf_slice(file), &then, &l, checks, d);
    }
    if (e == NW_OK) {
        v->seen.sequence = l->sequence;
        v->seen.signed_at = l->signed_at;
        memcpy(v->seen.sha256, l->sha256, sizeof v->seen.sha256);
        v->policy.seen = &v->seen;
    } else if (!nw_err_is_ours(e)) {
        nw_diag_clear(d);
        e = nw_fail_at(d, NW_ERR_CONFIG, "--state", "%s is no acceptable edition", v->before);
    }
    lote_free(&l);
    nw_free(checks);
    return e;
}

static int run(struct verify *v)
{
    struct nw_diag d = {0};
    struct lote *l = NULL;
    struct nw_crypto *c = NULL;
    struct nw_buf *file = tl_keep(&v->kept, 2 * NW_MAX_LOTE);
    enum nw_err e = file != NULL ? tl_read(v->input, NW_MAX_LOTE, file, &d) : NW_ERR_NOMEM;
    if (e == NW_OK) {
        e = nw_crypto_new(NW_PROVIDER_DEFAULT, &c);
    }
    if (e == NW_OK && v->before != NULL) {
        e = read_before(v, c, &d);
    }
    if (e == NW_OK) {
        e = lote_open(c, nw_buf_slice(file), &v->policy, &l, &v->checks, &d);
    }
    int status = TL_ACCEPTED;
    if (e == NW_OK) {
        status = l->note_n > 0 || l->dropped > 0 ? TL_WARNINGS : TL_ACCEPTED;
        if (v->json) {
            say_json(v, l);
        } else {
            say_list(l);
        }
    } else if (nw_err_is_ours(e) || e == NW_ERR_LIST_UNSUPPORTED || e == NW_ERR_CONFIG) {
        status = tl_failed(e, &d);
    } else {
        status = refuse(v, &d);
    }
    lote_free(&l);
    nw_crypto_free(&c);
    return status;
}

int tl_command_verify(int argc, char **argv)
{
    struct nw_diag d = {0};
    bool help = false;
    struct verify *v = nw_calloc(1, sizeof *v);
    enum nw_err e = v != NULL ? read_options(v, argc, argv, &help, &d) : NW_ERR_NOMEM;
    int status;
    if (e != NW_OK) {
        status = tl_failed(e, &d);
    } else if (help) {
        (void)fputs(usage, stdout);
        status = 0;
    } else {
        status = run(v);
    }
    if (v != NULL) {
        tl_kept_free(&v->kept);
    }
    nw_free(v);
    return status;
}
