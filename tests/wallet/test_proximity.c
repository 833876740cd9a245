/* A reader and the wallet over a socket pair: the whole dialogue, and each way it can go wrong. */
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attestation/type.h"
#include "cbor/cbor.h"
#include "device.h"
#include "mdoc/mdoc.h"
#include "mdoc/reader.h"
#include "mdoc/request.h"
#include "socket_transport.h"
#include "support.h"
#include "test_pki.h"

#define PDA1 "eu.europa.ec.eudi.pda1.1"
#define WAIT_MS 2000
#define PROGRAM_MS 30000
#define READER_EKU "1.0.18013.5.1.6"

/* Both ends in one process: a step of one side finds what the other has sent. */
struct scene {
    struct nw_buf credential, qr, engagement, request, response;
    struct nw_signer *holder, *authority;
    struct nw_slice anchor;
    struct nw_wallet wallet;
    struct nw_reader *reader;
    struct nw_socket near, far;
    struct nw_transport reader_side, wallet_side;
};

static void issue(struct scene *s)
{
    const struct nw_mdoc_element elements[] = {
        {PDA1, "document_id", test_hex("63414243")},
        {PDA1, "legislation", test_hex("a16c6d656d6265725f7374617465624445")},
        {PDA1, "social_security_pin", test_hex("6431323334")},
    };
    const struct nw_mdoc_issue job = {.doc_type = PDA1,
                                      .elements = elements,
                                      .n = ARRAY_LENGTH(elements),
                                      .device_key = nw_signer_pubkey(s->holder),
                                      .signed_at = TEST_NOW - 86400,
                                      .valid_from = TEST_NOW - 86400,
                                      .valid_until = TEST_NOW + 86400};
    assert_ok(nw_mdoc_issue(test_crypto(), test_pki()->attestation, &job, &s->credential, NULL));
}

static struct nw_signer *make_reader(const char *name)
{
    struct nw_signer *s = test_signer(test_crypto(), name);
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    struct nw_cert ca;
    assert_ok(nw_cert_parse(test_pki()->anchor, &ca, NULL));
    const struct nw_cert_template t = {.common_name = name,
                                       .issuer = &ca,
                                       .subject = nw_signer_pubkey(s),
                                       .serial = {1, 2, 3},
                                       .not_before = TEST_NOT_BEFORE,
                                       .not_after = TEST_NOT_AFTER,
                                       .path_len = -1,
                                       .eku = {READER_EKU}};
    assert_ok(nw_cert_make(test_crypto(), &t, test_pki()->ca, &der));
    const struct nw_slice chain = nw_buf_slice(&der);
    assert_ok(nw_signer_set_chain(s, &chain, 1));
    nw_buf_free(&der);
    return s;
}

static void set_scene(struct scene *s)
{
    int fd[2];
    *s = (struct scene){.credential = NW_BUF(NW_MAX_CBOR),
                        .qr = NW_BUF(NW_MAX_QR_TEXT),
                        .engagement = NW_BUF(NW_MAX_ENGAGEMENT),
                        .request = NW_BUF(NW_MAX_DEVICE_REQUEST),
                        .response = NW_BUF_SECRET(NW_MAX_CBOR)};
    s->holder = test_signer(test_crypto(), "nachweis test proximity holder");
    s->authority = make_reader("FKS Baustelle");
    s->anchor = test_pki()->anchor;
    issue(s);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
    s->reader_side = nw_socket_transport(&s->near, fd[0]);
    s->wallet_side = nw_socket_transport(&s->far, fd[1]);
    s->wallet = (struct nw_wallet){.c = test_crypto(),
                                   .issuer_signed = nw_buf_slice(&s->credential),
                                   .device_key = s->holder,
                                   .anchors = &s->anchor,
                                   .anchor_n = 1,
                                   .at = TEST_NOW};
}

static void clear_scene(struct scene *s)
{
    s->reader_side.close(s->reader_side.ctx);
    s->wallet_side.close(s->wallet_side.ctx);
    nw_wallet_end(&s->wallet);
    nw_reader_free(&s->reader);
    nw_signer_free(&s->holder);
    nw_signer_free(&s->authority);
    nw_buf_free(&s->credential);
    nw_buf_free(&s->qr);
    nw_buf_free(&s->engagement);
    nw_buf_free(&s->request);
    nw_buf_free(&s->response);
}

