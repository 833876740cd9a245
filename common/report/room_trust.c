/* Trust: may this signer issue this type, and does what it says lie within its state and
 * institution? */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "report/internal.h"

/* The rule that says "not trusted" in each form. */
static const char *trust_rule(const struct nw_case *k)
{
    return k->r->form == NW_FORM_SDJWT ? "VC-03" : "LOTE-04";
}

static enum nw_role trust_role(const struct nw_case *k, enum nw_role *status)
{
    bool pid = strcmp(nw_type_name(k->r->type), "pid") == 0;
    *status = pid ? NW_ROLE_PID_STATUS : NW_ROLE_PUBEAA_STATUS;
    return pid ? NW_ROLE_PID_ISSUE : NW_ROLE_PUBEAA_ISSUE;
}

static void trust_freshness(struct nw_case *k)
{
    const struct nw_bundle_info *info = nw_bundle_info(k->job->bundle);
    struct nw_report *r = k->r;
    char when[NW_TIME_TEXT];
    r->trust_time = r->issuer.list_issued;
    int64_t limit = k->job->policy->trust_fresh;
    bool old = info->stale || (limit > 0 && info->created + limit < k->job->at);
    bool lapsed = r->issuer.list_next != 0 && r->issuer.list_next < k->job->at;
    if (lapsed || (k->by_qualified && r->seal.stale)) {
        nw_time_format(lapsed ? r->issuer.list_next : r->seal.qtsp.list_next, when);
        nw_check_fail(k->checks, "LOTE-02", NW_ERR_LOTE_TIME,
                      "%s: the %s list was to be renewed by %s", nw_err_text(NW_ERR_LOTE_TIME),
                      lapsed ? "issuer's" : "national", when);
    } else if (old) {
        nw_time_format(info->created, when);
        nw_check_fail(k->checks, "LOTE-02", NW_ERR_BUNDLE_STALE, "%s: it was made at %s",
                      nw_err_text(NW_ERR_BUNDLE_STALE), when);
    } else {
        nw_check_pass(k->checks, "LOTE-02");
        return;
    }
    when[10] = '\0';
    nw_reason_date(&r->reasons, "A01", when);
}

static void trust_test(struct nw_case *k)
{
    struct nw_report *r = k->r;
    r->test = r->issuer.list_test || nw_bundle_info(k->job->bundle)->test;
    if (!r->test || k->job->policy->test_lists == NW_TEST_ACCEPT) {
        return;
    }
    if (k->job->policy->test_lists == NW_TEST_MARK) {
        nw_case_reason(k, "A14", "Testliste", "test list");
        return;
    }
    nw_check_fail(k->checks, trust_rule(k), NW_ERR_TRUST_UNKNOWN,
                  "%s: it stands on a test list only, which this policy does not admit",
                  nw_err_text(NW_ERR_TRUST_UNKNOWN));
    nw_case_reason(k, "R02", "nur auf einer Testliste", "on a test list only");
}

static int64_t trust_signed_at(const struct nw_case *k)
{
    return k->r->iat != 0 ? k->r->iat : k->job->at;
}

static enum nw_err trust_by_list(struct nw_case *k, int64_t signed_at, enum nw_trust_state *state,
                                 struct nw_trust_entity *entity, struct nw_checks *checks,
                                 struct nw_diag *d)
{
    return nw_trust_chain(k->c, k->job->bundle, k->issue_role,
                          k->r->form == NW_FORM_MDOC ? NW_CERT_MDOC_LISTED : NW_CERT_ATTESTATION,
                          k->chain, k->chain_n, signed_at, k->job->at, entity, state, checks, d);
}

/* What was issued before the end goes on binding, but the day of issue stands in the token only:
 * whoever still has the key could date back. Never green. */
