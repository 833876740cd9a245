/* nachweis-trust verify, for a list that is XML. */
#ifndef NW_TRUST_LISTS_VERIFY_XML_H
#define NW_TRUST_LISTS_VERIFY_XML_H

#include "tsl.h"

struct tl_verify_xml {
    struct tsl_policy policy;
    struct nw_slice file;
    struct nw_slice before; /* the edition accepted last; empty: none */
    bool json;
};
/* Prints the result and returns the exit status. */
int tl_verify_xml(struct nw_crypto *c, struct tl_verify_xml *job, struct nw_checks *checks);

#endif
