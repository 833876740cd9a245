/*
 * IACA roots: from a VICAL and from the operator's own certificates into the
 * bundle, and from there to the signers of mdocs below them.
 */
#include "cbor/cbor.h"
#include "command.h"
#include "test_folder.h"
#include "test_pki.h"
#include "test_vical.h"
#include "trust/bundle_items.h"

#define AT "2026-03-01T00:00:00Z"
#define PDA1 "eu.europa.ec.eudi.pda1.1"
#define PID "eu.europa.ec.eudi.pid.1"
#define EKU_DS "1.0.18013.5.1.2"

static char operator_pin[65];
static struct nw_signer *provider;

#define CONFIG(sources)                                                                            \
    "{\"version\":1,\"signer\":{\"key\":\"op.key\",\"chain\":\"op.pem\"},\"max_age\":604800,"      \
    "\"state\":\"state.json\",\"sources\":[" sources "]}"
#define VICAL                                                                                      \
    "{\"name\":\"provider\",\"list\":\"vical\",\"file\":\"v.cbor\",\"signers\":[\"provider.der\"]" \
    "}"
#define OWN(more) "{\"name\":\"own\",\"list\":\"iaca\",\"certificates\":[\"roots\"]" more "}"

static void put_vical(const struct test_vical *t)
{
    struct nw_buf file;
    test_vical_write(provider, t, &file);
    test_put("v.cbor", nw_buf_slice(&file));
    nw_buf_free(&file);
}

static int setup(void **state)
{
    const struct test_vical t = test_vical();
    assert_int_equal(test_folder_make(state), 0);
    test_put_operator(operator_pin);
    provider = test_vical_signer(TEST_VICAL_EKU);
    test_put("provider.der", nw_signer_chain_cert(provider, 0));
    put_vical(&t);
    test_put("roots/a.der", test_pki()->other_anchor);
    test_put("roots/readme.txt", nw_str("not looked at"));
    return 0;
}

static int teardown(void **state)
{
    nw_signer_free(&provider);
    return test_folder_remove(state);
}

static int bundle(const char *config)
{
    test_put("config.json", nw_str(config));
    return TEST_RUN(tl_command_bundle, "bundle", "--config", test_path("config.json"), "--out",
                    test_path("e.nwb"), "--at", AT);
}

static struct nw_bundle *open_bundle(void)
{
    const char *pins[] = {operator_pin, NULL};
    const struct nw_bundle_policy policy = {.signers = pins, .now = TEST_VICAL_TIME};
    struct nw_bundle *b = NULL;
    assert_ok(nw_bundle_open(test_crypto(), test_file(test_path("e.nwb")), &policy, &b, NULL));
    return b;
}

/* A document signer below one of the test roots. */
static void make_ds(const char *country, const char *eku, bool other, struct nw_buf *der)
{
    struct nw_cert ca;
    struct nw_signer *other_ca = test_signer(test_crypto(), "nachweis test other ca");
    assert_ok(nw_cert_parse(other ? test_pki()->other_anchor : test_pki()->anchor, &ca, NULL));
    const struct nw_cert_template t = {.common_name = "Document Signer",
                                       .country = country,
                                       .issuer = &ca,
                                       .subject = nw_signer_pubkey(test_pki()->holder),
                                       .serial = {9},
                                       .not_before = TEST_NOT_BEFORE,
                                       .not_after = TEST_NOT_AFTER,
                                       .path_len = -1,
                                       .eku = {eku}};
    *der = NW_BUF(NW_MAX_CERT);
    assert_ok(nw_cert_make(test_crypto(), &t, other ? other_ca : test_pki()->ca, der));
    nw_signer_free(&other_ca);
}

static struct nw_trust_entity found;

static enum nw_err ask(const struct nw_bundle *b, struct nw_slice leaf, const char *type,
                       int64_t at)
{
    enum nw_trust_state state;
    static struct nw_checks checks;
    memset(&checks, 0, sizeof checks);
    enum nw_err e = nw_trust_iaca(test_crypto(), b, nw_str(type), NW_CERT_MDOC_DS, &leaf, 1,
                                  TEST_VICAL_TIME, at, &found, &state, &checks, NULL);
    assert_int_equal(e == NW_OK, state == NW_TRUST_GRANTED && nw_check_passed(&checks, "X5-03"));
    return e;
}

