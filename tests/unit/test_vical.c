/*
 * VICALs: one that is good, and the same with one thing changed. Lists of real
 * providers: tests/corpus/test_vical_corpus.c.
 */
#include "vical.h"

#include "cbor/cbor.h"
#include "command.h"
#include "test_folder.h"
#include "test_pki.h"
#include "test_vical.h"

static struct nw_types *types;
static struct nw_signer *signer;
static struct nw_buf file;
static struct nw_checks checks;

static int setup(void **state)
{
    (void)state;
    assert_ok(nw_types_load(&types, NULL));
    signer = test_vical_signer(TEST_VICAL_EKU);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    nw_signer_free(&signer);
    nw_types_free(&types);
    nw_buf_free(&file);
    return 0;
}

/* Pinned is the signer itself; what opens is to be freed. */
static struct vical_policy policy_of(const struct nw_slice *pin)
{
    return (struct vical_policy){.pins = pin, .pin_n = 1, .types = types, .now = TEST_VICAL_TIME};
}

static enum nw_err judge(const struct vical_policy *policy, struct vical **out)
{
    struct nw_diag d = {0};
    struct vical *v = NULL;
    memset(&checks, 0, sizeof checks);
    enum nw_err e = vical_open(test_crypto(), nw_buf_slice(&file), policy, &v, &checks, &d);
    assert_true(e == NW_OK ? v != NULL : d.code == e);
    if (out != NULL) {
        *out = v;
    } else {
        vical_free(&v);
    }
    return e;
}

static enum nw_err judge_made(const struct test_vical *t, struct vical **out)
{
    struct nw_slice pin = nw_signer_chain_cert(signer, 0);
    const struct vical_policy policy = policy_of(&pin);
    nw_buf_free(&file);
    test_vical_write(signer, t, &file);
    return judge(&policy, out);
}

static void assert_refused(const struct test_vical *t, enum nw_err e, const char *rule)
{
    assert_err(judge_made(t, NULL), e);
    assert_true(nw_check_failed(&checks, rule));
}

static void entries_become_roots_for_the_types_they_name(void **state)
{
    (void)state;
    struct test_vical t = test_vical();
    struct vical *v = NULL;
    assert_ok(judge_made(&t, &v));
    for (int rule = 1; rule <= 5; rule++) {
        char id[8];
        (void)snprintf(id, sizeof id, "VIC-0%d", rule);
        assert_true(nw_check_passed(&checks, id));
    }
    assert_true(nw_slice_is(v->provider, "Test Provider"));
    assert_string_equal(v->territory, "DE");
    assert_int_equal(v->number, 5);
    assert_int_equal(v->issued, 1769904000);
    assert_int_equal(v->next_update, 1775001600);
    assert_int_equal(v->entry_n, 1);
    assert_int_equal(v->service_n, 1);
    assert_int_equal(v->note_n, 0);
    const struct nw_bundle_service *s = &v->services[0];
    assert_int_equal(s->role, NW_ROLE_IACA);
    assert_true(nw_slice_eq(s->certs[0], test_pki()->anchor));
    assert_true(nw_slice_is(v->entities[0].country, "DE"));
    /* ["eu.europa.ec.eudi.pda1.1", "eu.europa.ec.eudi.pid.1"]: of three the two of ours */
    struct nw_cbor r = nw_cbor_open(s->doc_types);
    assert_int_equal(nw_cbor_array(&r), 2);
    assert_true(nw_slice_is(nw_cbor_text(&r), "eu.europa.ec.eudi.pda1.1"));
    assert_true(nw_slice_is(nw_cbor_text(&r), "eu.europa.ec.eudi.pid.1"));
    assert_true(nw_cbor_done(&r));
    vical_free(&v);
}

