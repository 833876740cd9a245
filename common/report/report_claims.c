/* What a document of any type says, a row for each claim, in the words of its type file. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "report/internal.h"

#define CLAIMS_DEPTH 8u
#define CLAIMS_PATH 160u
#define LABEL_WIDTH 30u

struct rows {
    const struct nw_type *type;
    int lang; /* 0 de, 1 en */
    struct nw_buf *out;
};

static void claims_label(const struct rows *w, const char *label)
{
    size_t width = 0; /* code points: umlauts take two bytes */
    for (const char *c = label; *c != '\0'; c++) {
        width += ((unsigned char)*c & 0xc0) != 0x80;
    }
    nw_buf_puts(w->out, "  ");
    nw_text_safe(nw_str(label), w->out);
    nw_buf_printf(w->out, "%*s", (int)(width < LABEL_WIDTH ? LABEL_WIDTH - width : 1), "");
}

static void claims_text(const struct rows *w, const char *path, const char *text)
{
    int64_t day = 0;
    const char *code = nw_type_code_text(w->type, path, text, w->lang == 0 ? "de" : "en");
    if (strncmp(text, "data:", 5) == 0) {
        nw_buf_puts(w->out, w->lang == 0 ? "liegt bei" : "enclosed");
    } else if (code != NULL) {
        nw_text_safe(nw_str(code), w->out);
    } else if (w->lang == 0 && nw_date_parse(nw_str(text), &day) == NW_OK) {
        nw_buf_printf(w->out, "%.2s.%.2s.%.4s", text + 8, text + 5, text);
    } else {
        nw_text_safe(nw_str(text), w->out);
    }
}

static void claims_value(const struct rows *w, const char *path, const struct nw_json *v)
{
    int64_t number = 0;
    bool flag = false;
    if (nw_json_text(v) != NULL) {
        claims_text(w, path, nw_json_text(v));
    } else if (nw_json_int(v, &number)) {
        char digits[24];
        (void)snprintf(digits, sizeof digits, "%lld", (long long)number);
        claims_text(w, path, digits);
    } else if (nw_json_bool(v, &flag)) {
        nw_buf_puts(w->out, w->lang == 0 ? (flag ? "ja" : "nein") : (flag ? "yes" : "no"));
    } else {
        nw_buf_puts(w->out, "?"); /* A1-01 says what is wrong */
    }
}

static bool claims_plain(const struct nw_json *v)
{
    enum nw_json_kind kind = nw_json_kind(v);
    return kind != NW_JSON_OBJECT && kind != NW_JSON_ARRAY;
}

static void claims_list(const struct rows *w, const char *path, const struct nw_json *list)
{
    for (const struct nw_json *x = nw_json_first(list); x != NULL; x = nw_json_next(x)) {
        if (x != nw_json_first(list)) {
            nw_buf_puts(w->out, ", ");
        }
        if (claims_plain(x)) {
            claims_value(w, path, x);
        } else {
            nw_buf_puts(w->out, "...");
        }
    }
}

static void claims_rows(const struct rows *w, const char *path, const char *label,
                        const struct nw_json *object, unsigned depth)
{
    char at[CLAIMS_PATH], name[2 * CLAIMS_PATH];
    for (const struct nw_json *m = nw_json_first(object); depth > 0 && m != NULL;
         m = nw_json_next(m)) {
        (void)snprintf(at, sizeof at, "%s%s%s", path, path[0] == '\0' ? "" : ".", nw_json_name(m));
        (void)snprintf(name, sizeof name, "%.140s%s%.140s", label, label[0] == '\0' ? "" : ", ",
                       nw_type_label(w->type, at, w->lang == 0 ? "de" : "en"));
        if (nw_json_kind(m) == NW_JSON_OBJECT) {
            claims_rows(w, at, name, m, depth - 1);
            continue;
        }
        claims_label(w, name);
        if (nw_json_kind(m) == NW_JSON_ARRAY) {
            claims_list(w, at, m);
        } else {
            claims_value(w, at, m);
        }
        nw_buf_putc(w->out, '\n');
    }
}

void nw_report_claims(const struct nw_report *r, int lang, struct nw_buf *out)
{
    const struct rows w = {.type = r->type, .lang = lang, .out = out};
    claims_rows(&w, "", "", r->claims, CLAIMS_DEPTH);
}
