/*
 * Services of a national list (TS 119 612 5.5, 5.6): every entry, current and
 * past, becomes a period with the whole set that applied in it. What the
 * current entry says has no meaning for the past, and "withdrawn" of today may
 * lie in the future.
 */
#include <stdio.h>
#include <string.h>

#include <libxml/tree.h>

#include "cbor/cbor.h"
#include "files.h"
#include "tsl.h"

#define SVCTYPE "http://uri.etsi.org/TrstSvc/Svctype/"
#define STATUS "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"
#define SIE "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/"

static const struct {
    const char *uri;
    enum tsl_service_type type;
} types[] = {
    {SVCTYPE "CA/QC", TSL_SERVICE_CA_QC},
    {SVCTYPE "EAA/Q", TSL_SERVICE_EAA_Q},
    {SVCTYPE "EAA/Pub-EAA", TSL_SERVICE_EAA_PUB},
};

static const struct {
    const char *uri;
    enum tsl_status status;
} statuses[] = {
    {STATUS "granted", TSL_GRANTED},
    {STATUS "withdrawn", TSL_WITHDRAWN},
    {STATUS "recognisedatnationallevel", TSL_RECOGNISED},
    {STATUS "deprecatedatnationallevel", TSL_DEPRECATED},
    {STATUS "undersupervision", TSL_BEFORE_EIDAS_GOOD},
    {STATUS "supervisionincessation", TSL_BEFORE_EIDAS_GOOD},
    {STATUS "accredited", TSL_BEFORE_EIDAS_GOOD},
    {STATUS "setbynationallaw", TSL_BEFORE_EIDAS_GOOD},
    {STATUS "supervisionceased", TSL_BEFORE_EIDAS_BAD},
    {STATUS "supervisionrevoked", TSL_BEFORE_EIDAS_BAD},
    {STATUS "accreditationceased", TSL_BEFORE_EIDAS_BAD},
    {STATUS "accreditationrevoked", TSL_BEFORE_EIDAS_BAD},
    {STATUS "deprecatedbynationallaw", TSL_BEFORE_EIDAS_BAD},
};

