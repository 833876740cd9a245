/* Device authentication (ISO/IEC 18013-5 9.1.3): the key that the issuer signed answers here. */
#include "base/alloc.h"
#include "mdoc/internal.h"
#include "mdoc/transcript.h"

struct proof {
    struct nw_crypto *c;
    const struct nw_mdoc *m;
    const struct nw_device_policy *policy;
    struct nw_checks *checks;
    struct nw_diag *d;
    bool mac;
    struct nw_cose_sign1 cose;
    struct nw_pubkey *key;
};

static void not_done(struct nw_checks *checks, const char *rule, const char *why)
{
    if (checks != NULL) {
        nw_check_not_done(checks, rule, "%s", why);
    }
}

/* DEV-01 (form), DEV-02 (kind and algorithm). */
static enum nw_err read_auth(struct proof *p, const char **rule)
{
    const struct nw_mdoc *m = p->m;
    *rule = "DEV-01";
    if ((m->device_signature.n > 0) == (m->device_mac.n > 0)) {
        return nw_fail(p->d, NW_ERR_DEVICE_AUTH, NW_NO_OFFSET, "%s",
                       m->device_mac.n > 0 ? "both a signature and a MAC" : "neither");
    }
    p->mac = m->device_mac.n > 0;
    const struct nw_cose_policy policy = {
        .algs = nw_mdoc_algs,
        .alg_n = NW_MDOC_ALGS,
        .tag = NW_COSE_TAG_FORBIDDEN,
        .cbor_flags = NW_CBOR_STRICT,
        .detached = true,
        .mac0 = p->mac,
    };
    enum nw_err e =
        nw_cose_parse(p->mac ? m->device_mac : m->device_signature, &policy, &p->cose, p->d);
    if (e == NW_ERR_ALG_NOT_ALLOWED) {
        *rule = "DEV-02";
    }
    if (e == NW_OK && p->mac && p->policy->refuse_mac) {
        *rule = "DEV-02";
        e = nw_fail(p->d, NW_ERR_DEVICE_MAC, NW_NO_OFFSET, "the policy refuses it");
    }
    return e;
}

static bool names_one(struct nw_slice array, struct nw_slice name)
{
    struct nw_cbor r = nw_cbor_open(array);
    size_t n = array.n == 0 ? 0 : nw_cbor_array(&r);
    for (size_t i = 0; i < n && nw_cbor_err(&r) == NW_OK; i++) {
        if (nw_cbor_peek(&r) == NW_CBOR_TEXT) {
            if (nw_slice_eq(nw_cbor_text(&r), name)) {
                return true;
            }
        } else {
            (void)nw_cbor_raw(&r);
        }
    }
    return false;
}

static bool may_sign(const struct nw_mso *mso, struct nw_slice name_space, struct nw_slice id)
{
    if (names_one(mso->whole_name_spaces, name_space)) {
        return true;
    }
    struct nw_cbor r = nw_cbor_open(mso->single_elements);
    size_t n = mso->single_elements.n == 0 ? 0 : nw_cbor_map(&r);
    for (size_t i = 0; i < n && nw_cbor_err(&r) == NW_OK; i++) {
        struct nw_slice key = nw_cbor_text(&r);
        struct nw_slice ids = nw_cbor_raw(&r);
        if (nw_slice_eq(key, name_space)) {
            return names_one(ids, id);
        }
    }
    return false;
}

/* DEV-03: {name space: {element: value}}, each authorised by the issuer. */
static enum nw_err check_elements(const struct proof *p)
{
    struct nw_slice content;
    enum nw_err e = nw_mdoc_embedded(p->m->device_name_spaces, NW_MAX_CBOR_DEPTH, &content, p->d);
    struct nw_cbor r = nw_cbor_open(content);
    size_t spaces = e == NW_OK ? nw_cbor_map(&r) : 0;
    for (size_t i = 0; e == NW_OK && i < spaces; i++) {
        struct nw_slice name_space = nw_cbor_text(&r);
        size_t n = nw_cbor_map(&r);
        for (size_t k = 0; nw_cbor_err(&r) == NW_OK && k < n; k++) {
            struct nw_slice id = nw_cbor_text(&r);
            (void)nw_cbor_raw(&r);
            if (nw_cbor_err(&r) == NW_OK && !may_sign(&p->m->mso, name_space, id)) {
                return nw_fail(p->d, NW_ERR_DEVICE_ELEMENT, NW_NO_OFFSET, "element %zu of %zu",
                               k + 1, n);
            }
        }
    }
    if (e == NW_OK && nw_cbor_err(&r) != NW_OK) {
        e = nw_fail(p->d, NW_ERR_MDOC_FORM, NW_NO_OFFSET, "deviceSigned.nameSpaces");
    }
    return e;
}

