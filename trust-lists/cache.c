#include "cache.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cbor/cbor.h"
#include "command.h"

#define ENTRY_MEMBERS 10
#define ENTRY_DEPTH 4u
#define ENTRY_MAX (4u << 20)

struct entry {
    uint8_t key[NW_SHA256_BYTES];
    int64_t from, until, signed_at;
    uint64_t source;
    uint64_t entity, entity_n, service, service_n; /* ranges of the cache's own items */
    struct nw_slice pointers;                      /* CBOR */
};

struct tl_cache {
    uint8_t program[NW_SHA256_BYTES];
    char path[TL_PATH + 8];
    bool off; /* a program that does not know what it is keeps nothing */
    struct nw_buf file;
    struct nw_bundle *old; /* NULL: there is none */
    size_t old_n, used_n;
    struct nw_bundle_vctm_item *made; /* the entries of this run */
    size_t made_n;
};

void tl_cache_free(struct tl_cache **cache)
{
    if (*cache != NULL) {
        nw_bundle_free(&(*cache)->old);
        nw_buf_free(&(*cache)->file);
        nw_free((*cache)->made);
        nw_free(*cache);
        *cache = NULL;
    }
}

static enum nw_err open_file(struct tl_job *j, struct nw_signer *s, struct nw_diag *d)
{
    char hex[65];
    uint8_t digest[NW_SHA256_BYTES];
    const char *pins[] = {hex, NULL};
    const struct nw_bundle_policy policy = {.signers = pins, .now = j->now, .typ = TL_CACHE_TYP};
    struct nw_bundle_vctm_item item;
    struct tl_cache *cache = j->cache;
    enum nw_err e = tl_read(cache->path, NW_MAX_BUNDLE, &cache->file, d);
    if (e == NW_OK) {
        e = nw_sha256(j->c, nw_signer_chain_cert(s, 0), digest);
    }
    if (e == NW_OK) {
        tl_hex(digest, hex);
        e = nw_bundle_open(j->c, nw_buf_slice(&cache->file), &policy, &cache->old, d);
    }
    while (e == NW_OK && nw_bundle_vctm_at(cache->old, cache->old_n, &item)) {
        cache->old_n++;
    }
    return e;
}

enum nw_err tl_cache_open(struct tl_job *j, struct nw_signer *s, const char *state_path)
{
    struct nw_diag why = {0};
    bool known = false;
    j->cache = nw_calloc(1, sizeof *j->cache);
    if (j->cache == NULL) {
        return NW_ERR_NOMEM;
    }
    (void)snprintf(j->cache->path, sizeof j->cache->path, "%s.cache", state_path);
    j->cache->file = NW_BUF(NW_MAX_BUNDLE + (1u << 20));
    enum nw_err e = tl_program_digest(j->c, j->cache->program, &known);
    j->cache->off = !known;
    if (e != NW_OK || j->cache->off || access(j->cache->path, F_OK) != 0) {
        return e;
    }
    e = open_file(j, s, &why);
    if (e != NW_OK && e != NW_ERR_NOMEM) {
        char line[NW_DIAG_PATH + NW_DIAG_DETAIL + 160];
        nw_diag_line(&why, line, sizeof line);
        tl_print("unused   %-12s %s: %s\n", "cache", tl_file_name(j->cache->path), line);
        e = NW_OK;
    }
    return e;
}

enum nw_err tl_cache_key(const struct tl_job *j, const struct nw_slice *parts, size_t n,
                         uint8_t key[NW_SHA256_BYTES])
{
    struct nw_hash_run *run = NULL;
    uint8_t digest[NW_HASH_MAX];
    enum nw_err e = nw_hash_begin(j->c, NW_SHA256, &run);
    if (e == NW_OK) {
        e = nw_hash_add(run, nw_slice(j->cache->program, sizeof j->cache->program));
    }
    for (size_t i = 0; e == NW_OK && i < n; i++) {
        uint8_t length[8];
        for (size_t k = 0; k < sizeof length; k++) {
            length[k] = (uint8_t)((uint64_t)parts[i].n >> (8 * k));
        }
        e = nw_hash_add(run, nw_slice(length, sizeof length));
        e = e == NW_OK ? nw_hash_add(run, parts[i]) : e;
    }
    if (e == NW_OK) {
        e = nw_hash_end(run, digest);
    }
    if (e == NW_OK) {
        memcpy(key, digest, NW_SHA256_BYTES);
    }
    nw_hash_drop(&run);
    return e;
}

