#include "support.h"

#include "base/limits.h"
#include "cbor/cbor.h"

struct row {
    const char *hex;
    unsigned flags;
    enum nw_err err;
    size_t off; /* of the fault */
};

static void check_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct nw_diag d;
        nw_diag_clear(&d);
        enum nw_err e = nw_cbor_check(test_hex(rows[i].hex), rows[i].flags, 16, &d);
        if (e != rows[i].err || (e != NW_OK && d.off != rows[i].off)) {
            fail_msg("%s: %s at %zu", rows[i].hex, nw_err_name(e), d.off);
        }
    }
}

#define STRICT NW_CBOR_STRICT
#define DETERMINISTIC NW_CBOR_DETERMINISTIC
#define LENIENT NW_CBOR_LENIENT

/* What libcbor 0.8 refuses though it is good, and lets pass though it is not. */
static void where_libcbor_errs_we_do_not(void **state)
{
    static const struct row rows[] = {
        {"d2 84 40 a0 40 40", STRICT, NW_OK, 0},       /* tag 18, COSE_Sign1 */
        {"d1 84 40 a0 40 40", STRICT, NW_OK, 0},       /* tag 17, COSE_Mac0 */
        {"d8 3d d2 84 40 a0 40 40", STRICT, NW_OK, 0}, /* tag 61, CWT */
        {"d8 18 41 00", STRICT, NW_OK, 0},             /* tag 24 */
        {"c0 60", STRICT, NW_OK, 0},                   /* tag 0 */
        {"d9 03ec 60", STRICT, NW_OK, 0},              /* tag 1004 */
        {"a2 01 01 01 02", STRICT, NW_ERR_CBOR_DUPLICATE, 3},
        {"a2 01 01 01 02", LENIENT, NW_ERR_CBOR_DUPLICATE, 3},
        {"a2 01 01 02 02", STRICT, NW_OK, 0},
        {"18 01", STRICT, NW_ERR_CBOR_SHORTEST, 0},
        {"58 01 aa", STRICT, NW_ERR_CBOR_SHORTEST, 0},
        {"18 01", LENIENT, NW_OK, 0},
        {"58 01 aa", LENIENT, NW_OK, 0},
        {"41 aa", STRICT, NW_OK, 0},
        {"5f 41 aa ff", STRICT, NW_ERR_CBOR_INDEFINITE, 0},
        {"bf 01 02 ff", STRICT, NW_ERR_CBOR_INDEFINITE, 0},
        {"5f 41 aa ff", LENIENT, NW_OK, 0},
        {"bf 01 02 ff", LENIENT, NW_OK, 0},
        {"01 02", STRICT, NW_ERR_TRAILING, 1},
        {"61 ff", STRICT, NW_ERR_UTF8, 1},
        {"61 ff", LENIENT, NW_ERR_UTF8, 1},
        {"9a 08 00 00 00", STRICT, NW_ERR_CBOR_LENGTH, 0},
        {"9a 08 00 00 00", LENIENT, NW_ERR_CBOR_LENGTH, 0},
    };
    (void)state;
    check_rows(rows, ARRAY_LENGTH(rows));
}

