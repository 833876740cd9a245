#include "support.h"

#include <math.h>

#include "base/limits.h"
#include "json/json.h"

static struct nw_json *parsed(const char *text)
{
    struct nw_json *root = NULL;
    assert_ok(nw_json_parse(nw_str(text), &root, NULL));
    return root;
}

static void assert_written(const struct nw_json *n, const char *wanted)
{
    struct nw_buf b = NW_BUF(NW_MAX_JSON);
    nw_json_write(n, &b);
    assert_string_equal(nw_buf_cstr(&b), wanted);
    nw_buf_free(&b);
}

/* text parses, and our writer makes `wanted` of it. */
static void accepts(const char *text, const char *wanted)
{
    struct nw_json *root = parsed(text);
    assert_written(root, wanted);
    nw_json_free(&root);
}

struct refusal {
    const char *text;
    size_t n; /* 0: strlen */
    enum nw_err err;
    size_t off;
};

static void refuses(const struct refusal *r)
{
    struct nw_json *root = NULL;
    struct nw_diag d;
    nw_diag_clear(&d);
    struct nw_slice text = nw_slice(r->text, r->n == 0 ? strlen(r->text) : r->n);
    assert_err(nw_json_parse(text, &root, &d), r->err);
    assert_null(root);
    assert_int_equal(d.code, r->err);
    assert_int_equal(d.off, r->off);
}

/* What cJSON 1.7.15 lets pass, each beside a text that differs in one thing and is good. */
static void what_cjson_lets_pass_is_refused(void **state)
{
    static const struct refusal rows[] = {
        {"{\"a\":1,\"a\":2}", 0, NW_ERR_JSON_DUPLICATE, 8},
        {"{\"a\":1}xyz", 0, NW_ERR_TRAILING, 7},
        {"\"x\\u0000y\"", 0, NW_ERR_JSON_STRING, 2},
        {"\"x\0y\"", 5, NW_ERR_JSON_STRING, 2},
        {"\"x\ny\"", 0, NW_ERR_JSON_STRING, 2},
        {"\"\xff\xfe\"", 0, NW_ERR_UTF8, 1},
        {"\xff\xfe[]", 0, NW_ERR_JSON_SYNTAX, 0},
        {"\xef\xbb\xbf[]", 0, NW_ERR_JSON_SYNTAX, 0},
        {"01", 0, NW_ERR_JSON_SYNTAX, 0},
        {"1.", 0, NW_ERR_JSON_SYNTAX, 2},
        {"1e400", 0, NW_ERR_JSON_NUMBER, 0},
        {"9007199254740993", 0, NW_ERR_JSON_NUMBER, 0},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        refuses(&rows[i]);
    }
    accepts("{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":2}");
    accepts("{\"a\":1} \t\r\n", "{\"a\":1}");
    accepts("\"x\\u0001\\ny\"", "\"x\\u0001\\ny\"");
    accepts("10", "10");
    accepts("1.5", "1.5");
    accepts("9007199254740992", "9007199254740992");
    accepts("-9007199254740992", "-9007199254740992");
    accepts("5000000000", "5000000000");
}

static void names_differ_by_case(void **state)
{
    (void)state;
    struct nw_json *root = parsed("{\"Alg\":\"none\",\"alg\":\"ES256\"}");
    assert_true(nw_json_is_text(nw_json_get(root, "alg"), "ES256"));
    assert_null(nw_json_get(root, "ALG"));
    assert_null(nw_json_get(root, "al"));
    assert_null(nw_json_get(root, "algo"));
    nw_json_free(&root);
}

