/* Session encryption: Annex D both ways, and each way a message can be wrong. */
#include "cbor/cbor.h"
#include "mdoc/engagement.h"
#include "mdoc/session.h"
#include "mdoc/transcript.h"
#include "support.h"
#include "test_annexd.h"

/* specs: HKDF over ECDH of the ephemeral keys, recomputed with Python's cryptography. */
#define SECRET "6423502f843d8cda01fbd9fa46cb397534a740ab1ec3d1076fbcb12e1dca2589"
#define SK_READER "58d277d8719e62a1561d248f403f477e9e6c37bf5d5fc5126f8f4c727c22dfc9"
#define SK_DEVICE "81d170e07fbdac93c1a676242c2576124a380d87bb73ed9ce4834de2272cf409"
#define MESSAGE_MAX (64u << 10)

struct pair {
    struct nw_signer *reader_key, *device_key;
    struct nw_session *reader, *device;
    struct nw_buf key_bytes, text, message;
    struct nw_establishment m;
};

static struct nw_slice annexd_transcript(void)
{
    struct nw_slice transcript = NW_SLICE_EMPTY;
    assert_ok(nw_transcript_open(test_annexd("session-transcript-bytes.hex"), &transcript, NULL));
    return transcript;
}

static struct nw_session *session(enum nw_session_role role, struct nw_signer *own,
                                  struct nw_signer *other, struct nw_slice transcript)
{
    struct nw_session *s = NULL;
    assert_ok(nw_session_new(test_crypto(), role, own, nw_signer_pubkey(other), transcript, &s));
    return s;
}

static void open_pair(struct pair *p)
{
    *p = (struct pair){.key_bytes = NW_BUF(256),
                       .text = NW_BUF_SECRET(MESSAGE_MAX),
                       .message = NW_BUF(MESSAGE_MAX)};
    p->reader_key = test_annexd_key("ephemeral-reader-key");
    p->device_key = test_annexd_key("ephemeral-device-key");
    p->reader = session(NW_SESSION_READER, p->reader_key, p->device_key, annexd_transcript());
    p->device = session(NW_SESSION_DEVICE, p->device_key, p->reader_key, annexd_transcript());
    assert_ok(nw_session_key_bytes(nw_signer_pubkey(p->reader_key), &p->key_bytes));
}

static void close_pair(struct pair *p)
{
    nw_session_free(&p->reader);
    nw_session_free(&p->device);
    nw_signer_free(&p->reader_key);
    nw_signer_free(&p->device_key);
    nw_buf_free(&p->key_bytes);
    nw_buf_free(&p->text);
    nw_buf_free(&p->message);
}

/* The reader's first message, taken by the device. */
static void establish(struct pair *p)
{
    open_pair(p);
    assert_ok(nw_session_establish(p->reader, nw_buf_slice(&p->key_bytes), nw_str("request"),
                                   &p->message));
    assert_ok(nw_establishment_parse(nw_buf_slice(&p->message), &p->m, NULL));
    assert_ok(nw_session_accept(p->device, &p->m, &p->text, NULL));
    assert_true(nw_slice_is(nw_buf_slice(&p->text), "request"));
    nw_buf_reset(&p->text);
    nw_buf_reset(&p->message);
}

static void send(struct pair *p, struct nw_session *s, const char *text, bool last)
{
    nw_buf_reset(&p->message);
    assert_ok(nw_session_send(s, nw_str(text), last, &p->message));
}

/* e, and if it is a failure: nothing came out, and the session is over. */
static void receives(struct pair *p, struct nw_session *s, struct nw_slice in, enum nw_err e)
{
    uint64_t status = 99;
    nw_buf_reset(&p->text);
    assert_err(nw_session_receive(s, in, &p->text, &status, NULL), e);
    if (e != NW_OK) {
        assert_int_equal(status, 99);
        assert_int_equal(p->text.n, 0);
        assert_true(nw_session_is_over(s));
    }
}

