/* Requests and who makes them: Annex D, what may follow, and each way of being wrong. */
#include "cose/cose.h"
#include "mdoc/request.h"
#include "mdoc/session.h"
#include "mdoc/transcript.h"
#include "support.h"
#include "test_annexd.h"
#include "test_pki.h"

#define MDL "org.iso.18013.5.1.mDL"
#define SPACE "org.iso.18013.5.1"
#define THEN 1606780800 /* 2020-12-01T00:00:00Z */
#define READER_EKU "1.0.18013.5.1.6"

struct row {
    const char *what, *hex;
    enum nw_err err;
};

static struct nw_slice annexd_transcript(void)
{
    struct nw_slice transcript = NW_SLICE_EMPTY;
    assert_ok(nw_transcript_open(test_annexd("session-transcript-bytes.hex"), &transcript, NULL));
    return transcript;
}

static const struct nw_request_element annexd_elements[] = {
    {SPACE, "family_name", true},        {SPACE, "document_number", true},
    {SPACE, "driving_privileges", true}, {SPACE, "issue_date", true},
    {SPACE, "expiry_date", true},        {SPACE, "portrait", false},
};
static const struct nw_request_document annexd_document = {
    .doc_type = MDL, .elements = annexd_elements, .n = ARRAY_LENGTH(annexd_elements)};

/* A reader's key with a certificate by the test CA. */
static struct nw_signer *reader(const char *name, const char *eku)
{
    struct nw_signer *s = test_signer(test_crypto(), name);
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    struct nw_cert ca;
    assert_ok(nw_cert_parse(test_pki()->anchor, &ca, NULL));
    const struct nw_cert_template t = {
        .common_name = name,
        .issuer = &ca,
        .subject = nw_signer_pubkey(s),
        .serial = {1, 2, 3},
        .not_before = TEST_NOT_BEFORE,
        .not_after = TEST_NOT_AFTER,
        .path_len = -1,
        .eku = {eku},
    };
    assert_ok(nw_cert_make(test_crypto(), &t, test_pki()->ca, &der));
    const struct nw_slice chain = nw_buf_slice(&der);
    assert_ok(nw_signer_set_chain(s, &chain, 1));
    nw_buf_free(&der);
    return s;
}

static enum nw_err verify(const struct nw_doc_request *doc, struct nw_slice transcript,
                          struct nw_slice anchor, int64_t at, struct nw_reader_identity *who)
{
    const struct nw_reader_policy policy = {.transcript = transcript,
                                            .anchors = &anchor,
                                            .anchor_n = 1,
                                            .at = at,
                                            .leaf_may_be_anchor = true};
    return nw_reader_auth_verify(test_crypto(), doc, &policy, who, NULL, NULL);
}

static void annex_d_is_read(void **state)
{
    (void)state;
    struct nw_device_request q;
    assert_ok(nw_device_request_parse(test_annexd("device-request.hex"), &q, NULL));
    assert_int_equal(q.minor, 0);
    assert_int_equal(q.doc_n, 1);
    assert_true(nw_slice_is(q.doc[0].doc_type, MDL));
    assert_true(nw_slice_eq(nw_slice_from(q.doc[0].items_request_bytes, 4),
                            test_annexd("items-request.hex")));
    assert_true(nw_slice_eq(q.doc[0].reader_auth, test_annexd("reader-auth.hex")));
    assert_int_equal(q.doc[0].item_n, ARRAY_LENGTH(annexd_elements));
    struct nw_request_cursor at = nw_doc_request_items(&q.doc[0]);
    struct nw_request_item item;
    for (size_t i = 0; i < ARRAY_LENGTH(annexd_elements); i++) {
        assert_true(nw_request_next(&at, &item));
        assert_true(nw_slice_is(item.name_space, SPACE));
        assert_true(nw_slice_is(item.id, annexd_elements[i].id));
        assert_int_equal(item.retain, annexd_elements[i].retain);
    }
    assert_false(nw_request_next(&at, &item));
    bool retain = true;
    assert_true(nw_doc_request_asks(&q.doc[0], nw_str(SPACE), nw_str("portrait"), &retain));
    assert_false(retain);
    assert_false(nw_doc_request_asks(&q.doc[0], nw_str(SPACE), nw_str("given_name"), NULL));
    assert_false(nw_doc_request_asks(&q.doc[0], nw_str(MDL), nw_str("portrait"), NULL));
}

