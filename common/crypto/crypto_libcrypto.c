/*
 * The libcrypto provider: OpenSSL 3 through EVP, made for the hot path.
 * Algorithms are fetched once, contexts are kept: one EVP_MD_CTX for hashing,
 * one EVP_PKEY_CTX per key. A key whose owner has gone is kept, one a curve,
 * with its context: the next key of that curve is a new point in it. Every
 * credential brings a holder key, and setting the point (which checks that it
 * is on the curve) costs a sixth of making a key.
 *
 * 3.0 has no deterministic ECDSA; its own nonces are used as they are.
 */
#include "crypto/provider.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "base/alloc.h"
#include "crypto/ecdsa_der.h"

#define HASHES 3
#define EC_CURVES 7

/* What libcrypto hangs on to for one public key. The context is for one algorithm at a time. */
struct lc_public {
    EVP_PKEY *pkey;
    EVP_PKEY_CTX *ctx;
    enum nw_sig_alg alg;
};

struct lc_private {
    EVP_PKEY *pkey;
    EVP_PKEY_CTX *ctx;
};

struct lc_state {
    EVP_MD *md[HASHES];
    EVP_MD_CTX *md_ctx;
    struct lc_public *idle[EC_CURVES]; /* nobody's; its old point is never used again */
    EVP_CIPHER *gcm128, *gcm256;
    EVP_CIPHER_CTX *cipher_ctx;
};

/* The library's error queue stays inside this file. */
static enum nw_err lc_fail(enum nw_err e)
{
    ERR_clear_error();
    return e;
}

static void lc_public_free(struct lc_public *p)
{
    if (p != NULL) {
        EVP_PKEY_CTX_free(p->ctx);
        EVP_PKEY_free(p->pkey);
        nw_free(p);
    }
}

static void lc_close(void *state)
{
    struct lc_state *s = state;
    for (size_t i = 0; i < HASHES; i++) {
        EVP_MD_free(s->md[i]);
    }
    for (size_t i = 0; i < EC_CURVES; i++) {
        lc_public_free(s->idle[i]);
    }
    EVP_MD_CTX_free(s->md_ctx);
    EVP_CIPHER_free(s->gcm128);
    EVP_CIPHER_free(s->gcm256);
    EVP_CIPHER_CTX_free(s->cipher_ctx);
    nw_free(s);
}

static enum nw_err lc_open(void **state)
{
    struct lc_state *s = nw_calloc(1, sizeof *s);
    if (s == NULL) {
        return NW_ERR_NOMEM;
    }
    s->md[0] = EVP_MD_fetch(NULL, "SHA2-256", NULL);
    s->md[1] = EVP_MD_fetch(NULL, "SHA2-384", NULL);
    s->md[2] = EVP_MD_fetch(NULL, "SHA2-512", NULL);
    s->md_ctx = EVP_MD_CTX_new();
    s->gcm128 = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
    s->gcm256 = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    s->cipher_ctx = EVP_CIPHER_CTX_new();
    if (s->md[0] == NULL || s->md[1] == NULL || s->md[2] == NULL || s->md_ctx == NULL ||
        s->gcm128 == NULL || s->gcm256 == NULL || s->cipher_ctx == NULL) {
        lc_close(s);
        return lc_fail(NW_ERR_CRYPTO_BACKEND);
    }
    *state = s;
    return NW_OK;
}

static EVP_MD *lc_md(const struct lc_state *s, enum nw_hash_alg alg)
{
    return s->md[alg == NW_SHA256 ? 0 : alg == NW_SHA384 ? 1 : 2];
}

static enum nw_err lc_hash(void *state, enum nw_hash_alg alg, const struct nw_slice *parts,
                           size_t n, uint8_t *out)
{
    struct lc_state *s = state;
    int ok = EVP_DigestInit_ex2(s->md_ctx, lc_md(s, alg), NULL);
    for (size_t i = 0; ok == 1 && i < n; i++) {
        ok = parts[i].n == 0 ? 1 : EVP_DigestUpdate(s->md_ctx, parts[i].p, parts[i].n);
    }
    ok = ok == 1 ? EVP_DigestFinal_ex(s->md_ctx, out, NULL) : 0;
    return ok == 1 ? NW_OK : lc_fail(NW_ERR_CRYPTO_BACKEND);
}

