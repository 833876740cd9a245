/*
 * The digests of one SD-JWT: those of the disclosures that came, and every
 * digest met in the payload. One look-up says whether a digest of the payload
 * has a disclosure and whether it was met before (RFC 9901 7.1, steps 3 to 5).
 *
 * Texts are compared as they stand; they are borrowed and must outlive the
 * table.
 */
#ifndef NW_SDJWT_DIGESTS_H
#define NW_SDJWT_DIGESTS_H

#include "base/err.h"
#include "base/slice.h"

#define NW_DIGEST_NO_DISCLOSURE SIZE_MAX

struct nw_digest {
    struct nw_slice text;
    size_t disclosure; /* index, or NW_DIGEST_NO_DISCLOSURE */
    bool met;          /* in the payload */
};
struct nw_digests {
    struct nw_digest *v;
    size_t n, cap;
    uint16_t *slots; /* index into v plus one; 0 is free */
    size_t slot_n;   /* a power of two, at least twice cap */
};

NW_MUST_USE enum nw_err nw_digests_init(struct nw_digests *t, size_t expected);
void nw_digests_free(struct nw_digests *t);
/* A disclosure's digest. DIGEST_TWICE if it is there already. */
NW_MUST_USE enum nw_err nw_digests_add(struct nw_digests *t, struct nw_slice text,
                                       size_t disclosure);
/* A digest of the payload. *disclosure: which one it stands for. DIGEST_TWICE, LIMIT, NOMEM. */
NW_MUST_USE enum nw_err nw_digests_meet(struct nw_digests *t, struct nw_slice text,
                                        size_t *disclosure);

#endif
