/* DeviceResponse: the envelope, and one Document of it. */
#include "mdoc/internal.h"

static enum nw_err refuse(struct nw_diag *d, const char *what)
{
    return nw_fail(d, NW_ERR_MDOC_FORM, NW_NO_OFFSET, "%s", what);
}

bool nw_device_response_is(struct nw_slice in)
{
    struct nw_buf own;
    struct nw_slice bytes, unused;
    if (nw_mdoc_decode(in, &own, &bytes, NULL) != NW_OK) {
        return false;
    }
    bool is = !nw_cbor_find_text(bytes, "issuerAuth", &unused) &&
              (nw_cbor_find_text(bytes, "documents", &unused) ||
               nw_cbor_find_text(bytes, "status", &unused));
    nw_buf_free(&own);
    return is;
}

static enum nw_err read_documents(struct nw_slice raw, struct nw_device_response *out,
                                  struct nw_diag *d)
{
    struct nw_cbor r = nw_cbor_open(raw);
    size_t n = nw_cbor_peek(&r) == NW_CBOR_ARRAY ? nw_cbor_array(&r) : 0;
    if (n == 0) {
        return refuse(d, "documents is no list of documents");
    }
    if (n > NW_MAX_MDOC_DOCUMENTS) {
        return nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "%zu documents", n);
    }
    for (size_t i = 0; i < n; i++) {
        out->document[i] = nw_cbor_raw(&r);
        if (!nw_mdoc_text(out->document[i], "docType", &out->doc_type[i]) ||
            out->doc_type[i].n == 0) {
            return refuse(d, "a document has no docType");
        }
    }
    out->document_n = n;
    return NW_OK;
}

/* 8.3.2.1.2.3: 0 is OK; everything else comes without usable documents. */
static enum nw_err read_status(struct nw_slice raw, struct nw_diag *d)
{
    struct nw_slice value;
    if (!nw_cbor_find_text(raw, "status", &value)) {
        return refuse(d, "there is no status");
    }
    struct nw_cbor r = nw_cbor_open(value);
    uint64_t status = nw_cbor_uint(&r);
    if (nw_cbor_err(&r) != NW_OK) {
        return refuse(d, "status is no number");
    }
    return status == 0
               ? NW_OK
               : nw_fail_at(d, NW_ERR_DEVICE_STATUS, "status", "%llu", (unsigned long long)status);
}

static enum nw_err read_envelope(struct nw_slice raw, struct nw_device_response *out,
                                 const char **rule, struct nw_diag *d)
{
    struct nw_slice version, documents, errors;
    unsigned minor;
    *rule = "MSO-01";
    enum nw_err e = nw_cbor_check(raw, NW_CBOR_STRICT, NW_MAX_CBOR_DEPTH, d);
    if (e != NW_OK) {
        return e;
    }
    if (!nw_mdoc_text(raw, "version", &version)) {
        return refuse(d, "there is no version");
    }
    *rule = "MSO-06";
    if (!nw_mdoc_version(version, &minor)) {
        return nw_fail_at(d, NW_ERR_MDOC_FORM, "version", "wanted 1.x");
    }
    if ((e = read_status(raw, d)) != NW_OK) {
        return e;
    }
    *rule = "MSO-01";
    if (nw_cbor_find_text(raw, "documentErrors", &errors)) {
        struct nw_cbor r = nw_cbor_open(errors);
        out->error_n = nw_cbor_array(&r);
    }
    if (!nw_cbor_find_text(raw, "documents", &documents)) {
        if (out->error_n > 0) { /* 8.3.2.1.2.2: a device without the document says so */
            *rule = "MSO-06";
            return nw_fail_at(d, NW_ERR_DEVICE_STATUS, "documentErrors", "nothing is returned");
        }
        return refuse(d, "there are no documents");
    }
    return read_documents(documents, out, d);
}

enum nw_err nw_device_response_parse(struct nw_slice in, struct nw_device_response *out,
                                     struct nw_checks *checks, struct nw_diag *d)
{
    struct nw_diag own;
    const char *rule = "MSO-01";
    struct nw_slice bytes;
    nw_diag_clear(&own);
    d = d != NULL ? d : &own;
    *out = (struct nw_device_response){.own = NW_BUF(0)};
    enum nw_err e = nw_mdoc_decode(in, &out->own, &bytes, d);
    if (e == NW_OK) {
        e = read_envelope(bytes, out, &rule, d);
    }
    if (e != NW_OK) {
        e = nw_mdoc_refuse(checks, rule, e, d);
        nw_device_response_free(out);
    }
    return e;
}

void nw_device_response_free(struct nw_device_response *r)
{
    nw_buf_free(&r->own);
    *r = (struct nw_device_response){.own = NW_BUF(0)};
}

static enum nw_err read_device_signed(struct nw_slice raw, struct nw_mdoc *out, struct nw_diag *d)
{
    struct nw_slice auth;
    if (!nw_cbor_find_text(raw, "nameSpaces", &out->device_name_spaces)) {
        return refuse(d, "deviceSigned has no nameSpaces");
    }
    if (!nw_cbor_find_text(raw, "deviceAuth", &auth)) {
        return refuse(d, "deviceSigned has no deviceAuth");
    }
    (void)nw_cbor_find_text(auth, "deviceSignature", &out->device_signature);
    (void)nw_cbor_find_text(auth, "deviceMac", &out->device_mac);
    return NW_OK;
}

static enum nw_err read_document(const struct nw_device_response *r, size_t i, struct nw_mdoc *out,
                                 const char **rule, struct nw_diag *d)
{
    struct nw_slice issuer_signed, device_signed;
    *rule = "MSO-01";
    if (i >= r->document_n) {
        return nw_fail(d, NW_ERR_INTERNAL, NW_NO_OFFSET, "document %zu", i);
    }
    if (!nw_cbor_find_text(r->document[i], "issuerSigned", &issuer_signed) ||
        !nw_cbor_find_text(r->document[i], "deviceSigned", &device_signed)) {
        return refuse(d, "a document lacks issuerSigned or deviceSigned");
    }
    enum nw_err e = read_device_signed(device_signed, out, d);
    out->doc_type = r->doc_type[i];
    return e == NW_OK ? nw_issuer_signed_read(issuer_signed, out, rule, d) : e;
}

enum nw_err nw_device_response_document(const struct nw_device_response *r, size_t i,
                                        struct nw_mdoc *out, struct nw_checks *checks,
                                        struct nw_diag *d)
{
    struct nw_diag own;
    const char *rule;
    nw_diag_clear(&own);
    d = d != NULL ? d : &own;
    nw_mdoc_clear(out);
    enum nw_err e = read_document(r, i, out, &rule, d);
    return nw_mdoc_parsed(out, e, rule, checks, d);
}
