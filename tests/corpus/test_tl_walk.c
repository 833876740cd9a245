/*
 * The way from the Official Journal through the pivots to the list of lists,
 * from there to every national list, and what stands on them: counts against
 * xmllint, statuses at a time. Over $NW_DATA/tl, at the clock of the collection.
 */
#include "base/date.h"
#include "support.h"
#include "test_openssl.h"
#include "test_tl.h"
#include "tsl_lotl.h"

#define CLOCK 1787313600 /* 2026-08-21T12:00:00Z */
#define OJ_2019                                                                                    \
    "https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=uriserv:OJ.C_.2019.276.01.0001.01.ENG"
#define OJ_2026 "https://eur-lex.europa.eu/eli/C/2026/1944/oj"
#define OJ_2016                                                                                    \
    "http://eur-lex.europa.eu/legal-content/EN/TXT/?uri=uriserv:OJ.C_.2016.233.01.0001.01.ENG"
#define OJ_TEST                                                                                    \
    "https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=uriserv:OJ.C_.2023.999.01.0001.01.ENG"

struct outcome {
    enum nw_err e;
    struct tsl *list;
    struct nw_checks checks;
    struct nw_diag d;
};

static struct outcome *start(void)
{
    static struct outcome o;
    tsl_free(&o.list);
    memset(&o, 0, sizeof o);
    return &o;
}

static struct outcome *walk(struct nw_slice lotl, const char *journal, const char *pins_file,
                            const char *const *pivots, struct tsl_policy p)
{
    static struct nw_slice pins[32];
    struct tsl_pivot_file files[16];
    struct tsl_way way = {.journal = journal, .pins = pins, .pivots = files};
    struct outcome *o = start();
    way.pin_n = test_tl_pins(pins_file, pins, ARRAY_LENGTH(pins));
    for (; pivots[way.pivot_n] != NULL; way.pivot_n++) {
        files[way.pivot_n] = (struct tsl_pivot_file){.file = test_tl_file(pivots[way.pivot_n])};
    }
    o->e = tsl_lotl_open(test_crypto(), lotl, &way, &p, &o->list, &o->checks, &o->d);
    return o;
}

/* Not in order on purpose. */
static const char *const pivots_2019[] = {
    "lotl/eu-lotl-335.xml.gz", "lotl/eu-lotl-282.xml.gz", "lotl/eu-lotl-378.xml.gz",
    "lotl/eu-lotl-300.xml.gz", "lotl/eu-lotl-341.xml.gz", NULL,
};

static void the_journal_of_2019_leads_to_list_390(void **state)
{
    (void)state;
    if (test_data("tl") == NULL) {
        skip();
    }
    struct tsl_policy p = {.now = CLOCK};
    const struct outcome *o = walk(test_tl_file("lotl/eu-lotl-390.xml.gz"), OJ_2019,
                                   "oj/OJ-2019-C-276-01.pem", pivots_2019, p);
    assert_ok(o->e);
    assert_int_equal(o->list->sequence, 390);
    assert_int_equal(o->list->pointer_n, 32); /* counted in the list, see SOURCES.md */
    assert_int_equal(o->list->pointer_other, 11);
    assert_int_equal(o->list->note_n, 1); /* there is a newer publication */
    for (size_t left_out = 0; left_out < 5; left_out++) {
        const char *others[6] = {NULL};
        for (size_t i = 0, n = 0; i < 5; i++) {
            if (i != left_out) {
                others[n++] = pivots_2019[i];
            }
        }
        assert_err(walk(test_tl_file("lotl/eu-lotl-390.xml.gz"), OJ_2019, "oj/OJ-2019-C-276-01.pem",
                        others, p)
                       ->e,
                   NW_ERR_TSL_PIVOT);
    }
}

