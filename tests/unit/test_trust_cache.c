/* What `nachweis-trust bundle` keeps of the lists it has read, and when it reads them again. */
#include <unistd.h>

#include "cache.h"
#include "command.h"
#include "test_folder.h"
#include "test_lote.h"

#define AT "2026-11-22T00:00:00Z"
#define SIGNATURE 64u /* the last bytes of a bundle, other ones each time on libcrypto */

static char operator_pin[65];

static void write_config(const char *signers, const char *more)
{
    struct nw_buf text = NW_BUF(4096);
    nw_buf_printf(&text,
                  "{\"version\":1,\"signer\":{\"key\":\"op.key\",\"chain\":\"op.pem\"},"
                  "\"max_age\":604800,\"state\":\"state.json\",\"sources\":[{\"name\":\"pub\","
                  "\"file\":\"list.jws\",\"list\":\"pub-eaa\",\"signers\":[%s]%s}]}",
                  signers, more);
    test_put("config.json", nw_buf_slice(&text));
    nw_buf_free(&text);
}

static int setup(void **state)
{
    assert_int_equal(test_folder_make(state), 0);
    test_put_operator(operator_pin);
    test_lote_put(NULL, NULL);
    test_put("list.der", nw_signer_chain_cert(test_pki()->list, 0));
    test_put("other.der", nw_signer_chain_cert(test_pki()->stranger, 0));
    write_config("\"list.der\"", ",\"test\":true");
    return 0;
}

static int bundle_at(const char *at)
{
    return TEST_RUN(tl_command_bundle, "bundle", "--config", test_path("config.json"), "--out",
                    test_path("e.nwb"), "--at", at);
}

static int bundle(void)
{
    return bundle_at(AT);
}

static void assert_read(void)
{
    assert_said("taken    list         pub: number ");
    assert_not_said("unchanged");
}

static void assert_unchanged(void)
{
    assert_said("unchanged list         pub: number ");
    assert_not_said("taken    list");
}

/* With numbers and without signature. */
static struct nw_slice bytes_of_bundle(void)
{
    struct nw_slice all = test_file(test_path("e.nwb"));
    assert_true(all.n > SIGNATURE);
    return nw_slice_sub(all, 0, all.n - SIGNATURE);
}

static void a_list_that_has_not_changed_is_not_read_again(void **state)
{
    (void)state;
    assert_int_equal(bundle(), 0);
    assert_read();
    assert_int_equal(bundle(), 0);
    assert_unchanged();
    assert_int_equal(bundle_at("2026-12-01T00:00:00Z"), 0);
    assert_unchanged();
    test_lote_put("\"LoTESequenceNumber\":7", "\"LoTESequenceNumber\":8");
    assert_int_equal(bundle(), 0);
    assert_read();
    assert_int_equal(bundle(), 0);
    assert_unchanged();
    assert_said("number 8");
}

static void the_bundle_is_the_same_with_and_without_what_was_kept(void **state)
{
    (void)state;
    test_lote_put("SvcStatus/notified", "SvcStatus/granted"); /* a service is dropped, and said */
    assert_int_equal(bundle(), 1);
    assert_read();
    struct nw_slice first = bytes_of_bundle();
    assert_int_equal(unlink(test_path("state.json")), 0); /* for the same number */
    assert_int_equal(bundle(), 1);
    assert_unchanged();
    assert_said("refused  list         pub: 1 services");
    assert_true(nw_slice_eq(bytes_of_bundle(), first));
    assert_int_equal(unlink(test_path("state.json")), 0);
    assert_int_equal(unlink(test_path("state.json.cache")), 0);
    assert_int_equal(bundle(), 1);
    assert_read();
    assert_true(nw_slice_eq(bytes_of_bundle(), first));
}

static void other_signers_or_options_make_it_read_again(void **state)
{
    (void)state;
    assert_int_equal(bundle(), 0);
    write_config("\"list.der\",\"other.der\"", ",\"test\":true");
    assert_int_equal(bundle(), 0);
    assert_read();
    write_config("\"list.der\",\"other.der\"", ",\"test\":true,\"allow_rs\":true");
    assert_int_equal(bundle(), 0);
    assert_read();
    assert_int_equal(bundle(), 0);
    assert_unchanged();
    write_config("\"other.der\"", ",\"test\":true,\"allow_rs\":true");
    assert_int_equal(bundle(), 2); /* the signer is not pinned any more */
    assert_not_said("unchanged");
}

static void a_mark_of_the_configuration_holds_for_unchanged_lists(void **state)
{
    (void)state;
    assert_int_equal(bundle(), 0);
    assert_said("bundle 1 (test)");
    write_config("\"list.der\"", "");
    assert_int_equal(bundle(), 0);
    assert_unchanged();
    assert_said("bundle 2,");
}

