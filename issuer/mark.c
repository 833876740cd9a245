#include "mark.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "io.h"

/* One write of always the same length, in one sector: a power cut leaves the old or the new one. */
#define MARK_FORM "nachweis-issuer mark 1\nlists %06u\nplaces %012llu\nwithdrawn %012llu\n"
#define MARK_BYTES 80

static size_t mark_write(const struct nw_counts *c, char out[MARK_BYTES])
{
    int n = snprintf(out, MARK_BYTES, MARK_FORM, c->lists, (unsigned long long)c->places,
                     (unsigned long long)c->withdrawn);
    return n > 0 && n < MARK_BYTES ? (size_t)n : 0;
}

/* The same text but for its digits: each run of zeros in an empty mark is a number. */
static bool mark_parse(const char *text, size_t n, struct nw_counts *out)
{
    static const struct nw_counts none = {.lists = 0};
    char form[MARK_BYTES];
    uint64_t v[4] = {0};
    size_t k = 0;
    if (n != mark_write(&none, form)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (form[i] != '0' ? text[i] != form[i] : text[i] < '0' || text[i] > '9') {
            return false;
        }
        if (form[i] == '0') {
            v[k] = v[k] * 10 + (uint64_t)(text[i] - '0');
            k += form[i + 1] != '0' && k < 3;
        }
    }
    *out = (struct nw_counts){.lists = (unsigned)v[0], .places = v[1], .withdrawn = v[2]};
    return true;
}

static enum nw_err mark_io(struct nw_diag *d, const char *path)
{
    return nw_fail_at(d, NW_ERR_IO, path, "%s", strerror(errno));
}

static enum nw_err mark_open(const char *home, int flags, char path[NW_PATH], int *fd,
                             struct nw_counts *c, struct nw_diag *d)
{
    char text[MARK_BYTES + 1] = "";
    enum nw_err e = nw_io_join(path, home, "store.mark");
    if (e != NW_OK) {
        return e;
    }
    *fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (*fd < 0) {
        return errno == ENOENT ? nw_fail_at(d, NW_ERR_HOME_HALF, path, "it is not there")
                               : mark_io(d, path);
    }
    if (flock(*fd, (flags & O_RDWR) != 0 ? LOCK_EX : LOCK_SH) != 0) {
        e = mark_io(d, path);
    }
    ssize_t n = e == NW_OK ? pread(*fd, text, MARK_BYTES, 0) : 0;
    if (e == NW_OK && (n <= 0 || !mark_parse(text, (size_t)n, c))) {
        e = nw_fail_at(d, NW_ERR_HOME_HALF, path, "it is damaged");
    }
    if (e != NW_OK) {
        (void)close(*fd);
    }
    return e;
}

enum nw_err nw_mark_make(const char *home, struct nw_diag *d)
{
    char path[NW_PATH], text[MARK_BYTES];
    const struct nw_counts none = {.lists = 0};
    enum nw_err e = nw_io_join(path, home, "store.mark");
    return e == NW_OK ? nw_io_write(path, nw_slice(text, mark_write(&none, text)), 0600, d) : e;
}

enum nw_err nw_mark_check(const char *home, struct nw_store *s, struct nw_diag *d)
{
    char path[NW_PATH];
    struct nw_counts mark, now;
    int fd = -1;
    /* the mark first: the store is always ahead of it */
    enum nw_err e = mark_open(home, O_RDONLY, path, &fd, &mark, d);
    if (e != NW_OK) {
        return e;
    }
    (void)close(fd);
    e = s->ops->counts(s, &now);
    if (e == NW_OK &&
        (now.lists < mark.lists || now.places < mark.places || now.withdrawn < mark.withdrawn)) {
        e = nw_fail_at(d, NW_ERR_STORE_OLD, "store.db",
                       "it has %llu places and %llu withdrawals, %llu and %llu were there already; "
                       "put the newest copy back",
                       (unsigned long long)now.places, (unsigned long long)now.withdrawn,
                       (unsigned long long)mark.places, (unsigned long long)mark.withdrawn);
    }
    return e;
}

static uint64_t higher(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

enum nw_err nw_mark_raise(const char *home, struct nw_store *s, struct nw_diag *d)
{
    char path[NW_PATH], text[MARK_BYTES];
    struct nw_counts mark, now;
    int fd = -1;
    enum nw_err e = s->ops->counts(s, &now);
    if (e == NW_OK) {
        e = mark_open(home, O_RDWR, path, &fd, &mark, d);
    }
    if (e != NW_OK) {
        return e;
    }
    mark.lists = (unsigned)higher(mark.lists, now.lists);
    mark.places = higher(mark.places, now.places);
    mark.withdrawn = higher(mark.withdrawn, now.withdrawn);
    size_t n = mark_write(&mark, text);
    if (pwrite(fd, text, n, 0) != (ssize_t)n || fdatasync(fd) != 0) {
        e = mark_io(d, path);
    }
    (void)close(fd); /* and the lock with it */
    return e;
}
