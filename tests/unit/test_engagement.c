/* Device engagement: Annex D, what may follow it, and each way of being wrong. */
#include "base/codec.h"
#include "crypto/signer.h"
#include "mdoc/engagement.h"
#include "mdoc/session.h"
#include "support.h"
#include "test_annexd.h"

#define KEY                                                                                        \
    "d818584ba4010220012158205a88d182bce5f42efa59943f33359d2e8a968ff289d93e5fa444b624343167fe"     \
    "225820b16e8cf858ddc7690407ba61d4c338237a8cfcf3de6aa672fc60a557aa32fc67"
#define KEY_CUT /* x and the sign of y */                                                          \
    "d818582aa4010220012158205a88d182bce5f42efa59943f33359d2e8a968ff289d93e5fa444b624343167fe22f5"
#define KEY_OFF                                                                                    \
    "d818584ba4010220012158205a88d182bce5f42efa59943f33359d2e8a968ff289d93e5fa444b624343167fe"     \
    "225820b16e8cf858ddc7690407ba61d4c338237a8cfcf3de6aa672fc60a557aa32fc66"
#define KEY_X448                                                                                   \
    "d818582aa401012005215820"                                                                     \
    "5a88d182bce5f42efa59943f33359d2e8a968ff289d93e5fa444b624343167fe030a"
#define KEY_BRAINPOOL                                                                              \
    "d818584da401022019010021582"                                                                  \
    "05a88d182bce5f42efa59943f33359d2e8a968ff289d93e5fa444b624343167fe225820b16e8cf858ddc7690407b" \
    "a61d4c338237a8cfcf3de6aa672fc60a557aa32fc67"
#define UUID "45efef742b2c4837a9a3b0e1d05a6917"
#define HEAD "0063312e30 01 8201" KEY
#define BLE "83 02 01 a3 00f4 01f5 0b50" UUID

struct row {
    const char *what, *hex;
    enum nw_err err;
};

/* base64url (RFC 4648 5) of the Annex D engagement, by Python. */
#define QR                                                                                         \
    "mdoc:owBjMS4wAYIB2BhYS6QBAiABIVggWojRgrzl9C76WZQ_MzWdLoqWj_KJ2T5fpES2JDQxZ_4iWCCxboz4WN3Ha"   \
    "QQHumHUwzgjeoz8895qpnL8YKVXqjL8ZwKBgwIBowD0AfULUEXv73QrLEg3qaOw4dBaaRc"

static void annex_d_is_read(void **state)
{
    (void)state;
    struct nw_engagement e;
    struct nw_pubkey *key = NULL;
    struct nw_slice raw = test_annexd("device-engagement.hex");
    assert_ok(nw_engagement_parse(raw, &e, NULL));
    assert_int_equal(e.minor, 0);
    assert_true(nw_slice_eq(e.raw, raw));
    assert_true(nw_slice_eq(e.device_key, nw_slice_from(test_annexd("e-device-key-bytes.hex"), 4)));
    assert_int_equal(e.method_n, 1);
    const struct nw_retrieval *ble = nw_engagement_method(&e, NW_RETRIEVAL_BLE);
    assert_non_null(ble);
    assert_null(nw_engagement_method(&e, NW_RETRIEVAL_NFC));
    assert_false(ble->ble.peripheral);
    assert_true(ble->ble.central);
    assert_true(nw_slice_eq(ble->ble.central_uuid, test_hex(UUID)));
    assert_int_equal(ble->ble.peripheral_uuid.n, 0);
    assert_false(e.reader_auth_all || e.handover_establishment || e.extended_request);
    assert_ok(nw_engagement_key(test_crypto(), &e, &key, NULL));
    struct nw_signer *device = test_annexd_key("ephemeral-device-key");
    assert_true(nw_slice_eq(nw_pubkey_point(key), nw_pubkey_point(nw_signer_pubkey(device))));
    nw_signer_free(&device);
    nw_pubkey_free(&key);
}

