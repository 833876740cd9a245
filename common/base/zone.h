/*
 * Which calendar day it is in the states of the A1: EU, EEA, Switzerland, United Kingdom.
 *
 * An instant is the same everywhere, a day is not: an A1 that begins on 1 June begins at midnight
 * of the place of work. All 32 states keep one of three standard times and, but for Iceland, EU
 * summer time (Directive 2000/84/EC articles 2 and 3: from the last Sunday in March to the last
 * Sunday in October, 01:00 UTC), so a table and arithmetic are enough.
 *
 * A state has the time of its capital: Portugal without the Azores, Spain without the Canaries,
 * France and the Netherlands without what lies overseas. Nothing is said about years before 2003.
 */
#ifndef NW_BASE_ZONE_H
#define NW_BASE_ZONE_H

#include "base/date.h"

/* Seconds that the clocks of a state (ISO 3166 code) are ahead of UTC. False: none of the 32. */
bool nw_zone_offset(const char *iso, int64_t at, int64_t *seconds);
/* The codes of the 32 states, in order; NULL past the last. */
const char *nw_zone_state(size_t i);

/* Days since 1970-01-01, first <= last. */
struct nw_days {
    int64_t first, last;
};
/* The one day that it is in a state; for any other code, or NULL, the days it is in one of the 32.
 */
struct nw_days nw_zone_days(const char *iso, int64_t at);

#endif
