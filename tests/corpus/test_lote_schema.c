/*
 * Our table of the XML schema of TS 119 602 against the schema of ETSI itself: in
 * a list that has nearly every element there is, each element is dropped,
 * doubled, renamed, moved, emptied, given text and an attribute, or loses those
 * it has. xmllint and we must agree on every such document, but for what
 * stands in an extension, where we look at the two that are known and the schema
 * at none, and in a key value, which nobody reads.
 */
#include <libxml/parser.h>
#include <libxml/tree.h>

#include "lote.h"
#include "lote_xml.h"
#include "support.h"
#include "test_openssl.h"
#include "tsl_dom.h"

#define SCHEMAS "lote/schema/etsi-ts-119-602-v1.1.1"
#define MAX_DOCUMENTS 4096

enum change { DROP, DOUBLE, RENAME, MOVE, EMPTY, TEXT, ATTRIBUTE, NO_ATTRIBUTES, CHANGES };
static const char *const names[] = {"dropped",
                                    "doubled",
                                    "renamed",
                                    "moved",
                                    "emptied",
                                    "x for its text",
                                    "given an attribute",
                                    "without its attributes"};

static struct document {
    char element[48];
    enum change change;
    bool ours, inside; /* ours: we take it; inside: of an extension */
} documents[MAX_DOCUMENTS];
static size_t document_n;

static bool is_below(const xmlNode *n, const char *name)
{
    for (n = n->parent; n != NULL && n->type == XML_ELEMENT_NODE; n = n->parent) {
        if (strcmp((const char *)n->name, name) == 0) {
            return true;
        }
    }
    return false;
}

static xmlNode *element_at(xmlDoc *doc, size_t i)
{
    xmlNode *root = xmlDocGetRootElement(doc);
    for (xmlNode *n = root; n != NULL; n = tsl_walk(n, root)) {
        if (n->type == XML_ELEMENT_NODE && i-- == 0) {
            return n;
        }
    }
    return NULL;
}

/* xs:base64Binary may be empty, and then names no certificate; the first change is no change. */
static bool is_of_interest(const xmlNode *n, enum change change)
{
    const bool root = n->parent->type != XML_ELEMENT_NODE;
    const bool base64 = strncmp((const char *)n->name, "X509", 4) == 0;
    const bool leaf = tsl_first(n) == NULL;
    if (is_below(n, "KeyValue") || strcmp((const char *)n->name, "KeyValue") == 0) {
        return false;
    }
    switch (change) {
    case DROP:
    case DOUBLE:
    case RENAME:
        return !root;
    case MOVE:
        return !root && tsl_next(n) != NULL;
    case EMPTY:
        return !(leaf && base64);
    case TEXT:
        return leaf && !base64;
    case NO_ATTRIBUTES:
        return n->properties != NULL;
    case ATTRIBUTE:
    case CHANGES:
        break;
    }
    return true;
}

static void apply(xmlNode *n, enum change change)
{
    xmlNode *next = tsl_next(n);
    switch (change) {
    case DROP:
        xmlUnlinkNode(n);
        xmlFreeNode(n);
        break;
    case DOUBLE:
        assert_non_null(xmlAddNextSibling(n, xmlCopyNode(n, 1)));
        break;
    case RENAME:
        xmlNodeSetName(n, (const xmlChar *)"Renamed");
        break;
    case MOVE:
        xmlUnlinkNode(n);
        assert_non_null(xmlAddNextSibling(next, n));
        break;
    case EMPTY:
        xmlNodeSetContent(n, NULL);
        break;
    case TEXT:
        xmlNodeSetContent(n, (const xmlChar *)"x");
        break;
    case ATTRIBUTE:
        assert_non_null(xmlNewProp(n, (const xmlChar *)"added", (const xmlChar *)"x"));
        break;
    case NO_ATTRIBUTES:
        while (n->properties != NULL) {
            (void)xmlRemoveProp(n->properties);
        }
        break;
    case CHANGES:
        break;
    }
}

static void write_document(struct nw_slice bytes, const xmlNode *n, enum change change)
{
    char name[32];
    xmlDoc *doc = NULL;
    assert_true(document_n < MAX_DOCUMENTS);
    struct document *d = &documents[document_n];
    *d = (struct document){.change = change,
                           .inside = n != NULL &&
                                     (is_below(n, "Extension") || is_below(n, "OtherInformation"))};
    (void)snprintf(d->element, sizeof d->element, "%s", n != NULL ? (const char *)n->name : "");
    (void)snprintf(name, sizeof name, "m%04zu.xml", document_n++);
    test_openssl_write(name, bytes);
    assert_ok(tsl_parse(bytes, NW_MAX_LOTE, &doc, NULL));
    d->ours = lote_xml_check(xmlDocGetRootElement(doc), LOTE_XML, NULL) == NW_OK;
    xmlFreeDoc(doc);
}

static void change_one(const xmlDoc *good, size_t i, enum change change)
{
    xmlDoc *copy = xmlCopyDoc((xmlDoc *)(uintptr_t)good, 1);
    xmlNode *n = element_at(copy, i);
    xmlChar *text = NULL;
    int size = 0;
    assert_non_null(n);
    if (is_of_interest(n, change)) {
        const xmlNode *original = element_at((xmlDoc *)(uintptr_t)good, i);
        apply(n, change);
        xmlDocDumpMemory(copy, &text, &size);
        write_document(nw_slice(text, (size_t)size), original, change);
        xmlFree(text);
    }
    xmlFreeDoc(copy);
}

static bool is_valid(struct nw_slice log, size_t i)
{
    char line[48];
    (void)snprintf(line, sizeof line, "m%04zu.xml validates", i);
    for (size_t at = 0; at + strlen(line) <= log.n; at++) {
        if (memcmp(log.p + at, line, strlen(line)) == 0) {
            return true;
        }
    }
    return false;
}

static void our_table_is_the_schema(void **state)
{
    (void)state;
    const char *data = test_data("lote/dss/valid-full.xml");
    size_t refused = 0;
    xmlDoc *good = NULL;
    if (data == NULL || !test_tool_is_there("xmllint")) {
        skip();
    }
    const struct nw_slice file = test_file(data);
    char *schemas = strdup(test_data(SCHEMAS));
    assert_ok(tsl_parse(file, NW_MAX_LOTE, &good, NULL));
    document_n = 0;
    write_document(file, NULL, CHANGES);
    assert_true(documents[0].ours);
    for (size_t i = 0; element_at(good, i) != NULL; i++) {
        for (int change = DROP; change < CHANGES; change++) {
            change_one(good, i, (enum change)change);
        }
    }
    xmlFreeDoc(good);
    (void)test_tool("env",
                    "XML_CATALOG_FILES=%s/catalog.xml xmllint --nonet --noout --schema "
                    "%s/1960201_xml_schema/1960201_xsd_schema.xsd m*.xml",
                    schemas, schemas);
    free(schemas);
    const struct nw_slice log = test_openssl_file("log");
    for (size_t i = 0; i < document_n; i++) {
        const struct document *d = &documents[i];
        const bool valid = is_valid(log, i);
        if (d->ours ? !valid : valid && !d->inside) {
            fail_msg("%s %s: the schema says %s", d->element,
                     d->change < CHANGES ? names[d->change] : "as it is", valid ? "yes" : "no");
        }
        refused += !valid;
    }
    assert_true(document_n > 500);
    assert_true(refused > 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(our_table_is_the_schema)};
    return run_once("lote schema", tests, ARRAY_LENGTH(tests));
}
