#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cmd.h"
#include "source.h"

static const char help[] =
    "usage: nachweis-issuer import --home DIR [OPTION]... FILE\n"
    "\n"
    "Issues many documents of one type. FILE holds JSON Lines (one record a line) or, for A1s, "
    "CSV\n"
    "(the first row names the columns by their path, such as subject.names.surnames; further rows\n"
    "with the same documentID add employers, places and addresses), or is -.\n"
    "For each record one line of JSON on standard output, when it is safe on the disk:\n"
    "  {\"line\":1,\"documentID\":\"...\",\"result\":\"accepted\",\"findings\":[...]}\n"
    "result: accepted, warned (issued, with warnings), rejected (not issued), unchanged (it was\n"
    "issued before). A bad line never stops the rest, and the same file can be imported again:\n"
    "after a crash it goes on where it was.\n"
    "\n"
    "  --home DIR     the institution's home\n"
    "  --dry-run      tell what would happen, change nothing\n"
    "  --type T       pda1 (default) or ehic; a PID is always bound to a key, which no file has\n"
    "  --form FORM    the credential made for each record: a11 (default) or dc+sd-jwt (unbound)\n"
    "  --profile P    as in issue\n"
    "  --out DIR      also write each credential to DIR/DOCUMENT-ID.txt\n"
    "  --at TIME      sets the clock (test homes only)\n"
    "\n"
    "Exit status: 0 all good, 1 with warnings, 65 some were rejected, 75 another import is at "
    "work,\n"
    "64 and up otherwise failed.\n"
    "\n"
    "Example:\n"
    "  nachweis-issuer import --home HOME --dry-run records.jsonl | grep rejected\n"
    "  nachweis-issuer import --home HOME --out codes records.jsonl > result.jsonl\n";

struct import {
    const char *home, *form, *type, *profile, *out, *at, *file;
    bool dry;
};

struct tally {
    uint64_t accepted, warned, rejected, unchanged;
};

static bool has_warning(const struct nw_findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        if (f->v[i].level == NW_LEVEL_WARN) {
            return true;
        }
    }
    return false;
}

static const char *count(const struct nw_batch_item *item, struct tally *t)
{
    if (item->result == NW_REJECTED) {
        t->rejected++;
        return "rejected";
    }
    if (item->result == NW_UNCHANGED) {
        t->unchanged++;
        return "unchanged";
    }
    if (has_warning(&item->findings)) {
        t->warned++;
        return "warned";
    }
    t->accepted++;
    return "accepted";
}

static void put_member(struct nw_buf *b, const char *name, const char *text)
{
    nw_buf_printf(b, "\"%s\":", name);
    nw_json_write_text(nw_str(text), b);
}

static void write_result(const struct nw_batch_item *item, const char *result, struct nw_buf *b)
{
    nw_buf_printf(b, "{\"line\":%" PRIu64, item->line);
    if (item->record.document_id != NULL) {
        nw_buf_putc(b, ',');
        put_member(b, "documentID", item->record.document_id);
    }
    nw_buf_printf(b, ",\"result\":\"%s\",\"findings\":[", result);
    for (size_t i = 0; i < item->findings.n; i++) {
        const struct nw_finding *f = &item->findings.v[i];
        nw_buf_puts(b, i == 0 ? "{" : ",{");
        put_member(b, "rule", f->rule);
        nw_buf_putc(b, ',');
        put_member(b, "level", nw_level_name(f->level));
        nw_buf_putc(b, ',');
        put_member(b, "path", f->path);
        nw_buf_putc(b, ',');
        put_member(b, "text", f->text);
        nw_buf_putc(b, '}');
    }
    nw_buf_puts(b, "]}\n");
}

/* ---- files ---- */

/* A document number of our own is a safe file name (V18); what is not gets no file. */
static bool file_name(const char *document_id, char name[NW_MAX_DOCUMENT_ID + 8])
{
    static const char safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
    if (document_id[0] == '\0' || document_id[strspn(document_id, safe)] != '\0') {
        return false;
    }
    (void)snprintf(name, NW_MAX_DOCUMENT_ID + 8, "%s.txt", document_id);
    return true;
}

static enum nw_err write_credential(const struct nw_home *h, const struct import *o,
                                    const struct nw_mint_job *job, const struct nw_batch_item *item,
                                    struct nw_diag *d)
{
    char path[NW_PATH], name[NW_MAX_DOCUMENT_ID + 8];
    struct nw_buf text = NW_BUF(NW_MAX_SDJWT);
    struct stat st;
    struct nw_store *s = h->store;
    if (!file_name(item->record.document_id, name)) {
        return NW_OK;
    }
    enum nw_err e = nw_io_join(path, o->out, name);
    if (e != NW_OK || (item->result == NW_UNCHANGED && lstat(path, &st) == 0)) {
        return e;
    }
    e = s->ops->token(s, item->a1.id, nw_mint_form_name(job->form), nw_mint_profile_name(job),
                      &text);
    nw_buf_putc(&text, '\n');
    if (e == NW_OK) {
        e = nw_buf_err(&text);
    }
    if (e == NW_OK) {
        e = nw_io_write(path, nw_buf_slice(&text), 0600, d);
    }
    nw_buf_free(&text);
    return e;
}

/* ---- the run ---- */

