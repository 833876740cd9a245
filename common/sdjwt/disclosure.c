#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "sdjwt/internal.h"

/*
 * [salt, name, value] or [salt, value] (RFC 9901 4.2.1, 4.2.2), taken apart in
 * the decoded text. The strict pre-scan has accepted the whole text before, so
 * that finding the elements needs no second parser, and a tree is made of the
 * value alone.
 */
struct cursor {
    uint8_t *p;
    size_t at, n;
};

static uint8_t peek(const struct cursor *c)
{
    return c->at < c->n ? c->p[c->at] : 0;
}

static void skip_space(struct cursor *c)
{
    while (c->at < c->n && strchr(" \t\r\n", c->p[c->at]) != NULL && c->p[c->at] != '\0') {
        c->at++;
    }
}

static bool take(struct cursor *c, uint8_t wanted)
{
    skip_space(c);
    if (peek(c) != wanted) {
        return false;
    }
    c->at++;
    skip_space(c);
    return true;
}

/* From the opening to behind the closing quote. */
static void pass_string(struct cursor *c)
{
    for (c->at++; c->at < c->n && c->p[c->at] != '"'; c->at++) {
        c->at += c->p[c->at] == '\\' ? 1 : 0;
    }
    c->at++;
}

/* One element of the array; ends at the comma or bracket behind it. */
static struct nw_slice pass_element(struct cursor *c)
{
    size_t from = c->at;
    size_t open = 0;
    while (c->at < c->n) {
        uint8_t ch = c->p[c->at];
        if (open == 0 && (ch == ',' || ch == ']')) {
            break;
        }
        if (ch == '"') {
            pass_string(c);
            continue;
        }
        open += ch == '[' || ch == '{' ? 1 : 0;
        open -= ch == ']' || ch == '}' ? 1 : 0;
        c->at++;
    }
    return nw_slice_sub(nw_slice(c->p, c->n), from, c->at - from);
}

struct elements {
    struct nw_slice v[3];
    size_t n; /* 4: more than three */
};

static bool split(struct cursor *c, struct elements *e)
{
    e->n = 0;
    if (!take(c, '[') || peek(c) == ']') {
        return false;
    }
    do {
        if (e->n == 3) {
            return false;
        }
        e->v[e->n++] = pass_element(c);
    } while (take(c, ','));
    return e->n >= 2 && e->v[0].p[0] == '"' && (e->n == 2 || e->v[1].p[0] == '"');
}

/* The name as a C string: in place where no character is escaped. */
static enum nw_err read_name(struct cursor *c, struct nw_slice quoted, struct nw_sd_disclosed *out)
{
    size_t start = (size_t)(quoted.p - c->p);
    size_t n = quoted.n;
    while (c->p[start + n - 1] != '"') { /* white space behind it */
        n--;
    }
    if (memchr(quoted.p, '\\', n) == NULL) {
        c->p[start + n - 1] = '\0';
        out->name = (const char *)c->p + start + 1;
        return NW_OK;
    }
    enum nw_err e = nw_json_parse_checked(quoted, &out->name_owned);
    out->name = nw_json_text(out->name_owned);
    return e;
}

static enum nw_err read_disclosure(struct cursor c, size_t i, struct nw_sd_disclosed *out,
                                   struct nw_checks *checks, struct nw_diag *d)
{
    struct elements el;
    enum nw_err e = nw_json_check(nw_slice(c.p, c.n), NW_MAX_JSON, d);
    if (e != NW_OK) {
        const char *rule = e == NW_ERR_JSON_DUPLICATE ? "SDJ-02" : "SDJ-05";
        return nw_sdjwt_refuse_diag(checks, d, rule, e);
    }
    if (!split(&c, &el)) {
        return nw_sdjwt_refuse(checks, d, "SDJ-05", NW_ERR_DISCLOSURE_FORM, "disclosure %zu", i);
    }
    e = nw_json_parse_checked(el.v[el.n - 1], &out->owned);
    if (e == NW_OK && el.n == 3) {
        e = read_name(&c, el.v[1], out);
    }
    if (e != NW_OK || out->name == NULL) {
        return e;
    }
    if (strcmp(out->name, "_sd") == 0 || strcmp(out->name, "...") == 0) {
        return nw_sdjwt_refuse(checks, d, "SDJ-05", NW_ERR_DISCLOSURE_NAME,
                               "disclosure %zu has a reserved name", i);
    }
    if (strcmp(out->name, "_sd_alg") == 0) {
        return nw_sdjwt_refuse(checks, d, "SDJ-03", NW_ERR_SD_ALG,
                               "disclosure %zu would set _sd_alg", i);
    }
    return NW_OK;
}

/* The texts of all stay in one buffer: names point into it. */
enum nw_err nw_sdjwt_parse_disclosures(struct nw_sdjwt *s, struct nw_checks *checks,
                                       struct nw_diag *d)
{
    enum nw_err e = NW_OK;
    if (s->disclosure_n == 0) {
        return NW_OK;
    }
    s->texts = NW_BUF(NW_MAX_SDJWT);
    s->disclosed = nw_calloc(s->disclosure_n, sizeof *s->disclosed);
    if (s->disclosed == NULL || nw_buf_reserve(&s->texts, s->presented.n) == NULL) {
        return NW_ERR_NOMEM;
    }
    const uint8_t *base = s->texts.p;
    for (size_t i = 0; e == NW_OK && i < s->disclosure_n; i++) {
        size_t at = s->texts.n;
        e = nw_base64url_decode(s->disclosure[i], &s->texts, d);
        if (e != NW_OK) {
            return nw_sdjwt_refuse_diag(checks, d, "SDJ-01", e);
        }
        if (s->texts.p != base) { /* the room was reserved: nothing moves */
            return NW_ERR_INTERNAL;
        }
        const struct cursor c = {s->texts.p + at, 0, s->texts.n - at};
        e = read_disclosure(c, i, &s->disclosed[i], checks, d);
    }
    return e;
}
