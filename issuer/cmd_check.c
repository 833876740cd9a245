#include <getopt.h>
#include <stdio.h>

#include "cmd.h"

static const char help[] =
    "usage: nachweis-issuer check [--at TIME] FILE...\n"
    "\n"
    "Checks A1 records (JSON, WE BUILD rb-a1 v1.0) against the rules V01-V28, without a home:\n"
    "rules that need the register or the signer's certificate are left out.\n"
    "One line per finding on standard output: FILE, rule, level, path, what is wrong.\n"
    "- is standard input.\n"
    "\n"
    "  --at TIME   the day of issuing, such as 2026-11-21T20:00:00Z (default: now)\n"
    "\n"
    "Exit status: 0 good, 1 warnings, 65 a record may not be issued, 64 and up otherwise failed.\n"
    "\n"
    "Example:\n"
    "  nachweis-issuer check records/*.json\n";

static void print_findings(const char *file, const struct nw_findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct nw_finding *v = &f->v[i];
        (void)printf("%s: %-4s %-7s %s%s%s\n", file, v->rule, nw_level_name(v->level), v->path,
                     v->path[0] == '\0' ? "" : ": ", v->text);
    }
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

static enum nw_err findings_of(struct nw_crypto *c, const struct nw_type *t, struct nw_slice text,
                               int64_t now, struct nw_findings *f)
{
    struct nw_record r;
    bool good = false;
    enum nw_err e = nw_record_parse(c, text, &r, &good, f);
    if (e == NW_OK && r.json != NULL) {
        e = nw_register_rules(t, NULL, &r, now, f);
    }
    nw_record_free(&r);
    return e;
}

static int check_file(struct nw_crypto *c, const struct nw_type *t, const char *path, int64_t now)
{
    static struct nw_findings f;
    struct nw_buf text = NW_BUF(NW_MAX_RECORD);
    struct nw_diag d;
    nw_diag_clear(&d);
    f.n = 0;
    enum nw_err e = nw_io_read(path, NW_MAX_RECORD, &text, &d);
    if (e == NW_OK) {
        e = findings_of(c, t, nw_buf_slice(&text), now, &f);
    }
    nw_buf_free(&text);
    if (e != NW_OK) {
        return nw_say_failure(e, &d);
    }
    print_findings(path, &f);
    return nw_findings_has_error(&f) ? EX_DATAERR : has_warning(&f) ? 1 : EX_OK;
}

int cmd_check(int argc, char **argv)
{
    static const struct option options[] = {
        {"at", required_argument, NULL, 'a'}, {"help", no_argument, NULL, 'h'}, {0}};
    const char *at = NULL;
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (o) {
        case 'a':
            at = optarg;
            break;
        case 'h':
            return cmd_help(help);
        default:
            return cmd_usage("check", "wrong option");
        }
    }
    if (optind == argc) {
        return cmd_usage("check", "no FILE given");
    }
    struct nw_crypto *c = NULL;
    struct nw_types *types = NULL;
    struct nw_diag d;
    int64_t now = 0;
    int status = EX_OK;
    nw_diag_clear(&d);
    enum nw_err e = nw_clock(at, &now, &d);
    if (e == NW_OK) {
        e = nw_crypto_new(NW_PROVIDER_DEFAULT, &c);
    }
    if (e == NW_OK) {
        e = nw_types_load(&types, &d);
    }
    for (int i = optind; e == NW_OK && i < argc; i++) {
        int one = check_file(c, nw_type_find(types, "pda1"), argv[i], now);
        status = one > status ? one : status;
    }
    nw_types_free(&types);
    nw_crypto_free(&c);
    if (e == NW_OK && fflush(stdout) != 0) {
        e = NW_ERR_IO;
    }
    return e == NW_OK ? status : nw_say_failure(e, &d);
}
