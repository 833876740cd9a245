/*
 * Status list tokens made step by step, so that one step can be spoilt: the
 * entries, the compression, the claims, the header, the signature.
 */
#ifndef NW_VECTORS_STATUS_TOKEN_H
#define NW_VECTORS_STATUS_TOKEN_H

#include "groups.h"

#define TOKEN_LIST_MAX (4u << 20)

struct token {
    struct gen *g;
    const struct world *w;
    struct nw_signer *signer, *own;   /* own: made by the row, freed with it */
    struct nw_json *header, *payload; /* without lst until the end */
    bool hmac, unsigned_token;
    unsigned bits;                        /* of an entry; says nothing about the claim */
    uint8_t packed[WORLD_STATUS_ENTRIES]; /* 8 bits an entry at most */
    struct nw_buf zlib;                   /* filled by a row: taken as it is */
    struct nw_buf out;
};

/* A good list of PL, made an hour ago, in which WORLD_IDX_WITHDRAWN is 1. */
void token_open(struct token *t, struct gen *g, const struct world *w);
void token_close(struct token *t);
/* The next steps; the JWT is in out afterwards. */
void token_compress(struct token *t);
void token_write(struct token *t);
/* Value of an entry, in units of bits. */
void token_set(struct token *t, uint64_t idx, unsigned value);
/* Entries of this width: everything 0 again. */
void token_width(struct token *t, unsigned bits);
/* A claim that is a number. */
void token_number(struct token *t, const char *name, int64_t v);
/* Signed by this one, who shows its certificate. */
void token_by(struct token *t, struct nw_signer *s);

struct token_case {
    const char *id, *clause, *broken, *twin;
    void (*spoil)(struct token *t);  /* before compression, unless it fills zlib */
    void (*packed)(struct token *t); /* the compressed list in zlib */
    void (*after)(struct token *t);  /* out */
    bool a11;             /* checked for an A11 and in the form of a CWT, which `after` makes */
    bool no_list;         /* the verifier holds none */
    bool whole_world;     /* the others' services count: not only PL is listed */
    uint64_t idx;         /* of the credential; 0: the usual good one */
    const char *idx_json; /* instead of a number that is one */
    int exit;
    const char *failed[2];
    const char *decisive;
    const char *reasons[4]; /* none: I01 alone */
};
/* How rows end: the question stays open, or the A1 was withdrawn. I01: issued after the period
 * began. */
#define OPEN(...) .exit = 1, .failed = {__VA_ARGS__}, .decisive = "A01", .reasons = {"A01", "I01"}
#define WITHDRAWN .exit = 2, .failed = {"STS-05"}, .decisive = "R03", .reasons = {"R03", "I01"}

void token_cases(struct gen *g, const struct world *w, const struct token_case *rows, size_t n);
void status_list_rows(struct gen *g, const struct world *w); /* STS-04 to STS-06 */

#endif
