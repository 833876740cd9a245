/*
 * eEHIC / ePRC, the EESSI card code, read only.
 *
 *     base45( zlib( compact JWS ) )          no prefix
 *     kid     "EESSI:x5t#S256:" + SHA-256 of the signer certificate, base64 or base64url
 *     payload { "sid": "eessi:...", ... }
 *
 * Known from public implementations, not from an official text: what is read
 * here is shown, but decides nothing.
 */
#ifndef NW_SEAL_EEHIC_H
#define NW_SEAL_EEHIC_H

#include "base/check.h"
#include "jose/jws.h"

struct nw_eehic {
    struct nw_buf token; /* compact JWS, owned */
    struct nw_jws jws;
    uint8_t x5t[NW_SHA256_BYTES]; /* SHA-256 of the signer certificate, from kid */
    bool verified;
};
/* Form only. BASE45_*, ZLIB*, TRAILING, JWS_*. */
NW_MUST_USE enum nw_err nw_eehic_parse(struct nw_slice text, struct nw_eehic *out,
                                       struct nw_diag *d);
/* KID_UNKNOWN unless kid is the hash of this certificate (DER); then the signature. */
NW_MUST_USE enum nw_err nw_eehic_verify(struct nw_crypto *c, struct nw_eehic *e,
                                        struct nw_slice der, const struct nw_pubkey *key,
                                        struct nw_diag *d);
/* INTERNAL before nw_eehic_verify() was good. CLAIM_MISSING or CLAIM_RANGE when sid is not eessi:.
 * *out is the caller's. */
NW_MUST_USE enum nw_err nw_eehic_claims(const struct nw_eehic *e, struct nw_json **out,
                                        struct nw_diag *d);
void nw_eehic_free(struct nw_eehic *e);

#endif
