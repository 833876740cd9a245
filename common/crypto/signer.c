#include "crypto/signer.h"

#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "crypto/cert.h"
#include "crypto/key_pem.h"
#include "crypto/provider.h"

struct nw_signer {
    struct nw_crypto *c;
    const struct nw_curve *curve;
    void *key; /* the provider's */
    struct nw_pubkey *pubkey;
    size_t chain_n;
    struct nw_slice chain[NW_MAX_CHAIN]; /* owned */
};

static enum nw_err signer_new(struct nw_crypto *c, const struct nw_private_key *key,
                              struct nw_signer **out)
{
    uint8_t point[NW_POINT_MAX];
    struct nw_signer *s = nw_calloc(1, sizeof *s);
    if (s == NULL) {
        return NW_ERR_NOMEM;
    }
    s->c = c;
    s->curve = key->curve;
    enum nw_err e =
        c->ops->key_open(c->state, key->curve, nw_slice(key->scalar, key->n), &s->key, point);
    if (e == NW_OK) {
        e = nw_pubkey_from_point(c, key->curve->type,
                                 nw_slice(point, nw_curve_point_size(key->curve)), &s->pubkey);
    }
    if (e != NW_OK) {
        nw_signer_free(&s);
        return e;
    }
    *out = s;
    return NW_OK;
}

enum nw_err nw_signer_from_scalar(struct nw_crypto *c, struct nw_slice scalar,
                                  struct nw_signer **out)
{
    return nw_signer_on_curve(c, NW_KEY_P256, scalar, out);
}

enum nw_err nw_signer_on_curve(struct nw_crypto *c, enum nw_key_type curve, struct nw_slice scalar,
                               struct nw_signer **out)
{
    struct nw_private_key key = {.curve = nw_curve_of(curve), .n = scalar.n};
    if (key.curve == NULL || !nw_curve_in_range(key.curve, scalar)) {
        return NW_ERR_KEY;
    }
    memcpy(key.scalar, scalar.p, scalar.n);
    enum nw_err e = signer_new(c, &key, out);
    nw_wipe(&key, sizeof key);
    return e;
}

/* The certificates of a PEM text, at most NW_MAX_CHAIN. */
static enum nw_err signer_read_chain(struct nw_signer *s, struct nw_slice pem, struct nw_diag *d)
{
    struct nw_buf der[NW_MAX_CHAIN];
    struct nw_slice chain[NW_MAX_CHAIN];
    size_t n = 0;
    size_t pos = 0;
    enum nw_err e = NW_OK;
    while (e == NW_OK && n < NW_MAX_CHAIN) {
        der[n] = NW_BUF(NW_MAX_CERT);
        e = nw_cert_from_pem(pem, &pos, &der[n]);
        if (e == NW_OK) {
            chain[n] = nw_buf_slice(&der[n]);
            n++;
        }
    }
    if (e == NW_ERR_NOT_FOUND || e == NW_OK) {
        e = nw_signer_set_chain(s, chain, n);
    }
    for (size_t i = 0; i < n; i++) {
        nw_buf_free(&der[i]);
    }
    return e == NW_OK ? e : nw_fail(d, e, pos, "certificate %zu of the signer's chain", n + 1);
}

enum nw_err nw_signer_from_pem(struct nw_crypto *c, struct nw_slice key_pem,
                               struct nw_slice chain_pem, struct nw_signer **out, struct nw_diag *d)
{
    struct nw_private_key key;
    struct nw_signer *s = NULL;
    enum nw_err e = nw_key_from_pem(key_pem, &key, d);
    if (e != NW_OK) {
        return e;
    }
    e = signer_new(c, &key, &s);
    nw_wipe(&key, sizeof key);
    if (e != NW_OK) {
        return nw_fail(d, e, NW_NO_OFFSET, "the private key");
    }
    if (chain_pem.n > 0) {
        e = signer_read_chain(s, chain_pem, d);
    }
    if (e != NW_OK) {
        nw_signer_free(&s);
        return e;
    }
    *out = s;
    return NW_OK;
}

/* FIPS 186-5 A.2.2: test candidates. Bits above the order's length are cut off, so that P-521 does
 * not need a hundred of them. */
static enum nw_err random_key(struct nw_crypto *c, enum nw_key_type type,
                              struct nw_private_key *key)
{
    enum nw_err e;
    key->curve = nw_curve_of(type);
    if (key->curve == NULL) {
        return NW_ERR_KEY;
    }
    key->n = key->curve->size;
    do {
        e = nw_random(c, key->scalar, key->n);
        if (type == NW_KEY_P521) {
            key->scalar[0] &= 1;
        }
    } while (e == NW_OK && !nw_curve_in_range(key->curve, nw_slice(key->scalar, key->n)));
    return e;
}

