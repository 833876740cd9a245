/* VC-05: type metadata against credentials. */
#include "support.h"

#include "sdjwt/vctm.h"
#include "sdjwt_make.h"

static struct nw_checks checks;

struct shelf {
    const char *vct[4];
    const char *document[4];
};

static bool find(void *ctx, const char *vct, struct nw_slice *document)
{
    const struct shelf *shelf = ctx;
    for (size_t i = 0; i < 4 && shelf->vct[i] != NULL; i++) {
        if (strcmp(shelf->vct[i], vct) == 0) {
            *document = nw_str(shelf->document[i]);
            return true;
        }
    }
    return false;
}

static enum nw_err check(const struct make *m, const struct shelf *shelf)
{
    struct shelf copy = *shelf;
    struct nw_buf b = NW_BUF(1u << 16);
    struct nw_signer *issuer = make_issuer();
    struct nw_sdjwt s;
    checks.n = 0;
    make_sdjwt(m, &b);
    assert_ok(nw_sdjwt_parse(nw_buf_slice(&b), &s, NULL, NULL));
    assert_ok(nw_sdjwt_verify(test_crypto(), &s, nw_signer_pubkey(issuer), NULL, NULL));
    enum nw_err e = nw_vctm_check(test_crypto(), &s, find, &copy, &checks, NULL);
    nw_sdjwt_free(&s);
    nw_signer_free(&issuer);
    nw_buf_free(&b);
    return e;
}

static void assert_result(enum nw_err e, enum nw_err wanted, const char *what)
{
    const struct nw_check *c = nw_check_find(&checks, "VC-05");
    if (e != wanted || c == NULL || c->err != wanted || (wanted == NW_OK && c->result != NW_PASS)) {
        fail_msg("%s: %s (%s)", what, nw_err_name(e), c == NULL ? "-" : c->detail);
    }
}

/* Metadata with these claims for type "t", against a payload after its vct. */
struct row {
    const char *what, *claims, *payload;
    enum nw_err e;
    const char *disclosures[4];
    unsigned leave_out;
};

static void run(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char document[1024];
        char payload[1024];
        (void)snprintf(document, sizeof document, "{\"vct\":\"t\",\"claims\":%s}", rows[i].claims);
        (void)snprintf(payload, sizeof payload, "{\"vct\":\"t\"%s}", rows[i].payload);
        struct make m = {.payload = payload, .leave_out = rows[i].leave_out};
        memcpy(m.disclosures, rows[i].disclosures, sizeof rows[i].disclosures);
        const struct shelf shelf = {{"t"}, {document}};
        assert_result(check(&m, &shelf), rows[i].e, rows[i].what);
    }
}

#define A "[\"s\",\"a\",1]"
static void sd_is_obeyed(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"always, disclosed",
         "[{\"path\":[\"a\"],\"sd\":\"always\"}]",
         ",\"_sd\":[\"@0\"]",
         NW_OK,
         {A},
         0},
        {"always, open",
         "[{\"path\":[\"a\"],\"sd\":\"always\"}]",
         ",\"a\":1",
         NW_ERR_CLAIM_DISCLOSED,
         {0},
         0},
        {"never, open", "[{\"path\":[\"a\"],\"sd\":\"never\"}]", ",\"a\":1", NW_OK, {0}, 0},
        {"never, disclosed",
         "[{\"path\":[\"a\"],\"sd\":\"never\"}]",
         ",\"_sd\":[\"@0\"]",
         NW_ERR_CLAIM_DISCLOSED,
         {A},
         0},
        {"allowed, both ways",
         "[{\"path\":[\"a\"]},{\"path\":[\"b\"],\"sd\":\"allowed\"}]",
         ",\"_sd\":[\"@0\"],\"b\":1",
         NW_OK,
         {A},
         0},
        {"a parent's disclosure does not count",
         "[{\"path\":[\"p\",\"a\"],\"sd\":\"always\"}]",
         ",\"_sd\":[\"@0\"]",
         NW_ERR_CLAIM_DISCLOSED,
         {"[\"s\",\"p\",{\"a\":1}]"},
         0},
        {"elements always, disclosed",
         "[{\"path\":[\"l\",null],\"sd\":\"always\"}]",
         ",\"l\":[{\"...\":\"@0\"}]",
         NW_OK,
         {"[\"s\",\"x\"]"},
         0},
        {"elements always, one open",
         "[{\"path\":[\"l\",null],\"sd\":\"always\"}]",
         ",\"l\":[{\"...\":\"@0\"},1]",
         NW_ERR_CLAIM_DISCLOSED,
         {"[\"s\",\"x\"]"},
         0},
        {"element never, hidden",
         "[{\"path\":[\"l\",null],\"sd\":\"never\"}]",
         ",\"l\":[1,{\"...\":\"@0\"}]",
         NW_ERR_CLAIM_DISCLOSED,
         {"[\"s\",\"x\"]"},
         1},
        {"index counts hidden elements",
         "[{\"path\":[\"l\",1],\"sd\":\"always\"}]",
         ",\"l\":[{\"...\":\"@0\"},{\"...\":\"@1\"},2]",
         NW_OK,
         {"[\"s\",\"x\"]", "[\"s\",\"y\"]"},
         1},
        {"index of an open one behind a hidden one",
         "[{\"path\":[\"l\",1],\"sd\":\"always\"}]",
         ",\"l\":[{\"...\":\"@0\"},2]",
         NW_ERR_CLAIM_DISCLOSED,
         {"[\"s\",\"x\"]"},
         1},
    };
    run(rows, ARRAY_LENGTH(rows));
}

