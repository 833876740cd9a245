/* Records of the heap, read one by one, and the check that all of them can be read. */
#include "cbor/cbor.h"
#include "trust/bundle_open.h"
#include "trust/qualification.h"

#define RECORD_DEPTH 4u

static bool finished(const struct nw_cbor *r)
{
    return nw_cbor_err(r) == NW_OK && nw_cbor_done(r);
}

bool nw_record_source(struct nw_slice record, struct nw_bundle_source *out)
{
    struct nw_cbor r = nw_cbor_open(record);
    size_t n = nw_cbor_array(&r);
    out->name = nw_cbor_text(&r);
    out->list_type = nw_cbor_text(&r);
    out->territory = nw_cbor_text(&r);
    out->operator_name = nw_cbor_text(&r);
    out->sequence = nw_cbor_uint(&r);
    out->issued = nw_cbor_int(&r);
    out->next_update = nw_cbor_int(&r);
    out->sha256 = nw_cbor_bytes(&r);
    out->signer = nw_cbor_bytes(&r);
    out->test = nw_cbor_bool(&r);
    return finished(&r) && n == 10 && out->sha256.n == 32 && out->signer.n == 32;
}

bool nw_record_entity(struct nw_slice record, struct nw_bundle_entity *out)
{
    struct nw_cbor r = nw_cbor_open(record);
    size_t n = nw_cbor_array(&r);
    out->id = nw_cbor_text(&r);
    out->name = nw_cbor_text(&r);
    out->country = nw_cbor_text(&r);
    out->source = nw_cbor_uint(&r);
    out->names = n == 5 ? nw_cbor_raw(&r) : NW_SLICE_EMPTY;
    return finished(&r) && (n == 4 || n == 5);
}

static bool are_texts(struct nw_slice names)
{
    struct nw_cbor r = nw_cbor_open(names);
    if (names.n == 0) {
        return true;
    }
    for (size_t n = nw_cbor_array(&r); n > 0 && nw_cbor_err(&r) == NW_OK; n--) {
        (void)nw_cbor_text(&r);
    }
    return finished(&r);
}

static bool periods_in_order(const struct nw_bundle_service *s)
{
    for (size_t i = 0; i < s->period_n; i++) {
        const struct nw_bundle_period *p = &s->periods[i];
        bool last = i + 1 == s->period_n;
        if ((p->status != NW_TRUST_GRANTED && p->status != NW_TRUST_WITHDRAWN) ||
            (last && p->until != 0) ||
            (!last && (p->until <= p->from || p->until != s->periods[i + 1].from))) {
            return false;
        }
    }
    return s->period_n > 0;
}

static bool read_period(struct nw_cbor *r, enum nw_role role, struct nw_bundle_period *out)
{
    uint64_t uses = 0;
    size_t n = nw_cbor_array(r);
    bool ca = role == NW_ROLE_QCERT_CA && n == 5;
    if (n != 3 && !ca) {
        return false;
    }
    *out = (struct nw_bundle_period){.status = (enum nw_trust_state)nw_cbor_uint(r)};
    out->from = nw_cbor_int(r);
    out->until = nw_cbor_int(r);
    if (ca) {
        uses = nw_cbor_uint(r);
        out->set = nw_cbor_uint(r);
    }
    out->uses = (unsigned)uses & NW_USES;
    return uses <= NW_USES;
}

bool nw_record_service(struct nw_slice record, struct nw_bundle_service *out)
{
    struct nw_cbor r = nw_cbor_open(record);
    size_t n = nw_cbor_array(&r);
    uint64_t role = nw_cbor_uint(&r);
    out->entity = nw_cbor_uint(&r);
    out->cert_n = nw_cbor_array(&r);
    if (n != (role == NW_ROLE_IACA ? 5 : 4) || role == 0 || role > 0xffff || out->cert_n == 0 ||
        out->cert_n > NW_MAX_SERVICE_CERTS) {
        return false;
    }
    out->role = (enum nw_role)role;
    for (size_t i = 0; i < out->cert_n; i++) {
        out->certs[i] = nw_cbor_bytes(&r);
    }
    out->period_n = nw_cbor_array(&r);
    if (out->period_n > NW_MAX_PERIODS) {
        return false;
    }
    for (size_t i = 0; i < out->period_n; i++) {
        if (!read_period(&r, out->role, &out->periods[i])) {
            return false;
        }
    }
    out->doc_types = role == NW_ROLE_IACA ? nw_cbor_raw(&r) : NW_SLICE_EMPTY;
    return finished(&r) && periods_in_order(out) && are_texts(out->doc_types);
}

bool nw_record_signer(struct nw_slice record, struct nw_slice *der)
{
    struct nw_cbor r = nw_cbor_open(record);
    *der = nw_cbor_bytes(&r);
    return finished(&r) && der->n > 0 && der->n <= NW_MAX_CERT;
}

bool nw_record_token(struct nw_slice record, struct nw_bundle_token *out)
{
    struct nw_cbor r = nw_cbor_open(record);
    size_t n = nw_cbor_array(&r);
    out->uri = nw_cbor_text(&r);
    uint64_t form = nw_cbor_uint(&r);
    out->cwt = form == 1;
    out->fetched = nw_cbor_int(&r);
    out->token = nw_cbor_bytes(&r);
    return finished(&r) && n == 4 && form <= 1;
}

