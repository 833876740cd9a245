/* IssuerSigned: name spaces, items, the shape of issuerAuth. */
#include "mdoc/internal.h"

#define DIGEST_ID_MAX 0x7fffffffu /* ISO/IEC 18013-5 9.1.2.4 */
#define RANDOM_MIN 16u            /* 9.1.2.5 */

static enum nw_err refuse(struct nw_diag *d, const char *what)
{
    return nw_fail(d, NW_ERR_MDOC_FORM, NW_NO_OFFSET, "%s", what);
}

/* The four members of an IssuerSignedItem; others are passed over (8.1). */
static enum nw_err read_members(struct nw_slice content, struct nw_mdoc_item *item,
                                struct nw_diag *d)
{
    struct nw_slice id = NW_SLICE_EMPTY, random = NW_SLICE_EMPTY, name = NW_SLICE_EMPTY;
    const struct nw_cbor_member wanted[] = {
        NW_CBOR_MEMBER("digestID", &id), NW_CBOR_MEMBER("random", &random),
        NW_CBOR_MEMBER("elementIdentifier", &name), NW_CBOR_MEMBER("elementValue", &item->value)};
    item->value = NW_SLICE_EMPTY;
    enum nw_err e =
        nw_cbor_check_map(content, NW_MAX_CBOR_DEPTH, wanted, sizeof wanted / sizeof wanted[0], d);
    if (e != NW_OK) {
        return e;
    }
    struct nw_cbor r[] = {nw_cbor_open(id), nw_cbor_open(random), nw_cbor_open(name)};
    uint64_t digest_id = nw_cbor_uint(&r[0]);
    size_t random_n = nw_cbor_bytes(&r[1]).n;
    item->id = nw_cbor_text(&r[2]);
    if (nw_cbor_err(&r[0]) != NW_OK || nw_cbor_err(&r[1]) != NW_OK || nw_cbor_err(&r[2]) != NW_OK ||
        item->value.n == 0) {
        return refuse(d, "an IssuerSignedItem lacks a member or has one of another type");
    }
    if (digest_id > DIGEST_ID_MAX) {
        return refuse(d, "a digestID is out of range");
    }
    if (random_n < RANDOM_MIN) {
        return nw_fail(d, NW_ERR_MDOC_FORM, NW_NO_OFFSET, "a random of %zu bytes", random_n);
    }
    item->digest_id = (uint32_t)digest_id;
    return NW_OK;
}

static enum nw_err read_item(struct nw_cbor *outer, struct nw_slice name_space,
                             struct nw_mdoc_item *item, struct nw_diag *d)
{
    struct nw_slice content;
    enum nw_err e = nw_mdoc_embedded_next(outer, &item->bytes, &content, d);
    item->name_space = name_space;
    return e == NW_OK ? read_members(content, item, d) : e;
}

static enum nw_err read_name_space(struct nw_cbor *r, struct nw_mdoc *m, struct nw_diag *d)
{
    if (nw_cbor_peek(r) != NW_CBOR_TEXT) {
        return nw_fail(d, NW_ERR_MDOC_FORM, r->pos, "a name space is no text");
    }
    struct nw_slice name = nw_cbor_text(r);
    size_t n = nw_cbor_peek(r) == NW_CBOR_ARRAY ? nw_cbor_array(r) : 0;
    if (n == 0) {
        return nw_fail(d, NW_ERR_MDOC_FORM, r->pos, "a name space is no list of elements");
    }
    for (size_t i = 0; i < n; i++) {
        if (m->item_n == NW_MAX_MDOC_ITEMS) {
            return nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "more than %u elements",
                           NW_MAX_MDOC_ITEMS);
        }
        enum nw_err e = read_item(r, name, &m->item[m->item_n], d);
        if (e != NW_OK) {
            return e;
        }
        m->item_n++;
    }
    return NW_OK;
}

static enum nw_err read_name_spaces(struct nw_slice raw, struct nw_mdoc *m, struct nw_diag *d)
{
    struct nw_cbor r = nw_cbor_open(raw);
    size_t n = nw_cbor_peek(&r) == NW_CBOR_MAP ? nw_cbor_map(&r) : 0;
    if (n == 0 || n > NW_MAX_MDOC_NAME_SPACES) {
        return nw_fail(d, NW_ERR_MDOC_FORM, NW_NO_OFFSET, "nameSpaces: %zu name spaces", n);
    }
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < n; i++) {
        e = read_name_space(&r, m, d);
    }
    return e;
}

enum nw_err nw_issuer_signed_read(struct nw_slice raw, struct nw_mdoc *out, const char **rule,
                                  struct nw_diag *d)
{
    const struct nw_cose_policy policy = {
        .algs = nw_mdoc_algs,
        .alg_n = NW_MDOC_ALGS,
        .tag = NW_COSE_TAG_FORBIDDEN,
        .cbor_flags = NW_CBOR_STRICT,
    };
    struct nw_slice auth = NW_SLICE_EMPTY, spaces = NW_SLICE_EMPTY;
    const struct nw_cbor_member wanted[] = {NW_CBOR_MEMBER("issuerAuth", &auth),
                                            NW_CBOR_MEMBER("nameSpaces", &spaces)};
    *rule = "MSO-01";
    nw_cbor_members(raw, wanted, sizeof wanted / sizeof wanted[0]);
    if (auth.n == 0) {
        return nw_fail(d, NW_ERR_FORM_UNKNOWN, NW_NO_OFFSET, "there is no issuerAuth");
    }
    out->bytes = raw;
    out->item_n = 0;
    /* a device that returns no element leaves nameSpaces out */
    enum nw_err e = spaces.n > 0 ? read_name_spaces(spaces, out, d) : NW_OK;
    if (e != NW_OK) {
        return e;
    }
    *rule = "MSO-02";
    e = nw_cose_parse(auth, &policy, &out->auth, d);
    if (e == NW_OK && out->auth.chain_n == 0) {
        e = nw_fail(d, NW_ERR_COSE_HEADER, NW_NO_OFFSET, "there is no x5chain");
    }
    return e;
}
