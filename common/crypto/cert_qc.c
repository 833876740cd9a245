#include "crypto/cert_qc.h"

#include "base/unicode.h"
#include "crypto/der.h"

static const struct {
    const char *oid;
    unsigned type;
} types[] = {
    {NW_OID_QC_TYPE ".1", NW_QC_SIGNATURE},
    {NW_OID_QC_TYPE ".2", NW_QC_SEAL},
    {NW_OID_QC_TYPE ".3", NW_QC_WEB},
};
#define TYPES (sizeof types / sizeof types[0])

static unsigned type_of(struct nw_slice oid)
{
    for (size_t i = 0; i < TYPES; i++) {
        if (nw_der_oid_is(oid, types[i].oid)) {
            return types[i].type;
        }
    }
    return NW_QC_OTHER;
}

/* QcType ::= SEQUENCE OF OBJECT IDENTIFIER (EN 319 412-5 4.2.3) */
static bool read_types(struct nw_slice info, struct nw_cert_qc *out)
{
    struct nw_slice list;
    struct nw_slice oid;
    if (out->types != 0 || !nw_der_take(&info, NW_DER_SEQUENCE, &list) || info.n != 0 ||
        list.n == 0) {
        return false;
    }
    while (list.n > 0) {
        if (!nw_der_take(&list, NW_DER_OID, &oid) || oid.n == 0) {
            return false;
        }
        out->types |= type_of(oid);
    }
    return true;
}

static bool is_country(struct nw_slice s)
{
    return s.n == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' && s.p[1] <= 'Z';
}

static bool is_text(struct nw_slice s)
{
    return s.n > 0 && nw_utf8_valid(s, NULL) && nw_text_is_clean(s);
}

/* QcPSB ::= SEQUENCE { country PrintableString (SIZE (2)), source UTF8String, law UTF8String } */
static bool read_psb(struct nw_slice info, struct nw_cert_qc *out)
{
    struct nw_slice seq;
    if (out->psb || !nw_der_take(&info, NW_DER_SEQUENCE, &seq) || info.n != 0) {
        return false;
    }
    out->psb = nw_der_take(&seq, NW_DER_PRINTABLE, &out->psb_country) &&
               is_country(out->psb_country) && nw_der_take(&seq, NW_DER_UTF8, &out->psb_source) &&
               is_text(out->psb_source) && nw_der_take(&seq, NW_DER_UTF8, &out->psb_legislation) &&
               is_text(out->psb_legislation) && seq.n == 0;
    return out->psb;
}

/* A statement that says something by being there. */
static bool read_flag(struct nw_slice info, bool *flag)
{
    bool first = !*flag;
    *flag = true;
    return first && info.n == 0;
}

/* QCStatement ::= SEQUENCE { statementId OBJECT IDENTIFIER, statementInfo ANY OPTIONAL } */
static bool read_statement(struct nw_slice *list, const char *psb_oid, struct nw_cert_qc *out)
{
    struct nw_slice statement;
    struct nw_slice oid;
    struct nw_der_item item;
    if (!nw_der_take(list, NW_DER_SEQUENCE, &statement) ||
        !nw_der_take(&statement, NW_DER_OID, &oid) || oid.n == 0) {
        return false;
    }
    struct nw_slice info = statement;
    if (statement.n > 0 && (!nw_der_next(&statement, &item) || statement.n != 0)) {
        return false;
    }
    if (nw_der_oid_is(oid, NW_OID_QC_COMPLIANCE)) {
        return read_flag(info, &out->compliance);
    }
    if (nw_der_oid_is(oid, NW_OID_QC_QSCD)) {
        return read_flag(info, &out->qscd);
    }
    if (nw_der_oid_is(oid, NW_OID_QC_TYPE)) {
        return read_types(info, out);
    }
    return !nw_der_oid_is(oid, psb_oid) || read_psb(info, out);
}

enum nw_err nw_cert_qc_read(const struct nw_cert *cert, const char *psb_oid, struct nw_cert_qc *out,
                            struct nw_diag *d)
{
    struct nw_cert_qc qc = {0};
    struct nw_slice v = cert->ext_qc;
    struct nw_slice list = NW_SLICE_EMPTY;
    if (v.n > 0 && (!nw_der_take(&v, NW_DER_SEQUENCE, &list) || v.n != 0 || list.n == 0)) {
        return nw_fail(d, NW_ERR_CERT_FORM, NW_NO_OFFSET, "qcStatements");
    }
    for (size_t n = 1; list.n > 0; n++) {
        size_t off = (size_t)(list.p - cert->der.p);
        if (!read_statement(&list, psb_oid != NULL ? psb_oid : NW_OID_QC_PSB, &qc)) {
            return nw_fail(d, NW_ERR_CERT_FORM, off, "qualified statement %zu", n);
        }
    }
    *out = qc;
    return NW_OK;
}
