/* Where an mdoc's signer and status differ from those of the other forms: A1-03, X5-01, X5-03,
 * STS-02, STS-05, STS-06 (ISO/IEC 18013-5 12.8.3, annex B; second edition 12.3.6). Numbers from 41
 * on: the ones below are those of the other forms. */
#include <stdio.h>
#include <string.h>

#include "base/deflate.h"
#include "cose/cose.h"
#include "doc.h"

#define DAY 86400
#define DOCTYPE_A1 "eu.europa.ec.eudi.pda1.1"
#define DOCTYPE_PID "eu.europa.ec.eudi.pid.1"
#define LISTED_ID "\x01\x02\x03\x04\x05\x06\x07\x08"
#define OTHER_ID "\x01\x02\x03\x04\x05\x06\x07\x09"
#define KEY_IDENTIFIERS 65530
#define KEY_LIST 65533

/* ---- signers ---- */

/* The key of PL's A1 signer under another certificate of PL's CA. */
static void signer(struct doc *d, const char *country, const char *eku, int64_t not_after)
{
    const struct world_body *pl = &d->w->body[PARTY_PL];
    const struct world_cert cert = {.label = "pl issuer",
                                    .common_name = "A1 signer (test)",
                                    .organisation = pl->name,
                                    .country = country,
                                    .issuer = pl->ca,
                                    .not_after = not_after,
                                    .eku = eku};
    d->own[0] = world_signer(d->g, &cert);
    doc_chain_of(d, world_leaf(d->own[0]), NW_SLICE_EMPTY);
}

static void eku_23220(struct doc *d)
{
    signer(d, "PL", "1.0.23220.4.1.2", 0);
}

static void eku_mdl(struct doc *d)
{
    signer(d, "PL", "1.0.18013.5.1.2", 0);
}

static void eku_reader(struct doc *d)
{
    signer(d, "PL", "1.0.18013.5.1.6", 0);
}

static void other_country_mdl(struct doc *d)
{
    signer(d, "CZ", "1.0.18013.5.1.2", 0);
}

static void other_country(struct doc *d)
{
    signer(d, "CZ", NULL, 0);
}

static void for_commitment(struct doc *d)
{
    const struct world_body *pl = &d->w->body[PARTY_PL];
    const struct world_cert cert = {.label = "pl issuer",
                                    .common_name = "A1 signer (test)",
                                    .organisation = pl->name,
                                    .country = "PL",
                                    .issuer = pl->ca,
                                    .commitment = true};
    d->own[0] = world_signer(d->g, &cert);
    doc_chain_of(d, world_leaf(d->own[0]), NW_SLICE_EMPTY);
}

static void expired(struct doc *d)
{
    signer(d, "PL", NULL, GEN_NOW - 3600);
}

static void with_anchor(struct doc *d)
{
    doc_chain_of(d, world_leaf(d->issuer), world_leaf(d->w->body[PARTY_PL].ca));
}

/* Between the signer and the listed CA stands another one. */
static void two_levels(struct doc *d)
{
    const struct world_body *pl = &d->w->body[PARTY_PL];
    const struct world_cert middle = {.label = "pl intermediate 1",
                                      .common_name = "Intermediate CA 1",
                                      .organisation = pl->name,
                                      .country = pl->country,
                                      .issuer = pl->ca,
                                      .ca = true};
    d->own[0] = world_signer(d->g, &middle);
    const struct world_cert leaf = {.label = "pl issuer",
                                    .common_name = "A1 signer (test)",
                                    .organisation = pl->name,
                                    .country = pl->country,
                                    .issuer = d->own[0]};
    d->own[1] = world_signer(d->g, &leaf);
    doc_chain_of(d, world_leaf(d->own[1]), world_leaf(d->own[0]));
}

static void middle_missing(struct doc *d)
{
    two_levels(d);
    d->chain_n = 1;
}