bool nw_record_body(struct nw_slice record, struct nw_bundle_body *out)
{
    struct nw_cbor r = nw_cbor_open(record);
    size_t n = nw_cbor_array(&r);
    out->id = nw_cbor_text(&r);
    out->name = nw_cbor_text(&r);
    out->country = nw_cbor_text(&r);
    out->contact = nw_cbor_bytes(&r);
    return finished(&r) && n == 4;
}

bool nw_record_vctm(struct nw_slice record, struct nw_bundle_vctm_item *out)
{
    struct nw_cbor r = nw_cbor_open(record);
    size_t n = nw_cbor_array(&r);
    out->vct = nw_cbor_text(&r);
    out->json = nw_cbor_bytes(&r);
    return finished(&r) && n == 2;
}

bool nw_record_note(struct nw_slice record, struct nw_bundle_note *out)
{
    struct nw_cbor r = nw_cbor_open(record);
    size_t n = nw_cbor_array(&r);
    uint64_t kind = nw_cbor_uint(&r);
    out->what = nw_cbor_text(&r);
    out->name = nw_cbor_text(&r);
    out->text = nw_cbor_text(&r);
    out->kind = (enum nw_note_kind)kind;
    out->territory = n == 6 ? nw_cbor_text(&r) : NW_SLICE_EMPTY;
    out->error = n == 6 ? nw_cbor_text(&r) : NW_SLICE_EMPTY;
    return finished(&r) && (n == 4 || n == 6) && kind >= NW_NOTE_TAKEN && kind <= NW_NOTE_REFUSED;
}

static bool sets_are_there(const struct nw_bundle *b, const struct nw_bundle_service *s)
{
    for (size_t i = 0; i < s->period_n; i++) {
        if (s->periods[i].set > nw_table_rows(b, NW_TABLE_SETS)) {
            return false;
        }
    }
    return true;
}

static bool readable(const struct nw_bundle *b, enum nw_table t, struct nw_slice record)
{
    union {
        struct nw_bundle_source source;
        struct nw_bundle_entity entity;
        struct nw_bundle_service service;
        struct nw_bundle_token token;
        struct nw_bundle_body body;
        struct nw_bundle_vctm_item vctm;
        struct nw_bundle_note note;
        struct nw_slice der;
    } item;
    switch (t) {
    case NW_TABLE_SOURCES:
        return nw_record_source(record, &item.source);
    case NW_TABLE_ENTITIES:
        return nw_record_entity(record, &item.entity) &&
               item.entity.source < nw_table_rows(b, NW_TABLE_SOURCES) &&
               are_texts(item.entity.names);
    case NW_TABLE_SERVICES:
        return nw_record_service(record, &item.service) &&
               item.service.entity < nw_table_rows(b, NW_TABLE_ENTITIES) &&
               sets_are_there(b, &item.service);
    case NW_TABLE_SIGNERS:
        return nw_record_signer(record, &item.der);
    case NW_TABLE_TOKENS:
        return nw_record_token(record, &item.token);
    case NW_TABLE_BODIES:
        return nw_record_body(record, &item.body);
    case NW_TABLE_VCTM:
        return nw_record_vctm(record, &item.vctm);
    case NW_TABLE_NOTES:
        return nw_record_note(record, &item.note);
    case NW_TABLE_SETS:
        return nw_qualification_valid(record);
    case NW_TABLE_KEYS:
    case NW_TABLE_SUBJECTS:
    case NW_TABLE_OTHERS:
    case NW_TABLES:
        break;
    }
    return false;
}

static bool row_is_good(const struct nw_bundle *b, enum nw_table t, const uint8_t *row)
{
    if (t == NW_TABLE_KEYS || t == NW_TABLE_SUBJECTS) {
        return nw_be32(row + NW_ROW_MAX - 4) < nw_table_rows(b, NW_TABLE_SERVICES);
    }
    if (t == NW_TABLE_OTHERS) {
        return nw_be32(row + NW_OTHER_BYTES) < nw_table_rows(b, NW_TABLE_ENTITIES);
    }
    if (t == NW_TABLE_SETS) { /* deeper than the other records, and looked at whole */
        return readable(b, t, nw_row_record(t, b->heap, row));
    }
    struct nw_slice record = nw_row_record(t, b->heap, row);
    return nw_cbor_check(record, NW_CBOR_DETERMINISTIC, RECORD_DEPTH, NULL) == NW_OK &&
           readable(b, t, record);
}

enum nw_err nw_bundle_validate(const struct nw_bundle *b, struct nw_diag *d)
{
    for (int i = 0; i < NW_TABLES; i++) {
        enum nw_table t = (enum nw_table)i;
        if (b->tables[t].n % nw_table_width(t) != 0) {
            return nw_fail_at(d, NW_ERR_BUNDLE_FORM, nw_table_name(t), "half a row");
        }
    }
    for (int i = 0; i < NW_TABLES; i++) {
        enum nw_table t = (enum nw_table)i;
        for (size_t k = 0; k < nw_table_rows(b, t); k++) {
            if (!row_is_good(b, t, nw_table_row(b, t, k))) {
                return nw_fail_at(d, NW_ERR_BUNDLE_FORM, nw_table_name(t), "row %zu cannot be read",
                                  k);
            }
            if (k > 0 && nw_table_sorted(t) &&
                nw_row_compare(t, b->heap, nw_table_row(b, t, k - 1), nw_table_row(b, t, k)) >= 0) {
                return nw_fail_at(d, NW_ERR_BUNDLE_FORM, nw_table_name(t),
                                  "row %zu is out of order", k);
            }
        }
    }
    return NW_OK;
}
