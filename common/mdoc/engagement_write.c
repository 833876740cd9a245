#include "base/codec.h"
#include "cose/cose.h"
#include "mdoc/engagement.h"
#include "mdoc/session.h"

static void put_ble(const struct nw_retrieval *m, struct nw_buf *out)
{
    nw_cbor_put_map(out, 2u + (m->ble.peripheral_uuid.n != 0) + (m->ble.central_uuid.n != 0) +
                             (m->ble.address.n != 0) + (m->ble.psm != 0));
    nw_cbor_put_uint(out, 0);
    nw_cbor_put_bool(out, m->ble.peripheral);
    nw_cbor_put_uint(out, 1);
    nw_cbor_put_bool(out, m->ble.central);
    const struct nw_slice bytes[] = {m->ble.peripheral_uuid, m->ble.central_uuid, m->ble.address};
    static const uint64_t keys[] = {10, 11, 20};
    for (size_t i = 0; i < 3; i++) {
        if (bytes[i].n != 0) {
            nw_cbor_put_uint(out, keys[i]);
            nw_cbor_put_bytes(out, bytes[i]);
        }
    }
    if (m->ble.psm != 0) {
        nw_cbor_put_uint(out, 21);
        nw_cbor_put_uint(out, m->ble.psm);
    }
}

static void put_nfc(const struct nw_retrieval *m, struct nw_buf *out)
{
    nw_cbor_put_map(out, 2);
    nw_cbor_put_uint(out, 0);
    nw_cbor_put_uint(out, m->nfc.command_max);
    nw_cbor_put_uint(out, 1);
    nw_cbor_put_uint(out, m->nfc.response_max);
}

static void put_wifi(const struct nw_retrieval *m, struct nw_buf *out)
{
    nw_cbor_put_map(out, (size_t)(m->wifi.pass_phrase.n != 0) + m->wifi.has_operating_class +
                             m->wifi.has_channel + (m->wifi.bands.n != 0));
    if (m->wifi.pass_phrase.n != 0) {
        nw_cbor_put_uint(out, 0);
        nw_cbor_put_text(out, m->wifi.pass_phrase);
    }
    if (m->wifi.has_operating_class) {
        nw_cbor_put_uint(out, 1);
        nw_cbor_put_uint(out, m->wifi.operating_class);
    }
    if (m->wifi.has_channel) {
        nw_cbor_put_uint(out, 2);
        nw_cbor_put_uint(out, m->wifi.channel);
    }
    if (m->wifi.bands.n != 0) {
        nw_cbor_put_uint(out, 3);
        nw_cbor_put_bytes(out, m->wifi.bands);
    }
}

static void put_method(const struct nw_retrieval *m, struct nw_buf *out)
{
    nw_cbor_put_array(out, 3);
    nw_cbor_put_uint(out, (uint64_t)m->kind);
    nw_cbor_put_uint(out, 1);
    switch (m->kind) {
    case NW_RETRIEVAL_NFC:
        put_nfc(m, out);
        break;
    case NW_RETRIEVAL_BLE:
        put_ble(m, out);
        break;
    case NW_RETRIEVAL_WIFI:
        put_wifi(m, out);
        break;
    case NW_RETRIEVAL_OTHER:
    default:
        nw_buf_set_err(out, NW_ERR_ENGAGEMENT_FORM);
        break;
    }
}

static void put_methods(const struct nw_engagement *m, struct nw_buf *out)
{
    nw_cbor_put_uint(out, 2);
    nw_cbor_put_array(out, m->method_n);
    for (size_t i = 0; i < m->method_n; i++) {
        put_method(&m->method[i], out);
    }
}

/* Second edition 9.1: version 1.1 and origin infos, empty ones, go with capabilities. */
static void put_capabilities(const struct nw_engagement *m, struct nw_buf *out)
{
    const bool set[] = {m->handover_establishment, m->reader_auth_all, m->extended_request};
    nw_cbor_put_uint(out, 5);
    nw_cbor_put_array(out, 0);
    nw_cbor_put_uint(out, 6);
    nw_cbor_put_map(out, (size_t)set[0] + set[1] + set[2]);
    for (size_t i = 0; i < 3; i++) {
        if (set[i]) {
            nw_cbor_put_uint(out, 2 + i);
            nw_cbor_put_bool(out, true);
        }
    }
}

/* What is written must be what the reader would take. */
static enum nw_err check_own(struct nw_slice bytes, struct nw_diag *d)
{
    struct nw_engagement e;
    return nw_engagement_parse(bytes, &e, d);
}

enum nw_err nw_engagement_write(const struct nw_pubkey *device_key, const struct nw_engagement *m,
                                struct nw_buf *out, struct nw_diag *d)
{
    struct nw_buf b = NW_BUF(NW_MAX_ENGAGEMENT);
    bool capable = m->handover_establishment || m->reader_auth_all || m->extended_request;
    nw_cbor_put_map(&b, 2u + (m->method_n != 0) + (capable ? 2u : 0u));
    nw_cbor_put_uint(&b, 0);
    nw_cbor_put_text(&b, nw_str(capable ? "1.1" : "1.0"));
    nw_cbor_put_uint(&b, 1);
    nw_cbor_put_array(&b, 2);
    nw_cbor_put_uint(&b, 1);
    enum nw_err err = nw_session_key_bytes(device_key, &b);
    if (err == NW_OK && m->method_n != 0) {
        put_methods(m, &b);
    }
    if (err == NW_OK && capable) {
        put_capabilities(m, &b);
    }
    err = err != NW_OK ? err : nw_buf_err(&b);
    if (err == NW_OK) {
        err = check_own(nw_buf_slice(&b), d);
    } else {
        err = nw_fail(d, err, NW_NO_OFFSET, "device engagement");
    }
    if (err == NW_OK) {
        nw_buf_put(out, nw_buf_slice(&b));
        err = nw_buf_err(out);
    }
    nw_buf_free(&b);
    return err;
}

void nw_engagement_to_qr(struct nw_slice engagement, struct nw_buf *text)
{
    nw_buf_puts(text, NW_MDOC_URI);
    nw_base64url_encode(engagement, text);
}
