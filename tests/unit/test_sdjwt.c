/* One good presentation, and everything that can be wrong with it, one thing at a time. */
#include "support.h"

#include "sdjwt/sdjwt.h"
#include "sdjwt_make.h"

#define AT 1800000000
#define TIMES "\"iat\":1799990000,\"exp\":1800090000"
#define CNF "\"cnf\":{\"jwk\":" HOLDER_JWK "}"
#define VCT "\"vct\":\"urn:example:type:1\""
#define D0 "[\"salt-number-000000000\",\"given_name\",\"Astrid\"]"
#define D1 "[\"salt-number-111111111\",\"DE\"]"
#define PAYLOAD                                                                                    \
    "{" VCT "," TIMES "," CNF ",\"countries\":[\"FR\",{\"...\":\"@1\"}],\"_sd\":[\"@0\"],"         \
    "\"_sd_alg\":\"sha-256\"}"
#define KB_PAYLOAD                                                                                 \
    "{\"iat\":1799999990,\"aud\":\"https://"                                                       \
    "verifier.example\",\"nonce\":\"n-1\",\"sd_hash\":\"@h\"}"

static const struct make good = {
    .payload = PAYLOAD, .disclosures = {D0, D1}, .kb_payload = KB_PAYLOAD};
static const struct make unbound = {.payload = "{" VCT "," TIMES ",\"_sd\":[\"@0\"]}",
                                    .disclosures = {D0}};

static struct nw_checks checks;

/* The whole way of a presentation; the first refusal ends it. */
static enum nw_err take(struct nw_slice token, struct nw_checks *into, bool kb_required,
                        bool *proven)
{
    static const struct nw_kb_policy base = {.nonce = "n-1",
                                             .audience = "https://verifier.example",
                                             .at = AT,
                                             .max_age = 300,
                                             .max_future = 60};
    const struct nw_vc_policy vc = {.at = AT, .skew = 60};
    struct nw_kb_policy kb = base;
    struct nw_signer *issuer = make_issuer();
    struct nw_sdjwt s;
    struct nw_diag d;
    nw_diag_clear(&d);
    kb.required = kb_required;
    *proven = false;
    enum nw_err e = nw_sdjwt_parse(token, &s, into, &d);
    if (e == NW_OK) {
        e = nw_sdjwt_verify(test_crypto(), &s, nw_signer_pubkey(issuer), into, &d);
    }
    if (e == NW_OK) {
        e = nw_sdjwt_vc_claims(&s, &vc, into, &d);
    }
    if (e == NW_OK) {
        e = nw_sdjwt_kb(test_crypto(), &s, &kb, proven, into, &d);
    }
    assert_true(e == NW_OK || s.payload != NULL || s.issuer.header == NULL || d.code == e);
    nw_sdjwt_free(&s);
    nw_signer_free(&issuer);
    return e;
}

static void assert_refused(struct nw_slice token, const char *rule, enum nw_err wanted,
                           const char *what)
{
    bool proven;
    checks.n = 0;
    enum nw_err e = take(token, &checks, false, &proven);
    const struct nw_check *c = nw_check_first_failure(&checks);
    if (e != wanted || c == NULL || strcmp(c->id, rule) != 0 || c->err != wanted || proven) {
        fail_msg("%s: %s at %s, wanted %s at %s", what, nw_err_name(e), c == NULL ? "-" : c->id,
                 nw_err_name(wanted), rule);
    }
}

static void assert_make_refused(const struct make *m, const char *rule, enum nw_err wanted,
                                const char *what)
{
    struct nw_buf b = NW_BUF(1u << 20);
    make_sdjwt(m, &b);
    assert_refused(nw_buf_slice(&b), rule, wanted, what);
    nw_buf_free(&b);
}

static void a_bound_credential_is_accepted(void **state)
{
    (void)state;
    struct nw_buf b = NW_BUF(1u << 16);
    bool proven;
    make_sdjwt(&good, &b);
    checks.n = 0;
    assert_ok(take(nw_buf_slice(&b), &checks, true, &proven));
    assert_true(proven);
    static const char *const rules[] = {"SDJ-01", "SDJ-02", "SDJ-03", "SDJ-04", "SDJ-05",
                                        "SDJ-06", "SDJ-07", "KB-01",  "KB-02",  "KB-03",
                                        "KB-04",  "KB-05",  "VC-01",  "VC-02",  "VC-04"};
    for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
        assert_true(nw_check_passed(&checks, rules[i]));
    }
    nw_buf_free(&b);
}

