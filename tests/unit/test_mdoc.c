/* IssuerSigned and DeviceResponse: one good, and for each rule what differs in one thing. The bytes
 * are put together here, not by the issuing code. */
#include "base/codec.h"
#include "base/date.h"
#include "mdoc/mdoc.h"
#include "mdoc/transcript.h"
#include "support.h"
#include "test_pki.h"

#define SPACE "org.example.test"
#define DOCTYPE "org.example.test.1"
#define TRANSCRIPT "83f6f68267456e6761676564f6"

enum auth_fault {
    AUTH_GOOD,
    AUTH_ALG_UNPROTECTED,
    AUTH_ALG_TWICE,
    AUTH_CRIT,
    AUTH_TAGGED,
    AUTH_NO_CHAIN,
    AUTH_CHAIN_ARRAY_OF_ONE,
    AUTH_ALG_PS256,
    AUTH_STRANGER, /* signed by another key than the leaf's */
};

/* What is made otherwise; zero: as it should be. */
struct fault {
    const char *what;
    const char *rule;
    enum nw_err err;
    const char *version, *hash, *mso_doc_type, *doc_type;
    const char *signed_at, *valid_from, *valid_until;
    const char *device_key;    /* hex */
    const char *allowed;       /* keyAuthorizations, hex */
    const char *device_spaces; /* content of DeviceNameSpacesBytes, hex */
    bool plain_times, flip_item, swap_ids, same_element, same_id, lost_digest, short_digest;
    bool bare_item, bare_mso, short_random, big_id, no_value, other_space;
    enum auth_fault auth;
    /* the device */
    bool no_proof, both_proofs, attached, mac, device_stranger;
};

#define ITEMS 3
struct made {
    struct nw_buf item[ITEMS], digests, mso, cbor;
};

static void put_text(struct nw_buf *b, const char *s)
{
    nw_cbor_put_text(b, nw_str(s));
}

static void put_hex(struct nw_buf *b, const char *hex)
{
    nw_buf_put(b, test_hex(hex));
}

static uint32_t id_of(const struct fault *f, size_t i)
{
    if (f->big_id && i == 0) {
        return 0x80000000u;
    }
    return f->same_id && i == 1 ? 7 : 7 + (uint32_t)i;
}

static void make_item(const struct fault *f, size_t i, struct nw_buf *out)
{
    static const char *const names[ITEMS] = {"family", "given", "born"};
    uint8_t random[32];
    struct nw_buf b = NW_BUF(4096);
    memset(random, 0x30 + (int)i, sizeof random);
    nw_cbor_put_map(&b, f->no_value && i == 0 ? 3 : 4);
    put_text(&b, "digestID");
    nw_cbor_put_uint(&b, id_of(f, i));
    put_text(&b, "random");
    nw_cbor_put_bytes(&b, nw_slice(random, f->short_random && i == 0 ? 15 : sizeof random));
    put_text(&b, "elementIdentifier");
    put_text(&b, f->same_element && i == 1 ? names[0] : names[i]);
    if (!f->no_value || i != 0) {
        put_text(&b, "elementValue");
        put_text(&b, i == 0 ? "Muster" : "Value");
    }
    if (!f->bare_item || i != 0) {
        nw_cbor_put_tag(out, 24);
    }
    nw_cbor_put_bytes(out, nw_buf_slice(&b));
    nw_buf_free(&b);
}

static void make_digests(const struct fault *f, struct made *m)
{
    size_t n = f->lost_digest ? ITEMS - 1 : ITEMS;
    nw_cbor_put_map(&m->digests, 1);
    put_text(&m->digests, f->other_space ? "org.example.other" : SPACE);
    nw_cbor_put_map(&m->digests, f->same_id ? n - 1 : n);
    for (size_t i = 0; i < n; i++) {
        uint8_t hash[NW_HASH_MAX];
        size_t from = f->swap_ids && i < 2 ? 1 - i : i;
        if (f->same_id && i == 1) {
            continue;
        }
        const struct nw_slice bytes = nw_buf_slice(&m->item[from]);
        assert_ok(nw_hash_parts(test_crypto(), NW_SHA256, &bytes, 1, hash));
        nw_cbor_put_uint(&m->digests, id_of(f, i));
        nw_cbor_put_bytes(&m->digests, nw_slice(hash, f->short_digest ? 31 : 32));
    }
}

static void put_time(const struct fault *f, struct nw_buf *b, const char *name, const char *own,
                     int64_t usual)
{
    char text[NW_TIME_TEXT];
    nw_time_format(usual, text);
    put_text(b, name);
    if (!f->plain_times) {
        nw_cbor_put_tag(b, 0);
    }
    put_text(b, own != NULL ? own : text);
}

static void make_mso(const struct fault *f, struct made *m)
{
    struct nw_buf *b = &m->mso;
    nw_cbor_put_map(b, 6);
    put_text(b, "version");
    put_text(b, f->version != NULL ? f->version : "1.0");
    put_text(b, "digestAlgorithm");
    put_text(b, f->hash != NULL ? f->hash : "SHA-256");
    put_text(b, "valueDigests");
    nw_buf_put(b, nw_buf_slice(&m->digests));
    put_text(b, "deviceKeyInfo");
    nw_cbor_put_map(b, f->allowed != NULL ? 2 : 1);
    put_text(b, "deviceKey");
    if (f->device_key != NULL) {
        put_hex(b, f->device_key);
    } else {
        assert_ok(nw_cose_key_write(nw_signer_pubkey(test_pki()->holder), false, b));
    }
    if (f->allowed != NULL) {
        put_text(b, "keyAuthorizations");
        put_hex(b, f->allowed);
    }
    put_text(b, "docType");
    put_text(b, f->mso_doc_type != NULL ? f->mso_doc_type : DOCTYPE);
    put_text(b, "validityInfo");
    nw_cbor_put_map(b, 3);
    put_time(f, b, "signed", f->signed_at, TEST_NOW - 3600);
    put_time(f, b, "validFrom", f->valid_from, TEST_NOW - 3600);
    put_time(f, b, "validUntil", f->valid_until, TEST_NOW + NW_DAY);
}

