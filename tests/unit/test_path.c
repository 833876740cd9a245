#include "support.h"

#include "test_pki.h"

static void the_test_signer_is_certified_by_the_test_ca(void **state)
{
    (void)state;
    const struct test_pki *pki = test_pki();
    struct nw_slice chain = nw_signer_chain_cert(pki->attestation, 0);
    struct nw_path path = {.chain = &chain,
                           .chain_n = 1,
                           .anchors = &pki->anchor,
                           .anchor_n = 1,
                           .at = TEST_NOW,
                           .profile = NW_CERT_ATTESTATION};
    static struct nw_checks checks;
    memset(&checks, 0, sizeof checks);
    size_t used = 99;
    assert_ok(nw_path_check(test_crypto(), &path, &checks, &used, NULL));
    assert_int_equal(used, 0);
    assert_true(nw_check_passed(&checks, "X5-01"));
    assert_true(nw_check_passed(&checks, "X5-02"));
    assert_true(nw_check_passed(&checks, "X5-03"));
    assert_false(nw_check_passed(&checks, "X5-04"));
    path.anchors = &pki->other_anchor;
    assert_err(nw_path_check(test_crypto(), &path, NULL, &used, NULL), NW_ERR_CERT_ANCHOR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_test_signer_is_certified_by_the_test_ca),
    };
    return run_on_both("path", tests, ARRAY_LENGTH(tests));
}
