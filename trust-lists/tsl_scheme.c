/* Scheme information of a list (TS 119 612 5.3): what list it is, whose, of when, and which number.
 */
#include <string.h>

#include <libxml/tree.h>

#include "base/date.h"
#include "files.h"
#include "tsl.h"
#include "tsl_gate.h"

#define TYPE "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/"
#define V6_ONLY_FROM 1777420800 /* 2026-04-29T00:00:00Z, CID (EU) 2025/2164 */
#define MAX_URIS 256

static enum nw_err incomplete(struct nw_diag *d, const char *member, const char *what)
{
    return nw_fail_at(d, NW_ERR_TSL_SCHEME, member, "%s", what);
}

static const xmlNode *scheme_of(const struct tsl *l)
{
    return tsl_only(xmlDocGetRootElement(l->doc), TSL_NS, "SchemeInformation");
}

static bool read_number(const xmlNode *n, uint64_t *out)
{
    char text[16];
    uint64_t v = 0;
    bool ok = tsl_text_short(n, text, sizeof text) && text[0] != '\0';
    for (size_t i = 0; ok && text[i] != '\0'; i++) {
        ok = text[i] >= '0' && text[i] <= '9';
        v = v * 10 + (uint64_t)(text[i] - '0');
    }
    *out = v;
    return ok;
}

static enum nw_err read_type(struct tsl *l, const xmlNode *scheme, const struct tsl_policy *policy,
                             struct nw_diag *d)
{
    const xmlNode *n = tsl_only(scheme, TSL_NS, "TSLType");
    if (tsl_text_is(n, TYPE "EUgeneric")) {
        l->kind = TSL_NATIONAL;
        l->type = TYPE "EUgeneric";
    } else if (tsl_text_is(n, TYPE "EUlistofthelists")) {
        l->kind = TSL_LOTL;
        l->type = TYPE "EUlistofthelists";
    } else {
        return nw_fail_at(d, NW_ERR_TSL_TYPE, "TSLType", "neither EUgeneric nor EUlistofthelists");
    }
    if (policy->kind != TSL_ANY && policy->kind != l->kind) {
        return nw_fail_at(d, NW_ERR_TSL_TYPE, "TSLType", "%s", l->type + strlen(TYPE));
    }
    return NW_OK;
}

static enum nw_err read_territory(struct tsl *l, const xmlNode *scheme,
                                  const struct tsl_policy *policy, struct nw_diag *d)
{
    const xmlNode *n = tsl_only(scheme, TSL_NS, "SchemeTerritory");
    if (!tsl_text_short(n, l->territory, sizeof l->territory) || strlen(l->territory) != 2) {
        return incomplete(d, "SchemeTerritory", "must be two letters");
    }
    bool eu = strcmp(l->territory, "EU") == 0;
    if (eu != (l->kind == TSL_LOTL) ||
        (policy->territory != NULL && strcmp(policy->territory, l->territory) != 0)) {
        return nw_fail_at(d, NW_ERR_TSL_TERRITORY, "SchemeTerritory", "%s", l->territory);
    }
    return NW_OK;
}

static enum nw_err read_uris(struct tsl *l, const xmlNode *scheme, struct nw_diag *d)
{
    const xmlNode *list = tsl_only(scheme, TSL_NS, "SchemeInformationURI");
    enum nw_err e = NW_OK;
    for (const xmlNode *u = tsl_child(list, TSL_NS, "URI"); e == NW_OK && u != NULL;
         u = tsl_again(u)) {
        void *v = l->uris;
        e = l->uri_n < MAX_URIS ? tl_grow(&v, l->uri_n, sizeof *l->uris)
                                : incomplete(d, "SchemeInformationURI", "too many");
        l->uris = v;
        if (e == NW_OK) {
            e = tsl_keep_text(l, u, &l->uris[l->uri_n]);
            l->uri_n += e == NW_OK;
        }
    }
    return e;
}

