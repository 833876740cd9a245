#include "crypto/pem.h"

#include <string.h>

#include "base/codec.h"
#include "base/limits.h"

#define PEM_LINE 64
#define PEM_BEGIN "-----BEGIN "
#define PEM_END "-----END "
#define PEM_DASHES "-----"

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The line at *pos without white space at its end; *pos moves to the next one. */
static struct nw_slice next_line(struct nw_slice text, size_t *pos)
{
    size_t end = nw_slice_find(text, '\n', *pos);
    struct nw_slice line = nw_slice_sub(text, *pos, end - *pos);
    *pos = end < text.n ? end + 1 : text.n;
    while (line.n > 0 && is_blank(line.p[line.n - 1])) {
        line = nw_slice_sub(line, 0, line.n - 1);
    }
    return line;
}

/* RFC 7468 3: white space in the base64 is of no meaning. */
static void put_base64(struct nw_buf *body, struct nw_slice line)
{
    for (size_t i = 0; i < line.n; i++) {
        if (!is_blank(line.p[i])) {
            nw_buf_putc(body, line.p[i]);
        }
    }
}

/* The label of a boundary line; empty if the line is none. */
static struct nw_slice boundary(struct nw_slice line, const char *start)
{
    size_t head = strlen(start);
    size_t tail = strlen(PEM_DASHES);
    if (line.n <= head + tail || !nw_slice_starts(line, start) ||
        !nw_slice_is(nw_slice_from(line, line.n - tail), PEM_DASHES)) {
        return NW_SLICE_EMPTY;
    }
    return nw_slice_sub(line, head, line.n - head - tail);
}

static enum nw_err find_begin(struct nw_slice text, size_t *pos, char label[NW_PEM_LABEL])
{
    while (*pos < text.n) {
        struct nw_slice name = boundary(next_line(text, pos), PEM_BEGIN);
        if (name.n > 0) {
            return nw_slice_cstr(name, label, NW_PEM_LABEL) ? NW_OK : NW_ERR_PEM;
        }
    }
    return NW_ERR_NOT_FOUND;
}

enum nw_err nw_pem_next(struct nw_slice text, size_t *pos, char label[NW_PEM_LABEL],
                        struct nw_buf *der)
{
    size_t at = *pos;
    struct nw_buf body = NW_BUF_SECRET(NW_MAX_KEY_FILE);
    if (text.n > NW_MAX_KEY_FILE) {
        return NW_ERR_LIMIT;
    }
    enum nw_err e = find_begin(text, &at, label);
    if (e != NW_OK) {
        return e;
    }
    e = NW_ERR_PEM;
    while (at < text.n) {
        struct nw_slice line = next_line(text, &at);
        struct nw_slice name = boundary(line, PEM_END);
        if (name.n > 0) {
            e = nw_slice_is(name, label) && body.n > 0 ? NW_OK : NW_ERR_PEM;
            break;
        }
        put_base64(&body, line);
    }
    if (nw_buf_err(&body) != NW_OK) {
        e = nw_buf_err(&body);
    }
    if (e == NW_OK) {
        nw_buf_reset(der);
        e = nw_base64_decode(nw_buf_slice(&body), der, NULL);
        e = e == NW_OK || nw_err_is_ours(e) ? e : NW_ERR_PEM;
    }
    nw_buf_free(&body);
    if (e == NW_OK) {
        *pos = at;
    }
    return e;
}

void nw_pem_put(struct nw_buf *pem, const char *label, struct nw_slice der)
{
    struct nw_buf text = NW_BUF_SECRET(NW_MAX_KEY_FILE);
    nw_base64_encode(der, &text);
    if (nw_buf_err(&text) != NW_OK) {
        nw_buf_set_err(pem, nw_buf_err(&text));
    }
    nw_buf_printf(pem, PEM_BEGIN "%s" PEM_DASHES "\n", label);
    struct nw_slice all = nw_buf_slice(&text);
    for (size_t at = 0; at < all.n; at += PEM_LINE) {
        nw_buf_put(pem, nw_slice_sub(all, at, PEM_LINE));
        nw_buf_putc(pem, '\n');
    }
    nw_buf_printf(pem, PEM_END "%s" PEM_DASHES "\n", label);
    nw_buf_free(&text);
}