#define TWO_LEVELS "set/evidence/ca-of-two-levels.bundle"
#define RED(...) .exit = 2, .failed = {__VA_ARGS__}, .decisive = "R02"
#define X(i, c, b, t, f, ...)                                                                      \
    {                                                                                              \
        .id = (i), .clause = (c), .broken = (b), .twin = (t), .stage = DOC_START, .spoil = (f),    \
        RED(__VA_ARGS__)                                                                           \
    }
static const struct doc_row signers[] = {
    {.id = "X5-01-a41",
     .clause = "ISO 18013-5 12.8.3",
     .bundle = TWO_LEVELS,
     .stage = DOC_START,
     .spoil = two_levels},
    {.id = "X5-01-r41",
     .clause = "ISO 18013-5 12.8.3",
     .broken = "the certificate between the signer and the listed CA is missing",
     .twin = "X5-01-a41",
     .bundle = TWO_LEVELS,
     .stage = DOC_START,
     .spoil = middle_missing,
     RED("LOTE-04")},
    X("X5-01-r42", "ISO 18013-5 12.8.3", "the signer's certificate ended an hour ago", "MSO-02-a1",
      expired, "X5-01", "LOTE-04"),
    X("X5-01-r43", "HAIP 6.1.1", "x5chain holds the trust anchor as well", "MSO-02-a1", with_anchor,
      "X5-01", "LOTE-04"),
    {.id = "X5-03-a41", .clause = "ISO 18013-5 table B.3", .stage = DOC_START, .spoil = eku_23220},
    {.id = "X5-03-a42", .clause = "ISO 18013-5 table B.3", .stage = DOC_START, .spoil = eku_mdl},
    X("X5-03-r41", "ISO 18013-5 table B.6", "the signer's certificate is for readers", "X5-03-a41",
      eku_reader, "X5-03", "LOTE-04"),
    X("X5-03-r42", "ISO 18013-5 12.8.3", "the signer is of another country than its CA",
      "MSO-02-a1", other_country, "X5-03", "LOTE-04"),
    X("X5-03-r43", "ISO 18013-5 table B.3", "keyUsage is contentCommitment alone", "MSO-02-a1",
      for_commitment, "X5-03", "LOTE-04"),
};

/* PL's CA is on no list of public bodies, but an IACA root. */
#define ROOT_A1 "iaca-pda1"
#define ROOT_PID "iaca-pid"
#define BELOW(root) .bundle = "set/evidence/" root ".bundle", .stage = DOC_START
#define ROOT(i, c, b, root, p, f, ...)                                                             \
    {                                                                                              \
        .id = (i), .clause = (c), .broken = (b), .twin = "LOTE-04-a71", BELOW(root),               \
        .policy = (p), .spoil = (f), RED(__VA_ARGS__)                                              \
    }
static const struct doc_row roots[] = {
    {.id = "LOTE-04-a71",
     .clause = "ISO 18013-5 12.8.1",
     BELOW(ROOT_A1),
     .policy = POLICY_IACA,
     .spoil = eku_mdl,
     .exit = 1,
     .decisive = "A14",
     .reasons = {"A14", "I01"}},
    ROOT("LOTE-04-r71", "ISO 18013-5 12.8.1", "the policy admits no IACA roots", ROOT_A1, NULL,
         eku_mdl, "LOTE-04"),
    ROOT("LOTE-04-r72", "ISO 18013-5 C.1.7.1", "the root is listed for another document type",
         ROOT_PID, POLICY_IACA, eku_mdl, "LOTE-04"),
    ROOT("X5-03-r71", "ISO 18013-5 table B.3", "below an IACA root, without its extKeyUsage",
         ROOT_A1, POLICY_IACA, NULL, "X5-03", "LOTE-04"),
    ROOT("X5-03-r72", "ISO 18013-5 12.8.3", "below an IACA root, of another country", ROOT_A1,
         POLICY_IACA, other_country_mdl, "X5-03", "LOTE-04"),
};

/* ---- status ---- */

