#include "support.h"

#include <sys/wait.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "crypto/signer.h"
#include "test_openssl.h"

static bool is_psa(void)
{
    return strcmp(nw_crypto_name(test_crypto()), "psa") == 0;
}

/* FIPS 180-4 examples (NIST CSRC "SHA Test Vectors"): "abc" */
static void hashes_give_the_published_digests(void **state)
{
    (void)state;
    uint8_t out[NW_HASH_MAX];
    const struct nw_slice parts[] = {nw_str("a"), NW_SLICE_EMPTY, nw_str("bc")};
    assert_ok(nw_hash_parts(test_crypto(), NW_SHA256, parts, 3, out));
    assert_memory_equal(
        out, test_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad").p, 32);
    assert_ok(nw_hash_parts(test_crypto(), NW_SHA384, parts, 3, out));
    assert_memory_equal(out,
                        test_hex("cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                                 "8086072ba1e7cc2358baeca134c825a7")
                            .p,
                        48);
    assert_ok(nw_hash_parts(test_crypto(), NW_SHA512, parts, 3, out));
    assert_memory_equal(out,
                        test_hex("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                                 "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")
                            .p,
                        64);
    assert_ok(nw_sha256(test_crypto(), NW_SLICE_EMPTY, out));
    assert_memory_equal(
        out, test_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855").p, 32);
}

/* RFC 6979 A.2.5 to A.2.7: key, and its signature of "sample" with the curve's hash. */
struct rfc6979 {
    enum nw_key_type type;
    enum nw_sig_alg alg;
    const char *point, *sig;
};
static const struct rfc6979 samples[] = {
    {NW_KEY_P256, NW_ES256,
     "04 60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
     "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299",
     "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
     "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"},
    {NW_KEY_P384, NW_ES384,
     "04 EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64"
     "DEF8F0EA9055866064A254515480BC13"
     "8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1"
     "288B231C3AE0D4FE7344FD2533264720",
     "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C"
     "81A648152E44ACF96E36DD1E80FABE46"
     "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94F"
     "A329C145786E679E7B82C71A38628AC8"},
    {NW_KEY_P521, NW_ES512,
     "04 01894550D0785932E00EAA23B694F213F8C3121F86DC97A04E5A7167DB4E5BCD"
     "371123D46E45DB6B5D5370A7F20FB633155D38FFA16D2BD761DCAC474B9A2F5023A4"
     "00493101C962CD4D2FDDF782285E64584139C2F91B47F87FF82354D6630F746A"
     "28A0DB25741B5B34A828008B22ACC23F924FAAFBD4D33F81EA66956DFEAA2BFDFCF5",
     "00C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F"
     "174E25A1EE9017B5D450606ADD152B534931D7D4E8455CC91F9B15BF05EC36E377FA"
     "00617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF"
     "282623EAA63E5B5C0723D8B8C37FF0777B1A20F8CCB1DCCC43997F1EE0E44DA4A67A"},
};

static struct nw_pubkey *sample_key(const struct rfc6979 *v)
{
    struct nw_pubkey *k = NULL;
    assert_ok(nw_pubkey_from_point(test_crypto(), v->type, test_hex(v->point), &k));
    return k;
}

static enum nw_err verify_sample(const struct rfc6979 *v, struct nw_slice message,
                                 struct nw_slice sig)
{
    struct nw_pubkey *k = sample_key(v);
    enum nw_err e = nw_verify(test_crypto(), v->alg, k, &message, 1, sig);
    nw_pubkey_free(&k);
    return e;
}

/* A copy that may be damaged. */
static uint8_t *copy_of(struct nw_slice s)
{
    char hex[1024];
    for (size_t i = 0; i < s.n; i++) {
        (void)snprintf(hex + 2 * i, 3, "%02x", s.p[i]);
    }
    union {
        const uint8_t *in;
        uint8_t *out;
    } p = {.in = test_hex(hex).p};
    return p.out;
}

static void published_signatures_are_good_for_their_message_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
        struct nw_slice sig = test_hex(samples[i].sig);
        assert_ok(verify_sample(&samples[i], nw_str("sample"), sig));
        assert_err(verify_sample(&samples[i], nw_str("samplf"), sig), NW_ERR_SIGNATURE);
        assert_err(verify_sample(&samples[i], NW_SLICE_EMPTY, sig), NW_ERR_SIGNATURE);
    }
}

static void any_flipped_bit_spoils_a_signature(void **state)
{
    (void)state;
    struct nw_slice sig = test_hex(samples[0].sig);
    for (size_t i = 0; i < sig.n; i += 5) {
        uint8_t *bad = copy_of(sig);
        bad[i] = (uint8_t)(bad[i] ^ (1u << (i % 8)));
        assert_err(verify_sample(&samples[0], nw_str("sample"), nw_slice(bad, sig.n)),
                   NW_ERR_SIGNATURE);
    }
}

static void a_signature_has_exactly_the_length_of_its_curve(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
        struct nw_slice sig = test_hex(samples[i].sig);
        uint8_t longer[NW_SIG_MAX] = {0};
        memcpy(longer, sig.p, sig.n);
        assert_err(verify_sample(&samples[i], nw_str("sample"), nw_slice(longer, sig.n + 1)),
                   NW_ERR_SIGNATURE_LENGTH);
        assert_err(verify_sample(&samples[i], nw_str("sample"), nw_slice(longer, sig.n - 1)),
                   NW_ERR_SIGNATURE_LENGTH);
        assert_err(verify_sample(&samples[i], nw_str("sample"), NW_SLICE_EMPTY),
                   NW_ERR_SIGNATURE_LENGTH);
    }
}

static void a_signature_in_der_has_the_wrong_length(void **state)
{
    (void)state;
    struct nw_slice der =
        test_hex("3046022100EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
                 "022100F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8");
    assert_err(verify_sample(&samples[0], nw_str("sample"), der), NW_ERR_SIGNATURE_LENGTH);
}

#define P256_N "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"
#define P256_S "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
#define P256_R "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
#define ZERO32 "0000000000000000000000000000000000000000000000000000000000000000"
#define ONE32 "0000000000000000000000000000000000000000000000000000000000000001"
#define ONES32 "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"

/* The classes of edge case that Project Wycheproof collects for ECDSA in P1363 form. */
static void r_and_s_outside_their_range_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        ZERO32 ZERO32, /* CVE-2022-21449 */
        ZERO32 P256_S, P256_R ZERO32, ZERO32 ONE32,  ONE32 ZERO32, P256_N P256_S, P256_R P256_N,
        P256_N P256_N, ONES32 P256_S, P256_R ONES32, ONE32 ONE32,  P256_N ZERO32, ZERO32 P256_N,
    };
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        assert_err(verify_sample(&samples[0], nw_str("sample"), test_hex(bad[i])),
                   NW_ERR_SIGNATURE);
    }
}

