#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "input.h"
#include "json/json.h"

#define STATE_MAX (64u << 10)
#define STATE_NAME 4200
#define NUMBER_MAX 9007199254740991u /* the largest that JSON carries whole */
#define LOCK_TRIES 100
#define LOCK_WAIT_NS 50000000

static enum nw_err state_read(const char *path, struct nw_json **out, struct nw_diag *d)
{
    struct nw_buf text = NW_BUF(STATE_MAX);
    if (access(path, F_OK) != 0 && errno == ENOENT) {
        return nw_json_new_object(out);
    }
    enum nw_err e = nw_input_read(path, &text, d);
    if (e == NW_OK) {
        e = nw_json_parse(nw_buf_slice(&text), out, NULL);
        if (e == NW_OK && nw_json_kind(*out) != NW_JSON_OBJECT) {
            nw_json_free(out);
            e = NW_ERR_JSON_TYPE;
        }
        if (e != NW_OK && !nw_err_is_ours(e)) {
            e = nw_fail(d, NW_ERR_CONFIG, NW_NO_OFFSET, "the memory of bundle numbers is damaged");
        }
    }
    nw_buf_free(&text);
    return e;
}

static enum nw_err state_write_bytes(int fd, struct nw_slice s)
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

static enum nw_err state_write(const char *path, const struct nw_json *root, struct nw_diag *d)
{
    char temp[STATE_NAME];
    struct nw_buf text = NW_BUF(STATE_MAX);
    nw_json_write(root, &text);
    nw_buf_putc(&text, '\n');
    (void)snprintf(temp, sizeof temp, "%.4096s.%ld", path, (long)getpid());
    enum nw_err e = nw_buf_err(&text);
    int fd = e == NW_OK ? open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    if (e == NW_OK) {
        e = fd < 0 ? NW_ERR_IO : state_write_bytes(fd, nw_buf_slice(&text));
    }
    if (fd >= 0) {
        bool safe = e == NW_OK && fsync(fd) == 0;
        if (close(fd) != 0 || !safe || rename(temp, path) != 0) {
            (void)unlink(temp);
            e = NW_ERR_IO;
        }
    }
    nw_buf_free(&text);
    return e == NW_OK ? NW_OK
                      : nw_fail(d, e, NW_NO_OFFSET,
                                "the number of the bundle cannot be stored in %s", path);
}

/* The number remembered for this signer, 0 if there is none. */
static enum nw_err state_last(const struct nw_json *root, const char *signer, uint64_t *last,
                              struct nw_diag *d)
{
    int64_t v = 0;
    const struct nw_json *known = nw_json_get(root, signer);
    if (known != NULL && (!nw_json_int(known, &v) || v < 0)) {
        return nw_fail(d, NW_ERR_CONFIG, NW_NO_OFFSET, "the memory of bundle numbers is damaged");
    }
    *last = (uint64_t)v;
    return NW_OK;
}

static enum nw_err state_compare(const char *path, const char *signer, uint64_t sequence,
                                 struct nw_json **root, bool *newer, struct nw_diag *d)
{
    uint64_t last = 0;
    enum nw_err e = state_read(path, root, d);
    if (e == NW_OK) {
        e = state_last(*root, signer, &last, d);
    }
    if (e == NW_OK && sequence < last) {
        e = nw_fail(d, NW_ERR_BUNDLE_ROLLBACK, NW_NO_OFFSET, "number %llu, %llu was used before",
                    (unsigned long long)sequence, (unsigned long long)last);
    }
    *newer = sequence > last;
    return e;
}

/* Two verifiers may read, and one write over what the other has learned: one at a time. */
static enum nw_err state_lock(const char *path, int *lock, struct nw_diag *d)
{
    char name[STATE_NAME];
    (void)snprintf(name, sizeof name, "%.4096s.lock", path);
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    for (int i = 0; fd >= 0 && i < LOCK_TRIES; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
            *lock = fd;
            return NW_OK;
        }
        (void)nanosleep(&(struct timespec){.tv_nsec = LOCK_WAIT_NS}, NULL);
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return nw_fail(d, NW_ERR_IO, NW_NO_OFFSET,
                   fd < 0 ? "the number of the bundle cannot be stored in %s"
                          : "another verifier holds %s",
                   path);
}

static enum nw_err state_remember(const char *path, const char *signer, uint64_t sequence,
                                  struct nw_diag *d)
{
    struct nw_json *root = NULL;
    bool newer = false;
    int lock = -1;
    enum nw_err e = state_lock(path, &lock, d);
    if (e != NW_OK) {
        return e;
    }
    e = state_compare(path, signer, sequence, &root, &newer, d);
    if (e == NW_OK && newer) {
        nw_json_remove(root, signer);
        e = nw_json_put_int(root, signer, (int64_t)sequence);
        if (e == NW_OK) {
            e = state_write(path, root, d);
        }
    }
    nw_json_free(&root);
    (void)close(lock);
    return e;
}

enum nw_err nw_state_advance(const char *path, const char *signer, uint64_t sequence,
                             struct nw_diag *d)
{
    struct nw_json *root = NULL;
    bool newer = false;
    if (sequence > NUMBER_MAX) {
        return nw_fail(d, NW_ERR_BUNDLE_FORM, NW_NO_OFFSET, "number %llu cannot be remembered",
                       (unsigned long long)sequence);
    }
    enum nw_err e = state_compare(path, signer, sequence, &root, &newer, d);
    nw_json_free(&root);
    /* what is known already needs no right to write */
    return e == NW_OK && newer ? state_remember(path, signer, sequence, d) : e;
}
