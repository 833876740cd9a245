#include "test_lote.h"

#include "base/codec.h"
#include "jose/jws.h"
#include "test_folder.h"

#define LIST_MAX (1u << 20)
#define URI "http://uri.etsi.org/19602/"

static const char head[] =
    "{\"LoTE\":{\"ListAndSchemeInformation\":{\"LoTEVersionIdentifier\":1,"
    "\"LoTESequenceNumber\":7,\"LoTEType\":\"" URI "LoTEType/EUPubEAAProvidersList\","
    "\"SchemeOperatorName\":[{\"lang\":\"en\",\"value\":\"Test Commission\"}],"
    "\"SchemeOperatorAddress\":{\"SchemeOperatorPostalAddress\":[{\"lang\":\"en\","
    "\"StreetAddress\":\"Street 1\",\"Country\":\"EU\"}],\"SchemeOperatorElectronicAddress\":"
    "[{\"lang\":\"en\",\"uriValue\":\"mailto:list@example.test\"}]},"
    "\"SchemeName\":[{\"lang\":\"en\",\"value\":\"EU:Test\"}],"
    "\"SchemeInformationURI\":[{\"lang\":\"en\",\"uriValue\":\"https://example.test/info\"}],"
    "\"StatusDeterminationApproach\":\"" URI "PubEAAProvidersList/StatusDetn/EU\","
    "\"SchemeTypeCommunityRules\":[{\"lang\":\"en\",\"uriValue\":\"" URI
    "PubEAAProvidersList/schemerules/EU\"}],\"SchemeTerritory\":\"EU\","
    "\"PolicyOrLegalNotice\":[{\"LoTEPolicy\":{\"lang\":\"en\",\"uriValue\":"
    "\"https://example.test/policy\"}}],\"HistoricalInformationPeriod\":65535,"
    "\"ListIssueDateTime\":\"2026-11-01T00:00:00Z\",\"NextUpdate\":\"2027-05-01T00:00:00Z\"},"
    "\"TrustedEntitiesList\":[{\"TrustedEntityInformation\":{"
    "\"TEName\":[{\"lang\":\"en\",\"value\":\"Nachweis Test Institution\"}],"
    "\"TETradeName\":[{\"lang\":\"en\",\"value\":\"GOVDE-TEST-0001\"},"
    "{\"lang\":\"en\",\"value\":\"DE:DRVTEST1\"},"
    "{\"lang\":\"en\",\"value\":\"OJ:EU:32004R0883\"}],"
    "\"TEAddress\":{\"TEPostalAddress\":[{\"lang\":\"en\",\"StreetAddress\":\"Street 2\","
    "\"Country\":\"DE\"}],\"TEElectronicAddress\":[{\"lang\":\"en\",\"uriValue\":"
    "\"mailto:te@example.test\"},{\"lang\":\"en\",\"uriValue\":\"" URI
    "ListOfTrustedEntities/PubEAAProvider/DE\"}]},"
    "\"TEInformationURI\":[{\"lang\":\"en\",\"uriValue\":\"https://example.test/te\"}]},"
    "\"TrustedEntityServices\":[";

static void put_service(struct nw_buf *b, const char *name, const char *type, struct nw_slice der)
{
    nw_buf_printf(b,
                  "{\"ServiceInformation\":{\"ServiceName\":[{\"lang\":\"en\",\"value\":\"%s\"}],"
                  "\"ServiceDigitalIdentity\":{\"X509Certificates\":[{\"val\":\"",
                  name);
    nw_base64_encode(der, b);
    nw_buf_printf(b,
                  "\"}]},\"ServiceTypeIdentifier\":\"" URI "SvcType/PubEAA/%s\","
                  "\"ServiceStatus\":\"" URI "PubEAAProvidersList/SvcStatus/notified\","
                  "\"StatusStartingTime\":\"2026-01-01T00:00:00Z\"}}",
                  type);
}

void test_lote_json(const char *from, const char *to, struct nw_buf *out)
{
    struct nw_buf text = NW_BUF(LIST_MAX);
    *out = NW_BUF(LIST_MAX);
    nw_buf_puts(&text, head);
    put_service(&text, "issue", "Issuance", nw_signer_chain_cert(test_pki()->attestation, 0));
    nw_buf_putc(&text, ',');
    put_service(&text, "status", "Revocation", nw_signer_chain_cert(test_pki()->status, 0));
    nw_buf_puts(&text, "]}]}}");
    const char *all = nw_buf_cstr(&text);
    const char *at = from != NULL ? strstr(all, from) : all;
    if (at == NULL) {
        fail_msg("the list has no %s", from);
    } else {
        nw_buf_put(out, nw_slice(all, (size_t)(at - all)));
        nw_buf_puts(out, to != NULL ? to : "");
        nw_buf_puts(out, from != NULL ? at + strlen(from) : at);
    }
    assert_ok(nw_buf_err(out));
    nw_buf_free(&text);
}

void test_lote_sign(struct nw_slice json, const char *members, bool with_chain, struct nw_buf *out)
{
    char iat[32];
    (void)snprintf(iat, sizeof iat, "\"iat\":%d", TEST_LIST_SIGNED);
    *out = NW_BUF(LIST_MAX);
    assert_ok(
        nw_jws_sign(test_pki()->list, members != NULL ? members : iat, with_chain, json, out));
}

void test_lote_put(const char *from, const char *to)
{
    struct nw_buf json, jws;
    test_lote_json(from, to, &json);
    test_lote_sign(nw_buf_slice(&json), NULL, true, &jws);
    test_put("list.jws", nw_buf_slice(&jws));
    nw_buf_free(&json);
    nw_buf_free(&jws);
}

void test_lote_xml(uint64_t number, const struct tslist_change *changes, size_t n,
                   struct nw_buf *out)
{
    const struct tslist_service services[] = {
        {.cert = {nw_signer_chain_cert(test_pki()->attestation, 0)},
         .period = {{.type = "PubEAA/Issuance",
                     .status = "notified",
                     .from = "2026-03-01T00:00:00Z"}}},
        {.cert = {nw_signer_chain_cert(test_pki()->status, 0)},
         .period = {{.type = "PubEAA/Revocation",
                     .status = "notified",
                     .from = "2026-01-01T00:00:00Z"}}},
    };
    const struct tslist_entity body = {.name = "Nachweis Test Institution",
                                       .country = "DE",
                                       .trade = {"DE:DRVTEST1", "OJ:EU:32004R0883"},
                                       .role = "PubEAAProvider/DE",
                                       .services = services,
                                       .service_n = ARRAY_LENGTH(services)};
    const struct tslist list = {
        .form = TSLIST_LOTE, .number = number, .entities = &body, .entity_n = 1};
    struct tslist_job job = {.c = test_crypto(),
                             .list = &list,
                             .signer = tslist_signer_of(test_pki()->list),
                             .changes = changes,
                             .change_n = n};
    enum nw_err e = tslist_make(&job, out);
    if (e != NW_OK) {
        fail_msg("\"%s\": %s", n > 0 ? changes->from : "", nw_err_text(e));
    }
}
