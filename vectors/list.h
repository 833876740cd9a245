/*
 * Lists of trusted entities (TS 119 602 annex H), made by hand: the JSON of a
 * good list, one change to it, to its header or to the signed token.
 */
#ifndef NW_VECTORS_LIST_H
#define NW_VECTORS_LIST_H

#include "case.h"

#define LIST_OPERATOR "set/evidence/list-operator.der"
#define LIST_IAT (GEN_NOW - 14 * 86400)

struct list_job {
    struct gen *g;
    const struct world *w;
    struct nw_signer *signer;  /* signs */
    struct nw_signer *own;     /* one that a row made; freed */
    struct nw_json *header;    /* alg, iat, x5c */
    struct nw_buf header_text; /* instead of the object where it has content */
    struct nw_json *list;
    struct nw_buf payload; /* the list, written */
    uint8_t sig[NW_SIG_MAX];
    size_t sig_n;
    struct nw_buf token;
};

/* Where the fault is put in, as in qr.h. */
enum list_stage { LIST_NEVER, LIST_HEADER, LIST_JSON, LIST_PAYLOAD, LIST_SIGNATURE, LIST_TOKEN };

struct list_row {
    const char *id, *clause, *broken, *twin;
    struct case_edit edit[4]; /* of the list */
    struct case_edit head[3]; /* of the header */
    enum list_stage stage;
    void (*spoil)(struct list_job *j);
    const char *pin;   /* the usual one when NULL */
    const char *state; /* id of the row whose list was accepted before */
    const char *list;  /* kind that is asked for; pub-eaa when NULL */
    bool file_only;
    int exit; /* 0 accepted, 1 with warnings, 2 refused */
    const char *failed[3];
};
void list_rows(struct gen *g, const struct world *w, const struct list_row *rows, size_t n);

#endif