static void annex_d_is_written_byte_for_byte(void **state)
{
    (void)state;
    struct nw_signer *device = test_annexd_key("ephemeral-device-key");
    struct nw_engagement m = {.method_n = 1};
    struct nw_buf out = NW_BUF(NW_MAX_ENGAGEMENT), key = NW_BUF(256), qr = NW_BUF(4096);
    m.method[0].kind = NW_RETRIEVAL_BLE;
    m.method[0].ble.central = true;
    m.method[0].ble.central_uuid = test_hex(UUID);
    assert_ok(nw_engagement_write(nw_signer_pubkey(device), &m, &out, NULL));
    assert_true(nw_slice_eq(nw_buf_slice(&out), test_annexd("device-engagement.hex")));
    assert_ok(nw_session_key_bytes(nw_signer_pubkey(device), &key));
    assert_true(nw_slice_eq(nw_buf_slice(&key), test_annexd("e-device-key-bytes.hex")));
    nw_engagement_to_qr(nw_buf_slice(&out), &qr);
    assert_string_equal(nw_buf_cstr(&qr), QR);
    nw_buf_free(&qr);
    nw_buf_free(&key);
    nw_buf_free(&out);
    nw_signer_free(&device);
}

static void qr_text_is_read_whatever_case_its_scheme_has(void **state)
{
    (void)state;
    struct nw_buf own = NW_BUF(NW_MAX_ENGAGEMENT);
    struct nw_engagement e;
    assert_ok(nw_engagement_from_qr(nw_str(QR), &own, &e, NULL));
    assert_true(nw_slice_eq(e.raw, test_annexd("device-engagement.hex")));
    char text[] = QR;
    memcpy(text, "MDoc:", 5);
    assert_ok(nw_engagement_from_qr(nw_str(text), &own, &e, NULL));
    static const struct {
        const char *text;
        enum nw_err err;
    } bad[] = {
        {"", NW_ERR_ENGAGEMENT_FORM},
        {"mdoc", NW_ERR_ENGAGEMENT_FORM},
        {"ndoc:owBj", NW_ERR_ENGAGEMENT_FORM},
        {" " QR, NW_ERR_ENGAGEMENT_FORM},
        {QR "=", NW_ERR_BASE64URL},
        {QR " ", NW_ERR_BASE64URL},
        {QR "AA", NW_ERR_BASE64URL},
        {"mdoc:", NW_ERR_TRUNCATED},
        {"mdoc://owBj", NW_ERR_BASE64URL},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        enum nw_err err = nw_engagement_from_qr(nw_str(bad[i].text), &own, &e, NULL);
        if (err != bad[i].err) {
            (void)fprintf(stderr, "%s\n", bad[i].text);
        }
        assert_err(err, bad[i].err);
    }
    nw_buf_free(&own);
}

/* By NFC the methods stand elsewhere; a QR code that names none leads nowhere. */
static void an_engagement_without_methods_is_for_nfc_only(void **state)
{
    (void)state;
    struct nw_engagement e;
    struct nw_buf own = NW_BUF(NW_MAX_ENGAGEMENT), qr = NW_BUF(4096);
    struct nw_slice bare = test_hex("a2" HEAD);
    assert_ok(nw_engagement_parse(bare, &e, NULL));
    assert_int_equal(e.method_n, 0);
    nw_engagement_to_qr(bare, &qr);
    assert_err(nw_engagement_from_qr(nw_buf_slice(&qr), &own, &e, NULL), NW_ERR_ENGAGEMENT_FORM);
    nw_buf_free(&own);
    nw_buf_free(&qr);
}

