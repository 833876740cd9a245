#include "support.h"

#include "sdjwt/sdjwt.h"
#include "sdjwt_make.h"

#define PAYLOAD                                                                                    \
    "{\"vct\":\"urn:example:type:1\",\"iat\":1799990000,\"cnf\":{\"jwk\":" HOLDER_JWK "},"         \
    "\"subject\":{\"names\":{\"surname\":\"M\u00fcller "                                           \
    "\\\"M\\\"\",\"forename\":\"Eva\"},\"born\":1970},"                                            \
    "\"places\":[{\"country\":\"DE\",\"town\":\"K\u00f6ln\"},{\"country\":\"FR\"},\"PL\"],"        \
    "\"open\":{\"a\":null,\"b\":true},\"number\":-1.5}"

static const char *const paths[] = {"subject",       "subject/names/*", "places",   "places/*",
                                    "places/*/town", "number",          "absent/*", NULL};
static const struct nw_sd_decoy decoys[] = {{"", 4}, {"subject/names", 8}, {"open", 5}};
static const struct nw_sd_plan plan = {.paths = paths, .decoys = decoys, .decoy_n = 3};

struct job {
    const char *payload;
    const struct nw_sd_plan *plan;
    struct nw_json *json;
    struct nw_signer *s;
    struct nw_buf out;
    nw_random_fn random;
};

static struct job job_of(const char *payload, const struct nw_sd_plan *p)
{
    struct job j = {.payload = payload, .plan = p, .s = make_issuer()};
    assert_ok(nw_json_parse(nw_str(payload), &j.json, NULL));
    return j;
}

static void job_end(struct job *j)
{
    nw_json_free(&j->json);
    nw_signer_free(&j->s);
    nw_buf_free(&j->out);
}

static enum nw_err issue(void *ctx)
{
    struct job *j = ctx;
    const struct nw_sdjwt_issue in = {
        .payload = j->json, .plan = j->plan, .typ = "dc+sd-jwt", .random = j->random};
    nw_buf_free(&j->out);
    j->out = NW_BUF(1u << 16);
    return nw_sdjwt_issue(test_crypto(), j->s, &in, &j->out, NULL);
}

static void open_token(struct nw_slice token, struct nw_sdjwt *s)
{
    struct nw_signer *issuer = make_issuer();
    assert_ok(nw_sdjwt_parse(token, s, NULL, NULL));
    assert_ok(nw_sdjwt_verify(test_crypto(), s, nw_signer_pubkey(issuer), NULL, NULL));
    nw_signer_free(&issuer);
}

static void everything_disclosed_gives_the_payload_back(void **state)
{
    (void)state;
    struct job j = job_of(PAYLOAD, &plan);
    struct nw_sdjwt s;
    assert_ok(issue(&j));
    open_token(nw_buf_slice(&j.out), &s);
    assert_true(nw_json_equal(s.payload, j.json));
    /* subject, 2 names, places, 3 places, 1 town, number */
    assert_int_equal(s.disclosure_n, 9);
    /* top level 3 -> 4, names 2 -> 8, open 0 stays 0 */
    assert_int_equal(s.undisclosed, 7);
    nw_sdjwt_free(&s);
    job_end(&j);
}

static void nothing_disclosed_leaves_what_the_plan_leaves(void **state)
{
    (void)state;
    struct job j = job_of(PAYLOAD, &plan);
    struct nw_sdjwt s;
    assert_ok(issue(&j));
    struct nw_slice all = nw_buf_slice(&j.out);
    open_token(nw_slice_sub(all, 0, nw_slice_find(all, '~', 0) + 1), &s);
    static const char *const shown[] = {"vct", "iat", "cnf", "open"};
    assert_int_equal(nw_json_count(s.payload), ARRAY_LENGTH(shown));
    for (size_t i = 0; i < ARRAY_LENGTH(shown); i++) {
        assert_true(nw_json_equal(nw_json_get(s.payload, shown[i]), nw_json_get(j.json, shown[i])));
    }
    assert_int_equal(s.undisclosed, 4);
    nw_sdjwt_free(&s);
    job_end(&j);
}

