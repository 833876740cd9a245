#include "crypto/crypto.h"

#include "base/alloc.h"
#include "crypto/provider.h"

static const struct nw_provider_ops *provider_ops(enum nw_provider which)
{
    switch (which) {
    case NW_PROVIDER_PSA:
        return &nw_provider_psa;
#ifdef NW_WITH_LIBCRYPTO
    case NW_PROVIDER_DEFAULT:
    case NW_PROVIDER_LIBCRYPTO:
        return &nw_provider_libcrypto;
#else
    case NW_PROVIDER_DEFAULT:
        return &nw_provider_psa;
#endif
    default:
        return NULL;
    }
}

bool nw_crypto_has(enum nw_provider which)
{
    return provider_ops(which) != NULL;
}

enum nw_err nw_crypto_new(enum nw_provider which, struct nw_crypto **out)
{
    const struct nw_provider_ops *ops = provider_ops(which);
    if (ops == NULL) {
        return NW_ERR_CRYPTO_BACKEND;
    }
    struct nw_crypto *c = nw_calloc(1, sizeof *c);
    if (c == NULL) {
        return NW_ERR_NOMEM;
    }
    c->ops = ops;
    enum nw_err e = ops->open(&c->state);
    if (e != NW_OK) {
        nw_free(c);
        return e;
    }
    *out = c;
    return NW_OK;
}

void nw_crypto_free(struct nw_crypto **c)
{
    if (*c == NULL) {
        return;
    }
    for (size_t i = 0; i < NW_PUBKEY_CACHE; i++) {
        nw_pubkey_free(&(*c)->cached[i].key);
    }
    (*c)->ops->close((*c)->state);
    nw_free(*c);
    *c = NULL;
}

const char *nw_crypto_name(const struct nw_crypto *c)
{
    return c->ops->name;
}

enum nw_err nw_hash_parts(struct nw_crypto *c, enum nw_hash_alg alg, const struct nw_slice *parts,
                          size_t n, uint8_t out[NW_HASH_MAX])
{
    if (nw_hash_size(alg) == 0) {
        return NW_ERR_INTERNAL;
    }
    return c->ops->hash(c->state, alg, parts, n, out);
}

enum nw_err nw_sha256(struct nw_crypto *c, struct nw_slice in, uint8_t out[NW_SHA256_BYTES])
{
    return c->ops->hash(c->state, NW_SHA256, &in, 1, out);
}

enum nw_err nw_random(struct nw_crypto *c, uint8_t *out, size_t n)
{
    return n == 0 ? NW_OK : c->ops->random(c->state, out, n);
}

#define GCM_IV 12
#define GCM_TAG 16

static bool gcm_sizes_ok(struct nw_slice key, struct nw_slice iv)
{
    return (key.n == 16 || key.n == 32) && iv.n == GCM_IV;
}

enum nw_err nw_aead_seal(struct nw_crypto *c, struct nw_slice key, struct nw_slice iv,
                         struct nw_slice aad, struct nw_slice plain, struct nw_buf *sealed)
{
    size_t room;
    if (!gcm_sizes_ok(key, iv) || !nw_size_add(plain.n, GCM_TAG, &room)) {
        return NW_ERR_INTERNAL;
    }
    uint8_t *at = nw_buf_reserve(sealed, room);
    if (at == NULL) {
        return nw_buf_err(sealed);
    }
    enum nw_err e = c->ops->aead_seal(c->state, key, iv, aad, plain, at);
    if (e == NW_OK) {
        nw_buf_grow(sealed, room);
    }
    return e;
}

enum nw_err nw_aead_open(struct nw_crypto *c, struct nw_slice key, struct nw_slice iv,
                         struct nw_slice aad, struct nw_slice sealed, struct nw_buf *plain)
{
    if (!gcm_sizes_ok(key, iv)) {
        return NW_ERR_INTERNAL;
    }
    if (sealed.n < GCM_TAG) {
        return NW_ERR_DECRYPT;
    }
    uint8_t *at = nw_buf_reserve(plain, sealed.n - GCM_TAG);
    if (at == NULL) {
        return nw_buf_err(plain);
    }
    enum nw_err e = c->ops->aead_open(c->state, key, iv, aad, sealed, at);
    if (e != NW_OK) {
        nw_wipe(at, sealed.n - GCM_TAG); /* nothing unauthenticated stays readable */
        return e;
    }
    nw_buf_grow(plain, sealed.n - GCM_TAG);
    return NW_OK;
}

enum nw_err nw_hmac_sha256(struct nw_crypto *c, struct nw_slice key, struct nw_slice in,
                           uint8_t out[NW_SHA256_BYTES])
{
    return c->ops->hmac(c->state, key, in, out);
}
