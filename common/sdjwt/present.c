#include "base/codec.h"
#include "sdjwt/internal.h"

/* The holder's side: RFC 9901 7.2. */

static enum nw_err keep_disclosures(const struct nw_sdjwt *s,
                                    bool (*keep)(void *ctx, struct nw_slice disclosure_json),
                                    void *ctx, struct nw_buf *out)
{
    struct nw_buf json = NW_BUF(NW_MAX_SDJWT);
    enum nw_err e = NW_OK;
    nw_buf_put(out, s->issuer.compact);
    nw_buf_putc(out, '~');
    for (size_t i = 0; e == NW_OK && i < s->disclosure_n; i++) {
        nw_buf_reset(&json);
        e = nw_base64url_decode(s->disclosure[i], &json, NULL);
        if (e == NW_OK && (keep == NULL || keep(ctx, nw_buf_slice(&json)))) {
            nw_buf_put(out, s->disclosure[i]);
            nw_buf_putc(out, '~');
        }
    }
    nw_buf_free(&json);
    return e != NW_OK ? e : nw_buf_err(out);
}

static enum nw_err append_kb(struct nw_crypto *c, struct nw_slice presented, enum nw_hash_alg alg,
                             struct nw_signer *holder, const char *nonce, const char *audience,
                             int64_t iat, struct nw_buf *out)
{
    uint8_t digest[NW_HASH_MAX];
    struct nw_buf payload = NW_BUF(NW_MAX_JWT);
    enum nw_err e = nw_hash_parts(c, alg, &presented, 1, digest);
    if (e == NW_OK) {
        nw_buf_printf(&payload, "{\"iat\":%lld,\"aud\":", (long long)iat);
        nw_json_write_text(nw_str(audience), &payload);
        nw_buf_puts(&payload, ",\"nonce\":");
        nw_json_write_text(nw_str(nonce), &payload);
        nw_buf_puts(&payload, ",\"sd_hash\":\"");
        nw_base64url_encode(nw_slice(digest, nw_hash_size(alg)), &payload);
        nw_buf_puts(&payload, "\"}");
        e = nw_buf_err(&payload);
    }
    if (e == NW_OK) {
        e = nw_jws_sign(holder, "\"typ\":\"kb+jwt\"", false, nw_buf_slice(&payload), out);
    }
    nw_buf_free(&payload);
    return e;
}

enum nw_err nw_sdjwt_present(struct nw_crypto *c, struct nw_slice issued,
                             bool (*keep)(void *ctx, struct nw_slice disclosure_json), void *ctx,
                             struct nw_signer *holder, const char *nonce, const char *audience,
                             int64_t iat, struct nw_buf *out)
{
    struct nw_sdjwt s;
    struct nw_buf text = NW_BUF(NW_MAX_SDJWT);
    enum nw_hash_alg alg = NW_SHA256;
    enum nw_err e = nw_sdjwt_parse(issued, &s, NULL, NULL);
    if (e != NW_OK) {
        return e;
    }
    /* 7.2: what an issuer sends has no KB-JWT. */
    e = s.kb.n > 0 ? NW_ERR_SDJWT_FORM : keep_disclosures(&s, keep, ctx, &text);
    nw_sdjwt_free(&s);
    if (e != NW_OK) {
        goto out;
    }
    /* 7.2 step 2: every disclosure that is kept must hang on something that is kept. */
    e = nw_sdjwt_parse(nw_buf_slice(&text), &s, NULL, NULL);
    if (e == NW_OK) {
        e = nw_sdjwt_process(c, &s, NULL, NULL);
        alg = s.sd_alg;
        nw_sdjwt_free(&s);
    }
    if (e == NW_OK && holder != NULL) {
        e = append_kb(c, nw_buf_slice(&text), alg, holder, nonce, audience, iat, &text);
    }
    if (e == NW_OK) {
        nw_buf_put(out, nw_buf_slice(&text));
        e = nw_buf_err(out);
    }
out:
    nw_buf_free(&text);
    return e;
}
