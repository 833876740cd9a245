#include "status/status.h"

#include "base/codec.h"

#define TYP_CWT "application/statuslist+cwt"

static void jwt_payload(const struct nw_status_publish *job, struct nw_slice zlib,
                        struct nw_buf *out)
{
    nw_buf_puts(out, "{\"sub\":");
    nw_json_write_text(nw_str(job->uri), out);
    nw_buf_printf(out, ",\"iat\":%lld", (long long)job->iat);
    if (job->exp != 0) {
        nw_buf_printf(out, ",\"exp\":%lld", (long long)job->exp);
    }
    if (job->ttl != 0) {
        nw_buf_printf(out, ",\"ttl\":%lld", (long long)job->ttl);
    }
    nw_buf_puts(out, ",\"status_list\":{\"bits\":1,\"lst\":\"");
    nw_base64url_encode(zlib, out);
    nw_buf_puts(out, "\"");
    if (job->aggregation_uri != NULL) {
        nw_buf_puts(out, ",\"aggregation_uri\":");
        nw_json_write_text(nw_str(job->aggregation_uri), out);
    }
    nw_buf_puts(out, "}}");
}

/* Keys in bytewise order of their encoding (RFC 8949 4.2.1). */
static void cwt_payload(const struct nw_status_publish *job, struct nw_slice zlib,
                        struct nw_buf *out)
{
    nw_cbor_put_map(out, 3u + (job->exp != 0) + (job->ttl != 0));
    nw_cbor_put_uint(out, 2);
    nw_cbor_put_text(out, nw_str(job->uri));
    if (job->exp != 0) {
        nw_cbor_put_uint(out, 4);
        nw_cbor_put_int(out, job->exp);
    }
    nw_cbor_put_uint(out, 6);
    nw_cbor_put_int(out, job->iat);
    nw_cbor_put_uint(out, 65533);
    nw_cbor_put_map(out, job->aggregation_uri != NULL ? 3 : 2);
    nw_cbor_put_text(out, nw_str("lst"));
    nw_cbor_put_bytes(out, zlib);
    nw_cbor_put_text(out, nw_str("bits"));
    nw_cbor_put_uint(out, 1);
    if (job->aggregation_uri != NULL) {
        nw_cbor_put_text(out, nw_str("aggregation_uri"));
        nw_cbor_put_text(out, nw_str(job->aggregation_uri));
    }
    if (job->ttl != 0) {
        nw_cbor_put_uint(out, 65534);
        nw_cbor_put_int(out, job->ttl);
    }
}

static enum nw_err compress(const struct nw_status_publish *job, struct nw_buf *zlib)
{
    struct nw_deflater *own = NULL;
    enum nw_err e = NW_OK;
    if (job->deflater == NULL) {
        e = nw_deflater_new(NW_DEFLATE_SPARSE, &own);
    }
    if (e == NW_OK) {
        e = nw_deflate(job->deflater != NULL ? job->deflater : own, job->packed, zlib);
    }
    nw_deflater_free(&own);
    return e;
}

static enum nw_err sign(struct nw_signer *s, enum nw_token_form form, struct nw_slice payload,
                        struct nw_buf *out)
{
    bool chain = nw_signer_chain_length(s) > 0;
    if (form == NW_TOKEN_JWT) {
        return nw_jws_sign(s, "\"typ\":\"statuslist+jwt\"", chain, payload, out);
    }
    const struct nw_cose_headers headers = {
        .typ = TYP_CWT, .chain = chain, .chain_protected = true, .tagged = true};
    return nw_cose_sign(s, &headers, payload, out);
}

enum nw_err nw_status_token_make(struct nw_signer *s, enum nw_token_form form,
                                 const struct nw_status_publish *job, struct nw_buf *out)
{
    struct nw_buf zlib = NW_BUF(NW_MAX_STATUS_TOKEN);
    struct nw_buf payload = NW_BUF(NW_MAX_STATUS_TOKEN);
    enum nw_err e = NW_ERR_INTERNAL;
    if (job->packed.n == 0 || job->packed.n > NW_MAX_STATUS_LIST || job->uri[0] == '\0') {
        goto out;
    }
    if ((e = compress(job, &zlib)) != NW_OK) {
        goto out;
    }
    if (form == NW_TOKEN_JWT) {
        jwt_payload(job, nw_buf_slice(&zlib), &payload);
    } else {
        cwt_payload(job, nw_buf_slice(&zlib), &payload);
    }
    if ((e = nw_buf_err(&payload)) == NW_OK) {
        e = sign(s, form, nw_buf_slice(&payload), out);
    }
out:
    nw_buf_free(&payload);
    nw_buf_free(&zlib);
    return e;
}
