#include "support.h"

#include "base/codec.h"
#include "crypto/signer.h"
#include "test_openssl.h"
#include "test_pki.h"

static bool is_psa(void)
{
    return strcmp(nw_crypto_name(test_crypto()), "psa") == 0;
}

static enum nw_err read_key(struct nw_slice pem, struct nw_signer **out)
{
    return nw_signer_from_pem(test_crypto(), pem, NW_SLICE_EMPTY, out, NULL);
}

/* A PEM block around DER given in hex; kept in out. */
static struct nw_slice pem_of(const char *label, const char *hex, struct nw_buf *out)
{
    nw_buf_printf(out, "-----BEGIN %s-----\n", label);
    struct nw_buf text = NW_BUF(4096);
    nw_base64_encode(test_hex(hex), &text);
    struct nw_slice all = nw_buf_slice(&text);
    for (size_t at = 0; at < all.n; at += 64) {
        nw_buf_put(out, nw_slice_sub(all, at, 64));
        nw_buf_putc(out, '\n');
    }
    nw_buf_printf(out, "-----END %s-----\n", label);
    nw_buf_free(&text);
    return nw_buf_slice(out);
}

/* RFC 6979 A.2.5 to A.2.7: the key as ECPrivateKey, its signature of "sample". */
struct rfc6979 {
    enum nw_sig_alg alg;
    const char *sec1, *sig;
};
#define P256_SCALAR "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"
#define P256_HEAD "30310201010420"
#define P256_CURVE "a00a06082a8648ce3d030107"
static const struct rfc6979 samples[] = {
    {NW_ES256, P256_HEAD P256_SCALAR P256_CURVE,
     "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
     "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"},
    {NW_ES384,
     "303e0201010430"
     "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D8"
     "96D5724E4C70A825F872C9EA60D2EDF5"
     "a00706052b81040022",
     "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C"
     "81A648152E44ACF96E36DD1E80FABE46"
     "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94F"
     "A329C145786E679E7B82C71A38628AC8"},
    {NW_ES512,
     "30500201010442"
     "00FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75"
     "CAA896EB32F1F47C70855836A6D16FCC1466F6D8FBEC67DB89EC0C08B0E996B83538"
     "a00706052b81040023",
     "00C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F"
     "174E25A1EE9017B5D450606ADD152B534931D7D4E8455CC91F9B15BF05EC36E377FA"
     "00617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF"
     "282623EAA63E5B5C0723D8B8C37FF0777B1A20F8CCB1DCCC43997F1EE0E44DA4A67A"},
};

static void psa_signs_as_rfc_6979_says(void **state)
{
    (void)state;
    struct nw_slice m = nw_str("sample");
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
        struct nw_buf pem = NW_BUF(4096);
        struct nw_signer *s = NULL;
        uint8_t sig[NW_SIG_MAX];
        size_t n = 0;
        assert_ok(read_key(pem_of("EC PRIVATE KEY", samples[i].sec1, &pem), &s));
        assert_int_equal(nw_signer_alg(s), samples[i].alg);
        assert_ok(nw_sign(s, &m, 1, sig, &n));
        assert_ok(
            nw_verify(test_crypto(), samples[i].alg, nw_signer_pubkey(s), &m, 1, nw_slice(sig, n)));
        if (is_psa()) {
            assert_true(nw_slice_eq(nw_slice(sig, n), test_hex(samples[i].sig)));
        }
        nw_signer_free(&s);
        nw_buf_free(&pem);
    }
}

static void libcrypto_never_uses_a_nonce_twice(void **state)
{
    (void)state;
    struct nw_signer *s = test_signer(test_crypto(), "nachweis test nonce");
    struct nw_slice m = nw_str("sample");
    uint8_t first[NW_SIG_MAX];
    uint8_t second[NW_SIG_MAX];
    size_t n = 0;
    assert_ok(nw_sign(s, &m, 1, first, &n));
    assert_ok(nw_sign(s, &m, 1, second, &n));
    if (is_psa()) {
        assert_memory_equal(first, second, 64);
    } else {
        assert_memory_not_equal(first, second, 32);
    }
    nw_signer_free(&s);
}

