/*
 * The collected lists of trusted entities ($NW_DATA/lote, see its SOURCES.md).
 * The clock is that of the collection, 2026-08-21T12:00:00Z, unless a row says
 * otherwise. For a refusal the table says which rule must give it.
 */
#include "lote.h"
#include "support.h"

#define CLOCK 1787313600 /* 2026-08-21T12:00:00Z */

struct outcome {
    enum nw_err e;
    struct lote *list;
    struct nw_checks checks;
};

static struct nw_slice file_below(const char *folder, const char *name, const char *ending)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
    struct nw_slice bytes = test_file(path);
    if (bytes.p == NULL) {
        fail_msg("%s is not there", path);
    }
    return bytes;
}

/* Text editors left a line end in some files; it is no part of the list and would refuse it. */
static struct nw_slice without_line_end(struct nw_slice s)
{
    return s.n > 0 && s.p[s.n - 1] == '\n' ? nw_slice_sub(s, 0, s.n - 1) : s;
}

static struct outcome *open_list(struct nw_slice file, struct nw_slice pin, struct lote_policy p)
{
    static struct outcome o;
    lote_free(&o.list);
    memset(&o, 0, sizeof o);
    p.pins = &pin;
    p.pin_n = 1;
    o.e = lote_open(test_crypto(), file, &p, &o.list, &o.checks, NULL);
    return &o;
}

static const char *failed_rule(const struct outcome *o)
{
    const struct nw_check *c = nw_check_first_failure(&o->checks);
    return c != NULL ? c->id : "";
}

/* Which rule refuses each negative of the synthetic set; from the reason in its MANIFEST.tsv. */
static const struct {
    const char *start, *rule;
} refusals[] = {
    {"n01", "LOTE-01"}, {"n03", "LOTE-01"}, {"n05", "LOTE-01"}, {"n07", "LOTE-01"},
    {"n09", "LOTE-01"}, {"n11", "LOTE-01"}, {"n13", "LOTE-01"}, {"n15", "LOTE-01"},
    {"n17", "LOTE-01"}, {"n19", "LOTE-01"}, {"n21", "LOTE-01"}, {"n23", "LOTE-01"},
    {"n25", "LOTE-01"}, {"n30", "LOTE-03"}, {"n32", "LOTE-03"}, {"n34", "LOTE-03"},
    {"n36", "LOTE-03"}, {"n38", "LOTE-03"}, {"n40", "LOTE-03"}, {"n42", "LOTE-02"},
    {"n44", "LOTE-02"}, {"n46", "LOTE-03"}, {"n48", "LOTE-02"}, {"n50", "LOTE-03"},
    {"n52", "LOTE-04"}, {"n54", "LOTE-03"}, {"n56", "LOTE-03"}, {"n58", "LOTE-04"},
    {"n60", "LOTE-04"}, {"n62", "LOTE-04"}, {"n64", "LOTE-03"}, {"n66", "LOTE-04"},
};

static const char *expected_rule(const char *file)
{
    for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++) {
        if (strncmp(file, refusals[i].start, 3) == 0) {
            return refusals[i].rule;
        }
    }
    fail_msg("no expectation for %s", file);
    return "";
}

static void check_row(const char *folder, const char *file, const char *pin, const char *expected)
{
    struct lote_seen seen;
    struct lote_policy p = {.now = CLOCK};
    char cert[64];
    (void)snprintf(cert, sizeof cert, "certs/%s", pin);
    struct nw_slice key = file_below(folder, cert, ".der");
    struct nw_slice list = file_below(folder, file, "");
    if (strstr(expected, "Pub-EAA place") != NULL) {
        p.kind = LOTE_PUBEAA;
    }
    if (strstr(expected, "after pubeaa-7") != NULL) {
        const struct outcome *first = open_list(file_below(folder, "pubeaa-7.jws", ""), key, p);
        assert_ok(first->e);
        seen.sequence = first->list->sequence;
        seen.signed_at = first->list->signed_at;
        memcpy(seen.sha256, first->list->sha256, sizeof seen.sha256);
        assert_ok(open_list(list, key, p)->e);
        p.seen = &seen;
    }
    const struct outcome *o = open_list(list, key, p);
    bool accept = strncmp(expected, "ACCEPT", 6) == 0;
    bool service = strcmp(expected, "REJECT the service") == 0;
    if ((o->e == NW_OK) != (accept || service) || nw_err_is_ours(o->e)) {
        fail_msg("%s: expected %s, got %s", file, expected, nw_err_name(o->e));
    }
    if (accept) {
        assert_int_equal(o->list->dropped, 0);
        assert_null(nw_check_first_failure(&o->checks));
    } else {
        assert_string_equal(failed_rule(o), expected_rule(file));
    }
    if (service) {
        assert_int_equal(o->list->dropped, 1);
        assert_int_equal(o->list->service_n, 3);
    }
}

