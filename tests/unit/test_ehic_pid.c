/* The types beside the A1: told by their members, with the rules of their own, and as mdoc in the
 * encodings of the PID rulebook 3.1 and of the EUDI reference's EHIC. */
#include "support.h"

#include "attestation/rules.h"
#include "attestation/type.h"
#include "base/date.h"

#define JPEG "/9j/4AAQSkZJRgABAQEAYABgAAD/2Q=="
#define JPEG_HEX "ffd8ffe000104a46494600010101006000600000ffd9"
#define PID_NS "eu.europa.ec.eudi.pid.1"

static const char pid[] =
    "{\"family_name\":\"Zieliński\",\"given_name\":\"Marek\",\"birthdate\":\"1990-04-17\","
    "\"place_of_birth\":{\"locality\":\"Rzeszów\",\"country\":\"PL\"},\"nationalities\":[\"PL\","
    "\"DE\"],\"sex\":1,\"picture\":\"data:image/jpeg;base64," JPEG
    "\",\"document_number\":\"PID-1\",\"date_of_issuance\":\"2026-01-02\",\"date_of_expiry\":"
    "\"2030-01-01\",\"issuing_authority\":\"PL\",\"issuing_country\":\"PL\"}";
static const char ehic[] =
    "{\"personal_administrative_number\":\"90041799998\",\"document_number\":\"8061\","
    "\"issuing_authority\":{\"id\":\"PL:1\",\"name\":\"ZUS\",\"country\":\"PL\"},"
    "\"authentic_source\":{\"id\":\"PL:1\",\"name\":\"ZUS\"},\"date_of_issuance\":\"2026-01-15\","
    "\"date_of_expiry\":\"2027-01-31\",\"starting_date\":\"2026-02-01\",\"ending_date\":"
    "\"2026-12-31\"}";

static struct nw_types *types;

static struct nw_json *parse(const char *text)
{
    struct nw_json *n = NULL;
    assert_ok(nw_json_parse(nw_str(text), &n, NULL));
    return n;
}

static const char *told(const char *text)
{
    struct nw_json *n = parse(text);
    const struct nw_type *t = nw_type_of_record(types, n);
    nw_json_free(&n);
    return t == NULL ? "none" : nw_type_name(t);
}

static void a_record_tells_its_type(void **state)
{
    (void)state;
    assert_string_equal(told(pid), "pid");
    assert_string_equal(told(ehic), "ehic");
    assert_string_equal(told("{\"subject\":{},\"documentID\":\"1\"}"), "pda1");
    assert_string_equal(told("{\"family_name\":1}"), "pid");
    assert_string_equal(told("{\"colour\":\"red\"}"), "none");
    assert_string_equal(told("{}"), "none");
    assert_string_equal(told("[1]"), "none");
}

/* ---- rules ---- */

struct edit {
    const char *from, *to, *rule;
};

/* Valid until the next call. */
static const char *edited(const char *text, const struct edit *e)
{
    static char out[2048];
    const char *at = strstr(text, e->from);
    assert_non_null(at);
    (void)snprintf(out, sizeof out, "%.*s%s%s", (int)(at - text), text, e->to,
                   at + strlen(e->from));
    return out;
}

static void expect_rule(const char *type, const char *text, const char *rule)
{
    static struct nw_findings f;
    struct nw_json *record = parse(text);
    struct nw_rule_context ctx = {
        .own_issuing = true, .today = "2026-05-20", .signer_country = "PL"};
    f.n = 0;
    enum nw_err e = nw_rules_run(nw_type_find(types, type), record, false, &ctx, &f, NULL);
    if (rule == NULL) {
        assert_ok(e);
        assert_int_equal(f.n, 0);
    } else {
        assert_err(e, NW_ERR_RECORD_RULE);
        assert_string_equal(f.v[0].rule, rule);
    }
    nw_json_free(&record);
}

