/* The signed list of PuB-EAA providers that a test verifier trusts: TS 119 602 annex H with one
 * entity and its two services. Issuance names the attestation signer itself and Revocation the
 * status signer itself: were it their CA, either key could stand in for the other. */
#include "setup.h"

#include "base/codec.h"
#include "base/date.h"
#include "jose/jws.h"

#define ETSI "http://uri.etsi.org/19602/"
#define MONTHS 6 /* NextUpdate, annex H */

static void text(struct nw_buf *b, const char *s)
{
    nw_json_write_text(nw_str(s), b);
}

/* [{"lang":"en","MEMBER":"..."}] */
static void multilang(struct nw_buf *b, const char *name, const char *member, const char *value)
{
    nw_buf_printf(b, ",\"%s\":[{\"lang\":\"en\",\"%s\":", name, member);
    text(b, value);
    nw_buf_puts(b, "}]");
}

static void write_scheme(const struct nw_setup *s, struct nw_buf *b)
{
    char issued[NW_TIME_TEXT], next[NW_TIME_TEXT];
    nw_time_format(s->now, issued);
    int64_t until = nw_date_add_months(nw_time_day(s->now), MONTHS);
    nw_time_format(until * NW_DAY, next);
    nw_buf_puts(b, "{\"LoTEVersionIdentifier\":1,\"LoTESequenceNumber\":1,"
                   "\"LoTEType\":\"" ETSI "LoTEType/EUPubEAAProvidersList\"");
    multilang(b, "SchemeOperatorName", "value", "TEST list operator");
    nw_buf_puts(b, ",\"SchemeOperatorAddress\":{\"SchemeOperatorPostalAddress\":[{\"lang\":\"en\","
                   "\"StreetAddress\":\"Test street 1\",\"Locality\":\"Test town\","
                   "\"Country\":\"EU\"}],\"SchemeOperatorElectronicAddress\":["
                   "{\"lang\":\"en\",\"uriValue\":\"mailto:lists@a1.example\"},"
                   "{\"lang\":\"en\",\"uriValue\":\"https://lists.a1.example/\"}]}");
    multilang(b, "SchemeName", "value", "EU:TEST list of PuB-EAA providers, not official");
    multilang(b, "SchemeInformationURI", "uriValue", "https://lists.a1.example/about");
    nw_buf_puts(b,
                ",\"StatusDeterminationApproach\":\"" ETSI "PubEAAProvidersList/StatusDetn/EU\"");
    multilang(b, "SchemeTypeCommunityRules", "uriValue", ETSI "PubEAAProvidersList/schemerules/EU");
    nw_buf_puts(b, ",\"SchemeTerritory\":\"EU\",\"PolicyOrLegalNotice\":[{\"LoTEPolicy\":"
                   "{\"lang\":\"en\",\"uriValue\":\"https://lists.a1.example/policy\"}}],"
                   "\"HistoricalInformationPeriod\":65535");
    nw_buf_printf(b, ",\"ListIssueDateTime\":\"%s\",\"NextUpdate\":\"%s\"}", issued, next);
}

static void write_address(const struct nw_setup *s, struct nw_buf *b)
{
    const struct nw_json *address = nw_json_get(s->tenant.contact, "address");
    const char *street = nw_json_text(nw_json_get(address, "streetAndNumber"));
    const char *code = nw_json_text(nw_json_get(address, "postcode"));
    nw_buf_puts(b, ",\"TEAddress\":{\"TEPostalAddress\":[{\"lang\":\"en\",\"StreetAddress\":");
    text(b, street != NULL ? street : "-");
    nw_buf_puts(b, ",\"Locality\":");
    text(b, nw_json_text(nw_json_get(address, "town")));
    if (code != NULL) {
        nw_buf_puts(b, ",\"PostalCode\":");
        text(b, code);
    }
    nw_buf_printf(b, ",\"Country\":\"%s\"}],\"TEElectronicAddress\":[", s->tenant.country);
    nw_buf_puts(b, "{\"lang\":\"en\",\"uriValue\":\"mailto:a1@a1.example\"},"
                   "{\"lang\":\"en\",\"uriValue\":");
    text(b, s->tenant.url);
    nw_buf_printf(b,
                  "},{\"lang\":\"en\",\"uriValue\":\"tel:+000000\"},{\"lang\":\"en\",\"uriValue\":"
                  "\"" ETSI "ListOfTrustedEntities/PubEAAProvider/%s\"}]}",
                  s->tenant.country);
}

static void write_entity(const struct nw_setup *s, struct nw_buf *b)
{
    nw_buf_puts(b, "{\"TEName\":[{\"lang\":\"en\",\"value\":");
    text(b, s->tenant.name);
    nw_buf_puts(b, "}],\"TETradeName\":[{\"lang\":\"en\",\"value\":");
    text(b, s->tenant.id);
    nw_buf_puts(b, "},{\"lang\":\"en\",\"value\":\"OJ:EU:32004R0883\"}]");
    write_address(s, b);
    multilang(b, "TEInformationURI", "uriValue", s->tenant.url);
    nw_buf_puts(b, "}");
}

static void write_service(const struct nw_setup *s, const char *type, const char *name,
                          struct nw_slice cert, struct nw_buf *b)
{
    char since[NW_TIME_TEXT];
    nw_time_format((nw_time_day(s->now) - 1) * NW_DAY, since); /* as the certificate */
    nw_buf_puts(b, "{\"ServiceInformation\":{\"ServiceName\":[{\"lang\":\"en\",\"value\":");
    text(b, name);
    nw_buf_puts(b, "}],\"ServiceDigitalIdentity\":{\"X509Certificates\":[{\"val\":\"");
    nw_base64_encode(cert, b);
    nw_buf_printf(b, "\"}]},\"ServiceTypeIdentifier\":\"" ETSI "SvcType/PubEAA/%s\"", type);
    nw_buf_printf(b,
                  ",\"ServiceStatus\":\"" ETSI "PubEAAProvidersList/SvcStatus/notified\","
                  "\"StatusStartingTime\":\"%s\"}}",
                  since);
}

enum nw_err nw_setup_list(const struct nw_setup *s, struct nw_diag *d)
{
    struct nw_buf payload = NW_BUF(NW_MAX_LOTE), token = NW_BUF(NW_MAX_LOTE);
    char header[64];
    nw_buf_puts(&payload, "{\"LoTE\":{\"ListAndSchemeInformation\":");
    write_scheme(s, &payload);
    nw_buf_puts(&payload, ",\"TrustedEntitiesList\":[{\"TrustedEntityInformation\":");
    write_entity(s, &payload);
    nw_buf_puts(&payload, ",\"TrustedEntityServices\":[");
    write_service(s, "Issuance", "TEST A1 issuance", nw_buf_slice(&s->attestation), &payload);
    nw_buf_puts(&payload, ",");
    write_service(s, "Revocation", "TEST A1 status lists", nw_buf_slice(&s->status), &payload);
    nw_buf_puts(&payload, "]}]}}");
    enum nw_err e = nw_buf_err(&payload);
    /* JAdES baseline B: iat and x5c (TS 119 182-1) */
    (void)snprintf(header, sizeof header, "\"iat\":%lld", (long long)s->now);
    if (e == NW_OK) {
        e = nw_jws_sign(s->list_signer, header, true, nw_buf_slice(&payload), &token);
    }
    if (e == NW_OK) {
        e = nw_setup_file(s, "lists/pub-eaa.jws", nw_buf_slice(&token), 0644, d);
    }
    nw_buf_free(&token);
    nw_buf_free(&payload);
    return e;
}
