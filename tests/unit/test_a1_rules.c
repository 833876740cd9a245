/* V01-V28: each rule with a record that keeps it and a twin that differs in one thing. */
#include "support.h"

#include "attestation/rules.h"
#include "base/date.h"

static struct nw_types *types;
static const struct nw_type *pda1;
static struct nw_findings found;
static struct nw_checks checks;

static const char base[] =
    "{\"subject\":{\"pin\":\"99120585E515\",\"gender\":\"2\",\"names\":{\"surnames\":\"Ehlers-Vogt\","
    "\"forenames\":\"Katrin\",\"surnameAtBirth\":\"Ehlers\"},\"dateOfBirth\":\"1985-05-12\","
    "\"nationalities\":[\"DE\"],\"placeOfBirth\":{\"town\":\"Kiel\",\"countryCode\":\"DE\"},"
    "\"address\":{\"stateOfResidence\":[{\"town\":\"Kiel\",\"countryCode\":\"DE\"}]}},"
    "\"memberstateAppliedLegislation\":{\"memberstate\":\"DE\",\"startDate\":\"2026-03-01\","
    "\"endDate\":\"2026-12-31\",\"determinationIsProvisional\":false},"
    "\"employmentSituations\":[{\"typeOfEmployment\":\"01\",\"name\":\"Nordlicht GmbH\","
    "\"employerID\":\"00000123\",\"typeOfID\":\"02\","
    "\"address\":{\"town\":\"Hamburg\",\"countryCode\":\"DE\"}}],"
    "\"placesOfWork\":{\"NL\":[{\"companyOrVesselName\":\"Maasbrug\","
    "\"address\":{\"town\":\"Rotterdam\",\"countryCode\":\"NL\"}}]},"
    "\"statusConfirmation\":{\"statusConfirmationCode\":\"01\"},\"documentID\":\"DE-TEST-0001\","
    "\"competentInstitution\":{\"institutionID\":\"DE:TEST01\",\"institutionName\":\"Kasse\","
    "\"countryCode\":\"DE\",\"address\":{\"town\":\"Berlin\",\"countryCode\":\"DE\"},"
    "\"officePhoneNumber\":\"+49300000000\",\"email\":\"a1@example.org\"}}";

/* The base record with up to three pieces of its text replaced. */
struct change {
    const char *from, *to;
};
#define CHANGES 3

static void replace(char *text, size_t cap, const struct change *c)
{
    char *at = strstr(text, c->from);
    if (at == NULL) {
        fail_msg("not in the record: %s", c->from);
        return;
    }
    size_t rest = strlen(at + strlen(c->from)) + 1;
    assert_true(strlen(text) + strlen(c->to) + 1 < cap);
    memmove(at + strlen(c->to), at + strlen(c->from), rest);
    memcpy(at, c->to, strlen(c->to));
}

static struct nw_json *record_with(const struct change *changes)
{
    static char text[8192];
    struct nw_json *r = NULL;
    memcpy(text, base, sizeof base);
    for (size_t i = 0; i < CHANGES && changes[i].from != NULL; i++) {
        replace(text, sizeof text, &changes[i]);
    }
    assert_ok(nw_json_parse(nw_str(text), &r, NULL));
    return r;
}

static enum nw_err run(const struct nw_json *record, bool partial,
                       const struct nw_rule_context *ctx)
{
    found.n = 0;
    memset(&checks, 0, sizeof checks);
    return nw_rules_run(pda1, record, partial, ctx, &found, &checks);
}

static const struct nw_finding *finding(const char *rule)
{
    for (size_t i = 0; i < found.n; i++) {
        if (strcmp(found.v[i].rule, rule) == 0) {
            return &found.v[i];
        }
    }
    return NULL;
}

static struct nw_rule_context issuing(void)
{
    struct nw_rule_context ctx = {.own_issuing = true, .signer_country = "DE", .has_status = true};
    snprintf(ctx.today, sizeof ctx.today, "2026-02-20");
    ctx.iat = 1771545600;      /* 2026-02-20 */
    ctx.exp = ctx.iat + 14 * 86400;
    ctx.cert_end = ctx.iat + 365 * 86400;
    return ctx;
}

static struct nw_rule_context checking(void)
{
    struct nw_rule_context ctx = issuing();
    ctx.own_issuing = false;
    return ctx;
}