static void each_provider_takes_what_the_other_signs(void **state)
{
    (void)state;
    if (!nw_crypto_has(NW_PROVIDER_LIBCRYPTO)) {
        skip();
    }
    struct nw_crypto *other = NULL;
    struct nw_pubkey *k = NULL;
    assert_ok(nw_crypto_new(is_psa() ? NW_PROVIDER_LIBCRYPTO : NW_PROVIDER_PSA, &other));
    struct nw_signer *s = test_signer(test_crypto(), "nachweis test both");
    assert_ok(nw_pubkey_from_point(other, NW_KEY_P256, nw_pubkey_point(nw_signer_pubkey(s)), &k));
    for (uint8_t i = 0; i < 40;
         i++) { /* often enough to meet r and s with leading zeros or a sign */
        const struct nw_slice parts[] = {nw_str("message "), nw_slice(&i, 1)};
        const struct nw_slice others[] = {nw_str("messagf "), nw_slice(&i, 1)};
        uint8_t sig[NW_SIG_MAX];
        size_t n = 0;
        assert_ok(nw_sign(s, parts, 2, sig, &n));
        assert_int_equal(n, 64);
        assert_ok(nw_verify(other, NW_ES256, k, parts, 2, nw_slice(sig, n)));
        assert_err(nw_verify(other, NW_ES256, k, others, 2, nw_slice(sig, n)), NW_ERR_SIGNATURE);
    }
    nw_pubkey_free(&k);
    nw_signer_free(&s);
    nw_crypto_free(&other);
}

static void keys_of_the_openssl_program_are_read(void **state)
{
    (void)state;
    static const char *const commands[] = {
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem",
        "ecparam -name prime256v1 -genkey -out key.pem", /* with EC PARAMETERS before it */
        "ecparam -name prime256v1 -genkey -noout -out key.pem",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out key.pem",
        "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out key.pem",
    };
    struct nw_slice m = nw_str("read");
    test_openssl_write("m", m);
    for (size_t i = 0; i < ARRAY_LENGTH(commands); i++) {
        struct nw_signer *s = NULL;
        struct nw_pubkey *k = NULL;
        uint8_t sig[NW_SIG_MAX];
        size_t n = 0;
        test_openssl_must("%s", commands[i]);
        test_openssl_must("pkey -in key.pem -pubout -outform DER -out pub.der");
        assert_ok(read_key(test_openssl_file("key.pem"), &s));
        assert_ok(nw_pubkey_from_spki(test_crypto(), test_openssl_file("pub.der"), &k));
        assert_true(nw_slice_eq(nw_pubkey_point(k), nw_pubkey_point(nw_signer_pubkey(s))));
        assert_ok(nw_sign(s, &m, 1, sig, &n));
        assert_ok(nw_verify(test_crypto(), nw_signer_alg(s), k, &m, 1, nw_slice(sig, n)));
        nw_pubkey_free(&k);
        nw_signer_free(&s);
    }
}

static void a_generated_key_is_taken_by_the_openssl_program(void **state)
{
    (void)state;
    struct nw_buf pem = NW_BUF_SECRET(4096);
    struct nw_buf second = NW_BUF_SECRET(4096);
    struct nw_signer *s = NULL;
    assert_ok(nw_key_generate_pem(test_crypto(), &pem));
    assert_ok(nw_key_generate_pem(test_crypto(), &second));
    assert_false(nw_slice_eq(nw_buf_slice(&pem), nw_buf_slice(&second)));
    test_openssl_write("gen.pem", nw_buf_slice(&pem));
    test_openssl_must("pkey -in gen.pem -check -noout");
    assert_ok(read_key(nw_buf_slice(&pem), &s));
    nw_signer_free(&s);
    nw_buf_free(&pem);
    nw_buf_free(&second);
}

