/* A11: parse, find the signer by key id in the bundle, verify, read the envelope and the A1 map. */
#include "base/date.h"
#include "crypto/cert.h"
#include "report/internal.h"

struct candidate {
    struct nw_case *k;
    size_t seen;
    bool verified;
    enum nw_err ours;
    struct nw_diag d;
};

/* Key ids are short: several certificates may have the same one, each is tried. */
static bool a11_try(void *ctx, struct nw_slice der)
{
    struct candidate *t = ctx;
    struct nw_case *k = t->k;
    struct nw_cert cert;
    struct nw_pubkey *key = NULL;
    t->seen++;
    enum nw_err e = nw_cert_parse(der, &cert, NULL);
    if (e == NW_OK) {
        e = nw_pubkey_from_spki(k->c, cert.spki, &key);
    }
    if (e == NW_OK) {
        nw_diag_clear(&t->d);
        e = nw_seal_verify(k->c, &k->seal, key, &t->d);
    }
    nw_pubkey_free(&key);
    if (e == NW_OK) {
        t->verified = true;
        k->cert_end = cert.not_after;
        nw_buf_put(&k->signer_der, der);
        t->ours = nw_buf_err(&k->signer_der);
        k->chain[0] = nw_buf_slice(&k->signer_der);
        k->chain_n = 1;
    } else {
        t->ours = nw_case_ours(e);
    }
    return e != NW_OK && t->ours == NW_OK;
}

static enum nw_err a11_authenticate(struct nw_case *k)
{
    struct candidate t = {.k = k};
    nw_diag_clear(&t.d);
    if (k->job->bundle == NULL) {
        nw_check_fail(k->checks, "QR-03", NW_ERR_KID_UNKNOWN,
                      "%s: no evidence bundle was given, nothing is trusted",
                      nw_err_text(NW_ERR_KID_UNKNOWN));
        nw_case_reason(k, "R02", "kein Prüfpaket angegeben", "no evidence bundle was given");
        return NW_OK;
    }
    nw_bundle_by_kid(k->job->bundle, k->seal.cose.kid, NW_ROLE_PUBEAA_ISSUE, a11_try, &t);
    if (t.ours == NW_OK && !t.verified) { /* a body known by its qualified certificate */
        nw_bundle_by_kid(k->job->bundle, k->seal.cose.kid, NW_ROLE_QCERT_CA, a11_try, &t);
    }
    if (t.ours != NW_OK) {
        return t.ours;
    }
    if (t.seen == 0) {
        nw_check_fail(k->checks, "QR-03", NW_ERR_KID_UNKNOWN, "%s",
                      nw_err_text(NW_ERR_KID_UNKNOWN));
    } else if (!t.verified) {
        (void)nw_fail(&t.d, NW_ERR_SIGNATURE, NW_NO_OFFSET, "%s", "");
        (void)nw_check_fail_diag(k->checks, "QR-03", &t.d);
    } else {
        nw_check_pass(k->checks, "QR-03");
    }
    return NW_OK;
}

static enum nw_err a11_content(struct nw_case *k)
{
    struct nw_report *r = k->r;
    struct nw_diag d = {0};
    int level = 0;
    nw_diag_clear(&d);
    enum nw_err e = nw_seal_claims(&k->seal, k->checks, &d);
    if (e != NW_OK) {
        if (nw_case_ours(e) == NW_OK && !nw_check_failed(k->checks, "QR-04")) {
            (void)nw_check_fail_diag(k->checks, "QR-04", &d);
        }
        return nw_case_ours(e);
    }
    r->iat = k->seal.iat;
    r->exp = k->seal.exp;
    nw_date_format(nw_time_day(r->iat), r->issued_on);
    e = nw_case_ours(nw_seal_times(&k->seal, k->job->at, k->job->policy->skew, k->checks, &d));
    if (e != NW_OK) {
        return e;
    }
    nw_diag_clear(&d);
    r->type = nw_type_find(k->job->types, "pda1");
    r->profile = NW_PROFILE_WEBUILD;
    if (r->type == NULL) {
        return NW_ERR_INTERNAL;
    }
    e = nw_a11_read(r->type, k->seal.a1, &r->claims, &level, &d);
    if (e != NW_OK) {
        if (nw_case_ours(e) == NW_OK) {
            (void)nw_check_fail_diag(k->checks, "A1-01", &d);
        }
        return nw_case_ours(e);
    }
    k->form_issuer = k->seal.iss;
    k->status = k->seal.status;
    k->bound = k->seal.cnf.n > 0;
    /* a code on paper cannot answer: whoever holds it has proven nothing */
    r->binding = k->bound ? NW_BINDING_DEVICE : NW_BINDING_NONE;
    if (!k->bound && k->job->policy->require_binding) {
        nw_check_fail(k->checks, "KB-01", NW_ERR_KB_MISSING,
                      "%s: the policy asks for one, and the code is bound to no key",
                      nw_err_text(NW_ERR_KB_MISSING));
        nw_case_reason(k, "R06", "an keinen Schlüssel gebunden", "bound to no key");
    }
    return nw_json_new_array(&r->undisclosed);
}

enum nw_err nw_form_a11(struct nw_case *k)
{
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    enum nw_err e = nw_seal_parse(k->job->input, &k->seal, k->checks, &d);
    if (e != NW_OK) {
        if (nw_case_ours(e) == NW_OK && nw_check_first_failure(k->checks) == NULL) {
            (void)nw_check_fail_diag(k->checks, "QR-01", &d);
        }
        return nw_case_ours(e);
    }
    if (!nw_case_alg_allowed(k, k->seal.cose.alg, "QR-03")) {
        return NW_OK;
    }
    e = a11_authenticate(k);
    if (e == NW_OK && !nw_case_stopped(k)) {
        e = a11_content(k);
    }
    return e;
}
