/* The signed lists that a test verifier trusts, of PuB-EAA providers (A1, EHIC) and of PID
 * providers: TS 119 602 annexes H and D, each with one entity and its two services. Issuance names
 * the attestation signer itself and Revocation the status signer itself: were it their CA, either
 * key could stand in for the other. */
#include "setup.h"

#include "base/codec.h"
#include "base/date.h"
#include "jose/jws.h"

#define ETSI "http://uri.etsi.org/19602/"
#define MONTHS 6 /* NextUpdate, annex H */

struct kind {
    const char *file, *list, *rules, *service, *entity; /* parts of the addresses */
    const char *name;                                   /* "A1" in the names of services */
    bool history; /* annex H; the others point to themselves */
};
static const struct kind kinds[] = {
    {"pub-eaa", "PubEAAProvidersList", "PubEAAProvidersList", "PubEAA", "PubEAAProvider", "A1",
     true},
    {"pid", "PIDProvidersList", "PIDProviders", "PID", "PIDProvider", "PID", false},
};

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

/* Lists without history name their own place and who signs them (tables x.1). */
static void write_pointer(const struct nw_setup *s, const struct kind *k, struct nw_buf *b)
{
    nw_buf_puts(b, ",\"PointersToOtherLoTE\":[{\"LoTELocation\":");
    nw_buf_printf(b, "\"https://lists.a1.example/%s.jws\"", k->file);
    nw_buf_puts(b, ",\"ServiceDigitalIdentities\":[{\"X509Certificates\":[{\"val\":\"");
    nw_base64_encode(nw_buf_slice(&s->list_cert), b);
    nw_buf_printf(b, "\"}]}],\"LoTEQualifiers\":[{\"LoTEType\":\"" ETSI "LoTEType/EU%s\"", k->list);
    multilang(b, "SchemeOperatorName", "value", "TEST list operator");
    nw_buf_puts(b, ",\"MimeType\":\"application/jose\"}]}]");
}

static void write_scheme(const struct nw_setup *s, const struct kind *k, struct nw_buf *b)
{
    char issued[NW_TIME_TEXT], next[NW_TIME_TEXT];
    nw_time_format(s->now, issued);
    int64_t until = nw_date_add_months(nw_time_day(s->now), MONTHS);
    nw_time_format(until * NW_DAY, next);
    nw_buf_printf(b,
                  "{\"LoTEVersionIdentifier\":1,\"LoTESequenceNumber\":1,"
                  "\"LoTEType\":\"" ETSI "LoTEType/EU%s\"",
                  k->list);
    multilang(b, "SchemeOperatorName", "value", "TEST list operator");
    nw_buf_puts(b, ",\"SchemeOperatorAddress\":{\"SchemeOperatorPostalAddress\":[{\"lang\":\"en\","
                   "\"StreetAddress\":\"Test street 1\",\"Locality\":\"Test town\","
                   "\"Country\":\"EU\"}],\"SchemeOperatorElectronicAddress\":["
                   "{\"lang\":\"en\",\"uriValue\":\"mailto:lists@a1.example\"},"
                   "{\"lang\":\"en\",\"uriValue\":\"https://lists.a1.example/\"}]}");
    nw_buf_printf(b,
                  ",\"SchemeName\":[{\"lang\":\"en\",\"value\":"
                  "\"EU:TEST list of %ss, not official\"}]",
                  k->entity);
    nw_buf_puts(b, ",\"SchemeInformationURI\":[{\"lang\":\"en\",\"uriValue\":"
                   "\"https://lists.a1.example/about\"},{\"lang\":\"en\",\"uriValue\":"
                   "\"https://lists.a1.example/archive\"}]");
    nw_buf_printf(b, ",\"StatusDeterminationApproach\":\"" ETSI "%s/StatusDetn/EU\"", k->list);
    nw_buf_printf(b,
                  ",\"SchemeTypeCommunityRules\":[{\"lang\":\"en\",\"uriValue\":"
                  "\"" ETSI "%s/schemerules/EU\"}]",
                  k->rules);
    nw_buf_puts(b, ",\"SchemeTerritory\":\"EU\",\"PolicyOrLegalNotice\":[{\"LoTEPolicy\":"
                   "{\"lang\":\"en\",\"uriValue\":\"https://lists.a1.example/policy\"}}]");
    if (k->history) {
        nw_buf_puts(b, ",\"HistoricalInformationPeriod\":65535");
    } else {
        write_pointer(s, k, b);
    }
    nw_buf_printf(b, ",\"ListIssueDateTime\":\"%s\",\"NextUpdate\":\"%s\"}", issued, next);
}

