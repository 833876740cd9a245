/* MAC_structure (RFC 9052 6.3): [ "MAC0", bstr protected, bstr external_aad, bstr payload ] */
#include "base/alloc.h"
#include "cose/cose.h"

static const uint8_t hmac_256_256[] = {0xa1, 0x01, 0x05}; /* {1: 5} */

static enum nw_err mac0_tag(struct nw_crypto *c, struct nw_slice key, struct nw_slice protected,
                            struct nw_slice external_aad, struct nw_slice payload,
                            uint8_t tag[NW_SHA256_BYTES])
{
    struct nw_buf b = NW_BUF(NW_MAX_CBOR);
    nw_cbor_put_array(&b, 4);
    nw_cbor_put_text(&b, nw_str("MAC0"));
    nw_cbor_put_bytes(&b, protected);
    nw_cbor_put_bytes(&b, external_aad);
    nw_cbor_put_bytes(&b, payload);
    enum nw_err e = nw_buf_err(&b);
    if (e == NW_OK) {
        e = nw_hmac_sha256(c, key, nw_buf_slice(&b), tag);
    }
    nw_buf_free(&b);
    return e;
}

enum nw_err nw_cose_mac0_verify(struct nw_crypto *c, const struct nw_cose_sign1 *s,
                                struct nw_slice external_aad, struct nw_slice payload,
                                struct nw_slice key)
{
    uint8_t tag[NW_SHA256_BYTES];
    if (!s->hmac || key.n != NW_SHA256_BYTES) {
        return NW_ERR_INTERNAL;
    }
    enum nw_err e =
        mac0_tag(c, key, s->protected_raw, external_aad, s->detached ? payload : s->payload, tag);
    if (e == NW_OK && !nw_slice_eq_secret(s->signature, nw_slice(tag, sizeof tag))) {
        e = NW_ERR_SIGNATURE;
    }
    nw_wipe(tag, sizeof tag);
    return e;
}

enum nw_err nw_cose_mac0_make(struct nw_crypto *c, struct nw_slice key, struct nw_slice payload,
                              struct nw_buf *out)
{
    uint8_t tag[NW_SHA256_BYTES];
    struct nw_slice protected = nw_slice(hmac_256_256, sizeof hmac_256_256);
    enum nw_err e = mac0_tag(c, key, protected, NW_SLICE_EMPTY, payload, tag);
    if (e != NW_OK) {
        return e;
    }
    nw_cbor_put_array(out, 4);
    nw_cbor_put_bytes(out, protected);
    nw_cbor_put_map(out, 0);
    nw_cbor_put_null(out);
    nw_cbor_put_bytes(out, nw_slice(tag, sizeof tag));
    return nw_buf_err(out);
}
