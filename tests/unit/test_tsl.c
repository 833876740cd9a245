/*
 * The gate of XML lists, with lists made here. They are written in canonical
 * form, so that what a signature covers is a piece of the text itself and no
 * canonicalisation is needed to sign; each negative differs in one replacement,
 * made before signing where a signer could have meant it.
 */
#include "base/codec.h"
#include "base/date.h"
#include "support.h"
#include "test_pki.h"
#include "tsl.h"

#define NOW 1787313600 /* 2026-08-21T12:00:00Z */
#define DS "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\""
#define XADES "xmlns:xades=\"http://uri.etsi.org/01903/v1.3.2#\""
#define EXC "http://www.w3.org/2001/10/xml-exc-c14n#"
#define SHA256 "http://www.w3.org/2001/04/xmlenc#sha256"
#define SVC "http://uri.etsi.org/TrstSvc/"

enum stage { NONE, LIST, PROPERTIES, SIGNED_INFO, DOCUMENT };

struct change { /* one replacement; the text must be there */
    enum stage stage;
    const char *from, *to;
};

static const char list_start[] =
    "<TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\" Id=\"tl\">"
    "<SchemeInformation><TSLVersionIdentifier>6</TSLVersionIdentifier>"
    "<TSLSequenceNumber>7</TSLSequenceNumber>"
    "<TSLType>" SVC "TrustedList/TSLType/EUgeneric</TSLType>"
    "<SchemeOperatorName><Name xml:lang=\"en\">Operator</Name></SchemeOperatorName>"
    "<SchemeInformationURI><URI xml:lang=\"en\">https://example.test</URI></SchemeInformationURI>"
    "<SchemeTerritory>SE</SchemeTerritory>"
    "<ListIssueDateTime>2026-06-01T00:00:00Z</ListIssueDateTime>"
    "<NextUpdate><dateTime>2026-12-01T00:00:00Z</dateTime></NextUpdate></SchemeInformation>"
    "<TrustServiceProviderList><TrustServiceProvider><TSPInformation><TSPName>"
    "<Name xml:lang=\"en\">Provider</Name></TSPName></TSPInformation><TSPServices><TSPService>"
    "<ServiceInformation><ServiceTypeIdentifier>" SVC "Svctype/CA/QC</ServiceTypeIdentifier>"
    "<ServiceStatus>" SVC "TrustedList/Svcstatus/withdrawn</ServiceStatus>"
    "<StatusStartingTime>2026-01-01T00:00:00Z</StatusStartingTime></ServiceInformation>"
    "<ServiceHistory><ServiceHistoryInstance>"
    "<ServiceTypeIdentifier>" SVC "Svctype/CA/QC</ServiceTypeIdentifier>"
    "<ServiceStatus>" SVC "TrustedList/Svcstatus/granted</ServiceStatus>"
    "<StatusStartingTime>2020-01-01T00:00:00Z</StatusStartingTime>"
    "</ServiceHistoryInstance></ServiceHistory>"
    "</TSPService></TSPServices></TrustServiceProvider></TrustServiceProviderList>";
static const char list_end[] = "</TrustServiceStatusList>";

static void replace(struct nw_buf *text, enum stage stage, const struct change *c)
{
    if (c->stage != stage) {
        return;
    }
    char *old = strndup((const char *)text->p, text->n);
    char *at = strstr(old, c->from);
    if (at == NULL) {
        fail_msg("\"%s\" is not in the text", c->from);
        return;
    }
    nw_buf_reset(text);
    nw_buf_put(text, nw_slice(old, (size_t)(at - old)));
    nw_buf_puts(text, c->to);
    nw_buf_puts(text, at + strlen(c->from));
    free(old);
}

static void put_digest(struct nw_buf *out, struct nw_slice of)
{
    uint8_t digest[NW_SHA256_BYTES];
    assert_ok(nw_sha256(test_crypto(), of, digest));
    nw_base64_encode(nw_slice(digest, sizeof digest), out);
}

