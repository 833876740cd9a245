/* Every curve of a session: agreement with the known answers of RFC 7748 and RFC 7027, COSE keys
 * both ways, points that are none, and who may not sign or stand in a certificate. */
#include "support.h"

#include "cose/cose.h"
#include "crypto/curve.h"
#include "crypto/signer.h"
#include "jose/jws.h"
#include "mdoc/session.h"

static const enum nw_key_type curves[] = {NW_KEY_P256,  NW_KEY_P384,  NW_KEY_P521,  NW_KEY_BP256,
                                          NW_KEY_BP320, NW_KEY_BP384, NW_KEY_BP512, NW_KEY_X25519};

/* mbedTLS has no brainpoolP320r1. */
static bool missing(enum nw_key_type type)
{
    return type == NW_KEY_BP320 && strcmp(nw_crypto_name(test_crypto()), "psa") == 0;
}

static struct nw_signer *fresh(enum nw_key_type type)
{
    struct nw_signer *s = NULL;
    assert_ok(nw_signer_ephemeral(test_crypto(), type, &s));
    return s;
}

static void two_sides_agree_on_every_curve(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(curves); i++) {
        if (missing(curves[i])) {
            continue;
        }
        struct nw_signer *a = fresh(curves[i]), *b = fresh(curves[i]);
        uint8_t x[NW_ECDH_MAX], y[NW_ECDH_MAX];
        size_t n = 0, m = 0;
        assert_ok(nw_ecdh(a, nw_signer_pubkey(b), x, &n));
        assert_ok(nw_ecdh(b, nw_signer_pubkey(a), y, &m));
        assert_int_equal(n, nw_curve_of(curves[i])->size);
        assert_true(n == m && memcmp(x, y, n) == 0);
        struct nw_signer *other = fresh(curves[i] == NW_KEY_P256 ? NW_KEY_BP256 : NW_KEY_P256);
        assert_err(nw_ecdh(other, nw_signer_pubkey(a), x, &n), NW_ERR_ALG_KEY_MISMATCH);
        nw_signer_free(&a);
        nw_signer_free(&b);
        nw_signer_free(&other);
    }
}

/* RFC 7748 6.1; RFC 7027 A.1 (brainpoolP256r1). */
static const struct known {
    enum nw_key_type type;
    const char *own, *point, *peer, *secret;
} known[] = {
    {NW_KEY_X25519, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
     "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
     "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
     "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"},
    {NW_KEY_BP256, "81db1ee100150ff2ea338d708271be38300cb54241d79950f77b063039804f1d",
     "0444106e913f92bc02a1705d9953a8414db95e1aaa49e81d9e85f929a8e3100be5"
     "8ab4846f11caccb73ce49cbdd120f5a900a69fd32c272223f789ef10eb089bdc",
     "048d2d688c6cf93e1160ad04cc4429117dc2c41825e1e9fca0addd34e6f1b39f7b"
     "990c57520812be512641e47034832106bc7d3e8dd0e4c7f1136d7006547cec6a",
     "89afc39d41d3b327814b80940b042590f96556ec91e6ae7939bce31f3a18bf2b"},
};

static void agreement_has_the_published_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(known); i++) {
        struct nw_signer *own = NULL;
        struct nw_pubkey *peer = NULL;
        uint8_t secret[NW_ECDH_MAX];
        size_t n = 0;
        assert_ok(nw_signer_on_curve(test_crypto(), known[i].type, test_hex(known[i].own), &own));
        assert_true(nw_slice_eq(nw_pubkey_point(nw_signer_pubkey(own)), test_hex(known[i].point)));
        assert_ok(
            nw_pubkey_from_point(test_crypto(), known[i].type, test_hex(known[i].peer), &peer));
        assert_ok(nw_ecdh(own, peer, secret, &n));
        assert_true(nw_slice_eq(nw_slice(secret, n), test_hex(known[i].secret)));
        nw_pubkey_free(&peer);
        nw_signer_free(&own);
    }
}

static void cose_keys_are_read_as_they_are_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(curves); i++) {
        for (int packed = 0; !missing(curves[i]) && packed < 2; packed++) {
            struct nw_signer *s = fresh(curves[i]);
            struct nw_pubkey *k = NULL;
            struct nw_buf cose = NW_BUF(256);
            assert_ok(nw_cose_key_write(nw_signer_pubkey(s), packed == 1, &cose));
            assert_ok(nw_cose_key_parse_agreement(test_crypto(), nw_buf_slice(&cose), &k, NULL));
            assert_int_equal(nw_pubkey_type(k), curves[i]);
            assert_true(nw_slice_eq(nw_pubkey_point(k), nw_pubkey_point(nw_signer_pubkey(s))));
            nw_pubkey_free(&k);
            enum nw_err e = nw_cose_key_parse(test_crypto(), nw_buf_slice(&cose), &k, NULL);
            assert_err(e, curves[i] == NW_KEY_X25519 ? NW_ERR_KEY : NW_OK);
            nw_pubkey_free(&k);
            nw_signer_free(&s);
            nw_buf_free(&cose);
        }
    }
}

