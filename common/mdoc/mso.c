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

/* A member that is looked for, and its raw value once found; empty: it is not there. */
struct member {
    const char *name;
    size_t name_n;
    struct nw_slice *value;
};
#define MEMBER(text, slice)                                                                        \
    {                                                                                              \
        .name = (text), .name_n = sizeof(text) - 1, .value = (slice)                               \
    }

/* One walk over a map that is checked: its keys are unique. Other members are passed over (8.1). */
static void read_map(struct nw_slice map, const struct member *wanted, size_t n)
{
    struct nw_cbor r = nw_cbor_open(map);
    size_t pairs = nw_cbor_map(&r);
    for (size_t i = 0; i < pairs && nw_cbor_err(&r) == NW_OK; i++) {
        bool named = nw_cbor_peek(&r) == NW_CBOR_TEXT;
        struct nw_slice key = named ? nw_cbor_text(&r) : nw_cbor_raw(&r);
        struct nw_slice value = nw_cbor_raw(&r);
        for (size_t k = 0; named && k < n; k++) {
            if (nw_slice_eq(key, nw_slice(wanted[k].name, wanted[k].name_n))) {
                *wanted[k].value = value;
                break;
            }
        }
    }
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
    const struct member wanted[] = {MEMBER("signed", &at), MEMBER("validFrom", &from),
                                    MEMBER("validUntil", &until)};
    if (!is_map(info)) {
        return refuse(d, "validityInfo", "wanted a map");
    }
    read_map(info, wanted, sizeof wanted / sizeof wanted[0]);
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
    const struct member wanted[] = {MEMBER("deviceKey", &key),
                                    MEMBER("keyAuthorizations", &allowed)};
    if (is_map(info)) {
        read_map(info, wanted, sizeof wanted / sizeof wanted[0]);
    }
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
    (void)nw_cbor_find_text(allowed, "nameSpaces", &out->whole_name_spaces);
    (void)nw_cbor_find_text(allowed, "dataElements", &out->single_elements);
    return NW_OK;
}

/* A newer minor version is read like this one (8.1). */
static enum nw_err read_version(struct nw_slice raw, struct nw_diag *d)
{
    struct nw_slice version;
    bool known =
        text_of(raw, &version) && version.n >= 3 && version.p[0] == '1' && version.p[1] == '.';
    return known ? NW_OK : refuse(d, "version", "wanted 1.x");
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

static void read_parts(struct nw_slice mso, struct mso_parts *p)
{
    const struct member wanted[] = {
        MEMBER("version", &p->version),        MEMBER("digestAlgorithm", &p->hash),
        MEMBER("docType", &p->doc_type),       MEMBER("valueDigests", &p->digests),
        MEMBER("deviceKeyInfo", &p->key_info), MEMBER("validityInfo", &p->validity),
        MEMBER("status", &p->status)};
    read_map(mso, wanted, sizeof wanted / sizeof wanted[0]);
}

enum nw_err nw_mso_read(struct nw_slice payload, struct nw_mso *out, struct nw_diag *d)
{
    struct nw_mso m = {0};
    struct mso_parts p = {0};
    enum nw_err e = nw_cbor_check(payload, NW_CBOR_STRICT, NW_MAX_CBOR_DEPTH, d);
    if (e == NW_OK) {
        e = nw_mdoc_embedded(payload, NW_MAX_CBOR_DEPTH, &m.raw, d);
    }
    if (e == NW_OK && !is_map(m.raw)) {
        e = refuse(d, "", "it is no map");
    }
    if (e == NW_OK) {
        read_parts(m.raw, &p);
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
