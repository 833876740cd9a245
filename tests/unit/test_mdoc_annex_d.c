/* ISO/IEC 18013-5 Annex D: issuer signature, six digests, chain, device MAC; see
 * data/mdoc/annexd/SOURCE. */
#include "cose/cose.h"
#include "crypto/cert.h"
#include "mdoc/mdoc.h"
#include "mdoc/transcript.h"
#include "support.h"

#define THEN 1606780800 /* 2020-12-01T00:00:00Z */
#define DATA NW_TEST_UNIT_DATA "/mdoc/annexd/"
#define READER_KEY "de3b4b9e5f72dd9b58406ae3091434da48a6f9fd010d88fcb0958e2cebec947c" /* keys.txt  \
                                                                                       */
#define MDL "org.iso.18013.5.1.mDL"
#define MDL_SPACE "org.iso.18013.5.1"

static struct nw_slice data(const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s%s", DATA, name);
    struct nw_slice text = test_file(path);
    assert_true(text.n > 0);
    struct nw_buf digits = NW_BUF(1u << 16);
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '\n') {
            nw_buf_putc(&digits, text.p[i]);
        }
    }
    struct nw_slice bytes = test_hex(nw_buf_cstr(&digits));
    nw_buf_free(&digits);
    return bytes;
}

static struct nw_pubkey *signer_key(void)
{
    struct nw_cert cert;
    struct nw_pubkey *key = NULL;
    assert_ok(nw_cert_parse(data("ds-cert.hex"), &cert, NULL));
    assert_ok(nw_pubkey_from_spki(test_crypto(), cert.spki, &key));
    return key;
}

struct example {
    struct nw_device_response response;
    struct nw_mdoc m;
    struct nw_checks checks;
};

static void open_example(struct nw_slice in, struct example *x)
{
    struct nw_pubkey *key = signer_key();
    memset(&x->checks, 0, sizeof x->checks);
    assert_ok(nw_device_response_parse(in, &x->response, &x->checks, NULL));
    assert_int_equal(x->response.document_n, 1);
    assert_true(nw_slice_is(x->response.doc_type[0], MDL));
    assert_ok(nw_device_response_document(&x->response, 0, &x->m, &x->checks, NULL));
    assert_ok(nw_mdoc_verify(test_crypto(), &x->m, key, &x->checks, NULL));
    nw_pubkey_free(&key);
}

static void close_example(struct example *x)
{
    nw_mdoc_free(&x->m);
    nw_device_response_free(&x->response);
}

static void issuer_signature_and_six_of_six_digests_verify(void **state)
{
    (void)state;
    static struct example x;
    open_example(data("device-response.hex"), &x);
    assert_int_equal(x.m.item_n, 6);
    assert_true(nw_slice_is(x.m.mso.doc_type, MDL));
    assert_true(x.m.undisclosed > 0);
    assert_true(nw_check_passed(&x.checks, "MSO-01") && nw_check_passed(&x.checks, "MSO-02") &&
                nw_check_passed(&x.checks, "MSO-03") && nw_check_passed(&x.checks, "MSO-04") &&
                nw_check_passed(&x.checks, "MSO-05"));
    const struct nw_mdoc_item *name = nw_mdoc_find(&x.m, MDL_SPACE, "family_name");
    assert_non_null(name);
    struct nw_cbor r = nw_cbor_open(name->value);
    assert_true(nw_slice_is(nw_cbor_text(&r), "Doe"));
    assert_null(nw_mdoc_find(&x.m, MDL_SPACE, "given_name"));
    close_example(&x);
}

static void the_signer_leads_to_the_iaca_root(void **state)
{
    (void)state;
    static struct example x;
    size_t used = 9;
    open_example(data("device-response.hex"), &x);
    const struct nw_slice root = data("iaca-cert.hex");
    struct nw_path path = {.chain = x.m.auth.chain,
                           .chain_n = x.m.auth.chain_n,
                           .anchors = &root,
                           .anchor_n = 1,
                           .at = THEN,
                           .profile = NW_CERT_MDOC_DS};
    assert_true(nw_slice_eq(x.m.auth.chain[0], data("ds-cert.hex")));
    assert_ok(nw_path_check(test_crypto(), &path, NULL, &used, NULL));
    assert_int_equal(used, 0);
    path.at = 1795305600; /* 2026: the signer has expired */
    assert_err(nw_path_check(test_crypto(), &path, NULL, &used, NULL), NW_ERR_CERT_TIME);
    close_example(&x);
}

static void times_hold_with_the_clock_of_the_example(void **state)
{
    (void)state;
    static struct example x;
    struct nw_cert ds;
    open_example(data("device-response.hex"), &x);
    assert_ok(nw_cert_parse(x.m.auth.chain[0], &ds, NULL));
    assert_ok(nw_mdoc_times(&x.m, ds.not_before, ds.not_after, THEN, 0, &x.checks, NULL));
    assert_true(nw_check_passed(&x.checks, "MSO-06"));
    assert_err(nw_mdoc_times(&x.m, ds.not_before, ds.not_after, 1795305600, 0, NULL, NULL),
               NW_ERR_EXPIRED);
    close_example(&x);
}