static void the_journal_of_2026_leads_to_list_390_at_once(void **state)
{
    (void)state;
    static const char *const none[] = {NULL};
    if (test_data("tl") == NULL) {
        skip();
    }
    struct tsl_policy p = {.now = CLOCK};
    struct nw_slice lotl = test_tl_file("lotl/eu-lotl-390.xml.gz");
    assert_ok(walk(lotl, OJ_2026, "oj/OJ-C-2026-1944.pem", none, p)->e);
    /* the certificates of another publication, an address that is not named */
    assert_err(walk(lotl, OJ_2026, "oj/OJ-2019-C-276-01.pem", none, p)->e, NW_ERR_TSL_SIGNER);
    assert_err(walk(lotl, OJ_TEST, "oj/OJ-C-2026-1944.pem", none, p)->e, NW_ERR_TSL_PIVOT);
    /* TS 119 615 stops at a list of lists that has lapsed */
    p.now = 1801056000; /* 2027-01-27T16:00:00Z */
    assert_err(walk(lotl, OJ_2026, "oj/OJ-C-2026-1944.pem", none, p)->e, NW_ERR_TSL_TIME);
    p.now -= NW_DAY;
    assert_ok(walk(lotl, OJ_2026, "oj/OJ-C-2026-1944.pem", none, p)->e);
}

/* The signer of 172 has a key of less than 2048 bits: the way of 2016 ends there. */
static void a_weak_key_in_the_past_breaks_the_way(void **state)
{
    (void)state;
    static const char *const pivots[] = {"lotl/eu-lotl-172.xml.gz", "lotl/eu-lotl-191.xml.gz",
                                         "lotl/eu-lotl-226.xml.gz", NULL};
    if (test_data("tl") == NULL) {
        skip();
    }
    struct tsl_way way = {.journal = OJ_2016, .pin_n = 1};
    struct tsl_pivot_file files[3];
    struct tsl_policy p = {.now = 1566000000, .historic = true}; /* 2019-08-17 */
    struct nw_slice pin = test_tl_own_cert(test_tl_file(pivots[0]), 0);
    for (size_t i = 0; i < 3; i++) {
        files[i] = (struct tsl_pivot_file){.file = test_tl_file(pivots[i])};
    }
    way.pins = &pin;
    way.pivots = files;
    way.pivot_n = 3;
    struct outcome *o = start();
    o->e = tsl_lotl_open(test_crypto(), test_tl_file("lotl/eu-lotl-247.xml.gz"), &way, &p, &o->list,
                         &o->checks, &o->d);
    assert_err(o->e, NW_ERR_TSL_PIVOT);
    assert_non_null(strstr(o->d.detail, "tl-pivot-172-mp.xml"));
    assert_non_null(strstr(o->d.detail, nw_err_text(NW_ERR_TSL_ALG)));
}

/* The certificates of a made-up publication, from a key store. */
static size_t store_pins(const char *store, struct nw_slice *out, size_t max)
{
    static struct nw_buf ders[16];
    static size_t used;
    size_t n = 0;
    size_t pos = 0;
    test_openssl_write("oj.p12", test_tl_file(store));
    test_openssl_must("pkcs12 -in oj.p12 -passin pass:password -nokeys -out oj.pem");
    struct nw_slice pem = test_openssl_file("oj.pem");
    while (n < max) {
        struct nw_buf *der = &ders[used++ % ARRAY_LENGTH(ders)];
        nw_buf_free(der);
        *der = NW_BUF(NW_MAX_CERT);
        if (nw_cert_from_pem(pem, &pos, der) != NW_OK) {
            return n;
        }
        out[n++] = nw_buf_slice(der);
    }
    return n;
}

static enum nw_err walk_made(const char *lotl, const char *journal, const char *store,
                             const char *const *pivots)
{
    struct nw_slice pins[8];
    struct tsl_pivot_file files[8];
    char path[128];
    struct tsl_way way = {.journal = journal, .pins = pins, .pivots = files};
    struct tsl_policy p = {.now = 1704067200, .historic = true}; /* 2024-01-01 */
    struct outcome *o = start();
    way.pin_n = store_pins(store, pins, ARRAY_LENGTH(pins));
    for (; pivots[way.pivot_n] != NULL; way.pivot_n++) {
        (void)snprintf(path, sizeof path, "pivots-test/%s.gz", pivots[way.pivot_n]);
        files[way.pivot_n] =
            (struct tsl_pivot_file){.name = pivots[way.pivot_n], .file = test_tl_file(path)};
    }
    (void)snprintf(path, sizeof path, "pivots-test/%s.gz", lotl);
    o->e = tsl_lotl_open(test_crypto(), test_tl_file(path), &way, &p, &o->list, &o->checks, &o->d);
    if (o->e != NW_OK) {
        print_message("%s: %s %s\n", lotl, nw_err_name(o->e), o->d.detail);
    }
    return o->e;
}

