#include "cbor/cbor_internal.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"

struct nw_cbor nw_cbor_open(struct nw_slice in)
{
    return (struct nw_cbor){.in = in};
}

static enum nw_cbor_kind simple_kind(struct cbor_head h)
{
    if (h.open) {
        return NW_CBOR_NONE; /* a break */
    }
    switch (h.info) {
    case 20:
        return NW_CBOR_FALSE;
    case 21:
        return NW_CBOR_TRUE;
    case 22:
        return NW_CBOR_NULL;
    case 25:
    case 26:
    case 27:
        return NW_CBOR_FLOAT;
    default:
        return NW_CBOR_OTHER;
    }
}

static enum nw_cbor_kind head_kind(struct cbor_head h)
{
    static const enum nw_cbor_kind kinds[] = {NW_CBOR_UINT, NW_CBOR_NINT,  NW_CBOR_BYTES,
                                              NW_CBOR_TEXT, NW_CBOR_ARRAY, NW_CBOR_MAP,
                                              NW_CBOR_TAG};
    return h.major == MAJOR_SIMPLE ? simple_kind(h) : kinds[h.major];
}

enum nw_cbor_kind nw_cbor_peek(const struct nw_cbor *r)
{
    struct cbor_head h;
    if (r->err != NW_OK || cbor_head_read(r->in, r->pos, &h) != NW_OK) {
        return NW_CBOR_NONE;
    }
    return head_kind(h);
}

void nw_cbor_fail(struct nw_cbor *r, enum nw_err e)
{
    if (r->err == NW_OK) {
        r->err = e;
        r->err_off = r->pos;
    }
}

/* Reads a head of the wanted major type and moves behind it; false after a failure. */
static bool take(struct nw_cbor *r, uint8_t major, struct cbor_head *h)
{
    if (r->err != NW_OK) {
        return false;
    }
    enum nw_err e = cbor_head_read(r->in, r->pos, h);
    if (e == NW_OK && h->major != major) {
        e = NW_ERR_CBOR_TYPE;
    }
    if (e != NW_OK) {
        nw_cbor_fail(r, e);
        return false;
    }
    r->pos += h->size;
    return true;
}

static bool take_definite(struct nw_cbor *r, uint8_t major, struct cbor_head *h)
{
    size_t start = r->pos;
    if (!take(r, major, h)) {
        return false;
    }
    if (h->open) {
        r->pos = start;
        nw_cbor_fail(r, NW_ERR_CBOR_INDEFINITE);
        return false;
    }
    return true;
}

uint64_t nw_cbor_uint(struct nw_cbor *r)
{
    struct cbor_head h;
    return take(r, MAJOR_UINT, &h) ? h.value : 0;
}

int64_t nw_cbor_int(struct nw_cbor *r)
{
    struct cbor_head h;
    bool negative = nw_cbor_peek(r) == NW_CBOR_NINT;
    size_t start = r->pos;
    if (!take(r, negative ? MAJOR_NINT : MAJOR_UINT, &h)) {
        return 0;
    }
    if (h.value > INT64_MAX) {
        r->pos = start;
        nw_cbor_fail(r, NW_ERR_CBOR_RANGE);
        return 0;
    }
    return negative ? -1 - (int64_t)h.value : (int64_t)h.value;
}

static struct nw_slice take_string(struct nw_cbor *r, uint8_t major)
{
    struct cbor_head h;
    if (!take_definite(r, major, &h)) {
        return NW_SLICE_EMPTY;
    }
    struct nw_slice content = nw_slice_sub(r->in, r->pos, (size_t)h.value);
    r->pos += content.n;
    return content;
}

struct nw_slice nw_cbor_bytes(struct nw_cbor *r)
{
    return take_string(r, MAJOR_BYTES);
}

struct nw_slice nw_cbor_text(struct nw_cbor *r)
{
    return take_string(r, MAJOR_TEXT);
}

size_t nw_cbor_array(struct nw_cbor *r)
{
    struct cbor_head h;
    return take_definite(r, MAJOR_ARRAY, &h) ? (size_t)h.value : 0;
}

size_t nw_cbor_map(struct nw_cbor *r)
{
    struct cbor_head h;
    return take_definite(r, MAJOR_MAP, &h) ? (size_t)h.value : 0;
}

