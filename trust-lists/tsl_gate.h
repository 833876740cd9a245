/*
 * The gate before any crypto (TS 119 612 5.7 and annex B.1): the signature is
 * where it must be, has each part once, and refers to the list and to its own
 * signed properties, and to nothing else.
 */
#ifndef NW_TRUST_LISTS_TSL_GATE_H
#define NW_TRUST_LISTS_TSL_GATE_H

#include "tsl.h"

enum tsl_c14n {
    TSL_C14N_EXCLUSIVE = 1,
    TSL_C14N_INCLUSIVE, /* historic only */
};

struct tsl_reference {
    enum tsl_c14n c14n;
    enum nw_hash_alg hash;
    uint8_t digest[NW_HASH_MAX];
};

struct tsl_sig {
    struct _xmlNode *root, *signature, *signed_info, *properties, *value, *certificate;
    struct tsl_reference list, props;
    enum tsl_c14n c14n; /* of SignedInfo */
    enum nw_sig_alg alg;
    bool by_id;      /* URI is the root's Id, not "" */
    bool sigcert_v1; /* SigningCertificate, not V2 */
};

/* TL-03: TSL_STRUCT. Fills the nodes of sig from l->doc. */
NW_MUST_USE enum nw_err tsl_structure(struct tsl *l, const struct tsl_policy *policy,
                                      struct nw_diag *d);
/* TL-04: TSL_REF, TSL_ALG. Fills the rest. */
NW_MUST_USE enum nw_err tsl_references(struct tsl *l, const struct tsl_policy *policy,
                                       struct nw_diag *d);
/* TL-05: TSL_SIGNER. Sets signer_der. */
NW_MUST_USE enum nw_err tsl_signer(struct nw_crypto *c, struct tsl *l,
                                   const struct tsl_policy *policy, struct nw_diag *d);
/* TL-06: TSL_SIGCERT. *done is false when the digest is one that is not computed here (SHA-1, in
 * the historic mode). */
NW_MUST_USE enum nw_err tsl_signing_certificate(struct nw_crypto *c, struct tsl *l,
                                                const struct tsl_policy *policy, bool *done,
                                                struct nw_diag *d);
/* TL-07: TSL_C14N, TSL_DIGEST, TSL_SIGNATURE. Then takes the signature out of the tree. */
NW_MUST_USE enum nw_err tsl_verify(struct nw_crypto *c, struct tsl *l, struct nw_diag *d);

/* The hash that a DigestMethod names; 0: none of the allowed ones. */
enum nw_hash_alg tsl_digest_method(const struct _xmlNode *method);

#endif
