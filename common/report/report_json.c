/* The report as JSON, version 1 (design.md section 5). */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/unicode.h"
#include "report/internal.h"

static const char *json_form(enum nw_form form)
{
    switch (form) {
    case NW_FORM_SDJWT:
        return "dc+sd-jwt";
    case NW_FORM_MDOC:
        return "mso_mdoc";
    case NW_FORM_A11:
        return "a11";
    case NW_FORM_EEHIC:
        return "eehic";
    case NW_FORM_HC1:
        return "hc1";
    case NW_FORM_SEEN:
        return "paper";
    case NW_FORM_UNKNOWN:
    default:
        return "unknown";
    }
}

static void json_name(struct nw_buf *b, const char *name)
{
    uint8_t last = b->n > 0 ? b->p[b->n - 1] : '{';
    if (last != '{' && last != '[') {
        nw_buf_putc(b, ',');
    }
    if (name != NULL) {
        nw_json_write_text(nw_str(name), b);
        nw_buf_putc(b, ':');
    }
}

/* Details may have been cut inside a character: nw_text_safe() makes them text again. */
static void json_text(struct nw_buf *b, const char *name, const char *value)
{
    struct nw_buf safe = NW_BUF(16384);
    nw_text_safe(nw_str(value), &safe);
    json_name(b, name);
    nw_json_write_text(nw_buf_slice(&safe), b);
    if (nw_buf_err(&safe) != NW_OK) {
        nw_buf_set_err(b, nw_buf_err(&safe));
    }
    nw_buf_free(&safe);
}

static void json_text_or_null(struct nw_buf *b, const char *name, const char *value)
{
    if (value != NULL && value[0] != '\0') {
        json_text(b, name, value);
    } else {
        json_name(b, name);
        nw_buf_puts(b, "null");
    }
}

static void json_bool(struct nw_buf *b, const char *name, bool value)
{
    json_name(b, name);
    nw_buf_puts(b, value ? "true" : "false");
}

static void json_time(struct nw_buf *b, const char *name, int64_t t)
{
    char text[NW_TIME_TEXT] = "";
    if (t != 0) {
        nw_time_format(t, text);
    }
    json_text_or_null(b, name, text);
}

static void json_open(struct nw_buf *b, const char *name, uint8_t bracket)
{
    json_name(b, name);
    nw_buf_putc(b, bracket);
}

static void json_checks(const struct nw_report *r, struct nw_buf *b)
{
    static const char *const results[] = {"not-done", "pass", "fail"};
    json_open(b, "checks", '[');
    for (size_t i = 0; i < r->checks.n; i++) {
        const struct nw_check *c = &r->checks.v[i];
        const struct nw_rule *rule = nw_rule_find(c->id);
        json_open(b, NULL, '{');
        json_text(b, "id", c->id);
        json_text(b, "result", results[c->result]);
        json_text(b, "detail", c->detail[0] != '\0' ? c->detail : rule != NULL ? rule->title : "");
        json_text(b, "clause", rule != NULL ? rule->clause : "");
        nw_buf_putc(b, '}');
    }
    nw_buf_putc(b, ']');
}

static void json_both(const struct nw_reason_hit *hit, bool next, const struct nw_reason_fields *f,
                      struct nw_buf *b)
{
    static const char *const langs[] = {"de", "en"};
    json_open(b, next ? "next" : "text", '{');
    for (int lang = 0; lang < 2; lang++) {
        struct nw_buf text = NW_BUF(2048);
        nw_reason_write(hit, next, lang, f, &text);
        json_text(b, langs[lang], nw_buf_cstr(&text));
        if (nw_buf_err(&text) != NW_OK) {
            nw_buf_set_err(b, nw_buf_err(&text));
        }
        nw_buf_free(&text);
    }
    nw_buf_putc(b, '}');
}