size_t nw_cbor_array_any(struct nw_cbor *r)
{
    struct cbor_head h;
    return !take(r, MAJOR_ARRAY, &h) ? 0 : h.open ? NW_CBOR_UNTIL_BREAK : (size_t)h.value;
}

size_t nw_cbor_map_any(struct nw_cbor *r)
{
    struct cbor_head h;
    return !take(r, MAJOR_MAP, &h) ? 0 : h.open ? NW_CBOR_UNTIL_BREAK : (size_t)h.value;
}

bool nw_cbor_more(struct nw_cbor *r, size_t *left)
{
    if (r->err != NW_OK) {
        return false;
    }
    if (*left != NW_CBOR_UNTIL_BREAK) {
        bool more = *left > 0;
        *left -= more;
        return more;
    }
    if (r->pos >= r->in.n) {
        nw_cbor_fail(r, NW_ERR_TRUNCATED);
        return false;
    }
    bool at_break = r->in.p[r->pos] == 0xff;
    r->pos += at_break;
    return !at_break;
}

void nw_cbor_string_any(struct nw_cbor *r, struct nw_buf *out)
{
    struct cbor_head h;
    bool text = nw_cbor_peek(r) == NW_CBOR_TEXT;
    uint8_t major = text ? MAJOR_TEXT : MAJOR_BYTES;
    size_t start = r->pos;
    if (!take(r, major, &h)) {
        return;
    }
    if (!h.open) {
        r->pos = start;
        nw_buf_put(out, take_string(r, major));
        return;
    }
    size_t left = NW_CBOR_UNTIL_BREAK;
    while (nw_cbor_more(r, &left)) {
        nw_buf_put(out, take_string(r, major));
    }
}

uint64_t nw_cbor_tag(struct nw_cbor *r)
{
    struct cbor_head h;
    return take(r, MAJOR_TAG, &h) ? h.value : 0;
}

/* Another kind stands here, or nothing. */
static void fail_kind(struct nw_cbor *r)
{
    struct cbor_head h;
    enum nw_err e = cbor_head_read(r->in, r->pos, &h);
    nw_cbor_fail(r, e == NW_OK ? NW_ERR_CBOR_TYPE : e);
}

bool nw_cbor_bool(struct nw_cbor *r)
{
    enum nw_cbor_kind kind = nw_cbor_peek(r);
    if (kind != NW_CBOR_TRUE && kind != NW_CBOR_FALSE) {
        fail_kind(r);
        return false;
    }
    r->pos++;
    return kind == NW_CBOR_TRUE;
}

void nw_cbor_null(struct nw_cbor *r)
{
    if (nw_cbor_peek(r) != NW_CBOR_NULL) {
        fail_kind(r);
        return;
    }
    r->pos++;
}

/* IEEE 754 binary16, RFC 8949 appendix D. */
static double half_value(uint64_t bits)
{
    int exponent = (int)(bits >> 10 & 0x1f);
    double mantissa = (double)(bits & 0x3ff);
    double v;
    if (exponent == 0) {
        v = ldexp(mantissa, -24);
    } else if (exponent != 31) {
        v = ldexp(mantissa + 1024, exponent - 25);
    } else {
        v = (bits & 0x3ff) == 0 ? (double)INFINITY : (double)NAN;
    }
    return (bits & 0x8000) != 0 ? -v : v;
}

double nw_cbor_float(struct nw_cbor *r)
{
    struct cbor_head h;
    if (nw_cbor_peek(r) != NW_CBOR_FLOAT) {
        fail_kind(r);
        return 0;
    }
    if (!take(r, MAJOR_SIMPLE, &h)) {
        return 0;
    }
    if (h.info == 25) {
        return half_value(h.value);
    }
    if (h.info == 26) {
        uint32_t bits = (uint32_t)h.value;
        float single;
        memcpy(&single, &bits, sizeof single);
        return (double)single;
    }
    double v;
    memcpy(&v, &h.value, sizeof v);
    return v;
}

/* Where the item at start ends. Definite lengths need no stack: what is still to come is one number
 * of items, of a byte or more each. */
