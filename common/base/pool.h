/*
 * Small blocks kept for reuse, behind nw_alloc() and nw_free().
 *
 * A JSON tree is some hundred blocks of less than a hundred bytes, made and
 * dropped with every credential. The C library keeps seven of a size close at
 * hand; this keeps NW_POOL_BLOCKS. Places are kept in a table, not in the free
 * blocks themselves, so that nothing written into a freed block leads anywhere.
 *
 * Each thread has a pool of its own, of at most NW_POOL_CLASSES *
 * NW_POOL_BLOCKS blocks, some 180 kB. A block may be freed by another thread
 * than the one it was made in.
 *
 * NW_POOL_ON is 0 under a sanitizer: a block that is kept looks alive to it.
 */
#ifndef NW_BASE_POOL_H
#define NW_BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>

#define NW_POOL_BLOCKS 256u
#define NW_POOL_CLASSES 8u

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

/* A kept block of at least n bytes, or NULL. */
void *nw_pool_take(size_t n);
/* Keeps a block that has room for `size` bytes; false if none of that size are kept, or enough. */
bool nw_pool_keep(void *p, size_t size);
/* Any kept block, or NULL. */
void *nw_pool_any(void);

#endif
