/* The six rooms in order: parse, authenticate, trust, status, rules, report. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/date.h"
#include "report/internal.h"

void nw_policy_default(struct nw_policy *p)
{
    static const enum nw_sig_alg algs[] = {NW_ES256, NW_ES384, NW_ES512};
    *p = (struct nw_policy){
        .algs = algs,
        .alg_n = sizeof algs / sizeof algs[0],
        .skew = 300,
        .status_fresh = NW_DAY,
        .trust_fresh = 0,
        .kb_max_age = 300,
        .list_grace = 30 * NW_DAY,
        .test_lists = NW_TEST_REFUSE,
        .types = {"pda1"},
    };
}

enum nw_err nw_case_ours(enum nw_err e)
{
    return nw_err_is_ours(e) ? e : NW_OK;
}

bool nw_case_alg_allowed(struct nw_case *k, enum nw_sig_alg alg, const char *rule)
{
    const struct nw_policy *p = k->job->policy;
    for (size_t i = 0; i < p->alg_n; i++) {
        if (p->algs[i] == alg) {
            return true;
        }
    }
    nw_check_fail(k->checks, rule, NW_ERR_ALG_NOT_ALLOWED, "%s: %s",
                  nw_err_text(NW_ERR_ALG_NOT_ALLOWED), nw_alg_jose(alg));
    return false;
}

void nw_case_reason(struct nw_case *k, const char *code, const char *de, const char *en)
{
    nw_reason_add(&k->r->reasons, code, de, en);
}

/* "A1", or "A1/EHIC": for R09. */
static void case_wanted(const struct nw_verify_job *job, char *out, size_t cap)
{
    const char *const *want = job->policy->types;
    size_t n = 0;
    for (size_t i = 0; i < sizeof job->policy->types / sizeof want[0] && want[i] != NULL; i++) {
        const struct nw_type *t = job->types == NULL ? NULL : nw_type_find(job->types, want[i]);
        int more = snprintf(out + n, cap - n, "%s%s", n == 0 ? "" : "/",
                            t == NULL ? want[i] : nw_type_short(t));
        n = more < 0 || (size_t)more >= cap - n ? cap - 1 : n + (size_t)more;
    }
}

enum nw_err nw_case_new(struct nw_crypto *c, const struct nw_verify_job *job, struct nw_case **out)
{
    struct nw_case *k = nw_calloc(1, sizeof *k);
    struct nw_report *r = nw_calloc(1, sizeof *r);
    struct nw_checks *aside = nw_calloc(1, sizeof *aside);
    if (k == NULL || r == NULL || aside == NULL) {
        nw_free(k);
        nw_free(r);
        nw_free(aside);
        return NW_ERR_NOMEM;
    }
    r->at = job->at;
    r->types = job->types;
    (void)nw_report_place(job->country, r->host); /* any other code: no place, A11 */
    r->days = nw_zone_days(r->host, job->at);
    case_wanted(job, r->wanted, sizeof r->wanted);
    *k = (struct nw_case){
        .c = c,
        .job = job,
        .r = r,
        .checks = &r->checks,
        .aside = aside,
        .signer_der = NW_BUF(NW_MAX_CERT),
    };
    *out = k;
    return NW_OK;
}

void nw_case_free(struct nw_case **k)
{
    if (*k == NULL) {
        return;
    }
    nw_sdjwt_free(&(*k)->sdjwt);
    nw_seal_free(&(*k)->seal);
    nw_mdoc_free(&(*k)->mdoc);
    nw_device_response_free(&(*k)->device_response);
    nw_buf_free(&(*k)->signer_der);
    nw_report_free(&(*k)->r);
    nw_free((*k)->aside);
    nw_free(*k);
    *k = NULL;
}

static bool case_type_wanted(const struct nw_case *k)
{
    const struct nw_policy *p = k->job->policy;
    for (size_t i = 0; i < sizeof p->types / sizeof p->types[0] && p->types[i] != NULL; i++) {
        if (strcmp(p->types[i], nw_type_name(k->r->type)) == 0) {
            return true;
        }
    }
    return false;
}

/* The document's days: as the form has them, or else as claims of the type. */
static void case_days(struct nw_report *r)
{
    if (r->issued_on[0] == '\0') {
        const char *path = nw_type_field(r->type, NW_FIELD_ISSUED);
        nw_json_date(path == NULL ? NULL : nw_json_path(r->claims, path), r->issued_on);
    }
    if (r->document_expiry[0] == '\0') {
        const char *path = nw_type_field(r->type, NW_FIELD_EXPIRY);
        nw_json_date(path == NULL ? NULL : nw_json_path(r->claims, path), r->document_expiry);
    }
}

