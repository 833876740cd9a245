/* The committed set of conformance vectors, as others get it: the manifest fits its schema, every
 * rule has both kinds, every file is there, and the usual mutations of an A1 are among them. */
#include <unistd.h>

#include "json/json.h"
#include "support.h"
#include "test_schema.h"

#define MANIFEST_MAX (16u << 20)

static struct nw_json *read_json(const char *name)
{
    char path[512];
    struct nw_json *out = NULL;
    (void)snprintf(path, sizeof path, "%s/%s", NW_VECTORS, name);
    struct nw_slice text = test_file(path);
    assert_non_null(text.p);
    assert_ok(nw_json_parse_max(text, MANIFEST_MAX, &out, NULL));
    return out;
}

static bool has(const struct nw_json *list, const char *rule, const char *kind)
{
    for (const struct nw_json *v = nw_json_first(list); v != NULL; v = nw_json_next(v)) {
        if (nw_json_is_text(nw_json_get(v, "rule"), rule) &&
            nw_json_is_text(nw_json_get(v, "kind"), kind)) {
            return true;
        }
    }
    return false;
}

static void every_rule_has_an_accept_and_a_refuse_vector(void **state)
{
    (void)state;
    static const struct {
        const char *prefix;
        unsigned n;
    } groups[] = {{"SDJ-", 7}, {"KB-", 5},  {"VC-", 5}, {"A1-", 4},   {"STS-", 6}, {"X5-", 4},
                  {"MSO-", 6}, {"DEV-", 4}, {"QR-", 4}, {"LOTE-", 4}, {"TL-", 11}, {"EB-", 2},
                  {"V", 28},   {"R", 9},    {"A", 17},  {"I", 4}};
    struct nw_json *manifest = read_json("manifest.json");
    const struct nw_json *list = nw_json_get(manifest, "vectors");
    unsigned missing = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(groups); i++) {
        for (unsigned k = 1; k <= groups[i].n; k++) {
            char rule[16];
            (void)snprintf(rule, sizeof rule, "%s%02u", groups[i].prefix, k);
            if (!has(list, rule, "accept") || !has(list, rule, "refuse")) {
                print_error("%s lacks a kind\n", rule);
                missing++;
            }
        }
    }
    nw_json_free(&manifest);
    assert_int_equal(missing, 0);
}

static void the_manifest_fits_its_schema(void **state)
{
    (void)state;
    char why[256];
    struct nw_json *schema = read_json("manifest.schema.json");
    struct nw_json *manifest = read_json("manifest.json");
    if (!test_schema_fits(schema, manifest, why)) {
        fail_msg("%s", why);
    }
    nw_json_free(&schema);
    nw_json_free(&manifest);
}

/* The schema can say no: one change each, and where the validator must notice it. */
static void a_manifest_that_breaks_its_schema_is_noticed(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "{\"version\":2,\"made_with\":\"\",\"vectors\":[]}",
        "{\"version\":1,\"made_with\":\"\",\"vectors\":[]}",
        "{\"version\":1,\"made_with\":\"\",\"vectors\":[{}]}",
        "{\"version\":1,\"made_with\":\"\",\"vectors\":[{\"id\":\"V01-a1\",\"rule\":\"V01\","
        "\"clause\":\"\",\"kind\":\"accept\",\"judge\":\"issuer\",\"at\":\"2026-06-15T10:00:00Z\","
        "\"input\":\"../x\",\"expect\":{\"exit\":0,\"failed\":[]}}]}",
        "{\"version\":1,\"made_with\":\"\",\"vectors\":[{\"id\":\"V01-r1\",\"rule\":\"V01\","
        "\"clause\":\"\",\"kind\":\"refuse\",\"judge\":\"issuer\",\"at\":\"2026-06-15T10:00:00Z\","
        "\"expect\":{\"exit\":0,\"failed\":[]}}]}",
    };
    static const char good[] =
        "{\"version\":1,\"made_with\":\"\",\"vectors\":[{\"id\":\"V01-a1\",\"rule\":\"V01\","
        "\"clause\":\"\",\"kind\":\"accept\",\"judge\":\"issuer\",\"at\":\"2026-06-15T10:00:00Z\","
        "\"input\":\"set/x/x.json\",\"expect\":{\"exit\":0,\"failed\":[]}}]}";
    char why[256];
    struct nw_json *schema = read_json("manifest.schema.json"), *value = NULL;
    assert_ok(nw_json_parse(nw_str(good), &value, NULL));
    assert_true(test_schema_fits(schema, value, why));
    nw_json_free(&value);
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        assert_ok(nw_json_parse(nw_str(bad[i]), &value, NULL));
        assert_false(test_schema_fits(schema, value, why));
        nw_json_free(&value);
    }
    nw_json_free(&schema);
}

static unsigned missing_file(const struct nw_json *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", NW_VECTORS, nw_json_text(name));
    if (access(path, R_OK) == 0) {
        return 0;
    }
    print_error("%s is not there\n", path);
    return 1;
}

