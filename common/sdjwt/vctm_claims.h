/* Claim metadata (SD-JWT VC 5.7): merged over a chain of types, checked against a credential. */
#ifndef NW_SDJWT_VCTM_CLAIMS_H
#define NW_SDJWT_VCTM_CLAIMS_H

#include "sdjwt/sdjwt.h"

enum nw_vctm_sd {
    NW_VCTM_ALLOWED = 0,
    NW_VCTM_ALWAYS,
    NW_VCTM_NEVER,
};
struct nw_vctm_claim {
    const struct nw_json *path; /* array of strings, nulls and indices */
    enum nw_vctm_sd sd;
    bool mandatory;
};
struct nw_vctm_claims {
    struct nw_vctm_claim *v; /* nw_free() */
    size_t n, cap;
};

/* Adds the `claims` of a document (NULL: it has none), base types first. *why: one sentence on
 * failure. */
NW_MUST_USE enum nw_err nw_vctm_claims_add(struct nw_vctm_claims *all, const struct nw_json *claims,
                                           const char **why);
NW_MUST_USE enum nw_err nw_vctm_claim_check(const struct nw_sdjwt *s,
                                            const struct nw_vctm_claim *claim, const char **why);

#endif
