/* EHIC and PID, as SD-JWT VC of the canonical profile and as mdoc: their schema, their days, their
 * issuer, their status; what is wrong is in the record or in who signs and shows it. */
#include <stdio.h>
#include <string.h>

#include "case.h"
#include "doc.h"
#include "sdjwt/sdjwt.h"

#define EHIC_RULES "DC4EU EHIC rulebook 1.1"
#define PID_RULES "PID rulebook 2-4"
#define PID_PERSON "Zieliński, Marek Paweł, 1990-04-17"

static const char ehic_record[] =
    "{\"personal_administrative_number\":\"90041799998\",\"document_number\":"
    "\"80616000000000000001\",\"issuing_authority\":{\"id\":\"PL:ZUSTEST02\",\"name\":"
    "\"ZUS (dane testowe)\",\"country\":\"PL\"},\"authentic_source\":{\"id\":\"PL:ZUSTEST02\","
    "\"name\":\"ZUS (dane testowe)\"},\"date_of_issuance\":\"2026-01-15\",\"date_of_expiry\":"
    "\"2027-01-31\",\"starting_date\":\"2026-02-01\",\"ending_date\":\"2026-12-31\"}";
static const char pid_record[] =
    "{\"family_name\":\"Zieliński\",\"given_name\":\"Marek Paweł\",\"birthdate\":"
    "\"1990-04-17\",\"place_of_birth\":{\"locality\":\"Rzeszów\",\"country\":\"PL\"},"
    "\"nationalities\":[\"PL\"],\"sex\":1,\"picture\":"
    "\"data:image/jpeg;base64,/9j/4AAQSkZJRgABAQEAYABgAAD/2Q==\",\"document_number\":"
    "\"PID-PL-000001\",\"date_of_issuance\":\"2026-01-02\",\"date_of_expiry\":\"2030-01-01\","
    "\"issuing_authority\":\"PL\",\"issuing_country\":\"PL\"}";

struct type_row {
    const char *id, *clause, *broken, *twin;
    bool pid, mdoc;
    struct case_edit edit[2];
    int signer; /* SIGNED_BY() another one */
    uint64_t idx;
    bool copied;      /* shown by another key */
    const char *hide; /* piece of a disclosure that is not presented */
    const char *at, *policy, *person;
    int exit;
    const char *failed[4];
    const char *decisive;
    const char *reasons[3]; /* none: the decisive one alone */
};

#define TYPE_RED(reason, ...) .exit = 2, .failed = {__VA_ARGS__}, .decisive = (reason)

