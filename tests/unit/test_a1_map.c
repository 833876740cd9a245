/* The A11 map: one good map, and twins that differ in one item. */
#include "support.h"

#include "attestation/type.h"
#include "base/limits.h"
#include "cbor/cbor.h"

static struct nw_types *types;
static const struct nw_type *pda1;

/* The map in pieces, so that a case can exchange one of them. */
enum piece { HEAD, LEVEL, NUMBER, PERSON, LAW, STATUS, EMPLOYER, PLACES, TAIL, PIECES };
static const char *const good[PIECES] = {
    [HEAD] = "a7",
    [LEVEL] = "00 01",
    [NUMBER] = "01 63 412d31",                                     /* "A-1" */
    [PERSON] = "02 a4 01 61 52 02 61 4d 03 19 0cb7 07 81 62 4954", /* R, M, 1978-11-30, IT */
    [LAW] = "03 84 62 4954 19 5005 19 5171 05",                    /* IT, period, flags 1 and 4 */
    [STATUS] = "04 01",
    [EMPLOYER] = "05 81 85 01 61 43 61 39 02 82 61 4d 62 4954",
    [PLACES] = "06 a1 62 4445 81 82 61 42 81 61 4d", /* DE: [["B", ["M"]]] */
    [TAIL] = "",
};

static struct nw_slice map_with(enum piece p, const char *hex)
{
    static char text[4096];
    text[0] = '\0';
    for (size_t i = 0; i < PIECES; i++) {
        const char *piece = i == p ? hex : good[i];
        size_t n = strlen(text);
        snprintf(text + n, sizeof text - n, "%s", piece);
    }
    return test_hex(text);
}

struct map_case {
    enum piece piece;
    const char *hex;
    enum nw_err e;
};