static void put_auth_headers(const struct fault *f, struct nw_buf *protected, struct nw_buf *open)
{
    const struct nw_slice leaf = nw_signer_chain_cert(test_pki()->attestation, 0);
    bool alg_outside = f->auth == AUTH_ALG_UNPROTECTED || f->auth == AUTH_ALG_TWICE;
    bool chain = f->auth != AUTH_NO_CHAIN;
    nw_cbor_put_map(protected, f->auth == AUTH_CRIT ? 3 : f->auth == AUTH_ALG_UNPROTECTED ? 0 : 1);
    if (f->auth != AUTH_ALG_UNPROTECTED) {
        nw_cbor_put_uint(protected, 1);
        nw_cbor_put_int(protected, f->auth == AUTH_ALG_PS256 ? -37 : -7);
    }
    if (f->auth == AUTH_CRIT) {
        put_hex(protected, "02811863"); /* crit: [99] */
        put_hex(protected, "186300");
    }
    nw_cbor_put_map(open, (size_t)chain + alg_outside);
    if (alg_outside) {
        put_hex(open, "0126");
    }
    if (chain) {
        put_hex(open, "1821");
        if (f->auth == AUTH_CHAIN_ARRAY_OF_ONE) {
            nw_cbor_put_array(open, 1);
        }
        nw_cbor_put_bytes(open, leaf);
    }
}

static void put_sign1(struct nw_signer *by, struct nw_slice protected, struct nw_slice open,
                      struct nw_slice payload, bool detached, struct nw_buf *out)
{
    uint8_t sig[NW_SIG_MAX];
    size_t n = 0;
    struct nw_buf to_sign = NW_BUF(1u << 16);
    nw_cbor_put_array(&to_sign, 4);
    put_text(&to_sign, "Signature1");
    nw_cbor_put_bytes(&to_sign,
                      protected.n == 1 && protected.p[0] == 0xa0 ? NW_SLICE_EMPTY : protected);
    nw_cbor_put_bytes(&to_sign, NW_SLICE_EMPTY);
    nw_cbor_put_bytes(&to_sign, payload);
    const struct nw_slice part = nw_buf_slice(&to_sign);
    assert_ok(nw_sign(by, &part, 1, sig, &n));
    nw_cbor_put_array(out, 4);
    nw_cbor_put_bytes(out, protected);
    nw_buf_put(out, open);
    if (detached) {
        nw_cbor_put_null(out);
    } else {
        nw_cbor_put_bytes(out, payload);
    }
    nw_cbor_put_bytes(out, nw_slice(sig, n));
    nw_buf_free(&to_sign);
}

static void put_auth(const struct fault *f, const struct made *m, struct nw_buf *out)
{
    struct nw_buf protected = NW_BUF(4096), open = NW_BUF(8192), payload = NW_BUF(1u << 16);
    put_auth_headers(f, &protected, &open);
    if (!f->bare_mso) {
        nw_cbor_put_tag(&payload, 24);
    }
    nw_cbor_put_bytes(&payload, nw_buf_slice(&m->mso));
    if (f->auth == AUTH_TAGGED) {
        nw_cbor_put_tag(out, 18);
    }
    put_sign1(f->auth == AUTH_STRANGER ? test_pki()->stranger : test_pki()->attestation,
              nw_buf_slice(&protected), nw_buf_slice(&open), nw_buf_slice(&payload), false, out);
    nw_buf_free(&protected);
    nw_buf_free(&open);
    nw_buf_free(&payload);
}

/* Appends IssuerSigned. */
static void make_issuer_signed(const struct fault *f, struct nw_buf *out)
{
    struct made m = {.digests = NW_BUF(4096), .mso = NW_BUF(1u << 16)};
    for (size_t i = 0; i < ITEMS; i++) {
        m.item[i] = NW_BUF(4096);
        make_item(f, i, &m.item[i]);
    }
    make_digests(f, &m);
    make_mso(f, &m);
    nw_cbor_put_map(out, 2);
    put_text(out, "nameSpaces");
    nw_cbor_put_map(out, 1);
    put_text(out, SPACE);
    nw_cbor_put_array(out, ITEMS);
    for (size_t i = 0; i < ITEMS; i++) {
        size_t start = out->n;
        nw_buf_put(out, nw_buf_slice(&m.item[i]));
        if (f->flip_item && i == 0) {
            struct nw_slice item = nw_slice_from(nw_buf_slice(out), start);
            out->p[start + nw_slice_find(item, 'M', 0)] ^= 1; /* of "Muster" */
        }
    }
    put_text(out, "issuerAuth");
    put_auth(f, &m, out);
    assert_ok(nw_buf_err(out));
    for (size_t i = 0; i < ITEMS; i++) {
        nw_buf_free(&m.item[i]);
    }
    nw_buf_free(&m.digests);
    nw_buf_free(&m.mso);
}

static void put_device_auth(const struct fault *f, struct nw_slice spaces, struct nw_buf *out)
{
    struct nw_buf payload = NW_BUF(1u << 16);
    static const uint8_t es256[] = {0xa1, 0x01, 0x26}, none[] = {0xa0}, key[32] = {1};
    nw_device_authentication(test_hex(TRANSCRIPT),
                             nw_str(f->mso_doc_type != NULL ? f->mso_doc_type : DOCTYPE), spaces,
                             &payload);
    bool signature = !f->no_proof && (!f->mac || f->both_proofs);
    nw_cbor_put_map(out, f->no_proof ? 0 : f->both_proofs ? 2 : 1);
    if (signature) {
        put_text(out, "deviceSignature");
        put_sign1(f->device_stranger ? test_pki()->stranger : test_pki()->holder,
                  nw_slice(es256, 3), nw_slice(none, 1), nw_buf_slice(&payload), !f->attached, out);
    }
    if (f->mac || f->both_proofs) {
        put_text(out, "deviceMac");
        assert_ok(nw_cose_mac0_make(test_crypto(), nw_slice(key, 32), nw_buf_slice(&payload), out));
    }
    nw_buf_free(&payload);
}

