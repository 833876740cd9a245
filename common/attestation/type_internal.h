/*
 * A credential type as it lies in memory: what type_load.c and its siblings
 * make of a type file, and what every other file of this area reads. Private
 * to common/attestation; docs/TYPES.md explains the file format.
 *
 * Strings point into the parsed files, arrays into an arena: both live as long
 * as struct nw_types. Nothing changes after loading.
 */
#ifndef NW_ATTESTATION_TYPE_INTERNAL_H
#define NW_ATTESTATION_TYPE_INTERNAL_H

#include "attestation/pattern.h"
#include "attestation/type.h"

#define NW_TYPE_DEPTH 12u /* nesting of claims, of profile rows, of A11 entries */
#define NW_TYPE_PATH 160u /* a canonical path with array indices */

/* A value in German and English. */
struct nw_label {
    const char *de, *en;
};

struct nw_code {
    const char *code;
    struct nw_label text;
};
struct nw_codes {
    const char *name;
    struct nw_code *v;
    size_t n;
    const struct nw_json *import; /* object: spelling of others -> ours, or NULL */
    char **extra;                 /* codes that the deployment allows on top */
    size_t extra_n;
};
const struct nw_code *nw_codes_find(const struct nw_codes *c, const char *code);
bool nw_codes_has(const struct nw_codes *c, const char *code);

enum nw_node_kind {
    NW_NODE_OBJECT = 1,
    NW_NODE_ARRAY, /* member[0]: the elements */
    NW_NODE_MAP,   /* member[0]: the values; keys from a code list */
    NW_NODE_TEXT,
    NW_NODE_DATE,
    NW_NODE_BOOL,
    NW_NODE_CODE,
    NW_NODE_INT,
    NW_NODE_IMAGE, /* a JPEG: data URL in JSON, byte string in an mdoc */
};

/* One claim of the canonical tree. */
struct nw_node {
    const char *name; /* "" for elements */
    enum nw_node_kind kind;
    bool required, sd, sd_each, unique, partial;
    bool has_min, has_max;
    int64_t min, max; /* code points, elements, or the integer itself */
    unsigned decoys;  /* digests of a map are rounded up to a multiple */
    const char *rule; /* reported for a wrong value; "V01" by default */
    const char *open; /* a date that others use for "no end" */
    const struct nw_codes *codes;
    struct nw_pattern *pattern;
    struct nw_label label;
    struct nw_node *member;
    size_t member_n;
    const char **one_of; /* members of which one must be there and not empty */
    size_t one_of_n;
    const char **together; /* members that stand together or not at all */
    size_t together_n;
    const char *together_rule;
    struct {
        const char *member, *code, *is, *rule;
    } only_with; /* member only when code has the value is */
    struct {
        const char *path, *rule;
    } key_in; /* path below each element of each value repeats the map's key */
};
/* Member by name, or NULL. */
const struct nw_node *nw_node_member(const struct nw_node *n, const char *name);
/* Node of a path such as "placesOfWork.DE[0].address.town" below n; NULL if the type has none. */
const struct nw_node *nw_node_path(const struct nw_node *n, const char *path);

enum nw_register_field {
    NW_REGISTER_NONE = 0,
    NW_REGISTER_ISSUED_ON,
    NW_REGISTER_DOCUMENT_EXPIRY,
    NW_REGISTER_LEGAL_CATEGORY, /* in the second mdoc name space only */
};

/* One line of a profile: canonical claim <-> claim of the profile. */
struct nw_row {
    const char *claim; /* canonical path, relative inside `each`; NULL for register rows */
    const char *as;    /* dotted path in the profile */
    const struct nw_node *node;
    enum nw_register_field reg;
    const char *fallback; /* canonical path of the default of a register field */
    bool required, single;
    bool second;    /* mdoc, second name space */
    bool mdoc_only; /* not in the SD-JWT VC (implied by second) */
    bool sdjwt_only;
    bool empty, empty_one; /* the keys whose array is empty: as a list, or the first as text */
    const char *key;       /* map of arrays as one list: path of the key in each element */
    const char *key_as;    /* name of the code in each element of an `empty` list */
    const char *exclusive; /* path that the profile forbids beside this one */
    const char *join;      /* reading: a second member appended with a space */
    bool has_min, has_max;
    int64_t min, max; /* code points that the profile allows */
    struct nw_label label;
    struct nw_row *each;
    size_t each_n;
};

