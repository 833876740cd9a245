/*
 * Buffers: owned, growing bytes that cannot be made without a maximum.
 *
 * The error is sticky: append as often as you like and ask once at the end
 * with nw_buf_err(). After a failure nothing more is written. Only this file
 * moves bytes into buffers.
 *
 *     struct nw_buf b = NW_BUF(NW_MAX_JSON);
 *     nw_buf_puts(&b, "{\"a\":");
 *     ...
 *     if ((e = nw_buf_err(&b)) != NW_OK) goto out;
 *     use(nw_buf_slice(&b));        valid until the next append or free
 *     nw_buf_free(&b);
 */
#ifndef NW_BASE_BUF_H
#define NW_BASE_BUF_H

#include <stdarg.h>

#include "base/err.h"
#include "base/slice.h"

struct nw_buf {
    uint8_t *p;
    size_t n;
    size_t cap;
    size_t max;
    bool secret; /* wiped when it grows or is freed */
    enum nw_err err;
};

#define NW_BUF(maximum) ((struct nw_buf){.max = (maximum)})
#define NW_BUF_SECRET(maximum) ((struct nw_buf){.max = (maximum), .secret = true})

void nw_buf_put(struct nw_buf *b, struct nw_slice s);
void nw_buf_puts(struct nw_buf *b, const char *s);
void nw_buf_putc(struct nw_buf *b, uint8_t c);
void nw_buf_printf(struct nw_buf *b, const char *fmt, ...) NW_PRINTF(2, 3);
/* Room for n more bytes at the end, to be filled by the caller; NULL after a failure.
 * Follow with nw_buf_grow(b, written). */
uint8_t *nw_buf_reserve(struct nw_buf *b, size_t n);
void nw_buf_grow(struct nw_buf *b, size_t n);
/* Keeps the memory, drops the content and the error. */
void nw_buf_reset(struct nw_buf *b);
/* Cuts to n bytes (n <= b->n). */
void nw_buf_cut(struct nw_buf *b, size_t n);
/* Marks the buffer as failed, e.g. after a callback failed. First error wins. */
void nw_buf_set_err(struct nw_buf *b, enum nw_err e);
enum nw_err nw_buf_err(const struct nw_buf *b) NW_MUST_USE;
struct nw_slice nw_buf_slice(const struct nw_buf *b);
/* The content as a C string, valid until the next change; "" after a failure. */
const char *nw_buf_cstr(struct nw_buf *b);
void nw_buf_free(struct nw_buf *b);

#endif
