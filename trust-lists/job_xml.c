/*
 * A source that is the EU list of lists: the way from the Official Journal to
 * it, and the national lists below it. One broken national list never stops
 * the others; without the list of lists nothing of the source counts.
 *
 * What goes into the bundle are the services that may issue qualified
 * attestations, or qualified certificates for seals. A period
 * counts as granted only where the list says so without doubt: what is not
 * evaluable is not granted.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "command.h"
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
    return role == NW_ROLE_QEAA ? p->type == TSL_SERVICE_EAA_Q
                                : p->type == TSL_SERVICE_CA_QC && (p->uses & TSL_FOR_SEALS) != 0;
}

static bool add_period(struct nw_bundle_service *out, enum nw_trust_state status, int64_t from)
{
    struct nw_bundle_period *last = out->period_n > 0 ? &out->periods[out->period_n - 1] : NULL;
    if (last != NULL && last->status == status) {
        return true;
    }
    if (out->period_n == NW_MAX_PERIODS) {
        return false;
    }
    if (last != NULL) {
        last->until = from;
    }
    out->periods[out->period_n++] = (struct nw_bundle_period){.status = status, .from = from};
    return true;
}

/* Oldest first, equals joined; false if there are too many. */
static bool take_periods(const struct tsl *l, const struct tsl_service *s, enum nw_role role,
                         struct nw_bundle_service *out)
{
    bool fits = true;
    for (size_t i = s->period_n; fits && i > 0; i--) {
        const struct tsl_period *p = &l->periods[s->period_first + i - 1];
        if (p->until == p->from && p->until != 0) {
            continue; /* another entry of the same time stands above it */
        }
        fits = add_period(out, granted(p, role) ? NW_TRUST_GRANTED : NW_TRUST_WITHDRAWN, p->from);
    }
    struct nw_bundle_period *last = &out->periods[out->period_n - 1];
    if (l->next_update == 0 && last->status == NW_TRUST_GRANTED) { /* 5.3.15: a closed list */
        if (l->issued <= last->from) {
            last->status = NW_TRUST_WITHDRAWN;
        } else {
            fits = fits && add_period(out, NW_TRUST_WITHDRAWN, l->issued);
        }
    }
    return fits;
}

