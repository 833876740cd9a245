#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd.h"

static const struct {
    const char *name, *summary;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"setup", "make the home of an institution (a test institution)", cmd_setup},
    {"check", "check records against the rules, without a home", cmd_check},
    {"issue", "issue one A1, EHIC or PID as SD-JWT VC, mdoc or offline QR code", cmd_issue},
    {"import", "issue many from JSON Lines or CSV", cmd_import},
    {"withdraw", "withdraw a document: all its copies at once", cmd_withdraw},
    {"publish", "write status lists and metadata as static files", cmd_publish},
};
#define COMMANDS (sizeof commands / sizeof commands[0])

static void list_commands(FILE *f)
{
    (void)fputs(
        "usage: nachweis-issuer COMMAND [OPTION]...\n\n"
        "Issues A1 certificates, health insurance cards (EHIC) and person identification data\n"
        "(PID) as signed credentials.\n\n",
        f);
    for (size_t i = 0; i < COMMANDS; i++) {
        (void)fprintf(f, "  %-9s %s\n", commands[i].name, commands[i].summary);
    }
    (void)fputs("\nFirst steps:\n"
                "  nachweis-issuer setup --home HOME\n"
                "  nachweis-issuer issue --home HOME --form a11 --out a1.png RECORD.json\n"
                "  nachweis-issuer publish --home HOME --out HOME/public\n\n"
                "Each command explains itself with --help.\n",
                f);
}

int cmd_usage(const char *command, const char *fmt, ...)
{
    char why[512];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(why, sizeof why, fmt, args);
    va_end(args);
    nw_say("%s: %s; see nachweis-issuer %s --help", command, why, command);
    return EX_USAGE;
}

bool cmd_options(const char *help, int argc, char **argv, const struct nw_argv_option *options,
                 size_t n, size_t *operands, int *status)
{
    struct nw_diag d = {0};
    struct nw_argv_words words;
    enum nw_err e = nw_argv_read(argc, argv, options, n, &words, &d);
    if (e != NW_OK) {
        *status = cmd_usage(argv[0], "%s %s", d.path, d.detail);
        return false;
    }
    if (words.help) {
        (void)fputs(help, stdout);
        *status = fflush(stdout) == 0 ? EX_OK : EX_IOERR;
        return false;
    }
    *operands = words.operand_n;
    return true;
}

enum nw_err cmd_type(const struct nw_types *types, const char *name, const struct nw_type **out,
                     struct nw_diag *d)
{
    *out = name == NULL ? NULL : nw_type_find(types, name);
    if (name == NULL || *out != NULL) {
        return NW_OK;
    }
    struct nw_buf all = NW_BUF(512);
    for (size_t i = 0; i < nw_types_count(types); i++) {
        nw_buf_printf(&all, "%s%s", i == 0 ? "" : ", ", nw_type_name(nw_types_at(types, i)));
    }
    enum nw_err e = nw_fail_at(d, NW_ERR_USAGE, "--type", "there are %s", nw_buf_cstr(&all));
    nw_buf_free(&all);
    return e;
}

enum nw_err cmd_mint_form(const char *form, struct nw_mint_job *job, struct nw_diag *d)
{
    static const enum nw_mint_form forms[] = {NW_MINT_SDJWT, NW_MINT_MDOC, NW_MINT_A11};
    for (size_t i = 0; form != NULL && i < sizeof forms / sizeof forms[0]; i++) {
        if (strcmp(form, nw_mint_form_name(forms[i])) == 0) {
            job->form = forms[i];
            return NW_OK;
        }
    }
    return nw_fail_at(d, NW_ERR_USAGE, "--form", "there are dc+sd-jwt, mso_mdoc and a11");
}

static enum nw_err mint_a11_level(const struct nw_type *t, const char *profile,
                                  struct nw_mint_job *job, struct nw_diag *d)
{
    bool full = profile != NULL && strcmp(profile, "full") == 0;
    job->a11_level = full ? 2 : 1;
    if (!nw_type_has_a11(t)) {
        return nw_fail_at(d, NW_ERR_USAGE, "--form",
                          "the %s has no a11 code: it is issued as dc+sd-jwt or mso_mdoc",
                          nw_type_short(t));
    }
    return full || profile == NULL || strcmp(profile, "inspection") == 0
               ? NW_OK
               : nw_fail_at(d, NW_ERR_USAGE, "--profile", "for a11: inspection or full");
}

static bool mint_takes(const struct nw_type *t, enum nw_profile p, enum nw_mint_form form)
{
    return nw_type_writes(t, p) &&
           (form == NW_MINT_MDOC ? nw_type_doctype(t, p) : nw_type_vct(t, p)) != NULL;
}

static enum nw_err no_such_profile(const struct nw_type *t, const struct nw_mint_job *job,
                                   struct nw_diag *d)
{
    struct nw_buf all = NW_BUF(512);
    for (int p = NW_PROFILE_NONE + 1; p <= NW_PROFILE_DC4EU_PILOT; p++) {
        if (mint_takes(t, (enum nw_profile)p, job->form)) {
            nw_buf_printf(&all, "%s%s", all.n == 0 ? "" : ", ",
                          nw_profile_name((enum nw_profile)p));
        }
    }
    enum nw_err e = nw_fail_at(d, NW_ERR_USAGE, "--profile", "for %s of the type %s: %s",
                               nw_mint_form_name(job->form), nw_type_name(t), nw_buf_cstr(&all));
    nw_buf_free(&all);
    return e;
}

enum nw_err cmd_mint_profile(const struct nw_type *t, const char *profile, bool bound,
                             struct nw_mint_job *job, struct nw_diag *d)
{
    if (job->form == NW_MINT_A11) {
        return mint_a11_level(t, profile, job, d);
    }
    job->profile = profile != NULL             ? nw_profile_from_name(profile)
                   : job->form == NW_MINT_MDOC ? NW_PROFILE_EUDI
                                               : nw_type_canonical(t);
    if (!mint_takes(t, job->profile, job->form)) {
        return no_such_profile(t, job, d);
    }
    if (job->form == NW_MINT_MDOC && !bound) {
        return nw_fail_at(d, NW_ERR_USAGE, "--holder-key",
                          "an mdoc is always bound to a device key");
    }
    if (nw_type_bound(t, job->profile) && !bound) {
        return nw_fail_at(d, NW_ERR_USAGE, "--holder-key",
                          "the %s of profile %s is always bound to a key", nw_type_short(t),
                          nw_profile_name(job->profile));
    }
    return NW_OK;
}

/* What could not be written was not said: a full disk must not look like success. */
static int finish(int status)
{
    bool lost = fflush(stdout) != 0 || ferror(stdout) != 0;
    if (lost && status < 64) {
        nw_say("standard output could not be written");
        return EX_IOERR;
    }
    return status;
}

int main(int argc, char **argv)
{
    (void)umask(077); /* records and keys are nobody else's business */
    (void)signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        list_commands(stderr);
        return EX_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        list_commands(stdout);
        return finish(EX_OK);
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)printf("nachweis-issuer %s\n", NW_VERSION);
        return finish(EX_OK);
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return finish(commands[i].run(argc - 1, argv + 1));
        }
    }
    nw_say("there is no command %s; see nachweis-issuer --help", argv[1]);
    return EX_USAGE;
}
