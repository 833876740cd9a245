/* Issuing: deterministic CBOR (RFC 8949 4.2.1) around fresh randomness. Map keys stand in bytewise
 * order of their encoding, so the shorter ones come first. */
#include "base/alloc.h"
#include "base/date.h"
#include "crypto/cert.h"
#include "mdoc/internal.h"

#include <string.h>

#define ITEM_RANDOM 32u /* 9.1.2.5 wants 16 at least */

struct issuing {
    struct nw_crypto *c;
    const struct nw_mdoc_issue *job;
    uint8_t *random; /* ITEM_RANDOM an item, then 4 bytes an item for the permutation */
    uint32_t id[NW_MAX_MDOC_ITEMS];
    size_t spaces; /* name spaces */
    struct nw_buf items, digests;
};

static bool same_space(const struct nw_mdoc_issue *job, size_t a, size_t b)
{
    return strcmp(job->elements[a].name_space, job->elements[b].name_space) == 0;
}

/* Items from `first` on in the same name space: index behind the last. */
static size_t space_end(const struct nw_mdoc_issue *job, size_t first)
{
    size_t end = first;
    while (end < job->n && same_space(job, first, end)) {
        end++;
    }
    return end;
}

/* Fisher-Yates: the digest ids of a name space say nothing about which elements they are. The bias
 * of a remainder of 32 bits over at most 256 is far below what could be seen. */
static void permute(struct issuing *w, size_t first, size_t end)
{
    const uint8_t *r = w->random + ITEM_RANDOM * w->job->n;
    for (size_t i = first; i < end; i++) {
        w->id[i] = (uint32_t)(i - first);
    }
    for (size_t i = end; i > first + 1; i--) {
        const uint8_t *four = r + 4 * (i - 1);
        uint32_t v =
            (uint32_t)four[0] << 24 | (uint32_t)four[1] << 16 | (uint32_t)four[2] << 8 | four[3];
        size_t k = first + v % (i - first);
        uint32_t t = w->id[i - 1];
        w->id[i - 1] = w->id[k];
        w->id[k] = t;
    }
}

static enum nw_err put_item(struct issuing *w, size_t i, uint8_t digest[NW_SHA256_BYTES])
{
    const struct nw_mdoc_element *x = &w->job->elements[i];
    struct nw_buf content = NW_BUF(NW_MAX_CBOR);
    nw_cbor_put_map(&content, 4);
    nw_cbor_put_text(&content, nw_str("random"));
    nw_cbor_put_bytes(&content, nw_slice(w->random + ITEM_RANDOM * i, ITEM_RANDOM));
    nw_cbor_put_text(&content, nw_str("digestID"));
    nw_cbor_put_uint(&content, w->id[i]);
    nw_cbor_put_text(&content, nw_str("elementValue"));
    nw_buf_put(&content, x->value);
    nw_cbor_put_text(&content, nw_str("elementIdentifier"));
    nw_cbor_put_text(&content, nw_str(x->id));
    enum nw_err e = nw_buf_err(&content);
    size_t start = w->items.n;
    nw_cbor_put_tag(&w->items, NW_TAG_CBOR);
    nw_cbor_put_bytes(&w->items, nw_buf_slice(&content));
    if (e == NW_OK) {
        e = nw_buf_err(&w->items);
    }
    if (e == NW_OK) {
        e = nw_sha256(w->c, nw_slice_from(nw_buf_slice(&w->items), start), digest);
    }
    nw_buf_free(&content);
    return e;
}

/* The items, and {digestID: digest} in the order of the ids. */
static enum nw_err put_space(struct issuing *w, size_t first, size_t end)
{
    static const size_t each = NW_SHA256_BYTES;
    const char *name = w->job->elements[first].name_space;
    size_t n = end - first;
    uint8_t digest[NW_SHA256_BYTES];
    enum nw_err e = NW_OK;
    uint8_t *by_id = nw_calloc(n, each);
    if (by_id == NULL) {
        return NW_ERR_NOMEM;
    }
    permute(w, first, end);
    nw_cbor_put_text(&w->items, nw_str(name));
    nw_cbor_put_array(&w->items, n);
    for (size_t i = first; e == NW_OK && i < end; i++) {
        e = put_item(w, i, digest);
        if (e == NW_OK) {
            memcpy(by_id + each * w->id[i], digest, each);
        }
    }
    nw_cbor_put_text(&w->digests, nw_str(name));
    nw_cbor_put_map(&w->digests, n);
    for (size_t i = 0; e == NW_OK && i < n; i++) {
        nw_cbor_put_uint(&w->digests, i);
        nw_cbor_put_bytes(&w->digests, nw_slice(by_id + each * i, each));
    }
    nw_free(by_id);
    return e != NW_OK ? e : nw_buf_err(&w->digests);
}

