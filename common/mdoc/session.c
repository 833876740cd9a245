#include "mdoc/session.h"

#include "base/alloc.h"
#include "cbor/cbor.h"
#include "mdoc/session_internal.h"
#include "mdoc/transcript.h"

#define KEY_BYTES 32
#define IV_BYTES 12
#define TRANSCRIPT_HEAD 16

/* One direction. count: messages so far; the next one has count + 1. */
struct direction {
    uint8_t key[KEY_BYTES];
    uint32_t count;
    uint8_t identifier; /* last byte of it; the others are zero */
};

struct nw_session {
    struct nw_crypto *c;
    enum nw_session_role role;
    bool over;
    struct direction out, in;
};

/* salt: SHA-256(SessionTranscriptBytes) */
static enum nw_err derive(struct nw_session *s, struct nw_slice secret, struct nw_slice transcript)
{
    uint8_t salt[NW_SHA256_BYTES];
    struct nw_buf bytes = NW_BUF(transcript.n + TRANSCRIPT_HEAD);
    bool reader = s->role == NW_SESSION_READER;
    nw_transcript_bytes(transcript, &bytes);
    enum nw_err e = nw_buf_err(&bytes);
    if (e == NW_OK) {
        e = nw_sha256(s->c, nw_buf_slice(&bytes), salt);
    }
    if (e == NW_OK) {
        e = nw_hkdf_sha256(s->c, secret, nw_slice(salt, sizeof salt), nw_str("SKReader"),
                           reader ? s->out.key : s->in.key, KEY_BYTES);
    }
    if (e == NW_OK) {
        e = nw_hkdf_sha256(s->c, secret, nw_slice(salt, sizeof salt), nw_str("SKDevice"),
                           reader ? s->in.key : s->out.key, KEY_BYTES);
    }
    s->out.identifier = reader ? 0 : 1;
    s->in.identifier = reader ? 1 : 0;
    nw_buf_free(&bytes);
    return e;
}

enum nw_err nw_session_new(struct nw_crypto *c, enum nw_session_role role, struct nw_signer *own,
                           const struct nw_pubkey *peer, struct nw_slice transcript,
                           struct nw_session **out)
{
    uint8_t secret[NW_ECDH_MAX];
    size_t secret_n = 0;
    struct nw_session *s = nw_calloc(1, sizeof *s);
    if (s == NULL) {
        return NW_ERR_NOMEM;
    }
    s->c = c;
    s->role = role;
    enum nw_err e = nw_ecdh(own, peer, secret, &secret_n);
    if (e == NW_OK) {
        e = derive(s, nw_slice(secret, secret_n), transcript);
    }
    nw_wipe(secret, sizeof secret);
    if (e != NW_OK) {
        nw_session_free(&s);
        return e;
    }
    *out = s;
    return NW_OK;
}

void nw_session_end(struct nw_session *s)
{
    nw_wipe(s->out.key, sizeof s->out.key);
    nw_wipe(s->in.key, sizeof s->in.key);
    s->over = true;
}

bool nw_session_is_over(const struct nw_session *s)
{
    return s->over;
}

void nw_session_free(struct nw_session **s)
{
    if (*s != NULL) {
        nw_free_secret(*s, sizeof **s);
        *s = NULL;
    }
}

/* Takes the next counter of a direction: 12.2.5, identifier || counter. False: none is left. */
static bool next_iv(struct direction *d, uint8_t iv[IV_BYTES])
{
    if (d->count == UINT32_MAX) {
        return false;
    }
    d->count++;
    for (size_t i = 0; i < IV_BYTES - 4; i++) {
        iv[i] = 0;
    }
    iv[7] = d->identifier;
    for (unsigned i = 0; i < 4; i++) {
        iv[8 + i] = (uint8_t)(d->count >> (24 - 8 * i));
    }
    return true;
}

static enum nw_err seal(struct nw_session *s, struct nw_slice text, struct nw_buf *sealed)
{
    uint8_t iv[IV_BYTES];
    if (!next_iv(&s->out, iv)) {
        return NW_ERR_SESSION_OVER;
    }
    return nw_aead_seal(s->c, nw_slice(s->out.key, KEY_BYTES), nw_slice(iv, IV_BYTES),
                        NW_SLICE_EMPTY, text, sealed);
}

/* Any failure is the end: what the other side sent is lost, and so is the order of the messages. */
static enum nw_err unseal(struct nw_session *s, struct nw_slice data, struct nw_buf *text,
                          struct nw_diag *d)
{
    uint8_t iv[IV_BYTES];
    enum nw_err e = next_iv(&s->in, iv) ? NW_OK : NW_ERR_SESSION_OVER;
    if (e == NW_OK) {
        e = nw_aead_open(s->c, nw_slice(s->in.key, KEY_BYTES), nw_slice(iv, IV_BYTES),
                         NW_SLICE_EMPTY, data, text);
    }
    if (e != NW_OK) {
        nw_session_end(s);
        return nw_fail(d, e, NW_NO_OFFSET, "message %u", (unsigned)s->in.count);
    }
    return NW_OK;
}

