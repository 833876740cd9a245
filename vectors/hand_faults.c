/* The small tools that faults are made of. */
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "hand.h"

#define TEXT_MAX (1u << 20)

/* The object that holds the last step of path; *last is that step. */
static struct nw_json *holder_of(struct nw_json *object, const char *path, char last[64])
{
    const char *slash;
    for (; (slash = strchr(path, '/')) != NULL; path = slash + 1) {
        char step[64];
        (void)snprintf(step, sizeof step, "%.*s", (int)(slash - path), path);
        object = nw_json_mut(nw_json_get(object, step));
        if (object == NULL) {
            gen_die("no member %s", step);
        }
    }
    (void)snprintf(last, 64, "%s", path);
    return object;
}

void hand_put(struct nw_json *object, const char *path, const char *json)
{
    char last[64];
    struct nw_json *value = NULL;
    struct nw_json *parent = holder_of(object, path, last);
    const struct nw_json *old = nw_json_get(parent, last);
    gen_ok(nw_json_parse(nw_str(json), &value, NULL), json);
    gen_ok(old == NULL ? nw_json_put(parent, last, &value) : nw_json_replace(parent, old, &value),
           path);
}

void hand_drop(struct nw_json *object, const char *path)
{
    char last[64];
    struct nw_json *parent = holder_of(object, path, last);
    if (nw_json_get(parent, last) == NULL) {
        gen_die("no member %s", path);
    }
    nw_json_remove(parent, last);
}

struct nw_json *hand_at(struct nw_json *object, const char *path)
{
    char last[64];
    if (path[0] == '\0') {
        return object;
    }
    struct nw_json *n = nw_json_mut(nw_json_get(holder_of(object, path, last), last));
    if (n == NULL) {
        gen_die("no member %s", path);
    }
    return n;
}

void hand_decode(const struct hand *h, size_t i, struct nw_buf *json)
{
    *json = NW_BUF(TEXT_MAX);
    gen_ok(nw_base64url_decode(nw_buf_slice(&h->disclosure[i]), json, NULL), "disclosure");
}

size_t hand_find(const struct hand *h, const char *name)
{
    for (size_t i = 0; i < h->disclosure_n; i++) {
        struct nw_buf text;
        struct nw_json *json = NULL;
        hand_decode(h, i, &text);
        gen_ok(nw_json_parse(nw_buf_slice(&text), &json, NULL), "disclosure");
        bool is = nw_json_count(json) == 3 && nw_json_is_text(nw_json_at(json, 1), name);
        nw_json_free(&json);
        nw_buf_free(&text);
        if (is) {
            return i;
        }
    }
    gen_die("no disclosure of %s", name);
}

void hand_digest(const struct hand *h, struct nw_slice disclosure, char out[HAND_DIGEST])
{
    uint8_t digest[NW_HASH_MAX];
    struct nw_buf text = NW_BUF(HAND_DIGEST);
    gen_ok(nw_hash_parts(h->g->c, h->hash, &disclosure, 1, digest), "digest");
    nw_base64url_encode(nw_slice(digest, nw_hash_size(h->hash)), &text);
    (void)snprintf(out, HAND_DIGEST, "%s", nw_buf_cstr(&text));
    nw_buf_free(&text);
}

size_t hand_add(struct hand *h, const char *json)
{
    if (h->disclosure_n == HAND_DISCLOSURES) {
        gen_die("more than %u disclosures", HAND_DISCLOSURES);
    }
    struct nw_buf *d = &h->disclosure[h->disclosure_n];
    *d = NW_BUF(TEXT_MAX);
    nw_base64url_encode(nw_str(json), d);
    return h->disclosure_n++;
}

void hand_remove(struct hand *h, size_t i)
{
    nw_buf_free(&h->disclosure[i]);
    h->disclosure_n--;
    memmove(&h->disclosure[i], &h->disclosure[i + 1],
            (h->disclosure_n - i) * sizeof h->disclosure[0]);
}

/* Text for text, once. True when it was there. */
static bool swap_text(struct nw_buf *b, const char *from, const char *to)
{
    const struct nw_slice all = nw_buf_slice(b);
    size_t n = strlen(from);
    for (size_t i = 0; i + n <= all.n; i++) {
        if (memcmp(all.p + i, from, n) == 0) {
            struct nw_buf made = NW_BUF(TEXT_MAX);
            nw_buf_put(&made, nw_slice_sub(all, 0, i));
            nw_buf_puts(&made, to);
            nw_buf_put(&made, nw_slice_from(all, i + n));
            nw_buf_free(b);
            *b = made;
            return true;
        }
    }
    return false;
}

static bool swap_in_payload(struct hand *h, const char *from, const char *to)
{
    struct nw_buf text = NW_BUF(TEXT_MAX);
    nw_json_write(h->payload, &text);
    bool found = swap_text(&text, from, to);
    if (found) {
        nw_json_free(&h->payload);
        gen_ok(nw_json_parse(nw_buf_slice(&text), &h->payload, NULL), "payload");
    }
    nw_buf_free(&text);
    return found;
}

