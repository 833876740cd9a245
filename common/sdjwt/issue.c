#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "sdjwt/internal.h"

/*
 * One walk over the payload, no copy of it. `work` is the text being written;
 * a disclosure is written at its end, encoded into `disclosures`, hashed, and
 * cut off again, so that inner disclosures come out before the outer ones and
 * one buffer serves all levels.
 *
 * The paths of the plan travel along: at every node the list of those that
 * still fit, each with what is left of it. "" means: this node.
 */
#define SALT_BYTES 16  /* RFC 9901 9.3: 128 bits */
#define DIGEST_TEXT 43 /* SHA-256 */
#define DECOY_BYTES 32
#define POOL_BYTES 512 /* a credential of 30 disclosures asks for randomness once */
#define MAX_PLAN 1024u
#define MAX_ROUND 256u

struct fit {
    const char *rest;
    size_t step_n;                   /* length of the first step of rest */
    const struct nw_sd_decoy *decoy; /* NULL: a disclosure */
};
struct fits {
    const struct fit *v;
    size_t n;
};

struct job {
    struct nw_crypto *c;
    const struct nw_sdjwt_issue *in;
    struct nw_buf work, disclosures;
    struct fit *fits; /* a stack */
    size_t fit_n;
    char (*digests)[DIGEST_TEXT]; /* a stack: those of the objects that are open */
    size_t digest_n, digest_cap;
    size_t made, decoys;
    uint8_t pool[POOL_BYTES];
    size_t pool_used;
    bool vc;
    struct nw_diag *d;
};

static enum nw_err write_value(struct job *j, const struct nw_json *n, struct fits fits,
                               unsigned depth);

static enum nw_err take_random(struct job *j, uint8_t *out, size_t n)
{
    if (POOL_BYTES - j->pool_used < n) {
        enum nw_err e = j->in->random != NULL
                            ? j->in->random(j->in->random_ctx, j->pool, POOL_BYTES)
                            : nw_random(j->c, j->pool, POOL_BYTES);
        if (e != NW_OK) {
            return e;
        }
        j->pool_used = 0;
    }
    memcpy(out, j->pool + j->pool_used, n);
    j->pool_used += n;
    return NW_OK;
}

static enum nw_err push_digest(struct job *j, struct nw_slice over, char **text)
{
    uint8_t digest[NW_SHA256_BYTES];
    if (j->made + j->decoys == NW_MAX_DIGESTS) {
        return nw_fail(j->d, NW_ERR_LIMIT, NW_NO_OFFSET, "more than %u digests", NW_MAX_DIGESTS);
    }
    if (j->digest_n == j->digest_cap) {
        size_t cap = j->digest_cap == 0 ? 64 : j->digest_cap * 2;
        char(*v)[DIGEST_TEXT] = nw_realloc(j->digests, cap * sizeof *v);
        if (v == NULL) {
            return NW_ERR_NOMEM;
        }
        j->digests = v;
        j->digest_cap = cap;
    }
    enum nw_err e = nw_sha256(j->c, over, digest);
    if (e != NW_OK) {
        return e;
    }
    size_t mark = j->work.n; /* encoded at the end of work, moved to the stack, cut off again */
    nw_base64url_encode(nw_slice(digest, sizeof digest), &j->work);
    e = nw_buf_err(&j->work);
    if (e != NW_OK) {
        return e;
    }
    *text = j->digests[j->digest_n++];
    memcpy(*text, j->work.p + mark, DIGEST_TEXT);
    nw_buf_cut(&j->work, mark);
    return NW_OK;
}

/* RFC 9901 4.2.1, 4.2.2: of a member with its name. The digest is left on the stack. */
static enum nw_err disclose(struct job *j, const struct nw_json *value, struct fits fits,
                            unsigned depth)
{
    uint8_t salt[SALT_BYTES];
    char *text;
    size_t mark = j->work.n;
    if (++j->made > NW_MAX_DISCLOSURES) {
        return nw_fail(j->d, NW_ERR_LIMIT, NW_NO_OFFSET, "more than %u disclosures",
                       NW_MAX_DISCLOSURES);
    }
    enum nw_err e = take_random(j, salt, sizeof salt);
    if (e != NW_OK) {
        return e;
    }
    nw_buf_puts(&j->work, "[\"");
    nw_base64url_encode(nw_slice(salt, sizeof salt), &j->work);
    nw_buf_puts(&j->work, "\",");
    if (nw_json_name(value) != NULL) {
        nw_json_write_name(value, &j->work);
        nw_buf_putc(&j->work, ',');
    }
    e = write_value(j, value, fits, depth);
    if (e != NW_OK) {
        return e;
    }
    nw_buf_putc(&j->work, ']');
    e = nw_buf_err(&j->work);
    if (e != NW_OK) {
        return e;
    }
    size_t start = j->disclosures.n;
    nw_base64url_encode(nw_slice_from(nw_buf_slice(&j->work), mark), &j->disclosures);
    nw_buf_cut(&j->work, mark);
    e = nw_buf_err(&j->disclosures);
    if (e != NW_OK) {
        return e;
    }
    e = push_digest(j, nw_slice_from(nw_buf_slice(&j->disclosures), start), &text);
    nw_buf_putc(&j->disclosures, '~');
    return e;
}

