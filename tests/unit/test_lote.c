/* JSON lists of trusted entities: each refusal differs from the accepted list in one thing. */
#include "lote.h"

#include "base/codec.h"
#include "test_lote.h"

struct outcome {
    enum nw_err e;
    struct lote *list;
    struct nw_checks checks;
    struct nw_diag d;
};
static struct outcome last;

static const struct outcome *open_bytes(struct nw_slice file, struct lote_policy p)
{
    struct nw_slice pin = nw_signer_chain_cert(test_pki()->list, 0);
    lote_free(&last.list);
    memset(&last, 0, sizeof last);
    if (p.pins == NULL) {
        p.pins = &pin;
        p.pin_n = 1;
    }
    p.now = p.now != 0 ? p.now : TEST_NOW;
    last.e = lote_open(test_crypto(), file, &p, &last.list, &last.checks, &last.d);
    return &last;
}

static const struct outcome *open_changed(const char *from, const char *to, struct lote_policy p)
{
    struct nw_buf json, jws;
    test_lote_json(from, to, &json);
    test_lote_sign(nw_buf_slice(&json), NULL, true, &jws);
    const struct outcome *o = open_bytes(nw_buf_slice(&jws), p);
    nw_buf_free(&json);
    nw_buf_free(&jws);
    return o;
}

static const struct outcome *open_header(const char *members, bool with_chain)
{
    struct nw_buf json, jws;
    test_lote_json(NULL, NULL, &json);
    test_lote_sign(nw_buf_slice(&json), members, with_chain, &jws);
    const struct outcome *o = open_bytes(nw_buf_slice(&jws), (struct lote_policy){0});
    nw_buf_free(&json);
    nw_buf_free(&jws);
    return o;
}

static int cleanup(void **state)
{
    (void)state;
    lote_free(&last.list);
    return 0;
}

static void a_good_list_is_accepted_whole(void **state)
{
    (void)state;
    const struct outcome *o = open_changed(NULL, NULL, (struct lote_policy){0});
    assert_ok(o->e);
    const struct lote *l = o->list;
    assert_int_equal(l->kind, LOTE_PUBEAA);
    assert_int_equal(l->sequence, 7);
    assert_int_equal(l->entity_n, 1);
    assert_int_equal(l->service_n, 2);
    assert_int_equal(l->note_n, 0);
    assert_true(nw_slice_is(l->entities[0].id, "DE:DRVTEST1"));
    assert_true(nw_slice_is(l->entities[0].country, "DE"));
    assert_int_equal(l->services[0].role, NW_ROLE_PUBEAA_ISSUE);
    assert_int_equal(l->services[1].role, NW_ROLE_PUBEAA_STATUS);
    assert_true(
        nw_slice_eq(l->services[0].certs[0], nw_signer_chain_cert(test_pki()->attestation, 0)));
    static const char *const rules[] = {"LOTE-01", "LOTE-02", "LOTE-03", "LOTE-04"};
    for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
        assert_true(nw_check_passed(&o->checks, rules[i]));
    }
}