/* What a disclosure is now called where its digest stands: in the payload or in another one. */
static void swap_digest(struct hand *h, size_t i, const char *from, const char *to)
{
    bool found = swap_in_payload(h, from, to);
    for (size_t k = 0; !found && k < h->disclosure_n; k++) {
        struct nw_buf json;
        hand_decode(h, k, &json);
        found = k != i && swap_text(&json, from, to);
        if (found) {
            hand_replace(h, k, nw_buf_cstr(&json));
        }
        nw_buf_free(&json);
    }
    if (!found) {
        gen_die("the digest of disclosure %zu stands nowhere", i);
    }
}

void hand_replace_text(struct hand *h, size_t i, struct nw_slice base64url)
{
    char was[HAND_DIGEST], is[HAND_DIGEST];
    hand_digest(h, nw_buf_slice(&h->disclosure[i]), was);
    hand_digest(h, base64url, is);
    nw_buf_reset(&h->disclosure[i]);
    nw_buf_put(&h->disclosure[i], base64url);
    swap_digest(h, i, was, is);
}

void hand_replace(struct hand *h, size_t i, const char *json)
{
    struct nw_buf text = NW_BUF(TEXT_MAX);
    nw_base64url_encode(nw_str(json), &text);
    hand_replace_text(h, i, nw_buf_slice(&text));
    nw_buf_free(&text);
}

void hand_sd_alg(struct hand *h, enum nw_hash_alg alg)
{
    static const char *const names[] = {
        [NW_SHA256] = "\"sha-256\"", [NW_SHA384] = "\"sha-384\"", [NW_SHA512] = "\"sha-512\""};
    const enum nw_hash_alg was_alg = h->hash;
    char was[HAND_DISCLOSURES][HAND_DIGEST];
    for (size_t i = 0; i < h->disclosure_n; i++) {
        hand_digest(h, nw_buf_slice(&h->disclosure[i]), was[i]);
    }
    for (size_t i = 0; i < h->disclosure_n; i++) { /* inner ones stand before outer ones */
        char is[HAND_DIGEST];
        struct nw_buf json = NW_BUF(TEXT_MAX);
        h->hash = alg;
        hand_digest(h, nw_buf_slice(&h->disclosure[i]), is);
        h->hash = was_alg;
        bool found = swap_in_payload(h, was[i], is);
        for (size_t k = i + 1; !found && k < h->disclosure_n; k++) {
            hand_decode(h, k, &json);
            found = swap_text(&json, was[i], is);
            if (found) {
                nw_buf_reset(&h->disclosure[k]);
                nw_base64url_encode(nw_buf_slice(&json), &h->disclosure[k]);
            }
            nw_buf_free(&json);
        }
        if (!found) {
            gen_die("the digest of disclosure %zu stands nowhere", i);
        }
    }
    h->hash = alg;
    hand_put(h->payload, "_sd_alg", names[alg]);
}

void hand_put_digest(struct hand *h, const char *object, const char *digest)
{
    struct nw_json *text = NULL;
    struct nw_json *list = NULL;
    struct nw_json *at = hand_at(h->payload, object);
    if (nw_json_get(at, "_sd") == NULL) {
        gen_ok(nw_json_new_array(&list), "_sd");
        gen_ok(nw_json_put(at, "_sd", &list), "_sd");
    }
    gen_ok(nw_json_new_text(nw_str(digest), &text), "_sd");
    gen_ok(nw_json_append(nw_json_mut(nw_json_get(at, "_sd")), &text), "_sd");
}

void hand_hide(struct hand *h, const char *object, const char *name)
{
    char digest[HAND_DIGEST];
    struct nw_buf json = NW_BUF(TEXT_MAX);
    nw_buf_printf(&json, "[\"hidden-by-hand-0000000\",\"%s\",", name);
    nw_json_write(hand_at(hand_at(h->payload, object), name), &json);
    nw_buf_putc(&json, ']');
    size_t i = hand_add(h, nw_buf_cstr(&json));
    nw_buf_free(&json);
    hand_drop(hand_at(h->payload, object), name);
    hand_digest(h, nw_buf_slice(&h->disclosure[i]), digest);
    hand_put_digest(h, object, digest);
}

void hand_chain(struct hand *h, const struct nw_slice *der, size_t n)
{
    struct nw_buf json = NW_BUF(TEXT_MAX);
    for (size_t i = 0; i < n; i++) {
        nw_buf_puts(&json, i == 0 ? "[\"" : ",\"");
        nw_base64_encode(der[i], &json);
        nw_buf_putc(&json, '"');
    }
    nw_buf_putc(&json, ']');
    hand_put(h->header, "x5c", nw_buf_cstr(&json));
    nw_buf_free(&json);
}
