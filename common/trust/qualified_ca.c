/* QC-02 and QC-03: the services that a chain leads to (PRO-4.3.4-03), and whether their provider is
 * the issuer that the certificate names (PRO-4.3.4-11, PRO-4.4.4-06). */
#include <string.h>

#include "base/unicode.h"
#include "cbor/cbor.h"
#include "trust/qualified_internal.h"

#define OID_ORGANISATION "2.5.4.10"
#define OID_COMMON_NAME "2.5.4.3"

/* Listed certificates of one name. */
struct named {
    struct nw_slice der[NW_MAX_ANCHORS];
    size_t n;
    bool elsewhere; /* on other lists than the one wanted */
};

static bool is_on_list(const struct nw_seal_work *w, const struct nw_bundle_service *s)
{
    struct nw_bundle_entity e;
    return nw_bundle_entity_at(w->b, (size_t)s->entity, &e) && e.source == w->source;
}

static bool is_there(const struct named *f, struct nw_slice der)
{
    for (size_t i = 0; i < f->n; i++) {
        if (nw_slice_eq(f->der[i], der)) {
            return true;
        }
    }
    return false;
}

static enum nw_err find_named(struct nw_seal_work *w, struct nw_slice name, struct named *out)
{
    uint32_t services[NW_MAX_ANCHORS];
    uint8_t digest[NW_SHA256_BYTES];
    out->n = 0;
    out->elsewhere = false;
    enum nw_err e = nw_sha256(w->c, name, digest);
    if (e != NW_OK) {
        return e;
    }
    size_t n = nw_bundle_by_subject(w->b, digest, NW_ROLE_QCERT_CA, services, NW_MAX_ANCHORS);
    for (size_t i = 0; i < n && i < NW_MAX_ANCHORS; i++) {
        if (!nw_bundle_service_at(w->b, services[i], &w->service)) {
            continue;
        }
        if (!is_on_list(w, &w->service)) {
            out->elsewhere = true;
            continue;
        }
        for (size_t k = 0; k < w->service.cert_n && out->n < NW_MAX_ANCHORS; k++) {
            if (!is_there(out, w->service.certs[k])) {
                out->der[out->n++] = w->service.certs[k];
            }
        }
    }
    return NW_OK;
}

static bool has_key_and_name(const struct nw_bundle_service *s, const struct nw_cert *listed)
{
    struct nw_cert cert;
    for (size_t i = 0; i < s->cert_n; i++) {
        if (nw_cert_listed(s->certs[i], &cert, NULL) == NW_OK &&
            nw_slice_eq(cert.spki, listed->spki) && nw_slice_eq(cert.subject, listed->subject)) {
            return true;
        }
    }
    return false;
}

/* All services of the list with the key and the name of a listed certificate. */
static enum nw_err add_services(struct nw_seal_work *w, const struct nw_cert *listed)
{
    uint32_t services[NW_MAX_ANCHORS];
    uint8_t digest[NW_SHA256_BYTES];
    enum nw_err e = nw_sha256(w->c, listed->spki, digest);
    size_t n =
        e == NW_OK ? nw_bundle_by_key(w->b, digest, NW_ROLE_QCERT_CA, services, NW_MAX_ANCHORS) : 0;
    for (size_t i = 0; i < n; i++) {
        if (i == NW_MAX_ANCHORS ||
            w->service_n == NW_MAX_ANCHORS) { /* one of the rest may differ */
            nw_seal_break(w, NW_LINK_PATH, "more than %u services have its key", NW_MAX_ANCHORS);
            break;
        }
        bool same = nw_bundle_service_at(w->b, services[i], &w->service) &&
                    is_on_list(w, &w->service) && has_key_and_name(&w->service, listed);
        if (same) {
            w->services[w->service_n++] = services[i];
        }
    }
    return e;
}

/* A listed CA may stand below another listed one: that one is a service of the chain as well. */
static enum nw_err climb(struct nw_seal_work *w, struct named *found, struct nw_cert *listed)
{
    struct nw_slice chain[NW_MAX_CHAIN];
    size_t n = w->chain_n;
    enum nw_err e = NW_OK;
    memcpy(chain, w->chain, n * sizeof *chain);
    while (e == NW_OK && n < NW_MAX_CHAIN && !nw_slice_eq(listed->issuer, listed->subject)) {
        struct nw_path path = {.chain = chain, .at = w->at, .profile = w->profile};
        size_t used = 0;
        chain[n++] = listed->der;
        e = find_named(w, listed->issuer, found);
        path.chain_n = n;
        path.anchors = found->der;
        path.anchor_n = found->n;
        if (e != NW_OK || found->n == 0) {
            break;
        }
        enum nw_err p = nw_path_check(w->c, &path, NULL, &used, NULL);
        if (p != NW_OK) {
            return nw_err_is_ours(p) ? p : NW_OK;
        }
        e = nw_cert_listed(found->der[used], listed, NULL);
        e = e == NW_OK ? add_services(w, listed) : e;
    }
    return e;
}

/* No service of the name for seals: listed for something else, elsewhere, or nowhere. */
static enum nw_err explain_absence(struct nw_seal_work *w, struct nw_slice name, bool elsewhere)
{
    uint8_t digest[NW_SHA256_BYTES];
    struct nw_bundle_entity e;
    enum nw_err err = nw_sha256(w->c, name, digest);
    if (err == NW_OK && nw_bundle_other_ca(w->b, digest, &e) && e.source == w->source) {
        nw_seal_break(w, NW_LINK_NEVER_FOR_SEALS, "%.*s", (int)e.name.n, (const char *)e.name.p);
    } else if (err == NW_OK) {
        nw_seal_break(w, elsewhere ? NW_LINK_OTHER_STATE : NW_LINK_NOT_LISTED, "%s", "");
    }
    return err;
}

