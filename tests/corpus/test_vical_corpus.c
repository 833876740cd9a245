/*
 * VICALs of real providers ($NW_DATA/vical): AAMVA's, for driving licences in
 * the United States, and a test list of RDW, the Dutch one, from an
 * interoperability event, with roots for PID and EHIC.
 */
#include "vical.h"

#include "base/date.h"
#include "cbor/cbor.h"
#include "crypto/cert.h"
#include "support.h"

#include <unistd.h>

static struct nw_types *types;

static int setup(void **state)
{
    (void)state;
    assert_ok(nw_types_load(&types, NULL));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    nw_types_free(&types);
    test_reset();
    return 0;
}

static void need_vicals(void)
{
    const char *folder = test_data("vical");
    if (folder == NULL) {
        skip();
    }
    if (access(folder, R_OK) != 0) {
        (void)fprintf(stderr, "SKIPPED: %s is not there: no VICAL was read\n", folder);
        skip();
    }
}

static enum nw_err judge(const char *name, struct nw_slice pin, const char *at, struct vical **out)
{
    char below[64];
    static struct nw_checks checks;
    struct vical *v = NULL;
    struct vical_policy policy = {.pins = &pin, .pin_n = 1, .types = types};
    (void)snprintf(below, sizeof below, "vical/%s", name);
    memset(&checks, 0, sizeof checks);
    assert_ok(nw_time_parse(nw_str(at), &policy.now));
    enum nw_err e =
        vical_open(test_crypto(), test_file(test_data(below)), &policy, &v, &checks, NULL);
    if (out != NULL) {
        *out = v;
    } else {
        vical_free(&v);
    }
    return e;
}

/* Signed below a root that is sent along; every entry is for driving licences. */
static void the_list_of_aamva_leads_to_its_root(void **state)
{
    (void)state;
    struct nw_buf root = NW_BUF(NW_MAX_CERT);
    struct vical *v = NULL;
    size_t pos = 0;
    need_vicals();
    assert_ok(nw_cert_from_pem(test_file(test_data("vical/aamva-root.pem")), &pos, &root));
    const struct nw_slice pin = nw_buf_slice(&root);
    assert_ok(judge("aamva-227602.vical", pin, "2025-11-18T20:00:00Z", &v));
    assert_int_equal(v->number, 227602);
    assert_true(nw_slice_is(v->provider, "AAMVA"));
    assert_string_equal(v->territory, "US");
    assert_int_equal(v->entry_n, 14);
    assert_int_equal(v->ignored, 14);
    assert_int_equal(v->service_n, 0);
    assert_int_equal(v->note_n, 0);
    vical_free(&v);
    assert_err(judge("aamva-227602.vical", pin, "2025-11-19T18:38:13Z", NULL), NW_ERR_VICAL_TIME);
    assert_err(judge("rdw-5.vical", pin, "2025-06-01T00:00:00Z", NULL), NW_ERR_VICAL_SIGNER);
    nw_buf_free(&root);
}

static void the_list_of_rdw_has_roots_for_documents_of_ours(void **state)
{
    (void)state;
    struct vical *v = NULL;
    size_t germany = 0;
    need_vicals();
    struct nw_slice pin = test_file(test_data("vical/rdw-signer.der"));
    assert_ok(judge("rdw-5.vical", pin, "2025-06-01T00:00:00Z", &v));
    assert_int_equal(v->number, 5);
    assert_int_equal(v->entry_n, 45);
    assert_int_equal(v->service_n, 34);
    assert_int_equal(v->ignored, 8); /* licences, photo ids and vehicles only */
    assert_int_equal(v->dropped, 3); /* end entities, not roots */
    for (size_t i = 0; i < v->service_n; i++) {
        germany += nw_slice_is(v->entities[i].country, "DE");
        assert_true(v->services[i].doc_types.n > 0);
    }
    assert_int_equal(germany, 2);
    vical_free(&v);
    assert_err(judge("rdw-5.vical", pin, "2026-02-25T00:00:01Z", NULL), NW_ERR_VICAL_TIME);
    assert_err(judge("aamva-227602.vical", pin, "2025-11-18T20:00:00Z", NULL), NW_ERR_VICAL_SIGNER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_list_of_aamva_leads_to_its_root, setup, teardown),
        cmocka_unit_test_setup_teardown(the_list_of_rdw_has_roots_for_documents_of_ours, setup,
                                        teardown),
    };
    return run_on_both("vical_corpus", tests, ARRAY_LENGTH(tests));
}
