/* What the parts of the small holder share. */
#ifndef NW_WALLET_H
#define NW_WALLET_H

#include "base/buf.h"
#include "crypto/crypto.h"

#define WALLET_USAGE 64
#define WALLET_FAILED 70

/* Says what failed; WALLET_FAILED. */
int wallet_complain(const char *what, enum nw_err e);
NW_MUST_USE enum nw_err wallet_read(const char *path, struct nw_buf *out);
/* Presents an mdoc: prints a DeviceResponse as base64url. argv[0] is the name of the command. */
int wallet_present_mdoc(struct nw_crypto *c, int argc, char **argv);
/* Answers a reader over a socket. argv[0] is the name of the command. */
int wallet_nearby(struct nw_crypto *c, int argc, char **argv);

#endif
