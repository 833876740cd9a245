#include "seal/envelope.h"

#include "base/date.h"
#include "base/unicode.h"

/* RFC 8392 4, RFC 8747 3.1, Token Status List 6.3. */
enum {
    CLAIM_ISS = 1,
    CLAIM_AUD = 3,
    CLAIM_EXP = 4,
    CLAIM_NBF = 5,
    CLAIM_IAT = 6,
    CLAIM_CNF = 8,
    CLAIM_STATUS = 65535,
};
/* Raw values; empty where the claim is missing. */
struct claims {
    struct nw_slice iss, aud, exp, nbf, iat, cnf, status, a1;
};
#define CNF_COSE_KEY 1
#define YEAR_10000 253402300800 /* Unix seconds; past it no date has a text */

static enum nw_err refuse(struct nw_diag *d, enum nw_err e, const char *path, const char *what)
{
    return nw_fail_at(d, e, path, "%s", what);
}

static enum nw_err read_iss(const struct claims *c, struct nw_seal *s, struct nw_diag *d)
{
    if (c->iss.n == 0) {
        return refuse(d, NW_ERR_CLAIM_MISSING, "iss", "");
    }
    struct nw_cbor r = nw_cbor_open(c->iss);
    struct nw_slice iss = nw_cbor_text(&r);
    if (nw_cbor_err(&r) != NW_OK) {
        return refuse(d, NW_ERR_CLAIM_TYPE, "iss", "no text");
    }
    if (iss.n == 0) {
        return refuse(d, NW_ERR_CLAIM_RANGE, "iss", "empty");
    }
    if (iss.n > NW_A11_ISS_MAX) {
        return refuse(d, NW_ERR_TEXT_LENGTH, "iss", "more than 32 bytes");
    }
    if (!nw_text_is_clean(iss) || !nw_slice_cstr(iss, s->iss, sizeof s->iss)) {
        return refuse(d, NW_ERR_TEXT_CONTROL, "iss", "");
    }
    return NW_OK;
}

/* RFC 8392 2: a NumericDate in a CWT carries no tag; here it is no float either. */
static enum nw_err read_time(struct nw_slice raw, const char *name, int64_t *out, struct nw_diag *d)
{
    if (raw.n == 0) {
        return refuse(d, NW_ERR_CLAIM_MISSING, name, "");
    }
    struct nw_cbor r = nw_cbor_open(raw);
    if (nw_cbor_peek(&r) != NW_CBOR_UINT) {
        return refuse(d, NW_ERR_CLAIM_TYPE, name, "no unsigned integer");
    }
    uint64_t v = nw_cbor_uint(&r);
    if (v >= YEAR_10000) {
        return refuse(d, NW_ERR_CLAIM_RANGE, name, "beyond the year 9999");
    }
    *out = (int64_t)v;
    return NW_OK;
}

static enum nw_err read_times(const struct claims *c, struct nw_seal *s, struct nw_diag *d)
{
    enum nw_err e = read_time(c->iat, "iat", &s->iat, d);
    if (e == NW_OK) {
        e = read_time(c->exp, "exp", &s->exp, d);
    }
    if (e == NW_OK && s->exp <= s->iat) {
        e = refuse(d, NW_ERR_CLAIM_RANGE, "exp", "not after iat");
    }
    /* A restriction that is not in this format must not be passed over. */
    if (e == NW_OK && c->nbf.n > 0) {
        e = refuse(d, NW_ERR_CLAIM_RANGE, "nbf", "not part of an A11");
    }
    if (e == NW_OK && c->aud.n > 0) {
        e = refuse(d, NW_ERR_CLAIM_RANGE, "aud", "not part of an A11");
    }
    return e;
}

static enum nw_err read_cnf(const struct claims *c, struct nw_seal *s, struct nw_diag *d)
{
    struct nw_slice key;
    if (c->cnf.n == 0) {
        return NW_OK;
    }
    if (!nw_cbor_find_int(c->cnf, CNF_COSE_KEY, &key)) {
        return refuse(d, NW_ERR_CLAIM_TYPE, "cnf", "no COSE_Key");
    }
    struct nw_cbor r = nw_cbor_open(key);
    if (nw_cbor_peek(&r) != NW_CBOR_MAP) {
        return refuse(d, NW_ERR_CLAIM_TYPE, "cnf", "no COSE_Key");
    }
    s->cnf = key;
    return NW_OK;
}

/* Without a reference there is no way to withdraw; PD A1 rulebook 3.2.2 allows that for a day. */
static enum nw_err read_status(const struct claims *c, struct nw_seal *s, struct nw_diag *d)
{
    if (c->status.n == 0) {
        return s->exp - s->iat <= NW_DAY ? NW_OK
                                         : refuse(d, NW_ERR_CLAIM_MISSING, "status",
                                                  "valid for more than 24 hours without one");
    }
    enum nw_err e = nw_status_ref_cbor(c->status, &s->status, d);
    if (e == NW_OK && !nw_slice_starts(nw_str(s->status.uri), "https://")) {
        e = refuse(d, NW_ERR_CLAIM_RANGE, "status.status_list.uri", "not https");
    }
    return e;
}

