#include "csv_record.h"

#include <string.h>

#define RESIDENCE "subject.address.stateOfResidence"
#define STAY "subject.address.stateOfStay"
#define EMPLOYER "employmentSituations"
#define PLACE "placesOfWork"
#define ONCE(path)                                                                                 \
    {                                                                                              \
        path, path, NW_CSV_ONCE, NW_CSV_TEXT                                                       \
    }
#define FLAG(path)                                                                                 \
    {                                                                                              \
        path, path, NW_CSV_ONCE, NW_CSV_BOOL                                                       \
    }
#define IN(prefix, path, group)                                                                    \
    {                                                                                              \
        prefix "." path, path, group, NW_CSV_TEXT                                                  \
    }
#define ADDRESS(prefix, below, group)                                                              \
    IN(prefix, below "streetAndNumber", group), IN(prefix, below "town", group),                   \
        IN(prefix, below "postcode", group), IN(prefix, below "countryCode", group)

static const struct nw_csv_column columns[] = {
    ONCE("documentID"),
    ONCE("subject.pin"),
    ONCE("subject.gender"),
    ONCE("subject.names.surnames"),
    ONCE("subject.names.forenames"),
    ONCE("subject.names.surnameAtBirth"),
    ONCE("subject.names.forenamesAtBirth"),
    ONCE("subject.dateOfBirth"),
    {"subject.nationalities", "subject.nationalities", NW_CSV_ONCE, NW_CSV_LIST},
    ONCE("subject.placeOfBirth.town"),
    ONCE("subject.placeOfBirth.countryCode"),
    ADDRESS(RESIDENCE, "", NW_CSV_RESIDENCE),
    ADDRESS(STAY, "", NW_CSV_STAY),
    ONCE("memberstateAppliedLegislation.memberstate"),
    ONCE("memberstateAppliedLegislation.startDate"),
    ONCE("memberstateAppliedLegislation.endDate"),
    FLAG("memberstateAppliedLegislation.certificateAppliesForDuranceOfStay"),
    FLAG("memberstateAppliedLegislation.determinationIsProvisional"),
    FLAG("memberstateAppliedLegislation.transitionRulesApplyAccordingEG"),
    IN(EMPLOYER, "typeOfEmployment", NW_CSV_EMPLOYER),
    IN(EMPLOYER, "name", NW_CSV_EMPLOYER),
    IN(EMPLOYER, "employerID", NW_CSV_EMPLOYER),
    IN(EMPLOYER, "typeOfID", NW_CSV_EMPLOYER),
    ADDRESS(EMPLOYER, "address.", NW_CSV_EMPLOYER),
    IN(PLACE, "countryCode", NW_CSV_PLACE),
    IN(PLACE, "companyOrVesselName", NW_CSV_PLACE),
    IN(PLACE, "flagBaseHomeState", NW_CSV_PLACE),
    IN(PLACE, "companyID", NW_CSV_PLACE),
    IN(PLACE, "typeOfID", NW_CSV_PLACE),
    ADDRESS(PLACE, "address.", NW_CSV_PLACE),
    ONCE("statusConfirmation.statusConfirmationCode"),
    ONCE("statusConfirmation.exceptionDescription"),
    ONCE("competentInstitution.institutionID"),
    ONCE("competentInstitution.institutionName"),
    ONCE("competentInstitution.countryCode"),
    ONCE("competentInstitution.address.streetAndNumber"),
    ONCE("competentInstitution.address.town"),
    ONCE("competentInstitution.address.postcode"),
    ONCE("competentInstitution.address.countryCode"),
    ONCE("competentInstitution.officeFaxNumber"),
    ONCE("competentInstitution.officePhoneNumber"),
    ONCE("competentInstitution.email"),
};

const struct nw_csv_column *nw_csv_column(struct nw_slice name)
{
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        if (nw_slice_is(name, columns[i].name)) {
            return &columns[i];
        }
    }
    return NULL;
}

/* The object or array that holds the last step of path, made on the way. *last: that step. */
static enum nw_err walk(struct nw_json *root, const char *path, struct nw_json **holder,
                        const char **last)
{
    for (const char *dot; (dot = strchr(path, '.')) != NULL; path = dot + 1) {
        char step[64];
        if (!nw_slice_cstr(nw_slice(path, (size_t)(dot - path)), step, sizeof step)) {
            return NW_ERR_INTERNAL;
        }
        if (nw_json_get(root, step) == NULL) {
            struct nw_json *made = NULL;
            enum nw_err e = nw_json_new_object(&made);
            if (e == NW_OK) {
                e = nw_json_put(root, step, &made);
            }
            if (e != NW_OK) {
                nw_json_free(&made);
                return e;
            }
        }
        root = nw_json_mut(nw_json_get(root, step));
    }
    *holder = root;
    *last = path;
    return NW_OK;
}

static enum nw_err list_value(const char *cell, struct nw_json **out)
{
    struct nw_json *list = NULL, *item = NULL;
    enum nw_err e = nw_json_new_array(&list);
    while (e == NW_OK && *cell != '\0') {
        size_t n = strcspn(cell, " ");
        if (n > 0) {
            e = nw_json_new_text(nw_slice(cell, n), &item);
            if (e == NW_OK) {
                e = nw_json_append(list, &item);
            }
        }
        cell += n + (cell[n] == ' ');
    }
    nw_json_free(&item);
    if (e != NW_OK) {
        nw_json_free(&list);
        return e;
    }
    *out = list;
    return NW_OK;
}

