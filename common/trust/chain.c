/*
 * From a chain to a listed service: who is entitled, since when, for what.
 *
 * A chain belongs to a service of the role asked for in one of two ways (TS
 * 119 602 table H.3, note): the leaf's key and subject are those of a listed
 * certificate, or a listed CA certificate issued the chain's last certificate.
 * The first wins: what the list says about a body itself is nearer than what
 * it says about the body's CA. A name or a key identifier alone never matches.
 */
#include <string.h>

#include "base/alloc.h"
#include "cbor/cbor.h"
#include "trust/bundle_open.h"

/* A listed certificate that the chain may lead to, and its service. */
struct candidate {
    struct nw_slice der;
    uint32_t service;
};

struct search {
    struct nw_crypto *c;
    const struct nw_bundle *b;
    enum nw_role role;
    struct nw_slice doc_type;          /* NW_ROLE_IACA: what it must be a root for */
    struct nw_cert leaf, last, listed; /* listed: the one looked at */
    struct nw_bundle_service service;  /* the one looked at */
    struct candidate found[NW_MAX_ANCHORS];
    size_t n;
    bool by_key; /* the leaf itself is listed */
};

static enum nw_err read_chain(struct search *s, const struct nw_slice *chain, size_t n,
                              struct nw_checks *checks, struct nw_diag *d)
{
    struct nw_diag local = {0};
    enum nw_err e = NW_OK;
    if (n == 0 || n > NW_MAX_CHAIN) {
        e = nw_fail(&local, n == 0 ? NW_ERR_CERT_CHAIN : NW_ERR_CERT_DEPTH, NW_NO_OFFSET,
                    "%zu certificates", n);
    }
    if (e == NW_OK) {
        e = nw_cert_parse(chain[0], &s->leaf, &local);
    }
    if (e == NW_OK) {
        e = nw_cert_parse(chain[n - 1], &s->last, &local);
    }
    if (e != NW_OK) {
        (void)nw_fail(&local, e, NW_NO_OFFSET, "certificate of the signer");
        if (checks != NULL && !nw_err_is_ours(e)) {
            (void)nw_check_fail_diag(checks, e == NW_ERR_CERT_ALG ? "X5-02" : "X5-01", &local);
        }
        if (d != NULL && d->code == NW_OK) {
            *d = local;
        }
    }
    return e;
}

static bool matches(const struct search *s)
{
    return s->by_key ? nw_slice_eq(s->listed.spki, s->leaf.spki) &&
                           nw_slice_eq(s->listed.subject, s->leaf.subject)
                     : s->listed.ca && nw_slice_eq(s->listed.subject, s->last.issuer);
}

static bool is_for(struct nw_slice doc_types, struct nw_slice wanted)
{
    struct nw_cbor r = nw_cbor_open(doc_types);
    for (size_t n = nw_cbor_array(&r); n > 0; n--) {
        if (nw_slice_eq(nw_cbor_text(&r), wanted) && wanted.n > 0) {
            return true;
        }
    }
    return false;
}

static void collect(struct search *s, const uint32_t *services, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!nw_bundle_service_at(s->b, services[i], &s->service) ||
            (s->role == NW_ROLE_IACA && !is_for(s->service.doc_types, s->doc_type))) {
            continue;
        }
        for (size_t k = 0; k < s->service.cert_n && s->n < NW_MAX_ANCHORS; k++) {
            if (nw_cert_listed(s->service.certs[k], &s->listed, NULL) == NW_OK && matches(s)) {
                s->found[s->n++] =
                    (struct candidate){.der = s->service.certs[k], .service = services[i]};
            }
        }
    }
}

static enum nw_err find_candidates(struct search *s)
{
    uint32_t services[NW_MAX_ANCHORS];
    uint8_t digest[NW_SHA256_BYTES];
    enum nw_err e = nw_sha256(s->c, s->leaf.spki, digest);
    if (e != NW_OK) {
        return e;
    }
    s->by_key = s->role != NW_ROLE_IACA; /* a root signs no documents itself */
    size_t n = s->by_key ? nw_bundle_by_key(s->b, digest, s->role, services, NW_MAX_ANCHORS) : 0;
    collect(s, services, n < NW_MAX_ANCHORS ? n : NW_MAX_ANCHORS);
    if (s->n > 0) {
        return NW_OK;
    }
    e = nw_sha256(s->c, s->last.issuer, digest);
    if (e != NW_OK) {
        return e;
    }
    s->by_key = false;
    n = nw_bundle_by_subject(s->b, digest, s->role, services, NW_MAX_ANCHORS);
    collect(s, services, n < NW_MAX_ANCHORS ? n : NW_MAX_ANCHORS);
    return NW_OK;
}

