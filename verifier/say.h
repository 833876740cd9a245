/* Words on standard error and the exit status of what they say (sysexits.h). */
#ifndef NW_VERIFIER_SAY_H
#define NW_VERIFIER_SAY_H

#include "base/err.h"

/* "nachweis-verifier: <fmt>" and a newline. */
void nw_say(const char *fmt, ...) NW_PRINTF(1, 2);
/* Says nothing until it is switched off again: for evidence that is meant to be refused. */
void nw_say_hush(bool on);
/* One sentence: what (a file, an option), the diag's text, place and clause. Control characters of
 * names are escaped. Returns nw_exit_of(d->code). */
int nw_say_diag(const char *what, const struct nw_diag *d);
/* 64 usage, 65 data, 66 no input, 70 software, 71 memory, 78 configuration. */
int nw_exit_of(enum nw_err e);

#endif
