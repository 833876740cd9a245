/*
 * A Pub-EAA list around test_pki(), as JSON text and signed. Two services of
 * one body: the certificate of `attestation` issues, that of `status` publishes.
 */
#ifndef NW_TESTS_LOTE_H
#define NW_TESTS_LOTE_H

#include "support.h"
#include "test_pki.h"
#include "tslist.h"

#define TEST_LIST_SIGNED 1793491200 /* 2026-11-01T00:00:00Z, also ListIssueDateTime */

/* The list with the first `from` replaced by `to` (NULL: nothing). Asserts that from is in it. */
void test_lote_json(const char *from, const char *to, struct nw_buf *out);
/* Signed by test_pki()->list; members: header members after alg, NULL for iat and nothing else. */
void test_lote_sign(struct nw_slice json, const char *members, bool with_chain, struct nw_buf *out);
/* The list so changed, signed, as "list.jws" in the folder of the test (test_folder.h). */
void test_lote_put(const char *from, const char *to);
/* The same body in XML (annex A.2.1), issued at TSLIST_ISSUED; number 0: 7. Appended to out. */
void test_lote_xml(uint64_t number, const struct tslist_change *changes, size_t n,
                   struct nw_buf *out);

#endif
