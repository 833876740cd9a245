/*
 * The frame of the vector generator: an output folder that is written or
 * compared, a manifest that grows, fixed keys, fixed salts, a fixed clock.
 *
 * A group file (gen_sdjwt.c, ...) makes its good input once and then, for each
 * refuse vector, makes it again with one fault. Everything is signed on PSA,
 * whose ECDSA is deterministic, so that the same generator gives the same
 * bytes. Failing is simple here: gen_die() with a sentence.
 */
#ifndef NW_VECTORS_GEN_H
#define NW_VECTORS_GEN_H

#include "base/buf.h"
#include "crypto/signer.h"
#include "json/json.h"

/* Mid-2026, inside the period of every sample A1. */
#define GEN_NOW 1781517600 /* 2026-06-15T10:00:00Z */
#define GEN_NOW_TEXT "2026-06-15T10:00:00Z"

struct gen_known;

struct gen {
    struct nw_crypto *c; /* PSA */
    const char *dir;
    bool compare;         /* check instead of write */
    unsigned differences; /* files that differ or are missing */
    unsigned files;
    struct nw_json *vectors;  /* array of the manifest */
    struct nw_json *evidence; /* object: path of a bundle to the file with the same facts */
    uint64_t salt_counter;
    struct gen_known *known; /* inputs written so far */
};

__attribute__((noreturn)) void gen_die(const char *fmt, ...) NW_PRINTF(1, 2);
void gen_ok(enum nw_err e, const char *what); /* dies unless NW_OK */

/* Writes or compares dir/path. */
void gen_file(struct gen *g, const char *path, struct nw_slice bytes);

/* Writes an input of a vector, or finds that the same bytes are there already: the path to name.
 * Lives as long as g. */
const char *gen_input(struct gen *g, const char *path, struct nw_slice bytes);

/* Deterministic stand-in for randomness: SHA-256 of a counter. Fits nw_random_fn; ctx is the gen.
 */
enum nw_err gen_random(void *ctx, uint8_t *out, size_t n);
void gen_random_restart(struct gen *g, const char *label);

/* One manifest entry. Strings are borrowed for the call; NULL leaves a member out. */
struct gen_vector {
    const char *id, *rule, *clause;
    const char *broken, *twin; /* both NULL: accept */
    const char *judge;         /* "verifier" (default), "trust", "issuer" */
    const char *input;
    const char *const *inputs; /* NULL-terminated */
    const char *form;
    const char *at;                      /* GEN_NOW_TEXT when NULL */
    const char *transcript, *reader_key; /* of an mdoc's session */
    const char *bundle, *policy, *country, *employer, *site, *nonce, *audience, *person, *pid;
    const char *seen; /* "application", "paper": there is no credential */
    const char *list; /* kind of trust list that is asked for */
    const char *const *signers;
    const char *state;
    const char *territory, *journal, *lotl; /* of XML lists, as nachweis-trust verify takes them */
    const char *const *pivots;
    int64_t padded_to;   /* spaces follow the input up to this length; 0: none */
    const char *xmlsec1; /* what a plain check of the XML signature says */
    int exit;
    const char *verdict;        /* derived from exit for the verifier when NULL */
    const char *const *failed;  /* NULL-terminated; NULL: none */
    const char *decisive;       /* "" or NULL: none */
    const char *const *reasons; /* NULL-terminated; NULL: decisive alone, or none */
    const char *code, *place;   /* of a refused list; place: of the first warning as well */
    const int *granted;         /* services that count now; NULL: not said */
};
void gen_vector(struct gen *g, const struct gen_vector *v);
/* Dies unless every rule has both kinds and every twin is there. */
void gen_coverage(const struct gen *g);
void gen_free(struct gen *g);

#endif
