/*
 * What one nw_crypto remembers about certificates, so that a chain that comes
 * again costs no signature check: a bounded set of SHA-256 digests over the
 * exact bytes a fact was established from. Private to common/crypto.
 *
 * Two facts are kept: "these bytes are a certificate that both readers took"
 * and "this key signed these bytes". Both are true for ever. Times, usage, the
 * order of a chain and trust are not facts of that kind and are decided anew
 * every time. Only success is remembered; the oldest entry makes room.
 */
#ifndef NW_CRYPTO_SEEN_H
#define NW_CRYPTO_SEEN_H

#include "crypto/crypto.h"

#define NW_SEEN_MAX 64

struct nw_seen {
    uint8_t v[NW_SEEN_MAX][NW_SHA256_BYTES];
    size_t n;    /* entries in use */
    size_t next; /* where the next one goes */
};

bool nw_seen_has(const struct nw_seen *s, const uint8_t id[NW_SHA256_BYTES]);
void nw_seen_add(struct nw_seen *s, const uint8_t id[NW_SHA256_BYTES]);

#endif
