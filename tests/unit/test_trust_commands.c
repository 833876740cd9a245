/* The commands of nachweis-trust, run in a folder of their own. */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "status/status.h"
#include "test_folder.h"
#include "test_lote.h"
#include "test_pki.h"
#include "trust/bundle_items.h"
#include "tslist.h"

static char operator_pin[65];

#define AT "2026-11-22T00:00:00Z"

static void write_token(const char *name, struct nw_signer *s, enum nw_token_form form,
                        const char *uri, int64_t exp)
{
    static const uint8_t packed[16] = {0};
    const struct nw_status_publish job = {
        .packed = nw_slice(packed, sizeof packed), .uri = uri, .iat = TEST_NOW - 60, .exp = exp};
    struct nw_buf out = NW_BUF(NW_MAX_STATUS_TOKEN);
    assert_ok(nw_status_token_make(s, form, &job, &out));
    test_put(name, nw_buf_slice(&out));
    nw_buf_free(&out);
}

static const char config[] =
    "{\"version\":1,\"signer\":{\"key\":\"op.key\",\"chain\":\"op.pem\"},\"max_age\":604800,"
    "\"state\":\"state.json\",\"sources\":[{\"name\":\"pub\",\"file\":\"list.jws\","
    "\"list\":\"pub-eaa\",\"signers\":[\"list.der\"],\"test\":true}],"
    "\"status_lists\":[\"status\"],\"signer_certificates\":[\"att.der\"],"
    "\"institutions\":\"inst.json\",\"type_metadata\":[\"vctm.json\"]}";

static int setup(void **state)
{
    assert_int_equal(test_folder_make(state), 0);
    test_put_operator(operator_pin);
    test_lote_put(NULL, NULL);
    test_put("list.der", nw_signer_chain_cert(test_pki()->list, 0));
    test_put("att.der", nw_signer_chain_cert(test_pki()->attestation, 0));
    test_put("config.json", nw_str(config));
    test_put("inst.json", nw_str("[{\"id\":\"EL:TEST\",\"name\":\"Ίδρυμα\",\"country\":\"EL\","
                                 "\"contact\":{\"email\":\"a@example.test\"}}]"));
    test_put("vctm.json", nw_str("{\"vct\":\"eu.we-build.pda1.1\"}"));
    write_token("status/1.jwt", test_pki()->status, NW_TOKEN_JWT, "https://s.example/1", 0);
    write_token("status/1.cwt", test_pki()->status, NW_TOKEN_CWT, "https://s.example/1", 0);
    return 0;
}

static int bundle(void)
{
    return TEST_RUN(tl_command_bundle, "bundle", "--config", test_path("config.json"), "--out",
                    test_path("e.nwb"), "--at", AT);
}

static struct nw_bundle *open_bundle(void)
{
    const char *pins[] = {operator_pin, NULL};
    const struct nw_bundle_policy policy = {.signers = pins, .now = TEST_NOW};
    struct nw_bundle *b = NULL;
    assert_ok(nw_bundle_open(test_crypto(), test_file(test_path("e.nwb")), &policy, &b, NULL));
    return b;
}

static void a_configuration_becomes_a_bundle(void **state)
{
    (void)state;
    struct nw_slice token, json;
    struct nw_institution body;
    struct nw_trust_entity entity;
    enum nw_trust_state trust;
    int64_t fetched = 0;
    struct nw_slice leaf = nw_signer_chain_cert(test_pki()->attestation, 0);
    assert_int_equal(bundle(), 0);
    assert_said("bundle 1 (test)");
    struct nw_bundle *b = open_bundle();
    assert_true(nw_bundle_info(b)->test);
    assert_int_equal(nw_bundle_info(b)->max_age, 604800);
    assert_true(nw_bundle_status(b, "https://s.example/1", 1, &token, &fetched));
    assert_true(nw_slice_eq(token, test_file(test_path("status/1.cwt"))));
    assert_true(nw_bundle_status(b, "https://s.example/1", 0, &token, &fetched));
    assert_true(nw_slice_eq(token, test_file(test_path("status/1.jwt"))));
    assert_true(fetched > 0 && fetched <= TEST_NOW);
    assert_true(nw_bundle_institution(b, "EL:TEST", &body));
    assert_string_equal(body.country, "GR");
    assert_true(nw_slice_is(body.contact_json, "{\"email\":\"a@example.test\"}"));
    assert_true(nw_bundle_vctm(b, "eu.we-build.pda1.1", &json));
    assert_ok(nw_trust_chain(test_crypto(), b, NW_ROLE_PUBEAA_ISSUE, NW_CERT_ATTESTATION, &leaf, 1,
                             TEST_NOW, TEST_NOW, &entity, &trust, NULL, NULL));
    assert_string_equal(entity.id, "DE:DRVTEST1");
    nw_bundle_free(&b);
}