/* Each is refused for one thing in which it differs from the first. */
static void document_signers_below_a_root_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *country, *eku, *type;
        bool other;
        int64_t late;
        enum nw_err e;
    } rows[] = {
        {"DE", EKU_DS, PDA1, false, 0, NW_OK},
        {"DE", "1.0.23220.4.1.2", PDA1, false, 0, NW_OK},
        {"DE", EKU_DS, PID, false, 0, NW_OK},
        {"DE", EKU_DS, "org.iso.18013.5.1.mDL", false, 0, NW_ERR_TRUST_UNKNOWN},
        {"DE", EKU_DS, "", false, 0, NW_ERR_TRUST_UNKNOWN},
        {"FR", EKU_DS, PDA1, false, 0, NW_ERR_CERT_USAGE},
        {NULL, EKU_DS, PDA1, false, 0, NW_ERR_CERT_USAGE},
        {"DE", NULL, PDA1, false, 0, NW_ERR_CERT_USAGE},
        {"DE", "1.0.18013.5.1.6", PDA1, false, 0, NW_ERR_CERT_USAGE},
        {"DE", EKU_DS, PDA1, true, 0, NW_ERR_TRUST_UNKNOWN},
        {"DE", EKU_DS, PDA1, false, TEST_NOT_AFTER + 1 - TEST_VICAL_TIME, NW_ERR_CERT_TIME},
    };
    assert_int_equal(bundle(CONFIG(VICAL)), 0);
    assert_said("taken    list         provider: number 5, 1 of 1 entries\n");
    struct nw_bundle *b = open_bundle();
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_buf ds;
        make_ds(rows[i].country, rows[i].eku, rows[i].other, &ds);
        enum nw_err e = ask(b, nw_buf_slice(&ds), rows[i].type, TEST_VICAL_TIME + rows[i].late);
        if (e != rows[i].e) {
            fail_msg("row %zu: %s", i, nw_err_name(e));
        }
        if (e == NW_OK) {
            assert_string_equal(found.list, NW_LIST_VICAL);
            assert_string_equal(found.country, "DE");
            assert_int_equal(found.list_next, 1775001600);
        }
        nw_buf_free(&ds);
    }
    assert_err(ask(b, test_pki()->anchor, PDA1, TEST_VICAL_TIME), NW_ERR_CERT_SELF_SIGNED);
    nw_bundle_free(&b);
}

/* Roots are asked for as such, and with the type of the document. */
static void no_other_question_finds_a_root(void **state)
{
    (void)state;
    struct nw_buf ds;
    enum nw_trust_state trust;
    make_ds("DE", EKU_DS, false, &ds);
    struct nw_slice leaf = nw_buf_slice(&ds);
    assert_int_equal(bundle(CONFIG(VICAL)), 0);
    struct nw_bundle *b = open_bundle();
    for (int role = NW_ROLE_PUBEAA_ISSUE; role <= NW_ROLE_IACA; role++) {
        assert_err(nw_trust_chain(test_crypto(), b, (enum nw_role)role, NW_CERT_MDOC_LISTED, &leaf,
                                  1, TEST_VICAL_TIME, TEST_VICAL_TIME, &found, &trust, NULL, NULL),
                   NW_ERR_TRUST_UNKNOWN);
    }
    nw_bundle_free(&b);
    nw_buf_free(&ds);
}

static void the_operators_own_roots_are_marked(void **state)
{
    (void)state;
    struct nw_buf ds;
    make_ds("DE", EKU_DS, true, &ds);
    assert_int_equal(bundle(CONFIG(OWN(",\"doc_types\":[\"" PID "\"]"))), 0);
    struct nw_bundle *b = open_bundle();
    assert_ok(ask(b, nw_buf_slice(&ds), PID, TEST_VICAL_TIME));
    assert_string_equal(found.list, NW_LIST_OPERATOR);
    assert_int_equal(found.list_next, 0);
    assert_err(ask(b, nw_buf_slice(&ds), PDA1, TEST_VICAL_TIME), NW_ERR_TRUST_UNKNOWN);
    nw_bundle_free(&b);
    assert_int_equal(TEST_RUN(tl_command_show, "show", "--signer", test_path("op.pem"), "--at", AT,
                              test_path("e.nwb")),
                     0);
    assert_said("list own: " NW_LIST_OPERATOR "\n");
    assert_said("    1 iaca\n");
    assert_int_equal(bundle(CONFIG(OWN(""))), 0); /* every type that is known */
    b = open_bundle();
    assert_ok(ask(b, nw_buf_slice(&ds), PDA1, TEST_VICAL_TIME));
    nw_bundle_free(&b);
    nw_buf_free(&ds);
}