static void an_entry_for_other_documents_does_not_count(void **state)
{
    (void)state;
    struct test_vical t = test_vical();
    struct vical *v = NULL;
    t.entries[0].types[0] = "org.iso.18013.5.1.mDL";
    t.entries[0].types[2] = NULL;
    assert_ok(judge_made(&t, &v));
    assert_int_equal(v->service_n, 0);
    assert_int_equal(v->ignored, 1);
    assert_int_equal(v->dropped, 0);
    vical_free(&v);
    t.entries[0].types[1] = "eu.europa.ec.eudi.pda1.1";
    assert_ok(judge_made(&t, &v));
    assert_int_equal(v->service_n, 1);
    vical_free(&v);
}

static void a_certificate_of_another_profile_does_not_count(void **state)
{
    (void)state;
    static const struct {
        const char *profile;
        size_t taken;
    } rows[] = {
        {"1.0.18013.5.1.7", 1},
        {"urn:oid:1.0.18013.5.1.7", 1},
        {"urn:oid:1.0.23220.4.1.7", 1},
        {"1.0.18013.5.1.6", 0},
        {"", 0},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct test_vical t = test_vical();
        struct vical *v = NULL;
        t.entries[0].profile = rows[i].profile;
        assert_ok(judge_made(&t, &v));
        assert_int_equal(v->service_n, rows[i].taken);
        assert_int_equal(v->ignored, 1 - rows[i].taken);
        vical_free(&v);
    }
}

/* Each is dropped for one thing; the good entry beside it stays. */
static void an_entry_that_cannot_be_relied_on_is_dropped_alone(void **state)
{
    (void)state;
    struct nw_slice leaf = nw_signer_chain_cert(test_pki()->attestation, 0);
    const struct test_vical_entry good = test_vical().entries[0];
    struct test_vical_entry rows[] = {good, good, good, good, good, good, good, good, good};
    rows[0].certificate = nw_slice_sub(good.certificate, 0, good.certificate.n - 1);
    rows[1].certificate = leaf;
    rows[2].serial = nw_str("another");
    rows[3].ski = nw_str("another");
    rows[4].issuer = nw_str("another");
    rows[5].subject = nw_str("another");
    rows[6].country = "FR";
    rows[7].no_types = true;
    rows[8].types_are_text = true;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct test_vical t = test_vical();
        struct vical *v = NULL;
        t.entries[1] = rows[i];
        t.entry_n = 2;
        assert_ok(judge_made(&t, &v));
        if (v->dropped != 1 || v->service_n != 1 || !nw_check_failed(&checks, "VIC-05")) {
            fail_msg("row %zu: %zu dropped, %zu taken", i, v->dropped, v->service_n);
        }
        assert_string_equal(v->notes[0].path, "certificateInfos[1]");
        vical_free(&v);
    }
}

static void the_copies_that_providers_make_are_understood(void **state)
{
    (void)state;
    struct test_vical t = test_vical();
    struct nw_cert cert;
    uint8_t wrapped[24] = {0x04, 0x16, 0x04, 0x14};
    assert_ok(nw_cert_parse(test_pki()->anchor, &cert, NULL));
    assert_int_equal(cert.ski.n, 20);
    memcpy(wrapped + 4, cert.ski.p, 20);
    t.entries[0].country = "DE-BE"; /* ISO 3166-2 */
    t.entries[0].ski = nw_slice(wrapped, 24);
    assert_ok(judge_made(&t, NULL));
    assert_true(nw_check_passed(&checks, "VIC-05"));
    t.entries[0].ski = nw_slice(wrapped + 2, 22);
    assert_ok(judge_made(&t, NULL));
    assert_true(nw_check_passed(&checks, "VIC-05"));
    wrapped[1] = 0x15;
    t.entries[0].ski = nw_slice(wrapped, 24);
    assert_ok(judge_made(&t, NULL));
    assert_true(nw_check_failed(&checks, "VIC-05"));
}

