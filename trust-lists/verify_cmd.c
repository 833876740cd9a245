/* nachweis-trust verify: one list, accepted or refused with its reason. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/argv.h"
#include "base/date.h"
#include "command.h"
#include "files.h"
#include "say.h"
#include "verify_lote.h"
#include "verify_vical.h"
#include "verify_xml.h"

#define MAX_PINS 64
#define MAX_PIVOTS 64

struct verify {
    struct lote_policy policy;
    struct nw_slice pins[MAX_PINS];
    const char *input, *before; /* before: the edition accepted last, or NULL */
    const char *lotl;           /* file, or NULL */
    struct tsl_way way;
    struct tsl_pivot_file pivots[MAX_PIVOTS];
    struct tsl_policy xml; /* what only XML lists have; the rest comes from policy */
    bool vical;            /* and no other kind */
    bool json;
    struct tl_kept kept;
    struct nw_checks checks;
};

static const char *const usage =
    "Usage: nachweis-trust verify --signer CERT... [options] LIST\n"
    "\n"
    "Checks one trust list and says what is on it. LIST is a file or - for standard input, told\n"
    "apart by its content: a list of trusted entities (ETSI TS 119 602) as compact JAdES or XML,\n"
    "an EU trusted list or the list of lists (ETSI TS 119 612), XML, or a VICAL (ISO/IEC\n"
    "18013-5), CBOR.\n"
    "\n"
    "  --signer CERT   certificate that may sign the list, PEM (also several) or DER; may be "
    "repeated.\n"
    "                  It must come from elsewhere (the Official Journal), not from the list.\n"
    "  --list KIND     refuse other kinds: pid, wallet, wrpac, wrprc, pub-eaa, registrars, mdl\n"
    "                  (TS 119 602), tl, lotl (TS 119 612), vical (ISO/IEC 18013-5)\n"
    "  --state LIST    the edition that was accepted before: a lower number is refused\n"
    "  --at TIME       the clock, as 2026-08-21T12:00:00Z; now by default\n"
    "  --allow-rs      JSON: accept RS256, RS384, RS512 as well\n"
    "  --territory CC  refuse the lists of other territories\n"
    "  --journal URL   TS 119 612: the signers are those that the Official Journal published under "
    "this\n"
    "                  address; they sign the list of lists, or its oldest pivot\n"
    "  --pivot FILE    a pivot between the two; may be repeated, in any order\n"
    "  --lotl FILE     with --journal: LIST is a national list and this is the list of lists that\n"
    "                  names who signs it\n"
    "  --grace DAYS    TS 119 612: a national list may have lapsed so long, with a warning; 0 by "
    "default\n"
    "  --historic      TS 119 612: accept old forms of signature, with a warning\n"
    "  --json          the result as JSON\n"
    "\n"
    "Exit status: 0 accepted, 1 accepted with warnings (some services cannot be relied on),\n"
    "2 refused, 64 and up the command itself failed.\n"
    "\n"
    "Example: nachweis-trust verify --signer operator.pem --list tl --territory SE se.xml\n";

/* Values of options that become something else. */
struct words {
    const char *signers[MAX_PINS], *pivots[MAX_PIVOTS];
    size_t signer_n, pivot_n;
    const char *kind, *at, *grace;
};

static enum nw_err set_kind(struct verify *v, const char *kind, struct nw_diag *d)
{
    if (kind == NULL) {
        return NW_OK;
    }
    v->policy.kind = lote_kind_from_name(kind);
    v->xml.kind = strcmp(kind, "tl") == 0     ? TSL_NATIONAL
                  : strcmp(kind, "lotl") == 0 ? TSL_LOTL
                                              : TSL_ANY;
    v->vical = strcmp(kind, "vical") == 0;
    return v->policy.kind != LOTE_ANY || v->xml.kind != TSL_ANY || v->vical
               ? NW_OK
               : nw_fail_at(
                     d, NW_ERR_USAGE, "--list",
                     "pid, wallet, wrpac, wrprc, pub-eaa, registrars, mdl, tl, lotl or vical");
}

