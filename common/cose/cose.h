/*
 * COSE_Sign1, COSE_Mac0 (RFC 9052) and COSE_Key (RFC 9052 7): reading and writing.
 *
 *     COSE_Sign1 = 18([ bstr << protected map >>, unprotected map, payload, signature ])
 *     COSE_Mac0  = 17([ bstr << protected map >>, unprotected map, payload, tag ])
 *
 * A MAC proves something only to whoever holds its key: mdoc device MACs, HMAC 256/256 and no
 * other. It is read by the same rules, and only where the policy asks for one.
 *
 * A parsed token holds slices into the input; the protected header is kept as
 * received, since the signature covers those bytes. Refused: a label in both
 * header maps, alg outside the protected header, unknown crit labels, an empty
 * crit, a tag other than the policy asks for, a signature of wrong length.
 * HCERT allows the first two (hcert_spec 3.3.2), see lenient_headers.
 *
 * typ (RFC 9596) counts only where it is signed: in the protected map.
 * Unknown labels are passed over unless crit names them.
 *
 * What this does not check: the payload (not even that it is CBOR), whether
 * the key may be used, the certificates of x5chain. Nothing here follows a key
 * that the token itself carries.
 */
#ifndef NW_COSE_COSE_H
#define NW_COSE_COSE_H

#include "base/limits.h"
#include "cbor/cbor.h"
#include "crypto/crypto.h"
#include "crypto/signer.h"

enum nw_cose_tag {
    NW_COSE_TAG_REQUIRED,  /* 18 exactly once (A11, status lists) */
    NW_COSE_TAG_FORBIDDEN, /* mdoc issuerAuth */
    NW_COSE_TAG_ANY,       /* none, 18, or 61(18): HCERT */
};

struct nw_cose_policy {
    const enum nw_sig_alg *algs;
    size_t alg_n;
    enum nw_cose_tag tag;
    unsigned cbor_flags; /* NW_CBOR_STRICT, NW_CBOR_LENIENT */
    bool kid_must_be_protected;
    bool lenient_headers; /* alg may be unprotected, a label in both maps; protected wins */
    bool detached;        /* payload must be nil; else it must be there */
    bool mac0;            /* a COSE_Mac0 with HMAC 256/256; algs is not looked at */
    const int64_t *crit;  /* labels understood */
    size_t crit_n;
    unsigned max_depth; /* 0: NW_MAX_CBOR_DEPTH */
    size_t max;         /* bytes of the whole token; 0: NW_MAX_CBOR */
};

struct nw_cose_sign1 {
    struct nw_slice protected_raw, unprotected_raw, payload;
    struct nw_slice signature; /* or the tag of a COSE_Mac0 */
    bool detached;             /* the payload was nil */
    bool hmac;                 /* alg is HMAC 256/256: a COSE_Mac0 */
    enum nw_sig_alg alg;
    struct nw_slice kid; /* protected wins over unprotected; empty if none */
    bool kid_protected;
    struct nw_slice typ_text;            /* header 16 as text, or empty */
    uint64_t typ_number;                 /* header 16 as CoAP content-format, or 0 */
    struct nw_slice chain[NW_MAX_CHAIN]; /* x5chain (33), from either map */
    size_t chain_n;
    bool chain_protected;
};

/* On failure *out is untouched. LIMIT, CBOR_*, COSE_*, ALG_NOT_ALLOWED, CRIT, KID_UNPROTECTED,
 * SIGNATURE_LENGTH, CERT_DEPTH. */
NW_MUST_USE enum nw_err nw_cose_parse(struct nw_slice in, const struct nw_cose_policy *policy,
                                      struct nw_cose_sign1 *out, struct nw_diag *d);
/* payload: the detached content; ignored unless the policy said detached. */
NW_MUST_USE enum nw_err nw_cose_verify(struct nw_crypto *c, const struct nw_cose_sign1 *s,
                                       struct nw_slice external_aad, struct nw_slice payload,
                                       const struct nw_pubkey *key);

/* A parsed COSE_Mac0 (INTERNAL for anything else) with a key of 32 bytes. SIGNATURE when the tag is
 * wrong. */
NW_MUST_USE enum nw_err nw_cose_mac0_verify(struct nw_crypto *c, const struct nw_cose_sign1 *s,
                                            struct nw_slice external_aad, struct nw_slice payload,
                                            struct nw_slice key);

struct nw_cose_headers {
    struct nw_slice kid;  /* protected, if not empty */
    struct nw_slice kcwt; /* protected 13 (SD-CWT), the token that this one proves; if not empty */
    const char *typ;      /* protected 16, if not NULL */
    bool chain;           /* x5chain of the signer */
    bool chain_protected; /* in the protected map (status lists), else unprotected (mdoc) */
    bool tagged;          /* with tag 18 */
    bool detached;        /* nil stands for the payload, which is signed all the same */
};
/* Appends to out; alg is the signer's. */
NW_MUST_USE enum nw_err nw_cose_sign(struct nw_signer *s, const struct nw_cose_headers *h,
                                     struct nw_slice payload, struct nw_buf *out);

/* Appends an untagged COSE_Mac0 with detached payload and nothing but alg in its headers. */
NW_MUST_USE enum nw_err nw_cose_mac0_make(struct nw_crypto *c, struct nw_slice key,
                                          struct nw_slice payload, struct nw_buf *out);

/* One whole item. COSE_Key, public EC2 P-256/384/521 (compressed y allowed) or OKP Ed25519;
 * a private part refuses. */
NW_MUST_USE enum nw_err nw_cose_key_parse(struct nw_crypto *c, struct nw_slice cbor,
                                          struct nw_pubkey **out, struct nw_diag *d);
/* A key for ECDH: EC2 only; alg and key_ops are ignored (ISO/IEC 18013-5 12.7.2). */
NW_MUST_USE enum nw_err nw_cose_key_parse_agreement(struct nw_crypto *c, struct nw_slice cbor,
                                                    struct nw_pubkey **out, struct nw_diag *d);
/* EC keys. compressed: y as its sign (A11 cnf). */
NW_MUST_USE enum nw_err nw_cose_key_write(const struct nw_pubkey *key, bool compressed,
                                          struct nw_buf *out);

#endif
