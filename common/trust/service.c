/* What is said of a listed service at a time, and of whose it is. */
#include <string.h>

#include "trust/bundle_open.h"

enum nw_trust_state nw_service_state(const struct nw_bundle_service *s, int64_t t,
                                     struct nw_bundle_period *covering)
{
    for (size_t i = 0; i < s->period_n; i++) {
        const struct nw_bundle_period *p = &s->periods[i];
        bool open = i + 1 == s->period_n; /* 0 is a second like others, too */
        if (t >= p->from && (open || t < p->until)) {
            *covering = *p;
            return p->status;
        }
    }
    *covering = s->periods[0];
    return NW_TRUST_NOT_YET;
}

void nw_hex_digest(const uint8_t digest[NW_SHA256_BYTES], char hex[65])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < NW_SHA256_BYTES; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[64] = '\0';
}

/* Names may be longer than the room for them: cut between characters, never to nothing. */
static void copy_name(struct nw_slice name, char *dst, size_t cap)
{
    size_t n = name.n < cap ? name.n : cap - 1;
    while (n > 0 && n < name.n && (name.p[n] & 0xc0) == 0x80) {
        n--;
    }
    (void)nw_slice_cstr(nw_slice_sub(name, 0, n), dst, cap);
}

void nw_service_entity(const struct nw_bundle *b, const struct nw_bundle_service *s,
                       const struct nw_bundle_period *period, struct nw_trust_entity *out)
{
    struct nw_bundle_entity body;
    struct nw_bundle_source source;
    memset(out, 0, sizeof *out);
    if (!nw_bundle_entity_at(b, (size_t)s->entity, &body) ||
        !nw_bundle_source_at(b, (size_t)body.source, &source)) {
        return;
    }
    (void)nw_slice_cstr(body.id, out->id, sizeof out->id);
    copy_name(body.name, out->name, sizeof out->name);
    (void)nw_slice_cstr(body.country, out->country, sizeof out->country);
    copy_name(source.list_type, out->list, sizeof out->list);
    out->list_issued = source.issued;
    out->list_next = source.next_update;
    out->list_test = source.test;
    out->since = period->from;
    out->until = period->until;
}
