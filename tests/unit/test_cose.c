#include "support.h"

#include "cose/cose.h"
#include "crypto/cert.h"

/* Test tokens of the COSE working group (github.com/cose-wg/Examples, sign1-tests, public domain);
 * the key is their kid "11". */
#define KEY_POINT                                                                                  \
    "04bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"                           \
    "20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e"
#define KEY_X "bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"
#define KEY_Y "20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e"
#define KEY_SCALAR "57c92077664146e876760c9520d054aa93c3afb04e306705db6090308507b4d3"
#define CONTENT "54546869732069732074686520636f6e74656e742e"
#define KID_UNPROTECTED "a10442313 1"
#define SIG                                                                                        \
    "58408eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0117e2af9a291aa32e14ab834dc56" \
    "ed2a223444547e01f11d3b0916e5a4c345cacb36"

static const enum nw_sig_alg es256[] = {NW_ES256};

static struct nw_cose_policy policy(void)
{
    return (struct nw_cose_policy){
        .algs = es256, .alg_n = 1, .tag = NW_COSE_TAG_REQUIRED, .cbor_flags = NW_CBOR_STRICT};
}

static struct nw_pubkey *key(void)
{
    struct nw_pubkey *k = NULL;
    assert_ok(nw_pubkey_from_point(test_crypto(), NW_KEY_P256, test_hex(KEY_POINT), &k));
    return k;
}

static enum nw_err parse(const char *hex, const struct nw_cose_policy *p, struct nw_cose_sign1 *out)
{
    struct nw_diag d = {0};
    enum nw_err e = nw_cose_parse(test_hex(hex), p, out, &d);
    if (e != NW_OK) {
        assert_int_equal(d.code, e);
    }
    return e;
}

static enum nw_err parse_and_verify(const char *hex, const struct nw_cose_policy *p,
                                    const char *aad)
{
    struct nw_cose_sign1 s;
    enum nw_err e = parse(hex, p, &s);
    if (e == NW_OK) {
        struct nw_pubkey *k = key();
        e = nw_cose_verify(test_crypto(), &s, test_hex(aad), NW_SLICE_EMPTY, k);
        nw_pubkey_free(&k);
    }
    return e;
}

static void a_signed_token_verifies(void **state)
{
    (void)state;
    struct nw_cose_policy p = policy();
    struct nw_cose_sign1 s;
    const char *token = "d28443a10126" KID_UNPROTECTED CONTENT SIG;
    assert_ok(parse(token, &p, &s));
    assert_int_equal(s.alg, NW_ES256);
    assert_true(nw_slice_is(s.kid, "11"));
    assert_false(s.kid_protected);
    assert_true(nw_slice_is(s.payload, "This is the content."));
    assert_ok(parse_and_verify(token, &p, ""));
}

static void a_changed_payload_fails(void **state)
{
    (void)state;
    struct nw_cose_policy p = policy();
    assert_err(parse_and_verify("d28443a10126" KID_UNPROTECTED
                                "54546869732069732074686520636f6e74656e742f" SIG,
                                &p, ""),
               NW_ERR_SIGNATURE);
}

static void an_added_protected_header_fails(void **state)
{
    (void)state;
    struct nw_cose_policy p = policy();
    assert_err(parse_and_verify("d28445a201260300" KID_UNPROTECTED CONTENT SIG, &p, ""),
               NW_ERR_SIGNATURE);
}

static void external_data_is_signed_too(void **state)
{
    (void)state;
    struct nw_cose_policy p = policy();
    const char *token =
        "d28443a10126" KID_UNPROTECTED CONTENT
        "584010729cd711cb3813d8d8e944a8da7111e7b258c9bdca6135f7ae1adbee9509891267837e1e33bd36c150"
        "326ae62755c6bd8e540c3e8f92d7d225e8db72b8820b";
    assert_ok(parse_and_verify(token, &p, "11aa22bb33cc44dd55006699"));
    assert_err(parse_and_verify(token, &p, "11aa22bb33cc44dd55006698"), NW_ERR_SIGNATURE);
    assert_err(parse_and_verify(token, &p, ""), NW_ERR_SIGNATURE);
}

