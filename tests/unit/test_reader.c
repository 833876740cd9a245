/* A reader's conversation over a transport of two buffers. */
#include "base/limits.h"
#include "cbor/cbor.h"
#include "mdoc/reader.h"
#include "mdoc/session.h"
#include "mdoc/transcript.h"
#include "support.h"
#include "test_annexd.h"

#define WAIT_MS 1

/* What the reader sent last, and what it finds. */
struct line {
    struct nw_buf sent, waiting;
    enum nw_err fault; /* of the next call, or NW_OK */
    unsigned closed;
};

static enum nw_err line_send(void *ctx, struct nw_slice message, int timeout_ms)
{
    struct line *l = ctx;
    (void)timeout_ms;
    nw_buf_reset(&l->sent);
    nw_buf_put(&l->sent, message);
    return l->fault != NW_OK ? l->fault : nw_buf_err(&l->sent);
}

static enum nw_err line_receive(void *ctx, struct nw_buf *out, int timeout_ms)
{
    struct line *l = ctx;
    (void)timeout_ms;
    nw_buf_put(out, nw_buf_slice(&l->waiting));
    return l->fault != NW_OK ? l->fault : nw_buf_err(out);
}

static void line_close(void *ctx)
{
    struct line *l = ctx;
    l->closed++;
}

static struct nw_transport transport(struct line *l)
{
    *l = (struct line){.sent = NW_BUF(NW_MAX_SESSION_MESSAGE),
                       .waiting = NW_BUF(NW_MAX_SESSION_MESSAGE)};
    return (struct nw_transport){
        .ctx = l, .send = line_send, .receive = line_receive, .close = line_close};
}

static void cut(struct line *l)
{
    nw_buf_free(&l->sent);
    nw_buf_free(&l->waiting);
}

static enum nw_err open_reader(struct nw_slice handover, struct nw_reader **out)
{
    struct nw_engagement e;
    enum nw_err err = nw_engagement_parse(test_annexd("device-engagement.hex"), &e, NULL);
    return err != NW_OK ? err : nw_reader_open(test_crypto(), &e, handover, out, NULL);
}

/* The device's side of the reader's first message: its answer goes into the line. */
static enum nw_err device_answers(const struct nw_reader *r, struct line *l,
                                  struct nw_signer *device_key, bool last)
{
    struct nw_establishment m;
    struct nw_pubkey *key = NULL;
    struct nw_session *s = NULL;
    struct nw_buf text = NW_BUF_SECRET(4096);
    enum nw_err e = nw_establishment_parse(nw_buf_slice(&l->sent), &m, NULL);
    if (e == NW_OK) {
        e = nw_establishment_key(test_crypto(), &m, &key, NULL);
    }
    if (e == NW_OK) {
        e = nw_session_new(test_crypto(), NW_SESSION_DEVICE, device_key, key,
                           nw_reader_transcript(r), &s);
    }
    if (e == NW_OK) {
        e = nw_session_accept(s, &m, &text, NULL);
    }
    nw_buf_reset(&l->waiting);
    if (e == NW_OK) {
        e = nw_session_send(s, nw_str("response"), last, &l->waiting);
    }
    nw_session_free(&s);
    nw_pubkey_free(&key);
    nw_buf_free(&text);
    return e;
}

static void the_transcript_holds_engagement_key_and_handover(void **state)
{
    (void)state;
    struct nw_reader *r = NULL;
    struct nw_buf handover = NW_BUF(256), key = NW_BUF(256);
    nw_handover_nfc(nw_str("select"), nw_str("request"), &handover);
    assert_ok(open_reader(nw_buf_slice(&handover), &r));
    assert_ok(nw_session_key_bytes(nw_signer_pubkey(nw_reader_key(r)), &key));
    struct nw_cbor in = nw_cbor_open(nw_reader_transcript(r));
    assert_int_equal(nw_cbor_array(&in), 3);
    assert_int_equal(nw_cbor_tag(&in), 24);
    assert_true(nw_slice_eq(nw_cbor_bytes(&in), test_annexd("device-engagement.hex")));
    assert_true(nw_slice_eq(nw_cbor_raw(&in), nw_buf_slice(&key)));
    assert_true(nw_slice_eq(nw_cbor_raw(&in), nw_buf_slice(&handover)));
    assert_true(nw_cbor_done(&in));
    nw_reader_free(&r);
    assert_ok(open_reader(NW_SLICE_EMPTY, &r)); /* QR: null */
    struct nw_slice transcript = nw_reader_transcript(r);
    assert_int_equal(transcript.p[transcript.n - 1], 0xf6);
    nw_reader_free(&r);
    nw_buf_free(&handover);
    nw_buf_free(&key);
}

static void each_conversation_has_its_own_key(void **state)
{
    (void)state;
    struct nw_reader *a = NULL, *b = NULL;
    assert_ok(open_reader(NW_SLICE_EMPTY, &a));
    assert_ok(open_reader(NW_SLICE_EMPTY, &b));
    assert_false(nw_slice_eq(nw_reader_transcript(a), nw_reader_transcript(b)));
    nw_reader_free(&a);
    nw_reader_free(&b);
}

