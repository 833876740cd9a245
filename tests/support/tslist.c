/* What a list says, written in exclusive canonical form. */
#include "tslist.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "crypto/cert.h"

#define SVC612 "http://uri.etsi.org/TrstSvc/"
#define ETSI602 "http://uri.etsi.org/19602/"
#define MORE612 "http://uri.etsi.org/02231/v2/additionaltypes#"

static const char *usual(const char *given, const char *otherwise)
{
    return given != NULL ? given : otherwise;
}

static bool is_lote(const struct tslist *l)
{
    return l->form == TSLIST_LOTE;
}

static void put_escaped(struct nw_buf *b, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            nw_buf_puts(b, "&amp;");
            break;
        case '<':
            nw_buf_puts(b, "&lt;");
            break;
        case '>':
            nw_buf_puts(b, "&gt;");
            break;
        default:
            nw_buf_putc(b, (uint8_t)*text);
        }
    }
}

static void put_element(struct nw_buf *b, const char *name, const char *text)
{
    nw_buf_printf(b, "<%s>", name);
    put_escaped(b, text);
    nw_buf_printf(b, "</%s>", name);
}

static void put_english(struct nw_buf *b, const char *name, const char *text)
{
    nw_buf_printf(b, "<%s xml:lang=\"en\">", name);
    put_escaped(b, text);
    nw_buf_printf(b, "</%s>", name);
}

/* A parent with one child in English. */
static void put_in(struct nw_buf *b, const char *parent, const char *child, const char *text)
{
    nw_buf_printf(b, "<%s>", parent);
    put_english(b, child, text);
    nw_buf_printf(b, "</%s>", parent);
}

/* base and text, unless the text is a URI already. */
static void put_uri(struct nw_buf *b, const char *name, const char *base, const char *text)
{
    nw_buf_printf(b, "<%s>", name);
    put_escaped(b, strchr(text, ':') != NULL ? "" : base);
    put_escaped(b, text);
    nw_buf_printf(b, "</%s>", name);
}

static void put_address(struct nw_buf *b, const char *name, const char *country, const char *uri)
{
    nw_buf_printf(b,
                  "<%s><PostalAddresses><PostalAddress xml:lang=\"en\"><StreetAddress>Test street "
                  "1</StreetAddress><Locality>Testville</Locality><CountryName>%s</CountryName>"
                  "</PostalAddress></PostalAddresses><ElectronicAddress>",
                  name, country);
    put_english(b, "URI", "mailto:lists@vectors.example");
    if (uri != NULL) {
        put_english(b, "URI", uri);
    }
    nw_buf_printf(b, "</ElectronicAddress></%s>", name);
}

static void put_cert(struct nw_buf *b, struct nw_slice der)
{
    nw_buf_puts(b, "<DigitalId><X509Certificate>");
    nw_base64_encode(der, b);
    nw_buf_puts(b, "</X509Certificate></DigitalId>");
}

static void put_ski(struct nw_buf *b, struct nw_slice der)
{
    struct nw_cert cert;
    if (nw_cert_parse(der, &cert, NULL) == NW_OK && cert.ski.n > 0) {
        nw_buf_puts(b, "<DigitalId><X509SKI>");
        nw_base64_encode(cert.ski, b);
        nw_buf_puts(b, "</X509SKI></DigitalId>");
    }
}

static void put_identity(struct nw_buf *b, const struct nw_slice *certs, size_t n, bool ski)
{
    nw_buf_puts(b, "<ServiceDigitalIdentity>");
    for (size_t i = 0; i < n && certs[i].n > 0; i++) {
        if (ski) {
            put_ski(b, certs[i]);
        } else {
            put_cert(b, certs[i]);
        }
    }
    nw_buf_puts(b, "</ServiceDigitalIdentity>");
}

/* --- scheme --- */

