/* Sources: lists into entities, services and what is remembered of them. */
#include <string.h>

#include "base/alloc.h"
#include "cache.h"
#include "vical.h"

enum nw_err tl_job_pins(struct tl_job *j, const struct nw_json *names, struct nw_slice **pins,
                        size_t *n, struct nw_diag *d)
{
    enum nw_err e = NW_OK;
    for (const struct nw_json *s = nw_json_first(names); e == NW_OK && s != NULL;
         s = nw_json_next(s)) {
        char path[TL_PATH];
        void *v = *pins;
        struct nw_buf *der = tl_keep(&j->kept, NW_MAX_KEY_FILE);
        e = der != NULL ? tl_grow(&v, *n, sizeof **pins) : NW_ERR_NOMEM;
        *pins = v;
        if (e == NW_OK) {
            e = tl_config_path(j->config, s, path, d);
        }
        if (e == NW_OK) {
            e = tl_read_cert(path, der, d);
        }
        if (e == NW_OK) {
            (*pins)[(*n)++] = nw_buf_slice(der);
        }
    }
    return e;
}

struct input { /* of one source, before anything of it is believed */
    const char *name;
    bool test;
    struct lote_policy policy;
    struct lote_seen seen;
    struct nw_slice *pins;
    struct nw_slice file;
    uint8_t key[NW_SHA256_BYTES];
};

static enum nw_err reading_key(struct tl_job *j, struct input *in)
{
    const struct nw_slice head[] = {nw_str("lote"), nw_str(lote_kind_name(in->policy.kind)),
                                    nw_str(in->policy.allow_rs ? "rs" : ""), in->file};
    const size_t head_n = sizeof head / sizeof head[0];
    struct nw_slice *parts = nw_calloc(head_n + in->policy.pin_n, sizeof *parts);
    if (parts == NULL) {
        return NW_ERR_NOMEM;
    }
    memcpy(parts, head, sizeof head);
    memcpy(parts + head_n, in->pins, in->policy.pin_n * sizeof *parts);
    enum nw_err e = tl_cache_key(j, parts, head_n + in->policy.pin_n, in->key);
    nw_free(parts);
    return e;
}

static enum nw_err read_input(struct tl_job *j, const struct nw_json *source, struct input *in,
                              struct nw_diag *d)
{
    char path[TL_PATH];
    struct nw_buf *file = tl_keep(&j->kept, 2 * NW_MAX_LOTE);
    in->name = nw_json_text(nw_json_get(source, "name"));
    in->policy.now = j->now;
    in->policy.kind = lote_kind_from_name(nw_json_text(nw_json_get(source, "list")));
    (void)nw_json_bool(nw_json_get(source, "allow_rs"), &in->policy.allow_rs);
    (void)nw_json_bool(nw_json_get(source, "test"), &in->test);
    in->policy.seen = tl_state_seen(j->state, in->name, &in->seen) ? &in->seen : NULL;
    enum nw_err e = file != NULL ? NW_OK : NW_ERR_NOMEM;
    if (e == NW_OK) {
        e = tl_job_pins(j, nw_json_get(source, "signers"), &in->pins, &in->policy.pin_n, d);
    }
    if (e == NW_OK) {
        in->policy.pins = in->pins;
        e = tl_config_path(j->config, nw_json_get(source, "file"), path, d);
    }
    if (e == NW_OK) {
        e = tl_read(path, NW_MAX_LOTE, file, d);
    }
    if (e == NW_OK) {
        in->file = nw_buf_slice(file);
        e = reading_key(j, in);
    }
    return e;
}

