/* Options of the commands: how a table of them is read, and those that verify and scan share.
 * Strings point into argv. */
#ifndef NW_VERIFIER_OPTIONS_H
#define NW_VERIFIER_OPTIONS_H

#include "base/argv.h"

struct nw_options {
    const char *bundle, *at, *country, *policy, *nonce, *audience, *pid, *person;
    const char *employer, *site, *seen, *lang;
    const char *state; /* instead of the policy's; no option sets it */
    /* the session an mdoc answers to: from a file, or its parts (OpenID4VP B.2.6) */
    const char *transcript, *client_id, *response_uri, *thumbprint, *origin, *reader_key;
    bool json;
    char *const *inputs;
    size_t input_n;
};

/* The words of one command as the table says. argv[0] is its name. 0: go on. Otherwise the exit
 * status in *status: --help was printed (0), or usage (64). */
int nw_options_words(int argc, char **argv, const struct nw_argv_option *table, size_t n,
                     const char *help, struct nw_argv_words *out, int *status);
/* The shared options. 0: go on. Otherwise as above. */
int nw_options_parse(int argc, char **argv, const char *help, struct nw_options *out, int *status);
/* "de" or "en": --lang, else LC_ALL, LC_MESSAGES, LANG. */
const char *nw_options_lang(const struct nw_options *o);

#endif
