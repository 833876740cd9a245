/* nachweis-verifier: checks A1 certificates and other EU attestations, without network. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "commands.h"
#include "say.h"

static const char help[] =
    "usage: nachweis-verifier COMMAND [options]\n"
    "\n"
    "Checks EU attestations, first of all the A1 certificate: is it genuine, not withdrawn,\n"
    "for this person, here, today, and how old is what we know? It never uses the network.\n"
    "\n"
    "  verify        one credential: SD-JWT VC, mdoc, or the text of an A11 code\n"
    "  scan          the QR codes in PNG images\n"
    "  vectors run   the conformance vectors\n"
    "\n"
    "  nachweis-verifier COMMAND --help    explains a command, with examples\n"
    "  nachweis-verifier --version\n"
    "\n"
    "exit status: 0 valid, 1 attention, 2 not confirmed, 64 and up: the command itself failed\n";

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"verify", nw_command_verify},
    {"scan", nw_command_scan},
    {"vectors", nw_command_vectors},
};

/* What could not be written was not said: a full disk must not look like a verdict. */
static int finish(int status)
{
    if ((fflush(stdout) != 0 || ferror(stdout) != 0) && status < 64) {
        nw_say("standard output could not be written");
        return EX_IOERR;
    }
    return status;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        (void)fputs(help, stderr);
        return EX_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        (void)fputs(help, stdout);
        return finish(0);
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)puts("nachweis-verifier " NW_VERSION);
        return 0;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return finish(commands[i].run(argc - 1, argv + 1));
        }
    }
    nw_say("there is no command '%s'; --help lists them", argv[1]);
    return EX_USAGE;
}
