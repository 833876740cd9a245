/*
 * JWS compact serialisation (RFC 7515) and JWK public keys (RFC 7517).
 *
 * Parsing splits the token at its dots, decodes the three parts, and parses
 * the header strictly. Nothing of the payload is looked at. Verification runs
 * over the received bytes.
 *
 * Refused in every header: no or unknown alg, "none", HS*, alg not on the
 * caller's allow-list, crit with any name the caller does not list, an empty
 * crit, b64:false, and duplicate members (by common/json).
 * Never followed: jwk, jku, x5u, kid. Keys come from the caller.
 */
#ifndef NW_JOSE_JWS_H
#define NW_JOSE_JWS_H

#include "base/limits.h"
#include "crypto/crypto.h"
#include "crypto/signer.h"
#include "json/json.h"

struct nw_jws {
    struct nw_slice compact;       /* as received, over the caller's bytes */
    struct nw_slice signing_input; /* header.payload as received */
    struct nw_json *header;        /* owned */
    struct nw_buf payload;         /* decoded, owned */
    enum nw_sig_alg alg;
    uint8_t sig[NW_SIG_MAX];
    size_t sig_n;
    struct nw_buf chain_bytes;           /* DER of x5c, owned */
    struct nw_slice chain[NW_MAX_CHAIN]; /* x5c of the protected header, leaf first */
    size_t chain_n;
};

struct nw_jws_policy {
    const enum nw_sig_alg *algs; /* allow-list */
    size_t alg_n;
    const char *const *typs; /* permitted typ values, NULL-terminated; NULL: any or none */
    const char *const *crit; /* names understood, NULL-terminated; NULL: none */
    size_t max;              /* bytes of the whole token */
};

/* On failure *out holds nothing. */
NW_MUST_USE enum nw_err nw_jws_parse(struct nw_slice compact, const struct nw_jws_policy *policy,
                                     struct nw_jws *out, struct nw_diag *d);
NW_MUST_USE enum nw_err nw_jws_verify(struct nw_crypto *c, const struct nw_jws *jws,
                                      const struct nw_pubkey *key);
void nw_jws_free(struct nw_jws *jws);

/* header_members: JSON members after alg, without braces, e.g. "\"typ\":\"kb+jwt\"" (may be "");
 * x5c of the signer's chain is added when with_chain. Writes the compact form. */
NW_MUST_USE enum nw_err nw_jws_sign(struct nw_signer *s, const char *header_members,
                                    bool with_chain, struct nw_slice payload, struct nw_buf *out);

/* Public JWK: EC P-256/384/521, OKP Ed25519, RSA. A private member (d, p, ...) refuses it. */
NW_MUST_USE enum nw_err nw_jwk_parse(struct nw_crypto *c, const struct nw_json *jwk,
                                     struct nw_pubkey **out, struct nw_diag *d);
/* EC keys only (ALG_UNSUPPORTED for the others: the seam does not give their numbers back). */
NW_MUST_USE enum nw_err nw_jwk_write(const struct nw_pubkey *key, struct nw_buf *json);
/* RFC 7638 SHA-256 thumbprint, of an EC key or of a JWK of any kind that nw_jwk_parse() knows. */
NW_MUST_USE enum nw_err nw_jwk_thumbprint(struct nw_crypto *c, const struct nw_pubkey *key,
                                          uint8_t out[NW_SHA256_BYTES]);
NW_MUST_USE enum nw_err nw_jwk_thumbprint_json(struct nw_crypto *c, const struct nw_json *jwk,
                                               uint8_t out[NW_SHA256_BYTES]);

#endif
