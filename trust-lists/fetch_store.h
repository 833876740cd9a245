/* A fetched file and what is remembered beside it: FILE.etag. */
#ifndef NW_TRUST_LISTS_FETCH_STORE_H
#define NW_TRUST_LISTS_FETCH_STORE_H

#include "crypto/crypto.h"
#include "fetch_net.h"

/* The entity tag under which the file was fetched from url; "" when there is none, or when the
 * file is not any more what was fetched. max bounds the file. */
void fetch_store_etag(struct nw_crypto *c, const char *path, const char *url, size_t max,
                      char etag[FETCH_ETAG]);
/* Puts the reply in the place of the file as a whole; the same bytes (or 304) only set the time of
 * the file to now. *changed says which. */
NW_MUST_USE enum nw_err fetch_store_put(struct nw_crypto *c, const char *path, const char *url,
                                        const struct fetch_reply *reply, bool *changed,
                                        struct nw_diag *d);
/* Makes the folders that lead to path, from its byte `from` on. */
NW_MUST_USE enum nw_err fetch_store_folders(const char *path, size_t from, struct nw_diag *d);

#endif