static void the_number_rises_even_when_writing_fails(void **state)
{
    (void)state;
    assert_int_equal(bundle(), 0);
    assert_int_equal(TEST_RUN(tl_command_bundle, "bundle", "--config", test_path("config.json"),
                              "--out", test_path("nowhere/e.nwb"), "--at", AT),
                     TL_NO_INPUT);
    assert_int_equal(bundle(), 0);
    assert_said("bundle 3 (test)");
}

static void status_lists_of_others_and_old_ones_are_left_out(void **state)
{
    (void)state;
    struct nw_slice token;
    int64_t fetched;
    write_token("status/2.jwt", test_pki()->stranger, NW_TOKEN_JWT, "https://s.example/2", 0);
    write_token("status/3.jwt", test_pki()->status, NW_TOKEN_JWT, "https://s.example/3",
                TEST_NOW - 1000);
    test_put("status/4.jwt", nw_str("no token"));
    assert_int_equal(bundle(), 1);
    assert_said("refused  status list  2.jwt: ");
    struct nw_bundle *b = open_bundle();
    assert_true(nw_bundle_status(b, "https://s.example/1", 0, &token, &fetched));
    assert_false(nw_bundle_status(b, "https://s.example/2", 0, &token, &fetched));
    assert_false(nw_bundle_status(b, "https://s.example/3", 0, &token, &fetched));
    nw_bundle_free(&b);
}

static void no_body_replaces_the_list_of_another(void **state)
{
    (void)state;
    struct nw_slice token;
    int64_t fetched;
    write_token("status/2.jwt", test_pki()->attestation, NW_TOKEN_JWT, "https://s.example/1", 0);
    assert_int_equal(bundle(), 1);
    assert_said("another body has a list of this address");
    struct nw_bundle *b = open_bundle();
    assert_true(nw_bundle_status(b, "https://s.example/1", 0, &token, &fetched));
    assert_true(nw_slice_eq(token, test_file(test_path("status/1.jwt"))));
    nw_bundle_free(&b);
}

static void an_older_list_is_not_taken_again(void **state)
{
    (void)state;
    assert_int_equal(bundle(), 0);
    test_lote_put("\"LoTESequenceNumber\":7", "\"LoTESequenceNumber\":6");
    assert_int_equal(bundle(), 2);
    assert_said("6 after 7");
    assert_said("nothing written");
    test_lote_put("\"LoTESequenceNumber\":7", "\"LoTESequenceNumber\":8");
    assert_int_equal(bundle(), 0);
    assert_said("number 8");
}

/* Only a file that is not there means that nothing was seen before. */
static void a_memory_that_cannot_be_reached_stops_the_run(void **state)
{
    (void)state;
    assert_int_equal(bundle(), 0);
    assert_int_equal(unlink(test_path("state.json")), 0);
    assert_int_equal(symlink("state.json", test_path("state.json")), 0);
    assert_int_equal(bundle(), 66);
    assert_int_equal(unlink(test_path("state.json")), 0);
    assert_int_equal(bundle(), 0);
}

static void a_list_that_ends_soon_shortens_the_life_of_the_bundle(void **state)
{
    (void)state;
    test_lote_put("2027-05-01T00:00:00Z", "2026-11-23T00:00:00Z");
    assert_int_equal(bundle(), 0);
    struct nw_bundle *b = open_bundle();
    assert_int_equal(nw_bundle_info(b)->max_age, 86400);
    nw_bundle_free(&b);
}

static void a_mistaken_configuration_is_said_and_nothing_happens(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"version\":2}", "[]", "{\"version\":1}", "no json", "{\"version\":1,\"surprise\":true}",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        test_put("config.json", nw_str(texts[i]));
        assert_int_equal(bundle(), TL_CONFIG);
    }
    assert_true(access(test_path("e.nwb"), F_OK) != 0);
    assert_true(access(test_path("state.json"), F_OK) != 0);
    test_put("config.json", nw_str(config));
    test_put("state.json", nw_str("{\"version\":9}"));
    assert_int_equal(bundle(), TL_CONFIG);
    assert_said("not a state file");
}

