/* Private EC keys as files: PKCS#8 (RFC 5958) and SEC1 (RFC 5915), to and from a bare scalar. */
#include "crypto/key_pem.h"

#include <string.h>

#include "base/limits.h"
#include "crypto/der.h"
#include "crypto/pem.h"

#define OID_EC "\x2a\x86\x48\xce\x3d\x02\x01"

/* ECPrivateKey ::= SEQUENCE { 1, OCTET STRING, [0] parameters OPTIONAL, [1] public OPTIONAL } */
static enum nw_err read_sec1(struct nw_slice der, const struct nw_curve *curve,
                             struct nw_private_key *out)
{
    struct nw_slice seq;
    struct nw_slice version;
    struct nw_slice scalar;
    struct nw_slice inner;
    struct nw_slice oid;
    if (!nw_der_take(&der, NW_DER_SEQUENCE, &seq) || der.n != 0 ||
        !nw_der_take_uint(&seq, &version) || version.n != 1 || version.p[0] != 1 ||
        !nw_der_take(&seq, NW_DER_OCTET_STRING, &scalar)) {
        return NW_ERR_KEY;
    }
    if (nw_der_take(&seq, NW_DER_CONTEXT(0), &inner)) {
        if (!nw_der_take(&inner, NW_DER_OID, &oid) || inner.n != 0) {
            return NW_ERR_KEY;
        }
        const struct nw_curve *named = nw_curve_by_oid(oid);
        if (curve != NULL && named != curve) {
            return NW_ERR_KEY;
        }
        curve = named;
    }
    if (nw_der_is_next(seq, NW_DER_CONTEXT(1)) && !nw_der_take(&seq, NW_DER_CONTEXT(1), &inner)) {
        return NW_ERR_KEY;
    }
    if (seq.n != 0 || curve == NULL || !nw_curve_in_range(curve, scalar)) {
        return NW_ERR_KEY;
    }
    out->curve = curve;
    out->n = scalar.n;
    memcpy(out->scalar, scalar.p, scalar.n);
    return NW_OK;
}

/* OneAsymmetricKey ::= SEQUENCE { version, AlgorithmIdentifier, OCTET STRING, [0], [1] OPTIONAL }
 */
static enum nw_err read_pkcs8(struct nw_slice der, struct nw_private_key *out)
{
    struct nw_slice seq;
    struct nw_slice version;
    struct nw_slice alg;
    struct nw_slice oid;
    struct nw_slice named;
    struct nw_slice key;
    if (!nw_der_take(&der, NW_DER_SEQUENCE, &seq) || der.n != 0 ||
        !nw_der_take_uint(&seq, &version) || version.n != 1 || version.p[0] > 1 ||
        !nw_der_take(&seq, NW_DER_SEQUENCE, &alg) || !nw_der_take(&alg, NW_DER_OID, &oid) ||
        !nw_slice_eq(oid, nw_slice(OID_EC, sizeof OID_EC - 1)) ||
        !nw_der_take(&alg, NW_DER_OID, &named) || alg.n != 0 ||
        !nw_der_take(&seq, NW_DER_OCTET_STRING, &key)) {
        return NW_ERR_KEY;
    }
    const struct nw_curve *curve = nw_curve_by_oid(named);
    return curve == NULL ? NW_ERR_KEY : read_sec1(key, curve, out);
}

enum nw_err nw_key_from_pem(struct nw_slice pem, struct nw_private_key *out, struct nw_diag *d)
{
    size_t pos = 0;
    char label[NW_PEM_LABEL];
    struct nw_buf der = NW_BUF_SECRET(NW_MAX_KEY_FILE);
    enum nw_err e;
    do { /* openssl ecparam writes a block of parameters first */
        e = nw_pem_next(pem, &pos, label, &der);
    } while (e == NW_OK && strcmp(label, "EC PARAMETERS") == 0);
    if (e != NW_OK) {
        e = nw_err_is_ours(e) && e != NW_ERR_NOT_FOUND ? e : NW_ERR_PEM;
        (void)nw_fail(d, e, pos, "no private key");
    } else if (strcmp(label, "PRIVATE KEY") == 0) {
        e = read_pkcs8(nw_buf_slice(&der), out);
    } else if (strcmp(label, "EC PRIVATE KEY") == 0) {
        e = read_sec1(nw_buf_slice(&der), NULL, out);
    } else {
        e = nw_fail(d, NW_ERR_PEM, 0, "a %s is not an unencrypted EC private key", label);
    }
    nw_buf_free(&der);
    return e == NW_ERR_KEY ? nw_fail(d, e, NW_NO_OFFSET, "not an EC key on P-256, P-384 or P-521")
                           : e;
}

void nw_key_to_pem(const struct nw_private_key *key, struct nw_slice point, struct nw_buf *pem)
{
    static const uint8_t zero;
    static const uint8_t one = 1;
    struct nw_buf der = NW_BUF_SECRET(512);
    size_t all = nw_der_open(&der, NW_DER_SEQUENCE);
    nw_der_put_uint(&der, nw_slice(&zero, 1));
    size_t alg = nw_der_open(&der, NW_DER_SEQUENCE);
    nw_der_put(&der, NW_DER_OID, nw_slice(OID_EC, sizeof OID_EC - 1));
    nw_der_put(&der, NW_DER_OID, nw_slice(key->curve->oid, key->curve->oid_n));
    nw_der_close(&der, alg);
    size_t wrap = nw_der_open(&der, NW_DER_OCTET_STRING);
    size_t sec1 = nw_der_open(&der, NW_DER_SEQUENCE);
    nw_der_put_uint(&der, nw_slice(&one, 1));
    nw_der_put(&der, NW_DER_OCTET_STRING, nw_slice(key->scalar, key->n));
    size_t public = nw_der_open(&der, NW_DER_CONTEXT(1));
    size_t bits = nw_der_open(&der, NW_DER_BIT_STRING);
    nw_buf_putc(&der, 0);
    nw_buf_put(&der, point);
    nw_der_close(&der, bits);
    nw_der_close(&der, public);
    nw_der_close(&der, sec1);
    nw_der_close(&der, wrap);
    nw_der_close(&der, all);
    if (nw_buf_err(&der) != NW_OK) {
        nw_buf_set_err(pem, nw_buf_err(&der));
    }
    nw_pem_put(pem, "PRIVATE KEY", nw_buf_slice(&der));
    nw_buf_free(&der);
}
