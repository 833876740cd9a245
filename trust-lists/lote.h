/*
 * Lists of trusted entities (ETSI TS 119 602 V1.1.1), JSON or XML: from bytes to
 * services with periods, or to a reason why not.
 *
 * The order is fixed, and each step only sees what the one before has passed:
 * the form, the pinned signer, the signature (LOTE-01) · the published schema,
 * type and profile of annexes D to I (LOTE-03) · times and number (LOTE-02) ·
 * entities and services (LOTE-04).
 *
 * JSON is a compact JAdES, verified over the received bytes. XML is enveloped
 * XAdES, in the elements of annex A.2.1 or in those of TS 119 612 (A.2.2): it
 * passes the gate of tsl_gate.h first, whose steps TL-01 to TL-07 stand beside
 * LOTE-01, and is read from the signed tree. Both are read into one model
 * (lote_model.h), and from there on nothing knows which of them it was.
 *
 * What is wrong with the list refuses the list. What is wrong with one service
 * drops that service, is noted, and makes LOTE-04 fail: the rest of the list
 * still counts.
 *
 * Signers are pinned from outside by their certificate. Their name and key
 * usage are looked at, but give warnings only: the lists of the Commission are
 * signed under a name that is not the operator's.
 *
 * What this does not check: the revocation of listed certificates, and that
 * they are valid now. That is asked when they are used (nw_trust_chain).
 */
#ifndef NW_TRUST_LISTS_LOTE_H
#define NW_TRUST_LISTS_LOTE_H

#include "base/check.h"
#include "jose/jws.h"
#include "crypto/cert.h"
#include "lote_model.h"
#include "trust/bundle_items.h"

enum lote_kind {
    LOTE_ANY = 0, /* no list: "whatever it is" in a policy */
    LOTE_PID,
    LOTE_WALLET,
    LOTE_WRPAC,
    LOTE_WRPRC,
    LOTE_PUBEAA,
    LOTE_REGISTRARS,
    LOTE_MDL, /* of the Commission, not of an annex: roots for driving licences (ISO mdoc) */
    LOTE_KINDS,
};
/* "pub-eaa"; NULL for LOTE_ANY. */
const char *lote_kind_name(enum lote_kind kind);
/* LOTE_ANY for an unknown name. */
enum lote_kind lote_kind_from_name(const char *name);

/* The last edition that was accepted from a source. */
struct lote_seen {
    uint64_t sequence; /* 0: none yet */
    int64_t signed_at;
    uint8_t sha256[NW_SHA256_BYTES];
};

struct lote_policy {
    enum lote_kind kind;
    const struct nw_slice *pins; /* DER of the certificates that may sign */
    size_t pin_n;
    bool allow_rs; /* RS256, RS384, RS512 too */
    int64_t now;
    bool at_signing; /* an edition that was accepted once: it is judged at the time it was signed */
    const struct lote_seen *seen; /* NULL: no memory */
};

#define LOTE_MAX_NOTES 32
struct lote_note {
    char path[NW_DIAG_PATH];
    char text[NW_DIAG_DETAIL];
};

struct lote {
    enum lote_kind kind;
    const char *type, *territory;
    struct nw_slice operator_name;
    uint64_t sequence;
    int64_t issued, next_update, signed_at; /* next_update 0: closed */
    uint8_t sha256[NW_SHA256_BYTES];        /* of the list as received */
    uint8_t signer[NW_SHA256_BYTES];        /* of the signer's certificate */
    char signer_country[3], signer_organisation[NW_CERT_NAME];
    bool signer_is_operator;           /* names as 6.8.0 wants them; the Commission's are not */
    struct nw_bundle_entity *entities; /* source is 0; the writer of a bundle sets it */
    size_t entity_n;
    struct nw_bundle_service *services; /* of use here: role not NW_ROLE_NONE */
    size_t service_n;
    size_t dropped, ignored; /* services that could not be relied on; of no use here */
    struct lote_note notes[LOTE_MAX_NOTES];
    size_t note_n; /* may exceed LOTE_MAX_NOTES: the rest is only counted */

