/*
 * Slices: a borrowed run of bytes, passed by value.
 *
 * Every input of the core is a slice. Parsed structures hold slices into the
 * caller's bytes and are valid while those bytes live; a header says so where
 * it hands one out. A slice never owns, is never NUL-terminated, and may hold
 * any byte. {NULL, 0} is the empty slice and is always legal.
 *
 * What this does not check: that p really has n bytes.
 */
#ifndef NW_BASE_SLICE_H
#define NW_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct nw_slice {
    const uint8_t *p;
    size_t n;
};

#define NW_SLICE_EMPTY ((struct nw_slice){NULL, 0})

/* The first n bytes at p. */
static inline struct nw_slice nw_slice(const void *p, size_t n)
{
    return (struct nw_slice){p, n};
}

/* The bytes of a C string without its NUL; NULL gives the empty slice. */
static inline struct nw_slice nw_str(const char *s)
{
    return s == NULL ? NW_SLICE_EMPTY : nw_slice(s, strlen(s));
}

/* Bytes [from, from+n) of s, clipped to s: never points outside. */
static inline struct nw_slice nw_slice_sub(struct nw_slice s, size_t from, size_t n)
{
    if (from >= s.n) {
        return NW_SLICE_EMPTY;
    }
    size_t left = s.n - from;
    return nw_slice(s.p + from, n < left ? n : left);
}

/* Everything of s from offset `from` on. */
static inline struct nw_slice nw_slice_from(struct nw_slice s, size_t from)
{
    return nw_slice_sub(s, from, s.n);
}

static inline bool nw_slice_eq(struct nw_slice a, struct nw_slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool nw_slice_is(struct nw_slice a, const char *s)
{
    return nw_slice_eq(a, nw_str(s));
}

bool nw_slice_starts(struct nw_slice s, const char *prefix);
/* memcmp order, shorter first on a tie: <0, 0, >0. */
int nw_slice_cmp(struct nw_slice a, struct nw_slice b);
/* Offset of the first byte c at or after `from`; s.n when there is none. */
size_t nw_slice_find(struct nw_slice s, uint8_t c, size_t from);
/* Equal in time that depends on the lengths only (MACs, nonces, digests). */
bool nw_slice_eq_secret(struct nw_slice a, struct nw_slice b);
/* Copies into dst as a C string; false (dst = "") if it does not fit or holds a NUL. */
bool nw_slice_cstr(struct nw_slice s, char *dst, size_t cap);

/* Sums and products of sizes that an input names: false on overflow, *out untouched. */
bool nw_size_add(size_t a, size_t b, size_t *out);
bool nw_size_mul(size_t a, size_t b, size_t *out);

#endif
