/* From named cells to the members of a record. Private to the CSV reader. */
#ifndef NW_ISSUER_CSV_RECORD_H
#define NW_ISSUER_CSV_RECORD_H

#include "json/json.h"

enum nw_csv_group {
    NW_CSV_ONCE, /* one cell a record, in its first row */
    NW_CSV_RESIDENCE,
    NW_CSV_STAY,
    NW_CSV_EMPLOYER,
    NW_CSV_PLACE,
    NW_CSV_GROUPS
};
enum nw_csv_kind { NW_CSV_TEXT, NW_CSV_BOOL, NW_CSV_LIST };
struct nw_csv_column {
    const char *name; /* whole path */
    const char *path; /* below the record, or below the element of the group */
    enum nw_csv_group group;
    enum nw_csv_kind kind;
};

/* NULL when there is no such column. */
const struct nw_csv_column *nw_csv_column(struct nw_slice name);
/* CLAIM_* when a cell makes no sense. */
NW_MUST_USE enum nw_err nw_csv_add_row(struct nw_json *record,
                                       const struct nw_csv_column *const *columns,
                                       const char *const *cells, size_t n, bool first,
                                       struct nw_diag *d);

#endif
