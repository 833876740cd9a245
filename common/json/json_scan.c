/* The strict pre-scan. No recursion: open containers stand on a stack of NW_MAX_JSON_DEPTH. */
#include "json/json_internal.h"

#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"

/* cJSON copies a number into 64 bytes. */
#define NUMBER_MAX 63
/* Numbers with a fraction or an exponent: 10^-307 <= |v| < 10^15, or zero. Every reader's double
 * holds these without overflow, underflow or a lost integer part. */
#define MAGNITUDE_MIN (-306)
#define MAGNITUDE_MAX 15
#define INTEGER_MAX 9007199254740992u /* 2^53 */

struct level {
    bool object;
    unsigned members;
    size_t names; /* first name of this object */
};

struct scan {
    const uint8_t *p;
    size_t n;
    size_t i;
    unsigned depth;
    struct level level[NW_MAX_JSON_DEPTH];
    struct json_names names;
    struct nw_diag *d;
    enum nw_err err;
};

static bool refuse(struct scan *s, enum nw_err e, size_t off, const char *detail)
{
    s->err = nw_fail(s->d, e, off, "%s", detail);
    return false;
}

static bool refuse_here(struct scan *s, const char *wanted)
{
    if (s->i >= s->n) {
        s->err =
            nw_fail(s->d, NW_ERR_JSON_SYNTAX, s->n, "the text ends where %s should be", wanted);
    } else {
        s->err = nw_fail(s->d, NW_ERR_JSON_SYNTAX, s->i, "found byte 0x%02x where %s should be",
                         s->p[s->i], wanted);
    }
    return false;
}

static void skip_space(struct scan *s)
{
    while (s->i < s->n) {
        uint8_t c = s->p[s->i];
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
            return;
        }
        s->i++;
    }
}

static bool next_is(const struct scan *s, uint8_t c)
{
    return s->i < s->n && s->p[s->i] == c;
}

/* ---- strings ---- */

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits at off as a number, or -1. */
static int hex_four(const struct scan *s, size_t off)
{
    int v = 0;
    for (size_t i = off; i < off + 4; i++) {
        int digit = i < s->n ? hex_digit(s->p[i]) : -1;
        if (digit < 0) {
            return -1;
        }
        v = v << 4 | digit;
    }
    return v;
}

/* \u and four digits, after the backslash was seen; NUL and halves of pairs are refused. */
static bool scan_unicode_escape(struct scan *s)
{
    int c = hex_four(s, s->i + 2);
    if (c < 0) {
        return refuse(s, NW_ERR_JSON_STRING, s->i, "\\u without four digits");
    }
    if (c == 0) {
        return refuse(s, NW_ERR_JSON_STRING, s->i, "\\u0000");
    }
    if (c < 0xd800 || c > 0xdfff) {
        s->i += 6;
        return true;
    }
    bool pair = c < 0xdc00 && s->n - s->i >= 12 && s->p[s->i + 6] == '\\' && s->p[s->i + 7] == 'u';
    int low = pair ? hex_four(s, s->i + 8) : -1;
    if (low < 0xdc00 || low > 0xdfff) {
        return refuse(s, NW_ERR_JSON_STRING, s->i, "half of a surrogate pair");
    }
    s->i += 12;
    return true;
}

static bool scan_special(struct scan *s)
{
    uint8_t c = s->p[s->i];
    if (c < 0x20) {
        return refuse(s, NW_ERR_JSON_STRING, s->i, "control character");
    }
    if (c != '\\') {
        uint32_t cp;
        size_t length = nw_utf8_read(s->p + s->i, s->n - s->i, &cp);
        s->i += length;
        return length > 0 || refuse(s, NW_ERR_UTF8, s->i, "in a string");
    }
    uint8_t kind = s->i + 1 < s->n ? s->p[s->i + 1] : 0;
    if (kind == 'u') {
        return scan_unicode_escape(s);
    }
    if (kind == 0 || strchr("\"\\/bfnrt", kind) == NULL) {
        return refuse(s, NW_ERR_JSON_STRING, s->i, "unknown escape");
    }
    s->i += 2;
    return true;
}

