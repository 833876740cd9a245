/*
 * Checks: what was looked at and what came of it.
 *
 * A verification result is data, not an error. Each room adds its checks under
 * the rule ids of the catalogue; the report reads them. One entry per id:
 * failure beats not done, not done beats passed, in whatever order they come.
 * A rule that is never touched is not in the list; the report shows it as not
 * done.
 *
 * NOT DONE IS NEVER PASSED: call nw_check_not_done() when something prevented
 * the check, and say what.
 *
 * `detail` is one English sentence with the place, without personal data.
 */
#ifndef NW_BASE_CHECK_H
#define NW_BASE_CHECK_H

#include "base/err.h"
#include "base/limits.h"

enum nw_result {
    NW_NOT_DONE = 0,
    NW_PASS = 1,
    NW_FAIL = 2,
};

struct nw_check {
    char id[8]; /* "SDJ-04", "V13" */
    enum nw_result result;
    enum nw_err err; /* the first failure's code; NW_OK unless result is NW_FAIL */
    char detail[NW_DIAG_PATH + NW_DIAG_DETAIL];
};

struct nw_checks {
    struct nw_check v[NW_MAX_CHECKS];
    size_t n;
};

void nw_check_pass(struct nw_checks *c, const char *id);
void nw_check_fail(struct nw_checks *c, const char *id, enum nw_err e, const char *fmt, ...)
    NW_PRINTF(4, 5);
/* Failure with the place taken from a diag. Returns d->code. */
enum nw_err nw_check_fail_diag(struct nw_checks *c, const char *id, const struct nw_diag *d);
/* Part of the rule could not be checked; `fmt` says why and may not be empty. */
void nw_check_not_done(struct nw_checks *c, const char *id, const char *fmt, ...) NW_PRINTF(3, 4);

/* The entry, or NULL when the rule was never touched. */
const struct nw_check *nw_check_find(const struct nw_checks *c, const char *id);
bool nw_check_passed(const struct nw_checks *c, const char *id);
bool nw_check_failed(const struct nw_checks *c, const char *id);
/* First failed entry in order of addition, or NULL. */
const struct nw_check *nw_check_first_failure(const struct nw_checks *c);

#endif
