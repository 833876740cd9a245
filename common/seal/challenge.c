#include "seal/challenge.h"

#include "base/codec.h"
#include "seal/transport.h"

#define REQUEST_VERSION 1u
#define REQUEST_MAX 64u
/* SD-CWT section 9.1: kcwt, the credential that a key binding token carries. */
#define LABEL_KCWT 13
enum { KB_AUD = 3, KB_IAT = 6, KB_NONCE_CLAIM = 10 };

static const enum nw_sig_alg algs[] = {NW_ES256};
static const struct nw_cose_policy policy = {
    .algs = algs,
    .alg_n = 1,
    .tag = NW_COSE_TAG_REQUIRED,
    .cbor_flags = NW_CBOR_DETERMINISTIC,
    .max_depth = NW_MAX_A11_DEPTH,
    .max = NW_MAX_A11,
};

static enum nw_err bad_form(struct nw_diag *d, const char *what)
{
    return nw_fail(d, NW_ERR_KB_FORM, NW_NO_OFFSET, "%s", what);
}

static void copy16(uint8_t out[16], const uint8_t *in)
{
    for (size_t i = 0; i < 16; i++) {
        out[i] = in[i];
    }
}

static enum nw_err hash_request(struct nw_crypto *c, struct nw_slice bytes, struct nw_request *r)
{
    uint8_t hash[NW_SHA256_BYTES];
    enum nw_err e = nw_sha256(c, bytes, hash);
    if (e == NW_OK) {
        copy16(r->hash, hash);
    }
    return e;
}

enum nw_err nw_request_make(struct nw_crypto *c, int64_t now, int level, struct nw_request *out,
                            struct nw_buf *text)
{
    struct nw_request r = {.now = now, .level = level};
    struct nw_buf bytes = NW_BUF(REQUEST_MAX);
    enum nw_err e = NW_ERR_INTERNAL;
    if (now < 0 || (level != 1 && level != 2)) {
        goto out;
    }
    e = nw_random(c, r.nonce, sizeof r.nonce);
    if (e != NW_OK) {
        goto out;
    }
    nw_cbor_put_array(&bytes, 4);
    nw_cbor_put_uint(&bytes, REQUEST_VERSION);
    nw_cbor_put_bytes(&bytes, nw_slice(r.nonce, sizeof r.nonce));
    nw_cbor_put_int(&bytes, now);
    nw_cbor_put_int(&bytes, level);
    e = nw_buf_err(&bytes);
    if (e == NW_OK) {
        e = hash_request(c, nw_buf_slice(&bytes), &r);
    }
    if (e == NW_OK) {
        nw_buf_puts(text, NW_REQUEST_PREFIX);
        nw_base45_encode(nw_buf_slice(&bytes), text);
        e = nw_buf_err(text);
    }
    if (e == NW_OK) {
        *out = r;
    }
out:
    nw_buf_free(&bytes);
    return e;
}

static enum nw_err read_request(struct nw_slice bytes, struct nw_request *r, struct nw_diag *d)
{
    enum nw_err e = nw_cbor_check(bytes, NW_CBOR_DETERMINISTIC, 2, d);
    if (e != NW_OK) {
        return e;
    }
    struct nw_cbor in = nw_cbor_open(bytes);
    if (nw_cbor_peek(&in) != NW_CBOR_ARRAY || nw_cbor_array(&in) != 4) {
        return bad_form(d, "the request has not four elements");
    }
    uint64_t version = nw_cbor_uint(&in);
    struct nw_slice nonce = nw_cbor_bytes(&in);
    uint64_t now = nw_cbor_uint(&in);
    uint64_t level = nw_cbor_uint(&in);
    if (nw_cbor_err(&in) != NW_OK || version != REQUEST_VERSION || nonce.n != NW_CHALLENGE_NONCE ||
        now > INT64_MAX || level < 1 || level > 2) {
        return bad_form(d, "the request is of another version or damaged");
    }
    copy16(r->nonce, nonce.p);
    r->now = (int64_t)now;
    r->level = (int)level;
    return NW_OK;
}