/* The inspector scans the code. */
static void scan(struct scene *s)
{
    struct nw_engagement e;
    assert_ok(nw_engagement_from_qr(nw_buf_slice(&s->qr), &s->engagement, &e, NULL));
    assert_ok(nw_reader_open(test_crypto(), &e, NW_SLICE_EMPTY, &s->reader, NULL));
}

static void write_request(struct scene *s, struct nw_signer *by)
{
    struct nw_types *types = NULL;
    assert_ok(nw_types_load(&types, NULL));
    const struct nw_request_document *doc =
        nw_type_request(nw_type_find(types, "pda1"), NW_PROFILE_EUDI, "fks-baustelle");
    assert_non_null(doc);
    nw_buf_reset(&s->request);
    assert_ok(
        nw_device_request_write(by, nw_reader_transcript(s->reader), doc, 1, &s->request, NULL));
    nw_types_free(&types);
}

/* Engagement, and a request of the authority that lies in the wallet's end. */
static void ask(struct scene *s)
{
    assert_ok(nw_wallet_engage(&s->wallet, &s->qr));
    scan(s);
    write_request(s, s->authority);
    assert_ok(nw_reader_ask(s->reader, &s->reader_side, nw_buf_slice(&s->request), WAIT_MS));
}

static enum nw_err step(struct scene *s)
{
    return nw_wallet_step(&s->wallet, &s->wallet_side, WAIT_MS, NULL);
}

static enum nw_err answer(struct scene *s, uint64_t *status)
{
    nw_buf_reset(&s->response);
    return nw_reader_answer(s->reader, &s->reader_side, WAIT_MS, &s->response, status, NULL);
}

/* What the reader makes of the response: issuer, device, elements. */
static enum nw_err check_response(struct scene *s, bool refuse_mac, bool *proven)
{
    static struct nw_device_response response;
    static struct nw_mdoc m;
    static struct nw_checks checks;
    const struct nw_device_policy policy = {.transcript = nw_reader_transcript(s->reader),
                                            .reader_key = nw_reader_key(s->reader),
                                            .refuse_mac = refuse_mac,
                                            .required = true};
    checks = (struct nw_checks){.n = 0};
    assert_ok(nw_device_response_parse(nw_buf_slice(&s->response), &response, &checks, NULL));
    assert_int_equal(response.document_n, 1);
    assert_ok(nw_device_response_document(&response, 0, &m, &checks, NULL));
    assert_ok(nw_mdoc_verify(test_crypto(), &m, nw_signer_pubkey(test_pki()->attestation), &checks,
                             NULL));
    assert_int_equal(m.item_n, 2);
    assert_non_null(nw_mdoc_find(&m, PDA1, "legislation"));
    assert_null(nw_mdoc_find(&m, PDA1, "social_security_pin"));
    enum nw_err e = nw_mdoc_device(test_crypto(), &m, &policy, proven, &checks, NULL);
    assert_int_equal(nw_check_passed(&checks, "DEV-04"), e == NW_OK);
    nw_mdoc_free(&m);
    nw_device_response_free(&response);
    return e;
}

static void whole_dialogue(bool mac)
{
    struct scene s;
    uint64_t status = 99;
    bool proven = false;
    set_scene(&s);
    s.wallet.mac = mac;
    ask(&s);
    assert_ok(step(&s));
    assert_true(s.wallet.reader_known);
    assert_string_equal(s.wallet.reader, "FKS Baustelle");
    assert_ok(answer(&s, &status));
    assert_int_equal(status, NW_SESSION_GOES_ON);
    assert_ok(check_response(&s, false, &proven));
    assert_true(proven);
    proven = false;
    assert_err(check_response(&s, true, &proven), mac ? NW_ERR_DEVICE_MAC : NW_OK);
    assert_int_equal(proven, !mac);
    nw_reader_close(s.reader, &s.reader_side, WAIT_MS);
    assert_null(nw_reader_key(s.reader));
    assert_ok(step(&s));
    assert_true(s.wallet.over);
    assert_int_equal(s.wallet.status, NW_SESSION_TERMINATION);
    assert_err(nw_reader_ask(s.reader, &s.reader_side, nw_buf_slice(&s.request), WAIT_MS),
               NW_ERR_SESSION_OVER);
    clear_scene(&s);
}

static void the_device_answers_with_a_signature(void **state)
{
    (void)state;
    whole_dialogue(false);
}

static void the_device_answers_with_a_mac(void **state)
{
    (void)state;
    whole_dialogue(true);
}