/* r = -e/d mod n makes u1*G + u2*Q the point at infinity (SEC 1 4.1.4 step 5): the input's fault,
 * not ours, though libcrypto reports an error of its own. */
static void a_sum_at_infinity_is_a_wrong_signature(void **state)
{
    (void)state;
    assert_err(
        verify_sample(
            &samples[0], nw_str("sample"),
            test_hex("28815B9A52DCC43D91FE0E07A91BB000F5F475306723BA5E6392AEE8BE90EE9C" ONE32)),
        NW_ERR_SIGNATURE);
}

/* ECDSA knows two signatures for one message: s and n - s. JOSE and COSE forbid neither. */
static void the_other_s_is_a_signature_too(void **state)
{
    (void)state;
    assert_ok(verify_sample(
        &samples[0], nw_str("sample"),
        test_hex(P256_R "0834E36AD29A83BF2BC9385E491D6099C8FDF9D1ED67AA7EA5F51F93782857A9")));
}

static void an_algorithm_that_does_not_fit_the_key_is_refused(void **state)
{
    (void)state;
    struct nw_slice m = nw_str("sample");
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
        struct nw_pubkey *k = sample_key(&samples[i]);
        struct nw_slice sig = test_hex(samples[i].sig);
        for (enum nw_sig_alg alg = NW_ALG_NONE; alg <= NW_EDDSA; alg++) {
            if (alg != samples[i].alg) {
                assert_err(nw_verify(test_crypto(), alg, k, &m, 1, sig), NW_ERR_ALG_KEY_MISMATCH);
            }
        }
        nw_pubkey_free(&k);
    }
}