const char *tl_cache_name(const struct tl_job *j, const char *lotl, struct nw_slice list,
                          char room[80])
{
    struct nw_bundle_source s;
    uint8_t digest[NW_SHA256_BYTES];
    size_t n = strlen(lotl);
    if (j->cache->old == NULL || nw_sha256(j->c, list, digest) != NW_OK) {
        return NULL;
    }
    for (size_t i = 0; nw_bundle_source_at(j->cache->old, i, &s); i++) {
        if (nw_slice_eq(s.sha256, nw_slice(digest, sizeof digest)) &&
            nw_slice_starts(s.name, lotl) && s.name.n > n && s.name.p[n] == '/' &&
            nw_slice_cstr(s.name, room, 80)) {
            return room;
        }
    }
    return NULL;
}

/* --- entries --- */

static bool read_entry(struct nw_slice raw, struct entry *out)
{
    if (nw_cbor_check(raw, NW_CBOR_DETERMINISTIC, ENTRY_DEPTH, NULL) != NW_OK) {
        return false;
    }
    struct nw_cbor r = nw_cbor_open(raw);
    size_t n = nw_cbor_array(&r);
    struct nw_slice key = nw_cbor_bytes(&r);
    out->from = nw_cbor_int(&r);
    out->until = nw_cbor_int(&r);
    out->signed_at = nw_cbor_int(&r);
    out->source = nw_cbor_uint(&r);
    out->entity = nw_cbor_uint(&r);
    out->entity_n = nw_cbor_uint(&r);
    out->service = nw_cbor_uint(&r);
    out->service_n = nw_cbor_uint(&r);
    out->pointers = nw_cbor_raw(&r);
    if (nw_cbor_err(&r) != NW_OK || n != ENTRY_MEMBERS || key.n != NW_SHA256_BYTES) {
        return false;
    }
    memcpy(out->key, key.p, sizeof out->key);
    return true;
}

static void write_entry(const struct entry *in, struct nw_buf *out)
{
    nw_cbor_put_array(out, ENTRY_MEMBERS);
    nw_cbor_put_bytes(out, nw_slice(in->key, sizeof in->key));
    nw_cbor_put_int(out, in->from);
    nw_cbor_put_int(out, in->until);
    nw_cbor_put_int(out, in->signed_at);
    nw_cbor_put_uint(out, in->source);
    nw_cbor_put_uint(out, in->entity);
    nw_cbor_put_uint(out, in->entity_n);
    nw_cbor_put_uint(out, in->service);
    nw_cbor_put_uint(out, in->service_n);
    nw_buf_put(out, in->pointers);
}

static void write_pointers(const struct tsl *lotl, struct nw_buf *out)
{
    size_t n = lotl != NULL ? lotl->pointer_n : 0;
    nw_cbor_put_array(out, n);
    for (size_t i = 0; i < n; i++) {
        const struct tsl_pointer *p = &lotl->pointers[i];
        nw_cbor_put_array(out, 4);
        nw_cbor_put_text(out, p->location);
        nw_cbor_put_text(out, nw_str(p->territory));
        nw_cbor_put_uint(out, (uint64_t)p->kind);
        nw_cbor_put_array(out, p->cert_n);
        for (size_t k = 0; k < p->cert_n; k++) {
            nw_cbor_put_bytes(out, lotl->certs[p->cert_first + k]);
        }
    }
}

