/* STS-01 to STS-03: status lists (Token Status List, draft-21). A list that cannot be used leaves
 * the question open, which is A01 and amber: nobody withdrew anything. Only a list that is good
 * says R03. I01 stays: the A1 was issued after its period began. */
#include <stdio.h>

#include "cose/cose.h"
#include "hand.h"
#include "status_token.h"

#define DAY 86400

/* ---- STS-01 ---- */

static void withdrawn(struct hand *h)
{
    hand_put(h->payload, "status/status_list/idx", "1001");
}

static void expired_and_withdrawn(struct hand *h)
{
    char text[32];
    withdrawn(h);
    (void)snprintf(text, sizeof text, "%d", GEN_NOW - 3600);
    hand_put(h->payload, "exp", text);
}

static void foreign_and_withdrawn(struct hand *h)
{
    withdrawn(h);
    h->issuer = h->w->body[PARTY_STRANGER].issuer;
}

#define C1 "TSL 8.3(1)"
static const struct hand_case sts_01[] = {
    {.id = "STS-01-a1", .clause = C1, .unbound = true},
    {.id = "STS-01-r1",
     .clause = C1,
     .broken = "exp passed an hour ago: the list, which says withdrawn, is not asked",
     .twin = "STS-01-a1",
     .unbound = true,
     .change = expired_and_withdrawn,
     .failed = {"VC-04"},
     .decisive = "R04",
     .reasons = {"R04", "I01"}},
    {.id = "STS-01-r2",
     .clause = C1,
     .broken = "another key signed: the list, which says withdrawn, is not asked",
     .twin = "STS-01-a1",
     .unbound = true,
     .change = foreign_and_withdrawn,
     .failed = {"SDJ-02"},
     .decisive = "R01"},
};

/* ---- STS-02 ---- */

static void typ_jwt(struct token *t)
{
    hand_put(t->header, "typ", "\"JWT\"");
}

static void typ_missing(struct token *t)
{
    hand_drop(t->header, "typ");
}

static void alg_none(struct token *t)
{
    hand_put(t->header, "alg", "\"none\"");
    t->unsigned_token = true;
}

static void alg_hmac(struct token *t)
{
    hand_put(t->header, "alg", "\"HS256\"");
    t->hmac = true;
}

static void crit_unknown(struct token *t)
{
    hand_put(t->header, "urn:example:policy", "true");
    hand_put(t->header, "crit", "[\"urn:example:policy\"]");
}

static void signature_changed(struct token *t)
{
    uint8_t *c = &t->out.p[t->out.n - 10];
    *c = *c == 'A' ? 'B' : 'A';
}

/* One entry made good again after signing. */
static void list_changed(struct token *t)
{
    static struct token clean; /* large */
    token_open(&clean, t->g, t->w);
    token_set(&clean, WORLD_IDX_WITHDRAWN, 0);
    token_compress(&clean);
    token_write(&clean);
    size_t dot = nw_slice_find(nw_buf_slice(&t->out), '.', 0);
    size_t second = nw_slice_find(nw_buf_slice(&t->out), '.', dot + 1);
    struct nw_buf made = NW_BUF(TOKEN_LIST_MAX);
    size_t other = nw_slice_find(nw_buf_slice(&clean.out), '.', dot + 1);
    nw_buf_put(&made, nw_slice_sub(nw_buf_slice(&clean.out), 0, other));
    nw_buf_put(&made, nw_slice_from(nw_buf_slice(&t->out), second));
    nw_buf_free(&t->out);
    t->out = made;
    token_close(&clean);
}

static void cwt_of(struct token *t, const char *uri)
{
    static const uint64_t invalid[] = {WORLD_IDX_WITHDRAWN, 0};
    nw_buf_reset(&t->out);
    world_status(t->g, t->w->body[PARTY_PL].status, NW_TOKEN_CWT, uri, GEN_NOW - 3600,
                 GEN_NOW + DAY, invalid, &t->out);
}

static void cwt(struct token *t)
{
    cwt_of(t, WORLD_STATUS_URI);
}

static void cwt_tag_61(struct token *t)
{
    struct nw_buf made = NW_BUF(TOKEN_LIST_MAX);
    cwt(t);
    nw_cbor_put_tag(&made, 61);
    nw_buf_put(&made, nw_buf_slice(&t->out));
    nw_buf_free(&t->out);
    t->out = made;
}