static enum nw_err lc_hash_begin(void *state, enum nw_hash_alg alg, void **run)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx == NULL || EVP_DigestInit_ex2(ctx, lc_md(state, alg), NULL) != 1) {
        EVP_MD_CTX_free(ctx);
        return lc_fail(NW_ERR_CRYPTO_BACKEND);
    }
    *run = ctx;
    return NW_OK;
}

static enum nw_err lc_hash_add(void *run, struct nw_slice piece)
{
    return EVP_DigestUpdate(run, piece.p, piece.n) == 1 ? NW_OK : lc_fail(NW_ERR_CRYPTO_BACKEND);
}

static enum nw_err lc_hash_end(void *run, uint8_t *out)
{
    return EVP_DigestFinal_ex(run, out, NULL) == 1 ? NW_OK : lc_fail(NW_ERR_CRYPTO_BACKEND);
}

static void lc_hash_drop(void *run)
{
    EVP_MD_CTX_free(run);
}

static enum nw_err lc_random(void *state, uint8_t *out, size_t n)
{
    (void)state;
    return n <= INT32_MAX && RAND_bytes(out, (int)n) == 1 ? NW_OK : lc_fail(NW_ERR_RANDOM);
}

static bool is_ec(enum nw_key_type type)
{
    const struct nw_curve *curve = nw_curve_of(type);
    return curve != NULL && curve->order != NULL;
}

static size_t curve_index(enum nw_key_type type)
{
    return type <= NW_KEY_P521 ? type - NW_KEY_P256 : 3 + type - NW_KEY_BP256;
}

static EC_GROUP *lc_group(const struct nw_curve *curve)
{
    int nid = EC_curve_nist2nid(curve->name);
    return EC_GROUP_new_by_curve_name(nid != NID_undef ? nid : OBJ_sn2nid(curve->name));
}

static EVP_PKEY *lc_from_params(const char *type, int selection, OSSL_PARAM *params)
{
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1) {
        (void)EVP_PKEY_fromdata(ctx, &pkey, selection, params);
    }
    EVP_PKEY_CTX_free(ctx);
    return pkey;
}

/* The curve's parameters as a key without a point. */
static EVP_PKEY *lc_blank_ec(enum nw_key_type type)
{
    char group[24];
    (void)nw_slice_cstr(nw_str(nw_curve_of(type)->name), group, sizeof group);
    OSSL_PARAM params[] = {OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                           OSSL_PARAM_END};
    return lc_from_params("EC", EVP_PKEY_KEY_PARAMETERS, params);
}

static enum nw_err lc_open_ec(struct lc_state *s, struct nw_pubkey *k)
{
    struct lc_public **idle = &s->idle[curve_index(k->type)];
    struct lc_public *p = *idle;
    *idle = NULL;
    if (p == NULL) {
        p = nw_calloc(1, sizeof *p);
        if (p == NULL) {
            return NW_ERR_NOMEM;
        }
        p->pkey = lc_blank_ec(k->type);
    }
    if (p->pkey == NULL) {
        lc_public_free(p);
        return lc_fail(NW_ERR_CRYPTO_BACKEND);
    }
    if (EVP_PKEY_set1_encoded_public_key(p->pkey, k->bytes, k->n) != 1) {
        lc_public_free(p);
        return lc_fail(NW_ERR_KEY);
    }
    k->handle = p;
    return NW_OK;
}

static enum nw_err lc_pub_open(void *state, struct nw_pubkey *k)
{
    const unsigned char *bytes = k->bytes;
    if (is_ec(k->type)) {
        return lc_open_ec(state, k);
    }
    const char *raw = k->type == NW_KEY_X25519 ? "X25519" : "ED25519";
    struct lc_public *p = nw_calloc(1, sizeof *p);
    if (p == NULL) {
        return NW_ERR_NOMEM;
    }
    p->pkey = k->type == NW_KEY_RSA
                  ? d2i_PublicKey(EVP_PKEY_RSA, NULL, &bytes, (long)k->n)
                  : EVP_PKEY_new_raw_public_key_ex(NULL, raw, NULL, k->bytes, k->n);
    if (p->pkey == NULL) {
        nw_free(p);
        return lc_fail(NW_ERR_KEY);
    }
    k->handle = p;
    return NW_OK;
}

static void lc_pub_close(struct nw_pubkey *k)
{
    struct lc_state *s = k->c->state;
    struct lc_public **idle = is_ec(k->type) ? &s->idle[curve_index(k->type)] : NULL;
    if (idle != NULL && *idle == NULL) {
        *idle = k->handle; /* transferred */
    } else {
        lc_public_free(k->handle);
    }
    k->handle = NULL;
}

