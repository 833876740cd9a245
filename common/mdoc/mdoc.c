#include "mdoc/mdoc.h"

#include <stddef.h>
#include <string.h>

#include "base/date.h"
#include "mdoc/internal.h"

void nw_mdoc_clear(struct nw_mdoc *m)
{
    memset(m, 0, offsetof(struct nw_mdoc, item));
    m->own = NW_BUF(0);
}

enum nw_err nw_mdoc_parsed(struct nw_mdoc *m, enum nw_err e, const char *rule,
                           struct nw_checks *checks, struct nw_diag *d)
{
    if (e == NW_OK || strcmp(rule, "MSO-02") == 0) {
        nw_mdoc_pass(checks, "MSO-01");
    }
    if (e != NW_OK) {
        e = nw_mdoc_refuse(checks, rule, e, d);
        nw_mdoc_free(m);
    }
    return e;
}

enum nw_err nw_mdoc_parse(struct nw_slice in, struct nw_mdoc *out, struct nw_checks *checks,
                          struct nw_diag *d)
{
    struct nw_diag own;
    const char *rule = "MSO-01";
    struct nw_slice bytes;
    nw_diag_clear(&own);
    d = d != NULL ? d : &own;
    nw_mdoc_clear(out);
    enum nw_err e = nw_mdoc_decode(in, &out->own, &bytes, d);
    if (e == NW_OK) {
        e = nw_cbor_check(bytes, NW_CBOR_STRICT, NW_MAX_CBOR_DEPTH, d);
    }
    if (e == NW_OK) {
        e = nw_issuer_signed_read(bytes, out, &rule, d);
    }
    return nw_mdoc_parsed(out, e, rule, checks, d);
}

void nw_mdoc_free(struct nw_mdoc *m)
{
    nw_buf_free(&m->own);
    nw_mdoc_clear(m);
}

static enum nw_err check_doc_type(const struct nw_mdoc *m, struct nw_diag *d)
{
    if (m->doc_type.n > 0 && !nw_slice_eq(m->doc_type, m->mso.doc_type)) {
        return nw_fail(d, NW_ERR_DOCTYPE, NW_NO_OFFSET, "Document and MSO differ");
    }
    return NW_OK;
}

/* The payload may be no good CBOR, no MSO, or an MSO whose times are none. */
static const char *mso_rule(enum nw_err e)
{
    switch (e) {
    case NW_ERR_MSO_TIME:
        return "MSO-06";
    case NW_ERR_MSO_FORM:
    case NW_ERR_CBOR_TYPE: /* tag 24 is not there */
        return "MSO-03";
    default:
        return "MSO-01";
    }
}

enum nw_err nw_mdoc_verify(struct nw_crypto *c, struct nw_mdoc *m, const struct nw_pubkey *issuer,
                           struct nw_checks *checks, struct nw_diag *d)
{
    struct nw_diag own;
    nw_diag_clear(&own);
    d = d != NULL ? d : &own;
    m->verified = false;
    enum nw_err e = nw_cose_verify(c, &m->auth, NW_SLICE_EMPTY, NW_SLICE_EMPTY, issuer);
    if (e != NW_OK) {
        return nw_mdoc_refuse(checks, "MSO-02", e, d);
    }
    nw_mdoc_pass(checks, "MSO-02");
    e = nw_mso_read(m->auth.payload, &m->mso, d);
    if (e != NW_OK) {
        return nw_mdoc_refuse(checks, mso_rule(e), e, d);
    }
    e = nw_mdoc_digests(c, m, &m->undisclosed, d);
    if (e == NW_ERR_MSO_FORM || e == NW_ERR_LIMIT) {
        return nw_mdoc_refuse(checks, "MSO-03", e, d);
    }
    nw_mdoc_pass(checks, "MSO-03");
    if (e != NW_OK) {
        return nw_mdoc_refuse(checks, "MSO-04", e, d);
    }
    nw_mdoc_pass(checks, "MSO-04");
    e = check_doc_type(m, d);
    if (e != NW_OK) {
        return nw_mdoc_refuse(checks, "MSO-05", e, d);
    }
    nw_mdoc_pass(checks, "MSO-05");
    m->verified = true;
    return NW_OK;
}

static enum nw_err fail_time(struct nw_diag *d, enum nw_err e, const char *what, int64_t when)
{
    char text[NW_TIME_TEXT];
    nw_time_format(when, text);
    return nw_fail_at(d, e, "validityInfo", "%s is %s", what, text);
}

enum nw_err nw_mdoc_times(const struct nw_mdoc *m, int64_t not_before, int64_t not_after,
                          int64_t now, int64_t skew, struct nw_checks *checks, struct nw_diag *d)
{
    struct nw_diag own;
    nw_diag_clear(&own);
    d = d != NULL ? d : &own;
    if (!m->verified) {
        return nw_fail(d, NW_ERR_INTERNAL, NW_NO_OFFSET, "not verified");
    }
    enum nw_err e = NW_OK;
    if (m->mso.signed_at < not_before || m->mso.signed_at > not_after) {
        e = fail_time(d, NW_ERR_MSO_SIGNED, "signed", m->mso.signed_at);
    } else if (now + skew < m->mso.valid_from) {
        e = fail_time(d, NW_ERR_NOT_YET_VALID, "validFrom", m->mso.valid_from);
    } else if (now > m->mso.valid_until) {
        e = fail_time(d, NW_ERR_EXPIRED, "validUntil", m->mso.valid_until);
    }
    if (e != NW_OK) {
        return nw_mdoc_refuse(checks, "MSO-06", e, d);
    }
    nw_mdoc_pass(checks, "MSO-06");
    return NW_OK;
}

const struct nw_mdoc_item *nw_mdoc_find(const struct nw_mdoc *m, const char *name_space,
                                        const char *id)
{
    for (size_t i = 0; i < m->item_n; i++) {
        if (nw_slice_is(m->item[i].id, id) && nw_slice_is(m->item[i].name_space, name_space)) {
            return &m->item[i];
        }
    }
    return NULL;
}
