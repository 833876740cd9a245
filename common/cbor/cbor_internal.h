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

struct cbor_head {
    uint8_t major;
    uint8_t info;
    bool open;      /* indefinite length; in major type 7: the break */
    uint64_t value; /* argument; 0 when open */
    size_t size;    /* bytes of the head */
};

/* The head at pos. Refuses what no head may be, and a length or count that the bytes left cannot
 * hold; so value fits size_t for strings and containers. */
enum nw_err cbor_head_read(struct nw_slice in, size_t pos, struct cbor_head *h);
/* The same; heads of one byte, which most are, without a call. */
static inline enum nw_err cbor_head_next(struct nw_slice in, size_t pos, struct cbor_head *h)
{
    if (pos >= in.n || (in.p[pos] & 31) >= 24 || in.p[pos] >= MAJOR_SIMPLE << 5) {
        return cbor_head_read(in, pos, h);
    }
    uint8_t major = in.p[pos] >> 5;
    uint64_t value = in.p[pos] & 31;
    size_t left = in.n - pos - 1;
    *h = (struct cbor_head){.major = major, .info = (uint8_t)value, .value = value, .size = 1};
    bool room = major < MAJOR_BYTES || major == MAJOR_TAG ||
                value <= (major == MAJOR_MAP ? left / 2 : left);
    return room ? NW_OK : NW_ERR_CBOR_LENGTH;
}
/* The argument is written with no more bytes than it needs (RFC 8949 4.2.1). */
static inline bool cbor_head_shortest(const struct cbor_head *h)
{
    static const uint64_t smallest[] = {24, 0x100, 0x10000, 0x100000000u};
    return h->info < 24 || h->major == MAJOR_SIMPLE || h->open ||
           h->value >= smallest[h->info - 24];
}

/* Beside the NW_CBOR_ flags: lengths and nesting only, no text, no keys. */
#define CBOR_WALK_SPAN 0x100u
/* Walks over the one item at pos; *end is the place behind it, or of the fault. */
enum nw_err cbor_walk(struct nw_slice in, size_t pos, unsigned flags, unsigned max_depth,
                      size_t *end);

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
/* Order of two keys as values: integers and strings whatever their encoding, all else by bytes. */
int cbor_key_cmp(struct nw_slice in, const struct cbor_key *a, const struct cbor_key *b);
/* Drops the keys from `from` on; false with the place of the second one if two are equal. */
bool cbor_keys_close(struct cbor_keys *keys, size_t from, bool ascending, size_t *second);

#endif