static void put_pointer(const struct tslist *l, const struct tslist_pointer *p, struct nw_buf *b)
{
    const bool lote = is_lote(l);
    nw_buf_puts(b, lote ? "<OtherLoTEPointer>" : "<OtherTSLPointer>");
    nw_buf_puts(b, "<ServiceDigitalIdentities>");
    for (size_t i = 0; i < sizeof p->cert / sizeof p->cert[0] && p->cert[i].n > 0; i++) {
        put_identity(b, &p->cert[i], 1, false);
    }
    nw_buf_puts(b, "</ServiceDigitalIdentities>");
    put_element(b, lote ? "LoTELocation" : "TSLLocation", p->location);
    nw_buf_puts(b, "<AdditionalInformation><OtherInformation>");
    put_uri(b, lote ? "LoTEType" : "TSLType",
            lote ? ETSI602 "LoTEType/" : SVC612 "TrustedList/TSLType/", p->type);
    nw_buf_puts(b, "</OtherInformation><OtherInformation>");
    put_in(b, "SchemeOperatorName", "Name", usual(l->operator_name, "Nachweis vectors"));
    nw_buf_puts(b, "</OtherInformation><OtherInformation>");
    put_element(b, "SchemeTerritory", p->territory);
    nw_buf_printf(b,
                  "</OtherInformation><OtherInformation><tslx:MimeType xmlns:tslx=\"%s\">%s"
                  "</tslx:MimeType></OtherInformation></AdditionalInformation>",
                  MORE612,
                  usual(p->mime, lote ? "application/xml" : "application/vnd.etsi.tsl+xml"));
    nw_buf_puts(b, lote ? "</OtherLoTEPointer>" : "</OtherTSLPointer>");
}

static void put_pointers(const struct tslist *l, struct nw_buf *b)
{
    const char *name = is_lote(l) ? "PointersToOtherLoTE" : "PointersToOtherTSL";
    if (l->pointer_n > 0) {
        nw_buf_printf(b, "<%s>", name);
        for (size_t i = 0; i < l->pointer_n; i++) {
            put_pointer(l, &l->pointers[i], b);
        }
        nw_buf_printf(b, "</%s>", name);
    }
}

static void put_times(const struct tslist *l, struct nw_buf *b)
{
    const char *next = usual(l->next_update, TSLIST_NEXT);
    put_element(b, "ListIssueDateTime", usual(l->issued, TSLIST_ISSUED));
    nw_buf_puts(b, "<NextUpdate>");
    if (next[0] != '\0') {
        put_element(b, "dateTime", next);
    }
    nw_buf_puts(b, "</NextUpdate>");
    if (l->extensions != NULL) {
        nw_buf_printf(b, "<SchemeExtensions>%s</SchemeExtensions>", l->extensions);
    }
}

static void put_uris(const struct tslist *l, struct nw_buf *b)
{
    nw_buf_puts(b, "<SchemeInformationURI>");
    put_english(b, "URI", usual(l->uris[0], "https://vectors.example/list"));
    for (size_t i = 1; i < sizeof l->uris / sizeof l->uris[0] && l->uris[i] != NULL; i++) {
        put_english(b, "URI", l->uris[i]);
    }
    nw_buf_puts(b, "</SchemeInformationURI>");
}

static void put_scheme_612(const struct tslist *l, const char *territory, struct nw_buf *b)
{
    const bool lotl = l->form == TSLIST_LOTL;
    nw_buf_printf(b,
                  "<TSLVersionIdentifier>%u</TSLVersionIdentifier><TSLSequenceNumber>%llu"
                  "</TSLSequenceNumber>",
                  l->version != 0 ? l->version : 6,
                  (unsigned long long)(l->number != 0 ? l->number : 7));
    put_uri(b, "TSLType", SVC612 "TrustedList/TSLType/",
            usual(l->type, lotl ? "EUlistofthelists" : "EUgeneric"));
    put_in(b, "SchemeOperatorName", "Name", usual(l->operator_name, "Nachweis vectors"));
    put_address(b, "SchemeOperatorAddress", territory, NULL);
    nw_buf_printf(b,
                  "<SchemeName><Name xml:lang=\"en\">%s:Vectors, not official</Name></SchemeName>",
                  territory);
    put_uris(l, b);
    put_uri(b, "StatusDeterminationApproach", SVC612 "TrustedList/StatusDetn/",
            lotl ? "EUlistofthelists" : "EUappropriate");
    put_in(b, "SchemeTypeCommunityRules", "URI",
           lotl ? SVC612 "TrustedList/schemerules/EUlistofthelists"
                : SVC612 "TrustedList/schemerules/EUcommon");
    put_element(b, "SchemeTerritory", territory);
    put_in(b, "PolicyOrLegalNotice", "TSLLegalNotice", "Test material, not official");
    put_element(b, "HistoricalInformationPeriod", "65535");
}

