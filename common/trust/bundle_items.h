/*
 * What an evidence bundle is made of: the items that the writer takes and that
 * the reader hands out again (docs/PROTOCOL.bundle section 3).
 *
 * Text and bytes are slices: into the caller's memory when writing, into the
 * file when reading. Items refer to each other by number: an entity names its
 * source, a service its entity.
 *
 * The writer is pure: the same content and a deterministic signer give the
 * same bytes. It decides nothing about trust; who calls it has verified the
 * lists, the tokens and the certificates.
 */
#ifndef NW_TRUST_BUNDLE_ITEMS_H
#define NW_TRUST_BUNDLE_ITEMS_H

#include "base/limits.h"
#include "crypto/signer.h"
#include "trust/bundle.h"

#define NW_BUNDLE_FORMAT 1u
/* The list type of a national list (TS 119 612 D.5.1). */
#define NW_LIST_NATIONAL "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric"
/* A VICAL (ISO/IEC 18013-5 annex C), and certificates that the operator vouches for alone. */
#define NW_LIST_VICAL "ISO 18013-5 VICAL"
#define NW_LIST_OPERATOR "operator's own"
#define NW_BUNDLE_TYP "application/nachweis-bundle+cose"

/* One edition of one list. */
struct nw_bundle_source {
    struct nw_slice name;      /* as configured by the operator of the bundle */
    struct nw_slice list_type; /* LoTEType */
    struct nw_slice territory, operator_name;
    uint64_t sequence;
    int64_t issued, next_update;    /* next_update 0: closed list */
    struct nw_slice sha256, signer; /* of the file, of the signer certificate: 32 bytes each */
    bool test;
};
/* A body on a list. country is ISO 3166 (GR and GB). */
struct nw_bundle_entity {
    struct nw_slice id, name, country;
    uint64_t source;
    struct nw_slice names; /* CBOR array of its other names and trade names, empty: none */
};
/* What an entry of a national list says of a CA/QC service. */
enum {
    NW_USE_SIGNATURES = 1u, /* ForeSignatures */
    NW_USE_SEALS = 2u,      /* ForeSeals */
    NW_USE_OPEN = 4u, /* nobody can tell: unknown status or critical extension, contradiction */
};
#define NW_USES 7u
/* status is NW_TRUST_GRANTED or NW_TRUST_WITHDRAWN; [from, until), until 0: open. uses and set are
 * for NW_ROLE_QCERT_CA only: what it is granted for, and the number of the set of qualifications
 * (trust/qualification.h) plus 1, 0: none. */
struct nw_bundle_period {
    enum nw_trust_state status;
    int64_t from, until;
    unsigned uses;
    uint64_t set;
};
/* One service in one role. Certificates are anchors: a CA, or the signer itself. Periods are in
 * order of time, without gaps, the last one open. */
struct nw_bundle_service {
    enum nw_role role;
    uint64_t entity;
    struct nw_slice certs[NW_MAX_SERVICE_CERTS];
    size_t cert_n;
    struct nw_bundle_period periods[NW_MAX_PERIODS];
    size_t period_n;
    struct nw_slice doc_types; /* NW_ROLE_IACA only, and always: CBOR array of what it is for */
};
struct nw_bundle_signer {
    enum nw_role role;
    struct nw_slice der;
};
struct nw_bundle_token {
    struct nw_slice uri;
    bool cwt;
    int64_t fetched;
    struct nw_slice token;
};
struct nw_bundle_body { /* an institution of the registry */
    struct nw_slice id, name, country, contact;
};
struct nw_bundle_vctm_item {
    struct nw_slice vct, json;
};

/* What the maker of the bundle said about something it read: for people (nachweis-trust show, and
 * the report when a list is missed), and without any weight in a verdict. */
enum nw_note_kind {
    NW_NOTE_TAKEN = 1,
    NW_NOTE_WARNING = 2,
    NW_NOTE_REFUSED = 3,
};
struct nw_bundle_note {
    enum nw_note_kind kind;
    struct nw_slice what; /* "list", "status list", "signer" */
    struct nw_slice name; /* of the source, or of the file */
    struct nw_slice text;
    /* Of a refused list: the territory it claims to be of ("EU": the list of lists), empty if it
     * does not say; and the name of the error. Both empty for other notes. */
    struct nw_slice territory, error;
};

