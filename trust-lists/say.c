#include "say.h"

#include <stdio.h>

#include "command.h"
#include "json/json.h"

void tl_put_text(struct nw_buf *b, const char *name, struct nw_slice text)
{
    nw_buf_printf(b, "\"%s\":", name);
    nw_json_write_text(text, b);
}

void tl_put_checks(const struct nw_checks *checks, struct nw_buf *b)
{
    static const char *const results[] = {"not-done", "pass", "fail"};
    nw_buf_puts(b, ",\"checks\":[");
    for (size_t i = 0; i < checks->n; i++) {
        const struct nw_check *c = &checks->v[i];
        nw_buf_printf(b, "%s{\"id\":\"%s\",\"result\":\"%s\",", i > 0 ? "," : "", c->id,
                      results[c->result]);
        tl_put_text(b, "detail", nw_str(c->detail));
        nw_buf_putc(b, ',');
        tl_put_text(b, "clause", nw_str(c->err != NW_OK ? nw_err_clause(c->err) : ""));
        nw_buf_putc(b, '}');
    }
    nw_buf_putc(b, ']');
}

void tl_put_notes(const struct lote_note *notes, size_t n, struct nw_buf *b)
{
    nw_buf_puts(b, ",\"warnings\":[");
    for (size_t i = 0; i < n && i < LOTE_MAX_NOTES; i++) {
        nw_buf_puts(b, i > 0 ? ",{" : "{");
        tl_put_text(b, "path", nw_str(notes[i].path));
        nw_buf_putc(b, ',');
        tl_put_text(b, "text", nw_str(notes[i].text));
        nw_buf_putc(b, '}');
    }
    nw_buf_putc(b, ']');
}

void tl_say_notes(const struct lote_note *notes, size_t n)
{
    for (size_t i = 0; i < n && i < LOTE_MAX_NOTES; i++) {
        tl_print("warning: %s: %s\n", notes[i].path, notes[i].text);
    }
    if (n > LOTE_MAX_NOTES) {
        tl_print("warning: and %zu more\n", n - LOTE_MAX_NOTES);
    }
}

static void put_reason(const struct nw_check *failed, const struct nw_diag *d, struct nw_buf *b)
{
    const struct {
        const char *name, *value;
    } members[] = {{"code", nw_err_name(d->code)},
                   {"text", nw_err_text(d->code)},
                   {"detail", d->detail},
                   {"place", d->path},
                   {"clause", nw_err_clause(d->code)}};
    nw_buf_puts(b, ",\"reason\":{");
    tl_put_text(b, "check", nw_str(failed != NULL ? failed->id : ""));
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        nw_buf_putc(b, ',');
        tl_put_text(b, members[i].name, nw_str(members[i].value));
    }
    nw_buf_putc(b, '}');
}

int tl_refuse(const struct nw_checks *checks, const struct nw_diag *d, bool json)
{
    char line[NW_DIAG_PATH + NW_DIAG_DETAIL + 200];
    const struct nw_check *failed = nw_check_first_failure(checks);
    nw_diag_line(d, line, sizeof line);
    if (json) {
        struct nw_buf b = NW_BUF(NW_MAX_JSON);
        nw_buf_puts(&b, "{\"version\":1,\"result\":\"refused\"");
        put_reason(failed, d, &b);
        tl_put_checks(checks, &b);
        nw_buf_puts(&b, "}\n");
        (void)fputs(nw_buf_cstr(&b), stdout);
        nw_buf_free(&b);
    } else {
        tl_print("refused: %s%s%s\n", failed != NULL ? failed->id : "", failed != NULL ? ": " : "",
                 line);
    }
    return TL_REFUSED;
}

int tl_not_accepted(enum nw_err e, const struct nw_checks *checks, const struct nw_diag *d,
                    bool json)
{
    return nw_err_is_ours(e) || e == NW_ERR_CONFIG ? tl_failed(e, d) : tl_refuse(checks, d, json);
}
