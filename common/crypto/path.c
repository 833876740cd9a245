#include "crypto/cert_fields.h"
#include "crypto/provider.h"

#define OID_MDOC_DS "1.0.18013.5.1.2"
#define OID_MDOC_DS_23220 "1.0.23220.4.1.2"
#define OID_MDOC_READER "1.0.18013.5.1.6"
#define OID_STATUS "1.3.6.1.5.5.7.3.30" /* id-kp-oauthStatusSigning */

#define RSA_BITS_UNLISTED 3072

/* One certificate of the path with the SHA-256 of its bytes. */
struct path_cert {
    struct nw_cert cert;
    uint8_t id[NW_SHA256_BYTES];
};

struct path_work {
    struct nw_crypto *c;
    const struct nw_path *path;
    struct nw_diag *d;
    struct path_cert chain[NW_MAX_CHAIN];
    struct nw_cert anchor;
};

static bool is_anchor(const struct nw_path *path, struct nw_slice der, size_t *which)
{
    for (size_t i = 0; i < path->anchor_n; i++) {
        if (nw_slice_eq(path->anchors[i], der)) {
            *which = i;
            return true;
        }
    }
    return false;
}

/* SHA-256 over the issuer's SPKI and the certificate's id: names the fact "this key signed it".
 * The id is last and of fixed length, so the two cannot be cut differently; a certificate's own id
 * is a hash over other bytes (an SPKI and 32 bytes are never one DER value). */
static enum nw_err signed_fact(struct nw_crypto *c, const struct path_cert *subject,
                               const struct nw_cert *issuer, uint8_t fact[NW_HASH_MAX])
{
    const struct nw_slice parts[] = {issuer->spki, nw_slice(subject->id, NW_SHA256_BYTES)};
    return nw_hash_parts(c, NW_SHA256, parts, 2, fact);
}

/* The signature over the received TBS bytes by the issuer's key. */
static enum nw_err check_signature(struct path_work *w, const struct path_cert *subject,
                                   const struct nw_cert *issuer)
{
    uint8_t fact[NW_HASH_MAX];
    struct nw_pubkey *key = NULL;
    enum nw_err e = signed_fact(w->c, subject, issuer, fact);
    if (e != NW_OK || nw_seen_has(&w->c->seen, fact)) {
        return e;
    }
    e = nw_pubkey_from_spki(w->c, issuer->spki, &key);
    if (e == NW_OK) {
        e = nw_verify_x509(w->c, subject->cert.sig_alg, key, subject->cert.tbs,
                           subject->cert.signature);
    }
    nw_pubkey_free(&key);
    if (e == NW_OK) {
        nw_seen_add(&w->c->seen, fact);
    }
    return e;
}

/* Whether issuer may have signed certificates, `below` of them between it and the leaf. */
static enum nw_err check_issuer(const struct nw_cert *issuer, size_t below, struct nw_diag *d)
{
    if (!issuer->ca) { /* RFC 5280 6.1.4 (k) */
        return nw_fail(d, NW_ERR_CERT_CA, NW_NO_OFFSET, "an issuer is no CA");
    }
    if (issuer->has_key_usage && (issuer->key_usage & NW_KU_KEY_CERT_SIGN) == 0) { /* (n) */
        return nw_fail(d, NW_ERR_CERT_CA, NW_NO_OFFSET, "an issuer lacks keyCertSign");
    }
    if (issuer->path_len >= 0 && below > (size_t)issuer->path_len) { /* (l), (m) */
        return nw_fail(d, NW_ERR_CERT_CA, NW_NO_OFFSET, "path length %d, %zu below",
                       issuer->path_len, below);
    }
    if (issuer->name_constraints) {
        return nw_fail(d, NW_ERR_CERT_CRITICAL, NW_NO_OFFSET, "name constraints");
    }
    return NW_OK;
}

/* Names chain, and the key identifiers do not speak against it. */
static bool names_chain(const struct nw_cert *subject, const struct nw_cert *issuer)
{
    return nw_slice_eq(subject->issuer, issuer->subject) &&
           (subject->aki.n == 0 || issuer->ski.n == 0 || nw_slice_eq(subject->aki, issuer->ski));
}

/* Signature trouble becomes a word about the chain; our own trouble stays what it is. */
static enum nw_err chain_err(enum nw_err e, struct nw_diag *d)
{
    switch (e) {
    case NW_OK:
        return e;
    case NW_ERR_SIGNATURE:
    case NW_ERR_SIGNATURE_LENGTH:
        return nw_fail(d, NW_ERR_CERT_CHAIN, NW_NO_OFFSET, "a signature is not by its issuer");
    case NW_ERR_KEY:
    case NW_ERR_ALG_KEY_MISMATCH:
    case NW_ERR_ALG_UNSUPPORTED:
        return nw_fail(d, NW_ERR_CERT_ALG, NW_NO_OFFSET, "%s", nw_err_text(e));
    default:
        return nw_fail(d, e, NW_NO_OFFSET, "certificate signature");
    }
}

