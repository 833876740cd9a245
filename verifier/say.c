#include "say.h"

#include <stdarg.h>
#include <stdio.h>
#include <sysexits.h>

#include "base/unicode.h"

static void say_clean(const char *text)
{
    struct nw_buf safe = NW_BUF(16384);
    nw_text_safe(nw_str(text), &safe);
    (void)fputs(nw_buf_err(&safe) == NW_OK ? nw_buf_cstr(&safe) : "?", stderr);
    nw_buf_free(&safe);
}

static bool hushed;

void nw_say_hush(bool on)
{
    hushed = on;
}

void nw_say(const char *fmt, ...)
{
    char line[1024];
    if (hushed) {
        return;
    }
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    (void)fputs("nachweis-verifier: ", stderr);
    say_clean(line);
    (void)fputc('\n', stderr);
}

int nw_exit_of(enum nw_err e)
{
    switch (e) {
    case NW_ERR_USAGE:
        return EX_USAGE;
    case NW_ERR_NOT_A_FILE:
    case NW_ERR_IO:
        return EX_NOINPUT;
    case NW_ERR_CONFIG:
        return EX_CONFIG;
    case NW_ERR_EMPTY:
        return EX_DATAERR;
    case NW_ERR_NOMEM:
        return EX_OSERR;
    default:
        return nw_err_is_ours(e) ? EX_SOFTWARE : EX_DATAERR;
    }
}

int nw_say_diag(const char *what, const struct nw_diag *d)
{
    char line[NW_DIAG_PATH + NW_DIAG_DETAIL + 256];
    nw_diag_line(d, line, sizeof line);
    nw_say("%s: %s", what, line);
    return nw_exit_of(d->code);
}
