/* Look-ups in an opened bundle: binary search over the sorted tables. */
#include <string.h>

#include "cbor/cbor.h"
#include "trust/bundle_open.h"

size_t nw_table_rows(const struct nw_bundle *b, enum nw_table t)
{
    return b->tables[t].n / nw_table_width(t);
}

const uint8_t *nw_table_row(const struct nw_bundle *b, enum nw_table t, size_t i)
{
    return b->tables[t].p + i * nw_table_width(t);
}

static struct nw_slice record_at(const struct nw_bundle *b, enum nw_table t, size_t i)
{
    return i < nw_table_rows(b, t) ? nw_row_record(t, b->heap, nw_table_row(b, t, i))
                                   : NW_SLICE_EMPTY;
}

bool nw_bundle_source_at(const struct nw_bundle *b, size_t i, struct nw_bundle_source *out)
{
    return nw_record_source(record_at(b, NW_TABLE_SOURCES, i), out);
}

bool nw_bundle_entity_at(const struct nw_bundle *b, size_t i, struct nw_bundle_entity *out)
{
    return nw_record_entity(record_at(b, NW_TABLE_ENTITIES, i), out);
}

bool nw_bundle_service_at(const struct nw_bundle *b, size_t i, struct nw_bundle_service *out)
{
    return nw_record_service(record_at(b, NW_TABLE_SERVICES, i), out);
}

bool nw_bundle_token_at(const struct nw_bundle *b, size_t i, struct nw_bundle_token *out)
{
    return nw_record_token(record_at(b, NW_TABLE_TOKENS, i), out);
}

bool nw_bundle_body_at(const struct nw_bundle *b, size_t i, struct nw_bundle_body *out)
{
    return nw_record_body(record_at(b, NW_TABLE_BODIES, i), out);
}

bool nw_bundle_vctm_at(const struct nw_bundle *b, size_t i, struct nw_bundle_vctm_item *out)
{
    return nw_record_vctm(record_at(b, NW_TABLE_VCTM, i), out);
}

bool nw_bundle_note_at(const struct nw_bundle *b, size_t i, struct nw_bundle_note *out)
{
    return nw_record_note(record_at(b, NW_TABLE_NOTES, i), out);
}

bool nw_bundle_set_at(const struct nw_bundle *b, size_t i, struct nw_slice *out)
{
    *out = record_at(b, NW_TABLE_SETS, i);
    return out->n > 0;
}

static unsigned row_role(const uint8_t *after_key)
{
    return (unsigned)after_key[0] << 8 | after_key[1];
}

bool nw_bundle_signer_at(const struct nw_bundle *b, size_t i, struct nw_bundle_signer *out)
{
    if (!nw_record_signer(record_at(b, NW_TABLE_SIGNERS, i), &out->der)) {
        return false;
    }
    out->role = (enum nw_role)row_role(nw_table_row(b, NW_TABLE_SIGNERS, i) + NW_KID_BYTES);
    return true;
}

