/* Our own writer: what is hashed or signed never depends on a library's printer. */
#include "json/json_internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/unicode.h"

struct writer {
    struct nw_buf *b;
    bool pretty;
};

static void write_escape(uint8_t c, struct nw_buf *b)
{
    static const char hex[] = "0123456789abcdef";
    static const char short_forms[32] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    char escape[7] = {'\\', (char)c, 0};
    if (c < 0x20 && short_forms[c] != 0) {
        escape[1] = short_forms[c];
    } else if (c < 0x20) {
        escape[1] = 'u';
        escape[2] = '0';
        escape[3] = '0';
        escape[4] = hex[c >> 4];
        escape[5] = hex[c & 15];
    }
    nw_buf_puts(b, escape);
}

/* Text that is known to be good, in quotes. */
static void write_string(struct nw_slice text, struct nw_buf *b)
{
    size_t done = 0;
    nw_buf_putc(b, '"');
    for (size_t i = 0; i < text.n; i++) {
        i += json_plain_run(text.p + i, text.n - i);
        uint8_t c = i < text.n ? text.p[i] : ' ';
        if (c < 0x20 || c == '"' || c == '\\') {
            nw_buf_put(b, nw_slice_sub(text, done, i - done));
            write_escape(c, b);
            done = i + 1;
        }
    }
    nw_buf_put(b, nw_slice_from(text, done));
    nw_buf_putc(b, '"');
}

void nw_json_write_text(struct nw_slice utf8, struct nw_buf *b)
{
    if (!nw_utf8_valid(utf8, NULL)) {
        nw_buf_set_err(b, NW_ERR_UTF8);
        return;
    }
    write_string(utf8, b);
}

void nw_json_write_name(const struct nw_json *member, struct nw_buf *b)
{
    write_string(nw_str(nw_json_name(member)), b);
}

/* Integers without exponent; other numbers with as many digits as they need to be read back. */
static void write_number(const struct nw_json *n, struct nw_buf *b)
{
    int64_t whole;
    double v = 0;
    if (nw_json_int(n, &whole)) {
        nw_buf_printf(b, "%lld", (long long)whole);
        return;
    }
    if (!nw_json_number(n, &v) || !isfinite(v)) {
        nw_buf_set_err(b, NW_ERR_JSON_NUMBER);
        return;
    }
    char text[40];
    for (int precision = 15; precision <= 17; precision++) {
        (void)snprintf(text, sizeof text, "%.*g", precision, v);
        double back = strtod(text, NULL);
        if (!(back < v) && !(back > v)) {
            break;
        }
    }
    for (char *c = text; *c != '\0'; c++) {
        bool other = (*c < '0' || *c > '9') && *c != '-' && *c != '+' && *c != 'e';
        nw_buf_putc(b, other ? '.' : (uint8_t)*c); /* a locale may have another decimal point */
    }
}

static void new_line(const struct writer *w, unsigned level)
{
    if (w->pretty) {
        nw_buf_putc(w->b, '\n');
        for (unsigned i = 0; i < level; i++) {
            nw_buf_puts(w->b, "  ");
        }
    }
}

static void write_node(const struct writer *w, const struct nw_json *n, unsigned level);

static void write_members(const struct writer *w, const struct nw_json *n, unsigned level)
{
    bool object = nw_json_kind(n) == NW_JSON_OBJECT;
    const struct nw_json *first = nw_json_first(n);
    nw_buf_putc(w->b, object ? '{' : '[');
    for (const struct nw_json *c = first; c != NULL; c = nw_json_next(c)) {
        if (c != first) {
            nw_buf_putc(w->b, ',');
        }
        new_line(w, level + 1);
        if (object) {
            nw_json_write_name(c, w->b);
            nw_buf_puts(w->b, w->pretty ? ": " : ":");
        }
        write_node(w, c, level + 1);
    }
    if (first != NULL) {
        new_line(w, level);
    }
    nw_buf_putc(w->b, object ? '}' : ']');
}

static void write_node(const struct writer *w, const struct nw_json *n, unsigned level)
{
    bool truth = false;
    if (level > NW_MAX_JSON_DEPTH) {
        nw_buf_set_err(w->b, NW_ERR_JSON_DEPTH);
        return;
    }
    switch (nw_json_kind(n)) {
    case NW_JSON_NULL:
        nw_buf_puts(w->b, "null");
        break;
    case NW_JSON_BOOL:
        (void)nw_json_bool(n, &truth);
        nw_buf_puts(w->b, truth ? "true" : "false");
        break;
    case NW_JSON_NUMBER:
        write_number(n, w->b);
        break;
    case NW_JSON_STRING:
        write_string(nw_str(nw_json_text(n)), w->b);
        break;
    case NW_JSON_ARRAY:
    case NW_JSON_OBJECT:
        write_members(w, n, level);
        break;
    case NW_JSON_NONE:
    default:
        nw_buf_set_err(w->b, NW_ERR_JSON_MISSING);
        break;
    }
}

void nw_json_write(const struct nw_json *n, struct nw_buf *b)
{
    write_node(&(struct writer){.b = b}, n, 0);
}

void nw_json_write_pretty(const struct nw_json *n, struct nw_buf *b)
{
    write_node(&(struct writer){.b = b, .pretty = true}, n, 0);
}
