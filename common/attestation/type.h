/*
 * Credential types are data: one JSON file per type (types/pda1.json, ...).
 *
 * From the file come validation, disclosure groups, type metadata (VCTM), the
 * profiles, the mdoc name spaces, the A11 map, labels and the dated rule
 * table. A new type is one file and its vectors; no code here names a claim
 * of one type, except the rules V01-V28 (rules.h), which are the A1's own.
 *
 * Words: a *record* is the institution's JSON in the canonical shape of the
 * type (pda1: WE BUILD rb-a1 v1.0). A *profile* is a published shape of the
 * same content. Reading a profile gives a partial record: what was not
 * disclosed is simply not there, and `undisclosed` names it.
 *
 * The embedded files are parsed once; struct nw_types is immutable and shared.
 */
#ifndef NW_ATTESTATION_TYPE_H
#define NW_ATTESTATION_TYPE_H

#include "base/check.h"
#include "json/json.h"
#include "mdoc/mdoc.h"
#include "mdoc/request.h"
#include "sdjwt/sdjwt.h"

struct nw_types;
struct nw_type;

enum nw_profile {
    NW_PROFILE_NONE = 0,
    NW_PROFILE_WEBUILD,     /* canonical, vct eu.we-build.pda1.1 */
    NW_PROFILE_EUDI,        /* urn:eu.europa.ec.eudi:pda1:1, mdoc eu.europa.ec.eudi.pda1.1 */
    NW_PROFILE_DC4EU,       /* rulebook 1.1, urn:eudi:pda1:1 */
    NW_PROFILE_DC4EU_PILOT, /* same vct, other shape; reading only */
};
const char *nw_profile_name(enum nw_profile p); /* "webuild", "eudi", "dc4eu", "dc4eu-pilot" */
enum nw_profile nw_profile_from_name(const char *name);

NW_MUST_USE enum nw_err nw_types_load(struct nw_types **out, struct nw_diag *d);
void nw_types_free(struct nw_types **t);
const struct nw_type *nw_type_find(const struct nw_types *t, const char *name); /* "pda1" */
const char *nw_type_name(const struct nw_type *t);
size_t nw_types_count(const struct nw_types *t);
const struct nw_type *nw_types_at(const struct nw_types *t, size_t i);
/* "A1-Bescheinigung" or "A1 certificate". */
const char *nw_type_title(const struct nw_type *t, const char *lang);
const char *nw_type_short(const struct nw_type *t); /* "A1": in sentences, in any language */
/* The type that most of the record's members are of; NULL when it has none of any type. A record
 * does not say its type: what is wrong with it is said by that type's rules. */
const struct nw_type *nw_type_of_record(const struct nw_types *t, const struct nw_json *record);

/* Claims that others than the type's own rules have to find: each type calls them otherwise. */
enum nw_type_field {
    NW_FIELD_NUMBER = 0,  /* under which the register has the document */
    NW_FIELD_PERSON,      /* number of the person whom it is about */
    NW_FIELD_ISSUER,      /* id of the body that issues it */
    NW_FIELD_ISSUER_NAME, /* ... and its name */
    NW_FIELD_INSTITUTION, /* id of the institution in the directory */
    NW_FIELD_COUNTRY,     /* the state that answers for it */
    NW_FIELD_START,       /* period of what it certifies */
    NW_FIELD_END,
    NW_FIELD_ISSUED, /* and of the document, where it is another one */
    NW_FIELD_EXPIRY,
    NW_FIELD_COUNT
};
/* Its path; NULL: the type has none. */
const char *nw_type_field(const struct nw_type *t, enum nw_type_field f);
/* Its text in a record; NULL. */
const char *nw_type_value(const struct nw_type *t, enum nw_type_field f,
                          const struct nw_json *record);
