/* The first byte chooses the flags. Stricter flags accept less; a cursor walks every accepted item
 * to its end, and what it reads of a deterministic item without floats is written back to the same
 * bytes. Members that come with the check are those that are searched. On refused input the cursor
 * stays inside. */
#include <stdlib.h>

#include "base/limits.h"
#include "cbor/cbor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Reads one item with the lenient functions and writes it with ours; false when the writer does not
 * know the kind. */
static bool walk(struct nw_cbor *r, unsigned depth, struct nw_buf *b)
{
    bool known = true;
    size_t left = 0;
    switch (depth == 0 ? NW_CBOR_NONE : nw_cbor_peek(r)) {
    case NW_CBOR_UINT:
        nw_cbor_put_uint(b, nw_cbor_uint(r));
        return true;
    case NW_CBOR_NINT: {
        struct nw_slice raw = nw_cbor_raw(r);
        struct nw_cbor sub = nw_cbor_open(raw);
        nw_cbor_put_int(b, nw_cbor_int(&sub));
        return nw_cbor_err(&sub) == NW_OK;
    }
    case NW_CBOR_BYTES:
    case NW_CBOR_TEXT: {
        bool text = nw_cbor_peek(r) == NW_CBOR_TEXT;
        struct nw_buf content = NW_BUF(NW_MAX_CBOR);
        nw_cbor_string_any(r, &content);
        (text ? nw_cbor_put_text : nw_cbor_put_bytes)(b, nw_buf_slice(&content));
        nw_buf_free(&content);
        return true;
    }
    case NW_CBOR_ARRAY:
        left = nw_cbor_array_any(r);
        nw_cbor_put_array(b, left);
        while (nw_cbor_more(r, &left)) {
            known = walk(r, depth - 1, b) && known;
        }
        return known;
    case NW_CBOR_MAP:
        left = nw_cbor_map_any(r);
        nw_cbor_put_map(b, left);
        while (nw_cbor_more(r, &left)) {
            known = walk(r, depth - 1, b) && known;
            known = walk(r, depth - 1, b) && known;
        }
        return known;
    case NW_CBOR_TAG:
        nw_cbor_put_tag(b, nw_cbor_tag(r));
        return walk(r, depth - 1, b);
    case NW_CBOR_TRUE:
    case NW_CBOR_FALSE:
        nw_cbor_put_bool(b, nw_cbor_bool(r));
        return true;
    case NW_CBOR_NULL:
        nw_cbor_null(r);
        nw_cbor_put_null(b);
        return true;
    default:
        (void)nw_cbor_raw(r);
        return false;
    }
}

static void members_are_the_same(struct nw_slice in)
{
    struct nw_slice a = NW_SLICE_EMPTY, again = NW_SLICE_EMPTY, searched = NW_SLICE_EMPTY;
    const struct nw_cbor_member first = NW_CBOR_MEMBER("a", &a);
    const struct nw_cbor_member second = NW_CBOR_MEMBER("a", &again);
    enum nw_err e = nw_cbor_check_map(in, 16, &first, 1, NULL);
    require(e == nw_cbor_check(in, NW_CBOR_STRICT, 16, NULL));
    nw_cbor_members(in, &second, 1);
    (void)nw_cbor_find_text(in, "a", &searched);
    if (e == NW_OK) {
        require(a.p == searched.p && a.n == searched.n);
        require(a.p == again.p && a.n == again.n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    unsigned flags = data[0] & NW_CBOR_DETERMINISTIC;
    struct nw_slice in = nw_slice(data + 1, size - 1);
    struct nw_diag d;
    nw_diag_clear(&d);
    enum nw_err e = nw_cbor_check(in, flags, 16, &d);
    require(e == NW_OK ? d.code == NW_OK : d.code == e && d.off <= in.n);
    if (e == NW_OK) {
        require(nw_cbor_check(in, 0, 16, NULL) == NW_OK);
    }
    members_are_the_same(in);
    struct nw_buf b = NW_BUF(16 * NW_MAX_CBOR);
    struct nw_slice value;
    struct nw_cbor r = nw_cbor_open(in);
    bool known = walk(&r, NW_MAX_CBOR_DEPTH + 1, &b);
    require(r.pos <= in.n);
    require(e != NW_OK || nw_cbor_done(&r));
    if (known && e == NW_OK && flags == NW_CBOR_DETERMINISTIC) {
        require(nw_buf_err(&b) == NW_OK);
        require(nw_slice_eq(nw_buf_slice(&b), in));
    }
    if (nw_cbor_find_int(in, 1, &value) || nw_cbor_find_text(in, "a", &value)) {
        require(value.p >= in.p && value.p + value.n <= in.p + in.n);
    }
    nw_buf_free(&b);
    return 0;
}
