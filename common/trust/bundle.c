/* Opening an evidence bundle: docs/PROTOCOL.bundle section 4, in that order. */
#include "trust/bundle.h"

#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "cbor/cbor.h"
#include "cose/cose.h"
#include "trust/bundle_open.h"

#define CLOCK_SKEW 300
#define PAYLOAD_DEPTH 2u
#define COSE_DEPTH 4u

static enum nw_err parse_cose(struct nw_slice file, const char *typ, struct nw_cose_sign1 *s,
                              struct nw_diag *d)
{
    static const enum nw_sig_alg algs[] = {NW_ES256};
    const struct nw_cose_policy policy = {
        .algs = algs,
        .alg_n = 1,
        .tag = NW_COSE_TAG_REQUIRED,
        .cbor_flags = NW_CBOR_DETERMINISTIC,
        .max_depth = COSE_DEPTH,
        .max = NW_MAX_BUNDLE,
    };
    enum nw_err e = nw_cose_parse(file, &policy, s, d);
    if (e != NW_OK) {
        return e;
    }
    typ = typ != NULL ? typ : NW_BUNDLE_TYP;
    if (!nw_slice_is(s->typ_text, typ)) {
        return nw_fail(d, NW_ERR_BUNDLE_FORM, NW_NO_OFFSET, "typ is not %s", typ);
    }
    if (s->unprotected_raw.n != 1) { /* one byte is an empty map: nothing unsigned in the file */
        return nw_fail(d, NW_ERR_BUNDLE_FORM, NW_NO_OFFSET, "the unprotected header is not empty");
    }
    if (s->chain_n != 1 || !s->chain_protected) {
        return nw_fail(d, NW_ERR_BUNDLE_FORM, NW_NO_OFFSET,
                       "x5chain must be protected and hold one certificate");
    }
    return NW_OK;
}

static enum nw_err certificate_hash(struct nw_crypto *c, struct nw_slice der, char hex[65])
{
    uint8_t digest[NW_SHA256_BYTES];
    struct nw_buf text = NW_BUF(65);
    enum nw_err e = nw_sha256(c, der, digest);
    if (e == NW_OK) {
        nw_hex_encode(nw_slice(digest, sizeof digest), &text);
        e = nw_buf_err(&text);
    }
    if (e == NW_OK) {
        (void)nw_slice_cstr(nw_buf_slice(&text), hex, 65);
    }
    nw_buf_free(&text);
    return e;
}

enum nw_err nw_bundle_claimed_signer(struct nw_crypto *c, struct nw_slice file, char hex[65],
                                     struct nw_diag *d)
{
    struct nw_cose_sign1 s;
    enum nw_err e = parse_cose(file, NULL, &s, d);
    return e == NW_OK ? certificate_hash(c, s.chain[0], hex) : e;
}

static enum nw_err check_pin(const struct nw_bundle_policy *policy, const char *signer,
                             struct nw_diag *d)
{
    for (const char *const *p = policy->signers; p != NULL && *p != NULL; p++) {
        if (strcmp(*p, signer) == 0) {
            return NW_OK;
        }
    }
    return nw_fail(d, NW_ERR_BUNDLE_SIGNER, NW_NO_OFFSET, "certificate %s", signer);
}

static enum nw_err check_signature(struct nw_crypto *c, const struct nw_cose_sign1 *s,
                                   struct nw_cert *cert, struct nw_diag *d)
{
    struct nw_pubkey *key = NULL;
    enum nw_err e = nw_cert_parse(s->chain[0], cert, d);
    if (e == NW_OK) {
        e = nw_pubkey_from_spki(c, cert->spki, &key);
    }
    if (e == NW_OK) {
        e = nw_cose_verify(c, s, NW_SLICE_EMPTY, NW_SLICE_EMPTY, key);
    }
    nw_pubkey_free(&key);
    if (e != NW_OK) {
        (void)nw_fail(d, e, NW_NO_OFFSET, "signature of the bundle");
    }
    return e;
}

/* The tables; keys above the last one are for later versions and not read. */
static bool read_tables(struct nw_cbor *r, size_t pairs, struct nw_bundle *b)
{
    bool in_order = pairs >= NW_HEAD_KEYS + NW_TABLES_REQUIRED;
    for (unsigned t = 0; in_order && t < NW_TABLES && NW_HEAD_KEYS + t < pairs; t++) {
        bool named = nw_cbor_uint(r) == NW_KEY_HEAP + 1 + t;
        if (!named) {
            return t >= NW_TABLES_REQUIRED;
        }
        b->tables[t] = nw_cbor_bytes(r);
    }
    return in_order;
}

