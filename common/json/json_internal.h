/* Inside common/json only: the pre-scan's member names and the bridge to cJSON. */
#ifndef NW_JSON_INTERNAL_H
#define NW_JSON_INTERNAL_H

#include <cjson/cJSON.h>
#include <string.h>

#include "json/json.h"

/* Names of the objects that are open, innermost last. Names are kept as places in the text. */
struct json_name {
    uint32_t hash; /* over the characters, after unescaping */
    uint32_t off;
    uint32_t len;
};
#define JSON_NAMES_INLINE 128
struct json_names {
    const uint8_t *text;
    struct json_name *v; /* small, or the heap */
    size_t n;
    size_t cap;
    struct json_name small[JSON_NAMES_INLINE];
};

void json_names_init(struct json_names *names, const uint8_t *text);
void json_names_free(struct json_names *names);
/* The bytes between the quotes, already checked. */
enum nw_err json_names_add(struct json_names *names, size_t off, size_t len);
/* Drops the names from `from` on; false with the place of the second one if two are equal. */
bool json_names_close(struct json_names *names, size_t from, size_t *second);

/* cJSON allocates through base/alloc.h from the first call on. */
void json_hooks(void);

/* A string node of text that is known to be UTF-8; a NUL in it gives JSON_STRING. */
NW_MUST_USE enum nw_err json_new_string(struct nw_slice utf8, struct nw_json **out);

/* The first of eight bytes has the lowest bits. */
static inline uint64_t json_eight(const uint8_t *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    return x;
}

/* How many bytes from p on are plain: no quote, no backslash, no control character, nothing above
 * 0x7f. Eight at once: a byte that is not plain gets its top bit set in `odd`; a borrow may set
 * that of a plain one as well, but only above one that is not. */
static inline size_t json_plain_run(const uint8_t *p, size_t n)
{
    const uint64_t ones = 0x0101010101010101u;
    size_t i = 0;
    for (; n - i >= 8; i += 8) {
        uint64_t x = json_eight(p + i);
        uint64_t quote = x ^ ones * '"';
        uint64_t backslash = x ^ ones * '\\';
        uint64_t odd = x | (x - ones * 0x20) | (quote - ones) | (backslash - ones);
        odd &= ones * 0x80;
        if (odd != 0) {
            return i + (size_t)__builtin_ctzll(odd) / 8;
        }
    }
    while (i < n && p[i] >= 0x20 && p[i] < 0x80 && p[i] != '"' && p[i] != '\\') {
        i++;
    }
    return i;
}

static inline const cJSON *json_c(const struct nw_json *n)
{
    return (const cJSON *)(const void *)n;
}

static inline cJSON *json_m(struct nw_json *n)
{
    return (cJSON *)(void *)n;
}

static inline struct nw_json *json_wrap(cJSON *c)
{
    return (struct nw_json *)(void *)c;
}

#endif
