#include "support.h"

#include "test_openssl.h"
#include "test_pki.h"

static enum nw_err parse(struct nw_slice der)
{
    struct nw_cert cert;
    return nw_cert_parse(der, &cert, NULL);
}

/* A certificate with these extensions, made by the openssl program. */
static struct nw_slice made_with(const char *ext)
{
    test_openssl_write("ext", nw_str(ext));
    if (!test_openssl("pkey -in k.key -noout")) {
        test_openssl_must("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out k.key");
    }
    test_openssl_must("req -new -key k.key -subj '/C=DE/O=Anstalt/CN=Signer' -out c.csr");
    test_openssl_must("x509 -req -in c.csr -signkey k.key -days 10 -extfile ext -outform DER "
                      "-out c.der");
    return test_openssl_file("c.der");
}

static void the_fields_are_those_that_went_in(void **state)
{
    (void)state;
    const struct test_pki *pki = test_pki();
    struct nw_cert ca;
    struct nw_cert leaf;
    assert_ok(nw_cert_parse(pki->anchor, &ca, NULL));
    assert_ok(nw_cert_parse(nw_signer_chain_cert(pki->attestation, 0), &leaf, NULL));
    assert_true(ca.ca);
    assert_int_equal(ca.path_len, 0);
    assert_int_equal(ca.key_usage, NW_KU_KEY_CERT_SIGN | NW_KU_CRL_SIGN);
    assert_false(leaf.ca);
    assert_int_equal(leaf.path_len, -1);
    assert_int_equal(leaf.key_usage, NW_KU_DIGITAL_SIGNATURE);
    assert_int_equal(leaf.not_before, TEST_NOT_BEFORE);
    assert_int_equal(leaf.not_after, TEST_NOT_AFTER);
    assert_int_equal(leaf.sig_alg, NW_ES256);
    assert_string_equal(leaf.common_name, "Nachweis Test Attestation Signer");
    assert_string_equal(leaf.organisation, "Nachweis Test Institution");
    assert_string_equal(leaf.organisation_id, "GOVDE-TEST-0001");
    assert_string_equal(leaf.country, "DE");
    assert_true(nw_slice_eq(leaf.issuer, ca.subject));
    assert_true(nw_slice_eq(leaf.aki, ca.ski));
    assert_int_equal(leaf.serial.n, 16);
}

static void the_openssl_program_takes_what_is_made(void **state)
{
    (void)state;
    const struct test_pki *pki = test_pki();
    struct nw_buf pem = NW_BUF(NW_MAX_CERT);
    nw_cert_to_pem(pki->anchor, &pem);
    test_openssl_write("ca.pem", nw_buf_slice(&pem));
    nw_buf_reset(&pem);
    nw_cert_to_pem(nw_signer_chain_cert(pki->attestation, 0), &pem);
    test_openssl_write("leaf.pem", nw_buf_slice(&pem));
    test_openssl_must("verify -x509_strict -attime %d -CAfile ca.pem leaf.pem", TEST_NOW);
    test_openssl_must("x509 -in leaf.pem -noout -subject -nameopt RFC2253 -out subject");
    nw_buf_free(&pem);
}

static void psa_makes_the_same_certificate_each_time(void **state)
{
    (void)state;
    struct test_pki *again = test_pki_new(test_crypto());
    bool psa = strcmp(nw_crypto_name(test_crypto()), "psa") == 0;
    assert_int_equal(nw_slice_eq(again->anchor, test_pki()->anchor), psa);
    test_pki_free(&again);
}

