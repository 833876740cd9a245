#include "support.h"

#include "base/pool.h"

static void a_buffer_stops_at_its_maximum(void **state)
{
    (void)state;
    struct nw_buf b = NW_BUF(4);
    nw_buf_puts(&b, "abcd");
    assert_ok(nw_buf_err(&b));
    nw_buf_putc(&b, 'e');
    assert_err(nw_buf_err(&b), NW_ERR_LIMIT);
    assert_int_equal(nw_buf_slice(&b).n, 0);
    nw_buf_free(&b);
}

static void a_buffer_grows_to_its_maximum_exactly(void **state)
{
    (void)state;
    struct nw_buf b = NW_BUF(1000);
    for (int i = 0; i < 1000; i++) {
        nw_buf_putc(&b, 'x');
    }
    assert_ok(nw_buf_err(&b));
    assert_int_equal(strlen(nw_buf_cstr(&b)), 1000);
    nw_buf_printf(&b, "%s", "");
    assert_ok(nw_buf_err(&b));
    nw_buf_free(&b);
}

static void failure_beats_not_done_beats_pass(void **state)
{
    (void)state;
    static struct nw_checks c;
    nw_check_pass(&c, "SDJ-01");
    assert_true(nw_check_passed(&c, "SDJ-01"));
    nw_check_not_done(&c, "SDJ-01", "no %s", "key");
    assert_false(nw_check_passed(&c, "SDJ-01"));
    nw_check_pass(&c, "SDJ-01");
    assert_false(nw_check_passed(&c, "SDJ-01"));
    nw_check_fail(&c, "SDJ-01", NW_ERR_SIGNATURE, "wrong");
    assert_true(nw_check_failed(&c, "SDJ-01"));
    nw_check_pass(&c, "SDJ-01");
    assert_true(nw_check_failed(&c, "SDJ-01"));
    assert_int_equal(c.n, 1);
}

static void the_first_failure_keeps_the_diag(void **state)
{
    (void)state;
    struct nw_diag d;
    nw_diag_clear(&d);
    assert_err(nw_fail(&d, NW_ERR_JSON_SYNTAX, 12, "found %c", '}'), NW_ERR_JSON_SYNTAX);
    assert_err(nw_fail(&d, NW_ERR_LIMIT, 13, "later"), NW_ERR_LIMIT);
    char line[256];
    nw_diag_line(&d, line, sizeof line);
    assert_string_equal(line, "this is not well-formed JSON: found }, at byte 12 (RFC 8259 2)");
}

static void a_kept_block_comes_back_for_what_fits_into_it(void **state)
{
    (void)state;
    nw_alloc_drain();
    char block[72];
    assert_true(nw_pool_keep(block, sizeof block));
    assert_null(nw_pool_take(73));
    assert_null(nw_pool_take(SIZE_MAX));
    assert_ptr_equal(nw_pool_take(72), block);
    assert_null(nw_pool_take(72));
}

static void a_block_between_two_classes_counts_as_the_smaller(void **state)
{
    (void)state;
    nw_alloc_drain();
    char block[71];
    assert_true(nw_pool_keep(block, sizeof block));
    assert_null(nw_pool_take(57));
    assert_ptr_equal(nw_pool_take(56), block);
}

static void a_large_block_comes_back_for_more_than_half_of_it(void **state)
{
    (void)state;
    nw_alloc_drain();
    static char block[8200];
    assert_true(nw_pool_keep(block, sizeof block));
    assert_null(nw_pool_take(8193));
    assert_null(nw_pool_take(4096));
    assert_ptr_equal(nw_pool_take(4097), block);
    assert_true(nw_pool_keep(block, 8191));
    assert_null(nw_pool_take(4097));
    assert_ptr_equal(nw_pool_any(), block);
}

static void tiny_and_huge_blocks_and_too_many_are_not_kept(void **state)
{
    (void)state;
    nw_alloc_drain();
    static char blocks[NW_POOL_SMALL_BLOCKS + 1][24];
    assert_false(nw_pool_keep(NULL, 0));
    assert_false(nw_pool_keep(blocks, 23));
    assert_false(nw_pool_keep(blocks, 255));
    assert_false(nw_pool_keep(blocks, 256u << NW_POOL_LARGE));
    for (size_t i = 0; i < NW_POOL_SMALL_BLOCKS; i++) {
        assert_true(nw_pool_keep(blocks[i], 24));
    }
    assert_false(nw_pool_keep(blocks[NW_POOL_SMALL_BLOCKS], 24));
    for (size_t i = NW_POOL_SMALL_BLOCKS; i > 0; i--) {
        assert_ptr_equal(nw_pool_any(), blocks[i - 1]);
    }
    assert_null(nw_pool_any());
}

static void freed_blocks_serve_again_and_an_allocation_fails_all_the_same(void **state)
{
    (void)state;
    void *p = nw_alloc(64);
    assert_non_null(p);
    memset(p, 0x5a, 64);
    nw_free(p);
    nw_alloc_fail_after(0);
    assert_null(nw_alloc(64));
    nw_alloc_fail_after(-1);
    p = nw_alloc(64);
    assert_non_null(p);
    memset(p, 0xa5, 64);
    nw_free(p);
    nw_alloc_drain();
    assert_null(nw_pool_any());
}

/* Two names for one code would make one of them say the other's words. */
static void error_codes_rise(void **state)
{
    (void)state;
    static const int codes[] = {
#define NW_E(code, name, text, clause) code,
#include "base/err_table.h"
#undef NW_E
    };
    for (size_t i = 1; i < ARRAY_LENGTH(codes); i++) {
        if (codes[i] <= codes[i - 1]) {
            fail_msg("%d stands after %d", codes[i], codes[i - 1]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_codes_rise),
        cmocka_unit_test(a_buffer_stops_at_its_maximum),
        cmocka_unit_test(a_buffer_grows_to_its_maximum_exactly),
        cmocka_unit_test(failure_beats_not_done_beats_pass),
        cmocka_unit_test(the_first_failure_keeps_the_diag),
        cmocka_unit_test(a_kept_block_comes_back_for_what_fits_into_it),
        cmocka_unit_test(a_block_between_two_classes_counts_as_the_smaller),
        cmocka_unit_test(a_large_block_comes_back_for_more_than_half_of_it),
        cmocka_unit_test(tiny_and_huge_blocks_and_too_many_are_not_kept),
        cmocka_unit_test(freed_blocks_serve_again_and_an_allocation_fails_all_the_same),
    };
    return run_once("base", tests, ARRAY_LENGTH(tests));
}