static void cwt_no_tag(struct token *t)
{
    struct nw_buf made = NW_BUF(TOKEN_LIST_MAX);
    cwt(t);
    nw_buf_put(&made, nw_slice_from(nw_buf_slice(&t->out), 1));
    nw_buf_free(&t->out);
    t->out = made;
}

/* The payload of the good CWT under another typ, which is signed. */
static void cwt_typ(struct token *t, const char *typ)
{
    const enum nw_sig_alg algs[] = {NW_ES256};
    const struct nw_cose_policy policy = {.algs = algs,
                                          .alg_n = 1,
                                          .tag = NW_COSE_TAG_REQUIRED,
                                          .cbor_flags = NW_CBOR_STRICT,
                                          .max = TOKEN_LIST_MAX};
    const struct nw_cose_headers headers = {
        .typ = typ, .chain = true, .chain_protected = true, .tagged = true};
    struct nw_cose_sign1 s;
    struct nw_buf made = NW_BUF(TOKEN_LIST_MAX);
    cwt(t);
    gen_ok(nw_cose_parse(nw_buf_slice(&t->out), &policy, &s, NULL), "CWT");
    gen_ok(nw_cose_sign(t->w->body[PARTY_PL].status, &headers, s.payload, &made), "CWT");
    nw_buf_free(&t->out);
    t->out = made;
}

static void cwt_other_typ(struct token *t)
{
    cwt_typ(t, "application/cwt");
}

static void cwt_no_typ(struct token *t)
{
    cwt_typ(t, NULL);
}

static void cwt_signature(struct token *t)
{
    cwt(t);
    t->out.p[t->out.n - 5] ^= 1;
}

#define C2 "TSL 5.1, 5.2"
static const struct token_case sts_02[] = {
    {.id = "STS-02-a1", .clause = C2},
    {.id = "STS-02-a2", .clause = C2, .a11 = true},
    {.id = "STS-02-r1",
     .clause = C2,
     .broken = "typ is JWT",
     .twin = "STS-02-a1",
     .spoil = typ_jwt,
     OPEN("STS-02")},
    {.id = "STS-02-r2",
     .clause = C2,
     .broken = "there is no typ",
     .twin = "STS-02-a1",
     .spoil = typ_missing,
     OPEN("STS-02")},
    {.id = "STS-02-r3",
     .clause = C2,
     .broken = "alg is none and the signature empty",
     .twin = "STS-02-a1",
     .spoil = alg_none,
     OPEN("STS-02")},
    {.id = "STS-02-r4",
     .clause = C2,
     .broken = "alg is HS256 and the secret is the public key",
     .twin = "STS-02-a1",
     .spoil = alg_hmac,
     OPEN("STS-02")},
    {.id = "STS-02-r5",
     .clause = "RFC 7515 4.1.11",
     .broken = "crit names a header that no verifier knows",
     .twin = "STS-02-a1",
     .spoil = crit_unknown,
     OPEN("STS-02")},
    {.id = "STS-02-r6",
     .clause = C2,
     .broken = "one letter of the signature is another",
     .twin = "STS-02-a1",
     .after = signature_changed,
     OPEN("STS-02")},
    {.id = "STS-02-r7",
     .clause = C2,
     .broken = "the withdrawn entry was made good after signing",
     .twin = "STS-02-a1",
     .idx = WORLD_IDX_WITHDRAWN,
     .after = list_changed,
     OPEN("STS-02")},
    {.id = "STS-02-r8",
     .clause = "SD-JWT VC 2.2.2.3",
     .broken = "the list of an SD-JWT VC is a CWT",
     .twin = "STS-02-a1",
     .after = cwt,
     OPEN("STS-02")},
    {.id = "STS-02-r9",
     .clause = "TSL 5.2",
     .broken = "tag 61 stands before tag 18",
     .twin = "STS-02-a2",
     .a11 = true,
     .after = cwt_tag_61,
     OPEN("STS-02")},
    {.id = "STS-02-r10",
     .clause = "TSL 5.2",
     .broken = "tag 18 is missing",
     .twin = "STS-02-a2",
     .a11 = true,
     .after = cwt_no_tag,
     OPEN("STS-02")},
    {.id = "STS-02-r11",
     .clause = "TSL 5.2",
     .broken = "typ of the CWT is another",
     .twin = "STS-02-a2",
     .a11 = true,
     .after = cwt_other_typ,
     OPEN("STS-02")},
    {.id = "STS-02-r12",
     .clause = "TSL 5.2",
     .broken = "the CWT has no typ",
     .twin = "STS-02-a2",
     .a11 = true,
     .after = cwt_no_typ,
     OPEN("STS-02")},
    {.id = "STS-02-r13",
     .clause = "TSL 5.2",
     .broken = "one bit of the CWT's signature is another",
     .twin = "STS-02-a2",
     .a11 = true,
     .after = cwt_signature,
     OPEN("STS-02")},
};

