/*
 * `nachweis-trust bundle` over lists in XML ($NW_DATA/tl): from the Official
 * Journal to the services in an evidence bundle.
 */
#include <unistd.h>

#include "command.h"
#include "test_folder.h"
#include "test_tl.h"
#include "trust/bundle_items.h"
#include "trust/qualified.h"

#define AT TEST_TL_AT
#define CLOCK TEST_TL_CLOCK

static char operator_pin[65];

static void put_data(const char *name, const char *data)
{
    test_put(name, test_tl_file(data));
}

static int setup(void **state)
{
    assert_int_equal(test_folder_make(state), 0);
    test_put_operator(operator_pin);
    return 0;
}

static int bundle(const char *config)
{
    test_put("config.json", nw_str(config));
    return TEST_RUN(tl_command_bundle, "bundle", "--config", test_path("config.json"), "--out",
                    test_path("e.nwb"), "--at", AT);
}

#define CONFIG(source)                                                                             \
    "{\"version\":1,\"signer\":{\"key\":\"op.key\",\"chain\":\"op.pem\"},\"max_age\":604800,"      \
    "\"state\":\"state.json\",\"sources\":[" source "]}"
#define MADE(lists)                                                                                \
    CONFIG("{\"name\":\"made\",\"list\":\"lotl\",\"file\":\"lotl.xml\",\"test\":true,"             \
           "\"journal\":\"https://example.test/oj/1\",\"signers\":[\"lotl-a.der\"],"               \
           "\"pivots\":[\"pivot.xml\"],\"lists\":[" lists "]}")

static void put_made_chain(void)
{
    put_data("lotl.xml", "synthetic/lotl-20.xml");
    put_data("pivot.xml", "synthetic/lotl-pivot-10.xml");
    put_data("lotl-a.der", "synthetic/certs/lotl-a.der");
    put_data("xa5.xml", "synthetic/tl-XA-5.xml");
    put_data("xa6.xml", "synthetic/tl-XA-6.xml");
    put_data("xb.xml", "synthetic/tl-XB-7-rsapss.xml");
    put_data("broken.xml", "synthetic/n03-signature-value.xml");
}

static struct nw_bundle *open_bundle(void)
{
    const char *pins[] = {operator_pin, NULL};
    const struct nw_bundle_policy policy = {.signers = pins, .now = CLOCK};
    struct nw_bundle *b = NULL;
    assert_ok(nw_bundle_open(test_crypto(), test_file(test_path("e.nwb")), &policy, &b, NULL));
    return b;
}

/* Is the key an anchor of this role, and what did it have at t? */
static enum nw_trust_state listed_key(const struct nw_bundle *b, const uint8_t digest[32],
                                      enum nw_role role, int64_t t)
{
    struct nw_bundle_service s;
    uint32_t found[8];
    enum nw_trust_state state = NW_TRUST_UNKNOWN;
    size_t n = nw_bundle_by_key(b, digest, role, found, ARRAY_LENGTH(found));
    for (size_t i = 0; i < n && i < ARRAY_LENGTH(found); i++) {
        assert_true(nw_bundle_service_at(b, found[i], &s));
        for (size_t k = 0; k < s.period_n; k++) {
            if (t >= s.periods[k].from && (s.periods[k].until == 0 || t < s.periods[k].until)) {
                state = s.periods[k].status;
            }
        }
    }
    return state;
}

static enum nw_trust_state listed(const struct nw_bundle *b, const char *cert, enum nw_role role,
                                  int64_t t)
{
    struct nw_cert_outline outline;
    uint8_t digest[NW_SHA256_BYTES];
    assert_ok(nw_cert_outline(test_tl_file(cert), &outline));
    assert_ok(nw_sha256(test_crypto(), outline.spki, digest));
    return listed_key(b, digest, role, t);
}