static void headers_are_taken_or_refused_by_the_book(void **state)
{
    (void)state;
    static const struct {
        const char *members;
        bool chain;
        enum nw_err e;
    } rows[] = {
        {"\"iat\":1793491200,\"typ\":\"JOSE\"", true, NW_OK},
        {"\"iat\":1793491200,\"typ\":\"JAdES\"", true, NW_OK},
        {"\"iat\":1793491200,\"typ\":\"JWT\"", true, NW_ERR_TYP},
        {"\"typ\":\"JOSE\"", true, NW_ERR_JWS_HEADER},
        {"\"iat\":\"1793491200\"", true, NW_ERR_JWS_HEADER},
        {"\"iat\":1793491200,\"sigT\":\"2026-11-01T00:00:00Z\"", true, NW_ERR_JWS_HEADER},
        {"\"iat\":1793491200,\"jku\":\"https://example.test\"", true, NW_ERR_JWS_HEADER},
        {"\"iat\":1793491200,\"sigD\":{}", true, NW_ERR_JWS_HEADER},
        {"\"iat\":1793491200", false, NW_ERR_JWS_HEADER},
        {"\"iat\":1793491200,\"x5t#S256\":\"AAAA\"", true, NW_ERR_LOTE_SIGNER},
        {"\"iat\":1793491200,\"x5t#o\":{\"digAlg\":\"S384\",\"digVal\":\"AAAA\"}", true,
         NW_ERR_LOTE_SIGNER},
        {"\"iat\":1793491200,\"sigX5ts\":[]", true, NW_ERR_LOTE_SIGNER},
        {"\"iat\":1795305901", true, NW_ERR_LOTE_TIME},
        {"\"iat\":1735689599", true, NW_ERR_CERT_TIME},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        const struct outcome *o = open_header(rows[i].members, rows[i].chain);
        if (o->e != rows[i].e) {
            fail_msg("%s: %s", rows[i].members, nw_err_name(o->e));
        }
        assert_int_equal(nw_check_passed(&o->checks, "LOTE-01"), rows[i].e == NW_OK);
    }
}

/* Every way of naming the signer, each with the digest of the pinned certificate. */
static void a_thumbprint_alone_finds_the_pin(void **state)
{
    (void)state;
    static const struct {
        const char *before, *after;
        enum nw_hash_alg alg;
    } rows[] = {
        {"\"x5t#S256\":\"", "\"", NW_SHA256},
        {"\"x5t#o\":{\"digAlg\":\"S512\",\"digVal\":\"", "\"}", NW_SHA512},
        {"\"sigX5ts\":[{\"digAlg\":\"S384\",\"digVal\":\"", "\"}]", NW_SHA384},
    };
    struct nw_slice der = nw_signer_chain_cert(test_pki()->list, 0);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        uint8_t digest[NW_HASH_MAX];
        struct nw_buf members = NW_BUF(512);
        assert_ok(nw_hash_parts(test_crypto(), rows[i].alg, &der, 1, digest));
        nw_buf_printf(&members, "\"iat\":%d,%s", TEST_LIST_SIGNED, rows[i].before);
        nw_base64url_encode(nw_slice(digest, nw_hash_size(rows[i].alg)), &members);
        nw_buf_puts(&members, rows[i].after);
        assert_ok(open_header(nw_buf_cstr(&members), false)->e);
        nw_buf_free(&members);
    }
}

