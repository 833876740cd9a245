/* TL-08 to TL-11: what a well-signed list says. */
#include <string.h>

#include "tl.h"

#define SCHEME(code_, where) .exit = 2, .failed = {"TL-08"}, .code = code_, .place = where
#define NUMBER .exit = 2, .failed = {"TL-09"}, .code = "TSL_SEQUENCE", .place = "TSLSequenceNumber"
#define TIME(where) .exit = 2, .failed = {"TL-10"}, .code = "TSL_TIME", .place = where
#define POINTERS                                                                                   \
    .exit = 2, .failed = {"TL-11"}, .code = "TSL_POINTER", .place = "PointersToOtherTSL"
#define SPOILT(n, where) .exit = 1, .failed = {"TL-11"}, .granted = (n) + 1, .place = where

/* --- TL-08 --- */

static void says_it_is_the_lotl(struct tl_model *m)
{
    m->list.type = "EUlistofthelists";
    m->list.territory = "EU";
}
static void other_type(struct tl_model *m)
{
    m->list.type = "EUnational";
}
static void of_the_eu(struct tl_model *m)
{
    m->list.territory = "EU";
}
static void of_germany(struct tl_model *m)
{
    m->list.territory = "DE";
}
static void three_letters(struct tl_model *m)
{
    m->list.territory = "POL";
}
static void version_7(struct tl_model *m)
{
    m->list.version = 7;
}
static void version_4(struct tl_model *m)
{
    m->list.version = 4;
}
static void version_5(struct tl_model *m)
{
    m->list.version = 5;
    m->list.issued = "2026-04-28T23:59:59Z";
    m->list.next_update = "2026-10-28T10:00:00Z";
}
static void version_5_late(struct tl_model *m)
{
    version_5(m);
    m->list.issued = "2026-04-29T00:00:00Z";
}
static void critical_extension(struct tl_model *m)
{
    m->list.extensions = "<Extension Critical=\"true\"><New></New></Extension>";
}
static void other_extension(struct tl_model *m)
{
    m->list.extensions = "<Extension Critical=\"false\"><New></New></Extension>";
}

