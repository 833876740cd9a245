/*
 * ISO mdoc (ISO/IEC 18013-5): IssuerSigned, the mobile security object (MSO),
 * DeviceResponse, device authentication; issuing and presenting.
 *
 *     IssuerSigned   = {nameSpaces: {ns: [item ...]}, issuerAuth: COSE_Sign1}
 *     item           = 24(<< {digestID, random, elementIdentifier, elementValue} >>)
 *     issuerAuth     = untagged; payload = << 24(<< MSO >>) >>; x5chain
 *     MSO            = {version, digestAlgorithm, valueDigests: {ns: {digestID: digest}},
 *                       deviceKeyInfo, docType, validityInfo, status?}
 *     DeviceResponse = {version, documents: [{docType, issuerSigned, deviceSigned}], status}
 *
 * Everything is verified over the bytes as they came: an item's digest covers
 * its tag 24 and all, the signature covers the payload, and nothing is encoded
 * again to be compared. One pass over the input decides whether it is strict
 * CBOR; then every byte string that holds CBOR is checked in the same way
 * before it is read. An item costs one hash and no allocation.
 *
 * Order of reading, stop at the first failure:
 *
 *     nw_mdoc_parse() or nw_device_response_parse()   MSO-01, form of MSO-02
 *     nw_mdoc_verify()    with the key of the x5chain leaf:
 *                         MSO-02 signature, MSO-03 MSO, MSO-04 digests, MSO-05 docType
 *     nw_mdoc_times()     MSO-06
 *     nw_mdoc_device()    DEV-01..04, over a session transcript that is ours
 *
 * Nothing of the MSO or of the items may be used before nw_mdoc_verify() was
 * good; the name space, identifier and digest id of an item are read earlier,
 * but only to find its digest.
 *
 * What this does not check: whether the signer may sign this (common/trust),
 * the status, what the elements mean (common/attestation); and who is holding
 * the device.
 */
#ifndef NW_MDOC_MDOC_H
#define NW_MDOC_MDOC_H

#include "base/check.h"
#include "cose/cose.h"
#include "status/status.h"

/* One IssuerSignedItem. Slices point into the input. */
struct nw_mdoc_item {
    struct nw_slice bytes;      /* IssuerSignedItemBytes, tag 24 and all */
    struct nw_slice name_space; /* the text */
    struct nw_slice id;         /* elementIdentifier */
    struct nw_slice value;      /* elementValue, raw CBOR */
    uint32_t digest_id;
};

struct nw_mso {
    struct nw_slice raw;
    struct nw_slice doc_type;
    enum nw_hash_alg hash;
    struct nw_slice value_digests; /* raw map */
    struct nw_slice device_key;    /* raw COSE_Key */
    /* keyAuthorizations, raw, or empty: an array of name spaces; a map of arrays of elements */
    struct nw_slice whole_name_spaces, single_elements;
    int64_t signed_at, valid_from, valid_until;
    struct nw_slice status; /* raw, or empty */
};

struct nw_mdoc {
    struct nw_buf own;        /* the bytes of a hex or base64url input; else empty */
    struct nw_slice bytes;    /* IssuerSigned as received */
    struct nw_slice doc_type; /* of the Document around it; empty for a bare IssuerSigned */
    struct nw_cose_sign1 auth;
    size_t item_n;
    /* DeviceSigned, raw; empty for a bare IssuerSigned */
    struct nw_slice device_name_spaces; /* DeviceNameSpacesBytes, tag 24 and all */
    struct nw_slice device_signature, device_mac;
    /* after nw_mdoc_verify() */
    bool verified;
    struct nw_mso mso;
    size_t undisclosed;                          /* signed digests whose element was not returned */
    struct nw_mdoc_item item[NW_MAX_MDOC_ITEMS]; /* the first item_n; the rest is never written */
};

/* IssuerSigned as raw CBOR, hex or base64url. On failure *out holds nothing. MDOC_FORM, CBOR_*,
 * COSE_*, LIMIT and what the text encodings give. checks may be NULL. */
NW_MUST_USE enum nw_err nw_mdoc_parse(struct nw_slice in, struct nw_mdoc *out,
                                      struct nw_checks *checks, struct nw_diag *d);
/* Signature, MSO, digest of every item, docType. SIGNATURE, MSO_FORM, MSO_TIME
 * (under MSO-06), MSO_DIGEST, DOCTYPE. After a failure m counts as not verified, whatever it was
 * before. */
NW_MUST_USE enum nw_err nw_mdoc_verify(struct nw_crypto *c, struct nw_mdoc *m,
                                       const struct nw_pubkey *issuer, struct nw_checks *checks,
                                       struct nw_diag *d);
