/*
 * One conversation of a reader with a wallet nearby, over any transport: from
 * the engagement to the DeviceResponse (ISO/IEC 18013-5 6.3.2).
 *
 *     nw_reader_open(c, &engagement, handover, &r, d)      ephemeral key, transcript, session keys
 *     nw_device_request_write(signer, nw_reader_transcript(r), docs, n, &request, d)
 *     nw_reader_ask(r, &transport, request, timeout, d)    SessionEstablishment, later SessionData
 *     nw_reader_answer(r, &transport, timeout, &response, &status, d)
 *     nw_device_response_parse(response) ... nw_mdoc_device() with nw_reader_transcript(r) and
 *                                            nw_reader_key(r) for a MAC
 *     nw_reader_close(r, &transport, timeout)              says 20 and closes the transport
 *
 * A message that cannot be read or decrypted is answered with status 10 or 11,
 * the transport is closed and the conversation is over: every later call gives
 * SESSION_OVER. The same goes for a status from the wallet, after its last
 * text was handed out.
 *
 * Deadlines are the caller's. The standard wants at least 300 s without
 * activity before a reader gives up (12.2.4).
 *
 * What this does not check: the response. It is bytes that whoever holds the
 * engagement's key sent.
 */
#ifndef NW_MDOC_READER_H
#define NW_MDOC_READER_H

#include "mdoc/engagement.h"
#include "mdoc/transport.h"

struct nw_reader;

/* handover: CBOR; empty for a QR code. CIPHER_SUITE, KEY. */
NW_MUST_USE enum nw_err nw_reader_open(struct nw_crypto *c, const struct nw_engagement *e,
                                       struct nw_slice handover, struct nw_reader **out,
                                       struct nw_diag *d);
/* SessionTranscript, CBOR; lives as long as r. */
struct nw_slice nw_reader_transcript(const struct nw_reader *r);
/* The ephemeral key, for device MACs; NULL once the conversation is over and closed. */
struct nw_signer *nw_reader_key(const struct nw_reader *r);
/* Sends a DeviceRequest. TIMEOUT, IO, SESSION_OVER. */
NW_MUST_USE enum nw_err nw_reader_ask(struct nw_reader *r, const struct nw_transport *t,
                                      struct nw_slice request, int timeout_ms);
/* Waits for the answer. *status: 0, or what the wallet said (then the conversation is over). What
 * nw_session_receive() gives; TIMEOUT, IO. */
NW_MUST_USE enum nw_err nw_reader_answer(struct nw_reader *r, const struct nw_transport *t,
                                         int timeout_ms, struct nw_buf *response, uint64_t *status,
                                         struct nw_diag *d);
/* Ends the conversation and closes the transport, whatever came before. */
void nw_reader_close(struct nw_reader *r, const struct nw_transport *t, int timeout_ms);
void nw_reader_free(struct nw_reader **r);

#endif
