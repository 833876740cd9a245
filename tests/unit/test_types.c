/* Type files: the loader is strict, and every question to a type has its answer. */
#include "support.h"

#include "attestation/type_internal.h"

#include <time.h>

static struct nw_types *types;
static const struct nw_type *pda1;
static struct nw_findings found;

static struct nw_json *json(const char *text)
{
    struct nw_json *v = NULL;
    assert_ok(nw_json_parse(nw_str(text), &v, NULL));
    return v;
}

/* ---- patterns ---- */

static bool matches(const char *pattern, const char *text)
{
    struct nw_pattern p;
    assert_true(nw_pattern_parse(pattern, &p));
    return nw_pattern_match(&p, text);
}

static void patterns_match_whole_texts(void **state)
{
    (void)state;
    static const char phone[] = "\\+[1-9]\\d{1,14}";
    static const char mail[] = "[a-zA-Z0-9._%+\\-]+@[a-zA-Z0-9.\\-]+\\.[a-zA-Z]{2,}";
    assert_true(matches(phone, "+12"));
    assert_true(matches(phone, "+123456789012345"));
    assert_false(matches(phone, "+1234567890123456"));
    assert_false(matches(phone, "+1"));
    assert_false(matches(phone, "+01"));
    assert_false(matches(phone, " +12"));
    assert_true(matches(mail, "a@b.de"));
    assert_true(matches(mail, "a.b+c@d.e-f.org"));
    assert_false(matches(mail, "a@b.d"));
    assert_false(matches(mail, "a@b"));
    assert_false(matches(mail, "\xc3\xa4@b.de"));
    assert_true(matches("a?b*c{2}", "cc"));
    assert_true(matches("a?b*c{2}", "abbbcc"));
    assert_false(matches("a?b*c{2}", "aacc"));
    assert_true(matches("[A-Z]{2}", "DE"));
    assert_false(matches("[A-Z]{2}", "DEU"));
}

static void patterns_outside_the_subset_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",      "(a)",    "a|b",   "^a",  "[^a]",    "[a",
                                      "a{",    "a{2,1}", "a{0}",  "\\w", ".",       "*a",
                                      "a{65}", "[]",     "[b-a]", "a\\", "\xc3\xa4"};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        struct nw_pattern p;
        if (nw_pattern_parse(bad[i], &p)) {
            fail_msg("accepted: %s", bad[i]);
        }
    }
}

/* ---- the loader ---- */

#define FILE_WITH(claims, profiles)                                                                \
    "{\"format\":1,\"name\":\"t\",\"label\":[\"d\",\"e\"],\"claims\":[" claims                     \
    "],\"profiles\":[" profiles "]}"
#define CLAIM "{\"name\":\"a\",\"kind\":\"text\"}"
#define CANONICAL "{\"name\":\"webuild\",\"vct\":\"v\",\"canonical\":true}"

static enum nw_err load(const char *text)
{
    struct nw_types *ts = nw_calloc(1, sizeof *ts);
    struct nw_diag d = {0};
    assert_non_null(ts);
    enum nw_err e = nw_types_load_file(ts, nw_str(text), &d);
    if (e == NW_ERR_CONFIG) {
        assert_string_not_equal(d.detail, "");
    }
    nw_types_free(&ts);
    return e;
}

static void a_small_type_file_is_loaded(void **state)
{
    (void)state;
    assert_ok(load(FILE_WITH(CLAIM, CANONICAL)));
}

