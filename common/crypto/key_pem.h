/* Private EC keys between PEM and a bare scalar. Private to common/crypto; the holder wipes. */
#ifndef NW_CRYPTO_KEY_PEM_H
#define NW_CRYPTO_KEY_PEM_H

#include "crypto/provider.h"

struct nw_private_key {
    const struct nw_curve *curve;
    size_t n;
    uint8_t scalar[NW_SCALAR_MAX];
};

/* PKCS#8 or SEC1, unencrypted; the scalar is in range. PEM or KEY otherwise. */
NW_MUST_USE enum nw_err nw_key_from_pem(struct nw_slice pem, struct nw_private_key *out,
                                        struct nw_diag *d);
/* PKCS#8 with the public point. Errors stick in pem. */
void nw_key_to_pem(const struct nw_private_key *key, struct nw_slice point, struct nw_buf *pem);

#endif