struct list_token {
    const char *name; /* of the bundle */
    unsigned bits;    /* 0: an identifier list */
    bool no_exp, jwt, chain_open;
    enum world_party by;
};

static void put_claims(const struct list_token *t, struct nw_buf *out)
{
    static const uint8_t zeros[WORLD_STATUS_ENTRIES / 4];
    nw_cbor_put_map(out, t->no_exp ? 3 : 4);
    nw_cbor_put_int(out, 2);
    nw_cbor_put_text(out, nw_str(WORLD_STATUS_URI));
    if (!t->no_exp) {
        nw_cbor_put_int(out, 4);
        nw_cbor_put_int(out, GEN_NOW + DAY);
    }
    nw_cbor_put_int(out, 6);
    nw_cbor_put_int(out, GEN_NOW - 3600);
    nw_cbor_put_int(out, t->bits == 0 ? KEY_IDENTIFIERS : KEY_LIST);
    if (t->bits == 0) {
        nw_cbor_put_map(out, 1);
        nw_cbor_put_text(out, nw_str("identifiers"));
        nw_cbor_put_map(out, 1);
        nw_cbor_put_bytes(out, nw_str(LISTED_ID));
        nw_cbor_put_map(out, 0);
        return;
    }
    struct nw_deflater *z = NULL;
    struct nw_buf zlib = doc_buf();
    gen_ok(nw_deflater_new(NW_DEFLATE_SPARSE, &z), "zlib");
    gen_ok(nw_deflate(z, nw_slice(zeros, WORLD_STATUS_ENTRIES / 8 * t->bits), &zlib), "zlib");
    nw_deflater_free(&z);
    nw_cbor_put_map(out, 2);
    nw_cbor_put_text(out, nw_str("bits"));
    nw_cbor_put_uint(out, t->bits);
    nw_cbor_put_text(out, nw_str("lst"));
    nw_cbor_put_bytes(out, nw_buf_slice(&zlib));
    nw_buf_free(&zlib);
}

static void make_list(struct gen *g, const struct world *w, const struct list_token *t)
{
    const struct nw_cose_headers headers = {.typ = t->bits == 0 ? "application/identifierlist+cwt"
                                                                : "application/statuslist+cwt",
                                            .chain = true,
                                            .chain_protected = !t->chain_open,
                                            .tagged = true};
    struct nw_buf claims = doc_buf(), token = doc_buf();
    if (t->jwt) {
        world_usual_status(g, w, NW_TOKEN_JWT, &token);
    } else {
        put_claims(t, &claims);
        gen_ok(nw_cose_sign(w->body[t->by].status, &headers, nw_buf_slice(&claims), &token),
               t->name);
    }
    const struct world_bundle how = {.official = true, .status_cwt = nw_buf_slice(&token)};
    evidence_bundle(g, w, &how, t->name);
    nw_buf_free(&claims);
    nw_buf_free(&token);
}

/* Status below an IACA root: by a certificate of the same root, made for status lists. */
static void make_roots(struct gen *g, const struct world *w)
{
    const struct world_body *pl = &w->body[PARTY_PL];
    const struct world_cert cert = {.label = "pl status",
                                    .common_name = "Status signer (test)",
                                    .organisation = pl->name,
                                    .country = pl->country,
                                    .issuer = pl->ca,
                                    .eku = "1.3.6.1.5.5.7.3.30"};
    const struct nw_cose_headers headers = {.typ = "application/statuslist+cwt",
                                            .chain = true,
                                            .chain_protected = true,
                                            .tagged = true};
    struct nw_signer *status = world_signer(g, &cert);
    struct nw_buf claims = doc_buf(), token = doc_buf();
    put_claims(&(struct list_token){.bits = 1}, &claims);
    gen_ok(nw_cose_sign(status, &headers, nw_buf_slice(&claims), &token), "status below a root");
    struct world_bundle how = {
        .official = true, .status_cwt = nw_buf_slice(&token), .pl_root = DOCTYPE_A1};
    evidence_bundle(g, w, &how, ROOT_A1);
    how.pl_root = DOCTYPE_PID;
    evidence_bundle(g, w, &how, ROOT_PID);
    nw_signer_free(&status);
    nw_buf_free(&claims);
    nw_buf_free(&token);
}