static void the_chain_of_lists_becomes_a_bundle(void **state)
{
    (void)state;
    if (test_data("tl") == NULL) {
        skip();
    }
    put_made_chain();
    assert_int_equal(bundle(MADE("\"xa5.xml\",\"xb.xml\"")), 0);
    assert_said("made: number 20");
    assert_said("made/XA: number 5, 2 of 3 services");
    assert_said("made/XB: number 7");
    struct nw_bundle *b = open_bundle();
    assert_true(nw_bundle_info(b)->test);
    /* tl-XA-5: seals granted, withdrawn, granted again; the attestations in their own role */
    assert_int_equal(listed(b, "synthetic/certs/qtsp-ca.der", NW_ROLE_QCERT_CA, CLOCK),
                     NW_TRUST_GRANTED);
    assert_int_equal(listed(b, "synthetic/certs/qeaa.der", NW_ROLE_QEAA, CLOCK), NW_TRUST_GRANTED);
    assert_int_equal(listed(b, "synthetic/certs/qeaa.der", NW_ROLE_QCERT_CA, CLOCK),
                     NW_TRUST_UNKNOWN);
    assert_int_equal(listed(b, "synthetic/certs/qtsp-ca.der", NW_ROLE_PUBEAA_ISSUE, CLOCK),
                     NW_TRUST_UNKNOWN);
    nw_bundle_free(&b);
}

static int show_diff(void)
{
    return TEST_RUN(tl_command_show, "show", "--signer", test_path("op.pem"), "--diff",
                    test_path("old.nwb"), "--at", AT, test_path("e.nwb"));
}

static void what_came_and_went_is_said(void **state)
{
    (void)state;
    if (test_data("tl") == NULL) {
        skip();
    }
    put_made_chain();
    assert_int_equal(bundle(MADE("\"xa5.xml\"")), 0);
    test_put("old.nwb", test_file(test_path("e.nwb")));
    assert_int_equal(show_diff(), 0);
    assert_said("0 changes\n");
    assert_int_equal(bundle(MADE("\"xb.xml\"")), 0); /* XA and XB list the same keys */
    assert_int_equal(show_diff(), 0);
    (void)unlink(
        test_path("state.json")); /* it has the number of tl-XA-5 and is no later edition */
    put_data("s11.xml", "synthetic/s11-unknown-critical-extension.xml");
    assert_int_equal(bundle(MADE("\"s11.xml\"")), 0); /* its CA for seals is not evaluable now */
    assert_int_equal(show_diff(), 0);
    assert_said("went      qualified-certificates: XA QTSP (XA) ");
    assert_said("1 changes\n");
    (void)unlink(test_path("state.json"));
    put_data("s04.xml", "synthetic/s04-closed.xml");
    assert_int_equal(bundle(MADE("\"s04.xml\"")), 0);
    assert_int_equal(show_diff(), 0);
    assert_said("withdrawn qualified-certificates: XA QTSP (XA) ");
    assert_said("withdrawn qualified-attestations: ");
    assert_said("2 changes\n");
}

static void a_broken_national_list_stops_no_other(void **state)
{
    (void)state;
    if (test_data("tl") == NULL) {
        skip();
    }
    put_made_chain();
    assert_int_equal(bundle(MADE("\"broken.xml\",\"xb.xml\"")), 1);
    assert_said("refused  list         broken.xml: the signature of the list is wrong");
    assert_said("made/XB: number 7");
}

/* Everything but the signature, which is another one each time on libcrypto. */
static struct nw_slice bytes_of_bundle(void)
{
    struct nw_slice all = test_file(test_path("e.nwb"));
    return nw_slice_sub(all, 0, all.n - 64);
}

