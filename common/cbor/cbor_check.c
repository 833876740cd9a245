/* One walk over whole items. No recursion: open items stand on a stack of NW_MAX_CBOR_DEPTH. */
#include "cbor/cbor_internal.h"

#include "base/limits.h"
#include "base/unicode.h"

struct level {
    uint8_t major;
    bool open;      /* indefinite */
    bool at_key;    /* in a map: the next item is a key */
    bool ascending; /* keys so far, as values */
    uint64_t left;  /* items still to come, unless open */
    size_t pairs;
    size_t keys;    /* first key of this map */
    size_t key_off; /* where the current key starts */
};

struct walk {
    struct nw_slice in;
    size_t pos;
    unsigned flags;
    unsigned max_depth;
    unsigned depth;
    struct level level[NW_MAX_CBOR_DEPTH];
    struct cbor_keys keys;
};

static bool tracks_keys(const struct walk *w)
{
    return (w->flags & (NW_CBOR_UNIQUE | NW_CBOR_ORDERED)) != 0;
}

static enum nw_err push(struct walk *w, const struct cbor_head *h)
{
    if (w->depth == w->max_depth) {
        return NW_ERR_CBOR_DEPTH;
    }
    uint64_t items = h->major == MAJOR_TAG ? 1 : h->major == MAJOR_MAP ? 2 * h->value : h->value;
    w->level[w->depth++] = (struct level){.major = h->major,
                                          .open = h->open,
                                          .at_key = h->major == MAJOR_MAP,
                                          .ascending = true,
                                          .left = items,
                                          .keys = w->keys.n};
    w->pos += h->size;
    return NW_OK;
}

static enum nw_err walk_string(struct walk *w, const struct cbor_head *h)
{
    if (h->open) {
        return push(w, h);
    }
    struct nw_slice content = nw_slice_sub(w->in, w->pos + h->size, (size_t)h->value);
    size_t bad;
    if (h->major == MAJOR_TEXT && (w->flags & CBOR_WALK_SPAN) == 0 &&
        !nw_utf8_valid(content, &bad)) {
        w->pos += h->size + bad;
        return NW_ERR_UTF8;
    }
    w->pos += h->size + content.n;
    return NW_OK;
}

static enum nw_err walk_map_start(struct walk *w, const struct cbor_head *h)
{
    return h->value > NW_MAX_CBOR_PAIRS ? NW_ERR_LIMIT : push(w, h);
}

/* What the surrounding item allows to start here. */
static enum nw_err check_place(struct walk *w, const struct cbor_head *h)
{
    if ((w->flags & NW_CBOR_SHORTEST) != 0 && !cbor_head_shortest(h)) {
        return NW_ERR_CBOR_SHORTEST;
    }
    if ((w->flags & NW_CBOR_DEFINITE) != 0 && h->open) {
        return NW_ERR_CBOR_INDEFINITE;
    }
    if (w->depth == 0) {
        return NW_OK;
    }
    struct level *l = &w->level[w->depth - 1];
    if (l->major == MAJOR_BYTES || l->major == MAJOR_TEXT) { /* chunks, RFC 8949 3.2.3 */
        return h->major != l->major || h->open ? NW_ERR_CBOR_SYNTAX : NW_OK;
    }
    if (!l->at_key) {
        return NW_OK;
    }
    l->key_off = w->pos;
    bool chunked = h->open && (h->major == MAJOR_BYTES || h->major == MAJOR_TEXT);
    return chunked && tracks_keys(w) ? NW_ERR_CBOR_INDEFINITE : NW_OK;
}

static enum nw_err key_done(struct walk *w, struct level *l)
{
    if (l->pairs++ == NW_MAX_CBOR_PAIRS) {
        return NW_ERR_LIMIT;
    }
    if (!tracks_keys(w)) {
        return NW_OK;
    }
    enum nw_err e = cbor_keys_add(&w->keys, l->key_off, w->pos - l->key_off);
    if (e != NW_OK || w->keys.n - l->keys < 2) {
        return e;
    }
    const struct cbor_key *last = &w->keys.v[w->keys.n - 2];
    const struct cbor_key *this = last + 1;
    int order = cbor_key_cmp(w->in, last, this);
    l->ascending = l->ascending && order < 0;
    if (order == 0) {
        w->pos = l->key_off;
        return NW_ERR_CBOR_DUPLICATE;
    }
    if ((w->flags & NW_CBOR_ORDERED) != 0 &&
        nw_slice_cmp(nw_slice_sub(w->in, last->off, last->len),
                     nw_slice_sub(w->in, this->off, this->len)) > 0) {
        w->pos = l->key_off;
        return NW_ERR_CBOR_ORDER;
    }
    return NW_OK;
}

