/* Shared by the files of this room only. */
#ifndef NW_SDJWT_INTERNAL_H
#define NW_SDJWT_INTERNAL_H

#include "sdjwt/sdjwt.h"

/* Claims that must never come by disclosure, nor their members (SD-JWT VC 2.2.2.3). */
bool nw_sdjwt_is_registered(const char *name);

/* Decodes and takes apart s->disclosure (SDJ-01, SDJ-05). */
NW_MUST_USE enum nw_err nw_sdjwt_parse_disclosures(struct nw_sdjwt *s, struct nw_checks *checks,
                                                   struct nw_diag *d);

/* Digests and disclosures over s->untrusted, without the signature; on success the processed
 * payload is s->payload (SDJ-03..07). */
NW_MUST_USE enum nw_err nw_sdjwt_process(struct nw_crypto *c, struct nw_sdjwt *s,
                                         struct nw_checks *checks, struct nw_diag *d);

/* Fails the rule in checks (may be NULL) and in d (may be NULL); returns e. Our own trouble is no
 * failed rule. */
enum nw_err nw_sdjwt_refuse(struct nw_checks *checks, struct nw_diag *d, const char *rule,
                            enum nw_err e, const char *fmt, ...) NW_PRINTF(5, 6);
/* The same for an error that some callee has described in d already. */
enum nw_err nw_sdjwt_refuse_diag(struct nw_checks *checks, struct nw_diag *d, const char *rule,
                                 enum nw_err e);
void nw_sdjwt_pass(struct nw_checks *checks, const char *rule);

#endif
