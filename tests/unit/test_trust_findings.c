/*
 * What real lists taught, as rules of `nachweis-trust bundle`: each with what
 * is accepted and its twin that is not. Where else a finding is tested:
 *
 *   T3   issue to next update: six months and 72 hours   below; test_tsl, test_lote
 *   T4   the same number again                           below; test_tl_walk (the Romanian pair)
 *   T5   lapsed: list of lists, national list, LoTE      below; test_trust_cache; amber in the
 *                                                        verdict: tests/e2e/qualified
 *   T6   oddities of a pinned signer are no fault        below; test_tl_bundle (IE, DK, EE)
 *   T7   a status of the future                          below; test_tl_walk (the French services)
 *   T8   a public body by its list, by its seal, both    tests/e2e/qualified
 *   T9   lists in JSON are compact JAdES                 below; test_lote_corpus (WE BUILD)
 *   T10  the name of a signer is not its operator's      below; test_tl_walk (list of lists, C=LU)
 *
 * T1 and T2 are in test_tl_corpus and test_tsl.
 */
#include <unistd.h>

#include "command.h"
#include "jose/jws.h"
#include "test_folder.h"
#include "test_lote.h"
#include "trust/bundle_items.h"
#include "tslist.h"

#define AT "2026-11-22T00:00:00Z" /* TEST_NOW */
#define JOURNAL "https://example.test/oj/1"
#define FILE_MAX (1u << 20)

static char operator_pin[65];

/* A national list under a list of lists, and what a test changes in them. */
struct scene {
    struct nw_signer *signer; /* of the national list, as the list of lists names it */
    const char *issued, *next_update, *signed_at;
    const char *operator_name;
    const char *lotl_next; /* of the list of lists */
    uint64_t number;
    struct tslist_service services[2];
};

static struct scene scene(void)
{
    return (struct scene){
        .signer = test_pki()->stranger,
        .issued = "2026-06-01T10:00:00Z",
        .next_update = "2026-12-01T10:00:00Z",
        .signed_at = "2026-06-01T10:00:00Z",
        .lotl_next = "2027-04-01T10:00:00Z",
        .number = 7,
        .services = {
            {.cert = {nw_signer_chain_cert(test_pki()->attestation, 0)},
             .period = {{.type = "EAA/Q", .status = "granted", .from = "2026-01-01T00:00:00Z"}}}}};
}

static void put_list(const struct tslist *list, struct nw_signer *signer, const char *name)
{
    struct nw_buf file = NW_BUF(FILE_MAX);
    struct tslist_job job = {.c = test_crypto(), .list = list, .signer = tslist_signer_of(signer)};
    assert_ok(tslist_make(&job, &file));
    test_put(name, nw_buf_slice(&file));
    nw_buf_free(&file);
}

static void put_scene(const struct scene *s)
{
    const struct tslist_pointer pointers[] = {{"EU",
                                               "https://example.test/lotl.xml",
                                               "EUlistofthelists",
                                               NULL,
                                               {nw_signer_chain_cert(test_pki()->list, 0)}},
                                              {"PL",
                                               "https://example.test/pl.xml",
                                               "EUgeneric",
                                               NULL,
                                               {nw_signer_chain_cert(s->signer, 0)}}};
    const struct tslist lotl = {.form = TSLIST_LOTL,
                                .issued = "2026-10-01T10:00:00Z",
                                .next_update = s->lotl_next,
                                .signed_at = "2026-10-01T10:00:00Z",
                                .uris = {JOURNAL},
                                .pointers = pointers,
                                .pointer_n = 2};
    const struct tslist_entity provider = {
        .name = "Provider", .services = s->services, .service_n = 1};
    const struct tslist list = {.territory = "PL",
                                .number = s->number,
                                .operator_name = s->operator_name,
                                .issued = s->issued,
                                .next_update = s->next_update,
                                .signed_at = s->signed_at,
                                .entities = &provider,
                                .entity_n = 1};
    if (access(test_path("lotl.xml"), F_OK) !=
        0) { /* one edition: libcrypto signs otherwise anew */
        put_list(&lotl, test_pki()->list, "lotl.xml");
    }
    put_list(&list, s->signer, "pl.xml");
}

