/* Annexes D to I of TS 119 602: what each kind of list must say about itself. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "lote.h"

#define BASE "http://uri.etsi.org/19602/"
#define HISTORY_ALL 65535

static const struct lote_profile profiles[LOTE_KINDS] = {
    [LOTE_PID] = {"pid", BASE "LoTEType/EUPIDProvidersList", BASE "PIDProvidersList/StatusDetn/EU",
                  NULL, BASE "PIDProviders/schemerules/EU", BASE "SvcType/PID/Issuance",
                  BASE "SvcType/PID/Revocation", NW_ROLE_PID_ISSUE, NW_ROLE_PID_STATUS,
                  BASE "ListOfTrustedEntities/PIDProvider/", false},
    [LOTE_WALLET] = {"wallet", BASE "LoTEType/EUWalletProvidersList",
                     BASE "WalletProvidersList/StatusDetn/EU", NULL,
                     BASE "WalletProvidersList/schemerules/EU",
                     BASE "SvcType/WalletSolution/Issuance",
                     BASE "SvcType/WalletSolution/Revocation", NW_ROLE_WALLET, NW_ROLE_NONE,
                     BASE "ListOfTrustedEntities/WalletProvider/", false},
    [LOTE_WRPAC] = {"wrpac", BASE "LoTEType/EUWRPACProvidersList",
                    BASE "WRPACProvidersList/StatusDetn/EU", NULL,
                    BASE "WRPACProvidersList/schemerules/EU", BASE "SvcType/WRPAC/Issuance",
                    BASE "SvcType/WRPAC/Revocation", NW_ROLE_WRPAC_CA, NW_ROLE_NONE,
                    BASE "ListOfTrustedEntities/WRPACProvider/", false},
    /* The standard prints WRPRCrovidersList; the corrected spelling is taken too. */
    [LOTE_WRPRC] = {"wrprc", BASE "LoTEType/EUWRPRCProvidersList",
                    BASE "WRPRCrovidersList/StatusDetn/EU", BASE "WRPRCProvidersList/StatusDetn/EU",
                    BASE "WRPRCProvidersList/schemerules/EU", BASE "SvcType/WRPRC/Issuance",
                    BASE "SvcType/WRPRC/Revocation", NW_ROLE_WRPRC_CA, NW_ROLE_NONE,
                    BASE "ListOfTrustedEntities/WRPRCProvider/", false},
    [LOTE_PUBEAA] = {"pub-eaa", BASE "LoTEType/EUPubEAAProvidersList",
                     BASE "PubEAAProvidersList/StatusDetn/EU", NULL,
                     BASE "PubEAAProvidersList/schemerules/EU", BASE "SvcType/PubEAA/Issuance",
                     BASE "SvcType/PubEAA/Revocation", NW_ROLE_PUBEAA_ISSUE, NW_ROLE_PUBEAA_STATUS,
                     BASE "ListOfTrustedEntities/PubEAAProvider/", true},
    [LOTE_REGISTRARS] = {"registrars", BASE "LoTEType/EURegistrarsAndRegistersList",
                         BASE "RegistrarsAndRegistersList/StatusDetn/EU", NULL,
                         BASE "RegistrarsAndRegistersList/schemerules/EU", BASE "SvcType/Register",
                         NULL, NW_ROLE_REGISTRAR, NW_ROLE_NONE,
                         BASE "ListOfTrustedEntities/Registrar/", false},
};

const struct lote_profile *lote_profile(enum lote_kind kind)
{
    return &profiles[kind];
}

const char *lote_kind_name(enum lote_kind kind)
{
    return profiles[kind].name;
}

enum lote_kind lote_kind_from_name(const char *name)
{
    for (int k = LOTE_ANY + 1; k < LOTE_KINDS; k++) {
        if (strcmp(profiles[k].name, name) == 0) {
            return (enum lote_kind)k;
        }
    }
    return LOTE_ANY;
}

