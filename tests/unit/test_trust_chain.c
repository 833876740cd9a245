/* Who is entitled, in which role, at what time. */
#include "base/date.h"
#include "test_openssl.h"
#include "test_trust.h"

struct asked {
    enum nw_err e;
    enum nw_trust_state state;
    struct nw_trust_entity entity;
    struct nw_checks checks;
};

static struct asked *ask_at(const struct test_trust *t, enum nw_role role,
                            const struct nw_slice *chain, size_t n, int64_t signed_at, int64_t at)
{
    static struct asked a;
    struct nw_buf file;
    memset(&a, 0, sizeof a);
    struct nw_bundle *b = test_trust_open(t, &file);
    a.e = nw_trust_chain(test_crypto(), b, role, NW_CERT_ATTESTATION, chain, n, signed_at, at,
                         &a.entity, &a.state, &a.checks, NULL);
    assert_true((a.e == NW_OK) ==
                (a.state == NW_TRUST_GRANTED && nw_check_passed(&a.checks, "X5-01")));
    nw_bundle_free(&b);
    nw_buf_free(&file);
    return &a;
}

static struct asked *ask(const struct test_trust *t, enum nw_role role, struct nw_slice leaf)
{
    return ask_at(t, role, &leaf, 1, TEST_NOW, TEST_NOW);
}

static struct nw_slice attestation(void)
{
    return nw_signer_chain_cert(test_pki()->attestation, 0);
}

static void a_body_listed_itself_is_entitled(void **state)
{
    (void)state;
    struct test_trust t;
    test_trust_fill(&t);
    const struct asked *a = ask(&t, NW_ROLE_PUBEAA_ISSUE, attestation());
    assert_ok(a->e);
    assert_string_equal(a->entity.id, "PL:ZUSTEST02");
    assert_string_equal(a->entity.name, "Test Institution");
    assert_string_equal(a->entity.country, "PL");
    assert_true(a->entity.list_test);
    assert_int_equal(a->entity.since, TEST_GRANTED);
    assert_int_equal(a->entity.until, 0);
    assert_int_equal(strlen(a->entity.anchor), 64);
    assert_true(nw_check_passed(&a->checks, "LOTE-04"));
    assert_int_equal(nw_check_find(&a->checks, "X5-04")->result, NW_NOT_DONE);
}

static void a_body_under_a_listed_ca_is_entitled(void **state)
{
    (void)state;
    struct test_trust t;
    test_trust_fill(&t);
    t.services[0].certs[0] = test_pki()->anchor;
    const struct asked *a = ask(&t, NW_ROLE_PUBEAA_ISSUE, attestation());
    assert_ok(a->e);
    assert_string_equal(a->entity.id, "PL:ZUSTEST02");
}

static void a_pid_provider_cannot_issue_an_a1(void **state)
{
    (void)state;
    struct test_trust t;
    test_trust_fill(&t);
    struct nw_slice leaf = nw_signer_chain_cert(test_pki()->stranger, 0);
    assert_ok(ask(&t, NW_ROLE_PID_ISSUE, leaf)->e);
    const struct asked *a = ask(&t, NW_ROLE_PUBEAA_ISSUE, leaf);
    assert_err(a->e, NW_ERR_TRUST_UNKNOWN);
    assert_int_equal(a->state, NW_TRUST_UNKNOWN);
    assert_err(nw_check_find(&a->checks, "LOTE-04")->err, NW_ERR_TRUST_UNKNOWN);
    assert_string_equal(nw_check_find(&a->checks, "LOTE-04")->detail,
                        "the signer is on no list for this role");
    assert_false(nw_check_passed(&a->checks, "X5-01"));
}

static void a_key_listed_for_status_only_cannot_issue(void **state)
{
    (void)state;
    struct test_trust t;
    test_trust_fill(&t);
    struct nw_slice leaf = nw_signer_chain_cert(test_pki()->status, 0);
    assert_ok(ask(&t, NW_ROLE_PUBEAA_STATUS, leaf)->e);
    const struct asked *a = ask(&t, NW_ROLE_PUBEAA_ISSUE, leaf);
    assert_err(a->e, NW_ERR_TRUST_UNKNOWN);
    assert_string_equal(nw_check_find(&a->checks, "LOTE-04")->detail,
                        "the signer is listed, but for another role");
    assert_err(ask(&t, NW_ROLE_PUBEAA_STATUS, attestation())->e, NW_ERR_TRUST_UNKNOWN);
}