static void make_properties(struct nw_buf *out, const struct change *c)
{
    nw_buf_puts(out, "<xades:SignedProperties " XADES " Id=\"sp\"><xades:SignedSignatureProperties>"
                     "<xades:SigningTime>2026-06-01T02:00:00.5+02:00</xades:SigningTime>"
                     "<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"
                     "<ds:DigestMethod " DS " Algorithm=\"" SHA256 "\"></ds:DigestMethod>"
                     "<ds:DigestValue " DS ">");
    put_digest(out, nw_signer_chain_cert(test_pki()->list, 0));
    nw_buf_puts(out, "</ds:DigestValue></xades:CertDigest></xades:Cert>"
                     "</xades:SigningCertificateV2></xades:SignedSignatureProperties>"
                     "</xades:SignedProperties>");
    replace(out, PROPERTIES, c);
}

#define DIGEST_OF "<ds:DigestMethod Algorithm=\"" SHA256 "\"></ds:DigestMethod><ds:DigestValue>"
#define C14N_TRANSFORM "<ds:Transform Algorithm=\"" EXC "\"></ds:Transform>"
#define END_OF "</ds:DigestValue></ds:Reference>"

static void make_signed_info(struct nw_buf *out, struct nw_slice list, struct nw_slice properties,
                             const struct change *c)
{
    nw_buf_puts(
        out,
        "<ds:SignedInfo " DS "><ds:CanonicalizationMethod Algorithm=\"" EXC
        "\"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=\""
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256\"></ds:SignatureMethod>"
        "<ds:Reference URI=\"\"><ds:Transforms><ds:Transform Algorithm=\""
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>" C14N_TRANSFORM
        "</ds:Transforms>" DIGEST_OF);
    put_digest(out, list);
    nw_buf_puts(out,
                END_OF "<ds:Reference Type=\"http://uri.etsi.org/01903#SignedProperties\" "
                       "URI=\"#sp\"><ds:Transforms>" C14N_TRANSFORM "</ds:Transforms>" DIGEST_OF);
    put_digest(out, properties);
    nw_buf_puts(out, END_OF "</ds:SignedInfo>");
    replace(out, SIGNED_INFO, c);
}

