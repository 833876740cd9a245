#include "tsl_dom.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "base/codec.h"
#include "base/date.h"
#include "base/unicode.h"

bool tsl_looks_like_xml(struct nw_slice file)
{
    size_t i = nw_slice_starts(file, "\xef\xbb\xbf") ? 3 : 0;
    while (i < file.n &&
           (file.p[i] == ' ' || file.p[i] == '\t' || file.p[i] == '\r' || file.p[i] == '\n')) {
        i++;
    }
    return i < file.n && file.p[i] == '<';
}

/* The parser stops at the word DOCTYPE: nothing that stands in it is ever read. */
static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system)
{
    xmlParserCtxtPtr parser = ctx;
    bool *seen = parser->_private;
    (void)name;
    (void)external;
    (void)system;
    *seen = true;
    xmlStopParser(parser);
}

static bool is_utf8(struct nw_slice file)
{
    return nw_utf8_valid(file, NULL) && nw_slice_find(file, 0, 0) == file.n;
}

static enum nw_err why_not(const xmlParserCtxtPtr parser, bool doctype, struct nw_diag *d)
{
    if (doctype) {
        return nw_fail(d, NW_ERR_TSL_DOCTYPE, NW_NO_OFFSET, "DOCTYPE");
    }
    const xmlError *last = xmlCtxtGetLastError(parser);
    if (last != NULL && last->code == XML_ERR_NO_MEMORY) {
        return NW_ERR_NOMEM;
    }
    return nw_fail(d, NW_ERR_TSL_XML, NW_NO_OFFSET, "line %d", last != NULL ? last->line : 0);
}

enum nw_err tsl_parse(struct nw_slice file, size_t max, xmlDoc **out, struct nw_diag *d)
{
    bool doctype = false;
    if (file.n > max) {
        return nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "%zu bytes, at most %zu", file.n, max);
    }
    if (file.n == 0 || !is_utf8(file)) {
        return nw_fail(d, NW_ERR_TSL_XML, 0, file.n == 0 ? "it is empty" : "not UTF-8");
    }
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    if (parser == NULL) {
        return NW_ERR_NOMEM;
    }
    parser->_private = &doctype;
    parser->sax->internalSubset = on_doctype;
    xmlDoc *doc = xmlCtxtReadMemory(parser, (const char *)file.p, (int)file.n, NULL, NULL,
                                    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    bool sound = doc != NULL && !doctype && parser->nsWellFormed == 1;
    enum nw_err e = sound ? NW_OK : why_not(parser, doctype, d);
    if (e == NW_OK && doc->encoding != NULL &&
        xmlStrcasecmp(doc->encoding, (const xmlChar *)"UTF-8") != 0) {
        e = nw_fail(d, NW_ERR_TSL_XML, 0, "it says that it is not UTF-8");
    }
    xmlFreeParserCtxt(parser);
    if (e != NW_OK) {
        xmlFreeDoc(doc);
        return e;
    }
    *out = doc;
    return NW_OK;
}

bool tsl_is(const xmlNode *n, const char *ns, const char *name)
{
    return n != NULL && n->type == XML_ELEMENT_NODE && n->ns != NULL &&
           strcmp((const char *)n->ns->href, ns) == 0 && strcmp((const char *)n->name, name) == 0;
}

static xmlNode *element_from(xmlNode *n)
{
    while (n != NULL && n->type != XML_ELEMENT_NODE) {
        n = n->next;
    }
    return n;
}

xmlNode *tsl_first(const xmlNode *parent)
{
    return parent == NULL ? NULL : element_from(parent->children);
}

xmlNode *tsl_next(const xmlNode *n)
{
    return element_from(n->next);
}

size_t tsl_count(const xmlNode *parent)
{
    size_t n = 0;
    for (const xmlNode *c = tsl_first(parent); c != NULL; c = tsl_next(c)) {
        n++;
    }
    return n;
}

xmlNode *tsl_child(const xmlNode *parent, const char *ns, const char *name)
{
    xmlNode *n = tsl_first(parent);
    while (n != NULL && !tsl_is(n, ns, name)) {
        n = tsl_next(n);
    }
    return n;
}

xmlNode *tsl_again(const xmlNode *n)
{
    xmlNode *next = tsl_next(n);
    while (next != NULL && !tsl_is(next, (const char *)n->ns->href, (const char *)n->name)) {
        next = tsl_next(next);
    }
    return next;
}

xmlNode *tsl_only(const xmlNode *parent, const char *ns, const char *name)
{
    xmlNode *n = tsl_child(parent, ns, name);
    return n != NULL && tsl_again(n) == NULL ? n : NULL;
}

xmlNode *tsl_walk(const xmlNode *n, const xmlNode *top)
{
    if (n->type == XML_ELEMENT_NODE && n->children != NULL) {
        return n->children;
    }
    while (n != top && n->next == NULL) {
        n = n->parent;
    }
    return n == top ? NULL : n->next;
}

const char *tsl_attr_value(const xmlAttr *a)
{
    if (a->children == NULL) {
        return "";
    }
    return a->children->type == XML_TEXT_NODE && a->children->next == NULL
               ? (const char *)a->children->content
               : NULL;
}

const char *tsl_attr(const xmlNode *n, const char *name)
{
    for (const xmlAttr *a = n->properties; a != NULL; a = a->next) {
        if (a->ns == NULL && strcmp((const char *)a->name, name) == 0) {
            return tsl_attr_value(a);
        }
    }
    return NULL;
}

const char *tsl_attr_ns(const xmlNode *n, const char *ns, const char *name)
{
    for (const xmlAttr *a = n->properties; a != NULL; a = a->next) {
        if (a->ns != NULL && strcmp((const char *)a->ns->href, ns) == 0 &&
            strcmp((const char *)a->name, name) == 0) {
            return tsl_attr_value(a);
        }
    }
    return NULL;
}

