/* R01 to R09: what makes a verdict red (decision table). The accept twin lacks the reason; it may
 * have others. */
#include <stdio.h>
#include <string.h>

#include "case.h"
#include "hand.h"
#include "qr.h"
#include "reasons.h"

#define LAW "memberstateAppliedLegislation"
#define DAY REASON "; Directive 2000/84/EC articles 2, 3"
#define RED(code) .exit = 2, .decisive = code, .reasons = {code, "I01"}
#define NO_RIGHT .exit = 2, .decisive = "R02"
#define AT_BODY                                                                                    \
    .signer = SIGNED_BY(PARTY_AT_LATE),                                                            \
    .edit = {{LAW ".memberstate", "\"AT\""}, {"competentInstitution.countryCode", "\"AT\""},       \
             {"competentInstitution.institutionID", "\"AT:NEWTEST05\""}
#define FR_BODY                                                                                    \
    .signer = SIGNED_BY(PARTY_FR_WITHDRAWN),                                                       \
    .edit = {{LAW ".memberstate", "\"FR\""}, {"competentInstitution.countryCode", "\"FR\""},       \
             {"competentInstitution.institutionID", "\"FR:OLDTEST07\""}
#define OTHER "Nowak, Piotr, 1988-11-02"

/* As the type's plan, without decoys: that no place of work is hidden can be seen. */
static const char *const no_decoys[] = {
    "subject/names", "subject/dateOfBirth", "employmentSituations", "placesOfWork/*",
    "documentID",    "statusConfirmation",  "competentInstitution", NULL};

static const struct case_row
    rows[] = {{.id = "R01-a2", .clause = REASON}, {.id = "R02-a1", .clause = REASON, AT_BODY}},
    {.id = "R02-r1",
     .clause = REASON,
     .broken = "signed by a body that is on no list, under the name of one that is",
     .twin = "R01-a2",
     .signer = SIGNED_BY(PARTY_STRANGER),
     NO_RIGHT,
     .failed = {"VC-03", "X5-01"}},
    {.id = "R02-r2",
     .clause = REASON,
     .broken = "signed before the body was notified",
     .twin = "R02-a1",
     AT_BODY,
     {"iat", "1780999200"}},
    NO_RIGHT, .failed = {"VC-03", "LOTE-04"}
}
,
    {.id = "R02-r3",
     .clause = REASON,
     .broken = "signed by a body whose entitlement had been withdrawn",
     .twin = "R02-a1",
     FR_BODY},
    NO_RIGHT, .failed = {"VC-03", "LOTE-04"}
}
,
    {.id = "R02-r4",
     .clause = REASON,
     .broken = "signed by a body whose entitlement had been withdrawn",
     .twin = "R01-a1",
     .form = CASE_A11,
     FR_BODY},
    NO_RIGHT, .failed = {"LOTE-04"}
}
,
    {.id = "R02-r5",
     .clause = REASON,
     .broken = "an institution of another state",
     .twin = "R01-a2",
     .edit = {{"competentInstitution.countryCode", "\"CZ\""}},
     NO_RIGHT,
     .failed = {"A1-04"}},
    {.id = "R02-r6",
     .clause = REASON,
     .broken = "the lists are those of a test operator",
     .twin = "R01-a2",
     .bundle = TEST_BUNDLE,
     NO_RIGHT,
     .failed = {"VC-03"}},
    {.id = "R02-r7",
     .clause = REASON,
     .broken = "there is no evidence: nothing is trusted",
     .twin = "R01-a2",
     .bundle = NOT_GIVEN,
     NO_RIGHT,
     .failed = {"VC-03"}},
    {.id = "R02-r8",
     .clause = REASON,
     .broken = "there is no evidence: nothing is trusted",
     .twin = "R01-a1",
     .form = CASE_A11,
     .bundle = NOT_GIVEN,
     NO_RIGHT,
     .failed = {"QR-03"}},

    {.id = "R03-a1", .clause = REASON, .edit = {{"documentID", "\"PL-ZUS-TEST-2026-0004712\""}}},
    {.id = "R03-r1",
     .clause = REASON,
     .broken = "withdrawn; it was replaced by the A1 of the twin",
     .twin = "R03-a1",
     .edit = {{"status.status_list.idx", "1001"}},
     RED("R03"),
     .failed = {"STS-05"}},
    {.id = "R03-a2", .clause = REASON, .form = CASE_A11},
    {.id = "R03-r2",
     .clause = REASON,
     .broken = "withdrawn",
     .twin = "R03-a2",
     .form = CASE_A11,
     .edit = {{"status.status_list.idx", "1001"}},
     RED("R03"),
     .failed = {"STS-05"}},
    {.id = "R03-r3",
     .clause = REASON,
     .broken = "withdrawn, and the list has expired since: that is never taken back",
     .twin = "R03-a1",
     .edit = {{"status.status_list.idx", "1001"}},
     .bundle = EXPIRED_BUNDLE,
     .exit = 2,
     .decisive = "R03",
     .reasons = {"R03", "A01", "I01"},
     .failed = {"STS-03", "STS-05"}},

    {.id = "R04-a1", .clause = REASON},
    {.id = "R04-r1",
     .clause = REASON,
     .broken = "exp was an hour ago",
     .twin = "R04-a1",
     .edit = {{"exp", "1781514000"}},
     RED("R04"),
     .failed = {"VC-04"}},
    {.id = "R04-r2",
     .clause = REASON,
     .broken = "iat is an hour ahead",
     .twin = "R04-a1",
     .edit = {{"iat", "1781521200"}},
     RED("R04"),
     .failed = {"VC-04"}},
    {.id = "R04-r3",
     .clause = REASON,
     .broken = "nbf is an hour ahead",
     .twin = "R04-a1",
     .edit = {{"nbf", "1781521200"}},
     RED("R04"),
     .failed = {"VC-04"}},
    {.id = "R04-a2", .clause = REASON, .form = CASE_A11},
    {.id = "R04-r4",
     .clause = REASON,
     .broken = "exp was an hour ago",
     .twin = "R04-a2",
     .form = CASE_A11,
     .edit = {{"exp", "1781514000"}},
     RED("R04"),
     .failed = {"QR-04"}},

    {.id = "R05-a1",
     .clause = REASON,
     .edit = {{LAW ".endDate", "\"2026-06-15\""}},
     .reasons = {"I01", "I02"}},
    {.id = "R05-r1",
     .clause = REASON,
     .broken = "the period ended yesterday",
     .twin = "R05-a1",
     .edit = {{LAW ".endDate", "\"2026-06-14\""}},
     RED("R05")},
    {.id = "R05-a2",
     .clause = REASON,
     .edit = {{LAW ".startDate", "\"2026-06-15\""}},
     .reasons = {NOT_GIVEN}},
    {.id = "R05-r2",
     .clause = REASON,
     .broken = "the period begins tomorrow",
     .twin = "R05-a2",
     .edit = {{LAW ".startDate", "\"2026-06-16\""}},
     .exit = 2,
     .decisive = "R05"},
    {.id = "R05-r3",
     .clause = REASON,
     .broken = "the period ended yesterday",
     .twin = "R04-a2",
     .form = CASE_A11,
     .edit = {{LAW ".endDate", "\"2026-06-14\""}},
     RED("R05")},

    /* the day is that of the place: CEST begins it at 22:00 UTC, Finland and Greece at 21:00 */
    {.id = "R05-a3",
     .clause = DAY,
     .form = CASE_A11,
     .edit = {{LAW ".startDate", "\"2026-06-16\""}},
     .at = "2026-06-15T22:00:00Z",
     .reasons = {NOT_GIVEN}},
    {.id = "R05-r4",
     .clause = DAY,
     .broken = "it is still the day before",
     .twin = "R05-a3",
     .form = CASE_A11,
     .edit = {{LAW ".startDate", "\"2026-06-16\""}},
     .at = "2026-06-15T21:59:59Z",
     .exit = 2,
     .decisive = "R05"},
    {.id = "R05-a4",
     .clause = DAY,
     .holder = HOLDER_NONE,
     .edit = {{LAW ".endDate", "\"2026-06-15\""}},
     .at = "2026-06-15T21:59:59Z",
     .reasons = {"I01", "I02"}},
    {.id = "R05-r5",
     .clause = DAY,
     .broken = "the next day has begun",
     .twin = "R05-a4",
     .holder = HOLDER_NONE,
     .edit = {{LAW ".endDate", "\"2026-06-15\""}},
     .at = "2026-06-15T22:00:00Z",
     RED("R05")},
    {.id = "R05-r6",
     .clause = DAY,
     .broken = "in Greece the next day has begun, an hour before Germany",
     .twin = "R05-a4",
     .holder = HOLDER_NONE,
     .edit = {{LAW ".endDate", "\"2026-06-15\""}},
     .at = "2026-06-15T21:00:00Z",
     .country = "GR",
     .exit = 2,
     .decisive = "R05",
     .reasons = {"R05", "A11", "I01"}},
    {.id = "R05-a5",
     .clause = DAY,
     .form = CASE_A11,
     .edit = {{LAW ".endDate", "\"2026-06-15\""}},
     .at = "2026-06-15T23:59:59Z",
     .country = NOT_GIVEN,
     .exit = 1,
     .decisive = "A11",
     .reasons = {"A11", "I01", "I02"}},
    {.id = "R05-r7",
     .clause = DAY,
     .broken = "it has ended in the last of the 32 states",
     .twin = "R05-a5",
     .form = CASE_A11,
     .edit = {{LAW ".endDate", "\"2026-06-15\""}},
     .at = "2026-06-16T00:00:00Z",
     .country = NOT_GIVEN,
     .exit = 2,
     .decisive = "R05",
     .reasons = {"R05", "A11", "I01"}},

    {.id = "R06-a1", .clause = REASON},
    {.id = "R06-r1",
     .clause = REASON,
     .broken = "the proof of possession is by another key",
     .twin = "R06-a1",
     .holder = HOLDER_OTHER,
     RED("R06"),
     .failed = {"KB-02"}},
    {.id = "R06-r2",
     .clause = REASON,
     .broken = "the proof of possession is missing",
     .twin = "R06-a1",
     .holder = HOLDER_SILENT,
     RED("R06"),
     .failed = {"KB-01"}},
    {.id = "R06-r3",
     .clause = REASON,
     .broken = "the proof answers another request",
     .twin = "R06-a1",
     .nonce = "vectors-nonce-00000000",
     RED("R06"),
     .failed = {"KB-03"}},

    {.id = "R07-a1", .clause = REASON, .person = "ZIELINSKI, Marek, 1990-04-17"},
    {.id = "R07-r1",
     .clause = REASON,
     .broken = "the ID document is of another person",
     .twin = "R07-a1",
     .person = OTHER,
     RED("R07")},
    {.id = "R07-r2",
     .clause = REASON,
     .broken = "the date of birth is another day",
     .twin = "R07-a1",
     .person = "Zieliński, Marek Paweł, 1990-04-18",
     RED("R07")},
    {.id = "R07-a2", .clause = REASON, .person = NOT_GIVEN, .pid = PID_GOOD},
    {.id = "R07-r3",
     .clause = REASON,
     .broken = "the PID beside it is of another person",
     .twin = "R07-a2",
     .person = NOT_GIVEN,
     .pid = PID_OTHER,
     RED("R07")},
    {.id = "R07-a3", .clause = REASON, .form = CASE_A11},
    {.id = "R07-r4",
     .clause = REASON,
     .broken = "a photographed code, shown with another ID document",
     .twin = "R07-a3",
     .form = CASE_A11,
     .person = OTHER,
     .exit = 2,
     .decisive = "R07",
     .reasons = {"R07", "A03", "I01"}},

    {.id = "R08-a1", .clause = REASON, .plan = no_decoys},
    {.id = "R08-r1",
     .clause = REASON,
     .broken = "shown in AT, all places of work are in DE",
     .twin = "R08-a1",
     .plan = no_decoys,
     .country = "AT",
     RED("R08")},
    {.id = "R08-a2", .clause = REASON, .form = CASE_A11, .record = RECORD_DE, .country = "NL"},
    {.id = "R08-r2",
     .clause = REASON,
     .broken = "an A1 for work in NL, shown in DE",
     .twin = "R08-a2",
     .form = CASE_A11,
     .record = RECORD_DE,
     .exit = 2,
     .decisive = "R08",
     .reasons = {"R08", "A09", "I01"}},

    {.id = "R09-a1", .clause = REASON},
    {.id = "R09-r1",
     .clause = REASON,
     .broken = "vct is that of another credential",
     .twin = "R09-a1",
     .edit = {{"vct", "\"urn:example:membership:1\""}},
     .exit = 2,
     .decisive = "R09",
     .failed = {"VC-01"}},
}
;

