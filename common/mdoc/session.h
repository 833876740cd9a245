/*
 * Session encryption (ISO/IEC 18013-5 9.1.1; second edition 12.2): what goes
 * over the radio between a reader and an mdoc, without the radio.
 *
 *     SessionEstablishment = {"eReaderKey": 24(<< EReaderKey >>), "data": sealed}
 *     SessionData          = {? "data": sealed, ? "status": code}
 *     sealed               = AES-256-GCM(key, identifier || counter, no AAD, text), tag at the end
 *     key                  = HKDF-SHA-256(ECDH, SHA-256(SessionTranscriptBytes),
 *                                         "SKReader" | "SKDevice", 32)
 *     identifier           = 00..00 for what the reader sends, 00..01 for what the mdoc sends
 *
 * A struct nw_session is one side of one session. Its counters begin at 1 and
 * go up by one with each message, in each direction for itself: a message that
 * is repeated, left out or out of order does not decrypt. A counter is never
 * used twice, not even after a failure, and the session ends before it could
 * wrap.
 *
 * A session that has ended refuses everything with SESSION_OVER, and its keys
 * are wiped by then. It ends when a message cannot be read or decrypted, when
 * either side says a status, and when trouble of our own leaves a message half
 * made. Whoever refuses a message tells the other side why:
 *
 *     e = nw_session_receive(s, in, &plain, &status, d);
 *     if (e != NW_OK) nw_session_refusal(e, &answer);       10 or 11, sent in the clear
 *
 * The maps are written in the order of the standard's text, as all peers do, not in
 * bytewise order: nothing signs them.
 *
 * What this does not check: who the other side is. The keys are as good as the
 * transcript: the device's proof over it (mdoc.h) and the reader's (request.h)
 * are what authenticates. Waiting and time-outs are the transport's part.
 */
#ifndef NW_MDOC_SESSION_H
#define NW_MDOC_SESSION_H

#include "base/limits.h"
#include "crypto/signer.h"

struct nw_session;

enum nw_session_role {
    NW_SESSION_READER = 0,
    NW_SESSION_DEVICE = 1,
};

/* Status codes (table 20). A code that is none of these ends the session as well. */
enum {
    NW_SESSION_GOES_ON = 0, /* no status in the message */
    NW_SESSION_ENCRYPTION_ERROR = 10,
    NW_SESSION_DECODING_ERROR = 11,
    NW_SESSION_TERMINATION = 20,
};

/* Derives both keys. own: the ephemeral key of this side, not needed afterwards (free it; an
 * EMacKey is the one thing it may still be good for). transcript: SessionTranscript, CBOR, without
 * tag 24. ALG_KEY_MISMATCH: keys on different curves. */
NW_MUST_USE enum nw_err nw_session_new(struct nw_crypto *c, enum nw_session_role role,
                                       struct nw_signer *own, const struct nw_pubkey *peer,
                                       struct nw_slice transcript, struct nw_session **out);
/* Wipes the keys. Everything refuses from here on. */
void nw_session_end(struct nw_session *s);
bool nw_session_is_over(const struct nw_session *s);
void nw_session_free(struct nw_session **s);

/* Appends EReaderKeyBytes or EDeviceKeyBytes: tag 24 around the COSE_Key. */
NW_MUST_USE enum nw_err nw_session_key_bytes(const struct nw_pubkey *key, struct nw_buf *out);

/* Reader, first message: appends a SessionEstablishment with text sealed in it. reader_key_bytes:
 * what stands in the transcript. SESSION_OVER unless it is the reader's first. */
NW_MUST_USE enum nw_err nw_session_establish(struct nw_session *s, struct nw_slice reader_key_bytes,
                                             struct nw_slice text, struct nw_buf *out);
/* Appends a SessionData with text sealed in it. last: says 20 with it and ends the session. */
NW_MUST_USE enum nw_err nw_session_send(struct nw_session *s, struct nw_slice text, bool last,
                                        struct nw_buf *out);
/* Appends a SessionData that says 20 and nothing else, and ends the session. */
NW_MUST_USE enum nw_err nw_session_terminate(struct nw_session *s, struct nw_buf *out);
/* Appends the SessionData for a message that was refused with e: status 11 for what is no CBOR or
 * no session message, else 10. Needs no session: there may be none yet. */
NW_MUST_USE enum nw_err nw_session_refusal(enum nw_err e, struct nw_buf *out);

/* Reads a SessionData. text gets what was sealed in it, if there was something; *status what it
 * said, or 0. With a status the session is over. On failure it is over too and nothing is in text:
 * SESSION_FORM, CBOR_*, LIMIT (no such message), DECRYPT (wrong key, replay, counter, damage),
 * SESSION_OVER. text should be a secret buffer. */
NW_MUST_USE enum nw_err nw_session_receive(struct nw_session *s, struct nw_slice in,
                                           struct nw_buf *text, uint64_t *status,
                                           struct nw_diag *d);

/* Device: the reader's first message, in two steps, since its key belongs in the transcript:
 *     nw_establishment_parse(in, &m, d); nw_establishment_key(c, &m, &key, d);
 *     transcript from m.reader_key_bytes; nw_session_new(...);
 *     nw_session_accept(s, &m, &text, d); */
struct nw_establishment {
    struct nw_slice reader_key_bytes; /* EReaderKeyBytes as received, tag 24 and all */
    struct nw_slice reader_key;       /* the COSE_Key in it */
    struct nw_slice data;
};
NW_MUST_USE enum nw_err nw_establishment_parse(struct nw_slice in, struct nw_establishment *out,
                                               struct nw_diag *d);
/* CIPHER_SUITE for a curve that is not supported (crypto/curve.h); KEY for a compressed point or no
 * key. */
NW_MUST_USE enum nw_err nw_establishment_key(struct nw_crypto *c, const struct nw_establishment *m,
                                             struct nw_pubkey **out, struct nw_diag *d);
/* SESSION_OVER unless it is the device's first; DECRYPT ends the session. */
NW_MUST_USE enum nw_err nw_session_accept(struct nw_session *s, const struct nw_establishment *m,
                                          struct nw_buf *text, struct nw_diag *d);

#endif
