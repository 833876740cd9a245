#include "cbor/cbor.h"

#include <cbor/encoding.h>

#include "base/unicode.h"

#define HEAD_MAX 9

/* n == 0: the encoder had no room, which HEAD_MAX bytes exclude. */
static void put_head(struct nw_buf *b, const uint8_t *head, size_t n)
{
    if (n == 0) {
        nw_buf_set_err(b, NW_ERR_INTERNAL);
        return;
    }
    nw_buf_put(b, nw_slice(head, n));
}

void nw_cbor_put_uint(struct nw_buf *b, uint64_t v)
{
    uint8_t head[HEAD_MAX];
    put_head(b, head, cbor_encode_uint(v, head, sizeof head));
}

void nw_cbor_put_int(struct nw_buf *b, int64_t v)
{
    if (v >= 0) {
        nw_cbor_put_uint(b, (uint64_t)v);
        return;
    }
    uint8_t head[HEAD_MAX];
    put_head(b, head, cbor_encode_negint((uint64_t)(-1 - v), head, sizeof head));
}

void nw_cbor_put_bytes(struct nw_buf *b, struct nw_slice v)
{
    uint8_t head[HEAD_MAX];
    put_head(b, head, cbor_encode_bytestring_start(v.n, head, sizeof head));
    nw_buf_put(b, v);
}

void nw_cbor_put_text(struct nw_buf *b, struct nw_slice utf8)
{
    uint8_t head[HEAD_MAX];
    if (!nw_utf8_valid(utf8, NULL)) {
        nw_buf_set_err(b, NW_ERR_UTF8);
        return;
    }
    put_head(b, head, cbor_encode_string_start(utf8.n, head, sizeof head));
    nw_buf_put(b, utf8);
}

void nw_cbor_put_array(struct nw_buf *b, size_t count)
{
    uint8_t head[HEAD_MAX];
    put_head(b, head, cbor_encode_array_start(count, head, sizeof head));
}

void nw_cbor_put_map(struct nw_buf *b, size_t pairs)
{
    uint8_t head[HEAD_MAX];
    put_head(b, head, cbor_encode_map_start(pairs, head, sizeof head));
}

void nw_cbor_put_tag(struct nw_buf *b, uint64_t tag)
{
    uint8_t head[HEAD_MAX];
    put_head(b, head, cbor_encode_tag(tag, head, sizeof head));
}

void nw_cbor_put_bool(struct nw_buf *b, bool v)
{
    uint8_t head[HEAD_MAX];
    put_head(b, head, cbor_encode_bool(v, head, sizeof head));
}

void nw_cbor_put_null(struct nw_buf *b)
{
    uint8_t head[HEAD_MAX];
    put_head(b, head, cbor_encode_null(head, sizeof head));
}