static void json_reasons(const struct nw_report *r, struct nw_buf *b)
{
    struct nw_reason_fields f;
    nw_report_fields(r, &f);
    json_open(b, "reasons", '[');
    for (size_t i = 0; i < r->reasons.n; i++) {
        const struct nw_reason_hit *hit = &r->reasons.v[i];
        json_open(b, NULL, '{');
        json_text(b, "code", hit->reason->code);
        json_text(b, "colour", nw_colour_name(hit->reason->colour));
        json_both(hit, false, &f, b);
        json_both(hit, true, &f, b);
        nw_buf_putc(b, '}');
    }
    nw_buf_putc(b, ']');
}

/* The way over the QTSP; null where no national list was at hand to follow it. */
static void json_seal(const struct nw_report *r, struct nw_buf *b)
{
    const struct nw_seal_path *s = &r->seal;
    char de[160], en[160];
    json_name(b, "seal");
    if (s->answer == NW_SEAL_NOT_ASKED || s->link == NW_LINK_NO_LIST) {
        nw_buf_puts(b, "null");
        return;
    }
    nw_case_seal_words(s, de, en);
    nw_buf_putc(b, '{');
    json_text(b, "answer", nw_seal_answer_name(s->answer));
    json_text(b, "broken", nw_seal_link_name(s->link));
    json_open(b, "text", '{');
    json_text(b, "de", de);
    json_text(b, "en", en);
    nw_buf_putc(b, '}');
    json_text(b, "provider", s->qtsp.name);
    json_text(b, "territory", s->territory);
    json_text(b, "list", s->list);
    nw_buf_printf(b, ",\"number\":%llu", (unsigned long long)s->number);
    json_text(b, "anchor", s->qtsp.anchor);
    json_time(b, "since", s->qtsp.since);
    json_bool(b, "stale", s->stale);
    nw_buf_putc(b, '}');
}

static void json_issuer(const struct nw_report *r, struct nw_buf *b)
{
    static const char *const states[] = {"unknown", "notified", "withdrawn", "not-yet"};
    json_name(b, "issuer");
    if (!r->has_issuer) {
        nw_buf_puts(b, "null");
        return;
    }
    nw_buf_putc(b, '{');
    json_text(b, "id", r->issuer.id);
    json_text(b, "name", r->issuer.name);
    json_text(b, "country", r->issuer.country);
    json_text(b, "anchor", r->issuer.anchor);
    json_text(b, "list", r->issuer.list);
    json_text(b, "path", r->by_seal ? "qualified" : r->by_root ? "iaca" : "list");
    json_text(b, "listed", states[r->listed]);
    json_seal(r, b);
    nw_buf_putc(b, '}');
}

/* Three layers of time, never mixed: the token, the document, the legislation. */
static void json_times(const struct nw_report *r, struct nw_buf *b)
{
    json_open(b, "times", '{');
    json_open(b, "technical", '{');
    json_time(b, "issued", r->iat);
    json_time(b, "from", r->nbf);
    json_time(b, "until", r->exp);
    nw_buf_putc(b, '}');
    json_open(b, "document", '{');
    json_text_or_null(b, "issued", r->issued_on);
    json_text_or_null(b, "until", r->document_expiry);
    nw_buf_putc(b, '}');
    json_open(b, "legislation", '{');
    json_text_or_null(b, "from", r->start);
    json_text_or_null(b, "until", r->end);
    nw_buf_putc(b, '}');
    nw_buf_putc(b, '}');
}

static void json_identity(const struct nw_report *r, struct nw_buf *b)
{
    static const char *const sources[] = {"none", "document", "pid"};
    static const char *const matches[] = {"none", "different", "probable", "exact"};
    json_open(b, "identity", '{');
    json_text(b, "source", sources[r->id_source]);
    json_text(b, "match", matches[r->match]);
    json_text_or_null(b, "pid_refused", r->pid_refusal);
    nw_buf_putc(b, '}');
}

static void json_findings(const struct nw_report *r, struct nw_buf *b)
{
    static const char *const levels[] = {"info", "warn", "error"};
    json_open(b, "findings", '[');
    for (size_t i = 0; i < r->findings.n; i++) {
        const struct nw_finding *f = &r->findings.v[i];
        json_open(b, NULL, '{');
        json_text(b, "rule", f->rule);
        json_text(b, "level", levels[f->level]);
        json_text(b, "path", f->path);
        json_text(b, "text", f->text);
        nw_buf_putc(b, '}');
    }
    nw_buf_putc(b, ']');
}