static void years_from_2050_on_are_written_with_four_digits(void **state)
{
    (void)state;
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    struct nw_cert cert;
    struct nw_cert_template t = {.common_name = "Far",
                                 .subject = nw_signer_pubkey(test_pki()->ca),
                                 .serial = {1},
                                 .not_before = 2524607999, /* 2049-12-31T23:59:59Z */
                                 .not_after = 2524608000,
                                 .path_len = -1,
                                 .eku = {"1.0.18013.5.1.2", "1.0.23220.4.1.2"}};
    assert_ok(nw_cert_make(test_crypto(), &t, test_pki()->ca, &der));
    assert_ok(nw_cert_parse(nw_buf_slice(&der), &cert, NULL));
    assert_int_equal(cert.not_before, t.not_before);
    assert_int_equal(cert.not_after, t.not_after);
    assert_true(nw_cert_has_eku(&cert, "1.0.18013.5.1.2"));
    assert_true(nw_cert_has_eku(&cert, "1.0.23220.4.1.2"));
    assert_false(nw_cert_has_eku(&cert, "1.0.18013.5.1.6"));
    assert_false(nw_cert_has_eku(&cert, "no oid"));
    assert_string_equal(cert.country, "");
    nw_buf_free(&der);
}

static void bytes_after_the_certificate_are_refused(void **state)
{
    (void)state;
    uint8_t longer[2048] = {0};
    struct nw_slice der = test_pki()->anchor;
    memcpy(longer, der.p, der.n);
    assert_ok(parse(nw_slice(longer, der.n)));
    assert_err(parse(nw_slice(longer, der.n + 1)), NW_ERR_TRAILING);
}

static void every_cut_is_refused(void **state)
{
    (void)state;
    struct nw_slice der = test_pki()->anchor;
    for (size_t n = 0; n < der.n; n++) {
        assert_err(parse(nw_slice_sub(der, 0, n)), NW_ERR_CERT_FORM);
    }
}

static void a_certificate_over_the_limit_is_refused_unread(void **state)
{
    (void)state;
    static uint8_t big[NW_MAX_CERT + 1];
    assert_err(parse(nw_slice(big, sizeof big)), NW_ERR_LIMIT);
}

/* Each row is refused for one thing; the first ones are taken. */
static void extensions_are_read_strictly(void **state)
{
    (void)state;
    static const struct {
        const char *ext;
        enum nw_err e;
    } rows[] = {
        {"keyUsage=critical,digitalSignature\n", NW_OK},
        {"1.2.3.4=DER:0500\n", NW_OK},
        {"subjectAltName=critical,DNS:a.example\n", NW_OK},
        {"certificatePolicies=critical,1.2.3.4\n", NW_OK},
        {"1.2.3.4=critical,DER:0500\n", NW_ERR_CERT_CRITICAL},
        {"policyConstraints=critical,requireExplicitPolicy:0\n", NW_ERR_CERT_CRITICAL},
        {"inhibitAnyPolicy=critical,0\n", NW_ERR_CERT_CRITICAL},
        {"1.3.6.1.5.5.7.1.3=critical,DER:3000\n", NW_ERR_CERT_CRITICAL}, /* qcStatements */
        {"2.5.29.19=critical,DER:3003010100\n", NW_ERR_CERT_FORM},       /* cA FALSE written */
        {"2.5.29.19=critical,DER:3003010101\n", NW_ERR_CERT_FORM},       /* TRUE as 01 */
        {"2.5.29.19=critical,DER:3003020101\n", NW_ERR_CERT_FORM},       /* pathLen, no CA */
        {"2.5.29.19=critical,DER:30060101ff0201ff\n", NW_ERR_CERT_FORM}, /* pathLen -1 */
        {"2.5.29.15=critical,DER:03020700\n", NW_ERR_CERT_FORM},         /* no usage */
        {"2.5.29.15=critical,DER:030207c0\n", NW_ERR_CERT_FORM},         /* unused bit set */
        {"2.5.29.37=DER:3000\n", NW_ERR_CERT_FORM},                      /* no purpose */
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        enum nw_err e = parse(made_with(rows[i].ext));
        if (e != rows[i].e) {
            fail_msg("%s: %s", rows[i].ext, nw_err_name(e));
        }
    }
}

static void an_extension_that_stands_there_twice_is_refused(void **state)
{
    (void)state;
    struct nw_slice der = made_with("1.2.3.4=DER:0500\n1.2.3.5=DER:0500\n");
    uint8_t twice[2048];
    assert_true(der.n < sizeof twice);
    memcpy(twice, der.p, der.n);
    assert_ok(parse(der));
    for (size_t i = 0; i + 3 <= der.n; i++) { /* the second OID becomes the first */
        if (memcmp(twice + i, "\x2a\x03\x05", 3) == 0) {
            twice[i + 2] = 0x04;
        }
    }
    assert_err(parse(nw_slice(twice, der.n)), NW_ERR_CERT_FORM);
}

