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
    {"issue", "issue one A1 as SD-JWT VC or as offline QR code", cmd_issue},
    {"import", "issue many A1s from JSON Lines or CSV", cmd_import},
    {"withdraw", "withdraw an A1: all its copies at once", cmd_withdraw},
    {"publish", "write status lists and metadata as static files", cmd_publish},
};
#define COMMANDS (sizeof commands / sizeof commands[0])

static void list_commands(FILE *f)
{
    (void)fputs("usage: nachweis-issuer COMMAND [OPTION]...\n\n"
                "Issues A1 certificates as signed credentials.\n\n",
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

int cmd_help(const char *text)
{
    return fputs(text, stdout) < 0 || fflush(stdout) != 0 ? EX_IOERR : EX_OK;
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

enum nw_err cmd_mint_options(const char *form, const char *profile, bool bound,
                             struct nw_mint_job *job, struct nw_diag *d)
{
    if (form != NULL && strcmp(form, "a11") == 0) {
        job->form = NW_MINT_A11;
        job->a11_level = profile == NULL || strcmp(profile, "inspection") == 0 ? 1
                         : strcmp(profile, "full") == 0                        ? 2
                                                                               : 0;
        return job->a11_level != 0
                   ? NW_OK
                   : nw_fail_at(d, NW_ERR_USAGE, "--profile", "for a11: inspection or full");
    }
    if (form != NULL && strcmp(form, "mso_mdoc") == 0) {
        job->form = NW_MINT_MDOC;
        job->profile = NW_PROFILE_EUDI;
        return profile != NULL && strcmp(profile, "eudi") != 0
                   ? nw_fail_at(d, NW_ERR_USAGE, "--profile", "for mso_mdoc: eudi")
               : !bound ? nw_fail_at(d, NW_ERR_USAGE, "--holder-key",
                                     "an mdoc is always bound to a device key")
                        : NW_OK;
    }
    if (form == NULL || strcmp(form, "dc+sd-jwt") != 0) {
        return nw_fail_at(d, NW_ERR_USAGE, "--form", "there are dc+sd-jwt, mso_mdoc and a11");
    }
    job->form = NW_MINT_SDJWT;
    job->profile = profile == NULL ? NW_PROFILE_WEBUILD : nw_profile_from_name(profile);
    if (job->profile != NW_PROFILE_WEBUILD && job->profile != NW_PROFILE_EUDI &&
        job->profile != NW_PROFILE_DC4EU) {
        return nw_fail_at(d, NW_ERR_USAGE, "--profile", "for dc+sd-jwt: webuild, eudi or dc4eu");
    }
    if (job->profile == NW_PROFILE_DC4EU && !bound) {
        return nw_fail_at(d, NW_ERR_USAGE, "--holder-key",
                          "a credential of profile dc4eu is always bound to a key");
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