static int setup(void **state)
{
    assert_int_equal(test_folder_make(state), 0);
    test_put_operator(operator_pin);
    test_put("list.der", nw_signer_chain_cert(test_pki()->list, 0));
    return 0;
}

static int run_at(const char *sources, const char *at)
{
    struct nw_buf text = NW_BUF(4096);
    nw_buf_printf(&text,
                  "{\"version\":1,\"signer\":{\"key\":\"op.key\",\"chain\":\"op.pem\"},"
                  "\"max_age\":604800,\"state\":\"state.json\",\"sources\":[%s]}",
                  sources);
    test_put("config.json", nw_buf_slice(&text));
    nw_buf_free(&text);
    return TEST_RUN(tl_command_bundle, "bundle", "--config", test_path("config.json"), "--out",
                    test_path("e.nwb"), "--at", at);
}

#define EU(more)                                                                                   \
    "{\"name\":\"eu\",\"list\":\"lotl\",\"file\":\"lotl.xml\",\"journal\":\"" JOURNAL              \
    "\",\"signers\":[\"list.der\"],\"lists\":[\"pl.xml\"]" more "}"
#define PUB                                                                                        \
    "{\"name\":\"pub\",\"list\":\"pub-eaa\",\"file\":\"list.jws\",\"signers\":[\"list.der\"]}"

static int bundle_of(const struct scene *s)
{
    put_scene(s);
    return run_at(EU(""), AT);
}

static void assert_taken(void)
{
    assert_said("taken    list         eu/PL: number ");
}

static void assert_left_out(const char *why)
{
    assert_said("refused  list         pl.xml: ");
    assert_said(why);
}

static void put_lote(const char *from, const char *to, bool serialised)
{
    struct nw_buf json, jws;
    test_lote_json(from, to, &json);
    test_lote_sign(nw_buf_slice(&json), NULL, true, &jws);
    if (serialised) { /* RFC 7515 7.2.2, of the very same parts */
        struct nw_buf flat = NW_BUF(FILE_MAX);
        struct nw_slice s = nw_buf_slice(&jws);
        size_t first = nw_slice_find(s, '.', 0);
        size_t second = nw_slice_find(s, '.', first + 1);
        nw_buf_printf(&flat, "{\"payload\":\"%.*s\",\"protected\":\"%.*s\",\"signature\":\"%.*s\"}",
                      (int)(second - first - 1), (const char *)s.p + first + 1, (int)first,
                      (const char *)s.p, (int)(s.n - second - 1), (const char *)s.p + second + 1);
        test_put("list.jws", nw_buf_slice(&flat));
        nw_buf_free(&flat);
    } else {
        test_put("list.jws", nw_buf_slice(&jws));
    }
    nw_buf_free(&json);
    nw_buf_free(&jws);
}

/* State at t of the one service in the bundle. */
static enum nw_trust_state state_at(int64_t t)
{
    const char *pins[] = {operator_pin, NULL};
    const struct nw_bundle_policy policy = {.signers = pins, .now = TEST_NOW};
    struct nw_bundle *b = NULL;
    struct nw_trust_entity entity;
    enum nw_trust_state state = NW_TRUST_UNKNOWN;
    const struct nw_slice chain = nw_signer_chain_cert(test_pki()->attestation, 0);
    assert_ok(nw_bundle_open(test_crypto(), test_file(test_path("e.nwb")), &policy, &b, NULL));
    enum nw_err e = nw_trust_chain(test_crypto(), b, NW_ROLE_QEAA, NW_CERT_ATTESTATION, &chain, 1,
                                   t, TEST_NOW, &entity, &state, NULL, NULL);
    assert_int_equal(e == NW_OK, state == NW_TRUST_GRANTED);
    nw_bundle_free(&b);
    return state;
}