static void annex_d_is_decrypted_both_ways(void **state)
{
    (void)state;
    struct pair p;
    uint64_t status = 99;
    open_pair(&p);
    assert_ok(nw_establishment_parse(test_annexd("session-establishment.hex"), &p.m, NULL));
    assert_true(nw_slice_eq(p.m.reader_key_bytes, nw_buf_slice(&p.key_bytes)));
    struct nw_pubkey *key = NULL;
    assert_ok(nw_establishment_key(test_crypto(), &p.m, &key, NULL));
    assert_true(nw_slice_eq(nw_pubkey_point(key), nw_pubkey_point(nw_signer_pubkey(p.reader_key))));
    nw_pubkey_free(&key);
    assert_ok(nw_session_accept(p.device, &p.m, &p.text, NULL));
    assert_true(nw_slice_eq(nw_buf_slice(&p.text), test_annexd("device-request.hex")));
    /* the reader's counterpart: it must have spoken before it listens */
    assert_ok(nw_session_establish(p.reader, nw_buf_slice(&p.key_bytes), nw_buf_slice(&p.text),
                                   &p.message));
    nw_buf_reset(&p.text);
    assert_ok(
        nw_session_receive(p.reader, test_annexd("session-data.hex"), &p.text, &status, NULL));
    assert_true(nw_slice_eq(nw_buf_slice(&p.text), test_annexd("device-response.hex")));
    assert_int_equal(status, NW_SESSION_GOES_ON);
    nw_buf_reset(&p.text);
    assert_ok(nw_session_receive(p.reader, test_annexd("session-termination.hex"), &p.text, &status,
                                 NULL));
    assert_int_equal(status, NW_SESSION_TERMINATION);
    assert_int_equal(p.text.n, 0);
    assert_true(nw_session_is_over(p.reader));
    close_pair(&p);
}

static void annex_d_messages_are_made_byte_for_byte(void **state)
{
    (void)state;
    struct pair p;
    open_pair(&p);
    assert_ok(nw_session_establish(p.reader, nw_buf_slice(&p.key_bytes),
                                   test_annexd("device-request.hex"), &p.message));
    assert_true(nw_slice_eq(nw_buf_slice(&p.message), test_annexd("session-establishment.hex")));
    assert_ok(nw_establishment_parse(nw_buf_slice(&p.message), &p.m, NULL));
    assert_ok(nw_session_accept(p.device, &p.m, &p.text, NULL));
    nw_buf_reset(&p.message);
    assert_ok(nw_session_send(p.device, test_annexd("device-response.hex"), false, &p.message));
    assert_true(nw_slice_eq(nw_buf_slice(&p.message), test_annexd("session-data.hex")));
    nw_buf_reset(&p.message);
    assert_ok(nw_session_terminate(p.device, &p.message));
    assert_true(nw_slice_eq(nw_buf_slice(&p.message), test_annexd("session-termination.hex")));
    close_pair(&p);
}

/* The checkpoints on the way to both session keys. */
static void annex_d_keys_come_out_of_the_same_steps(void **state)
{
    (void)state;
    uint8_t secret[NW_ECDH_MAX], salt[NW_SHA256_BYTES], key[32];
    size_t n = 0;
    struct nw_signer *reader = test_annexd_key("ephemeral-reader-key");
    struct nw_signer *device = test_annexd_key("ephemeral-device-key");
    assert_ok(nw_ecdh(reader, nw_signer_pubkey(device), secret, &n));
    assert_true(nw_slice_eq(nw_slice(secret, n), test_hex(SECRET)));
    assert_ok(nw_sha256(test_crypto(), test_annexd("session-transcript-bytes.hex"), salt));
    assert_ok(nw_hkdf_sha256(test_crypto(), nw_slice(secret, n), nw_slice(salt, sizeof salt),
                             nw_str("SKReader"), key, sizeof key));
    assert_true(nw_slice_eq(nw_slice(key, sizeof key), test_hex(SK_READER)));
    assert_ok(nw_hkdf_sha256(test_crypto(), nw_slice(secret, n), nw_slice(salt, sizeof salt),
                             nw_str("SKDevice"), key, sizeof key));
    assert_true(nw_slice_eq(nw_slice(key, sizeof key), test_hex(SK_DEVICE)));
    nw_signer_free(&reader);
    nw_signer_free(&device);
}

static void many_messages_go_both_ways_in_order(void **state)
{
    (void)state;
    struct pair p;
    establish(&p);
    for (size_t i = 0; i < 300; i++) { /* the counter's second byte moves too */
        bool down = i % 3 == 0;
        send(&p, down ? p.reader : p.device, "text", false);
        receives(&p, down ? p.device : p.reader, nw_buf_slice(&p.message), NW_OK);
        assert_true(nw_slice_is(nw_buf_slice(&p.text), "text"));
    }
    close_pair(&p);
}

