#include "base/codec.h"

#define NO 0xff /* not in the alphabet */

static const char base64url_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
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

/* Returns the characters written, without padding. */
static size_t base64_encode(struct nw_slice bytes, const char *digits, uint8_t *out)
{
    const uint8_t *in = bytes.p;
    uint8_t *const start = out;
    for (size_t groups = bytes.n / 3; groups > 0; groups--, in += 3, out += 4) {
        uint32_t v = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
        out[0] = (uint8_t)digits[v >> 18];
        out[1] = (uint8_t)digits[v >> 12 & 63];
        out[2] = (uint8_t)digits[v >> 6 & 63];
        out[3] = (uint8_t)digits[v & 63];
    }
    size_t rest = bytes.n % 3;
    if (rest > 0) {
        uint32_t v = (uint32_t)in[0] << 16 | (rest == 2 ? (uint32_t)in[1] << 8 : 0);
        *out++ = (uint8_t)digits[v >> 18];
        *out++ = (uint8_t)digits[v >> 12 & 63];
        if (rest == 2) {
            *out++ = (uint8_t)digits[v >> 6 & 63];
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
        nw_buf_grow(out, base64_encode(bytes, base64url_digits, at));
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
    for (size_t n = base64_encode(bytes, base64_digits, at); n < size; n++) {
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
