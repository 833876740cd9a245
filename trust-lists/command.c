#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/codec.h"
#include "base/date.h"
#include "base/unicode.h"

#define TL_LINE 4096

static void put_safe(FILE *out, const char *text)
{
    struct nw_buf safe = NW_BUF(8 * TL_LINE);
    for (struct nw_slice rest = nw_str(text); rest.n > 0;) {
        size_t end = nw_slice_find(rest, '\n', 0);
        nw_text_safe(nw_slice_sub(rest, 0, end), &safe);
        if (end < rest.n) {
            nw_buf_putc(&safe, '\n');
        }
        rest = nw_slice_from(rest, end < rest.n ? end + 1 : end);
    }
    (void)fputs(nw_buf_err(&safe) == NW_OK ? nw_buf_cstr(&safe) : "?\n", out);
    nw_buf_free(&safe);
}

void tl_print(const char *fmt, ...)
{
    char text[TL_LINE];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    put_safe(stdout, text);
}

int tl_failed(enum nw_err e, const struct nw_diag *d)
{
    char line[NW_DIAG_PATH + NW_DIAG_DETAIL + 200];
    struct nw_diag known = *d;
    known.code = known.code == NW_OK ? e : known.code;
    nw_diag_line(&known, line, sizeof line);
    (void)fputs("nachweis-trust: ", stderr);
    put_safe(stderr, line);
    (void)fputc('\n', stderr);
    switch (e) {
    case NW_ERR_USAGE:
        return TL_USAGE;
    case NW_ERR_IO:
    case NW_ERR_NOT_A_FILE:
    case NW_ERR_EMPTY:
        return TL_NO_INPUT;
    default:
        return e >= NW_ERR_INTERNAL ? TL_OWN : TL_CONFIG;
    }
}

enum nw_err tl_clock(const char *text, int64_t *now, struct nw_diag *d)
{
    if (text == NULL) {
        *now = (int64_t)time(NULL);
        return NW_OK;
    }
    return nw_time_parse(nw_str(text), now) == NW_OK
               ? NW_OK
               : nw_fail_at(d, NW_ERR_USAGE, "--at", "YYYY-MM-DDThh:mm:ssZ is wanted");
}

void tl_hex(const uint8_t digest[32], char out[65])
{
    struct nw_buf b = NW_BUF(128);
    nw_hex_encode(nw_slice(digest, 32), &b);
    (void)nw_slice_cstr(nw_buf_slice(&b), out, 65);
    nw_buf_free(&b);
}

const char *tl_time(int64_t t, char room[24])
{
    if (t == 0) {
        return "-";
    }
    nw_time_format(t, room);
    return room;
}
