#include "jose/jws.h"

#include <string.h>

#include "base/codec.h"

#define X5C_BYTES (NW_MAX_CHAIN * NW_MAX_CERT)
#define HEADER_ROOM 128 /* for a header without its certificates; it may have more */

static bool alg_allowed(enum nw_sig_alg alg, const struct nw_jws_policy *p)
{
    for (size_t i = 0; alg != NW_ALG_NONE && i < p->alg_n; i++) {
        if (p->algs[i] == alg) {
            return true;
        }
    }
    return false;
}

static bool name_listed(const char *const *list, const char *name)
{
    for (; list != NULL && *list != NULL; list++) {
        if (strcmp(*list, name) == 0) {
            return true;
        }
    }
    return false;
}

/* RFC 7515 4.1.11: names that are understood, present, and at least one. */
static enum nw_err check_crit(const struct nw_json *header, const struct nw_jws_policy *p,
                              struct nw_diag *d)
{
    const struct nw_json *crit = nw_json_get(header, "crit");
    if (crit == NULL) {
        return NW_OK;
    }
    if (nw_json_kind(crit) != NW_JSON_ARRAY || nw_json_count(crit) == 0) {
        return nw_fail_at(d, NW_ERR_CRIT, "crit", "not an array of at least one name");
    }
    for (const struct nw_json *c = nw_json_first(crit); c != NULL; c = nw_json_next(c)) {
        const char *name = nw_json_text(c);
        if (name == NULL || !name_listed(p->crit, name) || nw_json_get(header, name) == NULL) {
            return nw_fail_at(d, NW_ERR_CRIT, "crit", "a name that is not known or not there");
        }
    }
    return NW_OK;
}

static enum nw_err check_header(const struct nw_jws_policy *p, struct nw_jws *j, struct nw_diag *d)
{
    if (nw_json_kind(j->header) != NW_JSON_OBJECT) {
        return nw_fail(d, NW_ERR_JWS_HEADER, 0, "not a JSON object");
    }
    const char *alg = nw_json_text(nw_json_get(j->header, "alg"));
    j->alg = alg == NULL ? NW_ALG_NONE : nw_alg_from_jose(nw_str(alg));
    if (!alg_allowed(j->alg, p)) {
        return nw_fail_at(d, NW_ERR_ALG_NOT_ALLOWED, "alg", "missing, unknown or not wanted here");
    }
    enum nw_err e = check_crit(j->header, p, d);
    if (e != NW_OK) {
        return e;
    }
    /* RFC 7797: the payload would not be what this reader takes it for. */
    if (nw_json_get(j->header, "b64") != NULL) {
        return nw_fail_at(d, NW_ERR_JWS_HEADER, "b64", "unencoded payloads are not supported");
    }
    const struct nw_json *typ = nw_json_get(j->header, "typ");
    if (typ != NULL && nw_json_text(typ) == NULL) {
        return nw_fail_at(d, NW_ERR_JWS_HEADER, "typ", "not a string");
    }
    if (p->typs != NULL && (typ == NULL || !name_listed(p->typs, nw_json_text(typ)))) {
        return nw_fail_at(d, NW_ERR_TYP, "typ", "missing or another one");
    }
    return NW_OK;
}

