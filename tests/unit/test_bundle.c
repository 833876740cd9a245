/* The evidence bundle: written, read by others, opened, refused. */
#include <cbor.h>

#include "base/date.h"
#include "cose/cose.h"
#include "test_openssl.h"
#include "test_trust.h"

static enum nw_err open_with(struct nw_slice file, const struct nw_bundle_policy *policy)
{
    struct nw_diag d = {0};
    struct nw_bundle *b = NULL;
    enum nw_err e = nw_bundle_open(test_crypto(), file, policy, &b, &d);
    assert_true((e == NW_OK) == (b != NULL));
    nw_bundle_free(&b);
    return e;
}

/* The content with one change, opened. */
static enum nw_err write_and_open(const struct test_trust *t)
{
    struct nw_buf file;
    test_trust_write(t, &file);
    enum nw_err e = open_with(nw_buf_slice(&file), &t->policy);
    nw_buf_free(&file);
    return e;
}

static const cbor_item_t *member(const cbor_item_t *map, uint64_t key)
{
    struct cbor_pair *pairs = cbor_map_handle(map);
    for (size_t i = 0; i < cbor_map_size(map); i++) {
        if (cbor_isa_uint(pairs[i].key) && cbor_get_int(pairs[i].key) == key) {
            return pairs[i].value;
        }
    }
    fail_msg("no member %llu", (unsigned long long)key);
    return NULL;
}

/* libcbor has no tag 18: the tag is one byte here. */
static cbor_item_t *load(struct nw_slice bytes)
{
    struct cbor_load_result result;
    cbor_item_t *item = cbor_load(bytes.p, bytes.n, &result);
    assert_non_null(item);
    assert_int_equal(result.read, bytes.n);
    return item;
}

static void another_cbor_library_reads_what_was_written(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_buf file;
    test_trust_fill(&t);
    test_trust_write(&t, &file);
    assert_int_equal(file.p[0], 0xd2);
    cbor_item_t *cose = load(nw_slice_from(nw_buf_slice(&file), 1));
    assert_int_equal(cbor_array_size(cose), 4);
    cbor_item_t *bytes = cbor_array_handle(cose)[2];
    cbor_item_t *payload =
        load(nw_slice(cbor_bytestring_handle(bytes), cbor_bytestring_length(bytes)));
    assert_int_equal(cbor_map_size(payload), 15);
    assert_int_equal(cbor_get_int(member(payload, 1)), 1);
    assert_int_equal(cbor_get_int(member(payload, 2)), 5);
    assert_int_equal(cbor_get_int(member(payload, 3)), TEST_NOW);
    assert_int_equal(cbor_get_int(member(payload, 4)), 7 * NW_DAY);
    assert_true(cbor_get_bool(member(payload, 5)));
    const cbor_item_t *heap = member(payload, 6);
    const cbor_item_t *bodies = member(payload, 14);
    assert_int_equal(cbor_bytestring_length(bodies), 16);
    const uint8_t *row = cbor_bytestring_handle(bodies);
    size_t off = (size_t)row[2] << 8 | row[3];
    size_t len = (size_t)row[6] << 8 | row[7];
    cbor_item_t *first = load(nw_slice(cbor_bytestring_handle(heap) + off, len));
    cbor_item_t *id = cbor_array_handle(first)[0];
    assert_memory_equal(cbor_string_handle(id), "DE:DRVTEST1", 11);
    cbor_decref(&first);
    cbor_decref(&payload);
    cbor_decref(&cose);
    nw_buf_free(&file);
}

