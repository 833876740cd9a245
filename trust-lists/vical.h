/*
 * VICAL: a provider's list of IACA roots (ISO/IEC 18013-5 annex C), from bytes
 * to services of the role IACA, or to a reason why not.
 *
 *   VIC-01  size, COSE_Sign1, deterministic enough to be read one way
 *   VIC-02  the signer is pinned, or leads to a pinned CA with the purpose that
 *           C.1.7.2 gives a VICAL signer; then the signature, over the bytes received
 *   VIC-03  the map and its version
 *   VIC-04  number and times, against now and the edition accepted before
 *   VIC-05  entries
 *
 * An entry counts for the document types that it names, and here only for
 * those that this program knows: others are ignored, and so are certificates
 * of another profile than IACA. What an entry says of its certificate must be
 * what the certificate says; one that contradicts, or is no CA certificate, is
 * dropped, noted, and makes VIC-05 fail, while the rest still counts.
 *
 * A list without nextUpdate is taken to be renewed within 90 days (C.1.2.2).
 *
 * What this does not check: the revocation of the signer and of the roots, and
 * that the roots are valid now. That is asked when they are used.
 */
#ifndef NW_TRUST_LISTS_VICAL_H
#define NW_TRUST_LISTS_VICAL_H

#include "attestation/type.h"
#include "lote.h"

struct vical_policy {
    const struct nw_slice *pins; /* DER: signers' certificates, or those of CAs over them */
    size_t pin_n;
    const struct nw_types *types;
    int64_t now;
    bool at_signing;              /* an edition that was accepted once: it is judged at its date */
    const struct lote_seen *seen; /* NULL: no memory */
};

struct vical {
    struct nw_slice provider;
    uint64_t number; /* 0: it has none */
    int64_t issued, next_update;
    uint8_t sha256[NW_SHA256_BYTES], signer[NW_SHA256_BYTES];
    char territory[3];                  /* the provider's, by the signer's certificate */
    struct nw_bundle_entity *entities;  /* one for each service, source 0 */
    struct nw_bundle_service *services; /* of role IACA */
    size_t service_n, entry_n;          /* entry_n: all that are listed */
    size_t ignored, dropped;
    struct lote_note notes[LOTE_MAX_NOTES];
    size_t note_n;       /* may exceed LOTE_MAX_NOTES: the rest is only counted */
    struct nw_buf store; /* texts made here; the rest points into the file */
};

/* How the list type reads in a bundle and in reports. */
#define VICAL_TYPE NW_LIST_VICAL

/* True if the file begins like a COSE_Sign1: a list is told apart by its content. */
bool vical_looks_like(struct nw_slice file);
/* NW_OK: accepted (look at note_n and dropped). *out is to be freed then; it points into file.
 * checks gets VIC-01 to VIC-05 and must be there; d may be NULL, and what it says is kept. */
NW_MUST_USE enum nw_err vical_open(struct nw_crypto *c, struct nw_slice file,
                                   const struct vical_policy *policy, struct vical **out,
                                   struct nw_checks *checks, struct nw_diag *d);
void vical_free(struct vical **v);
void vical_note(struct vical *v, const char *path, const char *fmt, ...) NW_PRINTF(3, 4);

/* The entries, certificateInfos as it stands there: VIC-05. */
NW_MUST_USE enum nw_err vical_entries(struct vical *v, struct nw_slice list,
                                      const struct nw_types *types, struct nw_diag *d);
/* tdate: tag 0 over a time in UTC. */
NW_MUST_USE enum nw_err vical_take_date(struct nw_cbor *r, int64_t *out);

/* A certificate as IACA root for these document types (a CBOR array of text, in v->store or
 * elsewhere), as a service and an entity of one certificate. Texts go to the store. */
struct iaca_root {
    struct nw_bundle_entity entity;
    struct nw_bundle_service service;
};
/* NULL: taken. Otherwise why it is no IACA root. */
const char *iaca_root_from(struct nw_slice der, struct nw_slice doc_types, struct nw_buf *store,
                           struct iaca_root *out);

#endif