enum nw_err nw_request_parse(struct nw_crypto *c, struct nw_slice text, struct nw_request *out,
                             struct nw_diag *d)
{
    struct nw_request r = {0};
    struct nw_buf bytes = NW_BUF(REQUEST_MAX);
    if (!nw_slice_starts(text, NW_REQUEST_PREFIX)) {
        return nw_fail(d, NW_ERR_A11_PREFIX, 0, "it does not begin with %s", NW_REQUEST_PREFIX);
    }
    enum nw_err e = nw_base45_decode(nw_slice_from(text, nw_str(NW_REQUEST_PREFIX).n), &bytes, d);
    if (e == NW_OK) {
        e = read_request(nw_buf_slice(&bytes), &r, d);
    }
    if (e == NW_OK) {
        e = hash_request(c, nw_buf_slice(&bytes), &r);
    }
    if (e == NW_OK) {
        *out = r;
    }
    nw_buf_free(&bytes);
    return e;
}

static struct nw_slice find_bytes(struct nw_slice map, int64_t key)
{
    struct nw_slice raw;
    if (!nw_cbor_find_int(map, key, &raw)) {
        return NW_SLICE_EMPTY;
    }
    struct nw_cbor r = nw_cbor_open(raw);
    struct nw_slice bytes = nw_cbor_bytes(&r);
    return nw_cbor_err(&r) == NW_OK ? bytes : NW_SLICE_EMPTY;
}

/* Read before the signature: the key is inside. Nothing of it is used until then. */
static enum nw_err read_payload(struct nw_response *r, struct nw_diag *d)
{
    struct nw_slice payload = r->cose.payload;
    struct nw_slice raw;
    enum nw_err e = nw_cbor_check(payload, NW_CBOR_DETERMINISTIC, 2, d);
    if (e != NW_OK) {
        return e;
    }
    if (!nw_cbor_find_int(payload, KB_IAT, &raw)) {
        return bad_form(d, "iat is missing");
    }
    struct nw_cbor in = nw_cbor_open(raw);
    uint64_t iat = nw_cbor_uint(&in);
    if (nw_cbor_err(&in) != NW_OK || iat > INT64_MAX) {
        return bad_form(d, "iat is no time");
    }
    r->iat = (int64_t)iat;
    r->nonce = find_bytes(payload, KB_NONCE_CLAIM);
    r->hash = find_bytes(payload, KB_AUD);
    if (!nw_cbor_find_int(payload, KB_AUD, &raw)) {
        return bad_form(d, "the hash of the request is missing");
    }
    in = nw_cbor_open(raw);
    if (nw_cbor_peek(&in) == NW_CBOR_TEXT) {
        r->live = nw_slice_is(nw_cbor_text(&in), "live");
        return r->live && !nw_cbor_find_int(payload, KB_NONCE_CLAIM, &raw)
                   ? NW_OK
                   : bad_form(d, "neither live nor an answer");
    }
    return r->hash.n == 16 && r->nonce.n == NW_CHALLENGE_NONCE
               ? NW_OK
               : bad_form(d, "hash or nonce have the wrong length");
}

static enum nw_err read_response(struct nw_response *r, struct nw_checks *checks, struct nw_diag *d)
{
    enum nw_err e = nw_cose_parse(nw_buf_slice(&r->token), &policy, &r->cose, d);
    if (e != NW_OK) {
        return e;
    }
    if (!nw_slice_is(r->cose.typ_text, NW_RESPONSE_TYP)) {
        return nw_fail(d, NW_ERR_TYP, NW_NO_OFFSET, "wanted %s", NW_RESPONSE_TYP);
    }
    struct nw_slice inner = find_bytes(r->cose.protected_raw, LABEL_KCWT);
    if (inner.n == 0) {
        return bad_form(d, "there is no A11 inside");
    }
    e = read_payload(r, d);
    return e != NW_OK ? e : nw_seal_parse_token(inner, &r->seal, checks, d);
}

enum nw_err nw_response_parse(struct nw_slice text, struct nw_response *out,
                              struct nw_checks *checks, struct nw_diag *d)
{
    struct nw_response r = {.token = NW_BUF(NW_MAX_A11)};
    enum nw_err e =
        nw_transport_read(NULL, NW_RESPONSE_PREFIX, text, NW_MAX_A11, &r.token, checks, d);
    if (e == NW_OK) {
        e = read_response(&r, checks, d);
    }
    if (e == NW_OK) {
        *out = r;
    } else {
        nw_response_free(&r);
    }
    return e;
}

static enum nw_err verify_holder(struct nw_crypto *c, const struct nw_response *r,
                                 struct nw_diag *d)
{
    struct nw_pubkey *key = NULL;
    enum nw_err e = nw_cose_key_parse(c, r->seal.cnf, &key, d);
    if (e != NW_OK) {
        return e;
    }
    e = nw_cose_verify(c, &r->cose, NW_SLICE_EMPTY, NW_SLICE_EMPTY, key);
    nw_pubkey_free(&key);
    return e == NW_OK ? e : nw_fail(d, e, NW_NO_OFFSET, "not the key of the A1");
}

