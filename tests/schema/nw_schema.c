/* One record a line on standard input; one line each on standard output: "ok", or the rules that
 * the form of the record breaks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attestation/type.h"

static struct nw_findings found;

static void judge(const struct nw_type *t, const char *line)
{
    struct nw_json *record = NULL;
    found.n = 0;
    enum nw_err e = nw_json_parse(nw_str(line), &record, NULL);
    if (e == NW_OK) {
        e = nw_record_shape(t, record, false, &found);
    }
    fputs(e == NW_OK ? "ok" : nw_err_name(e), stdout);
    for (size_t i = 0; i < found.n; i++) {
        printf(" %s:%s", found.v[i].rule, found.v[i].path);
    }
    putchar('\n');
    nw_json_free(&record);
}

int main(void)
{
    struct nw_types *types = NULL;
    char *line = NULL;
    size_t cap = 0;
    ssize_t n = 0;
    if (nw_types_load(&types, NULL) != NW_OK) {
        return 1;
    }
    while ((n = getline(&line, &cap, stdin)) > 0) {
        line[n - 1] = '\0';
        judge(nw_type_find(types, "pda1"), line);
    }
    free(line);
    nw_types_free(&types);
    return 0;
}
