/* Record -> claims of a profile. What the rows do not carry is named. */
#include "attestation/type_internal.h"
#include "base/unicode.h"

#include <stdio.h>
#include <string.h>

struct writer {
    const struct nw_type *t;
    const struct nw_profile_data *p;
    enum nw_row_part part;
    const struct nw_json *record;
    const struct nw_register_fields *reg;
    struct nw_findings *losses;
    bool refused;
};

static enum nw_err write_rows(struct writer *w, const struct nw_row *rows, size_t n,
                              const struct nw_json *from, const char *path, struct nw_json *to);

bool nw_row_in(const struct nw_row *r, enum nw_row_part part)
{
    switch (part) {
    case NW_ROWS_FIRST:
        return !r->sdjwt_only && !r->second;
    case NW_ROWS_SECOND:
        return r->second;
    case NW_ROWS_MDOC:
        return !r->sdjwt_only;
    case NW_ROWS_SDJWT:
    default:
        return !r->mdoc_only;
    }
}

/* Hands *value to the tree, or frees it. */
static enum nw_err put(struct nw_json *to, const char *as, struct nw_json **value)
{
    enum nw_err e = nw_tree_put(to, as, value);
    nw_json_free(value);
    return e;
}

static enum nw_err put_text(struct nw_json *to, const char *as, const char *text)
{
    struct nw_json *v = NULL;
    enum nw_err e = nw_json_new_text(nw_str(text), &v);
    return e == NW_OK ? put(to, as, &v) : e;
}

/* A text longer or shorter than the profile allows cannot be cut: the profile is not possible. */
static void check_length(struct writer *w, const struct nw_row *r, const struct nw_json *v,
                         const char *path)
{
    const char *s = nw_json_text(v);
    if (s == NULL || (!r->has_min && !r->has_max)) {
        return;
    }
    int64_t n = (int64_t)nw_text_length(nw_str(s));
    if ((r->has_min && n < r->min) || (r->has_max && n > r->max)) {
        nw_finding_add(w->losses, "", NW_LEVEL_ERROR, path,
                       "the profile %s takes %lld to %lld characters here",
                       nw_profile_name(w->p->id), (long long)r->min, (long long)r->max);
        w->refused = true;
    }
}

static enum nw_err write_value(struct writer *w, const struct nw_row *r, const struct nw_json *v,
                               const char *path, struct nw_json *to)
{
    struct nw_json *copy = NULL;
    check_length(w, r, v, path);
    enum nw_err e = nw_json_dup(v, &copy);
    return e == NW_OK ? put(to, r->as, &copy) : e;
}

static enum nw_err append_item(struct writer *w, const struct nw_row *r, const struct nw_json *item,
                               const char *path, struct nw_json *list)
{
    struct nw_json *o = NULL;
    struct writer inside = *w; /* name spaces mean nothing in a list */
    inside.part = w->part == NW_ROWS_SDJWT ? w->part : NW_ROWS_MDOC;
    enum nw_err e = nw_json_new_object(&o);
    if (e == NW_OK) {
        e = write_rows(&inside, r->each, r->each_n, item, path, o);
        w->refused = w->refused || inside.refused;
    }
    if (e == NW_OK) {
        e = nw_json_append(list, &o);
    }
    nw_json_free(&o);
    return e;
}

static enum nw_err append_items(struct writer *w, const struct nw_row *r,
                                const struct nw_json *array, const char *path, struct nw_json *list)
{
    enum nw_err e = NW_OK;
    size_t i = 0;
    for (const struct nw_json *c = nw_json_first(array); e == NW_OK && c != NULL;
         c = nw_json_next(c)) {
        char at[NW_TYPE_PATH];
        nw_path_index(at, sizeof at, path, i++);
        e = append_item(w, r, c, at, list);
    }
    return e;
}

/* An array, or a map of arrays in one row after the other. Empty lists are left out: where an empty
 * value has a meaning, a row of its own carries it. */
static enum nw_err write_list(struct writer *w, const struct nw_row *r, const struct nw_json *v,
                              const char *path, struct nw_json *to)
{
    struct nw_json *list = NULL;
    enum nw_err e = nw_json_new_array(&list);
    if (e == NW_OK && r->key == NULL) {
        e = append_items(w, r, v, path, list);
    }
    for (const struct nw_json *c = r->key == NULL ? NULL : nw_json_first(v);
         e == NW_OK && c != NULL; c = nw_json_next(c)) {
        char at[NW_TYPE_PATH];
        nw_path_member(at, sizeof at, path, nw_json_name(c));
        e = append_items(w, r, c, at, list);
    }
    if (e == NW_OK && nw_json_count(list) > 0) {
        e = nw_tree_put(to, r->as, &list);
    }
    nw_json_free(&list);
    return e;
}

