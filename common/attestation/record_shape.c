/* V01 and the other rules about form, driven by the claims tree. */
#include "attestation/type_internal.h"
#include "base/date.h"
#include "base/unicode.h"

#include <stdio.h>
#include <string.h>

struct walk {
    const struct nw_type *t;
    bool partial;
    struct nw_findings *f;
    char path[NW_TYPE_PATH];
};

static void check_value(struct walk *w, const struct nw_node *n, const struct nw_json *v,
                        unsigned depth);

static void wrong(struct walk *w, const char *rule, const char *want)
{
    nw_finding_add(w->f, rule, NW_LEVEL_ERROR, w->path, "%s", want);
}

/* Goes one step down; the caller restores the path with leave(). */
static size_t enter_member(struct walk *w, const char *name)
{
    size_t n = strlen(w->path);
    (void)snprintf(w->path + n, sizeof w->path - n, "%s%s", n == 0 ? "" : ".", name);
    return n;
}

static size_t enter_index(struct walk *w, size_t i)
{
    size_t n = strlen(w->path);
    (void)snprintf(w->path + n, sizeof w->path - n, "[%zu]", i);
    return n;
}

static void leave(struct walk *w, size_t n)
{
    w->path[n] = '\0';
}

static void check_text(struct walk *w, const struct nw_node *n, const struct nw_json *v)
{
    const char *s = nw_json_text(v);
    if (s == NULL) {
        wrong(w, "V01", "a text is wanted");
        return;
    }
    if (!nw_text_is_fit(s)) {
        wrong(w, "V21", "text in normal form C without control or direction characters is wanted");
        return;
    }
    if (n->pattern != NULL && !nw_pattern_match(n->pattern, s)) {
        wrong(w, n->rule, "the text has not the form that is laid down for it");
    }
    if (!n->has_min && !n->has_max) {
        return;
    }
    int64_t length = (int64_t)nw_text_length(nw_str(s));
    if (n->has_min && length < n->min) {
        nw_finding_add(w->f, n->rule, NW_LEVEL_ERROR, w->path,
                       "at least %lld characters are wanted", (long long)n->min);
    }
    if (n->has_max && length > n->max) {
        nw_finding_add(w->f, n->rule, NW_LEVEL_ERROR, w->path, "at most %lld characters are wanted",
                       (long long)n->max);
    }
}

static void check_date(struct walk *w, const struct nw_node *n, const struct nw_json *v)
{
    const char *s = nw_json_text(v);
    int64_t days = 0;
    int year = 0, month = 0, day = 0;
    if (s == NULL) {
        wrong(w, "V01", "a date as text is wanted");
        return;
    }
    if (w->partial &&
        ((n->open != NULL && strcmp(s, n->open) == 0) || (n->partial && nw_date_is_partial(s)))) {
        return;
    }
    if (n->open != NULL && strcmp(s, n->open) == 0) {
        wrong(w, "V02", "a real end date is wanted, not the sign for an open end");
        return;
    }
    if (nw_date_parse(nw_str(s), &days) != NW_OK) {
        wrong(w, "V02", "a day of the calendar as YYYY-MM-DD is wanted");
        return;
    }
    nw_date_split(days, &year, &month, &day);
    if (year < 1900 || year > 2199) {
        wrong(w, "V02", "a year from 1900 to 2199 is wanted");
    }
}

/* PID rulebook 4.1.1: a data URL with a JPEG. */
static void check_image(struct walk *w, const struct nw_json *v)
{
    if (!nw_image_is(nw_json_text(v))) {
        wrong(w, "V01", "a JPEG as " NW_IMAGE_URL "... is wanted");
    }
}

static void check_code(struct walk *w, const struct nw_node *n, const char *code)
{
    if (nw_codes_has(n->codes, code)) {
        return;
    }
    const char *ours = nw_json_text(nw_json_get(n->codes->import, code));
    if (ours != NULL) {
        nw_finding_add(w->f, n->rule, NW_LEVEL_ERROR, w->path, "the code here is %s", ours);
    } else {
        nw_finding_add(w->f, n->rule, NW_LEVEL_ERROR, w->path, "a code of the list %s is wanted",
                       n->codes->name);
    }
}