static void trust_ended(struct nw_case *k, int64_t since)
{
    char day[NW_TIME_TEXT], de[96], en[96];
    nw_time_format(since, day);
    (void)snprintf(de, sizeof de, "die Berechtigung des Ausstellers endete am %.10s", day);
    (void)snprintf(en, sizeof en, "the issuer's entitlement ended on %.10s", day);
    nw_case_reason(k, "A15", de, en);
}

/* Entitled when it signed, no longer now: by the way that decided, or by either of both. */
static enum nw_err trust_since_withdrawn(struct nw_case *k)
{
    struct nw_report *r = k->r;
    struct nw_trust_entity now;
    enum nw_trust_state state = NW_TRUST_UNKNOWN;
    if (k->by_qualified && r->seal.ended) {
        trust_ended(k, r->seal.ended_at);
        return NW_OK;
    }
    if (r->by_seal || r->issuer.until == 0 || r->issuer.until > k->job->at) {
        return NW_OK;
    }
    memset(k->aside, 0, sizeof *k->aside);
    enum nw_err e = nw_case_ours(trust_by_list(k, k->job->at, &state, &now, k->aside, NULL));
    if (e == NW_OK && state != NW_TRUST_GRANTED) {
        trust_ended(k, r->issuer.until);
    }
    return e;
}

/* The list of public bodies decides; *stands: it names the signer as entitled. */
static enum nw_err trust_decide_list(struct nw_case *k, bool *stands)
{
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    enum nw_err e =
        trust_by_list(k, trust_signed_at(k), &k->r->listed, &k->r->issuer, k->checks, &d);
    if (e == NW_OK && k->r->listed != NW_TRUST_GRANTED) {
        e = nw_fail(&d, NW_ERR_TRUST_UNKNOWN, NW_NO_OFFSET, "%s", "");
    }
    *stands = e == NW_OK;
    if (e != NW_OK && nw_case_ours(e) == NW_OK) {
        (void)nw_check_fail_diag(k->checks, trust_rule(k), &d);
    }
    return nw_case_ours(e);
}

/* The qualified certificate decides. */
static enum nw_err trust_decide_seal(struct nw_case *k, bool *stands)
{
    enum nw_err e = nw_case_seal(k, trust_signed_at(k), &k->r->seal, k->checks);
    *stands = e == NW_OK && k->r->seal.link == NW_LINK_WHOLE;
    if (*stands) {
        nw_case_seal_adopt(k);
    } else if (e == NW_OK) {
        nw_case_seal_broken(k);
    }
    return e;
}

/* Both have to agree; a list that does not tell leaves the level open (A14). */
static enum nw_err trust_decide_both(struct nw_case *k, bool *stands)
{
    enum nw_err e = trust_decide_list(k, stands);
    if (e != NW_OK || !*stands) {
        return e;
    }
    memset(k->aside, 0, sizeof *k->aside);
    e = nw_case_seal(k, trust_signed_at(k), &k->r->seal, k->aside);
    for (size_t i = 0; e == NW_OK && i < k->aside->n; i++) {
        const struct nw_check *c = &k->aside->v[i];
        bool open = c->err == NW_ERR_QUAL_OPEN;
        if (strncmp(c->id, "QC-", 3) != 0) {
            continue;
        }
        if (c->result == NW_PASS) {
            nw_check_pass(k->checks, c->id);
        } else if (c->result == NW_FAIL && !open) {
            nw_check_fail(k->checks, c->id, c->err, "%s", c->detail);
        } else {
            nw_check_not_done(k->checks, c->id, "%s", c->detail);
        }
    }
    if (e == NW_OK && k->r->seal.link != NW_LINK_WHOLE) {
        char de[160], en[160];
        bool open = k->r->seal.answer == NW_SEAL_OPEN;
        if (open) {
            nw_case_seal_words(&k->r->seal, de, en);
            nw_case_reason(k, "A14", de, en);
        } else {
            nw_case_seal_broken(k);
        }
        *stands = open;
    }
    return e;
}