static void verify_tells_accepted_warned_and_refused_apart(void **state)
{
    (void)state;
#define VERIFY(...)                                                                                \
    TEST_RUN(tl_command_verify, "verify", "--signer", test_path("list.der"), "--at", AT,           \
             __VA_ARGS__)
    assert_int_equal(VERIFY(test_path("list.jws")), 0);
    assert_said("Nachweis Test Institution (DE, DE:DRVTEST1)");
    assert_int_equal(VERIFY("--json", test_path("list.jws")), 0);
    assert_said("\"result\":\"accepted\"");
    assert_int_equal(VERIFY("--list", "pid", test_path("list.jws")), 2);
    assert_said("refused: LOTE-03:");
    test_lote_put("SvcStatus/notified", "SvcStatus/granted");
    assert_int_equal(VERIFY(test_path("list.jws")), 1);
    assert_said("warning: ");
    test_put("list.jws", nw_str("<xml/>"));
    assert_int_equal(VERIFY(test_path("list.jws")), 2);
    assert_said("refused: TL-03:");
    assert_int_equal(VERIFY(test_path("nowhere")), 66);
    assert_int_equal(VERIFY(test_path("")), 66);
    test_put("list.jws", NW_SLICE_EMPTY); /* a download that brought nothing */
    assert_int_equal(VERIFY(test_path("list.jws")), 2);
    assert_said("refused: LOTE-01:");
    assert_int_equal(VERIFY("--list", "tl", test_path("list.jws")), 2);
    assert_said("refused: TL-02:");
    assert_int_equal(VERIFY("--list", "tsl", test_path("list.jws")), 64);
    assert_int_equal(TEST_RUN(tl_command_verify, "verify", test_path("list.jws")), 64);
    assert_int_equal(TEST_RUN(tl_command_verify, "verify", "--help"), 0);
}

/* The body of list.jws in the XML of annex A.2.1. */
static void write_xml_list(const char *name, uint64_t number, const struct tslist_change *change)
{
    struct nw_buf file = NW_BUF(1u << 18);
    test_lote_xml(number, change, change != NULL, &file);
    test_put(name, nw_buf_slice(&file));
    nw_buf_free(&file);
}

static void verify_takes_lists_of_trusted_entities_in_xml(void **state)
{
    (void)state;
    static const struct tslist_change doctype = {TSLIST_DOCUMENT, "<ListOfTrustedEntities ",
                                                 "<!DOCTYPE x><ListOfTrustedEntities "};
    write_xml_list("list.xml", 7, NULL);
    write_xml_list("later.xml", 8, NULL);
    assert_int_equal(VERIFY(test_path("list.xml")), 0);
    assert_said("Nachweis Test Institution (DE, DE:DRVTEST1)");
    assert_int_equal(VERIFY("--json", "--list", "pub-eaa", test_path("list.xml")), 0);
    assert_said("\"id\":\"TL-04\"");
    assert_said("\"id\":\"LOTE-04\"");
    assert_int_equal(VERIFY("--territory", "EU", test_path("list.xml")), 0);
    assert_int_equal(VERIFY("--territory", "DE", test_path("list.xml")), 2);
    assert_int_equal(VERIFY("--list", "pid", test_path("list.xml")), 2);
    assert_said("refused: LOTE-03:");
    assert_int_equal(VERIFY("--list", "tl", test_path("list.xml")), 2);
    assert_said("refused: LOTE-03:");
    assert_int_equal(VERIFY("--journal", "https://example.test/oj", test_path("list.xml")), 2);
    assert_int_equal(VERIFY("--state", test_path("list.xml"), test_path("later.xml")), 0);
    assert_int_equal(VERIFY("--state", test_path("later.xml"), test_path("list.xml")), 2);
    assert_said("refused: LOTE-02:");
    write_xml_list("list.xml", 7, &doctype);
    assert_int_equal(VERIFY("--list", "pub-eaa", test_path("list.xml")), 2);
    assert_said("refused: TL-02:");
}

