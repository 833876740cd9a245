#include "report/internal.h"

struct other_row {
    enum nw_form form;
    enum nw_err err;
    const char *detail;
    const char *what[2];
};

static const struct other_row others[] = {
    {NW_FORM_HC1,
     NW_ERR_HEALTH_CERTIFICATE,
     "the text begins with HC1:",
     {"ein Gesundheitszertifikat", "a health certificate"}},
    {NW_FORM_EEHIC,
     NW_ERR_FORM_UNKNOWN,
     "the code is an EHIC or its replacement certificate",
     {"eine Europäische Krankenversicherungskarte", "a European Health Insurance Card"}},
    {NW_FORM_MDOC,
     NW_ERR_FORM_UNKNOWN,
     "the bytes have the shape of an mdoc, a form that this version does not read",
     {"ein Nachweis in der Form mdoc, die diese Version nicht liest",
      "a document in the form mdoc, which this version does not read"}},
    {NW_FORM_UNKNOWN,
     NW_ERR_FORM_UNKNOWN,
     "neither SD-JWT VC, nor A11 text, nor mdoc",
     {"unbekannte Form", "unknown form"}},
};

void nw_form_other(struct nw_case *k)
{
    const struct other_row *row = others;
    while (row->form != k->r->form && row->form != NW_FORM_UNKNOWN) {
        row++;
    }
    nw_check_fail(k->checks, "A1-01", row->err, "%s: %s", nw_err_text(row->err), row->detail);
    nw_case_reason(k, "R09", row->what[0], row->what[1]);
}