static struct fit fit_of(const char *rest, const struct nw_sd_decoy *decoy)
{
    return (struct fit){rest, rest[0] == '\0' ? 0 : strcspn(rest, "/"), decoy};
}

/* The paths that lead on through a member called name (p == NULL: through an array element). */
static struct fits fits_below(struct job *j, struct fits at, struct nw_slice name)
{
    size_t first = j->fit_n;
    for (size_t i = 0; i < at.n; i++) {
        const struct fit *f = &at.v[i];
        bool any = f->step_n == 1 && f->rest[0] == '*';
        bool same = name.p != NULL && f->step_n == name.n && f->rest[0] == (char)name.p[0] &&
                    memcmp(f->rest, name.p, name.n) == 0;
        if (f->step_n > 0 && (any || same)) {
            const char *rest = f->rest + f->step_n;
            j->fits[j->fit_n++] = fit_of(rest[0] == '/' ? rest + 1 : rest, f->decoy);
        }
    }
    return (struct fits){j->fits + first, j->fit_n - first};
}

static bool is_end(const struct fits *f, bool decoy, const struct nw_sd_decoy **found)
{
    for (size_t i = 0; i < f->n; i++) {
        if (f->v[i].rest[0] == '\0' && (f->v[i].decoy != NULL) == decoy) {
            *found = f->v[i].decoy;
            return true;
        }
    }
    return false;
}

static enum nw_err add_decoys(struct job *j, struct fits fits, size_t first)
{
    const struct nw_sd_decoy *decoy;
    if (!is_end(&fits, true, &decoy) || decoy->round == 0) {
        return NW_OK;
    }
    if (decoy->round > MAX_ROUND) {
        return nw_fail(j->d, NW_ERR_LIMIT, NW_NO_OFFSET, "decoys in rounds over %u", MAX_ROUND);
    }
    enum nw_err e = NW_OK;
    while (e == NW_OK && (j->digest_n - first) % decoy->round != 0) {
        uint8_t noise[DECOY_BYTES];
        char *text;
        e = take_random(j, noise, sizeof noise);
        if (e == NW_OK) {
            e = push_digest(j, nw_slice(noise, sizeof noise), &text);
            j->decoys++;
        }
    }
    return e;
}

/* A digest's place in the sort: its first characters as a number, which nearly always decide. */
struct place {
    uint64_t key;
    const char *text;
};

static bool before(const struct place *a, const struct place *b)
{
    return a->key != b->key ? a->key < b->key : memcmp(a->text, b->text, DIGEST_TEXT) < 0;
}

static uint64_t key_of(const char *text)
{
    uint64_t key = 0;
    for (size_t i = 0; i < sizeof key; i++) {
        key = key << 8 | (uint8_t)text[i];
    }
    return key;
}

/* Sorted, so that the order says nothing about the claims (RFC 9901 4.2.4.1). */
static enum nw_err write_sd(struct job *j, size_t first, bool comma)
{
    size_t n = j->digest_n - first;
    if (n == 0) {
        return NW_OK;
    }
    struct place *places = nw_alloc(n * sizeof *places);
    if (places == NULL) {
        return NW_ERR_NOMEM;
    }
    for (size_t i = 0; i < n; i++) { /* some thirty: inserting beats qsort() */
        const char *text = j->digests[first + i];
        const struct place p = {key_of(text), text};
        size_t at = i;
        for (; at > 0 && before(&p, &places[at - 1]); at--) {
            places[at] = places[at - 1];
        }
        places[at] = p;
    }
    nw_buf_puts(&j->work, comma ? ",\"_sd\":[" : "\"_sd\":[");
    uint8_t *at = nw_buf_reserve(&j->work, n * (DIGEST_TEXT + 3));
    for (size_t i = 0; at != NULL && i < n; i++) {
        *at++ = '"';
        memcpy(at, places[i].text, DIGEST_TEXT);
        at += DIGEST_TEXT;
        *at++ = '"';
        *at++ = i + 1 < n ? ',' : ']';
    }
    nw_buf_grow(&j->work, n * (DIGEST_TEXT + 3));
    nw_free(places);
    j->digest_n = first;
    return nw_buf_err(&j->work);
}

