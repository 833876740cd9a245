/* SD-JWT VC: parse, authenticate with the key of the x5c leaf, read the profile. Whether that leaf
 * may sign is the trust room's question. */
#include <string.h>

#include "base/codec.h"
#include "base/date.h"
#include "crypto/cert.h"
#include "report/internal.h"
#include "sdjwt/vctm.h"

/* The leaf of x5c: its key, its end, and the chain for the trust room. */
static enum nw_err sdjwt_signer(struct nw_case *k, struct nw_pubkey **key)
{
    struct nw_cert leaf;
    struct nw_diag d = {0};
    struct nw_jws *jws = &k->sdjwt.issuer;
    nw_diag_clear(&d);
    if (jws->chain_n == 0) {
        nw_check_fail(k->checks, "VC-03", NW_ERR_CERT_CHAIN, "%s: the header has no x5c",
                      nw_err_text(NW_ERR_CERT_CHAIN));
        return NW_ERR_CERT_CHAIN;
    }
    enum nw_err e = nw_cert_parse(jws->chain[0], &leaf, &d);
    const char *rule = e == NW_ERR_CERT_CRITICAL ? "X5-01" : e == NW_ERR_CERT_ALG ? "X5-02" : NULL;
    if (e == NW_OK) {
        e = nw_pubkey_from_spki(k->c, leaf.spki, key);
        rule = e == NW_OK ? NULL : "X5-02";
    }
    if (e != NW_OK) {
        (void)nw_fail_at(&d, e, "header.x5c[0]", "%s", "");
        if (rule != NULL && !nw_err_is_ours(e)) {
            (void)nw_check_fail_diag(k->checks, rule, &d);
        }
        (void)nw_check_fail_diag(k->checks, "VC-03", &d);
        return e;
    }
    k->cert_end = leaf.not_after;
    memcpy(k->chain, jws->chain, sizeof k->chain);
    k->chain_n = jws->chain_n;
    return NW_OK;
}

/* TS 119 472-1 5.6.3: x5t#S256, where present, is the hash of the leaf. */
static enum nw_err sdjwt_thumbprint(struct nw_case *k)
{
    const char *text = nw_json_text(nw_json_get(k->sdjwt.issuer.header, "x5t#S256"));
    if (text == NULL) {
        return NW_OK;
    }
    uint8_t want[NW_SHA256_BYTES];
    struct nw_buf got = NW_BUF(64);
    enum nw_err e = nw_sha256(k->c, k->chain[0], want);
    if (e == NW_OK && (nw_base64url_decode(nw_str(text), &got, NULL) != NW_OK ||
                       !nw_slice_eq(nw_buf_slice(&got), nw_slice(want, sizeof want)))) {
        nw_check_fail(k->checks, "A1-04", NW_ERR_ISSUER_SCOPE,
                      "the header's x5t#S256 is not the hash of its first certificate");
    }
    nw_buf_free(&got);
    return e;
}

/* As VC-04 read it: a NumericDate may have a fraction (RFC 7519 2). */
static int64_t sdjwt_time(const struct nw_json *payload, const char *name)
{
    int64_t v = 0;
    return nw_sdjwt_date(nw_json_get(payload, name), &v) ? v : 0;
}

static enum nw_err sdjwt_status(struct nw_case *k)
{
    const struct nw_json *status = nw_json_get(k->sdjwt.payload, "status");
    if (status == NULL) {
        return NW_OK;
    }
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    enum nw_err e = nw_status_ref_json(status, &k->status, &d);
    k->status_foreign = e == NW_ERR_STATUS_MECHANISM;
    if (k->status_foreign) {
        return NW_OK;
    }
    if (e != NW_OK) {
        /* STS-04 says what an index is; the rest is the reference itself */
        const char *rule = strcmp(d.path, "status.status_list.idx") == 0 ? "STS-04" : "A1-03";
        nw_check_fail(k->checks, rule, NW_ERR_CLAIM_TYPE, "%s: %s, at %s", nw_err_text(e), d.detail,
                      d.path);
    }
    return e;
}

