#include "verify_xml.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "command.h"
#include "say.h"

struct tally { /* of the services that matter here, as they are at one time */
    size_t qcert, seal, qeaa, pub, certs;
};

static struct tally count(const struct tsl *l, int64_t now)
{
    struct tally t = {0};
    for (size_t i = 0; i < l->service_n; i++) {
        const struct tsl_service *s = &l->services[i];
        const struct tsl_period *p = tsl_period_at(l, s, now);
        bool granted = p != NULL && p->status == TSL_GRANTED && !p->not_evaluable;
        t.certs += s->cert_n;
        t.qcert += granted && p->type == TSL_SERVICE_CA_QC;
        t.seal += granted && p->type == TSL_SERVICE_CA_QC && (p->uses & TSL_FOR_SEALS) != 0;
        t.qeaa += granted && p->type == TSL_SERVICE_EAA_Q;
        t.pub += p != NULL && p->status == TSL_RECOGNISED && p->type == TSL_SERVICE_EAA_PUB;
    }
    return t;
}

static void say_text(const struct tsl *l, int64_t now)
{
    char a[24];
    char b[24];
    char hex[65];
    struct tally t = count(l, now);
    tl_print("accepted: %s\n  operator     %.*s (%s)\n", l->type, (int)l->operator_name.n,
             (const char *)l->operator_name.p, l->territory);
    tl_print("  number       %llu (version %d), issued %s, next update %s\n",
             (unsigned long long)l->sequence, l->version, tl_time(l->issued, a),
             l->next_update != 0 ? tl_time(l->next_update, b) : "none");
    tl_hex(l->signer, hex);
    tl_print("  signed       %s by %s\n", tl_time(l->signed_at, a), hex);
    if (l->kind == TSL_LOTL) {
        tl_print("  pointers     %zu to XML lists, %zu to other forms\n", l->pointer_n,
                 l->pointer_other);
    } else {
        tl_print("  services     %zu of %zu providers, %zu periods, %zu certificates; "
                 "%zu services dropped\n",
                 l->service_n, l->tsp_n, l->period_n, t.certs, l->dropped);
        tl_print("  granted now  %zu issue qualified certificates (%zu for seals), %zu "
                 "qualified attestations\n",
                 t.qcert, t.seal, t.qeaa);
    }
    tl_say_notes(l->notes, l->note_n);
}

static void put_list(const struct tsl *l, int64_t now, struct nw_buf *b)
{
    char room[24];
    char hex[65];
    struct tally t = count(l, now);
    nw_buf_puts(b, ",\"list\":{");
    tl_put_text(b, "type", nw_str(l->type));
    nw_buf_putc(b, ',');
    tl_put_text(b, "operator", l->operator_name);
    nw_buf_printf(b, ",\"territory\":\"%s\",\"format\":%d,\"number\":%llu,\"issued\":\"%s\"",
                  l->territory, l->version, (unsigned long long)l->sequence,
                  tl_time(l->issued, room));
    if (l->next_update != 0) {
        nw_buf_printf(b, ",\"next_update\":\"%s\"", tl_time(l->next_update, room));
    } else {
        nw_buf_puts(b, ",\"next_update\":null");
    }
    tl_hex(l->signer, hex);
    nw_buf_printf(b, ",\"signed\":\"%s\",\"signer\":\"%s\"", tl_time(l->signed_at, room), hex);
    tl_hex(l->sha256, hex);
    nw_buf_printf(b, ",\"sha256\":\"%s\",\"stale\":%s", hex, l->stale ? "true" : "false");
    nw_buf_printf(b, ",\"pointers\":%zu,\"providers\":%zu,\"services\":%zu,\"periods\":%zu",
                  l->pointer_n, l->tsp_n, l->service_n, l->period_n);
    nw_buf_printf(b, ",\"certificates\":%zu,\"dropped\":%zu,\"dropped_certificates\":%zu", t.certs,
                  l->dropped, l->cert_bad);
    nw_buf_printf(b,
                  ",\"granted\":{\"qualified_certificates\":%zu,\"for_seals\":%zu,"
                  "\"qualified_attestations\":%zu,\"public_attestations\":%zu}}",
                  t.qcert, t.seal, t.qeaa, t.pub);
    tl_put_notes(l->notes, l->note_n, b);
}

static void say_json(const struct tsl *l, int64_t now, const struct nw_checks *checks)
{
    struct nw_buf b = NW_BUF(NW_MAX_JSON);
    nw_buf_printf(&b, "{\"version\":1,\"result\":\"%s\"", l->note_n > 0 ? "warnings" : "accepted");
    put_list(l, now, &b);
    tl_put_checks(checks, &b);
    nw_buf_puts(&b, "}\n");
    (void)fputs(nw_buf_cstr(&b), stdout);
    nw_buf_free(&b);
}