static void every_synthetic_list_gets_its_expected_outcome(void **state)
{
    (void)state;
    const char *folder = test_data("lote/synthetic");
    size_t rows = 0;
    if (folder == NULL) {
        skip();
    }
    struct nw_slice manifest = file_below(folder, "MANIFEST.tsv", "");
    size_t pos = nw_slice_find(manifest, '\n', 0) + 1;
    while (pos < manifest.n) {
        char line[512];
        size_t end = nw_slice_find(manifest, '\n', pos);
        assert_true(nw_slice_cstr(nw_slice_sub(manifest, pos, end - pos), line, sizeof line));
        char *save = NULL;
        const char *file = strtok_r(line, "\t", &save);
        const char *pin = strtok_r(NULL, "\t", &save);
        const char *expected = strtok_r(NULL, "\t", &save);
        assert_non_null(expected);
        check_row(folder, file, pin, expected);
        pos = end + 1;
        rows++;
    }
    assert_true(rows >= 43);
}

static void a_closed_list_has_no_current_service(void **state)
{
    (void)state;
    const char *folder = test_data("lote/synthetic");
    if (folder == NULL) {
        skip();
    }
    const struct outcome *o =
        open_list(file_below(folder, "pubeaa-closed.jws", ""),
                  file_below(folder, "certs/op", ".der"), (struct lote_policy){.now = CLOCK});
    assert_ok(o->e);
    assert_int_equal(o->list->next_update, 0);
    for (size_t i = 0; i < o->list->service_n; i++) {
        const struct nw_bundle_service *s = &o->list->services[i];
        assert_int_equal(s->periods[s->period_n - 1].status, NW_TRUST_WITHDRAWN);
        assert_int_equal(s->periods[s->period_n - 1].until, 0);
    }
}

/* xb-old of pubeaa-7: notified 2026-01-01, withdrawn 2026-06-01, tied to its key by the SKI. */
static void history_becomes_periods(void **state)
{
    (void)state;
    const char *folder = test_data("lote/synthetic");
    if (folder == NULL) {
        skip();
    }
    struct nw_slice old = file_below(folder, "certs/xb-old", ".der");
    const struct outcome *o =
        open_list(file_below(folder, "pubeaa-7.jws", ""), file_below(folder, "certs/op", ".der"),
                  (struct lote_policy){.now = CLOCK});
    assert_ok(o->e);
    size_t found = 0;
    for (size_t i = 0; i < o->list->service_n; i++) {
        const struct nw_bundle_service *s = &o->list->services[i];
        if (!nw_slice_eq(s->certs[0], old)) {
            continue;
        }
        found++;
        assert_int_equal(s->period_n, 2);
        assert_int_equal(s->periods[0].status, NW_TRUST_GRANTED);
        assert_int_equal(s->periods[0].from, 1767225600);
        assert_int_equal(s->periods[0].until, 1780272000);
        assert_int_equal(s->periods[1].status, NW_TRUST_WITHDRAWN);
        assert_int_equal(s->periods[1].from, 1780272000);
    }
    assert_int_equal(found, 1);
}