static enum nw_err read_dates(struct tsl *l, const xmlNode *scheme, struct nw_diag *d)
{
    const xmlNode *next = tsl_only(scheme, TSL_NS, "NextUpdate");
    enum nw_err e = tsl_time_of(tsl_only(scheme, TSL_NS, "ListIssueDateTime"), &l->issued);
    if (e != NW_OK) {
        return nw_fail_at(d, NW_ERR_TSL_TIME, "ListIssueDateTime", "is not YYYY-MM-DDThh:mm:ssZ");
    }
    if (next == NULL) {
        return incomplete(d, "NextUpdate", "is missing");
    }
    if (tsl_count(next) == 0) { /* 5.3.15: a closed list */
        l->next_update = 0;
        return NW_OK;
    }
    e = tsl_time_of(tsl_only(next, TSL_NS, "dateTime"), &l->next_update);
    return e == NW_OK ? e
                      : nw_fail_at(d, NW_ERR_TSL_TIME, "NextUpdate", "is not YYYY-MM-DDThh:mm:ssZ");
}

/* 5.3.1 and CID (EU) 2025/2164: 6 is the version of today; 5 may run out, but was not to be issued
 * any more from 29 April 2026. */
static enum nw_err check_version(const struct tsl *l, const struct tsl_policy *policy,
                                 struct nw_diag *d)
{
    if (l->version == 6) {
        return l->sig->sigcert_v1 ? nw_fail_at(d, NW_ERR_TSL_SIGCERT, "xades:SigningCertificate",
                                               "version 6 demands SigningCertificateV2")
                                  : NW_OK;
    }
    if (l->version != 5) {
        return nw_fail_at(d, NW_ERR_TSL_VERSION, "TSLVersionIdentifier", "%d", l->version);
    }
    if (l->issued >= V6_ONLY_FROM) {
        return nw_fail_at(d, NW_ERR_TSL_VERSION, "TSLVersionIdentifier",
                          "5, issued after 29 April 2026");
    }
    bool over = l->next_update != 0 && policy->now > l->next_update;
    return over && !policy->pivot && policy->now >= V6_ONLY_FROM
               ? nw_fail_at(d, NW_ERR_TSL_VERSION, "TSLVersionIdentifier",
                            "5, and its next update has passed")
               : NW_OK;
}

static enum nw_err check_extensions(const xmlNode *scheme, struct nw_diag *d)
{
    const xmlNode *list = tsl_only(scheme, TSL_NS, "SchemeExtensions");
    for (const xmlNode *x = tsl_first(list); x != NULL; x = tsl_next(x)) {
        if (!tsl_attr_is(x, "Critical", "false")) {
            return incomplete(d, "SchemeExtensions", "a critical extension is not understood");
        }
    }
    return NW_OK;
}

enum nw_err tsl_scheme(struct tsl *l, const struct tsl_policy *policy, struct nw_diag *d)
{
    const xmlNode *scheme = scheme_of(l);
    const xmlNode *names = tsl_only(scheme, TSL_NS, "SchemeOperatorName");
    uint64_t version = 0;
    if (scheme == NULL) {
        return incomplete(d, "SchemeInformation", "must be there once");
    }
    if (!read_number(tsl_only(scheme, TSL_NS, "TSLVersionIdentifier"), &version)) {
        return incomplete(d, "TSLVersionIdentifier", "is no number");
    }
    l->version = version > 99 ? 99 : (int)version;
    if (!read_number(tsl_only(scheme, TSL_NS, "TSLSequenceNumber"), &l->sequence) ||
        l->sequence == 0) {
        return incomplete(d, "TSLSequenceNumber", "starts at 1");
    }
    enum nw_err e = read_type(l, scheme, policy, d);
    if (e == NW_OK) {
        e = read_territory(l, scheme, policy, d);
    }
    if (e == NW_OK) {
        e = tsl_keep_text(l, tsl_english(names, "Name"), &l->operator_name);
        e = e == NW_ERR_TSL_SCHEME ? incomplete(d, "SchemeOperatorName", "is missing") : e;
    }
    if (e == NW_OK) {
        e = read_uris(l, scheme, d);
    }
    if (e == NW_OK) {
        e = read_dates(l, scheme, d);
    }
    if (e == NW_OK) {
        e = check_version(l, policy, d);
    }
    return e == NW_OK ? check_extensions(scheme, d) : e;
}

