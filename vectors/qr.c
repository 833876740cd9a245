#include "qr.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/deflate.h"

/* ---- bytes ---- */

struct nw_buf qr_buf(void)
{
    return NW_BUF(1u << 20);
}

void qr_put_hex(struct nw_buf *b, const char *hex)
{
    gen_ok(nw_hex_decode(nw_str(hex), b, NULL), hex);
}

void qr_set_hex(struct nw_buf *b, const char *hex)
{
    nw_buf_cut(b, 0);
    qr_put_hex(b, hex);
}

void qr_swap(struct nw_buf *b, struct nw_slice from, struct nw_slice to)
{
    struct nw_buf copy = qr_buf();
    size_t at = 0;
    while (at + from.n <= b->n && memcmp(b->p + at, from.p, from.n) != 0) {
        at++;
    }
    if (at + from.n > b->n) {
        gen_die("A11: the bytes to be replaced are not there");
    }
    nw_buf_put(&copy, nw_slice(b->p, at));
    nw_buf_put(&copy, to);
    nw_buf_put(&copy, nw_slice(b->p + at + from.n, b->n - at - from.n));
    nw_buf_cut(b, 0);
    nw_buf_put(b, nw_buf_slice(&copy));
    nw_buf_free(&copy);
}

void qr_swap_hex(struct nw_buf *b, const char *from, const char *to)
{
    struct nw_buf x = qr_buf();
    struct nw_buf y = qr_buf();
    qr_put_hex(&x, from);
    qr_put_hex(&y, to);
    qr_swap(b, nw_buf_slice(&x), nw_buf_slice(&y));
    nw_buf_free(&x);
    nw_buf_free(&y);
}

/* ---- the code, step by step ---- */

struct nw_buf *qr_add_pair(struct qr *q, int64_t key)
{
    struct qr_pair *p = &q->pair[q->pair_n++];
    p->key = qr_buf();
    p->value = qr_buf();
    nw_cbor_put_int(&p->key, key);
    return &p->value;
}

struct qr_pair *qr_find_pair(struct qr *q, int64_t key)
{
    struct nw_buf want = qr_buf();
    struct qr_pair *found = NULL;
    nw_cbor_put_int(&want, key);
    for (size_t i = 0; i < q->pair_n && found == NULL; i++) {
        if (nw_slice_eq(nw_buf_slice(&q->pair[i].key), nw_buf_slice(&want))) {
            found = &q->pair[i];
        }
    }
    nw_buf_free(&want);
    if (found == NULL) {
        gen_die("A11: no claim %lld", (long long)key);
    }
    return found;
}

void qr_last_to(struct qr *q, size_t at)
{
    struct qr_pair last = q->pair[q->pair_n - 1];
    memmove(&q->pair[at + 1], &q->pair[at], (q->pair_n - 1 - at) * sizeof last);
    q->pair[at] = last;
}

void qr_put_status(struct nw_buf *b, uint64_t idx, const char *uri)
{
    nw_cbor_put_map(b, 1);
    nw_cbor_put_text(b, nw_str("status_list"));
    nw_cbor_put_map(b, 2);
    nw_cbor_put_text(b, nw_str("idx"));
    nw_cbor_put_uint(b, idx);
    nw_cbor_put_text(b, nw_str("uri"));
    nw_cbor_put_text(b, nw_str(uri));
}

static void good_claims(struct qr *q)
{
    const struct nw_type *type = nw_type_find(q->w->types, "pda1");
    nw_cbor_put_text(qr_add_pair(q, QR_KEY_ISS), nw_str("PL:ZUSTEST02"));
    nw_cbor_put_uint(qr_add_pair(q, QR_KEY_EXP), QR_EXP);
    nw_cbor_put_uint(qr_add_pair(q, QR_KEY_IAT), QR_IAT);
    qr_put_status(qr_add_pair(q, QR_KEY_STATUS), WORLD_IDX_GOOD, WORLD_STATUS_URI);
    gen_ok(nw_a11_write(type, q->w->record_pl, 1, qr_add_pair(q, NW_A11_CLAIM), NULL), "A11");
}

static void make_payload(struct qr *q)
{
    nw_cbor_put_map(&q->claims, q->pair_n);
    for (size_t i = 0; i < q->pair_n; i++) {
        nw_buf_put(&q->claims, nw_buf_slice(&q->pair[i].key));
        nw_buf_put(&q->claims, nw_buf_slice(&q->pair[i].value));
    }
}

void qr_put_kid(struct qr *q, struct nw_buf *b, const struct nw_signer *s)
{
    uint8_t digest[NW_SHA256_BYTES];
    gen_ok(nw_sha256(q->g->c, world_leaf(s), digest), "kid");
    nw_cbor_put_bytes(b, nw_slice(digest, NW_A11_KID_BYTES));
}

void qr_put_head(struct qr *q, int64_t alg, const struct nw_signer *kid, const char *typ)
{
    struct nw_buf *b = &q->head;
    nw_buf_cut(b, 0);
    nw_cbor_put_map(b, (size_t)(alg != 0) + (kid != NULL) + (typ != NULL));
    if (alg != 0) {
        nw_cbor_put_int(b, 1);
        nw_cbor_put_int(b, alg);
    }
    if (kid != NULL) {
        nw_cbor_put_int(b, 4);
        qr_put_kid(q, b, kid);
    }
    if (typ != NULL) {
        nw_cbor_put_int(b, 16);
        nw_cbor_put_text(b, nw_str(typ));
    }
}