    struct lote_model model; /* what the slices above point to */
    struct nw_jws jws;
    struct nw_json *json;
};

/* NW_OK: accepted (look at note_n and dropped). *out is to be freed then. checks gets
 * LOTE-01 to LOTE-04 and must be there; d may be NULL, and what it says already is kept. */
NW_MUST_USE enum nw_err lote_open(struct nw_crypto *c, struct nw_slice file,
                                  const struct lote_policy *policy, struct lote **out,
                                  struct nw_checks *checks, struct nw_diag *d);
void lote_free(struct lote **l);
void lote_note(struct lote *l, const char *path, const char *fmt, ...) NW_PRINTF(3, 4);

/* The steps, in their order. The first is one of two: lote_open_xml() records what it finds, and
 * needs checks and an empty d. */
NW_MUST_USE enum nw_err lote_gate(struct nw_crypto *c, struct nw_slice file,
                                  const struct lote_policy *policy, struct lote *l,
                                  struct nw_diag *d);
NW_MUST_USE enum nw_err lote_open_xml(struct nw_crypto *c, struct nw_slice file,
                                      const struct lote_policy *policy, struct lote *l,
                                      struct nw_checks *checks, struct nw_diag *d);
/* The signer's own facts are warnings, but for one: a certificate that had ended, or not begun,
 * when it signed. */
NW_MUST_USE enum nw_err lote_signer(struct lote *l, const struct nw_cert *cert, int64_t now,
                                    struct nw_diag *d);
NW_MUST_USE enum nw_err lote_schema_check(const struct nw_json *root, struct nw_diag *d);
/* The value of an extension that is known here, alone. */
NW_MUST_USE enum nw_err lote_schema_check_extension(const char *name, const struct nw_json *value,
                                                    struct nw_diag *d);
NW_MUST_USE enum nw_err lote_profile_check(struct lote *l, const struct lote_policy *policy,
                                           struct nw_diag *d);
NW_MUST_USE enum nw_err lote_times_check(struct lote *l, const struct lote_policy *policy,
                                         struct nw_diag *d);
NW_MUST_USE enum nw_err lote_services(struct nw_crypto *c, struct lote *l, struct nw_diag *d);

/* What annexes D to I demand, one row each. */
struct lote_profile {
    const char *name, *type, *approach, *approach_too, *rules;
    const char *issuance, *revocation; /* service types; revocation may be NULL */
    enum nw_role issuance_role, revocation_role;
    const char *country_uri;   /* followed by the country code; NULL: that of the address */
    struct nw_slice doc_types; /* of NW_ROLE_IACA */
    bool status;               /* annex H: status, history period, no pointers */
    bool own_pointer;          /* annexes D to G and I: it points to itself and to its archive */
    bool unique_id;            /* annex E */
    bool supply_point;         /* annex I */
};
const struct lote_profile *lote_profile(enum lote_kind kind);
/* LOTE_ANY if it is none of theirs. */
enum lote_kind lote_kind_of_type(struct nw_slice type);
/* What an XML file claims to be, before anything of it is verified: a list of this standard? Only
 * its beginning is looked at; an error if that cannot be read as XML, or has a DOCTYPE. */
NW_MUST_USE enum nw_err lote_claimed_xml(struct nw_slice file, bool *yes);

/* The tag of 6.2, in XML. The standard gives no value; another one is only said. */
#define LOTE_TAG "http://uri.etsi.org/19602/LoTETag"

/* Times of a list: what is allowed for clocks that differ, and how far beyond six months a next
 * update may lie (real lists count local time, or a day more). */
#define LOTE_CLOCK_SKEW 300
#define LOTE_SIX_MONTHS_TOLERANCE (72 * 3600)
int64_t lote_six_months_after(int64_t issued);

/* Do the 20 bytes identify this key (DER SPKI), by RFC 5280 4.2.1.2 (1) or RFC 7093 2 (1)? */
NW_MUST_USE enum nw_err lote_key_id_matches(struct nw_crypto *c, struct nw_slice spki,
                                            struct nw_slice id, bool *yes);

#endif