static void digests_are_sorted_and_salts_differ(void **state)
{
    (void)state;
    struct job j = job_of(PAYLOAD, &plan);
    struct nw_sdjwt s;
    assert_ok(issue(&j));
    assert_ok(nw_sdjwt_parse(nw_buf_slice(&j.out), &s, NULL, NULL));
    const struct nw_json *sd = nw_json_get(s.untrusted, "_sd");
    assert_int_equal(nw_json_count(sd), 4);
    for (const struct nw_json *n = nw_json_first(sd); nw_json_next(n) != NULL;
         n = nw_json_next(n)) {
        assert_true(strcmp(nw_json_text(n), nw_json_text(nw_json_next(n))) < 0);
    }
    /* base64url of ["<salt>" with 22 characters of salt: the first 31 characters hold 21 of them */
    for (size_t i = 0; i < s.disclosure_n; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_memory_not_equal(s.disclosure[i].p, s.disclosure[k].p, 31);
        }
    }
    nw_sdjwt_free(&s);
    job_end(&j);
}

static void without_a_plan_there_are_no_digests(void **state)
{
    (void)state;
    struct job j = job_of(PAYLOAD, NULL);
    struct nw_sdjwt s;
    assert_ok(issue(&j));
    open_token(nw_buf_slice(&j.out), &s);
    assert_int_equal(s.disclosure_n, 0);
    assert_true(nw_json_equal(s.payload, j.json));
    nw_sdjwt_free(&s);
    assert_ok(nw_sdjwt_parse(nw_buf_slice(&j.out), &s, NULL, NULL));
    assert_null(nw_json_get(s.untrusted, "_sd_alg"));
    assert_null(nw_json_get(s.untrusted, "_sd"));
    nw_sdjwt_free(&s);
    job_end(&j);
}

static void plans_and_payloads_that_may_not_be_are_refused(void **state)
{
    (void)state;
    static const char *const hide_status[] = {"status", NULL};
    static const char *const hide_key[] = {"cnf/jwk", NULL};
    static const char *const hide_a[] = {"a", NULL};
    static const struct {
        const char *payload;
        const char *const *paths;
        enum nw_err e;
    } rows[] = {
        {"{\"status\":{}}", hide_status, NW_ERR_CLAIM_DISCLOSED},
        {"{\"cnf\":{\"jwk\":{}}}", hide_key, NW_ERR_CLAIM_DISCLOSED},
        {"{\"_sd\":[]}", hide_a, NW_ERR_DISCLOSURE_NAME},
        {"{\"a\":{\"...\":1}}", hide_a, NW_ERR_DISCLOSURE_NAME},
        {"{\"b\":[{\"_sd_alg\":1}]}", hide_a, NW_ERR_DISCLOSURE_NAME},
        {"[]", hide_a, NW_ERR_JSON_TYPE},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        const struct nw_sd_plan p = {.paths = rows[i].paths};
        struct job j = job_of(rows[i].payload, &p);
        assert_err(issue(&j), rows[i].e);
        assert_int_equal(j.out.n, 0);
        job_end(&j);
    }
}

static enum nw_err counting(void *ctx, uint8_t *out, size_t n)
{
    (void)ctx;
    for (size_t i = 0; i < n; i++) {
        out[i] = (uint8_t)i;
    }
    return NW_OK;
}

static enum nw_err failing(void *ctx, uint8_t *out, size_t n)
{
    (void)ctx;
    (void)out;
    (void)n;
    return NW_ERR_CRYPTO_BACKEND;
}

