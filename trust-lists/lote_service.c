/*
 * Entities and services: what of an accepted list can be relied on.
 *
 * A service counts only through its certificates (tables x.3). Its periods are
 * built from the current status and the history, newest first (6.4.4), so that
 * "entitled at that time" is answered by time and never by the current status
 * alone. Annex H names the key of a past period by identifier only: a period of
 * another key ends the history that is taken.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "lote.h"

#define NOTIFIED "http://uri.etsi.org/19602/PubEAAProvidersList/SvcStatus/notified"
#define WITHDRAWN "http://uri.etsi.org/19602/PubEAAProvidersList/SvcStatus/withdrawn"

struct builder {
    struct nw_crypto *c;
    struct lote *l;
    const struct lote_model *m;
    const struct lote_profile *profile;
    const struct lote_body *body;
    size_t entity_index, service_index;
    struct nw_bundle_service *out;
    struct nw_cert cert, other;
    struct nw_diag why; /* of the service that is dropped */
};

void lote_note(struct lote *l, const char *path, const char *fmt, ...)
{
    if (l->note_n < LOTE_MAX_NOTES) {
        va_list args;
        va_start(args, fmt);
        struct lote_note *n = &l->notes[l->note_n];
        (void)snprintf(n->path, sizeof n->path, "%s", path);
        (void)vsnprintf(n->text, sizeof n->text, fmt, args);
        va_end(args);
    }
    l->note_n++;
}

static enum nw_err unusable(struct builder *b, const char *member, const char *what)
{
    char path[NW_DIAG_PATH];
    (void)snprintf(path, sizeof path, "TrustedEntitiesList[%zu].TrustedEntityServices[%zu].%s",
                   b->entity_index, b->service_index, member);
    return nw_fail_at(&b->why, NW_ERR_LOTE_SERVICE, path, "%s", what);
}

static bool upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

/* EESSI institution codes are "CC:CODE"; official registration numbers look otherwise. */
static struct nw_slice entity_id(const struct lote_model *m, struct lote_range trade_names)
{
    struct nw_slice first = NW_SLICE_EMPTY;
    for (size_t i = 0; i < trade_names.n; i++) {
        struct nw_slice value = m->texts[trade_names.first + i].value;
        if (nw_slice_starts(value, "OJ:")) {
            continue;
        }
        if (value.n > 3 && upper(value.p[0]) && upper(value.p[1]) && value.p[2] == ':') {
            return value;
        }
        first = first.n > 0 ? first : value;
    }
    return first;
}

/* "OJ:", EU or the code of the state, and something that names the law (table H.2). */
static bool has_legal_basis(const struct lote_model *m, struct lote_range trade_names)
{
    struct nw_slice law = lote_starting(m, trade_names, "OJ:");
    return law.n > 5 && upper(law.p[3]) && upper(law.p[4]);
}

/* The state that a URI of the profile names; empty if it names none. */
static struct nw_slice responsible_state(const struct lote_profile *p, const struct lote_model *m,
                                         const struct lote_body *b)
{
    if (p->country_uri == NULL) {
        return b->country.n == 2 ? b->country : NW_SLICE_EMPTY;
    }
    struct nw_slice uri =
        lote_starting(m, p->status ? b->addresses : b->information, p->country_uri);
    struct nw_slice code = uri.n > 0 ? nw_slice_from(uri, strlen(p->country_uri)) : uri;
    return code.n == 2 && upper(code.p[0]) && upper(code.p[1]) ? code : NW_SLICE_EMPTY;
}

