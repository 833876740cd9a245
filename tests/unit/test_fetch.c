/* What `nachweis-trust fetch` may ask for and connect to, and its configuration. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include "fetch_address.h"
#include "fetch_config.h"
#include "fetch_net.h"
#include "support.h"

static enum fetch_scope scope_of(const char *text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        return fetch_address_scope((struct sockaddr *)&v4, sizeof v4);
    }
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return fetch_address_scope((struct sockaddr *)&v6, sizeof v6);
}

/* First and last address of each net, and their neighbours outside (IANA special-purpose
 * registries). */
static void addresses_are_public_private_or_never(void **state)
{
    static const struct {
        const char *text;
        enum fetch_scope scope;
    } cases[] = {
        {"0.0.0.0", FETCH_NEVER},
        {"0.255.255.255", FETCH_NEVER},
        {"1.0.0.0", FETCH_PUBLIC},
        {"9.255.255.255", FETCH_PUBLIC},
        {"10.0.0.0", FETCH_PRIVATE},
        {"10.255.255.255", FETCH_PRIVATE},
        {"11.0.0.0", FETCH_PUBLIC},
        {"100.63.255.255", FETCH_PUBLIC},
        {"100.64.0.0", FETCH_PRIVATE},
        {"100.127.255.255", FETCH_PRIVATE},
        {"100.128.0.0", FETCH_PUBLIC},
        {"126.255.255.255", FETCH_PUBLIC},
        {"127.0.0.1", FETCH_PRIVATE},
        {"127.255.255.255", FETCH_PRIVATE},
        {"128.0.0.0", FETCH_PUBLIC},
        {"169.253.255.255", FETCH_PUBLIC},
        {"169.254.0.0", FETCH_NEVER},
        {"169.254.169.254", FETCH_NEVER},
        {"169.255.0.0", FETCH_PUBLIC},
        {"172.15.255.255", FETCH_PUBLIC},
        {"172.16.0.0", FETCH_PRIVATE},
        {"172.31.255.255", FETCH_PRIVATE},
        {"172.32.0.0", FETCH_PUBLIC},
        {"192.0.0.8", FETCH_NEVER},
        {"192.0.1.0", FETCH_PUBLIC},
        {"192.0.2.1", FETCH_NEVER},
        {"192.88.99.1", FETCH_NEVER},
        {"192.167.255.255", FETCH_PUBLIC},
        {"192.168.0.0", FETCH_PRIVATE},
        {"192.168.255.255", FETCH_PRIVATE},
        {"192.169.0.0", FETCH_PUBLIC},
        {"198.18.0.0", FETCH_NEVER},
        {"198.19.255.255", FETCH_NEVER},
        {"198.20.0.0", FETCH_PUBLIC},
        {"198.51.100.7", FETCH_NEVER},
        {"203.0.113.7", FETCH_NEVER},
        {"223.255.255.255", FETCH_PUBLIC},
        {"224.0.0.1", FETCH_NEVER},
        {"240.0.0.1", FETCH_NEVER},
        {"255.255.255.255", FETCH_NEVER},
        {"::", FETCH_NEVER},
        {"::1", FETCH_PRIVATE},
        {"::2", FETCH_NEVER},
        {"::ffff:8.8.8.8", FETCH_PUBLIC},
        {"::ffff:127.0.0.1", FETCH_PRIVATE},
        {"::ffff:169.254.169.254", FETCH_NEVER},
        {"::127.0.0.1", FETCH_NEVER},
        {"64:ff9b::8.8.8.8", FETCH_PUBLIC},
        {"64:ff9b::10.0.0.1", FETCH_PRIVATE},
        {"64:ff9b:1::8.8.8.8", FETCH_NEVER},
        {"fc00::1", FETCH_PRIVATE},
        {"fdff::1", FETCH_PRIVATE},
        {"fe80::1", FETCH_NEVER},
        {"fec0::1", FETCH_NEVER},
        {"ff02::1", FETCH_NEVER},
        {"2001::1", FETCH_NEVER},
        {"2001:1ff:ffff::1", FETCH_NEVER},
        {"2001:200::1", FETCH_PUBLIC},
        {"2001:db8::1", FETCH_NEVER},
        {"2001:db9::1", FETCH_PUBLIC},
        {"2002:7f00:1::1", FETCH_NEVER},
        {"2003::1", FETCH_PUBLIC},
        {"2a00:1450::1", FETCH_PUBLIC},
        {"3fff:fff::1", FETCH_NEVER},
        {"3fff:1000::1", FETCH_PUBLIC},
        {"4000::1", FETCH_NEVER},
        {"1fff::1", FETCH_NEVER},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (scope_of(cases[i].text) != cases[i].scope) {
            fail_msg("%s is not of kind %d", cases[i].text, cases[i].scope);
        }
    }
}

