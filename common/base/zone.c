#include "base/zone.h"

#include <string.h>

#define HOUR 3600
#define EASTERNMOST 2 /* hours of standard time */

static const struct {
    char iso[3];
    uint8_t hours; /* of standard time */
    bool no_summer;
} zones[] = {
    {"AT", 1, false}, {"BE", 1, false}, {"BG", 2, false}, {"CH", 1, false}, {"CY", 2, false},
    {"CZ", 1, false}, {"DE", 1, false}, {"DK", 1, false}, {"EE", 2, false}, {"ES", 1, false},
    {"FI", 2, false}, {"FR", 1, false}, {"GB", 0, false}, {"GR", 2, false}, {"HR", 1, false},
    {"HU", 1, false}, {"IE", 0, false}, {"IS", 0, true},  {"IT", 1, false}, {"LI", 1, false},
    {"LT", 2, false}, {"LU", 1, false}, {"LV", 2, false}, {"MT", 1, false}, {"NL", 1, false},
    {"NO", 1, false}, {"PL", 1, false}, {"PT", 0, false}, {"RO", 2, false}, {"SE", 1, false},
    {"SI", 1, false}, {"SK", 1, false},
};
#define ZONES (sizeof zones / sizeof zones[0])

/* Directive 2000/84/EC articles 2 and 3; both months have 31 days. */
static bool is_summer(int64_t at)
{
    int year, month, day;
    int64_t today = nw_time_day(at);
    nw_date_split(today, &year, &month, &day);
    if (month != 3 && month != 10) {
        return month > 3 && month < 10;
    }
    int64_t last = today + 31 - day;
    int64_t sunday = last - (last + 4) % 7; /* 1970-01-01 was a Thursday */
    bool before = at < sunday * NW_DAY + HOUR;
    return month == 3 ? !before : before;
}

const char *nw_zone_state(size_t i)
{
    return i < ZONES ? zones[i].iso : NULL;
}

bool nw_zone_offset(const char *iso, int64_t at, int64_t *seconds)
{
    for (size_t i = 0; iso != NULL && i < ZONES; i++) {
        if (strcmp(zones[i].iso, iso) == 0) {
            *seconds = (zones[i].hours + (!zones[i].no_summer && is_summer(at))) * HOUR;
            return true;
        }
    }
    return false;
}

struct nw_days nw_zone_days(const char *iso, int64_t at)
{
    int64_t ahead;
    if (nw_zone_offset(iso, at, &ahead)) {
        int64_t day = nw_time_day(at + ahead);
        return (struct nw_days){day, day};
    }
    return (struct nw_days){nw_time_day(at),
                            nw_time_day(at + (EASTERNMOST + is_summer(at)) * HOUR)};
}
