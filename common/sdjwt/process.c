#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "sdjwt/digests.h"
#include "sdjwt/internal.h"

/*
 * RFC 9901 7.1 over the parsed payload, in place and in one walk. Disclosed
 * values are moved in, not copied. `_sd` arrays and `...` digests are moved to
 * a heap of leftovers, because the table of digests borrows their texts.
 */
struct walk {
    struct nw_sdjwt *s;
    struct nw_digests table;
    struct nw_buf digest_texts; /* of the disclosures */
    struct nw_json *leftovers;
    const char *registered; /* the claim we are inside of, if it must stay visible */
    struct nw_checks *checks;
    struct nw_diag *d;
};

struct level {
    unsigned depth; /* of the tree */
    unsigned sd;    /* disclosures around this value */
};

static const char *const REGISTERED[] = {"iss", "nbf",           "exp",      "cnf",
                                         "vct", "vct#integrity", "aka_vcts", "status"};

static const char *registered_name(const char *name)
{
    for (size_t i = 0; i < sizeof REGISTERED / sizeof REGISTERED[0]; i++) {
        const char *r = REGISTERED[i]; /* two characters tell nearly all names apart */
        if (r[0] == name[0] && r[1] == name[1] && strcmp(r, name) == 0) {
            return REGISTERED[i];
        }
    }
    return NULL;
}

bool nw_sdjwt_is_registered(const char *name)
{
    return registered_name(name) != NULL;
}

static enum nw_err refuse(struct walk *w, const char *rule, enum nw_err e, const char *detail)
{
    return nw_sdjwt_refuse(w->checks, w->d, rule, e, "%s", detail);
}

static enum nw_err walk_value(struct walk *w, struct nw_json *n, struct level at);

/* Looks a digest of the payload up. *i: its disclosure, or NW_DIGEST_NO_DISCLOSURE. */
static enum nw_err meet(struct walk *w, const char *text, struct level at, size_t *i)
{
    if (w->registered != NULL) {
        w->s->registered_disclosed = w->registered;
    }
    enum nw_err e = nw_digests_meet(&w->table, nw_str(text), i);
    if (e == NW_ERR_DIGEST_TWICE) {
        return refuse(w, "SDJ-06", e, "in the payload or in a disclosure");
    }
    if (e != NW_OK) {
        return refuse(w, "SDJ-04", e, "too many digests");
    }
    if (*i == NW_DIGEST_NO_DISCLOSURE) {
        w->s->undisclosed++;
    } else if (at.sd >= NW_MAX_SD_DEPTH) {
        return refuse(w, "SDJ-07", NW_ERR_LIMIT, "disclosures are nested too deeply");
    }
    return NW_OK;
}

static enum nw_err put_aside(struct walk *w, struct nw_json *parent, const struct nw_json *child)
{
    struct nw_json *taken = nw_json_detach(parent, child);
    enum nw_err e = taken == NULL ? NW_ERR_INTERNAL : nw_json_append(w->leftovers, &taken);
    nw_json_free(&taken);
    return e;
}

/* 7.1 step 3.3.2: a disclosure whose digest stands in an _sd array. */
static enum nw_err insert_member(struct walk *w, struct nw_json *object, size_t i, struct level at)
{
    struct nw_sd_disclosed *disc = &w->s->disclosed[i];
    const struct nw_json *value = disc->owned;
    if (disc->name == NULL) {
        return refuse(w, "SDJ-05", NW_ERR_DISCLOSURE_FORM,
                      "an object needs disclosures of three elements");
    }
    const char *registered = at.depth == 0 ? registered_name(disc->name) : NULL;
    if (registered != NULL) {
        w->s->registered_disclosed = registered;
    }
    enum nw_err e = nw_json_put(object, disc->name, &disc->owned);
    if (e == NW_ERR_JSON_DUPLICATE) {
        return refuse(w, "SDJ-05", NW_ERR_DISCLOSURE_NAME, "the name is already there");
    }
    if (e != NW_OK) {
        return refuse(w, "SDJ-05", e, "the claim could not be inserted");
    }
    disc->value = value;
    return walk_value(w, nw_json_mut(value), (struct level){at.depth + 1, at.sd + 1});
}

static enum nw_err walk_sd(struct walk *w, struct nw_json *object, const struct nw_json *sd,
                           struct level at)
{
    if (nw_json_kind(sd) != NW_JSON_ARRAY) {
        return refuse(w, "SDJ-04", NW_ERR_SD_DIGEST_FORM, "_sd is not an array");
    }
    enum nw_err e = put_aside(w, object, sd);
    for (const struct nw_json *n = nw_json_first(sd); e == NW_OK && n != NULL;
         n = nw_json_next(n)) {
        size_t i;
        const char *text = nw_json_text(n);
        if (text == NULL) {
            return refuse(w, "SDJ-04", NW_ERR_SD_DIGEST_FORM, "a digest in _sd is not a string");
        }
        e = meet(w, text, at, &i);
        if (e == NW_OK && i != NW_DIGEST_NO_DISCLOSURE) {
            e = insert_member(w, object, i, at);
        }
    }
    return e;
}