static void the_tag_must_be_the_one_asked_for(void **state)
{
    (void)state;
    const char *untagged = "8443a10126" KID_UNPROTECTED CONTENT SIG;
    const char *tagged = "d28443a10126" KID_UNPROTECTED CONTENT SIG;
    const char *cwt = "d83dd28443a10126" KID_UNPROTECTED CONTENT SIG;
    const char *other = "d903e68443a10126" KID_UNPROTECTED CONTENT SIG;
    const char *twice = "d2d28443a10126" KID_UNPROTECTED CONTENT SIG;
    const char *cwt_alone = "d83d8443a10126" KID_UNPROTECTED CONTENT SIG;
    struct nw_cose_policy p = policy();
    assert_err(parse_and_verify(untagged, &p, ""), NW_ERR_COSE_TAG);
    assert_err(parse_and_verify(other, &p, ""), NW_ERR_COSE_TAG);
    assert_err(parse_and_verify(twice, &p, ""), NW_ERR_COSE_TAG);
    assert_err(parse_and_verify(cwt, &p, ""), NW_ERR_COSE_TAG);
    p.tag = NW_COSE_TAG_FORBIDDEN;
    assert_ok(parse_and_verify(untagged, &p, ""));
    assert_err(parse_and_verify(tagged, &p, ""), NW_ERR_COSE_TAG);
    p.tag = NW_COSE_TAG_ANY;
    assert_ok(parse_and_verify(untagged, &p, ""));
    assert_ok(parse_and_verify(tagged, &p, ""));
    assert_ok(parse_and_verify(cwt, &p, ""));
    assert_err(parse_and_verify(cwt_alone, &p, ""), NW_ERR_COSE_TAG);
    assert_err(parse_and_verify(other, &p, ""), NW_ERR_COSE_TAG);
}

struct row {
    const char *token;
    enum nw_err wanted;
};

static void refused(const struct row *rows, size_t n, const struct nw_cose_policy *p)
{
    for (size_t i = 0; i < n; i++) {
        struct nw_cose_sign1 s = {.alg = NW_PS512};
        enum nw_err e = parse(rows[i].token, p, &s);
        if (e != rows[i].wanted) {
            fail_msg("row %zu: %s, not %s", i, nw_err_name(e), nw_err_name(rows[i].wanted));
        }
        assert_int_equal(s.alg, NW_PS512);
    }
}

static void malformed_structures_are_refused(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"d28343a10126a0" CONTENT, NW_ERR_COSE_FORM},               /* three elements */
        {"d28543a10126a0" CONTENT SIG "00", NW_ERR_COSE_FORM},      /* five */
        {"a0", NW_ERR_COSE_FORM},                                   /* no array */
        {"d284a10126a0" CONTENT SIG, NW_ERR_COSE_FORM},             /* protected map unwrapped */
        {"d28443a1012680" CONTENT SIG, NW_ERR_COSE_FORM},           /* unprotected is an array */
        {"d28443a10126a0f6" SIG, NW_ERR_COSE_FORM},                 /* payload nil */
        {"d28443a10126a001" SIG, NW_ERR_COSE_FORM},                 /* payload an integer */
        {"d2844180a0" CONTENT SIG, NW_ERR_COSE_HEADER},             /* protected is an array */
        {"d28444a1012600a0" CONTENT SIG, NW_ERR_TRAILING},          /* bytes after the map */
        {"d28445a201260126a0" CONTENT SIG, NW_ERR_CBOR_DUPLICATE},  /* alg twice */
        {"d28443a10126a0" CONTENT SIG "00", NW_ERR_TRAILING},       /* a second item */
        {"d28444a1011826a0" CONTENT SIG, NW_ERR_ALG_NOT_ALLOWED},   /* alg 38 */
        {"d28444a1013806a0" CONTENT SIG, NW_ERR_CBOR_SHORTEST},     /* -7 in two bytes */
        {"d28443a10105a0" CONTENT SIG, NW_ERR_ALG_NOT_ALLOWED},     /* HMAC */
        {"d28445a1013903e6a0" CONTENT SIG, NW_ERR_ALG_NOT_ALLOWED}, /* -999 (sign-fail-03) */
        {"d2844aa10167756e6b6e6f776ea0" CONTENT SIG, NW_ERR_ALG_NOT_ALLOWED}, /* sign-fail-04 */
        {"d28444a1013822a0" CONTENT SIG, NW_ERR_ALG_NOT_ALLOWED},       /* ES384, not on the list */
        {"d28441a0a10126" CONTENT SIG, NW_ERR_ALG_NOT_ALLOWED},         /* alg unprotected */
        {"d28440a0" CONTENT SIG, NW_ERR_ALG_NOT_ALLOWED},               /* no alg */
        {"d28443a10126a10126" CONTENT SIG, NW_ERR_COSE_HEADER},         /* alg in both maps */
        {"d28446a20126044131a1044131" CONTENT SIG, NW_ERR_COSE_HEADER}, /* kid in both maps */
        {"d28445a201260401a0" CONTENT SIG, NW_ERR_COSE_HEADER},         /* kid an integer */
        {"d28445a2012610f5a0" CONTENT SIG, NW_ERR_COSE_HEADER},         /* typ a boolean */
        {"d28445a20126f500a0" CONTENT SIG, NW_ERR_COSE_HEADER},         /* a label that is true */
        {"d28445a201260280a0" CONTENT SIG, NW_ERR_CRIT},                /* empty crit */
        {"d2844aa30126028118381838 00a0" CONTENT SIG, NW_ERR_CRIT},     /* unknown crit */
        {"d28443a10126a1028101" CONTENT SIG, NW_ERR_CRIT},              /* crit unprotected */
        {"d28443a10126a0" CONTENT "4100", NW_ERR_SIGNATURE_LENGTH},
        {"d28443a10126a0" CONTENT "40", NW_ERR_SIGNATURE_LENGTH},
        {"d28443a10126a1182140" CONTENT SIG, NW_ERR_COSE_HEADER},     /* empty certificate */
        {"d28443a10126a11821814130" CONTENT SIG, NW_ERR_COSE_HEADER}, /* array of one */
        {"d28443a10126a1182187413041304130413041304130 4130" CONTENT SIG, NW_ERR_CERT_DEPTH},
    };
    struct nw_cose_policy p = policy();
    refused(rows, ARRAY_LENGTH(rows), &p);
}

