#include "base/alloc.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"

static long alloc_left = -1;

static int alloc_refused(void)
{
    if (alloc_left < 0) {
        return 0;
    }
    if (alloc_left == 0) {
        return 1;
    }
    alloc_left--;
    return 0;
}

void *nw_alloc(size_t n)
{
    if (n == 0 || alloc_refused()) {
        return NULL;
    }
    void *kept = NW_POOL_ON ? nw_pool_take(n) : NULL;
    return kept != NULL ? kept : malloc(n);
}

void *nw_calloc(size_t count, size_t size)
{
    return count == 0 || size == 0 || alloc_refused() ? NULL : calloc(count, size);
}

void *nw_realloc(void *p, size_t n)
{
    return n == 0 || alloc_refused() ? NULL : realloc(p, n);
}

void nw_free(void *p)
{
    if (!NW_POOL_ON || !nw_pool_keep(p, malloc_usable_size(p))) { /* of NULL: 0 */
        free(p);
    }
}

void nw_alloc_drain(void)
{
    for (void *p = nw_pool_any(); p != NULL; p = nw_pool_any()) {
        free(p);
    }
}

void nw_wipe(void *p, size_t n)
{
    if (p != NULL && n > 0) {
        explicit_bzero(p, n);
    }
}

void nw_free_secret(void *p, size_t n)
{
    nw_wipe(p, n);
    nw_free(p);
}

void nw_alloc_fail_after(long n)
{
    alloc_left = n;
}
