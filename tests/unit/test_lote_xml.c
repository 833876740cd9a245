/*
 * Lists of trusted entities in XML, made here (tslist.h): each refusal differs
 * from the accepted list in one thing, and xmlsec1 agrees wherever we accept.
 */
#include <time.h>

#include "base/codec.h"
#include "base/date.h"
#include "lote.h"
#include "lote_xml.h"
#include "support.h"
#include "test_lote.h"
#include "test_openssl.h"
#include "test_pki.h"
#include "tslist.h"

#define NOW 1787313600 /* 2026-08-21T12:00:00Z */
#define ETSI "http://uri.etsi.org/19602/"
#define FILE_MAX (1u << 18)

struct outcome {
    enum nw_err e;
    struct lote *list;
    struct nw_checks checks;
    struct nw_diag d;
};
static struct outcome last;

static int cleanup(void **state)
{
    (void)state;
    lote_free(&last.list);
    return 0;
}

static const struct outcome *open_bytes(struct nw_slice file, struct lote_policy p)
{
    static struct nw_slice pin;
    lote_free(&last.list);
    memset(&last, 0, sizeof last);
    pin = nw_signer_chain_cert(test_pki()->list, 0);
    if (p.pins == NULL) {
        p.pins = &pin;
        p.pin_n = 1;
    }
    p.now = p.now != 0 ? p.now : NOW;
    last.e = lote_open(test_crypto(), file, &p, &last.list, &last.checks, &last.d);
    return &last;
}

static const struct outcome *open_changed(struct tslist_change c, struct lote_policy p)
{
    struct nw_buf file = NW_BUF(FILE_MAX);
    test_lote_xml(0, &c, c.stage != TSLIST_NEVER, &file);
    const struct outcome *o = open_bytes(nw_buf_slice(&file), p);
    nw_buf_free(&file);
    return o;
}

static const char *failed_rule(const struct outcome *o)
{
    const struct nw_check *c = nw_check_first_failure(&o->checks);
    return c != NULL ? c->id : "";
}

static void ask_xmlsec1(struct nw_slice file)
{
    if (!test_tool_is_there("xmlsec1")) {
        return;
    }
    test_openssl_write("list.xml", file);
    test_openssl_write("signer.der", nw_signer_chain_cert(test_pki()->list, 0));
    assert_true(test_tool("xmlsec1", "--verify --id-attr:Id " TSLIST_NS_XADES
                                     ":SignedProperties --enabled-key-data key-name "
                                     "--pubkey-cert-der signer.der list.xml"));
}

static void a_good_list_is_accepted_whole(void **state)
{
    (void)state;
    struct nw_buf file = NW_BUF(FILE_MAX);
    test_lote_xml(0, NULL, 0, &file);
    const struct outcome *o = open_bytes(nw_buf_slice(&file), (struct lote_policy){0});
    assert_ok(o->e);
    ask_xmlsec1(nw_buf_slice(&file));
    nw_buf_free(&file);
    const struct lote *l = o->list;
    assert_int_equal(l->kind, LOTE_PUBEAA);
    assert_int_equal(l->sequence, 7);
    assert_string_equal(l->territory, "EU");
    assert_true(nw_slice_is(l->operator_name, "Nachweis vectors"));
    assert_int_equal(l->note_n, 0);
    assert_int_equal(l->entity_n, 1);
    assert_int_equal(l->service_n, 2);
    assert_true(nw_slice_is(l->entities[0].id, "DE:DRVTEST1"));
    assert_true(nw_slice_is(l->entities[0].name, "Nachweis Test Institution"));
    assert_true(nw_slice_is(l->entities[0].country, "DE"));
    assert_int_equal(l->services[0].role, NW_ROLE_PUBEAA_ISSUE);
    assert_int_equal(l->services[1].role, NW_ROLE_PUBEAA_STATUS);
    assert_int_equal(l->services[0].periods[0].from, 1772323200); /* 2026-03-01 */
    assert_true(
        nw_slice_eq(l->services[0].certs[0], nw_signer_chain_cert(test_pki()->attestation, 0)));
    static const char *const rules[] = {"TL-01", "TL-02",   "TL-03",   "TL-04",   "TL-05",  "TL-06",
                                        "TL-07", "LOTE-01", "LOTE-02", "LOTE-03", "LOTE-04"};
    for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
        assert_true(nw_check_passed(&o->checks, rules[i]));
    }
    assert_int_equal(o->checks.n, ARRAY_LENGTH(rules));
}

struct refusal {
    struct tslist_change change;
    enum nw_err e;
    const char *rule;
};

static void refuse_each(const struct refusal *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct outcome *o = open_changed(rows[i].change, (struct lote_policy){0});
        if (o->e != rows[i].e || strcmp(failed_rule(o), rows[i].rule) != 0) {
            fail_msg("%s -> %s: %s %s at %s: %s", rows[i].change.from, rows[i].change.to,
                     failed_rule(o), nw_err_name(o->e), o->d.path, o->d.detail);
        }
    }
}

