/*
 * Calendar dates and instants (proleptic Gregorian, UTC). No clock is read
 * here; "now" is always an argument.
 */
#ifndef NW_BASE_DATE_H
#define NW_BASE_DATE_H

#include "base/err.h"
#include "base/slice.h"

#define NW_DAY 86400
#define NW_DATE_TEXT 11 /* "YYYY-MM-DD" and NUL */
#define NW_TIME_TEXT 21 /* "YYYY-MM-DDThh:mm:ssZ" and NUL */

/* Exactly YYYY-MM-DD, a day that exists, years 0001-9999. Days since 1970-01-01. */
NW_MUST_USE enum nw_err nw_date_parse(struct nw_slice text, int64_t *days);
/* "" outside the years 0001-9999. */
void nw_date_format(int64_t days, char out[NW_DATE_TEXT]);
/* Days outside the years 0001-9999 count as the nearest day inside, also for add_months. */
void nw_date_split(int64_t days, int *year, int *month, int *day);
/* The same day `months` later; a day that does not exist becomes the month's last (V04). */
int64_t nw_date_add_months(int64_t days, int months);
/* Exactly YYYY-MM-DDThh:mm:ssZ, no leap second. Unix seconds. */
NW_MUST_USE enum nw_err nw_time_parse(struct nw_slice text, int64_t *seconds);
/* "" outside the years 0001-9999. */
void nw_time_format(int64_t seconds, char out[NW_TIME_TEXT]);
/* The calendar day (UTC) of an instant. */
int64_t nw_time_day(int64_t seconds);

#endif