#define OK_CASE -1
struct rule_case {
    const char *rule;
    int level; /* OK_CASE, or the level of the finding when issuing */
    const char *path;
    struct change changes[CHANGES];
};

#define E NW_LEVEL_ERROR
#define W NW_LEVEL_WARN
#define I NW_LEVEL_INFO
#define STATUS(code) {"\"statusConfirmationCode\":\"01\"", "\"statusConfirmationCode\":\"" code "\""}
#define PERIOD(start, end)                                                                         \
    {"\"startDate\":\"2026-03-01\",\"endDate\":\"2026-12-31\"",                                    \
     "\"startDate\":\"" start "\",\"endDate\":\"" end "\""}
#define PLACE_NL                                                                                   \
    "\"NL\":[{\"companyOrVesselName\":\"Maasbrug\",\"address\":{\"town\":\"Rotterdam\","            \
    "\"countryCode\":\"NL\"}}]"
#define EMPLOYED(code) {"\"typeOfEmployment\":\"01\"", "\"typeOfEmployment\":\"" code "\""}
#define LONG_21 "123456789012345678901"

static const struct rule_case cases[] = {
    {"V01", OK_CASE, "", {{NULL, NULL}}},
    {"V01", E, "subject.gender", {{"\"gender\":\"2\",", ""}}},
    {"V01", E, "subject.shoe", {{"\"gender\":\"2\",", "\"gender\":\"2\",\"shoe\":\"42\","}}},
    {"V01", E, "subject.gender", {{"\"gender\":\"2\"", "\"gender\":2"}}},
    {"V01", E, "subject.nationalities", {{"[\"DE\"]", "[]"}}},
    {"V01", E, "subject.nationalities[1]", {{"[\"DE\"]", "[\"DE\",\"DE\"]"}}},
    {"V01", OK_CASE, "", {{"[\"DE\"]", "[\"DE\",\"AR\"]"}}},
    {"V01", E, "subject.address", {{"\"stateOfResidence\":[{\"town\":\"Kiel\",\"countryCode\":\"DE\"}]",
                                    "\"stateOfResidence\":[]"}}},
    {"V02", E, "memberstateAppliedLegislation.endDate", {PERIOD("2026-02-01", "2026-02-29")}},
    {"V02", OK_CASE, "", {PERIOD("2028-02-01", "2028-02-29")}},
    {"V02", E, "memberstateAppliedLegislation.endDate", {PERIOD("2026-03-01", "2499-01-01")}},
    {"V02", E, "subject.dateOfBirth", {{"1985-05-12", "1885-05-12"}}},
    {"V03", E, "memberstateAppliedLegislation.endDate", {PERIOD("2026-03-02", "2026-03-01")}},
    {"V03", OK_CASE, "", {PERIOD("2026-03-02", "2026-03-02")}},
    {"V04", OK_CASE, "", {PERIOD("2026-03-01", "2028-02-29")}},
    {"V04", E, "memberstateAppliedLegislation.endDate", {PERIOD("2026-03-01", "2028-03-01")}},
    {"V04", OK_CASE, "", {PERIOD("2024-02-29", "2026-02-28")}},
    {"V04", E, "memberstateAppliedLegislation.endDate", {PERIOD("2024-02-29", "2026-03-01")}},
    {"V04", OK_CASE, "", {PERIOD("2026-03-01", "2028-03-01"), STATUS("11")}},
    {"V04", E, "memberstateAppliedLegislation.endDate",
     {PERIOD("2026-03-01", "2028-03-01"), STATUS("03"), EMPLOYED("02")}},
    {"V06", E, "statusConfirmation.exceptionDescription",
     {{"\"statusConfirmationCode\":\"01\"",
       "\"statusConfirmationCode\":\"08\",\"exceptionDescription\":\"x\""}}},
    {"V06", OK_CASE, "",
     {{"\"statusConfirmationCode\":\"01\"",
       "\"statusConfirmationCode\":\"11\",\"exceptionDescription\":\"x\""}}},
    {"V06", W, "statusConfirmation.exceptionDescription", {STATUS("11")}},
    {"V07", E, "placesOfWork", {{PLACE_NL, "\"DE\":[]"}}},
    {"V07", OK_CASE, "", {{PLACE_NL, "\"DE\":[],\"AT\":[]"}}},
    {"V07", OK_CASE, "", {{PLACE_NL, "\"DE\":[]"}, STATUS("12")}},
    {"V08", OK_CASE, "", {STATUS("02")}},
    {"V08", W, "placesOfWork", {{PLACE_NL, "\"DE\":[]"}, STATUS("02")}},
    {"V09", W, "placesOfWork", {STATUS("07")}},
    {"V09", OK_CASE, "",
     {STATUS("10"), {"\"Maasbrug\",", "\"Maasbrug\",\"flagBaseHomeState\":\"DE\","}}},
    {"V10", W, "placesOfWork", {STATUS("12")}},
    {"V10", OK_CASE, "", {STATUS("12"), {PLACE_NL, "\"DE\":[]"}}},
    {"V11", E, "placesOfWork.NL[0].address.countryCode",
     {{"\"Rotterdam\",\"countryCode\":\"NL\"", "\"Rotterdam\",\"countryCode\":\"BE\""}}},
    {"V12", E, "subject.nationalities[0]", {{"[\"DE\"]", "[\"EU\"]"}}},
    {"V12", E, "subject.nationalities[0]", {{"[\"DE\"]", "[\"de\"]"}}},
    {"V12", E, "subject.nationalities[0]", {{"[\"DE\"]", "[\"EL\"]"}}},
    {"V12", E, "placesOfWork.US", {{PLACE_NL, "\"US\":[]"}}},
    {"V12", OK_CASE, "", {{"[\"DE\"]", "[\"GR\"]"}, {PLACE_NL, "\"GB\":[]"}}},
    {"V13", E, "competentInstitution.countryCode",
     {{"\"Kasse\",\"countryCode\":\"DE\"", "\"Kasse\",\"countryCode\":\"AT\""}}},
    {"V14", E, "placesOfWork.NL[0]", {{"\"Maasbrug\",", "\"Maasbrug\",\"companyID\":\"1\","}}},
    {"V14", OK_CASE, "",
     {{"\"Maasbrug\",", "\"Maasbrug\",\"companyID\":\"1\",\"typeOfID\":\"01\","}}},
    {"V15", W, "employmentSituations", {EMPLOYED("02")}},
    {"V15", W, "employmentSituations", {STATUS("03")}},
    {"V15", OK_CASE, "", {STATUS("03"), EMPLOYED("02")}},
    {"V15", W, "employmentSituations", {STATUS("08")}},
    {"V16", OK_CASE, "",
     {{"99120585E515", "65170839J003"}, {"1985-05-12", "1939-08-17"},
      {"\"gender\":\"2\",\"names\":{\"surnames\":\"Ehlers-Vogt\",\"forenames\":\"Katrin\","
       "\"surnameAtBirth\":\"Ehlers\"}",
       "\"gender\":\"1\",\"names\":{\"surnames\":\"Jansen\",\"forenames\":\"Jan\"}"}}},
    {"V16", W, "subject.pin",
     {{"99120585E515", "65170839J002"}, {"1985-05-12", "1939-08-17"},
      {"\"gender\":\"2\",\"names\":{\"surnames\":\"Ehlers-Vogt\",\"forenames\":\"Katrin\","
       "\"surnameAtBirth\":\"Ehlers\"}",
       "\"gender\":\"1\",\"names\":{\"surnames\":\"Jansen\",\"forenames\":\"Jan\"}"}}},
    {"V16", W, "subject.pin", {{"1985-05-12", "1985-05-13"}}},
    {"V16", W, "subject.pin", {{"\"gender\":\"2\"", "\"gender\":\"1\""}}},
    {"V16", W, "subject.pin", {{"\"surnameAtBirth\":\"Ehlers\"", "\"surnameAtBirth\":\"Vogt\""}}},
    {"V16", W, "subject.pin", {{"99120585E515", "123"}}},
    {"V18", E, "documentID", {{"DE-TEST-0001", "DE/TEST/0001"}}},
    {"V18", E, "documentID", {{"DE-TEST-0001", "DE1"}}},
    {"V18", OK_CASE, "", {{"DE-TEST-0001", "DE-1"}}},
    {"V19", W, "employmentSituations[0].employerID", {{"00000123", LONG_21}}},
    {"V19", OK_CASE, "", {{"00000123", "12345678901234567890"}}},
    {"V20", W, "subject.dateOfBirth", {{"1985-05-12", "2012-03-02"}}},
    {"V20", OK_CASE, "", {{"1985-05-12", "2012-03-01"}}},
    {"V20", W, "subject.dateOfBirth", {{"1985-05-12", "1925-02-28"}}},
    {"V21", E, "subject.names.surnames", {{"Ehlers-Vogt", "Ehlers\xe2\x80\xaeVogt"}}},
    {"V21", E, "subject.names.surnames", {{"Ehlers-Vogt", "Mu\xcc\x88ller"}}},
    {"V21", OK_CASE, "", {{"Ehlers-Vogt", "M\xc3\xbcller"}}},
    {"V22", I, "memberstateAppliedLegislation.startDate", {PERIOD("2026-02-19", "2026-12-31")}},
    {"V22", OK_CASE, "", {PERIOD("2026-02-20", "2026-12-31")}},
    {"V23", OK_CASE, "", {PERIOD("2025-01-01", "2025-12-06")}},
    {"V23", E, "exp", {PERIOD("2025-01-01", "2025-12-05")}},
    {"V26", W, "memberstateAppliedLegislation.determinationIsProvisional",
     {{"\"determinationIsProvisional\":false", "\"determinationIsProvisional\":true"}}},
    {"V26", I, "memberstateAppliedLegislation.determinationIsProvisional",
     {{"\"determinationIsProvisional\":false", "\"determinationIsProvisional\":true"},
      STATUS("02")}},
    {"V27", E, "competentInstitution.officePhoneNumber", {{"+49300000000", "0049300000000"}}},
    {"V27", E, "competentInstitution.officePhoneNumber", {{"+49300000000", "+4930000000012345"}}},
    {"V27", E, "competentInstitution.email", {{"a1@example.org", "a1@example"}}},
    {"V27", OK_CASE, "", {{"a1@example.org", "a.1+x@sub.example.org"}}},
};

