#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "cmd.h"
#include "jose/jws.h"
#include "qr.h"

static const char help[] =
    "usage: nachweis-issuer issue --home DIR --form FORM [OPTION]... RECORD\n"
    "\n"
    "Checks the record, enters it in the register, takes a place in a status list, signs, and\n"
    "writes the credential. The same record again gives a further copy of the same A1.\n"
    "RECORD is a JSON file (WE BUILD rb-a1 v1.0) or -.\n"
    "\n"
    "  --home DIR         the institution's home\n"
    "  --form FORM        dc+sd-jwt   SD-JWT VC for a wallet\n"
    "                     a11         offline QR code for paper\n"
    "  --profile P        dc+sd-jwt: webuild (default), eudi, dc4eu\n"
    "                     a11: inspection (default), full\n"
    "  --holder-key FILE  public key of the holder (JWK); without it the credential is unbound\n"
    "  --out FILE         default: standard output. For a11 the ending decides:\n"
    "                     .png or .svg give the code as a picture, all else the text\n"
    "  --at TIME          sets the clock (test homes only)\n"
    "\n"
    "What the profile cannot carry is said as lines beginning with \"lost\".\n"
    "Exit status: 0 issued, 65 the record may not be issued, 64 and up otherwise failed.\n"
    "\n"
    "Examples:\n"
    "  nachweis-issuer issue --home HOME --form a11 --out a1.png record.json\n"
    "  nachweis-issuer issue --home HOME --form dc+sd-jwt --holder-key wallet.jwk record.json\n";

struct issue {
    const char *home, *form, *profile, *holder_key, *out, *at, *record;
    bool help;
};

enum picture { TEXT, PNG, SVG };

static bool ends_in(const char *s, const char *ending)
{
    size_t n = strlen(s), m = strlen(ending);
    return n > m && strcmp(s + n - m, ending) == 0;
}

static enum picture picture_of(const struct issue *o)
{
    if (o->out == NULL) {
        return TEXT;
    }
    return ends_in(o->out, ".png") ? PNG : ends_in(o->out, ".svg") ? SVG : TEXT;
}

static enum nw_err read_holder(struct nw_crypto *c, const char *path, struct nw_pubkey **out,
                               struct nw_diag *d)
{
    struct nw_buf text = NW_BUF(NW_MAX_KEY_FILE);
    struct nw_json *jwk = NULL;
    enum nw_err e = nw_io_read(path, NW_MAX_KEY_FILE, &text, d);
    if (e == NW_OK) {
        e = nw_json_parse(nw_buf_slice(&text), &jwk, d);
    }
    if (e == NW_OK) {
        e = nw_jwk_parse(c, jwk, out, d);
    }
    nw_json_free(&jwk);
    nw_buf_free(&text);
    return e;
}

/* Register and place, both durable when this returns. *refused: the findings say why. */
static enum nw_err enter(const struct nw_home *h, const struct nw_record *r,
                         const struct nw_mint_job *job, struct nw_a1 *a1, struct nw_copy *copy,
                         bool *refused, struct nw_findings *f, struct nw_diag *d)
{
    struct nw_store *s = h->store;
    bool known = false;
    enum nw_err e = s->ops->begin(s);
    if (e == NW_OK) {
        e = nw_register_rules(h->type, h, r, job->now, f);
    }
    if (e == NW_OK && !nw_findings_has_error(f)) {
        e = nw_mint_check(h, r, job, f);
    }
    if (e == NW_OK && !nw_findings_has_error(f)) {
        e = nw_register_enter(h, r, job->now, a1, &known, f);
    }
    *refused = e == NW_OK && nw_findings_has_error(f);
    if (e == NW_OK && !*refused) {
        e = s->ops->reserve(s, a1->id, nw_mint_form_name(job->form), nw_mint_profile_name(job),
                            job->now, copy);
    }
    if (e == NW_OK && !*refused) {
        e = s->ops->commit(s);
    }
    if (e == NW_ERR_STORE) {
        (void)nw_fail_at(d, e, "", "%s", s->ops->trouble(s));
    }
    s->ops->rollback(s);
    return e;
}

static enum nw_err confirm(const struct nw_home *h, const struct nw_copy *copy,
                           const struct nw_minted *m, struct nw_diag *d)
{
    struct nw_store *s = h->store;
    enum nw_err e = s->ops->begin(s);
    if (e == NW_OK) {
        e = s->ops->issued(s, copy, nw_buf_slice(&m->text), m->iat, m->exp);
    }
    if (e == NW_OK) {
        e = s->ops->commit(s);
    }
    if (e != NW_OK) {
        (void)nw_fail_at(d, e, "", "%s", s->ops->trouble(s));
    }
    s->ops->rollback(s);
    return e;
}

static enum nw_err render(const struct issue *o, struct nw_slice text, struct nw_buf *out)
{
    switch (picture_of(o)) {
    case PNG:
        return nw_qr_png(text, 0, out);
    case SVG:
        return nw_qr_svg(text, 0, out);
    case TEXT:
    default:
        nw_buf_put(out, text);
        nw_buf_putc(out, '\n');
        return nw_buf_err(out);
    }
}

static void say_issued(const struct nw_a1 *a1, const struct nw_mint_job *job,
                       const struct nw_minted *m)
{
    char until[NW_TIME_TEXT];
    nw_time_format(m->exp, until);
    nw_say("issued %s as %s (%s), %s, valid until %s", a1->document_id,
           nw_mint_form_name(job->form), nw_mint_profile_name(job),
           job->holder != NULL ? "bound to the holder's key" : "unbound", until);
}