static enum nw_err device(struct example *x, struct nw_slice transcript, bool refuse_mac,
                          bool *proven)
{
    struct nw_signer *reader = NULL;
    struct nw_slice array;
    assert_ok(nw_transcript_open(transcript, &array, NULL));
    assert_ok(nw_signer_from_scalar(test_crypto(), test_hex(READER_KEY), &reader));
    const struct nw_device_policy policy = {
        .transcript = array, .reader_key = reader, .refuse_mac = refuse_mac, .required = true};
    enum nw_err e = nw_mdoc_device(test_crypto(), &x->m, &policy, proven, &x->checks, NULL);
    nw_signer_free(&reader);
    return e;
}

static void device_mac_verifies_over_the_transcript(void **state)
{
    (void)state;
    static struct example x;
    bool proven = false;
    open_example(data("device-response.hex"), &x);
    assert_ok(device(&x, data("session-transcript-bytes.hex"), false, &proven));
    assert_true(proven);
    assert_true(nw_check_passed(&x.checks, "DEV-01") && nw_check_passed(&x.checks, "DEV-02") &&
                nw_check_passed(&x.checks, "DEV-03") && nw_check_passed(&x.checks, "DEV-04"));
    close_example(&x);
}

static void emac_key_is_the_published_one(void **state)
{
    (void)state;
    static struct example x;
    struct nw_signer *reader = NULL;
    struct nw_pubkey *device_key = NULL;
    struct nw_slice array;
    uint8_t key[NW_SHA256_BYTES];
    open_example(data("device-response.hex"), &x);
    assert_ok(nw_cose_key_parse(test_crypto(), x.m.mso.device_key, &device_key, NULL));
    assert_ok(nw_signer_from_scalar(test_crypto(), test_hex(READER_KEY), &reader));
    assert_ok(nw_transcript_open(data("session-transcript-bytes.hex"), &array, NULL));
    assert_ok(nw_mac_key(test_crypto(), reader, device_key, array, key));
    assert_memory_equal(
        key, test_hex("dc2b9566fdaaae3c06baa40993cd0451aeba15e7677ef5305f6531f3533c35dd").p, 32);
    nw_pubkey_free(&device_key);
    nw_signer_free(&reader);
    close_example(&x);
}

static void device_mac_over_another_transcript_is_refused(void **state)
{
    (void)state;
    static struct example x;
    bool proven = false;
    struct nw_buf other = NW_BUF(4096);
    open_example(data("device-response.hex"), &x);
    nw_buf_put(&other, data("session-transcript-bytes.hex"));
    other.p[other.n - 1] ^= 1;
    assert_err(device(&x, nw_buf_slice(&other), false, &proven), NW_ERR_DEVICE_SESSION);
    assert_false(proven);
    assert_true(nw_check_failed(&x.checks, "DEV-04"));
    nw_buf_free(&other);
    close_example(&x);
}

static void a_policy_may_refuse_the_mac(void **state)
{
    (void)state;
    static struct example x;
    bool proven = false;
    open_example(data("device-response.hex"), &x);
    assert_err(device(&x, data("session-transcript-bytes.hex"), true, &proven), NW_ERR_DEVICE_MAC);
    assert_false(proven);
    assert_true(nw_check_failed(&x.checks, "DEV-02"));
    close_example(&x);
}

/* Every byte of every element is under a digest: no flip goes unnoticed. */
static void a_flipped_byte_in_an_element_is_refused(void **state)
{
    (void)state;
    static struct example x;
    struct nw_pubkey *key = signer_key();
    struct nw_buf bytes = NW_BUF(8192);
    nw_buf_put(&bytes, data("device-response.hex"));
    struct nw_slice doe = nw_str("Doe");
    size_t at = 0;
    while (memcmp(bytes.p + at, doe.p, doe.n) != 0) {
        at++;
    }
    bytes.p[at] ^= 1;
    memset(&x.checks, 0, sizeof x.checks);
    assert_ok(nw_device_response_parse(nw_buf_slice(&bytes), &x.response, &x.checks, NULL));
    assert_ok(nw_device_response_document(&x.response, 0, &x.m, &x.checks, NULL));
    assert_err(nw_mdoc_verify(test_crypto(), &x.m, key, &x.checks, NULL), NW_ERR_MSO_DIGEST);
    assert_true(nw_check_failed(&x.checks, "MSO-04") && nw_check_passed(&x.checks, "MSO-02"));
    close_example(&x);
    nw_buf_free(&bytes);
    nw_pubkey_free(&key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(issuer_signature_and_six_of_six_digests_verify),
        cmocka_unit_test(the_signer_leads_to_the_iaca_root),
        cmocka_unit_test(times_hold_with_the_clock_of_the_example),
        cmocka_unit_test(device_mac_verifies_over_the_transcript),
        cmocka_unit_test(emac_key_is_the_published_one),
        cmocka_unit_test(device_mac_over_another_transcript_is_refused),
        cmocka_unit_test(a_policy_may_refuse_the_mac),
        cmocka_unit_test(a_flipped_byte_in_an_element_is_refused),
    };
    return run_on_both("mdoc_annex_d", tests, ARRAY_LENGTH(tests));
}