/* The same source, first in JSON, then in XML: numbers and times go on. */
static void a_source_may_become_xml(void **state)
{
    (void)state;
    struct nw_trust_entity entity;
    enum nw_trust_state trust;
    struct nw_slice leaf = nw_signer_chain_cert(test_pki()->attestation, 0);
    assert_int_equal(bundle(), 0);
    write_xml_list("list.jws", 6, NULL);
    assert_int_equal(bundle(), 2);
    assert_said("6 after 7");
    write_xml_list("list.jws", 8, NULL);
    assert_int_equal(bundle(), 0);
    struct nw_bundle *b = open_bundle();
    struct nw_bundle_source source;
    assert_true(nw_bundle_source_at(b, 0, &source));
    assert_int_equal(source.sequence, 8);
    assert_true(
        nw_slice_is(source.list_type, "http://uri.etsi.org/19602/LoTEType/EUPubEAAProvidersList"));
    assert_true(nw_slice_is(source.operator_name, "Nachweis vectors"));
    assert_ok(nw_trust_chain(test_crypto(), b, NW_ROLE_PUBEAA_ISSUE, NW_CERT_ATTESTATION, &leaf, 1,
                             TEST_NOW, TEST_NOW, &entity, &trust, NULL, NULL));
    assert_string_equal(entity.id, "DE:DRVTEST1");
    assert_string_equal(entity.country, "DE");
    nw_bundle_free(&b);
}

/* A list, and spaces after it, through a pipe; says how much of it was taken. */
static int64_t feed(int fd, int64_t size)
{
    static char spaces[1u << 16];
    int64_t done = 0;
    ssize_t n = 1;
    memset(spaces, ' ', sizeof spaces);
    (void)signal(SIGPIPE, SIG_IGN);
    while (fd >= 0 && n > 0 && done < size) {
        n = write(fd, done == 0 ? "<x/>" : spaces, done == 0 ? 4 : sizeof spaces);
        done += n > 0 ? n : 0;
    }
    return done;
}

static void a_list_of_200_megabytes_is_not_read_to_its_end(void **state)
{
    (void)state;
    const int64_t size = 200 << 20;
    int64_t taken = size;
    int result[2];
    assert_int_equal(mkfifo(test_path("list.xml"), 0600), 0);
    assert_int_equal(pipe(result), 0);
    int both =
        open(test_path("list.xml"), O_RDWR | O_CLOEXEC); /* so that nobody waits to open it */
    pid_t child = fork();
    if (child == 0) {
        int fd = open(test_path("list.xml"), O_WRONLY | O_CLOEXEC);
        (void)close(both);
        taken = feed(fd, size);
        _exit(write(result[1], &taken, sizeof taken) == sizeof taken ? 0 : 1);
    }
    assert_true(both >= 0 && child > 0);
    int status = TEST_RUN(tl_command_verify, "verify", "--signer", test_path("list.der"),
                          test_path("list.xml"));
    (void)close(both);
    assert_int_equal(status, 2);
    assert_said("refused: TL-01:");
    assert_int_equal(read(result[0], &taken, sizeof taken), sizeof taken);
    assert_int_equal(waitpid(child, NULL, 0), child);
    (void)close(result[0]);
    (void)close(result[1]);
    assert_true(taken > NW_MAX_TSL && taken <= NW_MAX_TSL + (1 << 20));
}

static void verify_knows_the_edition_before(void **state)
{
    (void)state;
    struct nw_buf json, jws;
    test_lote_json("\"LoTESequenceNumber\":7", "\"LoTESequenceNumber\":8", &json);
    test_lote_sign(nw_buf_slice(&json), NULL, true, &jws);
    test_put("status/4.jwt", nw_buf_slice(&jws));
    assert_int_equal(VERIFY("--state", test_path("list.jws"), test_path("status/4.jwt")), 0);
    assert_int_equal(VERIFY("--state", test_path("list.jws"), test_path("list.jws")), 0);
    assert_int_equal(VERIFY("--state", test_path("status/4.jwt"), test_path("list.jws")), 2);
    assert_said("refused: LOTE-02:");
    assert_int_equal(VERIFY("--state", test_path("config.json"), test_path("list.jws")), TL_CONFIG);
    nw_buf_free(&json);
    nw_buf_free(&jws);
}