/* The chain of lists: each link is kept on its own, and falls with what it hangs on. */
static void lists_that_have_not_changed_are_not_read_again(void **state)
{
    (void)state;
    if (test_data("tl") == NULL) {
        skip();
    }
    put_made_chain();
    assert_int_equal(bundle(MADE("\"xa5.xml\",\"xb.xml\"")), 0);
    assert_not_said("unchanged");
    struct nw_slice first = bytes_of_bundle();
    (void)unlink(test_path("state.json")); /* for the same number */
    assert_int_equal(bundle(MADE("\"xa5.xml\",\"xb.xml\"")), 0);
    assert_said("unchanged list         made: number 20, names 2 lists");
    assert_said("unchanged list         made/XA: number 5");
    assert_said("unchanged list         made/XB: number 7");
    assert_not_said("taken    list");
    assert_true(nw_slice_eq(bytes_of_bundle(), first));
    /* one new list, one broken one beside it */
    assert_int_equal(bundle(MADE("\"broken.xml\",\"xa6.xml\",\"xb.xml\"")), 1);
    assert_said("refused  list         broken.xml");
    assert_said("taken    list         made/XA: number 6");
    assert_said("unchanged list         made/XB: number 7");
    /* a list cannot stand twice, kept or not */
    assert_int_equal(bundle(MADE("\"xa6.xml\",\"xa6.xml\"")), 1);
    assert_said("unchanged list         made/XA: number 6");
    assert_said("a second list of XA");
    /* the edition before comes back with what was kept of it */
    assert_int_equal(bundle(MADE("\"xa5.xml\",\"xb.xml\"")), 1);
    assert_said("5 after 6");
    /* the way to the list of lists is broken now: nothing hangs on it any more */
    put_data("pivot.xml", "synthetic/s13-pivot-signed-by-national-key.xml");
    assert_int_equal(bundle(MADE("\"xa6.xml\",\"xb.xml\"")), 2);
    assert_not_said("unchanged");
}

static void a_list_that_lapses_is_judged_again(void **state)
{
    (void)state;
    if (test_data("tl") == NULL) {
        skip();
    }
    put_made_chain();
    test_put("config.json", nw_str(MADE("\"xa5.xml\"")));
#define BUNDLE_AT(at)                                                                              \
    TEST_RUN(tl_command_bundle, "bundle", "--config", test_path("config.json"), "--out",           \
             test_path("e.nwb"), "--at", at)
    assert_int_equal(BUNDLE_AT(AT), 0);
    assert_int_equal(BUNDLE_AT("2027-01-31T00:00:00Z"), 0);
    assert_said("unchanged list         made/XA");
    assert_int_equal(BUNDLE_AT("2027-01-31T00:00:01Z"), 2);
    assert_said("refused  list         made: ");
    assert_said("NextUpdate");
    assert_not_said("unchanged");
}

static int show(const char *form)
{
    return TEST_RUN(tl_command_show, "show", "--signer", test_path("op.pem"), "--at", AT,
                    test_path("e.nwb"), form);
}

static void what_was_taken_and_what_was_refused_is_shown(void **state)
{
    (void)state;
    if (test_data("tl") == NULL) {
        skip();
    }
    put_made_chain();
    put_data("s15.xml", "synthetic/s15-same-number-signed-later.xml");
    put_data("s11.xml", "synthetic/s11-unknown-critical-extension.xml");
    assert_int_equal(bundle(MADE("\"broken.xml\",\"s11.xml\",\"s15.xml\"")), 1);
    assert_int_equal(show(NULL), 0);
    assert_said("list made/XA: http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric (test)\n"
                "  operator     XA Test Operator, XA\n"
                "  number       5, issued 2026-08-01T00:00:00Z, next update 2027-01-31T00:00:00Z\n"
                "  signer       ");
    assert_said("\n  taken        1 of 3 services\n");
    assert_said("\n  warning      TSPService: 1 periods are not evaluable");
    assert_said("\n    1 qualified-attestations\n");
    assert_said("\nrefused list broken.xml: the signature of the list is wrong");
    assert_said("\nrefused list s15.xml: ");
    assert_int_equal(show("--json"), 0);
    assert_said("\"name\":\"made/XA\"");
    assert_said("\"taken\":\"1 of 3 services\"");
    assert_said("\"roles\":{\"qualified-attestations\":1}");
    assert_said("{\"what\":\"list\",\"name\":\"broken.xml\",\"reason\":\"the signature");
}

