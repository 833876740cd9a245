/* The A1 samples of $NW_DATA/a1: shape, profiles, what is lost, what comes back. */
#include "support.h"

#include "attestation/rules.h"

static struct nw_types *types;
static const struct nw_type *pda1;
static struct nw_findings found;

static struct nw_json *load(const char *below)
{
    const char *path = test_data(below);
    struct nw_json *v = NULL;
    struct nw_diag d = {0};
    struct nw_slice file = path == NULL ? NW_SLICE_EMPTY : test_file(path);
    if (file.p == NULL) {
        skip();
    }
    assert_ok(nw_json_parse(file, &v, &d));
    return v;
}

static const char *const samples[] = {
    "s1-de-drv-posted-nl",
    "s2-pl-zus-posted-de-construction",
    "s3-si-zzzs-multistate-provisional",
};

static struct nw_json *load_sample(size_t i, const char *kind)
{
    char path[200];
    snprintf(path, sizeof path, "a1/samples/%s.%s.json", samples[i], kind);
    return load(path);
}

static void print_findings(void)
{
    for (size_t i = 0; i < found.n; i++) {
        print_message("%s %s: %s\n", found.v[i].rule, found.v[i].path, found.v[i].text);
    }
}

static void samples_have_the_canonical_shape(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
        struct nw_json *record = load_sample(i, "canonical");
        found.n = 0;
        enum nw_err e = nw_record_shape(pda1, record, false, &found);
        print_findings();
        assert_ok(e);
        assert_int_equal(found.n, 0);
        nw_json_free(&record);
    }
    struct nw_json *foreign = load("a1/webuild/pda1-sd-jwt-sample.json");
    found.n = 0;
    assert_ok(nw_record_shape(pda1, foreign, false, &found));
    nw_json_free(&foreign);
}

static void drop_envelope(struct nw_json *claims)
{
    static const char *const envelope[] = {"vct", "jti", "sub", "iss", "iat", "nbf", "exp", "cnf"};
    for (size_t i = 0; i < ARRAY_LENGTH(envelope); i++) {
        nw_json_remove(claims, envelope[i]);
    }
}

static void assert_same_json(const struct nw_json *a, const struct nw_json *b)
{
    if (nw_json_equal(a, b)) {
        return;
    }
    struct nw_buf x = NW_BUF(1 << 20), y = NW_BUF(1 << 20);
    nw_json_write(a, &x);
    nw_json_write(b, &y);
    print_message("ours   %s\ntheirs %s\n", nw_buf_cstr(&x), nw_buf_cstr(&y));
    nw_buf_free(&x);
    nw_buf_free(&y);
    fail();
}

static void register_of(const struct nw_json *claims, const char *issued, const char *expiry,
                        struct nw_register_fields *reg)
{
    snprintf(reg->issued_on, sizeof reg->issued_on, "%s",
             nw_json_text(nw_json_get(claims, issued)));
    snprintf(reg->document_expiry, sizeof reg->document_expiry, "%s",
             nw_json_text(nw_json_get(claims, expiry)));
}

static void dc4eu_profile_is_what_the_samples_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
        struct nw_json *record = load_sample(i, "canonical"), *claims = NULL;
        struct nw_json *wanted = load_sample(i, "dc4eu-sdjwt");
        struct nw_register_fields reg = {0};
        register_of(wanted, "date_of_issuance", "date_of_expiry", &reg);
        drop_envelope(wanted);
        found.n = 0;
        assert_ok(nw_profile_write(pda1, NW_PROFILE_DC4EU, record, &reg, &claims, &found));
        assert_same_json(claims, wanted);
        nw_json_free(&record);
        nw_json_free(&claims);
        nw_json_free(&wanted);
    }
}

static void eudi_profile_is_what_the_samples_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
        struct nw_json *record = load_sample(i, "canonical"), *claims = NULL;
        struct nw_json *file = load_sample(i, "eudiw-mdoc");
        const struct nw_json *wanted = nw_json_first(nw_json_get(file, "nameSpaces"));
        struct nw_register_fields reg = {0};
        register_of(wanted, "issuance_date", "expiry_date", &reg);
        found.n = 0;
        assert_ok(nw_profile_write(pda1, NW_PROFILE_EUDI, record, &reg, &claims, &found));
        assert_same_json(claims, wanted);
        nw_json_free(&record);
        nw_json_free(&claims);
        nw_json_free(&file);
    }
}

static bool lost(const char *path)
{
    for (size_t i = 0; i < found.n; i++) {
        if (strcmp(found.v[i].path, path) == 0) {
            return true;
        }
    }
    return false;
}

