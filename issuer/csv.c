#include "csv.h"

#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/unicode.h"
#include "csv_record.h"

#define COLUMNS_MAX 128

struct row {
    struct nw_buf text; /* the cells, each with a NUL behind it */
    size_t start[COLUMNS_MAX];
    size_t n;
    uint64_t line;
    bool there;
    enum nw_err bad; /* NW_OK, or why it is no row */
};

struct nw_csv {
    FILE *f;
    int separator;
    uint64_t line; /* of the next character */
    struct nw_buf header;
    const struct nw_csv_column *column[COLUMNS_MAX];
    size_t columns, id_column;
    struct row row; /* looked at, not used yet */
};

static const char *cell(const struct row *r, size_t i)
{
    return (const char *)r->text.p + r->start[i];
}

static int next_char(struct nw_csv *csv)
{
    int c = getc_unlocked(csv->f);
    csv->line += c == '\n';
    return c;
}

static void begin_cell(struct row *r)
{
    if (r->n == COLUMNS_MAX) {
        r->bad = NW_ERR_LIMIT;
        return;
    }
    r->start[r->n++] = r->text.n;
}

static void put_char(struct row *r, int c)
{
    nw_buf_putc(&r->text, (uint8_t)c);
    if (nw_buf_err(&r->text) != NW_OK && r->bad == NW_OK) {
        r->bad = nw_buf_err(&r->text);
    }
}

static void take_char(struct row *r, int c)
{
    if (r->bad == NW_OK && c == '\0') {
        r->bad = NW_ERR_JSON_STRING;
    } else if (r->bad == NW_OK) {
        put_char(r, c);
    }
}

/* After the opening quote; returns the character behind the closing one. */
static int quoted_cell(struct nw_csv *csv, struct row *r)
{
    for (int c; (c = next_char(csv)) != EOF;) {
        if (c == '"') {
            c = next_char(csv);
            if (c != '"') {
                return c;
            }
        }
        take_char(r, c);
    }
    r->bad = NW_ERR_TRUNCATED;
    return EOF;
}

/* One cell; returns what ended it. */
static int read_cell(struct nw_csv *csv, struct row *r, int c)
{
    begin_cell(r);
    if (c == '"') {
        c = quoted_cell(csv, r);
        if (c == '\r') {
            c = next_char(csv);
        }
        if (c != csv->separator && c != '\n' && c != EOF && r->bad == NW_OK) {
            r->bad = NW_ERR_TRAILING; /* text behind a closing quote */
        }
    }
    while (c != csv->separator && c != '\n' && c != EOF) {
        if (c != '\r') {
            take_char(r, c);
        }
        c = next_char(csv);
    }
    if (r->bad == NW_OK) {
        put_char(r, '\0');
    }
    return c;
}

/* Reads the next row that is not empty into csv->row. */
static enum nw_err read_row(struct nw_csv *csv)
{
    struct row *r = &csv->row;
    int c;
    do {
        nw_buf_reset(&r->text);
        r->line = csv->line;
        r->n = 0;
        r->bad = NW_OK;
        c = next_char(csv);
        if (c == '\r') {
            c = next_char(csv);
        }
    } while (c == '\n');
    r->there = c != EOF;
    while (r->there) {
        c = read_cell(csv, r, c);
        if (c != csv->separator) {
            break;
        }
        c = next_char(csv);
    }
    if (r->bad == NW_ERR_NOMEM || ferror(csv->f)) {
        return r->bad == NW_ERR_NOMEM ? r->bad : NW_ERR_IO;
    }
    size_t off;
    if (r->bad == NW_OK && !nw_utf8_valid(nw_buf_slice(&r->text), &off)) {
        r->bad = NW_ERR_UTF8;
    }
    if (r->there && r->bad == NW_OK && csv->columns > 0 && r->n != csv->columns) {
        r->bad = NW_ERR_CLAIM_MISSING;
    }
    return NW_OK;
}

/* ---- header ---- */

/* What stands behind the first name, outside of quotes. */
static int guess_separator(struct nw_slice line)
{
    for (size_t i = 0; i < line.n; i++) {
        if (line.p[i] == ',' || line.p[i] == ';' || line.p[i] == '\t') {
            return line.p[i];
        }
    }
    return ',';
}

static void skip_mark(struct nw_csv *csv)
{
    static const int mark[] = {0xef, 0xbb, 0xbf}; /* what spreadsheets put before UTF-8 */
    for (size_t i = 0; i < 3; i++) {
        int c = getc_unlocked(csv->f);
        if (c != mark[i]) {
            (void)ungetc(c, csv->f);
            return;
        }
    }
}

