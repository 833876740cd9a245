/* Status: from the bundle only. A missing, old or unusable list leaves the question open (A01);
 * only a list says "withdrawn". */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "crypto/cert.h"
#include "base/alloc.h"
#include "report/internal.h"

#define TSL_EKU "1.3.6.1.5.5.7.3.30" /* id-kp-oauthStatusSigning, TSL 10 */

static void status_open_question(struct nw_case *k, int64_t as_of, const char *de, const char *en)
{
    nw_case_reason(k, "A01", de, en);
    if (as_of != 0) {
        char when[NW_TIME_TEXT], text[64];
        nw_time_format(as_of, when);
        (void)snprintf(text, sizeof text, "Stand %.10s", when);
        char text_en[64];
        (void)snprintf(text_en, sizeof text_en, "as of %.10s", when);
        nw_case_reason(k, "A01", text, text_en);
        when[10] = '\0';
        nw_reason_date(&k->r->reasons, "A01", when);
    }
}

/* Is the list's chain entitled to sign status for this entity? The checks of that chain are not the
 * credential's, so they go aside. */
static enum nw_err status_role_ok(struct nw_case *k, const struct nw_status_token *t,
                                  enum nw_role role, bool *ok)
{
    struct nw_trust_entity entity;
    enum nw_trust_state state = NW_TRUST_UNKNOWN;
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    memset(k->aside, 0, sizeof *k->aside);
    memset(&entity, 0, sizeof entity);
    enum nw_err e = nw_trust_chain(k->c, k->job->bundle, role, NW_CERT_STATUS, t->chain, t->chain_n,
                                   k->job->at, k->job->at, &entity, &state, k->aside, &d);
    const struct nw_trust_entity *issuer = &k->r->issuer;
    bool same =
        strcmp(entity.country, issuer->country) == 0 &&
        (issuer->id[0] != '\0' ? strcmp(entity.id, issuer->id) == 0
                               : issuer->name[0] != '\0' && strcmp(entity.name, issuer->name) == 0);
    bool same_ca = strcmp(entity.anchor, issuer->anchor) == 0;
    struct nw_cert leaf;
    if (e == NW_OK && state == NW_TRUST_GRANTED) {
        *ok = role == k->status_role
                  ? same
                  : same_ca && nw_cert_parse(t->chain[0], &leaf, NULL) == NW_OK &&
                        nw_cert_has_eku(&leaf, TSL_EKU);
    }
    return nw_case_ours(e);
}

/* STS-06: the issuer's own certificate, a Revocation service of the same entity, or the same CA
 * with the status EKU. */
static enum nw_err status_signer(struct nw_case *k, const struct nw_status_token *t, bool *ok)
{
    *ok = t->chain_n == 0 || nw_slice_eq(t->chain[0], k->chain[0]);
    enum nw_err e = NW_OK;
    if (!*ok) {
        e = status_role_ok(k, t, k->status_role, ok);
    }
    if (e == NW_OK && !*ok) {
        e = status_role_ok(k, t, k->issue_role, ok);
    }
    if (e == NW_OK && *ok) {
        nw_check_pass(k->checks, "STS-06");
    } else if (e == NW_OK) {
        nw_check_fail(k->checks, "STS-06", NW_ERR_STATUS_SIGNER, "%s",
                      nw_err_text(NW_ERR_STATUS_SIGNER));
    }
    return e;
}

static void status_value(struct nw_case *k, unsigned value, int64_t as_of)
{
    static const char *const names[] = {"VALID", "INVALID", "SUSPENDED"};
    if (value == 0) {
        nw_check_pass(k->checks, "STS-05");
        return;
    }
    nw_check_fail(k->checks, "STS-05", NW_ERR_STATUS_INVALID, "%s: the value is %u (%s)",
                  nw_err_text(NW_ERR_STATUS_INVALID), value, value < 3 ? names[value] : "reserved");
    char when[NW_TIME_TEXT];
    nw_time_format(as_of, when);
    when[10] = '\0';
    nw_case_reason(k, "R03", NULL, NULL);
    nw_reason_date(&k->r->reasons, "R03", when);
}

static void status_age(struct nw_case *k, const struct nw_status_list *list)
{
    k->r->status_time = list->iat;
    int64_t age = k->job->at - list->iat;
    if (age > k->job->policy->status_fresh) {
        status_open_question(k, list->iat, NULL, NULL);
    }
}

/* A list past its end can still prove a withdrawal: that is never taken back. */
static enum nw_err status_expired(struct nw_case *k, const struct nw_status_token *t,
                                  const struct nw_pubkey *key, int64_t fetched)
{
    struct nw_status_list list = {0};
    unsigned value = 0;
    memset(k->aside, 0, sizeof *k->aside);
    enum nw_err e = nw_status_list_open(k->c, t, key, k->status.uri, fetched, k->job->policy->skew,
                                        &list, k->aside, NULL);
    if (e == NW_OK) {
        k->r->status_time = list.iat;
        if (nw_status_list_get(&list, k->status.idx, &value) == NW_OK && value != 0) {
            status_value(k, value, list.iat);
        }
        nw_status_list_free(&list);
    }
    status_open_question(k, k->r->status_time != 0 ? k->r->status_time : fetched, NULL, NULL);
    return nw_case_ours(e);
}

