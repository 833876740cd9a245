/* QR-04: claims and times of the A11 code. All claims are validly signed. */
#include <string.h>

#include "qr.h"

static void drop(struct qr *q, int64_t key)
{
    struct qr_pair *p = qr_find_pair(q, key);
    nw_buf_free(&p->key);
    nw_buf_free(&p->value);
    q->pair_n--;
    memmove(p, p + 1, (size_t)(&q->pair[q->pair_n] - p) * sizeof *p);
}
static void time_claim(struct qr *q, int64_t key, int64_t v)
{
    struct nw_buf *b = &qr_find_pair(q, key)->value;
    nw_buf_cut(b, 0);
    nw_cbor_put_int(b, v);
}

static void claims_duplicate(struct qr *q)
{
    struct nw_buf *value = qr_add_pair(q, QR_KEY_EXP);
    nw_cbor_put_uint(value, QR_EXP);
    qr_last_to(q, 2);
}
static void claims_unsorted(struct qr *q)
{
    struct qr_pair first = q->pair[0];
    q->pair[0] = q->pair[1];
    q->pair[1] = first;
}
static void claims_indefinite(struct qr *q)
{
    q->claims.p[0] = 0xbf;
    nw_buf_putc(&q->claims, 0xff);
}
static void claims_trailing(struct qr *q)
{
    nw_buf_putc(&q->claims, 0xf6);
}
static void claims_utf8(struct qr *q)
{
    qr_swap(&q->claims, nw_str("Stalbud"),
            nw_str("Stal\xff"
                   "ud"));
}
/* exp in eight bytes where four are enough. */
static void claims_long_exp(struct qr *q)
{
    qr_swap_hex(&qr_find_pair(q, QR_KEY_EXP)->value, "1a", "1b00000000");
}
static void claims_float_exp(struct qr *q)
{
    qr_set_hex(&qr_find_pair(q, QR_KEY_EXP)->value, "fb41daa00000000000"); /* 1786773504.0 */
}
static void claims_tagged_exp(struct qr *q)
{
    struct nw_buf *b = &qr_find_pair(q, QR_KEY_EXP)->value;
    qr_swap_hex(b, "1a", "c11a");
}
static void claims_no_exp(struct qr *q)
{
    drop(q, QR_KEY_EXP);
}
static void claims_no_iat(struct qr *q)
{
    drop(q, QR_KEY_IAT);
}
static void claims_no_iss(struct qr *q)
{
    drop(q, QR_KEY_ISS);
}
static void claims_no_a1(struct qr *q)
{
    drop(q, NW_A11_CLAIM);
}
static void claims_no_status(struct qr *q)
{
    drop(q, QR_KEY_STATUS);
}
static void claims_one_day(struct qr *q)
{
    claims_no_status(q);
    time_claim(q, QR_KEY_IAT, GEN_NOW - 3600);
    time_claim(q, QR_KEY_EXP, GEN_NOW - 3600 + 86400);
}
static void claims_one_day_and_a_second(struct qr *q)
{
    claims_one_day(q);
    time_claim(q, QR_KEY_EXP, GEN_NOW - 3600 + 86401);
}
static void claims_exp_is_iat(struct qr *q)
{
    time_claim(q, QR_KEY_EXP, QR_IAT);
}
static void claims_exp_now(struct qr *q)
{
    time_claim(q, QR_KEY_EXP, GEN_NOW);
}
static void claims_exp_next_second(struct qr *q)
{
    time_claim(q, QR_KEY_EXP, GEN_NOW + 1);
}
static void claims_iat_skew(struct qr *q)
{
    time_claim(q, QR_KEY_IAT, GEN_NOW + 300);
}
static void claims_iat_future(struct qr *q)
{
    time_claim(q, QR_KEY_IAT, GEN_NOW + 301);
}
static void insert(struct qr *q, size_t at, int64_t key, const char *value)
{
    qr_put_hex(qr_add_pair(q, key), value);
    qr_last_to(q, at);
}
static void claims_nbf(struct qr *q)
{
    insert(q, 2, 5, "1a6a2e0000"); /* nbf, long past */
}
static void claims_aud(struct qr *q)
{
    insert(q, 1, 3, "6178");
}
/* Claim 100 is not known to this format. */
static void claims_unknown(struct qr *q)
{
    insert(q, 3, 100, "01");
}
static void claims_cnf(struct qr *q)
{
    struct nw_buf *b = qr_add_pair(q, QR_KEY_CNF);
    nw_cbor_put_map(b, 1);
    nw_cbor_put_int(b, 1);
    gen_ok(nw_cose_key_write(nw_signer_pubkey(q->w->holder), true, b), "cnf");
    qr_last_to(q, 3);
}
static void claims_iss_long(struct qr *q)
{
    struct nw_buf *b = &qr_find_pair(q, QR_KEY_ISS)->value;
    nw_buf_cut(b, 0);
    nw_cbor_put_text(b, nw_str("PL:ZUSTEST02-ZUSTEST02-ZUSTEST02-X"));
}
static void claims_iss_bytes(struct qr *q)
{
    struct nw_buf *b = &qr_find_pair(q, QR_KEY_ISS)->value;
    nw_buf_cut(b, 0);
    nw_cbor_put_bytes(b, nw_str("PL:ZUSTEST02"));
}
static void claims_idx_negative(struct qr *q)
{
    qr_swap_hex(&qr_find_pair(q, QR_KEY_STATUS)->value, "1903e8", "3903e7"); /* 1000, -1000 */
}
static void claims_uri_http(struct qr *q)
{
    struct nw_buf *b = &qr_find_pair(q, QR_KEY_STATUS)->value;
    nw_buf_cut(b, 0);
    qr_put_status(b, WORLD_IDX_GOOD, "http://status.zus.example/a1/1");
}
static void claims_uri_file(struct qr *q)
{
    struct nw_buf *b = &qr_find_pair(q, QR_KEY_STATUS)->value;
    nw_buf_cut(b, 0);
    qr_put_status(b, WORLD_IDX_GOOD, "file:///a1/1");
}