/* Bytewise order of the encoded names: the shorter one first. */
static bool space_before(const struct nw_mdoc_issue *job, size_t a, size_t b)
{
    const char *x = job->elements[a].name_space, *y = job->elements[b].name_space;
    return strlen(x) != strlen(y) ? strlen(x) < strlen(y) : strcmp(x, y) < 0;
}

static enum nw_err put_spaces(struct issuing *w)
{
    size_t start[NW_MAX_MDOC_NAME_SPACES];
    size_t n = 0;
    for (size_t i = 0; i < w->job->n; i = space_end(w->job, i)) {
        size_t k = n;
        if (n == NW_MAX_MDOC_NAME_SPACES) {
            return NW_ERR_LIMIT;
        }
        for (; k > 0 && space_before(w->job, i, start[k - 1]); k--) {
            start[k] = start[k - 1];
        }
        if (k > 0 && same_space(w->job, i, start[k - 1])) {
            return NW_ERR_ELEMENT_TWICE;
        }
        start[k] = i;
        n++;
    }
    w->spaces = n;
    nw_cbor_put_map(&w->items, n);
    nw_cbor_put_map(&w->digests, n);
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < n; i++) {
        e = put_space(w, start[i], space_end(w->job, start[i]));
    }
    return e;
}

static void put_time(struct nw_buf *b, const char *name, int64_t t)
{
    char text[NW_TIME_TEXT];
    nw_time_format(t, text);
    nw_cbor_put_text(b, nw_str(name));
    nw_cbor_put_tag(b, NW_TAG_TDATE);
    nw_cbor_put_text(b, nw_str(text));
}

static void put_status(struct nw_buf *b, const struct nw_status_ref *status)
{
    nw_cbor_put_text(b, nw_str("status"));
    nw_cbor_put_map(b, 1);
    nw_cbor_put_text(b, nw_str("status_list"));
    nw_cbor_put_map(b, 2);
    nw_cbor_put_text(b, nw_str("idx"));
    nw_cbor_put_uint(b, status->idx);
    nw_cbor_put_text(b, nw_str("uri"));
    nw_cbor_put_text(b, nw_str(status->uri));
}

static enum nw_err put_mso(const struct issuing *w, struct nw_buf *b)
{
    const struct nw_mdoc_issue *job = w->job;
    nw_cbor_put_map(b, job->status.present ? 7 : 6);
    if (job->status.present) {
        put_status(b, &job->status);
    }
    nw_cbor_put_text(b, nw_str("docType"));
    nw_cbor_put_text(b, nw_str(job->doc_type));
    nw_cbor_put_text(b, nw_str("version"));
    nw_cbor_put_text(b, nw_str("1.0"));
    nw_cbor_put_text(b, nw_str("validityInfo"));
    nw_cbor_put_map(b, 3);
    put_time(b, "signed", job->signed_at);
    put_time(b, "validFrom", job->valid_from);
    put_time(b, "validUntil", job->valid_until);
    nw_cbor_put_text(b, nw_str("valueDigests"));
    nw_buf_put(b, nw_buf_slice(&w->digests));
    nw_cbor_put_text(b, nw_str("deviceKeyInfo"));
    nw_cbor_put_map(b, 1);
    nw_cbor_put_text(b, nw_str("deviceKey"));
    enum nw_err e = nw_cose_key_write(job->device_key, false, b);
    nw_cbor_put_text(b, nw_str("digestAlgorithm"));
    nw_cbor_put_text(b, nw_str("SHA-256"));
    return e != NW_OK ? e : nw_buf_err(b);
}

