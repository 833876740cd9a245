/*
 * What certificates say of being qualified. The extensions are written here as
 * OpenSSL's configuration has them, from the ASN.1 of EN 319 412-5 annex B and
 * TS 119 412-6 annex A.
 */
#include "crypto/cert_qc.h"
#include "support.h"

#include "test_openssl.h"

/* A certificate with these extensions and this subject. */
static struct nw_cert made(const char *subject, const char *ext)
{
    struct nw_cert cert;
    test_openssl_write("ext", nw_str(ext));
    if (!test_openssl("pkey -in k.key -noout")) {
        test_openssl_must("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out k.key");
    }
    test_openssl_must("req -new -utf8 -key k.key -subj '%s' -out c.csr", subject);
    test_openssl_must("x509 -req -in c.csr -signkey k.key -days 10 -extfile ext -outform DER "
                      "-out c.der");
    assert_ok(nw_cert_parse(test_openssl_file("c.der"), &cert, NULL));
    return cert;
}

#define QC(statements) "1.3.6.1.5.5.7.1.3=ASN1:SEQUENCE:qc\n[qc]\n" statements
#define COMPLIANCE "c=SEQUENCE:compliance\n"
#define TYPE "t=SEQUENCE:type\n"
#define PSB "p=SEQUENCE:psb\n"
#define IS_COMPLIANCE "[compliance]\nid=OID:0.4.0.1862.1.1\n"
#define IS_TYPE(list) "[type]\nid=OID:0.4.0.1862.1.6\nlist=SEQUENCE:types\n[types]\n" list
#define IS_PSB(oid, fields) "[psb]\nid=OID:" oid "\nv=SEQUENCE:body\n[body]\n" fields
#define BODY "c=PRINTABLE:DE\ns=UTF8:Register\nl=UTF8:SGB X\n"

static struct nw_cert_qc read_qc(const char *ext)
{
    struct nw_cert_qc qc;
    struct nw_cert cert = made("/C=DE/O=Anstalt/CN=Seal", ext);
    assert_ok(nw_cert_qc_read(&cert, NULL, &qc, NULL));
    return qc;
}

static void refused(const char *ext)
{
    struct nw_cert_qc qc = {.compliance = true};
    struct nw_cert cert = made("/C=DE/O=Anstalt/CN=Seal", ext);
    enum nw_err e = nw_cert_qc_read(&cert, NULL, &qc, NULL);
    if (e != NW_ERR_CERT_FORM || !qc.compliance) {
        fail_msg("%s: %s", ext, nw_err_name(e));
    }
}

static void without_the_extension_nothing_is_said(void **state)
{
    (void)state;
    struct nw_cert_qc qc = read_qc("keyUsage=digitalSignature\n");
    assert_false(qc.compliance || qc.qscd || qc.psb);
    assert_int_equal(qc.types, 0);
}

static void the_statements_of_a_seal_are_read(void **state)
{
    (void)state;
    struct nw_cert_qc qc =
        read_qc(QC(COMPLIANCE "d=SEQUENCE:device\n" TYPE "v=SEQUENCE:value\n" PSB) IS_COMPLIANCE
                "[device]\nid=OID:0.4.0.1862.1.4\n" IS_TYPE(
                    "a=OID:0.4.0.1862.1.6.2\n") "[value]\nid=OID:0.4.0.1862.1.3\nv=INTEGER:"
                                                "10\n" IS_PSB("0.4.0.194126.1.3", BODY));
    assert_true(qc.compliance && qc.qscd && qc.psb);
    assert_int_equal(qc.types, NW_QC_SEAL);
    assert_true(nw_slice_is(qc.psb_country, "DE"));
    assert_true(nw_slice_is(qc.psb_source, "Register"));
    assert_true(nw_slice_is(qc.psb_legislation, "SGB X"));
}

