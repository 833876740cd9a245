#include <stdio.h>

#include "base/alloc.h"
#include "cmd.h"

static const char help[] =
    "usage: nachweis-issuer check [--at TIME] [--person PERSON] [--type T] FILE...\n"
    "\n"
    "Checks records (JSON, as issue takes them) against the rules V01-V28, without a home: rules\n"
    "that need the signer's certificate are left out. Each FILE is checked; for it, the\n"
    "files after it stand for what the register holds: chains of postings (V05), the number of\n"
    "another record (V18), a second A1 for the same time (V28).\n"
    "One line per finding on standard output: FILE, rule, level, path, what is wrong. A file\n"
    "without errors and warnings gets the line \"FILE: good\".\n"
    "- is standard input.\n"
    "\n"
    "  --at TIME         the day of issuing, such as 2026-11-21T20:00:00Z (default: now)\n"
    "  --type T          pda1, ehic or pid; without it each record's members tell\n"
    "  --person PERSON   whom the PID shown names: \"SURNAME, FORENAME, YYYY-MM-DD\" (V25, of the\n"
    "                    first FILE)\n"
    "\n"
    "Exit status: 0 good, 1 warnings, 65 a record may not be issued, 64 and up otherwise failed.\n"
    "\n"
    "Example:\n"
    "  nachweis-issuer check records/*.json\n";

/* What a run works on: one record for each file, in the order given. */
struct check {
    struct nw_crypto *c;
    struct nw_types *types;
    const struct nw_type *type; /* NULL: each record tells */
    int64_t now;
    struct nw_person person;
    bool has_person;
    struct nw_record *record;
    struct nw_findings **parsed; /* what reading found, NULL: nothing */
    size_t n;
};

static void print_findings(const char *file, const struct nw_findings *f)
{
    char before[NW_PATH + 4];
    (void)snprintf(before, sizeof before, "%s: ", file);
    nw_print_findings(stdout, before, f);
}

static bool has_warning(const struct nw_findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        if (f->v[i].level == NW_LEVEL_WARN) {
            return true;
        }
    }
    return false;
}

static enum nw_err read_file(struct check *k, const char *path, size_t i, struct nw_diag *d)
{
    static struct nw_findings f;
    struct nw_buf text = NW_BUF(NW_MAX_RECORD);
    bool good = false;
    const struct nw_reader_as as = {.crypto = k->c, .types = k->types, .type = k->type};
    f.n = 0;
    enum nw_err e = nw_io_read(path, NW_MAX_RECORD, &text, d);
    if (e == NW_OK) {
        e = nw_record_parse(&as, nw_buf_slice(&text), &k->record[i], &good, &f);
    }
    if (e == NW_OK && f.n > 0) {
        k->parsed[i] = nw_alloc(sizeof f);
        e = k->parsed[i] != NULL ? NW_OK : NW_ERR_NOMEM;
    }
    if (e == NW_OK && f.n > 0) {
        *k->parsed[i] = f;
    }
    nw_buf_free(&text);
    return e;
}

static enum nw_err check_file(const struct check *k, const char *path, size_t i, int *status)
{
    static struct nw_findings f;
    const struct nw_record *r = &k->record[i];
    enum nw_err e = NW_OK;
    f.n = 0;
    if (k->parsed[i] != NULL) {
        f = *k->parsed[i];
    }
    if (r->json != NULL) {
        e = nw_register_check(r, r + 1, k->n - 1 - i, k->has_person && i == 0 ? &k->person : NULL,
                              k->now, &f);
    }
    if (e == NW_OK) {
        print_findings(path, &f);
        int one = nw_findings_has_error(&f) ? EX_DATAERR : has_warning(&f) ? 1 : EX_OK;
        if (one == EX_OK && r->json != NULL) { /* a file that was not read is not good */
            nw_print_good(path);
        }
        *status = one > *status ? one : *status;
    }
    return e;
}

/* A file that cannot be read is said and does not keep the others from being checked. */
static enum nw_err check_files(struct check *k, char **files, size_t n, int *status)
{
    enum nw_err e = NW_OK;
    k->n = n;
    k->record = nw_calloc(n, sizeof *k->record);
    k->parsed = nw_calloc(n, sizeof(struct nw_findings *));
    if (k->record == NULL || k->parsed == NULL) {
        return NW_ERR_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        struct nw_diag d;
        nw_diag_clear(&d);
        enum nw_err unread = read_file(k, files[i], i, &d);
        int one = unread == NW_OK ? EX_OK : nw_say_failure(unread, &d);
        *status = one > *status ? one : *status;
    }
    for (size_t i = 0; e == NW_OK && i < n; i++) {
        e = check_file(k, files[i], i, status);
    }
    return e;
}

static void check_free(struct check *k)
{
    for (size_t i = 0; k->record != NULL && i < k->n; i++) {
        nw_record_free(&k->record[i]);
    }
    for (size_t i = 0; k->parsed != NULL && i < k->n; i++) {
        nw_free(k->parsed[i]);
    }
    nw_free(k->record);
    nw_free(k->parsed);
    nw_types_free(&k->types);
    nw_crypto_free(&k->c);
}

static enum nw_err check_start(struct check *k, const char *at, const char *person,
                               const char *type, struct nw_diag *d)
{
    enum nw_err e = nw_clock(at, &k->now, d);
    if (e == NW_OK && person != NULL) {
        k->has_person = true;
        e = nw_person_parse(nw_str(person), &k->person, d);
    }
    if (e == NW_OK) {
        e = nw_crypto_new(NW_PROVIDER_DEFAULT, &k->c);
    }
    if (e == NW_OK) {
        e = nw_types_load(&k->types, d);
    }
    return e == NW_OK ? cmd_type(k->types, type, &k->type, d) : e;
}

int cmd_check(int argc, char **argv)
{
    const char *at = NULL, *person = NULL, *type = NULL;
    const struct nw_argv_option options[] = {{.name = "at", .text = &at},
                                             {.name = "person", .text = &person},
                                             {.name = "type", .text = &type}};
    size_t file_n = 0;
    int status = EX_OK;
    if (!cmd_options(help, argc, argv, NW_ARGV(options), &file_n, &status)) {
        return status;
    }
    if (file_n == 0) {
        return cmd_usage("check", "no FILE given");
    }
    struct check k = {0};
    struct nw_diag d;
    nw_diag_clear(&d);
    enum nw_err e = check_start(&k, at, person, type, &d);
    if (e == NW_OK) {
        e = check_files(&k, argv + 1, file_n, &status);
    }
    check_free(&k);
    if (e == NW_OK && fflush(stdout) != 0) {
        e = NW_ERR_IO;
    }
    return e == NW_OK ? status : nw_say_failure(e, &d);
}