static void an_unbound_credential_is_accepted_unless_policy_asks(void **state)
{
    (void)state;
    struct nw_buf b = NW_BUF(1u << 16);
    bool proven;
    make_sdjwt(&unbound, &b);
    checks.n = 0;
    assert_ok(take(nw_buf_slice(&b), &checks, false, &proven));
    assert_false(proven);
    assert_null(nw_check_find(&checks, "KB-02"));
    checks.n = 0;
    assert_err(take(nw_buf_slice(&b), &checks, true, &proven), NW_ERR_KB_MISSING);
    assert_true(nw_check_failed(&checks, "KB-01"));
    nw_buf_free(&b);
}

static void the_form_is_checked(void **state)
{
    (void)state;
    struct nw_buf made = NW_BUF(1u << 16);
    struct nw_buf b = NW_BUF(1u << 21);
    make_sdjwt(&unbound, &made);
    struct nw_slice t = nw_buf_slice(&made);
    size_t first = nw_slice_find(t, '~', 0);
    const struct {
        const char *what;
        struct nw_slice a, b, c;
        const char *rule;
        enum nw_err e;
    } rows[] = {
        {"no last tilde", nw_slice_sub(t, 0, t.n - 1), {0}, {0}, "SDJ-01", NW_ERR_SDJWT_FORM},
        {"no tilde at all", nw_slice_sub(t, 0, first), {0}, {0}, "SDJ-01", NW_ERR_SDJWT_FORM},
        {"empty", {0}, {0}, {0}, "SDJ-01", NW_ERR_SDJWT_FORM},
        {"two tildes", nw_slice_sub(t, 0, first), nw_str("~"), nw_slice_from(t, first), "SDJ-01",
         NW_ERR_SDJWT_FORM},
        {"padding in a disclosure",
         nw_slice_sub(t, 0, t.n - 1),
         nw_str("=~"),
         {0},
         "SDJ-01",
         NW_ERR_BASE64URL},
        {"padding in the JWT", nw_slice_sub(t, 0, first), nw_str("="), nw_slice_from(t, first),
         "SDJ-01", NW_ERR_BASE64URL},
        {"line feed at the end", t, nw_str("\n"), {0}, "SDJ-01", NW_ERR_SDJWT_FORM},
        {"two parts",
         nw_str("eyJhbGciOiJFUzI1NiJ9.e30"),
         nw_str("~"),
         {0},
         "SDJ-01",
         NW_ERR_JWS_FORM},
        {"four parts", nw_slice_sub(t, 0, first), nw_str(".AA"), nw_slice_from(t, first), "SDJ-01",
         NW_ERR_JWS_FORM},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        nw_buf_reset(&b);
        nw_buf_put(&b, rows[i].a);
        nw_buf_put(&b, rows[i].b);
        nw_buf_put(&b, rows[i].c);
        assert_refused(nw_buf_slice(&b), rows[i].rule, rows[i].e, rows[i].what);
    }
    nw_buf_reset(&b);
    nw_buf_put(&b, t);
    for (unsigned i = 0; i < NW_MAX_DISCLOSURES; i++) {
        nw_buf_puts(&b, "AAAA~");
    }
    assert_refused(nw_buf_slice(&b), "SDJ-01", NW_ERR_LIMIT, "513 disclosures");
    while (b.n <= NW_MAX_SDJWT) {
        nw_buf_puts(&b, "AAAAAAAAAAAAAAAA");
    }
    assert_refused(nw_buf_slice(&b), "SDJ-01", NW_ERR_LIMIT, "longer than the limit");
    nw_buf_free(&b);
    nw_buf_free(&made);
}

#define HEADER(members) "{\"alg\":\"ES256\",\"typ\":\"dc+sd-jwt\"" members "}"