static void each_type_is_told_from_the_others(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        unsigned types;
    } rows[] = {
        {"a=OID:0.4.0.1862.1.6.1\n", NW_QC_SIGNATURE},
        {"a=OID:0.4.0.1862.1.6.2\n", NW_QC_SEAL},
        {"a=OID:0.4.0.1862.1.6.3\n", NW_QC_WEB},
        {"a=OID:0.4.0.1862.1.6.3\nb=OID:0.4.0.1862.1.6.1\n", NW_QC_WEB | NW_QC_SIGNATURE},
        {"a=OID:0.4.0.194126.1.1\n", NW_QC_OTHER},
        {"a=OID:0.4.0.1862.1.6\n", NW_QC_OTHER},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        char ext[512];
        (void)snprintf(ext, sizeof ext, "%s%s", QC(TYPE) IS_TYPE(""), rows[i].list);
        assert_int_equal(read_qc(ext).types, rows[i].types);
    }
}

static void the_public_body_statement_is_the_one_asked_for(void **state)
{
    (void)state;
    struct nw_cert_qc qc;
    struct nw_cert cert = made("/CN=Seal", QC(PSB) IS_PSB("0.4.0.1862.1.10", BODY));
    assert_ok(nw_cert_qc_read(&cert, NULL, &qc, NULL));
    assert_false(qc.psb);
    assert_ok(nw_cert_qc_read(&cert, "0.4.0.1862.1.10", &qc, NULL));
    assert_true(qc.psb);
}

/* Each row differs in one thing from one that is read above. */
static void statements_of_another_shape_refuse_all(void **state)
{
    (void)state;
    refused("1.3.6.1.5.5.7.1.3=DER:0500\n");
    refused("1.3.6.1.5.5.7.1.3=DER:3000\n");
    refused("1.3.6.1.5.5.7.1.3=DER:30030c0141\n");
    refused("1.3.6.1.5.5.7.1.3=DER:300a3008060604008e46010100\n");   /* cut */
    refused(QC(COMPLIANCE "e=SEQUENCE:compliance\n") IS_COMPLIANCE); /* twice */
    refused(QC(COMPLIANCE) IS_COMPLIANCE "info=NULL\n");
    refused(QC(TYPE) "[type]\nid=OID:0.4.0.1862.1.6\n"); /* says nothing */
    refused(QC(TYPE) IS_TYPE("a=UTF8:seal\n"));
    refused(QC(TYPE "u=SEQUENCE:type\n") IS_TYPE("a=OID:0.4.0.1862.1.6.2\n"));
    refused(QC(TYPE) "[type]\nid=OID:0.4.0.1862.1.6\na=NULL\nb=NULL\n");
    refused(QC(PSB) IS_PSB("0.4.0.194126.1.3", "c=UTF8:DE\ns=UTF8:Register\nl=UTF8:SGB X\n"));
    refused(QC(PSB) IS_PSB("0.4.0.194126.1.3", "c=PRINTABLE:DEU\ns=UTF8:R\nl=UTF8:SGB X\n"));
    refused(QC(PSB) IS_PSB("0.4.0.194126.1.3", "c=PRINTABLE:de\ns=UTF8:R\nl=UTF8:SGB X\n"));
    refused(QC(PSB) IS_PSB("0.4.0.194126.1.3", "c=PRINTABLE:DE\ns=UTF8:Register\n"));
    refused(QC(PSB) IS_PSB("0.4.0.194126.1.3", BODY "x=NULL\n"));
    refused(QC(PSB) IS_PSB("0.4.0.194126.1.3", "c=PRINTABLE:DE\ns=PRINTABLE:R\nl=UTF8:SGB X\n"));
    refused(QC(PSB "q=SEQUENCE:psb\n") IS_PSB("0.4.0.194126.1.3", BODY));
}

static bool has_policy(const struct nw_cert *cert, const char *hex)
{
    return nw_cert_has_policy_oid(cert, test_hex(hex));
}

static void policies_and_purposes_are_found_by_their_oid(void **state)
{
    (void)state;
    struct nw_cert cert = made("/CN=Seal", "certificatePolicies=0.4.0.194112.1.3,1.2.3.4\n"
                                           "extendedKeyUsage=emailProtection\n");
    assert_true(has_policy(&cert, "04008bec400103")); /* 0.4.0.194112.1.3 */
    assert_true(has_policy(&cert, "2a0304"));
    assert_false(has_policy(&cert, "2a0305"));
    assert_false(has_policy(&cert, "2a03"));
    assert_true(nw_cert_has_eku_oid(&cert, test_hex("2b06010505070304")));
    assert_false(nw_cert_has_eku_oid(&cert, test_hex("2b06010505070303")));
    cert = made("/CN=Seal", "keyUsage=digitalSignature\n");
    assert_false(has_policy(&cert, "2a0304"));
    assert_false(nw_cert_has_eku_oid(&cert, test_hex("2b06010505070304")));
}