static void make_response(const struct fault *f, struct nw_buf *out)
{
    struct nw_buf spaces = NW_BUF(4096);
    nw_cbor_put_tag(&spaces, 24);
    nw_cbor_put_bytes(&spaces, test_hex(f->device_spaces != NULL ? f->device_spaces : "a0"));
    nw_cbor_put_map(out, 3);
    put_text(out, "version");
    put_text(out, "1.0");
    put_text(out, "documents");
    nw_cbor_put_array(out, 1);
    nw_cbor_put_map(out, 3);
    put_text(out, "docType");
    put_text(out, f->doc_type != NULL ? f->doc_type : DOCTYPE);
    put_text(out, "issuerSigned");
    make_issuer_signed(f, out);
    put_text(out, "deviceSigned");
    nw_cbor_put_map(out, 2);
    put_text(out, "nameSpaces");
    nw_buf_put(out, nw_buf_slice(&spaces));
    put_text(out, "deviceAuth");
    put_device_auth(f, nw_buf_slice(&spaces), out);
    put_text(out, "status");
    nw_cbor_put_uint(out, 0);
    nw_buf_free(&spaces);
}

/* ---- the check ---- */

static struct nw_checks checks;

static enum nw_err verify(struct nw_mdoc *m)
{
    struct nw_cert leaf;
    struct nw_pubkey *key = NULL;
    assert_ok(nw_cert_parse(m->auth.chain[0], &leaf, NULL));
    assert_ok(nw_pubkey_from_spki(test_crypto(), leaf.spki, &key));
    enum nw_err e = nw_mdoc_verify(test_crypto(), m, key, &checks, NULL);
    nw_pubkey_free(&key);
    if (e == NW_OK) {
        e = nw_mdoc_times(m, leaf.not_before, leaf.not_after, TEST_NOW, 60, &checks, NULL);
    }
    return e;
}

static enum nw_err check_issuer_signed(struct nw_slice in)
{
    static struct nw_mdoc m;
    memset(&checks, 0, sizeof checks);
    enum nw_err e = nw_mdoc_parse(in, &m, &checks, NULL);
    if (e == NW_OK) {
        e = verify(&m);
        nw_mdoc_free(&m);
    }
    return e;
}

static enum nw_err check_response(struct nw_slice in, const struct nw_device_policy *policy,
                                  bool *proven)
{
    static struct nw_device_response r;
    static struct nw_mdoc m;
    memset(&checks, 0, sizeof checks);
    enum nw_err e = nw_device_response_parse(in, &r, &checks, NULL);
    if (e != NW_OK) {
        return e;
    }
    e = nw_device_response_document(&r, 0, &m, &checks, NULL);
    if (e == NW_OK) {
        e = verify(&m);
        if (e == NW_OK) {
            e = nw_mdoc_device(test_crypto(), &m, policy, proven, &checks, NULL);
        }
        nw_mdoc_free(&m);
    }
    nw_device_response_free(&r);
    return e;
}

static void expect_fault(const struct fault *f, enum nw_err e)
{
    if (e != f->err || !nw_check_failed(&checks, f->rule)) {
        for (size_t i = 0; i < checks.n; i++) {
            print_error("%s %d %s\n", checks.v[i].id, checks.v[i].result, checks.v[i].detail);
        }
        fail_msg("%s: %s, wanted %s under %s", f->what, nw_err_name(e), nw_err_name(f->err),
                 f->rule);
    }
}

static void an_mdoc_of_another_hand_verifies(void **state)
{
    (void)state;
    static const char *const passed[] = {"MSO-01", "MSO-02", "MSO-03",
                                         "MSO-04", "MSO-05", "MSO-06"};
    const struct fault good = {.what = "good"};
    struct nw_buf cbor = NW_BUF(1u << 16), text = NW_BUF(1u << 17);
    make_issuer_signed(&good, &cbor);
    assert_ok(check_issuer_signed(nw_buf_slice(&cbor)));
    for (size_t i = 0; i < ARRAY_LENGTH(passed); i++) {
        assert_true(nw_check_passed(&checks, passed[i]));
    }
    nw_hex_encode(nw_buf_slice(&cbor), &text);
    assert_ok(check_issuer_signed(nw_buf_slice(&text)));
    nw_buf_reset(&text);
    nw_base64url_encode(nw_buf_slice(&cbor), &text);
    assert_ok(check_issuer_signed(nw_buf_slice(&text)));
    nw_buf_free(&cbor);
    nw_buf_free(&text);
}

