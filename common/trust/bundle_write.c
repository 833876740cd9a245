/* Writing an evidence bundle: docs/PROTOCOL.bundle sections 2 and 3. */
#include <string.h>

#include "cbor/cbor.h"
#include "cose/cose.h"
#include "trust/bundle_items.h"
#include "trust/bundle_layout.h"

struct writer {
    struct nw_crypto *crypto;
    const struct nw_bundle_content *in;
    struct nw_buf heap;
    struct nw_buf tables[NW_TABLES];
    struct nw_diag *d;
};

static void put_u32(struct nw_buf *b, size_t v)
{
    const uint8_t be[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
    nw_buf_put(b, nw_slice(be, sizeof be));
}

static void put_u16(struct nw_buf *b, unsigned v)
{
    nw_buf_putc(b, (uint8_t)(v >> 8));
    nw_buf_putc(b, (uint8_t)v);
}

/* Every table row that names a record ends with offset and length; start is where it began. */
static void put_range(struct writer *w, enum nw_table t, size_t start)
{
    put_u32(&w->tables[t], start);
    put_u32(&w->tables[t], w->heap.n - start);
}

static void write_sources(struct writer *w)
{
    for (size_t i = 0; i < w->in->source_n; i++) {
        const struct nw_bundle_source *s = &w->in->sources[i];
        size_t start = w->heap.n;
        nw_cbor_put_array(&w->heap, 10);
        nw_cbor_put_text(&w->heap, s->name);
        nw_cbor_put_text(&w->heap, s->list_type);
        nw_cbor_put_text(&w->heap, s->territory);
        nw_cbor_put_text(&w->heap, s->operator_name);
        nw_cbor_put_uint(&w->heap, s->sequence);
        nw_cbor_put_int(&w->heap, s->issued);
        nw_cbor_put_int(&w->heap, s->next_update);
        nw_cbor_put_bytes(&w->heap, s->sha256);
        nw_cbor_put_bytes(&w->heap, s->signer);
        nw_cbor_put_bool(&w->heap, s->test);
        put_range(w, NW_TABLE_SOURCES, start);
    }
}

static void write_entities(struct writer *w)
{
    for (size_t i = 0; i < w->in->entity_n; i++) {
        const struct nw_bundle_entity *e = &w->in->entities[i];
        size_t start = w->heap.n;
        nw_cbor_put_array(&w->heap, e->names.n > 0 ? 5 : 4);
        nw_cbor_put_text(&w->heap, e->id);
        nw_cbor_put_text(&w->heap, e->name);
        nw_cbor_put_text(&w->heap, e->country);
        nw_cbor_put_uint(&w->heap, e->source);
        nw_buf_put(&w->heap, e->names);
        put_range(w, NW_TABLE_ENTITIES, start);
        if (e->source >= w->in->source_n) {
            nw_buf_set_err(&w->heap, nw_fail(w->d, NW_ERR_BUNDLE_FORM, NW_NO_OFFSET,
                                             "entity %zu names a source that is not there", i));
        }
    }
}

static enum nw_err index_cert(struct writer *w, struct nw_slice der, enum nw_role role, size_t i)
{
    struct nw_cert cert;
    uint8_t digest[NW_SHA256_BYTES];
    enum nw_err e = nw_cert_listed(der, &cert, w->d);
    const struct {
        enum nw_table table;
        struct nw_slice what;
    } keys[] = {{NW_TABLE_KEYS, cert.spki}, {NW_TABLE_SUBJECTS, cert.subject}};
    for (size_t k = 0; e == NW_OK && k < 2; k++) {
        e = nw_sha256(w->crypto, keys[k].what, digest);
        nw_buf_put(&w->tables[keys[k].table], nw_slice(digest, sizeof digest));
        put_u16(&w->tables[keys[k].table], (unsigned)role);
        put_u32(&w->tables[keys[k].table], i);
    }
    return e;
}

static void write_periods(struct writer *w, const struct nw_bundle_service *s)
{
    nw_cbor_put_array(&w->heap, s->period_n);
    for (size_t k = 0; k < s->period_n; k++) {
        bool ca = s->role == NW_ROLE_QCERT_CA && s->periods[k].uses != 0;
        nw_cbor_put_array(&w->heap, ca ? 5 : 3);
        nw_cbor_put_uint(&w->heap, (uint64_t)s->periods[k].status);
        nw_cbor_put_int(&w->heap, s->periods[k].from);
        nw_cbor_put_int(&w->heap, s->periods[k].until);
        if (ca) {
            nw_cbor_put_uint(&w->heap, s->periods[k].uses);
            nw_cbor_put_uint(&w->heap, s->periods[k].set);
        }
    }
}

static enum nw_err write_service(struct writer *w, const struct nw_bundle_service *s, size_t i)
{
    size_t start = w->heap.n;
    if (s->entity >= w->in->entity_n || s->cert_n == 0 || s->cert_n > NW_MAX_SERVICE_CERTS ||
        s->period_n == 0 || s->period_n > NW_MAX_PERIODS) {
        return nw_fail(w->d, NW_ERR_BUNDLE_FORM, NW_NO_OFFSET,
                       "service %zu has no entity, certificate or period", i);
    }
    if ((s->role == NW_ROLE_IACA) != (s->doc_types.n > 0)) {
        return nw_fail(w->d, NW_ERR_BUNDLE_FORM, NW_NO_OFFSET,
                       "service %zu: document types belong to IACA roots, and to each", i);
    }
    nw_cbor_put_array(&w->heap, s->role == NW_ROLE_IACA ? 5 : 4);
    nw_cbor_put_uint(&w->heap, (uint64_t)s->role);
    nw_cbor_put_uint(&w->heap, s->entity);
    nw_cbor_put_array(&w->heap, s->cert_n);
    for (size_t k = 0; k < s->cert_n; k++) {
        nw_cbor_put_bytes(&w->heap, s->certs[k]);
    }
    write_periods(w, s);
    nw_buf_put(&w->heap, s->doc_types);
    put_range(w, NW_TABLE_SERVICES, start);
    enum nw_err e = NW_OK;
    for (size_t k = 0; e == NW_OK && k < s->cert_n; k++) {
        e = index_cert(w, s->certs[k], s->role, i);
    }
    return e;
}

static enum nw_err write_signers(struct writer *w)
{
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < w->in->signer_n; i++) {
        const struct nw_bundle_signer *s = &w->in->signers[i];
        uint8_t digest[NW_SHA256_BYTES];
        size_t start = w->heap.n;
        e = nw_sha256(w->crypto, s->der, digest);
        nw_cbor_put_bytes(&w->heap, s->der);
        nw_buf_put(&w->tables[NW_TABLE_SIGNERS], nw_slice(digest, NW_KID_BYTES));
        put_u16(&w->tables[NW_TABLE_SIGNERS], (unsigned)s->role);
        put_range(w, NW_TABLE_SIGNERS, start);
    }
    return e;
}

