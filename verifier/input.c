#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define INPUT_CHUNK 65536u

static enum nw_err input_open(const char *path, size_t max, int *fd, size_t *size,
                              struct nw_diag *d)
{
    struct stat st;
    int f = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (f < 0) {
        return nw_fail(d, errno == EISDIR ? NW_ERR_NOT_A_FILE : NW_ERR_IO, NW_NO_OFFSET, "%s",
                       strerror(errno));
    }
    enum nw_err e = NW_OK;
    if (fstat(f, &st) != 0) {
        e = nw_fail(d, NW_ERR_IO, NW_NO_OFFSET, "%s", strerror(errno));
    } else if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode)) {
        e = nw_fail(d, NW_ERR_NOT_A_FILE, NW_NO_OFFSET, "%s",
                    S_ISDIR(st.st_mode) ? "a directory" : "a device");
    } else if (S_ISREG(st.st_mode) && st.st_size == 0) {
        e = nw_fail(d, NW_ERR_EMPTY, NW_NO_OFFSET, "%s", "");
    } else if (S_ISREG(st.st_mode) && (size_t)st.st_size > max) {
        e = nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "%lld bytes, at most %zu", (long long)st.st_size,
                    max);
    }
    if (e != NW_OK) {
        (void)close(f);
        return e;
    }
    (void)fcntl(f, F_SETFL, 0); /* a pipe without writer must not hang open(), but reading waits */
    *fd = f;
    *size = (size_t)st.st_size;
    return NW_OK;
}

static enum nw_err input_drain(int fd, struct nw_buf *out, struct nw_diag *d)
{
    for (;;) {
        size_t room = out->max - out->n;
        if (room == 0) { /* full: only the end of the file may follow */
            char one;
            return read(fd, &one, 1) == 0
                       ? NW_OK
                       : nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "more than %zu bytes", out->max);
        }
        size_t want = room < INPUT_CHUNK ? room : INPUT_CHUNK;
        uint8_t *at = nw_buf_reserve(out, want);
        if (at == NULL) {
            return nw_fail(d, nw_buf_err(out), NW_NO_OFFSET, "%s", "");
        }
        ssize_t got = read(fd, at, want);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return nw_fail(d, NW_ERR_IO, NW_NO_OFFSET, "%s", strerror(errno));
        }
        if (got == 0) {
            return out->n > 0 ? NW_OK : nw_fail(d, NW_ERR_EMPTY, NW_NO_OFFSET, "%s", "");
        }
        nw_buf_grow(out, (size_t)got);
    }
}

enum nw_err nw_input_read(const char *path, struct nw_buf *out, struct nw_diag *d)
{
    int fd = STDIN_FILENO;
    size_t size = 0;
    bool standard = strcmp(path, "-") == 0;
    struct stat st;
    if (standard && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
        return nw_fail(d, NW_ERR_NOT_A_FILE, NW_NO_OFFSET, "a directory");
    }
    enum nw_err e = standard ? NW_OK : input_open(path, out->max, &fd, &size, d);
    if (e == NW_OK) {
        e = input_drain(fd, out, d);
        if (!standard) {
            (void)close(fd);
        }
    }
    return e;
}

enum nw_err nw_input_map(const char *path, size_t max, struct nw_mapped *out, struct nw_diag *d)
{
    int fd = -1;
    size_t size = 0;
    enum nw_err e = input_open(path, max, &fd, &size, d);
    if (e != NW_OK) {
        return e;
    }
    void *p = size == 0 ? MAP_FAILED : mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    (void)close(fd);
    if (p == MAP_FAILED) {
        return nw_fail(d, NW_ERR_IO, NW_NO_OFFSET, "the file cannot be mapped");
    }
    out->bytes = nw_slice(p, size);
    return NW_OK;
}

void nw_input_unmap(struct nw_mapped *m)
{
    if (m->bytes.p != NULL) {
        (void)munmap((void *)(uintptr_t)m->bytes.p, m->bytes.n);
    }
    m->bytes = NW_SLICE_EMPTY;
}

struct nw_slice nw_input_line(struct nw_slice s)
{
    bool text = s.n > 0 && s.p[0] < 0x80; /* the last byte of CBOR is no line end */
    if (text && s.p[s.n - 1] == '\n') {
        s.n--;
        if (s.n > 0 && s.p[s.n - 1] == '\r') {
            s.n--;
        }
    }
    return s;
}
