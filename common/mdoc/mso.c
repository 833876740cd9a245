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

static bool find_map(struct nw_slice map, const char *name, struct nw_slice *out)
{
    return nw_cbor_find_text(map, name, out) && is_map(*out);
}

/* tdate: tag 0, UTC, no fraction (8.3). */
static enum nw_err read_time(struct nw_slice map, const char *name, int64_t *out, struct nw_diag *d)
{
    struct nw_slice raw;
    if (!nw_cbor_find_text(map, name, &raw)) {
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

static enum nw_err read_validity(struct nw_slice mso, struct nw_mso *out, struct nw_diag *d)
{
    struct nw_slice info;
    if (!find_map(mso, "validityInfo", &info)) {
        return refuse(d, "validityInfo", "wanted a map");
    }
    enum nw_err e = read_time(info, "signed", &out->signed_at, d);
    if (e == NW_OK) {
        e = read_time(info, "validFrom", &out->valid_from, d);
    }
    if (e == NW_OK) {
        e = read_time(info, "validUntil", &out->valid_until, d);
    }
    if (e == NW_OK && (out->valid_from < out->signed_at || out->valid_until <= out->valid_from)) {
        e = nw_fail_at(d, NW_ERR_MSO_TIME, "validityInfo",
                       "signed, validFrom and validUntil are not in this order");
    }
    return e;
}

static enum nw_err read_device_key(struct nw_slice mso, struct nw_mso *out, struct nw_diag *d)
{
    struct nw_slice info, allowed;
    if (!find_map(mso, "deviceKeyInfo", &info) || !find_map(info, "deviceKey", &out->device_key)) {
        return refuse(d, "deviceKeyInfo.deviceKey", "wanted a COSE_Key");
    }
    if (!nw_cbor_find_text(info, "keyAuthorizations", &allowed)) {
        return NW_OK;
    }
    if (!is_map(allowed)) {
        return refuse(d, "deviceKeyInfo.keyAuthorizations", "wanted a map");
    }
    (void)nw_cbor_find_text(allowed, "nameSpaces", &out->whole_name_spaces);
    (void)nw_cbor_find_text(allowed, "dataElements", &out->single_elements);
    return NW_OK;
}

/* A newer minor version is read like this one (8.1). */
static enum nw_err read_version(struct nw_slice mso, struct nw_diag *d)
{
    struct nw_slice version;
    bool known = nw_mdoc_text(mso, "version", &version) && version.n >= 3 && version.p[0] == '1' &&
                 version.p[1] == '.';
    return known ? NW_OK : refuse(d, "version", "wanted 1.x");
}

static enum nw_err read_hash(struct nw_slice mso, struct nw_mso *out, struct nw_diag *d)
{
    static const struct {
        const char *name;
        enum nw_hash_alg alg;
    } rows[] = {{"SHA-256", NW_SHA256}, {"SHA-384", NW_SHA384}, {"SHA-512", NW_SHA512}};
    struct nw_slice name;
    if (nw_mdoc_text(mso, "digestAlgorithm", &name)) {
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            if (nw_slice_is(name, rows[i].name)) {
                out->hash = rows[i].alg;
                return NW_OK;
            }
        }
    }
    return refuse(d, "digestAlgorithm", "wanted SHA-256, SHA-384 or SHA-512");
}

enum nw_err nw_mso_read(struct nw_slice payload, struct nw_mso *out, struct nw_diag *d)
{
    struct nw_mso m = {0};
    enum nw_err e = nw_cbor_check(payload, NW_CBOR_STRICT, NW_MAX_CBOR_DEPTH, d);
    if (e == NW_OK) {
        e = nw_mdoc_embedded(payload, NW_MAX_CBOR_DEPTH, &m.raw, d);
    }
    if (e == NW_OK && !is_map(m.raw)) {
        e = refuse(d, "", "it is no map");
    }
    if (e == NW_OK) {
        e = read_version(m.raw, d);
    }
    if (e == NW_OK) {
        e = read_hash(m.raw, &m, d);
    }
    if (e == NW_OK && (!nw_mdoc_text(m.raw, "docType", &m.doc_type) || m.doc_type.n == 0)) {
        e = refuse(d, "docType", "wanted a text");
    }
    if (e == NW_OK && !find_map(m.raw, "valueDigests", &m.value_digests)) {
        e = refuse(d, "valueDigests", "wanted a map");
    }
    if (e == NW_OK) {
        e = read_device_key(m.raw, &m, d);
    }
    if (e == NW_OK) {
        e = read_validity(m.raw, &m, d);
    }
    if (e == NW_OK) {
        (void)nw_cbor_find_text(m.raw, "status", &m.status);
        *out = m;
    }
    return e;
}