static enum nw_err take_entities(struct tl_job *j, const struct lote *l)
{
    enum nw_err e = NW_OK;
    size_t first = j->entity_n;
    for (size_t i = 0; e == NW_OK && i < l->entity_n; i++) {
        void *v = j->entities;
        e = tl_grow(&v, j->entity_n, sizeof *j->entities);
        j->entities = v;
        if (e == NW_OK) {
            j->entities[j->entity_n] = l->entities[i];
            j->entities[j->entity_n++].source = j->source_n;
        }
    }
    for (size_t i = 0; e == NW_OK && i < l->service_n; i++) {
        void *v = j->services;
        e = tl_grow(&v, j->service_n, sizeof *j->services);
        j->services = v;
        if (e == NW_OK) {
            j->services[j->service_n] = l->services[i];
            j->services[j->service_n++].entity += first;
        }
    }
    return e;
}

enum nw_err tl_job_add_source(struct tl_job *j, const struct nw_bundle_source *source,
                              int64_t signed_at)
{
    struct lote_seen seen = {.sequence = source->sequence, .signed_at = signed_at};
    struct nw_buf *name = tl_keep(&j->kept, 256);
    void *v = j->sources;
    enum nw_err e = name != NULL ? tl_grow(&v, j->source_n, sizeof *j->sources) : NW_ERR_NOMEM;
    j->sources = v;
    if (e == NW_OK) {
        nw_buf_put(name, source->name);
        e = nw_buf_err(name);
    }
    if (e != NW_OK) {
        return e;
    }
    memcpy(seen.sha256, source->sha256.p, sizeof seen.sha256);
    j->sources[j->source_n] = *source;
    j->sources[j->source_n++].name = nw_buf_slice(name);
    j->test = j->test || source->test;
    return tl_state_set(j->state, nw_buf_cstr(name), &seen);
}

enum nw_err tl_job_add_xml(struct tl_job *j, const char *name, const struct tsl *l, bool test)
{
    return tl_job_add_source(j,
                             &(struct nw_bundle_source){
                                 .name = nw_str(name),
                                 .list_type = nw_str(l->type),
                                 .territory = nw_str(l->territory),
                                 .operator_name = l->operator_name,
                                 .sequence = l->sequence,
                                 .issued = l->issued,
                                 .next_update = l->next_update,
                                 .sha256 = nw_slice(l->sha256, sizeof l->sha256),
                                 .signer = nw_slice(l->signer, sizeof l->signer),
                                 .test = test,
                             },
                             l->signed_at);
}

static void say_list(struct tl_job *j, const char *name, const struct lote *l)
{
    tl_list_read(j, name, false, l->sequence, "%zu of %zu services, %zu entities", l->service_n,
                 l->service_n + l->dropped + l->ignored, l->entity_n);
    tl_list_notes(j, name, l->notes, l->note_n);
    if (l->dropped > 0) {
        tl_note(j, NW_NOTE_REFUSED, "list", name, "%zu services", l->dropped);
    }
}

/* Its next update ends it (6.3.15); the end of its signer gives a warning. */
static int64_t good_until(const struct tl_job *j, const struct input *in, const struct lote *l)
{
    int64_t until = l->next_update != 0 ? l->next_update : INT64_MAX;
    for (size_t i = 0; i < in->policy.pin_n; i++) {
        struct nw_cert cert;
        if (nw_cert_parse(in->pins[i], &cert, NULL) == NW_OK && cert.not_after >= j->now &&
            cert.not_after < until) {
            until = cert.not_after;
        }
    }
    return until;
}

static enum nw_err take_list(struct tl_job *j, const struct input *in, const struct lote *l)
{
    struct tl_mark mark = tl_cache_mark(j);
    enum nw_err e = take_entities(j, l);
    if (e == NW_OK) {
        e = tl_job_add_source(j,
                              &(struct nw_bundle_source){
                                  .name = nw_str(in->name),
                                  .list_type = nw_str(l->type),
                                  .territory = nw_str(l->territory),
                                  .operator_name = l->operator_name,
                                  .sequence = l->sequence,
                                  .issued = l->issued,
                                  .next_update = l->next_update,
                                  .sha256 = nw_slice(l->sha256, sizeof l->sha256),
                                  .signer = nw_slice(l->signer, sizeof l->signer),
                                  .test = in->test,
                              },
                              l->signed_at);
    }
    if (e == NW_OK) {
        say_list(j, in->name, l);
        e = tl_cache_add(j, &mark, in->key, l->signed_at, good_until(j, in, l), in->policy.seen,
                         NULL);
    }
    return e;
}