static void a_second_request_goes_over_the_same_session(void **state)
{
    (void)state;
    struct scene s;
    uint64_t status = 0;
    bool proven = false;
    set_scene(&s);
    ask(&s);
    assert_ok(step(&s));
    assert_ok(answer(&s, &status));
    assert_ok(nw_reader_ask(s.reader, &s.reader_side, nw_buf_slice(&s.request), WAIT_MS));
    assert_ok(step(&s));
    assert_ok(answer(&s, &status));
    assert_ok(check_response(&s, true, &proven));
    assert_true(proven);
    clear_scene(&s);
}

static void the_wallet_may_end_with_its_response(void **state)
{
    (void)state;
    struct scene s;
    uint64_t status = 0;
    bool proven = false;
    set_scene(&s);
    s.wallet.last = true;
    ask(&s);
    assert_ok(step(&s));
    assert_ok(answer(&s, &status));
    assert_int_equal(status, NW_SESSION_TERMINATION);
    assert_ok(check_response(&s, true, &proven));
    assert_err(answer(&s, &status), NW_ERR_SESSION_OVER);
    clear_scene(&s);
}

/* A response is good in its own session only. */
static void a_response_of_another_session_proves_nothing(void **state)
{
    (void)state;
    struct scene s, other;
    uint64_t status = 0;
    bool proven = false;
    set_scene(&s);
    set_scene(&other);
    ask(&s);
    ask(&other);
    assert_ok(step(&s));
    assert_ok(answer(&s, &status));
    nw_buf_put(&other.response, nw_buf_slice(&s.response));
    assert_err(check_response(&other, true, &proven), NW_ERR_DEVICE_SESSION);
    assert_false(proven);
    clear_scene(&s);
    clear_scene(&other);
}

static void a_reader_that_is_not_known_gets_nothing(void **state)
{
    (void)state;
    static const enum nw_err wanted[] = {NW_ERR_READER_AUTH, NW_ERR_CERT_ANCHOR, NW_ERR_SIGNATURE};
    for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++) {
        struct scene s, other;
        uint64_t status = 0;
        set_scene(&s);
        set_scene(&other);
        if (i == 1) { /* certified by somebody else */
            s.anchor = test_pki()->other_anchor;
        }
        assert_ok(nw_wallet_engage(&s.wallet, &s.qr));
        scan(&s);
        write_request(&s, i == 0 ? NULL : s.authority);
        if (i == 2) { /* a request that the authority signed for another session */
            ask(&other);
            nw_buf_reset(&s.request);
            nw_buf_put(&s.request, nw_buf_slice(&other.request));
        }
        assert_ok(nw_reader_ask(s.reader, &s.reader_side, nw_buf_slice(&s.request), WAIT_MS));
        assert_err(step(&s), wanted[i]);
        assert_true(s.wallet.over);
        assert_ok(answer(&s, &status));
        assert_int_equal(status, NW_SESSION_TERMINATION);
        assert_int_equal(s.response.n, 0);
        clear_scene(&s);
        clear_scene(&other);
    }
}

static void a_wallet_that_answers_anybody_knows_that_it_does(void **state)
{
    (void)state;
    struct scene s;
    set_scene(&s);
    s.wallet.any_reader = true;
    assert_ok(nw_wallet_engage(&s.wallet, &s.qr));
    scan(&s);
    write_request(&s, NULL);
    assert_ok(nw_reader_ask(s.reader, &s.reader_side, nw_buf_slice(&s.request), WAIT_MS));
    assert_ok(step(&s));
    assert_false(s.wallet.reader_known);
    clear_scene(&s);
}

static void a_document_that_is_not_there_is_said_to_be_missing(void **state)
{
    (void)state;
    struct scene s;
    uint64_t status = 0;
    static const struct nw_request_element element = {"n", "e", false};
    const struct nw_request_document doc = {.doc_type = "other", .elements = &element, .n = 1};
    set_scene(&s);
    assert_ok(nw_wallet_engage(&s.wallet, &s.qr));
    scan(&s);
    assert_ok(nw_device_request_write(s.authority, nw_reader_transcript(s.reader), &doc, 1,
                                      &s.request, NULL));
    assert_ok(nw_reader_ask(s.reader, &s.reader_side, nw_buf_slice(&s.request), WAIT_MS));
    assert_ok(step(&s));
    assert_ok(answer(&s, &status));
    struct nw_slice errors;
    assert_true(nw_cbor_find_text(nw_buf_slice(&s.response), "documentErrors", &errors));
    assert_true(nw_slice_eq(errors, test_hex("81 a1 656f74686572 00")));
    assert_false(nw_cbor_find_text(nw_buf_slice(&s.response), "documents", &errors));
    static struct nw_device_response response;
    assert_err(nw_device_response_parse(nw_buf_slice(&s.response), &response, NULL, NULL),
               NW_ERR_DEVICE_STATUS);
    clear_scene(&s);
}

