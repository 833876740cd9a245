#include "verify_vical.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "cbor/cbor.h"
#include "command.h"
#include "say.h"

static void say_types(struct nw_slice types)
{
    struct nw_cbor r = nw_cbor_open(types);
    for (size_t n = nw_cbor_array(&r); n > 0; n--) {
        struct nw_slice type = nw_cbor_text(&r);
        tl_print(" %.*s", (int)type.n, (const char *)type.p);
    }
    tl_print("\n");
}

static void say_text(const struct vical *v)
{
    char a[24];
    char b[24];
    char hex[65];
    tl_print("accepted: %s\n  operator     %.*s (%s)\n", VICAL_TYPE, (int)v->provider.n,
             (const char *)v->provider.p, v->territory);
    tl_print("  number       %llu, issued %s, next update %s\n", (unsigned long long)v->number,
             tl_time(v->issued, a), tl_time(v->next_update, b));
    tl_hex(v->signer, hex);
    tl_print("  signed       by %s\n", hex);
    tl_print("  entries      %zu of %zu taken, %zu dropped, %zu of no use here\n", v->service_n,
             v->entry_n, v->dropped, v->ignored);
    for (size_t i = 0; i < v->service_n; i++) {
        const struct nw_bundle_entity *e = &v->entities[i];
        tl_print("  %.*s (%.*s):", (int)e->name.n, (const char *)e->name.p, (int)e->country.n,
                 (const char *)e->country.p);
        say_types(v->services[i].doc_types);
    }
    tl_say_notes(v->notes, v->note_n);
}

static void say_json(const struct vical *v, const struct nw_checks *checks)
{
    char room[24];
    char hex[65];
    struct nw_buf b = NW_BUF(NW_MAX_JSON);
    nw_buf_printf(&b, "{\"version\":1,\"result\":\"%s\",\"list\":{",
                  v->note_n > 0 ? "warnings" : "accepted");
    tl_put_text(&b, "type", nw_str(VICAL_TYPE));
    nw_buf_putc(&b, ',');
    tl_put_text(&b, "operator", v->provider);
    nw_buf_putc(&b, ',');
    tl_put_text(&b, "territory", nw_str(v->territory));
    nw_buf_printf(&b, ",\"number\":%llu,\"issued\":\"%s\"", (unsigned long long)v->number,
                  tl_time(v->issued, room));
    nw_buf_printf(&b, ",\"next_update\":\"%s\"", tl_time(v->next_update, room));
    tl_hex(v->signer, hex);
    nw_buf_printf(&b, ",\"signer\":\"%s\"", hex);
    tl_hex(v->sha256, hex);
    nw_buf_printf(&b, ",\"sha256\":\"%s\",\"entries\":%zu,\"services\":%zu", hex, v->entry_n,
                  v->service_n);
    nw_buf_printf(&b, ",\"dropped\":%zu,\"ignored\":%zu}", v->dropped, v->ignored);
    tl_put_notes(v->notes, v->note_n, &b);
    tl_put_checks(checks, &b);
    nw_buf_puts(&b, "}\n");
    (void)fputs(nw_buf_cstr(&b), stdout);
    nw_buf_free(&b);
}

/* The edition before may have lapsed since. */
static enum nw_err read_before(struct nw_crypto *c, const struct tl_verify_vical *job,
                               struct lote_seen *seen, struct nw_diag *d)
{
    struct vical_policy then = job->policy;
    struct vical *v = NULL;
    struct nw_checks *checks = nw_calloc(1, sizeof *checks);
    then.at_signing = true;
    enum nw_err e =
        checks != NULL ? vical_open(c, job->before, &then, &v, checks, d) : NW_ERR_NOMEM;
    if (e == NW_OK) {
        *seen = (struct lote_seen){.sequence = v->number, .signed_at = v->issued};
        memcpy(seen->sha256, v->sha256, sizeof seen->sha256);
    } else if (!nw_err_is_ours(e)) {
        nw_diag_clear(d);
        e = nw_fail_at(d, NW_ERR_CONFIG, "--state", "the file is no acceptable edition");
    }
    vical_free(&v);
    nw_free(checks);
    return e;
}

int tl_verify_vical(struct nw_crypto *c, struct tl_verify_vical *job, struct nw_checks *checks)
{
    struct nw_diag d = {0};
    struct lote_seen seen;
    struct nw_types *types = NULL;
    struct vical *v = NULL;
    int status = TL_ACCEPTED;
    enum nw_err e = nw_types_load(&types, &d);
    job->policy.types = types;
    if (e == NW_OK && job->before.n > 0) {
        e = read_before(c, job, &seen, &d);
        job->policy.seen = &seen;
    }
    if (e == NW_OK) {
        e = vical_open(c, job->file, &job->policy, &v, checks, &d);
    }
    if (e != NW_OK) {
        status = tl_not_accepted(e, checks, &d, job->json);
    } else {
        status = v->note_n > 0 || v->dropped > 0 ? TL_WARNINGS : TL_ACCEPTED;
        if (job->json) {
            say_json(v, checks);
        } else {
            say_text(v);
        }
    }
    vical_free(&v);
    nw_types_free(&types);
    return status;
}