static void a_message_that_comes_twice_is_refused(void **state)
{
    (void)state;
    struct pair p;
    establish(&p);
    send(&p, p.device, "one", false);
    receives(&p, p.reader, nw_buf_slice(&p.message), NW_OK);
    receives(&p, p.reader, nw_buf_slice(&p.message), NW_ERR_DECRYPT);
    close_pair(&p);
}

static void a_message_after_one_that_was_lost_is_refused(void **state)
{
    (void)state;
    struct pair p;
    establish(&p);
    send(&p, p.device, "one", false);
    send(&p, p.device, "two", false);
    receives(&p, p.reader, nw_buf_slice(&p.message), NW_ERR_DECRYPT);
    close_pair(&p);
}

/* A message of ours sent back to us was sealed with the other key and identifier. */
static void a_message_that_is_reflected_is_refused(void **state)
{
    (void)state;
    struct pair p;
    establish(&p);
    send(&p, p.reader, "two", false);
    receives(&p, p.reader, nw_buf_slice(&p.message), NW_ERR_DECRYPT);
    close_pair(&p);
}

/* Every bit that counts: ciphertext and tag at each byte of the sealed text. */
static void a_message_with_one_bit_turned_is_refused(void **state)
{
    (void)state;
    enum { HEAD = 7, SEALED = 3 + 16 }; /* a1 64 "data" 53 */
    for (size_t i = 0; i < SEALED; i++) {
        struct pair p;
        establish(&p);
        send(&p, p.device, "one", false);
        assert_int_equal(p.message.n, HEAD + SEALED);
        p.message.p[HEAD + i] ^= 0x01;
        receives(&p, p.reader, nw_buf_slice(&p.message), NW_ERR_DECRYPT);
        close_pair(&p);
    }
}

static void a_message_cut_anywhere_is_refused(void **state)
{
    (void)state;
    size_t whole = 26;
    for (size_t n = 0; n < whole; n++) {
        struct pair p;
        uint64_t status = 0;
        establish(&p);
        send(&p, p.device, "one", false);
        assert_int_equal(p.message.n, whole);
        enum nw_err e = nw_session_receive(p.reader, nw_slice_sub(nw_buf_slice(&p.message), 0, n),
                                           &p.text, &status, NULL);
        assert_true(e == NW_ERR_TRUNCATED || e == NW_ERR_CBOR_LENGTH);
        assert_true(nw_session_is_over(p.reader));
        close_pair(&p);
    }
}

/* Another ephemeral key, or another transcript: other session keys. */
static void a_session_with_other_keys_does_not_open(void **state)
{
    (void)state;
    struct pair p;
    struct nw_signer *other = NULL;
    struct nw_buf transcript = NW_BUF(MESSAGE_MAX);
    assert_ok(nw_signer_ephemeral(test_crypto(), NW_KEY_P256, &other));
    open_pair(&p);
    assert_ok(
        nw_session_establish(p.reader, nw_buf_slice(&p.key_bytes), nw_str("request"), &p.message));
    assert_ok(nw_establishment_parse(nw_buf_slice(&p.message), &p.m, NULL));
    struct nw_session *s = session(NW_SESSION_DEVICE, other, p.reader_key, annexd_transcript());
    assert_err(nw_session_accept(s, &p.m, &p.text, NULL), NW_ERR_DECRYPT);
    assert_true(nw_session_is_over(s));
    nw_session_free(&s);
    nw_buf_put(&transcript, annexd_transcript());
    transcript.p[transcript.n - 1] ^= 1;
    s = session(NW_SESSION_DEVICE, p.device_key, p.reader_key, nw_buf_slice(&transcript));
    assert_err(nw_session_accept(s, &p.m, &p.text, NULL), NW_ERR_DECRYPT);
    nw_session_free(&s);
    assert_ok(nw_session_accept(p.device, &p.m, &p.text, NULL));
    nw_signer_free(&other);
    nw_buf_free(&transcript);
    close_pair(&p);
}