/* Puts a map of one or two members: lead (raw pair, may be empty), data, status. */
static enum nw_err put_message(struct nw_session *s, struct nw_slice reader_key_bytes,
                               struct nw_slice text, bool last, struct nw_buf *out)
{
    struct nw_buf sealed = NW_BUF(NW_MAX_SESSION_MESSAGE);
    size_t before = out->n;
    bool first = reader_key_bytes.n > 0;
    enum nw_err e = seal(s, text, &sealed);
    if (e == NW_OK) {
        nw_cbor_put_map(out, 1u + first + last);
        if (first) {
            nw_cbor_put_text(out, nw_str("eReaderKey"));
            nw_buf_put(out, reader_key_bytes);
        }
        nw_cbor_put_text(out, nw_str("data"));
        nw_cbor_put_bytes(out, nw_buf_slice(&sealed));
        if (last) {
            nw_cbor_put_text(out, nw_str("status"));
            nw_cbor_put_uint(out, NW_SESSION_TERMINATION);
        }
        e = nw_buf_err(out);
        if (e == NW_OK && out->n - before > NW_MAX_SESSION_MESSAGE) {
            nw_buf_cut(out, before);
            e = NW_ERR_LIMIT;
        }
    }
    if (e != NW_OK || last) {
        nw_session_end(s);
    }
    nw_buf_free(&sealed);
    return e;
}

enum nw_err nw_session_establish(struct nw_session *s, struct nw_slice reader_key_bytes,
                                 struct nw_slice text, struct nw_buf *out)
{
    if (s->over || s->role != NW_SESSION_READER || s->out.count != 0 || reader_key_bytes.n == 0) {
        return NW_ERR_SESSION_OVER;
    }
    return put_message(s, reader_key_bytes, text, false, out);
}

enum nw_err nw_session_send(struct nw_session *s, struct nw_slice text, bool last,
                            struct nw_buf *out)
{
    bool first = s->role == NW_SESSION_READER ? s->out.count == 0 : s->in.count == 0;
    if (s->over || first) { /* the establishment comes before everything else */
        return NW_ERR_SESSION_OVER;
    }
    return put_message(s, NW_SLICE_EMPTY, text, last, out);
}

static enum nw_err put_status(uint64_t status, struct nw_buf *out)
{
    nw_cbor_put_map(out, 1);
    nw_cbor_put_text(out, nw_str("status"));
    nw_cbor_put_uint(out, status);
    return nw_buf_err(out);
}

enum nw_err nw_session_terminate(struct nw_session *s, struct nw_buf *out)
{
    if (s->over) {
        return NW_ERR_SESSION_OVER;
    }
    nw_session_end(s);
    return put_status(NW_SESSION_TERMINATION, out);
}

enum nw_err nw_session_refusal(enum nw_err e, struct nw_buf *out)
{
    bool decoding = e == NW_ERR_SESSION_FORM || e == NW_ERR_LIMIT || e == NW_ERR_REQUEST_FORM ||
                    e == NW_ERR_MDOC_FORM || e == NW_ERR_TRUNCATED || e == NW_ERR_TRAILING ||
                    e == NW_ERR_UTF8 || (e >= NW_ERR_CBOR_SYNTAX && e <= NW_ERR_CBOR_RANGE);
    return put_status(decoding ? NW_SESSION_DECODING_ERROR : NW_SESSION_ENCRYPTION_ERROR, out);
}

enum nw_err nw_session_receive(struct nw_session *s, struct nw_slice in, struct nw_buf *text,
                               uint64_t *status, struct nw_diag *d)
{
    struct nw_session_data m;
    bool first = s->role == NW_SESSION_READER ? s->out.count == 0 : s->in.count == 0;
    if (s->over || first) {
        return nw_fail(d, NW_ERR_SESSION_OVER, NW_NO_OFFSET, "%s",
                       first ? "there was no establishment" : "no message is expected");
    }
    enum nw_err e = nw_session_data_parse(in, &m, d);
    if (e == NW_OK && m.data.n > 0) {
        e = unseal(s, m.data, text, d);
    }
    if (e != NW_OK || m.has_status) {
        nw_session_end(s);
    }
    if (e == NW_OK) {
        *status = m.has_status ? m.status : NW_SESSION_GOES_ON;
    }
    return e;
}

enum nw_err nw_session_accept(struct nw_session *s, const struct nw_establishment *m,
                              struct nw_buf *text, struct nw_diag *d)
{
    if (s->over || s->role != NW_SESSION_DEVICE || s->in.count != 0) {
        return nw_fail(d, NW_ERR_SESSION_OVER, NW_NO_OFFSET, "the session is established already");
    }
    return unseal(s, m->data, text, d);
}
