/* nachweis-trust fetch: lists and status lists over HTTPS into a folder. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/argv.h"
#include "base/limits.h"
#include "command.h"
#include "fetch_config.h"
#include "fetch_store.h"

#define AGGREGATED_MAX 1024u
#define AGGREGATED_TIMEOUTS                                                                        \
    3u /* a server that never answers must not hold the others up for hours */
#define AGGREGATION_FILE "aggregation.json"

static const char *const usage =
    "Usage: nachweis-trust fetch --config FILE --out DIR\n"
    "\n"
    "Brings the lists and status lists that the configuration names into a folder, for\n"
    "`nachweis-trust bundle` to read. Nothing fetched is trusted: bundle checks every signature.\n"
    "A folder that was filled in another way (a stick, a mirror) serves bundle as well.\n"
    "\n"
    "  --config FILE   JSON; its members are described in nachweis-trust(1), FETCHING\n"
    "  --out DIR       the folder; made when it is not there\n"
    "\n"
    "A configuration:\n"
    "  {\"version\": 1,\n"
    "   \"sources\": [{\"name\": \"EU\", \"url\": "
    "\"https://ec.europa.eu/tools/lotl/eu-lotl.xml\",\n"
    "                \"file\": \"eu-lotl.xml\"}],\n"
    "   \"status\": [{\"url\": \"https://status.example/1\", \"file\": \"status/1.cwt\"},\n"
    "              {\"aggregation\": \"https://status.example/all\", \"folder\": "
    "\"status/all\"}]}\n"
    "\n"
    "One line for each: fetched (new bytes), unchanged (the server has the same), failed (why; "
    "the\n"
    "old file stays as it was, the others are fetched all the same). The time of a file is when\n"
    "its server last confirmed it. Only https, only public addresses, no proxy.\n"
    "\n"
    "Exit status: 0 all fetched or unchanged, 1 some failed, 64 and up the command itself "
    "failed.\n";

struct run {
    struct fetch_config config;
    struct nw_crypto *c;
    struct fetch_net *net;
    const char *out;
    size_t failed;
    enum nw_err own; /* our own trouble: what could not be written */
    struct nw_diag own_d;
};

static const char *accept_of(enum fetch_what what)
{
    switch (what) {
    case FETCH_JWT:
        return "application/statuslist+jwt";
    case FETCH_CWT:
        return "application/statuslist+cwt";
    case FETCH_AGGREGATION:
        return "application/json";
    case FETCH_LIST:
        break;
    }
    return "*/*";
}

/* An error page that comes with status 200 must not take the place of a good file. */
static bool looks_right(enum fetch_what what, struct nw_slice bytes)
{
    static const char *const space = " \t\r\n";
    bool token = nw_slice_starts(bytes, "eyJ");
    if (what == FETCH_JWT) {
        return token;
    }
    if (what == FETCH_CWT) {
        return bytes.n > 0 && bytes.p[0] == 0xd2; /* RFC 9052 2: COSE_Sign1 is tag 18 */
    }
    if (what == FETCH_AGGREGATION) {
        struct nw_json *json = NULL;
        bool ok = nw_json_parse(bytes, &json, NULL) == NW_OK &&
                  nw_json_kind(nw_json_get(json, "status_lists")) == NW_JSON_ARRAY;
        nw_json_free(&json);
        return ok;
    }
    bytes = nw_slice_starts(bytes, "\xef\xbb\xbf") ? nw_slice_from(bytes, 3) : bytes;
    while (bytes.n > 0 && bytes.p[0] != '\0' && strchr(space, bytes.p[0]) != NULL) {
        bytes = nw_slice_from(bytes, 1);
    }
    char start[10] = "";
    (void)nw_slice_cstr(nw_slice_sub(bytes, 0, bytes.n < 9 ? bytes.n : 9), start, sizeof start);
    return token || (start[0] == '<' && strncasecmp(start, "<html", 5) != 0 &&
                     strncasecmp(start, "<!doctype", 9) != 0);
}

static void say_failed(struct run *r, const struct fetch_item *item, enum nw_err e,
                       struct nw_diag *d)
{
    char line[NW_DIAG_PATH + NW_DIAG_DETAIL + 200];
    d->code = d->code == NW_OK ? e : d->code;
    nw_diag_line(d, line, sizeof line);
    tl_print("failed     %s: %s (%s)\n", item->label, line, item->url);
    r->failed++;
    if (nw_err_is_ours(e) && e != NW_ERR_FETCH && e != NW_ERR_TIMEOUT && e != NW_ERR_EMPTY) {
        r->own = e;
        r->own_d = *d;
    }
}

