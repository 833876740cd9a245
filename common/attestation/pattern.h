/*
 * Patterns of type files: a small subset of regular expressions that is
 * matched in one pass, without backtracking and without the heap.
 *
 *   literal  \. \+ \\ ...  \d  [a-z0-9._%+\-]  followed by nothing, ?, *, + or {m,n} {m,} {n}
 *
 * Always anchored at both ends, ASCII only, at most 64 positions after the
 * repetitions are written out.
 */
#ifndef NW_ATTESTATION_PATTERN_H
#define NW_ATTESTATION_PATTERN_H

#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

#define NW_PATTERN_MAX 64u

struct nw_pattern {
    size_t n;
    uint64_t skip, loop;             /* bit i: position i may be left out, may repeat */
    uint32_t set[NW_PATTERN_MAX][4]; /* characters of position i */
};

/* False if the text is not in the subset or too long. */
bool nw_pattern_parse(const char *text, struct nw_pattern *out);
bool nw_pattern_match(const struct nw_pattern *p, const char *text);

#endif
