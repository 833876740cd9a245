#include "support.h"

#include "base/codec.h"
#include "jose/jws.h"
#include "sdjwt_make.h"

/* RFC 7515 A.3.1 */
#define A3                                                                                         \
    "eyJhbGciOiJFUzI1NiJ9"                                                                         \
    ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnV" \
    "lfQ"                                                                                          \
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
#define A3_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define A3_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define EC_JWK(x, y) "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" x "\",\"y\":\"" y "\"}"

static const enum nw_sig_alg es256[] = {NW_ES256};
static const struct nw_jws_policy plain = {.algs = es256, .alg_n = 1, .max = 8192};

static struct nw_pubkey *key_of(const char *jwk)
{
    struct nw_json *n = NULL;
    struct nw_pubkey *key = NULL;
    assert_ok(nw_json_parse(nw_str(jwk), &n, NULL));
    assert_ok(nw_jwk_parse(test_crypto(), n, &key, NULL));
    nw_json_free(&n);
    return key;
}

static enum nw_err parse_jwk(const char *jwk)
{
    struct nw_json *n = NULL;
    struct nw_pubkey *key = NULL;
    assert_ok(nw_json_parse(nw_str(jwk), &n, NULL));
    enum nw_err e = nw_jwk_parse(test_crypto(), n, &key, NULL);
    nw_pubkey_free(&key);
    nw_json_free(&n);
    return e;
}

static void rfc7515_a3_verifies(void **state)
{
    (void)state;
    struct nw_jws j;
    struct nw_pubkey *key = key_of(EC_JWK(A3_X, A3_Y));
    assert_ok(nw_jws_parse(nw_str(A3), &plain, &j, NULL));
    assert_ok(nw_jws_verify(test_crypto(), &j, key));
    assert_true(nw_slice_is(nw_buf_slice(&j.payload),
                            "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n "
                            "\"http://example.com/is_root\":true}"));
    j.sig[63] ^= 1;
    assert_err(nw_jws_verify(test_crypto(), &j, key), NW_ERR_SIGNATURE);
    j.sig[63] ^= 1;
    j.sig_n--;
    assert_err(nw_jws_verify(test_crypto(), &j, key), NW_ERR_SIGNATURE_LENGTH);
    nw_jws_free(&j);
    nw_pubkey_free(&key);
}

static void rfc7638_thumbprint_is_reproduced(void **state)
{
    (void)state;
    /* RFC 7638 3.1 */
    static const char jwk[] =
        "{\"kty\":\"RSA\",\"n\":"
        "\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1"
        "RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf"
        "0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08"
        "qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKn"
        "qDKgw\",\"e\":\"AQAB\",\"alg\":\"RS256\",\"kid\":\"2011-04-29\"}";
    uint8_t digest[NW_SHA256_BYTES];
    struct nw_buf b = NW_BUF(64);
    struct nw_json *n = NULL;
    assert_ok(nw_json_parse(nw_str(jwk), &n, NULL));
    assert_ok(nw_jwk_thumbprint_json(test_crypto(), n, digest));
    nw_base64url_encode(nw_slice(digest, sizeof digest), &b);
    assert_string_equal(nw_buf_cstr(&b), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    assert_ok(parse_jwk(jwk));
    nw_json_free(&n);
    nw_buf_free(&b);
}

static void a_key_is_written_as_it_was_read(void **state)
{
    (void)state;
    uint8_t of_key[NW_SHA256_BYTES];
    uint8_t of_json[NW_SHA256_BYTES];
    struct nw_buf b = NW_BUF(512);
    struct nw_json *n = NULL;
    struct nw_pubkey *key = key_of(EC_JWK(A3_X, A3_Y));
    assert_ok(nw_jwk_write(key, &b));
    assert_string_equal(nw_buf_cstr(&b),
                        "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"" A3_X "\",\"y\":\"" A3_Y "\"}");
    assert_ok(nw_json_parse(nw_buf_slice(&b), &n, NULL));
    assert_ok(nw_jwk_thumbprint(test_crypto(), key, of_key));
    assert_ok(nw_jwk_thumbprint_json(test_crypto(), n, of_json));
    assert_memory_equal(of_key, of_json, sizeof of_key);
    nw_json_free(&n);
    nw_pubkey_free(&key);
    nw_buf_free(&b);
}

static void bad_keys_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *jwk;
        enum nw_err e;
    } rows[] = {
        {"[]", NW_ERR_JWK},
        {"{}", NW_ERR_JWK},
        {"{\"kty\":\"oct\",\"k\":\"AAAA\"}", NW_ERR_JWK},
        {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"d\":\"AAAA\",\"x\":\"" A3_X "\",\"y\":\"" A3_Y "\"}",
         NW_ERR_JWK},
        {"{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" A3_X "\",\"y\":\"" A3_Y "\"}", NW_ERR_JWK},
        {"{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"" A3_X "\",\"y\":\"" A3_Y "\"}",
         NW_ERR_JWK},
        {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" A3_X "\"}", NW_ERR_JWK},
        {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"use\":\"enc\",\"x\":\"" A3_X "\",\"y\":\"" A3_Y "\"}",
         NW_ERR_JWK},
        {EC_JWK(A3_X "=", A3_Y), NW_ERR_JWK},
        {EC_JWK(A3_Y, A3_X), NW_ERR_KEY},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        assert_err(parse_jwk(rows[i].jwk), rows[i].e);
    }
}