static void every_way_to_be_malformed_is_refused_at_its_place(void **state)
{
    static const struct row rows[] = {
        {"", 0, NW_ERR_TRUNCATED, 0},                         /* nothing */
        {"18", 0, NW_ERR_TRUNCATED, 0},                       /* argument missing */
        {"19 01", 0, NW_ERR_TRUNCATED, 0},                    /* argument cut */
        {"1a 010203", 0, NW_ERR_TRUNCATED, 0},                /* argument cut */
        {"1b 01020304050607", 0, NW_ERR_TRUNCATED, 0},        /* argument cut */
        {"1c", 0, NW_ERR_CBOR_SYNTAX, 0},                     /* reserved information 28 */
        {"3d", 0, NW_ERR_CBOR_SYNTAX, 0},                     /* reserved information 29 */
        {"5e", 0, NW_ERR_CBOR_SYNTAX, 0},                     /* reserved information 30 */
        {"fc", 0, NW_ERR_CBOR_SYNTAX, 0},                     /* reserved simple value */
        {"1f", 0, NW_ERR_CBOR_SYNTAX, 0},                     /* integer of indefinite length */
        {"3f", 0, NW_ERR_CBOR_SYNTAX, 0},                     /* integer of indefinite length */
        {"df 00", 0, NW_ERR_CBOR_SYNTAX, 0},                  /* tag of indefinite length */
        {"f8 00", 0, NW_ERR_CBOR_SYNTAX, 0},                  /* simple value 0 in two bytes */
        {"f8 18", 0, NW_ERR_CBOR_SYNTAX, 0},                  /* simple value 24 */
        {"f8 1f", 0, NW_ERR_CBOR_SYNTAX, 0},                  /* simple value 31 */
        {"f8 20", 0, NW_OK, 0},                               /* twin: simple value 32 */
        {"f8", 0, NW_ERR_TRUNCATED, 0},                       /* simple value cut */
        {"f9 00", 0, NW_ERR_TRUNCATED, 0},                    /* half cut */
        {"ff", 0, NW_ERR_CBOR_SYNTAX, 0},                     /* break alone */
        {"81 ff", 0, NW_ERR_CBOR_SYNTAX, 1},                  /* break in a definite array */
        {"a1 ff", 0, NW_ERR_CBOR_LENGTH, 0},                  /* a pair does not fit one byte */
        {"a1 ff 00", 0, NW_ERR_CBOR_SYNTAX, 1},               /* break as a key */
        {"a1 00 ff", 0, NW_ERR_CBOR_SYNTAX, 2},               /* break as a value */
        {"c1 ff", 0, NW_ERR_CBOR_SYNTAX, 1},                  /* break in a tag */
        {"bf 00 ff", 0, NW_ERR_CBOR_SYNTAX, 2},               /* key without value */
        {"9f 01", 0, NW_ERR_TRUNCATED, 2},                    /* no break */
        {"9f ff ff", 0, NW_ERR_TRAILING, 2},                  /* two breaks */
        {"c1", 0, NW_ERR_TRUNCATED, 1},                       /* tag of nothing */
        {"41", 0, NW_ERR_CBOR_LENGTH, 0},                     /* string without content */
        {"43 0102", 0, NW_ERR_CBOR_LENGTH, 0},                /* string cut */
        {"5b ffffffffffffffff 00", 0, NW_ERR_CBOR_LENGTH, 0}, /* length 2^64-1 */
        {"7a 80000000 61", 0, NW_ERR_CBOR_LENGTH, 0},         /* length 2^31 */
        {"82 01", 0, NW_ERR_CBOR_LENGTH, 0},                  /* array cut */
        {"82 82 00 00", 0, NW_ERR_TRUNCATED, 4},              /* outer array cut */
        {"9b 8000000000000000 00", 0, NW_ERR_CBOR_LENGTH, 0},
        {"bb 8000000000000001 00 00", 0, NW_ERR_CBOR_LENGTH, 0}, /* twice that wraps to 2 */
        {"5f 61 61 ff", 0, NW_ERR_CBOR_SYNTAX, 1},               /* text chunk in bytes */
        {"7f 41 61 ff", 0, NW_ERR_CBOR_SYNTAX, 1},               /* bytes chunk in text */
        {"5f 5f 41 00 ff ff", 0, NW_ERR_CBOR_SYNTAX, 1},         /* chunks in chunks */
        {"5f 00 ff", 0, NW_ERR_CBOR_SYNTAX, 1},                  /* integer as a chunk */
        {"5f c1 41 00 ff", 0, NW_ERR_CBOR_SYNTAX, 1},            /* tag as a chunk */
        {"7f 61 c3 61 bc ff", 0, NW_ERR_UTF8, 2},                /* character over two chunks */
        {"62 c3 28", 0, NW_ERR_UTF8, 1},                         /* bad continuation */
        {"63 ed a0 80", 0, NW_ERR_UTF8, 1},                      /* surrogate */
        {"62 c0 80", 0, NW_ERR_UTF8, 1},                         /* overlong NUL */
        {"83 18 17 01 02", STRICT, NW_ERR_CBOR_SHORTEST, 1},
        {"19 00ff", STRICT, NW_ERR_CBOR_SHORTEST, 0},
        {"19 0100", STRICT, NW_OK, 0},
        {"1a 0000ffff", STRICT, NW_ERR_CBOR_SHORTEST, 0},
        {"1b 00000000ffffffff", STRICT, NW_ERR_CBOR_SHORTEST, 0},
        {"38 00", STRICT, NW_ERR_CBOR_SHORTEST, 0},
        {"d8 12 00", STRICT, NW_ERR_CBOR_SHORTEST, 0}, /* tag 18 in two bytes */
        {"98 01 00", STRICT, NW_ERR_CBOR_SHORTEST, 0},
        {"b8 01 00 00", STRICT, NW_ERR_CBOR_SHORTEST, 0},
        {"f8 ff", STRICT, NW_OK, 0},                      /* simple values are no integers */
        {"fb 3ff0000000000000", DETERMINISTIC, NW_OK, 0}, /* nor are floats */
        {"81 9f ff", STRICT, NW_ERR_CBOR_INDEFINITE, 1},
        {"a3 01 00 02 00 01 00", STRICT, NW_ERR_CBOR_DUPLICATE, 5}, /* not neighbours */
        {"a2 01 00 1801 00", LENIENT, NW_ERR_CBOR_DUPLICATE, 3},    /* one value, two spellings */
        {"a2 6161 00 7801 61 00", LENIENT, NW_ERR_CBOR_DUPLICATE, 4},
        {"a2 80 00 80 00", STRICT, NW_ERR_CBOR_DUPLICATE, 3}, /* arrays as keys */
        {"a2 8101 00 8102 00", STRICT, NW_OK, 0},
        {"a2 01 00 20 00", STRICT, NW_OK, 0},                    /* 1 and -1 */
        {"a2 6131 00 4131 00", STRICT, NW_OK, 0},                /* text and bytes */
        {"81 a2 01 00 01 00", STRICT, NW_ERR_CBOR_DUPLICATE, 4}, /* inside */
        {"bf 01 00 01 00 ff", LENIENT, NW_ERR_CBOR_DUPLICATE, 3},
        {"a1 7f ff 00", LENIENT, NW_ERR_CBOR_INDEFINITE, 1}, /* chunked string as a key */
        {"a2 02 00 01 00", STRICT, NW_OK, 0},
        {"a2 02 00 01 00", DETERMINISTIC, NW_ERR_CBOR_ORDER, 3},
        {"a2 6161 00 01 00", DETERMINISTIC, NW_ERR_CBOR_ORDER, 4}, /* text before integer */
        {"a2 6162 00 626161 00", DETERMINISTIC, NW_OK, 0},         /* shorter first */
        {"a2 626161 00 6162 00", DETERMINISTIC, NW_ERR_CBOR_ORDER, 5},
        {"a3 01 00 02 00 02 00", DETERMINISTIC, NW_ERR_CBOR_DUPLICATE, 5},
        {"a2 a1 01 02 00 a1 01 01 00", DETERMINISTIC, NW_ERR_CBOR_ORDER, 5},
    };
    (void)state;
    check_rows(rows, ARRAY_LENGTH(rows));
}