static const struct fault faults[] = {
    {.what = "an item with a flipped byte",
     .flip_item = true,
     .rule = "MSO-04",
     .err = NW_ERR_MSO_DIGEST},
    {.what = "two digest ids swapped",
     .swap_ids = true,
     .rule = "MSO-04",
     .err = NW_ERR_MSO_DIGEST},
    {.what = "an element twice",
     .same_element = true,
     .rule = "MSO-04",
     .err = NW_ERR_ELEMENT_TWICE},
    {.what = "a digest id twice", .same_id = true, .rule = "MSO-04", .err = NW_ERR_ELEMENT_TWICE},
    {.what = "an item without digest",
     .lost_digest = true,
     .rule = "MSO-04",
     .err = NW_ERR_MSO_DIGEST},
    {.what = "digests of another name space",
     .other_space = true,
     .rule = "MSO-04",
     .err = NW_ERR_MSO_DIGEST},
    {.what = "a digest of 31 bytes",
     .short_digest = true,
     .rule = "MSO-03",
     .err = NW_ERR_MSO_FORM},
    {.what = "an item without tag 24",
     .bare_item = true,
     .rule = "MSO-01",
     .err = NW_ERR_CBOR_TYPE},
    {.what = "an item without value", .no_value = true, .rule = "MSO-01", .err = NW_ERR_MDOC_FORM},
    {.what = "a random of 15 bytes",
     .short_random = true,
     .rule = "MSO-01",
     .err = NW_ERR_MDOC_FORM},
    {.what = "a digest id of 2^31", .big_id = true, .rule = "MSO-01", .err = NW_ERR_MDOC_FORM},
    {.what = "alg only unprotected",
     .auth = AUTH_ALG_UNPROTECTED,
     .rule = "MSO-02",
     .err = NW_ERR_ALG_NOT_ALLOWED},
    {.what = "alg in both maps",
     .auth = AUTH_ALG_TWICE,
     .rule = "MSO-02",
     .err = NW_ERR_COSE_HEADER},
    {.what = "an unknown critical header", .auth = AUTH_CRIT, .rule = "MSO-02", .err = NW_ERR_CRIT},
    {.what = "a tagged issuerAuth", .auth = AUTH_TAGGED, .rule = "MSO-02", .err = NW_ERR_COSE_TAG},
    {.what = "no x5chain", .auth = AUTH_NO_CHAIN, .rule = "MSO-02", .err = NW_ERR_COSE_HEADER},
    {.what = "x5chain as an array of one",
     .auth = AUTH_CHAIN_ARRAY_OF_ONE,
     .rule = "MSO-02",
     .err = NW_ERR_COSE_HEADER},
    {.what = "an algorithm that mdocs do not have",
     .auth = AUTH_ALG_PS256,
     .rule = "MSO-02",
     .err = NW_ERR_ALG_NOT_ALLOWED},
    {.what = "the signature of another key",
     .auth = AUTH_STRANGER,
     .rule = "MSO-02",
     .err = NW_ERR_SIGNATURE},
    {.what = "an MSO without tag 24", .bare_mso = true, .rule = "MSO-03", .err = NW_ERR_CBOR_TYPE},
    {.what = "version 2.0", .version = "2.0", .rule = "MSO-03", .err = NW_ERR_MSO_FORM},
    {.what = "version 1.x", .version = "1.x", .rule = "MSO-03", .err = NW_ERR_MSO_FORM},
    {.what = "digests of MD5", .hash = "MD5", .rule = "MSO-03", .err = NW_ERR_MSO_FORM},
    {.what = "a device key that is no map",
     .device_key = "01",
     .rule = "MSO-03",
     .err = NW_ERR_MSO_FORM},
    {.what = "times without tag 0", .plain_times = true, .rule = "MSO-06", .err = NW_ERR_MSO_TIME},
    {.what = "a time with a fraction",
     .valid_until = "2026-11-23T00:00:00.5Z",
     .rule = "MSO-06",
     .err = NW_ERR_MSO_TIME},
    {.what = "a time with an offset",
     .valid_until = "2026-11-23T00:00:00+01:00",
     .rule = "MSO-06",
     .err = NW_ERR_MSO_TIME},
    {.what = "valid from after its end",
     .valid_from = "2026-11-25T00:00:00Z",
     .rule = "MSO-06",
     .err = NW_ERR_MSO_TIME},
    {.what = "signed before the certificate began",
     .signed_at = "2024-12-31T23:59:59Z",
     .rule = "MSO-06",
     .err = NW_ERR_MSO_SIGNED},
    {.what = "expired",
     .valid_until = "2026-11-21T23:59:00Z",
     .rule = "MSO-06",
     .err = NW_ERR_EXPIRED},
    {.what = "not valid yet",
     .valid_from = "2026-11-22T00:02:00Z",
     .rule = "MSO-06",
     .err = NW_ERR_NOT_YET_VALID},
};

static void each_rule_refuses_its_one_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(faults); i++) {
        struct nw_buf cbor = NW_BUF(1u << 16);
        make_issuer_signed(&faults[i], &cbor);
        expect_fault(&faults[i], check_issuer_signed(nw_buf_slice(&cbor)));
        nw_buf_free(&cbor);
    }
}

/* The bytes around a good IssuerSigned: {"nameSpaces": x, "issuerAuth": y} */
static void cbor_that_is_not_strict_is_refused(void **state)
{
    (void)state;
    const struct fault good = {.what = "good"};
    struct nw_buf cbor = NW_BUF(1u << 16), bad = NW_BUF(1u << 16);
    make_issuer_signed(&good, &cbor);
    const struct nw_slice all = nw_buf_slice(&cbor);
    const struct {
        const char *what;
        const char *before, *after; /* hex, around the members */
        size_t skip;                /* bytes of the good one left out */
        enum nw_err err;
    } rows[] = {
        {"a byte behind the end", "", "00", 0, NW_ERR_TRAILING},
        {"an indefinite map", "bf", "ff", 1, NW_ERR_CBOR_INDEFINITE},
        {"a count that is not shortest", "b802", "", 1, NW_ERR_CBOR_SHORTEST},
        {"a member twice", "a3", "6a69737375657241757468f6", 1, NW_ERR_CBOR_DUPLICATE},
        {"64 levels deep", "a3",
         "6178818181818181818181818181818181818181818181818181818181818181818181818181818181818181"
         "8181818181818181818181818181818181818181818181818100",
         1, NW_ERR_CBOR_DEPTH},
        {"invalid UTF-8", "a3", "617861ff", 1, NW_ERR_UTF8},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        nw_buf_reset(&bad);
        put_hex(&bad, rows[i].before);
        nw_buf_put(&bad, nw_slice_from(all, rows[i].skip));
        put_hex(&bad, rows[i].after);
        const struct fault f = {.what = rows[i].what, .rule = "MSO-01", .err = rows[i].err};
        expect_fault(&f, check_issuer_signed(nw_buf_slice(&bad)));
    }
    nw_buf_free(&cbor);
    nw_buf_free(&bad);
}

