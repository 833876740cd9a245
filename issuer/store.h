/*
 * The store: what an institution must never forget. One seam of domain
 * operations; SQLite implements it (store_sqlite.c), others may.
 *
 *   A1    a record with its A1 number, unique in its institution; withdrawn or not
 *   copy  one issued credential of an A1, with its own place in a status list
 *   list  2^20 places; a place is random, belongs to one copy for ever, and is
 *         durable before it can appear in a signature
 *
 * The order that keeps the promises: begin, add, reserve, commit; sign; begin,
 * issued, commit; hand out. A crash in between loses a place and nothing else:
 * places are never given back.
 *
 * A withdrawal marks the A1, and load_list() reads the mark: all its copies
 * flip together, also those that were only reserved.
 *
 * Every operation returns STORE for trouble of the store itself; the reason is
 * what trouble() says.
 */
#ifndef NW_ISSUER_STORE_H
#define NW_ISSUER_STORE_H

#include "base/buf.h"
#include "crypto/crypto.h"

#define NW_LIST_ENTRIES (1u << 20)
#define NW_LIST_BYTES (NW_LIST_ENTRIES / 8)
#define NW_MAX_DOCUMENT_ID 65 /* V18, imports from others */
#define NW_STORE_URI 512

struct nw_a1 {
    int64_t id;
    char document_id[NW_MAX_DOCUMENT_ID + 1];
    uint8_t content[NW_SHA256_BYTES]; /* of the record as it was normalised */
    char issued_on[11];               /* YYYY-MM-DD */
    bool withdrawn;
    char reason[32], effective_from[11]; /* when withdrawn */
    int64_t withdrawn_at;
};

struct nw_copy {
    int64_t a1;
    unsigned list; /* from 1 on */
    uint32_t idx;
    char uri[NW_STORE_URI]; /* of the list */
};

/* What was ever given out; none of it can become less. */
struct nw_counts {
    unsigned lists;
    uint64_t places, withdrawn;
};

struct nw_store;
struct nw_store_ops {
    enum nw_err (*begin)(struct nw_store *s);
    enum nw_err (*commit)(struct nw_store *s); /* returns when it is on the disk */
    void (*rollback)(struct nw_store *s);      /* legal without begin */

    /* NOT_FOUND when there is none. */
    enum nw_err (*find)(struct nw_store *s, const char *document_id, struct nw_a1 *out);
    /* EXISTS when the number is taken. Fills a1->id. pin: for earlier(). */
    enum nw_err (*add)(struct nw_store *s, struct nw_a1 *a1, const char *pin,
                       struct nw_slice record);
    enum nw_err (*record)(struct nw_store *s, int64_t a1, struct nw_buf *json);
    /* i-th newest record of the person that is not withdrawn and has another number; NOT_FOUND. */
    enum nw_err (*earlier)(struct nw_store *s, const char *pin, const char *document_id, size_t i,
                           struct nw_buf *json);
    enum nw_err (*withdraw)(struct nw_store *s, int64_t a1, const char *reason,
                            const char *effective_from, int64_t now);

    /* Takes a random free place for a new copy. */
    enum nw_err (*reserve)(struct nw_store *s, int64_t a1, const char *form, const char *profile,
                           int64_t now, struct nw_copy *out);
    enum nw_err (*issued)(struct nw_store *s, const struct nw_copy *copy, struct nw_slice token,
                          int64_t iat, int64_t exp);
    /* Token of the first issued copy of this form and profile; NOT_FOUND. */
    enum nw_err (*token)(struct nw_store *s, int64_t a1, const char *form, const char *profile,
                         struct nw_buf *token);

    enum nw_err (*counts)(struct nw_store *s, struct nw_counts *out);
    enum nw_err (*list_count)(struct nw_store *s, unsigned *n);
    /* NW_LIST_BYTES packed bits and the address; NOT_FOUND. */
    enum nw_err (*load_list)(struct nw_store *s, unsigned list, struct nw_buf *packed,
                             char uri[NW_STORE_URI]);

    const char *(*trouble)(const struct nw_store *s);
    void (*close)(struct nw_store *s);
};
struct nw_store {
    const struct nw_store_ops *ops;
};

/* status_base: lists get the addresses status_base/1, status_base/2, ... Copied. c is borrowed.
 * make: a new store; the file must not be there yet. Otherwise it must be there and of this
 * version: HOME_HALF, STORE_VERSION, STORE. */
NW_MUST_USE enum nw_err nw_store_sqlite_open(struct nw_crypto *c, const char *path,
                                             const char *status_base, bool make,
                                             struct nw_store **out, struct nw_diag *d);
void nw_store_close(struct nw_store **s);

#endif
