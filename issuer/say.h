/*
 * What the commands say on standard error, and what their exit status is:
 * 0 good, 1 with warnings, 64 and up (sysexits.h) failed.
 */
#ifndef NW_ISSUER_SAY_H
#define NW_ISSUER_SAY_H

#include <stdio.h>
#include <sysexits.h>

#include "attestation/type.h"

/* One line: "nachweis-issuer: ...". */
void nw_say(const char *fmt, ...) NW_PRINTF(1, 2);
/* Says what went wrong and returns the exit status for it. */
int nw_say_failure(enum nw_err e, const struct nw_diag *d);
/* "V04  error  path  text" lines, on standard error. */
void nw_say_findings(const struct nw_findings *f);
/* The same on out, each line after `before`. */
void nw_print_findings(FILE *out, const char *before, const struct nw_findings *f);
/* "FILE: good" on standard output. */
void nw_print_good(const char *file);
int nw_exit_status(enum nw_err e);
const char *nw_level_name(enum nw_level level);

#endif
