/*
 * Every file of $NW_DATA/lote/index.tsv, whatever it is: a row here for each row
 * there. As a list it is accepted or refused with this rule and reason; what has
 * no signature is refused for that, and is then shown, as if it had one, to the
 * steps behind: schema, profile, times. xmllint judges the XML by the schemas of
 * ETSI, and must agree.
 */
#include <libxml/tree.h>

#include "lote.h"
#include "lote_xml.h"
#include "support.h"
#include "test_openssl.h"
#include "test_table.h"
#include "tsl.h"
#include "tsl_dom.h"

#define CLOCK 1787313600 /* 2026-08-21T12:00:00Z */
#define SCHEMAS "lote/schema/etsi-ts-119-602-v1.1.1"
#define NOT_ASKED NW_ERR_INTERNAL

enum sort { LIST, EXTENSION, TSL, NO_LIST };

static const struct expected {
    const char *file;
    enum sort sort;
    enum nw_err e; /* of the file as a list */
    const char *rule;
    enum nw_err schema, profile, times; /* NOT_ASKED: the step before has refused */
    const char *pin;                    /* below the folder, "own": that of its header */
} rows[] = {
    /* As published: an object with a signature member. As compact tokens the signatures are good.
     */
    {"webuild/wrpac-providers-lote.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01", NW_ERR_LOTE_FORM,
     NOT_ASKED, NOT_ASKED, NULL},
    {"webuild/wrpac-providers-lote.derived.jws", LIST, NW_ERR_LOTE_PROFILE, "LOTE-03", NOT_ASKED,
     NOT_ASKED, NOT_ASKED, "webuild/wrpac-signer.der"},
    {"webuild/list_of_trusted_lists.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01", NW_ERR_LOTE_FORM,
     NOT_ASKED, NOT_ASKED, NULL},
    {"webuild/list_of_trusted_lists.derived.jws", LIST, NW_ERR_LOTE_TYPE, "LOTE-03", NOT_ASKED,
     NOT_ASKED, NOT_ASKED, "webuild/lotl-signer.der"},
    /* DSS: valid and invalid by schema; their types are made up, and they have lapsed. */
    {"dss/Mock_PID_Provider_List_v0.0.1-fixed.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01", NW_OK,
     NW_ERR_LOTE_TYPE, NW_ERR_LOTE_TIME, NULL},
    {"dss/Mock_PID_Provider_List_v0.0.1.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01",
     NW_ERR_JSON_SYNTAX, NOT_ASKED, NOT_ASKED, NULL},
    {"dss/Mock_PID_Provider_List_v0.0.2.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01", NW_OK,
     NW_ERR_LOTE_PROFILE, NW_ERR_LOTE_TIME, NULL},
    {"dss/empty-only-schema-extensions.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01", NW_ERR_LOTE_FORM,
     NOT_ASKED, NOT_ASKED, NULL},
    {"dss/invalid.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01", NW_ERR_LOTE_FORM, NOT_ASKED, NOT_ASKED,
     NULL},
    {"dss/valid-emptyTE.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01", NW_OK, NW_ERR_LOTE_TYPE,
     NW_ERR_LOTE_TIME, NULL},
    {"dss/valid-full.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01", NW_OK, NW_ERR_LOTE_TYPE,
     NW_ERR_LOTE_TIME, NULL},
    {"dss/valid.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01", NW_OK, NW_ERR_LOTE_TYPE, NW_ERR_LOTE_TIME,
     NULL},
    {"dss/empty-scheme-extensions.xml", LIST, NW_ERR_TSL_STRUCT, "TL-03", NW_ERR_LOTE_FORM,
     NOT_ASKED, NOT_ASKED, NULL},
    {"dss/invalid.xml", LIST, NW_ERR_TSL_STRUCT, "TL-03", NW_ERR_LOTE_FORM, NOT_ASKED, NOT_ASKED,
     NULL},
    {"dss/valid-emptyTE.xml", LIST, NW_ERR_TSL_STRUCT, "TL-03", NW_OK, NW_ERR_LOTE_TYPE,
     NW_ERR_LOTE_TIME, NULL},
    {"dss/valid-full.xml", LIST, NW_ERR_TSL_STRUCT, "TL-03", NW_OK, NW_ERR_LOTE_TYPE,
     NW_ERR_LOTE_TIME, NULL},
    {"dss/valid.xml", LIST, NW_ERR_TSL_STRUCT, "TL-03", NW_OK, NW_ERR_LOTE_TYPE, NW_ERR_LOTE_TIME,
     NULL},
    /* Signed, with XPath Filter 2 where the enveloped-signature transform must stand. */
    {"dss/valid-signed.xml", LIST, NW_ERR_TSL_REF, "TL-04", NOT_ASKED, NOT_ASKED, NOT_ASKED, NULL},
    /* Fixtures of a checker: the name says what is wrong. Implicit schemes have no type. */
    {"eudi-trust-inspector/json-lote-expired.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01", NW_OK,
     NW_ERR_LOTE_TYPE, NW_ERR_LOTE_TIME, NULL},
    {"eudi-trust-inspector/json-lote-legacy.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01",
     NW_ERR_LOTE_FORM, NOT_ASKED, NOT_ASKED, NULL},
    {"eudi-trust-inspector/json-lote-missing-list-information.json", LIST, NW_ERR_LOTE_FORM,
     "LOTE-01", NW_ERR_LOTE_FORM, NOT_ASKED, NOT_ASKED, NULL},
    {"eudi-trust-inspector/json-lote-missing-signature.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01",
     NW_OK, NW_ERR_LOTE_TYPE, NW_ERR_LOTE_TIME, NULL},
    {"eudi-trust-inspector/json-lote.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01", NW_OK,
     NW_ERR_LOTE_TYPE, NW_ERR_LOTE_TIME, NULL}, /* a year */
    {"eudi-trust-inspector/lotl.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01", NW_ERR_LOTE_FORM,
     NOT_ASKED, NOT_ASKED, NULL},
    {"eudi-trust-inspector/ts119602-alternative-pub-eaa.xml", LIST, NW_ERR_TSL_STRUCT, "TL-03",
     NW_OK, NW_OK, NW_OK, NULL},
    {"eudi-trust-inspector/ts119602-clause61-invalid.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01",
     NW_ERR_LOTE_FORM, NOT_ASKED, NOT_ASKED, NULL}, /* fractions of seconds among others */
    {"eudi-trust-inspector/ts119602-closed.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01", NW_OK,
     NW_ERR_LOTE_TYPE, NW_OK, NULL},
    {"eudi-trust-inspector/ts119602-context-current.jws", LIST, NW_OK, "", NOT_ASKED, NOT_ASKED,
     NOT_ASKED, "own"},
    {"eudi-trust-inspector/ts119602-critical-extension.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01",
     NW_OK, NW_ERR_LOTE_EXTENSION, NW_OK, NULL},
    {"eudi-trust-inspector/ts119602-entities-invalid.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01",
     NW_OK, NW_ERR_LOTE_TYPE, NW_OK, NULL},
    {"eudi-trust-inspector/ts119602-implemented-coverage.json", NO_LIST, NW_ERR_LOTE_FORM,
     "LOTE-01", NW_ERR_LOTE_FORM, NOT_ASKED, NOT_ASKED, NULL},
    {"eudi-trust-inspector/ts119602-implicit.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01", NW_OK,
     NW_ERR_LOTE_TYPE, NW_OK, NULL},
    {"eudi-trust-inspector/ts119602-interpretations-v1.1.1.json", NO_LIST, NW_ERR_LOTE_FORM,
     "LOTE-01", NW_ERR_LOTE_FORM, NOT_ASKED, NOT_ASKED, NULL},
    {"eudi-trust-inspector/ts119602-jades-compact.jws", LIST, NW_ERR_LOTE_PROFILE, "LOTE-03",
     NOT_ASKED, NOT_ASKED, NOT_ASKED, "own"},
    /* No canonicalisation of SignedProperties is named: the inclusive one would be meant. */
    {"eudi-trust-inspector/ts119602-pub-eaa-xades-b.xml", LIST, NW_ERR_TSL_REF, "TL-04", NOT_ASKED,
     NOT_ASKED, NOT_ASKED, NULL},
    {"eudi-trust-inspector/ts119602-schema-json-base-invalid.json", LIST, NW_ERR_LOTE_FORM,
     "LOTE-01", NW_ERR_LOTE_FORM, NOT_ASKED, NOT_ASKED, NULL},
    {"eudi-trust-inspector/ts119602-schema-json-base-valid.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01",
     NW_OK, NW_ERR_LOTE_TYPE, NW_ERR_LOTE_TIME, NULL},
    {"eudi-trust-inspector/ts119602-schema-json-sie-invalid.json", EXTENSION, NW_ERR_JWS_FORM,
     "LOTE-01", NW_ERR_LOTE_FORM, NOT_ASKED, NOT_ASKED, "ServiceUniqueIdentifier"},
    {"eudi-trust-inspector/ts119602-schema-json-sie-valid.json", EXTENSION, NW_ERR_JWS_FORM,
     "LOTE-01", NW_OK, NOT_ASKED, NOT_ASKED, "ServiceUniqueIdentifier"},
    {"eudi-trust-inspector/ts119602-schema-json-tie-invalid.json", EXTENSION, NW_ERR_JWS_FORM,
     "LOTE-01", NW_ERR_LOTE_FORM, NOT_ASKED, NOT_ASKED, "OtherAssociatedBodies"},
    {"eudi-trust-inspector/ts119602-schema-json-tie-valid.json", EXTENSION, NW_ERR_JWS_FORM,
     "LOTE-01", NW_OK, NOT_ASKED, NOT_ASKED, "OtherAssociatedBodies"},
    {"eudi-trust-inspector/ts119602-schema-xml-base-invalid.xml", LIST, NW_ERR_TSL_STRUCT, "TL-03",
     NW_ERR_LOTE_FORM, NOT_ASKED, NOT_ASKED, NULL},
    {"eudi-trust-inspector/ts119602-schema-xml-base-valid.xml", LIST, NW_ERR_TSL_STRUCT, "TL-03",
     NW_OK, NW_ERR_LOTE_PROFILE, NW_ERR_LOTE_TIME, NULL},
    {"eudi-trust-inspector/ts119602-schema-xml-sie-invalid.xml", EXTENSION, NW_ERR_TSL_STRUCT,
     "TL-03", NW_ERR_LOTE_FORM, NOT_ASKED, NOT_ASKED, NULL},
    {"eudi-trust-inspector/ts119602-schema-xml-sie-valid.xml", EXTENSION, NW_ERR_TSL_STRUCT,
     "TL-03", NW_OK, NOT_ASKED, NOT_ASKED, NULL},
    {"eudi-trust-inspector/ts119602-schema-xml-tie-invalid.xml", EXTENSION, NW_ERR_TSL_STRUCT,
     "TL-03", NW_ERR_LOTE_FORM, NOT_ASKED, NOT_ASKED, NULL},
    {"eudi-trust-inspector/ts119602-schema-xml-tie-valid.xml", EXTENSION, NW_ERR_TSL_STRUCT,
     "TL-03", NW_OK, NOT_ASKED, NOT_ASKED, NULL},
    {"eudi-trust-inspector/ts119602-wallet-profile.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01", NW_OK,
     NW_OK, NW_ERR_LOTE_TIME, NULL},
    {"eudi-trust-inspector/ts119612-implemented-coverage.json", NO_LIST, NW_ERR_LOTE_FORM,
     "LOTE-01", NW_ERR_LOTE_FORM, NOT_ASKED, NOT_ASKED, NULL},
    /* Of the other standard: what they show is whole, or is what its name says. */
    {"eudi-trust-inspector/ts119612-schema-minimal.xml", TSL, NW_ERR_TSL_STRUCT, "TL-03",
     NW_ERR_TSL_SCHEME, NOT_ASKED, NOT_ASKED, NULL},
    {"eudi-trust-inspector/ts119612-scheme-information-valid.xml", TSL, NW_ERR_TSL_STRUCT, "TL-03",
     NW_OK, NOT_ASKED, NW_ERR_TSL_TIME, NULL},
    {"eudi-trust-inspector/ts119612-service-ca.cert.pem", NO_LIST, NW_ERR_JWS_FORM, "LOTE-01",
     NW_ERR_JSON_SYNTAX, NOT_ASKED, NOT_ASKED, NULL},
    {"eudi-trust-inspector/ts119612-service-end-entity.cert.pem", NO_LIST, NW_ERR_JWS_FORM,
     "LOTE-01", NW_ERR_JSON_SYNTAX, NOT_ASKED, NOT_ASKED, NULL},
    {"eudi-trust-inspector/ts119612-signature-profile.xml", TSL, NW_ERR_TSL_REF, "TL-04",
     NW_ERR_TSL_SCHEME, NOT_ASKED, NOT_ASKED, NULL},
    {"eudi-trust-inspector/ts119612-tsp-service-valid.xml", TSL, NW_ERR_TSL_STRUCT, "TL-03", NW_OK,
     NOT_ASKED, NW_ERR_TSL_TIME, NULL},
    {"eudi-trust-inspector/we-build-lotl-profile.json", LIST, NW_ERR_LOTE_FORM, "LOTE-01",
     NW_ERR_LOTE_FORM, NOT_ASKED, NOT_ASKED, NULL},
    {"eudi-trust-inspector/we-build-ts119612-index.xml", TSL, NW_ERR_TSL_STRUCT, "TL-03",
     NW_ERR_TSL_SCHEME, NOT_ASKED, NOT_ASKED, NULL},
};