/* Readies the key's context for alg; costs nothing when it was used for alg before. */
static enum nw_err lc_verify_ctx(const struct lc_state *s, struct lc_public *p, enum nw_sig_alg alg)
{
    if (p->alg == alg) {
        return NW_OK;
    }
    if (p->ctx == NULL) {
        p->ctx = EVP_PKEY_CTX_new_from_pkey(NULL, p->pkey, NULL);
    }
    bool pss = alg >= NW_PS256 && alg <= NW_PS512;
    bool rsa = pss || (alg >= NW_RS256 && alg <= NW_RS512);
    bool ok = p->ctx != NULL && EVP_PKEY_verify_init(p->ctx) == 1;
    p->alg = NW_ALG_NONE;
    if (ok && rsa) {
        ok = EVP_PKEY_CTX_set_rsa_padding(p->ctx,
                                          pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) == 1 &&
             EVP_PKEY_CTX_set_signature_md(p->ctx, lc_md(s, nw_alg_hash(alg))) == 1;
    }
    if (ok && pss) { /* RFC 7518 3.5: the salt is as long as the hash */
        ok = EVP_PKEY_CTX_set_rsa_pss_saltlen(p->ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
    }
    if (!ok) {
        return lc_fail(NW_ERR_CRYPTO_BACKEND);
    }
    p->alg = alg;
    return NW_OK;
}

/* A negative answer may be the input's doing as well (a sum at infinity in ECDSA): only a lack of
 * memory is trouble of our own. The context was made ready before, so nothing else can be. */
static enum nw_err lc_verdict(int r)
{
    if (r == 1) {
        return NW_OK;
    }
    bool no_memory = ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE;
    return lc_fail(r < 0 && no_memory ? NW_ERR_NOMEM : NW_ERR_SIGNATURE);
}

static enum nw_err lc_verify(void *state, enum nw_sig_alg alg, const struct nw_pubkey *k,
                             struct nw_slice digest, struct nw_slice sig)
{
    struct lc_public *p = k->handle;
    uint8_t der[NW_ECDSA_DER_MAX];
    enum nw_err e = lc_verify_ctx(state, p, alg);
    if (e != NW_OK) {
        return e;
    }
    if (k->type != NW_KEY_RSA) {
        sig = nw_slice(der, nw_ecdsa_to_der(sig, der));
    }
    return lc_verdict(EVP_PKEY_verify(p->ctx, sig.p, sig.n, digest.p, digest.n));
}

static enum nw_err lc_verify_message(void *state, const struct nw_pubkey *k,
                                     struct nw_slice message, struct nw_slice sig)
{
    (void)state;
    const struct lc_public *p = k->handle;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    static const uint8_t none;
    enum nw_err e = NW_ERR_CRYPTO_BACKEND;
    if (ctx != NULL && EVP_DigestVerifyInit_ex(ctx, NULL, NULL, NULL, NULL, p->pkey, NULL) == 1) {
        e = lc_verdict(
            EVP_DigestVerify(ctx, sig.p, sig.n, message.n == 0 ? &none : message.p, message.n));
    }
    EVP_MD_CTX_free(ctx);
    return e == NW_OK ? e : lc_fail(e);
}

static enum nw_err lc_decompress(void *state, const struct nw_curve *curve, struct nw_slice x,
                                 bool y_odd, uint8_t point[NW_POINT_MAX])
{
    (void)state;
    uint8_t packed[1 + NW_SCALAR_MAX];
    size_t n = nw_curve_point_size(curve);
    enum nw_err e = NW_ERR_CRYPTO_BACKEND;
    packed[0] = y_odd ? 0x03 : 0x02;
    memcpy(packed + 1, x.p, x.n);
    EC_GROUP *group = lc_group(curve);
    EC_POINT *p = group == NULL ? NULL : EC_POINT_new(group);
    if (p == NULL) {
        goto out;
    }
    if (EC_POINT_oct2point(group, p, packed, 1 + x.n, NULL) != 1 ||
        EC_POINT_point2oct(group, p, POINT_CONVERSION_UNCOMPRESSED, point, n, NULL) != n) {
        e = NW_ERR_KEY;
        goto out;
    }
    e = NW_OK;
out:
    EC_POINT_free(p);
    EC_GROUP_free(group);
    return e == NW_OK ? e : lc_fail(e);
}

/* The public point of a scalar. */
static bool lc_public_point(const struct nw_curve *curve, const BIGNUM *d,
                            uint8_t point[NW_POINT_MAX])
{
    EC_GROUP *group = lc_group(curve);
    EC_POINT *p = group == NULL ? NULL : EC_POINT_new(group);
    bool ok = p != NULL && EC_POINT_mul(group, p, d, NULL, NULL, NULL) == 1 &&
              EC_POINT_point2oct(group, p, POINT_CONVERSION_UNCOMPRESSED, point, NW_POINT_MAX,
                                 NULL) == 1 + 2 * curve->size;
    EC_POINT_free(p);
    EC_GROUP_free(group);
    return ok;
}

static EVP_PKEY *lc_key_pair(const struct nw_curve *curve, const BIGNUM *d, const uint8_t *point)
{
    EVP_PKEY *pkey = NULL;
    OSSL_PARAM *params = NULL;
    OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    if (bld != NULL &&
        OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, curve->name, 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point,
                                         1 + 2 * curve->size) == 1 &&
        OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, d) == 1) {
        params = OSSL_PARAM_BLD_to_param(bld);
    }
    if (params != NULL) {
        pkey = lc_from_params("EC", EVP_PKEY_KEYPAIR, params);
    }
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(bld);
    return pkey;
}

