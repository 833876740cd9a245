#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CHUNK 8192

static enum nw_err io_fail(struct nw_diag *d, const char *path)
{
    return nw_fail_at(d, NW_ERR_IO, path, "%s", strerror(errno));
}

/* max SIZE_MAX: read as a stream, which a device might never end. */
static enum nw_err check_kind(int fd, const char *path, size_t max, struct nw_diag *d)
{
    struct stat st;
    if (fstat(fd, &st) != 0) {
        return io_fail(d, path);
    }
    if (S_ISDIR(st.st_mode)) {
        return nw_fail_at(d, NW_ERR_NOT_A_FILE, path, "a directory");
    }
    if (max == SIZE_MAX && (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)) && isatty(fd) == 0) {
        return nw_fail_at(d, NW_ERR_NOT_A_FILE, path, "a device");
    }
    if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > max) {
        return nw_fail_at(d, NW_ERR_LIMIT, path, "%lld bytes, at most %zu", (long long)st.st_size,
                          max);
    }
    return NW_OK;
}

static enum nw_err open_for_reading(const char *path, size_t max, int *out, struct nw_diag *d)
{
    bool standard = strcmp(path, "-") == 0;
    /* a pipe that nobody writes to is empty: opening it does not wait */
    int fd = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                      : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        return io_fail(d, path);
    }
    if (!standard) {
        (void)fcntl(fd, F_SETFL, 0);
    }
    enum nw_err e = check_kind(fd, path, max, d);
    if (e != NW_OK) {
        (void)close(fd);
        return e;
    }
    *out = fd;
    return NW_OK;
}

enum nw_err nw_io_read(const char *path, size_t max, struct nw_buf *out, struct nw_diag *d)
{
    int fd = -1;
    size_t before = out->n;
    enum nw_err e = open_for_reading(path, max, &fd, d);
    if (e != NW_OK) {
        return e;
    }
    for (;;) {
        uint8_t chunk[CHUNK];
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            e = n < 0 ? io_fail(d, path) : NW_OK;
            break;
        }
        if (out->n - before + (size_t)n > max) {
            e = nw_fail_at(d, NW_ERR_LIMIT, path, "at most %zu bytes", max);
            break;
        }
        nw_buf_put(out, nw_slice(chunk, (size_t)n));
        if ((e = nw_buf_err(out)) != NW_OK) {
            break;
        }
    }
    (void)close(fd);
    if (e == NW_OK && out->n == before) {
        e = nw_fail_at(d, NW_ERR_EMPTY, path, "%s", "");
    }
    return e;
}

enum nw_err nw_io_open(const char *path, FILE **out, struct nw_diag *d)
{
    int fd = -1;
    enum nw_err e = open_for_reading(path, SIZE_MAX, &fd, d);
    if (e != NW_OK) {
        return e;
    }
    *out = fdopen(fd, "rb");
    if (*out == NULL) {
        (void)close(fd);
        return io_fail(d, path);
    }
    return NW_OK;
}

void nw_io_close(FILE **f)
{
    if (*f != NULL) {
        (void)fclose(*f);
        *f = NULL;
    }
}

static enum nw_err write_all(int fd, struct nw_slice s)
{
    while (s.n > 0) {
        ssize_t n = write(fd, s.p, s.n);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return NW_ERR_IO;
        }
        s = nw_slice_from(s, (size_t)n);
    }
    return NW_OK;
}

static enum nw_err folder_of(const char *path, char dir[NW_PATH])
{
    const char *slash = strrchr(path, '/');
    size_t n = slash == NULL ? 0 : (size_t)(slash - path);
    struct nw_slice name = slash == NULL ? nw_str(".") : n == 0 ? nw_str("/") : nw_slice(path, n);
    return nw_slice_cstr(name, dir, NW_PATH) ? NW_OK : NW_ERR_IO;
}