static enum nw_err check_name(struct job *j, const char *name, bool disclosed, unsigned depth)
{
    bool dotted = name[0] == '_' || name[0] == '.';
    if (dotted &&
        (strcmp(name, "_sd") == 0 || strcmp(name, "...") == 0 || strcmp(name, "_sd_alg") == 0)) {
        return nw_fail_at(j->d, NW_ERR_DISCLOSURE_NAME, name, "reserved for digests");
    }
    if (disclosed && depth == 0 && j->vc && nw_sdjwt_is_registered(name)) {
        return nw_fail_at(j->d, NW_ERR_CLAIM_DISCLOSED, name, "the plan would hide it");
    }
    return NW_OK;
}

static enum nw_err write_object(struct job *j, const struct nw_json *object, struct fits fits,
                                unsigned depth)
{
    size_t first = j->digest_n;
    bool comma = false;
    enum nw_err e;
    nw_buf_putc(&j->work, '{');
    for (const struct nw_json *m = nw_json_first(object); m != NULL; m = nw_json_next(m)) {
        const struct nw_sd_decoy *none;
        const char *name = nw_json_name(m);
        if (name == NULL) { /* members have names */
            return NW_ERR_INTERNAL;
        }
        size_t fit_n = j->fit_n;
        struct fits below = fits_below(j, fits, nw_str(name));
        bool hide = is_end(&below, false, &none);
        /* nothing at all below a claim that must stay visible */
        e = check_name(j, name, hide || below.n > 0, depth);
        if (e != NW_OK) {
            return e;
        }
        if (hide) {
            e = disclose(j, m, below, depth + 1);
        } else {
            if (comma) {
                nw_buf_putc(&j->work, ',');
            }
            nw_json_write_name(m, &j->work);
            nw_buf_putc(&j->work, ':');
            e = write_value(j, m, below, depth + 1);
            comma = true;
        }
        j->fit_n = fit_n;
        if (e != NW_OK) {
            return e;
        }
    }
    e = add_decoys(j, fits, first);
    if (e == NW_OK) {
        e = write_sd(j, first, comma);
    }
    if (depth == 0 && j->made + j->decoys > 0) {
        nw_buf_puts(&j->work, ",\"_sd_alg\":\"sha-256\"");
    }
    nw_buf_putc(&j->work, '}');
    return e;
}

static enum nw_err write_array(struct job *j, const struct nw_json *array, struct fits fits,
                               unsigned depth)
{
    bool comma = false;
    nw_buf_putc(&j->work, '[');
    for (const struct nw_json *m = nw_json_first(array); m != NULL; m = nw_json_next(m)) {
        const struct nw_sd_decoy *none;
        size_t fit_n = j->fit_n;
        struct fits below = fits_below(j, fits, NW_SLICE_EMPTY);
        enum nw_err e;
        if (comma) {
            nw_buf_putc(&j->work, ',');
        }
        comma = true;
        if (is_end(&below, false, &none)) {
            e = disclose(j, m, below, depth + 1);
            if (e == NW_OK) {
                nw_buf_puts(&j->work, "{\"...\":\"");
                nw_buf_put(&j->work, nw_slice(j->digests[--j->digest_n], DIGEST_TEXT));
                nw_buf_puts(&j->work, "\"}");
            }
        } else {
            e = write_value(j, m, below, depth + 1);
        }
        j->fit_n = fit_n;
        if (e != NW_OK) {
            return e;
        }
    }
    nw_buf_putc(&j->work, ']');
    return NW_OK;
}

static enum nw_err write_value(struct job *j, const struct nw_json *n, struct fits fits,
                               unsigned depth)
{
    if (depth >= NW_MAX_JSON_DEPTH) {
        return nw_fail(j->d, NW_ERR_JSON_DEPTH, NW_NO_OFFSET, "the payload is nested too deeply");
    }
    switch (nw_json_kind(n)) {
    case NW_JSON_OBJECT:
        return write_object(j, n, fits, depth);
    case NW_JSON_ARRAY:
        return write_array(j, n, fits, depth);
    default:
        nw_json_write(n, &j->work);
        return NW_OK;
    }
}