/* RFC 7515 4.1.6: padded base64 of DER, leaf first. */
static enum nw_err read_x5c(struct nw_jws *j, struct nw_diag *d)
{
    const struct nw_json *x5c = nw_json_get(j->header, "x5c");
    size_t at[NW_MAX_CHAIN + 1] = {0};
    size_t n = 0;
    if (x5c == NULL) {
        return NW_OK;
    }
    if (nw_json_kind(x5c) != NW_JSON_ARRAY || nw_json_count(x5c) == 0) {
        return nw_fail_at(d, NW_ERR_JWS_HEADER, "x5c", "not an array of at least one certificate");
    }
    if (nw_json_count(x5c) > NW_MAX_CHAIN) {
        return nw_fail_at(d, NW_ERR_CERT_DEPTH, "x5c", "more than %u certificates", NW_MAX_CHAIN);
    }
    j->chain_bytes = NW_BUF(X5C_BYTES);
    for (const struct nw_json *c = nw_json_first(x5c); c != NULL; c = nw_json_next(c)) {
        const char *text = nw_json_text(c);
        enum nw_err e = text == NULL ? NW_ERR_JWS_HEADER
                                     : nw_base64_decode(nw_str(text), &j->chain_bytes, NULL);
        if (e != NW_OK || j->chain_bytes.n == at[n]) {
            return nw_fail_at(d, nw_err_is_ours(e) ? e : NW_ERR_JWS_HEADER, "x5c",
                              "certificate %zu is not base64", n);
        }
        at[++n] = j->chain_bytes.n;
    }
    for (size_t i = 0; i < n; i++) {
        j->chain[i] = nw_slice_sub(nw_buf_slice(&j->chain_bytes), at[i], at[i + 1] - at[i]);
    }
    j->chain_n = n;
    return NW_OK;
}

struct parts {
    struct nw_slice header, payload, signature;
};

static enum nw_err split(struct nw_slice in, size_t max, struct parts *out, struct nw_diag *d)
{
    if (in.n > max) {
        return nw_fail(d, NW_ERR_LIMIT, max, "the token is longer than %zu bytes", max);
    }
    size_t first = nw_slice_find(in, '.', 0);
    size_t second = first < in.n ? nw_slice_find(in, '.', first + 1) : in.n;
    if (second == in.n || nw_slice_find(in, '.', second + 1) < in.n) {
        return nw_fail(d, NW_ERR_JWS_FORM, NW_NO_OFFSET, "not three parts");
    }
    out->header = nw_slice_sub(in, 0, first);
    out->payload = nw_slice_sub(in, first + 1, second - first - 1);
    out->signature = nw_slice_from(in, second + 1);
    if (out->header.n == 0) {
        return nw_fail(d, NW_ERR_JWS_FORM, NW_NO_OFFSET, "the header is empty");
    }
    return NW_OK;
}

/* One buffer serves all three parts: the header's text is parsed and dropped, the payload stays,
 * the signature is moved to its place. */
static enum nw_err decode(const struct parts *p, struct nw_jws *j, struct nw_diag *d)
{
    size_t room = p->header.n > p->payload.n ? p->header.n : p->payload.n;
    if (nw_buf_reserve(&j->payload, (room + p->signature.n) / 4 * 3) == NULL) {
        return nw_buf_err(&j->payload);
    }
    enum nw_err e = nw_base64url_decode(p->header, &j->payload, d);
    if (e != NW_OK) {
        return e;
    }
    e = nw_json_parse(nw_buf_slice(&j->payload), &j->header, d);
    if (e != NW_OK) {
        return e;
    }
    nw_buf_reset(&j->payload);
    e = nw_base64url_decode(p->payload, &j->payload, d);
    if (e != NW_OK) {
        return e;
    }
    size_t payload_n = j->payload.n;
    e = nw_base64url_decode(p->signature, &j->payload, d);
    if (e != NW_OK) {
        return e;
    }
    j->sig_n = j->payload.n - payload_n;
    if (j->sig_n > NW_SIG_MAX) {
        return nw_fail(d, NW_ERR_SIGNATURE_LENGTH, NW_NO_OFFSET, "%zu bytes", j->sig_n);
    }
    memcpy(j->sig, j->payload.p + payload_n, j->sig_n);
    nw_buf_cut(&j->payload, payload_n);
    return NW_OK;
}

