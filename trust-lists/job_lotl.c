/*
 * A source that is the EU list of lists: the way from the Official Journal to
 * it, and the national lists below it. One broken national list never stops
 * the others; without the list of lists nothing of the source counts.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cache.h"

/* Its slices are in use from here on; the tree is not. */
static enum nw_err keep_list(struct tl_job *j, struct tsl **l)
{
    void *v = j->xml;
    enum nw_err e = tl_grow(&v, j->xml_n, sizeof(struct tsl *));
    j->xml = v;
    if (e == NW_OK) {
        tsl_drop_tree(*l);
        j->xml[j->xml_n++] = *l;
        *l = NULL;
    }
    return e;
}

struct batch { /* the national lists of one source */
    const struct nw_json *source;
    const char *name;
    const struct tsl *lotl;
    int64_t grace;
    bool test;
};

static enum nw_err claimed_territory(struct nw_slice file, char out[3], struct nw_diag *d)
{
    const struct tsl_policy any = {0};
    struct tsl *l = nw_calloc(1, sizeof *l);
    enum nw_err e = l != NULL ? tsl_read(file, &any, l, d) : NW_ERR_NOMEM;
    if (e == NW_OK) {
        tsl_claimed_territory(l, out);
    }
    tsl_free(&l);
    return e;
}

