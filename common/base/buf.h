/*
 * Buffers: owned, growing bytes that cannot be made without a maximum.
 *
 * The error is sticky: append as often as you like and ask once at the end
 * with nw_buf_err(). After a failure nothing more is written. Only this module
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

/* Room for n more bytes at the end, to be filled by the caller; NULL after a failure.
 * Follow with nw_buf_grow(b, written). */
uint8_t *nw_buf_reserve(struct nw_buf *b, size_t n);
void nw_buf_grow(struct nw_buf *b, size_t n);
void nw_buf_printf(struct nw_buf *b, const char *fmt, ...) NW_PRINTF(2, 3);

/* n more bytes fit as it is. One byte is always spare, for nw_buf_cstr(). */
static inline bool nw_buf_has_room(const struct nw_buf *b, size_t n)
{
    return b->err == NW_OK && n < b->cap - b->n && n <= b->max - b->n;
}

static inline void nw_buf_put(struct nw_buf *b, struct nw_slice s)
{
    if ((nw_buf_has_room(b, s.n) || nw_buf_reserve(b, s.n) != NULL) && s.n > 0) {
        memcpy(b->p + b->n, s.p, s.n);
        b->n += s.n;
    }
}

static inline void nw_buf_puts(struct nw_buf *b, const char *s)
{
    nw_buf_put(b, nw_str(s));
}

static inline void nw_buf_putc(struct nw_buf *b, uint8_t c)
{
    if (nw_buf_has_room(b, 1) || nw_buf_reserve(b, 1) != NULL) {
        b->p[b->n++] = c;
    }
}

/* Keeps the memory, drops the content and the error. */
void nw_buf_reset(struct nw_buf *b);
/* Cuts to n bytes (n <= b->n). */
void nw_buf_cut(struct nw_buf *b, size_t n);
/* Marks the buffer as failed, e.g. after a callback failed. First error wins. */
void nw_buf_set_err(struct nw_buf *b, enum nw_err e);
NW_MUST_USE static inline enum nw_err nw_buf_err(const struct nw_buf *b)
{
    return b->err;
}

static inline struct nw_slice nw_buf_slice(const struct nw_buf *b)
{
    return b->err == NW_OK ? nw_slice(b->p, b->n) : NW_SLICE_EMPTY;
}

/* The content as a C string, valid until the next change; "" after a failure. */
const char *nw_buf_cstr(struct nw_buf *b);
void nw_buf_free(struct nw_buf *b);

#endif