static void sdjwt_envelope(struct nw_case *k)
{
    const struct nw_json *payload = k->sdjwt.payload;
    struct nw_report *r = k->r;
    r->iat = sdjwt_time(payload, "iat");
    r->nbf = sdjwt_time(payload, "nbf");
    r->exp = sdjwt_time(payload, "exp");
    k->category = nw_json_text(nw_json_get(payload, "attestation_legal_category"));
    k->bound = nw_json_get(payload, "cnf") != NULL;
    k->kb_given = k->sdjwt.kb.n > 0;
    /* rb-a1 3.1: the values of binding are not fixed yet */
    bool pid =
        nw_json_is_text(nw_json_get(payload, "binding"), "PID") ||
        nw_json_is_text(nw_json_get(payload, "cryptographically_bound_to"), "urn:eudi:pid:1");
    r->binding = !k->bound ? NW_BINDING_NONE : pid ? NW_BINDING_PID : NW_BINDING_DEVICE;
    nw_json_date(nw_json_get(payload, "date_of_issuance"), r->issued_on);
    nw_json_date(nw_json_get(payload, "date_of_expiry"), r->document_expiry);
    if (r->issued_on[0] == '\0') {
        nw_json_date(nw_json_get(payload, "issuance_date"), r->issued_on);
    }
    if (r->document_expiry[0] == '\0') {
        nw_json_date(nw_json_get(payload, "expiry_date"), r->document_expiry);
    }
}

static enum nw_err sdjwt_type(struct nw_case *k)
{
    struct nw_report *r = k->r;
    r->type = nw_type_detect(k->job->types, k->sdjwt.payload, &r->profile);
    if (r->type == NULL) {
        nw_check_fail(k->checks, "VC-01", NW_ERR_VCT, "%s: the vct is of no type that is known",
                      nw_err_text(NW_ERR_VCT));
        return NW_ERR_VCT;
    }
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    enum nw_err e =
        nw_profile_read(r->type, r->profile, k->sdjwt.payload, &r->claims, &r->undisclosed, &d);
    if (e != NW_OK && nw_case_ours(e) == NW_OK) {
        (void)nw_check_fail_diag(k->checks, "A1-01", &d);
    }
    bool eessi = r->profile == NW_PROFILE_DC4EU || r->profile == NW_PROFILE_DC4EU_PILOT;
    if (e == NW_OK && eessi) { /* these profiles do not fix ISO codes: EL and UK are right there */
        size_t changed = 0;
        e = nw_record_normalise(r->type, r->claims, &changed, &d);
    }
    return e;
}

