/* A1-01 to A1-04: what an A1 says must fit the schema, the law and the one who signed it. */
#include <string.h>

#include "base/codec.h"
#include "case.h"
#include "hand.h"
#include "qr.h"

#define LEGISLATION "memberstateAppliedLegislation"
#define SCHEMA "rb-a1 2.2-2.11"
#define PERIOD "rb-a1 2.4"
#define CODES "A11 4; rb-a1 2.11"
#define STATUS "rb-a1 3.2.2; TS 119 472-1 4.2.11.1"
#define ROLE "TS 119 472-1 5.6.3; TS 119 602 H.3"
#define SPOILT .exit = 2, .decisive = "R01", .reasons = {"R01", "I01"}
/* The plan of the type, with the legislation as a disclosure. */
static const char *const legislation_hidden[] = {"subject/names", "documentID", LEGISLATION, NULL};

/* An issuer that makes one field of a group hideable. */
static const char *const fields_apart[] = {"subject/names", "documentID", "employmentSituations",
                                           "employmentSituations/*/typeOfID", NULL};

static const struct case_row rows[] = {
    {.id = "A1-01-a1", .clause = SCHEMA},
    {.id = "A1-01-a2", .clause = SCHEMA, .form = CASE_A11_FULL},
    {.id = "A1-01-a3",
     .clause = SCHEMA,
     .edit = {{"employmentSituations.0.name", "\"Stalbud <b>Testowy</b> & Sp.\""}}},
    {.id = "A1-01-r1",
     .clause = SCHEMA,
     .broken = "statusConfirmation has a member that is not in the schema",
     .twin = "A1-01-a1",
     .edit = {{"statusConfirmation.remark", "\"x\""}},
     .failed = {"A1-01", "V01"},
     SPOILT},
    {.id = "A1-01-r2",
     .clause = SCHEMA,
     .broken = "neither residence nor stay has an address",
     .twin = "A1-01-a1",
     .edit = {{"subject.address.stateOfResidence", "[]"}, {"subject.address.stateOfStay", "[]"}},
     .failed = {"A1-01", "V01"},
     SPOILT},
    {.id = "A1-01-r3",
     .clause = SCHEMA,
     .broken = "a company has an id without its type",
     .twin = "A1-01-a1",
     .edit = {{"placesOfWork.DE.0.typeOfID", NULL}},
     .failed = {"A1-01", "V14"},
     SPOILT},
    {.id = "A1-01-r4",
     .clause = "rb-a1 2.11",
     .broken = "exceptionDescription stands beside status 01",
     .twin = "A1-01-a1",
     .edit = {{"statusConfirmation.exceptionDescription", "\"agreement\""}},
     .failed = {"A1-01", "V06"},
     SPOILT},
    {.id = "A1-01-r5",
     .clause = "rb-a1 2.11; ISO 3166-1",
     .broken = "work in US, which is none of the 32 states of the A1",
     .twin = "A1-01-a1",
     .edit = {{"placesOfWork.US", "[]"}},
     .failed = {"A1-01", "V12"},
     SPOILT},
    {.id = "A1-01-r6",
     .clause = SCHEMA,
     .broken = "a nationality stands twice",
     .twin = "A1-01-a1",
     .edit = {{"subject.nationalities", "[\"PL\",\"PL\"]"}},
     .failed = {"A1-01", "V01"},
     SPOILT},
    {.id = "A1-01-r7",
     .clause = SCHEMA,
     .broken = "the date of birth is 30 February",
     .twin = "A1-01-a1",
     .edit = {{"subject.dateOfBirth", "\"1990-02-30\""}},
     .failed = {"A1-01", "V02"},
     SPOILT},
    {.id = "A1-01-r8",
     .clause = SCHEMA,
     .broken = "gender is a number, as in the PID",
     .twin = "A1-01-a1",
     .edit = {{"subject.gender", "1"}},
     .failed = {"A1-01", "V01"},
     SPOILT},

    {.id = "A1-02-a1", .clause = PERIOD},
    {.id = "A1-02-a2",
     .clause = PERIOD,
     .edit = {{LEGISLATION ".startDate", "\"2026-06-15\""},
              {LEGISLATION ".endDate", "\"2026-06-15\""}},
     .reasons = {"I02"}},
    {.id = "A1-02-r1",
     .clause = PERIOD,
     .broken = "the legislation is missing",
     .twin = "A1-02-a1",
     .edit = {{LEGISLATION, NULL}},
     .exit = 2,
     .failed = {"A1-02"},
     .decisive = "R01"},
    {.id = "A1-02-r2",
     .clause = PERIOD,
     .broken = "the period ends on the day before it starts",
     .twin = "A1-02-a1",
     .edit = {{LEGISLATION ".endDate", "\"2026-01-31\""}},
     .exit = 2,
     .failed = {"A1-02", "V03"},
     .decisive = "R01"},
    {.id = "A1-02-r3",
     .clause = PERIOD,
     .broken = "the period ends on the day before it starts",
     .twin = "A1-01-a2",
     .form = CASE_A11_FULL,
     .edit = {{LEGISLATION ".endDate", "\"2026-01-31\""}},
     .exit = 2,
     .failed = {"A1-02", "V03"},
     .decisive = "R01"},
    {.id = "A1-02-r4",
     .clause = "rb-a1 3.2",
     .broken = "the legislation is a disclosure that the holder could leave out",
     .twin = "A1-02-a1",
     .plan = legislation_hidden,
     .exit = 2,
     .failed = {"A1-02"},
     .decisive = "R01",
     .reasons = {"R01", "I01"}},
    {.id = "A1-02-a3", .clause = "rb-a1 3.2", .plan = fields_apart},
    {.id = "A1-02-r5",
     .clause = "rb-a1 3.2",
     .broken = "one field of the employer group is withheld",
     .twin = "A1-02-a3",
     .plan = fields_apart,
     .withhold = {"\"typeOfID\""},
     .exit = 1,
     .failed = {"A1-02"},
     .decisive = "A11",
     .reasons = {"A11", "I01"}},

    {.id = "A1-03-a1", .clause = STATUS},
    {.id = "A1-03-a2",
     .clause = STATUS,
     .edit = {{"status", NULL}, {"iat", "1781514000"}, {"exp", "1781600400"}}},
    {.id = "A1-03-r1",
     .clause = STATUS,
     .broken = "a life of 24 hours and a second without a status reference",
     .twin = "A1-03-a2",
     .edit = {{"status", NULL}, {"iat", "1781514000"}, {"exp", "1781600401"}},
     .exit = 1,
     .failed = {"A1-03", "V24"},
     .decisive = "A01",
     .reasons = {"A01", "I01"}},
    {.id = "A1-03-r2",
     .clause = "rb-a1 3.2.2; TSL 6.2",
     .broken = "the status list has no address",
     .twin = "A1-03-a1",
     .edit = {{"status.status_list.uri", NULL}},
     .exit = 2,
     .failed = {"A1-03"},
     .decisive = "R01"},
    {.id = "A1-03-r3",
     .clause = "rb-a1 3.2.2; TSL 6.2",
     .broken = "status holds a mechanism that is not a status list",
     .twin = "A1-03-a1",
     .edit = {{"status",
               "{\"identifier_list\":{\"id\":\"00\",\"uri\":\"https://status.zus.example/i\"}}"}},
     .exit = 1,
     .failed = {"A1-03", "V24"},
     .decisive = "A01",
     .reasons = {"A01", "I01"}},
    {.id = "A1-03-r4",
     .clause = "rb-a1 3.2.2; TSL 6.2",
     .broken = "status names no mechanism at all",
     .twin = "A1-03-a1",
     .edit = {{"status", "{}"}},
     .exit = 2,
     .failed = {"A1-03"},
     .decisive = "R01"},
    {.id = "A1-03-a3",
     .clause = "TSL 6.1; TS 119 472-1 5.2.10.1",
     .edit = {{"status.type", "\"TokenStatusList\""}, {"status.index", "1000"}}},
    {.id = "A1-03-r5",
     .clause = "TS 119 472-1 5.2.10.1",
     .broken = "index beside status_list is another one",
     .twin = "A1-03-a3",
     .edit = {{"status.type", "\"TokenStatusList\""}, {"status.index", "1001"}},
     .exit = 2,
     .failed = {"A1-03"},
     .decisive = "R01"},

    {.id = "A1-04-a1", .clause = ROLE},
    {.id = "A1-04-r1",
     .clause = ROLE,
     .broken = "the category is QEAA, the signer is on the list of public bodies",
     .twin = "A1-04-a1",
     .edit = {{"attestation_legal_category", "\"QEAA\""}},
     .exit = 2,
     .failed = {"A1-04"},
     .decisive = "R02"},
    {.id = "A1-04-r2",
     .clause = ROLE,
     .broken = "the law is that of AT, the signer is entitled in PL",
     .twin = "A1-04-a1",
     .edit = {{LEGISLATION ".memberstate", "\"AT\""}},
     .exit = 2,
     .failed = {"A1-04"},
     .decisive = "R02"},
    {.id = "A1-04-r3",
     .clause = ROLE,
     .broken = "the institution is one of AT, the signer is entitled in PL",
     .twin = "A1-04-a1",
     .edit = {{"competentInstitution.countryCode", "\"AT\""}},
     .exit = 2,
     .failed = {"A1-04"},
     .decisive = "R02"},
    {.id = "A1-04-a2", .clause = ROLE, .form = CASE_A11},
    {.id = "A1-04-r4",
     .clause = "A11 7, step 8",
     .broken = "the law is that of AT, the key is that of a body in PL",
     .twin = "A1-04-a2",
     .form = CASE_A11,
     .edit = {{LEGISLATION ".memberstate", "\"AT\""}},
     .exit = 2,
     .failed = {"A1-04"},
     .decisive = "R02"},
};