static enum nw_err check_mac(struct proof *p, struct nw_slice payload)
{
    uint8_t key[NW_SHA256_BYTES];
    enum nw_err e = nw_mac_key(p->c, p->policy->reader_key, p->key, p->policy->transcript, key);
    if (e == NW_OK) {
        e = nw_cose_mac0_verify(p->c, &p->cose, NW_SLICE_EMPTY, payload, nw_slice(key, sizeof key));
    }
    nw_wipe(key, sizeof key);
    return e;
}

static enum nw_err check_proof(struct proof *p)
{
    struct nw_buf payload = NW_BUF(NW_MAX_CBOR);
    nw_device_authentication(p->policy->transcript, p->m->mso.doc_type, p->m->device_name_spaces,
                             &payload);
    enum nw_err e = nw_buf_err(&payload);
    if (e == NW_OK) {
        e = p->mac ? check_mac(p, nw_buf_slice(&payload))
                   : nw_cose_verify(p->c, &p->cose, NW_SLICE_EMPTY, nw_buf_slice(&payload), p->key);
    }
    nw_buf_free(&payload);
    return e;
}

/* A wrong signature says either: another key, or another session. Both rules are then broken. */
static enum nw_err judge_proof(struct proof *p, bool *proven)
{
    const struct nw_device_policy *policy = p->policy;
    const char *why = policy->transcript.n == 0 ? "no session transcript was given"
                      : p->mac && policy->reader_key == NULL
                          ? "a MAC needs the reader's own key of this session"
                          : NULL;
    if (why != NULL && policy->required) {
        (void)nw_fail(p->d, NW_ERR_KB_MISSING, NW_NO_OFFSET, "%s", why);
        return nw_mdoc_refuse(p->checks, "DEV-04", NW_ERR_KB_MISSING, p->d);
    }
    if (why != NULL) {
        not_done(p->checks, "DEV-01", why);
        not_done(p->checks, "DEV-04", why);
        return NW_OK;
    }
    enum nw_err e = check_proof(p);
    if (e == NW_ERR_ALG_KEY_MISMATCH) {
        return nw_mdoc_refuse(p->checks, "DEV-02", e, p->d);
    }
    if (e == NW_ERR_SIGNATURE || e == NW_ERR_SIGNATURE_LENGTH) {
        (void)nw_fail(p->d, NW_ERR_DEVICE_SESSION, NW_NO_OFFSET, "%s",
                      p->mac ? "the MAC" : "the signature");
        if (p->checks != NULL) {
            (void)nw_check_fail_diag(p->checks, "DEV-01", p->d);
        }
        return nw_mdoc_refuse(p->checks, "DEV-04", NW_ERR_DEVICE_SESSION, p->d);
    }
    if (e != NW_OK) {
        return nw_mdoc_refuse(p->checks, "DEV-01", e, p->d);
    }
    nw_mdoc_pass(p->checks, "DEV-01");
    nw_mdoc_pass(p->checks, "DEV-04");
    *proven = true;
    return NW_OK;
}

static enum nw_err run(struct proof *p, bool *proven)
{
    const char *rule;
    enum nw_err e = read_auth(p, &rule);
    if (e != NW_OK) {
        return nw_mdoc_refuse(p->checks, rule, e, p->d);
    }
    e = p->mac ? nw_cose_key_parse_agreement(p->c, p->m->mso.device_key, &p->key, p->d)
               : nw_cose_key_parse(p->c, p->m->mso.device_key, &p->key, p->d);
    if (e != NW_OK) {
        return nw_mdoc_refuse(p->checks, "DEV-02", e, p->d);
    }
    nw_mdoc_pass(p->checks, "DEV-02");
    e = check_elements(p);
    if (e != NW_OK) {
        return nw_mdoc_refuse(p->checks, "DEV-03", e, p->d);
    }
    nw_mdoc_pass(p->checks, "DEV-03");
    return judge_proof(p, proven);
}

enum nw_err nw_mdoc_device(struct nw_crypto *c, const struct nw_mdoc *m,
                           const struct nw_device_policy *policy, bool *proven,
                           struct nw_checks *checks, struct nw_diag *d)
{
    static const char *const rules[] = {"DEV-01", "DEV-02", "DEV-03", "DEV-04"};
    struct nw_diag own;
    nw_diag_clear(&own);
    d = d != NULL ? d : &own;
    struct proof p = {.c = c, .m = m, .policy = policy, .checks = checks, .d = d};
    bool answered = false;
    if (!m->verified) {
        return nw_fail(d, NW_ERR_INTERNAL, NW_NO_OFFSET, "not verified");
    }
    if (m->device_name_spaces.n == 0) {
        *proven = false;
        if (policy->required) {
            return nw_mdoc_refuse(checks, "DEV-01", NW_ERR_KB_MISSING, d);
        }
        for (size_t i = 0; i < 4; i++) {
            not_done(checks, rules[i], "it was not presented by a device");
        }
        return NW_OK;
    }
    enum nw_err e = run(&p, &answered);
    nw_pubkey_free(&p.key);
    if (e == NW_OK) {
        *proven = answered;
    }
    return e;
}