static enum nw_err read_pointer(struct nw_cbor *r, struct tsl *lotl)
{
    struct tsl_pointer *p = &lotl->pointers[lotl->pointer_n++];
    (void)nw_cbor_array(r);
    p->location = nw_cbor_text(r);
    if (!nw_slice_cstr(nw_cbor_text(r), p->territory, sizeof p->territory)) {
        return NW_ERR_BUNDLE_FORM;
    }
    p->kind = (enum tsl_kind)nw_cbor_uint(r);
    p->cert_first = lotl->cert_n;
    p->cert_n = nw_cbor_array(r);
    for (size_t k = 0; k < p->cert_n && nw_cbor_err(r) == NW_OK; k++) {
        void *v = lotl->certs;
        enum nw_err e = tl_grow(&v, lotl->cert_n, sizeof *lotl->certs);
        lotl->certs = v;
        if (e != NW_OK) {
            return e;
        }
        lotl->certs[lotl->cert_n++] = nw_cbor_bytes(r);
    }
    return nw_cbor_err(r);
}

static enum nw_err read_pointers(struct nw_slice raw, struct tsl **out)
{
    struct nw_cbor r = nw_cbor_open(raw);
    size_t n = nw_cbor_array(&r);
    struct tsl *lotl = nw_calloc(1, sizeof *lotl);
    enum nw_err e = lotl != NULL ? nw_cbor_err(&r) : NW_ERR_NOMEM;
    if (e == NW_OK && n > raw.n) {
        e = NW_ERR_BUNDLE_FORM;
    }
    if (e == NW_OK) {
        lotl->kind = TSL_LOTL;
        lotl->pointers = nw_calloc(n + 1, sizeof *lotl->pointers);
        e = lotl->pointers != NULL ? NW_OK : NW_ERR_NOMEM;
    }
    for (size_t i = 0; e == NW_OK && i < n; i++) {
        e = read_pointer(&r, lotl);
    }
    if (e == NW_OK) {
        *out = lotl;
        lotl = NULL;
    }
    tsl_free(&lotl);
    return e;
}

/* --- from the file into the job --- */

static bool find(const struct tl_job *j, const char *name, const uint8_t key[NW_SHA256_BYTES],
                 struct entry *out, struct nw_bundle_source *source)
{
    struct nw_slice raw;
    struct lote_seen seen;
    const struct tl_cache *cache = j->cache;
    return cache->old != NULL && nw_bundle_vctm(cache->old, name, &raw) && read_entry(raw, out) &&
           memcmp(out->key, key, sizeof out->key) == 0 && j->now >= out->from &&
           j->now <= out->until && nw_bundle_source_at(cache->old, (size_t)out->source, source) &&
           nw_slice_is(source->name, name) &&
           (!tl_state_seen(j->state, name, &seen) ||
            memcmp(seen.sha256, source->sha256.p, sizeof seen.sha256) == 0);
}

static enum nw_err take_entities(struct tl_job *j, const struct entry *in)
{
    enum nw_err e = NW_OK;
    for (uint64_t i = 0; e == NW_OK && i < in->entity_n; i++) {
        void *v = j->entities;
        e = tl_grow(&v, j->entity_n, sizeof *j->entities);
        j->entities = v;
        if (e == NW_OK && !nw_bundle_entity_at(j->cache->old, (size_t)(in->entity + i),
                                               &j->entities[j->entity_n])) {
            e = NW_ERR_BUNDLE_FORM;
        }
        if (e == NW_OK) {
            j->entities[j->entity_n++].source = j->source_n;
        }
    }
    return e;
}

/* Is the entity one of the entry, and which one of the job is it now? */
static bool moved(const struct entry *in, size_t first, uint64_t *entity)
{
    bool inside = *entity >= in->entity && *entity - in->entity < in->entity_n;
    *entity = *entity - in->entity + first;
    return inside;
}