static void type_files_with_a_mistake_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "{}",
        "{\"format\":2,\"name\":\"t\",\"claims\":[" CLAIM "],\"profiles\":[" CANONICAL "]}",
        "{\"format\":1,\"name\":\"t\",\"colour\":1,\"claims\":[" CLAIM "],\"profiles\":[" CANONICAL
        "]}",
        FILE_WITH("", CANONICAL),
        FILE_WITH(CLAIM, ""),
        FILE_WITH(CLAIM "," CLAIM, CANONICAL),
        FILE_WITH("{\"name\":\"a\",\"kind\":\"txt\"}", CANONICAL),
        FILE_WITH("{\"name\":\"a\",\"kind\":\"text\",\"requird\":true}", CANONICAL),
        FILE_WITH("{\"name\":\"a\",\"kind\":\"text\",\"required\":1}", CANONICAL),
        FILE_WITH("{\"name\":\"a\",\"kind\":\"code\"}", CANONICAL),
        FILE_WITH("{\"name\":\"a\",\"kind\":\"code\",\"codes\":\"none\"}", CANONICAL),
        FILE_WITH("{\"name\":\"a\",\"kind\":\"text\",\"pattern\":\"(\"}", CANONICAL),
        FILE_WITH("{\"name\":\"a\",\"shape\":\"none\"}", CANONICAL),
        FILE_WITH("{\"name\":\"a\",\"kind\":\"text\",\"label\":[\"d\"]}", CANONICAL),
        FILE_WITH("{\"name\":\"a\",\"kind\":\"object\",\"one_of\":[\"x\"],\"members\":[" CLAIM "]}",
                  CANONICAL),
        FILE_WITH(CLAIM, CANONICAL "," CANONICAL),
        FILE_WITH(CLAIM, CANONICAL ",{\"name\":\"eudi\",\"vct\":\"w\"}"),
        FILE_WITH(CLAIM, CANONICAL ",{\"name\":\"eudi\",\"vct\":\"w\",\"map\":[{\"claim\":\"b\","
                                   "\"as\":\"b\"}]}"),
        FILE_WITH(CLAIM, CANONICAL ",{\"name\":\"eudi\",\"vct\":\"w\",\"map\":[{\"as\":\"b\"}]}"),
        FILE_WITH(CLAIM, CANONICAL ",{\"name\":\"eudi\",\"vct\":\"w\",\"map\":[{\"claim\":\"a\","
                                   "\"as\":\"b\",\"each\":[]}]}"),
        FILE_WITH(CLAIM, "{\"name\":\"mine\",\"vct\":\"v\",\"canonical\":true}"),
    };
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        enum nw_err e = load(bad[i]);
        if (e != NW_ERR_CONFIG) {
            fail_msg("%zu %s: %s", i, nw_err_name(e), bad[i]);
        }
    }
    assert_err(load("{"), NW_ERR_JSON_SYNTAX);
}

#define MDOC_WITH(requests)                                                                        \
    FILE_WITH(CLAIM, CANONICAL                                                                     \
              ",{\"name\":\"eudi\",\"vct\":\"w\",\"doctype\":\"d\",\"namespace\":\"n\","           \
              "\"second_namespace\":\"m\",\"map\":[{\"claim\":\"a\",\"as\":\"b.c\"},"              \
              "{\"claim\":\"a\",\"as\":\"s\",\"second\":true}],\"requests\":" requests "}")

static void requests_name_elements_of_the_profile(void **state)
{
    (void)state;
    static const char *const bad[] = {
        MDOC_WITH("[]"),
        MDOC_WITH("{\"p\":[]}"),
        MDOC_WITH("{\"p\":\"b\"}"),
        MDOC_WITH("{\"p\":[1]}"),
        MDOC_WITH("{\"p\":[\"a\"]}"),  /* a claim, no element */
        MDOC_WITH("{\"p\":[\"b.\"]}"), /* a part of an element */
        MDOC_WITH("{\"p\":[\"s\"]}"),  /* of the second name space */
    };
    assert_ok(load(MDOC_WITH("{\"p\":[\"b\"]}")));
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        assert_err(load(bad[i]), NW_ERR_CONFIG);
    }
}

static bool asks(const struct nw_request_document *r, const char *id)
{
    bool found_it = false;
    for (size_t i = 0; i < r->n; i++) {
        assert_false(r->elements[i].retain);
        found_it = found_it || nw_slice_is(nw_str(r->elements[i].id), id);
    }
    return found_it;
}

