/* Annexes D to I of TS 119 602: what each kind of list must say about itself. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "lote.h"

#define BASE "http://uri.etsi.org/19602/"
#define MDL "http://trust.ec.europa.eu/lists/mDL/"
#define MDL_DOC_TYPES "\x81\x75org.iso.18013.5.1.mDL" /* CBOR: an array of one text */
#define HISTORY_ALL 65535

static const struct lote_profile profiles[LOTE_KINDS] = {
    [LOTE_PID] =
        {
            .name = "pid",
            .type = BASE "LoTEType/EUPIDProvidersList",
            .approach = BASE "PIDProvidersList/StatusDetn/EU",
            .rules = BASE "PIDProviders/schemerules/EU",
            .issuance = BASE "SvcType/PID/Issuance",
            .revocation = BASE "SvcType/PID/Revocation",
            .issuance_role = NW_ROLE_PID_ISSUE,
            .revocation_role = NW_ROLE_PID_STATUS,
            .own_pointer = true,
            .country_uri = BASE "ListOfTrustedEntities/PIDProvider/",
        },
    [LOTE_WALLET] =
        {
            .name = "wallet",
            .type = BASE "LoTEType/EUWalletProvidersList",
            .approach = BASE "WalletProvidersList/StatusDetn/EU",
            .rules = BASE "WalletProvidersList/schemerules/EU",
            .issuance = BASE "SvcType/WalletSolution/Issuance",
            .revocation = BASE "SvcType/WalletSolution/Revocation",
            .issuance_role = NW_ROLE_WALLET,
            .revocation_role = NW_ROLE_NONE,
            .own_pointer = true,
            .country_uri = BASE "ListOfTrustedEntities/WalletProvider/",
            .unique_id = true,
        },
    [LOTE_WRPAC] =
        {
            .name = "wrpac",
            .type = BASE "LoTEType/EUWRPACProvidersList",
            .approach = BASE "WRPACProvidersList/StatusDetn/EU",
            .rules = BASE "WRPACProvidersList/schemerules/EU",
            .issuance = BASE "SvcType/WRPAC/Issuance",
            .revocation = BASE "SvcType/WRPAC/Revocation",
            .issuance_role = NW_ROLE_WRPAC_CA,
            .revocation_role = NW_ROLE_NONE,
            .own_pointer = true,
            .country_uri = BASE "ListOfTrustedEntities/WRPACProvider/",
        },
    /* The standard prints WRPRCrovidersList; the corrected spelling is taken too. */
    [LOTE_WRPRC] =
        {
            .name = "wrprc",
            .type = BASE "LoTEType/EUWRPRCProvidersList",
            .approach = BASE "WRPRCrovidersList/StatusDetn/EU",
            .approach_too = BASE "WRPRCProvidersList/StatusDetn/EU",
            .rules = BASE "WRPRCProvidersList/schemerules/EU",
            .issuance = BASE "SvcType/WRPRC/Issuance",
            .revocation = BASE "SvcType/WRPRC/Revocation",
            .issuance_role = NW_ROLE_WRPRC_CA,
            .revocation_role = NW_ROLE_NONE,
            .own_pointer = true,
            .country_uri = BASE "ListOfTrustedEntities/WRPRCProvider/",
        },
    [LOTE_PUBEAA] =
        {
            .name = "pub-eaa",
            .type = BASE "LoTEType/EUPubEAAProvidersList",
            .approach = BASE "PubEAAProvidersList/StatusDetn/EU",
            .rules = BASE "PubEAAProvidersList/schemerules/EU",
            .issuance = BASE "SvcType/PubEAA/Issuance",
            .revocation = BASE "SvcType/PubEAA/Revocation",
            .issuance_role = NW_ROLE_PUBEAA_ISSUE,
            .revocation_role = NW_ROLE_PUBEAA_STATUS,
            .country_uri = BASE "ListOfTrustedEntities/PubEAAProvider/",
            .status = true,
        },
    [LOTE_REGISTRARS] =
        {
            .name = "registrars",
            .type = BASE "LoTEType/EURegistrarsAndRegistersList",
            .approach = BASE "RegistrarsAndRegistersList/StatusDetn/EU",
            .rules = BASE "RegistrarsAndRegistersList/schemerules/EU",
            .issuance = BASE "SvcType/Register",
            .issuance_role = NW_ROLE_REGISTRAR,
            .own_pointer = true,
            .country_uri = BASE "ListOfTrustedEntities/Registrar/",
            .supply_point = true,
        },
    /* eidas.ec.europa.eu/efda, "mDL providers": no role URI, the country is that of the address. */
    [LOTE_MDL] = {.name = "mdl",
                  .type = MDL "mDLProvidersListType",
                  .approach = MDL "mDLProvidersListStatusDetn",
                  .rules = MDL "schemerules",
                  .issuance = MDL "SvcType/Issuance",
                  .revocation = MDL "SvcType/Revocation",
                  .issuance_role = NW_ROLE_IACA,
                  .revocation_role = NW_ROLE_NONE,
                  .doc_types = {(const uint8_t *)MDL_DOC_TYPES, sizeof MDL_DOC_TYPES - 1}},
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

enum lote_kind lote_kind_of_type(struct nw_slice type)
{
    for (int k = LOTE_ANY + 1; k < LOTE_KINDS; k++) {
        if (nw_slice_is(type, profiles[k].type)) {
            return (enum lote_kind)k;
        }
    }
    return LOTE_ANY;
}

static enum nw_err broken(struct nw_diag *d, const char *member, const char *what)
{
    char path[NW_DIAG_PATH];
    (void)snprintf(path, sizeof path, "ListAndSchemeInformation.%s", member);
    return nw_fail_at(d, NW_ERR_LOTE_PROFILE, path, "%s", what);
}

static enum nw_err find_kind(struct lote *l, const struct lote_policy *policy, struct nw_diag *d)
{
    l->kind = lote_kind_of_type(l->model.type);
    if (l->kind == LOTE_ANY || (policy->kind != LOTE_ANY && policy->kind != l->kind)) {
        return nw_fail_at(d, NW_ERR_LOTE_TYPE, "ListAndSchemeInformation.LoTEType", "%s%s",
                          l->kind == LOTE_ANY ? "not a type of annexes D to I, or of the Commission"
                                              : "this is a list of kind ",
                          l->kind == LOTE_ANY ? "" : profiles[l->kind].name);
    }
    l->type = profiles[l->kind].type;
    return NW_OK;
}

/* Table 1, explicit scheme information. */
static enum nw_err check_complete(const struct lote_model *m, struct nw_diag *d)
{
    const struct {
        const char *name;
        bool there;
    } required[] = {
        {"SchemeOperatorAddress", m->has_address},
        {"SchemeName", m->schemes.n > 0},
        {"SchemeInformationURI", m->information.n > 0},
        {"StatusDeterminationApproach", m->approach.n > 0},
        {"SchemeTypeCommunityRules", m->rules.n > 0},
        {"SchemeTerritory", m->territory.n > 0},
        {"PolicyOrLegalNotice", m->has_policy},
    };
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        if (!required[i].there) {
            return broken(d, required[i].name, "is missing (table 1)");
        }
    }
    return NW_OK;
}