static enum nw_err try_point(enum nw_key_type type, struct nw_slice point)
{
    struct nw_pubkey *k = NULL;
    enum nw_err e = nw_pubkey_from_point(test_crypto(), type, point, &k);
    nw_pubkey_free(&k);
    return e;
}

static void a_point_off_its_curve_is_no_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
        struct nw_slice good = test_hex(samples[i].point);
        uint8_t *bad = copy_of(good);
        assert_ok(try_point(samples[i].type, good));
        bad[good.n - 1] ^= 1;
        assert_err(try_point(samples[i].type, nw_slice(bad, good.n)), NW_ERR_KEY);
    }
}

/* A provider may make the next key out of the last one. */
static void a_key_knows_nothing_of_the_keys_before_it(void **state)
{
    (void)state;
    const struct rfc6979 *v = &samples[0];
    struct nw_slice sig = test_hex(v->sig);
    struct nw_slice text = nw_str("sample");
    uint8_t scalar[32] = {1};
    struct nw_signer *other = NULL;
    struct nw_pubkey *k = NULL;
    assert_ok(nw_signer_from_scalar(test_crypto(), nw_slice(scalar, sizeof scalar), &other));
    struct nw_slice point = nw_pubkey_point(nw_signer_pubkey(other));

    assert_ok(verify_sample(v, text, sig));
    assert_ok(nw_pubkey_from_point(test_crypto(), v->type, point, &k));
    assert_err(nw_verify(test_crypto(), v->alg, k, &text, 1, sig), NW_ERR_SIGNATURE);
    assert_ok(verify_sample(v, text, sig)); /* while the other one lives */
    nw_pubkey_free(&k);
    uint8_t *bad = copy_of(point);
    bad[point.n - 1] ^= 1;
    assert_err(try_point(v->type, nw_slice(bad, point.n)), NW_ERR_KEY);
    assert_ok(verify_sample(v, text, sig));
    nw_signer_free(&other);
}

static void points_in_other_spellings_are_no_keys(void **state)
{
    (void)state;
    struct nw_slice good = test_hex(samples[0].point);
    uint8_t *bad = copy_of(good);
    assert_err(try_point(NW_KEY_P256, NW_SLICE_EMPTY), NW_ERR_KEY);
    assert_err(try_point(NW_KEY_P256, test_hex("00")), NW_ERR_KEY); /* infinity */
    assert_err(try_point(NW_KEY_P256, nw_slice_sub(good, 0, 64)), NW_ERR_KEY);
    assert_err(try_point(NW_KEY_P384, good), NW_ERR_KEY);
    assert_err(try_point(NW_KEY_RSA, good), NW_ERR_KEY);
    bad[0] = 0x07; /* hybrid form, SEC 1 2.3.3 */
    assert_err(try_point(NW_KEY_P256, nw_slice(bad, good.n)), NW_ERR_KEY);
    bad[0] = 0x03;
    assert_err(try_point(NW_KEY_P256, nw_slice(bad, 33)), NW_ERR_KEY);
    /* x = p: the field's own modulus stands for zero and may not be written so */
    memcpy(bad + 1, test_hex("FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF").p,
           32);
    bad[0] = 0x04;
    assert_err(try_point(NW_KEY_P256, nw_slice(bad, 65)), NW_ERR_KEY);
}

