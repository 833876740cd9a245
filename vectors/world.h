/*
 * The fictional world of the vectors: bodies, lists, keys, one bundle, and how
 * to make variations of it. Everything is derived from public strings.
 *
 *   PL:ZUSTEST02   notified since 2026-01-01; its CA and its status signer are listed. Issues the
 * A1 "Marek Zieliński, posted to DE" (issuer/examples/a1-pl-to-de.json). DE:DRVTEST01   notified
 * since 2026-01-01; listed by its very signer certificate. SI:ZZZSTEST3   notified since 2026-01-01
 * (its CA). FR:OLDTEST07   notified 2024-01-01, withdrawn since 2026-03-01 (its CA). AT:NEWTEST05
 * notified only since 2026-06-10 (its CA). a PID provider of PL, on the PID list.
 */
#ifndef NW_VECTORS_WORLD_H
#define NW_VECTORS_WORLD_H

#include "attestation/type.h"
#include "crypto/cert.h"
#include "gen.h"
#include "status/status.h"
#include "trust/bundle_items.h"

enum world_party {
    PARTY_PL,
    PARTY_DE,
    PARTY_SI,
    PARTY_FR_WITHDRAWN,
    PARTY_AT_LATE,
    PARTY_STRANGER, /* on no list; its CA bears PL's name */
    PARTY_PID,
    PARTY_N,
};

struct world_body {
    const char *id, *name, *country;
    struct nw_signer *ca;     /* chain: its own certificate, the anchor */
    struct nw_signer *issuer; /* attestation signer, chain: leaf */
    struct nw_signer *status; /* status list signer, chain: leaf */
};

struct world {
    struct world_body body[PARTY_N];
    struct nw_signer *holder, *other_holder;
    struct nw_signer *operator_key; /* bundle operator, chain: its certificate */
    struct nw_signer *list_key;     /* list operator */
    struct nw_types *types;
    struct nw_json *record_pl, *record_de, *record_si; /* sample records */
};

void world_make(struct gen *g, struct world *w, const char *records_dir);
void world_free(struct world *w);

/* A certificate from a template with what the vectors need; returns a signer for `label`'s key. */
struct world_cert {
    const char *label; /* key is derived from it */
    const char *common_name, *organisation, *country, *organisation_id;
    struct nw_signer *issuer;      /* NULL: self-signed */
    int64_t not_before, not_after; /* 0: 2026-01-01 .. 2028-01-01 */
    bool ca;
    int path_len;
    const char *eku;
    struct nw_slice qc_statements;
    bool commitment; /* keyUsage contentCommitment alone */
};
struct nw_signer *world_signer(struct gen *g, const struct world_cert *cert);
/* A certificate of vectors/fixed, which the core could not make. */
void world_fixed(struct gen *g, const char *name, struct nw_buf *der);
struct nw_slice world_leaf(const struct nw_signer *s); /* DER */
struct nw_signer *world_key(struct gen *g, const char *label);
/* On a curve of 256 bits; gen_ok() ends the run where the label gives a number out of its range. */
struct nw_signer *world_key_on(struct gen *g, enum nw_key_type curve, const char *label);

/* A status list token of 2^16 entries in which `invalid` (0-terminated list of idx) are set. */
#define WORLD_STATUS_URI "https://status.zus.example/a1/1"
#define WORLD_STATUS_ENTRIES 65536
void world_status(struct gen *g, struct nw_signer *s, enum nw_token_form form, const char *uri,
                  int64_t iat, int64_t exp, const uint64_t *invalid, struct nw_buf *out);

/* A national list with one CA for qualified certificates. */
struct world_national {
    const char *provider, *territory;
    struct nw_slice names; /* CBOR array of other names, or empty */
    struct nw_slice ca;    /* DER */
    bool other;            /* it was never granted for seals: only its name is carried */
    struct nw_bundle_period periods[2];
    size_t period_n;
    struct nw_slice set; /* of qualifications, or empty */
    int64_t next_update;
    const struct nw_bundle_note *note; /* of a list that was refused, or NULL */
};
/* The bundle, with the status tokens given; what is NULL or 0 is the usual. */
struct world_bundle {
    struct nw_slice status_jwt, status_cwt; /* for WORLD_STATUS_URI; empty: the usual good ones */
    bool no_status;
    int64_t created; /* GEN_NOW - 1 h */
    int64_t max_age; /* 7 days */
    uint64_t sequence;
    bool official; /* not marked as test */
    struct nw_signer *signer;
    struct nw_slice pl_anchor;             /* DER, listed for PL's issuance instead of its CA */
    const char *pl_root;                   /* PL's CA is an IACA root for this docType, no issuer */
    bool lean;                             /* PL alone, to keep the set small */
    const struct world_national *national; /* in a lean bundle */
    int64_t pl_until;                      /* PL's issuance was withdrawn then; 0: it is granted */
    struct nw_bundle_vctm_item vctm[2];    /* type metadata; those with content count */
};
void world_bundle(struct gen *g, const struct world *w, const struct world_bundle *how,
                  struct nw_buf *out);
/* The list token that world_bundle() takes when none is given. */
void world_usual_status(struct gen *g, const struct world *w, enum nw_token_form form,
                        struct nw_buf *out);
/* What the lists say, for those who read plain files: the services in the order of the bundle. */
struct world_listed {
    enum world_party party;
    enum nw_role role;
    struct nw_slice der;
    int64_t from, until; /* until 0: open */
};
/* False past the last. */
bool world_listed(const struct world *w, const struct world_bundle *how, size_t i,
                  struct world_listed *out);
/* Usual idx of the vectors' credentials: good ones 1000.., withdrawn 1001. */
#define WORLD_IDX_GOOD 1000
#define WORLD_IDX_WITHDRAWN 1001

/* Envelope of a good SD-JWT VC of a record (webuild): iss, iat, exp, vct, cnf of the holder,
 * status, attestation_legal_category, binding. Owned by the caller. */
struct nw_json *world_envelope(struct gen *g, const struct world *w, enum world_party issuer,
                               const struct nw_json *record, bool bound);

#endif
