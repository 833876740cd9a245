/* Processed payload -> partial record, and what of the type is missing in it. */
#include "attestation/type_internal.h"

#include <string.h>

static enum nw_err read_rows(const struct nw_row *rows, size_t n, enum nw_row_part part,
                             const struct nw_json *from, struct nw_json *to);

/* Inside a list the name spaces of an mdoc mean nothing. */
static enum nw_row_part inside(enum nw_row_part part)
{
    return part == NW_ROWS_SDJWT ? part : NW_ROWS_MDOC;
}

/* Hands *value to the tree unless an earlier row has filled the place. */
static enum nw_err put_once(struct nw_json *to, const char *claim, struct nw_json **value)
{
    enum nw_err e = nw_json_path(to, claim) != NULL ? NW_OK : nw_tree_put(to, claim, value);
    nw_json_free(value);
    return e;
}

/* A plain value; a second member (house number) is appended with a space. */
static enum nw_err read_value(const struct nw_row *r, const struct nw_json *v,
                              const struct nw_json *from, struct nw_json *to)
{
    struct nw_json *copy = NULL;
    const char *more = r->join == NULL ? NULL : nw_json_text(nw_json_path(from, r->join));
    if (more == NULL || nw_json_text(v) == NULL) {
        enum nw_err e = nw_json_dup(v, &copy);
        return e == NW_OK ? put_once(to, r->claim, &copy) : e;
    }
    struct nw_buf b = NW_BUF(NW_MAX_JSON);
    nw_buf_puts(&b, nw_json_text(v));
    nw_buf_putc(&b, ' ');
    nw_buf_puts(&b, more);
    enum nw_err e = nw_buf_err(&b);
    if (e == NW_OK) {
        e = nw_json_new_text(nw_buf_slice(&b), &copy);
    }
    nw_buf_free(&b);
    return e == NW_OK ? put_once(to, r->claim, &copy) : e;
}

/* The array below the key in the map at `claim`; made when it is not there. */
static enum nw_err keyed_array(const struct nw_row *r, const char *key, struct nw_json *to,
                               struct nw_json **array)
{
    struct nw_json *fresh = NULL;
    enum nw_err e = NW_OK;
    if (nw_json_path(to, r->claim) == NULL) {
        e = nw_json_new_object(&fresh);
        e = e == NW_OK ? nw_tree_put(to, r->claim, &fresh) : e;
        nw_json_free(&fresh);
    }
    struct nw_json *map = nw_json_mut(nw_json_path(to, r->claim));
    if (e == NW_OK && nw_json_get(map, key) == NULL) {
        e = nw_json_new_array(&fresh);
        e = e == NW_OK ? nw_json_put(map, key, &fresh) : e;
        nw_json_free(&fresh);
    }
    if (e == NW_OK) {
        *array = nw_json_mut(nw_json_get(map, key));
    }
    return e;
}

static enum nw_err read_item(const struct nw_row *r, enum nw_row_part part,
                             const struct nw_json *item, struct nw_json *to, struct nw_json *list)
{
    struct nw_json *o = NULL, *array = list;
    enum nw_err e = nw_json_new_object(&o);
    if (e == NW_OK) {
        e = read_rows(r->each, r->each_n, inside(part), item, o);
    }
    if (e == NW_OK && r->key != NULL) {
        const char *key = nw_json_text(nw_json_path(o, r->key));
        if (key == NULL) {
            nw_json_free(&o);
            return NW_ERR_CLAIM_MISSING;
        }
        e = keyed_array(r, key, to, &array);
    }
    if (e == NW_OK) {
        e = nw_json_append(array, &o);
    }
    nw_json_free(&o);
    return e;
}

static enum nw_err read_list(const struct nw_row *r, enum nw_row_part part, const struct nw_json *v,
                             struct nw_json *to)
{
    struct nw_json *list = NULL;
    if (nw_json_kind(v) != (r->single ? NW_JSON_OBJECT : NW_JSON_ARRAY)) {
        return NW_ERR_CLAIM_TYPE;
    }
    enum nw_err e = nw_json_new_array(&list);
    if (e == NW_OK && r->single) {
        e = read_item(r, part, v, to, list);
    }
    for (const struct nw_json *c = r->single ? NULL : nw_json_first(v); e == NW_OK && c != NULL;
         c = nw_json_next(c)) {
        e = nw_json_kind(c) == NW_JSON_OBJECT ? read_item(r, part, c, to, list) : NW_ERR_CLAIM_TYPE;
    }
    if (e == NW_OK && r->key == NULL) {
        return put_once(to, r->claim, &list);
    }
    nw_json_free(&list);
    return e;
}