/* *refused: not issued, and why is said. */
static enum nw_err issue_record(const struct nw_home *h, const struct issue *o,
                                const struct nw_record *r, const struct nw_mint_job *job,
                                struct nw_findings *f, bool *refused, struct nw_diag *d)
{
    struct nw_a1 a1 = {.id = 0};
    struct nw_copy copy = {.a1 = 0};
    struct nw_minted m = {.iat = 0};
    struct nw_buf content = NW_BUF(NW_QR_MAX_IMAGE);
    enum nw_err e = enter(h, r, job, &a1, &copy, refused, f, d);
    if (e != NW_OK || *refused) {
        goto out;
    }
    if ((e = nw_mint(h, r, &a1, &copy, job, &m, d)) != NW_OK) {
        goto out;
    }
    if ((e = render(o, nw_buf_slice(&m.text), &content)) != NW_OK) {
        (void)nw_fail_at(d, e, "", "%s", nw_err_text(e));
        goto out;
    }
    if ((e = confirm(h, &copy, &m, d)) != NW_OK) {
        goto out;
    }
    e = o->out == NULL ? nw_io_print(nw_buf_slice(&content), d)
                       : nw_io_write(o->out, nw_buf_slice(&content), 0600, d);
    if (e == NW_OK) {
        say_issued(&a1, job, &m);
    }
out:
    nw_buf_free(&content);
    nw_buf_free(&m.text);
    return e;
}

static enum nw_err read_record(const struct nw_home *h, const struct issue *o, struct nw_record *r,
                               bool *good, struct nw_findings *f, struct nw_diag *d)
{
    struct nw_buf text = NW_BUF(NW_MAX_RECORD);
    enum nw_err e = nw_io_read(o->record, NW_MAX_RECORD, &text, d);
    if (e == NW_OK) {
        e = nw_record_parse(h->crypto, nw_buf_slice(&text), r, good, f);
    }
    nw_buf_free(&text);
    return e;
}

static enum nw_err run(const struct nw_home *h, const struct issue *o, struct nw_mint_job *job,
                       bool *refused, struct nw_diag *d)
{
    static struct nw_findings f;
    struct nw_record r = {.json = NULL};
    struct nw_pubkey *holder = NULL;
    bool good = false;
    enum nw_err e = nw_home_now(h, o->at, &job->now, d);
    if (e == NW_OK && o->out != NULL) {
        e = nw_io_can_write(o->out, d);
    }
    if (e == NW_OK && o->holder_key != NULL) {
        e = read_holder(h->crypto, o->holder_key, &holder, d);
        job->holder = holder;
    }
    if (e == NW_OK) {
        e = read_record(h, o, &r, &good, &f, d);
    }
    if (e == NW_OK && good) {
        e = issue_record(h, o, &r, job, &f, refused, d);
    } else if (e == NW_OK) {
        *refused = true;
    }
    nw_say_findings(&f);
    if (e == NW_OK && *refused) {
        nw_say("not issued: the record breaks the rules above");
    }
    nw_record_free(&r);
    nw_pubkey_free(&holder);
    return e;
}

static int parse(int argc, char **argv, struct issue *o)
{
    static const struct option options[] = {
        {"home", required_argument, NULL, 'H'},    {"form", required_argument, NULL, 'f'},
        {"profile", required_argument, NULL, 'p'}, {"holder-key", required_argument, NULL, 'k'},
        {"out", required_argument, NULL, 'o'},     {"at", required_argument, NULL, 'a'},
        {"help", no_argument, NULL, 'h'},          {0}};
    const char **const targets[] = {['H'] = &o->home,       ['f'] = &o->form, ['p'] = &o->profile,
                                    ['k'] = &o->holder_key, ['o'] = &o->out,  ['a'] = &o->at};
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (c == 'h') {
            o->help = true;
            return EX_OK;
        }
        if (c == '?') {
            return cmd_usage("issue", "wrong option");
        }
        *targets[c] = optarg;
    }
    if (o->home == NULL || optind + 1 != argc) {
        return cmd_usage("issue", "wanted --home, --form and one RECORD");
    }
    o->record = argv[optind];
    return EX_OK;
}

int cmd_issue(int argc, char **argv)
{
    struct issue o = {.home = NULL};
    struct nw_mint_job job = {.now = 0};
    struct nw_home home;
    struct nw_diag d;
    bool refused = false;
    int status = parse(argc, argv, &o);
    if (status != EX_OK || o.help) {
        return status != EX_OK ? status : cmd_help(help);
    }
    nw_diag_clear(&d);
    enum nw_err e = cmd_mint_options(o.form, o.profile, o.holder_key != NULL, &job, &d);
    if (e == NW_OK && job.form != NW_MINT_A11 && picture_of(&o) != TEXT) {
        return cmd_usage("issue", "only a11 can be written as a picture");
    }
    if (e == NW_OK) {
        e = nw_home_open(o.home, &home, &d);
        if (e == NW_OK) {
            e = run(&home, &o, &job, &refused, &d);
            nw_home_close(&home);
        }
    }
    return e != NW_OK ? nw_say_failure(e, &d) : refused ? EX_DATAERR : EX_OK;
}
