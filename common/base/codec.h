/*
 * Text encodings of bytes: base64url, base64, base45, hex. Strict: one
 * spelling for every value. No padding and zero spare bits in base64url (RFC
 * 7515 2); padding and zero spare bits in base64 (RFC 4648 4, x5c only); RFC
 * 9285 alphabet, lengths and ranges in base45; nothing is trimmed anywhere.
 *
 * Decoders append to out; on failure out keeps what it had before the call and
 * the offset of the first bad character is in d (may be NULL). Sticky errors
 * of out are returned as well.
 */
#ifndef NW_BASE_CODEC_H
#define NW_BASE_CODEC_H

#include "base/buf.h"

NW_MUST_USE enum nw_err nw_base64url_decode(struct nw_slice text, struct nw_buf *out,
                                            struct nw_diag *d);
void nw_base64url_encode(struct nw_slice bytes, struct nw_buf *out);
/* Encoded length without padding. */
size_t nw_base64url_length(size_t bytes);
NW_MUST_USE enum nw_err nw_base64_decode(struct nw_slice text, struct nw_buf *out,
                                         struct nw_diag *d);
void nw_base64_encode(struct nw_slice bytes, struct nw_buf *out);
NW_MUST_USE enum nw_err nw_base45_decode(struct nw_slice text, struct nw_buf *out,
                                         struct nw_diag *d);
void nw_base45_encode(struct nw_slice bytes, struct nw_buf *out);
/* Either case; an even number of digits. */
NW_MUST_USE enum nw_err nw_hex_decode(struct nw_slice text, struct nw_buf *out, struct nw_diag *d);
/* Lower case. */
void nw_hex_encode(struct nw_slice bytes, struct nw_buf *out);

#endif
