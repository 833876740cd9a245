#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "input.h"
#include "json/json.h"

#define STATE_MAX (64u << 10)

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
    char temp[4200];
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

enum nw_err nw_state_advance(const char *path, const char *signer, uint64_t sequence,
                             struct nw_diag *d)
{
    struct nw_json *root = NULL;
    enum nw_err e = state_read(path, &root, d);
    if (e != NW_OK) {
        return e;
    }
    int64_t last = 0;
    const struct nw_json *known = nw_json_get(root, signer);
    if (known != NULL && (!nw_json_int(known, &last) || last < 0)) {
        e = nw_fail(d, NW_ERR_CONFIG, NW_NO_OFFSET, "the memory of bundle numbers is damaged");
    } else if (sequence < (uint64_t)last) {
        e = nw_fail(d, NW_ERR_BUNDLE_ROLLBACK, NW_NO_OFFSET, "number %llu, %lld was used before",
                    (unsigned long long)sequence, (long long)last);
    } else if (sequence > (uint64_t)last) {
        nw_json_remove(root, signer);
        e = nw_json_put_int(root, signer, (int64_t)sequence);
        if (e == NW_OK) {
            e = state_write(path, root, d);
        }
    }
    nw_json_free(&root);
    return e;
}
