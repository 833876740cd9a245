/* The XML bindings (annex A.2) into the model. The schema has been checked: what has a form here
 * has the right one, and what is required is there. */
#include "lote_xml.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/tree.h>

#include "lote.h"
#include "tsl_dom.h"

struct reader {
    struct lote_model *m;
    const char *ns;
    enum lote_binding binding;
};

static const xmlNode *child(const struct reader *r, const xmlNode *parent, const char *name)
{
    return tsl_child(parent, r->ns, lote_xml_name(r->binding, name));
}

/* xs:normalizedString: a tab or a new line is a space. Nothing if there is no such element. */
static enum nw_err keep(struct reader *r, const xmlNode *n, struct nw_slice *out)
{
    size_t before = r->m->store.n;
    if (n == NULL) {
        return NW_OK;
    }
    enum nw_err e = tsl_text(n, &r->m->store);
    if (e != NW_OK) {
        return e == NW_ERR_TSL_SCHEME ? NW_ERR_LOTE_FORM : e;
    }
    for (size_t i = before; i < r->m->store.n; i++) {
        uint8_t *p = &r->m->store.p[i];
        *p = *p == '\t' || *p == '\n' || *p == '\r' ? ' ' : *p;
    }
    *out = nw_slice_from(nw_buf_slice(&r->m->store), before);
    return NW_OK;
}

static int64_t time_of(const xmlNode *n)
{
    int64_t t = 0;
    return n != NULL && tsl_time_of(n, &t) == NW_OK ? t : 0;
}

static int64_t number_of(const xmlNode *n)
{
    char text[32];
    return tsl_text_short(n, text, sizeof text) ? strtoll(text, NULL, 10) : 0;
}

static enum nw_err read_texts(struct reader *r, const xmlNode *parent, const char *name,
                              struct lote_range *out)
{
    enum nw_err e = NW_OK;
    for (const xmlNode *n = child(r, parent, name); e == NW_OK && n != NULL; n = tsl_again(n)) {
        size_t before = r->m->store.n;
        struct lote_text t;
        nw_buf_puts(&r->m->store, tsl_attr_ns(n, TSL_NS_XML, "lang"));
        t.lang = nw_slice_from(nw_buf_slice(&r->m->store), before);
        e = keep(r, n, &t.value);
        e = e == NW_OK ? lote_add_text(r->m, out, t) : e;
    }
    return e;
}

static enum nw_err read_blob(struct reader *r, const xmlNode *n, struct lote_range *out)
{
    size_t before = r->m->store.n;
    enum nw_err e = tsl_base64(n, &r->m->store);
    return e == NW_OK ? lote_add_blob(r->m, out, nw_slice_from(nw_buf_slice(&r->m->store), before))
                      : e;
}

static enum nw_err read_identity(struct reader *r, const xmlNode *identity,
                                 struct lote_identity *out)
{
    enum nw_err e = NW_OK;
    for (const xmlNode *id = child(r, identity, "DigitalId"); e == NW_OK && id != NULL;
         id = tsl_again(id)) {
        const xmlNode *cert = child(r, id, "X509Certificate");
        if (cert != NULL) {
            e = read_blob(r, cert, &out->certs);
        }
    }
    for (const xmlNode *id = child(r, identity, "DigitalId"); e == NW_OK && id != NULL;
         id = tsl_again(id)) {
        const xmlNode *ski = child(r, id, "X509SKI");
        if (ski != NULL) {
            e = read_blob(r, ski, &out->key_ids);
        }
    }
    return e;
}

/* An extension is one thing; a critical one with more, or with what is not known, is not
 * understood.
 */
static bool critical_unknown(const struct reader *r, const xmlNode *list)
{
    for (const xmlNode *x = child(r, list, "Extension"); x != NULL; x = tsl_again(x)) {
        bool critical = !tsl_attr_is(x, "Critical", "false") && !tsl_attr_is(x, "Critical", "0");
        if (critical && (tsl_count(x) != 1 || !lote_xml_is_known(tsl_first(x)))) {
            return true;
        }
    }
    return false;
}

