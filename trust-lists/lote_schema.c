/*
 * The published JSON schema of TS 119 602 annex A as tables. A member that is
 * not in a table is an error, except in ServiceDigitalIdentity, where the schema
 * has its additionalProperties in the wrong place and lets everything pass:
 * nothing of that is read. NextUpdate may be null (6.3.15), which the schema
 * forgot.
 */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "lote.h"

#define PATH_CAP 320
#define MAX_DEPTH 12

enum form {
    TEXT,
    URI,
    TERRITORY,
    INTEGER,
    TIME,
    TIME_OR_NULL,
    OBJECT,
    OPEN_OBJECT, /* with other members as well */
    ARRAY,
    FREE_OBJECT,
    EXTENSION, /* free, but what is known has its form */
};

struct shape;
struct member {
    const char *name;
    bool required;
    const struct shape *shape;
};
struct shape {
    enum form form;
    const struct member *members; /* OBJECT */
    const struct shape *item;     /* ARRAY */
};

#define MEMBERS(name, ...)                                                                         \
    static const struct member name##_members[] = {__VA_ARGS__, {NULL, false, NULL}}
#define OBJECT_OF(name) static const struct shape name = {OBJECT, name##_members, NULL}
#define ARRAY_OF(name, of) static const struct shape name = {ARRAY, NULL, &(of)}

static const struct shape text = {TEXT, NULL, NULL}, uri = {URI, NULL, NULL};
static const struct shape integer = {INTEGER, NULL, NULL}, instant = {TIME, NULL, NULL};
static const struct shape instant_or_null = {TIME_OR_NULL, NULL, NULL};
static const struct shape territory = {TERRITORY, NULL, NULL};
static const struct shape free_object = {FREE_OBJECT, NULL, NULL};
static const struct shape extension = {EXTENSION, NULL, NULL};

MEMBERS(lang_text, {"lang", true, &text}, {"value", true, &text});
OBJECT_OF(lang_text);
ARRAY_OF(lang_texts, lang_text);
MEMBERS(lang_uri, {"lang", true, &text}, {"uriValue", true, &uri});
OBJECT_OF(lang_uri);
ARRAY_OF(lang_uris, lang_uri);
ARRAY_OF(texts, text);
ARRAY_OF(uris, uri);
ARRAY_OF(extensions, extension);
ARRAY_OF(free_objects, free_object);

MEMBERS(postal, {"lang", true, &text}, {"StreetAddress", true, &text}, {"Locality", false, &text},
        {"StateOrProvince", false, &text}, {"PostalCode", false, &text}, {"Country", true, &text});
OBJECT_OF(postal);
ARRAY_OF(postals, postal);
MEMBERS(scheme_address, {"SchemeOperatorPostalAddress", true, &postals},
        {"SchemeOperatorElectronicAddress", true, &lang_uris});
OBJECT_OF(scheme_address);
MEMBERS(entity_address, {"TEPostalAddress", true, &postals},
        {"TEElectronicAddress", true, &lang_uris});
OBJECT_OF(entity_address);
MEMBERS(policy, {"LoTEPolicy", false, &lang_uri}, {"LoTELegalNotice", false, &text});
OBJECT_OF(policy);
ARRAY_OF(policies, policy);

MEMBERS(pki_object, {"encoding", false, &uri}, {"specRef", false, &text}, {"val", true, &text});
OBJECT_OF(pki_object);
ARRAY_OF(pki_objects, pki_object);
MEMBERS(identity, {"X509Certificates", false, &pki_objects}, {"X509SubjectNames", false, &texts},
        {"PublicKeyValues", false, &free_objects}, {"X509SKIs", false, &texts},
        {"OtherIds", false, &texts});
static const struct shape identity = {OPEN_OBJECT, identity_members, NULL};
ARRAY_OF(identities, identity);

MEMBERS(qualifier, {"LoTEType", true, &uri}, {"SchemeOperatorName", true, &lang_texts},
        {"SchemeTypeCommunityRules", false, &lang_uris}, {"SchemeTerritory", false, &territory},
        {"MimeType", true, &text});
OBJECT_OF(qualifier);
ARRAY_OF(qualifiers, qualifier);
MEMBERS(pointer, {"LoTELocation", true, &uri}, {"ServiceDigitalIdentities", true, &identities},
        {"LoTEQualifiers", true, &qualifiers});
OBJECT_OF(pointer);
ARRAY_OF(pointers, pointer);

MEMBERS(supply_point, {"ServiceType", false, &uri}, {"uriValue", true, &uri});
OBJECT_OF(supply_point);
ARRAY_OF(supply_points, supply_point);
MEMBERS(information, {"ServiceName", true, &lang_texts},
        {"ServiceDigitalIdentity", true, &identity}, {"ServiceTypeIdentifier", false, &uri},
        {"ServiceStatus", false, &uri}, {"StatusStartingTime", false, &instant},
        {"SchemeServiceDefinitionURI", false, &lang_uris},
        {"ServiceSupplyPoints", false, &supply_points}, {"ServiceDefinitionURI", false, &lang_uris},
        {"ServiceInformationExtensions", false, &extensions});
