#include "sdjwt/vctm_claims.h"

#include <ctype.h>
#include <string.h>

#include "base/alloc.h"
#include "sdjwt/vctm.h"

/* ---- reading and merging ---- */

static enum nw_err wrong(const char **why, enum nw_err e, const char *text)
{
    *why = text;
    return e;
}

static bool path_is_good(const struct nw_json *path)
{
    if (nw_json_kind(path) != NW_JSON_ARRAY || nw_json_first(path) == NULL ||
        nw_json_count(path) > NW_MAX_JSON_DEPTH) {
        return false;
    }
    for (const struct nw_json *p = nw_json_first(path); p != NULL; p = nw_json_next(p)) {
        int64_t index;
        bool number = nw_json_int(p, &index) && index >= 0;
        if (nw_json_text(p) == NULL && nw_json_kind(p) != NW_JSON_NULL && !number) {
            return false;
        }
    }
    return true;
}

/* 5.7.2: each has a locale and a label. */
static bool display_is_good(const struct nw_json *display)
{
    if (display == NULL) {
        return true;
    }
    if (nw_json_kind(display) != NW_JSON_ARRAY) {
        return false;
    }
    for (const struct nw_json *n = nw_json_first(display); n != NULL; n = nw_json_next(n)) {
        const struct nw_json *description = nw_json_get(n, "description");
        if (nw_json_text(nw_json_get(n, "locale")) == NULL ||
            nw_json_text(nw_json_get(n, "label")) == NULL ||
            (description != NULL && nw_json_text(description) == NULL)) {
            return false;
        }
    }
    return true;
}

/* 5.7: letters, digits and underscores, no digit first, unique within the document. */
static bool svg_id_is_good(const struct nw_json *claims, const struct nw_json *entry)
{
    const struct nw_json *id = nw_json_get(entry, "svg_id");
    const char *text = nw_json_text(id);
    if (id == NULL) {
        return true;
    }
    if (text == NULL || text[0] == '\0' || (text[0] >= '0' && text[0] <= '9')) {
        return false;
    }
    for (const char *t = text; *t != '\0'; t++) {
        if (*t != '_' && !(((unsigned char)*t & 0x80) == 0 && isalnum((unsigned char)*t) != 0)) {
            return false;
        }
    }
    for (const struct nw_json *n = nw_json_first(claims); n != entry; n = nw_json_next(n)) {
        if (nw_json_is_text(nw_json_get(n, "svg_id"), text)) {
            return false;
        }
    }
    return true;
}

/* What an entry says itself; *says_sd and *says_mandatory: whether it says it at all. */
static enum nw_err read_entry(const struct nw_json *claims, const struct nw_json *entry,
                              struct nw_vctm_claim *out, bool *says_sd, bool *says_mandatory,
                              const char **why)
{
    static const char *const values[] = {"allowed", "always", "never"};
    const struct nw_json *sd = nw_json_get(entry, "sd");
    const struct nw_json *mandatory = nw_json_get(entry, "mandatory");
    *out = (struct nw_vctm_claim){.path = nw_json_get(entry, "path")};
    *says_sd = sd != NULL;
    *says_mandatory = mandatory != NULL;
    if (!path_is_good(out->path)) {
        return wrong(why, NW_ERR_CLAIM_TYPE, "a path in the type metadata is not one");
    }
    if (mandatory != NULL && !nw_json_bool(mandatory, &out->mandatory)) {
        return wrong(why, NW_ERR_CLAIM_TYPE, "mandatory in the type metadata is not a boolean");
    }
    bool known = sd == NULL;
    for (int i = 0; i < 3; i++) {
        if (nw_json_is_text(sd, values[i])) {
            out->sd = (enum nw_vctm_sd)i;
            known = true;
        }
    }
    if (!known) {
        return wrong(why, NW_ERR_CLAIM_TYPE,
                     "sd in the type metadata is not always, allowed, never");
    }
    if (!display_is_good(nw_json_get(entry, "display")) || !svg_id_is_good(claims, entry)) {
        return wrong(why, NW_ERR_CLAIM_TYPE, "display or svg_id in the type metadata is wrong");
    }
    return NW_OK;
}

