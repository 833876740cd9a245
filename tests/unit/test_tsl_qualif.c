/* Qualifications of a national list (TS 119 612 5.5.9.2), from XML to the compact form: the bytes
 * wanted are written by hand after docs/PROTOCOL.bundle. */
#include "support.h"
#include "test_pki.h"
#include "trust/qualification.h"
#include "tsl.h"
#include "tslist.h"

#define NOW 1781517600 /* 2026-06-15T10:00:00Z */
#define QUALIFIER "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/"
#define ELEMENT(qualifier, criteria)                                                               \
    "<s:QualificationElement><s:Qualifiers><s:Qualifier uri=\"" QUALIFIER qualifier                \
    "\"></s:Qualifier></s:Qualifiers>" criteria "</s:QualificationElement>"
#define EXTENSION(elements)                                                                        \
    "<Extension Critical=\"true\"><s:Qualifications xmlns:s=\"http://uri.etsi.org/TrstSvc/"        \
    "SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#\">" elements "</s:Qualifications></Extension>"
#define LIST(assert, criteria) "<s:CriteriaList assert=\"" assert "\">" criteria "</s:CriteriaList>"
#define OID(name, text)                                                                            \
    "<" name "><x:Identifier xmlns:x=\"http://uri.etsi.org/01903/v1.3.2#\">" text                  \
    "</x:Identifier></" name ">"
#define POLICY(text) "<s:PolicySet>" OID("s:PolicyIdentifier", text) "</s:PolicySet>"
#define USAGE(bits) "<s:KeyUsage>" bits "</s:KeyUsage>"
#define BIT(name, value) "<s:KeyUsageBit name=\"" name "\">" value "</s:KeyUsageBit>"
#define OTHER(inside) "<s:otherCriteriaList>" inside "</s:otherCriteriaList>"
#define NS_O " xmlns:o=\"http://uri.etsi.org/02231/v2/additionaltypes#\""

static void assert_set(const char *more, const void *bytes, size_t n)
{
    const struct tslist_service ca = {.cert = {test_pki()->anchor},
                                      .period = {{.type = "CA/QC",
                                                  .status = "granted",
                                                  .from = "2026-01-01T00:00:00Z",
                                                  .uses = {"ForeSeals"},
                                                  .more = more}}};
    const struct tslist_entity qtsp = {.name = "Provider", .services = &ca, .service_n = 1};
    const struct tslist list = {.entities = &qtsp, .entity_n = 1};
    struct tslist_job job = {
        .c = test_crypto(), .list = &list, .signer = tslist_signer_of(test_pki()->list)};
    struct nw_buf file = NW_BUF(1u << 20);
    static struct nw_checks checks;
    struct nw_diag d = {0};
    struct tsl *l = NULL;
    const struct nw_slice pin = nw_signer_chain_cert(test_pki()->list, 0);
    const struct tsl_policy p = {.now = NOW, .pins = &pin, .pin_n = 1};
    memset(&checks, 0, sizeof checks);
    assert_ok(tslist_make(&job, &file));
    assert_ok(tsl_open(test_crypto(), nw_buf_slice(&file), &p, &l, &checks, &d));
    assert_int_equal(l->period_n, 1);
    assert_int_equal(l->periods[0].set.n, n);
    assert_memory_equal(l->periods[0].set.p, bytes, n);
    assert_true(n == 0 || nw_qualification_valid(l->periods[0].set));
    assert_false(l->periods[0].not_evaluable);
    tsl_free(&l);
    nw_buf_free(&file);
}
#define SET(more, text) assert_set(more, text, sizeof(text) - 1)

