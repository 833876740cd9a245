#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static long alloc_left = -1;
static long alloc_seen;

static int alloc_refused(void)
{
    alloc_seen++;
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
    return n == 0 || alloc_refused() ? NULL : malloc(n);
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
    free(p);
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
    free(p);
}

void nw_alloc_fail_after(long n)
{
    alloc_left = n;
    alloc_seen = 0;
}

long nw_alloc_count(void)
{
    return alloc_seen;
}