/* First row whose leading bytes are not below prefix. */
static size_t lower_bound(const struct nw_bundle *b, enum nw_table t, struct nw_slice prefix)
{
    size_t low = 0;
    size_t high = nw_table_rows(b, t);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(nw_table_row(b, t, middle), prefix.p, prefix.n) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static size_t services_of(const struct nw_bundle *b, enum nw_table t, const uint8_t sha256[32],
                          enum nw_role role, uint32_t *out, size_t cap)
{
    uint8_t prefix[34];
    memcpy(prefix, sha256, 32);
    prefix[32] = (uint8_t)((unsigned)role >> 8);
    prefix[33] = (uint8_t)role;
    size_t found = 0;
    for (size_t i = lower_bound(b, t, nw_slice(prefix, sizeof prefix)); i < nw_table_rows(b, t);
         i++) {
        const uint8_t *row = nw_table_row(b, t, i);
        if (memcmp(row, prefix, sizeof prefix) != 0) {
            break;
        }
        if (found < cap) {
            out[found] = nw_be32(row + sizeof prefix);
        }
        found++;
    }
    return found;
}

size_t nw_bundle_by_key(const struct nw_bundle *b, const uint8_t sha256[32], enum nw_role role,
                        uint32_t *out, size_t cap)
{
    return services_of(b, NW_TABLE_KEYS, sha256, role, out, cap);
}

size_t nw_bundle_by_subject(const struct nw_bundle *b, const uint8_t sha256[32], enum nw_role role,
                            uint32_t *out, size_t cap)
{
    return services_of(b, NW_TABLE_SUBJECTS, sha256, role, out, cap);
}

bool nw_bundle_other_at(const struct nw_bundle *b, size_t i, struct nw_bundle_other_ca *out)
{
    if (i >= nw_table_rows(b, NW_TABLE_OTHERS)) {
        return false;
    }
    const uint8_t *row = nw_table_row(b, NW_TABLE_OTHERS, i);
    *out = (struct nw_bundle_other_ca){.entity = nw_be32(row + NW_OTHER_BYTES)};
    memcpy(out->subject, row, NW_OTHER_BYTES);
    return true;
}

bool nw_bundle_other_ca(const struct nw_bundle *b, const uint8_t subject[NW_SHA256_BYTES],
                        struct nw_bundle_entity *out)
{
    size_t i = lower_bound(b, NW_TABLE_OTHERS, nw_slice(subject, NW_OTHER_BYTES));
    if (i >= nw_table_rows(b, NW_TABLE_OTHERS)) {
        return false;
    }
    const uint8_t *row = nw_table_row(b, NW_TABLE_OTHERS, i);
    return memcmp(row, subject, NW_OTHER_BYTES) == 0 &&
           nw_bundle_entity_at(b, nw_be32(row + NW_OTHER_BYTES), out);
}

void nw_bundle_by_kid(const struct nw_bundle *b, struct nw_slice kid, enum nw_role role,
                      bool (*each)(void *ctx, struct nw_slice der), void *ctx)
{
    if (kid.n != NW_KID_BYTES) {
        return;
    }
    for (size_t i = lower_bound(b, NW_TABLE_SIGNERS, kid); i < nw_table_rows(b, NW_TABLE_SIGNERS);
         i++) {
        const uint8_t *row = nw_table_row(b, NW_TABLE_SIGNERS, i);
        struct nw_slice der;
        if (memcmp(row, kid.p, kid.n) != 0) {
            return;
        }
        if (row_role(row + NW_KID_BYTES) == (unsigned)role &&
            nw_record_signer(nw_row_record(NW_TABLE_SIGNERS, b->heap, row), &der) &&
            !each(ctx, der)) {
            return;
        }
    }
}

/* The first row whose record is named `name` or later. */
static size_t find_named(const struct nw_bundle *b, enum nw_table t, struct nw_slice name)
{
    size_t low = 0;
    size_t high = nw_table_rows(b, t);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct nw_cbor r = nw_cbor_open(record_at(b, t, middle));
        (void)nw_cbor_array(&r);
        if (nw_slice_cmp(nw_cbor_text(&r), name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool nw_bundle_status(const struct nw_bundle *b, const char *uri, int prefer_cwt,
                      struct nw_slice *token, int64_t *fetched)
{
    struct nw_bundle_token item;
    bool found = false;
    for (size_t i = find_named(b, NW_TABLE_TOKENS, nw_str(uri));
         nw_bundle_token_at(b, i, &item) && nw_slice_is(item.uri, uri); i++) {
        if (!found || item.cwt == (prefer_cwt != 0)) {
            *token = item.token;
            *fetched = item.fetched;
        }
        found = true;
    }
    return found;
}

bool nw_bundle_institution(const struct nw_bundle *b, const char *id, struct nw_institution *out)
{
    struct nw_bundle_body body;
    struct nw_institution found;
    size_t i = find_named(b, NW_TABLE_BODIES, nw_str(id));
    if (!nw_bundle_body_at(b, i, &body) || !nw_slice_is(body.id, id) ||
        !nw_slice_cstr(body.id, found.id, sizeof found.id) ||
        !nw_slice_cstr(body.name, found.name, sizeof found.name) ||
        !nw_slice_cstr(body.country, found.country, sizeof found.country)) {
        return false;
    }
    found.contact_json = body.contact;
    *out = found;
    return true;
}

bool nw_bundle_vctm(const struct nw_bundle *b, const char *vct, struct nw_slice *json)
{
    struct nw_bundle_vctm_item item;
    size_t i = find_named(b, NW_TABLE_VCTM, nw_str(vct));
    if (!nw_bundle_vctm_at(b, i, &item) || !nw_slice_is(item.vct, vct)) {
        return false;
    }
    *json = item.json;
    return true;
}
