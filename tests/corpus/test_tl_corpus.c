/*
 * The collected trusted lists ($NW_DATA/tl, see its SOURCES.md): every file of
 * index.tsv, and the synthetic chain of synthetic/MANIFEST.tsv. The clock is
 * that of the collection unless a row says otherwise. Every signature that is
 * accepted here is shown to xmlsec1, every count to xmllint.
 */
#include "base/date.h"
#include "support.h"
#include "test_openssl.h"
#include "test_table.h"
#include "test_tl.h"
#include "tsl.h"

#define CLOCK 1787313600 /* 2026-08-21T12:00:00Z */
#define MAX_PINS 64

struct outcome {
    enum nw_err e;
    struct tsl *list;
    struct nw_checks checks;
    struct nw_diag d;
};

static struct outcome *open_list(struct nw_slice file, struct tsl_policy p)
{
    static struct outcome o;
    tsl_free(&o.list);
    memset(&o, 0, sizeof o);
    o.e = tsl_open(test_crypto(), file, &p, &o.list, &o.checks, &o.d);
    return &o;
}

static const char *failed_rule(const struct outcome *o)
{
    const struct nw_check *c = nw_check_first_failure(&o->checks);
    return c != NULL ? c->id : "";
}

/* The oracle knows neither SHA-1 gates nor structure: it is asked about accepted ones only. It
 * cannot read RSASSA-PSS keys. */
static void ask_xmlsec(const char *name, struct nw_slice file, struct nw_slice pin, bool can_read)
{
    static int there = -1;
    if (strcmp(nw_crypto_name(test_crypto()), "psa") != 0 || !can_read) {
        return; /* once is enough */
    }
    if (there < 0) {
        there = test_tool_is_there("xmlsec1");
    }
    if (there == 0) {
        return;
    }
    test_openssl_write("list.xml", file);
    test_openssl_write("pin.der", pin);
    if (!test_tool("xmlsec1", "--verify --id-attr:Id "
                              "http://uri.etsi.org/01903/v1.3.2#:SignedProperties "
                              "--id-attr:Id http://uri.etsi.org/02231/v2#:TrustServiceStatusList "
                              "--enabled-key-data key-name --pubkey-cert-der pin.der list.xml")) {
        fail_msg("xmlsec1 does not verify %s", name);
    }
}

/* --- the synthetic chain --- */

static const struct {
    const char *start, *rule;
    enum nw_err e;
} refusals[] = {
    {"n01", "TL-03", NW_ERR_TSL_STRUCT},    {"n03", "TL-07", NW_ERR_TSL_SIGNATURE},
    {"n05", "TL-07", NW_ERR_TSL_SIGNATURE}, {"n07", "TL-04", NW_ERR_TSL_REF},
    {"n09", "TL-04", NW_ERR_TSL_REF},       {"n10", "TL-03", NW_ERR_TSL_STRUCT},
    {"n12", "TL-02", NW_ERR_TSL_DOCTYPE},   {"n14", "TL-04", NW_ERR_TSL_REF},
    {"n16", "TL-04", NW_ERR_TSL_REF},       {"n18", "TL-04", NW_ERR_TSL_ALG},
    {"n20", "TL-03", NW_ERR_TSL_STRUCT},    {"n22", "TL-04", NW_ERR_TSL_REF},
    {"n24", "TL-03", NW_ERR_TSL_STRUCT},    {"n26", "TL-03", NW_ERR_TSL_STRUCT},
    {"s01", "TL-10", NW_ERR_TSL_TIME},      {"s02", "TL-10", NW_ERR_TSL_TIME},
    {"s03", "TL-10", NW_ERR_TSL_TIME},      {"s05", "TL-08", NW_ERR_TSL_VERSION},
    {"s06", "TL-08", NW_ERR_TSL_VERSION},   {"s07", "TL-08", NW_ERR_TSL_TYPE},
    {"s08", "TL-08", NW_ERR_TSL_TERRITORY}, {"s09", "TL-09", NW_ERR_TSL_SEQUENCE},
    {"s10", "TL-09", NW_ERR_TSL_SEQUENCE},  {"s13", "TL-05", NW_ERR_TSL_SIGNER},
    {"s14", "TL-11", NW_ERR_TSL_POINTER},   {"s16", "TL-09", NW_ERR_TSL_SEQUENCE},
};

static struct nw_slice synthetic(const char *name)
{
    char path[160];
    (void)snprintf(path, sizeof path, "synthetic/%s", name);
    return test_tl_file(path);
}

/* "lotl-a,lotl-b", "xa-op and xb-op", "lotl-b (through the pivot)" */
static size_t named_pins(const char *text, struct nw_slice *out)
{
    static const char *const names[] = {"lotl-a", "lotl-b", "xa-op", "xb-op"};
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "certs/%s.der", names[i]);
        if (strstr(text, names[i]) != NULL) {
            out[n++] = synthetic(path);
        }
    }
    return n;
}

