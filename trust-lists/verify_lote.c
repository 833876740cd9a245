#include "verify_lote.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "command.h"
#include "say.h"
#include "tsl_dom.h"

static const char *role_text(enum nw_role role)
{
    static const char *const texts[] = {
        [NW_ROLE_PUBEAA_ISSUE] = "issues public attestations",
        [NW_ROLE_PUBEAA_STATUS] = "publishes their status",
        [NW_ROLE_PID_ISSUE] = "issues PIDs",
        [NW_ROLE_PID_STATUS] = "publishes the status of PIDs",
        [NW_ROLE_WALLET] = "provides wallets",
        [NW_ROLE_WRPAC_CA] = "issues access certificates",
        [NW_ROLE_WRPRC_CA] = "issues registration certificates",
        [NW_ROLE_REGISTRAR] = "keeps a register",
        [NW_ROLE_IACA] = "is a root for driving licences",
    };
    const char *text = (size_t)role < sizeof texts / sizeof texts[0] ? texts[role] : NULL;
    return text != NULL ? text : "";
}

static void say_service(const struct nw_bundle_service *s)
{
    char from[24];
    const struct nw_bundle_period *last = &s->periods[s->period_n - 1];
    tl_print("    %s: %s%s%s\n", role_text(s->role),
             last->status == NW_TRUST_GRANTED ? "entitled" : "withdrawn",
             last->from != 0 ? " since " : "", last->from != 0 ? tl_time(last->from, from) : "");
}

static void say_text(const struct lote *l)
{
    char a[24];
    char b[24];
    char hex[65];
    tl_print("accepted: %s\n  operator     %.*s (%s)\n", l->type, (int)l->operator_name.n,
             (const char *)l->operator_name.p, l->territory);
    tl_print("  number       %llu, issued %s, next update %s\n", (unsigned long long)l->sequence,
             tl_time(l->issued, a), l->next_update != 0 ? tl_time(l->next_update, b) : "none");
    tl_hex(l->signer, hex);
    tl_print("  signed       %s by %s\n", tl_time(l->signed_at, a), hex);
    if (!l->signer_is_operator) {
        tl_print("               whose name is not the operator's (TS 119 602 6.8.0)\n");
    }
    tl_print("  services     %zu taken, %zu dropped, %zu of no use here\n", l->service_n,
             l->dropped, l->ignored);
    for (size_t i = 0; i < l->entity_n; i++) {
        const struct nw_bundle_entity *e = &l->entities[i];
        tl_print("  %.*s (%.*s, %.*s)\n", (int)e->name.n, (const char *)e->name.p,
                 (int)e->country.n, (const char *)e->country.p, (int)e->id.n,
                 (const char *)e->id.p);
        for (size_t k = 0; k < l->service_n; k++) {
            if (l->services[k].entity == i) {
                say_service(&l->services[k]);
            }
        }
    }
    tl_say_notes(l->notes, l->note_n);
}

static void put_list(const struct lote *l, struct nw_buf *b)
{
    char room[24];
    char hex[65];
    nw_buf_puts(b, ",\"list\":{");
    tl_put_text(b, "type", nw_str(l->type));
    nw_buf_putc(b, ',');
    tl_put_text(b, "operator", l->operator_name);
    nw_buf_putc(b, ',');
    tl_put_text(b, "territory", nw_str(l->territory));
    nw_buf_printf(b, ",\"number\":%llu,\"issued\":\"%s\"", (unsigned long long)l->sequence,
                  tl_time(l->issued, room));
    if (l->next_update != 0) {
        nw_buf_printf(b, ",\"next_update\":\"%s\"", tl_time(l->next_update, room));
    } else {
        nw_buf_puts(b, ",\"next_update\":null");
    }
    tl_hex(l->signer, hex);
    nw_buf_printf(b, ",\"signed\":\"%s\",\"signer\":\"%s\"", tl_time(l->signed_at, room), hex);
    tl_hex(l->sha256, hex);
    nw_buf_printf(b, ",\"signer_is_operator\":%s", l->signer_is_operator ? "true" : "false");
    nw_buf_printf(b, ",\"sha256\":\"%s\",\"entities\":%zu,\"services\":%zu,\"dropped\":%zu}", hex,
                  l->entity_n, l->service_n, l->dropped);
    tl_put_notes(l->notes, l->note_n, b);
}