static enum nw_err read_empty(const struct nw_row *r, const struct nw_json *v, struct nw_json *to)
{
    struct nw_json *array = NULL;
    if (r->empty_one) {
        const char *key = nw_json_text(v);
        return key == NULL ? NW_ERR_CLAIM_TYPE : keyed_array(r, key, to, &array);
    }
    enum nw_err e = nw_json_kind(v) == NW_JSON_ARRAY ? NW_OK : NW_ERR_CLAIM_TYPE;
    for (const struct nw_json *c = nw_json_first(v); e == NW_OK && c != NULL; c = nw_json_next(c)) {
        const char *key = nw_json_text(nw_json_get(c, r->key_as));
        e = key == NULL ? NW_ERR_CLAIM_TYPE : keyed_array(r, key, to, &array);
    }
    return e;
}

static enum nw_err read_rows(const struct nw_row *rows, size_t n, enum nw_row_part part,
                             const struct nw_json *from, struct nw_json *to)
{
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < n; i++) {
        const struct nw_row *r = &rows[i];
        const struct nw_json *v = nw_json_path(from, r->as);
        if (v == NULL || r->claim == NULL || !nw_row_in(r, part)) {
            continue;
        }
        if (r->empty) {
            e = read_empty(r, v, to);
        } else if (r->each_n > 0) {
            e = read_list(r, part, v, to);
        } else {
            e = read_value(r, v, from, to);
        }
    }
    return e;
}

static enum nw_err read_canonical(const struct nw_type *t, const struct nw_json *payload,
                                  struct nw_json **record)
{
    struct nw_json *out = NULL;
    enum nw_err e = nw_json_new_object(&out);
    for (const struct nw_json *c = nw_json_first(payload); e == NW_OK && c != NULL;
         c = nw_json_next(c)) {
        struct nw_json *copy = NULL;
        if (nw_type_is_envelope(t, nw_json_name(c))) {
            continue;
        }
        e = nw_json_dup(c, &copy);
        e = e == NW_OK ? nw_json_put(out, nw_json_name(c), &copy) : e;
        nw_json_free(&copy);
    }
    if (e == NW_OK) {
        *record = out;
    } else {
        nw_json_free(&out);
    }
    return e;
}

/* ---- what is missing ---- */

struct missing {
    bool all; /* the profile is the type itself: rows are not asked */
    enum nw_row_part part;
    struct nw_json *list;
    enum nw_err e;
};

static bool profile_has(const struct nw_row *rows, size_t n, enum nw_row_part part,
                        const char *claim)
{
    size_t len = strlen(claim);
    for (size_t i = 0; i < n; i++) {
        const char *c = rows[i].claim;
        if (c != NULL && nw_row_in(&rows[i], part) && strncmp(c, claim, len) == 0 &&
            (c[len] == '\0' || c[len] == '.')) {
            return true;
        }
    }
    return false;
}

static void add_missing(struct missing *m, const char *path)
{
    struct nw_json *v = NULL;
    if (m->e == NW_OK) {
        m->e = nw_json_new_text(nw_str(path), &v);
        m->e = m->e == NW_OK ? nw_json_append(m->list, &v) : m->e;
        nw_json_free(&v);
    }
}

static void find_missing(struct missing *m, const struct nw_node *n, const struct nw_json *v,
                         const struct nw_row *rows, size_t row_n, const char *relative,
                         const char *path, unsigned depth);

