/* Key agreement and derivation against published values. */
#include "crypto/crypto.h"
#include "crypto/signer.h"
#include "support.h"
#include "test_pki.h"

/* RFC 5903 8.1 */
#define I_KEY "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433"
#define I_POINT                                                                                    \
    "04dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"                           \
    "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3"
#define R_KEY "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53"
#define SHARED "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de"

/* NIST CAVS P-384, a point of another curve. */
#define P384_POINT                                                                                 \
    "04a7c76b970c3b5fe8b05d2838ae04ab47697b9eaf52e764592efda27fe7513272734466b400091adbf2d68c58e0" \
    "c"                                                                                            \
    "50066ac68f19f2e1cb879aed43a9969b91a0839c4c38a49749b661efedf243451915ed0905a32b060992b468c647" \
    "6"                                                                                            \
    "6fc8437a"

static struct nw_pubkey *point(enum nw_key_type type, const char *hex)
{
    struct nw_pubkey *k = NULL;
    assert_ok(nw_pubkey_from_point(test_crypto(), type, test_hex(hex), &k));
    return k;
}

static void ecdh_gives_the_published_secret_from_both_sides(void **state)
{
    (void)state;
    struct nw_signer *i = NULL, *r = NULL;
    uint8_t secret[NW_ECDH_MAX];
    size_t n = 0;
    assert_ok(nw_signer_from_scalar(test_crypto(), test_hex(I_KEY), &i));
    assert_ok(nw_signer_from_scalar(test_crypto(), test_hex(R_KEY), &r));
    struct nw_pubkey *peer = point(NW_KEY_P256, I_POINT);
    assert_ok(nw_ecdh(r, peer, secret, &n));
    assert_int_equal(n, 32);
    assert_memory_equal(secret, test_hex(SHARED).p, 32);
    assert_ok(nw_ecdh(i, nw_signer_pubkey(r), secret, &n));
    assert_memory_equal(secret, test_hex(SHARED).p, 32);
    nw_pubkey_free(&peer);
    nw_signer_free(&i);
    nw_signer_free(&r);
}

/* RFC 5903 8.2; the responder's key as PKCS#8. */
#define R384_PEM                                                                                   \
    "-----BEGIN PRIVATE KEY-----\n"                                                                \
    "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDBBywd5tL24XUeEZyX7\n"                           \
    "7DyUMPq0bMjcUGCFXMm9oKopQuAwgxKRa47Slg5L1Vp0SPyhZANiAATlWNvvU+7N\n"                           \
    "49P8z8GuoIqJqYdHXRL9lQ2Dz6QXMrxQnQ0axDoDNt75b9pB0HdKNXHc++x6rPMZ\n"                           \
    "ZHIWnoOEMDZ/Zu6+PG5wxBbdXwxodZ3R//g/pAFCIJ3/XqrZbbnmOGw=\n"                                   \
    "-----END PRIVATE KEY-----\n"
#define I384_X                                                                                     \
    "667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6de3ac808acb4bdb4c88732aee95f" \
    "41aa"
#define I384_Y                                                                                     \
    "9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ada024181535a0f38eeb9fcff3c2c947dae69b4c634573" \
    "a81c"
#define SHARED384                                                                                  \
    "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4d603135569b9e9d09cf5d4a270f5" \
    "9746"

static void ecdh_gives_the_published_secret_on_p384(void **state)
{
    (void)state;
    struct nw_signer *r = NULL;
    uint8_t secret[NW_ECDH_MAX];
    size_t n = 0;
    assert_ok(nw_signer_from_pem(test_crypto(), nw_str(R384_PEM), NW_SLICE_EMPTY, &r, NULL));
    struct nw_pubkey *peer = point(NW_KEY_P384, "04" I384_X I384_Y);
    assert_ok(nw_ecdh(r, peer, secret, &n));
    assert_int_equal(n, 48);
    assert_memory_equal(secret, test_hex(SHARED384).p, 48);
    nw_pubkey_free(&peer);
    nw_signer_free(&r);
}

static void two_ephemeral_keys_agree(enum nw_key_type curve, size_t size)
{
    struct nw_signer *a = NULL, *b = NULL;
    uint8_t one[NW_ECDH_MAX], other[NW_ECDH_MAX];
    size_t n = 0, m = 0;
    assert_ok(nw_signer_ephemeral(test_crypto(), curve, &a));
    assert_ok(nw_signer_ephemeral(test_crypto(), curve, &b));
    assert_false(
        nw_slice_eq(nw_pubkey_point(nw_signer_pubkey(a)), nw_pubkey_point(nw_signer_pubkey(b))));
    assert_ok(nw_ecdh(a, nw_signer_pubkey(b), one, &n));
    assert_ok(nw_ecdh(b, nw_signer_pubkey(a), other, &m));
    assert_int_equal(n, size);
    assert_int_equal(m, size);
    assert_memory_equal(one, other, size);
    nw_signer_free(&a);
    nw_signer_free(&b);
}

