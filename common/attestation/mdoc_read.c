/* Elements of a verified mdoc -> record. */
#include "attestation/type_internal.h"
#include "base/codec.h"
#include "base/date.h"

#include <string.h>

#define TAG_TDATE 0u
#define TAG_FULL_DATE 1004u
#define NAME_MAX_BYTES 128u
#define JSON_INT_MAX (1ll << 53)

static enum nw_err read_value(struct nw_cbor *r, unsigned depth, struct nw_json **out);

static enum nw_err read_text(struct nw_cbor *r, struct nw_json **out)
{
    struct nw_slice text = nw_cbor_text(r);
    if (nw_cbor_err(r) != NW_OK || nw_slice_find(text, 0, 0) < text.n) {
        return NW_ERR_CLAIM_TYPE;
    }
    return nw_json_new_text(text, out);
}

static enum nw_err read_bytes(struct nw_cbor *r, struct nw_json **out)
{
    struct nw_buf text = NW_BUF(NW_MAX_JSON);
    nw_base64url_encode(nw_cbor_bytes(r), &text);
    enum nw_err e = nw_buf_err(&text);
    if (e == NW_OK) {
        e = nw_json_new_text(nw_buf_slice(&text), out);
    }
    nw_buf_free(&text);
    return e;
}

static enum nw_err read_int(struct nw_cbor *r, struct nw_json **out)
{
    int64_t v = nw_cbor_int(r);
    if (nw_cbor_err(r) != NW_OK || v > JSON_INT_MAX || v < -JSON_INT_MAX) {
        return NW_ERR_CLAIM_RANGE;
    }
    return nw_json_new_int(v, out);
}

static enum nw_err read_array(struct nw_cbor *r, unsigned depth, struct nw_json **out)
{
    struct nw_json *list = NULL;
    size_t n = nw_cbor_array(r);
    enum nw_err e = nw_json_new_array(&list);
    for (size_t i = 0; e == NW_OK && i < n; i++) {
        struct nw_json *v = NULL;
        e = read_value(r, depth - 1, &v);
        if (e == NW_OK) {
            e = nw_json_append(list, &v);
        }
        nw_json_free(&v);
    }
    if (e != NW_OK) {
        nw_json_free(&list);
        return e;
    }
    *out = list;
    return NW_OK;
}

static enum nw_err read_map(struct nw_cbor *r, unsigned depth, struct nw_json **out)
{
    struct nw_json *o = NULL;
    size_t n = nw_cbor_map(r);
    enum nw_err e = nw_json_new_object(&o);
    for (size_t i = 0; e == NW_OK && i < n; i++) {
        char name[NAME_MAX_BYTES];
        struct nw_json *v = NULL;
        if (!nw_slice_cstr(nw_cbor_text(r), name, sizeof name) || nw_cbor_err(r) != NW_OK) {
            e = NW_ERR_CLAIM_TYPE;
            break;
        }
        e = read_value(r, depth - 1, &v);
        if (e == NW_OK) {
            e = nw_json_put(o, name, &v);
        }
        nw_json_free(&v);
    }
    if (e != NW_OK) {
        nw_json_free(&o);
        return e;
    }
    *out = o;
    return NW_OK;
}

/* Dates lose their tag: what is left is the text that the type wants. */
static enum nw_err read_tagged(struct nw_cbor *r, struct nw_json **out)
{
    uint64_t tag = nw_cbor_tag(r);
    bool known = (tag == TAG_FULL_DATE || tag == TAG_TDATE) && nw_cbor_peek(r) == NW_CBOR_TEXT;
    return known ? read_text(r, out) : NW_ERR_CLAIM_TYPE;
}

static enum nw_err read_value(struct nw_cbor *r, unsigned depth, struct nw_json **out)
{
    if (depth == 0) {
        return NW_ERR_CBOR_DEPTH;
    }
    switch (nw_cbor_peek(r)) {
    case NW_CBOR_TEXT:
        return read_text(r, out);
    case NW_CBOR_UINT:
    case NW_CBOR_NINT:
        return read_int(r, out);
    case NW_CBOR_TRUE:
    case NW_CBOR_FALSE:
        return nw_json_new_bool(nw_cbor_bool(r), out);
    case NW_CBOR_BYTES:
        return read_bytes(r, out);
    case NW_CBOR_ARRAY:
        return read_array(r, depth, out);
    case NW_CBOR_MAP:
        return read_map(r, depth, out);
    case NW_CBOR_TAG:
        return read_tagged(r, out);
    default:
        return NW_ERR_CLAIM_TYPE;
    }
}