static bool trust_in_transition(const struct nw_case *k, const char *country)
{
    for (size_t i = 0; i < k->job->policy->transition_n; i++) {
        if (strcmp(k->job->policy->transition[i], country) == 0) {
            return true;
        }
    }
    return false;
}

/* A state that has not notified its bodies: the qualified certificate is what there is. */
static enum nw_err trust_try_transition(struct nw_case *k, bool *stands)
{
    enum nw_trust_state state = NW_TRUST_UNKNOWN;
    struct nw_trust_entity entity;
    struct nw_seal_path seal;
    if (k->job->policy->transition_n == 0) {
        return NW_OK;
    }
    enum nw_err e = nw_case_ours(trust_by_list(k, trust_signed_at(k), &state, &entity, NULL, NULL));
    if (e == NW_OK && state == NW_TRUST_UNKNOWN && entity.name[0] == '\0') {
        e = nw_case_seal(k, trust_signed_at(k), &seal, NULL);
        if (e == NW_OK && seal.link == NW_LINK_WHOLE && trust_in_transition(k, seal.body_country)) {
            e = trust_decide_seal(k, stands);
        }
    }
    if (e == NW_OK && *stands) {
        nw_case_reason(k, "A15", "die Stellen dieses Staates sind noch nicht gemeldet",
                       "this state has not notified its public bodies yet");
    }
    return e;
}

/* Does an IACA root of the bundle, for this document type, stand above the signer? */
static enum nw_err trust_has_root(struct nw_case *k, bool *found)
{
    enum nw_trust_state state = NW_TRUST_UNKNOWN;
    struct nw_trust_entity entity;
    *found = false;
    if (k->r->form != NW_FORM_MDOC || !k->job->policy->iaca) {
        return NW_OK;
    }
    enum nw_err e = nw_case_ours(trust_by_list(k, trust_signed_at(k), &state, &entity, NULL, NULL));
    if (e != NW_OK || state != NW_TRUST_UNKNOWN || entity.name[0] != '\0') {
        return e; /* a list has something to say of it */
    }
    e = nw_trust_iaca(k->c, k->job->bundle, k->mdoc.mso.doc_type, NW_CERT_MDOC_DS, k->chain,
                      k->chain_n, trust_signed_at(k), k->job->at, &entity, &state, NULL, NULL);
    *found = e != NW_ERR_TRUST_UNKNOWN;
    return nw_case_ours(e);
}

/* ISO/IEC 18013-5 12.8: no list of public bodies stands behind it, so the level is not theirs. */
static enum nw_err trust_decide_root(struct nw_case *k, bool *stands)
{
    struct nw_diag d = {0};
    struct nw_report *r = k->r;
    enum nw_trust_state state = NW_TRUST_UNKNOWN;
    nw_diag_clear(&d);
    k->issue_role = NW_ROLE_IACA;
    k->status_role = NW_ROLE_NONE;
    enum nw_err e = nw_trust_iaca(k->c, k->job->bundle, k->mdoc.mso.doc_type, NW_CERT_MDOC_DS,
                                  k->chain, k->chain_n, trust_signed_at(k), k->job->at, &r->issuer,
                                  &state, k->checks, &d);
    *stands = e == NW_OK;
    r->by_root = *stands;
    if (*stands) {
        nw_case_reason(k, "A14", "nur über eine IACA-Wurzel", "by an IACA root only");
    } else if (nw_case_ours(e) == NW_OK) {
        (void)nw_check_fail_diag(k->checks, trust_rule(k), &d);
    }
    return nw_case_ours(e);
}