/* ---- what a hostile line does: messages taken out, changed, put in ---- */

static void take(struct scene *s, struct nw_buf *message)
{
    nw_buf_reset(message);
    assert_ok(s->reader_side.receive(s->reader_side.ctx, message, WAIT_MS));
}

static void put(struct scene *s, struct nw_slice message)
{
    assert_ok(s->wallet_side.send(s->wallet_side.ctx, message, WAIT_MS));
}

/* The reader refuses with e, says code to the wallet, closes, and takes nothing more. */
static void the_reader_refuses(struct scene *s, enum nw_err e, uint64_t code)
{
    uint64_t status = 99;
    struct nw_buf said = NW_BUF(256);
    assert_err(answer(s, &status), e);
    assert_int_equal(status, 99);
    assert_int_equal(s->response.n, 0);
    assert_ok(s->wallet_side.receive(s->wallet_side.ctx, &said, WAIT_MS));
    const uint8_t wanted[] = {0xa1, 0x66, 's', 't', 'a', 't', 'u', 's', (uint8_t)code};
    assert_true(nw_slice_eq(nw_buf_slice(&said), nw_slice(wanted, sizeof wanted)));
    assert_err(s->wallet_side.receive(s->wallet_side.ctx, &said, WAIT_MS), NW_ERR_IO);
    assert_err(answer(s, &status), NW_ERR_SESSION_OVER);
    nw_buf_free(&said);
}

static void a_line_that_changes_the_answer_is_noticed(void **state)
{
    (void)state;
    enum { TAG, CUT, SHORT_DATA, TWICE, EMPTY, WAYS };
    static const struct {
        enum nw_err err;
        uint64_t code;
    } wanted[WAYS] = {{NW_ERR_DECRYPT, 10},
                      {NW_ERR_CBOR_LENGTH, 11},
                      {NW_ERR_DECRYPT, 10},
                      {NW_ERR_DECRYPT, 10},
                      {NW_ERR_TRUNCATED, 11}};
    for (int way = 0; way < WAYS; way++) {
        struct scene s;
        uint64_t status = 0;
        struct nw_buf message = NW_BUF(NW_MAX_SESSION_MESSAGE);
        set_scene(&s);
        ask(&s);
        assert_ok(step(&s));
        take(&s, &message);
        struct nw_slice in = nw_buf_slice(&message);
        switch (way) {
        case TAG:
            message.p[message.n - 1] ^= 0x80;
            break;
        case CUT:
            in.n--;
            break;
        case SHORT_DATA: /* one byte of the ciphertext less, and a head that fits */
            message.p[8]--;
            in.n--;
            break;
        case TWICE:
            put(&s, in);
            assert_ok(answer(&s, &status));
            break;
        default:
            in.n = 0;
            break;
        }
        put(&s, in);
        the_reader_refuses(&s, wanted[way].err, wanted[way].code);
        nw_buf_free(&message);
        clear_scene(&s);
    }
}

static void an_answer_that_was_left_out_is_noticed(void **state)
{
    (void)state;
    struct scene s;
    struct nw_buf message = NW_BUF(NW_MAX_SESSION_MESSAGE);
    set_scene(&s);
    ask(&s);
    assert_ok(step(&s));
    take(&s, &message);
    assert_ok(nw_reader_ask(s.reader, &s.reader_side, nw_buf_slice(&s.request), WAIT_MS));
    assert_ok(step(&s));
    the_reader_refuses(&s, NW_ERR_DECRYPT, 10);
    nw_buf_free(&message);
    clear_scene(&s);
}

