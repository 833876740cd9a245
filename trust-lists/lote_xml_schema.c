/*
 * The published XML schema of TS 119 602 annex A.2 as tables: which elements,
 * in which order, how often, with which attributes and which content. What is
 * not in a table is an error. Times are those of 6.1.3, which the schema leaves
 * open. The two known extensions have their tables too; what else an extension
 * holds is nobody's business here.
 */
#include "lote_xml.h"

#include <stdio.h>
#include <string.h>

#include <libxml/tree.h>

#include "tsl_dom.h"

#define PATH_CAP 320
#define MAX_DEPTH 16
#define MAX_TEXT (64u << 10)
#define MANY 0u
#define XSI "http://www.w3.org/2001/XMLSchema-instance"

enum content {
    STRING,   /* not empty */
    ANY_TEXT, /* may be empty */
    URI,      /* xs:anyURI: the scheme may be missing */
    INTEGER,
    NATURAL,  /* from 0 */
    POSITIVE, /* from 1 */
    INSTANT,
    BASE64,
    SEQUENCE, /* each part in its place */
    ONE_SORT, /* of the parts one, as often as it may */
    MIXTURE,  /* of the parts any, in any order, at least one */
    ANYTHING,
    EXTENSION, /* ANYTHING, but what is known has its form */
};

enum attributes { NONE, LANG, CRITICAL, TYPE, ROOT };

struct shape;
struct part {
    const char *name;  /* of the list, or "ds:" and one of XMLDSig */
    unsigned min, max; /* max MANY: no bound */
    const struct shape *shape;
};
struct shape {
    enum content content;
    enum attributes attributes;
    const struct part *parts;
};