static void what_breaks_schema_or_profile_refuses_the_list(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        enum nw_err e;
        const char *rule;
    } rows[] = {
        {"\"SchemeTerritory\"", "\"Extra\":1,\"SchemeTerritory\"", NW_ERR_LOTE_FORM, "LOTE-03"},
        {"\"X509Certificates\"", "\"X509SKIs\":[1],\"X509Certificates\"", NW_ERR_LOTE_FORM,
         "LOTE-03"},
        {"\"HistoricalInformationPeriod\":65535",
         "\"HistoricalInformationPeriod\":65535,\"SchemeExtensions\":[{\"Critical\":true,"
         "\"ServiceUniqueIdentifier\":\"urn:x:y\",\"z\":1}]",
         NW_ERR_LOTE_EXTENSION, "LOTE-03"},
        {"\"ServiceStatus\"",
         "\"ServiceInformationExtensions\":[{\"ServiceUniqueIdentifier\":\"no URI\"}],"
         "\"ServiceStatus\"",
         NW_ERR_LOTE_FORM, "LOTE-03"},
        {"\"LoTESequenceNumber\":7", "\"LoTESequenceNumber\":\"7\"", NW_ERR_LOTE_FORM, "LOTE-03"},
        {"\"LoTESequenceNumber\":7", "\"LoTESequenceNumber\":18446744073709551623",
         NW_ERR_JSON_NUMBER, "LOTE-03"},
        {"\"LoTESequenceNumber\":7", "\"LoTESequenceNumber\":0", NW_ERR_LOTE_SEQUENCE, "LOTE-02"},
        {"2026-11-01T00:00:00Z", "2026-11-31T00:00:00Z", NW_ERR_LOTE_FORM, "LOTE-03"},
        {"2026-11-01T00:00:00Z", "2026-11-01T00:00:00+01:00", NW_ERR_LOTE_FORM, "LOTE-03"},
        {"\"SchemeTerritory\":\"EU\"", "\"SchemeTerritory\":\"DE\"", NW_ERR_LOTE_PROFILE,
         "LOTE-03"},
        {"\"SchemeName\":[{\"lang\":\"en\",\"value\":\"EU:Test\"}],", "", NW_ERR_LOTE_PROFILE,
         "LOTE-03"},
        {"\"HistoricalInformationPeriod\":65535", "\"HistoricalInformationPeriod\":365",
         NW_ERR_LOTE_PROFILE, "LOTE-03"},
        {"\"HistoricalInformationPeriod\":65535",
         "\"HistoricalInformationPeriod\":65535,\"SchemeExtensions\":[{\"Critical\":true,\"x\":1}]",
         NW_ERR_LOTE_EXTENSION, "LOTE-03"},
        {"\"HistoricalInformationPeriod\":65535",
         "\"HistoricalInformationPeriod\":65535,\"PointersToOtherLoTE\":[{\"LoTELocation\":"
         "\"https://example.test\",\"ServiceDigitalIdentities\":[{\"OtherIds\":[\"x\"]}],"
         "\"LoTEQualifiers\":[{\"LoTEType\":\"http://uri.etsi.org/19602/LoTEType/"
         "EUPubEAAProvidersList\",\"SchemeOperatorName\":[{\"lang\":\"en\",\"value\":\"x\"}],"
         "\"MimeType\":\"application/jose\"}]}]",
         NW_ERR_LOTE_PROFILE, "LOTE-03"},
        {"EU:Test", "EU:\\u001bTest", NW_ERR_LOTE_PROFILE, "LOTE-03"},
        {"LoTEType/EUPubEAAProvidersList", "LoTEType/EUPIDProvidersList", NW_ERR_LOTE_PROFILE,
         "LOTE-03"},
        {"2027-05-01T00:00:00Z", "2027-05-04T00:00:01Z", NW_ERR_LOTE_TIME, "LOTE-02"},
        {"2027-05-01T00:00:00Z", "2026-11-21T23:59:59Z", NW_ERR_LOTE_TIME, "LOTE-02"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        const struct outcome *o = open_changed(rows[i].from, rows[i].to, (struct lote_policy){0});
        if (o->e != rows[i].e) {
            fail_msg("%s: %s", rows[i].to, nw_err_name(o->e));
        }
        assert_string_equal(nw_check_first_failure(&o->checks)->id, rows[i].rule);
    }
}

static void three_days_beyond_six_months_are_tolerated_and_said(void **state)
{
    (void)state;
    const struct outcome *o =
        open_changed("2027-05-01T00:00:00Z", "2027-05-04T00:00:00Z", (struct lote_policy){0});
    assert_ok(o->e);
    assert_int_equal(o->list->note_n, 1);
}

static void a_non_critical_extension_is_no_matter(void **state)
{
    (void)state;
    assert_ok(open_changed("\"HistoricalInformationPeriod\":65535",
                           "\"HistoricalInformationPeriod\":65535,\"SchemeExtensions\":"
                           "[{\"Critical\":false,\"x\":1}]",
                           (struct lote_policy){0})
                  ->e);
}

