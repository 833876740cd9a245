/* The profiles of a type file: identifiers, shape tests, disclosure plan, mapping rows. */
#include "attestation/type_internal.h"

#include <stdio.h>
#include <string.h>

#define ROW_MEMBERS                                                                                \
    "claim as register default required single second only empty key key_as exclusive_with join "  \
    "min "                                                                                         \
    "max label each"

static bool read_rows(struct nw_loader *l, const struct nw_json *list, const struct nw_node *base,
                      unsigned depth, struct nw_row **out, size_t *n);

static bool read_register(struct nw_loader *l, const struct nw_json *o, struct nw_row *out)
{
    static const struct {
        const char *name;
        enum nw_register_field reg;
    } fields[] = {{"issued_on", NW_REGISTER_ISSUED_ON},
                  {"document_expiry", NW_REGISTER_DOCUMENT_EXPIRY},
                  {"legal_category", NW_REGISTER_LEGAL_CATEGORY}};
    const char *name = nw_load_text(l, o, "register", false);
    for (size_t i = 0; name != NULL && i < sizeof fields / sizeof fields[0]; i++) {
        if (strcmp(fields[i].name, name) == 0) {
            out->reg = fields[i].reg;
        }
    }
    if ((name != NULL && out->reg == NW_REGISTER_NONE) || (name != NULL) == (out->claim != NULL)) {
        return nw_load_fail(l, o, "a row has a claim or a register field");
    }
    return true;
}

/* Which kinds of claim the special members of a row need. */
static bool check_row(struct nw_loader *l, const struct nw_json *o, const struct nw_node *base,
                      struct nw_row *r)
{
    r->node = r->claim == NULL ? NULL : nw_node_path(base, r->claim);
    if (r->claim != NULL && r->node == NULL) {
        return nw_load_fail(l, o, "no claim is named %s", r->claim);
    }
    enum nw_node_kind kind = r->node == NULL ? NW_NODE_TEXT : r->node->kind;
    bool ok = true;
    if (r->key != NULL || r->empty) {
        ok = kind == NW_NODE_MAP && r->node->member[0].kind == NW_NODE_ARRAY;
    } else if (nw_json_get(o, "each") != NULL) {
        ok = kind == NW_NODE_ARRAY && r->node->member[0].kind == NW_NODE_OBJECT;
    }
    if (r->empty && !r->empty_one) {
        ok = ok && r->key_as != NULL;
    }
    if (r->key != NULL) {
        ok = ok && nw_node_path(&r->node->member[0].member[0], r->key) != NULL;
    }
    return ok ? true : nw_load_fail(l, o, "each, key or empty do not fit the kind of %s", r->claim);
}

static bool read_row(struct nw_loader *l, const struct nw_json *o, const struct nw_node *base,
                     unsigned depth, struct nw_row *r)
{
    if (!nw_load_only(l, o, ROW_MEMBERS)) {
        return false;
    }
    r->claim = nw_load_text(l, o, "claim", false);
    r->as = nw_load_text(l, o, "as", true);
    r->fallback = nw_load_text(l, o, "default", false);
    r->required = nw_load_bool(l, o, "required", false);
    r->single = nw_load_bool(l, o, "single", false);
    r->second = nw_load_bool(l, o, "second", false);
    r->mdoc_only = r->second;
    const char *only = nw_load_text(l, o, "only", false);
    if (only != NULL && strcmp(only, "mso_mdoc") == 0) {
        r->mdoc_only = true;
    } else if (only != NULL && strcmp(only, "dc+sd-jwt") == 0) {
        r->sdjwt_only = true;
    } else if (only != NULL) {
        return nw_load_fail(l, o, "only: mso_mdoc or dc+sd-jwt");
    }
    r->key = nw_load_text(l, o, "key", false);
    r->key_as = nw_load_text(l, o, "key_as", false);
    r->exclusive = nw_load_text(l, o, "exclusive_with", false);
    r->join = nw_load_text(l, o, "join", false);
    r->has_min = nw_load_int(l, o, "min", &r->min);
    r->has_max = nw_load_int(l, o, "max", &r->max);
    r->label = nw_load_label(l, o, "label");
    const char *empty = nw_load_text(l, o, "empty", false);
    r->empty = empty != NULL;
    r->empty_one = empty != NULL && strcmp(empty, "one") == 0;
    if (empty != NULL && !r->empty_one && strcmp(empty, "list") != 0) {
        return nw_load_fail(l, o, "empty: list or one");
    }
    if (l->e != NW_OK || !read_register(l, o, r) || !check_row(l, o, base, r)) {
        return false;
    }
    const struct nw_json *each = nw_json_get(o, "each");
    if (each == NULL || r->node == NULL) {
        return r->key == NULL ? true : nw_load_fail(l, o, "key needs each");
    }
    const struct nw_node *item = &r->node->member[0];
    return read_rows(l, each, r->key != NULL ? &item->member[0] : item, depth - 1, &r->each,
                     &r->each_n);
}