/* Why an entity cannot be relied on; NULL if it can. */
static const char *read_entity(const struct lote_profile *p, const struct lote_model *m,
                               const struct lote_body *b, struct nw_bundle_entity *out)
{
    struct nw_slice country = responsible_state(p, m, b);
    if (b->critical_unknown) {
        return "a critical extension of the entity is not understood";
    }
    if (country.n == 0) {
        return "the entity names no responsible state (tables x.2)";
    }
    if (p->status && !has_legal_basis(m, b->trade_names)) {
        return "the entity names no legal basis (table H.2)";
    }
    if (!lote_is_plain(m, b->names) || !lote_is_plain(m, b->trade_names)) {
        return "a name has control, tag or private-use characters (B.2)";
    }
    out->id = entity_id(m, b->trade_names);
    out->name = lote_english(m, b->names);
    if (out->name.n == 0 || out->id.n >= sizeof((struct nw_trust_entity *)NULL)->id) {
        return "the entity has no name, or an id of more than 63 bytes";
    }
    out->country = nw_list_country(country);
    return NULL;
}

static enum nw_err take_certificate(struct builder *b, struct nw_slice der)
{
    struct nw_diag ignored = {0};
    if (b->out->cert_n == NW_MAX_SERVICE_CERTS) {
        return unusable(b, "X509Certificates", "too many certificates");
    }
    enum nw_err e = der.n > 0 ? nw_cert_listed(der, &b->other, &ignored) : NW_ERR_CERT_FORM;
    if (e != NW_OK) {
        return nw_err_is_ours(e) ? e : unusable(b, "X509Certificates", "not a certificate");
    }
    if (b->out->cert_n == 0) {
        b->cert = b->other;
    }
    b->out->certs[b->out->cert_n++] = der;
    return NW_OK;
}

/* Annex H ties a service to one key and to the name of its body; the others do not. */
static enum nw_err check_certificate(struct builder *b)
{
    if (!b->profile->status) {
        return NW_OK;
    }
    if (!nw_slice_eq(b->other.spki, b->cert.spki) ||
        !nw_slice_eq(b->other.subject, b->cert.subject)) {
        return unusable(b, "X509Certificates", "different keys or names in one service");
    }
    return lote_has_text(b->m, b->body->names, nw_str(b->other.organisation))
               ? NW_OK
               : unusable(b, "X509Certificates", "organizationName is not the TEName (table H.3)");
}

static enum nw_err read_certificates(struct builder *b, const struct lote_identity *identity)
{
    if (identity->certs.n == 0) {
        return unusable(b, "ServiceDigitalIdentity",
                        "no certificate; a name or key identifier alone is no anchor");
    }
    for (size_t i = 0; i < identity->certs.n; i++) {
        enum nw_err e = take_certificate(b, b->m->blobs[identity->certs.first + i]);
        e = e == NW_OK ? check_certificate(b) : e;
        if (e != NW_OK) {
            return e;
        }
    }
    return NW_OK;
}

static enum nw_err read_status(struct builder *b, const struct lote_entry *entry,
                               struct nw_bundle_period *out)
{
    *out = (struct nw_bundle_period){0};
    if (nw_slice_is(entry->status, NOTIFIED)) {
        out->status = NW_TRUST_GRANTED;
    } else if (nw_slice_is(entry->status, WITHDRAWN)) {
        out->status = NW_TRUST_WITHDRAWN;
    } else {
        return unusable(b, "ServiceStatus",
                        entry->status.n == 0 ? "is missing (table H.3)"
                                             : "is neither notified nor withdrawn");
    }
    if (!entry->has_start) {
        return unusable(b, "StatusStartingTime", "is missing");
    }
    out->from = entry->start;
    return NW_OK;
}

/* True if the entry is about the key of the current certificates. */
static enum nw_err is_same_key(struct builder *b, const struct lote_identity *identity, bool *same)
{
    enum nw_err e = NW_OK;
    *same = false;
    if (identity->certs.n > 0 || identity->key_ids.n == 0) {
        return unusable(b, "ServiceHistory", "must hold X509SKIs and no certificate (table H.3)");
    }
    for (size_t i = 0; e == NW_OK && !*same && i < identity->key_ids.n; i++) {
        struct nw_slice id = b->m->blobs[identity->key_ids.first + i];
        e = id.n > 0 ? lote_key_id_matches(b->c, b->cert.spki, id, same)
                     : unusable(b, "ServiceHistory", "a key identifier is not base64");
    }
    return e;
}

