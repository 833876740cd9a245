/* Spellings of others that an importer accepts: EL -> GR, UK -> GB, as the code lists say. */
#include "attestation/type_internal.h"

#include <string.h>

static enum nw_err normalise(const struct nw_node *n, struct nw_json *v, struct nw_json *parent,
                             size_t *changed, unsigned depth);

static const char *ours(const struct nw_codes *codes, const char *code)
{
    return nw_codes_has(codes, code) ? NULL : nw_json_text(nw_json_get(codes->import, code));
}

static enum nw_err normalise_code(const struct nw_node *n, struct nw_json *v,
                                  struct nw_json *parent, size_t *changed)
{
    struct nw_json *fresh = NULL;
    const char *code = nw_json_text(v);
    const char *better = code == NULL ? NULL : ours(n->codes, code);
    if (better == NULL) {
        return NW_OK;
    }
    enum nw_err e = nw_json_new_text(nw_str(better), &fresh);
    e = e == NW_OK ? nw_json_replace(parent, v, &fresh) : e;
    nw_json_free(&fresh);
    *changed += e == NW_OK;
    return e;
}

/* A key that is renamed must not be there yet: two lists are not joined here. */
static enum nw_err rename_key(const struct nw_node *n, struct nw_json *map, struct nw_json *v,
                              size_t *changed)
{
    const char *better = ours(n->codes, nw_json_name(v));
    if (better == NULL) {
        return NW_OK;
    }
    if (nw_json_get(map, better) != NULL) {
        return NW_ERR_JSON_DUPLICATE;
    }
    struct nw_json *copy = NULL;
    enum nw_err e = nw_json_dup(v, &copy);
    e = e == NW_OK ? nw_json_put(map, better, &copy) : e;
    if (e == NW_OK) {
        nw_json_remove(map, nw_json_name(v));
        (*changed)++;
    }
    nw_json_free(&copy);
    return e;
}

static enum nw_err normalise_members(const struct nw_node *n, struct nw_json *v, size_t *changed,
                                     unsigned depth)
{
    enum nw_err e = NW_OK;
    const struct nw_json *next = NULL;
    for (const struct nw_json *c = nw_json_first(v); e == NW_OK && c != NULL; c = next) {
        next = nw_json_next(c);
        const struct nw_node *m =
            n->kind == NW_NODE_OBJECT ? nw_node_member(n, nw_json_name(c)) : &n->member[0];
        if (m == NULL) {
            continue;
        }
        e = normalise(m, nw_json_mut(c), v, changed, depth - 1);
        if (e == NW_OK && n->kind == NW_NODE_MAP) {
            e = rename_key(n, v, nw_json_mut(c), changed);
        }
    }
    return e;
}

static enum nw_err normalise(const struct nw_node *n, struct nw_json *v, struct nw_json *parent,
                             size_t *changed, unsigned depth)
{
    bool object = nw_json_kind(v) == NW_JSON_OBJECT;
    if (depth == 0) {
        return NW_ERR_JSON_DEPTH;
    }
    if (n->kind == NW_NODE_CODE) {
        return normalise_code(n, v, parent, changed);
    }
    if (((n->kind == NW_NODE_OBJECT || n->kind == NW_NODE_MAP) && object) ||
        (n->kind == NW_NODE_ARRAY && nw_json_kind(v) == NW_JSON_ARRAY)) {
        return normalise_members(n, v, changed, depth);
    }
    return NW_OK;
}

enum nw_err nw_record_normalise(const struct nw_type *t, struct nw_json *record, size_t *changed,
                                struct nw_diag *d)
{
    *changed = 0;
    enum nw_err e = normalise(&t->root, record, NULL, changed, NW_TYPE_DEPTH * 2);
    return e == NW_OK ? e : nw_fail(d, e, NW_NO_OFFSET, "two spellings of one code");
}