static enum nw_err pop(struct walk *w)
{
    struct level *l = &w->level[--w->depth];
    if (l->major == MAJOR_MAP && tracks_keys(w) &&
        !cbor_keys_close(&w->keys, l->keys, l->ascending, &w->pos)) {
        return NW_ERR_CBOR_DUPLICATE;
    }
    return NW_OK;
}

/* The same for keys, and for the last item of a level. */
static enum nw_err item_done_last(struct walk *w)
{
    enum nw_err e = NW_OK;
    while (e == NW_OK && w->depth > 0) {
        struct level *l = &w->level[w->depth - 1];
        if (l->major == MAJOR_MAP) {
            e = l->at_key ? key_done(w, l) : NW_OK;
            l->at_key = !l->at_key;
        }
        if (e != NW_OK || l->open || --l->left > 0) {
            return e;
        }
        e = pop(w);
    }
    return e;
}

/* An item has ended: counts it in its parent, and ends what ends with it. */
static inline enum nw_err item_done(struct walk *w)
{
    if (w->depth > 0) { /* mostly: a value, and more are to come */
        struct level *l = &w->level[w->depth - 1];
        if (!l->at_key && !l->open && l->left > 1) {
            l->left--;
            l->at_key = l->major == MAJOR_MAP;
            return NW_OK;
        }
    }
    return item_done_last(w);
}

static enum nw_err walk_break(struct walk *w, const struct cbor_head *h)
{
    struct level *l = w->depth > 0 ? &w->level[w->depth - 1] : NULL;
    if (l == NULL || !l->open || (l->major == MAJOR_MAP && !l->at_key)) {
        return NW_ERR_CBOR_SYNTAX;
    }
    w->pos += h->size;
    enum nw_err e = pop(w);
    return e == NW_OK ? item_done(w) : e;
}

static enum nw_err walk_head(struct walk *w, const struct cbor_head *h)
{
    unsigned depth = w->depth;
    enum nw_err e = check_place(w, h);
    if (e != NW_OK) {
        return e;
    }
    switch (h->major) {
    case MAJOR_BYTES:
    case MAJOR_TEXT:
        e = walk_string(w, h);
        break;
    case MAJOR_MAP:
        e = walk_map_start(w, h);
        break;
    case MAJOR_ARRAY:
    case MAJOR_TAG:
        e = push(w, h);
        break;
    default:
        w->pos += h->size;
        break;
    }
    if (e != NW_OK || w->depth == depth) {
        return e == NW_OK ? item_done(w) : e;
    }
    const struct level *l = &w->level[depth];
    if (l->open || l->left > 0) {
        return NW_OK;
    }
    e = pop(w);
    return e == NW_OK ? item_done(w) : e;
}

static enum nw_err walk_item(struct walk *w)
{
    do {
        struct cbor_head h;
        enum nw_err e = cbor_head_next(w->in, w->pos, &h);
        if (e == NW_OK) {
            bool is_break = h.major == MAJOR_SIMPLE && h.open;
            e = is_break ? walk_break(w, &h) : walk_head(w, &h);
        }
        if (e != NW_OK) {
            return e;
        }
    } while (w->depth > 0);
    return NW_OK;
}

enum nw_err cbor_walk(struct nw_slice in, size_t pos, unsigned flags, unsigned max_depth,
                      size_t *end)
{
    struct walk w;
    w.in = in;
    w.pos = pos;
    w.flags = flags;
    w.max_depth = max_depth < NW_MAX_CBOR_DEPTH ? max_depth : NW_MAX_CBOR_DEPTH;
    w.depth = 0;
    cbor_keys_init(&w.keys, in);
    enum nw_err e = walk_item(&w);
    cbor_keys_free(&w.keys);
    *end = w.pos;
    return e;
}

enum nw_err nw_cbor_check(struct nw_slice in, unsigned flags, unsigned max_depth, struct nw_diag *d)
{
    size_t end = 0;
    enum nw_err e = cbor_walk(in, 0, flags, max_depth, &end);
    if (e == NW_OK && end < in.n) {
        e = NW_ERR_TRAILING;
    }
    return e == NW_OK ? NW_OK : nw_fail(d, e, end, "CBOR");
}
