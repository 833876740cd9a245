/*
 * CBOR (RFC 8949): a strict pull reader over slices, a small deterministic writer.
 *
 * Reading has two steps. nw_cbor_check() walks the whole input once and
 * refuses everything that is not well-formed, or not allowed by the flags; it
 * compares every length with the bytes that are left, and allocates only when
 * more than 64 map keys are open (8 bytes or less per byte of input).
 * Then a cursor (struct nw_cbor) reads item by item. The cursor's error is
 * sticky: read ten members, ask once with nw_cbor_err(). A cursor is safe on
 * unchecked bytes too (it never reads outside), but then it may accept what
 * the flags would refuse.
 *
 * All slices handed out point into the input. Raw spans (nw_cbor_raw) are the
 * bytes as received: digests and signatures are computed over them.
 *
 * What this does not do: floats other than telling that there is one and its
 * double value; re-encoding; interpretation of tags.
 */
#ifndef NW_CBOR_CBOR_H
#define NW_CBOR_CBOR_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum {
    NW_CBOR_SHORTEST = 1u, /* integers and lengths in shortest form */
    NW_CBOR_DEFINITE = 2u, /* no indefinite lengths */
    /* No duplicate map keys: integers and strings compare by value, however they are encoded, other
     * keys by their bytes. A string in chunks is refused as a key. */
    NW_CBOR_UNIQUE = 4u,
    NW_CBOR_ORDERED = 8u, /* map keys in bytewise order (implies unique) */
};
/* Always checked: well-formed, valid UTF-8, depth, map size, nothing after the item. */
#define NW_CBOR_STRICT (NW_CBOR_SHORTEST | NW_CBOR_DEFINITE | NW_CBOR_UNIQUE)
#define NW_CBOR_DETERMINISTIC (NW_CBOR_STRICT | NW_CBOR_ORDERED)
#define NW_CBOR_LENIENT NW_CBOR_UNIQUE /* HCERT and other foreign tokens */

/* One whole item and nothing after it. d gets the byte offset. Arrays, maps, tags and strings in
 * chunks count as levels; max_depth above NW_MAX_CBOR_DEPTH means NW_MAX_CBOR_DEPTH. The size of
 * the input is the caller's to limit. */
NW_MUST_USE enum nw_err nw_cbor_check(struct nw_slice in, unsigned flags, unsigned max_depth,
                                      struct nw_diag *d);

/* A member that is looked for, by a text key of 1 to 23 bytes, and where its raw value goes. */
struct nw_cbor_member {
    const char *name;
    uint8_t name_n;
    struct nw_slice *value;
};
#define NW_CBOR_MEMBER(text, slice)                                                                \
    {                                                                                              \
        .name = (text), .name_n = sizeof(text) - 1, .value = (slice)                               \
    }
/* nw_cbor_check() with NW_CBOR_STRICT, and in the same walk the members of the map that in is. What
 * is not there is left as it was, everything when in is another item. The values count only when
 * the check was good. */
NW_MUST_USE enum nw_err nw_cbor_check_map(struct nw_slice in, unsigned max_depth,
                                          const struct nw_cbor_member *wanted, size_t n,
                                          struct nw_diag *d);
/* The same of a map that was checked as strict before. */
void nw_cbor_members(struct nw_slice map, const struct nw_cbor_member *wanted, size_t n);

enum nw_cbor_kind {
    NW_CBOR_NONE = 0, /* end of input or error */
    NW_CBOR_UINT,
    NW_CBOR_NINT,
    NW_CBOR_BYTES,
    NW_CBOR_TEXT,
    NW_CBOR_ARRAY,
    NW_CBOR_MAP,
    NW_CBOR_TAG,
    NW_CBOR_FALSE,
    NW_CBOR_TRUE,
    NW_CBOR_NULL,
    NW_CBOR_FLOAT,
    NW_CBOR_OTHER, /* undefined and other simple values */
};

struct nw_cbor {
    struct nw_slice in;
    size_t pos;
    enum nw_err err;
    size_t err_off;
};

struct nw_cbor nw_cbor_open(struct nw_slice in);
enum nw_cbor_kind nw_cbor_peek(const struct nw_cbor *r);
/* Each reads one item head and moves on; on another kind the cursor fails with CBOR_TYPE
 * (CBOR_RANGE for an integer that does not fit) and the result is 0 / empty. */
uint64_t nw_cbor_uint(struct nw_cbor *r);
int64_t nw_cbor_int(struct nw_cbor *r);
struct nw_slice nw_cbor_bytes(struct nw_cbor *r); /* definite lengths only */
struct nw_slice nw_cbor_text(struct nw_cbor *r);
size_t nw_cbor_array(struct nw_cbor *r); /* number of elements, definite only */
size_t nw_cbor_map(struct nw_cbor *r);   /* number of pairs, definite only */
/* For lenient readers: indefinite lengths as well.
 *     size_t left = nw_cbor_map_any(&r);
 *     while (nw_cbor_more(&r, &left)) { read key; read value }
 */
#define NW_CBOR_UNTIL_BREAK ((size_t)-1)
size_t nw_cbor_array_any(struct nw_cbor *r);
size_t nw_cbor_map_any(struct nw_cbor *r);
bool nw_cbor_more(struct nw_cbor *r, size_t *left);
/* Appends a byte or text string, in one piece or in chunks. */
void nw_cbor_string_any(struct nw_cbor *r, struct nw_buf *out);
uint64_t nw_cbor_tag(struct nw_cbor *r);
bool nw_cbor_bool(struct nw_cbor *r);
void nw_cbor_null(struct nw_cbor *r);
double nw_cbor_float(struct nw_cbor *r);
/* Skips one whole item, however nested, and returns its bytes. */
struct nw_slice nw_cbor_raw(struct nw_cbor *r);
/* Sets the sticky error at the current position, for callers that refuse a value. */
void nw_cbor_fail(struct nw_cbor *r, enum nw_err e);
enum nw_err nw_cbor_err(const struct nw_cbor *r) NW_MUST_USE;
bool nw_cbor_done(const struct nw_cbor *r);

/* Value (raw span) of an integer or text key in the map that starts at raw.p (either length form);
 * false if raw is no map or has no such key. */
bool nw_cbor_find_int(struct nw_slice raw, int64_t key, struct nw_slice *value);
bool nw_cbor_find_text(struct nw_slice raw, const char *key, struct nw_slice *value);

/* Writer: shortest forms, definite lengths; the caller orders map keys. Errors stick in b. */
void nw_cbor_put_uint(struct nw_buf *b, uint64_t v);
void nw_cbor_put_int(struct nw_buf *b, int64_t v);
void nw_cbor_put_bytes(struct nw_buf *b, struct nw_slice v);
void nw_cbor_put_text(struct nw_buf *b, struct nw_slice utf8);
void nw_cbor_put_array(struct nw_buf *b, size_t count);
void nw_cbor_put_map(struct nw_buf *b, size_t pairs);
void nw_cbor_put_tag(struct nw_buf *b, uint64_t tag);
void nw_cbor_put_bool(struct nw_buf *b, bool v);
void nw_cbor_put_null(struct nw_buf *b);

#endif
