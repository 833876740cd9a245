#include "base/utf8.h"

#include <string.h>

#include "base/unicode.h"

#define HIGH_BITS 0x8080808080808080u

/* The smallest character that may take n bytes: everything below is overlong. */
static const uint32_t utf8_smallest[] = {0, 0, 0x80, 0x800, 0x10000};

size_t nw_utf8_read(const uint8_t *p, size_t n, uint32_t *cp)
{
    uint32_t c = p[0];
    if (c < 0x80) {
        *cp = c;
        return 1;
    }
    size_t length = c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
    if (length == 0 || length > n) {
        return 0;
    }
    c &= 0x7fu >> length;
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return 0;
        }
        c = c << 6 | (p[i] & 0x3fu);
    }
    if (c < utf8_smallest[length] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
        return 0;
    }
    *cp = c;
    return length;
}

/* Four to eight bytes at once: two words that may overlap. */
static bool short_ascii(const uint8_t *p, size_t n)
{
    uint32_t first, last;
    memcpy(&first, p, sizeof first);
    memcpy(&last, p + n - sizeof last, sizeof last);
    return ((first | last) & (uint32_t)HIGH_BITS) == 0;
}

bool nw_utf8_valid(struct nw_slice s, size_t *off)
{
    size_t i = 0;
    while (i < s.n) {
        uint64_t eight;
        size_t left = s.n - i;
        if (left > sizeof eight) {
            memcpy(&eight, s.p + i, sizeof eight);
            if ((eight & HIGH_BITS) == 0) {
                i += sizeof eight;
                continue;
            }
        } else if (left >= sizeof(uint32_t) && short_ascii(s.p + i, left)) {
            return true;
        }
        if (s.p[i] < 0x80) {
            i++;
            continue;
        }
        uint32_t cp;
        size_t length = nw_utf8_read(s.p + i, s.n - i, &cp);
        if (length == 0) {
            if (off != NULL) {
                *off = i;
            }
            return false;
        }
        i += length;
    }
    return true;
}
