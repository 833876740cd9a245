#include "support.h"

#include <zlib.h>

#include "base/deflate.h"

static struct nw_inflater *inflater;
static struct nw_deflater *deflater;

static int set_up(void **state)
{
    (void)state;
    return nw_inflater_new(&inflater) == NW_OK &&
                   nw_deflater_new(NW_DEFLATE_TEXT, &deflater) == NW_OK
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    (void)state;
    nw_inflater_free(&inflater);
    nw_deflater_free(&deflater);
    nw_inflater_free(&inflater);
    return 0;
}

/* "abcabcabcabc", Python: zlib.compress(b"abc" * 4, 9) */
static const char abc[] = "78da4b4c4a4e8421001de00499";

static void expect(struct nw_slice in, size_t max, enum nw_err wanted, size_t n)
{
    struct nw_buf out = NW_BUF(1u << 20);
    nw_buf_puts(&out, "kept");
    assert_err(nw_inflate(inflater, in, max, &out, NULL), wanted);
    assert_int_equal(nw_buf_slice(&out).n, 4 + (wanted == NW_OK ? n : 0));
    assert_memory_equal(out.p, "kept", 4);
    nw_buf_free(&out);
}

static void a_whole_stream_is_inflated(void **state)
{
    (void)state;
    struct nw_buf out = NW_BUF(100);
    assert_ok(nw_inflate(inflater, test_hex(abc), 12, &out, NULL));
    assert_string_equal(nw_buf_cstr(&out), "abcabcabcabc");
    nw_buf_free(&out);
}

static void every_damage_has_its_code(void **state)
{
    (void)state;
    struct nw_slice good = test_hex(abc);
    expect(good, 12, NW_OK, 12);
    expect(good, 11, NW_ERR_ZLIB_LIMIT, 0);
    expect(good, 0, NW_ERR_ZLIB_LIMIT, 0);
    expect(nw_slice_sub(good, 0, good.n - 1), 12, NW_ERR_ZLIB_TRUNCATED, 0);
    expect(nw_slice_sub(good, 0, good.n - 4), 12, NW_ERR_ZLIB_TRUNCATED, 0); /* no Adler-32 */
    expect(nw_slice_sub(good, 0, 2), 12, NW_ERR_ZLIB_TRUNCATED, 0);
    expect(NW_SLICE_EMPTY, 12, NW_ERR_ZLIB_TRUNCATED, 0);
    expect(test_hex("78da4b4c4a4e8421001de00498"), 12, NW_ERR_ZLIB, 0);       /* wrong Adler-32 */
    expect(test_hex("78da4b4c4a4e8421001de0049900"), 12, NW_ERR_TRAILING, 0); /* a byte after it */
    expect(test_hex("78db4b4c4a4e8421001de00499"), 12, NW_ERR_ZLIB, 0);       /* header check */
    expect(test_hex("4b4c4a4e842100"), 12, NW_ERR_ZLIB, 0);                   /* raw deflate */
    expect(test_hex("1f8b0800000000000203"), 12, NW_ERR_ZLIB, 0);             /* gzip */
    expect(test_hex("78da07"), 12, NW_ERR_ZLIB, 0);                           /* block type 3 */
    /* FDICT set, header check right (RFC 1950 2.2) */
    expect(test_hex("78f90000000100"), 12, NW_ERR_ZLIB_DICT, 0);
}

static void every_cut_and_every_tail_is_refused(void **state)
{
    (void)state;
    struct nw_slice good = test_hex(abc);
    for (size_t n = 0; n < good.n; n++) {
        expect(nw_slice_sub(good, 0, n), 100, NW_ERR_ZLIB_TRUNCATED, 0);
    }
    struct nw_buf twice = NW_BUF(100);
    nw_buf_put(&twice, good);
    nw_buf_put(&twice, good);
    expect(nw_buf_slice(&twice), 100, NW_ERR_TRAILING, 0);
    nw_buf_free(&twice);
}

static void a_bomb_stops_at_the_limit(void **state)
{
    (void)state;
    size_t size = 50u << 20;
    uint8_t *zeros = calloc(1, size);
    uLongf n = compressBound(size);
    uint8_t *bomb = malloc(n);
    assert_non_null(zeros);
    assert_non_null(bomb);
    assert_int_equal(compress2(bomb, &n, zeros, size, 9), Z_OK);
    free(zeros);
    struct nw_buf out = NW_BUF(64u << 20);
    struct nw_diag d;
    nw_diag_clear(&d);
    assert_err(nw_inflate(inflater, nw_slice(bomb, n), 16384, &out, &d), NW_ERR_ZLIB_LIMIT);
    assert_true(d.off < n);
    assert_true(out.cap <= 2 * 16384);
    nw_buf_free(&out);
    struct nw_buf small = NW_BUF(1000); /* the buffer's own maximum counts as well */
    assert_err(nw_inflate(inflater, nw_slice(bomb, n), 16384, &small, NULL), NW_ERR_ZLIB_LIMIT);
    nw_buf_free(&small);
    free(bomb);
}

