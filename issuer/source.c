#include "source.h"

#include <string.h>

#include "base/alloc.h"
#include "csv.h"

struct nw_source {
    const struct nw_home *home;
    struct nw_reader_as as;
    FILE *f;
    struct nw_csv *csv; /* NULL: JSON Lines */
    struct nw_buf text; /* one line */
    uint64_t line;
};

enum nw_err nw_source_open(const struct nw_home *h, const struct nw_reader_as *as, const char *path,
                           struct nw_source **out, struct nw_diag *d)
{
    struct nw_source *s = nw_calloc(1, sizeof *s);
    if (s == NULL) {
        return NW_ERR_NOMEM;
    }
    s->home = h;
    s->as = *as;
    s->text = NW_BUF(NW_MAX_RECORD);
    enum nw_err e = nw_io_open(path, &s->f, d);
    if (e == NW_OK) {
        int c = getc(s->f);
        if (c == EOF) {
            e = nw_fail_at(d, ferror(s->f) ? NW_ERR_IO : NW_ERR_EMPTY, path, "%s", "");
        } else {
            (void)ungetc(c, s->f);
            bool json = c == '{' || c == '\n' || c == '\r' || c == '[' || c == '\0';
            bool a1 = strcmp(nw_type_name(as->type), NW_DEFAULT_TYPE) == 0;
            e = json ? NW_OK
                : a1 ? nw_csv_open(s->f, &s->csv, d)
                     : nw_fail_at(d, NW_ERR_USAGE, path, "CSV is for A1s; wanted JSON Lines");
        }
    }
    if (e != NW_OK) {
        nw_source_free(&s);
        return e;
    }
    *out = s;
    return NW_OK;
}

static enum nw_err next_line(struct nw_source *s, struct nw_batch_item *item, bool *more)
{
    enum nw_err e;
    do {
        e = nw_io_line(s->f, &s->text, more);
        s->line++;
    } while (e == NW_OK && *more && s->text.n == 0);
    item->line = s->line;
    if (e == NW_ERR_LIMIT) {
        nw_finding_add(&item->findings, "V01", NW_LEVEL_ERROR, "",
                       "the line is longer than a record may be (%u bytes)", NW_MAX_RECORD);
        return NW_OK;
    }
    if (e != NW_OK || !*more) {
        return e;
    }
    return nw_record_parse(&s->as, nw_buf_slice(&s->text), &item->record, &item->good,
                           &item->findings);
}

/* A file that says nothing of the institution speaks for the one it is imported by. */
static enum nw_err add_institution(const struct nw_home *h, struct nw_json *record)
{
    struct nw_json *contact = NULL;
    if (nw_json_get(record, "competentInstitution") != NULL) {
        return NW_OK;
    }
    enum nw_err e = nw_json_dup(h->tenant.contact, &contact);
    if (e == NW_OK) {
        e = nw_json_put(record, "competentInstitution", &contact);
    }
    nw_json_free(&contact);
    return e;
}

static enum nw_err next_rows(struct nw_source *s, struct nw_batch_item *item, bool *more)
{
    struct nw_json *json = NULL;
    struct nw_diag d;
    nw_diag_clear(&d);
    enum nw_err e = nw_csv_next(s->csv, &json, &item->line, more, &d);
    if (e != NW_OK || !*more) {
        return e;
    }
    if (json == NULL) {
        nw_finding_add(&item->findings, "V01", NW_LEVEL_ERROR, d.path, "%s (%s)",
                       nw_err_text(d.code), d.detail);
        return NW_OK;
    }
    e = add_institution(s->home, json);
    if (e == NW_OK) {
        e = nw_record_take(&s->as, &json, &item->record, &item->good, &item->findings);
    }
    nw_json_free(&json);
    return e;
}

enum nw_err nw_source_next(struct nw_source *s, struct nw_batch_item *item, bool *more)
{
    item->good = false;
    item->findings.n = 0;
    item->record = (struct nw_record){.json = NULL};
    item->minted = (struct nw_minted){.iat = 0};
    return s->csv != NULL ? next_rows(s, item, more) : next_line(s, item, more);
}

void nw_source_free(struct nw_source **s)
{
    if (*s != NULL) {
        nw_csv_free(&(*s)->csv);
        nw_io_close(&(*s)->f);
        nw_buf_free(&(*s)->text);
        nw_free(*s);
        *s = NULL;
    }
}
