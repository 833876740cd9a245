/* Signatures of XML documents: keys that X.509 marks as RSASSA-PSS, and any hash with any curve. */
#include "crypto/der.h"
#include "crypto/provider.h"

#define OID_RSASSA_PSS "1.2.840.113549.1.1.10"
#define OID_MGF1 "1.2.840.113549.1.1.8"

static const char *hash_oid(enum nw_hash_alg hash)
{
    switch (hash) {
    case NW_SHA256:
        return "2.16.840.1.101.3.4.2.1";
    case NW_SHA384:
        return "2.16.840.1.101.3.4.2.2";
    default:
        return "2.16.840.1.101.3.4.2.3";
    }
}

/* AlgorithmIdentifier of this hash, parameters absent or NULL (RFC 4055 2.1). */
static bool takes_hash(struct nw_slice *in, enum nw_hash_alg hash)
{
    struct nw_slice alg;
    struct nw_slice oid;
    struct nw_slice null;
    if (!nw_der_take(in, NW_DER_SEQUENCE, &alg) || !nw_der_take(&alg, NW_DER_OID, &oid) ||
        !nw_der_oid_is(oid, hash_oid(hash))) {
        return false;
    }
    return alg.n == 0 || (nw_der_take(&alg, NW_DER_NULL, &null) && null.n == 0 && alg.n == 0);
}

/* RSASSA-PSS-params of a key (RFC 4055 3.1, 3.3): its hash and MGF1 with the same hash, a salt that
 * is not longer than the hash is here, trailer 1. A default that stands for SHA-1 does not fit. */
static bool params_allow(struct nw_slice params, enum nw_hash_alg hash)
{
    struct nw_slice field;
    struct nw_slice mgf;
    struct nw_slice oid;
    struct nw_slice salt;
    if (!nw_der_take(&params, NW_DER_CONTEXT(0), &field) || !takes_hash(&field, hash) ||
        field.n != 0 || !nw_der_take(&params, NW_DER_CONTEXT(1), &field) ||
        !nw_der_take(&field, NW_DER_SEQUENCE, &mgf) || field.n != 0 ||
        !nw_der_take(&mgf, NW_DER_OID, &oid) || !nw_der_oid_is(oid, OID_MGF1) ||
        !takes_hash(&mgf, hash) || mgf.n != 0) {
        return false;
    }
    if (nw_der_take(&params, NW_DER_CONTEXT(2), &field) &&
        (!nw_der_take_uint(&field, &salt) || field.n != 0 || salt.n != 1 ||
         salt.p[0] > nw_hash_size(hash))) {
        return false;
    }
    if (nw_der_take(&params, NW_DER_CONTEXT(3), &field) &&
        (!nw_der_take_uint(&field, &salt) || field.n != 0 || salt.n != 1 || salt.p[0] != 1)) {
        return false;
    }
    return params.n == 0;
}

/* True if spki is an id-RSASSA-PSS key; then *n and *e are its numbers and *params what it fixes
 * (empty: nothing). */
static bool is_pss_key(struct nw_slice spki, struct nw_slice *params, struct nw_slice *n,
                       struct nw_slice *e)
{
    struct nw_slice info;
    struct nw_slice alg;
    struct nw_slice oid;
    struct nw_slice bits;
    struct nw_slice rsa;
    *params = NW_SLICE_EMPTY;
    return nw_der_take(&spki, NW_DER_SEQUENCE, &info) && spki.n == 0 &&
           nw_der_take(&info, NW_DER_SEQUENCE, &alg) && nw_der_take(&alg, NW_DER_OID, &oid) &&
           nw_der_oid_is(oid, OID_RSASSA_PSS) &&
           (alg.n == 0 || (nw_der_take(&alg, NW_DER_SEQUENCE, params) && alg.n == 0)) &&
           nw_der_take_bits(&info, &bits) && info.n == 0 &&
           nw_der_take(&bits, NW_DER_SEQUENCE, &rsa) && bits.n == 0 && nw_der_take_uint(&rsa, n) &&
           nw_der_take_uint(&rsa, e) && rsa.n == 0;
}

enum nw_err nw_verify_xml(struct nw_crypto *c, enum nw_sig_alg alg, struct nw_slice spki,
                          struct nw_slice message, struct nw_slice sig)
{
    struct nw_slice params;
    struct nw_slice n;
    struct nw_slice exponent;
    struct nw_pubkey *key = NULL;
    enum nw_err e;
    if (is_pss_key(spki, &params, &n, &exponent)) {
        bool fits = alg == NW_PS256 || alg == NW_PS384 || alg == NW_PS512;
        if (!fits || (params.n > 0 && !params_allow(params, nw_alg_hash(alg)))) {
            return NW_ERR_ALG_KEY_MISMATCH;
        }
        e = nw_pubkey_from_rsa(c, n, exponent, &key);
    } else {
        e = nw_pubkey_from_spki(c, spki, &key);
    }
    if (e == NW_OK) {
        e = nw_verify_any_hash(c, alg, key, message, sig);
    }
    nw_pubkey_free(&key);
    return e;
}
