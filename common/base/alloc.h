/*
 * The one door to the heap. The core allocates through here and nowhere else,
 * so that tests can make the n-th allocation fail and see that every path
 * survives it (also inside cJSON, whose hooks point here).
 *
 * Blocks are kept for reuse (base/pool.h), not under a sanitizer.
 *
 * nw_alloc_fail_after(n) is for tests: the n-th following allocation and all
 * after it return NULL; a negative n switches it off. One thread only.
 */
#ifndef NW_BASE_ALLOC_H
#define NW_BASE_ALLOC_H

#include <stddef.h>

/* NULL when there is none (or n is 0). */
void *nw_alloc(size_t n);
/* Zeroed; count * size is checked for overflow. */
void *nw_calloc(size_t count, size_t size);
void *nw_realloc(void *p, size_t n);
void nw_free(void *p);
/* Wipes n bytes, then frees. p may be NULL. */
void nw_free_secret(void *p, size_t n);
void nw_wipe(void *p, size_t n);
/* Gives the blocks that this thread keeps back to the C library: for a thread that ends. */
void nw_alloc_drain(void);

void nw_alloc_fail_after(long n);

#endif