static void say_json(const struct lote *l, const struct nw_checks *checks)
{
    struct nw_buf b = NW_BUF(NW_MAX_JSON);
    nw_buf_printf(&b, "{\"version\":1,\"result\":\"%s\"", l->note_n > 0 ? "warnings" : "accepted");
    put_list(l, &b);
    tl_put_checks(checks, &b);
    nw_buf_puts(&b, "}\n");
    (void)fputs(nw_buf_cstr(&b), stdout);
    nw_buf_free(&b);
}

/* The edition before may have lapsed since. */
static enum nw_err read_before(struct nw_crypto *c, const struct tl_verify_lote *job,
                               struct lote_seen *seen, struct nw_diag *d)
{
    struct lote_policy then = job->policy;
    struct lote *l = NULL;
    struct nw_checks *checks = nw_calloc(1, sizeof *checks);
    then.at_signing = true;
    enum nw_err e = checks != NULL ? lote_open(c, job->before, &then, &l, checks, d) : NW_ERR_NOMEM;
    if (e == NW_OK) {
        *seen = (struct lote_seen){.sequence = l->sequence, .signed_at = l->signed_at};
        memcpy(seen->sha256, l->sha256, sizeof seen->sha256);
    } else if (!nw_err_is_ours(e)) {
        nw_diag_clear(d);
        e = nw_fail_at(d, NW_ERR_CONFIG, "--state", "%s is no acceptable edition",
                       job->before_name);
    }
    lote_free(&l);
    nw_free(checks);
    return e;
}

/* What was asked for that no list of trusted entities is. */
static enum nw_err check_asked(const struct tl_verify_lote *job, struct nw_checks *checks,
                               struct nw_diag *d)
{
    enum nw_err e = NW_OK;
    if (job->tsl_kind && !tsl_looks_like_xml(job->file)) {
        e = nw_fail_at(d, NW_ERR_TSL_XML, "/", "no XML at all");
    } else if (job->tsl_kind || job->journal) {
        e = nw_fail_at(d, NW_ERR_LOTE_TYPE, job->journal ? "--journal" : "--list",
                       "this is a list of trusted entities (TS 119 602)");
    } else if (job->territory != NULL && strcmp(job->territory, "EU") != 0) {
        e = nw_fail_at(d, NW_ERR_LOTE_TYPE, "--territory", "lists of annexes D to I are of EU");
    }
    if (e != NW_OK) {
        (void)nw_check_fail_diag(checks, e == NW_ERR_TSL_XML ? "TL-02" : "LOTE-03", d);
    }
    return e;
}

int tl_verify_lote(struct nw_crypto *c, struct tl_verify_lote *job, struct nw_checks *checks)
{
    struct nw_diag d = {0};
    struct lote_seen seen;
    struct lote *l = NULL;
    enum nw_err e = NW_OK;
    if (job->before_name != NULL) {
        e = read_before(c, job, &seen, &d);
        job->policy.seen = &seen;
    }
    if (e == NW_OK) {
        e = check_asked(job, checks, &d);
    }
    if (e == NW_OK) {
        e = lote_open(c, job->file, &job->policy, &l, checks, &d);
    }
    int status;
    if (e != NW_OK) {
        status = tl_not_accepted(e, checks, &d, job->json);
    } else {
        status = l->note_n > 0 || l->dropped > 0 ? TL_WARNINGS : TL_ACCEPTED;
        if (job->json) {
            say_json(l, checks);
        } else {
            say_text(l);
        }
    }
    lote_free(&l);
    return status;
}