static enum nw_err read_chain(struct path_work *w)
{
    size_t which;
    if (w->path->chain_n == 0) {
        return nw_fail(w->d, NW_ERR_CERT_CHAIN, NW_NO_OFFSET, "no certificate");
    }
    if (w->path->chain_n > NW_MAX_CHAIN) {
        return nw_fail(w->d, NW_ERR_CERT_DEPTH, NW_NO_OFFSET, "%zu certificates", w->path->chain_n);
    }
    for (size_t i = 0; i < w->path->chain_n; i++) {
        struct path_cert *p = &w->chain[i];
        enum nw_err e = nw_cert_read_id(w->c, w->path->chain[i], &p->cert, p->id, w->d);
        if (e != NW_OK) {
            return e;
        }
        if (nw_slice_eq(p->cert.issuer, p->cert.subject) ||
            is_anchor(w->path, p->cert.der, &which)) {
            return nw_fail(w->d, NW_ERR_CERT_SELF_SIGNED, NW_NO_OFFSET, "certificate %zu", i + 1);
        }
    }
    return NW_OK;
}

/* X5-02: RSA of 2048 bits is good for what a list names, the anchor, and nothing below it. */
static enum nw_err check_key(struct path_work *w, size_t i)
{
    struct nw_pubkey *key = NULL;
    enum nw_err e = nw_pubkey_from_spki(w->c, w->chain[i].cert.spki, &key);
    if (e != NW_OK) {
        return chain_err(e, w->d);
    }
    size_t bits = nw_pubkey_rsa_bits(key);
    nw_pubkey_free(&key);
    return bits == 0 || bits >= RSA_BITS_UNLISTED
               ? NW_OK
               : nw_fail(w->d, NW_ERR_CERT_ALG, NW_NO_OFFSET,
                         "certificate %zu has an RSA key of %zu bits, wanted %d", i + 1, bits,
                         RSA_BITS_UNLISTED);
}

/* X5-02: what signs, and what is signed with. */
static enum nw_err check_algorithms(struct path_work *w)
{
    for (size_t i = 0; i < w->path->chain_n; i++) {
        const struct nw_cert *cert = &w->chain[i].cert;
        if (cert->sig_alg == NW_ALG_NONE) {
            return nw_fail(w->d, NW_ERR_CERT_ALG, NW_NO_OFFSET,
                           "certificate %zu is signed with a weak or unknown algorithm", i + 1);
        }
        enum nw_err e = check_key(w, i);
        if (e != NW_OK) {
            return e;
        }
    }
    return NW_OK;
}

static enum nw_err check_links(struct path_work *w)
{
    for (size_t i = 0; i + 1 < w->path->chain_n; i++) {
        const struct nw_cert *issuer = &w->chain[i + 1].cert;
        if (!names_chain(&w->chain[i].cert, issuer)) {
            return nw_fail(w->d, NW_ERR_CERT_CHAIN, NW_NO_OFFSET,
                           "certificate %zu does not name certificate %zu as its issuer", i + 1,
                           i + 2);
        }
        enum nw_err e = check_issuer(issuer, i, w->d);
        if (e == NW_OK) {
            e = chain_err(check_signature(w, &w->chain[i], issuer), w->d);
        }
        if (e != NW_OK) {
            return e;
        }
    }
    return NW_OK;
}

/* One candidate: NW_OK, or why it does not carry the chain. Leaves the anchor in w. */
static enum nw_err try_anchor(struct path_work *w, struct nw_slice der, struct nw_diag *d)
{
    size_t last = w->path->chain_n - 1;
    enum nw_err e = nw_cert_listed(der, &w->anchor, d);
    if (e != NW_OK) {
        return e;
    }
    if (!names_chain(&w->chain[last].cert, &w->anchor)) {
        return nw_fail(d, NW_ERR_CERT_ANCHOR, NW_NO_OFFSET, "the key identifiers differ");
    }
    e = check_issuer(&w->anchor, last, d);
    return e != NW_OK ? e : chain_err(check_signature(w, &w->chain[last], &w->anchor), d);
}

/* The anchor that signed the last certificate. Several may bear its issuer's name (a CA that
 * changed its key): the first that fits is taken; if none does, the first one's reason stands. */
