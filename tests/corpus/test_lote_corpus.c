/*
 * The collected lists of trusted entities ($NW_DATA/lote, see its SOURCES.md).
 * The clock is that of the collection, 2026-08-21T12:00:00Z, unless a row says
 * otherwise. For a refusal the table says which rule must give it.
 */
#include "lote.h"
#include "support.h"
#include "test_table.h"

#define CLOCK 1787313600 /* 2026-08-21T12:00:00Z */

struct outcome {
    enum nw_err e;
    struct lote *list;
    struct nw_checks checks;
};

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

/* Which rule refuses each negative of the synthetic set, and how; from the reason in MANIFEST.tsv.
 */
static const struct {
    const char *start, *rule;
    enum nw_err e; /* OK: a service is dropped */
} refusals[] = {
    {"n01", "LOTE-01", NW_ERR_ALG_NOT_ALLOWED},
    {"n03", "LOTE-01", NW_ERR_LOTE_SIGNER},
    {"n05", "LOTE-01", NW_ERR_JWS_HEADER},
    {"n07", "LOTE-01", NW_ERR_LOTE_TIME},
    {"n09", "LOTE-01", NW_ERR_JWS_HEADER},
    {"n11", "LOTE-01", NW_ERR_CRIT},
    {"n13", "LOTE-01", NW_ERR_CRIT},
    {"n15", "LOTE-01", NW_ERR_SIGNATURE},
    {"n17", "LOTE-01", NW_ERR_SIGNATURE},
    {"n19", "LOTE-01", NW_ERR_LOTE_FORM},
    {"n21", "LOTE-01", NW_ERR_BASE64URL},
    {"n23", "LOTE-01", NW_ERR_JSON_DUPLICATE},
    {"n25", "LOTE-01", NW_ERR_CERT_TIME},
    {"n30", "LOTE-03", NW_ERR_JSON_DUPLICATE},
    {"n32", "LOTE-03", NW_ERR_LOTE_FORM},
    {"n34", "LOTE-03", NW_ERR_JSON_DEPTH},
    {"n36", "LOTE-03", NW_ERR_TRAILING},
    {"n38", "LOTE-03", NW_ERR_LOTE_FORM},
    {"n40", "LOTE-03", NW_ERR_LOTE_PROFILE},
    {"n42", "LOTE-02", NW_ERR_LOTE_TIME},
    {"n44", "LOTE-02", NW_ERR_LOTE_TIME},
    {"n46", "LOTE-03", NW_ERR_LOTE_FORM},
    {"n48", "LOTE-02", NW_ERR_LOTE_SEQUENCE},
    {"n50", "LOTE-03", NW_ERR_LOTE_TYPE},
    {"n52", "LOTE-04", NW_OK},
    {"n54", "LOTE-03", NW_ERR_LOTE_PROFILE},
    {"n56", "LOTE-03", NW_ERR_LOTE_PROFILE},
    {"n58", "LOTE-04", NW_OK},
    {"n60", "LOTE-04", NW_OK},
    {"n62", "LOTE-04", NW_OK},
    {"n64", "LOTE-03", NW_ERR_LOTE_PROFILE},
    {"n66", "LOTE-04", NW_OK},
};

static void check_refusal(const struct outcome *o, const char *file)
{
    for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++) {
        if (strncmp(file, refusals[i].start, 3) == 0) {
            if (o->e != refusals[i].e || strcmp(failed_rule(o), refusals[i].rule) != 0) {
                fail_msg("%s: %s %s", file, failed_rule(o), nw_err_name(o->e));
            }
            return;
        }
    }
    fail_msg("no expectation for %s", file);
}