enum nw_err nw_jws_parse(struct nw_slice compact, const struct nw_jws_policy *policy,
                         struct nw_jws *out, struct nw_diag *d)
{
    struct nw_jws j = {.compact = compact, .payload = NW_BUF(policy->max)};
    struct parts p;
    enum nw_err e = split(compact, policy->max, &p, d);
    if (e != NW_OK) {
        goto out;
    }
    j.signing_input = nw_slice_sub(compact, 0, p.header.n + 1 + p.payload.n);
    e = decode(&p, &j, d);
    if (e != NW_OK) {
        goto out;
    }
    e = check_header(policy, &j, d);
    if (e != NW_OK) {
        goto out;
    }
    if (j.sig_n == 0) { /* only now: an unsigned token is refused for its alg (RFC 7515 A.5) */
        e = nw_fail(d, NW_ERR_JWS_FORM, NW_NO_OFFSET, "the signature is empty");
        goto out;
    }
    e = read_x5c(&j, d);
    if (e != NW_OK) {
        goto out;
    }
    *out = j; /* transferred */
    j = (struct nw_jws){0};
out:
    nw_jws_free(&j);
    return e;
}

enum nw_err nw_jws_verify(struct nw_crypto *c, const struct nw_jws *jws,
                          const struct nw_pubkey *key)
{
    return nw_verify(c, jws->alg, key, &jws->signing_input, 1, nw_slice(jws->sig, jws->sig_n));
}

void nw_jws_free(struct nw_jws *jws)
{
    if (jws == NULL) {
        return;
    }
    nw_json_free(&jws->header);
    nw_buf_free(&jws->payload);
    nw_buf_free(&jws->chain_bytes);
    *jws = (struct nw_jws){0};
}

static void write_header(const struct nw_signer *s, const char *members, bool with_chain,
                         struct nw_buf *b)
{
    size_t n = with_chain ? nw_signer_chain_length(s) : 0;
    size_t room = HEADER_ROOM;
    for (size_t i = 0; i < n; i++) {
        room += nw_signer_chain_cert(s, i).n * 3 / 2;
    }
    (void)nw_buf_reserve(b, room); /* at once: it would grow several times */
    nw_buf_puts(b, "{\"alg\":\"");
    nw_buf_puts(b, nw_alg_jose(nw_signer_alg(s)));
    nw_buf_putc(b, '"');
    if (members != NULL && members[0] != '\0') {
        nw_buf_putc(b, ',');
        nw_buf_puts(b, members);
    }
    for (size_t i = 0; i < n; i++) {
        nw_buf_puts(b, i == 0 ? ",\"x5c\":[\"" : ",\"");
        nw_base64_encode(nw_signer_chain_cert(s, i), b);
        nw_buf_putc(b, '"');
    }
    nw_buf_puts(b, n > 0 ? "]}" : "}");
}

enum nw_err nw_jws_sign(struct nw_signer *s, const char *header_members, bool with_chain,
                        struct nw_slice payload, struct nw_buf *out)
{
    struct nw_buf header = NW_BUF(X5C_BYTES * 2);
    uint8_t sig[NW_SIG_MAX];
    size_t sig_n;
    size_t start = out->n;
    write_header(s, header_members, with_chain, &header);
    enum nw_err e = nw_buf_err(&header);
    if (e != NW_OK) {
        goto out;
    }
    nw_base64url_encode(nw_buf_slice(&header), out);
    nw_buf_putc(out, '.');
    nw_base64url_encode(payload, out);
    e = nw_buf_err(out);
    if (e != NW_OK) {
        goto out;
    }
    struct nw_slice input = nw_slice_from(nw_buf_slice(out), start);
    e = nw_sign(s, &input, 1, sig, &sig_n);
    if (e != NW_OK) {
        goto out;
    }
    nw_buf_putc(out, '.');
    nw_base64url_encode(nw_slice(sig, sig_n), out);
    e = nw_buf_err(out);
out:
    if (e != NW_OK && nw_buf_err(out) == NW_OK) {
        nw_buf_cut(out, start);
    }
    nw_buf_free(&header);
    return e;
}