static enum nw_err walk_object(struct walk *w, struct nw_json *object, struct level at)
{
    const struct nw_json *sd = NULL;
    enum nw_err e = NW_OK;
    for (const struct nw_json *m = nw_json_first(object); m != NULL; m = nw_json_next(m)) {
        const char *name = nw_json_name(m);
        bool special = name[0] == '_' || name[0] == '.';
        if (special && strcmp(name, "_sd") == 0) {
            sd = m;
            continue;
        }
        if (special && strcmp(name, "...") == 0) {
            return refuse(w, "SDJ-04", NW_ERR_SD_DIGEST_FORM,
                          "\"...\" stands outside of an array or beside other members");
        }
        if (special && at.depth > 0 && strcmp(name, "_sd_alg") == 0) {
            return refuse(w, "SDJ-03", NW_ERR_SD_ALG, "_sd_alg is not at the top level");
        }
        if (nw_json_first(m) == NULL) {
            continue;
        }
        if (at.depth == 0) {
            w->registered = registered_name(name);
        }
        e = walk_value(w, nw_json_mut(m), (struct level){at.depth + 1, at.sd});
        if (at.depth == 0) {
            w->registered = NULL;
        }
        if (e != NW_OK) {
            return e;
        }
    }
    return sd == NULL ? NW_OK : walk_sd(w, object, sd, at);
}

static enum nw_err note_hidden(struct nw_sdjwt *s, const struct nw_json *array, size_t index)
{
    if (s->hidden_n == s->hidden_cap) {
        size_t cap = s->hidden_cap == 0 ? 16 : s->hidden_cap * 2;
        struct nw_sd_hidden *v = nw_realloc(s->hidden, cap * sizeof *v);
        if (v == NULL) {
            return NW_ERR_NOMEM;
        }
        s->hidden = v;
        s->hidden_cap = cap;
    }
    s->hidden[s->hidden_n++] = (struct nw_sd_hidden){array, index};
    return NW_OK;
}

/* 7.1 step 3.3.3: the element {"...": digest} becomes the disclosed value, or goes. */
static enum nw_err walk_placeholder(struct walk *w, struct nw_json *array,
                                    const struct nw_json *element, size_t index, struct level at)
{
    const struct nw_json *digest = nw_json_first(element);
    const char *text = nw_json_text(digest);
    size_t i;
    if (text == NULL || nw_json_count(element) != 1) {
        return refuse(w, "SDJ-04", NW_ERR_SD_DIGEST_FORM,
                      "\"...\" is not the only member or not a string");
    }
    enum nw_err e = meet(w, text, at, &i);
    if (e != NW_OK) {
        return e;
    }
    if (i == NW_DIGEST_NO_DISCLOSURE) {
        e = note_hidden(w->s, array, index);
        return e != NW_OK ? e : put_aside(w, array, element);
    }
    struct nw_sd_disclosed *disc = &w->s->disclosed[i];
    const struct nw_json *value = disc->owned;
    if (disc->name != NULL) {
        return refuse(w, "SDJ-05", NW_ERR_DISCLOSURE_FORM,
                      "an array needs disclosures of two elements");
    }
    e = nw_json_replace(array, element, &disc->owned);
    if (e != NW_OK) {
        return refuse(w, "SDJ-05", e, "the element could not be inserted");
    }
    disc->value = value;
    return walk_value(w, nw_json_mut(value), (struct level){at.depth + 1, at.sd + 1});
}

static bool is_placeholder(const struct nw_json *element)
{
    return nw_json_kind(element) == NW_JSON_OBJECT && nw_json_get(element, "...") != NULL;
}

static enum nw_err walk_array(struct walk *w, struct nw_json *array, struct level at)
{
    enum nw_err e = NW_OK;
    size_t index = 0;
    const struct nw_json *next;
    for (const struct nw_json *m = nw_json_first(array); e == NW_OK && m != NULL; m = next) {
        next = nw_json_next(m);
        e = is_placeholder(m) ? walk_placeholder(w, array, m, index, at)
                              : walk_value(w, nw_json_mut(m), (struct level){at.depth + 1, at.sd});
        index++;
    }
    return e;
}

static enum nw_err walk_value(struct walk *w, struct nw_json *n, struct level at)
{
    if (at.depth >= NW_MAX_JSON_DEPTH) {
        return refuse(w, "SDJ-07", NW_ERR_JSON_DEPTH, "the disclosed payload is nested too deeply");
    }
    switch (nw_json_kind(n)) {
    case NW_JSON_OBJECT:
        return walk_object(w, n, at);
    case NW_JSON_ARRAY:
        return walk_array(w, n, at);
    default:
        return NW_OK;
    }
}