/* Adds an older period below the ones there are (newest first while reading). */
static enum nw_err add_older(struct builder *b, struct nw_bundle_period older)
{
    struct nw_bundle_service *s = b->out;
    struct nw_bundle_period *newer = &s->periods[s->period_n - 1];
    if (older.from > newer->from) {
        return unusable(b, "ServiceHistory", "an entry is younger than the one before it (6.4.4)");
    }
    if (older.from == newer->from) {
        return older.status == newer->status
                   ? NW_OK
                   : unusable(b, "ServiceHistory", "two statuses start at the same time");
    }
    if (s->period_n == NW_MAX_PERIODS) {
        return unusable(b, "ServiceHistory", "too many entries");
    }
    older.until = newer->from;
    s->periods[s->period_n++] = older;
    return NW_OK;
}

static enum nw_err read_history(struct builder *b, const struct lote_offer *offer)
{
    bool same = true;
    for (size_t i = 0; i < offer->past.n; i++) {
        const struct lote_entry *h = &b->m->past[offer->past.first + i];
        struct nw_bundle_period period;
        if (h->type.n > 0 && !nw_slice_eq(h->type, offer->now.type)) {
            return unusable(b, "ServiceHistory", "an entry is about another type of service");
        }
        if (h->critical_unknown) {
            return unusable(b, "ServiceHistory", "a critical extension is not understood");
        }
        enum nw_err e = read_status(b, h, &period);
        bool this_key = false;
        e = e == NW_OK ? is_same_key(b, &h->identity, &this_key) : e;
        same = same && this_key;
        e = e == NW_OK && same ? add_older(b, period) : e;
        if (e != NW_OK) {
            return e;
        }
    }
    if (!same) {
        lote_note(b->l, "ServiceHistory", "service %zu of entity %zu had another key before",
                  b->service_index, b->entity_index);
    }
    return NW_OK;
}

static void oldest_first(struct nw_bundle_service *s)
{
    for (size_t i = 0; i < s->period_n / 2; i++) {
        struct nw_bundle_period p = s->periods[i];
        s->periods[i] = s->periods[s->period_n - 1 - i];
        s->periods[s->period_n - 1 - i] = p;
    }
}

/* 6.3.15: a closed list has no current services; what was granted ended with its last edition. */
static void close_periods(struct nw_bundle_service *s, int64_t issued)
{
    struct nw_bundle_period *last = &s->periods[s->period_n - 1];
    if (last->status != NW_TRUST_GRANTED) {
        return;
    }
    if (issued <= last->from || s->period_n == NW_MAX_PERIODS) {
        last->status = NW_TRUST_WITHDRAWN;
        return;
    }
    last->until = issued;
    s->periods[s->period_n++] =
        (struct nw_bundle_period){.status = NW_TRUST_WITHDRAWN, .from = issued};
}

static enum nw_err read_periods(struct builder *b, const struct lote_offer *offer)
{
    enum nw_err e = NW_OK;
    b->out->period_n = 1;
    if (b->profile->status) {
        e = read_status(b, &offer->now, &b->out->periods[0]);
        if (e == NW_OK) {
            e = read_history(b, offer);
        }
        oldest_first(b->out);
    } else {
        /* 6.6.5: without times the list speaks of the present only; being on it is the status. */
        b->out->periods[0] = (struct nw_bundle_period){.status = NW_TRUST_GRANTED};
    }
    if (e == NW_OK && b->l->next_update == 0) {
        close_periods(b->out, b->l->issued);
    }
    return e;
}

