#include "support.h"

#include "crypto/cert.h"
#include "seal/hcert.h"
#include "seal/transport.h"

#define SCALAR "1111111111111111111111111111111111111111111111111111111111111111"
#define IAT 1620000000
#define EXP 1630000000
/* {1: "AT", 4: exp, 6: iat, -260: {1: {"v": []}}} */
#define CLAIMS "a401624154041a6127d380061a608f3d00390103a101a1617680"

static struct nw_signer *signer;
static struct nw_buf cert, token;

static void make_cert(const char *eku, struct nw_buf *der)
{
    struct nw_cert_template t = {.common_name = "Test DSC",
                                 .country = "AT",
                                 .subject = nw_signer_pubkey(signer),
                                 .serial = {7},
                                 .not_before = IAT,
                                 .not_after = EXP,
                                 .path_len = -1,
                                 .eku = {eku}};
    *der = NW_BUF(NW_MAX_CERT);
    assert_ok(nw_cert_make(test_crypto(), &t, signer, der));
}

static void sign(const char *claims)
{
    uint8_t hash[NW_SHA256_BYTES] = {0};
    struct nw_cose_headers h = {.kid = nw_slice(hash, 8), .tagged = true};
    assert_ok(nw_sha256(test_crypto(), nw_buf_slice(&cert), hash));
    nw_buf_reset(&token);
    assert_ok(nw_cose_sign(signer, &h, test_hex(claims), &token));
}

static void begin(const char *eku)
{
    token = NW_BUF(4096);
    assert_ok(nw_signer_from_scalar(test_crypto(), test_hex(SCALAR), &signer));
    make_cert(eku, &cert);
    sign(CLAIMS);
}

static void end(void)
{
    nw_buf_free(&cert);
    nw_buf_free(&token);
    nw_signer_free(&signer);
}

static enum nw_err read_job(void *ctx)
{
    struct nw_hcert h;
    (void)ctx;
    enum nw_err e = nw_hcert_parse_token(nw_buf_slice(&token), &h, NULL);
    if (e == NW_OK) {
        e = nw_hcert_verify(test_crypto(), &h, nw_buf_slice(&cert), NULL);
        e = e == NW_OK ? nw_hcert_claims(&h, NULL) : e;
        nw_hcert_free(&h);
    }
    return e;
}

static void a_health_certificate_is_read_from_its_text(void **state)
{
    (void)state;
    struct nw_buf text = NW_BUF(4096);
    struct nw_hcert h;
    begin("1.3.6.1.4.1.1847.2021.1.2");
    assert_ok(nw_transport_write(NULL, "HC1:", nw_buf_slice(&token), &text, NULL));
    assert_ok(nw_hcert_parse(nw_buf_slice(&text), &h, NULL, NULL));
    assert_err(nw_hcert_claims(&h, NULL), NW_ERR_INTERNAL);
    assert_ok(nw_hcert_verify(test_crypto(), &h, nw_buf_slice(&cert), NULL));
    assert_ok(nw_hcert_claims(&h, NULL));
    assert_int_equal(h.iat, IAT);
    assert_int_equal(h.exp, EXP);
    assert_ok(nw_hcert_times(&h, h.iat));
    assert_ok(nw_hcert_times(&h, h.exp));
    assert_err(nw_hcert_times(&h, h.iat - 1), NW_ERR_NOT_YET_VALID);
    assert_err(nw_hcert_times(&h, h.exp + 1), NW_ERR_EXPIRED);
    assert_ok(nw_hcert_usage(&h, nw_buf_slice(&cert)));
    nw_hcert_free(&h);
    nw_buf_reset(&text);
    assert_ok(nw_transport_write(NULL, "HC2:", nw_buf_slice(&token), &text, NULL));
    assert_err(nw_hcert_parse(nw_buf_slice(&text), &h, NULL, NULL), NW_ERR_A11_PREFIX);
    nw_buf_free(&text);
    end();
}

static void the_key_id_decides_which_certificate(void **state)
{
    (void)state;
    struct nw_buf other;
    struct nw_hcert h;
    begin(NULL);
    make_cert("1.3.6.1.4.1.1847.2021.1.1", &other);
    assert_ok(nw_hcert_parse_token(nw_buf_slice(&token), &h, NULL));
    assert_err(nw_hcert_verify(test_crypto(), &h, nw_buf_slice(&other), NULL), NW_ERR_KID_UNKNOWN);
    assert_false(h.verified);
    assert_ok(nw_hcert_verify(test_crypto(), &h, nw_buf_slice(&cert), NULL));
    nw_hcert_free(&h);
    token.p[token.n - 1] ^= 1;
    assert_ok(nw_hcert_parse_token(nw_buf_slice(&token), &h, NULL));
    assert_err(nw_hcert_verify(test_crypto(), &h, nw_buf_slice(&cert), NULL), NW_ERR_SIGNATURE);
    nw_hcert_free(&h);
    nw_buf_free(&other);
    end();
}

