#include "base/buf.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

#define BUF_FIRST 256

static bool buf_move_to(struct nw_buf *b, size_t cap)
{
    if (!b->secret) {
        uint8_t *p = nw_realloc(b->p, cap);
        if (p != NULL) {
            b->p = p;
            b->cap = cap;
        }
        return p != NULL;
    }
    uint8_t *p = nw_alloc(cap); /* realloc would leave an unwiped copy behind */
    if (p == NULL) {
        return false;
    }
    if (b->n > 0) {
        memcpy(p, b->p, b->n);
    }
    nw_free_secret(b->p, b->cap);
    b->p = p;
    b->cap = cap;
    return true;
}

uint8_t *nw_buf_reserve(struct nw_buf *b, size_t n)
{
    size_t need;
    if (b->err != NW_OK) {
        return NULL;
    }
    if (nw_buf_has_room(b, n)) {
        return b->p + b->n;
    }
    if (!nw_size_add(b->n, n, &need) || need > b->max) {
        b->err = NW_ERR_LIMIT;
        return NULL;
    }
    if (need + 1 > b->cap) { /* one spare byte for nw_buf_cstr() */
        size_t cap = b->cap == 0 ? BUF_FIRST : b->cap;
        while (cap < need + 1) {
            cap = cap > b->max / 2 ? b->max + 1 : cap * 2;
        }
        if (!buf_move_to(b, cap)) {
            b->err = NW_ERR_NOMEM;
            return NULL;
        }
    }
    return b->p + b->n;
}

void nw_buf_grow(struct nw_buf *b, size_t n)
{
    if (b->err == NW_OK && n < b->cap - b->n) {
        b->n += n;
    } else if (b->err == NW_OK) {
        b->err = NW_ERR_INTERNAL;
    }
}

void nw_buf_printf(struct nw_buf *b, const char *fmt, ...)
{
    char small[512];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(small, sizeof small, fmt, args);
    va_end(args);
    if (n < 0) {
        nw_buf_set_err(b, NW_ERR_INTERNAL);
        return;
    }
    if ((size_t)n < sizeof small) {
        nw_buf_put(b, nw_slice(small, (size_t)n));
        return;
    }
    uint8_t *at = nw_buf_reserve(b, (size_t)n + 1);
    if (at != NULL) {
        va_start(args, fmt);
        (void)vsnprintf((char *)at, (size_t)n + 1, fmt, args);
        va_end(args);
        b->n += (size_t)n;
    }
}

void nw_buf_reset(struct nw_buf *b)
{
    if (b->secret) {
        nw_wipe(b->p, b->cap);
    }
    b->n = 0;
    b->err = NW_OK;
}

void nw_buf_cut(struct nw_buf *b, size_t n)
{
    if (n <= b->n) {
        b->n = n;
    }
}

void nw_buf_set_err(struct nw_buf *b, enum nw_err e)
{
    if (b->err == NW_OK) {
        b->err = e;
    }
}

const char *nw_buf_cstr(struct nw_buf *b)
{
    if (nw_buf_reserve(b, 0) == NULL) {
        return "";
    }
    b->p[b->n] = '\0';
    return (const char *)b->p;
}

void nw_buf_free(struct nw_buf *b)
{
    if (b->secret) {
        nw_wipe(b->p, b->cap);
    }
    nw_free(b->p);
    *b = (struct nw_buf){.max = b->max, .secret = b->secret};
}