/* The token of A.3 with another header. */
static enum nw_err parse_header(const char *header, const struct nw_jws_policy *policy)
{
    struct nw_buf b = NW_BUF(8192);
    struct nw_jws j;
    nw_base64url_encode(nw_str(header), &b);
    nw_buf_puts(&b, strchr(A3, '.'));
    enum nw_err e = nw_jws_parse(nw_buf_slice(&b), policy, &j, NULL);
    if (e == NW_OK) {
        nw_jws_free(&j);
    }
    nw_buf_free(&b);
    return e;
}

static void headers_are_checked(void **state)
{
    (void)state;
    static const char *const typs[] = {"a+jwt", "b+jwt", NULL};
    static const char *const crit[] = {"exp", NULL};
    struct nw_jws_policy p = plain;
    assert_ok(parse_header("{\"alg\":\"ES256\"}", &p));
    assert_err(parse_header("{\"alg\":\"none\"}", &p), NW_ERR_ALG_NOT_ALLOWED);
    assert_err(parse_header("{\"alg\":\"HS256\"}", &p), NW_ERR_ALG_NOT_ALLOWED);
    assert_err(parse_header("{\"alg\":\"es256\"}", &p), NW_ERR_ALG_NOT_ALLOWED);
    assert_err(parse_header("{\"alg\":\"ES384\"}", &p), NW_ERR_ALG_NOT_ALLOWED);
    assert_err(parse_header("{\"alg\":7}", &p), NW_ERR_ALG_NOT_ALLOWED);
    assert_err(parse_header("[]", &p), NW_ERR_JWS_HEADER);
    assert_err(parse_header("{\"alg\":\"ES256\",\"alg\":\"none\"}", &p), NW_ERR_JSON_DUPLICATE);
    assert_err(parse_header("{\"alg\":\"ES256\",\"crit\":[]}", &p), NW_ERR_CRIT);
    assert_err(parse_header("{\"alg\":\"ES256\",\"crit\":[\"exp\"],\"exp\":1}", &p), NW_ERR_CRIT);
    p.crit = crit;
    assert_ok(parse_header("{\"alg\":\"ES256\",\"crit\":[\"exp\"],\"exp\":1}", &p));
    assert_err(parse_header("{\"alg\":\"ES256\",\"crit\":[\"exp\"]}", &p), NW_ERR_CRIT);
    assert_err(parse_header("{\"alg\":\"ES256\",\"crit\":[1]}", &p), NW_ERR_CRIT);
    assert_err(parse_header("{\"alg\":\"ES256\",\"b64\":false}", &p), NW_ERR_JWS_HEADER);
    assert_err(parse_header("{\"alg\":\"ES256\",\"typ\":1}", &p), NW_ERR_JWS_HEADER);
    p.typs = typs;
    assert_ok(parse_header("{\"alg\":\"ES256\",\"typ\":\"b+jwt\"}", &p));
    assert_err(parse_header("{\"alg\":\"ES256\"}", &p), NW_ERR_TYP);
    assert_err(parse_header("{\"alg\":\"ES256\",\"typ\":\"c+jwt\"}", &p), NW_ERR_TYP);
}

/* RFC 7515 A.5: what is refused is the algorithm, before the shape that comes with it. */
static void unsigned_tokens_are_refused_for_their_algorithm(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        enum nw_err e;
    } rows[] = {{"{\"alg\":\"none\"}", NW_ERR_ALG_NOT_ALLOWED},
                {"{\"alg\":\"ES256\"}", NW_ERR_JWS_FORM}};
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_buf b = NW_BUF(256);
        struct nw_jws j;
        nw_base64url_encode(nw_str(rows[i].header), &b);
        nw_buf_puts(&b, ".e30.");
        assert_err(nw_jws_parse(nw_buf_slice(&b), &plain, &j, NULL), rows[i].e);
        nw_buf_free(&b);
    }
}

