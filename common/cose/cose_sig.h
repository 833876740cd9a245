/* Sig_structure (RFC 9052 4.4) as parts, so that nothing is copied before it is hashed:
 *     [ "Signature1", bstr protected, bstr external_aad, bstr payload ]  */
#ifndef NW_COSE_SIG_H
#define NW_COSE_SIG_H

#include "base/slice.h"

#define NW_COSE_SIG_PARTS 6
#define NW_COSE_HEAD 9 /* the longest CBOR head */

struct nw_cose_sig {
    uint8_t lead[12 + NW_COSE_HEAD], aad_head[NW_COSE_HEAD], payload_head[NW_COSE_HEAD];
    struct nw_slice part[NW_COSE_SIG_PARTS];
};
/* The slices and *sig itself must live while the parts are used. */
void nw_cose_sig_parts(struct nw_cose_sig *sig, struct nw_slice protected,
                       struct nw_slice external_aad, struct nw_slice payload);

#endif
