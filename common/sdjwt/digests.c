#include "sdjwt/digests.h"

#include "base/alloc.h"
#include "base/limits.h"

#define ENTRIES_MAX (NW_MAX_DIGESTS + NW_MAX_DISCLOSURES)

/* Digests are uniformly distributed already; who writes other texts there gets long probes, bounded
 * by ENTRIES_MAX. FNV-1a over the first bytes. */
static size_t slot_of(const struct nw_digests *t, struct nw_slice text)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < text.n && i < 12; i++) {
        h = (h ^ text.p[i]) * 16777619u;
    }
    return h & (t->slot_n - 1);
}

static enum nw_err resize(struct nw_digests *t, size_t cap)
{
    size_t slot_n = 64;
    while (slot_n < 2 * cap) {
        slot_n *= 2;
    }
    uint16_t *slots = nw_calloc(slot_n, sizeof *slots);
    struct nw_digest *v = nw_realloc(t->v, cap * sizeof *v);
    if (v != NULL) {
        t->v = v;
    }
    if (slots == NULL || v == NULL) {
        nw_free(slots);
        return NW_ERR_NOMEM;
    }
    nw_free(t->slots);
    t->slots = slots;
    t->slot_n = slot_n;
    t->cap = cap;
    for (size_t i = 0; i < t->n; i++) {
        size_t s = slot_of(t, t->v[i].text);
        while (slots[s] != 0) {
            s = (s + 1) & (slot_n - 1);
        }
        slots[s] = (uint16_t)(i + 1);
    }
    return NW_OK;
}

enum nw_err nw_digests_init(struct nw_digests *t, size_t expected)
{
    *t = (struct nw_digests){0};
    return resize(t, expected + 32);
}

void nw_digests_free(struct nw_digests *t)
{
    nw_free(t->v);
    nw_free(t->slots);
    *t = (struct nw_digests){0};
}

/* Finds the entry of text or makes a new one without disclosure. */
static enum nw_err entry_of(struct nw_digests *t, struct nw_slice text, struct nw_digest **out,
                            bool *fresh)
{
    if (t->n == t->cap) {
        enum nw_err e = t->cap >= ENTRIES_MAX ? NW_ERR_LIMIT : resize(t, t->cap * 2);
        if (e != NW_OK) {
            return e;
        }
    }
    size_t s = slot_of(t, text);
    while (t->slots[s] != 0) {
        struct nw_digest *d = &t->v[t->slots[s] - 1];
        if (nw_slice_eq(d->text, text)) {
            *out = d;
            *fresh = false;
            return NW_OK;
        }
        s = (s + 1) & (t->slot_n - 1);
    }
    t->v[t->n] = (struct nw_digest){.text = text, .disclosure = NW_DIGEST_NO_DISCLOSURE};
    t->slots[s] = (uint16_t)(t->n + 1);
    *out = &t->v[t->n++];
    *fresh = true;
    return NW_OK;
}

enum nw_err nw_digests_add(struct nw_digests *t, struct nw_slice text, size_t disclosure)
{
    struct nw_digest *d;
    bool fresh;
    enum nw_err e = entry_of(t, text, &d, &fresh);
    if (e == NW_OK && !fresh) {
        e = NW_ERR_DIGEST_TWICE;
    }
    if (e == NW_OK) {
        d->disclosure = disclosure;
    }
    return e;
}

enum nw_err nw_digests_meet(struct nw_digests *t, struct nw_slice text, size_t *disclosure)
{
    struct nw_digest *d;
    bool fresh;
    enum nw_err e = entry_of(t, text, &d, &fresh);
    if (e == NW_OK && d->met) {
        e = NW_ERR_DIGEST_TWICE;
    }
    if (e == NW_OK) {
        d->met = true;
        *disclosure = d->disclosure;
    }
    return e;
}