static void write_named(struct writer *w)
{
    for (size_t i = 0; i < w->in->token_n; i++) {
        const struct nw_bundle_token *t = &w->in->tokens[i];
        size_t start = w->heap.n;
        nw_cbor_put_array(&w->heap, 4);
        nw_cbor_put_text(&w->heap, t->uri);
        nw_cbor_put_uint(&w->heap, t->cwt ? 1 : 0);
        nw_cbor_put_int(&w->heap, t->fetched);
        nw_cbor_put_bytes(&w->heap, t->token);
        put_range(w, NW_TABLE_TOKENS, start);
    }
    for (size_t i = 0; i < w->in->body_n; i++) {
        const struct nw_bundle_body *x = &w->in->bodies[i];
        size_t start = w->heap.n;
        nw_cbor_put_array(&w->heap, 4);
        nw_cbor_put_text(&w->heap, x->id);
        nw_cbor_put_text(&w->heap, x->name);
        nw_cbor_put_text(&w->heap, x->country);
        nw_cbor_put_bytes(&w->heap, x->contact);
        put_range(w, NW_TABLE_BODIES, start);
    }
    for (size_t i = 0; i < w->in->vctm_n; i++) {
        size_t start = w->heap.n;
        nw_cbor_put_array(&w->heap, 2);
        nw_cbor_put_text(&w->heap, w->in->vctm[i].vct);
        nw_cbor_put_bytes(&w->heap, w->in->vctm[i].json);
        put_range(w, NW_TABLE_VCTM, start);
    }
}

