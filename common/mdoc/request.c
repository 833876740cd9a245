#include "mdoc/request.h"

#include "mdoc/session_internal.h"

#define REQUEST_DEPTH 12u
#define ITEMS_DEPTH 10u

static enum nw_err refuse(struct nw_diag *d, const char *what)
{
    return nw_fail(d, NW_ERR_REQUEST_FORM, NW_NO_OFFSET, "%s", what);
}

/* One name space: {element: bool, ...}, not empty. */
static bool read_elements(struct nw_cbor *r, size_t *items)
{
    if (nw_cbor_peek(r) != NW_CBOR_MAP) {
        return false;
    }
    size_t n = nw_cbor_map(r);
    for (size_t i = 0; i < n; i++) {
        (void)nw_cbor_text(r);
        (void)nw_cbor_bool(r);
    }
    *items += n;
    return nw_cbor_err(r) == NW_OK && n > 0;
}

static enum nw_err read_name_spaces(struct nw_doc_request *doc, struct nw_diag *d)
{
    struct nw_cbor r = nw_cbor_open(doc->name_spaces);
    if (nw_cbor_peek(&r) != NW_CBOR_MAP) {
        return refuse(d, "nameSpaces is no map");
    }
    size_t n = nw_cbor_map(&r);
    for (size_t i = 0; i < n; i++) {
        (void)nw_cbor_text(&r);
        if (!read_elements(&r, &doc->item_n)) {
            return refuse(d, "a name space is not {element: true or false}");
        }
    }
    if (n == 0) {
        return refuse(d, "nothing is asked for");
    }
    return doc->item_n <= NW_MAX_REQUEST_ITEMS
               ? NW_OK
               : nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "%zu elements", doc->item_n);
}

static enum nw_err read_items_request(struct nw_doc_request *doc, struct nw_diag *d)
{
    struct nw_slice items;
    enum nw_err e = nw_mdoc_embedded(doc->items_request_bytes, ITEMS_DEPTH, &items, d);
    if (e != NW_OK) {
        return e;
    }
    if (!nw_mdoc_text(items, "docType", &doc->doc_type) || doc->doc_type.n == 0) {
        return refuse(d, "docType is missing");
    }
    if (!nw_cbor_find_text(items, "nameSpaces", &doc->name_spaces)) {
        return refuse(d, "nameSpaces is missing");
    }
    (void)nw_cbor_find_text(items, "requestInfo", &doc->request_info);
    return read_name_spaces(doc, d);
}

static enum nw_err read_doc(struct nw_slice raw, struct nw_doc_request *doc, struct nw_diag *d)
{
    if (!nw_cbor_find_text(raw, "itemsRequest", &doc->items_request_bytes)) {
        return refuse(d, "itemsRequest is missing");
    }
    (void)nw_cbor_find_text(raw, "readerAuth", &doc->reader_auth);
    return read_items_request(doc, d);
}

static enum nw_err read_docs(struct nw_slice raw, struct nw_device_request *q, struct nw_diag *d)
{
    struct nw_cbor r = nw_cbor_open(raw);
    size_t n = nw_cbor_array(&r);
    if (nw_cbor_err(&r) != NW_OK || n == 0) {
        return refuse(d, "docRequests is no array, or empty");
    }
    if (n > NW_MAX_DOC_REQUESTS) {
        return nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "%zu documents", n);
    }
    for (; q->doc_n < n; q->doc_n++) {
        enum nw_err e = read_doc(nw_cbor_raw(&r), &q->doc[q->doc_n], d);
        if (e != NW_OK) {
            return e;
        }
    }
    return NW_OK;
}

enum nw_err nw_device_request_parse(struct nw_slice in, struct nw_device_request *out,
                                    struct nw_diag *d)
{
    struct nw_device_request q = {0};
    struct nw_slice version;
    struct nw_slice docs;
    if (in.n > NW_MAX_DEVICE_REQUEST) {
        return nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "%zu bytes", in.n);
    }
    enum nw_err e = nw_cbor_check(in, NW_CBOR_STRICT, REQUEST_DEPTH, d);
    if (e != NW_OK) {
        return e;
    }
    if (!nw_mdoc_text(in, "version", &version) || !nw_mdoc_version(version, &q.minor)) {
        return refuse(d, "the version is not 1.x");
    }
    if (!nw_cbor_find_text(in, "docRequests", &docs)) {
        return refuse(d, "docRequests is missing");
    }
    (void)nw_cbor_find_text(in, "deviceRequestInfo", &q.device_request_info);
    (void)nw_cbor_find_text(in, "readerAuthAll", &q.reader_auth_all);
    e = read_docs(docs, &q, d);
    if (e == NW_OK) {
        *out = q;
    }
    return e;
}

struct nw_request_cursor nw_doc_request_items(const struct nw_doc_request *doc)
{
    struct nw_request_cursor at = {.in = nw_cbor_open(doc->name_spaces)};
    at.spaces = nw_cbor_map(&at.in);
    return at;
}

bool nw_request_next(struct nw_request_cursor *at, struct nw_request_item *out)
{
    if (at->items == 0) {
        if (at->spaces == 0) {
            return false;
        }
        at->spaces--;
        at->name_space = nw_cbor_text(&at->in);
        at->items = nw_cbor_map(&at->in);
    }
    struct nw_request_item item = {.name_space = at->name_space};
    item.id = nw_cbor_text(&at->in);
    item.retain = nw_cbor_bool(&at->in);
    if (nw_cbor_err(&at->in) != NW_OK) {
        return false;
    }
    at->items--;
    *out = item;
    return true;
}

bool nw_doc_request_asks(const struct nw_doc_request *doc, struct nw_slice name_space,
                         struct nw_slice id, bool *retain)
{
    struct nw_request_cursor at = nw_doc_request_items(doc);
    struct nw_request_item item;
    while (nw_request_next(&at, &item)) {
        if (nw_slice_eq(item.name_space, name_space) && nw_slice_eq(item.id, id)) {
            if (retain != NULL) {
                *retain = item.retain;
            }
            return true;
        }
    }
    return false;
}