static const struct type_row rows[] = {
    /* ---- EHIC, SD-JWT VC ---- */
    {.id = "A1-01-a31", .clause = EHIC_RULES},
    {.id = "A1-01-r31",
     .clause = EHIC_RULES,
     .broken = "the card's number has three characters, the rulebook wants four",
     .twin = "A1-01-a31",
     .edit = {{"document_number", "\"806\""}},
     TYPE_RED("R01", "A1-01", "V01")},
    {.id = "A1-01-r32",
     .clause = EHIC_RULES,
     .broken = "the date of issue, which may not be hidden, is not there",
     .twin = "A1-01-a31",
     .edit = {{"date_of_issuance", NULL}},
     TYPE_RED("R01", "A1-01", "V01")},
    {.id = "A1-01-r33",
     .clause = EHIC_RULES,
     .broken = "the card has a member that the type does not know",
     .twin = "A1-01-a31",
     .edit = {{"colour", "\"blue\""}},
     TYPE_RED("R01", "A1-01", "V01")},
    {.id = "A1-02-r31",
     .clause = EHIC_RULES,
     .broken = "the entitlement ends before it begins",
     .twin = "A1-01-a31",
     .edit = {{"ending_date", "\"2026-01-31\""}},
     TYPE_RED("R01", "A1-02", "V03")},
    {.id = "R05-r31",
     .clause = EHIC_RULES,
     .broken = "the entitlement was over the day before",
     .twin = "A1-01-a31",
     .edit = {{"ending_date", "\"2026-06-14\""}},
     TYPE_RED("R05", NULL)},
    {.id = "R05-r32",
     .clause = EHIC_RULES,
     .broken = "the entitlement begins the day after",
     .twin = "A1-01-a31",
     .edit = {{"starting_date", "\"2026-06-16\""}},
     TYPE_RED("R05", NULL)},
    {.id = "R04-r31",
     .clause = EHIC_RULES,
     .broken = "the card ended, the entitlement has no end of its own",
     .twin = "A1-01-a31",
     .edit = {{"date_of_expiry", "\"2026-06-14\""}, {"ending_date", NULL}},
     TYPE_RED("R04", NULL)},
    {.id = "A11-r31",
     .clause = EHIC_RULES,
     .broken = "neither entitlement nor card has an end",
     .twin = "A1-01-a31",
     .edit = {{"date_of_expiry", NULL}, {"ending_date", NULL}},
     .exit = 1,
     .decisive = "A11"},
    {.id = "A11-r32",
     .clause = EHIC_RULES,
     .broken = "the number of the person is kept back",
     .twin = "A1-01-a31",
     .hide = "personal_administrative_number",
     .exit = 1,
     .decisive = "A11"},
    {.id = "A1-04-r31",
     .clause = EHIC_RULES,
     .broken = "the issuing authority is of another state than its signer",
     .twin = "A1-01-a31",
     .edit = {{"issuing_authority.country", "\"SK\""}},
     TYPE_RED("R02", "A1-04")},
    {.id = "VC-03-r31",
     .clause = EHIC_RULES,
     .broken = "a provider of person identification data signed the card",
     .twin = "A1-01-a31",
     .signer = SIGNED_BY(PARTY_PID),
     TYPE_RED("R02", "LOTE-04", "VC-03")},
    {.id = "R03-r31",
     .clause = EHIC_RULES,
     .broken = "the card was withdrawn",
     .twin = "A1-01-a31",
     .idx = WORLD_IDX_WITHDRAWN,
     TYPE_RED("R03", "STS-05")},
    {.id = "R09-r31",
     .clause = EHIC_RULES,
     .broken = "a card is shown where an A1 is asked for",
     .twin = "A1-01-a31",
     .policy = POLICY,
     TYPE_RED("R09", "VC-01")},
    /* ---- EHIC, mdoc ---- */
    {.id = "A1-01-a32", .clause = EHIC_RULES, .mdoc = true},
    {.id = "A1-01-r34",
     .clause = EHIC_RULES,
     .broken = "the card's number has three characters, the rulebook wants four",
     .twin = "A1-01-a32",
     .mdoc = true,
     .edit = {{"document_number", "\"806\""}},
     TYPE_RED("R01", "A1-01", "V01")},
    {.id = "R05-r33",
     .clause = EHIC_RULES,
     .broken = "the entitlement was over the day before",
     .twin = "A1-01-a32",
     .mdoc = true,
     .edit = {{"ending_date", "\"2026-06-14\""}},
     TYPE_RED("R05", NULL)},
    {.id = "R03-r32",
     .clause = EHIC_RULES,
     .broken = "the card was withdrawn",
     .twin = "A1-01-a32",
     .mdoc = true,
     .idx = WORLD_IDX_WITHDRAWN,
     TYPE_RED("R03", "STS-05")},
    {.id = "MSO-05-r31",
     .clause = EHIC_RULES,
     .broken = "a card is shown where an A1 is asked for",
     .twin = "A1-01-a32",
     .mdoc = true,
     .policy = POLICY,
     TYPE_RED("R09", "MSO-05")},
    /* ---- PID, SD-JWT VC ---- */
    {.id = "A1-01-a33", .clause = PID_RULES, .pid = true},
    {.id = "A1-01-r35",
     .clause = PID_RULES,
     .broken = "the nationality is a code of three letters",
     .twin = "A1-01-a33",
     .pid = true,
     .edit = {{"nationalities", "[\"POL\"]"}},
     TYPE_RED("R01", "A1-01", "V01")},
    {.id = "A1-02-r32",
     .clause = PID_RULES,
     .broken = "the document ends before it was issued",
     .twin = "A1-01-a33",
     .pid = true,
     .edit = {{"date_of_expiry", "\"2026-01-01\""}},
     TYPE_RED("R01", "A1-02", "V03"),
     .reasons = {"R01", "R04"}},
    {.id = "R04-r32",
     .clause = PID_RULES,
     .broken = "the administrative validity was over the day before",
     .twin = "A1-01-a33",
     .pid = true,
     .edit = {{"date_of_expiry", "\"2026-06-14\""}},
     TYPE_RED("R04", NULL)},
    {.id = "VC-03-r32",
     .clause = PID_RULES,
     .broken = "a public body signed that is no provider of person identification data",
     .twin = "A1-01-a33",
     .pid = true,
     .signer = SIGNED_BY(PARTY_PL),
     TYPE_RED("R02", "LOTE-04", "VC-03")},
    {.id = "A1-04-r32",
     .clause = PID_RULES,
     .broken = "the issuing country is another one than the signer's",
     .twin = "A1-01-a33",
     .pid = true,
     .edit = {{"issuing_country", "\"SK\""}},
     TYPE_RED("R02", "A1-04")},
    {.id = "KB-02-r31",
     .clause = PID_RULES,
     .broken = "the proof of possession is by another key",
     .twin = "A1-01-a33",
     .pid = true,
     .copied = true,
     TYPE_RED("R06", "KB-02"),
     .reasons = {"R06", "A03"}},
    {.id = "R07-r31",
     .clause = PID_RULES,
     .broken = "the ID document names another person",
     .twin = "A1-01-a33",
     .pid = true,
     .person = "Nowak, Jan, 1971-01-02",
     TYPE_RED("R07", NULL)},
    {.id = "A11-r33",
     .clause = PID_RULES,
     .broken = "the surname is kept back",
     .twin = "A1-01-a33",
     .pid = true,
     .hide = "family_name\"",
     .exit = 1,
     .decisive = "A11"},
    /* ---- PID, mdoc ---- */
    {.id = "A1-01-a34", .clause = PID_RULES, .pid = true, .mdoc = true},
    {.id = "A1-01-r36",
     .clause = PID_RULES,
     .broken = "the sex is a number that ISO/IEC 5218 and the CIR do not have",
     .twin = "A1-01-a34",
     .pid = true,
     .mdoc = true,
     .edit = {{"sex", "10"}},
     TYPE_RED("R01", "A1-01", "V01")},
    {.id = "R04-r33",
     .clause = PID_RULES,
     .broken = "the administrative validity was over the day before",
     .twin = "A1-01-a34",
     .pid = true,
     .mdoc = true,
     .edit = {{"date_of_expiry", "\"2026-06-14\""}},
     TYPE_RED("R04", NULL)},
    {.id = "DEV-04-r31",
     .clause = PID_RULES,
     .broken = "the device signature is by another key",
     .twin = "A1-01-a34",
     .pid = true,
     .mdoc = true,
     .copied = true,
     TYPE_RED("R06", "DEV-01", "DEV-04"),
     .reasons = {"R06", "A03"}},
    {.id = "LOTE-04-r31",
     .clause = PID_RULES,
     .broken = "a public body signed that is no provider of person identification data",
     .twin = "A1-01-a34",
     .pid = true,
     .mdoc = true,
     .signer = SIGNED_BY(PARTY_PL),
     TYPE_RED("R02", "LOTE-04")},
};

