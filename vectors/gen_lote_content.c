/* LOTE-03, LOTE-04: what a list of trusted entities says. What is wrong with the list refuses it;
 * what is wrong with one service drops that service, and the rest of the list counts (exit 1). */
#include <string.h>

#include "base/codec.h"
#include "list.h"
#include "qr.h"

#define ETSI "http://uri.etsi.org/19602/"
#define SCHEME "LoTE.ListAndSchemeInformation."
#define ENTITY "LoTE.TrustedEntitiesList.0.TrustedEntityInformation."
#define SERVICE "LoTE.TrustedEntitiesList.0.TrustedEntityServices.0.ServiceInformation."
#define FORM "TS 119 602 annex A"
#define TABLE "TS 119 602 table H.1"
#define SERVICES "TS 119 602 tables H.2, H.3"
#define REFUSED(rule) .exit = 2, .failed = {rule}
#define DROPPED .exit = 1, .failed = {"LOTE-04"}

/* ---- form and type ---- */

static void text_of(struct list_job *j, const char *from, const char *to)
{
    qr_swap(&j->payload, nw_str(from), nw_str(to));
}
static void member_twice(struct list_job *j)
{
    text_of(j, "\"SchemeTerritory\":\"EU\"",
            "\"SchemeTerritory\":\"EU\",\"SchemeTerritory\":\"EU\"");
}
static void not_utf8(struct list_job *j)
{
    text_of(j, "EU:Vectors",
            "EU:\xff"
            "ectors");
}
static void byte_order_mark(struct list_job *j)
{
    text_of(j, "{\"LoTE\"", "\xef\xbb\xbf{\"LoTE\"");
}
static void two_values(struct list_job *j)
{
    nw_buf_puts(&j->payload, "{}");
}
static void big_number(struct list_job *j)
{
    text_of(j, "\"LoTESequenceNumber\":7", "\"LoTESequenceNumber\":18446744073709551623");
}
static void root_name(struct list_job *j)
{
    text_of(j, "{\"LoTE\"", "{\"lote\"");
}
static void deep(struct list_job *j)
{
    nw_buf_cut(&j->payload, 0);
    for (int i = 0; i < 2000; i++) {
        nw_buf_putc(&j->payload, '[');
    }
    for (int i = 0; i < 2000; i++) {
        nw_buf_putc(&j->payload, ']');
    }
}

/* The same list as one of PID providers (annex D). */
static void pid_list(struct list_job *j)
{
    struct nw_buf pointer = NW_BUF(8192);
    nw_buf_puts(&pointer, "[{\"LoTELocation\":\"https://vectors.example/pid.jws\","
                          "\"ServiceDigitalIdentities\":[{\"X509Certificates\":[{\"val\":\"");
    nw_base64_encode(world_leaf(j->w->list_key), &pointer);
    nw_buf_puts(&pointer,
                "\"}]}],\"LoTEQualifiers\":[{\"LoTEType\":\"" ETSI "LoTEType/EUPIDProvidersList\","
                "\"SchemeOperatorName\":[{\"lang\":\"en\",\"value\":\"Nachweis vectors\"}],"
                "\"SchemeTerritory\":\"EU\",\"MimeType\":\"application/jose\"}]}]");
    const struct case_edit edits[] = {
        {SCHEME "LoTEType", "\"" ETSI "LoTEType/EUPIDProvidersList\""},
        {SCHEME "StatusDeterminationApproach", "\"" ETSI "PIDProvidersList/StatusDetn/EU\""},
        {SCHEME "SchemeTypeCommunityRules.0.uriValue", "\"" ETSI "PIDProviders/schemerules/EU\""},
        {SCHEME "HistoricalInformationPeriod", NULL},
        {SCHEME "SchemeInformationURI.1",
         "{\"lang\":\"en\",\"uriValue\":\"https://vectors.example/archive\"}"},
        {SCHEME "PointersToOtherLoTE", nw_buf_cstr(&pointer)},
        {ENTITY "TEInformationURI.1",
         "{\"lang\":\"en\",\"uriValue\":\"" ETSI "ListOfTrustedEntities/PIDProvider/PL\"}"},
        {SERVICE "ServiceTypeIdentifier", "\"" ETSI "SvcType/PID/Issuance\""},
        {SERVICE "ServiceStatus", NULL},
        {SERVICE "StatusStartingTime", NULL},
    };
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        case_edit(j->list, &edits[i]);
    }
    nw_buf_free(&pointer);
}
static void pid_list_with_status(struct list_job *j)
{
    const struct case_edit status = {SERVICE "ServiceStatus",
                                     "\"" ETSI "PubEAAProvidersList/SvcStatus/notified\""};
    pid_list(j);
    case_edit(j->list, &status);
}
static void pointers(struct list_job *j)
{
    struct nw_json *copy = NULL;
    gen_ok(nw_json_dup(j->list, &copy), "pointers");
    struct list_job other = {.g = j->g, .w = j->w, .list = copy};
    pid_list(&other);
    struct nw_buf text = NW_BUF(8192);
    nw_json_write(nw_json_path(copy, SCHEME "PointersToOtherLoTE"), &text);
    const struct case_edit e = {SCHEME "PointersToOtherLoTE", nw_buf_cstr(&text)};
    case_edit(j->list, &e);
    nw_buf_free(&text);
    nw_json_free(&copy);
}

