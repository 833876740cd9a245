#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct err_row {
    enum nw_err code;
    const char *name;
    const char *text;
    const char *clause;
};

static const struct err_row err_rows[] = {
    {NW_OK, "OK", "no error", ""},
#define NW_E(code, name, text, clause) {NW_ERR_##name, #name, text, clause},
#include "base/err_table.h"
#undef NW_E
};

static const struct err_row err_unknown = {NW_ERR_INTERNAL, "UNKNOWN", "an unknown error", ""};

static const struct err_row *err_find(enum nw_err e)
{
    for (size_t i = 0; i < sizeof err_rows / sizeof err_rows[0]; i++) {
        if (err_rows[i].code == e) {
            return &err_rows[i];
        }
    }
    return &err_unknown;
}

const char *nw_err_name(enum nw_err e)
{
    return err_find(e)->name;
}

const char *nw_err_text(enum nw_err e)
{
    return err_find(e)->text;
}

const char *nw_err_clause(enum nw_err e)
{
    return err_find(e)->clause;
}

bool nw_err_is_ours(enum nw_err e)
{
    return (int)e >= 800;
}

static bool diag_take(struct nw_diag *d, enum nw_err e)
{
    if (d == NULL || d->code != NW_OK) {
        return false;
    }
    d->code = e;
    d->off = NW_NO_OFFSET;
    d->path[0] = '\0';
    d->detail[0] = '\0';
    return true;
}

enum nw_err(nw_fail)(struct nw_diag *d, enum nw_err e, size_t off, const char *fmt, ...)
{
    if (diag_take(d, e)) {
        va_list args;
        va_start(args, fmt);
        d->off = off;
        (void)vsnprintf(d->detail, sizeof d->detail, fmt, args);
        va_end(args);
    }
    return e;
}

enum nw_err(nw_fail_at)(struct nw_diag *d, enum nw_err e, const char *path, const char *fmt, ...)
{
    if (diag_take(d, e)) {
        va_list args;
        va_start(args, fmt);
        (void)snprintf(d->path, sizeof d->path, "%s", path);
        (void)vsnprintf(d->detail, sizeof d->detail, fmt, args);
        va_end(args);
    }
    return e;
}

void nw_diag_clear(struct nw_diag *d)
{
    memset(d, 0, sizeof *d);
    d->off = NW_NO_OFFSET;
}

void nw_diag_line(const struct nw_diag *d, char *dst, size_t cap)
{
    char place[NW_DIAG_PATH + 32] = "";
    if (d->path[0] != '\0') {
        (void)snprintf(place, sizeof place, ", at %s", d->path);
    } else if (d->off != NW_NO_OFFSET) {
        (void)snprintf(place, sizeof place, ", at byte %zu", d->off);
    }
    const char *clause = nw_err_clause(d->code);
    (void)snprintf(dst, cap, "%s%s%s%s%s%s%s%s", nw_err_text(d->code), d->detail[0] ? ": " : "",
                   d->detail, place, clause[0] ? " (" : "", clause, clause[0] ? ")" : "", "");
}