static void an_understood_critical_label_passes_if_it_is_there(void **state)
{
    (void)state;
    static const int64_t known[] = {56};
    struct nw_cose_policy p = policy();
    struct nw_cose_sign1 s;
    p.crit = known;
    p.crit_n = 1;
    assert_ok(parse("d2844aa30126028118381838 00a0" CONTENT SIG, &p, &s));
    assert_err(parse("d28447a2012602811838a0" CONTENT SIG, &p, &s), NW_ERR_CRIT);
}

static void the_kid_can_be_demanded_in_the_protected_header(void **state)
{
    (void)state;
    struct nw_cose_policy p = policy();
    struct nw_cose_sign1 s;
    p.kid_must_be_protected = true;
    assert_ok(parse("d28447a20126044231 31a0" CONTENT SIG, &p, &s));
    assert_true(s.kid_protected);
    assert_err(parse("d28443a10126a104423131" CONTENT SIG, &p, &s), NW_ERR_KID_UNPROTECTED);
    assert_err(parse("d28443a10126a0" CONTENT SIG, &p, &s), NW_ERR_KID_UNPROTECTED);
}

static void a_type_counts_only_where_it_is_signed(void **state)
{
    (void)state;
    struct nw_cose_policy p = policy();
    struct nw_cose_sign1 s;
    assert_ok(parse("d28446a201261061 61a0" CONTENT SIG, &p, &s));
    assert_true(nw_slice_is(s.typ_text, "a"));
    assert_ok(parse("d28446a2012610183da0" CONTENT SIG, &p, &s));
    assert_int_equal(s.typ_number, 61);
    assert_ok(parse("d28443a10126a1106161" CONTENT SIG, &p, &s));
    assert_int_equal(s.typ_text.n, 0);
}

static void foreign_tokens_may_be_looser(void **state)
{
    (void)state;
    /* sign-pass-01: alg and kid unprotected, the empty protected map written out. */
    const char *loose =
        "d28441a0a201260442313154546869732069732074686520636f6e74656e742e584087db0d2e5571843b78ac"
        "33ecb2830df7b6e0a4d5b7376de336b23c591c90c425317e56127fbe04370097ce347087b233bf722b64072b"
        "eb4486bda4031d27244f";
    struct nw_cose_policy p = policy();
    assert_err(parse_and_verify(loose, &p, ""), NW_ERR_ALG_NOT_ALLOWED);
    p.lenient_headers = true;
    assert_ok(parse_and_verify(loose, &p, ""));
    struct nw_cose_sign1 s;
    assert_ok(parse("d28446a20126044131a1044132" CONTENT SIG, &p, &s));
    assert_true(nw_slice_is(s.kid, "1"));
}

