/*
 * Where an import comes from: JSON Lines (one record a line) or CSV (csv.h),
 * told apart by the first character.
 */
#ifndef NW_ISSUER_SOURCE_H
#define NW_ISSUER_SOURCE_H

#include "batch.h"

struct nw_source;

NW_MUST_USE enum nw_err nw_source_open(const struct nw_home *h, const struct nw_reader_as *as,
                                       const char *path, struct nw_source **out, struct nw_diag *d);
/* Fills line, good, record and findings. *more is false at the end. */
NW_MUST_USE enum nw_err nw_source_next(struct nw_source *s, struct nw_batch_item *item, bool *more);
void nw_source_free(struct nw_source **s);

#endif