static void each_criterion_has_its_form(void **state)
{
    (void)state;
    SET(EXTENSION(ELEMENT("NotQualified", LIST("all", POLICY("urn:oid:1.2.3")))),
        "\x81\x82\x01\x82\x05\x82\x02\x42\x2a\x03");
    SET(EXTENSION(ELEMENT("QCStatement", LIST("atLeastOne", POLICY("1.2.3")))),
        "\x81\x82\x02\x82\x06\x82\x02\x42\x2a\x03");
    SET(EXTENSION(ELEMENT("QCForESeal", LIST("none", USAGE(BIT("digitalSignature", "true")
                                                               BIT("nonRepudiation", "false"))))),
        "\x81\x82\x08\x82\x07\x83\x01\x03\x01");
    SET(EXTENSION(
            ELEMENT("QCForESig",
                    LIST("all", OTHER("<o:CertSubjectDNAttribute" NS_O ">" OID(
                                    "o:AttributeOID", "2.5.4.97") "</o:CertSubjectDNAttribute>")))),
        "\x81\x82\x04\x82\x05\x82\x03\x43\x55\x04\x61");
    SET(EXTENSION(ELEMENT("QCForWSA",
                          LIST("all", OTHER("<o:ExtendedKeyUsage" NS_O ">" OID(
                                          "o:KeyPurposeId", "1.2.3") "</o:ExtendedKeyUsage>")))),
        "\x81\x82\x10\x82\x05\x82\x04\x42\x2a\x03");
    SET(EXTENSION(ELEMENT("QCForLegalPerson", LIST("all", LIST("none", POLICY("1.2.3"))))),
        "\x81\x82\x18\x20\x82\x05\x82\x07\x82\x02\x42\x2a\x03");
}

static void what_is_about_the_keys_place_is_left_out(void **state)
{
    (void)state;
    SET(EXTENSION(ELEMENT("QCWithQSCD", LIST("all", POLICY("1.2.3")))), "");
    SET(EXTENSION(ELEMENT("QCWithQSCD", LIST("all", POLICY("1.2.3")))
                      ELEMENT("NotQualified", LIST("all", POLICY("1.2.3")))),
        "\x81\x82\x01\x82\x05\x82\x02\x42\x2a\x03");
    SET(NULL, "");
}

static void several_extensions_are_one_set(void **state)
{
    (void)state;
    SET(EXTENSION(ELEMENT("NotQualified", LIST("all", POLICY("1.2.3"))))
            EXTENSION(ELEMENT("QCStatement", LIST("all", POLICY("1.2.3")))),
        "\x82\x82\x01\x82\x05\x82\x02\x42\x2a\x03\x82\x02\x82\x05\x82\x02\x42\x2a\x03");
}

#define QUALIFICATIONS(elements)                                                                   \
    "<s:Qualifications xmlns:s=\"http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-"       \
    "TrustedList/#\">" elements "</s:Qualifications>"

static void several_in_one_extension_are_one_set(void **state)
{
    (void)state;
    SET("<Extension Critical=\"false\">" QUALIFICATIONS(
            ELEMENT("NotQualified", LIST("all", POLICY("1.2.3"))))
            QUALIFICATIONS(ELEMENT("QCStatement", LIST("all", POLICY("1.2.3")))) "</Extension>",
        "\x82\x82\x01\x82\x05\x82\x02\x42\x2a\x03\x82\x02\x82\x05\x82\x02\x42\x2a\x03");
}