static struct nw_vctm_claim *same_path(const struct nw_vctm_claims *all, const struct nw_json *path)
{
    for (size_t i = 0; i < all->n; i++) {
        if (nw_json_equal(all->v[i].path, path)) {
            return &all->v[i];
        }
    }
    return NULL;
}

/* 5.7.5.1: a child may tighten, never loosen or turn round. */
static enum nw_err merge(struct nw_vctm_claim *base, const struct nw_vctm_claim *child,
                         bool says_sd, bool says_mandatory, const char **why)
{
    if (says_sd && base->sd != NW_VCTM_ALLOWED && base->sd != child->sd) {
        return wrong(why, NW_ERR_CLAIM_RANGE, "a type changes sd of the type that it extends");
    }
    if (says_mandatory && base->mandatory && !child->mandatory) {
        return wrong(why, NW_ERR_CLAIM_RANGE, "a type drops mandatory of the type that it extends");
    }
    if (says_sd) {
        base->sd = child->sd;
    }
    base->mandatory = base->mandatory || child->mandatory;
    return NW_OK;
}

static enum nw_err append(struct nw_vctm_claims *all, const struct nw_vctm_claim *claim,
                          const char **why)
{
    if (all->n == NW_VCTM_MAX_CLAIMS) {
        return wrong(why, NW_ERR_LIMIT, "the type metadata has too many claims");
    }
    if (all->n == all->cap) {
        size_t cap = all->cap == 0 ? 32 : all->cap * 2;
        struct nw_vctm_claim *v = nw_realloc(all->v, cap * sizeof *v);
        if (v == NULL) {
            return wrong(why, NW_ERR_NOMEM, "");
        }
        all->v = v;
        all->cap = cap;
    }
    all->v[all->n++] = *claim;
    return NW_OK;
}

enum nw_err nw_vctm_claims_add(struct nw_vctm_claims *all, const struct nw_json *claims,
                               const char **why)
{
    if (claims == NULL) {
        return NW_OK;
    }
    if (nw_json_kind(claims) != NW_JSON_ARRAY) {
        return wrong(why, NW_ERR_CLAIM_TYPE, "claims in the type metadata is not an array");
    }
    for (const struct nw_json *n = nw_json_first(claims); n != NULL; n = nw_json_next(n)) {
        struct nw_vctm_claim claim;
        bool says_sd;
        bool says_mandatory;
        enum nw_err e = read_entry(claims, n, &claim, &says_sd, &says_mandatory, why);
        if (e != NW_OK) {
            return e;
        }
        struct nw_vctm_claim *base = same_path(all, claim.path);
        e = base != NULL ? merge(base, &claim, says_sd, says_mandatory, why)
                         : append(all, &claim, why);
        if (e != NW_OK) {
            return e;
        }
    }
    return NW_OK;
}

/* ---- checking ---- */

struct look {
    const struct nw_sdjwt *s;
    const struct nw_vctm_claim *claim;
    const char **why;
    size_t found;
    bool unknown; /* a hidden element or claim may hold what is looked for */
};

/* The element of the array as issued at index; NULL with *hidden when it was not disclosed. */
static const struct nw_json *element_at(const struct nw_sdjwt *s, const struct nw_json *array,
                                        size_t index, bool *hidden)
{
    size_t shown = index;
    *hidden = false;
    for (size_t i = 0; i < s->hidden_n; i++) {
        if (s->hidden[i].array != array) {
            continue;
        }
        if (s->hidden[i].index == index) {
            *hidden = true;
            return NULL;
        }
        shown -= s->hidden[i].index < index ? 1 : 0;
    }
    return nw_json_at(array, shown);
}

