#include "json/json_internal.h"

#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"

#define FEW 12 /* up to here comparing all pairs beats sorting */

void json_names_init(struct json_names *names, const uint8_t *text)
{
    names->text = text;
    names->v = names->small;
    names->n = 0;
    names->cap = JSON_NAMES_INLINE;
}

void json_names_free(struct json_names *names)
{
    if (names->v != names->small) {
        nw_free(names->v);
    }
    names->v = names->small;
}

static uint32_t hex4(const uint8_t *p)
{
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        uint32_t c = p[i];
        v = v << 4 | (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return v;
}

/* The character at p, escapes resolved; returns its length in the text. The scan has seen that the
 * string is well-formed. */
static size_t character(const uint8_t *p, size_t n, uint32_t *c)
{
    if (p[0] != '\\') {
        return nw_utf8_read(p, n, c);
    }
    switch (p[1]) {
    case 'b':
        *c = '\b';
        return 2;
    case 'f':
        *c = '\f';
        return 2;
    case 'n':
        *c = '\n';
        return 2;
    case 'r':
        *c = '\r';
        return 2;
    case 't':
        *c = '\t';
        return 2;
    case 'u':
        *c = hex4(p + 2);
        if (*c < 0xd800 || *c > 0xdbff) {
            return 6;
        }
        *c = 0x10000 + ((*c - 0xd800) << 10) + (hex4(p + 8) - 0xdc00);
        return 12;
    default:
        *c = p[1];
        return 2;
    }
}

static uint32_t name_hash(const uint8_t *p, size_t n)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < n;) {
        uint32_t c = p[i];
        if (c < 0x80 && c != '\\') {
            i++;
        } else {
            i += character(p + i, n - i, &c);
        }
        hash = (hash ^ c) * 16777619u;
    }
    return hash;
}

/* Order of characters, shorter first: <0, 0, >0. */
static int name_cmp(const uint8_t *text, const struct json_name *a, const struct json_name *b)
{
    if (a->hash != b->hash) {
        return a->hash < b->hash ? -1 : 1;
    }
    size_t i = 0;
    size_t j = 0;
    while (i < a->len && j < b->len) {
        uint32_t c;
        uint32_t d;
        i += character(text + a->off + i, a->len - i, &c);
        j += character(text + b->off + j, b->len - j, &d);
        if (c != d) {
            return c < d ? -1 : 1;
        }
    }
    return (i < a->len) - (j < b->len);
}

enum nw_err json_names_add(struct json_names *names, size_t off, size_t len)
{
    if (names->n == names->cap) {
        bool moved = names->v != names->small;
        struct json_name *v =
            nw_realloc(moved ? names->v : NULL, names->cap * 2 * sizeof *names->v);
        if (v == NULL) {
            return NW_ERR_NOMEM;
        }
        if (!moved) {
            memcpy(v, names->small, sizeof names->small);
        }
        names->v = v;
        names->cap *= 2;
    }
    names->v[names->n++] =
        (struct json_name){name_hash(names->text + off, len), (uint32_t)off, (uint32_t)len};
    return NW_OK;
}

static void sift_down(const uint8_t *text, struct json_name *v, size_t root, size_t n)
{
    for (size_t child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && name_cmp(text, &v[child], &v[child + 1]) < 0) {
            child++;
        }
        if (name_cmp(text, &v[root], &v[child]) >= 0) {
            return;
        }
        struct json_name swap = v[root];
        v[root] = v[child];
        v[child] = swap;
    }
}

/* Heap sort: n log n whatever names an attacker chooses, and no memory. */
static void sort_names(const uint8_t *text, struct json_name *v, size_t n)
{
    for (size_t i = n / 2; i > 0; i--) {
        sift_down(text, v, i - 1, n);
    }
    for (size_t i = n - 1; i > 0; i--) {
        struct json_name swap = v[0];
        v[0] = v[i];
        v[i] = swap;
        sift_down(text, v, 0, i);
    }
}

bool json_names_close(struct json_names *names, size_t from, size_t *second)
{
    struct json_name *v = names->v + from;
    size_t n = names->n - from;
    size_t reach = n; /* how far to look for a twin */
    if (n > FEW) {
        sort_names(names->text, v, n);
        reach = 1;
    }
    names->n = from;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n && j - i <= reach; j++) {
            if (v[i].hash == v[j].hash && name_cmp(names->text, &v[i], &v[j]) == 0) {
                *second = v[i].off > v[j].off ? v[i].off : v[j].off;
                return false;
            }
        }
    }
    return true;
}