/* An empty value was asked of nobody: whoever answers it answers anything. */
static const char *sdjwt_asked(const char *value)
{
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static enum nw_err sdjwt_binding(struct nw_case *k)
{
    const struct nw_policy *p = k->job->policy;
    struct nw_kb_policy kb = {
        .required = p->require_binding,
        .nonce = sdjwt_asked(k->job->nonce),
        .audience = sdjwt_asked(k->job->audience),
        .at = k->job->at,
        .max_age = p->kb_max_age,
        .max_future = 60,
    };
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    bool proven = false;
    enum nw_err e = nw_sdjwt_kb(k->c, &k->sdjwt, &kb, &proven, k->checks, &d);
    /* RFC 9901 7.3: without our nonce and audience it may be a replay */
    k->r->proven = e == NW_OK && proven && kb.nonce != NULL && kb.audience != NULL;
    return nw_case_ours(e);
}

/* ---- were all places of work disclosed? (a1-domain 8.4) ---- */

struct digests {
    struct nw_buf text; /* base64url digests of the presented disclosures, one after the other */
    size_t each;
};

static enum nw_err digests_of(struct nw_case *k, struct digests *out)
{
    const struct nw_sdjwt *s = &k->sdjwt;
    size_t size = nw_hash_size(s->sd_alg);
    out->each = nw_base64url_length(size);
    for (size_t i = 0; i < s->disclosure_n; i++) {
        uint8_t hash[NW_HASH_MAX];
        enum nw_err e = nw_hash_parts(k->c, s->sd_alg, &s->disclosure[i], 1, hash);
        if (e != NW_OK) {
            return e;
        }
        nw_base64url_encode(nw_slice(hash, size), &out->text);
    }
    return nw_buf_err(&out->text);
}

static bool digest_known(const struct digests *d, const struct nw_json *digest)
{
    struct nw_slice want = nw_str(nw_json_text(digest));
    for (size_t at = 0; at + d->each <= d->text.n; at += d->each) {
        if (nw_slice_eq(nw_slice(d->text.p + at, d->each), want)) {
            return true;
        }
    }
    return false;
}

/* An undisclosed digest in this object, or (levels > 0) in the arrays and objects below it. */
static bool digests_hide(const struct digests *d, const struct nw_json *node, unsigned levels)
{
    const struct nw_json *sd = nw_json_get(node, "_sd");
    for (const struct nw_json *x = nw_json_first(sd); x != NULL; x = nw_json_next(x)) {
        if (!digest_known(d, x)) {
            return true;
        }
    }
    const struct nw_json *element = nw_json_get(node, "...");
    if (element != NULL && !digest_known(d, element)) {
        return true;
    }
    for (const struct nw_json *x = nw_json_first(node); levels > 0 && x != NULL;
         x = nw_json_next(x)) {
        if (x != sd && digests_hide(d, x, levels - 1)) {
            return true;
        }
    }
    return false;
}

/* The node of the places as it was signed: in the payload, or in the disclosure that carries it. */
static enum nw_err places_signed(struct nw_case *k, const char *name, struct nw_json **owned,
                                 const struct nw_json **node)
{
    enum nw_err e = nw_json_parse(nw_buf_slice(&k->sdjwt.issuer.payload), owned, NULL);
    if (e != NW_OK) {
        return e;
    }
    *node = nw_json_get(*owned, name);
    for (size_t i = 0; *node == NULL && i < k->sdjwt.disclosure_n; i++) {
        struct nw_buf text = NW_BUF(NW_MAX_SDJWT);
        struct nw_json *one = NULL;
        if (nw_base64url_decode(k->sdjwt.disclosure[i], &text, NULL) == NW_OK &&
            nw_json_parse(nw_buf_slice(&text), &one, NULL) == NW_OK && nw_json_count(one) == 3 &&
            nw_json_is_text(nw_json_at(one, 1), name)) {
            nw_json_free(owned);
            *owned = one;
            *node = nw_json_at(one, 2);
            one = NULL;
        }
        nw_json_free(&one);
        nw_buf_free(&text);
    }
    return NW_OK;
}

static enum nw_err sdjwt_places(struct nw_case *k)
{
    static const struct {
        const char *name;
        enum nw_profile profile;
        unsigned levels;
    } rows[] = {
        {"placesOfWork", NW_PROFILE_WEBUILD, 0},
        {"places_of_work", NW_PROFILE_EUDI, 2},
        {"work_information", NW_PROFILE_DC4EU, 2},
        {"work_address", NW_PROFILE_DC4EU_PILOT, 1},
    };
    k->places_hidden = k->sdjwt.undisclosed > 0;
    for (size_t i = 0; k->places_hidden && i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].profile != k->r->profile) {
            continue;
        }
        struct nw_json *owned = NULL;
        const struct nw_json *node = NULL;
        struct digests d = {.text = NW_BUF(NW_MAX_SDJWT)};
        enum nw_err e = digests_of(k, &d);
        if (e == NW_OK) {
            e = places_signed(k, rows[i].name, &owned, &node);
        }
        if (e == NW_OK && node != NULL) {
            k->places_hidden = digests_hide(&d, node, rows[i].levels);
        }
        nw_json_free(&owned);
        nw_buf_free(&d.text);
        if (e != NW_OK) {
            return e;
        }
    }
    return NW_OK;
}