OBJECT_OF(information);
MEMBERS(past, {"ServiceName", true, &lang_texts}, {"ServiceDigitalIdentity", true, &identity},
        {"ServiceStatus", true, &uri}, {"StatusStartingTime", true, &instant},
        {"ServiceTypeIdentifier", false, &uri},
        {"ServiceInformationExtensions", false, &extensions});
OBJECT_OF(past);
ARRAY_OF(history, past);
MEMBERS(service, {"ServiceInformation", true, &information}, {"ServiceHistory", false, &history});
OBJECT_OF(service);
ARRAY_OF(services, service);
MEMBERS(entity_information, {"TEName", true, &lang_texts}, {"TETradeName", false, &lang_texts},
        {"TEAddress", true, &entity_address}, {"TEInformationURI", true, &lang_uris},
        {"TEInformationExtensions", false, &extensions});
OBJECT_OF(entity_information);
MEMBERS(entity, {"TrustedEntityInformation", true, &entity_information},
        {"TrustedEntityServices", true, &services});
OBJECT_OF(entity);
ARRAY_OF(entities, entity);

MEMBERS(scheme, {"LoTEVersionIdentifier", true, &integer}, {"LoTESequenceNumber", true, &integer},
        {"LoTEType", false, &uri}, {"SchemeOperatorName", true, &lang_texts},
        {"SchemeOperatorAddress", false, &scheme_address}, {"SchemeName", false, &lang_texts},
        {"SchemeInformationURI", false, &lang_uris}, {"StatusDeterminationApproach", false, &uri},
        {"SchemeTypeCommunityRules", false, &lang_uris}, {"SchemeTerritory", false, &territory},
        {"PolicyOrLegalNotice", false, &policies}, {"HistoricalInformationPeriod", false, &integer},
        {"PointersToOtherLoTE", false, &pointers}, {"ListIssueDateTime", true, &instant},
        {"NextUpdate", true, &instant_or_null}, {"DistributionPoints", false, &uris},
        {"SchemeExtensions", false, &extensions});
OBJECT_OF(scheme);
MEMBERS(lote, {"ListAndSchemeInformation", true, &scheme},
        {"TrustedEntitiesList", false, &entities});
OBJECT_OF(lote);
MEMBERS(root, {"LoTE", true, &lote});
OBJECT_OF(root);

/* The extensions of 6.5.5.1 and 6.6.9.1, which have schemas of their own. */
MEMBERS(associated_address, {"AssociatedBodyPostalAddress", true, &postal},
        {"AssociatedBodyElectronicAddress", true, &lang_uris});
OBJECT_OF(associated_address);
MEMBERS(associated, {"AssociatedBodyName", true, &lang_texts},
        {"AssociatedBodyTradeName", false, &lang_texts},
        {"AssociatedBodyAddress", false, &associated_address},
        {"AssociatedBodyInformationURI", false, &lang_uris},
        {"AssociatedBodyTypeIdentifier", false, &uri},
        {"AssociatedBodyInformationExtensions", false, &extensions});
OBJECT_OF(associated);
ARRAY_OF(associates, associated);
MEMBERS(known, {"ServiceUniqueIdentifier", false, &uri},
        {"OtherAssociatedBodies", false, &associates});

struct walk {
    char path[PATH_CAP];
    struct nw_diag *d;
};

/* A diag holds less than the longest path: the end of it says more. */
static enum nw_err refuse(const struct walk *w, enum nw_err e, const char *what)
{
    size_t n = strlen(w->path);
    const char *from = n < NW_DIAG_PATH ? w->path : w->path + n - (NW_DIAG_PATH - 1);
    return nw_fail_at(w->d, e, from, "%s", what);
}

static enum nw_err check_leaf(const struct walk *w, const struct nw_json *n, enum form form)
{
    const char *value = nw_json_text(n);
    int64_t number;
    switch (form) {
    case TEXT:
        return value != NULL ? NW_OK : refuse(w, NW_ERR_LOTE_FORM, "must be text");
    case URI:
        return value != NULL && lote_is_uri(nw_str(value))
                   ? NW_OK
                   : refuse(w, NW_ERR_LOTE_FORM, "must be a URI");
    case TERRITORY:
        return value != NULL && strlen(value) == 2
                   ? NW_OK
                   : refuse(w, NW_ERR_LOTE_FORM, "must be text of two letters");
    case INTEGER:
        return nw_json_int(n, &number) ? NW_OK : refuse(w, NW_ERR_LOTE_FORM, "must be an integer");
    case TIME_OR_NULL:
    case TIME:
        if (form == TIME_OR_NULL && nw_json_kind(n) == NW_JSON_NULL) {
            return NW_OK;
        }
        return value != NULL && nw_time_parse(nw_str(value), &number) == NW_OK
                   ? NW_OK
                   : refuse(w, NW_ERR_LOTE_FORM, "must be a time YYYY-MM-DDThh:mm:ssZ (6.1.3)");
    case FREE_OBJECT:
        return nw_json_kind(n) == NW_JSON_OBJECT ? NW_OK
                                                 : refuse(w, NW_ERR_LOTE_FORM, "must be an object");
    case EXTENSION:
    case OBJECT:
    case OPEN_OBJECT:
    case ARRAY:
        break;
    }
    return NW_OK;
}