/* The fixed values of tables x.1. */
static enum nw_err check_scheme(const struct lote_profile *p, const struct lote_model *m,
                                struct nw_diag *d)
{
    if (m->version != 1) {
        return broken(d, "LoTEVersionIdentifier", "must be 1");
    }
    if (!nw_slice_is(m->approach, p->approach) &&
        (p->approach_too == NULL || !nw_slice_is(m->approach, p->approach_too))) {
        return broken(d, "StatusDeterminationApproach", "is that of another list");
    }
    for (size_t i = 0; i < m->rules.n; i++) {
        if (!nw_slice_is(m->texts[m->rules.first + i].value, p->rules)) {
            return broken(d, "SchemeTypeCommunityRules", "are those of another list");
        }
    }
    return nw_slice_is(m->territory, "EU") ? NW_OK : broken(d, "SchemeTerritory", "must be EU");
}

/* In JSON as what it is; the XML of A.2.1 has no place for a media type. */
static bool points_to_itself(const struct lote_profile *p, const struct lote_model *m)
{
    for (size_t i = 0; i < m->pointer_n; i++) {
        if (nw_slice_is(m->pointers[i].type, p->type) &&
            (m->binding != LOTE_JSON || nw_slice_is(m->pointers[i].mime, "application/jose"))) {
            return true;
        }
    }
    return false;
}

