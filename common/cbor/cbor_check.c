/* One walk over whole items. No recursion: open items stand on a stack of NW_MAX_CBOR_DEPTH. */
#include "cbor/cbor_internal.h"

#include "base/limits.h"
#include "base/unicode.h"

struct level {
    uint64_t left;  /* items still to come; in a map, a key comes next when it is even */
    size_t keys;    /* first key of this map */
    size_t key_off; /* where the current key starts */
    uint8_t major;
    bool open;      /* indefinite: left counts down from OPEN_ITEMS */
    bool ascending; /* keys so far, as values */
};
#define SPAN 0x100u /* beside the NW_CBOR_ flags: lengths and nesting only, no text, no keys */
#define OPEN_ITEMS ((uint64_t)1 << 63) /* more than any input has, and even */

struct walk {
    struct nw_slice in;
    size_t pos;
    unsigned flags;
    const struct nw_cbor_member *wanted; /* of the outermost map */
    size_t wanted_n;
    struct level *top, *last; /* the innermost open item; the deepest that may be */
    struct level level[1 + NW_MAX_CBOR_DEPTH]; /* at the bottom: what the whole item is in */
    struct cbor_keys keys;
};

static bool tracks_keys(const struct walk *w)
{
    return (w->flags & (NW_CBOR_UNIQUE | NW_CBOR_ORDERED)) != 0;
}

static inline bool at_key(const struct level *l)
{
    return l->major == MAJOR_MAP && l->left % 2 == 0;
}

