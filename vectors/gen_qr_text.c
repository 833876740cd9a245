/* QR-01 and QR-02: text and compression of the A11 code. */
#include <string.h>

#include "qr.h"

/* ---- faults of the text ---- */

static void text_replace(struct qr *q, const char *text)
{
    nw_buf_cut(&q->text, 0);
    nw_buf_puts(&q->text, text);
}

static void text_lower(struct qr *q)
{
    q->text.p[0] = 'a';
}
static void text_next_version(struct qr *q)
{
    q->text.p[2] = '2';
}
static void text_health(struct qr *q)
{
    memcpy(q->text.p, "HC1:", 4);
}
static void text_bare(struct qr *q)
{
    struct nw_buf rest = qr_buf();
    nw_buf_put(&rest, nw_slice_from(nw_buf_slice(&q->text), 4));
    nw_buf_cut(&q->text, 0);
    nw_buf_put(&q->text, nw_buf_slice(&rest));
    nw_buf_free(&rest);
}
static void text_character(struct qr *q)
{
    q->text.p[40] = '_';
}
static void text_lower_inside(struct qr *q)
{
    size_t i = 40;
    while (q->text.p[i] < 'A' || q->text.p[i] > 'Z') {
        i++;
    }
    q->text.p[i] = (uint8_t)(q->text.p[i] + 32);
}
/* Groups of three, then two: one character more than whole groups is no encoding. */
static void text_length(struct qr *q)
{
    while ((q->text.n - 4) % 3 != 1) {
        nw_buf_cut(&q->text, q->text.n - 1);
    }
}
static void text_triplet(struct qr *q)
{
    memcpy(q->text.p + 4, "GGW", 3); /* 65536 */
}
static void text_pair(struct qr *q)
{
    while ((q->text.n - 4) % 3 != 2) {
        nw_buf_cut(&q->text, q->text.n - 1);
    }
    memcpy(q->text.p + q->text.n - 2, "V5", 2); /* 31 + 5 * 45 = 256 */
}
static void text_newline(struct qr *q)
{
    nw_buf_putc(&q->text, '\n');
}
static void text_empty(struct qr *q)
{
    text_replace(q, "A11:");
}
static void text_long(struct qr *q)
{
    while (q->text.n <= NW_MAX_QR_TEXT) {
        nw_buf_puts(&q->text, "000");
    }
}

/* ---- faults of the compression ---- */

static void packed_not(struct qr *q)
{
    nw_buf_cut(&q->packed, 0);
    nw_buf_put(&q->packed, nw_buf_slice(&q->token));
}
/* RFC 1950 2.2: two bytes before the deflate data, four after. */
static void packed_raw(struct qr *q)
{
    memmove(q->packed.p, q->packed.p + 2, q->packed.n - 6);
    nw_buf_cut(&q->packed, q->packed.n - 6);
}
static void packed_sum(struct qr *q)
{
    q->packed.p[q->packed.n - 1] ^= 1;
}
static void packed_no_sum(struct qr *q)
{
    nw_buf_cut(&q->packed, q->packed.n - 4);
}
static void packed_half(struct qr *q)
{
    nw_buf_cut(&q->packed, q->packed.n / 2);
}
static void packed_more(struct qr *q)
{
    nw_buf_putc(&q->packed, 0);
}
static void packed_twice_in_a_row(struct qr *q)
{
    qr_deflate(nw_buf_slice(&q->token), &q->packed);
}
/* FDICT set, FCHECK made to fit, a dictionary id of four bytes put in. */
static void packed_dictionary(struct qr *q)
{
    struct nw_buf b = qr_buf();
    unsigned head = (unsigned)q->packed.p[0] << 8 | (q->packed.p[1] & 0xc0u) | 0x20u;
    head += 31 - head % 31;
    nw_buf_putc(&b, (uint8_t)(head >> 8));
    nw_buf_putc(&b, (uint8_t)head);
    qr_put_hex(&b, "0bad0bad");
    nw_buf_put(&b, nw_slice_from(nw_buf_slice(&q->packed), 2));
    nw_buf_cut(&q->packed, 0);
    nw_buf_put(&q->packed, nw_buf_slice(&b));
    nw_buf_free(&b);
}
static void packed_bomb(struct qr *q)
{
    static uint8_t zeros[1u << 19];
    nw_buf_cut(&q->packed, 0);
    qr_deflate(nw_slice(zeros, sizeof zeros), &q->packed);
}