static void a_curve_that_the_provider_lacks_is_named(void **state)
{
    (void)state;
    if (!missing(NW_KEY_BP320)) {
        return;
    }
    /* a point of brainpoolP320r1: the generator, RFC 5639 3.5 */
    static const char key[] =
        "a4 0102 20190101 215828"
        "43bd7e9afb53d8b85289bcc48ee5bfe6f20137d10a087eb6e7871e2a10a599c710af8d0d39e20611"
        "225828"
        "14fdd05545ec1cc8ab4093247f77275e0743ffed117182eaa9c77877aaac6ac7d35245d1692e8ee1";
    struct nw_diag d;
    struct nw_pubkey *k = NULL;
    struct nw_signer *s = NULL;
    nw_diag_clear(&d);
    assert_err(nw_cose_key_parse_agreement(test_crypto(), test_hex(key), &k, &d),
               NW_ERR_ALG_UNSUPPORTED);
    assert_non_null(strstr(d.detail, "brainpoolP320r1"));
    assert_err(nw_signer_ephemeral(test_crypto(), NW_KEY_BP320, &s), NW_ERR_ALG_UNSUPPORTED);
}

static void a_point_beside_its_curve_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(curves); i++) {
        if (missing(curves[i]) || curves[i] == NW_KEY_X25519) {
            continue;
        }
        struct nw_signer *s = fresh(curves[i]);
        struct nw_pubkey *k = NULL;
        uint8_t bytes[160];
        struct nw_slice point = nw_pubkey_point(nw_signer_pubkey(s));
        memcpy(bytes, point.p, point.n);
        bytes[point.n - 1] ^= 1;
        assert_err(nw_pubkey_from_point(test_crypto(), curves[i], nw_slice(bytes, point.n), &k),
                   NW_ERR_KEY);
        bytes[point.n - 1] ^= 1;
        assert_err(nw_pubkey_from_point(test_crypto(), curves[i], nw_slice(bytes, point.n - 1), &k),
                   NW_ERR_KEY);
        memset(bytes, 0, sizeof bytes); /* the point at infinity, in two spellings */
        assert_err(nw_pubkey_from_point(test_crypto(), curves[i], nw_slice(bytes, 1), &k),
                   NW_ERR_KEY);
        bytes[0] = 4;
        assert_err(nw_pubkey_from_point(test_crypto(), curves[i], nw_slice(bytes, point.n), &k),
                   NW_ERR_KEY);
        memset(bytes, 0xff, sizeof bytes); /* x is no element of the field */
        assert_err(nw_pubkey_from_compressed(test_crypto(), curves[i],
                                             nw_slice(bytes, nw_curve_of(curves[i])->size), true,
                                             &k),
                   NW_ERR_KEY);
        assert_null(k);
        nw_signer_free(&s);
    }
}

