/*
 * What carries session messages: BLE, NFC, a socket in tests. Whole messages,
 * in order, each with a time in which it must be done. The core never opens
 * one; who has one fills in this table.
 *
 * A transport proves nothing and hides nothing: everything that comes out of it
 * is untrusted until the session has opened it.
 */
#ifndef NW_MDOC_TRANSPORT_H
#define NW_MDOC_TRANSPORT_H

#include "base/buf.h"

struct nw_transport {
    void *ctx;
    /* TIMEOUT; IO when the other side is gone. */
    enum nw_err (*send)(void *ctx, struct nw_slice message, int timeout_ms);
    /* Appends one message. TIMEOUT; IO when the other side is gone; LIMIT for a message larger than
     * out allows. */
    enum nw_err (*receive)(void *ctx, struct nw_buf *out, int timeout_ms);
    void (*close)(void *ctx); /* more than once is harmless */
};

#endif