/* One provider's set must not be what a bundle cannot hold. */
static void a_set_that_is_too_large_is_open(void **state)
{
    (void)state;
    static const char one[] = ELEMENT("NotQualified", LIST("all", POLICY("1.2.3")));
    const size_t most = (NW_MAX_QUALIFICATION - 3) / 9; /* 9 bytes each, behind a head of 3 */
    struct nw_buf more = NW_BUF(1u << 20);
    for (size_t n = most; n <= most + 1; n++) {
        nw_buf_reset(&more);
        nw_buf_puts(&more, "<Extension Critical=\"true\"><s:Qualifications xmlns:s=\"http://"
                           "uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#\">");
        for (size_t i = 0; i < n; i++) {
            nw_buf_puts(&more, one);
        }
        nw_buf_puts(&more, "</s:Qualifications></Extension>");
        if (n == most) {
            struct nw_buf want = NW_BUF(NW_MAX_QUALIFICATION);
            nw_buf_putc(&want, 0x99);
            nw_buf_putc(&want, (uint8_t)(n >> 8));
            nw_buf_putc(&want, (uint8_t)n);
            for (size_t i = 0; i < n; i++) {
                nw_buf_put(&want, nw_slice("\x82\x01\x82\x05\x82\x02\x42\x2a\x03", 9));
            }
            assert_set(nw_buf_cstr(&more), want.p, want.n);
            nw_buf_free(&want);
        } else {
            SET(nw_buf_cstr(&more), "\x81\x82\x18\x40\x81\x00");
        }
    }
    nw_buf_free(&more);
}

static void what_is_not_understood_stays_as_unknown(void **state)
{
    (void)state;
    SET(EXTENSION(ELEMENT("NotQualified", LIST("all", OTHER("<o:Moon" NS_O "></o:Moon>")))),
        "\x81\x82\x01\x82\x05\x81\x00");
    SET(EXTENSION(ELEMENT("NotQualified", LIST("all", OTHER("")))), "\x81\x82\x01\x82\x05\x81\x00");
    SET(EXTENSION(ELEMENT("NotQualified", LIST("some", POLICY("1.2.3")))), "\x81\x82\x01\x81\x00");
    SET(EXTENSION(ELEMENT("NotQualified", "")), "\x81\x82\x01\x81\x00");
    SET(EXTENSION(ELEMENT("NotQualified", LIST("all", ""))), "\x81\x82\x01\x81\x00");
    SET(EXTENSION(ELEMENT("NotQualified", LIST("all", POLICY("no oid")))),
        "\x81\x82\x01\x82\x05\x81\x00");
    SET(EXTENSION(ELEMENT("NotQualified", LIST("all", POLICY("1.2.3.")))), /* as on a real list */
        "\x81\x82\x01\x82\x05\x81\x00");
    SET(EXTENSION(ELEMENT("NotQualified", LIST("all", USAGE(BIT("flyingBit", "true"))))),
        "\x81\x82\x01\x82\x05\x81\x00");
    SET(EXTENSION(ELEMENT("NotQualified", LIST("all", USAGE(BIT("crlSign", "perhaps"))))),
        "\x81\x82\x01\x82\x05\x81\x00");
    SET(EXTENSION(ELEMENT("QCForMoon", LIST("all", POLICY("1.2.3")))),
        "\x81\x82\x18\x40\x82\x05\x82\x02\x42\x2a\x03");
}

static void lists_stand_in_lists_to_a_depth(void **state)
{
    (void)state;
#define IN(x) LIST("all", x)
    SET(EXTENSION(ELEMENT("NotQualified", IN(IN(IN(IN(POLICY("1.2.3"))))))),
        "\x81\x82\x01\x82\x05\x82\x05\x82\x05\x82\x05\x82\x02\x42\x2a\x03");
    SET(EXTENSION(ELEMENT("NotQualified", IN(IN(IN(IN(IN(POLICY("1.2.3")))))))),
        "\x81\x82\x01\x82\x05\x82\x05\x82\x05\x82\x05\x81\x00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_criterion_has_its_form),
        cmocka_unit_test(what_is_about_the_keys_place_is_left_out),
        cmocka_unit_test(several_extensions_are_one_set),
        cmocka_unit_test(several_in_one_extension_are_one_set),
        cmocka_unit_test(a_set_that_is_too_large_is_open),
        cmocka_unit_test(what_is_not_understood_stays_as_unknown),
        cmocka_unit_test(lists_stand_in_lists_to_a_depth),
    };
    return run_on_both("tsl_qualif", tests, ARRAY_LENGTH(tests));
}