static const struct list_row forms[] = {
    {.id = "LOTE-03-a1", .clause = TABLE},
    {.id = "LOTE-03-a2",
     .clause = "TS 119 602 table D.1",
     .stage = LIST_JSON,
     .spoil = pid_list,
     .list = "pid"},
    {.id = "LOTE-03-r21",
     .clause = "TS 119 602 table D.3",
     .broken = "a service of a list of PID providers has a status",
     .twin = "LOTE-03-a2",
     .stage = LIST_JSON,
     .spoil = pid_list_with_status,
     .list = "pid",
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r22",
     .clause = TABLE,
     .broken = "the list points to another one",
     .twin = "LOTE-03-a1",
     .stage = LIST_JSON,
     .spoil = pointers,
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r23",
     .clause = "TS 119 602 6.1.3",
     .broken = "a time has a fraction",
     .twin = "LOTE-03-a1",
     .edit = {{SCHEME "NextUpdate", "\"2026-12-01T10:00:00.5Z\""}},
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r1",
     .clause = "TS 119 602 6.3.3",
     .broken = "a list of PID providers is asked for, this is one of PuB-EAA providers",
     .twin = "LOTE-03-a1",
     .list = "pid",
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r2",
     .clause = TABLE,
     .broken = "LoTEType is one that nobody knows",
     .twin = "LOTE-03-a1",
     .edit = {{SCHEME "LoTEType", "\"" ETSI "LoTEType/Other\""}},
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r3",
     .clause = TABLE,
     .broken = "the version is 2",
     .twin = "LOTE-03-a1",
     .edit = {{SCHEME "LoTEVersionIdentifier", "2"}},
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r4",
     .clause = FORM,
     .broken = "a member that the schema does not know",
     .twin = "LOTE-03-a1",
     .edit = {{SCHEME "SchemeTeritory", "\"EU\""}},
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r5",
     .clause = "RFC 8259 4",
     .broken = "a member stands twice",
     .twin = "LOTE-03-a1",
     .stage = LIST_PAYLOAD,
     .spoil = member_twice,
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r6",
     .clause = FORM,
     .broken = "the number is a text",
     .twin = "LOTE-03-a1",
     .edit = {{SCHEME "LoTESequenceNumber", "\"7\""}},
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r7",
     .clause = FORM,
     .broken = "the number is 7.5",
     .twin = "LOTE-03-a1",
     .edit = {{SCHEME "LoTESequenceNumber", "7.5"}},
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r8",
     .clause = FORM,
     .broken = "the number is 2^64 + 7",
     .twin = "LOTE-03-a1",
     .stage = LIST_PAYLOAD,
     .spoil = big_number,
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r9",
     .clause = FORM,
     .broken = "the root member is called lote",
     .twin = "LOTE-03-a1",
     .stage = LIST_PAYLOAD,
     .spoil = root_name,
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r10",
     .clause = "RFC 8259 8.1",
     .broken = "a byte is not UTF-8",
     .twin = "LOTE-03-a1",
     .stage = LIST_PAYLOAD,
     .spoil = not_utf8,
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r11",
     .clause = "RFC 8259 8.1",
     .broken = "the JSON begins with a byte order mark",
     .twin = "LOTE-03-a1",
     .stage = LIST_PAYLOAD,
     .spoil = byte_order_mark,
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r12",
     .clause = "RFC 8259 2",
     .broken = "a second JSON value follows",
     .twin = "LOTE-03-a1",
     .stage = LIST_PAYLOAD,
     .spoil = two_values,
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r13",
     .clause = "RFC 8259 9",
     .broken = "arrays are nested 2000 deep",
     .twin = "LOTE-03-a1",
     .stage = LIST_PAYLOAD,
     .spoil = deep,
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r14",
     .clause = TABLE,
     .broken = "the territory is PL",
     .twin = "LOTE-03-a1",
     .edit = {{SCHEME "SchemeTerritory", "\"PL\""}},
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r15",
     .clause = TABLE,
     .broken = "the rules are those of the PID list",
     .twin = "LOTE-03-a1",
     .edit = {{SCHEME "SchemeTypeCommunityRules.0.uriValue",
               "\"" ETSI "PIDProviders/schemerules/EU\""}},
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r16",
     .clause = TABLE,
     .broken = "the status determination is that of the PID list",
     .twin = "LOTE-03-a1",
     .edit = {{SCHEME "StatusDeterminationApproach", "\"" ETSI "PIDProvidersList/StatusDetn/EU\""}},
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r17",
     .clause = TABLE,
     .broken = "the history period is missing",
     .twin = "LOTE-03-a1",
     .edit = {{SCHEME "HistoricalInformationPeriod", NULL}},
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r18",
     .clause = "TS 119 602 6.3.17",
     .broken = "a critical extension that nobody knows",
     .twin = "LOTE-03-a1",
     .edit = {{SCHEME "SchemeExtensions", "[{\"Critical\":true,\"New\":1}]"}},
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r19",
     .clause = "TS 119 602 6.1.3",
     .broken = "a time has an offset",
     .twin = "LOTE-03-a1",
     .edit = {{SCHEME "NextUpdate", "\"2026-12-01T11:00:00+01:00\""}},
     REFUSED("LOTE-03")},
    {.id = "LOTE-03-r20",
     .clause = "TS 119 602 6.1.3",
     .broken = "a time on 31 November",
     .twin = "LOTE-03-a1",
     .edit = {{SCHEME "NextUpdate", "\"2026-11-31T10:00:00Z\""}},
     REFUSED("LOTE-03")},
};

