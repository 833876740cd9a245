/*
 * What a list of trusted entities says (TS 119 602 clause 6), whatever it is
 * written in. Each binding has a reader of its own, which checks the published
 * schema and fills this; each rule is written once, over this.
 *
 * Everything of one sort stands in one array of the model, and whoever has some
 * of it names a range there: nothing nests, nothing is allocated one by one.
 * Texts and bytes live as long as the model and what it was read from.
 */
#ifndef NW_TRUST_LISTS_LOTE_MODEL_H
#define NW_TRUST_LISTS_LOTE_MODEL_H

#include "base/buf.h"

struct nw_json;
struct _xmlNode;

enum lote_binding {
    LOTE_JSON = 0, /* annex A.1 */
    LOTE_XML,      /* annex A.2.1 */
    LOTE_TSL,      /* annex A.2.2: the XML of TS 119 612 */
};

struct lote_range {
    size_t first, n;
};

/* A multilingual string or pointer (6.1.4). */
struct lote_text {
    struct nw_slice lang, value;
};

/* Certificates are DER, key identifiers bytes: what was not base64 is an empty slice. */
struct lote_identity {
    struct lote_range certs, key_ids; /* of blobs */
};

/* A service as it is (ServiceInformation), or as it was (ServiceHistoryInstance). */
struct lote_entry {
    struct nw_slice type, status; /* empty: not there */
    bool has_start;
    int64_t start; /* StatusStartingTime */
    struct lote_identity identity;
    bool critical_unknown; /* it holds a critical extension that is not known here */
    bool unique_id;        /* it has a ServiceUniqueIdentifier (6.6.9.1) */
    bool supply_point;
};

struct lote_offer { /* TrustedEntityService */
    struct lote_entry now;
    struct lote_range past; /* in the order of the list */
};

struct lote_body {                            /* TrustedEntity */
    struct lote_range names, trade_names;     /* of texts */
    struct lote_range addresses, information; /* of texts: URIs */
    struct nw_slice country;                  /* of its postal address */
    bool critical_unknown;
    struct lote_range offers;
};

/* Pointer to a list, one for each of its qualifiers. mime is empty where the binding has none. */
struct lote_pointer {
    struct nw_slice type, mime;
};

struct lote_model {
    enum lote_binding binding;
    bool other_tag; /* the list is not tagged as one (6.2) */
    int64_t version, sequence, history;
    struct nw_slice type, approach, territory;                /* empty: not there */
    struct lote_range operators, schemes, information, rules; /* of texts */
    bool has_address, has_policy, has_history, has_pointers;
    int64_t issued, next_update;
    bool closed; /* NextUpdate is empty */
    bool critical_unknown;

    struct lote_text *texts;
    size_t text_n;
    struct nw_slice *blobs;
    size_t blob_n;
    struct lote_entry *past;
    size_t past_n;
    struct lote_pointer *pointers;
    size_t pointer_n;
    struct lote_offer *offers;
    size_t offer_n;
    struct lote_body *bodies;
    size_t body_n;
    struct nw_buf store; /* what had to be decoded or copied; it never moves */
};

/* The readers. The tree has passed the schema of its binding; size is that of its text. */
NW_MUST_USE enum nw_err lote_read_json(const struct nw_json *root, size_t size,
                                       struct lote_model *m);
NW_MUST_USE enum nw_err lote_read_xml(const struct _xmlNode *root, enum lote_binding binding,
                                      size_t size, struct lote_model *m);
void lote_model_free(struct lote_model *m);

/* For the readers: one more element. LIMIT past what a list may have. */
NW_MUST_USE enum nw_err lote_add_text(struct lote_model *m, struct lote_range *r,
                                      struct lote_text t);
NW_MUST_USE enum nw_err lote_add_blob(struct lote_model *m, struct lote_range *r,
                                      struct nw_slice b);
NW_MUST_USE enum nw_err lote_add_past(struct lote_model *m, struct lote_range *r,
                                      const struct lote_entry *past);
NW_MUST_USE enum nw_err lote_add_pointer(struct lote_model *m, struct lote_pointer p);
NW_MUST_USE enum nw_err lote_add_offer(struct lote_model *m, struct lote_range *r,
                                       const struct lote_offer *o);
NW_MUST_USE enum nw_err lote_add_body(struct lote_model *m, const struct lote_body *b);

/* The text in English, else the first one; empty if there is none. */
struct nw_slice lote_english(const struct lote_model *m, struct lote_range texts);
/* One of the texts is this. */
bool lote_has_text(const struct lote_model *m, struct lote_range texts, struct nw_slice value);
/* The first of the texts that starts with prefix; empty if none does. */
struct nw_slice lote_starting(const struct lote_model *m, struct lote_range texts,
                              const char *prefix);

/* No text holds control characters, private-use or tag characters (B.2). */
bool lote_is_plain(const struct lote_model *m, struct lote_range texts);
/* RFC 3986 3: a scheme, and no character that may not stand in a URI. */
bool lote_is_uri(struct nw_slice s);
/* The same without the scheme: not empty. */
bool lote_is_reference(struct nw_slice s);

#endif
