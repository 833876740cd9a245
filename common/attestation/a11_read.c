/* A11 map -> partial record. Types, ranges and texts are checked here, once, by the claims that the
 * entries name; nothing that fails is handed out. */
#include "attestation/type_internal.h"
#include "base/date.h"
#include "base/limits.h"
#include "base/unicode.h"
#include "cbor/cbor.h"

#include <stdlib.h>
#include <string.h>

struct reader {
    struct nw_cbor in;
    int level;
    struct nw_diag *d;
    char path[NW_TYPE_PATH]; /* of the element that is being read */
};

static enum nw_err read_entry(struct reader *r, const struct nw_a11_entry *e, struct nw_json *to);

static enum nw_err refuse(struct reader *r, enum nw_err e, const struct nw_a11_entry *entry,
                          const char *what)
{
    char at[NW_TYPE_PATH];
    nw_path_member(at, sizeof at, r->path, entry->claim == NULL ? "" : entry->claim);
    return nw_fail_at(r->d, e, at, "%s", what);
}

/* The record keeps what a plain entry read: below its claim, or as the next element. */
static enum nw_err keep(const struct nw_a11_entry *e, struct nw_json *to, struct nw_json **v)
{
    enum nw_err err = e->claim == NULL ? nw_json_append(to, v) : nw_tree_put(to, e->claim, v);
    nw_json_free(v);
    return err;
}

static enum nw_err keep_text(const struct nw_a11_entry *e, struct nw_json *to, struct nw_slice s)
{
    struct nw_json *v = NULL;
    enum nw_err err = nw_json_new_text(s, &v);
    return err == NW_OK ? keep(e, to, &v) : err;
}

static enum nw_err check_text(struct reader *r, const struct nw_a11_entry *e, struct nw_slice s)
{
    size_t off = 0;
    if (s.n > NW_MAX_A11_STRING) {
        return refuse(r, NW_ERR_TEXT_LENGTH, e, "at most 256 bytes");
    }
    if (!nw_utf8_valid(s, &off)) {
        return refuse(r, NW_ERR_UTF8, e, "a text");
    }
    if (!nw_text_is_clean(s) || memchr(s.p == NULL ? (const uint8_t *)"" : s.p, 0, s.n) != NULL) {
        return refuse(r, NW_ERR_TEXT_CONTROL, e, "a text");
    }
    return nw_text_is_nfc(s) ? NW_OK : refuse(r, NW_ERR_CLAIM_RANGE, e, "normal form C is wanted");
}

static enum nw_err read_text(struct reader *r, const struct nw_a11_entry *e, struct nw_json *to)
{
    if (nw_cbor_peek(&r->in) != NW_CBOR_TEXT) {
        return refuse(r, NW_ERR_CLAIM_TYPE, e, "a text is wanted");
    }
    struct nw_slice s = nw_cbor_text(&r->in);
    enum nw_err err = check_text(r, e, s);
    if (err == NW_OK && e->node->kind == NW_NODE_CODE) {
        char code[17];
        if (!nw_slice_cstr(s, code, sizeof code) || !nw_codes_has(e->node->codes, code)) {
            return refuse(r, NW_ERR_CLAIM_RANGE, e, "a code of its list is wanted");
        }
    }
    return err == NW_OK ? keep_text(e, to, s) : err;
}

static enum nw_err read_days(struct reader *r, const struct nw_a11_entry *e, struct nw_json *to)
{
    static const int64_t first = -25567, last = 84005; /* 1900-01-01, 2199-12-31 */
    char text[NW_DATE_TEXT];
    enum nw_cbor_kind kind = nw_cbor_peek(&r->in);
    if (kind == NW_CBOR_UINT || kind == NW_CBOR_NINT) {
        int64_t days = nw_cbor_int(&r->in);
        if (nw_cbor_err(&r->in) != NW_OK || days < first || days > last) {
            return refuse(r, NW_ERR_CLAIM_RANGE, e, "a day from 1900 to 2199 is wanted");
        }
        nw_date_format(days, text);
        return keep_text(e, to, nw_str(text));
    }
    if (kind != NW_CBOR_TEXT || !e->node->partial) {
        return refuse(r, NW_ERR_CLAIM_TYPE, e, "days since 1970-01-01 are wanted");
    }
    struct nw_slice s = nw_cbor_text(&r->in);
    if (!nw_slice_cstr(s, text, sizeof text) || !nw_date_is_partial(text)) {
        return refuse(r, NW_ERR_CLAIM_RANGE, e, "a date whose day is not known is wanted");
    }
    return keep_text(e, to, s);
}