static void an_inspector_asks_for_no_more_than_the_inspection_needs(void **state)
{
    (void)state;
    const struct nw_request_document *fks = nw_type_request(pda1, NW_PROFILE_EUDI, "fks-baustelle");
    assert_non_null(fks);
    assert_string_equal(fks->doc_type, "eu.europa.ec.eudi.pda1.1");
    assert_string_equal(fks->elements[0].name_space, "eu.europa.ec.eudi.pda1.1");
    static const char *const wanted[] = {
        "legislation",         "credential_holder", "employment_details",   "places_of_work",
        "status_confirmation", "document_id",       "competent_institution"};
    for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++) {
        assert_true(asks(fks, wanted[i]));
    }
    assert_false(asks(fks, "social_security_pin"));
    assert_false(asks(fks, "nationality"));
    const struct nw_request_document *principal =
        nw_type_request(pda1, NW_PROFILE_EUDI, "auftraggeber");
    assert_non_null(principal);
    assert_true(asks(principal, "legislation"));
    assert_false(asks(principal, "credential_holder"));
    const struct nw_type *pid = nw_type_find(types, "pid");
    assert_true(asks(nw_type_request(pid, NW_PROFILE_EUDI, "fks-baustelle"), "portrait"));
    assert_false(asks(nw_type_request(pid, NW_PROFILE_EUDI, "bg-bau"), "portrait"));
    assert_null(nw_type_request(pid, NW_PROFILE_EUDI, "auftraggeber"));
    assert_null(nw_type_request(pda1, NW_PROFILE_EUDI, "curiosity"));
    assert_null(nw_type_request(pda1, NW_PROFILE_WEBUILD, "fks-baustelle"));
}

static enum nw_err load_all(void *ctx)
{
    struct nw_types *ts = NULL;
    (void)ctx;
    enum nw_err e = nw_types_load(&ts, NULL);
    nw_types_free(&ts);
    return e;
}

static enum nw_err through_everything(void *ctx)
{
    struct nw_json *record = ctx, *claims = NULL, *back = NULL, *missing = NULL;
    struct nw_register_fields reg = {.issued_on = "2026-01-01"};
    struct nw_buf out = NW_BUF(1 << 20);
    int level = 0;
    found.n = 0;
    enum nw_err e = nw_profile_write(pda1, NW_PROFILE_EUDI, record, &reg, &claims, &found);
    if (e == NW_OK) {
        e = nw_profile_read(pda1, NW_PROFILE_EUDI, claims, &back, &missing, NULL);
    }
    nw_json_free(&back);
    if (e == NW_OK) {
        e = nw_a11_write(pda1, record, 2, &out, NULL);
    }
    if (e == NW_OK) {
        e = nw_a11_read(pda1, nw_buf_slice(&out), &back, &level, NULL);
    }
    nw_buf_reset(&out);
    if (e == NW_OK) {
        e = nw_type_vctm(pda1, NW_PROFILE_DC4EU, &out);
    }
    nw_json_free(&claims);
    nw_json_free(&back);
    nw_json_free(&missing);
    nw_buf_free(&out);
    return e;
}

static const char small_record[] =
    "{\"subject\":{\"pin\":\"90041799998\",\"gender\":\"1\",\"names\":{\"surnames\":\"Zieliński\","
    "\"forenames\":\"Marek\"},\"dateOfBirth\":\"1990-04-17\",\"nationalities\":[\"PL\"],"
    "\"placeOfBirth\":{\"town\":\"Rzeszów\",\"countryCode\":\"PL\"},\"address\":{\"stateOfStay\":[{"
    "\"town\":\"München\",\"countryCode\":\"DE\"}]}},\"memberstateAppliedLegislation\":{"
    "\"memberstate\":\"PL\",\"startDate\":\"2026-02-01\",\"endDate\":\"2027-01-31\"},"
    "\"employmentSituations\":[{\"typeOfEmployment\":\"01\",\"name\":\"Stalbud\",\"employerID\":"
    "\"0000000000\",\"typeOfID\":\"03\",\"address\":{\"town\":\"Rzeszów\",\"countryCode\":\"PL\"}}]"
    ","
    "\"placesOfWork\":{\"DE\":[{\"companyOrVesselName\":\"Baustelle Ost\",\"address\":{\"town\":"
    "\"München\",\"countryCode\":\"DE\"}}],\"AT\":[],\"CZ\":[]},\"statusConfirmation\":{"
    "\"statusConfirmationCode\":\"01\"},\"documentID\":\"PL-1-2\",\"competentInstitution\":{"
    "\"institutionID\":\"PL:T\",\"institutionName\":\"ZUS\",\"countryCode\":\"PL\",\"address\":{"
    "\"town\":\"Warszawa\",\"countryCode\":\"PL\"}}}";

static void allocation_failure_is_survived(void **state)
{
    (void)state;
    struct nw_json *record = json(small_record);
    survives_allocation_failure(load_all, NULL, NULL);
    survives_allocation_failure(through_everything, record, NULL);
    nw_json_free(&record);
}