/* Tables x.3: what else a service of this list must say. */
static enum nw_err check_entry(struct builder *b, const struct lote_entry *now)
{
    if (now->critical_unknown) {
        return unusable(b, "ServiceInformationExtensions", "a critical one is not understood");
    }
    if (b->profile->unique_id && !now->unique_id) {
        return unusable(b, "ServiceInformationExtensions",
                        "no ServiceUniqueIdentifier (table E.3)");
    }
    if (b->profile->supply_point && !now->supply_point) {
        return unusable(b, "ServiceSupplyPoints", "are missing (table I.3)");
    }
    return NW_OK;
}

/* *used stays false for services that are of no use here, such as those of another type. */
static enum nw_err read_service(struct builder *b, const struct lote_offer *offer, bool *used)
{
    const struct lote_profile *p = b->profile;
    memset(b->out, 0, sizeof *b->out);
    nw_diag_clear(&b->why);
    if (nw_slice_is(offer->now.type, p->issuance)) {
        b->out->role = p->issuance_role;
    } else if (p->revocation != NULL && nw_slice_is(offer->now.type, p->revocation)) {
        b->out->role = p->revocation_role;
    } else {
        return unusable(b, "ServiceTypeIdentifier", "is not a type of this list");
    }
    b->out->entity = b->l->entity_n;
    b->out->doc_types = b->out->role == NW_ROLE_IACA ? p->doc_types : NW_SLICE_EMPTY;
    enum nw_err e = check_entry(b, &offer->now);
    if (e == NW_OK) {
        e = read_certificates(b, &offer->now.identity);
    }
    if (e == NW_OK) {
        e = read_periods(b, offer);
    }
    *used = e == NW_OK && b->out->role != NW_ROLE_NONE;
    return e;
}

static enum nw_err read_services(struct builder *b)
{
    for (b->service_index = 0; b->service_index < b->body->offers.n; b->service_index++) {
        bool used = false;
        b->out = &b->l->services[b->l->service_n];
        enum nw_err e =
            read_service(b, &b->m->offers[b->body->offers.first + b->service_index], &used);
        if (nw_err_is_ours(e)) {
            return e;
        }
        if (e != NW_OK) {
            lote_note(b->l, b->why.path, "service dropped: %s", b->why.detail);
        }
        b->l->dropped += e != NW_OK;
        b->l->ignored += e == NW_OK && !used;
        b->l->service_n += used;
    }
    return NW_OK;
}

static enum nw_err read_body(struct builder *b)
{
    struct lote *l = b->l;
    const char *why = read_entity(b->profile, b->m, b->body, &l->entities[l->entity_n]);
    if (why != NULL) {
        char path[NW_DIAG_PATH];
        (void)snprintf(path, sizeof path, "TrustedEntitiesList[%zu]", b->entity_index);
        lote_note(l, path, "all its services dropped: %s", why);
        l->dropped += b->body->offers.n;
        return NW_OK;
    }
    enum nw_err e = read_services(b);
    l->entity_n++;
    return e;
}

enum nw_err lote_services(struct nw_crypto *c, struct lote *l, struct nw_diag *d)
{
    const struct lote_model *m = &l->model;
    struct builder *b = nw_calloc(1, sizeof *b);
    l->entities = nw_calloc(m->body_n + 1, sizeof *l->entities);
    l->services = nw_calloc(m->offer_n + 1, sizeof *l->services);
    enum nw_err e = b != NULL && l->entities != NULL && l->services != NULL ? NW_OK : NW_ERR_NOMEM;
    if (e == NW_OK) {
        *b = (struct builder){.c = c, .l = l, .m = m, .profile = lote_profile(l->kind)};
    }
    for (size_t i = 0; e == NW_OK && i < m->body_n; i++) {
        b->body = &m->bodies[i];
        b->entity_index = i;
        e = read_body(b);
    }
    nw_free(b);
    return e == NW_OK ? e : nw_fail(d, e, NW_NO_OFFSET, "services of the list");
}
