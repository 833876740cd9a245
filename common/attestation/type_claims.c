/* The claims tree of a type file, and the paths into it. */
#include "attestation/type_internal.h"

#include <string.h>

#define NODE_MEMBERS                                                                               \
    "name kind shape required sd sd_each unique partial min max decoys rule open codes keys "      \
    "pattern label members items one_of together only_with key_in"

static bool read_node(struct nw_loader *l, const struct nw_json *o, struct nw_node *out,
                      unsigned depth);

const struct nw_node *nw_node_member(const struct nw_node *n, const char *name)
{
    for (size_t i = 0; n != NULL && n->kind == NW_NODE_OBJECT && i < n->member_n; i++) {
        if (strcmp(n->member[i].name, name) == 0) {
            return &n->member[i];
        }
    }
    return NULL;
}

static const struct nw_node *step(const struct nw_node *n, const char *name, size_t len)
{
    if (n->kind == NW_NODE_MAP) {
        return &n->member[0];
    }
    for (size_t i = 0; n->kind == NW_NODE_OBJECT && i < n->member_n; i++) {
        if (strncmp(n->member[i].name, name, len) == 0 && n->member[i].name[len] == '\0') {
            return &n->member[i];
        }
    }
    return NULL;
}

const struct nw_node *nw_node_path(const struct nw_node *n, const char *path)
{
    while (n != NULL && *path != '\0') {
        if (*path == '[') {
            const char *end = strchr(path, ']');
            n = end != NULL && n->kind == NW_NODE_ARRAY ? &n->member[0] : NULL;
            path = end != NULL ? end + 1 : path;
        } else {
            size_t len = strcspn(path, ".[");
            n = step(n, path, len);
            path += len;
        }
        if (*path == '.') {
            path++;
        }
    }
    return n;
}

static bool read_kind(struct nw_loader *l, const struct nw_json *o, struct nw_node *out)
{
    static const struct {
        const char *name;
        enum nw_node_kind kind;
    } kinds[] = {{"object", NW_NODE_OBJECT}, {"array", NW_NODE_ARRAY}, {"map", NW_NODE_MAP},
                 {"text", NW_NODE_TEXT},     {"date", NW_NODE_DATE},   {"bool", NW_NODE_BOOL},
                 {"code", NW_NODE_CODE},     {"int", NW_NODE_INT},     {"image", NW_NODE_IMAGE}};
    const char *name = nw_load_text(l, o, "kind", true);
    for (size_t i = 0; name != NULL && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            out->kind = kinds[i].kind;
            return true;
        }
    }
    return nw_load_fail(l, o, "kind: object, array, map, text, date, bool, code, int or image");
}

static bool read_value_rules(struct nw_loader *l, const struct nw_json *o, struct nw_node *out)
{
    out->has_min = nw_load_int(l, o, "min", &out->min);
    out->has_max = nw_load_int(l, o, "max", &out->max);
    out->unique = nw_load_bool(l, o, "unique", false);
    out->partial = nw_load_bool(l, o, "partial", false);
    out->open = nw_load_text(l, o, "open", false);
    out->codes = nw_load_codes_named(l, o, nw_load_text(l, o, "codes", false));
    if (out->codes == NULL) {
        out->codes = nw_load_codes_named(l, o, nw_load_text(l, o, "keys", false));
    }
    if ((out->kind == NW_NODE_CODE || out->kind == NW_NODE_MAP) && out->codes == NULL) {
        return nw_load_fail(l, o, "codes (of a code) or keys (of a map) name a code list");
    }
    const char *pattern = nw_load_text(l, o, "pattern", false);
    if (pattern != NULL) {
        out->pattern = nw_load_alloc(l, 1, sizeof *out->pattern);
        if (out->pattern != NULL && !nw_pattern_parse(pattern, out->pattern)) {
            return nw_load_fail(l, o, "this pattern is not in the subset of pattern.h");
        }
    }
    return l->e == NW_OK;
}

static bool read_links(struct nw_loader *l, const struct nw_json *o, struct nw_node *out)
{
    out->one_of = nw_load_texts(l, o, "one_of", &out->one_of_n);
    const struct nw_json *t = nw_json_get(o, "together");
    if (t != NULL && nw_load_only(l, t, "members rule")) {
        out->together = nw_load_texts(l, t, "members", &out->together_n);
        out->together_rule = nw_load_text(l, t, "rule", true);
    }
    const struct nw_json *w = nw_json_get(o, "only_with");
    if (w != NULL && nw_load_only(l, w, "member code is rule")) {
        out->only_with.member = nw_load_text(l, w, "member", true);
        out->only_with.code = nw_load_text(l, w, "code", true);
        out->only_with.is = nw_load_text(l, w, "is", true);
        out->only_with.rule = nw_load_text(l, w, "rule", true);
    }
    const struct nw_json *k = nw_json_get(o, "key_in");
    if (k != NULL && nw_load_only(l, k, "path rule")) {
        out->key_in.path = nw_load_text(l, k, "path", true);
        out->key_in.rule = nw_load_text(l, k, "rule", true);
    }
    return l->e == NW_OK;
}

