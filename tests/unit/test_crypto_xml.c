/* What signed XML needs of the crypto seam; signatures and keys are made by openssl. */
#include "base/codec.h"
#include "crypto/cert.h"
#include "support.h"
#include "test_openssl.h"

static const char *message = "signed octets";

static void write_message(void)
{
    test_openssl_write("m", nw_str(message));
}

/* ECDSA of openssl is DER; XMLDSig wants r || s (RFC 9231 2.3.6). */
static struct nw_slice raw_signature(struct nw_slice der, size_t size, uint8_t out[132])
{
    size_t at = 2;
    at += der.p[1] == 0x81;
    for (size_t half = 0; half < 2; half++) {
        size_t n = der.p[at + 1];
        const uint8_t *p = der.p + at + 2;
        at += 2 + n;
        while (n > size) {
            n--;
            p++;
        }
        memset(out + half * size, 0, size);
        memcpy(out + half * size + size - n, p, n);
    }
    return nw_slice(out, 2 * size);
}

static void each_hash_goes_with_each_curve(void **state)
{
    (void)state;
    static const struct {
        const char *curve, *digest;
        size_t size;
        enum nw_sig_alg alg, other;
    } cases[] = {{"P-256", "sha512", 32, NW_ES512, NW_ES256},
                 {"P-384", "sha256", 48, NW_ES256, NW_ES384},
                 {"P-521", "sha384", 66, NW_ES384, NW_ES512}};
    write_message();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        uint8_t raw[132];
        test_openssl_must("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:%s -out k.pem",
                          cases[i].curve);
        test_openssl_must("pkey -in k.pem -pubout -outform DER -out k.der");
        test_openssl_must("dgst -sign k.pem -%s -out sig m", cases[i].digest);
        struct nw_slice key = test_openssl_file("k.der");
        struct nw_slice der = test_openssl_file("sig");
        struct nw_slice sig = raw_signature(der, cases[i].size, raw);
        assert_ok(nw_verify_xml(test_crypto(), cases[i].alg, key, nw_str(message), sig));
        assert_err(nw_verify_xml(test_crypto(), cases[i].other, key, nw_str(message), sig),
                   NW_ERR_SIGNATURE);
        assert_err(nw_verify_xml(test_crypto(), cases[i].alg, key, nw_str("other"), sig),
                   NW_ERR_SIGNATURE);
        assert_err(nw_verify_xml(test_crypto(), cases[i].alg, key, nw_str(message), der),
                   NW_ERR_SIGNATURE_LENGTH);
        assert_err(nw_verify_xml(test_crypto(), NW_RS256, key, nw_str(message), sig),
                   NW_ERR_ALG_KEY_MISMATCH);
        test_reset();
    }
}

static void make_pss_key(const char *options)
{
    test_openssl_must("genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 %s -out k.pem",
                      options);
    test_openssl_must("pkey -in k.pem -pubout -outform DER -out k.der");
}

static void sign_pss(const char *digest)
{
    test_openssl_must("dgst -sign k.pem -%s -sigopt rsa_padding_mode:pss -sigopt "
                      "rsa_pss_saltlen:digest -out sig m",
                      digest);
}

static void a_pss_key_without_parameters_signs_with_any_hash(void **state)
{
    (void)state;
    write_message();
    make_pss_key("");
    struct nw_slice key = test_openssl_file("k.der");
    sign_pss("sha512");
    struct nw_slice sig = test_openssl_file("sig");
    assert_ok(nw_verify_xml(test_crypto(), NW_PS512, key, nw_str(message), sig));
    assert_err(nw_verify_xml(test_crypto(), NW_PS256, key, nw_str(message), sig), NW_ERR_SIGNATURE);
    assert_err(nw_verify_xml(test_crypto(), NW_RS512, key, nw_str(message), sig),
               NW_ERR_ALG_KEY_MISMATCH);
    test_reset();
}

