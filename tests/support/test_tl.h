/* Trusted lists as the tests need them: the collected ones, unpacked, and the certificates in them.
 */
#ifndef NW_TESTS_TL_H
#define NW_TESTS_TL_H

#include "base/slice.h"

/* A file below $NW_DATA/tl, unpacked if its name ends in .gz. The test fails if it is not there;
 * empty if there is no such data at all. Kept until the program ends. */
struct nw_slice test_tl_file(const char *name);
/* The i-th certificate (DER) of a PEM file below $NW_DATA/tl; empty past the last one. */
struct nw_slice test_tl_pem(const char *name, size_t i);
/* All of them; returns how many. */
size_t test_tl_pins(const char *name, struct nw_slice *out, size_t max);
/* The i-th X509Certificate inside the signature of a list, for lists that nobody vouches for; empty
 * past the last one. */
struct nw_slice test_tl_own_cert(struct nw_slice list, size_t i);

/* The configuration of a bundle of all stored lists that are the newest of their state, which are
 * put into the folder of the test (test_folder.h) as *.xml: at their clock, HR, NL and NO are
 * refused, as index.tsv says. Of the operator it names op.key and op.pem. */
#define TEST_TL_AT "2026-08-21T12:00:00Z"
#define TEST_TL_CLOCK 1787313600
const char *test_tl_real_config(void);

#endif
