/* The session that an mdoc must answer to, as the command line tells it. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "mdoc/transcript.h"
#include "say.h"
#include "session.h"

static int transcript_file(const char *path, struct nw_session *s)
{
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    if (nw_input_read(path, &s->transcript, &d) != NW_OK) {
        return nw_say_diag(path, &d);
    }
    if (nw_transcript_open(nw_buf_slice(&s->transcript), &s->job.transcript, &d) != NW_OK) {
        (void)nw_say_diag(path, &d);
        return EX_DATAERR;
    }
    return 0;
}

static int transcript_thumbprint(const char *text, struct nw_buf *out)
{
    if (text != NULL && (nw_base64url_decode(nw_str(text), out, NULL) != NW_OK || out->n != 32)) {
        nw_say("--jwk-thumbprint: 32 bytes in base64url are wanted");
        return EX_USAGE;
    }
    return 0;
}

/* OpenID4VP B.2.6; the audience of an SD-JWT VC in the same response follows from the same words
 * (B.3). */
static int transcript_parts(const struct nw_options *o, struct nw_session *s)
{
    struct nw_buf thumbprint = NW_BUF(64);
    int status = transcript_thumbprint(o->thumbprint, &thumbprint);
    int n = 0;
    enum nw_err e = NW_OK;
    if (status == 0 && o->origin != NULL) {
        n = snprintf(s->audience, sizeof s->audience, "origin:%s", o->origin);
        e = nw_transcript_dc_api(s->crypto, o->origin, o->nonce, nw_buf_slice(&thumbprint),
                                 &s->transcript);
    } else if (status == 0) {
        n = snprintf(s->audience, sizeof s->audience, "%s", o->client_id);
        e = nw_transcript_openid4vp(s->crypto, o->client_id, o->nonce, nw_buf_slice(&thumbprint),
                                    o->response_uri, &s->transcript);
    }
    nw_buf_free(&thumbprint);
    if (e != NW_OK || n < 0 || (size_t)n >= sizeof s->audience) {
        nw_say("the session: %s", nw_err_text(e != NW_OK ? e : NW_ERR_LIMIT));
        return EX_USAGE;
    }
    s->job.transcript = nw_buf_slice(&s->transcript);
    return status;
}

static int transcript_reader_key(const char *path, struct nw_session *s)
{
    struct nw_buf pem = NW_BUF_SECRET(NW_MAX_KEY_FILE);
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    enum nw_err e = nw_input_read(path, &pem, &d);
    if (e == NW_OK) {
        e = nw_signer_from_pem(s->crypto, nw_buf_slice(&pem), NW_SLICE_EMPTY, &s->reader_key, &d);
    }
    nw_buf_free(&pem);
    s->job.reader_key = s->reader_key;
    return e == NW_OK ? 0 : nw_say_diag(path, &d);
}

int nw_session_transcript(const struct nw_options *o, struct nw_session *s)
{
    int status = 0;
    if (o->transcript != NULL) {
        status = transcript_file(o->transcript, s);
    } else if (o->client_id != NULL || o->origin != NULL) {
        status = transcript_parts(o, s);
    }
    if (status == 0 && o->reader_key != NULL) {
        status = transcript_reader_key(o->reader_key, s);
    }
    return status;
}
