/* Record -> A11 map (docs/PROTOCOL.a11), driven by the type's A11 section. Deterministic: shortest
 * forms, definite lengths, map keys in bytewise order. */
#include "attestation/type_internal.h"
#include "base/date.h"
#include "base/limits.h"
#include "cbor/cbor.h"

#include <stdlib.h>
#include <string.h>

#define MAX_KEYS 256u /* states in one placesOfWork */

struct writer {
    int level;
    struct nw_buf *out;
    struct nw_diag *d;
};

static enum nw_err write_entry(struct writer *w, const struct nw_a11_entry *e,
                               const struct nw_json *from);

static enum nw_err refuse(struct writer *w, enum nw_err e, const struct nw_a11_entry *entry,
                          const char *what)
{
    return nw_fail_at(w->d, e, entry->claim == NULL ? "" : entry->claim, "%s", what);
}

/* The value of a plain entry; an element of a list is its own value. */
static const struct nw_json *value_of(const struct nw_a11_entry *e, const struct nw_json *from)
{
    return nw_tree_get(from, e->claim);
}

/* Whether there is something to write: what is neither there nor needed is left out. */
static bool present(const struct writer *w, const struct nw_a11_entry *e,
                    const struct nw_json *from)
{
    if ((int)e->level > w->level) {
        return false;
    }
    if (!e->optional) {
        return true;
    }
    if (e->claim != NULL) {
        const struct nw_json *v = value_of(e, from);
        return e->kind == NW_A11_LIST ? nw_json_count(v) > 0 : v != NULL;
    }
    for (size_t i = 0; i < e->entry_n; i++) {
        if (e->entry[i].claim != NULL && value_of(&e->entry[i], from) != NULL) {
            return true;
        }
    }
    return false;
}

static enum nw_err write_text(struct writer *w, const struct nw_a11_entry *e,
                              const struct nw_json *from)
{
    const char *s = nw_json_text(value_of(e, from));
    if (s == NULL) {
        return refuse(w, NW_ERR_CLAIM_MISSING, e, "a text is wanted");
    }
    if (strlen(s) > NW_MAX_A11_STRING) {
        return refuse(w, NW_ERR_TEXT_LENGTH, e, "at most 256 bytes");
    }
    if (!nw_text_is_fit(s)) {
        return refuse(w, NW_ERR_TEXT_CONTROL, e, "normal form C without control characters");
    }
    nw_cbor_put_text(w->out, nw_str(s));
    return NW_OK;
}

static enum nw_err write_days(struct writer *w, const struct nw_a11_entry *e,
                              const struct nw_json *from)
{
    const char *s = nw_json_text(value_of(e, from));
    int64_t days = 0;
    if (s != NULL && nw_date_parse(nw_str(s), &days) == NW_OK) {
        nw_cbor_put_int(w->out, days);
        return NW_OK;
    }
    if (s != NULL && e->node->partial && nw_date_is_partial(s)) {
        nw_cbor_put_text(w->out, nw_str(s));
        return NW_OK;
    }
    return refuse(w, s == NULL ? NW_ERR_CLAIM_MISSING : NW_ERR_DATE, e, "a date is wanted");
}

/* "01" -> 1. The codes of a list have one spelling for each number. */
static enum nw_err write_number(struct writer *w, const struct nw_a11_entry *e,
                                const struct nw_json *from)
{
    const char *s = nw_json_text(value_of(e, from));
    if (s == NULL || nw_codes_find(e->node->codes, s) == NULL) {
        return refuse(w, s == NULL ? NW_ERR_CLAIM_MISSING : NW_ERR_CLAIM_RANGE, e,
                      "a code of its list is wanted");
    }
    nw_cbor_put_uint(w->out, strtoul(s, NULL, 10));
    return NW_OK;
}

static enum nw_err write_flags(struct writer *w, const struct nw_a11_entry *e,
                               const struct nw_json *from)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < e->bit_n; i++) {
        bool set = false;
        if (nw_json_bool(nw_json_path(from, e->bit[i]), &set) && set) {
            bits |= (uint64_t)1 << i;
        }
    }
    nw_cbor_put_uint(w->out, bits);
    return NW_OK;
}

static enum nw_err write_map(struct writer *w, const struct nw_a11_entry *e,
                             const struct nw_json *from)
{
    size_t n = 0;
    enum nw_err err = NW_OK;
    for (size_t i = 0; i < e->entry_n; i++) {
        n += present(w, &e->entry[i], from);
    }
    nw_cbor_put_map(w->out, n);
    for (size_t i = 0; err == NW_OK && i < e->entry_n; i++) {
        if (present(w, &e->entry[i], from)) {
            nw_cbor_put_int(w->out, e->entry[i].key);
            err = write_entry(w, &e->entry[i], from);
        }
    }
    return err;
}

/* Missing members in the middle are null, at the end left out; one member that stands alone may be
 * written without its array. */
