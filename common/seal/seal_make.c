#include "seal/envelope.h"
#include "seal/seal.h"
#include "seal/transport.h"

static enum nw_err make_kid(struct nw_crypto *c, struct nw_signer *s, uint8_t hash[NW_SHA256_BYTES],
                            struct nw_diag *d)
{
    if (nw_signer_chain_length(s) == 0) {
        return nw_fail(d, NW_ERR_SIGNER, NW_NO_OFFSET, "the signer has no certificate");
    }
    if (nw_signer_alg(s) != NW_ES256) {
        return nw_fail(d, NW_ERR_SIGNER, NW_NO_OFFSET, "an A11 is signed with ES256 only");
    }
    return nw_sha256(c, nw_signer_chain_cert(s, 0), hash);
}

/* Read back before it is signed: the reader is the definition. */
static enum nw_err make_claims(const struct nw_seal_issue *job, struct nw_buf *claims,
                               struct nw_diag *d)
{
    struct nw_seal check = {0};
    if (job->iat < 0 || job->exp < 0) {
        return nw_fail_at(d, NW_ERR_CLAIM_RANGE, "iat", "%s", "before 1970");
    }
    nw_envelope_write(job, claims);
    enum nw_err e = nw_buf_err(claims);
    return e != NW_OK ? e : nw_envelope_read(nw_buf_slice(claims), &check, d);
}

enum nw_err nw_seal_make(struct nw_crypto *c, struct nw_signer *s, const struct nw_seal_issue *job,
                         struct nw_buf *text, struct nw_diag *d)
{
    struct nw_buf claims = NW_BUF(NW_MAX_A11);
    struct nw_buf token = NW_BUF(NW_MAX_A11);
    uint8_t hash[NW_SHA256_BYTES] = {0};
    struct nw_cose_headers headers = {
        .kid = nw_slice(hash, NW_A11_KID_BYTES), .typ = NW_A11_TYP, .tagged = true};

    enum nw_err e = make_kid(c, s, hash, d);
    if (e == NW_OK) {
        e = make_claims(job, &claims, d);
    }
    if (e == NW_OK) {
        e = nw_cose_sign(s, &headers, nw_buf_slice(&claims), &token);
    }
    if (e == NW_OK) {
        e = nw_transport_write(job->deflater, NW_A11_PREFIX, nw_buf_slice(&token), text, d);
    }
    nw_buf_free(&claims);
    nw_buf_free(&token);
    return e;
}
