/* A device engagement, as CBOR or (first byte odd) as QR text. What parses lies inside the input,
 * has no method twice and methods that are whole; its QR text is read as the same bytes; its key,
 * if it is one, is written again as an engagement that is read back. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "mdoc/engagement.h"

static struct nw_crypto *crypto;

static void demand(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void inside(struct nw_slice part, struct nw_slice whole)
{
    demand(part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
}

static void methods(const struct nw_engagement *e, struct nw_slice in)
{
    demand(e->method_n <= NW_MAX_RETRIEVAL_METHODS);
    for (size_t i = 0; i < e->method_n; i++) {
        const struct nw_retrieval *m = &e->method[i];
        inside(m->options_raw, in);
        inside(m->ble.peripheral_uuid, in);
        inside(m->ble.central_uuid, in);
        inside(m->wifi.bands, in);
        demand(m->kind == NW_RETRIEVAL_OTHER || (m->type == (uint64_t)m->kind && m->version == 1));
        demand(m->kind != NW_RETRIEVAL_BLE || m->ble.peripheral || m->ble.central);
        for (size_t k = 0; k < i; k++) {
            demand(e->method[k].type != m->type || e->method[k].version != m->version);
        }
    }
}

static void written_again(const struct nw_engagement *e, const struct nw_pubkey *key)
{
    struct nw_buf out = NW_BUF(2 * NW_MAX_ENGAGEMENT);
    struct nw_engagement known = *e, again;
    known.method_n = 0;
    for (size_t i = 0; i < e->method_n; i++) {
        if (e->method[i].kind != NW_RETRIEVAL_OTHER) {
            known.method[known.method_n++] = e->method[i];
        }
    }
    demand(nw_engagement_write(key, &known, &out, NULL) == NW_OK);
    demand(nw_engagement_parse(nw_buf_slice(&out), &again, NULL) == NW_OK);
    demand(again.method_n == known.method_n && again.reader_auth_all == e->reader_auth_all);
    nw_buf_free(&out);
}

static void engagement(struct nw_slice in)
{
    struct nw_engagement e, again;
    struct nw_diag d = {0};
    struct nw_pubkey *key = NULL;
    enum nw_err err = nw_engagement_parse(in, &e, &d);
    if (err != NW_OK) {
        demand(d.code == err);
        return;
    }
    inside(e.device_key, in);
    methods(&e, in);
    struct nw_buf qr = NW_BUF(NW_MAX_QR_TEXT * 2), own = NW_BUF(NW_MAX_ENGAGEMENT);
    nw_engagement_to_qr(in, &qr);
    err = nw_engagement_from_qr(nw_buf_slice(&qr), &own, &again, NULL);
    demand(err == NW_OK ? nw_slice_eq(again.raw, in) : e.method_n == 0 || err == NW_ERR_LIMIT);
    if (nw_engagement_key(crypto, &e, &key, NULL) == NW_OK) {
        written_again(&e, key);
    }
    nw_pubkey_free(&key);
    nw_buf_free(&qr);
    nw_buf_free(&own);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (crypto == NULL) {
        demand(nw_crypto_new(NW_PROVIDER_DEFAULT, &crypto) == NW_OK);
    }
    if (size > 0 && (data[0] & 1) != 0) {
        struct nw_engagement e;
        struct nw_buf own = NW_BUF(NW_MAX_ENGAGEMENT);
        if (nw_engagement_from_qr(nw_slice(data + 1, size - 1), &own, &e, NULL) == NW_OK) {
            inside(e.raw, nw_buf_slice(&own));
            methods(&e, e.raw);
        }
        nw_buf_free(&own);
    } else if (size > 0) {
        engagement(nw_slice(data + 1, size - 1));
    }
    return 0;
}
