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
    struct nw_slice identifiers; /* raw map of an identifier list */
    struct nw_json *json;        /* form JWT */
    struct nw_buf lst;           /* form JWT: lst without base64url */
};
#define NW_STATUS_CLAIMS_INIT ((struct nw_status_claims){.lst = NW_BUF(NW_MAX_STATUS_TOKEN)})

/* Reads the payload of a verified token. *rule: under which rule a failure belongs. */
NW_MUST_USE enum nw_err nw_status_claims_read(const struct nw_status_token *t,
                                              struct nw_status_claims *out, const char **rule,
                                              struct nw_diag *d);
/* STS-03: sub and times. True for *late: usable, but a fresh copy should have been had. Records its
 * own result. */
NW_MUST_USE enum nw_err nw_status_claims_check(const struct nw_status_claims *k, const char *uri,
                                               int64_t now, int64_t skew, struct nw_checks *checks,
                                               bool *late, struct nw_diag *d);
/* The signature of the token (STS-02). */
NW_MUST_USE enum nw_err nw_status_verify(struct nw_crypto *c, const struct nw_status_token *t,
                                         const struct nw_pubkey *key, struct nw_diag *d);
/* Adds a failure under the rule unless the trouble is ours; returns e. */
enum nw_err nw_status_failed(struct nw_checks *checks, const char *rule, enum nw_err e,
                                         const struct nw_diag *d);
void nw_status_claims_free(struct nw_status_claims *k);

#endif
