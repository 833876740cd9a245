/* ECDSA signatures between DER (X.509, libcrypto) and r || s (JOSE, COSE, PSA). Private. */
#ifndef NW_CRYPTO_ECDSA_DER_H
#define NW_CRYPTO_ECDSA_DER_H

#include "base/slice.h"

#define NW_ECDSA_DER_MAX 144 /* two integers of 67 bytes, their headers, the sequence's */

/* raw: r || s of equal length, at most 66 bytes each. Returns the bytes written. */
size_t nw_ecdsa_to_der(struct nw_slice raw, uint8_t der[NW_ECDSA_DER_MAX]);
/* Ecdsa-Sig-Value (RFC 3279 2.2.3), nothing after it; raw takes 2 * size bytes. */
bool nw_ecdsa_from_der(struct nw_slice der, size_t size, uint8_t *raw);

#endif