static void every_way_to_be_malformed_is_refused_at_its_place(void **state)
{
    static const struct refusal rows[] = {
        {"", 0, NW_ERR_JSON_SYNTAX, 0},           /* nothing */
        {" \n", 0, NW_ERR_JSON_SYNTAX, 2},        /* blanks */
        {"[", 0, NW_ERR_JSON_SYNTAX, 1},          /* open array */
        {"[1", 0, NW_ERR_JSON_SYNTAX, 2},         /* open array */
        {"[1,", 0, NW_ERR_JSON_SYNTAX, 3},        /* open array */
        {"[1,]", 0, NW_ERR_JSON_SYNTAX, 3},       /* comma before the end */
        {"[,1]", 0, NW_ERR_JSON_SYNTAX, 1},       /* comma at the start */
        {"[1 2]", 0, NW_ERR_JSON_SYNTAX, 3},      /* no comma */
        {"[1}", 0, NW_ERR_JSON_SYNTAX, 2},        /* crossed brackets */
        {"{]", 0, NW_ERR_JSON_SYNTAX, 1},         /* crossed brackets */
        {"]", 0, NW_ERR_JSON_SYNTAX, 0},          /* end without start */
        {"{\"a\"}", 0, NW_ERR_JSON_SYNTAX, 4},    /* no colon */
        {"{\"a\" 1}", 0, NW_ERR_JSON_SYNTAX, 5},  /* no colon */
        {"{\"a\":}", 0, NW_ERR_JSON_SYNTAX, 5},   /* no value */
        {"{\"a\":1,}", 0, NW_ERR_JSON_SYNTAX, 7}, /* comma before the end */
        {"{a:1}", 0, NW_ERR_JSON_SYNTAX, 1},      /* name without quotes */
        {"{'a':1}", 0, NW_ERR_JSON_SYNTAX, 1},    /* single quotes */
        {"{1:1}", 0, NW_ERR_JSON_SYNTAX, 1},      /* number as a name */
        {"[1]//c", 0, NW_ERR_TRAILING, 3},        /* comment */
        {"[/**/1]", 0, NW_ERR_JSON_SYNTAX, 1},    /* comment */
        {"[]\0", 3, NW_ERR_TRAILING, 2},          /* NUL after the end */
        {"[]\xc2\xa0", 0, NW_ERR_TRAILING, 2},    /* no-break space is no JSON space */
        {"[\v]", 0, NW_ERR_JSON_SYNTAX, 1},       /* vertical tab is no JSON space */
        {"{}{}", 0, NW_ERR_TRAILING, 2},          /* two values */
        {"nul", 0, NW_ERR_JSON_SYNTAX, 0},        /* cut word */
        {"True", 0, NW_ERR_JSON_SYNTAX, 0},       /* upper case */
        {"nulll", 0, NW_ERR_TRAILING, 4},         /* long word */
        {"NaN", 0, NW_ERR_JSON_SYNTAX, 0},        /* no JSON number */
        {"-Infinity", 0, NW_ERR_JSON_SYNTAX, 1},  /* no JSON number */
        {"+1", 0, NW_ERR_JSON_SYNTAX, 0},         /* plus sign */
        {"-", 0, NW_ERR_JSON_SYNTAX, 1},          /* sign alone */
        {"-01", 0, NW_ERR_JSON_SYNTAX, 1},        /* leading zero */
        {"00", 0, NW_ERR_JSON_SYNTAX, 0},         /* leading zero */
        {".5", 0, NW_ERR_JSON_SYNTAX, 0},         /* no digit before the point */
        {"1.e1", 0, NW_ERR_JSON_SYNTAX, 2},       /* no digit behind the point */
        {"1e", 0, NW_ERR_JSON_SYNTAX, 2},         /* no exponent */
        {"1e+", 0, NW_ERR_JSON_SYNTAX, 3},        /* no exponent */
        {"0x10", 0, NW_ERR_TRAILING, 1},          /* hexadecimal */
        {"1_000", 0, NW_ERR_TRAILING, 1},         /* separator */
        {"-9007199254740993", 0, NW_ERR_JSON_NUMBER, 0},
        {"18446744073709551617", 0, NW_ERR_JSON_NUMBER, 0}, /* wraps to 1 in 64 bits */
        {"1e15", 0, NW_ERR_JSON_NUMBER, 0},                 /* fraction form is held below 10^15 */
        {"9007199254740993.0", 0, NW_ERR_JSON_NUMBER, 0},   /* an integer in disguise */
        {"1e-400", 0, NW_ERR_JSON_NUMBER, 0},               /* becomes zero in a double */
        {"1e99999999999999999999", 0, NW_ERR_JSON_NUMBER, 0},
        {"\"abc", 0, NW_ERR_JSON_SYNTAX, 4},                      /* no closing quote */
        {"\"abc\\", 0, NW_ERR_JSON_STRING, 4},                    /* cut escape */
        {"\"abc\\\"", 0, NW_ERR_JSON_SYNTAX, 6},                  /* the quote is escaped */
        {"\"\\x41\"", 0, NW_ERR_JSON_STRING, 1},                  /* unknown escape */
        {"\"\\'\"", 0, NW_ERR_JSON_STRING, 1},                    /* unknown escape */
        {"\"\\U0041\"", 0, NW_ERR_JSON_STRING, 1},                /* upper case u */
        {"\"\\u12\"", 0, NW_ERR_JSON_STRING, 1},                  /* two digits */
        {"\"\\u12g4\"", 0, NW_ERR_JSON_STRING, 1},                /* no digit */
        {"\"\\u123", 0, NW_ERR_JSON_STRING, 1},                   /* cut */
        {"\"\\ud800\"", 0, NW_ERR_JSON_STRING, 1},                /* high half alone */
        {"\"\\ud800x\"", 0, NW_ERR_JSON_STRING, 1},               /* high half alone */
        {"\"\\ud800\\u0041\"", 0, NW_ERR_JSON_STRING, 1},         /* high half, then a letter */
        {"\"\\ud800\\ud800\"", 0, NW_ERR_JSON_STRING, 1},         /* two high halves */
        {"\"\\udc00\"", 0, NW_ERR_JSON_STRING, 1},                /* low half alone */
        {"\"tab\there\"", 0, NW_ERR_JSON_STRING, 4},              /* raw control character */
        {"\"\x1f\"", 0, NW_ERR_JSON_STRING, 1},                   /* the last control character */
        {"\"\xc0\xaf\"", 0, NW_ERR_UTF8, 1},                      /* overlong slash */
        {"\"\xe0\x80\xaf\"", 0, NW_ERR_UTF8, 1},                  /* overlong slash in three */
        {"\"\xed\xa0\x80\"", 0, NW_ERR_UTF8, 1},                  /* surrogate in UTF-8 */
        {"\"\xf4\x90\x80\x80\"", 0, NW_ERR_UTF8, 1},              /* above U+10FFFF */
        {"\"\x80\"", 0, NW_ERR_UTF8, 1},                          /* continuation alone */
        {"\"\xc3\"", 0, NW_ERR_UTF8, 1},                          /* cut character */
        {"\"12345678\xc3(\"", 0, NW_ERR_UTF8, 9},                 /* behind the fast loop */
        {"{\"a\":1,\"\\u0061\":2}", 0, NW_ERR_JSON_DUPLICATE, 8}, /* equal after unescaping */
        {"{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}", 0, NW_ERR_JSON_DUPLICATE, 19},
        {"{\"\\/\":1,\"/\":2}", 0, NW_ERR_JSON_DUPLICATE, 9},
        {"[{\"a\":{\"b\":1,\"b\":1}}]", 0, NW_ERR_JSON_DUPLICATE, 14}, /* in an inner object */
        {"{\"\":1,\"\":2}", 0, NW_ERR_JSON_DUPLICATE, 7},              /* empty names */
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        refuses(&rows[i]);
    }
}