static void write_notes(struct writer *w)
{
    for (size_t i = 0; i < w->in->note_n; i++) {
        const struct nw_bundle_note *n = &w->in->notes[i];
        size_t start = w->heap.n;
        nw_cbor_put_array(&w->heap, n->error.n > 0 ? 6 : 4);
        nw_cbor_put_uint(&w->heap, (uint64_t)n->kind);
        nw_cbor_put_text(&w->heap, n->what);
        nw_cbor_put_text(&w->heap, n->name);
        nw_cbor_put_text(&w->heap, n->text);
        if (n->error.n > 0) {
            nw_cbor_put_text(&w->heap, n->territory);
            nw_cbor_put_text(&w->heap, n->error);
        }
        put_range(w, NW_TABLE_NOTES, start);
    }
}

static void write_national(struct writer *w)
{
    for (size_t i = 0; i < w->in->set_n; i++) {
        size_t start = w->heap.n;
        nw_buf_put(&w->heap, w->in->sets[i]);
        put_range(w, NW_TABLE_SETS, start);
    }
    for (size_t i = 0; i < w->in->other_n; i++) {
        nw_buf_put(&w->tables[NW_TABLE_OTHERS], nw_slice(w->in->others[i].subject, NW_OTHER_BYTES));
        put_u32(&w->tables[NW_TABLE_OTHERS], (size_t)w->in->others[i].entity);
    }
}

/* Shell sort: the comparison needs the heap, and qsort() hands none on. */
static void sort_rows(struct writer *w, enum nw_table t)
{
    struct nw_buf *b = &w->tables[t];
    size_t width = nw_table_width(t);
    size_t n = b->n / width;
    uint8_t row[NW_ROW_MAX];
    for (size_t gap = n / 2; gap > 0; gap /= 2) {
        for (size_t i = gap; i < n; i++) {
            memcpy(row, b->p + i * width, width);
            size_t j = i;
            for (; j >= gap &&
                   nw_row_compare(t, nw_buf_slice(&w->heap), row, b->p + (j - gap) * width) < 0;
                 j -= gap) {
                memcpy(b->p + j * width, b->p + (j - gap) * width, width);
            }
            memcpy(b->p + j * width, row, width);
        }
    }
}

/* Equal rows of the key tables say the same twice (two certificates of one key): one is enough.
 * Equal keys in the other tables are a contradiction. */
static enum nw_err unique_rows(struct writer *w, enum nw_table t)
{
    struct nw_buf *b = &w->tables[t];
    size_t width = nw_table_width(t);
    size_t kept = 0;
    for (size_t i = 0; i < b->n / width; i++) {
        if (kept > 0 && nw_row_compare(t, nw_buf_slice(&w->heap), b->p + (kept - 1) * width,
                                       b->p + i * width) == 0) {
            if (t != NW_TABLE_KEYS && t != NW_TABLE_SUBJECTS && t != NW_TABLE_OTHERS) {
                return nw_fail_at(w->d, NW_ERR_BUNDLE_FORM, nw_table_name(t),
                                  "two items have the same name");
            }
            continue;
        }
        memmove(b->p + kept * width, b->p + i * width, width);
        kept++;
    }
    nw_buf_cut(b, kept * width);
    return NW_OK;
}

