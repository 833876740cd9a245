/* One list from bytes to services: the steps in their order, and their rules. */
#include "lote.h"

#include "base/alloc.h"
#include "tsl_gate.h"

static enum nw_err read_json(struct lote *l, struct nw_diag *d)
{
    enum nw_err e = nw_json_parse_max(nw_buf_slice(&l->jws.payload), NW_MAX_LOTE, &l->json, d);
    if (e == NW_OK) {
        e = lote_schema_check(l->json, d);
    }
    return e == NW_OK ? lote_read_json(l->json, l->jws.payload.n, &l->model) : e;
}

/* From bytes to the model, signature first. */
static enum nw_err open_form(struct nw_crypto *c, struct nw_slice file,
                             const struct lote_policy *policy, struct lote *l,
                             struct nw_checks *checks, struct nw_diag *d)
{
    if (tsl_looks_like_xml(file)) {
        return lote_open_xml(c, file, policy, l, checks, d);
    }
    enum nw_err e = tsl_record(checks, "LOTE-01", lote_gate(c, file, policy, l, d), d);
    return e == NW_OK ? tsl_record(checks, "LOTE-03", read_json(l, d), d) : e;
}

static enum nw_err open_meaning(struct nw_crypto *c, const struct lote_policy *policy,
                                struct lote *l, struct nw_checks *checks, struct nw_diag *d)
{
    struct lote_policy then = *policy;
    then.now = policy->at_signing ? l->signed_at : policy->now;
    enum nw_err e = tsl_record(checks, "LOTE-03", lote_profile_check(l, policy, d), d);
    if (e == NW_OK) {
        e = tsl_record(checks, "LOTE-02", lote_times_check(l, &then, d), d);
    }
    if (e == NW_OK) {
        e = lote_services(c, l, d);
    }
    if (e == NW_OK && l->dropped > 0) {
        nw_check_fail(checks, "LOTE-04", NW_ERR_LOTE_SERVICE, "%zu services dropped, first: %s: %s",
                      l->dropped, l->notes[0].path, l->notes[0].text);
    } else if (e == NW_OK) {
        nw_check_pass(checks, "LOTE-04");
    }
    return e;
}

enum nw_err lote_open(struct nw_crypto *c, struct nw_slice file, const struct lote_policy *policy,
                      struct lote **out, struct nw_checks *checks, struct nw_diag *d)
{
    struct nw_diag local = {0};
    struct lote *l = nw_calloc(1, sizeof *l);
    if (l == NULL) {
        return NW_ERR_NOMEM;
    }
    enum nw_err e = nw_sha256(c, file, l->sha256);
    if (e == NW_OK) {
        e = open_form(c, file, policy, l, checks, &local);
    }
    if (e == NW_OK) {
        e = open_meaning(c, policy, l, checks, &local);
    }
    if (e == NW_OK) {
        *out = l;
        l = NULL;
    } else if (d != NULL && d->code == NW_OK) {
        *d = local;
        d->code = e;
    }
    lote_free(&l);
    return e;
}

void lote_free(struct lote **l)
{
    if (*l == NULL) {
        return;
    }
    nw_jws_free(&(*l)->jws);
    nw_json_free(&(*l)->json);
    lote_model_free(&(*l)->model);
    nw_free((*l)->entities);
    nw_free((*l)->services);
    nw_free(*l);
    *l = NULL;
}