static void every_file_that_is_named_is_there(void **state)
{
    (void)state;
    static const char *const one[] = {"input", "bundle", "policy", "evidence",
                                      "state", "lotl",   "pid"};
    static const char *const several[] = {"inputs", "signers", "pivots"};
    struct nw_json *manifest = read_json("manifest.json");
    unsigned missing = 0;
    for (const struct nw_json *v = nw_json_first(nw_json_get(manifest, "vectors")); v != NULL;
         v = nw_json_next(v)) {
        for (size_t i = 0; i < ARRAY_LENGTH(one); i++) {
            const struct nw_json *name = nw_json_get(v, one[i]);
            missing += nw_json_text(name) != NULL ? missing_file(name) : 0;
        }
        for (size_t i = 0; i < ARRAY_LENGTH(several); i++) {
            const struct nw_json *x = nw_json_first(nw_json_get(v, several[i]));
            for (; x != NULL; x = nw_json_next(x)) {
                missing += missing_file(x);
            }
        }
    }
    nw_json_free(&manifest);
    assert_int_equal(missing, 0);
}

/* What happens to A1s in practice, the vector that shows it, and the reason that the decision table
 * gives it ("" where it is in order). */
static void the_usual_mutations_have_their_reason(void **state)
{
    (void)state;
    static const struct {
        const char *mutation, *id, *reason;
    } rows[] = {
        {"period over", "R05-r1", "R05"},
        {"period not begun", "R05-r2", "R05"},
        {"withdrawn", "R03-r2", "R03"},
        {"withdrawn and replaced", "R03-r1", "R03"},
        {"the one that replaced it", "R03-a1", ""},
        {"status list unreachable", "A01-r1", "A01"},
        {"wrong state", "R08-r2", "R08"},
        {"PID of another person", "R07-r3", "R07"},
        {"birth name only", "A13-r1", "A13"},
        {"another employer", "A06-r1", "A06"},
        {"25 months", "A08-r1", "A08"},
        {"11 without text", "V06-r1", "A05"},
        {"text with 08", "V06-r2", "R01"},
        {"end before start", "V03-r1", "R01"},
        {"unknown institution", "A15-r1", "A15"},
        {"institution of another state", "R02-r5", "R02"},
        {"wrong holder key", "R06-r1", "R06"},
        {"unbound", "A03-r3", "A03"},
        {"shape of the pilot", "A12-r2", "A12"},
        {"EL", "V12-r1", "R01"},
        {"UK", "V12-r2", "R01"},
        {"empty array of places", "A07-a2", ""},
        {"disclosure withheld", "A11-r1", "A11"},
    };
    struct nw_json *manifest = read_json("manifest.json");
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        const struct nw_json *v = nw_json_first(nw_json_get(manifest, "vectors"));
        while (v != NULL && !nw_json_is_text(nw_json_get(v, "id"), rows[i].id)) {
            v = nw_json_next(v);
        }
        const struct nw_json *got = nw_json_path(v, "expect.decisive");
        if (!nw_json_is_text(got, rows[i].reason)) {
            fail_msg("%s: %s should give %s", rows[i].mutation, rows[i].id, rows[i].reason);
        }
    }
    nw_json_free(&manifest);
}

/* "TL-03-r5" between backquotes; what is shorter stands for a neighbour. */
static bool is_id(struct nw_slice s)
{
    size_t dash = s.n;
    for (size_t i = 0; i + 2 < s.n; i++) {
        if (s.p[i] == '-' && (s.p[i + 1] == 'a' || s.p[i + 1] == 'r')) {
            dash = i;
        }
    }
    for (size_t i = dash + 2; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') {
            return false;
        }
    }
    return dash > 0 && dash + 2 < s.n && s.p[0] >= 'A' && s.p[0] <= 'Z';
}

static void every_vector_that_the_readme_names_is_there(void **state)
{
    (void)state;
    struct nw_json *manifest = read_json("manifest.json");
    const struct nw_slice text = test_file(NW_VECTORS "/README.md");
    unsigned named = 0;
    for (size_t from = nw_slice_find(text, '`', 0); from < text.n;) {
        const size_t to = nw_slice_find(text, '`', from + 1);
        const struct nw_slice word = nw_slice_sub(text, from + 1, to - from - 1);
        const struct nw_json *v = nw_json_first(nw_json_get(manifest, "vectors"));
        while (is_id(word) && v != NULL && !nw_slice_is(word, nw_json_text(nw_json_get(v, "id")))) {
            v = nw_json_next(v);
        }
        if (v == NULL) {
            fail_msg("%.*s is no vector", (int)word.n, (const char *)word.p);
        }
        named += is_id(word);
        from = nw_slice_find(text, '`', to + 1);
    }
    nw_json_free(&manifest);
    assert_true(named > 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_has_an_accept_and_a_refuse_vector),
        cmocka_unit_test(the_manifest_fits_its_schema),
        cmocka_unit_test(a_manifest_that_breaks_its_schema_is_noticed),
        cmocka_unit_test(every_file_that_is_named_is_there),
        cmocka_unit_test(the_usual_mutations_have_their_reason),
        cmocka_unit_test(every_vector_that_the_readme_names_is_there),
    };
    return run_once("vectors", tests, ARRAY_LENGTH(tests));
}
