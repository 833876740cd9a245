/*
 * The words of a command line, as a table says: words in, places filled. No
 * program reads options in another way.
 *
 *     const char *home = NULL;
 *     bool dry = false;
 *     const struct nw_argv_option options[] = {{"home", .text = &home}, {"dry-run", .flag = &dry}};
 *     struct nw_argv_words words;
 *     e = nw_argv_read(argc, argv, NW_ARGV(options), &words, d);
 *
 * --NAME VALUE and --NAME=VALUE, in any order and between the operands; after
 * -- everything is an operand, and so is a single -. Names are written out. An
 * option that stands twice is a mistake, unless it is a list.
 */
#ifndef NW_BASE_ARGV_H
#define NW_BASE_ARGV_H

#include "base/err.h"

struct nw_argv_option {
    const char *name; /* without -- */
    const char **text;
    bool *flag;        /* takes no value */
    const char **list; /* any number of values, at most list_max */
    size_t *list_n, list_max;
};
/* A table and how long it is, for the two parameters. */
#define NW_ARGV(options) (options), sizeof(options) / sizeof((options)[0])

struct nw_argv_words {
    bool help;        /* --help was among them: nothing else counts */
    size_t operand_n; /* they stand in argv[1] and after, in their order */
};
/* USAGE with the option in d: unknown, without value, with one it does not take, too often. */
NW_MUST_USE enum nw_err nw_argv_read(int argc, char **argv, const struct nw_argv_option *options,
                                     size_t n, struct nw_argv_words *out, struct nw_diag *d);

#endif
