/*
 * The gate of a JSON list: compact JAdES baseline B (TS 119 602 6.8, TS 119
 * 182-1), signed by a pinned certificate. Nothing of the payload is looked at.
 *
 * The header may point to the signer in four ways; each that is there must
 * point to the same pin. SHA-1 thumbprints, keys and addresses in the header,
 * detached and unencoded payloads are refused.
 */
#include <string.h>

#include "base/codec.h"
#include "lote.h"

static const enum nw_sig_alg algorithms[] = {NW_ES256, NW_ES384, NW_ES512, NW_PS256, NW_PS384,
                                             NW_PS512, NW_RS256, NW_RS384, NW_RS512};
#define WITHOUT_RS 6u

static enum nw_err check_form(struct nw_slice file, struct nw_diag *d)
{
    size_t i = nw_slice_starts(file, "\xef\xbb\xbf") ? 3 : 0;
    while (i < file.n && strchr(" \t\r\n", file.p[i]) != NULL && file.p[i] != 0) {
        i++;
    }
    return i < file.n && file.p[i] == '{'
               ? nw_fail(d, NW_ERR_LOTE_FORM, i,
                         "a JSON object; a list is signed as a compact JAdES (annex x.4)")
               : NW_OK;
}

static enum nw_err check_header(const struct nw_json *h, const struct lote_policy *policy,
                                struct lote *l, struct nw_diag *d)
{
    static const char *const refused[] = {"sigT", "x5t", "b64", "sigD", "jku", "jwk", "x5u"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        if (nw_json_get(h, refused[i]) != NULL) {
            return nw_fail_at(d, NW_ERR_JWS_HEADER, refused[i], "may not be in the header");
        }
    }
    const struct nw_json *typ = nw_json_get(h, "typ");
    if (typ != NULL && !nw_json_is_text(typ, "JOSE") && !nw_json_is_text(typ, "JAdES")) {
        return nw_fail_at(d, NW_ERR_TYP, "typ", "only JOSE, JAdES or none");
    }
    if (!nw_json_int(nw_json_get(h, "iat"), &l->signed_at)) {
        return nw_fail_at(d, NW_ERR_JWS_HEADER, "iat",
                          "the time of signing is missing or no integer (TS 119 182-1 5.1.11)");
    }
    if (l->signed_at > policy->now + LOTE_CLOCK_SKEW) {
        return nw_fail_at(d, NW_ERR_LOTE_TIME, "iat", "signed in the future");
    }
    return NW_OK;
}

static enum nw_err digest_is(struct nw_crypto *c, const char *algorithm, const char *value,
                             struct nw_slice der, bool *yes)
{
    static const struct {
        const char *name;
        enum nw_hash_alg alg;
    } known[] = {{"S256", NW_SHA256}, {"S384", NW_SHA384}, {"S512", NW_SHA512}};
    uint8_t digest[NW_HASH_MAX];
    struct nw_buf text = NW_BUF(128);
    enum nw_err e = NW_OK;
    *yes = false;
    for (size_t i = 0; e == NW_OK && value != NULL && algorithm != NULL && i < 3; i++) {
        if (strcmp(known[i].name, algorithm) == 0) {
            e = nw_hash_parts(c, known[i].alg, &der, 1, digest);
            nw_base64url_encode(nw_slice(digest, nw_hash_size(known[i].alg)), &text);
            e = e == NW_OK ? nw_buf_err(&text) : e;
            *yes = e == NW_OK && nw_slice_is(nw_buf_slice(&text), value);
        }
    }
    nw_buf_free(&text);
    return e;
}

