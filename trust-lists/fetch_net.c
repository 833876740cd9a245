/*
 * What libcurl may do here is little: https only, also after a redirect; no
 * proxy, no cookies, no passwords; the address checked when the socket is
 * made, so that a name which changes its meaning gains nothing; bytes counted
 * as they come, for CURLOPT_MAXFILESIZE does not bound a chunked reply.
 */
#include "fetch_net.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/alloc.h"
#include "fetch_address.h"

#define CONNECT_SECONDS 15L
#define SLOW_SECONDS 30L
#define SLOW_BYTES 100L
#define REDIRECTS 3L
#define SHOW_STEP (64 * 1024)

struct fetch_net {
    struct fetch_net_options o;
    CURL *curl;
    const struct fetch_request *request; /* the one under way */
    struct fetch_reply *reply;
    bool too_much, shown;
    curl_off_t shown_bytes;
    char refused[FETCH_ADDRESS_TEXT]; /* the last address that was not connected to */
    char error[CURL_ERROR_SIZE];
};

static bool has_part(CURLU *u, CURLUPart part)
{
    char *text = NULL;
    bool has = curl_url_get(u, part, &text, 0) == CURLUE_OK && text[0] != '\0';
    curl_free(text);
    return has;
}

bool fetch_url_is_good(const char *url)
{
    if (strncmp(url, "https://", 8) != 0 || url[8] == '/' || strlen(url) >= FETCH_URL) {
        return false;
    }
    for (const char *c = url; *c != '\0'; c++) {
        if (*c <= ' ' || *c > '~') {
            return false;
        }
    }
    CURLU *u = curl_url();
    bool good = u != NULL && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
                has_part(u, CURLUPART_HOST) && !has_part(u, CURLUPART_USER) &&
                !has_part(u, CURLUPART_PASSWORD) && !has_part(u, CURLUPART_FRAGMENT);
    curl_url_cleanup(u);
    return good;
}

bool fetch_etag_is_good(const char *etag)
{
    const char *opaque = strncmp(etag, "W/", 2) == 0 ? etag + 2 : etag;
    size_t n = strlen(opaque);
    if (n < 2 || strlen(etag) >= FETCH_ETAG || opaque[0] != '"' || opaque[n - 1] != '"') {
        return false;
    }
    for (size_t i = 1; i + 1 < n; i++) {
        if (opaque[i] <= ' ' || opaque[i] > '~' || opaque[i] == '"') {
            return false;
        }
    }
    return true;
}

static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *a)
{
    struct fetch_net *net = user;
    enum fetch_scope scope = fetch_address_scope(&a->addr, a->addrlen);
    if (purpose != CURLSOCKTYPE_IPCXN || scope == FETCH_NEVER ||
        (scope == FETCH_PRIVATE && !net->o.allow_private)) {
        fetch_address_text(&a->addr, a->addrlen, net->refused);
        return CURL_SOCKET_BAD;
    }
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static size_t take_body(char *bytes, size_t size, size_t n, void *user)
{
    struct fetch_net *net = user;
    struct nw_buf *body = &net->reply->body;
    n *= size;
    if (n > net->request->max - body->n) {
        net->too_much = true;
        return 0;
    }
    nw_buf_put(body, nw_slice((const uint8_t *)bytes, n));
    return nw_buf_err(body) == NW_OK ? n : 0;
}

/* Header lines of every reply come here, those of redirects too: the last one counts. */
static size_t take_header(char *line, size_t size, size_t n, void *user)
{
    struct fetch_net *net = user;
    char *etag = net->reply->etag;
    n *= size;
    if (n >= 5 && strncmp(line, "HTTP/", 5) == 0) {
        etag[0] = '\0';
    } else if (n >= 5 && strncasecmp(line, "etag:", 5) == 0) {
        size_t from = 5;
        size_t to = n;
        while (from < to && (line[from] == ' ' || line[from] == '\t')) {
            from++;
        }
        while (to > from && strchr(" \t\r\n", line[to - 1]) != NULL) {
            to--;
        }
        if (!nw_slice_cstr(nw_slice((const uint8_t *)line + from, to - from), etag, FETCH_ETAG) ||
            !fetch_etag_is_good(etag)) {
            etag[0] = '\0';
        }
    }
    return n;
}

static int show(void *user, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up)
{
    struct fetch_net *net = user;
    (void)total, (void)up_total, (void)up;
    if (!net->shown || now - net->shown_bytes >= SHOW_STEP) {
        (void)fprintf(stderr, "\r\033[K%s: %lld kB", net->request->label, (long long)now / 1024);
        net->shown = true;
        net->shown_bytes = now;
    }
    return 0;
}

static CURLcode set_limits(struct fetch_net *net)
{
    CURL *c = net->curl;
    CURLcode r = curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https");
    r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
    r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_MAXREDIRS, REDIRECTS);
    r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_PROXY, "");
    r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_TIMEOUT, net->o.timeout);
    r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES);
    r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, SLOW_SECONDS);
    r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    if (r == CURLE_OK && net->o.ca_file != NULL) {
        r = curl_easy_setopt(c, CURLOPT_CAPATH, NULL); /* this file and nothing beside it */
        r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_CAINFO, net->o.ca_file);
    }
    return r;
}