static enum nw_err find_anchor(struct path_work *w, size_t *used)
{
    const struct nw_cert *last = &w->chain[w->path->chain_n - 1].cert;
    struct nw_diag first;
    nw_diag_clear(&first);
    for (size_t i = 0; i < w->path->anchor_n; i++) {
        struct nw_diag d;
        struct nw_cert_outline outline;
        if (nw_cert_outline(w->path->anchors[i], &outline) != NW_OK ||
            !nw_slice_eq(outline.subject, last->issuer)) {
            continue;
        }
        nw_diag_clear(&d);
        enum nw_err e = try_anchor(w, w->path->anchors[i], &d);
        if (e == NW_OK) {
            *used = i;
            return NW_OK;
        }
        if (nw_err_is_ours(e)) {
            return nw_fail(w->d, e, NW_NO_OFFSET, "%s", d.detail);
        }
        if (first.code == NW_OK) {
            first = d;
        }
    }
    if (first.code != NW_OK) {
        return nw_fail(w->d, first.code, first.off, "%s", first.detail);
    }
    return nw_fail(w->d, NW_ERR_CERT_ANCHOR, NW_NO_OFFSET, "its issuer is none of %zu anchors",
                   w->path->anchor_n);
}

static enum nw_err check_time(const struct nw_cert *cert, int64_t at, const char *which,
                              struct nw_diag *d)
{
    if (at >= cert->not_before && at <= cert->not_after) {
        return NW_OK;
    }
    return nw_fail(d, NW_ERR_CERT_TIME, NW_NO_OFFSET, "%s %s", which,
                   at < cert->not_before ? "is not valid yet" : "has expired");
}

static enum nw_err check_times(const struct path_work *w)
{
    enum nw_err e = check_time(&w->anchor, w->path->at, "the anchor", w->d);
    for (size_t i = 0; e == NW_OK && i < w->path->chain_n; i++) {
        e = check_time(&w->chain[i].cert, w->path->at, i == 0 ? "the signer" : "an intermediate",
                       w->d);
    }
    return e;
}

/* A certificate made for one of these purposes and no other signs no attestations. One for status
 * lists (TSL 10) signs those alone. */
static bool made_for_something_else(const struct nw_cert *cert, enum nw_cert_profile profile)
{
    static const char *const foreign[] = {
        "1.3.6.1.5.5.7.3.1", /* serverAuth */
        "1.3.6.1.5.5.7.3.3", /* codeSigning */
        "1.3.6.1.5.5.7.3.8", /* timeStamping */
        "1.3.6.1.5.5.7.3.9", /* OCSPSigning */
        OID_MDOC_READER,
    };
    struct nw_slice v = cert->ext_eku;
    struct nw_slice seq;
    struct nw_slice oid;
    if (!nw_der_take(&v, NW_DER_SEQUENCE, &seq)) {
        return false; /* no extension: the role comes from the trust list */
    }
    while (nw_der_take(&seq, NW_DER_OID, &oid)) {
        bool known = false;
        for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
            known = known || nw_der_oid_is(oid, foreign[i]);
        }
        known = known || (profile != NW_CERT_STATUS && nw_der_oid_is(oid, OID_STATUS));
        if (!known) {
            return false;
        }
    }
    return true;
}

/* ISO/IEC 18013-5 Table B.3: C as in the issuer's certificate, ST too if both have it. */
static bool same_place(const struct nw_cert *cert)
{
    struct nw_slice subject;
    struct nw_slice issuer;
    if (!nw_name_find(cert->subject, NW_OID_COUNTRY, &subject) ||
        !nw_name_find(cert->issuer, NW_OID_COUNTRY, &issuer) || !nw_slice_eq(subject, issuer)) {
        return false;
    }
    return !nw_name_find(cert->subject, NW_OID_STATE, &subject) ||
           !nw_name_find(cert->issuer, NW_OID_STATE, &issuer) || nw_slice_eq(subject, issuer);
}

/* An mdoc's signer is an ISO one; others may have a certificate that is for seals alone. */
static bool may_sign(const struct nw_cert *leaf, enum nw_cert_profile profile)
{
    bool either = profile == NW_CERT_ATTESTATION || profile == NW_CERT_STATUS;
    unsigned wanted = NW_KU_DIGITAL_SIGNATURE | (either ? NW_KU_CONTENT_COMMITMENT : 0);
    return (leaf->key_usage & wanted) != 0;
}