static void the_header_is_checked(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        const char *rule;
        enum nw_err e;
    } rows[] = {
        {"{\"alg\":\"none\",\"typ\":\"dc+sd-jwt\"}", "SDJ-02", NW_ERR_ALG_NOT_ALLOWED},
        {"{\"alg\":\"HS256\",\"typ\":\"dc+sd-jwt\"}", "SDJ-02", NW_ERR_ALG_NOT_ALLOWED},
        {"{\"alg\":\"RS256\",\"typ\":\"dc+sd-jwt\"}", "SDJ-02", NW_ERR_ALG_NOT_ALLOWED},
        {"{\"typ\":\"dc+sd-jwt\"}", "SDJ-02", NW_ERR_ALG_NOT_ALLOWED},
        {"{\"alg\":\"ES384\",\"typ\":\"dc+sd-jwt\"}", "SDJ-02", NW_ERR_ALG_KEY_MISMATCH},
        {HEADER(",\"alg\":\"ES256\""), "SDJ-02", NW_ERR_JSON_DUPLICATE},
        {HEADER(",\"crit\":[\"exp\"],\"exp\":1"), "SDJ-02", NW_ERR_CRIT},
        {HEADER(",\"crit\":[]"), "SDJ-02", NW_ERR_CRIT},
        {HEADER(",\"crit\":\"alg\""), "SDJ-02", NW_ERR_CRIT},
        {HEADER(",\"b64\":false"), "SDJ-02", NW_ERR_JWS_HEADER},
        {HEADER(",\"x5c\":[]"), "SDJ-02", NW_ERR_JWS_HEADER},
        {HEADER(",\"x5c\":[\"a_b-\"]"), "SDJ-02", NW_ERR_JWS_HEADER},
        {"{\"alg\":\"ES256\"}", "VC-01", NW_ERR_TYP},
        {"{\"alg\":\"ES256\",\"typ\":\"vc+sd-jwt\"}", "VC-01", NW_ERR_TYP},
        {"{\"alg\":\"ES256\",\"typ\":\"JWT\"}", "VC-01", NW_ERR_TYP},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct make m = unbound;
        m.header = rows[i].header;
        assert_make_refused(&m, rows[i].rule, rows[i].e, rows[i].header);
    }
}

struct body {
    const char *what;
    const char *rule;
    enum nw_err e;
    const char *payload; /* after the envelope, with its comma */
    const char *disclosures[4];
};

static void refuse_bodies(const struct body *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char payload[2048];
        (void)snprintf(payload, sizeof payload, "{" VCT "," TIMES "%s}", rows[i].payload);
        struct make m = {.payload = payload};
        memcpy(m.disclosures, rows[i].disclosures, sizeof rows[i].disclosures);
        assert_make_refused(&m, rows[i].rule, rows[i].e, rows[i].what);
    }
}

static void digests_are_checked(void **state)
{
    (void)state;
    static const struct body rows[] = {
        {"duplicate member", "SDJ-02", NW_ERR_JSON_DUPLICATE, ",\"a\":1,\"a\":2", {0}},
        {"_sd_alg md5", "SDJ-03", NW_ERR_SD_ALG, ",\"_sd_alg\":\"md5\"", {0}},
        {"_sd_alg as number", "SDJ-03", NW_ERR_SD_ALG, ",\"_sd_alg\":256", {0}},
        {"_sd_alg in capitals", "SDJ-03", NW_ERR_SD_ALG, ",\"_sd_alg\":\"SHA-256\"", {0}},
        {"_sd_alg nested", "SDJ-03", NW_ERR_SD_ALG, ",\"a\":{\"_sd_alg\":\"sha-256\"}", {0}},
        {"_sd_alg nested in a disclosure",
         "SDJ-03",
         NW_ERR_SD_ALG,
         ",\"_sd\":[\"@0\"]",
         {"[\"s\",\"a\",{\"_sd_alg\":\"sha-256\"}]"}},
        {"_sd_alg disclosed",
         "SDJ-03",
         NW_ERR_SD_ALG,
         ",\"_sd\":[\"@0\"]",
         {"[\"s\",\"_sd_alg\",\"sha-256\"]"}},
        {"_sd no array", "SDJ-04", NW_ERR_SD_DIGEST_FORM, ",\"_sd\":\"@0\"", {D0}},
        {"_sd with a number", "SDJ-04", NW_ERR_SD_DIGEST_FORM, ",\"_sd\":[1]", {0}},
        {"... with company",
         "SDJ-04",
         NW_ERR_SD_DIGEST_FORM,
         ",\"a\":[{\"...\":\"@0\",\"b\":1}]",
         {D1}},
        {"... with a number", "SDJ-04", NW_ERR_SD_DIGEST_FORM, ",\"a\":[{\"...\":1}]", {0}},
        {"... outside of an array",
         "SDJ-04",
         NW_ERR_SD_DIGEST_FORM,
         ",\"a\":{\"...\":\"@0\"}",
         {D1}},
        {"digest twice in one _sd",
         "SDJ-06",
         NW_ERR_DIGEST_TWICE,
         ",\"_sd\":[\"@0\",\"@0\"]",
         {D0}},
        {"digest twice in two places",
         "SDJ-06",
         NW_ERR_DIGEST_TWICE,
         ",\"_sd\":[\"@0\"],\"a\":{\"_sd\":[\"@0\"]}",
         {D0}},
        {"decoy twice",
         "SDJ-06",
         NW_ERR_DIGEST_TWICE,
         ",\"_sd\":[\"x\"],\"a\":[{\"...\":\"x\"}]",
         {0}},
        {"decoy in a disclosure repeats one outside",
         "SDJ-06",
         NW_ERR_DIGEST_TWICE,
         ",\"_sd\":[\"@0\",\"x\"]",
         {"[\"s\",\"a\",{\"_sd\":[\"x\"]}]"}},
        {"disclosure sent twice", "SDJ-06", NW_ERR_DIGEST_TWICE, ",\"_sd\":[\"@0\"]", {D0, D0}},
    };
    refuse_bodies(rows, ARRAY_LENGTH(rows));
}

