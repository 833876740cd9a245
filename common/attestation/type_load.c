/* Loading type files: the arena, the small readers, the top level of a file. Strict: a member that
 * the format does not know is an error, so that a misspelt rule is not silently absent. */
#include "attestation/embedded.h"
#include "attestation/type_internal.h"
#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

#define ARENA_BLOCK 16384u

struct nw_arena_block {
    struct nw_arena_block *next;
    size_t used, cap;
    max_align_t data[];
};

static struct nw_arena_block *new_block(size_t need)
{
    size_t cap = need > ARENA_BLOCK ? need : ARENA_BLOCK;
    struct nw_arena_block *b = nw_calloc(1, sizeof *b + cap);
    if (b != NULL) {
        b->cap = cap;
    }
    return b;
}

void *nw_types_alloc(struct nw_types *ts, size_t count, size_t size)
{
    size_t need = 0;
    if (!nw_size_mul(count == 0 ? 1 : count, size, &need) || need > NW_MAX_JSON * 4) {
        return NULL;
    }
    need = (need + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    if (ts->arena == NULL || ts->arena->cap - ts->arena->used < need) {
        struct nw_arena_block *b = new_block(need);
        if (b == NULL) {
            return NULL;
        }
        b->next = ts->arena;
        ts->arena = b;
    }
    void *p = (uint8_t *)ts->arena->data + ts->arena->used;
    ts->arena->used += need;
    return p;
}

bool nw_load_fail(struct nw_loader *l, const struct nw_json *at, const char *fmt, ...)
{
    if (l->e == NW_OK) {
        char text[NW_DIAG_DETAIL];
        va_list ap;
        va_start(ap, fmt);
        (void)vsnprintf(text, sizeof text, fmt, ap);
        va_end(ap);
        const char *name = nw_json_name(at);
        l->e = nw_fail_at(l->d, NW_ERR_CONFIG, name == NULL ? "" : name, "type file %s: %s",
                          l->t != NULL && l->t->name != NULL ? l->t->name : "?", text);
    }
    return false;
}

void *nw_load_alloc(struct nw_loader *l, size_t count, size_t size)
{
    void *p = l->e == NW_OK ? nw_types_alloc(l->ts, count, size) : NULL;
    if (p == NULL && l->e == NW_OK) {
        l->e = nw_fail(l->d, NW_ERR_NOMEM, NW_NO_OFFSET, "loading a type file");
    }
    return p;
}

static bool listed(const char *names, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = names; (p = strstr(p, name)) != NULL; p += n) {
        if ((p == names || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0')) {
            return true;
        }
    }
    return false;
}

bool nw_load_only(struct nw_loader *l, const struct nw_json *o, const char *names)
{
    if (nw_json_kind(o) != NW_JSON_OBJECT) {
        return nw_load_fail(l, o, "an object with some of: %s", names);
    }
    for (const struct nw_json *m = nw_json_first(o); m != NULL; m = nw_json_next(m)) {
        if (!listed(names, nw_json_name(m))) {
            return nw_load_fail(l, m, "unknown member; known: %s", names);
        }
    }
    return l->e == NW_OK;
}

const char *nw_load_text(struct nw_loader *l, const struct nw_json *o, const char *name,
                         bool required)
{
    const struct nw_json *m = nw_json_get(o, name);
    if (m == NULL && !required) {
        return NULL;
    }
    if (nw_json_text(m) == NULL) {
        nw_load_fail(l, m == NULL ? o : m, "%s: a text is wanted", name);
        return NULL;
    }
    return nw_json_text(m);
}

bool nw_load_bool(struct nw_loader *l, const struct nw_json *o, const char *name, bool otherwise)
{
    const struct nw_json *m = nw_json_get(o, name);
    bool v = otherwise;
    if (m != NULL && !nw_json_bool(m, &v)) {
        nw_load_fail(l, m, "true or false is wanted");
    }
    return v;
}

bool nw_load_int(struct nw_loader *l, const struct nw_json *o, const char *name, int64_t *out)
{
    const struct nw_json *m = nw_json_get(o, name);
    if (m == NULL) {
        return false;
    }
    if (!nw_json_int(m, out)) {
        return nw_load_fail(l, m, "an integer is wanted");
    }
    return true;
}

struct nw_label nw_load_label(struct nw_loader *l, const struct nw_json *o, const char *name)
{
    const struct nw_json *m = nw_json_get(o, name);
    struct nw_label out = {nw_json_text(nw_json_at(m, 0)), nw_json_text(nw_json_at(m, 1))};
    if (m != NULL && (out.de == NULL || out.en == NULL || nw_json_count(m) != 2)) {
        nw_load_fail(l, m, "a label is [German, English]");
    }
    return out;
}

const char **nw_load_texts(struct nw_loader *l, const struct nw_json *o, const char *name,
                           size_t *n)
{
    const struct nw_json *m = nw_json_get(o, name);
    *n = 0;
    if (m == NULL) {
        return NULL;
    }
    if (nw_json_kind(m) != NW_JSON_ARRAY) {
        nw_load_fail(l, m, "a list of texts is wanted");
        return NULL;
    }
    const char **v = nw_load_alloc(l, nw_json_count(m) + 1, sizeof *v);
    for (const struct nw_json *c = nw_json_first(m); v != NULL && c != NULL; c = nw_json_next(c)) {
        if (nw_json_text(c) == NULL) {
            nw_load_fail(l, m, "a list of texts is wanted");
            return NULL;
        }
        v[(*n)++] = nw_json_text(c);
    }
    return v;
}

/* Paths are checked: one that leads nowhere would leave a rule silently undone. */
static bool load_fields(struct nw_loader *l, const struct nw_json *o)
{
    static const char *const names[NW_FIELD_COUNT] = {
        [NW_FIELD_NUMBER] = "number",
        [NW_FIELD_PERSON] = "person",
        [NW_FIELD_ISSUER] = "issuer",
        [NW_FIELD_ISSUER_NAME] = "issuer_name",
        [NW_FIELD_INSTITUTION] = "institution",
        [NW_FIELD_COUNTRY] = "country",
        [NW_FIELD_START] = "start",
        [NW_FIELD_END] = "end",
        [NW_FIELD_ISSUED] = "issued",
        [NW_FIELD_EXPIRY] = "expiry",
    };
    const struct nw_json *fields = nw_json_get(o, "fields");
    if (fields != NULL && !nw_load_only(l, fields,
                                        "number person issuer issuer_name institution country "
                                        "start end issued expiry")) {
        return false;
    }
    for (size_t i = 0; i < NW_FIELD_COUNT; i++) {
        const char *path = nw_load_text(l, fields, names[i], false);
        if (path != NULL && nw_node_path(&l->t->root, path) == NULL) {
            return nw_load_fail(l, nw_json_get(fields, names[i]), "there is no claim %s", path);
        }
        l->t->field[i] = path;
    }
    size_t n = 0;
    l->t->needed = nw_load_texts(l, o, "needed", &n);
    for (size_t i = 0; i < n; i++) {
        if (nw_node_path(&l->t->root, l->t->needed[i]) == NULL) {
            return nw_load_fail(l, nw_json_get(o, "needed"), "there is no claim %s",
                                l->t->needed[i]);
        }
    }
    if (l->t->needed == NULL) {
        l->t->needed = nw_load_alloc(l, 1, sizeof *l->t->needed);
    }
    return l->e == NW_OK;
}

static bool load_type(struct nw_loader *l, const struct nw_json *o)
{
    struct nw_type *t = l->t;
    t->name = nw_load_text(l, o, "name", true);
    int64_t format = 0;
    nw_load_int(l, o, "format", &format);
    if (format != 1) {
        return nw_load_fail(l, o, "format 1 is wanted");
    }
    nw_load_only(l, o,
                 "format name label short description category envelope fields needed codes "
                 "shapes claims profiles a11 rules");
    t->short_name = nw_load_text(l, o, "short", false);
    t->short_name = t->short_name == NULL ? t->name : t->short_name;
    t->category = nw_load_text(l, o, "category", false);
    t->label = nw_load_label(l, o, "label");
    t->description = nw_load_label(l, o, "description");
    t->envelope = nw_load_texts(l, o, "envelope", &t->envelope_n);
    l->shapes = nw_json_get(o, "shapes");
    return l->e == NW_OK && nw_load_codes(l, nw_json_get(o, "codes"), &t->codes, &t->codes_n) &&
           nw_load_claims(l, nw_json_get(o, "claims")) && load_fields(l, o) &&
           nw_load_profiles(l, nw_json_get(o, "profiles")) &&
           nw_load_a11(l, nw_json_get(o, "a11")) && nw_load_rules(l, nw_json_get(o, "rules"));
}

/* Parses a file and keeps the tree with ts: strings of the type point into it. */
static enum nw_err keep_document(struct nw_types *ts, struct nw_slice file,
                                 const struct nw_json **out, struct nw_diag *d)
{
    /* An array of pointers is meant. NOLINTNEXTLINE(bugprone-sizeof-expression) */
    struct nw_json **grown = nw_realloc(ts->doc, (ts->doc_n + 1) * sizeof *grown);
    if (grown == NULL) {
        return nw_fail(d, NW_ERR_NOMEM, NW_NO_OFFSET, "loading a type file");
    }
    ts->doc = grown;
    ts->doc[ts->doc_n] = NULL;
    enum nw_err e = nw_json_parse(file, &ts->doc[ts->doc_n], d);
    if (e == NW_OK) {
        *out = ts->doc[ts->doc_n++];
    }
    return e;
}

static enum nw_err load_shared_codes(struct nw_types *ts, struct nw_slice file, struct nw_diag *d)
{
    const struct nw_json *o = NULL;
    enum nw_err e = keep_document(ts, file, &o, d);
    if (e != NW_OK) {
        return e;
    }
    struct nw_loader l = {.ts = ts, .d = d};
    if (nw_load_only(&l, o, "format codes")) {
        nw_load_codes(&l, nw_json_get(o, "codes"), &ts->shared, &ts->shared_n);
    }
    return l.e;
}

enum nw_err nw_types_load_file(struct nw_types *ts, struct nw_slice file, struct nw_diag *d)
{
    const struct nw_json *o = NULL;
    enum nw_err e = keep_document(ts, file, &o, d);
    if (e != NW_OK) {
        return e;
    }
    struct nw_type *grown = nw_realloc(ts->v, (ts->n + 1) * sizeof *grown);
    if (grown == NULL) {
        return nw_fail(d, NW_ERR_NOMEM, NW_NO_OFFSET, "loading a type file");
    }
    ts->v = grown;
    memset(&ts->v[ts->n], 0, sizeof ts->v[ts->n]);
    struct nw_loader l = {.ts = ts, .t = &ts->v[ts->n], .d = d};
    if (!load_type(&l, o)) {
        return l.e == NW_OK ? nw_fail(d, NW_ERR_INTERNAL, NW_NO_OFFSET, "loading a type file")
                            : l.e;
    }
    ts->n++;
    return NW_OK;
}

enum nw_err nw_types_load(struct nw_types **out, struct nw_diag *d)
{
    struct nw_types *ts = nw_calloc(1, sizeof *ts);
    if (ts == NULL) {
        return nw_fail(d, NW_ERR_NOMEM, NW_NO_OFFSET, "loading the type files");
    }
    enum nw_err e = NW_OK;
    for (size_t i = 0; i < nw_embedded_codes_n && e == NW_OK; i++) {
        e = load_shared_codes(ts, nw_slice(nw_embedded_codes[i].p, *nw_embedded_codes[i].n), d);
    }
    for (size_t i = 0; i < nw_embedded_types_n && e == NW_OK; i++) {
        e = nw_types_load_file(ts, nw_slice(nw_embedded_types[i].p, *nw_embedded_types[i].n), d);
    }
    if (e != NW_OK) {
        nw_types_free(&ts);
        return e;
    }
    *out = ts;
    return NW_OK;
}

static void free_extra(struct nw_codes *codes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < codes[i].extra_n; k++) {
            nw_free(codes[i].extra[k]);
        }
        nw_free(codes[i].extra);
    }
}

void nw_types_free(struct nw_types **t)
{
    struct nw_types *ts = *t;
    if (ts == NULL) {
        return;
    }
    *t = NULL;
    free_extra(ts->shared, ts->shared_n);
    for (size_t i = 0; i < ts->n; i++) {
        free_extra(ts->v[i].codes, ts->v[i].codes_n);
    }
    for (size_t i = 0; i < ts->doc_n; i++) {
        nw_json_free(&ts->doc[i]);
    }
    while (ts->arena != NULL) {
        struct nw_arena_block *next = ts->arena->next;
        nw_free(ts->arena);
        ts->arena = next;
    }
    nw_free(ts->doc);
    nw_free(ts->v);
    nw_free(ts);
}