/* A CA for qualified certificates that was never granted for seals: only its name, to say so. */
struct nw_bundle_other_ca {
    uint8_t subject[NW_SHA256_BYTES]; /* of the subject name (DER) */
    uint64_t entity;
};

struct nw_bundle_content {
    const char *typ; /* NULL: NW_BUNDLE_TYP. With another one it is no bundle to a verifier */
    uint64_t sequence;
    int64_t created, max_age;
    bool test;
    const struct nw_bundle_source *sources;
    size_t source_n;
    const struct nw_bundle_entity *entities;
    size_t entity_n;
    const struct nw_bundle_service *services;
    size_t service_n;
    const struct nw_bundle_signer *signers;
    size_t signer_n;
    const struct nw_bundle_token *tokens;
    size_t token_n;
    const struct nw_bundle_body *bodies;
    size_t body_n;
    const struct nw_bundle_vctm_item *vctm;
    size_t vctm_n;
    const struct nw_bundle_note *notes;
    size_t note_n;
    const struct nw_slice *sets; /* of qualifications, each valid */
    size_t set_n;
    const struct nw_bundle_other_ca *others;
    size_t other_n;
};

/* Signs with s (P-256, with its certificate as the only one of its chain) and appends to out.
 * BUNDLE_FORM with the place when two items have one key or a number points nowhere. */
NW_MUST_USE enum nw_err nw_bundle_write(struct nw_crypto *c, struct nw_signer *s,
                                        const struct nw_bundle_content *content, struct nw_buf *out,
                                        struct nw_diag *d);

/* The items of an opened bundle by number, for listings; false past the end. */
bool nw_bundle_source_at(const struct nw_bundle *b, size_t i, struct nw_bundle_source *out);
bool nw_bundle_entity_at(const struct nw_bundle *b, size_t i, struct nw_bundle_entity *out);
bool nw_bundle_service_at(const struct nw_bundle *b, size_t i, struct nw_bundle_service *out);
bool nw_bundle_token_at(const struct nw_bundle *b, size_t i, struct nw_bundle_token *out);
bool nw_bundle_body_at(const struct nw_bundle *b, size_t i, struct nw_bundle_body *out);
bool nw_bundle_vctm_at(const struct nw_bundle *b, size_t i, struct nw_bundle_vctm_item *out);
bool nw_bundle_signer_at(const struct nw_bundle *b, size_t i, struct nw_bundle_signer *out);
bool nw_bundle_note_at(const struct nw_bundle *b, size_t i, struct nw_bundle_note *out);
bool nw_bundle_set_at(const struct nw_bundle *b, size_t i, struct nw_slice *out);
/* Of subject the first half only, which is all there is of it; the rest is zero. */
bool nw_bundle_other_at(const struct nw_bundle *b, size_t i, struct nw_bundle_other_ca *out);

/* The entity of a CA that is listed, but not for seals; false if there is none of this name. */
bool nw_bundle_other_ca(const struct nw_bundle *b, const uint8_t subject[NW_SHA256_BYTES],
                        struct nw_bundle_entity *out);

/* The service numbers whose certificates have this key / this subject (SHA-256 of the DER) in a
 * role; fills at most cap and returns how many there are. */
size_t nw_bundle_by_key(const struct nw_bundle *b, const uint8_t sha256[32], enum nw_role role,
                        uint32_t *out, size_t cap);
size_t nw_bundle_by_subject(const struct nw_bundle *b, const uint8_t sha256[32], enum nw_role role,
                            uint32_t *out, size_t cap);

/* SHA-256 (hex) of the certificate that a file says it is signed with. Proves nothing: for showing
 * a bundle, and for asking a person whether to pin it. */
NW_MUST_USE enum nw_err nw_bundle_claimed_signer(struct nw_crypto *c, struct nw_slice file,
                                                 char hex[65], struct nw_diag *d);

/* EL to GR and UK to GB (TS 119 602 6.1.5 against ISO 3166-1); others unchanged. */
struct nw_slice nw_list_country(struct nw_slice list_code);

#endif
