#include "state.h"

#include <errno.h>
#include <unistd.h>

#include "base/codec.h"
#include "files.h"

#define STATE_MAX (1u << 20)

static enum nw_err empty_state(struct nw_json **out)
{
    struct nw_json *root = NULL;
    struct nw_json *sources = NULL;
    enum nw_err e = nw_json_new_object(&root);
    if (e == NW_OK) {
        e = nw_json_put_int(root, "version", 1);
    }
    if (e == NW_OK) {
        e = nw_json_put_int(root, "bundle", 0);
    }
    if (e == NW_OK) {
        e = nw_json_new_object(&sources);
    }
    if (e == NW_OK) {
        e = nw_json_put(root, "sources", &sources);
    }
    if (e == NW_OK) {
        *out = root;
        root = NULL;
    }
    nw_json_free(&sources);
    nw_json_free(&root);
    return e;
}

/* Hex to exactly 32 bytes. */
static bool read_digest(const char *hex, uint8_t out[NW_SHA256_BYTES])
{
    struct nw_buf b = NW_BUF(NW_SHA256_BYTES);
    bool ok =
        hex != NULL && nw_hex_decode(nw_str(hex), &b, NULL) == NW_OK && b.n == NW_SHA256_BYTES;
    for (size_t i = 0; ok && i < NW_SHA256_BYTES; i++) {
        out[i] = b.p[i];
    }
    nw_buf_free(&b);
    return ok;
}

static bool read_seen(const struct nw_json *entry, struct lote_seen *out)
{
    int64_t sequence = 0; /* 0: of a list without numbers */
    bool ok = nw_json_int(nw_json_get(entry, "sequence"), &sequence) && sequence >= 0 &&
              nw_json_int(nw_json_get(entry, "signed_at"), &out->signed_at) &&
              read_digest(nw_json_text(nw_json_get(entry, "sha256")), out->sha256);
    out->sequence = ok ? (uint64_t)sequence : 0;
    return ok;
}

static bool understood(const struct nw_json *root)
{
    int64_t version = 0;
    int64_t bundle = -1;
    const struct nw_json *sources = nw_json_get(root, "sources");
    if (!nw_json_int(nw_json_get(root, "version"), &version) || version != 1 ||
        !nw_json_int(nw_json_get(root, "bundle"), &bundle) || bundle < 0 ||
        nw_json_kind(sources) != NW_JSON_OBJECT) {
        return false;
    }
    for (const struct nw_json *s = nw_json_first(sources); s != NULL; s = nw_json_next(s)) {
        struct lote_seen seen;
        if (!read_seen(s, &seen)) {
            return false;
        }
    }
    return true;
}

enum nw_err tl_state_load(const char *path, struct tl_state *out, struct nw_diag *d)
{
    struct nw_buf file = NW_BUF(2 * STATE_MAX);
    if (access(path, F_OK) != 0 && errno == ENOENT) {
        return empty_state(&out->json);
    }
    struct nw_json *root = NULL;
    enum nw_err e = tl_read(path, STATE_MAX, &file, d);
    if (e == NW_OK) {
        e = nw_json_parse(nw_buf_slice(&file), &root, d);
    }
    if (e == NW_OK && !understood(root)) {
        e = nw_fail_at(d, NW_ERR_CONFIG, path, "not a state file of this version");
    }
    if (e == NW_OK) {
        out->json = root;
        root = NULL;
    }
    nw_json_free(&root);
    nw_buf_free(&file);
    return e;
}

bool tl_state_seen(const struct tl_state *s, const char *source, struct lote_seen *out)
{
    return read_seen(nw_json_get(nw_json_get(s->json, "sources"), source), out);
}

enum nw_err tl_state_set(struct tl_state *s, const char *source, const struct lote_seen *seen)
{
    struct nw_json *sources = nw_json_mut(nw_json_get(s->json, "sources"));
    struct nw_json *entry = NULL;
    struct nw_buf hex = NW_BUF(2 * NW_SHA256_BYTES + 1);
    nw_hex_encode(nw_slice(seen->sha256, NW_SHA256_BYTES), &hex);
    enum nw_err e = nw_buf_err(&hex);
    if (e == NW_OK) {
        e = nw_json_new_object(&entry);
    }
    if (e == NW_OK) {
        e = nw_json_put_int(entry, "sequence", (int64_t)seen->sequence);
    }
    if (e == NW_OK) {
        e = nw_json_put_int(entry, "signed_at", seen->signed_at);
    }
    if (e == NW_OK) {
        e = nw_json_put_text(entry, "sha256", nw_buf_cstr(&hex));
    }
    if (e == NW_OK) {
        nw_json_remove(sources, source);
        e = nw_json_put(sources, source, &entry);
    }
    nw_json_free(&entry);
    nw_buf_free(&hex);
    return e;
}

uint64_t tl_state_bundle(const struct tl_state *s)
{
    int64_t n = 0;
    (void)nw_json_int(nw_json_get(s->json, "bundle"), &n);
    return (uint64_t)n;
}

enum nw_err tl_state_set_bundle(struct tl_state *s, uint64_t sequence)
{
    nw_json_remove(s->json, "bundle");
    return nw_json_put_int(s->json, "bundle", (int64_t)sequence);
}

enum nw_err tl_state_save(const struct tl_state *s, const char *path, struct nw_diag *d)
{
    struct nw_buf text = NW_BUF(STATE_MAX);
    nw_json_write_pretty(s->json, &text);
    nw_buf_putc(&text, '\n');
    enum nw_err e = nw_buf_err(&text);
    if (e == NW_OK) {
        e = tl_write_atomic(path, nw_buf_slice(&text), d);
    }
    nw_buf_free(&text);
    return e;
}

void tl_state_free(struct tl_state *s)
{
    nw_json_free(&s->json);
}