/* The gate is that of TS 119 612 lists and is tested there; here is that it stands in the way. */
static void the_gate_comes_first(void **state)
{
    (void)state;
    static const struct refusal rows[] = {
        {{TSLIST_DOCUMENT, ">DE:DRVTEST1<", ">DE:DRVTEST2<"}, NW_ERR_TSL_DIGEST, "TL-07"},
        {{TSLIST_DOCUMENT, "<ListOfTrustedEntities ", "<!DOCTYPE x><ListOfTrustedEntities "},
         NW_ERR_TSL_DOCTYPE,
         "TL-02"},
        {{TSLIST_TEXT, "http://uri.etsi.org/019602/v1#", "http://uri.etsi.org/019602/v2#"},
         NW_ERR_TSL_STRUCT,
         "TL-03"},
        {{TSLIST_DOCUMENT, "</ListOfTrustedEntities>", "<x></x></ListOfTrustedEntities>"},
         NW_ERR_TSL_STRUCT,
         "TL-03"},
        {{TSLIST_SIGNED_INFO, "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
          "http://www.w3.org/2002/06/xmldsig-filter2"},
         NW_ERR_TSL_REF,
         "TL-04"},
        {{TSLIST_SIGNED_INFO, "URI=\"\"", "URI=\"#list\""}, NW_ERR_TSL_REF, "TL-04"},
        {{TSLIST_SIGNED_INFO, "#ecdsa-sha256", "#hmac-sha256"}, NW_ERR_TSL_ALG, "TL-04"},
        {{TSLIST_PROPERTIES, "<ds:DigestValue xmlns:ds=\"" TSLIST_NS_DS "\">",
          "<ds:DigestValue xmlns:ds=\"" TSLIST_NS_DS "\">AAAA"},
         NW_ERR_TSL_SIGCERT,
         "TL-06"},
        {{TSLIST_PROPERTIES, "2026-06-01T10:00:00Z", "2026-09-01T10:00:00Z"},
         NW_ERR_LOTE_TIME,
         "LOTE-01"},
        {{TSLIST_PROPERTIES, "2026-06-01T10:00:00Z", "2024-12-31T10:00:00Z"},
         NW_ERR_CERT_TIME,
         "LOTE-01"},
    };
    refuse_each(rows, ARRAY_LENGTH(rows));
}

static void another_signer_is_refused(void **state)
{
    (void)state;
    const struct nw_slice pin = nw_signer_chain_cert(test_pki()->bundle, 0);
    const struct outcome *o =
        open_changed((struct tslist_change){0}, (struct lote_policy){.pins = &pin, .pin_n = 1});
    assert_err(o->e, NW_ERR_TSL_SIGNER);
    assert_string_equal(failed_rule(o), "TL-05");
    assert_err(
        open_changed((struct tslist_change){0}, (struct lote_policy){.pins = &pin, .pin_n = 0})->e,
        NW_ERR_TSL_SIGNER);
}

#define TAG "LOTETag=\"" ETSI "LoTETag\""

static void what_breaks_schema_profile_or_times_refuses_the_list(void **state)
{
    (void)state;
    static const struct refusal rows[] = {
        /* the schema: order, number, unknown things, forms */
        {{TSLIST_TEXT, TAG, "X=\"y\""}, NW_ERR_LOTE_FORM, "LOTE-03"},
        {{TSLIST_TEXT, TAG, "LOTETag=\"no URI\""}, NW_ERR_LOTE_FORM, "LOTE-03"},
        {{TSLIST_TEXT, TAG, TAG " x=\"y\""}, NW_ERR_LOTE_FORM, "LOTE-03"},
        {{TSLIST_TEXT, "<SchemeTerritory>", "<Extra>1</Extra><SchemeTerritory>"},
         NW_ERR_LOTE_FORM,
         "LOTE-03"},
        {{TSLIST_TEXT, "<SchemeTerritory>EU</SchemeTerritory>",
          "<SchemeTerritory>EU</SchemeTerritory><SchemeTerritory>EU</SchemeTerritory>"},
         NW_ERR_LOTE_FORM,
         "LOTE-03"},
        {{TSLIST_TEXT,
          "<LoTEVersionIdentifier>1</LoTEVersionIdentifier><LoTESequenceNumber>7"
          "</LoTESequenceNumber>",
          "<LoTESequenceNumber>7</LoTESequenceNumber><LoTEVersionIdentifier>1"
          "</LoTEVersionIdentifier>"},
         NW_ERR_LOTE_FORM,
         "LOTE-03"},
        {{TSLIST_TEXT, "<LoTESequenceNumber>7<", "<LoTESequenceNumber>7.5<"},
         NW_ERR_LOTE_FORM,
         "LOTE-03"},
        {{TSLIST_TEXT, "<LoTESequenceNumber>7<", "<LoTESequenceNumber>0<"},
         NW_ERR_LOTE_FORM,
         "LOTE-03"},
        {{TSLIST_TEXT, "<LoTESequenceNumber>7<", "<LoTESequenceNumber>18446744073709551623<"},
         NW_ERR_LOTE_FORM,
         "LOTE-03"},
        {{TSLIST_TEXT, "<LoTESequenceNumber>7<", "<LoTESequenceNumber x=\"y\">7<"},
         NW_ERR_LOTE_FORM,
         "LOTE-03"},
        {{TSLIST_TEXT, "<Name xml:lang=\"en\">EU:", "<Name>EU:"}, NW_ERR_LOTE_FORM, "LOTE-03"},
        {{TSLIST_TEXT, "<Name xml:lang=\"en\">EU:", "<Name xml:lang=\"englishlanguage\">EU:"},
         NW_ERR_LOTE_FORM,
         "LOTE-03"},
        {{TSLIST_TEXT, "<SchemeName>", "<SchemeName>text"}, NW_ERR_LOTE_FORM, "LOTE-03"},
        {{TSLIST_TEXT, "<ListIssueDateTime>2026-06-01T10:00:00Z",
          "<ListIssueDateTime>2026-06-01T10:00:00.0Z"},
         NW_ERR_LOTE_FORM,
         "LOTE-03"},
        {{TSLIST_TEXT, "<ListIssueDateTime>2026-06-01T10:00:00Z",
          "<ListIssueDateTime>2026-06-01T10:00:00+00:00"},
         NW_ERR_LOTE_FORM,
         "LOTE-03"},
        {{TSLIST_TEXT, "<DigitalId><X509Certificate>", "<DigitalId><X509Certificate>*"},
         NW_ERR_LOTE_FORM,
         "LOTE-03"},
        {{TSLIST_TEXT, "</X509Certificate>",
          "</X509Certificate><X509SubjectName>CN=x</X509SubjectName>"},
         NW_ERR_LOTE_FORM,
         "LOTE-03"},
        {{TSLIST_TEXT, "https://vectors.example/list", "no URI"}, NW_ERR_LOTE_FORM, "LOTE-03"},
        /* what the profile of annex H fixes */
        {{TSLIST_TEXT, "LoTEType/EUPubEAAProvidersList", "LoTEType/EUNobodysList"},
         NW_ERR_LOTE_TYPE,
         "LOTE-03"},
        {{TSLIST_TEXT, "LoTEType/EUPubEAAProvidersList", "LoTEType/EUPIDProvidersList"},
         NW_ERR_LOTE_PROFILE,
         "LOTE-03"},
        {{TSLIST_TEXT, ">Nachweis vectors<", ">Nachweis \xee\x80\x80<"},
         NW_ERR_LOTE_PROFILE,
         "LOTE-03"},
        {{TSLIST_TEXT, "<LoTEVersionIdentifier>1<", "<LoTEVersionIdentifier>2<"},
         NW_ERR_LOTE_PROFILE,
         "LOTE-03"},
        {{TSLIST_TEXT, "PubEAAProvidersList/StatusDetn", "PIDProvidersList/StatusDetn"},
         NW_ERR_LOTE_PROFILE,
         "LOTE-03"},
        {{TSLIST_TEXT, "PubEAAProvidersList/schemerules", "PIDProviders/schemerules"},
         NW_ERR_LOTE_PROFILE,
         "LOTE-03"},
        {{TSLIST_TEXT, "<SchemeTerritory>EU<", "<SchemeTerritory>DE<"},
         NW_ERR_LOTE_PROFILE,
         "LOTE-03"},
        {{TSLIST_TEXT, "<SchemeTerritory>EU</SchemeTerritory>", ""},
         NW_ERR_LOTE_PROFILE,
         "LOTE-03"},
        {{TSLIST_TEXT, ">65535<", ">365<"}, NW_ERR_LOTE_PROFILE, "LOTE-03"},
        {{TSLIST_TEXT, "<ListIssueDateTime>",
          "<PointersToOtherLoTE><OtherLoTEPointer><LoTELocation>https://example.test</LoTELocation>"
          "</OtherLoTEPointer></PointersToOtherLoTE><ListIssueDateTime>"},
         NW_ERR_LOTE_PROFILE,
         "LOTE-03"},
        {{TSLIST_TEXT, "</NextUpdate>",
          "</NextUpdate><SchemeExtensions><Extension Critical=\"true\"><x></x></Extension>"
          "</SchemeExtensions>"},
         NW_ERR_LOTE_EXTENSION,
         "LOTE-03"},
        /* times and number */
        {{TSLIST_TEXT, "<dateTime>2026-12-01T10:00:00Z", "<dateTime>2026-12-04T10:00:01Z"},
         NW_ERR_LOTE_TIME,
         "LOTE-02"},
        {{TSLIST_TEXT, "<dateTime>2026-12-01T10:00:00Z", "<dateTime>2026-08-21T11:59:59Z"},
         NW_ERR_LOTE_TIME,
         "LOTE-02"},
        {{TSLIST_TEXT, "<dateTime>2026-12-01T10:00:00Z", "<dateTime>2026-06-01T10:00:00Z"},
         NW_ERR_LOTE_TIME,
         "LOTE-02"},
        {{TSLIST_TEXT, "<ListIssueDateTime>2026-06-01", "<ListIssueDateTime>2026-08-22"},
         NW_ERR_LOTE_TIME,
         "LOTE-02"},
    };
    refuse_each(rows, ARRAY_LENGTH(rows));
}