static void times_are_judged_in_every_run(void **state)
{
    (void)state;
    assert_int_equal(bundle(), 0);
    assert_int_equal(bundle_at("2026-11-21T23:59:00Z"), 0); /* a clock that goes back */
    assert_read();
    assert_int_equal(bundle_at("2026-10-31T00:00:00Z"), 2); /* the list is not yet issued */
    assert_int_equal(bundle(), 0);
    assert_int_equal(bundle_at("2027-05-01T00:00:00Z"), 0); /* the last second of it */
    assert_unchanged();
    assert_int_equal(bundle_at("2027-05-01T00:00:01Z"), 2);
    assert_said("has passed: the list is to be discarded");
}

static void numbers_are_judged_in_every_run(void **state)
{
    (void)state;
    assert_int_equal(bundle(), 0);
    struct nw_slice old_list = test_file(test_path("list.jws"));
    struct nw_slice old_cache = test_file(test_path("state.json.cache"));
    test_lote_put("\"LoTESequenceNumber\":7", "\"LoTESequenceNumber\":8");
    assert_int_equal(bundle(), 0);
    test_put("list.jws", old_list);
    test_put("state.json.cache", old_cache);
    assert_int_equal(bundle(), 2);
    assert_said("7 after 8");
}

/* Everything that someone can do who may write into the folder, and has no key. */
static void a_file_that_was_touched_is_not_used(void **state)
{
    (void)state;
    assert_int_equal(bundle(), 0);
    struct nw_slice good = test_file(test_path("state.json.cache"));
    struct nw_slice wanted = bytes_of_bundle();
    for (size_t at = 0; at < good.n; at += 1 + good.n / 60) {
        uint8_t *bad = test_malloc(good.n);
        memcpy(bad, good.p, good.n);
        bad[at] ^= 1;
        test_put("state.json.cache", nw_slice(bad, good.n));
        test_free(bad);
        assert_int_equal(unlink(test_path("state.json")), 0);
        assert_int_equal(bundle(), 0);
        assert_read();
        assert_said("unused   cache        state.json.cache: ");
        assert_true(nw_slice_eq(bytes_of_bundle(), wanted));
    }
    test_put("state.json.cache", nw_slice_sub(good, 0, good.n / 2));
    assert_int_equal(bundle(), 0);
    assert_said("unused   cache");
    test_put("state.json.cache", NW_SLICE_EMPTY);
    assert_int_equal(bundle(), 0);
    assert_said("unused   cache");
    assert_int_equal(bundle(), 0); /* it was made again */
    assert_unchanged();
}

static void what_another_key_has_signed_is_not_used(void **state)
{
    (void)state;
    assert_int_equal(bundle(), 0);
    test_put_operator(operator_pin);
    assert_int_equal(bundle(), 0);
    assert_read();
    assert_said("signed by an unknown key");
}

static void neither_file_passes_for_the_other(void **state)
{
    (void)state;
    assert_int_equal(bundle(), 0);
    assert_int_equal(TEST_RUN(tl_command_show, "show", "--signer", test_path("op.pem"), "--at", AT,
                              test_path("state.json.cache")),
                     2);
    assert_said("typ is not application/nachweis-bundle+cose");
    test_put("state.json.cache", test_file(test_path("e.nwb")));
    assert_int_equal(bundle(), 0);
    assert_read();
    assert_said("typ is not application/nachweis-trust-cache+cose");
}

static void the_program_knows_what_it_is_made_of(void **state)
{
    (void)state;
    uint8_t a[NW_SHA256_BYTES];
    uint8_t b[NW_SHA256_BYTES];
    bool known = false;
    assert_ok(tl_program_digest(test_crypto(), a, &known));
    assert_true(known);
    assert_ok(tl_program_digest(test_crypto(), b, &known));
    assert_memory_equal(a, b, sizeof a);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, test_folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_list_that_has_not_changed_is_not_read_again),
        TEST(the_bundle_is_the_same_with_and_without_what_was_kept),
        TEST(other_signers_or_options_make_it_read_again),
        TEST(a_mark_of_the_configuration_holds_for_unchanged_lists),
        TEST(times_are_judged_in_every_run),
        TEST(numbers_are_judged_in_every_run),
        TEST(a_file_that_was_touched_is_not_used),
        TEST(what_another_key_has_signed_is_not_used),
        TEST(neither_file_passes_for_the_other),
        TEST(the_program_knows_what_it_is_made_of),
    };
    return run_on_both("trust cache", tests, ARRAY_LENGTH(tests));
}