/* Where the schema is open by a slip, and nothing is read of what is there. */
static void an_identity_may_hold_what_nobody_knows(void **state)
{
    (void)state;
    const struct outcome *o =
        open_changed("\"X509Certificates\"", "\"X509Serials\":[1],\"X509Certificates\"",
                     (struct lote_policy){0});
    assert_ok(o->e);
    assert_int_equal(o->list->service_n, 2);
}

static void what_is_wrong_with_a_service_drops_that_service(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        size_t left;
    } rows[] = {
        {"SvcType/PubEAA/Issuance", "SvcType/PID/Issuance", 1},
        {"SvcStatus/notified", "SvcStatus/granted", 1},
        {",\"StatusStartingTime\":\"2026-01-01T00:00:00Z\"", "", 1},
        {"\"ServiceDigitalIdentity\":{\"X509Certificates\":[{",
         "\"ServiceDigitalIdentity\":{\"X509SKIs\":[\"AAAA\"]},\"ServiceSupplyPoints\":"
         "[{\"uriValue\":\"https://example.test\"}],\"ServiceInformationExtensions\":[{",
         1},
        {"\"OJ:EU:32004R0883\"", "\"another name\"", 0},
        {"\"DE:DRVTEST1\"", "\"DE:DRVTEST1\\u0007\"", 0},
        {"PubEAAProvider/DE", "PIDProvider/DE", 0},
        {"\"DE:DRVTEST1\"",
         "\"DE:DRVTEST1DRVTEST1DRVTEST1DRVTEST1DRVTEST1DRVTEST1DRVTEST1DRVTEST1\"", 0},
        {"\"value\":\"Nachweis Test Institution\"", "\"value\":\"Another Institution\"", 0},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_buf json, jws;
        test_lote_json(rows[i].from, rows[i].to, &json);
        if (i == 3) { /* closes the free extension object where the certificate was */
            char *p = strstr((char *)json.p, "}]},\"ServiceTypeIdentifier\"");
            assert_non_null(p);
            memcpy(p, "}]", 2);
            memmove(p + 2, p + 3, (size_t)((char *)json.p + json.n - (p + 3)));
            nw_buf_cut(&json, json.n - 1);
        }
        test_lote_sign(nw_buf_slice(&json), NULL, true, &jws);
        const struct outcome *o = open_bytes(nw_buf_slice(&jws), (struct lote_policy){0});
        if (o->e != NW_OK) {
            fail_msg("%s: %s at %s", rows[i].to, nw_err_name(o->e), o->d.path);
        }
        assert_int_equal(o->list->service_n, rows[i].left);
        assert_int_equal(o->list->dropped, 2 - rows[i].left);
        assert_err(nw_check_find(&o->checks, "LOTE-04")->err, NW_ERR_LOTE_SERVICE);
        nw_buf_free(&json);
        nw_buf_free(&jws);
    }
}

static void greece_and_the_united_kingdom_get_their_iso_codes(void **state)
{
    (void)state;
    const struct outcome *o =
        open_changed("PubEAAProvider/DE", "PubEAAProvider/EL", (struct lote_policy){0});
    assert_ok(o->e);
    assert_true(nw_slice_is(o->list->entities[0].country, "GR"));
}

static void numbers_go_up(void **state)
{
    (void)state;
    struct lote_seen seen = {.sequence = 6, .signed_at = TEST_LIST_SIGNED};
    struct lote_policy p = {.seen = &seen};
    assert_ok(open_changed(NULL, NULL, p)->e);
    seen.sequence = 8;
    assert_err(open_changed(NULL, NULL, p)->e, NW_ERR_LOTE_SEQUENCE);
    seen.sequence = 7; /* the same number with other content: only with a later signature */
    assert_err(open_changed(NULL, NULL, p)->e, NW_ERR_LOTE_SEQUENCE);
    seen.signed_at--;
    const struct outcome *o = open_changed(NULL, NULL, p);
    assert_ok(o->e);
    assert_int_equal(o->list->note_n, 1);
}