enum nw_err nw_io_can_write(const char *path, struct nw_diag *d)
{
    char dir[NW_PATH];
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        return nw_fail_at(d, NW_ERR_NOT_A_FILE, path, "it is there and no file");
    }
    if (folder_of(path, dir) != NW_OK) {
        return nw_fail_at(d, NW_ERR_IO, path, "the path is too long");
    }
    return access(dir, W_OK | X_OK) == 0 ? NW_OK : io_fail(d, path);
}

enum nw_err nw_io_sync_folder(const char *path)
{
    char dir[NW_PATH];
    if (folder_of(path, dir) != NW_OK) {
        return NW_ERR_IO;
    }
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return NW_ERR_IO;
    }
    enum nw_err e = fsync(fd) == 0 ? NW_OK : NW_ERR_IO;
    (void)close(fd);
    return e;
}

enum nw_err nw_io_write(const char *path, struct nw_slice content, unsigned mode, struct nw_diag *d)
{
    char temporary[NW_PATH];
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        return nw_fail_at(d, NW_ERR_NOT_A_FILE, path, "a directory");
    }
    int n = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    if (n < 0 || (size_t)n >= sizeof temporary) {
        return nw_fail_at(d, NW_ERR_IO, path, "the path is too long");
    }
    int fd = mkstemp(temporary);
    if (fd < 0) {
        return io_fail(d, path);
    }
    bool good = fchmod(fd, (mode_t)mode) == 0 && write_all(fd, content) == NW_OK && fsync(fd) == 0;
    good = close(fd) == 0 && good;
    if (!good || rename(temporary, path) != 0) {
        enum nw_err e = io_fail(d, path);
        (void)unlink(temporary);
        return e;
    }
    /* the rename itself is durable only when its folder is */
    return nw_io_sync_folder(path) == NW_OK ? NW_OK : io_fail(d, path);
}

enum nw_err nw_io_mkdir(const char *path, unsigned mode, struct nw_diag *d)
{
    struct stat st;
    if (mkdir(path, (mode_t)mode) == 0) {
        return chmod(path, (mode_t)mode) == 0 ? NW_OK : io_fail(d, path);
    }
    int why = errno;
    if (why == EEXIST && stat(path, &st) == 0) {
        return S_ISDIR(st.st_mode) ? NW_OK
                                   : nw_fail_at(d, NW_ERR_IO, path, "it is there and no folder");
    }
    errno = why;
    return io_fail(d, path);
}

enum nw_err nw_io_lock(const char *path, unsigned wait, struct nw_diag *d)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC); /* stays open as long as the process lives */
    if (fd < 0) {
        return io_fail(d, path);
    }
    for (unsigned tenths = 0;; tenths++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
            return NW_OK;
        }
        if ((errno != EWOULDBLOCK && errno != EINTR) || tenths >= wait * 10) {
            break;
        }
        (void)nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
    enum nw_err e = errno == EWOULDBLOCK
                        ? nw_fail_at(d, NW_ERR_BUSY, path, "wait until the other run is done")
                        : io_fail(d, path);
    (void)close(fd);
    return e;
}

enum nw_err nw_io_join(char out[NW_PATH], const char *dir, const char *name)
{
    int n = snprintf(out, NW_PATH, "%s/%s", dir, name);
    return n >= 0 && n < NW_PATH ? NW_OK : NW_ERR_IO;
}

enum nw_err nw_io_print(struct nw_slice text, struct nw_diag *d)
{
    return write_all(STDOUT_FILENO, text) == NW_OK ? NW_OK : io_fail(d, "standard output");
}

enum nw_err nw_io_line(FILE *f, struct nw_buf *out, bool *more)
{
    enum nw_err e = NW_OK;
    int c;
    nw_buf_reset(out);
    while ((c = getc_unlocked(f)) != EOF && c != '\n') {
        if (e == NW_OK) {
            nw_buf_putc(out, (uint8_t)c);
            e = nw_buf_err(out);
        }
    }
    *more = c != EOF || out->n > 0 || e != NW_OK;
    if (e == NW_OK && out->n > 0 && out->p[out->n - 1] == '\r') {
        nw_buf_cut(out, out->n - 1);
    }
    return ferror(f) ? NW_ERR_IO : e;
}
