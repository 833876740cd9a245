/*
 * Token Status List (draft-21, RFC-to-be), as JWT and as CWT.
 *
 * A list is packed bits, least significant first, zlib-compressed, inside a
 * signed token whose sub is the list's own address. Opening a token checks
 * STS-02 (type and signature), STS-03 (sub, times), STS-04 (bits, zlib); a
 * look-up adds STS-05. The signer's trust (STS-06) is the caller's: it gives
 * the key that the token's chain or the bundle led to.
 *
 * Reading 1, 2, 4, 8 bits; writing 1 bit. Inflation is bounded by
 * NW_MAX_STATUS_LIST. Keys in CBOR: 65533 status_list, 65534 ttl, 65535 status.
 */
#ifndef NW_STATUS_STATUS_H
#define NW_STATUS_STATUS_H

#include "base/check.h"
#include "cose/cose.h"
#include "jose/jws.h"

enum nw_token_form { NW_TOKEN_JWT, NW_TOKEN_CWT };

/* status.status_list of a credential. */
struct nw_status_ref {
    bool present;
    uint64_t idx;
    char uri[512];
};
/* From the processed payload's "status" (JSON), or the raw CBOR value of claim 65535. A second
 * mechanism that disagrees, a negative or non-integer idx, an empty uri: CLAIM_*. */
NW_MUST_USE enum nw_err nw_status_ref_json(const struct nw_json *status, struct nw_status_ref *out,
                                           struct nw_diag *d);
NW_MUST_USE enum nw_err nw_status_ref_cbor(struct nw_slice status, struct nw_status_ref *out,
                                           struct nw_diag *d);

/* A token, form detected, not yet verified: for finding the key. */
struct nw_status_token {
    enum nw_token_form form;
    struct nw_jws jws;          /* form JWT */
    struct nw_cose_sign1 cose;  /* form CWT, over the input */
    const struct nw_slice *chain; /* x5c / x5chain, leaf first */
    size_t chain_n;
};
NW_MUST_USE enum nw_err nw_status_token_parse(struct nw_slice token, struct nw_status_token *out,
                                              struct nw_checks *checks, struct nw_diag *d);
void nw_status_token_free(struct nw_status_token *t);

struct nw_status_list {
    unsigned bits;
    struct nw_buf packed; /* inflated, owned */
    uint64_t entries;
    int64_t iat, exp, ttl; /* exp, ttl: 0 when absent */
    char uri[512];
};
/* Verifies the token with key, checks sub == uri and the times at `now`, inflates. */
NW_MUST_USE enum nw_err nw_status_list_open(struct nw_crypto *c, const struct nw_status_token *t,
                                            const struct nw_pubkey *key, const char *uri,
                                            int64_t now, int64_t skew, struct nw_status_list *out,
                                            struct nw_checks *checks, struct nw_diag *d);
NW_MUST_USE enum nw_err nw_status_list_get(const struct nw_status_list *l, uint64_t idx,
                                           unsigned *value);
void nw_status_list_free(struct nw_status_list *l);

/* Building. packed: 1 bit per entry, entries/8 bytes. Compressor state is kept for reuse. */
struct nw_status_publish {
    struct nw_slice packed;
    const char *uri;
    int64_t iat, exp, ttl; /* exp, ttl: 0 to leave out */
    const char *aggregation_uri; /* or NULL */
};
NW_MUST_USE enum nw_err nw_status_token_make(struct nw_signer *s, enum nw_token_form form,
                                             const struct nw_status_publish *job,
                                             struct nw_buf *out);

#endif