/* Each row is a good list, with so many warnings. */
static void what_is_odd_but_harmless_is_taken(void **state)
{
    (void)state;
    static const struct {
        struct tslist_change change;
        size_t notes;
    } rows[] = {
        {{TSLIST_TEXT, TAG, "LOTETag=\"http://uri.etsi.org/019602/tag#\""}, 1},
        {{TSLIST_TEXT, "<dateTime>2026-12-01T10:00:00Z", "<dateTime>2026-12-04T10:00:00Z"}, 1},
        {{TSLIST_TEXT, "<dateTime>2026-12-01T10:00:00Z</dateTime>", ""}, 1}, /* closed */
        {{TSLIST_TEXT, ">EU:Vectors", ">Vectors"}, 1},
        {{TSLIST_TEXT, "</NextUpdate>",
          "</NextUpdate><SchemeExtensions><Extension Critical=\"false\"><x></x>text</Extension>"
          "</SchemeExtensions>"},
         0},
        {{TSLIST_TEXT, "</NextUpdate>",
          "</NextUpdate><DistributionPoints><URI>https://example.test/</URI></DistributionPoints>"},
         0},
        {{TSLIST_TEXT, "<Name xml:lang=\"en\">Nachweis vectors<",
          "<Name xml:lang=\"de-DE\">Betreiber</Name><Name xml:lang=\"en\">Nachweis vectors<"},
         0},
        {{TSLIST_TEXT, "<SchemeName>", "<SchemeName>\n  "}, 0},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_buf file = NW_BUF(FILE_MAX);
        test_lote_xml(0, &rows[i].change, 1, &file);
        const struct outcome *o = open_bytes(nw_buf_slice(&file), (struct lote_policy){0});
        if (o->e != NW_OK || o->list->note_n != rows[i].notes || o->list->service_n != 2) {
            fail_msg("%s: %s at %s", rows[i].change.to, nw_err_name(o->e), o->d.path);
        }
        assert_true(nw_slice_is(o->list->operator_name, "Nachweis vectors"));
        ask_xmlsec1(nw_buf_slice(&file));
        nw_buf_free(&file);
    }
}