static void depth_ends_where_the_caller_says(void **state)
{
    struct nw_buf b = NW_BUF(NW_MAX_CBOR);
    (void)state;
    for (size_t i = 0; i < 10000; i++) {
        nw_buf_putc(&b, i % 3 == 0 ? 0x81 : i % 3 == 1 ? 0xc1 : 0x9f);
    }
    assert_err(nw_cbor_check(nw_buf_slice(&b), 0, 16, NULL), NW_ERR_CBOR_DEPTH);
    assert_err(nw_cbor_check(nw_buf_slice(&b), 0, 4000000000u, NULL), NW_ERR_CBOR_DEPTH);
    struct nw_cbor r = nw_cbor_open(nw_buf_slice(&b));
    assert_int_equal(nw_cbor_raw(&r).n, 0);
    assert_err(nw_cbor_err(&r), NW_ERR_CBOR_DEPTH);
    nw_buf_free(&b);
    assert_ok(nw_cbor_check(test_hex("81 81 00"), STRICT, 2, NULL));
    assert_err(nw_cbor_check(test_hex("81 81 80"), STRICT, 2, NULL), NW_ERR_CBOR_DEPTH);
    assert_err(nw_cbor_check(test_hex("c1 c1 c1 00"), STRICT, 2, NULL), NW_ERR_CBOR_DEPTH);
    assert_err(nw_cbor_check(test_hex("80"), STRICT, 0, NULL), NW_ERR_CBOR_DEPTH);
    assert_ok(nw_cbor_check(test_hex("00"), STRICT, 0, NULL));
}