static enum nw_err key_done(struct walk *w, struct level *l)
{
    if (l->open && (OPEN_ITEMS - l->left) / 2 == NW_MAX_CBOR_PAIRS) {
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

/* A value stands between its key and the next one. */
static void find_members(const struct walk *w)
{
    for (size_t i = 0; i < w->keys.n; i++) {
        const struct cbor_key *key = &w->keys.v[i];
        size_t from = key->off + key->len;
        size_t to = i + 1 < w->keys.n ? key[1].off : w->pos;
        cbor_member_found(w->wanted, w->wanted_n, nw_slice_sub(w->in, key->off, key->len),
                          nw_slice_sub(w->in, from, to - from));
    }
}

static enum nw_err pop(struct walk *w)
{
    const struct level *l = w->top--;
    if (w->wanted_n > 0 && w->top == w->level && l->major == MAJOR_MAP) {
        find_members(w);
    }
    if (l->major == MAJOR_MAP && tracks_keys(w) &&
        !cbor_keys_close(&w->keys, l->keys, l->ascending, &w->pos)) {
        return NW_ERR_CBOR_DUPLICATE;
    }
    return NW_OK;
}

/* An item has ended: counts it in what it stands in, and ends what ends with it. */
static inline enum nw_err item_done(struct walk *w)
{
    for (;;) {
        struct level *l = w->top;
        enum nw_err e = at_key(l) ? key_done(w, l) : NW_OK;
        if (e != NW_OK || --l->left > 0 || l == w->level) {
            return e;
        }
        e = pop(w);
        if (e != NW_OK) {
            return e;
        }
    }
}

static enum nw_err walk_container(struct walk *w, struct cbor_head h)
{
    if (h.major == MAJOR_MAP && h.value > NW_MAX_CBOR_PAIRS) {
        return NW_ERR_LIMIT;
    }
    if (w->top == w->last) {
        return NW_ERR_CBOR_DEPTH;
    }
    uint64_t items = h.open                 ? OPEN_ITEMS
                     : h.major == MAJOR_TAG ? 1
                     : h.major == MAJOR_MAP ? 2 * h.value
                                            : h.value;
    w->pos += h.size;
    if (items == 0) {
        return item_done(w);
    }
    *++w->top = (struct level){
        .left = items, .keys = w->keys.n, .major = h.major, .open = h.open, .ascending = true};
    return NW_OK;
}

static enum nw_err walk_string(struct walk *w, struct cbor_head h)
{
    if (h.open) {
        return walk_container(w, h);
    }
    struct nw_slice content = nw_slice_sub(w->in, w->pos + h.size, (size_t)h.value);
    size_t bad;
    if (h.major == MAJOR_TEXT && (w->flags & SPAN) == 0 && !nw_utf8_valid(content, &bad)) {
        w->pos += h.size + bad;
        return NW_ERR_UTF8;
    }
    w->pos += h.size + content.n;
    return item_done(w);
}

static enum nw_err walk_break(struct walk *w, struct cbor_head h)
{
    if (!w->top->open || (w->top->major == MAJOR_MAP && !at_key(w->top))) {
        return NW_ERR_CBOR_SYNTAX;
    }
    enum nw_err e = pop(w);
    if (e != NW_OK) {
        return e;
    }
    w->pos += h.size;
    return item_done(w);
}

/* How an item may be written. */
static enum nw_err check_form(const struct walk *w, struct cbor_head h)
{
    if ((w->flags & NW_CBOR_SHORTEST) != 0 && !cbor_head_shortest(h)) {
        return NW_ERR_CBOR_SHORTEST;
    }
    return (w->flags & NW_CBOR_DEFINITE) != 0 && h.open ? NW_ERR_CBOR_INDEFINITE : NW_OK;
}

/* What the surrounding item allows to start here. */
static inline enum nw_err check_place(struct walk *w, struct cbor_head h)
{
    struct level *l = w->top;
    if (l->major <= MAJOR_TEXT) { /* chunks, RFC 8949 3.2.3 */
        return h.major != l->major || h.open ? NW_ERR_CBOR_SYNTAX : NW_OK;
    }
    if (!at_key(l)) {
        return NW_OK;
    }
    l->key_off = w->pos;
    bool chunked = h.open && (h.major == MAJOR_BYTES || h.major == MAJOR_TEXT);
    return chunked && tracks_keys(w) ? NW_ERR_CBOR_INDEFINITE : NW_OK;
}

static inline enum nw_err walk_head(struct walk *w, struct cbor_head h)
{
    if (h.major == MAJOR_SIMPLE && h.open) {
        return walk_break(w, h);
    }
    enum nw_err e = h.info >= 24 ? check_form(w, h) : NW_OK;
    if (e == NW_OK) {
        e = check_place(w, h);
    }
    if (e != NW_OK) {
        return e;
    }
    switch (h.major) {
    case MAJOR_BYTES:
    case MAJOR_TEXT:
        return walk_string(w, h);
    case MAJOR_ARRAY:
    case MAJOR_MAP:
    case MAJOR_TAG:
        return walk_container(w, h);
    default:
        w->pos += h.size;
        return item_done(w);
    }
}

static enum nw_err walk_item(struct walk *w, unsigned max_depth)
{
    enum nw_err e = NW_OK;
    w->level[0] = (struct level){.left = 1, .major = MAJOR_ARRAY};
    w->top = w->level;
    w->last = w->level + (max_depth < NW_MAX_CBOR_DEPTH ? max_depth : NW_MAX_CBOR_DEPTH);
    cbor_keys_init(&w->keys, w->in);
    while (e == NW_OK && w->level[0].left > 0) {
        struct cbor_head h;
        e = cbor_head_read(w->in, w->pos, &h);
        if (e == NW_OK) {
            e = walk_head(w, h);
        }
    }
    cbor_keys_free(&w->keys);
    return e;
}

enum nw_err cbor_span(struct nw_slice in, size_t pos, size_t *end)
{
    struct walk w;
    w.in = in;
    w.pos = pos;
    w.flags = SPAN;
    w.wanted_n = 0;
    enum nw_err e = walk_item(&w, NW_MAX_CBOR_DEPTH);
    *end = w.pos;
    return e;
}

static enum nw_err check(struct nw_slice in, unsigned flags, unsigned max_depth,
                         const struct nw_cbor_member *wanted, size_t n, struct nw_diag *d)
{
    struct walk w;
    w.in = in;
    w.pos = 0;
    w.flags = flags;
    w.wanted = wanted;
    w.wanted_n = n;
    enum nw_err e = walk_item(&w, max_depth);
    if (e == NW_OK && w.pos < in.n) {
        e = NW_ERR_TRAILING;
    }
    return e == NW_OK ? NW_OK : nw_fail(d, e, w.pos, "CBOR");
}

enum nw_err nw_cbor_check(struct nw_slice in, unsigned flags, unsigned max_depth, struct nw_diag *d)
{
    return check(in, flags, max_depth, NULL, 0, d);
}

enum nw_err nw_cbor_check_map(struct nw_slice in, unsigned max_depth,
                              const struct nw_cbor_member *wanted, size_t n, struct nw_diag *d)
{
    return check(in, NW_CBOR_STRICT, max_depth, wanted, n, d);
}
