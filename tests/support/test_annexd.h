/* The example values of ISO/IEC 18013-5 Annex D: tests/unit/data/mdoc/annexd (SOURCE there). */
#ifndef NW_TESTS_ANNEXD_H
#define NW_TESTS_ANNEXD_H

#include "crypto/signer.h"

/* Bytes of one file ("session-data.hex"); lives until test_reset(). */
struct nw_slice test_annexd(const char *name);
/* One key of keys.txt ("ephemeral-reader-key"); the caller frees it. */
struct nw_signer *test_annexd_key(const char *name);

#endif