static enum nw_err take_sets(struct tl_job *j, struct nw_bundle_service *s)
{
    enum nw_err e = NW_OK;
    for (size_t k = 0; e == NW_OK && k < s->period_n; k++) {
        struct nw_slice set;
        uint64_t *number = &s->periods[k].set;
        if (*number != 0) {
            e = nw_bundle_set_at(j->cache->old, (size_t)*number - 1, &set)
                    ? tl_job_set(j, set, number)
                    : NW_ERR_BUNDLE_FORM;
        }
    }
    return e;
}

static enum nw_err take_services(struct tl_job *j, const struct entry *in, size_t first)
{
    enum nw_err e = NW_OK;
    for (uint64_t i = 0; e == NW_OK && i < in->service_n; i++) {
        void *v = j->services;
        e = tl_grow(&v, j->service_n, sizeof *j->services);
        j->services = v;
        struct nw_bundle_service *s = e == NW_OK ? &j->services[j->service_n] : NULL;
        if (e == NW_OK && (!nw_bundle_service_at(j->cache->old, (size_t)(in->service + i), s) ||
                           !moved(in, first, &s->entity))) {
            e = NW_ERR_BUNDLE_FORM;
        }
        if (e == NW_OK) {
            e = take_sets(j, s);
        }
        j->service_n += e == NW_OK;
    }
    return e;
}

static enum nw_err take_others(struct tl_job *j, const struct entry *in, size_t first)
{
    enum nw_err e = NW_OK;
    struct nw_bundle_other_ca one;
    for (size_t i = 0; e == NW_OK && nw_bundle_other_at(j->cache->old, i, &one); i++) {
        if (!moved(in, first, &one.entity)) {
            continue;
        }
        void *v = j->others;
        e = tl_grow(&v, j->other_n, sizeof *j->others);
        j->others = v;
        if (e == NW_OK) {
            j->others[j->other_n++] = one;
        }
    }
    return e;
}

static enum nw_err take_items(struct tl_job *j, const struct entry *in)
{
    size_t first = j->entity_n;
    enum nw_err e = take_entities(j, in);
    if (e == NW_OK) {
        e = take_services(j, in, first);
    }
    return e == NW_OK ? take_others(j, in, first) : e;
}

static enum nw_err say_notes(struct tl_job *j, const char *name, uint64_t number)
{
    struct nw_bundle_note n;
    for (size_t i = 0; nw_bundle_note_at(j->cache->old, i, &n); i++) {
        if (!nw_slice_is(n.what, "list") || !nw_slice_is(n.name, name)) {
            continue;
        }
        if (n.kind == NW_NOTE_TAKEN) {
            tl_list_read(j, name, true, number, "%.*s", (int)n.text.n, (const char *)n.text.p);
        } else {
            tl_note(j, n.kind, "list", name, "%.*s", (int)n.text.n, (const char *)n.text.p);
        }
    }
    return j->note_err;
}

static enum nw_err keep(struct tl_job *j, const struct entry *in)
{
    struct tl_cache *cache = j->cache;
    void *v = cache->made;
    struct nw_buf *raw = tl_keep(&j->kept, ENTRY_MAX);
    enum nw_err e = raw != NULL ? tl_grow(&v, cache->made_n, sizeof *cache->made) : NW_ERR_NOMEM;
    cache->made = v;
    if (e == NW_OK) {
        write_entry(in, raw);
        e = nw_buf_err(raw);
    }
    if (e == NW_OK) {
        cache->made[cache->made_n++] = (struct nw_bundle_vctm_item){
            .vct = j->sources[in->source].name, .json = nw_buf_slice(raw)};
    }
    return e;
}