static enum nw_err read_a1(const struct claims *c, struct nw_seal *s, struct nw_diag *d)
{
    if (c->a1.n == 0) {
        return refuse(d, NW_ERR_CLAIM_MISSING, "a1", "");
    }
    s->a1 = c->a1;
    struct nw_cbor r = nw_cbor_open(s->a1);
    return nw_cbor_peek(&r) == NW_CBOR_MAP ? NW_OK : refuse(d, NW_ERR_CLAIM_TYPE, "a1", "no map");
}

static struct nw_slice *claim_of(struct claims *c, int64_t key)
{
    switch (key) {
    case CLAIM_ISS:
        return &c->iss;
    case CLAIM_AUD:
        return &c->aud;
    case CLAIM_EXP:
        return &c->exp;
    case CLAIM_NBF:
        return &c->nbf;
    case CLAIM_IAT:
        return &c->iat;
    case CLAIM_CNF:
        return &c->cnf;
    case CLAIM_STATUS:
        return &c->status;
    case NW_A11_CLAIM:
        return &c->a1;
    default:
        return NULL;
    }
}

/* Once through the map, which was checked: keys are unique. Unknown claims are passed over. */
static enum nw_err collect(struct nw_slice payload, struct claims *c, struct nw_diag *d)
{
    struct nw_cbor r = nw_cbor_open(payload);
    if (nw_cbor_peek(&r) != NW_CBOR_MAP) {
        return nw_fail(d, NW_ERR_CLAIM_TYPE, 0, "the claims set is no map");
    }
    size_t pairs = nw_cbor_map(&r);
    for (size_t i = 0; i < pairs && nw_cbor_err(&r) == NW_OK; i++) {
        enum nw_cbor_kind kind = nw_cbor_peek(&r);
        struct nw_slice *claim = NULL;
        struct nw_cbor key = nw_cbor_open(nw_cbor_raw(&r));
        if (kind == NW_CBOR_UINT || kind == NW_CBOR_NINT) {
            int64_t number = nw_cbor_int(&key);
            claim = nw_cbor_err(&key) == NW_OK ? claim_of(c, number) : NULL;
        }
        struct nw_slice value = nw_cbor_raw(&r);
        if (claim != NULL) {
            *claim = value;
        }
    }
    return nw_cbor_err(&r);
}

enum nw_err nw_envelope_read(struct nw_slice payload, struct nw_seal *s, struct nw_diag *d)
{
    static enum nw_err (*const steps[])(const struct claims *, struct nw_seal *,
                                        struct nw_diag *) = {read_iss, read_times, read_cnf,
                                                             read_status, read_a1};
    struct claims c = {0};
    enum nw_err e = nw_cbor_check(payload, NW_CBOR_DETERMINISTIC, NW_MAX_A11_DEPTH, d);
    if (e == NW_OK) {
        e = collect(payload, &c, d);
    }
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && e == NW_OK; i++) {
        e = steps[i](&c, s, d);
    }
    return e;
}

static void write_status(const struct nw_status_ref *ref, struct nw_buf *out)
{
    nw_cbor_put_uint(out, CLAIM_STATUS);
    nw_cbor_put_map(out, 1);
    nw_cbor_put_text(out, nw_str("status_list"));
    nw_cbor_put_map(out, 2);
    nw_cbor_put_text(out, nw_str("idx"));
    nw_cbor_put_uint(out, ref->idx);
    nw_cbor_put_text(out, nw_str("uri"));
    nw_cbor_put_text(out, nw_str(ref->uri));
}

/* Keys in bytewise order: 01, 04, 06, 08, 19ffff, 3a0001015a. */
void nw_envelope_write(const struct nw_seal_issue *job, struct nw_buf *out)
{
    nw_cbor_put_map(out, 4u + (job->holder != NULL) + job->status.present);
    nw_cbor_put_uint(out, CLAIM_ISS);
    nw_cbor_put_text(out, nw_str(job->iss));
    nw_cbor_put_uint(out, CLAIM_EXP);
    nw_cbor_put_int(out, job->exp);
    nw_cbor_put_uint(out, CLAIM_IAT);
    nw_cbor_put_int(out, job->iat);
    if (job->holder != NULL) {
        nw_cbor_put_uint(out, CLAIM_CNF);
        nw_cbor_put_map(out, 1);
        nw_cbor_put_uint(out, CNF_COSE_KEY);
        enum nw_err e = nw_cose_key_write(job->holder, true, out);
        if (e != NW_OK) {
            nw_buf_set_err(out, e);
        }
    }
    if (job->status.present) {
        write_status(&job->status, out);
    }
    nw_cbor_put_int(out, NW_A11_CLAIM);
    nw_buf_put(out, job->a1);
}