static enum nw_err trust_decide(struct nw_case *k, bool *stands)
{
    bool root = false;
    bool pid = k->issue_role == NW_ROLE_PID_ISSUE;
    enum nw_trust_way way = pid ? NW_WAY_LIST : k->job->policy->way;
    enum nw_err e = NW_OK;
    k->by_list = way != NW_WAY_QUALIFIED;
    k->by_qualified = way != NW_WAY_LIST;
    if (way == NW_WAY_QUALIFIED) {
        e = nw_case_ours(
            trust_by_list(k, trust_signed_at(k), &k->r->listed, &k->r->issuer, NULL, NULL));
        return e == NW_OK ? trust_decide_seal(k, stands) : e;
    }
    if (way == NW_WAY_BOTH) {
        return trust_decide_both(k, stands);
    }
    e = pid ? NW_OK : trust_try_transition(k, stands);
    if (e != NW_OK || *stands) {
        k->by_list = false;
        k->by_qualified = true;
        return e;
    }
    e = trust_has_root(k, &root);
    if (e != NW_OK || root) {
        return e == NW_OK ? trust_decide_root(k, stands) : e;
    }
    e = trust_decide_list(k, stands);
    if (e == NW_OK && *stands && !pid) { /* only said */
        e = nw_case_seal(k, trust_signed_at(k), &k->r->seal, NULL);
    }
    return e;
}

static void trust_other_way(struct nw_case *k)
{
    static const char *const seal[] = {"QC-01", "QC-02", "QC-03", "QC-04", "QC-05", "QC-06"};
    for (size_t i = 0; !k->by_qualified && i < sizeof seal / sizeof seal[0]; i++) {
        nw_check_not_done(k->checks, seal[i], "decided by the list of the issuers, not by a QTSP");
    }
    if (!k->by_list) {
        nw_check_not_done(k->checks, "LOTE-04", "decided by the qualified certificate");
    }
}

static enum nw_err trust_chain(struct nw_case *k)
{
    struct nw_report *r = k->r;
    bool stands = false;
    k->issue_role = trust_role(k, &k->status_role);
    k->by_list = true;
    if (k->job->bundle == NULL) {
        nw_check_fail(k->checks, trust_rule(k), NW_ERR_TRUST_UNKNOWN,
                      "%s: no evidence bundle was given, nothing is trusted",
                      nw_err_text(NW_ERR_TRUST_UNKNOWN));
        nw_case_reason(k, "R02", "kein Prüfpaket angegeben", "no evidence bundle was given");
        return NW_OK;
    }
    enum nw_err e = trust_decide(k, &stands);
    if (e != NW_OK) {
        return e;
    }
    trust_other_way(k);
    if (!stands) {
        return NW_OK;
    }
    r->has_issuer = true;
    r->bundle_time = nw_bundle_info(k->job->bundle)->created;
    if (r->form == NW_FORM_SDJWT) {
        nw_check_pass(k->checks, "VC-03");
    }
    trust_freshness(k);
    trust_test(k);
    return trust_since_withdrawn(k);
}

/* One country of the content against the signer's. False: they differ. */
static bool trust_same_state(struct nw_case *k, const char *path)
{
    char signer[3], said[3];
    nw_country_iso(k->r->issuer.country, signer);
    nw_country_iso(nw_json_text(nw_json_path(k->r->claims, path)), said);
    if (said[0] == '\0' || signer[0] == '\0' || strcmp(signer, said) == 0) {
        return true;
    }
    nw_check_fail(k->checks, "A1-04", NW_ERR_ISSUER_SCOPE,
                  "%s: %s is %s, the signer is entitled in %s", nw_err_text(NW_ERR_ISSUER_SCOPE),
                  path, said, signer);
    return false;
}

/* TS 119 472-1 5.6.3: the category agrees with the role of the list; rb-a1 3.1. */
static bool trust_category(struct nw_case *k)
{
    const char *c = k->r->by_root ? NULL : k->category; /* A14 says what there is to say */
    const char *own = nw_type_category(k->r->type);
    if (c == NULL || strcmp(c, own == NULL ? "PuB-EAA" : own) == 0) {
        return true;
    }
    if (own == NULL && strcmp(c, "EAA") == 0) {
        nw_case_reason(k, "A14", "Stufe EAA", "level EAA");
        return true;
    }
    nw_check_fail(k->checks, "A1-04", NW_ERR_ISSUER_SCOPE,
                  "%s: the category is not that of the signer's list",
                  nw_err_text(NW_ERR_ISSUER_SCOPE));
    return false;
}

