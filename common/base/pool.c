#include "base/pool.h"

/* Class c holds blocks of at least CLASS_FIRST + c * CLASS_STEP bytes: the sizes that glibc gives
 * out. With another C library some blocks are a little larger than their class says. */
#define CLASS_FIRST 24u
#define CLASS_STEP 16u

static _Thread_local struct {
    void *v[NW_POOL_BLOCKS];
    size_t n;
} pool[NW_POOL_CLASSES];

void *nw_pool_take(size_t n)
{
    size_t c = n <= CLASS_FIRST ? 0 : (n - CLASS_FIRST + CLASS_STEP - 1) / CLASS_STEP;
    return c < NW_POOL_CLASSES && pool[c].n > 0 ? pool[c].v[--pool[c].n] : NULL;
}

bool nw_pool_keep(void *p, size_t size)
{
    size_t c = (size - CLASS_FIRST) / CLASS_STEP;
    if (size < CLASS_FIRST || c >= NW_POOL_CLASSES || pool[c].n == NW_POOL_BLOCKS) {
        return false;
    }
    pool[c].v[pool[c].n++] = p;
    return true;
}

void *nw_pool_any(void)
{
    for (size_t c = 0; c < NW_POOL_CLASSES; c++) {
        if (pool[c].n > 0) {
            return pool[c].v[--pool[c].n];
        }
    }
    return NULL;
}