static void each_type_has_its_own_rules(void **state)
{
    (void)state;
    static const struct edit cards[] = {
        {"\"ending_date\":\"2026-12-31\"", "\"ending_date\":\"2026-01-31\"", "V03"},
        {"\"date_of_expiry\":\"2027-01-31\"", "\"date_of_expiry\":\"2026-01-14\"", "V03"},
        {"2026-02-01", "2026-02-30", "V02"},
        {"\"country\":\"PL\"", "\"country\":\"DE\"", "V13"},
        {"\"8061\"", "\"806\"", "V01"},
        {"\"8061\"", "\"80 61\"", "V18"},
        {"\"document_number\":\"8061\",", "", "V01"},
        {"{\"personal", "{\"colour\":1,\"personal", "V01"},
    };
    static const struct edit persons[] = {
        {"\"2030-01-01\"", "\"2026-01-01\"", "V03"},
        {"\"issuing_country\":\"PL\"", "\"issuing_country\":\"DE\"", "V13"},
        {"\"PID-1\"", "\"P\"", "V18"},
        {"\"sex\":1", "\"sex\":10", "V01"},
        {"[\"PL\",\"DE\"]", "[]", "V01"},
        {"[\"PL\",\"DE\"]", "[\"pl\"]", "V01"},
        {"{\"locality\":\"Rzeszów\",\"country\":\"PL\"}", "{}", "V01"},
        {"\"Zieliński\"", "\"Zieli\u202eski\"", "V21"},
        {"image/jpeg", "image/png", "V01"},
        {"base64,/9j/", "base64,iVBO", "V01"},
        {"/2Q==", "/2Q=", "V01"},
        {"/2Q==", "/2Q===", "V01"},
        {"/2Q==", "/2!==", "V01"},
        {",\"date_of_expiry\":\"2030-01-01\"", "", "V01"},
    };
    expect_rule("ehic", ehic, NULL);
    expect_rule("pid", pid, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(cards); i++) {
        expect_rule("ehic", edited(ehic, &cards[i]), cards[i].rule);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(persons); i++) {
        expect_rule("pid", edited(pid, &persons[i]), persons[i].rule);
    }
    expect_rule("pda1", ehic, "V01");
}

static void rules_of_the_A1_are_not_run_for_others(void **state)
{
    (void)state;
    static struct nw_checks checks;
    static struct nw_findings f;
    struct nw_json *record = parse(ehic);
    const struct nw_rule_context ctx = {
        .today = "2026-05-20", .iat = 1779235200, .exp = 1780444800};
    memset(&checks, 0, sizeof checks);
    f.n = 0;
    assert_err(nw_rules_run(nw_type_find(types, "ehic"), record, true, &ctx, &f, &checks),
               NW_ERR_RECORD_RULE);
    assert_true(nw_check_passed(&checks, "V01"));
    assert_true(nw_check_passed(&checks, "V03"));
    assert_true(nw_check_failed(&checks, "V24")); /* no status, and longer than 24 hours */
    assert_null(nw_check_find(&checks, "V04"));
    assert_null(nw_check_find(&checks, "V16"));
    nw_json_free(&record);
}

/* ---- mdoc ---- */

static struct nw_mdoc_claims claims;

static void as_mdoc(const char *type, const char *text)
{
    static struct nw_findings losses;
    struct nw_json *record = parse(text);
    const struct nw_register_fields reg = {.legal_category = "PuB-EAA"};
    losses.n = 0;
    assert_ok(nw_profile_write_mdoc(nw_type_find(types, type), NW_PROFILE_EUDI, record, &reg,
                                    &claims, &losses));
    assert_int_equal(losses.n, 0);
    nw_json_free(&record);
}

static void element_is(const char *id, const char *hex)
{
    for (size_t i = 0; i < claims.n; i++) {
        if (strcmp(claims.v[i].id, id) == 0) {
            assert_true(nw_slice_eq(claims.v[i].value, test_hex(hex)));
            return;
        }
    }
    fail_msg("there is no element %s", id);
}

/* d903ec: tag 1004; the rest is the text (RFC 8943). */
static void a_PID_as_mdoc_has_the_encodings_of_the_rulebook(void **state)
{
    (void)state;
    as_mdoc("pid", pid);
    for (size_t i = 0; i < claims.n; i++) {
        assert_string_equal(claims.v[i].name_space, PID_NS);
    }
    element_is("family_name", "6a5a69656c69c584736b69");
    element_is("birth_date", "d903ec6a313939302d30342d3137");
    element_is("expiry_date", "d903ec6a323033302d30312d3031");
    element_is("nationality", "8262504c624445");
    element_is("sex", "01");
    element_is("portrait", "56" JPEG_HEX);
    element_is("place_of_birth", "a267636f756e74727962504c686c6f63616c69747968527a65737ac3b377");
    nw_mdoc_claims_free(&claims);
}

static void an_EHIC_as_mdoc_has_the_elements_of_the_reference(void **state)
{
    (void)state;
    as_mdoc("ehic", ehic);
    element_is("social_security_pin", "6b3930303431373939393938");
    element_is("starting_date", "d903ec6a323032362d30322d3031");
    element_is("document_id", "6438303631");
    element_is("competent_institution", "a36c636f756e7472795f636f646562504c6e696e737469747574696f6e"
                                        "5f69646450"
                                        "4c3a3170696e737469747574696f6e5f6e616d65635a5553");
    element_is("issuing_country", "62504c");
    nw_mdoc_claims_free(&claims);
}