enum nw_err nw_case_authenticate(struct nw_case *k)
{
    enum nw_err e = NW_OK;
    k->r->form = nw_form_detect(k->job->input);
    switch (k->r->form) {
    case NW_FORM_SDJWT:
        e = nw_form_sdjwt(k);
        break;
    case NW_FORM_MDOC:
        e = nw_form_mdoc(k);
        break;
    case NW_FORM_A11:
        e = nw_form_a11(k);
        break;
    default:
        nw_form_other(k);
        break;
    }
    if (e != NW_OK || nw_case_stopped(k)) {
        return e;
    }
    if (k->r->type == NULL || k->r->claims == NULL) { /* a form that neither failed nor delivered */
        return NW_ERR_INTERNAL;
    }
    case_days(k->r);
    if (!case_type_wanted(k)) {
        bool mdoc = k->r->form == NW_FORM_MDOC;
        enum nw_err not_wanted = mdoc ? NW_ERR_DOCTYPE_UNKNOWN : NW_ERR_VCT;
        nw_check_fail(k->checks, mdoc ? "MSO-05" : "VC-01", not_wanted, "%s: it is %s",
                      nw_err_text(not_wanted), nw_type_name(k->r->type));
        return NW_OK;
    }
    return nw_room_trust(k);
}

static enum nw_err case_rooms(struct nw_case *k)
{
    enum nw_err e = nw_case_authenticate(k);
    if (e != NW_OK || nw_case_stopped(k) || !k->r->has_issuer) {
        return e;
    }
    e = nw_room_status(k);
    nw_room_document(k);
    if (e == NW_OK && strcmp(nw_type_name(k->r->type), "pda1") == 0) {
        e = nw_room_rules(k);
        if (e == NW_OK && !nw_case_stopped(k)) {
            nw_room_place(k);
            e = nw_room_identity(k);
        }
    } else if (e == NW_OK) {
        e = nw_room_content(k);
        nw_room_other_identity(k);
    }
    return e;
}

/* Paper and confirmations of application: nothing to verify, a reason that says what they are
 * worth. */
static void case_seen(struct nw_case *k)
{
    k->r->form = NW_FORM_SEEN;
    nw_case_reason(k, k->job->seen == NW_SEEN_APPLICATION ? "A16" : "A17", NULL, NULL);
    if (k->job->person == NULL) {
        nw_case_reason(k, "A02", NULL, NULL);
    }
}

enum nw_err nw_verify_presentation(struct nw_crypto *c, const struct nw_verify_job *job,
                                   struct nw_report **out, struct nw_diag *d)
{
    struct nw_case *k = NULL;
    if (job->input.n > NW_MAX_INPUT) {
        return nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "%zu bytes, at most %u", job->input.n,
                       NW_MAX_INPUT);
    }
    enum nw_err e = nw_case_new(c, job, &k);
    if (e != NW_OK) {
        return nw_fail(d, e, NW_NO_OFFSET, "%s", "");
    }
    if (job->seen != NW_SEEN_CREDENTIAL) {
        case_seen(k);
    } else {
        e = case_rooms(k);
    }
    if (e == NW_OK) {
        nw_room_verdict(k);
        *out = k->r;
        k->r = NULL; /* transferred */
    } else {
        (void)nw_fail(d, e, NW_NO_OFFSET, "%s", "");
    }
    nw_case_free(&k);
    return e;
}

/* ---- the report's getters ---- */

enum nw_verdict nw_report_verdict(const struct nw_report *r)
{
    return r->verdict;
}

bool nw_report_has(const struct nw_report *r, const char *code)
{
    return nw_reason_find(&r->reasons, code) != NULL;
}

const char *nw_report_reason(const struct nw_report *r, size_t i)
{
    return i < r->reasons.n ? r->reasons.v[i].reason->code : NULL;
}

const char *nw_report_decisive(const struct nw_report *r)
{
    bool decided = r->reasons.n > 0 && r->reasons.v[0].reason->colour != NW_NOTE;
    return decided ? r->reasons.v[0].reason->code : "";
}

const struct nw_checks *nw_report_checks(const struct nw_report *r)
{
    return &r->checks;
}

void nw_report_fields(const struct nw_report *r, struct nw_reason_fields *f)
{
    for (int lang = 0; lang < 2; lang++) {
        f->host[lang] = nw_country_name(r->types, r->host, lang);
        f->home[lang] = nw_country_name(r->types, r->home, lang);
    }
    f->from = r->start;
    f->until = r->end;
    f->type = r->type == NULL ? r->wanted : nw_type_short(r->type);
    f->wanted = r->wanted;
}

void nw_report_free(struct nw_report **r)
{
    if (*r == NULL) {
        return;
    }
    nw_json_free(&(*r)->claims);
    nw_json_free(&(*r)->undisclosed);
    nw_free(*r);
    *r = NULL;
}
