/* What the commands of nachweis-trust share, and the commands. */
#ifndef NW_TRUST_LISTS_COMMAND_H
#define NW_TRUST_LISTS_COMMAND_H

#include "base/buf.h"
#include "crypto/crypto.h"

enum {
    TL_ACCEPTED = 0,
    TL_WARNINGS = 1,
    TL_REFUSED = 2,
    TL_USAGE = 64,
    TL_NO_INPUT = 66,
    TL_OWN = 70,
    TL_NO_OUTPUT = 73,
    TL_CONFIG = 78,
};

int tl_command_verify(int argc, char **argv);
int tl_command_fetch(int argc, char **argv);
int tl_command_bundle(int argc, char **argv);
int tl_command_show(int argc, char **argv);

/* Prints "nachweis-trust: place: what" to standard error and returns the exit status for e. */
int tl_failed(enum nw_err e, const struct nw_diag *d);
/* --at, or the clock when text is NULL. */
NW_MUST_USE enum nw_err tl_clock(const char *text, int64_t *now, struct nw_diag *d);
/* Lower case hex of 32 bytes. */
void tl_hex(const uint8_t digest[32], char out[65]);
/* "2026-08-01T00:00:00Z", "-" for 0. */
const char *tl_time(int64_t t, char room[24]);

/* printf() for text of others: nothing in a list or a bundle commands a terminal. */
void tl_print(const char *fmt, ...) NW_PRINTF(1, 2);

#endif
