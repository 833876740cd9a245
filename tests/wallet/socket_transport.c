#include "socket_transport.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEAD_BYTES 4

static int64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Waits for the events until the deadline. */
static enum nw_err wait_for(int fd, short events, int64_t deadline)
{
    struct pollfd p = {.fd = fd, .events = events};
    int n;
    do {
        int64_t left = deadline - now_ms();
        n = poll(&p, 1, left > 0 ? (int)left : 0);
    } while (n < 0 && errno == EINTR);
    return n > 0 ? NW_OK : n == 0 ? NW_ERR_TIMEOUT : NW_ERR_IO;
}

static enum nw_err send_all(int fd, struct nw_slice bytes, int64_t deadline)
{
    while (bytes.n > 0) {
        enum nw_err e = wait_for(fd, POLLOUT, deadline);
        if (e != NW_OK) {
            return e;
        }
        ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN && errno != EINTR) {
            return NW_ERR_IO;
        }
        bytes = nw_slice_from(bytes, n > 0 ? (size_t)n : 0);
    }
    return NW_OK;
}

static enum nw_err receive_all(int fd, uint8_t *p, size_t n, int64_t deadline)
{
    while (n > 0) {
        enum nw_err e = wait_for(fd, POLLIN, deadline);
        if (e != NW_OK) {
            return e;
        }
        ssize_t got = recv(fd, p, n, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
            return NW_ERR_IO; /* the other side is gone */
        }
        p += got > 0 ? got : 0;
        n -= got > 0 ? (size_t)got : 0;
    }
    return NW_OK;
}

static enum nw_err socket_send(void *ctx, struct nw_slice message, int timeout_ms)
{
    const struct nw_socket *s = ctx;
    int64_t deadline = now_ms() + timeout_ms;
    uint8_t head[HEAD_BYTES];
    if (s->fd < 0 || message.n > UINT32_MAX) {
        return NW_ERR_IO;
    }
    for (unsigned i = 0; i < HEAD_BYTES; i++) {
        head[i] = (uint8_t)(message.n >> (24 - 8 * i));
    }
    enum nw_err e = send_all(s->fd, nw_slice(head, HEAD_BYTES), deadline);
    return e != NW_OK ? e : send_all(s->fd, message, deadline);
}

static enum nw_err socket_receive(void *ctx, struct nw_buf *out, int timeout_ms)
{
    const struct nw_socket *s = ctx;
    int64_t deadline = now_ms() + timeout_ms;
    uint8_t head[HEAD_BYTES];
    size_t n = 0;
    if (s->fd < 0) {
        return NW_ERR_IO;
    }
    enum nw_err e = receive_all(s->fd, head, HEAD_BYTES, deadline);
    if (e != NW_OK) {
        return e;
    }
    for (unsigned i = 0; i < HEAD_BYTES; i++) {
        n = n << 8 | head[i];
    }
    uint8_t *at = nw_buf_reserve(out, n); /* LIMIT before there is any memory of that size */
    if (at == NULL) {
        return nw_buf_err(out);
    }
    e = receive_all(s->fd, at, n, deadline);
    if (e == NW_OK) {
        nw_buf_grow(out, n);
    }
    return e;
}

static void socket_close(void *ctx)
{
    struct nw_socket *s = ctx;
    if (s->fd >= 0) {
        (void)close(s->fd);
        s->fd = -1;
    }
}

struct nw_transport nw_socket_transport(struct nw_socket *s, int fd)
{
    s->fd = fd;
    return (struct nw_transport){
        .ctx = s, .send = socket_send, .receive = socket_receive, .close = socket_close};
}
