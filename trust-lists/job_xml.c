/*
 * A national list into the bundle: the services that may issue qualified
 * attestations, and those that were granted for seals once, with everything
 * that says which certificates below them are qualified. Of the other CAs only
 * the names, so that a refusal can say that they are listed for something
 * else. A period counts as granted only where the list says so without doubt.
 */
#include <string.h>

#include "base/alloc.h"
#include "job.h"

struct national { /* one list on its way into the bundle */
    struct tl_job *j;
    struct tsl *l;
    size_t *entities; /* by provider: number of its entity in the job, plus 1; 0: none yet */
    size_t dropped;
};

static bool granted(const struct tsl_period *p, enum nw_role role)
{
    if (p->status != TSL_GRANTED || p->not_evaluable) {
        return false;
    }
    return p->type == (role == NW_ROLE_QEAA ? TSL_SERVICE_EAA_Q : TSL_SERVICE_CA_QC);
}

/* Most sets are those of other services again. */
enum nw_err tl_job_set(struct tl_job *j, struct nw_slice set, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; set.n > 0 && i < j->set_n; i++) {
        if (nw_slice_eq(j->sets[i], set)) {
            *out = i + 1;
        }
    }
    if (set.n == 0 || *out != 0) {
        return NW_OK;
    }
    void *v = j->sets;
    enum nw_err e = tl_grow(&v, j->set_n, sizeof *j->sets);
    j->sets = v;
    if (e == NW_OK) {
        j->sets[j->set_n++] = set;
        *out = j->set_n;
    }
    return e;
}

enum nw_err tl_job_number_sets(struct tl_job *j)
{
    struct nw_slice *old = j->sets;
    j->sets = NULL;
    j->set_n = 0;
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < j->service_n; i++) {
        for (size_t k = 0; e == NW_OK && k < j->services[i].period_n; k++) {
            uint64_t *set = &j->services[i].periods[k].set;
            e = *set != 0 ? tl_job_set(j, old[*set - 1], set) : NW_OK;
        }
    }
    nw_free(old);
    return e;
}

/* What the entry says, in the words of the bundle. A set is a service's for certificates only. */
static enum nw_err translate(struct tl_job *j, const struct tsl_period *p, enum nw_role role,
                             struct nw_bundle_period *out)
{
    *out = (struct nw_bundle_period){
        .status = granted(p, role) ? NW_TRUST_GRANTED : NW_TRUST_WITHDRAWN, .from = p->from};
    if (role != NW_ROLE_QCERT_CA || p->type != TSL_SERVICE_CA_QC) {
        return NW_OK;
    }
    out->uses =
        ((p->uses & TSL_FOR_SIGNATURES) != 0 ? NW_USE_SIGNATURES : 0u) |
        ((p->uses & TSL_FOR_SEALS) != 0 ? NW_USE_SEALS : 0u) |
        (p->not_evaluable || (p->status != TSL_GRANTED && p->status != TSL_WITHDRAWN) ? NW_USE_OPEN
                                                                                      : 0u);
    return out->uses != 0 ? tl_job_set(j, p->set, &out->set) : NW_OK;
}

static bool add_period(struct nw_bundle_service *out, const struct nw_bundle_period *p)
{
    struct nw_bundle_period *last = out->period_n > 0 ? &out->periods[out->period_n - 1] : NULL;
    if (last != NULL && last->status == p->status && last->uses == p->uses && last->set == p->set) {
        return true;
    }
    if (out->period_n == NW_MAX_PERIODS) {
        return false;
    }
    if (last != NULL) {
        last->until = p->from;
    }
    out->periods[out->period_n++] = *p;
    return true;
}

/* Oldest first, equals joined; *fits is false if there are too many. */
static enum nw_err take_periods(struct national *n, const struct tsl_service *s, enum nw_role role,
                                struct nw_bundle_service *out, bool *fits)
{
    const struct tsl *l = n->l;
    enum nw_err e = NW_OK;
    *fits = true;
    for (size_t i = s->period_n; e == NW_OK && *fits && i > 0; i--) {
        struct nw_bundle_period one;
        const struct tsl_period *p = &l->periods[s->period_first + i - 1];
        if (i > 1 && p->until == p->from) { /* the newest has no end, whatever 0 is */
            continue;                       /* another entry of the same time stands above it */
        }
        e = translate(n->j, p, role, &one);
        *fits = e == NW_OK && add_period(out, &one);
    }
    struct nw_bundle_period *last = &out->periods[out->period_n > 0 ? out->period_n - 1 : 0];
    if (*fits && l->next_update == 0 && last->status == NW_TRUST_GRANTED) { /* 5.3.15: closed */
        if (l->issued <= last->from) {
            last->status = NW_TRUST_WITHDRAWN;
        } else {
            struct nw_bundle_period end = {
                .status = NW_TRUST_WITHDRAWN, .from = l->issued, .uses = last->uses};
            *fits = add_period(out, &end);
        }
    }
    return e;
}

static bool was_ever_granted(const struct nw_bundle_service *s)
{
    for (size_t i = 0; i < s->period_n; i++) {
        if (s->periods[i].status == NW_TRUST_GRANTED &&
            (s->role != NW_ROLE_QCERT_CA || (s->periods[i].uses & NW_USE_SEALS) != 0)) {
            return true;
        }
    }
    return false;
}