static void the_same_edition_again_is_fine(void **state)
{
    (void)state;
    struct nw_buf json, jws;
    struct lote_seen seen = {.sequence = 7, .signed_at = TEST_LIST_SIGNED};
    test_lote_json(NULL, NULL, &json);
    test_lote_sign(nw_buf_slice(&json), NULL, true, &jws);
    assert_ok(nw_sha256(test_crypto(), nw_buf_slice(&jws), seen.sha256));
    const struct outcome *o = open_bytes(nw_buf_slice(&jws), (struct lote_policy){.seen = &seen});
    assert_ok(o->e);
    assert_int_equal(o->list->note_n, 0);
    nw_buf_free(&json);
    nw_buf_free(&jws);
}

static void another_kind_than_asked_for_is_refused(void **state)
{
    (void)state;
    assert_ok(open_changed(NULL, NULL, (struct lote_policy){.kind = LOTE_PUBEAA})->e);
    assert_err(open_changed(NULL, NULL, (struct lote_policy){.kind = LOTE_PID})->e,
               NW_ERR_LOTE_TYPE);
}

static void another_signer_is_refused(void **state)
{
    (void)state;
    struct nw_slice pin = nw_signer_chain_cert(test_pki()->bundle, 0);
    assert_err(open_changed(NULL, NULL, (struct lote_policy){.pins = &pin, .pin_n = 1})->e,
               NW_ERR_LOTE_SIGNER);
    assert_err(open_changed(NULL, NULL, (struct lote_policy){.pins = &pin, .pin_n = 0})->e,
               NW_ERR_LOTE_SIGNER);
}

static void xml_is_told_apart(void **state)
{
    (void)state;
    const struct outcome *o =
        open_bytes(nw_str("\xef\xbb\xbf<?xml version=\"1.0\"?><x/>"), (struct lote_policy){0});
    assert_err(o->e, NW_ERR_TSL_STRUCT);
    assert_string_equal(nw_check_first_failure(&o->checks)->id, "TL-03");
    assert_err(open_bytes(nw_str(" x"), (struct lote_policy){0})->e, NW_ERR_JWS_FORM);
}

static void no_byte_can_be_changed(void **state)
{
    (void)state;
    struct nw_buf json, jws;
    test_lote_json(NULL, NULL, &json);
    test_lote_sign(nw_buf_slice(&json), NULL, true, &jws);
    for (size_t i = 0; i < jws.n; i += 37) {
        jws.p[i] ^= 0x01;
        enum nw_err e = open_bytes(nw_buf_slice(&jws), (struct lote_policy){0})->e;
        assert_true(e != NW_OK && !nw_err_is_ours(e));
        jws.p[i] ^= 0x01;
    }
    nw_buf_free(&json);
    nw_buf_free(&jws);
}

/* A history entry as annex H wants it, after the first service. */
static const struct outcome *with_history(const char *ski, const char *status, const char *from)
{
    char text[1024];
    (void)snprintf(
        text, sizeof text,
        "\"StatusStartingTime\":\"2026-01-01T00:00:00Z\"},\"ServiceHistory\":[{\"ServiceName\":"
        "[{\"lang\":\"en\",\"value\":\"x\"}],\"ServiceDigitalIdentity\":{\"X509SKIs\":[\"%s\"]},"
        "\"ServiceStatus\":\"http://uri.etsi.org/19602/PubEAAProvidersList/SvcStatus/%s\","
        "\"StatusStartingTime\":\"%s\"}]}",
        ski, status, from);
    return open_changed("\"StatusStartingTime\":\"2026-01-01T00:00:00Z\"}}", text,
                        (struct lote_policy){0});
}

/* RFC 7093 2 (1): the leftmost 160 bits of the SHA-256 of the key, computed here over the point. */
static void key_id(struct nw_signer *s, struct nw_buf *out)
{
    uint8_t digest[NW_SHA256_BYTES];
    *out = NW_BUF(64);
    assert_ok(nw_sha256(test_crypto(), nw_pubkey_point(nw_signer_pubkey(s)), digest));
    nw_base64_encode(nw_slice(digest, 20), out);
}