static enum nw_err write_tuple(struct writer *w, const struct nw_a11_entry *e,
                               const struct nw_json *from)
{
    bool brief = e->brief_n > 0 && w->level == 1;
    const struct nw_a11_entry *v = brief ? e->brief : e->entry;
    size_t n = brief ? e->brief_n : e->entry_n;
    enum nw_err err = NW_OK;
    while (n > 0 && !present(w, &v[n - 1], from)) {
        n--;
    }
    if (e->collapse && n == 1) {
        return write_entry(w, &v[0], from);
    }
    nw_cbor_put_array(w->out, n);
    for (size_t i = 0; err == NW_OK && i < n; i++) {
        if (present(w, &v[i], from)) {
            err = write_entry(w, &v[i], from);
        } else {
            nw_cbor_put_null(w->out);
        }
    }
    return err;
}

static enum nw_err write_array(struct writer *w, const struct nw_a11_entry *item,
                               const struct nw_json *array)
{
    enum nw_err err = NW_OK;
    nw_cbor_put_array(w->out, nw_json_count(array));
    for (const struct nw_json *c = nw_json_first(array); err == NW_OK && c != NULL;
         c = nw_json_next(c)) {
        err = write_entry(w, item, c);
    }
    return err;
}

static enum nw_err write_list(struct writer *w, const struct nw_a11_entry *e,
                              const struct nw_json *from)
{
    const struct nw_json *v = value_of(e, from);
    if (nw_json_kind(v) != NW_JSON_ARRAY || nw_json_count(v) == 0) {
        return refuse(w, NW_ERR_CLAIM_MISSING, e, "a list that is not empty is wanted");
    }
    return write_array(w, &e->entry[0], v);
}

static int by_name(const void *a, const void *b)
{
    const struct nw_json *const *x = a, *const *y = b;
    return strcmp(nw_json_name(*x), nw_json_name(*y));
}

/* Keys of one length each: bytewise order of the encoding is the order of the texts. */
static enum nw_err write_keyed(struct writer *w, const struct nw_a11_entry *e,
                               const struct nw_json *from)
{
    const struct nw_json *v = value_of(e, from), *key[MAX_KEYS];
    size_t n = 0;
    enum nw_err err = NW_OK;
    if (nw_json_kind(v) != NW_JSON_OBJECT || nw_json_count(v) == 0 || nw_json_count(v) > MAX_KEYS) {
        return refuse(w, NW_ERR_CLAIM_MISSING, e, "an object that is not empty is wanted");
    }
    for (const struct nw_json *c = nw_json_first(v); c != NULL; c = nw_json_next(c)) {
        if (nw_codes_find(e->node->codes, nw_json_name(c)) == NULL) {
            return refuse(w, NW_ERR_CLAIM_RANGE, e, "keys are codes of the list");
        }
        key[n++] = c;
    }
    /* An array of pointers is meant. NOLINTNEXTLINE(bugprone-sizeof-expression) */
    qsort(key, n, sizeof key[0], by_name);
    nw_cbor_put_map(w->out, n);
    for (size_t i = 0; err == NW_OK && i < n; i++) {
        nw_cbor_put_text(w->out, nw_str(nw_json_name(key[i])));
        err = write_array(w, &e->entry[0], key[i]);
    }
    return err;
}

static enum nw_err write_entry(struct writer *w, const struct nw_a11_entry *e,
                               const struct nw_json *from)
{
    switch (e->kind) {
    case NW_A11_LEVEL:
        nw_cbor_put_uint(w->out, (uint64_t)w->level);
        return NW_OK;
    case NW_A11_TEXT:
        return write_text(w, e, from);
    case NW_A11_DAYS:
        return write_days(w, e, from);
    case NW_A11_NUMBER:
        return write_number(w, e, from);
    case NW_A11_FLAGS:
        return write_flags(w, e, from);
    case NW_A11_MAP:
        return write_map(w, e, from);
    case NW_A11_TUPLE:
        return write_tuple(w, e, from);
    case NW_A11_LIST:
        return write_list(w, e, from);
    case NW_A11_KEYED:
        return write_keyed(w, e, from);
    }
    return NW_ERR_INTERNAL;
}

enum nw_err nw_a11_write(const struct nw_type *t, const struct nw_json *record, int level,
                         struct nw_buf *cbor, struct nw_diag *d)
{
    struct writer w = {.level = level, .out = cbor, .d = d};
    if (t->a11.entry_n == 0) {
        return nw_fail(d, NW_ERR_FORM_UNKNOWN, NW_NO_OFFSET, "the type %s has no A11 form",
                       t->name);
    }
    if (level != 1 && level != 2) {
        return nw_fail(d, NW_ERR_USAGE, NW_NO_OFFSET, "profile 1 (inspection) or 2 (full)");
    }
    size_t before = cbor->n;
    enum nw_err e = write_entry(&w, &t->a11, record);
    if (e == NW_OK) {
        e = nw_buf_err(cbor);
    }
    if (e != NW_OK && nw_buf_err(cbor) == NW_OK) {
        nw_buf_cut(cbor, before);
    }
    return e;
}