/* ---- genuine or not ---- */

static void letter(struct qr *q)
{
    qr_swap(&q->claims, nw_str("Stalbud"), nw_str("Stalbad"));
}
static void health(struct qr *q)
{
    memcpy(q->text.p, "HC1:", 4);
}
static const struct qr_row codes[] = {
    {.id = "R01-a1", .clause = REASON},
    QR_RED("R01-r1", REASON, "one letter was changed after signing", "R01-a1", QR_SIGNATURE, letter,
           "QR-03", "R01"),
    QR_RED("R09-r2", REASON, "the code is a health certificate", "R01-a1", QR_TEXT, health, "A1-01",
           "R09"),
};

/* Another A1 number in the disclosure, not in the digest that was signed. */
static void number(struct hand *h)
{
    struct nw_buf json = NW_BUF(4096), other = NW_BUF(4096);
    struct nw_buf *d = &h->disclosure[hand_find(h, "documentID")];
    hand_decode(h, hand_find(h, "documentID"), &json);
    qr_swap(&json, nw_str("0004711"), nw_str("0004712"));
    nw_base64url_encode(nw_buf_slice(&json), &other);
    nw_buf_cut(d, 0);
    nw_buf_put(d, nw_buf_slice(&other));
    nw_buf_free(&json);
    nw_buf_free(&other);
}
static const struct hand_case claims[] = {
    {.id = "R01-r2",
     .clause = REASON,
     .broken = "the A1 number was changed after signing",
     .twin = "R01-a2",
     .change = number,
     .failed = {"SDJ-07"},
     .decisive = "R01"},
};