static void show_says_what_is_inside_and_whether_it_is_pinned(void **state)
{
    (void)state;
    assert_int_equal(bundle(), 0);
    assert_int_equal(TEST_RUN(tl_command_show, "show", "--at", AT, test_path("e.nwb")), 1);
    assert_said("not pinned");
    assert_said("status list https://s.example/1 (CWT");
    assert_int_equal(TEST_RUN(tl_command_show, "show", "--signer", test_path("op.pem"), "--at", AT,
                              "--json", test_path("e.nwb")),
                     0);
    assert_said("\"pinned\":true");
    assert_int_equal(TEST_RUN(tl_command_show, "show", "--signer", test_path("op.pem"), "--at",
                              "2026-11-29T00:00:01Z", test_path("e.nwb")),
                     1);
    assert_said("STALE");
    assert_int_equal(TEST_RUN(tl_command_show, "show", "--signer", test_path("list.der"), "--at",
                              AT, test_path("e.nwb")),
                     2);
    assert_said("signed by an unknown key");
    assert_int_equal(TEST_RUN(tl_command_show, "show", test_path("config.json")), 2);
}

static int show(const char *form)
{
    return TEST_RUN(tl_command_show, "show", "--signer", test_path("op.pem"), "--at", AT,
                    test_path("e.nwb"), form);
}

static void show_says_what_was_taken_and_what_was_refused(void **state)
{
    (void)state;
    test_lote_put("SvcStatus/notified", "SvcStatus/granted"); /* the first of two services */
    write_token("status/2.jwt", test_pki()->stranger, NW_TOKEN_JWT, "https://s.example/2", 0);
    test_put("att.der", nw_signer_chain_cert(test_pki()->stranger, 0));
    assert_int_equal(bundle(), 1);
    assert_int_equal(show(NULL), 0);
    assert_said("list pub: http://uri.etsi.org/19602/LoTEType/EUPubEAAProvidersList (test)\n");
    assert_said(
        "\n  number       7, issued 2026-11-01T00:00:00Z, next update 2027-05-01T00:00:00Z\n");
    assert_said("\n  taken        1 of 2 services, 1 entities\n");
    assert_said("\n  warning      ");
    assert_said(": service dropped: ");
    assert_said("\n  refused      1 services\n");
    assert_said("\n    1 pub-eaa-status\n");
    assert_said("\nrefused status list 2.jwt: ");
    assert_said("\nrefused signer att.der: ");
    assert_not_said("/tmp/");
    assert_int_equal(show("--json"), 0);
    assert_said("\"taken\":\"1 of 2 services, 1 entities\"");
    assert_said("\"refused\":[\"1 services\"]");
    assert_said("{\"what\":\"status list\",\"name\":\"2.jwt\",\"reason\":\"");
    assert_said("{\"what\":\"signer\",\"name\":\"att.der\",\"reason\":\"");
    (void)unlink(test_path("state.json")); /* it has seen number 7 with the other content */
    test_lote_put(NULL, NULL);
    test_put("att.der", nw_signer_chain_cert(test_pki()->attestation, 0));
    (void)unlink(test_path("status/2.jwt"));
    assert_int_equal(bundle(), 0);
    assert_int_equal(show(NULL), 0);
    assert_said("\n  taken        2 of 2 services, 1 entities\n");
    assert_not_said("refused");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, test_folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_configuration_becomes_a_bundle),
        TEST(the_number_rises_even_when_writing_fails),
        TEST(status_lists_of_others_and_old_ones_are_left_out),
        TEST(no_body_replaces_the_list_of_another),
        TEST(an_older_list_is_not_taken_again),
        TEST(a_memory_that_cannot_be_reached_stops_the_run),
        TEST(a_list_that_ends_soon_shortens_the_life_of_the_bundle),
        TEST(a_mistaken_configuration_is_said_and_nothing_happens),
        TEST(verify_tells_accepted_warned_and_refused_apart),
        TEST(verify_takes_lists_of_trusted_entities_in_xml),
        TEST(a_source_may_become_xml),
        TEST(a_list_of_200_megabytes_is_not_read_to_its_end),
        TEST(verify_knows_the_edition_before),
        TEST(show_says_what_is_inside_and_whether_it_is_pinned),
        TEST(show_says_what_was_taken_and_what_was_refused),
    };
    return run_on_both("trust commands", tests, ARRAY_LENGTH(tests));
}
