/* One GET over HTTPS: the only place that reaches the network. */
#ifndef NW_TRUST_LISTS_FETCH_NET_H
#define NW_TRUST_LISTS_FETCH_NET_H

#include "base/buf.h"

#define FETCH_URL 2048
#define FETCH_ETAG 256

struct fetch_net;
struct fetch_net_options {
    const char *ca_file; /* NULL: the certification authorities of the system */
    bool allow_private;
    long timeout;  /* seconds for one reply, connection and redirects included */
    bool progress; /* shown on standard error */
};
struct fetch_request {
    const char *url, *accept;
    const char *etag;  /* "": none is known */
    const char *label; /* for the progress */
    size_t max;
};
struct fetch_reply {
    struct nw_buf body;
    bool unchanged; /* 304: the server has what the ETag names */
    char etag[FETCH_ETAG];
};

/* https, a host, no user, no fragment, printable ASCII: nothing else is ever asked for. */
bool fetch_url_is_good(const char *url);
/* An entity tag (RFC 9110 8.8.3) that can be kept and sent back. */
bool fetch_etag_is_good(const char *etag);

/* Copies o's values; ca_file must live on. */
NW_MUST_USE enum nw_err fetch_net_new(const struct fetch_net_options *o, struct fetch_net **out,
                                      struct nw_diag *d);
/* FETCH, LIMIT, TIMEOUT, EMPTY; d says why. The caller frees reply->body in either case. */
NW_MUST_USE enum nw_err fetch_net_get(struct fetch_net *net, const struct fetch_request *r,
                                      struct fetch_reply *reply, struct nw_diag *d);
void fetch_net_free(struct fetch_net **net);

#endif
