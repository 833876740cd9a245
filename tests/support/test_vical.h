/*
 * VICALs as the tests need them: a good one, to be changed in one thing, and a signer for it.
 *
 *     struct test_vical t = test_vical();
 *     t.number = 7;
 *     test_vical_write(signer, &t, &file);
 */
#ifndef NW_TESTS_VICAL_H
#define NW_TESTS_VICAL_H

#include "crypto/signer.h"

#define TEST_VICAL_TIME 1772323200 /* 2026-03-01T00:00:00Z, between date and nextUpdate */
#define TEST_VICAL_EKU "1.0.18013.5.1.8"

struct test_vical_entry { /* what is NULL or empty is as in the certificate, or left out */
    struct nw_slice certificate;
    const char *types[4];
    const char *profile, *country;
    struct nw_slice serial, ski, issuer, subject;
    bool no_types, types_are_text;
};

struct test_vical {
    const char *version, *provider, *date, *next_update, *not_after; /* NULL: left out */
    uint64_t number;                                                 /* 0: left out */
    bool date_untagged;
    struct test_vical_entry entries[3];
    size_t entry_n;
    bool tagged; /* with tag 18 */
};

/* One entry: test_pki()->anchor, for the A1 and the PID, and something that nobody knows. */
struct test_vical test_vical(void);
void test_vical_write(struct nw_signer *s, const struct test_vical *t, struct nw_buf *out);
/* A signer below test_pki()->anchor; eku NULL: without purpose. */
struct nw_signer *test_vical_signer(const char *eku);

#endif
