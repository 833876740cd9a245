/* The A11 section and the rule table of a type file. */
#include "attestation/type_internal.h"

#include <string.h>

static bool read_entries(struct nw_loader *l, const struct nw_json *list,
                         const struct nw_node *base, unsigned depth, struct nw_a11_entry **out,
                         size_t *n);

static bool read_kind(struct nw_loader *l, const struct nw_json *o, struct nw_a11_entry *e)
{
    static const struct {
        const char *name;
        enum nw_a11_kind kind;
    } kinds[] = {{"level", NW_A11_LEVEL},   {"text", NW_A11_TEXT},   {"days", NW_A11_DAYS},
                 {"number", NW_A11_NUMBER}, {"flags", NW_A11_FLAGS}, {"map", NW_A11_MAP},
                 {"tuple", NW_A11_TUPLE},   {"list", NW_A11_LIST},   {"keyed", NW_A11_KEYED}};
    const char *name = nw_load_text(l, o, "as", true);
    for (size_t i = 0; name != NULL && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            e->kind = kinds[i].kind;
            return true;
        }
    }
    return nw_load_fail(l, o, "as: level, text, days, number, flags, map, tuple, list or keyed");
}

static bool fits(const struct nw_a11_entry *e)
{
    enum nw_node_kind k = e->node == NULL ? (enum nw_node_kind)0 : e->node->kind;
    switch (e->kind) {
    case NW_A11_TEXT:
        return k == NW_NODE_TEXT || k == NW_NODE_CODE;
    case NW_A11_DAYS:
        return k == NW_NODE_DATE;
    case NW_A11_NUMBER:
        return k == NW_NODE_CODE;
    case NW_A11_LIST:
        return k == NW_NODE_ARRAY;
    case NW_A11_KEYED:
        return k == NW_NODE_MAP && e->key_in != NULL &&
               nw_node_path(&e->node->member[0].member[0], e->key_in) != NULL;
    case NW_A11_LEVEL:
    case NW_A11_MAP:
    case NW_A11_TUPLE:
        return e->claim == NULL;
    case NW_A11_FLAGS:
        return e->claim == NULL && e->bit_n > 0 && e->bit_n <= 16;
    }
    return false;
}

static bool read_item(struct nw_loader *l, const struct nw_json *items, const struct nw_node *base,
                      unsigned depth, struct nw_a11_entry *e);

static bool read_nested(struct nw_loader *l, const struct nw_json *o, const struct nw_node *base,
                        unsigned depth, struct nw_a11_entry *e)
{
    if (e->kind == NW_A11_MAP || e->kind == NW_A11_TUPLE) {
        const struct nw_json *brief = nw_json_get(o, "short");
        return read_entries(l, nw_json_get(o, "entries"), base, depth, &e->entry, &e->entry_n) &&
               (brief == NULL || read_entries(l, brief, base, depth, &e->brief, &e->brief_n));
    }
    if (e->node == NULL) {
        return true;
    }
    if (e->kind == NW_A11_LIST) {
        return read_item(l, nw_json_get(o, "items"), &e->node->member[0], depth, e);
    }
    if (e->kind == NW_A11_KEYED) {
        return read_item(l, nw_json_get(o, "items"), &e->node->member[0].member[0], depth, e);
    }
    return true;
}

/* Elements of a list: the claim of a plain value is the element itself. */
static bool read_entry(struct nw_loader *l, const struct nw_json *o, const struct nw_node *base,
                       unsigned depth, struct nw_a11_entry *e)
{
    if (depth == 0 ||
        !nw_load_only(l, o,
                      "key as claim level optional collapse key_in bits entries short items") ||
        !read_kind(l, o, e)) {
        return nw_load_fail(l, o, "A11 entries are nested too deeply");
    }
    int64_t level = 1;
    nw_load_int(l, o, "key", &e->key);
    nw_load_int(l, o, "level", &level);
    e->level = level == 2 ? 2 : 1;
    e->claim = nw_load_text(l, o, "claim", false);
    e->key_in = nw_load_text(l, o, "key_in", false);
    e->collapse = nw_load_bool(l, o, "collapse", false);
    e->bit = nw_load_texts(l, o, "bits", &e->bit_n);
    e->node = e->claim != NULL ? nw_node_path(base, e->claim) : NULL;
    if (e->claim == NULL && (e->kind == NW_A11_TEXT || e->kind == NW_A11_NUMBER)) {
        e->node = base;
    }
    for (size_t i = 0; i < e->bit_n; i++) {
        const struct nw_node *bit = nw_node_path(base, e->bit[i]);
        if (bit == NULL || bit->kind != NW_NODE_BOOL) {
            return nw_load_fail(l, o, "a flag is no boolean claim: %s", e->bit[i]);
        }
    }
    if (l->e != NW_OK || !fits(e)) {
        return nw_load_fail(l, o, "as and claim do not fit");
    }
    bool optional = e->level == 2 || (e->claim != NULL && e->node != NULL && !e->node->required);
    e->optional = nw_load_bool(l, o, "optional", optional);
    return read_nested(l, o, base, depth - 1, e);
}

