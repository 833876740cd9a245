/*
 * The wallet as an mdoc nearby: shows a device engagement, takes a session over any transport,
 * looks who asks, and answers with the elements of its one credential that were asked for.
 *
 *     nw_wallet_engage(&w, &qr)
 *     do { e = nw_wallet_step(&w, &transport, timeout, d); } while (e == NW_OK && !w.over);
 *     nw_wallet_end(&w)
 */
#ifndef NW_WALLET_DEVICE_H
#define NW_WALLET_DEVICE_H

#include "mdoc/request.h"
#include "mdoc/session.h"
#include "mdoc/transport.h"

struct nw_wallet {
    /* set by the caller */
    struct nw_crypto *c;
    struct nw_slice issuer_signed; /* CBOR */
    struct nw_signer *device_key;
    bool mac;                       /* proves with a MAC instead of a signature */
    bool any_reader;                /* answers readers that do not say who they are */
    bool last;                      /* terminates with the first response */
    const struct nw_slice *anchors; /* who certifies readers */
    size_t anchor_n;
    int64_t at;
    /* kept from step to step */
    struct nw_signer *ephemeral;
    struct nw_session *session;
    struct nw_pubkey *reader_key;
    struct nw_buf engagement, transcript;
    bool over;
    /* what came of it */
    bool reader_known; /* the last request was authenticated, and by whom: */
    char reader[NW_CERT_NAME];
    uint64_t status; /* what the reader said at the end, or 0 */
};

/* Makes an ephemeral key and appends the QR text. */
NW_MUST_USE enum nw_err nw_wallet_engage(struct nw_wallet *w, struct nw_buf *qr);
/* Takes one message and answers it. On failure the reader was told (10, 11 or 20) and it is over:
 * READER_AUTH, SIGNATURE and CERT_* for a reader that is not answered. */
NW_MUST_USE enum nw_err nw_wallet_step(struct nw_wallet *w, const struct nw_transport *t,
                                       int timeout_ms, struct nw_diag *d);
void nw_wallet_end(struct nw_wallet *w);

#endif
