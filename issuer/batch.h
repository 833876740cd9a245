/*
 * Batches: many records at once, in two transactions. The first enters the
 * records and takes their places; only when it is on the disk is anything
 * signed; the second keeps the credentials. Results are told after that.
 *
 * Killed anywhere, the same file can be imported again: what has its
 * credential is unchanged, what has none gets a new place.
 */
#ifndef NW_ISSUER_BATCH_H
#define NW_ISSUER_BATCH_H

#include "mint.h"

#define NW_BATCH 200

enum nw_batch_result { NW_REJECTED = 0, NW_ACCEPTED, NW_UNCHANGED };
struct nw_batch_item {
    uint64_t line;
    bool good; /* the record could be read */
    struct nw_record record;
    struct nw_findings findings;
    enum nw_batch_result result;
    struct nw_a1 a1;
    struct nw_copy copy;
    struct nw_minted minted; /* NW_ACCEPTED, not in a dry run */
};

/* What a dry run would have entered: numbers with their contents. */
struct nw_batch_seen {
    uint64_t *pairs; /* number, content; 0 is free */
    size_t cap, n;
};
void nw_batch_seen_free(struct nw_batch_seen *s);

/* dry: nothing is written or signed; seen (never NULL then) takes the place of what would be. */
NW_MUST_USE enum nw_err nw_batch_run(const struct nw_home *h, const struct nw_mint_job *job,
                                     struct nw_batch_item *items, size_t n,
                                     struct nw_batch_seen *dry, struct nw_diag *d);
/* Frees what the items own and sets n to 0. */
void nw_batch_clear(struct nw_batch_item *items, size_t *n);

#endif