bool tsl_attr_is(const xmlNode *n, const char *name, const char *value)
{
    const char *found = n == NULL ? NULL : tsl_attr(n, name);
    return found != NULL && strcmp(found, value) == 0;
}

#define TSL_MAX_BASE64 (64u << 10) /* of one element; the longest certificate listed has 3 kB */

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

enum nw_err tsl_text(const xmlNode *n, struct nw_buf *out)
{
    size_t start = out->n;
    if (n == NULL) {
        return NW_ERR_TSL_SCHEME;
    }
    for (const xmlNode *c = n->children; c != NULL; c = c->next) {
        if (c->type == XML_ELEMENT_NODE || c->type == XML_ENTITY_REF_NODE) {
            nw_buf_cut(out, start);
            return NW_ERR_TSL_SCHEME;
        }
        if (c->type == XML_TEXT_NODE || c->type == XML_CDATA_SECTION_NODE) {
            struct nw_slice piece = nw_str((const char *)c->content);
            while (out->n == start && piece.n > 0 && is_space(piece.p[0])) {
                piece = nw_slice_from(piece, 1);
            }
            nw_buf_put(out, piece);
        }
    }
    while (out->n > start && is_space(out->p[out->n - 1])) {
        nw_buf_cut(out, out->n - 1);
    }
    return nw_buf_err(out);
}

bool tsl_text_short(const xmlNode *n, char *out, size_t cap)
{
    size_t used = 0;
    for (const xmlNode *c = n == NULL ? NULL : n->children; c != NULL; c = c->next) {
        if (c->type == XML_ELEMENT_NODE || c->type == XML_ENTITY_REF_NODE) {
            return false;
        }
        if (c->type != XML_TEXT_NODE && c->type != XML_CDATA_SECTION_NODE) {
            continue;
        }
        for (const uint8_t *p = c->content; *p != 0; p++) {
            if (used == 0 && is_space(*p)) {
                continue;
            }
            if (used + 1 >= cap) {
                return false;
            }
            out[used++] = (char)*p;
        }
    }
    while (used > 0 && is_space((uint8_t)out[used - 1])) {
        used--;
    }
    out[used] = '\0';
    return n != NULL;
}

bool tsl_text_is(const xmlNode *n, const char *text)
{
    char found[512];
    return tsl_text_short(n, found, sizeof found) && strcmp(found, text) == 0;
}

enum nw_err tsl_base64(const xmlNode *n, struct nw_buf *out)
{
    struct nw_buf text = NW_BUF(TSL_MAX_BASE64);
    enum nw_err e = n == NULL ? NW_ERR_BASE64 : NW_OK;
    for (const xmlNode *c = n == NULL ? NULL : n->children; e == NW_OK && c != NULL; c = c->next) {
        if (c->type != XML_TEXT_NODE) {
            e = NW_ERR_BASE64;
            break;
        }
        const uint8_t *p = c->content;
        while (*p != 0) {
            const uint8_t *from = p;
            while (*p != 0 && !is_space(*p)) {
                p++;
            }
            nw_buf_put(&text, nw_slice(from, (size_t)(p - from)));
            while (is_space(*p)) {
                p++;
            }
        }
    }
    if (e == NW_OK) {
        e = nw_buf_err(&text);
    }
    if (e == NW_OK) {
        e = text.n == 0 ? NW_ERR_BASE64 : nw_base64_decode(nw_buf_slice(&text), out, NULL);
    }
    nw_buf_free(&text);
    return e == NW_ERR_LIMIT ? NW_ERR_BASE64 : e;
}

enum nw_err tsl_time_of(const xmlNode *n, int64_t *out)
{
    char text[64];
    return tsl_text_short(n, text, sizeof text) ? nw_time_parse(nw_str(text), out) : NW_ERR_TIME;
}

/* ±hh:mm in seconds */
static bool zone_seconds(struct nw_slice z, int64_t *out)
{
    if (nw_slice_is(z, "Z")) {
        *out = 0;
        return true;
    }
    if (z.n != 6 || (z.p[0] != '+' && z.p[0] != '-') || z.p[3] != ':') {
        return false;
    }
    for (size_t i = 1; i < 6; i++) {
        if (i != 3 && (z.p[i] < '0' || z.p[i] > '9')) {
            return false;
        }
    }
    int hours = (z.p[1] - '0') * 10 + z.p[2] - '0';
    int minutes = (z.p[4] - '0') * 10 + z.p[5] - '0';
    *out = (hours * 60 + minutes) * (z.p[0] == '+' ? 60 : -60);
    return hours <= 14 && minutes < 60;
}

enum nw_err tsl_date_time(struct nw_slice text, int64_t *out)
{
    char plain[NW_TIME_TEXT];
    int64_t zone = 0;
    int64_t local = 0;
    size_t at = NW_TIME_TEXT - 2; /* after the seconds */
    if (text.n <= at) {
        return NW_ERR_TIME;
    }
    memcpy(plain, text.p, at);
    plain[at] = 'Z';
    plain[at + 1] = '\0';
    if (text.p[at] == '.') {
        size_t from = ++at;
        while (at < text.n && text.p[at] >= '0' && text.p[at] <= '9') {
            at++;
        }
        if (at == from) {
            return NW_ERR_TIME;
        }
    }
    if (nw_time_parse(nw_str(plain), &local) != NW_OK ||
        !zone_seconds(nw_slice_from(text, at), &zone)) {
        return NW_ERR_TIME;
    }
    *out = local - zone;
    return NW_OK;
}