static void a_compressed_point_gives_the_point_of_its_parity(void **state)
{
    (void)state;
    struct nw_slice point = test_hex(samples[0].point);
    struct nw_slice x = nw_slice_sub(point, 1, 32);
    struct nw_pubkey *k = NULL;
    assert_ok(
        nw_pubkey_from_compressed(test_crypto(), NW_KEY_P256, x, true, &k)); /* its y ends in 99 */
    assert_true(nw_slice_eq(nw_pubkey_point(k), point));
    nw_pubkey_free(&k);
    assert_ok(nw_pubkey_from_compressed(test_crypto(), NW_KEY_P256, x, false, &k));
    assert_true(nw_slice_eq(nw_slice_sub(nw_pubkey_point(k), 0, 33), nw_slice_sub(point, 0, 33)));
    assert_int_equal(nw_pubkey_point(k).p[64] & 1, 0);
    nw_pubkey_free(&k);
}

static void a_compressed_point_off_the_curve_is_no_key(void **state)
{
    (void)state;
    struct nw_pubkey *k = NULL;
    int refused = 0;
    uint8_t x[32] = {0};
    for (uint8_t i = 0; i < 16; i++) { /* about half of all x have no y */
        x[31] = i;
        enum nw_err e =
            nw_pubkey_from_compressed(test_crypto(), NW_KEY_P256, nw_slice(x, 32), false, &k);
        assert_true(e == NW_OK || e == NW_ERR_KEY);
        refused += e == NW_ERR_KEY;
        nw_pubkey_free(&k);
    }
    assert_in_range(refused, 4, 12);
    assert_err(nw_pubkey_from_compressed(test_crypto(), NW_KEY_P256, test_hex(ONES32), false, &k),
               NW_ERR_KEY);
    assert_err(nw_pubkey_from_compressed(test_crypto(), NW_KEY_P256, nw_slice(x, 31), false, &k),
               NW_ERR_KEY);
}

/* RFC 8032 7.1, test 3 */
static void ed25519_is_checked_or_said_to_be_unsupported(void **state)
{
    (void)state;
    struct nw_slice m = test_hex("af82");
    struct nw_slice raw =
        test_hex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
    struct nw_slice sig =
        test_hex("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                 "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a");
    struct nw_pubkey *k = NULL;
    enum nw_err e = nw_pubkey_from_ed25519(test_crypto(), raw, &k);
    if (is_psa()) {
        assert_err(e, NW_ERR_ALG_UNSUPPORTED);
        return;
    }
    assert_ok(e);
    assert_ok(nw_verify(test_crypto(), NW_EDDSA, k, &m, 1, sig));
    const struct nw_slice parts[] = {nw_slice_sub(m, 0, 1), nw_slice_from(m, 1)};
    assert_ok(nw_verify(test_crypto(), NW_EDDSA, k, parts, 2, sig));
    assert_err(nw_verify(test_crypto(), NW_EDDSA, k, parts, 1, sig), NW_ERR_SIGNATURE);
    assert_err(nw_verify(test_crypto(), NW_ES256, k, &m, 1, sig), NW_ERR_ALG_KEY_MISMATCH);
    nw_pubkey_free(&k);
}

struct rsa_case {
    enum nw_sig_alg alg;
    const char *args;
};

static void rsa_signatures_of_the_openssl_program_are_good(void **state)
{
    (void)state;
    static const struct rsa_case cases[] = {
        {NW_RS256, "-sha256"},
        {NW_RS384, "-sha384"},
        {NW_RS512, "-sha512"},
        {NW_PS256, "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest"},
        {NW_PS384, "-sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest"},
        {NW_PS512, "-sha512 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest"},
    };
    struct nw_slice m = nw_str("rsa message");
    struct nw_slice other = nw_str("rsa messagf");
    test_openssl_write("m", m);
    test_openssl_must("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem");
    test_openssl_must("pkey -in rsa.pem -pubout -outform DER -out rsa.der");
    struct nw_pubkey *k = NULL;
    assert_ok(nw_pubkey_from_spki(test_crypto(), test_openssl_file("rsa.der"), &k));
    assert_int_equal(nw_pubkey_type(k), NW_KEY_RSA);
    assert_int_equal(nw_pubkey_point(k).n, 0);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        test_openssl_must("dgst -sign rsa.pem %s -out sig m", cases[i].args);
        struct nw_slice sig = test_openssl_file("sig");
        assert_ok(nw_verify(test_crypto(), cases[i].alg, k, &m, 1, sig));
        assert_err(nw_verify(test_crypto(), cases[i].alg, k, &other, 1, sig), NW_ERR_SIGNATURE);
        for (enum nw_sig_alg alg = NW_PS256; alg <= NW_RS512; alg++) {
            if (alg != cases[i].alg) {
                assert_err(nw_verify(test_crypto(), alg, k, &m, 1, sig), NW_ERR_SIGNATURE);
            }
        }
        assert_err(nw_verify(test_crypto(), cases[i].alg, k, &m, 1, nw_slice_from(sig, 1)),
                   NW_ERR_SIGNATURE_LENGTH);
        assert_err(nw_verify(test_crypto(), NW_ES256, k, &m, 1, sig), NW_ERR_ALG_KEY_MISMATCH);
    }
    uint8_t ones[256]; /* above every modulus of 2048 bits */
    memset(ones, 0xff, sizeof ones);
    assert_err(nw_verify(test_crypto(), NW_PS256, k, &m, 1, nw_slice(ones, 256)), NW_ERR_SIGNATURE);
    assert_err(nw_verify(test_crypto(), NW_RS256, k, &m, 1, nw_slice(ones, 256)), NW_ERR_SIGNATURE);
    /* RFC 7518 3.5: the salt is as long as the hash output */
    test_openssl_must("dgst -sign rsa.pem -sha256 -sigopt rsa_padding_mode:pss "
                      "-sigopt rsa_pss_saltlen:20 -out sig m");
    assert_err(nw_verify(test_crypto(), NW_PS256, k, &m, 1, test_openssl_file("sig")),
               NW_ERR_SIGNATURE);
    nw_pubkey_free(&k);
}

