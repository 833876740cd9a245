/*
 * Trusted lists in XML (ETSI TS 119 612, versions 5 and 6): the EU list of
 * lists and the national lists, from bytes to services with periods, or to a
 * reason why not.
 *
 * A good signature alone says little about such a list: what it covers is
 * written in the list itself. So the order is fixed, and every step sees only
 * what the ones before let pass:
 *
 *   TL-01  size
 *   TL-02  well-formed, UTF-8, no DOCTYPE
 *   TL-03  one signature, last child of the root; one of each of its parts
 *   TL-04  exactly the two references, transforms and algorithms of the profile
 *   TL-05  the certificate in it is, byte for byte, one that was named from outside
 *   TL-06  the signed properties name the same certificate
 *   TL-07  canonical form, digests, signature
 *          - the signature is taken out; what is read from here on was signed -
 *   TL-08  scheme information: type, territory, version
 *   TL-09  number, against the edition accepted before
 *   TL-10  times
 *   TL-11  pointers (list of lists) or services (national list)
 *
 * The certificate that signs is pinned; its names, usage and validity are
 * warnings at most. Old forms of signature (root by its Id, inclusive C14N,
 * SHA-1 for the signing certificate) pass in the historic mode only and never
 * without a warning.
 *
 * What this does not check: the schema of ETSI, the revocation of listed
 * certificates, and that they are valid now. That is asked when they are used.
 */
#ifndef NW_TRUST_LISTS_TSL_H
#define NW_TRUST_LISTS_TSL_H

#include "lote.h"
#include "trust/bundle_items.h"
#include "tsl_dom.h"

#define TSL_TYPE_NATIONAL NW_LIST_NATIONAL

enum tsl_kind {
    TSL_ANY = 0,
    TSL_NATIONAL, /* EUgeneric */
    TSL_LOTL,     /* EUlistofthelists */
};

struct tsl_policy {
    enum tsl_kind kind;
    const char *territory;       /* NULL: any */
    const struct nw_slice *pins; /* DER of the certificates that may sign */
    size_t pin_n;
    bool historic;
    bool pivot;    /* a list of lists that was current once: its end does not matter */
    int64_t grace; /* seconds that a national list of version 6 may have lapsed */
    int64_t now;
    const struct lote_seen *seen; /* NULL: no memory */
};

/* A pointer of a list of lists to an XML list: where it is and who may sign it. */
struct tsl_pointer {
    struct nw_slice location;
    char territory[3];
    enum tsl_kind kind;
    size_t cert_first, cert_n; /* of tsl.certs */
};

/* The scheme services that matter here (TS 119 612 5.5.1). */
enum tsl_service_type {
    TSL_SERVICE_OTHER = 0,
    TSL_SERVICE_CA_QC,
    TSL_SERVICE_EAA_Q,
    TSL_SERVICE_EAA_PUB,
};

enum tsl_status {
    TSL_GRANTED = 1,
    TSL_WITHDRAWN,
    TSL_RECOGNISED, /* at national level: says nothing about qualified services */
    TSL_DEPRECATED,
    TSL_BEFORE_EIDAS_GOOD, /* undersupervision, supervisionincessation, accredited */
    TSL_BEFORE_EIDAS_BAD,  /* the ceased and revoked ones */
    TSL_UNKNOWN_STATUS,
};

#define TSL_FOR_SIGNATURES 1u
#define TSL_FOR_SEALS 2u
#define TSL_FOR_WEB 4u

/* One entry of a service, current or past: the whole set that applied then. */
struct tsl_period {
    int64_t from, until; /* [from, until); until 0: open */
    enum tsl_service_type type;
    enum tsl_status status;
    unsigned uses;       /* TSL_FOR_*: AdditionalServiceInformation */
    struct nw_slice set; /* its qualifications (trust/qualification.h), empty: none */
    bool not_evaluable;  /* a critical extension is unknown, or two entries contradict */
};

struct tsl_service {
    size_t tsp;
    enum tsl_service_type type;
    size_t cert_first, cert_n;     /* of tsl.certs */
    size_t period_first, period_n; /* of tsl.periods, newest first */
};

struct tsl_tsp {
    struct nw_slice name, trade_name; /* in English, or the first */
    struct nw_slice names;            /* the other names and trade names: CBOR array, or empty */
};

struct tsl_sig; /* tsl_gate.h */

