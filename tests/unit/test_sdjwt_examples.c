/* The published examples, from their own keys: tests/unit/data/{rfc9901,sdjwtvc}. */
#include "support.h"

#include "sdjwt/sdjwt.h"
#include "sdjwt_make.h"

static struct nw_slice file(const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", NW_TEST_FILES, name);
    struct nw_slice s = test_file(path);
    if (s.p == NULL) {
        fail_msg("%s is missing", path);
    }
    return s;
}

static struct nw_json *json_file(const char *name)
{
    struct nw_json *n = NULL;
    assert_ok(nw_json_parse(file(name), &n, NULL));
    return n;
}

/* RFC 9901 A.5 */
static struct nw_pubkey *example_key(void)
{
    struct nw_json *jwk = NULL;
    struct nw_pubkey *key = NULL;
    assert_ok(nw_json_parse(nw_str("{\"kty\":\"EC\",\"crv\":\"P-256\","
                                   "\"x\":\"b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ\","
                                   "\"y\":\"Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8\"}"),
                            &jwk, NULL));
    assert_ok(nw_jwk_parse(test_crypto(), jwk, &key, NULL));
    nw_json_free(&jwk);
    return key;
}

static enum nw_err verify(struct nw_slice token, struct nw_sdjwt *s, struct nw_checks *checks)
{
    struct nw_pubkey *key = example_key();
    enum nw_err e = nw_sdjwt_parse(token, s, checks, NULL);
    if (e == NW_OK) {
        e = nw_sdjwt_verify(test_crypto(), s, key, checks, NULL);
    }
    nw_pubkey_free(&key);
    return e;
}

static const struct example {
    const char *token, *payload;
    size_t disclosed, undisclosed;
    int64_t kb_iat; /* 0: no KB-JWT */
    bool vc;
} examples[] = {
    {"rfc9901/5.1-issued.txt", NULL, 10, 0, 0, false},
    {"rfc9901/5.2-presented.txt", "rfc9901/5.2-payload.json", 4, 6, 1748537243, false},
    {"rfc9901/A.1-presented.txt", "rfc9901/A.1-payload.json", 2, 14, 0, false},
    {"rfc9901/A.2-presented.txt", "rfc9901/A.2-payload.json", 6, 10, 0, false},
    {"rfc9901/A.3-issued.txt", NULL, 27, 0, 0, true},
    {"rfc9901/A.3-presented.txt", "rfc9901/A.3-payload.json", 3, 18, 1748537243, true},
    {"rfc9901/A.4-issued.txt", NULL, 14, 0, 0, false},
    {"rfc9901/A.4-presented.txt", "rfc9901/A.4-payload.json", 4, 10, 1748537243, false},
    {"sdjwtvc/2.3.1-issued.txt", NULL, 9, 0, 0, true},
    {"sdjwtvc/2.3.2-presented.txt", "sdjwtvc/2.3.2-payload.json", 2, 7, 1787325881, true},
    {"sdjwtvc/2.3.2-unbound.txt", "sdjwtvc/2.3.2-unbound-payload.json", 2, 7, 0, true},
    {"sdjwtvc/A.1-issued.txt", NULL, 28, 0, 0, true},
    {"sdjwtvc/A.1-presented.txt", "sdjwtvc/A.1-payload.json", 3, 19, 1787325881, true},
};

static void check_payload(const struct example *x, const struct nw_sdjwt *s)
{
    assert_null(nw_json_get(s->payload, "_sd"));
    assert_null(nw_json_get(s->payload, "_sd_alg"));
    if (x->payload == NULL) {
        return;
    }
    struct nw_json *wanted = json_file(x->payload);
    if (!nw_json_equal(s->payload, wanted)) {
        struct nw_buf b = NW_BUF(1u << 20);
        nw_json_write(s->payload, &b);
        fail_msg("%s gives %s", x->token, nw_buf_cstr(&b));
    }
    nw_json_free(&wanted);
}

static void check_kb(const struct example *x, const struct nw_sdjwt *s, struct nw_checks *checks)
{
    bool proven = false;
    const struct nw_kb_policy policy = {.required = true,
                                        .nonce = "1234567890",
                                        .audience = strncmp(x->token, "rfc", 3) == 0
                                                        ? "https://verifier.example.org"
                                                        : "https://example.com/verifier",
                                        .at = x->kb_iat,
                                        .max_age = 300,
                                        .max_future = 60};
    enum nw_err e = nw_sdjwt_kb(test_crypto(), s, &policy, &proven, checks, NULL);
    if (x->kb_iat == 0) {
        assert_err(e, NW_ERR_KB_MISSING);
        return;
    }
    if (e != NW_OK) {
        const struct nw_check *c = nw_check_first_failure(checks);
        fail_msg("%s: %s %s", x->token, c->id, c->detail);
    }
    assert_true(proven);
}