static enum nw_err append_key(const struct nw_row *r, const char *key, struct nw_json *list)
{
    struct nw_json *o = NULL;
    enum nw_err e = nw_json_new_object(&o);
    if (e == NW_OK) {
        e = nw_json_put_text(o, r->key_as, key);
    }
    if (e == NW_OK) {
        e = nw_json_append(list, &o);
    }
    nw_json_free(&o);
    return e;
}

/* The keys without elements: all as a list of objects, or the first as a text. */
static enum nw_err write_empty(struct writer *w, const struct nw_row *r, const struct nw_json *v,
                               const char *path, struct nw_json *to)
{
    struct nw_json *list = NULL;
    bool one = false;
    enum nw_err e = nw_json_new_array(&list);
    for (const struct nw_json *c = nw_json_first(v); e == NW_OK && c != NULL; c = nw_json_next(c)) {
        if (nw_json_count(c) > 0) {
            continue;
        }
        if (!r->empty_one) {
            e = append_key(r, nw_json_name(c), list);
        } else if (!one) {
            one = true;
            e = put_text(to, r->as, nw_json_name(c));
        } else {
            char at[NW_TYPE_PATH];
            nw_path_member(at, sizeof at, path, nw_json_name(c));
            nw_finding_add(w->losses, "", NW_LEVEL_WARN, at,
                           "the profile %s carries one state without fixed place only",
                           nw_profile_name(w->p->id));
        }
    }
    if (e == NW_OK && nw_json_count(list) > 0) {
        if (r->exclusive != NULL && nw_json_path(to, r->exclusive) != NULL) {
            nw_finding_add(w->losses, "", NW_LEVEL_WARN, path,
                           "the profile %s does not foresee %s beside %s",
                           nw_profile_name(w->p->id), r->as, r->exclusive);
        }
        e = nw_tree_put(to, r->as, &list);
    }
    nw_json_free(&list);
    return e;
}

static enum nw_err write_register(struct writer *w, const struct nw_row *r, struct nw_json *to)
{
    const char *v = "";
    if (w->reg != NULL && r->reg == NW_REGISTER_ISSUED_ON) {
        v = w->reg->issued_on;
    } else if (w->reg != NULL && r->reg == NW_REGISTER_DOCUMENT_EXPIRY) {
        v = w->reg->document_expiry;
    } else if (w->reg != NULL && r->reg == NW_REGISTER_LEGAL_CATEGORY) {
        v = w->reg->legal_category;
    }
    if (v[0] == '\0' && r->fallback != NULL) {
        v = nw_json_text(nw_json_path(w->record, r->fallback));
    }
    if (v == NULL || v[0] == '\0') {
        if (r->required) {
            nw_finding_add(w->losses, "", NW_LEVEL_ERROR, r->as,
                           "the profile %s wants this from the register",
                           nw_profile_name(w->p->id));
            w->refused = true;
        }
        return NW_OK;
    }
    return put_text(to, r->as, v);
}

static enum nw_err write_row(struct writer *w, const struct nw_row *r, const struct nw_json *from,
                             const char *path, struct nw_json *to)
{
    char at[NW_TYPE_PATH];
    if (r->reg != NW_REGISTER_NONE) {
        return write_register(w, r, to);
    }
    const struct nw_json *v = nw_tree_get(from, r->claim);
    nw_path_member(at, sizeof at, path, r->claim);
    if (v == NULL) {
        if (r->required) {
            nw_finding_add(w->losses, "", NW_LEVEL_ERROR, at, "the profile %s wants this claim",
                           nw_profile_name(w->p->id));
            w->refused = true;
        }
        return NW_OK;
    }
    if (r->empty) {
        return write_empty(w, r, v, at, to);
    }
    return r->each_n > 0 ? write_list(w, r, v, at, to) : write_value(w, r, v, at, to);
}

static enum nw_err write_rows(struct writer *w, const struct nw_row *rows, size_t n,
                              const struct nw_json *from, const char *path, struct nw_json *to)
{
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < n; i++) {
        if (nw_row_in(&rows[i], w->part)) {
            e = write_row(w, &rows[i], from, path, to);
        }
    }
    return e;
}

enum carries { CARRIES_NOT, CARRIES_PART, CARRIES_ALL };

/* Whether rows carry the claim at `path` (relative to them). */
static enum carries rows_carry(const struct nw_row *rows, size_t n, enum nw_row_part part,
                               const char *path)
{
    enum carries best = CARRIES_NOT;
    size_t len = strlen(path);
    for (size_t i = 0; i < n; i++) {
        const char *c = rows[i].claim;
        if (c == NULL || !nw_row_in(&rows[i], part)) {
            continue;
        }
        size_t have = strlen(c);
        if (strncmp(c, path, have) == 0 && (path[have] == '\0' || path[have] == '.')) {
            if (rows[i].each_n == 0 && !rows[i].empty) {
                return CARRIES_ALL;
            }
            best = CARRIES_PART;
        } else if (len < have && strncmp(c, path, len) == 0 && c[len] == '.') {
            best = CARRIES_PART;
        }
    }
    return best;
}

