/* Schema and V01-V28 of any type; period of the A1 and what its determination says. What would stop
 * our own issuing is amber here: an A1 of others binds until its issuer withdraws it. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "report/internal.h"

#define OPEN_END "2499-01-01" /* a1-domain 2.1: "open ended" in imported data */
#define SOON_DAYS 14          /* I02 */

static const char *rules_text(const struct nw_case *k, const char *path)
{
    return nw_json_text(nw_json_path(k->r->claims, path));
}

static bool rules_flag(const struct nw_case *k, const char *path)
{
    bool v = false;
    return nw_json_bool(nw_json_path(k->r->claims, path), &v) && v;
}

/* ---- findings of the rules to reasons ---- */

struct finding_row {
    const char *rule;
    const char *code;
    const char *what[2];
};
static const struct finding_row finding_rows[] = {
    {"V04", "A08", {"Dauer über 24 Monate", "longer than 24 months"}},
    {"V05", "A08", {"Kette von Entsendungen", "chain of postings"}},
    {"V06", "A08", {"Ausnahme ohne Text", "exception without text"}},
    {"V07",
     "A08",
     {"kein Tätigkeitsort außerhalb des Entsendestaats",
      "no place of work outside the sending state"}},
    {"V08",
     "A08",
     {"nur ein Staat trotz Tätigkeit in mehreren",
      "one state only though work in several is certified"}},
    {"V09", "A08", {"Flagge oder Heimatbasis fehlt", "flag or home base missing"}},
    {"V10", "A09", {NULL, NULL}},
    {"V15",
     "A08",
     {"Art der Beschäftigung passt nicht zum Status",
      "kind of employment does not fit the status"}},
    {"V16",
     "A08",
     {"Versicherungsnummer mit falscher Prüfziffer oder Form",
      "personal number with wrong check digit or form"}},
    {"V18", "A08", {"Nummer des Nachweises", "document number"}},
    {"V20", "A08", {"Alter bei Beginn", "age at the start"}},
    {"V23", "R04", {"die technische Laufzeit ist fehlerhaft", "the technical life is faulty"}},
    {"V26",
     "A04",
     {"bei diesem Status unüblich oder länger als üblich",
      "unusual for this status, or longer than usual"}},
};

