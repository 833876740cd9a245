/* The CWT claims set of an A11: reading and writing (docs/PROTOCOL.a11 section 4). */
#ifndef NW_SEAL_ENVELOPE_H
#define NW_SEAL_ENVELOPE_H

#include "seal/seal.h"

/* Fills iss, iat, exp, status, cnf, a1 of s; slices point into payload. */
NW_MUST_USE enum nw_err nw_envelope_read(struct nw_slice payload, struct nw_seal *s,
                                         struct nw_diag *d);
void nw_envelope_write(const struct nw_seal_issue *job, struct nw_buf *out);

#endif