static void mandatory_is_obeyed(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"there", "[{\"path\":[\"a\"],\"mandatory\":true}]", ",\"a\":1", NW_OK, {0}, 0},
        {"not there",
         "[{\"path\":[\"a\"],\"mandatory\":true}]",
         ",\"b\":1",
         NW_ERR_CLAIM_MISSING,
         {0},
         0},
        {"maybe hidden",
         "[{\"path\":[\"a\"],\"mandatory\":true}]",
         ",\"_sd\":[\"@0\"]",
         NW_OK,
         {A},
         1},
        {"never hidden, so missing",
         "[{\"path\":[\"a\"],\"mandatory\":true,\"sd\":\"never\"}]",
         ",\"_sd\":[\"@0\"]",
         NW_ERR_CLAIM_MISSING,
         {"[\"s\",\"b\",1]"},
         1},
        {"inner one missing",
         "[{\"path\":[\"p\",\"a\"],\"mandatory\":true}]",
         ",\"p\":{\"b\":1}",
         NW_ERR_CLAIM_MISSING,
         {0},
         0},
        {"not asked for", "[{\"path\":[\"a\"],\"mandatory\":false}]", ",\"b\":1", NW_OK, {0}, 0},
    };
    run(rows, ARRAY_LENGTH(rows));
}

static void structure_is_checked(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"claims is an object", "{}", "", NW_ERR_CLAIM_TYPE, {0}, 0},
        {"no path", "[{}]", "", NW_ERR_CLAIM_TYPE, {0}, 0},
        {"empty path", "[{\"path\":[]}]", "", NW_ERR_CLAIM_TYPE, {0}, 0},
        {"negative index", "[{\"path\":[\"a\",-1]}]", "", NW_ERR_CLAIM_TYPE, {0}, 0},
        {"path with true", "[{\"path\":[true]}]", "", NW_ERR_CLAIM_TYPE, {0}, 0},
        {"sd maybe", "[{\"path\":[\"a\"],\"sd\":\"maybe\"}]", "", NW_ERR_CLAIM_TYPE, {0}, 0},
        {"mandatory 1", "[{\"path\":[\"a\"],\"mandatory\":1}]", "", NW_ERR_CLAIM_TYPE, {0}, 0},
        {"display without label",
         "[{\"path\":[\"a\"],\"display\":[{\"locale\":\"de\"}]}]",
         "",
         NW_ERR_CLAIM_TYPE,
         {0},
         0},
        {"svg_id with digit",
         "[{\"path\":[\"a\"],\"svg_id\":\"1a\"}]",
         "",
         NW_ERR_CLAIM_TYPE,
         {0},
         0},
        {"svg_id twice",
         "[{\"path\":[\"a\"],\"svg_id\":\"x\"},{\"path\":[\"b\"],\"svg_id\":\"x\"}]",
         "",
         NW_ERR_CLAIM_TYPE,
         {0},
         0},
        {"name in an array", "[{\"path\":[\"a\",\"b\"]}]", ",\"a\":[1]", NW_ERR_CLAIM_TYPE, {0}, 0},
        {"null in an object", "[{\"path\":[\"a\",null]}]", ",\"a\":{}", NW_ERR_CLAIM_TYPE, {0}, 0},
        {"all in order",
         "[{\"path\":[\"a\",null,0],\"svg_id\":\"x_1\",\"display\":[{\"locale\":\"de\",\"label\":"
         "\"A\"}],\"new\":1}]",
         "",
         NW_OK,
         {0},
         0},
    };
    run(rows, ARRAY_LENGTH(rows));
}

