#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "crypto/cert.h"

#define CHUNK 65536u

static enum nw_err read_all(int fd, const char *path, size_t max, struct nw_buf *out,
                            struct nw_diag *d)
{
    size_t start = out->n;
    for (;;) {
        uint8_t *room = nw_buf_reserve(out, CHUNK);
        if (room == NULL) {
            enum nw_err e = nw_buf_err(out);
            return nw_fail_at(d, e, path, "more than %zu bytes", max);
        }
        ssize_t got = read(fd, room, CHUNK);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return nw_fail_at(d, NW_ERR_IO, path, "%s", strerror(errno));
        }
        nw_buf_grow(out, (size_t)got);
        if (out->n - start > max) {
            return nw_fail_at(d, NW_ERR_LIMIT, path, "more than %zu bytes", max);
        }
        if (got == 0) {
            return out->n > start ? NW_OK : nw_fail_at(d, NW_ERR_EMPTY, path, "no bytes");
        }
    }
}

enum nw_err tl_read(const char *path, size_t max, struct nw_buf *out, struct nw_diag *d)
{
    struct stat st;
    if (strcmp(path, "-") == 0) {
        return read_all(STDIN_FILENO, "standard input", max, out, d);
    }
    /* a pipe that nobody writes to is empty: opening it does not wait */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return nw_fail_at(d, NW_ERR_IO, path, "%s", strerror(errno));
    }
    (void)fcntl(fd, F_SETFL, 0);
    enum nw_err e = fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode))
                        ? read_all(fd, path, max, out, d)
                        : nw_fail_at(d, NW_ERR_NOT_A_FILE, path, "cannot be read as a file");
    (void)close(fd);
    return e;
}

static bool write_all(int fd, struct nw_slice bytes)
{
    while (bytes.n > 0) {
        ssize_t done = write(fd, bytes.p, bytes.n);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return false;
        }
        bytes = nw_slice_from(bytes, (size_t)done);
    }
    return true;
}

/* A rename lasts only when the folder is on the disk too. */
static bool sync_folder(const char *path)
{
    char folder[TL_PATH];
    if (!tl_beside(path, ".", folder, sizeof folder)) {
        return false;
    }
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool ok = fsync(fd) == 0;
    (void)close(fd);
    return ok;
}

enum nw_err tl_write_atomic(const char *path, struct nw_slice bytes, struct nw_diag *d)
{
    char part[TL_PATH];
    int length = snprintf(part, sizeof part, "%s.part", path);
    if (length < 0 || (size_t)length >= sizeof part) {
        return nw_fail_at(d, NW_ERR_IO, path, "the name is too long");
    }
    (void)unlink(part); /* of a run that was killed; nothing is written through a link */
    int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0) {
        return nw_fail_at(d, NW_ERR_IO, path, "%s", strerror(errno));
    }
    bool ok = write_all(fd, bytes) && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    if (!ok || rename(part, path) != 0 || !sync_folder(path)) {
        enum nw_err e = nw_fail_at(d, NW_ERR_IO, path, "%s", strerror(errno));
        (void)unlink(part);
        return e;
    }
    return NW_OK;
}

const char *tl_file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

enum nw_err tl_lock(const char *path, int *lock, struct nw_diag *d)
{
    char folder[TL_PATH];
    if (!tl_beside(path, ".", folder, sizeof folder)) {
        return nw_fail_at(d, NW_ERR_IO, path, "the name is too long");
    }
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || flock(fd, LOCK_EX) != 0) {
        enum nw_err e = nw_fail_at(d, NW_ERR_IO, folder, "%s", strerror(errno));
        if (fd >= 0) {
            (void)close(fd);
        }
        return e;
    }
    *lock = fd;
    return NW_OK;
}