static void a_detached_payload_is_given_by_the_caller(void **state)
{
    (void)state;
    struct nw_cose_policy p = policy();
    struct nw_cose_sign1 s;
    struct nw_pubkey *k = key();
    p.detached = true;
    assert_ok(parse("d28443a10126" KID_UNPROTECTED "f6" SIG, &p, &s));
    assert_ok(nw_cose_verify(test_crypto(), &s, NW_SLICE_EMPTY, nw_str("This is the content."), k));
    assert_err(nw_cose_verify(test_crypto(), &s, NW_SLICE_EMPTY, nw_str("This is the content"), k),
               NW_ERR_SIGNATURE);
    assert_err(parse("d28443a10126" KID_UNPROTECTED CONTENT SIG, &p, &s), NW_ERR_COSE_FORM);
    nw_pubkey_free(&k);
}

static void a_key_of_another_kind_does_not_verify(void **state)
{
    (void)state;
    static const enum nw_sig_alg both[] = {NW_ES256, NW_ES384};
    struct nw_cose_policy p = policy();
    p.algs = both;
    p.alg_n = 2;
    struct nw_cose_sign1 s;
    struct nw_pubkey *k = key();
    char token[512];
    (void)snprintf(token, sizeof token, "d28444a1013822a0%s5860%0192d", CONTENT, 1);
    assert_ok(parse(token, &p, &s));
    assert_err(nw_cose_verify(test_crypto(), &s, NW_SLICE_EMPTY, NW_SLICE_EMPTY, k),
               NW_ERR_ALG_KEY_MISMATCH);
    nw_pubkey_free(&k);
}

static void what_is_signed_here_verifies_here(void **state)
{
    (void)state;
    struct nw_signer *signer = NULL;
    struct nw_buf token = NW_BUF(4096);
    struct nw_cose_headers h = {
        .kid = nw_str("12345678"), .typ = "application/a1+cwt", .tagged = true};
    assert_ok(nw_signer_from_scalar(test_crypto(), test_hex(KEY_SCALAR), &signer));
    assert_ok(nw_cose_sign(signer, &h, nw_str("payload"), &token));
    struct nw_cose_policy p = policy();
    p.kid_must_be_protected = true;
    p.cbor_flags = NW_CBOR_DETERMINISTIC;
    struct nw_cose_sign1 s;
    assert_ok(nw_cose_parse(nw_buf_slice(&token), &p, &s, NULL));
    assert_true(nw_slice_is(s.kid, "12345678"));
    assert_true(nw_slice_is(s.typ_text, "application/a1+cwt"));
    struct nw_pubkey *k = key();
    assert_ok(nw_cose_verify(test_crypto(), &s, NW_SLICE_EMPTY, NW_SLICE_EMPTY, k));
    token.p[token.n - 1] ^= 1;
    assert_err(nw_cose_verify(test_crypto(), &s, NW_SLICE_EMPTY, NW_SLICE_EMPTY, k),
               NW_ERR_SIGNATURE);
    nw_pubkey_free(&k);
    nw_buf_free(&token);
    nw_signer_free(&signer);
}

static void a_chain_is_written_and_read_in_order(void **state)
{
    (void)state;
    struct nw_signer *signer = NULL;
    struct nw_buf token = NW_BUF(4096);
    struct nw_buf leaf = NW_BUF(NW_MAX_CERT);
    struct nw_buf above = NW_BUF(NW_MAX_CERT);
    struct nw_cose_headers h = {.chain = true, .chain_protected = true, .tagged = true};
    assert_ok(nw_signer_from_scalar(test_crypto(), test_hex(KEY_SCALAR), &signer));
    assert_err(nw_cose_sign(signer, &h, nw_str("payload"), &token), NW_ERR_SIGNER);
    struct nw_cert_template t = {.common_name = "Leaf",
                                 .country = "DE",
                                 .subject = nw_signer_pubkey(signer),
                                 .serial = {1},
                                 .not_after = 4000000000,
                                 .path_len = -1};
    assert_ok(nw_cert_make(test_crypto(), &t, signer, &leaf));
    t.common_name = "Above";
    assert_ok(nw_cert_make(test_crypto(), &t, signer, &above));
    struct nw_slice chain[] = {nw_buf_slice(&leaf), nw_buf_slice(&above)};
    for (size_t i = 0; i < 4; i++) {
        struct nw_cose_policy p = policy();
        struct nw_cose_sign1 s;
        size_t n = 1 + i % 2;
        h.chain_protected = i < 2;
        assert_ok(nw_signer_set_chain(signer, chain, n));
        nw_buf_reset(&token);
        assert_ok(nw_cose_sign(signer, &h, nw_str("payload"), &token));
        assert_ok(nw_cose_parse(nw_buf_slice(&token), &p, &s, NULL));
        assert_int_equal(s.chain_n, n);
        assert_int_equal(s.chain_protected, i < 2);
        assert_true(nw_slice_eq(s.chain[0], chain[0]));
        assert_true(nw_slice_eq(s.chain[n - 1], chain[n - 1]));
    }
    nw_buf_free(&above);
    nw_buf_free(&leaf);
    nw_buf_free(&token);
    nw_signer_free(&signer);
}

