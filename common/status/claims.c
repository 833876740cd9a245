#include "status/claims.h"

#include "base/codec.h"

#define CWT_SUB 2
#define CWT_EXP 4
#define CWT_NBF 5
#define CWT_IAT 6
#define CWT_IDENTIFIER_LIST 65530
#define CWT_STATUS_LIST 65533
#define CWT_TTL 65534

/* Seconds that fit any calendar; a NumericDate may have a fraction (RFC 7519 2), which is cut. */
#define TIME_MAX 253402300799.0 /* 9999-12-31T23:59:59Z */

static bool seconds_from(double v, int64_t *out)
{
    if (!(v >= 0 && v <= TIME_MAX)) {
        return false;
    }
    *out = (int64_t)v;
    return true;
}

static enum nw_err bad_time(const char *name, struct nw_diag *d)
{
    return nw_fail_at(d, NW_ERR_STATUS_FORM, name, "wanted a time in seconds since 1970");
}

static enum nw_err check_rest(const struct nw_status_claims *k, bool has_iat, bool has_ttl,
                              struct nw_diag *d)
{
    if (!has_iat) {
        return nw_fail_at(d, NW_ERR_STATUS_FORM, "iat", "it is not there");
    }
    if (has_ttl && k->ttl <= 0) { /* TSL 5.1: a positive number */
        return nw_fail_at(d, NW_ERR_STATUS_FORM, "ttl", "wanted a positive number");
    }
    return NW_OK;
}

static enum nw_err check_bits(int64_t bits, struct nw_status_claims *k, struct nw_diag *d)
{
    if (bits != 1 && bits != 2 && bits != 4 && bits != 8) {
        return nw_fail_at(d, NW_ERR_STATUS_BITS, "status_list.bits", "wanted 1, 2, 4 or 8");
    }
    k->bits = (unsigned)bits;
    return NW_OK;
}

/* ---- JWT ---- */

static enum nw_err json_time(const struct nw_json *claims, const char *name, int64_t *out,
                             bool *present, struct nw_diag *d)
{
    const struct nw_json *node = nw_json_get(claims, name);
    double v;
    *present = node != NULL;
    if (node == NULL) {
        return NW_OK;
    }
    return nw_json_number(node, &v) && seconds_from(v, out) ? NW_OK : bad_time(name, d);
}

static enum nw_err json_claims(struct nw_status_claims *k, struct nw_diag *d)
{
    bool has_iat, has_nbf, has_ttl;
    const char *sub = nw_json_text(nw_json_get(k->json, "sub"));
    if (sub == NULL) {
        return nw_fail_at(d, NW_ERR_STATUS_FORM, "sub", "wanted a string");
    }
    k->sub = nw_str(sub);
    enum nw_err e = json_time(k->json, "iat", &k->iat, &has_iat, d);
    if (e == NW_OK) {
        e = json_time(k->json, "nbf", &k->nbf, &has_nbf, d);
    }
    if (e == NW_OK) {
        e = json_time(k->json, "exp", &k->exp, &k->has_exp, d);
    }
    if (e == NW_OK) {
        e = json_time(k->json, "ttl", &k->ttl, &has_ttl, d);
    }
    return e != NW_OK ? e : check_rest(k, has_iat, has_ttl, d);
}

static enum nw_err json_list(struct nw_status_claims *k, struct nw_diag *d)
{
    const struct nw_json *list = nw_json_get(k->json, "status_list");
    int64_t bits;
    if (!nw_json_int(nw_json_get(list, "bits"), &bits)) {
        return nw_fail_at(d, NW_ERR_STATUS_FORM, "status_list.bits", "wanted an integer");
    }
    enum nw_err e = check_bits(bits, k, d);
    if (e != NW_OK) {
        return e;
    }
    const char *lst = nw_json_text(nw_json_get(list, "lst"));
    if (lst == NULL) {
        return nw_fail_at(d, NW_ERR_STATUS_FORM, "status_list.lst", "wanted a string");
    }
    e = nw_base64url_decode(nw_str(lst), &k->lst, d);
    k->zlib = nw_buf_slice(&k->lst);
    return e;
}

/* ---- CWT ---- */

static enum nw_err cbor_time(struct nw_slice claims, int64_t key, const char *name, int64_t *out,
                             bool *present, struct nw_diag *d)
{
    struct nw_slice raw;
    *present = nw_cbor_find_int(claims, key, &raw);
    if (!*present) {
        return NW_OK;
    }
    struct nw_cbor r = nw_cbor_open(raw);
    double v = nw_cbor_peek(&r) == NW_CBOR_FLOAT ? nw_cbor_float(&r) : (double)nw_cbor_uint(&r);
    return nw_cbor_err(&r) == NW_OK && seconds_from(v, out) ? NW_OK : bad_time(name, d);
}