/* A verified mdoc with these elements, one of them with another value. Valid until the next call.
 */
static struct nw_mdoc *verified(const char *id, const char *hex)
{
    static struct nw_mdoc mdoc;
    struct nw_mdoc *m = &mdoc;
    memset(m, 0, sizeof *m);
    m->verified = true;
    for (size_t i = 0; i < claims.n; i++) {
        m->item[m->item_n++] = (struct nw_mdoc_item){
            .name_space = nw_str(claims.v[i].name_space),
            .id = nw_str(claims.v[i].id),
            .value =
                id != NULL && strcmp(claims.v[i].id, id) == 0 ? test_hex(hex) : claims.v[i].value};
    }
    return m;
}

static enum nw_err read_back(const char *type, const struct nw_mdoc *m, struct nw_json **record)
{
    struct nw_json *undisclosed = NULL;
    enum nw_err e = nw_profile_read_mdoc(nw_type_find(types, type), NW_PROFILE_EUDI, m, record,
                                         &undisclosed, NULL, NULL);
    nw_json_free(&undisclosed);
    return e;
}

static void what_was_written_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *type, *text;
    } rows[] = {{"pid", pid}, {"ehic", ehic}};
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_json *record = NULL, *want = parse(rows[i].text);
        as_mdoc(rows[i].type, rows[i].text);
        assert_ok(read_back(rows[i].type, verified(NULL, NULL), &record));
        assert_true(nw_json_equal(record, want));
        nw_json_free(&record);
        nw_json_free(&want);
        nw_mdoc_claims_free(&claims);
    }
}

static void dates_and_pictures_are_read_in_their_encodings_only(void **state)
{
    (void)state;
    static const struct {
        const char *id, *hex;
        enum nw_err err;
    } rows[] = {
        /* a tdate, as the rulebook allows: 2030-01-01T22:00:00Z */
        {"expiry_date", "c074323033302d30312d30315432323a30303a30305a", NW_OK},
        {"expiry_date", "c06a323033302d30312d3031", NW_ERR_CLAIM_TYPE}, /* a day as tdate */
        {"expiry_date", "d9040074323033302d30312d30315432323a30303a30305a", NW_ERR_CLAIM_TYPE},
        {"expiry_date", "d903ec43323033", NW_ERR_CLAIM_TYPE},
        {"portrait", "57" JPEG_HEX "00", NW_OK},
        {"portrait",
         "54"
         "89504e470d0a1a0a0000000d4948445200000000",
         NW_ERR_CLAIM_TYPE}, /* PNG */
        {"portrait", "60", NW_ERR_CLAIM_TYPE},
        {"portrait", "42ffd8", NW_ERR_CLAIM_TYPE},
    };
    as_mdoc("pid", pid);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_json *record = NULL;
        assert_err(read_back("pid", verified(rows[i].id, rows[i].hex), &record), rows[i].err);
        if (record != NULL) {
            assert_true(nw_json_is_text(nw_json_get(record, "date_of_expiry"), "2030-01-01"));
        }
        nw_json_free(&record);
    }
    nw_mdoc_claims_free(&claims);
}

static enum nw_err write_and_read(void *ctx)
{
    static struct nw_findings losses;
    static const struct nw_register_fields reg;
    struct nw_json *record = NULL;
    losses.n = 0;
    enum nw_err e = nw_profile_write_mdoc(nw_type_find(types, "pid"), NW_PROFILE_EUDI, ctx, &reg,
                                          &claims, &losses);
    if (e == NW_OK) {
        e = read_back("pid", verified(NULL, NULL), &record);
    }
    nw_json_free(&record);
    nw_mdoc_claims_free(&claims);
    return e;
}

static void a_picture_survives_allocation_failure(void **state)
{
    (void)state;
    struct nw_json *record = parse(pid);
    survives_allocation_failure(write_and_read, record, NULL);
    nw_json_free(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_tells_its_type),
        cmocka_unit_test(each_type_has_its_own_rules),
        cmocka_unit_test(rules_of_the_A1_are_not_run_for_others),
        cmocka_unit_test(a_PID_as_mdoc_has_the_encodings_of_the_rulebook),
        cmocka_unit_test(an_EHIC_as_mdoc_has_the_elements_of_the_reference),
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(dates_and_pictures_are_read_in_their_encodings_only),
        cmocka_unit_test(a_picture_survives_allocation_failure),
    };
    if (nw_types_load(&types, NULL) != NW_OK) {
        return 1;
    }
    int failed = run_once("ehic_pid", tests, ARRAY_LENGTH(tests));
    nw_types_free(&types);
    return failed;
}