static void the_time_of_signing_decides(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_slice leaf = attestation();
    test_trust_fill(&t);
    const int64_t end = TEST_GRANTED + 100 * NW_DAY;
    struct nw_bundle_service *s = &t.services[0];
    s->periods[0] = (struct nw_bundle_period){NW_TRUST_GRANTED, TEST_GRANTED, end, 0, 0};
    s->periods[1] = (struct nw_bundle_period){NW_TRUST_WITHDRAWN, end, 0, 0, 0};
    s->period_n = 2;
    static const struct {
        int64_t signed_at;
        enum nw_err e;
        enum nw_trust_state state;
    } rows[] = {
        {TEST_GRANTED - 1, NW_ERR_TRUST_NOT_YET, NW_TRUST_NOT_YET},
        {TEST_GRANTED, NW_OK, NW_TRUST_GRANTED},
        {TEST_GRANTED + 100 * NW_DAY - 1, NW_OK, NW_TRUST_GRANTED},
        {TEST_GRANTED + 100 * NW_DAY, NW_ERR_TRUST_WITHDRAWN, NW_TRUST_WITHDRAWN},
        {TEST_NOW, NW_ERR_TRUST_WITHDRAWN, NW_TRUST_WITHDRAWN},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        const struct asked *a =
            ask_at(&t, NW_ROLE_PUBEAA_ISSUE, &leaf, 1, rows[i].signed_at, TEST_NOW);
        assert_err(a->e, rows[i].e);
        assert_int_equal(a->state, rows[i].state);
        assert_string_equal(a->entity.id, "PL:ZUSTEST02");
        assert_int_equal(nw_check_passed(&a->checks, "LOTE-04"), rows[i].e == NW_OK);
    }
}

static void a_second_service_that_is_granted_is_enough(void **state)
{
    (void)state;
    struct test_trust t;
    test_trust_fill(&t);
    t.services[1] = t.services[0];
    t.services[0].periods[0].status = NW_TRUST_WITHDRAWN;
    assert_ok(ask(&t, NW_ROLE_PUBEAA_ISSUE, attestation())->e);
    t.services[1].periods[0].from = TEST_NOW + 1;
    assert_err(ask(&t, NW_ROLE_PUBEAA_ISSUE, attestation())->e, NW_ERR_TRUST_WITHDRAWN);
}

static void the_anchor_may_not_come_with_the_chain(void **state)
{
    (void)state;
    struct test_trust t;
    test_trust_fill(&t);
    t.services[0].certs[0] = test_pki()->anchor;
    const struct nw_slice chain[] = {attestation(), test_pki()->anchor};
    assert_ok(ask_at(&t, NW_ROLE_PUBEAA_ISSUE, chain, 1, TEST_NOW, TEST_NOW)->e);
    const struct asked *a = ask_at(&t, NW_ROLE_PUBEAA_ISSUE, chain, 2, TEST_NOW, TEST_NOW);
    assert_err(a->e, NW_ERR_CERT_SELF_SIGNED);
    assert_true(nw_check_failed(&a->checks, "X5-01"));
}

/* Self-signed, with the names of the listed certificate. */
static void make_like_attestation(struct nw_signer *key, struct nw_buf *der)
{
    struct nw_cert listed;
    assert_ok(nw_cert_parse(attestation(), &listed, NULL));
    const struct nw_cert_template template = {
        .common_name = listed.common_name,
        .organisation = listed.organisation[0] != '\0' ? listed.organisation : NULL,
        .country = listed.country[0] != '\0' ? listed.country : NULL,
        .subject = nw_signer_pubkey(key),
        .organisation_id = "GOVDE-TEST-0001",
        .serial = {9},
        .not_before = TEST_NOT_BEFORE,
        .not_after = TEST_NOT_AFTER,
        .path_len = -1,
    };
    struct nw_cert made;
    *der = NW_BUF(NW_MAX_CERT);
    assert_ok(nw_cert_make(test_crypto(), &template, key, der));
    assert_ok(nw_cert_parse(nw_buf_slice(der), &made, NULL));
    assert_true(nw_slice_eq(made.subject, listed.subject));
}

static void the_name_of_a_listed_body_is_not_enough(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_buf der;
    test_trust_fill(&t);
    make_like_attestation(test_pki()->holder, &der);
    assert_err(ask(&t, NW_ROLE_PUBEAA_ISSUE, nw_buf_slice(&der))->e, NW_ERR_TRUST_UNKNOWN);
    nw_buf_free(&der);
}

static void a_new_certificate_of_the_listed_key_and_name_is_the_body(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_buf der;
    test_trust_fill(&t);
    make_like_attestation(test_pki()->attestation, &der);
    assert_ok(ask(&t, NW_ROLE_PUBEAA_ISSUE, nw_buf_slice(&der))->e);
    nw_buf_free(&der);
}

static void make_cert(struct nw_cert_template t, struct nw_signer *key, struct nw_signer *issuer,
                      struct nw_buf *der)
{
    t.subject = nw_signer_pubkey(key);
    t.not_before = TEST_NOT_BEFORE;
    t.not_after = TEST_NOT_AFTER;
    t.path_len = -1;
    t.serial[0] = 7;
    *der = NW_BUF(NW_MAX_CERT);
    assert_ok(nw_cert_make(test_crypto(), &t, issuer, der));
}

