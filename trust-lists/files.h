/*
 * Files for nachweis-trust: bounded reading, writing that is whole or not at
 * all, and the bytes that a job keeps until its end.
 */
#ifndef NW_TRUST_LISTS_FILES_H
#define NW_TRUST_LISTS_FILES_H

#include "base/buf.h"

/* Appends the file ("-": standard input) to out. IO, NOT_A_FILE, EMPTY, LIMIT; d names the path. */
NW_MUST_USE enum nw_err tl_read(const char *path, size_t max, struct nw_buf *out,
                                struct nw_diag *d);
/* Beside the target, synced, renamed over it, folder synced. */
NW_MUST_USE enum nw_err tl_write_atomic(const char *path, struct nw_slice bytes, struct nw_diag *d);
/* Waits until no other run works with the folder of path; *lock is a descriptor to be closed. */
NW_MUST_USE enum nw_err tl_lock(const char *path, int *lock, struct nw_diag *d);
/* One certificate, PEM or DER, appended to der. */
NW_MUST_USE enum nw_err tl_read_cert(const char *path, struct nw_buf *der, struct nw_diag *d);
/* All the certificates of a PEM file, or the one of a DER file: added to out[*n], at most max in
 * all; kept in k. */
struct tl_kept;
NW_MUST_USE enum nw_err tl_read_certs(const char *path, struct tl_kept *k, struct nw_slice *out,
                                      size_t max, size_t *n, struct nw_diag *d);
/* Calls each with path or, if that is a folder, with the files in it that end like this (a list up
 * to NULL), in the order of their names. IO, or what each returned first. */
NW_MUST_USE enum nw_err tl_each_file(const char *path, const char *const *endings,
                                     enum nw_err (*each)(void *ctx, const char *path), void *ctx);
/* base's folder and path, unless path is absolute; false if that is too long. */
bool tl_beside(const char *base, const char *path, char *out, size_t cap);
/* What stands behind the last '/': where a file lay is nobody's business. */
const char *tl_file_name(const char *path);
#define TL_PATH 4096

/* Buffers that live as long as the job. */
struct tl_kept {
    struct nw_buf **v;
    size_t n;
};
/* A new buffer; NULL without memory. Its bytes stay where they are once it is filled. */
struct nw_buf *tl_keep(struct tl_kept *k, size_t max);
void tl_kept_free(struct tl_kept *k);
/* Room for one more element of `size` in *array of n: grows by doubling. */
NW_MUST_USE enum nw_err tl_grow(void **array, size_t n, size_t size);

#endif
