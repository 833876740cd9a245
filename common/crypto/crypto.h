/*
 * Crypto: the seam. Nothing outside common/crypto names mbedTLS or OpenSSL.
 *
 * A struct nw_crypto is one instance of one provider with its reusable
 * contexts; it belongs to one thread. Two providers implement the same table:
 * "libcrypto" (OpenSSL EVP, the default where it was built in) and "psa"
 * (mbedTLS PSA; deterministic ECDSA only). Every test runs on both.
 *
 * This is not a general API: it is what this project needs, in the form that
 * is most useful to it. Messages come as parts, so that Sig_structures and
 * JWS signing inputs need no copy. ECDSA signatures are raw r||s of fixed
 * length, as JOSE and COSE want them.
 *
 * The algorithm is always the caller's choice, checked against the key's type
 * before any arithmetic (RFC 8725 3.1); "none" and HMAC do not exist here.
 *
 * Keys and signers belong to the nw_crypto they were made with and are freed
 * before it. Keys from nw_pubkey_from_spki() are counted and the latest EC ones
 * stay imported, since the same certificates come again and again.
 *
 * A wrong, hostile or malformed signature or key is always the input's fault
 * (SIGNATURE, SIGNATURE_LENGTH, KEY); 9xx is trouble of our own and no verdict.
 *
 * Forks: libcrypto's random numbers are safe after a fork. PSA's are made so:
 * the psa provider starts the library again in a new process. Still, fork first
 * and make the nw_crypto afterwards.
 *
 * What this does not check: whether a key may be used for something. That is
 * trust (common/trust) and certificates (cert.h).
 */
#ifndef NW_CRYPTO_CRYPTO_H
#define NW_CRYPTO_CRYPTO_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct nw_crypto;

enum nw_provider {
    NW_PROVIDER_DEFAULT = 0, /* libcrypto if built in, else psa */
    NW_PROVIDER_LIBCRYPTO,
    NW_PROVIDER_PSA,
};

NW_MUST_USE enum nw_err nw_crypto_new(enum nw_provider which, struct nw_crypto **out);
void nw_crypto_free(struct nw_crypto **c);
const char *nw_crypto_name(const struct nw_crypto *c); /* "libcrypto" or "psa" */
/* True when this build has the provider. */
bool nw_crypto_has(enum nw_provider which);

enum nw_hash_alg {
    NW_SHA256 = 1,
    NW_SHA384,
    NW_SHA512,
};
#define NW_SHA256_BYTES 32
#define NW_HASH_MAX 64

size_t nw_hash_size(enum nw_hash_alg alg);
NW_MUST_USE enum nw_err nw_hash_parts(struct nw_crypto *c, enum nw_hash_alg alg,
                                      const struct nw_slice *parts, size_t n,
                                      uint8_t out[NW_HASH_MAX]);
NW_MUST_USE enum nw_err nw_sha256(struct nw_crypto *c, struct nw_slice in,
                                  uint8_t out[NW_SHA256_BYTES]);
/* The same over a message that comes piece by piece. begin is followed by drop in any case. */
struct nw_hash_run;
NW_MUST_USE enum nw_err nw_hash_begin(struct nw_crypto *c, enum nw_hash_alg alg,
                                      struct nw_hash_run **out);
NW_MUST_USE enum nw_err nw_hash_add(struct nw_hash_run *run, struct nw_slice piece);
/* Once; nothing can be added afterwards. */
NW_MUST_USE enum nw_err nw_hash_end(struct nw_hash_run *run, uint8_t out[NW_HASH_MAX]);
void nw_hash_drop(struct nw_hash_run **run);
/* One call for all the randomness of a job: a call costs more than its bytes. */
NW_MUST_USE enum nw_err nw_random(struct nw_crypto *c, uint8_t *out, size_t n);

enum nw_sig_alg {
    NW_ALG_NONE = 0, /* no algorithm: never valid */
    NW_ES256,
    NW_ES384,
    NW_ES512,
    NW_PS256,
    NW_PS384,
    NW_PS512,
    NW_RS256,
    NW_RS384,
    NW_RS512,
    NW_EDDSA, /* Ed25519; libcrypto only, ALG_UNSUPPORTED on psa 2.28 */
};
#define NW_SIG_MAX 512 /* RSA 4096 */

/* "ES256"; NW_ALG_NONE for unknown names, "none" and HS*. */
enum nw_sig_alg nw_alg_from_jose(struct nw_slice name);
const char *nw_alg_jose(enum nw_sig_alg alg);
/* -7 and -9 (ESP256) are both NW_ES256. */
enum nw_sig_alg nw_alg_from_cose(int64_t id);
int64_t nw_alg_cose(enum nw_sig_alg alg);
enum nw_hash_alg nw_alg_hash(enum nw_sig_alg alg);

