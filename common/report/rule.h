/* The rule catalogue (rule_table.h) as data: title and clause of a rule id, and where it applies.
 */
#ifndef NW_REPORT_RULE_H
#define NW_REPORT_RULE_H

#include <stddef.h>

enum {
    NW_AT_S = 1,  /* SD-JWT VC */
    NW_AT_M = 2,  /* mdoc */
    NW_AT_A = 4,  /* A11 */
    NW_AT_L = 8,  /* trust lists */
    NW_AT_P = 16, /* OpenID4VP */
    NW_AT_I = 32, /* issuing */
};

struct nw_rule {
    const char *id;
    unsigned where; /* NW_AT_ bits */
    const char *title;
    const char *clause;
};

size_t nw_rule_count(void);
/* NULL when i is too large. */
const struct nw_rule *nw_rule_at(size_t i);
/* NULL when there is no such rule. */
const struct nw_rule *nw_rule_find(const char *id);

#endif
