/*
 * TS 119 615 Tables 1 and 2: what the statements of a certificate and the
 * qualifiers of a list come to.
 *
 * A row is what the certificate states: QcCompliance or not, and which of the
 * three types. A column is what the list says of it. The standard gives "no
 * type" and "type 1" one row where there is QcCompliance; here each has its
 * own. Letters: y(es), n(o), ? (the list cannot be used to tell).
 */
#include "crypto/cert_qc.h"
#include "trust/qualification.h"

#define KNOWN_TYPES (NW_QC_SIGNATURE | NW_QC_SEAL | NW_QC_WEB)

enum column { /* the qualifiers that apply */
              COLUMN_NONE,
              COLUMN_NOT_QUALIFIED, /* with or without the purpose */
              COLUMN_STATEMENT,
              COLUMN_PURPOSE, /* QCForESig in Table 1, QCForESeal in Table 2 */
              COLUMN_BOTH,
              COLUMNS,
};

/* [types as bits: 1 signature, 2 seal, 4 web][column] */
struct table {
    char compliant[8][COLUMNS + 1], silent[8][COLUMNS + 1];
};

static const struct table for_signatures = {
    .compliant = {"ynyyy", "ynyyy", "nnnyy", "?n?yy", "nnnyy", "?n?yy", "nnnyy", "?n?yy"},
    .silent = {"nn?ny", "nnyny", "nnnny", "nn?ny", "nnnny", "nn?ny", "nnnny", "nn?ny"},
};

static const struct table for_seals = {
    .compliant = {"nnnyy", "nnnyy", "ynyyy", "?n?yy", "nnnyy", "nnnyy", "?n?yy", "?n?yy"},
    .silent = {"nn?ny", "nnnny", "nnyny", "nn?ny", "nnnny", "nnnny", "nn?ny", "nn?ny"},
};

static const char *const why_yes[COLUMNS] = {
    [COLUMN_NONE] = "the certificate states that it is qualified, and for what",
    [COLUMN_NOT_QUALIFIED] = "",
    [COLUMN_STATEMENT] = "the list states that it is qualified, the certificate for what",
    [COLUMN_PURPOSE] = "the certificate states that it is qualified, the list for what",
    [COLUMN_BOTH] = "the list states that it is qualified, and for what",
};
static const char *const why_no[COLUMNS] = {
    [COLUMN_NONE] = "the certificate does not state that it is qualified for this",
    [COLUMN_NOT_QUALIFIED] = "the list states that it is not qualified",
    [COLUMN_STATEMENT] = "the certificate states another purpose",
    [COLUMN_PURPOSE] = "nothing states that it is qualified",
    [COLUMN_BOTH] = "",
};
#define WHY_UNCLEAR "neither certificate nor list say clearly what it is for"

static enum column column_of(unsigned apply, unsigned purpose)
{
    if ((apply & NW_QUALIFIER_NOT_QUALIFIED) != 0) {
        return COLUMN_NOT_QUALIFIED;
    }
    bool statement = (apply & NW_QUALIFIER_STATEMENT) != 0;
    if ((apply & purpose) != 0) {
        return statement ? COLUMN_BOTH : COLUMN_PURPOSE;
    }
    return statement ? COLUMN_STATEMENT : COLUMN_NONE;
}

/* PRO-4.4.4-12 and -20: qualifiers that do not go together, or not with this table. */
static bool contradicts(unsigned apply, unsigned foreign)
{
    const unsigned both = NW_QUALIFIER_NOT_QUALIFIED | NW_QUALIFIER_STATEMENT;
    return (apply & foreign) != 0 || (apply & both) == both;
}

static enum nw_qualified open_because(const char *text, const char **why)
{
    *why = text;
    return NW_QUALIFIED_OPEN;
}

static enum nw_qualified look_up(const struct table *t, const struct nw_cert *cert, unsigned apply,
                                 unsigned purpose, const char **why)
{
    struct nw_cert_qc qc;
    if (nw_cert_qc_read(cert, NULL, &qc, NULL) != NW_OK) {
        return open_because("the statements of the certificate cannot be read", why);
    }
    if (qc.types == NW_QC_OTHER) { /* neither table has a row for it */
        return open_because("the certificate states a purpose that is not known", why);
    }
    enum column column = column_of(apply, purpose);
    unsigned types = qc.types & KNOWN_TYPES;
    switch ((qc.compliance ? t->compliant : t->silent)[types][column]) {
    case 'y':
        *why = why_yes[column];
        return NW_QUALIFIED_YES;
    case 'n':
        *why = why_no[column];
        return NW_QUALIFIED_NO;
    default:
        return open_because(WHY_UNCLEAR, why);
    }
}

static enum nw_qualified decide(const struct table *t, const struct nw_cert *cert,
                                const struct nw_qualifiers *q, unsigned purpose, unsigned foreign,
                                const char **why)
{
    if (q->open != 0) {
        return open_because("the list has a criterion that is not known", why);
    }
    if ((q->apply & NW_QUALIFIER_UNKNOWN) != 0) {
        return open_because("the list has a qualifier that is not known", why);
    }
    if (contradicts(q->apply, foreign)) {
        return open_because("the list applies qualifiers that contradict each other", why);
    }
    return look_up(t, cert, q->apply, purpose, why);
}

enum nw_qualified nw_qualification_signature(const struct nw_cert *cert,
                                             const struct nw_qualifiers *q, const char **why)
{
    return decide(&for_signatures, cert, q, NW_QUALIFIER_SIGNATURE,
                  NW_QUALIFIER_SEAL | NW_QUALIFIER_WEB | NW_QUALIFIER_LEGAL_PERSON, why);
}

enum nw_qualified nw_qualification_seal(const struct nw_cert *cert, const struct nw_qualifiers *q,
                                        const char **why)
{
    return decide(&for_seals, cert, q, NW_QUALIFIER_SEAL, NW_QUALIFIER_SIGNATURE | NW_QUALIFIER_WEB,
                  why);
}
