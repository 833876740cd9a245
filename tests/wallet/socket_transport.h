/*
 * Session messages over a stream socket: four bytes of length, then the
 * message. For tests and the demo; real wallets use BLE or NFC.
 */
#ifndef NW_WALLET_SOCKET_TRANSPORT_H
#define NW_WALLET_SOCKET_TRANSPORT_H

#include "mdoc/transport.h"

struct nw_socket {
    int fd; /* -1: closed */
};

/* The socket becomes the transport's. s lives as long as the transport is used. */
struct nw_transport nw_socket_transport(struct nw_socket *s, int fd);

#endif