/* RFC 9052 4.4, put together by hand, the signature checked by the openssl program. */
static void openssl_verifies_the_signature(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_buf file;
    struct nw_buf tbs = NW_BUF(NW_MAX_BUNDLE);
    test_trust_fill(&t);
    test_trust_write(&t, &file);
    cbor_item_t *cose = load(nw_slice_from(nw_buf_slice(&file), 1));
    cbor_item_t **part = cbor_array_handle(cose);
    static const uint8_t head[] = {0x84, 0x6a, 'S', 'i', 'g', 'n', 'a', 't', 'u', 'r', 'e', '1'};
    static const uint8_t no_aad[] = {0x40};
    unsigned char *encoded = NULL;
    size_t room = 0;
    nw_buf_put(&tbs, nw_slice(head, sizeof head));
    size_t n = cbor_serialize_alloc(part[0], &encoded, &room);
    nw_buf_put(&tbs, nw_slice(encoded, n));
    free(encoded);
    nw_buf_put(&tbs, nw_slice(no_aad, 1));
    n = cbor_serialize_alloc(part[2], &encoded, &room);
    nw_buf_put(&tbs, nw_slice(encoded, n));
    free(encoded);
    test_openssl_write("bundle.tbs", nw_buf_slice(&tbs));
    const uint8_t *rs = cbor_bytestring_handle(part[3]);
    uint8_t der[80];
    size_t at = 2;
    for (int i = 0; i < 2; i++) { /* two INTEGERs with a leading zero: openssl wants them minimal */
        const uint8_t *v = rs + 32 * i;
        size_t skip = 0;
        while (skip < 31 && v[skip] == 0) {
            skip++;
        }
        size_t pad = v[skip] >= 0x80;
        der[at++] = 0x02;
        der[at++] = (uint8_t)(32 - skip + pad);
        if (pad) {
            der[at++] = 0;
        }
        memcpy(der + at, v + skip, 32 - skip);
        at += 32 - skip;
    }
    der[0] = 0x30;
    der[1] = (uint8_t)(at - 2);
    test_openssl_write("bundle.sig", nw_slice(der, at));
    test_openssl_write("bundle.crt", nw_signer_chain_cert(test_pki()->bundle, 0));
    test_openssl_must("x509 -inform DER -in bundle.crt -noout -pubkey -out bundle.pub");
    test_openssl_must("dgst -sha256 -verify bundle.pub -signature bundle.sig bundle.tbs");
    cbor_decref(&cose);
    nw_buf_free(&tbs);
    nw_buf_free(&file);
}

static void what_was_written_is_found_again(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_buf file;
    struct nw_slice token, json;
    struct nw_institution body;
    int64_t fetched = 0;
    test_trust_fill(&t);
    struct nw_bundle *b = test_trust_open(&t, &file);
    assert_int_equal(nw_bundle_info(b)->sequence, 5);
    assert_true(nw_bundle_info(b)->test);
    assert_false(nw_bundle_info(b)->stale);
    assert_string_equal(nw_bundle_info(b)->signer, t.pin);
    assert_true(nw_bundle_status(b, "https://b.example/2", 1, &token, &fetched));
    assert_true(nw_slice_is(token, "two-cwt"));
    assert_int_equal(fetched, 20);
    assert_true(nw_bundle_status(b, "https://b.example/2", 0, &token, &fetched));
    assert_true(nw_slice_is(token, "two-jwt"));
    assert_true(nw_bundle_status(b, "https://a.example/1", 1, &token, &fetched));
    assert_true(nw_slice_is(token, "one-jwt"));
    assert_false(nw_bundle_status(b, "https://a.example/", 1, &token, &fetched));
    assert_false(nw_bundle_status(b, "https://c.example", 1, &token, &fetched));
    assert_true(nw_bundle_institution(b, "PL:ZUSTEST02", &body));
    assert_string_equal(body.name, "Zakład");
    assert_true(nw_slice_is(body.contact_json, "{\"email\":\"a1@example.test\"}"));
    assert_true(nw_bundle_institution(b, "DE:DRVTEST1", &body));
    assert_int_equal(body.contact_json.n, 0);
    assert_false(nw_bundle_institution(b, "DE:DRVTEST", &body));
    assert_true(nw_bundle_vctm(b, "eu.we-build.pda1.1", &json));
    assert_false(nw_bundle_vctm(b, "eu.we-build.pda1", &json));
    nw_bundle_free(&b);
    nw_buf_free(&file);
}

static bool count_one(void *ctx, struct nw_slice der)
{
    size_t *n = ctx;
    (*n)++;
    assert_true(nw_slice_eq(der, nw_signer_chain_cert(test_pki()->attestation, 0)));
    return true;
}

