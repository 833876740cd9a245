/* nachweis-trust: reads EU lists of trusted entities and writes the evidence bundle. */
#include <stdio.h>
#include <string.h>

#include "command.h"

static const char *const usage =
    "Usage: nachweis-trust COMMAND [options]\n"
    "\n"
    "  verify --signer CERT... LIST          check one list and say what is on it\n"
    "  fetch --config FILE --out DIR         brings lists and status lists over HTTPS\n"
    "  bundle --config FILE --out FILE       verified lists and status lists -> evidence bundle\n"
    "  show BUNDLE                           what is in a bundle, and how old it is\n"
    "\n"
    "Each command explains itself with --help. The manual is nachweis-trust(1).\n";

/* What could not be written was not said: a full disk must not look like success. */
static int finish(int status)
{
    if ((fflush(stdout) != 0 || ferror(stdout) != 0) && status < TL_USAGE) {
        (void)fputs("nachweis-trust: standard output could not be written\n", stderr);
        return TL_OWN;
    }
    return status;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } commands[] = {{"verify", tl_command_verify},
                    {"fetch", tl_command_fetch},
                    {"bundle", tl_command_bundle},
                    {"show", tl_command_show}};
    const char *name = argc > 1 ? argv[1] : "";
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return finish(commands[i].run(argc - 1, argv + 1));
        }
    }
    if (strcmp(name, "--help") == 0) {
        (void)fputs(usage, stdout);
        return finish(0);
    }
    if (strcmp(name, "--version") == 0) {
        (void)puts("nachweis-trust " NW_VERSION);
        return 0;
    }
    (void)fputs(usage, stderr);
    return TL_USAGE;
}