static void annex_d_reader_is_who_its_certificate_says(void **state)
{
    (void)state;
    struct nw_device_request q;
    struct nw_reader_identity who;
    struct nw_slice cert = test_annexd("reader-cert.hex");
    assert_ok(nw_device_request_parse(test_annexd("device-request.hex"), &q, NULL));
    assert_ok(verify(&q.doc[0], annexd_transcript(), cert, THEN, &who));
    assert_string_equal(who.cert.common_name, "reader");
    assert_true(nw_slice_eq(who.cert.der, cert));
    /* its twins: another clock, another anchor, another session */
    assert_err(verify(&q.doc[0], annexd_transcript(), cert, TEST_NOW, &who), NW_ERR_CERT_TIME);
    assert_err(verify(&q.doc[0], annexd_transcript(), test_pki()->anchor, THEN, &who),
               NW_ERR_CERT_ANCHOR);
    struct nw_buf other = NW_BUF(4096);
    nw_buf_put(&other, annexd_transcript());
    other.p[other.n - 1] ^= 1;
    assert_err(verify(&q.doc[0], nw_buf_slice(&other), cert, THEN, &who), NW_ERR_SIGNATURE);
    nw_buf_free(&other);
}

static void annex_d_items_are_written_byte_for_byte(void **state)
{
    (void)state;
    struct nw_buf out = NW_BUF(NW_MAX_DEVICE_REQUEST);
    struct nw_device_request q;
    assert_ok(nw_device_request_write(NULL, NW_SLICE_EMPTY, &annexd_document, 1, &out, NULL));
    assert_ok(nw_device_request_parse(nw_buf_slice(&out), &q, NULL));
    assert_true(nw_slice_eq(nw_slice_from(q.doc[0].items_request_bytes, 4),
                            test_annexd("items-request.hex")));
    assert_int_equal(q.doc[0].reader_auth.n, 0);
    nw_buf_free(&out);
}

static void a_request_of_a_reader_is_signed_for_each_document(void **state)
{
    (void)state;
    static const struct nw_request_element pid[] = {
        {"eu.europa.ec.eudi.pid.1", "family_name", false},
        {"eu.europa.ec.eudi.pid.1", "birth_date", false},
        {"org.example", "family_name", true}};
    const struct nw_request_document docs[] = {annexd_document,
                                               {.doc_type = "eu.europa.ec.eudi.pid.1",
                                                .elements = pid,
                                                .n = ARRAY_LENGTH(pid),
                                                .request_info = test_hex("a1 6161 01")}};
    struct nw_signer *s = reader("FKS Baustelle", READER_EKU);
    struct nw_buf out = NW_BUF(NW_MAX_DEVICE_REQUEST);
    struct nw_device_request q;
    struct nw_reader_identity who;
    assert_ok(nw_device_request_write(s, annexd_transcript(), docs, 2, &out, NULL));
    assert_ok(nw_device_request_parse(nw_buf_slice(&out), &q, NULL));
    assert_int_equal(q.doc_n, 2);
    assert_int_equal(q.doc[1].item_n, 3);
    assert_true(nw_slice_eq(q.doc[1].request_info, test_hex("a1 6161 01")));
    assert_true(nw_doc_request_asks(&q.doc[1], nw_str("org.example"), nw_str("family_name"), NULL));
    for (size_t i = 0; i < 2; i++) {
        assert_ok(verify(&q.doc[i], annexd_transcript(), test_pki()->anchor, TEST_NOW, &who));
        assert_string_equal(who.cert.common_name, "FKS Baustelle");
    }
    /* the twin: the signature of one document under the other */
    q.doc[0].reader_auth = q.doc[1].reader_auth;
    assert_err(verify(&q.doc[0], annexd_transcript(), test_pki()->anchor, TEST_NOW, &who),
               NW_ERR_SIGNATURE);
    /* and one element more than was signed for */
    assert_ok(nw_device_request_parse(nw_buf_slice(&out), &q, NULL));
    out.p[(size_t)(q.doc[0].items_request_bytes.p - out.p) + 5] ^= 1;
    assert_err(verify(&q.doc[0], annexd_transcript(), test_pki()->anchor, TEST_NOW, &who),
               NW_ERR_SIGNATURE);
    nw_buf_free(&out);
    nw_signer_free(&s);
}

