/*
 * The evidence bundle: everything an offline verifier may rely on, in one
 * signed file (docs/PROTOCOL.bundle), and the questions asked of it.
 *
 * Trust comes from the list a signer is on and its role there, for a type, at
 * a time; never from a string in the credential. Anchors of different roles
 * are never merged. Opening checks the signature against pinned signers, the
 * form, the sequence number against the last one used, and notes the age;
 * look-ups do not parse what they do not need.
 *
 * Age is never hidden: past max_age everything found here is stale, and the
 * report says since when.
 */
#ifndef NW_TRUST_BUNDLE_H
#define NW_TRUST_BUNDLE_H

#include "base/check.h"
#include "crypto/cert.h"
#include "json/json.h"

enum nw_role {
    NW_ROLE_NONE = 0,
    NW_ROLE_PUBEAA_ISSUE = 1,
    NW_ROLE_PUBEAA_STATUS = 2,
    NW_ROLE_PID_ISSUE = 3,
    NW_ROLE_PID_STATUS = 4,
    NW_ROLE_QEAA = 5,
    NW_ROLE_QCERT_CA = 6,
    NW_ROLE_WALLET = 7,
    NW_ROLE_WRPAC_CA = 8,
    NW_ROLE_WRPRC_CA = 9,
    NW_ROLE_REGISTRAR = 10,
    NW_ROLE_IACA = 11,
};

struct nw_bundle; /* opened; slices into the file that must stay mapped */

struct nw_bundle_policy {
    const char *const *signers; /* SHA-256 of pinned signer certificates, hex, NULL-terminated */
    uint64_t last_sequence;     /* highest sequence number ever used with this signer; 0: none */
    int64_t now;
    const char *typ; /* of the envelope; NULL: that of a bundle */
};

struct nw_bundle_info {
    uint64_t sequence;
    int64_t created, max_age; /* Unix seconds, seconds */
    bool stale;               /* now > created + max_age */
    bool test;                /* made from test lists: verdicts carry A14 */
    char signer[65];          /* SHA-256 of the signer certificate, hex */
};

NW_MUST_USE enum nw_err nw_bundle_open(struct nw_crypto *c, struct nw_slice file,
                                       const struct nw_bundle_policy *policy,
                                       struct nw_bundle **out, struct nw_diag *d);
void nw_bundle_free(struct nw_bundle **b);
const struct nw_bundle_info *nw_bundle_info(const struct nw_bundle *b);

enum nw_trust_state {
    NW_TRUST_UNKNOWN = 0, /* on no list for this role */
    NW_TRUST_GRANTED,     /* notified / granted at the time of signing */
    NW_TRUST_WITHDRAWN,   /* was on the list, withdrawn at the time of signing */
    NW_TRUST_NOT_YET,     /* granted only after the time of signing */
};

struct nw_trust_entity {
    char id[64]; /* institution id as the list or registry has it ("PL:ZUSTEST02"), "" unknown */
    char name[160];
    char country[3]; /* ISO 3166 (GR, GB) */
    char list[128];  /* the list it stands on */
    int64_t list_issued, list_next;
    bool list_test;
    char anchor[65];      /* SHA-256 of the anchor certificate, hex */
    int64_t since, until; /* of the period that covers the time asked for; until 0: open */
};

/* Is this chain (leaf first, without anchor) entitled in this role at `signed_at`, with
 * certificates valid at `at`? Adds X5-01..04 and LOTE-04 (checks may be NULL), and LOTE-02 as not
 * done when the list has passed its next update. NW_OK only with NW_TRUST_GRANTED.
 * *state and *entity are always set; entity is empty unless a listed service matched, which it may
 * have done although the answer is withdrawn, not yet, or a certificate that has expired. */
NW_MUST_USE enum nw_err nw_trust_chain(struct nw_crypto *c, const struct nw_bundle *b,
                                       enum nw_role role, enum nw_cert_profile profile,
                                       const struct nw_slice *chain, size_t n, int64_t signed_at,
                                       int64_t at, struct nw_trust_entity *entity,
                                       enum nw_trust_state *state, struct nw_checks *checks,
                                       struct nw_diag *d);

/* The same below an IACA root that is listed for this document type (ISO/IEC 18013-5): the role is
 * NW_ROLE_IACA, which nw_trust_chain() finds nothing for. profile: NW_CERT_MDOC_DS for documents,
 * NW_CERT_STATUS for their status lists. */
NW_MUST_USE enum nw_err nw_trust_iaca(struct nw_crypto *c, const struct nw_bundle *b,
                                      struct nw_slice doc_type, enum nw_cert_profile profile,
                                      const struct nw_slice *chain, size_t n, int64_t signed_at,
                                      int64_t at, struct nw_trust_entity *entity,
                                      enum nw_trust_state *state, struct nw_checks *checks,
                                      struct nw_diag *d);

/* A11: the signer certificates whose SHA-256 starts with kid (8 bytes), for a role. Calls `each`
 * until it returns false. der is the certificate; its chain to an anchor was checked when the
 * bundle was built and is checked again by nw_trust_chain(). */
void nw_bundle_by_kid(const struct nw_bundle *b, struct nw_slice kid, enum nw_role role,
                      bool (*each)(void *ctx, struct nw_slice der), void *ctx);

/* The status list token for an address (JWT or CWT), and when it was fetched; false if there is
 * none. prefer: the form looked for first. */
bool nw_bundle_status(const struct nw_bundle *b, const char *uri, int prefer_cwt,
                      struct nw_slice *token, int64_t *fetched);

/* An institution of the registry carried in the bundle; false if unknown. Contact data is JSON in
 * the canonical shape of competentInstitution, or empty. */
struct nw_institution {
    char id[64], name[160], country[3];
    struct nw_slice contact_json;
};
bool nw_bundle_institution(const struct nw_bundle *b, const char *id, struct nw_institution *out);

/* Type metadata (VCTM) bytes for a vct, if the bundle carries them. */
bool nw_bundle_vctm(const struct nw_bundle *b, const char *vct, struct nw_slice *json);

#endif
