#include "support.h"

#include <math.h>
#include <png.h>
#include <zbar.h>

#include "qr.h"

static struct nw_slice text_of(size_t n)
{
    static char text[5000];
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    for (size_t i = 0; i < n; i++) {
        text[i] = digits[(i * 7 + i / 11) % 45];
    }
    return nw_slice(text, n);
}

/* What zbar, which knows nothing of us, reads in a grey picture. */
static bool zbar_reads(const uint8_t *grey, unsigned side, struct nw_slice wanted)
{
    zbar_image_scanner_t *scanner = zbar_image_scanner_create();
    zbar_image_t *image = zbar_image_create();
    bool right = false;
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, side, side);
    zbar_image_set_data(image, grey, (unsigned long)side * side, NULL);
    if (zbar_scan_image(scanner, image) == 1) {
        const zbar_symbol_t *symbol = zbar_image_first_symbol(image);
        right = nw_slice_eq(
            wanted, nw_slice(zbar_symbol_get_data(symbol), zbar_symbol_get_data_length(symbol)));
    }
    zbar_image_destroy(image);
    zbar_image_scanner_destroy(scanner);
    return right;
}

static void a_png_is_read_by_another_reader(void **state)
{
    (void)state;
    static const size_t sizes[] = {40, 546, 804, 1273};
    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
        struct nw_buf png = NW_BUF(NW_QR_MAX_IMAGE);
        assert_ok(nw_qr_png(text_of(sizes[i]), 0, &png));
        png_image image = {.version = PNG_IMAGE_VERSION};
        assert_true(png_image_begin_read_from_memory(&image, png.p, png.n));
        image.format = PNG_FORMAT_GRAY;
        assert_int_equal(image.width, image.height);
        uint8_t *grey = malloc(PNG_IMAGE_SIZE(image));
        assert_non_null(grey);
        assert_true(png_image_finish_read(&image, NULL, grey, 0, NULL));
        assert_true(zbar_reads(grey, image.width, text_of(sizes[i])));
        free(grey);
        nw_buf_free(&png);
    }
}

static unsigned number(const char **at)
{
    unsigned v = 0;
    for (; **at >= '0' && **at <= '9'; (*at)++) {
        v = v * 10u + (unsigned)(**at - '0');
    }
    return v;
}

/* Paints the path of the SVG; false when a module is painted twice. */
static bool paint(const char *svg, uint8_t *modules, unsigned all)
{
    const char *at = strstr(svg, " d=\"");
    assert_non_null(at);
    for (at += 4; *at == 'M';) {
        at++;
        unsigned x = number(&at);
        at++;
        unsigned y = number(&at);
        at++;
        unsigned w = number(&at);
        at++;
        unsigned h = number(&at);
        at = strchr(at, 'z') + 1;
        for (unsigned j = y; j < y + h; j++) {
            for (unsigned i = x; i < x + w; i++) {
                if (i >= all || j >= all || modules[j * all + i] == 0) {
                    return false;
                }
                modules[j * all + i] = 0;
            }
        }
    }
    return *at == '"';
}

static void an_svg_covers_the_dark_modules_once(void **state)
{
    (void)state;
    struct nw_slice text = text_of(700);
    struct nw_buf svg = NW_BUF(NW_QR_MAX_IMAGE);
    struct nw_qr qr = {0};
    assert_ok(nw_qr_make(text, 45, &qr));
    assert_ok(nw_qr_svg(text, 45, &svg));
    unsigned all = qr.modules + 8;
    uint8_t *modules = malloc((size_t)all * all);
    uint8_t *big = malloc((size_t)all * all * 16);
    assert_non_null(modules);
    assert_non_null(big);
    memset(modules, 255, (size_t)all * all);
    assert_true(paint(nw_buf_cstr(&svg), modules, all));
    for (size_t i = 0; i < (size_t)all * all * 16; i++) {
        big[i] = modules[i / (all * 4) / 4 * all + i % (all * 4) / 4];
    }
    assert_true(zbar_reads(big, all * 4, text));
    assert_non_null(strstr(nw_buf_cstr(&svg), "<title id="));
    assert_non_null(strstr(nw_buf_cstr(&svg), "<desc id="));
    char width[64];
    (void)snprintf(width, sizeof width, "width=\"%.2fmm\"", 45.0 * all / qr.modules);
    assert_non_null(strstr(nw_buf_cstr(&svg), width));
    free(big);
    free(modules);
    nw_qr_free(&qr);
    nw_buf_free(&svg);
}