#define PARTS(name, ...) static const struct part name##_parts[] = {__VA_ARGS__, {NULL, 0, 0, NULL}}
#define SHAPE(name, content, attributes)                                                           \
    static const struct shape name = {content, attributes, name##_parts}

static const struct shape uri = {URI, NONE, NULL}, lang_uri = {URI, LANG, NULL};
static const struct shape string = {STRING, NONE, NULL}, lang_string = {STRING, LANG, NULL};
static const struct shape any_text = {ANY_TEXT, NONE, NULL}, typed_uri = {URI, TYPE, NULL};
static const struct shape integer = {INTEGER, NONE, NULL}, natural = {NATURAL, NONE, NULL};
static const struct shape positive = {POSITIVE, NONE, NULL}, instant = {INSTANT, NONE, NULL};
static const struct shape base64 = {BASE64, NONE, NULL}, anything = {ANYTHING, NONE, NULL};
static const struct shape extension = {EXTENSION, CRITICAL, NULL};

PARTS(names, {"Name", 1, MANY, &lang_string});
SHAPE(names, SEQUENCE, NONE);
PARTS(lang_uris, {"URI", 1, MANY, &lang_uri});
SHAPE(lang_uris, SEQUENCE, NONE);
PARTS(uris, {"URI", 1, MANY, &uri});
SHAPE(uris, SEQUENCE, NONE);
PARTS(extensions, {"Extension", 1, MANY, &extension});
SHAPE(extensions, SEQUENCE, NONE);

PARTS(postal, {"StreetAddress", 1, 1, &string}, {"Locality", 1, 1, &string},
      {"StateOrProvince", 0, 1, &string}, {"PostalCode", 0, 1, &string},
      {"CountryName", 1, 1, &string});
SHAPE(postal, SEQUENCE, LANG);
PARTS(postals, {"PostalAddress", 1, MANY, &postal});
SHAPE(postals, SEQUENCE, NONE);
PARTS(address, {"PostalAddresses", 1, 1, &postals}, {"ElectronicAddress", 1, 1, &lang_uris});
SHAPE(address, SEQUENCE, NONE);

PARTS(digital_id, {"X509Certificate", 0, 1, &base64}, {"X509SubjectName", 0, 1, &any_text},
      {"ds:KeyValue", 0, 1, &anything}, {"X509SKI", 0, 1, &base64}, {"OtherId", 0, 1, &anything});
SHAPE(digital_id, ONE_SORT, NONE);
PARTS(identity, {"DigitalId", 0, MANY, &digital_id});
SHAPE(identity, SEQUENCE, NONE);
PARTS(identities, {"ServiceDigitalIdentity", 1, MANY, &identity});
SHAPE(identities, SEQUENCE, NONE);

PARTS(policy, {"LoTEPolicy", 1, MANY, &lang_uri}, {"LoTELegalNotice", 1, MANY, &lang_string});
SHAPE(policy, ONE_SORT, NONE);
PARTS(additional, {"TextualInformation", 0, MANY, &lang_string},
      {"OtherInformation", 0, MANY, &anything});
SHAPE(additional, MIXTURE, NONE);
PARTS(pointer, {"ServiceDigitalIdentities", 0, 1, &identities}, {"LoTELocation", 1, 1, &uri},
      {"AdditionalInformation", 0, 1, &additional});
SHAPE(pointer, SEQUENCE, NONE);
PARTS(pointers, {"OtherLoTEPointer", 1, MANY, &pointer});
SHAPE(pointers, SEQUENCE, NONE);
PARTS(next_update, {"dateTime", 0, 1, &instant});
SHAPE(next_update, SEQUENCE, NONE);

PARTS(scheme, {"LoTEVersionIdentifier", 1, 1, &integer}, {"LoTESequenceNumber", 1, 1, &positive},
      {"LoTEType", 1, 1, &uri}, {"SchemeOperatorName", 1, 1, &names},
      {"SchemeOperatorAddress", 1, 1, &address}, {"SchemeName", 1, 1, &names},
      {"SchemeInformationURI", 1, 1, &lang_uris}, {"StatusDeterminationApproach", 1, 1, &uri},
      {"SchemeTypeCommunityRules", 0, 1, &lang_uris}, {"SchemeTerritory", 0, 1, &any_text},
      {"PolicyOrLegalNotice", 0, 1, &policy}, {"HistoricalInformationPeriod", 0, 1, &natural},
      {"PointersToOtherLoTE", 0, 1, &pointers}, {"ListIssueDateTime", 1, 1, &instant},
      {"NextUpdate", 1, 1, &next_update}, {"DistributionPoints", 0, 1, &uris},
      {"SchemeExtensions", 0, 1, &extensions});
SHAPE(scheme, SEQUENCE, NONE);

PARTS(supply_points, {"ServiceSupplyPoint", 1, MANY, &typed_uri});
SHAPE(supply_points, SEQUENCE, NONE);
PARTS(information, {"ServiceTypeIdentifier", 0, 1, &uri}, {"ServiceName", 1, 1, &names},
      {"ServiceDigitalIdentity", 1, 1, &identity}, {"ServiceStatus", 0, 1, &uri},
      {"StatusStartingTime", 0, 1, &instant}, {"SchemeServiceDefinitionURI", 0, 1, &lang_uris},
      {"ServiceSupplyPoints", 0, 1, &supply_points}, {"TEServiceDefinitionURI", 0, 1, &lang_uris},
      {"ServiceInformationExtensions", 0, 1, &extensions});
SHAPE(information, SEQUENCE, NONE);
PARTS(past, {"ServiceTypeIdentifier", 0, 1, &uri}, {"ServiceName", 1, 1, &names},
      {"ServiceDigitalIdentity", 1, 1, &identity}, {"ServiceStatus", 1, 1, &uri},
      {"StatusStartingTime", 1, 1, &instant}, {"ServiceInformationExtensions", 0, 1, &extensions});
SHAPE(past, SEQUENCE, NONE);
PARTS(history, {"ServiceHistoryInstance", 0, MANY, &past});
SHAPE(history, SEQUENCE, NONE);
PARTS(service, {"ServiceInformation", 1, 1, &information}, {"ServiceHistory", 0, 1, &history});
SHAPE(service, SEQUENCE, NONE);
PARTS(services, {"TrustedEntityService", 1, MANY, &service});
SHAPE(services, SEQUENCE, NONE);
PARTS(entity_information, {"TEName", 1, 1, &names}, {"TETradeName", 0, 1, &names},
      {"TEAddress", 1, 1, &address}, {"TEInformationURI", 1, 1, &lang_uris},
      {"TEInformationExtensions", 0, 1, &extensions});
SHAPE(entity_information, SEQUENCE, NONE);
PARTS(entity, {"TrustedEntityInformation", 1, 1, &entity_information},
      {"TrustedEntityServices", 1, 1, &services});
SHAPE(entity, SEQUENCE, NONE);
PARTS(entities, {"TrustedEntity", 1, MANY, &entity});
SHAPE(entities, SEQUENCE, NONE);
PARTS(list, {"ListAndSchemeInformation", 1, 1, &scheme}, {"TrustedEntitiesList", 0, 1, &entities});
SHAPE(list, SEQUENCE, ROOT);

/* The extension of 6.5.5.1: its own elements around those of the list. */
PARTS(associated, {"AssociatedBodyName", 1, 1, &names}, {"AssociatedBodyTradeName", 0, 1, &names},
      {"AssociatedBodyAddress", 1, 1, &address}, {"AssociatedBodyInformationURI", 1, 1, &lang_uris},
      {"AssociatedBodyInformationExtensions", 0, 1, &extensions});
SHAPE(associated, SEQUENCE, NONE);
PARTS(associates, {"AssociatedBody", 1, 1, &associated});
SHAPE(associates, SEQUENCE, NONE);

/* --- names --- */

static const struct {
    const char *name, *tsl;
} renamed[] = {
    /* table A.1 */
    {"ListOfTrustedEntities", "TrustServiceStatusList"},
    {"LOTETag", "TSLTag"},
    {"ListAndSchemeInformation", "SchemeInformation"},
    {"LoTEVersionIdentifier", "TSLVersionIdentifier"},
    {"LoTESequenceNumber", "TSLSequenceNumber"},
    {"LoTEType", "TSLType"},
    {"LoTEPolicy", "TSLPolicy"},
    {"LoTELegalNotice", "TSLLegalNotice"},
    {"PointersToOtherLoTE", "PointersToOtherTSL"},
    {"OtherLoTEPointer", "OtherTSLPointer"},
    {"LoTELocation", "TSLLocation"},
    {"TrustedEntitiesList", "TrustServiceProviderList"},
    {"TrustedEntity", "TrustServiceProvider"},
    {"TrustedEntityInformation", "TSPInformation"},
    {"TEName", "TSPName"},
    {"TETradeName", "TSPTradeName"},
    {"TEAddress", "TSPAddress"},
    {"TEInformationURI", "TSPInformationURI"},
    {"TEInformationExtensions", "TSPInformationExtensions"},
    {"TrustedEntityServices", "TSPServices"},
    {"TrustedEntityService", "TSPService"},
    {"TEServiceDefinitionURI", "TSPServiceDefinitionURI"},
    {"OtherId", "Other"},
};

const char *lote_xml_ns(enum lote_binding binding)
{
    return binding == LOTE_TSL ? TSL_NS : LOTE_NS;
}

const char *lote_xml_name(enum lote_binding binding, const char *name)
{
    for (size_t i = 0; binding == LOTE_TSL && i < sizeof renamed / sizeof renamed[0]; i++) {
        if (strcmp(renamed[i].name, name) == 0) {
            return renamed[i].tsl;
        }
    }
    return name;
}

/* --- the walk --- */

struct walk {
    enum lote_binding binding;
    const char *outer; /* namespace of the extension that is walked, NULL outside */
    char path[PATH_CAP];
    struct nw_diag *d;
};

/* A diag holds less than the longest path: the end of it says more. */
static enum nw_err refuse(const struct walk *w, const char *what)
{
    size_t n = strlen(w->path);
    const char *from = n < NW_DIAG_PATH ? w->path : w->path + n - (NW_DIAG_PATH - 1);
    return nw_fail_at(w->d, NW_ERR_LOTE_FORM, from, "%s", what);
}

static enum nw_err refuse_name(const struct walk *w, const xmlNode *n, const char *what)
{
    char text[NW_DIAG_DETAIL];
    (void)snprintf(text, sizeof text, "%.60s %s", (const char *)n->name, what);
    return refuse(w, text);
}

/* RFC 5646, as xs:language has it: parts of one to eight letters or digits, the first of letters.
 */
static bool is_language(const char *s)
{
    size_t part = 0;
    bool first = true;
    for (const char *p = s;; p++) {
        bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z');
        if (letter || (!first && *p >= '0' && *p <= '9')) {
            part++;
        } else if ((*p == '-' || *p == '\0') && part >= 1 && part <= 8) {
            part = 0;
            first = false;
            if (*p == '\0') {
                return true;
            }
        } else {
            return false;
        }
    }
}

static bool is_boolean(const char *s)
{
    return strcmp(s, "true") == 0 || strcmp(s, "false") == 0 || strcmp(s, "1") == 0 ||
           strcmp(s, "0") == 0;
}

/* The one attribute that a shape has, and whether it must be there. */
static bool attribute_fits(const struct walk *w, enum attributes form, const xmlAttr *a,
                           const char *value, bool *found)
{
    const char *ns = a->ns != NULL ? (const char *)a->ns->href : "";
    const char *name = (const char *)a->name;
    bool own = ns[0] == '\0';
    if (form == ROOT && own && strcmp(name, "Id") == 0) {
        return value[0] != '\0';
    }
    if (form == ROOT && strcmp(ns, XSI) == 0) {
        return strcmp(name, "schemaLocation") == 0;
    }
    if (form == TYPE && own && strcmp(name, "type") == 0) {
        return lote_is_reference(nw_str(value));
    }
    bool fits = (form == LANG && strcmp(ns, TSL_NS_XML) == 0 && strcmp(name, "lang") == 0 &&
                 is_language(value)) ||
                (form == CRITICAL && own && strcmp(name, "Critical") == 0 && is_boolean(value)) ||
                (form == ROOT && own && strcmp(name, lote_xml_name(w->binding, "LOTETag")) == 0 &&
                 lote_is_reference(nw_str(value)));
    *found = *found || fits;
    return fits;
}

static enum nw_err check_attributes(const struct walk *w, const xmlNode *n, enum attributes form)
{
    bool found = form == NONE || form == TYPE;
    for (const xmlAttr *a = n->properties; a != NULL; a = a->next) {
        const char *value = tsl_attr_value(a);
        if (value == NULL || !attribute_fits(w, form, a, value, &found)) {
            char text[NW_DIAG_DETAIL];
            (void)snprintf(text, sizeof text, "the attribute %.60s may not stand here so",
                           (const char *)a->name);
            return refuse(w, text);
        }
    }
    return found ? NW_OK
                 : refuse(w, form == LANG       ? "xml:lang is missing"
                             : form == CRITICAL ? "Critical is missing"
                                                : "its tag is missing (6.2)");
}

static bool digits(const char *s)
{
    size_t n = strspn(s, "0123456789");
    return n > 0 && n <= 15 && s[n] == '\0';
}

static bool number_fits(const char *s, enum content content)
{
    if (content == INTEGER && s[0] == '-') {
        s++;
    }
    return digits(s) && (content != POSITIVE || strspn(s, "0") != strlen(s));
}

static enum nw_err check_number(const struct walk *w, const xmlNode *n, enum content content)
{
    char text[32];
    return tsl_text_short(n, text, sizeof text) && number_fits(text, content)
               ? NW_OK
               : refuse(w, content == POSITIVE ? "must be an integer of at least 1"
                                               : "must be an integer");
}

static enum nw_err check_text(const struct walk *w, const xmlNode *n, enum content content)
{
    struct nw_buf text = NW_BUF(MAX_TEXT);
    enum nw_err e = content == BASE64 ? tsl_base64(n, &text) : tsl_text(n, &text);
    if (e == NW_OK && content == URI && !lote_is_reference(nw_buf_slice(&text))) {
        e = refuse(w, "must be a URI");
    } else if (e == NW_OK && content == STRING && text.n == 0) {
        e = refuse(w, "must not be empty");
    } else if (e != NW_OK && e != NW_ERR_NOMEM) {
        e = refuse(w, content == BASE64 ? "must be base64" : "must be text");
    }
    nw_buf_free(&text);
    return e;
}

static enum nw_err check_leaf(const struct walk *w, const xmlNode *n, enum content content)
{
    int64_t t = 0;
    switch (content) {
    case INTEGER:
    case NATURAL:
    case POSITIVE:
        return check_number(w, n, content);
    case INSTANT:
        return tsl_time_of(n, &t) == NW_OK
                   ? NW_OK
                   : refuse(w, "must be a time YYYY-MM-DDThh:mm:ssZ (6.1.3)");
    case STRING:
    case ANY_TEXT:
    case URI:
    case BASE64:
        return check_text(w, n, content);
    case SEQUENCE:
    case ONE_SORT:
    case MIXTURE:
    case ANYTHING:
    case EXTENSION:
        break;
    }
    return NW_OK;
}

static enum nw_err check(struct walk *w, const xmlNode *n, const struct shape *shape,
                         unsigned depth);

static bool is_part(const struct walk *w, const xmlNode *n, const struct part *p)
{
    if (strncmp(p->name, "ds:", 3) == 0) {
        return tsl_is(n, TSL_NS_DS, p->name + 3);
    }
    bool outer = w->outer != NULL && strncmp(p->name, "AssociatedBody", 14) == 0;
    return tsl_is(n, outer ? w->outer : lote_xml_ns(w->binding),
                  lote_xml_name(w->binding, p->name));
}

/* One child, with its name (and number, where there may be many) on the path. */
static enum nw_err check_part(struct walk *w, const xmlNode *n, const struct part *p, size_t i,
                              unsigned depth)
{
    size_t at = strlen(w->path);
    (void)snprintf(w->path + at, sizeof w->path - at, "%s%s", at > 0 ? "/" : "",
                   (const char *)n->name);
    if (p->max != 1) {
        size_t end = strlen(w->path);
        (void)snprintf(w->path + end, sizeof w->path - end, "[%zu]", i + 1);
    }
    enum nw_err e = check(w, n, p->shape, depth + 1);
    if (e == NW_OK) {
        w->path[at] = '\0';
    }
    return e;
}

static enum nw_err check_run(struct walk *w, const xmlNode **child, const struct part *p,
                             unsigned depth)
{
    unsigned count = 0;
    enum nw_err e = NW_OK;
    while (e == NW_OK && is_part(w, *child, p) && (p->max == MANY || count < p->max)) {
        e = check_part(w, *child, p, count, depth);
        *child = tsl_next(*child);
        count++;
    }
    if (e == NW_OK && count < p->min) {
        char text[NW_DIAG_DETAIL];
        (void)snprintf(text, sizeof text, "%s is missing%s", lote_xml_name(w->binding, p->name),
                       *child != NULL ? ", or not in its place" : "");
        e = refuse(w, text);
    }
    return e;
}

static enum nw_err check_sequence(struct walk *w, const xmlNode *n, const struct shape *shape,
                                  unsigned depth)
{
    const xmlNode *child = tsl_first(n);
    for (const struct part *p = shape->parts; p->name != NULL; p++) {
        enum nw_err e = check_run(w, &child, p, depth);
        if (e != NW_OK) {
            return e;
        }
    }
    return child == NULL ? NW_OK : refuse_name(w, child, "may not stand here");
}

/* The parts in any order (MIXTURE), or those of one name only; none at all where a part may be
 * left out. */
static enum nw_err check_choice(struct walk *w, const xmlNode *n, const struct shape *shape,
                                unsigned depth)
{
    const xmlNode *child = tsl_first(n);
    if (child == NULL && (shape->content == MIXTURE || shape->parts->min > 0)) {
        return refuse(w, "is empty");
    }
    while (child != NULL) {
        const struct part *p = shape->parts;
        while (p->name != NULL && !is_part(w, child, p)) {
            p++;
        }
        if (p->name == NULL) {
            return refuse_name(w, child, "may not stand here");
        }
        enum nw_err e = check_run(w, &child, p, depth);
        if (e != NW_OK) {
            return e;
        }
        if (child != NULL && shape->content == ONE_SORT) {
            return refuse_name(w, child, "may not stand here as well");
        }
    }
    return NW_OK;
}

/* Between elements nothing but white space may stand; comments mean nothing. */
static bool only_elements(const xmlNode *n)
{
    for (const xmlNode *c = n->children; c != NULL; c = c->next) {
        bool text = c->type == XML_TEXT_NODE || c->type == XML_CDATA_SECTION_NODE;
        if (text && !xmlIsBlankNode(c)) {
            return false;
        }
    }
    return true;
}

static enum nw_err check_extension(struct walk *w, const xmlNode *n, unsigned depth)
{
    struct walk inner = *w;
    enum nw_err e = NW_OK;
    for (const xmlNode *x = tsl_first(n); e == NW_OK && x != NULL; x = tsl_next(x)) {
        if (tsl_is(x, LOTE_NS_SIE, "ServiceUniqueIdentifier")) {
            e = check(&inner, x, &uri, depth + 1);
        } else if (tsl_is(x, LOTE_NS_TIE, "OtherAssociatedBodies")) {
            inner.outer = LOTE_NS_TIE;
            inner.binding = LOTE_XML;
            e = check(&inner, x, &associates, depth + 1);
        }
    }
    return e;
}

static enum nw_err check(struct walk *w, const xmlNode *n, const struct shape *shape,
                         unsigned depth)
{
    if (depth > MAX_DEPTH) {
        return refuse(w, "is nested too deeply");
    }
    if (shape->content == ANYTHING) {
        return NW_OK;
    }
    enum nw_err e = check_attributes(w, n, shape->attributes);
    if (e != NW_OK) {
        return e;
    }
    if (shape->content == EXTENSION) {
        return check_extension(w, n, depth);
    }
    if (shape->parts == NULL) {
        return check_leaf(w, n, shape->content);
    }
    if (!only_elements(n)) {
        return refuse(w, "holds text between its elements");
    }
    return shape->content == SEQUENCE ? check_sequence(w, n, shape, depth)
                                      : check_choice(w, n, shape, depth);
}

enum nw_err lote_xml_check(const xmlNode *root, enum lote_binding binding, struct nw_diag *d)
{
    struct walk w = {.binding = binding, .d = d};
    if (!tsl_is(root, lote_xml_ns(binding), lote_xml_name(binding, "ListOfTrustedEntities"))) {
        return refuse(&w, "the root is no ListOfTrustedEntities");
    }
    return check(&w, root, &list, 0);
}

bool lote_xml_is_known(const xmlNode *n)
{
    return tsl_is(n, LOTE_NS_SIE, "ServiceUniqueIdentifier") ||
           tsl_is(n, LOTE_NS_TIE, "OtherAssociatedBodies");
}

enum nw_err lote_xml_check_extension(const xmlNode *n, struct nw_diag *d)
{
    struct walk w = {.binding = LOTE_XML, .outer = LOTE_NS_TIE, .d = d};
    if (!lote_xml_is_known(n)) {
        return refuse(&w, "is no extension that is known");
    }
    return check(&w, n, tsl_is(n, LOTE_NS_TIE, "OtherAssociatedBodies") ? &associates : &uri, 0);
}