static const char *folder;

static struct nw_slice below(const char *name)
{
    return test_file_below(folder, name, "");
}

static void expect(const char *file, const char *step, enum nw_err e, enum nw_err wanted)
{
    if (e != wanted) {
        fail_msg("%s: %s says %s, not %s", file, step, nw_err_name(e), nw_err_name(wanted));
    }
}

static void check_sha256(const char *file, struct nw_slice bytes, const char *hex)
{
    uint8_t digest[NW_SHA256_BYTES];
    assert_ok(nw_sha256(test_crypto(), bytes, digest));
    if (!nw_slice_eq(nw_slice(digest, sizeof digest), test_hex(hex))) {
        fail_msg("%s is another file than that of the index", file);
    }
}

/* --- the file as a list --- */

static void open_with(const struct expected *x, struct nw_slice file, struct nw_slice pin)
{
    static struct nw_checks checks;
    struct lote *l = NULL;
    const struct lote_policy p = {.pins = &pin, .pin_n = 1, .allow_rs = true, .now = CLOCK};
    memset(&checks, 0, sizeof checks);
    enum nw_err e = lote_open(test_crypto(), file, &p, &l, &checks, NULL);
    const struct nw_check *failed = nw_check_first_failure(&checks);
    expect(x->file, "the list", e, x->e);
    if (strcmp(failed != NULL ? failed->id : "", x->rule) != 0) {
        fail_msg("%s: refused by %s, not %s", x->file, failed != NULL ? failed->id : "", x->rule);
    }
    assert_int_equal(e == NW_OK, l != NULL);
    lote_free(&l);
}

