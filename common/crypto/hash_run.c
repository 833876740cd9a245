/* A hash over a message that comes piece by piece. */
#include "base/alloc.h"
#include "crypto/provider.h"

struct nw_hash_run {
    const struct nw_provider_ops *ops;
    void *run;
    bool ended;
};

enum nw_err nw_hash_begin(struct nw_crypto *c, enum nw_hash_alg alg, struct nw_hash_run **out)
{
    struct nw_hash_run *r = nw_hash_size(alg) == 0 ? NULL : nw_calloc(1, sizeof *r);
    if (r == NULL) {
        return nw_hash_size(alg) == 0 ? NW_ERR_INTERNAL : NW_ERR_NOMEM;
    }
    r->ops = c->ops;
    enum nw_err e = c->ops->hash_begin(c->state, alg, &r->run);
    if (e != NW_OK) {
        nw_free(r);
        return e;
    }
    *out = r;
    return NW_OK;
}

enum nw_err nw_hash_add(struct nw_hash_run *run, struct nw_slice piece)
{
    if (run->ended) {
        return NW_ERR_INTERNAL;
    }
    return piece.n == 0 ? NW_OK : run->ops->hash_add(run->run, piece);
}

enum nw_err nw_hash_end(struct nw_hash_run *run, uint8_t out[NW_HASH_MAX])
{
    if (run->ended) {
        return NW_ERR_INTERNAL;
    }
    run->ended = true;
    return run->ops->hash_end(run->run, out);
}

void nw_hash_drop(struct nw_hash_run **run)
{
    if (*run != NULL) {
        (*run)->ops->hash_drop((*run)->run);
        nw_free(*run);
    }
    *run = NULL;
}