/* Table 17 has more curves than P-256; a reader takes the one that the mdoc chose. */
static void a_session_opens_on(enum nw_key_type curve)
{
    struct nw_signer *reader_key = NULL, *device_key = NULL;
    struct nw_pubkey *read = NULL;
    struct nw_engagement e;
    struct nw_establishment m;
    const struct nw_engagement nothing = {.method_n = 0};
    struct nw_buf engagement = NW_BUF(NW_MAX_ENGAGEMENT), key = NW_BUF(256), message = NW_BUF(4096),
                  text = NW_BUF_SECRET(4096);
    assert_ok(nw_signer_ephemeral(test_crypto(), curve, &reader_key));
    assert_ok(nw_signer_ephemeral(test_crypto(), curve, &device_key));
    assert_ok(nw_engagement_write(nw_signer_pubkey(device_key), &nothing, &engagement, NULL));
    assert_ok(nw_engagement_parse(nw_buf_slice(&engagement), &e, NULL));
    assert_ok(nw_engagement_key(test_crypto(), &e, &read, NULL));
    assert_int_equal(nw_pubkey_type(read), curve);
    struct nw_session *reader = NULL;
    assert_ok(nw_session_new(test_crypto(), NW_SESSION_READER, reader_key, read,
                             annexd_transcript(), &reader));
    nw_pubkey_free(&read);
    assert_ok(nw_session_key_bytes(nw_signer_pubkey(reader_key), &key));
    assert_ok(nw_session_establish(reader, nw_buf_slice(&key), nw_str("request"), &message));
    assert_ok(nw_establishment_parse(nw_buf_slice(&message), &m, NULL));
    assert_ok(nw_establishment_key(test_crypto(), &m, &read, NULL));
    struct nw_session *device = NULL;
    assert_ok(nw_session_new(test_crypto(), NW_SESSION_DEVICE, device_key, read,
                             annexd_transcript(), &device));
    assert_ok(nw_session_accept(device, &m, &text, NULL));
    assert_true(nw_slice_is(nw_buf_slice(&text), "request"));
    nw_pubkey_free(&read);
    nw_session_free(&reader);
    nw_session_free(&device);
    nw_signer_free(&reader_key);
    nw_signer_free(&device_key);
    nw_buf_free(&engagement);
    nw_buf_free(&key);
    nw_buf_free(&message);
    nw_buf_free(&text);
}

static void sessions_open_on_each_curve(void **state)
{
    (void)state;
    a_session_opens_on(NW_KEY_P256);
    a_session_opens_on(NW_KEY_P384);
    a_session_opens_on(NW_KEY_P521);
}

static void keys_on_different_curves_make_no_session(void **state)
{
    (void)state;
    struct nw_signer *a = NULL, *b = NULL;
    struct nw_session *s = NULL;
    assert_ok(nw_signer_ephemeral(test_crypto(), NW_KEY_P256, &a));
    assert_ok(nw_signer_ephemeral(test_crypto(), NW_KEY_P384, &b));
    assert_err(nw_session_new(test_crypto(), NW_SESSION_READER, a, nw_signer_pubkey(b),
                              annexd_transcript(), &s),
               NW_ERR_ALG_KEY_MISMATCH);
    assert_null(s);
    nw_signer_free(&a);
    nw_signer_free(&b);
}

static void everything_is_refused_after(struct pair *p, struct nw_session *s)
{
    assert_true(nw_session_is_over(s));
    nw_buf_reset(&p->message);
    assert_err(nw_session_send(s, nw_str("more"), false, &p->message), NW_ERR_SESSION_OVER);
    assert_err(nw_session_terminate(s, &p->message), NW_ERR_SESSION_OVER);
    assert_err(nw_session_establish(s, nw_buf_slice(&p->key_bytes), nw_str("more"), &p->message),
               NW_ERR_SESSION_OVER);
    assert_err(nw_session_accept(s, &p->m, &p->text, NULL), NW_ERR_SESSION_OVER);
    assert_int_equal(p->message.n, 0);
    receives(p, s, test_hex("a166737461747573 14"), NW_ERR_SESSION_OVER);
}

static void a_status_ends_the_session_on_both_sides(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        uint64_t status;
    } ends[] = {
        {"a1667374617475730a", NW_SESSION_ENCRYPTION_ERROR},
        {"a1667374617475730b", NW_SESSION_DECODING_ERROR},
        {"a16673746174757314", NW_SESSION_TERMINATION},
        {"a1667374617475731863", 99}, /* not in the table: still the end */
    };
    for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
        struct pair p;
        uint64_t status = 0;
        establish(&p);
        assert_ok(nw_session_receive(p.reader, test_hex(ends[i].hex), &p.text, &status, NULL));
        assert_int_equal(status, ends[i].status);
        everything_is_refused_after(&p, p.reader);
        close_pair(&p);
    }
    struct pair p;
    establish(&p);
    assert_ok(nw_session_terminate(p.device, &p.message));
    everything_is_refused_after(&p, p.device);
    close_pair(&p);
}

