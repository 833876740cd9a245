#include "base/deflate.h"

#include <limits.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/alloc.h"

#define WINDOW 15
#define FIRST_CHUNK 1024

struct nw_inflater {
    z_stream s;
};

struct nw_deflater {
    z_stream s;
};

static voidpf z_alloc(voidpf opaque, uInt items, uInt size)
{
    (void)opaque;
    return nw_calloc(items, size);
}

static void z_free(voidpf opaque, voidpf p)
{
    (void)opaque;
    nw_free(p);
}

static enum nw_err z_own_error(int rc)
{
    return rc == Z_MEM_ERROR ? NW_ERR_NOMEM : NW_ERR_INTERNAL;
}

/* ---- inflate ---- */

enum nw_err nw_inflater_new(struct nw_inflater **out)
{
    struct nw_inflater *z = nw_calloc(1, sizeof *z);
    if (z == NULL) {
        return NW_ERR_NOMEM;
    }
    z->s.zalloc = z_alloc;
    z->s.zfree = z_free;
    int rc = inflateInit2(&z->s, WINDOW);
    if (rc != Z_OK) {
        nw_free(z);
        return z_own_error(rc);
    }
    *out = z;
    return NW_OK;
}

void nw_inflater_free(struct nw_inflater **z)
{
    if (*z != NULL) {
        (void)inflateEnd(&(*z)->s);
        nw_free(*z);
        *z = NULL;
    }
}

/* One call of inflate() into at most room bytes at the end of out. With no room left a spare byte
 * takes its place: a stream that ends exactly at the limit still has its checksum to be read. */
static int inflate_some(z_stream *s, size_t room, size_t chunk, struct nw_buf *out, bool *over)
{
    uint8_t spare = 0;
    size_t give = room < chunk ? room : chunk;
    give = give > UINT_MAX ? UINT_MAX : give;
    uint8_t *at = give == 0 ? &spare : nw_buf_reserve(out, give);
    if (at == NULL) {
        return Z_MEM_ERROR;
    }
    s->next_out = at;
    s->avail_out = give == 0 ? 1 : (uInt)give;
    int rc =
        inflate(s, Z_FINISH); /* with Z_FINISH a stream done in one call needs no window copy */
    *over = give == 0 && s->avail_out == 0;
    if (give > 0) {
        nw_buf_grow(out, give - s->avail_out);
    }
    return rc;
}

static enum nw_err inflate_all(z_stream *s, size_t max, struct nw_buf *out)
{
    size_t start = out->n;
    size_t chunk = FIRST_CHUNK + (size_t)s->avail_in * 4;
    size_t reserved = out->cap > out->n ? out->cap - out->n - 1 : 0;
    chunk = reserved > chunk ? reserved : chunk; /* what the caller has made room for is used whole */
    size_t room = out->max - out->n;
    room = max < room ? max : room;
    for (;;) {
        bool over = false;
        int rc = inflate_some(s, room - (out->n - start), chunk, out, &over);
        chunk = chunk < SIZE_MAX / 2 ? chunk * 2 : chunk;
        if (over) {
            return NW_ERR_ZLIB_LIMIT;
        }
        switch (rc) {
        case Z_STREAM_END:
            return s->avail_in == 0 ? NW_OK : NW_ERR_TRAILING;
        case Z_NEED_DICT:
            return NW_ERR_ZLIB_DICT;
        case Z_DATA_ERROR:
            return NW_ERR_ZLIB;
        case Z_OK:
        case Z_BUF_ERROR:
            if (s->avail_out > 0) {
                return NW_ERR_ZLIB_TRUNCATED;
            }
            break;
        default:
            return z_own_error(rc);
        }
    }
}

enum nw_err nw_inflate(struct nw_inflater *z, struct nw_slice in, size_t max, struct nw_buf *out,
                       struct nw_diag *d)
{
    if (nw_buf_err(out) != NW_OK) {
        return nw_buf_err(out);
    }
    if (in.n > UINT_MAX) {
        return nw_fail(d, NW_ERR_LIMIT, 0, "%zu bytes", in.n);
    }
    size_t before = out->n;
    if (inflateReset(&z->s) != Z_OK) {
        return NW_ERR_INTERNAL;
    }
    static const uint8_t nothing;
    z->s.next_in = in.n == 0 ? &nothing : in.p;
    z->s.avail_in = (uInt)in.n;
    enum nw_err e = inflate_all(&z->s, max, out);
    if (e != NW_OK) {
        nw_buf_cut(out, before);
        return nw_fail(d, e, in.n - z->s.avail_in, "zlib stream");
    }
    return NW_OK;
}

/* ---- deflate ---- */

enum nw_err nw_deflater_new(enum nw_deflate_kind kind, struct nw_deflater **out)
{
    struct nw_deflater *z = nw_calloc(1, sizeof *z);
    if (z == NULL) {
        return NW_ERR_NOMEM;
    }
    z->s.zalloc = z_alloc;
    z->s.zfree = z_free;
    int rc = kind == NW_DEFLATE_SPARSE
                 ? deflateInit2(&z->s, 6, Z_DEFLATED, WINDOW, 9, Z_RLE)
                 : deflateInit2(&z->s, 9, Z_DEFLATED, WINDOW, 5, Z_DEFAULT_STRATEGY);
    if (rc != Z_OK) {
        nw_free(z);
        return z_own_error(rc);
    }
    *out = z;
    return NW_OK;
}

void nw_deflater_free(struct nw_deflater **z)
{
    if (*z != NULL) {
        (void)deflateEnd(&(*z)->s);
        nw_free(*z);
        *z = NULL;
    }
}

enum nw_err nw_deflate(struct nw_deflater *z, struct nw_slice in, struct nw_buf *out)
{
    if (nw_buf_err(out) != NW_OK) {
        return nw_buf_err(out);
    }
    if (in.n > UINT_MAX / 2 || deflateReset(&z->s) != Z_OK) {
        nw_buf_set_err(out, in.n > UINT_MAX / 2 ? NW_ERR_LIMIT : NW_ERR_INTERNAL);
        return nw_buf_err(out);
    }
    size_t room = out->max - out->n;
    size_t bound = deflateBound(&z->s, in.n);
    size_t give = bound < room ? bound : room;
    uint8_t *at = nw_buf_reserve(out, give);
    if (at == NULL) {
        return nw_buf_err(out);
    }
    static const uint8_t nothing;
    z->s.next_in = in.n == 0 ? &nothing : in.p;
    z->s.avail_in = (uInt)in.n;
    z->s.next_out = at;
    z->s.avail_out = (uInt)give;
    if (deflate(&z->s, Z_FINISH) != Z_STREAM_END) {
        nw_buf_set_err(out, NW_ERR_LIMIT);
        return nw_buf_err(out);
    }
    nw_buf_grow(out, give - z->s.avail_out);
    return nw_buf_err(out);
}