static void t3_six_months_may_be_exceeded_by_72_hours(void **state)
{
    (void)state;
    struct scene s = scene();
    assert_int_equal(bundle_of(&s), 0);
    assert_not_said("six months");
    s.next_update = "2026-12-04T10:00:00Z";
    s.number++;
    assert_int_equal(bundle_of(&s), 0);
    assert_taken();
    assert_said("warning  list         eu/PL: NextUpdate: is more than six months");
    s.next_update = "2026-12-04T10:00:01Z";
    s.number++;
    assert_int_equal(bundle_of(&s), 1);
    assert_left_out("NextUpdate");

    put_lote("2027-05-01T00:00:00Z", "2027-05-04T00:00:00Z", false);
    assert_int_equal(run_at(PUB, AT), 0);
    assert_said("warning  list         pub: NextUpdate: six months are exceeded");
    put_lote("2027-05-01T00:00:00Z", "2027-05-04T00:00:01Z", false);
    assert_int_equal(run_at(PUB, AT), 2);
    assert_said("more than six months");
}

static void t4_a_number_comes_again_only_with_a_later_signature(void **state)
{
    (void)state;
    struct scene s = scene();
    assert_int_equal(bundle_of(&s), 0);
    s.operator_name = "Another operator";
    assert_int_equal(bundle_of(&s), 1);
    assert_left_out("7 again with other content and no later signature");
    s.signed_at = "2026-06-01T10:00:01Z";
    assert_int_equal(bundle_of(&s), 0);
    assert_taken();
    assert_said("warning  list         eu/PL: TSLSequenceNumber: 7 again with other content");
    assert_int_equal(run_at(EU(""), AT), 0); /* it is the known edition now */
    assert_not_said("again with other content");
    s.number = 6;
    s.signed_at = "2026-07-01T10:00:00Z";
    assert_int_equal(bundle_of(&s), 1);
    assert_left_out("6 after 7");
}

static void t5_a_lapsed_list_of_lists_stops_everything(void **state)
{
    (void)state;
    struct scene s = scene();
    s.next_update = "2026-12-04T10:00:00Z";
    s.lotl_next = "2026-12-01T10:00:00Z";
    put_scene(&s);
    assert_int_equal(run_at(EU(""), "2026-12-01T10:00:00Z"), 0);
    struct nw_slice before = test_file(test_path("e.nwb"));
    assert_int_equal(run_at(EU(""), "2026-12-01T10:00:01Z"), 2);
    assert_said("refused  list         eu: ");
    assert_said("a list of lists is of no use then");
    assert_int_equal(run_at(EU(",\"grace\":8640000"), "2026-12-01T10:00:01Z"), 2);
    assert_true(nw_slice_eq(test_file(test_path("e.nwb")), before)); /* stays until its own end */
}

static void t5_a_lapsed_national_list_is_stale_for_a_grace(void **state)
{
    (void)state;
    struct scene s = scene();
    put_scene(&s);
    assert_int_equal(run_at(EU(""), "2026-12-01T10:00:00Z"), 0);
    assert_not_said("stale");
    assert_int_equal(run_at(EU(""), "2026-12-01T10:00:01Z"), 1);
    assert_left_out("has passed");
    assert_int_equal(run_at(EU(",\"grace\":86400"), "2026-12-02T10:00:00Z"), 0);
    assert_taken();
    assert_said("warning  list         eu/PL: NextUpdate: has passed: what the list says is stale");
    assert_int_equal(run_at(EU(",\"grace\":86400"), "2026-12-02T10:00:01Z"), 1);
    assert_left_out("and the grace of the policy too");
}

/* TS 119 602 6.3.15 knows no grace, and the configuration offers none. */
static void t5_a_lapsed_list_of_trusted_entities_is_discarded(void **state)
{
    (void)state;
    put_lote(NULL, NULL, false);
    assert_int_equal(run_at(PUB, "2027-05-01T00:00:00Z"), 0);
    assert_int_equal(run_at(PUB, "2027-05-01T00:00:01Z"), 2);
    assert_said("has passed: the list is to be discarded");
    assert_int_equal(run_at("{\"name\":\"pub\",\"list\":\"pub-eaa\",\"file\":\"list.jws\","
                            "\"signers\":[\"list.der\"],\"grace\":86400}",
                            AT),
                     TL_CONFIG);
}