static void lc_key_close(void *key)
{
    struct lc_private *p = key;
    EVP_PKEY_CTX_free(p->ctx);
    EVP_PKEY_free(p->pkey);
    nw_free(p);
}

/* A key that agrees only, and its u. */
static enum nw_err lc_montgomery_open(const struct nw_curve *curve, struct nw_slice scalar,
                                      void **key, uint8_t point[NW_POINT_MAX])
{
    struct lc_private *p = nw_calloc(1, sizeof *p);
    size_t n = curve->size;
    if (p == NULL) {
        return NW_ERR_NOMEM;
    }
    p->pkey = EVP_PKEY_new_raw_private_key_ex(NULL, curve->name, NULL, scalar.p, scalar.n);
    if (p->pkey == NULL || EVP_PKEY_get_raw_public_key(p->pkey, point, &n) != 1 ||
        n != curve->size) {
        lc_key_close(p);
        return lc_fail(NW_ERR_CRYPTO_BACKEND);
    }
    *key = p;
    return NW_OK;
}

static enum nw_err lc_key_open(void *state, const struct nw_curve *curve, struct nw_slice scalar,
                               void **key, uint8_t point[NW_POINT_MAX])
{
    (void)state;
    if (curve->order == NULL) {
        return lc_montgomery_open(curve, scalar, key, point);
    }
    struct lc_private *p = nw_calloc(1, sizeof *p);
    if (p == NULL) {
        return NW_ERR_NOMEM;
    }
    BIGNUM *d = BN_secure_new(); /* secure: the parameter that carries it is wiped when freed */
    if (d != NULL && BN_bin2bn(scalar.p, (int)scalar.n, d) != NULL &&
        lc_public_point(curve, d, point)) {
        BN_set_flags(d, BN_FLG_CONSTTIME);
        p->pkey = lc_key_pair(curve, d, point);
    }
    BN_clear_free(d);
    if (p->pkey != NULL) {
        p->ctx = EVP_PKEY_CTX_new_from_pkey(NULL, p->pkey, NULL);
    }
    if (p->ctx == NULL || EVP_PKEY_sign_init(p->ctx) != 1) {
        lc_key_close(p);
        return lc_fail(NW_ERR_CRYPTO_BACKEND);
    }
    *key = p;
    return NW_OK;
}

static enum nw_err lc_key_sign(void *state, void *key, const struct nw_curve *curve,
                               struct nw_slice digest, uint8_t *sig)
{
    (void)state;
    struct lc_private *p = key;
    uint8_t der[NW_ECDSA_DER_MAX];
    size_t n = sizeof der;
    if (EVP_PKEY_sign(p->ctx, der, &n, digest.p, digest.n) != 1 ||
        !nw_ecdsa_from_der(nw_slice(der, n), curve->size, sig)) {
        return lc_fail(NW_ERR_SIGNER);
    }
    return NW_OK;
}

