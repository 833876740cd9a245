#include "support.h"

#include <time.h>

#include "base/date.h"

static int64_t day(const char *text)
{
    int64_t days = 0;
    assert_ok(nw_date_parse(nw_str(text), &days));
    return days;
}

static void dates_are_days_since_1970(void **state)
{
    (void)state;
    assert_int_equal(day("1970-01-01"), 0);
    assert_int_equal(day("1969-12-31"), -1);
    assert_int_equal(day("2000-02-29"), 11016); /* date -d 2000-02-29 +%s / 86400 */
    assert_int_equal(day("0001-01-01"), -719162);
    assert_int_equal(day("9999-12-31"), 2932896);
}

/* The C library's calendar as oracle, every day of 400 years and the ends. */
static void every_day_agrees_with_the_c_library(void **state)
{
    (void)state;
    for (int64_t d = -719162; d <= 2932896; d += d > -80000 && d < 80000 ? 1 : 97) {
        char text[NW_DATE_TEXT];
        char theirs[32];
        time_t t = (time_t)(d * NW_DAY);
        struct tm tm;
        nw_date_format(d, text);
        assert_non_null(gmtime_r(&t, &tm));
        (void)snprintf(theirs, sizeof theirs, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1,
                       tm.tm_mday);
        assert_string_equal(text, theirs);
        assert_int_equal(day(text), d);
    }
}

static void what_is_no_date_is_refused(void **state)
{
    static const char *const rows[] = {
        "",            /* empty */
        "2023-02-29",  /* no leap year, twin of 2024-02-29 */
        "1900-02-29",  /* century */
        "2100-02-29",  /* century */
        "2024-04-31",  /* 30 days */
        "2024-13-01",  /* month 13 */
        "2024-00-10",  /* month 0 */
        "2024-01-00",  /* day 0 */
        "2024-01-32",  /* day 32 */
        "0000-01-01",  /* year 0 */
        "2024-1-01",   /* short */
        "2024-01-1",   /* short */
        "02024-01-01", /* long */
        "2024-01-01 ", /* trailing blank */
        "2024-01-01Z", /* trailing letter */
        "20240101",    /* basic form */
        "2024/01/01",  /* other separator */
        "01.01.2024",  /* German form */
        "+024-01-01",  /* sign */
        "2024-0a-01",  /* letter */
        "-024-01-01",  /* minus */
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        int64_t days = 42;
        assert_err(nw_date_parse(nw_str(rows[i]), &days), NW_ERR_DATE);
        assert_int_equal(days, 42);
    }
    assert_int_equal(day("2024-02-29"), day("2024-02-28") + 1);
    assert_int_equal(day("2000-03-01"), day("2000-02-29") + 1);
}

static void months_are_added_by_the_calendar(void **state)
{
    static const struct {
        const char *from;
        int months;
        const char *to;
    } rows[] = {
        {"2026-03-01", 24, "2028-03-01"}, /* V04: the last permitted day is the one before */
        {"2024-02-29", 24, "2026-02-28"}, /* V04: the day does not exist */
        {"2024-02-29", 48, "2028-02-29"}, {"2026-01-31", 1, "2026-02-28"},
        {"2026-03-31", -1, "2026-02-28"}, {"2026-12-31", 2, "2027-02-28"},
        {"2026-01-15", -1, "2025-12-15"}, {"2026-05-31", 0, "2026-05-31"},
        {"2026-11-30", 1, "2026-12-30"},  {"2026-12-01", 1, "2027-01-01"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        char text[NW_DATE_TEXT];
        nw_date_format(nw_date_add_months(day(rows[i].from), rows[i].months), text);
        assert_string_equal(text, rows[i].to);
    }
}

static void times_are_utc_seconds(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},          {"2001-09-09T01:46:40Z", 1000000000},
        {"2038-01-19T03:14:08Z", 2147483648}, {"1969-12-31T23:59:59Z", -1},
        {"2026-11-21T20:00:00Z", 1795291200},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        char text[NW_TIME_TEXT];
        int64_t seconds = 0;
        assert_ok(nw_time_parse(nw_str(rows[i].text), &seconds));
        assert_int_equal(seconds, rows[i].seconds);
        nw_time_format(seconds, text);
        assert_string_equal(text, rows[i].text);
    }
    assert_int_equal(nw_time_day(-1), -1);
    assert_int_equal(nw_time_day(0), 0);
    assert_int_equal(nw_time_day(86399), 0);
    assert_int_equal(nw_time_day(86400), 1);
}

static void what_is_no_time_is_refused(void **state)
{
    static const char *const rows[] = {
        "2026-11-21T20:00:00",       /* no zone */
        "2026-11-21T20:00:00+00:00", /* offset */
        "2026-11-21T20:00:00z",      /* lower case */
        "2026-11-21t20:00:00Z",      /* lower case */
        "2026-11-21 20:00:00Z",      /* blank */
        "2026-11-21T24:00:00Z",      /* hour 24 */
        "2026-11-21T20:60:00Z",      /* minute 60 */
        "2016-12-31T23:59:60Z",      /* leap second */
        "2026-11-21T20:00:00.0Z",    /* fraction */
        "2026-02-30T20:00:00Z",      /* no such day */
        "2026-11-21T2a:00:00Z",      /* letter */
        "2026-11-21T20.00.00Z",      /* other separator */
        "2026-11-21",                /* date only */
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        int64_t seconds = 42;
        assert_err(nw_time_parse(nw_str(rows[i]), &seconds), NW_ERR_TIME);
        assert_int_equal(seconds, 42);
    }
}

static void beyond_the_calendar_nothing_is_written(void **state)
{
    char text[NW_TIME_TEXT] = "x";
    (void)state;
    nw_time_format(INT64_MAX, text);
    assert_string_equal(text, "");
    nw_time_format(INT64_MIN, text);
    assert_string_equal(text, "");
    nw_date_format(2932897, text);
    assert_string_equal(text, "");
    nw_date_format(-719163, text);
    assert_string_equal(text, "");
    nw_date_format(nw_date_add_months(INT64_MAX, 1), text);
    assert_string_equal(text, "");
    nw_date_format(nw_date_add_months(0, INT32_MAX), text);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_days_since_1970),
        cmocka_unit_test(every_day_agrees_with_the_c_library),
        cmocka_unit_test(what_is_no_date_is_refused),
        cmocka_unit_test(months_are_added_by_the_calendar),
        cmocka_unit_test(times_are_utc_seconds),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(beyond_the_calendar_nothing_is_written),
    };
    return run_once("date", tests, ARRAY_LENGTH(tests));
}