/* Nothing is trusted by its own word: without the pin the same token is refused. */
static void open_token(const struct expected *x, struct nw_slice file)
{
    static const enum nw_sig_alg algs[] = {NW_RS256};
    static const struct nw_jws_policy any = {.algs = algs, .alg_n = 1, .max = NW_MAX_LOTE};
    static const struct expected stranger = {.e = NW_ERR_LOTE_SIGNER, .rule = "LOTE-01"};
    struct nw_jws jws;
    if (strcmp(x->pin, "own") != 0) {
        open_with(x, file, below(x->pin));
    } else {
        assert_ok(nw_jws_parse(file, &any, &jws, NULL));
        open_with(x, file, jws.chain[0]);
        nw_jws_free(&jws);
    }
    struct expected other = stranger;
    other.file = x->file;
    open_with(&other, file, nw_str("no certificate"));
}

/* --- as if it had been signed --- */

static void judge(const struct expected *x, struct lote *l)
{
    const struct lote_policy p = {.now = CLOCK};
    expect(x->file, "the profile", lote_profile_check(l, &p, NULL), x->profile);
    expect(x->file, "the times", lote_times_check(l, &p, NULL), x->times);
}

static void read_json(const struct expected *x, struct nw_slice file)
{
    struct nw_json *json = NULL;
    struct lote *l = nw_calloc(1, sizeof *l);
    assert_non_null(l);
    enum nw_err e = nw_json_parse_max(file, NW_MAX_LOTE, &json, NULL);
    if (e == NW_OK) {
        e = x->sort == EXTENSION ? lote_schema_check_extension(x->pin, json, NULL)
                                 : lote_schema_check(json, NULL);
    }
    expect(x->file, "the schema", e, x->schema);
    if (e == NW_OK && x->sort != EXTENSION) {
        assert_ok(lote_read_json(json, file.n, &l->model));
        judge(x, l);
    }
    nw_json_free(&json);
    lote_free(&l);
}