struct tsl {
    enum tsl_kind kind;
    char territory[3];
    const char *type;
    struct nw_slice operator_name;
    int version;
    uint64_t sequence;
    int64_t issued, next_update, signed_at; /* next_update 0: closed */
    bool stale;                             /* next_update has passed */
    uint8_t sha256[NW_SHA256_BYTES], signer[NW_SHA256_BYTES];
    struct nw_slice signer_der; /* the pin that signed, borrowed from the policy */
    struct lote_note notes[LOTE_MAX_NOTES];
    size_t note_n;

    struct nw_slice *uris; /* SchemeInformationURI, in order */
    size_t uri_n;
    struct tsl_pointer *pointers; /* to XML lists */
    size_t pointer_n;
    size_t pointer_other; /* to other forms (PDF) */
    struct tsl_tsp *tsps;
    size_t tsp_n;
    struct tsl_service *services; /* all of them */
    size_t service_n;
    struct tsl_period *periods;
    size_t period_n;
    struct nw_slice *certs; /* DER */
    size_t cert_n;
    size_t cert_bad; /* identities that are no certificate: dropped */
    size_t dropped;  /* services that could not be read */
    size_t spoiled;  /* periods that are not evaluable */

    struct _xmlDoc *doc;
    struct tsl_sig *sig;
    struct nw_buf store; /* texts and DER that the slices above point to */
};

/* NW_OK: accepted (look at note_n). *out is to be freed then. checks gets TL-01 to TL-11 and must
 * be there; d may be NULL, and what it says already is kept. */
NW_MUST_USE enum nw_err tsl_open(struct nw_crypto *c, struct nw_slice file,
                                 const struct tsl_policy *policy, struct tsl **out,
                                 struct nw_checks *checks, struct nw_diag *d);
void tsl_free(struct tsl **l);
/* Frees what only reading needs; everything above doc stays. */
void tsl_drop_tree(struct tsl *l);
void tsl_note(struct tsl *l, const char *path, const char *fmt, ...) NW_PRINTF(3, 4);

/* The steps, in their order: TL-01 and TL-02 · TL-03 and TL-04 · TL-05 to TL-07 · TL-08 · TL-09 ·
 * TL-10 · TL-11. Each takes what the one before left in l. */
NW_MUST_USE enum nw_err tsl_read(struct nw_slice file, const struct tsl_policy *policy,
                                 struct tsl *l, struct nw_diag *d);
NW_MUST_USE enum nw_err tsl_scheme(struct tsl *l, const struct tsl_policy *policy,
                                   struct nw_diag *d);
NW_MUST_USE enum nw_err tsl_times(struct tsl *l, const struct tsl_policy *policy,
                                  struct nw_diag *d);
NW_MUST_USE enum nw_err tsl_sequence(struct tsl *l, const struct tsl_policy *policy,
                                     struct nw_diag *d);
NW_MUST_USE enum nw_err tsl_pointers(struct tsl *l, struct nw_diag *d);
NW_MUST_USE enum nw_err tsl_services(struct tsl *l, struct nw_diag *d);

/* What a list says that nobody has verified yet: to find out which file to look at next, and for
 * nothing else. */
uint64_t tsl_claimed_number(const struct tsl *l);
NW_MUST_USE enum nw_err tsl_claimed_uris(struct tsl *l, struct nw_diag *d);
/* SchemeTerritory as it stands there; "" if it is none. */
void tsl_claimed_territory(const struct tsl *l, char out[3]);

/* The entry of a service that applies at t (TS 119 615 PRO-4.3.4-03), NULL if none does. What the
 * last edition of a closed list granted has ended with it. */
const struct tsl_period *tsl_period_at(const struct tsl *l, const struct tsl_service *s, int64_t t);

/* Appends the text of an element to the store: the slice lives as long as l. */
NW_MUST_USE enum nw_err tsl_keep_text(struct tsl *l, const struct _xmlNode *n,
                                      struct nw_slice *out);
/* The qualifications among the extensions of an entry, in the form of trust/qualification.h; empty
 * when there are none, or none that say what a certificate is for. */
NW_MUST_USE enum nw_err tsl_qualifications(struct tsl *l, const struct _xmlNode *extensions,
                                           struct nw_slice *out);
/* The certificates of a ServiceDigitalIdentity, added to l->certs; what is none is counted in
 * cert_bad. */
NW_MUST_USE enum nw_err tsl_keep_certs(struct tsl *l, const struct _xmlNode *identity);
/* The child of this name that is in English, else the first; NULL if there is none. */
const struct _xmlNode *tsl_english(const struct _xmlNode *parent, const char *name);

#endif
