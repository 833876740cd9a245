/* nachweis-trust verify, for a list of trusted entities, JSON or XML. */
#ifndef NW_TRUST_LISTS_VERIFY_LOTE_H
#define NW_TRUST_LISTS_VERIFY_LOTE_H

#include "lote.h"

struct tl_verify_lote {
    struct lote_policy policy;    /* seen is set here */
    struct nw_slice file, before; /* before: the edition accepted last */
    const char *before_name;      /* its file; NULL: none */
    const char *territory;        /* asked for; NULL: any */
    bool tsl_kind, journal;       /* what only TS 119 612 has was asked for */
    bool json;
};
/* Prints the result and returns the exit status. */
int tl_verify_lote(struct nw_crypto *c, struct tl_verify_lote *job, struct nw_checks *checks);

#endif
