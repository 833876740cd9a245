/*
 * zlib (RFC 1950), bounded. Inflation needs the largest permitted output and
 * stops there; the stream must be complete, its checksum right, and nothing
 * may follow it. A preset dictionary is refused.
 *
 * Streams are kept for reuse: making one costs more than a small job. A
 * struct nw_deflater / nw_inflater belongs to one thread.
 */
#ifndef NW_BASE_DEFLATE_H
#define NW_BASE_DEFLATE_H

#include "base/buf.h"

struct nw_inflater;
struct nw_deflater;

NW_MUST_USE enum nw_err nw_inflater_new(struct nw_inflater **out);
void nw_inflater_free(struct nw_inflater **z);
/* Appends to out at most max bytes. ZLIB, ZLIB_TRUNCATED, ZLIB_DICT, ZLIB_LIMIT, TRAILING. */
NW_MUST_USE enum nw_err nw_inflate(struct nw_inflater *z, struct nw_slice in, size_t max,
                                   struct nw_buf *out, struct nw_diag *d);

enum nw_deflate_kind {
    NW_DEFLATE_TEXT,   /* level 9, memLevel 5 (as small, and made in half the time): QR codes */
    NW_DEFLATE_SPARSE, /* Z_RLE, level 6, memLevel 9: status lists */
};
NW_MUST_USE enum nw_err nw_deflater_new(enum nw_deflate_kind kind, struct nw_deflater **out);
void nw_deflater_free(struct nw_deflater **z);
NW_MUST_USE enum nw_err nw_deflate(struct nw_deflater *z, struct nw_slice in, struct nw_buf *out);

#endif
