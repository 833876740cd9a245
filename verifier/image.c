#include "image.h"

#include <png.h>
#include <string.h>
#include <zbar.h>

#include "base/alloc.h"

#define ENLARGE_BELOW 1600u /* pixels a side: small codes need more pixels for zbar */

enum nw_err nw_image_read(struct nw_slice bytes, struct nw_image *out, struct nw_diag *d)
{
    png_image png;
    memset(&png, 0, sizeof png);
    png.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_memory(&png, bytes.p, bytes.n)) {
        return nw_fail(d, NW_ERR_FORM_UNKNOWN, NW_NO_OFFSET, "a PNG image is wanted: %.60s",
                       png.message);
    }
    enum nw_err e = NW_OK;
    size_t pixels = 0;
    uint8_t *grey = NULL;
    if (!nw_size_mul(png.width, png.height, &pixels) || pixels == 0 ||
        pixels > NW_IMAGE_MAX_PIXELS) {
        e = nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "%u x %u pixels, at most %u in all", png.width,
                    png.height, NW_IMAGE_MAX_PIXELS);
    } else if ((grey = nw_alloc(pixels)) == NULL) {
        e = nw_fail(d, NW_ERR_NOMEM, NW_NO_OFFSET, "%s", "");
    } else {
        const png_color white = {255, 255, 255};
        png.format = PNG_FORMAT_GRAY;
        if (!png_image_finish_read(&png, &white, grey, 0, NULL)) {
            e = nw_fail(d, NW_ERR_FORM_UNKNOWN, NW_NO_OFFSET, "the PNG is damaged: %.60s",
                        png.message);
        }
    }
    if (e == NW_OK) {
        *out = (struct nw_image){png.width, png.height, grey};
    } else {
        nw_free(grey);
    }
    png_image_free(&png);
    return e;
}

void nw_image_free(struct nw_image *image)
{
    nw_free(image->grey);
    image->grey = NULL;
}

static enum nw_err codes_add(struct nw_image_codes *codes, struct nw_slice text)
{
    for (size_t i = 0; i < codes->n; i++) {
        if (nw_slice_eq(nw_buf_slice(&codes->text[i]), text)) {
            return NW_OK;
        }
    }
    if (codes->n == NW_IMAGE_MAX_CODES) {
        codes->more = true;
        return NW_OK;
    }
    struct nw_buf *b = &codes->text[codes->n];
    *b = NW_BUF(16384);
    nw_buf_put(b, text);
    enum nw_err e = nw_buf_err(b);
    if (e == NW_OK) {
        codes->n++;
    } else {
        nw_buf_free(b);
    }
    return e;
}

static enum nw_err codes_scan(zbar_image_scanner_t *scanner, const struct nw_image *image,
                              struct nw_image_codes *codes)
{
    zbar_image_t *z = zbar_image_create();
    if (z == NULL) {
        return NW_ERR_NOMEM;
    }
    enum nw_err e = NW_OK;
    zbar_image_set_format(z, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(z, image->width, image->height);
    zbar_image_set_data(z, image->grey, (unsigned long)image->width * image->height, NULL);
    if (zbar_scan_image(scanner, z) >= 0) {
        const zbar_symbol_t *s = zbar_image_first_symbol(z);
        for (; s != NULL && e == NW_OK; s = zbar_symbol_next(s)) {
            if (zbar_symbol_get_type(s) == ZBAR_QRCODE) {
                e = codes_add(codes,
                              nw_slice(zbar_symbol_get_data(s), zbar_symbol_get_data_length(s)));
            }
        }
    }
    zbar_image_destroy(z);
    return e;
}

static void image_invert(struct nw_image *image)
{
    size_t n = (size_t)image->width * image->height;
    for (size_t i = 0; i < n; i++) {
        image->grey[i] = (uint8_t)(255 - image->grey[i]);
    }
}

/* Twice as large, each pixel four times. */
static enum nw_err image_enlarge(const struct nw_image *in, struct nw_image *out)
{
    size_t n;
    if (!nw_size_mul((size_t)in->width * 2, (size_t)in->height * 2, &n)) {
        return NW_ERR_LIMIT;
    }
    uint8_t *grey = nw_alloc(n);
    if (grey == NULL) {
        return NW_ERR_NOMEM;
    }
    *out = (struct nw_image){in->width * 2, in->height * 2, grey};
    for (size_t y = 0; y < out->height; y++) {
        for (size_t x = 0; x < out->width; x++) {
            grey[y * out->width + x] = in->grey[y / 2 * in->width + x / 2];
        }
    }
    return NW_OK;
}

/* Dark mode turns the code white on black (offline.md 3): both ways. */
static enum nw_err codes_both_ways(zbar_image_scanner_t *scanner, struct nw_image *image,
                                   struct nw_image_codes *codes)
{
    enum nw_err e = codes_scan(scanner, image, codes);
    if (e == NW_OK) {
        image_invert(image);
        e = codes_scan(scanner, image, codes);
        image_invert(image);
    }
    return e;
}

enum nw_err nw_image_codes(const struct nw_image *image, struct nw_image_codes *out)
{
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();
    struct nw_image copy = *image, large = {0};
    if (scanner == NULL) {
        return NW_ERR_NOMEM;
    }
    out->n = 0;
    out->more = false;
    (void)zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
    (void)zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
    (void)zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
    enum nw_err e = codes_both_ways(scanner, &copy, out);
    if (e == NW_OK && out->n == 0 && image->width < ENLARGE_BELOW &&
        image->height < ENLARGE_BELOW) {
        e = image_enlarge(image, &large);
        if (e == NW_OK) {
            e = codes_both_ways(scanner, &large, out);
        }
        nw_image_free(&large);
    }
    zbar_image_scanner_destroy(scanner);
    if (e != NW_OK) {
        nw_image_codes_free(out);
    }
    return e;
}

void nw_image_codes_free(struct nw_image_codes *codes)
{
    for (size_t i = 0; i < codes->n; i++) {
        nw_buf_free(&codes->text[i]);
    }
    codes->n = 0;
}