static enum world_party party_of(const struct type_row *row)
{
    return row->signer != 0 ? (enum world_party)(row->signer - 1) : row->pid ? PARTY_PID : PARTY_PL;
}

static struct nw_json *record_of(const struct type_row *row)
{
    struct nw_json *record = NULL;
    gen_ok(nw_json_parse(nw_str(row->pid ? pid_record : ehic_record), &record, NULL), row->id);
    for (size_t i = 0; i < 2 && row->edit[i].path != NULL; i++) {
        case_edit(record, &row->edit[i]);
    }
    return record;
}

/* What the provider of the PID has no list for lives 21 hours. */
static uint64_t idx_of(const struct type_row *row)
{
    return row->pid ? 0 : row->idx != 0 ? row->idx : WORLD_IDX_GOOD;
}

static void put_envelope(struct gen *g, const struct world *w, const struct type_row *row,
                         struct nw_json *payload)
{
    static const char *const kept[] = {"cnf", "status"};
    struct nw_json *a1 = world_envelope(g, w, party_of(row), w->record_pl, true);
    uint64_t idx = idx_of(row);
    if (idx != 0) {
        struct nw_json *list = nw_json_mut(nw_json_path(a1, "status.status_list"));
        nw_json_remove(list, "idx");
        gen_ok(nw_json_put_int(list, "idx", (int64_t)idx), row->id);
    }
    for (size_t i = 0; i < (idx != 0 ? 2u : 1u); i++) {
        struct nw_json *copy = NULL;
        gen_ok(nw_json_dup(nw_json_get(a1, kept[i]), &copy), row->id);
        gen_ok(nw_json_put(payload, kept[i], &copy), row->id);
    }
    gen_ok(nw_json_put_text(payload, "vct", row->pid ? "urn:eudi:pid:1" : "urn:eudi:ehic:1"),
           row->id);
    gen_ok(nw_json_put_text(payload, "attestation_legal_category", row->pid ? "PID" : "PuB-EAA"),
           row->id);
    gen_ok(nw_json_put_int(payload, "iat", idx != 0 ? GEN_NOW - 86400 : GEN_NOW - 3600), row->id);
    gen_ok(nw_json_put_int(payload, "exp", GEN_NOW + (idx != 0 ? 13 * 86400 : 20 * 3600)), row->id);
    nw_json_free(&a1);
}

