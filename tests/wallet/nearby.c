/*
 * nw-wallet nearby: prints the QR text of a device engagement and answers one reader over the
 * socket with the given number, until the reader ends it. Says on standard error who asked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/argv.h"
#include "base/limits.h"
#include "crypto/cert.h"
#include "crypto/signer.h"
#include "device.h"
#include "mdoc/mdoc.h"
#include "socket_transport.h"
#include "wallet.h"

#define INACTIVE_MS 300000 /* ISO/IEC 18013-5 12.2.4: no less than 300 s */

struct nearby_args {
    const char *key, *readers, *credential;
    int64_t time;
    int socket;
    bool any_reader, mac;
};

static bool parse(int argc, char **argv, struct nearby_args *a)
{
    const char *at = NULL;
    const char *number = NULL;
    const struct nw_argv_option options[] = {
        {"key", .text = &a->key},
        {"readers", .text = &a->readers},
        {"any-reader", .flag = &a->any_reader},
        {"mac", .flag = &a->mac},
        {"time", .text = &at},
        {"socket", .text = &number},
    };
    struct nw_argv_words words;
    *a = (struct nearby_args){.socket = -1};
    if (nw_argv_read(argc, argv, NW_ARGV(options), &words, NULL) != NW_OK || words.help) {
        return false;
    }
    a->time = at != NULL ? strtoll(at, NULL, 10) : (int64_t)time(NULL);
    a->socket = number != NULL ? (int)strtol(number, NULL, 10) : -1;
    a->credential = words.operand_n == 1 ? argv[1] : NULL;
    return a->credential != NULL && a->key != NULL && a->socket >= 0 &&
           (a->readers != NULL || a->any_reader);
}

static enum nw_err converse(struct nw_wallet *w, int fd, struct nw_diag *d)
{
    struct nw_socket socket;
    const struct nw_transport t = nw_socket_transport(&socket, fd);
    struct nw_buf qr = NW_BUF(NW_MAX_QR_TEXT);
    enum nw_err e = nw_wallet_engage(w, &qr);
    if (e == NW_OK) {
        (void)printf("%s\n", nw_buf_cstr(&qr));
        (void)fflush(stdout);
    }
    while (e == NW_OK && !w->over) {
        e = nw_wallet_step(w, &t, INACTIVE_MS, d);
        if (e == NW_OK && !w->over) {
            (void)fprintf(stderr, "nw-wallet: answered %s\n",
                          w->reader_known ? w->reader : "a reader that does not say who it is");
        }
    }
    t.close(t.ctx);
    nw_buf_free(&qr);
    return e;
}

/* IssuerSigned as CBOR from the first line of a file in any of its spellings. */
static enum nw_err load_credential(const char *path, struct nw_buf *out)
{
    struct nw_buf file = NW_BUF(NW_MAX_INPUT);
    struct nw_mdoc *m = calloc(1, sizeof *m);
    enum nw_err e = m == NULL ? NW_ERR_NOMEM : wallet_read(path, &file);
    struct nw_slice text = nw_buf_slice(&file);
    if (e == NW_OK && text.n > 0 && text.p[0] < 0x80) {
        text = nw_slice_sub(text, 0, nw_slice_find(text, '\n', 0));
    }
    if (e == NW_OK) {
        e = nw_mdoc_parse(text, m, NULL, NULL);
    }
    if (e == NW_OK) {
        nw_buf_put(out, m->bytes);
        e = nw_buf_err(out);
        nw_mdoc_free(m);
    }
    free(m);
    nw_buf_free(&file);
    return e;
}

/* The files: the key, the anchor of readers, the credential. */
static enum nw_err load(struct nw_crypto *c, const struct nearby_args *a, struct nw_wallet *w,
                        struct nw_buf *anchor, struct nw_buf *credential, const char **what)
{
    struct nw_buf pem = NW_BUF_SECRET(NW_MAX_KEY_FILE);
    size_t at = 0;
    *what = a->key;
    enum nw_err e = wallet_read(a->key, &pem);
    if (e == NW_OK) {
        e = nw_signer_from_pem(c, nw_buf_slice(&pem), NW_SLICE_EMPTY, &w->device_key, NULL);
    }
    if (e == NW_OK && a->readers != NULL) {
        *what = a->readers;
        nw_buf_reset(&pem);
        e = wallet_read(a->readers, &pem);
        e = e != NW_OK ? e : nw_cert_from_pem(nw_buf_slice(&pem), &at, anchor);
    }
    if (e == NW_OK) {
        *what = a->credential;
        e = load_credential(a->credential, credential);
    }
    nw_buf_free(&pem);
    return e;
}

int wallet_nearby(struct nw_crypto *c, int argc, char **argv)
{
    struct nearby_args a;
    struct nw_buf anchor = NW_BUF(NW_MAX_CERT), credential = NW_BUF(NW_MAX_CBOR);
    struct nw_diag d = {0};
    const char *what = "session";
    if (!parse(argc, argv, &a)) {
        return WALLET_USAGE;
    }
    struct nw_wallet w = {.c = c, .any_reader = a.any_reader, .mac = a.mac, .at = a.time};
    enum nw_err e = load(c, &a, &w, &anchor, &credential, &what);
    const struct nw_slice anchors[] = {nw_buf_slice(&anchor)};
    if (e == NW_OK) {
        what = "session";
        w.issuer_signed = nw_buf_slice(&credential);
        w.anchors = anchors;
        w.anchor_n = a.readers != NULL ? 1 : 0;
        e = converse(&w, a.socket, &d);
    }
    nw_wallet_end(&w);
    nw_signer_free(&w.device_key);
    nw_buf_free(&anchor);
    nw_buf_free(&credential);
    return e == NW_OK ? 0 : wallet_complain(what, e);
}
