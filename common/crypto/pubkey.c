#include "crypto/crypto.h"

#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "crypto/der.h"
#include "crypto/ecdsa_der.h"
#include "crypto/provider.h"
#include "crypto/rsa_pss.h"

#define RSA_BITS_MIN 2048
#define RSA_BITS_MAX 4096
#define ED25519_BYTES 32
#define ED25519_SIG 64

#define OID_EC "\x2a\x86\x48\xce\x3d\x02\x01"          /* 1.2.840.10045.2.1 */
#define OID_RSA "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01" /* 1.2.840.113549.1.1.1 */
#define OID_ED25519 "\x2b\x65\x70"                     /* 1.3.101.112 */

static enum nw_err pubkey_new(struct nw_crypto *c, enum nw_key_type type, struct nw_slice bytes,
                              size_t sig_n, struct nw_pubkey **out)
{
    if (bytes.n > NW_PUBKEY_MAX) {
        return NW_ERR_KEY;
    }
    struct nw_pubkey *k = nw_calloc(1, sizeof *k);
    if (k == NULL) {
        return NW_ERR_NOMEM;
    }
    k->c = c;
    k->type = type;
    k->refs = 1;
    k->sig_n = sig_n;
    k->n = bytes.n;
    memcpy(k->bytes, bytes.p, bytes.n);
    enum nw_err e = c->ops->pub_open(c->state, k);
    if (e != NW_OK) {
        nw_free(k);
        return e;
    }
    *out = k;
    return NW_OK;
}

enum nw_err nw_pubkey_from_point(struct nw_crypto *c, enum nw_key_type type, struct nw_slice point,
                                 struct nw_pubkey **out)
{
    const struct nw_curve *curve = nw_curve_of(type);
    if (curve == NULL || point.n != nw_curve_point_size(curve) ||
        (curve->order != NULL && point.p[0] != 0x04)) {
        return NW_ERR_KEY;
    }
    return pubkey_new(c, type, point, 2 * curve->size, out);
}

enum nw_err nw_pubkey_from_compressed(struct nw_crypto *c, enum nw_key_type type, struct nw_slice x,
                                      bool y_odd, struct nw_pubkey **out)
{
    uint8_t point[NW_POINT_MAX];
    const struct nw_curve *curve = nw_curve_of(type);
    if (curve == NULL || curve->order == NULL || x.n != curve->size) {
        return NW_ERR_KEY;
    }
    enum nw_err e = c->ops->decompress(c->state, curve, x, y_odd, point);
    return e != NW_OK
               ? e
               : nw_pubkey_from_point(c, type, nw_slice(point, nw_curve_point_size(curve)), out);
}

static size_t bit_length(struct nw_slice magnitude)
{
    size_t bits = magnitude.n * 8;
    for (unsigned mask = 0x80; bits > 0 && (magnitude.p[0] & mask) == 0; mask >>= 1) {
        bits--;
    }
    return bits;
}

/* RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }  (RFC 8017 A.1.1) */
static enum nw_err pubkey_from_rsa_der(struct nw_crypto *c, struct nw_slice der,
                                       struct nw_pubkey **out)
{
    struct nw_slice rest = der;
    struct nw_slice seq;
    struct nw_slice n;
    struct nw_slice e;
    if (!nw_der_take(&rest, NW_DER_SEQUENCE, &seq) || rest.n != 0 || !nw_der_take_uint(&seq, &n) ||
        !nw_der_take_uint(&seq, &e) || seq.n != 0) {
        return NW_ERR_KEY;
    }
    size_t bits = bit_length(n);
    bool sound = bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX && (n.p[n.n - 1] & 1u) != 0 &&
                 e.n <= 8 && (e.p[e.n - 1] & 1u) != 0 && bit_length(e) >= 2;
    return sound ? pubkey_new(c, NW_KEY_RSA, der, n.n, out) : NW_ERR_KEY;
}

enum nw_err nw_pubkey_from_rsa(struct nw_crypto *c, struct nw_slice n, struct nw_slice e,
                               struct nw_pubkey **out)
{
    struct nw_buf der = NW_BUF(NW_PUBKEY_MAX + 16);
    size_t mark = nw_der_open(&der, NW_DER_SEQUENCE);
    nw_der_put_uint(&der, n);
    nw_der_put_uint(&der, e);
    nw_der_close(&der, mark);
    enum nw_err err = nw_buf_err(&der);
    if (err == NW_ERR_LIMIT) {
        err = NW_ERR_KEY;
    }
    if (err == NW_OK) {
        err = pubkey_from_rsa_der(c, nw_buf_slice(&der), out);
    }
    nw_buf_free(&der);
    return err;
}

enum nw_err nw_pubkey_from_ed25519(struct nw_crypto *c, struct nw_slice raw32,
                                   struct nw_pubkey **out)
{
    if (raw32.n != ED25519_BYTES) {
        return NW_ERR_KEY;
    }
    return c->ops->verify_message == NULL ? NW_ERR_ALG_UNSUPPORTED
                                          : pubkey_new(c, NW_KEY_ED25519, raw32, ED25519_SIG, out);
}