/* RFC 7748 6.1: points whose order divides 8 give zero whatever the own key. */
static void points_of_low_order_do_not_agree(void **state)
{
    (void)state;
    static const char *const low[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    struct nw_signer *own = fresh(NW_KEY_X25519);
    for (size_t i = 0; i < ARRAY_LENGTH(low); i++) {
        struct nw_pubkey *peer = NULL;
        uint8_t secret[NW_ECDH_MAX];
        size_t n = 0;
        enum nw_err e = nw_pubkey_from_point(test_crypto(), NW_KEY_X25519, test_hex(low[i]), &peer);
        if (e == NW_OK) {
            e = nw_ecdh(own, peer, secret, &n);
        }
        assert_err(e, NW_ERR_KEY);
        assert_int_equal(n, 0);
        nw_pubkey_free(&peer);
    }
    nw_signer_free(&own);
}

static void signatures_are_of_the_curves_that_sign(void **state)
{
    (void)state;
    const struct nw_slice message = nw_str("what is signed"), other = nw_str("what is signet");
    for (size_t i = 0; i < ARRAY_LENGTH(curves); i++) {
        if (missing(curves[i])) {
            continue;
        }
        struct nw_signer *s = fresh(curves[i]);
        uint8_t sig[NW_SIG_MAX];
        size_t n = 0;
        enum nw_err e = nw_sign(s, &message, 1, sig, &n);
        if (curves[i] == NW_KEY_X25519) {
            assert_err(e, NW_ERR_ALG_KEY_MISMATCH);
            assert_err(nw_verify(test_crypto(), NW_ALG_NONE, nw_signer_pubkey(s), &message, 1,
                                 nw_slice(sig, 64)),
                       NW_ERR_ALG_KEY_MISMATCH);
        } else {
            const enum nw_sig_alg alg = nw_curve_of(curves[i])->alg;
            assert_ok(e);
            assert_ok(
                nw_verify(test_crypto(), alg, nw_signer_pubkey(s), &message, 1, nw_slice(sig, n)));
            assert_err(
                nw_verify(test_crypto(), alg, nw_signer_pubkey(s), &other, 1, nw_slice(sig, n)),
                NW_ERR_SIGNATURE);
        }
        nw_signer_free(&s);
    }
}

/* HAIP 7: what certificates and JWKs may be on has not grown. */
static void only_curves_of_NIST_are_in_JWKs(void **state)
{
    (void)state;
    assert_non_null(nw_curve_by_jwk("P-521"));
    assert_null(nw_curve_by_jwk("brainpoolP256r1"));
    assert_null(nw_curve_by_jwk("X25519"));
    /* brainpoolP256r1: 1.3.36.3.3.2.8.1.1.7 */
    assert_null(nw_curve_by_oid(test_hex("2b2403030208010107")));
    assert_null(nw_curve_by_oid(NW_SLICE_EMPTY));
    if (!missing(NW_KEY_BP256)) {
        struct nw_signer *s = fresh(NW_KEY_BP256);
        struct nw_buf jwk = NW_BUF(512);
        assert_err(nw_jwk_write(nw_signer_pubkey(s), &jwk), NW_ERR_ALG_UNSUPPORTED);
        nw_signer_free(&s);
        nw_buf_free(&jwk);
    }
}

/* Establishment and an answer, each key as it travels. */
static void a_session_is_held_on_every_curve(void **state)
{
    (void)state;
    const struct nw_slice transcript = test_hex("83f6f6f6");
    for (size_t i = 0; i < ARRAY_LENGTH(curves); i++) {
        if (missing(curves[i])) {
            continue;
        }
        struct nw_signer *reader_key = fresh(curves[i]), *device_key = fresh(curves[i]);
        struct nw_session *reader = NULL, *device = NULL;
        struct nw_establishment m;
        struct nw_pubkey *seen = NULL;
        struct nw_buf bytes = NW_BUF(512), message = NW_BUF(4096), text = NW_BUF(4096);
        assert_ok(nw_session_key_bytes(nw_signer_pubkey(reader_key), &bytes));
        assert_ok(nw_session_new(test_crypto(), NW_SESSION_READER, reader_key,
                                 nw_signer_pubkey(device_key), transcript, &reader));
        assert_ok(nw_session_establish(reader, nw_buf_slice(&bytes), nw_str("request"), &message));
        assert_ok(nw_establishment_parse(nw_buf_slice(&message), &m, NULL));
        assert_ok(nw_establishment_key(test_crypto(), &m, &seen, NULL));
        assert_ok(nw_session_new(test_crypto(), NW_SESSION_DEVICE, device_key, seen, transcript,
                                 &device));
        assert_ok(nw_session_accept(device, &m, &text, NULL));
        assert_true(nw_slice_is(nw_buf_slice(&text), "request"));
        nw_pubkey_free(&seen);
        nw_session_free(&reader);
        nw_session_free(&device);
        nw_signer_free(&reader_key);
        nw_signer_free(&device_key);
        nw_buf_free(&bytes);
        nw_buf_free(&message);
        nw_buf_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_sides_agree_on_every_curve),
        cmocka_unit_test(agreement_has_the_published_answers),
        cmocka_unit_test(cose_keys_are_read_as_they_are_written),
        cmocka_unit_test(a_curve_that_the_provider_lacks_is_named),
        cmocka_unit_test(a_point_beside_its_curve_is_refused),
        cmocka_unit_test(points_of_low_order_do_not_agree),
        cmocka_unit_test(signatures_are_of_the_curves_that_sign),
        cmocka_unit_test(only_curves_of_NIST_are_in_JWKs),
        cmocka_unit_test(a_session_is_held_on_every_curve),
    };
    return run_on_both("curves", tests, ARRAY_LENGTH(tests));
}