static void what_a_profile_cannot_carry_is_named(void **state)
{
    (void)state;
    struct nw_json *record = load_sample(2, "canonical"), *claims = NULL;
    struct nw_register_fields reg = {.issued_on = "2026-04-20"};
    found.n = 0;
    assert_ok(nw_profile_write(pda1, NW_PROFILE_DC4EU, record, &reg, &claims, &found));
    assert_true(lost("subject.names"));
    assert_true(lost("subject.dateOfBirth"));
    assert_true(lost("subject.gender"));
    assert_true(lost("memberstateAppliedLegislation.determinationIsProvisional"));
    assert_true(lost("employmentSituations[].typeOfID"));
    assert_true(lost("employmentSituations[].address.town"));
    assert_true(lost("competentInstitution.address"));
    assert_false(lost("employmentSituations[].address.countryCode"));
    assert_false(lost("placesOfWork"));
    assert_false(lost("documentID"));
    nw_json_free(&claims);

    found.n = 0;
    assert_ok(nw_profile_write(pda1, NW_PROFILE_EUDI, record, &reg, &claims, &found));
    assert_true(lost("subject.gender"));
    assert_true(lost("subject.names.surnameAtBirth"));
    assert_true(lost("subject.placeOfBirth"));
    assert_true(lost("placesOfWork")); /* fixed and no fixed places together */
    assert_false(lost("subject.names.surnames"));
    assert_false(lost("subject.nationalities"));
    nw_json_free(&claims);

    found.n = 0;
    assert_ok(nw_profile_write(pda1, NW_PROFILE_WEBUILD, record, &reg, &claims, &found));
    assert_int_equal(found.n, 0);
    nw_json_free(&claims);
    nw_json_free(&record);
}

/* Everything in part is in whole, with the same value. */
static bool part_of(const struct nw_json *part, const struct nw_json *whole)
{
    if (nw_json_kind(part) != nw_json_kind(whole)) {
        return false;
    }
    size_t i = 0;
    switch (nw_json_kind(part)) {
    case NW_JSON_OBJECT:
        for (const struct nw_json *c = nw_json_first(part); c != NULL; c = nw_json_next(c)) {
            if (!part_of(c, nw_json_get(whole, nw_json_name(c)))) {
                return false;
            }
        }
        return true;
    case NW_JSON_ARRAY:
        for (const struct nw_json *c = nw_json_first(part); c != NULL; c = nw_json_next(c)) {
            if (!part_of(c, nw_json_at(whole, i++))) {
                return false;
            }
        }
        return nw_json_count(part) == nw_json_count(whole);
    default:
        return nw_json_equal(part, whole);
    }
}

static void profiles_read_back_what_they_carry(void **state)
{
    (void)state;
    static const enum nw_profile profiles[] = {NW_PROFILE_WEBUILD, NW_PROFILE_EUDI,
                                               NW_PROFILE_DC4EU};
    for (size_t i = 0; i < ARRAY_LENGTH(samples) * ARRAY_LENGTH(profiles); i++) {
        enum nw_profile p = profiles[i % ARRAY_LENGTH(profiles)], detected = NW_PROFILE_NONE;
        struct nw_json *record = load_sample(i / ARRAY_LENGTH(profiles), "canonical");
        struct nw_json *claims = NULL, *back = NULL, *missing = NULL;
        struct nw_register_fields reg = {.issued_on = "2026-02-01"}, shown;
        found.n = 0;
        assert_ok(nw_profile_write(pda1, p, record, &reg, &claims, &found));
        assert_ok(nw_json_put_text(claims, "vct", nw_type_vct(pda1, p)));
        assert_ptr_equal(nw_type_detect(types, claims, &detected), pda1);
        assert_int_equal(detected, p);
        assert_ok(nw_profile_read(pda1, p, claims, &back, &missing, NULL));
        assert_true(part_of(back, record));
        assert_int_equal(nw_json_count(missing), 0);
        found.n = 0;
        assert_ok(nw_record_shape(pda1, back, true, &found));
        nw_profile_register(pda1, p, claims, &shown);
        assert_string_equal(shown.issued_on, p == NW_PROFILE_WEBUILD ? "" : "2026-02-01");
        nw_json_free(&record);
        nw_json_free(&claims);
        nw_json_free(&back);
        nw_json_free(&missing);
    }
}

static void samples_keep_the_rules_of_issuing(void **state)
{
    (void)state;
    static struct nw_checks checks;
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
        struct nw_json *record = load_sample(i, "canonical");
        struct nw_rule_context ctx = {.own_issuing = true, .today = "2026-01-20"};
        checks.n = found.n = 0;
        assert_ok(nw_rules_run(pda1, record, false, &ctx, &found, &checks));
        for (size_t k = 0; k < found.n; k++) {
            assert_int_equal(found.v[k].level, NW_LEVEL_INFO); /* S3: provisional */
        }
        nw_json_free(&record);
    }
}