static const struct {
    const char *uri;
    unsigned use;
} uses[] = {
    {SIE "ForeSignatures", TSL_FOR_SIGNATURES},
    {SIE "ForeSeals", TSL_FOR_SEALS},
    {SIE "ForWebSiteAuthentication", TSL_FOR_WEB},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

struct place { /* for messages */
    size_t tsp, service;
};

static enum nw_err unusable(struct nw_diag *d, struct place at, const char *member,
                            const char *what)
{
    char path[NW_DIAG_PATH];
    (void)snprintf(path, sizeof path, "TrustServiceProvider[%zu]/TSPService[%zu]/%s", at.tsp + 1,
                   at.service + 1, member);
    return nw_fail_at(d, NW_ERR_TSL_SERVICE, path, "%s", what);
}

static enum tsl_service_type type_of(const xmlNode *entry)
{
    const xmlNode *n = tsl_only(entry, TSL_NS, "ServiceTypeIdentifier");
    for (size_t i = 0; i < COUNT(types); i++) {
        if (tsl_text_is(n, types[i].uri)) {
            return types[i].type;
        }
    }
    return TSL_SERVICE_OTHER;
}

static enum tsl_status status_of(const xmlNode *entry)
{
    const xmlNode *n = tsl_only(entry, TSL_NS, "ServiceStatus");
    for (size_t i = 0; i < COUNT(statuses); i++) {
        if (tsl_text_is(n, statuses[i].uri)) {
            return statuses[i].status;
        }
    }
    return TSL_UNKNOWN_STATUS;
}

/* One extension: known ones are read; of the others the critical ones spoil the period. */
static void read_extension(const xmlNode *x, struct tsl_period *out)
{
    const xmlNode *n = tsl_first(x);
    bool known = false;
    if (tsl_is(n, TSL_NS, "AdditionalServiceInformation")) {
        const xmlNode *uri = tsl_only(n, TSL_NS, "URI");
        known = true;
        for (size_t i = 0; i < COUNT(uses); i++) {
            if (tsl_text_is(uri, uses[i].uri)) {
                out->uses |= uses[i].use;
            }
        }
    } else if (tsl_is(n, TSL_NS_SIE, "Qualifications")) {
        known = true; /* tsl_qualifications() */
    } else if (tsl_is(n, TSL_NS_MORE, "TakenOverBy") ||
               tsl_is(n, TSL_NS, "ExpiredCertsRevocationInfo")) {
        known = true;
    }
    if ((!known || tsl_next(n) != NULL) && !tsl_attr_is(x, "Critical", "false")) {
        out->not_evaluable = true;
    }
}

/* ServiceInformation and ServiceHistoryInstance say the same things. */
static enum nw_err read_entry(struct tsl *l, const xmlNode *entry, struct place at,
                              struct tsl_period *out, struct nw_diag *d)
{
    const xmlNode *list = tsl_only(entry, TSL_NS, "ServiceInformationExtensions");
    *out = (struct tsl_period){.type = type_of(entry), .status = status_of(entry)};
    if (tsl_only(entry, TSL_NS, "ServiceTypeIdentifier") == NULL ||
        tsl_only(entry, TSL_NS, "ServiceStatus") == NULL) {
        return unusable(d, at, (const char *)entry->name, "names no type or no status");
    }
    enum nw_err e = tsl_time_of(tsl_only(entry, TSL_NS, "StatusStartingTime"), &out->from);
    if (e != NW_OK) {
        return unusable(d, at, "StatusStartingTime", "is missing or wrong");
    }
    if (list == NULL && tsl_child(entry, TSL_NS, "ServiceInformationExtensions") != NULL) {
        return unusable(d, at, "ServiceInformationExtensions", "is there twice");
    }
    for (const xmlNode *x = tsl_child(list, TSL_NS, "Extension"); x != NULL; x = tsl_again(x)) {
        read_extension(x, out);
    }
    /* PRO-4.4.4-18A: an unknown status is an error, not silence. */
    out->not_evaluable = out->not_evaluable || out->status == TSL_UNKNOWN_STATUS;
    return out->type == TSL_SERVICE_CA_QC ? tsl_qualifications(l, list, &out->set) : NW_OK;
}

static enum nw_err add_period(struct tsl *l, struct tsl_service *s, struct tsl_period p)
{
    void *v = l->periods;
    enum nw_err e = tl_grow(&v, l->period_n, sizeof *l->periods);
    l->periods = v;
    if (e == NW_OK) {
        l->periods[l->period_n++] = p;
        s->period_n++;
    }
    return e;
}

static bool say_the_same(const struct tsl_period *a, const struct tsl_period *b)
{
    return a->type == b->type && a->status == b->status && a->uses == b->uses &&
           nw_slice_eq(a->set, b->set) && a->not_evaluable == b->not_evaluable;
}

/* PRO-4.3.4-03: newest first. Equal starting times are an error there; where both entries say the
 * same, nothing is lost by keeping one, otherwise nobody knows what applied. */
static enum nw_err add_older(struct tsl *l, struct tsl_service *s, struct tsl_period p,
                             struct place at, struct nw_diag *d)
{
    struct tsl_period *newer = &l->periods[l->period_n - 1];
    if (p.from > newer->from) {
        return unusable(d, at, "ServiceHistory", "is not in order, newest first");
    }
    if (p.from == newer->from && !say_the_same(&p, newer)) {
        newer->not_evaluable = true;
        p.not_evaluable = true;
    }
    p.until = newer->from;
    return add_period(l, s, p);
}

static enum nw_err read_periods(struct tsl *l, const xmlNode *service, struct tsl_service *s,
                                struct place at, struct nw_diag *d)
{
    const xmlNode *info = tsl_only(service, TSL_NS, "ServiceInformation");
    const xmlNode *history = tsl_only(service, TSL_NS, "ServiceHistory");
    struct tsl_period p;
    if (info == NULL) {
        return unusable(d, at, "ServiceInformation", "is missing");
    }
    enum nw_err e = read_entry(l, info, at, &p, d);
    if (e == NW_OK) {
        s->type = p.type;
        e = add_period(l, s, p);
    }
    for (const xmlNode *h = tsl_child(history, TSL_NS, "ServiceHistoryInstance");
         e == NW_OK && h != NULL; h = tsl_again(h)) {
        e = read_entry(l, h, at, &p, d);
        e = e == NW_OK ? add_older(l, s, p, at, d) : e;
    }
    return e;
}

static enum nw_err read_service(struct tsl *l, const xmlNode *service, struct place at)
{
    struct nw_diag why = {0};
    struct tsl_service s = {
        .tsp = l->tsp_n - 1, .cert_first = l->cert_n, .period_first = l->period_n};
    const xmlNode *info = tsl_only(service, TSL_NS, "ServiceInformation");
    enum nw_err e = read_periods(l, service, &s, at, &why);
    if (e == NW_OK) {
        e = tsl_keep_certs(l, tsl_only(info, TSL_NS, "ServiceDigitalIdentity"));
    }
    if (e == NW_ERR_TSL_SERVICE) {
        l->period_n = s.period_first;
        l->cert_n = s.cert_first;
        l->dropped++;
        tsl_note(l, why.path, "service dropped: %s", why.detail);
        return NW_OK;
    }
    void *v = l->services;
    if (e == NW_OK) {
        e = tl_grow(&v, l->service_n, sizeof *l->services);
        l->services = v;
    }
    if (e == NW_OK) {
        s.cert_n = l->cert_n - s.cert_first;
        l->services[l->service_n++] = s;
    }
    return e;
}

/* Is the text among those written one after the other? */
static bool holds(struct nw_slice texts, struct nw_slice text)
{
    struct nw_cbor r = nw_cbor_open(texts);
    while (nw_cbor_peek(&r) == NW_CBOR_TEXT) {
        if (nw_slice_eq(nw_cbor_text(&r), text)) {
            return true;
        }
    }
    return false;
}

/* Every language of every name: an issuer may carry any of them (PRO-4.4.4-06). */
static enum nw_err keep_names(struct tsl *l, const xmlNode *const parents[2], struct nw_slice but,
                              struct nw_slice *out)
{
    struct nw_buf text = NW_BUF(4u << 10);
    struct nw_buf all = NW_BUF(64u << 10);
    size_t before = l->store.n;
    size_t n = 0;
    enum nw_err e = NW_OK;
    for (size_t i = 0; i < 2; i++) {
        for (const xmlNode *x = tsl_first(parents[i]); e == NW_OK && x != NULL; x = tsl_next(x)) {
            nw_buf_reset(&text);
            e = tsl_text(x, &text);
            if (e == NW_OK && !nw_slice_eq(nw_buf_slice(&text), but) &&
                !holds(nw_buf_slice(&all), nw_buf_slice(&text))) {
                nw_cbor_put_text(&all, nw_buf_slice(&text));
                n++;
            }
            e = e == NW_ERR_TSL_SCHEME || e == NW_ERR_LIMIT ? NW_OK : e; /* no name of use */
        }
    }
    if (n > 0) {
        nw_cbor_put_array(&l->store, n);
        nw_buf_put(&l->store, nw_buf_slice(&all));
    }
    e = e == NW_OK ? nw_buf_err(&all) : e;
    nw_buf_free(&text);
    nw_buf_free(&all);
    *out = nw_slice_from(nw_buf_slice(&l->store), before);
    return e == NW_OK ? nw_buf_err(&l->store) : e;
}

static enum nw_err read_tsp(struct tsl *l, const xmlNode *provider, struct nw_diag *d)
{
    const xmlNode *info = tsl_only(provider, TSL_NS, "TSPInformation");
    const xmlNode *names = tsl_only(info, TSL_NS, "TSPName");
    const xmlNode *trade = tsl_only(info, TSL_NS, "TSPTradeName");
    struct tsl_tsp t = {0};
    enum nw_err e = tsl_keep_text(l, tsl_english(names, "Name"), &t.name);
    if (e == NW_ERR_TSL_SCHEME) {
        return nw_fail_at(d, e, "TSPInformation", "provider %zu has no name", l->tsp_n + 1);
    }
    if (e == NW_OK && trade != NULL) {
        e = tsl_keep_text(l, tsl_english(trade, "Name"), &t.trade_name);
        e = e == NW_ERR_TSL_SCHEME ? NW_OK : e;
    }
    if (e == NW_OK) {
        e = keep_names(l, (const xmlNode *const[2]){names, trade}, t.name, &t.names);
    }
    void *v = l->tsps;
    if (e == NW_OK) {
        e = tl_grow(&v, l->tsp_n, sizeof *l->tsps);
        l->tsps = v;
    }
    if (e == NW_OK) {
        l->tsps[l->tsp_n++] = t;
    }
    return e;
}

static void note_spoiled(struct tsl *l)
{
    for (size_t i = 0; i < l->period_n; i++) {
        l->spoiled += l->periods[i].not_evaluable;
    }
    if (l->spoiled > 0) {
        tsl_note(
            l, "TSPService",
            "%zu periods are not evaluable (unknown critical extension, unknown status, or two "
            "entries of one time that contradict)",
            l->spoiled);
    }
}

enum nw_err tsl_services(struct tsl *l, struct nw_diag *d)
{
    const xmlNode *list =
        tsl_only(xmlDocGetRootElement(l->doc), TSL_NS, "TrustServiceProviderList");
    enum nw_err e = NW_OK;
    for (const xmlNode *p = tsl_child(list, TSL_NS, "TrustServiceProvider");
         e == NW_OK && p != NULL; p = tsl_again(p)) {
        const xmlNode *services = tsl_only(p, TSL_NS, "TSPServices");
        struct place at = {.tsp = l->tsp_n};
        e = read_tsp(l, p, d);
        for (const xmlNode *s = tsl_child(services, TSL_NS, "TSPService"); e == NW_OK && s != NULL;
             s = tsl_again(s), at.service++) {
            e = read_service(l, s, at);
        }
    }
    note_spoiled(l);
    return e;
}

const struct tsl_period *tsl_period_at(const struct tsl *l, const struct tsl_service *s, int64_t t)
{
    for (size_t i = 0; i < s->period_n; i++) {
        const struct tsl_period *p = &l->periods[s->period_first + i];
        if (t >= p->from) {
            bool ended = l->next_update == 0 && i == 0 && t >= l->issued;
            return ended ? NULL : p;
        }
    }
    return NULL;
}