static void what_is_no_list_of_version_1_is_refused(void **state)
{
    (void)state;
    struct test_vical t = test_vical();
    t.version = "2.0";
    assert_refused(&t, NW_ERR_VICAL_VERSION, "VIC-03");
    t.version = NULL;
    assert_refused(&t, NW_ERR_VICAL_VERSION, "VIC-03");
    t = test_vical();
    t.provider = NULL;
    assert_refused(&t, NW_ERR_VICAL_FORM, "VIC-03");
    t = test_vical();
    t.date = NULL;
    assert_refused(&t, NW_ERR_VICAL_FORM, "VIC-03");
    t = test_vical();
    t.date_untagged = true;
    assert_refused(&t, NW_ERR_VICAL_FORM, "VIC-03");
    t.date_untagged = false;
    t.date = "2026-02-01T00:00:00+01:00";
    assert_refused(&t, NW_ERR_VICAL_FORM, "VIC-03");
    t = test_vical();
    t.number = UINT64_C(1) << 53;
    assert_refused(&t, NW_ERR_VICAL_FORM, "VIC-03");
    t.number--;
    assert_ok(judge_made(&t, NULL));
    t = test_vical();
    t.tagged = true; /* C.1.7.1: untagged */
    assert_refused(&t, NW_ERR_COSE_TAG, "VIC-01");
    t = test_vical();
    assert_ok(judge_made(&t, NULL));
}

static void times_decide(void **state)
{
    (void)state;
    struct test_vical t = test_vical();
    struct vical *v = NULL;
    t.next_update = "2026-02-28T23:59:59Z";
    assert_refused(&t, NW_ERR_VICAL_TIME, "VIC-04");
    t.next_update = "2026-03-01T00:00:00Z"; /* now */
    assert_ok(judge_made(&t, NULL));
    t.next_update = t.date;
    assert_refused(&t, NW_ERR_VICAL_TIME, "VIC-04");
    t = test_vical();
    t.date = "2026-03-01T00:05:01Z";
    assert_refused(&t, NW_ERR_VICAL_TIME, "VIC-04");
    t.date = "2026-03-01T00:05:00Z";
    assert_ok(judge_made(&t, NULL));
    t = test_vical();
    t.not_after = "2026-02-28T23:59:59Z";
    assert_refused(&t, NW_ERR_VICAL_TIME, "VIC-04");
    t.not_after = "2026-03-01T00:00:00Z";
    assert_ok(judge_made(&t, NULL));
    t = test_vical();
    t.date = "2024-12-31T23:59:59Z"; /* before the signer's certificate */
    assert_refused(&t, NW_ERR_VICAL_TIME, "VIC-04");
    t = test_vical();
    t.next_update = NULL; /* 90 days */
    assert_ok(judge_made(&t, &v));
    assert_int_equal(v->next_update - v->issued, 90 * 86400);
    assert_int_equal(v->note_n, 1);
    vical_free(&v);
    t.date = "2025-12-01T00:00:00Z"; /* 90 days before now */
    assert_ok(judge_made(&t, NULL));
    t.date = "2025-11-30T23:59:59Z";
    assert_refused(&t, NW_ERR_VICAL_TIME, "VIC-04");
}

/* seen: number, date, and whether it is the same file. */
static enum nw_err after(uint64_t number, int64_t date, bool same)
{
    struct nw_slice pin = nw_signer_chain_cert(signer, 0);
    struct vical_policy policy = policy_of(&pin);
    struct lote_seen seen = {.sequence = number, .signed_at = date};
    if (same) {
        assert_ok(nw_sha256(test_crypto(), nw_buf_slice(&file), seen.sha256));
    }
    policy.seen = &seen;
    return judge(&policy, NULL);
}

