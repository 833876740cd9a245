#include "base/codec.h"

#include <string.h>

#define NO 0xff /* not in the alphabet */

/* Twelve bits give two characters at once: the alphabet's 4096 pairs, in order. */
/* clang-format off */
#define P(a, b) {(a), (b)}
#define ROW(a, y, z) \
    P(a, 'A'), P(a, 'B'), P(a, 'C'), P(a, 'D'), P(a, 'E'), P(a, 'F'), P(a, 'G'), P(a, 'H'),      \
    P(a, 'I'), P(a, 'J'), P(a, 'K'), P(a, 'L'), P(a, 'M'), P(a, 'N'), P(a, 'O'), P(a, 'P'),      \
    P(a, 'Q'), P(a, 'R'), P(a, 'S'), P(a, 'T'), P(a, 'U'), P(a, 'V'), P(a, 'W'), P(a, 'X'),      \
    P(a, 'Y'), P(a, 'Z'), P(a, 'a'), P(a, 'b'), P(a, 'c'), P(a, 'd'), P(a, 'e'), P(a, 'f'),      \
    P(a, 'g'), P(a, 'h'), P(a, 'i'), P(a, 'j'), P(a, 'k'), P(a, 'l'), P(a, 'm'), P(a, 'n'),      \
    P(a, 'o'), P(a, 'p'), P(a, 'q'), P(a, 'r'), P(a, 's'), P(a, 't'), P(a, 'u'), P(a, 'v'),      \
    P(a, 'w'), P(a, 'x'), P(a, 'y'), P(a, 'z'), P(a, '0'), P(a, '1'), P(a, '2'), P(a, '3'),      \
    P(a, '4'), P(a, '5'), P(a, '6'), P(a, '7'), P(a, '8'), P(a, '9'), P(a, y), P(a, z)
#define PAIRS(y, z) \
    {ROW('A', y, z), ROW('B', y, z), ROW('C', y, z), ROW('D', y, z), ROW('E', y, z),             \
     ROW('F', y, z), ROW('G', y, z), ROW('H', y, z), ROW('I', y, z), ROW('J', y, z),             \
     ROW('K', y, z), ROW('L', y, z), ROW('M', y, z), ROW('N', y, z), ROW('O', y, z),             \
     ROW('P', y, z), ROW('Q', y, z), ROW('R', y, z), ROW('S', y, z), ROW('T', y, z),             \
     ROW('U', y, z), ROW('V', y, z), ROW('W', y, z), ROW('X', y, z), ROW('Y', y, z),             \
     ROW('Z', y, z), ROW('a', y, z), ROW('b', y, z), ROW('c', y, z), ROW('d', y, z),             \
     ROW('e', y, z), ROW('f', y, z), ROW('g', y, z), ROW('h', y, z), ROW('i', y, z),             \
     ROW('j', y, z), ROW('k', y, z), ROW('l', y, z), ROW('m', y, z), ROW('n', y, z),             \
     ROW('o', y, z), ROW('p', y, z), ROW('q', y, z), ROW('r', y, z), ROW('s', y, z),             \
     ROW('t', y, z), ROW('u', y, z), ROW('v', y, z), ROW('w', y, z), ROW('x', y, z),             \
     ROW('y', y, z), ROW('z', y, z), ROW('0', y, z), ROW('1', y, z), ROW('2', y, z),             \
     ROW('3', y, z), ROW('4', y, z), ROW('5', y, z), ROW('6', y, z), ROW('7', y, z),             \
     ROW('8', y, z), ROW('9', y, z), ROW(y, y, z), ROW(z, y, z)}
static const uint8_t base64url_pairs[4096][2] = PAIRS('-', '_');
static const uint8_t base64_pairs[4096][2] = PAIRS('+', '/');
/* clang-format on */
static const char base45_digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/* clang-format off */
static const uint8_t base64url_values[256] = {
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, 62, NO, NO,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, NO, NO, NO, NO, NO, NO,
    NO, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, NO, NO, NO, NO, 63,
    NO, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
};
static const uint8_t base64_values[256] = {
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, 62, NO, NO, NO, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, NO, NO, NO, NO, NO, NO,
    NO, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, NO, NO, NO, NO, NO,
    NO, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
};
static const uint8_t base45_values[256] = {
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    36, NO, NO, NO, 37, 38, NO, NO, NO, NO, 39, 40, NO, 41, 42, 43,
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 44, NO, NO, NO, NO, NO,
    NO, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
    25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO,
};
/* clang-format on */

static size_t first_foreign(struct nw_slice text, const uint8_t *values)
{
    size_t i = 0;
    while (i < text.n && values[text.p[i]] != NO) {
        i++;
    }
    return i;
}

/* ---- base64, both alphabets ---- */