static enum nw_err write_items(struct writer *w)
{
    enum nw_err e = NW_OK;
    write_sources(w);
    write_entities(w);
    for (size_t i = 0; e == NW_OK && i < w->in->service_n; i++) {
        e = write_service(w, &w->in->services[i], i);
    }
    if (e == NW_OK) {
        e = write_signers(w);
    }
    write_named(w);
    write_notes(w);
    write_national(w);
    if (e == NW_OK) {
        e = nw_buf_err(&w->heap);
    }
    for (int t = 0; e == NW_OK && t < NW_TABLES; t++) {
        e = nw_buf_err(&w->tables[t]);
        if (e == NW_OK && nw_table_sorted((enum nw_table)t)) {
            sort_rows(w, (enum nw_table)t);
            e = unique_rows(w, (enum nw_table)t);
        }
    }
    return e;
}

static enum nw_err write_payload(struct writer *w, struct nw_buf *payload)
{
    const struct nw_bundle_content *in = w->in;
    unsigned tables = NW_TABLES;
    while (tables > NW_TABLES_REQUIRED && w->tables[tables - 1].n == 0) {
        tables--;
    }
    nw_cbor_put_map(payload, NW_HEAD_KEYS + tables);
    nw_cbor_put_uint(payload, NW_KEY_FORMAT);
    nw_cbor_put_uint(payload, NW_BUNDLE_FORMAT);
    nw_cbor_put_uint(payload, NW_KEY_SEQUENCE);
    nw_cbor_put_uint(payload, in->sequence);
    nw_cbor_put_uint(payload, NW_KEY_CREATED);
    nw_cbor_put_int(payload, in->created);
    nw_cbor_put_uint(payload, NW_KEY_MAX_AGE);
    nw_cbor_put_int(payload, in->max_age);
    nw_cbor_put_uint(payload, NW_KEY_TEST);
    nw_cbor_put_bool(payload, in->test);
    nw_cbor_put_uint(payload, NW_KEY_HEAP);
    nw_cbor_put_bytes(payload, nw_buf_slice(&w->heap));
    for (unsigned t = 0; t < tables; t++) {
        nw_cbor_put_uint(payload, NW_KEY_HEAP + 1u + t);
        nw_cbor_put_bytes(payload, nw_buf_slice(&w->tables[t]));
    }
    return nw_buf_err(payload);
}

enum nw_err nw_bundle_write(struct nw_crypto *c, struct nw_signer *s,
                            const struct nw_bundle_content *content, struct nw_buf *out,
                            struct nw_diag *d)
{
    struct writer w = {.crypto = c, .in = content, .heap = NW_BUF(NW_MAX_BUNDLE), .d = d};
    struct nw_buf payload = NW_BUF(NW_MAX_BUNDLE);
    const struct nw_cose_headers headers = {.typ =
                                                content->typ != NULL ? content->typ : NW_BUNDLE_TYP,
                                            .chain = true,
                                            .chain_protected = true,
                                            .tagged = true};
    for (int t = 0; t < NW_TABLES; t++) {
        w.tables[t] = NW_BUF(NW_MAX_BUNDLE);
    }
    enum nw_err e = NW_OK;
    if (nw_signer_alg(s) != NW_ES256 || nw_signer_chain_length(s) != 1) {
        e = nw_fail(d, NW_ERR_SIGNER, NW_NO_OFFSET,
                    "a bundle is signed with a P-256 key and its one certificate");
    }
    if (e == NW_OK) {
        e = write_items(&w);
    }
    if (e == NW_OK) {
        e = write_payload(&w, &payload);
    }
    if (e == NW_OK) {
        e = nw_cose_sign(s, &headers, nw_buf_slice(&payload), out);
    }
    nw_buf_free(&payload);
    nw_buf_free(&w.heap);
    for (int t = 0; t < NW_TABLES; t++) {
        nw_buf_free(&w.tables[t]);
    }
    return e;
}