static enum nw_err place_of(const struct run *r, const char *file, char path[TL_PATH],
                            struct nw_diag *d)
{
    int n = snprintf(path, TL_PATH, "%s/%s", r->out, file);
    if (n < 0 || n >= TL_PATH) {
        return nw_fail_at(d, NW_ERR_IO, "--out", "the name is too long");
    }
    return fetch_store_folders(path, strlen(r->out) + 1, d);
}

/* Says one line; returns why it failed. */
static enum nw_err fetch_one(struct run *r, const struct fetch_item *item)
{
    char path[TL_PATH];
    char etag[FETCH_ETAG];
    struct nw_diag d = {0};
    struct fetch_reply reply = {0};
    const struct fetch_request request = {.url = item->url,
                                          .accept = accept_of(item->what),
                                          .etag = etag,
                                          .label = item->label,
                                          .max = item->max};
    bool changed = false;
    enum nw_err e = place_of(r, item->file, path, &d);
    if (e == NW_OK) {
        fetch_store_etag(r->c, path, item->url, item->max, etag);
        e = fetch_net_get(r->net, &request, &reply, &d);
    }
    if (e == NW_OK && !reply.unchanged && !looks_right(item->what, nw_buf_slice(&reply.body))) {
        e = nw_fail(&d, NW_ERR_FETCH, NW_NO_OFFSET, "what came is no %s",
                    item->what == FETCH_LIST          ? "list"
                    : item->what == FETCH_AGGREGATION ? "aggregation of status lists"
                                                      : "status list of this form");
    }
    if (e == NW_OK) {
        e = fetch_store_put(r->c, path, item->url, &reply, &changed, &d);
    }
    if (e != NW_OK) {
        say_failed(r, item, e, &d);
    } else if (changed) {
        tl_print("fetched    %s: %zu bytes (%s)\n", item->label, reply.body.n, item->url);
    } else {
        tl_print("unchanged  %s (%s)\n", item->label, item->url);
    }
    nw_buf_free(&reply.body);
    return e;
}

/* One list that an aggregation names. Its file is named by the digest of its address. */
static enum nw_err fetch_named(struct run *r, const struct fetch_item *all, const char *url)
{
    char file[FETCH_NAME_MAX + 64];
    char hex[65];
    uint8_t digest[NW_SHA256_BYTES];
    struct nw_diag d = {0};
    struct fetch_item one = {
        .label = file, .url = url, .file = file, .what = all->lists, .max = all->max};
    enum nw_err e = nw_sha256(r->c, nw_str(url), digest);
    if (e != NW_OK) {
        say_failed(r, all, e, &d);
        return e;
    }
    tl_hex(digest, hex);
    (void)snprintf(file, sizeof file, "%s/%.32s.%s", all->file, hex,
                   all->lists == FETCH_CWT ? "cwt" : "jwt");
    return fetch_one(r, &one);
}

static enum nw_err fetch_lists(struct run *r, const struct fetch_item *all,
                               const struct nw_json *lists, struct nw_diag *d)
{
    unsigned timeouts = 0;
    for (const struct nw_json *n = nw_json_first(lists); n != NULL; n = nw_json_next(n)) {
        if (timeouts == AGGREGATED_TIMEOUTS) {
            return nw_fail(d, NW_ERR_TIMEOUT, NW_NO_OFFSET,
                           "%u of its lists did not come, the rest was not asked for", timeouts);
        }
        const char *url = nw_json_text(n) != NULL ? nw_json_text(n) : "";
        timeouts += fetch_named(r, all, url) == NW_ERR_TIMEOUT ? 1 : 0;
    }
    return NW_OK;
}

/* Token Status List, Status List Aggregation: {"status_lists": [address, ...]}. When the document
 * itself cannot be had, the lists of the one that was fetched before are still refreshed. */
