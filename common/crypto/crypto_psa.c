/*
 * The PSA provider: the subset of psa_* that compiles on mbedTLS 2.28 and 3.6.
 *
 * - Deterministic ECDSA (RFC 6979) and no other: 2.28 copies its random state
 *   into a forked child, and two signatures with one nonce give away the key.
 *   For the same reason the library is started again when the process is
 *   another one than it was started in.
 * - 2.28 has 32 key slots for the whole process. Keys are kept as bytes here and
 *   imported for one operation each, so that no number of keys exhausts them.
 * - psa_import_key() of a public EC key checks that the point is on the curve.
 * - PSA has no decompression of points. The one step it lacks, the square root
 *   modulo p, is done with mbedtls_mpi_* and the parameters of mbedtls_ecp_group_load()
 *   (public and stable API); the result is imported and thereby checked like any
 *   other point.
 */
#include "crypto/provider.h"

#include <string.h>
#include <unistd.h>

#include <mbedtls/bignum.h>
#include <mbedtls/ecp.h>
#include <psa/crypto.h>

#include "base/alloc.h"

static pid_t started_in; /* PSA's state is one per process, not one per nw_crypto */

static enum nw_err psa_err(psa_status_t s)
{
    switch (s) {
    case PSA_SUCCESS:
        return NW_OK;
    case PSA_ERROR_INSUFFICIENT_MEMORY:
        return NW_ERR_NOMEM;
    case PSA_ERROR_INSUFFICIENT_ENTROPY:
        return NW_ERR_RANDOM;
    default:
        return NW_ERR_CRYPTO_BACKEND;
    }
}

static enum nw_err psa_start(void)
{
    pid_t self = getpid();
    if (started_in != 0 && started_in != self) {
        mbedtls_psa_crypto_free(); /* no keys live in slots: nothing is lost */
    }
    enum nw_err e = psa_err(psa_crypto_init());
    started_in = e == NW_OK ? self : 0;
    return e;
}

static enum nw_err psa_open(void **state)
{
    *state = NULL;
    return psa_start();
}

static void psa_close(void *state)
{
    (void)state; /* other instances may be in use: PSA stays as it is until the process ends */
}

static psa_algorithm_t psa_hash_alg(enum nw_hash_alg alg)
{
    return alg == NW_SHA256   ? PSA_ALG_SHA_256
           : alg == NW_SHA384 ? PSA_ALG_SHA_384
                              : PSA_ALG_SHA_512;
}

static enum nw_err psa_hash(void *state, enum nw_hash_alg alg, const struct nw_slice *parts,
                            size_t n, uint8_t *out)
{
    (void)state;
    size_t written;
    psa_hash_operation_t op = PSA_HASH_OPERATION_INIT;
    psa_status_t s = psa_hash_setup(&op, psa_hash_alg(alg));
    for (size_t i = 0; s == PSA_SUCCESS && i < n; i++) {
        if (parts[i].n > 0) {
            s = psa_hash_update(&op, parts[i].p, parts[i].n);
        }
    }
    if (s == PSA_SUCCESS) {
        s = psa_hash_finish(&op, out, nw_hash_size(alg), &written);
    }
    (void)psa_hash_abort(&op);
    return psa_err(s);
}

struct psa_hash_run {
    psa_hash_operation_t op;
};

static enum nw_err psa_hash_begin(void *state, enum nw_hash_alg alg, void **run)
{
    (void)state;
    struct psa_hash_run *r = nw_calloc(1, sizeof *r);
    if (r == NULL) {
        return NW_ERR_NOMEM;
    }
    r->op = psa_hash_operation_init();
    enum nw_err e = psa_err(psa_hash_setup(&r->op, psa_hash_alg(alg)));
    if (e != NW_OK) {
        nw_free(r);
        return e;
    }
    *run = r;
    return NW_OK;
}

static enum nw_err psa_hash_add(void *run, struct nw_slice piece)
{
    struct psa_hash_run *r = run;
    return psa_err(psa_hash_update(&r->op, piece.p, piece.n));
}

static enum nw_err psa_hash_end(void *run, uint8_t *out)
{
    struct psa_hash_run *r = run;
    size_t written;
    return psa_err(psa_hash_finish(&r->op, out, NW_HASH_MAX, &written));
}

