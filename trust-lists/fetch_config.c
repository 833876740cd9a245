#include "fetch_config.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "fetch_net.h"

#define LABEL 64
#define TIMEOUT_DEFAULT 60
#define TIMEOUT_MAX 3600

static enum nw_err wrong(struct nw_diag *d, const char *path, const char *member, const char *what)
{
    char below[NW_DIAG_PATH];
    (void)snprintf(below, sizeof below, "%s%s%.40s", path,
                   path[0] != '\0' && member[0] != '\0' ? "." : "", member);
    return nw_fail_at(d, NW_ERR_CONFIG, below, "%s", what);
}

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (strcmp(name, *names) == 0) {
            return true;
        }
    }
    return false;
}

/* An object with these members and no others; the first `required` ones must be there. */
static enum nw_err check_names(const struct nw_json *n, const char *const *names, size_t required,
                               const char *path, struct nw_diag *d)
{
    if (nw_json_kind(n) != NW_JSON_OBJECT) {
        return wrong(d, path, "", "must be an object");
    }
    for (const struct nw_json *c = nw_json_first(n); c != NULL; c = nw_json_next(c)) {
        if (!is_one_of(nw_json_name(c), names)) {
            return wrong(d, path, nw_json_name(c), "is not a member that is known");
        }
    }
    for (size_t i = 0; i < required; i++) {
        if (nw_json_get(n, names[i]) == NULL) {
            return wrong(d, path, names[i], "is missing");
        }
    }
    return NW_OK;
}

static bool ends(const char *text, const char *with)
{
    size_t n = strlen(text);
    size_t m = strlen(with);
    return n > m && strcmp(text + n - m, with) == 0;
}

/* Names that stay below the folder, are not hidden, and are none of those that fetch makes. */
static bool is_plain_name(const char *name)
{
    static const char *const safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789._-/";
    if (name == NULL || name[0] == '\0' || strlen(name) > FETCH_NAME_MAX ||
        strspn(name, safe) != strlen(name) || ends(name, ".part") || ends(name, ".etag") ||
        ends(name, "/") || ends(name, "aggregation.json")) {
        return false;
    }
    for (const char *c = name; *c != '\0'; c++) {
        bool begins = c == name || c[-1] == '/';
        if (begins && (*c == '.' || *c == '/')) {
            return false;
        }
    }
    return true;
}

static enum nw_err read_url(const struct nw_json *n, const char *member, const char *path,
                            struct fetch_item *item, struct nw_diag *d)
{
    item->url = nw_json_text(nw_json_get(n, member));
    return item->url != NULL && fetch_url_is_good(item->url)
               ? NW_OK
               : wrong(d, path, member, "must be an https address without user and fragment");
}

static enum nw_err read_name(const struct nw_json *n, const char *member, const char *path,
                             struct fetch_item *item, struct nw_diag *d)
{
    item->file = nw_json_text(nw_json_get(n, member));
    return is_plain_name(item->file)
               ? NW_OK
               : wrong(d, path, member, "must be a plain name (A-Z a-z 0-9 . _ - /) below --out");
}

static enum nw_err read_max(const struct nw_json *n, const char *path, struct fetch_item *item,
                            struct nw_diag *d)
{
    const struct nw_json *max = nw_json_get(n, "max_bytes");
    int64_t bytes = 0;
    item->max = item->what == FETCH_LIST ? NW_MAX_TSL : NW_MAX_STATUS_TOKEN;
    if (max == NULL) {
        return NW_OK;
    }
    if (!nw_json_int(max, &bytes) || bytes < 1 || (uint64_t)bytes > item->max) {
        return wrong(d, path, "max_bytes", "must be a number of bytes, and not over the limit");
    }
    item->max = (size_t)bytes;
    return NW_OK;
}

static enum nw_err read_source(const struct nw_json *n, const char *path, struct fetch_item *item,
                               struct nw_diag *d)
{
    static const char *const names[] = {"name", "url", "file", "max_bytes", NULL};
    enum nw_err e = check_names(n, names, 3, path, d);
    item->what = FETCH_LIST;
    item->label = nw_json_text(nw_json_get(n, "name"));
    if (e == NW_OK &&
        (item->label == NULL || item->label[0] == '\0' || strlen(item->label) >= LABEL)) {
        e = wrong(d, path, "name", "must be text of at most 63 bytes");
    }
    if (e == NW_OK) {
        e = read_url(n, "url", path, item, d);
    }
    if (e == NW_OK) {
        e = read_name(n, "file", path, item, d);
    }
    return e == NW_OK ? read_max(n, path, item, d) : e;
}

static enum nw_err read_aggregation(const struct nw_json *n, const char *path,
                                    struct fetch_item *item, struct nw_diag *d)
{
    static const char *const names[] = {"aggregation", "folder", "form", "max_bytes", NULL};
    const struct nw_json *form = nw_json_get(n, "form");
    enum nw_err e = check_names(n, names, 2, path, d);
    item->what = FETCH_AGGREGATION;
    item->lists = nw_json_is_text(form, "jwt") ? FETCH_JWT : FETCH_CWT;
    if (e == NW_OK && form != NULL && item->lists == FETCH_CWT && !nw_json_is_text(form, "cwt")) {
        e = wrong(d, path, "form", "must be cwt or jwt");
    }
    if (e == NW_OK) {
        e = read_url(n, "aggregation", path, item, d);
    }
    if (e == NW_OK) {
        e = read_name(n, "folder", path, item, d);
    }
    item->label = item->file;
    return e == NW_OK ? read_max(n, path, item, d) : e;
}