static void make_list(struct nw_buf *out, const struct change *c)
{
    struct nw_buf list = NW_BUF(1u << 16);
    struct nw_buf props = NW_BUF(1u << 16);
    struct nw_buf info = NW_BUF(1u << 16);
    uint8_t sig[NW_SIG_MAX];
    size_t sig_n = 0;
    nw_buf_puts(&list, list_start);
    nw_buf_puts(&list, list_end);
    replace(&list, LIST, c);
    make_properties(&props, c);
    make_signed_info(&info, nw_buf_slice(&list), nw_buf_slice(&props), c);
    struct nw_slice part = nw_buf_slice(&info);
    assert_ok(nw_sign(test_pki()->list, &part, 1, sig, &sig_n));
    nw_buf_put(out, nw_slice_sub(nw_buf_slice(&list), 0, list.n - strlen(list_end)));
    nw_buf_puts(out, "<ds:Signature " DS " Id=\"sig\">");
    nw_buf_put(out, part);
    nw_buf_puts(out, "<ds:SignatureValue>");
    nw_base64_encode(nw_slice(sig, sig_n), out);
    nw_buf_puts(out, "</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>");
    nw_base64_encode(nw_signer_chain_cert(test_pki()->list, 0), out);
    nw_buf_puts(out, "</ds:X509Certificate></ds:X509Data></ds:KeyInfo><ds:Object>"
                     "<xades:QualifyingProperties " XADES " Target=\"#sig\">");
    nw_buf_put(out, nw_buf_slice(&props));
    nw_buf_puts(out, "</xades:QualifyingProperties></ds:Object></ds:Signature>");
    nw_buf_puts(out, list_end);
    replace(out, DOCUMENT, c);
    nw_buf_free(&list);
    nw_buf_free(&props);
    nw_buf_free(&info);
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

static struct outcome *open_changed(struct change c, struct tsl_policy p)
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
    const struct outcome *o = open_changed((struct change){0}, (struct tsl_policy){0});
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
        struct change change;
        enum nw_err e;
        const char *rule;
    } cases[] = {
        /* changed after signing */
        {{DOCUMENT, ">7<", ">8<"}, NW_ERR_TSL_DIGEST, "TL-07"},
        {{DOCUMENT, "Svcstatus/withdrawn", "Svcstatus/granted"}, NW_ERR_TSL_DIGEST, "TL-07"},
        {{DOCUMENT, "02:00:00.5", "03:00:00.5"}, NW_ERR_TSL_DIGEST, "TL-07"},
        {{DOCUMENT, "</TrustServiceStatusList>", "</TrustServiceStatusList><?x y?>"},
         NW_ERR_TSL_DIGEST,
         "TL-07"},
        {{DOCUMENT, "<ds:SignatureValue>", "<ds:SignatureValue>*"}, NW_ERR_TSL_SIGNATURE, "TL-07"},
        {{DOCUMENT, "<ds:SignatureValue>", "<ds:SignatureValue>AAAA"},
         NW_ERR_TSL_SIGNATURE,
         "TL-07"},
        /* form */
        {{DOCUMENT, "<TrustServiceStatusList",
          "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><TrustServiceStatusList"},
         NW_ERR_TSL_DOCTYPE,
         "TL-02"},
        {{DOCUMENT, "</TrustServiceStatusList>", "</TrustServiceStatusList><x/>"},
         NW_ERR_TSL_XML,
         "TL-02"},
        {{DOCUMENT, ">SE<", ">&x;<"}, NW_ERR_TSL_XML, "TL-02"},
        {{DOCUMENT, ">SE<", ">\xff<"}, NW_ERR_TSL_XML, "TL-02"},
        {{DOCUMENT, "02231/v2#\" Id", "02231/v1#\" Id"}, NW_ERR_TSL_STRUCT, "TL-03"},
        /* structure, all with a signature that its maker meant */
        {{LIST, "<SchemeInformation>", "<SchemeInformation Id=\"sp\">"},
         NW_ERR_TSL_STRUCT,
         "TL-03"},
        {{LIST, "<SchemeInformation>", "<ds:Signature " DS "></ds:Signature><SchemeInformation>"},
         NW_ERR_TSL_STRUCT,
         "TL-03"},
        {{LIST, "<SchemeInformation>",
          "<xades:SignedProperties " XADES "></xades:SignedProperties><SchemeInformation>"},
         NW_ERR_TSL_STRUCT,
         "TL-03"},
        {{DOCUMENT, "</ds:Signature>", "</ds:Signature><Late></Late>"}, NW_ERR_TSL_STRUCT, "TL-03"},
        {{DOCUMENT, "</ds:Object>", "</ds:Object><ds:Object></ds:Object>"},
         NW_ERR_TSL_STRUCT,
         "TL-03"},
        {{DOCUMENT, "</ds:X509Certificate>",
          "</ds:X509Certificate><ds:X509Certificate>AAAA</ds:X509Certificate>"},
         NW_ERR_TSL_STRUCT,
         "TL-03"},
        {{DOCUMENT, "Target=\"#sig\"", "Target=\"#tl\""}, NW_ERR_TSL_STRUCT, "TL-03"},
        /* references and algorithms */
        {{SIGNED_INFO, "URI=\"\"", "URI=\"#tl\""}, NW_ERR_TSL_REF, "TL-04"},
        {{SIGNED_INFO, "URI=\"#sp\"", "URI=\"\""}, NW_ERR_TSL_REF, "TL-04"},
        {{SIGNED_INFO, "#SignedProperties\"", "#Other\""}, NW_ERR_TSL_REF, "TL-04"},
        {{SIGNED_INFO, C14N_TRANSFORM,
          "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>"
          "not(ancestor-or-self::x)</ds:XPath></ds:Transform>" C14N_TRANSFORM},
         NW_ERR_TSL_REF,
         "TL-04"},
        {{SIGNED_INFO, C14N_TRANSFORM, ""}, NW_ERR_TSL_REF, "TL-04"},
        {{SIGNED_INFO, EXC, EXC "WithComments"}, NW_ERR_TSL_ALG, "TL-04"},
        {{SIGNED_INFO, SHA256, "http://www.w3.org/2000/09/xmldsig#sha1"}, NW_ERR_TSL_ALG, "TL-04"},
        {{SIGNED_INFO, "#ecdsa-sha256", "#hmac-sha256"}, NW_ERR_TSL_ALG, "TL-04"},
        {{SIGNED_INFO, "#ecdsa-sha256", "#ecdsa-sha1"}, NW_ERR_TSL_ALG, "TL-04"},
        {{SIGNED_INFO, "#ecdsa-sha256", "#rsa-sha256"}, NW_ERR_TSL_ALG, "TL-07"},
        {{SIGNED_INFO, "#ecdsa-sha256", "#ecdsa-sha512"}, NW_ERR_TSL_SIGNATURE, "TL-07"},
        {{DOCUMENT, END_OF, "<!--x-->" END_OF}, NW_ERR_TSL_REF, "TL-04"},
        /* the signing certificate that the properties name */
        {{PROPERTIES, "<ds:DigestValue " DS ">", "<ds:DigestValue " DS ">AAAA"},
         NW_ERR_TSL_SIGCERT,
         "TL-06"},
        {{PROPERTIES, SHA256, "http://www.w3.org/2000/09/xmldsig#sha1"},
         NW_ERR_TSL_SIGCERT,
         "TL-06"},
        {{PROPERTIES, "</xades:CertDigest></xades:Cert>",
          "</xades:CertDigest></xades:Cert><xades:Cert></xades:Cert>"},
         NW_ERR_TSL_SIGCERT,
         "TL-06"},
        /* libxml2 refuses to canonicalise a relative namespace: nothing must come of it */
        {{LIST, "<SchemeInformation>", "<SchemeInformation xmlns:x=\"r\" x:y=\"z\">"},
         NW_ERR_TSL_C14N,
         "TL-07"},
        /* meaning */
        {{LIST, "EUgeneric", "EUnational"}, NW_ERR_TSL_TYPE, "TL-08"},
        {{LIST, ">SE<", ">EU<"}, NW_ERR_TSL_TERRITORY, "TL-08"},
        {{LIST, ">SE<", ">SWE<"}, NW_ERR_TSL_SCHEME, "TL-08"},
        {{LIST, ">6<", ">4<"}, NW_ERR_TSL_VERSION, "TL-08"},
        {{LIST, ">7<", ">0<"}, NW_ERR_TSL_SCHEME, "TL-08"},
        {{LIST, ">2026-06-01T00:00:00Z<", ">2026-06-01T00:00:00+00:00<"}, NW_ERR_TSL_TIME, "TL-08"},
        {{LIST, "</SchemeInformation>",
          "<SchemeExtensions><Extension Critical=\"true\"></Extension></SchemeExtensions>"
          "</SchemeInformation>"},
         NW_ERR_TSL_SCHEME,
         "TL-08"},
        {{PROPERTIES, "2026-06-01T02:00:00.5+02:00", "2026-09-01T02:00:00Z"},
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

static void another_certificate_is_not_the_signer(void **state)
{
    (void)state;
    const struct nw_slice other = nw_signer_chain_cert(test_pki()->bundle, 0);
    assert_err(open_changed((struct change){0}, (struct tsl_policy){.pins = &other, .pin_n = 1})->e,
               NW_ERR_TSL_SIGNER);
    done();
}

static void text_is_read_whole(void **state)
{
    (void)state;
    const struct change c = {DOCUMENT, "Svcstatus/withdrawn", "Svcstatus/with<!-- x -->drawn"};
    const struct outcome *o = open_changed(c, (struct tsl_policy){0});
    assert_ok(o->e);
    assert_int_equal(o->list->periods[0].status, TSL_WITHDRAWN);
    done();
}

/* Finding T3: six months and 72 hours. */
static void six_months_may_be_exceeded_by_three_days(void **state)
{
    (void)state;
    struct change c = {LIST, "2026-12-01T00:00:00Z", "2026-12-04T00:00:00Z"};
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
        const struct change c = {LIST, cases[i].from, cases[i].to};
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
    const struct change none = {0};
    make_list(&file, &none);
    for (size_t i = 0; i < file.n; i++) {
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
    const struct change none = {0};
    make_list(&file, &none);
    survives_allocation_failure(open_once, &file, NULL);
    nw_buf_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_read_as_it_was_signed),
        cmocka_unit_test(hostile_lists_are_refused_each_for_its_reason),
        cmocka_unit_test(another_certificate_is_not_the_signer),
        cmocka_unit_test(text_is_read_whole),
        cmocka_unit_test(six_months_may_be_exceeded_by_three_days),
        cmocka_unit_test(services_that_make_no_sense_are_dropped),
        cmocka_unit_test(no_single_bit_can_be_changed),
        cmocka_unit_test(a_lack_of_memory_is_no_verdict),
    };
    return run_on_both("tsl", tests, ARRAY_LENGTH(tests));
}