/* 1 -> "01": the code of the list with that number. */
static enum nw_err read_number(struct reader *r, const struct nw_a11_entry *e, struct nw_json *to)
{
    if (nw_cbor_peek(&r->in) != NW_CBOR_UINT) {
        return refuse(r, NW_ERR_CLAIM_TYPE, e, "an unsigned integer is wanted");
    }
    uint64_t n = nw_cbor_uint(&r->in);
    const struct nw_codes *codes = e->node->codes;
    for (size_t i = 0; i < codes->n; i++) {
        if (strtoul(codes->v[i].code, NULL, 10) == n) {
            return keep_text(e, to, nw_str(codes->v[i].code));
        }
    }
    return refuse(r, NW_ERR_CLAIM_RANGE, e, "a number of its list is wanted");
}

/* A box that is not ticked leaves no claim: the form knows no "no". */
static enum nw_err read_flags(struct reader *r, const struct nw_a11_entry *e, struct nw_json *to)
{
    if (nw_cbor_peek(&r->in) != NW_CBOR_UINT) {
        return refuse(r, NW_ERR_CLAIM_TYPE, e, "an unsigned integer is wanted");
    }
    uint64_t bits = nw_cbor_uint(&r->in);
    if (bits >> e->bit_n != 0) {
        return refuse(r, NW_ERR_CLAIM_RANGE, e, "there are flags that are not known");
    }
    enum nw_err err = NW_OK;
    for (size_t i = 0; err == NW_OK && i < e->bit_n; i++) {
        struct nw_json *v = NULL;
        if ((bits >> i & 1) != 0) {
            err = nw_json_new_bool(true, &v);
            err = err == NW_OK ? nw_tree_put(to, e->bit[i], &v) : err;
            nw_json_free(&v);
        }
    }
    return err;
}

/* Keys come in ascending order (checked before), as do the entries: one pass over both. */
static enum nw_err read_map(struct reader *r, const struct nw_a11_entry *e, struct nw_json *to)
{
    if (nw_cbor_peek(&r->in) != NW_CBOR_MAP) {
        return refuse(r, NW_ERR_CLAIM_TYPE, e, "a map is wanted");
    }
    size_t pairs = nw_cbor_map(&r->in), next = 0;
    enum nw_err err = NW_OK;
    for (size_t i = 0; err == NW_OK && i < pairs; i++) {
        if (nw_cbor_peek(&r->in) != NW_CBOR_UINT) {
            return refuse(r, NW_ERR_CLAIM_TYPE, e, "keys are unsigned integers");
        }
        int64_t key = nw_cbor_int(&r->in);
        for (; next < e->entry_n && e->entry[next].key < key; next++) {
            if (!e->entry[next].optional) {
                return refuse(r, NW_ERR_CLAIM_MISSING, &e->entry[next], "a member is missing");
            }
        }
        if (next == e->entry_n || e->entry[next].key != key) {
            return refuse(r, NW_ERR_CLAIM_RANGE, e, "there is a key that is not known");
        }
        err = read_entry(r, &e->entry[next++], to);
    }
    for (; err == NW_OK && next < e->entry_n; next++) {
        if (!e->entry[next].optional) {
            return refuse(r, NW_ERR_CLAIM_MISSING, &e->entry[next], "a member is missing");
        }
    }
    return err;
}

