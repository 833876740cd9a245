/* The ways an mdoc travels, CBOR inside CBOR, and its versions. */
#include "base/codec.h"
#include "mdoc/internal.h"

#define MINOR_DIGITS 4

const enum nw_sig_alg nw_mdoc_algs[NW_MDOC_ALGS] = {NW_ES256, NW_ES384, NW_ES512, NW_EDDSA};

/* The first byte of a map is a0 to bf: in hex it begins with a or b, in base64url with o to v. */
enum nw_err nw_mdoc_decode(struct nw_slice in, struct nw_buf *own, struct nw_slice *bytes,
                           struct nw_diag *d)
{
    enum nw_err e = NW_OK;
    *own = NW_BUF(NW_MAX_CBOR);
    if (in.n == 0) {
        return nw_fail(d, NW_ERR_MDOC_FORM, 0, "it is empty");
    }
    if (in.p[0] >= 0x80) {
        *bytes = in;
    } else {
        uint8_t first = in.p[0] | 0x20;
        e = first == 'a' || first == 'b' ? nw_hex_decode(in, own, d)
                                         : nw_base64url_decode(in, own, d);
        *bytes = nw_buf_slice(own);
    }
    if (e == NW_OK && bytes->n > NW_MAX_CBOR) {
        e = nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "%zu bytes", bytes->n);
    }
    if (e != NW_OK) {
        nw_buf_free(own);
    }
    return e;
}

enum nw_err nw_mdoc_embedded_next(struct nw_cbor *r, struct nw_slice *raw, struct nw_slice *content,
                                  struct nw_diag *d)
{
    size_t start = r->pos;
    bool tagged = nw_cbor_tag(r) == NW_TAG_CBOR;
    struct nw_slice inner = nw_cbor_bytes(r);
    if (!tagged || nw_cbor_err(r) != NW_OK) {
        return nw_fail(d, NW_ERR_CBOR_TYPE, NW_NO_OFFSET, "wanted tag 24 around a byte string");
    }
    *raw = nw_slice_sub(r->in, start, r->pos - start);
    *content = inner;
    return NW_OK;
}

enum nw_err nw_mdoc_embedded(struct nw_slice raw, unsigned max_depth, struct nw_slice *content,
                             struct nw_diag *d)
{
    struct nw_cbor r = nw_cbor_open(raw);
    struct nw_slice whole, inner;
    enum nw_err e = nw_mdoc_embedded_next(&r, &whole, &inner, d);
    if (e == NW_OK && !nw_cbor_done(&r)) {
        e = nw_fail(d, NW_ERR_CBOR_TYPE, NW_NO_OFFSET, "wanted tag 24 around a byte string");
    }
    if (e == NW_OK) {
        e = nw_cbor_check(inner, NW_CBOR_STRICT, max_depth, d);
    }
    if (e == NW_OK) {
        *content = inner;
    }
    return e;
}

bool nw_mdoc_version(struct nw_slice version, unsigned *minor)
{
    unsigned v = 0;
    if (!nw_slice_starts(version, "1.") || version.n < 3 || version.n > 2 + MINOR_DIGITS) {
        return false;
    }
    for (size_t i = 2; i < version.n; i++) {
        if (version.p[i] < '0' || version.p[i] > '9') {
            return false;
        }
        v = v * 10 + (unsigned)(version.p[i] - '0');
    }
    *minor = v;
    return true;
}

bool nw_mdoc_text(struct nw_slice map, const char *name, struct nw_slice *out)
{
    struct nw_slice raw;
    if (!nw_cbor_find_text(map, name, &raw)) {
        return false;
    }
    struct nw_cbor r = nw_cbor_open(raw);
    *out = nw_cbor_text(&r);
    return nw_cbor_err(&r) == NW_OK;
}

enum nw_err nw_mdoc_refuse(struct nw_checks *checks, const char *rule, enum nw_err e,
                           struct nw_diag *d)
{
    (void)nw_fail(d, e, NW_NO_OFFSET, "%s", "");
    if (checks != NULL && !nw_err_is_ours(e)) {
        (void)nw_check_fail_diag(checks, rule, d);
    }
    return e;
}

void nw_mdoc_pass(struct nw_checks *checks, const char *rule)
{
    if (checks != NULL) {
        nw_check_pass(checks, rule);
    }
}
