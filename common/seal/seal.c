#include "seal/seal.h"

#include "base/date.h"
#include "seal/envelope.h"
#include "seal/transport.h"

static const enum nw_sig_alg algs[] = {NW_ES256};

static const struct nw_cose_policy policy = {
    .algs = algs,
    .alg_n = 1,
    .tag = NW_COSE_TAG_REQUIRED,
    .cbor_flags = NW_CBOR_DETERMINISTIC,
    .kid_must_be_protected = true,
    .max_depth = NW_MAX_A11_DEPTH,
    .max = NW_MAX_A11,
};

/* base45 of the two first bytes of a zlib stream with a 32 KiB window and no dictionary. */
static bool looks_like_zlib(struct nw_slice text)
{
    static const char *const starts[] = {"V7F", "Y9F", "6BF", "NCF"};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        if (nw_slice_starts(text, starts[i])) {
            return true;
        }
    }
    return false;
}

enum nw_seal_kind nw_seal_detect(struct nw_slice text)
{
    if (nw_slice_starts(text, NW_A11_PREFIX)) {
        return NW_SEAL_A11;
    }
    if (nw_slice_starts(text, "HC1:")) {
        return NW_SEAL_HC1;
    }
    return looks_like_zlib(text) ? NW_SEAL_EEHIC : NW_SEAL_NONE;
}

static enum nw_err fail(struct nw_checks *checks, const char *id, const struct nw_diag *d,
                        enum nw_err e)
{
    if (checks != NULL && !nw_err_is_ours(e)) {
        (void)nw_check_fail_diag(checks, id, d);
    }
    return e;
}

/* Takes s->token over on success. */
static enum nw_err parse_owned(struct nw_seal *s, struct nw_seal *out, struct nw_checks *checks,
                               struct nw_diag *d)
{
    enum nw_err e = nw_cose_parse(nw_buf_slice(&s->token), &policy, &s->cose, d);
    if (e == NW_OK && s->cose.kid.n != NW_A11_KID_BYTES) {
        e = nw_fail(d, NW_ERR_COSE_HEADER, NW_NO_OFFSET, "the key id is %zu bytes long, not 8",
                    s->cose.kid.n);
    }
    if (e == NW_OK && !nw_slice_is(s->cose.typ_text, NW_A11_TYP)) {
        e = nw_fail(d, NW_ERR_TYP, NW_NO_OFFSET, "wanted %s", NW_A11_TYP);
    }
    if (e != NW_OK) {
        return fail(checks, "QR-03", d, e);
    }
    *out = *s;
    s->token = (struct nw_buf){0};
    return NW_OK;
}

enum nw_err nw_seal_parse_with(struct nw_inflater *z, struct nw_slice text, struct nw_seal *out,
                               struct nw_checks *checks, struct nw_diag *d)
{
    struct nw_seal s = {.token = NW_BUF(NW_MAX_A11)};
    struct nw_diag own = {0};
    d = d == NULL ? &own : d;
    if (nw_slice_starts(text, "HC1:")) {
        return fail(checks, "QR-01", d, nw_fail(d, NW_ERR_HEALTH_CERTIFICATE, 0, "HC1:"));
    }
    enum nw_err e = nw_transport_read(z, NW_A11_PREFIX, text, NW_MAX_A11, &s.token, checks, d);
    if (e == NW_OK) {
        e = parse_owned(&s, out, checks, d);
    }
    nw_buf_free(&s.token);
    return e;
}

enum nw_err nw_seal_parse(struct nw_slice text, struct nw_seal *out, struct nw_checks *checks,
                          struct nw_diag *d)
{
    return nw_seal_parse_with(NULL, text, out, checks, d);
}

enum nw_err nw_seal_parse_token(struct nw_slice token, struct nw_seal *out,
                                struct nw_checks *checks, struct nw_diag *d)
{
    struct nw_seal s = {.token = NW_BUF(NW_MAX_A11)};
    struct nw_diag own = {0};
    d = d == NULL ? &own : d;
    nw_buf_put(&s.token, token);
    enum nw_err e = nw_buf_err(&s.token);
    if (e == NW_ERR_LIMIT) {
        e = fail(checks, "QR-03", d, nw_fail(d, e, NW_MAX_A11, "A11 token"));
    }
    if (e == NW_OK) {
        e = parse_owned(&s, out, checks, d);
    }
    nw_buf_free(&s.token);
    return e;
}

enum nw_err nw_seal_verify(struct nw_crypto *c, struct nw_seal *s, const struct nw_pubkey *key,
                           struct nw_diag *d)
{
    enum nw_err e = nw_cose_verify(c, &s->cose, NW_SLICE_EMPTY, NW_SLICE_EMPTY, key);
    if (e != NW_OK) {
        return nw_fail(d, e, NW_NO_OFFSET, "A11");
    }
    s->verified = true;
    return NW_OK;
}

enum nw_err nw_seal_claims(struct nw_seal *s, struct nw_checks *checks, struct nw_diag *d)
{
    struct nw_diag own = {0};
    d = d == NULL ? &own : d;
    if (!s->verified) {
        return nw_fail(d, NW_ERR_INTERNAL, NW_NO_OFFSET, "claims asked for before the signature");
    }
    if (checks != NULL) {
        nw_check_pass(checks, "QR-03");
    }
    struct nw_seal read = *s;
    enum nw_err e = nw_envelope_read(s->cose.payload, &read, d);
    if (e != NW_OK) {
        return fail(checks, "QR-04", d, e);
    }
    *s = read;
    return NW_OK;
}

enum nw_err nw_seal_times(const struct nw_seal *s, int64_t now, int64_t skew,
                          struct nw_checks *checks, struct nw_diag *d)
{
    struct nw_diag own = {0};
    d = d == NULL ? &own : d;
    char when[NW_TIME_TEXT];
    /* RFC 8392 3.1.4: not "on or after" exp. */
    if (now >= s->exp) {
        nw_time_format(s->exp, when);
        return fail(checks, "QR-04", d, nw_fail_at(d, NW_ERR_EXPIRED, "exp", "%s", when));
    }
    if (now < s->iat - skew) {
        nw_time_format(s->iat, when);
        return fail(checks, "QR-04", d, nw_fail_at(d, NW_ERR_NOT_YET_VALID, "iat", "%s", when));
    }
    if (checks != NULL) {
        nw_check_pass(checks, "QR-04");
    }
    return NW_OK;
}

void nw_seal_free(struct nw_seal *s)
{
    nw_buf_free(&s->token);
    *s = (struct nw_seal){0};
}
