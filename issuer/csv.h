/*
 * Records from CSV (RFC 4180; comma, semicolon or tab; UTF-8).
 *
 * The first row names the columns by their path in the record, e.g.
 * subject.names.surnames or employmentSituations.address.town; in any order,
 * unknown ones are an error. Cells of subject.nationalities are separated by
 * spaces. A record is a run of rows with the same documentID: the first has
 * everything, each adds one employer, one place of work and one address, as
 * far as its cells are filled. placesOfWork.countryCode alone is a state
 * without fixed address.
 *
 * A damaged row spoils the record it stands in: half a record is never given.
 */
#ifndef NW_ISSUER_CSV_H
#define NW_ISSUER_CSV_H

#include <stdio.h>

#include "json/json.h"

struct nw_csv;

/* Reads the header row. f is borrowed. */
NW_MUST_USE enum nw_err nw_csv_open(FILE *f, struct nw_csv **out, struct nw_diag *d);
/* The next record and the line it began on; *record is NULL at the end, and also when the rows were
 * no record: then d says why. */
NW_MUST_USE enum nw_err nw_csv_next(struct nw_csv *csv, struct nw_json **record, uint64_t *line,
                                    bool *more, struct nw_diag *d);
void nw_csv_free(struct nw_csv **csv);

#endif
