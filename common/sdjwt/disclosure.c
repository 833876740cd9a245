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
    while (peek(c) == ' ' || peek(c) == '\t' || peek(c) == '\r' || peek(c) == '\n') {
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

/* Takes a string, with its quotes; false if there is none. */
static bool take_string(struct cursor *c, struct nw_slice *quoted)
{
    size_t from = c->at;
    if (peek(c) != '"') {
        return false;
    }
    for (;;) {
        const uint8_t *quote = memchr(c->p + c->at + 1, '"', c->n - c->at - 1);
        size_t escapes = 0;
        if (quote == NULL) {
            return false;
        }
        c->at = (size_t)(quote - c->p);
        while (c->p[c->at - 1 - escapes] == '\\') {
            escapes++;
        }
        if (escapes % 2 == 0) {
            break;
        }
    }
    c->at++;
    *quoted = nw_slice(c->p + from, c->at - from);
    skip_space(c);
    return true;
}

/* The rest of the array must be one value. */
static enum nw_err take_value(struct cursor *c, struct nw_json **out)
{
    size_t used;
    struct nw_slice rest = nw_slice_from(nw_slice(c->p, c->n), c->at);
    enum nw_err e = nw_json_parse_checked(rest, &used, out);
    if (e == NW_OK) {
        c->at += used;
        e = take(c, ']') ? NW_OK : NW_ERR_DISCLOSURE_FORM;
    }
    return e;
}

/* The name as a C string: in place where no character is escaped. */
static enum nw_err read_name(struct cursor *c, struct nw_slice quoted, struct nw_sd_disclosed *out)
{
    size_t used;
    if (memchr(quoted.p, '\\', quoted.n) == NULL) {
        size_t start = (size_t)(quoted.p - c->p);
        c->p[start + quoted.n - 1] = '\0';
        out->name = (const char *)c->p + start + 1;
        return NW_OK;
    }
    enum nw_err e = nw_json_parse_checked(quoted, &used, &out->name_owned);
    out->name = nw_json_text(out->name_owned);
    return e;
}

/* Two elements or three: what is behind the second tells. */
static enum nw_err read_elements(struct cursor *c, struct nw_sd_disclosed *out)
{
    struct nw_slice salt;
    struct nw_slice second;
    if (!take(c, '[') || !take_string(c, &salt) || !take(c, ',')) {
        return NW_ERR_DISCLOSURE_FORM;
    }
    size_t value = c->at;
    if (take_string(c, &second) && take(c, ',')) {
        enum nw_err e = take_value(c, &out->owned);
        return e != NW_OK ? e : read_name(c, second, out);
    }
    c->at = value;
    return take_value(c, &out->owned);
}

static enum nw_err read_disclosure(struct cursor c, size_t i, struct nw_sd_disclosed *out,
                                   struct nw_checks *checks, struct nw_diag *d)
{
    enum nw_err e = nw_json_check(nw_slice(c.p, c.n), NW_MAX_JSON, d);
    if (e != NW_OK) {
        const char *rule = e == NW_ERR_JSON_DUPLICATE ? "SDJ-02" : "SDJ-05";
        return nw_sdjwt_refuse_diag(checks, d, rule, e);
    }
    e = read_elements(&c, out);
    if (e != NW_OK) {
        return nw_sdjwt_refuse(checks, d, "SDJ-05", e, "disclosure %zu", i);
    }
    if (out->name == NULL) {
        return NW_OK;
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