static const struct map_case cases[] = {
    {LEVEL, "00 01", NW_OK},
    {LEVEL, "00 02", NW_OK},
    {LEVEL, "00 03", NW_ERR_CLAIM_RANGE},
    {LEVEL, "00 00", NW_ERR_CLAIM_RANGE},
    {LEVEL, "00 61 31", NW_ERR_CLAIM_TYPE},
    {NUMBER, "01 01", NW_ERR_CLAIM_TYPE},
    {NUMBER, "01 43 412d31", NW_ERR_CLAIM_TYPE}, /* bytes */
    {NUMBER, "01 f6", NW_ERR_CLAIM_TYPE},
    {NUMBER, "01 63 410a31", NW_ERR_TEXT_CONTROL},
    {NUMBER, "01 63 410031", NW_ERR_TEXT_CONTROL},
    {NUMBER, "01 66 41e280ae3131", NW_ERR_TEXT_CONTROL}, /* right-to-left override */
    {NUMBER, "01 63 41ff31", NW_ERR_UTF8},
    {NUMBER, "01 63 75cc88", NW_ERR_CLAIM_RANGE}, /* u with a combining mark: not NFC */
    {NUMBER, "01 62 c3bc", NW_OK},
    {PERSON, "02 a3 01 61 52 02 61 4d 03 19 0cb7", NW_OK}, /* no nationality */
    {PERSON, "02 a2 01 61 52 02 61 4d", NW_ERR_CLAIM_MISSING},
    {PERSON, "02 a3 02 61 4d 03 19 0cb7 07 81 62 4954", NW_ERR_CLAIM_MISSING},
    {PERSON, "02 a4 01 61 52 02 61 4d 03 19 0cb7 07 80", NW_ERR_CLAIM_RANGE},
    {PERSON, "02 a4 01 61 52 02 61 4d 03 19 0cb7 07 81 62 5858", NW_ERR_CLAIM_RANGE}, /* XX */
    {PERSON, "02 a4 01 61 52 02 61 4d 03 19 0cb7 07 81 62 6974", NW_ERR_CLAIM_RANGE}, /* it */
    {PERSON, "02 a4 01 61 52 02 61 4d 03 19 0cb7 07 81 62 454c", NW_ERR_CLAIM_RANGE}, /* EL */
    {PERSON, "02 a4 01 61 52 02 61 4d 03 19 0cb7 07 62 4954", NW_ERR_CLAIM_TYPE},
    {PERSON, "02 a4 01 61 52 02 61 4d 03 19 0cb7 0c 01", NW_ERR_CLAIM_RANGE}, /* key 12 */
    {PERSON, "02 a4 01 61 52 02 61 4d 03 19 0cb7 06 02", NW_OK},
    {PERSON, "02 a4 01 61 52 02 61 4d 03 19 0cb7 06 03", NW_ERR_CLAIM_RANGE}, /* gender */
    {PERSON, "02 a3 01 61 52 02 61 4d 03 6a 313937382d30302d3030", NW_OK},    /* 1978-00-00 */
    {PERSON, "02 a3 01 61 52 02 61 4d 03 6a 313937382d31332d3030", NW_ERR_CLAIM_RANGE},
    {PERSON, "02 a3 01 61 52 02 61 4d 03 6a 313937382d31312d3330", NW_ERR_CLAIM_RANGE}, /* full */
    {PERSON, "02 a3 01 61 52 02 61 4d 03 39 63de", NW_OK},              /* 1900-01-01 */
    {PERSON, "02 a3 01 61 52 02 61 4d 03 39 63df", NW_ERR_CLAIM_RANGE}, /* the day before */
    {PERSON, "02 a3 01 61 52 02 61 4d 03 fb 3ff0000000000000", NW_ERR_CLAIM_TYPE},
    {LAW, "03 84 62 5858 19 5005 19 5171 05", NW_ERR_CLAIM_RANGE},
    {LAW, "03 84 62 5553 19 5005 19 5171 05", NW_ERR_CLAIM_RANGE}, /* US: no A1 state */
    {LAW, "03 84 62 4954 19 5005 1a 00014825 05", NW_OK},          /* 2199-12-31 */
    {LAW, "03 84 62 4954 19 5005 1a 00014826 05", NW_ERR_CLAIM_RANGE},
    {LAW, "03 84 62 4954 6a 323032362d30302d3030 19 5171 05", NW_ERR_CLAIM_TYPE},
    {LAW, "03 84 62 4954 19 5005 19 5171 07", NW_OK},
    {LAW, "03 84 62 4954 19 5005 19 5171 08", NW_ERR_CLAIM_RANGE}, /* a fourth flag */
    {LAW, "03 84 62 4954 19 5005 19 5171 f5", NW_ERR_CLAIM_TYPE},
    {LAW, "03 83 62 4954 19 5005 19 5171", NW_ERR_CLAIM_MISSING},
    {LAW, "03 85 62 4954 19 5005 19 5171 05 05", NW_ERR_CLAIM_RANGE},
    {LAW, "03 f6", NW_ERR_CLAIM_TYPE},
    {STATUS, "04 0c", NW_OK},
    {STATUS, "04 0d", NW_ERR_CLAIM_RANGE},
    {STATUS, "04 00", NW_ERR_CLAIM_RANGE},
    {STATUS, "04 62 3031", NW_ERR_CLAIM_TYPE},
    {STATUS, "04 82 0b 61 78", NW_OK},
    {STATUS, "04 81 0b", NW_ERR_CLAIM_RANGE}, /* one item needs no array */
    {STATUS, "04 83 0b 61 78 01", NW_ERR_CLAIM_RANGE},
    {EMPLOYER, "05 80", NW_ERR_CLAIM_RANGE},
    {EMPLOYER, "05 81 85 03 61 43 61 39 02 82 61 4d 62 4954", NW_ERR_CLAIM_RANGE},
    {EMPLOYER, "05 81 85 01 61 43 61 39 04 82 61 4d 62 4954", NW_ERR_CLAIM_RANGE},
    {EMPLOYER, "05 81 85 01 61 43 61 39 18 62 82 61 4d 62 4954", NW_OK}, /* 98 */
    {EMPLOYER, "05 81 85 01 f6 61 39 02 82 61 4d 62 4954", NW_ERR_CLAIM_TYPE},
    {EMPLOYER, "05 81 84 01 61 43 61 39 02", NW_ERR_CLAIM_MISSING},
    {EMPLOYER, "05 81 85 01 61 43 61 39 02 84 f6 f6 61 4d 62 4954", NW_OK},
    {EMPLOYER, "05 81 85 01 61 43 61 39 02 84 f6 f6 f6 62 4954", NW_ERR_CLAIM_TYPE},
    {EMPLOYER, "05 81 85 01 61 43 61 39 02 85 f6 f6 61 4d 62 4954 01", NW_ERR_CLAIM_RANGE},
    {EMPLOYER, "05 81 01", NW_ERR_CLAIM_TYPE},
    {PLACES, "06 a1 62 4445 80", NW_OK},
    {PLACES, "06 a0", NW_ERR_CLAIM_RANGE},
    {PLACES, "06 a1 62 5553 80", NW_ERR_CLAIM_RANGE}, /* US */
    {PLACES, "06 a1 62 4445 f6", NW_ERR_CLAIM_TYPE},
    {PLACES, "06 a1 01 80", NW_ERR_CLAIM_TYPE},
    {PLACES, "06 a1 62 4445 81 82 61 42 82 61 4d 61 4d", NW_ERR_CLAIM_MISSING}, /* town missing */
    {PLACES, "06 a1 62 4445 81 85 61 42 81 61 4d f6 f6 62 4954", NW_OK},
    {PLACES, "06 a1 62 4445 81 84 61 42 81 61 4d 61 31 04", NW_ERR_CLAIM_RANGE},
    {PLACES, "06 a2 62 4445 80 62 4154 80", NW_ERR_CBOR_ORDER},
    {PLACES, "06 a2 62 4445 80 62 4445 80", NW_ERR_CBOR_DUPLICATE},
    {PLACES, "", NW_ERR_TRUNCATED},
    {TAIL, "00", NW_ERR_TRAILING},
    {HEAD, "bf", NW_ERR_CBOR_INDEFINITE},
    {HEAD, "87", NW_ERR_TRAILING}, /* an array of seven */
    {HEAD, "a8", NW_ERR_TRUNCATED},
    {HEAD, "bb 7fffffffffffffff", NW_ERR_CBOR_LENGTH},
};

