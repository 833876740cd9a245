#include "qr.h"

#include "base/alloc.h"

static bool dark(const struct nw_qr *qr, const uint8_t *done, size_t x, size_t y)
{
    size_t at = y * qr->modules + x;
    return qr->dark[at] != 0 && done[at] == 0;
}

/* The widest run from (x, y) to the right, then as many rows below as are wholly dark. */
static void put_rectangle(const struct nw_qr *qr, uint8_t *done, size_t x, size_t y,
                          struct nw_buf *out)
{
    size_t n = qr->modules;
    size_t right = x;
    size_t bottom = y + 1;
    while (right < n && dark(qr, done, right, y)) {
        right++;
    }
    for (; bottom < n; bottom++) {
        size_t i = x;
        while (i < right && dark(qr, done, i, bottom)) {
            i++;
        }
        if (i < right) {
            break;
        }
    }
    for (size_t row = y; row < bottom; row++) {
        for (size_t i = x; i < right; i++) {
            done[row * n + i] = 1;
        }
    }
    nw_buf_printf(out, "M%zu %zuh%zuv%zuh-%zuz", x + NW_QR_FRAME, y + NW_QR_FRAME, right - x,
                  bottom - y, right - x);
}

static void put_head(const struct nw_qr *qr, struct nw_buf *out)
{
    unsigned all = qr->modules + 2 * NW_QR_FRAME;
    double mm = qr->mm * all / qr->modules;
    nw_buf_printf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.2fmm\" height=\"%.2fmm\" "
                  "viewBox=\"0 0 %u %u\" role=\"img\" aria-labelledby=\"qr-title qr-desc\">\n",
                  mm, mm, all, all);
    nw_buf_puts(out, "<title id=\"qr-title\">QR-Code der A1-Bescheinigung / QR code of the A1 "
                     "certificate</title>\n");
    nw_buf_printf(
        out,
        "<desc id=\"qr-desc\">Enth\xc3\xa4lt die signierten Angaben der Bescheinigung zur "
        "Pr\xc3\xbc"
        "fung ohne Netz. / Holds the signed data of the certificate, to be checked "
        "without a network. Version %u, %.0f mm.</desc>\n",
        qr->version, qr->mm);
    nw_buf_printf(out, "<rect width=\"%u\" height=\"%u\" fill=\"#fff\"/>\n", all, all);
}

static enum nw_err put_svg(const struct nw_qr *qr, struct nw_buf *out)
{
    size_t n = qr->modules;
    uint8_t *done = nw_calloc(n, n);
    if (done == NULL) {
        return NW_ERR_NOMEM;
    }
    put_head(qr, out);
    nw_buf_puts(out, "<path fill=\"#000\" shape-rendering=\"crispEdges\" d=\"");
    for (size_t y = 0; y < n; y++) {
        for (size_t x = 0; x < n; x++) {
            if (dark(qr, done, x, y)) {
                put_rectangle(qr, done, x, y, out);
            }
        }
    }
    nw_buf_puts(out, "\"/>\n</svg>\n");
    nw_free(done);
    return nw_buf_err(out);
}

enum nw_err nw_qr_svg(struct nw_slice text, double mm, struct nw_buf *out)
{
    struct nw_qr qr = {0};
    enum nw_err e = nw_qr_make(text, mm, &qr);
    if (e == NW_OK) {
        e = put_svg(&qr, out);
    }
    nw_qr_free(&qr);
    return e;
}