static void an_answer_under_another_key_is_refused(void **state)
{
    (void)state;
    struct scene s, other;
    struct nw_buf message = NW_BUF(NW_MAX_SESSION_MESSAGE);
    set_scene(&s);
    set_scene(&other);
    ask(&s);
    ask(&other);
    assert_ok(step(&s));
    assert_ok(step(&other));
    take(&s, &message);
    take(&other, &message);
    put(&s, nw_buf_slice(&message));
    the_reader_refuses(&s, NW_ERR_DECRYPT, 10);
    nw_buf_free(&message);
    clear_scene(&s);
    clear_scene(&other);
}

static void an_answer_that_is_too_large_is_not_read(void **state)
{
    (void)state;
    struct scene s;
    uint64_t status = 99;
    const uint8_t head[] = {0x7f, 0xff, 0xff, 0xff};
    set_scene(&s);
    ask(&s);
    assert_ok(step(&s));
    struct nw_buf message = NW_BUF(NW_MAX_SESSION_MESSAGE);
    take(&s, &message);
    assert_int_equal(write(s.far.fd, head, sizeof head), sizeof head);
    assert_err(answer(&s, &status), NW_ERR_LIMIT);
    assert_int_equal(s.near.fd, -1);
    nw_buf_free(&message);
    clear_scene(&s);
}

static void a_status_of_the_wallet_ends_the_conversation(void **state)
{
    (void)state;
    static const uint8_t codes[] = {10, 11, 20};
    for (size_t i = 0; i < ARRAY_LENGTH(codes); i++) {
        struct scene s;
        uint64_t status = 0;
        const uint8_t message[] = {0xa1, 0x66, 's', 't', 'a', 't', 'u', 's', codes[i]};
        set_scene(&s);
        ask(&s);
        put(&s, nw_slice(message, sizeof message));
        put(&s, nw_slice(message, sizeof message)); /* nobody reads on after the end */
        assert_ok(answer(&s, &status));
        assert_int_equal(status, codes[i]);
        assert_err(answer(&s, &status), NW_ERR_SESSION_OVER);
        assert_err(nw_reader_ask(s.reader, &s.reader_side, nw_buf_slice(&s.request), WAIT_MS),
                   NW_ERR_SESSION_OVER);
        clear_scene(&s);
    }
}

/* The wallet's end of the same line. */
static void a_request_that_was_changed_is_refused(void **state)
{
    (void)state;
    for (int way = 0; way < 3; way++) {
        struct scene s;
        uint64_t status = 0;
        struct nw_buf message = NW_BUF(NW_MAX_SESSION_MESSAGE);
        set_scene(&s);
        ask(&s);
        assert_ok(s.wallet_side.receive(s.wallet_side.ctx, &message, WAIT_MS));
        struct nw_slice in = nw_buf_slice(&message);
        if (way == 0) {
            message.p[message.n - 1] ^= 1;
        } else if (way == 1) {
            in.n--;
        }
        assert_ok(s.reader_side.send(s.reader_side.ctx, in, WAIT_MS));
        if (way < 2) {
            assert_err(step(&s), way == 0 ? NW_ERR_DECRYPT : NW_ERR_CBOR_LENGTH);
            assert_ok(answer(&s, &status));
            assert_int_equal(status, way == 0 ? 10 : 11);
        } else { /* as it was: and then the same establishment again */
            assert_ok(step(&s));
            assert_ok(s.reader_side.send(s.reader_side.ctx, in, WAIT_MS));
            assert_err(step(&s), NW_ERR_DECRYPT);
        }
        assert_true(s.wallet.over);
        nw_buf_free(&message);
        clear_scene(&s);
    }
}

static void a_wallet_that_is_silent_or_gone_is_told_apart(void **state)
{
    (void)state;
    struct scene s;
    uint64_t status = 0;
    set_scene(&s);
    ask(&s);
    assert_err(nw_reader_answer(s.reader, &s.reader_side, 20, &s.response, &status, NULL),
               NW_ERR_TIMEOUT);
    clear_scene(&s);
    set_scene(&s);
    ask(&s);
    s.wallet_side.close(s.wallet_side.ctx);
    assert_err(answer(&s, &status), NW_ERR_IO);
    clear_scene(&s);
}

static void write_file(const char *path, struct nw_slice bytes)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    assert_int_equal(fclose(f), 0);
}