static void streams_are_reused_after_a_failure(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        expect(test_hex("78da07"), 12, NW_ERR_ZLIB, 0);
        expect(test_hex(abc), 12, NW_OK, 12);
    }
}

static void round_trip(enum nw_deflate_kind kind, struct nw_slice in)
{
    struct nw_deflater *z = NULL;
    assert_ok(nw_deflater_new(kind, &z));
    for (int i = 0; i < 2; i++) {
        struct nw_buf packed = NW_BUF(in.n + 1000);
        struct nw_buf out = NW_BUF(in.n + 1);
        assert_ok(nw_deflate(z, in, &packed));
        assert_ok(nw_inflate(inflater, nw_buf_slice(&packed), in.n, &out, NULL));
        assert_true(nw_slice_eq(nw_buf_slice(&out), in));
        uLongf n = in.n + 1; /* zlib's one-call form as oracle */
        uint8_t *theirs = malloc(n);
        assert_non_null(theirs);
        assert_int_equal(uncompress(theirs, &n, packed.p, packed.n), Z_OK);
        assert_int_equal(n, in.n);
        free(theirs);
        nw_buf_free(&packed);
        nw_buf_free(&out);
    }
    nw_deflater_free(&z);
}

static void both_kinds_round_trip(void **state)
{
    static uint8_t list[131072];
    (void)state;
    for (size_t i = 0; i < sizeof list; i += 797) {
        list[i] = (uint8_t)(i >> 3);
    }
    for (size_t n = 0; n < 40; n++) {
        round_trip(NW_DEFLATE_TEXT, nw_slice(list, n * 17));
        round_trip(NW_DEFLATE_SPARSE, nw_slice(list, n * 17));
    }
    round_trip(NW_DEFLATE_TEXT, nw_slice(list, sizeof list));
    round_trip(NW_DEFLATE_SPARSE, nw_slice(list, sizeof list));
}

static void text_is_compressed_as_zlib_level_9_does(void **state)
{
    (void)state;
    struct nw_buf out = NW_BUF(100);
    assert_ok(nw_deflate(deflater, nw_str("abcabcabcabc"), &out));
    assert_true(nw_slice_eq(nw_buf_slice(&out), test_hex(abc)));
    nw_buf_free(&out);
}

static void a_full_buffer_is_reported(void **state)
{
    (void)state;
    struct nw_buf out = NW_BUF(12);
    assert_err(nw_deflate(deflater, nw_str("abcabcabcabc"), &out), NW_ERR_LIMIT);
    nw_buf_free(&out);
    struct nw_buf fits = NW_BUF(13);
    assert_ok(nw_deflate(deflater, nw_str("abcabcabcabc"), &fits));
    nw_buf_free(&fits);
}

static enum nw_err whole_life(void *ctx)
{
    struct nw_inflater *i = NULL;
    struct nw_deflater *z = NULL;
    struct nw_buf packed = NW_BUF(1u << 20);
    struct nw_buf out = NW_BUF(1u << 20);
    struct nw_slice in = *(struct nw_slice *)ctx;
    enum nw_err e = nw_inflater_new(&i);
    e = e == NW_OK ? nw_deflater_new(NW_DEFLATE_SPARSE, &z) : e;
    e = e == NW_OK ? nw_deflate(z, in, &packed) : e;
    e = e == NW_OK ? nw_inflate(i, nw_buf_slice(&packed), in.n, &out, NULL) : e;
    nw_inflater_free(&i);
    nw_deflater_free(&z);
    nw_buf_free(&packed);
    nw_buf_free(&out);
    return e;
}

static void zlib_survives_allocation_failure(void **state)
{
    static const uint8_t zeros[100000];
    struct nw_slice in = nw_slice(zeros, sizeof zeros);
    (void)state;
    survives_allocation_failure(whole_life, &in, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_whole_stream_is_inflated, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_damage_has_its_code, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_cut_and_every_tail_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bomb_stops_at_the_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(streams_are_reused_after_a_failure, set_up, tear_down),
        cmocka_unit_test_setup_teardown(both_kinds_round_trip, set_up, tear_down),
        cmocka_unit_test_setup_teardown(text_is_compressed_as_zlib_level_9_does, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_buffer_is_reported, set_up, tear_down),
        cmocka_unit_test(zlib_survives_allocation_failure),
    };
    return run_once("deflate", tests, ARRAY_LENGTH(tests));
}