static void psa_hash_drop(void *run)
{
    struct psa_hash_run *r = run;
    (void)psa_hash_abort(&r->op);
    nw_free(r);
}

static enum nw_err psa_random(void *state, uint8_t *out, size_t n)
{
    (void)state;
    if (started_in != getpid() && psa_start() != NW_OK) {
        return NW_ERR_RANDOM;
    }
    return psa_generate_random(out, n) == PSA_SUCCESS ? NW_OK : NW_ERR_RANDOM;
}

/* What PSA and the bignum functions below it call a curve; NONE: this library has not got it. */
static const struct psa_curve {
    enum nw_key_type type;
    psa_ecc_family_t family;
    size_t bits;
    mbedtls_ecp_group_id group;
} psa_curves[] = {
    {NW_KEY_P256, PSA_ECC_FAMILY_SECP_R1, 256, MBEDTLS_ECP_DP_SECP256R1},
    {NW_KEY_P384, PSA_ECC_FAMILY_SECP_R1, 384, MBEDTLS_ECP_DP_SECP384R1},
    {NW_KEY_P521, PSA_ECC_FAMILY_SECP_R1, 521, MBEDTLS_ECP_DP_SECP521R1},
    {NW_KEY_BP256, PSA_ECC_FAMILY_BRAINPOOL_P_R1, 256, MBEDTLS_ECP_DP_BP256R1},
    {NW_KEY_BP384, PSA_ECC_FAMILY_BRAINPOOL_P_R1, 384, MBEDTLS_ECP_DP_BP384R1},
    {NW_KEY_BP512, PSA_ECC_FAMILY_BRAINPOOL_P_R1, 512, MBEDTLS_ECP_DP_BP512R1},
    {NW_KEY_X25519, PSA_ECC_FAMILY_MONTGOMERY, 255, MBEDTLS_ECP_DP_CURVE25519},
};

static const struct psa_curve *psa_curve_of(enum nw_key_type type)
{
    for (size_t i = 0; i < sizeof psa_curves / sizeof psa_curves[0]; i++) {
        if (psa_curves[i].type == type) {
            return &psa_curves[i];
        }
    }
    return NULL;
}

/* The one PSA algorithm for one of ours; PSA ties a key to it. */
static psa_algorithm_t psa_sig_alg(enum nw_sig_alg alg)
{
    psa_algorithm_t hash = psa_hash_alg(nw_alg_hash(alg));
    switch (alg) {
    case NW_ES256:
    case NW_ES384:
    case NW_ES512:
        return PSA_ALG_DETERMINISTIC_ECDSA(hash);
    case NW_PS256:
    case NW_PS384:
    case NW_PS512:
        return PSA_ALG_RSA_PSS(hash);
    default:
        return PSA_ALG_RSA_PKCS1V15_SIGN(hash);
    }
}

