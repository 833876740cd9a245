#include <string.h>

#include "base/codec.h"
#include "sdjwt/internal.h"

/* The KB-JWT: RFC 9901 4.3 and 7.3. */

struct kb {
    struct nw_jws jws;
    struct nw_json *payload;
    struct nw_checks *checks;
    struct nw_diag *d;
};

/* KB-02: typ, algorithm, and the signature with cnf.jwk and no other key. */
static enum nw_err check_signature(struct nw_crypto *c, const struct nw_sdjwt *s, struct kb *kb)
{
    static const enum nw_sig_alg algs[] = {NW_ES256, NW_ES384, NW_ES512, NW_EDDSA};
    static const char *const typs[] = {"kb+jwt", NULL};
    const struct nw_jws_policy policy = {
        .algs = algs, .alg_n = sizeof algs / sizeof algs[0], .typs = typs, .max = NW_MAX_JWT};
    struct nw_pubkey *key = NULL;
    const struct nw_json *jwk = nw_json_get(nw_json_get(s->payload, "cnf"), "jwk");
    enum nw_err e = nw_jws_parse(s->kb, &policy, &kb->jws, kb->d);
    if (e != NW_OK) {
        goto out;
    }
    if (jwk == NULL) {
        e = nw_fail_at(kb->d, NW_ERR_JWK, "cnf.jwk", "the credential names no key by value");
        goto out;
    }
    e = nw_jwk_parse(c, jwk, &key, kb->d);
    if (e != NW_OK) {
        goto out;
    }
    e = nw_jws_verify(c, &kb->jws, key);
    if (e != NW_OK) {
        goto out;
    }
    e = nw_json_parse(nw_buf_slice(&kb->jws.payload), &kb->payload, kb->d);
    if (e == NW_OK && nw_json_kind(kb->payload) != NW_JSON_OBJECT) {
        e = nw_fail(kb->d, NW_ERR_KB_FORM, NW_NO_OFFSET, "the payload is not a JSON object");
    }
out:
    nw_pubkey_free(&key);
    if (e != NW_OK) {
        return nw_sdjwt_refuse_diag(kb->checks, kb->d, "KB-02", e);
    }
    nw_sdjwt_pass(kb->checks, "KB-02");
    return NW_OK;
}

static bool same_text(const char *a, const char *b)
{
    return nw_slice_eq_secret(nw_str(a), nw_str(b));
}

/* KB-03. *done: both values were known to the caller. */
static enum nw_err check_request(struct kb *kb, const struct nw_kb_policy *p, bool *done)
{
    const char *nonce = nw_json_text(nw_json_get(kb->payload, "nonce"));
    const char *aud = nw_json_text(nw_json_get(kb->payload, "aud"));
    *done = p->nonce != NULL && p->audience != NULL;
    if (nonce == NULL || aud == NULL) {
        return nw_sdjwt_refuse(kb->checks, kb->d, "KB-03", NW_ERR_KB_FORM,
                               "nonce and aud must be one string each");
    }
    if (p->nonce != NULL && !same_text(nonce, p->nonce)) {
        return nw_sdjwt_refuse(kb->checks, kb->d, "KB-03", NW_ERR_KB_NONCE, "another nonce");
    }
    if (p->audience != NULL && !same_text(aud, p->audience)) {
        return nw_sdjwt_refuse(kb->checks, kb->d, "KB-03", NW_ERR_KB_AUDIENCE, "another aud");
    }
    if (*done) {
        nw_sdjwt_pass(kb->checks, "KB-03");
    } else if (kb->checks != NULL) {
        nw_check_not_done(kb->checks, "KB-03", "no nonce or audience to compare with");
    }
    return NW_OK;
}

