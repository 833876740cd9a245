/*
 * nw-wallet present-mdoc: an IssuerSigned (one of a batch, base64url, a line each) and a session
 * become a DeviceResponse with a device signature.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/argv.h"
#include "base/codec.h"
#include "base/limits.h"
#include "crypto/signer.h"
#include "mdoc/mdoc.h"
#include "mdoc/transcript.h"
#include "wallet.h"

#define HIDDEN_MAX 32

struct mdoc_args {
    const char *key, *transcript, *client_id, *response_uri, *nonce, *origin, *thumbprint;
    const char *credential, *hidden[HIDDEN_MAX];
    size_t hidden_n;
    long line;
};

static bool keep(void *ctx, const struct nw_mdoc_item *item)
{
    const struct mdoc_args *a = ctx;
    for (size_t i = 0; i < a->hidden_n; i++) {
        if (nw_slice_is(item->id, a->hidden[i])) {
            return false;
        }
    }
    return true;
}

/* The n-th line; raw CBOR is one line. */
static struct nw_slice line_of(struct nw_slice all, long n)
{
    if (all.n > 0 && all.p[0] >= 0x80) {
        return all;
    }
    size_t at = 0;
    for (; n > 1 && at < all.n; n--) {
        at = nw_slice_find(all, '\n', at) + 1;
    }
    struct nw_slice rest = nw_slice_from(all, at);
    return nw_slice_sub(rest, 0, nw_slice_find(rest, '\n', 0));
}

static enum nw_err make_transcript(struct nw_crypto *c, const struct mdoc_args *a,
                                   struct nw_buf *out)
{
    struct nw_buf file = NW_BUF(NW_MAX_CBOR), thumbprint = NW_BUF(64);
    struct nw_slice array;
    enum nw_err e = NW_OK;
    if (a->thumbprint != NULL) {
        e = nw_base64url_decode(nw_str(a->thumbprint), &thumbprint, NULL);
    }
    if (e == NW_OK && a->transcript != NULL) {
        e = wallet_read(a->transcript, &file);
        if (e == NW_OK) {
            e = nw_transcript_open(nw_buf_slice(&file), &array, NULL);
        }
        if (e == NW_OK) {
            nw_buf_put(out, array);
            e = nw_buf_err(out);
        }
    } else if (e == NW_OK && a->origin != NULL) {
        e = nw_transcript_dc_api(c, a->origin, a->nonce, nw_buf_slice(&thumbprint), out);
    } else if (e == NW_OK) {
        e = nw_transcript_openid4vp(c, a->client_id, a->nonce, nw_buf_slice(&thumbprint),
                                    a->response_uri, out);
    }
    nw_buf_free(&file);
    nw_buf_free(&thumbprint);
    return e;
}

static enum nw_err print_response(struct nw_slice response)
{
    struct nw_buf text = NW_BUF(NW_MAX_INPUT);
    nw_base64url_encode(response, &text);
    enum nw_err e = nw_buf_err(&text);
    if (e == NW_OK && printf("%s\n", nw_buf_cstr(&text)) < 0) {
        e = NW_ERR_IO;
    }
    nw_buf_free(&text);
    return e;
}

static int present(struct nw_crypto *c, struct mdoc_args *a)
{
    struct nw_buf issued = NW_BUF(NW_MAX_INPUT), pem = NW_BUF_SECRET(NW_MAX_KEY_FILE);
    struct nw_buf transcript = NW_BUF(NW_MAX_CBOR), response = NW_BUF(NW_MAX_CBOR);
    struct nw_signer *device = NULL;
    const char *what = a->credential;
    enum nw_err e = wallet_read(a->credential, &issued);
    if (e == NW_OK) {
        what = a->key;
        e = wallet_read(a->key, &pem);
    }
    if (e == NW_OK) {
        e = nw_signer_from_pem(c, nw_buf_slice(&pem), NW_SLICE_EMPTY, &device, NULL);
    }
    if (e == NW_OK) {
        what = "session";
        e = make_transcript(c, a, &transcript);
    }
    if (e == NW_OK) {
        const struct nw_mdoc_present job = {.issuer_signed =
                                                line_of(nw_buf_slice(&issued), a->line),
                                            .keep = keep,
                                            .ctx = a,
                                            .device = device,
                                            .transcript = nw_buf_slice(&transcript)};
        what = a->credential;
        e = nw_mdoc_present(c, &job, &response, NULL);
    }
    if (e == NW_OK) {
        e = print_response(nw_buf_slice(&response));
    }
    nw_signer_free(&device);
    nw_buf_free(&issued);
    nw_buf_free(&pem);
    nw_buf_free(&transcript);
    nw_buf_free(&response);
    return e == NW_OK ? 0 : wallet_complain(what, e);
}

static bool parse(int argc, char **argv, struct mdoc_args *a)
{
    const char *line = NULL;
    const struct nw_argv_option options[] = {
        {"key", .text = &a->key},
        {"transcript", .text = &a->transcript},
        {"client-id", .text = &a->client_id},
        {"response-uri", .text = &a->response_uri},
        {"nonce", .text = &a->nonce},
        {"origin", .text = &a->origin},
        {"jwk-thumbprint", .text = &a->thumbprint},
        {"hide", .list = a->hidden, .list_n = &a->hidden_n, .list_max = HIDDEN_MAX},
        {"line", .text = &line},
    };
    struct nw_argv_words words;
    *a = (struct mdoc_args){.key = NULL};
    if (nw_argv_read(argc, argv, NW_ARGV(options), &words, NULL) != NW_OK || words.help) {
        return false;
    }
    a->line = line != NULL ? strtol(line, NULL, 10) : 1;
    a->credential = words.operand_n == 1 ? argv[1] : NULL;
    bool parts = a->nonce != NULL &&
                 (a->origin != NULL || (a->client_id != NULL && a->response_uri != NULL));
    return a->credential != NULL && a->key != NULL && (a->transcript != NULL || parts);
}

int wallet_present_mdoc(struct nw_crypto *c, int argc, char **argv)
{
    struct mdoc_args a;
    return parse(argc, argv, &a) ? present(c, &a) : WALLET_USAGE;
}