static void a_signer_of_tests_signs_no_vaccination(void **state)
{
    (void)state;
    static const struct {
        const char *eku;
        enum nw_err wanted;
    } rows[] = {
        {NULL, NW_OK},
        {"1.3.6.1.5.5.7.3.36", NW_OK}, /* none of the three: not limited */
        {"1.3.6.1.4.1.1847.2021.1.2", NW_OK},
        {"1.3.6.1.4.1.0.1847.2021.1.2", NW_OK},
        {"1.3.6.1.4.1.1847.2021.1.1", NW_ERR_CERT_USAGE},
        {"1.3.6.1.4.1.0.1847.2021.1.3", NW_ERR_CERT_USAGE},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_hcert h;
        begin(rows[i].eku);
        assert_ok(nw_hcert_parse_token(nw_buf_slice(&token), &h, NULL));
        assert_ok(nw_hcert_verify(test_crypto(), &h, nw_buf_slice(&cert), NULL));
        assert_ok(nw_hcert_claims(&h, NULL));
        assert_err(nw_hcert_usage(&h, nw_buf_slice(&cert)), rows[i].wanted);
        nw_hcert_free(&h);
        end();
    }
}

static void claims_may_be_loose_but_must_be_there(void **state)
{
    (void)state;
    static const struct {
        const char *claims;
        enum nw_err wanted;
    } rows[] = {
        {"a3061a608f3d00041a6127d380390103a101a0", NW_OK},                 /* unsorted */
        {"a306fb41d823cf4020000004fb41d849f4e0100000390103a101a0", NW_OK}, /* floats */
        {"a3061b00000000608f3d00041a6127d380390103a101a0", NW_OK},         /* not shortest */
        {"a206fb7ff800000000000004 1a6127d380", NW_ERR_CLAIM_RANGE},       /* NaN */
        {"a206fbfff000000000000004 1a6127d380", NW_ERR_CLAIM_RANGE},       /* minus infinity */
        {"a2061a608f3d00041a6127d380", NW_ERR_CLAIM_MISSING},
        {"a2061a608f3d00390103a101a0", NW_ERR_CLAIM_MISSING},
        {"a3066131041a6127d380390103a101a0", NW_ERR_CLAIM_TYPE},
        {"a4061a608f3d00061a608f3d00041a6127d380390103a101a0", NW_ERR_CBOR_DUPLICATE},
    };
    begin(NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        sign(rows[i].claims);
        enum nw_err e = read_job(NULL);
        if (e != rows[i].wanted) {
            fail_msg("row %zu: %s, not %s", i, nw_err_name(e), nw_err_name(rows[i].wanted));
        }
    }
    end();
}

static void damaged_certificates_have_no_key(void **state)
{
    (void)state;
    struct nw_slice spki;
    struct nw_slice eku;
    begin(NULL);
    struct nw_slice der = nw_buf_slice(&cert);
    assert_true(nw_hcert_signer(der, &spki, &eku));
    struct nw_pubkey *key = NULL;
    assert_ok(nw_pubkey_from_spki(test_crypto(), spki, &key));
    nw_pubkey_free(&key);
    for (size_t n = 0; n < der.n; n++) {
        assert_false(nw_hcert_signer(nw_slice_sub(der, 0, n), &spki, &eku));
    }
    assert_false(nw_hcert_signer(nw_str("0\x85\x01\x01\x01\x01\x01"), &spki, &eku));
    end();
}

static void a_lack_of_memory_is_survived(void **state)
{
    (void)state;
    begin(NULL);
    survives_allocation_failure(read_job, NULL, NULL);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_health_certificate_is_read_from_its_text),
        cmocka_unit_test(the_key_id_decides_which_certificate),
        cmocka_unit_test(a_signer_of_tests_signs_no_vaccination),
        cmocka_unit_test(claims_may_be_loose_but_must_be_there),
        cmocka_unit_test(damaged_certificates_have_no_key),
        cmocka_unit_test(a_lack_of_memory_is_survived),
    };
    return run_on_both("hcert", tests, ARRAY_LENGTH(tests));
}
