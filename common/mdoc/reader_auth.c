/* Reader authentication and the writing of requests. */
#include "cose/cose.h"
#include "mdoc/request.h"
#include "mdoc/session_internal.h"

/* ReaderAuthenticationBytes (12.5.4). Errors stick in out. */
static void put_reader_authentication(struct nw_slice transcript, struct nw_slice items,
                                      struct nw_buf *out)
{
    struct nw_buf b = NW_BUF(NW_MAX_CBOR);
    nw_cbor_put_array(&b, 3);
    nw_cbor_put_text(&b, nw_str("ReaderAuthentication"));
    nw_buf_put(&b, transcript);
    nw_buf_put(&b, items);
    if (nw_buf_err(&b) != NW_OK) {
        nw_buf_set_err(out, nw_buf_err(&b));
    }
    nw_cbor_put_tag(out, NW_TAG_CBOR);
    nw_cbor_put_bytes(out, nw_buf_slice(&b));
    nw_buf_free(&b);
}

/* The signature by the leaf of the chain that the request carries. */
static enum nw_err check_signature(struct nw_crypto *c, const struct nw_doc_request *doc,
                                   const struct nw_cose_sign1 *auth, struct nw_slice transcript,
                                   struct nw_cert *leaf, struct nw_diag *d)
{
    struct nw_buf content = NW_BUF(NW_MAX_CBOR + 16);
    struct nw_pubkey *key = NULL;
    enum nw_err e = nw_cert_read(c, auth->chain[0], leaf, d);
    if (e == NW_OK) {
        e = nw_pubkey_from_spki(c, leaf->spki, &key);
    }
    if (e == NW_OK) {
        put_reader_authentication(transcript, doc->items_request_bytes, &content);
        e = nw_buf_err(&content);
    }
    if (e == NW_OK) {
        e = nw_cose_verify(c, auth, NW_SLICE_EMPTY, nw_buf_slice(&content), key);
    }
    nw_pubkey_free(&key);
    nw_buf_free(&content);
    return e == NW_OK ? e : nw_fail(d, e, NW_NO_OFFSET, "readerAuth");
}

enum nw_err nw_reader_auth_verify(struct nw_crypto *c, const struct nw_doc_request *doc,
                                  const struct nw_reader_policy *policy,
                                  struct nw_reader_identity *out, struct nw_checks *checks,
                                  struct nw_diag *d)
{
    const struct nw_cose_policy cose = {
        .algs = nw_mdoc_algs,
        .alg_n = NW_MDOC_ALGS,
        .tag = NW_COSE_TAG_FORBIDDEN,
        .cbor_flags = NW_CBOR_STRICT,
        .detached = true,
    };
    struct nw_cose_sign1 auth;
    struct nw_reader_identity who = {.anchor = 0};
    if (doc->reader_auth.n == 0) {
        return nw_fail(d, NW_ERR_READER_AUTH, NW_NO_OFFSET, "readerAuth is missing");
    }
    enum nw_err e = nw_cose_parse(doc->reader_auth, &cose, &auth, d);
    if (e != NW_OK) {
        return e;
    }
    if (auth.chain_n == 0) {
        return nw_fail(d, NW_ERR_READER_AUTH, NW_NO_OFFSET, "readerAuth without x5chain");
    }
    e = check_signature(c, doc, &auth, policy->transcript, &who.cert, d);
    if (e != NW_OK) {
        return e;
    }
    const struct nw_path path = {
        .chain = auth.chain,
        .chain_n = auth.chain_n,
        .anchors = policy->anchors,
        .anchor_n = policy->anchor_n,
        .at = policy->at,
        .profile = NW_CERT_READER,
        .leaf_may_be_anchor = policy->leaf_may_be_anchor,
    };
    e = nw_path_check(c, &path, checks, &who.anchor, d);
    if (e == NW_OK) {
        *out = who;
    }
    return e;
}

/* ---- writing ---- */

static bool same_space(const struct nw_request_element *a, const struct nw_request_element *b)
{
    return nw_slice_eq(nw_str(a->name_space), nw_str(b->name_space));
}

static size_t run_of(const struct nw_request_document *doc, size_t first)
{
    size_t end = first;
    while (end < doc->n && same_space(&doc->elements[end], &doc->elements[first])) {
        end++;
    }
    return end - first;
}

