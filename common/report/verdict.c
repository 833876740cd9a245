/* The verdict. Green is earned: every mandatory rule of the form has passed and no reason stands
 * against it. A gap that nobody explained is amber, with the rule's name. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "report/internal.h"

/* Why a mandatory rule may be without a result, and what that means. */
enum need {
    NEED_ALWAYS,
    NEED_STATUS, /* when the credential has a status reference: else A1-03 decides */
    NEED_LIST,   /* when the list of public bodies is decisive */
    NEED_SEAL,   /* when the qualified certificate is */
    NEED_KEY,    /* when it is bound and the proof counts; explained by A03 */
};

struct mandatory {
    const char *id;
    unsigned forms; /* NW_AT_ bits */
    bool a1_only;
    enum need need;
    const char *code; /* the reason when it did not pass */
};

#define ALL_FORMS (NW_AT_S | NW_AT_M | NW_AT_A)
static const struct mandatory mandatory[] = {
    {"SDJ-01", NW_AT_S, false, NEED_ALWAYS, "R01"},
    {"SDJ-02", NW_AT_S, false, NEED_ALWAYS, "R01"},
    {"SDJ-03", NW_AT_S, false, NEED_ALWAYS, "R01"},
    {"SDJ-04", NW_AT_S, false, NEED_ALWAYS, "R01"},
    {"SDJ-05", NW_AT_S, false, NEED_ALWAYS, "R01"},
    {"SDJ-06", NW_AT_S, false, NEED_ALWAYS, "R01"},
    {"SDJ-07", NW_AT_S, false, NEED_ALWAYS, "R01"},
    {"KB-01", NW_AT_S, false, NEED_KEY, "A03"},
    {"KB-02", NW_AT_S, false, NEED_KEY, "A03"},
    {"KB-03", NW_AT_S, false, NEED_KEY, "A03"},
    {"KB-04", NW_AT_S, false, NEED_KEY, "A03"},
    {"KB-05", NW_AT_S, false, NEED_KEY, "A03"},
    {"VC-01", NW_AT_S, false, NEED_ALWAYS, "R01"},
    {"VC-02", NW_AT_S, false, NEED_ALWAYS, "R01"},
    {"VC-03", NW_AT_S, false, NEED_ALWAYS, "R02"},
    {"VC-04", NW_AT_S, false, NEED_ALWAYS, "R01"},
    {"MSO-01", NW_AT_M, false, NEED_ALWAYS, "R01"},
    {"MSO-02", NW_AT_M, false, NEED_ALWAYS, "R01"},
    {"MSO-03", NW_AT_M, false, NEED_ALWAYS, "R01"},
    {"MSO-04", NW_AT_M, false, NEED_ALWAYS, "R01"},
    {"MSO-05", NW_AT_M, false, NEED_ALWAYS, "R01"},
    {"MSO-06", NW_AT_M, false, NEED_ALWAYS, "R01"},
    {"DEV-01", NW_AT_M, false, NEED_KEY, "A03"},
    {"DEV-02", NW_AT_M, false, NEED_KEY, "A03"},
    {"DEV-03", NW_AT_M, false, NEED_KEY, "A03"},
    {"DEV-04", NW_AT_M, false, NEED_KEY, "A03"},
    {"QR-01", NW_AT_A, false, NEED_ALWAYS, "R01"},
    {"QR-02", NW_AT_A, false, NEED_ALWAYS, "R01"},
    {"QR-03", NW_AT_A, false, NEED_ALWAYS, "R01"},
    {"QR-04", NW_AT_A, false, NEED_ALWAYS, "R01"},
    {"A1-01", ALL_FORMS, false, NEED_ALWAYS, "A11"},
    {"A1-02", ALL_FORMS, false, NEED_ALWAYS, "A11"},
    {"A1-03", ALL_FORMS, false, NEED_ALWAYS, "A01"},
    {"A1-04", ALL_FORMS, false, NEED_ALWAYS, "A15"},
    {"STS-01", ALL_FORMS, false, NEED_STATUS, "A01"},
    {"STS-02", ALL_FORMS, false, NEED_STATUS, "A01"},
    {"STS-03", ALL_FORMS, false, NEED_STATUS, "A01"},
    {"STS-04", ALL_FORMS, false, NEED_STATUS, "A01"},
    {"STS-05", ALL_FORMS, false, NEED_STATUS, "A01"},
    {"STS-06", ALL_FORMS, false, NEED_STATUS, "A01"},
    {"X5-01", ALL_FORMS, false, NEED_ALWAYS, "R02"},
    {"X5-02", ALL_FORMS, false, NEED_ALWAYS, "R02"},
    {"X5-03", ALL_FORMS, false, NEED_ALWAYS, "R02"},
    {"LOTE-04", ALL_FORMS, false, NEED_LIST, "R02"},
    {"QC-01", ALL_FORMS, false, NEED_SEAL, "A14"},
    {"QC-02", ALL_FORMS, false, NEED_SEAL, "A14"},
    {"QC-03", ALL_FORMS, false, NEED_SEAL, "A14"},
    {"QC-04", ALL_FORMS, false, NEED_SEAL, "A14"},
    {"QC-05", ALL_FORMS, false, NEED_SEAL, "A14"},
    {"QC-06", ALL_FORMS, false, NEED_SEAL, "A14"},
    {"LOTE-02", ALL_FORMS, false, NEED_ALWAYS, "A01"},
    {"V03", ALL_FORMS, true, NEED_ALWAYS, "A11"},
};

