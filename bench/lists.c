/*
 * A trusted list ($NW_DATA/tl, the largest national one) verified, beside what nobody can do
 * without (libxml2's parser, its canonical form, one SHA-256) and beside xmlsec1. Prints lines like
 * bench.c, among those of cmocka, which runs it on both providers.
 */
#include <malloc.h>
#include <sys/resource.h>

#include <libxml/c14n.h>
#include <libxml/parser.h>

#include "support.h"
#include "test_openssl.h"
#include "test_tl.h"
#include "tsl.h"

#define LIST "national/ES-187.xml.gz"
#define CLOCK 1787313600 /* 2026-08-21, that of the collection */
#define ROUNDS 9

static struct nw_slice list, pin;

static double processor_us(int who)
{
    struct rusage u;
    (void)getrusage(who, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static void verify_list(void)
{
    const struct tsl_policy policy = {.kind = TSL_NATIONAL, .pins = &pin, .pin_n = 1, .now = CLOCK};
    static struct nw_checks checks;
    struct tsl *l = NULL;
    struct nw_diag d;
    checks.n = 0;
    assert_ok(tsl_open(test_crypto(), list, &policy, &l, &checks, &d));
    tsl_free(&l);
}

/* Every octet parsed, made canonical and hashed once: no list is verified with less. */
static void least_work(void)
{
    uint8_t digest[NW_SHA256_BYTES];
    xmlChar *octets = NULL;
    xmlDoc *doc = xmlReadMemory((const char *)list.p, (int)list.n, NULL, NULL, XML_PARSE_NONET);
    assert_non_null(doc);
    int n = xmlC14NDocDumpMemory(doc, NULL, XML_C14N_EXCLUSIVE_1_0, NULL, 0, &octets);
    assert_true(n > 0);
    assert_ok(nw_sha256(test_crypto(), nw_slice(octets, (size_t)n), digest));
    xmlFree(octets);
    xmlFreeDoc(doc);
}

static void xmlsec(void)
{
    assert_true(test_tool("xmlsec1",
                          "--verify --id-attr:Id "
                          "http://uri.etsi.org/01903/v1.3.2#:SignedProperties "
                          "--enabled-key-data key-name --pubkey-cert-der pin.der list.xml"));
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static const struct op {
    const char *name;
    void (*job)(void);
    bool peer; /* another program */
} ops[] = {{"tsl_least", least_work, false},
           {"tsl_verify", verify_list, false},
           {"tsl_verify", xmlsec, true}};
#define OPS (sizeof ops / sizeof ops[0])

static void measure(void)
{
    static double us[OPS][ROUNDS];
    bool peer = test_tool_is_there("xmlsec1");
    for (size_t r = 0; r < ROUNDS; r++) {
        for (size_t o = 0; o < OPS; o++) {
            int who = ops[o].peer ? RUSAGE_CHILDREN : RUSAGE_SELF;
            (void)malloc_trim(0); /* nobody tidies up after the one before */
            double start = processor_us(who);
            if (peer || !ops[o].peer) {
                ops[o].job();
            }
            us[o][r] = processor_us(who) - start;
        }
    }
    for (size_t o = 0; o < OPS; o++) {
        qsort(us[o], ROUNDS, sizeof us[o][0], by_size);
        if (peer || !ops[o].peer) {
            (void)printf("{\"lib\":\"%s\",\"op\":\"%s\",\"us\":%.3f}\n",
                         ops[o].peer ? "peer" : nw_crypto_name(test_crypto()), ops[o].name,
                         us[o][ROUNDS / 2]);
        }
    }
}

static void a_national_list(void **state)
{
    (void)state;
    if (test_data("tl") == NULL) {
        skip();
    }
    list = test_tl_file(LIST);
    pin = test_tl_own_cert(list, 0);
    test_openssl_write("list.xml", list);
    test_openssl_write("pin.der", pin);
    measure();
}

int main(void)
{
    const struct CMUnitTest all[] = {cmocka_unit_test(a_national_list)};
    return run_on_both("bench_lists", all, ARRAY_LENGTH(all));
}
