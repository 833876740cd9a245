#include "crypto/rsa_pss.h"

#include "crypto/der.h"

#define OID_MGF1 "1.2.840.113549.1.1.8"
#define SALT_DEFAULT 20

static const struct {
    const char *oid;
    enum nw_hash_alg hash;
} hashes[] = {
    {"2.16.840.1.101.3.4.2.1", NW_SHA256},
    {"2.16.840.1.101.3.4.2.2", NW_SHA384},
    {"2.16.840.1.101.3.4.2.3", NW_SHA512},
};
#define HASHES (sizeof hashes / sizeof hashes[0])

/* AlgorithmIdentifier of a hash, parameters absent or NULL (RFC 4055 2.1); nothing behind it. */
static bool take_hash(struct nw_slice in, enum nw_hash_alg *hash)
{
    struct nw_slice alg;
    struct nw_slice oid;
    struct nw_slice null;
    if (!nw_der_take(&in, NW_DER_SEQUENCE, &alg) || in.n != 0 ||
        !nw_der_take(&alg, NW_DER_OID, &oid) ||
        (alg.n != 0 && (!nw_der_take(&alg, NW_DER_NULL, &null) || null.n != 0 || alg.n != 0))) {
        return false;
    }
    for (size_t i = 0; i < HASHES; i++) {
        if (nw_der_oid_is(oid, hashes[i].oid)) {
            *hash = hashes[i].hash;
            return true;
        }
    }
    return false;
}

static bool take_mgf1(struct nw_slice in, enum nw_hash_alg *hash)
{
    struct nw_slice alg;
    struct nw_slice oid;
    return nw_der_take(&in, NW_DER_SEQUENCE, &alg) && in.n == 0 &&
           nw_der_take(&alg, NW_DER_OID, &oid) && nw_der_oid_is(oid, OID_MGF1) &&
           take_hash(alg, hash);
}

/* An INTEGER of one byte. */
static bool take_small(struct nw_slice in, size_t *out)
{
    struct nw_slice v;
    bool ok = nw_der_take_uint(&in, &v) && in.n == 0 && v.n == 1;
    if (ok) {
        *out = v.p[0];
    }
    return ok;
}

bool nw_pss_params(struct nw_slice params, enum nw_hash_alg *hash, size_t *salt)
{
    struct nw_slice field;
    enum nw_hash_alg own;
    enum nw_hash_alg mgf;
    size_t length = SALT_DEFAULT;
    size_t trailer = 1;
    if (!nw_der_take(&params, NW_DER_CONTEXT(0), &field) || !take_hash(field, &own) ||
        !nw_der_take(&params, NW_DER_CONTEXT(1), &field) || !take_mgf1(field, &mgf) || own != mgf ||
        (nw_der_take(&params, NW_DER_CONTEXT(2), &field) && !take_small(field, &length)) ||
        (nw_der_take(&params, NW_DER_CONTEXT(3), &field) && !take_small(field, &trailer)) ||
        trailer != 1 || params.n != 0) {
        return false;
    }
    *hash = own;
    *salt = length;
    return true;
}
