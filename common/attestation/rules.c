/* The frame of the rules: levels, outcomes, the rules about form, V06, V25. */
#include "attestation/rules_internal.h"
#include "base/alloc.h"
#include "base/date.h"

#include <stdio.h>
#include <string.h>

void rule_break(struct rule_run *r, const char *id, const char *path, const char *fmt, ...)
{
    char text[NW_DIAG_DETAIL];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    const struct nw_rule_row *row = nw_type_rule(r->t, id, r->start == NULL ? "" : r->start);
    enum nw_level level = NW_LEVEL_ERROR;
    if (row != NULL) {
        level = r->ctx->own_issuing ? row->own : row->check;
    }
    nw_finding_add(r->f, id, level, path, "%s", text);
    if (r->checks != NULL) {
        nw_check_fail(r->checks, id, NW_ERR_RECORD_RULE, "%s: %s", path, text);
    }
}

void rule_pass(struct rule_run *r, const char *id)
{
    if (r->checks != NULL) {
        nw_check_pass(r->checks, id);
    }
}

void rule_skip(struct rule_run *r, const char *id, const char *why)
{
    if (r->checks != NULL) {
        nw_check_not_done(r->checks, id, "%s", why);
    }
}

const struct nw_rule_row *rule_row(struct rule_run *r, const char *id)
{
    const struct nw_rule_row *row = nw_type_rule(r->t, id, r->start == NULL ? "" : r->start);
    if (row == NULL) {
        rule_skip(r, id, "no row of the rule is in force at the start of the period");
    }
    return row;
}

bool rule_status_in(const struct rule_run *r, const char *codes)
{
    return r->status != NULL && strlen(r->status) == 2 && strstr(codes, r->status) != NULL;
}

static const char *iso_country(const struct rule_run *r, const char *code)
{
    const struct nw_node *n = nw_node_path(&r->t->root, "competentInstitution.countryCode");
    const char *ours =
        n == NULL || n->codes == NULL ? NULL : nw_json_text(nw_json_get(n->codes->import, code));
    return ours == NULL ? code : ours;
}

bool rule_same_country(const struct rule_run *r, const char *a, const char *b)
{
    return strcmp(iso_country(r, a), iso_country(r, b)) == 0;
}

static bool has_rule(const struct nw_findings *f, size_t from, const char *id)
{
    for (size_t i = from; i < f->n; i++) {
        if (strcmp(f->v[i].rule, id) == 0) {
            return true;
        }
    }
    return false;
}

static void outcome_of_form(struct rule_run *r, const char *id, size_t before,
                            const struct nw_findings *whole)
{
    if (r->checks == NULL) {
        return;
    }
    for (size_t i = before; i < r->f->n; i++) {
        if (strcmp(r->f->v[i].rule, id) == 0) {
            nw_check_fail(r->checks, id, NW_ERR_RECORD_RULE, "%s: %s", r->f->v[i].path,
                          r->f->v[i].text);
            return;
        }
    }
    if (whole != NULL && has_rule(whole, 0, id)) {
        nw_check_not_done(r->checks, id, "not all of the record is shown");
    } else {
        nw_check_pass(r->checks, id);
    }
}

/* V01 V02 V06 V11 V12 V14 V21 V27. What a partial record withholds makes a rule not done. */
static void rules_of_form(struct rule_run *r)
{
    static const char *const ids[] = {"V01", "V02", "V06", "V11", "V12", "V14", "V21", "V27"};
    struct nw_findings *whole = NULL;
    size_t before = r->f->n;
    if (nw_record_shape(r->t, r->record, r->partial, r->f) == NW_ERR_NOMEM) {
        r->e = NW_ERR_NOMEM;
    }
    if (r->partial) {
        whole = nw_calloc(1, sizeof *whole);
        if (whole == NULL || nw_record_shape(r->t, r->record, false, whole) == NW_ERR_NOMEM) {
            r->e = NW_ERR_NOMEM;
        }
    }
    for (size_t i = 0; r->e == NW_OK && i < sizeof ids / sizeof ids[0]; i++) {
        if (nw_type_has_rule(r->t, ids[i])) {
            outcome_of_form(r, ids[i], before, whole);
        }
    }
    nw_free(whole);
}

