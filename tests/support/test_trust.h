/*
 * A small evidence bundle around test_pki(): one Pub-EAA list with two bodies,
 * one PID list. The tests change one thing and see what comes back.
 *
 *   service 0  issues A1s     the certificate of `attestation` itself, granted since 2026-01-01
 *   service 1  status lists   the certificate of `status` itself, granted since 2026-01-01
 *   service 2  issues PIDs    the CA of `stranger`, granted, no dates
 */
#ifndef NW_TESTS_TRUST_H
#define NW_TESTS_TRUST_H

#include "support.h"
#include "test_pki.h"
#include "trust/bundle_items.h"

#define TEST_GRANTED 1767225600 /* 2026-01-01T00:00:00Z */

struct test_trust {
    struct nw_bundle_source sources[2];
    struct nw_bundle_entity entities[2];
    struct nw_bundle_service services[3];
    struct nw_bundle_signer signers[1];
    struct nw_bundle_token tokens[3];
    struct nw_bundle_body bodies[2];
    struct nw_bundle_vctm_item vctm[1];
    struct nw_bundle_content content;
    struct nw_bundle_policy policy; /* pins the signer below, at TEST_NOW */
    char pin[65];
    const char *pins[2];
};
void test_trust_fill(struct test_trust *t);
/* Signs the content with test_pki()->bundle; asserts success. The buffer is the caller's. */
void test_trust_write(const struct test_trust *t, struct nw_buf *out);
/* Writes and opens; file must outlive the bundle. */
struct nw_bundle *test_trust_open(const struct test_trust *t, struct nw_buf *file);

#endif
