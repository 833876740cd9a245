/* Record -> elements of an mdoc. The rows say where a claim goes, the claim's kind what it is in
 * CBOR. */
#include "attestation/type_internal.h"
#include "base/codec.h"
#include "base/date.h"

#include <string.h>

#define TAG_FULL_DATE 1004u /* RFC 8943 */
#define MAX_MEMBERS 64u     /* of one map: sorted by comparison */

/* What is known about a value: rows that describe what is below it, or its node. */
struct place {
    const struct nw_row *rows;
    size_t row_n;
    const char *path; /* in the profile, relative to rows */
    const struct nw_node *node;
    bool date, image;
};

struct putting {
    enum nw_row_part part;
    struct nw_buf *out;
    enum nw_err e;
};

static void put_value(struct putting *w, const struct nw_json *v, const struct place *at,
                      unsigned depth);

static const struct nw_row *row_at(const struct place *at, enum nw_row_part part, const char *path)
{
    for (size_t i = 0; i < at->row_n; i++) {
        if (nw_row_in(&at->rows[i], part) && strcmp(at->rows[i].as, path) == 0) {
            return &at->rows[i];
        }
    }
    return NULL;
}

static struct place of_node(const struct nw_node *node)
{
    return (struct place){.node = node,
                          .date = node != NULL && node->kind == NW_NODE_DATE,
                          .image = node != NULL && node->kind == NW_NODE_IMAGE};
}

/* Where a member of the map at `at` stands; path is the caller's memory for its path. */
static struct place member_place(const struct putting *w, const struct place *at, const char *name,
                                 char path[NW_TYPE_PATH])
{
    if (at->rows == NULL) {
        return of_node(at->node == NULL ? NULL : nw_node_member(at->node, name));
    }
    nw_path_member(path, NW_TYPE_PATH, at->path, name);
    const struct nw_row *r = row_at(at, w->part, path);
    if (r == NULL) { /* a map on the way to rows */
        return (struct place){.rows = at->rows, .row_n = at->row_n, .path = path};
    }
    if (r->each_n > 0) {
        return (struct place){.rows = r->each, .row_n = r->each_n, .path = ""};
    }
    struct place p = of_node(r->empty ? NULL : r->node);
    p.date = p.date || r->reg == NW_REGISTER_ISSUED_ON || r->reg == NW_REGISTER_DOCUMENT_EXPIRY;
    return p;
}

/* Bytewise order of the encoded keys: shorter ones first. */
static bool key_before(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    return n != m ? n < m : strcmp(a, b) < 0;
}

static void put_object(struct putting *w, const struct nw_json *v, const struct place *at,
                       unsigned depth)
{
    const struct nw_json *member[MAX_MEMBERS];
    size_t n = 0;
    for (const struct nw_json *c = nw_json_first(v); c != NULL; c = nw_json_next(c)) {
        size_t k = n;
        if (n == MAX_MEMBERS) {
            w->e = NW_ERR_LIMIT;
            return;
        }
        for (; k > 0 && key_before(nw_json_name(c), nw_json_name(member[k - 1])); k--) {
            member[k] = member[k - 1];
        }
        member[k] = c;
        n++;
    }
    nw_cbor_put_map(w->out, n);
    for (size_t i = 0; i < n; i++) {
        char path[NW_TYPE_PATH];
        const char *name = nw_json_name(member[i]);
        struct place below = member_place(w, at, name, path);
        nw_cbor_put_text(w->out, nw_str(name));
        put_value(w, member[i], &below, depth - 1);
    }
}

static void put_array(struct putting *w, const struct nw_json *v, const struct place *at,
                      unsigned depth)
{
    struct place below = *at;
    struct putting inside = {.part = NW_ROWS_MDOC, .out = w->out};
    if (at->rows == NULL) {
        below = of_node(at->node == NULL || at->node->member_n == 0 ? NULL : &at->node->member[0]);
    }
    nw_cbor_put_array(w->out, nw_json_count(v));
    for (const struct nw_json *c = nw_json_first(v); c != NULL; c = nw_json_next(c)) {
        put_value(&inside, c, &below, depth - 1);
    }
    w->e = w->e == NW_OK ? inside.e : w->e;
}

static void put_image(struct putting *w, const char *url)
{
    struct nw_buf bytes = NW_BUF(NW_MAX_CBOR);
    enum nw_err e = NW_ERR_CLAIM_TYPE;
    if (nw_image_is(url)) {
        e = nw_base64_decode(nw_slice_from(nw_str(url), strlen(NW_IMAGE_URL)), &bytes, NULL);
    }
    if (e == NW_OK) {
        nw_cbor_put_bytes(w->out, nw_buf_slice(&bytes));
    } else {
        w->e = e;
    }
    nw_buf_free(&bytes);
}