enum nw_key_type {
    NW_KEY_P256 = 1,
    NW_KEY_P384,
    NW_KEY_P521,
    NW_KEY_RSA,
    NW_KEY_ED25519,
    NW_KEY_BP256, /* brainpoolP256r1, ...: RFC 5639 */
    NW_KEY_BP320,
    NW_KEY_BP384,
    NW_KEY_BP512,
    NW_KEY_X25519,
};
struct nw_pubkey; /* owned by the caller, bound to the nw_crypto it was made with */

/* Uncompressed point 04||x||y, checked to be on the curve (KEY otherwise), or u of X25519. */
NW_MUST_USE enum nw_err nw_pubkey_from_point(struct nw_crypto *c, enum nw_key_type curve,
                                             struct nw_slice point, struct nw_pubkey **out);
/* x and the parity of y (COSE compressed keys). */
NW_MUST_USE enum nw_err nw_pubkey_from_compressed(struct nw_crypto *c, enum nw_key_type curve,
                                                  struct nw_slice x, bool y_odd,
                                                  struct nw_pubkey **out);
/* DER SubjectPublicKeyInfo: EC named curve, RSA 2048 to 4096, Ed25519. A key
 * marked id-RSASSA-PSS (RFC 4055 1.2) verifies PS* only, with the hash that it fixes if any. */
NW_MUST_USE enum nw_err nw_pubkey_from_spki(struct nw_crypto *c, struct nw_slice der,
                                            struct nw_pubkey **out);
NW_MUST_USE enum nw_err nw_pubkey_from_rsa(struct nw_crypto *c, struct nw_slice n,
                                           struct nw_slice e, struct nw_pubkey **out);
NW_MUST_USE enum nw_err nw_pubkey_from_ed25519(struct nw_crypto *c, struct nw_slice raw32,
                                               struct nw_pubkey **out);
enum nw_key_type nw_pubkey_type(const struct nw_pubkey *k);
/* Uncompressed point of an EC key, u of X25519 (borrowed); empty for RSA and Ed25519. */
struct nw_slice nw_pubkey_point(const struct nw_pubkey *k);
/* Length of an RSA modulus in bits, rounded up to bytes; 0 for other keys. */
size_t nw_pubkey_rsa_bits(const struct nw_pubkey *k);
void nw_pubkey_free(struct nw_pubkey **k);

/* NW_OK, SIGNATURE, SIGNATURE_LENGTH, ALG_KEY_MISMATCH, or 9xx (a key of another nw_crypto is
 * INTERNAL). ECDSA: r || s, each as long as the curve's field and in 1..n-1; PSS: the salt is as
 * long as the hash (RFC 7518 3.5). Ed25519 on psa fails at the key with ALG_UNSUPPORTED. */
NW_MUST_USE enum nw_err nw_verify(struct nw_crypto *c, enum nw_sig_alg alg,
                                  const struct nw_pubkey *key, const struct nw_slice *parts,
                                  size_t n, struct nw_slice sig);

/* As signed XML has it (XMLDSig 1.1 6.4, RFC 9231 2.3): the key is the SPKI of the signer's
 * certificate; ECDSA is raw r || s, and each hash goes with each curve. alg names padding and hash.
 * The results are those of nw_pubkey_from_spki() and nw_verify(). */
NW_MUST_USE enum nw_err nw_verify_xml(struct nw_crypto *c, enum nw_sig_alg alg,
                                      struct nw_slice spki, struct nw_slice message,
                                      struct nw_slice sig);

/* AES-GCM, tag at the end of the ciphertext; key 16 or 32 bytes, iv 12. */
NW_MUST_USE enum nw_err nw_aead_open(struct nw_crypto *c, struct nw_slice key, struct nw_slice iv,
                                     struct nw_slice aad, struct nw_slice sealed,
                                     struct nw_buf *plain);
NW_MUST_USE enum nw_err nw_aead_seal(struct nw_crypto *c, struct nw_slice key, struct nw_slice iv,
                                     struct nw_slice aad, struct nw_slice plain,
                                     struct nw_buf *sealed);
NW_MUST_USE enum nw_err nw_hmac_sha256(struct nw_crypto *c, struct nw_slice key, struct nw_slice in,
                                       uint8_t out[NW_SHA256_BYTES]);

/* HKDF (RFC 5869), extract and expand. info up to 128 bytes, n up to 8160: LIMIT otherwise. */
NW_MUST_USE enum nw_err nw_hkdf_sha256(struct nw_crypto *c, struct nw_slice ikm,
                                       struct nw_slice salt, struct nw_slice info, uint8_t *out,
                                       size_t n);

#endif