static enum nw_err put_issuer_signed(const struct issuing *w, struct nw_signer *s,
                                     struct nw_buf *out)
{
    static const struct nw_cose_headers headers = {.chain = true};
    struct nw_buf mso = NW_BUF(NW_MAX_CBOR), payload = NW_BUF(NW_MAX_CBOR);
    enum nw_err e = put_mso(w, &mso);
    if (e == NW_OK) {
        nw_cbor_put_tag(&payload, NW_TAG_CBOR);
        nw_cbor_put_bytes(&payload, nw_buf_slice(&mso));
        nw_cbor_put_map(out, 2);
        nw_cbor_put_text(out, nw_str("issuerAuth"));
        e = nw_buf_err(&payload);
    }
    if (e == NW_OK) {
        e = nw_cose_sign(s, &headers, nw_buf_slice(&payload), out);
    }
    nw_cbor_put_text(out, nw_str("nameSpaces"));
    nw_buf_put(out, nw_buf_slice(&w->items));
    nw_buf_free(&mso);
    nw_buf_free(&payload);
    return e != NW_OK ? e : nw_buf_err(out);
}

/* Every element once in its name space, and one deterministic item. */
static enum nw_err check_elements(const struct nw_mdoc_issue *job, struct nw_diag *d)
{
    for (size_t i = 0; i < job->n; i++) {
        const struct nw_mdoc_element *x = &job->elements[i];
        enum nw_err e = nw_cbor_check(x->value, NW_CBOR_DETERMINISTIC, NW_MAX_CBOR_DEPTH - 1, d);
        if (e != NW_OK) {
            return e;
        }
        for (size_t k = i; k > 0 && same_space(job, k - 1, i); k--) {
            if (strcmp(job->elements[k - 1].id, x->id) == 0) {
                return nw_fail(d, NW_ERR_ELEMENT_TWICE, NW_NO_OFFSET, "%s", x->id);
            }
        }
    }
    return NW_OK;
}

/* What a verifier would refuse is not made. */
static enum nw_err check_job(const struct nw_mdoc_issue *job, struct nw_signer *s,
                             struct nw_diag *d)
{
    struct nw_cert leaf;
    if (nw_signer_chain_length(s) == 0) {
        return nw_fail(d, NW_ERR_SIGNER, NW_NO_OFFSET, "the signer has no certificate");
    }
    enum nw_err e = nw_cert_parse(nw_signer_chain_cert(s, 0), &leaf, d);
    if (e != NW_OK) {
        return e;
    }
    if (job->device_key == NULL) {
        return nw_fail(d, NW_ERR_KEY, NW_NO_OFFSET, "an mdoc is bound to a device key");
    }
    if (job->n == 0 || job->n > NW_MAX_MDOC_ITEMS) {
        return nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "%zu elements", job->n);
    }
    if (job->signed_at < leaf.not_before || job->valid_until > leaf.not_after ||
        job->valid_from < job->signed_at || job->valid_until <= job->valid_from) {
        return nw_fail_at(d, NW_ERR_CLAIM_RANGE, "validityInfo",
                          "not within the signer certificate, or not in order");
    }
    return check_elements(job, d);
}

enum nw_err nw_mdoc_issue(struct nw_crypto *c, struct nw_signer *s, const struct nw_mdoc_issue *job,
                          struct nw_buf *out, struct nw_diag *d)
{
    struct issuing w = {
        .c = c, .job = job, .items = NW_BUF(NW_MAX_CBOR), .digests = NW_BUF(NW_MAX_CBOR)};
    struct nw_buf whole = NW_BUF(NW_MAX_CBOR);
    size_t random_n = (ITEM_RANDOM + 4) * job->n;
    enum nw_err e = check_job(job, s, d);
    if (e != NW_OK) {
        return e;
    }
    w.random = nw_alloc(random_n);
    e = w.random == NULL ? NW_ERR_NOMEM : nw_random(c, w.random, random_n);
    if (e == NW_OK) {
        e = put_spaces(&w);
    }
    if (e == NW_OK) {
        e = put_issuer_signed(&w, s, &whole);
    }
    if (e == NW_OK) {
        nw_buf_put(out, nw_buf_slice(&whole));
        e = nw_buf_err(out);
    }
    nw_free(w.random);
    nw_buf_free(&w.items);
    nw_buf_free(&w.digests);
    nw_buf_free(&whole);
    return e == NW_OK ? e : nw_fail(d, e, NW_NO_OFFSET, "%s", "");
}
