/* Inside common/cbor only: item heads, the walk over whole items, and map keys. */
#ifndef NW_CBOR_INTERNAL_H
#define NW_CBOR_INTERNAL_H

#include "cbor/cbor.h"

enum cbor_major {
    MAJOR_UINT = 0,
    MAJOR_NINT = 1,
    MAJOR_BYTES = 2,
    MAJOR_TEXT = 3,
    MAJOR_ARRAY = 4,
    MAJOR_MAP = 5,
    MAJOR_TAG = 6,
    MAJOR_SIMPLE = 7,
};

struct cbor_head {  /* 16 bytes: it is passed by value, in registers */
    uint64_t value; /* argument; 0 when open */
    uint8_t major;
    uint8_t info;
    uint8_t size; /* bytes of the head */
    bool open;    /* indefinite length; in major type 7: the break */
};

/* The argument of two bytes and more behind a first byte, and the bytes it takes; or none, for an
 * indefinite length and a break. */
enum nw_err cbor_argument(struct nw_slice in, size_t pos, uint64_t *value, uint8_t *size);
/* The head at pos. Refuses what no head may be, and a length or count that the bytes left cannot
 * hold (an item is a byte at least); so value fits size_t for strings and containers. */
static inline enum nw_err cbor_head_read(struct nw_slice in, size_t pos, struct cbor_head *h)
{
    if (pos >= in.n) {
        return NW_ERR_TRUNCATED;
    }
    uint8_t major = in.p[pos] >> 5;
    uint8_t info = in.p[pos] & 31;
    uint64_t value = info;
    uint8_t more = 0;
    if (info == 24 && major != MAJOR_SIMPLE && in.n - pos > 1) {
        value = in.p[pos + 1];
        more = 1;
    } else if (info >= 24) { /* few: a call */
        enum nw_err e = cbor_argument(in, pos, &value, &more);
        if (e != NW_OK) {
            return e;
        }
    }
    *h = (struct cbor_head){.value = value,
                            .major = major,
                            .info = info,
                            .size = (uint8_t)(1 + more),
                            .open = info == 31};
    if (major < MAJOR_BYTES || major > MAJOR_MAP) {
        return NW_OK;
    }
    size_t left = in.n - pos - h->size;
    return value <= (major == MAJOR_MAP ? left / 2 : left) ? NW_OK : NW_ERR_CBOR_LENGTH;
}
/* The argument is written with no more bytes than it needs (RFC 8949 4.2.1). */
static inline bool cbor_head_shortest(struct cbor_head h)
{
    static const uint64_t smallest[] = {24, 0x100, 0x10000, 0x100000000u};
    return h.info < 24 || h.major == MAJOR_SIMPLE || h.open || h.value >= smallest[h.info - 24];
}

/* The end of the item at pos, of any shape, by lengths and nesting alone; or the place of the
 * fault. */
enum nw_err cbor_span(struct nw_slice in, size_t pos, size_t *end);
/* Stores a member's value with whoever wants it. key: one whole item, in shortest form. */
void cbor_member_found(const struct nw_cbor_member *wanted, size_t n, struct nw_slice key,
                       struct nw_slice value);

/* Keys of the maps that are open, innermost last. */
struct cbor_key {
    size_t off;
    size_t len;
};
#define CBOR_KEYS_INLINE 64
struct cbor_keys {
    struct nw_slice in;
    struct cbor_key *v; /* small, or the heap */
    size_t n;
    size_t cap;
    struct cbor_key small[CBOR_KEYS_INLINE];
};

void cbor_keys_init(struct cbor_keys *keys, struct nw_slice in);
void cbor_keys_free(struct cbor_keys *keys);
enum nw_err cbor_keys_grow(struct cbor_keys *keys); /* twice the room */
static inline enum nw_err cbor_keys_add(struct cbor_keys *keys, size_t off, size_t len)
{
    enum nw_err e = keys->n == keys->cap ? cbor_keys_grow(keys) : NW_OK;
    if (e == NW_OK) {
        keys->v[keys->n++] = (struct cbor_key){off, len};
    }
    return e;
}
int cbor_key_order(struct nw_slice in, const struct cbor_key *a, const struct cbor_key *b);
/* Order of two keys as values: integers and strings whatever their encoding, all else by bytes. */
static inline int cbor_key_cmp(struct nw_slice in, const struct cbor_key *a,
                               const struct cbor_key *b)
{
    uint8_t p = in.p[a->off];
    uint8_t q = in.p[b->off];
    /* Most keys differ in their first byte, and it decides: kinds order by it, and so do values and
     * lengths that stand in it. */
    if (p != q && (p >> 5 != q >> 5 || ((p & 31) < 24 && (q & 31) < 24))) {
        return p < q ? -1 : 1;
    }
    return cbor_key_order(in, a, b);
}
/* Drops the keys from `from` on; false with the place of the second one if two are equal. */
bool cbor_keys_close(struct cbor_keys *keys, size_t from, bool ascending, size_t *second);

#endif