static void published_examples_verify_and_give_their_payload(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(examples); i++) {
        const struct example *x = &examples[i];
        static struct nw_checks checks;
        struct nw_sdjwt s;
        checks.n = 0;
        enum nw_err e = verify(file(x->token), &s, &checks);
        if (e != NW_OK) {
            fail_msg("%s: %s", x->token, nw_err_name(e));
        }
        if (s.disclosure_n != x->disclosed || s.undisclosed != x->undisclosed) {
            fail_msg("%s: %zu disclosed, %zu not", x->token, s.disclosure_n, s.undisclosed);
        }
        check_payload(x, &s);
        const struct nw_vc_policy vc = {.at = 1750000000, .skew = 0};
        e = nw_sdjwt_vc_claims(&s, &vc, &checks, NULL);
        assert_err(e, x->vc ? NW_OK : NW_ERR_TYP);
        check_kb(x, &s, &checks);
        nw_sdjwt_free(&s);
    }
}

static void published_examples_with_one_changed_byte_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(examples); i++) {
        struct nw_slice token = file(examples[i].token);
        struct nw_buf b = NW_BUF(1u << 20);
        struct nw_sdjwt s;
        nw_buf_put(&b, token);
        size_t dot = nw_slice_find(token, '.', nw_slice_find(token, '.', 0) + 1);
        b.p[dot + 10] = b.p[dot + 10] == 'A' ? 'B' : 'A';
        assert_err(verify(nw_buf_slice(&b), &s, NULL), NW_ERR_SIGNATURE);
        nw_sdjwt_free(&s);
        nw_buf_free(&b);
    }
}

/* RFC 9901 6.3 shows payload and disclosures; signed here with the examples' key. */
static void verify_recursive(struct nw_slice disclosures, struct nw_sdjwt *s, enum nw_err wanted,
                             struct nw_checks *checks)
{
    struct nw_buf b = NW_BUF(1u << 16);
    struct nw_signer *issuer = make_issuer();
    make_jws(issuer, "{\"alg\":\"ES256\",\"typ\":\"example+sd-jwt\"}",
             file("rfc9901/6.3-signed.json"), &b);
    nw_buf_putc(&b, '~');
    nw_buf_put(&b, disclosures);
    assert_err(verify(nw_buf_slice(&b), s, checks), wanted);
    if (wanted == NW_OK) {
        assert_string_equal(nw_json_text(nw_json_path(s->payload, "address.street_address")),
                            "Schulstr. 12");
        assert_string_equal(nw_json_text(nw_json_path(s->payload, "address.country")), "DE");
        assert_int_equal(s->undisclosed, 0);
    }
    nw_sdjwt_free(s);
    nw_signer_free(&issuer);
    nw_buf_free(&b);
}

static void recursive_example_is_processed(void **state)
{
    (void)state;
    struct nw_sdjwt s;
    verify_recursive(file("rfc9901/6.3-disclosures.txt"), &s, NW_OK, NULL);
}

static void recursive_example_without_the_outer_disclosure_is_refused(void **state)
{
    (void)state;
    static struct nw_checks checks;
    struct nw_sdjwt s;
    struct nw_slice all = file("rfc9901/6.3-disclosures.txt");
    checks.n = 0;
    /* the outer one is the last of the five */
    size_t end = 0;
    for (int i = 0; i < 4; i++) {
        end = nw_slice_find(all, '~', end) + 1;
    }
    verify_recursive(nw_slice_sub(all, 0, end), &s, NW_ERR_DISCLOSURE_UNUSED, &checks);
    assert_true(nw_check_failed(&checks, "SDJ-07"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_examples_verify_and_give_their_payload),
        cmocka_unit_test(published_examples_with_one_changed_byte_are_refused),
        cmocka_unit_test(recursive_example_is_processed),
        cmocka_unit_test(recursive_example_without_the_outer_disclosure_is_refused),
    };
    return run_on_both("sdjwt examples", tests, ARRAY_LENGTH(tests));
}