static enum nw_err end_of(struct nw_slice in, size_t start, size_t *end)
{
    uint64_t left = 1;
    size_t pos = start;
    for (; left > 0; left--) {
        struct cbor_head h;
        enum nw_err e = cbor_head_read(in, pos, &h);
        if (e != NW_OK) {
            return e;
        }
        if (h.open) {
            return cbor_span(in, start, end);
        }
        pos += h.size;
        if (h.major == MAJOR_BYTES || h.major == MAJOR_TEXT) {
            pos += (size_t)h.value;
        } else if (h.major >= MAJOR_ARRAY && h.major <= MAJOR_TAG) {
            left += h.major == MAJOR_TAG ? 1 : h.major == MAJOR_MAP ? 2 * h.value : h.value;
        }
        if (left - 1 > in.n - pos) {
            return NW_ERR_CBOR_LENGTH;
        }
    }
    *end = pos;
    return NW_OK;
}

struct nw_slice nw_cbor_raw(struct nw_cbor *r)
{
    size_t end;
    if (r->err != NW_OK) {
        return NW_SLICE_EMPTY;
    }
    enum nw_err e = end_of(r->in, r->pos, &end);
    if (e != NW_OK) {
        nw_cbor_fail(r, e);
        return NW_SLICE_EMPTY;
    }
    struct nw_slice span = nw_slice_sub(r->in, r->pos, end - r->pos);
    r->pos = end;
    return span;
}

enum nw_err nw_cbor_err(const struct nw_cbor *r)
{
    return r->err;
}

bool nw_cbor_done(const struct nw_cbor *r)
{
    return r->err == NW_OK && r->pos == r->in.n;
}

/* Reads the key at the cursor; true if it is the one. */
typedef bool (*key_match)(struct nw_cbor *r, const void *wanted);

static bool find(struct nw_slice raw, key_match match, const void *wanted, struct nw_slice *value)
{
    struct nw_cbor r = nw_cbor_open(raw);
    size_t left = nw_cbor_map_any(&r);
    while (nw_cbor_more(&r, &left)) {
        bool hit = match(&r, wanted);
        struct nw_slice found = nw_cbor_raw(&r);
        if (hit && nw_cbor_err(&r) == NW_OK) {
            *value = found;
            return true;
        }
    }
    return false;
}

static bool match_int(struct nw_cbor *r, const void *wanted)
{
    struct cbor_head h;
    int64_t key = *(const int64_t *)wanted;
    struct nw_slice item = nw_cbor_raw(r);
    if (cbor_head_read(item, 0, &h) != NW_OK || h.major > MAJOR_NINT || h.value > INT64_MAX) {
        return false;
    }
    return key == (h.major == MAJOR_NINT ? -1 - (int64_t)h.value : (int64_t)h.value);
}

static bool match_text(struct nw_cbor *r, const void *wanted)
{
    struct cbor_head h;
    const struct nw_slice *key = wanted;
    struct nw_slice item = nw_cbor_raw(r);
    return cbor_head_read(item, 0, &h) == NW_OK && h.major == MAJOR_TEXT && !h.open &&
           nw_slice_eq(nw_slice_from(item, h.size), *key);
}

bool nw_cbor_find_int(struct nw_slice raw, int64_t key, struct nw_slice *value)
{
    return find(raw, match_int, &key, value);
}

bool nw_cbor_find_text(struct nw_slice raw, const char *key, struct nw_slice *value)
{
    struct nw_slice wanted = nw_str(key);
    return find(raw, match_text, &wanted, value);
}

void cbor_member_found(const struct nw_cbor_member *wanted, size_t n, struct nw_slice key,
                       struct nw_slice value)
{
    for (size_t i = 0; i < n; i++) {
        if (key.p[0] == (MAJOR_TEXT << 5 | wanted[i].name_n) &&
            memcmp(key.p + 1, wanted[i].name, wanted[i].name_n) == 0) {
            *wanted[i].value = value;
            return;
        }
    }
}

void nw_cbor_members(struct nw_slice map, const struct nw_cbor_member *wanted, size_t n)
{
    struct nw_cbor r = nw_cbor_open(map);
    size_t pairs = nw_cbor_map(&r);
    for (size_t i = 0; i < pairs; i++) {
        struct nw_slice key = nw_cbor_raw(&r);
        struct nw_slice value = nw_cbor_raw(&r);
        if (nw_cbor_err(&r) == NW_OK) {
            cbor_member_found(wanted, n, key, value);
        }
    }
}