static enum nw_err check_live(const struct nw_response *r, int64_t now, enum nw_proof *proof,
                              struct nw_diag *d)
{
    int64_t age = now - r->iat;
    if (age > NW_LIVE_SECONDS || age < -NW_LIVE_SECONDS) {
        return nw_fail(d, NW_ERR_KB_TIME, NW_NO_OFFSET, "live proof of another minute");
    }
    *proof = NW_PROOF_LIVE;
    return NW_OK;
}

static enum nw_err check_answer(const struct nw_response *r, const struct nw_request *request,
                                int64_t now, enum nw_proof *proof, struct nw_diag *d)
{
    if (!nw_slice_eq(r->nonce, nw_slice(request->nonce, sizeof request->nonce))) {
        return nw_fail(d, NW_ERR_KB_NONCE, NW_NO_OFFSET, "%s", "");
    }
    if (!nw_slice_eq(r->hash, nw_slice(request->hash, sizeof request->hash))) {
        return nw_fail(d, NW_ERR_KB_HASH, NW_NO_OFFSET, "%s", "");
    }
    if (now < request->now || now - request->now > NW_CHALLENGE_SECONDS) {
        return nw_fail(d, NW_ERR_KB_TIME, NW_NO_OFFSET, "not within %d seconds of the request",
                       NW_CHALLENGE_SECONDS);
    }
    *proof = NW_PROOF_ANSWERED;
    return NW_OK;
}

enum nw_err nw_response_verify(struct nw_crypto *c, const struct nw_response *r,
                               const struct nw_request *request, int64_t now, enum nw_proof *proof,
                               struct nw_diag *d)
{
    if (!r->seal.verified || r->seal.a1.n == 0) {
        return nw_fail(d, NW_ERR_INTERNAL, NW_NO_OFFSET, "the A11 inside was not verified");
    }
    if (r->seal.cnf.n == 0) {
        return nw_fail(d, NW_ERR_KB_UNBOUND, NW_NO_OFFSET, "%s", "");
    }
    enum nw_err e = verify_holder(c, r, d);
    if (e != NW_OK) {
        return e;
    }
    if (r->live != (request == NULL)) {
        return nw_fail(d, NW_ERR_KB_MISSING, NW_NO_OFFSET,
                       r->live ? "a live proof does not answer the request"
                               : "an answer, but no request was shown");
    }
    return r->live ? check_live(r, now, proof, d) : check_answer(r, request, now, proof, d);
}

void nw_response_free(struct nw_response *r)
{
    nw_buf_free(&r->token);
    nw_seal_free(&r->seal);
    *r = (struct nw_response){0};
}

static void put_payload(const struct nw_request *request, int64_t iat, struct nw_buf *out)
{
    nw_cbor_put_map(out, request == NULL ? 2 : 3);
    nw_cbor_put_uint(out, KB_AUD);
    if (request == NULL) {
        nw_cbor_put_text(out, nw_str("live"));
    } else {
        nw_cbor_put_bytes(out, nw_slice(request->hash, sizeof request->hash));
    }
    nw_cbor_put_uint(out, KB_IAT);
    nw_cbor_put_int(out, iat);
    if (request != NULL) {
        nw_cbor_put_uint(out, KB_NONCE_CLAIM);
        nw_cbor_put_bytes(out, nw_slice(request->nonce, sizeof request->nonce));
    }
}

enum nw_err nw_response_make(struct nw_signer *holder, struct nw_slice token,
                             const struct nw_request *request, int64_t iat, struct nw_buf *text,
                             struct nw_diag *d)
{
    struct nw_buf payload = NW_BUF(128);
    struct nw_buf signed_token = NW_BUF(NW_MAX_A11);
    struct nw_cose_headers headers = {.typ = NW_RESPONSE_TYP, .kcwt = token, .tagged = true};
    put_payload(request, iat, &payload);
    enum nw_err e = nw_buf_err(&payload);
    if (e == NW_OK) {
        e = nw_cose_sign(holder, &headers, nw_buf_slice(&payload), &signed_token);
    }
    if (e == NW_OK) {
        e = nw_transport_write(NULL, NW_RESPONSE_PREFIX, nw_buf_slice(&signed_token), text, d);
    }
    nw_buf_free(&payload);
    nw_buf_free(&signed_token);
    return e;
}
