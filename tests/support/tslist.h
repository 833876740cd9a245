/*
 * Signed lists in XML: national trusted lists and lists of lists (ETSI TS 119
 * 612), and lists of trusted entities (ETSI TS 119 602 annex A.2), as an
 * enveloped XAdES baseline signature covers them. For the vectors and the
 * tests.
 *
 * No XML library takes part: everything is written in exclusive canonical form
 * (namespaces where they are used, attributes in order, no empty-element tags),
 * so the octets that are hashed are a piece of the file itself. What the
 * product and xmlsec1 say about such a file is therefore independent of each
 * other and of this. With a signer on PSA the same list gives the same bytes.
 *
 *     const struct tslist_service ca = {.cert = {der}, .period = {{.type = "CA/QC", .status = "granted",
 *         .from = "2026-01-01T00:00:00Z", .uses = {"ForeSeals"}}}};
 *     const struct tslist_entity qtsp = {.name = "Test QTSP", .services = &ca, .service_n = 1};
 *     const struct tslist list = {.territory = "PL", .entities = &qtsp, .entity_n = 1};
 *     struct tslist_job job = {.c = c, .list = &list, .signer = tslist_signer_of(key)};
 *     e = tslist_make(&job, &file);
 *
 * To break one thing, a job has changes of text (before or after signing) and a
 * hook that runs after a stage. The result validates against the schemas of
 * ETSI as long as nothing is broken.
 */
#ifndef NW_TESTS_TSLIST_H
#define NW_TESTS_TSLIST_H

#include "base/buf.h"
#include "crypto/signer.h"

/* Ids and texts that changes refer to. */
#define TSLIST_ID "list"
#define TSLIST_SIGNATURE_ID "signature"
#define TSLIST_PROPERTIES_ID "properties"
#define TSLIST_NS_DS "http://www.w3.org/2000/09/xmldsig#"
#define TSLIST_NS_XADES "http://uri.etsi.org/01903/v1.3.2#"
#define TSLIST_EXC_C14N "http://www.w3.org/2001/10/xml-exc-c14n#"
#define TSLIST_SHA256 "http://www.w3.org/2001/04/xmlenc#sha256"
#define TSLIST_ES256 "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
#define TSLIST_CLOSED "" /* as next_update */
#define TSLIST_ISSUED "2026-06-01T10:00:00Z"
#define TSLIST_NEXT "2026-12-01T10:00:00Z"

enum tslist_form {
    TSLIST_NATIONAL = 0, /* TS 119 612, EUgeneric */
    TSLIST_LOTL,         /* TS 119 612, EUlistofthelists */
    TSLIST_LOTE,         /* TS 119 602 */
};

/* An entry of a service, newest first. Names stand for the URIs of the list's form; a text with a
 * colon is taken as it is. */
struct tslist_period {
    const char *type;    /* "CA/QC", "EAA/Q"; LOTE: "PubEAA/Issuance" */
    const char *status;  /* "granted"; LOTE: "notified", NULL: no status */
    const char *from;    /* NULL: none */
    const char *uses[3]; /* "ForeSeals": AdditionalServiceInformation, critical */
    const char *more;    /* further Extension elements, in canonical form */
};
#define TSLIST_PERIODS 4
struct tslist_service {
    const char *name;                            /* "Service" when NULL */
    struct nw_slice cert[2];                     /* DER; history entries have their SKI */
    struct tslist_period period[TSLIST_PERIODS]; /* those with a type */
};
/* A provider, or (LOTE) an entity. */
struct tslist_entity {
    const char *name, *country; /* PL when NULL */
    const char *trade[2];       /* LOTE: registration number, legal basis */
    const char *role;           /* LOTE: role URI in the electronic address, without its base, such
                                   as "PubEAAProvider/PL"; in the information URIs for other types */
    const struct tslist_service *services;
    size_t service_n;
};
struct tslist_pointer {
    const char *territory, *location;
    const char *type; /* "EUgeneric", "EUlistofthelists"; LOTE: "EUPIDProvidersList" */
    const char *mime; /* the form's XML type when NULL */
    struct nw_slice cert[4];
};
/* Members that are NULL or 0 have a usual value, which makes a good list. */
struct tslist {
    enum tslist_form form;
    unsigned version; /* 6; LOTE: 1 */
    uint64_t number;  /* 7 */
    const char *type; /* by the form; LOTE: "EUPubEAAProvidersList" */
    const char
        *family; /* LOTE: what the URIs of status and rules begin with: "PubEAAProvidersList" */
    const char *territory, *operator_name; /* PL or EU, "Nachweis vectors" */
    const char *uris[8]; /* SchemeInformationURI, in order; one when there is none */
    const char *issued, *next_update, *signed_at;
    const char *extensions; /* Extension elements of the scheme */
    bool no_history_period; /* LOTE: those of annexes D to G and I have none */
    const struct tslist_entity *entities;
    size_t entity_n;
    const struct tslist_pointer *pointers;
    size_t pointer_n;
};

/* Who signs. cert stands in KeyInfo and is named by SigningCertificateV2. */
struct tslist_signer {
    struct nw_slice cert;
    const char *method; /* URI of the SignatureMethod */
    enum nw_err (*sign)(void *ctx, struct nw_slice octets, struct nw_buf *sig);
    void *ctx;
};
/* A P-256 signer with its chain: ecdsa-sha256. */
struct tslist_signer tslist_signer_of(struct nw_signer *s);

/* After these steps a job can be spoilt. */
enum tslist_stage {
    TSLIST_NEVER,
    TSLIST_TEXT,        /* the list without its signature is written in text */
    TSLIST_COVERED,     /* covered is a copy of it, and is what the first reference hashes */
    TSLIST_PROPERTIES,  /* SignedProperties are written */
    TSLIST_SIGNED_INFO, /* with both digests, not signed */
    TSLIST_VALUE,       /* signed */
    TSLIST_DOCUMENT,    /* put together */
};
struct tslist_change {
    enum tslist_stage stage;
    const char *from, *to; /* the first place; it must be there */
};
struct tslist_job {
    struct nw_crypto *c;
    const struct tslist *list;
    struct tslist_signer signer;
    const struct tslist_change *changes;
    size_t change_n;
    enum tslist_stage stage; /* of the hook */
    void (*spoil)(struct tslist_job *j);
    void *ctx; /* of the hook */
    /* Other digests than SHA-256: their URI and function. */
    const char *digest_method;
    enum nw_err (*digest)(void *ctx, struct nw_slice of, struct nw_buf *out);
    void *digest_ctx;
    /* What is there after each stage; freed at the end. */
    struct nw_buf text, covered, properties, signed_info, value, document;
};

/* Writes, signs and puts together. NOT_FOUND: the text of a change is not there. */
NW_MUST_USE enum nw_err tslist_make(struct tslist_job *j, struct nw_buf *out);
/* Replaces the first place. NOT_FOUND when there is none. */
NW_MUST_USE enum nw_err tslist_swap(struct nw_buf *b, const char *from, const char *to);
/* The list without signature, in canonical form. */
void tslist_write(const struct tslist *l, struct nw_buf *out);
/* <ds:DigestMethod> and <ds:DigestValue> of some octets, as the job makes them; ns: with the
 * namespace on each (where no ds element is around). */
NW_MUST_USE enum nw_err tslist_put_digest(struct tslist_job *j, struct nw_slice of, bool ns,
                                          struct nw_buf *out);

#endif
