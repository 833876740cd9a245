/* Rules about days: V03 V04 V05 V20 V22 V23 V24 V26 V28. */
#include "attestation/rules_internal.h"
#include "base/zone.h"

#include <string.h>

#define END_PATH "memberstateAppliedLegislation.endDate"
#define START_PATH "memberstateAppliedLegislation.startDate"
#define MAX_EARLIER 64u /* earlier records that are looked at */

static bool day_of(const struct rule_run *r, enum nw_type_field f, int64_t *day)
{
    const char *text = nw_type_value(r->t, f, r->record);
    return text != NULL && nw_date_parse(nw_str(text), day) == NW_OK;
}

/* The name alone: "startDate". */
static const char *last_step(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot == NULL ? path : dot + 1;
}

/* Of the period, and of the document where it has days of its own. */
static void v03(struct rule_run *r)
{
    static const enum nw_type_field pairs[][2] = {{NW_FIELD_START, NW_FIELD_END},
                                                  {NW_FIELD_ISSUED, NW_FIELD_EXPIRY}};
    bool shown = false;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        int64_t first = 0, last = 0;
        if (!day_of(r, pairs[i][0], &first) || !day_of(r, pairs[i][1], &last)) {
            continue;
        }
        shown = true;
        if (last < first) {
            rule_break(r, "V03", nw_type_field(r->t, pairs[i][1]), "not before %s",
                       last_step(nw_type_field(r->t, pairs[i][0])));
        }
    }
    if (shown) {
        rule_pass(r, "V03");
    } else {
        rule_skip(r, "V03", "the period is not shown");
    }
}

/* Last day of a period of so many months. Whole months end the day before; where the day does not
 * exist in the last month, its last day is the end (V04: 2024-02-29 -> 2026-02-28). */
static int64_t last_day(int64_t start, int64_t months)
{
    int year = 0, month = 0, from = 0, to = 0;
    int64_t end = nw_date_add_months(start, (int)months);
    nw_date_split(start, &year, &month, &from);
    nw_date_split(end, &year, &month, &to);
    return from == to ? end - 1 : end;
}

static void v04(struct rule_run *r)
{
    char day[NW_DATE_TEXT];
    int64_t months = 0;
    if (!r->has_period || r->status == NULL) {
        rule_skip(r, "V04", "period or status are not shown");
        return;
    }
    const struct nw_rule_row *row = rule_row(r, "V04");
    if (!nw_rule_value(row, "months", &months)) {
        return;
    }
    int64_t last = last_day(r->start_day, months);
    if (rule_status_in(r, "01 03") && r->end_day > last) {
        nw_date_format(last, day);
        rule_break(r, "V04", END_PATH, "at most %lld months with status %s: until %s",
                   (long long)months, r->status, day);
        return;
    }
    rule_pass(r, "V04");
}

struct period {
    int64_t start, end;
};

static bool period_of(const struct nw_json *record, struct period *out)
{
    const char *start = nw_json_text(nw_json_path(record, START_PATH));
    const char *end = nw_json_text(nw_json_path(record, END_PATH));
    return start != NULL && end != NULL && nw_date_parse(nw_str(start), &out->start) == NW_OK &&
           nw_date_parse(nw_str(end), &out->end) == NW_OK;
}

/* A posting (01, 03) to a state that this record names too. */
static bool same_posting(const struct rule_run *r, const struct nw_json *other)
{
    const struct nw_json *status = nw_json_path(other, "statusConfirmation.statusConfirmationCode");
    if (!nw_json_is_text(status, "01") && !nw_json_is_text(status, "03")) {
        return false;
    }
    const struct nw_json *places = nw_json_get(other, "placesOfWork");
    for (const struct nw_json *c = nw_json_first(r->places); c != NULL; c = nw_json_next(c)) {
        if (nw_json_get(places, nw_json_name(c)) != NULL) {
            return true;
        }
    }
    return false;
}

/* One earlier record: V28 for an overlap, else the chain of V05 grows when the gap is short. */
static void look_at_earlier(struct rule_run *r, const struct nw_json *other, int64_t gap_months,
                            int64_t *chain_start, int64_t *days)
{
    struct period p;
    if (!period_of(other, &p)) {
        return;
    }
    if (p.start <= r->end_day && p.end >= r->start_day) {
        rule_break(r, "V28", START_PATH,
                   "there is a valid record for this person, employer and time");
        return;
    }
    if (rule_status_in(r, "01 03") && same_posting(r, other) && p.end < *chain_start &&
        nw_date_add_months(p.end, (int)gap_months) > *chain_start) {
        *days += p.end - p.start + 1;
        *chain_start = p.start;
    }
}

static void v05_v28(struct rule_run *r)
{
    int64_t months = 0, gap = 0, chain_start = r->start_day;
    int64_t days = r->end_day - r->start_day + 1;
    const struct nw_json *other = NULL;
    if (r->ctx->earlier == NULL || !r->has_period) {
        rule_skip(r, "V05", "earlier records are not at hand");
        rule_skip(r, "V28", "earlier records are not at hand");
        return;
    }
    const struct nw_rule_row *row = rule_row(r, "V05");
    if (!nw_rule_value(row, "months", &months) || !nw_rule_value(row, "gap_months", &gap)) {
        return;
    }
    for (size_t i = 0; i < MAX_EARLIER; i++) {
        other = NULL;
        r->e = r->ctx->earlier(r->ctx->earlier_ctx, r->record, i, &other);
        if (r->e != NW_OK || other == NULL) {
            break;
        }
        look_at_earlier(r, other, gap, &chain_start, &days);
    }
    if (chain_start != r->start_day && days > last_day(chain_start, months) - chain_start + 1) {
        rule_break(r, "V05", START_PATH,
                   "with earlier postings less than %lld months apart more than %lld months",
                   (long long)gap, (long long)months);
    }
    if (r->e != NW_OK || other != NULL) {
        rule_skip(r, "V05", "not all earlier records were looked at");
        rule_skip(r, "V28", "not all earlier records were looked at");
        return;
    }
    rule_pass(r, "V05");
    rule_pass(r, "V28");
}