static void an_older_list_is_refused(void **state)
{
    (void)state;
    struct test_vical t = test_vical();
    assert_ok(judge_made(&t, NULL));
    const int64_t date = 1769904000;
    assert_ok(after(4, date, false));
    assert_ok(after(5, date, true));
    assert_err(after(5, date, false), NW_ERR_VICAL_SEQUENCE);
    assert_true(nw_check_failed(&checks, "VIC-04"));
    assert_err(after(6, date, false), NW_ERR_VICAL_SEQUENCE);
    assert_err(after(4, date + 1, false), NW_ERR_VICAL_SEQUENCE);
    t.number = 0;
    assert_ok(judge_made(&t, NULL));
    assert_ok(after(0, date, false)); /* without numbers the date says what is newer */
    assert_err(after(0, date + 1, false), NW_ERR_VICAL_SEQUENCE);
    assert_err(after(1, date, false), NW_ERR_VICAL_SEQUENCE);
}

static void only_a_pinned_provider_may_sign(void **state)
{
    (void)state;
    struct test_vical t = test_vical();
    struct nw_slice other = nw_signer_chain_cert(test_pki()->list, 0);
    struct vical_policy policy = policy_of(&other);
    assert_ok(judge_made(&t, NULL));
    assert_err(judge(&policy, NULL), NW_ERR_VICAL_SIGNER);
    assert_true(nw_check_failed(&checks, "VIC-02"));
    policy.pins = &test_pki()->other_anchor;
    assert_err(judge(&policy, NULL), NW_ERR_VICAL_SIGNER);
    policy.pins = &test_pki()->anchor;
    assert_ok(judge(&policy, NULL));
    policy.pin_n = 0;
    assert_err(judge(&policy, NULL), NW_ERR_VICAL_SIGNER);
    policy = policy_of(&test_pki()->anchor);
    file.p[file.n - 1] ^= 1; /* of the signature */
    assert_err(judge(&policy, NULL), NW_ERR_SIGNATURE);
    assert_true(nw_check_failed(&checks, "VIC-02"));
}

/* Below a pinned CA others have certificates as well. A signer that is pinned itself is warned of.
 */
static void below_a_ca_the_purpose_decides(void **state)
{
    (void)state;
    static const struct {
        const char *eku;
        enum nw_err e;
    } rows[] = {
        {"1.0.18013.5.1.8", NW_OK},
        {"1.0.23220.4.1.8", NW_OK},
        {"1.0.18013.5.1.2", NW_ERR_VICAL_SIGNER},
        {NULL, NW_ERR_VICAL_SIGNER},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct test_vical t = test_vical();
        struct vical *v = NULL;
        const struct vical_policy policy = policy_of(&test_pki()->anchor);
        nw_signer_free(&signer);
        signer = test_vical_signer(rows[i].eku);
        assert_ok(judge_made(&t, &v));
        assert_int_equal(v->note_n, rows[i].e != NW_OK);
        vical_free(&v);
        assert_err(judge(&policy, NULL), rows[i].e);
    }
}

/* The one that is compared with is judged at its date, and is nobody's who likes. */
static void the_edition_before_is_of_a_pinned_provider_too(void **state)
{
    (void)state;
    struct test_vical t = test_vical();
    struct vical_policy policy = policy_of(&test_pki()->anchor);
    policy.at_signing = true;
    policy.now = TEST_VICAL_TIME + 3000 * INT64_C(86400); /* long after all of it has ended */
    assert_ok(judge_made(&t, NULL));
    assert_ok(judge(&policy, NULL));
    policy.pins = &test_pki()->other_anchor;
    assert_err(judge(&policy, NULL), NW_ERR_VICAL_SIGNER);
    assert_true(nw_check_failed(&checks, "VIC-02"));
    policy.pins = &test_pki()->anchor;
    nw_signer_free(&signer);
    signer = test_vical_signer(NULL);
    assert_ok(judge_made(&t, NULL));
    assert_err(judge(&policy, NULL), NW_ERR_VICAL_SIGNER);
}