enum nw_err tl_cache_use(struct tl_job *j, const char *name, const uint8_t key[NW_SHA256_BYTES],
                         bool test, struct tsl **lotl, bool *used)
{
    struct entry in;
    struct nw_bundle_source source;
    struct tl_mark at = tl_cache_mark(j);
    *used = false;
    if (!find(j, name, key, &in, &source)) {
        return NW_OK;
    }
    enum nw_err e = lotl != NULL ? read_pointers(in.pointers, lotl) : NW_OK;
    if (e == NW_OK) {
        e = take_items(j, &in);
    }
    if (e == NW_OK) {
        source.test = test;
        e = tl_job_add_source(j, &source, in.signed_at);
    }
    if (e == NW_OK) {
        e = say_notes(j, name, source.sequence);
    }
    if (e == NW_OK) {
        in.source = at.source;
        in.entity = at.entity;
        in.service = at.service;
        e = keep(j, &in);
    }
    j->cache->used_n += e == NW_OK;
    *used = e == NW_OK;
    return e == NW_OK || nw_err_is_ours(e) ? e : NW_ERR_INTERNAL; /* we wrote it ourselves */
}

/* --- from the job into the file --- */

struct tl_mark tl_cache_mark(const struct tl_job *j)
{
    return (struct tl_mark){j->source_n, j->entity_n, j->service_n};
}

enum nw_err tl_cache_add(struct tl_job *j, const struct tl_mark *mark,
                         const uint8_t key[NW_SHA256_BYTES], int64_t signed_at, int64_t until,
                         const struct lote_seen *seen, const struct tsl *lotl)
{
    const struct nw_bundle_source *s = &j->sources[mark->source];
    struct nw_buf pointers = NW_BUF(ENTRY_MAX);
    bool same_number = seen != NULL && seen->sequence == s->sequence &&
                       memcmp(seen->sha256, s->sha256.p, sizeof seen->sha256) != 0;
    if (j->cache->off || same_number || j->now > until) {
        return NW_OK; /* what was said of it would not be said again */
    }
    write_pointers(lotl, &pointers);
    struct entry out = {.from = j->now,
                        .until = until,
                        .signed_at = signed_at,
                        .source = mark->source,
                        .entity = mark->entity,
                        .entity_n = j->entity_n - mark->entity,
                        .service = mark->service,
                        .service_n = j->service_n - mark->service,
                        .pointers = nw_buf_slice(&pointers)};
    memcpy(out.key, key, sizeof out.key);
    enum nw_err e = nw_buf_err(&pointers);
    if (e == NW_OK) {
        e = keep(j, &out);
    }
    nw_buf_free(&pointers);
    return e;
}

enum nw_err tl_cache_write(struct tl_job *j, struct nw_signer *s)
{
    const struct tl_cache *cache = j->cache;
    struct nw_diag d = {0};
    struct nw_buf bytes = NW_BUF(NW_MAX_BUNDLE);
    const struct nw_bundle_content content = {.typ = TL_CACHE_TYP,
                                              .sequence = 1,
                                              .created = j->now,
                                              .max_age = 1,
                                              .test = j->test,
                                              .sources = j->sources,
                                              .source_n = j->source_n,
                                              .entities = j->entities,
                                              .entity_n = j->entity_n,
                                              .services = j->services,
                                              .service_n = j->service_n,
                                              .sets = j->sets,
                                              .set_n = j->set_n,
                                              .others = j->others,
                                              .other_n = j->other_n,
                                              .vctm = cache->made,
                                              .vctm_n = cache->made_n,
                                              .notes = j->notes,
                                              .note_n = j->note_n};
    if (cache->off || (cache->used_n == cache->made_n && cache->made_n == cache->old_n)) {
        return NW_OK;
    }
    enum nw_err e = nw_bundle_write(j->c, s, &content, &bytes, &d);
    if (e == NW_OK) {
        e = tl_write_atomic(cache->path, nw_buf_slice(&bytes), &d);
    }
    if (e == NW_ERR_IO) {
        char line[NW_DIAG_PATH + NW_DIAG_DETAIL + 160];
        nw_diag_line(&d, line, sizeof line);
        tl_print("unwritten %-11s %s\n", "cache", line);
        e = NW_OK;
    }
    nw_buf_free(&bytes);
    return e;
}
