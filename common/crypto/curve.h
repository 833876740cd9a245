/*
 * The curves: one table for everything that has to tell one from the other.
 *
 * Certificates and JWKs are on the curves of NIST alone (HAIP 7): they have an
 * object identifier here and a JWK name. COSE keys of mdoc devices and sessions
 * may be on all of cipher suite 1 (ISO/IEC 18013-5 9.1.5.2) but X448. On the
 * Montgomery curves keys agree and do not sign; a point is its u coordinate.
 *
 * A curve may be unknown to a provider: then no key on it can be made, with
 * ALG_UNSUPPORTED (brainpoolP320r1 on PSA).
 */
#ifndef NW_CRYPTO_CURVE_H
#define NW_CRYPTO_CURVE_H

#include "crypto/crypto.h"

struct nw_curve {
    enum nw_key_type type;
    enum nw_sig_alg alg;  /* NW_ALG_NONE: agreement only */
    size_t size;          /* bytes of a coordinate, of r and of s */
    int64_t cose;         /* IANA "COSE Elliptic Curves" */
    const char *name;     /* "P-256", "brainpoolP256r1", "X25519" */
    const uint8_t *order; /* size bytes; NULL: a Montgomery curve */
    const char *oid;      /* content bytes; NULL: in no certificate or JWK */
    size_t oid_n;
};
const struct nw_curve *nw_curve_of(enum nw_key_type type); /* NULL: not an EC key */
const struct nw_curve *nw_curve_by_oid(struct nw_slice oid);
const struct nw_curve *nw_curve_by_cose(int64_t crv);
/* Of a JWK: those of NIST. */
const struct nw_curve *nw_curve_by_jwk(const char *crv);
/* 04 || x || y, or u. */
size_t nw_curve_point_size(const struct nw_curve *curve);
/* 1 <= v < n */
bool nw_curve_in_range(const struct nw_curve *curve, struct nw_slice v);

#endif