static void the_key_of_a_listed_body_under_another_name_is_not_enough(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_buf der;
    test_trust_fill(&t);
    make_cert((struct nw_cert_template){.common_name = "Another", .organisation = "Another"},
              test_pki()->attestation, test_pki()->attestation, &der);
    assert_err(ask(&t, NW_ROLE_PUBEAA_ISSUE, nw_buf_slice(&der))->e, NW_ERR_TRUST_UNKNOWN);
    nw_buf_free(&der);
}

static void a_listed_body_that_is_no_ca_entitles_nobody_else(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_buf der;
    struct nw_cert body;
    test_trust_fill(&t);
    assert_ok(nw_cert_parse(attestation(), &body, NULL));
    make_cert((struct nw_cert_template){.common_name = "Sub", .issuer = &body}, test_pki()->holder,
              test_pki()->attestation, &der);
    assert_err(ask(&t, NW_ROLE_PUBEAA_ISSUE, nw_buf_slice(&der))->e, NW_ERR_TRUST_UNKNOWN);
    nw_buf_free(&der);
}

static void certificates_count_only_while_valid(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_slice leaf = attestation();
    test_trust_fill(&t);
    assert_ok(ask_at(&t, NW_ROLE_PUBEAA_ISSUE, &leaf, 1, TEST_NOW, TEST_NOT_AFTER)->e);
    const struct asked *a =
        ask_at(&t, NW_ROLE_PUBEAA_ISSUE, &leaf, 1, TEST_NOW, TEST_NOT_AFTER + 1);
    assert_err(a->e, NW_ERR_CERT_TIME);
    assert_true(nw_check_failed(&a->checks, "X5-01"));
}

static void a_list_past_its_next_update_is_not_done(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_slice leaf = attestation();
    test_trust_fill(&t);
    const int64_t next = t.sources[0].next_update;
    assert_null(nw_check_find(&ask_at(&t, NW_ROLE_PUBEAA_ISSUE, &leaf, 1, TEST_NOW, next)->checks,
                              "LOTE-02"));
    const struct asked *a = ask_at(&t, NW_ROLE_PUBEAA_ISSUE, &leaf, 1, TEST_NOW, next + 1);
    assert_int_equal(nw_check_find(&a->checks, "LOTE-02")->result, NW_NOT_DONE);
}

/* A CA as the openssl program makes it, and a body below it that signs now. */
static void make_listed_ca(const char *key, const char *ext)
{
    test_openssl_write("ca.ext", nw_str(ext));
    test_openssl_write("leaf.ext", nw_str("keyUsage=critical,digitalSignature\n"));
    test_openssl_must("genpkey -algorithm %s -out ca.key", key);
    test_openssl_must("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out leaf.key");
    test_openssl_must("req -new -key ca.key -subj /O=QTSP/CN=CA -out ca.csr");
    test_openssl_must("req -new -key leaf.key -subj /C=PL/O=Body -out leaf.csr");
    test_openssl_must("x509 -req -in ca.csr -signkey ca.key -days 36500 -extfile ca.ext "
                      "-out ca.pem");
    test_openssl_must("x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -set_serial 7 -days 36500 "
                      "-extfile leaf.ext -outform DER -out leaf.der");
    test_openssl_must("x509 -in ca.pem -outform DER -out ca.der");
}

static enum nw_err ask_below_listed_ca(void)
{
    struct test_trust t;
    struct nw_cert leaf;
    test_trust_fill(&t);
    t.services[0].certs[0] = test_openssl_file("ca.der");
    t.services[0].cert_n = 1;
    struct nw_slice chain = test_openssl_file("leaf.der");
    assert_ok(nw_cert_parse(chain, &leaf, NULL));
    t.content.created = leaf.not_before;
    t.policy.now = leaf.not_before + 3600;
    return ask_at(&t, NW_ROLE_PUBEAA_ISSUE, &chain, 1, t.policy.now, t.policy.now)->e;
}

#define EC256 "EC -pkeyopt ec_paramgen_curve:P-256"
#define PSS                                                                                        \
    "RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha256 "                     \
    "-pkeyopt rsa_pss_keygen_mgf1_md:sha256 -pkeyopt rsa_pss_keygen_saltlen:32"