/* ---- persons ---- */

static void pid(struct gen *g, const struct world *w, enum world_party signer, const char *names,
                const char *path, bool good)
{
    char text[512];
    struct nw_buf issued = NW_BUF(1u << 16), shown = NW_BUF(1u << 16);
    struct nw_json *payload = NULL, *cnf = NULL;
    struct nw_json *envelope = world_envelope(g, w, PARTY_PID, w->record_pl, true);
    const struct nw_type *type = nw_type_find(w->types, "pid");
    (void)snprintf(text, sizeof text,
                   "{\"vct\":\"urn:eudi:pid:1\",\"iss\":\"https://pid.pl.example\",\"iat\":%d,"
                   "\"exp\":%d,%s,\"date_of_expiry\":\"2030-01-01\",\"issuing_authority\":\"PL\","
                   "\"issuing_country\":\"PL\"}",
                   GEN_NOW - 3600, GEN_NOW + 20 * 3600, names);
    gen_ok(nw_json_parse(nw_str(text), &payload, NULL), path);
    gen_ok(nw_json_dup(nw_json_get(envelope, "cnf"), &cnf), path);
    gen_ok(nw_json_put(payload, "cnf", &cnf), path);
    const struct nw_sdjwt_issue job = {.payload = payload,
                                       .plan = nw_type_plan(type, NW_PROFILE_EUDI),
                                       .typ = "dc+sd-jwt",
                                       .random = gen_random,
                                       .random_ctx = g};
    gen_random_restart(g, "person identification data");
    gen_ok(nw_sdjwt_issue(g->c, w->body[signer].issuer, &job, &issued, NULL), path);
    gen_ok(nw_sdjwt_present(g->c, nw_buf_slice(&issued), NULL, NULL,
                            good ? w->holder : w->other_holder, NONCE, AUDIENCE, GEN_NOW - 20,
                            &shown),
           path);
    gen_file(g, path, nw_buf_slice(&shown));
    nw_json_free(&payload);
    nw_json_free(&envelope);
    nw_buf_free(&issued);
    nw_buf_free(&shown);
}

