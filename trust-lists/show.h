/* nachweis-trust show: a bundle explained, or compared with an older one. */
#ifndef NW_TRUST_LISTS_SHOW_H
#define NW_TRUST_LISTS_SHOW_H

#include "trust/bundle_items.h"

/* pinned: the signer was named from outside. */
void tl_show_text(const struct nw_bundle *b, bool pinned, int64_t now);
void tl_show_json(const struct nw_bundle *b, bool pinned);
/* Prints the differences as they are at `now`: by certificate and role, whatever list they are on.
 * Nothing is printed for what stayed. */
NW_MUST_USE enum nw_err tl_show_diff(struct nw_crypto *c, const struct nw_bundle *old,
                                     const struct nw_bundle *new, int64_t now, bool json);

/* "pub-eaa-issuance" */
const char *tl_role_name(enum nw_role role);
/* The services of one list in one role, or in any: NW_ROLE_NONE. */
size_t tl_show_services(const struct nw_bundle *b, size_t source, enum nw_role role);
/* The first thing, at or after note *i, that was refused as a whole; false when there is none. */
bool tl_show_refused(const struct nw_bundle *b, size_t *i, struct nw_bundle_note *out);

#endif