/* What links name must be members. */
static bool check_links(struct nw_loader *l, const struct nw_json *o, const struct nw_node *n)
{
    bool ok = true;
    for (size_t i = 0; i < n->one_of_n; i++) {
        ok = ok && nw_node_member(n, n->one_of[i]) != NULL;
    }
    for (size_t i = 0; i < n->together_n; i++) {
        ok = ok && nw_node_member(n, n->together[i]) != NULL;
    }
    if (n->only_with.member != NULL) {
        ok = ok && nw_node_member(n, n->only_with.member) != NULL &&
             nw_node_member(n, n->only_with.code) != NULL;
    }
    if (n->key_in.path != NULL) {
        ok = ok && n->kind == NW_NODE_MAP && n->member[0].kind == NW_NODE_ARRAY &&
             nw_node_path(&n->member[0].member[0], n->key_in.path) != NULL;
    }
    return ok ? true : nw_load_fail(l, o, "one_of, together, only_with or key_in: no such member");
}

static bool read_members(struct nw_loader *l, const struct nw_json *list, struct nw_node *out,
                         unsigned depth)
{
    if (nw_json_kind(list) != NW_JSON_ARRAY || nw_json_count(list) == 0) {
        return nw_load_fail(l, list, "members: a list of claims");
    }
    out->member = nw_load_alloc(l, nw_json_count(list), sizeof *out->member);
    for (const struct nw_json *m = nw_json_first(list); out->member != NULL && m != NULL;
         m = nw_json_next(m)) {
        struct nw_node *child = &out->member[out->member_n];
        if (!read_node(l, m, child, depth)) {
            return false;
        }
        if (child->name[0] == '\0' || nw_node_member(out, child->name) != NULL) {
            return nw_load_fail(l, m, "each member has a name of its own");
        }
        out->member_n++;
    }
    return l->e == NW_OK;
}

static bool read_items(struct nw_loader *l, const struct nw_json *o, struct nw_node *out,
                       unsigned depth)
{
    out->member = nw_load_alloc(l, 1, sizeof *out->member);
    if (out->member == NULL || !read_node(l, nw_json_get(o, "items"), out->member, depth)) {
        return false;
    }
    out->member_n = 1;
    return true;
}

static bool read_shape(struct nw_loader *l, const struct nw_json *o, const char *shape,
                       struct nw_node *out, unsigned depth)
{
    const struct nw_json *s = nw_json_get(l->shapes, shape);
    if (s == NULL) {
        return nw_load_fail(l, o, "no shape is named %s", shape);
    }
    struct nw_label label = out->label;
    bool required = out->required, sd = out->sd;
    const char *name = out->name;
    if (!nw_load_only(l, o, "name shape required sd label") || !read_node(l, s, out, depth)) {
        return false;
    }
    out->name = name;
    out->required = required;
    out->sd = sd;
    out->label = label.de != NULL ? label : out->label;
    return true;
}

static bool read_node(struct nw_loader *l, const struct nw_json *o, struct nw_node *out,
                      unsigned depth)
{
    if (depth == 0) {
        return nw_load_fail(l, o, "claims are nested too deeply");
    }
    if (!nw_load_only(l, o, NODE_MEMBERS)) {
        return false;
    }
    const char *name = nw_load_text(l, o, "name", false);
    out->name = name == NULL ? "" : name;
    out->required = nw_load_bool(l, o, "required", false);
    out->sd = nw_load_bool(l, o, "sd", false);
    out->label = nw_load_label(l, o, "label");
    const char *shape = nw_load_text(l, o, "shape", false);
    if (shape != NULL) {
        return read_shape(l, o, shape, out, depth - 1);
    }
    const char *rule = nw_load_text(l, o, "rule", false);
    int64_t decoys = 0;
    nw_load_int(l, o, "decoys", &decoys);
    out->decoys = decoys > 0 && decoys <= 64 ? (unsigned)decoys : 0;
    out->rule = rule == NULL ? "V01" : rule;
    out->sd_each = nw_load_bool(l, o, "sd_each", false);
    if (!read_kind(l, o, out) || !read_value_rules(l, o, out) || !read_links(l, o, out)) {
        return false;
    }
    if (out->kind == NW_NODE_OBJECT) {
        return read_members(l, nw_json_get(o, "members"), out, depth - 1) && check_links(l, o, out);
    }
    if (out->kind == NW_NODE_ARRAY || out->kind == NW_NODE_MAP) {
        return read_items(l, o, out, depth - 1) && check_links(l, o, out);
    }
    return l->e == NW_OK;
}

bool nw_load_claims(struct nw_loader *l, const struct nw_json *claims)
{
    l->t->root.name = "";
    l->t->root.kind = NW_NODE_OBJECT;
    l->t->root.rule = "V01";
    return read_members(l, claims, &l->t->root, NW_TYPE_DEPTH);
}
