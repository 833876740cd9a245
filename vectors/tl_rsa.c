/* What signed lists have and the core's signers do not: RSA keys, and SHA-1, which is refused. */
#include <psa/crypto.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tl.h"
#include "world.h"

struct tl_rsa {
    psa_key_id_t id[2]; /* for SHA-256 and SHA-1: a PSA key has one algorithm */
    struct nw_buf cert;
};

static psa_key_id_t import(struct nw_slice key, psa_algorithm_t alg)
{
    psa_key_attributes_t a = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t id = 0;
    psa_set_key_usage_flags(&a, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_SIGN_MESSAGE);
    psa_set_key_algorithm(&a, alg);
    psa_set_key_type(&a, PSA_KEY_TYPE_RSA_KEY_PAIR);
    if (psa_import_key(&a, key.p, key.n, &id) != PSA_SUCCESS) {
        gen_die("an RSA key could not be read");
    }
    return id;
}

struct tl_rsa *tl_rsa_open(struct gen *g, const char *name)
{
    char file[64];
    struct nw_buf key;
    struct tl_rsa *r = calloc(1, sizeof *r);
    if (r == NULL) {
        gen_die("no memory");
    }
    (void)snprintf(file, sizeof file, "%s-key.der", name);
    world_fixed(g, file, &key);
    r->id[0] = import(nw_buf_slice(&key), PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256));
    r->id[1] = import(nw_buf_slice(&key), PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_1));
    nw_buf_free(&key);
    (void)snprintf(file, sizeof file, "%s.der", name);
    world_fixed(g, file, &r->cert);
    return r;
}

static enum nw_err sign(psa_key_id_t id, psa_algorithm_t hash, struct nw_slice octets,
                        struct nw_buf *sig)
{
    uint8_t digest[NW_HASH_MAX];
    size_t digest_n = 0;
    size_t n = 0;
    uint8_t *room = nw_buf_reserve(sig, 256);
    if (room == NULL ||
        psa_hash_compute(hash, octets.p, octets.n, digest, sizeof digest, &digest_n) !=
            PSA_SUCCESS ||
        psa_sign_hash(id, PSA_ALG_RSA_PKCS1V15_SIGN(hash), digest, digest_n, room, 256, &n) !=
            PSA_SUCCESS) {
        return NW_ERR_SIGNER;
    }
    nw_buf_grow(sig, n);
    return NW_OK;
}

static enum nw_err sign_sha256(void *ctx, struct nw_slice octets, struct nw_buf *sig)
{
    const struct tl_rsa *r = ctx;
    return sign(r->id[0], PSA_ALG_SHA_256, octets, sig);
}

static enum nw_err sign_sha1(void *ctx, struct nw_slice octets, struct nw_buf *sig)
{
    const struct tl_rsa *r = ctx;
    return sign(r->id[1], PSA_ALG_SHA_1, octets, sig);
}

struct tslist_signer tl_rsa_signer(struct tl_rsa *key, bool sha1)
{
    return (struct tslist_signer){.cert = tl_rsa_cert(key),
                                  .method =
                                      sha1 ? TSLIST_NS_DS "rsa-sha1"
                                           : "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                                  .sign = sha1 ? sign_sha1 : sign_sha256,
                                  .ctx = key};
}

struct nw_slice tl_rsa_cert(const struct tl_rsa *key)
{
    return nw_buf_slice(&key->cert);
}

void tl_rsa_free(struct tl_rsa **key)
{
    if (*key != NULL) {
        (void)psa_destroy_key((*key)->id[0]);
        (void)psa_destroy_key((*key)->id[1]);
        nw_buf_free(&(*key)->cert);
        free(*key);
        *key = NULL;
    }
}

enum nw_err tl_sha1(void *ctx, struct nw_slice of, struct nw_buf *out)
{
    uint8_t *room = nw_buf_reserve(out, 20);
    size_t n = 0;
    (void)ctx;
    if (room == NULL || psa_hash_compute(PSA_ALG_SHA_1, of.p, of.n, room, 20, &n) != PSA_SUCCESS) {
        return NW_ERR_INTERNAL;
    }
    nw_buf_grow(out, n);
    return NW_OK;
}
