/*
 * A11: the A1 as an offline QR code (docs/PROTOCOL.a11).
 *
 *     text = "A11:" base45( zlib( COSE_Sign1( CWT claims ) ) )
 *
 * This room knows the container and the CWT envelope; the A1 map inside
 * (claim -65883) is data, mapped by common/attestation from the type file.
 * Order of reading (stop at the first failure): prefix, length, base45,
 * inflate, deterministic CBOR, COSE shape and headers, [key by kid],
 * signature, claims, times. Nothing of the payload is used before the
 * signature is good: nw_seal_claims() refuses to read it.
 *
 *     nw_seal_parse()    QR-01, QR-02; QR-03 only if the form is wrong
 *     nw_seal_verify()   once for every key of that kid, until one is right
 *     nw_seal_claims()   QR-03 passed; QR-04 only if a claim is wrong
 *     nw_seal_times()    QR-04
 *
 * When no key of that kid verifies, the caller fails QR-03 (SIGNATURE, or
 * KID_UNKNOWN when there was none). What this does not check: whether the key
 * may sign for this institution and state (common/trust), the status, the A1.
 *
 * Read only: the eEHIC text form (eehic.h), and "HC1:" to say that it is a
 * health certificate (hcert.h).
 */
#ifndef NW_SEAL_SEAL_H
#define NW_SEAL_SEAL_H

#include "base/check.h"
#include "base/deflate.h"
#include "cose/cose.h"
#include "status/status.h"

#define NW_A11_PREFIX "A11:"
#define NW_A11_TYP "application/a1+cwt"
#define NW_A11_KID_BYTES 8
#define NW_A11_ISS_MAX 32
#define NW_A11_CLAIM (-65883) /* private use (RFC 8392 9.1); 883 as in 883/2004 */

enum nw_seal_kind { NW_SEAL_NONE = 0, NW_SEAL_A11, NW_SEAL_HC1, NW_SEAL_EEHIC };
/* By prefix and shape only. */
enum nw_seal_kind nw_seal_detect(struct nw_slice text);

struct nw_seal {
    struct nw_buf token; /* inflated COSE_Sign1, owned; the slices below point into it */
    struct nw_cose_sign1 cose;
    bool verified; /* set by nw_seal_verify() */
    /* after nw_seal_claims(): */
    char iss[40];
    int64_t iat, exp;
    struct nw_status_ref status;
    struct nw_slice cnf; /* raw COSE_Key, or empty */
    struct nw_slice a1;  /* raw CBOR of claim -65883 */
};
/* Steps 1-6. HC1: gives HEALTH_CERTIFICATE. On failure *out is untouched. checks may be NULL. */
NW_MUST_USE enum nw_err nw_seal_parse(struct nw_slice text, struct nw_seal *out,
                                      struct nw_checks *checks, struct nw_diag *d);
/* Same with an inflater that the caller keeps for many codes. */
NW_MUST_USE enum nw_err nw_seal_parse_with(struct nw_inflater *z, struct nw_slice text,
                                           struct nw_seal *out, struct nw_checks *checks,
                                           struct nw_diag *d);
/* Steps 5-6 on a COSE_Sign1 that came another way (copied). */
NW_MUST_USE enum nw_err nw_seal_parse_token(struct nw_slice token, struct nw_seal *out,
                                            struct nw_checks *checks, struct nw_diag *d);
/* Step 7 with one candidate key. */
NW_MUST_USE enum nw_err nw_seal_verify(struct nw_crypto *c, struct nw_seal *s,
                                       const struct nw_pubkey *key, struct nw_diag *d);
/* Step 8, envelope only. INTERNAL unless nw_seal_verify() was good; CBOR_*, CLAIM_*, TEXT_*. */
NW_MUST_USE enum nw_err nw_seal_claims(struct nw_seal *s, struct nw_checks *checks,
                                       struct nw_diag *d);
/* Step 9: NOT_YET_VALID before iat - skew, EXPIRED from exp on. skew covers a slow clock here. */
NW_MUST_USE enum nw_err nw_seal_times(const struct nw_seal *s, int64_t now, int64_t skew,
                                      struct nw_checks *checks, struct nw_diag *d);
void nw_seal_free(struct nw_seal *s);

struct nw_seal_issue {
    const char *iss;
    int64_t iat, exp;
    struct nw_status_ref status;    /* not present: only if exp - iat <= 24 h */
    const struct nw_pubkey *holder; /* cnf, or NULL */
    struct nw_slice a1;             /* CBOR of the A1 map, deterministic */
    struct nw_deflater *deflater;   /* kept by the caller for many codes (TEXT), or NULL */
};
/* Appends the QR text. kid is taken from the signer's leaf certificate (without one: SIGNER). What
 * a verifier would refuse is not made: same codes as nw_seal_claims(). */
NW_MUST_USE enum nw_err nw_seal_make(struct nw_crypto *c, struct nw_signer *s,
                                     const struct nw_seal_issue *job, struct nw_buf *text,
                                     struct nw_diag *d);

#endif