#define MAREK                                                                                      \
    "\"family_name\":\"Zieliński\",\"given_name\":\"Marek Paweł\",\"birthdate\":\"1990-04-17\""
#define PIOTR "\"family_name\":\"Nowak\",\"given_name\":\"Piotr\",\"birthdate\":\"1988-11-02\""

static void persons(struct gen *g, const struct world *w)
{
    pid(g, w, PARTY_PID, MAREK, PID_GOOD, true);
    pid(g, w, PARTY_PID, PIOTR, PID_OTHER, true);
    pid(g, w, PARTY_PL, MAREK, PID_FOREIGN, true);
    pid(g, w, PARTY_PID, MAREK, PID_UNPROVEN, false);
    static const char *const failed[] = {"VC-01", NULL};
    const struct gen_vector v = {.id = "R09-r3",
                                 .rule = "R09",
                                 .clause = REASON,
                                 .broken = "person identification data are shown, not an A1",
                                 .twin = "R09-a1",
                                 .input = PID_GOOD,
                                 .form = "dc+sd-jwt",
                                 .bundle = GOOD_BUNDLE,
                                 .policy = POLICY,
                                 .country = "DE",
                                 .nonce = NONCE,
                                 .audience = AUDIENCE,
                                 .person = PERSON_PL,
                                 .exit = 2,
                                 .failed = failed,
                                 .decisive = "R09"};
    gen_vector(g, &v);
}

