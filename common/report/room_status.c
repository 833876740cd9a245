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

/* A listed CA of a public body is that body's; one of a QTSP issues to many, so the certificate
 * must name the same one. */
static bool status_same_body(const struct nw_case *k, const struct nw_cert *leaf)
{
    const struct nw_trust_entity *issuer = &k->r->issuer;
    return k->issue_role != NW_ROLE_QCERT_CA ||
           (issuer->id[0] != '\0' && strcmp(leaf->organisation_id, issuer->id) == 0 &&
            strcmp(leaf->country, issuer->country) == 0);
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
    enum nw_err e =
        role == NW_ROLE_IACA
            ? nw_trust_iaca(k->c, k->job->bundle, k->mdoc.mso.doc_type, NW_CERT_STATUS, t->chain,
                            t->chain_n, k->job->at, k->job->at, &entity, &state, k->aside, &d)
            : nw_trust_chain(k->c, k->job->bundle, role, NW_CERT_STATUS, t->chain, t->chain_n,
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
                        nw_cert_has_eku(&leaf, TSL_EKU) && status_same_body(k, &leaf);
    }
    return nw_case_ours(e);
}

/* The MSO names the list's trust point: only a chain to that certificate counts. */
static enum nw_err status_pinned(struct nw_case *k, const struct nw_status_token *t, bool *ok)
{
    const struct nw_path path = {.chain = t->chain,
                                 .chain_n = t->chain_n,
                                 .anchors = &k->status.certificate,
                                 .anchor_n = 1,
                                 .at = k->job->at,
                                 .profile = NW_CERT_STATUS,
                                 .leaf_may_be_anchor = true};
    memset(k->aside, 0, sizeof *k->aside);
    enum nw_err e = nw_path_check(k->c, &path, k->aside, NULL, NULL);
    *ok = e == NW_OK;
    return nw_case_ours(e);
}

/* STS-06: the issuer's own certificate, a Revocation service of the same entity, or the same CA
 * with the status EKU. */