static void no_prefix_of_an_mdoc_is_accepted(void **state)
{
    (void)state;
    const struct fault good = {.what = "good"};
    struct nw_buf cbor = NW_BUF(1u << 16);
    make_issuer_signed(&good, &cbor);
    for (size_t n = 0; n < cbor.n; n++) {
        assert_true(check_issuer_signed(nw_slice_sub(nw_buf_slice(&cbor), 0, n)) != NW_OK);
        assert_true(nw_check_failed(&checks, "MSO-01"));
    }
    nw_buf_free(&cbor);
}

/* ---- the device ---- */

static enum nw_err check_made(const struct fault *f, const char *transcript, bool refuse_mac,
                              bool *proven)
{
    struct nw_buf cbor = NW_BUF(1u << 16);
    const struct nw_device_policy policy = {.transcript = transcript == NULL ? NW_SLICE_EMPTY
                                                                             : test_hex(transcript),
                                            .reader_key = test_pki()->stranger,
                                            .refuse_mac = refuse_mac};
    *proven = false;
    make_response(f, &cbor);
    enum nw_err e = check_response(nw_buf_slice(&cbor), &policy, proven);
    nw_buf_free(&cbor);
    return e;
}

static void a_device_signature_over_our_session_proves_possession(void **state)
{
    (void)state;
    const struct fault good = {.what = "good"};
    bool proven;
    assert_ok(check_made(&good, TRANSCRIPT, true, &proven));
    assert_true(proven);
    for (size_t i = 0; i < 4; i++) {
        static const char *const passed[] = {"DEV-01", "DEV-02", "DEV-03", "DEV-04"};
        assert_true(nw_check_passed(&checks, passed[i]));
    }
}

static void without_a_session_nothing_is_proven(void **state)
{
    (void)state;
    const struct fault good = {.what = "good"};
    bool proven;
    assert_ok(check_made(&good, NULL, false, &proven));
    assert_false(proven);
    assert_int_equal(nw_check_find(&checks, "DEV-04")->result, NW_NOT_DONE);
}

static const struct fault device_faults[] = {
    {.what = "neither signature nor MAC",
     .no_proof = true,
     .rule = "DEV-01",
     .err = NW_ERR_DEVICE_AUTH},
    {.what = "a signature and a MAC",
     .both_proofs = true,
     .rule = "DEV-01",
     .err = NW_ERR_DEVICE_AUTH},
    {.what = "a payload that is not detached",
     .attached = true,
     .rule = "DEV-01",
     .err = NW_ERR_COSE_FORM},
    {.what = "a MAC where a signature is demanded",
     .mac = true,
     .rule = "DEV-02",
     .err = NW_ERR_DEVICE_MAC},
    {.what = "a device key that is not on the curve",
     .device_key =
         "a4010220012158200102030405060708091011121314151617181920212223242526272829303132"
         "2258200102030405060708091011121314151617181920212223242526272829303132",
     .rule = "DEV-02",
     .err = NW_ERR_KEY},
    {.what = "the signature of another device",
     .device_stranger = true,
     .rule = "DEV-04",
     .err = NW_ERR_DEVICE_SESSION},
    {.what = "a device-signed element that nobody authorised",
     .device_spaces = "a1706f72672e6578616d706c652e74657374a1617801", /* {SPACE: {"x": 1}} */
     .rule = "DEV-03",
     .err = NW_ERR_DEVICE_ELEMENT},
    {.what = "an element beside the authorised one",
     .allowed = "a16c64617461456c656d656e7473a1706f72672e6578616d706c652e7465737481617a",
     .device_spaces = "a1706f72672e6578616d706c652e74657374a1617801",
     .rule = "DEV-03",
     .err = NW_ERR_DEVICE_ELEMENT},
    {.what = "a Document of another type than the MSO",
     .doc_type = "org.example.other.1",
     .rule = "MSO-05",
     .err = NW_ERR_DOCTYPE},
};

static void each_device_rule_refuses_its_one_fault(void **state)
{
    (void)state;
    bool proven;
    for (size_t i = 0; i < ARRAY_LENGTH(device_faults); i++) {
        enum nw_err e = check_made(&device_faults[i], TRANSCRIPT, true, &proven);
        expect_fault(&device_faults[i], e);
        assert_false(proven);
    }
    const struct fault session = {
        .what = "another transcript", .rule = "DEV-04", .err = NW_ERR_DEVICE_SESSION};
    expect_fault(&session, check_made(&session, "83f6f68267456e67616765648100", true, &proven));
    assert_false(proven);
    const struct fault wrong_mac = {.what = "a MAC of another key",
                                    .mac = true,
                                    .rule = "DEV-04",
                                    .err = NW_ERR_DEVICE_SESSION};
    expect_fault(&wrong_mac, check_made(&wrong_mac, TRANSCRIPT, false, &proven));
    assert_false(proven);
}

static void authorised_elements_may_be_device_signed(void **state)
{
    (void)state;
    static const struct fault rows[] = {
        {.what = "a whole name space",
         .allowed = "a16a6e616d6553706163657381706f72672e6578616d706c652e74657374",
         .device_spaces = "a1706f72672e6578616d706c652e74657374a1617801"},
        {.what = "one element",
         .allowed = "a16c64617461456c656d656e7473a1706f72672e6578616d706c652e74657374816178",
         .device_spaces = "a1706f72672e6578616d706c652e74657374a1617801"},
    };
    bool proven;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        assert_ok(check_made(&rows[i], TRANSCRIPT, true, &proven));
        assert_true(proven);
    }
}

