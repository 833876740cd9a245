/*
 * Conformance vectors: data in, outcome out (vectors/README.md).
 *
 * One vector is judged by the program it names. The verifier judges its own in
 * this process; trust lists and records go to nachweis-trust and
 * nachweis-issuer beside it. A judge that is not there is "not run", which is
 * never "passed".
 */
#ifndef NW_VERIFIER_VECTORS_H
#define NW_VERIFIER_VECTORS_H

#include "json/json.h"

#define NW_OUTCOME_IDS 96

struct nw_outcome {
    bool run;
    int exit;
    bool has_reasons;    /* verdict, decisive and reasons are known */
    const char *verdict; /* "valid", ... or NULL */
    char decisive[8];
    char failed[NW_OUTCOME_IDS][8];
    size_t failed_n;
    char reasons[NW_OUTCOME_IDS][8];
    size_t reason_n;
    char code[40], place[160]; /* of a list that was refused; place: of the first warning as well */
    int64_t granted;           /* services that issue qualified certificates now; -1: not said */
    bool exact;    /* failed holds every rule that failed, not only those that were named */
    char why[256]; /* why it was not run */
};

/* dir: the folder of manifest.json. */
NW_MUST_USE enum nw_err nw_judge_verifier(const char *dir, const struct nw_json *vector,
                                          struct nw_outcome *out);
NW_MUST_USE enum nw_err nw_judge_program(const char *dir, const struct nw_json *vector,
                                         struct nw_outcome *out);

/* "dir/name" of a member that names a file; NULL if there is no such member. `out` has room for
 * 4096. */
const char *nw_vector_path(const char *dir, const struct nw_json *name, char out[4096]);

#endif