static void a_new_publication_starts_the_way_anew(void **state)
{
    (void)state;
    static const char *const all[] = {"lotl_test_OJ_1_pivot_01.xml", "lotl_test_OJ_1_pivot_02.xml",
                                      "lotl_test_OJ_1_pivot_03.xml", "lotl_test_OJ_2_pivot_01.xml",
                                      "lotl_test_OJ_2_pivot_02.xml", NULL};
    if (test_data("tl") == NULL) {
        skip();
    }
    const char *one = "pivots-test/keystore_OJ1.p12";
    const char *two = "pivots-test/keystore_OJ2.p12";
    assert_ok(walk_made(all[0], OJ_2019, one, all));
    assert_ok(walk_made(all[2], OJ_2019, one, all));
    assert_ok(walk_made(all[4], OJ_TEST, two, all));
    assert_ok(walk_made("lotl_test_OJ-2_reset_pivot.xml", OJ_TEST, two, all));
    assert_err(walk_made(all[4], OJ_TEST, one, all), NW_ERR_TSL_PIVOT);
    assert_err(walk_made(all[2], OJ_2019, one, all + 1), NW_ERR_TSL_PIVOT);
}

static void the_made_chain_of_three_holds_and_breaks(void **state)
{
    (void)state;
    if (test_data("tl") == NULL) {
        skip();
    }
    struct nw_slice pin = test_tl_file("synthetic/certs/lotl-a.der");
    struct tsl_pivot_file pivot = {.file = test_tl_file("synthetic/lotl-pivot-10.xml")};
    struct tsl_way way = {.journal = "https://example.test/oj/1",
                          .pins = &pin,
                          .pin_n = 1,
                          .pivots = &pivot,
                          .pivot_n = 1};
    struct tsl_policy p = {.now = CLOCK};
    struct nw_slice lotl = test_tl_file("synthetic/lotl-20.xml");
    struct outcome *o = start();
    assert_ok(tsl_lotl_open(test_crypto(), lotl, &way, &p, &o->list, &o->checks, NULL));
    assert_ok(tsl_lotl_names(o->list, "XA", &p, NULL));
    static struct outcome national;
    assert_ok(tsl_open(test_crypto(), test_tl_file("synthetic/tl-XA-5.xml"), &p, &national.list,
                       &national.checks, NULL));
    tsl_free(&national.list);
    assert_err(tsl_open(test_crypto(), test_tl_file("synthetic/tl-XB-7-rsapss.xml"), &p,
                        &national.list, &national.checks, NULL),
               NW_ERR_TSL_SIGNER);
    assert_err(tsl_lotl_names(o->list, "XC", &p, NULL), NW_ERR_TSL_POINTER);
    p = (struct tsl_policy){.now = CLOCK};
    pivot.file = test_tl_file("synthetic/s13-pivot-signed-by-national-key.xml");
    o = start();
    assert_err(tsl_lotl_open(test_crypto(), lotl, &way, &p, &o->list, &o->checks, NULL),
               NW_ERR_TSL_PIVOT);
}

/* --- the national lists, under the list of lists --- */

static const char *const national[] = {
    "AT-72",  "BE-81", "BG-64", "CY-53", "CZ-181", "DK-45", "EE-73", "EL-85", "ES-184", "FI-54",
    "FR-174", "HU-99", "IE-39", "IS-39", "IT-223", "LT-90", "LU-66", "LV-51", "MT-55",  "PL-160",
    "PT-112", "RO-83", "SE-62", "SI-86", "SK-145", "UK-25", "HR-52", "NL-76", "NO-87",
};
#define REFUSED_NOW 3 /* the last three */

static struct tsl *lotl_390(void)
{
    static const char *const none[] = {NULL};
    struct tsl_policy p = {.now = CLOCK};
    struct outcome *o =
        walk(test_tl_file("lotl/eu-lotl-390.xml.gz"), OJ_2026, "oj/OJ-C-2026-1944.pem", none, p);
    assert_ok(o->e);
    struct tsl *l = o->list;
    o->list = NULL;
    return l;
}

static struct outcome *open_national(const struct tsl *lotl, const char *name, int64_t now)
{
    char path[64];
    char territory[3];
    struct tsl_policy p = {.now = now};
    struct outcome *o = start();
    (void)snprintf(path, sizeof path, "national/%s.xml.gz", name);
    (void)snprintf(territory, sizeof territory, "%.2s", name);
    assert_ok(tsl_lotl_names(lotl, territory, &p, NULL));
    o->e = tsl_open(test_crypto(), test_tl_file(path), &p, &o->list, &o->checks, &o->d);
    return o;
}