static size_t hidden_in(const struct nw_sdjwt *s, const struct nw_json *array)
{
    size_t n = 0;
    for (size_t i = 0; i < s->hidden_n; i++) {
        n += s->hidden[i].array == array ? 1 : 0;
    }
    return n;
}

static enum nw_err selected(struct look *l, const struct nw_json *node)
{
    bool disclosed = nw_sdjwt_is_disclosed(l->s, node);
    l->found++;
    if (l->claim->sd == NW_VCTM_ALWAYS && !disclosed) {
        return wrong(l->why, NW_ERR_CLAIM_DISCLOSED, "a claim is open that must be selectable");
    }
    if (l->claim->sd == NW_VCTM_NEVER && disclosed) {
        return wrong(l->why, NW_ERR_CLAIM_DISCLOSED, "a claim is selectable that must be open");
    }
    return NW_OK;
}

/* A hidden element was issued and is selectable; what is inside is not known. */
static enum nw_err selected_hidden(struct look *l, const struct nw_json *rest)
{
    if (rest != NULL) {
        l->unknown = true;
        return NW_OK;
    }
    l->found++;
    return l->claim->sd == NW_VCTM_NEVER
               ? wrong(l->why, NW_ERR_CLAIM_DISCLOSED, "an element is hidden that must be open")
               : NW_OK;
}

static enum nw_err walk(struct look *l, const struct nw_json *node, const struct nw_json *step);

static enum nw_err walk_elements(struct look *l, const struct nw_json *array,
                                 const struct nw_json *rest)
{
    enum nw_err e = NW_OK;
    for (const struct nw_json *n = nw_json_first(array); e == NW_OK && n != NULL;
         n = nw_json_next(n)) {
        e = walk(l, n, rest);
    }
    if (e == NW_OK && hidden_in(l->s, array) > 0) {
        e = selected_hidden(l, rest);
    }
    return e;
}

/* step: the path component to take from node; NULL at the end. Bounded by the length of the path.
 */
static enum nw_err walk(struct look *l, const struct nw_json *node, const struct nw_json *step)
{
    const char *name = nw_json_text(step);
    const struct nw_json *rest = nw_json_next(step);
    int64_t index = 0;
    bool hidden;
    if (step == NULL) {
        return selected(l, node);
    }
    enum nw_json_kind wanted = name != NULL ? NW_JSON_OBJECT : NW_JSON_ARRAY;
    if (nw_json_kind(node) != wanted) {
        return wrong(l->why, NW_ERR_CLAIM_TYPE, "a path of the type metadata meets another type");
    }
    if (nw_json_kind(step) == NW_JSON_NULL) {
        return walk_elements(l, node, rest);
    }
    if (name != NULL) {
        const struct nw_json *member = nw_json_get(node, name);
        /* Any digest left over may be this claim, unless the type forbids to hide it. */
        if (member == NULL && l->s->undisclosed > 0 &&
            (rest != NULL || l->claim->sd != NW_VCTM_NEVER)) {
            l->unknown = true;
        }
        return member == NULL ? NW_OK : walk(l, member, rest);
    }
    if (!nw_json_int(step, &index)) {
        return wrong(l->why, NW_ERR_CLAIM_TYPE, "a path of the type metadata is not one");
    }
    const struct nw_json *element = element_at(l->s, node, (size_t)index, &hidden);
    if (hidden) {
        return selected_hidden(l, rest);
    }
    return element == NULL ? NW_OK : walk(l, element, rest);
}

enum nw_err nw_vctm_claim_check(const struct nw_sdjwt *s, const struct nw_vctm_claim *claim,
                                const char **why)
{
    struct look l = {.s = s, .claim = claim, .why = why};
    enum nw_err e = walk(&l, s->payload, nw_json_first(claim->path));
    if (e == NW_OK && claim->mandatory && l.found == 0 && !l.unknown) {
        return wrong(why, NW_ERR_CLAIM_MISSING, "a mandatory claim is missing");
    }
    return e;
}
