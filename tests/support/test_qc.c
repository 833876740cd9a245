#include "test_qc.h"

#include "crypto/cert_qc.h"
#include "crypto/der.h"

static void put_types(struct nw_buf *b, unsigned types)
{
    static const char *const ids[] = {"0.4.0.1862.1.6.1", "0.4.0.1862.1.6.2", "0.4.0.1862.1.6.3",
                                      "0.4.0.194126.1.1"};
    size_t statement = nw_der_open(b, NW_DER_SEQUENCE);
    nw_der_put_oid(b, NW_OID_QC_TYPE);
    size_t list = nw_der_open(b, NW_DER_SEQUENCE);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        if ((types & 1u << i) != 0) {
            nw_der_put_oid(b, ids[i]);
        }
    }
    nw_der_close(b, list);
    nw_der_close(b, statement);
}

static void put_psb(struct nw_buf *b, const struct test_qc *qc)
{
    size_t statement = nw_der_open(b, NW_DER_SEQUENCE);
    nw_der_put_oid(b, qc->psb_oid != NULL ? qc->psb_oid : NW_OID_QC_PSB);
    size_t info = nw_der_open(b, NW_DER_SEQUENCE);
    nw_der_put(b, NW_DER_PRINTABLE, nw_str(qc->psb_country));
    nw_der_put(b, NW_DER_UTF8, nw_str("Register of insured persons (test)"));
    nw_der_put(b, NW_DER_UTF8, nw_str("Test act on social insurance"));
    nw_der_close(b, info);
    nw_der_close(b, statement);
}

void test_qc_put(struct nw_buf *b, const struct test_qc *qc)
{
    size_t all = nw_der_open(b, NW_DER_SEQUENCE);
    if (qc->compliance) {
        size_t statement = nw_der_open(b, NW_DER_SEQUENCE);
        nw_der_put_oid(b, NW_OID_QC_COMPLIANCE);
        nw_der_close(b, statement);
    }
    if (qc->types != 0) {
        put_types(b, qc->types);
    }
    if (qc->psb_country != NULL) {
        put_psb(b, qc);
    }
    nw_der_close(b, all);
}
