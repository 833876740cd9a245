#include <string.h>

#include "base/codec.h"
#include "sdjwt/vctm.h"

/* SD-JWT VC 6: syntax of W3C SRI, the strongest algorithm named counts, any of its digests may fit.
 */

static const struct sri_alg {
    const char *prefix;
    enum nw_hash_alg alg;
} algs[] = {{"sha256-", NW_SHA256}, {"sha384-", NW_SHA384}, {"sha512-", NW_SHA512}};

static const struct sri_alg *alg_of(struct nw_slice item)
{
    for (size_t i = 0; i < sizeof algs / sizeof algs[0]; i++) {
        if (nw_slice_starts(item, algs[i].prefix)) {
            return &algs[i];
        }
    }
    return NULL;
}

/* Next item; items are separated by white space. */
static bool next_item(struct nw_slice *rest, struct nw_slice *item)
{
    size_t from = 0;
    while (from < rest->n && strchr(" \t\r\n\f", rest->p[from]) != NULL) {
        from++;
    }
    size_t to = from;
    while (to < rest->n && strchr(" \t\r\n\f", rest->p[to]) == NULL) {
        to++;
    }
    *item = nw_slice_sub(*rest, from, to - from);
    *rest = nw_slice_from(*rest, to);
    return item->n > 0;
}

static enum nw_err fits(struct nw_slice item, const struct sri_alg *alg, struct nw_slice digest,
                        bool *fit)
{
    struct nw_buf b = NW_BUF(128);
    struct nw_slice value = nw_slice_from(item, strlen(alg->prefix));
    value = nw_slice_sub(value, 0, nw_slice_find(value, '?', 0)); /* options mean nothing yet */
    enum nw_err e = nw_base64_decode(value, &b, NULL);
    if (e == NW_OK && nw_slice_eq(nw_buf_slice(&b), digest)) {
        *fit = true;
    }
    nw_buf_free(&b);
    return nw_err_is_ours(e) ? e : NW_OK;
}

enum nw_err nw_sri_check(struct nw_crypto *c, const char *metadata, struct nw_slice bytes)
{
    const struct sri_alg *best = NULL;
    struct nw_slice item;
    uint8_t digest[NW_HASH_MAX];
    bool fit = false;
    for (struct nw_slice rest = nw_str(metadata); next_item(&rest, &item);) {
        const struct sri_alg *a = alg_of(item);
        if (a != NULL && (best == NULL || a > best)) {
            best = a;
        }
    }
    if (best == NULL) {
        return NW_ERR_INTEGRITY;
    }
    enum nw_err e = nw_hash_parts(c, best->alg, &bytes, 1, digest);
    for (struct nw_slice rest = nw_str(metadata); e == NW_OK && next_item(&rest, &item);) {
        if (alg_of(item) == best) {
            e = fits(item, best, nw_slice(digest, nw_hash_size(best->alg)), &fit);
        }
    }
    return e != NW_OK ? e : fit ? NW_OK : NW_ERR_INTEGRITY;
}
