/* Path Q, for the files qualified*.c only. */
#ifndef NW_TRUST_QUALIFIED_INTERNAL_H
#define NW_TRUST_QUALIFIED_INTERNAL_H

#include "trust/bundle_open.h"
#include "trust/qualification.h"
#include "trust/qualified.h"

struct nw_seal_work {
    struct nw_crypto *c;
    const struct nw_bundle *b;
    const struct nw_seal_policy *policy;
    const struct nw_slice *chain;
    size_t chain_n;
    int64_t signed_at, at;
    enum nw_cert_profile profile;
    struct nw_seal_path *out;
    struct nw_checks *checks;

    struct nw_cert leaf;
    size_t passed;                     /* of the rules QC-01 to QC-06 */
    uint64_t source;                   /* the national list */
    struct nw_slice anchor;            /* the listed certificate that the chain leads to */
    uint32_t services[NW_MAX_ANCHORS]; /* those of its key and name, and of those above it */
    size_t service_n;
    struct nw_bundle_service service; /* the one looked at */
};

/* The link is broken: notes it (the first one stands). */
void nw_seal_break(struct nw_seal_work *w, enum nw_seal_link link, const char *fmt, ...)
    NW_PRINTF(3, 4);

/* Each follows one link further and breaks it or not; an error is our own. */
NW_MUST_USE enum nw_err nw_seal_find_list(struct nw_seal_work *w); /* qualified_list.c */
NW_MUST_USE enum nw_err nw_seal_find_ca(struct nw_seal_work *w);   /* qualified_ca.c */
NW_MUST_USE enum nw_err nw_seal_match_name(struct nw_seal_work *w);
void nw_seal_judge(struct nw_seal_work *w); /* qualified_judge.c */

#endif