static void a_reader_is_refused_with(struct nw_signer *s, struct nw_slice anchor, enum nw_err e)
{
    struct nw_buf out = NW_BUF(NW_MAX_DEVICE_REQUEST);
    struct nw_device_request q;
    struct nw_reader_identity who;
    assert_ok(nw_device_request_write(s, annexd_transcript(), &annexd_document, 1, &out, NULL));
    assert_ok(nw_device_request_parse(nw_buf_slice(&out), &q, NULL));
    assert_err(verify(&q.doc[0], annexd_transcript(), anchor, TEST_NOW, &who), e);
    nw_buf_free(&out);
}

static void readers_without_the_right_certificate_are_refused(void **state)
{
    (void)state;
    struct nw_signer *good = reader("reader", READER_EKU);
    struct nw_signer *bad = reader("reader", "1.0.18013.5.1.2");
    a_reader_is_refused_with(good, test_pki()->anchor, NW_OK);
    a_reader_is_refused_with(bad, test_pki()->anchor, NW_ERR_CERT_USAGE);
    a_reader_is_refused_with(test_pki()->attestation, test_pki()->anchor, NW_ERR_CERT_USAGE);
    a_reader_is_refused_with(good, test_pki()->other_anchor, NW_ERR_CERT_ANCHOR);
    a_reader_is_refused_with(NULL, test_pki()->anchor, NW_ERR_READER_AUTH);
    nw_signer_free(&good);
    nw_signer_free(&bad);
}

/* The path's rules are in the checks, as for every other signer. */
static void the_path_of_the_reader_is_reported(void **state)
{
    (void)state;
    static struct nw_checks checks;
    struct nw_signer *good = reader("reader", READER_EKU),
                     *bad = reader("reader", "1.0.18013.5.1.2");
    struct nw_slice anchor = test_pki()->anchor;
    const struct nw_reader_policy policy = {
        .transcript = annexd_transcript(), .anchors = &anchor, .anchor_n = 1, .at = TEST_NOW};
    for (int i = 0; i < 2; i++) {
        struct nw_buf out = NW_BUF(NW_MAX_DEVICE_REQUEST);
        struct nw_device_request q;
        struct nw_reader_identity who;
        checks = (struct nw_checks){.n = 0};
        assert_ok(nw_device_request_write(i == 0 ? good : bad, annexd_transcript(),
                                          &annexd_document, 1, &out, NULL));
        assert_ok(nw_device_request_parse(nw_buf_slice(&out), &q, NULL));
        assert_err(nw_reader_auth_verify(test_crypto(), &q.doc[0], &policy, &who, &checks, NULL),
                   i == 0 ? NW_OK : NW_ERR_CERT_USAGE);
        assert_true(nw_check_passed(&checks, "X5-01"));
        assert_int_equal(nw_check_failed(&checks, "X5-03"), i == 1);
        assert_false(nw_check_passed(&checks, "X5-04")); /* revocation: not done is never passed */
        nw_buf_free(&out);
    }
    nw_signer_free(&good);
    nw_signer_free(&bad);
}

/* readerAuth by hand: protected, unprotected, payload; then a signature of zeros. */
static enum nw_err by_hand(const char *head)
{
    struct nw_buf b = NW_BUF(2048);
    struct nw_device_request q;
    struct nw_reader_identity who;
    nw_buf_put(&b, test_hex(head));
    assert_ok(nw_device_request_parse(test_annexd("device-request.hex"), &q, NULL));
    q.doc[0].reader_auth = nw_buf_slice(&b);
    enum nw_err e =
        verify(&q.doc[0], annexd_transcript(), test_annexd("reader-cert.hex"), THEN, &who);
    nw_buf_free(&b);
    return e;
}

#define ZEROS "00000000000000000000000000000000"
#define SIG "5840" ZEROS ZEROS ZEROS ZEROS