/* id-RSASSA-PSS (RFC 4055 1.2, 3.1): what the key fixes binds its signatures. Their salt is as long
 * as the hash here; a key may ask for that much or less. */
static enum nw_err pubkey_from_pss(struct nw_crypto *c, struct nw_slice alg, struct nw_slice bits,
                                   struct nw_pubkey **out)
{
    struct nw_slice params;
    struct nw_pubkey *k = NULL;
    enum nw_hash_alg hash = 0;
    size_t salt = 0;
    if (alg.n != 0 && (!nw_der_take(&alg, NW_DER_SEQUENCE, &params) || alg.n != 0 ||
                       !nw_pss_params(params, &hash, &salt) || salt > nw_hash_size(hash))) {
        return NW_ERR_KEY;
    }
    enum nw_err e = pubkey_from_rsa_der(c, bits, &k);
    if (e == NW_OK) {
        k->pss = true;
        k->pss_hash = hash;
        *out = k;
    }
    return e;
}

static bool oid_is(struct nw_slice oid, const char *bytes, size_t n)
{
    return nw_slice_eq(oid, nw_slice(bytes, n));
}

/* SubjectPublicKeyInfo (RFC 5280 4.1.2.7; RFC 5480 2.1, RFC 8017 A.1, RFC 8410 4) */
static enum nw_err pubkey_parse_spki(struct nw_crypto *c, struct nw_slice der,
                                     struct nw_pubkey **out)
{
    struct nw_slice spki;
    struct nw_slice alg;
    struct nw_slice oid;
    struct nw_slice bits;
    if (!nw_der_take(&der, NW_DER_SEQUENCE, &spki) || der.n != 0 ||
        !nw_der_take(&spki, NW_DER_SEQUENCE, &alg) || !nw_der_take(&alg, NW_DER_OID, &oid) ||
        !nw_der_take_bits(&spki, &bits) || spki.n != 0) {
        return NW_ERR_KEY;
    }
    if (oid_is(oid, OID_EC, sizeof OID_EC - 1)) {
        struct nw_slice named;
        if (!nw_der_take(&alg, NW_DER_OID, &named) || alg.n != 0) {
            return NW_ERR_KEY;
        }
        const struct nw_curve *curve = nw_curve_by_oid(named);
        return curve == NULL ? NW_ERR_KEY : nw_pubkey_from_point(c, curve->type, bits, out);
    }
    if (oid_is(oid, OID_RSA, sizeof OID_RSA - 1)) {
        struct nw_slice null;
        if (!nw_der_take(&alg, NW_DER_NULL, &null) || null.n != 0 || alg.n != 0) {
            return NW_ERR_KEY;
        }
        return pubkey_from_rsa_der(c, bits, out);
    }
    if (nw_der_oid_is(oid, NW_OID_RSASSA_PSS)) {
        return pubkey_from_pss(c, alg, bits, out);
    }
    if (oid_is(oid, OID_ED25519, sizeof OID_ED25519 - 1) && alg.n == 0) {
        return nw_pubkey_from_ed25519(c, bits, out);
    }
    return NW_ERR_KEY;
}

/* EC keys of certificates come again and again: the import is remembered, by the exact SPKI. */
static struct nw_pubkey *cache_find(struct nw_crypto *c, struct nw_slice der)
{
    for (size_t i = 0; i < NW_PUBKEY_CACHE; i++) {
        struct nw_cached_key *slot = &c->cached[i];
        if (slot->key != NULL && nw_slice_eq(der, nw_slice(slot->spki, slot->n))) {
            slot->key->refs++;
            return slot->key;
        }
    }
    return NULL;
}

static void cache_put(struct nw_crypto *c, struct nw_slice der, struct nw_pubkey *k)
{
    if (der.n > NW_SPKI_CACHED) {
        return;
    }
    struct nw_cached_key *slot = &c->cached[c->cached_next];
    c->cached_next = (c->cached_next + 1) % NW_PUBKEY_CACHE;
    nw_pubkey_free(&slot->key);
    k->refs++;
    slot->key = k;
    slot->n = der.n;
    memcpy(slot->spki, der.p, der.n);
}

enum nw_err nw_pubkey_from_spki(struct nw_crypto *c, struct nw_slice der, struct nw_pubkey **out)
{
    struct nw_pubkey *k = cache_find(c, der);
    if (k == NULL) {
        enum nw_err e = pubkey_parse_spki(c, der, &k);
        if (e != NW_OK) {
            return e;
        }
        cache_put(c, der, k);
    }
    *out = k;
    return NW_OK;
}

size_t nw_pubkey_rsa_bits(const struct nw_pubkey *k)
{
    return k->type == NW_KEY_RSA ? k->sig_n * 8 : 0;
}

enum nw_key_type nw_pubkey_type(const struct nw_pubkey *k)
{
    return k->type;
}

struct nw_slice nw_pubkey_point(const struct nw_pubkey *k)
{
    return nw_curve_of(k->type) == NULL ? NW_SLICE_EMPTY : nw_slice(k->bytes, k->n);
}

