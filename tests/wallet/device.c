#include "device.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "cbor/cbor.h"
#include "mdoc/engagement.h"
#include "mdoc/mdoc.h"
#include "mdoc/transcript.h"

#define TAG_CBOR 24
#define UUID_BYTES 16

enum nw_err nw_wallet_engage(struct nw_wallet *w, struct nw_buf *qr)
{
    uint8_t uuid[UUID_BYTES];
    struct nw_engagement m = {.method_n = 1};
    w->engagement = NW_BUF(NW_MAX_ENGAGEMENT);
    w->transcript = NW_BUF(NW_MAX_CBOR);
    enum nw_err e = nw_random(w->c, uuid, sizeof uuid);
    if (e == NW_OK) {
        uuid[8] = (uint8_t)((uuid[8] & 0x3fu) | 0x80u); /* RFC 4122 4.1.1: variant 1 */
        m.method[0].kind = NW_RETRIEVAL_BLE;
        m.method[0].ble.central = true;
        m.method[0].ble.central_uuid = nw_slice(uuid, sizeof uuid);
        e = nw_signer_ephemeral(w->c, NW_KEY_P256, &w->ephemeral);
    }
    if (e == NW_OK) {
        e = nw_engagement_write(nw_signer_pubkey(w->ephemeral), &m, &w->engagement, NULL);
    }
    if (e == NW_OK) {
        nw_engagement_to_qr(nw_buf_slice(&w->engagement), qr);
        e = nw_buf_err(qr);
    }
    return e;
}

static enum nw_err make_transcript(struct nw_wallet *w, struct nw_slice reader_key_bytes)
{
    struct nw_buf engagement = NW_BUF(NW_MAX_ENGAGEMENT + 16);
    nw_cbor_put_tag(&engagement, TAG_CBOR);
    nw_cbor_put_bytes(&engagement, nw_buf_slice(&w->engagement));
    enum nw_err e = nw_buf_err(&engagement);
    if (e == NW_OK) {
        e = nw_transcript_proximity(nw_buf_slice(&engagement), reader_key_bytes, NW_SLICE_EMPTY,
                                    &w->transcript);
    }
    nw_buf_free(&engagement);
    return e;
}

/* The first message: whose key, which transcript, and the request in it. */
static enum nw_err establish(struct nw_wallet *w, struct nw_slice in, struct nw_buf *text,
                             struct nw_diag *d)
{
    struct nw_establishment m;
    enum nw_err e = nw_establishment_parse(in, &m, d);
    if (e == NW_OK) {
        e = nw_establishment_key(w->c, &m, &w->reader_key, d);
    }
    if (e == NW_OK) {
        e = make_transcript(w, m.reader_key_bytes);
    }
    if (e == NW_OK) {
        e = nw_session_new(w->c, NW_SESSION_DEVICE, w->ephemeral, w->reader_key,
                           nw_buf_slice(&w->transcript), &w->session);
    }
    return e == NW_OK ? nw_session_accept(w->session, &m, text, d) : e;
}

static enum nw_err know_reader(struct nw_wallet *w, const struct nw_doc_request *doc,
                               struct nw_diag *d)
{
    const struct nw_reader_policy policy = {.transcript = nw_buf_slice(&w->transcript),
                                            .anchors = w->anchors,
                                            .anchor_n = w->anchor_n,
                                            .at = w->at};
    struct nw_reader_identity who;
    w->reader_known = false;
    if (w->any_reader && doc->reader_auth.n == 0) {
        return NW_OK;
    }
    enum nw_err e = nw_reader_auth_verify(w->c, doc, &policy, &who, NULL, d);
    if (e == NW_OK) {
        w->reader_known = nw_slice_cstr(nw_str(who.cert.common_name), w->reader, sizeof w->reader);
    }
    return e;
}

static bool asked_for(void *ctx, const struct nw_mdoc_item *item)
{
    return nw_doc_request_asks(ctx, item->name_space, item->id, NULL);
}

/* DeviceResponse without documents: each is missing (documentErrors code 0, table 9). */
static enum nw_err put_nothing(const struct nw_device_request *q, struct nw_buf *out)
{
    nw_cbor_put_map(out, 3);
    nw_cbor_put_text(out, nw_str("status"));
    nw_cbor_put_uint(out, 0);
    nw_cbor_put_text(out, nw_str("version"));
    nw_cbor_put_text(out, nw_str("1.0"));
    nw_cbor_put_text(out, nw_str("documentErrors"));
    nw_cbor_put_array(out, q->doc_n);
    for (size_t i = 0; i < q->doc_n; i++) {
        nw_cbor_put_map(out, 1);
        nw_cbor_put_text(out, q->doc[i].doc_type);
        nw_cbor_put_uint(out, 0);
    }
    return nw_buf_err(out);
}