static void withdrawn(struct doc *d)
{
    doc_swap(&d->status, "1903e8", "1903e9");
}

static void put_identifier(struct doc *d, const char *id)
{
    struct nw_buf *b = &d->status;
    nw_buf_cut(b, 0);
    nw_cbor_put_map(b, 1);
    nw_cbor_put_text(b, nw_str("identifier_list"));
    nw_cbor_put_map(b, 2);
    nw_cbor_put_text(b, nw_str("id"));
    nw_cbor_put_bytes(b, nw_str(id));
    nw_cbor_put_text(b, nw_str("uri"));
    nw_cbor_put_text(b, nw_str(WORLD_STATUS_URI));
}

static void identifier_good(struct doc *d)
{
    put_identifier(d, OTHER_ID);
}

static void identifier_listed(struct doc *d)
{
    put_identifier(d, LISTED_ID);
}

/* The status list's own trust point. */
static void pin(struct doc *d, enum world_party party)
{
    doc_swap(&d->status, "a263696478", "a363696478");
    nw_cbor_put_text(&d->status, nw_str("certificate"));
    nw_cbor_put_bytes(&d->status, world_leaf(d->w->body[party].ca));
}

static void pin_own(struct doc *d)
{
    pin(d, PARTY_PL);
}

static void pin_other(struct doc *d)
{
    pin(d, PARTY_DE);
}

static void two_mechanisms(struct doc *d)
{
    doc_swap(&d->status, "a16b7374617475735f6c697374", "a26b7374617475735f6c697374");
    nw_cbor_put_text(&d->status, nw_str("identifier_list"));
    nw_cbor_put_map(&d->status, 2);
    nw_cbor_put_text(&d->status, nw_str("id"));
    nw_cbor_put_bytes(&d->status, nw_str(OTHER_ID));
    nw_cbor_put_text(&d->status, nw_str("uri"));
    nw_cbor_put_text(&d->status, nw_str(WORLD_STATUS_URI));
}

static void another_mechanism(struct doc *d)
{
    doc_swap(&d->status, "6b7374617475735f6c697374", "6b7374617475735f6e6f7465");
}

static void no_status(struct doc *d)
{
    nw_buf_cut(&d->status, 0);
}

static void one_day(struct doc *d)
{
    no_status(d);
    d->signed_at = d->valid_from = "2026-06-15T09:00:00Z";
    d->valid_until = "2026-06-16T09:00:00Z";
}

static void one_day_and_a_second(struct doc *d)
{
    one_day(d);
    d->valid_until = "2026-06-16T09:00:01Z";
}

