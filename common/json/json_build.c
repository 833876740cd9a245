#include "json/json_internal.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "base/unicode.h"

#define INTEGER_MAX (INT64_C(1) << 53)

static enum nw_err give(cJSON *made, struct nw_json **out)
{
    if (made == NULL) {
        return NW_ERR_NOMEM;
    }
    *out = json_wrap(made);
    return NW_OK;
}

enum nw_err nw_json_new_object(struct nw_json **out)
{
    json_hooks();
    return give(cJSON_CreateObject(), out);
}

enum nw_err nw_json_new_array(struct nw_json **out)
{
    json_hooks();
    return give(cJSON_CreateArray(), out);
}

enum nw_err json_new_string(struct nw_slice utf8, struct nw_json **out)
{
    cJSON *made = cJSON_CreateNull();
    char *text = nw_alloc(utf8.n + 1);
    if (made == NULL || text == NULL) {
        cJSON_Delete(made);
        nw_free(text);
        return NW_ERR_NOMEM;
    }
    made->type = cJSON_String;
    made->valuestring = text; /* transferred */
    if (!nw_slice_cstr(utf8, text, utf8.n + 1)) {
        cJSON_Delete(made);
        return NW_ERR_JSON_STRING;
    }
    *out = json_wrap(made);
    return NW_OK;
}

enum nw_err nw_json_new_text(struct nw_slice utf8, struct nw_json **out)
{
    json_hooks();
    return nw_utf8_valid(utf8, NULL) ? json_new_string(utf8, out) : NW_ERR_UTF8;
}

enum nw_err nw_json_new_int(int64_t v, struct nw_json **out)
{
    if (v > INTEGER_MAX || v < -INTEGER_MAX) {
        return NW_ERR_JSON_NUMBER;
    }
    json_hooks();
    return give(cJSON_CreateNumber((double)v), out);
}

enum nw_err nw_json_new_bool(bool v, struct nw_json **out)
{
    json_hooks();
    return give(cJSON_CreateBool(v), out);
}

enum nw_err nw_json_new_null(struct nw_json **out)
{
    json_hooks();
    return give(cJSON_CreateNull(), out);
}

/* A node that leaves an object must not keep the member's name. */
static void drop_name(cJSON *c)
{
    nw_free(c->string);
    c->string = NULL;
}

enum nw_err nw_json_dup(const struct nw_json *n, struct nw_json **out)
{
    if (n == NULL) {
        return NW_ERR_JSON_MISSING;
    }
    json_hooks();
    cJSON *copy = cJSON_Duplicate(json_c(n), 1);
    if (copy == NULL) {
        return NW_ERR_NOMEM;
    }
    drop_name(copy);
    *out = json_wrap(copy);
    return NW_OK;
}

enum nw_err nw_json_put(struct nw_json *object, const char *name, struct nw_json **child)
{
    if (nw_json_kind(object) != NW_JSON_OBJECT || *child == NULL) {
        return NW_ERR_JSON_TYPE;
    }
    if (!nw_utf8_valid(nw_str(name), NULL)) {
        return NW_ERR_UTF8;
    }
    if (nw_json_get(object, name) != NULL) {
        return NW_ERR_JSON_DUPLICATE;
    }
    if (!cJSON_AddItemToObject(json_m(object), name, json_m(*child))) {
        return NW_ERR_NOMEM;
    }
    *child = NULL; /* transferred */
    return NW_OK;
}

enum nw_err nw_json_append(struct nw_json *array, struct nw_json **child)
{
    if (nw_json_kind(array) != NW_JSON_ARRAY || *child == NULL) {
        return NW_ERR_JSON_TYPE;
    }
    if (!cJSON_AddItemToArray(json_m(array), json_m(*child))) {
        return NW_ERR_INTERNAL;
    }
    *child = NULL; /* transferred */
    return NW_OK;
}

/* Puts what e and made say, frees made if it stays ours. */
static enum nw_err put_made(struct nw_json *object, const char *name, enum nw_err e,
                            struct nw_json *made)
{
    if (e == NW_OK) {
        e = nw_json_put(object, name, &made);
    }
    nw_json_free(&made);
    return e;
}

enum nw_err nw_json_put_text(struct nw_json *object, const char *name, const char *text)
{
    struct nw_json *made = NULL;
    enum nw_err e = nw_json_new_text(nw_str(text), &made);
    return put_made(object, name, e, made);
}

enum nw_err nw_json_put_int(struct nw_json *object, const char *name, int64_t v)
{
    struct nw_json *made = NULL;
    enum nw_err e = nw_json_new_int(v, &made);
    return put_made(object, name, e, made);
}

enum nw_err nw_json_put_bool(struct nw_json *object, const char *name, bool v)
{
    struct nw_json *made = NULL;
    enum nw_err e = nw_json_new_bool(v, &made);
    return put_made(object, name, e, made);
}

struct nw_json *nw_json_mut(const struct nw_json *n)
{
    return (struct nw_json *)(uintptr_t)n;
}

static bool is_child(const struct nw_json *parent, const struct nw_json *child)
{
    const struct nw_json *c = nw_json_first(parent);
    while (c != NULL && c != child) {
        c = nw_json_next(c);
    }
    return c != NULL;
}

void nw_json_remove(struct nw_json *object, const char *name)
{
    struct nw_json *taken = nw_json_detach(object, nw_json_get(object, name));
    nw_json_free(&taken);
}

struct nw_json *nw_json_detach(struct nw_json *parent, const struct nw_json *child)
{
    if (!is_child(parent, child)) {
        return NULL;
    }
    cJSON *taken = cJSON_DetachItemViaPointer(json_m(parent), json_m(nw_json_mut(child)));
    drop_name(taken);
    return json_wrap(taken);
}

enum nw_err nw_json_replace(struct nw_json *parent, const struct nw_json *child,
                            struct nw_json **with)
{
    if (!is_child(parent, child) || *with == NULL) {
        return NW_ERR_JSON_MISSING;
    }
    cJSON *old = json_m(nw_json_mut(child));
    cJSON *new = json_m(*with);
    drop_name(new);
    new->string = old->string; /* transferred */
    old->string = NULL;
    if (!cJSON_ReplaceItemViaPointer(json_m(parent), old, new)) {
        old->string = new->string;
        new->string = NULL;
        return NW_ERR_INTERNAL;
    }
    *with = NULL; /* transferred */
    return NW_OK;
}
