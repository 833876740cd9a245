/*
 * The claims of a status list token, the same for both forms. Private to
 * common/status. Slices point into the token or into what this struct owns.
 */
#ifndef NW_STATUS_CLAIMS_H
#define NW_STATUS_CLAIMS_H

#include "base/date.h"
#include "status/status.h"

struct nw_status_claims {
    struct nw_slice sub;
    int64_t iat, nbf, exp, ttl; /* nbf, ttl: 0 when absent */
    bool has_exp;
    unsigned bits;
    struct nw_slice zlib;
    struct nw_json *json; /* form JWT */
    struct nw_buf lst;    /* form JWT: lst without base64url */
};
#define NW_STATUS_CLAIMS_INIT ((struct nw_status_claims){.lst = NW_BUF(NW_MAX_STATUS_TOKEN)})

/* Reads the payload of a verified token. *rule: under which rule a failure belongs. */
NW_MUST_USE enum nw_err nw_status_claims_read(const struct nw_status_token *t,
                                              struct nw_status_claims *out, const char **rule,
                                              struct nw_diag *d);
void nw_status_claims_free(struct nw_status_claims *k);

#endif