static void check_int(struct walk *w, const struct nw_node *n, const struct nw_json *v)
{
    int64_t i = 0;
    if (!nw_json_int(v, &i)) {
        wrong(w, "V01", "an integer is wanted");
    } else if ((n->has_min && i < n->min) || (n->has_max && i > n->max)) {
        wrong(w, n->rule, "the number is outside its range");
    }
}

static void check_count(struct walk *w, const struct nw_node *n, size_t count)
{
    if (n->has_min && !w->partial && count < (size_t)n->min) {
        nw_finding_add(w->f, "V01", NW_LEVEL_ERROR, w->path, "at least %lld are wanted",
                       (long long)n->min);
    }
    if (n->has_max && count > (size_t)n->max) {
        nw_finding_add(w->f, "V01", NW_LEVEL_ERROR, w->path, "at most %lld are wanted",
                       (long long)n->max);
    }
}

static void check_array(struct walk *w, const struct nw_node *n, const struct nw_json *v,
                        unsigned depth)
{
    if (nw_json_kind(v) != NW_JSON_ARRAY) {
        wrong(w, "V01", "a list is wanted");
        return;
    }
    check_count(w, n, nw_json_count(v));
    size_t i = 0;
    for (const struct nw_json *c = nw_json_first(v); c != NULL; c = nw_json_next(c)) {
        size_t mark = enter_index(w, i++);
        check_value(w, &n->member[0], c, depth);
        for (const struct nw_json *o = nw_json_first(v); n->unique && o != c; o = nw_json_next(o)) {
            if (nw_json_equal(o, c)) {
                wrong(w, "V01", "each value once");
                break;
            }
        }
        leave(w, mark);
    }
}

/* V11: what an element says about its key. */
static void check_key(struct walk *w, const struct nw_node *n, const char *key,
                      const struct nw_json *list)
{
    size_t i = 0;
    for (const struct nw_json *c = nw_json_first(list); c != NULL; c = nw_json_next(c)) {
        const struct nw_json *said = nw_json_path(c, n->key_in.path);
        size_t mark = enter_index(w, i++);
        if (nw_json_text(said) != NULL && !nw_json_is_text(said, key)) {
            enter_member(w, n->key_in.path);
            nw_finding_add(w->f, n->key_in.rule, NW_LEVEL_ERROR, w->path,
                           "the same code as the key it stands under is wanted");
        }
        leave(w, mark);
    }
}

static void check_map(struct walk *w, const struct nw_node *n, const struct nw_json *v,
                      unsigned depth)
{
    if (nw_json_kind(v) != NW_JSON_OBJECT) {
        wrong(w, "V01", "an object is wanted");
        return;
    }
    check_count(w, n, nw_json_count(v));
    for (const struct nw_json *c = nw_json_first(v); c != NULL; c = nw_json_next(c)) {
        size_t mark = enter_member(w, nw_json_name(c));
        check_code(w, n, nw_json_name(c));
        check_value(w, &n->member[0], c, depth);
        if (n->key_in.path != NULL) {
            check_key(w, n, nw_json_name(c), c);
        }
        leave(w, mark);
    }
}

