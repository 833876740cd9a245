#include "base/argv.h"

#include <stdio.h>
#include <string.h>

struct scan {
    char **argv;
    int argc, at; /* the next word */
    const struct nw_argv_option *options;
    size_t n;
    struct nw_diag *d;
};

static enum nw_err wrong(struct scan *s, const char *word, const char *what)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    return nw_fail_at(s->d, NW_ERR_USAGE, name, "%s", what);
}

/* word: "--name" or "--name=value" */
static const struct nw_argv_option *find(const struct scan *s, const char *word)
{
    size_t length = strcspn(word + 2, "=");
    for (size_t i = 0; i < s->n; i++) {
        const char *name = s->options[i].name;
        if (strlen(name) == length && strncmp(name, word + 2, length) == 0) {
            return &s->options[i];
        }
    }
    return NULL;
}

static enum nw_err set_text(struct scan *s, const struct nw_argv_option *o, const char *word,
                            const char *value)
{
    if (o->list != NULL) {
        if (*o->list_n == o->list_max) {
            return wrong(s, word, "stands there too often");
        }
        o->list[(*o->list_n)++] = value;
        return NW_OK;
    }
    *o->text = value;
    return NW_OK;
}

static enum nw_err read_option(struct scan *s, const char *word, bool *seen)
{
    const struct nw_argv_option *o = find(s, word);
    const char *equals = strchr(word, '=');
    if (o == NULL) {
        return wrong(s, word, "is no option of this command");
    }
    bool again = seen[o - s->options] && o->list == NULL;
    seen[o - s->options] = true;
    if (again) {
        return wrong(s, word, "is given twice");
    }
    if (o->flag != NULL) {
        *o->flag = true;
        return equals == NULL ? NW_OK : wrong(s, word, "takes no value");
    }
    if (equals == NULL && s->at == s->argc) {
        return wrong(s, word, "needs a value");
    }
    return set_text(s, o, word, equals != NULL ? equals + 1 : s->argv[s->at++]);
}

#define OPTIONS_MAX 64

enum nw_err nw_argv_read(int argc, char **argv, const struct nw_argv_option *options, size_t n,
                         struct nw_argv_words *out, struct nw_diag *d)
{
    struct scan s = {.argv = argv, .argc = argc, .at = 1, .options = options, .n = n, .d = d};
    bool seen[OPTIONS_MAX] = {false};
    bool only_operands = false;
    enum nw_err e = n <= OPTIONS_MAX ? NW_OK : NW_ERR_INTERNAL;
    *out = (struct nw_argv_words){0};
    while (e == NW_OK && s.at < argc) {
        char *word = argv[s.at++];
        if (only_operands || strncmp(word, "-", 1) != 0 || word[1] == '\0') {
            argv[1 + out->operand_n++] = word; /* never beyond the word just read */
        } else if (strcmp(word, "--") == 0) {
            only_operands = true;
        } else if (strcmp(word, "--help") == 0) {
            out->help = true;
            return NW_OK;
        } else if (word[1] != '-') {
            e = wrong(&s, word, "is no option: they begin with --");
        } else {
            e = read_option(&s, word, seen);
        }
    }
    return e;
}
