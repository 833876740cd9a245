#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/zone.h"

static int64_t at(const char *text)
{
    int64_t t = 0;
    assert_ok(nw_time_parse(nw_str(text), &t));
    return t;
}

static void assert_day(const char *iso, const char *when, const char *want)
{
    char got[NW_DATE_TEXT];
    struct nw_days d = nw_zone_days(iso, at(when));
    assert_int_equal(d.first, d.last);
    nw_date_format(d.first, got);
    assert_string_equal(got, want);
}

static void a_day_begins_at_midnight_of_its_place(void **state)
{
    (void)state;
    assert_day("DE", "2026-01-31T22:59:59Z", "2026-01-31");
    assert_day("DE", "2026-01-31T23:00:00Z", "2026-02-01");
    assert_day("DE", "2026-06-30T21:59:59Z", "2026-06-30");
    assert_day("DE", "2026-06-30T22:00:00Z", "2026-07-01");
    assert_day("FI", "2026-01-31T21:59:59Z", "2026-01-31");
    assert_day("FI", "2026-01-31T22:00:00Z", "2026-02-01");
    assert_day("FI", "2026-06-30T20:59:59Z", "2026-06-30");
    assert_day("FI", "2026-06-30T21:00:00Z", "2026-07-01");
    assert_day("PT", "2026-01-31T23:59:59Z", "2026-01-31");
    assert_day("PT", "2026-02-01T00:00:00Z", "2026-02-01");
    assert_day("PT", "2026-06-30T22:59:59Z", "2026-06-30");
    assert_day("PT", "2026-06-30T23:00:00Z", "2026-07-01");
}

static void iceland_keeps_its_time_all_year(void **state)
{
    (void)state;
    assert_day("IS", "2026-06-30T23:59:59Z", "2026-06-30");
    assert_day("IS", "2026-07-01T00:00:00Z", "2026-07-01");
    assert_day("IE", "2026-06-30T23:59:59Z", "2026-07-01");
}

/* 2026: 29 March and 25 October are the last Sundays (a printed calendar). */
static void the_clocks_change_at_one_utc_on_the_last_sundays(void **state)
{
    static const struct {
        const char *before, *after;
        int64_t hours_before, hours_after;
    } v[] = {
        {"2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", 1, 2},
        {"2026-10-25T00:59:59Z", "2026-10-25T01:00:00Z", 2, 1},
        {"2024-03-31T00:59:59Z", "2024-03-31T01:00:00Z", 1, 2}, /* the month's last day */
        {"2021-10-31T00:59:59Z", "2021-10-31T01:00:00Z", 2, 1},
        {"2029-03-25T00:59:59Z", "2029-03-25T01:00:00Z", 1, 2}, /* its earliest last Sunday */
    };
    (void)state;
    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
        int64_t s = 0;
        assert_true(nw_zone_offset("DE", at(v[i].before), &s));
        assert_int_equal(s, v[i].hours_before * 3600);
        assert_true(nw_zone_offset("DE", at(v[i].after), &s));
        assert_int_equal(s, v[i].hours_after * 3600);
    }
}

static void a_code_outside_the_32_has_no_offset(void **state)
{
    static const char *const v[] = {"XX", "EL", "UK", "US", "de", "D", "DEU", ""};
    int64_t s = 7;
    (void)state;
    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
        assert_false(nw_zone_offset(v[i], 0, &s));
    }
    assert_false(nw_zone_offset(NULL, 0, &s));
    assert_int_equal(s, 7);
}