static void expect_refusal(const char *file, const struct outcome *o)
{
    for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++) {
        if (strncmp(refusals[i].start, file, 3) == 0) {
            if (o->e != refusals[i].e || strcmp(failed_rule(o), refusals[i].rule) != 0) {
                fail_msg("%s: %s %s", file, failed_rule(o), nw_err_name(o->e));
            }
            return;
        }
    }
    fail_msg("no expectation for %s", file);
}

static struct tsl_policy synthetic_policy(const char *file, const char *expected,
                                          struct lote_seen *seen, struct nw_slice *pins, size_t n)
{
    struct tsl_policy p = {.now = CLOCK, .pins = pins, .pin_n = n};
    bool lotl = strncmp(file, "lotl", 4) == 0 || strncmp(file, "s13", 3) == 0 ||
                strncmp(file, "s14", 3) == 0;
    p.kind = lotl ? TSL_LOTL : TSL_NATIONAL;
    p.territory = lotl ? "EU" : strncmp(file, "tl-XB", 5) == 0 ? "XB" : "XA";
    p.pivot = strstr(expected, "as pivot") != NULL;
    if (strstr(expected, "after tl-XA-5") != NULL) {
        const struct outcome *first = open_list(synthetic("tl-XA-5.xml"), p);
        assert_ok(first->e);
        *seen = (struct lote_seen){.sequence = first->list->sequence,
                                   .signed_at = first->list->signed_at};
        memcpy(seen->sha256, first->list->sha256, sizeof seen->sha256);
        p.seen = seen;
    }
    return p;
}

static void check_synthetic(char *field[], size_t n)
{
    struct nw_slice pins[4];
    struct lote_seen seen;
    assert_true(n >= 3);
    const char *file = field[0];
    const char *expected = field[2];
    struct nw_slice list = synthetic(file);
    struct tsl_policy p = synthetic_policy(file, expected, &seen, pins, named_pins(field[1], pins));
    const struct outcome *o = open_list(list, p);
    bool service = strstr(expected, "the service") != NULL || strstr(expected, "identity") != NULL;
    if (strncmp(expected, "ACCEPT", 6) != 0 && !service) {
        expect_refusal(file, o);
        return;
    }
    if (o->e != NW_OK) {
        fail_msg("%s: expected %s, got %s (%s)", file, expected, nw_err_name(o->e), o->d.detail);
    }
    assert_string_equal(failed_rule(o), service ? "TL-11" : "");
    assert_int_equal(o->list->note_n > 0, service || strstr(expected, "warning") != NULL ||
                                              strstr(expected, "no current") != NULL);
    ask_xmlsec(file, list, o->list->signer_der, strcmp(o->list->territory, "XB") != 0);
}

static void every_synthetic_list_gets_its_expected_outcome(void **state)
{
    (void)state;
    if (test_data("tl") == NULL) {
        skip();
    }
    assert_true(test_table_each(synthetic("MANIFEST.tsv"), check_synthetic) >= 36);
}

/* Finding T5: a national list that has lapsed is stale for as long as the policy says. */
static void a_lapsed_national_list_is_stale_within_the_grace(void **state)
{
    (void)state;
    if (test_data("tl") == NULL) {
        skip();
    }
    struct nw_slice pin = synthetic("certs/xa-op.der");
    struct tsl_policy p = {.now = CLOCK, .pins = &pin, .pin_n = 1, .grace = 3650 * (int64_t)NW_DAY};
    const struct outcome *o = open_list(synthetic("s01-expired.xml"), p);
    assert_ok(o->e);
    assert_true(o->list->stale);
    assert_int_equal(o->list->note_n, 1);
    p.grace = CLOCK - o->list->next_update - 1;
    assert_err(open_list(synthetic("s01-expired.xml"), p)->e, NW_ERR_TSL_TIME);
    p.grace += 1;
    assert_ok(open_list(synthetic("s01-expired.xml"), p)->e);
}

static enum tsl_status status_at(const struct tsl *l, size_t service, int64_t t)
{
    const struct tsl_period *p = tsl_period_at(l, &l->services[service], t);
    return p == NULL ? (enum tsl_status)0 : p->status;
}

