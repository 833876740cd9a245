/*
 * Making a test home, step by step, in a folder that is renamed when it is
 * whole. Private to the setup command.
 */
#ifndef NW_ISSUER_SETUP_H
#define NW_ISSUER_SETUP_H

#include "cmd.h"

struct nw_setup {
    const char *dir; /* the unfinished home */
    struct nw_crypto *crypto;
    struct nw_tenant tenant;
    struct nw_slice tenant_file; /* as it was given */
    int64_t now;
    /* after nw_setup_keys(): DER of the certificates */
    struct nw_buf attestation, status, list_cert, bundle_cert;
    struct nw_signer *list_signer;
};

NW_MUST_USE enum nw_err nw_setup_file(const struct nw_setup *s, const char *name,
                                      struct nw_slice content, unsigned mode, struct nw_diag *d);
/* keys/ and operator/: test CA, attestation and status signer, list and bundle operator. */
NW_MUST_USE enum nw_err nw_setup_keys(struct nw_setup *s, struct nw_diag *d);
/* lists/pub-eaa.jws, lists/pid.jws: TS 119 602 annexes H and D, signed by the test list operator.
 */
NW_MUST_USE enum nw_err nw_setup_list(const struct nw_setup *s, struct nw_diag *d);
/* trust.json, institutions.json (nachweis-trust) and policy.json (nachweis-verifier). */
NW_MUST_USE enum nw_err nw_setup_trust(const struct nw_setup *s, struct nw_diag *d);
void nw_setup_free(struct nw_setup *s);

#endif