/* The schemas of the extensions import nothing they use: xmllint cannot read them alone. */
static void ask_xmllint(const struct expected *x, const xmlNode *root, struct nw_slice file)
{
    char *schemas = strdup(test_data(SCHEMAS));
    if (tsl_is(root, LOTE_NS, "ListOfTrustedEntities") && test_tool_is_there("xmllint")) {
        test_openssl_write("list.xml", file);
        const bool valid =
            test_tool("env",
                      "XML_CATALOG_FILES=%s/catalog.xml xmllint --nonet --noout "
                      "--schema %s/1960201_xml_schema/1960201_xsd_schema.xsd list.xml",
                      schemas, schemas);
        if (valid != (x->schema == NW_OK)) {
            fail_msg("%s: xmllint finds it %s", x->file, valid ? "valid" : "not valid");
        }
    }
    free(schemas);
}

static void read_xml(const struct expected *x, struct nw_slice file)
{
    xmlDoc *doc = NULL;
    struct lote *l = nw_calloc(1, sizeof *l);
    assert_non_null(l);
    assert_ok(tsl_parse(file, NW_MAX_LOTE, &doc, NULL));
    const xmlNode *root = xmlDocGetRootElement(doc);
    const enum lote_binding binding =
        tsl_is(root, LOTE_NS, "ListOfTrustedEntities") ? LOTE_XML : LOTE_TSL;
    enum nw_err e = x->sort == EXTENSION ? lote_xml_check_extension(root, NULL)
                                         : lote_xml_check(root, binding, NULL);
    expect(x->file, "the schema", e, x->schema);
    ask_xmllint(x, root, file);
    if (e == NW_OK && x->sort != EXTENSION) {
        assert_ok(lote_read_xml(root, binding, file.n, &l->model));
        judge(x, l);
    }
    xmlFreeDoc(doc);
    lote_free(&l);
}

