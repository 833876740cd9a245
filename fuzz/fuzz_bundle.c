/*
 * Evidence bundles. The first byte chooses: the rest as a whole file (almost
 * always refused at the pin), or as the payload of a bundle whose signature is
 * taken for granted, so that tables and records are reached. Whatever passes
 * validation must answer every question without leaving the input.
 */
#include <stdint.h>
#include <stdlib.h>

#include "cbor/cbor.h"
#include "crypto/crypto.h"
#include "trust/bundle_open.h"
#include "trust/qualification.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct nw_slice whole;

static void inside(struct nw_slice s)
{
    if (s.n > 0 && (s.p < whole.p || s.p + s.n > whole.p + whole.n)) {
        abort();
    }
}

static bool each_signer(void *ctx, struct nw_slice der)
{
    (void)ctx;
    inside(der);
    return true;
}

/* Members from 6 on as bytes, as the reader of the payload has them. */
static bool fill(struct nw_slice payload, struct nw_bundle *b)
{
    for (int i = 0; i <= NW_TABLES; i++) {
        struct nw_slice raw;
        if (!nw_cbor_find_int(payload, NW_KEY_HEAP + i, &raw)) {
            return i > NW_TABLES_REQUIRED;
        }
        struct nw_cbor r = nw_cbor_open(raw);
        *(i == 0 ? &b->heap : &b->tables[i - 1]) = nw_cbor_bytes(&r);
        if (nw_cbor_err(&r) != NW_OK) {
            return false;
        }
    }
    return true;
}

static void ask_everything(const struct nw_bundle *b)
{
    struct nw_bundle_source source;
    struct nw_bundle_entity entity;
    struct nw_bundle_service service;
    struct nw_bundle_token token;
    struct nw_bundle_body body;
    struct nw_bundle_signer signer;
    struct nw_bundle_note note;
    struct nw_institution institution;
    struct nw_slice found;
    int64_t fetched;
    char name[512];
    uint32_t services[4];
    for (size_t i = 0; nw_bundle_entity_at(b, i, &entity); i++) {
        inside(entity.name);
        inside(entity.names);
        if (!nw_bundle_source_at(b, (size_t)entity.source, &source)) {
            abort();
        }
    }
    for (size_t i = 0; nw_bundle_service_at(b, i, &service); i++) {
        inside(service.certs[0]);
        for (size_t k = 0; k < service.period_n; k++) {
            struct nw_qualifiers said = {0};
            static const struct nw_cert nobody;
            uint64_t set = service.periods[k].set;
            if (set != 0 && !nw_bundle_set_at(b, (size_t)set - 1, &found)) {
                abort();
            }
            if (set != 0) {
                inside(found);
                nw_qualification_apply(found, &nobody, &said);
            }
        }
        if (service.periods[service.period_n - 1].until != 0 ||
            !nw_bundle_entity_at(b, (size_t)service.entity, &entity)) {
            abort();
        }
    }
    for (size_t i = 0; nw_bundle_token_at(b, i, &token); i++) {
        if (nw_slice_cstr(token.uri, name, sizeof name) &&
            !nw_bundle_status(b, name, token.cwt, &found, &fetched)) {
            abort(); /* what is in a sorted table is found in it */
        }
    }
    for (size_t i = 0; nw_bundle_body_at(b, i, &body); i++) {
        if (nw_slice_cstr(body.id, name, 64)) {
            (void)nw_bundle_institution(b, name, &institution);
        }
    }
    for (size_t i = 0; nw_bundle_note_at(b, i, &note); i++) {
        inside(note.text);
    }
    for (size_t i = 0; nw_bundle_signer_at(b, i, &signer); i++) {
        nw_bundle_by_kid(b, nw_slice(nw_table_row(b, NW_TABLE_SIGNERS, i), 8), signer.role,
                         each_signer, NULL);
    }
    if (nw_table_rows(b, NW_TABLE_OTHERS) > 0 &&
        !nw_bundle_other_ca(b, nw_table_row(b, NW_TABLE_OTHERS, 0), &entity)) {
        abort();
    }
    if (nw_table_rows(b, NW_TABLE_KEYS) > 0) {
        const uint8_t *row = nw_table_row(b, NW_TABLE_KEYS, 0);
        enum nw_role role = (enum nw_role)(row[32] << 8 | row[33]);
        if (nw_bundle_by_key(b, row, role, services, 4) == 0) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct nw_crypto *c;
    if (c == NULL && nw_crypto_new(NW_PROVIDER_DEFAULT, &c) != NW_OK) {
        abort();
    }
    if (size == 0) {
        return 0;
    }
    whole = nw_slice(data + 1, size - 1);
    if (data[0] == 'F') {
        struct nw_bundle *opened = NULL;
        char hex[65];
        const char *pins[] = {hex, NULL};
        const struct nw_bundle_policy policy = {.signers = pins, .now = 1795305600};
        if (nw_bundle_claimed_signer(c, whole, hex, NULL) == NW_OK &&
            nw_bundle_open(c, whole, &policy, &opened, NULL) == NW_OK) {
            ask_everything(opened);
            nw_bundle_free(&opened);
        }
        return 0;
    }
    struct nw_bundle b = {0};
    if (fill(whole, &b) && nw_bundle_validate(&b, NULL) == NW_OK) {
        ask_everything(&b);
    }
    return 0;
}