/* ---- rows ---- */

#define CBOR "A11 3; RFC 8949 4.2.1"
#define CLAIMS "A11 4"
#define TIMES "A11 7, step 9"

static const struct qr_row rows[] = {
    {.id = "QR-04-a1", .clause = CLAIMS},
    {.id = "QR-04-a2", .clause = CLAIMS, .stage = QR_CLAIMS, .spoil = claims_one_day},
    {.id = "QR-04-a3", .clause = CLAIMS, .stage = QR_CLAIMS, .spoil = claims_unknown},
    {.id = "QR-04-a4", .clause = TIMES, .stage = QR_CLAIMS, .spoil = claims_iat_skew},
    {.id = "QR-04-a5", .clause = TIMES, .stage = QR_CLAIMS, .spoil = claims_exp_next_second},
    {.id = "QR-04-a6", .clause = "A11 4", .stage = QR_CLAIMS, .spoil = claims_cnf},
    QR_RED("QR-04-r1", CBOR, "exp stands twice", "QR-04-a1", QR_CLAIMS, claims_duplicate, "QR-04",
           "R01"),
    QR_RED("QR-04-r2", CBOR, "exp stands before iss", "QR-04-a1", QR_CLAIMS, claims_unsorted,
           "QR-04", "R01"),
    QR_RED("QR-04-r3", CBOR, "the map has no definite length", "QR-04-a1", QR_PAYLOAD,
           claims_indefinite, "QR-04", "R01"),
    QR_RED("QR-04-r4", CBOR, "an item follows the claims", "QR-04-a1", QR_PAYLOAD, claims_trailing,
           "QR-04", "R01"),
    QR_RED("QR-04-r5", "RFC 8949 3.1", "a text is not UTF-8", "QR-04-a1", QR_PAYLOAD, claims_utf8,
           "QR-04", "R01"),
    QR_RED("QR-04-r6", CBOR, "exp takes eight bytes", "QR-04-a1", QR_CLAIMS, claims_long_exp,
           "QR-04", "R01"),
    QR_RED("QR-04-r7", CLAIMS, "exp is a float", "QR-04-a1", QR_CLAIMS, claims_float_exp, "QR-04",
           "R01"),
    QR_RED("QR-04-r8", "A11 4; RFC 8392 2", "exp has a tag", "QR-04-a1", QR_CLAIMS,
           claims_tagged_exp, "QR-04", "R01"),
    QR_RED("QR-04-r9", CLAIMS, "exp is missing", "QR-04-a1", QR_CLAIMS, claims_no_exp, "QR-04",
           "R01"),
    QR_RED("QR-04-r10", CLAIMS, "iat is missing", "QR-04-a1", QR_CLAIMS, claims_no_iat, "QR-04",
           "R01"),
    QR_RED("QR-04-r11", CLAIMS, "iss is missing", "QR-04-a1", QR_CLAIMS, claims_no_iss, "QR-04",
           "R01"),
    QR_RED("QR-04-r12", CLAIMS, "the A1 is missing", "QR-04-a1", QR_CLAIMS, claims_no_a1, "QR-04",
           "R01"),
    QR_RED("QR-04-r13", CLAIMS, "a life of 24 hours and a second without a status reference",
           "QR-04-a2", QR_CLAIMS, claims_one_day_and_a_second, "QR-04", "R01"),
    QR_RED("QR-04-r14", CLAIMS, "exp is not after iat", "QR-04-a1", QR_CLAIMS, claims_exp_is_iat,
           "QR-04", "R01"),
    QR_RED("QR-04-r15", CLAIMS, "there is a claim nbf", "QR-04-a1", QR_CLAIMS, claims_nbf, "QR-04",
           "R01"),
    QR_RED("QR-04-r16", CLAIMS, "there is a claim aud", "QR-04-a1", QR_CLAIMS, claims_aud, "QR-04",
           "R01"),
    QR_RED("QR-04-r17", CLAIMS, "iss has more than 32 bytes", "QR-04-a1", QR_CLAIMS,
           claims_iss_long, "QR-04", "R01"),
    QR_RED("QR-04-r18", CLAIMS, "iss is a byte string", "QR-04-a1", QR_CLAIMS, claims_iss_bytes,
           "QR-04", "R01"),
    QR_RED("QR-04-r19", "A11 4; TSL 6.3", "the index of the status list is negative", "QR-04-a1",
           QR_CLAIMS, claims_idx_negative, "QR-04", "R01"),
    QR_RED("QR-04-r20", CLAIMS, "the address of the status list is http", "QR-04-a1", QR_CLAIMS,
           claims_uri_http, "QR-04", "R01"),
    QR_RED("QR-04-r21", CLAIMS, "the address of the status list is a file", "QR-04-a1", QR_CLAIMS,
           claims_uri_file, "QR-04", "R01"),
    {.id = "QR-04-r22",
     .clause = TIMES,
     .broken = "exp is this very second",
     .twin = "QR-04-a5",
     .stage = QR_CLAIMS,
     .spoil = claims_exp_now,
     .exit = 2,
     .failed = {"QR-04"},
     .decisive = "R04",
     .reasons = {"R04", "I01"}},
    {.id = "QR-04-r23",
     .clause = TIMES,
     .broken = "iat is 301 seconds ahead",
     .twin = "QR-04-a4",
     .stage = QR_CLAIMS,
     .spoil = claims_iat_future,
     .exit = 2,
     .failed = {"QR-04"},
     .decisive = "R04",
     .reasons = {"R04", "I01"}},
};

void qr_claims_rows(struct gen *g, const struct world *w)
{
    qr_rows(g, w, rows, sizeof rows / sizeof rows[0]);
}
