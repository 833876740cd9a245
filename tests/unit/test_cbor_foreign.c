/* RFC 8949 appendix A, and libcbor's cbor_load as oracle. */
#include "support.h"

#include <cbor.h>
#include <math.h>

#include "base/limits.h"
#include "cbor/cbor.h"

/* Writes the item at r again with our writer; false for what the writer does not know. */
static bool rewrite(struct nw_cbor *r, unsigned depth, struct nw_buf *b)
{
    size_t n;
    switch (depth == 0 ? NW_CBOR_NONE : nw_cbor_peek(r)) {
    case NW_CBOR_UINT:
        nw_cbor_put_uint(b, nw_cbor_uint(r));
        return true;
    case NW_CBOR_NINT:
        nw_cbor_put_int(b, nw_cbor_int(r));
        return nw_cbor_err(r) == NW_OK;
    case NW_CBOR_BYTES:
        nw_cbor_put_bytes(b, nw_cbor_bytes(r));
        return true;
    case NW_CBOR_TEXT:
        nw_cbor_put_text(b, nw_cbor_text(r));
        return true;
    case NW_CBOR_ARRAY:
        nw_cbor_put_array(b, n = nw_cbor_array(r));
        break;
    case NW_CBOR_MAP:
        nw_cbor_put_map(b, n = nw_cbor_map(r));
        n *= 2;
        break;
    case NW_CBOR_TAG:
        nw_cbor_put_tag(b, nw_cbor_tag(r));
        n = 1;
        break;
    case NW_CBOR_FALSE:
    case NW_CBOR_TRUE:
        nw_cbor_put_bool(b, nw_cbor_bool(r));
        return true;
    case NW_CBOR_NULL:
        nw_cbor_null(r);
        nw_cbor_put_null(b);
        return true;
    default:
        return false;
    }
    while (n-- > 0) {
        if (!rewrite(r, depth - 1, b)) {
            return false;
        }
    }
    return true;
}

/* Appendix A, the examples of integers, strings, arrays, maps, tags and simple values. */
static const char *const plain[] = {
    "00",
    "01",
    "0a",
    "17",
    "1818",
    "1819",
    "1864",
    "1903e8",
    "1a000f4240",
    "1b000000e8d4a51000",
    "1bffffffffffffffff",
    "c249010000000000000000",
    "c349010000000000000000",
    "20",
    "29",
    "3863",
    "3903e7",
    "f4",
    "f5",
    "f6",
    "c074323031332d30332d32315432303a30343a30305a",
    "c11a514b67b0",
    "d74401020304",
    "d818456449455446",
    "d82076687474703a2f2f7777772e6578616d706c652e636f6d",
    "40",
    "4401020304",
    "60",
    "6161",
    "6449455446",
    "62225c",
    "62c3bc",
    "63e6b0b4",
    "64f0908591",
    "80",
    "83010203",
    "8301820203820405",
    "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
    "a0",
    "a201020304",
    "a26161016162820203",
    "826161a161626163",
    "a56161614161626142616361436164614461656145",
};

static void appendix_a_is_read_and_written_identically(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(plain); i++) {
        struct nw_slice in = test_hex(plain[i]);
        struct nw_buf b = NW_BUF(1000);
        assert_ok(nw_cbor_check(in, NW_CBOR_DETERMINISTIC, 16, NULL));
        struct nw_cbor r = nw_cbor_open(in);
        assert_true(rewrite(&r, 16, &b));
        assert_true(nw_cbor_done(&r));
        assert_ok(nw_buf_err(&b));
        assert_true(nw_slice_eq(nw_buf_slice(&b), in));
        nw_buf_free(&b);
    }
}