static void reader_auth_of_another_form_is_refused(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"no x5chain", "84 43a10126 a0 f6" SIG, NW_ERR_READER_AUTH},
        {"tagged", "d2 84 43a10126 a0 f6" SIG, NW_ERR_COSE_TAG},
        {"a payload", "84 43a10126 a0 4100" SIG, NW_ERR_COSE_FORM},
        {"alg unprotected", "84 40 a10126 f6" SIG, NW_ERR_ALG_NOT_ALLOWED},
        {"HMAC", "84 43a10105 a0 f6" SIG, NW_ERR_ALG_NOT_ALLOWED},
        {"RS256", "84 45a101390100 a0 f6" SIG, NW_ERR_ALG_NOT_ALLOWED},
        {"short signature", "84 43a10126 a0 f6 4100", NW_ERR_SIGNATURE_LENGTH},
        {"x5chain that is no certificate", "84 43a10126 a118214100 f6" SIG, NW_ERR_CERT_FORM},
        {"array of three", "83 43a10126 a0 f6", NW_ERR_COSE_FORM},
        {"a map", "a0", NW_ERR_COSE_FORM},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        enum nw_err e = by_hand(rows[i].hex);
        if (e != rows[i].err) {
            (void)fprintf(stderr, "%s\n", rows[i].what);
        }
        assert_err(e, rows[i].err);
    }
}

#define V "6776657273696f6e 63312e30"
#define DOCS "6b646f635265717565737473"
#define ITEMS "6c6974656d7352657175657374"
#define DT "67646f6354797065 6164"
#define NS "6a6e616d65537061636573"
/* 24(<< {docType: "d", nameSpaces: {"n": {"e": false}}} >>) */
#define ITEMS_OK "d818 581d a2" DT NS "a1 616e a1 6165 f4"

static void what_is_not_known_is_passed_over(void **state)
{
    (void)state;
    static const char *const good[] = {
        "a2" V DOCS "81 a1" ITEMS ITEMS_OK,
        "a2 6776657273696f6e 63312e39" DOCS "81 a1" ITEMS ITEMS_OK,
        "a3" V DOCS "81 a1" ITEMS ITEMS_OK "6178 f6",
        "a2" V DOCS "81 a2" ITEMS ITEMS_OK "6178 f6",
        "a2" V DOCS "81 a1" ITEMS "d818 5820 a3" DT NS "a1 616e a1 6165 f4 6178 00",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++) {
        struct nw_device_request q;
        struct nw_diag d = {0};
        enum nw_err e = nw_device_request_parse(test_hex(good[i]), &q, &d);
        if (e != NW_OK) {
            (void)fprintf(stderr, "%zu %s\n", i, d.detail);
        }
        assert_ok(e);
        assert_true(nw_doc_request_asks(&q.doc[0], nw_str("n"), nw_str("e"), NULL));
    }
}

static void what_is_wrong_is_refused(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"empty", "", NW_ERR_TRUNCATED},
        {"an array", "80", NW_ERR_REQUEST_FORM},
        {"no version", "a1" DOCS "81 a1" ITEMS ITEMS_OK, NW_ERR_REQUEST_FORM},
        {"version 2.0", "a2 6776657273696f6e 63322e30" DOCS "81 a1" ITEMS ITEMS_OK,
         NW_ERR_REQUEST_FORM},
        {"no documents", "a1" V, NW_ERR_REQUEST_FORM},
        {"documents empty", "a2" V DOCS "80", NW_ERR_REQUEST_FORM},
        {"nine documents", "a2" V DOCS "89 a0 a0 a0 a0 a0 a0 a0 a0 a0", NW_ERR_LIMIT},
        {"a document that is no map", "a2" V DOCS "81 80", NW_ERR_REQUEST_FORM},
        {"no itemsRequest", "a2" V DOCS "81 a0", NW_ERR_REQUEST_FORM},
        {"itemsRequest without tag", "a2" V DOCS "81 a1" ITEMS "41a0", NW_ERR_CBOR_TYPE},
        {"no docType", "a2" V DOCS "81 a1" ITEMS "d818 53 a1" NS "a1 616e a1 6165 f4",
         NW_ERR_REQUEST_FORM},
        {"no nameSpaces", "a2" V DOCS "81 a1" ITEMS "d818 4b a1" DT, NW_ERR_REQUEST_FORM},
        {"nameSpaces empty", "a2" V DOCS "81 a1" ITEMS "d818 57 a2" DT NS "a0",
         NW_ERR_REQUEST_FORM},
        {"a name space empty", "a2" V DOCS "81 a1" ITEMS "d818 581a a2" DT NS "a1 616e a0",
         NW_ERR_REQUEST_FORM},
        {"intentToRetain as number",
         "a2" V DOCS "81 a1" ITEMS "d818 581d a2" DT NS "a1 616e a1 6165 00", NW_ERR_REQUEST_FORM},
        {"element as number", "a2" V DOCS "81 a1" ITEMS "d818 581c a2" DT NS "a1 616e a1 01 f4",
         NW_ERR_REQUEST_FORM},
        {"element twice",
         "a2" V DOCS "81 a1" ITEMS "d818 5820 a2" DT NS "a1 616e a2 6165 f4 6165 f4",
         NW_ERR_CBOR_DUPLICATE},
        {"indefinite length inside",
         "a2" V DOCS "81 a1" ITEMS "d818 581e a2" DT NS "a1 616e bf 6165 f4 ff",
         NW_ERR_CBOR_INDEFINITE},
        {"trailing byte inside",
         "a2" V DOCS "81 a1" ITEMS "d818 581e a2" DT NS "a1 616e a1 6165 f4 00", NW_ERR_TRAILING},
        {"trailing byte", "a2" V DOCS "81 a1" ITEMS ITEMS_OK "00", NW_ERR_TRAILING},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_device_request q;
        struct nw_diag d = {0};
        enum nw_err e = nw_device_request_parse(test_hex(rows[i].hex), &q, &d);
        if (e != rows[i].err) {
            (void)fprintf(stderr, "%s: %s\n", rows[i].what, d.detail);
        }
        assert_err(e, rows[i].err);
        assert_int_equal(d.code, e);
    }
}