static void each_rule_keeps_and_breaks(void **state)
{
    (void)state;
    struct nw_rule_context ctx = issuing();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct rule_case *c = &cases[i];
        struct nw_json *record = record_with(c->changes);
        enum nw_err e = run(record, false, &ctx);
        const struct nw_finding *f = finding(c->rule);
        if ((c->level == OK_CASE) != (f == NULL) ||
            (f != NULL && ((int)f->level != c->level || strcmp(f->path, c->path) != 0))) {
            print_message("case %zu %s: %s %s\n", i, c->rule, f == NULL ? "no finding" : f->path,
                          f == NULL ? "" : f->text);
            fail();
        }
        bool broken = c->level != OK_CASE && c->level != NW_LEVEL_INFO;
        assert_int_equal(nw_check_failed(&checks, c->rule), broken);
        assert_int_equal(nw_check_passed(&checks, c->rule), !broken);
        if (c->level == NW_LEVEL_ERROR) {
            assert_err(e, NW_ERR_RECORD_RULE);
        }
        nw_json_free(&record);
    }
}

static void a_good_record_keeps_every_rule_that_can_be_checked(void **state)
{
    (void)state;
    static const struct change none[CHANGES];
    struct nw_rule_context ctx = issuing();
    struct nw_json *record = record_with(none);
    assert_ok(run(record, false, &ctx));
    assert_int_equal(found.n, 0);
    for (int n = 1; n <= 28; n++) {
        char id[16];
        snprintf(id, sizeof id, "V%02d", n);
        bool open = n == 5 || n == 17 || n == 25 || n == 28; /* register, other states, PID */
        assert_non_null(nw_check_find(&checks, id));
        assert_int_equal(nw_check_find(&checks, id)->result, open ? NW_NOT_DONE : NW_PASS);
    }
    nw_json_free(&record);
}

