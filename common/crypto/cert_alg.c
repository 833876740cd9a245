#include "crypto/cert_fields.h"
#include "crypto/rsa_pss.h"

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

/* The salt is as long as the hash (RFC 7518 3.5, RFC 4055 3.1). */
static enum nw_sig_alg pss_alg(struct nw_slice params)
{
    static const enum nw_sig_alg algs[] = {
        [NW_SHA256] = NW_PS256, [NW_SHA384] = NW_PS384, [NW_SHA512] = NW_PS512};
    struct nw_slice seq;
    enum nw_hash_alg hash;
    size_t salt;
    bool ok = nw_der_take(&params, NW_DER_SEQUENCE, &seq) && params.n == 0 &&
              nw_pss_params(seq, &hash, &salt) && salt == nw_hash_size(hash);
    return ok ? algs[hash] : NW_ALG_NONE;
}

enum nw_sig_alg nw_cert_alg(struct nw_slice alg)
{
    struct nw_slice oid;
    struct nw_slice null;
    if (!nw_der_take(&alg, NW_DER_OID, &oid)) {
        return NW_ALG_NONE;
    }
    if (nw_der_oid_is(oid, NW_OID_RSASSA_PSS)) {
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

bool nw_cert_uses_pss(const struct nw_cert *cert)
{
    struct nw_slice spki = cert->spki;
    struct nw_slice info;
    struct nw_slice alg;
    struct nw_slice oid;
    bool signature =
        cert->sig_alg == NW_PS256 || cert->sig_alg == NW_PS384 || cert->sig_alg == NW_PS512;
    return signature ||
           (nw_der_take(&spki, NW_DER_SEQUENCE, &info) &&
            nw_der_take(&info, NW_DER_SEQUENCE, &alg) && nw_der_take(&alg, NW_DER_OID, &oid) &&
            nw_der_oid_is(oid, NW_OID_RSASSA_PSS));
}
