#include "mdoc/reader.h"

#include "base/alloc.h"
#include "cbor/cbor.h"
#include "mdoc/session_internal.h"
#include "mdoc/transcript.h"

#define STATUS_MAX 32u

struct nw_reader {
    struct nw_signer *key;
    struct nw_session *session;
    struct nw_buf key_bytes, transcript;
    bool asked;
};

static enum nw_err put_engagement(const struct nw_engagement *e, struct nw_buf *out)
{
    nw_cbor_put_tag(out, NW_TAG_CBOR);
    nw_cbor_put_bytes(out, e->raw);
    return nw_buf_err(out);
}

static enum nw_err open_session(struct nw_crypto *c, const struct nw_engagement *e,
                                struct nw_slice handover, struct nw_reader *r, struct nw_diag *d)
{
    struct nw_buf engagement = NW_BUF(NW_MAX_ENGAGEMENT + 16);
    struct nw_pubkey *device = NULL;
    enum nw_err err = nw_engagement_key(c, e, &device, d);
    if (err == NW_OK) {
        err = nw_signer_ephemeral(c, nw_pubkey_type(device), &r->key);
    }
    if (err == NW_OK) {
        err = nw_session_key_bytes(nw_signer_pubkey(r->key), &r->key_bytes);
    }
    if (err == NW_OK) {
        err = put_engagement(e, &engagement);
    }
    if (err == NW_OK) {
        err = nw_transcript_proximity(nw_buf_slice(&engagement), nw_buf_slice(&r->key_bytes),
                                      handover, &r->transcript);
    }
    if (err == NW_OK) {
        err = nw_session_new(c, NW_SESSION_READER, r->key, device, nw_buf_slice(&r->transcript),
                             &r->session);
    }
    nw_pubkey_free(&device);
    nw_buf_free(&engagement);
    return err == NW_OK ? err : nw_fail(d, err, NW_NO_OFFSET, "opening the session");
}

enum nw_err nw_reader_open(struct nw_crypto *c, const struct nw_engagement *e,
                           struct nw_slice handover, struct nw_reader **out, struct nw_diag *d)
{
    struct nw_reader *r = nw_calloc(1, sizeof *r);
    if (r == NULL) {
        return NW_ERR_NOMEM;
    }
    r->key_bytes = NW_BUF(1024);
    r->transcript = NW_BUF(NW_MAX_CBOR);
    enum nw_err err = open_session(c, e, handover, r, d);
    if (err != NW_OK) {
        nw_reader_free(&r);
        return err;
    }
    *out = r;
    return NW_OK;
}

struct nw_slice nw_reader_transcript(const struct nw_reader *r)
{
    return nw_buf_slice(&r->transcript);
}

struct nw_signer *nw_reader_key(const struct nw_reader *r)
{
    return r->key;
}

enum nw_err nw_reader_ask(struct nw_reader *r, const struct nw_transport *t,
                          struct nw_slice request, int timeout_ms)
{
    struct nw_buf message = NW_BUF(NW_MAX_SESSION_MESSAGE + 64);
    enum nw_err e =
        r->asked ? nw_session_send(r->session, request, false, &message)
                 : nw_session_establish(r->session, nw_buf_slice(&r->key_bytes), request, &message);
    if (e == NW_OK) {
        r->asked = true;
        e = t->send(t->ctx, nw_buf_slice(&message), timeout_ms);
        if (e != NW_OK) {
            nw_session_end(r->session); /* half sent: the counters are apart */
        }
    }
    nw_buf_free(&message);
    return e;
}

/* 12.2.4: an error is said, then the channel is closed. Saying it may fail. */
static void say_why(const struct nw_transport *t, enum nw_err e, int timeout_ms)
{
    struct nw_buf message = NW_BUF(STATUS_MAX);
    if (nw_session_refusal(e, &message) == NW_OK) {
        (void)t->send(t->ctx, nw_buf_slice(&message), timeout_ms);
    }
    nw_buf_free(&message);
}

enum nw_err nw_reader_answer(struct nw_reader *r, const struct nw_transport *t, int timeout_ms,
                             struct nw_buf *response, uint64_t *status, struct nw_diag *d)
{
    struct nw_buf message = NW_BUF(NW_MAX_SESSION_MESSAGE);
    enum nw_err e = NW_ERR_SESSION_OVER;
    if (nw_session_is_over(r->session)) {
        goto out;
    }
    e = t->receive(t->ctx, &message, timeout_ms);
    if (e == NW_OK) {
        e = nw_session_receive(r->session, nw_buf_slice(&message), response, status, d);
    }
    if (e == NW_OK && *status != NW_SESSION_GOES_ON) {
        t->close(t->ctx); /* 12.2.4: the channel goes with the session */
    }
    if (e != NW_OK) {
        if (!nw_err_is_ours(e) && e != NW_ERR_SESSION_OVER) {
            say_why(t, e, timeout_ms);
        }
        nw_session_end(r->session);
        t->close(t->ctx);
    }
out:
    nw_buf_free(&message);
    return e == NW_OK ? e : nw_fail(d, e, NW_NO_OFFSET, "the wallet's answer");
}

void nw_reader_close(struct nw_reader *r, const struct nw_transport *t, int timeout_ms)
{
    struct nw_buf message = NW_BUF(STATUS_MAX);
    if (nw_session_terminate(r->session, &message) == NW_OK) {
        (void)t->send(t->ctx, nw_buf_slice(&message), timeout_ms);
    }
    t->close(t->ctx);
    nw_signer_free(&r->key);
    nw_buf_free(&message);
}

void nw_reader_free(struct nw_reader **r)
{
    if (*r == NULL) {
        return;
    }
    nw_session_free(&(*r)->session);
    nw_signer_free(&(*r)->key);
    nw_buf_free(&(*r)->key_bytes);
    nw_buf_free(&(*r)->transcript);
    nw_free(*r);
    *r = NULL;
}