static void find_losses(struct writer *w, const struct nw_row *rows, size_t n,
                        const struct nw_json *from, const char *relative, const char *path,
                        unsigned depth);

/* One line per claim of the type, not per element: "employmentSituations[].typeOfID". */
static void lose(struct writer *w, const char *path)
{
    for (size_t i = 0; i < w->losses->n; i++) {
        if (w->losses->v[i].rule[0] == '\0' && strcmp(w->losses->v[i].path, path) == 0) {
            return;
        }
    }
    nw_finding_add(w->losses, "", NW_LEVEL_WARN, path, "the profile %s does not carry this",
                   nw_profile_name(w->p->id));
}

/* Elements below a row with `each`. */
static void find_item_losses(struct writer *w, const struct nw_row *r, const struct nw_json *v,
                             const char *path, unsigned depth)
{
    char at[NW_TYPE_PATH];
    for (const struct nw_json *c = nw_json_first(v); c != NULL; c = nw_json_next(c)) {
        if (r->key != NULL && nw_json_name(c) != NULL) {
            nw_path_member(at, sizeof at, path, "*");
            find_item_losses(w, r, c, at, depth);
        } else {
            (void)snprintf(at, sizeof at, "%s[]", path);
            find_losses(w, r->each, r->each_n, c, "", at, depth);
        }
    }
}

static void find_losses(struct writer *w, const struct nw_row *rows, size_t n,
                        const struct nw_json *from, const char *relative, const char *path,
                        unsigned depth)
{
    char at[NW_TYPE_PATH], below[NW_TYPE_PATH];
    for (const struct nw_json *c = nw_json_first(from); depth > 0 && c != NULL;
         c = nw_json_next(c)) {
        nw_path_member(below, sizeof below, relative, nw_json_name(c));
        nw_path_member(at, sizeof at, path, nw_json_name(c));
        enum carries carried = rows_carry(rows, n, w->part, below);
        if (carried == CARRIES_NOT) {
            lose(w, at);
            continue;
        }
        const struct nw_row *each = NULL;
        for (size_t i = 0; i < n; i++) {
            if (rows[i].claim != NULL && rows[i].each_n > 0 && strcmp(rows[i].claim, below) == 0) {
                each = &rows[i];
            }
        }
        if (carried == CARRIES_PART && each != NULL) {
            find_item_losses(w, each, c, at, depth - 1);
        } else if (carried == CARRIES_PART) {
            find_losses(w, rows, n, c, below, at, depth - 1);
        }
    }
}

void nw_rows_losses(const struct nw_type *t, const struct nw_profile_data *p, enum nw_row_part part,
                    const struct nw_json *record, struct nw_findings *losses)
{
    struct writer w = {.t = t, .p = p, .part = part, .record = record, .losses = losses};
    find_losses(&w, p->row, p->row_n, record, "", "", NW_TYPE_DEPTH);
}

enum nw_err nw_rows_write(const struct nw_type *t, const struct nw_profile_data *p,
                          enum nw_row_part part, const struct nw_json *record,
                          const struct nw_register_fields *reg, struct nw_json **claims,
                          struct nw_findings *losses)
{
    struct writer w = {
        .t = t, .p = p, .part = part, .record = record, .reg = reg, .losses = losses};
    struct nw_json *out = NULL;
    enum nw_err e = nw_json_new_object(&out);
    if (e == NW_OK) {
        e = write_rows(&w, p->row, p->row_n, record, "", out);
    }
    if (e == NW_OK && w.refused) {
        e = NW_ERR_PROFILE_LOSS;
    }
    if (e != NW_OK) {
        nw_json_free(&out);
        return e;
    }
    *claims = out;
    return NW_OK;
}

enum nw_err nw_profile_write(const struct nw_type *t, enum nw_profile p,
                             const struct nw_json *record, const struct nw_register_fields *reg,
                             struct nw_json **claims, struct nw_findings *losses)
{
    const struct nw_profile_data *profile = nw_type_profile(t, p);
    struct nw_json *out = NULL;
    if (profile == NULL || !profile->write) {
        nw_finding_add(losses, "", NW_LEVEL_ERROR, "", "the type %s is not written as %s", t->name,
                       nw_profile_name(p));
        return NW_ERR_PROFILE_LOSS;
    }
    if (profile->canonical) {
        return nw_json_dup(record, claims);
    }
    enum nw_err e = nw_rows_write(t, profile, NW_ROWS_SDJWT, record, reg, &out, losses);
    nw_rows_losses(t, profile, NW_ROWS_SDJWT, record, losses);
    if (e == NW_OK) {
        *claims = out;
    }
    return e;
}
