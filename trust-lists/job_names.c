/* The registry of institutions and the type metadata: names, not trust. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/unicode.h"
#include "job.h"

#define NAMES_MAX (4u << 20)

static enum nw_err read_json(struct tl_job *j, const struct nw_json *name, struct nw_slice *text,
                             struct nw_json **out, struct nw_diag *d)
{
    char path[TL_PATH];
    struct nw_buf *file = tl_keep(&j->kept, 2 * NAMES_MAX);
    enum nw_err e = file != NULL ? tl_config_path(j->config, name, path, d) : NW_ERR_NOMEM;
    if (e == NW_OK) {
        e = tl_read(path, NAMES_MAX, file, d);
    }
    if (e == NW_OK) {
        *text = nw_buf_slice(file);
        e = nw_json_parse_max(*text, NAMES_MAX, out, d);
        if (e != NW_OK) {
            struct nw_diag where = {0};
            (void)nw_fail_at(&where, NW_ERR_CONFIG, path, "%s at byte %zu", nw_err_text(e),
                             d != NULL ? d->off : 0);
            if (d != NULL) {
                *d = where;
            }
        }
    }
    return e;
}

static bool fits(const char *s, size_t least, size_t most)
{
    return s != NULL && strlen(s) >= least && strlen(s) <= most && nw_text_is_clean(nw_str(s));
}

static enum nw_err take_body(struct tl_job *j, const struct nw_json *entry, size_t i,
                             struct nw_diag *d)
{
    char path[NW_DIAG_PATH];
    struct nw_institution room;
    const char *id = nw_json_text(nw_json_get(entry, "id"));
    const char *name = nw_json_text(nw_json_get(entry, "name"));
    const char *country = nw_json_text(nw_json_get(entry, "country"));
    const struct nw_json *contact = nw_json_get(entry, "contact");
    (void)snprintf(path, sizeof path, "institutions[%zu]", i);
    if (!fits(id, 1, sizeof room.id - 1) || !fits(name, 1, sizeof room.name - 1) ||
        !fits(country, 2, 2) || (contact != NULL && nw_json_kind(contact) != NW_JSON_OBJECT)) {
        return nw_fail_at(d, NW_ERR_CONFIG, path,
                          "needs id, name, a country of two letters, and contact as an object");
    }
    for (size_t k = 0; k < j->body_n; k++) {
        if (nw_slice_is(j->bodies[k].id, id)) {
            return nw_fail_at(d, NW_ERR_CONFIG, path, "the id %s occurs twice", id);
        }
    }
    void *v = j->bodies;
    enum nw_err e = tl_grow(&v, j->body_n, sizeof *j->bodies);
    j->bodies = v;
    struct nw_buf *json = tl_keep(&j->kept, NW_MAX_RECORD);
    if (e != NW_OK || json == NULL) {
        return NW_ERR_NOMEM;
    }
    if (contact != NULL) {
        nw_json_write(contact, json);
    }
    e = nw_buf_err(json);
    j->bodies[j->body_n] = (struct nw_bundle_body){.id = nw_str(id),
                                                   .name = nw_str(name),
                                                   .country = nw_list_country(nw_str(country)),
                                                   .contact = nw_buf_slice(json)};
    j->body_n += e == NW_OK;
    return e;
}

enum nw_err tl_job_bodies(struct tl_job *j, struct nw_diag *d)
{
    const struct nw_json *name = nw_json_get(j->config->json, "institutions");
    struct nw_slice text;
    size_t i = 0;
    if (name == NULL) {
        return NW_OK;
    }
    enum nw_err e = read_json(j, name, &text, &j->registry, d);
    if (e == NW_OK && nw_json_kind(j->registry) != NW_JSON_ARRAY) {
        e = nw_fail_at(d, NW_ERR_CONFIG, "institutions", "must be an array");
    }
    for (const struct nw_json *b = nw_json_first(j->registry); e == NW_OK && b != NULL;
         b = nw_json_next(b)) {
        e = take_body(j, b, i++, d);
    }
    if (e == NW_OK) {
        tl_taken("institutions", "%zu", j->body_n);
    }
    return e;
}

static enum nw_err take_vctm(struct tl_job *j, const struct nw_json *name, struct nw_diag *d)
{
    struct nw_slice text;
    struct nw_json *json = NULL;
    void *v = j->vctm;
    struct nw_buf *vct = tl_keep(&j->kept, NW_MAX_CERT);
    enum nw_err e = vct != NULL ? tl_grow(&v, j->vctm_n, sizeof *j->vctm) : NW_ERR_NOMEM;
    j->vctm = v;
    if (e == NW_OK) {
        e = read_json(j, name, &text, &json, d);
    }
    if (e == NW_OK && nw_json_text(nw_json_get(json, "vct")) == NULL) {
        e = nw_fail_at(d, NW_ERR_CONFIG, nw_json_text(name), "has no vct");
    }
    if (e == NW_OK) {
        nw_buf_puts(vct, nw_json_text(nw_json_get(json, "vct")));
        e = nw_buf_err(vct);
    }
    for (size_t i = 0; e == NW_OK && i < j->vctm_n; i++) {
        if (nw_slice_eq(j->vctm[i].vct, nw_buf_slice(vct))) {
            e = nw_fail_at(d, NW_ERR_CONFIG, nw_json_text(name), "its vct occurs twice");
        }
    }
    if (e == NW_OK) {
        j->vctm[j->vctm_n++] = (struct nw_bundle_vctm_item){.vct = nw_buf_slice(vct), .json = text};
        tl_taken("type", "%s", nw_json_text(nw_json_get(json, "vct")));
    }
    nw_json_free(&json);
    return e;
}

enum nw_err tl_job_vctm(struct tl_job *j, struct nw_diag *d)
{
    const struct nw_json *files = nw_json_get(j->config->json, "type_metadata");
    enum nw_err e = NW_OK;
    for (const struct nw_json *f = nw_json_first(files); e == NW_OK && f != NULL;
         f = nw_json_next(f)) {
        e = take_vctm(j, f, d);
    }
    return e;
}
