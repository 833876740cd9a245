/*
 * Vectors that differ in what the A1 says, in who shows it, or in what the
 * inspector brings: a row changes members of a sample record or of its
 * envelope, which is then issued in the ordinary way.
 *
 * The record is one of issuer/examples. PL's credential lives 14 days and has
 * a status reference; those of other bodies live 21 hours and have none, since
 * the world has the status list of PL only.
 */
#ifndef NW_VECTORS_CASE_H
#define NW_VECTORS_CASE_H

#include "groups.h"

enum case_form {
    CASE_SDJWT = 0,
    CASE_A11,      /* profile 1 */
    CASE_A11_FULL, /* profile 2 */
    CASE_RECORD,   /* for the issuer's judge */
    CASE_SEEN,     /* nothing is shown: form other */
};
enum case_record { RECORD_PL = 0, RECORD_DE, RECORD_SI };
enum case_holder {
    HOLDER_PROVEN = 0, /* bound, KB-JWT for our nonce and audience */
    HOLDER_SILENT,     /* bound, no KB-JWT */
    HOLDER_OTHER,      /* bound, KB-JWT by another key */
    HOLDER_NONE,       /* no cnf */
};

/* Path of member names and numbers of elements, separated by dots. json NULL: the member goes. */
struct case_edit {
    const char *path, *json;
};

void case_edit(struct nw_json *root, const struct case_edit *e);

/* For `signer`: the party, and not the record's own. */
#define SIGNED_BY(party) ((int)(party) + 1)
/* For members that have a usual value: not given at all. */
#define NOT_GIVEN "-"

struct case_row {
    const char *id; /* the rule is what stands before -a or -r */
    const char *clause, *broken, *twin;
    enum case_form form;
    enum case_record record;
    int signer;
    enum case_holder holder;
    enum nw_profile profile; /* webuild when NW_PROFILE_NONE */
    const char *claims;      /* instead of those of the record, as JSON */
    const char *const *plan; /* instead of the type's; NULL-terminated paths */
    struct case_edit edit[8];
    const char *withhold[8]; /* pieces of the disclosures that are not presented */
    const char *earlier[3];  /* ids of record rows that the register holds */
    bool file_only;          /* a record for `earlier`, no vector */
    const char *at, *country, *person, *employer, *site, *pid, *nonce, *bundle, *policy, *seen;
    int exit;
    const char *failed[5];
    const char *decisive;
    const char *reasons[7]; /* none: the decisive one alone, or I01 alone; NOT_GIVEN: none at all */
};
void case_rows(struct gen *g, const struct world *w, const char *group, const struct case_row *rows,
               size_t n);

#endif