/* Where the Pub-EAA list differs from the others: history instead of pointers. */
static enum nw_err check_history(const struct lote_profile *p, const struct lote_model *m,
                                 struct nw_diag *d)
{
    if (p->status) {
        if (!m->has_history || m->history != HISTORY_ALL) {
            return broken(d, "HistoricalInformationPeriod", "must be 65535 (table H.1)");
        }
        return m->has_pointers ? broken(d, "PointersToOtherLoTE", "may not be there (table H.1)")
                               : NW_OK;
    }
    if (m->has_history) {
        return broken(d, "HistoricalInformationPeriod", "may not be there");
    }
    if (!p->own_pointer) {
        return NW_OK;
    }
    if (!points_to_itself(p, m)) {
        return broken(d, "PointersToOtherLoTE",
                      "no pointer to this list itself as application/jose");
    }
    if (m->information.n < 2) {
        return broken(d, "SchemeInformationURI", "must name the information and the archive");
    }
    return NW_OK;
}

/* Lists without history say of nobody since when: a status in them has no meaning (tables x.3). */
static enum nw_err check_no_status(const struct lote_model *m, struct nw_diag *d)
{
    for (size_t i = 0; i < m->offer_n; i++) {
        if (m->offers[i].now.status.n > 0 || m->offers[i].now.has_start) {
            return nw_fail_at(d, NW_ERR_LOTE_PROFILE, "ServiceInformation.ServiceStatus",
                              "this kind of list may not state a status");
        }
    }
    return NW_OK;
}

/* 6.8.0: country and organisation of the signer are territory and operator. Only said, since the
 * signer is pinned and the lists of the Commission do not keep to it. */
static bool named_as_operator(const struct lote *l)
{
    return lote_has_text(&l->model, l->model.operators, nw_str(l->signer_organisation)) &&
           nw_slice_is(l->model.territory, l->signer_country);
}

/* B.2: what is shown to people is plain text. */
static enum nw_err check_texts(const struct lote_model *m, struct nw_diag *d)
{
    return lote_is_plain(m, m->operators) && lote_is_plain(m, m->schemes)
               ? NW_OK
               : broken(d, "SchemeOperatorName",
                        "or SchemeName has control, tag or private-use characters (B.2)");
}

/* What is against the standard and harms nobody: said, and the list counts. */
static void note_oddities(struct lote *l)
{
    const struct lote_model *m = &l->model;
    if (m->other_tag) {
        lote_note(l, "LOTETag", "is not %s", LOTE_TAG);
    }
    struct nw_slice name = lote_english(m, m->schemes);
    if (!nw_slice_starts(name, "EU:") || name.n == 3) {
        lote_note(l, "SchemeName", "is not EU: and a name in English (6.3.6)");
    }
    if (m->binding != LOTE_JSON && !profiles[l->kind].status) {
        lote_note(l, "ListOfTrustedEntities",
                  "a list of kind %s is to be published as JSON (annex x.1), this is XML",
                  profiles[l->kind].name);
    }
}

enum nw_err lote_profile_check(struct lote *l, const struct lote_policy *policy, struct nw_diag *d)
{
    const struct lote_model *m = &l->model;
    if (m->critical_unknown) {
        return nw_fail_at(d, NW_ERR_LOTE_EXTENSION, "ListAndSchemeInformation.SchemeExtensions",
                          "the list must be rejected (6.3.17)");
    }
    enum nw_err e = find_kind(l, policy, d);
    const struct lote_profile *p = &profiles[l->kind];
    if (e == NW_OK) {
        e = check_complete(m, d);
    }
    if (e == NW_OK) {
        e = check_scheme(p, m, d);
    }
    if (e == NW_OK) {
        e = check_history(p, m, d);
    }
    if (e == NW_OK && !p->status) {
        e = check_no_status(m, d);
    }
    if (e == NW_OK) {
        e = check_texts(m, d);
    }
    if (e == NW_OK) {
        l->territory = "EU";
        l->operator_name = lote_english(m, m->operators);
        l->signer_is_operator = named_as_operator(l);
        note_oddities(l);
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
    const struct lote_model *m = &l->model;
    if (m->sequence < 1) {
        return nw_fail_at(d, NW_ERR_LOTE_SEQUENCE, "LoTESequenceNumber", "starts at 1 (6.3.2)");
    }
    l->sequence = (uint64_t)m->sequence;
    l->issued = m->issued;
    l->next_update = m->closed ? 0 : m->next_update;
    if (l->issued > policy->now + LOTE_CLOCK_SKEW) {
        return late(d, "ListIssueDateTime", "is in the future");
    }
    if (m->closed) {
        lote_note(l, "NextUpdate", "null: the list is closed, nothing on it counts from now on");
        return check_sequence(l, policy->seen, d);
    }
    if (l->next_update <= l->issued) {
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