static void a_fixed_source_of_salts_reproduces_the_disclosures(void **state)
{
    (void)state;
    struct job a = job_of(PAYLOAD, &plan);
    struct job b = job_of(PAYLOAD, &plan);
    a.random = b.random = counting;
    assert_ok(issue(&a));
    assert_ok(issue(&b));
    struct nw_slice x = nw_buf_slice(&a.out);
    struct nw_slice y = nw_buf_slice(&b.out);
    x = nw_slice_from(x, nw_slice_find(x, '~', 0));
    y = nw_slice_from(y, nw_slice_find(y, '~', 0));
    assert_true(nw_slice_eq(x, y));
    b.random = NULL;
    assert_ok(issue(&b));
    y = nw_buf_slice(&b.out);
    assert_false(nw_slice_eq(x, nw_slice_from(y, nw_slice_find(y, '~', 0))));
    b.random = failing;
    assert_err(issue(&b), NW_ERR_CRYPTO_BACKEND);
    job_end(&a);
    job_end(&b);
}

static void issuing_survives_allocation_failure(void **state)
{
    (void)state;
    struct job j = job_of(PAYLOAD, &plan);
    survives_allocation_failure(issue, &j, NULL);
    job_end(&j);
}

static bool keep_named(void *ctx, struct nw_slice json)
{
    char text[2048];
    const char *const *names = ctx;
    if (!nw_slice_cstr(json, text, sizeof text)) {
        return false;
    }
    for (; *names != NULL; names++) {
        if (strstr(text, *names) != NULL) {
            return true;
        }
    }
    return false;
}

static void a_holder_presents_a_part_with_proof(void **state)
{
    (void)state;
    const char *names[] = {"\"subject\",", "\"forename\",", NULL};
    struct job j = job_of(PAYLOAD, &plan);
    struct nw_signer *holder = make_holder();
    struct nw_buf b = NW_BUF(1u << 16);
    struct nw_sdjwt s;
    bool proven;
    const struct nw_kb_policy kb = {
        .nonce = "n\"1", .audience = "v", .at = 1800000000, .max_age = 300, .max_future = 60};
    assert_ok(issue(&j));
    assert_ok(nw_sdjwt_present(test_crypto(), nw_buf_slice(&j.out), keep_named, names, holder,
                               "n\"1", "v", 1800000000, &b));
    open_token(nw_buf_slice(&b), &s);
    assert_ok(nw_sdjwt_kb(test_crypto(), &s, &kb, &proven, NULL, NULL));
    assert_true(proven);
    assert_string_equal(nw_json_text(nw_json_path(s.payload, "subject.names.forename")), "Eva");
    assert_null(nw_json_path(s.payload, "subject.names.surname"));
    assert_null(nw_json_get(s.payload, "places"));
    nw_sdjwt_free(&s);
    /* what has a KB-JWT is no credential to present (RFC 9901 7.2) */
    struct nw_buf again = NW_BUF(1u << 16);
    assert_err(
        nw_sdjwt_present(test_crypto(), nw_buf_slice(&b), NULL, NULL, holder, "n", "v", 1, &again),
        NW_ERR_SDJWT_FORM);
    /* an inner disclosure without the outer one */
    names[0] = "\"forename\",";
    assert_err(nw_sdjwt_present(test_crypto(), nw_buf_slice(&j.out), keep_named, names, holder, "n",
                                "v", 1, &again),
               NW_ERR_DISCLOSURE_UNUSED);
    assert_int_equal(again.n, 0);
    nw_buf_free(&again);
    nw_buf_free(&b);
    nw_signer_free(&holder);
    job_end(&j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_disclosed_gives_the_payload_back),
        cmocka_unit_test(nothing_disclosed_leaves_what_the_plan_leaves),
        cmocka_unit_test(digests_are_sorted_and_salts_differ),
        cmocka_unit_test(without_a_plan_there_are_no_digests),
        cmocka_unit_test(plans_and_payloads_that_may_not_be_are_refused),
        cmocka_unit_test(a_fixed_source_of_salts_reproduces_the_disclosures),
        cmocka_unit_test(issuing_survives_allocation_failure),
        cmocka_unit_test(a_holder_presents_a_part_with_proof),
    };
    return run_on_both("sdjwt issue", tests, ARRAY_LENGTH(tests));
}