static enum nw_err name_columns(struct nw_csv *csv, struct nw_slice header, struct nw_diag *d)
{
    csv->id_column = COLUMNS_MAX;
    for (size_t at = 0; at <= header.n; csv->columns++) {
        size_t end = nw_slice_find(header, (uint8_t)csv->separator, at);
        struct nw_slice name = nw_slice_sub(header, at, end - at);
        if (name.n >= 2 && name.p[0] == '"' && name.p[name.n - 1] == '"') {
            name = nw_slice_sub(name, 1, name.n - 2);
        }
        const struct nw_csv_column *column = nw_csv_column(name);
        if (column == NULL || csv->columns == COLUMNS_MAX) {
            return nw_fail_at(d, NW_ERR_CONFIG, "header", "column %zu has an unknown name",
                              csv->columns + 1);
        }
        for (size_t i = 0; i < csv->columns; i++) {
            if (csv->column[i] == column) {
                return nw_fail_at(d, NW_ERR_JSON_DUPLICATE, "header", "%s", column->name);
            }
        }
        csv->column[csv->columns] = column;
        csv->id_column = nw_slice_is(name, "documentID") ? csv->columns : csv->id_column;
        at = end + 1;
    }
    return csv->id_column < COLUMNS_MAX
               ? NW_OK
               : nw_fail_at(d, NW_ERR_JSON_MISSING, "header", "there is no column documentID");
}

static enum nw_err read_header(struct nw_csv *csv, struct nw_diag *d)
{
    enum nw_err e = NW_OK;
    int c;
    skip_mark(csv);
    while ((c = next_char(csv)) != EOF && c != '\n' && e == NW_OK) {
        if (c != '\r') {
            nw_buf_putc(&csv->header, (uint8_t)c);
            e = nw_buf_err(&csv->header);
        }
    }
    if (e != NW_OK) {
        return nw_fail_at(d, e, "header", "the first row is too long");
    }
    if (csv->header.n == 0) {
        return nw_fail_at(d, NW_ERR_EMPTY, "header", "the first row names the columns");
    }
    csv->separator = guess_separator(nw_buf_slice(&csv->header));
    return name_columns(csv, nw_buf_slice(&csv->header), d);
}

enum nw_err nw_csv_open(FILE *f, struct nw_csv **out, struct nw_diag *d)
{
    struct nw_csv *csv = nw_calloc(1, sizeof *csv);
    if (csv == NULL) {
        return NW_ERR_NOMEM;
    }
    csv->f = f;
    csv->line = 1;
    csv->header = NW_BUF(16384);
    csv->row.text = NW_BUF(NW_MAX_RECORD);
    enum nw_err e = read_header(csv, d);
    if (e == NW_OK) {
        e = read_row(csv);
    }
    if (e != NW_OK) {
        nw_csv_free(&csv);
        return e;
    }
    *out = csv;
    return NW_OK;
}

void nw_csv_free(struct nw_csv **csv)
{
    if (*csv != NULL) {
        nw_buf_free(&(*csv)->header);
        nw_buf_free(&(*csv)->row.text);
        nw_free(*csv);
        *csv = NULL;
    }
}

/* ---- records ---- */

static enum nw_err bad_row(const struct row *r, struct nw_diag *d)
{
    if (r->bad == NW_ERR_CLAIM_MISSING) {
        return nw_fail(d, NW_ERR_CLAIM_MISSING, NW_NO_OFFSET,
                       "line %llu has another number of cells than the header",
                       (unsigned long long)r->line);
    }
    return nw_fail(d, r->bad, NW_NO_OFFSET, "line %llu", (unsigned long long)r->line);
}

static enum nw_err add_row(struct nw_csv *csv, struct nw_json *record, bool first,
                           struct nw_diag *d)
{
    const char *cells[COLUMNS_MAX];
    for (size_t i = 0; i < csv->columns; i++) {
        cells[i] = cell(&csv->row, i);
    }
    return nw_csv_add_row(record, csv->column, cells, csv->columns, first, d);
}

/* Takes rows as long as they belong to `id`; a damaged one belongs to it as well. */
static enum nw_err take_rows(struct nw_csv *csv, const char *id, struct nw_json *record,
                             enum nw_err *wrong, struct nw_diag *d)
{
    bool first = true;
    while (csv->row.there &&
           (csv->row.bad != NW_OK || strcmp(cell(&csv->row, csv->id_column), id) == 0)) {
        enum nw_err e = csv->row.bad != NW_OK ? bad_row(&csv->row, d) : NW_OK;
        if (e == NW_OK && *wrong == NW_OK) {
            e = add_row(csv, record, first, d);
        }
        if (nw_err_is_ours(e)) {
            return e;
        }
        *wrong = *wrong == NW_OK ? e : *wrong;
        first = false;
        if ((e = read_row(csv)) != NW_OK) {
            return e;
        }
    }
    return NW_OK;
}

enum nw_err nw_csv_next(struct nw_csv *csv, struct nw_json **record, uint64_t *line, bool *more,
                        struct nw_diag *d)
{
    struct nw_json *json = NULL;
    struct nw_buf id = NW_BUF(NW_MAX_RECORD);
    enum nw_err wrong = NW_OK;
    *record = NULL;
    *more = csv->row.there;
    if (!csv->row.there) {
        return NW_OK;
    }
    *line = csv->row.line;
    if (csv->row.bad != NW_OK) {
        (void)bad_row(&csv->row, d);
        return read_row(csv);
    }
    nw_buf_puts(&id, cell(&csv->row, csv->id_column));
    enum nw_err e = nw_buf_err(&id);
    if (e == NW_OK) {
        e = nw_json_new_object(&json);
    }
    if (e == NW_OK) {
        e = take_rows(csv, nw_buf_cstr(&id), json, &wrong, d);
    }
    if (e == NW_OK && wrong == NW_OK) {
        *record = json;
        json = NULL; /* transferred */
    }
    nw_json_free(&json);
    nw_buf_free(&id);
    return e;
}