static void the_last_message_brings_its_text_and_the_end(void **state)
{
    (void)state;
    struct pair p;
    uint64_t status = 0;
    establish(&p);
    send(&p, p.device, "response", true);
    assert_ok(nw_session_receive(p.reader, nw_buf_slice(&p.message), &p.text, &status, NULL));
    assert_true(nw_slice_is(nw_buf_slice(&p.text), "response"));
    assert_int_equal(status, NW_SESSION_TERMINATION);
    everything_is_refused_after(&p, p.reader);
    everything_is_refused_after(&p, p.device);
    close_pair(&p);
}

static void a_failure_ends_the_session(void **state)
{
    (void)state;
    struct pair p;
    establish(&p);
    receives(&p, p.reader, test_hex("ff"), NW_ERR_CBOR_SYNTAX);
    everything_is_refused_after(&p, p.reader);
    close_pair(&p);
}

static void the_establishment_comes_first_and_once(void **state)
{
    (void)state;
    struct pair p;
    uint64_t status = 0;
    open_pair(&p);
    assert_err(nw_session_send(p.reader, nw_str("x"), false, &p.message), NW_ERR_SESSION_OVER);
    assert_err(nw_session_send(p.device, nw_str("x"), false, &p.message), NW_ERR_SESSION_OVER);
    assert_err(
        nw_session_receive(p.reader, test_annexd("session-data.hex"), &p.text, &status, NULL),
        NW_ERR_SESSION_OVER);
    assert_err(nw_session_establish(p.device, nw_buf_slice(&p.key_bytes), nw_str("x"), &p.message),
               NW_ERR_SESSION_OVER);
    close_pair(&p);
    establish(&p);
    assert_err(nw_session_establish(p.reader, nw_buf_slice(&p.key_bytes), nw_str("x"), &p.message),
               NW_ERR_SESSION_OVER);
    assert_err(nw_session_accept(p.device, &p.m, &p.text, NULL), NW_ERR_SESSION_OVER);
    close_pair(&p);
}

struct row {
    const char *what, *hex;
    enum nw_err err;
};
#define SEALED "64646174615000000000000000000000000000000000"

static void messages_of_another_form_are_refused(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"nothing said", "a0", NW_ERR_SESSION_FORM},
        {"an array", "80", NW_ERR_SESSION_FORM},
        {"unknown member alone", "a1 6161 00", NW_ERR_SESSION_FORM},
        {"integer key", "a2 00 00 66737461747573 14", NW_ERR_SESSION_FORM},
        {"data as text", "a1 6464617461 70 61616161616161616161616161616161", NW_ERR_SESSION_FORM},
        {"data shorter than a tag", "a1 6464617461 4f 000000000000000000000000000000",
         NW_ERR_SESSION_FORM},
        {"data beside status 10", "a2" SEALED "66737461747573 0a", NW_ERR_SESSION_FORM},
        {"data beside status 11", "a2" SEALED "66737461747573 0b", NW_ERR_SESSION_FORM},
        {"status as text", "a1 66737461747573 623230", NW_ERR_SESSION_FORM},
        {"status negative", "a1 66737461747573 20", NW_ERR_SESSION_FORM},
        {"status zero", "a1 66737461747573 00", NW_ERR_SESSION_FORM},
        {"status twice", "a2 66737461747573 14 66737461747573 14", NW_ERR_CBOR_DUPLICATE},
        {"status not in shortest form", "a1 66737461747573 1814", NW_ERR_CBOR_SHORTEST},
        {"indefinite length", "bf 66737461747573 14 ff", NW_ERR_CBOR_INDEFINITE},
        {"trailing byte", "a1 66737461747573 14 00", NW_ERR_TRAILING},
        {"deep", "a2 66737461747573 14 6161 8181818181818181 80", NW_ERR_CBOR_DEPTH},
        {"text that is no UTF-8", "a2 66737461747573 14 6161 61ff", NW_ERR_UTF8},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct pair p;
        struct nw_buf answer = NW_BUF(64);
        establish(&p);
        (void)rows[i].what;
        receives(&p, p.reader, test_hex(rows[i].hex), rows[i].err);
        assert_ok(nw_session_refusal(rows[i].err, &answer));
        assert_true(nw_slice_eq(nw_buf_slice(&answer), test_hex("a1667374617475730b")));
        nw_buf_free(&answer);
        close_pair(&p);
    }
    struct pair p;
    uint64_t status = 0;
    establish(&p); /* the twin: an unknown member beside what is known */
    assert_ok(nw_session_receive(p.reader, test_hex("a2 66737461747573 14 6161 a100f6"), &p.text,
                                 &status, NULL));
    assert_int_equal(status, NW_SESSION_TERMINATION);
    close_pair(&p);
}

