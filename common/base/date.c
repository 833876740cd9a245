#include "base/date.h"

#define DAY_MIN (-719162) /* 0001-01-01 */
#define DAY_MAX 2932896   /* 9999-12-31 */
#define DAYS_400 146097   /* 400 Gregorian years */

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int64_t year, int month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Years are counted from March, so that the leap day is the last of its year. */
static int64_t days_of(int64_t year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int from_march = (month + 9) % 12;
    int64_t era = floor_div(y, 400);
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * from_march + 2) / 5 + day - 1;
    return era * DAYS_400 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void nw_date_split(int64_t days, int *year, int *month, int *day)
{
    days = days < DAY_MIN ? DAY_MIN : days;
    days = days > DAY_MAX ? DAY_MAX : days;
    int64_t z = days + 719468;
    int64_t era = floor_div(z, DAYS_400);
    int64_t in_era = z - era * DAYS_400;
    int64_t of_era = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t of_year = in_era - (365 * of_era + of_era / 4 - of_era / 100);
    int from_march = (int)((5 * of_year + 2) / 153);
    *day = (int)(of_year - (153 * from_march + 2) / 5 + 1);
    *month = from_march < 10 ? from_march + 3 : from_march - 9;
    *year = (int)(era * 400 + of_era) + (*month <= 2);
}

/* n digits at p as a number, or -1. */
static int digits(const uint8_t *p, int n)
{
    int v = 0;
    for (int i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9') {
            return -1;
        }
        v = v * 10 + (p[i] - '0');
    }
    return v;
}

enum nw_err nw_date_parse(struct nw_slice text, int64_t *days)
{
    if (text.n != NW_DATE_TEXT - 1 || text.p[4] != '-' || text.p[7] != '-') {
        return NW_ERR_DATE;
    }
    int year = digits(text.p, 4);
    int month = digits(text.p + 5, 2);
    int day = digits(text.p + 8, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > month_days(year, month)) {
        return NW_ERR_DATE;
    }
    *days = days_of(year, month, day);
    return NW_OK;
}

static void put_digits(char *p, int n, int v)
{
    for (int i = n - 1; i >= 0; i--) {
        p[i] = (char)('0' + v % 10);
        v /= 10;
    }
}

void nw_date_format(int64_t days, char out[NW_DATE_TEXT])
{
    int year;
    int month;
    int day;
    out[0] = '\0';
    if (days < DAY_MIN || days > DAY_MAX) {
        return;
    }
    nw_date_split(days, &year, &month, &day);
    put_digits(out, 4, year);
    out[4] = '-';
    put_digits(out + 5, 2, month);
    out[7] = '-';
    put_digits(out + 8, 2, day);
    out[10] = '\0';
}

int64_t nw_date_add_months(int64_t days, int months)
{
    int year;
    int month;
    int day;
    nw_date_split(days, &year, &month, &day);
    int64_t count = (int64_t)year * 12 + (month - 1) + months;
    int64_t to_year = floor_div(count, 12);
    int to_month = (int)(count - to_year * 12) + 1;
    int last = month_days(to_year, to_month);
    return days_of(to_year, to_month, day < last ? day : last);
}

enum nw_err nw_time_parse(struct nw_slice text, int64_t *seconds)
{
    int64_t days;
    if (text.n != NW_TIME_TEXT - 1 || text.p[10] != 'T' || text.p[13] != ':' || text.p[16] != ':' ||
        text.p[19] != 'Z' ||
        nw_date_parse(nw_slice_sub(text, 0, NW_DATE_TEXT - 1), &days) != NW_OK) {
        return NW_ERR_TIME;
    }
    int hour = digits(text.p + 11, 2);
    int minute = digits(text.p + 14, 2);
    int second = digits(text.p + 17, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
        return NW_ERR_TIME;
    }
    *seconds = days * NW_DAY + hour * 3600 + minute * 60 + second;
    return NW_OK;
}

void nw_time_format(int64_t seconds, char out[NW_TIME_TEXT])
{
    int64_t day = nw_time_day(seconds);
    nw_date_format(day, out);
    if (out[0] == '\0') {
        return;
    }
    int rest = (int)(seconds - day * NW_DAY);
    out[10] = 'T';
    put_digits(out + 11, 2, rest / 3600);
    out[13] = ':';
    put_digits(out + 14, 2, rest / 60 % 60);
    out[16] = ':';
    put_digits(out + 17, 2, rest % 60);
    out[19] = 'Z';
    out[20] = '\0';
}

int64_t nw_time_day(int64_t seconds)
{
    return floor_div(seconds, NW_DAY);
}