static void the_twins_of_those_are_accepted(void **state)
{
    (void)state;
    accepts("\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\"");
    accepts("\"\xf4\x8f\xbf\xbf\x7f\"", "\"\xf4\x8f\xbf\xbf\x7f\"");
    accepts("\"\\b\\f\\n\\r\\t\\\"\\\\\\/\\u001F\"", "\"\\b\\f\\n\\r\\t\\\"\\\\/\\u001f\"");
    accepts("{\"a\":1,\"A\":2,\"\\u0062\":{\"a\":1}}", "{\"a\":1,\"A\":2,\"b\":{\"a\":1}}");
    accepts("[[],{},[[]],\"\"]", "[[],{},[[]],\"\"]");
    accepts(" [ true , false , null ] ", "[true,false,null]");
    accepts("[-0,-1,0.5,-2.5e-3,1E2,123e+2,0.1]", "[0,-1,0.5,-0.0025,100,12300,0.1]");
    accepts("999999999999999.5", "999999999999999.5");
    accepts("0e999", "0");
    accepts("1e-300", "1e-300");
    accepts("0.30000000000000004", "0.30000000000000004");
}

/* Opens n containers of one kind, closes them, and puts 1 inside. */
static struct nw_slice nested(size_t n, const char *open, const char *close, struct nw_buf *b)
{
    nw_buf_reset(b);
    for (size_t i = 0; i < n; i++) {
        nw_buf_puts(b, open);
    }
    nw_buf_putc(b, '1');
    for (size_t i = 0; i < n; i++) {
        nw_buf_puts(b, close);
    }
    assert_ok(nw_buf_err(b));
    return nw_buf_slice(b);
}

