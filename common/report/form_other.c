#include <string.h>

#include "base/limits.h"
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
    {NW_FORM_UNKNOWN,
     NW_ERR_FORM_UNKNOWN,
     "neither SD-JWT VC, nor A11 text, nor mdoc",
     {"unbekannte Form", "unknown form"}},
};

/* The text of a QR code under a prefix of its own: lower case, the next version, another document.
 */
static bool other_prefix(struct nw_slice in)
{
    static const char base45[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    if (in.n <= 4 || in.n > NW_MAX_QR_TEXT || in.p[3] != ':') {
        return false;
    }
    for (size_t i = 4; i < in.n; i++) {
        if (in.p[i] == 0 || strchr(base45, in.p[i]) == NULL) {
            return false;
        }
    }
    return true;
}

void nw_form_other(struct nw_case *k)
{
    if (k->r->form == NW_FORM_UNKNOWN && other_prefix(k->job->input)) {
        nw_check_fail(k->checks, "QR-01", NW_ERR_A11_PREFIX,
                      "%s: the prefix is not A11:", nw_err_text(NW_ERR_A11_PREFIX));
        nw_case_reason(k, "R09", "ein anderer QR-Code", "another QR code");
        return;
    }
    const struct other_row *row = others;
    while (row->form != k->r->form && row->form != NW_FORM_UNKNOWN) {
        row++;
    }
    nw_check_fail(k->checks, "A1-01", row->err, "%s: %s", nw_err_text(row->err), row->detail);
    nw_case_reason(k, "R09", row->what[0], row->what[1]);
}
