/* Project Wycheproof (github.com/C2SP/wycheproof, Apache-2.0): its testvectors_v1 folder as
 * $NW_DATA/wycheproof. Every file below is run where it is there. */
#include "support.h"

#include <jansson.h>

#include "crypto/crypto.h"

static const char *text_of(const json_t *o, const char *name)
{
    const char *s = json_string_value(json_object_get(o, name));
    assert_non_null(s);
    return s;
}

static struct nw_slice bytes_of(const json_t *o, const char *name)
{
    return test_hex(text_of(o, name));
}

/* NULL when the file is not there. */
static json_t *load(const char *file)
{
    char below[128];
    (void)snprintf(below, sizeof below, "wycheproof/%s", file);
    const char *path = test_data(below);
    json_t *all = path == NULL ? NULL : json_load_file(path, 0, NULL);
    if (path != NULL && all == NULL) {
        (void)fprintf(stderr, "SKIPPED: %s is not in the test corpora\n", below);
    }
    return all;
}

static void compare(const json_t *test, bool accepted, unsigned *run)
{
    const char *result = text_of(test, "result");
    /* "acceptable" leaves both answers open */
    bool wrong =
        (strcmp(result, "valid") == 0 && !accepted) || (strcmp(result, "invalid") == 0 && accepted);
    if (wrong) {
        fail_msg("%s: %lld is %s: %s", nw_crypto_name(test_crypto()),
                 (long long)json_integer_value(json_object_get(test, "tcId")), result,
                 text_of(test, "comment"));
    }
    (*run)++;
}

static enum nw_err key_of(const json_t *group, struct nw_pubkey **k)
{
    return nw_pubkey_from_spki(test_crypto(), bytes_of(group, "publicKeyDer"), k);
}

static void run_signatures(const char *file, enum nw_sig_alg alg)
{
    json_t *all = load(file);
    json_t *group;
    json_t *test;
    size_t g;
    size_t t;
    unsigned run = 0;
    json_array_foreach(json_object_get(all, "testGroups"), g, group)
    {
        struct nw_pubkey *k = NULL;
        enum nw_err e = key_of(group, &k);
        if (e == NW_ERR_ALG_UNSUPPORTED) {
            continue;
        }
        assert_ok(e);
        json_array_foreach(json_object_get(group, "tests"), t, test)
        {
            struct nw_slice m = bytes_of(test, "msg");
            e = nw_verify(test_crypto(), alg, k, &m, 1, bytes_of(test, "sig"));
            assert_false(nw_err_is_ours(e));
            compare(test, e == NW_OK, &run);
        }
        nw_pubkey_free(&k);
        test_reset();
    }
    (void)printf("%s: %u cases\n", file, run);
    json_decref(all);
}

static void signatures_are_judged_as_wycheproof_says(void **state)
{
    (void)state;
    run_signatures("ecdsa_secp256r1_sha256_p1363_test.json", NW_ES256);
    run_signatures("ecdsa_secp384r1_sha384_p1363_test.json", NW_ES384);
    run_signatures("ecdsa_secp521r1_sha512_p1363_test.json", NW_ES512);
    run_signatures("rsa_signature_2048_sha256_test.json", NW_RS256);
    run_signatures("rsa_pss_2048_sha256_mgf1_32_test.json", NW_PS256);
    run_signatures("ed25519_test.json", NW_EDDSA);
}

static void open_one(const json_t *test, unsigned *run)
{
    struct nw_buf sealed = NW_BUF(1u << 16);
    struct nw_buf plain = NW_BUF(1u << 16);
    nw_buf_put(&sealed, bytes_of(test, "ct"));
    nw_buf_put(&sealed, bytes_of(test, "tag"));
    enum nw_err e = nw_aead_open(test_crypto(), bytes_of(test, "key"), bytes_of(test, "iv"),
                                 bytes_of(test, "aad"), nw_buf_slice(&sealed), &plain);
    compare(test, e == NW_OK && nw_slice_eq(nw_buf_slice(&plain), bytes_of(test, "msg")), run);
    nw_buf_free(&sealed);
    nw_buf_free(&plain);
}

static void aes_gcm_is_opened_as_wycheproof_says(void **state)
{
    (void)state;
    json_t *all = load("aes_gcm_test.json");
    json_t *group;
    json_t *test;
    size_t g;
    size_t t;
    unsigned run = 0;
    json_array_foreach(json_object_get(all, "testGroups"), g, group)
    {
        json_int_t key = json_integer_value(json_object_get(group, "keySize"));
        if (json_integer_value(json_object_get(group, "ivSize")) != 96 || key == 192) {
            continue;
        }
        json_array_foreach(json_object_get(group, "tests"), t, test)
        {
            open_one(test, &run);
        }
        test_reset();
    }
    (void)printf("aes_gcm_test.json: %u cases\n", run);
    json_decref(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_are_judged_as_wycheproof_says),
        cmocka_unit_test(aes_gcm_is_opened_as_wycheproof_says),
    };
    return run_on_both("wycheproof", tests, ARRAY_LENGTH(tests));
}
