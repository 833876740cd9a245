#include "support.h"

#include "csv.h"

/* Reads everything; the n-th record as JSON text, or "-" for rows that were no record. */
static char *records[8];
static uint64_t lines[8];

static size_t read_all(const char *text, size_t n)
{
    FILE *f = fmemopen((void *)(uintptr_t)text, n, "rb");
    struct nw_csv *csv = NULL;
    size_t count = 0;
    bool more = true;
    assert_non_null(f);
    assert_ok(nw_csv_open(f, &csv, NULL));
    for (;;) {
        struct nw_json *json = NULL;
        struct nw_diag d;
        nw_diag_clear(&d);
        assert_true(count < ARRAY_LENGTH(records));
        assert_ok(nw_csv_next(csv, &json, &lines[count], &more, &d));
        if (!more) {
            break;
        }
        struct nw_buf b = NW_BUF(1u << 16);
        if (json == NULL) {
            assert_int_not_equal(d.code, NW_OK);
            nw_buf_puts(&b, "-");
        } else {
            nw_json_write(json, &b);
        }
        records[count++] = strdup(nw_buf_cstr(&b));
        nw_buf_free(&b);
        nw_json_free(&json);
    }
    nw_csv_free(&csv);
    (void)fclose(f);
    return count;
}

static void forget(size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(records[i]);
    }
}

static void gives(const char *text, size_t n, const char *const *wanted)
{
    size_t got = read_all(text, strlen(text));
    assert_int_equal(got, n);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(records[i], wanted[i]);
    }
    forget(got);
}

static void a_row_becomes_a_record(void **state)
{
    (void)state;
    const char *wanted[] = {
        "{\"documentID\":\"A\",\"subject\":{\"names\":{\"surnames\":\"M\xc3\xbc"
        "ller, \\\"X\\\"\"},\"nationalities\":[\"DE\",\"PL\"]},"
        "\"memberstateAppliedLegislation\":{\"determinationIsProvisional\":true}}"};
    gives("documentID,subject.names.surnames,subject.nationalities,"
          "memberstateAppliedLegislation.determinationIsProvisional\n"
          "A,\"M\xc3\xbcller, \"\"X\"\"\",DE  PL,true\r\n",
          1, wanted);
}

static void semicolons_a_byte_order_mark_and_a_missing_last_newline_are_read(void **state)
{
    (void)state;
    const char *wanted[] = {"{\"documentID\":\"A\",\"subject\":{\"pin\":\"1,2\"}}"};
    gives("\xef\xbb\xbf"
          "documentID;subject.pin\n\n\nA;1,2",
          1, wanted);
}

static void rows_of_one_number_are_one_record(void **state)
{
    (void)state;
    const char *wanted[] = {
        "{\"documentID\":\"A\",\"employmentSituations\":[{\"name\":\"one\"},{\"name\":\"two\"}],"
        "\"placesOfWork\":{\"NL\":[{\"companyOrVesselName\":\"x\"},{\"companyOrVesselName\":\"y\"}]"
        ","
        "\"AT\":[]}}",
        "{\"documentID\":\"B\",\"employmentSituations\":[{\"name\":\"three\"}],"
        "\"placesOfWork\":{\"DE\":[]}}"};
    const char text[] = "documentID,employmentSituations.name,placesOfWork.countryCode,"
                        "placesOfWork.companyOrVesselName\n"
                        "A,one,NL,x\nA,two,NL,y\nA,,AT,\nB,three,DE,\n";
    gives(text, 2, wanted);
    assert_int_equal(lines[0], 2);
    assert_int_equal(lines[1], 5);
}

static void a_further_row_may_not_contradict_the_first(void **state)
{
    (void)state;
    const char *wanted[] = {"-", "{\"documentID\":\"B\",\"subject\":{\"pin\":\"3\"}}"};
    gives("documentID,subject.pin\nA,1\nA,2\nB,3\n", 2, wanted);
    const char *same[] = {"{\"documentID\":\"A\",\"subject\":{\"pin\":\"1\"}}"};
    gives("documentID,subject.pin\nA,1\nA,1\nA,\n", 1, same);
}

static void a_damaged_row_spoils_its_record_and_no_other(void **state)
{
    (void)state;
    const char *wanted[] = {"-", "{\"documentID\":\"B\",\"subject\":{\"pin\":\"3\"}}"};
    gives("documentID,subject.pin\nA,1\nA\nA,1\nB,3\n", 2, wanted);
    gives("documentID,subject.pin\nA,1\nA,\"1\"x\nB,3\n", 2, wanted);
    gives("documentID,subject.pin\nA,\xff\nB,3\n", 2, wanted);
    const char *alone[] = {"-"};
    gives("documentID,subject.pin\nA,\"never closed\n", 1, alone);
    static const char nul[] = "documentID,subject.pin\nA,1\0002\n";
    size_t n = read_all(nul, sizeof nul - 1);
    assert_int_equal(n, 1);
    assert_string_equal(records[0], "-");
    forget(n);
}

static void cells_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    const char *wanted[] = {"-"};
    gives("documentID,memberstateAppliedLegislation.determinationIsProvisional\nA,yes\n", 1,
          wanted);
    gives("documentID,placesOfWork.countryCode\nA,NLD\n", 1, wanted);
    gives("documentID,placesOfWork.companyOrVesselName\nA,x\n", 1, wanted);
}

static enum nw_err header(const char *text)
{
    FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "rb");
    struct nw_csv *csv = NULL;
    assert_non_null(f);
    enum nw_err e = nw_csv_open(f, &csv, NULL);
    nw_csv_free(&csv);
    (void)fclose(f);
    return e;
}

static void a_header_must_name_known_columns_once(void **state)
{
    (void)state;
    assert_ok(header("\"documentID\",subject.pin\n"));
    assert_err(header("documentID,subject.PIN\n"), NW_ERR_CONFIG);
    assert_err(header("documentID,subject.pin,subject.pin\n"), NW_ERR_JSON_DUPLICATE);
    assert_err(header("subject.pin\n"), NW_ERR_JSON_MISSING);
    assert_err(header("\n"), NW_ERR_EMPTY);
}

static void an_endless_row_is_bounded(void **state)
{
    (void)state;
    static char text[300000] = "documentID,subject.pin\nA,";
    size_t n = strlen(text);
    memset(text + n, 'x', sizeof text - n - 8);
    (void)snprintf(text + sizeof text - 8, 8, "\nB,3\n");
    const char *wanted[] = {"-", "{\"documentID\":\"B\",\"subject\":{\"pin\":\"3\"}}"};
    gives(text, 2, wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_becomes_a_record),
        cmocka_unit_test(semicolons_a_byte_order_mark_and_a_missing_last_newline_are_read),
        cmocka_unit_test(rows_of_one_number_are_one_record),
        cmocka_unit_test(a_further_row_may_not_contradict_the_first),
        cmocka_unit_test(a_damaged_row_spoils_its_record_and_no_other),
        cmocka_unit_test(cells_that_make_no_sense_are_refused),
        cmocka_unit_test(a_header_must_name_known_columns_once),
        cmocka_unit_test(an_endless_row_is_bounded),
    };
    return run_once("csv", tests, ARRAY_LENGTH(tests));
}
