/* The pre-scan against jansson (JSON_REJECT_DUPLICATES | JSON_DECODE_ANY) on thousands of small
 * mutated texts, always the same ones. Where they differ:
 *
 *   ours refuses, jansson accepts        why
 *   JSON_NUMBER                          integers beyond 2^53, fractions from 10^15 or below
 * 10^-307, more than 63 characters: readers' doubles would differ JSON_DEPTH, JSON_MEMBERS own
 * limits, 32 and 4096 (jansson: 2048, none)
 *
 * Nothing that jansson refuses is accepted. What both accept has the same value. */
#include "support.h"

#include <jansson.h>

#include "base/limits.h"
#include "json/json.h"

#define ROUNDS 30000

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

static bool same_value(const json_t *theirs, const struct nw_json *ours);

static bool same_members(const json_t *theirs, const struct nw_json *ours)
{
    size_t i = 0;
    const struct nw_json *c = nw_json_first(ours);
    if (json_is_array(theirs)) {
        for (; i < json_array_size(theirs) && c != NULL; i++, c = nw_json_next(c)) {
            if (!same_value(json_array_get(theirs, i), c)) {
                return false;
            }
        }
        return c == NULL && i == json_array_size(theirs);
    }
    for (; c != NULL; c = nw_json_next(c), i++) {
        const json_t *twin = json_object_get(theirs, nw_json_name(c));
        if (twin == NULL || !same_value(twin, c)) {
            return false;
        }
    }
    return i == json_object_size(theirs);
}

static bool same_value(const json_t *theirs, const struct nw_json *ours)
{
    double v = 0;
    bool b = false;
    switch (json_typeof(theirs)) {
    case JSON_NULL:
        return nw_json_kind(ours) == NW_JSON_NULL;
    case JSON_TRUE:
    case JSON_FALSE:
        return nw_json_bool(ours, &b) && b == json_is_true(theirs);
    case JSON_INTEGER:
    case JSON_REAL:
        return nw_json_number(ours, &v) && !(v < json_number_value(theirs)) &&
               !(v > json_number_value(theirs));
    case JSON_STRING:
        return nw_json_is_text(ours, json_string_value(theirs));
    case JSON_ARRAY:
        return nw_json_kind(ours) == NW_JSON_ARRAY && same_members(theirs, ours);
    case JSON_OBJECT:
        return nw_json_kind(ours) == NW_JSON_OBJECT && same_members(theirs, ours);
    default:
        return false;
    }
}

/* The difference is one of the table above, and really there. */
static bool is_explained(struct nw_slice text, const struct nw_diag *d)
{
    char number[400];
    if (d->code == NW_ERR_JSON_DEPTH || d->code == NW_ERR_JSON_MEMBERS) {
        return true;
    }
    if (d->code != NW_ERR_JSON_NUMBER ||
        !nw_slice_cstr(nw_slice_sub(text, d->off, 399), number, sizeof number)) {
        return false;
    }
    size_t length = strspn(number, "+-.0123456789eE");
    number[length] = '\0';
    double v = strtod(number, NULL);
    v = v < 0 ? -v : v;
    return length > 63 || v >= 1e15 || v < 1e-307;
}

static void compare(struct nw_slice text)
{
    struct nw_json *ours = NULL;
    struct nw_diag d;
    nw_diag_clear(&d);
    json_error_t error;
    enum nw_err e = nw_json_parse(text, &ours, &d);
    json_t *theirs =
        json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    bool fine = theirs != NULL ? (e == NW_OK ? same_value(theirs, ours) : is_explained(text, &d))
                               : e != NW_OK;
    if (!fine) {
        fail_msg("%.*s: jansson %s, ours %s", (int)text.n, (const char *)text.p,
                 theirs != NULL ? "accepts" : error.text, nw_err_name(e));
    }
    both_accept += e == NW_OK;
    both_refuse += theirs == NULL;
    if (e == NW_OK) { /* what is written reads back as the same value */
        struct nw_json *again = NULL;
        struct nw_buf b = NW_BUF(NW_MAX_JSON);
        nw_json_write(ours, &b);
        assert_ok(nw_json_parse(nw_buf_slice(&b), &again, NULL));
        assert_true(nw_json_equal(ours, again));
        nw_json_free(&again);
        nw_buf_free(&b);
    }
    json_decref(theirs);
    nw_json_free(&ours);
}