static const struct tl_row schemes[] = {
    {.id = "TL-08-a1", .clause = "TS 119 612 5.3", .territory = "PL"},
    {.id = "TL-08-a2", .clause = "CID (EU) 2025/2164", .model = version_5},
    {.id = "TL-08-a3", .clause = "TS 119 612 5.3.17", .model = other_extension},
    {.id = "TL-08-a4", .clause = "TS 119 612 5.3", .base = TL_LIST_OF_LISTS},
    {.id = "TL-08-r1",
     .clause = "TS 119 612 5.3.3",
     .broken = "the operator of a state signs a list that says it is the list of lists",
     .twin = "TL-08-a1",
     .model = says_it_is_the_lotl,
     .xmlsec1 = "accepts",
     SCHEME("TSL_TYPE", "TSLType")},
    {.id = "TL-08-r2",
     .clause = "TS 119 612 5.3.3",
     .broken = "a list of a state is asked for, this is the list of lists",
     .twin = "TL-08-a4",
     .base = TL_LIST_OF_LISTS,
     .kind = "tl",
     .xmlsec1 = "accepts",
     SCHEME("TSL_TYPE", "TSLType")},
    {.id = "TL-08-r3",
     .clause = "TS 119 612 5.3.3",
     .broken = "the type is one that nobody knows",
     .twin = "TL-08-a1",
     .model = other_type,
     .xmlsec1 = "accepts",
     SCHEME("TSL_TYPE", "TSLType")},
    {.id = "TL-08-r4",
     .clause = "TS 119 612 5.3.10",
     .broken = "the list of DE stands where that of PL is expected",
     .twin = "TL-08-a1",
     .model = of_germany,
     .territory = "PL",
     .xmlsec1 = "accepts",
     SCHEME("TSL_TERRITORY", "SchemeTerritory")},
    {.id = "TL-08-r5",
     .clause = "TS 119 612 5.3.10",
     .broken = "the list of a state says that it is the EU's",
     .twin = "TL-08-a1",
     .model = of_the_eu,
     .xmlsec1 = "accepts",
     SCHEME("TSL_TERRITORY", "SchemeTerritory")},
    {.id = "TL-08-r6",
     .clause = "TS 119 612 5.3.10",
     .broken = "the territory has three letters",
     .twin = "TL-08-a1",
     .model = three_letters,
     .xmlsec1 = "accepts",
     SCHEME("TSL_SCHEME", "SchemeTerritory")},
    {.id = "TL-08-r7",
     .clause = "CID (EU) 2025/2164",
     .broken = "version 5, issued when version 6 was due",
     .twin = "TL-08-a2",
     .model = version_5_late,
     .xmlsec1 = "accepts",
     SCHEME("TSL_VERSION", "TSLVersionIdentifier")},
    {.id = "TL-08-r8",
     .clause = "TS 119 612 5.3.1",
     .broken = "the version is 7",
     .twin = "TL-08-a1",
     .model = version_7,
     .xmlsec1 = "accepts",
     SCHEME("TSL_VERSION", "TSLVersionIdentifier")},
    {.id = "TL-08-r9",
     .clause = "TS 119 612 5.3.1",
     .broken = "the version is 4",
     .twin = "TL-08-a1",
     .model = version_4,
     .xmlsec1 = "accepts",
     SCHEME("TSL_VERSION", "TSLVersionIdentifier")},
    {.id = "TL-08-r10",
     .clause = "TS 119 612 5.3.2",
     .broken = "the number is 0",
     .twin = "TL-08-a1",
     .change = {{TSLIST_TEXT, "<TSLSequenceNumber>7<", "<TSLSequenceNumber>0<"}},
     .xmlsec1 = "accepts",
     SCHEME("TSL_SCHEME", "TSLSequenceNumber")},
    {.id = "TL-08-r11",
     .clause = "TS 119 612 5.3.14",
     .broken = "the time of issue has an offset",
     .twin = "TL-08-a1",
     .change = {{TSLIST_TEXT, "<ListIssueDateTime>2026-06-01T10:00:00Z",
                 "<ListIssueDateTime>2026-06-01T12:00:00+02:00"}},
     .xmlsec1 = "accepts",
     SCHEME("TSL_TIME", "ListIssueDateTime")},
    {.id = "TL-08-r12",
     .clause = "TS 119 612 5.3.17",
     .broken = "a critical extension that nobody knows",
     .twin = "TL-08-a3",
     .model = critical_extension,
     .xmlsec1 = "accepts",
     SCHEME("TSL_SCHEME", "SchemeExtensions")},
    {.id = "TL-08-r13",
     .clause = "TS 119 612 5.3.2",
     .broken = "the number stands twice",
     .twin = "TL-08-a1",
     .change = {{TSLIST_TEXT, "<TSLSequenceNumber>7</TSLSequenceNumber>",
                 "<TSLSequenceNumber>7</TSLSequenceNumber>"
                 "<TSLSequenceNumber>8</TSLSequenceNumber>"}},
     .xmlsec1 = "accepts",
     SCHEME("TSL_SCHEME", "TSLSequenceNumber")},
};

/* --- TL-09 --- */

/* Issued before number 7: only the numbers tell. */
static void number_8(struct tl_model *m)
{
    m->list.number = 8;
    m->list.issued = "2026-05-20T10:00:00Z";
    m->list.next_update = "2026-11-20T10:00:00Z";
}
static void number_6(struct tl_model *m)
{
    m->list.number = 6;
}
static void other_content(struct tl_model *m)
{
    m->list.next_update = "2026-11-30T10:00:00Z";
}
static void signed_later(struct tl_model *m)
{
    m->list.signed_at = "2026-06-02T10:00:00Z";
}

