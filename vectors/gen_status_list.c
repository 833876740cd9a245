/* STS-04 to STS-06: what a list says, and who may say it. */
#include <stdlib.h>

#include "base/codec.h"
#include "base/deflate.h"
#include "hand.h"
#include "status_token.h"

#define DAY 86400

/* ---- STS-04 ---- */

static void neighbours(struct token *t, unsigned bits)
{
    token_width(t, bits);
    token_set(t, WORLD_IDX_GOOD - 1, 1);
    token_set(t, WORLD_IDX_GOOD + 1, 1);
}

static void two_bits(struct token *t)
{
    neighbours(t, 2);
}

static void four_bits(struct token *t)
{
    neighbours(t, 4);
}

static void eight_bits(struct token *t)
{
    neighbours(t, 8);
}

/* Every entry of the byte but the one asked for: a reader from the other end would find 1. */
static void all_but_one(struct token *t)
{
    for (uint64_t i = 1; i < 8; i++) {
        token_set(t, WORLD_IDX_GOOD + i, 1);
    }
}

static void bits_3(struct token *t)
{
    hand_put(t->payload, "status_list/bits", "3");
}

static void bits_16(struct token *t)
{
    hand_put(t->payload, "status_list/bits", "16");
}

static void bits_0(struct token *t)
{
    hand_put(t->payload, "status_list/bits", "0");
}

static void bits_text(struct token *t)
{
    hand_put(t->payload, "status_list/bits", "\"1\"");
}

static void lst_missing(struct token *t)
{
    hand_put(t->payload, "status_list/lst", "null");
}

static void keep(struct token *t, size_t from, size_t n)
{
    struct nw_buf made = NW_BUF(TOKEN_LIST_MAX);
    nw_buf_put(&made, nw_slice_sub(nw_buf_slice(&t->zlib), from, n));
    nw_buf_free(&t->zlib);
    t->zlib = made;
}

static void truncated(struct token *t)
{
    keep(t, 0, t->zlib.n / 2);
}

static void no_checksum(struct token *t)
{
    keep(t, 0, t->zlib.n - 4);
}

static void wrong_checksum(struct token *t)
{
    t->zlib.p[t->zlib.n - 1] ^= 1;
}

static void raw_deflate(struct token *t)
{
    keep(t, 2, t->zlib.n - 6);
}

static void more_after(struct token *t)
{
    nw_buf_puts(&t->zlib, "more");
}

static void not_compressed(struct token *t)
{
    nw_buf_put(&t->zlib, nw_slice(t->packed, 512));
}

/* 16 MiB of zeros: 134 million entries, more A1s than Europe issues in twenty years. */
#define BOMB (16u << 20)
static void bomb(struct token *t)
{
    struct nw_deflater *z = NULL;
    uint8_t *zeros = calloc(1, BOMB);
    if (zeros == NULL) {
        gen_die("no memory");
    }
    gen_ok(nw_deflater_new(NW_DEFLATE_SPARSE, &z), "bomb");
    gen_ok(nw_deflate(z, nw_slice(zeros, BOMB), &t->zlib), "bomb");
    nw_deflater_free(&z);
    free(zeros);
}

static void padded(struct token *t)
{
    struct nw_buf text = NW_BUF(TOKEN_LIST_MAX);
    nw_buf_putc(&text, '"');
    token_compress(t);
    nw_base64url_encode(nw_buf_slice(&t->zlib), &text);
    nw_buf_puts(&text, "==\"");
    hand_put(t->payload, "status_list/lst", nw_buf_cstr(&text));
    nw_buf_free(&text);
}