/* n pairs, keys descending or ascending; the last key is twice there if twin. */
static struct nw_slice map_of(size_t n, bool ascending, bool twin, bool open, struct nw_buf *b)
{
    nw_buf_reset(b);
    if (open) {
        nw_buf_putc(b, 0xbf);
    } else {
        nw_cbor_put_map(b, n);
    }
    for (size_t i = 0; i < n; i++) {
        size_t key = ascending ? i : n - i;
        nw_cbor_put_uint(b, twin && i == n - 1 ? (ascending ? n / 3 : n - n / 3) : key);
        nw_cbor_put_null(b);
    }
    nw_buf_puts(b, open ? "\xff" : "");
    assert_ok(nw_buf_err(b));
    return nw_buf_slice(b);
}

static void big_maps_are_checked_and_limited(void **state)
{
    static const size_t sizes[] = {2, 12, 13, 63, 64, 65, 66, 1000, NW_MAX_CBOR_PAIRS};
    struct nw_buf b = NW_BUF(NW_MAX_CBOR);
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
        for (int up = 0; up < 2; up++) {
            for (int open = 0; open < 2; open++) {
                struct nw_slice in = map_of(sizes[i], up, false, open, &b);
                assert_ok(nw_cbor_check(in, LENIENT, 16, NULL));
                in = map_of(sizes[i], up, true, open, &b);
                assert_err(nw_cbor_check(in, LENIENT, 16, NULL), NW_ERR_CBOR_DUPLICATE);
            }
        }
    }
    size_t over = NW_MAX_CBOR_PAIRS + 1;
    assert_err(nw_cbor_check(map_of(over, true, false, false, &b), STRICT, 16, NULL), NW_ERR_LIMIT);
    assert_err(nw_cbor_check(map_of(over, true, false, true, &b), LENIENT, 16, NULL), NW_ERR_LIMIT);
    assert_err(nw_cbor_check(map_of(over, true, false, true, &b), 0, 16, NULL), NW_ERR_LIMIT);
    nw_buf_free(&b);
}

static void a_cursor_reads_item_by_item(void **state)
{
    (void)state;
    struct nw_slice in = test_hex("8a 18 64 38 63 42 0102 62 c3bc a1 01 02 d2 40 f5 f4 f6 f9 3e00");
    struct nw_cbor r = nw_cbor_open(in);
    assert_int_equal(nw_cbor_peek(&r), NW_CBOR_ARRAY);
    assert_int_equal(nw_cbor_array(&r), 10);
    assert_int_equal(nw_cbor_uint(&r), 100);
    assert_int_equal(nw_cbor_int(&r), -100);
    assert_int_equal(nw_cbor_bytes(&r).n, 2);
    assert_true(nw_slice_is(nw_cbor_text(&r), "\xc3\xbc"));
    assert_int_equal(nw_cbor_map(&r), 1);
    assert_int_equal(nw_cbor_int(&r), 1);
    assert_int_equal(nw_cbor_int(&r), 2);
    struct nw_slice raw = nw_cbor_raw(&r);
    assert_true(nw_slice_eq(raw, test_hex("d2 40")));
    assert_ptr_equal(raw.p, in.p + 14);
    assert_true(nw_cbor_bool(&r));
    assert_false(nw_cbor_bool(&r));
    nw_cbor_null(&r);
    assert_true(nw_cbor_float(&r) > 1.49 && nw_cbor_float(&r) < 1.51);
    assert_err(nw_cbor_err(&r), NW_ERR_TRUNCATED); /* the second float is not there */
}

