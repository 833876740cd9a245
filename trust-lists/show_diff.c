#include "show.h"

#include <stdio.h>

#include "command.h"
#include "json/json.h"

#define MAX_SAME_KEY 64

struct diff {
    struct nw_crypto *c;
    int64_t now;
    struct nw_buf *json; /* NULL: text */
    size_t n;
};

const char *tl_role_name(enum nw_role role)
{
    static const char *const names[] = {
        [NW_ROLE_PUBEAA_ISSUE] = "pub-eaa-issuance",
        [NW_ROLE_PUBEAA_STATUS] = "pub-eaa-status",
        [NW_ROLE_PID_ISSUE] = "pid-issuance",
        [NW_ROLE_PID_STATUS] = "pid-status",
        [NW_ROLE_QEAA] = "qualified-attestations",
        [NW_ROLE_QCERT_CA] = "qualified-certificates",
        [NW_ROLE_WALLET] = "wallet",
        [NW_ROLE_WRPAC_CA] = "wrpac",
        [NW_ROLE_WRPRC_CA] = "wrprc",
        [NW_ROLE_REGISTRAR] = "registrar",
        [NW_ROLE_IACA] = "iaca",
    };
    const char *name = (size_t)role < sizeof names / sizeof names[0] ? names[role] : NULL;
    return name != NULL ? name : "other";
}

static bool granted_at(const struct nw_bundle_service *s, int64_t t)
{
    for (size_t i = 0; i < s->period_n; i++) {
        const struct nw_bundle_period *p = &s->periods[i];
        if (t >= p->from && (i + 1 == s->period_n || t < p->until)) {
            return p->status == NW_TRUST_GRANTED;
        }
    }
    return false;
}

/* Is this very certificate in b in this role; and is it entitled there at t? */
static enum nw_err find_cert(const struct diff *d, const struct nw_bundle *b, struct nw_slice cert,
                             enum nw_role role, bool *there, bool *granted)
{
    struct nw_cert_outline outline;
    struct nw_bundle_service s;
    uint8_t digest[NW_SHA256_BYTES];
    uint32_t found[MAX_SAME_KEY];
    *there = false;
    *granted = false;
    enum nw_err e = nw_cert_outline(cert, &outline);
    if (e == NW_OK) {
        e = nw_sha256(d->c, outline.spki, digest);
    }
    size_t n = e == NW_OK ? nw_bundle_by_key(b, digest, role, found, MAX_SAME_KEY) : 0;
    for (size_t i = 0; i < n && i < MAX_SAME_KEY; i++) {
        if (!nw_bundle_service_at(b, found[i], &s)) {
            continue;
        }
        for (size_t k = 0; k < s.cert_n; k++) {
            if (nw_slice_eq(s.certs[k], cert)) {
                *there = true;
                *granted = *granted || granted_at(&s, d->now);
            }
        }
    }
    return e;
}

static enum nw_err say(struct diff *d, const char *what, const struct nw_bundle *b,
                       const struct nw_bundle_service *s, struct nw_slice cert)
{
    struct nw_bundle_entity entity = {0};
    uint8_t digest[NW_SHA256_BYTES];
    char hex[65];
    enum nw_err e = nw_sha256(d->c, cert, digest);
    if (e != NW_OK) {
        return e;
    }
    tl_hex(digest, hex);
    (void)nw_bundle_entity_at(b, (size_t)s->entity, &entity);
    if (d->json == NULL) {
        tl_print("%-9s %s: %.*s (%.*s) %s\n", what, tl_role_name(s->role), (int)entity.name.n,
                 entity.name.n > 0 ? (const char *)entity.name.p : "", (int)entity.country.n,
                 entity.country.n > 0 ? (const char *)entity.country.p : "", hex);
    } else {
        nw_buf_printf(d->json,
                      "%s{\"change\":\"%s\",\"role\":\"%s\",\"name\":", d->n > 0 ? "," : "", what,
                      tl_role_name(s->role));
        nw_json_write_text(entity.name, d->json);
        nw_buf_puts(d->json, ",\"country\":");
        nw_json_write_text(entity.country, d->json);
        nw_buf_printf(d->json, ",\"certificate\":\"%s\"}", hex);
    }
    d->n++;
    return NW_OK;
}

/* What of `from` is not in `other`, and with `also` what is in both but not in the same state. */
static enum nw_err compare(struct diff *d, const struct nw_bundle *from,
                           const struct nw_bundle *other, const char *alone, bool also)
{
    struct nw_bundle_service s;
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && nw_bundle_service_at(from, i, &s); i++) {
        bool now = granted_at(&s, d->now);
        for (size_t k = 0; e == NW_OK && k < s.cert_n; k++) {
            bool there;
            bool granted;
            e = find_cert(d, other, s.certs[k], s.role, &there, &granted);
            if (e == NW_OK && !there) {
                e = say(d, alone, from, &s, s.certs[k]);
            } else if (e == NW_OK && also && granted != now) {
                e = say(d, now ? "granted" : "withdrawn", from, &s, s.certs[k]);
            }
        }
    }
    return e;
}

enum nw_err tl_show_diff(struct nw_crypto *c, const struct nw_bundle *old,
                         const struct nw_bundle *new, int64_t now, bool json)
{
    struct nw_buf text = NW_BUF(NW_MAX_BUNDLE);
    struct diff d = {.c = c, .now = now, .json = json ? &text : NULL};
    nw_buf_puts(&text, "{\"version\":1,\"changes\":[");
    enum nw_err e = compare(&d, new, old, "came", true);
    if (e == NW_OK) {
        e = compare(&d, old, new, "went", false);
    }
    nw_buf_puts(&text, "]}\n");
    if (e == NW_OK) {
        e = nw_buf_err(&text);
    }
    if (e == NW_OK && json) {
        (void)fputs(nw_buf_cstr(&text), stdout);
    } else if (e == NW_OK) {
        (void)printf("%zu changes\n", d.n);
    }
    nw_buf_free(&text);
    return e;
}
