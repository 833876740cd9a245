#include "cbor/cbor_internal.h"

#include <string.h>

#include "base/alloc.h"

#define FEW 12 /* up to here comparing all pairs beats sorting */

void cbor_keys_init(struct cbor_keys *keys, struct nw_slice in)
{
    keys->in = in;
    keys->v = keys->small;
    keys->n = 0;
    keys->cap = CBOR_KEYS_INLINE;
}

void cbor_keys_free(struct cbor_keys *keys)
{
    if (keys->v != keys->small) {
        nw_free(keys->v);
    }
    keys->v = keys->small;
}

enum nw_err cbor_keys_grow(struct cbor_keys *keys)
{
    bool moved = keys->v != keys->small;
    struct cbor_key *v = nw_realloc(moved ? keys->v : NULL, keys->cap * 2 * sizeof *keys->v);
    if (v == NULL) {
        return NW_ERR_NOMEM;
    }
    if (!moved) {
        memcpy(v, keys->small, sizeof keys->small);
    }
    keys->v = v;
    keys->cap *= 2;
    return NW_OK;
}

int cbor_key_order(struct nw_slice in, const struct cbor_key *a, const struct cbor_key *b)
{
    struct nw_slice x = nw_slice_sub(in, a->off, a->len);
    struct nw_slice y = nw_slice_sub(in, b->off, b->len);
    struct cbor_head h;
    struct cbor_head k;
    if (cbor_head_read(x, 0, &h) != NW_OK || cbor_head_read(y, 0, &k) != NW_OK ||
        h.major != k.major || h.major > MAJOR_TEXT) {
        return nw_slice_cmp(x, y);
    }
    if (h.value != k.value) {
        return h.value < k.value ? -1 : 1;
    }
    return h.major < MAJOR_BYTES ? 0
                                 : nw_slice_cmp(nw_slice_from(x, h.size), nw_slice_from(y, k.size));
}

static void sift_down(struct nw_slice in, struct cbor_key *v, size_t root, size_t n)
{
    for (size_t child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && cbor_key_cmp(in, &v[child], &v[child + 1]) < 0) {
            child++;
        }
        if (cbor_key_cmp(in, &v[root], &v[child]) >= 0) {
            return;
        }
        struct cbor_key swap = v[root];
        v[root] = v[child];
        v[child] = swap;
    }
}

/* Heap sort: n log n whatever keys an attacker chooses, and no memory. */
static void sort_keys(struct nw_slice in, struct cbor_key *v, size_t n)
{
    for (size_t i = n / 2; i > 0; i--) {
        sift_down(in, v, i - 1, n);
    }
    for (size_t i = n - 1; i > 0; i--) {
        struct cbor_key swap = v[0];
        v[0] = v[i];
        v[i] = swap;
        sift_down(in, v, 0, i);
    }
}

bool cbor_keys_close(struct cbor_keys *keys, size_t from, bool ascending, size_t *second)
{
    struct cbor_key *v = keys->v + from;
    size_t n = keys->n - from;
    size_t reach = n; /* how far to look for a twin */
    keys->n = from;
    if (ascending) {
        return true;
    }
    if (n > FEW) {
        sort_keys(keys->in, v, n);
        reach = 1;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n && j - i <= reach; j++) {
            if (cbor_key_cmp(keys->in, &v[i], &v[j]) == 0) {
                *second = v[i].off > v[j].off ? v[i].off : v[j].off;
                return false;
            }
        }
    }
    return true;
}