static void fetch_aggregation(struct run *r, const struct fetch_item *all)
{
    char file[FETCH_NAME_MAX + 64];
    char path[TL_PATH];
    struct nw_diag d = {0};
    struct nw_buf text = NW_BUF(2 * NW_MAX_JSON);
    struct nw_json *json = NULL;
    struct fetch_item document = *all;
    document.file = file;
    document.max = NW_MAX_JSON;
    (void)snprintf(file, sizeof file, "%s/" AGGREGATION_FILE, all->file);
    (void)fetch_one(r, &document);
    enum nw_err e = place_of(r, file, path, &d);
    if (e == NW_OK && access(path, F_OK) == 0) {
        e = tl_read(path, NW_MAX_JSON, &text, &d);
        if (e == NW_OK) {
            e = nw_json_parse(nw_buf_slice(&text), &json, &d);
        }
        const struct nw_json *lists = nw_json_get(json, "status_lists");
        if (e == NW_OK && nw_json_count(lists) > AGGREGATED_MAX) {
            e = nw_fail(&d, NW_ERR_LIMIT, NW_NO_OFFSET, "more than %u lists", AGGREGATED_MAX);
        }
        if (e == NW_OK) {
            e = fetch_lists(r, all, lists, &d);
        }
    }
    if (e != NW_OK) {
        say_failed(r, all, e, &d);
    }
    nw_json_free(&json);
    nw_buf_free(&text);
}

static enum nw_err make_folder(const char *out, struct nw_diag *d)
{
    struct stat st;
    if (mkdir(out, 0755) != 0 && (errno != EEXIST || stat(out, &st) != 0 || !S_ISDIR(st.st_mode))) {
        return nw_fail_at(d, NW_ERR_IO, out, "%s", strerror(errno));
    }
    return NW_OK;
}

static enum nw_err fetch_all(struct run *r, struct nw_diag *d)
{
    char place[TL_PATH];
    int lock = -1;
    enum nw_err e = place_of(r, ".", place, d);
    if (e == NW_OK) {
        e = tl_lock(place, &lock, d);
    }
    for (size_t i = 0; e == NW_OK && i < r->config.n; i++) {
        const struct fetch_item *item = &r->config.items[i];
        if (item->what == FETCH_AGGREGATION) {
            fetch_aggregation(r, item);
        } else {
            (void)fetch_one(r, item);
        }
        (void)fflush(stdout);
    }
    if (lock >= 0) {
        (void)close(lock);
    }
    return e;
}

static enum nw_err read_options(int argc, char **argv, const char **config, const char **out,
                                bool *help, struct nw_diag *d)
{
    struct nw_argv_words words;
    const struct nw_argv_option options[] = {{.name = "config", .text = config},
                                             {.name = "out", .text = out}};
    enum nw_err e = nw_argv_read(argc, argv, NW_ARGV(options), &words, d);
    *help = e == NW_OK && words.help;
    return e != NW_OK || *help || (*config != NULL && *out != NULL && words.operand_n == 0)
               ? e
               : nw_fail_at(d, NW_ERR_USAGE, "fetch",
                            "--config and --out are wanted, nothing else");
}

static enum nw_err run(struct run *r, const char *config_path, struct nw_diag *d)
{
    enum nw_err e = fetch_config_load(config_path, &r->config, d);
    if (e == NW_OK) {
        e = make_folder(r->out, d);
        if (e != NW_OK) {
            r->own = e;
        }
    }
    if (e == NW_OK) {
        e = nw_crypto_new(NW_PROVIDER_DEFAULT, &r->c);
    }
    if (e == NW_OK) {
        const struct fetch_net_options o = {
            .ca_file = r->config.ca_file[0] != '\0' ? r->config.ca_file : NULL,
            .allow_private = r->config.allow_private,
            .timeout = (long)r->config.timeout,
            .progress = isatty(STDERR_FILENO) == 1};
        e = fetch_net_new(&o, &r->net, d);
    }
    if (e == NW_OK) {
        e = fetch_all(r, d);
    }
    fetch_net_free(&r->net);
    nw_crypto_free(&r->c);
    fetch_config_free(&r->config);
    return e;
}

int tl_command_fetch(int argc, char **argv)
{
    struct nw_diag d = {0};
    struct run r = {0};
    const char *config = NULL;
    bool help = false;
    enum nw_err e = read_options(argc, argv, &config, &r.out, &help, &d);
    if (e == NW_OK && help) {
        (void)fputs(usage, stdout);
        return 0;
    }
    if (e == NW_OK) {
        e = run(&r, config, &d);
    }
    if (e != NW_OK) {
        int status = tl_failed(e, &d);
        return r.own != NW_OK ? TL_NO_OUTPUT : status;
    }
    if (r.own != NW_OK) {
        int status = tl_failed(r.own, &r.own_d);
        return r.own == NW_ERR_IO ? TL_NO_OUTPUT : status;
    }
    return r.failed > 0 ? TL_WARNINGS : TL_ACCEPTED;
}
