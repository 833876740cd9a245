/* The mobile security object: what the issuer signed. */
#include "base/date.h"
#include "mdoc/internal.h"

static enum nw_err refuse(struct nw_diag *d, const char *path, const char *what)
{
    return nw_fail_at(d, NW_ERR_MSO_FORM, path, "%s", what);
}

static bool is_map(struct nw_slice raw)
{
    struct nw_cbor r = nw_cbor_open(raw);
    return nw_cbor_peek(&r) == NW_CBOR_MAP;
}

/* A text: its content; false for anything else, and for nothing. */
static bool text_of(struct nw_slice raw, struct nw_slice *out)
{
    struct nw_cbor r = nw_cbor_open(raw);
    *out = nw_cbor_text(&r);
    return nw_cbor_err(&r) == NW_OK;
}

/* Members of the MSO, raw. */
struct mso_parts {
    struct nw_slice version, hash, doc_type, digests, key_info, validity, status;
};

/* tdate: tag 0, UTC, no fraction (8.3). */
static enum nw_err read_time(struct nw_slice raw, const char *name, int64_t *out, struct nw_diag *d)
{
    if (raw.n == 0) {
        return nw_fail_at(d, NW_ERR_MSO_TIME, "validityInfo", "%s is missing", name);
    }
    struct nw_cbor r = nw_cbor_open(raw);
    bool tagged = nw_cbor_peek(&r) == NW_CBOR_TAG && nw_cbor_tag(&r) == NW_TAG_TDATE;
    struct nw_slice text = tagged ? nw_cbor_text(&r) : NW_SLICE_EMPTY;
    if (!tagged || nw_cbor_err(&r) != NW_OK || nw_time_parse(text, out) != NW_OK) {
        return nw_fail_at(d, NW_ERR_MSO_TIME, "validityInfo",
                          "%s is no tag 0 with YYYY-MM-DDThh:mm:ssZ", name);
    }
    return NW_OK;
}

static enum nw_err read_validity(struct nw_slice info, struct nw_mso *out, struct nw_diag *d)
{
    struct nw_slice at = NW_SLICE_EMPTY, from = NW_SLICE_EMPTY, until = NW_SLICE_EMPTY;
    const struct nw_cbor_member wanted[] = {NW_CBOR_MEMBER("signed", &at),
                                            NW_CBOR_MEMBER("validFrom", &from),
                                            NW_CBOR_MEMBER("validUntil", &until)};
    if (!is_map(info)) {
        return refuse(d, "validityInfo", "wanted a map");
    }
    nw_cbor_members(info, wanted, sizeof wanted / sizeof wanted[0]);
    enum nw_err e = read_time(at, "signed", &out->signed_at, d);
    if (e == NW_OK) {
        e = read_time(from, "validFrom", &out->valid_from, d);
    }
    if (e == NW_OK) {
        e = read_time(until, "validUntil", &out->valid_until, d);
    }
    if (e == NW_OK && (out->valid_from < out->signed_at || out->valid_until <= out->valid_from)) {
        e = nw_fail_at(d, NW_ERR_MSO_TIME, "validityInfo",
                       "signed, validFrom and validUntil are not in this order");
    }
    return e;
}

static enum nw_err read_device_key(struct nw_slice info, struct nw_mso *out, struct nw_diag *d)
{
    struct nw_slice key = NW_SLICE_EMPTY, allowed = NW_SLICE_EMPTY;
    const struct nw_cbor_member wanted[] = {NW_CBOR_MEMBER("deviceKey", &key),
                                            NW_CBOR_MEMBER("keyAuthorizations", &allowed)};
    nw_cbor_members(info, wanted, sizeof wanted / sizeof wanted[0]);
    if (!is_map(key)) {
        return refuse(d, "deviceKeyInfo.deviceKey", "wanted a COSE_Key");
    }
    out->device_key = key;
    if (allowed.n == 0) {
        return NW_OK;
    }
    if (!is_map(allowed)) {
        return refuse(d, "deviceKeyInfo.keyAuthorizations", "wanted a map");
    }
    const struct nw_cbor_member what[] = {NW_CBOR_MEMBER("nameSpaces", &out->whole_name_spaces),
                                          NW_CBOR_MEMBER("dataElements", &out->single_elements)};
    nw_cbor_members(allowed, what, sizeof what / sizeof what[0]);
    return NW_OK;
}

