/*
 * Files: the only place of the issuer that opens them. Reading is bounded and
 * refuses what is no file; writing is whole or not at all: a temporary sibling
 * that is synced and then renamed.
 */
#ifndef NW_ISSUER_IO_H
#define NW_ISSUER_IO_H

#include <stdio.h>

#include "base/buf.h"

#define NW_PATH 2048

/* path "-" is standard input. Appends at most max bytes: NOT_A_FILE, EMPTY, LIMIT, IO. */
NW_MUST_USE enum nw_err nw_io_read(const char *path, size_t max, struct nw_buf *out,
                                   struct nw_diag *d);
/* A stream for reading line by line; refuses directories. "-" gives stdin. */
NW_MUST_USE enum nw_err nw_io_open(const char *path, FILE **out, struct nw_diag *d);
void nw_io_close(FILE **f);
/* Replaces path in one step. mode: permission bits. */
NW_MUST_USE enum nw_err nw_io_write(const char *path, struct nw_slice content, unsigned mode,
                                    struct nw_diag *d);
/* Before work is done for it: can path be written at all? */
NW_MUST_USE enum nw_err nw_io_can_write(const char *path, struct nw_diag *d);
/* Fine if it is there as a folder. */
NW_MUST_USE enum nw_err nw_io_mkdir(const char *path, unsigned mode, struct nw_diag *d);
/* Makes the entry of path in its folder durable. */
NW_MUST_USE enum nw_err nw_io_sync_folder(const char *path);
/* One process at a time; the lock ends with the process, however that dies. BUSY when another one
 * still has it after `wait` seconds. */
NW_MUST_USE enum nw_err nw_io_lock(const char *path, unsigned wait, struct nw_diag *d);
/* dir/name into out. */
NW_MUST_USE enum nw_err nw_io_join(char out[NW_PATH], const char *dir, const char *name);
/* Writes all of it to standard output: a full disk or a closed pipe is an error. */
NW_MUST_USE enum nw_err nw_io_print(struct nw_slice text, struct nw_diag *d);

/* Reads one line without its end into out (reset first). *more is false at the end of the file.
 * A line over out->max gives LIMIT; the rest of it is skipped, so that the next call reads on. */
NW_MUST_USE enum nw_err nw_io_line(FILE *f, struct nw_buf *out, bool *more);

#endif