static void disclosures_are_checked(void **state)
{
    (void)state;
    static const struct body rows[] = {
        {"two elements in an object", "SDJ-05", NW_ERR_DISCLOSURE_FORM, ",\"_sd\":[\"@0\"]", {D1}},
        {"three elements in an array",
         "SDJ-05",
         NW_ERR_DISCLOSURE_FORM,
         ",\"a\":[{\"...\":\"@0\"}]",
         {D0}},
        {"one element", "SDJ-05", NW_ERR_DISCLOSURE_FORM, ",\"_sd\":[\"@0\"]", {"[\"s\"]"}},
        {"four elements",
         "SDJ-05",
         NW_ERR_DISCLOSURE_FORM,
         ",\"_sd\":[\"@0\"]",
         {"[\"s\",\"a\",1,2]"}},
        {"an object", "SDJ-05", NW_ERR_DISCLOSURE_FORM, ",\"_sd\":[\"@0\"]", {"{\"a\":1}"}},
        {"an empty array", "SDJ-05", NW_ERR_DISCLOSURE_FORM, ",\"_sd\":[\"@0\"]", {" [ ] "}},
        {"an escaped reserved name",
         "SDJ-05",
         NW_ERR_DISCLOSURE_NAME,
         ",\"_sd\":[\"@0\"]",
         {"[\"s\",\"\\u005fsd\",1]"}},
        {"an escaped name that is there",
         "SDJ-05",
         NW_ERR_DISCLOSURE_NAME,
         ",\"a\":1,\"_sd\":[\"@0\"]",
         {"[\"s\",\"\\u0061\",1]"}},
        {"salt is a number",
         "SDJ-05",
         NW_ERR_DISCLOSURE_FORM,
         ",\"_sd\":[\"@0\"]",
         {"[1,\"a\",2]"}},
        {"name is a number",
         "SDJ-05",
         NW_ERR_DISCLOSURE_FORM,
         ",\"_sd\":[\"@0\"]",
         {"[\"s\",1,2]"}},
        {"no JSON", "SDJ-05", NW_ERR_JSON_SYNTAX, ",\"_sd\":[\"@0\"]", {"[\"s\",\"a\","}},
        {"duplicate member in the value",
         "SDJ-02",
         NW_ERR_JSON_DUPLICATE,
         ",\"_sd\":[\"@0\"]",
         {"[\"s\",\"a\",{\"b\":1,\"b\":2}]"}},
        {"name _sd", "SDJ-05", NW_ERR_DISCLOSURE_NAME, ",\"_sd\":[\"@0\"]", {"[\"s\",\"_sd\",[]]"}},
        {"name ...",
         "SDJ-05",
         NW_ERR_DISCLOSURE_NAME,
         ",\"_sd\":[\"@0\"]",
         {"[\"s\",\"...\",\"x\"]"}},
        {"name is there already",
         "SDJ-05",
         NW_ERR_DISCLOSURE_NAME,
         ",\"given_name\":\"Sigrid\",\"_sd\":[\"@0\"]",
         {D0}},
        {"two disclosures of one name",
         "SDJ-05",
         NW_ERR_DISCLOSURE_NAME,
         ",\"_sd\":[\"@0\",\"@1\"]",
         {D0, "[\"other\",\"given_name\",\"Sigrid\"]"}},
        {"unreferenced", "SDJ-07", NW_ERR_DISCLOSURE_UNUSED, ",\"a\":1", {D0}},
        {"referenced only by an unreferenced one",
         "SDJ-07",
         NW_ERR_DISCLOSURE_UNUSED,
         ",\"a\":1",
         {D0, "[\"s\",\"b\",{\"_sd\":[\"@0\"]}]"}},
    };
    refuse_bodies(rows, ARRAY_LENGTH(rows));
}

