/* Private to common/mdoc: what engagement, session and request share. */
#ifndef NW_MDOC_SESSION_INTERNAL_H
#define NW_MDOC_SESSION_INTERNAL_H

#include "mdoc/internal.h"
#include "mdoc/session.h"

/* An ephemeral COSE_Key. compressed: whether a compressed point may stand there. */
NW_MUST_USE enum nw_err nw_mdoc_session_key(struct nw_crypto *c, struct nw_slice cose_key,
                                            bool compressed, struct nw_pubkey **out,
                                            struct nw_diag *d);

struct nw_session_data {
    struct nw_slice data; /* empty if there is none */
    bool has_status;
    uint64_t status;
};
NW_MUST_USE enum nw_err nw_session_data_parse(struct nw_slice in, struct nw_session_data *out,
                                              struct nw_diag *d);

#endif