static void a_key_id_finds_its_signer_in_its_role_only(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_buf file;
    uint8_t digest[NW_SHA256_BYTES];
    size_t n = 0;
    test_trust_fill(&t);
    struct nw_bundle *b = test_trust_open(&t, &file);
    assert_ok(nw_sha256(test_crypto(), t.signers[0].der, digest));
    nw_bundle_by_kid(b, nw_slice(digest, 8), NW_ROLE_PUBEAA_ISSUE, count_one, &n);
    assert_int_equal(n, 1);
    nw_bundle_by_kid(b, nw_slice(digest, 8), NW_ROLE_PID_ISSUE, count_one, &n);
    nw_bundle_by_kid(b, nw_slice(digest, 7), NW_ROLE_PUBEAA_ISSUE, count_one, &n);
    digest[7] ^= 1;
    nw_bundle_by_kid(b, nw_slice(digest, 8), NW_ROLE_PUBEAA_ISSUE, count_one, &n);
    assert_int_equal(n, 1);
    nw_bundle_free(&b);
    nw_buf_free(&file);
}

static void the_order_of_items_does_not_matter(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_buf a, b;
    test_trust_fill(&t);
    test_trust_write(&t, &a);
    struct nw_bundle_token swap = t.tokens[0];
    t.tokens[0] = t.tokens[2];
    t.tokens[2] = swap;
    test_trust_write(&t, &b);
    assert_int_equal(a.n, b.n);
    struct nw_slice token;
    int64_t fetched;
    struct nw_bundle *opened = NULL;
    assert_ok(nw_bundle_open(test_crypto(), nw_buf_slice(&b), &t.policy, &opened, NULL));
    assert_true(nw_bundle_status(opened, "https://b.example/2", 1, &token, &fetched));
    assert_true(nw_slice_is(token, "two-cwt"));
    nw_bundle_free(&opened);
    nw_buf_free(&a);
    nw_buf_free(&b);
}

static void a_signer_that_is_not_pinned_is_refused(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_buf file;
    static const char *const none[] = {NULL};
    test_trust_fill(&t);
    test_trust_write(&t, &file);
    assert_ok(open_with(nw_buf_slice(&file), &t.policy));
    t.pin[0] = t.pin[0] == '0' ? '1' : '0';
    assert_err(open_with(nw_buf_slice(&file), &t.policy), NW_ERR_BUNDLE_SIGNER);
    t.policy.signers = none;
    assert_err(open_with(nw_buf_slice(&file), &t.policy), NW_ERR_BUNDLE_SIGNER);
    t.policy.signers = NULL;
    assert_err(open_with(nw_buf_slice(&file), &t.policy), NW_ERR_BUNDLE_SIGNER);
    nw_buf_free(&file);
}

static void no_byte_can_be_changed(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_buf file;
    test_trust_fill(&t);
    test_trust_write(&t, &file);
    for (size_t i = 0; i < file.n; i += i < 700 ? 1 : 13) {
        file.p[i] ^= 0x01;
        enum nw_err e = open_with(nw_buf_slice(&file), &t.policy);
        assert_true(e != NW_OK && !nw_err_is_ours(e));
        file.p[i] ^= 0x01;
    }
    assert_ok(open_with(nw_buf_slice(&file), &t.policy));
    nw_buf_free(&file);
}

static void a_file_cut_short_or_made_longer_is_refused(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_buf file;
    test_trust_fill(&t);
    test_trust_write(&t, &file);
    for (size_t n = 0; n < file.n; n += 7) {
        assert_true(open_with(nw_slice(file.p, n), &t.policy) != NW_OK);
    }
    nw_buf_putc(&file, 0);
    assert_true(open_with(nw_buf_slice(&file), &t.policy) != NW_OK);
    nw_buf_free(&file);
}

static void a_lower_number_is_a_rollback(void **state)
{
    (void)state;
    struct test_trust t;
    test_trust_fill(&t);
    t.policy.last_sequence = 5;
    assert_ok(write_and_open(&t));
    t.policy.last_sequence = 6;
    assert_err(write_and_open(&t), NW_ERR_BUNDLE_ROLLBACK);
}

static void a_bundle_from_the_future_is_refused(void **state)
{
    (void)state;
    struct test_trust t;
    test_trust_fill(&t);
    t.content.created = TEST_NOW + 300;
    assert_ok(write_and_open(&t));
    t.content.created = TEST_NOW + 301;
    assert_err(write_and_open(&t), NW_ERR_BUNDLE_FUTURE);
}