/* Rows of index.tsv with a signature: what their source says, and which rule speaks first. */
static void collected_lists_are_taken_as_their_source_says(void **state)
{
    (void)state;
    static const struct {
        const char *file, *pin;
        bool rs;
        enum nw_err e;
        const char *rule;
        bool signature_good;
    } rows[] = {
        {"webuild/wrpac-providers-lote.json", "webuild/wrpac-signer.der", false, NW_ERR_LOTE_FORM,
         "LOTE-01", false},
        {"webuild/list_of_trusted_lists.json", "webuild/lotl-signer.der", false, NW_ERR_LOTE_FORM,
         "LOTE-01", false},
        /* The signatures are good; the content is not that of annexes D to I. */
        {"webuild/wrpac-providers-lote.derived.jws", "webuild/wrpac-signer.der", false,
         NW_ERR_LOTE_PROFILE, "LOTE-03", true},
        {"webuild/list_of_trusted_lists.derived.jws", "webuild/lotl-signer.der", false,
         NW_ERR_LOTE_TYPE, "LOTE-03", true},
        {"webuild/wrpac-providers-lote.derived.jws", "webuild/lotl-signer.der", false,
         NW_ERR_LOTE_SIGNER, "LOTE-01", false},
        /* RSA PKCS #1 v1.5 only where the policy says so. */
        {"eudi-trust-inspector/ts119602-jades-compact.jws", "webuild/lotl-signer.der", false,
         NW_ERR_ALG_NOT_ALLOWED, "LOTE-01", false},
        {"eudi-trust-inspector/ts119602-jades-compact.jws", "webuild/lotl-signer.der", true,
         NW_ERR_LOTE_SIGNER, "LOTE-01", false},
    };
    const char *folder = test_data("lote");
    if (folder == NULL) {
        skip();
    }
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        const struct outcome *o =
            open_list(without_line_end(file_below(folder, rows[i].file, "")),
                      file_below(folder, rows[i].pin, ""),
                      (struct lote_policy){.now = CLOCK, .allow_rs = rows[i].rs});
        assert_err(o->e, rows[i].e);
        assert_string_equal(failed_rule(o), rows[i].rule);
        assert_int_equal(nw_check_passed(&o->checks, "LOTE-01"), rows[i].signature_good);
    }
}

/* The two RS256 fixtures carry their self-issued certificate: pinned, the signature is good. */
static void fixtures_of_the_checker_pass_the_gate_under_their_own_certificate(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        enum nw_err e;
    } rows[] = {
        /* another approach and rules than annex H has */
        {"eudi-trust-inspector/ts119602-jades-compact.jws", NW_ERR_LOTE_PROFILE},
        {"eudi-trust-inspector/ts119602-context-current.jws", NW_OK},
    };
    static const enum nw_sig_alg algs[] = {NW_RS256};
    const struct nw_jws_policy any = {.algs = algs, .alg_n = 1, .max = NW_MAX_LOTE};
    const char *folder = test_data("lote");
    if (folder == NULL) {
        skip();
    }
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_jws jws;
        struct nw_slice file = without_line_end(file_below(folder, rows[i].file, ""));
        assert_ok(nw_jws_parse(file, &any, &jws, NULL));
        const struct outcome *o =
            open_list(file, jws.chain[0], (struct lote_policy){.now = CLOCK, .allow_rs = true});
        assert_true(nw_check_passed(&o->checks, "LOTE-01"));
        assert_err(o->e, rows[i].e);
        nw_jws_free(&jws);
    }
}

/* Unsigned samples: the schema step alone. */
static void unsigned_samples_meet_the_schema_or_not(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        bool good;
    } rows[] = {
        {"dss/valid.json", true},
        {"dss/invalid.json", false},
        {"dss/Mock_PID_Provider_List_v0.0.2.json", true},
        {"eudi-trust-inspector/ts119602-schema-json-base-valid.json", true},
        {"eudi-trust-inspector/ts119602-schema-json-base-invalid.json", false},
        {"eudi-trust-inspector/json-lote-missing-list-information.json", false},
        {"eudi-trust-inspector/ts119602-clause61-invalid.json", false},
    };
    const char *folder = test_data("lote");
    if (folder == NULL) {
        skip();
    }
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_json *json = NULL;
        struct nw_diag d = {0};
        assert_ok(nw_json_parse_max(file_below(folder, rows[i].file, ""), NW_MAX_LOTE, &json, &d));
        enum nw_err e = lote_schema_check(json, &d);
        if ((e == NW_OK) != rows[i].good) {
            fail_msg("%s: %s at %s: %s", rows[i].file, nw_err_name(e), d.path, d.detail);
        }
        nw_json_free(&json);
    }
}

static int cleanup(void **state)
{
    (void)state;
    (void)open_list(NW_SLICE_EMPTY, NW_SLICE_EMPTY, (struct lote_policy){.now = CLOCK});
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(every_synthetic_list_gets_its_expected_outcome, cleanup),
        cmocka_unit_test_teardown(a_closed_list_has_no_current_service, cleanup),
        cmocka_unit_test_teardown(history_becomes_periods, cleanup),
        cmocka_unit_test_teardown(collected_lists_are_taken_as_their_source_says, cleanup),
        cmocka_unit_test_teardown(fixtures_of_the_checker_pass_the_gate_under_their_own_certificate,
                                  cleanup),
        cmocka_unit_test_teardown(unsigned_samples_meet_the_schema_or_not, cleanup),
    };
    return run_on_both("lote corpus", tests, ARRAY_LENGTH(tests));
}