static enum nw_err read_members(struct reader *r, const struct nw_a11_entry *v, size_t n,
                                size_t there, struct nw_json *to)
{
    enum nw_err err = NW_OK;
    for (size_t i = 0; err == NW_OK && i < n; i++) {
        if (i < there && (!v[i].optional || nw_cbor_peek(&r->in) != NW_CBOR_NULL)) {
            err = read_entry(r, &v[i], to);
        } else if (i < there) {
            nw_cbor_null(&r->in);
        } else if (!v[i].optional) {
            err = refuse(r, NW_ERR_CLAIM_MISSING, &v[i], "a member is missing");
        }
    }
    return err;
}

static enum nw_err read_tuple(struct reader *r, const struct nw_a11_entry *e, struct nw_json *to)
{
    if (nw_cbor_peek(&r->in) != NW_CBOR_ARRAY) {
        return e->collapse ? read_members(r, e->entry, e->entry_n, 1, to)
                           : refuse(r, NW_ERR_CLAIM_TYPE, e, "an array is wanted");
    }
    size_t there = nw_cbor_array(&r->in);
    bool brief = e->brief_n > 0 && there == e->brief_n;
    const struct nw_a11_entry *v = brief ? e->brief : e->entry;
    size_t n = brief ? e->brief_n : e->entry_n;
    if (there > n || (e->collapse && there < 2)) {
        return refuse(r, NW_ERR_CLAIM_RANGE, e, "the array has not the length it must have");
    }
    return read_members(r, v, n, there, to);
}

/* Elements of an array into `list`; an element that is not plain is an object of its own. */
static enum nw_err read_elements(struct reader *r, const struct nw_a11_entry *item,
                                 struct nw_json *list, const char *path)
{
    size_t n = nw_cbor_array(&r->in);
    enum nw_err err = nw_cbor_err(&r->in);
    for (size_t i = 0; err == NW_OK && i < n; i++) {
        struct nw_json *o = NULL;
        nw_path_index(r->path, sizeof r->path, path, i);
        if (item->kind == NW_A11_TEXT || item->kind == NW_A11_NUMBER) {
            err = read_entry(r, item, list);
            continue;
        }
        err = nw_json_new_object(&o);
        err = err == NW_OK ? read_entry(r, item, o) : err;
        err = err == NW_OK ? nw_json_append(list, &o) : err;
        nw_json_free(&o);
    }
    r->path[0] = '\0';
    return err;
}

static enum nw_err read_list(struct reader *r, const struct nw_a11_entry *e, struct nw_json *to)
{
    struct nw_json *list = NULL;
    struct nw_cbor probe = r->in;
    if (nw_cbor_peek(&r->in) != NW_CBOR_ARRAY) {
        return refuse(r, NW_ERR_CLAIM_TYPE, e, "an array is wanted");
    }
    if (nw_cbor_array(&probe) == 0) {
        return refuse(r, NW_ERR_CLAIM_RANGE, e, "a list that is not empty is wanted");
    }
    enum nw_err err = nw_json_new_array(&list);
    err = err == NW_OK ? read_elements(r, &e->entry[0], list, e->claim) : err;
    err = err == NW_OK ? nw_tree_put(to, e->claim, &list) : err;
    nw_json_free(&list);
    return err;
}

/* Each element learns the key that it stands under. */
static enum nw_err tell_key(const struct nw_a11_entry *e, const struct nw_json *list,
                            const char *key)
{
    enum nw_err err = NW_OK;
    for (const struct nw_json *c = nw_json_first(list); err == NW_OK && c != NULL;
         c = nw_json_next(c)) {
        struct nw_json *v = NULL;
        err = nw_json_new_text(nw_str(key), &v);
        err = err == NW_OK ? nw_tree_put(nw_json_mut(c), e->key_in, &v) : err;
        nw_json_free(&v);
    }
    return err;
}