/* A CA's certificate with a path length, of another state and long ended: all of it is the
 * operator's affair. Only that it is this very certificate counts. */
static void t6_a_pinned_signer_may_be_odd(void **state)
{
    (void)state;
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    struct nw_signer *odd = test_signer(test_crypto(), "an odd signer");
    struct nw_signer *same = test_signer(test_crypto(), "an odd signer");
    struct nw_cert_template t = {.common_name = "Odd",
                                 .organisation = "Nobody in particular",
                                 .country = "LU",
                                 .subject = nw_signer_pubkey(odd),
                                 .serial = {1},
                                 .not_before = TEST_NOT_BEFORE,
                                 .not_after = TEST_NOT_BEFORE + 86400,
                                 .ca = true,
                                 .path_len = 0};
    assert_ok(nw_cert_make(test_crypto(), &t, odd, &der));
    struct nw_slice leaf = nw_buf_slice(&der);
    assert_ok(nw_signer_set_chain(odd, &leaf, 1));
    struct scene s = scene();
    s.signer = odd;
    assert_int_equal(bundle_of(&s), 0);
    assert_taken();
    /* the same key, names and dates in another certificate */
    nw_buf_reset(&der);
    t.serial[0] = 2;
    assert_ok(nw_cert_make(test_crypto(), &t, same, &der));
    leaf = nw_buf_slice(&der);
    assert_ok(nw_signer_set_chain(same, &leaf, 1));
    const struct tslist_entity provider = {
        .name = "Provider", .services = s.services, .service_n = 1};
    const struct tslist list = {.territory = "PL",
                                .number = 8,
                                .issued = s.issued,
                                .next_update = s.next_update,
                                .entities = &provider,
                                .entity_n = 1};
    put_list(&list, same, "pl.xml");
    assert_int_equal(run_at(EU(""), AT), 1);
    assert_left_out("not signed by a certificate that was named for it");
    nw_signer_free(&odd);
    nw_signer_free(&same);
    nw_buf_free(&der);
}

static void t7_a_withdrawal_of_the_future_has_not_happened(void **state)
{
    (void)state;
    const int64_t in_2028 = 1830297600; /* 2028-01-01T00:00:00Z */
    struct scene s = scene();
    s.services[0].period[0] = (struct tslist_period){
        .type = "EAA/Q", .status = "withdrawn", .from = "2028-01-01T00:00:00Z"};
    s.services[0].period[1] = (struct tslist_period){
        .type = "EAA/Q", .status = "granted", .from = "2026-01-01T00:00:00Z"};
    assert_int_equal(bundle_of(&s), 0);
    assert_int_equal(state_at(TEST_NOW), NW_TRUST_GRANTED);
    assert_int_equal(state_at(in_2028 - 1), NW_TRUST_GRANTED);
    assert_int_equal(state_at(in_2028), NW_TRUST_WITHDRAWN);
    s.services[0].period[0].from = "2026-11-21T00:00:00Z"; /* yesterday */
    s.number++;
    assert_int_equal(bundle_of(&s), 0);
    assert_int_equal(state_at(TEST_NOW), NW_TRUST_WITHDRAWN);
    assert_int_equal(state_at(1795219199), NW_TRUST_GRANTED); /* and the second before */
}

/* 1970-01-01T00:00:00Z is 0, which stands for "no end" elsewhere. */
static void a_status_may_start_at_any_second(void **state)
{
    (void)state;
    static const char *const from[] = {"1970-01-01T00:00:01Z", "1970-01-01T00:00:00Z",
                                       "1969-12-31T23:59:59Z"};
    struct scene s = scene();
    s.services[0].period[1] = (struct tslist_period){
        .type = "EAA/Q", .status = "granted", .from = "1960-01-01T00:00:00Z"};
    for (size_t i = 0; i < ARRAY_LENGTH(from); i++) {
        s.services[0].period[0] =
            (struct tslist_period){.type = "EAA/Q", .status = "withdrawn", .from = from[i]};
        assert_int_equal(bundle_of(&s), 0);
        assert_int_equal(state_at(TEST_NOW), NW_TRUST_WITHDRAWN);
        assert_int_equal(state_at(1 - (int64_t)i), NW_TRUST_WITHDRAWN);
        assert_int_equal(state_at(-(int64_t)i), NW_TRUST_GRANTED);
        s.number++;
    }
    /* two entries of that time: the upper one counts */
    s.services[0].period[0].from = s.services[0].period[1].from = from[1];
    s.services[0].period[1].status = "withdrawn";
    s.services[0].period[2] = (struct tslist_period){
        .type = "EAA/Q", .status = "granted", .from = "1960-01-01T00:00:00Z"};
    assert_int_equal(bundle_of(&s), 0);
    assert_int_equal(state_at(0), NW_TRUST_WITHDRAWN);
    assert_int_equal(state_at(-1), NW_TRUST_GRANTED);
}

