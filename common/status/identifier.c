/* Identifier lists: revoked is who is listed. */
#include "status/claims.h"

enum nw_err nw_identifier_list_open(struct nw_crypto *c, const struct nw_status_token *t,
                                    const struct nw_pubkey *key, const char *uri, int64_t now,
                                    int64_t skew, struct nw_identifier_list *out,
                                    struct nw_checks *checks, struct nw_diag *d)
{
    struct nw_diag own;
    struct nw_status_claims k = NW_STATUS_CLAIMS_INIT;
    bool late = false;
    const char *rule = "STS-02";
    nw_diag_clear(&own);
    d = d != NULL ? d : &own;
    enum nw_err e = nw_status_verify(c, t, key, d);
    if (e == NW_OK && !t->identifiers) {
        e = nw_fail_at(d, NW_ERR_TYP, "protected.16", "it is no identifier list");
    }
    if (e == NW_OK && checks != NULL) {
        nw_check_pass(checks, "STS-02");
    }
    if (e == NW_OK) {
        e = nw_status_claims_read(t, &k, &rule, d);
    }
    if (e == NW_OK) {
        rule = NULL; /* nw_status_claims_check() records its own failure */
        e = nw_status_claims_check(&k, uri, now, skew, checks, &late, d);
    }
    if (e == NW_OK) {
        *out = (struct nw_identifier_list){.identifiers = k.identifiers,
                                           .iat = k.iat,
                                           .exp = k.exp,
                                           .ttl = k.ttl,
                                           .ttl_passed = late};
        if (checks != NULL) {
            nw_check_pass(checks, "STS-04");
        }
    } else if (rule != NULL) {
        e = nw_status_failed(checks, rule, e, d);
    }
    nw_status_claims_free(&k);
    return e;
}

bool nw_identifier_list_has(const struct nw_identifier_list *l, struct nw_slice id)
{
    struct nw_cbor r = nw_cbor_open(l->identifiers);
    size_t n = nw_cbor_map(&r);
    for (size_t i = 0; i < n && nw_cbor_err(&r) == NW_OK; i++) {
        if (nw_slice_eq(nw_cbor_bytes(&r), id)) {
            return true;
        }
        (void)nw_cbor_raw(&r);
    }
    return false;
}