/* ---- STS-03 ---- */

static void ttl_ahead(struct token *t)
{
    token_number(t, "ttl", 43200);
}

static void no_exp(struct token *t)
{
    hand_drop(t->payload, "exp");
}

static void sub_other(struct token *t)
{
    hand_put(t->payload, "sub", "\"https://status.zus.example/a1/2\"");
}

static void sub_slash(struct token *t)
{
    hand_put(t->payload, "sub", "\"" WORLD_STATUS_URI "/\"");
}

static void sub_missing(struct token *t)
{
    hand_drop(t->payload, "sub");
}

static void iat_missing(struct token *t)
{
    hand_drop(t->payload, "iat");
}

static void iat_ahead(struct token *t)
{
    token_number(t, "iat", GEN_NOW + 3600);
}

static void exp_past(struct token *t)
{
    token_number(t, "iat", GEN_NOW - 7200);
    token_number(t, "exp", GEN_NOW - 3600);
}

static void exp_text(struct token *t)
{
    hand_put(t->payload, "exp", "\"tomorrow\"");
}

static void ttl_negative(struct token *t)
{
    token_number(t, "ttl", -1);
}

static void ttl_past(struct token *t)
{
    token_number(t, "ttl", 600);
}

static void cwt_sub_other(struct token *t)
{
    cwt_of(t, "https://status.zus.example/a1/2");
}

#define C3 "TSL 8.3(4), 8.2"
static const struct token_case sts_03[] = {
    {.id = "STS-03-a1", .clause = C3},
    {.id = "STS-03-a2", .clause = C3, .spoil = ttl_ahead},
    {.id = "STS-03-a3", .clause = C3, .spoil = no_exp},
    {.id = "STS-03-r1",
     .clause = C3,
     .broken = "sub is another list of the same institution",
     .twin = "STS-03-a1",
     .spoil = sub_other,
     OPEN("STS-03")},
    {.id = "STS-03-r2",
     .clause = C3,
     .broken = "sub has a slash more than the uri",
     .twin = "STS-03-a1",
     .spoil = sub_slash,
     OPEN("STS-03")},
    {.id = "STS-03-r3",
     .clause = "TSL 5.1",
     .broken = "sub is missing",
     .twin = "STS-03-a1",
     .spoil = sub_missing,
     OPEN("STS-03")},
    {.id = "STS-03-r4",
     .clause = "TSL 5.1",
     .broken = "iat is missing",
     .twin = "STS-03-a1",
     .spoil = iat_missing,
     OPEN("STS-03")},
    {.id = "STS-03-r5",
     .clause = C3,
     .broken = "iat is an hour ahead",
     .twin = "STS-03-a1",
     .spoil = iat_ahead,
     OPEN("STS-03")},
    {.id = "STS-03-r6",
     .clause = C3,
     .broken = "exp passed an hour ago",
     .twin = "STS-03-a1",
     .spoil = exp_past,
     OPEN("STS-03")},
    {.id = "STS-03-r7",
     .clause = "TSL 5.1; RFC 7519 2",
     .broken = "exp is a string",
     .twin = "STS-03-a1",
     .spoil = exp_text,
     OPEN("STS-03")},
    {.id = "STS-03-r8",
     .clause = "TSL 5.1",
     .broken = "ttl is negative",
     .twin = "STS-03-a2",
     .spoil = ttl_negative,
     OPEN("STS-03")},
    {.id = "STS-03-r9",
     .clause = "TSL 13.7",
     .broken = "ttl is over since fifty minutes: a newer list should have been had",
     .twin = "STS-03-a2",
     .spoil = ttl_past,
     OPEN(NULL)},
    {.id = "STS-03-r10",
     .clause = C3,
     .broken = "sub of the CWT is another list",
     .twin = "STS-02-a2",
     .a11 = true,
     .after = cwt_sub_other,
     OPEN("STS-03")},
};

#define ROWS(table) table, sizeof(table) / sizeof(table)[0]

void group_status(struct gen *g, const struct world *w)
{
    hand_cases(g, w, "status", ROWS(sts_01));
    token_cases(g, w, ROWS(sts_02));
    token_cases(g, w, ROWS(sts_03));
    status_list_rows(g, w);
}
