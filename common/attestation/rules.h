/*
 * The rules V01-V28 (a1-domain.md 7) and the identity match (8.3). A rule runs
 * for the types whose file has it: all are the A1's, those about form, days,
 * number, state and technical life everybody's.
 *
 * One function serves issuing and checking; the level differs: what stops our
 * own issuing is amber when somebody else did it, since an A1 binds until its
 * issuer withdraws it. Thresholds (24 months, cooling-off) are dated rows of
 * the type file, not constants here.
 *
 * Rules that need more than the record (register, certificate, PID) take it
 * from the context; what the context lacks is not done, and said so.
 */
#ifndef NW_ATTESTATION_RULES_H
#define NW_ATTESTATION_RULES_H

#include "attestation/type.h"

struct nw_person {
    char surnames[200], forenames[200], surname_at_birth[200];
    char birth_date[11];
};

struct nw_rule_context {
    bool own_issuing; /* levels of the issuing side */
    bool all_places;  /* checking: no state of placesOfWork can be hidden (A11, full record) */
    char today[11];   /* YYYY-MM-DD, day of issuing or checking */
    const char *signer_country; /* of the signing certificate or trusted entity, NULL: unknown */
    int64_t iat, exp, cert_end; /* 0: unknown (V23, V24 not done) */
    bool has_status;
    const struct nw_person *holder; /* V25: the PID shown when issuing; NULL: not done */
    /* Register look-up for V05 (chains) and V28 (duplicates): earlier valid records of the same
     * person and employer, newest first; *out NULL: no more. NULL: not done. */
    enum nw_err (*earlier)(void *ctx, const struct nw_json *record, size_t i,
                           const struct nw_json **out);
    void *earlier_ctx;
};

/* Adds findings by rule id, and the outcome of every rule to checks (may be NULL): failed whatever
 * the level, which the finding has; not done when the record or the context lacks what the rule
 * needs. RECORD_RULE when there is a finding of level ERROR. */
NW_MUST_USE enum nw_err nw_rules_run(const struct nw_type *t, const struct nw_json *record,
                                     bool partial, const struct nw_rule_context *ctx,
                                     struct nw_findings *f, struct nw_checks *checks);

enum nw_match { NW_MATCH_NONE = 0, NW_MATCH_DIFFERENT, NW_MATCH_PROBABLE, NW_MATCH_EXACT };
/* "SURNAME, FORENAME, YYYY-MM-DD" as typed from an ID document. */
NW_MUST_USE enum nw_err nw_person_parse(struct nw_slice typed, struct nw_person *out,
                                        struct nw_diag *d);
/* From a record (canonical paths) or a PID payload; fields that are missing stay "". */
void nw_person_from_record(const struct nw_json *record, struct nw_person *out);
void nw_person_from_pid(const struct nw_json *payload, struct nw_person *out);
/* NW_MATCH_NONE when one side lacks names or birth date. */
enum nw_match nw_person_compare(const struct nw_person *a, const struct nw_person *b);

#endif
