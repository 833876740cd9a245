/*
 * Mdocs made step by step, so that one step can be spoilt. The good one is PL's
 * A1 in the eudi profile, signed by PL's A1 signer, presented by the world's
 * holder over TRANSCRIPT: a DeviceResponse with one document.
 *
 * What is broken inside is signed outside: only the check that the row names
 * can notice.
 */
#ifndef NW_VECTORS_DOC_H
#define NW_VECTORS_DOC_H

#include "groups.h"
#include "mdoc/mdoc.h"

#define TRANSCRIPT "set/mdoc/transcript.cbor"             /* OpenID4VP, redirect */
#define TRANSCRIPT_OTHER "set/mdoc/transcript-other.cbor" /* another nonce */
#define TRANSCRIPT_QR "set/mdoc/transcript-qr.cbor"       /* proximity, QR code */
#define READER_KEY "set/mdoc/reader-key.pem"              /* ephemeral key of the QR session */
#define NO_TRANSCRIPT "-"
#define DOC_SPACE "eu.europa.ec.eudi.pda1.1" /* docType and first name space */

#define DOC_ITEMS_MAX 96
#define DOC_MEMBERS 12
#define DOC_CHAIN 4

/* A map with text keys, in the order written. */
struct doc_map {
    const char *name[DOC_MEMBERS];
    struct nw_buf value[DOC_MEMBERS];
    size_t n;
};

struct doc_item {
    const char *space, *id;
    uint64_t digest_id;
    struct nw_buf random, value; /* value: CBOR */
    struct nw_buf content;       /* the map; made from the above unless it is filled */
    struct nw_buf digest;        /* of tag 24 around the content; made unless it is filled */
    bool withheld;               /* signed, not returned */
};

/* Of what type, about what, by whom; the rows of this file are all of the A1 of PL. */
struct doc_subject {
    const char *type;
    const struct nw_json *record;
    enum world_party issuer;
    uint64_t idx; /* in the status list of PL; 0: a life of 21 hours and no status */
    struct nw_signer *device, *device_key; /* who answers; whose key the issuer signed */
    const char *label;                     /* of its random values */
};

struct doc {
    struct gen *g;
    const struct world *w;
    const struct doc_subject *of;
    const char *doc_type;
    struct nw_signer *issuer, *device;
    struct nw_signer *own[3]; /* signers of this row, freed with it */
    struct nw_slice chain[DOC_CHAIN];
    size_t chain_n;
    struct nw_mdoc_claims claims;
    struct doc_item item[DOC_ITEMS_MAX];
    size_t item_n;
    enum nw_hash_alg hash;
    const char *signed_at, *valid_from, *valid_until; /* NULL: left out */
    const char *more_digests;                         /* a name space that has digests only */
    struct nw_buf device_key, authorizations, status; /* CBOR; empty: left out */
    struct doc_map mso, issued, device_auth, device_signed, document, response;
    struct nw_buf payload;    /* tag 24 around the MSO */
    struct nw_buf head, bare; /* protected and unprotected map of issuerAuth */
    uint8_t sig[NW_SIG_MAX];
    size_t sig_n;
    struct nw_buf device_spaces, device_head;
    struct nw_buf transcript; /* CBOR array the device answers for */
    bool mac;                 /* for the key of the QR session */
    const char *signed_doc_type;
    struct nw_buf out;
};

/* When the fault is put in: what is named is made, the steps after follow the rules. */
enum doc_stage {
    DOC_NEVER,
    DOC_START,    /* items without digest, times, keys, status, chain */
    DOC_DIGESTED, /* digests are made; items may still change */
    DOC_MSO,      /* members of the MSO */
    DOC_PAYLOAD,  /* the payload's bytes */
    DOC_HEAD,     /* header maps of issuerAuth */
    DOC_SIGNED,   /* the signature */
    DOC_ISSUED,   /* nameSpaces and issuerAuth */
    DOC_DEVICE,   /* what the device is going to sign */
    DOC_AUTH,     /* deviceSignature or deviceMac */
    DOC_DOCUMENT, /* members of the Document */
    DOC_RESPONSE, /* members of the DeviceResponse */
    DOC_BYTES,
};

struct doc_row {
    const char *id, *clause, *broken, *twin;
    enum doc_stage stage;
    void (*spoil)(struct doc *d);
    bool alone;             /* the IssuerSigned, without DeviceResponse */
    bool mac;               /* MAC in a QR session instead of a signature */
    const char *transcript; /* what the verifier holds; TRANSCRIPT when NULL */
    const char *at, *bundle, *policy;
    bool no_person;
    int exit;
    const char *failed[4];
    const char *decisive;
    const char *reasons[4]; /* none: the decisive one alone, or I01 alone */
};
/* A row that ends in red, for R01. */
#define DOC_RED(rule) .exit = 2, .failed = {rule}, .decisive = "R01"

void doc_rows(struct gen *g, const struct world *w, const struct doc_row *rows, size_t n);
/* A DeviceResponse for TRANSCRIPT with a document without fault. */
void doc_present(struct gen *g, const struct world *w, const struct doc_subject *of,
                 struct nw_buf *out);

/* Faults. */
struct nw_buf doc_buf(void);
void doc_hex(struct nw_buf *b, const char *hex); /* the content becomes this */
/* The member's value; dies when there is none. */
struct nw_buf *doc_member(struct doc_map *m, const char *name);
/* A member at the end, its value to be filled. */
struct nw_buf *doc_add(struct doc_map *m, const char *name);
void doc_drop(struct doc_map *m, const char *name);
void doc_put_map(const struct doc_map *m, struct nw_buf *out);
/* The content becomes one text or byte string item. */
void doc_text(struct nw_buf *b, const char *text);
/* The content becomes tag 24 around a byte string of this. */
void doc_embed(struct nw_slice content, struct nw_buf *b);
struct doc_item *doc_find(struct doc *d, const char *id);
/* The map of an item with these ends in place of its own. */
void doc_item_content(struct doc_item *x, struct nw_buf *out);
/* Bytes `from` (hex), wherever they first stand, become `to`; dies when they do not stand there. */
void doc_swap(struct nw_buf *b, const char *from, const char *to);
/* {1: alg}; 0: an empty map. */
void doc_put_alg(struct nw_buf *b, int64_t alg);
/* x5chain of the row as the header's value. */
void doc_put_chain(const struct doc *d, struct nw_buf *b);
void doc_chain_of(struct doc *d, struct nw_slice leaf, struct nw_slice second);
/* The transcript of one of the files above. */
void doc_transcript(struct gen *g, const char *path, struct nw_buf *out);

void mso_content_rows(struct gen *g, const struct world *w);
void mdoc_trust_rows(struct gen *g, const struct world *w);

#endif