enum nw_err nw_signer_ephemeral(struct nw_crypto *c, enum nw_key_type curve, struct nw_signer **out)
{
    struct nw_private_key key;
    enum nw_err e = random_key(c, curve, &key);
    if (e == NW_OK) {
        e = signer_new(c, &key, out);
    }
    nw_wipe(&key, sizeof key);
    return e;
}

enum nw_err nw_key_generate_pem(struct nw_crypto *c, struct nw_buf *pem)
{
    struct nw_private_key key;
    struct nw_signer *s = NULL;
    enum nw_err e = random_key(c, NW_KEY_P256, &key);
    if (e == NW_OK) {
        e = signer_new(c, &key, &s);
    }
    if (e == NW_OK) {
        nw_key_to_pem(&key, nw_pubkey_point(s->pubkey), pem);
        e = nw_buf_err(pem);
    }
    nw_signer_free(&s);
    nw_wipe(&key, sizeof key);
    return e;
}

static void signer_drop_chain(struct nw_slice chain[NW_MAX_CHAIN])
{
    for (size_t i = 0; i < NW_MAX_CHAIN; i++) {
        uint8_t *p;
        memcpy(&p, &chain[i].p, sizeof p); /* ours, though a slice cannot say so */
        nw_free(p);
        chain[i] = NW_SLICE_EMPTY;
    }
}

/* The leaf certifies this key and no other. */
static enum nw_err signer_fits_leaf(const struct nw_signer *s, struct nw_slice leaf)
{
    struct nw_cert cert;
    struct nw_pubkey *k = NULL;
    enum nw_err e = nw_cert_parse(leaf, &cert, NULL);
    if (e == NW_OK) {
        e = nw_pubkey_from_spki(s->c, cert.spki, &k);
    }
    if (e == NW_OK && (k->type != s->pubkey->type ||
                       !nw_slice_eq(nw_pubkey_point(k), nw_pubkey_point(s->pubkey)))) {
        e = NW_ERR_KEY;
    }
    nw_pubkey_free(&k);
    return e;
}

enum nw_err nw_signer_set_chain(struct nw_signer *s, const struct nw_slice *der, size_t n)
{
    struct nw_slice copy[NW_MAX_CHAIN] = {{NULL, 0}};
    enum nw_err e = n > NW_MAX_CHAIN ? NW_ERR_CERT_DEPTH : NW_OK;
    if (e == NW_OK && n > 0) {
        e = signer_fits_leaf(s, der[0]);
    }
    for (size_t i = 0; e == NW_OK && i < n; i++) {
        uint8_t *p = der[i].p == NULL ? NULL : nw_alloc(der[i].n);
        if (p == NULL) {
            e = der[i].n == 0 ? NW_ERR_CERT_FORM : NW_ERR_NOMEM;
            break;
        }
        memcpy(p, der[i].p, der[i].n);
        copy[i] = nw_slice(p, der[i].n);
    }
    if (e != NW_OK) {
        signer_drop_chain(copy);
        return e;
    }
    signer_drop_chain(s->chain);
    memcpy(s->chain, copy, sizeof copy);
    s->chain_n = n;
    return NW_OK;
}

struct nw_key_ref nw_signer_key(const struct nw_signer *s)
{
    return (struct nw_key_ref){.c = s->c, .curve = s->curve, .key = s->key};
}

enum nw_sig_alg nw_signer_alg(const struct nw_signer *s)
{
    return s->curve->alg;
}

const struct nw_pubkey *nw_signer_pubkey(const struct nw_signer *s)
{
    return s->pubkey;
}

size_t nw_signer_chain_length(const struct nw_signer *s)
{
    return s->chain_n;
}

struct nw_slice nw_signer_chain_cert(const struct nw_signer *s, size_t i)
{
    return i < s->chain_n ? s->chain[i] : NW_SLICE_EMPTY;
}

enum nw_err nw_sign(struct nw_signer *s, const struct nw_slice *parts, size_t n,
                    uint8_t sig[NW_SIG_MAX], size_t *sig_n)
{
    uint8_t digest[NW_HASH_MAX];
    enum nw_hash_alg hash = nw_alg_hash(s->curve->alg);
    if (s->curve->alg == NW_ALG_NONE) {
        return NW_ERR_ALG_KEY_MISMATCH;
    }
    enum nw_err e = nw_hash_parts(s->c, hash, parts, n, digest);
    if (e == NW_OK) {
        e = s->c->ops->key_sign(s->c->state, s->key, s->curve, nw_slice(digest, nw_hash_size(hash)),
                                sig);
    }
    if (e == NW_OK) {
        *sig_n = 2 * s->curve->size;
    }
    return e;
}

void nw_signer_free(struct nw_signer **s)
{
    if (*s == NULL) {
        return;
    }
    signer_drop_chain((*s)->chain);
    nw_pubkey_free(&(*s)->pubkey);
    if ((*s)->key != NULL) {
        (*s)->c->ops->key_close((*s)->key);
    }
    nw_free(*s);
    *s = NULL;
}