static void what_is_not_known_is_passed_over(void **state)
{
    (void)state;
    static const char *const good[] = {
        "a2 0063312e37 01 8201" KEY,         /* minor version 7 */
        "a3" HEAD "03 a1 66776562417069 80", /* first edition: server retrieval */
        "a3" HEAD "18 2a f6",                /* a key to come */
        "a3" HEAD "20 63616263",             /* an extension */
        "a3" HEAD "02 81 83 07 01 a0",       /* a method to come */
        "a3" HEAD "02 81 83 02 02 80",       /* BLE to come */
        "a3" HEAD "02 81 83 02 01 a4 00f4 01f5 0b50" UUID "18 63 01", /* an option to come */
        "a4" HEAD "05 80 06 a1 18 63 f6",                             /* a capability to come */
        "a2 0063312e30 01 8201" KEY_CUT,                              /* a compressed point */
    };
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++) {
        struct nw_engagement e;
        struct nw_diag d = {0};
        if (nw_engagement_parse(test_hex(good[i]), &e, &d) != NW_OK) {
            (void)fprintf(stderr, "%zu: %s\n", i, d.detail);
        }
        assert_ok(nw_engagement_parse(test_hex(good[i]), &e, NULL));
        assert_null(nw_engagement_method(&e, NW_RETRIEVAL_NFC));
    }
}

static void what_is_wrong_is_refused(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"empty", "", NW_ERR_TRUNCATED},
        {"trailing byte", "a2" HEAD "00", NW_ERR_TRAILING},
        {"truncated", "a3" HEAD "02", NW_ERR_TRUNCATED},
        {"indefinite length", "bf" HEAD "ff", NW_ERR_CBOR_INDEFINITE},
        {"key not in shortest form", "a2 180063312e30 01 8201" KEY, NW_ERR_CBOR_SHORTEST},
        {"duplicate key", "a3" HEAD "00 63312e30", NW_ERR_CBOR_DUPLICATE},
        {"an array", "82 00 01", NW_ERR_ENGAGEMENT_FORM},
        {"a text key", "a3" HEAD "6161 00", NW_ERR_ENGAGEMENT_FORM},
        {"no version", "a1 01 8201" KEY, NW_ERR_ENGAGEMENT_FORM},
        {"version 2.0", "a2 0063322e30 01 8201" KEY, NW_ERR_ENGAGEMENT_FORM},
        {"version 1", "a2 006131 01 8201" KEY, NW_ERR_ENGAGEMENT_FORM},
        {"version 1.x", "a2 0063312e78 01 8201" KEY, NW_ERR_ENGAGEMENT_FORM},
        {"version as number", "a2 00 01 01 8201" KEY, NW_ERR_ENGAGEMENT_FORM},
        {"no security", "a1 0063312e30", NW_ERR_ENGAGEMENT_FORM},
        {"security of three", "a2 0063312e30 01 8301" KEY "00", NW_ERR_ENGAGEMENT_FORM},
        {"cipher suite 2", "a2 0063312e30 01 8202" KEY, NW_ERR_CIPHER_SUITE},
        {"key without tag", "a2 0063312e30 01 82 01 41a0", NW_ERR_ENGAGEMENT_FORM},
        {"key of another tag", "a2 0063312e30 01 82 01 d819 41a0", NW_ERR_ENGAGEMENT_FORM},
        {"key that is no CBOR", "a2 0063312e30 01 82 01 d818 41ff", NW_ERR_ENGAGEMENT_FORM},
        {"methods empty", "a3" HEAD "02 80", NW_ERR_ENGAGEMENT_FORM},
        {"method of two", "a3" HEAD "02 81 82 02 01", NW_ERR_ENGAGEMENT_FORM},
        {"method twice", "a3" HEAD "02 82" BLE BLE, NW_ERR_ENGAGEMENT_FORM},
        {"nine methods",
         "a3" HEAD "02 89 830701a0 830801a0 830901a0 830a01a0 830b01a0 830c01a0 830d01a0 830e01a0"
         "830f01a0",
         NW_ERR_LIMIT},
        {"BLE options no map", "a3" HEAD "02 81 83 02 01 80", NW_ERR_ENGAGEMENT_FORM},
        {"BLE without modes", "a3" HEAD "02 81 83 02 01 a2 00f4 01f4", NW_ERR_ENGAGEMENT_FORM},
        {"BLE mode missing", "a3" HEAD "02 81 83 02 01 a2 01f5 0b50" UUID, NW_ERR_ENGAGEMENT_FORM},
        {"BLE mode as number", "a3" HEAD "02 81 83 02 01 a3 0000 01f5 0b50" UUID,
         NW_ERR_ENGAGEMENT_FORM},
        {"UUID for another mode", "a3" HEAD "02 81 83 02 01 a3 00f4 01f5 0a50" UUID,
         NW_ERR_ENGAGEMENT_FORM},
        {"UUID missing", "a3" HEAD "02 81 83 02 01 a2 00f4 01f5", NW_ERR_ENGAGEMENT_FORM},
        {"UUID of 15 bytes",
         "a3" HEAD "02 81 83 02 01 a3 00f4 01f5 0b4f 45efef742b2c4837a9a3b0e1d05a69",
         NW_ERR_ENGAGEMENT_FORM},
        {"address without peripheral mode",
         "a3" HEAD "02 81 83 02 01 a4 00f4 01f5 0b50" UUID "14 46 010203040506",
         NW_ERR_ENGAGEMENT_FORM},
        {"NFC length missing", "a3" HEAD "02 81 83 01 01 a1 00 19ffff", NW_ERR_ENGAGEMENT_FORM},
        {"Wi-Fi bands as text", "a3" HEAD "02 81 83 03 01 a1 03 6100", NW_ERR_ENGAGEMENT_FORM},
        {"capability false", "a4" HEAD "05 80 06 a1 03 f4", NW_ERR_ENGAGEMENT_FORM},
        {"capability as number", "a4" HEAD "05 80 06 a1 04 01", NW_ERR_ENGAGEMENT_FORM},
        {"deep", "a3" HEAD "03 81818181818181818181 80", NW_ERR_CBOR_DEPTH},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_engagement e;
        struct nw_diag d = {0};
        enum nw_err err = nw_engagement_parse(test_hex(rows[i].hex), &e, &d);
        if (err != rows[i].err) {
            (void)fprintf(stderr, "%s\n", rows[i].what);
        }
        assert_err(err, rows[i].err);
        assert_int_equal(d.code, err);
    }
    static uint8_t large[NW_MAX_ENGAGEMENT + 1];
    struct nw_engagement e;
    assert_err(nw_engagement_parse(nw_slice(large, sizeof large), &e, NULL), NW_ERR_LIMIT);
}

