/* The JSON binding (annex A.1) into the model. The schema has been checked: what has a form here
 * has the right one, and what is required is there. */
#include "lote_model.h"

#include <string.h>

#include "base/codec.h"
#include "base/date.h"
#include "json/json.h"

static struct nw_slice text_of(const struct nw_json *n)
{
    const char *text = nw_json_text(n);
    return text != NULL ? nw_str(text) : NW_SLICE_EMPTY;
}

/* 0 where there is none. */
static int64_t time_of(const struct nw_json *n)
{
    int64_t t = 0;
    return n != NULL && nw_time_parse(text_of(n), &t) == NW_OK ? t : 0;
}

static enum nw_err read_texts(struct lote_model *m, const struct nw_json *array, const char *member,
                              struct lote_range *out)
{
    enum nw_err e = NW_OK;
    for (const struct nw_json *n = nw_json_first(array); n != NULL; n = nw_json_next(n)) {
        if (e == NW_OK) {
            e = lote_add_text(m, out,
                              (struct lote_text){.lang = text_of(nw_json_get(n, "lang")),
                                                 .value = text_of(nw_json_get(n, member))});
        }
    }
    return e;
}

static enum nw_err read_base64(struct lote_model *m, const struct nw_json *n,
                               struct lote_range *out)
{
    size_t before = m->store.n;
    enum nw_err e = nw_base64_decode(text_of(n), &m->store, NULL);
    if (e != NW_OK && nw_err_is_ours(e)) {
        return e;
    }
    if (e != NW_OK) {
        nw_buf_cut(&m->store, before);
    }
    return lote_add_blob(m, out, nw_slice_from(nw_buf_slice(&m->store), before));
}

static enum nw_err read_identity(struct lote_model *m, const struct nw_json *identity,
                                 struct lote_identity *out)
{
    enum nw_err e = NW_OK;
    for (const struct nw_json *n = nw_json_first(nw_json_get(identity, "X509Certificates"));
         n != NULL; n = nw_json_next(n)) {
        e = e == NW_OK ? read_base64(m, nw_json_get(n, "val"), &out->certs) : e;
    }
    for (const struct nw_json *n = nw_json_first(nw_json_get(identity, "X509SKIs")); n != NULL;
         n = nw_json_next(n)) {
        e = e == NW_OK ? read_base64(m, n, &out->key_ids) : e;
    }
    return e;
}

/* It says one known thing, and nothing else. */
static bool is_understood(const struct nw_json *extension)
{
    size_t known = 0;
    size_t members = 0;
    for (const struct nw_json *m = nw_json_first(extension); m != NULL; m = nw_json_next(m)) {
        const char *name = nw_json_name(m);
        members += name == NULL || strcmp(name, "Critical") != 0;
        known += name != NULL && (strcmp(name, "ServiceUniqueIdentifier") == 0 ||
                                  strcmp(name, "OtherAssociatedBodies") == 0);
    }
    return known == 1 && members == 1;
}

/* The JSON schema has no field for criticality; lists use "Critical" beside the extension. */
static bool critical_unknown(const struct nw_json *extensions)
{
    for (const struct nw_json *x = nw_json_first(extensions); x != NULL; x = nw_json_next(x)) {
        const struct nw_json *critical = nw_json_get(x, "Critical");
        bool is_critical = critical != NULL;
        (void)nw_json_bool(critical, &is_critical);
        if (is_critical && !is_understood(x)) {
            return true;
        }
    }
    return false;
}

static enum nw_err read_entry(struct lote_model *m, const struct nw_json *n, struct lote_entry *out)
{
    const struct nw_json *extensions = nw_json_get(n, "ServiceInformationExtensions");
    const struct nw_json *start = nw_json_get(n, "StatusStartingTime");
    *out = (struct lote_entry){
        .type = text_of(nw_json_get(n, "ServiceTypeIdentifier")),
        .status = text_of(nw_json_get(n, "ServiceStatus")),
        .has_start = start != NULL,
        .start = time_of(start),
        .critical_unknown = critical_unknown(extensions),
        .supply_point = nw_json_get(n, "ServiceSupplyPoints") != NULL,
    };
    for (const struct nw_json *x = nw_json_first(extensions); x != NULL; x = nw_json_next(x)) {
        out->unique_id = out->unique_id || text_of(nw_json_get(x, "ServiceUniqueIdentifier")).n > 0;
    }
    return read_identity(m, nw_json_get(n, "ServiceDigitalIdentity"), &out->identity);
}

static enum nw_err read_offer(struct lote_model *m, const struct nw_json *n, struct lote_offer *out)
{
    struct lote_entry past;
    *out = (struct lote_offer){0};
    enum nw_err e = read_entry(m, nw_json_get(n, "ServiceInformation"), &out->now);
    for (const struct nw_json *h = nw_json_first(nw_json_get(n, "ServiceHistory")); h != NULL;
         h = nw_json_next(h)) {
        e = e == NW_OK ? read_entry(m, h, &past) : e;
        e = e == NW_OK ? lote_add_past(m, &out->past, &past) : e;
    }
    return e;
}