static void depth_ends_at_the_limit(void **state)
{
    struct nw_buf b = NW_BUF(NW_MAX_JSON);
    struct nw_json *root = NULL;
    (void)state;
    assert_ok(nw_json_parse(nested(NW_MAX_JSON_DEPTH, "[", "]", &b), &root, NULL));
    struct nw_buf again = NW_BUF(NW_MAX_JSON);
    nw_json_write(root, &again);
    assert_true(nw_slice_eq(nw_buf_slice(&again), nw_buf_slice(&b)));
    nw_buf_free(&again);
    nw_json_free(&root);
    struct nw_diag d;
    nw_diag_clear(&d);
    assert_err(nw_json_parse(nested(NW_MAX_JSON_DEPTH + 1, "[", "]", &b), &root, &d),
               NW_ERR_JSON_DEPTH);
    assert_int_equal(d.off, NW_MAX_JSON_DEPTH);
    assert_err(nw_json_parse(nested(10000, "[", "]", &b), &root, NULL), NW_ERR_JSON_DEPTH);
    assert_err(nw_json_parse(nested(10000, "{\"a\":", "}", &b), &root, NULL), NW_ERR_JSON_DEPTH);
    assert_null(root);
    nw_buf_free(&b);
}

/* An array or object of n members, name i being "m<i>", the last one called `last`. */
static struct nw_slice wide(size_t n, bool object, const char *last, struct nw_buf *b)
{
    nw_buf_reset(b);
    nw_buf_putc(b, object ? '{' : '[');
    for (size_t i = 0; i < n; i++) {
        nw_buf_puts(b, i > 0 ? "," : "");
        if (object && i == n - 1 && last != NULL) {
            nw_buf_printf(b, "\"%s\":", last);
        } else if (object) {
            nw_buf_printf(b, "\"m%zu\":", i);
        }
        nw_buf_putc(b, '0');
    }
    nw_buf_putc(b, object ? '}' : ']');
    assert_ok(nw_buf_err(b));
    return nw_buf_slice(b);
}

static void members_end_at_the_limit(void **state)
{
    struct nw_buf b = NW_BUF(NW_MAX_JSON);
    (void)state;
    for (int object = 0; object < 2; object++) {
        struct nw_slice most = wide(NW_MAX_JSON_MEMBERS, object, NULL, &b);
        assert_ok(nw_json_check(most, NW_MAX_JSON, NULL));
        struct nw_slice more = wide(NW_MAX_JSON_MEMBERS + 1, object, NULL, &b);
        assert_err(nw_json_check(more, NW_MAX_JSON, NULL), NW_ERR_JSON_MEMBERS);
    }
    nw_buf_free(&b);
}

static void duplicates_are_found_among_many(void **state)
{
    static const size_t sizes[] = {2, 5, 12, 13, 14, 100, 127, 128, 129, 130, 1000, 4096};
    struct nw_buf b = NW_BUF(NW_MAX_JSON);
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
        size_t n = sizes[i];
        char twin[32];
        assert_ok(nw_json_check(wide(n, true, "other", &b), NW_MAX_JSON, NULL));
        for (size_t at = 0; at < n - 1; at += n / 5 + 1) {
            (void)snprintf(twin, sizeof twin, "\\u006d%zu", at);
            assert_err(nw_json_check(wide(n, true, twin, &b), NW_MAX_JSON, NULL),
                       NW_ERR_JSON_DUPLICATE);
        }
    }
    nw_buf_free(&b);
}

static void size_ends_at_the_limit(void **state)
{
    (void)state;
    assert_ok(nw_json_check(nw_str("[10]"), 4, NULL));
    assert_err(nw_json_check(nw_str("[10]"), 3, NULL), NW_ERR_LIMIT);
}