const char *lote_text(const struct nw_json *array, const char *member)
{
    const char *first = nw_json_text(nw_json_get(nw_json_at(array, 0), member));
    for (const struct nw_json *c = nw_json_first(array); c != NULL; c = nw_json_next(c)) {
        const char *value = nw_json_text(nw_json_get(c, member));
        if (value != NULL && nw_json_is_text(nw_json_get(c, "lang"), "en")) {
            return value;
        }
    }
    return first != NULL ? first : "";
}

bool lote_critical_unknown(const struct nw_json *extensions)
{
    for (const struct nw_json *x = nw_json_first(extensions); x != NULL; x = nw_json_next(x)) {
        const struct nw_json *critical = nw_json_get(x, "Critical");
        bool is_critical = critical != NULL;
        (void)nw_json_bool(critical, &is_critical);
        if (is_critical && nw_json_get(x, "ServiceUniqueIdentifier") == NULL &&
            nw_json_get(x, "OtherAssociatedBodies") == NULL) {
            return true;
        }
    }
    return false;
}

static enum nw_err broken(struct nw_diag *d, const char *member, const char *what)
{
    char path[NW_DIAG_PATH];
    (void)snprintf(path, sizeof path, "LoTE.ListAndSchemeInformation.%s", member);
    return nw_fail_at(d, NW_ERR_LOTE_PROFILE, path, "%s", what);
}

static enum nw_err find_kind(struct lote *l, const struct nw_json *scheme,
                             const struct lote_policy *policy, struct nw_diag *d)
{
    l->type = nw_json_text(nw_json_get(scheme, "LoTEType"));
    for (int k = LOTE_ANY + 1; l->type != NULL && k < LOTE_KINDS; k++) {
        if (strcmp(profiles[k].type, l->type) == 0) {
            l->kind = (enum lote_kind)k;
        }
    }
    if (l->kind == LOTE_ANY || (policy->kind != LOTE_ANY && policy->kind != l->kind)) {
        return nw_fail_at(d, NW_ERR_LOTE_TYPE, "LoTE.ListAndSchemeInformation.LoTEType", "%s%s",
                          l->kind == LOTE_ANY ? "not a type of annexes D to I"
                                              : "this is a list of kind ",
                          l->kind == LOTE_ANY ? "" : profiles[l->kind].name);
    }
    return NW_OK;
}

/* Table 1, explicit scheme information, and the fixed values of tables x.1. */
static enum nw_err check_scheme(const struct lote_profile *p, const struct nw_json *scheme,
                                struct nw_diag *d)
{
    static const char *const required[] = {
        "SchemeOperatorAddress",    "SchemeName",
        "SchemeInformationURI",     "StatusDeterminationApproach",
        "SchemeTypeCommunityRules", "SchemeTerritory",
        "PolicyOrLegalNotice"};
    int64_t number = 0;
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        if (nw_json_get(scheme, required[i]) == NULL) {
            return broken(d, required[i], "is missing (table 1)");
        }
    }
    if (!nw_json_int(nw_json_get(scheme, "LoTEVersionIdentifier"), &number) || number != 1) {
        return broken(d, "LoTEVersionIdentifier", "must be 1");
    }
    const struct nw_json *approach = nw_json_get(scheme, "StatusDeterminationApproach");
    if (!nw_json_is_text(approach, p->approach) &&
        (p->approach_too == NULL || !nw_json_is_text(approach, p->approach_too))) {
        return broken(d, "StatusDeterminationApproach", "is that of another list");
    }
    const struct nw_json *rules = nw_json_get(scheme, "SchemeTypeCommunityRules");
    for (const struct nw_json *r = nw_json_first(rules); r != NULL; r = nw_json_next(r)) {
        if (!nw_json_is_text(nw_json_get(r, "uriValue"), p->rules)) {
            return broken(d, "SchemeTypeCommunityRules", "are those of another list");
        }
    }
    if (!nw_json_is_text(nw_json_get(scheme, "SchemeTerritory"), "EU")) {
        return broken(d, "SchemeTerritory", "must be EU");
    }
    return NW_OK;
}