static void appendix_a_integers_have_their_values(void **state)
{
    static const struct {
        const char *hex;
        int64_t v;
    } rows[] = {
        {"00", 0},
        {"01", 1},
        {"0a", 10},
        {"17", 23},
        {"1818", 24},
        {"1819", 25},
        {"1864", 100},
        {"1903e8", 1000},
        {"1a000f4240", 1000000},
        {"1b000000e8d4a51000", INT64_C(1000000000000)},
        {"20", -1},
        {"29", -10},
        {"3863", -100},
        {"3903e7", -1000},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_cbor r = nw_cbor_open(test_hex(rows[i].hex));
        assert_true(nw_cbor_int(&r) == rows[i].v);
        assert_true(nw_cbor_done(&r));
        struct nw_buf b = NW_BUF(9);
        nw_cbor_put_int(&b, rows[i].v);
        assert_true(nw_slice_eq(nw_buf_slice(&b), test_hex(rows[i].hex)));
        nw_buf_free(&b);
    }
    struct nw_cbor r = nw_cbor_open(test_hex("1bffffffffffffffff"));
    assert_true(nw_cbor_uint(&r) == UINT64_MAX);
    r = nw_cbor_open(test_hex("3bffffffffffffffff")); /* -2^64: well-formed, not ours to hold */
    assert_ok(nw_cbor_check(r.in, NW_CBOR_STRICT, 16, NULL));
    assert_true(nw_cbor_int(&r) == 0);
    assert_err(nw_cbor_err(&r), NW_ERR_CBOR_RANGE);
}

static void appendix_a_floats_have_their_values(void **state)
{
    static const struct {
        const char *hex;
        double v;
    } rows[] = {
        {"f90000", 0.0},
        {"f98000", -0.0},
        {"f93c00", 1.0},
        {"fb3ff199999999999a", 1.1},
        {"f93e00", 1.5},
        {"f97bff", 65504.0},
        {"fa47c35000", 100000.0},
        {"fa7f7fffff", 3.4028234663852886e+38},
        {"fb7e37e43c8800759c", 1.0e+300},
        {"f90001", 5.960464477539063e-8},
        {"f90400", 0.00006103515625},
        {"f9c400", -4.0},
        {"fbc010666666666666", -4.1},
        {"f97c00", (double)INFINITY},
        {"f9fc00", (double)-INFINITY},
        {"fa7f800000", (double)INFINITY},
        {"faff800000", (double)-INFINITY},
        {"fb7ff0000000000000", (double)INFINITY},
        {"fbfff0000000000000", (double)-INFINITY},
    };
    static const char *const nans[] = {"f97e00", "fa7fc00000", "fb7ff8000000000000"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_cbor r = nw_cbor_open(test_hex(rows[i].hex));
        assert_ok(nw_cbor_check(r.in, NW_CBOR_DETERMINISTIC, 16, NULL));
        double v = nw_cbor_float(&r);
        assert_true(nw_cbor_done(&r));
        assert_memory_equal(&v, &rows[i].v, sizeof v);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(nans); i++) {
        struct nw_cbor r = nw_cbor_open(test_hex(nans[i]));
        assert_true(isnan(nw_cbor_float(&r)));
        assert_true(nw_cbor_done(&r));
    }
}

static const char *const indefinite[] = {
    "5f42010243030405ff",
    "7f657374726561646d696e67ff",
    "9fff",
    "9f018202039f0405ffff",
    "9f01820203820405ff",
    "83018202039f0405ff",
    "83019f0203ff820405",
    "9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff",
    "bf61610161629f0203ffff",
    "826161bf61626163ff",
    "bf6346756ef563416d7421ff",
};

static void appendix_a_indefinite_lengths_are_for_lenient_readers(void **state)
{
    static const char *const simple[] = {"f7", "f0", "f8ff"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(indefinite); i++) {
        struct nw_slice in = test_hex(indefinite[i]);
        assert_ok(nw_cbor_check(in, NW_CBOR_LENIENT, 16, NULL));
        assert_err(nw_cbor_check(in, NW_CBOR_STRICT, 16, NULL), NW_ERR_CBOR_INDEFINITE);
        struct nw_cbor r = nw_cbor_open(in);
        assert_int_equal(nw_cbor_raw(&r).n, in.n);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(simple); i++) {
        struct nw_cbor r = nw_cbor_open(test_hex(simple[i]));
        assert_ok(nw_cbor_check(r.in, NW_CBOR_STRICT, 16, NULL));
        assert_int_equal(nw_cbor_peek(&r), NW_CBOR_OTHER);
    }
}

/* ---- libcbor ---- */

#define ROUNDS 20000

static uint64_t random_state;
static int both_accept;
static int both_refuse;

