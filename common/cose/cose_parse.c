#include "cose/cose.h"

#define TAG_COSE_SIGN1 18u
#define TAG_COSE_MAC0 17u
#define ALG_HMAC_256 5 /* RFC 9053 3.1 */
#define TAG_CWT 61u
/* Header maps are searched by comparison. */
#define MAX_HEADERS 32u

enum {
    LABEL_ALG = 1,
    LABEL_CRIT = 2,
    LABEL_KID = 4,
    LABEL_TYP = 16,
    LABEL_X5CHAIN = 33,
};

struct label {
    bool is_text;
    int64_t number;
    struct nw_slice text;
};

struct reading {
    const struct nw_cose_policy *policy;
    struct nw_cose_sign1 *out;
    struct nw_diag *d;
    bool protected;
    bool has_alg;
};

static enum nw_err refuse(struct nw_diag *d, enum nw_err e, const char *what)
{
    return nw_fail(d, e, NW_NO_OFFSET, "%s", what);
}

static bool read_label(struct nw_cbor *r, struct label *out)
{
    enum nw_cbor_kind kind = nw_cbor_peek(r);
    if (kind == NW_CBOR_TEXT) {
        *out = (struct label){.is_text = true, .text = nw_cbor_text(r)};
    } else if (kind == NW_CBOR_UINT || kind == NW_CBOR_NINT) {
        *out = (struct label){.number = nw_cbor_int(r)};
    } else {
        return false;
    }
    return nw_cbor_err(r) == NW_OK;
}

static bool same_label(const struct label *a, const struct label *b)
{
    return a->is_text == b->is_text &&
           (a->is_text ? nw_slice_eq(a->text, b->text) : a->number == b->number);
}

static bool has_label(struct nw_slice map, const struct label *wanted)
{
    struct nw_cbor r = nw_cbor_open(map);
    size_t pairs = map.n == 0 ? 0 : nw_cbor_map(&r);
    for (size_t i = 0; i < pairs; i++) {
        struct label l;
        if (!read_label(&r, &l)) {
            return false;
        }
        if (same_label(&l, wanted)) {
            return true;
        }
        (void)nw_cbor_raw(&r);
    }
    return false;
}

/* RFC 9052 3.1: alg is an int or a text; texts are unknown to us all. */
static enum nw_err read_alg(struct reading *s, struct nw_cbor *value)
{
    if (!s->protected && !s->policy->lenient_headers) {
        return refuse(s->d, NW_ERR_ALG_NOT_ALLOWED, "alg is not in the protected header");
    }
    if (s->has_alg) {
        return NW_OK;
    }
    enum nw_cbor_kind kind = nw_cbor_peek(value);
    if (kind != NW_CBOR_UINT && kind != NW_CBOR_NINT) {
        return refuse(s->d, NW_ERR_ALG_NOT_ALLOWED, "alg is no integer");
    }
    int64_t id = nw_cbor_int(value);
    s->out->alg = nw_alg_from_cose(id);
    s->out->hmac = id == ALG_HMAC_256;
    s->has_alg = true;
    return NW_OK;
}

static bool understood(const struct nw_cose_policy *p, const struct label *l)
{
    for (size_t i = 0; i < p->crit_n && !l->is_text; i++) {
        if (p->crit[i] == l->number) {
            return true;
        }
    }
    return false;
}

/* RFC 9052 3.1: in the protected map, at least one label, every one understood. */
static enum nw_err read_crit(struct reading *s, struct nw_cbor *value)
{
    if (!s->protected) {
        return refuse(s->d, NW_ERR_CRIT, "crit is not in the protected header");
    }
    size_t n = nw_cbor_peek(value) == NW_CBOR_ARRAY ? nw_cbor_array(value) : 0;
    if (n == 0 || n > MAX_HEADERS) {
        return refuse(s->d, NW_ERR_CRIT, "crit is no list of labels");
    }
    for (size_t i = 0; i < n; i++) {
        struct label l;
        if (!read_label(value, &l) || !understood(s->policy, &l) ||
            !has_label(s->out->protected_raw, &l)) {
            return nw_fail(s->d, NW_ERR_CRIT, NW_NO_OFFSET, "entry %zu", i);
        }
    }
    return NW_OK;
}

static enum nw_err read_kid(struct reading *s, struct nw_cbor *value)
{
    if (nw_cbor_peek(value) != NW_CBOR_BYTES) {
        return refuse(s->d, NW_ERR_COSE_HEADER, "kid is no byte string");
    }
    if (s->protected || !s->out->kid_protected) {
        s->out->kid = nw_cbor_bytes(value);
        s->out->kid_protected = s->protected;
    }
    return NW_OK;
}

