/*
 * A source that is the EU list of lists: the way from the Official Journal to
 * it, and the national lists below it. One broken national list never stops
 * the others; without the list of lists nothing of the source counts.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "command.h"
#include "job.h"

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

static enum nw_err open_national(struct tl_job *j, const struct batch *b, struct nw_slice file,
                                 char name[80], struct tsl **out, struct nw_diag *d)
{
    char territory[3] = "";
    struct lote_seen seen;
    struct tsl_policy policy = {.now = j->now, .grace = b->grace};
    struct nw_checks *checks = nw_calloc(1, sizeof *checks);
    enum nw_err e = checks != NULL ? claimed_territory(file, territory, d) : NW_ERR_NOMEM;
    if (e == NW_OK) {
        e = tsl_lotl_names(b->lotl, territory, &policy, d);
    }
    if (e == NW_OK) { /* the territory is one of the list of lists from here on */
        (void)snprintf(name, 80, "%s/%s", b->name, policy.territory);
        if (source_is_there(j, name)) {
            e = nw_fail_at(d, NW_ERR_TSL_TERRITORY, "SchemeTerritory", "a second list of %s",
                           policy.territory);
        }
    }
    if (e == NW_OK) {
        policy.seen = tl_state_seen(j->state, name, &seen) ? &seen : NULL;
        e = tsl_open(j->c, file, &policy, out, checks, d);
    }
    nw_free(checks);
    return e;
}

static enum nw_err national_file(struct tl_job *j, const struct batch *b, const char *path,
                                 struct nw_diag *d)
{
    char name[80];
    struct nw_diag why = {0};
    struct tsl *l = NULL;
    struct nw_buf file = NW_BUF(2 * NW_MAX_TSL);
    (void)snprintf(name, sizeof name, "%s", b->name);
    enum nw_err e = tl_read(path, NW_MAX_TSL, &file, &why);
    if (e == NW_OK) {
        e = open_national(j, b, nw_buf_slice(&file), name, &l, &why);
    }
    nw_buf_free(&file);
    if (e != NW_OK && (!nw_err_is_ours(e) || e == NW_ERR_EMPTY || e == NW_ERR_NOT_A_FILE)) {
        size_t prefix = strlen(b->name) + 1; /* of "source/territory" */
        tl_refused_list(j, tl_file_name(path), strlen(name) > prefix ? name + prefix : "", &why);
        return NW_OK;
    }
    if (e == NW_OK) {
        struct tsl *kept = l;
        e = keep_list(j, &l);
        e = e == NW_OK ? tl_job_national(j, name, kept, b->test) : e;
    }
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

enum nw_err tl_job_lotl(struct tl_job *j, const struct nw_json *source, struct nw_diag *d)
{
    struct batch b = {.source = source, .name = nw_json_text(nw_json_get(source, "name"))};
    struct lote_seen seen;
    struct tsl_policy policy = {.now = j->now};
    struct tsl *lotl = NULL;
    struct way *w = nw_calloc(1, sizeof *w);
    struct nw_checks *checks = nw_calloc(1, sizeof *checks);
    enum nw_err e = w != NULL && checks != NULL ? read_way(j, source, w, d) : NW_ERR_NOMEM;
    (void)nw_json_int(nw_json_get(source, "grace"), &b.grace);
    (void)nw_json_bool(nw_json_get(source, "test"), &b.test);
    if (e == NW_OK) {
        policy.seen = tl_state_seen(j->state, b.name, &seen) ? &seen : NULL;
        e = tsl_lotl_open(j->c, w->lotl, &w->way, &policy, &lotl, checks, d);
    }
    if (e == NW_OK) {
        b.lotl = lotl;
        struct tsl *kept = lotl;
        e = keep_list(j, &lotl);
        e = e == NW_OK ? tl_job_add_xml(j, b.name, kept, b.test) : e;
        if (e == NW_OK) {
            tl_list_read(j, b.name, false, kept->sequence, "names %zu lists", named_lists(kept));
            tl_list_notes(j, b.name, kept->notes, kept->note_n);
            e = national_files(j, &b, d);
        }
    }
    tsl_free(&lotl);
    nw_free(checks);
    nw_free(w);
    return e;
}
