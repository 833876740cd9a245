/* IssuerSigned. First byte 'B': as it travels, raw, hex or base64url. 'M': the content of an MSO,
 * signed here, so that what lies behind the signature is reached. What is accepted can be
 * presented, and what comes back is the same. */
#include <stdlib.h>
#include <string.h>

#include "attestation/type.h"
#include "mdoc/mdoc.h"
#include "test_pki.h"

static struct nw_crypto *crypto;
static struct test_pki *pki;
static struct nw_types *types;

static void hold(bool property)
{
    if (!property) {
        abort();
    }
}

static void start(void)
{
    hold(nw_crypto_new(NW_PROVIDER_DEFAULT, &crypto) == NW_OK);
    hold(nw_types_load(&types, NULL) == NW_OK);
    pki = test_pki_new(crypto);
}

static void content(const struct nw_mdoc *m)
{
    enum nw_profile profile;
    const struct nw_type *type = nw_type_by_doctype(types, m->mso.doc_type, &profile);
    struct nw_json *record = NULL, *missing = NULL;
    struct nw_register_fields reg;
    struct nw_status_ref ref;
    if (type != NULL &&
        nw_profile_read_mdoc(type, profile, m, &record, &missing, &reg, NULL) == NW_OK) {
        hold(nw_json_kind(record) == NW_JSON_OBJECT && nw_json_kind(missing) == NW_JSON_ARRAY);
    }
    nw_json_free(&record);
    nw_json_free(&missing);
    if (nw_status_ref_mso(m->mso.status, &ref, NULL) == NW_OK && ref.present) {
        hold(ref.uri[0] != '\0' && ref.identifier == (ref.id_n > 0));
    }
}

static void verified(struct nw_mdoc *m)
{
    hold(m->mso.signed_at <= m->mso.valid_from && m->mso.valid_from < m->mso.valid_until);
    hold(nw_hash_size(m->mso.hash) >= 32 && m->mso.device_key.n > 0);
    for (size_t i = 0; i < m->item_n; i++) {
        for (size_t k = 0; k < i; k++) {
            bool same = nw_slice_eq(m->item[i].name_space, m->item[k].name_space) &&
                        nw_slice_eq(m->item[i].id, m->item[k].id);
            hold(!same);
        }
    }
    content(m);
}

/* The items that the holder keeps are the items that come back. */
static void presented(struct nw_slice in, const struct nw_mdoc *m)
{
    static const uint8_t transcript[] = {0x83, 0xf6, 0xf6, 0xf6};
    static struct nw_device_response r;
    static struct nw_mdoc back;
    struct nw_buf out = NW_BUF(NW_MAX_CBOR);
    const struct nw_mdoc_present job = {.issuer_signed = in,
                                        .device = pki->holder,
                                        .transcript = nw_slice(transcript, sizeof transcript)};
    if (nw_mdoc_present(crypto, &job, &out, NULL) == NW_OK) {
        hold(nw_device_response_parse(nw_buf_slice(&out), &r, NULL, NULL) == NW_OK);
        hold(nw_device_response_document(&r, 0, &back, NULL, NULL) == NW_OK);
        hold(back.item_n == m->item_n);
        for (size_t i = 0; i < m->item_n; i++) {
            hold(nw_slice_eq(back.item[i].bytes, m->item[i].bytes));
        }
        nw_mdoc_free(&back);
        nw_device_response_free(&r);
    }
    nw_buf_free(&out);
}

static void issuer_signed(struct nw_slice in)
{
    static struct nw_mdoc m;
    static struct nw_checks checks;
    checks.n = 0;
    if (nw_mdoc_parse(in, &m, &checks, NULL) != NW_OK) {
        hold(nw_check_first_failure(&checks) != NULL);
        return;
    }
    hold(m.auth.chain_n > 0 && !m.verified && nw_check_passed(&checks, "MSO-01"));
    presented(in, &m);
    if (nw_mdoc_verify(crypto, &m, nw_signer_pubkey(pki->attestation), &checks, NULL) == NW_OK) {
        verified(&m);
    } else {
        hold(nw_check_first_failure(&checks) != NULL && !m.verified);
    }
    nw_mdoc_free(&m);
}

static void mso(struct nw_slice in)
{
    static const struct nw_cose_headers headers = {.chain = true};
    struct nw_buf payload = NW_BUF(NW_MAX_CBOR), out = NW_BUF(NW_MAX_CBOR);
    nw_cbor_put_tag(&payload, 24);
    nw_cbor_put_bytes(&payload, in);
    nw_cbor_put_map(&out, 1);
    nw_cbor_put_text(&out, nw_str("issuerAuth"));
    if (nw_cose_sign(pki->attestation, &headers, nw_buf_slice(&payload), &out) == NW_OK) {
        issuer_signed(nw_buf_slice(&out));
    }
    nw_buf_free(&payload);
    nw_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (crypto == NULL) {
        start();
    }
    if (size > 0 && data[0] == 'M') {
        mso(nw_slice(data + 1, size - 1));
    } else if (size > 0) {
        issuer_signed(nw_slice(data + 1, size - 1));
    }
    return 0;
}