/* A date that exists is a full-date; one of which only the year is known stays a text. */
static void put_text(struct putting *w, const char *text, bool date)
{
    int64_t day;
    if (date && nw_date_parse(nw_str(text), &day) == NW_OK) {
        nw_cbor_put_tag(w->out, TAG_FULL_DATE);
    }
    nw_cbor_put_text(w->out, nw_str(text));
}

static void put_value(struct putting *w, const struct nw_json *v, const struct place *at,
                      unsigned depth)
{
    int64_t number = 0;
    bool flag = false;
    if (depth == 0) {
        w->e = NW_ERR_LIMIT;
        return;
    }
    switch (nw_json_kind(v)) {
    case NW_JSON_STRING:
        if (at->image) {
            put_image(w, nw_json_text(v));
        } else {
            put_text(w, nw_json_text(v), at->date);
        }
        break;
    case NW_JSON_BOOL:
        (void)nw_json_bool(v, &flag);
        nw_cbor_put_bool(w->out, flag);
        break;
    case NW_JSON_OBJECT:
        put_object(w, v, at, depth);
        break;
    case NW_JSON_ARRAY:
        put_array(w, v, at, depth);
        break;
    case NW_JSON_NUMBER:
    default:
        if (nw_json_int(v, &number)) {
            nw_cbor_put_int(w->out, number);
        } else {
            w->e = NW_ERR_CLAIM_TYPE;
        }
        break;
    }
}

/* The members of one part as elements; value.p is an offset until the buffer is complete. */
static enum nw_err put_part(const struct nw_profile_data *p, enum nw_row_part part,
                            const struct nw_json *claims, size_t start[NW_MAX_MDOC_ITEMS],
                            struct nw_mdoc_claims *out)
{
    struct putting w = {.part = part, .out = &out->cbor};
    const struct place top = {.rows = p->row, .row_n = p->row_n, .path = ""};
    for (const struct nw_json *c = nw_json_first(claims); c != NULL; c = nw_json_next(c)) {
        char path[NW_TYPE_PATH];
        if (out->n == NW_MAX_MDOC_ITEMS) {
            return NW_ERR_LIMIT;
        }
        struct place at = member_place(&w, &top, nw_json_name(c), path);
        start[out->n] = out->cbor.n;
        put_value(&w, c, &at, NW_TYPE_DEPTH);
        out->v[out->n++] = (struct nw_mdoc_element){
            .name_space = part == NW_ROWS_FIRST ? p->name_space : p->second_name_space,
            .id = nw_json_name(c)};
    }
    return w.e != NW_OK ? w.e : nw_buf_err(&out->cbor);
}

void nw_mdoc_claims_free(struct nw_mdoc_claims *c)
{
    nw_json_free(&c->own[0]);
    nw_json_free(&c->own[1]);
    nw_buf_free(&c->cbor);
    c->n = 0;
}

enum nw_err nw_profile_write_mdoc(const struct nw_type *t, enum nw_profile p,
                                  const struct nw_json *record,
                                  const struct nw_register_fields *reg, struct nw_mdoc_claims *out,
                                  struct nw_findings *losses)
{
    static const enum nw_row_part parts[] = {NW_ROWS_FIRST, NW_ROWS_SECOND};
    const struct nw_profile_data *profile = nw_type_profile(t, p);
    size_t start[NW_MAX_MDOC_ITEMS] = {0};
    *out = (struct nw_mdoc_claims){.cbor = NW_BUF(NW_MAX_CBOR)};
    if (profile == NULL || profile->doctype == NULL || profile->name_space == NULL) {
        nw_finding_add(losses, "", NW_LEVEL_ERROR, "", "the type %s is no mdoc in the profile %s",
                       t->name, nw_profile_name(p));
        return NW_ERR_PROFILE_LOSS;
    }
    nw_rows_losses(t, profile, profile->second_name_space != NULL ? NW_ROWS_MDOC : NW_ROWS_FIRST,
                   record, losses);
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < (profile->second_name_space != NULL ? 2u : 1u); i++) {
        e = nw_rows_write(t, profile, parts[i], record, reg, &out->own[i], losses);
        if (e == NW_OK) {
            e = put_part(profile, parts[i], out->own[i], start, out);
        }
    }
    struct nw_slice all = nw_buf_slice(&out->cbor);
    for (size_t i = 0; e == NW_OK && i < out->n; i++) {
        size_t end = i + 1 < out->n ? start[i + 1] : all.n;
        out->v[i].value = nw_slice_sub(all, start[i], end - start[i]);
    }
    if (e != NW_OK) {
        nw_mdoc_claims_free(out);
    }
    return e;
}