static void put_items_request(const struct nw_request_document *doc, struct nw_buf *out)
{
    size_t spaces = 0;
    for (size_t i = 0; i < doc->n; i += run_of(doc, i)) {
        spaces++;
    }
    nw_cbor_put_map(out, doc->request_info.n > 0 ? 3 : 2);
    nw_cbor_put_text(out, nw_str("docType"));
    nw_cbor_put_text(out, nw_str(doc->doc_type));
    nw_cbor_put_text(out, nw_str("nameSpaces"));
    nw_cbor_put_map(out, spaces);
    for (size_t i = 0, run; i < doc->n; i += run) {
        run = run_of(doc, i);
        nw_cbor_put_text(out, nw_str(doc->elements[i].name_space));
        nw_cbor_put_map(out, run);
        for (size_t k = i; k < i + run; k++) {
            nw_cbor_put_text(out, nw_str(doc->elements[k].id));
            nw_cbor_put_bool(out, doc->elements[k].retain);
        }
    }
    if (doc->request_info.n > 0) {
        nw_cbor_put_text(out, nw_str("requestInfo"));
        nw_buf_put(out, doc->request_info);
    }
}

static enum nw_err put_reader_auth(struct nw_signer *reader, struct nw_slice transcript,
                                   struct nw_slice items, struct nw_buf *out)
{
    const struct nw_cose_headers headers = {.chain = true, .detached = true};
    struct nw_buf content = NW_BUF(NW_MAX_CBOR + 16);
    put_reader_authentication(transcript, items, &content);
    enum nw_err e = nw_buf_err(&content);
    if (e == NW_OK) {
        nw_cbor_put_text(out, nw_str("readerAuth"));
        e = nw_cose_sign(reader, &headers, nw_buf_slice(&content), out);
    }
    nw_buf_free(&content);
    return e;
}

static enum nw_err put_doc(struct nw_signer *reader, struct nw_slice transcript,
                           const struct nw_request_document *doc, struct nw_buf *out)
{
    struct nw_buf inner = NW_BUF(NW_MAX_DEVICE_REQUEST);
    struct nw_buf items = NW_BUF(NW_MAX_DEVICE_REQUEST);
    put_items_request(doc, &inner);
    nw_cbor_put_tag(&items, NW_TAG_CBOR);
    nw_cbor_put_bytes(&items, nw_buf_slice(&inner));
    enum nw_err e = nw_buf_err(&inner) != NW_OK ? nw_buf_err(&inner) : nw_buf_err(&items);
    if (e == NW_OK) {
        nw_cbor_put_map(out, reader != NULL ? 2 : 1);
        nw_cbor_put_text(out, nw_str("itemsRequest"));
        nw_buf_put(out, nw_buf_slice(&items));
        e = reader != NULL ? put_reader_auth(reader, transcript, nw_buf_slice(&items), out)
                           : nw_buf_err(out);
    }
    nw_buf_free(&inner);
    nw_buf_free(&items);
    return e;
}

/* What is written must be what a device would take. */
static enum nw_err check_own(struct nw_slice bytes, struct nw_diag *d)
{
    struct nw_device_request q;
    return nw_device_request_parse(bytes, &q, d);
}

enum nw_err nw_device_request_write(struct nw_signer *reader, struct nw_slice transcript,
                                    const struct nw_request_document *docs, size_t n,
                                    struct nw_buf *out, struct nw_diag *d)
{
    struct nw_buf b = NW_BUF(NW_MAX_DEVICE_REQUEST);
    enum nw_err e = NW_OK;
    nw_cbor_put_map(&b, 2);
    nw_cbor_put_text(&b, nw_str("version"));
    nw_cbor_put_text(&b, nw_str("1.0"));
    nw_cbor_put_text(&b, nw_str("docRequests"));
    nw_cbor_put_array(&b, n);
    for (size_t i = 0; e == NW_OK && i < n; i++) {
        e = put_doc(reader, transcript, &docs[i], &b);
    }
    e = e != NW_OK ? e : nw_buf_err(&b);
    e = e != NW_OK ? nw_fail(d, e, NW_NO_OFFSET, "device request") : check_own(nw_buf_slice(&b), d);
    if (e == NW_OK) {
        nw_buf_put(out, nw_buf_slice(&b));
        e = nw_buf_err(out);
    }
    nw_buf_free(&b);
    return e;
}