static enum nw_err lc_key_agree(void *state, void *key, const struct nw_curve *curve,
                                const struct nw_pubkey *peer, uint8_t *secret)
{
    (void)state;
    const struct lc_private *p = key;
    const struct lc_public *other = peer->handle;
    size_t n = curve->size;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, p->pkey, NULL);
    bool ok = ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
              EVP_PKEY_derive_set_peer(ctx, other->pkey) == 1 &&
              EVP_PKEY_derive(ctx, secret, &n) == 1 && n == curve->size;
    EVP_PKEY_CTX_free(ctx);
    /* X25519 fails on points of low order, and on nothing else that comes from outside */
    return ok ? NW_OK : lc_fail(curve->order == NULL ? NW_ERR_KEY : NW_ERR_SIGNER);
}

static int small_int(size_t n)
{
    return n <= INT32_MAX ? (int)n : -1;
}

static enum nw_err lc_aead_seal(void *state, struct nw_slice key, struct nw_slice iv,
                                struct nw_slice aad, struct nw_slice plain, uint8_t *out)
{
    struct lc_state *s = state;
    EVP_CIPHER_CTX *ctx = s->cipher_ctx;
    int n = 0;
    bool ok = small_int(aad.n) >= 0 && small_int(plain.n) >= 0 &&
              EVP_EncryptInit_ex2(ctx, key.n == 16 ? s->gcm128 : s->gcm256, key.p, iv.p, NULL) == 1;
    ok = ok && (aad.n == 0 || EVP_EncryptUpdate(ctx, NULL, &n, aad.p, small_int(aad.n)) == 1);
    ok = ok && (plain.n == 0 || EVP_EncryptUpdate(ctx, out, &n, plain.p, small_int(plain.n)) == 1);
    ok = ok && EVP_EncryptFinal_ex(ctx, out + plain.n, &n) == 1 &&
         EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, 16, out + plain.n) == 1;
    (void)EVP_CIPHER_CTX_reset(ctx); /* wipes the key */
    return ok ? NW_OK : lc_fail(NW_ERR_CRYPTO_BACKEND);
}

static enum nw_err lc_aead_open(void *state, struct nw_slice key, struct nw_slice iv,
                                struct nw_slice aad, struct nw_slice sealed, uint8_t *out)
{
    struct lc_state *s = state;
    EVP_CIPHER_CTX *ctx = s->cipher_ctx;
    uint8_t tag[16];
    int n = 0;
    size_t text = sealed.n - sizeof tag;
    memcpy(tag, sealed.p + text, sizeof tag);
    bool ok = small_int(aad.n) >= 0 && small_int(text) >= 0 &&
              EVP_DecryptInit_ex2(ctx, key.n == 16 ? s->gcm128 : s->gcm256, key.p, iv.p, NULL) == 1;
    ok = ok && EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag) == 1;
    ok = ok && (aad.n == 0 || EVP_DecryptUpdate(ctx, NULL, &n, aad.p, small_int(aad.n)) == 1);
    ok = ok && (text == 0 || EVP_DecryptUpdate(ctx, out, &n, sealed.p, small_int(text)) == 1);
    bool authentic = ok && EVP_DecryptFinal_ex(ctx, out + text, &n) == 1;
    (void)EVP_CIPHER_CTX_reset(ctx);
    return authentic ? NW_OK : lc_fail(ok ? NW_ERR_DECRYPT : NW_ERR_CRYPTO_BACKEND);
}

static enum nw_err lc_hmac(void *state, struct nw_slice key, struct nw_slice in, uint8_t *out)
{
    (void)state;
    static const uint8_t none; /* an empty key is a key */
    size_t written = 0;
    return EVP_Q_mac(NULL, "HMAC", NULL, "SHA2-256", NULL, key.n == 0 ? &none : key.p, key.n,
                     in.n == 0 ? &none : in.p, in.n, out, NW_SHA256_BYTES, &written) != NULL
               ? NW_OK
               : lc_fail(NW_ERR_CRYPTO_BACKEND);
}

const struct nw_provider_ops nw_provider_libcrypto = {
    .name = "libcrypto",
    .open = lc_open,
    .close = lc_close,
    .hash = lc_hash,
    .hash_begin = lc_hash_begin,
    .hash_add = lc_hash_add,
    .hash_end = lc_hash_end,
    .hash_drop = lc_hash_drop,
    .random = lc_random,
    .pub_open = lc_pub_open,
    .pub_close = lc_pub_close,
    .decompress = lc_decompress,
    .verify = lc_verify,
    .verify_message = lc_verify_message,
    .key_open = lc_key_open,
    .key_close = lc_key_close,
    .key_sign = lc_key_sign,
    .key_agree = lc_key_agree,
    .aead_seal = lc_aead_seal,
    .aead_open = lc_aead_open,
    .hmac = lc_hmac,
};
