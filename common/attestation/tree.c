/* Paths into JSON trees, and what may stand in a text or a date. */
#include "attestation/type_internal.h"
#include "base/date.h"
#include "base/unicode.h"

#include <string.h>

const struct nw_json *nw_tree_get(const struct nw_json *from, const char *path)
{
    return path == NULL || path[0] == '\0' ? from : nw_json_path(from, path);
}

enum nw_err nw_tree_put(struct nw_json *root, const char *path, struct nw_json **value)
{
    char name[NW_TYPE_PATH];
    struct nw_json *at = root;
    for (;;) {
        size_t len = strcspn(path, ".");
        if (!nw_slice_cstr(nw_slice(path, len), name, sizeof name)) {
            return NW_ERR_INTERNAL;
        }
        if (path[len] == '\0') {
            return nw_json_put(at, name, value);
        }
        const struct nw_json *next = nw_json_get(at, name);
        if (next == NULL) {
            struct nw_json *fresh = NULL;
            enum nw_err e = nw_json_new_object(&fresh);
            if (e == NW_OK) {
                e = nw_json_put(at, name, &fresh);
            }
            if (e != NW_OK) {
                nw_json_free(&fresh);
                return e;
            }
            next = nw_json_get(at, name);
        }
        at = nw_json_mut(next);
        path += len + 1;
    }
}

/* Appends what fits; returns the length. Cut rather than fail: paths are for people. */
static size_t add(char *dst, size_t cap, size_t at, const char *s)
{
    size_t n = strlen(s);
    n = n < cap - 1 - at ? n : cap - 1 - at;
    memmove(dst + at, s, n);
    dst[at + n] = '\0';
    return at + n;
}

void nw_path_member(char *dst, size_t cap, const char *path, const char *name)
{
    size_t at = add(dst, cap, 0, path);
    if (at > 0) {
        at = add(dst, cap, at, ".");
    }
    add(dst, cap, at, name);
}

void nw_path_index(char *dst, size_t cap, const char *path, size_t i)
{
    char digits[24];
    size_t n = sizeof digits - 2;
    memcpy(digits + n, "]", 2);
    do {
        digits[--n] = (char)('0' + i % 10);
        i /= 10;
    } while (i > 0);
    digits[--n] = '[';
    add(dst, cap, add(dst, cap, 0, path), digits + n);
}

bool nw_date_is_partial(const char *text)
{
    struct nw_slice s = nw_str(text);
    char day[NW_DATE_TEXT];
    int64_t days = 0;
    if (s.n != 10 || memcmp(text + 8, "00", 2) != 0 || !nw_slice_cstr(s, day, sizeof day)) {
        return false;
    }
    if (memcmp(day + 5, "00", 2) == 0) {
        memcpy(day + 5, "01", 2);
    }
    memcpy(day + 8, "01", 2);
    return nw_date_parse(nw_str(day), &days) == NW_OK;
}

bool nw_text_is_fit(const char *text)
{
    struct nw_slice s = nw_str(text);
    size_t off = 0;
    bool ascii = true;
    for (size_t i = 0; i < s.n; i++) {
        ascii = ascii && s.p[i] >= 0x20 && s.p[i] < 0x7f;
    }
    return ascii || (nw_utf8_valid(s, &off) && nw_text_is_clean(s) && nw_text_is_nfc(s));
}

bool nw_tree_filled(const struct nw_json *v)
{
    enum nw_json_kind kind = nw_json_kind(v);
    return kind == NW_JSON_OBJECT || kind == NW_JSON_ARRAY ? nw_json_count(v) > 0 : v != NULL;
}

/* FF D8 FF, start of image and a marker (ISO/IEC 10918-1), is "/9j/". What is in it is the viewer's
 * business. */
bool nw_image_is(const char *url)
{
    static const char start[] = NW_IMAGE_URL "/9j/";
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (url == NULL || !nw_slice_starts(nw_str(url), start)) {
        return false;
    }
    const char *base64 = url + strlen(NW_IMAGE_URL);
    size_t n = strlen(base64), letters = strspn(base64, alphabet);
    return n % 4 == 0 && n - letters <= 2 && letters + strspn(base64 + letters, "=") == n;
}