static void a_key_that_cannot_agree_is_refused(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"off the curve", "a2 0063312e30 01 8201" KEY_OFF, NW_ERR_KEY},
        {"X448", "a2 0063312e30 01 8201" KEY_X448, NW_ERR_CIPHER_SUITE},
        {"off a Brainpool curve", "a2 0063312e30 01 8201" KEY_BRAINPOOL, NW_ERR_KEY},
        {"no key", "a2 0063312e30 01 8201 d81841a0", NW_ERR_CIPHER_SUITE},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_engagement e;
        struct nw_pubkey *key = NULL;
        assert_ok(nw_engagement_parse(test_hex(rows[i].hex), &e, NULL));
        enum nw_err err = nw_engagement_key(test_crypto(), &e, &key, NULL);
        if (err != rows[i].err) {
            (void)fprintf(stderr, "%s\n", rows[i].what);
        }
        assert_err(err, rows[i].err);
        assert_null(key);
    }
}

static void every_method_and_capability_is_written_as_it_is_read(void **state)
{
    (void)state;
    struct nw_signer *device = test_annexd_key("ephemeral-device-key");
    struct nw_engagement m = {
        .method_n = 3, .handover_establishment = true, .reader_auth_all = true};
    m.method[0].kind = NW_RETRIEVAL_NFC;
    m.method[0].nfc.command_max = 65535;
    m.method[0].nfc.response_max = 65536;
    m.method[1].kind = NW_RETRIEVAL_BLE;
    m.method[1].ble.peripheral = true;
    m.method[1].ble.central = true;
    m.method[1].ble.peripheral_uuid = test_hex(UUID);
    m.method[1].ble.central_uuid = test_hex(UUID);
    m.method[1].ble.address = test_hex("010203040506");
    m.method[1].ble.psm = 192;
    m.method[2].kind = NW_RETRIEVAL_WIFI;
    m.method[2].wifi.pass_phrase = nw_str("secret");
    m.method[2].wifi.has_operating_class = true;
    m.method[2].wifi.operating_class = 81;
    m.method[2].wifi.has_channel = true;
    m.method[2].wifi.channel = 6;
    m.method[2].wifi.bands = test_hex("04");
    struct nw_buf out = NW_BUF(NW_MAX_ENGAGEMENT);
    struct nw_engagement e;
    assert_ok(nw_engagement_write(nw_signer_pubkey(device), &m, &out, NULL));
    assert_ok(nw_engagement_parse(nw_buf_slice(&out), &e, NULL));
    assert_int_equal(e.minor, 1);
    assert_int_equal(e.method_n, 3);
    assert_int_equal(nw_engagement_method(&e, NW_RETRIEVAL_NFC)->nfc.response_max, 65536);
    assert_int_equal(nw_engagement_method(&e, NW_RETRIEVAL_BLE)->ble.psm, 192);
    assert_int_equal(nw_engagement_method(&e, NW_RETRIEVAL_BLE)->ble.address.n, 6);
    assert_int_equal(nw_engagement_method(&e, NW_RETRIEVAL_WIFI)->wifi.channel, 6);
    assert_true(
        nw_slice_is(nw_engagement_method(&e, NW_RETRIEVAL_WIFI)->wifi.pass_phrase, "secret"));
    assert_true(e.handover_establishment && e.reader_auth_all && !e.extended_request);
    /* the twin: a mode without its UUID */
    m.method[1].ble.central_uuid = NW_SLICE_EMPTY;
    size_t before = out.n;
    assert_err(nw_engagement_write(nw_signer_pubkey(device), &m, &out, NULL),
               NW_ERR_ENGAGEMENT_FORM);
    assert_int_equal(out.n, before);
    nw_buf_free(&out);
    nw_signer_free(&device);
}

