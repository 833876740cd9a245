#include <string.h>

#include "base/codec.h"
#include "crypto/curve.h"
#include "jose/jws.h"

/* JWK public keys (RFC 7517, RFC 7518 6, RFC 8037). */

#define JWK_BYTES 1024 /* RSA 4096 modulus and exponent */
#define COORD_MAX 66

/* Appends the decoded member; wanted == 0 takes any length but none. */
static enum nw_err member(const struct nw_json *jwk, const char *name, size_t wanted,
                          struct nw_buf *b, struct nw_diag *d)
{
    const char *text = nw_json_text(nw_json_get(jwk, name));
    size_t before = b->n;
    enum nw_err e = text == NULL ? NW_ERR_JWK : nw_base64url_decode(nw_str(text), b, NULL);
    if (e == NW_OK && b->n > before && (wanted == 0 || b->n - before == wanted)) {
        return NW_OK;
    }
    return nw_fail_at(d, nw_err_is_ours(e) ? e : NW_ERR_JWK, name,
                      "missing, not base64url or of the wrong length");
}

static enum nw_err parse_ec(struct nw_crypto *c, const struct nw_json *jwk, struct nw_buf *b,
                            struct nw_pubkey **out, struct nw_diag *d)
{
    const struct nw_curve *curve = nw_curve_by_jwk(nw_json_text(nw_json_get(jwk, "crv")));
    if (curve == NULL) {
        return nw_fail_at(d, NW_ERR_JWK, "crv", "missing or an unknown curve");
    }
    nw_buf_putc(b, 0x04);
    enum nw_err e = member(jwk, "x", curve->size, b, d);
    if (e == NW_OK) {
        e = member(jwk, "y", curve->size, b, d);
    }
    return e != NW_OK ? e : nw_pubkey_from_point(c, curve->type, nw_buf_slice(b), out);
}

static enum nw_err parse_okp(struct nw_crypto *c, const struct nw_json *jwk, struct nw_buf *b,
                             struct nw_pubkey **out, struct nw_diag *d)
{
    if (!nw_json_is_text(nw_json_get(jwk, "crv"), "Ed25519")) {
        return nw_fail_at(d, NW_ERR_JWK, "crv", "missing or an unknown curve");
    }
    enum nw_err e = member(jwk, "x", 32, b, d);
    return e != NW_OK ? e : nw_pubkey_from_ed25519(c, nw_buf_slice(b), out);
}

static enum nw_err parse_rsa(struct nw_crypto *c, const struct nw_json *jwk, struct nw_buf *b,
                             struct nw_pubkey **out, struct nw_diag *d)
{
    enum nw_err e = member(jwk, "n", 0, b, d);
    if (e != NW_OK) {
        return e;
    }
    size_t n = b->n;
    e = member(jwk, "e", 0, b, d);
    if (e != NW_OK) {
        return e;
    }
    struct nw_slice all = nw_buf_slice(b);
    return nw_pubkey_from_rsa(c, nw_slice_sub(all, 0, n), nw_slice_from(all, n), out);
}

/* A credential or request that carries a private key has lost it (RFC 7517 9.2). */
static bool has_private_member(const struct nw_json *jwk)
{
    static const char *const names[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
    for (const struct nw_json *m = nw_json_first(jwk); m != NULL; m = nw_json_next(m)) {
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            if (strcmp(nw_json_name(m), names[i]) == 0) {
                return true;
            }
        }
    }
    return false;
}