#define C4 "TSL 4.1, 4.2, 8.3(5), 8.3(6)"
#define DAMAGED .exit = 2, .failed = {"STS-04"}, .decisive = "R01"
static const struct token_case sts_04[] = {
    {.id = "STS-04-a1", .clause = C4},
    {.id = "STS-04-a2", .clause = C4, .spoil = two_bits},
    {.id = "STS-04-a3", .clause = C4, .spoil = four_bits},
    {.id = "STS-04-a4", .clause = C4, .spoil = eight_bits},
    {.id = "STS-04-a5", .clause = C4, .spoil = all_but_one}, /* from the least significant bit on */
    {.id = "STS-04-a6", .clause = C4, .idx = WORLD_STATUS_ENTRIES - 1},
    {.id = "STS-04-r1",
     .clause = C4,
     .broken = "bits is 3",
     .twin = "STS-04-a1",
     .spoil = bits_3,
     OPEN("STS-04")},
    {.id = "STS-04-r2",
     .clause = C4,
     .broken = "bits is 16",
     .twin = "STS-04-a1",
     .spoil = bits_16,
     OPEN("STS-04")},
    {.id = "STS-04-r3",
     .clause = C4,
     .broken = "bits is 0",
     .twin = "STS-04-a1",
     .spoil = bits_0,
     OPEN("STS-04")},
    {.id = "STS-04-r4",
     .clause = C4,
     .broken = "bits is a string",
     .twin = "STS-04-a1",
     .spoil = bits_text,
     OPEN("STS-04")},
    {.id = "STS-04-r5",
     .clause = C4,
     .broken = "lst is null",
     .twin = "STS-04-a1",
     .spoil = lst_missing,
     OPEN("STS-04")},
    {.id = "STS-04-r6",
     .clause = C4,
     .broken = "lst is padded with ==",
     .twin = "STS-04-a1",
     .spoil = padded,
     OPEN("STS-04")},
    {.id = "STS-04-r7",
     .clause = C4,
     .broken = "the zlib stream ends in the middle",
     .twin = "STS-04-a1",
     .packed = truncated,
     OPEN("STS-04")},
    {.id = "STS-04-r8",
     .clause = "RFC 1950 2.2",
     .broken = "the zlib stream lacks its checksum",
     .twin = "STS-04-a1",
     .packed = no_checksum,
     OPEN("STS-04")},
    {.id = "STS-04-r9",
     .clause = "RFC 1950 2.2",
     .broken = "the zlib checksum is wrong",
     .twin = "STS-04-a1",
     .packed = wrong_checksum,
     OPEN("STS-04")},
    {.id = "STS-04-r10",
     .clause = "RFC 1950 2.2",
     .broken = "a raw deflate stream, no zlib around it",
     .twin = "STS-04-a1",
     .packed = raw_deflate,
     OPEN("STS-04")},
    {.id = "STS-04-r11",
     .clause = "RFC 1950 2.2",
     .broken = "four bytes follow the zlib stream",
     .twin = "STS-04-a1",
     .packed = more_after,
     OPEN("STS-04")},
    {.id = "STS-04-r12",
     .clause = C4,
     .broken = "the list is not compressed",
     .twin = "STS-04-a1",
     .spoil = not_compressed,
     OPEN("STS-04")},
    {.id = "STS-04-r13",
     .clause = "TSL 11.1",
     .broken = "16 kB of zlib that grow to 16 MB, 134 million entries",
     .twin = "STS-04-a1",
     .spoil = bomb,
     OPEN("STS-04")},
    {.id = "STS-04-r14",
     .clause = C4,
     .broken = "idx is the number of entries: one too many",
     .twin = "STS-04-a6",
     .idx = WORLD_STATUS_ENTRIES,
     DAMAGED,
     .reasons = {"R01", "A01", "I01"}},
    {.id = "STS-04-r15",
     .clause = "TSL 6.2",
     .broken = "idx is negative",
     .twin = "STS-04-a1",
     .idx_json = "-1",
     DAMAGED,
     .reasons = {"R01"}},
    {.id = "STS-04-r16",
     .clause = "TSL 6.2",
     .broken = "idx is a string",
     .twin = "STS-04-a1",
     .idx_json = "\"1000\"",
     DAMAGED,
     .reasons = {"R01"}},
    {.id = "STS-04-r17",
     .clause = "TSL 6.2",
     .broken = "idx has a fraction",
     .twin = "STS-04-a1",
     .idx_json = "1000.5",
     DAMAGED,
     .reasons = {"R01"}},
};

/* ---- STS-05 ---- */

static void two_bits_2(struct token *t)
{
    token_width(t, 2);
    token_set(t, WORLD_IDX_GOOD, 2);
}

static void two_bits_3(struct token *t)
{
    token_width(t, 2);
    token_set(t, WORLD_IDX_GOOD, 3);
}

static void four_bits_12(struct token *t)
{
    token_width(t, 4);
    token_set(t, WORLD_IDX_GOOD, 12);
}

static void eight_bits_4(struct token *t)
{
    token_width(t, 8);
    token_set(t, WORLD_IDX_GOOD, 4);
}

static void eight_bits_255(struct token *t)
{
    token_width(t, 8);
    token_set(t, WORLD_IDX_GOOD, 255);
}

static void three_days_old(struct token *t)
{
    token_number(t, "iat", GEN_NOW - 3 * DAY);
}