static enum nw_err write_and_read(void *ctx)
{
    struct nw_signer *device = ctx;
    struct nw_engagement m = {.reader_auth_all = true, .method_n = 1}, e;
    struct nw_buf out = NW_BUF(NW_MAX_ENGAGEMENT), qr = NW_BUF(4096), own = NW_BUF(4096);
    struct nw_pubkey *key = NULL;
    m.method[0].kind = NW_RETRIEVAL_NFC;
    enum nw_err err = nw_engagement_write(nw_signer_pubkey(device), &m, &out, NULL);
    if (err == NW_OK) {
        nw_engagement_to_qr(nw_buf_slice(&out), &qr);
        err = nw_buf_err(&qr);
    }
    if (err == NW_OK) {
        err = nw_engagement_from_qr(nw_buf_slice(&qr), &own, &e, NULL);
    }
    if (err == NW_OK) {
        err = nw_engagement_key(test_crypto(), &e, &key, NULL);
    }
    nw_pubkey_free(&key);
    nw_buf_free(&out);
    nw_buf_free(&qr);
    nw_buf_free(&own);
    return err;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    struct nw_signer *device = test_annexd_key("ephemeral-device-key");
    survives_allocation_failure(write_and_read, device, NULL);
    nw_signer_free(&device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(annex_d_is_read),
        cmocka_unit_test(annex_d_is_written_byte_for_byte),
        cmocka_unit_test(qr_text_is_read_whatever_case_its_scheme_has),
        cmocka_unit_test(an_engagement_without_methods_is_for_nfc_only),
        cmocka_unit_test(what_is_not_known_is_passed_over),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(a_key_that_cannot_agree_is_refused),
        cmocka_unit_test(every_method_and_capability_is_written_as_it_is_read),
        cmocka_unit_test(memory_may_run_out),
    };
    return run_on_both("engagement", tests, ARRAY_LENGTH(tests));
}
