/*
 * HCERT ("HC1:"), the health certificate code, read only (hcert_spec 1.0.8).
 *
 * Nothing is decided with it: the verifier says "a health certificate, not an
 * A1". It is read to the end because the same base45, zlib, COSE and CWT carry
 * the A11, and the public corpus of 581 real tokens shows what issuers really
 * write: unsorted maps, float dates, key ids in either header,
 * certificates with extensions that are no DER.
 *
 *     "HC1:" base45( zlib( COSE_Sign1( { 1: iss, 4: exp, 6: iat, -260: { 1: certificate } } ) ) )
 */
#ifndef NW_SEAL_HCERT_H
#define NW_SEAL_HCERT_H

#include "base/check.h"
#include "cose/cose.h"

struct nw_hcert {
    struct nw_buf token; /* inflated COSE_Sign1, owned; the slices below point into it */
    struct nw_cose_sign1 cose;
    bool verified;
    /* after nw_hcert_claims(): */
    int64_t iat, exp;
    struct nw_slice certificate; /* raw CBOR of -260 / 1 */
};
NW_MUST_USE enum nw_err nw_hcert_parse(struct nw_slice text, struct nw_hcert *out,
                                       struct nw_checks *checks, struct nw_diag *d);
/* From the COSE bytes (copied). */
NW_MUST_USE enum nw_err nw_hcert_parse_token(struct nw_slice token, struct nw_hcert *out,
                                             struct nw_diag *d);
/* With one signer certificate (DER): KID_UNKNOWN unless the token's key id is its hash's first
 * eight bytes (hcert_spec 3.3.3; the protected one wins), then the signature. */
NW_MUST_USE enum nw_err nw_hcert_verify(struct nw_crypto *c, struct nw_hcert *h,
                                        struct nw_slice der, struct nw_diag *d);
/* INTERNAL before nw_hcert_verify() was good. Times may be floats; whole seconds are kept. */
NW_MUST_USE enum nw_err nw_hcert_claims(struct nw_hcert *h, struct nw_diag *d);
/* EXPIRED, NOT_YET_VALID; both ends count (hcert_spec 3.3.5, 3.3.6). */
NW_MUST_USE enum nw_err nw_hcert_times(const struct nw_hcert *h, int64_t now);
/* CERT_USAGE when the signer's extended key usage is limited to other kinds (hcert_spec A.4). */
NW_MUST_USE enum nw_err nw_hcert_usage(const struct nw_hcert *h, struct nw_slice der);
void nw_hcert_free(struct nw_hcert *h);

/* The two things that are needed of a signer certificate, from DER that no strict reader takes: key
 * and extended key usage (empty if there is none). Nothing is trusted because of them. */
bool nw_hcert_signer(struct nw_slice der, struct nw_slice *spki, struct nw_slice *eku);
bool nw_hcert_eku_has(struct nw_slice eku, struct nw_slice oid);

#endif
