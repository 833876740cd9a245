/*
 * The time of a file is when its server last said that these are the bytes:
 * `bundle` takes it as the time of fetching. The tag is written after the file
 * and names its digest, so that a crash between the two, or a file changed by
 * another hand, only costs one fetch without a tag.
 */
#include "fetch_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "command.h"
#include "files.h"
#include "json/json.h"

#define NOTE_MAX (16u << 10)
#define HEX 65

static bool beside(const char *path, char out[TL_PATH])
{
    int n = snprintf(out, TL_PATH, "%s.etag", path);
    return n >= 0 && n < TL_PATH;
}

static enum nw_err digest_hex(struct nw_crypto *c, struct nw_slice bytes, char hex[HEX])
{
    uint8_t digest[NW_SHA256_BYTES];
    enum nw_err e = nw_sha256(c, bytes, digest);
    if (e == NW_OK) {
        tl_hex(digest, hex);
    }
    return e;
}

/* The digest of the file as it is; false when there is none that can be read. */
static bool file_hex(struct nw_crypto *c, const char *path, size_t max, char hex[HEX])
{
    struct nw_buf file = NW_BUF(2 * max + NW_MAX_KEY_FILE * 2);
    bool ok = access(path, F_OK) == 0 && tl_read(path, max, &file, NULL) == NW_OK &&
              digest_hex(c, nw_buf_slice(&file), hex) == NW_OK;
    nw_buf_free(&file);
    return ok;
}

void fetch_store_etag(struct nw_crypto *c, const char *path, const char *url, size_t max,
                      char etag[FETCH_ETAG])
{
    char note[TL_PATH];
    char hex[HEX];
    struct nw_buf text = NW_BUF(16 * NOTE_MAX);
    struct nw_json *json = NULL;
    etag[0] = '\0';
    if (beside(path, note) && access(note, F_OK) == 0 &&
        tl_read(note, NOTE_MAX, &text, NULL) == NW_OK &&
        nw_json_parse(nw_buf_slice(&text), &json, NULL) == NW_OK) {
        const char *known = nw_json_text(nw_json_get(json, "etag"));
        if (known != NULL && fetch_etag_is_good(known) &&
            nw_json_is_text(nw_json_get(json, "url"), url) && file_hex(c, path, max, hex) &&
            nw_json_is_text(nw_json_get(json, "sha256"), hex)) {
            (void)snprintf(etag, FETCH_ETAG, "%s", known);
        }
    }
    nw_json_free(&json);
    nw_buf_free(&text);
}

static enum nw_err remember(const char *path, const char *url, const char *etag, const char *hex,
                            struct nw_diag *d)
{
    char note[TL_PATH];
    struct nw_buf text = NW_BUF(NOTE_MAX);
    if (!beside(path, note)) {
        return nw_fail_at(d, NW_ERR_IO, path, "the name is too long");
    }
    if (etag[0] == '\0') {
        return unlink(note) == 0 || errno == ENOENT
                   ? NW_OK
                   : nw_fail_at(d, NW_ERR_IO, note, "%s", strerror(errno));
    }
    nw_buf_puts(&text, "{\"url\":");
    nw_json_write_text(nw_str(url), &text);
    nw_buf_puts(&text, ",\"etag\":");
    nw_json_write_text(nw_str(etag), &text);
    nw_buf_printf(&text, ",\"sha256\":\"%s\"}\n", hex);
    enum nw_err e = nw_buf_err(&text);
    if (e == NW_OK) {
        e = tl_write_atomic(note, nw_buf_slice(&text), d);
    }
    nw_buf_free(&text);
    return e;
}

static enum nw_err touch(const char *path, struct nw_diag *d)
{
    return utimensat(AT_FDCWD, path, NULL, 0) == 0
               ? NW_OK
               : nw_fail_at(d, NW_ERR_IO, path, "%s", strerror(errno));
}

enum nw_err fetch_store_put(struct nw_crypto *c, const char *path, const char *url,
                            const struct fetch_reply *reply, bool *changed, struct nw_diag *d)
{
    char hex[HEX];
    char old[HEX];
    if (reply->unchanged) {
        *changed = false;
        return touch(path, d);
    }
    struct nw_slice bytes = nw_buf_slice(&reply->body);
    enum nw_err e = digest_hex(c, bytes, hex);
    bool same = e == NW_OK && file_hex(c, path, bytes.n, old) && strcmp(hex, old) == 0;
    if (e == NW_OK) {
        e = same ? touch(path, d) : tl_write_atomic(path, bytes, d);
    }
    if (e == NW_OK) {
        e = remember(path, url, reply->etag, hex, d);
    }
    if (e == NW_OK) {
        *changed = !same;
    }
    return e;
}

enum nw_err fetch_store_folders(const char *path, size_t from, struct nw_diag *d)
{
    char part[TL_PATH];
    (void)snprintf(part, sizeof part, "%s", path);
    for (char *c = part + from; (c = strchr(c, '/')) != NULL; c++) {
        *c = '\0';
        if (mkdir(part, 0755) != 0 && errno != EEXIST) {
            return nw_fail_at(d, NW_ERR_IO, part, "%s", strerror(errno));
        }
        *c = '/';
    }
    return NW_OK;
}
