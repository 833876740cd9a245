#include "seal/hcert.h"

#include "seal/transport.h"

enum { CLAIM_EXP = 4, CLAIM_IAT = 6, CLAIM_HCERT = -260, HCERT_V1 = 1 };
#define LAST_TIME 253402300799.0 /* end of the year 9999 */

static const enum nw_sig_alg algs[] = {NW_ES256, NW_PS256};
static const struct nw_cose_policy policy = {
    .algs = algs,
    .alg_n = 2,
    .tag = NW_COSE_TAG_ANY,
    .cbor_flags = NW_CBOR_LENIENT,
    .lenient_headers = true,
    .max = NW_MAX_HC1,
};

static enum nw_err parse_owned(struct nw_hcert *h, struct nw_hcert *out, struct nw_diag *d)
{
    enum nw_err e = nw_cose_parse(nw_buf_slice(&h->token), &policy, &h->cose, d);
    if (e == NW_OK) {
        *out = *h;
        h->token = (struct nw_buf){0};
    }
    return e;
}

enum nw_err nw_hcert_parse(struct nw_slice text, struct nw_hcert *out, struct nw_checks *checks,
                           struct nw_diag *d)
{
    struct nw_hcert h = {.token = NW_BUF(NW_MAX_HC1)};
    enum nw_err e = nw_transport_read(NULL, "HC1:", text, NW_MAX_HC1, &h.token, checks, d);
    if (e == NW_OK) {
        e = parse_owned(&h, out, d);
    }
    nw_buf_free(&h.token);
    return e;
}

enum nw_err nw_hcert_parse_token(struct nw_slice token, struct nw_hcert *out, struct nw_diag *d)
{
    struct nw_hcert h = {.token = NW_BUF(NW_MAX_HC1)};
    nw_buf_put(&h.token, token);
    enum nw_err e = nw_buf_err(&h.token);
    if (e == NW_OK) {
        e = parse_owned(&h, out, d);
    }
    nw_buf_free(&h.token);
    return e;
}

enum nw_err nw_hcert_verify(struct nw_crypto *c, struct nw_hcert *h, struct nw_slice der,
                            struct nw_diag *d)
{
    uint8_t hash[NW_SHA256_BYTES];
    struct nw_slice spki;
    struct nw_slice eku;
    struct nw_pubkey *key = NULL;
    enum nw_err e = nw_sha256(c, der, hash);
    if (e == NW_OK && !nw_slice_eq(h->cose.kid, nw_slice(hash, 8))) {
        e = nw_fail(d, NW_ERR_KID_UNKNOWN, NW_NO_OFFSET, "%s", "");
    }
    if (e == NW_OK && !nw_hcert_signer(der, &spki, &eku)) {
        e = nw_fail(d, NW_ERR_CERT_FORM, NW_NO_OFFSET, "%s", "");
    }
    if (e == NW_OK) {
        e = nw_pubkey_from_spki(c, spki, &key);
    }
    if (e == NW_OK) {
        e = nw_cose_verify(c, &h->cose, NW_SLICE_EMPTY, NW_SLICE_EMPTY, key);
    }
    nw_pubkey_free(&key);
    h->verified = e == NW_OK;
    return e;
}

static enum nw_err read_time(struct nw_slice claims, int64_t key, const char *name, int64_t *out,
                             struct nw_diag *d)
{
    struct nw_slice raw;
    if (!nw_cbor_find_int(claims, key, &raw)) {
        return nw_fail_at(d, NW_ERR_CLAIM_MISSING, name, "%s", "");
    }
    struct nw_cbor r = nw_cbor_open(raw);
    if (nw_cbor_peek(&r) == NW_CBOR_FLOAT) {
        double v = nw_cbor_float(&r);
        if (!(v >= 0 && v <= LAST_TIME)) {
            return nw_fail_at(d, NW_ERR_CLAIM_RANGE, name, "%s", "");
        }
        *out = (int64_t)v;
        return NW_OK;
    }
    int64_t v = nw_cbor_int(&r);
    if (nw_cbor_err(&r) != NW_OK) {
        return nw_fail_at(d, NW_ERR_CLAIM_TYPE, name, "%s", "");
    }
    *out = v;
    return NW_OK;
}

enum nw_err nw_hcert_claims(struct nw_hcert *h, struct nw_diag *d)
{
    struct nw_slice claims = h->cose.payload;
    struct nw_slice hcert;
    if (!h->verified) {
        return nw_fail(d, NW_ERR_INTERNAL, NW_NO_OFFSET, "claims asked for before the signature");
    }
    enum nw_err e = nw_cbor_check(claims, NW_CBOR_LENIENT, NW_MAX_CBOR_DEPTH, d);
    if (e == NW_OK) {
        e = read_time(claims, CLAIM_IAT, "iat", &h->iat, d);
    }
    if (e == NW_OK) {
        e = read_time(claims, CLAIM_EXP, "exp", &h->exp, d);
    }
    if (e == NW_OK && (!nw_cbor_find_int(claims, CLAIM_HCERT, &hcert) ||
                       !nw_cbor_find_int(hcert, HCERT_V1, &h->certificate))) {
        e = nw_fail_at(d, NW_ERR_CLAIM_MISSING, "hcert", "%s", "");
    }
    return e;
}

enum nw_err nw_hcert_times(const struct nw_hcert *h, int64_t now)
{
    if (now < h->iat) {
        return NW_ERR_NOT_YET_VALID;
    }
    return now > h->exp ? NW_ERR_EXPIRED : NW_OK;
}

/* 1.3.6.1.4.1.1847.2021.1.x, and a misspelling of it with a 0 that certificates in the field carry.
 */
static bool usage_lists(struct nw_slice eku, uint8_t kind)
{
    const uint8_t right[] = {0x2b, 6, 1, 4, 1, 0x8e, 0x37, 0x8f, 0x65, 1, kind};
    const uint8_t wrong[] = {0x2b, 6, 1, 4, 1, 0, 0x8e, 0x37, 0x8f, 0x65, 1, kind};
    return nw_hcert_eku_has(eku, nw_slice(right, sizeof right)) ||
           nw_hcert_eku_has(eku, nw_slice(wrong, sizeof wrong));
}

enum nw_err nw_hcert_usage(const struct nw_hcert *h, struct nw_slice der)
{
    static const char *const kinds[] = {"t", "v", "r"}; /* test 1, vaccination 2, recovery 3 */
    struct nw_slice spki;
    struct nw_slice eku;
    bool limited = false;
    bool fits = true;
    if (!nw_hcert_signer(der, &spki, &eku)) {
        return NW_ERR_CERT_FORM;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct nw_slice raw;
        bool has = usage_lists(eku, (uint8_t)(i + 1));
        limited = limited || has;
        fits = fits && (has || !nw_cbor_find_text(h->certificate, kinds[i], &raw));
    }
    return !limited || fits ? NW_OK : NW_ERR_CERT_USAGE;
}

void nw_hcert_free(struct nw_hcert *h)
{
    nw_buf_free(&h->token);
    *h = (struct nw_hcert){0};
}