static void what_is_wrong_with_a_service_drops_that_service(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        size_t left;
    } rows[] = {
        {"SvcType/PubEAA/Issuance", "SvcType/PID/Issuance", 1},
        {"SvcStatus/notified", "SvcStatus/granted", 1},
        {"<StatusStartingTime>2026-03-01T00:00:00Z</StatusStartingTime>", "", 1},
        {"<DigitalId><X509Certificate>", "<DigitalId><X509Certificate>AAAA", 1},
        {"<DigitalId><X509Certificate>",
         "<DigitalId><OtherId>x</OtherId></DigitalId><DigitalId><X509Certificate>", 2},
        {">OJ:EU:32004R0883<", ">another name<", 0},
        {">DE:DRVTEST1<", ">DE:\xee\x80\x80<", 0},     /* U+E000, private use */
        {">DE:DRVTEST1<", ">DE:\xf3\xa0\x81\x81<", 0}, /* U+E0041, a tag */
        {">DE:DRVTEST1<", ">DE:\xc2\x85<", 0},         /* U+0085, a control */
        {">DE:DRVTEST1<", ">DE:\xc3\xa4<", 2},
        {">OJ:EU:32004R0883<", ">OJ:32004R0883<", 0},
        {"PubEAAProvider/DE", "PIDProvider/DE", 0},
        {"PubEAAProvider/DE", "PubEAAProvider/de", 0},
        {"<Name xml:lang=\"en\">Nachweis Test Institution<", "<Name xml:lang=\"en\">Another<", 0},
        {"</StatusStartingTime></ServiceInformation>",
         "</StatusStartingTime><ServiceInformationExtensions><Extension Critical=\"1\"><x></x>"
         "</Extension></ServiceInformationExtensions></ServiceInformation>",
         1},
        {"</StatusStartingTime></ServiceInformation>",
         "</StatusStartingTime><ServiceInformationExtensions><Extension Critical=\"true\">"
         "<s:ServiceUniqueIdentifier xmlns:s=\"" LOTE_NS_SIE
         "\">urn:x:y</s:ServiceUniqueIdentifier>"
         "</Extension></ServiceInformationExtensions></ServiceInformation>",
         2},
        {"</TEInformationURI>",
         "</TEInformationURI><TEInformationExtensions><Extension Critical=\"true\"></Extension>"
         "</TEInformationExtensions>",
         0},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        const struct tslist_change c = {TSLIST_TEXT, rows[i].from, rows[i].to};
        const struct outcome *o = open_changed(c, (struct lote_policy){0});
        if (o->e != NW_OK) {
            fail_msg("%s: %s at %s: %s", rows[i].to, nw_err_name(o->e), o->d.path, o->d.detail);
        }
        assert_int_equal(o->list->service_n, rows[i].left);
        assert_int_equal(o->list->dropped, 2 - rows[i].left);
        assert_int_equal(nw_check_failed(&o->checks, "LOTE-04"), rows[i].left < 2);
    }
}

static void greece_and_the_united_kingdom_get_their_iso_codes(void **state)
{
    (void)state;
    static const char *const rows[][2] = {{"EL", "GR"}, {"UK", "GB"}, {"GR", "GR"}, {"PL", "PL"}};
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        char role[32];
        (void)snprintf(role, sizeof role, "PubEAAProvider/%s", rows[i][0]);
        const struct tslist_change c = {TSLIST_TEXT, "PubEAAProvider/DE", role};
        const struct outcome *o = open_changed(c, (struct lote_policy){0});
        assert_ok(o->e);
        assert_true(nw_slice_is(o->list->entities[0].country, rows[i][1]));
    }
}

static void numbers_go_up(void **state)
{
    (void)state;
    const struct tslist_change none = {0};
    struct lote_seen seen = {.sequence = 6, .signed_at = 1780308000}; /* 2026-06-01T10:00:00Z */
    struct lote_policy p = {.seen = &seen};
    assert_ok(open_changed(none, p)->e);
    seen.sequence = 8;
    const struct outcome *o = open_changed(none, p);
    assert_err(o->e, NW_ERR_LOTE_SEQUENCE);
    assert_string_equal(failed_rule(o), "LOTE-02");
    seen.sequence = 7;
    assert_err(open_changed(none, p)->e, NW_ERR_LOTE_SEQUENCE);
    seen.signed_at--;
    o = open_changed(none, p);
    assert_ok(o->e);
    assert_int_equal(o->list->note_n, 1);
}

/* --- the other profiles --- */

struct family {
    const char *type, *family, *service, *role;
    enum lote_kind kind;
    const char *more; /* what its services need */
};
static const struct family families[] = {
    {"EUPIDProvidersList", "PIDProvidersList", "PID/Issuance", "PIDProvider/EL", LOTE_PID, NULL},
    {"EUWalletProvidersList", "WalletProvidersList", "WalletSolution/Issuance", "WalletProvider/DE",
     LOTE_WALLET,
     "<Extension Critical=\"false\"><s:ServiceUniqueIdentifier xmlns:s=\"" LOTE_NS_SIE
     "\">urn:x:wallet</s:ServiceUniqueIdentifier></Extension>"},
    {"EUWRPACProvidersList", "WRPACProvidersList", "WRPAC/Issuance", "WRPACProvider/DE", LOTE_WRPAC,
     NULL},
    {"EUWRPRCProvidersList", "WRPRCProvidersList", "WRPRC/Issuance", "WRPRCProvider/DE", LOTE_WRPRC,
     NULL},
    {"EURegistrarsAndRegistersList", "RegistrarsAndRegistersList", "Register", "Registrar/DE",
     LOTE_REGISTRARS, NULL},
};
#define MDL "http://trust.ec.europa.eu/lists/mDL/"

static const struct outcome *open_family(const struct family *f, const struct tslist_change *c,
                                         size_t n)
{
    const struct tslist_service service = {
        .cert = {nw_signer_chain_cert(test_pki()->attestation, 0), test_pki()->anchor},
        .period = {{.type = f->service, .more = f->more}}};
    const struct tslist_entity body = {.name = "Somebody",
                                       .trade = {"NTRDE-1"},
                                       .role = f->role,
                                       .services = &service,
                                       .service_n = 1};
    const struct tslist_pointer own = {"EU",
                                       "https://vectors.example/list.xml",
                                       f->type,
                                       NULL,
                                       {nw_signer_chain_cert(test_pki()->list, 0)}};
    const struct tslist list = {.form = TSLIST_LOTE,
                                .type = f->type,
                                .family = f->family,
                                .uris = {"https://vectors.example/", "https://vectors.example/a"},
                                .no_history_period = true,
                                .entities = &body,
                                .entity_n = 1,
                                .pointers = &own,
                                .pointer_n = 1};
    struct nw_buf file = NW_BUF(FILE_MAX);
    struct tslist_job job = {.c = test_crypto(),
                             .list = &list,
                             .signer = tslist_signer_of(test_pki()->list),
                             .changes = c,
                             .change_n = n};
    assert_ok(tslist_make(&job, &file));
    const struct outcome *o = open_bytes(nw_buf_slice(&file), (struct lote_policy){0});
    nw_buf_free(&file);
    return o;
}