static psa_status_t import_public(enum nw_key_type type, enum nw_sig_alg alg, struct nw_slice bytes,
                                  psa_key_id_t *id)
{
    psa_key_attributes_t attr = PSA_KEY_ATTRIBUTES_INIT;
    const struct psa_curve *curve = psa_curve_of(type);
    psa_set_key_usage_flags(&attr, alg == NW_ALG_NONE ? 0 : PSA_KEY_USAGE_VERIFY_HASH);
    psa_set_key_algorithm(&attr, alg == NW_ALG_NONE ? PSA_ALG_NONE : psa_sig_alg(alg));
    if (type == NW_KEY_RSA) {
        psa_set_key_type(&attr, PSA_KEY_TYPE_RSA_PUBLIC_KEY);
    } else if (curve != NULL) {
        psa_set_key_type(&attr, PSA_KEY_TYPE_ECC_PUBLIC_KEY(curve->family));
        psa_set_key_bits(&attr, curve->bits);
    } else {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    return psa_import_key(&attr, bytes.p, bytes.n, id);
}

static enum nw_err psa_pub_open(void *state, struct nw_pubkey *k)
{
    (void)state;
    psa_key_id_t id = 0;
    const struct nw_curve *curve = nw_curve_of(k->type);
    if (curve != NULL && psa_curve_of(k->type) == NULL) {
        return NW_ERR_ALG_UNSUPPORTED;
    }
    psa_status_t s = import_public(k->type, curve == NULL ? NW_PS256 : curve->alg,
                                   nw_slice(k->bytes, k->n), &id);
    if (s == PSA_SUCCESS) {
        (void)psa_destroy_key(id);
        return NW_OK;
    }
    return s == PSA_ERROR_INVALID_ARGUMENT || s == PSA_ERROR_NOT_SUPPORTED ? NW_ERR_KEY
                                                                           : psa_err(s);
}

static void psa_pub_close(struct nw_pubkey *k)
{
    (void)k;
}

static enum nw_err psa_verify(void *state, enum nw_sig_alg alg, const struct nw_pubkey *k,
                              struct nw_slice digest, struct nw_slice sig)
{
    (void)state;
    psa_key_id_t id = 0;
    psa_status_t s = import_public(k->type, alg, nw_slice(k->bytes, k->n), &id);
    if (s != PSA_SUCCESS) {
        return psa_err(s);
    }
    s = psa_verify_hash(id, psa_sig_alg(alg), digest.p, digest.n, sig.p, sig.n);
    (void)psa_destroy_key(id);
    return s == PSA_ERROR_INVALID_SIGNATURE || s == PSA_ERROR_INVALID_PADDING ? NW_ERR_SIGNATURE
                                                                              : psa_err(s);
}

/* A private key: its scalar, imported for one signature each. */
struct psa_private {
    size_t n;
    uint8_t scalar[NW_SCALAR_MAX];
};

static psa_status_t import_private(const struct nw_curve *curve, struct nw_slice scalar,
                                   psa_key_usage_t usage, psa_algorithm_t alg, psa_key_id_t *id)
{
    psa_key_attributes_t attr = PSA_KEY_ATTRIBUTES_INIT;
    const struct psa_curve *known = psa_curve_of(curve->type);
    if (known == NULL) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    psa_set_key_usage_flags(&attr, usage);
    psa_set_key_algorithm(&attr, alg);
    psa_set_key_type(&attr, PSA_KEY_TYPE_ECC_KEY_PAIR(known->family));
    psa_set_key_bits(&attr, known->bits);
    return psa_import_key(&attr, scalar.p, scalar.n, id);
}

static enum nw_err psa_key_open(void *state, const struct nw_curve *curve, struct nw_slice scalar,
                                void **key, uint8_t point[NW_POINT_MAX])
{
    (void)state;
    psa_key_id_t id = 0;
    size_t n = 0;
    bool signs = curve->alg != NW_ALG_NONE;
    psa_status_t s =
        import_private(curve, scalar, signs ? PSA_KEY_USAGE_SIGN_HASH : PSA_KEY_USAGE_DERIVE,
                       signs ? psa_sig_alg(curve->alg) : PSA_ALG_ECDH, &id);
    if (s == PSA_ERROR_NOT_SUPPORTED) {
        return NW_ERR_ALG_UNSUPPORTED;
    }
    if (s == PSA_SUCCESS) {
        s = psa_export_public_key(id, point, NW_POINT_MAX, &n);
        (void)psa_destroy_key(id);
    }
    if (s != PSA_SUCCESS) {
        return psa_err(s);
    }
    struct psa_private *p = nw_calloc(1, sizeof *p);
    if (p == NULL) {
        return NW_ERR_NOMEM;
    }
    p->n = scalar.n;
    memcpy(p->scalar, scalar.p, scalar.n);
    *key = p;
    return NW_OK;
}

static void psa_key_close(void *key)
{
    nw_free_secret(key, sizeof(struct psa_private));
}

static enum nw_err psa_key_sign(void *state, void *key, const struct nw_curve *curve,
                                struct nw_slice digest, uint8_t *sig)
{
    (void)state;
    const struct psa_private *p = key;
    psa_key_id_t id = 0;
    size_t n = 0;
    psa_status_t s = import_private(curve, nw_slice(p->scalar, p->n), PSA_KEY_USAGE_SIGN_HASH,
                                    psa_sig_alg(curve->alg), &id);
    if (s == PSA_SUCCESS) {
        s = psa_sign_hash(id, psa_sig_alg(curve->alg), digest.p, digest.n, sig, 2 * curve->size,
                          &n);
        (void)psa_destroy_key(id);
    }
    return s == PSA_SUCCESS                     ? NW_OK
           : s == PSA_ERROR_INSUFFICIENT_MEMORY ? NW_ERR_NOMEM
                                                : NW_ERR_SIGNER;
}

static enum nw_err psa_key_agree(void *state, void *key, const struct nw_curve *curve,
                                 const struct nw_pubkey *peer, uint8_t *secret)
{
    (void)state;
    const struct psa_private *p = key;
    psa_key_id_t id = 0;
    size_t n = 0;
    psa_status_t s =
        import_private(curve, nw_slice(p->scalar, p->n), PSA_KEY_USAGE_DERIVE, PSA_ALG_ECDH, &id);
    if (s == PSA_SUCCESS) {
        s = psa_raw_key_agreement(PSA_ALG_ECDH, id, peer->bytes, peer->n, secret, curve->size, &n);
        (void)psa_destroy_key(id);
    }
    bool whole = s == PSA_SUCCESS && n == curve->size;
    enum nw_err failed = curve->order == NULL ? NW_ERR_KEY : NW_ERR_SIGNER; /* a low order */
    return whole ? NW_OK : s == PSA_ERROR_INSUFFICIENT_MEMORY ? NW_ERR_NOMEM : failed;
}

struct root_work {
    mbedtls_ecp_group group;
    mbedtls_mpi x, y, t;
};

/* y := x^3 + ax + b mod p; no A is -3 (mbedtls/ecp.h) */
static int right_side(struct root_work *w)
{
    const mbedtls_ecp_group *g = &w->group;
    int e = mbedtls_mpi_mul_mpi(&w->y, &w->x, &w->x);
    e = e != 0                               ? e
        : mbedtls_mpi_cmp_int(&g->A, 0) == 0 ? mbedtls_mpi_sub_int(&w->y, &w->y, 3)
                                             : mbedtls_mpi_add_mpi(&w->y, &w->y, &g->A);
    e = e != 0 ? e : mbedtls_mpi_mul_mpi(&w->y, &w->y, &w->x);
    e = e != 0 ? e : mbedtls_mpi_add_mpi(&w->y, &w->y, &g->B);
    return e != 0 ? e : mbedtls_mpi_mod_mpi(&w->y, &w->y, &g->P);
}

/* y := y^((p+1)/4) with the wanted parity, its square root, since p = 3 mod 4 on all of these
 * curves (SEC 1 2.3.4; RFC 5639 2.1) */
static int square_root(struct root_work *w, bool odd)
{
    int e = mbedtls_mpi_add_int(&w->t, &w->group.P, 1);
    e = e != 0 ? e : mbedtls_mpi_shift_r(&w->t, 2);
    e = e != 0 ? e : mbedtls_mpi_exp_mod(&w->y, &w->y, &w->t, &w->group.P, NULL);
    if (e == 0 && (mbedtls_mpi_get_bit(&w->y, 0) != 0) != odd) {
        e = mbedtls_mpi_sub_mpi(&w->y, &w->group.P, &w->y);
    }
    return e;
}

static enum nw_err psa_decompress(void *state, const struct nw_curve *curve, struct nw_slice x,
                                  bool y_odd, uint8_t point[NW_POINT_MAX])
{
    (void)state;
    enum nw_err result = NW_ERR_NOMEM; /* the only way these functions fail on such numbers */
    const struct psa_curve *known = psa_curve_of(curve->type);
    struct root_work w;
    if (known == NULL) {
        return NW_ERR_ALG_UNSUPPORTED;
    }
    mbedtls_ecp_group_init(&w.group);
    mbedtls_mpi_init(&w.x);
    mbedtls_mpi_init(&w.y);
    mbedtls_mpi_init(&w.t);
    if (mbedtls_ecp_group_load(&w.group, known->group) != 0 ||
        mbedtls_mpi_read_binary(&w.x, x.p, x.n) != 0) {
        goto out;
    }
    if (mbedtls_mpi_cmp_mpi(&w.x, &w.group.P) >= 0) {
        result = NW_ERR_KEY;
        goto out;
    }
    if (right_side(&w) != 0 || square_root(&w, y_odd) != 0 ||
        mbedtls_mpi_write_binary(&w.y, point + 1 + x.n, x.n) != 0) {
        goto out;
    }
    point[0] = 0x04;
    memcpy(point + 1, x.p, x.n);
    result = NW_OK;
out:
    mbedtls_ecp_group_free(&w.group);
    mbedtls_mpi_free(&w.x);
    mbedtls_mpi_free(&w.y);
    mbedtls_mpi_free(&w.t);
    return result;
}

static psa_status_t import_symmetric(psa_key_type_t type, psa_algorithm_t alg,
                                     psa_key_usage_t usage, struct nw_slice key, psa_key_id_t *id)
{
    psa_key_attributes_t attr = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_usage_flags(&attr, usage);
    psa_set_key_algorithm(&attr, alg);
    psa_set_key_type(&attr, type);
    return psa_import_key(&attr, key.p, key.n, id);
}

static enum nw_err psa_aead_seal(void *state, struct nw_slice key, struct nw_slice iv,
                                 struct nw_slice aad, struct nw_slice plain, uint8_t *out)
{
    (void)state;
    psa_key_id_t id = 0;
    size_t n = 0;
    psa_status_t s =
        import_symmetric(PSA_KEY_TYPE_AES, PSA_ALG_GCM, PSA_KEY_USAGE_ENCRYPT, key, &id);
    if (s == PSA_SUCCESS) {
        s = psa_aead_encrypt(id, PSA_ALG_GCM, iv.p, iv.n, aad.p, aad.n, plain.p, plain.n, out,
                             plain.n + 16, &n);
        (void)psa_destroy_key(id);
    }
    return psa_err(s);
}

static enum nw_err psa_aead_open(void *state, struct nw_slice key, struct nw_slice iv,
                                 struct nw_slice aad, struct nw_slice sealed, uint8_t *out)
{
    (void)state;
    psa_key_id_t id = 0;
    size_t n = 0;
    psa_status_t s =
        import_symmetric(PSA_KEY_TYPE_AES, PSA_ALG_GCM, PSA_KEY_USAGE_DECRYPT, key, &id);
    if (s == PSA_SUCCESS) {
        s = psa_aead_decrypt(id, PSA_ALG_GCM, iv.p, iv.n, aad.p, aad.n, sealed.p, sealed.n, out,
                             sealed.n - 16, &n);
        (void)psa_destroy_key(id);
    }
    return s == PSA_ERROR_INVALID_SIGNATURE ? NW_ERR_DECRYPT : psa_err(s);
}

#define HMAC_BLOCK 64

/* RFC 2104 over the hash seam: PSA's MAC calls are outside the common subset, and its import
 * refuses the empty key. */
static enum nw_err psa_hmac(void *state, struct nw_slice key, struct nw_slice in, uint8_t *out)
{
    uint8_t pad[HMAC_BLOCK] = {0};
    uint8_t inner[NW_SHA256_BYTES];
    enum nw_err e = NW_OK;
    if (key.n > HMAC_BLOCK) {
        e = psa_hash(state, NW_SHA256, &key, 1, pad);
    } else if (key.n > 0) {
        memcpy(pad, key.p, key.n);
    }
    for (size_t i = 0; i < HMAC_BLOCK; i++) {
        pad[i] ^= 0x36;
    }
    if (e == NW_OK) {
        const struct nw_slice parts[] = {nw_slice(pad, HMAC_BLOCK), in};
        e = psa_hash(state, NW_SHA256, parts, 2, inner);
    }
    for (size_t i = 0; i < HMAC_BLOCK; i++) {
        pad[i] ^= 0x36 ^ 0x5c;
    }
    if (e == NW_OK) {
        const struct nw_slice parts[] = {nw_slice(pad, HMAC_BLOCK), nw_slice(inner, sizeof inner)};
        e = psa_hash(state, NW_SHA256, parts, 2, out);
    }
    nw_wipe(pad, sizeof pad);
    nw_wipe(inner, sizeof inner);
    return e;
}

const struct nw_provider_ops nw_provider_psa = {
    .name = "psa",
    .open = psa_open,
    .close = psa_close,
    .hash = psa_hash,
    .hash_begin = psa_hash_begin,
    .hash_add = psa_hash_add,
    .hash_end = psa_hash_end,
    .hash_drop = psa_hash_drop,
    .random = psa_random,
    .pub_open = psa_pub_open,
    .pub_close = psa_pub_close,
    .decompress = psa_decompress,
    .verify = psa_verify,
    .verify_message = NULL, /* 2.28 has no Ed25519 */
    .key_open = psa_key_open,
    .key_close = psa_key_close,
    .key_sign = psa_key_sign,
    .key_agree = psa_key_agree,
    .aead_seal = psa_aead_seal,
    .aead_open = psa_aead_open,
    .hmac = psa_hmac,
};
