#include "crypto/seen.h"

#include <string.h>

bool nw_seen_has(const struct nw_seen *s, const uint8_t id[NW_SHA256_BYTES])
{
    for (size_t i = 0; i < s->n; i++) {
        if (memcmp(s->v[i], id, NW_SHA256_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

void nw_seen_add(struct nw_seen *s, const uint8_t id[NW_SHA256_BYTES])
{
    if (nw_seen_has(s, id)) {
        return;
    }
    memcpy(s->v[s->next], id, NW_SHA256_BYTES);
    s->next = (s->next + 1) % NW_SEEN_MAX;
    s->n = s->n < NW_SEEN_MAX ? s->n + 1 : NW_SEEN_MAX;
}