static bool has_unique_id(const struct reader *r, const xmlNode *list)
{
    for (const xmlNode *x = child(r, list, "Extension"); x != NULL; x = tsl_again(x)) {
        if (tsl_child(x, LOTE_NS_SIE, "ServiceUniqueIdentifier") != NULL) {
            return true;
        }
    }
    return false;
}

static enum nw_err read_entry(struct reader *r, const xmlNode *n, struct lote_entry *out)
{
    const xmlNode *extensions = child(r, n, "ServiceInformationExtensions");
    const xmlNode *start = child(r, n, "StatusStartingTime");
    *out = (struct lote_entry){
        .has_start = start != NULL,
        .start = time_of(start),
        .critical_unknown = critical_unknown(r, extensions),
        .unique_id = has_unique_id(r, extensions),
        .supply_point = child(r, n, "ServiceSupplyPoints") != NULL,
    };
    enum nw_err e = keep(r, child(r, n, "ServiceTypeIdentifier"), &out->type);
    if (e == NW_OK) {
        e = keep(r, child(r, n, "ServiceStatus"), &out->status);
    }
    return e == NW_OK ? read_identity(r, child(r, n, "ServiceDigitalIdentity"), &out->identity) : e;
}

static enum nw_err read_offer(struct reader *r, const xmlNode *n, struct lote_offer *out)
{
    struct lote_entry past;
    *out = (struct lote_offer){0};
    enum nw_err e = read_entry(r, child(r, n, "ServiceInformation"), &out->now);
    const xmlNode *history = child(r, n, "ServiceHistory");
    for (const xmlNode *h = child(r, history, "ServiceHistoryInstance"); e == NW_OK && h != NULL;
         h = tsl_again(h)) {
        e = read_entry(r, h, &past);
        e = e == NW_OK ? lote_add_past(r->m, &out->past, &past) : e;
    }
    return e;
}

static enum nw_err read_about(struct reader *r, const xmlNode *te, struct lote_body *b)
{
    const xmlNode *address = child(r, te, "TEAddress");
    const xmlNode *postal = child(r, child(r, address, "PostalAddresses"), "PostalAddress");
    enum nw_err e = keep(r, child(r, postal, "CountryName"), &b->country);
    const struct {
        const xmlNode *parent;
        const char *name;
        struct lote_range *out;
    } texts[] = {
        {child(r, te, "TEName"), "Name", &b->names},
        {child(r, te, "TETradeName"), "Name", &b->trade_names},
        {child(r, address, "ElectronicAddress"), "URI", &b->addresses},
        {child(r, te, "TEInformationURI"), "URI", &b->information},
    };
    for (size_t i = 0; e == NW_OK && i < sizeof texts / sizeof texts[0]; i++) {
        e = read_texts(r, texts[i].parent, texts[i].name, texts[i].out);
    }
    b->critical_unknown = critical_unknown(r, child(r, te, "TEInformationExtensions"));
    return e;
}

static enum nw_err read_body(struct reader *r, const xmlNode *n)
{
    const xmlNode *services = child(r, n, "TrustedEntityServices");
    struct lote_body b = {0};
    struct lote_offer offer;
    enum nw_err e = read_about(r, child(r, n, "TrustedEntityInformation"), &b);
    for (const xmlNode *s = child(r, services, "TrustedEntityService"); e == NW_OK && s != NULL;
         s = tsl_again(s)) {
        e = read_offer(r, s, &offer);
        e = e == NW_OK ? lote_add_offer(r->m, &b.offers, &offer) : e;
    }
    return e == NW_OK ? lote_add_body(r->m, &b) : e;
}