static void a_message_that_is_too_large_is_neither_read_nor_made(void **state)
{
    (void)state;
    struct pair p;
    struct nw_buf big = NW_BUF(NW_MAX_SESSION_MESSAGE + 1), out = NW_BUF(4u << 20);
    assert_non_null(nw_buf_reserve(&big, NW_MAX_SESSION_MESSAGE + 1));
    memset(big.p, 0, NW_MAX_SESSION_MESSAGE + 1);
    nw_buf_grow(&big, NW_MAX_SESSION_MESSAGE + 1);
    establish(&p);
    receives(&p, p.reader, nw_buf_slice(&big), NW_ERR_LIMIT);
    assert_err(nw_session_send(p.device,
                               nw_slice_sub(nw_buf_slice(&big), 0, NW_MAX_SESSION_MESSAGE - 16),
                               false, &out),
               NW_ERR_LIMIT);
    assert_true(nw_session_is_over(p.device));
    assert_int_equal(out.n, 0);
    close_pair(&p);
    establish(&p); /* the twin: as much as goes */
    assert_ok(nw_session_send(
        p.device, nw_slice_sub(nw_buf_slice(&big), 0, NW_MAX_SESSION_MESSAGE - 32), false, &out));
    nw_buf_free(&big);
    nw_buf_free(&out);
    close_pair(&p);
}

static void damage_is_answered_with_10(void **state)
{
    (void)state;
    struct nw_buf answer = NW_BUF(64);
    assert_ok(nw_session_refusal(NW_ERR_DECRYPT, &answer));
    assert_true(nw_slice_eq(nw_buf_slice(&answer), test_hex("a1667374617475730a")));
    nw_buf_free(&answer);
}

#define EREADER                                                                                    \
    "d818584ba40102200121582060e3392385041f51403051f2415531cb56dd3f999c71687013aac6768bc8187e"     \
    "225820e58deb8fdbe907f7dd5368245551a34796f7d2215c440c339bb0f7b67beccdfa"

static void establishments_of_another_form_are_refused(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"no key", "a1" SEALED, NW_ERR_SESSION_FORM},
        {"no data", "a1 6a655265616465724b6579" EREADER, NW_ERR_SESSION_FORM},
        {"key without tag", "a2 6a655265616465724b6579 41a0" SEALED, NW_ERR_CBOR_TYPE},
        {"key of another tag", "a2 6a655265616465724b6579 d819 41a0" SEALED, NW_ERR_CBOR_TYPE},
        {"key that is no CBOR", "a2 6a655265616465724b6579 d818 41ff" SEALED, NW_ERR_CBOR_SYNTAX},
        {"key twice", "a3 6a655265616465724b6579" EREADER "6a655265616465724b6579" EREADER SEALED,
         NW_ERR_CBOR_DUPLICATE},
        {"trailing byte", "a2 6a655265616465724b6579" EREADER SEALED "00", NW_ERR_TRAILING},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_establishment m;
        struct nw_diag d = {0};
        enum nw_err e = nw_establishment_parse(test_hex(rows[i].hex), &m, &d);
        if (e != rows[i].err) {
            (void)fprintf(stderr, "%s\n", rows[i].what);
        }
        assert_err(e, rows[i].err);
    }
    struct nw_establishment m;
    assert_ok(
        nw_establishment_parse(test_hex("a2 6a655265616465724b6579" EREADER SEALED), &m, NULL));
}