static void sign(struct qr *q)
{
    struct nw_buf tbs = qr_buf();
    nw_cbor_put_array(&tbs, 4);
    nw_cbor_put_text(&tbs, nw_str("Signature1"));
    nw_cbor_put_bytes(&tbs, nw_buf_slice(&q->head));
    nw_cbor_put_bytes(&tbs, NW_SLICE_EMPTY);
    nw_cbor_put_bytes(&tbs, nw_buf_slice(&q->claims));
    struct nw_slice all = nw_buf_slice(&tbs);
    gen_ok(nw_sign(q->signer, &all, 1, q->sig, &q->sig_n), "A11");
    nw_buf_free(&tbs);
}

static void make_token(struct qr *q)
{
    nw_buf_put(&q->token, nw_buf_slice(&q->tag));
    nw_cbor_put_bytes(&q->token, nw_buf_slice(&q->head));
    nw_buf_put(&q->token, nw_buf_slice(&q->bare));
    nw_cbor_put_bytes(&q->token, nw_buf_slice(&q->claims));
    if (q->sig_n > 0) {
        nw_cbor_put_bytes(&q->token, nw_slice(q->sig, q->sig_n));
    }
    nw_buf_put(&q->token, nw_buf_slice(&q->tail));
}

void qr_deflate(struct nw_slice bytes, struct nw_buf *out)
{
    struct nw_deflater *z = NULL;
    gen_ok(nw_deflater_new(NW_DEFLATE_TEXT, &z), "zlib");
    gen_ok(nw_deflate(z, bytes, out), "zlib");
    nw_deflater_free(&z);
}

static void step(struct qr *q, const struct qr_row *row, enum qr_stage stage)
{
    if (row->stage == stage && row->spoil != NULL) {
        row->spoil(q);
    }
}

static void make(struct qr *q, const struct qr_row *row)
{
    good_claims(q);
    step(q, row, QR_CLAIMS);
    make_payload(q);
    step(q, row, QR_PAYLOAD);
    qr_put_hex(&q->tag, "d284");
    qr_put_hex(&q->bare, "a0");
    qr_put_head(q, -7, q->w->body[PARTY_PL].issuer, NW_A11_TYP);
    step(q, row, QR_HEAD);
    sign(q);
    step(q, row, QR_SIGNATURE);
    make_token(q);
    step(q, row, QR_TOKEN);
    qr_deflate(nw_buf_slice(&q->token), &q->packed);
    step(q, row, QR_PACKED);
    nw_buf_puts(&q->text, "A11:");
    nw_base45_encode(nw_buf_slice(&q->packed), &q->text);
    step(q, row, QR_TEXT);
    gen_ok(nw_buf_err(&q->text), row->id);
}

/* ---- rows to files and entries ---- */

static void entry(struct gen *g, const struct qr_row *row, const char *path)
{
    static const char *const issued_later[] = {"I01", NULL};
    char rule[16];
    (void)snprintf(rule, sizeof rule, "%s", row->id);
    *strrchr(rule, '-') = '\0';
    const struct gen_vector v = {
        .id = row->id,
        .rule = rule,
        .clause = row->clause,
        .broken = row->broken,
        .twin = row->twin,
        .input = path,
        .form = "a11",
        .bundle = GOOD_BUNDLE,
        .policy = POLICY,
        .country = "DE",
        .person = PERSON_PL,
        .exit = row->exit,
        .failed = row->failed,
        .decisive = row->decisive,
        .reasons = row->reasons[0] != NULL ? row->reasons
                   : row->decisive == NULL ? issued_later
                                           : NULL,
    };
    gen_vector(g, &v);
}

static void free_qr(struct qr *q)
{
    struct nw_buf *const all[] = {&q->claims, &q->tag,   &q->head,   &q->bare,
                                  &q->tail,   &q->token, &q->packed, &q->text};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        nw_buf_free(all[i]);
    }
    for (size_t i = 0; i < q->pair_n; i++) {
        nw_buf_free(&q->pair[i].key);
        nw_buf_free(&q->pair[i].value);
    }
}

void qr_rows(struct gen *g, const struct world *w, const struct qr_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char path[64];
        struct qr q = {.g = g, .w = w, .signer = w->body[PARTY_PL].issuer};
        struct nw_buf *const all[] = {&q.claims, &q.tag,   &q.head,   &q.bare,
                                      &q.tail,   &q.token, &q.packed, &q.text};
        for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) {
            *all[k] = qr_buf();
        }
        make(&q, &rows[i]);
        (void)snprintf(path, sizeof path, "set/a11/%s.txt", rows[i].id);
        entry(g, &rows[i], gen_input(g, path, nw_buf_slice(&q.text)));
        free_qr(&q);
    }
}

void group_a11(struct gen *g, const struct world *w)
{
    qr_text_rows(g, w);
    qr_token_rows(g, w);
    qr_claims_rows(g, w);
}