void nw_pubkey_free(struct nw_pubkey **k)
{
    if (*k != NULL && --(*k)->refs == 0) {
        (*k)->c->ops->pub_close(*k);
        nw_free(*k);
    }
    *k = NULL;
}

static bool alg_fits(enum nw_sig_alg alg, const struct nw_pubkey *k)
{
    const struct nw_curve *curve = nw_curve_of(k->type);
    if (curve != NULL) {
        return alg != NW_ALG_NONE && curve->alg == alg;
    }
    if (k->pss) {
        return alg >= NW_PS256 && alg <= NW_PS512 &&
               (k->pss_hash == 0 || k->pss_hash == nw_alg_hash(alg));
    }
    return k->type == NW_KEY_RSA ? alg >= NW_PS256 && alg <= NW_RS512 : alg == NW_EDDSA;
}

static enum nw_err verify_message(struct nw_crypto *c, const struct nw_pubkey *key,
                                  const struct nw_slice *parts, size_t n, struct nw_slice sig)
{
    struct nw_buf message = NW_BUF(NW_MAX_BUNDLE);
    for (size_t i = 0; i < n; i++) {
        nw_buf_put(&message, parts[i]);
    }
    enum nw_err e = nw_buf_err(&message);
    if (e == NW_OK) {
        e = c->ops->verify_message(c->state, key, nw_buf_slice(&message), sig);
    }
    nw_buf_free(&message);
    return e;
}

/* RFC 8017 5.2.2 step 1: the signature is a number below the modulus. */
static bool rsa_in_range(const struct nw_pubkey *k, struct nw_slice sig)
{
    struct nw_slice der = nw_slice(k->bytes, k->n);
    struct nw_slice seq;
    struct nw_slice n;
    return nw_der_take(&der, NW_DER_SEQUENCE, &seq) && nw_der_take_uint(&seq, &n) && sig.n == n.n &&
           memcmp(sig.p, n.p, n.n) < 0;
}

/* Length, range, digest, arithmetic; alg and key belong together in some way the caller decided. */
static enum nw_err verify_fitting(struct nw_crypto *c, enum nw_sig_alg alg,
                                  const struct nw_pubkey *key, const struct nw_slice *parts,
                                  size_t n, struct nw_slice sig)
{
    const struct nw_curve *curve = nw_curve_of(key->type);
    uint8_t digest[NW_HASH_MAX];
    enum nw_hash_alg hash = nw_alg_hash(alg);
    if (sig.n != key->sig_n) {
        return NW_ERR_SIGNATURE_LENGTH;
    }
    if (alg == NW_EDDSA) {
        return verify_message(c, key, parts, n, sig);
    }
    if (curve != NULL && (!nw_curve_in_range(curve, nw_slice_sub(sig, 0, curve->size)) ||
                          !nw_curve_in_range(curve, nw_slice_from(sig, curve->size)))) {
        return NW_ERR_SIGNATURE; /* SEC 1 4.1.4 step 1 */
    }
    if (key->type == NW_KEY_RSA && !rsa_in_range(key, sig)) {
        return NW_ERR_SIGNATURE;
    }
    enum nw_err e = nw_hash_parts(c, hash, parts, n, digest);
    return e != NW_OK
               ? e
               : c->ops->verify(c->state, alg, key, nw_slice(digest, nw_hash_size(hash)), sig);
}

enum nw_err nw_verify(struct nw_crypto *c, enum nw_sig_alg alg, const struct nw_pubkey *key,
                      const struct nw_slice *parts, size_t n, struct nw_slice sig)
{
    if (key->c != c) {
        return NW_ERR_INTERNAL;
    }
    return alg_fits(alg, key) ? verify_fitting(c, alg, key, parts, n, sig)
                              : NW_ERR_ALG_KEY_MISMATCH;
}

enum nw_err nw_verify_any_hash(struct nw_crypto *c, enum nw_sig_alg alg,
                               const struct nw_pubkey *key, struct nw_slice message,
                               struct nw_slice sig)
{
    if (nw_curve_of(key->type) == NULL) {
        return nw_verify(c, alg, key, &message, 1, sig);
    }
    return alg == NW_ES256 || alg == NW_ES384 || alg == NW_ES512
               ? verify_fitting(c, alg, key, &message, 1, sig)
               : NW_ERR_ALG_KEY_MISMATCH;
}

enum nw_err nw_verify_x509(struct nw_crypto *c, enum nw_sig_alg alg, const struct nw_pubkey *key,
                           struct nw_slice tbs, struct nw_slice sig)
{
    uint8_t raw[2 * NW_SCALAR_MAX];
    const struct nw_curve *curve = nw_curve_of(key->type);
    if (curve == NULL) {
        return nw_verify(c, alg, key, &tbs, 1, sig);
    }
    if (alg != NW_ES256 && alg != NW_ES384 && alg != NW_ES512) {
        return NW_ERR_ALG_KEY_MISMATCH;
    }
    if (!nw_ecdsa_from_der(sig, curve->size, raw)) {
        return NW_ERR_SIGNATURE;
    }
    return verify_fitting(c, alg, key, &tbs, 1, nw_slice(raw, 2 * curve->size));
}
