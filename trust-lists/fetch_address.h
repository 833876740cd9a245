/* Which addresses `nachweis-trust fetch` may connect to. */
#ifndef NW_TRUST_LISTS_FETCH_ADDRESS_H
#define NW_TRUST_LISTS_FETCH_ADDRESS_H

#include <sys/socket.h>

#include "base/err.h"

enum fetch_scope {
    FETCH_PUBLIC,
    FETCH_PRIVATE, /* loopback and the nets of an organisation: allowed when the operator says so */
    FETCH_NEVER,   /* link-local (where clouds keep their secrets), multicast, reserved */
};

/* What is not known is FETCH_NEVER. length is that of the structure at a. */
enum fetch_scope fetch_address_scope(const struct sockaddr *a, size_t length);
/* "10.0.0.1", for a sentence. */
#define FETCH_ADDRESS_TEXT 64
void fetch_address_text(const struct sockaddr *a, size_t length, char out[FETCH_ADDRESS_TEXT]);

#endif