static const struct tl_row numbers[] = {
    {.id = "TL-09-before-8", .model = number_8, .file_only = true},
    {.id = "TL-09-before-7", .file_only = true},
    {.id = "TL-09-before-7-other", .model = other_content, .file_only = true},
    {.id = "TL-09-before-7-later", .model = signed_later, .file_only = true},
    {.id = "TL-09-before-6", .model = number_6, .file_only = true},
    {.id = "TL-09-a1", .clause = "TS 119 612 5.3.2", .state = "TL-09-before-6"},
    {.id = "TL-09-a2", .clause = "TS 119 612 5.3.2", .state = "TL-09-before-7"},
    {.id = "TL-09-a3",
     .clause = "TS 119 612 5.3.2",
     .model = signed_later,
     .state = "TL-09-before-7",
     .exit = 1,
     .place = "TSLSequenceNumber"},
    {.id = "TL-09-r1",
     .clause = "TS 119 612 5.3.2",
     .broken = "number 8 was accepted before",
     .twin = "TL-09-a1",
     .state = "TL-09-before-8",
     .xmlsec1 = "accepts",
     NUMBER},
    {.id = "TL-09-r2",
     .clause = "TS 119 612 5.3.2",
     .broken = "another list of this number, signed at the same time, was accepted before",
     .twin = "TL-09-a2",
     .state = "TL-09-before-7-other",
     .xmlsec1 = "accepts",
     NUMBER},
    {.id = "TL-09-r3",
     .clause = "TS 119 612 5.3.2",
     .broken = "another list of this number, signed later, was accepted before",
     .twin = "TL-09-a2",
     .state = "TL-09-before-7-later",
     .xmlsec1 = "accepts",
     NUMBER},
};

/* --- TL-10 --- */

static void until_now(struct tl_model *m)
{
    m->list.next_update = GEN_NOW_TEXT;
}
static void until_just_now(struct tl_model *m)
{
    m->list.next_update = "2026-06-15T09:59:59Z";
}
static void in_an_hour(struct tl_model *m)
{
    m->list.issued = "2026-06-15T11:00:00Z";
    m->list.signed_at = TSLIST_ISSUED;
}
static void signed_in_an_hour(struct tl_model *m)
{
    m->list.signed_at = "2026-06-15T11:00:00Z";
}
static void six_months_and_three_days(struct tl_model *m)
{
    m->list.next_update = "2026-12-04T10:00:00Z";
}
static void longer_still(struct tl_model *m)
{
    m->list.next_update = "2026-12-04T10:00:01Z";
}
static void backwards(struct tl_model *m)
{
    m->list.next_update = "2026-05-31T10:00:00Z";
}
static void closed(struct tl_model *m)
{
    m->list.next_update = TSLIST_CLOSED;
}

