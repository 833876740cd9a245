/*
 * DeviceRequest (ISO/IEC 18013-5 8.3.2.1.2.1; second edition 10.2): what a
 * reader asks for, and who asks.
 *
 *     DeviceRequest = {"version": "1.0", "docRequests": [DocRequest ...]}
 *     DocRequest    = {"itemsRequest": 24(<< ItemsRequest >>), ? "readerAuth": COSE_Sign1}
 *     ItemsRequest  = {"docType": text, "nameSpaces": {ns: {element: intentToRetain}},
 *                      ? "requestInfo": any}
 *     readerAuth    = untagged, nil payload, x5chain unprotected, over
 *                     24(<< ["ReaderAuthentication", SessionTranscript, ItemsRequestBytes] >>)
 *
 * Unknown text keys and minor versions are passed over. Signatures are checked
 * over the ItemsRequestBytes as received.
 *
 * A request tells whom it comes from by readerAuth of each document, which both
 * editions know. deviceRequestInfo and readerAuthAll of the second edition are kept raw
 * and not looked into: a request with readerAuthAll alone counts as one
 * without reader authentication.
 *
 * What this does not check: whether the reader may ask for these elements
 * (registration certificates, TS 119 472-2), and whether the person agrees.
 */
#ifndef NW_MDOC_REQUEST_H
#define NW_MDOC_REQUEST_H

#include "cbor/cbor.h"
#include "crypto/cert.h"

/* Slices point into the input. */
struct nw_doc_request {
    struct nw_slice items_request_bytes; /* as received, tag 24 and all */
    struct nw_slice doc_type;
    struct nw_slice name_spaces;  /* raw map */
    struct nw_slice request_info; /* raw, or empty */
    struct nw_slice reader_auth;  /* raw, or empty */
    size_t item_n;                /* elements, over all name spaces */
};
struct nw_device_request {
    unsigned minor; /* of version 1.minor */
    size_t doc_n;
    struct nw_doc_request doc[NW_MAX_DOC_REQUESTS];
    struct nw_slice device_request_info, reader_auth_all; /* raw, or empty */
};

/* Form. REQUEST_FORM, CBOR_*, LIMIT. On failure *out is untouched. */
NW_MUST_USE enum nw_err nw_device_request_parse(struct nw_slice in, struct nw_device_request *out,
                                                struct nw_diag *d);

/* The elements in order:
 *     struct nw_request_cursor at = nw_doc_request_items(doc);
 *     while (nw_request_next(&at, &item)) { ... } */
struct nw_request_item {
    struct nw_slice name_space, id;
    bool retain; /* the reader means to keep it */
};
struct nw_request_cursor {
    struct nw_cbor in;
    size_t spaces, items;
    struct nw_slice name_space;
};
struct nw_request_cursor nw_doc_request_items(const struct nw_doc_request *doc);
bool nw_request_next(struct nw_request_cursor *at, struct nw_request_item *out);
/* Whether the element is asked for; retain may be NULL. */
bool nw_doc_request_asks(const struct nw_doc_request *doc, struct nw_slice name_space,
                         struct nw_slice id, bool *retain);

struct nw_reader_policy {
    struct nw_slice transcript;     /* SessionTranscript, CBOR, without tag 24 */
    const struct nw_slice *anchors; /* certificates of those who certify readers */
    size_t anchor_n;
    int64_t at;
    bool leaf_may_be_anchor; /* a reader known by its own certificate */
};
struct nw_reader_identity {
    struct nw_cert cert; /* of the reader, over the request */
    size_t anchor;       /* index of the anchor that the chain ends at */
};
/* Who asks for this document: signature and path. READER_AUTH (none, or without certificate),
 * COSE_*, ALG_NOT_ALLOWED, SIGNATURE (also: another session), CERT_*. checks (may be NULL) get
 * X5-01..04 of the reader's path. */
NW_MUST_USE enum nw_err nw_reader_auth_verify(struct nw_crypto *c, const struct nw_doc_request *doc,
                                              const struct nw_reader_policy *policy,
                                              struct nw_reader_identity *out,
                                              struct nw_checks *checks, struct nw_diag *d);

/* ---- the reader's side ---- */

struct nw_request_element {
    const char *name_space, *id;
    bool retain;
};
struct nw_request_document {
    const char *doc_type;
    const struct nw_request_element *elements; /* one name space after the other */
    size_t n;
    struct nw_slice request_info; /* one CBOR map, or empty */
};
/* Appends a DeviceRequest, version 1.0. reader: signs readerAuth of each document with its chain;
 * NULL: nobody does (transcript is not needed then). Elements stand in the order given.
 * REQUEST_FORM or CBOR_DUPLICATE when it would be no request. */
NW_MUST_USE enum nw_err nw_device_request_write(struct nw_signer *reader,
                                                struct nw_slice transcript,
                                                const struct nw_request_document *docs, size_t n,
                                                struct nw_buf *out, struct nw_diag *d);

#endif
