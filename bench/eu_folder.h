/*
 * A folder with all that one bundle of a whole EU is made of: the collected
 * lists, a list of 32 public bodies with their keys, their status lists, the
 * operator of the bundle, and config.json. Whatever fails ends the program.
 */
#ifndef NW_BENCH_EU_FOLDER_H
#define NW_BENCH_EU_FOLDER_H

#include "crypto/crypto.h"

#define AT "2026-08-21T12:00:00Z" /* the clock of the collection */
#define CLOCK 1787313600
#define STATES 32
#define ENTRIES (1u << 20) /* of a status list */
#define NAME 512

struct eu {
    unsigned national, lotes; /* lists; the latter without that of the bodies */
    char pin[65];             /* SHA-256 of the bundle operator's certificate */
};
/* data: $NW_DATA; folder exists. Both are kept. */
void eu_make(struct nw_crypto *c, const char *data, const char *folder, struct eu *out);
/* Makes the status lists anew, with so many withdrawn in each; returns their bytes. */
size_t eu_put_status(unsigned withdrawn);
/* The certificate of DE's body. */
struct nw_slice eu_issuer(void);
void eu_free(void);
/* A path in the folder, good for the next three calls. */
const char *eu_path(const char *name);

void eu_die(const char *what, const char *which);
/* Ends the program unless e is NW_OK. */
void eu_need(enum nw_err e, const char *what);

#endif