static void getters_answer_absent_for_what_is_not_there(void **state)
{
    int64_t i = 7;
    double v = 7;
    bool b = true;
    (void)state;
    struct nw_json *root = parsed("{\"a\":{\"b\":[1,\"x\",true,1.5]},\"s\":\"t\"}");
    assert_true(nw_json_int(nw_json_at(nw_json_path(root, "a.b"), 0), &i));
    assert_int_equal(i, 1);
    assert_true(nw_json_bool(nw_json_at(nw_json_path(root, "a.b"), 2), &b) && b);
    assert_false(nw_json_int(nw_json_at(nw_json_path(root, "a.b"), 3), &i));
    assert_true(nw_json_number(nw_json_at(nw_json_path(root, "a.b"), 3), &v));
    assert_true(fabs(v - 1.5) < 1e-12);
    assert_int_equal(nw_json_count(nw_json_path(root, "a.b")), 4);
    assert_string_equal(nw_json_name(nw_json_first(root)), "a");
    assert_null(nw_json_name(root));
    assert_null(nw_json_name(nw_json_at(nw_json_path(root, "a.b"), 0)));
    assert_null(nw_json_path(root, "a.c.d"));
    assert_null(nw_json_path(root, "s.t"));
    assert_null(nw_json_path(root, ""));
    assert_null(nw_json_at(nw_json_path(root, "a.b"), 4));
    assert_null(nw_json_at(root, 0));
    assert_null(nw_json_get(nw_json_path(root, "a.b"), "x"));
    assert_null(nw_json_text(nw_json_path(root, "a")));
    assert_false(nw_json_is_text(NULL, ""));
    assert_int_equal(nw_json_count(NULL), 0);
    assert_int_equal(nw_json_kind(NULL), NW_JSON_NONE);
    assert_false(nw_json_bool(nw_json_path(root, "s"), &b));
    nw_json_free(&root);
    nw_json_free(&root);
}

static void equality_is_by_value(void **state)
{
    static const struct {
        const char *a;
        const char *b;
        bool same;
    } rows[] = {
        {"{\"a\":1,\"b\":[1,2]}", "{\"b\":[1,2.0],\"a\":1}", true},
        {"{\"a\":1}", "{\"a\":1,\"b\":1}", false},
        {"{\"a\":1,\"c\":1}", "{\"a\":1,\"b\":1}", false},
        {"[1,2]", "[2,1]", false},
        {"[1]", "{\"a\":1}", false},
        {"\"1\"", "1", false},
        {"null", "false", false},
        {"true", "false", false},
        {"\"\\u0061\"", "\"a\"", true},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_json *a = parsed(rows[i].a);
        struct nw_json *b = parsed(rows[i].b);
        assert_int_equal(nw_json_equal(a, b), rows[i].same);
        assert_int_equal(nw_json_equal(b, a), rows[i].same);
        nw_json_free(&a);
        nw_json_free(&b);
    }
    assert_true(nw_json_equal(NULL, NULL));
}

static void trees_are_built_and_changed(void **state)
{
    struct nw_json *o = NULL;
    struct nw_json *n = NULL;
    (void)state;
    assert_ok(nw_json_new_object(&o));
    assert_ok(nw_json_put_text(o, "t", "\xc3\xa4\n"));
    assert_ok(nw_json_put_int(o, "i", 1234567890123));
    assert_ok(nw_json_put_bool(o, "b", false));
    assert_err(nw_json_put_int(o, "i", 1), NW_ERR_JSON_DUPLICATE);
    assert_err(nw_json_put_int(o, "big", (INT64_C(1) << 53) + 1), NW_ERR_JSON_NUMBER);
    assert_err(nw_json_put_text(o, "bad", "\xff"), NW_ERR_UTF8);
    assert_err(nw_json_new_text(nw_slice("a\0b", 3), &n), NW_ERR_JSON_STRING);
    assert_null(n);
    assert_ok(nw_json_new_array(&n));
    assert_ok(nw_json_replace(o, nw_json_get(o, "t"), &n));
    assert_null(n);
    n = nw_json_detach(o, nw_json_get(o, "b"));
    assert_null(nw_json_name(n));
    assert_ok(nw_json_append(nw_json_mut(nw_json_get(o, "t")), &n));
    assert_ok(nw_json_dup(nw_json_get(o, "t"), &n));
    assert_null(nw_json_name(n));
    assert_ok(nw_json_put(o, "copy", &n));
    assert_written(o, "{\"t\":[false],\"i\":1234567890123,\"copy\":[false]}");
    nw_json_remove(o, "t");
    nw_json_remove(o, "not there");
    assert_written(o, "{\"i\":1234567890123,\"copy\":[false]}");
    assert_null(nw_json_detach(o, o));
    nw_json_free(&o);
}