static void certificates_with_an_ed25519_key_are_said_to_be_unsupported(void **state)
{
    (void)state;
    test_openssl_must("genpkey -algorithm ED25519 -out ed.key");
    test_openssl_must("req -x509 -new -key ed.key -subj /CN=Ed -days 10 -outform DER -out ed.der");
    assert_err(parse(test_openssl_file("ed.der")), NW_ERR_CERT_ALG);
}

static struct nw_cert listed(const char *ext)
{
    struct nw_cert cert;
    assert_ok(nw_cert_listed(made_with(ext), &cert, NULL));
    return cert;
}

/* What is needed of an anchor is there, whatever nw_cert_parse() says of the rest. */
static void a_listed_certificate_needs_name_key_and_validity(void **state)
{
    (void)state;
    struct nw_cert good = listed("keyUsage=critical,keyCertSign\nbasicConstraints=CA:TRUE\n");
    struct nw_cert again;
    assert_false(good.opaque);
    assert_ok(nw_cert_parse(good.der, &again, NULL));
    assert_true(nw_slice_eq(again.signature, good.signature) && again.ca == good.ca);
    struct nw_cert odd = listed("1.2.3.4=critical,DER:0500\nkeyUsage=critical,keyCertSign\n"
                                "basicConstraints=CA:TRUE,pathlen:2\nsubjectKeyIdentifier=hash\n");
    assert_true(odd.opaque && odd.ca && odd.ski.n == 20 && odd.signature.n == 0);
    assert_int_equal(odd.path_len, 2);
    assert_int_equal(odd.key_usage, NW_KU_KEY_CERT_SIGN);
    assert_true(nw_slice_eq(odd.spki, good.spki) && nw_slice_eq(odd.subject, good.subject));
    assert_int_equal(odd.not_after - odd.not_before, 10 * 86400);
    assert_string_equal(odd.organisation, "Anstalt");
    /* basicConstraints as written by hand: TRUE as 01, FALSE as FALSE, a length that is no number
     */
    odd = listed("2.5.29.19=critical,DER:3006010101020103\n");
    assert_true(odd.opaque && odd.ca && odd.path_len == 3);
    odd = listed("2.5.29.19=critical,DER:3003010100\n");
    assert_true(odd.opaque && !odd.ca && odd.path_len == -1);
    odd = listed("2.5.29.19=critical,DER:30060101ff0201ff\n");
    assert_true(odd.opaque && odd.ca && odd.path_len == 0);
    odd = listed("2.5.29.15=critical,DER:030207c0\n2.5.29.19=critical,DER:30030101ff\n");
    assert_true(odd.opaque && odd.ca && odd.has_key_usage && odd.key_usage == 0);
}

static void a_listed_certificate_without_them_is_none(void **state)
{
    (void)state;
    struct nw_cert cert;
    struct nw_slice der = made_with("1.2.3.4=critical,DER:0500\n");
    struct nw_buf bad = NW_BUF(NW_MAX_CERT);
    assert_ok(nw_cert_listed(der, &cert, NULL));
    for (size_t n = 0; n < der.n; n++) {
        assert_err(nw_cert_listed(nw_slice_sub(der, 0, n), &cert, NULL), NW_ERR_CERT_FORM);
    }
    nw_buf_put(&bad, der);
    size_t time = (size_t)(cert.subject.p - der.p) - 1; /* the Z of notAfter */
    assert_int_equal(bad.p[time], 'Z');
    bad.p[time] = '+';
    assert_err(nw_cert_listed(nw_buf_slice(&bad), &cert, NULL), NW_ERR_CERT_FORM);
    nw_buf_free(&bad);
}