static void a_bundle_made_outside_the_life_of_its_signer_is_refused(void **state)
{
    (void)state;
    struct test_trust t;
    test_trust_fill(&t);
    t.content.created = TEST_NOT_BEFORE;
    assert_ok(write_and_open(&t));
    t.content.created = TEST_NOT_BEFORE - 1;
    assert_err(write_and_open(&t), NW_ERR_CERT_TIME);
}

static void age_beyond_the_maximum_is_stale_and_still_opens(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_buf file;
    test_trust_fill(&t);
    t.policy.now = TEST_NOW + 7 * NW_DAY;
    struct nw_bundle *b = test_trust_open(&t, &file);
    assert_false(nw_bundle_info(b)->stale);
    nw_bundle_free(&b);
    nw_buf_free(&file);
    t.policy.now++;
    b = test_trust_open(&t, &file);
    assert_true(nw_bundle_info(b)->stale);
    nw_bundle_free(&b);
    nw_buf_free(&file);
}

static void impossible_ages_are_refused(void **state)
{
    (void)state;
    struct test_trust t;
    test_trust_fill(&t);
    t.content.max_age = 0;
    assert_err(write_and_open(&t), NW_ERR_BUNDLE_FORM);
    t.content.max_age = INT64_MAX;
    assert_err(write_and_open(&t), NW_ERR_BUNDLE_FORM);
}

static void periods_out_of_order_are_refused(void **state)
{
    (void)state;
    struct test_trust t;
    test_trust_fill(&t);
    struct nw_bundle_service *s = &t.services[0];
    s->periods[0] = (struct nw_bundle_period){NW_TRUST_GRANTED, 100, 200, 0, 0};
    s->periods[1] = (struct nw_bundle_period){NW_TRUST_WITHDRAWN, 200, 0, 0, 0};
    s->period_n = 2;
    assert_ok(write_and_open(&t));
    s->periods[1].from = 150;
    assert_err(write_and_open(&t), NW_ERR_BUNDLE_FORM);
    s->periods[1].from = 250;
    assert_err(write_and_open(&t), NW_ERR_BUNDLE_FORM);
    s->periods[1] = (struct nw_bundle_period){NW_TRUST_UNKNOWN, 200, 0, 0, 0};
    assert_err(write_and_open(&t), NW_ERR_BUNDLE_FORM);
}

static enum nw_err write_only(const struct test_trust *t)
{
    struct nw_buf out = NW_BUF(NW_MAX_BUNDLE);
    enum nw_err e = nw_bundle_write(test_crypto(), test_pki()->bundle, &t->content, &out, NULL);
    nw_buf_free(&out);
    return e;
}

static void two_items_of_one_name_are_not_written(void **state)
{
    (void)state;
    struct test_trust t;
    test_trust_fill(&t);
    assert_ok(write_only(&t));
    t.tokens[2].cwt = true;
    assert_err(write_only(&t), NW_ERR_BUNDLE_FORM);
    test_trust_fill(&t);
    t.bodies[1].id = t.bodies[0].id;
    assert_err(write_only(&t), NW_ERR_BUNDLE_FORM);
    test_trust_fill(&t);
    t.services[0].entity = 2;
    assert_err(write_only(&t), NW_ERR_BUNDLE_FORM);
}

static enum nw_err sign_as(const char *typ, bool protected_chain, struct nw_buf *out)
{
    const struct nw_cose_headers h = {
        .typ = typ, .chain = true, .chain_protected = protected_chain, .tagged = true};
    *out = NW_BUF(NW_MAX_BUNDLE);
    return nw_cose_sign(test_pki()->bundle, &h, nw_str("\xa0"), out);
}

static void another_type_or_an_unprotected_chain_is_refused(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_buf file;
    test_trust_fill(&t);
    assert_ok(sign_as("application/statuslist+cwt", true, &file));
    assert_err(open_with(nw_buf_slice(&file), &t.policy), NW_ERR_BUNDLE_FORM);
    nw_buf_free(&file);
    assert_ok(sign_as(NW_BUNDLE_TYP, false, &file));
    assert_err(open_with(nw_buf_slice(&file), &t.policy), NW_ERR_BUNDLE_FORM);
    nw_buf_free(&file);
    assert_ok(sign_as(NW_BUNDLE_TYP, true, &file)); /* good but for its empty payload */
    assert_true(open_with(nw_buf_slice(&file), &t.policy) != NW_OK);
    nw_buf_free(&file);
}