/* What xmllint counts in the same file. */
static unsigned long counted(const char *xpath)
{
    assert_true(test_tool("xmllint", "--nonet --xpath '%s' list.xml", xpath));
    struct nw_slice log = test_openssl_file("log");
    char text[32];
    assert_true(nw_slice_cstr(log, text, sizeof text));
    return strtoul(text, NULL, 10);
}

#define L(name) "*[local-name()=\"" name "\"]"
#define SERVICE "//" L("TSPService") "/" L("ServiceInformation")

static void assert_counts(const struct tsl *l)
{
    size_t certs = 0;
    size_t seals = 0;
    for (size_t i = 0; i < l->service_n; i++) {
        const struct tsl_service *s = &l->services[i];
        bool seal = false;
        for (size_t k = 0; k < s->period_n; k++) {
            const struct tsl_period *p = &l->periods[s->period_first + k];
            seal = seal || (p->uses & TSL_FOR_SEALS) != 0;
        }
        certs += s->cert_n;
        seals += seal;
    }
    assert_int_equal(l->tsp_n, counted("count(//" L("TrustServiceProvider") ")"));
    assert_int_equal(l->service_n + l->dropped, counted("count(//" L("TSPService") ")"));
    assert_int_equal(l->period_n,
                     counted("count(" SERVICE ")+count(//" L("ServiceHistoryInstance") ")"));
    assert_int_equal(certs + l->cert_bad,
                     counted("count(" SERVICE "/" L("ServiceDigitalIdentity") "/" L(
                         "DigitalId") "/" L("X509Certificate") ")"));
    assert_int_equal(
        seals, counted("count(//" L("TSPService") "[.//" L("AdditionalServiceInformation") "/" L(
                   "URI") "[contains(.,\"/SvcInfoExt/ForeSeals\")]])"));
}

struct sums { /* over all 29 lists, current statuses */
    size_t services, qeaa, status[TSL_UNKNOWN_STATUS + 1];
};

static void add(struct sums *sums, const struct tsl *l)
{
    sums->services += l->service_n;
    for (size_t i = 0; i < l->service_n; i++) {
        sums->qeaa += l->services[i].type == TSL_SERVICE_EAA_Q;
        sums->status[l->periods[l->services[i].period_first].status]++;
    }
}

static void national_lists_count_as_others_count_them(void **state)
{
    (void)state;
    if (test_data("tl") == NULL) {
        skip();
    }
    bool count = strcmp(nw_crypto_name(test_crypto()), "psa") == 0 && test_tool_is_there("xmllint");
    struct tsl *lotl = lotl_390();
    struct sums sums = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(national) - REFUSED_NOW; i++) {
        char path[64];
        const struct outcome *o = open_national(lotl, national[i], CLOCK);
        if (o->e != NW_OK) {
            fail_msg("%s: %s %s", national[i], nw_err_name(o->e), o->d.detail);
        }
        assert_int_equal(o->list->dropped, 0);
        add(&sums, o->list);
        (void)snprintf(path, sizeof path, "national/%s.xml.gz", national[i]);
        if (count) {
            test_openssl_write("list.xml", test_tl_file(path));
            assert_counts(o->list);
        }
    }
    static const int64_t then[] = {1720000000, 1775000000,
                                   1775000000}; /* HR, NL and NO when good */
    for (size_t i = 0; i < REFUSED_NOW; i++) {
        const char *name = national[ARRAY_LENGTH(national) - REFUSED_NOW + i];
        assert_err(open_national(lotl, name, CLOCK)->e,
                   i == 0 ? NW_ERR_TSL_SIGNER : NW_ERR_TSL_VERSION);
        const struct outcome *o = open_national(lotl, name, then[i]);
        if (i == 0) { /* its signer is not named any more, at no time */
            char file[64];
            struct nw_slice pin = test_tl_own_cert(test_tl_file("national/HR-52.xml.gz"), 0);
            struct tsl_policy p = {.now = then[0], .pins = &pin, .pin_n = 1};
            struct outcome *own = start();
            (void)snprintf(file, sizeof file, "national/%s.xml.gz", name);
            own->e =
                tsl_open(test_crypto(), test_tl_file(file), &p, &own->list, &own->checks, NULL);
            o = own;
        }
        assert_ok(o->e);
        add(&sums, o->list);
    }
    /* what an independent count of the same 29 lists gave */
    assert_int_equal(sums.services, 3918);
    assert_int_equal(sums.status[TSL_GRANTED], 2248);
    assert_int_equal(sums.status[TSL_WITHDRAWN], 1107);
    assert_int_equal(sums.status[TSL_RECOGNISED], 396);
    assert_int_equal(sums.status[TSL_DEPRECATED], 167);
    assert_int_equal(sums.status[TSL_UNKNOWN_STATUS], 0);
    assert_int_equal(sums.qeaa, 2); /* one in HU 99, one in SE 62 */
    tsl_free(&lotl);
}

