/* What the verify commands print, in text and as JSON. */
#ifndef NW_TRUST_LISTS_SAY_H
#define NW_TRUST_LISTS_SAY_H

#include "lote.h"

/* "name":"text" */
void tl_put_text(struct nw_buf *b, const char *name, struct nw_slice text);
/* ,"checks":[...] and ,"warnings":[...] */
void tl_put_checks(const struct nw_checks *checks, struct nw_buf *b);
void tl_put_notes(const struct lote_note *notes, size_t n, struct nw_buf *b);
/* One line each; n may exceed what is kept. */
void tl_say_notes(const struct lote_note *notes, size_t n);
/* Prints why a list is refused and returns the exit status. */
int tl_refuse(const struct nw_checks *checks, const struct nw_diag *d, bool json);
/* What e != NW_OK of opening a list means: trouble of ours or of the configuration is tl_failed(),
 * all else refuses the list. Returns the exit status. */
int tl_not_accepted(enum nw_err e, const struct nw_checks *checks, const struct nw_diag *d,
                    bool json);

#endif