static enum nw_err read_image(struct nw_cbor *r, struct nw_json **out)
{
    struct nw_buf url = NW_BUF(2 * NW_MAX_JSON);
    if (nw_cbor_peek(r) != NW_CBOR_BYTES) {
        return NW_ERR_CLAIM_TYPE;
    }
    nw_buf_puts(&url, NW_IMAGE_URL);
    nw_base64_encode(nw_cbor_bytes(r), &url);
    enum nw_err e = nw_buf_err(&url);
    if (e == NW_OK && !nw_image_is(nw_buf_cstr(&url))) {
        e = NW_ERR_CLAIM_TYPE;
    }
    if (e == NW_OK) {
        e = nw_json_new_text(nw_buf_slice(&url), out);
    }
    nw_buf_free(&url);
    return e;
}

/* PID rulebook 3.1.1: an administrative date may be a tdate; the day is what counts. */
static enum nw_err read_day(struct nw_cbor *r, struct nw_json **out)
{
    if (nw_cbor_peek(r) != NW_CBOR_TAG) {
        return read_value(r, NW_MAX_CBOR_DEPTH, out);
    }
    uint64_t tag = nw_cbor_tag(r);
    int64_t at = 0;
    if (nw_cbor_peek(r) != NW_CBOR_TEXT) {
        return NW_ERR_CLAIM_TYPE;
    }
    if (tag == TAG_FULL_DATE) {
        return read_text(r, out);
    }
    struct nw_slice text = nw_cbor_text(r);
    if (tag != TAG_TDATE || nw_cbor_err(r) != NW_OK || nw_time_parse(text, &at) != NW_OK) {
        return NW_ERR_CLAIM_TYPE;
    }
    return nw_json_new_text(nw_slice_sub(text, 0, NW_DATE_TEXT - 1), out);
}

/* By the kind of the claim that the element is; most kinds tell themselves. */
static enum nw_err read_element(const struct nw_profile_data *p, enum nw_row_part part,
                                const char *id, struct nw_cbor *in, struct nw_json **out)
{
    enum nw_node_kind kind = NW_NODE_TEXT;
    for (size_t i = 0; i < p->row_n; i++) {
        const struct nw_row *r = &p->row[i];
        bool date = r->reg == NW_REGISTER_ISSUED_ON || r->reg == NW_REGISTER_DOCUMENT_EXPIRY;
        if (nw_row_in(r, part) && strcmp(r->as, id) == 0) {
            kind = r->node != NULL ? r->node->kind : date ? NW_NODE_DATE : kind;
        }
    }
    return kind == NW_NODE_IMAGE  ? read_image(in, out)
           : kind == NW_NODE_DATE ? read_day(in, out)
                                  : read_value(in, NW_MAX_CBOR_DEPTH, out);
}

/* All elements of one name space as members of one object. */
static enum nw_err read_name_space(const struct nw_profile_data *p, enum nw_row_part part,
                                   const struct nw_mdoc *m, struct nw_json **out, struct nw_diag *d)
{
    const char *name_space = part == NW_ROWS_FIRST ? p->name_space : p->second_name_space;
    struct nw_json *o = NULL;
    enum nw_err e = nw_json_new_object(&o);
    for (size_t i = 0; e == NW_OK && i < m->item_n; i++) {
        const struct nw_mdoc_item *item = &m->item[i];
        char id[NAME_MAX_BYTES];
        struct nw_json *v = NULL;
        if (!nw_slice_is(item->name_space, name_space) || !nw_slice_cstr(item->id, id, sizeof id)) {
            continue; /* no row can mean it */
        }
        struct nw_cbor r = nw_cbor_open(item->value);
        e = read_element(p, part, id, &r, &v);
        if (e == NW_OK) {
            e = nw_json_put(o, id, &v);
        } else {
            (void)nw_fail_at(d, e, id, "no value that a claim can have");
        }
        nw_json_free(&v);
    }
    if (e != NW_OK) {
        nw_json_free(&o);
        return e;
    }
    *out = o;
    return NW_OK;
}