static void an_address_of_another_family_is_never_connected_to(void **state)
{
    (void)state;
    const struct sockaddr other = {.sa_family = AF_UNIX};
    const struct sockaddr_in cut = {.sin_family = AF_INET, .sin_addr = {htonl(0x08080808)}};
    assert_int_equal(fetch_address_scope(&other, sizeof other), FETCH_NEVER);
    assert_int_equal(fetch_address_scope((const struct sockaddr *)&cut, sizeof cut), FETCH_PUBLIC);
    assert_int_equal(fetch_address_scope((const struct sockaddr *)&cut, 4), FETCH_NEVER);
}

static void only_https_addresses_without_user_and_fragment_are_good(void **state)
{
    static const char *const good[] = {"https://a.example/", "https://a.example",
                                       "https://[::1]:8443/x", "https://a.example/list?lang=en"};
    static const char *const bad[] = {
        "",
        "http://a.example/",
        "HTTP://a.example/",
        "file:///etc/passwd",
        "https:///x",
        "https://user@a.example/",
        "https://user:secret@a.example/",
        "https://:secret@a.example/",
        "https://a.example/#part",
        "https://a.example/a b",
        "https://a.example/a\r\nHost: b",
        "https://a.example:99999/",
        "a.example",
        "https://b\xc3\xbc.example/",
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(fetch_url_is_good(good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (fetch_url_is_good(bad[i])) {
            fail_msg("%s was taken", bad[i]);
        }
    }
}

/* RFC 9110 8.8.3, without the spaces and bytes over 7E that some servers send. */
static void entity_tags_that_could_break_a_header_are_not_kept(void **state)
{
    static const char *const bad[] = {
        "",        "\"", "x",       "\"a",     "a\"", "\"a\"b\"", "\"a\r\nX: b\"",
        "w/\"a\"", "W/", "\"a b\"", "\"\x7f\""};
    (void)state;
    assert_true(fetch_etag_is_good("\"a\""));
    assert_true(fetch_etag_is_good("\"\""));
    assert_true(fetch_etag_is_good("W/\"a-1\""));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(fetch_etag_is_good(bad[i]));
    }
}

static enum nw_err load(const char *json, struct fetch_config *out, struct nw_diag *d)
{
    char path[] = "/tmp/nw-fetch-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, json, strlen(json)), (ssize_t)strlen(json));
    (void)close(fd);
    *out = (struct fetch_config){0};
    *d = (struct nw_diag){0};
    enum nw_err e = fetch_config_load(path, out, d);
    (void)unlink(path);
    return e;
}

#define SOURCE "{\"name\":\"a\",\"url\":\"https://a.example/\",\"file\":\"a.xml\"}"

static void a_configuration_is_read(void **state)
{
    struct fetch_config c;
    struct nw_diag d;
    (void)state;
    assert_ok(
        load("{\"version\":1,\"timeout\":5,\"sources\":[" SOURCE "],"
             "\"status\":[{\"url\":\"https://b.example/\",\"file\":\"s/1.jwt\",\"max_bytes\":9},"
             "{\"aggregation\":\"https://c.example/\",\"folder\":\"all\"}]}",
             &c, &d));
    assert_int_equal(c.n, 3);
    assert_int_equal(c.timeout, 5);
    assert_false(c.allow_private);
    assert_string_equal(c.items[0].label, "a");
    assert_int_equal(c.items[0].what, FETCH_LIST);
    assert_int_equal(c.items[0].max, NW_MAX_TSL);
    assert_int_equal(c.items[1].what, FETCH_JWT);
    assert_int_equal(c.items[1].max, 9);
    assert_int_equal(c.items[2].what, FETCH_AGGREGATION);
    assert_int_equal(c.items[2].lists, FETCH_CWT);
    fetch_config_free(&c);
}

#define TOP(more) "{\"version\":1,\"sources\":[" SOURCE "]" more "}"
#define WITH(name, url, file)                                                                      \
    "{\"version\":1,\"sources\":[{\"name\":" name ",\"url\":" url ",\"file\":" file "}]}"
#define URL "\"https://a.example/\""
#define STATUS(members) "{\"version\":1,\"status\":[{" members "}]}"

static void what_is_wrong_in_a_configuration_is_named(void **state)
{
    static const struct {
        const char *json, *path;
    } cases[] = {
        {"[]", ""},
        {"{\"sources\":[" SOURCE "]}", "version"},
        {"{\"version\":2,\"sources\":[" SOURCE "]}", "version"},
        {"{\"version\":1}", "sources"},
        {"{\"version\":1,\"sources\":[]}", "sources"},
        {"{\"version\":1,\"sources\":{}}", "sources"},
        {TOP(",\"proxy\":\"x\""), "proxy"},
        {TOP(",\"timeout\":0"), "timeout"},
        {TOP(",\"timeout\":3601"), "timeout"},
        {TOP(",\"allow_private\":1"), "allow_private"},
        {TOP(",\"allow_private\":true"), "allow_private"},
        {TOP(",\"ca_file\":7"), "ca_file"},
        {"{\"version\":1,\"sources\":[" SOURCE "," SOURCE "]}", "sources[1]"},
        {"{\"version\":1,\"sources\":[{\"name\":\"a\",\"url\":" URL "}]}", "sources[0].file"},
        {"{\"version\":1,\"sources\":[{\"name\":\"a\",\"url\":" URL
         ",\"file\":\"a\",\"insecure\":true}]}",
         "sources[0].insecure"},
        {"{\"version\":1,\"sources\":[{\"name\":\"a\",\"url\":" URL
         ",\"file\":\"a\",\"max_bytes\":16777217}]}",
         "sources[0].max_bytes"},
        {WITH("\"\"", URL, "\"a\""), "sources[0].name"},
        {WITH("\"a\"", "\"http://a.example/\"", "\"a\""), "sources[0].url"},
        {WITH("\"a\"", "\"https://u:p@a.example/\"", "\"a\""), "sources[0].url"},
        {WITH("\"a\"", URL, "\"/etc/passwd\""), "sources[0].file"},
        {WITH("\"a\"", URL, "\"../a\""), "sources[0].file"},
        {WITH("\"a\"", URL, "\"a/../../b\""), "sources[0].file"},
        {WITH("\"a\"", URL, "\"a//b\""), "sources[0].file"},
        {WITH("\"a\"", URL, "\"a/\""), "sources[0].file"},
        {WITH("\"a\"", URL, "\".a\""), "sources[0].file"},
        {WITH("\"a\"", URL, "\"a b\""), "sources[0].file"},
        {WITH("\"a\"", URL, "\"a.etag\""), "sources[0].file"},
        {WITH("\"a\"", URL, "\"a.part\""), "sources[0].file"},
        {STATUS("\"url\":" URL ",\"file\":\"a.xml\""), "status[0].file"},
        {STATUS("\"aggregation\":" URL), "status[0].folder"},
        {STATUS("\"aggregation\":" URL ",\"folder\":\"..\""), "status[0].folder"},
        {STATUS("\"aggregation\":" URL ",\"folder\":\"a\",\"form\":\"x\""), "status[0].form"},
        {STATUS("\"aggregation\":" URL ",\"folder\":\"a\",\"url\":" URL), "status[0].url"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fetch_config c;
        struct nw_diag d;
        enum nw_err e = load(cases[i].json, &c, &d);
        if (e != NW_ERR_CONFIG || strcmp(d.path, cases[i].path) != 0) {
            fail_msg("%s: %s at \"%s\"", cases[i].json, nw_err_name(e), d.path);
        }
    }
}

static enum nw_err load_once(void *ctx)
{
    struct fetch_config c;
    struct nw_diag d;
    enum nw_err e = load(ctx, &c, &d);
    fetch_config_free(&c);
    return e;
}

static void a_configuration_survives_allocation_failure(void **state)
{
    static char json[] = TOP(",\"status\":[{\"aggregation\":" URL ",\"folder\":\"s\"}]");
    (void)state;
    survives_allocation_failure(load_once, json, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_public_private_or_never),
        cmocka_unit_test(an_address_of_another_family_is_never_connected_to),
        cmocka_unit_test(only_https_addresses_without_user_and_fragment_are_good),
        cmocka_unit_test(entity_tags_that_could_break_a_header_are_not_kept),
        cmocka_unit_test(a_configuration_is_read),
        cmocka_unit_test(what_is_wrong_in_a_configuration_is_named),
        cmocka_unit_test(a_configuration_survives_allocation_failure),
    };
    return run_once("fetch", tests, ARRAY_LENGTH(tests));
}