/* ---- services ---- */

static void other_organisation(struct list_job *j)
{
    struct nw_buf json = NW_BUF(4096);
    nw_buf_putc(&json, '"');
    nw_base64_encode(world_leaf(j->w->body[PARTY_DE].ca), &json);
    nw_buf_putc(&json, '"');
    const struct case_edit e = {SERVICE "ServiceDigitalIdentity.X509Certificates.0.val",
                                nw_buf_cstr(&json)};
    case_edit(j->list, &e);
    nw_buf_free(&json);
}
static void two_keys(struct list_job *j)
{
    struct nw_buf json = NW_BUF(4096);
    nw_buf_puts(&json, "{\"val\":\"");
    nw_base64_encode(world_leaf(j->w->body[PARTY_STRANGER].ca), &json);
    nw_buf_puts(&json, "\"}");
    const struct case_edit e = {SERVICE "ServiceDigitalIdentity.X509Certificates.1",
                                nw_buf_cstr(&json)};
    case_edit(j->list, &e);
    nw_buf_free(&json);
}

static void history_from(struct list_job *j, const char *start)
{
    struct nw_cert cert;
    struct nw_buf json = NW_BUF(4096);
    gen_ok(nw_cert_parse(world_leaf(j->w->body[PARTY_PL].ca), &cert, NULL), "history");
    nw_buf_puts(&json, "[{\"ServiceName\":[{\"lang\":\"en\",\"value\":\"A1\"}],"
                       "\"ServiceDigitalIdentity\":{\"X509SKIs\":[\"");
    nw_base64_encode(cert.ski, &json);
    nw_buf_printf(&json,
                  "\"]},\"ServiceTypeIdentifier\":\"" ETSI "SvcType/PubEAA/Issuance\","
                  "\"ServiceStatus\":\"" ETSI "PubEAAProvidersList/SvcStatus/withdrawn\","
                  "\"StatusStartingTime\":\"%s\"}]",
                  start);
    const struct case_edit e = {"LoTE.TrustedEntitiesList.0.TrustedEntityServices.0.ServiceHistory",
                                nw_buf_cstr(&json)};
    case_edit(j->list, &e);
    nw_buf_free(&json);
}
static void older_history(struct list_job *j)
{
    history_from(j, "2025-01-01T00:00:00Z");
}
static void younger_history(struct list_job *j)
{
    history_from(j, "2026-02-01T00:00:00Z");
}

