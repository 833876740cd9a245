/* Days of a document: those of any type but the A1, whose legislation has its own (room_rules.c),
 * and the document's end, apart from that of what it certifies. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "report/internal.h"

static bool period_day(const struct nw_case *k, enum nw_type_field field, int64_t *day)
{
    const char *text = nw_type_value(k->r->type, field, k->r->claims);
    return text != NULL && nw_date_parse(nw_str(text), day) == NW_OK;
}

/* The document layer: the paper has to be renewed, what it certifies may go on. A document that
 * ends with that has no end of its own: R05 is the one that says so, in every form. */
void nw_room_document(struct nw_case *k)
{
    int64_t until, end;
    if (nw_date_parse(nw_str(k->r->document_expiry), &until) != NW_OK ||
        k->r->days.first <= until || (period_day(k, NW_FIELD_END, &end) && until >= end)) {
        return;
    }
    char de[64], en[64];
    (void)snprintf(de, sizeof de, "das Dokument lief am %s ab", k->r->document_expiry);
    (void)snprintf(en, sizeof en, "the document ended on %s", k->r->document_expiry);
    nw_case_reason(k, "R04", de, en);
}

/* False, and A1-02 has failed: it ends before it begins. */
static bool period_possible(struct nw_case *k, enum nw_type_field from, enum nw_type_field to)
{
    int64_t first, last;
    if (!period_day(k, from, &first) || !period_day(k, to, &last) || last >= first) {
        return true;
    }
    nw_check_fail(k->checks, "A1-02", NW_ERR_CLAIM_RANGE, "%s: it ends before it begins, at %s",
                  nw_err_text(NW_ERR_CLAIM_RANGE), nw_type_field(k->r->type, to));
    return false;
}

static void period_text(int64_t day, bool known, char out[11])
{
    if (known) {
        nw_date_format(day, out);
    }
}

/* A1-02 and R05. Where a type certifies no period of its own, the document's days are it. */
static void period_check(struct nw_case *k)
{
    struct nw_report *r = k->r;
    int64_t start = 0, end = 0, until = 0;
    bool has_start =
        period_day(k, NW_FIELD_START, &start) || period_day(k, NW_FIELD_ISSUED, &start);
    bool has_end = period_day(k, NW_FIELD_END, &end);
    bool has_expiry = period_day(k, NW_FIELD_EXPIRY, &until);
    period_text(start, has_start, r->start);
    period_text(has_end ? end : until, has_end || has_expiry, r->end);
    bool possible = period_possible(k, NW_FIELD_START, NW_FIELD_END);
    possible = period_possible(k, NW_FIELD_ISSUED, NW_FIELD_EXPIRY) && possible;
    if (!possible) {
        return;
    }
    if (!has_end && !has_expiry) { /* nothing says that it is still to be relied on */
        const char *path = nw_type_field(r->type, NW_FIELD_EXPIRY);
        nw_check_not_done(k->checks, "A1-02", "no day is shown on which it ends");
        nw_case_reason(k, "A11", nw_type_label(r->type, path, "de"),
                       nw_type_label(r->type, path, "en"));
    } else {
        nw_check_pass(k->checks, "A1-02");
    }
    if ((has_start && r->days.last < start) || (has_end && r->days.first > end)) {
        nw_case_reason(k, "R05", NULL, NULL);
    }
}

enum nw_err nw_room_content(struct nw_case *k)
{
    enum nw_err e = nw_room_form(k);
    if (e == NW_OK) {
        period_check(k);
        nw_room_needed(k);
    }
    return e;
}