/* Finding T7: "withdrawn" from 2027 on, granted today. */
static void a_withdrawal_in_the_future_has_not_happened(void **state)
{
    (void)state;
    size_t future = 0;
    if (test_data("tl") == NULL) {
        skip();
    }
    struct tsl *lotl = lotl_390();
    const struct outcome *o = open_national(lotl, "FR-174", CLOCK);
    assert_ok(o->e);
    const struct tsl *l = o->list;
    for (size_t i = 0; i < l->service_n; i++) {
        const struct tsl_period *current = &l->periods[l->services[i].period_first];
        if (current->status == TSL_WITHDRAWN && current->from > CLOCK) {
            const struct tsl_period *now = tsl_period_at(l, &l->services[i], CLOCK);
            assert_non_null(now);
            assert_int_equal(now->status, TSL_GRANTED);
            assert_int_equal(tsl_period_at(l, &l->services[i], current->from)->status,
                             TSL_WITHDRAWN);
            assert_int_equal(tsl_period_at(l, &l->services[i], current->from - 1)->status,
                             TSL_GRANTED);
            future++;
        }
    }
    assert_int_equal(future, 12);
    tsl_free(&lotl);
}

/* Finding T4: the same number twice; the later signature wins, the earlier is a replay. */
static void a_number_comes_again_only_with_a_later_signature(void **state)
{
    (void)state;
    static const char *const files[] = {"national-old/RO-68-signed-2025-03-12.xml.gz",
                                        "national-old/RO-68-signed-2025-07-23.xml.gz"};
    if (test_data("tl") == NULL) {
        skip();
    }
    for (size_t first = 0; first < 2; first++) {
        struct lote_seen seen;
        struct nw_slice pins[2] = {test_tl_own_cert(test_tl_file(files[0]), 0),
                                   test_tl_own_cert(test_tl_file(files[1]), 0)};
        struct tsl_policy p = {.now = 1754000000, .pins = pins, .pin_n = 2}; /* 2025-07-31 */
        struct outcome *o = start();
        assert_ok(
            tsl_open(test_crypto(), test_tl_file(files[first]), &p, &o->list, &o->checks, NULL));
        seen = (struct lote_seen){.sequence = o->list->sequence, .signed_at = o->list->signed_at};
        memcpy(seen.sha256, o->list->sha256, sizeof seen.sha256);
        size_t notes = o->list->note_n;
        p.seen = &seen;
        o = start();
        enum nw_err e =
            tsl_open(test_crypto(), test_tl_file(files[1 - first]), &p, &o->list, &o->checks, NULL);
        assert_err(e, first == 0 ? NW_OK : NW_ERR_TSL_SEQUENCE);
        if (e == NW_OK) {
            assert_int_equal(o->list->note_n, notes + 1);
        }
        o = start(); /* the very same file again is nothing new */
        assert_ok(
            tsl_open(test_crypto(), test_tl_file(files[first]), &p, &o->list, &o->checks, NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_journal_of_2019_leads_to_list_390),
        cmocka_unit_test(the_journal_of_2026_leads_to_list_390_at_once),
        cmocka_unit_test(a_weak_key_in_the_past_breaks_the_way),
        cmocka_unit_test(a_new_publication_starts_the_way_anew),
        cmocka_unit_test(the_made_chain_of_three_holds_and_breaks),
        cmocka_unit_test(national_lists_count_as_others_count_them),
        cmocka_unit_test(a_withdrawal_in_the_future_has_not_happened),
        cmocka_unit_test(a_number_comes_again_only_with_a_later_signature),
    };
    int failed = run_on_both("tl_walk", tests, ARRAY_LENGTH(tests));
    (void)start();
    return failed;
}
