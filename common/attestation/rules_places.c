/* Rules about states, employers and the institution: V07 V08 V09 V10 V13 V15. */
#include "attestation/rules_internal.h"

#include <string.h>

#define PLACES "placesOfWork"
#define HIDDEN "other states may be hidden"

static bool place_outside(const struct rule_run *r)
{
    for (const struct nw_json *c = nw_json_first(r->places); c != NULL; c = nw_json_next(c)) {
        if (strcmp(nw_json_name(c), r->state) != 0) {
            return true;
        }
    }
    return false;
}

/* What may be hidden can only prove a rule kept, never broken. */
static void outcome(struct rule_run *r, const char *id, bool kept, const char *path,
                    const char *want)
{
    if (kept) {
        rule_pass(r, id);
    } else if (!r->all_places) {
        rule_skip(r, id, HIDDEN);
    } else {
        rule_break(r, id, path, "%s", want);
    }
}

static void v07(struct rule_run *r)
{
    if (r->status == NULL || r->state == NULL || r->places == NULL) {
        rule_skip(r, "V07", "status, law or places of work are not shown");
        return;
    }
    bool kept = !rule_status_in(r, "01 03") || place_outside(r);
    outcome(r, "V07", kept, PLACES, "status 01 and 03 want a place outside the state of the law");
}

/* Whether employers or places name a state besides `first`. */
static bool second_state(const struct rule_run *r)
{
    const char *first = NULL;
    for (const struct nw_json *c = nw_json_first(r->places); c != NULL; c = nw_json_next(c)) {
        if (first != NULL && strcmp(first, nw_json_name(c)) != 0) {
            return true;
        }
        first = nw_json_name(c);
    }
    for (const struct nw_json *c = nw_json_first(r->employers); c != NULL; c = nw_json_next(c)) {
        const char *country = nw_json_text(nw_json_path(c, "address.countryCode"));
        if (country != NULL && first != NULL && strcmp(first, country) != 0) {
            return true;
        }
        first = first == NULL ? country : first;
    }
    return false;
}

static void v08(struct rule_run *r)
{
    if (r->status == NULL || r->places == NULL) {
        rule_skip(r, "V08", "status or places of work are not shown");
        return;
    }
    bool kept = !rule_status_in(r, "02 04 08 09") || second_state(r);
    if (!kept && r->partial && r->employers == NULL) {
        rule_skip(r, "V08", "the employers are not shown");
        return;
    }
    outcome(r, "V08", kept, PLACES, "this status wants two states among places and employers");
}

static bool any_flag(const struct rule_run *r)
{
    for (const struct nw_json *c = nw_json_first(r->places); c != NULL; c = nw_json_next(c)) {
        for (const struct nw_json *p = nw_json_first(c); p != NULL; p = nw_json_next(p)) {
            if (nw_json_get(p, "flagBaseHomeState") != NULL) {
                return true;
            }
        }
    }
    return false;
}

static void v09(struct rule_run *r)
{
    if (r->status == NULL || r->places == NULL) {
        rule_skip(r, "V09", "status or places of work are not shown");
        return;
    }
    outcome(r, "V09", !rule_status_in(r, "07 10") || any_flag(r), PLACES,
            "status 07 and 10 want flagBaseHomeState");
}

static void v10(struct rule_run *r)
{
    if (r->status == NULL || r->state == NULL || r->places == NULL) {
        rule_skip(r, "V10", "status, law or places of work are not shown");
        return;
    }
    bool kept = !rule_status_in(r, "12") || nw_json_get(r->places, r->state) != NULL;
    outcome(r, "V10", kept, PLACES, "status 12 wants a place in the state of the law");
}

/* The third part, institution known and entitled, is trust's. */
static void v13(struct rule_run *r)
{
    static const char institution[] = "competentInstitution.countryCode";
    const char *country = nw_json_text(nw_json_path(r->record, institution));
    const char *path = country == NULL ? nw_type_field(r->t, NW_FIELD_COUNTRY) : institution;
    if (nw_node_path(&r->t->root, institution) == NULL) {
        country = nw_type_value(r->t, NW_FIELD_COUNTRY, r->record);
    } else if (r->state == NULL || country == NULL) {
        rule_skip(r, "V13", "law or institution are not shown");
    } else if (strcmp(country, r->state) != 0) {
        rule_break(r, "V13", path, "the state whose law applies: %s", r->state);
    }
    const char *said = country == NULL ? r->state : country;
    if (r->ctx->signer_country == NULL || said == NULL) {
        rule_skip(r, "V13", "the state of the signer is not known");
    } else if (!rule_same_country(r, said, r->ctx->signer_country)) {
        rule_break(r, "V13", path, "the signer belongs to another state");
    }
    rule_pass(r, "V13");
}

static bool has_employment(const struct rule_run *r, const char *type)
{
    for (const struct nw_json *c = nw_json_first(r->employers); c != NULL; c = nw_json_next(c)) {
        if (nw_json_is_text(nw_json_get(c, "typeOfEmployment"), type)) {
            return true;
        }
    }
    return false;
}

/* Profiles without typeOfEmployment cannot break the rule. */
static bool all_have_types(const struct rule_run *r)
{
    for (const struct nw_json *c = nw_json_first(r->employers); c != NULL; c = nw_json_next(c)) {
        if (nw_json_get(c, "typeOfEmployment") == NULL) {
            return false;
        }
    }
    return nw_json_count(r->employers) > 0;
}

static void v15(struct rule_run *r)
{
    if (r->status == NULL || !all_have_types(r)) {
        rule_skip(r, "V15", "status or kinds of employment are not shown");
        return;
    }
    bool employed = rule_status_in(r, "01 02 08"), self = rule_status_in(r, "03 04 08");
    if (employed && !has_employment(r, "01")) {
        rule_break(r, "V15", "employmentSituations", "status %s wants an employer (01)", r->status);
    }
    if (self && !has_employment(r, "02")) {
        rule_break(r, "V15", "employmentSituations", "status %s wants a self-employment (02)",
                   r->status);
    }
    rule_pass(r, "V15");
}

const struct rule_job rules_of_places[RULES_OF_PLACES] = {
    {"V07", v07}, {"V08", v08}, {"V09", v09}, {"V10", v10}, {"V13", v13}, {"V15", v15},
};