static void put_scheme_602(const struct tslist *l, const char *territory, struct nw_buf *b)
{
    const char *family = usual(l->family, "PubEAAProvidersList");
    nw_buf_printf(b,
                  "<LoTEVersionIdentifier>%u</LoTEVersionIdentifier><LoTESequenceNumber>%llu"
                  "</LoTESequenceNumber>",
                  l->version != 0 ? l->version : 1,
                  (unsigned long long)(l->number != 0 ? l->number : 7));
    put_uri(b, "LoTEType", ETSI602 "LoTEType/", usual(l->type, "EUPubEAAProvidersList"));
    put_in(b, "SchemeOperatorName", "Name", usual(l->operator_name, "Nachweis vectors"));
    put_address(b, "SchemeOperatorAddress", territory, NULL);
    put_in(b, "SchemeName", "Name", "EU:Vectors, not official");
    put_uris(l, b);
    nw_buf_printf(b,
                  "<StatusDeterminationApproach>" ETSI602
                  "%s/StatusDetn/EU</StatusDeterminationApproach><SchemeTypeCommunityRules>"
                  "<URI xml:lang=\"en\">" ETSI602
                  "%s/schemerules/EU</URI></SchemeTypeCommunityRules>",
                  family, strcmp(family, "PIDProvidersList") == 0 ? "PIDProviders" : family);
    put_element(b, "SchemeTerritory", territory);
    put_in(b, "PolicyOrLegalNotice", "LoTEPolicy", "https://vectors.example/policy");
    if (!l->no_history_period) {
        put_element(b, "HistoricalInformationPeriod", "65535");
    }
}

/* --- services --- */

static void put_extensions(const struct tslist_period *p, struct nw_buf *b)
{
    if (p->uses[0] == NULL && p->more == NULL) {
        return;
    }
    nw_buf_puts(b, "<ServiceInformationExtensions>");
    for (size_t i = 0; i < sizeof p->uses / sizeof p->uses[0] && p->uses[i] != NULL; i++) {
        nw_buf_puts(b, "<Extension Critical=\"true\"><AdditionalServiceInformation>"
                       "<URI xml:lang=\"en\">");
        put_escaped(b, strchr(p->uses[i], ':') != NULL ? "" : SVC612 "TrustedList/SvcInfoExt/");
        put_escaped(b, p->uses[i]);
        nw_buf_puts(b, "</URI></AdditionalServiceInformation></Extension>");
    }
    nw_buf_puts(b, usual(p->more, ""));
    nw_buf_puts(b, "</ServiceInformationExtensions>");
}

static void put_entry(const struct tslist *l, const struct tslist_service *s,
                      const struct tslist_period *p, struct nw_buf *b)
{
    char base[128];
    const bool lote = is_lote(l);
    const char *name = p == s->period ? "ServiceInformation" : "ServiceHistoryInstance";
    (void)snprintf(base, sizeof base, ETSI602 "%s/SvcStatus/",
                   usual(l->family, "PubEAAProvidersList"));
    nw_buf_printf(b, "<%s>", name);
    put_uri(b, "ServiceTypeIdentifier", lote ? ETSI602 "SvcType/" : SVC612 "Svctype/", p->type);
    put_in(b, "ServiceName", "Name", usual(s->name, "Service"));
    put_identity(b, s->cert, sizeof s->cert / sizeof s->cert[0], p != s->period);
    if (p->status != NULL) {
        put_uri(b, "ServiceStatus", lote ? base : SVC612 "TrustedList/Svcstatus/", p->status);
    }
    if (p->from != NULL) {
        put_element(b, "StatusStartingTime", p->from);
    }
    put_extensions(p, b);
    nw_buf_printf(b, "</%s>", name);
}