static void short_rsa_keys_are_no_keys(void **state)
{
    (void)state;
    struct nw_pubkey *k = NULL;
    test_openssl_must("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out rsa1k.pem");
    test_openssl_must("pkey -in rsa1k.pem -pubout -outform DER -out rsa1k.der");
    assert_err(nw_pubkey_from_spki(test_crypto(), test_openssl_file("rsa1k.der"), &k), NW_ERR_KEY);
    uint8_t n[256];
    memset(n, 0xff, sizeof n);
    assert_ok(nw_pubkey_from_rsa(test_crypto(), nw_slice(n, 256), test_hex("010001"), &k));
    nw_pubkey_free(&k);
    assert_err(nw_pubkey_from_rsa(test_crypto(), nw_slice(n, 255), test_hex("010001"), &k),
               NW_ERR_KEY);
    assert_err(nw_pubkey_from_rsa(test_crypto(), nw_slice(n, 256), test_hex("01"), &k), NW_ERR_KEY);
    assert_err(nw_pubkey_from_rsa(test_crypto(), nw_slice(n, 256), test_hex("010000"), &k),
               NW_ERR_KEY);
    n[255] = 0xfe;
    assert_err(nw_pubkey_from_rsa(test_crypto(), nw_slice(n, 256), test_hex("010001"), &k),
               NW_ERR_KEY);
}

