#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "cmd.h"
#include "jose/jws.h"
#include "mark.h"
#include "qr.h"

static const char help[] =
    "usage: nachweis-issuer issue --home DIR --form FORM [OPTION]... RECORD\n"
    "\n"
    "Checks the record, enters it in the register, takes a place in a status list, signs, and\n"
    "writes the credential. The same record again gives a further copy of the same document.\n"
    "RECORD is a JSON file or -: an A1 (WE BUILD rb-a1 v1.0), an EHIC (DC4EU rulebook 1.1) or a\n"
    "PID (PID rulebook, claims of the SD-JWT VC, with a document_number).\n"
    "\n"
    "  --home DIR         the institution's home\n"
    "  --form FORM        dc+sd-jwt   SD-JWT VC for a wallet\n"
    "                     mso_mdoc    ISO mdoc for a wallet: IssuerSigned as base64url\n"
    "                     a11         offline QR code for paper (A1 only)\n"
    "  --type T           pda1, ehic or pid; without it the record's members tell\n"
    "  --profile P        dc+sd-jwt: webuild (default), eudi, dc4eu\n"
    "                                EHIC: dc4eu (default), eudi · PID: eudi (default)\n"
    "                     mso_mdoc: eudi (default)\n"
    "                     a11: inspection (default), full\n"
    "  --holder-key FILE  public key of the holder (JWK); without it the credential is\n"
    "                     unbound, which an mdoc, a PID and the profile dc4eu cannot be.\n"
    "                     Given several times: a batch, one copy a line, each with its own\n"
    "                     random values and its own place in a status list\n"
    "  --out FILE         default: standard output. For a11 the ending decides:\n"
    "                     .png or .svg give the code as a picture, all else the text\n"
    "  --at TIME          sets the clock (test homes only)\n"
    "\n"
    "What the profile cannot carry is said as lines beginning with \"lost\".\n"
    "Exit status: 0 issued, 65 the record may not be issued, 64 and up otherwise failed.\n"
    "\n"
    "Examples:\n"
    "  nachweis-issuer issue --home HOME --form a11 --out a1.png record.json\n"
    "  nachweis-issuer issue --home HOME --form dc+sd-jwt --holder-key wallet.jwk record.json\n"
    "  nachweis-issuer issue --home HOME --form mso_mdoc --type ehic --holder-key a.jwk card.json\n"
    "  nachweis-issuer issue --home HOME --form mso_mdoc --holder-key a.jwk --holder-key b.jwk \\\n"
    "      --out a1.mdoc record.json\n";

#define BATCH_MAX 64
#define CONTENT_MAX (64u << 20)

struct issue {
    const char *home, *form, *type, *profile, *out, *at, *record;
    const char *holder_key[BATCH_MAX];
    size_t holder_n;
};

/* One A1, one copy for each holder key (one if there is none). */
struct batch {
    struct nw_pubkey *holder[BATCH_MAX];
    struct nw_copy copy[BATCH_MAX];
    struct nw_minted minted[BATCH_MAX];
    size_t n;
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

/* A key for each copy: the same one twice would let two copies be recognised as one. */
static enum nw_err read_holders(struct nw_crypto *c, const struct issue *o, struct batch *b,
                                struct nw_diag *d)
{
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < o->holder_n; i++) {
        e = read_holder(c, o->holder_key[i], &b->holder[i], d);
        for (size_t k = 0; e == NW_OK && k < i; k++) {
            if (nw_slice_eq(nw_pubkey_point(b->holder[k]), nw_pubkey_point(b->holder[i]))) {
                e = nw_fail_at(d, NW_ERR_USAGE, o->holder_key[i], "the same key is given twice");
            }
        }
    }
    b->n = o->holder_n > 0 ? o->holder_n : 1;
    return e;
}

static void free_batch(struct batch *b)
{
    for (size_t i = 0; i < BATCH_MAX; i++) {
        nw_pubkey_free(&b->holder[i]);
        nw_buf_free(&b->minted[i].text);
    }
}