static enum nw_err read_body(struct lote_model *m, const struct nw_json *n)
{
    const struct nw_json *te = nw_json_get(n, "TrustedEntityInformation");
    const struct nw_json *address = nw_json_get(te, "TEAddress");
    struct lote_body b = {
        .country =
            text_of(nw_json_get(nw_json_first(nw_json_get(address, "TEPostalAddress")), "Country")),
        .critical_unknown = critical_unknown(nw_json_get(te, "TEInformationExtensions")),
    };
    struct lote_offer offer;
    enum nw_err e = read_texts(m, nw_json_get(te, "TEName"), "value", &b.names);
    if (e == NW_OK) {
        e = read_texts(m, nw_json_get(te, "TETradeName"), "value", &b.trade_names);
    }
    if (e == NW_OK) {
        e = read_texts(m, nw_json_get(address, "TEElectronicAddress"), "uriValue", &b.addresses);
    }
    if (e == NW_OK) {
        e = read_texts(m, nw_json_get(te, "TEInformationURI"), "uriValue", &b.information);
    }
    for (const struct nw_json *s = nw_json_first(nw_json_get(n, "TrustedEntityServices"));
         s != NULL; s = nw_json_next(s)) {
        e = e == NW_OK ? read_offer(m, s, &offer) : e;
        e = e == NW_OK ? lote_add_offer(m, &b.offers, &offer) : e;
    }
    return e == NW_OK ? lote_add_body(m, &b) : e;
}

static enum nw_err read_pointers(struct lote_model *m, const struct nw_json *pointers)
{
    enum nw_err e = NW_OK;
    m->has_pointers = pointers != NULL;
    for (const struct nw_json *x = nw_json_first(pointers); x != NULL; x = nw_json_next(x)) {
        for (const struct nw_json *q = nw_json_first(nw_json_get(x, "LoTEQualifiers")); q != NULL;
             q = nw_json_next(q)) {
            const struct lote_pointer p = {.type = text_of(nw_json_get(q, "LoTEType")),
                                           .mime = text_of(nw_json_get(q, "MimeType"))};
            e = e == NW_OK ? lote_add_pointer(m, p) : e;
        }
    }
    return e;
}

static enum nw_err read_scheme(struct lote_model *m, const struct nw_json *scheme)
{
    m->type = text_of(nw_json_get(scheme, "LoTEType"));
    m->approach = text_of(nw_json_get(scheme, "StatusDeterminationApproach"));
    m->territory = text_of(nw_json_get(scheme, "SchemeTerritory"));
    m->has_address = nw_json_get(scheme, "SchemeOperatorAddress") != NULL;
    m->has_policy = nw_json_get(scheme, "PolicyOrLegalNotice") != NULL;
    m->critical_unknown = critical_unknown(nw_json_get(scheme, "SchemeExtensions"));
    (void)nw_json_int(nw_json_get(scheme, "LoTEVersionIdentifier"), &m->version);
    (void)nw_json_int(nw_json_get(scheme, "LoTESequenceNumber"), &m->sequence);
    m->has_history = nw_json_int(nw_json_get(scheme, "HistoricalInformationPeriod"), &m->history);
    m->issued = time_of(nw_json_get(scheme, "ListIssueDateTime"));
    m->next_update = time_of(nw_json_get(scheme, "NextUpdate"));
    m->closed = nw_json_kind(nw_json_get(scheme, "NextUpdate")) == NW_JSON_NULL;
    const struct {
        const char *name, *member;
        struct lote_range *out;
    } texts[] = {
        {"SchemeOperatorName", "value", &m->operators},
        {"SchemeName", "value", &m->schemes},
        {"SchemeInformationURI", "uriValue", &m->information},
        {"SchemeTypeCommunityRules", "uriValue", &m->rules},
    };
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < sizeof texts / sizeof texts[0]; i++) {
        e = read_texts(m, nw_json_get(scheme, texts[i].name), texts[i].member, texts[i].out);
    }
    return e == NW_OK ? read_pointers(m, nw_json_get(scheme, "PointersToOtherLoTE")) : e;
}

enum nw_err lote_read_json(const struct nw_json *root, size_t size, struct lote_model *m)
{
    const struct nw_json *list = nw_json_get(root, "LoTE");
    /* What base64 decodes to is shorter than the text it stands in: the store never moves. */
    m->store = NW_BUF(size + 1);
    enum nw_err e = nw_buf_reserve(&m->store, size + 1) != NULL
                        ? read_scheme(m, nw_json_get(list, "ListAndSchemeInformation"))
                        : NW_ERR_NOMEM;
    for (const struct nw_json *n = nw_json_first(nw_json_get(list, "TrustedEntitiesList"));
         n != NULL; n = nw_json_next(n)) {
        e = e == NW_OK ? read_body(m, n) : e;
    }
    return e;
}