static size_t pick(size_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (size_t)(random_state % n);
}

/* Bytes that libcbor 0.8 cannot do: heads of tags 6-20 and of simple values other than false, true,
 * null and undefined, anywhere in the input. */
static bool beyond_libcbor(struct nw_slice in)
{
    for (size_t i = 0; i < in.n; i++) {
        uint8_t c = in.p[i];
        if ((c >= 0xc6 && c <= 0xd4) || (c >= 0xe0 && c <= 0xf3) || c == 0xf8) {
            return true;
        }
    }
    return false;
}

/* Where they differ on what libcbor can do:
 *   ours refuses for the size of a count or for depth: libcbor is not asked (it would allocate);
 *   everything else is the same verdict. */
static void compare(struct nw_slice in)
{
    enum nw_err e = nw_cbor_check(in, 0, 16, NULL);
    if (e == NW_ERR_CBOR_LENGTH || e == NW_ERR_CBOR_DEPTH || e == NW_ERR_LIMIT ||
        beyond_libcbor(in)) {
        return;
    }
    struct cbor_load_result result;
    cbor_item_t *theirs = cbor_load(in.p, in.n, &result);
    bool accepts = theirs != NULL && result.read == in.n;
    if (accepts != (e == NW_OK)) {
        for (size_t i = 0; i < in.n; i++) {
            print_error("%02x", in.p[i]);
        }
        fail_msg(": libcbor %s, ours %s", accepts ? "accepts" : "refuses", nw_err_name(e));
    }
    both_accept += accepts;
    both_refuse += !accepts;
    if (theirs != NULL) {
        cbor_decref(&theirs);
    }
}

static void mutate(uint8_t *p, size_t *n)
{
    static const uint8_t heads[] = {0x00, 0x18, 0x19, 0x20, 0x40, 0x41, 0x5f, 0x60,
                                    0x61, 0x7f, 0x80, 0x81, 0x9f, 0xa0, 0xa1, 0xbf,
                                    0xc0, 0xc1, 0xd8, 0xf4, 0xf6, 0xf7, 0xf9, 0xfa,
                                    0xfb, 0xfc, 0xff, 0x1c, 0x3f, 0xc3, 0xbc};
    size_t at = *n == 0 ? 0 : pick(*n);
    switch (pick(3)) {
    case 0:
        memmove(p + at + 1, p + at, *n - at);
        p[at] = heads[pick(sizeof heads)];
        (*n)++;
        break;
    case 1:
        p[at] = heads[pick(sizeof heads)];
        *n += *n == 0;
        break;
    default:
        if (*n > 0) {
            memmove(p + at, p + at + 1, *n - at - 1);
            (*n)--;
        }
        break;
    }
}

static void mutated_items_get_libcbors_verdict(void **state)
{
    (void)state;
    random_state = 88172645463325252u;
    for (int i = 0; i < ROUNDS; i++) {
        uint8_t bytes[100];
        size_t which = pick(ARRAY_LENGTH(plain) + ARRAY_LENGTH(indefinite));
        test_reset();
        struct nw_slice seed = test_hex(
            which < ARRAY_LENGTH(plain) ? plain[which] : indefinite[which - ARRAY_LENGTH(plain)]);
        size_t n = seed.n;
        memcpy(bytes, seed.p, n);
        for (size_t times = pick(4); times > 0; times--) {
            mutate(bytes, &n);
        }
        uint8_t *exact = malloc(n + 1); /* so that ASan sees one byte too many */
        assert_non_null(exact);
        memcpy(exact + 1, bytes, n);
        compare(nw_slice(exact + 1, n));
        free(exact);
    }
    assert_in_range(both_accept, ROUNDS / 10, ROUNDS); /* the items are worth comparing */
    assert_in_range(both_refuse, ROUNDS / 10, ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appendix_a_is_read_and_written_identically),
        cmocka_unit_test(appendix_a_integers_have_their_values),
        cmocka_unit_test(appendix_a_floats_have_their_values),
        cmocka_unit_test(appendix_a_indefinite_lengths_are_for_lenient_readers),
        cmocka_unit_test(mutated_items_get_libcbors_verdict),
    };
    return run_once("cbor_foreign", tests, ARRAY_LENGTH(tests));
}
