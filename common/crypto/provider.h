/*
 * The table that a crypto provider fills in. Private to common/crypto.
 *
 * A provider does arithmetic and nothing else: structures (SPKI, PEM, X.509),
 * algorithm and length checks and the ranges of r and s are decided above it,
 * once, in crypto.c, pubkey.c and signer.c. Status codes of the library stay
 * inside the provider's file.
 */
#ifndef NW_CRYPTO_PROVIDER_H
#define NW_CRYPTO_PROVIDER_H

#include "crypto/crypto.h"
#include "crypto/curve.h"
#include "crypto/seen.h"

#define NW_POINT_MAX 133   /* 04 || x || y on P-521 */
#define NW_SCALAR_MAX 66   /* P-521 */
#define NW_PUBKEY_MAX 544  /* RSAPublicKey with a modulus of 4096 bits */
#define NW_PUBKEY_CACHE 16 /* keys of certificates kept imported */
#define NW_SPKI_CACHED 160 /* the largest EC SPKI is 158 bytes; RSA keys are not kept */

struct nw_pubkey {
    struct nw_crypto *c;
    enum nw_key_type type;
    unsigned refs;
    bool pss;                  /* marked for RSASSA-PSS alone (RFC 4055 1.2) */
    enum nw_hash_alg pss_hash; /* the one hash it allows; 0: any */
    size_t sig_n;              /* the one length a signature by this key has */
    size_t n;
    uint8_t bytes[NW_PUBKEY_MAX]; /* point, RSAPublicKey DER, or 32 bytes of Ed25519 */
    void *handle;                 /* the provider's own, may be NULL */
};

struct nw_provider_ops {
    const char *name;
    enum nw_err (*open)(void **state);
    void (*close)(void *state);
    enum nw_err (*hash)(void *state, enum nw_hash_alg alg, const struct nw_slice *parts, size_t n,
                        uint8_t *out);
    enum nw_err (*hash_begin)(void *state, enum nw_hash_alg alg, void **run);
    enum nw_err (*hash_add)(void *run, struct nw_slice piece);
    enum nw_err (*hash_end)(void *run, uint8_t *out);
    void (*hash_drop)(void *run);
    enum nw_err (*random)(void *state, uint8_t *out, size_t n);

    /* Checks k->bytes (point on curve) and may leave a handle. KEY when it is no key,
     * ALG_UNSUPPORTED for a curve that the library does not have. */
    enum nw_err (*pub_open)(void *state, struct nw_pubkey *k);
    void (*pub_close)(struct nw_pubkey *k);
    enum nw_err (*decompress)(void *state, const struct nw_curve *curve, struct nw_slice x,
                              bool y_odd, uint8_t point[NW_POINT_MAX]);
    /* sig has the length of the key; r and s are in range. */
    enum nw_err (*verify)(void *state, enum nw_sig_alg alg, const struct nw_pubkey *k,
                          struct nw_slice digest, struct nw_slice sig);
    /* Ed25519 only; NULL where the provider has none. */
    enum nw_err (*verify_message)(void *state, const struct nw_pubkey *k, struct nw_slice message,
                                  struct nw_slice sig);

    /* scalar is in range; writes the public point. */
    enum nw_err (*key_open)(void *state, const struct nw_curve *curve, struct nw_slice scalar,
                            void **key, uint8_t point[NW_POINT_MAX]);
    void (*key_close)(void *key);
    enum nw_err (*key_sign)(void *state, void *key, const struct nw_curve *curve,
                            struct nw_slice digest, uint8_t *sig);

    /* peer is of the same curve; writes the x coordinate (curve->size bytes). KEY: the secret would
     * be zero, whatever the own key (RFC 7748 6.1). */
    enum nw_err (*key_agree)(void *state, void *key, const struct nw_curve *curve,
                             const struct nw_pubkey *peer, uint8_t *secret);

    /* out has room for the text and its tag; lengths were checked. */
    enum nw_err (*aead_seal)(void *state, struct nw_slice key, struct nw_slice iv,
                             struct nw_slice aad, struct nw_slice plain, uint8_t *out);
    enum nw_err (*aead_open)(void *state, struct nw_slice key, struct nw_slice iv,
                             struct nw_slice aad, struct nw_slice sealed, uint8_t *out);
    enum nw_err (*hmac)(void *state, struct nw_slice key, struct nw_slice in, uint8_t *out);
};

extern const struct nw_provider_ops nw_provider_psa;
#ifdef NW_WITH_LIBCRYPTO
extern const struct nw_provider_ops nw_provider_libcrypto;
#endif

struct nw_cached_key {
    struct nw_pubkey *key; /* counted; NULL: free */
    size_t n;
    uint8_t spki[NW_SPKI_CACHED];
};

struct nw_crypto {
    const struct nw_provider_ops *ops;
    void *state;
    struct nw_seen seen;
    struct nw_cached_key cached[NW_PUBKEY_CACHE];
    size_t cached_next; /* the slot that makes room */
};

/* The provider's key behind a signer. */
struct nw_key_ref {
    struct nw_crypto *c;
    const struct nw_curve *curve;
    void *key;
};
struct nw_signer;
struct nw_key_ref nw_signer_key(const struct nw_signer *s);

/* Any of the three hashes with any curve; otherwise nw_verify(). */
NW_MUST_USE enum nw_err nw_verify_any_hash(struct nw_crypto *c, enum nw_sig_alg alg,
                                           const struct nw_pubkey *key, struct nw_slice message,
                                           struct nw_slice sig);
/* As X.509 wants it: Ecdsa-Sig-Value in DER, and any of the three hashes with any curve. */
NW_MUST_USE enum nw_err nw_verify_x509(struct nw_crypto *c, enum nw_sig_alg alg,
                                       const struct nw_pubkey *key, struct nw_slice tbs,
                                       struct nw_slice sig);

#endif