static int years_between(int64_t from, int64_t to)
{
    int y1 = 0, m1 = 0, d1 = 0, y2 = 0, m2 = 0, d2 = 0;
    nw_date_split(from, &y1, &m1, &d1);
    nw_date_split(to, &y2, &m2, &d2);
    return y2 - y1 - (m2 < m1 || (m2 == m1 && d2 < d1) ? 1 : 0);
}

static void v20(struct rule_run *r)
{
    const char *birth = nw_json_text(nw_json_path(r->record, "subject.dateOfBirth"));
    int64_t day = 0, min = 0, max = 0;
    if (birth == NULL || !r->has_period || nw_date_parse(nw_str(birth), &day) != NW_OK) {
        rule_skip(r, "V20", "birth date or period are not shown");
        return;
    }
    const struct nw_rule_row *row = rule_row(r, "V20");
    if (!nw_rule_value(row, "min_age", &min) || !nw_rule_value(row, "max_age", &max)) {
        return;
    }
    int age = years_between(day, r->start_day);
    if (day >= r->start_day || age < min || age > max) {
        rule_break(r, "V20", "subject.dateOfBirth", "an age from %lld to %lld at startDate",
                   (long long)min, (long long)max);
        return;
    }
    rule_pass(r, "V20");
}

static void v22(struct rule_run *r)
{
    int64_t issued = 0;
    bool known = r->ctx->own_issuing ? nw_date_parse(nw_str(r->ctx->today), &issued) == NW_OK
                                     : r->ctx->iat != 0;
    if (!r->has_period || !known) {
        rule_skip(r, "V22", "period or day of issue are not known");
        return;
    }
    issued = r->ctx->own_issuing ? issued : nw_zone_days(r->ctx->signer_country, r->ctx->iat).first;
    if (r->start_day < issued) {
        nw_finding_add(r->f, "V22", NW_LEVEL_INFO, START_PATH,
                       "the period begins before the day of issue, which is lawful");
    }
    rule_pass(r, "V22");
}

static void v23(struct rule_run *r)
{
    const struct nw_rule_context *c = r->ctx;
    int64_t today = 0, days = 0;
    if (c->iat == 0 || c->exp == 0 || nw_date_parse(nw_str(c->today), &today) != NW_OK) {
        rule_skip(r, "V23", "the technical times are not known");
        return;
    }
    if (nw_time_day(c->iat) > today) {
        rule_break(r, "V23", "iat", "not in the future");
    }
    if (c->exp <= c->iat) {
        rule_break(r, "V23", "exp", "later than iat");
    }
    if (c->cert_end == 0) {
        rule_skip(r, "V23", "the end of the signing certificate is not known");
    } else if (c->exp > c->cert_end) {
        rule_break(r, "V23", "exp", "not after the end of the signing certificate");
    }
    const struct nw_rule_row *row = rule_row(r, "V23");
    if (c->own_issuing && r->has_period && nw_rule_value(row, "days_after_end", &days) &&
        nw_time_day(c->exp) > r->end_day + days) {
        rule_break(r, "V23", "exp", "at most %lld days after endDate", (long long)days);
    }
    rule_pass(r, "V23");
}

static void v24(struct rule_run *r)
{
    int64_t hours = 0;
    if (r->ctx->iat == 0 || r->ctx->exp == 0) {
        rule_skip(r, "V24", "the technical times are not known");
        return;
    }
    const struct nw_rule_row *row = rule_row(r, "V24");
    if (!nw_rule_value(row, "hours", &hours)) {
        return;
    }
    if (!r->ctx->has_status && r->ctx->exp - r->ctx->iat > hours * 3600) {
        rule_break(r, "V24", "status", "needed when the credential lives longer than %lld hours",
                   (long long)hours);
        return;
    }
    rule_pass(r, "V24");
}

static void v26(struct rule_run *r)
{
    static const char path[] = "memberstateAppliedLegislation.determinationIsProvisional";
    bool provisional = false;
    int64_t months = 0;
    if (r->state == NULL || r->status == NULL) {
        rule_skip(r, "V26", "law or status are not shown");
        return;
    }
    if (!nw_json_bool(nw_json_path(r->record, path), &provisional) || !provisional) {
        rule_pass(r, "V26");
        return;
    }
    if (!rule_status_in(r, "02 04 08 09")) {
        rule_break(r, "V26", path, "only with status 02, 04, 08 or 09");
    }
    if (r->ctx->own_issuing && nw_rule_value(rule_row(r, "V26"), "months", &months)) {
        nw_finding_add(r->f, "V26", NW_LEVEL_INFO, path,
                       "to be replaced by a final determination within %lld months",
                       (long long)months);
    }
    rule_pass(r, "V26");
}

const struct rule_job rules_of_period[RULES_OF_PERIOD] = {
    {"V03", v03}, {"V04", v04}, {"V05", v05_v28}, {"V20", v20},
    {"V22", v22}, {"V23", v23}, {"V24", v24},     {"V26", v26},
};
