/*
 * Session transcripts: what a device's proof is bound to.
 *
 *     SessionTranscript = [DeviceEngagementBytes | null, EReaderKeyBytes | null, Handover]
 *     Handover          = null                                   QR code
 *                       | [bstr, bstr | null]                    NFC
 *                       | ["OpenID4VPHandover", bstr]            redirect (OpenID4VP B.2.6.1)
 *                       | ["OpenID4VPDCAPIHandover", bstr]       browser API (B.2.6.2)
 *
 * The verifier makes it from what it knows itself, never from what the wallet
 * says. Two transcripts differ in one byte when any part differs, so a proof
 * for another verifier, request or session does not verify.
 *
 * What this does not check: that the parts were fresh.
 */
#ifndef NW_MDOC_TRANSCRIPT_H
#define NW_MDOC_TRANSCRIPT_H

#include "crypto/crypto.h"
#include "crypto/signer.h"

/* engagement, reader_key: DeviceEngagementBytes and EReaderKeyBytes as sent, tag 24 and all.
 * handover: one CBOR item; empty means null (QR). CBOR_* when a part is no strict CBOR item. */
NW_MUST_USE enum nw_err nw_transcript_proximity(struct nw_slice engagement,
                                                struct nw_slice reader_key,
                                                struct nw_slice handover, struct nw_buf *out);
/* NFC handover: messages as exchanged; request empty: null (static handover). */
void nw_handover_nfc(struct nw_slice select, struct nw_slice request, struct nw_buf *out);

/* thumbprint: RFC 7638 SHA-256 of the verifier's encryption key, 32 bytes; empty when the response
 * is not encrypted. client_id with its prefix. */
NW_MUST_USE enum nw_err nw_transcript_openid4vp(struct nw_crypto *c, const char *client_id,
                                                const char *nonce, struct nw_slice thumbprint,
                                                const char *response_uri, struct nw_buf *out);
/* origin without "origin:". */
NW_MUST_USE enum nw_err nw_transcript_dc_api(struct nw_crypto *c, const char *origin,
                                             const char *nonce, struct nw_slice thumbprint,
                                             struct nw_buf *out);

/* A transcript that came from a file: the array, or tag 24 around it. *out: the array. */
NW_MUST_USE enum nw_err nw_transcript_open(struct nw_slice in, struct nw_slice *out,
                                           struct nw_diag *d);
/* SessionTranscriptBytes: tag 24 around it; salt of the session keys. */
void nw_transcript_bytes(struct nw_slice transcript, struct nw_buf *out);
/* DeviceAuthenticationBytes (ISO/IEC 18013-5 9.1.3.4): what a device signs or MACs. */
void nw_device_authentication(struct nw_slice transcript, struct nw_slice doc_type,
                              struct nw_slice device_name_spaces, struct nw_buf *out);
/* EMacKey (9.1.3.5) from either side: own private key, the other's public key. */
NW_MUST_USE enum nw_err nw_mac_key(struct nw_crypto *c, struct nw_signer *own,
                                   const struct nw_pubkey *other, struct nw_slice transcript,
                                   uint8_t key[NW_SHA256_BYTES]);

#endif