static const char *const seeds[] = {
    "{\"a\":1,\"b\":[true,false,null],\"c\":{\"a\":\"x\"}}",
    "[0,-1,1.5,-2.5e-3,1E+2,9007199254740992,123456789012345678]",
    "[\"\",\"\\u0061\\n\\ud83d\\ude00\",\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\",\"12345678\\\\\"]",
    "{\"\":{},\"\\u0061b\":[[]],\"ab \":[{}],\"a\\/b\":\"/\"}",
    " { \"n\" : 0.1 , \"m\" : [ 1 , 2 ] }\r\n",
    "\"text\"",
    "-0",
};

static const char *const tokens[] = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u00",
    "\\u0061",
    "\\ud800",
    "\\udc00",
    "0",
    "1",
    "e",
    "E",
    "-",
    "+",
    ".",
    "true",
    "false",
    "null",
    " ",
    "\n",
    "\t",
    "\"a\":1",
    "\"a\"",
    "1e30",
    "1e400",
    "01",
    "\xff",
    "\xc3",
    "\xa4",
    "\xed\xa0\x80",
    "\x01",
    "\x7f",
    "999999999999999999999",
    "1e-400",
    "//",
    "\xef\xbb\xbf",
};

static void mutate(struct nw_buf *b)
{
    uint8_t copy[600];
    size_t n = b->n < sizeof copy ? b->n : sizeof copy;
    memcpy(copy, b->p, n);
    size_t at = n == 0 ? 0 : pick(n);
    size_t length = n == 0 ? 0 : pick(n - at) % 8 + 1;
    nw_buf_cut(b, at);
    switch (pick(4)) {
    case 0: /* insert */
        nw_buf_puts(b, tokens[pick(ARRAY_LENGTH(tokens))]);
        nw_buf_put(b, nw_slice(copy + at, n - at));
        break;
    case 1: /* replace */
        nw_buf_puts(b, tokens[pick(ARRAY_LENGTH(tokens))]);
        nw_buf_put(b, at + length < n ? nw_slice(copy + at + length, n - at - length)
                                      : NW_SLICE_EMPTY);
        break;
    case 2: /* delete */
        nw_buf_put(b, at + length < n ? nw_slice(copy + at + length, n - at - length)
                                      : NW_SLICE_EMPTY);
        break;
    default: /* repeat */
        length = at + length < n ? length : n - at;
        nw_buf_put(b, nw_slice(copy + at, length));
        nw_buf_put(b, nw_slice(copy + at, n - at));
        break;
    }
}

static void mutated_texts_mean_the_same_to_jansson(void **state)
{
    (void)state;
    random_state = 88172645463325252u;
    for (int i = 0; i < ROUNDS; i++) {
        struct nw_buf b = NW_BUF(4096);
        nw_buf_puts(&b, seeds[pick(ARRAY_LENGTH(seeds))]);
        for (size_t times = pick(4); times > 0; times--) {
            mutate(&b);
        }
        compare(nw_buf_slice(&b));
        nw_buf_free(&b);
    }
    assert_in_range(both_accept, ROUNDS / 5, ROUNDS); /* the texts are worth comparing */
    assert_in_range(both_refuse, ROUNDS / 5, ROUNDS);
}

static void each_explained_difference_exists(void **state)
{
    static const struct {
        const char *text;
        enum nw_err err;
    } rows[] = {
        {"9007199254740993", NW_ERR_JSON_NUMBER},
        {"1e15", NW_ERR_JSON_NUMBER},
        {"1e-320", NW_ERR_JSON_NUMBER},
        {"0.0000000000000000000000000000000000000000000000000000000000000000", NW_ERR_JSON_NUMBER},
        {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", NW_ERR_JSON_DEPTH},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_slice text = nw_str(rows[i].text);
        json_t *theirs = json_loadb(rows[i].text, text.n, JSON_DECODE_ANY, NULL);
        assert_non_null(theirs);
        json_decref(theirs);
        assert_err(nw_json_check(text, NW_MAX_JSON, NULL), rows[i].err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mutated_texts_mean_the_same_to_jansson),
        cmocka_unit_test(each_explained_difference_exists),
    };
    return run_once("json_differential", tests, ARRAY_LENGTH(tests));
}