/* s12: one identity of the list is no certificate. It goes, the list stays. */
static void an_identity_that_is_no_certificate_is_dropped_alone(void **state)
{
    (void)state;
    if (test_data("tl") == NULL) {
        skip();
    }
    put_made_chain();
    put_data("s12.xml", "synthetic/s12-bad-service-certificate.xml");
    assert_int_equal(bundle(MADE("\"s12.xml\"")), 0);
    assert_said("X509Certificate: dropped, line ");
    struct nw_bundle *b = open_bundle();
    assert_int_equal(listed(b, "synthetic/certs/qeaa.der", NW_ROLE_QEAA, CLOCK), NW_TRUST_GRANTED);
    assert_int_equal(listed(b, "synthetic/certs/qtsp-ca.der", NW_ROLE_QCERT_CA, CLOCK),
                     NW_TRUST_UNKNOWN);
    nw_bundle_free(&b);
    assert_int_equal(bundle(MADE("\"xb.xml\"")), 0);
    assert_not_said("dropped");
}

/* CAs for seals whose certificates have what our readers of certificates refuse: a policy
 * constraint (SK), critical statements (IE), keys for RSASSA-PSS (SI). By the SHA-256 of their
 * SubjectPublicKeyInfo. */
static void keys_of_odd_certificates_are_anchors(const struct nw_bundle *b)
{
    static const struct {
        const char *key;
        enum nw_trust_state state;
    } rows[] = {
        {"eeeb23f2c787a0077fc95a7e8dbbb166c8ece469a620adc73ff6d910de803914", NW_TRUST_GRANTED},
        {"31a85d795c4933476e713d3ea2a41c0f47613c0cc199e0b218f6c0e7eedff006", NW_TRUST_GRANTED},
        {"15b47274ecd608a4b2af60a94eb5f06053f2ca5c84ece7ea6beeacd524843189", NW_TRUST_GRANTED},
        {"59d48659d17190031603bc544736edb7e5a0f0415ffc2289ef3c43e903b53ea8", NW_TRUST_GRANTED},
        {"a25a7214c2b6c86142ada39dff2d73d865aa57843fdd2db77b3febf82683de2d", NW_TRUST_GRANTED},
        {"5f9533e6dba36b6f96acabf2e8e1dec7d7af1a2b46b0327051f7c2a26798d68c", NW_TRUST_GRANTED},
        {"3b2276678c4ac119579484d144ccb581803243ddc4a93ff3a99c55ad79666198", NW_TRUST_WITHDRAWN},
        {"3b2276678c4ac119579484d144ccb581803243ddc4a93ff3a99c55ad79666199", NW_TRUST_UNKNOWN},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        enum nw_trust_state state = listed_key(b, test_hex(rows[i].key).p, NW_ROLE_QCERT_CA, CLOCK);
        if (state != rows[i].state) {
            fail_msg("%s: %d", rows[i].key, (int)state);
        }
    }
}

/* Two seals of the Commission out of the Official Journal, below a CA on the Portuguese list: they
 * are qualified, and no public body's in the sense of the Regulation (no QcPSB). */
static void real_certificates_are_qualified(const struct nw_bundle *b)
{
    static const size_t seals[] = {1, 4};
    for (size_t i = 0; i < ARRAY_LENGTH(seals); i++) {
        const struct nw_seal_policy policy = {0};
        struct nw_seal_path path;
        struct nw_slice leaf = test_tl_pem("oj/OJ-C-2026-1944.pem", seals[i]);
        assert_err(nw_seal_path(test_crypto(), b, NW_CERT_LIST, &leaf, 1, CLOCK, CLOCK, &policy,
                                &path, NULL, NULL),
                   NW_ERR_QUAL_BODY);
        assert_int_equal(path.answer, NW_SEAL_SEAL);
        assert_int_equal(path.link, NW_LINK_NO_BODY);
        assert_string_equal(path.territory, "PT");
        assert_string_equal(path.qtsp.name, "DigitalSign - Certificadora Digital");
    }
}

static void an_older_edition_is_not_taken_again(void **state)
{
    (void)state;
    if (test_data("tl") == NULL) {
        skip();
    }
    put_made_chain();
    assert_int_equal(bundle(MADE("\"xa6.xml\"")), 0);
    assert_int_equal(bundle(MADE("\"xa5.xml\"")), 1);
    assert_said("5 after 6");
}