/* Whole groups of four; false when one of the characters is foreign. */
static bool base64_groups(const uint8_t *in, size_t groups, const uint8_t *values, uint8_t *out)
{
    for (; groups > 0; groups--, in += 4, out += 3) {
        uint32_t a = values[in[0]];
        uint32_t b = values[in[1]];
        uint32_t c = values[in[2]];
        uint32_t d = values[in[3]];
        if (((a | b | c | d) & 0x80) != 0) {
            return false;
        }
        uint32_t v = a << 18 | b << 12 | c << 6 | d;
        out[0] = (uint8_t)(v >> 16);
        out[1] = (uint8_t)(v >> 8);
        out[2] = (uint8_t)v;
    }
    return true;
}

/* The last two or three characters; false when one is foreign or spare bits are set. */
static bool base64_rest(const uint8_t *in, size_t n, const uint8_t *values, uint8_t *out)
{
    uint32_t a = values[in[0]];
    uint32_t b = values[in[1]];
    uint32_t c = n == 3 ? values[in[2]] : 0;
    uint32_t v = a << 18 | b << 12 | c << 6;
    if (((a | b | c) & 0x80) != 0 || (v & (n == 3 ? 0xffu : 0xffffu)) != 0) {
        return false;
    }
    out[0] = (uint8_t)(v >> 16);
    if (n == 3) {
        out[1] = (uint8_t)(v >> 8);
    }
    return true;
}

/* text without padding. */
static enum nw_err base64_decode(struct nw_slice text, const uint8_t *values, enum nw_err refusal,
                                 struct nw_buf *out, struct nw_diag *d)
{
    size_t groups = text.n / 4;
    size_t rest = text.n % 4;
    size_t size = groups * 3 + (rest == 0 ? 0 : rest - 1);
    uint8_t *at = nw_buf_reserve(out, size);
    if (at == NULL) {
        return nw_buf_err(out);
    }
    if (rest == 1 || !base64_groups(text.p, groups, values, at) ||
        (rest > 1 && !base64_rest(text.p + groups * 4, rest, values, at + groups * 3))) {
        size_t off = first_foreign(text, values);
        if (off < text.n) {
            return nw_fail(d, refusal, off, "character 0x%02x", text.p[off]);
        }
        return nw_fail(d, refusal, text.n - 1,
                       rest == 1 ? "one character is left over" : "spare bits are not zero");
    }
    nw_buf_grow(out, size);
    return nw_buf_err(out);
}

/* Big endian; compilers make one load of it. */
static inline uint64_t eight_bytes(const uint8_t *p)
{
    return (uint64_t)p[0] << 56 | (uint64_t)p[1] << 48 | (uint64_t)p[2] << 40 |
           (uint64_t)p[3] << 32 | (uint64_t)p[4] << 24 | (uint64_t)p[5] << 16 |
           (uint64_t)p[6] << 8 | p[7];
}

/* Returns the characters written, without padding. */
static size_t base64_encode(struct nw_slice bytes, const uint8_t (*pairs)[2], uint8_t *out)
{
    const uint8_t *in = bytes.p;
    uint8_t *const start = out;
    size_t left = bytes.n;
    for (; left >= 8; left -= 6, in += 6, out += 8) { /* six bytes of an eight byte load */
        uint64_t v = eight_bytes(in);
        memcpy(out, pairs[v >> 52], 2);
        memcpy(out + 2, pairs[v >> 40 & 0xfff], 2);
        memcpy(out + 4, pairs[v >> 28 & 0xfff], 2);
        memcpy(out + 6, pairs[v >> 16 & 0xfff], 2);
    }
    for (; left >= 3; left -= 3, in += 3, out += 4) {
        uint32_t v = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
        memcpy(out, pairs[v >> 12], 2);
        memcpy(out + 2, pairs[v & 0xfff], 2);
    }
    if (left > 0) {
        uint32_t v = (uint32_t)in[0] << 16 | (left == 2 ? (uint32_t)in[1] << 8 : 0);
        memcpy(out, pairs[v >> 12], 2);
        out += 2;
        if (left == 2) {
            *out++ = pairs[v & 0xfff][0];
        }
    }
    return (size_t)(out - start);
}

enum nw_err nw_base64url_decode(struct nw_slice text, struct nw_buf *out, struct nw_diag *d)
{
    return base64_decode(text, base64url_values, NW_ERR_BASE64URL, out, d);
}

size_t nw_base64url_length(size_t bytes)
{
    return bytes / 3 * 4 + (bytes % 3 == 0 ? 0 : bytes % 3 + 1);
}

void nw_base64url_encode(struct nw_slice bytes, struct nw_buf *out)
{
    uint8_t *at = nw_buf_reserve(out, nw_base64url_length(bytes.n));
    if (at != NULL) {
        nw_buf_grow(out, base64_encode(bytes, base64url_pairs, at));
    }
}

enum nw_err nw_base64_decode(struct nw_slice text, struct nw_buf *out, struct nw_diag *d)
{
    if (text.n % 4 != 0) {
        return nw_fail(d, NW_ERR_BASE64, text.n - 1, "the length is no multiple of four");
    }
    size_t padding = 0;
    while (padding < 2 && padding < text.n && text.p[text.n - 1 - padding] == '=') {
        padding++;
    }
    return base64_decode(nw_slice_sub(text, 0, text.n - padding), base64_values, NW_ERR_BASE64, out,
                         d);
}