/* What a pointer points to stands in its OtherInformation, each thing in one of its own. */
static enum nw_err read_pointers(struct reader *r, const xmlNode *pointers)
{
    enum nw_err e = NW_OK;
    r->m->has_pointers = pointers != NULL;
    for (const xmlNode *p = child(r, pointers, "OtherLoTEPointer"); e == NW_OK && p != NULL;
         p = tsl_again(p)) {
        const xmlNode *about = child(r, p, "AdditionalInformation");
        struct lote_pointer pointer = {0};
        for (const xmlNode *o = child(r, about, "OtherInformation"); e == NW_OK && o != NULL;
             o = tsl_again(o)) {
            e = keep(r, child(r, o, "LoTEType"), &pointer.type);
        }
        e = e == NW_OK ? lote_add_pointer(r->m, pointer) : e;
    }
    return e;
}

/* Table H.1 wants version 1, TS 119 612 5.3.1 the 6 of its own format: both are that of A.2.2. */
static int64_t version_of(const struct reader *r, const xmlNode *n)
{
    int64_t version = number_of(n);
    return r->binding == LOTE_TSL && version == 6 ? 1 : version;
}

static void read_numbers(struct reader *r, const xmlNode *scheme)
{
    const xmlNode *history = child(r, scheme, "HistoricalInformationPeriod");
    const xmlNode *next = child(r, child(r, scheme, "NextUpdate"), "dateTime");
    r->m->version = version_of(r, child(r, scheme, "LoTEVersionIdentifier"));
    r->m->sequence = number_of(child(r, scheme, "LoTESequenceNumber"));
    r->m->has_history = history != NULL;
    r->m->history = history != NULL ? number_of(history) : 0;
    r->m->issued = time_of(child(r, scheme, "ListIssueDateTime"));
    r->m->next_update = time_of(next);
    r->m->closed = next == NULL;
    r->m->has_address = child(r, scheme, "SchemeOperatorAddress") != NULL;
    r->m->has_policy = child(r, scheme, "PolicyOrLegalNotice") != NULL;
    r->m->critical_unknown = critical_unknown(r, child(r, scheme, "SchemeExtensions"));
}

static enum nw_err read_scheme(struct reader *r, const xmlNode *scheme)
{
    struct lote_model *m = r->m;
    const struct {
        const char *list, *name;
        struct lote_range *out;
    } texts[] = {
        {"SchemeOperatorName", "Name", &m->operators},
        {"SchemeName", "Name", &m->schemes},
        {"SchemeInformationURI", "URI", &m->information},
        {"SchemeTypeCommunityRules", "URI", &m->rules},
    };
    read_numbers(r, scheme);
    enum nw_err e = keep(r, child(r, scheme, "LoTEType"), &m->type);
    if (e == NW_OK) {
        e = keep(r, child(r, scheme, "StatusDeterminationApproach"), &m->approach);
    }
    if (e == NW_OK) {
        e = keep(r, child(r, scheme, "SchemeTerritory"), &m->territory);
    }
    for (size_t i = 0; e == NW_OK && i < sizeof texts / sizeof texts[0]; i++) {
        e = read_texts(r, child(r, scheme, texts[i].list), texts[i].name, texts[i].out);
    }
    return e == NW_OK ? read_pointers(r, child(r, scheme, "PointersToOtherLoTE")) : e;
}

enum nw_err lote_read_xml(const xmlNode *root, enum lote_binding binding, size_t size,
                          struct lote_model *m)
{
    struct reader r = {.m = m, .ns = lote_xml_ns(binding), .binding = binding};
    const xmlNode *entities = child(&r, root, "TrustedEntitiesList");
    m->binding = binding;
    m->other_tag = binding == LOTE_XML && !tsl_attr_is(root, "LOTETag", LOTE_TAG);
    /* Texts, language tags and certificates are shorter than the file they stand in: the store
     * never moves. */
    m->store = NW_BUF(size + 1);
    enum nw_err e = nw_buf_reserve(&m->store, size + 1) != NULL
                        ? read_scheme(&r, child(&r, root, "ListAndSchemeInformation"))
                        : NW_ERR_NOMEM;
    for (const xmlNode *n = child(&r, entities, "TrustedEntity"); e == NW_OK && n != NULL;
         n = tsl_again(n)) {
        e = read_body(&r, n);
    }
    return e;
}