static void a_cursor_at_its_end_is_done(void **state)
{
    (void)state;
    struct nw_cbor r = nw_cbor_open(test_hex("d2 01"));
    assert_int_equal(nw_cbor_tag(&r), 18);
    assert_false(nw_cbor_done(&r));
    assert_int_equal(nw_cbor_uint(&r), 1);
    assert_true(nw_cbor_done(&r));
    assert_int_equal(nw_cbor_peek(&r), NW_CBOR_NONE);
    assert_ok(nw_cbor_err(&r));
}

static void the_cursors_error_sticks_with_its_place(void **state)
{
    (void)state;
    struct nw_cbor r = nw_cbor_open(test_hex("83 01 61 61 02"));
    assert_int_equal(nw_cbor_array(&r), 3);
    assert_int_equal(nw_cbor_uint(&r), 1);
    assert_int_equal(nw_cbor_int(&r), 0); /* a text */
    assert_int_equal(nw_cbor_text(&r).n, 0);
    assert_int_equal(nw_cbor_raw(&r).n, 0);
    nw_cbor_fail(&r, NW_ERR_CBOR_MISSING);
    assert_err(nw_cbor_err(&r), NW_ERR_CBOR_TYPE);
    assert_int_equal(r.err_off, 2);
    assert_false(nw_cbor_done(&r));
}

static void integers_outside_64_bits_are_out_of_range(void **state)
{
    static const struct {
        const char *hex;
        int64_t v;
        enum nw_err err;
    } rows[] = {
        {"1b 7fffffffffffffff", INT64_MAX, NW_OK},
        {"1b 8000000000000000", 0, NW_ERR_CBOR_RANGE},
        {"3b 7fffffffffffffff", INT64_MIN, NW_OK},
        {"3b 8000000000000000", 0, NW_ERR_CBOR_RANGE},
        {"f6", 0, NW_ERR_CBOR_TYPE},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_cbor r = nw_cbor_open(test_hex(rows[i].hex));
        assert_true(nw_cbor_int(&r) == rows[i].v);
        assert_err(nw_cbor_err(&r), rows[i].err);
        assert_int_equal(r.err_off, 0);
    }
}

static void lenient_reading_takes_both_length_forms(void **state)
{
    static const char *const forms[] = {"a2 01 83 0a 0b 0c 02 62 6162",
                                        "bf 01 9f 0a 0b 0c ff 02 7f 61 61 61 62 ff ff"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
        struct nw_cbor r = nw_cbor_open(test_hex(forms[i]));
        struct nw_buf text = NW_BUF(10);
        size_t pairs = nw_cbor_map_any(&r);
        size_t sum = 0;
        while (nw_cbor_more(&r, &pairs)) {
            if (nw_cbor_uint(&r) == 2) {
                nw_cbor_string_any(&r, &text);
                continue;
            }
            size_t left = nw_cbor_array_any(&r);
            while (nw_cbor_more(&r, &left)) {
                sum += nw_cbor_uint(&r);
            }
        }
        assert_true(nw_cbor_done(&r));
        assert_int_equal(sum, 33);
        assert_string_equal(nw_buf_cstr(&text), "ab");
        nw_buf_free(&text);
    }
    struct nw_cbor r = nw_cbor_open(test_hex("9f 01"));
    size_t left = nw_cbor_array_any(&r);
    while (nw_cbor_more(&r, &left)) {
        (void)nw_cbor_uint(&r);
    }
    assert_err(nw_cbor_err(&r), NW_ERR_TRUNCATED);
    r = nw_cbor_open(test_hex("9f ff"));
    assert_int_equal(nw_cbor_array(&r), 0);
    assert_err(nw_cbor_err(&r), NW_ERR_CBOR_INDEFINITE);
}