/* What breaks the form is A1-01's, and red: nothing amber stands beside it. */
static bool rules_malformed(const struct nw_finding *v)
{
    static const char *const form[] = {"V01", "V02", "V06", "V11", "V12", "V14", "V21", "V27"};
    for (size_t i = 0; i < sizeof form / sizeof form[0]; i++) {
        if (v->level == NW_LEVEL_ERROR && strcmp(v->rule, form[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void rules_findings(struct nw_case *k)
{
    const struct nw_findings *f = &k->r->findings;
    for (size_t i = 0; i < f->n; i++) {
        for (size_t j = 0; j < sizeof finding_rows / sizeof finding_rows[0]; j++) {
            const struct finding_row *row = &finding_rows[j];
            if (f->v[i].level != NW_LEVEL_INFO && !rules_malformed(&f->v[i]) &&
                strcmp(f->v[i].rule, row->rule) == 0) {
                nw_case_reason(k, row->code, row->what[0], row->what[1]);
            }
        }
    }
}

/* A1-01: schema and integrity rules, from what the rules about form found. */
static void rules_schema(struct nw_case *k)
{
    const struct nw_findings *f = &k->r->findings;
    for (size_t i = 0; i < f->n; i++) {
        if (rules_malformed(&f->v[i])) {
            nw_check_fail(k->checks, "A1-01", NW_ERR_RECORD_RULE, "%s: %s: %s, at %s",
                          nw_err_text(NW_ERR_RECORD_RULE), f->v[i].rule, f->v[i].text,
                          f->v[i].path);
        }
    }
    if (f->n == NW_MAX_FINDINGS) {
        nw_check_not_done(k->checks, "A1-01", "more findings than there is room for");
    }
    nw_check_pass(k->checks, "A1-01");
}

/* Of the canonical SD-JWT VC it is told what is hidden and what is not there at all. */
static bool rules_partial(const struct nw_case *k)
{
    const struct nw_report *r = k->r;
    bool canonical = r->form == NW_FORM_SDJWT && r->profile == nw_type_canonical(r->type);
    return !canonical || (nw_json_count(r->undisclosed) > 0 && k->sdjwt.undisclosed > 0);
}

enum nw_err nw_room_form(struct nw_case *k)
{
    struct nw_report *r = k->r;
    char signer[3];
    nw_country_iso(r->issuer.country, signer);
    struct nw_rule_context ctx = {
        .all_places = !k->places_hidden,
        .signer_country = signer[0] != '\0' ? signer : NULL,
        .iat = r->iat,
        .exp = r->exp,
        .cert_end = k->cert_end,
        .has_status = k->status.present,
    };
    nw_date_format(r->days.first, ctx.today);
    enum nw_err e =
        nw_rules_run(r->type, r->claims, rules_partial(k), &ctx, &r->findings, k->checks);
    if (nw_case_ours(e) == NW_OK) {
        rules_findings(k);
        rules_schema(k);
    }
    nw_check_not_done(
        k->checks, "X5-04",
        "offline: the bundle's list says who is entitled, certificates are not asked for "
        "one by one");
    return nw_case_ours(e);
}

/* ---- A1-02, R05: the legislation period, apart from every technical time ---- */

static void rules_soon(struct nw_case *k, int64_t left)
{
    if (left >= 0 && left <= SOON_DAYS) {
        char de[64], en[64];
        (void)snprintf(de, sizeof de,
                       left == 0   ? "heute"
                       : left == 1 ? "noch 1 Tag"
                                   : "noch %d Tage",
                       (int)left);
        (void)snprintf(en, sizeof en,
                       left == 0   ? "today"
                       : left == 1 ? "1 day left"
                                   : "%d days left",
                       (int)left);
        nw_case_reason(k, "I02", de, en);
    }
}

/* rb-a1 3.2: the legislation is no disclosure, neither whole nor in parts. */
static void rules_period_visible(struct nw_case *k)
{
    const struct nw_json *law = nw_json_get(k->sdjwt.payload, "memberstateAppliedLegislation");
    if (k->r->form != NW_FORM_SDJWT || k->r->profile != NW_PROFILE_WEBUILD) {
        return;
    }
    bool hideable = nw_sdjwt_is_disclosed(&k->sdjwt, law);
    for (const struct nw_json *x = nw_json_first(law); x != NULL; x = nw_json_next(x)) {
        hideable = hideable || nw_sdjwt_is_disclosed(&k->sdjwt, x);
    }
    if (hideable) {
        nw_check_fail(k->checks, "A1-02", NW_ERR_CLAIM_DISCLOSED,
                      "%s: memberstateAppliedLegislation", nw_err_text(NW_ERR_CLAIM_DISCLOSED));
    }
}

static void rules_period(struct nw_case *k)
{
    struct nw_report *r = k->r;
    int64_t start, end;
    nw_country_iso(rules_text(k, "memberstateAppliedLegislation.memberstate"), r->home);
    nw_json_date(nw_json_path(r->claims, "memberstateAppliedLegislation.startDate"), r->start);
    nw_json_date(nw_json_path(r->claims, "memberstateAppliedLegislation.endDate"), r->end);
    if (r->home[0] == '\0' || nw_date_parse(nw_str(r->start), &start) != NW_OK ||
        nw_date_parse(nw_str(r->end), &end) != NW_OK) {
        nw_check_fail(k->checks, "A1-02", NW_ERR_CLAIM_MISSING,
                      "%s: state, start and end of the legislation are always visible, at "
                      "memberstateAppliedLegislation",
                      nw_err_text(NW_ERR_CLAIM_MISSING));
        return;
    }
    if (end < start) {
        nw_check_fail(k->checks, "A1-02", NW_ERR_CLAIM_RANGE,
                      "%s: endDate is before startDate, at memberstateAppliedLegislation.endDate",
                      nw_err_text(NW_ERR_CLAIM_RANGE));
        return;
    }
    rules_period_visible(k);
    nw_check_pass(k->checks, "A1-02");
    if (r->days.last < start || (r->days.first > end && strcmp(r->end, OPEN_END) != 0)) {
        nw_case_reason(k, "R05", NULL, NULL);
    } else {
        rules_soon(k, end - r->days.first);
    }
    int64_t issued;
    if (nw_date_parse(nw_str(r->issued_on), &issued) != NW_OK) {
        issued = r->iat != 0 ? nw_zone_days(r->home, r->iat).first : start;
    }
    if (issued > start) {
        char day[NW_DATE_TEXT], de[48], en[48];
        nw_date_format(issued, day);
        (void)snprintf(de, sizeof de, "am %s", day);
        (void)snprintf(en, sizeof en, "on %s", day);
        nw_case_reason(k, "I01", de, en);
    }
}

/* ---- what the determination says ---- */

static void rules_determination(struct nw_case *k)
{
    if (rules_flag(k, "memberstateAppliedLegislation.determinationIsProvisional")) {
        nw_case_reason(k, "A04", NULL, NULL);
    }
    if (rules_flag(k, "memberstateAppliedLegislation.transitionRulesApplyAccordingEG")) {
        nw_case_reason(k, "I03", NULL, NULL);
    }
    const char *code = rules_text(k, "statusConfirmation.statusConfirmationCode");
    if (code != NULL && strcmp(code, "11") == 0) {
        nw_case_reason(k, "A05", NULL, NULL);
    }
    bool at_home = k->r->host[0] != '\0' && strcmp(k->r->home, k->r->host) == 0;
    if (at_home || (code != NULL && strcmp(code, "12") == 0)) {
        nw_case_reason(k, "A09", NULL, NULL);
    }
    size_t employers = nw_json_count(nw_json_get(k->r->claims, "employmentSituations"));
    if (employers > 1) {
        char n[24];
        (void)snprintf(n, sizeof n, "%zu", employers);
        nw_case_reason(k, "I04", n, n);
    }
}

/* a1-domain 8.4, policy "FKS Baustelle": what the check needs. Names are the identity room's. */
void nw_room_needed(struct nw_case *k)
{
    for (const char *const *path = nw_type_needed(k->r->type); *path != NULL; path++) {
        const struct nw_json *n = nw_json_path(k->r->claims, *path);
        enum nw_json_kind kind = nw_json_kind(n);
        bool list = kind == NW_JSON_ARRAY || kind == NW_JSON_OBJECT;
        if (n == NULL || (list && nw_json_count(n) == 0)) {
            nw_case_reason(k, "A11", nw_type_label(k->r->type, *path, "de"),
                           nw_type_label(k->r->type, *path, "en"));
        }
    }
}

enum nw_err nw_room_rules(struct nw_case *k)
{
    enum nw_err e = nw_room_form(k);
    if (e != NW_OK) {
        return e;
    }
    rules_period(k);
    nw_room_groups(k);
    rules_determination(k);
    nw_room_needed(k);
    return NW_OK;
}
