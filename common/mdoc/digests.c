/* Every returned element against the digest that was signed for it (ISO/IEC 18013-5 9.3.1 step 3).
 */
#include "mdoc/internal.h"

struct matching {
    struct nw_crypto *c;
    const struct nw_mdoc *m;
    struct nw_diag *d;
    bool done[NW_MAX_MDOC_ITEMS];
    size_t digest_n, undisclosed;
};

/* Within one name space neither a digest id nor an element comes twice. */
static enum nw_err check_unique(const struct nw_mdoc *m, struct nw_diag *d)
{
    for (size_t i = 1; i < m->item_n; i++) {
        const struct nw_mdoc_item *a = &m->item[i];
        for (size_t k = i; k > 0 && m->item[k - 1].name_space.p == a->name_space.p; k--) {
            const struct nw_mdoc_item *b = &m->item[k - 1];
            if (a->digest_id == b->digest_id || nw_slice_eq(a->id, b->id)) {
                return nw_fail(d, NW_ERR_ELEMENT_TWICE, NW_NO_OFFSET, "%s",
                               a->digest_id == b->digest_id ? "a digestID" : "an element");
            }
        }
    }
    return NW_OK;
}

static enum nw_err check_item(struct matching *w, size_t i, struct nw_slice digest)
{
    uint8_t got[NW_HASH_MAX];
    enum nw_hash_alg hash = w->m->mso.hash;
    enum nw_err e = nw_hash_parts(w->c, hash, &w->m->item[i].bytes, 1, got);
    if (e != NW_OK) {
        return e;
    }
    if (!nw_slice_eq(digest, nw_slice(got, nw_hash_size(hash)))) {
        return nw_fail(w->d, NW_ERR_MSO_DIGEST, NW_NO_OFFSET, "digestID %u",
                       (unsigned)w->m->item[i].digest_id);
    }
    w->done[i] = true;
    return NW_OK;
}

/* One entry of valueDigests: the item it belongs to, or one that was not returned. first..end are
 * the items of this name space. */
static enum nw_err read_entry(struct matching *w, struct nw_cbor *r, size_t first, size_t end)
{
    uint64_t id = nw_cbor_uint(r);
    struct nw_slice digest = nw_cbor_bytes(r);
    if (nw_cbor_err(r) != NW_OK) {
        return nw_fail_at(w->d, NW_ERR_MSO_FORM, "valueDigests", "wanted digestID: digest");
    }
    if (digest.n != nw_hash_size(w->m->mso.hash)) {
        return nw_fail_at(w->d, NW_ERR_MSO_FORM, "valueDigests", "a digest of %zu bytes", digest.n);
    }
    if (++w->digest_n > NW_MAX_MDOC_DIGESTS) {
        return nw_fail_at(w->d, NW_ERR_LIMIT, "valueDigests", "more than %u digests",
                          NW_MAX_MDOC_DIGESTS);
    }
    for (size_t i = first; i < end; i++) {
        if (w->m->item[i].digest_id == id) {
            return check_item(w, i, digest);
        }
    }
    w->undisclosed++;
    return NW_OK;
}

static enum nw_err read_name_space(struct matching *w, struct nw_cbor *r)
{
    struct nw_slice name = nw_cbor_text(r);
    size_t n = nw_cbor_map(r);
    size_t first = 0;
    while (first < w->m->item_n && !nw_slice_eq(w->m->item[first].name_space, name)) {
        first++;
    }
    size_t end = first;
    while (end < w->m->item_n && nw_slice_eq(w->m->item[end].name_space, name)) {
        end++;
    }
    if (nw_cbor_err(r) != NW_OK) {
        return nw_fail_at(w->d, NW_ERR_MSO_FORM, "valueDigests", "wanted name space: digests");
    }
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < n; i++) {
        e = read_entry(w, r, first, end);
    }
    return e;
}

enum nw_err nw_mdoc_digests(struct nw_crypto *c, const struct nw_mdoc *m, size_t *undisclosed,
                            struct nw_diag *d)
{
    struct matching w = {.c = c, .m = m, .d = d};
    struct nw_cbor r = nw_cbor_open(m->mso.value_digests);
    enum nw_err e = check_unique(m, d);
    size_t n = nw_cbor_map(&r);
    for (size_t i = 0; e == NW_OK && i < n; i++) {
        e = read_name_space(&w, &r);
    }
    for (size_t i = 0; e == NW_OK && i < m->item_n; i++) {
        if (!w.done[i]) {
            e = nw_fail(d, NW_ERR_MSO_DIGEST, NW_NO_OFFSET, "no digest was signed for digestID %u",
                        (unsigned)m->item[i].digest_id);
        }
    }
    if (e == NW_OK) {
        *undisclosed = w.undisclosed;
    }
    return e;
}