static void members_are_found_by_key(void **state)
{
    struct nw_slice v = NW_SLICE_EMPTY;
    (void)state;
    struct nw_slice map = test_hex("a5 01 82 02 03 3a 0001015a 41 aa 61 61 a0 41 61 05 61 62 f6");
    assert_true(nw_cbor_find_int(map, 1, &v));
    assert_true(nw_slice_eq(v, test_hex("82 02 03")));
    assert_true(nw_cbor_find_int(map, -65883, &v));
    assert_true(nw_slice_eq(v, test_hex("41 aa")));
    assert_true(nw_cbor_find_text(map, "a", &v));
    assert_true(nw_slice_eq(v, test_hex("a0")));
    assert_true(nw_cbor_find_text(map, "b", &v));
    assert_false(nw_cbor_find_int(map, 2, &v));
    assert_false(nw_cbor_find_text(map, "c", &v));
    assert_false(nw_cbor_find_int(test_hex("82 01 02"), 1, &v));
    assert_false(nw_cbor_find_int(test_hex("a1 01"), 1, &v));
    assert_false(nw_cbor_find_int(NW_SLICE_EMPTY, 1, &v));
    assert_true(nw_cbor_find_int(test_hex("bf 02 03 01 04 ff"), 1, &v));
    assert_true(nw_slice_eq(v, test_hex("04")));
}

struct found {
    struct nw_slice a, b, x;
};

static enum nw_err check_members(const char *hex, struct found *f)
{
    *f = (struct found){0};
    const struct nw_cbor_member wanted[] = {NW_CBOR_MEMBER("a", &f->a), NW_CBOR_MEMBER("b", &f->b),
                                            NW_CBOR_MEMBER("x", &f->x)};
    return nw_cbor_check_map(test_hex(hex), 16, wanted, ARRAY_LENGTH(wanted), NULL);
}

static void members_come_with_the_check(void **state)
{
    struct found f;
    (void)state;
    /* not in order; 1, h'61', "c" and what is deeper are nobody's */
    assert_ok(check_members("a5 6162 82 02 03 01 00 41 61 05 6163 a1 6178 01 6161 a0", &f));
    assert_true(nw_slice_eq(f.a, test_hex("a0")));
    assert_true(nw_slice_eq(f.b, test_hex("82 02 03")));
    assert_int_equal(f.x.n, 0);
    assert_ok(check_members("81 a1 6161 00", &f));
    assert_ok(check_members("6161", &f));
    assert_ok(check_members("a0", &f));
    assert_int_equal(f.a.n, 0);
    assert_err(check_members("a2 6161 00 6161 01", &f), NW_ERR_CBOR_DUPLICATE);
    assert_err(check_members("a3 6161 00 6162 00 6161 01", &f), NW_ERR_CBOR_DUPLICATE);
    assert_err(check_members("a1 7801 61 00", &f), NW_ERR_CBOR_SHORTEST);
    assert_err(check_members("bf 6161 00 ff", &f), NW_ERR_CBOR_INDEFINITE);
    assert_err(check_members("a1 6161 00 00", &f), NW_ERR_TRAILING);
    assert_err(check_members("a1 6161", &f), NW_ERR_TRUNCATED);
}

static void members_of_a_checked_map_are_found_again(void **state)
{
    struct nw_slice a = NW_SLICE_EMPTY, b = NW_SLICE_EMPTY;
    const struct nw_cbor_member wanted[] = {NW_CBOR_MEMBER("a", &a), NW_CBOR_MEMBER("b", &b)};
    (void)state;
    nw_cbor_members(test_hex("a3 01 6161 6161 a1 6162 00 41 62 02"), wanted, 2);
    assert_true(nw_slice_eq(a, test_hex("a1 6162 00")));
    assert_int_equal(b.n, 0);
    nw_cbor_members(test_hex("82 6162 02"), wanted, 2);
    nw_cbor_members(test_hex("a2 6161 00 6162"), wanted, 2); /* ends too early */
    assert_int_equal(b.n, 0);
}