#define SUPPLY                                                                                     \
    {                                                                                              \
        TSLIST_TEXT, "</ServiceDigitalIdentity></ServiceInformation>",                             \
            "</ServiceDigitalIdentity><ServiceSupplyPoints><ServiceSupplyPoint>https://r.example/" \
            "</ServiceSupplyPoint></ServiceSupplyPoints></ServiceInformation>"                     \
    }

/* Annexes D to G and I ask for JSON: in XML they are read, and that is said. */
static void the_other_kinds_are_read_with_a_warning(void **state)
{
    (void)state;
    static const struct tslist_change supply = SUPPLY;
    for (size_t i = 0; i < ARRAY_LENGTH(families); i++) {
        const bool registrar = families[i].kind == LOTE_REGISTRARS;
        const struct outcome *o = open_family(&families[i], &supply, registrar);
        if (o->e != NW_OK) {
            fail_msg("%s: %s at %s: %s", families[i].type, nw_err_name(o->e), o->d.path,
                     o->d.detail);
        }
        assert_int_equal(o->list->kind, families[i].kind);
        assert_int_equal(o->list->dropped, 0);
        assert_int_equal(o->list->service_n, 1);
        assert_int_equal(o->list->services[0].cert_n, 2); /* two keys: no rule against it there */
        assert_int_equal(o->list->note_n, 1);
        assert_true(
            nw_slice_is(o->list->entities[0].country, families[i].kind == LOTE_PID ? "GR" : "DE"));
    }
}

/* The Commission's own kind: roots for driving licences, and for nothing else. */
static void a_list_of_driving_licence_issuers_gives_roots_for_them_only(void **state)
{
    (void)state;
    static const struct family mdl = {
        MDL "mDLProvidersListType", "PIDProvidersList", MDL "SvcType/Issuance",
        "PIDProvider/DE",           LOTE_MDL,           NULL};
    static const struct tslist_change changes[] = {
        {TSLIST_TEXT, ETSI "PIDProvidersList/StatusDetn/EU", MDL "mDLProvidersListStatusDetn"},
        {TSLIST_TEXT, ETSI "PIDProviders/schemerules/EU", MDL "schemerules"},
    };
    const struct outcome *o = open_family(&mdl, changes, ARRAY_LENGTH(changes));
    assert_ok(o->e);
    assert_int_equal(o->list->kind, LOTE_MDL);
    assert_int_equal(o->list->service_n, 1);
    assert_int_equal(o->list->services[0].role, NW_ROLE_IACA);
    assert_true(nw_slice_eq(o->list->services[0].doc_types,
                            test_hex("81 75 6f72672e69736f2e31383031332e352e312e6d444c")));
    assert_true(nw_slice_is(o->list->entities[0].country, "PL")); /* of the address */
    assert_err(open_family(&mdl, changes, 1)->e, NW_ERR_LOTE_PROFILE);
}

static void the_other_kinds_keep_their_profiles(void **state)
{
    (void)state;
    static const struct {
        size_t family;
        struct tslist_change change;
        enum nw_err e;
        size_t dropped;
    } rows[] = {
        {0,
         {TSLIST_TEXT, "<PointersToOtherLoTE>",
          "<HistoricalInformationPeriod>65535</HistoricalInformationPeriod><PointersToOtherLoTE>"},
         NW_ERR_LOTE_PROFILE,
         0},
        {0,
         {TSLIST_TEXT, "<OtherInformation><LoTEType>" ETSI "LoTEType/EUPID",
          "<OtherInformation><LoTEType>" ETSI "LoTEType/EUWallet"},
         NW_ERR_LOTE_PROFILE,
         0},
        {0,
         {TSLIST_TEXT, "<URI xml:lang=\"en\">https://vectors.example/a</URI>", ""},
         NW_ERR_LOTE_PROFILE,
         0},
        {0,
         {TSLIST_TEXT, "</ServiceDigitalIdentity></ServiceInformation>",
          "</ServiceDigitalIdentity><ServiceStatus>urn:x:y</ServiceStatus></ServiceInformation>"},
         NW_ERR_LOTE_PROFILE,
         0},
        {1, {TSLIST_TEXT, "urn:x:wallet", "no URI"}, NW_ERR_LOTE_FORM, 0},
        {1, {TSLIST_TEXT, LOTE_NS_SIE, LOTE_NS_TIE}, NW_OK, 1},
        {3,
         {TSLIST_TEXT, "WRPRCProvidersList/StatusDetn", "WRPRCrovidersList/StatusDetn"},
         NW_OK,
         0},
        {3,
         {TSLIST_TEXT, "WRPRCProvidersList/StatusDetn", "WRPACProvidersList/StatusDetn"},
         NW_ERR_LOTE_PROFILE,
         0},
        {4, {TSLIST_NEVER, NULL, NULL}, NW_OK, 1},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        const struct outcome *o = open_family(&families[rows[i].family], &rows[i].change,
                                              rows[i].change.stage != TSLIST_NEVER);
        if (o->e != rows[i].e || (o->e == NW_OK && o->list->dropped != rows[i].dropped)) {
            fail_msg("row %zu: %s at %s: %s", i, nw_err_name(o->e), o->d.path, o->d.detail);
        }
    }
}

/* --- signed by others --- */

static void put_time(struct nw_buf *b, int64_t t)
{
    char text[NW_TIME_TEXT];
    nw_time_format(t, text);
    nw_buf_puts(b, text);
}

