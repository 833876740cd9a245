/*
 * Certificates and paths (RFC 5280 6.1), at a given time, for a given use.
 *
 * nw_cert_parse() reads one DER certificate completely (nothing after it) into
 * slices over the DER. It is read twice: by the strict reader here, which finds
 * the fields and walks every extension, and by mbedTLS. Both must take it and
 * agree on its outline. A critical extension that is not understood refuses it
 * (understood: basicConstraints, keyUsage, extKeyUsage, key identifiers,
 * alternative names, certificate policies without restriction). The second
 * reader of certificates with RSASSA-PSS, which mbedTLS does not know, is
 * OpenSSL; without it they are refused as CERT_ALG.
 *
 * nw_path_check() takes the chain as it came (leaf first, without anchor) and
 * a set of anchors, and adds X5-01 (path), X5-02 (algorithms and keys) and
 * X5-03 (usage for the profile) to the checks. An anchor may be a CA
 * certificate or the very leaf (public bodies are often listed themselves).
 * Validity, key usage and path length are demanded of the anchor as well. It
 * is read as nw_cert_listed() does.
 *
 * What an nw_crypto has seen: that it took a certificate's bytes, and that a
 * key signed them, is remembered by SHA-256 over exactly those bytes (64 facts,
 * the oldest make room; 16 imported EC keys). A chain that comes again costs
 * hashing and no signature check. Time, usage, names, lengths and the anchors
 * are looked at every time.
 *
 * Stricter than `openssl verify`: a self-issued certificate is never part of a
 * chain, an anchor needs basicConstraints, name constraints refuse even when
 * not critical, critical policyConstraints and inhibitAnyPolicy refuse.
 *
 * What this does not check: revocation (X5-04, reported as not done unless the
 * caller knows better), whether the anchor may be trusted for the role
 * (common/trust), policies.
 */
#ifndef NW_CRYPTO_CERT_H
#define NW_CRYPTO_CERT_H

#include "base/check.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "crypto/signer.h"

#define NW_CERT_NAME 128

struct nw_cert {
    struct nw_slice der, tbs, spki, serial, issuer, subject; /* over the input; names as raw DER */
    struct nw_slice ski, aki;                                /* key identifiers, may be empty */
    struct nw_slice ext_eku, ext_qc, ext_aia, ext_policies; /* raw extension values, may be empty */
    int64_t not_before, not_after;                          /* Unix seconds, both inclusive */
    /* NW_ALG_NONE: weak or unknown. ECDSA names the hash only: the curve is the issuer key's. */
    enum nw_sig_alg sig_alg;
    struct nw_slice signature; /* as it stands there: Ecdsa-Sig-Value in DER, or RSA bytes */
    bool ca;
    int path_len;       /* -1: none */
    unsigned key_usage; /* bit i = KeyUsage bit i (0 digitalSignature, 5 keyCertSign); 0: absent */
    bool has_key_usage;
    bool name_constraints; /* present; they are not evaluated */
    bool opaque;           /* of a list, and not readable in all (nw_cert_listed()) */
    /* Of the subject, the first of each; "" if absent, too long or not text. */
    char common_name[NW_CERT_NAME], organisation[NW_CERT_NAME], organisation_id[NW_CERT_NAME];
    char country[3];
};

#define NW_KU_DIGITAL_SIGNATURE (1u << 0)
#define NW_KU_CONTENT_COMMITMENT (1u << 1) /* nonRepudiation */
#define NW_KU_KEY_CERT_SIGN (1u << 5)
#define NW_KU_CRL_SIGN (1u << 6)

/* CERT_FORM, CERT_CRITICAL; TRAILING for bytes after the certificate; LIMIT. */
NW_MUST_USE enum nw_err nw_cert_parse(struct nw_slice der, struct nw_cert *out, struct nw_diag *d);
/* The same, cheaper for bytes that c has taken before. */
NW_MUST_USE enum nw_err nw_cert_read(struct nw_crypto *c, struct nw_slice der, struct nw_cert *out,
                                     struct nw_diag *d);
/* Where issuer, subject and key of a certificate stand, and nothing more: for certificates that are
 * trusted byte by byte, whatever else is in them. CERT_FORM, LIMIT. */
struct nw_cert_outline {
    struct nw_slice der, issuer, validity, subject, spki; /* over the input, each whole DER */
};
NW_MUST_USE enum nw_err nw_cert_outline(struct nw_slice der, struct nw_cert_outline *out);
/* An anchor out of a list: the list vouches for its bytes, so that name, key and validity are
 * enough (RFC 5280 6.1.1 (d), TS 119 615 PRO-4.3.4-03). Without a second reader. One that
 * nw_cert_parse() would refuse has opaque set: of its extensions what can be read counts, critical
 * ones that are not understood do not stop it, and its signature and serial number are empty.
 * CERT_FORM, LIMIT when not even that much can be read. */
