#include "json/json_internal.h"

#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"

#define INTEGER_MAX 9007199254740992.0 /* 2^53 */

void json_hooks(void)
{
    static bool done;
    if (!done) {
        cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = nw_alloc, .free_fn = nw_free});
        done = true;
    }
}

/* A string without escapes is its own text; most values are that. NULL: it is something else. */
static const uint8_t *plain_string_end(struct nw_slice text)
{
    if (text.n < 2 || text.p[0] != '"') {
        return NULL;
    }
    const uint8_t *end = memchr(text.p + 1, '"', text.n - 1);
    bool plain = end != NULL && memchr(text.p, '\\', (size_t)(end - text.p)) == NULL;
    return plain ? end : NULL;
}

enum nw_err nw_json_parse_checked(struct nw_slice text, size_t *used, struct nw_json **out)
{
    const uint8_t *quote = plain_string_end(text);
    const char *end = NULL;
    json_hooks();
    if (quote != NULL) {
        *used = (size_t)(quote + 1 - text.p);
        return json_new_string(nw_slice(text.p + 1, *used - 2), out);
    }
    /* The text is good, so the only thing that can go wrong is memory. */
    cJSON *root = cJSON_ParseWithLengthOpts((const char *)text.p, text.n, &end, 0);
    if (root == NULL) {
        return NW_ERR_NOMEM;
    }
    *used = (size_t)(end - (const char *)text.p);
    *out = json_wrap(root);
    return NW_OK;
}

enum nw_err nw_json_parse_max(struct nw_slice text, size_t max, struct nw_json **out,
                              struct nw_diag *d)
{
    enum nw_err e = nw_json_check(text, max, d);
    size_t used;
    return e != NW_OK ? e : nw_json_parse_checked(text, &used, out);
}

enum nw_err nw_json_parse(struct nw_slice text, struct nw_json **out, struct nw_diag *d)
{
    return nw_json_parse_max(text, NW_MAX_JSON, out, d);
}

void nw_json_free(struct nw_json **root)
{
    cJSON_Delete(json_m(*root));
    *root = NULL;
}

enum nw_json_kind nw_json_kind(const struct nw_json *n)
{
    if (n == NULL) {
        return NW_JSON_NONE;
    }
    switch (json_c(n)->type & 0xff) {
    case cJSON_NULL:
        return NW_JSON_NULL;
    case cJSON_False:
    case cJSON_True:
        return NW_JSON_BOOL;
    case cJSON_Number:
        return NW_JSON_NUMBER;
    case cJSON_String:
        return NW_JSON_STRING;
    case cJSON_Array:
        return NW_JSON_ARRAY;
    case cJSON_Object:
        return NW_JSON_OBJECT;
    default:
        return NW_JSON_NONE;
    }
}

/* Most names differ in the first characters: a call of strncmp() costs more than the comparison. */
static inline bool same_name(const char *own, const char *name, size_t n)
{
    size_t i = 0;
    while (i < n && own[i] == name[i]) { /* stops at the end of own: name has no NUL */
        i++;
    }
    return i == n && own[n] == '\0';
}

/* Member whose name is the n bytes at name. */
static const struct nw_json *member(const struct nw_json *object, const char *name, size_t n)
{
    if (nw_json_kind(object) != NW_JSON_OBJECT) {
        return NULL;
    }
    for (cJSON *c = json_c(object)->child; c != NULL; c = c->next) {
        if (c->string != NULL && same_name(c->string, name, n)) {
            return json_wrap(c);
        }
    }
    return NULL;
}

const struct nw_json *nw_json_get(const struct nw_json *n, const char *name)
{
    return member(n, name, strlen(name));
}

const struct nw_json *nw_json_path(const struct nw_json *n, const char *path)
{
    for (;;) {
        size_t step = strcspn(path, ".");
        n = member(n, path, step);
        if (n == NULL || path[step] == '\0') {
            return n;
        }
        path += step + 1;
    }
}