static enum nw_err set_grace(struct verify *v, const char *text, struct nw_diag *d)
{
    char *end = NULL;
    long days = text != NULL ? strtol(text, &end, 10) : 0;
    if (text != NULL && (end == text || *end != '\0' || days < 0 || days > 3650)) {
        return nw_fail_at(d, NW_ERR_USAGE, "--grace", "a number of days is wanted");
    }
    v->xml.grace = days * NW_DAY;
    return NW_OK;
}

static enum nw_err add_pivot(struct verify *v, const char *path, struct nw_diag *d)
{
    struct nw_buf *file = tl_keep(&v->kept, 2 * NW_MAX_LOTL);
    enum nw_err e = file != NULL ? tl_read(path, NW_MAX_LOTL, file, d) : NW_ERR_NOMEM;
    if (e == NW_OK) {
        v->pivots[v->way.pivot_n++] =
            (struct tsl_pivot_file){.name = tl_file_name(path), .file = nw_buf_slice(file)};
    }
    return e;
}

static enum nw_err use_words(struct verify *v, const struct words *w, struct nw_diag *d)
{
    enum nw_err e = set_kind(v, w->kind, d);
    if (e == NW_OK) {
        e = set_grace(v, w->grace, d);
    }
    if (e == NW_OK) {
        e = tl_clock(w->at, &v->policy.now, d);
    }
    for (size_t i = 0; e == NW_OK && i < w->signer_n; i++) {
        e = tl_read_certs(w->signers[i], &v->kept, v->pins, MAX_PINS, &v->policy.pin_n, d);
    }
    for (size_t i = 0; e == NW_OK && i < w->pivot_n; i++) {
        e = add_pivot(v, w->pivots[i], d);
    }
    v->policy.pins = v->pins;
    return e;
}

static enum nw_err read_options(struct verify *v, int argc, char **argv, bool *help,
                                struct nw_diag *d)
{
    struct words w = {.kind = NULL};
    struct nw_argv_words words;
    const struct nw_argv_option options[] = {
        {.name = "signer", .list = w.signers, .list_n = &w.signer_n, .list_max = MAX_PINS},
        {.name = "pivot", .list = w.pivots, .list_n = &w.pivot_n, .list_max = MAX_PIVOTS},
        {.name = "list", .text = &w.kind},
        {.name = "at", .text = &w.at},
        {.name = "grace", .text = &w.grace},
        {.name = "state", .text = &v->before},
        {.name = "territory", .text = &v->xml.territory},
        {.name = "journal", .text = &v->way.journal},
        {.name = "lotl", .text = &v->lotl},
        {.name = "historic", .flag = &v->xml.historic},
        {.name = "allow-rs", .flag = &v->policy.allow_rs},
        {.name = "json", .flag = &v->json}};
    enum nw_err e = nw_argv_read(argc, argv, NW_ARGV(options), &words, d);
    *help = e == NW_OK && words.help;
    if (e != NW_OK || *help) {
        return e;
    }
    if (words.operand_n != 1) {
        return nw_fail_at(d, NW_ERR_USAGE, "LIST", "exactly one list is wanted");
    }
    if (w.signer_n == 0) {
        return nw_fail_at(d, NW_ERR_USAGE, "--signer", "without a signer nothing can be trusted");
    }
    if (v->way.journal == NULL && (v->lotl != NULL || w.pivot_n > 0)) {
        return nw_fail_at(d, NW_ERR_USAGE, "--journal", "is needed with --lotl and --pivot");
    }
    v->input = argv[1];
    return use_words(v, &w, d);
}

static enum nw_err read_more(struct verify *v, const char *path, size_t max, struct nw_slice *out,
                             struct nw_diag *d)
{
    if (path == NULL) {
        return NW_OK;
    }
    struct nw_buf *file = tl_keep(&v->kept, 2 * max);
    enum nw_err e = file != NULL ? tl_read(path, max, file, d) : NW_ERR_NOMEM;
    if (e == NW_OK) {
        *out = nw_buf_slice(file);
    }
    return e;
}

/* A kind was asked for that this form of list is not. */
static int refuse_kind(struct verify *v, const char *rule, enum nw_err e, const char *what)
{
    struct nw_diag d = {0};
    (void)nw_fail_at(&d, e, "--list", "%s", what);
    (void)nw_check_fail_diag(&v->checks, rule, &d);
    return tl_refuse(&v->checks, &d, v->json);
}