/* ---- rows ---- */

#define PREFIX "A11 2"
#define ZLIB "A11 2; RFC 1950 2.2"
#define B45 "A11 2; RFC 9285 4"

static const struct qr_row rows[] = {
    {.id = "QR-01-a1", .clause = PREFIX},
    QR_RED("QR-01-r1", PREFIX, "the prefix is in lower case", "QR-01-a1", QR_TEXT, text_lower,
           "QR-01", "R09"),
    QR_RED("QR-01-r2", PREFIX, "the prefix is that of the next version", "QR-01-a1", QR_TEXT,
           text_next_version, "QR-01", "R09"),
    QR_RED("QR-01-r3", PREFIX, "the prefix is that of a health certificate", "QR-01-a1", QR_TEXT,
           text_health, "A1-01", "R09"),
    QR_RED("QR-01-r4", B45, "a character is not in the alphabet of base45", "QR-01-a1", QR_TEXT,
           text_character, "QR-01", "R01"),
    QR_RED("QR-01-r5", B45, "one letter is in lower case", "QR-01-a1", QR_TEXT, text_lower_inside,
           "QR-01", "R01"),
    QR_RED("QR-01-r6", B45, "the length leaves a single character after the last group", "QR-01-a1",
           QR_TEXT, text_length, "QR-01", "R01"),
    QR_RED("QR-01-r7", B45, "the first group is 65536", "QR-01-a1", QR_TEXT, text_triplet, "QR-01",
           "R01"),
    QR_RED("QR-01-r8", B45, "the last pair is 256", "QR-01-a1", QR_TEXT, text_pair, "QR-01", "R01"),
    QR_RED("QR-01-r9", PREFIX, "a line end follows the text", "QR-01-a1", QR_TEXT, text_newline,
           "QR-01", "R01"),
    QR_RED("QR-01-r10", PREFIX, "the text is longer than any QR code", "QR-01-a1", QR_TEXT,
           text_long, "QR-01", "R01"),
    QR_RED("QR-01-r11", PREFIX, "there is no prefix, as in the code of an EHIC", "QR-01-a1",
           QR_TEXT, text_bare, "A1-01", "R09"),
    {.id = "QR-02-a1", .clause = ZLIB},
    QR_RED("QR-02-r1", ZLIB, "the token is not compressed", "QR-02-a1", QR_PACKED, packed_not,
           "QR-02", "R01"),
    QR_RED("QR-02-r2", ZLIB, "raw deflate, without the zlib header and checksum", "QR-02-a1",
           QR_PACKED, packed_raw, "QR-02", "R01"),
    QR_RED("QR-02-r3", ZLIB, "the checksum is wrong", "QR-02-a1", QR_PACKED, packed_sum, "QR-02",
           "R01"),
    QR_RED("QR-02-r4", ZLIB, "the checksum is missing", "QR-02-a1", QR_PACKED, packed_no_sum,
           "QR-02", "R01"),
    QR_RED("QR-02-r5", ZLIB, "the stream is cut in half", "QR-02-a1", QR_PACKED, packed_half,
           "QR-02", "R01"),
    QR_RED("QR-02-r6", ZLIB, "a byte follows the stream", "QR-02-a1", QR_PACKED, packed_more,
           "QR-02", "R01"),
    QR_RED("QR-02-r7", ZLIB, "a second stream follows the first", "QR-02-a1", QR_PACKED,
           packed_twice_in_a_row, "QR-02", "R01"),
    QR_RED("QR-02-r8", ZLIB, "the stream asks for a preset dictionary", "QR-02-a1", QR_PACKED,
           packed_dictionary, "QR-02", "R01"),
    QR_RED("QR-02-r9", "A11 7, step 4", "the stream inflates to half a megabyte", "QR-02-a1",
           QR_PACKED, packed_bomb, "QR-02", "R01"),
    QR_RED("QR-02-r10", ZLIB, "nothing follows the prefix", "QR-02-a1", QR_TEXT, text_empty,
           "QR-02", "R01"),
};

void qr_text_rows(struct gen *g, const struct world *w)
{
    qr_rows(g, w, rows, sizeof rows / sizeof rows[0]);
}