/* The published sample: an Italian number typed as German does not matter, the record is Italian.
 */
static void the_foreign_sample_keeps_the_rules_of_checking(void **state)
{
    (void)state;
    struct nw_json *record = load("a1/webuild/pda1-sd-jwt-sample.json");
    struct nw_rule_context ctx = {.today = "2026-03-01", .signer_country = "IT"};
    found.n = 0;
    assert_ok(nw_rules_run(pda1, record, false, &ctx, &found, NULL));
    assert_int_equal(found.n, 0);
    nw_json_free(&record);
}

static void the_PID_of_each_sample_is_its_person_and_no_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(samples) * ARRAY_LENGTH(samples); i++) {
        size_t a = i / ARRAY_LENGTH(samples), b = i % ARRAY_LENGTH(samples);
        struct nw_json *record = load_sample(a, "canonical"), *pid = load_sample(b, "pid");
        struct nw_person subject, holder;
        nw_person_from_record(record, &subject);
        nw_person_from_pid(nw_json_get(pid, "sd_jwt_vc"), &holder);
        assert_int_equal(nw_person_compare(&subject, &holder),
                         a == b ? NW_MATCH_EXACT : NW_MATCH_DIFFERENT);
        nw_person_from_pid(nw_json_first(nw_json_path(pid, "mdoc.nameSpaces")), &holder);
        assert_int_equal(nw_person_compare(&subject, &holder),
                         a == b ? NW_MATCH_EXACT : NW_MATCH_DIFFERENT);
        nw_json_free(&record);
        nw_json_free(&pid);
    }
}

static void published_EHIC_examples_are_read(void **state)
{
    (void)state;
    static const char *const files[] = {
        "a1/dc4eu-rulebook/ehic-example-claims.json",
        "a1/dc4eu-rulebook/ehic-representation-example-claims.json"};
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
        struct nw_json *payload = load(files[i]), *record = NULL, *missing = NULL;
        enum nw_profile p = NW_PROFILE_NONE;
        const struct nw_type *t = nw_type_detect(types, payload, &p);
        assert_non_null(t);
        assert_string_equal(nw_type_name(t), "ehic");
        assert_ok(nw_profile_read(t, p, payload, &record, &missing, NULL));
        assert_int_equal(nw_json_count(missing), 0);
        found.n = 0;
        assert_ok(nw_record_shape(t, record, false, &found));
        nw_json_free(&payload);
        nw_json_free(&record);
        nw_json_free(&missing);
    }
}

static void the_published_DC4EU_example_is_read(void **state)
{
    (void)state;
    struct nw_json *payload = load("a1/dc4eu-rulebook/pda1-example-claims.json");
    struct nw_json *record = NULL, *missing = NULL;
    enum nw_profile p = NW_PROFILE_NONE;
    assert_ptr_equal(nw_type_detect(types, payload, &p), pda1);
    assert_int_equal(p, NW_PROFILE_DC4EU);
    assert_ok(nw_profile_read(pda1, p, payload, &record, &missing, NULL));
    found.n = 0;
    assert_ok(nw_record_shape(pda1, record, true, &found));
    assert_int_equal(nw_json_count(nw_json_get(record, "placesOfWork")), 2);
    assert_true(nw_json_is_text(nw_json_path(nw_json_at(nw_json_path(record, "placesOfWork.DE"), 0),
                                             "address.streetAndNumber"),
                                "Freight Port 5"));
    nw_json_free(&payload);
    nw_json_free(&record);
    nw_json_free(&missing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_have_the_canonical_shape),
        cmocka_unit_test(dc4eu_profile_is_what_the_samples_hold),
        cmocka_unit_test(eudi_profile_is_what_the_samples_hold),
        cmocka_unit_test(what_a_profile_cannot_carry_is_named),
        cmocka_unit_test(profiles_read_back_what_they_carry),
        cmocka_unit_test(samples_keep_the_rules_of_issuing),
        cmocka_unit_test(the_foreign_sample_keeps_the_rules_of_checking),
        cmocka_unit_test(the_PID_of_each_sample_is_its_person_and_no_other),
        cmocka_unit_test(published_EHIC_examples_are_read),
        cmocka_unit_test(the_published_DC4EU_example_is_read),
    };
    struct nw_diag d = {0};
    if (test_data("a1") == NULL) {
        return 0;
    }
    if (nw_types_load(&types, &d) != NW_OK) {
        char line[400];
        nw_diag_line(&d, line, sizeof line);
        fprintf(stderr, "%s\n", line);
        return 1;
    }
    pda1 = nw_type_find(types, "pda1");
    int failed = run_once("a1_samples", tests, ARRAY_LENGTH(tests));
    nw_types_free(&types);
    return failed;
}