static enum nw_err late(struct nw_diag *d, const char *member, const char *what)
{
    return nw_fail_at(d, NW_ERR_TSL_TIME, member, "%s", what);
}

/* TS 119 615 stops at a list of lists that has lapsed and warns at a national one (PRO-4.1.4,
 * PRO-4.2.4); how long such a warning lasts is the policy's. */
static enum nw_err check_lapse(struct tsl *l, const struct tsl_policy *policy, struct nw_diag *d)
{
    l->stale = policy->now > l->next_update;
    if (!l->stale || policy->pivot) {
        return NW_OK;
    }
    if (l->kind == TSL_LOTL) {
        return late(d, "NextUpdate", "has passed: a list of lists is of no use then");
    }
    if (policy->now - l->next_update > policy->grace) {
        return late(d, "NextUpdate", "has passed, and the grace of the policy too");
    }
    tsl_note(l, "NextUpdate", "has passed: what the list says is stale");
    return NW_OK;
}

enum nw_err tsl_times(struct tsl *l, const struct tsl_policy *policy, struct nw_diag *d)
{
    if (l->issued > policy->now + LOTE_CLOCK_SKEW) {
        return late(d, "ListIssueDateTime", "is in the future");
    }
    if (l->signed_at > policy->now + LOTE_CLOCK_SKEW) {
        return late(d, "xades:SigningTime", "is in the future");
    }
    if (l->next_update == 0) {
        tsl_note(l, "NextUpdate", "empty: the list is closed, nothing on it counts from now on");
        return NW_OK;
    }
    if (l->next_update <= l->issued) {
        return late(d, "NextUpdate", "is not after ListIssueDateTime");
    }
    int64_t six_months = lote_six_months_after(l->issued);
    if (l->next_update > six_months + LOTE_SIX_MONTHS_TOLERANCE && !policy->historic) {
        return late(d, "NextUpdate", "is more than six months after ListIssueDateTime");
    }
    if (l->next_update > six_months) {
        tsl_note(l, "NextUpdate", "is more than six months after ListIssueDateTime");
    }
    return check_lapse(l, policy, d);
}

enum nw_err tsl_sequence(struct tsl *l, const struct tsl_policy *policy, struct nw_diag *d)
{
    const struct lote_seen *seen = policy->seen;
    unsigned long long n = l->sequence;
    if (seen == NULL || seen->sequence == 0 || l->sequence > seen->sequence) {
        return NW_OK;
    }
    if (l->sequence < seen->sequence) {
        return nw_fail_at(d, NW_ERR_TSL_SEQUENCE, "TSLSequenceNumber", "%llu after %llu", n,
                          (unsigned long long)seen->sequence);
    }
    if (memcmp(l->sha256, seen->sha256, sizeof l->sha256) == 0) {
        return NW_OK;
    }
    if (l->signed_at <= seen->signed_at) {
        return nw_fail_at(d, NW_ERR_TSL_SEQUENCE, "TSLSequenceNumber",
                          "%llu again with other content and no later signature", n);
    }
    tsl_note(l, "TSLSequenceNumber", "%llu again with other content, signed later", n);
    return NW_OK;
}

uint64_t tsl_claimed_number(const struct tsl *l)
{
    uint64_t n = 0;
    return read_number(tsl_only(scheme_of(l), TSL_NS, "TSLSequenceNumber"), &n) ? n : 0;
}

enum nw_err tsl_claimed_uris(struct tsl *l, struct nw_diag *d)
{
    return read_uris(l, scheme_of(l), d);
}

void tsl_claimed_territory(const struct tsl *l, char out[3])
{
    if (!tsl_text_short(tsl_only(scheme_of(l), TSL_NS, "SchemeTerritory"), out, 3)) {
        out[0] = '\0';
    }
}