static enum nw_err read_keyed_value(struct reader *r, const struct nw_a11_entry *e,
                                    struct nw_json *map)
{
    char key[17], path[NW_TYPE_PATH];
    struct nw_json *list = NULL;
    if (nw_cbor_peek(&r->in) != NW_CBOR_TEXT) {
        return refuse(r, NW_ERR_CLAIM_TYPE, e, "keys are codes");
    }
    struct nw_slice s = nw_cbor_text(&r->in);
    if (!nw_slice_cstr(s, key, sizeof key) || !nw_codes_has(e->node->codes, key)) {
        return refuse(r, NW_ERR_CLAIM_RANGE, e, "keys are codes of the list");
    }
    if (nw_cbor_peek(&r->in) != NW_CBOR_ARRAY) {
        return refuse(r, NW_ERR_CLAIM_TYPE, e, "an array is wanted");
    }
    nw_path_member(path, sizeof path, e->claim, key);
    enum nw_err err = nw_json_new_array(&list);
    err = err == NW_OK ? read_elements(r, &e->entry[0], list, path) : err;
    err = err == NW_OK ? tell_key(e, list, key) : err;
    err = err == NW_OK ? nw_json_put(map, key, &list) : err;
    nw_json_free(&list);
    return err;
}

static enum nw_err read_keyed(struct reader *r, const struct nw_a11_entry *e, struct nw_json *to)
{
    struct nw_json *map = NULL;
    if (nw_cbor_peek(&r->in) != NW_CBOR_MAP) {
        return refuse(r, NW_ERR_CLAIM_TYPE, e, "a map is wanted");
    }
    size_t n = nw_cbor_map(&r->in);
    if (n == 0) {
        return refuse(r, NW_ERR_CLAIM_RANGE, e, "a map that is not empty is wanted");
    }
    enum nw_err err = nw_json_new_object(&map);
    for (size_t i = 0; err == NW_OK && i < n; i++) {
        err = read_keyed_value(r, e, map);
    }
    err = err == NW_OK ? nw_tree_put(to, e->claim, &map) : err;
    nw_json_free(&map);
    return err;
}

static enum nw_err read_entry(struct reader *r, const struct nw_a11_entry *e, struct nw_json *to)
{
    switch (e->kind) {
    case NW_A11_LEVEL:
        if (nw_cbor_peek(&r->in) != NW_CBOR_UINT) {
            return refuse(r, NW_ERR_CLAIM_TYPE, e, "profile 1 or 2 is wanted");
        }
        uint64_t level = nw_cbor_uint(&r->in);
        r->level = level == 2 ? 2 : 1;
        return level == 1 || level == 2 ? NW_OK
                                        : refuse(r, NW_ERR_CLAIM_RANGE, e, "profile 1 or 2");
    case NW_A11_TEXT:
        return read_text(r, e, to);
    case NW_A11_DAYS:
        return read_days(r, e, to);
    case NW_A11_NUMBER:
        return read_number(r, e, to);
    case NW_A11_FLAGS:
        return read_flags(r, e, to);
    case NW_A11_MAP:
        return read_map(r, e, to);
    case NW_A11_TUPLE:
        return read_tuple(r, e, to);
    case NW_A11_LIST:
        return read_list(r, e, to);
    case NW_A11_KEYED:
        return read_keyed(r, e, to);
    }
    return NW_ERR_INTERNAL;
}

enum nw_err nw_a11_read(const struct nw_type *t, struct nw_slice cbor, struct nw_json **record,
                        int *level, struct nw_diag *d)
{
    struct nw_json *out = NULL;
    if (t->a11.entry_n == 0) {
        return nw_fail(d, NW_ERR_FORM_UNKNOWN, NW_NO_OFFSET, "the type %s has no A11 form",
                       t->name);
    }
    enum nw_err e = nw_cbor_check(cbor, NW_CBOR_DETERMINISTIC, NW_MAX_A11_DEPTH, d);
    if (e != NW_OK) {
        return e;
    }
    struct reader r = {.in = nw_cbor_open(cbor), .d = d};
    e = nw_json_new_object(&out);
    e = e == NW_OK ? read_entry(&r, &t->a11, out) : e;
    e = e == NW_OK ? nw_cbor_err(&r.in) : e;
    if (e != NW_OK) {
        nw_json_free(&out);
        return nw_fail(d, e, NW_NO_OFFSET, "the A11 map");
    }
    *record = out;
    *level = r.level;
    return NW_OK;
}