static void json_node(struct nw_buf *b, const char *name, const struct nw_json *n, const char *none)
{
    json_name(b, name);
    if (n != NULL) {
        nw_json_write(n, b);
    } else {
        nw_buf_puts(b, none);
    }
}

/* One day where the place is known; else the days that it is in one of the 32 states. */
static void json_day(const struct nw_report *r, struct nw_buf *b)
{
    char day[NW_DATE_TEXT];
    json_open(b, "day", '{');
    json_text_or_null(b, "place", r->host);
    nw_date_format(r->days.first, day);
    json_text(b, "first", day);
    nw_date_format(r->days.last, day);
    json_text(b, "last", day);
    nw_buf_putc(b, '}');
}

static void json_head(const struct nw_report *r, struct nw_buf *b)
{
    static const char *const verdicts[] = {"invalid", "attention", "valid"};
    static const char *const bindings[] = {"none", "device", "pid"};
    nw_buf_puts(b, "{\"version\":1");
    json_text(b, "verdict", verdicts[r->verdict]);
    json_time(b, "at", r->at);
    json_day(r, b);
    json_text(b, "form", json_form(r->form));
    json_text_or_null(b, "profile",
                      r->profile == NW_PROFILE_NONE ? NULL : nw_profile_name(r->profile));
    json_text_or_null(b, "type", r->type == NULL ? NULL : nw_type_name(r->type));
    json_bool(b, "test", r->test);
    json_checks(r, b);
    json_reasons(r, b);
    json_open(b, "binding", '{');
    json_text(b, "kind", bindings[r->binding]);
    json_bool(b, "proven", r->proven);
    nw_buf_putc(b, '}');
}

/* Direction and control characters occur inside strings only; there they may be escaped, so that a
 * terminal which shows the JSON is not led astray by a credential. */
static void json_escape_unclean(struct nw_slice json, struct nw_buf *out)
{
    size_t clean = 0;
    for (size_t i = 0; i < json.n;) {
        uint8_t c = json.p[i];
        size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        struct nw_slice one = nw_slice_sub(json, i, n);
        if (c >= 0x80 && n <= 3 && !nw_text_is_clean(one)) {
            nw_buf_put(out, nw_slice_sub(json, clean, i - clean));
            unsigned point =
                n == 2 ? (unsigned)((c & 0x1f) << 6 | (one.p[1] & 0x3f))
                       : (unsigned)((c & 0x0f) << 12 | (one.p[1] & 0x3f) << 6 | (one.p[2] & 0x3f));
            nw_buf_printf(out, "\\u%04x", point);
            clean = i + n;
        }
        i += n;
    }
    nw_buf_put(out, nw_slice_from(json, clean));
}

void nw_report_json(const struct nw_report *r, struct nw_buf *out)
{
    struct nw_buf b = NW_BUF(4 * NW_MAX_JSON);
    json_head(r, &b);
    json_issuer(r, &b);
    json_open(&b, "freshness", '{');
    json_time(&b, "bundle", r->bundle_time);
    json_time(&b, "trust", r->trust_time);
    json_time(&b, "status", r->status_time);
    nw_buf_putc(&b, '}');
    json_times(r, &b);
    json_identity(r, &b);
    json_findings(r, &b);
    /* nothing of a payload is passed on before its signature is good and its issuer known */
    json_node(&b, "claims", r->authentic ? r->claims : NULL, "{}");
    json_node(&b, "undisclosed", r->authentic ? r->undisclosed : NULL, "[]");
    nw_buf_putc(&b, '}');
    if (nw_buf_err(&b) != NW_OK) {
        nw_buf_set_err(out, nw_buf_err(&b));
    } else {
        json_escape_unclean(nw_buf_slice(&b), out);
    }
    nw_buf_free(&b);
}