/* ---- evidence ---- */

static void bundle(struct gen *g, const struct world *w, const char *name, int64_t iat, int64_t exp)
{
    static const uint64_t withdrawn[] = {WORLD_IDX_WITHDRAWN, 0};
    struct nw_buf jwt = NW_BUF(NW_MAX_STATUS_TOKEN), cwt = NW_BUF(NW_MAX_STATUS_TOKEN);
    struct nw_signer *s = w->body[PARTY_PL].status;
    world_status(g, s, NW_TOKEN_JWT, WORLD_STATUS_URI, iat, exp, withdrawn, &jwt);
    world_status(g, s, NW_TOKEN_CWT, WORLD_STATUS_URI, iat, exp, withdrawn, &cwt);
    const struct world_bundle how = {
        .official = true, .status_jwt = nw_buf_slice(&jwt), .status_cwt = nw_buf_slice(&cwt)};
    evidence_bundle(g, w, &how, name);
    nw_buf_free(&jwt);
    nw_buf_free(&cwt);
}

static void bundles(struct gen *g, const struct world *w)
{
    const struct world_bundle test = {.official = false};
    const struct world_bundle without = {.official = true, .no_status = true};
    const struct world_bundle old = {.official = true, .created = GEN_NOW - 30 * 86400};
    evidence_bundle(g, w, &test, "test-lists");
    evidence_bundle(g, w, &without, "no-status");
    evidence_bundle(g, w, &old, "old");
    bundle(g, w, "old-status", GEN_NOW - 48 * 3600, GEN_NOW + 86400);
    bundle(g, w, "expired-status", GEN_NOW - 48 * 3600, GEN_NOW - 900); /* fetched before */
}

void group_reasons(struct gen *g, const struct world *w)
{
    bundles(g, w);
    qr_rows(g, w, codes, sizeof codes / sizeof codes[0]);
    case_rows(g, w, "reasons", rows, sizeof rows / sizeof rows[0]);
    hand_cases(g, w, "reasons", claims, sizeof claims / sizeof claims[0]);
    persons(g, w);
    group_reasons_amber(g, w);
}