static const struct tl_row times[] = {
    {.id = "TL-10-a1", .clause = "TS 119 612 5.3.15", .model = until_now},
    {.id = "TL-10-a2", .clause = "TS 119 612 5.3.15", .base = TL_LIST_OF_LISTS, .model = until_now},
    {.id = "TL-10-a3",
     .clause = "TS 119 612 5.3.15",
     .model = six_months_and_three_days,
     .exit = 1,
     .place = "NextUpdate"},
    {.id = "TL-10-a4",
     .clause = "TS 119 612 5.3.15",
     .model = closed,
     .exit = 1,
     .place = "NextUpdate",
     .granted = 0 + 1},
    {.id = "TL-10-r1",
     .clause = "TS 119 612 5.3.15; TS 119 615 4.2.4",
     .broken = "NextUpdate was a second ago",
     .twin = "TL-10-a1",
     .model = until_just_now,
     .xmlsec1 = "accepts",
     TIME("NextUpdate")},
    {.id = "TL-10-r2",
     .clause = "TS 119 612 5.3.15; TS 119 615 4.1.4",
     .broken = "NextUpdate of the list of lists was a second ago",
     .twin = "TL-10-a2",
     .base = TL_LIST_OF_LISTS,
     .model = until_just_now,
     .xmlsec1 = "accepts",
     TIME("NextUpdate")},
    {.id = "TL-10-r3",
     .clause = "TS 119 612 5.3.14",
     .broken = "issued in an hour",
     .twin = "TL-10-a1",
     .model = in_an_hour,
     .xmlsec1 = "accepts",
     TIME("ListIssueDateTime")},
    {.id = "TL-10-r4",
     .clause = "XAdES 5.2.1",
     .broken = "signed in an hour",
     .twin = "TL-10-a1",
     .model = signed_in_an_hour,
     .xmlsec1 = "accepts",
     TIME("xades:SigningTime")},
    {.id = "TL-10-r5",
     .clause = "TS 119 612 5.3.15",
     .broken = "NextUpdate is more than six months and three days after the issue",
     .twin = "TL-10-a3",
     .model = longer_still,
     .xmlsec1 = "accepts",
     TIME("NextUpdate")},
    {.id = "TL-10-r6",
     .clause = "TS 119 612 5.3.15",
     .broken = "NextUpdate is before the issue",
     .twin = "TL-10-a1",
     .model = backwards,
     .xmlsec1 = "accepts",
     TIME("NextUpdate")},
};

/* --- TL-11 --- */

static void future_withdrawal(struct tl_model *m)
{
    m->services[0].period[1] = m->services[0].period[0];
    m->services[0].period[0].status = "withdrawn";
    m->services[0].period[0].from = "2027-06-01T00:00:00Z";
    m->services[0].period[2].type = NULL;
}
static void withdrawn(struct tl_model *m)
{
    m->services[0].period[0].status = "withdrawn";
    m->services[0].period[1].status = "granted";
}
static void known_extensions(struct tl_model *m)
{
    m->services[0].period[0].more = "<Extension Critical=\"false\"><New></New></Extension>";
}
static void unknown_critical(struct tl_model *m)
{
    m->services[0].period[0].more = "<Extension Critical=\"true\"><New></New></Extension>";
}
static void unknown_status(struct tl_model *m)
{
    m->services[0].period[0].status = "suspended";
}
static void two_at_once(struct tl_model *m)
{
    m->services[0].period[1].from = m->services[0].period[0].from;
}
static void out_of_order(struct tl_model *m)
{
    m->services[0].period[1].from = "2026-03-01T00:00:00Z";
}
static void no_start(struct tl_model *m)
{
    m->services[0].period[0].from = NULL;
}
/* A second service goes on counting. */
static void two_services(struct tl_model *m)
{
    m->services[1] = m->services[0];
    m->services[1].name = "The same again";
    m->entity.service_n = 2;
}
static void no_self(struct tl_model *m)
{
    m->list.pointer_n = 2;
    m->pointers[0] = m->pointers[2];
}
static void self_names_others(struct tl_model *m)
{
    m->pointers[0].cert[0] = world_leaf(m->t->pl);
}
static void vague_pointer(struct tl_model *m)
{
    m->pointers[1].territory = "POL";
}