static void more_elements_than_anybody_asks_for_are_refused(void **state)
{
    (void)state;
    static struct nw_request_element elements[NW_MAX_REQUEST_ITEMS + 1];
    static char names[NW_MAX_REQUEST_ITEMS + 1][8];
    for (size_t i = 0; i < ARRAY_LENGTH(elements); i++) {
        (void)snprintf(names[i], sizeof names[i], "e%03zu", i);
        elements[i] = (struct nw_request_element){"n", names[i], false};
    }
    struct nw_request_document doc = {
        .doc_type = "d", .elements = elements, .n = NW_MAX_REQUEST_ITEMS};
    struct nw_buf out = NW_BUF(NW_MAX_DEVICE_REQUEST);
    assert_ok(nw_device_request_write(NULL, NW_SLICE_EMPTY, &doc, 1, &out, NULL));
    doc.n++;
    assert_err(nw_device_request_write(NULL, NW_SLICE_EMPTY, &doc, 1, &out, NULL), NW_ERR_LIMIT);
    doc.n = 0;
    assert_err(nw_device_request_write(NULL, NW_SLICE_EMPTY, &doc, 1, &out, NULL),
               NW_ERR_REQUEST_FORM);
    elements[1] = elements[0];
    doc.n = 2;
    assert_err(nw_device_request_write(NULL, NW_SLICE_EMPTY, &doc, 1, &out, NULL),
               NW_ERR_CBOR_DUPLICATE);
    nw_buf_free(&out);
}

static enum nw_err write_and_verify(void *ctx)
{
    struct nw_signer *s = ctx;
    struct nw_buf out = NW_BUF(NW_MAX_DEVICE_REQUEST);
    struct nw_device_request q;
    struct nw_reader_identity who;
    static const uint8_t transcript[] = {0x83, 0xf6, 0xf6, 0xf6};
    enum nw_err e = nw_device_request_write(s, nw_slice(transcript, sizeof transcript),
                                            &annexd_document, 1, &out, NULL);
    if (e == NW_OK) {
        e = nw_device_request_parse(nw_buf_slice(&out), &q, NULL);
    }
    if (e == NW_OK) {
        e = verify(&q.doc[0], nw_slice(transcript, sizeof transcript), test_pki()->anchor, TEST_NOW,
                   &who);
    }
    nw_buf_free(&out);
    return e;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    struct nw_signer *s = reader("reader", READER_EKU);
    survives_allocation_failure(write_and_verify, s, NULL);
    nw_signer_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(annex_d_is_read),
        cmocka_unit_test(annex_d_reader_is_who_its_certificate_says),
        cmocka_unit_test(annex_d_items_are_written_byte_for_byte),
        cmocka_unit_test(a_request_of_a_reader_is_signed_for_each_document),
        cmocka_unit_test(readers_without_the_right_certificate_are_refused),
        cmocka_unit_test(the_path_of_the_reader_is_reported),
        cmocka_unit_test(reader_auth_of_another_form_is_refused),
        cmocka_unit_test(what_is_not_known_is_passed_over),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(more_elements_than_anybody_asks_for_are_refused),
        cmocka_unit_test(memory_may_run_out),
    };
    return run_on_both("device_request", tests, ARRAY_LENGTH(tests));
}
