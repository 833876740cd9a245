#include "qr.h"

#include <png.h>

#include "base/alloc.h"

#define DOTS_PER_MM (600 / 25.4)
#define ROW_MAX 2048 /* bytes of one row: 16,384 pixels */

static void write_bytes(png_structp png, png_bytep p, png_size_t n)
{
    struct nw_buf *out = png_get_io_ptr(png);
    nw_buf_put(out, nw_slice(p, n));
    if (nw_buf_err(out) != NW_OK) {
        png_error(png, "out of room");
    }
}

static void flush_bytes(png_structp png)
{
    (void)png;
}

/* libpng comes back through here after an error; the buffer knows what happened. */
static void on_error(png_structp png, png_const_charp message)
{
    (void)message;
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static png_voidp png_alloc(png_structp png, png_alloc_size_t n)
{
    (void)png;
    return nw_alloc(n);
}

static void png_release(png_structp png, png_voidp p)
{
    (void)png;
    nw_free(p);
}

/* One row of pixels, one bit each, white is 1; module row y, or a row of the frame when y is out.
 */
static void fill_row(const struct nw_qr *qr, unsigned scale, unsigned y, uint8_t row[ROW_MAX])
{
    unsigned all = qr->modules + 2 * NW_QR_FRAME;
    for (size_t i = 0; i < ROW_MAX; i++) {
        row[i] = 0xff;
    }
    if (y < NW_QR_FRAME || y >= NW_QR_FRAME + qr->modules) {
        return;
    }
    const uint8_t *dark = qr->dark + (size_t)(y - NW_QR_FRAME) * qr->modules;
    for (unsigned x = NW_QR_FRAME; x < all - NW_QR_FRAME; x++) {
        for (unsigned i = x * scale; dark[x - NW_QR_FRAME] != 0 && i < (x + 1) * scale; i++) {
            row[i / 8] = (uint8_t)(row[i / 8] & ~(0x80u >> (i % 8)));
        }
    }
}

/* In a function of its own: what changes between setjmp and longjmp lives in the caller. */
static bool write_png(png_structp png, png_infop info, const struct nw_qr *qr, unsigned scale,
                      struct nw_buf *out, uint8_t *row)
{
    unsigned all = qr->modules + 2 * NW_QR_FRAME;
    unsigned per_metre = (unsigned)(scale * qr->modules / qr->mm * 1000 + 0.5);
    if (setjmp(png_jmpbuf(png)) != 0) {
        return false;
    }
    png_set_write_fn(png, out, write_bytes, flush_bytes);
    png_set_IHDR(png, info, all * scale, all * scale, 1, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_pHYs(png, info, per_metre, per_metre, PNG_RESOLUTION_METER);
    png_write_info(png, info);
    for (unsigned y = 0; y < all; y++) {
        fill_row(qr, scale, y, row);
        for (unsigned i = 0; i < scale; i++) {
            png_write_row(png, row);
        }
    }
    png_write_end(png, info);
    return true;
}

static enum nw_err put_png(const struct nw_qr *qr, struct nw_buf *out)
{
    unsigned all = qr->modules + 2 * NW_QR_FRAME;
    unsigned scale = (unsigned)(qr->mm / qr->modules * DOTS_PER_MM);
    unsigned most = ROW_MAX * 8u / all;
    scale = scale > most ? most : scale < 1 ? 1 : scale;
    enum nw_err e = NW_ERR_NOMEM;
    png_infop info = NULL;
    uint8_t *row = nw_alloc(ROW_MAX);
    png_structp png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning,
                                                NULL, png_alloc, png_release);
    if (png != NULL) {
        info = png_create_info_struct(png);
    }
    if (row != NULL && info != NULL && write_png(png, info, qr, scale, out, row)) {
        e = NW_OK;
    }
    if (nw_buf_err(out) != NW_OK) {
        e = nw_buf_err(out);
    }
    png_destroy_write_struct(&png, &info);
    nw_free(row);
    return e;
}

enum nw_err nw_qr_png(struct nw_slice text, double mm, struct nw_buf *out)
{
    struct nw_qr qr = {0};
    enum nw_err e = nw_qr_make(text, mm, &qr);
    if (e == NW_OK) {
        e = put_png(&qr, out);
    }
    nw_qr_free(&qr);
    return e;
}
