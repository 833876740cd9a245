#include "mdoc/transcript.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "cbor/cbor.h"
#include "mdoc/internal.h"

static const char mac_info[] = "EMacKey";

static void put_embedded(struct nw_slice content, struct nw_buf *out)
{
    nw_cbor_put_tag(out, NW_TAG_CBOR);
    nw_cbor_put_bytes(out, content);
}

static void put_part(struct nw_slice part, struct nw_buf *out)
{
    if (part.n == 0) {
        nw_cbor_put_null(out);
    } else {
        nw_buf_put(out, part);
    }
}

enum nw_err nw_transcript_proximity(struct nw_slice engagement, struct nw_slice reader_key,
                                    struct nw_slice handover, struct nw_buf *out)
{
    const struct nw_slice parts[] = {engagement, reader_key, handover};
    for (size_t i = 0; i < 3; i++) {
        enum nw_err e = parts[i].n == 0
                            ? NW_OK
                            : nw_cbor_check(parts[i], NW_CBOR_STRICT, NW_MAX_CBOR_DEPTH, NULL);
        if (e != NW_OK) {
            return e;
        }
    }
    nw_cbor_put_array(out, 3);
    for (size_t i = 0; i < 3; i++) {
        put_part(parts[i], out);
    }
    return nw_buf_err(out);
}

void nw_handover_nfc(struct nw_slice select, struct nw_slice request, struct nw_buf *out)
{
    nw_cbor_put_array(out, 2);
    nw_cbor_put_bytes(out, select);
    if (request.n == 0) {
        nw_cbor_put_null(out);
    } else {
        nw_cbor_put_bytes(out, request);
    }
}

/* [null, null, [name, SHA-256(info)]] */
static enum nw_err put_handover(struct nw_crypto *c, const char *name, struct nw_buf *info,
                                struct nw_buf *out)
{
    uint8_t hash[NW_SHA256_BYTES];
    enum nw_err e = nw_buf_err(info);
    if (e == NW_OK) {
        e = nw_sha256(c, nw_buf_slice(info), hash);
    }
    nw_buf_free(info);
    if (e != NW_OK) {
        return e;
    }
    nw_cbor_put_array(out, 3);
    nw_cbor_put_null(out);
    nw_cbor_put_null(out);
    nw_cbor_put_array(out, 2);
    nw_cbor_put_text(out, nw_str(name));
    nw_cbor_put_bytes(out, nw_slice(hash, sizeof hash));
    return nw_buf_err(out);
}

static void put_thumbprint(struct nw_slice thumbprint, struct nw_buf *info)
{
    if (thumbprint.n == 0) {
        nw_cbor_put_null(info);
    } else {
        nw_cbor_put_bytes(info, thumbprint);
    }
}

enum nw_err nw_transcript_openid4vp(struct nw_crypto *c, const char *client_id, const char *nonce,
                                    struct nw_slice thumbprint, const char *response_uri,
                                    struct nw_buf *out)
{
    struct nw_buf info = NW_BUF(NW_MAX_JWT);
    nw_cbor_put_array(&info, 4);
    nw_cbor_put_text(&info, nw_str(client_id));
    nw_cbor_put_text(&info, nw_str(nonce));
    put_thumbprint(thumbprint, &info);
    nw_cbor_put_text(&info, nw_str(response_uri));
    return put_handover(c, "OpenID4VPHandover", &info, out);
}

enum nw_err nw_transcript_dc_api(struct nw_crypto *c, const char *origin, const char *nonce,
                                 struct nw_slice thumbprint, struct nw_buf *out)
{
    struct nw_buf info = NW_BUF(NW_MAX_JWT);
    nw_cbor_put_array(&info, 3);
    nw_cbor_put_text(&info, nw_str(origin));
    nw_cbor_put_text(&info, nw_str(nonce));
    put_thumbprint(thumbprint, &info);
    return put_handover(c, "OpenID4VPDCAPIHandover", &info, out);
}

enum nw_err nw_transcript_open(struct nw_slice in, struct nw_slice *out, struct nw_diag *d)
{
    struct nw_slice array = in;
    if (in.n > NW_MAX_CBOR) {
        return nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "%zu bytes", in.n);
    }
    enum nw_err e = nw_cbor_check(in, NW_CBOR_STRICT, NW_MAX_CBOR_DEPTH, d);
    struct nw_cbor r = nw_cbor_open(in);
    if (e == NW_OK && nw_cbor_peek(&r) == NW_CBOR_TAG) {
        e = nw_mdoc_embedded(in, NW_MAX_CBOR_DEPTH, &array, d);
    }
    if (e != NW_OK) {
        return e;
    }
    r = nw_cbor_open(array);
    if (nw_cbor_peek(&r) != NW_CBOR_ARRAY || nw_cbor_array(&r) != 3) {
        return nw_fail(d, NW_ERR_CBOR_TYPE, 0, "a session transcript is an array of three");
    }
    *out = array;
    return NW_OK;
}

void nw_transcript_bytes(struct nw_slice transcript, struct nw_buf *out)
{
    put_embedded(transcript, out);
}

void nw_device_authentication(struct nw_slice transcript, struct nw_slice doc_type,
                              struct nw_slice device_name_spaces, struct nw_buf *out)
{
    struct nw_buf b = NW_BUF(NW_MAX_CBOR);
    nw_cbor_put_array(&b, 4);
    nw_cbor_put_text(&b, nw_str("DeviceAuthentication"));
    nw_buf_put(&b, transcript);
    nw_cbor_put_text(&b, doc_type);
    nw_buf_put(&b, device_name_spaces);
    if (nw_buf_err(&b) != NW_OK) {
        nw_buf_set_err(out, nw_buf_err(&b));
    } else {
        put_embedded(nw_buf_slice(&b), out);
    }
    nw_buf_free(&b);
}

enum nw_err nw_mac_key(struct nw_crypto *c, struct nw_signer *own, const struct nw_pubkey *other,
                       struct nw_slice transcript, uint8_t key[NW_SHA256_BYTES])
{
    uint8_t secret[NW_ECDH_MAX], salt[NW_SHA256_BYTES];
    size_t n = 0;
    struct nw_buf bytes = NW_BUF(NW_MAX_CBOR);
    nw_transcript_bytes(transcript, &bytes);
    enum nw_err e = nw_buf_err(&bytes);
    if (e == NW_OK) {
        e = nw_sha256(c, nw_buf_slice(&bytes), salt);
    }
    if (e == NW_OK) {
        e = nw_ecdh(own, other, secret, &n);
    }
    if (e == NW_OK) {
        e = nw_hkdf_sha256(c, nw_slice(secret, n), nw_slice(salt, sizeof salt), nw_str(mac_info),
                           key, NW_SHA256_BYTES);
    }
    nw_wipe(secret, sizeof secret);
    nw_buf_free(&bytes);
    return e;
}