static void maps_are_read_or_refused_with_their_code(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct nw_json *record = NULL;
        struct nw_diag d = {0};
        int level = 0;
        enum nw_err e =
            nw_a11_read(pda1, map_with(cases[i].piece, cases[i].hex), &record, &level, &d);
        if (e != cases[i].e) {
            fail_msg("case %zu %s: %s, wanted %s", i, cases[i].hex, nw_err_name(e),
                     nw_err_name(cases[i].e));
        }
        assert_true((record != NULL) == (e == NW_OK));
        nw_json_free(&record);
        test_reset();
    }
}

static void values_come_out_as_the_record_writes_them(void **state)
{
    (void)state;
    struct nw_json *r = NULL;
    int level = 0;
    assert_ok(nw_a11_read(pda1, map_with(TAIL, ""), &r, &level, NULL));
    assert_int_equal(level, 1);
    assert_true(nw_json_is_text(nw_json_path(r, "subject.dateOfBirth"), "1978-11-30"));
    nw_json_free(&r);
}

static enum nw_err write_text(const char *record, int level, struct nw_diag *d)
{
    struct nw_json *r = NULL;
    struct nw_buf out = NW_BUF(NW_MAX_A11);
    assert_ok(nw_json_parse(nw_str(record), &r, NULL));
    enum nw_err e = nw_a11_write(pda1, r, level, &out, d);
    assert_true(e == NW_OK || out.n == 0);
    nw_json_free(&r);
    nw_buf_free(&out);
    return e;
}

static void records_that_do_not_fit_are_not_written(void **state)
{
    (void)state;
    struct nw_diag d = {0};
    assert_err(write_text("{}", 1, &d), NW_ERR_CLAIM_MISSING);
    assert_string_equal(d.path, "documentID");
    assert_err(write_text("{\"documentID\":1}", 1, NULL), NW_ERR_CLAIM_MISSING);
    assert_err(write_text("{\"documentID\":\"a\\u202eb\"}", 1, NULL), NW_ERR_TEXT_CONTROL);
    assert_err(write_text("{}", 3, NULL), NW_ERR_USAGE);
    struct nw_json *r = NULL;
    struct nw_buf out = NW_BUF(NW_MAX_A11);
    assert_ok(nw_json_new_object(&r));
    assert_err(nw_a11_write(nw_type_find(types, "ehic"), r, 1, &out, NULL), NW_ERR_FORM_UNKNOWN);
    nw_json_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_are_read_or_refused_with_their_code),
        cmocka_unit_test(values_come_out_as_the_record_writes_them),
        cmocka_unit_test(records_that_do_not_fit_are_not_written),
    };
    if (nw_types_load(&types, NULL) != NW_OK) {
        return 1;
    }
    pda1 = nw_type_find(types, "pda1");
    int failed = run_once("a1_map", tests, ARRAY_LENGTH(tests));
    nw_types_free(&types);
    return failed;
}