/* What a check needs to see (paths, NULL-terminated). */
const char *const *nw_type_needed(const struct nw_type *t);
/* attestation_legal_category of the type; NULL: that of whoever issues it. */
const char *nw_type_category(const struct nw_type *t);
/* A member of a payload that is no claim of the type. */
bool nw_type_is_envelope(const struct nw_type *t, const char *name);
bool nw_type_has_a11(const struct nw_type *t);
/* The profile whose shape records have. */
enum nw_profile nw_type_canonical(const struct nw_type *t);
/* The profile is never issued without a holder's key. */
bool nw_type_bound(const struct nw_type *t, enum nw_profile p);
/* A code that a list lacks and this deployment allows (world: nationality XK). Call it before the
 * types are shared. NOT_FOUND: no such list. CONFIG: no upper-case code. */
NW_MUST_USE enum nw_err nw_types_allow_code(struct nw_types *t, const char *list, const char *code);
/* False: there is no such profile, or it is for reading only. */
bool nw_type_writes(const struct nw_type *t, enum nw_profile p);
const char *nw_type_vct(const struct nw_type *t, enum nw_profile p); /* NULL: not in this form */
/* Which type and profile a payload is, by vct and, where two share one, by shape. NULL when none
 * fits, or more than one. */
const struct nw_type *nw_type_detect(const struct nw_types *t, const struct nw_json *payload,
                                     enum nw_profile *profile);

/* What went wrong or got lost, one line each. */
enum nw_level { NW_LEVEL_INFO, NW_LEVEL_WARN, NW_LEVEL_ERROR };
struct nw_finding {
    char rule[8]; /* "V04"; "" for a loss */
    enum nw_level level;
    char path[NW_DIAG_PATH];
    char text[NW_DIAG_DETAIL]; /* what is wrong and what would be right, without personal data */
};
#define NW_MAX_FINDINGS 64
struct nw_findings {
    struct nw_finding v[NW_MAX_FINDINGS];
    size_t n;
};
void nw_finding_add(struct nw_findings *f, const char *rule, enum nw_level level, const char *path,
                    const char *fmt, ...) NW_PRINTF(5, 6);
bool nw_findings_has_error(const struct nw_findings *f);

/* What only the register knows, written into envelopes and profiles. */
struct nw_register_fields {
    char issued_on[11];       /* YYYY-MM-DD */
    char document_expiry[11]; /* YYYY-MM-DD; default endDate */
    char legal_category[16];  /* "PuB-EAA"; in mdocs, where no envelope carries it */
};

/* Record -> claims of a profile (without envelope). losses: what the profile cannot carry, one line
 * per claim ("employmentSituations[].typeOfID"), level WARN. PROFILE_LOSS: the profile is not
 * possible at all; the findings of level ERROR say why. */
NW_MUST_USE enum nw_err nw_profile_write(const struct nw_type *t, enum nw_profile p,
                                         const struct nw_json *record,
                                         const struct nw_register_fields *reg,
                                         struct nw_json **claims, struct nw_findings *losses);
/* Processed payload -> partial record; undisclosed: array of canonical paths that are missing
 * though the type has them (every claim that this profile could have carried). */
NW_MUST_USE enum nw_err nw_profile_read(const struct nw_type *t, enum nw_profile p,
                                        const struct nw_json *payload, struct nw_json **record,
                                        struct nw_json **undisclosed, struct nw_diag *d);
/* The register fields that a payload shows; "" where it has none. */
void nw_profile_register(const struct nw_type *t, enum nw_profile p, const struct nw_json *payload,
                         struct nw_register_fields *out);
/* Disclosure plan of a profile (pointers live as long as t). */
const struct nw_sd_plan *nw_type_plan(const struct nw_type *t, enum nw_profile p);
/* Type metadata document of a profile (SD-JWT VC 5), in labels de and en. */
NW_MUST_USE enum nw_err nw_type_vctm(const struct nw_type *t, enum nw_profile p,
                                     struct nw_buf *json);
/* Label of a canonical path ("subject.names.surnames") in "de" or "en"; the path if there is none.
 */
