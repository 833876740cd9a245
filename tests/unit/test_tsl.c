/*
 * The gate of XML lists, with lists made here (tslist.h); each negative differs
 * in one replacement, made before signing where a signer could have meant it.
 */
#include "support.h"
#include "test_openssl.h"
#include "test_pki.h"
#include "tsl.h"
#include "tslist.h"

#define NOW 1787313600 /* 2026-08-21T12:00:00Z */
#define DS "xmlns:ds=\"" TSLIST_NS_DS "\""
#define XADES "xmlns:xades=\"" TSLIST_NS_XADES "\""
#define END_OF "</ds:DigestValue></ds:Reference>"
#define C14N_TRANSFORM "<ds:Transform Algorithm=\"" TSLIST_EXC_C14N "\"></ds:Transform>"

static void make_list(struct nw_buf *out, const struct tslist_change *c)
{
    const struct tslist_service ca = {
        .cert = {test_pki()->anchor},
        .period = {{.type = "CA/QC", .status = "withdrawn", .from = "2026-01-01T00:00:00Z"},
                   {.type = "CA/QC", .status = "granted", .from = "2020-01-01T00:00:00Z"}}};
    const struct tslist_entity qtsp = {.name = "Provider", .services = &ca, .service_n = 1};
    const struct tslist list = {.territory = "SE",
                                .operator_name = "Operator",
                                .issued = "2026-06-01T00:00:00Z",
                                .next_update = "2026-12-01T00:00:00Z",
                                .signed_at = "2026-06-01T02:00:00.5+02:00",
                                .entities = &qtsp,
                                .entity_n = 1};
    struct tslist_job job = {.c = test_crypto(),
                             .list = &list,
                             .signer = tslist_signer_of(test_pki()->list),
                             .changes = c,
                             .change_n = c->stage != TSLIST_NEVER};
    enum nw_err e = tslist_make(&job, out);
    if (e != NW_OK) {
        fail_msg("\"%s\": %s", c->from, nw_err_text(e));
    }
}

struct outcome {
    enum nw_err e;
    struct tsl *list;
    struct nw_checks checks;
};

static struct outcome *open_bytes(struct nw_slice file, struct tsl_policy p)
{
    static struct outcome o;
    static struct nw_slice pin;
    tsl_free(&o.list);
    memset(&o, 0, sizeof o);
    pin = nw_signer_chain_cert(test_pki()->list, 0);
    if (p.pin_n == 0) {
        p.pins = &pin;
        p.pin_n = 1;
    }
    p.now = p.now != 0 ? p.now : NOW;
    o.e = tsl_open(test_crypto(), file, &p, &o.list, &o.checks, NULL);
    return &o;
}

static struct outcome *open_changed(struct tslist_change c, struct tsl_policy p)
{
    struct nw_buf file = NW_BUF(1u << 18);
    make_list(&file, &c);
    struct outcome *o = open_bytes(nw_buf_slice(&file), p);
    nw_buf_free(&file);
    return o;
}

static void done(void)
{
    (void)open_bytes(nw_str("<x/>"), (struct tsl_policy){0});
}

static void a_list_is_read_as_it_was_signed(void **state)
{
    (void)state;
    const struct outcome *o = open_changed((struct tslist_change){0}, (struct tsl_policy){0});
    assert_ok(o->e);
    const struct tsl *l = o->list;
    assert_int_equal(l->sequence, 7);
    assert_int_equal(l->version, 6);
    assert_string_equal(l->territory, "SE");
    assert_true(nw_slice_is(l->operator_name, "Operator"));
    assert_int_equal(l->signed_at, 1780272000); /* 2026-06-01T00:00:00Z */
    assert_int_equal(l->note_n, 0);
    assert_int_equal(l->service_n, 1);
    assert_int_equal(tsl_period_at(l, &l->services[0], NOW)->status, TSL_WITHDRAWN);
    assert_int_equal(tsl_period_at(l, &l->services[0], 1767225599)->status, TSL_GRANTED);
    assert_int_equal(tsl_period_at(l, &l->services[0], 1767225600)->status, TSL_WITHDRAWN);
    assert_null(tsl_period_at(l, &l->services[0], 1577836799)); /* before 2020 */
    static const char *const rules[] = {"TL-01", "TL-02", "TL-03", "TL-04", "TL-05", "TL-06",
                                        "TL-07", "TL-08", "TL-09", "TL-10", "TL-11"};
    for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
        assert_true(nw_check_passed(&o->checks, rules[i]));
    }
    assert_int_equal(o->checks.n, ARRAY_LENGTH(rules));
    done();
}