static enum nw_err read_payload(struct nw_slice payload, struct nw_bundle *b, struct nw_diag *d)
{
    enum nw_err e = nw_cbor_check(payload, NW_CBOR_DETERMINISTIC, PAYLOAD_DEPTH, d);
    if (e != NW_OK) {
        return e;
    }
    struct nw_cbor r = nw_cbor_open(payload);
    size_t pairs = nw_cbor_map(&r);
    uint64_t key[NW_HEAD_KEYS];
    key[0] = nw_cbor_uint(&r);
    uint64_t format = nw_cbor_uint(&r);
    key[1] = nw_cbor_uint(&r);
    b->info.sequence = nw_cbor_uint(&r);
    key[2] = nw_cbor_uint(&r);
    b->info.created = nw_cbor_int(&r);
    key[3] = nw_cbor_uint(&r);
    b->info.max_age = nw_cbor_int(&r);
    key[4] = nw_cbor_uint(&r);
    b->info.test = nw_cbor_bool(&r);
    key[5] = nw_cbor_uint(&r);
    b->heap = nw_cbor_bytes(&r);
    bool in_order = true;
    for (unsigned i = 0; i < NW_HEAD_KEYS; i++) {
        in_order = in_order && key[i] == i + 1;
    }
    in_order = read_tables(&r, pairs, b) && in_order;
    if (nw_cbor_err(&r) != NW_OK || !in_order || format != NW_BUNDLE_FORMAT) {
        return nw_fail(d, NW_ERR_BUNDLE_FORM, r.err_off, "the payload is not of format version %u",
                       NW_BUNDLE_FORMAT);
    }
    return NW_OK;
}

static enum nw_err check_times(const struct nw_bundle *b, const struct nw_bundle_policy *policy,
                               const struct nw_cert *signer, struct nw_diag *d)
{
    const struct nw_bundle_info *i = &b->info;
    if (i->created < 0 || i->max_age <= 0 || i->max_age > INT64_MAX - i->created) {
        return nw_fail(d, NW_ERR_BUNDLE_FORM, NW_NO_OFFSET, "impossible times");
    }
    if (i->created > policy->now + CLOCK_SKEW) {
        return nw_fail(d, NW_ERR_BUNDLE_FUTURE, NW_NO_OFFSET, "created %lld s ahead of the clock",
                       (long long)(i->created - policy->now));
    }
    if (i->created < signer->not_before || i->created > signer->not_after) {
        return nw_fail(d, NW_ERR_CERT_TIME, NW_NO_OFFSET,
                       "the bundle was made outside the validity of its signer");
    }
    if (i->sequence < policy->last_sequence) {
        return nw_fail(d, NW_ERR_BUNDLE_ROLLBACK, NW_NO_OFFSET, "number %llu after %llu",
                       (unsigned long long)i->sequence, (unsigned long long)policy->last_sequence);
    }
    return NW_OK;
}

enum nw_err nw_bundle_open(struct nw_crypto *c, struct nw_slice file,
                           const struct nw_bundle_policy *policy, struct nw_bundle **out,
                           struct nw_diag *d)
{
    struct nw_cose_sign1 cose;
    struct nw_cert signer;
    struct nw_bundle *b = nw_calloc(1, sizeof *b);
    enum nw_err e = b != NULL ? parse_cose(file, policy->typ, &cose, d) : NW_ERR_NOMEM;
    if (e == NW_OK) {
        e = certificate_hash(c, cose.chain[0], b->info.signer);
    }
    if (e == NW_OK) {
        e = check_pin(policy, b->info.signer, d);
    }
    if (e == NW_OK) {
        e = check_signature(c, &cose, &signer, d);
    }
    if (e == NW_OK) {
        e = read_payload(cose.payload, b, d);
    }
    if (e == NW_OK) {
        e = check_times(b, policy, &signer, d);
    }
    if (e == NW_OK) {
        e = nw_bundle_validate(b, d);
    }
    if (e == NW_OK) {
        b->info.stale = policy->now > b->info.created + b->info.max_age;
        *out = b;
        b = NULL;
    }
    nw_bundle_free(&b);
    return e;
}

void nw_bundle_free(struct nw_bundle **b)
{
    nw_free(*b);
    *b = NULL;
}

const struct nw_bundle_info *nw_bundle_info(const struct nw_bundle *b)
{
    return &b->info;
}