static void read_register(const struct nw_profile_data *p, enum nw_row_part part,
                          const struct nw_json *claims, struct nw_register_fields *reg)
{
    for (size_t i = 0; i < p->row_n; i++) {
        const struct nw_row *r = &p->row[i];
        struct nw_slice v = nw_str(nw_json_text(nw_json_path(claims, r->as)));
        if (!nw_row_in(r, part) || v.n == 0) {
            continue;
        }
        if (r->reg == NW_REGISTER_ISSUED_ON) {
            (void)nw_slice_cstr(v, reg->issued_on, sizeof reg->issued_on);
        } else if (r->reg == NW_REGISTER_DOCUMENT_EXPIRY) {
            (void)nw_slice_cstr(v, reg->document_expiry, sizeof reg->document_expiry);
        } else if (r->reg == NW_REGISTER_LEGAL_CATEGORY) {
            (void)nw_slice_cstr(v, reg->legal_category, sizeof reg->legal_category);
        }
    }
}

static enum nw_err read_part(const struct nw_profile_data *p, enum nw_row_part part,
                             const struct nw_mdoc *m, struct nw_json *record,
                             struct nw_register_fields *reg, struct nw_diag *d)
{
    struct nw_json *claims = NULL;
    enum nw_err e = read_name_space(p, part, m, &claims, d);
    if (e == NW_OK) {
        e = nw_rows_read(p, part, claims, record);
    }
    if (e == NW_OK && reg != NULL) {
        read_register(p, part, claims, reg);
    }
    nw_json_free(&claims);
    return e;
}

enum nw_err nw_profile_read_mdoc(const struct nw_type *t, enum nw_profile p,
                                 const struct nw_mdoc *m, struct nw_json **record,
                                 struct nw_json **undisclosed, struct nw_register_fields *reg,
                                 struct nw_diag *d)
{
    const struct nw_profile_data *profile = nw_type_profile(t, p);
    struct nw_json *out = NULL;
    if (profile == NULL || profile->name_space == NULL || !m->verified) {
        return nw_fail(d, NW_ERR_INTERNAL, NW_NO_OFFSET, "no verified mdoc of this type");
    }
    if (reg != NULL) {
        memset(reg, 0, sizeof *reg);
    }
    enum nw_err e = nw_json_new_object(&out);
    if (e == NW_OK) {
        e = read_part(profile, NW_ROWS_FIRST, m, out, reg, d);
    }
    if (e == NW_OK && profile->second_name_space != NULL) {
        e = read_part(profile, NW_ROWS_SECOND, m, out, reg, d);
    }
    if (e == NW_OK) {
        e = nw_rows_missing(t, profile, NW_ROWS_MDOC, out, undisclosed);
    }
    if (e != NW_OK) {
        nw_json_free(&out);
        return nw_fail(d, e, NW_NO_OFFSET, "reading the profile %s", nw_profile_name(p));
    }
    *record = out;
    return NW_OK;
}

/* ---- names ---- */

const struct nw_type *nw_type_by_doctype(const struct nw_types *t, struct nw_slice doc_type,
                                         enum nw_profile *profile)
{
    for (size_t i = 0; i < t->n; i++) {
        for (size_t k = 0; k < t->v[i].profile_n; k++) {
            const struct nw_profile_data *p = &t->v[i].profile[k];
            if (p->doctype != NULL && nw_slice_is(doc_type, p->doctype)) {
                *profile = p->id;
                return &t->v[i];
            }
        }
    }
    return NULL;
}

const char *nw_type_doctype(const struct nw_type *t, enum nw_profile p)
{
    const struct nw_profile_data *profile = nw_type_profile(t, p);
    return profile == NULL ? NULL : profile->doctype;
}

enum nw_err nw_types_name_second(struct nw_types *ts, const char *type, const char *name)
{
    size_t n = strlen(name);
    enum nw_err e = NW_ERR_NOT_FOUND;
    if (n == 0 || n >= NAME_MAX_BYTES) {
        return NW_ERR_CONFIG;
    }
    for (size_t i = 0; i < ts->n; i++) {
        for (size_t k = 0; strcmp(ts->v[i].name, type) == 0 && k < ts->v[i].profile_n; k++) {
            struct nw_profile_data *p = &ts->v[i].profile[k];
            if (p->second_name_space == NULL) {
                continue;
            }
            char *copy = nw_types_alloc(ts, n + 1, 1);
            if (copy == NULL || strcmp(p->name_space, name) == 0) {
                return copy == NULL ? NW_ERR_NOMEM : NW_ERR_CONFIG;
            }
            memcpy(copy, name, n + 1);
            p->second_name_space = copy;
            e = NW_OK;
        }
    }
    return e;
}