static bool source_is_there(const struct tl_job *j, const char *name)
{
    for (size_t i = 0; i < j->source_n; i++) {
        if (nw_slice_is(j->sources[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* One national list: whose it is, who may have signed it, what is remembered of it. */
struct national_file {
    struct nw_slice bytes;
    char name[80];
    struct tsl_policy policy;
    struct lote_seen seen;
    uint8_t key[NW_SHA256_BYTES];
};

/* Everything that follows from the territory, which must be one of the list of lists. */
static enum nw_err set_territory(struct tl_job *j, const struct batch *b, const char *territory,
                                 struct national_file *f, struct nw_diag *d)
{
    f->policy = (struct tsl_policy){.now = j->now, .grace = b->grace};
    enum nw_err e = tsl_lotl_names(b->lotl, territory, &f->policy, d);
    if (e != NW_OK) {
        return e;
    }
    (void)snprintf(f->name, sizeof f->name, "%s/%s", b->name, f->policy.territory);
    if (source_is_there(j, f->name)) {
        return nw_fail_at(d, NW_ERR_TSL_TERRITORY, "SchemeTerritory", "a second list of %s",
                          f->policy.territory);
    }
    f->policy.seen = tl_state_seen(j->state, f->name, &f->seen) ? &f->seen : NULL;
    const struct nw_slice head[] = {nw_str("national"), nw_str(f->policy.territory), f->bytes};
    const size_t head_n = sizeof head / sizeof head[0];
    struct nw_slice *parts = nw_calloc(head_n + f->policy.pin_n, sizeof *parts);
    if (parts == NULL) {
        return NW_ERR_NOMEM;
    }
    memcpy(parts, head, sizeof head);
    memcpy(parts + head_n, f->policy.pins, f->policy.pin_n * sizeof *parts);
    e = tl_cache_key(j, parts, head_n + f->policy.pin_n, f->key);
    nw_free(parts);
    return e;
}

/* As a list that the last run has read, if it is one. */
static enum nw_err unchanged_national(struct tl_job *j, const struct batch *b,
                                      struct national_file *f, bool *used)
{
    char room[80];
    const char *name = tl_cache_name(j, b->name, f->bytes, room);
    *used = false;
    if (name == NULL) {
        return NW_OK;
    }
    enum nw_err e = set_territory(j, b, name + strlen(b->name) + 1, f, NULL);
    if (e != NW_OK) {
        return nw_err_is_ours(e) ? e : NW_OK; /* reading it says what is wrong */
    }
    return tl_cache_use(j, f->name, f->key, b->test, NULL, used);
}

static enum nw_err open_national(struct tl_job *j, const struct batch *b, struct national_file *f,
                                 struct tsl **out, struct nw_diag *d)
{
    char territory[3] = "";
    struct nw_checks *checks = nw_calloc(1, sizeof *checks);
    enum nw_err e = checks != NULL ? claimed_territory(f->bytes, territory, d) : NW_ERR_NOMEM;
    if (e == NW_OK) {
        e = set_territory(j, b, territory, f, d);
    }
    if (e == NW_OK) {
        e = tsl_open(j->c, f->bytes, &f->policy, out, checks, d);
    }
    nw_free(checks);
    return e;
}

/* What follows its next update depends on the clock: the entry ends there. */
static int64_t good_until(const struct tsl *l)
{
    return l->next_update != 0 ? l->next_update : INT64_MAX;
}

static enum nw_err take_national(struct tl_job *j, const struct batch *b,
                                 const struct national_file *f, struct tsl **l)
{
    struct tsl *kept = *l;
    struct tl_mark mark = tl_cache_mark(j);
    enum nw_err e = keep_list(j, l);
    if (e == NW_OK) {
        e = tl_job_national(j, f->name, kept, b->test);
    }
    return e == NW_OK ? tl_cache_add(j, &mark, f->key, kept->signed_at, good_until(kept),
                                     f->policy.seen, NULL)
                      : e;
}

static enum nw_err national_file(struct tl_job *j, const struct batch *b, const char *path,
                                 struct nw_diag *d)
{
    struct nw_diag why = {0};
    struct tsl *l = NULL;
    struct national_file f = {0};
    bool used = false;
    struct nw_buf file = NW_BUF(2 * NW_MAX_TSL);
    enum nw_err e = tl_read(path, NW_MAX_TSL, &file, &why);
    f.bytes = nw_buf_slice(&file);
    if (e == NW_OK) {
        e = unchanged_national(j, b, &f, &used);
    }
    if (e == NW_OK && !used) {
        e = open_national(j, b, &f, &l, &why);
    }
    if (e != NW_OK && (!nw_err_is_ours(e) || e == NW_ERR_EMPTY || e == NW_ERR_NOT_A_FILE)) {
        const char *territory = f.policy.territory; /* NULL: none that is known */
        tl_refused_list(j, tl_file_name(path), territory != NULL ? territory : "", &why);
        e = NW_OK;
    } else if (e == NW_OK && !used) {
        e = take_national(j, b, &f, &l);
    }
    nw_buf_free(&file);
    tsl_free(&l);
    return e == NW_OK ? e : nw_fail_at(d, e, why.path, "%s", why.detail);
}

static enum nw_err national_files(struct tl_job *j, const struct batch *b, struct nw_diag *d)
{
    const struct nw_json *lists = nw_json_get(b->source, "lists");
    size_t n = nw_json_count(lists);
    size_t i = 0;
    enum nw_err e = NW_OK;
    for (const struct nw_json *f = nw_json_first(lists); e == NW_OK && f != NULL;
         f = nw_json_next(f)) {
        char path[TL_PATH];
        i++;
        if (isatty(STDERR_FILENO) == 1) {
            (void)fprintf(stderr, "\r%zu of %zu lists%s", i, n, i == n ? "\n" : "");
        }
        e = tl_config_path(j->config, f, path, d);
        if (e == NW_OK) {
            e = national_file(j, b, path, d);
        }
    }
    return e;
}

/* --- the list of lists --- */

struct way { /* what the configuration says of it, read */
    struct tsl_way way;
    struct nw_slice pins[64];
    struct tsl_pivot_file pivots[32];
    struct nw_slice lotl;
};

static enum nw_err read_file(struct tl_job *j, const struct nw_json *name, struct nw_slice *out,
                             struct nw_diag *d)
{
    char path[TL_PATH];
    struct nw_buf *file = tl_keep(&j->kept, 2 * NW_MAX_LOTL);
    enum nw_err e = file != NULL ? tl_config_path(j->config, name, path, d) : NW_ERR_NOMEM;
    if (e == NW_OK) {
        e = tl_read(path, NW_MAX_LOTL, file, d);
    }
    if (e == NW_OK) {
        *out = nw_buf_slice(file);
    }
    return e;
}

static enum nw_err read_way(struct tl_job *j, const struct nw_json *source, struct way *w,
                            struct nw_diag *d)
{
    enum nw_err e = NW_OK;
    w->way = (struct tsl_way){.journal = nw_json_text(nw_json_get(source, "journal")),
                              .pins = w->pins,
                              .pivots = w->pivots};
    if (w->way.journal == NULL) {
        return nw_fail_at(d, NW_ERR_CONFIG, "sources", "a list of lists needs its journal");
    }
    for (const struct nw_json *s = nw_json_first(nw_json_get(source, "signers"));
         e == NW_OK && s != NULL; s = nw_json_next(s)) {
        char path[TL_PATH];
        e = tl_config_path(j->config, s, path, d);
        if (e == NW_OK) {
            e = tl_read_certs(path, &j->kept, w->pins, sizeof w->pins / sizeof w->pins[0],
                              &w->way.pin_n, d);
        }
    }
    for (const struct nw_json *p = nw_json_first(nw_json_get(source, "pivots"));
         e == NW_OK && p != NULL; p = nw_json_next(p)) {
        if (w->way.pivot_n == sizeof w->pivots / sizeof w->pivots[0]) {
            return nw_fail_at(d, NW_ERR_CONFIG, "sources", "too many pivots");
        }
        struct tsl_pivot_file *f = &w->pivots[w->way.pivot_n];
        f->name = tl_file_name(nw_json_text(p));
        e = read_file(j, p, &f->file, d);
        w->way.pivot_n += e == NW_OK;
    }
    return e == NW_OK ? read_file(j, nw_json_get(source, "file"), &w->lotl, d) : e;
}

static size_t named_lists(const struct tsl *lotl)
{
    size_t n = 0;
    for (size_t i = 0; i < lotl->pointer_n; i++) {
        n += lotl->pointers[i].kind == TSL_NATIONAL;
    }
    return n;
}

static enum nw_err way_key(struct tl_job *j, const struct way *w, uint8_t key[NW_SHA256_BYTES])
{
    const struct tsl_way *way = &w->way;
    size_t n = 0;
    struct nw_slice *parts = nw_calloc(5 + way->pin_n + 2 * way->pivot_n, sizeof *parts);
    if (parts == NULL) {
        return NW_ERR_NOMEM;
    }
    parts[n++] = nw_str("lotl");
    parts[n++] = nw_str(way->journal);
    parts[n++] = w->lotl;
    parts[n++] = nw_str("signers");
    for (size_t i = 0; i < way->pin_n; i++) {
        parts[n++] = way->pins[i];
    }
    parts[n++] = nw_str("pivots");
    for (size_t i = 0; i < way->pivot_n; i++) {
        parts[n++] = nw_str(way->pivots[i].name);
        parts[n++] = way->pivots[i].file;
    }
    enum nw_err e = tl_cache_key(j, parts, n, key);
    nw_free(parts);
    return e;
}

/* From the list itself. */
static enum nw_err walk_to_lotl(struct tl_job *j, const struct batch *b, const struct way *w,
                                const uint8_t key[NW_SHA256_BYTES], struct tsl **out,
                                struct nw_diag *d)
{
    struct lote_seen seen;
    struct tl_mark mark = tl_cache_mark(j);
    bool known = tl_state_seen(j->state, b->name, &seen);
    const struct tsl_policy policy = {.now = j->now, .seen = known ? &seen : NULL};
    struct tsl *lotl = NULL;
    struct nw_checks *checks = nw_calloc(1, sizeof *checks);
    enum nw_err e = checks != NULL
                        ? tsl_lotl_open(j->c, w->lotl, &w->way, &policy, &lotl, checks, d)
                        : NW_ERR_NOMEM;
    if (e == NW_OK) {
        e = tl_job_add_xml(j, b->name, lotl, b->test);
    }
    if (e == NW_OK) {
        tl_list_read(j, b->name, false, lotl->sequence, "names %zu lists", named_lists(lotl));
        tl_list_notes(j, b->name, lotl->notes, lotl->note_n);
        e = tl_cache_add(j, &mark, key, lotl->signed_at, good_until(lotl), policy.seen, lotl);
    }
    if (e == NW_OK) {
        *out = lotl;
        lotl = NULL;
    }
    tsl_free(&lotl);
    nw_free(checks);
    return e;
}

enum nw_err tl_job_lotl(struct tl_job *j, const struct nw_json *source, struct nw_diag *d)
{
    struct batch b = {.source = source, .name = nw_json_text(nw_json_get(source, "name"))};
    uint8_t key[NW_SHA256_BYTES];
    struct tsl *lotl = NULL;
    bool unchanged = false;
    struct way *w = nw_calloc(1, sizeof *w);
    enum nw_err e = w != NULL ? read_way(j, source, w, d) : NW_ERR_NOMEM;
    (void)nw_json_int(nw_json_get(source, "grace"), &b.grace);
    (void)nw_json_bool(nw_json_get(source, "test"), &b.test);
    if (e == NW_OK) {
        e = way_key(j, w, key);
    }
    if (e == NW_OK) {
        e = tl_cache_use(j, b.name, key, b.test, &lotl, &unchanged);
    }
    if (e == NW_OK && !unchanged) {
        e = walk_to_lotl(j, &b, w, key, &lotl, d);
    }
    if (e == NW_OK) {
        b.lotl = lotl;
        e = keep_list(j, &lotl);
    }
    if (e == NW_OK) {
        e = national_files(j, &b, d);
    }
    tsl_free(&lotl);
    nw_free(w);
    return e;
}