static void what_is_no_plain_ec_key_is_refused(void **state)
{
    (void)state;
    struct nw_signer *s = NULL;
    test_openssl_must("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem");
    test_openssl_must("pkey -in key.pem -aes256 -passout pass:x -out enc.pem");
    test_openssl_must("ec -in key.pem -aes256 -passout pass:x -out enc1.pem");
    test_openssl_must("genpkey -algorithm RSA -out rsa.pem");
    test_openssl_must("genpkey -algorithm ED25519 -out ed.pem");
    test_openssl_must("ecparam -name secp256k1 -genkey -noout -out k1.pem");
    test_openssl_must("pkey -in key.pem -pubout -out pub.pem");
    assert_err(read_key(test_openssl_file("enc.pem"), &s), NW_ERR_PEM);
    assert_err(read_key(test_openssl_file("enc1.pem"), &s), NW_ERR_PEM);
    assert_err(read_key(test_openssl_file("rsa.pem"), &s), NW_ERR_KEY);
    assert_err(read_key(test_openssl_file("ed.pem"), &s), NW_ERR_KEY);
    assert_err(read_key(test_openssl_file("k1.pem"), &s), NW_ERR_KEY);
    assert_err(read_key(test_openssl_file("pub.pem"), &s), NW_ERR_PEM);
    assert_err(read_key(NW_SLICE_EMPTY, &s), NW_ERR_PEM);
    assert_err(read_key(nw_str("-----BEGIN PRIVATE KEY-----\n"), &s), NW_ERR_PEM);
    assert_err(read_key(nw_str("-----BEGIN PRIVATE KEY-----\n!!\n-----END PRIVATE KEY-----\n"), &s),
               NW_ERR_PEM);
}

/* Broken in one thing each; the first row is whole. */
static void damaged_sec1_keys_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        enum nw_err e;
    } rows[] = {
        {P256_HEAD P256_SCALAR P256_CURVE, NW_OK},
        {"30310201020420" P256_SCALAR P256_CURVE, NW_ERR_KEY}, /* version 2 */
        {"30250201010420" P256_SCALAR, NW_ERR_KEY},            /* no curve */
        {P256_HEAD P256_SCALAR P256_CURVE "00", NW_ERR_KEY},   /* bytes after it */
        {P256_HEAD "0000000000000000000000000000000000000000000000000000000000000000" P256_CURVE,
         NW_ERR_KEY}, /* zero */
        {P256_HEAD "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551" P256_CURVE,
         NW_ERR_KEY},                                                    /* n */
        {"302e0201010420" P256_SCALAR "a00706052b81040022", NW_ERR_KEY}, /* P-384, short scalar */
        {"3082003102010104 20" P256_SCALAR P256_CURVE, NW_ERR_KEY},      /* long length */
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_buf pem = NW_BUF(4096);
        struct nw_signer *s = NULL;
        enum nw_err e = read_key(pem_of("EC PRIVATE KEY", rows[i].hex, &pem), &s);
        assert_string_equal(nw_err_name(e), nw_err_name(rows[i].e));
        nw_signer_free(&s);
        nw_buf_free(&pem);
    }
}

static void a_scalar_out_of_range_is_no_key(void **state)
{
    (void)state;
    struct nw_signer *s = NULL;
    uint8_t scalar[33] = {0};
    assert_err(nw_signer_from_scalar(test_crypto(), nw_slice(scalar, 32), &s), NW_ERR_KEY);
    scalar[31] = 1;
    assert_ok(nw_signer_from_scalar(test_crypto(), nw_slice(scalar, 32), &s));
    nw_signer_free(&s);
    assert_err(nw_signer_from_scalar(test_crypto(), nw_slice(scalar, 31), &s), NW_ERR_KEY);
    assert_err(nw_signer_from_scalar(test_crypto(), nw_slice(scalar, 33), &s), NW_ERR_KEY);
    memset(scalar, 0xff, 32);
    assert_err(nw_signer_from_scalar(test_crypto(), nw_slice(scalar, 32), &s), NW_ERR_KEY);
}

static void the_chain_must_certify_the_signers_own_key(void **state)
{
    (void)state;
    const struct test_pki *pki = test_pki();
    struct nw_signer *s = test_signer(test_crypto(), "nachweis test attestation");
    struct nw_slice own = nw_signer_chain_cert(pki->attestation, 0);
    struct nw_slice other = nw_signer_chain_cert(pki->status, 0);
    assert_err(nw_signer_set_chain(s, &other, 1), NW_ERR_KEY);
    assert_int_equal(nw_signer_chain_length(s), 0);
    assert_ok(nw_signer_set_chain(s, &own, 1));
    assert_true(nw_slice_eq(nw_signer_chain_cert(s, 0), own));
    assert_int_equal(nw_signer_chain_cert(s, 1).n, 0);
    assert_err(nw_signer_set_chain(s, &other, 1), NW_ERR_KEY); /* and keeps what it had */
    assert_true(nw_slice_eq(nw_signer_chain_cert(s, 0), own));
    assert_ok(nw_signer_set_chain(s, NULL, 0));
    assert_int_equal(nw_signer_chain_length(s), 0);
    nw_signer_free(&s);
}

