/* Code lists: own rows, a part of another list, or rows that a deployment allows on top. */
#include "attestation/type_internal.h"
#include "base/alloc.h"

#include <string.h>

const struct nw_code *nw_codes_find(const struct nw_codes *c, const char *code)
{
    if (c == NULL || code == NULL) {
        return NULL;
    }
    size_t from = 0, to = c->n; /* rows are in order: the loader sees to that */
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        int cmp = strcmp(c->v[mid].code, code);
        if (cmp == 0) {
            return &c->v[mid];
        }
        if (cmp < 0) {
            from = mid + 1;
        } else {
            to = mid;
        }
    }
    return NULL;
}

bool nw_codes_has(const struct nw_codes *c, const char *code)
{
    if (nw_codes_find(c, code) != NULL) {
        return true;
    }
    for (size_t i = 0; c != NULL && i < c->extra_n; i++) {
        if (strcmp(c->extra[i], code) == 0) {
            return true;
        }
    }
    return false;
}

static struct nw_codes *find_list(struct nw_codes *v, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(v[i].name, name) == 0) {
            return &v[i];
        }
    }
    return NULL;
}

const struct nw_codes *nw_load_codes_named(struct nw_loader *l, const struct nw_json *at,
                                           const char *name)
{
    const struct nw_codes *c = NULL;
    if (name == NULL) {
        return NULL;
    }
    if (l->t != NULL) {
        c = find_list(l->t->codes, l->t->codes_n, name);
    }
    if (c == NULL) {
        c = find_list(l->ts->shared, l->ts->shared_n, name);
    }
    if (c == NULL) {
        nw_load_fail(l, at, "no code list is named %s", name);
    }
    return c;
}

/* ["01", "German", "English"] */
static bool read_row(struct nw_loader *l, const struct nw_json *r, struct nw_code *out)
{
    out->code = nw_json_text(nw_json_at(r, 0));
    out->text.de = nw_json_text(nw_json_at(r, 1));
    out->text.en = nw_json_text(nw_json_at(r, 2));
    if (nw_json_count(r) != 3 || out->code == NULL || out->text.de == NULL ||
        out->text.en == NULL) {
        return nw_load_fail(l, r, "a code is [code, German, English]");
    }
    return true;
}

static bool read_rows(struct nw_loader *l, const struct nw_json *rows, struct nw_codes *out)
{
    out->v = nw_load_alloc(l, nw_json_count(rows), sizeof *out->v);
    for (const struct nw_json *r = nw_json_first(rows); out->v != NULL && r != NULL;
         r = nw_json_next(r)) {
        if (!read_row(l, r, &out->v[out->n])) {
            return false;
        }
        out->n++;
    }
    return l->e == NW_OK;
}

static bool read_part(struct nw_loader *l, const struct nw_json *o, const struct nw_codes *whole,
                      struct nw_codes *out)
{
    size_t n = 0;
    const char **only = nw_load_texts(l, o, "only", &n);
    out->v = nw_load_alloc(l, n, sizeof *out->v);
    for (size_t i = 0; only != NULL && out->v != NULL && i < n; i++) {
        const struct nw_code *c = nw_codes_find(whole, only[i]);
        if (c == NULL) {
            return nw_load_fail(l, o, "%s is not in the list it is taken from", only[i]);
        }
        out->v[out->n++] = *c;
    }
    return l->e == NW_OK;
}

static bool in_order(struct nw_loader *l, const struct nw_json *o, const struct nw_codes *c)
{
    if (c->n == 0) {
        return nw_load_fail(l, o, "a code list has rows, or is part of another list");
    }
    for (size_t i = 1; i < c->n; i++) {
        if (strcmp(c->v[i - 1].code, c->v[i].code) >= 0) {
            return nw_load_fail(l, o, "codes stand in ascending order, each once: %s",
                                c->v[i].code);
        }
    }
    return true;
}

static bool read_list(struct nw_loader *l, const struct nw_json *o, struct nw_codes *v, size_t n)
{
    struct nw_codes *out = &v[n];
    if (!nw_load_only(l, o, "import rows of only")) {
        return false;
    }
    out->name = nw_json_name(o);
    out->import = nw_json_get(o, "import");
    const char *of = nw_load_text(l, o, "of", false);
    const struct nw_json *rows = nw_json_get(o, "rows");
    if (of != NULL && rows == NULL) {
        const struct nw_codes *whole = find_list(v, n, of);
        whole = whole != NULL ? whole : nw_load_codes_named(l, o, of);
        return whole != NULL && read_part(l, o, whole, out) && in_order(l, o, out);
    }
    return read_rows(l, rows, out) && in_order(l, o, out);
}

bool nw_load_codes(struct nw_loader *l, const struct nw_json *codes, struct nw_codes **out,
                   size_t *n)
{
    if (codes == NULL) {
        return true;
    }
    if (nw_json_kind(codes) != NW_JSON_OBJECT) {
        return nw_load_fail(l, codes, "code lists by name are wanted");
    }
    struct nw_codes *v = nw_load_alloc(l, nw_json_count(codes), sizeof *v);
    size_t k = 0;
    for (const struct nw_json *o = nw_json_first(codes); v != NULL && o != NULL;
         o = nw_json_next(o)) {
        if (!read_list(l, o, v, k)) {
            return false;
        }
        k++;
    }
    *out = v;
    *n = k;
    return l->e == NW_OK;
}

static enum nw_err allow_in(struct nw_codes *c, const char *code)
{
    if (nw_codes_has(c, code)) {
        return NW_OK;
    }
    size_t n = strlen(code);
    char **grown = nw_realloc(c->extra, (c->extra_n + 1) * sizeof *grown);
    if (grown == NULL) {
        return NW_ERR_NOMEM;
    }
    c->extra = grown;
    c->extra[c->extra_n] = nw_alloc(n + 1);
    if (c->extra[c->extra_n] == NULL) {
        return NW_ERR_NOMEM;
    }
    memcpy(c->extra[c->extra_n++], code, n + 1);
    return NW_OK;
}

enum nw_err nw_types_allow_code(struct nw_types *ts, const char *list, const char *code)
{
    struct nw_codes *c = find_list(ts->shared, ts->shared_n, list);
    for (size_t i = 0; c == NULL && i < ts->n; i++) {
        c = find_list(ts->v[i].codes, ts->v[i].codes_n, list);
    }
    if (c == NULL) {
        return NW_ERR_NOT_FOUND;
    }
    size_t n = strlen(code);
    if (n == 0 || n > 16) {
        return NW_ERR_CONFIG;
    }
    for (size_t i = 0; i < n; i++) {
        if (!((code[i] >= 'A' && code[i] <= 'Z') || (code[i] >= '0' && code[i] <= '9'))) {
            return NW_ERR_CONFIG;
        }
    }
    return allow_in(c, code);
}
