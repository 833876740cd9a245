/*
 * The mark: how far the register had come when something was signed from it.
 *
 * A store that was put back from an older copy would give places in status
 * lists a second time and forget withdrawals, and nothing in it would show
 * that. So a small file beside it, store.mark, counts what the store has
 * committed, and is on the disk before a signature speaks of it. A store that
 * counts less than its mark is older than what left the house: the home does
 * not open (STORE_OLD).
 *
 * Not seen: that the whole folder, with its mark, was put back.
 */
#ifndef NW_ISSUER_MARK_H
#define NW_ISSUER_MARK_H

#include "store.h"

/* The file of a new home: nothing counted yet. */
NW_MUST_USE enum nw_err nw_mark_make(const char *home, struct nw_diag *d);
/* STORE_OLD: the store is behind its mark. HOME_HALF: there is no mark, or it is damaged. */
NW_MUST_USE enum nw_err nw_mark_check(const char *home, struct nw_store *s, struct nw_diag *d);
/* After a commit, and before anything of it is signed or confirmed: durable when it returns. */
NW_MUST_USE enum nw_err nw_mark_raise(const char *home, struct nw_store *s, struct nw_diag *d);

#endif