/* Every reference of the header that is there names this certificate; *any: there is one. */
static enum nw_err names_certificate(struct nw_crypto *c, const struct nw_jws *jws,
                                     struct nw_slice der, bool *any, bool *all)
{
    const struct nw_json *h = jws->header;
    const struct nw_json *other = nw_json_get(h, "x5t#o");
    const struct nw_json *list = nw_json_get(h, "sigX5ts");
    const struct nw_json *first = nw_json_first(list);
    bool same = true;
    enum nw_err e = NW_OK;
    *any = jws->chain_n > 0 || nw_json_get(h, "x5t#S256") != NULL || other != NULL || list != NULL;
    *all = jws->chain_n == 0 || nw_slice_eq(jws->chain[0], der);
    if (nw_json_get(h, "x5t#S256") != NULL) {
        e = digest_is(c, "S256", nw_json_text(nw_json_get(h, "x5t#S256")), der, &same);
        *all = *all && same;
    }
    if (e == NW_OK && other != NULL) {
        e = digest_is(c, nw_json_text(nw_json_get(other, "digAlg")),
                      nw_json_text(nw_json_get(other, "digVal")), der, &same);
        *all = *all && same;
    }
    if (e == NW_OK && list != NULL) {
        e = digest_is(c, nw_json_text(nw_json_get(first, "digAlg")),
                      nw_json_text(nw_json_get(first, "digVal")), der, &same);
        *all = *all && same;
    }
    return e;
}

static enum nw_err find_pin(struct nw_crypto *c, const struct lote_policy *policy,
                            const struct nw_jws *jws, struct nw_slice *pin, struct nw_diag *d)
{
    bool any = false;
    bool all = false;
    for (size_t i = 0; i < policy->pin_n; i++) {
        enum nw_err e = names_certificate(c, jws, policy->pins[i], &any, &all);
        if (e != NW_OK) {
            return e;
        }
        if (any && all) {
            *pin = policy->pins[i];
            return NW_OK;
        }
    }
    if (policy->pin_n > 0 && !any) {
        return nw_fail_at(d, NW_ERR_JWS_HEADER, "x5c",
                          "the header names no signer: x5c, x5t#S256, sigX5ts or x5t#o");
    }
    return nw_fail(d, NW_ERR_LOTE_SIGNER, NW_NO_OFFSET,
                   "the certificate in the header is none of the %zu pinned ones", policy->pin_n);
}

enum nw_err lote_signer(struct lote *l, const struct nw_cert *cert, int64_t now, struct nw_diag *d)
{
    if (l->signed_at < cert->not_before || l->signed_at > cert->not_after) {
        return nw_fail(d, NW_ERR_CERT_TIME, NW_NO_OFFSET,
                       "the signer's certificate was not valid at the time of signing");
    }
    memcpy(l->signer_country, cert->country, sizeof l->signer_country);
    memcpy(l->signer_organisation, cert->organisation, sizeof l->signer_organisation);
    if (now > cert->not_after) {
        lote_note(l, "signer", "its certificate has ended since");
    }
    return NW_OK;
}

enum nw_err lote_gate(struct nw_crypto *c, struct nw_slice file, const struct lote_policy *policy,
                      struct lote *l, struct nw_diag *d)
{
    const struct nw_jws_policy jws_policy = {
        .algs = algorithms,
        .alg_n = policy->allow_rs ? sizeof algorithms / sizeof algorithms[0] : WITHOUT_RS,
        .max = NW_MAX_LOTE,
    };
    struct nw_slice pin = NW_SLICE_EMPTY;
    struct nw_cert cert;
    struct nw_pubkey *key = NULL;
    enum nw_err e = check_form(file, d);
    if (e == NW_OK) {
        e = nw_jws_parse(file, &jws_policy, &l->jws, d);
    }
    if (e == NW_OK) {
        e = check_header(l->jws.header, policy, l, d);
    }
    if (e == NW_OK) {
        e = find_pin(c, policy, &l->jws, &pin, d);
    }
    if (e == NW_OK) {
        e = nw_cert_listed(pin, &cert, d);
    }
    if (e == NW_OK) {
        e = nw_pubkey_from_spki(c, cert.spki, &key);
    }
    if (e == NW_OK) {
        e = nw_jws_verify(c, &l->jws, key);
    }
    if (e == NW_OK) {
        e = lote_signer(l, &cert, policy->now, d);
    }
    if (e == NW_OK) {
        e = nw_sha256(c, pin, l->signer);
    }
    nw_pubkey_free(&key);
    return e;
}