static void a_listed_ca_need_not_be_readable_in_all(void **state)
{
    (void)state;
    make_listed_ca(EC256, "basicConstraints=CA:TRUE\n1.2.3.4=critical,DER:0500\n");
    assert_ok(ask_below_listed_ca());
    make_listed_ca(EC256, "basicConstraints=CA:FALSE\n1.2.3.4=critical,DER:0500\n");
    assert_err(ask_below_listed_ca(), NW_ERR_TRUST_UNKNOWN);
    test_reset();
    if (!nw_crypto_has(NW_PROVIDER_LIBCRYPTO)) {
        return; /* the body's certificate is signed with RSASSA-PSS: mbedTLS cannot read it */
    }
    make_listed_ca(PSS, "basicConstraints=CA:TRUE\n");
    assert_ok(ask_below_listed_ca());
    make_listed_ca(PSS, "basicConstraints=CA:TRUE\nkeyUsage=cRLSign\n");
    assert_err(ask_below_listed_ca(), NW_ERR_CERT_CA);
    test_reset();
}

static void what_is_no_certificate_is_refused(void **state)
{
    (void)state;
    struct test_trust t;
    test_trust_fill(&t);
    const struct asked *a = ask(&t, NW_ROLE_PUBEAA_ISSUE, nw_str("no certificate"));
    assert_err(a->e, NW_ERR_CERT_FORM);
    assert_true(nw_check_failed(&a->checks, "X5-01"));
    assert_err(ask_at(&t, NW_ROLE_PUBEAA_ISSUE, NULL, 0, TEST_NOW, TEST_NOW)->e, NW_ERR_CERT_CHAIN);
}

struct asking {
    const struct nw_bundle *b;
    struct nw_slice leaf;
};

static enum nw_err ask_again(void *ctx)
{
    const struct asking *a = ctx;
    struct nw_trust_entity entity;
    enum nw_trust_state state;
    return nw_trust_chain(test_crypto(), a->b, NW_ROLE_PUBEAA_ISSUE, NW_CERT_ATTESTATION, &a->leaf,
                          1, TEST_NOW, TEST_NOW, &entity, &state, NULL, NULL);
}

static void asking_survives_allocation_failure(void **state)
{
    (void)state;
    static const enum nw_err also[] = {NW_ERR_CRYPTO_BACKEND, NW_OK};
    struct test_trust t;
    struct nw_buf file;
    test_trust_fill(&t);
    struct nw_bundle *b = test_trust_open(&t, &file);
    struct asking a = {b, attestation()};
    survives_allocation_failure(ask_again, &a, also);
    nw_bundle_free(&b);
    nw_buf_free(&file);
}

static void a_long_name_is_cut_between_characters(void **state)
{
    (void)state;
    struct test_trust t;
    char name[201] = "x";
    test_trust_fill(&t);
    for (size_t i = 1; i + 1 < sizeof name; i += 2) {
        memcpy(name + i, "\xc3\xa4", 2);
    }
    t.entities[0].name = nw_slice(name, 199);
    const struct asked *a = ask(&t, NW_ROLE_PUBEAA_ISSUE, attestation());
    assert_ok(a->e);
    assert_int_equal(strlen(a->entity.name), 159);
    t.entities[0].name = nw_slice(name + 1, 198);
    assert_int_equal(strlen(ask(&t, NW_ROLE_PUBEAA_ISSUE, attestation())->entity.name), 158);
}

static void list_codes_become_iso_codes(void **state)
{
    (void)state;
    assert_true(nw_slice_is(nw_list_country(nw_str("EL")), "GR"));
    assert_true(nw_slice_is(nw_list_country(nw_str("UK")), "GB"));
    assert_true(nw_slice_is(nw_list_country(nw_str("GR")), "GR"));
    assert_true(nw_slice_is(nw_list_country(nw_str("DE")), "DE"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_listed_itself_is_entitled),
        cmocka_unit_test(a_body_under_a_listed_ca_is_entitled),
        cmocka_unit_test(the_key_of_a_listed_body_under_another_name_is_not_enough),
        cmocka_unit_test(a_listed_body_that_is_no_ca_entitles_nobody_else),
        cmocka_unit_test(a_pid_provider_cannot_issue_an_a1),
        cmocka_unit_test(a_key_listed_for_status_only_cannot_issue),
        cmocka_unit_test(the_time_of_signing_decides),
        cmocka_unit_test(a_second_service_that_is_granted_is_enough),
        cmocka_unit_test(the_anchor_may_not_come_with_the_chain),
        cmocka_unit_test(the_name_of_a_listed_body_is_not_enough),
        cmocka_unit_test(a_new_certificate_of_the_listed_key_and_name_is_the_body),
        cmocka_unit_test(certificates_count_only_while_valid),
        cmocka_unit_test(a_list_past_its_next_update_is_not_done),
        cmocka_unit_test(a_listed_ca_need_not_be_readable_in_all),
        cmocka_unit_test(what_is_no_certificate_is_refused),
        cmocka_unit_test(asking_survives_allocation_failure),
        cmocka_unit_test(a_long_name_is_cut_between_characters),
        cmocka_unit_test(list_codes_become_iso_codes),
    };
    return run_on_both("trust chain", tests, ARRAY_LENGTH(tests));
}
