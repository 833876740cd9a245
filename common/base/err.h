/*
 * Errors: one table, one enum, one sentence per way of failing.
 *
 * Every function that can fail returns enum nw_err and is marked NW_MUST_USE;
 * 0 is success. Codes are explicit and never renumbered (they appear in
 * vectors and logs). The table in err_table.h is the only place that knows
 * them: code, name, one English sentence, clause.
 *
 * Two families that callers must keep apart:
 *   - the input is at fault (1xx-7xx): a verdict can be built on it;
 *   - we are at fault (8xx I/O, 9xx own trouble): never a verdict.
 *     nw_err_is_ours() tells them apart.
 *
 * struct nw_diag says where: byte offset and/or a path ("subject.pin"), plus a
 * short detail. It never carries personal data, only names and places.
 */
#ifndef NW_BASE_ERR_H
#define NW_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

#define NW_MUST_USE __attribute__((warn_unused_result))
#define NW_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

enum nw_err {
    NW_OK = 0,
#define NW_E(code, name, text, clause) NW_ERR_##name = (code),
#include "base/err_table.h"
#undef NW_E
};

/* "JSON_DUPLICATE"; "UNKNOWN" for a number that is not in the table. */
const char *nw_err_name(enum nw_err e);
/* One sentence without a full stop: "a member name occurs twice in one object". */
const char *nw_err_text(enum nw_err e);
/* The clause that demands it ("RFC 8259 4"), "" when it is our own limit. */
const char *nw_err_clause(enum nw_err e);
/* True for 8xx and 9xx: our trouble, not the input's. */
bool nw_err_is_ours(enum nw_err e);

#define NW_DIAG_PATH 96
#define NW_DIAG_DETAIL 160
#define NW_NO_OFFSET ((size_t)-1)

struct nw_diag {
    enum nw_err code;
    size_t off;                  /* byte offset in the input, or NW_NO_OFFSET */
    char path[NW_DIAG_PATH];     /* "placesOfWork.DE[0].address", or "" */
    char detail[NW_DIAG_DETAIL]; /* what was found or wanted, or "" */
};

/* Fills d (may be NULL) and returns e, so that `return nw_fail(d, e, off, ...)` is one line.
 * The first failure wins: a diag that already holds a code is left alone. */
enum nw_err nw_fail(struct nw_diag *d, enum nw_err e, size_t off, const char *fmt, ...)
    NW_PRINTF(4, 5);
/* Same with a path instead of an offset. */
enum nw_err nw_fail_at(struct nw_diag *d, enum nw_err e, const char *path, const char *fmt, ...)
    NW_PRINTF(4, 5);
#ifdef __clang_analyzer__ /* says to the analyzer: the error given is the error returned */
#define nw_fail(d, e, ...) ((void)(nw_fail)(d, e, __VA_ARGS__), (e))
#define nw_fail_at(d, e, ...) ((void)(nw_fail_at)(d, e, __VA_ARGS__), (e))
#endif
void nw_diag_clear(struct nw_diag *d);
/* "text (detail), at byte 12 / path, RFC ..." into dst, always terminated. */
void nw_diag_line(const struct nw_diag *d, char *dst, size_t cap);

#endif