static void types_extend_each_other(void **state)
{
    (void)state;
    static const char base[] = "{\"vct\":\"b\",\"claims\":[{\"path\":[\"a\"],\"sd\":\"always\","
                               "\"mandatory\":true}]}";
    const struct make open = {.payload = "{\"vct\":\"t\",\"a\":1}"};
    const struct make good = {.payload = "{\"vct\":\"t\",\"_sd\":[\"@0\"]}", .disclosures = {A}};
    struct shelf s = {{"t", "b"}, {"{\"vct\":\"t\",\"extends\":\"b\"}", base}};
    assert_result(check(&good, &s), NW_OK, "inherited and obeyed");
    assert_result(check(&open, &s), NW_ERR_CLAIM_DISCLOSED, "inherited and not obeyed");
    s.document[0] = "{\"vct\":\"t\",\"extends\":\"b\",\"claims\":[{\"path\":[\"a\"],"
                    "\"sd\":\"never\"}]}";
    assert_result(check(&good, &s), NW_ERR_CLAIM_RANGE, "sd turned round");
    s.document[0] = "{\"vct\":\"t\",\"extends\":\"b\",\"claims\":[{\"path\":[\"a\"],"
                    "\"mandatory\":false}]}";
    assert_result(check(&good, &s), NW_ERR_CLAIM_RANGE, "mandatory dropped");
    s.document[0] = "{\"vct\":\"t\",\"extends\":\"t\"}";
    assert_result(check(&good, &s), NW_ERR_VCT, "extends itself");
    s.document[0] = "{\"vct\":\"t\",\"extends\":\"b\"}";
    s.document[1] = "{\"vct\":\"b\",\"extends\":\"t\"}";
    assert_result(check(&good, &s), NW_ERR_VCT, "a circle of two");
    s.document[1] = "{\"vct\":\"other\"}";
    assert_result(check(&good, &s), NW_ERR_VCT, "the wrong document");
    s.document[1] = "{\"vct\":\"b\",\"extends\":7}";
    assert_result(check(&good, &s), NW_ERR_CLAIM_TYPE, "extends a number");
}

static void a_missing_document_is_not_done(void **state)
{
    (void)state;
    const struct make good = {.payload = "{\"vct\":\"t\"}"};
    struct shelf s = {{NULL}, {NULL}};
    assert_ok(check(&good, &s));
    assert_int_equal(nw_check_find(&checks, "VC-05")->result, NW_NOT_DONE);
    s = (struct shelf){{"t"}, {"{\"vct\":\"t\",\"extends\":\"b\"}"}};
    assert_ok(check(&good, &s));
    assert_int_equal(nw_check_find(&checks, "VC-05")->result, NW_NOT_DONE);
}

static void integrity_is_checked_over_the_bytes(void **state)
{
    (void)state;
    /* printf '{"vct":"t"}' | openssl dgst -sha256 -binary | base64, and so on */
    static const struct {
        const char *metadata;
        enum nw_err e;
    } rows[] = {
        {"sha256-dSp6BTOOPdNe1BGmILFNCFX7rppeYLe0Mrl+NHj2+/I=", NW_OK},
        {"sha384-mVOfcMJgZJVzHiumBY83ZlKENdPKmzh2flKeU30Rv1yxdX70kse3pCRVdYbZYLiq", NW_OK},
        {"sha512-YwOdFSPz1yCNCYj+CRAt+Hk9t5Layx1rkB+2ZshpCq6NLXmN7pZe4w1ZWNqiTTMaI3ZY5/"
         "rCosvBm6i1oPkuIA==",
         NW_OK},
        {"sha256-dSp6BTOOPdNe1BGmILFNCFX7rppeYLe0Mrl+NHj2+/I=?ct=json", NW_OK},
        {"sha256-AAAA "
         "sha512-YwOdFSPz1yCNCYj+CRAt+Hk9t5Layx1rkB+2ZshpCq6NLXmN7pZe4w1ZWNqiTTMaI3ZY5/"
         "rCosvBm6i1oPkuIA==",
         NW_OK},
        {"sha512-AAAA sha256-dSp6BTOOPdNe1BGmILFNCFX7rppeYLe0Mrl+NHj2+/I=", NW_ERR_INTEGRITY},
        {"sha512-AAAA "
         "sha512-YwOdFSPz1yCNCYj+CRAt+Hk9t5Layx1rkB+2ZshpCq6NLXmN7pZe4w1ZWNqiTTMaI3ZY5/"
         "rCosvBm6i1oPkuIA==",
         NW_OK},
        {"md5-AAAA sha256-dSp6BTOOPdNe1BGmILFNCFX7rppeYLe0Mrl+NHj2+/I=", NW_OK},
        {"md5-AAAA", NW_ERR_INTEGRITY},
        {"", NW_ERR_INTEGRITY},
        {"sha256-AAAA", NW_ERR_INTEGRITY},
        {"SHA256-dSp6BTOOPdNe1BGmILFNCFX7rppeYLe0Mrl+NHj2+/I=", NW_ERR_INTEGRITY},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        char payload[512];
        (void)snprintf(payload, sizeof payload, "{\"vct\":\"t\",\"vct#integrity\":\"%s\"}",
                       rows[i].metadata);
        const struct make m = {.payload = payload};
        const struct shelf s = {{"t"}, {"{\"vct\":\"t\"}"}};
        assert_result(check(&m, &s), rows[i].e, rows[i].metadata);
    }
    const struct make m = {.payload = "{\"vct\":\"t\"}"};
    struct shelf s = {{"t", "b"},
                      {"{\"vct\":\"t\",\"extends\":\"b\",\"extends#integrity\":\"sha256-AAAA\"}",
                       "{\"vct\":\"b\"}"}};
    assert_result(check(&m, &s), NW_ERR_INTEGRITY, "extends#integrity");
    s.document[0] = "{\"vct\":\"t\",\"extends\":\"b\",\"extends#integrity\":\"sha256-H+"
                    "ROa2LxqlKdOZegfG9BLRlr92z2AkrwD80hE2Y3G0o=\"}";
    assert_result(check(&m, &s), NW_OK, "extends#integrity");
}