void nw_base64_encode(struct nw_slice bytes, struct nw_buf *out)
{
    size_t size;
    if (!nw_size_mul(bytes.n / 3 + (bytes.n % 3 != 0), 4, &size)) {
        nw_buf_set_err(out, NW_ERR_LIMIT);
        return;
    }
    uint8_t *at = nw_buf_reserve(out, size);
    if (at == NULL) {
        return;
    }
    for (size_t n = base64_encode(bytes, base64_pairs, at); n < size; n++) {
        at[n] = '=';
    }
    nw_buf_grow(out, size);
}

/* ---- base45 (RFC 9285 4): three characters for two bytes, two for a last single one ---- */

enum nw_err nw_base45_decode(struct nw_slice text, struct nw_buf *out, struct nw_diag *d)
{
    size_t off = first_foreign(text, base45_values);
    if (off < text.n) {
        return nw_fail(d, NW_ERR_BASE45_CHAR, off, "character 0x%02x", text.p[off]);
    }
    if (text.n % 3 == 1) {
        return nw_fail(d, NW_ERR_BASE45_LENGTH, text.n - 1, "one character is left over");
    }
    size_t size = text.n / 3 * 2 + text.n % 3 / 2;
    uint8_t *at = nw_buf_reserve(out, size);
    if (at == NULL) {
        return nw_buf_err(out);
    }
    for (size_t i = 0; i < text.n; i += 3) {
        bool pair = text.n - i >= 3;
        uint32_t v = base45_values[text.p[i]] + 45u * base45_values[text.p[i + 1]];
        v += pair ? 2025u * base45_values[text.p[i + 2]] : 0;
        if (v > (pair ? 0xffffu : 0xffu)) {
            return nw_fail(d, NW_ERR_BASE45_RANGE, i, "the group stands for %u", v);
        }
        if (pair) {
            *at++ = (uint8_t)(v >> 8);
        }
        *at++ = (uint8_t)v;
    }
    nw_buf_grow(out, size);
    return nw_buf_err(out);
}

void nw_base45_encode(struct nw_slice bytes, struct nw_buf *out)
{
    size_t size;
    if (!nw_size_mul(bytes.n / 2, 3, &size) || !nw_size_add(size, bytes.n % 2 * 2, &size)) {
        nw_buf_set_err(out, NW_ERR_LIMIT);
        return;
    }
    uint8_t *at = nw_buf_reserve(out, size);
    if (at == NULL) {
        return;
    }
    for (size_t i = 0; i + 1 < bytes.n; i += 2) {
        uint32_t v = (uint32_t)bytes.p[i] << 8 | bytes.p[i + 1];
        *at++ = (uint8_t)base45_digits[v % 45];
        *at++ = (uint8_t)base45_digits[v / 45 % 45];
        *at++ = (uint8_t)base45_digits[v / 2025];
    }
    if (bytes.n % 2 != 0) {
        uint32_t v = bytes.p[bytes.n - 1];
        *at++ = (uint8_t)base45_digits[v % 45];
        *at++ = (uint8_t)base45_digits[v / 45];
    }
    nw_buf_grow(out, size);
}

/* ---- hexadecimal ---- */

static uint32_t hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - (uint32_t)'0';
    }
    uint32_t lower = c | 0x20u;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : NO;
}

enum nw_err nw_hex_decode(struct nw_slice text, struct nw_buf *out, struct nw_diag *d)
{
    uint8_t *at = nw_buf_reserve(out, text.n / 2);
    if (at == NULL) {
        return nw_buf_err(out);
    }
    for (size_t i = 0; i < text.n; i++) {
        uint32_t v = hex_value(text.p[i]);
        if (v == NO) {
            return nw_fail(d, NW_ERR_HEX, i, "character 0x%02x", text.p[i]);
        }
        if (i == text.n - 1 && i % 2 == 0) {
            return nw_fail(d, NW_ERR_HEX, i, "one digit is left over");
        }
        at[i / 2] = (uint8_t)(i % 2 == 0 ? v << 4 : at[i / 2] | v);
    }
    nw_buf_grow(out, text.n / 2);
    return nw_buf_err(out);
}

void nw_hex_encode(struct nw_slice bytes, struct nw_buf *out)
{
    static const char digits[] = "0123456789abcdef";
    size_t size;
    if (!nw_size_mul(bytes.n, 2, &size)) {
        nw_buf_set_err(out, NW_ERR_LIMIT);
        return;
    }
    uint8_t *at = nw_buf_reserve(out, size);
    if (at == NULL) {
        return;
    }
    for (size_t i = 0; i < bytes.n; i++) {
        at[2 * i] = (uint8_t)digits[bytes.p[i] >> 4];
        at[2 * i + 1] = (uint8_t)digits[bytes.p[i] & 15];
    }
    nw_buf_grow(out, size);
}