static enum nw_err cbor_claims(struct nw_slice claims, struct nw_status_claims *k,
                               struct nw_diag *d)
{
    bool has_iat, has_nbf, has_ttl;
    struct nw_slice raw = NW_SLICE_EMPTY;
    bool found = nw_cbor_find_int(claims, CWT_SUB, &raw);
    struct nw_cbor r = nw_cbor_open(raw);
    k->sub = nw_cbor_text(&r);
    if (!found || nw_cbor_err(&r) != NW_OK) {
        return nw_fail_at(d, NW_ERR_STATUS_FORM, "sub", "wanted a text string");
    }
    enum nw_err e = cbor_time(claims, CWT_IAT, "iat", &k->iat, &has_iat, d);
    if (e == NW_OK) {
        e = cbor_time(claims, CWT_NBF, "nbf", &k->nbf, &has_nbf, d);
    }
    if (e == NW_OK) {
        e = cbor_time(claims, CWT_EXP, "exp", &k->exp, &k->has_exp, d);
    }
    if (e == NW_OK) {
        e = cbor_time(claims, CWT_TTL, "ttl", &k->ttl, &has_ttl, d);
    }
    return e != NW_OK ? e : check_rest(k, has_iat, has_ttl, d);
}

static enum nw_err cbor_list(struct nw_slice claims, struct nw_status_claims *k, struct nw_diag *d)
{
    struct nw_slice list, raw = NW_SLICE_EMPTY;
    if (!nw_cbor_find_int(claims, CWT_STATUS_LIST, &list)) {
        return nw_fail_at(d, NW_ERR_STATUS_FORM, "status_list", "it is not there");
    }
    bool found = nw_cbor_find_text(list, "bits", &raw);
    struct nw_cbor r = nw_cbor_open(raw);
    int64_t bits = nw_cbor_int(&r);
    if (!found || nw_cbor_err(&r) != NW_OK) {
        return nw_fail_at(d, NW_ERR_STATUS_FORM, "status_list.bits", "wanted an integer");
    }
    enum nw_err e = check_bits(bits, k, d);
    if (e != NW_OK) {
        return e;
    }
    found = nw_cbor_find_text(list, "lst", &raw);
    r = nw_cbor_open(raw);
    k->zlib = nw_cbor_bytes(&r);
    if (!found || nw_cbor_err(&r) != NW_OK) {
        return nw_fail_at(d, NW_ERR_STATUS_FORM, "status_list.lst", "wanted a byte string");
    }
    return NW_OK;
}

/* {identifiers: {bstr: {}}, aggregation_uri?}; never beside a status list. */
static enum nw_err cbor_identifiers(struct nw_slice claims, struct nw_status_claims *k,
                                    struct nw_diag *d)
{
    struct nw_slice list, unused;
    if (nw_cbor_find_int(claims, CWT_STATUS_LIST, &unused)) {
        return nw_fail_at(d, NW_ERR_STATUS_FORM, "status_list", "beside an identifier list");
    }
    if (!nw_cbor_find_int(claims, CWT_IDENTIFIER_LIST, &list) ||
        !nw_cbor_find_text(list, "identifiers", &k->identifiers)) {
        return nw_fail_at(d, NW_ERR_STATUS_FORM, "identifier_list", "it has no identifiers");
    }
    struct nw_cbor r = nw_cbor_open(k->identifiers);
    size_t n = nw_cbor_map(&r);
    for (size_t i = 0; i < n && nw_cbor_err(&r) == NW_OK; i++) {
        (void)nw_cbor_bytes(&r);
        (void)nw_cbor_raw(&r);
    }
    return nw_cbor_err(&r) == NW_OK
               ? NW_OK
               : nw_fail_at(d, NW_ERR_STATUS_FORM, "identifier_list.identifiers",
                            "wanted byte strings");
}

enum nw_err nw_status_claims_read(const struct nw_status_token *t, struct nw_status_claims *out,
                                  const char **rule, struct nw_diag *d)
{
    struct nw_slice payload = t->cose.payload;
    enum nw_err e;
    *rule = "STS-03";
    if (t->form == NW_TOKEN_JWT) {
        e = nw_json_parse_max(nw_buf_slice(&t->jws.payload), NW_MAX_STATUS_TOKEN, &out->json, d);
        if (e == NW_OK) {
            e = json_claims(out, d);
        }
    } else {
        e = nw_cbor_check(payload, NW_CBOR_STRICT, NW_MAX_CBOR_DEPTH, d);
        if (e == NW_OK) {
            e = cbor_claims(payload, out, d);
        }
    }
    if (e != NW_OK) {
        return e;
    }
    *rule = "STS-04";
    if (t->identifiers) {
        return cbor_identifiers(payload, out, d);
    }
    return t->form == NW_TOKEN_JWT ? json_list(out, d) : cbor_list(payload, out, d);
}

void nw_status_claims_free(struct nw_status_claims *k)
{
    nw_json_free(&k->json);
    nw_buf_free(&k->lst);
}
