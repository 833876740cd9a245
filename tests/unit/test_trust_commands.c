/* The commands of nachweis-trust, run in a folder of their own. */
#include <fcntl.h>
#include <getopt.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "files.h"
#include "status/status.h"
#include "test_lote.h"
#include "trust/bundle_items.h"

static char folder[64];
static char operator_pin[65];

static const char *path(const char *name)
{
    static char rooms[4][128];
    static unsigned turn;
    char *room = rooms[turn++ % 4];
    (void)snprintf(room, sizeof rooms[0], "%s/%s", folder, name);
    return room;
}

static void put(const char *name, struct nw_slice bytes)
{
    assert_ok(tl_write_atomic(path(name), bytes, NULL));
}

/* Runs a command with its output in the file "out"; returns its exit status. */
static int run(int (*command)(int, char **), const char *const *args)
{
    char *argv[16] = {NULL};
    int argc = 0;
    for (; args[argc] != NULL; argc++) {
        argv[argc] = strdup(args[argc]);
    }
    (void)fflush(stdout);
    (void)fflush(stderr);
    int saved[2] = {dup(1), dup(2)};
    int fd = open(path("out"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0 && dup2(fd, 1) == 1 && dup2(fd, 2) == 2);
    (void)close(fd);
    optind = 0;
    int status = command(argc, argv);
    (void)fflush(stdout);
    (void)fflush(stderr);
    assert_true(dup2(saved[0], 1) == 1 && dup2(saved[1], 2) == 2);
    (void)close(saved[0]);
    (void)close(saved[1]);
    for (int i = 0; i < argc; i++) {
        free(argv[i]);
    }
    return status;
}

static void assert_said(const char *text)
{
    struct nw_slice out = test_file(path("out"));
    char *all = strndup((const char *)out.p, out.n);
    if (strstr(all, text) == NULL) {
        fail_msg("\"%s\" is not in: %s", text, all);
    }
    free(all);
}

#define RUN(command, ...) run(command, (const char *const[]){__VA_ARGS__, NULL})
#define AT "2026-11-22T00:00:00Z"

static void write_list(const char *from, const char *to)
{
    struct nw_buf json, jws;
    test_lote_json(from, to, &json);
    test_lote_sign(nw_buf_slice(&json), NULL, true, &jws);
    put("list.jws", nw_buf_slice(&jws));
    nw_buf_free(&json);
    nw_buf_free(&jws);
}

static void write_token(const char *name, struct nw_signer *s, enum nw_token_form form,
                        const char *uri, int64_t exp)
{
    static const uint8_t packed[16] = {0};
    const struct nw_status_publish job = {
        .packed = nw_slice(packed, sizeof packed), .uri = uri, .iat = TEST_NOW - 60, .exp = exp};
    struct nw_buf out = NW_BUF(NW_MAX_STATUS_TOKEN);
    assert_ok(nw_status_token_make(s, form, &job, &out));
    put(name, nw_buf_slice(&out));
    nw_buf_free(&out);
}

/* Key and certificate of the operator of the bundle, as files. */
static void write_operator(void)
{
    struct nw_signer *s = NULL;
    struct nw_buf key = NW_BUF_SECRET(NW_MAX_KEY_FILE);
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    struct nw_buf pem = NW_BUF(NW_MAX_KEY_FILE);
    uint8_t digest[NW_SHA256_BYTES];
    assert_ok(nw_key_generate_pem(test_crypto(), &key));
    assert_ok(nw_signer_from_pem(test_crypto(), nw_buf_slice(&key), NW_SLICE_EMPTY, &s, NULL));
    const struct nw_cert_template template = {.common_name = "Bundle",
                                              .organisation = "Test",
                                              .country = "DE",
                                              .subject = nw_signer_pubkey(s),
                                              .serial = {1},
                                              .not_before = TEST_NOT_BEFORE,
                                              .not_after = TEST_NOT_AFTER,
                                              .path_len = -1};
    assert_ok(nw_cert_make(test_crypto(), &template, s, &der));
    nw_cert_to_pem(nw_buf_slice(&der), &pem);
    put("op.key", nw_buf_slice(&key));
    put("op.pem", nw_buf_slice(&pem));
    assert_ok(nw_sha256(test_crypto(), nw_buf_slice(&der), digest));
    tl_hex(digest, operator_pin);
    nw_signer_free(&s);
    nw_buf_free(&key);
    nw_buf_free(&der);
    nw_buf_free(&pem);
}

static const char config[] =
    "{\"version\":1,\"signer\":{\"key\":\"op.key\",\"chain\":\"op.pem\"},\"max_age\":604800,"
    "\"state\":\"state.json\",\"sources\":[{\"name\":\"pub\",\"file\":\"list.jws\","
    "\"list\":\"pub-eaa\",\"signers\":[\"list.der\"],\"test\":true}],"
    "\"status_lists\":[\"status\"],\"signer_certificates\":[\"att.der\"],"
    "\"institutions\":\"inst.json\",\"type_metadata\":[\"vctm.json\"]}";

static int setup(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/nachweis-trust-XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(mkdir(path("status"), 0700), 0);
    write_operator();
    write_list(NULL, NULL);
    put("list.der", nw_signer_chain_cert(test_pki()->list, 0));
    put("att.der", nw_signer_chain_cert(test_pki()->attestation, 0));
    put("config.json", nw_str(config));
    put("inst.json", nw_str("[{\"id\":\"EL:TEST\",\"name\":\"Ίδρυμα\",\"country\":\"EL\","
                            "\"contact\":{\"email\":\"a@example.test\"}}]"));
    put("vctm.json", nw_str("{\"vct\":\"eu.we-build.pda1.1\"}"));
    write_token("status/1.jwt", test_pki()->status, NW_TOKEN_JWT, "https://s.example/1", 0);
    write_token("status/1.cwt", test_pki()->status, NW_TOKEN_CWT, "https://s.example/1", 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    static const char *const names[] = {
        "status/1.jwt", "status/1.cwt", "status/2.jwt", "status/3.jwt", "status/4.jwt", "status",
        "list.jws",     "list.der",     "att.der",      "config.json",  "inst.json",    "vctm.json",
        "op.key",       "op.pem",       "state.json",   "e.nwb",        "out",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        (void)remove(path(names[i]));
    }
    return rmdir(folder);
}

static int bundle(void)
{
    return RUN(tl_command_bundle, "bundle", "--config", path("config.json"), "--out", path("e.nwb"),
               "--at", AT);
}

static struct nw_bundle *open_bundle(void)
{
    const char *pins[] = {operator_pin, NULL};
    const struct nw_bundle_policy policy = {.signers = pins, .now = TEST_NOW};
    struct nw_bundle *b = NULL;
    assert_ok(nw_bundle_open(test_crypto(), test_file(path("e.nwb")), &policy, &b, NULL));
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
    assert_true(nw_slice_eq(token, test_file(path("status/1.cwt"))));
    assert_true(nw_bundle_status(b, "https://s.example/1", 0, &token, &fetched));
    assert_true(nw_slice_eq(token, test_file(path("status/1.jwt"))));
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
    assert_int_equal(RUN(tl_command_bundle, "bundle", "--config", path("config.json"), "--out",
                         path("nowhere/e.nwb"), "--at", AT),
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
    put("status/4.jwt", nw_str("no token"));
    assert_int_equal(bundle(), 1);
    assert_said("status/2.jwt");
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
    assert_true(nw_slice_eq(token, test_file(path("status/1.jwt"))));
    nw_bundle_free(&b);
}

static void an_older_list_is_not_taken_again(void **state)
{
    (void)state;
    assert_int_equal(bundle(), 0);
    write_list("\"LoTESequenceNumber\":7", "\"LoTESequenceNumber\":6");
    assert_int_equal(bundle(), 2);
    assert_said("6 after 7");
    assert_said("nothing written");
    write_list("\"LoTESequenceNumber\":7", "\"LoTESequenceNumber\":8");
    assert_int_equal(bundle(), 0);
    assert_said("number 8");
}

static void a_list_that_ends_soon_shortens_the_life_of_the_bundle(void **state)
{
    (void)state;
    write_list("2027-05-01T00:00:00Z", "2026-11-23T00:00:00Z");
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
        put("config.json", nw_str(texts[i]));
        assert_int_equal(bundle(), TL_CONFIG);
    }
    assert_true(access(path("e.nwb"), F_OK) != 0);
    assert_true(access(path("state.json"), F_OK) != 0);
    put("config.json", nw_str(config));
    put("state.json", nw_str("{\"version\":9}"));
    assert_int_equal(bundle(), TL_CONFIG);
    assert_said("not a state file");
}

static void verify_tells_accepted_warned_and_refused_apart(void **state)
{
    (void)state;
#define VERIFY(...)                                                                                \
    RUN(tl_command_verify, "verify", "--signer", path("list.der"), "--at", AT, __VA_ARGS__)
    assert_int_equal(VERIFY(path("list.jws")), 0);
    assert_said("Nachweis Test Institution (DE, DE:DRVTEST1)");
    assert_int_equal(VERIFY("--json", path("list.jws")), 0);
    assert_said("\"result\":\"accepted\"");
    assert_int_equal(VERIFY("--list", "pid", path("list.jws")), 2);
    assert_said("refused: LOTE-03:");
    write_list("SvcStatus/notified", "SvcStatus/granted");
    assert_int_equal(VERIFY(path("list.jws")), 1);
    assert_said("warning: ");
    put("list.jws", nw_str("<xml/>"));
    assert_int_equal(VERIFY(path("list.jws")), 2);
    assert_said("refused: TL-03:");
    assert_int_equal(VERIFY(path("nowhere")), 66);
    assert_int_equal(VERIFY(folder), 66);
    put("list.jws", NW_SLICE_EMPTY);
    assert_int_equal(VERIFY(path("list.jws")), 66);
    assert_int_equal(VERIFY("--list", "tsl", path("list.jws")), 64);
    assert_int_equal(RUN(tl_command_verify, "verify", path("list.jws")), 64);
    assert_int_equal(RUN(tl_command_verify, "verify", "--help"), 0);
}

static void verify_knows_the_edition_before(void **state)
{
    (void)state;
    struct nw_buf json, jws;
    test_lote_json("\"LoTESequenceNumber\":7", "\"LoTESequenceNumber\":8", &json);
    test_lote_sign(nw_buf_slice(&json), NULL, true, &jws);
    put("status/4.jwt", nw_buf_slice(&jws));
    assert_int_equal(VERIFY("--state", path("list.jws"), path("status/4.jwt")), 0);
    assert_int_equal(VERIFY("--state", path("list.jws"), path("list.jws")), 0);
    assert_int_equal(VERIFY("--state", path("status/4.jwt"), path("list.jws")), 2);
    assert_said("refused: LOTE-02:");
    assert_int_equal(VERIFY("--state", path("config.json"), path("list.jws")), TL_CONFIG);
    nw_buf_free(&json);
    nw_buf_free(&jws);
}

static void show_says_what_is_inside_and_whether_it_is_pinned(void **state)
{
    (void)state;
    assert_int_equal(bundle(), 0);
    assert_int_equal(RUN(tl_command_show, "show", "--at", AT, path("e.nwb")), 1);
    assert_said("not pinned");
    assert_said("status list https://s.example/1 (CWT");
    assert_int_equal(RUN(tl_command_show, "show", "--signer", path("op.pem"), "--at", AT, "--json",
                         path("e.nwb")),
                     0);
    assert_said("\"pinned\":true");
    assert_int_equal(RUN(tl_command_show, "show", "--signer", path("op.pem"), "--at",
                         "2026-11-29T00:00:01Z", path("e.nwb")),
                     1);
    assert_said("STALE");
    assert_int_equal(
        RUN(tl_command_show, "show", "--signer", path("list.der"), "--at", AT, path("e.nwb")), 2);
    assert_said("signed by an unknown key");
    assert_int_equal(RUN(tl_command_show, "show", path("config.json")), 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_configuration_becomes_a_bundle),
        TEST(the_number_rises_even_when_writing_fails),
        TEST(status_lists_of_others_and_old_ones_are_left_out),
        TEST(no_body_replaces_the_list_of_another),
        TEST(an_older_list_is_not_taken_again),
        TEST(a_list_that_ends_soon_shortens_the_life_of_the_bundle),
        TEST(a_mistaken_configuration_is_said_and_nothing_happens),
        TEST(verify_tells_accepted_warned_and_refused_apart),
        TEST(verify_knows_the_edition_before),
        TEST(show_says_what_is_inside_and_whether_it_is_pinned),
    };
    return run_on_both("trust commands", tests, ARRAY_LENGTH(tests));
}