/* More of them come as files, in the corpus test. */
static void hostile_lists_are_refused_each_for_its_reason(void **state)
{
    (void)state;
    static const struct {
        struct tslist_change change;
        enum nw_err e;
        const char *rule;
    } cases[] = {
        /* changed after signing */
        {{TSLIST_DOCUMENT, ">7<", ">8<"}, NW_ERR_TSL_DIGEST, "TL-07"},
        {{TSLIST_DOCUMENT, "Svcstatus/withdrawn", "Svcstatus/granted"}, NW_ERR_TSL_DIGEST, "TL-07"},
        {{TSLIST_DOCUMENT, "02:00:00.5", "03:00:00.5"}, NW_ERR_TSL_DIGEST, "TL-07"},
        {{TSLIST_DOCUMENT, "</TrustServiceStatusList>", "</TrustServiceStatusList><?x y?>"},
         NW_ERR_TSL_DIGEST,
         "TL-07"},
        {{TSLIST_DOCUMENT, "<ds:SignatureValue>", "<ds:SignatureValue>*"},
         NW_ERR_TSL_SIGNATURE,
         "TL-07"},
        {{TSLIST_DOCUMENT, "<ds:SignatureValue>", "<ds:SignatureValue>AAAA"},
         NW_ERR_TSL_SIGNATURE,
         "TL-07"},
        /* form */
        {{TSLIST_DOCUMENT, "<TrustServiceStatusList",
          "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><TrustServiceStatusList"},
         NW_ERR_TSL_DOCTYPE,
         "TL-02"},
        {{TSLIST_DOCUMENT, "</TrustServiceStatusList>", "</TrustServiceStatusList><x/>"},
         NW_ERR_TSL_XML,
         "TL-02"},
        {{TSLIST_DOCUMENT, "Territory>SE<", "Territory>&x;<"}, NW_ERR_TSL_XML, "TL-02"},
        {{TSLIST_DOCUMENT, "Territory>SE<", "Territory>\xff<"}, NW_ERR_TSL_XML, "TL-02"},
        {{TSLIST_DOCUMENT, "02231/v2#\" Id", "02231/v1#\" Id"}, NW_ERR_TSL_STRUCT, "TL-03"},
        /* structure, all with a signature that its maker meant */
        {{TSLIST_TEXT, "<SchemeInformation>", "<SchemeInformation Id=\"properties\">"},
         NW_ERR_TSL_STRUCT,
         "TL-03"},
        {{TSLIST_TEXT, "<SchemeInformation>",
          "<ds:Signature " DS "></ds:Signature><SchemeInformation>"},
         NW_ERR_TSL_STRUCT,
         "TL-03"},
        {{TSLIST_TEXT, "<SchemeInformation>",
          "<xades:SignedProperties " XADES "></xades:SignedProperties><SchemeInformation>"},
         NW_ERR_TSL_STRUCT,
         "TL-03"},
        {{TSLIST_DOCUMENT, "</ds:Signature>", "</ds:Signature><Late></Late>"},
         NW_ERR_TSL_STRUCT,
         "TL-03"},
        {{TSLIST_DOCUMENT, "</ds:Object>", "</ds:Object><ds:Object></ds:Object>"},
         NW_ERR_TSL_STRUCT,
         "TL-03"},
        {{TSLIST_DOCUMENT, "</ds:X509Certificate>",
          "</ds:X509Certificate><ds:X509Certificate>AAAA</ds:X509Certificate>"},
         NW_ERR_TSL_STRUCT,
         "TL-03"},
        {{TSLIST_DOCUMENT, "Target=\"#signature\"", "Target=\"#list\""},
         NW_ERR_TSL_STRUCT,
         "TL-03"},
        /* references and algorithms */
        {{TSLIST_SIGNED_INFO, "URI=\"\"", "URI=\"#list\""}, NW_ERR_TSL_REF, "TL-04"},
        {{TSLIST_SIGNED_INFO, "URI=\"#properties\"", "URI=\"\""}, NW_ERR_TSL_REF, "TL-04"},
        {{TSLIST_SIGNED_INFO, "#SignedProperties\"", "#Other\""}, NW_ERR_TSL_REF, "TL-04"},
        {{TSLIST_SIGNED_INFO, C14N_TRANSFORM,
          "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>"
          "not(ancestor-or-self::x)</ds:XPath></ds:Transform>" C14N_TRANSFORM},
         NW_ERR_TSL_REF,
         "TL-04"},
        {{TSLIST_SIGNED_INFO, C14N_TRANSFORM, ""}, NW_ERR_TSL_REF, "TL-04"},
        {{TSLIST_SIGNED_INFO, TSLIST_EXC_C14N, TSLIST_EXC_C14N "WithComments"},
         NW_ERR_TSL_ALG,
         "TL-04"},
        {{TSLIST_SIGNED_INFO, TSLIST_SHA256, "http://www.w3.org/2000/09/xmldsig#sha1"},
         NW_ERR_TSL_ALG,
         "TL-04"},
        {{TSLIST_SIGNED_INFO, "#ecdsa-sha256", "#hmac-sha256"}, NW_ERR_TSL_ALG, "TL-04"},
        {{TSLIST_SIGNED_INFO, "#ecdsa-sha256", "#ecdsa-sha1"}, NW_ERR_TSL_ALG, "TL-04"},
        {{TSLIST_SIGNED_INFO, "#ecdsa-sha256", "#rsa-sha256"}, NW_ERR_TSL_ALG, "TL-07"},
        {{TSLIST_SIGNED_INFO, "#ecdsa-sha256", "#ecdsa-sha512"}, NW_ERR_TSL_SIGNATURE, "TL-07"},
        {{TSLIST_DOCUMENT, END_OF, "<!--x-->" END_OF}, NW_ERR_TSL_REF, "TL-04"},
        /* the signing certificate that the properties name */
        {{TSLIST_PROPERTIES, "<ds:DigestValue " DS ">", "<ds:DigestValue " DS ">AAAA"},
         NW_ERR_TSL_SIGCERT,
         "TL-06"},
        {{TSLIST_PROPERTIES, TSLIST_SHA256, "http://www.w3.org/2000/09/xmldsig#sha1"},
         NW_ERR_TSL_SIGCERT,
         "TL-06"},
        {{TSLIST_PROPERTIES, "</xades:CertDigest></xades:Cert>",
          "</xades:CertDigest></xades:Cert><xades:Cert></xades:Cert>"},
         NW_ERR_TSL_SIGCERT,
         "TL-06"},
        /* libxml2 refuses to canonicalise a relative namespace: nothing must come of it */
        {{TSLIST_TEXT, "<SchemeInformation>", "<SchemeInformation xmlns:x=\"r\" x:y=\"z\">"},
         NW_ERR_TSL_C14N,
         "TL-07"},
        /* meaning */
        {{TSLIST_TEXT, "EUgeneric", "EUnational"}, NW_ERR_TSL_TYPE, "TL-08"},
        {{TSLIST_TEXT, "Territory>SE<", "Territory>EU<"}, NW_ERR_TSL_TERRITORY, "TL-08"},
        {{TSLIST_TEXT, "Territory>SE<", "Territory>SWE<"}, NW_ERR_TSL_SCHEME, "TL-08"},
        {{TSLIST_TEXT, ">6<", ">4<"}, NW_ERR_TSL_VERSION, "TL-08"},
        {{TSLIST_TEXT, ">7<", ">0<"}, NW_ERR_TSL_SCHEME, "TL-08"},
        {{TSLIST_TEXT, ">2026-06-01T00:00:00Z<", ">2026-06-01T00:00:00+00:00<"},
         NW_ERR_TSL_TIME,
         "TL-08"},
        {{TSLIST_TEXT, "</SchemeInformation>",
          "<SchemeExtensions><Extension Critical=\"true\"></Extension></SchemeExtensions>"
          "</SchemeInformation>"},
         NW_ERR_TSL_SCHEME,
         "TL-08"},
        {{TSLIST_PROPERTIES, "2026-06-01T02:00:00.5+02:00", "2026-09-01T02:00:00Z"},
         NW_ERR_TSL_TIME,
         "TL-10"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct outcome *o = open_changed(cases[i].change, (struct tsl_policy){0});
        const struct nw_check *failed = nw_check_first_failure(&o->checks);
        if (o->e != cases[i].e || failed == NULL || strcmp(failed->id, cases[i].rule) != 0) {
            fail_msg("%s -> %s: %s %s", cases[i].change.from, cases[i].change.to,
                     failed != NULL ? failed->id : "", nw_err_name(o->e));
        }
    }
    done();
}

/* What is made here is also what others take for a signed list. */
static void xmlsec1_verifies_the_same_list(void **state)
{
    (void)state;
    struct nw_buf file = NW_BUF(1u << 18);
    const struct tslist_change none = {0};
    if (!test_tool_is_there("xmlsec1")) {
        skip();
    }
    make_list(&file, &none);
    test_openssl_write("list.xml", nw_buf_slice(&file));
    test_openssl_write("signer.der", nw_signer_chain_cert(test_pki()->list, 0));
    const char *const verify = "--verify --id-attr:Id " TSLIST_NS_XADES ":SignedProperties "
                               "--enabled-key-data key-name --pubkey-cert-der signer.der list.xml";
    assert_true(test_tool("xmlsec1", "%s", verify));
    file.p[file.n / 2] ^= 1u;
    test_openssl_write("list.xml", nw_buf_slice(&file));
    assert_false(test_tool("xmlsec1", "%s", verify));
    nw_buf_free(&file);
}

static void another_certificate_is_not_the_signer(void **state)
{
    (void)state;
    const struct nw_slice other = nw_signer_chain_cert(test_pki()->bundle, 0);
    assert_err(
        open_changed((struct tslist_change){0}, (struct tsl_policy){.pins = &other, .pin_n = 1})->e,
        NW_ERR_TSL_SIGNER);
    done();
}

static void text_is_read_whole(void **state)
{
    (void)state;
    const struct tslist_change c = {TSLIST_DOCUMENT, "Svcstatus/withdrawn",
                                    "Svcstatus/with<!-- x -->drawn"};
    const struct outcome *o = open_changed(c, (struct tsl_policy){0});
    assert_ok(o->e);
    assert_int_equal(o->list->periods[0].status, TSL_WITHDRAWN);
    done();
}

/* Finding T3: six months and 72 hours. */
static void six_months_may_be_exceeded_by_three_days(void **state)
{
    (void)state;
    struct tslist_change c = {TSLIST_TEXT, "2026-12-01T00:00:00Z", "2026-12-04T00:00:00Z"};
    const struct outcome *o = open_changed(c, (struct tsl_policy){0});
    assert_ok(o->e);
    assert_int_equal(o->list->note_n, 1);
    c.to = "2026-12-04T00:00:01Z";
    assert_err(open_changed(c, (struct tsl_policy){0})->e, NW_ERR_TSL_TIME);
    c.to = "2026-06-01T00:00:00Z";
    assert_err(open_changed(c, (struct tsl_policy){0})->e, NW_ERR_TSL_TIME);
    done();
}

static void services_that_make_no_sense_are_dropped(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        size_t dropped, spoiled;
    } cases[] = {
        {"<StatusStartingTime>2026", "<StatusStartingTime>20x6", 1, 0},
        {"<StatusStartingTime>2020", "<StatusStartingTime>2027", 1, 0}, /* not newest first */
        {"Svcstatus/withdrawn", "Svcstatus/suspended", 0, 1},
        {"2020-01-01T", "2026-01-01T", 0, 2}, /* two statuses of one time */
        {"</StatusStartingTime></ServiceInformation>",
         "</StatusStartingTime><ServiceInformationExtensions><Extension Critical=\"true\"><x></x>"
         "</Extension></ServiceInformationExtensions></ServiceInformation>",
         0, 1},
        {"</StatusStartingTime></ServiceInformation>",
         "</StatusStartingTime><ServiceInformationExtensions><Extension Critical=\"false\"><x></x>"
         "</Extension></ServiceInformationExtensions></ServiceInformation>",
         0, 0},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct tslist_change c = {TSLIST_TEXT, cases[i].from, cases[i].to};
        const struct outcome *o = open_changed(c, (struct tsl_policy){0});
        assert_ok(o->e);
        assert_int_equal(o->list->dropped, cases[i].dropped);
        assert_int_equal(o->list->spoiled, cases[i].spoiled);
        assert_int_equal(nw_check_failed(&o->checks, "TL-11"),
                         cases[i].dropped + cases[i].spoiled > 0);
    }
    done();
}