static const struct list_row services[] = {
    {.id = "LOTE-04-a1", .clause = SERVICES},
    {.id = "LOTE-04-a3", .clause = SERVICES, .stage = LIST_JSON, .spoil = older_history},
    {.id = "LOTE-04-r13",
     .clause = SERVICES,
     .broken = "the history of a service is younger than its current entry",
     .twin = "LOTE-04-a3",
     .stage = LIST_JSON,
     .spoil = younger_history,
     DROPPED},
    {.id = "LOTE-04-a2",
     .clause = SERVICES,
     .edit = {{SERVICE "ServiceStatus", "\"" ETSI "PubEAAProvidersList/SvcStatus/withdrawn\""}}},
    {.id = "LOTE-04-r1",
     .clause = SERVICES,
     .broken = "a service is one of PID providers",
     .twin = "LOTE-04-a1",
     .edit = {{SERVICE "ServiceTypeIdentifier", "\"" ETSI "SvcType/PID/Issuance\""}},
     DROPPED},
    {.id = "LOTE-04-r2",
     .clause = SERVICES,
     .broken = "a service has no status",
     .twin = "LOTE-04-a1",
     .edit = {{SERVICE "ServiceStatus", NULL}},
     DROPPED},
    {.id = "LOTE-04-r3",
     .clause = SERVICES,
     .broken = "a service has a status that nobody knows",
     .twin = "LOTE-04-a1",
     .edit = {{SERVICE "ServiceStatus", "\"" ETSI "PubEAAProvidersList/SvcStatus/granted\""}},
     DROPPED},
    {.id = "LOTE-04-r4",
     .clause = SERVICES,
     .broken = "a status has no starting time",
     .twin = "LOTE-04-a1",
     .edit = {{SERVICE "StatusStartingTime", NULL}},
     DROPPED},
    {.id = "LOTE-04-r5",
     .clause = SERVICES,
     .broken = "one service has certificates of two keys",
     .twin = "LOTE-04-a1",
     .stage = LIST_JSON,
     .spoil = two_keys,
     DROPPED},
    {.id = "LOTE-04-r6",
     .clause = SERVICES,
     .broken = "a certificate names another organisation than the entity",
     .twin = "LOTE-04-a1",
     .stage = LIST_JSON,
     .spoil = other_organisation,
     DROPPED},
    {.id = "LOTE-04-r7",
     .clause = SERVICES,
     .broken = "what stands for a certificate is none",
     .twin = "LOTE-04-a1",
     .edit = {{SERVICE "ServiceDigitalIdentity.X509Certificates.0.val", "\"MAA=\""}},
     DROPPED},
    {.id = "LOTE-04-r8",
     .clause = SERVICES,
     .broken = "a service has an empty identity",
     .twin = "LOTE-04-a1",
     .edit = {{SERVICE "ServiceDigitalIdentity", "{}"}},
     DROPPED},
    {.id = "LOTE-04-r9",
     .clause = SERVICES,
     .broken = "a service is identified by a name only",
     .twin = "LOTE-04-a1",
     .edit = {{SERVICE "ServiceDigitalIdentity", "{\"X509SubjectNames\":[\"CN=Test CA\"]}"}},
     DROPPED},
    {.id = "LOTE-04-r10",
     .clause = "TS 119 602 6.3.17",
     .broken = "a service has a critical extension that nobody knows",
     .twin = "LOTE-04-a1",
     .edit = {{SERVICE "ServiceInformationExtensions", "[{\"Critical\":true,\"New\":1}]"}},
     DROPPED},
    {.id = "LOTE-04-r11",
     .clause = "TS 119 602 table H.2",
     .broken = "the entity names no legal basis",
     .twin = "LOTE-04-a1",
     .edit = {{ENTITY "TETradeName.1", NULL}},
     DROPPED},
    {.id = "LOTE-04-r12",
     .clause = "TS 119 602 table H.2",
     .broken = "the entity names no responsible state",
     .twin = "LOTE-04-a1",
     .edit = {{ENTITY "TEAddress.TEElectronicAddress.1", NULL}},
     DROPPED},
};

void group_lote_content(struct gen *g, const struct world *w)
{
    list_rows(g, w, forms, sizeof forms / sizeof forms[0]);
    list_rows(g, w, services, sizeof services / sizeof services[0]);
}
