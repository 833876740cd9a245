#include "crypto/cert_fields.h"

struct cert_alg_row {
    const char *oid;
    enum nw_sig_alg alg;
    bool null_params; /* parameters are NULL (RFC 4055 5); otherwise absent (RFC 5758 3.2) */
};

/* SHA-1 and MD5 are missing on purpose (RFC 8017 B.1, TS 119 312). */
static const struct cert_alg_row rows[] = {
    {"1.2.840.10045.4.3.2", NW_ES256, false},  {"1.2.840.10045.4.3.3", NW_ES384, false},
    {"1.2.840.10045.4.3.4", NW_ES512, false},  {"1.2.840.113549.1.1.11", NW_RS256, true},
    {"1.2.840.113549.1.1.12", NW_RS384, true}, {"1.2.840.113549.1.1.13", NW_RS512, true},
    {"1.3.101.112", NW_EDDSA, false},
};
#define ROWS (sizeof rows / sizeof rows[0])

struct pss_row {
    const char *hash;
    enum nw_sig_alg alg;
    uint8_t salt; /* as long as the hash (RFC 7518 3.5, RFC 4055 3.1) */
};

static const struct pss_row pss_rows[] = {
    {"2.16.840.1.101.3.4.2.1", NW_PS256, 32},
    {"2.16.840.1.101.3.4.2.2", NW_PS384, 48},
    {"2.16.840.1.101.3.4.2.3", NW_PS512, 64},
};
#define PSS_ROWS (sizeof pss_rows / sizeof pss_rows[0])

/* AlgorithmIdentifier of a hash: OID and NULL or nothing */
static bool take_hash(struct nw_slice *in, struct nw_slice *oid)
{
    struct nw_slice alg;
    struct nw_slice null;
    if (!nw_der_take(in, NW_DER_SEQUENCE, &alg) || !nw_der_take(&alg, NW_DER_OID, oid)) {
        return false;
    }
    return alg.n == 0 || (nw_der_take(&alg, NW_DER_NULL, &null) && null.n == 0 && alg.n == 0);
}

/* RSASSA-PSS-params (RFC 4055 3.1): hash, MGF1 with the same hash, salt of its length. */
static enum nw_sig_alg pss_alg(struct nw_slice params)
{
    struct nw_slice seq;
    struct nw_slice part;
    struct nw_slice hash;
    struct nw_slice mgf;
    struct nw_slice mgf_oid;
    struct nw_slice mgf_hash;
    struct nw_slice salt;
    if (!nw_der_take(&params, NW_DER_SEQUENCE, &seq) || params.n != 0 ||
        !nw_der_take(&seq, NW_DER_CONTEXT(0), &part) || !take_hash(&part, &hash) || part.n != 0 ||
        !nw_der_take(&seq, NW_DER_CONTEXT(1), &part) ||
        !nw_der_take(&part, NW_DER_SEQUENCE, &mgf) || part.n != 0 ||
        !nw_der_take(&mgf, NW_DER_OID, &mgf_oid) ||
        !nw_der_oid_is(mgf_oid, "1.2.840.113549.1.1.8") || !take_hash(&mgf, &mgf_hash) ||
        mgf.n != 0 || !nw_slice_eq(hash, mgf_hash) ||
        !nw_der_take(&seq, NW_DER_CONTEXT(2), &part) || !nw_der_take_uint(&part, &salt) ||
        part.n != 0 || salt.n != 1 || seq.n != 0) {
        return NW_ALG_NONE;
    }
    for (size_t i = 0; i < PSS_ROWS; i++) {
        if (nw_der_oid_is(hash, pss_rows[i].hash) && salt.p[0] == pss_rows[i].salt) {
            return pss_rows[i].alg;
        }
    }
    return NW_ALG_NONE;
}

enum nw_sig_alg nw_cert_alg(struct nw_slice alg)
{
    struct nw_slice oid;
    struct nw_slice null;
    if (!nw_der_take(&alg, NW_DER_OID, &oid)) {
        return NW_ALG_NONE;
    }
    if (nw_der_oid_is(oid, "1.2.840.113549.1.1.10")) {
        return pss_alg(alg);
    }
    for (size_t i = 0; i < ROWS; i++) {
        if (nw_der_oid_is(oid, rows[i].oid)) {
            bool null_there = nw_der_take(&alg, NW_DER_NULL, &null) && null.n == 0;
            return alg.n == 0 && (!null_there || rows[i].null_params) ? rows[i].alg : NW_ALG_NONE;
        }
    }
    return NW_ALG_NONE;
}
