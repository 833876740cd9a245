/*
 * Reasons: why a verdict is what it is, in the officer's words.
 *
 * The table (reason_table.h) holds colour, text and next step in German and
 * English. A hit is one reason in one report with what fills its fields.
 * Hits are kept in table order, so that the first one decides.
 */
#ifndef NW_REPORT_REASON_H
#define NW_REPORT_REASON_H

#include "base/buf.h"

enum nw_colour { NW_RED = 0, NW_AMBER, NW_NOTE };

struct nw_reason {
    const char *code;
    enum nw_colour colour;
    const char *text[2]; /* 0 de, 1 en */
    const char *next[2];
};

size_t nw_reason_count(void);
const struct nw_reason *nw_reason_at(size_t i);
/* Position in the table, nw_reason_count() if there is no such code. */
size_t nw_reason_index(const char *code);
const char *nw_colour_name(enum nw_colour c); /* "red", "amber", "note" */

#define NW_REASON_WHAT 320
struct nw_reason_hit {
    const struct nw_reason *reason;
    char what[2][NW_REASON_WHAT]; /* de, en; "" */
    char date[24];                /* of the data behind it, "" if none */
};
#define NW_MAX_REASONS 32
struct nw_reasons {
    struct nw_reason_hit v[NW_MAX_REASONS]; /* table order */
    size_t n;
};

/* Adds a reason, or adds `what` to the one that is there (joined by "; " unless it is said
 * already). de and en may be NULL. An unknown code is a defect and becomes A11. */
void nw_reason_add(struct nw_reasons *r, const char *code, const char *de, const char *en);
void nw_reason_date(struct nw_reasons *r, const char *code, const char *date);
const struct nw_reason_hit *nw_reason_find(const struct nw_reasons *r, const char *code);

/* What fills {host}, {home}, {from}, {until}, {type} (what it is) and {wanted} (what was asked for);
 * names per language. */
struct nw_reason_fields {
    const char *host[2], *home[2];
    const char *from, *until, *type, *wanted;
};
/* Writes text (or next step) of a hit with its fields filled; lang 0 de, 1 en. */
void nw_reason_write(const struct nw_reason_hit *hit, bool next, int lang,
                     const struct nw_reason_fields *f, struct nw_buf *out);

#endif