/* tl-XA-5: granted, withdrawn, granted again; the comment of tl-XA-comment must not change that. */
static void a_comment_inside_a_status_changes_nothing(void **state)
{
    (void)state;
    static enum tsl_status plain[64];
    if (test_data("tl") == NULL) {
        skip();
    }
    struct nw_slice pin = synthetic("certs/xa-op.der");
    struct tsl_policy p = {.now = CLOCK, .pins = &pin, .pin_n = 1};
    static const char *const files[] = {"tl-XA-5.xml", "tl-XA-comment.xml"};
    for (size_t f = 0; f < 2; f++) {
        const struct outcome *o = open_list(synthetic(files[f]), p);
        assert_ok(o->e);
        assert_true(o->list->period_n > 1 && o->list->period_n <= ARRAY_LENGTH(plain));
        for (size_t i = 0; i < o->list->period_n; i++) {
            if (f == 0) {
                plain[i] = o->list->periods[i].status;
                assert_int_not_equal(plain[i], TSL_UNKNOWN_STATUS);
            }
            assert_int_equal(o->list->periods[i].status, plain[i]);
        }
    }
}

static void a_closed_list_grants_nothing_now(void **state)
{
    (void)state;
    if (test_data("tl") == NULL) {
        skip();
    }
    struct nw_slice pin = synthetic("certs/xa-op.der");
    struct tsl_policy p = {.now = CLOCK, .pins = &pin, .pin_n = 1};
    const struct outcome *o = open_list(synthetic("s04-closed.xml"), p);
    size_t granted_before = 0;
    assert_ok(o->e);
    assert_int_equal(o->list->next_update, 0);
    for (size_t i = 0; i < o->list->service_n; i++) {
        assert_int_not_equal(status_at(o->list, i, CLOCK), TSL_GRANTED);
        granted_before += status_at(o->list, i, o->list->issued - 1) == TSL_GRANTED;
    }
    assert_true(granted_before > 0);
}

/* --- the real lists --- */

struct expected { /* of files that index.tsv refuses, and what stops them */
    const char *file, *rule;
};
static const struct expected refused[] = {
    {"national/HR-52.xml.gz", "TL-05"},
    {"national/NL-76.xml.gz", "TL-08"},
    {"national/NO-87.xml.gz", "TL-08"},
    {"national-old/DE-22-v4.xml.gz", "TL-08"},
    {"national-old/FI-49-v6-sigcert-v1.xml.gz", "TL-06"},
    {"national-old/NO-2019.xml.gz", "TL-07"},
    {"national-old/PT-2015-xpath.xml.gz", "TL-04"},
    {"broken/eu-lotl-broken-sig.xml.gz", "TL-07"},
    {"broken/eu-lotl-no-sig.xml.gz", "TL-03"},
    {"broken/eu-lotl-no-tl-version.xml.gz", "TL-07"},
    {"broken/eu-lotl-not-parseable.xml.gz", "TL-02"},
    {"broken/fi-v6-no-service-information.xml.gz", "TL-07"},
    {"broken/fi-v6-no-tsp-information.xml.gz", "TL-07"},
    {"broken/fr-65-docusign.xml", "TL-07"},
    {"broken/CZ_broken-sig.xml.gz", "TL-07"},
    {"broken/CZ_empty.xml", "TL-02"},
    {"broken/CZ_no-sig.xml.gz", "TL-03"},
    {"broken/CZ_not-compliant.xml.gz", "TL-07"},
    {"broken/CZ_not-conform.xml.gz", "TL-02"},
    {"broken/CZ_not-parsable.xml.gz", "TL-02"},
    {"broken/CZ_two-sigs.xml.gz", "TL-03"},
    {"broken/eu-lotl_broken-sig.xml.gz", "TL-07"},
    {"broken/eu-lotl_non-compliant.xml.gz", "TL-07"},
    {"broken/eu-lotl_not-parsable.xml.gz", "TL-02"},
    {"broken/tl_pivot_191_mp_broken-sig.xml.gz", "TL-07"},
    {"broken/tl_pivot_191_mp_no-sig.xml.gz", "TL-03"},
    {"broken/tl_pivot_191_mp_not-parsable.xml.gz", "TL-02"},
    {"broken/tl_pivot_247_mp_broken-sig.xml.gz", "TL-07"},
    {"broken/tl_pivot_247_mp_empty.xml", "TL-02"},
    {"broken/tl_pivot_247_mp_missing-pivot.xml.gz", "TL-07"},
    {"broken/tl_pivot_247_mp_no-sig.xml.gz", "TL-03"},
    {"broken/tl_pivot_247_mp_not-parsable.xml.gz", "TL-02"},
    {"broken/sk-tl-altered-trust-service.xml.gz", "TL-07"},
    {"broken/sk-tl-altered-tsp.xml.gz", "TL-07"},
    {"broken/sk-tl-altered-trust-service-with-time.xml.gz", "TL-07"},
    {"broken/tsl-pe.xml.gz", "TL-04"},
    {"broken/tl-ecdsa-brainpool.xml.gz", "TL-0"},
    {"broken/tl-empty.xml", "TL-03"},
    {"broken/tl-empty-with-identifier.xml", "TL-03"},
    {"broken/mra-zz-lotl-duplicated-equivalence-context.xml.gz", "TL-07"},
    {"broken/SE-TL-bad-sig.xml.gz", "TL-07"},
    {"broken/xml-bomb-attr.xml", "TL-02"},
    {"broken/xml-bomb-cont.xml", "TL-02"},
    {"broken/pyhanko-simple-ns.xml", "TL-03"},
    {"broken/pyhanko-simple.xml", "TL-03"},
    {"broken/pyhanko-", "TL-02"},
    {"xsw/XSW-enveloped-fake-content-misplaced.xml.gz", "TL-04"},
    {"xsw/", "TL-03"},
    {"unsigned-v6/FIDES-LOTL.xml", "TL-03"},
    {"unsigned-v6/FIDES-TL.xml", "TL-02"},
};