static bool was_ever_granted(const struct nw_bundle_service *s)
{
    for (size_t i = 0; i < s->period_n; i++) {
        if (s->periods[i].status == NW_TRUST_GRANTED) {
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

/* In as many parts as its certificates need. One that cannot be read is no anchor. */
static enum nw_err add_with_certs(struct national *n, const struct tsl_service *s,
                                  struct nw_bundle_service *out)
{
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < s->cert_n; i++) {
        struct nw_cert cert;
        struct nw_slice der = n->l->certs[s->cert_first + i];
        enum nw_err bad = nw_cert_parse(der, &cert, NULL);
        if (nw_err_is_ours(bad)) {
            return bad;
        }
        if (bad != NW_OK) {
            n->dropped++;
            continue;
        }
        if (out->cert_n == NW_MAX_SERVICE_CERTS) {
            e = add_service(n->j, out);
            out->cert_n = 0;
        }
        out->certs[out->cert_n++] = der;
    }
    return e == NW_OK && out->cert_n > 0 ? add_service(n->j, out) : e;
}

static enum nw_err take_service(struct national *n, const struct tsl_service *s)
{
    static const enum nw_role roles[] = {NW_ROLE_QCERT_CA, NW_ROLE_QEAA};
    struct nw_bundle_service *out = nw_calloc(1, sizeof *out);
    enum nw_err e = out != NULL ? NW_OK : NW_ERR_NOMEM;
    for (size_t i = 0; e == NW_OK && i < 2; i++) {
        memset(out, 0, sizeof *out);
        out->role = roles[i];
        if (!take_periods(n->l, s, roles[i], out)) {
            n->dropped++;
        } else if (was_ever_granted(out)) {
            e = entity_of(n, s->tsp, &out->entity);
            e = e == NW_OK ? add_with_certs(n, s, out) : e;
        }
    }
    nw_free(out);
    return e;
}

static enum nw_err add_source(struct tl_job *j, const char *name, const struct tsl *l, bool test)
{
    struct lote_seen seen = {.sequence = l->sequence, .signed_at = l->signed_at};
    struct nw_buf *kept = tl_keep(&j->kept, 128);
    void *v = j->sources;
    enum nw_err e = kept != NULL ? NW_OK : NW_ERR_NOMEM;
    if (e == NW_OK) {
        nw_buf_puts(kept, name);
        e = nw_buf_err(kept);
    }
    if (e == NW_OK) {
        e = tl_grow(&v, j->source_n, sizeof *j->sources);
        j->sources = v;
    }
    if (e != NW_OK) {
        return e;
    }
    memcpy(seen.sha256, l->sha256, sizeof seen.sha256);
    j->sources[j->source_n++] = (struct nw_bundle_source){
        .name = nw_buf_slice(kept),
        .list_type = nw_str(l->type),
        .territory = nw_str(l->territory),
        .operator_name = l->operator_name,
        .sequence = l->sequence,
        .issued = l->issued,
        .next_update = l->next_update,
        .sha256 = nw_slice(l->sha256, sizeof l->sha256),
        .signer = nw_slice(l->signer, sizeof l->signer),
        .test = test,
    };
    j->test = j->test || test;
    return tl_state_set(j->state, name, &seen);
}

/* Its slices are in use from here on; the tree is not. */
static enum nw_err keep_list(struct tl_job *j, struct tsl **l)
{
    void *v = j->xml;
    enum nw_err e = tl_grow(&v, j->xml_n, sizeof(struct tsl *));
    j->xml = v;
    if (e == NW_OK) {
        tsl_drop_tree(*l);
        j->xml[j->xml_n++] = *l;
        *l = NULL;
    }
    return e;
}

static void say(const char *name, const struct tsl *l, size_t services, size_t dropped)
{
    tl_taken("list", "%s: number %llu, %zu of %zu services", name, (unsigned long long)l->sequence,
             services, l->service_n);
    for (size_t i = 0; i < l->note_n && i < LOTE_MAX_NOTES; i++) {
        tl_print("warning  %-12s %s: %s: %s\n", "list", name, l->notes[i].path, l->notes[i].text);
    }
    if (dropped > 0) {
        tl_print("warning  %-12s %s: %zu certificates or services left out: not readable here\n",
                 "list", name, dropped);
    }
}

static enum nw_err take_national(struct tl_job *j, const char *name, struct tsl *l, bool test)
{
    struct national n = {.j = j, .l = l};
    size_t before = j->service_n;
    n.entities = nw_calloc(l->tsp_n + 1, sizeof *n.entities);
    enum nw_err e = n.entities != NULL ? NW_OK : NW_ERR_NOMEM;
    for (size_t i = 0; e == NW_OK && i < l->service_n; i++) {
        e = take_service(&n, &l->services[i]);
    }
    if (e == NW_OK) {
        e = add_source(j, name, l, test);
    }
    if (e == NW_OK) {
        say(name, l, j->service_n - before, n.dropped);
    }
    nw_free(n.entities);
    return e;
}

struct batch { /* the national lists of one source */
    const struct nw_json *source;
    const char *name;
    const struct tsl *lotl;
    int64_t grace;
    bool test;
};

static enum nw_err claimed_territory(struct nw_slice file, char out[3], struct nw_diag *d)
{
    const struct tsl_policy any = {0};
    struct tsl *l = nw_calloc(1, sizeof *l);
    enum nw_err e = l != NULL ? tsl_read(file, &any, l, d) : NW_ERR_NOMEM;
    if (e == NW_OK) {
        tsl_claimed_territory(l, out);
    }
    tsl_free(&l);
    return e;
}

static bool source_is_there(const struct tl_job *j, const char *name)
{
    for (size_t i = 0; i < j->source_n; i++) {
        if (nw_slice_is(j->sources[i].name, name)) {
            return true;
        }
    }
    return false;
}

static enum nw_err open_national(struct tl_job *j, const struct batch *b, struct nw_slice file,
                                 char name[80], struct tsl **out, struct nw_diag *d)
{
    char territory[3] = "";
    struct lote_seen seen;
    struct tsl_policy policy = {.now = j->now, .grace = b->grace};
    struct nw_checks *checks = nw_calloc(1, sizeof *checks);
    enum nw_err e = checks != NULL ? claimed_territory(file, territory, d) : NW_ERR_NOMEM;
    if (e == NW_OK) {
        e = tsl_lotl_names(b->lotl, territory, &policy, d);
    }
    if (e == NW_OK) { /* the territory is one of the list of lists from here on */
        (void)snprintf(name, 80, "%s/%s", b->name, policy.territory);
        if (source_is_there(j, name)) {
            e = nw_fail_at(d, NW_ERR_TSL_TERRITORY, "SchemeTerritory", "a second list of %s",
                           policy.territory);
        }
    }
    if (e == NW_OK) {
        policy.seen = tl_state_seen(j->state, name, &seen) ? &seen : NULL;
        e = tsl_open(j->c, file, &policy, out, checks, d);
    }
    nw_free(checks);
    return e;
}

static enum nw_err national_file(struct tl_job *j, const struct batch *b, const char *path,
                                 struct nw_diag *d)
{
    char name[80];
    struct nw_diag why = {0};
    struct tsl *l = NULL;
    struct nw_buf file = NW_BUF(2 * NW_MAX_TSL);
    (void)snprintf(name, sizeof name, "%s", b->name);
    enum nw_err e = tl_read(path, NW_MAX_TSL, &file, &why);
    if (e == NW_OK) {
        e = open_national(j, b, nw_buf_slice(&file), name, &l, &why);
    }
    nw_buf_free(&file);
    if (e != NW_OK && (!nw_err_is_ours(e) || e == NW_ERR_EMPTY || e == NW_ERR_NOT_A_FILE)) {
        const char *slash = strrchr(path, '/');
        tl_refused(j, "list", slash != NULL ? slash + 1 : path, &why);
        return NW_OK;
    }
    if (e == NW_OK) {
        struct tsl *kept = l;
        e = keep_list(j, &l);
        e = e == NW_OK ? take_national(j, name, kept, b->test) : e;
    }
    tsl_free(&l);
    return e == NW_OK ? e : nw_fail_at(d, e, why.path, "%s", why.detail);
}

static enum nw_err national_files(struct tl_job *j, const struct batch *b, struct nw_diag *d)
{
    const struct nw_json *lists = nw_json_get(b->source, "lists");
    size_t n = nw_json_count(lists);
    size_t i = 0;
    enum nw_err e = NW_OK;
    for (const struct nw_json *f = nw_json_first(lists); e == NW_OK && f != NULL;
         f = nw_json_next(f)) {
        char path[TL_PATH];
        i++;
        if (isatty(STDERR_FILENO) == 1) {
            (void)fprintf(stderr, "\r%zu of %zu lists%s", i, n, i == n ? "\n" : "");
        }
        e = tl_config_path(j->config, f, path, d);
        if (e == NW_OK) {
            e = national_file(j, b, path, d);
        }
    }
    return e;
}

/* --- the list of lists --- */

struct way { /* what the configuration says of it, read */
    struct tsl_way way;
    struct nw_slice pins[64];
    struct tsl_pivot_file pivots[32];
    struct nw_slice lotl;
};

static enum nw_err read_file(struct tl_job *j, const struct nw_json *name, struct nw_slice *out,
                             struct nw_diag *d)
{
    char path[TL_PATH];
    struct nw_buf *file = tl_keep(&j->kept, 2 * NW_MAX_LOTL);
    enum nw_err e = file != NULL ? tl_config_path(j->config, name, path, d) : NW_ERR_NOMEM;
    if (e == NW_OK) {
        e = tl_read(path, NW_MAX_LOTL, file, d);
    }
    if (e == NW_OK) {
        *out = nw_buf_slice(file);
    }
    return e;
}

static enum nw_err read_way(struct tl_job *j, const struct nw_json *source, struct way *w,
                            struct nw_diag *d)
{
    enum nw_err e = NW_OK;
    w->way = (struct tsl_way){.journal = nw_json_text(nw_json_get(source, "journal")),
                              .pins = w->pins,
                              .pivots = w->pivots};
    if (w->way.journal == NULL) {
        return nw_fail_at(d, NW_ERR_CONFIG, "sources", "a list of lists needs its journal");
    }
    for (const struct nw_json *s = nw_json_first(nw_json_get(source, "signers"));
         e == NW_OK && s != NULL; s = nw_json_next(s)) {
        char path[TL_PATH];
        e = tl_config_path(j->config, s, path, d);
        if (e == NW_OK) {
            e = tl_read_certs(path, &j->kept, w->pins, sizeof w->pins / sizeof w->pins[0],
                              &w->way.pin_n, d);
        }
    }
    for (const struct nw_json *p = nw_json_first(nw_json_get(source, "pivots"));
         e == NW_OK && p != NULL; p = nw_json_next(p)) {
        if (w->way.pivot_n == sizeof w->pivots / sizeof w->pivots[0]) {
            return nw_fail_at(d, NW_ERR_CONFIG, "sources", "too many pivots");
        }
        const char *slash = strrchr(nw_json_text(p), '/');
        struct tsl_pivot_file *f = &w->pivots[w->way.pivot_n];
        f->name = slash != NULL ? slash + 1 : nw_json_text(p);
        e = read_file(j, p, &f->file, d);
        w->way.pivot_n += e == NW_OK;
    }
    return e == NW_OK ? read_file(j, nw_json_get(source, "file"), &w->lotl, d) : e;
}

enum nw_err tl_job_lotl(struct tl_job *j, const struct nw_json *source, struct nw_diag *d)
{
    struct batch b = {.source = source, .name = nw_json_text(nw_json_get(source, "name"))};
    struct lote_seen seen;
    struct tsl_policy policy = {.now = j->now};
    struct tsl *lotl = NULL;
    struct way *w = nw_calloc(1, sizeof *w);
    struct nw_checks *checks = nw_calloc(1, sizeof *checks);
    enum nw_err e = w != NULL && checks != NULL ? read_way(j, source, w, d) : NW_ERR_NOMEM;
    (void)nw_json_int(nw_json_get(source, "grace"), &b.grace);
    (void)nw_json_bool(nw_json_get(source, "test"), &b.test);
    if (e == NW_OK) {
        policy.seen = tl_state_seen(j->state, b.name, &seen) ? &seen : NULL;
        e = tsl_lotl_open(j->c, w->lotl, &w->way, &policy, &lotl, checks, d);
    }
    if (e == NW_OK) {
        b.lotl = lotl;
        struct tsl *kept = lotl;
        e = keep_list(j, &lotl);
        e = e == NW_OK ? add_source(j, b.name, kept, b.test) : e;
        if (e == NW_OK) {
            say(b.name, kept, 0, 0);
            e = national_files(j, &b, d);
        }
    }
    tsl_free(&lotl);
    nw_free(checks);
    nw_free(w);
    return e;
}