static unsigned verdict_form(const struct nw_report *r)
{
    switch (r->form) {
    case NW_FORM_SDJWT:
        return NW_AT_S;
    case NW_FORM_A11:
        return NW_AT_A;
    case NW_FORM_MDOC:
        return NW_AT_M;
    default:
        return 0;
    }
}

static bool verdict_needed(const struct nw_case *k, const struct mandatory *m)
{
    bool a1 = k->r->type != NULL && strcmp(nw_type_name(k->r->type), "pda1") == 0;
    if ((m->forms & verdict_form(k->r)) == 0 || (m->a1_only && !a1)) {
        return false;
    }
    switch (m->need) {
    case NEED_STATUS:
        return k->status.present;
    case NEED_LIST:
        return k->by_list || !k->by_qualified;
    case NEED_SEAL:
        return k->by_qualified;
    case NEED_KEY:
        return k->bound || k->job->policy->require_binding;
    case NEED_ALWAYS:
    default:
        return true;
    }
}

static bool verdict_red(const struct nw_report *r)
{
    return r->reasons.n > 0 && r->reasons.v[0].reason->colour == NW_RED;
}

/* KB-03 without our nonce is explained by A03, or by the comparison with an ID document. */
static bool verdict_explained(const struct nw_case *k, const struct mandatory *m)
{
    return m->need == NEED_KEY && k->r->match == NW_MATCH_EXACT && k->r->id_source != NW_ID_NONE;
}

static void verdict_gaps(struct nw_case *k)
{
    for (size_t i = 0; i < sizeof mandatory / sizeof mandatory[0]; i++) {
        const struct mandatory *m = &mandatory[i];
        if (!verdict_needed(k, m) || nw_check_passed(k->checks, m->id) || verdict_explained(k, m)) {
            continue;
        }
        const struct nw_reason_hit *hit = nw_reason_find(&k->r->reasons, m->code);
        if (hit == NULL) {
            char de[64], en[64];
            (void)snprintf(de, sizeof de, "Regel %s nicht geprüft", m->id);
            (void)snprintf(en, sizeof en, "rule %s not done", m->id);
            nw_case_reason(k, m->code, de, en);
        }
    }
}

/* Every rule of the form that no room touched is not done, and the report says why. */
static void verdict_not_done(struct nw_case *k)
{
    unsigned form = verdict_form(k->r);
    const char *why = verdict_red(k->r) ? "an earlier failure ended the check"
                      : !k->bound       ? "nothing to check here: see the other rules"
                                        : "nothing to check here";
    for (size_t i = 0; i < nw_rule_count(); i++) {
        const struct nw_rule *rule = nw_rule_at(i);
        if ((rule->where & form) != 0 && nw_check_find(k->checks, rule->id) == NULL) {
            bool kb = strncmp(rule->id, "KB-", 3) == 0;
            bool sts = strncmp(rule->id, "STS-", 4) == 0;
            nw_check_not_done(k->checks, rule->id, "%s",
                              kb && !k->bound && !verdict_red(k->r)
                                  ? "the credential is bound to no key"
                              : sts && !k->status.present && !verdict_red(k->r)
                                  ? "the credential names no status list"
                                  : why);
        }
    }
}

void nw_room_verdict(struct nw_case *k)
{
    struct nw_report *r = k->r;
    nw_reasons_from_checks(k);
    if (!verdict_red(r) && r->form != NW_FORM_SEEN) {
        verdict_gaps(k);
    }
    verdict_not_done(k);
    /* notes matter only where nothing is wrong with the document itself */
    r->authentic = r->has_issuer && !nw_case_stopped(k) &&
                   nw_reason_find(&r->reasons, "R01") == NULL &&
                   nw_reason_find(&r->reasons, "R02") == NULL;
    bool amber = false;
    for (size_t i = 0; i < r->reasons.n; i++) {
        amber = amber || r->reasons.v[i].reason->colour == NW_AMBER;
    }
    r->verdict = verdict_red(r)            ? NW_VERDICT_INVALID
                 : amber || !r->has_issuer ? NW_VERDICT_ATTENTION
                                           : NW_VERDICT_VALID;
}