/* Only what the list itself is to blame for may be left out; a missing pin stops the run. */
static bool is_about_list(enum nw_err e)
{
    return !nw_err_is_ours(e) || e == NW_ERR_EMPTY || e == NW_ERR_NOT_A_FILE;
}

/* The list stays open until the end: the items of the bundle point into it. */
static enum nw_err open_list(struct tl_job *j, const struct input *in, const struct lote **out,
                             struct nw_diag *d)
{
    struct lote *l = NULL;
    void *v = j->lists;
    struct nw_checks *checks = nw_calloc(1, sizeof *checks);
    enum nw_err e = checks != NULL ? tl_grow(&v, j->list_n, sizeof(struct lote *)) : NW_ERR_NOMEM;
    j->lists = v;
    if (e == NW_OK) {
        e = lote_open(j->c, in->file, &in->policy, &l, checks, d);
    }
    if (e == NW_OK) {
        j->lists[j->list_n++] = l;
        *out = l;
    }
    nw_free(checks);
    return e;
}

static enum nw_err one_source(struct tl_job *j, const struct nw_json *source, struct nw_diag *d)
{
    struct input in = {0};
    const struct lote *l = NULL;
    bool unchanged = false;
    enum nw_err e = read_input(j, source, &in, d);
    if (e == NW_OK) {
        e = tl_cache_use(j, in.name, in.key, in.test, NULL, &unchanged);
    }
    if (e == NW_OK && !unchanged) {
        e = open_list(j, &in, &l, d);
        e = e == NW_OK ? take_list(j, &in, l) : e;
    }
    nw_free(in.pins);
    return e;
}

enum nw_err tl_job_sources(struct tl_job *j, struct nw_diag *d)
{
    const struct nw_json *sources = nw_json_get(j->config->json, "sources");
    enum nw_err e = NW_OK;
    for (const struct nw_json *s = nw_json_first(sources); e == NW_OK && s != NULL;
         s = nw_json_next(s)) {
        struct nw_diag why = {0};
        const struct nw_json *kind = nw_json_get(s, "list");
        bool lotl = nw_json_is_text(kind, "lotl");
        e = lotl                             ? tl_job_lotl(j, s, &why)
            : nw_json_is_text(kind, "vical") ? tl_job_vical(j, s, &why)
            : nw_json_is_text(kind, "iaca")  ? tl_job_iaca(j, s, &why)
                                             : one_source(j, s, &why);
        if (e != NW_OK && is_about_list(e)) {
            tl_refused_list(j, nw_json_text(nw_json_get(s, "name")), lotl ? "EU" : "", &why);
            e = NW_OK;
        } else if (e != NW_OK) {
            e = nw_fail_at(d, e, why.path, "%s", why.detail);
        }
    }
    return e == NW_OK ? tl_job_number_sets(j) : e;
}

void tl_job_free(struct tl_job *j)
{
    nw_bundle_free(&j->trust);
    for (size_t i = 0; i < j->list_n; i++) {
        lote_free(&j->lists[i]);
    }
    nw_free(j->lists);
    for (size_t i = 0; i < j->vical_n; i++) {
        vical_free(&j->vicals[i]);
    }
    nw_free(j->vicals);
    for (size_t i = 0; i < j->xml_n; i++) {
        tsl_free(&j->xml[i]);
    }
    nw_free(j->xml);
    nw_free(j->sources);
    nw_free(j->entities);
    nw_free(j->services);
    nw_free(j->signers);
    nw_free(j->tokens);
    nw_free(j->owners);
    nw_free(j->bodies);
    nw_free(j->vctm);
    nw_free(j->sets);
    nw_free(j->others);
    nw_free(j->notes);
    nw_json_free(&j->registry);
    tl_cache_free(&j->cache);
    tl_kept_free(&j->kept);
}