/* A prefix that is declared again, and not needed, is nothing that canonical form has. */
static bool is_declared_prefix(const struct nw_buf *file, size_t i)
{
    while (i > 0 && file->p[i - 1] != ':' && file->p[i - 1] != ' ' && file->p[i - 1] != '"') {
        i--;
    }
    return i >= 6 && memcmp(file->p + i - 6, "xmlns:", 6) == 0;
}

static void no_single_bit_can_be_changed(void **state)
{
    (void)state;
    struct nw_buf file = NW_BUF(1u << 18);
    const struct tslist_change none = {0};
    make_list(&file, &none);
    /* The XML declaration is not signed; nothing is read from it. */
    for (size_t i = nw_slice_find(nw_buf_slice(&file), '\n', 0); i < file.n; i++) {
        if (is_declared_prefix(&file, i)) {
            continue;
        }
        file.p[i] ^= 1u;
        if (open_bytes(nw_buf_slice(&file), (struct tsl_policy){0})->e == NW_OK) {
            fail_msg("byte %zu: %.20s", i, (const char *)file.p + i);
        }
        file.p[i] ^= 1u;
    }
    for (size_t n = 0; n < file.n; n += 13) {
        assert_int_not_equal(
            open_bytes(nw_slice_sub(nw_buf_slice(&file), 0, n), (struct tsl_policy){0})->e, NW_OK);
    }
    nw_buf_free(&file);
    done();
}