static void a_response_with_an_error_status_is_refused(void **state)
{
    (void)state;
    bool proven = false;
    const struct nw_device_policy policy = {.required = true};
    assert_err(
        check_response(test_hex("a26776657273696f6e63312e30667374617475730a"), &policy, &proven),
        NW_ERR_DEVICE_STATUS);
    assert_true(nw_check_failed(&checks, "MSO-06"));
    static const char *const versions[] = {"322e30", "312e78", "312e"}; /* 2.0, 1.x, 1. */
    for (size_t i = 0; i < ARRAY_LENGTH(versions); i++) {
        char hex[64];
        (void)snprintf(hex, sizeof hex, "a2 6776657273696f6e 6%zu%s 6673746174757300",
                       strlen(versions[i]) / 2, versions[i]);
        assert_err(check_response(test_hex(hex), &policy, &proven), NW_ERR_MDOC_FORM);
        assert_true(nw_check_failed(&checks, "MSO-06"));
    }
}

static void a_bare_issuer_signed_proves_no_possession(void **state)
{
    (void)state;
    const struct fault good = {.what = "good"};
    static struct nw_mdoc m;
    struct nw_buf cbor = NW_BUF(1u << 16);
    struct nw_device_policy policy = {.transcript = test_hex(TRANSCRIPT)};
    bool proven = true;
    make_issuer_signed(&good, &cbor);
    assert_ok(nw_mdoc_parse(nw_buf_slice(&cbor), &m, NULL, NULL));
    assert_err(nw_mdoc_device(test_crypto(), &m, &policy, &proven, NULL, NULL), NW_ERR_INTERNAL);
    assert_ok(verify(&m));
    assert_ok(nw_mdoc_device(test_crypto(), &m, &policy, &proven, NULL, NULL));
    assert_false(proven);
    policy.required = true;
    memset(&checks, 0, sizeof checks);
    assert_err(nw_mdoc_device(test_crypto(), &m, &policy, &proven, &checks, NULL),
               NW_ERR_KB_MISSING);
    assert_true(nw_check_failed(&checks, "DEV-01"));
    nw_mdoc_free(&m);
    nw_buf_free(&cbor);
}

static void a_failed_check_undoes_an_earlier_one(void **state)
{
    (void)state;
    const struct fault good = {.what = "good"};
    static struct nw_mdoc m;
    struct nw_buf cbor = NW_BUF(1u << 16);
    make_issuer_signed(&good, &cbor);
    assert_ok(nw_mdoc_parse(nw_buf_slice(&cbor), &m, NULL, NULL));
    assert_ok(verify(&m));
    assert_err(
        nw_mdoc_verify(test_crypto(), &m, nw_signer_pubkey(test_pki()->stranger), NULL, NULL),
        NW_ERR_SIGNATURE);
    assert_err(nw_mdoc_times(&m, 0, INT64_MAX, TEST_NOW, 60, NULL, NULL), NW_ERR_INTERNAL);
    nw_mdoc_free(&m);
    nw_buf_free(&cbor);
}

/* ---- transcripts: OpenID4VP 1.0 B.2.6 ---- */

#define VP_NONCE "exc7gBkxjx1rdc9udRrveKvSsJIq80avlXeLHhGwqtA"
#define VP_THUMBPRINT "4283ec927ae0f208daaa2d026a814f2b22dca52cf85ffa8f3f8626c6bd669047"

static void openid4vp_transcripts_are_the_published_ones(void **state)
{
    (void)state;
    struct nw_buf t = NW_BUF(4096);
    assert_ok(nw_transcript_openid4vp(test_crypto(), "x509_san_dns:example.com", VP_NONCE,
                                      test_hex(VP_THUMBPRINT), "https://example.com/response", &t));
    assert_true(
        nw_slice_eq(nw_buf_slice(&t),
                    test_hex("83f6f682714f70656e494434565048616e646f7665725820"
                             "048bc053c00442af9b8eed494cefdd9d95240d254b046b11b68013722aad38ac")));
    nw_buf_reset(&t);
    assert_ok(nw_transcript_dc_api(test_crypto(), "https://example.com", VP_NONCE,
                                   test_hex(VP_THUMBPRINT), &t));
    assert_true(
        nw_slice_eq(nw_buf_slice(&t),
                    test_hex("83f6f682764f70656e4944345650444341504948616e646f7665725820"
                             "fbece366f4212f9762c74cfdbf83b8c69e371d5d68cea09cb4c48ca6daab761a")));
    nw_buf_free(&t);
}

static void each_part_of_a_request_makes_another_transcript(void **state)
{
    (void)state;
    static const struct {
        const char *client_id, *nonce, *thumbprint, *response_uri;
    } rows[] = {
        {"x509_san_dns:example.com", VP_NONCE, VP_THUMBPRINT, "https://example.com/response"},
        {"example.com", VP_NONCE, VP_THUMBPRINT, "https://example.com/response"},
        {"x509_san_dns:example.com", "other", VP_THUMBPRINT, "https://example.com/response"},
        {"x509_san_dns:example.com", VP_NONCE, "", "https://example.com/response"},
        {"x509_san_dns:example.com", VP_NONCE, VP_THUMBPRINT, "https://example.com/other"},
    };
    struct nw_buf t[ARRAY_LENGTH(rows)];
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        t[i] = NW_BUF(4096);
        assert_ok(nw_transcript_openid4vp(test_crypto(), rows[i].client_id, rows[i].nonce,
                                          test_hex(rows[i].thumbprint), rows[i].response_uri,
                                          &t[i]));
        for (size_t k = 0; k < i; k++) {
            assert_false(nw_slice_eq(nw_buf_slice(&t[i]), nw_buf_slice(&t[k])));
        }
    }
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        nw_buf_free(&t[i]);
    }
}