static void write_address(const struct nw_setup *s, const struct kind *k, struct nw_buf *b)
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
                  "\"" ETSI "ListOfTrustedEntities/%s/%s\"}]}",
                  k->entity, s->tenant.country);
}

static void write_entity(const struct nw_setup *s, const struct kind *k, struct nw_buf *b)
{
    nw_buf_puts(b, "{\"TEName\":[{\"lang\":\"en\",\"value\":");
    text(b, s->tenant.name);
    nw_buf_puts(b, "}],\"TETradeName\":[{\"lang\":\"en\",\"value\":");
    text(b, s->tenant.id);
    nw_buf_puts(b, "},{\"lang\":\"en\",\"value\":\"OJ:EU:32004R0883\"}]");
    write_address(s, k, b);
    nw_buf_puts(b, ",\"TEInformationURI\":[{\"lang\":\"en\",\"uriValue\":");
    text(b, s->tenant.url);
    if (!k->history) { /* the responsible state; annex H has it among the addresses */
        nw_buf_printf(b,
                      "},{\"lang\":\"en\",\"uriValue\":"
                      "\"" ETSI "ListOfTrustedEntities/%s/%s\"",
                      k->entity, s->tenant.country);
    }
    nw_buf_puts(b, "}]}");
}

static void write_service(const struct nw_setup *s, const struct kind *k, const char *type,
                          struct nw_slice cert, struct nw_buf *b)
{
    char since[NW_TIME_TEXT];
    nw_time_format((nw_time_day(s->now) - 1) * NW_DAY, since); /* as the certificate */
    nw_buf_printf(b,
                  "{\"ServiceInformation\":{\"ServiceName\":[{\"lang\":\"en\",\"value\":"
                  "\"TEST %s %s\"}],\"ServiceDigitalIdentity\":{\"X509Certificates\":[{\"val\":\"",
                  k->name, type);
    nw_base64_encode(cert, b);
    nw_buf_printf(b, "\"}]},\"ServiceTypeIdentifier\":\"" ETSI "SvcType/%s/%s\"", k->service, type);
    if (k->history) {
        nw_buf_printf(b,
                      ",\"ServiceStatus\":\"" ETSI "%s/SvcStatus/notified\","
                      "\"StatusStartingTime\":\"%s\"",
                      k->list, since);
    }
    nw_buf_puts(b, "}}");
}

static enum nw_err sign_list(const struct nw_setup *s, const struct kind *k,
                             struct nw_slice payload, struct nw_diag *d)
{
    struct nw_buf token = NW_BUF(NW_MAX_LOTE);
    char header[64], file[64];
    /* JAdES baseline B: iat and x5c (TS 119 182-1) */
    (void)snprintf(header, sizeof header, "\"iat\":%lld", (long long)s->now);
    (void)snprintf(file, sizeof file, "lists/%s.jws", k->file);
    enum nw_err e = nw_jws_sign(s->list_signer, header, true, payload, &token);
    if (e == NW_OK) {
        e = nw_setup_file(s, file, nw_buf_slice(&token), 0644, d);
    }
    nw_buf_free(&token);
    return e;
}

static enum nw_err make_list(const struct nw_setup *s, const struct kind *k, struct nw_diag *d)
{
    struct nw_buf payload = NW_BUF(NW_MAX_LOTE);
    nw_buf_puts(&payload, "{\"LoTE\":{\"ListAndSchemeInformation\":");
    write_scheme(s, k, &payload);
    nw_buf_puts(&payload, ",\"TrustedEntitiesList\":[{\"TrustedEntityInformation\":");
    write_entity(s, k, &payload);
    nw_buf_puts(&payload, ",\"TrustedEntityServices\":[");
    write_service(s, k, "Issuance", nw_buf_slice(&s->attestation), &payload);
    nw_buf_puts(&payload, ",");
    write_service(s, k, "Revocation", nw_buf_slice(&s->status), &payload);
    nw_buf_puts(&payload, "]}]}}");
    enum nw_err e = nw_buf_err(&payload);
    if (e == NW_OK) {
        e = sign_list(s, k, nw_buf_slice(&payload), d);
    }
    nw_buf_free(&payload);
    return e;
}

enum nw_err nw_setup_list(const struct nw_setup *s, struct nw_diag *d)
{
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < sizeof kinds / sizeof kinds[0]; i++) {
        e = make_list(s, &kinds[i], d);
    }
    return e;
}
