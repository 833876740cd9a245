/*
 * The qualifications of an entry (TS 119 612 5.5.9.2), from XML to the compact
 * form of trust/qualification.h. What is not understood becomes a criterion
 * that nobody can evaluate: nothing is left out that could change an answer.
 */
#include <string.h>

#include <libxml/tree.h>

#include "cbor/cbor.h"
#include "crypto/der.h"
#include "trust/qualification.h"
#include "tsl.h"

#define SIE "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/"
#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define OID_TEXT 128

static const struct {
    const char *uri;
    unsigned bit; /* 0: about where the key is kept, which nobody asks here */
} qualifiers[] = {
    {SIE "NotQualified", NW_QUALIFIER_NOT_QUALIFIED},
    {SIE "QCStatement", NW_QUALIFIER_STATEMENT},
    {SIE "QCForESig", NW_QUALIFIER_SIGNATURE},
    {SIE "QCForESeal", NW_QUALIFIER_SEAL},
    {SIE "QCForWSA", NW_QUALIFIER_WEB},
    {SIE "QCForLegalPerson", NW_QUALIFIER_LEGAL_PERSON},
    {SIE "QCWithSSCD", 0},
    {SIE "QCNoSSCD", 0},
    {SIE "QCSSCDStatusAsInCert", 0},
    {SIE "QCWithQSCD", 0},
    {SIE "QCNoQSCD", 0},
    {SIE "QCQSCDStatusAsInCert", 0},
    {SIE "QCQSCDManagedOnBehalf", 0},
};

static const char *const key_usages[] = {
    "digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
    "keyCertSign",      "crlSign",        "encipherOnly",    "decipherOnly",
};

static const struct {
    const char *value;
    enum nw_criterion kind;
} asserts[] = {
    {"all", NW_CRITERION_ALL},
    {"atLeastOne", NW_CRITERION_ANY},
    {"none", NW_CRITERION_NONE},
};

static unsigned qualifier_of(const xmlNode *q)
{
    for (size_t i = 0; i < COUNT(qualifiers); i++) {
        if (tsl_is(q, TSL_NS_SIE, "Qualifier") && tsl_attr_is(q, "uri", qualifiers[i].uri)) {
            return qualifiers[i].bit;
        }
    }
    return NW_QUALIFIER_UNKNOWN;
}

static unsigned qualifiers_of(const xmlNode *element)
{
    const xmlNode *list = tsl_only(element, TSL_NS_SIE, "Qualifiers");
    unsigned bits = tsl_first(list) == NULL ? NW_QUALIFIER_UNKNOWN : 0;
    for (const xmlNode *q = tsl_first(list); q != NULL; q = tsl_next(q)) {
        bits |= qualifier_of(q);
    }
    return bits;
}

/* xades:ObjectIdentifierType: dotted, with or without urn:oid: before it. */
static bool put_oid(const xmlNode *holder, struct nw_buf *out)
{
    static const char urn[] = "urn:oid:";
    char text[OID_TEXT];
    uint8_t oid[NW_DER_OID_MAX];
    size_t n;
    if (!tsl_text_short(tsl_only(holder, TSL_NS_XADES, "Identifier"), text, sizeof text)) {
        return false;
    }
    const char *dotted = strncmp(text, urn, sizeof urn - 1) == 0 ? text + sizeof urn - 1 : text;
    if (!nw_der_encode_oid(dotted, oid, &n)) {
        return false;
    }
    nw_cbor_put_bytes(out, nw_slice(oid, n));
    return true;
}

/* A criterion that lists OIDs, each in an element of this name, and nothing else. */
static bool put_oids(const xmlNode *node, enum nw_criterion kind, const char *ns, const char *name,
                     struct nw_buf *out)
{
    bool good = tsl_first(node) != NULL;
    nw_cbor_put_array(out, 1 + tsl_count(node));
    nw_cbor_put_uint(out, kind);
    for (const xmlNode *x = tsl_first(node); good && x != NULL; x = tsl_next(x)) {
        good = tsl_is(x, ns, name) && put_oid(x, out);
    }
    return good;
}

static bool read_bit(const xmlNode *x, unsigned *mask, unsigned *value)
{
    bool yes = tsl_text_is(x, "true") || tsl_text_is(x, "1");
    bool no = tsl_text_is(x, "false") || tsl_text_is(x, "0");
    for (unsigned i = 0; i < COUNT(key_usages); i++) {
        if (tsl_is(x, TSL_NS_SIE, "KeyUsageBit") && tsl_attr_is(x, "name", key_usages[i])) {
            bool again = (*mask & 1u << i) != 0;
            *mask |= 1u << i;
            *value |= yes ? 1u << i : 0;
            return yes != no && !again;
        }
    }
    return false;
}

static bool put_key_usage(const xmlNode *node, struct nw_buf *out)
{
    unsigned mask = 0;
    unsigned value = 0;
    for (const xmlNode *x = tsl_first(node); x != NULL; x = tsl_next(x)) {
        if (!read_bit(x, &mask, &value)) {
            return false;
        }
    }
    nw_cbor_put_array(out, 3);
    nw_cbor_put_uint(out, NW_CRITERION_KEY_USAGE);
    nw_cbor_put_uint(out, mask);
    nw_cbor_put_uint(out, value);
    return mask != 0;
}