static void a_status_closes_the_line(void **state)
{
    (void)state;
    struct nw_reader *r = NULL;
    struct line l;
    const struct nw_transport t = transport(&l);
    struct nw_signer *device_key = test_annexd_key("ephemeral-device-key");
    struct nw_buf response = NW_BUF_SECRET(4096);
    uint64_t status = 0;
    assert_ok(open_reader(NW_SLICE_EMPTY, &r));
    assert_ok(nw_reader_ask(r, &t, nw_str("request"), WAIT_MS));
    assert_ok(device_answers(r, &l, device_key, true));
    assert_ok(nw_reader_answer(r, &t, WAIT_MS, &response, &status, NULL));
    assert_int_equal(status, NW_SESSION_TERMINATION);
    assert_true(nw_slice_is(nw_buf_slice(&response), "response"));
    assert_int_equal(l.closed, 1);
    assert_non_null(nw_reader_key(r)); /* a device MAC may still have to be checked */
    nw_reader_free(&r);
    nw_signer_free(&device_key);
    nw_buf_free(&response);
    cut(&l);
}

/* A message that did not go out leaves the counters apart: nothing is sent after it. */
static void a_line_that_breaks_ends_the_conversation(void **state)
{
    (void)state;
    struct nw_reader *r = NULL;
    struct line l;
    const struct nw_transport t = transport(&l);
    struct nw_buf response = NW_BUF_SECRET(4096);
    uint64_t status = 0;
    assert_ok(open_reader(NW_SLICE_EMPTY, &r));
    l.fault = NW_ERR_TIMEOUT;
    assert_err(nw_reader_ask(r, &t, nw_str("request"), WAIT_MS), NW_ERR_TIMEOUT);
    l.fault = NW_OK;
    assert_err(nw_reader_ask(r, &t, nw_str("request"), WAIT_MS), NW_ERR_SESSION_OVER);
    assert_err(nw_reader_answer(r, &t, WAIT_MS, &response, &status, NULL), NW_ERR_SESSION_OVER);
    nw_reader_free(&r);
    assert_ok(open_reader(NW_SLICE_EMPTY, &r)); /* waiting in vain: closed, and no status is said */
    assert_ok(nw_reader_ask(r, &t, nw_str("request"), WAIT_MS));
    nw_buf_reset(&l.sent);
    l.fault = NW_ERR_TIMEOUT;
    assert_err(nw_reader_answer(r, &t, WAIT_MS, &response, &status, NULL), NW_ERR_TIMEOUT);
    assert_int_equal(l.sent.n, 0);
    assert_int_equal(l.closed, 1);
    nw_reader_free(&r);
    nw_buf_free(&response);
    cut(&l);
}

static void closing_says_20_once_and_drops_the_key(void **state)
{
    (void)state;
    struct nw_reader *r = NULL;
    struct line l;
    const struct nw_transport t = transport(&l);
    assert_ok(open_reader(NW_SLICE_EMPTY, &r));
    assert_ok(nw_reader_ask(r, &t, nw_str("request"), WAIT_MS));
    nw_reader_close(r, &t, WAIT_MS);
    assert_true(nw_slice_eq(nw_buf_slice(&l.sent), test_annexd("session-termination.hex")));
    assert_null(nw_reader_key(r));
    nw_buf_reset(&l.sent);
    nw_reader_close(r, &t, WAIT_MS);
    assert_int_equal(l.sent.n, 0);
    nw_reader_free(&r);
    cut(&l);
}

static enum nw_err conversation(void *ctx)
{
    struct nw_signer *device_key = ctx;
    struct nw_reader *r = NULL;
    struct line l;
    const struct nw_transport t = transport(&l);
    struct nw_buf response = NW_BUF_SECRET(4096);
    uint64_t status = 0;
    enum nw_err e = open_reader(NW_SLICE_EMPTY, &r);
    if (e == NW_OK) {
        e = nw_reader_ask(r, &t, nw_str("request"), WAIT_MS);
    }
    if (e == NW_OK) {
        e = device_answers(r, &l, device_key, false);
    }
    if (e == NW_OK) {
        e = nw_reader_answer(r, &t, WAIT_MS, &response, &status, NULL);
    }
    if (r != NULL) {
        nw_reader_close(r, &t, WAIT_MS);
    }
    nw_reader_free(&r);
    nw_buf_free(&response);
    cut(&l);
    return e;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    struct nw_signer *device_key = test_annexd_key("ephemeral-device-key");
    (void)test_annexd("device-engagement.hex");
    survives_allocation_failure(conversation, device_key, NULL);
    nw_signer_free(&device_key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_transcript_holds_engagement_key_and_handover),
        cmocka_unit_test(each_conversation_has_its_own_key),
        cmocka_unit_test(a_status_closes_the_line),
        cmocka_unit_test(a_line_that_breaks_ends_the_conversation),
        cmocka_unit_test(closing_says_20_once_and_drops_the_key),
        cmocka_unit_test(memory_may_run_out),
    };
    return run_on_both("reader", tests, ARRAY_LENGTH(tests));
}