static enum nw_err read_typ(struct reading *s, struct nw_cbor *value)
{
    enum nw_cbor_kind kind = nw_cbor_peek(value);
    if (kind != NW_CBOR_TEXT && kind != NW_CBOR_UINT) {
        return refuse(s->d, NW_ERR_COSE_HEADER, "typ is neither text nor number");
    }
    if (s->protected && kind == NW_CBOR_TEXT) {
        s->out->typ_text = nw_cbor_text(value);
    } else if (s->protected) {
        s->out->typ_number = nw_cbor_uint(value);
    }
    return NW_OK;
}

/* RFC 9360 2: one certificate as a byte string, more as an array of at least two. */
static enum nw_err read_chain(struct reading *s, struct nw_cbor *value)
{
    bool one = nw_cbor_peek(value) == NW_CBOR_BYTES;
    size_t n = one ? 1 : nw_cbor_peek(value) == NW_CBOR_ARRAY ? nw_cbor_array(value) : 0;
    if (n == 0 || (n == 1 && !one)) {
        return refuse(s->d, NW_ERR_COSE_HEADER, "x5chain is no certificate nor a list of them");
    }
    if (n > NW_MAX_CHAIN) {
        return refuse(s->d, NW_ERR_CERT_DEPTH, "x5chain");
    }
    for (size_t i = 0; i < n; i++) {
        struct nw_slice der = nw_cbor_bytes(value);
        if (nw_cbor_err(value) != NW_OK || der.n == 0 || der.n > NW_MAX_CERT) {
            return refuse(s->d, NW_ERR_COSE_HEADER, "x5chain holds something else");
        }
        s->out->chain[i] = der;
    }
    s->out->chain_n = n;
    s->out->chain_protected = s->protected;
    return NW_OK;
}

static enum nw_err read_header(struct reading *s, const struct label *l, struct nw_slice raw)
{
    struct nw_cbor value = nw_cbor_open(raw);
    if (l->is_text) {
        return NW_OK;
    }
    switch (l->number) {
    case LABEL_ALG:
        return read_alg(s, &value);
    case LABEL_CRIT:
        return read_crit(s, &value);
    case LABEL_KID:
        return read_kid(s, &value);
    case LABEL_TYP:
        return read_typ(s, &value);
    case LABEL_X5CHAIN:
        return read_chain(s, &value);
    default:
        return NW_OK;
    }
}

static enum nw_err read_headers(struct reading *s, struct nw_slice map)
{
    struct nw_cbor r = nw_cbor_open(map);
    size_t pairs = map.n == 0 ? 0 : nw_cbor_map(&r);
    if (nw_cbor_err(&r) != NW_OK || pairs > MAX_HEADERS) {
        return refuse(s->d, NW_ERR_COSE_HEADER, "the header is no map, or a very large one");
    }
    for (size_t i = 0; i < pairs; i++) {
        struct label l;
        if (!read_label(&r, &l)) {
            return refuse(s->d, NW_ERR_COSE_HEADER, "a label is neither integer nor text");
        }
        struct nw_slice raw = nw_cbor_raw(&r);
        if (nw_cbor_err(&r) != NW_OK) {
            return refuse(s->d, NW_ERR_COSE_HEADER, "a label has no value");
        }
        /* RFC 9052 3: labels are unique in the two maps together. */
        if (!s->protected && !s->policy->lenient_headers && has_label(s->out->protected_raw, &l)) {
            return refuse(s->d, NW_ERR_COSE_HEADER, "a label stands in both header maps");
        }
        enum nw_err e = read_header(s, &l, raw);
        if (e != NW_OK) {
            return e;
        }
    }
    return NW_OK;
}

static enum nw_err read_both_headers(struct reading *s)
{
    struct nw_slice map = s->out->protected_raw;
    enum nw_err e = NW_OK;
    if (map.n > 0) {
        e = nw_cbor_check(map, s->policy->cbor_flags, NW_MAX_CBOR_DEPTH, s->d);
    }
    if (e == NW_OK) {
        s->protected = true;
        e = read_headers(s, map);
    }
    if (e == NW_OK) {
        s->protected = false;
        e = read_headers(s, s->out->unprotected_raw);
    }
    return e;
}

/* RFC 9052 2: the tag says which of the six structures this is; RFC 8392 6 for tag 61. */
static enum nw_err read_tags(struct nw_cbor *r, const struct nw_cose_policy *policy,
                             struct nw_diag *d)
{
    enum nw_cose_tag wanted = policy->tag;
    uint64_t own = policy->mac0 ? TAG_COSE_MAC0 : TAG_COSE_SIGN1;
    enum nw_cbor_kind kind = nw_cbor_peek(r);
    if (kind != NW_CBOR_TAG && kind != NW_CBOR_ARRAY) {
        return refuse(d, NW_ERR_COSE_FORM, "no array");
    }
    bool right = wanted != NW_COSE_TAG_REQUIRED;
    if (kind == NW_CBOR_TAG) {
        uint64_t tag = nw_cbor_tag(r);
        if (tag == TAG_CWT && wanted == NW_COSE_TAG_ANY && nw_cbor_peek(r) == NW_CBOR_TAG) {
            tag = nw_cbor_tag(r);
        }
        right = tag == own && wanted != NW_COSE_TAG_FORBIDDEN;
    }
    if (!right || nw_cbor_peek(r) == NW_CBOR_TAG) {
        return nw_fail(d, NW_ERR_COSE_TAG, NW_NO_OFFSET, "tag %u", (unsigned)own);
    }
    return NW_OK;
}

