/* What nachweis-trust show prints for people, and what both forms of it ask of a bundle. */
#include <stdio.h>

#include "command.h"
#include "show.h"

size_t tl_show_services(const struct nw_bundle *b, size_t source, enum nw_role role)
{
    struct nw_bundle_service service;
    struct nw_bundle_entity entity;
    size_t n = 0;
    for (size_t i = 0; nw_bundle_service_at(b, i, &service); i++) {
        n += (role == NW_ROLE_NONE || service.role == role) &&
             nw_bundle_entity_at(b, (size_t)service.entity, &entity) && entity.source == source;
    }
    return n;
}

static bool is_source(const struct nw_bundle *b, struct nw_slice name)
{
    struct nw_bundle_source s;
    for (size_t i = 0; nw_bundle_source_at(b, i, &s); i++) {
        if (nw_slice_eq(s.name, name)) {
            return true;
        }
    }
    return false;
}

bool tl_show_refused(const struct nw_bundle *b, size_t *i, struct nw_bundle_note *out)
{
    for (; nw_bundle_note_at(b, *i, out); (*i)++) {
        if (out->kind == NW_NOTE_REFUSED &&
            !(nw_slice_is(out->what, "list") && is_source(b, out->name))) {
            return true;
        }
    }
    return false;
}

static void text(const char *label, struct nw_slice value)
{
    tl_print("%s%.*s", label, (int)value.n, value.n > 0 ? (const char *)value.p : "");
}

static void age(int64_t seconds)
{
    (void)printf("%lld d %lld h old", (long long)(seconds / 86400),
                 (long long)(seconds % 86400 / 3600));
}

/* What was said of one list. */
static void say_notes(const struct nw_bundle *b, struct nw_slice name)
{
    static const char *const labels[] = {[NW_NOTE_TAKEN] = "  taken        ",
                                         [NW_NOTE_WARNING] = "  warning      ",
                                         [NW_NOTE_REFUSED] = "  refused      "};
    struct nw_bundle_note n;
    for (size_t i = 0; nw_bundle_note_at(b, i, &n); i++) {
        if (nw_slice_is(n.what, "list") && nw_slice_eq(n.name, name)) {
            text(labels[n.kind], n.text);
            (void)printf("\n");
        }
    }
}

static void say_roles(const struct nw_bundle *b, size_t source)
{
    for (unsigned role = 1; role <= NW_ROLE_IACA; role++) {
        size_t n = tl_show_services(b, source, (enum nw_role)role);
        if (n > 0) {
            (void)printf("    %zu %s\n", n, tl_role_name((enum nw_role)role));
        }
    }
}

static void say_sources(const struct nw_bundle *b)
{
    struct nw_bundle_source s;
    struct nw_bundle_entity e;
    char room[24];
    char hex[65];
    for (size_t i = 0; nw_bundle_source_at(b, i, &s); i++) {
        text("list ", s.name);
        text(": ", s.list_type);
        text(s.test ? " (test)\n  operator     " : "\n  operator     ", s.operator_name);
        text(", ", s.territory);
        (void)printf("\n  number       %llu, issued %s, ", (unsigned long long)s.sequence,
                     tl_time(s.issued, room));
        (void)printf("next update %s\n",
                     s.next_update != 0 ? tl_time(s.next_update, room) : "none");
        tl_hex(s.signer.p, hex);
        (void)printf("  signer       %s\n", hex);
        say_notes(b, s.name);
        (void)printf("  services     %zu\n", tl_show_services(b, i, NW_ROLE_NONE));
        say_roles(b, i);
        for (size_t k = 0; nw_bundle_entity_at(b, k, &e); k++) {
            if (e.source == i) {
                text("    ", e.name);
                text(" (", e.country);
                text(", ", e.id);
                (void)printf(")\n");
            }
        }
    }
}

static void say_refused(const struct nw_bundle *b)
{
    struct nw_bundle_note n;
    for (size_t i = 0; tl_show_refused(b, &i, &n); i++) {
        text("refused ", n.what);
        text(" ", n.name);
        text(": ", n.text);
        (void)printf("\n");
    }
}

static void say_rest(const struct nw_bundle *b, int64_t now)
{
    struct nw_bundle_body body;
    struct nw_bundle_token token;
    struct nw_bundle_vctm_item vctm;
    struct nw_bundle_signer signer;
    size_t n = 0;
    for (size_t i = 0; nw_bundle_body_at(b, i, &body); i++) {
        text("institution ", body.id);
        text(": ", body.name);
        text(" (", body.country);
        (void)printf(")\n");
    }
    for (size_t i = 0; nw_bundle_token_at(b, i, &token); i++) {
        text("status list ", token.uri);
        (void)printf(" (%s, %zu bytes, ", token.cwt ? "CWT" : "JWT", token.token.n);
        age(now - token.fetched);
        (void)printf(")\n");
    }
    for (size_t i = 0; nw_bundle_vctm_at(b, i, &vctm); i++) {
        text("type ", vctm.vct);
        (void)printf("\n");
    }
    while (nw_bundle_signer_at(b, n, &signer)) {
        n++;
    }
    (void)printf("signer certificates for codes: %zu\n", n);
}

void tl_show_text(const struct nw_bundle *b, bool pinned, int64_t now)
{
    const struct nw_bundle_info *i = nw_bundle_info(b);
    char room[24];
    (void)printf("bundle %llu%s, created %s, ", (unsigned long long)i->sequence,
                 i->test ? " (test)" : "", tl_time(i->created, room));
    (void)printf("fresh until %s%s\n", tl_time(i->created + i->max_age, room),
                 i->stale ? " - STALE" : "");
    (void)printf("  signer       %s%s\n", i->signer,
                 !pinned ? " (not pinned: this proves nothing about who made it)" : "");
    say_sources(b);
    say_refused(b);
    say_rest(b, now);
}