static void what_is_handed_over_wrongly_stays_ours(void **state)
{
    struct nw_json *a = NULL;
    struct nw_json *n = NULL;
    (void)state;
    assert_ok(nw_json_new_array(&a));
    assert_ok(nw_json_new_null(&n));
    assert_err(nw_json_put(a, "x", &n), NW_ERR_JSON_TYPE);
    assert_non_null(n);
    assert_err(nw_json_append(n, &a), NW_ERR_JSON_TYPE);
    assert_non_null(a);
    assert_err(nw_json_replace(a, n, &n), NW_ERR_JSON_MISSING);
    nw_json_free(&a);
    nw_json_free(&n);
}

static void people_get_two_spaces_a_level(void **state)
{
    struct nw_buf b = NW_BUF(1000);
    (void)state;
    struct nw_json *root = parsed("{\"a\":[1,{}],\"b\":[]}");
    nw_json_write_pretty(root, &b);
    assert_string_equal(nw_buf_cstr(&b), "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
    nw_buf_free(&b);
    nw_json_free(&root);
}

static void the_writer_refuses_what_it_cannot_write(void **state)
{
    struct nw_buf b = NW_BUF(1000);
    (void)state;
    nw_json_write(NULL, &b);
    assert_err(nw_buf_err(&b), NW_ERR_JSON_MISSING);
    nw_buf_reset(&b);
    nw_json_write_text(nw_str("\xc3("), &b);
    assert_err(nw_buf_err(&b), NW_ERR_UTF8);
    nw_buf_free(&b);
}

static enum nw_err parse_change_write(void *ctx)
{
    struct nw_slice text = *(struct nw_slice *)ctx;
    struct nw_json *root = NULL;
    struct nw_json *copy = NULL;
    struct nw_buf b = NW_BUF(NW_MAX_JSON);
    enum nw_err e = nw_json_parse(text, &root, NULL);
    e = e == NW_OK ? nw_json_dup(root, &copy) : e;
    e = e == NW_OK ? nw_json_put(root, "copy", &copy) : e;
    e = e == NW_OK ? nw_json_put_text(root, "text", "x") : e;
    nw_json_write(root, &b);
    e = e == NW_OK ? nw_buf_err(&b) : e;
    nw_buf_free(&b);
    nw_json_free(&copy);
    nw_json_free(&root);
    return e;
}

static void json_survives_allocation_failure(void **state)
{
    struct nw_buf b = NW_BUF(NW_MAX_JSON);
    (void)state;
    struct nw_slice text = wide(300, true, NULL, &b);
    survives_allocation_failure(parse_change_write, &text, NULL);
    nw_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cjson_lets_pass_is_refused),
        cmocka_unit_test(names_differ_by_case),
        cmocka_unit_test(every_way_to_be_malformed_is_refused_at_its_place),
        cmocka_unit_test(the_twins_of_those_are_accepted),
        cmocka_unit_test(depth_ends_at_the_limit),
        cmocka_unit_test(members_end_at_the_limit),
        cmocka_unit_test(duplicates_are_found_among_many),
        cmocka_unit_test(size_ends_at_the_limit),
        cmocka_unit_test(getters_answer_absent_for_what_is_not_there),
        cmocka_unit_test(equality_is_by_value),
        cmocka_unit_test(trees_are_built_and_changed),
        cmocka_unit_test(what_is_handed_over_wrongly_stays_ours),
        cmocka_unit_test(people_get_two_spaces_a_level),
        cmocka_unit_test(the_writer_refuses_what_it_cannot_write),
        cmocka_unit_test(json_survives_allocation_failure),
    };
    return run_once("json", tests, ARRAY_LENGTH(tests));
}
