/*
 * The commands. Each names its own options, says what went wrong on standard
 * error and returns the exit status of the process.
 */
#ifndef NW_ISSUER_CMD_H
#define NW_ISSUER_CMD_H

#include "base/argv.h"
#include "mint.h"
#include "say.h"

int cmd_setup(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_issue(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_withdraw(int argc, char **argv);
int cmd_publish(int argc, char **argv);

/* Fills the options; the operands stand in argv[1] and after. False when the command has ended with
 * *status: help was asked for and printed, or an option is wrong. */
bool cmd_options(const char *help, int argc, char **argv, const struct nw_argv_option *options,
                 size_t n, size_t *operands, int *status);
/* "issue: ...; see nachweis-issuer issue --help"; EX_USAGE. */
int cmd_usage(const char *command, const char *fmt, ...) NW_PRINTF(2, 3);

/* What publish writes, also used by setup. */
NW_MUST_USE enum nw_err nw_publish(const struct nw_home *home, const char *out, int64_t now,
                                   struct nw_diag *d);

/* --type; *out NULL: not given. Like the next two it says what there is: USAGE. */
NW_MUST_USE enum nw_err cmd_type(const struct nw_types *types, const char *name,
                                 const struct nw_type **out, struct nw_diag *d);
/* --form */
NW_MUST_USE enum nw_err cmd_mint_form(const char *form, struct nw_mint_job *job, struct nw_diag *d);
/* --profile of a type, NULL: the usual one; and whether it goes with or without a holder key. */
NW_MUST_USE enum nw_err cmd_mint_profile(const struct nw_type *t, const char *profile, bool bound,
                                         struct nw_mint_job *job, struct nw_diag *d);

#endif