static bool read_item(struct nw_loader *l, const struct nw_json *items, const struct nw_node *base,
                      unsigned depth, struct nw_a11_entry *e)
{
    e->entry = nw_load_alloc(l, 1, sizeof *e->entry);
    e->entry_n = 1;
    return e->entry != NULL && depth > 0 && read_entry(l, items, base, depth - 1, e->entry);
}

static bool read_entries(struct nw_loader *l, const struct nw_json *list,
                         const struct nw_node *base, unsigned depth, struct nw_a11_entry **out,
                         size_t *n)
{
    if (nw_json_kind(list) != NW_JSON_ARRAY || nw_json_count(list) == 0) {
        return nw_load_fail(l, list, "a list of A11 entries is wanted");
    }
    struct nw_a11_entry *v = nw_load_alloc(l, nw_json_count(list), sizeof *v);
    for (const struct nw_json *o = nw_json_first(list); v != NULL && o != NULL;
         o = nw_json_next(o)) {
        if (!read_entry(l, o, base, depth, &v[*n])) {
            return false;
        }
        if (*n > 0 && v[*n].key != 0 && v[*n].key <= v[*n - 1].key) {
            return nw_load_fail(l, o, "keys ascend");
        }
        (*n)++;
    }
    *out = v;
    return l->e == NW_OK;
}

bool nw_load_a11(struct nw_loader *l, const struct nw_json *entries)
{
    l->t->a11.kind = NW_A11_MAP;
    return entries == NULL || read_entries(l, entries, &l->t->root, NW_TYPE_DEPTH, &l->t->a11.entry,
                                           &l->t->a11.entry_n);
}

static bool read_level(struct nw_loader *l, const struct nw_json *o, const char *name,
                       enum nw_level *out)
{
    const char *s = nw_load_text(l, o, name, true);
    if (s == NULL || s[0] == '\0' || s[1] != '\0' || strchr("EWI", s[0]) == NULL) {
        return nw_load_fail(l, o, "%s: E, W or I", name);
    }
    *out = s[0] == 'E' ? NW_LEVEL_ERROR : s[0] == 'W' ? NW_LEVEL_WARN : NW_LEVEL_INFO;
    return true;
}

static bool read_rule(struct nw_loader *l, const struct nw_json *o, struct nw_rule_row *r)
{
    if (!nw_load_only(l, o, "id own check valid_from valid_to values")) {
        return false;
    }
    r->id = nw_load_text(l, o, "id", true);
    r->valid_from = nw_load_text(l, o, "valid_from", false);
    r->valid_to = nw_load_text(l, o, "valid_to", false);
    r->values = nw_json_get(o, "values");
    for (const struct nw_json *v = nw_json_first(r->values); v != NULL; v = nw_json_next(v)) {
        int64_t n = 0;
        if (!nw_json_int(v, &n)) {
            return nw_load_fail(l, v, "values of a rule are integers");
        }
    }
    return l->e == NW_OK && read_level(l, o, "own", &r->own) &&
           read_level(l, o, "check", &r->check);
}

bool nw_load_rules(struct nw_loader *l, const struct nw_json *rules)
{
    struct nw_type *t = l->t;
    t->rule = nw_load_alloc(l, nw_json_count(rules), sizeof *t->rule);
    for (const struct nw_json *o = nw_json_first(rules); t->rule != NULL && o != NULL;
         o = nw_json_next(o)) {
        if (!read_rule(l, o, &t->rule[t->rule_n])) {
            return false;
        }
        t->rule_n++;
    }
    return l->e == NW_OK;
}