static void keys_are_read_in_every_public_form(void **state)
{
    (void)state;
    static const char *const good[] = {
        "a40102200121 5820" KEY_X "22 5820" KEY_Y,  /* full */
        "a40102200121 5820" KEY_X "22 f4",          /* y even */
        "a501020326200121 5820" KEY_X "22 f4",      /* alg ES256 */
        "a50102048102200121 5820" KEY_X "22 f4",    /* key_ops verify */
        "a501020242 3131200121 5820" KEY_X "22 f4", /* kid */
    };
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++) {
        struct nw_pubkey *k = NULL;
        assert_ok(nw_cose_key_parse(test_crypto(), test_hex(good[i]), &k, NULL));
        assert_true(nw_slice_eq(nw_pubkey_point(k), test_hex(KEY_POINT)));
        nw_pubkey_free(&k);
    }
}

/* ISO/IEC 18013-5 12.7.2: for session keys alg and key_ops do not count, the rest does. */
static void keys_for_agreement_are_read_whatever_alg_they_name(void **state)
{
    (void)state;
    struct nw_pubkey *k = NULL;
    struct nw_slice derive = test_hex("a601020338180481072001 21 5820" KEY_X "22 5820" KEY_Y);
    assert_err(nw_cose_key_parse(test_crypto(), derive, &k, NULL), NW_ERR_KEY);
    assert_ok(nw_cose_key_parse_agreement(test_crypto(), derive, &k, NULL));
    assert_true(nw_slice_eq(nw_pubkey_point(k), test_hex(KEY_POINT)));
    nw_pubkey_free(&k);
    struct nw_slice secret = test_hex("a501022001 21 5820" KEY_X "22 5820" KEY_Y "23 4101");
    assert_err(nw_cose_key_parse_agreement(test_crypto(), secret, &k, NULL), NW_ERR_KEY);
    struct nw_slice ed25519 = test_hex("a301012006215820" KEY_X);
    assert_err(nw_cose_key_parse_agreement(test_crypto(), ed25519, &k, NULL), NW_ERR_KEY);
    assert_null(k);
}

static void keys_that_are_not_usable_are_refused(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"a40102200121 5820" KEY_X "22 5820" KEY_X, NW_ERR_KEY},           /* not on the curve */
        {"a50102200121 5820" KEY_X "22 f423 5820" KEY_SCALAR, NW_ERR_KEY}, /* private */
        {"a40102200121 5820" KEY_X "22 4100", NW_ERR_KEY},                 /* short y */
        {"a301022001215820" KEY_X, NW_ERR_KEY},                            /* no y */
        {"a40102200221 5820" KEY_X "22 f4", NW_ERR_KEY},                   /* P-384, 32 bytes */
        {"a40102200821 5820" KEY_X "22 f4", NW_ERR_KEY},                   /* secp256k1 */
        {"a40104200121 5820" KEY_X "22 f4", NW_ERR_KEY},                   /* symmetric */
        {"a5010203382 2200121 5820" KEY_X "22 f4", NW_ERR_KEY},            /* alg ES384 */
        {"a50102048101200121 5820" KEY_X "22 f4", NW_ERR_KEY},             /* key_ops sign only */
        {"a3200121 5820" KEY_X "22 f4", NW_ERR_KEY},                       /* no kty */
        {"a40102200121 5820" KEY_X "22 f400", NW_ERR_TRAILING},
        {"80", NW_ERR_KEY},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_pubkey *k = NULL;
        enum nw_err e = nw_cose_key_parse(test_crypto(), test_hex(rows[i].token), &k, NULL);
        if (e != rows[i].wanted) {
            fail_msg("row %zu: %s, not %s", i, nw_err_name(e), nw_err_name(rows[i].wanted));
        }
        assert_null(k);
    }
}