/* A body may present another certificate of its listed key (a renewal). The list vouches for the
 * certificate it holds, so that is the one whose validity counts. */
static struct nw_slice listed_leaf(struct search *s, struct nw_slice presented, int64_t at)
{
    struct nw_slice best = s->found[0].der;
    bool valid = false;
    for (size_t i = 0; i < s->n; i++) {
        if (nw_slice_eq(s->found[i].der, presented)) {
            return presented;
        }
        if (!valid && nw_cert_listed(s->found[i].der, &s->listed, NULL) == NW_OK &&
            s->listed.not_before <= at && at <= s->listed.not_after) {
            best = s->found[i].der;
            valid = true;
        }
    }
    return best;
}

static enum nw_err check_path(struct search *s, const struct nw_slice *chain, size_t n,
                              enum nw_cert_profile profile, int64_t at, struct nw_slice *anchor,
                              struct nw_checks *checks, struct nw_diag *d)
{
    struct nw_slice anchors[NW_MAX_ANCHORS];
    struct nw_slice leaf;
    size_t used = 0;
    struct nw_path path = {.chain = chain,
                           .chain_n = n,
                           .anchors = anchors,
                           .anchor_n = s->n,
                           .at = at,
                           .profile = profile,
                           .leaf_may_be_anchor = s->by_key};
    for (size_t i = 0; i < s->n; i++) {
        anchors[i] = s->found[i].der;
    }
    if (s->by_key) {
        leaf = listed_leaf(s, chain[0], at);
        path.chain = &leaf;
        path.chain_n = 1;
        anchors[0] = leaf;
        path.anchor_n = 1;
    }
    enum nw_err e = nw_path_check(s->c, &path, checks, &used, d);
    if (e == NW_OK) {
        *anchor = anchors[used];
    } else if (s->by_key) {
        *anchor = leaf;
    }
    return e;
}

/* Of several services with this anchor, a granted one is enough; withdrawn says more than not yet.
 */
static int rank(enum nw_trust_state state)
{
    static const int ranks[] = {[NW_TRUST_UNKNOWN] = 0,
                                [NW_TRUST_NOT_YET] = 1,
                                [NW_TRUST_WITHDRAWN] = 2,
                                [NW_TRUST_GRANTED] = 3};
    return ranks[state];
}

static enum nw_err judge(struct search *s, struct nw_slice anchor, int64_t signed_at,
                         struct nw_trust_entity *entity, enum nw_trust_state *state)
{
    uint8_t digest[NW_SHA256_BYTES];
    enum nw_err e = nw_sha256(s->c, anchor, digest);
    *state = NW_TRUST_UNKNOWN;
    for (size_t i = 0; e == NW_OK && i < s->n; i++) {
        struct nw_bundle_period period;
        if (!s->by_key && !nw_slice_eq(s->found[i].der, anchor)) {
            continue;
        }
        if (!nw_bundle_service_at(s->b, s->found[i].service, &s->service)) {
            continue;
        }
        enum nw_trust_state one = nw_service_state(&s->service, signed_at, &period);
        if (rank(one) > rank(*state)) {
            *state = one;
            nw_service_entity(s->b, &s->service, &period, entity);
            nw_hex_digest(digest, entity->anchor);
        }
    }
    return e;
}

static const struct {
    enum nw_err err;
    const char *detail;
} verdicts[] = {
    [NW_TRUST_UNKNOWN] = {NW_ERR_TRUST_UNKNOWN, "the signer is on no list for this role"},
    [NW_TRUST_GRANTED] = {NW_OK, ""},
    [NW_TRUST_WITHDRAWN] = {NW_ERR_TRUST_WITHDRAWN, "withdrawn when it signed"},
    [NW_TRUST_NOT_YET] = {NW_ERR_TRUST_NOT_YET, "entitled only after it signed"},
};