static void loading_is_quick(void **state)
{
    (void)state;
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int i = 0; i < 20; i++) {
        assert_ok(load_all(NULL));
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    double ms = (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
    print_message("nw_types_load: %.2f ms\n", ms / 20);
    assert_true(ms / 20 < 50); /* generous: sanitizers, busy machines */
}

/* ---- code lists ---- */

static void every_country_of_the_lists_is_accepted_and_no_other(void **state)
{
    (void)state;
    const struct nw_node *world = nw_node_path(&pda1->root, "subject.nationalities[0]");
    const struct nw_node *a1 =
        nw_node_path(&pda1->root, "memberstateAppliedLegislation.memberstate");
    size_t in_world = 0, in_a1 = 0;
    for (char a = 'A'; a <= 'Z'; a++) {
        for (char b = 'A'; b <= 'Z'; b++) {
            char code[3] = {a, b, '\0'};
            in_world += nw_codes_has(world->codes, code);
            in_a1 += nw_codes_has(a1->codes, code);
            assert_true(nw_codes_has(world->codes, code) || !nw_codes_has(a1->codes, code));
        }
    }
    assert_int_equal(in_world, 195);
    assert_int_equal(in_a1, 32);
    static const char states[] = "ATBEBGCHCYCZDEDKEEESFIFRGBGRHRHUIEISITLILTLULVMTNLNOPLPTROSESISK";
    for (size_t i = 0; i < 32; i++) {
        char code[3] = {states[i * 2], states[i * 2 + 1], '\0'};
        assert_true(nw_codes_has(a1->codes, code));
        assert_non_null(nw_type_code_text(pda1, "placesOfWork", code, "de"));
    }
    static const char *const none[] = {"EL", "UK", "EU", "XK", "TW", "de", "", "DEU"};
    for (size_t i = 0; i < ARRAY_LENGTH(none); i++) {
        assert_false(nw_codes_has(world->codes, none[i]));
    }
}

static void a_deployment_may_allow_more_codes(void **state)
{
    (void)state;
    struct nw_types *ts = NULL;
    struct nw_json *record = json(small_record);
    struct nw_json *list = nw_json_mut(nw_json_path(record, "subject.nationalities")), *xk = NULL;
    assert_ok(nw_json_new_text(nw_str("XK"), &xk));
    assert_ok(nw_json_append(list, &xk));
    assert_ok(nw_types_load(&ts, NULL));
    found.n = 0;
    assert_err(nw_record_shape(nw_type_find(ts, "pda1"), record, false, &found),
               NW_ERR_RECORD_RULE);
    assert_ok(nw_types_allow_code(ts, "world", "XK"));
    found.n = 0;
    assert_ok(nw_record_shape(nw_type_find(ts, "pda1"), record, false, &found));
    assert_err(nw_types_allow_code(ts, "mars", "XK"), NW_ERR_NOT_FOUND);
    assert_err(nw_types_allow_code(ts, "world", "x y"), NW_ERR_CONFIG);
    nw_types_free(&ts);
    nw_json_free(&record);
}

static void importers_get_the_ISO_spelling(void **state)
{
    (void)state;
    struct nw_json *record =
        json("{\"subject\":{\"nationalities\":[\"EL\",\"DE\"]},"
             "\"placesOfWork\":{\"UK\":[{\"address\":{\"countryCode\":\"UK\"}}],"
             "\"DE\":[]},\"documentID\":\"EL\"}");
    struct nw_json *wanted =
        json("{\"subject\":{\"nationalities\":[\"GR\",\"DE\"]},"
             "\"placesOfWork\":{\"GB\":[{\"address\":{\"countryCode\":\"GB\"}}],"
             "\"DE\":[]},\"documentID\":\"EL\"}");
    size_t changed = 0;
    assert_ok(nw_record_normalise(pda1, record, &changed, NULL));
    assert_int_equal(changed, 3);
    assert_true(nw_json_equal(record, wanted));
    assert_ok(nw_record_normalise(pda1, record, &changed, NULL));
    assert_int_equal(changed, 0);
    nw_json_free(&record);
    nw_json_free(&wanted);
    record = json("{\"placesOfWork\":{\"UK\":[],\"GB\":[]}}");
    assert_err(nw_record_normalise(pda1, record, &changed, NULL), NW_ERR_JSON_DUPLICATE);
    nw_json_free(&record);
}

/* ---- labels, plan, detection, metadata ---- */

static void labels_and_codes_have_both_languages(void **state)
{
    (void)state;
    assert_string_equal(nw_type_label(pda1, "subject.names.surnames", "de"), "Familienname");
    assert_string_equal(nw_type_label(pda1, "subject.names.surnames", "en"), "Surname");
    assert_string_equal(nw_type_label(pda1, "placesOfWork.DE[0].address.town", "de"), "Ort");
    assert_string_equal(nw_type_label(pda1, "subject.nationalities[1]", "en"), "Nationality");
    assert_string_equal(nw_type_label(pda1, "subject.shoe", "de"), "subject.shoe");
    const char *path = "statusConfirmation.statusConfirmationCode";
    for (int i = 1; i <= 12; i++) {
        char code[16];
        snprintf(code, sizeof code, "%02d", i);
        assert_non_null(nw_type_code_text(pda1, path, code, "de"));
        assert_string_not_equal(nw_type_code_text(pda1, path, code, "de"),
                                nw_type_code_text(pda1, path, code, "en"));
    }
    assert_null(nw_type_code_text(pda1, path, "13", "de"));
    assert_string_equal(
        nw_type_code_text(pda1, "memberstateAppliedLegislation.memberstate", "DE", "de"),
        "Deutschland");
}

static bool planned(const struct nw_sd_plan *p, const char *path)
{
    for (size_t i = 0; p->paths[i] != NULL; i++) {
        if (strcmp(p->paths[i], path) == 0) {
            return true;
        }
    }
    return false;
}

static void plans_follow_the_disclosure_groups(void **state)
{
    (void)state;
    static const char *const paths[] = {"subject/pin",
                                        "subject/gender",
                                        "subject/names",
                                        "subject/dateOfBirth",
                                        "subject/nationalities",
                                        "subject/placeOfBirth",
                                        "subject/address/stateOfResidence",
                                        "subject/address/stateOfStay",
                                        "employmentSituations",
                                        "employmentSituations/*/address",
                                        "placesOfWork/*",
                                        "placesOfWork/*/*/address",
                                        "statusConfirmation",
                                        "documentID",
                                        "competentInstitution",
                                        "competentInstitution/address",
                                        "competentInstitution/officeFaxNumber",
                                        "competentInstitution/officePhoneNumber",
                                        "competentInstitution/email"};
    const struct nw_sd_plan *p = nw_type_plan(pda1, NW_PROFILE_WEBUILD);
    size_t n = 0;
    for (; p->paths[n] != NULL; n++) {
        assert_false(nw_slice_starts(nw_str(p->paths[n]), "memberstateAppliedLegislation"));
    }
    assert_int_equal(n, ARRAY_LENGTH(paths));
    for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
        assert_true(planned(p, paths[i]));
    }
    assert_int_equal(p->decoy_n, 1);
    assert_string_equal(p->decoys[0].path, "placesOfWork");
    p = nw_type_plan(pda1, NW_PROFILE_DC4EU);
    assert_true(planned(p, "personal_administrative_number"));
    assert_true(planned(p, "document_number"));
    assert_true(planned(p, "transitional_rules"));
    assert_null(p->paths[3]);
}