/* The docType of the credential stands in its MSO: the wallet trusts its own store. */
static struct nw_slice own_doc_type(const struct nw_mdoc *m)
{
    struct nw_slice doc_type = NW_SLICE_EMPTY;
    struct nw_cbor r = nw_cbor_open(m->auth.payload);
    (void)nw_cbor_tag(&r);
    struct nw_slice raw;
    if (nw_cbor_find_text(nw_cbor_bytes(&r), "docType", &raw)) {
        struct nw_cbor text = nw_cbor_open(raw);
        doc_type = nw_cbor_text(&text);
    }
    return doc_type;
}

static enum nw_err respond(struct nw_wallet *w, const struct nw_device_request *q,
                           struct nw_slice doc_type, struct nw_buf *out, struct nw_diag *d)
{
    struct nw_doc_request doc;
    for (size_t i = 0; i < q->doc_n; i++) {
        if (nw_slice_eq(q->doc[i].doc_type, doc_type)) {
            doc = q->doc[i];
            const struct nw_mdoc_present job = {.issuer_signed = w->issuer_signed,
                                                .keep = asked_for,
                                                .ctx = &doc,
                                                .device = w->device_key,
                                                .transcript = nw_buf_slice(&w->transcript),
                                                .reader_key = w->mac ? w->reader_key : NULL};
            enum nw_err e = know_reader(w, &doc, d);
            return e != NW_OK ? e : nw_mdoc_present(w->c, &job, out, d);
        }
    }
    return put_nothing(q, out);
}

static enum nw_err answer(struct nw_wallet *w, struct nw_slice request, struct nw_buf *out,
                          struct nw_diag *d)
{
    struct nw_device_request q;
    struct nw_mdoc *own = calloc(1, sizeof *own);
    if (own == NULL) {
        return NW_ERR_NOMEM;
    }
    enum nw_err e = nw_device_request_parse(request, &q, d);
    if (e == NW_OK) {
        e = nw_mdoc_parse(w->issuer_signed, own, NULL, d);
    }
    if (e == NW_OK) {
        e = respond(w, &q, own_doc_type(own), out, d);
        nw_mdoc_free(own);
    }
    free(own);
    return e;
}

/* Status 20 where the session still stands (a reader that is not answered), else 10 or 11. */
static void refuse(struct nw_wallet *w, const struct nw_transport *t, enum nw_err e, int timeout_ms)
{
    struct nw_buf message = NW_BUF(64);
    bool standing = w->session != NULL && !nw_session_is_over(w->session);
    enum nw_err made = standing && e != NW_ERR_REQUEST_FORM
                           ? nw_session_terminate(w->session, &message)
                           : nw_session_refusal(e, &message);
    if (made == NW_OK && e != NW_ERR_TIMEOUT && e != NW_ERR_IO) {
        (void)t->send(t->ctx, nw_buf_slice(&message), timeout_ms);
    }
    t->close(t->ctx);
    w->over = true;
    nw_buf_free(&message);
}

/* The request, or the reader's status. */
static enum nw_err take(struct nw_wallet *w, struct nw_slice in, struct nw_buf *text,
                        struct nw_diag *d)
{
    return w->session == NULL ? establish(w, in, text, d)
                              : nw_session_receive(w->session, in, text, &w->status, d);
}

enum nw_err nw_wallet_step(struct nw_wallet *w, const struct nw_transport *t, int timeout_ms,
                           struct nw_diag *d)
{
    struct nw_buf message = NW_BUF(NW_MAX_SESSION_MESSAGE);
    struct nw_buf text = NW_BUF_SECRET(NW_MAX_SESSION_MESSAGE);
    struct nw_buf response = NW_BUF_SECRET(NW_MAX_SESSION_MESSAGE);
    enum nw_err e = t->receive(t->ctx, &message, timeout_ms);
    if (e == NW_OK) {
        e = take(w, nw_buf_slice(&message), &text, d);
    }
    if (e == NW_OK && w->status != NW_SESSION_GOES_ON) {
        t->close(t->ctx);
        w->over = true;
        goto out;
    }
    if (e == NW_OK) {
        e = answer(w, nw_buf_slice(&text), &response, d);
    }
    nw_buf_reset(&message);
    if (e == NW_OK) {
        e = nw_session_send(w->session, nw_buf_slice(&response), w->last, &message);
    }
    if (e == NW_OK) {
        e = t->send(t->ctx, nw_buf_slice(&message), timeout_ms);
    }
    if (e != NW_OK) {
        refuse(w, t, e, timeout_ms);
    }
    w->over = w->over || w->last;
out:
    nw_buf_free(&message);
    nw_buf_free(&text);
    nw_buf_free(&response);
    return e;
}

void nw_wallet_end(struct nw_wallet *w)
{
    nw_session_free(&w->session);
    nw_signer_free(&w->ephemeral);
    nw_pubkey_free(&w->reader_key);
    nw_buf_free(&w->engagement);
    nw_buf_free(&w->transcript);
}