static void nesting_of_disclosures_is_bounded(void **state)
{
    (void)state;
    struct make m = {.payload = "{" VCT "," TIMES ",\"_sd\":[\"@8\"]}"};
    char text[MAKE_MAX][64];
    for (unsigned i = 0; i < 9; i++) {
        (void)snprintf(text[i], sizeof text[i],
                       i == 0 ? "[\"s%u\",\"a\",1]" : "[\"s%u\",\"a\",{\"_sd\":[\"@%u\"]}]", i,
                       i - 1);
        m.disclosures[i] = text[i];
    }
    assert_make_refused(&m, "SDJ-07", NW_ERR_LIMIT, "nine levels");
    m.payload = "{" VCT "," TIMES ",\"_sd\":[\"@7\"]}";
    m.leave_out = 1u << 8;
    struct nw_buf b = NW_BUF(1u << 16);
    bool proven;
    make_sdjwt(&m, &b);
    checks.n = 0;
    assert_ok(take(nw_buf_slice(&b), &checks, false, &proven));
    nw_buf_free(&b);
}

static void disclosures_may_be_written_in_any_way(void **state)
{
    (void)state;
    static const struct make m = {
        .payload = "{" VCT "," TIMES ",\"_sd\":[\"@0\",\"@1\",\"@2\"],\"l\":[{\"...\":\"@3\"}]}",
        .disclosures = {" [ \"s,]\\\"\" ,\n\t\"a\" , { \"x\" : [ 1 , \"]}\\\\\" ] } ] ",
                        "[\"s\",\"n\\u0061me\\\"\",\"v\"]", "[\"\",\"\",null]",
                        "[\"s\"\r,\r[\",\"]\r]"}};
    struct nw_signer *issuer = make_issuer();
    struct nw_buf b = NW_BUF(1u << 16);
    struct nw_sdjwt s;
    make_sdjwt(&m, &b);
    assert_ok(nw_sdjwt_parse(nw_buf_slice(&b), &s, NULL, NULL));
    assert_ok(nw_sdjwt_verify(test_crypto(), &s, nw_signer_pubkey(issuer), NULL, NULL));
    assert_string_equal(nw_json_text(nw_json_at(nw_json_path(s.payload, "a.x"), 1)), "]}\\");
    assert_string_equal(nw_json_text(nw_json_get(s.payload, "name\"")), "v");
    assert_int_equal(nw_json_kind(nw_json_get(s.payload, "")), NW_JSON_NULL);
    assert_string_equal(nw_json_text(nw_json_first(nw_json_first(nw_json_get(s.payload, "l")))),
                        ",");
    nw_sdjwt_free(&s);
    nw_signer_free(&issuer);
    nw_buf_free(&b);
}

static void claims_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *what, *rule;
        enum nw_err e;
        const char *payload;
        const char *disclosure;
    } rows[] = {
        {"no vct", "VC-01", NW_ERR_CLAIM_MISSING, "{" TIMES "}", NULL},
        {"vct is a number", "VC-01", NW_ERR_CLAIM_TYPE, "{\"vct\":1}", NULL},
        {"vct is empty", "VC-01", NW_ERR_CLAIM_TYPE, "{\"vct\":\"\"}", NULL},
        {"aka_vcts repeats vct", "VC-01", NW_ERR_CLAIM_TYPE, "{\"vct\":\"a\",\"aka_vcts\":[\"a\"]}",
         NULL},
        {"vct disclosed", "VC-02", NW_ERR_CLAIM_DISCLOSED, "{" TIMES ",\"_sd\":[\"@0\"]}",
         "[\"s\",\"vct\",\"urn:example:type:1\"]"},
        {"status disclosed", "VC-02", NW_ERR_CLAIM_DISCLOSED, "{" VCT ",\"_sd\":[\"@0\"]}",
         "[\"s\",\"status\",{}]"},
        {"exp disclosed", "VC-02", NW_ERR_CLAIM_DISCLOSED, "{" VCT ",\"_sd\":[\"@0\"]}",
         "[\"s\",\"exp\",1800090000]"},
        {"cnf.jwk disclosed", "VC-02", NW_ERR_CLAIM_DISCLOSED,
         "{" VCT ",\"cnf\":{\"_sd\":[\"@0\"]}}", "[\"s\",\"jwk\"," HOLDER_JWK "]"},
        {"status with a hidden member", "VC-02", NW_ERR_CLAIM_DISCLOSED,
         "{" VCT ",\"status\":{\"_sd\":[\"x\"]}}", NULL},
        {"an element of aka_vcts disclosed", "VC-02", NW_ERR_CLAIM_DISCLOSED,
         "{" VCT ",\"aka_vcts\":[\"b\",{\"...\":\"@0\"}]}", "[\"s\",\"c\"]"},
        {"expired", "VC-04", NW_ERR_EXPIRED, "{" VCT ",\"exp\":1799999940}", NULL},
        {"exp is a string", "VC-04", NW_ERR_CLAIM_TYPE, "{" VCT ",\"exp\":\"1800090000\"}", NULL},
        {"nbf in the future", "VC-04", NW_ERR_NOT_YET_VALID, "{" VCT ",\"nbf\":1800000061}", NULL},
        {"iat in the future", "VC-04", NW_ERR_NOT_YET_VALID, "{" VCT ",\"iat\":1800000061}", NULL},
        {"cnf is a string", "VC-04", NW_ERR_CLAIM_TYPE, "{" VCT ",\"cnf\":\"x\"}", NULL},
        {"status is a list", "VC-04", NW_ERR_CLAIM_TYPE, "{" VCT ",\"status\":[]}", NULL},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        const struct make m = {.payload = rows[i].payload, .disclosures = {rows[i].disclosure}};
        assert_make_refused(&m, rows[i].rule, rows[i].e, rows[i].what);
    }
}