static bool points_to_itself(const struct lote_profile *p, const struct nw_json *pointers)
{
    for (const struct nw_json *x = nw_json_first(pointers); x != NULL; x = nw_json_next(x)) {
        const struct nw_json *q = nw_json_first(nw_json_get(x, "LoTEQualifiers"));
        for (; q != NULL; q = nw_json_next(q)) {
            if (nw_json_is_text(nw_json_get(q, "LoTEType"), p->type) &&
                nw_json_is_text(nw_json_get(q, "MimeType"), "application/jose")) {
                return true;
            }
        }
    }
    return false;
}

/* Where the Pub-EAA list differs from the others: history instead of pointers. */
static enum nw_err check_history(const struct lote_profile *p, const struct nw_json *scheme,
                                 struct nw_diag *d)
{
    const struct nw_json *period = nw_json_get(scheme, "HistoricalInformationPeriod");
    const struct nw_json *pointers = nw_json_get(scheme, "PointersToOtherLoTE");
    int64_t number = 0;
    if (p->status) {
        if (!nw_json_int(period, &number) || number != HISTORY_ALL) {
            return broken(d, "HistoricalInformationPeriod", "must be 65535 (table H.1)");
        }
        return pointers == NULL ? NW_OK
                                : broken(d, "PointersToOtherLoTE", "may not be there (table H.1)");
    }
    if (period != NULL) {
        return broken(d, "HistoricalInformationPeriod", "may not be there");
    }
    if (!points_to_itself(p, pointers)) {
        return broken(d, "PointersToOtherLoTE",
                      "no pointer to this list itself as application/jose");
    }
    if (nw_json_count(nw_json_get(scheme, "SchemeInformationURI")) < 2) {
        return broken(d, "SchemeInformationURI", "must name the information and the archive");
    }
    return NW_OK;
}

/* Lists without history say of nobody since when: a status in them has no meaning (tables x.3). */
static enum nw_err check_no_status(const struct nw_json *list, struct nw_diag *d)
{
    for (const struct nw_json *e = nw_json_first(nw_json_get(list, "TrustedEntitiesList"));
         e != NULL; e = nw_json_next(e)) {
        const struct nw_json *s = nw_json_first(nw_json_get(e, "TrustedEntityServices"));
        for (; s != NULL; s = nw_json_next(s)) {
            const struct nw_json *information = nw_json_get(s, "ServiceInformation");
            if (nw_json_get(information, "ServiceStatus") != NULL ||
                nw_json_get(information, "StatusStartingTime") != NULL) {
                return nw_fail_at(d, NW_ERR_LOTE_PROFILE, "ServiceInformation.ServiceStatus",
                                  "this kind of list may not state a status");
            }
        }
    }
    return NW_OK;
}

/* 6.8.0: country and organisation of the signer are territory and operator. Only said, since the
 * signer is pinned and the lists of the Commission do not keep to it. */
static bool named_as_operator(const struct lote *l, const struct nw_json *names)
{
    bool named = false;
    for (const struct nw_json *n = nw_json_first(names); n != NULL; n = nw_json_next(n)) {
        named = named || nw_json_is_text(nw_json_get(n, "value"), l->signer_organisation);
    }
    return named && strcmp(l->signer_country, l->territory) == 0;
}

enum nw_err lote_profile_check(struct lote *l, const struct lote_policy *policy, struct nw_diag *d)
{
    const struct nw_json *list = nw_json_get(l->json, "LoTE");
    const struct nw_json *scheme = nw_json_get(list, "ListAndSchemeInformation");
    enum nw_err e = find_kind(l, scheme, policy, d);
    const struct lote_profile *p = &profiles[l->kind];
    if (e == NW_OK) {
        e = check_scheme(p, scheme, d);
    }
    if (e == NW_OK) {
        e = check_history(p, scheme, d);
    }
    if (e == NW_OK && !p->status) {
        e = check_no_status(list, d);
    }
    if (e == NW_OK && lote_critical_unknown(nw_json_get(scheme, "SchemeExtensions"))) {
        e = nw_fail_at(d, NW_ERR_LOTE_EXTENSION, "LoTE.ListAndSchemeInformation.SchemeExtensions",
                       "the list must be rejected (6.3.17)");
    }
    if (e == NW_OK) {
        l->territory = nw_json_text(nw_json_get(scheme, "SchemeTerritory"));
        l->operator_name = lote_text(nw_json_get(scheme, "SchemeOperatorName"), "value");
        l->signer_is_operator = named_as_operator(l, nw_json_get(scheme, "SchemeOperatorName"));
    }
    return e;
}