/* Opens the list as the job says: by pins, at the end of the way, or named by a list of lists. */
static enum nw_err open_list(struct nw_crypto *c, const struct tl_verify_xml *job,
                             const struct tsl *lotl, struct nw_slice file, struct tsl_policy policy,
                             struct tsl **out, struct nw_checks *checks, struct nw_diag *d)
{
    char territory[3];
    if (job->way.journal == NULL) {
        return tsl_open(c, file, &policy, out, checks, d);
    }
    if (lotl == NULL) {
        return tsl_lotl_open(c, file, &job->way, &policy, out, checks, d);
    }
    enum nw_err e = NW_OK;
    if (policy.territory == NULL) { /* who may sign it depends on whose it claims to be */
        struct tsl *claimed = nw_calloc(1, sizeof *claimed);
        e = claimed != NULL ? tsl_read(file, &policy, claimed, d) : NW_ERR_NOMEM;
        if (e == NW_OK) {
            tsl_claimed_territory(claimed, territory);
            policy.territory = territory;
        }
        tsl_free(&claimed);
    }
    if (e == NW_OK) {
        e = tsl_lotl_names(lotl, policy.territory, &policy, d);
    }
    if (e != NW_OK) {
        if (!nw_err_is_ours(e)) {
            (void)nw_check_fail_diag(checks, e == NW_ERR_TSL_POINTER ? "TL-05" : "TL-02", d);
        }
        return e;
    }
    return tsl_open(c, file, &policy, out, checks, d);
}

/* The list of lists is good now, or nothing it names counts. */
static enum nw_err open_lotl(struct nw_crypto *c, const struct tl_verify_xml *job, struct tsl **out,
                             struct nw_checks *checks, struct nw_diag *d)
{
    const struct tsl_policy policy = {.historic = job->policy.historic, .now = job->policy.now};
    struct nw_diag why = {0};
    enum nw_err e = tsl_lotl_open(c, job->lotl, &job->way, &policy, out, checks, &why);
    if (e != NW_OK && !nw_err_is_ours(e)) {
        (void)nw_fail_at(d, e, "--lotl", "%s%s%s", why.path, why.path[0] != '\0' ? ": " : "",
                         why.detail);
    }
    if (e == NW_OK) {
        memset(checks, 0, sizeof *checks);
    }
    return e;
}

/* The edition before must be one of the same signers; it may have lapsed since. */
static enum nw_err read_before(struct nw_crypto *c, const struct tl_verify_xml *job,
                               const struct tsl *lotl, struct lote_seen *seen, struct nw_diag *d)
{
    struct tsl_policy then = job->policy;
    struct tsl *l = NULL;
    struct nw_checks *checks = nw_calloc(1, sizeof *checks);
    then.pivot = true;
    then.grace = INT64_MAX;
    enum nw_err e =
        checks != NULL ? open_list(c, job, lotl, job->before, then, &l, checks, d) : NW_ERR_NOMEM;
    if (e == NW_OK) {
        *seen = (struct lote_seen){.sequence = l->sequence, .signed_at = l->signed_at};
        memcpy(seen->sha256, l->sha256, sizeof seen->sha256);
    } else if (!nw_err_is_ours(e)) {
        nw_diag_clear(d);
        e = nw_fail_at(d, NW_ERR_CONFIG, "--state", "the file is no acceptable edition");
    }
    tsl_free(&l);
    nw_free(checks);
    return e;
}

int tl_verify_xml(struct nw_crypto *c, struct tl_verify_xml *job, struct nw_checks *checks)
{
    struct nw_diag d = {0};
    struct lote_seen seen;
    struct tsl *lotl = NULL;
    struct tsl *l = NULL;
    enum nw_err e = job->lotl.n > 0 ? open_lotl(c, job, &lotl, checks, &d) : NW_OK;
    if (e == NW_OK && job->before.n > 0) {
        e = read_before(c, job, lotl, &seen, &d);
        job->policy.seen = &seen;
    }
    if (e == NW_OK) {
        e = open_list(c, job, lotl, job->file, job->policy, &l, checks, &d);
    }
    int status;
    if (e != NW_OK) {
        status = tl_not_accepted(e, checks, &d, job->json);
    } else {
        status = l->note_n > 0 || l->dropped > 0 ? TL_WARNINGS : TL_ACCEPTED;
        if (job->json) {
            say_json(l, job->policy.now, checks);
        } else {
            say_text(l, job->policy.now);
        }
    }
    tsl_free(&l);
    tsl_free(&lotl);
    return status;
}