static enum nw_err value_of(const struct nw_csv_column *column, const char *cell,
                            struct nw_json **out, struct nw_diag *d)
{
    switch (column->kind) {
    case NW_CSV_BOOL:
        if (strcmp(cell, "true") != 0 && strcmp(cell, "false") != 0) {
            return nw_fail_at(d, NW_ERR_CLAIM_TYPE, column->name, "wanted true or false");
        }
        return nw_json_new_bool(cell[0] == 't', out);
    case NW_CSV_LIST:
        return list_value(cell, out);
    case NW_CSV_TEXT:
    default:
        return nw_json_new_text(nw_str(cell), out);
    }
}

static enum nw_err put_cell(struct nw_json *root, const struct nw_csv_column *column,
                            const char *cell, struct nw_diag *d)
{
    struct nw_json *value = NULL, *holder = NULL;
    const char *name = NULL;
    enum nw_err e = value_of(column, cell, &value, d);
    if (e == NW_OK) {
        e = walk(root, column->path, &holder, &name);
    }
    if (e == NW_OK) {
        e = nw_json_put(holder, name, &value);
    }
    nw_json_free(&value);
    return e;
}

/* The array at path, made if it is not there. */
static enum nw_err array_at(struct nw_json *record, const char *path, struct nw_json **out)
{
    struct nw_json *holder = NULL, *made = NULL;
    const char *name = NULL;
    enum nw_err e = walk(record, path, &holder, &name);
    if (e == NW_OK && nw_json_get(holder, name) == NULL) {
        e = nw_json_new_array(&made);
        if (e == NW_OK) {
            e = nw_json_put(holder, name, &made);
        }
        nw_json_free(&made);
    }
    if (e == NW_OK) {
        *out = nw_json_mut(nw_json_get(holder, name));
    }
    return e;
}

static enum nw_err append(struct nw_json *record, const char *path, struct nw_json **element)
{
    struct nw_json *array = NULL;
    enum nw_err e = array_at(record, path, &array);
    return e == NW_OK ? nw_json_append(array, element) : e;
}

/* placesOfWork is an object of arrays, keyed by the state. */
static enum nw_err append_place(struct nw_json *record, struct nw_json **element, struct nw_diag *d)
{
    char path[32] = PLACE ".", state[3];
    const char *code = nw_json_text(nw_json_get(*element, "countryCode"));
    if (code == NULL || !nw_slice_cstr(nw_str(code), state, sizeof state) || strlen(state) != 2 ||
        strchr(state, '.') != NULL) {
        return nw_fail_at(d, NW_ERR_CLAIM_RANGE, PLACE ".countryCode", "wanted a country code");
    }
    memcpy(path + strlen(path), state, sizeof state);
    nw_json_remove(*element, "countryCode");
    if (nw_json_first(*element) == NULL) { /* works there, no fixed address */
        struct nw_json *array = NULL;
        return array_at(record, path, &array);
    }
    return append(record, path, element);
}

static enum nw_err add_element(struct nw_json *record, enum nw_csv_group group,
                               const struct nw_csv_column *const *cols, const char *const *cells,
                               size_t n, struct nw_diag *d)
{
    static const char *const paths[NW_CSV_GROUPS] = {
        [NW_CSV_RESIDENCE] = RESIDENCE, [NW_CSV_STAY] = STAY, [NW_CSV_EMPLOYER] = EMPLOYER};
    struct nw_json *element = NULL;
    enum nw_err e = nw_json_new_object(&element);
    for (size_t i = 0; e == NW_OK && i < n; i++) {
        if (cols[i]->group == group && cells[i][0] != '\0') {
            e = put_cell(element, cols[i], cells[i], d);
        }
    }
    if (e == NW_OK && nw_json_first(element) != NULL) {
        e = group == NW_CSV_PLACE ? append_place(record, &element, d)
                                  : append(record, paths[group], &element);
    }
    nw_json_free(&element);
    return e;
}

/* Further rows may repeat what the first one said, or leave it out, but not change it. */
static enum nw_err same_cell(const struct nw_json *record, const struct nw_csv_column *column,
                             const char *cell, struct nw_diag *d)
{
    struct nw_json *value = NULL;
    enum nw_err e = value_of(column, cell, &value, d);
    if (e == NW_OK && !nw_json_equal(value, nw_json_path(record, column->path))) {
        e = nw_fail_at(d, NW_ERR_CLAIM_RANGE, column->name,
                       "a further row of the record says something else");
    }
    nw_json_free(&value);
    return e;
}

enum nw_err nw_csv_add_row(struct nw_json *record, const struct nw_csv_column *const *cols,
                           const char *const *cells, size_t n, bool first, struct nw_diag *d)
{
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < n; i++) {
        if (cols[i]->group == NW_CSV_ONCE && cells[i][0] != '\0') {
            e = first ? put_cell(record, cols[i], cells[i], d)
                      : same_cell(record, cols[i], cells[i], d);
        }
    }
    for (int g = NW_CSV_RESIDENCE; e == NW_OK && g < NW_CSV_GROUPS; g++) {
        e = add_element(record, (enum nw_csv_group)g, cols, cells, n, d);
    }
    return e;
}