static void a_pss_key_keeps_to_what_it_fixes(void **state)
{
    (void)state;
    write_message();
    make_pss_key("-pkeyopt rsa_pss_keygen_md:sha384 -pkeyopt rsa_pss_keygen_mgf1_md:sha384 "
                 "-pkeyopt rsa_pss_keygen_saltlen:48");
    struct nw_slice key = test_openssl_file("k.der");
    sign_pss("sha384");
    struct nw_slice sig = test_openssl_file("sig");
    assert_ok(nw_verify_xml(test_crypto(), NW_PS384, key, nw_str(message), sig));
    assert_err(nw_verify_xml(test_crypto(), NW_PS256, key, nw_str(message), sig),
               NW_ERR_ALG_KEY_MISMATCH);
    assert_err(nw_verify_xml(test_crypto(), NW_PS512, key, nw_str(message), sig),
               NW_ERR_ALG_KEY_MISMATCH);
    test_reset();
}

static void a_message_in_pieces_has_the_same_hash(void **state)
{
    (void)state;
    static const enum nw_hash_alg algs[] = {NW_SHA256, NW_SHA384, NW_SHA512};
    for (size_t i = 0; i < ARRAY_LENGTH(algs); i++) {
        uint8_t whole[NW_HASH_MAX];
        uint8_t pieces[NW_HASH_MAX];
        struct nw_slice all = nw_str(message);
        struct nw_hash_run *run = NULL;
        assert_ok(nw_hash_parts(test_crypto(), algs[i], &all, 1, whole));
        assert_ok(nw_hash_begin(test_crypto(), algs[i], &run));
        assert_ok(nw_hash_add(run, nw_slice_sub(all, 0, 5)));
        assert_ok(nw_hash_add(run, NW_SLICE_EMPTY));
        assert_ok(nw_hash_add(run, nw_slice_from(all, 5)));
        assert_ok(nw_hash_end(run, pieces));
        assert_err(nw_hash_add(run, all), NW_ERR_INTERNAL);
        assert_err(nw_hash_end(run, pieces), NW_ERR_INTERNAL);
        nw_hash_drop(&run);
        assert_memory_equal(whole, pieces, nw_hash_size(algs[i]));
    }
}

static void the_outline_of_a_certificate_is_where_openssl_sees_it(void **state)
{
    (void)state;
    struct nw_cert_outline o;
    test_openssl_must(
        "req -x509 -newkey rsa-pss -pkeyopt rsa_keygen_bits:2048 -nodes -keyout k.pem "
        "-subj /C=XB/O=Test -days 1 -outform DER -out c.der");
    test_openssl_must("pkey -in k.pem -pubout -outform DER -out k.der");
    struct nw_slice der = test_openssl_file("c.der");
    assert_ok(nw_cert_outline(der, &o));
    assert_true(nw_slice_eq(o.spki, test_openssl_file("k.der")));
    assert_true(nw_slice_eq(o.subject, o.issuer));
    assert_err(nw_cert_outline(nw_slice_sub(der, 0, der.n - 1), &o), NW_ERR_CERT_FORM);
    assert_err(nw_cert_outline(nw_str("<xml/>"), &o), NW_ERR_CERT_FORM);
    test_reset();
}

/* The certificates of the Official Journal come in one line each, some with a blank in it. */
static void a_certificate_in_one_line_is_read(void **state)
{
    (void)state;
    struct nw_buf der = NW_BUF(64);
    size_t pos = 0;
    assert_ok(nw_cert_from_pem(
        nw_str("-----BEGIN CERTIFICATE-----\n"
               "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA "
               "AAAA \n-----END CERTIFICATE-----\n"),
        &pos, &der));
    assert_int_equal(der.n, 54);
    pos = 0;
    assert_err(nw_cert_from_pem(nw_str("-----BEGIN CERTIFICATE-----\nAA*A\n"
                                       "-----END CERTIFICATE-----\n"),
                                &pos, &der),
               NW_ERR_PEM);
    nw_buf_free(&der);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_hash_goes_with_each_curve),
        cmocka_unit_test(a_pss_key_without_parameters_signs_with_any_hash),
        cmocka_unit_test(a_pss_key_keeps_to_what_it_fixes),
        cmocka_unit_test(a_message_in_pieces_has_the_same_hash),
        cmocka_unit_test(the_outline_of_a_certificate_is_where_openssl_sees_it),
        cmocka_unit_test(a_certificate_in_one_line_is_read),
    };
    return run_on_both("crypto_xml", tests, ARRAY_LENGTH(tests));
}
