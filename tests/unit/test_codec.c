#include "support.h"

#include "base/codec.h"

typedef enum nw_err (*decoder)(struct nw_slice, struct nw_buf *, struct nw_diag *);
typedef void (*encoder)(struct nw_slice, struct nw_buf *);

/* RFC 4648 10, without and with padding. */
static const char *const rfc4648[][3] = {
    {"", "", ""},
    {"f", "Zg", "Zg=="},
    {"fo", "Zm8", "Zm8="},
    {"foo", "Zm9v", "Zm9v"},
    {"foob", "Zm9vYg", "Zm9vYg=="},
    {"fooba", "Zm9vYmE", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
};

static void assert_both_ways(decoder decode, encoder encode, struct nw_slice bytes,
                             const char *text)
{
    struct nw_buf b = NW_BUF(1000);
    encode(bytes, &b);
    assert_string_equal(nw_buf_cstr(&b), text);
    nw_buf_reset(&b);
    nw_buf_puts(&b, "before ");
    assert_ok(decode(nw_str(text), &b, NULL));
    assert_true(nw_slice_eq(nw_slice_from(nw_buf_slice(&b), 7), bytes));
    nw_buf_free(&b);
}

static void rfc_4648_vectors_hold(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rfc4648); i++) {
        struct nw_slice bytes = nw_str(rfc4648[i][0]);
        assert_both_ways(nw_base64url_decode, nw_base64url_encode, bytes, rfc4648[i][1]);
        assert_both_ways(nw_base64_decode, nw_base64_encode, bytes, rfc4648[i][2]);
        assert_int_equal(nw_base64url_length(bytes.n), strlen(rfc4648[i][1]));
    }
    /* RFC 7515 appendix C */
    assert_both_ways(nw_base64url_decode, nw_base64url_encode, nw_slice("\x03\xec\xff\xe0\xc1", 5),
                     "A-z_4ME");
    assert_both_ways(nw_base64_decode, nw_base64_encode, nw_slice("\x03\xec\xff\xe0\xc1", 5),
                     "A+z/4ME=");
}

static void rfc_9285_examples_hold(void **state)
{
    (void)state;
    assert_both_ways(nw_base45_decode, nw_base45_encode, nw_str("AB"), "BB8");
    assert_both_ways(nw_base45_decode, nw_base45_encode, nw_str("Hello!!"), "%69 VD92EX0");
    assert_both_ways(nw_base45_decode, nw_base45_encode, nw_str("base-45"), "UJCLQE7W581");
    assert_both_ways(nw_base45_decode, nw_base45_encode, nw_str("ietf!"), "QED8WEX0");
    assert_both_ways(nw_base45_decode, nw_base45_encode, nw_str(""), "");
    assert_both_ways(nw_base45_decode, nw_base45_encode, nw_slice("\xff\xff\xff", 3), "FGWU5");
}

static void hex_reads_both_cases_and_writes_lower(void **state)
{
    (void)state;
    assert_both_ways(nw_hex_decode, nw_hex_encode, nw_slice("\x00\x9f\xaf\xff", 4), "009fafff");
    struct nw_buf b = NW_BUF(10);
    assert_ok(nw_hex_decode(nw_str("AfF0"), &b, NULL));
    assert_true(nw_slice_eq(nw_buf_slice(&b), nw_slice("\xaf\xf0", 2)));
    nw_buf_free(&b);
}