static void a_key_is_written_deterministically(void **state)
{
    (void)state;
    struct nw_pubkey *k = key();
    struct nw_buf b = NW_BUF(256);
    assert_ok(nw_cose_key_write(k, true, &b));
    assert_true(nw_slice_eq(nw_buf_slice(&b), test_hex("a401022001215820" KEY_X "22f4")));
    nw_buf_reset(&b);
    assert_ok(nw_cose_key_write(k, false, &b));
    assert_true(nw_slice_eq(nw_buf_slice(&b), test_hex("a401022001215820" KEY_X "225820" KEY_Y)));
    nw_buf_free(&b);
    nw_pubkey_free(&k);
}

static enum nw_err sign_job(void *ctx)
{
    struct nw_buf token = NW_BUF(4096);
    struct nw_cose_headers h = {.kid = nw_str("1"), .typ = "t", .tagged = true};
    enum nw_err e = nw_cose_sign(ctx, &h, nw_str("payload"), &token);
    nw_buf_free(&token);
    return e;
}

static void signing_survives_a_lack_of_memory(void **state)
{
    (void)state;
    struct nw_signer *signer = NULL;
    assert_ok(nw_signer_from_scalar(test_crypto(), test_hex(KEY_SCALAR), &signer));
    survives_allocation_failure(sign_job, signer, NULL);
    nw_signer_free(&signer);
}

static void a_mac_is_read_only_where_one_is_asked_for(void **state)
{
    (void)state;
    static const uint8_t key[32] = {1}, other[32] = {2};
    struct nw_buf b = NW_BUF(4096);
    struct nw_cose_sign1 s;
    const struct nw_slice text = nw_str("payload");
    struct nw_cose_policy p = policy();
    p.tag = NW_COSE_TAG_FORBIDDEN;
    p.detached = true;
    assert_ok(nw_cose_mac0_make(test_crypto(), nw_slice(key, 32), text, &b));
    assert_err(nw_cose_parse(nw_buf_slice(&b), &p, &s, NULL), NW_ERR_ALG_NOT_ALLOWED);
    p.mac0 = true;
    assert_ok(nw_cose_parse(nw_buf_slice(&b), &p, &s, NULL));
    assert_ok(nw_cose_mac0_verify(test_crypto(), &s, NW_SLICE_EMPTY, text, nw_slice(key, 32)));
    assert_err(nw_cose_mac0_verify(test_crypto(), &s, NW_SLICE_EMPTY, text, nw_slice(other, 32)),
               NW_ERR_SIGNATURE);
    assert_err(nw_cose_mac0_verify(test_crypto(), &s, NW_SLICE_EMPTY, nw_str("another"),
                                   nw_slice(key, 32)),
               NW_ERR_SIGNATURE);
    b.p[4] = 0x26; /* alg ES256 */
    assert_err(nw_cose_parse(nw_buf_slice(&b), &p, &s, NULL), NW_ERR_ALG_NOT_ALLOWED);
    nw_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mac_is_read_only_where_one_is_asked_for),
        cmocka_unit_test(a_signed_token_verifies),
        cmocka_unit_test(a_changed_payload_fails),
        cmocka_unit_test(an_added_protected_header_fails),
        cmocka_unit_test(external_data_is_signed_too),
        cmocka_unit_test(the_tag_must_be_the_one_asked_for),
        cmocka_unit_test(malformed_structures_are_refused),
        cmocka_unit_test(an_understood_critical_label_passes_if_it_is_there),
        cmocka_unit_test(the_kid_can_be_demanded_in_the_protected_header),
        cmocka_unit_test(a_type_counts_only_where_it_is_signed),
        cmocka_unit_test(foreign_tokens_may_be_looser),
        cmocka_unit_test(a_detached_payload_is_given_by_the_caller),
        cmocka_unit_test(a_key_of_another_kind_does_not_verify),
        cmocka_unit_test(what_is_signed_here_verifies_here),
        cmocka_unit_test(a_chain_is_written_and_read_in_order),
        cmocka_unit_test(keys_are_read_in_every_public_form),
        cmocka_unit_test(keys_for_agreement_are_read_whatever_alg_they_name),
        cmocka_unit_test(keys_that_are_not_usable_are_refused),
        cmocka_unit_test(a_key_is_written_deterministically),
        cmocka_unit_test(signing_survives_a_lack_of_memory),
    };
    return run_on_both("cose", tests, ARRAY_LENGTH(tests));
}