static void weak_signatures_are_read_but_have_no_algorithm(void **state)
{
    (void)state;
    struct nw_cert cert;
    test_openssl_must("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out s.key");
    test_openssl_must("req -x509 -new -sha1 -key s.key -subj /CN=Old -days 10 -outform DER "
                      "-out s.der");
    assert_ok(nw_cert_parse(test_openssl_file("s.der"), &cert, NULL));
    assert_int_equal(cert.sig_alg, NW_ALG_NONE);
}

static void a_key_that_is_no_point_of_its_curve_is_said_to_be_no_key(void **state)
{
    (void)state;
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    struct nw_cert good;
    nw_buf_put(&der, test_pki()->anchor);
    assert_ok(nw_cert_parse(nw_buf_slice(&der), &good, NULL));
    size_t last = (size_t)(good.spki.p - der.p) + good.spki.n - 1; /* of y */
    der.p[last] ^= 1;
    assert_err(parse(nw_buf_slice(&der)), NW_ERR_CERT_ALG);
    nw_buf_free(&der);
}

static void pem_blocks_are_found_one_after_the_other(void **state)
{
    (void)state;
    const struct test_pki *pki = test_pki();
    struct nw_buf pem = NW_BUF(8192);
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    size_t pos = 0;
    nw_buf_puts(&pem, "subject=CN = first\r\n");
    nw_cert_to_pem(pki->anchor, &pem);
    nw_buf_puts(&pem, "-----BEGIN X-----\nAAAA\n-----END X-----\n");
    nw_cert_to_pem(pki->other_anchor, &pem);
    assert_ok(nw_cert_from_pem(nw_buf_slice(&pem), &pos, &der));
    assert_true(nw_slice_eq(nw_buf_slice(&der), pki->anchor));
    assert_ok(nw_cert_from_pem(nw_buf_slice(&pem), &pos, &der));
    assert_true(nw_slice_eq(nw_buf_slice(&der), pki->other_anchor));
    assert_err(nw_cert_from_pem(nw_buf_slice(&pem), &pos, &der), NW_ERR_NOT_FOUND);
    pos = 0;
    nw_buf_cut(&pem, pem.n - 30); /* the last END line is cut */
    assert_ok(nw_cert_from_pem(nw_buf_slice(&pem), &pos, &der));
    assert_err(nw_cert_from_pem(nw_buf_slice(&pem), &pos, &der), NW_ERR_PEM);
    nw_buf_free(&pem);
    nw_buf_free(&der);
}

static enum nw_err make_one(void *ctx)
{
    (void)ctx;
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    struct nw_cert_template t = {.common_name = "Failing",
                                 .subject = nw_signer_pubkey(test_pki()->ca),
                                 .serial = {1},
                                 .not_after = 1,
                                 .path_len = -1,
                                 .eku = {"1.0.18013.5.1.2"}};
    enum nw_err e = nw_cert_make(test_crypto(), &t, test_pki()->ca, &der);
    nw_buf_free(&der);
    return e;
}

static void making_survives_allocation_failure(void **state)
{
    (void)state;
    (void)test_pki();
    survives_allocation_failure(make_one, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_fields_are_those_that_went_in),
        cmocka_unit_test(the_openssl_program_takes_what_is_made),
        cmocka_unit_test(psa_makes_the_same_certificate_each_time),
        cmocka_unit_test(years_from_2050_on_are_written_with_four_digits),
        cmocka_unit_test(bytes_after_the_certificate_are_refused),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(a_certificate_over_the_limit_is_refused_unread),
        cmocka_unit_test(extensions_are_read_strictly),
        cmocka_unit_test(an_extension_that_stands_there_twice_is_refused),
        cmocka_unit_test(certificates_with_an_ed25519_key_are_said_to_be_unsupported),
        cmocka_unit_test(a_listed_certificate_needs_name_key_and_validity),
        cmocka_unit_test(a_listed_certificate_without_them_is_none),
        cmocka_unit_test(weak_signatures_are_read_but_have_no_algorithm),
        cmocka_unit_test(a_key_that_is_no_point_of_its_curve_is_said_to_be_no_key),
        cmocka_unit_test(pem_blocks_are_found_one_after_the_other),
        cmocka_unit_test(making_survives_allocation_failure),
    };
    return run_on_both("cert", tests, ARRAY_LENGTH(tests));
}
