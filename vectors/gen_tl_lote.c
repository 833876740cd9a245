/* Lists of trusted entities in XML (TS 119 602 annex A.2): the same gate TL-01 to TL-07 stands
 * before the rules LOTE-01 to LOTE-04. */
#include "tl.h"

#define ETSI "http://uri.etsi.org/19602/"
#define MDL "http://trust.ec.europa.eu/lists/mDL/"
#define GATE "TS 119 602 H.4; EN 319 132-1 6.3"
#define TABLE "TS 119 602 table H.1"
#define SERVICES "TS 119 602 tables H.2, H.3"
#define REFUSED(rule, code_, where)                                                                \
    .base = TL_LOTE, .twin = "LOTE-01-a40", .exit = 2, .failed = {rule}, .code = code_,            \
    .place = where
#define DROPPED .base = TL_LOTE, .twin = "LOTE-04-a40", .exit = 1, .failed = {"LOTE-04"}
#define SIGNED .xmlsec1 = "accepts"

static void stranger(struct tl_model *m)
{
    m->signer = tslist_signer_of(m->t->stranger);
}
static void signed_in_an_hour(struct tl_model *m)
{
    m->list.signed_at = "2026-06-15T11:00:00Z";
}
static void until_just_now(struct tl_model *m)
{
    m->list.next_update = "2026-06-15T09:59:59Z";
}
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
static void version_2(struct tl_model *m)
{
    m->list.version = 2;
}
static void no_history_period(struct tl_model *m)
{
    m->list.no_history_period = true;
}
static void of_poland(struct tl_model *m)
{
    m->list.territory = "PL";
}
static void critical_extension(struct tl_model *m)
{
    m->list.extensions = "<Extension Critical=\"true\"><New></New></Extension>";
}
static void pid_service(struct tl_model *m)
{
    m->services[0].period[0].type = "PID/Issuance";
}
static void no_status(struct tl_model *m)
{
    m->services[0].period[0].status = NULL;
}
static void other_name(struct tl_model *m)
{
    m->services[0].cert[0] = world_leaf(m->t->w->body[PARTY_DE].ca);
}
static void younger_history(struct tl_model *m)
{
    m->services[0].period[1] = (struct tslist_period){
        .type = "PubEAA/Issuance", .status = "withdrawn", .from = "2026-02-01T00:00:00Z"};
}
static void older_history(struct tl_model *m)
{
    m->services[0].period[1] = (struct tslist_period){
        .type = "PubEAA/Issuance", .status = "withdrawn", .from = "2025-02-01T00:00:00Z"};
}
static void harmless_extension(struct tl_model *m)
{
    m->list.extensions = "<Extension Critical=\"false\"><New></New></Extension>";
}
/* The same in the elements of TS 119 612 (A.2.2). */
static void alternative(struct tl_model *m)
{
    m->list.form = TSLIST_NATIONAL;
    m->list.territory = "EU";
    m->list.type = ETSI "LoTEType/EUPubEAAProvidersList";
    m->entity.role = NULL;
    for (size_t i = 0; i < m->entity.service_n; i++) {
        m->services[i].period[0].type =
            i == 0 ? ETSI "SvcType/PubEAA/Issuance" : ETSI "SvcType/PubEAA/Revocation";
        m->services[i].period[0].status = ETSI "PubEAAProvidersList/SvcStatus/notified";
    }
}
#define OF_PL                                                                                      \
    {                                                                                              \
        TSLIST_TEXT, "</ElectronicAddress></TSPAddress>",                                          \
            "<URI xml:lang=\"en\">" ETSI "ListOfTrustedEntities/PubEAAProvider/PL</URI>"           \
            "</ElectronicAddress></TSPAddress>"                                                    \
    }
#define APPROACH                                                                                   \
    {                                                                                              \
        TSLIST_TEXT, "http://uri.etsi.org/TrstSvc/TrustedList/StatusDetn/EUappropriate",           \
            ETSI "PubEAAProvidersList/StatusDetn/EU"                                               \
    }
#define RULES                                                                                      \
    {                                                                                              \
        TSLIST_TEXT, "http://uri.etsi.org/TrstSvc/TrustedList/schemerules/EUcommon",               \
            ETSI "PubEAAProvidersList/schemerules/EU"                                              \
    }
/* The Commission's list of those who issue driving licences; it is to be JSON, which is said. */
static void driving_licences(struct tl_model *m)
{
    m->list.type = MDL "mDLProvidersListType";
    m->list.no_history_period = true;
    m->entity.role = NULL;
    m->entity.service_n = 1;
    m->services[0].period[0] = (struct tslist_period){.type = MDL "SvcType/Issuance"};
}
static void private_name(struct tl_model *m)
{
    m->list.operator_name = "Nachweis \xee\x80\x80"; /* U+E000 */
}