static void spki_of_foreign_curves_and_damaged_spki_are_no_keys(void **state)
{
    (void)state;
    struct nw_pubkey *k = NULL;
    test_openssl_must("ecparam -name secp256k1 -genkey -noout -out k1.pem");
    test_openssl_must("pkey -in k1.pem -pubout -outform DER -out k1.der");
    assert_err(nw_pubkey_from_spki(test_crypto(), test_openssl_file("k1.der"), &k), NW_ERR_KEY);
    test_openssl_must("ecparam -name prime256v1 -param_enc explicit -genkey -noout -out ex.pem");
    test_openssl_must("pkey -in ex.pem -pubout -outform DER -out ex.der");
    assert_err(nw_pubkey_from_spki(test_crypto(), test_openssl_file("ex.der"), &k), NW_ERR_KEY);

    test_openssl_must("ecparam -name prime256v1 -genkey -noout -out p.pem");
    test_openssl_must("pkey -in p.pem -pubout -outform DER -out p.der");
    struct nw_slice good = test_openssl_file("p.der");
    uint8_t longer[128];
    assert_true(good.n < sizeof longer);
    memcpy(longer, good.p, good.n);
    longer[good.n] = 0;
    assert_err(nw_pubkey_from_spki(test_crypto(), nw_slice(longer, good.n + 1), &k), NW_ERR_KEY);
    for (size_t n = 0; n < good.n; n++) {
        assert_err(nw_pubkey_from_spki(test_crypto(), nw_slice_sub(good, 0, n), &k), NW_ERR_KEY);
    }
    assert_ok(nw_pubkey_from_spki(test_crypto(), good, &k));
    nw_pubkey_free(&k);
}

static void a_key_of_another_instance_is_refused(void **state)
{
    (void)state;
    struct nw_crypto *other = NULL;
    struct nw_slice m = nw_str("sample");
    struct nw_pubkey *k = sample_key(&samples[0]);
    assert_ok(nw_crypto_new(NW_PROVIDER_PSA, &other));
    assert_err(nw_verify(other, NW_ES256, k, &m, 1, test_hex(samples[0].sig)), NW_ERR_INTERNAL);
    nw_crypto_free(&other);
    nw_pubkey_free(&k);
}

/* NIST SP 800-38D test cases 4 and 16 (McGrew and Viega, appendix B) */
struct gcm {
    const char *key, *sealed;
};
#define GCM_IV "cafebabefacedbaddecaf888"
#define GCM_AAD "feedfacedeadbeeffeedfacedeadbeefabaddad2"
#define GCM_PLAIN                                                                                  \
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"                             \
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
static const struct gcm gcms[] = {
    {"feffe9928665731c6d6a8f9467308308",
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
     "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
     "5bc94fbc3221a5db94fae95ae7121a47"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
     "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
     "76fc6ece0f4e1768cddf8853bb2d551b"},
};

static void aes_gcm_gives_the_published_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(gcms); i++) {
        struct nw_buf out = NW_BUF(1024);
        assert_ok(nw_aead_seal(test_crypto(), test_hex(gcms[i].key), test_hex(GCM_IV),
                               test_hex(GCM_AAD), test_hex(GCM_PLAIN), &out));
        assert_true(nw_slice_eq(nw_buf_slice(&out), test_hex(gcms[i].sealed)));
        nw_buf_reset(&out);
        assert_ok(nw_aead_open(test_crypto(), test_hex(gcms[i].key), test_hex(GCM_IV),
                               test_hex(GCM_AAD), test_hex(gcms[i].sealed), &out));
        assert_true(nw_slice_eq(nw_buf_slice(&out), test_hex(GCM_PLAIN)));
        nw_buf_free(&out);
    }
}

static void a_damaged_ciphertext_is_not_opened(void **state)
{
    (void)state;
    struct nw_buf out = NW_BUF(1024);
    struct nw_slice sealed = test_hex(gcms[0].sealed);
    struct nw_slice key = test_hex(gcms[0].key);
    for (size_t i = 0; i < sealed.n; i++) {
        uint8_t *bad = copy_of(sealed);
        bad[i] ^= 0x10;
        assert_err(nw_aead_open(test_crypto(), key, test_hex(GCM_IV), test_hex(GCM_AAD),
                                nw_slice(bad, sealed.n), &out),
                   NW_ERR_DECRYPT);
        assert_int_equal(out.n, 0);
    }
    assert_err(nw_aead_open(test_crypto(), key, test_hex(GCM_IV), NW_SLICE_EMPTY, sealed, &out),
               NW_ERR_DECRYPT);
    for (size_t n = 0; n < 17; n++) {
        assert_err(nw_aead_open(test_crypto(), key, test_hex(GCM_IV), test_hex(GCM_AAD),
                                nw_slice_sub(sealed, 0, n), &out),
                   NW_ERR_DECRYPT);
    }
    assert_err(nw_aead_open(test_crypto(), nw_slice_sub(key, 0, 15), test_hex(GCM_IV),
                            NW_SLICE_EMPTY, sealed, &out),
               NW_ERR_INTERNAL);
    nw_buf_free(&out);
}

