/*
 * Sources of IACA roots: a VICAL, and certificates that the operator of the
 * bundle vouches for alone. Both are for the document types they are said to
 * be for, and for no others.
 */
#include <string.h>

#include "attestation/type.h"
#include "base/alloc.h"
#include "cbor/cbor.h"
#include "job.h"
#include "vical.h"

static enum nw_err add_root(struct tl_job *j, const struct nw_bundle_entity *entity,
                            const struct nw_bundle_service *service)
{
    void *entities = j->entities;
    void *services = j->services;
    enum nw_err e = tl_grow(&entities, j->entity_n, sizeof *j->entities);
    j->entities = entities;
    if (e == NW_OK) {
        e = tl_grow(&services, j->service_n, sizeof *j->services);
        j->services = services;
    }
    if (e == NW_OK) {
        j->entities[j->entity_n] = *entity;
        j->entities[j->entity_n].source = j->source_n;
        j->services[j->service_n] = *service;
        j->services[j->service_n++].entity = j->entity_n++;
    }
    return e;
}

/* --- a VICAL --- */

static enum nw_err keep_vical(struct tl_job *j, struct vical *v)
{
    void *all = j->vicals;
    enum nw_err e = tl_grow(&all, j->vical_n, sizeof(struct vical *));
    j->vicals = all;
    if (e == NW_OK) {
        j->vicals[j->vical_n++] = v;
    }
    return e;
}

static enum nw_err take_vical(struct tl_job *j, const char *name, const struct vical *v, bool test)
{
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < v->service_n; i++) {
        e = add_root(j, &v->entities[i], &v->services[i]);
    }
    const struct nw_bundle_source source = {
        .name = nw_str(name),
        .list_type = nw_str(NW_LIST_VICAL),
        .territory = nw_str(v->territory),
        .operator_name = v->provider,
        .sequence = v->number,
        .issued = v->issued,
        .next_update = v->next_update,
        .sha256 = nw_slice(v->sha256, sizeof v->sha256),
        .signer = nw_slice(v->signer, sizeof v->signer),
        .test = test,
    };
    e = e == NW_OK ? tl_job_add_source(j, &source, v->issued) : e;
    if (e == NW_OK) {
        tl_list_read(j, name, false, v->number, "%zu of %zu entries", v->service_n, v->entry_n);
        tl_list_notes(j, name, v->notes, v->note_n);
        if (v->dropped > 0) {
            tl_note(j, NW_NOTE_REFUSED, "list", name, "%zu entries", v->dropped);
        }
    }
    return e;
}

static enum nw_err open_vical(struct tl_job *j, const struct nw_json *source,
                              const struct nw_types *types, struct vical **out, struct nw_diag *d)
{
    char path[TL_PATH];
    struct lote_seen seen;
    struct nw_slice *pins = NULL;
    struct vical_policy policy = {.types = types, .now = j->now};
    struct nw_checks *checks = nw_calloc(1, sizeof *checks);
    struct nw_buf *file = tl_keep(&j->kept, 2 * NW_MAX_VICAL);
    enum nw_err e = checks != NULL && file != NULL ? NW_OK : NW_ERR_NOMEM;
    if (tl_state_seen(j->state, nw_json_text(nw_json_get(source, "name")), &seen)) {
        policy.seen = &seen;
    }
    if (e == NW_OK) {
        e = tl_job_pins(j, nw_json_get(source, "signers"), &pins, &policy.pin_n, d);
    }
    if (e == NW_OK) {
        policy.pins = pins;
        e = tl_config_path(j->config, nw_json_get(source, "file"), path, d);
    }
    if (e == NW_OK) {
        e = tl_read(path, NW_MAX_VICAL, file, d);
    }
    if (e == NW_OK) {
        e = vical_open(j->c, nw_buf_slice(file), &policy, out, checks, d);
    }
    nw_free(pins);
    nw_free(checks);
    return e;
}

enum nw_err tl_job_vical(struct tl_job *j, const struct nw_json *source, struct nw_diag *d)
{
    bool test = false;
    struct vical *v = NULL;
    struct nw_types *types = NULL;
    (void)nw_json_bool(nw_json_get(source, "test"), &test);
    enum nw_err e = nw_types_load(&types, d);
    if (e == NW_OK) {
        e = open_vical(j, source, types, &v, d);
    }
    if (e == NW_OK) {
        e = keep_vical(j, v);
        if (e != NW_OK) {
            vical_free(&v);
        }
    }
    if (e == NW_OK) {
        e = take_vical(j, nw_json_text(nw_json_get(source, "name")), v, test);
    }
    nw_types_free(&types);
    return e;
}

/* --- the operator's own --- */

struct own { /* certificates on their way into the job */
    struct tl_job *j;
    const char *name;
    struct nw_slice types;
    struct nw_buf *store; /* names; long enough from the start */
    struct nw_hash_run *digest;
    size_t n;
};

#define OWN_STORE (64u << 10)