static void forms_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum nw_err e;
    } rows[] = {
        {"", NW_ERR_JWS_FORM},
        {"a.b", NW_ERR_JWS_FORM},
        {"a.b.c.d", NW_ERR_JWS_FORM},
        {".e30.AA", NW_ERR_JWS_FORM},
        {"eyJhbGciOiJFUzI1NiJ9.e30.", NW_ERR_JWS_FORM},
        {"eyJhbGciOiJFUzI1NiJ9=.e30.AA", NW_ERR_BASE64URL},
        {"eyJhbGciOiJFUzI1NiJ9.e3+.AA", NW_ERR_BASE64URL},
        {"eyJhbGciOiJFUzI1NiJ9.e30.AB", NW_ERR_BASE64URL},
        {" eyJhbGciOiJFUzI1NiJ9.e30.AA", NW_ERR_BASE64URL},
        {"e30x.e30.AA", NW_ERR_JSON_SYNTAX},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_jws j;
        enum nw_err e = nw_jws_parse(nw_str(rows[i].text), &plain, &j, NULL);
        if (e != rows[i].e && !(rows[i].e == NW_ERR_JSON_SYNTAX && e != NW_OK)) {
            fail_msg("%s: %s", rows[i].text, nw_err_name(e));
        }
    }
    struct nw_jws_policy small = plain;
    struct nw_jws j;
    small.max = strlen(A3);
    assert_ok(nw_jws_parse(nw_str(A3), &small, &j, NULL));
    nw_jws_free(&j);
    small.max--;
    assert_err(nw_jws_parse(nw_str(A3), &small, &j, NULL), NW_ERR_LIMIT);
}

static void x5c_is_read_leaf_first(void **state)
{
    (void)state;
    struct nw_signer *s = make_issuer();
    struct nw_buf b = NW_BUF(8192);
    struct nw_jws j;
    make_jws(s, "{\"alg\":\"ES256\",\"x5c\":[\"AQID\",\"BAU=\"]}", nw_str("{}"), &b);
    assert_ok(nw_jws_parse(nw_buf_slice(&b), &plain, &j, NULL));
    assert_int_equal(j.chain_n, 2);
    assert_memory_equal(j.chain[0].p, "\1\2\3", 3);
    assert_int_equal(j.chain[1].n, 2);
    assert_memory_equal(j.chain[1].p, "\4\5", 2);
    nw_jws_free(&j);
    nw_buf_reset(&b);
    make_jws(s, "{\"alg\":\"ES256\",\"x5c\":[\"AQ\",\"AQ\",\"AQ\",\"AQ\",\"AQ\",\"AQ\",\"AQ\"]}",
             nw_str("{}"), &b);
    assert_err(nw_jws_parse(nw_buf_slice(&b), &plain, &j, NULL), NW_ERR_CERT_DEPTH);
    nw_signer_free(&s);
    nw_buf_free(&b);
}

struct round {
    struct nw_signer *s;
    struct nw_buf out;
};

static enum nw_err sign_and_parse(void *ctx)
{
    struct round *r = ctx;
    struct nw_jws j;
    nw_buf_free(&r->out);
    r->out = NW_BUF(8192);
    enum nw_err e = nw_jws_sign(r->s, "\"typ\":\"x+jwt\"", false, nw_str("{\"a\":1}"), &r->out);
    if (e == NW_OK) {
        e = nw_jws_parse(nw_buf_slice(&r->out), &plain, &j, NULL);
    }
    if (e == NW_OK) {
        e = nw_jws_verify(test_crypto(), &j, nw_signer_pubkey(r->s));
        nw_jws_free(&j);
    }
    return e;
}

static void what_is_signed_verifies_and_survives_allocation_failure(void **state)
{
    (void)state;
    struct round r = {.s = make_issuer()};
    survives_allocation_failure(sign_and_parse, &r, NULL);
    assert_true(nw_slice_starts(nw_buf_slice(&r.out), "eyJhbGciOiJFUzI1NiIsInR5cCI6Ingrand0In0."));
    nw_signer_free(&r.s);
    nw_buf_free(&r.out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc7515_a3_verifies),
        cmocka_unit_test(rfc7638_thumbprint_is_reproduced),
        cmocka_unit_test(a_key_is_written_as_it_was_read),
        cmocka_unit_test(bad_keys_are_refused),
        cmocka_unit_test(headers_are_checked),
        cmocka_unit_test(unsigned_tokens_are_refused_for_their_algorithm),
        cmocka_unit_test(forms_are_checked),
        cmocka_unit_test(x5c_is_read_leaf_first),
        cmocka_unit_test(what_is_signed_verifies_and_survives_allocation_failure),
    };
    return run_on_both("jws", tests, ARRAY_LENGTH(tests));
}