/* At the opening quote; leaves s->i after the closing one. */
static bool scan_string(struct scan *s)
{
    s->i++;
    for (;;) {
        s->i += json_plain_run(s->p + s->i, s->n - s->i);
        if (s->i >= s->n) {
            return refuse_here(s, "a closing quote");
        }
        if (s->p[s->i] == '"') {
            s->i++;
            return true;
        }
        if (!scan_special(s)) {
            return false;
        }
    }
}

/* ---- numbers ---- */

static size_t scan_digits(struct scan *s)
{
    size_t from = s->i;
    while (s->i < s->n && s->p[s->i] >= '0' && s->p[s->i] <= '9') {
        s->i++;
    }
    return s->i - from;
}

static bool integer_in_range(const uint8_t *p, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n && v <= INTEGER_MAX; i++) {
        v = v * 10 + (uint64_t)(p[i] - '0');
    }
    return v <= INTEGER_MAX;
}

/* Decimal magnitude of digits[.digits], as if the point stood before the first non-zero digit;
 * false for zero. Digits and point only, at most NUMBER_MAX of them. */
static bool mantissa_magnitude(const uint8_t *p, size_t n, size_t whole, int *magnitude)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] >= '1' && p[i] <= '9') {
            *magnitude = i < whole ? (int)(whole - i) : (int)whole + 1 - (int)i;
            return true;
        }
    }
    return false;
}

/* The exponent, cut off at +-10000: beyond, the number is out of range anyway. */
static int exponent_value(const uint8_t *p, size_t n)
{
    int v = 0;
    size_t i = p[0] == '+' || p[0] == '-';
    for (; i < n && v < 10000; i++) {
        v = v * 10 + (p[i] - '0');
    }
    return p[0] == '-' ? -v : v;
}

static bool scan_number(struct scan *s)
{
    size_t start = s->i;
    s->i += next_is(s, '-');
    size_t first = s->i;
    size_t whole = scan_digits(s);
    if (whole == 0 || (whole > 1 && s->p[first] == '0')) {
        s->i = first;
        return refuse_here(s, "a value");
    }
    bool plain = true;
    if (next_is(s, '.')) {
        plain = false;
        s->i++;
        if (scan_digits(s) == 0) {
            return refuse_here(s, "a digit");
        }
    }
    size_t mantissa = s->i - first;
    int exponent = 0;
    if (next_is(s, 'e') || next_is(s, 'E')) {
        plain = false;
        s->i++;
        size_t from = s->i;
        s->i += next_is(s, '+') || next_is(s, '-');
        if (scan_digits(s) == 0) {
            return refuse_here(s, "a digit");
        }
        exponent = exponent_value(s->p + from, s->i - from);
    }
    int magnitude = 0;
    bool good = s->i - start <= NUMBER_MAX;
    if (good && plain) {
        good = integer_in_range(s->p + first, whole);
    } else if (good && mantissa_magnitude(s->p + first, mantissa, whole, &magnitude)) {
        magnitude += exponent;
        good = magnitude >= MAGNITUDE_MIN && magnitude <= MAGNITUDE_MAX;
    }
    return good || refuse(s, NW_ERR_JSON_NUMBER, start, "number");
}

/* ---- structure ---- */

static bool scan_word(struct scan *s, const char *word)
{
    size_t n = strlen(word);
    if (s->n - s->i < n || memcmp(s->p + s->i, word, n) != 0) {
        return refuse_here(s, "a value");
    }
    s->i += n;
    return true;
}

