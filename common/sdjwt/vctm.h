/*
 * Type metadata of SD-JWT VC (VCTM): rule VC-05.
 *
 * The documents are local and pinned: the caller gives them by vct, nothing is
 * fetched. Checked are the integrity of the raw bytes (`vct#integrity`,
 * `extends#integrity`: W3C SRI, strongest algorithm), `vct` of each document,
 * the chain of `extends` (no circle, bounded), the structure of `claims`, and
 * that the credential obeys `mandatory` and `sd` of its type and of all types
 * above.
 *
 * A verifier sees only what is disclosed. `mandatory` is violated when a claim
 * is surely absent; what may be hidden behind a digest is not held against the
 * issuer.
 *
 * What this does not check: display and rendering metadata, beyond their
 * being there.
 */
#ifndef NW_SDJWT_VCTM_H
#define NW_SDJWT_VCTM_H

#include "sdjwt/sdjwt.h"

#define NW_VCTM_MAX_CHAIN 8u    /* types from the credential's own to the most general */
#define NW_VCTM_MAX_CLAIMS 512u /* of the whole chain */

/* The document for a type, as raw bytes; false if there is none. */
typedef bool (*nw_vctm_find_fn)(void *ctx, const char *vct, struct nw_slice *document);

/* After nw_sdjwt_verify(). Without a document VC-05 is not done and the result is NW_OK; the
 * caller's policy decides what that means. INTEGRITY, VCT, CLAIM_MISSING, CLAIM_DISCLOSED,
 * CLAIM_TYPE, JSON_*, LIMIT. */
NW_MUST_USE enum nw_err nw_vctm_check(struct nw_crypto *c, const struct nw_sdjwt *s,
                                      nw_vctm_find_fn find, void *ctx, struct nw_checks *checks,
                                      struct nw_diag *d);

/* W3C SRI 3: does the metadata name the digest of these bytes? INTEGRITY if not, or if it names no
 * algorithm that is known. */
NW_MUST_USE enum nw_err nw_sri_check(struct nw_crypto *c, const char *metadata,
                                     struct nw_slice bytes);

#endif