const char *nw_type_label(const struct nw_type *t, const char *path, const char *lang);
/* Text of a code ("statusConfirmation.statusConfirmationCode", "01"); NULL if unknown. */
const char *nw_type_code_text(const struct nw_type *t, const char *path, const char *code,
                              const char *lang);

/* The same from a list that the types share ("a1-states", "DE"). */
const char *nw_types_code_text(const struct nw_types *t, const char *list, const char *code,
                               const char *lang);

/* ---- mdoc ----
 *
 * A profile has one name space of its own, and the type a second one for what that one lacks, so
 * that nothing is invented in somebody else's. The second belongs to whoever deploys: the type
 * file's name is the default. */

/* The one type and profile of a docType; NULL when none is known. */
const struct nw_type *nw_type_by_doctype(const struct nw_types *t, struct nw_slice doc_type,
                                         enum nw_profile *profile);
const char *nw_type_doctype(const struct nw_type *t, enum nw_profile p); /* NULL: not as mdoc */
/* Renames the second name space of a type. Call it before the types are shared. NOT_FOUND: no such
 * type, or it has none. CONFIG: empty, too long, or the profile's own name space. */
NW_MUST_USE enum nw_err nw_types_name_second(struct nw_types *t, const char *type,
                                             const char *name);

/* What a purpose asks a wallet for ("fks-baustelle", "auftraggeber"), never to be retained; NULL:
 * it asks for nothing of this type. For nw_device_request_write(); lives as long as the types. */
const struct nw_request_document *nw_type_request(const struct nw_type *t, enum nw_profile p,
                                                  const char *purpose);

/* The elements of one mdoc as CBOR: dates as full-date (tag 1004), map keys in bytewise order. */
struct nw_mdoc_claims {
    struct nw_mdoc_element v[NW_MAX_MDOC_ITEMS];
    size_t n;
    struct nw_buf cbor;     /* the values */
    struct nw_json *own[2]; /* the names */
};
/* As nw_profile_write(), for both name spaces. */
NW_MUST_USE enum nw_err nw_profile_write_mdoc(const struct nw_type *t, enum nw_profile p,
                                              const struct nw_json *record,
                                              const struct nw_register_fields *reg,
                                              struct nw_mdoc_claims *out,
                                              struct nw_findings *losses);
void nw_mdoc_claims_free(struct nw_mdoc_claims *c);
/* As nw_profile_read(), from a verified mdoc. Elements of other name spaces are passed over. reg
 * may be NULL. CLAIM_TYPE: an element of a kind that no claim has. */
NW_MUST_USE enum nw_err nw_profile_read_mdoc(const struct nw_type *t, enum nw_profile p,
                                             const struct nw_mdoc *m, struct nw_json **record,
                                             struct nw_json **undisclosed,
                                             struct nw_register_fields *reg, struct nw_diag *d);

/* A11 map (offline.md 4): profile 1 inspection, 2 full. */
NW_MUST_USE enum nw_err nw_a11_write(const struct nw_type *t, const struct nw_json *record,
                                     int level, struct nw_buf *cbor, struct nw_diag *d);
NW_MUST_USE enum nw_err nw_a11_read(const struct nw_type *t, struct nw_slice cbor,
                                    struct nw_json **record, int *level, struct nw_diag *d);

/* RECORD_RULE when there is a finding of level ERROR.
 * Structure only: V01, V02 (dates exist), V06, V11, V12, V14, V21, V27 on a record that may be
 * partial (partial: members may be missing, what is there must be right). */
NW_MUST_USE enum nw_err nw_record_shape(const struct nw_type *t, const struct nw_json *record,
                                        bool partial, struct nw_findings *f);

/* For importers: replaces the spellings that the code lists know of others (EL -> GR, UK -> GB),
 * also in keys, and counts them. A verifier does it
 * only for profiles that do not fix ISO codes (dc4eu); elsewhere the code is wrong (V12). */
NW_MUST_USE enum nw_err nw_record_normalise(const struct nw_type *t, struct nw_json *record,
                                            size_t *changed, struct nw_diag *d);

#endif