enum nw_err nw_jwk_parse(struct nw_crypto *c, const struct nw_json *jwk, struct nw_pubkey **out,
                         struct nw_diag *d)
{
    static const struct {
        const char *kty;
        enum nw_err (*parse)(struct nw_crypto *c, const struct nw_json *jwk, struct nw_buf *b,
                             struct nw_pubkey **out, struct nw_diag *d);
    } kinds[] = {{"EC", parse_ec}, {"OKP", parse_okp}, {"RSA", parse_rsa}};
    struct nw_buf b = NW_BUF(JWK_BYTES);
    enum nw_err e = NW_ERR_JWK;
    if (nw_json_kind(jwk) != NW_JSON_OBJECT) {
        return nw_fail(d, NW_ERR_JWK, NW_NO_OFFSET, "not a JSON object");
    }
    if (has_private_member(jwk)) {
        return nw_fail(d, NW_ERR_JWK, NW_NO_OFFSET, "it holds a private or symmetric key");
    }
    const struct nw_json *use = nw_json_get(jwk, "use");
    if (use != NULL && !nw_json_is_text(use, "sig")) {
        return nw_fail_at(d, NW_ERR_JWK, "use", "not a key for signatures");
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (nw_json_is_text(nw_json_get(jwk, "kty"), kinds[i].kty)) {
            e = kinds[i].parse(c, jwk, &b, out, d);
            break;
        }
    }
    nw_buf_free(&b);
    return e == NW_OK ? NW_OK : nw_fail_at(d, e, "kty", "the key cannot be used");
}

/* Members in the order of RFC 7638 3.2, so that the same text serves both uses. */
enum nw_err nw_jwk_write(const struct nw_pubkey *key, struct nw_buf *json)
{
    const struct nw_curve *curve = nw_curve_of(nw_pubkey_type(key));
    struct nw_slice point = nw_pubkey_point(key);
    if (curve == NULL || curve->oid == NULL) {
        return NW_ERR_ALG_UNSUPPORTED;
    }
    nw_buf_puts(json, "{\"crv\":\"");
    nw_buf_puts(json, curve->name);
    nw_buf_puts(json, "\",\"kty\":\"EC\",\"x\":\"");
    nw_base64url_encode(nw_slice_sub(point, 1, curve->size), json);
    nw_buf_puts(json, "\",\"y\":\"");
    nw_base64url_encode(nw_slice_from(point, 1 + curve->size), json);
    nw_buf_puts(json, "\"}");
    return nw_buf_err(json);
}

enum nw_err nw_jwk_thumbprint(struct nw_crypto *c, const struct nw_pubkey *key,
                              uint8_t out[NW_SHA256_BYTES])
{
    struct nw_buf b = NW_BUF(JWK_BYTES);
    enum nw_err e = nw_jwk_write(key, &b);
    if (e == NW_OK) {
        e = nw_sha256(c, nw_buf_slice(&b), out);
    }
    nw_buf_free(&b);
    return e;
}

enum nw_err nw_jwk_thumbprint_json(struct nw_crypto *c, const struct nw_json *jwk,
                                   uint8_t out[NW_SHA256_BYTES])
{
    /* The required members of each kind, in lexicographic order (RFC 7638 3.2, RFC 8037 2). */
    static const struct {
        const char *kty;
        const char *members[4];
    } kinds[] = {
        {"EC", {"crv", "kty", "x", "y"}},
        {"OKP", {"crv", "kty", "x", NULL}},
        {"RSA", {"e", "kty", "n", NULL}},
    };
    struct nw_buf b = NW_BUF(NW_MAX_JWT);
    enum nw_err e = NW_ERR_JWK;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (!nw_json_is_text(nw_json_get(jwk, "kty"), kinds[i].kty)) {
            continue;
        }
        e = NW_OK;
        for (size_t m = 0; e == NW_OK && m < 4 && kinds[i].members[m] != NULL; m++) {
            const char *value = nw_json_text(nw_json_get(jwk, kinds[i].members[m]));
            nw_buf_putc(&b, m == 0 ? '{' : ',');
            nw_json_write_text(nw_str(kinds[i].members[m]), &b);
            nw_buf_putc(&b, ':');
            nw_json_write_text(nw_str(value), &b);
            e = value == NULL ? NW_ERR_JWK : NW_OK;
        }
        nw_buf_putc(&b, '}');
    }
    if (e == NW_OK) {
        e = nw_buf_err(&b);
    }
    if (e == NW_OK) {
        e = nw_sha256(c, nw_buf_slice(&b), out);
    }
    nw_buf_free(&b);
    return e;
}