static CURLcode set_callbacks(struct fetch_net *net)
{
    CURL *c = net->curl;
    CURLcode r = curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, net);
    r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
    r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_WRITEDATA, net);
    r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
    r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_HEADERDATA, net);
    r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_ERRORBUFFER, net->error);
    r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_USERAGENT, "nachweis-trust/" NW_VERSION);
    if (r == CURLE_OK && net->o.progress) {
        r = curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
        r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, show);
        r = r != CURLE_OK ? r : curl_easy_setopt(c, CURLOPT_XFERINFODATA, net);
    }
    return r;
}

enum nw_err fetch_net_new(const struct fetch_net_options *o, struct fetch_net **out,
                          struct nw_diag *d)
{
    struct fetch_net *net = nw_calloc(1, sizeof *net);
    if (net == NULL) {
        return NW_ERR_NOMEM;
    }
    net->o = *o;
    CURLcode r = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (r == CURLE_OK) {
        net->curl = curl_easy_init();
        r = net->curl != NULL ? set_limits(net) : CURLE_OUT_OF_MEMORY;
    }
    if (r == CURLE_OK) {
        r = set_callbacks(net);
    }
    if (r != CURLE_OK) {
        fetch_net_free(&net);
        return nw_fail_at(d, NW_ERR_INTERNAL, "libcurl", "%s", curl_easy_strerror(r));
    }
    *out = net;
    return NW_OK;
}

static enum nw_err judge(struct fetch_net *net, CURLcode r, struct nw_diag *d)
{
    long status = 0;
    if (r == CURLE_OK) {
        r = curl_easy_getinfo(net->curl, CURLINFO_RESPONSE_CODE, &status);
    }
    if (r == CURLE_OUT_OF_MEMORY || nw_buf_err(&net->reply->body) != NW_OK) {
        return NW_ERR_NOMEM;
    }
    if (net->too_much) {
        return nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "more than %zu bytes", net->request->max);
    }
    if (r == CURLE_OPERATION_TIMEDOUT) {
        return nw_fail(d, NW_ERR_TIMEOUT, NW_NO_OFFSET, "%s", net->error);
    }
    if (r != CURLE_OK && net->refused[0] != '\0') {
        return nw_fail(d, NW_ERR_FETCH, NW_NO_OFFSET, "%s is not a public address", net->refused);
    }
    if (r == CURLE_UNSUPPORTED_PROTOCOL) {
        return nw_fail(d, NW_ERR_FETCH, NW_NO_OFFSET, "it leads to another place than https");
    }
    if (r != CURLE_OK) {
        return nw_fail(d, NW_ERR_FETCH, NW_NO_OFFSET, "%s",
                       net->error[0] != '\0' ? net->error : curl_easy_strerror(r));
    }
    net->reply->unchanged = status == 304 && net->request->etag[0] != '\0';
    if (status != 200 && !net->reply->unchanged) {
        return nw_fail(d, NW_ERR_FETCH, NW_NO_OFFSET, "the server answers %ld", status);
    }
    return status == 304 || net->reply->body.n > 0
               ? NW_OK
               : nw_fail(d, NW_ERR_EMPTY, NW_NO_OFFSET, "the server sends no bytes");
}

static enum nw_err headers_of(const struct fetch_request *r, struct curl_slist **out)
{
    char line[FETCH_URL];
    (void)snprintf(line, sizeof line, "Accept: %s", r->accept);
    struct curl_slist *first = curl_slist_append(NULL, line);
    struct curl_slist *second = first;
    if (first != NULL && r->etag[0] != '\0') {
        (void)snprintf(line, sizeof line, "If-None-Match: %s", r->etag);
        second = curl_slist_append(first, line);
    }
    if (second == NULL) {
        curl_slist_free_all(first);
        return NW_ERR_NOMEM;
    }
    *out = second;
    return NW_OK;
}

enum nw_err fetch_net_get(struct fetch_net *net, const struct fetch_request *r,
                          struct fetch_reply *reply, struct nw_diag *d)
{
    struct curl_slist *headers = NULL;
    *reply = (struct fetch_reply){.body = NW_BUF(2 * r->max + 1)};
    net->request = r;
    net->reply = reply;
    net->too_much = net->shown = false;
    net->refused[0] = net->error[0] = '\0';
    if (!fetch_url_is_good(r->url)) {
        return nw_fail(d, NW_ERR_FETCH, NW_NO_OFFSET, "not an https address of a host and a path");
    }
    enum nw_err e = headers_of(r, &headers);
    if (e == NW_OK) {
        CURLcode code = curl_easy_setopt(net->curl, CURLOPT_URL, r->url);
        code = code != CURLE_OK ? code : curl_easy_setopt(net->curl, CURLOPT_HTTPHEADER, headers);
        code = code != CURLE_OK ? code : curl_easy_perform(net->curl);
        e = judge(net, code, d);
        (void)curl_easy_setopt(net->curl, CURLOPT_HTTPHEADER, NULL);
    }
    if (net->shown) {
        (void)fputs("\r\033[K", stderr);
    }
    curl_slist_free_all(headers);
    net->request = NULL;
    net->reply = NULL;
    return e;
}

void fetch_net_free(struct fetch_net **net)
{
    if (*net != NULL) {
        curl_easy_cleanup((*net)->curl);
        curl_global_cleanup();
        nw_free(*net);
        *net = NULL;
    }
}