/* Rows that describe the elements of a list claim. */
static const struct nw_row *each_of(const struct nw_row *rows, size_t n, const char *claim)
{
    for (size_t i = 0; i < n; i++) {
        if (rows[i].claim != NULL && rows[i].each_n > 0 && strcmp(rows[i].claim, claim) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

static void find_in_items(struct missing *m, const struct nw_node *n, const struct nw_json *v,
                          const struct nw_row *each, const char *path, unsigned depth)
{
    size_t i = 0;
    for (const struct nw_json *c = nw_json_first(v); depth > 0 && c != NULL; c = nw_json_next(c)) {
        char at[NW_TYPE_PATH];
        if (n->kind == NW_NODE_MAP) {
            nw_path_member(at, sizeof at, path, nw_json_name(c));
            find_in_items(m, &n->member[0], c, each, at, depth - 1);
        } else {
            nw_path_index(at, sizeof at, path, i++);
            find_missing(m, &n->member[0], c, each == NULL ? NULL : each->each,
                         each == NULL ? 0 : each->each_n, "", at, depth - 1);
        }
    }
}

static bool one_of_is_there(const struct nw_node *n, const struct nw_json *v)
{
    for (size_t i = 0; i < n->one_of_n; i++) {
        if (nw_tree_filled(nw_json_get(v, n->one_of[i]))) {
            return true;
        }
    }
    return n->one_of_n == 0;
}

static void find_missing(struct missing *m, const struct nw_node *n, const struct nw_json *v,
                         const struct nw_row *rows, size_t row_n, const char *relative,
                         const char *path, unsigned depth)
{
    char at[NW_TYPE_PATH], below[NW_TYPE_PATH];
    if (depth == 0 || nw_json_kind(v) != NW_JSON_OBJECT || n->kind != NW_NODE_OBJECT) {
        return;
    }
    for (size_t i = 0; i < n->member_n; i++) {
        const struct nw_node *c = &n->member[i];
        nw_path_member(below, sizeof below, relative, c->name);
        nw_path_member(at, sizeof at, path, c->name);
        if (!m->all && !profile_has(rows, row_n, m->part, below)) {
            continue;
        }
        const struct nw_json *there = nw_json_get(v, c->name);
        bool empty = (c->kind == NW_NODE_ARRAY || c->kind == NW_NODE_MAP) && c->has_min &&
                     nw_json_count(there) == 0;
        if (there == NULL || empty || !one_of_is_there(c, there)) {
            if (c->required) {
                add_missing(m, at);
            }
        } else if (c->kind == NW_NODE_OBJECT) {
            find_missing(m, c, there, rows, row_n, below, at, depth - 1);
        } else if (c->kind == NW_NODE_ARRAY || c->kind == NW_NODE_MAP) {
            find_in_items(m, c, there, each_of(rows, row_n, below), at, depth - 1);
        }
    }
}

enum nw_err nw_rows_read(const struct nw_profile_data *p, enum nw_row_part part,
                         const struct nw_json *claims, struct nw_json *record)
{
    return read_rows(p->row, p->row_n, part, claims, record);
}

enum nw_err nw_rows_missing(const struct nw_type *t, const struct nw_profile_data *p,
                            enum nw_row_part part, const struct nw_json *record,
                            struct nw_json **list)
{
    struct missing m = {.all = p->canonical && part == NW_ROWS_SDJWT, .part = part};
    m.e = nw_json_new_array(&m.list);
    if (m.e == NW_OK) {
        find_missing(&m, &t->root, record, p->row, p->row_n, "", "", NW_TYPE_DEPTH);
    }
    if (m.e != NW_OK) {
        nw_json_free(&m.list);
        return m.e;
    }
    *list = m.list;
    return NW_OK;
}

enum nw_err nw_profile_read(const struct nw_type *t, enum nw_profile p,
                            const struct nw_json *payload, struct nw_json **record,
                            struct nw_json **undisclosed, struct nw_diag *d)
{
    const struct nw_profile_data *profile = nw_type_profile(t, p);
    struct nw_json *out = NULL, *missing = NULL;
    if (profile == NULL) {
        return nw_fail(d, NW_ERR_FORM_UNKNOWN, NW_NO_OFFSET, "%s as %s", t->name,
                       nw_profile_name(p));
    }
    enum nw_err e = NW_OK;
    if (profile->canonical) {
        e = read_canonical(t, payload, &out);
    } else {
        e = nw_json_new_object(&out);
        e = e == NW_OK ? nw_rows_read(profile, NW_ROWS_SDJWT, payload, out) : e;
    }
    if (e == NW_OK) {
        e = nw_rows_missing(t, profile, NW_ROWS_SDJWT, out, &missing);
    }
    if (e == NW_OK) {
        *record = out;
        *undisclosed = missing;
        return NW_OK;
    }
    nw_json_free(&out);
    return nw_fail(d, e, NW_NO_OFFSET, "reading the profile %s", nw_profile_name(p));
}

static void copy_day(const struct nw_json *v, char out[11])
{
    if (nw_json_text(v) == NULL || !nw_slice_cstr(nw_str(nw_json_text(v)), out, 11)) {
        out[0] = '\0';
    }
}

void nw_profile_register(const struct nw_type *t, enum nw_profile p, const struct nw_json *payload,
                         struct nw_register_fields *out)
{
    const struct nw_profile_data *profile = nw_type_profile(t, p);
    memset(out, 0, sizeof *out);
    for (size_t i = 0; profile != NULL && i < profile->row_n; i++) {
        const struct nw_row *r = &profile->row[i];
        if (r->reg == NW_REGISTER_ISSUED_ON) {
            copy_day(nw_json_path(payload, r->as), out->issued_on);
        } else if (r->reg == NW_REGISTER_DOCUMENT_EXPIRY) {
            copy_day(nw_json_path(payload, r->as), out->document_expiry);
        }
    }
}
