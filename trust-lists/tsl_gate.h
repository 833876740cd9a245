/*
 * The gate of signed XML lists before any crypto, and the signature behind it
 * (TS 119 612 5.7 and annex B.1; TS 119 602 H.4 asks for the same): the
 * signature is where it must be, has each part once, and refers to the list and
 * to its own signed properties, and to nothing else.
 *
 * It knows nothing of what a list says. After tsl_pass_gate() the tree holds
 * what was signed and nothing more.
 */
#ifndef NW_TRUST_LISTS_TSL_GATE_H
#define NW_TRUST_LISTS_TSL_GATE_H

#include "base/check.h"
#include "crypto/crypto.h"
#include "tsl_dom.h"

struct tsl_gate {
    const char *ns, *root, *standard; /* the root element, and where it is defined */
    const struct nw_slice *pins;      /* DER of the certificates that may sign */
    size_t pin_n;
    bool chain; /* KeyInfo may hold more certificates behind the signer's */
    bool historic;
};

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
    struct _xmlDoc *doc; /* borrowed */
    union {
        struct {
            struct _xmlNode *root, *signature, *signed_info, *properties, *value, *certificate;
        };
        struct _xmlNode *parts[6]; /* gone with the signature */
    };
    struct tsl_reference list, props;
    enum tsl_c14n c14n; /* of SignedInfo */
    enum nw_sig_alg alg;
    bool inclusive;             /* somewhere: historic only */
    bool by_id;                 /* URI is the root's Id, not "": historic only */
    bool sigcert_v1;            /* SigningCertificate, not V2 */
    bool sigcert_sha1;          /* and it was not compared: historic only */
    struct nw_slice signer_der; /* the pin that signed */
    uint8_t signer[NW_SHA256_BYTES];
    int64_t signed_at;
};

/* TL-03 to TL-07, each recorded in checks. Neither checks nor d may be NULL; d is empty. */
NW_MUST_USE enum nw_err tsl_pass_gate(struct nw_crypto *c, struct tsl_sig *s,
                                      const struct tsl_gate *g, struct nw_checks *checks,
                                      struct nw_diag *d);

/* TL-03: TSL_STRUCT. Fills the nodes of s from s->doc. */
NW_MUST_USE enum nw_err tsl_structure(struct tsl_sig *s, const struct tsl_gate *g,
                                      struct nw_diag *d);
/* TL-04: TSL_REF, TSL_ALG. Fills the rest. */
NW_MUST_USE enum nw_err tsl_references(struct tsl_sig *s, const struct tsl_gate *g,
                                       struct nw_diag *d);
/* TL-05: TSL_SIGNER. Sets signer_der. */
NW_MUST_USE enum nw_err tsl_signer(struct nw_crypto *c, struct tsl_sig *s, const struct tsl_gate *g,
                                   struct nw_diag *d);
/* TL-06: TSL_SIGCERT. */
NW_MUST_USE enum nw_err tsl_signing_certificate(struct nw_crypto *c, struct tsl_sig *s,
                                                const struct tsl_gate *g, struct nw_diag *d);
/* TL-07: TSL_C14N, TSL_DIGEST, TSL_SIGNATURE. Then takes the signature out of the tree. */
NW_MUST_USE enum nw_err tsl_verify(struct nw_crypto *c, struct tsl_sig *s, struct nw_diag *d);

/* A step's outcome under its rule; trouble of our own is no verdict on the list. d is what the step
 * said and may not be NULL. Returns e. */
enum nw_err tsl_record(struct nw_checks *checks, const char *rule, enum nw_err e,
                       struct nw_diag *d);
/* The hash that a DigestMethod names; 0: none of the allowed ones. */
enum nw_hash_alg tsl_digest_method(const struct _xmlNode *method);

#endif