static void what_stops_our_own_issuing_is_amber_from_others(void **state)
{
    (void)state;
    static const struct change too_long[CHANGES] = {PERIOD("2026-03-01", "2028-03-01")};
    static const struct change at_home[CHANGES] = {{PLACE_NL, "\"DE\":[]"}};
    struct nw_rule_context ctx = checking();
    struct nw_json *record = record_with(too_long);
    assert_ok(run(record, false, &ctx));
    assert_int_equal(finding("V04")->level, NW_LEVEL_WARN);
    nw_json_free(&record);
    record = record_with(at_home);
    assert_ok(run(record, false, &ctx));
    assert_int_equal(finding("V07")->level, NW_LEVEL_WARN);
    nw_json_free(&record);
}

static void hidden_states_leave_a_rule_not_done(void **state)
{
    (void)state;
    static const struct change at_home[CHANGES] = {{PLACE_NL, "\"DE\":[]"}};
    struct nw_rule_context ctx = checking();
    struct nw_json *record = record_with(at_home);
    assert_ok(run(record, true, &ctx));
    assert_null(finding("V07"));
    assert_int_equal(nw_check_find(&checks, "V07")->result, NW_NOT_DONE);
    ctx.all_places = true;
    assert_ok(run(record, true, &ctx));
    assert_true(nw_check_failed(&checks, "V07"));
    nw_json_free(&record);
}

