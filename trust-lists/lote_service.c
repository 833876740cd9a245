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
#include "base/codec.h"
#include "base/date.h"
#include "lote.h"

#define NOTIFIED "http://uri.etsi.org/19602/PubEAAProvidersList/SvcStatus/notified"
#define WITHDRAWN "http://uri.etsi.org/19602/PubEAAProvidersList/SvcStatus/withdrawn"

struct builder {
    struct nw_crypto *c;
    struct lote *l;
    const struct lote_profile *profile;
    const struct nw_json *te; /* TrustedEntityInformation */
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

/* The member of an array of {lang, uriValue|value} that starts with prefix; NULL if none does. */
static const char *starting_with(const struct nw_json *array, const char *member,
                                 const char *prefix)
{
    for (const struct nw_json *c = nw_json_first(array); c != NULL; c = nw_json_next(c)) {
        const char *value = nw_json_text(nw_json_get(c, member));
        if (value != NULL && strncmp(value, prefix, strlen(prefix)) == 0) {
            return value;
        }
    }
    return NULL;
}

static bool upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* EESSI institution codes are "CC:CODE"; official registration numbers look otherwise. */
static const char *entity_id(const struct nw_json *trade_names)
{
    const char *first = NULL;
    for (const struct nw_json *c = nw_json_first(trade_names); c != NULL; c = nw_json_next(c)) {
        const char *value = nw_json_text(nw_json_get(c, "value"));
        if (value == NULL || strncmp(value, "OJ:", 3) == 0) {
            continue;
        }
        if (upper(value[0]) && upper(value[1]) && value[2] == ':') {
            return value;
        }
        first = first != NULL ? first : value;
    }
    return first != NULL ? first : "";
}

/* Why an entity cannot be relied on; NULL if it can. */
static const char *read_entity(const struct lote_profile *p, const struct nw_json *te,
                               struct nw_bundle_entity *out)
{
    const struct nw_json *trade_names = nw_json_get(te, "TETradeName");
    const struct nw_json *where = p->status ? nw_json_path(te, "TEAddress.TEElectronicAddress")
                                            : nw_json_get(te, "TEInformationURI");
    const char *country = starting_with(where, "uriValue", p->country_uri);
    if (lote_critical_unknown(nw_json_get(te, "TEInformationExtensions"))) {
        return "a critical extension of the entity is not understood";
    }
    if (country == NULL || strlen(country) != strlen(p->country_uri) + 2) {
        return "the entity names no responsible state (tables x.2)";
    }
    if (p->status && starting_with(trade_names, "value", "OJ:") == NULL) {
        return "the entity names no legal basis (table H.2)";
    }
    out->id = nw_str(entity_id(trade_names));
    out->name = nw_str(lote_text(nw_json_get(te, "TEName"), "value"));
    if (out->name.n == 0 || out->id.n >= sizeof((struct nw_trust_entity *)NULL)->id) {
        return "the entity has no name, or an id of more than 63 bytes";
    }
    out->country = nw_list_country(nw_str(country + strlen(p->country_uri)));
    return NULL;
}

static enum nw_err take_certificate(struct builder *b, const char *base64)
{
    size_t before = b->l->der.n;
    struct nw_diag ignored = {0};
    if (b->out->cert_n == NW_MAX_SERVICE_CERTS) {
        return unusable(b, "X509Certificates", "too many certificates");
    }
    enum nw_err e = nw_base64_decode(nw_str(base64), &b->l->der, &ignored);
    if (e == NW_OK) {
        b->out->certs[b->out->cert_n] = nw_slice_from(nw_buf_slice(&b->l->der), before);
        e = nw_cert_parse(b->out->certs[b->out->cert_n], &b->other, &ignored);
    }
    if (e != NW_OK) {
        return nw_err_is_ours(e) ? e : unusable(b, "X509Certificates", "not a certificate");
    }
    if (b->out->cert_n++ == 0) {
        b->cert = b->other;
    }
    return NW_OK;
}

static bool organisation_is_listed(const struct builder *b)
{
    const struct nw_json *names = nw_json_get(b->te, "TEName");
    for (const struct nw_json *n = nw_json_first(names); n != NULL; n = nw_json_next(n)) {
        if (nw_json_is_text(nw_json_get(n, "value"), b->other.organisation)) {
            return true;
        }
    }
    return false;
}

static enum nw_err read_certificates(struct builder *b, const struct nw_json *identity)
{
    const struct nw_json *list = nw_json_get(identity, "X509Certificates");
    if (nw_json_count(list) == 0) {
        return unusable(b, "ServiceDigitalIdentity",
                        "no certificate; a name or key identifier alone is no anchor");
    }
    for (const struct nw_json *x = nw_json_first(list); x != NULL; x = nw_json_next(x)) {
        enum nw_err e = take_certificate(b, nw_json_text(nw_json_get(x, "val")));
        if (e != NW_OK) {
            return e;
        }
        if (!nw_slice_eq(b->other.spki, b->cert.spki) ||
            !nw_slice_eq(b->other.subject, b->cert.subject)) {
            return unusable(b, "X509Certificates", "different keys or names in one service");
        }
        if (b->profile->status && !organisation_is_listed(b)) {
            return unusable(b, "X509Certificates",
                            "organizationName is not the TEName (table H.3)");
        }
    }
    return NW_OK;
}

static enum nw_err read_status(struct builder *b, const struct nw_json *entry,
                               struct nw_bundle_period *out)
{
    const struct nw_json *status = nw_json_get(entry, "ServiceStatus");
    const char *from = nw_json_text(nw_json_get(entry, "StatusStartingTime"));
    if (nw_json_is_text(status, NOTIFIED)) {
        out->status = NW_TRUST_GRANTED;
    } else if (nw_json_is_text(status, WITHDRAWN)) {
        out->status = NW_TRUST_WITHDRAWN;
    } else {
        return unusable(b, "ServiceStatus",
                        status == NULL ? "is missing (table H.3)"
                                       : "is neither notified nor withdrawn");
    }
    if (from == NULL || nw_time_parse(nw_str(from), &out->from) != NW_OK) {
        return unusable(b, "StatusStartingTime", "is missing");
    }
    out->until = 0;
    return NW_OK;
}

/* True if the entry is about the key of the current certificates. */
static enum nw_err is_same_key(struct builder *b, const struct nw_json *entry, bool *same)
{
    const struct nw_json *identity = nw_json_get(entry, "ServiceDigitalIdentity");
    const struct nw_json *ids = nw_json_get(identity, "X509SKIs");
    enum nw_err e = NW_OK;
    *same = false;
    if (nw_json_get(identity, "X509Certificates") != NULL || nw_json_count(ids) == 0) {
        return unusable(b, "ServiceHistory", "must hold X509SKIs and no certificate (table H.3)");
    }
    for (const struct nw_json *x = nw_json_first(ids); e == NW_OK && !*same && x != NULL;
         x = nw_json_next(x)) {
        struct nw_buf id = NW_BUF(64);
        e = nw_base64_decode(nw_str(nw_json_text(x)), &id, NULL);
        if (e == NW_OK) {
            e = lote_key_id_matches(b->c, b->cert.spki, nw_buf_slice(&id), same);
        } else if (!nw_err_is_ours(e)) {
            e = unusable(b, "ServiceHistory", "a key identifier is not base64");
        }
        nw_buf_free(&id);
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

static enum nw_err read_history(struct builder *b, const struct nw_json *information,
                                const struct nw_json *history)
{
    const char *type = nw_json_text(nw_json_get(information, "ServiceTypeIdentifier"));
    bool same = true;
    for (const struct nw_json *h = nw_json_first(history); h != NULL; h = nw_json_next(h)) {
        const struct nw_json *past_type = nw_json_get(h, "ServiceTypeIdentifier");
        struct nw_bundle_period period;
        if (past_type != NULL && !nw_json_is_text(past_type, type)) {
            return unusable(b, "ServiceHistory", "an entry is about another type of service");
        }
        if (lote_critical_unknown(nw_json_get(h, "ServiceInformationExtensions"))) {
            return unusable(b, "ServiceHistory", "a critical extension is not understood");
        }
        enum nw_err e = read_status(b, h, &period);
        bool this_key = false;
        e = e == NW_OK ? is_same_key(b, h, &this_key) : e;
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

static enum nw_err read_periods(struct builder *b, const struct nw_json *service)
{
    const struct nw_json *information = nw_json_get(service, "ServiceInformation");
    enum nw_err e = NW_OK;
    b->out->period_n = 1;
    if (b->profile->status) {
        e = read_status(b, information, &b->out->periods[0]);
        if (e == NW_OK) {
            e = read_history(b, information, nw_json_get(service, "ServiceHistory"));
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

/* *used stays false for services that are of no use here, such as those of another type. */
static enum nw_err read_service(struct builder *b, const struct nw_json *service, bool *used)
{
    const struct nw_json *information = nw_json_get(service, "ServiceInformation");
    const struct nw_json *type = nw_json_get(information, "ServiceTypeIdentifier");
    memset(b->out, 0, sizeof *b->out);
    nw_diag_clear(&b->why);
    if (nw_json_is_text(type, b->profile->issuance)) {
        b->out->role = b->profile->issuance_role;
    } else if (b->profile->revocation != NULL && nw_json_is_text(type, b->profile->revocation)) {
        b->out->role = b->profile->revocation_role;
    } else {
        return unusable(b, "ServiceTypeIdentifier", "is not a type of this list");
    }
    b->out->entity = b->l->entity_n;
    if (lote_critical_unknown(nw_json_get(information, "ServiceInformationExtensions"))) {
        return unusable(b, "ServiceInformationExtensions", "a critical one is not understood");
    }
    enum nw_err e = read_certificates(b, nw_json_get(information, "ServiceDigitalIdentity"));
    if (e == NW_OK) {
        e = read_periods(b, service);
    }
    *used = e == NW_OK && b->out->role != NW_ROLE_NONE;
    return e;
}

static enum nw_err read_services(struct builder *b, const struct nw_json *services)
{
    b->service_index = 0;
    for (const struct nw_json *s = nw_json_first(services); s != NULL; s = nw_json_next(s)) {
        bool used = false;
        b->out = &b->l->services[b->l->service_n];
        enum nw_err e = read_service(b, s, &used);
        if (nw_err_is_ours(e)) {
            return e;
        }
        if (e != NW_OK) {
            lote_note(b->l, b->why.path, "service dropped: %s", b->why.detail);
        }
        b->l->dropped += e != NW_OK;
        b->l->ignored += e == NW_OK && !used;
        b->l->service_n += used;
        b->service_index++;
    }
    return NW_OK;
}

static enum nw_err make_room(struct lote *l, const struct nw_json *entities)
{
    size_t n = 0;
    for (const struct nw_json *e = nw_json_first(entities); e != NULL; e = nw_json_next(e)) {
        n += nw_json_count(nw_json_get(e, "TrustedEntityServices"));
    }
    l->entities = nw_calloc(nw_json_count(entities) + 1, sizeof *l->entities);
    l->services = nw_calloc(n + 1, sizeof *l->services);
    /* Base64 inside the payload decodes to less than the payload: the buffer never moves. */
    l->der = NW_BUF(NW_MAX_LOTE);
    return l->entities != NULL && l->services != NULL &&
                   nw_buf_reserve(&l->der, l->jws.payload.n) != NULL
               ? NW_OK
               : NW_ERR_NOMEM;
}

enum nw_err lote_services(struct nw_crypto *c, struct lote *l, struct nw_diag *d)
{
    const struct nw_json *entities = nw_json_path(l->json, "LoTE.TrustedEntitiesList");
    enum nw_err e = make_room(l, entities);
    struct builder *b = nw_calloc(1, sizeof *b);
    if (e == NW_OK && b == NULL) {
        e = NW_ERR_NOMEM;
    }
    if (e == NW_OK) {
        *b = (struct builder){.c = c, .l = l, .profile = lote_profile(l->kind)};
    }
    for (const struct nw_json *x = nw_json_first(entities); e == NW_OK && x != NULL;
         x = nw_json_next(x)) {
        const struct nw_json *services = nw_json_get(x, "TrustedEntityServices");
        b->te = nw_json_get(x, "TrustedEntityInformation");
        const char *why = read_entity(b->profile, b->te, &l->entities[l->entity_n]);
        if (why != NULL) {
            char path[NW_DIAG_PATH];
            (void)snprintf(path, sizeof path, "TrustedEntitiesList[%zu]", b->entity_index);
            lote_note(l, path, "all its services dropped: %s", why);
            l->dropped += nw_json_count(services);
        } else {
            e = read_services(b, services);
            l->entity_n++;
        }
        b->entity_index++;
    }
    nw_free(b);
    return e == NW_OK ? e : nw_fail(d, e, NW_NO_OFFSET, "services of the list");
}