static void put_service(const struct tslist *l, const struct tslist_service *s, struct nw_buf *b)
{
    const char *name = is_lote(l) ? "TrustedEntityService" : "TSPService";
    nw_buf_printf(b, "<%s>", name);
    put_entry(l, s, &s->period[0], b);
    if (s->period[1].type != NULL) {
        nw_buf_puts(b, "<ServiceHistory>");
        for (size_t i = 1; i < TSLIST_PERIODS && s->period[i].type != NULL; i++) {
            put_entry(l, s, &s->period[i], b);
        }
        nw_buf_puts(b, "</ServiceHistory>");
    }
    nw_buf_printf(b, "</%s>", name);
}

static void put_information(const struct tslist *l, const struct tslist_entity *t, struct nw_buf *b)
{
    const char *start = is_lote(l) ? "TE" : "TSP";
    const bool public_body =
        strcmp(usual(l->type, "EUPubEAAProvidersList"), "EUPubEAAProvidersList") == 0;
    char name[32];
    char role[160];
    (void)snprintf(role, sizeof role, ETSI602 "ListOfTrustedEntities/%s", usual(t->role, ""));
    const char *uri = t->role != NULL ? role : NULL;
    (void)snprintf(name, sizeof name, "%sName", start);
    put_in(b, name, "Name", t->name);
    if (t->trade[0] != NULL) {
        nw_buf_printf(b, "<%sTradeName>", start);
        for (size_t i = 0; i < sizeof t->trade / sizeof t->trade[0] && t->trade[i] != NULL; i++) {
            put_english(b, "Name", t->trade[i]);
        }
        nw_buf_printf(b, "</%sTradeName>", start);
    }
    (void)snprintf(name, sizeof name, "%sAddress", start);
    put_address(b, name, usual(t->country, "PL"), public_body ? uri : NULL);
    nw_buf_printf(b, "<%sInformationURI>", start);
    put_english(b, "URI", "https://provider.example/");
    if (uri != NULL && !public_body) {
        put_english(b, "URI", uri);
    }
    nw_buf_printf(b, "</%sInformationURI>", start);
}

static void put_entity(const struct tslist *l, const struct tslist_entity *t, struct nw_buf *b)
{
    const bool lote = is_lote(l);
    nw_buf_puts(b, lote ? "<TrustedEntity><TrustedEntityInformation>"
                        : "<TrustServiceProvider><TSPInformation>");
    put_information(l, t, b);
    nw_buf_puts(b, lote ? "</TrustedEntityInformation><TrustedEntityServices>"
                        : "</TSPInformation><TSPServices>");
    for (size_t i = 0; i < t->service_n; i++) {
        put_service(l, &t->services[i], b);
    }
    nw_buf_puts(b, lote ? "</TrustedEntityServices></TrustedEntity>"
                        : "</TSPServices></TrustServiceProvider>");
}

void tslist_write(const struct tslist *l, struct nw_buf *out)
{
    const bool lote = is_lote(l);
    const char *territory = usual(l->territory, l->form == TSLIST_NATIONAL ? "PL" : "EU");
    const char *entities = lote ? "TrustedEntitiesList" : "TrustServiceProviderList";
    nw_buf_puts(out, lote ? "<ListOfTrustedEntities xmlns=\"http://uri.etsi.org/019602/v1#\" "
                            "Id=\"" TSLIST_ID "\" LOTETag=\"" ETSI602 "LoTETag\">"
                            "<ListAndSchemeInformation>"
                          : "<TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\" "
                            "Id=\"" TSLIST_ID "\" TSLTag=\"http://uri.etsi.org/19612/TSLTag\">"
                            "<SchemeInformation>");
    if (lote) {
        put_scheme_602(l, territory, out);
    } else {
        put_scheme_612(l, territory, out);
    }
    put_pointers(l, out);
    put_times(l, out);
    nw_buf_puts(out, lote ? "</ListAndSchemeInformation>" : "</SchemeInformation>");
    if (l->entity_n > 0) {
        nw_buf_printf(out, "<%s>", entities);
        for (size_t i = 0; i < l->entity_n; i++) {
            put_entity(l, &l->entities[i], out);
        }
        nw_buf_printf(out, "</%s>", entities);
    }
    nw_buf_puts(out, lote ? "</ListOfTrustedEntities>" : "</TrustServiceStatusList>");
}