/* KB-04. exp and nbf are not asked for, but obeyed (RFC 7519 4.1). */
static enum nw_err check_time(struct kb *kb, const struct nw_kb_policy *p)
{
    static const char *const bounds[] = {"exp", "nbf"};
    int64_t iat;
    int64_t t;
    if (!nw_sdjwt_date(nw_json_get(kb->payload, "iat"), &iat)) {
        return nw_sdjwt_refuse(kb->checks, kb->d, "KB-04", NW_ERR_KB_FORM,
                               "iat is missing or not a number");
    }
    if (iat < p->at - p->max_age || iat > p->at + p->max_future) {
        return nw_sdjwt_refuse(kb->checks, kb->d, "KB-04", NW_ERR_KB_TIME,
                               "iat is outside of the window");
    }
    for (size_t i = 0; i < 2; i++) {
        const struct nw_json *n = nw_json_get(kb->payload, bounds[i]);
        if (n == NULL) {
            continue;
        }
        if (!nw_sdjwt_date(n, &t)) {
            return nw_sdjwt_refuse(kb->checks, kb->d, "KB-04", NW_ERR_KB_FORM, "%s is not a number",
                                   bounds[i]);
        }
        if (i == 0 ? p->at >= t + p->max_future : p->at + p->max_future < t) {
            return nw_sdjwt_refuse(kb->checks, kb->d, "KB-04", NW_ERR_KB_TIME, "outside of its %s",
                                   bounds[i]);
        }
    }
    nw_sdjwt_pass(kb->checks, "KB-04");
    return NW_OK;
}

/* KB-05: over the very bytes that were presented (RFC 9901 4.3.1). */
static enum nw_err check_hash(struct nw_crypto *c, const struct nw_sdjwt *s, struct kb *kb)
{
    uint8_t digest[NW_HASH_MAX];
    struct nw_buf text = NW_BUF(2 * NW_HASH_MAX);
    const char *named = nw_json_text(nw_json_get(kb->payload, "sd_hash"));
    if (named == NULL) {
        return nw_sdjwt_refuse(kb->checks, kb->d, "KB-05", NW_ERR_KB_FORM,
                               "sd_hash is missing or not a string");
    }
    enum nw_err e = nw_hash_parts(c, s->sd_alg, &s->presented, 1, digest);
    if (e == NW_OK) {
        nw_base64url_encode(nw_slice(digest, nw_hash_size(s->sd_alg)), &text);
        e = nw_buf_err(&text);
    }
    bool same = e == NW_OK && nw_slice_eq(nw_buf_slice(&text), nw_str(named));
    nw_buf_free(&text);
    if (e != NW_OK) {
        return nw_fail(kb->d, e, NW_NO_OFFSET, "%s", nw_err_text(e));
    }
    if (!same) {
        return nw_sdjwt_refuse(kb->checks, kb->d, "KB-05", NW_ERR_KB_HASH, "another sd_hash");
    }
    nw_sdjwt_pass(kb->checks, "KB-05");
    return NW_OK;
}

static enum nw_err first_of(enum nw_err a, enum nw_err b)
{
    return a != NW_OK ? a : b;
}

enum nw_err nw_sdjwt_kb(struct nw_crypto *c, const struct nw_sdjwt *s,
                        const struct nw_kb_policy *policy, bool *proven, struct nw_checks *checks,
                        struct nw_diag *d)
{
    struct kb kb = {.checks = checks, .d = d};
    bool bound = nw_json_get(s->payload, "cnf") != NULL;
    bool compared = false;
    enum nw_err e;
    if (s->payload == NULL) {
        return nw_fail(d, NW_ERR_INTERNAL, NW_NO_OFFSET, "the SD-JWT is not verified");
    }
    if (s->kb.n == 0 && (policy->required || bound)) {
        return nw_sdjwt_refuse(checks, d, "KB-01", NW_ERR_KB_MISSING,
                               policy->required ? "the policy asks for it"
                                                : "the credential is bound to a key");
    }
    if (s->kb.n > 0 && !bound) {
        return nw_sdjwt_refuse(checks, d, "KB-01", NW_ERR_KB_UNBOUND, "there is no cnf");
    }
    nw_sdjwt_pass(checks, "KB-01");
    if (s->kb.n == 0) {
        *proven = false;
        return NW_OK;
    }
    e = check_signature(c, s, &kb);
    if (e == NW_OK) { /* three questions that do not depend on each other: answer all */
        e = check_request(&kb, policy, &compared);
        e = first_of(e, check_time(&kb, policy));
        e = first_of(e, check_hash(c, s, &kb));
    }
    if (e == NW_OK) {
        *proven = compared;
    }
    nw_json_free(&kb.payload);
    nw_jws_free(&kb.jws);
    return e;
}
