#include "support.h"

#include "crypto/crypto.h"

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
}

/* RFC 6979 A.2.5: the P-256 key, its signature of "sample" with SHA-256 */
#define KEY_POINT                                                                                  \
    "04 60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"                          \
    "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"
#define SAMPLE_SIG                                                                                 \
    "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"                             \
    "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"

static struct nw_pubkey *sample_key(void)
{
    struct nw_pubkey *k = NULL;
    assert_ok(nw_pubkey_from_point(test_crypto(), NW_KEY_P256, test_hex(KEY_POINT), &k));
    return k;
}

static void the_rfc_6979_signature_is_good_for_its_message_only(void **state)
{
    (void)state;
    struct nw_pubkey *k = sample_key();
    struct nw_slice m = nw_str("sample");
    struct nw_slice other = nw_str("samplf");
    struct nw_slice sig = test_hex(SAMPLE_SIG);
    assert_ok(nw_verify(test_crypto(), NW_ES256, k, &m, 1, sig));
    assert_err(nw_verify(test_crypto(), NW_ES256, k, &other, 1, sig), NW_ERR_SIGNATURE);
    nw_pubkey_free(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_give_the_published_digests),
        cmocka_unit_test(the_rfc_6979_signature_is_good_for_its_message_only),
    };
    return run_on_both("crypto", tests, ARRAY_LENGTH(tests));
}
