#include "report/rule.h"

#include <string.h>

static const struct nw_rule rules[] = {
#define NW_RULE(id, where, title, clause) {id, where, title, clause},
#include "report/rule_table.h"
#undef NW_RULE
};

size_t nw_rule_count(void)
{
    return sizeof rules / sizeof rules[0];
}

const struct nw_rule *nw_rule_at(size_t i)
{
    return i < nw_rule_count() ? &rules[i] : NULL;
}

const struct nw_rule *nw_rule_find(const char *id)
{
    for (size_t i = 0; i < nw_rule_count(); i++) {
        if (strcmp(rules[i].id, id) == 0) {
            return &rules[i];
        }
    }
    return NULL;
}