static void an_empty_text_is_sealed_and_opened(void **state)
{
    (void)state;
    struct nw_buf sealed = NW_BUF(64);
    struct nw_buf plain = NW_BUF(64);
    /* test case 1: all zero, no text */
    uint8_t zero[16] = {0};
    assert_ok(nw_aead_seal(test_crypto(), nw_slice(zero, 16), nw_slice(zero, 12), NW_SLICE_EMPTY,
                           NW_SLICE_EMPTY, &sealed));
    assert_true(nw_slice_eq(nw_buf_slice(&sealed), test_hex("58e2fccefa7e3061367f1d57a4e7455a")));
    assert_ok(nw_aead_open(test_crypto(), nw_slice(zero, 16), nw_slice(zero, 12), NW_SLICE_EMPTY,
                           nw_buf_slice(&sealed), &plain));
    assert_int_equal(plain.n, 0);
    nw_buf_free(&sealed);
    nw_buf_free(&plain);
}

/* RFC 4231 4.3 and 4.7 */
static void hmac_gives_the_published_values(void **state)
{
    (void)state;
    uint8_t out[NW_SHA256_BYTES];
    uint8_t longer[131];
    memset(longer, 0xaa, sizeof longer);
    assert_ok(
        nw_hmac_sha256(test_crypto(), nw_str("Jefe"), nw_str("what do ya want for nothing?"), out));
    assert_memory_equal(
        out, test_hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843").p, 32);
    assert_ok(nw_hmac_sha256(test_crypto(), nw_slice(longer, sizeof longer),
                             nw_str("Test Using Larger Than Block-Size Key - Hash Key First"),
                             out));
    assert_memory_equal(
        out, test_hex("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54").p, 32);
    uint8_t empty[NW_SHA256_BYTES]; /* a key of zeros pads to the same block as no key */
    uint8_t zero[64] = {0};
    assert_ok(nw_hmac_sha256(test_crypto(), NW_SLICE_EMPTY, NW_SLICE_EMPTY, empty));
    assert_ok(nw_hmac_sha256(test_crypto(), nw_slice(zero, 64), NW_SLICE_EMPTY, out));
    assert_memory_equal(out, empty, 32);
}

static void random_bytes_differ_also_in_a_forked_child(void **state)
{
    (void)state;
    int fd[2];
    uint8_t ours[32];
    uint8_t theirs[32] = {0};
    assert_int_equal(pipe(fd), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        enum nw_err e = nw_random(test_crypto(), theirs, sizeof theirs);
        ssize_t n = write(fd[1], theirs, sizeof theirs);
        _exit(e == NW_OK && n == (ssize_t)sizeof theirs ? 0 : 1);
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(read(fd[0], theirs, sizeof theirs), sizeof theirs);
    assert_ok(nw_random(test_crypto(), ours, sizeof ours));
    assert_memory_not_equal(ours, theirs, sizeof ours);
    (void)close(fd[0]);
    (void)close(fd[1]);
}

static void algorithm_names_are_those_of_the_registries(void **state)
{
    (void)state;
    assert_int_equal(nw_alg_from_jose(nw_str("ES256")), NW_ES256);
    assert_int_equal(nw_alg_from_jose(nw_str("EdDSA")), NW_EDDSA);
    static const char *const never[] = {"none",  "None",   "NONE", "HS256",
                                        "es256", "ES256 ", "",     "ES256K"};
    for (size_t i = 0; i < ARRAY_LENGTH(never); i++) {
        assert_int_equal(nw_alg_from_jose(nw_str(never[i])), NW_ALG_NONE);
    }
    assert_int_equal(nw_alg_from_cose(-7), NW_ES256);
    assert_int_equal(nw_alg_from_cose(-9), NW_ES256);
    assert_int_equal(nw_alg_from_cose(-35), NW_ES384);
    assert_int_equal(nw_alg_from_cose(-37), NW_PS256);
    assert_int_equal(nw_alg_from_cose(0), NW_ALG_NONE);
    assert_int_equal(nw_alg_from_cose(5), NW_ALG_NONE); /* HMAC 256/256 */
    for (enum nw_sig_alg alg = NW_ES256; alg <= NW_EDDSA; alg++) {
        assert_int_equal(nw_alg_from_jose(nw_str(nw_alg_jose(alg))), alg);
        assert_int_equal(nw_alg_from_cose(nw_alg_cose(alg)), alg);
    }
}

static enum nw_err import_and_verify(void *ctx)
{
    (void)ctx;
    struct nw_crypto *c = NULL;
    struct nw_pubkey *k = NULL;
    struct nw_slice m = nw_str("sample");
    enum nw_err e = nw_crypto_new(is_psa() ? NW_PROVIDER_PSA : NW_PROVIDER_LIBCRYPTO, &c);
    if (e == NW_OK) {
        e = nw_pubkey_from_point(c, NW_KEY_P256, test_hex(samples[0].point), &k);
    }
    if (e == NW_OK) {
        e = nw_verify(c, NW_ES256, k, &m, 1, test_hex(samples[0].sig));
    }
    nw_pubkey_free(&k);
    nw_crypto_free(&c);
    return e;
}

static void importing_and_verifying_survive_allocation_failure(void **state)
{
    (void)state;
    survives_allocation_failure(import_and_verify, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_give_the_published_digests),
        cmocka_unit_test(published_signatures_are_good_for_their_message_only),
        cmocka_unit_test(any_flipped_bit_spoils_a_signature),
        cmocka_unit_test(a_signature_has_exactly_the_length_of_its_curve),
        cmocka_unit_test(a_signature_in_der_has_the_wrong_length),
        cmocka_unit_test(r_and_s_outside_their_range_are_refused),
        cmocka_unit_test(a_sum_at_infinity_is_a_wrong_signature),
        cmocka_unit_test(the_other_s_is_a_signature_too),
        cmocka_unit_test(an_algorithm_that_does_not_fit_the_key_is_refused),
        cmocka_unit_test(a_point_off_its_curve_is_no_key),
        cmocka_unit_test(a_key_knows_nothing_of_the_keys_before_it),
        cmocka_unit_test(points_in_other_spellings_are_no_keys),
        cmocka_unit_test(a_compressed_point_gives_the_point_of_its_parity),
        cmocka_unit_test(a_compressed_point_off_the_curve_is_no_key),
        cmocka_unit_test(ed25519_is_checked_or_said_to_be_unsupported),
        cmocka_unit_test(rsa_signatures_of_the_openssl_program_are_good),
        cmocka_unit_test(short_rsa_keys_are_no_keys),
        cmocka_unit_test(spki_of_foreign_curves_and_damaged_spki_are_no_keys),
        cmocka_unit_test(a_key_of_another_instance_is_refused),
        cmocka_unit_test(aes_gcm_gives_the_published_bytes),
        cmocka_unit_test(a_damaged_ciphertext_is_not_opened),
        cmocka_unit_test(an_empty_text_is_sealed_and_opened),
        cmocka_unit_test(hmac_gives_the_published_values),
        cmocka_unit_test(random_bytes_differ_also_in_a_forked_child),
        cmocka_unit_test(algorithm_names_are_those_of_the_registries),
        cmocka_unit_test(importing_and_verifying_survive_allocation_failure),
    };
    return run_on_both("crypto", tests, ARRAY_LENGTH(tests));
}