static int judge_lote(struct verify *v, struct nw_crypto *c, struct nw_slice file)
{
    struct nw_diag d = {0};
    struct tl_verify_lote job = {.policy = v->policy,
                                 .file = file,
                                 .before_name = v->before,
                                 .tsl_kind = v->xml.kind != TSL_ANY,
                                 .journal = v->way.journal != NULL,
                                 .territory = v->xml.territory,
                                 .json = v->json};
    enum nw_err e = read_more(v, v->before, NW_MAX_LOTE, &job.before, &d);
    /* an empty edition is a bad one, and no trouble of ours */
    return e != NW_OK && e != NW_ERR_EMPTY ? tl_failed(e, &d) : tl_verify_lote(c, &job, &v->checks);
}

static int judge_xml(struct verify *v, struct nw_crypto *c, struct nw_slice file)
{
    struct tl_verify_xml job = {.policy = v->xml, .file = file, .way = v->way, .json = v->json};
    struct nw_diag d = {0};
    job.policy.pins = job.way.pins = v->pins;
    job.policy.pin_n = job.way.pin_n = v->policy.pin_n;
    job.policy.now = v->policy.now;
    job.way.pivots = v->pivots;
    if (v->policy.kind != LOTE_ANY) {
        return refuse_kind(v, "TL-08", NW_ERR_TSL_TYPE,
                           "this is no list of trusted entities (TS 119 602)");
    }
    enum nw_err e = read_more(v, v->before, NW_MAX_TSL, &job.before, &d);
    if (e == NW_OK) {
        e = read_more(v, v->lotl, NW_MAX_LOTL, &job.lotl, &d);
    }
    return e != NW_OK ? tl_failed(e, &d) : tl_verify_xml(c, &job, &v->checks);
}

static int judge_vical(struct verify *v, struct nw_crypto *c, struct nw_slice file)
{
    struct nw_diag d = {0};
    struct tl_verify_vical job = {
        .policy = {.pins = v->pins, .pin_n = v->policy.pin_n, .now = v->policy.now},
        .file = file,
        .json = v->json};
    if (v->policy.kind != LOTE_ANY || v->xml.kind != TSL_ANY) {
        return refuse_kind(v, "VIC-01", NW_ERR_VICAL_FORM, "this is a VICAL");
    }
    enum nw_err e = read_more(v, v->before, NW_MAX_VICAL, &job.before, &d);
    return e != NW_OK ? tl_failed(e, &d) : tl_verify_vical(c, &job, &v->checks);
}

/* Told apart by content. What cannot be read is taken for what was asked for, to say why. */
static bool is_lote(const struct verify *v, struct nw_slice file)
{
    bool yes = false;
    if (!tsl_looks_like_xml(file)) {
        return true;
    }
    return lote_claimed_xml(file, &yes) == NW_OK ? yes : v->policy.kind != LOTE_ANY;
}

static int run(struct verify *v)
{
    struct nw_diag d = {0};
    struct nw_crypto *c = NULL;
    struct nw_buf *file = tl_keep(&v->kept, 2 * NW_MAX_TSL);
    enum nw_err e = file != NULL ? tl_read(v->input, NW_MAX_TSL, file, &d) : NW_ERR_NOMEM;
    if (e == NW_ERR_LIMIT) {
        (void)nw_check_fail_diag(&v->checks, "TL-01", &d);
        return tl_refuse(&v->checks, &d, v->json);
    }
    if (e == NW_OK || e == NW_ERR_EMPTY) { /* nothing is a bad list, and no trouble of ours */
        e = nw_crypto_new(NW_PROVIDER_DEFAULT, &c);
    }
    if (e != NW_OK) {
        return tl_failed(e, &d);
    }
    int status;
    struct nw_slice list = nw_buf_slice(file);
    if (vical_looks_like(list)) {
        status = judge_vical(v, c, list);
    } else if (v->vical) {
        status = refuse_kind(v, "VIC-01", NW_ERR_VICAL_FORM, "no COSE_Sign1 at all");
    } else {
        status = is_lote(v, list) ? judge_lote(v, c, list) : judge_xml(v, c, list);
    }
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