static void t9_a_list_in_json_is_compact_jades(void **state)
{
    (void)state;
    put_lote(NULL, NULL, false);
    assert_int_equal(run_at(PUB, AT), 0);
    put_lote(NULL, NULL, true);
    assert_int_equal(run_at(PUB, AT), 2);
    assert_said("refused  list         pub: ");
    struct nw_buf json;
    test_lote_json(NULL, NULL, &json); /* the pilots' way: a member beside the list */
    nw_buf_cut(&json, json.n - 1);
    nw_buf_puts(&json, ",\"signature\":\"AAAA\"}");
    test_put("list.jws", nw_buf_slice(&json));
    nw_buf_free(&json);
    assert_int_equal(run_at(PUB, AT), 2);
    assert_said("refused  list         pub: ");
}

/* 6.8.0 wants territory and operator in the signer's name; the Commission's own signer has not. */
static void t10_the_pin_decides_and_not_the_name(void **state)
{
    (void)state;
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    struct nw_buf json, jws;
    put_lote(NULL, NULL, false);
    assert_int_equal(run_at(PUB, AT), 0); /* signed by DE, Nachweis Test Institution */
    struct nw_signer *named = test_signer(test_crypto(), "a signer of the right name");
    const struct nw_cert_template t = {.common_name = "Signer",
                                       .organisation = "Test Commission",
                                       .country = "EU",
                                       .subject = nw_signer_pubkey(named),
                                       .serial = {1},
                                       .not_before = TEST_NOT_BEFORE,
                                       .not_after = TEST_NOT_AFTER,
                                       .path_len = -1};
    assert_ok(nw_cert_make(test_crypto(), &t, named, &der));
    struct nw_slice leaf = nw_buf_slice(&der);
    assert_ok(nw_signer_set_chain(named, &leaf, 1));
    jws = NW_BUF(FILE_MAX);
    test_lote_json("\"LoTESequenceNumber\":7", "\"LoTESequenceNumber\":8", &json);
    assert_ok(nw_jws_sign(named, "\"iat\":1793491200", true, nw_buf_slice(&json), &jws));
    test_put("list.jws", nw_buf_slice(&jws));
    assert_int_equal(run_at(PUB, AT), 2);
    assert_said("is none of the 1 pinned ones");
    test_put("list.der", leaf);
    assert_int_equal(run_at(PUB, AT), 0);
    nw_signer_free(&named);
    nw_buf_free(&json);
    nw_buf_free(&jws);
    nw_buf_free(&der);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, test_folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(t3_six_months_may_be_exceeded_by_72_hours),
        TEST(t4_a_number_comes_again_only_with_a_later_signature),
        TEST(t5_a_lapsed_list_of_lists_stops_everything),
        TEST(t5_a_lapsed_national_list_is_stale_for_a_grace),
        TEST(t5_a_lapsed_list_of_trusted_entities_is_discarded),
        TEST(t6_a_pinned_signer_may_be_odd),
        TEST(t7_a_withdrawal_of_the_future_has_not_happened),
        TEST(a_status_may_start_at_any_second),
        TEST(t9_a_list_in_json_is_compact_jades),
        TEST(t10_the_pin_decides_and_not_the_name),
    };
    return run_on_both("trust findings", tests, ARRAY_LENGTH(tests));
}