static enum nw_err tell(const struct nw_home *h, const struct import *o,
                        const struct nw_mint_job *job, const struct nw_batch_item *items, size_t n,
                        struct tally *t, struct nw_diag *d)
{
    struct nw_buf lines = NW_BUF(64u << 20);
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < n; i++) {
        if (o->out != NULL && !o->dry && items[i].result != NW_REJECTED) {
            e = write_credential(h, o, job, &items[i], d);
        }
        write_result(&items[i], count(&items[i], t), &lines);
    }
    if (e == NW_OK) {
        e = nw_buf_err(&lines);
    }
    if (e == NW_OK) {
        e = nw_io_print(nw_buf_slice(&lines), d);
    }
    nw_buf_free(&lines);
    return e;
}

static void show_progress(const struct tally *t)
{
    if (isatty(STDERR_FILENO) != 0) {
        (void)fprintf(stderr, "\r%" PRIu64 " records",
                      t->accepted + t->warned + t->rejected + t->unchanged);
    }
}

static enum nw_err import_all(const struct nw_home *h, const struct import *o,
                              const struct nw_mint_job *job, struct nw_source *source,
                              struct nw_batch_item *items, struct tally *t, struct nw_diag *d)
{
    struct nw_batch_seen seen = {.pairs = NULL};
    enum nw_err e = NW_OK;
    size_t n = 0;
    for (bool more = true; e == NW_OK && more;) {
        e = nw_source_next(source, &items[n], &more);
        n += e == NW_OK && more;
        if (e == NW_OK && n > 0 && (n == NW_BATCH || !more)) {
            e = nw_batch_run(h, job, items, n, o->dry ? &seen : NULL, d);
            if (e == NW_OK) {
                e = tell(h, o, job, items, n, t, d);
            }
            nw_batch_clear(items, &n);
            show_progress(t);
        }
    }
    nw_batch_clear(items, &n);
    nw_batch_seen_free(&seen);
    if (isatty(STDERR_FILENO) != 0) {
        (void)fputc('\n', stderr);
    }
    return e;
}

static enum nw_err run(const struct nw_home *h, const struct import *o, struct nw_mint_job *job,
                       struct tally *t, struct nw_diag *d)
{
    struct nw_source *source = NULL;
    struct nw_batch_item *items = NULL;
    struct nw_reader_as as = {.crypto = h->crypto, .types = h->types};
    enum nw_err e = nw_home_now(h, o->at, &job->now, d);
    if (e == NW_OK) {
        e = cmd_type(h->types, o->type, &as.type, d);
    }
    if (e == NW_OK) {
        e = cmd_mint_profile(as.type, o->profile, false, job, d);
    }
    /* Two imports of one file at once would each issue what the other has only entered. */
    if (e == NW_OK && !o->dry) {
        e = nw_io_lock(h->path, 0, d);
    }
    if (e == NW_OK && o->out != NULL && !o->dry) {
        e = nw_io_mkdir(o->out, 0700, d);
    }
    if (e == NW_OK) {
        e = nw_source_open(h, &as, o->file, &source, d);
    }
    if (e == NW_OK) {
        items = nw_calloc(NW_BATCH, sizeof *items);
        e = items == NULL ? NW_ERR_NOMEM : import_all(h, o, job, source, items, t, d);
    }
    nw_free(items);
    nw_source_free(&source);
    return e;
}

/* False when the command has ended with *status. */
static bool parse(int argc, char **argv, struct import *o, int *status)
{
    const struct nw_argv_option options[] = {
        {.name = "home", .text = &o->home},  {.name = "form", .text = &o->form},
        {.name = "type", .text = &o->type},  {.name = "profile", .text = &o->profile},
        {.name = "out", .text = &o->out},    {.name = "at", .text = &o->at},
        {.name = "dry-run", .flag = &o->dry}};
    size_t operands = 0;
    if (!cmd_options(help, argc, argv, NW_ARGV(options), &operands, status)) {
        return false;
    }
    if (o->home == NULL || operands != 1) {
        *status = cmd_usage("import", "wanted --home and one FILE");
        return false;
    }
    o->file = argv[1];
    return true;
}

int cmd_import(int argc, char **argv)
{
    struct import o = {.form = "a11", .type = NW_DEFAULT_TYPE};
    struct nw_mint_job job = {.now = 0};
    struct tally t = {.accepted = 0};
    struct nw_home home;
    struct nw_diag d;
    int status = EX_OK;
    if (!parse(argc, argv, &o, &status)) {
        return status;
    }
    nw_diag_clear(&d);
    enum nw_err e = cmd_mint_form(o.form, &job, &d);
    if (e == NW_OK && (e = nw_home_open(o.home, &home, &d)) == NW_OK) {
        e = run(&home, &o, &job, &t, &d);
        nw_home_close(&home);
        nw_say("%s%" PRIu64 " accepted, %" PRIu64 " warned, %" PRIu64 " rejected, %" PRIu64
               " unchanged",
               o.dry ? "dry run, nothing was changed: " : "", t.accepted, t.warned, t.rejected,
               t.unchanged);
    }
    if (e != NW_OK) {
        return nw_say_failure(e, &d);
    }
    return t.rejected > 0 ? EX_DATAERR : t.warned > 0 ? 1 : EX_OK;
}