static void payloads_are_told_apart_by_vct_and_shape(void **state)
{
    (void)state;
    static const struct {
        const char *payload, *type;
        enum nw_profile profile;
    } cases[] = {
        {"{\"vct\":\"eu.we-build.pda1.1\"}", "pda1", NW_PROFILE_WEBUILD},
        {"{\"vct\":\"urn:eu.europa.ec.eudi:pda1:1\"}", "pda1", NW_PROFILE_EUDI},
        {"{\"vct\":\"urn:eudi:pda1:1\",\"employer\":[]}", "pda1", NW_PROFILE_DC4EU},
        {"{\"vct\":\"urn:eudi:pda1:1\",\"work_information\":{}}", "pda1", NW_PROFILE_DC4EU},
        {"{\"vct\":\"urn:eudi:pda1:1\",\"employer\":{}}", "pda1", NW_PROFILE_DC4EU_PILOT},
        {"{\"vct\":\"urn:eudi:pda1:1\",\"work_address\":{}}", "pda1", NW_PROFILE_DC4EU_PILOT},
        {"{\"vct\":\"urn:eudi:pda1:1\",\"employer\":[],\"work_address\":{}}", NULL, 0},
        {"{\"vct\":\"urn:eudi:pda1:1\"}", NULL, 0},
        {"{\"vct\":\"urn:eudi:ehic:1\",\"issuing_authority\":{\"country\":\"DE\"}}", "ehic",
         NW_PROFILE_DC4EU},
        {"{\"vct\":\"urn:eudi:ehic:1\",\"issuing_country\":\"DE\"}", "ehic",
         NW_PROFILE_DC4EU_PILOT},
        {"{\"vct\":\"urn:eu.europa.ec.eudi:ehic:1\",\"issuing_country\":\"DE\"}", "ehic",
         NW_PROFILE_EUDI},
        {"{\"vct\":\"urn:eudi:pid:1\"}", "pid", NW_PROFILE_EUDI},
        {"{\"vct\":\"urn:eudi:pid:de:1\"}", "pid", NW_PROFILE_EUDI},
        {"{\"vct\":\"EU.WE-BUILD.PDA1.1\"}", NULL, 0},
        {"{\"vct\":1}", NULL, 0},
        {"{}", NULL, 0},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct nw_json *v = json(cases[i].payload);
        enum nw_profile p = NW_PROFILE_WEBUILD;
        const struct nw_type *t = nw_type_detect(types, v, &p);
        if (cases[i].type == NULL) {
            assert_null(t);
            assert_int_equal(p, NW_PROFILE_NONE);
        } else {
            assert_non_null(t);
            assert_string_equal(nw_type_name(t), cases[i].type);
            assert_int_equal(p, cases[i].profile);
        }
        nw_json_free(&v);
    }
}

