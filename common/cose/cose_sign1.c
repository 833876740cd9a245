#include "cose/cose.h"
#include "cose/cose_sig.h"

static size_t put_bytes_head(uint8_t *out, size_t n)
{
    uint64_t v = n;
    if (v < 24) {
        out[0] = (uint8_t)(0x40u | v);
        return 1;
    }
    unsigned width = v <= 0xff ? 1 : v <= 0xffff ? 2 : v <= 0xffffffffu ? 4 : 8;
    out[0] = (uint8_t)(0x58u + (width == 1 ? 0 : width == 2 ? 1 : width == 4 ? 2 : 3));
    for (unsigned i = 0; i < width; i++) {
        out[1 + i] = (uint8_t)(v >> (8 * (width - 1 - i)));
    }
    return 1 + (size_t)width;
}

void nw_cose_sig_parts(struct nw_cose_sig *sig, struct nw_slice protected,
                       struct nw_slice external_aad, struct nw_slice payload)
{
    /* Array of four, then the text of ten characters. */
    static const char lead[] = "\x84\x6aSignature1";
    size_t n = 0;
    for (; lead[n] != '\0'; n++) {
        sig->lead[n] = (uint8_t)lead[n];
    }
    /* RFC 9052 4.4 1: an empty protected map is the empty string, however it was written. */
    if (protected.n == 1 && protected.p[0] == 0xa0) {
        protected = NW_SLICE_EMPTY;
    }
    n += put_bytes_head(sig->lead + n, protected.n);
    sig->part[0] = nw_slice(sig->lead, n);
    sig->part[1] = protected;
    sig->part[2] = nw_slice(sig->aad_head, put_bytes_head(sig->aad_head, external_aad.n));
    sig->part[3] = external_aad;
    sig->part[4] = nw_slice(sig->payload_head, put_bytes_head(sig->payload_head, payload.n));
    sig->part[5] = payload;
}

enum nw_err nw_cose_verify(struct nw_crypto *c, const struct nw_cose_sign1 *s,
                           struct nw_slice external_aad, struct nw_slice payload,
                           const struct nw_pubkey *key)
{
    struct nw_cose_sig sig;
    nw_cose_sig_parts(&sig, s->protected_raw, external_aad, s->detached ? payload : s->payload);
    return nw_verify(c, s->alg, key, sig.part, NW_COSE_SIG_PARTS, s->signature);
}

static void put_chain(struct nw_signer *s, struct nw_buf *b)
{
    size_t n = nw_signer_chain_length(s);
    nw_cbor_put_uint(b, 33);
    if (n > 1) {
        nw_cbor_put_array(b, n);
    }
    for (size_t i = 0; i < n; i++) {
        nw_cbor_put_bytes(b, nw_signer_chain_cert(s, i));
    }
}

/* Labels in bytewise order: 1, 4, 13, 16, 33. */
static void put_protected(struct nw_signer *s, const struct nw_cose_headers *h, struct nw_buf *b)
{
    bool chain = h->chain && h->chain_protected;
    nw_cbor_put_map(b, 1u + (h->kid.n > 0) + (h->kcwt.n > 0) + (h->typ != NULL) + chain);
    nw_cbor_put_uint(b, 1);
    nw_cbor_put_int(b, nw_alg_cose(nw_signer_alg(s)));
    if (h->kid.n > 0) {
        nw_cbor_put_uint(b, 4);
        nw_cbor_put_bytes(b, h->kid);
    }
    if (h->kcwt.n > 0) {
        nw_cbor_put_uint(b, 13);
        nw_cbor_put_bytes(b, h->kcwt);
    }
    if (h->typ != NULL) {
        nw_cbor_put_uint(b, 16);
        nw_cbor_put_text(b, nw_str(h->typ));
    }
    if (chain) {
        put_chain(s, b);
    }
}

static void put_sign1(struct nw_signer *s, const struct nw_cose_headers *h,
                      struct nw_slice protected, struct nw_slice payload, struct nw_slice sig,
                      struct nw_buf *out)
{
    bool chain = h->chain && !h->chain_protected;
    if (h->tagged) {
        nw_cbor_put_tag(out, 18);
    }
    nw_cbor_put_array(out, 4);
    nw_cbor_put_bytes(out, protected);
    nw_cbor_put_map(out, chain ? 1 : 0);
    if (chain) {
        put_chain(s, out);
    }
    if (h->detached) {
        nw_cbor_put_null(out);
    } else {
        nw_cbor_put_bytes(out, payload);
    }
    nw_cbor_put_bytes(out, sig);
}

enum nw_err nw_cose_sign(struct nw_signer *s, const struct nw_cose_headers *h,
                         struct nw_slice payload, struct nw_buf *out)
{
    struct nw_buf protected = NW_BUF(NW_MAX_CHAIN * NW_MAX_CERT + 1024);
    struct nw_cose_sig parts;
    uint8_t sig[NW_SIG_MAX];
    size_t sig_n = 0;
    enum nw_err e = NW_ERR_SIGNER;

    if (h->chain && (nw_signer_chain_length(s) == 0 || nw_signer_chain_length(s) > NW_MAX_CHAIN)) {
        goto out;
    }
    put_protected(s, h, &protected);
    e = nw_buf_err(&protected);
    if (e != NW_OK) {
        goto out;
    }
    nw_cose_sig_parts(&parts, nw_buf_slice(&protected), NW_SLICE_EMPTY, payload);
    e = nw_sign(s, parts.part, NW_COSE_SIG_PARTS, sig, &sig_n);
    if (e != NW_OK) {
        goto out;
    }
    put_sign1(s, h, nw_buf_slice(&protected), payload, nw_slice(sig, sig_n), out);
    e = nw_buf_err(out);
out:
    nw_buf_free(&protected);
    return e;
}