/* signed within the signer certificate's validity, validFrom - skew <= now <= validUntil. INTERNAL
 * before nw_mdoc_verify(); MSO_SIGNED, NOT_YET_VALID, EXPIRED. */
NW_MUST_USE enum nw_err nw_mdoc_times(const struct nw_mdoc *m, int64_t not_before,
                                      int64_t not_after, int64_t now, int64_t skew,
                                      struct nw_checks *checks, struct nw_diag *d);
/* NULL when the element is not there. */
const struct nw_mdoc_item *nw_mdoc_find(const struct nw_mdoc *m, const char *name_space,
                                        const char *id);
void nw_mdoc_free(struct nw_mdoc *m);

/* ---- DeviceResponse ---- */

struct nw_device_response {
    struct nw_buf own;
    size_t document_n;
    struct nw_slice document[NW_MAX_MDOC_DOCUMENTS]; /* raw */
    struct nw_slice doc_type[NW_MAX_MDOC_DOCUMENTS];
    size_t error_n; /* documents that the device says it did not return */
};
/* True when the input, decoded if need be, is a map with a member "documents" or "status" and none
 * "issuerAuth". By shape only. */
bool nw_device_response_is(struct nw_slice in);
/* The envelope: version 1.x, status 0 (MSO-06), documents. DEVICE_STATUS, MDOC_FORM, CBOR_*. */
NW_MUST_USE enum nw_err nw_device_response_parse(struct nw_slice in, struct nw_device_response *out,
                                                 struct nw_checks *checks, struct nw_diag *d);
/* One document of it. The slices of *out live as long as r. */
NW_MUST_USE enum nw_err nw_device_response_document(const struct nw_device_response *r, size_t i,
                                                    struct nw_mdoc *out, struct nw_checks *checks,
                                                    struct nw_diag *d);
void nw_device_response_free(struct nw_device_response *r);

/* ---- device authentication ---- */

struct nw_device_policy {
    struct nw_slice transcript;   /* SessionTranscript that we hold, CBOR; empty: none */
    struct nw_signer *reader_key; /* ephemeral, for a MAC; NULL: none */
    bool refuse_mac;              /* TS 119 472-2 */
    bool required;                /* a bare IssuerSigned or a missing transcript fails */
};
/* *proven: the key that the issuer signed answered in this very session. DEV-01 form and signature,
 * DEV-02 key and algorithm, DEV-03 what the device may sign, DEV-04 the session. Without transcript
 * DEV-01 and DEV-04 are not done. KB_MISSING, DEVICE_AUTH, DEVICE_SESSION, DEVICE_MAC, KEY,
 * DEVICE_ELEMENT; INTERNAL before nw_mdoc_verify(). */
NW_MUST_USE enum nw_err nw_mdoc_device(struct nw_crypto *c, const struct nw_mdoc *m,
                                       const struct nw_device_policy *policy, bool *proven,
                                       struct nw_checks *checks, struct nw_diag *d);

/* ---- issuing and presenting ---- */

struct nw_mdoc_element {
    const char *name_space, *id;
    struct nw_slice value; /* one CBOR item, deterministic */
};
struct nw_mdoc_issue {
    const char *doc_type;
    const struct nw_mdoc_element *elements; /* one name space after the other */
    size_t n;
    const struct nw_pubkey *device_key;
    int64_t signed_at, valid_from, valid_until;
    struct nw_status_ref status; /* status_list, if present */
};
/* Appends IssuerSigned: deterministic CBOR, a permutation of digest ids and 32 random bytes an item
 * drawn anew each time, x5chain of the signer (without anchor). CLAIM_RANGE when a time lies
 * outside the signer certificate's validity, KEY without device key, ELEMENT_TWICE, LIMIT, CBOR_*
 * when a value is not one deterministic item. */
NW_MUST_USE enum nw_err nw_mdoc_issue(struct nw_crypto *c, struct nw_signer *s,
                                      const struct nw_mdoc_issue *job, struct nw_buf *out,
                                      struct nw_diag *d);

/* The holder's side (test wallet, vectors, tests). */
struct nw_mdoc_present {
    struct nw_slice issuer_signed; /* CBOR */
    /* which elements go along; NULL: all */
    bool (*keep)(void *ctx, const struct nw_mdoc_item *item);
    void *ctx;
    struct nw_signer *device;           /* the device key */
    struct nw_slice transcript;         /* SessionTranscript, CBOR */
    const struct nw_pubkey *reader_key; /* ephemeral: makes a MAC; NULL: makes a signature */
};
/* Appends a DeviceResponse with one document. */
NW_MUST_USE enum nw_err nw_mdoc_present(struct nw_crypto *c, const struct nw_mdoc_present *job,
                                        struct nw_buf *out, struct nw_diag *d);

#endif