static void every_malformed_text_is_refused_at_its_place(void **state)
{
    static const struct {
        decoder decode;
        const char *text;
        enum nw_err err;
        size_t off;
    } rows[] = {
        {nw_base64url_decode, "Zh", NW_ERR_BASE64URL, 1},             /* spare bits, twin of Zg */
        {nw_base64url_decode, "Zm9", NW_ERR_BASE64URL, 2},            /* spare bits, twin of Zm8 */
        {nw_base64url_decode, "Zg==", NW_ERR_BASE64URL, 2},           /* padding */
        {nw_base64url_decode, "Z", NW_ERR_BASE64URL, 0},              /* six bits */
        {nw_base64url_decode, "Zm9vZ", NW_ERR_BASE64URL, 4},          /* six bits left over */
        {nw_base64url_decode, "A+z_4ME", NW_ERR_BASE64URL, 1},        /* base64's plus */
        {nw_base64url_decode, "A-z/4ME", NW_ERR_BASE64URL, 3},        /* base64's slash */
        {nw_base64url_decode, "Zm 9v", NW_ERR_BASE64URL, 2},          /* blank inside */
        {nw_base64url_decode, "Zm9v\n", NW_ERR_BASE64URL, 4},         /* line end */
        {nw_base64url_decode, "Zm9v\xc3\xa4Zg", NW_ERR_BASE64URL, 4}, /* no ASCII */
        {nw_base64_decode, "Zg", NW_ERR_BASE64, 1},                   /* padding missing */
        {nw_base64_decode, "Zh==", NW_ERR_BASE64, 1},                 /* spare bits, twin of Zg== */
        {nw_base64_decode, "Zg=a", NW_ERR_BASE64, 2},                 /* padding inside */
        {nw_base64_decode, "Z===", NW_ERR_BASE64, 1},                 /* too much padding */
        {nw_base64_decode, "====", NW_ERR_BASE64, 0},                 /* nothing but padding */
        {nw_base64_decode, "Zm9v====", NW_ERR_BASE64, 4},             /* a group of padding */
        {nw_base64_decode, "A-z/4ME=", NW_ERR_BASE64, 1},             /* base64url's minus */
        {nw_base64_decode, "Zm9v\nZg=", NW_ERR_BASE64, 4},            /* line end inside */
        {nw_base64_decode, "Zm9v   ", NW_ERR_BASE64, 6},              /* blanks after it */
        {nw_base45_decode, "bb8", NW_ERR_BASE45_CHAR, 0},             /* lower case, twin of BB8 */
        {nw_base45_decode, "BB_", NW_ERR_BASE45_CHAR, 2},             /* not in the alphabet */
        {nw_base45_decode, "BB8\n", NW_ERR_BASE45_CHAR, 3},           /* line end */
        {nw_base45_decode, "B", NW_ERR_BASE45_LENGTH, 0},             /* one character */
        {nw_base45_decode, "BB8B", NW_ERR_BASE45_LENGTH, 3},          /* one left over */
        {nw_base45_decode, "GGW", NW_ERR_BASE45_RANGE, 0},            /* 65536, RFC 9285 6 */
        {nw_base45_decode, "BB8:::", NW_ERR_BASE45_RANGE, 3},         /* 91124 */
        {nw_base45_decode, "V5", NW_ERR_BASE45_RANGE, 0},             /* 256 in two, twin of U5 */
        {nw_hex_decode, "0", NW_ERR_HEX, 0},                          /* half a byte */
        {nw_hex_decode, "00f", NW_ERR_HEX, 2},                        /* half a byte left over */
        {nw_hex_decode, "0g", NW_ERR_HEX, 1},                         /* no digit */
        {nw_hex_decode, "0x00", NW_ERR_HEX, 1},                       /* a prefix */
        {nw_hex_decode, "00 00", NW_ERR_HEX, 2},                      /* blank inside */
        {nw_hex_decode, "@0", NW_ERR_HEX, 0},                         /* next to the letters */
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_buf b = NW_BUF(100);
        struct nw_diag d;
        nw_diag_clear(&d);
        nw_buf_puts(&b, "kept");
        assert_err(rows[i].decode(nw_str(rows[i].text), &b, &d), rows[i].err);
        assert_string_equal(nw_buf_cstr(&b), "kept");
        assert_int_equal(d.off, rows[i].off);
        nw_buf_free(&b);
    }
}

/* All lengths up to 600 and all byte values. */
static void what_is_written_is_read_back(void **state)
{
    static const struct {
        decoder decode;
        encoder encode;
    } pairs[] = {{nw_base64url_decode, nw_base64url_encode},
                 {nw_base64_decode, nw_base64_encode},
                 {nw_base45_decode, nw_base45_encode},
                 {nw_hex_decode, nw_hex_encode}};
    uint8_t bytes[600];
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 167 + i / 256);
    }
    for (size_t p = 0; p < ARRAY_LENGTH(pairs); p++) {
        for (size_t n = 0; n <= sizeof bytes; n++) {
            struct nw_buf text = NW_BUF(2000);
            struct nw_buf back = NW_BUF(sizeof bytes);
            pairs[p].encode(nw_slice(bytes, n), &text);
            assert_ok(pairs[p].decode(nw_buf_slice(&text), &back, NULL));
            assert_true(nw_slice_eq(nw_buf_slice(&back), nw_slice(bytes, n)));
            nw_buf_free(&text);
            nw_buf_free(&back);
        }
    }
}

static void a_full_buffer_is_reported(void **state)
{
    static const decoder decoders[] = {nw_base64url_decode, nw_base64_decode, nw_base45_decode,
                                       nw_hex_decode};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(decoders); i++) {
        struct nw_buf b = NW_BUF(3);
        assert_err(decoders[i](nw_str("000000000000"), &b, NULL), NW_ERR_LIMIT);
        nw_buf_free(&b);
    }
}

static enum nw_err decode_and_encode(void *ctx)
{
    struct nw_buf a = NW_BUF(2000);
    struct nw_buf b = NW_BUF(2000);
    (void)ctx;
    enum nw_err e = nw_base45_decode(nw_str("%69 VD92EX0"), &a, NULL);
    e = e == NW_OK ? nw_base64url_decode(nw_str("Zm9v"), &b, NULL) : e;
    nw_base64_encode(nw_buf_slice(&a), &b);
    e = e == NW_OK ? nw_buf_err(&b) : e;
    nw_buf_free(&a);
    nw_buf_free(&b);
    return e;
}

static void codecs_survive_allocation_failure(void **state)
{
    (void)state;
    survives_allocation_failure(decode_and_encode, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_4648_vectors_hold),
        cmocka_unit_test(rfc_9285_examples_hold),
        cmocka_unit_test(hex_reads_both_cases_and_writes_lower),
        cmocka_unit_test(every_malformed_text_is_refused_at_its_place),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(a_full_buffer_is_reported),
        cmocka_unit_test(codecs_survive_allocation_failure),
    };
    return run_once("codec", tests, ARRAY_LENGTH(tests));
}