static enum nw_err read_array(struct nw_cbor *r, const struct nw_cose_policy *policy,
                              struct nw_cose_sign1 *s, struct nw_diag *d)
{
    if (nw_cbor_peek(r) != NW_CBOR_ARRAY || nw_cbor_array(r) != 4) {
        return refuse(d, NW_ERR_COSE_FORM, "not four elements");
    }
    s->protected_raw = nw_cbor_bytes(r);
    if (nw_cbor_peek(r) != NW_CBOR_MAP) {
        return refuse(d, NW_ERR_COSE_FORM, "the unprotected header is no map");
    }
    s->unprotected_raw = nw_cbor_raw(r);
    s->detached = nw_cbor_peek(r) == NW_CBOR_NULL;
    if (s->detached != policy->detached) {
        return refuse(d, NW_ERR_COSE_FORM,
                      s->detached ? "the payload is missing" : "the payload is not detached");
    }
    if (s->detached) {
        nw_cbor_null(r);
    } else {
        s->payload = nw_cbor_bytes(r);
    }
    s->signature = nw_cbor_bytes(r);
    if (nw_cbor_err(r) != NW_OK || !nw_cbor_done(r)) {
        return refuse(d, NW_ERR_COSE_FORM, "an element has the wrong type");
    }
    return NW_OK;
}

static bool signature_length_fits(enum nw_sig_alg alg, size_t n)
{
    switch (alg) {
    case NW_ES256:
    case NW_EDDSA:
        return n == 64;
    case NW_ES384:
        return n == 96;
    case NW_ES512:
        return n == 132;
    default:
        return n >= 256 && n <= NW_SIG_MAX;
    }
}

static enum nw_err check_policy(const struct nw_cose_policy *p, const struct nw_cose_sign1 *s,
                                struct nw_diag *d)
{
    bool allowed = false;
    if (p->mac0) {
        return !s->hmac ? refuse(d, NW_ERR_ALG_NOT_ALLOWED, "wanted HMAC 256/256")
               : s->signature.n != NW_SHA256_BYTES
                   ? nw_fail(d, NW_ERR_SIGNATURE_LENGTH, NW_NO_OFFSET, "%zu bytes", s->signature.n)
                   : NW_OK;
    }
    for (size_t i = 0; i < p->alg_n; i++) {
        allowed = allowed || p->algs[i] == s->alg;
    }
    if (!allowed || s->alg == NW_ALG_NONE) {
        return refuse(d, NW_ERR_ALG_NOT_ALLOWED,
                      s->alg == NW_ALG_NONE ? "alg is missing or unknown" : nw_alg_jose(s->alg));
    }
    if (p->kid_must_be_protected && !s->kid_protected) {
        return refuse(d, NW_ERR_KID_UNPROTECTED, "");
    }
    if (!signature_length_fits(s->alg, s->signature.n)) {
        return nw_fail(d, NW_ERR_SIGNATURE_LENGTH, NW_NO_OFFSET, "%zu bytes", s->signature.n);
    }
    return NW_OK;
}

enum nw_err nw_cose_parse(struct nw_slice in, const struct nw_cose_policy *policy,
                          struct nw_cose_sign1 *out, struct nw_diag *d)
{
    struct nw_cose_sign1 s = {0};
    struct reading reading = {.policy = policy, .out = &s, .d = d};
    struct nw_cbor r = nw_cbor_open(in);
    unsigned depth = policy->max_depth > 0 ? policy->max_depth : NW_MAX_CBOR_DEPTH;
    if (in.n > (policy->max > 0 ? policy->max : NW_MAX_CBOR)) {
        return refuse(d, NW_ERR_LIMIT, "COSE_Sign1");
    }
    enum nw_err e = nw_cbor_check(in, policy->cbor_flags, depth, d);
    if (e == NW_OK) {
        e = read_tags(&r, policy, d);
    }
    if (e == NW_OK) {
        e = read_array(&r, policy, &s, d);
    }
    if (e == NW_OK) {
        e = read_both_headers(&reading);
    }
    if (e == NW_OK) {
        e = check_policy(policy, &s, d);
    }
    if (e == NW_OK) {
        *out = s;
    }
    return e;
}