static enum nw_err status_signer(struct nw_case *k, const struct nw_status_token *t, bool *ok)
{
    bool pinned = k->status.certificate.n > 0;
    *ok = !pinned && (t->chain_n == 0 || nw_slice_eq(t->chain[0], k->chain[0]));
    enum nw_err e = pinned ? status_pinned(k, t, ok) : NW_OK;
    if (!*ok && !pinned) {
        e = status_role_ok(k, t, k->status_role, ok);
    }
    if (e == NW_OK && !*ok && !pinned) {
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

/* What a list of either kind says about this credential. */
struct looked {
    int64_t iat;
    unsigned value;
    bool inside; /* the index is one of the list */
};

/* ISO/IEC 18013-5, second edition, 12.3.6: a list for mdocs is of one bit and has an end. */
static enum nw_err status_mdoc_list(struct nw_case *k, bool has_exp, unsigned bits,
                                    struct nw_checks *checks)
{
    if (k->r->form != NW_FORM_MDOC || (has_exp && bits == 1)) {
        return NW_OK;
    }
    nw_check_fail(checks, "STS-06", NW_ERR_STATUS_FORM, "%s: a list for an mdoc has %s",
                  nw_err_text(NW_ERR_STATUS_FORM), has_exp ? "one bit an entry" : "an end (exp)");
    return NW_ERR_STATUS_FORM;
}

static enum nw_err status_look_identifier(struct nw_case *k, const struct nw_status_token *t,
                                          const struct nw_pubkey *key, int64_t at,
                                          struct nw_checks *checks, struct looked *out)
{
    struct nw_identifier_list list;
    enum nw_err e = nw_identifier_list_open(k->c, t, key, k->status.uri, at, k->job->policy->skew,
                                            &list, checks, NULL);
    if (e == NW_OK) {
        e = status_mdoc_list(k, list.exp != 0, 1, checks);
    }
    if (e == NW_OK) {
        bool listed = nw_identifier_list_has(&list, nw_slice(k->status.id, k->status.id_n));
        *out = (struct looked){.iat = list.iat, .value = listed ? 1 : 0, .inside = true};
    }
    return e;
}

static enum nw_err status_look(struct nw_case *k, const struct nw_status_token *t,
                               const struct nw_pubkey *key, int64_t at, struct nw_checks *checks,
                               struct looked *out)
{
    struct nw_status_list list = {0};
    if (k->status.identifier) {
        return status_look_identifier(k, t, key, at, checks, out);
    }
    enum nw_err e = nw_status_list_open(k->c, t, key, k->status.uri, at, k->job->policy->skew,
                                        &list, checks, NULL);
    if (e != NW_OK) {
        return e;
    }
    e = status_mdoc_list(k, list.exp != 0, list.bits, checks);
    if (e == NW_OK) {
        *out = (struct looked){.iat = list.iat};
        out->inside = nw_status_list_get(&list, k->status.idx, &out->value) == NW_OK;
    }
    nw_status_list_free(&list);
    return e;
}

static void status_age(struct nw_case *k, int64_t iat)
{
    k->r->status_time = iat;
    if (k->job->at - iat > k->job->policy->status_fresh) {
        status_open_question(k, iat, NULL, NULL);
    }
}

/* A list past its end can still prove a withdrawal: that is never taken back. */
static enum nw_err status_expired(struct nw_case *k, const struct nw_status_token *t,
                                  const struct nw_pubkey *key, int64_t fetched)
{
    struct looked seen;
    memset(k->aside, 0, sizeof *k->aside);
    enum nw_err e = status_look(k, t, key, fetched, k->aside, &seen);
    if (e == NW_OK) {
        k->r->status_time = seen.iat;
        if (seen.inside && seen.value != 0) {
            status_value(k, seen.value, seen.iat);
        }
    }
    status_open_question(k, k->r->status_time != 0 ? k->r->status_time : fetched, NULL, NULL);
    return nw_case_ours(e);
}

static enum nw_err status_open(struct nw_case *k, const struct nw_status_token *t,
                               const struct nw_pubkey *key, int64_t fetched)
{
    struct looked seen;
    enum nw_err e = status_look(k, t, key, k->job->at, k->checks, &seen);
    if (e == NW_ERR_STATUS_EXPIRED) {
        return status_expired(k, t, key, fetched);
    }
    if (e != NW_OK) {
        return nw_case_ours(e);
    }
    if (seen.inside) {
        status_age(k, seen.iat);
        status_value(k, seen.value, seen.iat);
    } else {
        nw_check_fail(k->checks, "STS-04", NW_ERR_STATUS_INDEX, "%s",
                      nw_err_text(NW_ERR_STATUS_INDEX));
    }
    return NW_OK;
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

/* Each form has its own kind of list, an mdoc never a JWT (STS-02), and signs who is in the chain
 * (STS-06). */
static bool status_form_fits(struct nw_case *k, const struct nw_status_token *t)
{
    const char *wrong = NULL;
    const char *rule = "STS-02";
    if (k->r->form == NW_FORM_SDJWT && t->form != NW_TOKEN_JWT) {
        wrong = "an SD-JWT VC needs a status list in the form of a JWT";
    } else if (k->r->form == NW_FORM_MDOC && t->form != NW_TOKEN_CWT) {
        wrong = "an mdoc needs a status list in the form of a CWT";
    } else if (k->status.identifier != t->identifiers) {
        wrong = "a list of the other kind";
    } else if (k->r->form == NW_FORM_MDOC && !t->cose.chain_protected) {
        wrong = "a list for an mdoc has x5chain in the protected header";
        rule = "STS-06";
    }
    if (wrong != NULL) {
        nw_check_fail(k->checks, rule, NW_ERR_STATUS_FORM, "%s: %s",
                      nw_err_text(NW_ERR_STATUS_FORM), wrong);
    }
    return wrong == NULL;
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
    if (e == NW_OK && !status_form_fits(k, t)) {
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
    if (k->status_foreign) { /* one that is there is always asked (rb-a1 3.2.2) */
        nw_check_fail(k->checks, "A1-03", NW_ERR_STATUS_MECHANISM, "%s",
                      nw_err_text(NW_ERR_STATUS_MECHANISM));
        status_open_question(k, 0, "das Statusverfahren des Nachweises ist nicht bekannt",
                             "the document's status mechanism is not known");
        return;
    }
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
    k->r->status_wanted = k->status.present || k->status_foreign;
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
    if (!nw_bundle_status(k->job->bundle, k->status.uri, k->r->form != NW_FORM_SDJWT, &token,
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