/* Levels at which a path can fit, with the one at which nothing is left of it. */
static size_t levels_of(const char *path)
{
    size_t n = 2;
    for (const char *c = path; n < NW_MAX_JSON_DEPTH + 2 && *c != '\0'; c++) {
        n += *c == '/';
    }
    return n;
}

/* Room for every path at every level it can fit at: no path fits twice at one node. */
static enum nw_err load_plan(struct job *j, const struct nw_sd_plan *plan, struct fits *root)
{
    size_t n = 0;
    while (plan != NULL && plan->paths != NULL && plan->paths[n] != NULL) {
        n++;
    }
    size_t all = n + (plan != NULL ? plan->decoy_n : 0);
    *root = (struct fits){NULL, 0};
    if (all == 0) {
        return NW_OK;
    }
    if (all > MAX_PLAN) {
        return nw_fail(j->d, NW_ERR_LIMIT, NW_NO_OFFSET, "a plan of more than %u", MAX_PLAN);
    }
    size_t room = 0;
    for (size_t i = 0; i < all; i++) {
        room += levels_of(i < n ? plan->paths[i] : plan->decoys[i - n].path);
    }
    j->fits = nw_alloc(room * sizeof *j->fits);
    if (j->fits == NULL) {
        return NW_ERR_NOMEM;
    }
    for (size_t i = 0; i < all; i++) {
        j->fits[i] = i < n ? fit_of(plan->paths[i], NULL)
                           : fit_of(plan->decoys[i - n].path, &plan->decoys[i - n]);
    }
    j->fit_n = all;
    *root = (struct fits){j->fits, all};
    return NW_OK;
}

static enum nw_err write_token(struct job *j, struct nw_signer *s, struct nw_buf *out)
{
    struct nw_buf members = NW_BUF(256);
    size_t start = out->n;
    nw_buf_puts(&members, "\"typ\":");
    nw_json_write_text(nw_str(j->in->typ), &members);
    const char *header = nw_buf_cstr(&members);
    enum nw_err e = nw_buf_err(&members);
    if (e == NW_OK) {
        e = nw_jws_sign(s, header, nw_signer_chain_length(s) > 0, nw_buf_slice(&j->work), out);
    }
    if (e == NW_OK) {
        nw_buf_putc(out, '~');
        nw_buf_put(out, nw_buf_slice(&j->disclosures));
        e = nw_buf_err(out);
        if (e == NW_OK && out->n - start > NW_MAX_SDJWT) {
            e = nw_fail(j->d, NW_ERR_LIMIT, NW_NO_OFFSET, "longer than %u bytes", NW_MAX_SDJWT);
            nw_buf_cut(out, start);
        }
    }
    nw_buf_free(&members);
    return e;
}

enum nw_err nw_sdjwt_issue(struct nw_crypto *c, struct nw_signer *s,
                           const struct nw_sdjwt_issue *in, struct nw_buf *out, struct nw_diag *d)
{
    struct job j = {.c = c,
                    .in = in,
                    .work = NW_BUF(NW_MAX_JWT),
                    .disclosures = NW_BUF(NW_MAX_SDJWT),
                    .pool_used = POOL_BYTES,
                    .vc = in->typ != NULL && strcmp(in->typ, "dc+sd-jwt") == 0,
                    .d = d};
    struct fits root;
    if (nw_json_kind(in->payload) != NW_JSON_OBJECT || in->typ == NULL) {
        return nw_fail(d, NW_ERR_JSON_TYPE, NW_NO_OFFSET, "a payload object and a typ are needed");
    }
    enum nw_err e = load_plan(&j, in->plan, &root);
    if (e == NW_OK &&
        (nw_buf_reserve(&j.work, 4096) == NULL || nw_buf_reserve(&j.disclosures, 8192) == NULL)) {
        e = NW_ERR_NOMEM;
    }
    if (e == NW_OK) {
        e = write_value(&j, in->payload, root, 0);
    }
    if (e == NW_OK) {
        e = nw_buf_err(&j.work);
    }
    if (e == NW_OK) {
        e = write_token(&j, s, out);
    }
    nw_buf_free(&j.work);
    nw_buf_free(&j.disclosures);
    nw_free(j.fits);
    nw_free(j.digests);
    nw_wipe(j.pool, sizeof j.pool);
    return e == NW_OK ? NW_OK : nw_fail(d, e, NW_NO_OFFSET, "%s", nw_err_text(e));
}