/* The edition before, where the row speaks of one. */
static void see_before(const char *folder, struct nw_slice list, struct nw_slice key,
                       struct lote_policy p, struct lote_seen *seen)
{
    const struct outcome *first = open_list(test_file_below(folder, "pubeaa-7.jws", ""), key, p);
    assert_ok(first->e);
    *seen =
        (struct lote_seen){.sequence = first->list->sequence, .signed_at = first->list->signed_at};
    memcpy(seen->sha256, first->list->sha256, sizeof seen->sha256);
    assert_ok(open_list(list, key, p)->e); /* alone it is good */
}

static const char *folder; /* of the set */

static void check_row(char *field[], size_t n)
{
    assert_true(n >= 3);
    const char *file = field[0];
    const char *expected = field[2];
    struct lote_seen seen;
    struct lote_policy p = {.now = CLOCK};
    char cert[64];
    (void)snprintf(cert, sizeof cert, "certs/%s", field[1]);
    struct nw_slice key = test_file_below(folder, cert, ".der");
    struct nw_slice list = test_file_below(folder, file, "");
    if (strstr(expected, "Pub-EAA place") != NULL) {
        assert_ok(open_list(list, key, p)->e); /* at its own place it is good */
        p.kind = LOTE_PUBEAA;
    }
    if (strstr(expected, "after pubeaa-7") != NULL) {
        see_before(folder, list, key, p, &seen);
        p.seen = &seen;
    }
    const struct outcome *o = open_list(list, key, p);
    bool accept = strncmp(expected, "ACCEPT", 6) == 0;
    bool service = strcmp(expected, "REJECT the service") == 0;
    if ((o->e == NW_OK) != (accept || service)) {
        fail_msg("%s: expected %s, got %s", file, expected, nw_err_name(o->e));
    }
    if (accept) {
        assert_int_equal(o->list->dropped, 0);
        assert_null(nw_check_first_failure(&o->checks));
    } else {
        check_refusal(o, file);
    }
    if (service) {
        assert_int_equal(o->list->dropped, 1);
        assert_int_equal(o->list->service_n, 3);
    }
}

static void every_synthetic_list_gets_its_expected_outcome(void **state)
{
    (void)state;
    folder = test_data("lote/synthetic");
    if (folder == NULL) {
        skip();
    }
    assert_int_equal(test_table_each(test_file_below(folder, "MANIFEST.tsv", ""), check_row), 43);
}

static void a_closed_list_has_no_current_service(void **state)
{
    (void)state;
    folder = test_data("lote/synthetic");
    if (folder == NULL) {
        skip();
    }
    const struct outcome *o =
        open_list(test_file_below(folder, "pubeaa-closed.jws", ""),
                  test_file_below(folder, "certs/op", ".der"), (struct lote_policy){.now = CLOCK});
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
    folder = test_data("lote/synthetic");
    if (folder == NULL) {
        skip();
    }
    struct nw_slice old = test_file_below(folder, "certs/xb-old", ".der");
    const struct outcome *o =
        open_list(test_file_below(folder, "pubeaa-7.jws", ""),
                  test_file_below(folder, "certs/op", ".der"), (struct lote_policy){.now = CLOCK});
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
    folder = test_data("lote");
    if (folder == NULL) {
        skip();
    }
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        const struct outcome *o =
            open_list(test_without_line_end(test_file_below(folder, rows[i].file, "")),
                      test_file_below(folder, rows[i].pin, ""),
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
    folder = test_data("lote");
    if (folder == NULL) {
        skip();
    }
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_jws jws;
        struct nw_slice file = test_without_line_end(test_file_below(folder, rows[i].file, ""));
        assert_ok(nw_jws_parse(file, &any, &jws, NULL));
        const struct outcome *o =
            open_list(file, jws.chain[0], (struct lote_policy){.now = CLOCK, .allow_rs = true});
        assert_true(nw_check_passed(&o->checks, "LOTE-01"));
        assert_err(o->e, rows[i].e);
        nw_jws_free(&jws);
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
    };
    return run_on_both("lote corpus", tests, ARRAY_LENGTH(tests));
}