static bool sdjwt_find_vctm(void *ctx, const char *vct, struct nw_slice *document)
{
    const struct nw_bundle *bundle = ctx;
    return nw_bundle_vctm(bundle, vct, document);
}

/* VC-05: offline, with the documents that the bundle carries. */
static enum nw_err sdjwt_metadata(struct nw_case *k)
{
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    if (k->job->bundle == NULL) {
        nw_check_not_done(k->checks, "VC-05", "no evidence bundle was given");
        return NW_OK;
    }
    void *bundle = (void *)(uintptr_t)k->job->bundle;
    return nw_case_ours(nw_vctm_check(k->c, &k->sdjwt, sdjwt_find_vctm, bundle, k->checks, &d));
}

/* rb-a1 3.1 (and the A1 and EHIC of the other profiles): iat and exp are there. A PID may do
 * without iat; its technical life has an end (PID rulebook 2.4). */
static enum nw_err sdjwt_life(struct nw_case *k)
{
    static const char *const names[] = {"iat", "exp"};
    for (size_t i = strcmp(nw_type_name(k->r->type), "pid") == 0 ? 1 : 0;
         i < sizeof names / sizeof names[0]; i++) {
        if (nw_json_get(k->sdjwt.payload, names[i]) == NULL) {
            nw_check_fail(k->checks, "VC-04", NW_ERR_CLAIM_MISSING, "%s, at %s",
                          nw_err_text(NW_ERR_CLAIM_MISSING), names[i]);
            return NW_ERR_CLAIM_MISSING;
        }
    }
    return NW_OK;
}

static enum nw_err sdjwt_content(struct nw_case *k)
{
    struct nw_vc_policy vc = {
        .legacy_typ = k->job->policy->legacy_typ,
        .at = k->job->at,
        .skew = k->job->policy->skew,
    };
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    enum nw_err e = nw_sdjwt_vc_claims(&k->sdjwt, &vc, k->checks, &d);
    if (nw_case_ours(e) != NW_OK || nw_case_stopped(k)) {
        return nw_case_ours(e);
    }
    sdjwt_envelope(k);
    if ((e = sdjwt_type(k)) != NW_OK || (e = sdjwt_life(k)) != NW_OK ||
        (e = sdjwt_thumbprint(k)) != NW_OK || (e = sdjwt_status(k)) != NW_OK ||
        (e = sdjwt_binding(k)) != NW_OK || (e = sdjwt_places(k)) != NW_OK) {
        return nw_case_ours(e);
    }
    return sdjwt_metadata(k);
}

enum nw_err nw_form_sdjwt(struct nw_case *k)
{
    struct nw_pubkey *key = NULL;
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    enum nw_err e = nw_sdjwt_parse(k->job->input, &k->sdjwt, k->checks, &d);
    if (e != NW_OK) {
        if (nw_case_ours(e) == NW_OK && nw_check_first_failure(k->checks) == NULL) {
            (void)nw_check_fail_diag(k->checks, "SDJ-01", &d);
        }
        return nw_case_ours(e);
    }
    if (!nw_case_alg_allowed(k, k->sdjwt.issuer.alg, "SDJ-02")) {
        return NW_OK;
    }
    e = sdjwt_signer(k, &key);
    if (e == NW_OK) {
        e = nw_sdjwt_verify(k->c, &k->sdjwt, key, k->checks, &d);
        if (e != NW_OK && nw_case_ours(e) == NW_OK && nw_check_first_failure(k->checks) == NULL) {
            (void)nw_check_fail_diag(k->checks, "SDJ-02", &d);
        }
    }
    if (e == NW_OK) {
        e = sdjwt_content(k);
    }
    nw_pubkey_free(&key);
    return nw_case_ours(e);
}