static void put_criterion(const xmlNode *node, unsigned depth, struct nw_buf *out);

/* The criteria of a list: its children but for the description, and those inside
 * otherCriteriaList. Calls put for each, or only counts. */
static size_t each_criterion(const xmlNode *list, unsigned depth, struct nw_buf *out)
{
    size_t n = 0;
    for (const xmlNode *x = tsl_first(list); x != NULL; x = tsl_next(x)) {
        bool other = tsl_is(x, TSL_NS_SIE, "otherCriteriaList");
        if (tsl_is(x, TSL_NS_SIE, "Description")) {
            continue;
        }
        const xmlNode *inner = other ? tsl_first(x) : x;
        do { /* an empty otherCriteriaList is one criterion nobody knows */
            n++;
            if (out != NULL) {
                put_criterion(inner, depth, out);
            }
            inner = other && inner != NULL ? tsl_next(inner) : NULL;
        } while (inner != NULL);
    }
    return n;
}

static bool put_list(const xmlNode *list, unsigned depth, struct nw_buf *out)
{
    size_t n = each_criterion(list, depth, NULL);
    for (size_t i = 0; n > 0 && depth <= NW_MAX_CRITERIA_DEPTH && i < COUNT(asserts); i++) {
        if (tsl_attr_is(list, "assert", asserts[i].value)) {
            nw_cbor_put_array(out, 1 + n);
            nw_cbor_put_uint(out, asserts[i].kind);
            (void)each_criterion(list, depth + 1, out);
            return true;
        }
    }
    return false;
}

static bool put_known(const xmlNode *node, unsigned depth, struct nw_buf *out)
{
    return tsl_is(node, TSL_NS_SIE, "CriteriaList") ? put_list(node, depth, out)
           : tsl_is(node, TSL_NS_SIE, "KeyUsage")   ? put_key_usage(node, out)
           : tsl_is(node, TSL_NS_SIE, "PolicySet")
               ? put_oids(node, NW_CRITERION_POLICIES, TSL_NS_SIE, "PolicyIdentifier", out)
           : tsl_is(node, TSL_NS_MORE, "CertSubjectDNAttribute")
               ? put_oids(node, NW_CRITERION_SUBJECT, TSL_NS_MORE, "AttributeOID", out)
           : tsl_is(node, TSL_NS_MORE, "ExtendedKeyUsage")
               ? put_oids(node, NW_CRITERION_EKU, TSL_NS_MORE, "KeyPurposeId", out)
               : false;
}

/* Recursion ends at NW_MAX_CRITERIA_DEPTH: only a list goes deeper. */
static void put_criterion(const xmlNode *node, unsigned depth, struct nw_buf *out)
{
    size_t mark = out->n;
    if (node == NULL || !put_known(node, depth, out)) {
        nw_buf_cut(out, mark);
        nw_cbor_put_array(out, 1);
        nw_cbor_put_uint(out, NW_CRITERION_UNKNOWN);
    }
}

/* An element that matters here: written, if out is there. */
static bool put_element(const xmlNode *e, struct nw_buf *out)
{
    bool element = tsl_is(e, TSL_NS_SIE, "QualificationElement");
    unsigned bits = element ? qualifiers_of(e) : NW_QUALIFIER_UNKNOWN;
    if (bits != 0 && out != NULL) {
        nw_cbor_put_array(out, 2);
        nw_cbor_put_uint(out, bits);
        put_criterion(tsl_only(e, TSL_NS_SIE, "CriteriaList"), 1, out);
    }
    return bits != 0;
}

/* The elements of all Qualifications of an entry that matter here: written, or only counted. */
static size_t each_element(const xmlNode *extensions, struct nw_buf *out)
{
    size_t n = 0;
    for (const xmlNode *x = tsl_child(extensions, TSL_NS, "Extension"); x != NULL;
         x = tsl_again(x)) {
        for (const xmlNode *q = tsl_child(x, TSL_NS_SIE, "Qualifications"); q != NULL;
             q = tsl_again(q)) {
            for (const xmlNode *e = tsl_first(q); e != NULL; e = tsl_next(e)) {
                n += put_element(e, out);
            }
        }
    }
    return n;
}

/* Nobody can tell: a set that a bundle cannot hold must spoil its own service only. */
static void put_open(struct nw_buf *out)
{
    nw_cbor_put_array(out, 1);
    nw_cbor_put_array(out, 2);
    nw_cbor_put_uint(out, NW_QUALIFIER_UNKNOWN);
    nw_cbor_put_array(out, 1);
    nw_cbor_put_uint(out, NW_CRITERION_UNKNOWN);
}

enum nw_err tsl_qualifications(struct tsl *l, const xmlNode *extensions, struct nw_slice *out)
{
    size_t before = l->store.n;
    size_t n = each_element(extensions, NULL);
    *out = NW_SLICE_EMPTY;
    if (n == 0) {
        return NW_OK;
    }
    nw_cbor_put_array(&l->store, n);
    (void)each_element(extensions, &l->store);
    if (l->store.n - before > NW_MAX_QUALIFICATION) {
        nw_buf_cut(&l->store, before);
        put_open(&l->store);
    }
    *out = nw_slice_from(nw_buf_slice(&l->store), before);
    return nw_buf_err(&l->store);
}
