/* What the set owes: every rule has an accept and a refuse vector, every twin exists and is one, no
 * id stands twice. */
#include <stdio.h>
#include <string.h>

#include "gen.h"

static const struct {
    const char *prefix; /* of the rule, before its number */
    unsigned n;         /* numbered 01 to n */
} owed[] = {{"LOTE-", 4}, {"TL-", 11}, {"VIC-", 5}, {"EB-", 2}, {"R", 9},   {"A", 17},
            {"I", 4},     {"SDJ-", 7}, {"KB-", 5},  {"VC-", 5}, {"A1-", 4}, {"MSO-", 6},
            {"DEV-", 4},  {"STS-", 6}, {"X5-", 4},  {"QC-", 6}, {"QR-", 4}, {"V", 28}};

static const struct nw_json *by_id(const struct gen *g, const char *id)
{
    for (const struct nw_json *v = nw_json_first(g->vectors); v != NULL; v = nw_json_next(v)) {
        if (nw_json_is_text(nw_json_get(v, "id"), id)) {
            return v;
        }
    }
    return NULL;
}

/* A reason that comes on top of another is shown beside a vector that has only that other one. */
static bool is_reason(const char *rule)
{
    return strlen(rule) == 3 && strchr("RAI", rule[0]) != NULL;
}

static void check_entry(const struct gen *g, const struct nw_json *v)
{
    const char *id = nw_json_text(nw_json_get(v, "id"));
    const char *twin = nw_json_text(nw_json_get(v, "twin"));
    if (by_id(g, id) != v) {
        gen_die("%s stands twice", id);
    }
    const struct nw_json *other = twin == NULL ? NULL : by_id(g, twin);
    const char *rule = nw_json_text(nw_json_get(v, "rule"));
    bool good =
        nw_json_is_text(nw_json_get(other, "kind"), "accept") ||
        (other != NULL && is_reason(rule) && !nw_json_is_text(nw_json_get(other, "rule"), rule));
    if (twin != NULL && !good) {
        gen_die("%s: its twin %s is no accept vector", id, twin);
    }
}

static bool has(const struct gen *g, const char *rule, const char *kind)
{
    for (const struct nw_json *v = nw_json_first(g->vectors); v != NULL; v = nw_json_next(v)) {
        if (nw_json_is_text(nw_json_get(v, "rule"), rule) &&
            nw_json_is_text(nw_json_get(v, "kind"), kind)) {
            return true;
        }
    }
    return false;
}

static void check_rule(const struct gen *g, const char *rule)
{
    if (!has(g, rule, "accept") || !has(g, rule, "refuse")) {
        gen_die("%s lacks an accept or a refuse vector", rule);
    }
}

void gen_coverage(const struct gen *g)
{
    for (const struct nw_json *v = nw_json_first(g->vectors); v != NULL; v = nw_json_next(v)) {
        check_entry(g, v);
        check_rule(g, nw_json_text(nw_json_get(v, "rule")));
    }
    for (size_t i = 0; i < sizeof owed / sizeof owed[0]; i++) {
        for (unsigned k = 1; k <= owed[i].n; k++) {
            char rule[16];
            (void)snprintf(rule, sizeof rule, "%s%02u", owed[i].prefix, k);
            check_rule(g, rule);
        }
    }
}
