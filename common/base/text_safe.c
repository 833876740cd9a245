/* Text of others on its way to a person's terminal. */
#include "base/unicode.h"

/* Length of the UTF-8 sequence at s and its code point; 0 when it is not one. */
static size_t text_point(struct nw_slice s, uint32_t *point)
{
    uint8_t first = s.p[0];
    size_t n = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    struct nw_slice one = nw_slice_sub(s, 0, n);
    if (one.n != n || !nw_utf8_valid(one, &(size_t){0})) {
        return 0;
    }
    static const uint8_t mask[5] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    *point = first & mask[n];
    for (size_t i = 1; i < n; i++) {
        *point = *point << 6 | (s.p[i] & 0x3fu);
    }
    return n;
}

/* Nobody sees these in a name, and two names that differ in them look the same. */
static bool text_invisible(uint32_t c)
{
    return c == 0x00ad || c == 0x034f || c == 0x180e || (c >= 0x200b && c <= 0x200d) ||
           (c >= 0x2060 && c <= 0x206f) || (c >= 0xfe00 && c <= 0xfe0f) ||
           (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);
}

void nw_text_safe(struct nw_slice s, struct nw_buf *out)
{
    while (s.n > 0) {
        uint32_t point = s.p[0];
        size_t n = text_point(s, &point);
        if (n > 0 && !text_invisible(point) && nw_text_is_clean(nw_slice_sub(s, 0, n))) {
            nw_buf_put(out, nw_slice_sub(s, 0, n));
        } else {
            nw_buf_printf(out, "\\u{%X}", (unsigned)point);
        }
        s = nw_slice_from(s, n > 0 ? n : 1);
    }
}