/* ---- A11 maps that nothing here would write ---- */

static void place_unknown(struct qr *q)
{
    qr_swap(&q->claims, nw_str("bDE"), nw_str("bXX"));
}
/* {4: 1, 5: ...} */
static void status_unknown(struct qr *q)
{
    qr_swap_hex(&q->claims, "040105", "040d05");
}
static void direction_character(struct qr *q)
{
    qr_swap(&q->claims, nw_str("Stalbud"), nw_str("Stal\u202e"));
}
static void name_too_long(struct qr *q)
{
    struct nw_buf to = qr_buf();
    qr_put_hex(&to, "790101");
    for (size_t i = 0; i < 257; i++) {
        nw_buf_putc(&to, 'x');
    }
    qr_swap(&q->claims, nw_str("x\x1aStalbud Testowy Sp. z o.o."), nw_buf_slice(&to));
    nw_buf_free(&to);
}
static void decomposed(struct qr *q)
{
    qr_swap(&q->claims, nw_str("jZieliński"), nw_str("kZielin\u0301ski"));
}
static void other_institution(struct qr *q)
{
    qr_swap(&q->claims, nw_str("PL:ZUSTEST02"), nw_str("DE:DRVTEST01"));
}

static void other_of_the_state(struct qr *q)
{
    qr_swap(&q->claims, nw_str("PL:ZUSTEST02"), nw_str("PL:ZUSTEST03"));
}

