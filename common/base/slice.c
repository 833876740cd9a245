#include "base/slice.h"

bool nw_slice_starts(struct nw_slice s, const char *prefix)
{
    struct nw_slice wanted = nw_str(prefix);
    return nw_slice_eq(nw_slice_sub(s, 0, wanted.n), wanted);
}

int nw_slice_cmp(struct nw_slice a, struct nw_slice b)
{
    size_t shared = a.n < b.n ? a.n : b.n;
    int order = shared == 0 ? 0 : memcmp(a.p, b.p, shared);
    if (order != 0) {
        return order;
    }
    return (a.n > b.n) - (a.n < b.n);
}

size_t nw_slice_find(struct nw_slice s, uint8_t c, size_t from)
{
    if (from >= s.n) {
        return s.n;
    }
    const uint8_t *hit = memchr(s.p + from, c, s.n - from);
    return hit == NULL ? s.n : (size_t)(hit - s.p);
}

bool nw_slice_eq_secret(struct nw_slice a, struct nw_slice b)
{
    if (a.n != b.n) {
        return false;
    }
    volatile uint8_t difference = 0;
    for (size_t i = 0; i < a.n; i++) {
        difference = (uint8_t)(difference | (a.p[i] ^ b.p[i]));
    }
    return difference == 0;
}

bool nw_slice_cstr(struct nw_slice s, char *dst, size_t cap)
{
    if (s.n >= cap || nw_slice_find(s, 0, 0) < s.n) {
        if (cap > 0) {
            dst[0] = '\0';
        }
        return false;
    }
    if (s.n > 0) {
        memcpy(dst, s.p, s.n);
    }
    dst[s.n] = '\0';
    return true;
}

bool nw_size_add(size_t a, size_t b, size_t *out)
{
    size_t sum;
    if (__builtin_add_overflow(a, b, &sum)) {
        return false;
    }
    *out = sum;
    return true;
}

bool nw_size_mul(size_t a, size_t b, size_t *out)
{
    size_t product;
    if (__builtin_mul_overflow(a, b, &product)) {
        return false;
    }
    *out = product;
    return true;
}
