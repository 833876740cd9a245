#include "mdoc/engagement.h"

#include "base/codec.h"
#include "cose/cose.h"
#include "mdoc/session_internal.h"

#define ENGAGEMENT_DEPTH 10u
#define KEY_DEPTH 4u
#define CIPHER_SUITE_1 1
enum { KEY_VERSION = 0, KEY_SECURITY = 1, KEY_METHODS = 2, KEY_CAPABILITIES = 6 };
enum { CAP_HANDOVER = 2, CAP_READER_AUTH_ALL = 3, CAP_EXTENDED = 4 };
enum {
    BLE_PERIPHERAL = 0,
    BLE_CENTRAL = 1,
    BLE_P_UUID = 10,
    BLE_C_UUID = 11,
    BLE_ADDRESS = 20,
    BLE_PSM = 21
};
enum { UUID_BYTES = 16, ADDRESS_BYTES = 6 };

static enum nw_err refuse(struct nw_diag *d, const char *what)
{
    return nw_fail(d, NW_ERR_ENGAGEMENT_FORM, NW_NO_OFFSET, "%s", what);
}

/* ---- options: an absent member leaves *out alone, one of another kind refuses ---- */

static bool option_bool(struct nw_slice map, int64_t key, bool *out, bool *there)
{
    struct nw_slice raw;
    *there = nw_cbor_find_int(map, key, &raw);
    if (!*there) {
        return true;
    }
    struct nw_cbor r = nw_cbor_open(raw);
    bool v = nw_cbor_bool(&r);
    if (nw_cbor_err(&r) != NW_OK) {
        return false;
    }
    *out = v;
    return true;
}

static bool option_uint(struct nw_slice map, int64_t key, uint64_t *out, bool *there)
{
    struct nw_slice raw;
    *there = nw_cbor_find_int(map, key, &raw);
    if (!*there) {
        return true;
    }
    struct nw_cbor r = nw_cbor_open(raw);
    uint64_t v = nw_cbor_uint(&r);
    if (nw_cbor_err(&r) != NW_OK) {
        return false;
    }
    *out = v;
    return true;
}

/* n: the one length that is right; 0: any but none */
static bool option_bytes(struct nw_slice map, int64_t key, size_t n, struct nw_slice *out)
{
    struct nw_slice raw;
    if (!nw_cbor_find_int(map, key, &raw)) {
        return true;
    }
    struct nw_cbor r = nw_cbor_open(raw);
    struct nw_slice v = nw_cbor_bytes(&r);
    if (nw_cbor_err(&r) != NW_OK || v.n == 0 || (n != 0 && v.n != n)) {
        return false;
    }
    *out = v;
    return true;
}

/* Second edition 11.1.2.2: a UUID for each mode that is supported and for no other; address and PSM
 * only where the mdoc can be the peripheral. */
static bool ble_fits(const struct nw_retrieval *m)
{
    return (m->ble.peripheral || m->ble.central) &&
           m->ble.peripheral == (m->ble.peripheral_uuid.n != 0) &&
           m->ble.central == (m->ble.central_uuid.n != 0) &&
           (m->ble.peripheral || (m->ble.address.n == 0 && m->ble.psm == 0));
}

static bool read_ble(struct nw_slice map, struct nw_retrieval *m)
{
    bool peripheral = false;
    bool central = false;
    bool psm = false;
    return option_bool(map, BLE_PERIPHERAL, &m->ble.peripheral, &peripheral) && peripheral &&
           option_bool(map, BLE_CENTRAL, &m->ble.central, &central) && central &&
           option_bytes(map, BLE_P_UUID, UUID_BYTES, &m->ble.peripheral_uuid) &&
           option_bytes(map, BLE_C_UUID, UUID_BYTES, &m->ble.central_uuid) &&
           option_bytes(map, BLE_ADDRESS, ADDRESS_BYTES, &m->ble.address) &&
           option_uint(map, BLE_PSM, &m->ble.psm, &psm) && ble_fits(m);
}

static bool read_nfc(struct nw_slice map, struct nw_retrieval *m)
{
    bool command = false;
    bool response = false;
    return option_uint(map, 0, &m->nfc.command_max, &command) && command &&
           option_uint(map, 1, &m->nfc.response_max, &response) && response;
}