static void what_is_not_disclosed_is_named(void **state)
{
    (void)state;
    struct nw_json *record = json(small_record), *back = NULL, *missing = NULL;
    struct nw_buf text = NW_BUF(1 << 16);
    nw_json_remove(nw_json_mut(nw_json_get(record, "subject")), "pin");
    nw_json_remove(nw_json_mut(nw_json_path(record, "subject.address")), "stateOfStay");
    nw_json_remove(nw_json_mut(nw_json_at(nw_json_get(record, "employmentSituations"), 0)),
                   "address");
    nw_json_remove(nw_json_mut(nw_json_at(nw_json_path(record, "placesOfWork.DE"), 0)), "address");
    nw_json_remove(record, "statusConfirmation");
    assert_ok(nw_profile_read(pda1, NW_PROFILE_WEBUILD, record, &back, &missing, NULL));
    nw_json_write(missing, &text);
    assert_string_equal(nw_buf_cstr(&text),
                        "[\"subject.pin\",\"subject.address\",\"employmentSituations[0].address\","
                        "\"placesOfWork.DE[0].address\",\"statusConfirmation\"]");
    nw_json_free(&record);
    nw_json_free(&back);
    nw_json_free(&missing);
    nw_buf_free(&text);
}

static void two_empty_addresses_break_the_schema_also_in_a_part(void **state)
{
    (void)state;
    static const struct {
        const char *address;
        enum nw_err want;
    } rows[] = {{"{\"stateOfResidence\":[],\"stateOfStay\":[]}", NW_ERR_RECORD_RULE},
                {"{\"stateOfStay\":[]}", NW_OK}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static struct nw_findings f;
        struct nw_json *record = json(small_record), *address = json(rows[i].address);
        struct nw_json *subject = nw_json_mut(nw_json_get(record, "subject"));
        nw_json_remove(subject, "address");
        assert_ok(nw_json_put(subject, "address", &address));
        f.n = 0;
        assert_int_equal(nw_record_shape(pda1, record, true, &f), rows[i].want);
        assert_int_equal(f.n, rows[i].want == NW_OK ? 0 : 1);
        nw_json_free(&record);
    }
}

