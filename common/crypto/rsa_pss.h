/* RSASSA-PSS-params (RFC 4055 3.1), of a signature and of a key. Private to common/crypto. */
#ifndef NW_CRYPTO_RSA_PSS_H
#define NW_CRYPTO_RSA_PSS_H

#include "crypto/crypto.h"

#define NW_OID_RSASSA_PSS "1.2.840.113549.1.1.10"

/* From the content of the SEQUENCE: one of the three hashes, MGF1 with the same hash, a salt of any
 * length, trailer 1. False for anything else; a default stands for SHA-1 and does not do. */
bool nw_pss_params(struct nw_slice params, enum nw_hash_alg *hash, size_t *salt);

#endif
