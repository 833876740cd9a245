/*
 * The A11 code, made step by step so that one step can be spoilt. What is
 * broken inside is compressed and written as it should be outside, and claims
 * that are wrong are signed: only the check that the row names can notice.
 */
#ifndef NW_VECTORS_QR_H
#define NW_VECTORS_QR_H

#include "groups.h"
#include "seal/seal.h"

#define QR_KEY_ISS 1
#define QR_KEY_EXP 4
#define QR_KEY_IAT 6
#define QR_KEY_CNF 8
#define QR_KEY_STATUS 65535
#define QR_PAIRS 12
#define QR_EXP (GEN_NOW + 90 * 86400)
#define QR_IAT (GEN_NOW - 86400)

struct qr_pair {
    struct nw_buf key, value;
};

struct qr {
    struct gen *g;
    const struct world *w;
    struct nw_signer *signer;
    struct qr_pair pair[QR_PAIRS]; /* the claims, in order */
    size_t pair_n;
    struct nw_buf claims;     /* payload */
    struct nw_buf tag;        /* tag and head of the array */
    struct nw_buf head, bare; /* protected and unprotected map */
    struct nw_buf tail;       /* after the signature */
    uint8_t sig[NW_SIG_MAX];
    size_t sig_n;
    struct nw_buf token, packed, text;
};

/* When the fault is put in: the step before is done, the ones after follow the rules. */
enum qr_stage {
    QR_NEVER,
    QR_CLAIMS,    /* pairs, before they are written */
    QR_PAYLOAD,   /* written, not signed */
    QR_HEAD,      /* headers and signer */
    QR_SIGNATURE, /* signed */
    QR_TOKEN,     /* put together */
    QR_PACKED,    /* compressed */
    QR_TEXT,
};

struct qr_row {
    const char *id, *clause, *broken, *twin;
    enum qr_stage stage;
    void (*spoil)(struct qr *q);
    int exit;
    const char *failed[3];
    const char *decisive;
    const char *reasons[4]; /* none: the decisive one alone, or I01 alone */
};
/* A row that ends in red: id, clause, what is broken, twin, stage, function, rule, reason. */
#define QR_RED(i, c, b, t, s, f, rule, code)                                                       \
    {                                                                                              \
        .id = (i), .clause = (c), .broken = (b), .twin = (t), .stage = (s), .spoil = (f),          \
        .exit = 2, .failed = {rule}, .decisive = (code)                                            \
    }

/* Makes, writes and enters every row. */
void qr_rows(struct gen *g, const struct world *w, const struct qr_row *rows, size_t n);

struct nw_buf qr_buf(void);
void qr_put_hex(struct nw_buf *b, const char *hex);
void qr_set_hex(struct nw_buf *b, const char *hex);
/* The first occurrence of `from` becomes `to`; dies when there is none. */
void qr_swap(struct nw_buf *b, struct nw_slice from, struct nw_slice to);
void qr_swap_hex(struct nw_buf *b, const char *from, const char *to);
void qr_deflate(struct nw_slice bytes, struct nw_buf *out);
/* An empty claim at the end; its value is to be filled. */
struct nw_buf *qr_add_pair(struct qr *q, int64_t key);
struct qr_pair *qr_find_pair(struct qr *q, int64_t key);
/* Moves the last claim to this place. */
void qr_last_to(struct qr *q, size_t at);
void qr_put_status(struct nw_buf *b, uint64_t idx, const char *uri);
/* Protected header {1: alg, 4: kid, 16: typ}; 0, NULL and NULL leave a member out. */
void qr_put_head(struct qr *q, int64_t alg, const struct nw_signer *kid, const char *typ);
void qr_put_kid(struct qr *q, struct nw_buf *b, const struct nw_signer *s);

void qr_text_rows(struct gen *g, const struct world *w);
void qr_token_rows(struct gen *g, const struct world *w);
void qr_claims_rows(struct gen *g, const struct world *w);

#endif