static const struct tl_row rows[] = {
    {.id = "LOTE-02-before-8-xml", .base = TL_LOTE, .model = number_8, .file_only = true},
    {.id = "LOTE-02-before-6-xml", .base = TL_LOTE, .model = number_6, .file_only = true},
    {.id = "LOTE-01-a40", .clause = GATE, .base = TL_LOTE},
    {.id = "LOTE-02-a40",
     .clause = "TS 119 602 6.3.2",
     .base = TL_LOTE,
     .state = "LOTE-02-before-6-xml"},
    {.id = "LOTE-03-a40",
     .clause = "TS 119 602 6.3.17",
     .base = TL_LOTE,
     .model = harmless_extension},
    {.id = "LOTE-03-a41",
     .clause = "TS 119 602 A.2.2",
     .base = TL_LOTE,
     .model = alternative,
     .change = {APPROACH, RULES, OF_PL}},
    {.id = "LOTE-03-a42",
     .clause = "TS 119 602 annex A.2",
     .base = TL_LOTE,
     .model = driving_licences,
     .change = {{TSLIST_TEXT, ETSI "PubEAAProvidersList/StatusDetn/EU",
                 MDL "mDLProvidersListStatusDetn"},
                {TSLIST_TEXT, ETSI "PubEAAProvidersList/schemerules/EU", MDL "schemerules"}},
     .kind = "mdl",
     .exit = 1},
    {.id = "LOTE-04-a40", .clause = SERVICES, .base = TL_LOTE, .model = older_history},
    {.id = "TL-02-r40",
     .clause = "TS 119 602 6.1",
     .broken = "there is a DOCTYPE",
     .change = {{TSLIST_DOCUMENT, "<ListOfTrustedEntities ",
                 "<!DOCTYPE x><ListOfTrustedEntities "}},
     SIGNED,
     REFUSED("TL-02", "TSL_DOCTYPE", NULL)},
    {.id = "TL-03-r40",
     .clause = GATE,
     .broken = "there is a second Object, which nothing covers",
     .change = {{TSLIST_DOCUMENT, "</ds:Object>", "</ds:Object><ds:Object></ds:Object>"}},
     SIGNED,
     REFUSED("TL-03", "TSL_STRUCT", "ds:Signature")},
    {.id = "TL-04-r40",
     .clause = GATE,
     .broken = "an XPath filter stands for the enveloped-signature transform",
     .change = {{TSLIST_SIGNED_INFO,
                 "<ds:Transform Algorithm=\"" TSLIST_NS_DS "enveloped-signature\"></ds:Transform>",
                 "<ds:Transform Algorithm=\"http://www.w3.org/2002/06/xmldsig-filter2\"><f:XPath "
                 "xmlns:f=\"http://www.w3.org/2002/06/xmldsig-filter2\" Filter=\"subtract\">"
                 "/descendant::*[local-name()='Signature']</f:XPath></ds:Transform>"}},
     SIGNED,
     REFUSED("TL-04", "TSL_REF", "Reference to the list")},
    {.id = "TL-05-r40",
     .clause = "TS 119 602 6.8",
     .broken = "signed by a certificate that is not pinned",
     .model = stranger,
     .xmlsec1 = "refuses",
     REFUSED("TL-05", "TSL_SIGNER", "ds:X509Certificate")},
    {.id = "TL-06-r40",
     .clause = "EN 319 132-1 6.3",
     .broken = "the old SigningCertificate stands for SigningCertificateV2",
     .change = {{TSLIST_PROPERTIES, "<xades:SigningCertificateV2>", "<xades:SigningCertificate>"},
                {TSLIST_PROPERTIES, "</xades:SigningCertificateV2>",
                 "</xades:SigningCertificate>"}},
     SIGNED,
     REFUSED("TL-06", "TSL_SIGCERT", "xades:SigningCertificate")},
    {.id = "TL-07-r40",
     .clause = "XMLDSig 3.2.1",
     .broken = "a digit was changed after signing",
     .change = {{TSLIST_DOCUMENT, "<LoTESequenceNumber>7<", "<LoTESequenceNumber>8<"}},
     .xmlsec1 = "refuses",
     REFUSED("TL-07", "TSL_DIGEST", "Reference to the list")},
    {.id = "LOTE-01-r40",
     .clause = "XAdES 5.2.1",
     .broken = "signed in an hour",
     .model = signed_in_an_hour,
     SIGNED,
     REFUSED("LOTE-01", "LOTE_TIME", "xades:SigningTime")},
    {.id = "LOTE-02-r40",
     .clause = "TS 119 602 6.3.15",
     .broken = "NextUpdate was a second ago",
     .model = until_just_now,
     SIGNED,
     REFUSED("LOTE-02", "LOTE_TIME", NULL)},
    {.id = "LOTE-02-r41",
     .clause = "TS 119 602 6.3.2",
     .broken = "number 8 was accepted before",
     .state = "LOTE-02-before-8-xml",
     SIGNED,
     REFUSED("LOTE-02", "LOTE_SEQUENCE", NULL)},
    {.id = "LOTE-03-r40",
     .clause = "TS 119 602 6.3.3",
     .broken = "a list of PID providers is asked for, this is one of PuB-EAA providers",
     .kind = "pid",
     SIGNED,
     REFUSED("LOTE-03", "LOTE_TYPE", NULL)},
    {.id = "LOTE-03-r41",
     .clause = TABLE,
     .broken = "the version is 2",
     .model = version_2,
     SIGNED,
     REFUSED("LOTE-03", "LOTE_PROFILE", NULL)},
    {.id = "LOTE-03-r42",
     .clause = TABLE,
     .broken = "the history period is missing",
     .model = no_history_period,
     SIGNED,
     REFUSED("LOTE-03", "LOTE_PROFILE", NULL)},
    {.id = "LOTE-03-r43",
     .clause = TABLE,
     .broken = "the territory is PL",
     .model = of_poland,
     SIGNED,
     REFUSED("LOTE-03", "LOTE_PROFILE", NULL)},
    {.id = "LOTE-03-r44",
     .clause = "TS 119 602 6.3.17",
     .broken = "a critical extension that nobody knows",
     .model = critical_extension,
     SIGNED,
     REFUSED("LOTE-03", "LOTE_EXTENSION", NULL)},
    {.id = "LOTE-03-r45",
     .clause = "TS 119 602 A.2",
     .broken = "an element that the schema does not know",
     .change = {{TSLIST_TEXT, "<SchemeTerritory>",
                 "<SchemeTeritory></SchemeTeritory><SchemeTerritory>"}},
     SIGNED,
     REFUSED("LOTE-03", "LOTE_FORM", NULL)},
    {.id = "LOTE-03-r46",
     .clause = "TS 119 602 A.2.2, table H.1",
     .broken = "in the elements of TS 119 612, with the rules of a national list",
     .twin = "LOTE-03-a41",
     .base = TL_LOTE,
     .model = alternative,
     .change = {APPROACH, OF_PL},
     .exit = 2,
     .failed = {"LOTE-03"},
     .code = "LOTE_PROFILE",
     SIGNED},
    {.id = "LOTE-03-r47",
     .clause = "TS 119 602 A.2",
     .broken = "an element that the schema does not know stands last",
     .change = {{TSLIST_TEXT, "</NextUpdate>", "</NextUpdate><Extra></Extra>"}},
     SIGNED,
     REFUSED("LOTE-03", "LOTE_FORM", NULL)},
    {.id = "LOTE-03-r48",
     .clause = "TS 119 602 6.1.3",
     .broken = "a time has a fraction of a second",
     .change = {{TSLIST_TEXT, "<ListIssueDateTime>2026-06-01T10:00:00Z",
                 "<ListIssueDateTime>2026-06-01T10:00:00.5Z"}},
     SIGNED,
     REFUSED("LOTE-03", "LOTE_FORM", NULL)},
    {.id = "LOTE-03-r49",
     .clause = "TS 119 602 B.2",
     .broken = "the operator's name has a private-use character",
     .model = private_name,
     SIGNED,
     REFUSED("LOTE-03", "LOTE_PROFILE", NULL)},
    {.id = "LOTE-03-r50",
     .clause = "TS 119 602 annex A.2",
     .broken = "a list of issuers of driving licences where PuB-EAA providers are asked for",
     .twin = "LOTE-03-a42",
     .base = TL_LOTE,
     .model = driving_licences,
     .change = {{TSLIST_TEXT, ETSI "PubEAAProvidersList/StatusDetn/EU",
                 MDL "mDLProvidersListStatusDetn"},
                {TSLIST_TEXT, ETSI "PubEAAProvidersList/schemerules/EU", MDL "schemerules"}},
     .exit = 2,
     .failed = {"LOTE-03"},
     .code = "LOTE_TYPE",
     SIGNED},
    {.id = "LOTE-04-r40",
     .clause = SERVICES,
     .broken = "a service is one of PID providers",
     .model = pid_service,
     SIGNED,
     DROPPED},
    {.id = "LOTE-04-r41",
     .clause = SERVICES,
     .broken = "a service has no status",
     .model = no_status,
     SIGNED,
     DROPPED},
    {.id = "LOTE-04-r42",
     .clause = SERVICES,
     .broken = "a certificate names another organisation than the entity",
     .model = other_name,
     SIGNED,
     DROPPED},
    {.id = "LOTE-04-r43",
     .clause = SERVICES,
     .broken = "the history of a service is younger than its current entry",
     .model = younger_history,
     SIGNED,
     DROPPED},
};

void tl_group_lote(struct tl *t)
{
    tl_rows(t, rows, sizeof rows / sizeof rows[0]);
}
