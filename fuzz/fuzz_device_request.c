/* A DeviceRequest. What parses lies inside the input; its elements are walked to the end and each
 * is found again; no reader is authenticated, since no signature fits by chance. */
#include <stdlib.h>
#include <string.h>

#include "mdoc/request.h"

static struct nw_crypto *crypto;
static const uint8_t transcript[] = {0x83, 0xf6, 0xf6, 0xf6};

static void demand(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void inside(struct nw_slice part, struct nw_slice whole)
{
    demand(part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
}

static void document(const struct nw_doc_request *doc, struct nw_slice in)
{
    struct nw_request_cursor at = nw_doc_request_items(doc);
    struct nw_request_item item;
    size_t n = 0;
    inside(doc->items_request_bytes, in);
    inside(doc->doc_type, in);
    inside(doc->name_spaces, in);
    inside(doc->request_info, in);
    inside(doc->reader_auth, in);
    for (; nw_request_next(&at, &item); n++) {
        bool retain = !item.retain;
        inside(item.name_space, in);
        inside(item.id, in);
        demand(nw_doc_request_asks(doc, item.name_space, item.id, &retain));
        demand(retain == item.retain);
    }
    demand(n == doc->item_n && n > 0 && n <= NW_MAX_REQUEST_ITEMS);
}

static void nobody_asks(const struct nw_doc_request *doc)
{
    const struct nw_reader_policy policy = {.transcript = nw_slice(transcript, sizeof transcript),
                                            .at = 1606780800,
                                            .leaf_may_be_anchor = true};
    struct nw_reader_identity who;
    struct nw_diag d = {0};
    enum nw_err e = nw_reader_auth_verify(crypto, doc, &policy, &who, NULL, &d);
    demand(e != NW_OK && d.code != NW_OK);
    demand(doc->reader_auth.n > 0 || e == NW_ERR_READER_AUTH);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nw_device_request q;
    struct nw_diag d = {0};
    const struct nw_slice in = nw_slice(data, size);
    if (crypto == NULL) {
        demand(nw_crypto_new(NW_PROVIDER_DEFAULT, &crypto) == NW_OK);
    }
    enum nw_err e = nw_device_request_parse(in, &q, &d);
    if (e != NW_OK) {
        demand(d.code == e);
        return 0;
    }
    demand(q.doc_n > 0 && q.doc_n <= NW_MAX_DOC_REQUESTS);
    for (size_t i = 0; i < q.doc_n; i++) {
        document(&q.doc[i], in);
        nobody_asks(&q.doc[i]);
    }
    return 0;
}
