/*
 * The clock swept over the real lists ($NW_DATA/tl): at the beginning of every
 * entry of a listed service, and a second before and after it, the bundle says
 * of its key what tl_oracle.mjs reads out of the same files on its own. Both
 * carry as many services, and as many elements of qualifications.
 */
#include <stdlib.h>

#include "cbor/cbor.h"
#include "command.h"
#include "test_folder.h"
#include "test_openssl.h"
#include "test_table.h"
#include "test_tl.h"
#include "trust/bundle_items.h"
#include "trust/bundle_open.h"

#define ANSWER 96
#define ANSWERS 16

static struct nw_bundle *bundle;
static char folder_pin[65];
static size_t rows, differ;

static size_t elements_of(uint64_t number, struct nw_buf *out)
{
    struct nw_slice set;
    if (number == 0) {
        return 0;
    }
    assert_true(nw_bundle_set_at(bundle, (size_t)number - 1, &set));
    struct nw_cbor r = nw_cbor_open(set);
    size_t n = nw_cbor_array(&r);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(nw_cbor_array(&r), 2);
        uint64_t bits = nw_cbor_uint(&r);
        (void)nw_cbor_raw(&r);
        if (out != NULL) {
            nw_buf_printf(out, "%s%u", i > 0 ? ";" : "", (unsigned)bits);
        }
    }
    assert_ok(nw_cbor_err(&r));
    return n;
}

/* What the bundle says of one service then, in the words of the oracle. */
static void write_answer(const struct nw_bundle_service *s, int64_t t, char answer[ANSWER])
{
    struct nw_bundle_period p;
    struct nw_buf text = NW_BUF(ANSWER - 1);
    enum nw_trust_state state = nw_service_state(s, t, &p);
    if (state == NW_TRUST_NOT_YET) {
        nw_buf_puts(&text, "n");
    } else {
        nw_buf_printf(&text, "%c%u:", state == NW_TRUST_GRANTED ? 'g' : 'w', p.uses);
        (void)elements_of(p.set, &text);
    }
    assert_ok(nw_buf_err(&text));
    (void)nw_slice_cstr(nw_buf_slice(&text), answer, ANSWER);
    nw_buf_free(&text);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static bool is_of(const struct nw_bundle_service *s, const char *territory)
{
    struct nw_bundle_entity e;
    struct nw_bundle_source source;
    assert_true(nw_bundle_entity_at(bundle, (size_t)s->entity, &e));
    assert_true(nw_bundle_source_at(bundle, (size_t)e.source, &source));
    return nw_slice_is(nw_list_country(source.territory), territory);
}

/* Every service of the key on the list of a state; each answer once, in order. */
static void answers_of(const char *territory, enum nw_role role, const char *key, int64_t t,
                       struct nw_buf *out)
{
    static struct nw_bundle_service s;
    char all[ANSWERS][ANSWER];
    uint32_t found[64];
    size_t n = 0;
    size_t services = nw_bundle_by_key(bundle, test_hex(key).p, role, found, ARRAY_LENGTH(found));
    assert_true(services <= ARRAY_LENGTH(found));
    for (size_t i = 0; i < services; i++) {
        assert_true(nw_bundle_service_at(bundle, found[i], &s));
        if (is_of(&s, territory)) {
            assert_true(n < ANSWERS);
            write_answer(&s, t, all[n++]);
        }
    }
    qsort(all, n, ANSWER, by_text);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(all[i], all[i - 1]) != 0) {
            nw_buf_printf(out, "%s%s", i > 0 ? "," : "", all[i]);
        }
    }
    assert_ok(nw_buf_err(out));
}

static void count(const char *what, unsigned role, size_t wanted)
{
    static struct nw_bundle_service s;
    size_t services = 0;
    size_t elements = 0;
    for (size_t i = 0; nw_bundle_service_at(bundle, i, &s); i++) {
        services += s.role == role;
        for (size_t k = 0; s.role == role && k < s.period_n; k++) {
            elements += elements_of(s.periods[k].set, NULL);
        }
    }
    assert_true(wanted > 0);
    assert_int_equal(strcmp(what, "services") == 0 ? services : elements, wanted);
}

static void compare(char *field[], size_t n)
{
    struct nw_buf said = NW_BUF(4u << 10);
    enum nw_role role = (enum nw_role)strtoul(field[1], NULL, 10);
    if (n == 3) {
        count(field[0], role, strtoul(field[2], NULL, 10));
        return;
    }
    assert_int_equal(n, 5);
    answers_of(field[0], role, field[2], strtoll(field[3], NULL, 10), &said);
    if (!nw_slice_is(nw_buf_slice(&said), field[4])) {
        differ++;
        print_message("%s %s at %s: %.*s, the list says %s\n", field[0], field[2], field[3],
                      (int)said.n, (const char *)said.p, field[4]);
    }
    rows++;
    nw_buf_free(&said);
}

static int setup(void **state)
{
    assert_int_equal(test_folder_make(state), 0);
    test_put_operator(folder_pin);
    return 0;
}

static void at_every_turn_the_bundle_says_what_the_lists_say(void **state)
{
    (void)state;
    if (test_data("tl") == NULL || !test_tool_is_there("node")) {
        skip();
    }
    test_put("config.json", nw_str(test_tl_real_config()));
    assert_int_equal(TEST_RUN(tl_command_bundle, "bundle", "--config", test_path("config.json"),
                              "--out", test_path("e.nwb"), "--at", TEST_TL_AT),
                     1);
    const char *pins[] = {folder_pin, NULL};
    const struct nw_bundle_policy policy = {.signers = pins, .now = TEST_TL_CLOCK};
    assert_ok(nw_bundle_open(test_crypto(), test_file(test_path("e.nwb")), &policy, &bundle, NULL));
    assert_true(test_tool("node",
                          TL_ORACLE " %s $(ls %s/*.xml | grep -v -e lotl -e HR- -e NL- -e NO-)",
                          test_path("oracle.tsv"), test_path("")));
    rows = differ = 0;
    assert_true(test_table_each(test_file(test_path("oracle.tsv")), compare) > 2000);
    print_message("%zu times of keys compared, %zu differ\n", rows, differ);
    assert_int_equal(differ, 0);
    nw_bundle_free(&bundle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(at_every_turn_the_bundle_says_what_the_lists_say, setup,
                                        test_folder_remove),
    };
    return run_on_both("tl_sweep", tests, ARRAY_LENGTH(tests));
}
