/* mdoc: parse, authenticate with the key of the x5chain leaf, read the profile, look at the
 * device's proof. Whether that leaf may sign is the trust room's question. */
#include <string.h>

#include "crypto/cert.h"
#include "report/internal.h"

/* Of several documents the one of a type that is wanted; two of them are one too many to tell what
 * is to be checked. */
static enum nw_err mdoc_choose(struct nw_case *k, size_t *which)
{
    const struct nw_device_response *r = &k->device_response;
    const struct nw_policy *p = k->job->policy;
    size_t found = 0;
    *which = 0;
    for (size_t i = 0; i < r->document_n; i++) {
        enum nw_profile profile;
        const struct nw_type *type = nw_type_by_doctype(k->job->types, r->doc_type[i], &profile);
        bool wanted = false;
        for (size_t t = 0; type != NULL && t < sizeof p->types / sizeof p->types[0]; t++) {
            wanted =
                wanted || (p->types[t] != NULL && strcmp(p->types[t], nw_type_name(type)) == 0);
        }
        if (wanted) {
            *which = i;
            found++;
        }
    }
    if (found > 1) {
        nw_check_fail(k->checks, "MSO-05", NW_ERR_DOCTYPE_UNKNOWN,
                      "the response holds %zu documents of a type that is wanted", found);
        return NW_ERR_DOCTYPE_UNKNOWN;
    }
    return NW_OK;
}

static enum nw_err mdoc_parse(struct nw_case *k)
{
    size_t which;
    if (!nw_device_response_is(k->job->input)) {
        return nw_mdoc_parse(k->job->input, &k->mdoc, k->checks, NULL);
    }
    enum nw_err e = nw_device_response_parse(k->job->input, &k->device_response, k->checks, NULL);
    if (e == NW_OK) {
        e = mdoc_choose(k, &which);
    }
    if (e == NW_OK) {
        e = nw_device_response_document(&k->device_response, which, &k->mdoc, k->checks, NULL);
    }
    return e;
}

static enum nw_err mdoc_verify(struct nw_case *k)
{
    struct nw_cert leaf;
    struct nw_pubkey *key = NULL;
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    const struct nw_cose_sign1 *auth = &k->mdoc.auth;
    enum nw_err e = nw_cert_parse(auth->chain[0], &leaf, &d);
    if (e == NW_OK) {
        e = nw_pubkey_from_spki(k->c, leaf.spki, &key);
    }
    if (e != NW_OK) {
        if (nw_case_ours(e) == NW_OK) {
            (void)nw_fail(&d, e, NW_NO_OFFSET, "%s", "");
            (void)nw_check_fail_diag(k->checks, "MSO-02", &d);
        }
        return e;
    }
    k->cert_end = leaf.not_after;
    memcpy(k->chain, auth->chain, sizeof k->chain);
    k->chain_n = auth->chain_n;
    e = nw_mdoc_verify(k->c, &k->mdoc, key, k->checks, NULL);
    nw_pubkey_free(&key);
    if (e == NW_OK) {
        e = nw_mdoc_times(&k->mdoc, leaf.not_before, leaf.not_after, k->job->at,
                          k->job->policy->skew, k->checks, NULL);
    }
    /* out of date is said at the end; what it contains is still of interest */
    return e == NW_ERR_EXPIRED || e == NW_ERR_NOT_YET_VALID ? NW_OK : e;
}

static enum nw_err mdoc_content(struct nw_case *k)
{
    struct nw_report *r = k->r;
    const struct nw_mso *mso = &k->mdoc.mso;
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    r->iat = mso->signed_at;
    r->nbf = mso->valid_from;
    r->exp = mso->valid_until;
    k->bound = true;
    r->binding = NW_BINDING_DEVICE;
    r->type = nw_type_by_doctype(k->job->types, mso->doc_type, &r->profile);
    if (r->type == NULL) {
        nw_check_fail(k->checks, "MSO-05", NW_ERR_DOCTYPE_UNKNOWN, "%s",
                      nw_err_text(NW_ERR_DOCTYPE_UNKNOWN));
        return NW_ERR_DOCTYPE_UNKNOWN;
    }
    enum nw_err e = nw_profile_read_mdoc(r->type, r->profile, &k->mdoc, &r->claims, &r->undisclosed,
                                         &k->reg, &d);
    if (e != NW_OK) {
        if (nw_case_ours(e) == NW_OK) {
            (void)nw_check_fail_diag(k->checks, "A1-01", &d);
        }
        return e;
    }
    memcpy(r->issued_on, k->reg.issued_on, sizeof r->issued_on);
    memcpy(r->document_expiry, k->reg.document_expiry, sizeof r->document_expiry);
    k->category = k->reg.legal_category[0] != '\0' ? k->reg.legal_category : NULL;
    /* an element is returned whole or not at all */
    k->places_hidden = k->mdoc.undisclosed > 0 && nw_json_get(r->claims, "placesOfWork") == NULL;
    e = nw_status_ref_mso(mso->status, &k->status, &d);
    k->status_foreign = e == NW_ERR_STATUS_MECHANISM;
    if (k->status_foreign) {
        return NW_OK;
    }
    if (e != NW_OK) {
        const char *rule = strcmp(d.path, "status.status_list.idx") == 0 ? "STS-04" : "A1-03";
        nw_check_fail(k->checks, rule, NW_ERR_CLAIM_TYPE, "%s: %s", nw_err_text(e), d.detail);
    }
    return e;
}

static enum nw_err mdoc_device(struct nw_case *k)
{
    const struct nw_device_policy policy = {
        .transcript = k->job->transcript,
        .reader_key = k->job->reader_key,
        .refuse_mac = k->job->policy->refuse_mac,
        .required = k->job->policy->require_binding,
    };
    bool proven = false;
    k->kb_given = k->mdoc.device_signature.n > 0 || k->mdoc.device_mac.n > 0;
    enum nw_err e = nw_mdoc_device(k->c, &k->mdoc, &policy, &proven, k->checks, NULL);
    k->r->proven = e == NW_OK && proven;
    return e;
}

enum nw_err nw_form_mdoc(struct nw_case *k)
{
    enum nw_err e = mdoc_parse(k);
    if (e != NW_OK || !nw_case_alg_allowed(k, k->mdoc.auth.alg, "MSO-02")) {
        return nw_case_ours(e);
    }
    e = mdoc_verify(k);
    if (e == NW_OK) {
        e = mdoc_content(k);
    }
    if (e == NW_OK) {
        e = mdoc_device(k);
    }
    return nw_case_ours(e);
}
