/*
 * What nachweis-trust remembers between runs: the number of the last bundle,
 * and of each source the last edition that was accepted. Against rollback only;
 * losing the file loses that protection and nothing else.
 */
#ifndef NW_TRUST_LISTS_STATE_H
#define NW_TRUST_LISTS_STATE_H

#include "lote.h"

struct tl_state {
    struct nw_json *json;
};
/* A file that is not there is an empty state. CONFIG when it cannot be understood: never guessed.
 */
NW_MUST_USE enum nw_err tl_state_load(const char *path, struct tl_state *out, struct nw_diag *d);
/* False when the source was never accepted. */
bool tl_state_seen(const struct tl_state *s, const char *source, struct lote_seen *out);
NW_MUST_USE enum nw_err tl_state_set(struct tl_state *s, const char *source,
                                     const struct lote_seen *seen);
uint64_t tl_state_bundle(const struct tl_state *s);
NW_MUST_USE enum nw_err tl_state_set_bundle(struct tl_state *s, uint64_t sequence);
NW_MUST_USE enum nw_err tl_state_save(const struct tl_state *s, const char *path,
                                      struct nw_diag *d);
void tl_state_free(struct tl_state *s);

#endif
