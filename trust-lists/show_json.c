/* nachweis-trust show --json. */
#include <stdio.h>

#include "command.h"
#include "json/json.h"
#include "show.h"

static void put(struct nw_buf *out, const char *name, struct nw_slice value)
{
    nw_buf_printf(out, "\"%s\":", name);
    nw_json_write_text(value, out);
}

/* The texts of one kind about one list. */
static void put_notes(const struct nw_bundle *b, struct nw_slice name, enum nw_note_kind kind,
                      const char *member, struct nw_buf *out)
{
    struct nw_bundle_note note;
    size_t n = 0;
    nw_buf_printf(out, ",\"%s\":[", member);
    for (size_t i = 0; nw_bundle_note_at(b, i, &note); i++) {
        if (note.kind == kind && nw_slice_is(note.what, "list") && nw_slice_eq(note.name, name)) {
            nw_buf_puts(out, n++ > 0 ? "," : "");
            nw_json_write_text(note.text, out);
        }
    }
    nw_buf_putc(out, ']');
}

static void put_taken(const struct nw_bundle *b, struct nw_slice name, struct nw_buf *out)
{
    struct nw_bundle_note note;
    struct nw_slice said = NW_SLICE_EMPTY;
    for (size_t i = 0; nw_bundle_note_at(b, i, &note); i++) {
        if (note.kind == NW_NOTE_TAKEN && nw_slice_eq(note.name, name)) {
            said = note.text;
        }
    }
    nw_buf_putc(out, ',');
    put(out, "taken", said);
}

static void put_roles(const struct nw_bundle *b, size_t source, struct nw_buf *out)
{
    size_t roles = 0;
    nw_buf_puts(out, ",\"roles\":{");
    for (unsigned role = 1; role <= NW_ROLE_IACA; role++) {
        size_t n = tl_show_services(b, source, (enum nw_role)role);
        if (n > 0) {
            nw_buf_printf(out, "%s\"%s\":%zu", roles++ > 0 ? "," : "",
                          tl_role_name((enum nw_role)role), n);
        }
    }
    nw_buf_putc(out, '}');
}

static void put_refused(const struct nw_bundle *b, struct nw_buf *out)
{
    struct nw_bundle_note n;
    size_t count = 0;
    nw_buf_puts(out, "],\"refused\":[");
    for (size_t i = 0; tl_show_refused(b, &i, &n); i++) {
        nw_buf_puts(out, count++ > 0 ? ",{" : "{");
        put(out, "what", n.what);
        nw_buf_putc(out, ',');
        put(out, "name", n.name);
        nw_buf_putc(out, ',');
        put(out, "reason", n.text);
        nw_buf_putc(out, '}');
    }
}

static void put_sources(const struct nw_bundle *b, struct nw_buf *out)
{
    struct nw_bundle_source s;
    char room[24];
    char hex[65];
    for (size_t i = 0; nw_bundle_source_at(b, i, &s); i++) {
        nw_buf_puts(out, i > 0 ? ",{" : "{");
        put(out, "name", s.name);
        nw_buf_putc(out, ',');
        put(out, "type", s.list_type);
        nw_buf_putc(out, ',');
        put(out, "operator", s.operator_name);
        nw_buf_putc(out, ',');
        put(out, "territory", s.territory);
        tl_hex(s.signer.p, hex);
        nw_buf_printf(out, ",\"number\":%llu,\"issued\":\"%s\",\"signer\":\"%s\"",
                      (unsigned long long)s.sequence, tl_time(s.issued, room), hex);
        nw_buf_printf(out, ",\"services\":%zu,\"test\":%s", tl_show_services(b, i, NW_ROLE_NONE),
                      s.test ? "true" : "false");
        put_roles(b, i, out);
        put_taken(b, s.name, out);
        put_notes(b, s.name, NW_NOTE_WARNING, "warnings", out);
        put_notes(b, s.name, NW_NOTE_REFUSED, "refused", out);
        if (s.next_update != 0) {
            nw_buf_printf(out, ",\"next_update\":\"%s\"}", tl_time(s.next_update, room));
        } else {
            nw_buf_puts(out, ",\"next_update\":null}");
        }
    }
}

static void put_rest(const struct nw_bundle *b, struct nw_buf *out)
{
    struct nw_bundle_body body;
    struct nw_bundle_token token;
    char room[24];
    nw_buf_puts(out, "],\"institutions\":[");
    for (size_t i = 0; nw_bundle_body_at(b, i, &body); i++) {
        nw_buf_puts(out, i > 0 ? ",{" : "{");
        put(out, "id", body.id);
        nw_buf_putc(out, ',');
        put(out, "name", body.name);
        nw_buf_putc(out, ',');
        put(out, "country", body.country);
        nw_buf_putc(out, '}');
    }
    nw_buf_puts(out, "],\"status_lists\":[");
    for (size_t i = 0; nw_bundle_token_at(b, i, &token); i++) {
        nw_buf_puts(out, i > 0 ? ",{" : "{");
        put(out, "uri", token.uri);
        nw_buf_printf(out, ",\"form\":\"%s\",\"bytes\":%zu,\"fetched\":\"%s\"}",
                      token.cwt ? "CWT" : "JWT", token.token.n, tl_time(token.fetched, room));
    }
    nw_buf_puts(out, "]");
}

void tl_show_json(const struct nw_bundle *b, bool pinned)
{
    const struct nw_bundle_info *i = nw_bundle_info(b);
    struct nw_buf out = NW_BUF(NW_MAX_BUNDLE);
    char room[24];
    nw_buf_printf(&out, "{\"version\":1,\"sequence\":%llu,\"created\":\"%s\",\"max_age\":%lld",
                  (unsigned long long)i->sequence, tl_time(i->created, room),
                  (long long)i->max_age);
    nw_buf_printf(&out, ",\"stale\":%s,\"test\":%s,\"signer\":\"%s\",\"pinned\":%s,\"lists\":[",
                  i->stale ? "true" : "false", i->test ? "true" : "false", i->signer,
                  pinned ? "true" : "false");
    put_sources(b, &out);
    put_refused(b, &out);
    put_rest(b, &out);
    nw_buf_puts(&out, "}\n");
    (void)fputs(nw_buf_cstr(&out), stdout);
    nw_buf_free(&out);
}