NW_MUST_USE enum nw_err nw_cert_listed(struct nw_slice der, struct nw_cert *out, struct nw_diag *d);
/* True if the EKU extension lists the OID (dotted text), false if absent or not listed. */
bool nw_cert_has_eku(const struct nw_cert *cert, const char *oid);
/* The same for the content bytes of an OID: of extKeyUsage, of certificatePolicies, of a Name
 * (issuer or subject) that an attribute of this type stands in it. */
bool nw_cert_has_eku_oid(const struct nw_cert *cert, struct nw_slice oid);
bool nw_cert_has_policy_oid(const struct nw_cert *cert, struct nw_slice oid);
bool nw_name_has_oid(struct nw_slice name, struct nw_slice oid);
/* Text of the first attribute of this type (dotted) in a Name, in UTF-8. False, with "" in dst, if
 * it is absent, longer than the room, no text, or not of one line. T61String is taken for Latin-1,
 * as it was used. */
bool nw_name_text(struct nw_slice name, const char *oid, char *dst, size_t cap);
/* One certificate from PEM to DER (first CERTIFICATE block at or after *pos; *pos moves on).
 * NOT_FOUND when there is none left, PEM when it is damaged. */
NW_MUST_USE enum nw_err nw_cert_from_pem(struct nw_slice pem, size_t *pos, struct nw_buf *der);

enum nw_cert_profile {
    /* Signs attestations: not a CA, KU digitalSignature or contentCommitment or both. The second
     * alone is what certificates for seals should have (TS 119 412-6 8.1, EN 319 412-3 LEG-4.3.1-3,
     * -4). */
    NW_CERT_ATTESTATION,
    NW_CERT_STATUS,      /* signs status lists, maybe with the same certificate; TSL EKU allowed */
    NW_CERT_LIST,        /* signs trust lists and bundles: KU/EKU are warnings (pinned) */
    NW_CERT_MDOC_DS,     /* ISO 18013-5 B.1.4: KU digitalSignature */
    NW_CERT_MDOC_LISTED, /* signs mdocs by its role on a list: the same KU, EKU absent or not
                          * another purpose's */
    NW_CERT_READER,      /* ISO 18013-5 B.1.7 */
};

struct nw_path {
    const struct nw_slice *chain; /* DER, leaf first, as received */
    size_t chain_n;
    const struct nw_slice *anchors; /* DER of trusted certificates */
    size_t anchor_n;
    int64_t at; /* evaluation time, Unix seconds */
    enum nw_cert_profile profile;
    bool leaf_may_be_anchor; /* public bodies listed by their own certificate */
};

/* NW_OK: the chain ends at anchors[*anchor_used]. Otherwise the reason, also in checks
 * (X5-01..03; X5-04 is set to not done). checks may be NULL. */
NW_MUST_USE enum nw_err nw_path_check(struct nw_crypto *c, const struct nw_path *path,
                                      struct nw_checks *checks, size_t *anchor_used,
                                      struct nw_diag *d);

/* Making certificates: test institutions, test CAs, status signers. Deterministic given the inputs
 * and a deterministic signer (psa). The serial's first byte must be 01..7f to be a positive number
 * of fixed length; names are UTF-8, an empty or NULL one is left out. P-256 only. */
#define NW_CERT_EKUS 4
struct nw_cert_template {
    const char *common_name, *organisation, *country;
    const struct nw_cert *issuer;    /* NULL: self-signed */
    const struct nw_pubkey *subject; /* key to certify, P-256 */
    uint8_t serial[16];
    int64_t not_before, not_after;
    bool ca;
    int path_len;                  /* -1: none */
    const char *eku[NW_CERT_EKUS]; /* dotted OIDs, NULL-terminated early */
    const char *organisation_id;   /* organizationIdentifier 2.5.4.97, may be NULL */
    bool commitment; /* a signer's keyUsage is contentCommitment alone, not digitalSignature */
    struct nw_slice qc_statements; /* value of that extension (DER, RFC 3739 3.2.6), may be empty */
};
/* Appends the certificate to der. KEY unless both keys are P-256. */
NW_MUST_USE enum nw_err nw_cert_make(struct nw_crypto *c, const struct nw_cert_template *t,
                                     struct nw_signer *issuer_key, struct nw_buf *der);
void nw_cert_to_pem(struct nw_slice der, struct nw_buf *pem);

#endif