static bool read_rows(struct nw_loader *l, const struct nw_json *list, const struct nw_node *base,
                      unsigned depth, struct nw_row **out, size_t *n)
{
    if (depth == 0 || nw_json_kind(list) != NW_JSON_ARRAY) {
        return nw_load_fail(l, list, "a list of rows, not nested too deeply");
    }
    struct nw_row *v = nw_load_alloc(l, nw_json_count(list), sizeof *v);
    for (const struct nw_json *o = nw_json_first(list); v != NULL && o != NULL;
         o = nw_json_next(o)) {
        if (!read_row(l, o, base, depth, &v[*n])) {
            return false;
        }
        (*n)++;
    }
    *out = v;
    return l->e == NW_OK;
}

static bool read_when(struct nw_loader *l, const struct nw_json *list, struct nw_profile_data *p)
{
    static const struct {
        const char *name;
        enum nw_json_kind kind;
    } kinds[] = {{"object", NW_JSON_OBJECT}, {"array", NW_JSON_ARRAY}, {"text", NW_JSON_STRING}};
    p->when = nw_load_alloc(l, nw_json_count(list), sizeof *p->when);
    for (const struct nw_json *o = nw_json_first(list); p->when != NULL && o != NULL;
         o = nw_json_next(o)) {
        struct nw_shape_test *w = &p->when[p->when_n];
        w->path = nw_json_text(nw_json_at(o, 0));
        const char *kind = nw_json_text(nw_json_at(o, 1));
        for (size_t i = 0; kind != NULL && i < 3; i++) {
            if (strcmp(kinds[i].name, kind) == 0) {
                w->kind = kinds[i].kind;
            }
        }
        if (w->path == NULL || w->kind == NW_JSON_NONE || nw_json_count(o) != 2) {
            return nw_load_fail(l, list, "when: [path, object | array | text]");
        }
        p->when_n++;
    }
    return l->e == NW_OK;
}

struct plan_paths {
    const char **v;
    struct nw_sd_decoy *decoy;
    size_t n, decoy_n; /* first pass counts, second writes */
};

static const char *plan_text(struct nw_loader *l, const char *path)
{
    char *s = nw_load_alloc(l, strlen(path) + 1, 1);
    if (s != NULL) {
        memcpy(s, path, strlen(path) + 1);
    }
    return s;
}

static void plan_add(struct nw_loader *l, struct plan_paths *p, const char *path)
{
    if (p->v != NULL) {
        p->v[p->n] = plan_text(l, path);
    }
    p->n++;
}

/* Outer disclosures first; a path is names and "*" joined by '/'. */
static void plan_walk(struct nw_loader *l, const struct nw_node *n, const char *path,
                      unsigned depth, struct plan_paths *out)
{
    char below[NW_TYPE_PATH];
    if (depth == 0) {
        nw_load_fail(l, NULL, "claims are nested too deeply");
        return;
    }
    if (n->sd) {
        plan_add(l, out, path);
    }
    if (n->decoys > 1) {
        if (out->decoy != NULL) {
            out->decoy[out->decoy_n].path = plan_text(l, path);
            out->decoy[out->decoy_n].round = n->decoys;
        }
        out->decoy_n++;
    }
    for (size_t i = 0; i < n->member_n; i++) {
        const char *name = n->kind == NW_NODE_OBJECT ? n->member[i].name : "*";
        (void)snprintf(below, sizeof below, "%s%s%s", path, path[0] == '\0' ? "" : "/", name);
        if (n->sd_each) {
            plan_add(l, out, below);
        }
        plan_walk(l, &n->member[i], below, depth - 1, out);
    }
}

