/*
 * Files as bytes, bounded. A directory, a device, an empty file and a file over
 * the limit are refused before anything is read; standard input ("-") is read
 * up to the limit.
 */
#ifndef NW_VERIFIER_INPUT_H
#define NW_VERIFIER_INPUT_H

#include "base/buf.h"

/* NOT_A_FILE, EMPTY, LIMIT, IO, NOMEM. Appends to out, whose maximum is the limit. */
NW_MUST_USE enum nw_err nw_input_read(const char *path, struct nw_buf *out, struct nw_diag *d);

/* A file mapped read-only; unmap with nw_input_unmap(). */
struct nw_mapped {
    struct nw_slice bytes;
};
NW_MUST_USE enum nw_err nw_input_map(const char *path, size_t max, struct nw_mapped *out,
                                     struct nw_diag *d);
void nw_input_unmap(struct nw_mapped *m);

/* A credential typed or piped as a line: one line end at the very end is not part of it. */
struct nw_slice nw_input_line(struct nw_slice bytes);

#endif
