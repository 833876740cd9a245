/*
 * The text of a QR code: prefix, base45 (RFC 9285), zlib (RFC 1950).
 *
 * Shared by every code of this family: "A11:" and "A1R:" here, "HC1:" of the
 * health certificates, and the eEHIC code, which has no prefix. Nothing is
 * trimmed: a space is a base45 symbol.
 */
#ifndef NW_SEAL_TRANSPORT_H
#define NW_SEAL_TRANSPORT_H

#include "base/check.h"
#include "base/deflate.h"
#include "base/limits.h"

/* Appends the inflated bytes to out. z: an inflater that the caller keeps, or NULL for one of its
 * own. The prefix may be "". checks (may be NULL) gets QR-01 (prefix, base45) and QR-02 (zlib).
 * A11_PREFIX, LIMIT, BASE45_*, ZLIB*, TRAILING. */
NW_MUST_USE enum nw_err nw_transport_read(struct nw_inflater *z, const char *prefix,
                                          struct nw_slice text, size_t max, struct nw_buf *out,
                                          struct nw_checks *checks, struct nw_diag *d);
/* Appends the text. z as above. LIMIT if no QR code can hold it. */
NW_MUST_USE enum nw_err nw_transport_write(struct nw_deflater *z, const char *prefix,
                                           struct nw_slice bytes, struct nw_buf *out,
                                           struct nw_diag *d);

#endif