static void what_is_no_root_is_said_and_left_out(void **state)
{
    (void)state;
    test_put("roots/b.der", nw_signer_chain_cert(test_pki()->attestation, 0));
    assert_int_equal(bundle(CONFIG(OWN(""))), 1);
    assert_said("refused  IACA root    b.der: ");
    assert_said("not that of a CA");
    test_put("roots/a.der", nw_signer_chain_cert(test_pki()->attestation, 0));
    assert_int_equal(bundle(CONFIG(OWN(""))), 2);
    assert_said("there is no IACA root");
}

static void a_vical_that_is_refused_gives_no_roots(void **state)
{
    (void)state;
    struct nw_buf ds;
    struct test_vical t = test_vical();
    make_ds("DE", EKU_DS, false, &ds);
    t.next_update = "2026-02-28T00:00:00Z";
    put_vical(&t);
    assert_int_equal(bundle(CONFIG(VICAL "," OWN(""))), 1);
    assert_said("refused  list         provider: the VICAL is outside its validity");
    struct nw_bundle *b = open_bundle();
    assert_err(ask(b, nw_buf_slice(&ds), PDA1, TEST_VICAL_TIME), NW_ERR_TRUST_UNKNOWN);
    nw_bundle_free(&b);
    t = test_vical();
    put_vical(&t);
    assert_int_equal(bundle(CONFIG(VICAL)), 0);
    t.number = 4; /* and back */
    put_vical(&t);
    assert_int_equal(bundle(CONFIG(VICAL)), 2);
    assert_said("4 after 5");
    nw_buf_free(&ds);
}

/* A provider that renews daily must not end the bundle with each day. */
static void a_vical_does_not_shorten_the_life_of_the_bundle(void **state)
{
    (void)state;
    struct test_vical t = test_vical();
    t.next_update = "2026-03-02T00:00:00Z";
    put_vical(&t);
    assert_int_equal(bundle(CONFIG(VICAL)), 0);
    assert_said("fresh until 2026-03-08T00:00:00Z\n");
}

static void members_go_with_their_kind(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        CONFIG("{\"name\":\"v\",\"list\":\"vical\",\"file\":\"v.cbor\"}"),
        CONFIG("{\"name\":\"v\",\"list\":\"vical\",\"signers\":[\"provider.der\"]}"),
        CONFIG("{\"name\":\"v\",\"list\":\"vical\",\"file\":\"v.cbor\","
               "\"signers\":[\"provider.der\"],\"doc_types\":[\"" PID "\"]}"),
        CONFIG("{\"name\":\"o\",\"list\":\"iaca\"}"),
        CONFIG(OWN(",\"file\":\"v.cbor\"")),
        CONFIG(OWN(",\"signers\":[\"provider.der\"]")),
        CONFIG(OWN(",\"doc_types\":[]")),
        CONFIG(OWN(",\"doc_types\":[\"org.example.unknown.1\"]")),
        CONFIG("{\"name\":\"o\",\"list\":\"iaca\",\"certificates\":[\"missing.pem\"]}"),
    };
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
        int status = bundle(wrong[i]);
        if (status < 64) {
            fail_msg("%s: %d", wrong[i], status);
        }
    }
    assert_int_equal(bundle(CONFIG(VICAL "," OWN(""))), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(document_signers_below_a_root_are_told_apart),
        TEST(no_other_question_finds_a_root),
        TEST(the_operators_own_roots_are_marked),
        TEST(what_is_no_root_is_said_and_left_out),
        TEST(a_vical_that_is_refused_gives_no_roots),
        TEST(a_vical_does_not_shorten_the_life_of_the_bundle),
        TEST(members_go_with_their_kind),
    };
    return run_on_both("iaca", tests, ARRAY_LENGTH(tests));
}