/* The payload of a good bundle, to be changed and signed again by its operator. */
static void take_payload(const struct test_trust *t, struct nw_buf *out)
{
    struct nw_buf file;
    test_trust_write(t, &file);
    cbor_item_t *cose = load(nw_slice_from(nw_buf_slice(&file), 1));
    cbor_item_t *bytes = cbor_array_handle(cose)[2];
    *out = NW_BUF(NW_MAX_BUNDLE);
    nw_buf_put(out, nw_slice(cbor_bytestring_handle(bytes), cbor_bytestring_length(bytes)));
    cbor_decref(&cose);
    nw_buf_free(&file);
}

static enum nw_err sign_and_open(const struct test_trust *t, const struct nw_buf *payload)
{
    const struct nw_cose_headers h = {
        .typ = NW_BUNDLE_TYP, .chain = true, .chain_protected = true, .tagged = true};
    struct nw_buf file = NW_BUF(NW_MAX_BUNDLE);
    assert_ok(nw_cose_sign(test_pki()->bundle, &h, nw_buf_slice(payload), &file));
    enum nw_err e = open_with(nw_buf_slice(&file), &t->policy);
    nw_buf_free(&file);
    return e;
}

static void keys_of_later_versions_are_ignored(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_buf payload;
    test_trust_fill(&t);
    take_payload(&t, &payload);
    assert_int_equal(payload.p[0], 0xaf);
    payload.p[0] = 0xb0;
    nw_buf_put(&payload, nw_slice("\x11\x43new", 5)); /* without notes, key 16 */
    assert_ok(sign_and_open(&t, &payload));
    payload.p[payload.n - 5] = 0x10; /* three bytes are no row of them */
    assert_err(sign_and_open(&t, &payload), NW_ERR_BUNDLE_FORM);
    nw_buf_free(&payload);
}

static void what_was_said_of_the_lists_is_found_again(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_buf file;
    struct nw_bundle_note said;
    struct nw_bundle_note notes[] = {
        {NW_NOTE_TAKEN, nw_str("list"), nw_str("pub"), nw_str("2 of 3 services"), NW_SLICE_EMPTY,
         NW_SLICE_EMPTY},
        {NW_NOTE_REFUSED, nw_str("list"), nw_str("x.xml"), nw_str("the signature is wrong"),
         nw_str("PL"), nw_str("TSL_SIGNATURE")},
    };
    test_trust_fill(&t);
    t.content.notes = notes;
    t.content.note_n = 2;
    struct nw_bundle *b = test_trust_open(&t, &file);
    assert_true(nw_bundle_note_at(b, 1, &said));
    assert_int_equal(said.kind, NW_NOTE_REFUSED);
    assert_true(nw_slice_is(said.what, "list"));
    assert_true(nw_slice_is(said.name, "x.xml"));
    assert_true(nw_slice_is(said.text, "the signature is wrong"));
    assert_true(nw_slice_is(said.territory, "PL"));
    assert_true(nw_slice_is(said.error, "TSL_SIGNATURE"));
    assert_true(nw_bundle_note_at(b, 0, &said));
    assert_int_equal(said.territory.n + said.error.n, 0);
    assert_false(nw_bundle_note_at(b, 2, &said));
    nw_bundle_free(&b);
    nw_buf_free(&file);
    notes[1].kind = (enum nw_note_kind)4;
    assert_err(write_and_open(&t), NW_ERR_BUNDLE_FORM);
}

/* NotQualified for certificates with key usage 1 (nonRepudiation); "name" in two languages. */
static const uint8_t seal_set[] = {0x81, 0x82, 0x01, 0x82, 0x05, 0x83, 0x01, 0x02, 0x02};
static const uint8_t two_names[] = {0x82, 0x61, 'A', 0x62, 0xc3, 0x84};

