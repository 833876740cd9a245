#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "sdjwt/internal.h"

enum nw_err nw_sdjwt_refuse(struct nw_checks *checks, struct nw_diag *d, const char *rule,
                            enum nw_err e, const char *fmt, ...)
{
    char detail[NW_DIAG_DETAIL];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(detail, sizeof detail, fmt, args);
    va_end(args);
    (void)nw_fail(d, e, NW_NO_OFFSET, "%s", detail);
    if (checks != NULL && !nw_err_is_ours(e)) {
        nw_check_fail(checks, rule, e, "%s", detail);
    }
    return e;
}

enum nw_err nw_sdjwt_refuse_diag(struct nw_checks *checks, struct nw_diag *d, const char *rule,
                                 enum nw_err e)
{
    (void)nw_fail(d, e, NW_NO_OFFSET, "%s", nw_err_text(e));
    if (checks == NULL || nw_err_is_ours(e)) {
        return e;
    }
    if (d != NULL && d->code == e) {
        (void)nw_check_fail_diag(checks, rule, d);
    } else {
        nw_check_fail(checks, rule, e, "%s", nw_err_text(e));
    }
    return e;
}

void nw_sdjwt_pass(struct nw_checks *checks, const char *rule)
{
    if (checks != NULL) {
        nw_check_pass(checks, rule);
    }
}

bool nw_sdjwt_date(const struct nw_json *n, int64_t *out)
{
    double v;
    if (nw_json_int(n, out)) {
        return true;
    }
    if (!nw_json_number(n, &v) || v < -9007199254740992.0 || v > 9007199254740992.0) {
        return false;
    }
    *out = (int64_t)floor(v);
    return true;
}

/* JWT~D*~[KB]. RFC 9901 4: the last tilde is never omitted. */
static enum nw_err split(struct nw_slice in, struct nw_sdjwt *s, struct nw_slice *jwt,
                         struct nw_checks *checks, struct nw_diag *d)
{
    if (in.n > NW_MAX_SDJWT) {
        return nw_sdjwt_refuse(checks, d, "SDJ-01", NW_ERR_LIMIT, "longer than %u bytes",
                               NW_MAX_SDJWT);
    }
    size_t at = nw_slice_find(in, '~', 0);
    if (at == in.n) {
        return nw_sdjwt_refuse(checks, d, "SDJ-01", NW_ERR_SDJWT_FORM, "there is no tilde");
    }
    *jwt = nw_slice_sub(in, 0, at);
    for (size_t from = at + 1, next; (next = nw_slice_find(in, '~', from)) < in.n;
         from = next + 1) {
        if (next == from) {
            return nw_sdjwt_refuse(checks, d, "SDJ-01", NW_ERR_SDJWT_FORM,
                                   "disclosure %zu is empty", s->disclosure_n);
        }
        if (s->disclosure_n == NW_MAX_DISCLOSURES) {
            return nw_sdjwt_refuse(checks, d, "SDJ-01", NW_ERR_LIMIT, "more than %u disclosures",
                                   NW_MAX_DISCLOSURES);
        }
        s->disclosure[s->disclosure_n++] = nw_slice_sub(in, from, next - from);
        at = next;
    }
    s->compact = in;
    s->presented = nw_slice_sub(in, 0, at + 1);
    s->kb = nw_slice_from(in, at + 1);
    size_t first = nw_slice_find(s->kb, '.', 0);
    if (s->kb.n > 0 && (first == s->kb.n || nw_slice_find(s->kb, '.', first + 1) == s->kb.n)) {
        return nw_sdjwt_refuse(checks, d, "SDJ-01", NW_ERR_SDJWT_FORM,
                               "after the last tilde stands no KB-JWT");
    }
    return NW_OK;
}

static enum nw_err parse_issuer_jwt(struct nw_slice jwt, struct nw_sdjwt *s,
                                    struct nw_checks *checks, struct nw_diag *d)
{
    static const enum nw_sig_alg algs[] = {NW_ES256, NW_ES384, NW_ES512, NW_PS256,
                                           NW_PS384, NW_PS512, NW_EDDSA};
    const struct nw_jws_policy policy = {
        .algs = algs, .alg_n = sizeof algs / sizeof algs[0], .max = NW_MAX_JWT};
    enum nw_err e = nw_jws_parse(jwt, &policy, &s->issuer, d);
    if (e == NW_OK) {
        e = nw_json_parse(nw_buf_slice(&s->issuer.payload), &s->untrusted, d);
    }
    switch (e) {
    case NW_OK:
        break;
    case NW_ERR_ALG_NOT_ALLOWED:
    case NW_ERR_JWS_HEADER:
    case NW_ERR_CRIT:
    case NW_ERR_CERT_DEPTH:
    case NW_ERR_JSON_DUPLICATE:
        return nw_sdjwt_refuse_diag(checks, d, "SDJ-02", e);
    default:
        return nw_sdjwt_refuse_diag(checks, d, "SDJ-01", e);
    }
    if (nw_json_kind(s->untrusted) != NW_JSON_OBJECT) {
        return nw_sdjwt_refuse(checks, d, "SDJ-01", NW_ERR_SDJWT_FORM,
                               "the payload is not a JSON object");
    }
    return NW_OK;
}

enum nw_err nw_sdjwt_parse(struct nw_slice compact, struct nw_sdjwt *out, struct nw_checks *checks,
                           struct nw_diag *d)
{
    struct nw_slice jwt = NW_SLICE_EMPTY;
    memset(out, 0, sizeof *out);
    enum nw_err e = split(compact, out, &jwt, checks, d);
    if (e == NW_OK) {
        e = parse_issuer_jwt(jwt, out, checks, d);
    }
    if (e == NW_OK) {
        e = nw_sdjwt_parse_disclosures(out, checks, d);
    }
    if (e != NW_OK) {
        nw_sdjwt_free(out);
        return e;
    }
    nw_sdjwt_pass(checks, "SDJ-01");
    return NW_OK;
}

bool nw_sdjwt_is_disclosed(const struct nw_sdjwt *s, const struct nw_json *value)
{
    for (size_t i = 0; value != NULL && i < s->disclosure_n; i++) {
        if (s->disclosed[i].value == value) {
            return true;
        }
    }
    return false;
}

void nw_sdjwt_free(struct nw_sdjwt *s)
{
    if (s == NULL) {
        return;
    }
    nw_jws_free(&s->issuer);
    nw_json_free(&s->payload);
    nw_json_free(&s->untrusted);
    for (size_t i = 0; s->disclosed != NULL && i < s->disclosure_n; i++) {
        nw_json_free(&s->disclosed[i].owned);
        nw_json_free(&s->disclosed[i].name_owned);
    }
    nw_free(s->disclosed);
    nw_buf_free(&s->texts);
    nw_free(s->hidden);
    memset(s, 0, sizeof *s);
}
