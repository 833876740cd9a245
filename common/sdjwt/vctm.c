#include "sdjwt/vctm.h"

#include <string.h>

#include "base/alloc.h"
#include "sdjwt/internal.h"
#include "sdjwt/vctm_claims.h"

struct chain {
    struct nw_json *doc[NW_VCTM_MAX_CHAIN]; /* the credential's own type first; owned */
    size_t n;
};

struct vctm {
    struct nw_crypto *c;
    nw_vctm_find_fn find;
    void *ctx;
    struct nw_checks *checks;
    struct nw_diag *d;
    struct chain chain;
};

static enum nw_err refuse(struct vctm *v, enum nw_err e, const char *detail)
{
    return nw_sdjwt_refuse(v->checks, v->d, "VC-05", e, "%s", detail);
}

/* integrity: an "...#integrity" member or NULL. */
static enum nw_err check_integrity(struct vctm *v, const struct nw_json *integrity,
                                   struct nw_slice document)
{
    if (integrity == NULL) {
        return NW_OK;
    }
    const char *metadata = nw_json_text(integrity);
    enum nw_err e = metadata == NULL ? NW_ERR_INTEGRITY : nw_sri_check(v->c, metadata, document);
    return e == NW_OK ? NW_OK : refuse(v, e, "the digest of the document is another one");
}

/* Appends the document for vct to the chain; *found false: there is none. */
static enum nw_err load(struct vctm *v, const char *vct, const struct nw_json *integrity,
                        bool *found)
{
    struct nw_slice document;
    *found = v->find(v->ctx, vct, &document);
    if (!*found) {
        return NW_OK;
    }
    if (v->chain.n == NW_VCTM_MAX_CHAIN) {
        return refuse(v, NW_ERR_LIMIT, "the chain of extended types is too long");
    }
    enum nw_err e = check_integrity(v, integrity, document);
    if (e != NW_OK) {
        return e;
    }
    struct nw_json **doc = &v->chain.doc[v->chain.n];
    e = nw_json_parse(document, doc, v->d);
    if (e != NW_OK) {
        return nw_sdjwt_refuse_diag(v->checks, v->d, "VC-05", e);
    }
    v->chain.n++;
    if (!nw_json_is_text(nw_json_get(*doc, "vct"), vct)) {
        return refuse(v, NW_ERR_VCT, "the document describes another type");
    }
    return NW_OK;
}

/* SD-JWT VC 7.4: a type must not extend itself, directly or through others. */
static bool is_circle(const struct chain *chain, const char *vct)
{
    for (size_t i = 0; i < chain->n; i++) {
        if (nw_json_is_text(nw_json_get(chain->doc[i], "vct"), vct)) {
            return true;
        }
    }
    return false;
}

static enum nw_err load_chain(struct vctm *v, bool *found)
{
    for (;;) {
        const struct nw_json *last = v->chain.doc[v->chain.n - 1];
        const struct nw_json *extends = nw_json_get(last, "extends");
        const char *vct = nw_json_text(extends);
        if (extends == NULL) {
            return NW_OK;
        }
        if (vct == NULL) {
            return refuse(v, NW_ERR_CLAIM_TYPE, "extends is not a string");
        }
        if (is_circle(&v->chain, vct)) {
            return refuse(v, NW_ERR_VCT, "the types extend each other in a circle");
        }
        enum nw_err e = load(v, vct, nw_json_get(last, "extends#integrity"), found);
        if (e != NW_OK || !*found) {
            return e;
        }
    }
}

/* 5.7.5: from the most general type down; what a child says is added and may not loosen. */
static enum nw_err check_claims(struct vctm *v, const struct nw_sdjwt *s)
{
    struct nw_vctm_claims claims = {0};
    const char *why = "";
    enum nw_err e = NW_OK;
    for (size_t i = v->chain.n; e == NW_OK && i > 0; i--) {
        e = nw_vctm_claims_add(&claims, nw_json_get(v->chain.doc[i - 1], "claims"), &why);
    }
    for (size_t i = 0; e == NW_OK && i < claims.n; i++) {
        e = nw_vctm_claim_check(s, &claims.v[i], &why);
    }
    nw_free(claims.v);
    return e == NW_OK ? NW_OK : refuse(v, e, why);
}

enum nw_err nw_vctm_check(struct nw_crypto *c, const struct nw_sdjwt *s, nw_vctm_find_fn find,
                          void *ctx, struct nw_checks *checks, struct nw_diag *d)
{
    struct vctm v = {.c = c, .find = find, .ctx = ctx, .checks = checks, .d = d};
    bool found = false;
    const char *vct = nw_json_text(nw_json_get(s->payload, "vct"));
    if (vct == NULL) {
        return refuse(&v, NW_ERR_CLAIM_MISSING, "the credential names no type");
    }
    enum nw_err e = load(&v, vct, nw_json_get(s->payload, "vct#integrity"), &found);
    if (e == NW_OK && found) {
        e = load_chain(&v, &found);
    }
    if (e == NW_OK && found) {
        e = check_claims(&v, s);
    }
    if (e == NW_OK && found) {
        nw_sdjwt_pass(checks, "VC-05");
    } else if (e == NW_OK && checks != NULL) {
        nw_check_not_done(checks, "VC-05", "no document is at hand for the type or one above it");
    }
    for (size_t i = 0; i < v.chain.n; i++) {
        nw_json_free(&v.chain.doc[i]);
    }
    return e;
}