static void times_hold_to_the_second(void **state)
{
    (void)state;
    static const char *const payloads[] = {
        "{" VCT ",\"exp\":1799999941}",
        "{" VCT ",\"nbf\":1800000060,\"iat\":1800000060}",
        "{" VCT ",\"exp\":1799999941.5}",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(payloads); i++) {
        const struct make m = {.payload = payloads[i]};
        struct nw_buf b = NW_BUF(1u << 16);
        bool proven;
        make_sdjwt(&m, &b);
        checks.n = 0;
        assert_ok(take(nw_buf_slice(&b), &checks, false, &proven));
        nw_buf_free(&b);
    }
}

static void the_legacy_typ_needs_its_switch(void **state)
{
    (void)state;
    struct make m = unbound;
    struct nw_buf b = NW_BUF(1u << 16);
    struct nw_sdjwt s;
    struct nw_signer *issuer = make_issuer();
    struct nw_vc_policy policy = {.legacy_typ = true, .at = AT};
    m.header = "{\"alg\":\"ES256\",\"typ\":\"vc+sd-jwt\"}";
    make_sdjwt(&m, &b);
    assert_ok(nw_sdjwt_parse(nw_buf_slice(&b), &s, NULL, NULL));
    assert_ok(nw_sdjwt_verify(test_crypto(), &s, nw_signer_pubkey(issuer), NULL, NULL));
    assert_ok(nw_sdjwt_vc_claims(&s, &policy, NULL, NULL));
    policy.legacy_typ = false;
    assert_err(nw_sdjwt_vc_claims(&s, &policy, NULL, NULL), NW_ERR_TYP);
    nw_sdjwt_free(&s);
    nw_signer_free(&issuer);
    nw_buf_free(&b);
}

#define KB(iat, aud, nonce, hash)                                                                  \
    "{\"iat\":" iat ",\"aud\":" aud ",\"nonce\":" nonce ",\"sd_hash\":" hash "}"
#define OK_AUD "\"https://verifier.example\""
#define OK_IAT "1799999990"
#define OK_NONCE "\"n-1\""
#define OK_HASH "\"@h\""

static void kb_claims_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *payload, *rule;
        enum nw_err e;
    } rows[] = {
        {KB(OK_IAT, OK_AUD, "\"n-2\"", OK_HASH), "KB-03", NW_ERR_KB_NONCE},
        {KB(OK_IAT, OK_AUD, "1", OK_HASH), "KB-03", NW_ERR_KB_FORM},
        {KB(OK_IAT, "\"https://other.example\"", OK_NONCE, OK_HASH), "KB-03", NW_ERR_KB_AUDIENCE},
        {KB(OK_IAT, "[" OK_AUD "]", OK_NONCE, OK_HASH), "KB-03", NW_ERR_KB_FORM},
        {KB("1799999699", OK_AUD, OK_NONCE, OK_HASH), "KB-04", NW_ERR_KB_TIME},
        {KB("1800000061", OK_AUD, OK_NONCE, OK_HASH), "KB-04", NW_ERR_KB_TIME},
        {KB("\"1799999990\"", OK_AUD, OK_NONCE, OK_HASH), "KB-04", NW_ERR_KB_FORM},
        {KB(OK_IAT ",\"exp\":1799999930", OK_AUD, OK_NONCE, OK_HASH), "KB-04", NW_ERR_KB_TIME},
        {KB(OK_IAT ",\"nbf\":1800000061", OK_AUD, OK_NONCE, OK_HASH), "KB-04", NW_ERR_KB_TIME},
        {KB(OK_IAT, OK_AUD, OK_NONCE, "\"@0\""), "KB-05", NW_ERR_KB_HASH},
        {KB(OK_IAT, OK_AUD, OK_NONCE, "null"), "KB-05", NW_ERR_KB_FORM},
        {"[]", "KB-02", NW_ERR_KB_FORM},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct make m = good;
        m.kb_payload = rows[i].payload;
        assert_make_refused(&m, rows[i].rule, rows[i].e, rows[i].payload);
    }
}