/* Which of a profile's rows apply: those of an SD-JWT VC, of one mdoc name space, or of an mdoc at
 * all (inside `each`, where name spaces mean nothing). */
enum nw_row_part { NW_ROWS_SDJWT, NW_ROWS_FIRST, NW_ROWS_SECOND, NW_ROWS_MDOC };
bool nw_row_in(const struct nw_row *r, enum nw_row_part part);

struct nw_shape_test {
    const char *path;
    enum nw_json_kind kind;
};

struct nw_purpose {
    const char *name;
    struct nw_request_document document;
};

struct nw_profile_data {
    enum nw_profile id;
    const char *vct, *vct_prefix, *doctype, *name_space, *second_name_space;
    const char **also; /* other spellings of vct that are read */
    size_t also_n;
    bool canonical, write, bound;
    struct nw_shape_test *when; /* any of them; none: vct alone */
    size_t when_n;
    struct nw_row *row;
    size_t row_n;
    const char **sd; /* NULL-terminated plan paths */
    size_t sd_n;
    struct nw_sd_decoy *decoy;
    struct nw_sd_plan plan;
    struct nw_purpose *request; /* what a purpose asks for */
    size_t request_n;
};

enum nw_a11_kind {
    NW_A11_LEVEL = 1,
    NW_A11_TEXT,
    NW_A11_DAYS,
    NW_A11_NUMBER,
    NW_A11_FLAGS,
    NW_A11_MAP,
    NW_A11_TUPLE,
    NW_A11_LIST,  /* entry[0]: the elements */
    NW_A11_KEYED, /* entry[0]: the elements of each value */
};

/* One item of the A11 map. Claims are relative inside list and keyed. */
struct nw_a11_entry {
    enum nw_a11_kind kind;
    int64_t key; /* in a map */
    const char *claim;
    const struct nw_node *node;
    const char *key_in;
    unsigned level; /* written from this level on (1, 2) */
    bool optional, collapse;
    const char **bit; /* flags: claim of bit 0, 1, ... */
    size_t bit_n;
    struct nw_a11_entry *entry;
    size_t entry_n;
    struct nw_a11_entry *brief; /* other form of a tuple at level 1 */
    size_t brief_n;
};

/* A dated row of the rule table. */
struct nw_rule_row {
    const char *id;
    enum nw_level own, check;
    const char *valid_from, *valid_to; /* NULL: unbounded */
    const struct nw_json *values;      /* object of integers, or NULL */
};

struct nw_type {
    const char *name, *short_name;
    const char *category; /* attestation_legal_category of every one, NULL: the issuer's */
    struct nw_label label, description;
    const char *field[NW_FIELD_COUNT]; /* canonical paths, NULL: the type has none */
    const char **needed;               /* NULL-terminated */
    const char **envelope;
    size_t envelope_n;
    struct nw_codes *codes; /* own lists */
    size_t codes_n;
    struct nw_node root;
    struct nw_profile_data *profile;
    size_t profile_n;
    struct nw_a11_entry a11; /* kind MAP; entry_n 0: this type has no A11 form */
    struct nw_rule_row *rule;
    size_t rule_n;
};

struct nw_arena_block;
struct nw_types {
    struct nw_arena_block *arena;
    struct nw_json **doc;
    size_t doc_n;
    struct nw_codes *shared; /* code lists of every type */
    size_t shared_n;
    struct nw_type *v;
    size_t n;
};

/* Zeroed memory that lives as long as ts; NULL when there is none. */
void *nw_types_alloc(struct nw_types *ts, size_t count, size_t size);

/* State of loading one file; the error sticks in d->code (and e). */
struct nw_loader {
    struct nw_types *ts;
    struct nw_type *t;
    const struct nw_json *shapes;
    enum nw_err e;
    struct nw_diag *d;
};
/* First error wins; returns false so that `return nw_load_fail(...)` is one line. */
bool nw_load_fail(struct nw_loader *l, const struct nw_json *at, const char *fmt, ...)
    NW_PRINTF(3, 4);