static void what_is_not_shown_is_not_done(void **state)
{
    (void)state;
    struct nw_rule_context ctx = checking();
    struct nw_json *record = NULL;
    ctx.signer_country = NULL;
    ctx.iat = 0;
    assert_ok(nw_json_parse(nw_str("{\"documentID\":\"X-1\"}"), &record, NULL));
    assert_ok(run(record, true, &ctx));
    assert_int_equal(found.n, 0);
    static const char *const open[] = {"V01", "V03", "V04", "V05", "V07", "V08", "V09", "V10",
                                       "V13", "V15", "V16", "V19", "V20", "V22", "V23", "V24",
                                       "V25", "V26", "V28"};
    for (size_t i = 0; i < ARRAY_LENGTH(open); i++) {
        assert_non_null(nw_check_find(&checks, open[i]));
        assert_int_equal(nw_check_find(&checks, open[i])->result, NW_NOT_DONE);
    }
    assert_true(nw_check_passed(&checks, "V18"));
    nw_json_free(&record);
}

static void signer_of_another_state_breaks_V13(void **state)
{
    (void)state;
    static const struct change none[CHANGES];
    static const struct change greek[CHANGES] = {
        {"\"memberstate\":\"DE\"", "\"memberstate\":\"GR\""},
        {"\"Kasse\",\"countryCode\":\"DE\"", "\"Kasse\",\"countryCode\":\"GR\""}};
    struct nw_rule_context ctx = issuing();
    struct nw_json *record = record_with(none);
    ctx.signer_country = "AT";
    assert_err(run(record, false, &ctx), NW_ERR_RECORD_RULE);
    assert_true(nw_check_failed(&checks, "V13"));
    nw_json_free(&record);
    record = record_with(greek);
    ctx.signer_country = "EL"; /* lists spell Greece so */
    assert_ok(run(record, false, &ctx));
    assert_true(nw_check_passed(&checks, "V13"));
    ctx.signer_country = NULL;
    assert_ok(run(record, false, &ctx));
    assert_int_equal(nw_check_find(&checks, "V13")->result, NW_NOT_DONE);
    nw_json_free(&record);
}

static void technical_times_break_V23_and_V24(void **state)
{
    (void)state;
    static const struct change none[CHANGES];
    struct nw_json *record = record_with(none);
    struct nw_rule_context ctx = issuing();
    ctx.iat += 86400;
    assert_err(run(record, false, &ctx), NW_ERR_RECORD_RULE);
    assert_string_equal(finding("V23")->path, "iat");
    ctx = issuing();
    ctx.cert_end = ctx.exp - 1;
    assert_err(run(record, false, &ctx), NW_ERR_RECORD_RULE);
    assert_string_equal(finding("V23")->path, "exp");
    ctx = issuing();
    ctx.exp = ctx.iat;
    assert_err(run(record, false, &ctx), NW_ERR_RECORD_RULE);
    ctx = issuing();
    ctx.has_status = false;
    assert_err(run(record, false, &ctx), NW_ERR_RECORD_RULE);
    assert_true(nw_check_failed(&checks, "V24"));
    ctx.exp = ctx.iat + 86400;
    assert_ok(run(record, false, &ctx));
    assert_true(nw_check_passed(&checks, "V24"));
    nw_json_free(&record);
}

