/* nachweis-trust verify, for a VICAL. */
#ifndef NW_TRUST_LISTS_VERIFY_VICAL_H
#define NW_TRUST_LISTS_VERIFY_VICAL_H

#include "vical.h"

struct tl_verify_vical {
    struct vical_policy policy;   /* types and seen are set here */
    struct nw_slice file, before; /* before: the edition accepted last, or empty */
    bool json;
};
/* Prints the result and returns the exit status. */
int tl_verify_vical(struct nw_crypto *c, struct tl_verify_vical *job, struct nw_checks *checks);

#endif