static bool read_wifi(struct nw_slice map, struct nw_retrieval *m)
{
    struct nw_slice raw;
    if (nw_cbor_find_int(map, 0, &raw)) {
        struct nw_cbor r = nw_cbor_open(raw);
        m->wifi.pass_phrase = nw_cbor_text(&r);
        if (nw_cbor_err(&r) != NW_OK) {
            return false;
        }
    }
    return option_uint(map, 1, &m->wifi.operating_class, &m->wifi.has_operating_class) &&
           option_uint(map, 2, &m->wifi.channel, &m->wifi.has_channel) &&
           option_bytes(map, 3, 0, &m->wifi.bands);
}

static bool read_options(struct nw_retrieval *m)
{
    if (m->version != 1 || m->type < NW_RETRIEVAL_NFC || m->type > NW_RETRIEVAL_WIFI) {
        return true; /* RFU: no error */
    }
    struct nw_cbor r = nw_cbor_open(m->options_raw);
    if (nw_cbor_peek(&r) != NW_CBOR_MAP) {
        return false;
    }
    m->kind = (enum nw_retrieval_kind)m->type;
    switch (m->kind) {
    case NW_RETRIEVAL_NFC:
        return read_nfc(m->options_raw, m);
    case NW_RETRIEVAL_BLE:
        return read_ble(m->options_raw, m);
    default:
        return read_wifi(m->options_raw, m);
    }
}

static enum nw_err read_method(struct nw_cbor *r, struct nw_engagement *e, struct nw_diag *d)
{
    struct nw_retrieval *m = &e->method[e->method_n];
    size_t n = nw_cbor_array(r);
    m->type = nw_cbor_uint(r);
    m->version = nw_cbor_uint(r);
    m->options_raw = nw_cbor_raw(r);
    if (nw_cbor_err(r) != NW_OK || n != 3) {
        return refuse(d, "a retrieval method is not [type, version, options]");
    }
    for (size_t i = 0; i < e->method_n; i++) {
        if (e->method[i].type == m->type && e->method[i].version == m->version) {
            return refuse(d, "a retrieval method stands there twice");
        }
    }
    if (!read_options(m)) {
        return refuse(d, "the options of a retrieval method");
    }
    e->method_n++;
    return NW_OK;
}

static enum nw_err read_methods(struct nw_engagement *e, struct nw_diag *d)
{
    struct nw_slice raw;
    if (!nw_cbor_find_int(e->raw, KEY_METHODS, &raw)) {
        return NW_OK;
    }
    struct nw_cbor r = nw_cbor_open(raw);
    size_t n = nw_cbor_array(&r);
    if (nw_cbor_err(&r) != NW_OK || n == 0) {
        return refuse(d, "the retrieval methods are no array, or none");
    }
    if (n > NW_MAX_RETRIEVAL_METHODS) {
        return nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "%zu retrieval methods", n);
    }
    for (size_t i = 0; i < n; i++) {
        enum nw_err err = read_method(&r, e, d);
        if (err != NW_OK) {
            return err;
        }
    }
    return NW_OK;
}

static enum nw_err read_version(struct nw_engagement *e, struct nw_diag *d)
{
    struct nw_slice raw;
    if (!nw_cbor_find_int(e->raw, KEY_VERSION, &raw)) {
        return refuse(d, "no version");
    }
    struct nw_cbor r = nw_cbor_open(raw);
    struct nw_slice version = nw_cbor_text(&r);
    return nw_cbor_err(&r) == NW_OK && nw_mdoc_version(version, &e->minor)
               ? NW_OK
               : refuse(d, "the version is not 1.x");
}

static enum nw_err read_security(struct nw_engagement *e, struct nw_diag *d)
{
    struct nw_slice raw;
    if (!nw_cbor_find_int(e->raw, KEY_SECURITY, &raw)) {
        return refuse(d, "no security");
    }
    struct nw_cbor r = nw_cbor_open(raw);
    size_t n = nw_cbor_array(&r);
    int64_t suite = nw_cbor_int(&r);
    struct nw_slice key = nw_cbor_raw(&r);
    if (nw_cbor_err(&r) != NW_OK || n != 2) {
        return refuse(d, "security is not [cipher suite, key]");
    }
    if (suite != CIPHER_SUITE_1) {
        return nw_fail(d, NW_ERR_CIPHER_SUITE, NW_NO_OFFSET, "not cipher suite 1");
    }
    return nw_mdoc_embedded(key, KEY_DEPTH, &e->device_key, NULL) == NW_OK
               ? NW_OK
               : refuse(d, "EDeviceKeyBytes");
}