static const char *expected_rule(const char *file)
{
    for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
        if (strncmp(refused[i].file, file, strlen(refused[i].file)) == 0) {
            return refused[i].rule;
        }
    }
    fail_msg("no expectation for %s", file);
    return "";
}

/* Current national lists against what list 390 names for them; everything else against the
 * certificate in it, as its source did: then only form and signature are at stake. */
static size_t pins_for(const char *file, struct nw_slice list, const char *territory,
                       struct nw_slice *pins)
{
    char path[64];
    size_t n = 0;
    if (strncmp(file, "national/", 9) == 0) {
        (void)snprintf(path, sizeof path, "pins-lotl390/%s.pem", territory);
        return test_tl_pins(path, pins, MAX_PINS);
    }
    while (n < 4 && (pins[n] = test_tl_own_cert(list, n)).n > 0) {
        n++;
    }
    return n;
}

/* Is it good today, or was it then? Old forms are let pass in the historic mode only. */
static struct tsl_policy index_policy(const char *file, const char *issued)
{
    struct tsl_policy p = {.now = CLOCK};
    if (strncmp(file, "national/", 9) != 0) {
        p.historic = strncmp(file, "lotl/eu-lotl-3", 14) != 0;
        p.pivot = strncmp(file, "lotl/", 5) == 0;
        if (nw_time_parse(nw_str(issued), &p.now) != NW_OK || p.now > CLOCK) {
            p.now = CLOCK;
        }
        p.now += p.now < CLOCK ? 300 * (int64_t)NW_DAY : 0; /* some were signed long after issue */
        p.grace = 36500 * (int64_t)NW_DAY;
    }
    return p;
}

static void check_indexed(char *field[], size_t n)
{
    struct nw_slice pins[MAX_PINS];
    assert_true(n >= 8);
    const char *file = field[0];
    const char *expected = field[7];
    if (strcmp(expected, "attribution") == 0) {
        return;
    }
    struct nw_slice list = test_tl_file(file);
    struct tsl_policy p = index_policy(file, field[4]);
    p.pins = pins;
    p.pin_n = pins_for(file, list, field[1], pins);
    const struct outcome *o = open_list(list, p);
    if (strstr(expected, "REJECT") != NULL && strstr(expected, "after the previous") == NULL &&
        strstr(expected, "no-supply-points") == NULL && strstr(file, "no-supply-points") == NULL) {
        const char *rule = expected_rule(file);
        if (strncmp(failed_rule(o), rule, strlen(rule)) != 0) {
            fail_msg("%s: %s %s, expected %s", file, failed_rule(o), nw_err_name(o->e), rule);
        }
        return;
    }
    if (strncmp(expected, "ACCEPT", 6) == 0 && strncmp(file, "broken/", 7) != 0) {
        if (o->e != NW_OK) {
            fail_msg("%s: %s %s", file, failed_rule(o), o->d.detail);
        }
    }
    bool small_key = strstr(expected, "< RSA-2048") != NULL;
    if (nw_check_passed(&o->checks, "TL-07") == small_key) {
        fail_msg("%s: %s %s", file, failed_rule(o), o->d.detail);
    }
    if (!small_key) {
        ask_xmlsec(file, list, o->e == NW_OK ? o->list->signer_der : pins[0],
                   o->e == NW_OK || p.pin_n == 1);
    }
}

static void every_collected_list_gets_its_expected_outcome(void **state)
{
    (void)state;
    if (test_data("tl") == NULL) {
        skip();
    }
    assert_true(test_table_each(test_tl_file("index.tsv"), check_indexed) >= 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_synthetic_list_gets_its_expected_outcome),
        cmocka_unit_test(a_lapsed_national_list_is_stale_within_the_grace),
        cmocka_unit_test(a_comment_inside_a_status_changes_nothing),
        cmocka_unit_test(a_closed_list_grants_nothing_now),
        cmocka_unit_test(every_collected_list_gets_its_expected_outcome),
    };
    int failed = run_on_both("tl_corpus", tests, ARRAY_LENGTH(tests));
    return failed;
}