#define C5 "TSL 7, 8.3"
static const struct token_case sts_05[] = {
    {.id = "STS-05-a1", .clause = C5},
    {.id = "STS-05-r1",
     .clause = C5,
     .broken = "the entry is 1: withdrawn",
     .twin = "STS-05-a1",
     .idx = WORLD_IDX_WITHDRAWN,
     WITHDRAWN},
    {.id = "STS-05-r2",
     .clause = C5,
     .broken = "the entry is 2: suspended",
     .twin = "STS-04-a2",
     .spoil = two_bits_2,
     WITHDRAWN},
    {.id = "STS-05-r3",
     .clause = C5,
     .broken = "the entry is 3: of a meaning that nobody agreed",
     .twin = "STS-04-a2",
     .spoil = two_bits_3,
     WITHDRAWN},
    {.id = "STS-05-r4",
     .clause = C5,
     .broken = "the entry is 12: of a meaning that nobody agreed",
     .twin = "STS-04-a3",
     .spoil = four_bits_12,
     WITHDRAWN},
    {.id = "STS-05-r5",
     .clause = C5,
     .broken = "the entry is 4: reserved",
     .twin = "STS-04-a4",
     .spoil = eight_bits_4,
     WITHDRAWN},
    {.id = "STS-05-r6",
     .clause = C5,
     .broken = "the entry is 255: reserved",
     .twin = "STS-04-a4",
     .spoil = eight_bits_255,
     WITHDRAWN},
    {.id = "STS-05-r7",
     .clause = C5,
     .broken = "no list is at hand: the question is open",
     .twin = "STS-05-a1",
     .no_list = true,
     OPEN(NULL)},
    {.id = "STS-05-r8",
     .clause = "TSL 13.7; the policy: a day",
     .broken = "the list was made three days ago, though it has not expired",
     .twin = "STS-05-a1",
     .spoil = three_days_old,
     OPEN(NULL)},
    {.id = "STS-05-r9",
     .clause = C5,
     .broken = "the entry is 1 in a list of three days ago: withdrawn stays withdrawn",
     .twin = "STS-05-a1",
     .idx = WORLD_IDX_WITHDRAWN,
     .spoil = three_days_old,
     .exit = 2,
     .failed = {"STS-05"},
     .decisive = "R03",
     .reasons = {"R03", "A01", "I01"}},
};

/* ---- STS-06 ---- */

#define EKU_STATUS "1.3.6.1.5.5.7.3.30"

static void by_issuer(struct token *t)
{
    token_by(t, t->w->body[PARTY_PL].issuer);
}

static void by_issuer_unnamed(struct token *t)
{
    by_issuer(t);
    hand_drop(t->header, "x5c");
}

static void by_new_of_ca(struct token *t, const char *label, const char *eku)
{
    const struct world_body *pl = &t->w->body[PARTY_PL];
    const struct world_cert cert = {.label = label,
                                    .common_name = "Another signer (test)",
                                    .organisation = pl->name,
                                    .country = pl->country,
                                    .issuer = pl->ca,
                                    .eku = eku};
    t->own = world_signer(t->g, &cert);
    token_by(t, t->own);
}

static void by_same_ca_for_status(struct token *t)
{
    by_new_of_ca(t, "pl status by purpose", EKU_STATUS);
}

static void by_same_ca(struct token *t)
{
    by_new_of_ca(t, "pl status by nothing", NULL);
}

static void by_stranger(struct token *t)
{
    token_by(t, t->w->body[PARTY_STRANGER].status);
}

static void by_other_body(struct token *t)
{
    token_by(t, t->w->body[PARTY_DE].status);
}

static void by_pid_provider(struct token *t)
{
    token_by(t, t->w->body[PARTY_PID].issuer);
}

static void by_holder_unnamed(struct token *t)
{
    hand_drop(t->header, "x5c");
    t->signer = t->w->holder;
}

#define C6 "TSL 11.3; TS 119 602 H.3"
static const struct token_case sts_06[] = {
    {.id = "STS-06-a1", .clause = C6},
    {.id = "STS-06-a2", .clause = C6, .spoil = by_issuer},
    {.id = "STS-06-a3", .clause = C6, .spoil = by_issuer_unnamed},
    {.id = "STS-06-a4", .clause = "TSL 10, 11.3", .spoil = by_same_ca_for_status},
    {.id = "STS-06-r1",
     .clause = C6,
     .broken = "the signer bears the names of the listed one and comes of another CA",
     .twin = "STS-06-a1",
     .spoil = by_stranger,
     OPEN("STS-06")},
    {.id = "STS-06-r2",
     .clause = C6,
     .broken = "the signer is listed for the status of another institution's credentials",
     .twin = "STS-06-a1",
     .whole_world = true,
     .spoil = by_other_body,
     OPEN("STS-06")},
    {.id = "STS-06-r3",
     .clause = "TSL 10, 11.3",
     .broken = "the signer is of the issuer's CA, and neither listed nor made for status lists",
     .twin = "STS-06-a4",
     .spoil = by_same_ca,
     OPEN("STS-06")},
    {.id = "STS-06-r4",
     .clause = C6,
     .broken = "the signer is listed for person identification data",
     .twin = "STS-06-a1",
     .whole_world = true,
     .spoil = by_pid_provider,
     OPEN("STS-06")},
    {.id = "STS-06-r5",
     .clause = C6,
     .broken = "the list names no certificate, and the key is not the issuer's",
     .twin = "STS-06-a3",
     .spoil = by_holder_unnamed,
     OPEN("STS-02")},
};

#define ROWS(table) table, sizeof(table) / sizeof(table)[0]

void status_list_rows(struct gen *g, const struct world *w)
{
    token_cases(g, w, ROWS(sts_04));
    token_cases(g, w, ROWS(sts_05));
    token_cases(g, w, ROWS(sts_06));
}