static struct nw_slice file(const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", NW_TEST_FILES, name);
    struct nw_slice s = test_file(path);
    assert_non_null(s.p);
    return s;
}

/* Issues the payload of SD-JWT VC A.2 under a plan and checks it against the metadata of A.2. The
 * draft's own digests are of files that it does not print, so they are left out. */
static enum nw_err check_example(const char *const *paths)
{
    static const char vct[] = "https://betelgeuse.example.com/education_credential/v42";
    struct nw_json *payload = NULL;
    struct nw_json *n = NULL;
    struct nw_buf metadata = NW_BUF(1u << 16);
    struct nw_buf token = NW_BUF(1u << 16);
    struct nw_signer *issuer = make_issuer();
    struct nw_sdjwt s;
    const struct nw_sd_plan plan = {.paths = paths};
    assert_ok(nw_json_parse(file("sdjwtvc/A.2-claims.json"), &payload, NULL));
    nw_json_remove(payload, "vct#integrity");
    assert_ok(nw_json_parse(file("sdjwtvc/A.2-metadata.json"), &n, NULL));
    nw_json_remove(n, "extends");
    nw_json_remove(n, "extends#integrity");
    nw_json_write(n, &metadata);
    const struct nw_sdjwt_issue job = {.payload = payload, .plan = &plan, .typ = "dc+sd-jwt"};
    assert_ok(nw_sdjwt_issue(test_crypto(), issuer, &job, &token, NULL));
    assert_ok(nw_sdjwt_parse(nw_buf_slice(&token), &s, NULL, NULL));
    assert_ok(nw_sdjwt_verify(test_crypto(), &s, nw_signer_pubkey(issuer), NULL, NULL));
    struct shelf shelf = {{vct}, {nw_buf_cstr(&metadata)}};
    checks.n = 0;
    enum nw_err e = nw_vctm_check(test_crypto(), &s, find, &shelf, &checks, NULL);
    nw_sdjwt_free(&s);
    nw_signer_free(&issuer);
    nw_json_free(&payload);
    nw_json_free(&n);
    nw_buf_free(&metadata);
    nw_buf_free(&token);
    return e;
}

static void the_published_metadata_is_obeyed(void **state)
{
    (void)state;
    static const char *const wanted[] = {
        "name", "address", "address/street_address", "degrees/*", "degrees/*/date_awarded", NULL};
    static const char *const without_one[] = {"name", "address", "address/street_address",
                                              "degrees/*", NULL};
    static const char *const one_too_many[] = {"name",
                                               "address",
                                               "address/street_address",
                                               "degrees/*",
                                               "degrees/*/date_awarded",
                                               "degrees/*/field_of_study",
                                               NULL};
    assert_result(check_example(wanted), NW_OK, "as the metadata wants it");
    assert_result(check_example(without_one), NW_ERR_CLAIM_DISCLOSED, "one open");
    assert_result(check_example(one_too_many), NW_ERR_CLAIM_DISCLOSED, "one hidden");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sd_is_obeyed),
        cmocka_unit_test(mandatory_is_obeyed),
        cmocka_unit_test(structure_is_checked),
        cmocka_unit_test(types_extend_each_other),
        cmocka_unit_test(a_missing_document_is_not_done),
        cmocka_unit_test(integrity_is_checked_over_the_bytes),
        cmocka_unit_test(the_published_metadata_is_obeyed),
    };
    return run_on_both("vctm", tests, ARRAY_LENGTH(tests));
}