static void a_span_holds_all_that_its_item_holds(void **state)
{
    static const char *const whole[] = {"82 a1 01 c1 60 43 616263", "80", "a0", "d818 41 00",
                                        "9f 01 82 02 03 ff",        "f6"};
    static const char *const cut[] = {
        "82 01", "a1 01", "42 61", "c1", "82 81 81", "9f 01 82", "9b 0000 0001 0000 0000"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(whole); i++) {
        struct nw_buf b = NW_BUF(64);
        nw_buf_put(&b, test_hex(whole[i]));
        nw_buf_putc(&b, 0x00);
        struct nw_cbor r = nw_cbor_open(nw_buf_slice(&b));
        assert_true(nw_slice_eq(nw_cbor_raw(&r), test_hex(whole[i])));
        assert_int_equal(nw_cbor_uint(&r), 0);
        assert_true(nw_cbor_done(&r));
        nw_buf_free(&b);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(cut); i++) {
        struct nw_cbor r = nw_cbor_open(test_hex(cut[i]));
        assert_int_equal(nw_cbor_raw(&r).n, 0);
        assert_int_not_equal(nw_cbor_err(&r), NW_OK);
    }
}

static void the_writer_refuses_bad_text_and_full_buffers(void **state)
{
    struct nw_buf b = NW_BUF(3);
    (void)state;
    nw_cbor_put_text(&b, nw_str("\xff"));
    assert_err(nw_buf_err(&b), NW_ERR_UTF8);
    nw_buf_reset(&b);
    nw_cbor_put_uint(&b, 1000); /* exactly full */
    assert_ok(nw_buf_err(&b));
    nw_cbor_put_null(&b);
    assert_err(nw_buf_err(&b), NW_ERR_LIMIT);
    nw_buf_free(&b);
}

static enum nw_err check_big_map(void *ctx)
{
    struct nw_buf b = NW_BUF(NW_MAX_CBOR);
    (void)ctx;
    nw_cbor_put_map(&b, 300);
    for (size_t i = 300; i > 0; i--) {
        nw_cbor_put_uint(&b, i);
        nw_cbor_put_bool(&b, true);
    }
    enum nw_err e = nw_buf_err(&b);
    e = e == NW_OK ? nw_cbor_check(nw_buf_slice(&b), STRICT, 16, NULL) : e;
    nw_buf_free(&b);
    return e;
}

static void cbor_survives_allocation_failure(void **state)
{
    (void)state;
    survives_allocation_failure(check_big_map, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_libcbor_errs_we_do_not),
        cmocka_unit_test(every_way_to_be_malformed_is_refused_at_its_place),
        cmocka_unit_test(depth_ends_where_the_caller_says),
        cmocka_unit_test(big_maps_are_checked_and_limited),
        cmocka_unit_test(a_cursor_reads_item_by_item),
        cmocka_unit_test(a_cursor_at_its_end_is_done),
        cmocka_unit_test(the_cursors_error_sticks_with_its_place),
        cmocka_unit_test(integers_outside_64_bits_are_out_of_range),
        cmocka_unit_test(lenient_reading_takes_both_length_forms),
        cmocka_unit_test(members_are_found_by_key),
        cmocka_unit_test(members_come_with_the_check),
        cmocka_unit_test(members_of_a_checked_map_are_found_again),
        cmocka_unit_test(a_span_holds_all_that_its_item_holds),
        cmocka_unit_test(the_writer_refuses_bad_text_and_full_buffers),
        cmocka_unit_test(cbor_survives_allocation_failure),
    };
    return run_once("cbor", tests, ARRAY_LENGTH(tests));
}