/* Register and place, both durable when this returns. *refused: the findings say why. */
static enum nw_err enter(const struct nw_home *h, const struct nw_record *r,
                         const struct nw_mint_job *job, struct nw_a1 *a1, struct batch *b,
                         bool *refused, struct nw_findings *f, struct nw_diag *d)
{
    struct nw_store *s = h->store;
    bool known = false;
    enum nw_err e = s->ops->begin(s);
    if (e == NW_OK) {
        e = nw_register_rules(h, r, job->now, f);
    }
    if (e == NW_OK && !nw_findings_has_error(f)) {
        e = nw_mint_check(h, r, job, f);
    }
    if (e == NW_OK && !nw_findings_has_error(f)) {
        e = nw_register_enter(h, r, job->now, a1, &known, f);
    }
    *refused = e == NW_OK && nw_findings_has_error(f);
    for (size_t i = 0; e == NW_OK && !*refused && i < b->n; i++) {
        e = s->ops->reserve(s, a1->id, nw_mint_form_name(job->form), nw_mint_profile_name(job),
                            job->now, &b->copy[i]);
    }
    if (e == NW_OK && !*refused) {
        e = s->ops->commit(s);
    }
    if (e == NW_OK && !*refused) {
        e = nw_mark_raise(h->path, s, d);
    }
    if (e == NW_ERR_STORE) {
        (void)nw_fail_at(d, e, "", "%s", s->ops->trouble(s));
    }
    s->ops->rollback(s);
    return e;
}

