/* nachweis-trust verify, for a list that is XML. */
#ifndef NW_TRUST_LISTS_VERIFY_XML_H
#define NW_TRUST_LISTS_VERIFY_XML_H

#include "tsl_lotl.h"

struct tl_verify_xml {
    struct tsl_policy policy;
    struct nw_slice file;
    struct nw_slice before; /* the edition accepted last; empty: none */
    struct tsl_way way;     /* journal NULL: the pins of policy sign the list itself */
    struct nw_slice lotl;   /* with a way: the list of lists that names who signs; empty: the list
                               itself is the end of the way */
    bool json;
};
/* Prints the result and returns the exit status. */
int tl_verify_xml(struct nw_crypto *c, struct tl_verify_xml *job, struct nw_checks *checks);

#endif
