#include "base/pool.h"

/* Class c holds blocks of at least LARGE_FIRST << c bytes: the sizes that buffers grow through. A
 * block between two classes counts as the smaller. */
#define LARGE_FIRST 256u

_Thread_local struct nw_pool_class nw_pool_small[NW_POOL_SMALL];

static _Thread_local struct {
    void *v[NW_POOL_LARGE_BLOCKS];
    size_t n;
} large[NW_POOL_LARGE];

void *nw_pool_take_large(size_t n)
{
    for (size_t c = 0; c < NW_POOL_LARGE; c++) {
        if (n <= LARGE_FIRST << c) {
            return large[c].n > 0 ? large[c].v[--large[c].n] : NULL;
        }
    }
    return NULL;
}

bool nw_pool_keep_large(void *p, size_t size)
{
    size_t c = 0;
    while (c < NW_POOL_LARGE && size >= LARGE_FIRST << (c + 1)) {
        c++;
    }
    if (size < LARGE_FIRST || c == NW_POOL_LARGE || large[c].n == NW_POOL_LARGE_BLOCKS) {
        return false;
    }
    large[c].v[large[c].n++] = p;
    return true;
}

void *nw_pool_any(void)
{
    for (size_t c = 0; c < NW_POOL_SMALL; c++) {
        if (nw_pool_small[c].n > 0) {
            return nw_pool_small[c].v[--nw_pool_small[c].n];
        }
    }
    for (size_t c = 0; c < NW_POOL_LARGE; c++) {
        if (large[c].n > 0) {
            return large[c].v[--large[c].n];
        }
    }
    return NULL;
}
