#include "say.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/unicode.h"

#define LINE 4096

/* File names and member names are others' text: nothing in them commands a terminal. */
static void put_safe(FILE *f, const char *text)
{
    struct nw_buf safe = NW_BUF(8 * LINE);
    nw_text_safe(nw_str(text), &safe);
    (void)fputs(nw_buf_err(&safe) == NW_OK ? nw_buf_cstr(&safe) : "?", f);
    nw_buf_free(&safe);
}

void nw_say(const char *fmt, ...)
{
    char line[LINE];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    (void)fputs("nachweis-issuer: ", stderr);
    put_safe(stderr, line);
    (void)fputc('\n', stderr);
}

int nw_exit_status(enum nw_err e)
{
    switch (e) {
    case NW_OK:
        return EX_OK;
    case NW_ERR_USAGE:
        return EX_USAGE;
    case NW_ERR_IO:
    case NW_ERR_STORE:
        return EX_IOERR;
    case NW_ERR_NOT_A_FILE:
        return EX_NOINPUT;
    case NW_ERR_EMPTY:
    case NW_ERR_NOT_FOUND:
        return EX_DATAERR;
    case NW_ERR_STORE_VERSION:
    case NW_ERR_HOME_HALF:
    case NW_ERR_STORE_OLD:
    case NW_ERR_CONFIG:
        return EX_CONFIG;
    case NW_ERR_EXISTS:
        return EX_CANTCREAT;
    case NW_ERR_BUSY:
        return EX_TEMPFAIL;
    case NW_ERR_NOMEM:
        return EX_OSERR;
    default:
        return nw_err_is_ours(e) ? EX_SOFTWARE : EX_DATAERR;
    }
}

int nw_say_failure(enum nw_err e, const struct nw_diag *d)
{
    char line[512];
    struct nw_diag plain;
    if (d == NULL || d->code == NW_OK) {
        nw_diag_clear(&plain);
        plain.code = e;
        d = &plain;
    }
    nw_diag_line(d, line, sizeof line);
    nw_say("%s", line);
    return nw_exit_status(e);
}

const char *nw_level_name(enum nw_level level)
{
    static const char *const names[] = {"info", "warning", "error"};
    return level <= NW_LEVEL_ERROR ? names[level] : "?";
}

void nw_print_findings(FILE *out, const char *before, const struct nw_findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        char line[LINE];
        const struct nw_finding *v = &f->v[i];
        (void)snprintf(line, sizeof line, "%s%-4s %-7s %s%s%s", before,
                       v->rule[0] == '\0' ? "lost" : v->rule, nw_level_name(v->level), v->path,
                       v->path[0] == '\0' ? "" : ": ", v->text);
        put_safe(out, line);
        (void)fputc('\n', out);
    }
}

void nw_say_findings(const struct nw_findings *f)
{
    nw_print_findings(stderr, "", f);
}

void nw_print_good(const char *file)
{
    char line[LINE];
    (void)snprintf(line, sizeof line, "%s: good", file);
    put_safe(stdout, line);
    (void)fputc('\n', stdout);
}
