/*
 * Statements of qualified certificates (EN 319 412-5, TS 119 412-6) as the
 * value of the extension, for certificates that tests and vectors make.
 *
 *     struct nw_buf qc = NW_BUF(512);
 *     test_qc_put(&qc, &(struct test_qc){.compliance = true, .types = 2, .psb_country = "PL"});
 *     template.qc_statements = nw_buf_slice(&qc);
 */
#ifndef NW_TESTS_QC_H
#define NW_TESTS_QC_H

#include "base/buf.h"

struct test_qc {
    bool compliance;         /* QcCompliance */
    unsigned types;          /* QcType: bit 0 signature, bit 1 seal, bit 2 website, bit 3 another */
    const char *psb_country; /* NULL: no statement of a public body */
    const char *psb_oid;     /* NULL: 0.4.0.194126.1.3 */
};
/* Appends; an error sticks in the buffer. */
void test_qc_put(struct nw_buf *b, const struct test_qc *qc);

#endif
