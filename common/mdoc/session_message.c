/* The messages of a session as CBOR, and the keys in them. */
#include "cose/cose.h"
#include "crypto/curve.h"
#include "mdoc/session_internal.h"

#define MESSAGE_DEPTH 8u
#define KEY_DEPTH 4u
#define KEY_MAX 256u
#define GCM_TAG 16u
enum { KEY_CRV = -1, KEY_Y = -3 };

static bool int_at(struct nw_slice map, int64_t key, int64_t *out)
{
    struct nw_slice raw;
    if (!nw_cbor_find_int(map, key, &raw)) {
        return false;
    }
    struct nw_cbor r = nw_cbor_open(raw);
    *out = nw_cbor_int(&r);
    return nw_cbor_err(&r) == NW_OK;
}

enum nw_err nw_mdoc_session_key(struct nw_crypto *c, struct nw_slice cose_key, bool compressed,
                                struct nw_pubkey **out, struct nw_diag *d)
{
    struct nw_slice raw;
    int64_t crv = 0;
    const struct nw_curve *curve = int_at(cose_key, KEY_CRV, &crv) ? nw_curve_by_cose(crv) : NULL;
    if (curve == NULL) {
        return nw_fail(d, NW_ERR_CIPHER_SUITE, NW_NO_OFFSET, "the key is on no curve known here");
    }
    if (!compressed && nw_cbor_find_int(cose_key, KEY_Y, &raw)) {
        struct nw_cbor y = nw_cbor_open(raw);
        if (nw_cbor_peek(&y) != NW_CBOR_BYTES) {
            return nw_fail(d, NW_ERR_KEY, NW_NO_OFFSET, "EReaderKey is a compressed point");
        }
    }
    enum nw_err e = nw_cose_key_parse_agreement(c, cose_key, out, d);
    return e == NW_ERR_ALG_UNSUPPORTED
               ? nw_fail(d, NW_ERR_CIPHER_SUITE, NW_NO_OFFSET, "the curve %s", curve->name)
               : e;
}

enum nw_err nw_session_key_bytes(const struct nw_pubkey *key, struct nw_buf *out)
{
    struct nw_buf cose = NW_BUF(KEY_MAX);
    enum nw_err e = nw_cose_key_write(key, false, &cose);
    if (e == NW_OK) {
        nw_cbor_put_tag(out, NW_TAG_CBOR);
        nw_cbor_put_bytes(out, nw_buf_slice(&cose));
        e = nw_buf_err(out);
    }
    nw_buf_free(&cose);
    return e;
}

static enum nw_err refuse(struct nw_diag *d, const char *what)
{
    return nw_fail(d, NW_ERR_SESSION_FORM, NW_NO_OFFSET, "%s", what);
}

/* Size, well-formedness, and a map with text keys. */
static enum nw_err check_message(struct nw_slice in, struct nw_diag *d)
{
    if (in.n > NW_MAX_SESSION_MESSAGE) {
        return nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "%zu bytes", in.n);
    }
    enum nw_err e = nw_cbor_check(in, NW_CBOR_STRICT, MESSAGE_DEPTH, d);
    if (e != NW_OK) {
        return e;
    }
    struct nw_cbor r = nw_cbor_open(in);
    if (nw_cbor_peek(&r) != NW_CBOR_MAP) {
        return refuse(d, "no map");
    }
    size_t n = nw_cbor_map(&r);
    for (size_t i = 0; i < n; i++) {
        if (nw_cbor_peek(&r) != NW_CBOR_TEXT) {
            return refuse(d, "a key is no text");
        }
        (void)nw_cbor_raw(&r);
        (void)nw_cbor_raw(&r);
    }
    return nw_cbor_err(&r);
}

static enum nw_err read_data(struct nw_slice raw, struct nw_slice *out, struct nw_diag *d)
{
    struct nw_cbor r = nw_cbor_open(raw);
    struct nw_slice data = nw_cbor_bytes(&r);
    if (nw_cbor_err(&r) != NW_OK || data.n < GCM_TAG) {
        return refuse(d, "data is no ciphertext");
    }
    *out = data;
    return NW_OK;
}

enum nw_err nw_establishment_parse(struct nw_slice in, struct nw_establishment *out,
                                   struct nw_diag *d)
{
    struct nw_establishment m = {0};
    struct nw_slice data;
    enum nw_err e = check_message(in, d);
    if (e != NW_OK) {
        return e;
    }
    if (!nw_cbor_find_text(in, "eReaderKey", &m.reader_key_bytes) ||
        !nw_cbor_find_text(in, "data", &data)) {
        return refuse(d, "eReaderKey or data is missing");
    }
    e = nw_mdoc_embedded(m.reader_key_bytes, KEY_DEPTH, &m.reader_key, d);
    if (e == NW_OK) {
        e = read_data(data, &m.data, d);
    }
    if (e == NW_OK) {
        *out = m;
    }
    return e;
}

enum nw_err nw_establishment_key(struct nw_crypto *c, const struct nw_establishment *m,
                                 struct nw_pubkey **out, struct nw_diag *d)
{
    return nw_mdoc_session_key(c, m->reader_key, false, out, d);
}

enum nw_err nw_session_data_parse(struct nw_slice in, struct nw_session_data *out,
                                  struct nw_diag *d)
{
    struct nw_session_data m = {0};
    struct nw_slice raw;
    enum nw_err e = check_message(in, d);
    if (e == NW_OK && nw_cbor_find_text(in, "data", &raw)) {
        e = read_data(raw, &m.data, d);
    }
    if (e != NW_OK) {
        return e;
    }
    m.has_status = nw_cbor_find_text(in, "status", &raw);
    if (m.has_status) {
        struct nw_cbor r = nw_cbor_open(raw);
        m.status = nw_cbor_uint(&r);
        if (nw_cbor_err(&r) != NW_OK || m.status == NW_SESSION_GOES_ON) {
            return refuse(d, "the status is no status code");
        }
    }
    if (!m.has_status && m.data.n == 0) {
        return refuse(d, "neither data nor status");
    }
    if ((m.status == NW_SESSION_ENCRYPTION_ERROR || m.status == NW_SESSION_DECODING_ERROR) &&
        m.data.n > 0) {
        return refuse(d, "data beside an error status");
    }
    *out = m;
    return NW_OK;
}
