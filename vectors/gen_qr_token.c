/* QR-03: the COSE_Sign1 of the A11 code. */
#include <string.h>

#include "qr.h"

static void head_alg_esp256(struct qr *q)
{
    qr_put_head(q, -9, q->w->body[PARTY_PL].issuer, NW_A11_TYP);
}
static void head_alg_es384(struct qr *q)
{
    qr_put_head(q, -35, q->w->body[PARTY_PL].issuer, NW_A11_TYP);
}
static void head_typ_other(struct qr *q)
{
    qr_put_head(q, -7, q->w->body[PARTY_PL].issuer, "application/cwt");
}
static void head_typ_none(struct qr *q)
{
    qr_put_head(q, -7, q->w->body[PARTY_PL].issuer, NULL);
}
static void head_alg_outside(struct qr *q)
{
    qr_put_head(q, 0, q->w->body[PARTY_PL].issuer, NW_A11_TYP);
    qr_set_hex(&q->bare, "a10126");
}
static void head_kid_outside(struct qr *q)
{
    qr_put_head(q, -7, NULL, NW_A11_TYP);
    nw_buf_cut(&q->bare, 0);
    nw_cbor_put_map(&q->bare, 1);
    nw_cbor_put_int(&q->bare, 4);
    qr_put_kid(q, &q->bare, q->w->body[PARTY_PL].issuer);
}
static void head_kid_twice(struct qr *q)
{
    nw_buf_cut(&q->bare, 0);
    nw_cbor_put_map(&q->bare, 1);
    nw_cbor_put_int(&q->bare, 4);
    qr_put_kid(q, &q->bare, q->w->body[PARTY_PL].issuer);
}
/* Two members more than the usual three: map head a3 becomes a4. */
static void head_add(struct qr *q, const char *hex_after_alg)
{
    struct nw_buf to = qr_buf();
    qr_put_hex(&to, "a40126");
    qr_put_hex(&to, hex_after_alg);
    struct nw_buf from = qr_buf();
    qr_put_hex(&from, "a30126");
    qr_swap(&q->head, nw_buf_slice(&from), nw_buf_slice(&to));
    nw_buf_free(&to);
    nw_buf_free(&from);
}
static void head_crit(struct qr *q)
{
    head_add(q, "02811863"); /* crit: [99] */
}
/* Label 24 has no meaning here and stands after typ (16). */
static void head_unknown_label(struct qr *q)
{
    q->head.p[0]++;
    qr_put_hex(&q->head, "181801");
}
static void head_other_key(struct qr *q)
{
    q->signer = q->w->body[PARTY_STRANGER].issuer;
}
static void head_stranger(struct qr *q)
{
    q->signer = q->w->body[PARTY_STRANGER].issuer;
    nw_buf_cut(&q->head, 0);
    nw_cbor_put_map(&q->head, 3);
    nw_cbor_put_int(&q->head, 1);
    nw_cbor_put_int(&q->head, -7);
    nw_cbor_put_int(&q->head, 4);
    qr_put_kid(q, &q->head, q->signer);
    nw_cbor_put_int(&q->head, 16);
    nw_cbor_put_text(&q->head, nw_str(NW_A11_TYP));
}
/* x5chain (33) with a certificate of its own, to be followed by nobody. */
static void head_own_certificate(struct qr *q)
{
    head_stranger(q);
    nw_buf_cut(&q->bare, 0);
    nw_cbor_put_map(&q->bare, 1);
    nw_cbor_put_int(&q->bare, 33);
    nw_cbor_put_bytes(&q->bare, world_leaf(q->signer));
}
static void head_untagged(struct qr *q)
{
    qr_set_hex(&q->tag, "84");
}
static void head_cwt_tag(struct qr *q)
{
    qr_set_hex(&q->tag, "d83dd284");
}
static void head_multi_tag(struct qr *q)
{
    qr_set_hex(&q->tag, "d86284");
}
static void head_tag_twice(struct qr *q)
{
    qr_set_hex(&q->tag, "d2d284");
}
static void sig_none(struct qr *q)
{
    q->sig_n = 0;
    qr_set_hex(&q->tag, "d283");
}
static void sig_five(struct qr *q)
{
    qr_set_hex(&q->tag, "d285");
    qr_set_hex(&q->tail, "00");
}
static void sig_zero(struct qr *q)
{
    memset(q->sig, 0, q->sig_n);
}
/* r = s = n, the order of P-256: FIPS 186-5 6.4.2 wants both in 1 .. n-1. */
static void sig_order(struct qr *q)
{
    struct nw_buf n = qr_buf();
    qr_put_hex(&n, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    memcpy(q->sig, n.p, 32);
    memcpy(q->sig + 32, n.p, 32);
    nw_buf_free(&n);
}
static void sig_bit(struct qr *q)
{
    q->sig[10] ^= 4;
}
static void sig_short(struct qr *q)
{
    q->sig_n--;
}
static void der_integer(struct nw_buf *b, const uint8_t *p)
{
    size_t skip = 0;
    while (skip < 31 && p[skip] == 0) {
        skip++;
    }
    bool pad = (p[skip] & 0x80) != 0;
    nw_buf_putc(b, 2);
    nw_buf_putc(b, (uint8_t)(32 - skip + pad));
    if (pad) {
        nw_buf_putc(b, 0);
    }
    nw_buf_put(b, nw_slice(p + skip, 32 - skip));
}
static void sig_der(struct qr *q)
{
    struct nw_buf b = qr_buf();
    der_integer(&b, q->sig);
    der_integer(&b, q->sig + 32);
    q->sig[0] = 0x30;
    q->sig[1] = (uint8_t)b.n;
    memcpy(q->sig + 2, b.p, b.n);
    q->sig_n = b.n + 2;
    nw_buf_free(&b);
}
static void sig_letter(struct qr *q)
{
    qr_swap(&q->claims, nw_str("Stalbud"), nw_str("Stalbad"));
}
static void token_more(struct qr *q)
{
    nw_buf_putc(&q->token, 0xf6);
}
static void token_half(struct qr *q)
{
    nw_buf_cut(&q->token, q->token.n - 20);
}
static void token_deep(struct qr *q)
{
    nw_buf_cut(&q->token, 0);
    for (size_t i = 0; i < 4000; i++) {
        nw_buf_putc(&q->token, 0x81);
    }
    nw_buf_putc(&q->token, 0);
}
static void token_length(struct qr *q)
{
    qr_set_hex(&q->token, "d2845b7fffffffffffffff");
}
static void token_compressed(struct qr *q)
{
    struct nw_buf once = qr_buf();
    qr_deflate(nw_buf_slice(&q->token), &once);
    nw_buf_cut(&q->token, 0);
    nw_buf_put(&q->token, nw_buf_slice(&once));
    nw_buf_free(&once);
}
/* The array head 84 in a longer form: the same array, not the shortest. */
static void token_long_head(struct qr *q)
{
    qr_swap_hex(&q->token, "d284", "d29804");
}
static void token_indefinite(struct qr *q)
{
    qr_swap_hex(&q->token, "d284", "d29f");
    nw_buf_putc(&q->token, 0xff);
}

/* ---- rows ---- */

#define COSE "A11 3; RFC 9052 4.2"
#define CBOR "A11 3; RFC 8949 4.2.1"

static const struct qr_row rows[] = {
    {.id = "QR-03-a1", .clause = COSE},
    {.id = "QR-03-a2", .clause = "A11 3; RFC 9864", .stage = QR_HEAD, .spoil = head_alg_esp256},
    {.id = "QR-03-a3", .clause = "A11 3", .stage = QR_HEAD, .spoil = head_unknown_label},
    QR_RED("QR-03-r1", COSE, "the tag is missing", "QR-03-a1", QR_HEAD, head_untagged, "QR-03",
           "R01"),
    QR_RED("QR-03-r2", COSE, "the tag is 61(18)", "QR-03-a1", QR_HEAD, head_cwt_tag, "QR-03",
           "R01"),
    QR_RED("QR-03-r3", COSE, "the tag is 98, COSE_Sign", "QR-03-a1", QR_HEAD, head_multi_tag,
           "QR-03", "R01"),
    QR_RED("QR-03-r4", COSE, "tag 18 stands twice", "QR-03-a1", QR_HEAD, head_tag_twice, "QR-03",
           "R01"),
    QR_RED("QR-03-r5", COSE, "three elements: no signature", "QR-03-a1", QR_SIGNATURE, sig_none,
           "QR-03", "R01"),
    QR_RED("QR-03-r6", COSE, "five elements", "QR-03-a1", QR_SIGNATURE, sig_five, "QR-03", "R01"),
    QR_RED("QR-03-r7", "A11 3", "kid stands in the unprotected header", "QR-03-a1", QR_HEAD,
           head_kid_outside, "QR-03", "R01"),
    QR_RED("QR-03-r8", "RFC 9052 3", "kid stands in both headers", "QR-03-a1", QR_HEAD,
           head_kid_twice, "QR-03", "R01"),
    QR_RED("QR-03-r9", "A11 3", "alg stands in the unprotected header", "QR-03-a1", QR_HEAD,
           head_alg_outside, "QR-03", "R01"),
    QR_RED("QR-03-r10", "A11 3", "alg is ES384, made by the P-256 key", "QR-03-a1", QR_HEAD,
           head_alg_es384, "QR-03", "R01"),
    QR_RED("QR-03-r11", "A11 3; RFC 9052 3.1", "crit names a label that nobody knows", "QR-03-a1",
           QR_HEAD, head_crit, "QR-03", "R01"),
    QR_RED("QR-03-r12", "A11 3; RFC 9596 2", "typ is application/cwt", "QR-03-a1", QR_HEAD,
           head_typ_other, "QR-03", "R01"),
    QR_RED("QR-03-r13", "A11 3; RFC 9596 2", "typ is missing", "QR-03-a1", QR_HEAD, head_typ_none,
           "QR-03", "R01"),
    QR_RED("QR-03-r14", "A11 7, step 7", "another key signed under the kid of the institution",
           "QR-03-a1", QR_HEAD, head_other_key, "QR-03", "R01"),
    QR_RED("QR-03-r15", "A11 7, step 7", "signer and kid are of a key that is on no list",
           "QR-03-a1", QR_HEAD, head_stranger, "QR-03", "R02"),
    QR_RED("QR-03-r16", "A11 3", "a certificate in the token vouches for a key that is on no list",
           "QR-03-a1", QR_HEAD, head_own_certificate, "QR-03", "R02"),
    QR_RED("QR-03-r17", COSE, "one letter was changed after signing", "QR-03-a1", QR_SIGNATURE,
           sig_letter, "QR-03", "R01"),
    QR_RED("QR-03-r18", COSE, "one bit of the signature is turned", "QR-03-a1", QR_SIGNATURE,
           sig_bit, "QR-03", "R01"),
    QR_RED("QR-03-r19", "FIPS 186-5 6.4.2", "the signature is all zeros", "QR-03-a1", QR_SIGNATURE,
           sig_zero, "QR-03", "R01"),
    QR_RED("QR-03-r20", "FIPS 186-5 6.4.2", "r and s are the order of the curve", "QR-03-a1",
           QR_SIGNATURE, sig_order, "QR-03", "R01"),
    QR_RED("QR-03-r21", "RFC 9053 2.1", "the signature is in DER", "QR-03-a1", QR_SIGNATURE,
           sig_der, "QR-03", "R01"),
    QR_RED("QR-03-r22", "RFC 9053 2.1", "the signature has 63 bytes", "QR-03-a1", QR_SIGNATURE,
           sig_short, "QR-03", "R01"),
    QR_RED("QR-03-r23", CBOR, "an item follows the token", "QR-03-a1", QR_TOKEN, token_more,
           "QR-03", "R01"),
    QR_RED("QR-03-r24", CBOR, "the token is cut short", "QR-03-a1", QR_TOKEN, token_half, "QR-03",
           "R01"),
    QR_RED("QR-03-r25", "A11 7, step 5", "arrays are nested 4000 deep", "QR-03-a1", QR_TOKEN,
           token_deep, "QR-03", "R01"),
    QR_RED("QR-03-r26", "A11 7, step 5", "a byte string claims 2^63-1 bytes", "QR-03-a1", QR_TOKEN,
           token_length, "QR-03", "R01"),
    QR_RED("QR-03-r27", CBOR, "the head of the array is longer than it needs to be", "QR-03-a1",
           QR_TOKEN, token_long_head, "QR-03", "R01"),
    QR_RED("QR-03-r28", CBOR, "the array has no definite length", "QR-03-a1", QR_TOKEN,
           token_indefinite, "QR-03", "R01"),
    QR_RED("QR-03-r29", "A11 2", "the token is compressed twice", "QR-03-a1", QR_TOKEN,
           token_compressed, "QR-03", "R01"),
};

void qr_token_rows(struct gen *g, const struct world *w)
{
    qr_rows(g, w, rows, sizeof rows / sizeof rows[0]);
}