/* A list as a person would write it: with prefixes, new lines and comments. Today's, since openssl
 * makes certificates of today. */
static void write_template(struct nw_buf *b, const char *method, struct nw_slice signer,
                           int64_t today)
{
    uint8_t digest[NW_SHA256_BYTES];
    assert_ok(nw_sha256(test_crypto(), signer, digest));
    nw_buf_puts(
        b, "<?xml version='1.0'?>\n<!-- not signed -->\n<l:ListOfTrustedEntities xmlns:l='" LOTE_NS
           "'\n  LOTETag='" ETSI "LoTETag'>\n <l:ListAndSchemeInformation>\n"
           "  <l:LoTEVersionIdentifier>1</l:LoTEVersionIdentifier>\n"
           "  <l:LoTESequenceNumber> 3 </l:LoTESequenceNumber>\n"
           "  <l:LoTEType>" ETSI "LoTEType/EUPubEAAProvidersList</l:LoTEType>\n"
           "  <l:SchemeOperatorName><l:Name xml:lang='en'>Foreign<!-- signed? -->"
           " operator</l:Name></l:SchemeOperatorName>\n  <l:SchemeOperatorAddress>"
           "<l:PostalAddresses><l:PostalAddress xml:lang='en'><l:StreetAddress>1"
           "</l:StreetAddress><l:Locality>x</l:Locality><l:CountryName>EU</l:CountryName>"
           "</l:PostalAddress></l:PostalAddresses><l:ElectronicAddress>"
           "<l:URI xml:lang='en'>mailto:a@example.test</l:URI></l:ElectronicAddress>"
           "</l:SchemeOperatorAddress>\n  <l:SchemeName><l:Name xml:lang='en'>EU:x</l:Name>"
           "</l:SchemeName><l:SchemeInformationURI><l:URI xml:lang='en'>https://a.test/"
           "</l:URI></l:SchemeInformationURI><l:StatusDeterminationApproach>" ETSI
           "PubEAAProvidersList/StatusDetn/EU</l:StatusDeterminationApproach>"
           "<l:SchemeTypeCommunityRules><l:URI xml:lang='en'>" ETSI
           "PubEAAProvidersList/schemerules/EU</l:URI></l:SchemeTypeCommunityRules>"
           "<l:SchemeTerritory>EU</l:SchemeTerritory><l:PolicyOrLegalNotice>"
           "<l:LoTELegalNotice xml:lang='en'>x</l:LoTELegalNotice></l:PolicyOrLegalNotice>"
           "<l:HistoricalInformationPeriod>65535</l:HistoricalInformationPeriod>"
           "<l:ListIssueDateTime>");
    put_time(b, today - NW_DAY);
    nw_buf_puts(b, "</l:ListIssueDateTime>\n  <l:NextUpdate><l:dateTime>");
    put_time(b, today + 30 * NW_DAY);
    nw_buf_puts(b, "</l:dateTime></l:NextUpdate>\n </l:ListAndSchemeInformation>\n"
                   " <s:Signature xmlns:s='" TSLIST_NS_DS "' Id='S'><s:SignedInfo>"
                   "<s:CanonicalizationMethod Algorithm='" TSLIST_EXC_C14N "'/>");
    nw_buf_printf(b, "<s:SignatureMethod Algorithm='http://www.w3.org/2001/04/xmldsig-more#%s'/>",
                  method);
    nw_buf_puts(b, "<s:Reference URI=''><s:Transforms><s:Transform Algorithm='" TSLIST_NS_DS
                   "enveloped-signature'/><s:Transform Algorithm='" TSLIST_EXC_C14N
                   "'/></s:Transforms><s:DigestMethod Algorithm="
                   "'http://www.w3.org/2001/04/xmlenc#sha512'/><s:DigestValue/></s:Reference>"
                   "<s:Reference URI='#P' Type='http://uri.etsi.org/01903#SignedProperties'>"
                   "<s:Transforms><s:Transform Algorithm='" TSLIST_EXC_C14N
                   "'/></s:Transforms><s:DigestMethod Algorithm='" TSLIST_SHA256
                   "'/><s:DigestValue/></s:Reference></s:SignedInfo><s:SignatureValue/>\n"
                   "  <s:KeyInfo><s:X509Data><s:X509Certificate>");
    nw_base64_encode(signer, b);
    nw_buf_puts(b, "</s:X509Certificate></s:X509Data></s:KeyInfo>\n  <s:Object>"
                   "<q:QualifyingProperties xmlns:q='" TSLIST_NS_XADES "' Target='#S'>"
                   "<q:SignedProperties Id='P'><q:SignedSignatureProperties><q:SigningTime>");
    put_time(b, today);
    nw_buf_puts(b, "</q:SigningTime><q:SigningCertificateV2><q:Cert><q:CertDigest>"
                   "<s:DigestMethod Algorithm='" TSLIST_SHA256 "'/><s:DigestValue>");
    nw_base64_encode(nw_slice(digest, sizeof digest), b);
    nw_buf_puts(b, "</s:DigestValue></q:CertDigest></q:Cert></q:SigningCertificateV2>"
                   "</q:SignedSignatureProperties></q:SignedProperties></q:QualifyingProperties>"
                   "</s:Object></s:Signature>\n</l:ListOfTrustedEntities>\n<!-- neither -->\n");
}