struct pem_files {
    struct nw_buf key, chain;
};

static void make_files(struct pem_files *f)
{
    const struct test_pki *pki = test_pki();
    uint8_t scalar[NW_SHA256_BYTES];
    char hex[2 * NW_SHA256_BYTES + 1];
    char sec1[256];
    assert_ok(nw_sha256(test_crypto(), nw_str("nachweis test attestation"), scalar));
    for (size_t i = 0; i < sizeof scalar; i++) {
        (void)snprintf(hex + 2 * i, 3, "%02x", scalar[i]);
    }
    (void)snprintf(sec1, sizeof sec1, P256_HEAD "%s" P256_CURVE, hex);
    f->key = NW_BUF(4096);
    f->chain = NW_BUF(8192);
    (void)pem_of("EC PRIVATE KEY", sec1, &f->key);
    nw_cert_to_pem(nw_signer_chain_cert(pki->attestation, 0), &f->chain);
    nw_cert_to_pem(pki->anchor, &f->chain);
    assert_ok(nw_buf_err(&f->chain));
}

static void key_and_chain_are_read_from_pem(void **state)
{
    (void)state;
    struct pem_files f;
    struct nw_signer *s = NULL;
    make_files(&f);
    assert_ok(
        nw_signer_from_pem(test_crypto(), nw_buf_slice(&f.key), nw_buf_slice(&f.chain), &s, NULL));
    assert_int_equal(nw_signer_chain_length(s), 2);
    assert_true(nw_slice_eq(nw_signer_chain_cert(s, 1), test_pki()->anchor));
    nw_signer_free(&s);
    nw_buf_reset(&f.chain);
    nw_cert_to_pem(test_pki()->anchor, &f.chain); /* another key's certificate first */
    assert_err(
        nw_signer_from_pem(test_crypto(), nw_buf_slice(&f.key), nw_buf_slice(&f.chain), &s, NULL),
        NW_ERR_KEY);
    nw_buf_free(&f.key);
    nw_buf_free(&f.chain);
}

static enum nw_err load_and_sign(void *ctx)
{
    const struct pem_files *f = ctx;
    struct nw_signer *s = NULL;
    uint8_t sig[NW_SIG_MAX];
    size_t n = 0;
    struct nw_slice m = nw_str("m");
    enum nw_err e =
        nw_signer_from_pem(test_crypto(), nw_buf_slice(&f->key), nw_buf_slice(&f->chain), &s, NULL);
    if (e == NW_OK) {
        e = nw_sign(s, &m, 1, sig, &n);
    }
    nw_signer_free(&s);
    return e;
}

static void loading_and_signing_survive_allocation_failure(void **state)
{
    (void)state;
    struct pem_files f;
    make_files(&f);
    survives_allocation_failure(load_and_sign, &f, NULL);
    nw_buf_free(&f.key);
    nw_buf_free(&f.chain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(psa_signs_as_rfc_6979_says),
        cmocka_unit_test(libcrypto_never_uses_a_nonce_twice),
        cmocka_unit_test(each_provider_takes_what_the_other_signs),
        cmocka_unit_test(keys_of_the_openssl_program_are_read),
        cmocka_unit_test(a_generated_key_is_taken_by_the_openssl_program),
        cmocka_unit_test(what_is_no_plain_ec_key_is_refused),
        cmocka_unit_test(damaged_sec1_keys_are_refused),
        cmocka_unit_test(a_scalar_out_of_range_is_no_key),
        cmocka_unit_test(the_chain_must_certify_the_signers_own_key),
        cmocka_unit_test(key_and_chain_are_read_from_pem),
        cmocka_unit_test(loading_and_signing_survive_allocation_failure),
    };
    return run_on_both("signer", tests, ARRAY_LENGTH(tests));
}
