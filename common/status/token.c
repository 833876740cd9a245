#include "status/status.h"

#define TYP_JWT "statuslist+jwt"
#define TYP_CWT "application/statuslist+cwt"
#define TYP_CWT_SHORT "statuslist+cwt"
#define TYP_IDS "application/identifierlist+cwt"
#define TYP_IDS_SHORT "identifierlist+cwt"

static const enum nw_sig_alg algs[] = {NW_ES256, NW_ES384, NW_ES512, NW_PS256,
                                       NW_PS384, NW_PS512, NW_EDDSA};

static enum nw_err parse_jwt(struct nw_slice token, struct nw_status_token *out, struct nw_diag *d)
{
    static const char *const typs[] = {TYP_JWT, NULL};
    const struct nw_jws_policy policy = {
        .algs = algs,
        .alg_n = sizeof algs / sizeof algs[0],
        .typs = typs,
        .max = NW_MAX_STATUS_TOKEN,
    };
    enum nw_err e = nw_jws_parse(token, &policy, &out->jws, d);
    if (e == NW_OK) {
        out->form = NW_TOKEN_JWT;
        out->chain = out->jws.chain;
        out->chain_n = out->jws.chain_n;
    }
    return e;
}

/* TSL 5.2: tag 18 must be there and tag 61 must not. The CoAP number of the type is not assigned
 * yet, so no number is accepted. */
static enum nw_err parse_cwt(struct nw_slice token, struct nw_status_token *out, struct nw_diag *d)
{
    const struct nw_cose_policy policy = {
        .algs = algs,
        .alg_n = sizeof algs / sizeof algs[0],
        .tag = NW_COSE_TAG_REQUIRED,
        .cbor_flags = NW_CBOR_STRICT,
        .max_depth = NW_MAX_CBOR_DEPTH,
        .max = NW_MAX_STATUS_TOKEN,
    };
    enum nw_err e = nw_cose_parse(token, &policy, &out->cose, d);
    if (e != NW_OK) {
        return e;
    }
    bool short_list = nw_slice_is(out->cose.typ_text, TYP_CWT_SHORT);
    bool short_ids = nw_slice_is(out->cose.typ_text, TYP_IDS_SHORT);
    out->short_typ = short_list || short_ids;
    out->identifiers = short_ids || nw_slice_is(out->cose.typ_text, TYP_IDS);
    if (!out->short_typ && !out->identifiers && !nw_slice_is(out->cose.typ_text, TYP_CWT)) {
        return nw_fail_at(d, NW_ERR_TYP, "protected.16", "wanted " TYP_CWT);
    }
    out->form = NW_TOKEN_CWT;
    out->chain = out->cose.chain;
    out->chain_n = out->cose.chain_n;
    return NW_OK;
}

enum nw_err nw_status_token_parse(struct nw_slice token, struct nw_status_token *out,
                                  struct nw_checks *checks, struct nw_diag *d)
{
    struct nw_diag own;
    if (d == NULL) {
        nw_diag_clear(&own);
        d = &own;
    }
    *out = (struct nw_status_token){.form = NW_TOKEN_JWT};
    enum nw_err e;
    if (token.n == 0) {
        e = nw_fail(d, NW_ERR_STATUS_FORM, 0, "it is empty");
    } else if (token.n > NW_MAX_STATUS_TOKEN) {
        e = nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "%zu bytes", token.n);
    } else if (token.p[0] >= 0x80) { /* a CBOR tag or array; a JWS is ASCII */
        e = parse_cwt(token, out, d);
    } else {
        e = parse_jwt(token, out, d);
    }
    if (e != NW_OK && checks != NULL && !nw_err_is_ours(e)) {
        (void)nw_check_fail_diag(checks, "STS-02", d);
    }
    return e;
}

void nw_status_token_free(struct nw_status_token *t)
{
    if (t->form == NW_TOKEN_JWT) {
        nw_jws_free(&t->jws);
    }
    *t = (struct nw_status_token){.form = NW_TOKEN_JWT};
}