/* Versions by the capacity tables of ISO/IEC 18004, alphanumeric mode. */
static void size_and_level_follow_the_print(void **state)
{
    (void)state;
    static const struct {
        size_t chars;
        double mm;
        unsigned version;
        enum nw_qr_level level;
        double side;
    } rows[] = {
        {546, 0, 15, NW_QR_M, 40},  {619, 0, 16, NW_QR_M, 40},       {804, 0, 18, NW_QR_M, 45},
        {954, 0, 20, NW_QR_M, 50},  {1273, 0, 29, NW_QR_Q, 70},      {546, 54, 15, NW_QR_M, 54},
        {546, 55, 18, NW_QR_Q, 55}, {3000, 70.8, 38, NW_QR_M, 70.8},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_qr qr = {0};
        enum nw_err e = nw_qr_make(text_of(rows[i].chars), rows[i].mm, &qr);
        if (e != NW_OK || qr.version != rows[i].version || qr.level != rows[i].level ||
            fabs(qr.mm - rows[i].side) > 0.01) {
            fail_msg("row %zu: %s, version %u, level %d, %f mm", i, nw_err_name(e), qr.version,
                     qr.level, qr.mm);
        }
        nw_qr_free(&qr);
    }
}

static void what_cannot_be_printed_is_refused(void **state)
{
    (void)state;
    struct nw_qr qr = {0};
    /* Version 15 has 77 modules: 30.8 mm at 0.4 mm each. */
    assert_ok(nw_qr_make(text_of(546), 30.81, &qr));
    nw_qr_free(&qr);
    assert_err(nw_qr_make(text_of(546), 30.79, &qr), NW_ERR_QR_SIZE);
    assert_err(nw_qr_make(text_of(546), -1, &qr), NW_ERR_QR_SIZE);
    assert_err(nw_qr_make(text_of(546), NAN, &qr), NW_ERR_QR_SIZE);
    assert_ok(nw_qr_make(text_of(3391), 0, &qr)); /* version 40-M holds 3,391 */
    nw_qr_free(&qr);
    assert_err(nw_qr_make(text_of(3392), 0, &qr), NW_ERR_LIMIT);
    assert_err(nw_qr_make(text_of(0), 0, &qr), NW_ERR_LIMIT);
    assert_err(nw_qr_make(nw_str("A11:abc"), 0, &qr), NW_ERR_BASE45_CHAR);
    assert_null(qr.dark);
}

static enum nw_err png_job(void *ctx)
{
    (void)ctx;
    struct nw_buf png = NW_BUF(NW_QR_MAX_IMAGE);
    enum nw_err e = nw_qr_png(text_of(100), 0, &png);
    nw_buf_free(&png);
    return e;
}

static enum nw_err svg_job(void *ctx)
{
    (void)ctx;
    struct nw_buf svg = NW_BUF(NW_QR_MAX_IMAGE);
    enum nw_err e = nw_qr_svg(text_of(100), 0, &svg);
    nw_buf_free(&svg);
    return e;
}

static void a_lack_of_memory_is_survived(void **state)
{
    (void)state;
    survives_allocation_failure(png_job, NULL, NULL);
    survives_allocation_failure(svg_job, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_png_is_read_by_another_reader),
        cmocka_unit_test(an_svg_covers_the_dark_modules_once),
        cmocka_unit_test(size_and_level_follow_the_print),
        cmocka_unit_test(what_cannot_be_printed_is_refused),
        cmocka_unit_test(a_lack_of_memory_is_survived),
    };
    return run_once("qr", tests, ARRAY_LENGTH(tests));
}