/* RFC 9901 4.1.1: names of the IANA Named Information registry. */
static enum nw_err read_sd_alg(struct walk *w)
{
    static const struct {
        const char *name;
        enum nw_hash_alg alg;
    } known[] = {{"sha-256", NW_SHA256}, {"sha-384", NW_SHA384}, {"sha-512", NW_SHA512}};
    const struct nw_json *named = nw_json_get(w->s->untrusted, "_sd_alg");
    w->s->sd_alg = NW_SHA256;
    if (named == NULL) {
        return NW_OK;
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (nw_json_is_text(named, known[i].name)) {
            w->s->sd_alg = known[i].alg;
            nw_json_remove(w->s->untrusted, "_sd_alg");
            return NW_OK;
        }
    }
    return refuse(w, "SDJ-03", NW_ERR_SD_ALG, "_sd_alg is not sha-256, sha-384 or sha-512");
}

/* 7.1 step 3.1, over the received text. */
static enum nw_err hash_disclosures(struct nw_crypto *c, struct walk *w)
{
    struct nw_sdjwt *s = w->s;
    size_t text_n = nw_base64url_length(nw_hash_size(s->sd_alg));
    w->digest_texts = NW_BUF(text_n * NW_MAX_DISCLOSURES);
    enum nw_err e = nw_digests_init(&w->table, s->disclosure_n * 2);
    if (e != NW_OK || (s->disclosure_n > 0 &&
                       nw_buf_reserve(&w->digest_texts, text_n * s->disclosure_n) == NULL)) {
        return NW_ERR_NOMEM;
    }
    for (size_t i = 0; i < s->disclosure_n; i++) {
        uint8_t digest[NW_HASH_MAX];
        e = nw_hash_parts(c, s->sd_alg, &s->disclosure[i], 1, digest);
        if (e != NW_OK) {
            return e;
        }
        nw_base64url_encode(nw_slice(digest, nw_hash_size(s->sd_alg)), &w->digest_texts);
        e = nw_buf_err(&w->digest_texts);
        if (e != NW_OK) {
            return e;
        }
    }
    for (size_t i = 0; e == NW_OK && i < s->disclosure_n; i++) {
        struct nw_slice all = nw_buf_slice(&w->digest_texts);
        e = nw_digests_add(&w->table, nw_slice_sub(all, i * text_n, text_n), i);
        if (e == NW_ERR_DIGEST_TWICE) {
            e = refuse(w, "SDJ-06", e, "a disclosure was sent twice");
        }
    }
    return e;
}

static enum nw_err all_used(struct walk *w)
{
    for (size_t i = 0; i < w->s->disclosure_n; i++) {
        if (w->s->disclosed[i].value == NULL) {
            return nw_sdjwt_refuse(w->checks, w->d, "SDJ-07", NW_ERR_DISCLOSURE_UNUSED,
                                   "disclosure %zu", i);
        }
    }
    return NW_OK;
}

enum nw_err nw_sdjwt_process(struct nw_crypto *c, struct nw_sdjwt *s, struct nw_checks *checks,
                             struct nw_diag *d)
{
    struct walk w = {.s = s, .checks = checks, .d = d};
    enum nw_err e = nw_json_new_array(&w.leftovers);
    if (e == NW_OK) {
        e = read_sd_alg(&w);
    }
    if (e == NW_OK) {
        e = hash_disclosures(c, &w);
    }
    if (e == NW_OK) {
        e = walk_value(&w, s->untrusted, (struct level){0, 0});
    }
    if (e == NW_OK) {
        e = all_used(&w);
    }
    if (e == NW_OK) {
        static const char *const rules[] = {"SDJ-03", "SDJ-04", "SDJ-05", "SDJ-06", "SDJ-07"};
        for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
            nw_sdjwt_pass(checks, rules[i]);
        }
        s->payload = s->untrusted;
        s->untrusted = NULL;
    } else {
        (void)nw_fail(d, e, NW_NO_OFFSET, "%s", nw_err_text(e));
    }
    nw_digests_free(&w.table);
    nw_buf_free(&w.digest_texts);
    nw_json_free(&w.leftovers);
    return e;
}

enum nw_err nw_sdjwt_verify(struct nw_crypto *c, struct nw_sdjwt *s,
                            const struct nw_pubkey *issuer_key, struct nw_checks *checks,
                            struct nw_diag *d)
{
    if (s->untrusted == NULL) {
        return nw_fail(d, NW_ERR_INTERNAL, NW_NO_OFFSET, "verified before, or never parsed");
    }
    enum nw_err e = nw_jws_verify(c, &s->issuer, issuer_key);
    if (e != NW_OK) {
        return nw_sdjwt_refuse_diag(checks, d, "SDJ-02", e);
    }
    nw_sdjwt_pass(checks, "SDJ-02");
    return nw_sdjwt_process(c, s, checks, d);
}
