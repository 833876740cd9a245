/*
 * Token Status List (draft-21, RFC-to-be), as JWT and as CWT.
 *
 * A list is packed bits, least significant first, zlib-compressed, inside a
 * signed token whose sub is the list's own address. Opening a token checks, in
 * this order and stopping at the first failure:
 *   STS-02  type, tag, algorithm, signature
 *   STS-03  sub, iat, nbf, exp, ttl
 *   STS-04  bits, zlib stream, size
 * A look-up adds STS-04 (range) and STS-05 (value).
 *
 * exp passed fails the list: it says nothing any more. ttl passed does not: the
 * list may be used, but a newer one should have been had, so STS-03 is then
 * *not done* and no verdict built on it can be green.
 *
 * Reading 1, 2, 4, 8 bits; writing 1 bit. Inflation is bounded by
 * NW_MAX_STATUS_LIST. Keys in CBOR: 65533 status_list, 65534 ttl, 65535 status.
 *
 * What this does not check: whether the signer may speak for the issuer
 * (STS-06) and whether the referenced token is good (STS-01). The caller gives
 * the key that the token's chain or the bundle led to.
 */
#ifndef NW_STATUS_STATUS_H
#define NW_STATUS_STATUS_H

#include "base/check.h"
#include "base/deflate.h"
#include "cose/cose.h"
#include "jose/jws.h"

enum nw_token_form { NW_TOKEN_JWT, NW_TOKEN_CWT };

/* status.status_list of a credential; in an mdoc also status.identifier_list. */
#define NW_STATUS_ID_MAX 64
struct nw_status_ref {
    bool present;
    uint64_t idx;
    char uri[512];
    bool identifier; /* identifier_list: id instead of idx */
    uint8_t id[NW_STATUS_ID_MAX];
    size_t id_n;
    struct nw_slice certificate; /* mdoc: DER of the list's own trust point, or empty; borrowed */
};
/* From the processed payload's "status" (JSON), or the raw CBOR value of claim 65535. No mechanism
 * that is known: STATUS_MECHANISM. A negative or non-integer idx, a uri that is none: CLAIM_*; also
 * a second mechanism in CBOR. In JSON others may stand beside status_list (TSL 6.1) and are passed
 * over, but for the flat type, index and uri of TS 119 472-1, which must say the same.
 * status == NULL (JSON) or empty (CBOR): OK and not present. */
NW_MUST_USE enum nw_err nw_status_ref_json(const struct nw_json *status, struct nw_status_ref *out,
                                           struct nw_diag *d);
NW_MUST_USE enum nw_err nw_status_ref_cbor(struct nw_slice status, struct nw_status_ref *out,
                                           struct nw_diag *d);
/* From the status of an MSO: one of status_list and identifier_list (ISO/IEC 18013-5, second
 * edition, 12.3.6). */
NW_MUST_USE enum nw_err nw_status_ref_mso(struct nw_slice status, struct nw_status_ref *out,
                                          struct nw_diag *d);

/* A token, form detected, not yet verified: for finding the key. */
struct nw_status_token {
    enum nw_token_form form;
    struct nw_jws jws;            /* form JWT */
    struct nw_cose_sign1 cose;    /* form CWT, over the input */
    const struct nw_slice *chain; /* x5c / x5chain, leaf first */
    size_t chain_n;
    bool short_typ;   /* CWT whose type lacks "application/": accepted, worth a remark */
    bool identifiers; /* CWT of type identifierlist+cwt */
};
/* out->chain points into out: pass it by pointer, do not copy it. */
NW_MUST_USE enum nw_err nw_status_token_parse(struct nw_slice token, struct nw_status_token *out,
                                              struct nw_checks *checks, struct nw_diag *d);
void nw_status_token_free(struct nw_status_token *t);

struct nw_status_list {
    unsigned bits;
    struct nw_buf packed; /* inflated, owned */
    uint64_t entries;
    int64_t iat, exp, ttl; /* exp, ttl: 0 when absent */
    bool ttl_passed;       /* iat + ttl is over: STS-03 is not done */
    char uri[512];
};
/* Verifies the token with key, checks sub == uri and the times at `now`, inflates. */
NW_MUST_USE enum nw_err nw_status_list_open(struct nw_crypto *c, const struct nw_status_token *t,
                                            const struct nw_pubkey *key, const char *uri,
                                            int64_t now, int64_t skew, struct nw_status_list *out,
                                            struct nw_checks *checks, struct nw_diag *d);
NW_MUST_USE enum nw_err nw_status_list_get(const struct nw_status_list *l, uint64_t idx,
                                           unsigned *value);
/* Look-up with its checks: STATUS_INDEX (STS-04), STATUS_INVALID for every value but 0 (STS-05). */
NW_MUST_USE enum nw_err nw_status_list_check(const struct nw_status_list *l, uint64_t idx,
                                             struct nw_checks *checks, struct nw_diag *d);
void nw_status_list_free(struct nw_status_list *l);

/* An identifier list (ISO/IEC 18013-5, second edition, 12.3.6.4): who is listed is revoked. CWT
 * only, claim 65530 = {identifiers: {bstr: {}}}. */
struct nw_identifier_list {
    struct nw_slice identifiers; /* raw map, over the token */
    int64_t iat, exp, ttl;       /* exp, ttl: 0 when absent */
    bool ttl_passed;
};
/* STS-02 to STS-04 as for a status list. */
NW_MUST_USE enum nw_err nw_identifier_list_open(struct nw_crypto *c,
                                                const struct nw_status_token *t,
                                                const struct nw_pubkey *key, const char *uri,
                                                int64_t now, int64_t skew,
                                                struct nw_identifier_list *out,
                                                struct nw_checks *checks, struct nw_diag *d);
bool nw_identifier_list_has(const struct nw_identifier_list *l, struct nw_slice id);

/* Building. packed: 1 bit per entry, entries/8 bytes. Whoever makes many lists keeps one deflater
 * (NW_DEFLATE_SPARSE): making one costs more than compressing a list. */
struct nw_status_publish {
    struct nw_slice packed;
    const char *uri;
    int64_t iat, exp, ttl;        /* exp, ttl: 0 to leave out */
    const char *aggregation_uri;  /* or NULL */
    struct nw_deflater *deflater; /* NULL: one is made for this token */
};
NW_MUST_USE enum nw_err nw_status_token_make(struct nw_signer *s, enum nw_token_form form,
                                             const struct nw_status_publish *job,
                                             struct nw_buf *out);

#endif