static void read_tsl(const struct expected *x, struct nw_slice file)
{
    const struct tsl_policy p = {.now = CLOCK};
    struct tsl *l = nw_calloc(1, sizeof *l);
    assert_non_null(l);
    assert_ok(tsl_read(file, &p, l, NULL));
    enum nw_err e = tsl_scheme(l, &p, NULL);
    expect(x->file, "the scheme", e, x->schema);
    if (e == NW_OK) {
        expect(x->file, "the times", tsl_times(l, &p, NULL), x->times);
    }
    tsl_free(&l);
}

static void check_pointer_entry(const char *file, struct nw_slice bytes)
{
    static const struct expected entry = {.e = NW_ERR_LOTE_FORM, .rule = "LOTE-01"};
    struct expected x = entry;
    struct nw_json *json = NULL;
    x.file = file;
    open_with(&x, bytes, nw_str("no certificate"));
    assert_ok(nw_json_parse_max(bytes, NW_MAX_LOTE, &json, NULL));
    expect(file, "the schema", lote_schema_check(json, NULL), NW_ERR_LOTE_FORM);
    nw_json_free(&json);
}

static const struct expected *row_of(const char *file)
{
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        if (strcmp(rows[i].file, file) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

static size_t pointer_entries;

static void check_row(char *field[], size_t n)
{
    assert_int_equal(n, 12);
    const struct expected *x = row_of(field[0]);
    struct nw_slice file = below(field[0]);
    check_sha256(field[0], file, field[10]);
    if (x == NULL) {
        assert_non_null(strstr(field[5], "not a list: one pointer entry"));
        check_pointer_entry(field[0], file);
        pointer_entries++;
        return;
    }
    if (x->schema == NOT_ASKED && x->pin != NULL) {
        open_token(x, test_without_line_end(file));
        return;
    }
    open_with(x, file, nw_str("no certificate"));
    if (x->schema == NOT_ASKED) {
        return; /* the gate has said why */
    }
    if (x->sort == TSL) {
        read_tsl(x, file);
    } else if (tsl_looks_like_xml(file)) {
        read_xml(x, file);
    } else {
        read_json(x, file);
    }
}

static void every_row_of_the_index_is_judged(void **state)
{
    (void)state;
    folder = test_data("lote");
    if (folder == NULL) {
        skip();
    }
    pointer_entries = 0;
    const size_t n = test_table_each(below("index.tsv"), check_row);
    assert_int_equal(n, ARRAY_LENGTH(rows) + pointer_entries);
    assert_int_equal(pointer_entries, 16);
}

/* ts119602-entities-invalid.json: a service with an empty identity and no status. */
static void a_service_without_identity_is_dropped(void **state)
{
    (void)state;
    struct nw_json *json = NULL;
    folder = test_data("lote");
    if (folder == NULL) {
        skip();
    }
    const struct nw_slice file = below("eudi-trust-inspector/ts119602-entities-invalid.json");
    struct lote *l = nw_calloc(1, sizeof *l);
    assert_non_null(l);
    assert_ok(nw_json_parse_max(file, NW_MAX_LOTE, &json, NULL));
    assert_ok(lote_read_json(json, file.n, &l->model));
    for (int kind = LOTE_ANY + 1; kind < LOTE_KINDS; kind++) {
        l->kind = (enum lote_kind)kind;
        nw_free(l->entities);
        nw_free(l->services);
        l->entity_n = l->dropped = 0;
        assert_ok(lote_services(test_crypto(), l, NULL));
        assert_int_equal(l->dropped, 1);
        assert_int_equal(l->service_n, 0);
    }
    nw_json_free(&json);
    lote_free(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_of_the_index_is_judged),
        cmocka_unit_test(a_service_without_identity_is_dropped),
    };
    return run_on_both("lote index", tests, ARRAY_LENGTH(tests));
}
