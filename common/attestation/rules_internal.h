/* One run of the rules over one record. Private to the rules. */
#ifndef NW_ATTESTATION_RULES_INTERNAL_H
#define NW_ATTESTATION_RULES_INTERNAL_H

#include "attestation/rules.h"
#include "attestation/type_internal.h"

struct rule_run {
    const struct nw_type *t;
    const struct nw_json *record;
    bool partial;
    bool all_places; /* nothing of placesOfWork can be hidden */
    const struct nw_rule_context *ctx;
    struct nw_findings *f;
    struct nw_checks *checks; /* may be NULL */
    /* Facts, NULL or false where the record does not show them. */
    const char *status, *state, *start, *end;
    const struct nw_json *places, *employers;
    bool has_period;
    int64_t start_day, end_day;
    enum nw_err e; /* our own trouble */
};

/* The rule is broken: a finding of the rule's level, and the check failed. */
void rule_break(struct rule_run *r, const char *id, const char *path, const char *fmt, ...)
    NW_PRINTF(4, 5);
/* Passed; a failure or an omission that was noted before stands. */
void rule_pass(struct rule_run *r, const char *id);
void rule_skip(struct rule_run *r, const char *id, const char *why);
/* Row of the rule on the first day of the period; skips the rule when there is none. */
const struct nw_rule_row *rule_row(struct rule_run *r, const char *id);
/* The status code is one of `codes` ("01 03"). */
bool rule_status_in(const struct rule_run *r, const char *codes);
bool rule_same_country(const struct rule_run *r, const char *a, const char *b);

/* A rule runs when its type has it; `id` is the first of those that the function does. */
struct rule_job {
    const char *id;
    void (*run)(struct rule_run *r);
};
#define RULES_OF_PERIOD 8u
#define RULES_OF_PLACES 6u
#define RULES_OF_NUMBERS 3u
extern const struct rule_job
    rules_of_period[RULES_OF_PERIOD]; /* V03 V04 V05 V20 V22 V23 V24 V26 V28 */
extern const struct rule_job rules_of_places[RULES_OF_PLACES];   /* V07 V08 V09 V10 V13 V15 */
extern const struct rule_job rules_of_numbers[RULES_OF_NUMBERS]; /* V16 V17 V18 V19 */

#endif