static void every_cut_is_refused(void **state)
{
    (void)state;
    struct test_vical t = test_vical();
    struct nw_slice pin = nw_signer_chain_cert(signer, 0);
    const struct vical_policy policy = policy_of(&pin);
    assert_ok(judge_made(&t, NULL));
    for (size_t whole = file.n; file.n > 0;) {
        nw_buf_cut(&file, file.n > 40 ? file.n - 40 : 0);
        assert_true(file.n < whole);
        assert_int_not_equal(judge(&policy, NULL), NW_OK);
        assert_true(nw_check_failed(&checks, "VIC-01"));
    }
}

static enum nw_err open_again(void *ctx)
{
    struct vical *v = NULL;
    static struct nw_checks none;
    memset(&none, 0, sizeof none);
    enum nw_err e = vical_open(test_crypto(), nw_buf_slice(&file), ctx, &v, &none, NULL);
    vical_free(&v);
    return e;
}

static void opening_survives_allocation_failure(void **state)
{
    (void)state;
    static const enum nw_err also[] = {NW_ERR_CRYPTO_BACKEND, NW_OK};
    struct test_vical t = test_vical();
    struct nw_slice pin = nw_signer_chain_cert(signer, 0);
    struct vical_policy policy = policy_of(&pin);
    assert_ok(judge_made(&t, NULL));
    survives_allocation_failure(open_again, &policy, also);
}

static void the_command_tells_it_by_its_content(void **state)
{
    (void)state;
    struct test_vical t = test_vical();
    struct nw_buf other;
    assert_int_equal(test_folder_make(NULL), 0);
    test_vical_write(signer, &t, &other);
    test_put("v.cbor", nw_buf_slice(&other));
    nw_buf_free(&other);
    t.number = 4;
    test_vical_write(signer, &t, &other);
    test_put("older.cbor", nw_buf_slice(&other));
    nw_buf_free(&other);
    test_put("pin.der", nw_signer_chain_cert(signer, 0));
    test_put("list.json", nw_str("{}"));
#define VERIFY(...)                                                                                \
    TEST_RUN(tl_command_verify, "verify", "--signer", test_path("pin.der"), "--at",                \
             "2026-03-01T00:00:00Z", __VA_ARGS__)
    assert_int_equal(VERIFY(test_path("v.cbor")), 0);
    assert_said("accepted: ISO 18013-5 VICAL\n");
    assert_said("eu.europa.ec.eudi.pda1.1 eu.europa.ec.eudi.pid.1\n");
    assert_int_equal(VERIFY("--list", "vical", "--json", test_path("v.cbor")), 0);
    assert_said("\"number\":5");
    assert_int_equal(VERIFY("--list", "vical", test_path("list.json")), 2);
    assert_int_equal(VERIFY("--list", "pid", test_path("v.cbor")), 2);
    assert_said("this is a VICAL");
    assert_int_equal(VERIFY("--state", test_path("older.cbor"), test_path("v.cbor")), 0);
    assert_int_equal(VERIFY("--state", test_path("v.cbor"), test_path("older.cbor")), 2);
    assert_said("VIC-04: ");
    assert_said("4 after 5");
    assert_int_equal(test_folder_remove(NULL), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(entries_become_roots_for_the_types_they_name),
        TEST(an_entry_for_other_documents_does_not_count),
        TEST(a_certificate_of_another_profile_does_not_count),
        TEST(an_entry_that_cannot_be_relied_on_is_dropped_alone),
        TEST(the_copies_that_providers_make_are_understood),
        TEST(what_is_no_list_of_version_1_is_refused),
        TEST(times_decide),
        TEST(an_older_list_is_refused),
        TEST(only_a_pinned_provider_may_sign),
        TEST(below_a_ca_the_purpose_decides),
        TEST(the_edition_before_is_of_a_pinned_provider_too),
        TEST(every_cut_is_refused),
        TEST(opening_survives_allocation_failure),
        TEST(the_command_tells_it_by_its_content),
    };
    return run_on_both("vical", tests, ARRAY_LENGTH(tests));
}
