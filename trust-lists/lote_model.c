#include "lote_model.h"

#include <string.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "files.h"

#define MAX_ELEMENTS (1u << 20)

/* One more element at the end of an array of the model. */
static enum nw_err add(void **array, size_t *n, size_t size, const void *element)
{
    if (*n >= MAX_ELEMENTS) {
        return NW_ERR_LIMIT;
    }
    enum nw_err e = tl_grow(array, *n, size);
    if (e == NW_OK) {
        memcpy((uint8_t *)*array + *n * size, element, size);
        *n += 1;
    }
    return e;
}

/* A range is filled in one go: its elements stand together. */
static void extend(struct lote_range *r, size_t n)
{
    r->first = r->n == 0 ? n - 1 : r->first;
    r->n++;
}

enum nw_err lote_add_text(struct lote_model *m, struct lote_range *r, struct lote_text t)
{
    void *v = m->texts;
    enum nw_err e = add(&v, &m->text_n, sizeof t, &t);
    m->texts = v;
    if (e == NW_OK) {
        extend(r, m->text_n);
    }
    return e;
}

enum nw_err lote_add_blob(struct lote_model *m, struct lote_range *r, struct nw_slice b)
{
    void *v = m->blobs;
    enum nw_err e = add(&v, &m->blob_n, sizeof b, &b);
    m->blobs = v;
    if (e == NW_OK) {
        extend(r, m->blob_n);
    }
    return e;
}

enum nw_err lote_add_past(struct lote_model *m, struct lote_range *r, const struct lote_entry *past)
{
    void *v = m->past;
    enum nw_err e = add(&v, &m->past_n, sizeof *past, past);
    m->past = v;
    if (e == NW_OK) {
        extend(r, m->past_n);
    }
    return e;
}

enum nw_err lote_add_pointer(struct lote_model *m, struct lote_pointer p)
{
    void *v = m->pointers;
    enum nw_err e = add(&v, &m->pointer_n, sizeof p, &p);
    m->pointers = v;
    return e;
}

enum nw_err lote_add_offer(struct lote_model *m, struct lote_range *r, const struct lote_offer *o)
{
    void *v = m->offers;
    enum nw_err e = add(&v, &m->offer_n, sizeof *o, o);
    m->offers = v;
    if (e == NW_OK) {
        extend(r, m->offer_n);
    }
    return e;
}

enum nw_err lote_add_body(struct lote_model *m, const struct lote_body *b)
{
    void *v = m->bodies;
    enum nw_err e = add(&v, &m->body_n, sizeof *b, b);
    m->bodies = v;
    return e;
}

struct nw_slice lote_english(const struct lote_model *m, struct lote_range texts)
{
    for (size_t i = 0; i < texts.n; i++) {
        if (nw_slice_is(m->texts[texts.first + i].lang, "en")) {
            return m->texts[texts.first + i].value;
        }
    }
    return texts.n > 0 ? m->texts[texts.first].value : NW_SLICE_EMPTY;
}

bool lote_has_text(const struct lote_model *m, struct lote_range texts, struct nw_slice value)
{
    for (size_t i = 0; i < texts.n; i++) {
        if (nw_slice_eq(m->texts[texts.first + i].value, value)) {
            return true;
        }
    }
    return false;
}

struct nw_slice lote_starting(const struct lote_model *m, struct lote_range texts,
                              const char *prefix)
{
    for (size_t i = 0; i < texts.n; i++) {
        if (nw_slice_starts(m->texts[texts.first + i].value, prefix)) {
            return m->texts[texts.first + i].value;
        }
    }
    return NW_SLICE_EMPTY;
}

static bool is_plain_character(uint32_t c)
{
    bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
    bool private_use = (c >= 0xe000 && c <= 0xf8ff) || c >= 0xf0000;
    return !control && !private_use && !(c >= 0xe0000 && c <= 0xe007f);
}

bool lote_is_plain(const struct lote_model *m, struct lote_range texts)
{
    for (size_t i = 0; i < texts.n; i++) {
        struct nw_slice s = m->texts[texts.first + i].value;
        while (s.n > 0) {
            uint32_t c = 0;
            size_t n = nw_utf8_read(s.p, s.n, &c);
            if (n == 0 || !is_plain_character(c)) {
                return false;
            }
            s = nw_slice_from(s, n);
        }
    }
    return true;
}

bool lote_is_uri(struct nw_slice s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] != ':') {
        uint8_t c = s.p[n++];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool other = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
        if (!letter && (n == 1 || !other)) {
            return false;
        }
    }
    return n > 0 && n < s.n && lote_is_reference(s);
}

bool lote_is_reference(struct nw_slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] <= ' ' || s.p[i] == 0x7f || strchr("\"<>\\^`{|}", s.p[i]) != NULL) {
            return false;
        }
    }
    return s.n > 0;
}

void lote_model_free(struct lote_model *m)
{
    nw_free(m->texts);
    nw_free(m->blobs);
    nw_free(m->past);
    nw_free(m->pointers);
    nw_free(m->offers);
    nw_free(m->bodies);
    nw_buf_free(&m->store);
    *m = (struct lote_model){0};
}