static void make_qtsp(struct test_trust *t, struct nw_slice *set, struct nw_bundle_other_ca *other)
{
    test_trust_fill(t);
    *set = nw_slice(seal_set, sizeof seal_set);
    t->content.sets = set;
    t->content.set_n = 1;
    *other = (struct nw_bundle_other_ca){.subject = {7}, .entity = 1};
    t->content.others = other;
    t->content.other_n = 1;
    t->entities[1].names = nw_slice(two_names, sizeof two_names);
    t->services[2].role = NW_ROLE_QCERT_CA;
    t->services[2].periods[0] =
        (struct nw_bundle_period){NW_TRUST_GRANTED, 100, 200, NW_USE_SEALS | NW_USE_SIGNATURES, 1};
    t->services[2].periods[1] =
        (struct nw_bundle_period){NW_TRUST_WITHDRAWN, 200, 0, NW_USE_OPEN, 0};
    t->services[2].period_n = 2;
}

static void what_a_national_list_says_of_a_ca_is_found_again(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_slice set;
    struct nw_bundle_other_ca other;
    struct nw_bundle_service s;
    struct nw_bundle_entity e;
    struct nw_slice found;
    struct nw_buf file;
    make_qtsp(&t, &set, &other);
    struct nw_bundle *b = test_trust_open(&t, &file);
    assert_true(nw_bundle_service_at(b, 2, &s));
    assert_int_equal(s.periods[0].uses, NW_USE_SEALS | NW_USE_SIGNATURES);
    assert_int_equal(s.periods[0].set, 1);
    assert_int_equal(s.periods[1].uses, NW_USE_OPEN);
    assert_true(nw_bundle_set_at(b, 0, &found));
    assert_true(nw_slice_eq(found, set));
    assert_false(nw_bundle_set_at(b, 1, &found));
    assert_true(nw_bundle_other_ca(b, other.subject, &e));
    assert_true(nw_slice_is(e.id, "NTRGR-1"));
    assert_true(nw_slice_eq(e.names, t.entities[1].names));
    other.subject[15] ^= 1;
    assert_false(nw_bundle_other_ca(b, other.subject, &e));
    nw_bundle_free(&b);
    nw_buf_free(&file);
}

static void references_of_a_ca_lead_somewhere(void **state)
{
    (void)state;
    static const uint8_t open_ended[] = {0x82, 0x61, 'A', 0x01};
    struct test_trust t;
    struct nw_slice set;
    struct nw_bundle_other_ca other;
    make_qtsp(&t, &set, &other);
    assert_ok(write_and_open(&t));
    t.services[2].periods[0].set = 2;
    assert_err(write_and_open(&t), NW_ERR_BUNDLE_FORM);
    make_qtsp(&t, &set, &other);
    other.entity = 2;
    assert_err(write_and_open(&t), NW_ERR_BUNDLE_FORM);
    make_qtsp(&t, &set, &other);
    set.n--;
    assert_err(write_and_open(&t), NW_ERR_BUNDLE_FORM);
    make_qtsp(&t, &set, &other);
    t.services[2].periods[0].uses = NW_USES + 1;
    assert_err(write_and_open(&t), NW_ERR_BUNDLE_FORM);
    make_qtsp(&t, &set, &other);
    t.entities[1].names = nw_slice(open_ended, sizeof open_ended);
    assert_err(write_and_open(&t), NW_ERR_BUNDLE_FORM);
}

static void what_is_marked_as_something_else_is_no_bundle(void **state)
{
    (void)state;
    struct test_trust t;
    test_trust_fill(&t);
    t.content.typ = "application/something-else";
    assert_err(write_and_open(&t), NW_ERR_BUNDLE_FORM);
    t.policy.typ = t.content.typ;
    assert_ok(write_and_open(&t));
    t.content.typ = NULL;
    assert_err(write_and_open(&t), NW_ERR_BUNDLE_FORM);
}

static void another_format_version_is_refused(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_buf payload;
    test_trust_fill(&t);
    take_payload(&t, &payload);
    assert_int_equal(payload.p[1], 1);
    assert_int_equal(payload.p[2], 1);
    payload.p[2] = 2;
    assert_err(sign_and_open(&t, &payload), NW_ERR_BUNDLE_FORM);
    nw_buf_free(&payload);
}