/* Three hours from Finland's midnight to Iceland's in summer, two in winter. */
static void without_a_place_it_may_be_two_days(void **state)
{
    static const struct {
        const char *when;
        int64_t days;
    } v[] = {
        {"2026-06-30T20:59:59Z", 0}, {"2026-06-30T21:00:00Z", 1}, {"2026-06-30T23:59:59Z", 1},
        {"2026-07-01T00:00:00Z", 0}, {"2026-01-31T21:59:59Z", 0}, {"2026-01-31T22:00:00Z", 1},
        {"2026-01-31T23:59:59Z", 1}, {"2026-02-01T00:00:00Z", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
        struct nw_days d = nw_zone_days(NULL, at(v[i].when));
        struct nw_days x = nw_zone_days("XX", at(v[i].when));
        assert_int_equal(d.first, nw_time_day(at(v[i].when)));
        assert_int_equal(d.last - d.first, v[i].days);
        assert_true(x.first == d.first && x.last == d.last);
    }
}

/* The capital's zone of the tz database, where the C library has it. */
static const char *const capitals[][2] = {
    {"AT", "Europe/Vienna"},     {"BE", "Europe/Brussels"},   {"BG", "Europe/Sofia"},
    {"CH", "Europe/Zurich"},     {"CY", "Asia/Nicosia"},      {"CZ", "Europe/Prague"},
    {"DE", "Europe/Berlin"},     {"DK", "Europe/Copenhagen"}, {"EE", "Europe/Tallinn"},
    {"ES", "Europe/Madrid"},     {"FI", "Europe/Helsinki"},   {"FR", "Europe/Paris"},
    {"GB", "Europe/London"},     {"GR", "Europe/Athens"},     {"HR", "Europe/Zagreb"},
    {"HU", "Europe/Budapest"},   {"IE", "Europe/Dublin"},     {"IS", "Atlantic/Reykjavik"},
    {"IT", "Europe/Rome"},       {"LI", "Europe/Vaduz"},      {"LT", "Europe/Vilnius"},
    {"LU", "Europe/Luxembourg"}, {"LV", "Europe/Riga"},       {"MT", "Europe/Malta"},
    {"NL", "Europe/Amsterdam"},  {"NO", "Europe/Oslo"},       {"PL", "Europe/Warsaw"},
    {"PT", "Europe/Lisbon"},     {"RO", "Europe/Bucharest"},  {"SE", "Europe/Stockholm"},
    {"SI", "Europe/Ljubljana"},  {"SK", "Europe/Bratislava"},
};
#define CAPITALS (sizeof capitals / sizeof capitals[0])

static void the_states_are_those_of_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < CAPITALS; i++) {
        assert_string_equal(nw_zone_state(i), capitals[i][0]);
    }
    assert_null(nw_zone_state(CAPITALS));
}

static void compare_hours(const char *iso, int64_t from, int64_t to)
{
    for (int64_t t = from; t < to; t += 3600) {
        time_t there = (time_t)t;
        struct tm tm;
        int64_t s = -1;
        assert_non_null(localtime_r(&there, &tm));
        assert_true(nw_zone_offset(iso, t, &s));
        if (s != tm.tm_gmtoff) {
            fail_msg("%s at %lld: %lld, the C library says %ld", iso, (long long)t, (long long)s,
                     tm.tm_gmtoff);
        }
    }
}

static void every_hour_agrees_with_the_tz_database(void **state)
{
    char path[128];
    (void)state;
    for (size_t i = 0; i < CAPITALS; i++) {
        (void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", capitals[i][1]);
        if (access(path, R_OK) != 0) {
            (void)printf("SKIPPED: %s is not there (package tzdata); not compared with it\n", path);
            continue;
        }
        assert_int_equal(setenv("TZ", capitals[i][1], 1), 0);
        tzset();
        compare_hours(capitals[i][0], at("2003-01-01T00:00:00Z"), at("2036-01-01T00:00:00Z"));
    }
    assert_int_equal(unsetenv("TZ"), 0);
    tzset();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_begins_at_midnight_of_its_place),
        cmocka_unit_test(iceland_keeps_its_time_all_year),
        cmocka_unit_test(the_clocks_change_at_one_utc_on_the_last_sundays),
        cmocka_unit_test(a_code_outside_the_32_has_no_offset),
        cmocka_unit_test(without_a_place_it_may_be_two_days),
        cmocka_unit_test(the_states_are_those_of_the_table),
        cmocka_unit_test(every_hour_agrees_with_the_tz_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
