/*
 * A11: the A1 as an offline QR code (docs/PROTOCOL.a11).
 *
 *     text = "A11:" base45( zlib( COSE_Sign1( CWT claims ) ) )
 *
 * This room knows the container and the CWT envelope; the A1 map inside
 * (claim -65883) is data, mapped by common/attestation from the type file.
 * Order of reading (stop at the first failure): prefix, length, base45,
 * inflate, strict CBOR, COSE shape and headers, [key by kid], signature,
 * claims. Nothing of the payload is used before the signature is good, except
 * the kid.
 *
 * Read only: the eEHIC text form (compact JWS, sid eessi:*), and "HC1:" to say
 * that it is a health certificate.
 */
#ifndef NW_SEAL_SEAL_H
#define NW_SEAL_SEAL_H

#include "base/check.h"
#include "cose/cose.h"
#include "status/status.h"

enum nw_seal_kind { NW_SEAL_NONE = 0, NW_SEAL_A11, NW_SEAL_HC1, NW_SEAL_EEHIC };
/* By prefix and shape only. */
enum nw_seal_kind nw_seal_detect(struct nw_slice text);

struct nw_seal {
    struct nw_buf token;         /* inflated COSE_Sign1, owned; the slices below point into it */
    struct nw_cose_sign1 cose;
    /* after nw_seal_claims(): */
    char iss[40];
    int64_t iat, exp;
    struct nw_status_ref status;
    struct nw_slice cnf; /* raw COSE_Key, or empty */
    struct nw_slice a1;  /* raw CBOR of claim -65883 */
};
/* Steps 1-6: QR-01, QR-02, QR-03 (form). */
NW_MUST_USE enum nw_err nw_seal_parse(struct nw_slice text, struct nw_seal *out,
                                      struct nw_checks *checks, struct nw_diag *d);
/* Step 7 with one candidate key. */
NW_MUST_USE enum nw_err nw_seal_verify(struct nw_crypto *c, const struct nw_seal *s,
                                       const struct nw_pubkey *key, struct nw_diag *d);
/* Step 8, envelope only; call after the signature was good. QR-04. */
NW_MUST_USE enum nw_err nw_seal_claims(struct nw_seal *s, struct nw_checks *checks,
                                       struct nw_diag *d);
void nw_seal_free(struct nw_seal *s);

struct nw_seal_issue {
    const char *iss;
    int64_t iat, exp;
    struct nw_status_ref status; /* not present: only if exp - iat <= 24 h */
    const struct nw_pubkey *holder; /* cnf, or NULL */
    struct nw_slice a1;          /* CBOR of the A1 map, deterministic */
};
/* Writes the QR text. kid is taken from the signer's leaf certificate. */
NW_MUST_USE enum nw_err nw_seal_make(struct nw_crypto *c, struct nw_signer *s,
                                     const struct nw_seal_issue *job, struct nw_buf *text,
                                     struct nw_diag *d);

#endif
