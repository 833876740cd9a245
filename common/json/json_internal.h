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

/* Eight bytes at once: no quote, no backslash, no control character, nothing above 0x7f. */
static inline bool json_eight_plain(const uint8_t *p)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t x;
    memcpy(&x, p, sizeof x);
    uint64_t quote = x ^ ones * '"';
    uint64_t backslash = x ^ ones * '\\';
    uint64_t odd = x | (x - ones * 0x20) | (quote - ones) | (backslash - ones);
    return (odd & ones * 0x80) == 0;
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
