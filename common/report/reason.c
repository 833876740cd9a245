#include "report/reason.h"

#include <stdio.h>
#include <string.h>

static const struct nw_reason reasons[] = {
#define NW_REASON(code, colour, de, en, next_de, next_en)                                          \
    {code, NW_##colour, {de, en}, {next_de, next_en}},
#include "report/reason_table.h"
#undef NW_REASON
};

size_t nw_reason_count(void)
{
    return sizeof reasons / sizeof reasons[0];
}

const struct nw_reason *nw_reason_at(size_t i)
{
    return i < nw_reason_count() ? &reasons[i] : NULL;
}

size_t nw_reason_index(const char *code)
{
    size_t i = 0;
    while (i < nw_reason_count() && strcmp(reasons[i].code, code) != 0) {
        i++;
    }
    return i;
}

const char *nw_colour_name(enum nw_colour c)
{
    static const char *const names[] = {"red", "amber", "note"};
    return names[c];
}

static void reason_join(char dst[NW_REASON_WHAT], const char *more)
{
    if (more == NULL || more[0] == '\0' || strstr(dst, more) != NULL) {
        return;
    }
    size_t used = strlen(dst);
    (void)snprintf(dst + used, NW_REASON_WHAT - used, "%s%s", used > 0 ? "; " : "", more);
}

/* The hit of the table row, made where it belongs so that the order is the table's. */
static struct nw_reason_hit *reason_hit(struct nw_reasons *r, const struct nw_reason *row)
{
    size_t at = 0;
    while (at < r->n && r->v[at].reason < row) {
        at++;
    }
    if (at < r->n && r->v[at].reason == row) {
        return &r->v[at];
    }
    if (r->n == NW_MAX_REASONS) {
        return NULL;
    }
    memmove(&r->v[at + 1], &r->v[at], (r->n - at) * sizeof r->v[0]);
    r->n++;
    memset(&r->v[at], 0, sizeof r->v[at]);
    r->v[at].reason = row;
    return &r->v[at];
}

void nw_reason_add(struct nw_reasons *r, const char *code, const char *de, const char *en)
{
    size_t i = nw_reason_index(code);
    struct nw_reason_hit *hit =
        reason_hit(r, &reasons[i < nw_reason_count() ? i : nw_reason_index("A11")]);
    if (hit != NULL) {
        reason_join(hit->what[0], de);
        reason_join(hit->what[1], en);
    }
}

void nw_reason_date(struct nw_reasons *r, const char *code, const char *date)
{
    for (size_t i = 0; i < r->n; i++) {
        if (strcmp(r->v[i].reason->code, code) == 0) {
            (void)snprintf(r->v[i].date, sizeof r->v[i].date, "%s", date);
        }
    }
}

const struct nw_reason_hit *nw_reason_find(const struct nw_reasons *r, const char *code)
{
    for (size_t i = 0; i < r->n; i++) {
        if (strcmp(r->v[i].reason->code, code) == 0) {
            return &r->v[i];
        }
    }
    return NULL;
}

static bool reason_is_date(const char *s)
{
    for (size_t i = 0; i < 10; i++) {
        bool dash = i == 4 || i == 7;
        if (dash ? s[i] != '-' : s[i] < '0' || s[i] > '9') {
            return false;
        }
    }
    return true;
}

/* German readers write 21.11.2026. */
static void reason_value(const char *value, int lang, struct nw_buf *out)
{
    while (*value != '\0') {
        if (lang == 0 && reason_is_date(value)) {
            nw_buf_printf(out, "%.2s.%.2s.%.4s", value + 8, value + 5, value);
            value += 10;
        } else {
            nw_buf_putc(out, (uint8_t)*value++);
        }
    }
}

static void reason_field(const struct nw_reason_hit *hit, struct nw_slice name, int lang,
                         const struct nw_reason_fields *f, bool listed, struct nw_buf *out)
{
    static const char *const unknown[2] = {"unbekannt", "unknown"};
    const char *value = "";
    if (nw_slice_is(name, "what")) {
        const char *what = hit->what[lang];
        if (what[0] != '\0' && !listed) {
            nw_buf_puts(out, " (");
            reason_value(what, lang, out);
            nw_buf_putc(out, ')');
            return;
        }
        value = what;
    } else if (nw_slice_is(name, "date")) {
        value = hit->date;
    } else if (nw_slice_is(name, "host")) {
        value = f->host[lang];
    } else if (nw_slice_is(name, "home")) {
        value = f->home[lang];
    } else if (nw_slice_is(name, "from")) {
        value = f->from;
    } else if (nw_slice_is(name, "until")) {
        value = f->until;
    } else if (nw_slice_is(name, "type")) {
        value = f->type;
    } else if (nw_slice_is(name, "wanted")) {
        value = f->wanted;
    }
    bool empty = value == NULL || value[0] == '\0';
    bool optional = nw_slice_is(name, "what") && !listed;
    reason_value(!empty ? value : optional ? "" : unknown[lang], lang, out);
}

void nw_reason_write(const struct nw_reason_hit *hit, bool next, int lang,
                     const struct nw_reason_fields *f, struct nw_buf *out)
{
    struct nw_slice text = nw_str(next ? hit->reason->next[lang] : hit->reason->text[lang]);
    size_t pos = 0;
    while (pos < text.n) {
        size_t open = nw_slice_find(text, '{', pos);
        nw_buf_put(out, nw_slice_sub(text, pos, open - pos));
        if (open == text.n) {
            break;
        }
        size_t close = nw_slice_find(text, '}', open);
        /* "missing: {what}" lists; "damaged{what}" adds in brackets */
        bool listed = open > 0 && text.p[open - 1] == ' ';
        reason_field(hit, nw_slice_sub(text, open + 1, close - open - 1), lang, f, listed, out);
        pos = close + 1;
    }
}