static void without_the_list_of_lists_nothing_counts(void **state)
{
    (void)state;
    if (test_data("tl") == NULL) {
        skip();
    }
    put_made_chain();
    put_data("pivot.xml", "synthetic/s13-pivot-signed-by-national-key.xml");
    assert_int_equal(bundle(MADE("\"xa5.xml\",\"xb.xml\"")), 2);
    assert_said("nothing written");
    put_made_chain();
    put_data("lotl.xml", "synthetic/s14-lotl-without-self-pointer.xml");
    assert_int_equal(bundle(MADE("\"xa5.xml\"")), 2);
}

static void a_list_of_lists_needs_its_journal(void **state)
{
    (void)state;
    if (test_data("tl") == NULL) {
        skip();
    }
    put_made_chain();
    assert_int_equal(bundle(CONFIG("{\"name\":\"made\",\"list\":\"lotl\",\"file\":\"lotl.xml\","
                                   "\"signers\":[\"lotl-a.der\"]}")),
                     78);
    assert_int_equal(bundle(CONFIG("{\"name\":\"made\",\"list\":\"pub-eaa\",\"file\":\"lotl.xml\","
                                   "\"signers\":[\"lotl-a.der\"],\"lists\":[\"xa5.xml\"]}")),
                     78);
}

/* The real lists: all of the stored ones that are good at the clock of the collection. */
static void all_real_lists_fit_into_a_megabyte(void **state)
{
    (void)state;
    if (test_data("tl") == NULL) {
        skip();
    }
    const char *config = test_tl_real_config();
    assert_int_equal(bundle(config), 1); /* HR, NL and NO are refused, as index.tsv says */
    assert_said("refused  list         HR-52.xml");
    assert_not_said("dropped");
    assert_not_said("left out");
    struct nw_bundle *b = open_bundle();
    struct nw_bundle_source s;
    size_t sources = 0;
    size_t qeaa = 0;
    struct nw_bundle_service service;
    while (nw_bundle_source_at(b, sources, &s)) {
        sources++;
    }
    for (size_t i = 0; nw_bundle_service_at(b, i, &service); i++) {
        qeaa += service.role == NW_ROLE_QEAA;
    }
    assert_int_equal(sources, 1 + 26);
    keys_of_odd_certificates_are_anchors(b);
    real_certificates_are_qualified(b);
    assert_int_equal(qeaa, 2); /* HU 99 and SE 62 */
    assert_true(test_file(test_path("e.nwb")).n < 1000000);
    struct nw_slice first = bytes_of_bundle();
    (void)unlink(test_path("state.json")); /* for the same number */
    assert_int_equal(bundle(config), 1);
    assert_not_said("taken    list");
    assert_true(nw_slice_eq(bytes_of_bundle(), first));
    print_message("%zu bytes\n", test_file(test_path("e.nwb")).n);
    nw_bundle_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lists_that_have_not_changed_are_not_read_again, setup,
                                        test_folder_remove),
        cmocka_unit_test_setup_teardown(a_list_that_lapses_is_judged_again, setup,
                                        test_folder_remove),
        cmocka_unit_test_setup_teardown(what_was_taken_and_what_was_refused_is_shown, setup,
                                        test_folder_remove),
        cmocka_unit_test_setup_teardown(the_chain_of_lists_becomes_a_bundle, setup,
                                        test_folder_remove),
        cmocka_unit_test_setup_teardown(what_came_and_went_is_said, setup, test_folder_remove),
        cmocka_unit_test_setup_teardown(a_broken_national_list_stops_no_other, setup,
                                        test_folder_remove),
        cmocka_unit_test_setup_teardown(an_identity_that_is_no_certificate_is_dropped_alone, setup,
                                        test_folder_remove),
        cmocka_unit_test_setup_teardown(an_older_edition_is_not_taken_again, setup,
                                        test_folder_remove),
        cmocka_unit_test_setup_teardown(without_the_list_of_lists_nothing_counts, setup,
                                        test_folder_remove),
        cmocka_unit_test_setup_teardown(a_list_of_lists_needs_its_journal, setup,
                                        test_folder_remove),
        cmocka_unit_test_setup_teardown(all_real_lists_fit_into_a_megabyte, setup,
                                        test_folder_remove),
    };
    return run_on_both("tl_bundle", tests, ARRAY_LENGTH(tests));
}