static void ephemeral_keys_are_new_and_agree_on_each_curve(void **state)
{
    (void)state;
    struct nw_signer *none = NULL;
    two_ephemeral_keys_agree(NW_KEY_P256, 32);
    two_ephemeral_keys_agree(NW_KEY_P384, 48);
    two_ephemeral_keys_agree(NW_KEY_P521, 66);
    assert_err(nw_signer_ephemeral(test_crypto(), NW_KEY_RSA, &none), NW_ERR_KEY);
    assert_null(none);
}

/* The published point with its last bit turned, and the point at infinity's one-byte form. */
static void a_peer_off_the_curve_is_no_key(void **state)
{
    (void)state;
    struct nw_pubkey *k = NULL;
    struct nw_slice on = test_hex(I_POINT);
    uint8_t off[65];
    memcpy(off, on.p, sizeof off);
    off[64] ^= 1;
    assert_err(nw_pubkey_from_point(test_crypto(), NW_KEY_P256, nw_slice(off, sizeof off), &k),
               NW_ERR_KEY);
    off[0] = 0;
    assert_err(nw_pubkey_from_point(test_crypto(), NW_KEY_P256, nw_slice(off, 1), &k), NW_ERR_KEY);
    assert_null(k);
}

static void ecdh_with_a_key_of_another_curve_is_refused(void **state)
{
    (void)state;
    uint8_t secret[NW_ECDH_MAX];
    size_t n = 0;
    struct nw_pubkey *peer = point(NW_KEY_P384, P384_POINT);
    assert_err(nw_ecdh(test_pki()->holder, peer, secret, &n), NW_ERR_ALG_KEY_MISMATCH);
    nw_pubkey_free(&peer);
}

static void a_key_that_agreed_still_signs(void **state)
{
    (void)state;
    uint8_t secret[NW_ECDH_MAX], sig[NW_SIG_MAX];
    size_t n = 0;
    const struct nw_slice part = nw_str("message");
    const struct nw_pubkey *own = nw_signer_pubkey(test_pki()->holder);
    assert_ok(nw_ecdh(test_pki()->holder, nw_signer_pubkey(test_pki()->stranger), secret, &n));
    assert_ok(nw_sign(test_pki()->holder, &part, 1, sig, &n));
    assert_ok(nw_verify(test_crypto(), NW_ES256, own, &part, 1, nw_slice(sig, n)));
}

/* RFC 5869 A.1 to A.3 */
static void hkdf_gives_the_published_values(void **state)
{
    (void)state;
    uint8_t out[82], ramp[256];
    for (size_t i = 0; i < sizeof ramp; i++) {
        ramp[i] = (uint8_t)i;
    }
    const struct nw_slice ikm = test_hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");
    assert_ok(
        nw_hkdf_sha256(test_crypto(), ikm, nw_slice(ramp, 13), nw_slice(ramp + 0xf0, 10), out, 42));
    assert_memory_equal(out,
                        test_hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                                 "34007208d5b887185865")
                            .p,
                        42);
    assert_ok(nw_hkdf_sha256(test_crypto(), nw_slice(ramp, 0x50), nw_slice(ramp + 0x60, 0x50),
                             nw_slice(ramp + 0xb0, 0x50), out, 82));
    assert_memory_equal(out,
                        test_hex("b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                                 "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
                                 "cc30c58179ec3e87c14c01d5c1f3434f1d87")
                            .p,
                        82);
    assert_ok(nw_hkdf_sha256(test_crypto(), ikm, NW_SLICE_EMPTY, NW_SLICE_EMPTY, out, 42));
    assert_memory_equal(out,
                        test_hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                                 "9d201395faa4b61a96c8")
                            .p,
                        42);
}

static void hkdf_gives_no_more_than_255_blocks(void **state)
{
    (void)state;
    static uint8_t out[8161];
    const struct nw_slice ikm = nw_str("key");
    assert_ok(nw_hkdf_sha256(test_crypto(), ikm, NW_SLICE_EMPTY, NW_SLICE_EMPTY, out, 8160));
    assert_err(nw_hkdf_sha256(test_crypto(), ikm, NW_SLICE_EMPTY, NW_SLICE_EMPTY, out, 8161),
               NW_ERR_LIMIT);
    assert_err(nw_hkdf_sha256(test_crypto(), ikm, NW_SLICE_EMPTY, nw_slice(out, 129), out, 32),
               NW_ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ecdh_gives_the_published_secret_from_both_sides),
        cmocka_unit_test(ecdh_gives_the_published_secret_on_p384),
        cmocka_unit_test(ephemeral_keys_are_new_and_agree_on_each_curve),
        cmocka_unit_test(a_peer_off_the_curve_is_no_key),
        cmocka_unit_test(ecdh_with_a_key_of_another_curve_is_refused),
        cmocka_unit_test(a_key_that_agreed_still_signs),
        cmocka_unit_test(hkdf_gives_the_published_values),
        cmocka_unit_test(hkdf_gives_no_more_than_255_blocks),
    };
    return run_on_both("agree", tests, ARRAY_LENGTH(tests));
}