static enum nw_err use_anchor(struct nw_seal_work *w, struct named *found, size_t used)
{
    struct nw_cert listed;
    struct nw_bundle_period period;
    uint8_t digest[NW_SHA256_BYTES];
    w->anchor = found->der[used];
    enum nw_err e = nw_cert_listed(w->anchor, &listed, NULL);
    e = e == NW_OK ? add_services(w, &listed) : e;
    e = e == NW_OK ? nw_sha256(w->c, w->anchor, digest) : e;
    if (e == NW_OK && w->service_n > 0 && nw_bundle_service_at(w->b, w->services[0], &w->service)) {
        (void)nw_service_state(&w->service, w->signed_at, &period);
        nw_service_entity(w->b, &w->service, &period, &w->out->qtsp);
        nw_hex_digest(digest, w->out->qtsp.anchor);
        e = climb(w, found, &listed);
    }
    return e;
}

enum nw_err nw_seal_find_ca(struct nw_seal_work *w)
{
    struct named found;
    struct nw_cert last;
    struct nw_diag d = {0};
    size_t used = 0;
    nw_diag_clear(&d);
    enum nw_err e = nw_cert_read(w->c, w->chain[w->chain_n - 1], &last, &d);
    if (e == NW_OK) {
        e = find_named(w, last.issuer, &found);
    }
    if (e != NW_OK) {
        nw_seal_break(w, NW_LINK_PATH, "%s", nw_err_text(e));
        return nw_err_is_ours(e) ? e : NW_OK;
    }
    if (found.n == 0) {
        return explain_absence(w, last.issuer, found.elsewhere);
    }
    const struct nw_path path = {.chain = w->chain,
                                 .chain_n = w->chain_n,
                                 .anchors = found.der,
                                 .anchor_n = found.n,
                                 .at = w->at,
                                 .profile = w->profile};
    e = nw_path_check(w->c, &path, w->checks, &used, &d);
    if (e == NW_OK) {
        return use_anchor(w, &found, used);
    }
    nw_seal_break(w, e == NW_ERR_CERT_TIME ? NW_LINK_EXPIRED : NW_LINK_PATH, "%s",
                  d.detail[0] != '\0' ? d.detail : nw_err_text(e));
    return nw_err_is_ours(e) ? e : NW_OK;
}

/* RFC 5280 7.1 compares without case and runs of spaces; here marks and dots do not count either.
 * What is compared are two names of one CA whose key is on the list. */
static bool same_name(struct nw_slice a, struct nw_slice b)
{
    struct nw_buf folded[2] = {NW_BUF(4u << 10), NW_BUF(4u << 10)};
    bool same = nw_text_fold(a, &folded[0]) == NW_OK && nw_text_fold(b, &folded[1]) == NW_OK &&
                folded[0].n > 0 && nw_slice_eq(nw_buf_slice(&folded[0]), nw_buf_slice(&folded[1]));
    nw_buf_free(&folded[0]);
    nw_buf_free(&folded[1]);
    return same;
}

static bool is_a_name(const struct nw_bundle_entity *e, struct nw_slice name)
{
    struct nw_cbor r = nw_cbor_open(e->names);
    bool found = same_name(e->name, name) || same_name(e->id, name);
    for (size_t n = e->names.n > 0 ? nw_cbor_array(&r) : 0; !found && n > 0; n--) {
        found = same_name(nw_cbor_text(&r), name);
    }
    return found;
}

enum nw_err nw_seal_match_name(struct nw_seal_work *w)
{
    struct nw_bundle_entity first = {0};
    struct nw_bundle_entity e;
    struct nw_cert listed;
    char name[NW_CERT_NAME] = "";
    for (size_t i = 0; i < w->service_n; i++) {
        if (!nw_bundle_service_at(w->b, w->services[i], &w->service) ||
            !nw_bundle_entity_at(w->b, (size_t)w->service.entity, &e)) {
            continue;
        }
        if (i > 0 && !nw_slice_eq(e.name, first.name)) {
            nw_seal_break(w, NW_LINK_NAME, "the CA is listed for several providers");
            return NW_OK;
        }
        first = e;
    }
    bool has = nw_name_text(w->leaf.issuer, OID_ORGANISATION, name, sizeof name) && name[0] != '\0';
    if (has && !is_a_name(&first, nw_str(name))) {
        nw_seal_break(w, NW_LINK_NAME, "%.60s, the list says %.*s", name,
                      (int)(first.name.n < 60 ? first.name.n : 60), (const char *)first.name.p);
    } else if (!has) { /* the ways that EXAMPLE 1 names: the whole name, or the common name */
        enum nw_err bad = nw_cert_listed(w->anchor, &listed, NULL);
        bool same = bad == NW_OK && nw_slice_eq(listed.subject, w->leaf.issuer);
        (void)nw_name_text(w->leaf.issuer, OID_COMMON_NAME, name, sizeof name);
        if (!same && !is_a_name(&first, nw_str(name))) {
            nw_seal_break(w, NW_LINK_NAME, "the issuer names no organisation");
        }
        return nw_err_is_ours(bad) ? bad : NW_OK;
    }
    return NW_OK;
}
