/* The holder's side: some elements, and a proof over the session. */
#include "base/alloc.h"
#include "mdoc/internal.h"
#include "mdoc/transcript.h"

static const uint8_t no_name_spaces[] = {0xd8, 0x18, 0x41, 0xa0}; /* 24(<< {} >>) */

static bool kept(const struct nw_mdoc_present *job, const struct nw_mdoc_item *item)
{
    return job->keep == NULL || job->keep(job->ctx, item);
}

/* Items of one name space that go along; *end: index behind the last of the name space. */
static size_t count_space(const struct nw_mdoc_present *job, const struct nw_mdoc *m, size_t first,
                          size_t *end)
{
    size_t n = 0, i = first;
    for (; i < m->item_n && m->item[i].name_space.p == m->item[first].name_space.p; i++) {
        n += kept(job, &m->item[i]);
    }
    *end = i;
    return n;
}

static void put_issuer_signed(const struct nw_mdoc_present *job, const struct nw_mdoc *m,
                              struct nw_buf *out)
{
    struct nw_slice auth = NW_SLICE_EMPTY;
    size_t spaces = 0, end;
    for (size_t i = 0; i < m->item_n; i = end) {
        spaces += count_space(job, m, i, &end) > 0;
    }
    (void)nw_cbor_find_text(m->bytes, "issuerAuth", &auth);
    nw_cbor_put_map(out, spaces > 0 ? 2 : 1);
    nw_cbor_put_text(out, nw_str("issuerAuth"));
    nw_buf_put(out, auth);
    if (spaces == 0) {
        return;
    }
    nw_cbor_put_text(out, nw_str("nameSpaces"));
    nw_cbor_put_map(out, spaces);
    for (size_t i = 0; i < m->item_n; i = end) {
        size_t n = count_space(job, m, i, &end);
        if (n == 0) {
            continue;
        }
        nw_cbor_put_text(out, m->item[i].name_space);
        nw_cbor_put_array(out, n);
        for (size_t k = i; k < end; k++) {
            if (kept(job, &m->item[k])) {
                nw_buf_put(out, m->item[k].bytes);
            }
        }
    }
}

static enum nw_err put_mac(struct nw_crypto *c, const struct nw_mdoc_present *job,
                           struct nw_slice payload, struct nw_buf *out)
{
    uint8_t key[NW_SHA256_BYTES];
    enum nw_err e = nw_mac_key(c, job->device, job->reader_key, job->transcript, key);
    if (e == NW_OK) {
        e = nw_cose_mac0_make(c, nw_slice(key, sizeof key), payload, out);
    }
    nw_wipe(key, sizeof key);
    return e;
}

static enum nw_err put_device_signed(struct nw_crypto *c, const struct nw_mdoc_present *job,
                                     struct nw_slice doc_type, struct nw_buf *out)
{
    static const struct nw_cose_headers headers = {.detached = true};
    const struct nw_slice spaces = nw_slice(no_name_spaces, sizeof no_name_spaces);
    struct nw_buf payload = NW_BUF(NW_MAX_CBOR);
    bool mac = job->reader_key != NULL;
    nw_device_authentication(job->transcript, doc_type, spaces, &payload);
    nw_cbor_put_map(out, 2);
    nw_cbor_put_text(out, nw_str("deviceAuth"));
    nw_cbor_put_map(out, 1);
    nw_cbor_put_text(out, nw_str(mac ? "deviceMac" : "deviceSignature"));
    enum nw_err e = nw_buf_err(&payload);
    if (e == NW_OK) {
        e = mac ? put_mac(c, job, nw_buf_slice(&payload), out)
                : nw_cose_sign(job->device, &headers, nw_buf_slice(&payload), out);
    }
    nw_cbor_put_text(out, nw_str("nameSpaces"));
    nw_buf_put(out, spaces);
    nw_buf_free(&payload);
    return e;
}

static enum nw_err put_response(struct nw_crypto *c, const struct nw_mdoc_present *job,
                                const struct nw_mdoc *m, struct nw_slice doc_type,
                                struct nw_buf *out)
{
    nw_cbor_put_map(out, 3);
    nw_cbor_put_text(out, nw_str("status"));
    nw_cbor_put_uint(out, 0);
    nw_cbor_put_text(out, nw_str("version"));
    nw_cbor_put_text(out, nw_str("1.0"));
    nw_cbor_put_text(out, nw_str("documents"));
    nw_cbor_put_array(out, 1);
    nw_cbor_put_map(out, 3);
    nw_cbor_put_text(out, nw_str("docType"));
    nw_cbor_put_text(out, doc_type);
    nw_cbor_put_text(out, nw_str("deviceSigned"));
    enum nw_err e = put_device_signed(c, job, doc_type, out);
    nw_cbor_put_text(out, nw_str("issuerSigned"));
    put_issuer_signed(job, m, out);
    return e != NW_OK ? e : nw_buf_err(out);
}

enum nw_err nw_mdoc_present(struct nw_crypto *c, const struct nw_mdoc_present *job,
                            struct nw_buf *out, struct nw_diag *d)
{
    struct nw_buf whole = NW_BUF(NW_MAX_CBOR);
    struct nw_mso mso;
    struct nw_mdoc *m = nw_calloc(1, sizeof *m);
    if (m == NULL) {
        return nw_fail(d, NW_ERR_NOMEM, NW_NO_OFFSET, "%s", "");
    }
    enum nw_err e = nw_mdoc_parse(job->issuer_signed, m, NULL, d);
    if (e == NW_OK) {
        e = nw_mso_read(m->auth.payload, &mso, d);
    }
    if (e == NW_OK) {
        e = put_response(c, job, m, mso.doc_type, &whole);
    }
    if (e == NW_OK) {
        nw_buf_put(out, nw_buf_slice(&whole));
        e = nw_buf_err(out);
    }
    nw_mdoc_free(m);
    nw_free(m);
    nw_buf_free(&whole);
    return e == NW_OK ? e : nw_fail(d, e, NW_NO_OFFSET, "%s", "");
}