static void the_pilot_shape_is_read_and_never_written(void **state)
{
    (void)state;
    struct nw_json *payload = json(
        "{\"vct\":\"urn:eudi:pda1:1\",\"personal_administrative_number\":\"12345\",\"employer\":{"
        "\"id\":\"E1\",\"name\":\"Bau\",\"country\":\"AT\"},\"work_address\":{\"street_address\":"
        "\"Ring\",\"house_number\":\"7\",\"locality\":\"Heide\",\"country\":\"DE\"},"
        "\"legislation_country\":\"AT\",\"status_confirmation\":\"01\",\"issuing_authority\":{"
        "\"id\":"
        "\"A\",\"name\":\"B\"},\"issuing_country\":\"AT\",\"authentic_source\":{\"id\":\"AT:1\","
        "\"name\":\"Kasse\"},\"starting_date\":\"2026-01-01\",\"ending_date\":\"2026-06-30\","
        "\"date_of_issuance\":\"2025-12-01\"}");
    struct nw_json *record = NULL, *missing = NULL;
    assert_ok(nw_profile_read(pda1, NW_PROFILE_DC4EU_PILOT, payload, &record, &missing, NULL));
    const struct nw_json *place = nw_json_at(nw_json_path(record, "placesOfWork.DE"), 0);
    assert_true(nw_json_is_text(nw_json_path(place, "address.streetAndNumber"), "Ring 7"));
    assert_true(nw_json_is_text(
        nw_json_get(nw_json_at(nw_json_get(record, "employmentSituations"), 0), "name"), "Bau"));
    assert_true(
        nw_json_is_text(nw_json_path(record, "competentInstitution.institutionID"), "AT:1"));
    assert_true(nw_json_is_text(nw_json_path(record, "competentInstitution.countryCode"), "AT"));
    assert_int_equal(nw_json_count(missing), 1);
    assert_true(nw_json_is_text(nw_json_at(missing, 0), "documentID"));
    found.n = 0;
    assert_ok(nw_record_shape(pda1, record, true, &found));
    struct nw_json *claims = NULL;
    assert_err(nw_profile_write(pda1, NW_PROFILE_DC4EU_PILOT, record, NULL, &claims, &found),
               NW_ERR_PROFILE_LOSS);
    assert_false(nw_type_writes(pda1, NW_PROFILE_DC4EU_PILOT));
    nw_json_free(&payload);
    nw_json_free(&record);
    nw_json_free(&missing);
}

static void profiles_of_the_wrong_types_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"{\"employer\":{}}", "{\"employer\":[1]}",
                                      "{\"work_information\":{\"work_address\":[{}]}}",
                                      "{\"work_information\":{\"no_fixed_place_of_work\":1}}"};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        struct nw_json *payload = json(bad[i]), *record = NULL, *missing = NULL;
        struct nw_diag d = {0};
        enum nw_err e = nw_profile_read(pda1, NW_PROFILE_DC4EU, payload, &record, &missing, &d);
        assert_true(e == NW_ERR_CLAIM_TYPE || e == NW_ERR_CLAIM_MISSING);
        assert_null(record);
        nw_json_free(&payload);
    }
}

static void texts_that_a_profile_cannot_hold_stop_it(void **state)
{
    (void)state;
    struct nw_json *record = json(small_record), *claims = NULL, *longer = NULL;
    struct nw_register_fields reg = {.issued_on = "2026-01-01"};
    found.n = 0;
    assert_ok(nw_profile_write(pda1, NW_PROFILE_DC4EU, record, &reg, &claims, &found));
    nw_json_free(&claims);
    bool one_only = false;
    for (size_t i = 0; i < found.n; i++) {
        one_only = one_only || strcmp(found.v[i].path, "placesOfWork.CZ") == 0;
    }
    assert_true(one_only); /* AT is carried, CZ is lost */
    const struct nw_json *employer = nw_json_at(nw_json_get(record, "employmentSituations"), 0);
    assert_ok(nw_json_new_text(nw_str("123456789012345678901"), &longer));
    assert_ok(nw_json_replace(nw_json_mut(employer), nw_json_get(employer, "employerID"), &longer));
    found.n = 0;
    assert_err(nw_profile_write(pda1, NW_PROFILE_DC4EU, record, &reg, &claims, &found),
               NW_ERR_PROFILE_LOSS);
    assert_true(nw_findings_has_error(&found));
    assert_null(claims);
    nw_json_free(&record);
}

static const struct nw_json *metadata_of(const struct nw_json *doc, const char *path)
{
    struct nw_json *wanted = json(path);
    const struct nw_json *c = nw_json_first(nw_json_get(doc, "claims"));
    while (c != NULL && !nw_json_equal(nw_json_get(c, "path"), wanted)) {
        c = nw_json_next(c);
    }
    nw_json_free(&wanted);
    return c;
}