static enum nw_err status_open(struct nw_case *k, const struct nw_status_token *t,
                               const struct nw_pubkey *key, int64_t fetched)
{
    struct nw_status_list list = {0};
    struct nw_diag d = {0};
    unsigned value = 0;
    nw_diag_clear(&d);
    enum nw_err e = nw_status_list_open(k->c, t, key, k->status.uri, k->job->at,
                                        k->job->policy->skew, &list, k->checks, &d);
    if (e == NW_ERR_STATUS_EXPIRED) {
        return status_expired(k, t, key, fetched);
    }
    if (e != NW_OK) {
        return nw_case_ours(e);
    }
    e = nw_status_list_get(&list, k->status.idx, &value);
    if (e == NW_OK) {
        status_age(k, &list);
        status_value(k, value, list.iat);
    } else {
        nw_check_fail(k->checks, "STS-04", NW_ERR_STATUS_INDEX, "%s",
                      nw_err_text(NW_ERR_STATUS_INDEX));
    }
    nw_status_list_free(&list);
    return nw_case_ours(e);
}

static enum nw_err status_key(struct nw_case *k, const struct nw_status_token *t,
                              struct nw_pubkey **key)
{
    struct nw_cert cert;
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    enum nw_err e = nw_cert_parse(t->chain_n > 0 ? t->chain[0] : k->chain[0], &cert, &d);
    return e != NW_OK ? e : nw_pubkey_from_spki(k->c, cert.spki, key);
}

static enum nw_err status_check(struct nw_case *k, struct nw_slice token, int64_t fetched)
{
    struct nw_status_token *t = nw_calloc(1, sizeof *t);
    struct nw_pubkey *key = NULL;
    struct nw_diag d = {0};
    bool signer = false;
    if (t == NULL) {
        return NW_ERR_NOMEM;
    }
    nw_diag_clear(&d);
    enum nw_err e = nw_status_token_parse(token, t, k->checks, &d);
    if (e == NW_OK && k->r->form == NW_FORM_SDJWT && t->form != NW_TOKEN_JWT) {
        nw_check_fail(k->checks, "STS-02", NW_ERR_STATUS_FORM,
                      "%s: an SD-JWT VC needs a status list in the form of a JWT",
                      nw_err_text(NW_ERR_STATUS_FORM));
        e = NW_ERR_STATUS_FORM;
    }
    if (e == NW_OK) {
        e = status_signer(k, t, &signer);
    }
    if (e == NW_OK && signer) {
        e = status_key(k, t, &key);
    }
    if (e == NW_OK && signer) {
        e = status_open(k, t, key, fetched);
    }
    nw_pubkey_free(&key);
    nw_status_token_free(t);
    nw_free(t);
    return nw_case_ours(e);
}

/* rb-a1 3.2.2: needed when the technical life is longer than 24 hours. */
static void status_none(struct nw_case *k)
{
    const struct nw_report *r = k->r;
    bool is_short = r->iat != 0 && r->exp != 0 && r->exp - r->iat <= NW_DAY;
    if (is_short) {
        nw_check_pass(k->checks, "A1-03");
        return;
    }
    nw_check_fail(k->checks, "A1-03", NW_ERR_CLAIM_MISSING,
                  "%s: status.status_list, though the life is longer than 24 hours",
                  nw_err_text(NW_ERR_CLAIM_MISSING));
    status_open_question(k, 0, "der Nachweis nennt keine Statusliste",
                         "the document names no status list");
}

enum nw_err nw_room_status(struct nw_case *k)
{
    struct nw_slice token;
    int64_t fetched = 0;
    k->r->status_wanted = k->status.present;
    if (!k->status.present) {
        status_none(k);
        return NW_OK;
    }
    nw_check_pass(k->checks, "A1-03");
    nw_reasons_from_checks(k);
    if (nw_reason_find(&k->r->reasons, "R04") != NULL) { /* TSL 8.3: validate it first */
        nw_check_not_done(k->checks, "STS-05", "the credential is outside its technical life");
        return NW_OK;
    }
    nw_check_pass(k->checks, "STS-01");
    if (!nw_bundle_status(k->job->bundle, k->status.uri, k->r->form == NW_FORM_A11, &token,
                          &fetched)) {
        nw_check_not_done(k->checks, "STS-05", "%s", nw_err_text(NW_ERR_STATUS_MISSING));
        status_open_question(k, 0, "keine Statusliste vorhanden", "no status list at hand");
        return NW_OK;
    }
    enum nw_err e = status_check(k, token, fetched);
    if (e == NW_OK && nw_check_find(k->checks, "STS-05") == NULL) {
        nw_check_not_done(k->checks, "STS-05", "the status list could not be used");
        status_open_question(k, fetched, "Statusliste nicht verwendbar", "status list not usable");
    }
    return e;
}