static enum nw_err check(struct walk *w, const struct nw_json *n, const struct shape *shape,
                         unsigned depth);

static enum nw_err check_member(struct walk *w, const struct nw_json *n, const struct shape *shape,
                                unsigned depth)
{
    size_t at = strlen(w->path);
    (void)snprintf(w->path + at, sizeof w->path - at, "%s%s", at > 0 ? "." : "", nw_json_name(n));
    for (const struct member *m = shape->members; m->name != NULL; m++) {
        if (strcmp(m->name, nw_json_name(n)) == 0) {
            enum nw_err e = check(w, n, m->shape, depth + 1);
            w->path[at] = '\0';
            return e;
        }
    }
    if (shape->form == OPEN_OBJECT) {
        w->path[at] = '\0';
        return NW_OK;
    }
    return refuse(w, NW_ERR_LOTE_FORM, "is not a member that the schema knows");
}

static enum nw_err check_object(struct walk *w, const struct nw_json *n, const struct shape *shape,
                                unsigned depth)
{
    if (nw_json_kind(n) != NW_JSON_OBJECT) {
        return refuse(w, NW_ERR_LOTE_FORM, "must be an object");
    }
    for (const struct nw_json *c = nw_json_first(n); c != NULL; c = nw_json_next(c)) {
        enum nw_err e = check_member(w, c, shape, depth);
        if (e != NW_OK) {
            return e;
        }
    }
    for (const struct member *m = shape->members; m->name != NULL; m++) {
        if (m->required && nw_json_get(n, m->name) == NULL) {
            char what[NW_DIAG_DETAIL];
            (void)snprintf(what, sizeof what, "%s is missing", m->name);
            return refuse(w, NW_ERR_LOTE_FORM, what);
        }
    }
    return NW_OK;
}

static enum nw_err check_array(struct walk *w, const struct nw_json *n, const struct shape *shape,
                               unsigned depth)
{
    if (nw_json_kind(n) != NW_JSON_ARRAY || nw_json_count(n) == 0) {
        return refuse(w, NW_ERR_LOTE_FORM, "must be an array that is not empty");
    }
    size_t at = strlen(w->path);
    size_t i = 0;
    for (const struct nw_json *c = nw_json_first(n); c != NULL; c = nw_json_next(c)) {
        (void)snprintf(w->path + at, sizeof w->path - at, "[%zu]", i++);
        enum nw_err e = check(w, c, shape->item, depth + 1);
        if (e != NW_OK) {
            return e;
        }
    }
    w->path[at] = '\0';
    return NW_OK;
}

static enum nw_err check_extension(struct walk *w, const struct nw_json *n, unsigned depth)
{
    static const struct shape shape = {OBJECT, known_members, NULL};
    enum nw_err e = NW_OK;
    for (const struct nw_json *c = nw_json_first(n); e == NW_OK && c != NULL; c = nw_json_next(c)) {
        const char *name = nw_json_name(c);
        for (const struct member *m = known_members; name != NULL && m->name != NULL; m++) {
            if (strcmp(m->name, name) == 0) {
                e = check_member(w, c, &shape, depth);
            }
        }
    }
    return e;
}

static enum nw_err check(struct walk *w, const struct nw_json *n, const struct shape *shape,
                         unsigned depth)
{
    if (depth > MAX_DEPTH) {
        return refuse(w, NW_ERR_LOTE_FORM, "is nested too deeply");
    }
    if (shape->form == EXTENSION) {
        return check_extension(w, n, depth);
    }
    if (shape->form == OBJECT || shape->form == OPEN_OBJECT) {
        return check_object(w, n, shape, depth);
    }
    return shape->form == ARRAY ? check_array(w, n, shape, depth) : check_leaf(w, n, shape->form);
}

enum nw_err lote_schema_check(const struct nw_json *document, struct nw_diag *d)
{
    struct walk w = {.d = d};
    return check(&w, document, &root, 0);
}

enum nw_err lote_schema_check_extension(const char *name, const struct nw_json *value,
                                        struct nw_diag *d)
{
    struct walk w = {.d = d};
    for (const struct member *m = known_members; m->name != NULL; m++) {
        if (strcmp(m->name, name) == 0) {
            return check(&w, value, m->shape, 0);
        }
    }
    return refuse(&w, NW_ERR_LOTE_FORM, "is no extension that is known");
}
