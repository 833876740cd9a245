/*
 * Trusted lists in XML (ETSI TS 119 612): the list of one state with one
 * provider, the list of lists that names who signs it, a pivot; and a list of
 * trusted entities in XML (TS 119 602). tslist.h writes and signs them; a row
 * says what is different.
 */
#ifndef NW_VECTORS_TL_H
#define NW_VECTORS_TL_H

#include "groups.h"
#include "tslist.h"

#define TL_OPERATOR "set/lists/tl-operator.der"
#define TL_LOTL_SIGNER "set/lists/lotl-signer.der"
#define TL_JOURNAL "https://vectors.example/oj/2026"
#define TL_RSA2048 "set/lists/list-rsa2048.der"
#define TL_RSA1024 "set/lists/list-rsa1024.der"

struct tl {
    struct gen *g;
    const struct world *w;
    struct nw_signer *pl, *de;    /* operators of the lists of PL and DE, each named for its own */
    struct nw_signer *stranger;   /* bears PL's operator name, named by nobody */
    struct nw_signer *lotl;       /* signs the lists of lists; published in the Journal */
    struct nw_signer *lotl_later; /* the next one, named by the pivot */
    struct nw_signer *qtsp;       /* a CA for seals, listed by PL */
    struct tl_rsa *rsa2048, *rsa1024;
};
void tl_make(struct gen *g, const struct world *w, struct tl *t);
void tl_free(struct tl *t);

/* Everything that a list is written from; a row's hook changes it. */
struct tl_model {
    const struct tl *t;
    struct tslist list;
    struct tslist_entity entity;
    struct tslist_service services[2];
    struct tslist_pointer pointers[4];
    struct tslist_signer signer;
    struct tslist_job job;
    const char *note; /* what one hook tells another */
};

enum tl_base { TL_NATIONAL = 0, TL_LIST_OF_LISTS, TL_PIVOT, TL_LOTE };

struct tl_row {
    const char *id, *clause, *broken, *twin;
    enum tl_base base;
    void (*model)(struct tl_model *m); /* before it is written */
    struct tslist_change change[3];    /* those with a text */
    enum tslist_stage stage;           /* of the hook */
    void (*spoil)(struct tslist_job *j);
    void (*file)(struct tl_model *m, struct nw_buf *file); /* the whole file, at the end */
    const char *pin;                                       /* the usual one of the base when NULL */
    const char *state;     /* id of the row whose list was accepted before */
    const char *lotl;      /* id of the row whose list of lists names the signer */
    const char *pivots[3]; /* ids of rows */
    const char *journal, *kind, *territory, *at;
    int64_t padded_to;
    const char *xmlsec1; /* "refuses", "accepts", "accepts-with-ids"; NULL: accept rows accept */
    bool file_only;
    int exit;
    const char *failed[3];
    const char *code, *place;
    int granted; /* + 1; 0: not said */
};
void tl_rows(struct tl *t, const struct tl_row *rows, size_t n);
/* The bytes of a row's file, for rows that put one into another. */
void tl_file(const struct tl *t, const struct tl_row *row, struct nw_buf *out);

/* Moves what stands from the first `from` to the end of the next `to` into piece. */
void tl_take(struct nw_buf *file, const char *from, const char *to, struct nw_buf *piece);
/* Inserts before the first place of a text. */
void tl_put(struct nw_buf *file, const char *before, struct nw_slice piece);

/* RSA with PKCS#1 v1.5 padding, on PSA; the core itself signs with P-256 only. */
struct tl_rsa;
struct tl_rsa *tl_rsa_open(struct gen *g, const char *name); /* vectors/fixed/NAME.der and -key */
struct tslist_signer tl_rsa_signer(struct tl_rsa *key, bool sha1);
struct nw_slice tl_rsa_cert(const struct tl_rsa *key);
void tl_rsa_free(struct tl_rsa **key);
/* Fits tslist_job.digest. */
enum nw_err tl_sha1(void *ctx, struct nw_slice of, struct nw_buf *out);

/* Groups of rows, in the order of the rules. */
void tl_group_form(struct tl *t);      /* TL-01, TL-02 */
void tl_group_structure(struct tl *t); /* TL-03 */
void tl_group_signed(struct tl *t);    /* TL-04 */
void tl_group_signer(struct tl *t);    /* TL-05 to TL-07 */
void tl_group_meaning(struct tl *t);   /* TL-08 to TL-11 */
void tl_group_lote(struct tl *t);      /* LOTE-01 to LOTE-04, in XML */

#endif