static bool canonical_plan(struct nw_loader *l, struct nw_profile_data *p)
{
    struct plan_paths count = {0}, fill = {0};
    plan_walk(l, &l->t->root, "", NW_TYPE_DEPTH + 4, &count);
    fill.v = nw_load_alloc(l, count.n + 1, sizeof *fill.v);
    fill.decoy = nw_load_alloc(l, count.decoy_n, sizeof *fill.decoy);
    if (fill.v == NULL || fill.decoy == NULL) {
        return false;
    }
    plan_walk(l, &l->t->root, "", NW_TYPE_DEPTH + 4, &fill);
    p->sd = fill.v;
    p->sd_n = fill.n;
    p->decoy = fill.decoy;
    p->plan.decoy_n = fill.decoy_n;
    return l->e == NW_OK;
}

static bool read_profile(struct nw_loader *l, const struct nw_json *o, struct nw_profile_data *p)
{
    if (!nw_load_only(l, o,
                      "name vct vct_prefix also doctype namespace second_namespace canonical "
                      "write bound when sd map requests")) {
        return false;
    }
    const char *name = nw_load_text(l, o, "name", true);
    p->id = name == NULL ? NW_PROFILE_NONE : nw_profile_from_name(name);
    if (p->id == NW_PROFILE_NONE) {
        return nw_load_fail(l, o, "name: webuild, eudi, dc4eu or dc4eu-pilot");
    }
    p->vct = nw_load_text(l, o, "vct", true);
    p->vct_prefix = nw_load_text(l, o, "vct_prefix", false);
    p->doctype = nw_load_text(l, o, "doctype", false);
    p->name_space = nw_load_text(l, o, "namespace", false);
    p->second_name_space = nw_load_text(l, o, "second_namespace", false);
    p->also = nw_load_texts(l, o, "also", &p->also_n);
    p->canonical = nw_load_bool(l, o, "canonical", false);
    p->write = nw_load_bool(l, o, "write", true);
    p->bound = nw_load_bool(l, o, "bound", false);
    const struct nw_json *when = nw_json_get(o, "when"), *map = nw_json_get(o, "map");
    if (l->e != NW_OK || (when != NULL && !read_when(l, when, p))) {
        return false;
    }
    if (map != NULL && !read_rows(l, map, &l->t->root, NW_TYPE_DEPTH, &p->row, &p->row_n)) {
        return false;
    }
    if (p->canonical) {
        if (nw_json_get(o, "sd") != NULL || !canonical_plan(l, p)) {
            return nw_load_fail(l, o, "the canonical profile takes sd from its claims");
        }
    } else {
        p->sd = nw_load_texts(l, o, "sd", &p->sd_n);
        if (map == NULL) {
            return nw_load_fail(l, o, "a profile that is not canonical has a map");
        }
    }
    if (!nw_load_requests(l, nw_json_get(o, "requests"), p)) {
        return false;
    }
    p->plan.paths = p->sd;
    p->plan.decoys = p->decoy;
    return l->e == NW_OK;
}

bool nw_load_profiles(struct nw_loader *l, const struct nw_json *profiles)
{
    struct nw_type *t = l->t;
    t->profile = nw_load_alloc(l, nw_json_count(profiles), sizeof *t->profile);
    for (const struct nw_json *o = nw_json_first(profiles); t->profile != NULL && o != NULL;
         o = nw_json_next(o)) {
        if (!read_profile(l, o, &t->profile[t->profile_n])) {
            return false;
        }
        if (nw_type_profile(t, t->profile[t->profile_n].id) != NULL) {
            return nw_load_fail(l, o, "each profile once");
        }
        t->profile_n++;
    }
    if (l->e == NW_OK && nw_type_canonical(t) == NW_PROFILE_NONE) {
        return nw_load_fail(l, profiles, "one profile is the canonical one");
    }
    return l->e == NW_OK;
}