static enum nw_err open_once(void *ctx)
{
    const struct nw_buf *file = ctx;
    const struct nw_slice pin = nw_signer_chain_cert(test_pki()->list, 0);
    const struct tsl_policy p = {.pins = &pin, .pin_n = 1, .now = NOW};
    static struct nw_checks checks;
    struct tsl *l = NULL;
    memset(&checks, 0, sizeof checks);
    enum nw_err e = tsl_open(test_crypto(), nw_buf_slice(file), &p, &l, &checks, NULL);
    tsl_free(&l);
    return e;
}

static void a_lack_of_memory_is_no_verdict(void **state)
{
    (void)state;
    struct nw_buf file = NW_BUF(1u << 18);
    const struct tslist_change none = {0};
    make_list(&file, &none);
    survives_allocation_failure(open_once, &file, NULL);
    nw_buf_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_read_as_it_was_signed),
        cmocka_unit_test(hostile_lists_are_refused_each_for_its_reason),
        cmocka_unit_test(xmlsec1_verifies_the_same_list),
        cmocka_unit_test(another_certificate_is_not_the_signer),
        cmocka_unit_test(text_is_read_whole),
        cmocka_unit_test(six_months_may_be_exceeded_by_three_days),
        cmocka_unit_test(services_that_make_no_sense_are_dropped),
        cmocka_unit_test(no_single_bit_can_be_changed),
        cmocka_unit_test(a_lack_of_memory_is_no_verdict),
    };
    return run_on_both("tsl", tests, ARRAY_LENGTH(tests));
}