/* Capabilities 2 and 3 are true where they stand; 4 may be either. */
static enum nw_err read_capabilities(struct nw_engagement *e, struct nw_diag *d)
{
    struct nw_slice raw;
    if (!nw_cbor_find_int(e->raw, KEY_CAPABILITIES, &raw)) {
        return NW_OK;
    }
    struct nw_cbor r = nw_cbor_open(raw);
    bool handover = false;
    bool all = false;
    bool extended = false;
    bool right = nw_cbor_peek(&r) == NW_CBOR_MAP &&
                 option_bool(raw, CAP_HANDOVER, &e->handover_establishment, &handover) &&
                 option_bool(raw, CAP_READER_AUTH_ALL, &e->reader_auth_all, &all) &&
                 option_bool(raw, CAP_EXTENDED, &e->extended_request, &extended) &&
                 handover == e->handover_establishment && all == e->reader_auth_all;
    return right ? NW_OK : refuse(d, "capabilities");
}

/* Integers are known, reserved or extensions; nothing else may be a key. */
static enum nw_err check_keys(struct nw_slice raw, struct nw_diag *d)
{
    struct nw_cbor r = nw_cbor_open(raw);
    if (nw_cbor_peek(&r) != NW_CBOR_MAP) {
        return refuse(d, "no map");
    }
    size_t n = nw_cbor_map(&r);
    for (size_t i = 0; i < n; i++) {
        enum nw_cbor_kind kind = nw_cbor_peek(&r);
        if (kind != NW_CBOR_UINT && kind != NW_CBOR_NINT) {
            return refuse(d, "a key is no integer");
        }
        (void)nw_cbor_raw(&r);
        (void)nw_cbor_raw(&r);
    }
    return nw_cbor_err(&r);
}

enum nw_err nw_engagement_parse(struct nw_slice in, struct nw_engagement *out, struct nw_diag *d)
{
    struct nw_engagement e = {.raw = in};
    if (in.n > NW_MAX_ENGAGEMENT) {
        return nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "%zu bytes", in.n);
    }
    enum nw_err err = nw_cbor_check(in, NW_CBOR_STRICT, ENGAGEMENT_DEPTH, d);
    if (err == NW_OK) {
        err = check_keys(in, d);
    }
    if (err == NW_OK) {
        err = read_version(&e, d);
    }
    if (err == NW_OK) {
        err = read_security(&e, d);
    }
    if (err == NW_OK) {
        err = read_methods(&e, d);
    }
    if (err == NW_OK) {
        err = read_capabilities(&e, d);
    }
    if (err == NW_OK) {
        *out = e;
    }
    return err;
}

static bool has_scheme(struct nw_slice text)
{
    static const char scheme[] = NW_MDOC_URI;
    for (size_t i = 0; i < sizeof scheme - 1; i++) {
        uint8_t c = i < text.n ? text.p[i] : 0;
        if (c != (uint8_t)scheme[i] && (c < 'A' || c > 'Z' || c + 32 != scheme[i])) {
            return false;
        }
    }
    return true;
}

enum nw_err nw_engagement_from_qr(struct nw_slice text, struct nw_buf *own,
                                  struct nw_engagement *out, struct nw_diag *d)
{
    struct nw_engagement e;
    if (!has_scheme(text)) {
        return nw_fail(d, NW_ERR_ENGAGEMENT_FORM, 0, "it does not begin with %s", NW_MDOC_URI);
    }
    if (text.n > NW_MAX_QR_TEXT) {
        return nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "%zu characters", text.n);
    }
    nw_buf_reset(own);
    enum nw_err err = nw_base64url_decode(nw_slice_from(text, sizeof NW_MDOC_URI - 1), own, d);
    if (err == NW_OK) {
        err = nw_engagement_parse(nw_buf_slice(own), &e, d);
    }
    if (err == NW_OK && e.method_n == 0) {
        err = refuse(d, "a QR code without retrieval method");
    }
    if (err == NW_OK) {
        *out = e;
    }
    return err;
}

enum nw_err nw_engagement_key(struct nw_crypto *c, const struct nw_engagement *e,
                              struct nw_pubkey **out, struct nw_diag *d)
{
    return nw_mdoc_session_key(c, e->device_key, true, out, d);
}

const struct nw_retrieval *nw_engagement_method(const struct nw_engagement *e,
                                                enum nw_retrieval_kind kind)
{
    for (size_t i = 0; i < e->method_n; i++) {
        if (e->method[i].kind == kind) {
            return &e->method[i];
        }
    }
    return NULL;
}
