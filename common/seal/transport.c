#include "seal/transport.h"

#include "base/codec.h"

static enum nw_err read_base45(const char *prefix, struct nw_slice text, struct nw_buf *out,
                               struct nw_diag *d)
{
    if (!nw_slice_starts(text, prefix)) {
        return nw_fail(d, NW_ERR_A11_PREFIX, 0, "it does not begin with %s", prefix);
    }
    if (text.n > NW_MAX_QR_TEXT) {
        return nw_fail(d, NW_ERR_LIMIT, NW_MAX_QR_TEXT, "no QR code holds that many characters");
    }
    return nw_base45_decode(nw_slice_from(text, nw_str(prefix).n), out, d);
}

static enum nw_err inflate_with(struct nw_inflater *z, struct nw_slice in, size_t max,
                                struct nw_buf *out, struct nw_diag *d)
{
    struct nw_inflater *own = NULL;
    enum nw_err e = NW_OK;
    if (z == NULL) {
        e = nw_inflater_new(&own);
        z = own;
    }
    if (e == NW_OK) {
        e = nw_inflate(z, in, max, out, d);
    }
    nw_inflater_free(&own);
    return e;
}

static void note(struct nw_checks *checks, const char *id, enum nw_err e, const struct nw_diag *d)
{
    if (checks == NULL || nw_err_is_ours(e)) {
        return;
    }
    if (e == NW_OK) {
        nw_check_pass(checks, id);
    } else {
        (void)nw_check_fail_diag(checks, id, d);
    }
}

enum nw_err nw_transport_read(struct nw_inflater *z, const char *prefix, struct nw_slice text,
                              size_t max, struct nw_buf *out, struct nw_checks *checks,
                              struct nw_diag *d)
{
    struct nw_buf packed = NW_BUF(NW_MAX_QR_TEXT);
    struct nw_diag own = {0};
    d = d == NULL ? &own : d;
    enum nw_err e = read_base45(prefix, text, &packed, d);
    note(checks, "QR-01", e, d);
    if (e == NW_OK) {
        e = inflate_with(z, nw_buf_slice(&packed), max, out, d);
        note(checks, "QR-02", e, d);
    }
    nw_buf_free(&packed);
    return e;
}

enum nw_err nw_transport_write(struct nw_deflater *z, const char *prefix, struct nw_slice bytes,
                               struct nw_buf *out, struct nw_diag *d)
{
    struct nw_buf packed = NW_BUF(NW_MAX_HC1);
    struct nw_deflater *own = NULL;
    size_t before = out->n;
    enum nw_err e = NW_OK;
    if (z == NULL) {
        e = nw_deflater_new(NW_DEFLATE_TEXT, &own);
        z = own;
    }
    if (e == NW_OK) {
        e = nw_deflate(z, bytes, &packed);
    }
    if (e == NW_OK) {
        nw_buf_puts(out, prefix);
        nw_base45_encode(nw_buf_slice(&packed), out);
        e = nw_buf_err(out);
    }
    if (e == NW_OK && out->n - before > NW_MAX_QR_TEXT) {
        e = nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "%zu characters: no QR code holds them",
                    out->n - before);
        nw_buf_cut(out, before);
    }
    nw_deflater_free(&own);
    nw_buf_free(&packed);
    return e;
}