/* The second half of V06: an agreed exception should say what was agreed. */
static void v06_text(struct rule_run *r)
{
    if (rule_status_in(r, "11") &&
        nw_json_path(r->record, "statusConfirmation.exceptionDescription") == NULL) {
        nw_finding_add(r->f, "V06", NW_LEVEL_WARN, "statusConfirmation.exceptionDescription",
                       "status 11 should say what was agreed");
        if (r->checks != NULL) {
            nw_check_fail(r->checks, "V06", NW_ERR_RECORD_RULE,
                          "statusConfirmation.exceptionDescription: status 11 without its text");
        }
    }
}

/* V25 is about issuing: checking compares persons by itself (R07, A13). */
static void v25(struct rule_run *r)
{
    struct nw_person subject;
    if (r->ctx->holder == NULL || !r->ctx->own_issuing) {
        rule_skip(r, "V25", "no PID was shown when issuing");
        return;
    }
    nw_person_from_record(r->record, &subject);
    switch (nw_person_compare(&subject, r->ctx->holder)) {
    case NW_MATCH_EXACT:
        rule_pass(r, "V25");
        return;
    case NW_MATCH_PROBABLE:
        nw_finding_add(r->f, "V25", NW_LEVEL_WARN, "subject.names",
                       "the PID has a similar name: an officer decides");
        if (r->checks != NULL) {
            nw_check_fail(r->checks, "V25", NW_ERR_IDENTITY, "subject.names: similar name only");
        }
        return;
    case NW_MATCH_DIFFERENT:
        rule_break(r, "V25", "subject.names", "the PID is of another person");
        return;
    case NW_MATCH_NONE:
        rule_skip(r, "V25", "names or birth date are missing on one side");
        return;
    }
}

static void gather(struct rule_run *r)
{
    const struct nw_json *law = nw_json_get(r->record, "memberstateAppliedLegislation");
    r->status = nw_json_text(nw_json_path(r->record, "statusConfirmation.statusConfirmationCode"));
    r->state = nw_json_text(nw_json_get(law, "memberstate"));
    r->start = nw_type_value(r->t, NW_FIELD_START, r->record);
    r->end = nw_type_value(r->t, NW_FIELD_END, r->record);
    r->places = nw_json_get(r->record, "placesOfWork");
    r->employers = nw_json_get(r->record, "employmentSituations");
    if (nw_json_kind(r->places) != NW_JSON_OBJECT) {
        r->places = NULL;
    }
    if (nw_json_kind(r->employers) != NW_JSON_ARRAY) {
        r->employers = NULL;
    }
    r->has_period = r->start != NULL && r->end != NULL &&
                    nw_date_parse(nw_str(r->start), &r->start_day) == NW_OK &&
                    nw_date_parse(nw_str(r->end), &r->end_day) == NW_OK;
    r->all_places = !r->partial || r->ctx->all_places;
}

static void run_jobs(struct rule_run *r, const struct rule_job *jobs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (nw_type_has_rule(r->t, jobs[i].id)) {
            jobs[i].run(r);
        }
    }
}

enum nw_err nw_rules_run(const struct nw_type *t, const struct nw_json *record, bool partial,
                         const struct nw_rule_context *ctx, struct nw_findings *f,
                         struct nw_checks *checks)
{
    static const struct rule_job rules_of_all[] = {{"V06", v06_text}, {"V25", v25}};
    struct rule_run r = {
        .t = t, .record = record, .partial = partial, .ctx = ctx, .f = f, .checks = checks};
    size_t before = f->n;
    gather(&r);
    rules_of_form(&r);
    run_jobs(&r, rules_of_all, sizeof rules_of_all / sizeof rules_of_all[0]);
    run_jobs(&r, rules_of_period, RULES_OF_PERIOD);
    run_jobs(&r, rules_of_places, RULES_OF_PLACES);
    run_jobs(&r, rules_of_numbers, RULES_OF_NUMBERS);
    if (r.e != NW_OK) {
        return r.e;
    }
    for (size_t i = before; i < f->n; i++) {
        if (f->v[i].level == NW_LEVEL_ERROR) {
            return NW_ERR_RECORD_RULE;
        }
    }
    return NW_OK;
}