static void a_list_that_xmlsec1_signed_is_accepted(void **state)
{
    (void)state;
    static const struct {
        const char *key, *method;
    } rows[] = {
        {"-newkey rsa:3072", "rsa-sha512"},
        {"-newkey ec -pkeyopt ec_paramgen_curve:P-384", "ecdsa-sha384"},
    };
    if (!test_tool_is_there("xmlsec1")) {
        skip();
    }
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_buf text = NW_BUF(FILE_MAX);
        test_openssl_must("req -x509 -nodes %s -keyout k.pem -out c.pem -days 90 "
                          "-subj \"/C=EU/O=Foreign operator/CN=x\"",
                          rows[i].key);
        test_openssl_must("x509 -in c.pem -outform DER -out c.der");
        const struct nw_slice pin = test_openssl_file("c.der");
        const int64_t today = (int64_t)time(NULL);
        write_template(&text, rows[i].method, pin, today);
        test_openssl_write("t.xml", nw_buf_slice(&text));
        if (!test_tool("xmlsec1", "--sign --privkey-pem k.pem --id-attr:Id " TSLIST_NS_XADES
                                  ":SignedProperties --output l.xml t.xml")) {
            const struct nw_slice log = test_openssl_file("log");
            fail_msg("xmlsec1: %.*s", (int)log.n, (const char *)log.p);
        }
        struct nw_slice list = test_openssl_file("l.xml");
        const struct lote_policy p = {.pins = &pin, .pin_n = 1, .now = today};
        const struct outcome *o = open_bytes(list, p);
        if (o->e != NW_OK) {
            fail_msg("%s: %s at %s: %s", rows[i].method, nw_err_name(o->e), o->d.path, o->d.detail);
        }
        assert_int_equal(o->list->sequence, 3);
        assert_int_equal(o->list->note_n, 0);
        assert_true(o->list->signer_is_operator);
        assert_true(nw_slice_is(o->list->operator_name, "Foreign operator"));
        nw_buf_reset(&text);
        nw_buf_put(&text, list);
        assert_ok(tslist_swap(&text, "> 3 <", "> 4 <"));
        assert_err(open_bytes(nw_buf_slice(&text), p)->e, NW_ERR_TSL_DIGEST);
        nw_buf_free(&text);
    }
}

/* --- annex A.2.2 --- */

/* The same list in the elements of TS 119 612. */
static void make_alternative(struct nw_buf *out, const struct tslist_change *more)
{
    const struct tslist_service service = {
        .cert = {nw_signer_chain_cert(test_pki()->attestation, 0)},
        .period = {{.type = ETSI "SvcType/PubEAA/Issuance",
                    .status = ETSI "PubEAAProvidersList/SvcStatus/notified",
                    .from = "2026-03-01T00:00:00Z"}}};
    const struct tslist_entity body = {.name = "Nachweis Test Institution",
                                       .country = "DE",
                                       .trade = {"DE:DRVTEST1", "OJ:EU:32004R0883"},
                                       .services = &service,
                                       .service_n = 1};
    const struct tslist list = {.type = ETSI "LoTEType/EUPubEAAProvidersList",
                                .territory = "EU",
                                .entities = &body,
                                .entity_n = 1};
    struct tslist_change changes[] = {
        {TSLIST_TEXT, "http://uri.etsi.org/TrstSvc/TrustedList/StatusDetn/EUappropriate",
         ETSI "PubEAAProvidersList/StatusDetn/EU"},
        {TSLIST_TEXT, "http://uri.etsi.org/TrstSvc/TrustedList/schemerules/EUcommon",
         ETSI "PubEAAProvidersList/schemerules/EU"},
        {TSLIST_TEXT, "</ElectronicAddress></TSPAddress>",
         "<URI xml:lang=\"en\">" ETSI "ListOfTrustedEntities/PubEAAProvider/DE</URI>"
         "</ElectronicAddress></TSPAddress>"},
        {0},
    };
    struct tslist_job job = {.c = test_crypto(),
                             .list = &list,
                             .signer = tslist_signer_of(test_pki()->list),
                             .changes = changes,
                             .change_n = 3};
    if (more != NULL) {
        changes[3] = *more;
        job.change_n++;
    }
    assert_ok(tslist_make(&job, out));
}

static void the_elements_of_ts_119_612_say_the_same(void **state)
{
    (void)state;
    struct nw_buf file = NW_BUF(FILE_MAX);
    bool lote = false;
    make_alternative(&file, NULL);
    assert_ok(lote_claimed_xml(nw_buf_slice(&file), &lote));
    assert_true(lote);
    const struct outcome *o = open_bytes(nw_buf_slice(&file), (struct lote_policy){0});
    if (o->e != NW_OK) {
        fail_msg("%s at %s: %s", nw_err_name(o->e), o->d.path, o->d.detail);
    }
    ask_xmlsec1(nw_buf_slice(&file));
    nw_buf_free(&file);
    assert_int_equal(o->list->kind, LOTE_PUBEAA);
    assert_int_equal(o->list->note_n, 0);
    assert_int_equal(o->list->service_n, 1);
    assert_int_equal(o->list->services[0].role, NW_ROLE_PUBEAA_ISSUE);
    assert_true(nw_slice_is(o->list->entities[0].id, "DE:DRVTEST1"));
    assert_true(nw_slice_is(o->list->entities[0].country, "DE"));
}