void *nw_load_alloc(struct nw_loader *l, size_t count, size_t size);
/* Every member of o is named in `names` (separated by spaces). */
bool nw_load_only(struct nw_loader *l, const struct nw_json *o, const char *names);
/* Text member; NULL and failure when it is missing and required, or no text. */
const char *nw_load_text(struct nw_loader *l, const struct nw_json *o, const char *name,
                         bool required);
bool nw_load_bool(struct nw_loader *l, const struct nw_json *o, const char *name, bool otherwise);
bool nw_load_int(struct nw_loader *l, const struct nw_json *o, const char *name, int64_t *out);
struct nw_label nw_load_label(struct nw_loader *l, const struct nw_json *o, const char *name);
/* Array of texts, NULL-terminated. */
const char **nw_load_texts(struct nw_loader *l, const struct nw_json *o, const char *name,
                           size_t *n);
const struct nw_codes *nw_load_codes_named(struct nw_loader *l, const struct nw_json *at,
                                           const char *name);
bool nw_load_codes(struct nw_loader *l, const struct nw_json *codes, struct nw_codes **out,
                   size_t *n);
bool nw_load_claims(struct nw_loader *l, const struct nw_json *claims);
bool nw_load_profiles(struct nw_loader *l, const struct nw_json *profiles);
bool nw_load_requests(struct nw_loader *l, const struct nw_json *requests,
                      struct nw_profile_data *p);
bool nw_load_a11(struct nw_loader *l, const struct nw_json *entries);
bool nw_load_rules(struct nw_loader *l, const struct nw_json *rules);

/* One type file, for tests of the loader; nw_types_load() reads the embedded ones. */
NW_MUST_USE enum nw_err nw_types_load_file(struct nw_types *ts, struct nw_slice file,
                                           struct nw_diag *d);

/* Record to the claims of one part, in the shape of the profile; losses are found over the whole
 * form (NW_ROWS_MDOC or NW_ROWS_SDJWT) by nw_rows_losses(). PROFILE_LOSS: *claims is not made. */
NW_MUST_USE enum nw_err nw_rows_write(const struct nw_type *t, const struct nw_profile_data *p,
                                      enum nw_row_part part, const struct nw_json *record,
                                      const struct nw_register_fields *reg, struct nw_json **claims,
                                      struct nw_findings *losses);
void nw_rows_losses(const struct nw_type *t, const struct nw_profile_data *p, enum nw_row_part part,
                    const struct nw_json *record, struct nw_findings *losses);
/* And back, into a record that may hold something already. */
NW_MUST_USE enum nw_err nw_rows_read(const struct nw_profile_data *p, enum nw_row_part part,
                                     const struct nw_json *claims, struct nw_json *record);
/* Array of the required paths that the rows of the part could have carried and that are not there.
 */
NW_MUST_USE enum nw_err nw_rows_missing(const struct nw_type *t, const struct nw_profile_data *p,
                                        enum nw_row_part part, const struct nw_json *record,
                                        struct nw_json **list);

const struct nw_profile_data *nw_type_profile(const struct nw_type *t, enum nw_profile p);
/* Row of a rule that is in force on a day (YYYY-MM-DD; "" asks for rows without dates too). */
const struct nw_rule_row *nw_type_rule(const struct nw_type *t, const char *id, const char *day);
/* The rule is one of the type, at any time. */
bool nw_type_has_rule(const struct nw_type *t, const char *id);
bool nw_rule_value(const struct nw_rule_row *r, const char *name, int64_t *out);

/* Below: a step of a path; "[]" after a name stands for the elements. */
const struct nw_json *nw_tree_get(const struct nw_json *from, const char *path);
/* Makes the objects on the way and puts *value at the end; the last name must be free. */
NW_MUST_USE enum nw_err nw_tree_put(struct nw_json *root, const char *path, struct nw_json **value);
/* There, and no empty list or object. */
bool nw_tree_filled(const struct nw_json *v);
/* "a" + ".b" into dst; cut when too long. */
void nw_path_member(char *dst, size_t cap, const char *path, const char *name);
void nw_path_index(char *dst, size_t cap, const char *path, size_t i);

/* Value of a date node: full date, or with zero month or day where `partial` says so. */
bool nw_date_is_partial(const char *text);
#define NW_IMAGE_URL "data:image/jpeg;base64,"
bool nw_image_is(const char *url); /* a data URL with a JPEG */

/* Text that may be shown: valid, clean, NFC. */
bool nw_text_is_fit(const char *text);

#endif
