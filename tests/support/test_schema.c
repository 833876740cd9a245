#include "test_schema.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

#define MAX_DEPTH 32

struct walk {
    const struct nw_json *root;
    char *why;
};

static bool fits(const struct walk *w, const struct nw_json *schema, const struct nw_json *value,
                 const char *at, unsigned depth);

static bool no(const struct walk *w, const char *at, const char *what, const char *detail)
{
    (void)snprintf(w->why, 256, "%s: %s %s", at, what, detail == NULL ? "" : detail);
    return false;
}

static bool is_type(const struct nw_json *value, const char *type)
{
    static const struct {
        const char *name;
        enum nw_json_kind kind;
    } types[] = {{"object", NW_JSON_OBJECT},  {"array", NW_JSON_ARRAY},
                 {"string", NW_JSON_STRING},  {"boolean", NW_JSON_BOOL},
                 {"integer", NW_JSON_NUMBER}, {"null", NW_JSON_NULL}};
    int64_t number = 0;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(types[i].name, type) == 0) {
            return nw_json_kind(value) == types[i].kind &&
                   (strcmp(type, "integer") != 0 || nw_json_int(value, &number));
        }
    }
    return false;
}

static bool matches(const char *pattern, const char *text)
{
    regex_t re;
    bool yes = regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB) == 0;
    if (yes) {
        yes = regexec(&re, text, 0, NULL, 0) == 0;
        regfree(&re);
    }
    return yes;
}

static bool has_all(const struct walk *w, const struct nw_json *names, const struct nw_json *value,
                    const char *at)
{
    for (const struct nw_json *n = nw_json_first(names); n != NULL; n = nw_json_next(n)) {
        if (nw_json_get(value, nw_json_text(n)) == NULL) {
            return no(w, at, "lacks", nw_json_text(n));
        }
    }
    return true;
}

static bool members_fit(const struct walk *w, const struct nw_json *schema,
                        const struct nw_json *value, const char *at, unsigned depth)
{
    const struct nw_json *properties = nw_json_get(schema, "properties");
    bool more = true;
    (void)nw_json_bool(nw_json_get(schema, "additionalProperties"), &more);
    for (const struct nw_json *m = nw_json_first(value); m != NULL; m = nw_json_next(m)) {
        const struct nw_json *one = nw_json_get(properties, nw_json_name(m));
        if (one == NULL && !more) {
            return no(w, at, "has the unknown member", nw_json_name(m));
        }
        if (one != NULL && !fits(w, one, m, nw_json_name(m), depth + 1)) {
            return false;
        }
    }
    return true;
}

static bool items_fit(const struct walk *w, const struct nw_json *items,
                      const struct nw_json *value, unsigned depth)
{
    size_t i = 0;
    char at[32];
    for (const struct nw_json *x = nw_json_first(value); x != NULL; x = nw_json_next(x)) {
        (void)snprintf(at, sizeof at, "[%zu]", i++);
        if (!fits(w, items, x, at, depth + 1)) {
            return false;
        }
    }
    return true;
}

static bool one_of(const struct nw_json *list, const struct nw_json *value)
{
    for (const struct nw_json *x = nw_json_first(list); x != NULL; x = nw_json_next(x)) {
        if (nw_json_equal(x, value)) {
            return true;
        }
    }
    return false;
}

/* "#/$defs/NAME" */
static const struct nw_json *referred(const struct walk *w, const char *ref)
{
    static const char prefix[] = "#/$defs/";
    return ref == NULL || strncmp(ref, prefix, strlen(prefix)) != 0
               ? NULL
               : nw_json_get(nw_json_get(w->root, "$defs"), ref + strlen(prefix));
}

static bool conditional(const struct walk *w, const struct nw_json *schema,
                        const struct nw_json *value, const char *at, unsigned depth)
{
    char ignored[256];
    const struct walk quiet = {w->root, ignored};
    const struct nw_json *then = nw_json_get(schema, "then");
    return !fits(&quiet, nw_json_get(schema, "if"), value, at, depth + 1) || then == NULL ||
           fits(w, then, value, at, depth + 1);
}

static bool keyword_fits(const struct walk *w, const struct nw_json *schema,
                         const struct nw_json *k, const struct nw_json *value, const char *at,
                         unsigned depth)
{
    const char *name = nw_json_name(k);
    const char *text = nw_json_text(value);
    int64_t least = 0;
    bool object = nw_json_kind(value) == NW_JSON_OBJECT;
    bool array = nw_json_kind(value) == NW_JSON_ARRAY;
#define IS(n) (strcmp(name, n) == 0)
    if (IS("$schema") || IS("title") || IS("$defs") || IS("then") || IS("additionalProperties")) {
        return true;
    }
    if (IS("type")) {
        return is_type(value, nw_json_text(k)) || no(w, at, "is no", nw_json_text(k));
    }
    if (IS("$ref")) {
        const struct nw_json *to = referred(w, nw_json_text(k));
        return to == NULL ? no(w, at, "refers to", nw_json_text(k))
                          : fits(w, to, value, at, depth + 1);
    }
    if (IS("required")) {
        return !object || has_all(w, k, value, at);
    }
    if (IS("properties")) {
        return !object || members_fit(w, schema, value, at, depth);
    }
    if (IS("items")) {
        return !array || items_fit(w, k, value, depth);
    }
    if (IS("enum")) {
        return one_of(k, value) || no(w, at, "is none of the values allowed", text);
    }
    if (IS("const")) {
        return nw_json_equal(k, value) || no(w, at, "is not the value wanted", text);
    }
    if (IS("pattern")) {
        return text == NULL || matches(nw_json_text(k), text) || no(w, at, "does not match", text);
    }
    if (IS("minItems")) {
        return !array || (nw_json_int(k, &least) && nw_json_count(value) >= (size_t)least) ||
               no(w, at, "has too few items", NULL);
    }
    if (IS("minLength")) {
        return text == NULL || (nw_json_int(k, &least) && strlen(text) >= (size_t)least) ||
               no(w, at, "is too short", NULL);
    }
    if (IS("if")) {
        return conditional(w, schema, value, at, depth);
    }
#undef IS
    return no(w, at, "the schema has a keyword that is not known here:", name);
}

static bool fits(const struct walk *w, const struct nw_json *schema, const struct nw_json *value,
                 const char *at, unsigned depth)
{
    if (depth > MAX_DEPTH || nw_json_kind(schema) != NW_JSON_OBJECT) {
        return no(w, at, "the schema is no object, or too deep", NULL);
    }
    for (const struct nw_json *k = nw_json_first(schema); k != NULL; k = nw_json_next(k)) {
        if (!keyword_fits(w, schema, k, value, at, depth)) {
            return false;
        }
    }
    return true;
}

bool test_schema_fits(const struct nw_json *schema, const struct nw_json *value, char why[256])
{
    const struct walk w = {schema, why};
    why[0] = '\0';
    return fits(&w, schema, value, "the document", 0);
}