static void kb_header_and_key_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *what, *rule;
        enum nw_err e;
        struct make m;
    } rows[] = {
        {"alg none",
         "KB-02",
         NW_ERR_ALG_NOT_ALLOWED,
         {.payload = PAYLOAD,
          .disclosures = {D0, D1},
          .kb_payload = KB_PAYLOAD,
          .kb_header = "{\"alg\":\"none\",\"typ\":\"kb+jwt\"}"}},
        {"alg HS256",
         "KB-02",
         NW_ERR_ALG_NOT_ALLOWED,
         {.payload = PAYLOAD,
          .disclosures = {D0, D1},
          .kb_payload = KB_PAYLOAD,
          .kb_header = "{\"alg\":\"HS256\",\"typ\":\"kb+jwt\"}"}},
        {"typ",
         "KB-02",
         NW_ERR_TYP,
         {.payload = PAYLOAD,
          .disclosures = {D0, D1},
          .kb_payload = KB_PAYLOAD,
          .kb_header = "{\"alg\":\"ES256\",\"typ\":\"JWT\"}"}},
        {"no typ",
         "KB-02",
         NW_ERR_TYP,
         {.payload = PAYLOAD,
          .disclosures = {D0, D1},
          .kb_payload = KB_PAYLOAD,
          .kb_header = "{\"alg\":\"ES256\"}"}},
        {"other key",
         "KB-02",
         NW_ERR_SIGNATURE,
         {.payload = PAYLOAD,
          .disclosures = {D0, D1},
          .kb_payload = KB_PAYLOAD,
          .kb_by_issuer = true}},
        {"no cnf",
         "KB-01",
         NW_ERR_KB_UNBOUND,
         {.payload = "{" VCT "," TIMES "}", .kb_payload = KB_PAYLOAD}},
        {"no KB-JWT", "KB-01", NW_ERR_KB_MISSING, {.payload = PAYLOAD, .disclosures = {D0, D1}}},
        {"cnf without jwk",
         "KB-02",
         NW_ERR_JWK,
         {.payload = "{" VCT ",\"cnf\":{\"kid\":\"1\"}}", .kb_payload = KB_PAYLOAD}},
        {"cnf with d",
         "KB-02",
         NW_ERR_JWK,
         {.payload = "{" VCT ",\"cnf\":{\"jwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"d\":"
                     "\"5K5SCos8zf9zRemGGUl6yfok-_NiiryNZsvANWMhF-I\",\"x\":"
                     "\"TCAER19Zvu3OHF4j4W4vfSVoHIP1ILilDls7vCeGemc\",\"y\":"
                     "\"ZxjiWWbZMQGHVWKVQ4hbSIirsVfuecCE6t4jT9F2HZQ\"}}}",
          .kb_payload = KB_PAYLOAD}},
        {"cnf off the curve",
         "KB-02",
         NW_ERR_KEY,
         {.payload = "{" VCT ",\"cnf\":{\"jwk\":{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":"
                     "\"TCAER19Zvu3OHF4j4W4vfSVoHIP1ILilDls7vCeGemc\",\"y\":"
                     "\"ZxjiWWbZMQGHVWKVQ4hbSIirsVfuecCE6t4jT9F2HZU\"}}}",
          .kb_payload = KB_PAYLOAD}},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        assert_make_refused(&rows[i].m, rows[i].rule, rows[i].e, rows[i].what);
    }
}