/* For the reader of a refusal: the key is known, but for something else. */
static bool has_other_role(const struct search *s)
{
    uint8_t digest[NW_SHA256_BYTES];
    uint32_t none;
    bool found = false;
    if (nw_sha256(s->c, s->leaf.spki, digest) != NW_OK) {
        return false;
    }
    for (int r = NW_ROLE_PUBEAA_ISSUE; r <= NW_ROLE_IACA; r++) {
        found = found || nw_bundle_by_key(s->b, digest, (enum nw_role)r, &none, 0) > 0;
    }
    return found;
}

static enum nw_err conclude(const struct search *s, enum nw_trust_state state,
                            const struct nw_trust_entity *entity, int64_t at,
                            struct nw_checks *checks, struct nw_diag *d)
{
    enum nw_err e = verdicts[state].err;
    const char *detail = verdicts[state].detail;
    if (e != NW_OK) {
        if (state == NW_TRUST_UNKNOWN && has_other_role(s)) {
            detail = "the signer is listed, but for another role";
        }
        if (checks != NULL) {
            nw_check_fail(checks, "LOTE-04", e, "%s", detail);
        }
        return nw_fail(d, e, NW_NO_OFFSET, "%s", detail);
    }
    if (checks != NULL) {
        nw_check_pass(checks, "LOTE-04");
        if (entity->list_next != 0 && at > entity->list_next) {
            nw_check_not_done(checks, "LOTE-02", "a newer edition of the list must exist by now");
        }
    }
    return NW_OK;
}

static void path_not_done(struct nw_checks *checks)
{
    static const char *const ids[] = {"X5-01", "X5-02", "X5-03", "X5-04"};
    for (size_t i = 0; checks != NULL && i < 4; i++) {
        nw_check_not_done(checks, ids[i], "no list leads to this signer");
    }
}

static enum nw_err ask(const struct search *who, enum nw_cert_profile profile,
                       const struct nw_slice *chain, size_t n, int64_t signed_at, int64_t at,
                       struct nw_trust_entity *entity, enum nw_trust_state *state,
                       struct nw_checks *checks, struct nw_diag *d)
{
    struct nw_slice anchor = NW_SLICE_EMPTY;
    enum nw_err path = NW_OK;
    struct search *s = nw_calloc(1, sizeof *s);
    *state = NW_TRUST_UNKNOWN;
    memset(entity, 0, sizeof *entity);
    enum nw_err e = s != NULL ? NW_OK : NW_ERR_NOMEM;
    if (e == NW_OK) {
        *s = *who;
        e = read_chain(s, chain, n, checks, d);
    }
    if (e == NW_OK) {
        e = find_candidates(s);
    }
    if (e == NW_OK && s->n > 0) {
        path = check_path(s, chain, n, profile, at, &anchor, checks, d);
        e = nw_err_is_ours(path) ? path : NW_OK;
    } else if (e == NW_OK) {
        path_not_done(checks);
    }
    if (e == NW_OK && anchor.n > 0) {
        e = judge(s, anchor, signed_at, entity, state);
    }
    if (e == NW_OK && path != NW_OK && anchor.n == 0) {
        if (checks != NULL) {
            nw_check_not_done(checks, "LOTE-04", "no valid path to a listed certificate");
        }
        e = path;
    } else if (e == NW_OK) {
        e = conclude(s, *state, entity, at, checks, d);
        e = path != NW_OK ? path : e;
    }
    nw_free(s);
    return e;
}

enum nw_err nw_trust_chain(struct nw_crypto *c, const struct nw_bundle *b, enum nw_role role,
                           enum nw_cert_profile profile, const struct nw_slice *chain, size_t n,
                           int64_t signed_at, int64_t at, struct nw_trust_entity *entity,
                           enum nw_trust_state *state, struct nw_checks *checks, struct nw_diag *d)
{
    const struct search who = {.c = c, .b = b, .role = role};
    return ask(&who, profile, chain, n, signed_at, at, entity, state, checks, d);
}

enum nw_err nw_trust_iaca(struct nw_crypto *c, const struct nw_bundle *b, struct nw_slice doc_type,
                          enum nw_cert_profile profile, const struct nw_slice *chain, size_t n,
                          int64_t signed_at, int64_t at, struct nw_trust_entity *entity,
                          enum nw_trust_state *state, struct nw_checks *checks, struct nw_diag *d)
{
    const struct search who = {.c = c, .b = b, .role = NW_ROLE_IACA, .doc_type = doc_type};
    return ask(&who, profile, chain, n, signed_at, at, entity, state, checks, d);
}