/* 12.7.2: EReaderKey comes uncompressed. */
static void a_reader_key_that_is_compressed_or_off_the_curve_is_refused(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"compressed",
         "d818582aa40102200121582060e3392385041f51403051f2415531cb56dd3f999c71687013aac6768bc8187e2"
         "2"
         "f4",
         NW_ERR_KEY},
        {"off the curve",
         "d818584ba40102200121582060e3392385041f51403051f2415531cb56dd3f999c71687013aac6768bc8187e"
         "225820e58deb8fdbe907f7dd5368245551a34796f7d2215c440c339bb0f7b67beccdfb",
         NW_ERR_KEY},
        {"X448",
         "d818582aa40101200521582060e3392385041f51403051f2415531cb56dd3f999c71687013aac6768bc8187e0"
         "3"
         "0a",
         NW_ERR_CIPHER_SUITE},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_establishment m;
        struct nw_pubkey *key = NULL;
        struct nw_buf b = NW_BUF(512);
        nw_buf_put(&b, test_hex("a2 6a655265616465724b6579"));
        nw_buf_put(&b, test_hex(rows[i].hex));
        nw_buf_put(&b, test_hex(SEALED));
        assert_ok(nw_establishment_parse(nw_buf_slice(&b), &m, NULL));
        assert_err(nw_establishment_key(test_crypto(), &m, &key, NULL), rows[i].err);
        assert_null(key);
        nw_buf_free(&b);
    }
}

static enum nw_err dialogue(void *ctx)
{
    const struct pair *keys = ctx;
    struct nw_session *reader = NULL, *device = NULL;
    struct nw_establishment m;
    struct nw_buf message = NW_BUF(MESSAGE_MAX), text = NW_BUF_SECRET(MESSAGE_MAX);
    uint64_t status;
    enum nw_err e =
        nw_session_new(test_crypto(), NW_SESSION_READER, keys->reader_key,
                       nw_signer_pubkey(keys->device_key), nw_buf_slice(&keys->text), &reader);
    if (e == NW_OK) {
        e = nw_session_new(test_crypto(), NW_SESSION_DEVICE, keys->device_key,
                           nw_signer_pubkey(keys->reader_key), nw_buf_slice(&keys->text), &device);
    }
    if (e == NW_OK) {
        e = nw_session_establish(reader, nw_buf_slice(&keys->key_bytes), nw_str("request"),
                                 &message);
    }
    if (e == NW_OK) {
        e = nw_establishment_parse(nw_buf_slice(&message), &m, NULL);
    }
    if (e == NW_OK) {
        e = nw_session_accept(device, &m, &text, NULL);
    }
    nw_buf_reset(&message);
    if (e == NW_OK) {
        e = nw_session_send(device, nw_str("response"), true, &message);
    }
    if (e == NW_OK) {
        e = nw_session_receive(reader, nw_buf_slice(&message), &text, &status, NULL);
    }
    nw_session_free(&reader);
    nw_session_free(&device);
    nw_buf_free(&message);
    nw_buf_free(&text);
    return e;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    struct pair p;
    open_pair(&p);
    nw_buf_put(&p.text, annexd_transcript());
    survives_allocation_failure(dialogue, &p, NULL);
    close_pair(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(annex_d_is_decrypted_both_ways),
        cmocka_unit_test(annex_d_messages_are_made_byte_for_byte),
        cmocka_unit_test(annex_d_keys_come_out_of_the_same_steps),
        cmocka_unit_test(many_messages_go_both_ways_in_order),
        cmocka_unit_test(a_message_that_comes_twice_is_refused),
        cmocka_unit_test(a_message_after_one_that_was_lost_is_refused),
        cmocka_unit_test(a_message_that_is_reflected_is_refused),
        cmocka_unit_test(a_message_with_one_bit_turned_is_refused),
        cmocka_unit_test(a_message_cut_anywhere_is_refused),
        cmocka_unit_test(a_session_with_other_keys_does_not_open),
        cmocka_unit_test(sessions_open_on_each_curve),
        cmocka_unit_test(keys_on_different_curves_make_no_session),
        cmocka_unit_test(a_status_ends_the_session_on_both_sides),
        cmocka_unit_test(the_last_message_brings_its_text_and_the_end),
        cmocka_unit_test(a_failure_ends_the_session),
        cmocka_unit_test(the_establishment_comes_first_and_once),
        cmocka_unit_test(messages_of_another_form_are_refused),
        cmocka_unit_test(a_message_that_is_too_large_is_neither_read_nor_made),
        cmocka_unit_test(damage_is_answered_with_10),
        cmocka_unit_test(establishments_of_another_form_are_refused),
        cmocka_unit_test(a_reader_key_that_is_compressed_or_off_the_curve_is_refused),
        cmocka_unit_test(memory_may_run_out),
    };
    return run_on_both("mdoc_session", tests, ARRAY_LENGTH(tests));
}