#define OPEN(...) .exit = 1, .failed = {__VA_ARGS__}, .decisive = "A01", .reasons = {"A01", "I01"}
#define GONE .exit = 2, .failed = {"STS-05"}, .decisive = "R03", .reasons = {"R03", "I01"}
#define ISO_LIST "ISO 18013-5 (2nd edition) 12.3.6"
#define LIST(name) .bundle = "set/evidence/" name ".bundle"
static const struct doc_row lists[] = {
    {.id = "A1-03-a41",
     .clause = "rb-a1 3.2.2; TS 119 472-1 4.2.11.1",
     .stage = DOC_START,
     .spoil = one_day},
    {.id = "A1-03-r41",
     .clause = ISO_LIST ".2",
     .broken = "the MSO names a status list and an identifier list",
     .twin = "MSO-01-a1",
     .stage = DOC_START,
     .spoil = two_mechanisms,
     .exit = 2,
     .failed = {"A1-03"},
     .decisive = "R01"},
    {.id = "A1-03-r43",
     .clause = "TSL 6.1",
     .broken = "the MSO names a status mechanism that nobody knows",
     .twin = "MSO-01-a1",
     .stage = DOC_START,
     .spoil = another_mechanism,
     OPEN("A1-03", "V24")},
    {.id = "A1-03-r42",
     .clause = "rb-a1 3.2.2; TS 119 472-1 4.2.11.1",
     .broken = "a life of 24 hours and a second without a status reference",
     .twin = "A1-03-a41",
     .stage = DOC_START,
     .spoil = one_day_and_a_second,
     OPEN("A1-03", "V24")},
    {.id = "STS-02-r41",
     .clause = ISO_LIST ".2",
     .broken = "the list of an mdoc is a JWT",
     .twin = "MSO-01-a1",
     LIST("mdoc-list-jwt"),
     OPEN("STS-02")},
    {.id = "STS-02-r42",
     .clause = ISO_LIST ".4",
     .broken = "the MSO names an identifier list, and a status list stands there",
     .twin = "STS-05-a41",
     .stage = DOC_START,
     .spoil = identifier_good,
     OPEN("STS-02")},
    {.id = "STS-05-a41",
     .clause = ISO_LIST ".4",
     LIST("mdoc-identifiers"),
     .stage = DOC_START,
     .spoil = identifier_good},
    {.id = "STS-05-r41",
     .clause = "TSL 7",
     .broken = "the list says withdrawn",
     .twin = "MSO-01-a1",
     .stage = DOC_START,
     .spoil = withdrawn,
     GONE},
    {.id = "STS-05-r42",
     .clause = ISO_LIST ".4",
     .broken = "the identifier list names this mdoc",
     .twin = "STS-05-a41",
     LIST("mdoc-identifiers"),
     .stage = DOC_START,
     .spoil = identifier_listed,
     GONE},
    {.id = "STS-06-a41", .clause = ISO_LIST ".5", .stage = DOC_START, .spoil = pin_own},
    {.id = "STS-06-r41",
     .clause = ISO_LIST ".3",
     .broken = "the list has two bits an entry",
     .twin = "MSO-01-a1",
     LIST("mdoc-list-two-bits"),
     OPEN("STS-06")},
    {.id = "STS-06-r42",
     .clause = ISO_LIST ".3",
     .broken = "the list has no exp",
     .twin = "MSO-01-a1",
     LIST("mdoc-list-no-exp"),
     OPEN("STS-06")},
    {.id = "STS-06-r43",
     .clause = ISO_LIST ".3",
     .broken = "x5chain of the list is not protected",
     .twin = "MSO-01-a1",
     LIST("mdoc-list-open-chain"),
     OPEN("STS-06")},
    {.id = "STS-06-r44",
     .clause = ISO_LIST ".5",
     .broken = "the status signer of another country signed the list",
     .twin = "MSO-01-a1",
     LIST("mdoc-list-de"),
     OPEN("STS-06")},
    {.id = "STS-06-r45",
     .clause = ISO_LIST ".5",
     .broken = "the MSO names another trust point for its list than the one that issued the signer",
     .twin = "STS-06-a41",
     .stage = DOC_START,
     .spoil = pin_other,
     OPEN("STS-06")},
};

#define ROWS(table) table, sizeof(table) / sizeof(table)[0]

void mdoc_trust_rows(struct gen *g, const struct world *w)
{
    static const struct list_token made[] = {
        {.name = "mdoc-list-jwt", .jwt = true, .bits = 1},
        {.name = "mdoc-identifiers"},
        {.name = "mdoc-list-two-bits", .bits = 2},
        {.name = "mdoc-list-no-exp", .bits = 1, .no_exp = true},
        {.name = "mdoc-list-open-chain", .bits = 1, .chain_open = true},
        {.name = "mdoc-list-de", .bits = 1, .by = PARTY_DE},
    };
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        make_list(g, w, &made[i]);
    }
    make_roots(g, w);
    doc_rows(g, w, ROWS(signers));
    doc_rows(g, w, ROWS(roots));
    doc_rows(g, w, ROWS(lists));
}
