/* The first byte chooses the codec. One spelling: what is accepted is written back identically
 * (hex: in lower case). Inflation keeps its limit, and deflates back to the same bytes. */
#include <stdlib.h>

#include "base/codec.h"
#include "base/deflate.h"

#define INFLATE_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static const struct {
    enum nw_err (*decode)(struct nw_slice, struct nw_buf *, struct nw_diag *);
    void (*encode)(struct nw_slice, struct nw_buf *);
} codecs[] = {
    {nw_base64url_decode, nw_base64url_encode},
    {nw_base64_decode, nw_base64_encode},
    {nw_base45_decode, nw_base45_encode},
    {nw_hex_decode, nw_hex_encode},
};

static bool same(struct nw_slice a, struct nw_slice b, bool fold)
{
    if (a.n != b.n) {
        return false;
    }
    for (size_t i = 0; i < a.n; i++) {
        if (a.p[i] != b.p[i] && !(fold && (a.p[i] | 0x20) == b.p[i])) {
            return false;
        }
    }
    return true;
}

static void text_codec(size_t which, struct nw_slice in)
{
    struct nw_buf bytes = NW_BUF(in.n);
    struct nw_buf text = NW_BUF(in.n);
    struct nw_diag d;
    nw_diag_clear(&d);
    enum nw_err e = codecs[which].decode(in, &bytes, &d);
    if (e == NW_OK) {
        codecs[which].encode(nw_buf_slice(&bytes), &text);
        require(same(in, nw_buf_slice(&text), which == 3));
    } else {
        require(bytes.n == 0 && d.code == e && d.off < in.n);
    }
    nw_buf_reset(&bytes);
    nw_buf_free(&text);
    nw_buf_free(&bytes);
}

static void inflate_it(struct nw_slice in)
{
    static struct nw_inflater *inflater; /* kept: reuse after every kind of failure is the point */
    static struct nw_deflater *deflater;
    if (inflater == NULL) {
        require(nw_inflater_new(&inflater) == NW_OK);
        require(nw_deflater_new(NW_DEFLATE_SPARSE, &deflater) == NW_OK);
    }
    struct nw_buf out = NW_BUF(4 * INFLATE_MAX);
    enum nw_err e = nw_inflate(inflater, in, INFLATE_MAX, &out, NULL);
    require(e == NW_OK ? out.n <= INFLATE_MAX : out.n == 0);
    if (e == NW_OK) {
        struct nw_buf packed = NW_BUF(4 * INFLATE_MAX);
        struct nw_buf again = NW_BUF(INFLATE_MAX);
        require(nw_deflate(deflater, nw_buf_slice(&out), &packed) == NW_OK);
        require(nw_inflate(inflater, nw_buf_slice(&packed), out.n, &again, NULL) == NW_OK);
        require(nw_slice_eq(nw_buf_slice(&out), nw_buf_slice(&again)));
        nw_buf_free(&packed);
        nw_buf_free(&again);
    }
    nw_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    struct nw_slice in = nw_slice(data + 1, size - 1);
    size_t which = data[0] % 5;
    if (which < 4) {
        text_codec(which, in);
    } else {
        inflate_it(in);
    }
    return 0;
}