/* The program in a process of its own: what it prints comes out of *shown. */
static pid_t start_wallet(struct scene *s, const char *folder, int *shown)
{
    char key[64], anchor[64], credential[64], socket[16], at[24];
    struct nw_buf pem = NW_BUF(NW_MAX_CERT * 2);
    int out[2];
    (void)snprintf(key, sizeof key, "%s/key.pem", folder);
    (void)snprintf(anchor, sizeof anchor, "%s/anchor.pem", folder);
    (void)snprintf(credential, sizeof credential, "%s/credential", folder);
    (void)snprintf(socket, sizeof socket, "%d", s->far.fd);
    (void)snprintf(at, sizeof at, "%lld", (long long)TEST_NOW);
    nw_cert_to_pem(s->anchor, &pem);
    write_file(anchor, nw_buf_slice(&pem));
    nw_buf_free(&pem);
    write_file(credential, nw_buf_slice(&s->credential));
    assert_int_equal(pipe(out), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)close(s->near.fd);
        (void)dup2(out[1], STDOUT_FILENO);
        (void)close(out[0]);
        (void)close(out[1]);
        (void)execl(NW_WALLET, "nw-wallet", "nearby", "--key", key, "--readers", anchor, "--socket",
                    socket, "--time", at, credential, (char *)NULL);
        _exit(127);
    }
    (void)close(out[1]);
    *shown = out[0];
    return child;
}

static void read_code(struct scene *s, int shown)
{
    char c;
    while (read(shown, &c, 1) == 1 && c != '\n') {
        nw_buf_putc(&s->qr, (uint8_t)c);
    }
}

static void remove_folder(const char *folder)
{
    static const char *const names[] = {"key.pem", "anchor.pem", "credential"};
    char path[64];
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
}

static void the_wallet_program_goes_through_the_whole_dialogue(void **state)
{
    (void)state;
    struct scene s;
    char folder[] = "/tmp/nw-proximity-XXXXXX", path[64];
    int shown, result = -1;
    uint64_t status = 0;
    bool proven = false;
    struct nw_buf pem = NW_BUF_SECRET(NW_MAX_KEY_FILE);
    set_scene(&s);
    assert_non_null(mkdtemp(folder));
    nw_signer_free(&s.holder); /* the program's key is in a file */
    assert_ok(nw_key_generate_pem(test_crypto(), &pem));
    assert_ok(
        nw_signer_from_pem(test_crypto(), nw_buf_slice(&pem), NW_SLICE_EMPTY, &s.holder, NULL));
    (void)snprintf(path, sizeof path, "%s/key.pem", folder);
    write_file(path, nw_buf_slice(&pem));
    nw_buf_reset(&s.credential);
    issue(&s);
    pid_t child = start_wallet(&s, folder, &shown);
    s.wallet_side.close(s.wallet_side.ctx);
    read_code(&s, shown);
    scan(&s);
    write_request(&s, s.authority);
    assert_ok(nw_reader_ask(s.reader, &s.reader_side, nw_buf_slice(&s.request), PROGRAM_MS));
    assert_ok(nw_reader_answer(s.reader, &s.reader_side, PROGRAM_MS, &s.response, &status, NULL));
    assert_ok(check_response(&s, true, &proven));
    assert_true(proven);
    nw_reader_close(s.reader, &s.reader_side, WAIT_MS);
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    (void)close(shown);
    remove_folder(folder);
    nw_buf_free(&pem);
    clear_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_device_answers_with_a_signature),
        cmocka_unit_test(the_device_answers_with_a_mac),
        cmocka_unit_test(a_second_request_goes_over_the_same_session),
        cmocka_unit_test(the_wallet_may_end_with_its_response),
        cmocka_unit_test(a_response_of_another_session_proves_nothing),
        cmocka_unit_test(a_reader_that_is_not_known_gets_nothing),
        cmocka_unit_test(a_wallet_that_answers_anybody_knows_that_it_does),
        cmocka_unit_test(a_document_that_is_not_there_is_said_to_be_missing),
        cmocka_unit_test(a_line_that_changes_the_answer_is_noticed),
        cmocka_unit_test(an_answer_that_was_left_out_is_noticed),
        cmocka_unit_test(an_answer_under_another_key_is_refused),
        cmocka_unit_test(an_answer_that_is_too_large_is_not_read),
        cmocka_unit_test(a_status_of_the_wallet_ends_the_conversation),
        cmocka_unit_test(a_request_that_was_changed_is_refused),
        cmocka_unit_test(a_wallet_that_is_silent_or_gone_is_told_apart),
        cmocka_unit_test(the_wallet_program_goes_through_the_whole_dialogue),
    };
    return run_on_both("proximity", tests, ARRAY_LENGTH(tests));
}
