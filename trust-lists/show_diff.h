/* nachweis-trust show --diff: who came and who went between two bundles. */
#ifndef NW_TRUST_LISTS_SHOW_DIFF_H
#define NW_TRUST_LISTS_SHOW_DIFF_H

#include "trust/bundle_items.h"

/* Prints the differences as they are at `now`: by certificate and role, whatever list they are on.
 * Nothing is printed for what stayed. */
NW_MUST_USE enum nw_err tl_show_diff(struct nw_crypto *c, const struct nw_bundle *old,
                                     const struct nw_bundle *new, int64_t now, bool json);

#endif