/* X5-03 */
static enum nw_err check_usage(const struct nw_cert *leaf, enum nw_cert_profile profile,
                               struct nw_diag *d)
{
    if (profile == NW_CERT_LIST) {
        return NW_OK;
    }
    if (leaf->ca) {
        return nw_fail(d, NW_ERR_CERT_USAGE, NW_NO_OFFSET, "the signer is a CA");
    }
    if (!may_sign(leaf, profile)) {
        return nw_fail(d, NW_ERR_CERT_USAGE, NW_NO_OFFSET, "keyUsage is not for signing");
    }
    bool fits = true;
    if (profile == NW_CERT_MDOC_DS) {
        fits = nw_cert_has_eku(leaf, OID_MDOC_DS) || nw_cert_has_eku(leaf, OID_MDOC_DS_23220);
    } else if (profile == NW_CERT_READER) {
        fits = nw_cert_has_eku(leaf, OID_MDOC_READER);
    } else {
        fits = !made_for_something_else(leaf, profile);
    }
    if (!fits) {
        return nw_fail(d, NW_ERR_CERT_USAGE, NW_NO_OFFSET, "extKeyUsage names another purpose");
    }
    bool mdoc = profile == NW_CERT_MDOC_DS || profile == NW_CERT_MDOC_LISTED;
    if (mdoc && !same_place(leaf)) {
        return nw_fail(d, NW_ERR_CERT_USAGE, NW_NO_OFFSET,
                       "country or state differ between signer and issuer");
    }
    return NW_OK;
}

/* Adds the outcome of one rule; returns e. */
static enum nw_err note(struct nw_checks *checks, const char *id, enum nw_err e,
                        const struct nw_diag *d)
{
    if (checks == NULL || nw_err_is_ours(e)) {
        return e; /* our own trouble is no verdict */
    }
    if (e == NW_OK) {
        nw_check_pass(checks, id);
    } else {
        (void)nw_check_fail_diag(checks, id, d);
    }
    return e;
}

/* The leaf is listed itself: the list vouches for it, whatever came with it. */
static enum nw_err check_pinned(struct path_work *w, size_t anchor, size_t *used)
{
    struct path_cert *leaf = &w->chain[0];
    w->anchor = leaf->cert;
    *used = anchor;
    return check_time(&leaf->cert, w->path->at, "the signer", w->d);
}

static enum nw_err check_path(struct path_work *w, size_t *used)
{
    enum nw_err e = check_links(w);
    if (e == NW_OK) {
        e = find_anchor(w, used);
    }
    return e == NW_OK ? check_times(w) : e;
}

static bool is_alg_err(enum nw_err e)
{
    return e == NW_ERR_CERT_ALG;
}

static enum nw_err run(struct path_work *w, struct nw_checks *checks, size_t *used)
{
    size_t pinned = 0;
    bool is_pinned = w->path->leaf_may_be_anchor && w->path->chain_n > 0 &&
                     is_anchor(w->path, w->path->chain[0], &pinned);
    enum nw_err e = is_pinned ? nw_cert_read_id(w->c, w->path->chain[0], &w->chain[0].cert,
                                                w->chain[0].id, w->d)
                              : read_chain(w);
    if (e != NW_OK) {
        return note(checks, is_alg_err(e) ? "X5-02" : "X5-01", e, w->d);
    }
    struct nw_pubkey *key = NULL;
    if (is_pinned) { /* its own signature is nobody's statement; its key must be good */
        e = nw_pubkey_from_spki(w->c, w->chain[0].cert.spki, &key);
        nw_pubkey_free(&key);
        e = chain_err(e, w->d);
    } else {
        e = check_algorithms(w);
    }
    if (note(checks, "X5-02", e, w->d) != NW_OK) {
        return e;
    }
    e = is_pinned ? check_pinned(w, pinned, used) : check_path(w, used);
    if (note(checks, is_alg_err(e) ? "X5-02" : "X5-01", e, w->d) != NW_OK) {
        return e;
    }
    return note(checks, "X5-03", check_usage(&w->chain[0].cert, w->path->profile, w->d), w->d);
}

enum nw_err nw_path_check(struct nw_crypto *c, const struct nw_path *path, struct nw_checks *checks,
                          size_t *anchor_used, struct nw_diag *d)
{
    struct path_work w = {.c = c, .path = path};
    struct nw_diag own;
    size_t used = 0;
    nw_diag_clear(&own);
    w.d = &own;
    if (checks != NULL) {
        nw_check_not_done(checks, "X5-04",
                          "revocation of the signer's certificates was not looked up");
    }
    enum nw_err e = run(&w, checks, &used);
    if (e != NW_OK) {
        return nw_fail(d, e, own.off, "%s", own.detail);
    }
    if (anchor_used != NULL) {
        *anchor_used = used;
    }
    return NW_OK;
}