static enum nw_err confirm(const struct nw_home *h, const struct batch *b, struct nw_diag *d)
{
    struct nw_store *s = h->store;
    enum nw_err e = s->ops->begin(s);
    for (size_t i = 0; e == NW_OK && i < b->n; i++) {
        const struct nw_minted *m = &b->minted[i];
        e = s->ops->issued(s, &b->copy[i], nw_buf_slice(&m->text), m->iat, m->exp);
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

static void say_issued(const struct nw_record *r, const struct nw_mint_job *job,
                       const struct batch *b)
{
    char until[NW_TIME_TEXT], copies[32] = "";
    nw_time_format(b->minted[0].exp, until);
    if (b->n > 1) {
        (void)snprintf(copies, sizeof copies, " in %zu copies", b->n);
    }
    nw_say("issued %s %s%s as %s (%s), %s, valid until %s", nw_type_short(r->type), r->document_id,
           copies, nw_mint_form_name(job->form), nw_mint_profile_name(job),
           b->holder[0] != NULL ? "bound to the holder's key" : "unbound", until);
}

static enum nw_err mint_all(const struct nw_home *h, const struct issue *o,
                            const struct nw_record *r, const struct nw_a1 *a1,
                            struct nw_mint_job *job, struct batch *b, struct nw_buf *content,
                            struct nw_diag *d)
{
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < b->n; i++) {
        job->holder = b->holder[i];
        e = nw_mint(h, r, a1, &b->copy[i], job, &b->minted[i], d);
        if (e == NW_OK) {
            e = render(o, nw_buf_slice(&b->minted[i].text), content);
            (void)(e == NW_OK ? NW_OK : nw_fail_at(d, e, "", "%s", nw_err_text(e)));
        }
    }
    return e;
}

/* *refused: not issued, and why is said. */
static enum nw_err issue_record(const struct nw_home *h, const struct issue *o,
                                const struct nw_record *r, struct nw_mint_job *job, struct batch *b,
                                struct nw_findings *f, bool *refused, struct nw_diag *d)
{
    struct nw_a1 a1 = {.id = 0};
    struct nw_buf content = NW_BUF(CONTENT_MAX);
    enum nw_err e = enter(h, r, job, &a1, b, refused, f, d);
    if (e != NW_OK || *refused) {
        goto out;
    }
    if ((e = mint_all(h, o, r, &a1, job, b, &content, d)) != NW_OK) {
        goto out;
    }
    if ((e = confirm(h, b, d)) != NW_OK) {
        goto out;
    }
    e = o->out == NULL ? nw_io_print(nw_buf_slice(&content), d)
                       : nw_io_write(o->out, nw_buf_slice(&content), 0600, d);
    if (e == NW_OK) {
        say_issued(r, job, b);
    }
out:
    nw_buf_free(&content);
    return e;
}

static enum nw_err read_record(const struct nw_home *h, const struct issue *o, struct nw_record *r,
                               bool *good, struct nw_findings *f, struct nw_diag *d)
{
    struct nw_buf text = NW_BUF(NW_MAX_RECORD);
    struct nw_reader_as as = {.crypto = h->crypto, .types = h->types};
    enum nw_err e = cmd_type(h->types, o->type, &as.type, d);
    if (e == NW_OK) {
        e = nw_io_read(o->record, NW_MAX_RECORD, &text, d);
    }
    if (e == NW_OK) {
        e = nw_record_parse(&as, nw_buf_slice(&text), r, good, f);
    }
    nw_buf_free(&text);
    return e;
}

static enum nw_err run(const struct nw_home *h, const struct issue *o, struct nw_mint_job *job,
                       bool *refused, struct nw_diag *d)
{
    static struct nw_findings f;
    static struct batch b;
    struct nw_record r = {.json = NULL};
    bool good = false;
    enum nw_err e = nw_home_now(h, o->at, &job->now, d);
    if (e == NW_OK && o->out != NULL) {
        e = nw_io_can_write(o->out, d);
    }
    if (e == NW_OK) {
        e = read_holders(h->crypto, o, &b, d);
        job->holder = b.holder[0];
    }
    if (e == NW_OK) {
        e = read_record(h, o, &r, &good, &f, d);
    }
    if (e == NW_OK && r.type != NULL) {
        e = cmd_mint_profile(r.type, o->profile, o->holder_n > 0, job, d);
    }
    if (e == NW_OK && good) {
        e = issue_record(h, o, &r, job, &b, &f, refused, d);
    } else if (e == NW_OK) {
        *refused = true;
    }
    nw_say_findings(&f);
    if (e == NW_OK && *refused) {
        nw_say("not issued: the record breaks the rules above");
    }
    nw_record_free(&r);
    free_batch(&b);
    return e;
}

/* False when the command has ended with *status. */
static bool parse(int argc, char **argv, struct issue *o, int *status)
{
    const struct nw_argv_option options[] = {{.name = "home", .text = &o->home},
                                             {.name = "form", .text = &o->form},
                                             {.name = "type", .text = &o->type},
                                             {.name = "profile", .text = &o->profile},
                                             {.name = "out", .text = &o->out},
                                             {.name = "at", .text = &o->at},
                                             {.name = "holder-key",
                                              .list = o->holder_key,
                                              .list_n = &o->holder_n,
                                              .list_max = BATCH_MAX}};
    size_t operands = 0;
    if (!cmd_options(help, argc, argv, NW_ARGV(options), &operands, status)) {
        return false;
    }
    if (o->home == NULL || operands != 1) {
        *status = cmd_usage("issue", "wanted --home, --form and one RECORD");
        return false;
    }
    o->record = argv[1];
    return true;
}

int cmd_issue(int argc, char **argv)
{
    struct issue o = {.home = NULL};
    struct nw_mint_job job = {.now = 0};
    struct nw_home home;
    struct nw_diag d;
    bool refused = false;
    int status = EX_OK;
    if (!parse(argc, argv, &o, &status)) {
        return status;
    }
    nw_diag_clear(&d);
    enum nw_err e = cmd_mint_form(o.form, &job, &d);
    if (e == NW_OK && job.form != NW_MINT_A11 && picture_of(&o) != TEXT) {
        return cmd_usage("issue", "only a11 can be written as a picture");
    }
    if (e == NW_OK && job.form == NW_MINT_A11 && o.holder_n > 1) {
        return cmd_usage("issue", "a batch is for wallets; a11 takes one holder key");
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