/* The holder signs over what it presents: dropping or swapping a disclosure later shows. */
static void kb_covers_the_disclosures(void **state)
{
    (void)state;
    struct nw_buf b = NW_BUF(1u << 16);
    struct nw_buf cut = NW_BUF(1u << 16);
    make_sdjwt(&good, &b);
    struct nw_slice t = nw_buf_slice(&b);
    size_t one = nw_slice_find(t, '~', 0) + 1;
    size_t two = nw_slice_find(t, '~', one) + 1;
    size_t three = nw_slice_find(t, '~', two) + 1;
    nw_buf_put(&cut, nw_slice_sub(t, 0, one));
    nw_buf_put(&cut, nw_slice_from(t, two));
    assert_refused(nw_buf_slice(&cut), "KB-05", NW_ERR_KB_HASH, "one dropped");
    nw_buf_reset(&cut);
    nw_buf_put(&cut, nw_slice_sub(t, 0, one));
    nw_buf_put(&cut, nw_slice_sub(t, two, three - two));
    nw_buf_put(&cut, nw_slice_sub(t, one, two - one));
    nw_buf_put(&cut, nw_slice_from(t, three));
    assert_refused(nw_buf_slice(&cut), "KB-05", NW_ERR_KB_HASH, "two swapped");
    nw_buf_free(&cut);
    nw_buf_free(&b);
}

static void without_a_nonce_to_compare_nothing_is_proven(void **state)
{
    (void)state;
    struct nw_buf b = NW_BUF(1u << 16);
    struct nw_sdjwt s;
    struct nw_signer *issuer = make_issuer();
    const struct nw_kb_policy policy = {.at = AT, .max_age = 300, .max_future = 60};
    bool proven = true;
    make_sdjwt(&good, &b);
    checks.n = 0;
    assert_ok(nw_sdjwt_parse(nw_buf_slice(&b), &s, NULL, NULL));
    assert_ok(nw_sdjwt_verify(test_crypto(), &s, nw_signer_pubkey(issuer), NULL, NULL));
    assert_ok(nw_sdjwt_kb(test_crypto(), &s, &policy, &proven, &checks, NULL));
    assert_false(proven);
    assert_int_equal(nw_check_find(&checks, "KB-03")->result, NW_NOT_DONE);
    nw_sdjwt_free(&s);
    nw_signer_free(&issuer);
    nw_buf_free(&b);
}

static void verifying_survives_allocation_failure(void **state)
{
    (void)state;
    struct nw_buf b = NW_BUF(1u << 16);
    make_sdjwt(&good, &b);
    struct nw_signer *issuer = make_issuer();
    for (long n = 0;; n++) {
        struct nw_sdjwt s;
        bool proven = false;
        const struct nw_kb_policy kb = {.nonce = "n-1",
                                        .audience = "https://verifier.example",
                                        .at = AT,
                                        .max_age = 300,
                                        .max_future = 60};
        nw_alloc_fail_after(n);
        enum nw_err e = nw_sdjwt_parse(nw_buf_slice(&b), &s, NULL, NULL);
        if (e == NW_OK) {
            e = nw_sdjwt_verify(test_crypto(), &s, nw_signer_pubkey(issuer), NULL, NULL);
        }
        if (e == NW_OK) {
            e = nw_sdjwt_kb(test_crypto(), &s, &kb, &proven, NULL, NULL);
        }
        nw_alloc_fail_after(-1);
        nw_sdjwt_free(&s);
        if (e == NW_OK) {
            assert_true(n > 20 && proven);
            break;
        }
        assert_err(e, NW_ERR_NOMEM);
        assert_true(n < 10000);
    }
    nw_signer_free(&issuer);
    nw_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bound_credential_is_accepted),
        cmocka_unit_test(an_unbound_credential_is_accepted_unless_policy_asks),
        cmocka_unit_test(the_form_is_checked),
        cmocka_unit_test(the_header_is_checked),
        cmocka_unit_test(digests_are_checked),
        cmocka_unit_test(disclosures_are_checked),
        cmocka_unit_test(nesting_of_disclosures_is_bounded),
        cmocka_unit_test(disclosures_may_be_written_in_any_way),
        cmocka_unit_test(claims_are_checked),
        cmocka_unit_test(times_hold_to_the_second),
        cmocka_unit_test(the_legacy_typ_needs_its_switch),
        cmocka_unit_test(kb_claims_are_checked),
        cmocka_unit_test(kb_header_and_key_are_checked),
        cmocka_unit_test(kb_covers_the_disclosures),
        cmocka_unit_test(without_a_nonce_to_compare_nothing_is_proven),
        cmocka_unit_test(verifying_survives_allocation_failure),
    };
    return run_on_both("sdjwt", tests, ARRAY_LENGTH(tests));
}