static void history_counts_for_the_same_key_only(void **state)
{
    (void)state;
    struct nw_buf ours, other;
    key_id(test_pki()->attestation, &ours);
    key_id(test_pki()->status, &other);
    const struct outcome *o = with_history(nw_buf_cstr(&ours), "withdrawn", "2025-06-01T00:00:00Z");
    assert_ok(o->e);
    assert_int_equal(o->list->services[0].period_n, 2);
    assert_int_equal(o->list->services[0].periods[0].status, NW_TRUST_WITHDRAWN);
    assert_int_equal(o->list->services[0].periods[0].until, 1767225600);
    o = with_history(nw_buf_cstr(&other), "withdrawn", "2025-06-01T00:00:00Z");
    assert_ok(o->e);
    assert_int_equal(o->list->services[0].period_n, 1);
    assert_int_equal(o->list->note_n, 1);
    o = with_history(nw_buf_cstr(&ours), "withdrawn", "2026-01-01T00:00:00Z");
    assert_ok(o->e);
    assert_int_equal(o->list->dropped, 1); /* two statuses at one time */
    o = with_history(nw_buf_cstr(&ours), "notified", "2026-01-01T00:00:00Z");
    assert_ok(o->e);
    assert_int_equal(o->list->dropped, 0);
    assert_int_equal(o->list->services[0].period_n, 1);
    nw_buf_free(&ours);
    nw_buf_free(&other);
}

static enum nw_err open_again(void *ctx)
{
    const struct nw_buf *jws = ctx;
    return open_bytes(nw_buf_slice(jws), (struct lote_policy){0})->e;
}

static void reading_survives_allocation_failure(void **state)
{
    (void)state;
    static const enum nw_err also[] = {NW_ERR_CRYPTO_BACKEND, NW_OK};
    struct nw_buf json, jws;
    test_lote_json(NULL, NULL, &json);
    test_lote_sign(nw_buf_slice(&json), NULL, true, &jws);
    survives_allocation_failure(open_again, &jws, also);
    nw_buf_free(&json);
    nw_buf_free(&jws);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_good_list_is_accepted_whole, cleanup),
        cmocka_unit_test_teardown(headers_are_taken_or_refused_by_the_book, cleanup),
        cmocka_unit_test_teardown(a_thumbprint_alone_finds_the_pin, cleanup),
        cmocka_unit_test_teardown(what_breaks_schema_or_profile_refuses_the_list, cleanup),
        cmocka_unit_test_teardown(three_days_beyond_six_months_are_tolerated_and_said, cleanup),
        cmocka_unit_test_teardown(a_non_critical_extension_is_no_matter, cleanup),
        cmocka_unit_test_teardown(an_identity_may_hold_what_nobody_knows, cleanup),
        cmocka_unit_test_teardown(what_is_wrong_with_a_service_drops_that_service, cleanup),
        cmocka_unit_test_teardown(greece_and_the_united_kingdom_get_their_iso_codes, cleanup),
        cmocka_unit_test_teardown(numbers_go_up, cleanup),
        cmocka_unit_test_teardown(the_same_edition_again_is_fine, cleanup),
        cmocka_unit_test_teardown(another_kind_than_asked_for_is_refused, cleanup),
        cmocka_unit_test_teardown(another_signer_is_refused, cleanup),
        cmocka_unit_test_teardown(xml_is_told_apart, cleanup),
        cmocka_unit_test_teardown(no_byte_can_be_changed, cleanup),
        cmocka_unit_test_teardown(history_counts_for_the_same_key_only, cleanup),
        cmocka_unit_test_teardown(reading_survives_allocation_failure, cleanup),
    };
    return run_on_both("lote", tests, ARRAY_LENGTH(tests));
}
