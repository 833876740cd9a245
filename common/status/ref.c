#include "status/status.h"

#include <string.h>

/* RFC 3986 4.3, as far as it keeps nonsense out: a scheme, something behind it, printable ASCII
 * without spaces. */
static bool uri_is_plausible(struct nw_slice s)
{
    size_t colon = nw_slice_find(s, ':', 0);
    if (s.p == NULL || colon == 0 || colon + 1 >= s.n) {
        return false;
    }
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] <= ' ' || s.p[i] >= 0x7f) {
            return false;
        }
    }
    uint8_t first = s.p[0] | 0x20;
    return first >= 'a' && first <= 'z';
}

static enum nw_err ref_fill(uint64_t idx, struct nw_slice uri, struct nw_status_ref *out,
                            struct nw_diag *d)
{
    struct nw_status_ref ref = {.present = true, .idx = idx};
    if (!uri_is_plausible(uri) || !nw_slice_cstr(uri, ref.uri, sizeof ref.uri)) {
        return nw_fail_at(d, NW_ERR_CLAIM_RANGE, "status.status_list.uri",
                          "wanted a URI of at most %zu bytes", sizeof ref.uri - 1);
    }
    *out = ref;
    return NW_OK;
}

/* TSL 6.1: other specifications may define other mechanisms; one there is. */
static enum nw_err ref_known(bool has_list, size_t members, struct nw_diag *d)
{
    if (members == 0) {
        return nw_fail_at(d, NW_ERR_CLAIM_MISSING, "status", "it names no mechanism");
    }
    return has_list ? NW_OK
                    : nw_fail_at(d, NW_ERR_STATUS_MECHANISM, "status.status_list", "%s", "");
}

/* ISO/IEC 18013-5, second edition, 12.3.6.2; A11 4 */
static enum nw_err ref_alone(bool has_list, size_t members, struct nw_diag *d)
{
    enum nw_err e = ref_known(has_list, members, d);
    return e == NW_OK && members > 1 ? nw_fail_at(d, NW_ERR_CLAIM_RANGE, "status",
                                                  "a second status mechanism beside status_list")
                                     : e;
}

/* TS 119 472-1 5.2.10.1 writes the same reference flat beside status_list. */
static enum nw_err ref_flat_agrees(const struct nw_json *status, const struct nw_status_ref *ref,
                                   struct nw_diag *d)
{
    const struct nw_json *type = nw_json_get(status, "type");
    const struct nw_json *index = nw_json_get(status, "index");
    const struct nw_json *uri = nw_json_get(status, "uri");
    int64_t idx;
    bool same = (type == NULL || nw_json_is_text(type, "TokenStatusList")) &&
                (index == NULL || (nw_json_int(index, &idx) && (uint64_t)idx == ref->idx)) &&
                (uri == NULL || nw_json_is_text(uri, ref->uri));
    return same ? NW_OK
                : nw_fail_at(d, NW_ERR_CLAIM_RANGE, "status",
                             "type, index or uri differ from status_list");
}

enum nw_err nw_status_ref_json(const struct nw_json *status, struct nw_status_ref *out,
                               struct nw_diag *d)
{
    if (status == NULL) {
        *out = (struct nw_status_ref){.present = false};
        return NW_OK;
    }
    if (nw_json_kind(status) != NW_JSON_OBJECT) {
        return nw_fail_at(d, NW_ERR_CLAIM_TYPE, "status", "wanted an object");
    }
    const struct nw_json *list = nw_json_get(status, "status_list");
    enum nw_err e = ref_known(list != NULL, nw_json_count(status), d);
    if (e != NW_OK) {
        return e;
    }
    int64_t idx;
    if (!nw_json_int(nw_json_get(list, "idx"), &idx)) {
        return nw_fail_at(d, NW_ERR_CLAIM_TYPE, "status.status_list.idx", "wanted an integer");
    }
    if (idx < 0) {
        return nw_fail_at(d, NW_ERR_CLAIM_RANGE, "status.status_list.idx", "it is negative");
    }
    const char *uri = nw_json_text(nw_json_get(list, "uri"));
    if (uri == NULL) {
        return nw_fail_at(d, NW_ERR_CLAIM_TYPE, "status.status_list.uri", "wanted a string");
    }
    struct nw_status_ref ref;
    e = ref_fill((uint64_t)idx, nw_str(uri), &ref, d);
    if (e == NW_OK) {
        e = ref_flat_agrees(status, &ref, d);
    }
    if (e == NW_OK) {
        *out = ref;
    }
    return e;
}