static void check_links(struct walk *w, const struct nw_node *n, const struct nw_json *v)
{
    size_t there = 0, shown = 0;
    for (size_t i = 0; i < n->one_of_n; i++) {
        there += nw_tree_filled(nw_json_get(v, n->one_of[i]));
        shown += nw_json_get(v, n->one_of[i]) != NULL;
    }
    /* of a partial record only when nothing of it can be hidden */
    if (n->one_of_n > 0 && there == 0 && (!w->partial || shown == n->one_of_n)) {
        nw_finding_add(w->f, "V01", NW_LEVEL_ERROR, w->path, "%s or %s is wanted, and not empty",
                       n->one_of[0], n->one_of[n->one_of_n - 1]);
    }
    there = 0;
    for (size_t i = 0; i < n->together_n; i++) {
        there += nw_json_get(v, n->together[i]) != NULL;
    }
    if (there != 0 && there != n->together_n && !w->partial) {
        nw_finding_add(w->f, n->together_rule, NW_LEVEL_ERROR, w->path,
                       "%s and %s are wanted together", n->together[0], n->together[1]);
    }
    const struct nw_json *code = nw_json_get(v, n->only_with.code == NULL ? "" : n->only_with.code);
    if (n->only_with.member != NULL && nw_json_get(v, n->only_with.member) != NULL &&
        !nw_json_is_text(code, n->only_with.is) && !(w->partial && code == NULL)) {
        size_t mark = enter_member(w, n->only_with.member);
        nw_finding_add(w->f, n->only_with.rule, NW_LEVEL_ERROR, w->path, "only with %s %s",
                       n->only_with.code, n->only_with.is);
        leave(w, mark);
    }
}

static void check_object(struct walk *w, const struct nw_node *n, const struct nw_json *v,
                         unsigned depth)
{
    if (nw_json_kind(v) != NW_JSON_OBJECT) {
        wrong(w, "V01", "an object is wanted");
        return;
    }
    for (size_t i = 0; i < n->member_n && !w->partial; i++) {
        if (n->member[i].required && nw_json_get(v, n->member[i].name) == NULL) {
            size_t mark = enter_member(w, n->member[i].name);
            wrong(w, "V01", "this member is required");
            leave(w, mark);
        }
    }
    for (const struct nw_json *c = nw_json_first(v); c != NULL; c = nw_json_next(c)) {
        const struct nw_node *m = nw_node_member(n, nw_json_name(c));
        size_t mark = enter_member(w, nw_json_name(c));
        if (m == NULL) {
            wrong(w, "V01", "there is no such member in this type");
        } else {
            check_value(w, m, c, depth);
        }
        leave(w, mark);
    }
    check_links(w, n, v);
}

static void check_value(struct walk *w, const struct nw_node *n, const struct nw_json *v,
                        unsigned depth)
{
    bool b = false;
    if (depth == 0) {
        wrong(w, "V01", "the record is nested too deeply");
        return;
    }
    switch (n->kind) {
    case NW_NODE_OBJECT:
        check_object(w, n, v, depth - 1);
        return;
    case NW_NODE_ARRAY:
        check_array(w, n, v, depth - 1);
        return;
    case NW_NODE_MAP:
        check_map(w, n, v, depth - 1);
        return;
    case NW_NODE_TEXT:
        check_text(w, n, v);
        return;
    case NW_NODE_DATE:
        check_date(w, n, v);
        return;
    case NW_NODE_INT:
        check_int(w, n, v);
        return;
    case NW_NODE_IMAGE:
        check_image(w, v);
        return;
    case NW_NODE_BOOL:
        if (!nw_json_bool(v, &b)) {
            wrong(w, "V01", "true or false is wanted");
        }
        return;
    case NW_NODE_CODE:
        if (nw_json_text(v) == NULL) {
            wrong(w, "V01", "a code as text is wanted");
        } else {
            check_code(w, n, nw_json_text(v));
        }
        return;
    }
}

enum nw_err nw_record_shape(const struct nw_type *t, const struct nw_json *record, bool partial,
                            struct nw_findings *f)
{
    struct walk w = {.t = t, .partial = partial, .f = f};
    size_t before = f->n;
    check_value(&w, &t->root, record, NW_TYPE_DEPTH * 2);
    for (size_t i = before; i < f->n; i++) {
        if (f->v[i].level == NW_LEVEL_ERROR) {
            return NW_ERR_RECORD_RULE;
        }
    }
    return NW_OK;
}
