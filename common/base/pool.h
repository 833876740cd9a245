/*
 * Blocks kept for reuse, behind nw_alloc() and nw_free().
 *
 * A JSON tree is some hundred blocks of less than a hundred bytes, made and
 * dropped with every credential, and a handful of buffers come and go with it.
 * The C library keeps seven of a size at hand, and none over a kilobyte.
 * Places are kept in a table, not in the free blocks themselves, so that
 * nothing written into a freed block leads anywhere.
 *
 * Each thread has a pool of its own: of small blocks at most 256 of each of
 * eight sizes (180 kB in all), of large ones at most 4 of each power of two up
 * to 16 kB (under 256 kB in all). A block may be freed by another thread than
 * the one it was made in.
 *
 * NW_POOL_ON is 0 under a sanitizer: a block that is kept looks alive to it.
 */
#ifndef NW_BASE_POOL_H
#define NW_BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>

#define NW_POOL_SMALL 8u
#define NW_POOL_SMALL_BLOCKS 256u
#define NW_POOL_LARGE 7u
#define NW_POOL_LARGE_BLOCKS 4u

#if defined(__SANITIZE_ADDRESS__)
#define NW_POOL_ON 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define NW_POOL_ON 0
#endif
#endif
#ifndef NW_POOL_ON
#define NW_POOL_ON 1
#endif

/* Small: class c holds blocks of at least FIRST + c * STEP bytes, the sizes that glibc gives out.
 */
#define NW_POOL_SMALL_FIRST 24u
#define NW_POOL_SMALL_STEP 16u

struct nw_pool_class {
    void *v[NW_POOL_SMALL_BLOCKS];
    size_t n;
};
extern _Thread_local struct nw_pool_class nw_pool_small[NW_POOL_SMALL];

void *nw_pool_take_large(size_t n);
bool nw_pool_keep_large(void *p, size_t size);

/* A kept block of at least n bytes, or NULL. */
static inline void *nw_pool_take(size_t n)
{
    size_t over = n <= NW_POOL_SMALL_FIRST ? 0 : n - NW_POOL_SMALL_FIRST;
    size_t i = (over + NW_POOL_SMALL_STEP - 1) / NW_POOL_SMALL_STEP;
    if (over > NW_POOL_SMALL_STEP * (NW_POOL_SMALL - 1)) {
        return nw_pool_take_large(n);
    }
    struct nw_pool_class *c = &nw_pool_small[i];
    return c->n > 0 ? c->v[--c->n] : NULL;
}

/* Keeps a block that has room for `size` bytes; false if none of that size are kept, or enough. */
static inline bool nw_pool_keep(void *p, size_t size)
{
    size_t i = (size - NW_POOL_SMALL_FIRST) / NW_POOL_SMALL_STEP;
    if (size < NW_POOL_SMALL_FIRST || i >= NW_POOL_SMALL) {
        return nw_pool_keep_large(p, size);
    }
    struct nw_pool_class *c = &nw_pool_small[i];
    if (c->n == NW_POOL_SMALL_BLOCKS) {
        return false;
    }
    c->v[c->n++] = p;
    return true;
}

/* Any kept block, or NULL. */
void *nw_pool_any(void);

#endif