static enum nw_err check_sequence(struct lote *l, const struct lote_seen *seen, struct nw_diag *d)
{
    if (seen == NULL || seen->sequence == 0) {
        return NW_OK;
    }
    if (l->sequence < seen->sequence) {
        return nw_fail_at(d, NW_ERR_LOTE_SEQUENCE, "LoTESequenceNumber", "%llu after %llu",
                          (unsigned long long)l->sequence, (unsigned long long)seen->sequence);
    }
    if (l->sequence == seen->sequence && memcmp(l->sha256, seen->sha256, sizeof l->sha256) != 0) {
        if (l->signed_at <= seen->signed_at) {
            return nw_fail_at(d, NW_ERR_LOTE_SEQUENCE, "LoTESequenceNumber",
                              "%llu again with other content and no later signature",
                              (unsigned long long)l->sequence);
        }
        lote_note(l, "LoTESequenceNumber", "%llu again with other content, signed later",
                  (unsigned long long)l->sequence);
    }
    return NW_OK;
}

static enum nw_err late(struct nw_diag *d, const char *member, const char *what)
{
    return nw_fail_at(d, NW_ERR_LOTE_TIME, member, "%s", what);
}

int64_t lote_six_months_after(int64_t issued)
{
    int64_t day = nw_time_day(issued);
    return nw_date_add_months(day, 6) * NW_DAY + (issued - day * NW_DAY);
}

enum nw_err lote_times_check(struct lote *l, const struct lote_policy *policy, struct nw_diag *d)
{
    const struct nw_json *scheme = nw_json_path(l->json, "LoTE.ListAndSchemeInformation");
    const char *issued = nw_json_text(nw_json_get(scheme, "ListIssueDateTime"));
    const char *next = nw_json_text(nw_json_get(scheme, "NextUpdate"));
    int64_t sequence = 0;
    if (!nw_json_int(nw_json_get(scheme, "LoTESequenceNumber"), &sequence) || sequence < 1) {
        return nw_fail_at(d, NW_ERR_LOTE_SEQUENCE, "LoTESequenceNumber", "starts at 1 (6.3.2)");
    }
    l->sequence = (uint64_t)sequence;
    if (nw_time_parse(nw_str(issued), &l->issued) != NW_OK ||
        l->issued > policy->now + LOTE_CLOCK_SKEW) {
        return late(d, "ListIssueDateTime", "is in the future");
    }
    if (next == NULL) {
        l->next_update = 0;
        lote_note(l, "NextUpdate", "null: the list is closed, nothing on it counts from now on");
        return check_sequence(l, policy->seen, d);
    }
    if (nw_time_parse(nw_str(next), &l->next_update) != NW_OK || l->next_update <= l->issued) {
        return late(d, "NextUpdate", "is not after ListIssueDateTime");
    }
    int64_t six_months = lote_six_months_after(l->issued);
    if (l->next_update > six_months + LOTE_SIX_MONTHS_TOLERANCE) {
        return late(d, "NextUpdate", "is more than six months after ListIssueDateTime");
    }
    if (policy->now > l->next_update) {
        return late(d, "NextUpdate", "has passed: the list is to be discarded (6.3.15)");
    }
    if (l->next_update > six_months) {
        lote_note(l, "NextUpdate", "six months are exceeded by less than three days");
    }
    return check_sequence(l, policy->seen, d);
}