static void a_transcript_file_is_an_array_of_three(void **state)
{
    (void)state;
    struct nw_slice array;
    assert_ok(nw_transcript_open(test_hex(TRANSCRIPT), &array, NULL));
    assert_ok(nw_transcript_open(test_hex("d8184d" TRANSCRIPT), &array, NULL));
    assert_true(nw_slice_eq(array, test_hex(TRANSCRIPT)));
    assert_err(nw_transcript_open(test_hex("82f6f6"), &array, NULL), NW_ERR_CBOR_TYPE);
    assert_err(nw_transcript_open(test_hex("83f6f6f600"), &array, NULL), NW_ERR_TRAILING);
}

/* ---- issuing and presenting ---- */

static const uint8_t value[] = {0x63, 'a', 'b', 'c'};

static enum nw_err issue_with(struct nw_signer *s, int64_t until, const char *first,
                              struct nw_slice its_value, struct nw_buf *out)
{
    const struct nw_mdoc_element elements[] = {
        {"org.example.long.name", first, its_value},
        {"org.example.long.name", "two", nw_slice(value, sizeof value)},
        {"org.example.long.name", "three", nw_slice(value, sizeof value)},
        {"org.example", "four", nw_slice(value, sizeof value)},
    };
    const struct nw_mdoc_issue job = {
        .doc_type = DOCTYPE,
        .elements = elements,
        .n = ARRAY_LENGTH(elements),
        .device_key = nw_signer_pubkey(test_pki()->holder),
        .signed_at = TEST_NOW - 60,
        .valid_from = TEST_NOW - 60,
        .valid_until = until,
        .status = {.present = true, .idx = 7, .uri = "https://status.test/1"}};
    return nw_mdoc_issue(test_crypto(), s, &job, out, NULL);
}

static enum nw_err issue(struct nw_signer *s, int64_t until, struct nw_buf *out)
{
    return issue_with(s, until, "one", nw_slice(value, sizeof value), out);
}

static bool keep_one(void *ctx, const struct nw_mdoc_item *item)
{
    (void)ctx;
    return nw_slice_is(item->id, "one");
}

static void what_is_issued_and_presented_verifies(void **state)
{
    (void)state;
    struct nw_buf issued = NW_BUF(1u << 16), response = NW_BUF(1u << 16);
    static struct nw_mdoc m;
    bool proven = false;
    struct nw_status_ref ref;
    assert_ok(issue(test_pki()->attestation, TEST_NOW + NW_DAY, &issued));
    assert_ok(nw_cbor_check(nw_buf_slice(&issued), NW_CBOR_DETERMINISTIC, 16, NULL));
    assert_ok(check_issuer_signed(nw_buf_slice(&issued)));
    assert_ok(nw_mdoc_parse(nw_buf_slice(&issued), &m, NULL, NULL));
    assert_ok(verify(&m));
    assert_int_equal(m.item_n, 4);
    assert_ok(nw_cbor_check(m.mso.raw, NW_CBOR_DETERMINISTIC, 16, NULL));
    assert_ok(nw_status_ref_mso(m.mso.status, &ref, NULL));
    assert_int_equal(ref.idx, 7);
    assert_true(nw_slice_is(m.item[0].name_space, "org.example")); /* the shorter key first */
    nw_mdoc_free(&m);
    const struct nw_mdoc_present job = {.issuer_signed = nw_buf_slice(&issued),
                                        .keep = keep_one,
                                        .device = test_pki()->holder,
                                        .transcript = test_hex(TRANSCRIPT)};
    assert_ok(nw_mdoc_present(test_crypto(), &job, &response, NULL));
    assert_true(nw_device_response_is(nw_buf_slice(&response)));
    assert_false(nw_device_response_is(nw_buf_slice(&issued)));
    const struct nw_device_policy policy = {.transcript = test_hex(TRANSCRIPT), .required = true};
    assert_ok(check_response(nw_buf_slice(&response), &policy, &proven));
    assert_true(proven);
    nw_buf_free(&issued);
    nw_buf_free(&response);
}

static void a_mac_is_made_and_verified_with_ephemeral_keys(void **state)
{
    (void)state;
    struct nw_buf issued = NW_BUF(1u << 16), response = NW_BUF(1u << 16);
    bool proven = false;
    assert_ok(issue(test_pki()->attestation, TEST_NOW + NW_DAY, &issued));
    const struct nw_mdoc_present job = {.issuer_signed = nw_buf_slice(&issued),
                                        .device = test_pki()->holder,
                                        .transcript = test_hex(TRANSCRIPT),
                                        .reader_key = nw_signer_pubkey(test_pki()->stranger)};
    assert_ok(nw_mdoc_present(test_crypto(), &job, &response, NULL));
    struct nw_device_policy policy = {
        .transcript = test_hex(TRANSCRIPT), .reader_key = test_pki()->stranger, .required = true};
    assert_ok(check_response(nw_buf_slice(&response), &policy, &proven));
    assert_true(proven);
    policy.reader_key = test_pki()->status;
    assert_err(check_response(nw_buf_slice(&response), &policy, &proven), NW_ERR_DEVICE_SESSION);
    policy.reader_key = NULL;
    assert_err(check_response(nw_buf_slice(&response), &policy, &proven), NW_ERR_KB_MISSING);
    nw_buf_free(&issued);
    nw_buf_free(&response);
}