static const struct tl_row contents[] = {
    {.id = "TL-11-a1", .clause = "TS 119 612 5.5", .granted = 1 + 1},
    {.id = "TL-11-a2", .clause = "TS 119 612 5.5.5", .model = future_withdrawal, .granted = 1 + 1},
    {.id = "TL-11-a3", .clause = "TS 119 612 5.5.4", .model = withdrawn, .granted = 0 + 1},
    {.id = "TL-11-a4", .clause = "TS 119 612 5.5.9", .model = known_extensions, .granted = 1 + 1},
    {.id = "TL-11-a5", .clause = "TS 119 612 5.5", .model = two_services, .granted = 2 + 1},
    {.id = "TL-11-a6", .clause = "TS 119 615 4.1.4", .base = TL_LIST_OF_LISTS},
    {.id = "TL-11-r1",
     .clause = "TS 119 612 5.5.9",
     .broken = "a service has a critical extension that nobody knows",
     .twin = "TL-11-a4",
     .model = unknown_critical,
     .xmlsec1 = "accepts",
     SPOILT(0, "TSPService")},
    {.id = "TL-11-r2",
     .clause = "TS 119 615 4.4.4",
     .broken = "a service has a status that nobody knows",
     .twin = "TL-11-a1",
     .model = unknown_status,
     .xmlsec1 = "accepts",
     SPOILT(0, "TSPService")},
    {.id = "TL-11-r3",
     .clause = "TS 119 615 4.3.4",
     .broken = "granted and withdrawn from the same second",
     .twin = "TL-11-a1",
     .model = two_at_once,
     .xmlsec1 = "accepts",
     SPOILT(0, "TSPService")},
    {.id = "TL-11-r4",
     .clause = "TS 119 615 4.3.4",
     .broken = "the history of a service is younger than its current entry",
     .twin = "TL-11-a1",
     .model = out_of_order,
     .xmlsec1 = "accepts",
     SPOILT(0, "TrustServiceProvider[1]/TSPService[1]/ServiceHistory")},
    {.id = "TL-11-r5",
     .clause = "TS 119 612 5.5.5",
     .broken = "a status has no starting time",
     .twin = "TL-11-a1",
     .model = no_start,
     .xmlsec1 = "accepts",
     SPOILT(0, "TrustServiceProvider[1]/TSPService[1]/StatusStartingTime")},
    {.id = "TL-11-r6",
     .clause = "TS 119 612 5.5.3",
     .broken = "what stands for the certificate of a service is none",
     .twin = "TL-11-a1",
     .change = {{TSLIST_TEXT, "<X509Certificate>MII", "<X509Certificate>AAA"}},
     .xmlsec1 = "accepts",
     SPOILT(1, "X509Certificate")},
    {.id = "TL-11-r7",
     .clause = "TS 119 612 5.5.4",
     .broken = "one of two services has no status",
     .twin = "TL-11-a5",
     .model = two_services,
     .change = {{TSLIST_TEXT,
                 "<ServiceStatus>http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"
                 "granted</ServiceStatus>",
                 ""}},
     .xmlsec1 = "accepts",
     SPOILT(1, "TrustServiceProvider[1]/TSPService[1]/ServiceInformation")},
    {.id = "TL-11-r8",
     .clause = "TS 119 615 4.1.4",
     .broken = "the list of lists has no pointer to itself",
     .twin = "TL-11-a6",
     .base = TL_LIST_OF_LISTS,
     .model = no_self,
     .xmlsec1 = "accepts",
     POINTERS},
    {.id = "TL-11-r9",
     .clause = "TS 119 615 4.1.4",
     .broken = "the pointer of the list of lists to itself does not name its signer",
     .twin = "TL-11-a6",
     .base = TL_LIST_OF_LISTS,
     .model = self_names_others,
     .xmlsec1 = "accepts",
     POINTERS},
    {.id = "TL-11-r10",
     .clause = "TS 119 612 5.3.13",
     .broken = "a pointer names a territory of three letters",
     .twin = "TL-11-a6",
     .base = TL_LIST_OF_LISTS,
     .model = vague_pointer,
     .xmlsec1 = "accepts",
     POINTERS},
};

void tl_group_meaning(struct tl *t)
{
    tl_rows(t, schemes, sizeof schemes / sizeof schemes[0]);
    tl_rows(t, numbers, sizeof numbers / sizeof numbers[0]);
    tl_rows(t, times, sizeof times / sizeof times[0]);
    tl_rows(t, contents, sizeof contents / sizeof contents[0]);
}
