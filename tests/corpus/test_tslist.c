/* The lists that tests and vectors are made of keep to the schemas of ETSI, and xmlsec1 takes their
 * signatures. */
#include "support.h"
#include "test_openssl.h"
#include "test_pki.h"
#include "tslist.h"

#define TL_FOLDER "tl/xsd/etsi-ts-119-612-v2.4.1"
#define LOTE_FOLDER "lote/schema/etsi-ts-119-602-v1.1.1"

static void check(const char *folder, const char *schema, const struct tslist *list)
{
    const char *data = test_data(folder);
    struct nw_buf file = NW_BUF(1u << 18);
    struct tslist_job job = {
        .c = test_crypto(), .list = list, .signer = tslist_signer_of(test_pki()->list)};
    if (data == NULL || !test_tool_is_there("xmllint") || !test_tool_is_there("xmlsec1")) {
        skip();
    }
    assert_ok(tslist_make(&job, &file));
    test_openssl_write("list.xml", nw_buf_slice(&file));
    test_openssl_write("signer.der", nw_signer_chain_cert(test_pki()->list, 0));
    nw_buf_free(&file);
    const bool valid = test_tool("env",
                                 "XML_CATALOG_FILES=%s/catalog.xml xmllint --nonet --noout "
                                 "--schema %s/%s list.xml",
                                 data, data, schema);
    if (!valid) {
        const struct nw_slice log = test_openssl_file("log");
        fail_msg("not valid by %s: %.*s", schema, (int)log.n, (const char *)log.p);
    }
    assert_true(test_tool("xmlsec1", "--verify --id-attr:Id " TSLIST_NS_XADES
                                     ":SignedProperties --enabled-key-data key-name "
                                     "--pubkey-cert-der signer.der list.xml"));
}

static void a_national_list_keeps_to_the_schema(void **state)
{
    (void)state;
    const struct tslist_service ca = {.cert = {test_pki()->anchor},
                                      .period = {{.type = "CA/QC",
                                                  .status = "granted",
                                                  .from = "2026-01-01T00:00:00Z",
                                                  .uses = {"ForeSeals", "ForeSignatures"}},
                                                 {.type = "CA/QC",
                                                  .status = "withdrawn",
                                                  .from = "2025-06-01T00:00:00Z",
                                                  .uses = {"ForeSeals"}}}};
    const struct tslist_entity qtsp = {
        .name = "Provider <&>", .trade = {"VATPL-1"}, .services = &ca, .service_n = 1};
    const struct tslist list = {.entities = &qtsp, .entity_n = 1};
    check(TL_FOLDER, "19612_xsd.xsd", &list);
}

static void a_list_of_lists_keeps_to_the_schema(void **state)
{
    (void)state;
    const struct nw_slice own = nw_signer_chain_cert(test_pki()->list, 0);
    const struct tslist_pointer pointers[] = {
        {"EU", "https://vectors.example/lotl.xml", "EUlistofthelists", NULL, {own}},
        {"PL", "https://vectors.example/pl.xml", "EUgeneric", NULL, {own, test_pki()->anchor}},
    };
    const struct tslist list = {
        .form = TSLIST_LOTL,
        .uris = {"https://vectors.example/lotl-1.xml", "https://vectors.example/journal"},
        .pointers = pointers,
        .pointer_n = ARRAY_LENGTH(pointers)};
    check(TL_FOLDER, "19612_xsd.xsd", &list);
}

static void a_list_of_trusted_entities_keeps_to_the_schema(void **state)
{
    (void)state;
    const struct tslist_service issue = {
        .cert = {test_pki()->anchor},
        .period = {
            {.type = "PubEAA/Issuance", .status = "withdrawn", .from = "2026-03-01T00:00:00Z"},
            {.type = "PubEAA/Issuance", .status = "notified", .from = "2026-01-01T00:00:00Z"}}};
    const struct tslist_entity body = {.name = "Body",
                                       .trade = {"PL:ZUSTEST02", "OJ:EU:32004R0883"},
                                       .role = "PubEAAProvider/PL",
                                       .services = &issue,
                                       .service_n = 1};
    const struct tslist list = {.form = TSLIST_LOTE, .entities = &body, .entity_n = 1};
    check(LOTE_FOLDER, "1960201_xml_schema/1960201_xsd_schema.xsd", &list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_national_list_keeps_to_the_schema),
        cmocka_unit_test(a_list_of_lists_keeps_to_the_schema),
        cmocka_unit_test(a_list_of_trusted_entities_keeps_to_the_schema),
    };
    return run_on_both("tslist", tests, ARRAY_LENGTH(tests));
}