/* Counts a member of the innermost container; in an object also reads name and colon. */
static bool scan_member_start(struct scan *s)
{
    struct level *l = &s->level[s->depth - 1];
    if (l->members++ >= NW_MAX_JSON_MEMBERS) {
        s->err = nw_fail(s->d, NW_ERR_JSON_MEMBERS, s->i, "more than %u", NW_MAX_JSON_MEMBERS);
        return false;
    }
    if (!l->object) {
        return true;
    }
    skip_space(s);
    if (!next_is(s, '"')) {
        return refuse_here(s, "a member name");
    }
    size_t from = s->i + 1;
    if (!scan_string(s)) {
        return false;
    }
    enum nw_err e = json_names_add(&s->names, from, s->i - 1 - from);
    if (e != NW_OK) {
        s->err = e;
        return false;
    }
    skip_space(s);
    if (!next_is(s, ':')) {
        return refuse_here(s, "a colon");
    }
    s->i++;
    return true;
}

static bool scan_open(struct scan *s, bool object)
{
    if (s->depth == NW_MAX_JSON_DEPTH) {
        s->err = nw_fail(s->d, NW_ERR_JSON_DEPTH, s->i, "more than %u levels", NW_MAX_JSON_DEPTH);
        return false;
    }
    s->level[s->depth++] = (struct level){.object = object, .names = s->names.n};
    s->i++;
    return true;
}

static bool scan_close(struct scan *s)
{
    struct level *l = &s->level[--s->depth];
    size_t second;
    s->i++;
    if (l->object && !json_names_close(&s->names, l->names, &second)) {
        return refuse(s, NW_ERR_JSON_DUPLICATE, second, "second one");
    }
    return true;
}

static bool at_close(const struct scan *s)
{
    return next_is(s, s->level[s->depth - 1].object ? '}' : ']');
}

/* One scalar, or everything up to the first scalar or empty container inside a container. */
static bool scan_value(struct scan *s)
{
    for (;;) {
        skip_space(s);
        uint8_t c = s->i < s->n ? s->p[s->i] : 0;
        switch (c) {
        case '{':
        case '[':
            if (!scan_open(s, c == '{')) {
                return false;
            }
            skip_space(s);
            if (at_close(s)) {
                return scan_close(s);
            }
            if (!scan_member_start(s)) {
                return false;
            }
            break;
        case '"':
            return scan_string(s);
        case 't':
            return scan_word(s, "true");
        case 'f':
            return scan_word(s, "false");
        case 'n':
            return scan_word(s, "null");
        default:
            return scan_number(s);
        }
    }
}

/* After a value: closes what closes here; true with depth 0 at the end, else the next member's
 * value follows. */
static bool scan_after(struct scan *s)
{
    while (s->depth > 0) {
        skip_space(s);
        if (next_is(s, ',')) {
            s->i++;
            return scan_member_start(s);
        }
        if (!at_close(s)) {
            return refuse_here(s, "a comma or the end of the container");
        }
        if (!scan_close(s)) {
            return false;
        }
    }
    return true;
}

static bool scan_text(struct scan *s)
{
    if (s->n >= 3 && memcmp(s->p, "\xef\xbb\xbf", 3) == 0) {
        return refuse(s, NW_ERR_JSON_SYNTAX, 0, "byte order mark");
    }
    do {
        if (!scan_value(s) || !scan_after(s)) {
            return false;
        }
    } while (s->depth > 0);
    skip_space(s);
    return s->i == s->n || refuse(s, NW_ERR_TRAILING, s->i, "after the JSON value");
}

enum nw_err nw_json_check(struct nw_slice text, size_t max, struct nw_diag *d)
{
    if (text.n > max || text.n > UINT32_MAX) {
        return nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "JSON of %zu bytes", text.n);
    }
    struct scan s;
    s.p = text.p;
    s.n = text.n;
    s.i = 0;
    s.depth = 0;
    s.d = d;
    s.err = NW_OK;
    json_names_init(&s.names, text.p);
    if (!scan_text(&s) && s.err == NW_OK) {
        s.err = NW_ERR_INTERNAL;
    }
    json_names_free(&s.names);
    return s.err;
}