static bool keep(void *ctx, struct nw_slice disclosure)
{
    const struct type_row *row = ctx;
    char text[8192];
    if (!nw_slice_cstr(disclosure, text, sizeof text)) {
        gen_die("%s: a disclosure is too long", row->id);
    }
    return row->hide == NULL || strstr(text, row->hide) == NULL;
}

static void make_sdjwt(struct gen *g, const struct world *w, const struct type_row *row,
                       struct nw_buf *out)
{
    const struct nw_type *type = nw_type_find(w->types, row->pid ? "pid" : "ehic");
    struct nw_buf issued = NW_BUF(1u << 16);
    struct nw_json *payload = record_of(row);
    put_envelope(g, w, row, payload);
    const struct nw_sdjwt_issue job = {.payload = payload,
                                       .plan = nw_type_plan(type, nw_type_canonical(type)),
                                       .typ = "dc+sd-jwt",
                                       .random = gen_random,
                                       .random_ctx = g};
    gen_random_restart(g, "EHIC and PID");
    gen_ok(nw_sdjwt_issue(g->c, w->body[party_of(row)].issuer, &job, &issued, NULL), row->id);
    gen_ok(nw_sdjwt_present(g->c, nw_buf_slice(&issued), keep, (void *)(uintptr_t)row,
                            row->copied ? w->other_holder : w->holder, NONCE, AUDIENCE,
                            GEN_NOW - 20, out),
           row->id);
    nw_json_free(&payload);
    nw_buf_free(&issued);
}

static void make_mdoc(struct gen *g, const struct world *w, const struct type_row *row,
                      struct nw_buf *out)
{
    struct nw_json *record = record_of(row);
    const struct doc_subject of = {.type = row->pid ? "pid" : "ehic",
                                   .record = record,
                                   .issuer = party_of(row),
                                   .idx = idx_of(row),
                                   .device = row->copied ? w->other_holder : w->holder,
                                   .device_key = w->holder,
                                   .label = "EHIC and PID"};
    doc_present(g, w, &of, out);
    nw_json_free(&record);
}

static void entry(struct gen *g, const struct type_row *row, const char *input)
{
    char rule[16];
    (void)snprintf(rule, sizeof rule, "%s", row->id);
    *strrchr(rule, '-') = '\0';
    const struct gen_vector v = {.id = row->id,
                                 .rule = rule,
                                 .clause = row->clause,
                                 .broken = row->broken,
                                 .twin = row->twin,
                                 .input = input,
                                 .form = row->mdoc ? "mso_mdoc" : "dc+sd-jwt",
                                 .at = row->at,
                                 .bundle = GOOD_BUNDLE,
                                 .policy = row->policy != NULL ? row->policy : POLICY_TYPES,
                                 .country = "DE",
                                 .transcript = row->mdoc ? TRANSCRIPT : NULL,
                                 .nonce = row->mdoc ? NULL : NONCE,
                                 .audience = row->mdoc ? NULL : AUDIENCE,
                                 .person = row->person != NULL      ? row->person
                                           : row->pid && !row->hide ? PID_PERSON
                                                                    : NULL,
                                 .exit = row->exit,
                                 .failed = row->failed,
                                 .decisive = row->decisive,
                                 .reasons = row->reasons[0] != NULL ? row->reasons : NULL};
    gen_vector(g, &v);
}

void group_types(struct gen *g, const struct world *w)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct type_row *row = &rows[i];
        struct nw_buf out = NW_BUF(1u << 20);
        char path[96];
        if (row->mdoc) {
            make_mdoc(g, w, row, &out);
        } else {
            make_sdjwt(g, w, row, &out);
        }
        gen_ok(nw_buf_err(&out), row->id);
        (void)snprintf(path, sizeof path, "set/types/%s.%s", row->id, row->mdoc ? "cbor" : "txt");
        entry(g, row, gen_input(g, path, nw_buf_slice(&out)));
        nw_buf_free(&out);
    }
}