/* A provider becomes an entity with its first service. */
static enum nw_err entity_of(struct national *n, size_t tsp, uint64_t *out)
{
    struct tl_job *j = n->j;
    const struct tsl_tsp *t = &n->l->tsps[tsp];
    if (n->entities[tsp] == 0) {
        bool fits = t->trade_name.n < sizeof((struct nw_trust_entity *)NULL)->id;
        void *v = j->entities;
        enum nw_err e = tl_grow(&v, j->entity_n, sizeof *j->entities);
        j->entities = v;
        if (e != NW_OK) {
            return e;
        }
        j->entities[j->entity_n++] = (struct nw_bundle_entity){
            .id = fits ? t->trade_name : NW_SLICE_EMPTY,
            .name = t->name,
            .country = nw_list_country(nw_str(n->l->territory)),
            .source = j->source_n,
            .names = t->names,
        };
        n->entities[tsp] = j->entity_n;
    }
    *out = n->entities[tsp] - 1;
    return NW_OK;
}

static enum nw_err add_service(struct tl_job *j, const struct nw_bundle_service *s)
{
    void *v = j->services;
    enum nw_err e = tl_grow(&v, j->service_n, sizeof *j->services);
    j->services = v;
    if (e == NW_OK) {
        j->services[j->service_n++] = *s;
    }
    return e;
}

/* In as many parts as its certificates need. */
static enum nw_err add_with_certs(struct national *n, const struct tsl_service *s,
                                  struct nw_bundle_service *out)
{
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < s->cert_n; i++) {
        if (out->cert_n == NW_MAX_SERVICE_CERTS) {
            e = add_service(n->j, out);
            out->cert_n = 0;
        }
        out->certs[out->cert_n++] = n->l->certs[s->cert_first + i];
    }
    return e == NW_OK && out->cert_n > 0 ? add_service(n->j, out) : e;
}

/* A CA that never issued for seals. One that cannot be read is no certificate's issuer. */
static enum nw_err add_other(struct national *n, const struct tsl_service *s)
{
    struct tl_job *j = n->j;
    uint64_t entity = 0;
    enum nw_err e = s->cert_n > 0 ? entity_of(n, s->tsp, &entity) : NW_OK;
    for (size_t i = 0; e == NW_OK && i < s->cert_n; i++) {
        struct nw_bundle_other_ca one = {.entity = entity};
        struct nw_cert_outline cert;
        void *v = j->others;
        if (nw_cert_outline(n->l->certs[s->cert_first + i], &cert) != NW_OK) {
            continue;
        }
        e = nw_sha256(j->c, cert.subject, one.subject);
        if (e == NW_OK) {
            e = tl_grow(&v, j->other_n, sizeof *j->others);
            j->others = v;
        }
        if (e == NW_OK) {
            j->others[j->other_n++] = one;
        }
    }
    return e;
}

static enum nw_err take_service(struct national *n, const struct tsl_service *s)
{
    static const enum nw_role roles[] = {NW_ROLE_QCERT_CA, NW_ROLE_QEAA};
    struct nw_bundle_service *out = nw_calloc(1, sizeof *out);
    enum nw_err e = out != NULL ? NW_OK : NW_ERR_NOMEM;
    for (size_t i = 0; e == NW_OK && i < 2; i++) {
        memset(out, 0, sizeof *out);
        out->role = roles[i];
        bool fits = true;
        e = take_periods(n, s, roles[i], out, &fits);
        if (e == NW_OK && !fits) {
            n->dropped++;
        } else if (e == NW_OK && was_ever_granted(out)) {
            e = entity_of(n, s->tsp, &out->entity);
            e = e == NW_OK ? add_with_certs(n, s, out) : e;
        } else if (e == NW_OK && out->role == NW_ROLE_QCERT_CA && s->type == TSL_SERVICE_CA_QC) {
            e = add_other(n, s);
        }
    }
    nw_free(out);
    return e;
}

static void say(struct tl_job *j, const char *name, const struct tsl *l, size_t services,
                size_t dropped)
{
    tl_list_read(j, name, false, l->sequence, "%zu of %zu services", services, l->service_n);
    tl_list_notes(j, name, l->notes, l->note_n);
    if (dropped > 0) {
        tl_note(j, NW_NOTE_WARNING, "list", name,
                "%zu services left out: more periods than a bundle holds", dropped);
    }
}

enum nw_err tl_job_national(struct tl_job *j, const char *name, struct tsl *l, bool test)
{
    struct national n = {.j = j, .l = l};
    size_t before = j->service_n;
    n.entities = nw_calloc(l->tsp_n + 1, sizeof *n.entities);
    enum nw_err e = n.entities != NULL ? NW_OK : NW_ERR_NOMEM;
    for (size_t i = 0; e == NW_OK && i < l->service_n; i++) {
        e = take_service(&n, &l->services[i]);
    }
    if (e == NW_OK) {
        e = tl_job_add_xml(j, name, l, test);
    }
    if (e == NW_OK) {
        say(j, name, l, j->service_n - before, n.dropped);
    }
    nw_free(n.entities);
    return e;
}