struct earlier {
    struct nw_json *v[4];
    size_t n;
};

static enum nw_err look_up(void *ctx, const struct nw_json *record, size_t i,
                           const struct nw_json **out)
{
    const struct earlier *e = ctx;
    (void)record;
    *out = i < e->n ? e->v[i] : NULL;
    return NW_OK;
}

static void earlier_records_break_V05_and_V28(void **state)
{
    (void)state;
    static const struct change none[CHANGES];
    /* 22 months that end six weeks before: with ten more, over 24. */
    static const struct change before[CHANGES] = {PERIOD("2024-03-20", "2026-01-19")};
    static const struct change long_before[CHANGES] = {PERIOD("2024-01-01", "2025-12-31")};
    static const struct change elsewhere[CHANGES] = {PERIOD("2024-03-20", "2026-01-19"),
                                                     {PLACE_NL, "\"AT\":[]"}};
    static const struct change overlap[CHANGES] = {PERIOD("2025-12-01", "2026-03-01")};
    struct nw_json *record = record_with(none);
    struct earlier e = {.n = 1};
    struct nw_rule_context ctx = issuing();
    ctx.earlier = look_up;
    ctx.earlier_ctx = &e;
    struct {
        const struct change *changes;
        bool v05, v28;
    } rows[] = {{before, true, false}, {long_before, false, false}, {elsewhere, false, false},
                {overlap, false, true}};
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        e.v[0] = record_with(rows[i].changes);
        assert_ok(run(record, false, &ctx)); /* both warn only */
        assert_int_equal(nw_check_failed(&checks, "V05"), rows[i].v05);
        assert_int_equal(nw_check_failed(&checks, "V28"), rows[i].v28);
        assert_int_equal(nw_check_passed(&checks, "V28"), !rows[i].v28);
        nw_json_free(&e.v[0]);
    }
    nw_json_free(&record);
}

static void the_holder_of_the_PID_decides_V25(void **state)
{
    (void)state;
    static const struct change none[CHANGES];
    struct nw_json *record = record_with(none);
    struct nw_rule_context ctx = issuing();
    struct nw_person p = {"EHLERS VOGT", "Katrin", "", "1985-05-12"};
    ctx.holder = &p;
    assert_ok(run(record, false, &ctx));
    assert_true(nw_check_passed(&checks, "V25"));
    memcpy(p.surnames, "Ehlers", sizeof "Ehlers");
    assert_ok(run(record, false, &ctx));
    assert_int_equal(finding("V25")->level, NW_LEVEL_WARN);
    memcpy(p.birth_date, "1985-05-13", 11);
    assert_err(run(record, false, &ctx), NW_ERR_RECORD_RULE);
    assert_int_equal(finding("V25")->level, NW_LEVEL_ERROR);
    nw_json_free(&record);
}

static void thresholds_before_their_row_are_not_done(void **state)
{
    (void)state;
    static const struct change early[CHANGES] = {PERIOD("2010-04-30", "2013-01-01")};
    struct nw_rule_context ctx = checking();
    struct nw_json *record = record_with(early);
    (void)!run(record, false, &ctx);
    assert_int_equal(nw_check_find(&checks, "V04")->result, NW_NOT_DONE);
    nw_json_free(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule_keeps_and_breaks),
        cmocka_unit_test(a_good_record_keeps_every_rule_that_can_be_checked),
        cmocka_unit_test(what_stops_our_own_issuing_is_amber_from_others),
        cmocka_unit_test(hidden_states_leave_a_rule_not_done),
        cmocka_unit_test(what_is_not_shown_is_not_done),
        cmocka_unit_test(signer_of_another_state_breaks_V13),
        cmocka_unit_test(technical_times_break_V23_and_V24),
        cmocka_unit_test(earlier_records_break_V05_and_V28),
        cmocka_unit_test(the_holder_of_the_PID_decides_V25),
        cmocka_unit_test(thresholds_before_their_row_are_not_done),
    };
    if (nw_types_load(&types, NULL) != NW_OK) {
        return 1;
    }
    pda1 = nw_type_find(types, "pda1");
    int failed = run_once("a1_rules", tests, ARRAY_LENGTH(tests));
    nw_types_free(&types);
    return failed;
}
