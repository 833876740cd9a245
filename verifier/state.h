/*
 * What this verifier remembers: per bundle signer the highest sequence number
 * used. An older bundle than that is refused (BUNDLE 5). The file is replaced
 * whole (fsync, rename), so a crash leaves the old or the new one.
 */
#ifndef NW_VERIFIER_STATE_H
#define NW_VERIFIER_STATE_H

#include <stdint.h>

#include "base/err.h"

/* BUNDLE_ROLLBACK if sequence is lower than the one remembered; stores it if it is higher. A file
 * that is damaged is an error (CONFIG), never "no memory". */
NW_MUST_USE enum nw_err nw_state_advance(const char *path, const char *signer, uint64_t sequence,
                                         struct nw_diag *d);

#endif