static void policies_of_another_shape_refuse_the_certificate(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "2.5.29.32=DER:3000\n",
        "2.5.29.32=DER:30023000\n",
        "2.5.29.32=DER:3007300506012a0500\n", /* qualifiers are a sequence */
        "2.5.29.32=DER:300430020601\n",
    };
    struct nw_cert cert = made("/CN=Seal", "2.5.29.32=DER:3007300506012a3000\n");
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        test_openssl_write("ext", nw_str(rows[i]));
        test_openssl_must("x509 -req -in c.csr -signkey k.key -days 10 -extfile ext -outform DER "
                          "-out c.der");
        assert_err(nw_cert_parse(test_openssl_file("c.der"), &cert, NULL), NW_ERR_CERT_FORM);
    }
}

static void attributes_of_a_name_are_found_and_read(void **state)
{
    (void)state;
    char text[64];
    struct nw_cert cert =
        made("/C=DE/O=Anstalt für A1/2.5.4.97=GOVDE-1/CN=Seal", "keyUsage=digitalSignature\n");
    assert_true(nw_name_text(cert.subject, "2.5.4.10", text, sizeof text));
    assert_string_equal(text, "Anstalt für A1");
    assert_true(nw_name_text(cert.issuer, "2.5.4.97", text, sizeof text));
    assert_string_equal(text, "GOVDE-1");
    assert_false(nw_name_text(cert.subject, "2.5.4.8", text, sizeof text));
    assert_string_equal(text, "");
    assert_false(nw_name_text(cert.subject, "2.5.4.10", text, 15)); /* 15 bytes and a NUL */
    assert_true(nw_name_text(cert.subject, "2.5.4.10", text, 16));
    assert_true(nw_name_has_oid(cert.subject, test_hex("550461")));
    assert_false(nw_name_has_oid(cert.subject, test_hex("550408")));
}

/* O=... in the string types that names of older certificates have. */
static void names_in_other_alphabets_become_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *value, *text;
    } rows[] = {
        {"0c04 c3a4 6231", "äb1"}, {"1303 616231", "ab1"},         {"1603 616231", "ab1"},
        {"1403 e46231", "äb1"},    {"1e06 00e4 0062 0416", "äbЖ"}, {"1e05 00e4 0062 04", ""},
        {"1e02 d83d", ""},   /* half a character */
        {"0c03 610a62", ""}, /* two lines */
        {"0c02 c328", ""},   /* no UTF-8 */
        {"0403 616231", ""}, /* no text */
        {"1c04 00000061", ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        char text[32];
        uint8_t der[64] = {0x30, 0, 0x31, 0, 0x30, 0, 0x06, 3, 0x55, 4, 10};
        struct nw_slice value = test_hex(rows[i].value);
        memcpy(der + 11, value.p, value.n);
        der[5] = (uint8_t)(5 + value.n);
        der[3] = (uint8_t)(7 + value.n);
        der[1] = (uint8_t)(9 + value.n);
        bool found = nw_name_text(nw_slice(der, 11 + value.n), "2.5.4.10", text, sizeof text);
        assert_string_equal(text, rows[i].text);
        assert_int_equal(found, text[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_the_extension_nothing_is_said),
        cmocka_unit_test(the_statements_of_a_seal_are_read),
        cmocka_unit_test(each_type_is_told_from_the_others),
        cmocka_unit_test(the_public_body_statement_is_the_one_asked_for),
        cmocka_unit_test(statements_of_another_shape_refuse_all),
        cmocka_unit_test(policies_and_purposes_are_found_by_their_oid),
        cmocka_unit_test(policies_of_another_shape_refuse_the_certificate),
        cmocka_unit_test(attributes_of_a_name_are_found_and_read),
        cmocka_unit_test(names_in_other_alphabets_become_utf8),
    };
    return run_once("cert_qc", tests, ARRAY_LENGTH(tests));
}