/* The types that were named, or all that are known as mdoc. */
static enum nw_err own_types(struct tl_job *j, const struct nw_json *names, struct nw_slice *out,
                             struct nw_diag *d)
{
    size_t n = nw_json_count(names);
    struct nw_types *types = NULL;
    struct nw_buf *b = tl_keep(&j->kept, 64u << 10);
    enum nw_err e = b != NULL ? nw_types_load(&types, d) : NW_ERR_NOMEM;
    for (size_t i = 0; e == NW_OK && names == NULL && i < nw_types_count(types); i++) {
        n += nw_type_doctype(nw_types_at(types, i), NW_PROFILE_EUDI) != NULL;
    }
    if (e == NW_OK) {
        nw_cbor_put_array(b, n);
    }
    for (size_t i = 0; e == NW_OK && names == NULL && i < nw_types_count(types); i++) {
        const char *type = nw_type_doctype(nw_types_at(types, i), NW_PROFILE_EUDI);
        if (type != NULL) {
            nw_cbor_put_text(b, nw_str(type));
        }
    }
    for (const struct nw_json *t = nw_json_first(names); e == NW_OK && t != NULL;
         t = nw_json_next(t)) {
        enum nw_profile profile;
        struct nw_slice type = nw_str(nw_json_text(t));
        if (nw_type_by_doctype(types, type, &profile) == NULL) {
            e = nw_fail_at(d, NW_ERR_CONFIG, "doc_types", "%s is not known", nw_json_text(t));
        }
        nw_cbor_put_text(b, type);
    }
    nw_types_free(&types);
    *out = e == NW_OK ? nw_buf_slice(b) : NW_SLICE_EMPTY;
    return e == NW_OK ? nw_buf_err(b) : e;
}

static enum nw_err own_file(void *ctx, const char *path)
{
    struct own *o = ctx;
    struct iaca_root root;
    struct nw_diag why = {0};
    struct nw_buf *der = tl_keep(&o->j->kept, NW_MAX_KEY_FILE);
    enum nw_err e = der != NULL ? tl_read_cert(path, der, &why) : NW_ERR_NOMEM;
    if (e == NW_OK) {
        const char *bad = iaca_root_from(nw_buf_slice(der), o->types, o->store, &root);
        e = bad == NULL ? nw_buf_err(o->store)
                        : nw_fail_at(&why, NW_ERR_VICAL_ENTRY, path, "%s", bad);
    }
    if (e == NW_OK) {
        e = nw_hash_add(o->digest, nw_buf_slice(der));
        e = e == NW_OK ? add_root(o->j, &root.entity, &root.service) : e;
        o->n += e == NW_OK;
    } else if (!nw_err_is_ours(e)) {
        tl_refused(o->j, "IACA root", tl_file_name(path), &why);
        e = NW_OK;
    }
    return e;
}

/* Nobody signed it but the operator, with the bundle. */
static enum nw_err own_source(struct own *o, const struct nw_json *source, struct nw_diag *d)
{
    char path[TL_PATH];
    bool test = false;
    struct tl_job *j = o->j;
    uint8_t digest[NW_HASH_MAX];
    struct nw_buf *chain = tl_keep(&j->kept, NW_MAX_KEY_FILE);
    struct nw_buf *room = tl_keep(&j->kept, 2 * NW_SHA256_BYTES);
    (void)nw_json_bool(nw_json_get(source, "test"), &test);
    enum nw_err e = chain != NULL && room != NULL ? nw_hash_end(o->digest, digest) : NW_ERR_NOMEM;
    const struct nw_json *signer = nw_json_get(j->config->json, "signer");
    if (e == NW_OK) {
        nw_buf_put(room, nw_slice(digest, NW_SHA256_BYTES));
        e = tl_config_path(j->config, nw_json_get(signer, "chain"), path, d);
    }
    if (e == NW_OK) {
        e = tl_read_cert(path, chain, d);
    }
    if (e == NW_OK) {
        e = nw_sha256(j->c, nw_buf_slice(chain), digest);
    }
    if (e == NW_OK) {
        nw_buf_put(room, nw_slice(digest, NW_SHA256_BYTES));
        e = nw_buf_err(room);
    }
    if (e != NW_OK) {
        return e;
    }
    const struct nw_bundle_source own = {
        .name = nw_str(o->name),
        .list_type = nw_str(NW_LIST_OPERATOR),
        .operator_name = nw_str("configuration of the bundle"),
        .issued = j->now,
        .sha256 = nw_slice_sub(nw_buf_slice(room), 0, NW_SHA256_BYTES),
        .signer = nw_slice_from(nw_buf_slice(room), NW_SHA256_BYTES),
        .test = test,
    };
    return tl_job_add_source(j, &own, j->now);
}

enum nw_err tl_job_iaca(struct tl_job *j, const struct nw_json *source, struct nw_diag *d)
{
    static const char *const endings[] = {".pem", ".der", ".crt", ".cer", NULL};
    struct own o = {.j = j,
                    .name = nw_json_text(nw_json_get(source, "name")),
                    .store = tl_keep(&j->kept, OWN_STORE)};
    if (o.store == NULL || nw_buf_reserve(o.store, OWN_STORE) == NULL) {
        return NW_ERR_NOMEM;
    }
    enum nw_err e = own_types(j, nw_json_get(source, "doc_types"), &o.types, d);
    if (e == NW_OK) {
        e = nw_hash_begin(j->c, NW_SHA256, &o.digest);
    }
    for (const struct nw_json *c = nw_json_first(nw_json_get(source, "certificates"));
         e == NW_OK && c != NULL; c = nw_json_next(c)) {
        char path[TL_PATH];
        e = tl_config_path(j->config, c, path, d);
        e = e == NW_OK ? tl_each_file(path, endings, own_file, &o) : e;
        if (e != NW_OK) {
            (void)nw_fail_at(d, e, path, "IACA roots");
        }
    }
    if (e == NW_OK && o.n == 0) {
        e = nw_fail_at(d, NW_ERR_VICAL_ENTRY, "certificates", "there is no IACA root");
    }
    if (e == NW_OK) {
        e = own_source(&o, source, d);
    }
    if (e == NW_OK) {
        tl_list_read(j, o.name, false, 0, "%zu IACA roots of the operator", o.n);
    }
    nw_hash_drop(&o.digest);
    return e;
}