/* What a pinned operator with a broken writer could sign: refused at opening, not at look-up. The
 * table of type metadata is last: one row of offset and length. */
static void a_row_that_points_outside_is_refused_at_opening(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_buf payload;
    test_trust_fill(&t);
    take_payload(&t, &payload);
    assert_ok(sign_and_open(&t, &payload));
    uint8_t *row = payload.p + payload.n - 8;
    row[7]--; /* half a record */
    assert_err(sign_and_open(&t, &payload), NW_ERR_BUNDLE_FORM);
    row[7]++;
    row[0] = 0xff;
    assert_err(sign_and_open(&t, &payload), NW_ERR_BUNDLE_FORM);
    row[0] = 0;
    row[4] = 0xff;
    assert_err(sign_and_open(&t, &payload), NW_ERR_BUNDLE_FORM);
    nw_buf_free(&payload);
}

/* The institutions stand before type metadata: 16 bytes, then key 15 and the head of 8 bytes. */
static void rows_out_of_order_are_refused_at_opening(void **state)
{
    (void)state;
    struct test_trust t;
    struct nw_buf payload;
    uint8_t row[8];
    test_trust_fill(&t);
    take_payload(&t, &payload);
    uint8_t *rows = payload.p + payload.n - 8 - 2 - 16;
    assert_int_equal(rows[-1], 0x50);
    memcpy(row, rows, 8);
    memcpy(rows, rows + 8, 8);
    memcpy(rows + 8, row, 8);
    assert_err(sign_and_open(&t, &payload), NW_ERR_BUNDLE_FORM);
    memcpy(rows, rows + 8, 8); /* the same twice */
    assert_err(sign_and_open(&t, &payload), NW_ERR_BUNDLE_FORM);
    nw_buf_free(&payload);
}

static enum nw_err open_again(void *ctx)
{
    struct nw_buf *file = ctx;
    struct test_trust t;
    test_trust_fill(&t);
    return open_with(nw_buf_slice(file), &t.policy);
}

static void opening_survives_allocation_failure(void **state)
{
    (void)state;
    static const enum nw_err also[] = {NW_ERR_CRYPTO_BACKEND, NW_OK};
    struct test_trust t;
    struct nw_buf file;
    test_trust_fill(&t);
    test_trust_write(&t, &file);
    survives_allocation_failure(open_again, &file, also);
    nw_buf_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_cbor_library_reads_what_was_written),
        cmocka_unit_test(openssl_verifies_the_signature),
        cmocka_unit_test(what_was_written_is_found_again),
        cmocka_unit_test(a_key_id_finds_its_signer_in_its_role_only),
        cmocka_unit_test(the_order_of_items_does_not_matter),
        cmocka_unit_test(a_signer_that_is_not_pinned_is_refused),
        cmocka_unit_test(no_byte_can_be_changed),
        cmocka_unit_test(a_file_cut_short_or_made_longer_is_refused),
        cmocka_unit_test(a_lower_number_is_a_rollback),
        cmocka_unit_test(a_bundle_from_the_future_is_refused),
        cmocka_unit_test(a_bundle_made_outside_the_life_of_its_signer_is_refused),
        cmocka_unit_test(age_beyond_the_maximum_is_stale_and_still_opens),
        cmocka_unit_test(impossible_ages_are_refused),
        cmocka_unit_test(periods_out_of_order_are_refused),
        cmocka_unit_test(two_items_of_one_name_are_not_written),
        cmocka_unit_test(another_type_or_an_unprotected_chain_is_refused),
        cmocka_unit_test(keys_of_later_versions_are_ignored),
        cmocka_unit_test(what_was_said_of_the_lists_is_found_again),
        cmocka_unit_test(what_a_national_list_says_of_a_ca_is_found_again),
        cmocka_unit_test(references_of_a_ca_lead_somewhere),
        cmocka_unit_test(what_is_marked_as_something_else_is_no_bundle),
        cmocka_unit_test(another_format_version_is_refused),
        cmocka_unit_test(a_row_that_points_outside_is_refused_at_opening),
        cmocka_unit_test(rows_out_of_order_are_refused_at_opening),
        cmocka_unit_test(opening_survives_allocation_failure),
    };
    return run_on_both("bundle", tests, ARRAY_LENGTH(tests));
}