static enum nw_err read_version(struct nw_slice raw, struct nw_diag *d)
{
    struct nw_slice version;
    unsigned minor;
    return text_of(raw, &version) && nw_mdoc_version(version, &minor)
               ? NW_OK
               : refuse(d, "version", "wanted 1.x");
}

static enum nw_err read_hash(struct nw_slice raw, struct nw_mso *out, struct nw_diag *d)
{
    static const struct {
        const char *name;
        enum nw_hash_alg alg;
    } rows[] = {{"SHA-256", NW_SHA256}, {"SHA-384", NW_SHA384}, {"SHA-512", NW_SHA512}};
    struct nw_slice name;
    if (text_of(raw, &name)) {
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            if (nw_slice_is(name, rows[i].name)) {
                out->hash = rows[i].alg;
                return NW_OK;
            }
        }
    }
    return refuse(d, "digestAlgorithm", "wanted SHA-256, SHA-384 or SHA-512");
}

/* Tag 24 around the map, which is walked once. */
static enum nw_err read_parts(struct nw_slice payload, struct nw_slice *mso, struct mso_parts *p,
                              struct nw_diag *d)
{
    const struct nw_cbor_member wanted[] = {
        NW_CBOR_MEMBER("version", &p->version),        NW_CBOR_MEMBER("digestAlgorithm", &p->hash),
        NW_CBOR_MEMBER("docType", &p->doc_type),       NW_CBOR_MEMBER("valueDigests", &p->digests),
        NW_CBOR_MEMBER("deviceKeyInfo", &p->key_info), NW_CBOR_MEMBER("validityInfo", &p->validity),
        NW_CBOR_MEMBER("status", &p->status)};
    struct nw_slice whole;
    struct nw_cbor r = nw_cbor_open(payload);
    enum nw_err e = nw_cbor_check(payload, NW_CBOR_STRICT, NW_MAX_CBOR_DEPTH, d);
    if (e == NW_OK) {
        e = nw_mdoc_embedded_next(&r, &whole, mso, d);
    }
    if (e == NW_OK) {
        e = nw_cbor_check_map(*mso, NW_MAX_CBOR_DEPTH, wanted, sizeof wanted / sizeof wanted[0], d);
    }
    return e == NW_OK && !is_map(*mso) ? refuse(d, "", "it is no map") : e;
}

enum nw_err nw_mso_read(struct nw_slice payload, struct nw_mso *out, struct nw_diag *d)
{
    struct nw_mso m = {0};
    struct mso_parts p = {0};
    enum nw_err e = read_parts(payload, &m.raw, &p, d);
    if (e == NW_OK) {
        e = read_version(p.version, d);
    }
    if (e == NW_OK) {
        e = read_hash(p.hash, &m, d);
    }
    if (e == NW_OK && (!text_of(p.doc_type, &m.doc_type) || m.doc_type.n == 0)) {
        e = refuse(d, "docType", "wanted a text");
    }
    if (e == NW_OK && !is_map(p.digests)) {
        e = refuse(d, "valueDigests", "wanted a map");
    }
    if (e == NW_OK) {
        e = read_device_key(p.key_info, &m, d);
    }
    if (e == NW_OK) {
        e = read_validity(p.validity, &m, d);
    }
    if (e == NW_OK) {
        m.value_digests = p.digests;
        m.status = p.status;
        *out = m;
    }
    return e;
}