enum nw_err tl_read_cert(const char *path, struct nw_buf *der, struct nw_diag *d)
{
    struct nw_buf file = NW_BUF(NW_MAX_KEY_FILE + CHUNK);
    struct nw_cert_outline cert;
    size_t pos = 0;
    size_t start = der->n;
    enum nw_err e = tl_read(path, NW_MAX_KEY_FILE, &file, d);
    if (e == NW_OK && nw_slice_starts(nw_buf_slice(&file), "-----BEGIN")) {
        e = nw_cert_from_pem(nw_buf_slice(&file), &pos, der);
    } else if (e == NW_OK) {
        nw_buf_put(der, nw_buf_slice(&file));
        e = nw_buf_err(der);
    }
    if (e == NW_OK) {
        e = nw_cert_outline(nw_slice_from(nw_buf_slice(der), start), &cert);
    }
    nw_buf_free(&file);
    return e == NW_OK ? e : nw_fail_at(d, e, path, "no certificate could be read from it");
}

static enum nw_err next_cert(struct nw_slice pem, size_t *pos, struct tl_kept *k,
                             struct nw_slice *out)
{
    struct nw_cert_outline cert;
    struct nw_buf *der = tl_keep(k, NW_MAX_CERT);
    enum nw_err e = der != NULL ? nw_cert_from_pem(pem, pos, der) : NW_ERR_NOMEM;
    if (e == NW_OK) {
        e = nw_cert_outline(nw_buf_slice(der), &cert);
    }
    if (e == NW_OK) {
        *out = nw_buf_slice(der);
    }
    return e;
}

enum nw_err tl_read_certs(const char *path, struct tl_kept *k, struct nw_slice *out, size_t max,
                          size_t *n, struct nw_diag *d)
{
    struct nw_buf *file = tl_keep(k, NW_MAX_KEY_FILE + CHUNK);
    struct nw_cert_outline cert;
    size_t pos = 0;
    size_t before = *n;
    enum nw_err e = file != NULL ? tl_read(path, NW_MAX_KEY_FILE, file, d) : NW_ERR_NOMEM;
    if (e == NW_OK && !nw_slice_starts(nw_buf_slice(file), "-----BEGIN")) {
        e = *n < max ? nw_cert_outline(nw_buf_slice(file), &cert) : NW_ERR_LIMIT;
        if (e == NW_OK) {
            out[(*n)++] = nw_buf_slice(file);
        }
    } else if (e == NW_OK) {
        while (e == NW_OK && *n < max &&
               (e = next_cert(nw_buf_slice(file), &pos, k, &out[*n])) == NW_OK) {
            (*n)++;
        }
        e = e == NW_ERR_NOT_FOUND && *n > before ? NW_OK : e == NW_OK ? NW_ERR_LIMIT : e;
    }
    return e == NW_OK ? e
                      : nw_fail_at(d, e, path, "%s",
                                   e == NW_ERR_LIMIT ? "too many certificates"
                                                     : "no certificate could be read from it");
}

bool tl_beside(const char *base, const char *path, char *out, size_t cap)
{
    const char *slash = strrchr(base, '/');
    size_t folder = path[0] == '/' || slash == NULL ? 0 : (size_t)(slash - base) + 1;
    int n = snprintf(out, cap, "%.*s%s", (int)folder, base, path);
    return n >= 0 && (size_t)n < cap;
}

enum nw_err tl_grow(void **array, size_t n, size_t size)
{
    size_t bytes = 0;
    if (n > 0 && (n & (n - 1)) != 0) {
        return NW_OK; /* between two powers of two there is room */
    }
    if (!nw_size_mul(n > 0 ? 2 * n : 1, size, &bytes)) {
        return NW_ERR_NOMEM;
    }
    void *more = nw_realloc(*array, bytes);
    if (more == NULL) {
        return NW_ERR_NOMEM;
    }
    *array = more;
    return NW_OK;
}

struct nw_buf *tl_keep(struct tl_kept *k, size_t max)
{
    void *v = k->v;
    struct nw_buf *b = nw_calloc(1, sizeof *b);
    if (b == NULL || tl_grow(&v, k->n, sizeof(struct nw_buf *)) != NW_OK) {
        nw_free(b);
        return NULL;
    }
    k->v = v;
    *b = NW_BUF(max);
    k->v[k->n++] = b;
    return b;
}

void tl_kept_free(struct tl_kept *k)
{
    for (size_t i = 0; i < k->n; i++) {
        nw_buf_free(k->v[i]);
        nw_free(k->v[i]);
    }
    nw_free(k->v);
    *k = (struct tl_kept){0};
}