static const struct qr_row maps[] = {
    QR_RED("A1-01-r9", CODES, "a place of work in XX", "A1-04-a2", QR_PAYLOAD, place_unknown,
           "A1-01", "R01"),
    QR_RED("A1-01-r10", CODES, "status confirmation 13", "A1-04-a2", QR_PAYLOAD, status_unknown,
           "A1-01", "R01"),
    QR_RED("A1-01-r11", "A11 4", "a name holds a character that turns the direction of writing",
           "A1-04-a2", QR_PAYLOAD, direction_character, "A1-01", "R01"),
    QR_RED("A1-01-r12", "A11 4", "a name has 257 bytes", "A1-04-a2", QR_PAYLOAD, name_too_long,
           "A1-01", "R01"),
    QR_RED("A1-01-r13", "A11 4", "a name is not in normal form C", "A1-04-a2", QR_PAYLOAD,
           decomposed, "A1-01", "R01"),
    QR_RED("A1-04-r5", "A11 7, step 8", "iss names another institution than the key's", "A1-04-a2",
           QR_PAYLOAD, other_institution, "A1-04", "R02"),
    {.id = "A1-04-r7",
     .clause = "A11 7, step 8",
     .broken = "iss names another institution of the same state, which the directory does not have",
     .twin = "A1-04-a2",
     .stage = QR_PAYLOAD,
     .spoil = other_of_the_state,
     .exit = 2,
     .failed = {"A1-04"},
     .decisive = "R02",
     .reasons = {"R02", "A15"}},
};

/* ---- x5t#S256 in the header ---- */

static void thumbprint(struct hand *h, struct nw_slice certificate)
{
    uint8_t digest[NW_SHA256_BYTES];
    struct nw_buf json = NW_BUF(128);
    gen_ok(nw_sha256(h->g->c, certificate, digest), "x5t#S256");
    nw_buf_putc(&json, '"');
    nw_base64url_encode(nw_slice(digest, sizeof digest), &json);
    nw_buf_putc(&json, '"');
    hand_put(h->header, "x5t#S256", nw_buf_cstr(&json));
    nw_buf_free(&json);
}
static void thumbprint_own(struct hand *h)
{
    thumbprint(h, world_leaf(h->issuer));
}
static void thumbprint_other(struct hand *h)
{
    thumbprint(h, world_leaf(h->w->body[PARTY_DE].issuer));
}

static const struct hand_case headers[] = {
    {.id = "A1-04-a3", .clause = "TS 119 472-1 5.6.3", .change = thumbprint_own},
    {.id = "A1-04-r6",
     .clause = "TS 119 472-1 5.6.3",
     .broken = "x5t#S256 is the hash of another certificate",
     .twin = "A1-04-a3",
     .change = thumbprint_other,
     .failed = {"A1-04"},
     .decisive = "R02"},
};

void group_a1(struct gen *g, const struct world *w)
{
    case_rows(g, w, "a1", rows, sizeof rows / sizeof rows[0]);
    qr_rows(g, w, maps, sizeof maps / sizeof maps[0]);
    hand_cases(g, w, "a1", headers, sizeof headers / sizeof headers[0]);
}