static enum nw_err ref_cbor_fields(struct nw_slice list, struct nw_status_ref *out,
                                   struct nw_diag *d)
{
    struct nw_slice raw;
    if (!nw_cbor_find_text(list, "idx", &raw)) {
        return nw_fail_at(d, NW_ERR_CLAIM_MISSING, "status.status_list.idx", "it is not there");
    }
    struct nw_cbor r = nw_cbor_open(raw);
    uint64_t idx = nw_cbor_uint(&r);
    if (nw_cbor_err(&r) != NW_OK) {
        return nw_fail_at(d, NW_ERR_CLAIM_TYPE, "status.status_list.idx",
                          "wanted an unsigned integer");
    }
    if (!nw_cbor_find_text(list, "uri", &raw)) {
        return nw_fail_at(d, NW_ERR_CLAIM_MISSING, "status.status_list.uri", "it is not there");
    }
    r = nw_cbor_open(raw);
    struct nw_slice uri = nw_cbor_text(&r);
    if (nw_cbor_err(&r) != NW_OK) {
        return nw_fail_at(d, NW_ERR_CLAIM_TYPE, "status.status_list.uri", "wanted a text string");
    }
    return ref_fill(idx, uri, out, d);
}

enum nw_err nw_status_ref_cbor(struct nw_slice status, struct nw_status_ref *out, struct nw_diag *d)
{
    if (status.n == 0) {
        *out = (struct nw_status_ref){.present = false};
        return NW_OK;
    }
    enum nw_err e = nw_cbor_check(status, NW_CBOR_UNIQUE | NW_CBOR_DEFINITE, NW_MAX_CBOR_DEPTH, d);
    if (e != NW_OK) {
        return e;
    }
    struct nw_cbor r = nw_cbor_open(status);
    size_t members = nw_cbor_map(&r);
    if (nw_cbor_err(&r) != NW_OK) {
        return nw_fail_at(d, NW_ERR_CLAIM_TYPE, "status", "wanted a map");
    }
    struct nw_slice list = NW_SLICE_EMPTY;
    bool found = nw_cbor_find_text(status, "status_list", &list);
    e = ref_alone(found, members, d);
    return e != NW_OK ? e : ref_cbor_fields(list, out, d);
}

/* identifier_list: {id: bstr, uri: tstr, certificate?: bstr} */
static enum nw_err ref_identifier(struct nw_slice list, struct nw_status_ref *out,
                                  struct nw_diag *d)
{
    struct nw_slice raw, id = NW_SLICE_EMPTY, uri = NW_SLICE_EMPTY;
    if (nw_cbor_find_text(list, "id", &raw)) {
        struct nw_cbor r = nw_cbor_open(raw);
        id = nw_cbor_bytes(&r);
    }
    if (nw_cbor_find_text(list, "uri", &raw)) {
        struct nw_cbor r = nw_cbor_open(raw);
        uri = nw_cbor_text(&r);
    }
    if (id.n == 0 || id.n > NW_STATUS_ID_MAX) {
        return nw_fail_at(d, NW_ERR_CLAIM_RANGE, "status.identifier_list.id",
                          "wanted 1 to %d bytes", NW_STATUS_ID_MAX);
    }
    enum nw_err e = ref_fill(0, uri, out, d);
    if (e == NW_OK) {
        out->identifier = true;
        out->id_n = id.n;
        memcpy(out->id, id.p, id.n);
    }
    return e;
}

static enum nw_err ref_certificate(struct nw_slice list, struct nw_status_ref *out,
                                   struct nw_diag *d)
{
    struct nw_slice raw;
    if (!nw_cbor_find_text(list, "certificate", &raw)) {
        return NW_OK;
    }
    struct nw_cbor r = nw_cbor_open(raw);
    out->certificate = nw_cbor_bytes(&r);
    return nw_cbor_err(&r) == NW_OK && out->certificate.n > 0
               ? NW_OK
               : nw_fail_at(d, NW_ERR_CLAIM_TYPE, "status.certificate", "wanted a byte string");
}

enum nw_err nw_status_ref_mso(struct nw_slice status, struct nw_status_ref *out, struct nw_diag *d)
{
    struct nw_slice list;
    struct nw_status_ref ref = {.present = false};
    enum nw_err e = NW_OK;
    if (status.n > 0 && nw_cbor_find_text(status, "identifier_list", &list)) {
        struct nw_cbor r = nw_cbor_open(status);
        e = ref_alone(true, nw_cbor_map(&r), d);
        if (e == NW_OK) {
            e = ref_identifier(list, &ref, d);
        }
    } else {
        e = nw_status_ref_cbor(status, &ref, d);
    }
    if (e == NW_OK && ref.present &&
        (ref.identifier || nw_cbor_find_text(status, "status_list", &list))) {
        e = ref_certificate(list, &ref, d);
    }
    if (e == NW_OK) {
        *out = ref;
    }
    return e;
}