static enum nw_err read_status(const struct nw_json *n, const char *path, struct fetch_item *item,
                               struct nw_diag *d)
{
    static const char *const names[] = {"url", "file", "max_bytes", NULL};
    if (nw_json_get(n, "aggregation") != NULL) {
        return read_aggregation(n, path, item, d);
    }
    enum nw_err e = check_names(n, names, 2, path, d);
    if (e == NW_OK) {
        e = read_url(n, "url", path, item, d);
    }
    if (e == NW_OK) {
        e = read_name(n, "file", path, item, d);
    }
    if (e == NW_OK && !ends(item->file, ".jwt") && !ends(item->file, ".cwt")) {
        e = wrong(d, path, "file", "must end with .jwt or .cwt, which says what is asked for");
    }
    if (e != NW_OK) {
        return e;
    }
    item->label = item->file;
    item->what = ends(item->file, ".cwt") ? FETCH_CWT : FETCH_JWT;
    return read_max(n, path, item, d);
}

static enum nw_err add(struct fetch_config *c, const struct fetch_item *item, const char *path,
                       struct nw_diag *d)
{
    void *items = c->items;
    for (size_t i = 0; i < c->n; i++) {
        if (strcmp(c->items[i].file, item->file) == 0) {
            return wrong(d, path, "", "its file or folder occurs twice");
        }
        if (strcmp(c->items[i].label, item->label) == 0) {
            return wrong(d, path, "", "its name occurs twice");
        }
    }
    enum nw_err e = tl_grow(&items, c->n, sizeof *c->items);
    if (e == NW_OK) {
        c->items = items;
        c->items[c->n++] = *item;
    }
    return e;
}

static enum nw_err read_items(struct fetch_config *c, const char *member,
                              enum nw_err (*read)(const struct nw_json *, const char *,
                                                  struct fetch_item *, struct nw_diag *),
                              struct nw_diag *d)
{
    const struct nw_json *array = nw_json_get(c->json, member);
    enum nw_err e = NW_OK;
    size_t i = 0;
    if (array == NULL) {
        return NW_OK;
    }
    if (nw_json_kind(array) != NW_JSON_ARRAY) {
        return wrong(d, member, "", "must be an array");
    }
    for (const struct nw_json *n = nw_json_first(array); e == NW_OK && n != NULL;
         n = nw_json_next(n)) {
        struct fetch_item item = {0};
        char path[NW_DIAG_PATH];
        (void)snprintf(path, sizeof path, "%s[%zu]", member, i++);
        e = read(n, path, &item, d);
        if (e == NW_OK) {
            e = add(c, &item, path, d);
        }
    }
    return e;
}

static enum nw_err read_ca(struct fetch_config *c, const char *path, struct nw_diag *d)
{
    const struct nw_json *ca = nw_json_get(c->json, "ca_file");
    struct nw_buf file = NW_BUF(4 * NW_MAX_JSON);
    const char *name = nw_json_text(ca);
    if (ca == NULL) {
        return c->allow_private ? wrong(d, "allow_private", "", "needs a ca_file beside it")
                                : NW_OK;
    }
    if (name == NULL || name[0] == '\0' || !tl_beside(path, name, c->ca_file, FETCH_CA_FILE)) {
        return wrong(d, "ca_file", "", "must be the name of a file");
    }
    enum nw_err e = tl_read(c->ca_file, NW_MAX_JSON, &file, d);
    nw_buf_free(&file);
    return e;
}

static enum nw_err read_top(struct fetch_config *c, const char *path, struct nw_diag *d)
{
    static const char *const names[] = {"version",       "sources", "status", "ca_file",
                                        "allow_private", "timeout", NULL};
    int64_t version = 0;
    enum nw_err e = check_names(c->json, names, 1, "", d);
    const struct nw_json *private = nw_json_get(c->json, "allow_private");
    const struct nw_json *timeout = nw_json_get(c->json, "timeout");
    c->timeout = TIMEOUT_DEFAULT;
    if (e == NW_OK && (!nw_json_int(nw_json_get(c->json, "version"), &version) || version != 1)) {
        e = wrong(d, "version", "", "must be 1");
    }
    if (e == NW_OK && private != NULL && !nw_json_bool(private, &c->allow_private)) {
        e = wrong(d, "allow_private", "", "must be true or false");
    }
    if (e == NW_OK && timeout != NULL &&
        (!nw_json_int(timeout, &c->timeout) || c->timeout < 1 || c->timeout > TIMEOUT_MAX)) {
        e = wrong(d, "timeout", "", "must be a number of seconds, at most 3600");
    }
    return e == NW_OK ? read_ca(c, path, d) : e;
}

enum nw_err fetch_config_load(const char *path, struct fetch_config *out, struct nw_diag *d)
{
    struct nw_buf file = NW_BUF(2 * NW_MAX_JSON);
    struct fetch_config c = {0};
    enum nw_err e = tl_read(path, NW_MAX_JSON, &file, d);
    if (e == NW_OK) {
        e = nw_json_parse(nw_buf_slice(&file), &c.json, d);
    }
    if (e == NW_OK) {
        e = read_top(&c, path, d);
    }
    if (e == NW_OK) {
        e = read_items(&c, "sources", read_source, d);
    }
    if (e == NW_OK) {
        e = read_items(&c, "status", read_status, d);
    }
    if (e == NW_OK && c.n == 0) {
        e = wrong(d, "sources", "", "nothing is named that could be fetched");
    }
    if (e == NW_OK) {
        *out = c;
        c = (struct fetch_config){0};
    }
    fetch_config_free(&c);
    nw_buf_free(&file);
    return e;
}

void fetch_config_free(struct fetch_config *c)
{
    nw_free(c->items);
    nw_json_free(&c->json);
    *c = (struct fetch_config){0};
}