static bool trust_form_issuer(struct nw_case *k)
{
    const char *want = k->r->issuer.id;
    if (k->form_issuer == NULL || strcmp(k->form_issuer, want) == 0) {
        return true;
    }
    if (want[0] == '\0') { /* then any name would do */
        nw_check_not_done(k->checks, "A1-04", "the list does not say the signer's institution");
        return true;
    }
    nw_check_fail(k->checks, "A1-04", NW_ERR_ISSUER_SCOPE, "%s: iss is not the key's institution",
                  nw_err_text(NW_ERR_ISSUER_SCOPE));
    return false;
}

static void trust_institution(struct nw_case *k)
{
    struct nw_report *r = k->r;
    const char *id = nw_type_value(r->type, NW_FIELD_INSTITUTION, r->claims);
    if (id == NULL) {
        id = k->form_issuer;
    }
    if (id == NULL) {
        return; /* not disclosed: A11 names it */
    }
    if (!nw_bundle_institution(k->job->bundle, id, &r->institution)) {
        r->institution.id[0] = '\0';
        nw_case_reason(k, "A15", NULL, NULL);
        return;
    }
    char signer[3], known[3];
    nw_country_iso(r->issuer.country, signer);
    nw_country_iso(r->institution.country, known);
    if (signer[0] != '\0' && known[0] != '\0' && strcmp(signer, known) != 0) {
        nw_check_fail(k->checks, "A1-04", NW_ERR_ISSUER_SCOPE,
                      "%s: the directory has this institution in another state",
                      nw_err_text(NW_ERR_ISSUER_SCOPE));
    }
}

/* An A11 carries the institution as an id; name and state come from the directory (A11 5). */
static enum nw_err trust_fill_institution(struct nw_case *k)
{
    struct nw_report *r = k->r;
    if (k->form_issuer == NULL || nw_json_get(r->claims, "competentInstitution") != NULL) {
        return NW_OK;
    }
    const char *name = r->institution.id[0] != '\0' ? r->institution.name : r->issuer.name;
    const char *country = r->institution.id[0] != '\0' ? r->institution.country : r->issuer.country;
    struct nw_json *o = NULL;
    enum nw_err e = nw_json_new_object(&o);
    if (e == NW_OK) {
        e = nw_json_put_text(o, "institutionID", k->form_issuer);
    }
    if (e == NW_OK && name[0] != '\0') {
        e = nw_json_put_text(o, "institutionName", name);
    }
    if (e == NW_OK && country[0] != '\0') {
        e = nw_json_put_text(o, "countryCode", country);
    }
    if (e == NW_OK) {
        e = nw_json_put(r->claims, "competentInstitution", &o);
    }
    nw_json_free(&o);
    return e;
}

enum nw_err nw_room_trust(struct nw_case *k)
{
    enum nw_err e = trust_chain(k);
    if (e != NW_OK || !k->r->has_issuer || nw_case_stopped(k)) {
        return e;
    }
    bool same = trust_same_state(k, nw_type_field(k->r->type, NW_FIELD_COUNTRY));
    same = trust_same_state(k, "competentInstitution.countryCode") && same;
    same = trust_category(k) && same;
    same = trust_form_issuer(k) && same;
    trust_institution(k);
    if (k->r->issuer.country[0] == '\0') {
        nw_check_not_done(k->checks, "A1-04", "the list does not say the signer's state");
    } else if (same) {
        nw_check_pass(k->checks, "A1-04");
    }
    return trust_fill_institution(k);
}