static void assert_metadata(const struct nw_json *doc, const char *path, const char *sd,
                            bool mandatory)
{
    const struct nw_json *c = metadata_of(doc, path);
    bool is = !mandatory;
    if (c == NULL || !nw_json_is_text(nw_json_get(c, "sd"), sd) ||
        !nw_json_bool(nw_json_get(c, "mandatory"), &is) || is != mandatory) {
        fail_msg("metadata of %s", path);
    }
}

static void type_metadata_says_what_the_plan_does(void **state)
{
    (void)state;
    struct nw_buf text = NW_BUF(1 << 20);
    struct nw_json *doc = NULL;
    assert_ok(nw_type_vctm(pda1, NW_PROFILE_WEBUILD, &text));
    assert_ok(nw_json_parse(nw_buf_slice(&text), &doc, NULL));
    assert_true(nw_json_is_text(nw_json_get(doc, "vct"), "eu.we-build.pda1.1"));
    assert_metadata(doc, "[\"subject\",\"pin\"]", "always", true);
    assert_metadata(doc, "[\"subject\",\"names\",\"surnameAtBirth\"]", "never", false);
    assert_metadata(doc, "[\"memberstateAppliedLegislation\",\"endDate\"]", "never", true);
    assert_metadata(doc, "[\"employmentSituations\"]", "always", true);
    assert_metadata(doc, "[\"employmentSituations\",null,\"address\"]", "always", false);
    assert_metadata(doc, "[\"placesOfWork\"]", "never", true);
    assert_metadata(doc, "[\"placesOfWork\",\"DE\"]", "always", false);
    assert_metadata(doc, "[\"placesOfWork\",\"DE\",null,\"address\"]", "always", false);
    const struct nw_json *display =
        nw_json_get(metadata_of(doc, "[\"subject\",\"pin\"]"), "display");
    assert_int_equal(nw_json_count(display), 2);
    assert_true(nw_json_is_text(nw_json_get(nw_json_at(display, 0), "locale"), "de"));
    nw_json_free(&doc);
    nw_buf_reset(&text);
    assert_ok(nw_type_vctm(pda1, NW_PROFILE_DC4EU, &text));
    assert_ok(nw_json_parse(nw_buf_slice(&text), &doc, NULL));
    assert_metadata(doc, "[\"personal_administrative_number\"]", "always", true);
    assert_metadata(doc, "[\"transitional_rules\"]", "always", false);
    assert_metadata(doc, "[\"work_information\",\"work_address\",null,\"locality\"]", "never",
                    false);
    assert_metadata(doc, "[\"issuing_authority\",\"country\"]", "never", true);
    nw_json_free(&doc);
    assert_err(nw_type_vctm(pda1, NW_PROFILE_DC4EU_PILOT, &text), NW_ERR_FORM_UNKNOWN);
    nw_buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_match_whole_texts),
        cmocka_unit_test(patterns_outside_the_subset_are_refused),
        cmocka_unit_test(a_small_type_file_is_loaded),
        cmocka_unit_test(type_files_with_a_mistake_are_refused),
        cmocka_unit_test(requests_name_elements_of_the_profile),
        cmocka_unit_test(an_inspector_asks_for_no_more_than_the_inspection_needs),
        cmocka_unit_test(allocation_failure_is_survived),
        cmocka_unit_test(loading_is_quick),
        cmocka_unit_test(every_country_of_the_lists_is_accepted_and_no_other),
        cmocka_unit_test(a_deployment_may_allow_more_codes),
        cmocka_unit_test(importers_get_the_ISO_spelling),
        cmocka_unit_test(labels_and_codes_have_both_languages),
        cmocka_unit_test(plans_follow_the_disclosure_groups),
        cmocka_unit_test(payloads_are_told_apart_by_vct_and_shape),
        cmocka_unit_test(what_is_not_disclosed_is_named),
        cmocka_unit_test(two_empty_addresses_break_the_schema_also_in_a_part),
        cmocka_unit_test(the_pilot_shape_is_read_and_never_written),
        cmocka_unit_test(profiles_of_the_wrong_types_are_refused),
        cmocka_unit_test(texts_that_a_profile_cannot_hold_stop_it),
        cmocka_unit_test(type_metadata_says_what_the_plan_does),
    };
    if (nw_types_load(&types, NULL) != NW_OK) {
        return 1;
    }
    pda1 = nw_type_find(types, "pda1");
    int failed = run_once("types", tests, ARRAY_LENGTH(tests));
    nw_types_free(&types);
    return failed;
}