const struct nw_json *nw_json_at(const struct nw_json *array, size_t i)
{
    if (nw_json_kind(array) != NW_JSON_ARRAY) {
        return NULL;
    }
    const struct nw_json *c = nw_json_first(array);
    for (; c != NULL && i > 0; i--) {
        c = nw_json_next(c);
    }
    return c;
}

size_t nw_json_count(const struct nw_json *n)
{
    size_t count = 0;
    for (const struct nw_json *c = nw_json_first(n); c != NULL; c = nw_json_next(c)) {
        count++;
    }
    return count;
}

const struct nw_json *nw_json_first(const struct nw_json *n)
{
    return n == NULL ? NULL : json_wrap(json_c(n)->child);
}

const struct nw_json *nw_json_next(const struct nw_json *n)
{
    return n == NULL ? NULL : json_wrap(json_c(n)->next);
}

const char *nw_json_name(const struct nw_json *n)
{
    return n == NULL ? NULL : json_c(n)->string;
}

const char *nw_json_text(const struct nw_json *n)
{
    return nw_json_kind(n) == NW_JSON_STRING ? json_c(n)->valuestring : NULL;
}

bool nw_json_int(const struct nw_json *n, int64_t *out)
{
    double v;
    if (!nw_json_number(n, &v) || !(v >= -INTEGER_MAX && v <= INTEGER_MAX) ||
        (double)(int64_t)v != v) {
        return false;
    }
    *out = (int64_t)v;
    return true;
}

bool nw_json_number(const struct nw_json *n, double *out)
{
    if (nw_json_kind(n) != NW_JSON_NUMBER) {
        return false;
    }
    *out = json_c(n)->valuedouble;
    return true;
}

bool nw_json_bool(const struct nw_json *n, bool *out)
{
    if (nw_json_kind(n) != NW_JSON_BOOL) {
        return false;
    }
    *out = (json_c(n)->type & 0xff) == cJSON_True;
    return true;
}

bool nw_json_is_text(const struct nw_json *n, const char *text)
{
    const char *own = nw_json_text(n);
    return own != NULL && strcmp(own, text) == 0;
}

static bool equal(const struct nw_json *a, const struct nw_json *b, unsigned depth);

static bool equal_members(const struct nw_json *a, const struct nw_json *b, unsigned depth)
{
    if (nw_json_count(a) != nw_json_count(b)) {
        return false;
    }
    bool object = nw_json_kind(a) == NW_JSON_OBJECT;
    const struct nw_json *y = nw_json_first(b);
    for (const struct nw_json *x = nw_json_first(a); x != NULL; x = nw_json_next(x)) {
        const struct nw_json *twin = object ? nw_json_get(b, nw_json_name(x)) : y;
        if (!equal(x, twin, depth - 1)) {
            return false;
        }
        y = nw_json_next(y);
    }
    return true;
}

static bool equal(const struct nw_json *a, const struct nw_json *b, unsigned depth)
{
    enum nw_json_kind kind = nw_json_kind(a);
    if (kind != nw_json_kind(b) || depth == 0) {
        return false;
    }
    switch (kind) {
    case NW_JSON_NONE:
    case NW_JSON_NULL:
        return true;
    case NW_JSON_BOOL:
        return json_c(a)->type == json_c(b)->type;
    case NW_JSON_NUMBER:
        return !(json_c(a)->valuedouble < json_c(b)->valuedouble) &&
               !(json_c(a)->valuedouble > json_c(b)->valuedouble);
    case NW_JSON_STRING:
        return strcmp(json_c(a)->valuestring, json_c(b)->valuestring) == 0;
    case NW_JSON_ARRAY:
    case NW_JSON_OBJECT:
        return equal_members(a, b, depth);
    default:
        return false;
    }
}

bool nw_json_equal(const struct nw_json *a, const struct nw_json *b)
{
    return equal(a, b, NW_MAX_JSON_DEPTH + 1);
}