static void copies_of_a_batch_have_nothing_random_in_common(void **state)
{
    (void)state;
    struct nw_buf a = NW_BUF(1u << 16), b = NW_BUF(1u << 16);
    static struct nw_mdoc x, y;
    bool moved = false;
    assert_ok(issue(test_pki()->attestation, TEST_NOW + NW_DAY, &a));
    assert_ok(nw_mdoc_parse(nw_buf_slice(&a), &x, NULL, NULL));
    for (int i = 0; i < 20 && !moved; i++) { /* three ids stay in place once in six times */
        nw_buf_reset(&b);
        assert_ok(issue(test_pki()->attestation, TEST_NOW + NW_DAY, &b));
        assert_ok(nw_mdoc_parse(nw_buf_slice(&b), &y, NULL, NULL));
        for (size_t k = 0; k < x.item_n; k++) {
            assert_false(nw_slice_eq(x.item[k].bytes, y.item[k].bytes));
            moved = moved || x.item[k].digest_id != y.item[k].digest_id;
        }
        nw_mdoc_free(&y);
    }
    assert_true(moved);
    nw_mdoc_free(&x);
    nw_buf_free(&a);
    nw_buf_free(&b);
}

static void what_a_verifier_would_refuse_is_not_issued(void **state)
{
    (void)state;
    struct nw_buf out = NW_BUF(1u << 16);
    assert_err(issue(test_pki()->attestation, TEST_NOT_AFTER + 1, &out), NW_ERR_CLAIM_RANGE);
    assert_err(issue(test_pki()->attestation, TEST_NOW - 60, &out), NW_ERR_CLAIM_RANGE);
    static const struct {
        const char *id, *value;
        enum nw_err err;
    } rows[] = {{"three", "63616263", NW_ERR_ELEMENT_TWICE},
                {"one", "", NW_ERR_TRUNCATED},
                {"one", "0000", NW_ERR_TRAILING},
                {"one", "a2616200616100", NW_ERR_CBOR_ORDER}};
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        assert_err(issue_with(test_pki()->attestation, TEST_NOW + NW_DAY, rows[i].id,
                              test_hex(rows[i].value), &out),
                   rows[i].err);
    }
    assert_ok(issue_with(test_pki()->attestation, TEST_NOW + NW_DAY, "four", test_hex("a0"), &out));
    nw_buf_reset(&out);
    assert_err(issue(test_pki()->holder, TEST_NOW + NW_DAY, &out), NW_ERR_SIGNER);
    assert_int_equal(out.n, 0);
    nw_buf_free(&out);
}

/* ---- memory ---- */

static enum nw_err whole_life(void *ctx)
{
    (void)ctx;
    struct nw_buf issued = NW_BUF(1u << 16), response = NW_BUF(1u << 16), text = NW_BUF(1u << 17);
    bool proven = false;
    enum nw_err e = issue(test_pki()->attestation, TEST_NOW + NW_DAY, &issued);
    if (e == NW_OK) {
        const struct nw_mdoc_present job = {.issuer_signed = nw_buf_slice(&issued),
                                            .device = test_pki()->holder,
                                            .transcript = test_hex(TRANSCRIPT)};
        e = nw_mdoc_present(test_crypto(), &job, &response, NULL);
    }
    if (e == NW_OK) {
        nw_base64url_encode(nw_buf_slice(&response), &text);
        e = nw_buf_err(&text);
    }
    static struct nw_device_response r;
    static struct nw_mdoc m;
    memset(&checks, 0, sizeof checks);
    if (e == NW_OK) {
        e = nw_device_response_parse(nw_buf_slice(&text), &r, &checks, NULL);
    }
    if (e == NW_OK) {
        e = nw_device_response_document(&r, 0, &m, &checks, NULL);
    }
    if (e == NW_OK) {
        const struct nw_device_policy policy = {.transcript = test_hex(TRANSCRIPT),
                                                .required = true};
        e = nw_mdoc_verify(test_crypto(), &m, nw_signer_pubkey(test_pki()->attestation), &checks,
                           NULL);
        if (e == NW_OK) {
            e = nw_mdoc_device(test_crypto(), &m, &policy, &proven, &checks, NULL);
        }
        nw_mdoc_free(&m);
    }
    nw_device_response_free(&r);
    assert_null(nw_check_first_failure(&checks));
    nw_buf_free(&issued);
    nw_buf_free(&response);
    nw_buf_free(&text);
    return e;
}

static void memory_trouble_is_never_a_verdict(void **state)
{
    (void)state;
    static const enum nw_err also[] = {NW_ERR_CRYPTO_BACKEND, NW_ERR_SIGNER, NW_OK};
    (void)test_pki();
    survives_allocation_failure(whole_life, NULL, also);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_mdoc_of_another_hand_verifies),
        cmocka_unit_test(each_rule_refuses_its_one_fault),
        cmocka_unit_test(cbor_that_is_not_strict_is_refused),
        cmocka_unit_test(no_prefix_of_an_mdoc_is_accepted),
        cmocka_unit_test(a_device_signature_over_our_session_proves_possession),
        cmocka_unit_test(without_a_session_nothing_is_proven),
        cmocka_unit_test(each_device_rule_refuses_its_one_fault),
        cmocka_unit_test(authorised_elements_may_be_device_signed),
        cmocka_unit_test(a_response_with_an_error_status_is_refused),
        cmocka_unit_test(a_bare_issuer_signed_proves_no_possession),
        cmocka_unit_test(a_failed_check_undoes_an_earlier_one),
        cmocka_unit_test(openid4vp_transcripts_are_the_published_ones),
        cmocka_unit_test(each_part_of_a_request_makes_another_transcript),
        cmocka_unit_test(a_transcript_file_is_an_array_of_three),
        cmocka_unit_test(what_is_issued_and_presented_verifies),
        cmocka_unit_test(a_mac_is_made_and_verified_with_ephemeral_keys),
        cmocka_unit_test(copies_of_a_batch_have_nothing_random_in_common),
        cmocka_unit_test(what_a_verifier_would_refuse_is_not_issued),
        cmocka_unit_test(memory_trouble_is_never_a_verdict),
    };
    return run_on_both("mdoc", tests, ARRAY_LENGTH(tests));
}