static void and_keep_the_same_rules(void **state)
{
    (void)state;
    static const struct refusal rows[] = {
        {{TSLIST_TEXT, "<TSLVersionIdentifier>6<", "<TSLVersionIdentifier>1<"}, NW_OK, ""},
        {{TSLIST_TEXT, "<TSLVersionIdentifier>6<", "<TSLVersionIdentifier>5<"},
         NW_ERR_LOTE_PROFILE,
         "LOTE-03"},
        {{TSLIST_TEXT, "EUPubEAAProvidersList", "EUPIDProvidersList"},
         NW_ERR_LOTE_PROFILE,
         "LOTE-03"},
        {{TSLIST_TEXT, ETSI "LoTEType/EUPubEAAProvidersList",
          "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric"},
         NW_ERR_LOTE_TYPE,
         "LOTE-03"},
        {{TSLIST_TEXT, "<TSLSequenceNumber>",
          "<LoTESequenceNumber></LoTESequenceNumber>"
          "<TSLSequenceNumber>"},
         NW_ERR_LOTE_FORM,
         "LOTE-03"},
        {{TSLIST_TEXT, ">65535<", ">365<"}, NW_ERR_LOTE_PROFILE, "LOTE-03"},
        {{TSLIST_TEXT, "<dateTime>2026-12-01T10:00:00Z", "<dateTime>2026-08-21T11:59:59Z"},
         NW_ERR_LOTE_TIME,
         "LOTE-02"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_buf file = NW_BUF(FILE_MAX);
        make_alternative(&file, &rows[i].change);
        const struct outcome *o = open_bytes(nw_buf_slice(&file), (struct lote_policy){0});
        nw_buf_free(&file);
        if (o->e != rows[i].e || strcmp(failed_rule(o), rows[i].rule) != 0) {
            fail_msg("%s: %s %s at %s", rows[i].change.to, failed_rule(o), nw_err_name(o->e),
                     o->d.path);
        }
    }
}

/* --- both bindings, and harm --- */

static void a_list_is_known_by_its_root(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool lote;
    } rows[] = {
        {"<ListOfTrustedEntities xmlns=\"" LOTE_NS "\"/>", true},
        {"<ListOfTrustedEntities/>", false},
        {"<TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\"/>", false},
        {"<TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\"><SchemeInformation>"
         "<TSLType>" ETSI "LoTEType/EUPubEAAProvidersList</TSLType></SchemeInformation>"
         "</TrustServiceStatusList>",
         true},
        {"<TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\"><SchemeInformation>"
         "<TSLType>http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric</TSLType>"
         "</SchemeInformation></TrustServiceStatusList>",
         false},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        bool lote = !rows[i].lote;
        assert_ok(lote_claimed_xml(nw_str(rows[i].text), &lote));
        assert_int_equal(lote, rows[i].lote);
    }
    bool lote = true;
    assert_err(lote_claimed_xml(nw_str("<x"), &lote), NW_ERR_TSL_XML);
    assert_false(lote);
    lote = true;
    assert_err(lote_claimed_xml(
                   nw_str("<!DOCTYPE x><ListOfTrustedEntities xmlns=\"" LOTE_NS "\"/>"), &lote),
               NW_ERR_TSL_DOCTYPE);
    assert_false(lote);
}

/* A prefix that is declared again, and not needed, is nothing that canonical form has. */
static bool is_declared_prefix(const struct nw_buf *file, size_t i)
{
    while (i > 0 && file->p[i - 1] != ':' && file->p[i - 1] != ' ' && file->p[i - 1] != '"') {
        i--;
    }
    return i >= 6 && memcmp(file->p + i - 6, "xmlns:", 6) == 0;
}

static void no_byte_can_be_changed(void **state)
{
    (void)state;
    struct nw_buf file = NW_BUF(FILE_MAX);
    test_lote_xml(0, NULL, 0, &file);
    /* The XML declaration is not signed; nothing is read from it. */
    for (size_t i = nw_slice_find(nw_buf_slice(&file), '\n', 0); i < file.n; i++) {
        if (is_declared_prefix(&file, i)) {
            continue;
        }
        const uint8_t bit = i % 3 == 0 ? 0x20 : 0x01; /* another case, another letter */
        file.p[i] ^= bit;
        if (open_bytes(nw_buf_slice(&file), (struct lote_policy){0})->e == NW_OK) {
            fail_msg("byte %zu: %.20s", i, (const char *)file.p + i);
        }
        file.p[i] ^= bit;
    }
    for (size_t n = 0; n < file.n; n += 13) {
        assert_int_not_equal(
            open_bytes(nw_slice_sub(nw_buf_slice(&file), 0, n), (struct lote_policy){0})->e, NW_OK);
    }
    nw_buf_free(&file);
}

static enum nw_err open_once(void *ctx)
{
    const struct nw_buf *file = ctx;
    const struct nw_slice pin = nw_signer_chain_cert(test_pki()->list, 0);
    const struct lote_policy p = {.pins = &pin, .pin_n = 1, .now = NOW};
    static struct nw_checks checks;
    struct lote *l = NULL;
    memset(&checks, 0, sizeof checks);
    enum nw_err e = lote_open(test_crypto(), nw_buf_slice(file), &p, &l, &checks, NULL);
    lote_free(&l);
    return e;
}

static void a_lack_of_memory_is_no_verdict(void **state)
{
    (void)state;
    struct nw_buf file = NW_BUF(FILE_MAX);
    test_lote_xml(0, NULL, 0, &file);
    survives_allocation_failure(open_once, &file, NULL);
    nw_buf_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_good_list_is_accepted_whole, cleanup),
        cmocka_unit_test_teardown(the_gate_comes_first, cleanup),
        cmocka_unit_test_teardown(another_signer_is_refused, cleanup),
        cmocka_unit_test_teardown(what_breaks_schema_profile_or_times_refuses_the_list, cleanup),
        cmocka_unit_test_teardown(what_is_odd_but_harmless_is_taken, cleanup),
        cmocka_unit_test_teardown(what_is_wrong_with_a_service_drops_that_service, cleanup),
        cmocka_unit_test_teardown(greece_and_the_united_kingdom_get_their_iso_codes, cleanup),
        cmocka_unit_test_teardown(numbers_go_up, cleanup),
        cmocka_unit_test_teardown(the_other_kinds_are_read_with_a_warning, cleanup),
        cmocka_unit_test_teardown(the_other_kinds_keep_their_profiles, cleanup),
        cmocka_unit_test_teardown(a_list_of_driving_licence_issuers_gives_roots_for_them_only,
                                  cleanup),
        cmocka_unit_test_teardown(a_list_that_xmlsec1_signed_is_accepted, cleanup),
        cmocka_unit_test_teardown(the_elements_of_ts_119_612_say_the_same, cleanup),
        cmocka_unit_test_teardown(and_keep_the_same_rules, cleanup),
        cmocka_unit_test_teardown(a_list_is_known_by_its_root, cleanup),
        cmocka_unit_test_teardown(no_byte_can_be_changed, cleanup),
        cmocka_unit_test_teardown(a_lack_of_memory_is_no_verdict, cleanup),
    };
    return run_on_both("lote xml", tests, ARRAY_LENGTH(tests));
}
