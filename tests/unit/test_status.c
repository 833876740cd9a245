#include "support.h"

#include <zlib.h>

#include "base/codec.h"
#include "status/status.h"

#define URI "https://example.com/statuslists/1"
#define IAT 1686920170
#define EXP 2291720170
#define NOW (IAT + 1000)

/* TSL 4.1: the 16 entries of the first example and what they are compressed to. */
#define EXAMPLE_LST "eNrbuRgAAhcBXQ"
#define EXAMPLE_ZLIB "78dadbb918000217015d"
static const unsigned example_values[] = {1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1};
/* TSL 4.1, second example: 12 entries of 2 bits. */
#define EXAMPLE2_LST "eNo76fITAAPfAgc"
static const unsigned example2_values[] = {1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3};

static struct nw_checks checks;

static struct nw_signer *signer(uint8_t seed)
{
    uint8_t scalar[32] = {0};
    scalar[0] = 1;
    scalar[31] = seed;
    struct nw_signer *s = NULL;
    assert_ok(nw_signer_from_scalar(test_crypto(), nw_slice(scalar, sizeof scalar), &s));
    return s;
}

static enum nw_err open_with(struct nw_slice token, uint8_t key_seed, const char *uri, int64_t now,
                             struct nw_status_list *out)
{
    struct nw_status_token t;
    struct nw_signer *key = signer(key_seed);
    struct nw_diag d;
    nw_diag_clear(&d);
    checks.n = 0;
    enum nw_err e = nw_status_token_parse(token, &t, &checks, &d);
    if (e == NW_OK) {
        e = nw_status_list_open(test_crypto(), &t, nw_signer_pubkey(key), uri, now, 0, out, &checks,
                                &d);
        nw_status_token_free(&t);
    }
    nw_signer_free(&key);
    return e;
}

static struct nw_buf jwt(const char *typ, const char *claims)
{
    struct nw_buf b = NW_BUF(NW_MAX_STATUS_TOKEN);
    struct nw_signer *s = signer(1);
    char header[64];
    (void)snprintf(header, sizeof header, "\"typ\":\"%s\"", typ);
    assert_ok(nw_jws_sign(s, header, false, nw_str(claims), &b));
    nw_signer_free(&s);
    return b;
}

/* Expects the JWT with these claims to fail under this rule with this code. */
static void refused_jwt(const char *claims, const char *rule, enum nw_err wanted)
{
    struct nw_status_list l;
    struct nw_buf b = jwt("statuslist+jwt", claims);
    assert_err(open_with(nw_buf_slice(&b), 1, URI, NOW, &l), wanted);
    assert_true(nw_check_failed(&checks, rule));
    nw_buf_free(&b);
}

#define CLAIMS(sub, times, bits, lst)                                                              \
    "{\"sub\":\"" sub "\"," times ",\"status_list\":{\"bits\":" bits ",\"lst\":\"" lst "\"}}"
#define GOOD_TIMES "\"iat\":1686920170,\"exp\":2291720170,\"ttl\":43200"

static void the_draft_example_decodes_to_its_values(void **state)
{
    (void)state;
    struct nw_status_list l;
    struct nw_buf b = jwt("statuslist+jwt", CLAIMS(URI, GOOD_TIMES, "1", EXAMPLE_LST));
    assert_ok(open_with(nw_buf_slice(&b), 1, URI, NOW, &l));
    assert_true(nw_check_passed(&checks, "STS-02"));
    assert_true(nw_check_passed(&checks, "STS-03"));
    assert_true(nw_check_passed(&checks, "STS-04"));
    assert_int_equal(l.entries, 16);
    assert_int_equal(l.iat, IAT);
    assert_int_equal(l.exp, EXP);
    assert_int_equal(l.ttl, 43200);
    assert_string_equal(l.uri, URI);
    for (unsigned i = 0; i < 16; i++) {
        unsigned v = 99;
        assert_ok(nw_status_list_get(&l, i, &v));
        assert_int_equal(v, example_values[i]);
    }
    nw_status_list_free(&l);
    nw_buf_free(&b);
}

static void the_two_bit_example_decodes_to_its_values(void **state)
{
    (void)state;
    struct nw_status_list l;
    struct nw_buf b = jwt("statuslist+jwt", CLAIMS(URI, GOOD_TIMES, "2", EXAMPLE2_LST));
    assert_ok(open_with(nw_buf_slice(&b), 1, URI, NOW, &l));
    assert_int_equal(l.entries, 12);
    for (unsigned i = 0; i < 12; i++) {
        unsigned v = 99;
        assert_ok(nw_status_list_get(&l, i, &v));
        assert_int_equal(v, example2_values[i]);
    }
    nw_status_list_free(&l);
    nw_buf_free(&b);
}

static void check_values(const struct nw_status_list *l, const char *path)
{
    struct nw_slice text = test_file(path);
    uint8_t *expected = calloc(1u << 20, 1);
    assert_non_null(expected);
    size_t rows = 0;
    for (size_t at = 0; at < text.n; rows++) {
        size_t end = nw_slice_find(text, '\n', at);
        char line[32];
        assert_true(nw_slice_cstr(nw_slice_sub(text, at, end - at), line, sizeof line));
        unsigned long index, value;
        assert_int_equal(sscanf(line, "%lu %lu", &index, &value), 2);
        assert_true(index < 1u << 20);
        expected[index] = (uint8_t)value;
        at = end + 1;
    }
    assert_true(rows >= 11);
    for (uint64_t i = 0; i < 1u << 20; i++) {
        unsigned v = 999;
        if (nw_status_list_get(l, i, &v) != NW_OK || v != expected[i]) {
            fail_msg("entry %llu is %u", (unsigned long long)i, v);
        }
    }
    free(expected);
}

static void lists_of_a_million_entries_decode_entry_by_entry(void **state)
{
    (void)state;
    for (unsigned bits = 1; bits <= 8; bits *= 2) {
        char path[256], claims[8192];
        (void)snprintf(path, sizeof path, STATUS_DATA "/list%u.lst", bits);
        struct nw_slice lst = test_file(path);
        assert_true(lst.n > 0);
        (void)snprintf(claims, sizeof claims,
                       "{\"sub\":\"" URI "\"," GOOD_TIMES
                       ",\"status_list\":{\"bits\":%u,\"lst\":\"%.*s\"}}",
                       bits, (int)lst.n, (const char *)lst.p);
        struct nw_buf b = jwt("statuslist+jwt", claims);
        struct nw_status_list l;
        assert_ok(open_with(nw_buf_slice(&b), 1, URI, NOW, &l));
        assert_int_equal(l.bits, bits);
        assert_int_equal(l.entries, 1u << 20);
        (void)snprintf(path, sizeof path, STATUS_DATA "/list%u.values", bits);
        check_values(&l, path);
        nw_status_list_free(&l);
        nw_buf_free(&b);
    }
}

#define BYTES (1u << 17) /* 2^20 entries */

static struct nw_buf make(enum nw_token_form form, struct nw_slice packed, const char *uri)
{
    struct nw_signer *s = signer(1);
    struct nw_buf b = NW_BUF(NW_MAX_STATUS_TOKEN);
    const struct nw_status_publish job = {
        .packed = packed, .uri = uri, .iat = IAT, .exp = EXP, .ttl = 43200};
    assert_ok(nw_status_token_make(s, form, &job, &b));
    nw_signer_free(&s);
    return b;
}

static void what_is_made_is_read_back_in_both_forms(void **state)
{
    (void)state;
    uint8_t *packed = calloc(BYTES, 1);
    assert_non_null(packed);
    uint32_t x = 1;
    for (unsigned i = 0; i < 10000; i++) {
        x = x * 1664525u + 1013904223u;
        packed[(x >> 3) % BYTES] |= (uint8_t)(1u << (x & 7));
    }
    for (int form = NW_TOKEN_JWT; form <= NW_TOKEN_CWT; form++) {
        struct nw_buf b = make((enum nw_token_form)form, nw_slice(packed, BYTES), URI);
        struct nw_status_list l;
        assert_ok(open_with(nw_buf_slice(&b), 1, URI, NOW, &l));
        assert_int_equal(l.bits, 1);
        assert_int_equal(l.packed.n, BYTES);
        assert_memory_equal(l.packed.p, packed, BYTES);
        assert_int_equal(l.ttl, 43200);
        nw_status_list_free(&l);
        nw_buf_free(&b);
    }
    free(packed);
}

static void a_withdrawn_entry_is_told_apart_from_its_neighbour(void **state)
{
    (void)state;
    const uint8_t packed[] = {0x04, 0x00};
    struct nw_buf b = make(NW_TOKEN_CWT, nw_slice(packed, sizeof packed), URI);
    struct nw_status_list l;
    assert_ok(open_with(nw_buf_slice(&b), 1, URI, NOW, &l));
    checks.n = 0;
    assert_ok(nw_status_list_check(&l, 3, &checks, NULL));
    assert_true(nw_check_passed(&checks, "STS-05"));
    checks.n = 0;
    assert_err(nw_status_list_check(&l, 2, &checks, NULL), NW_ERR_STATUS_INVALID);
    assert_true(nw_check_failed(&checks, "STS-05"));
    checks.n = 0;
    assert_ok(nw_status_list_check(&l, 15, &checks, NULL));
    assert_err(nw_status_list_check(&l, 16, &checks, NULL), NW_ERR_STATUS_INDEX);
    assert_true(nw_check_failed(&checks, "STS-04"));
    assert_err(nw_status_list_check(&l, UINT64_MAX, NULL, NULL), NW_ERR_STATUS_INDEX);
    nw_status_list_free(&l);
    nw_buf_free(&b);
}

static void a_list_of_another_address_is_refused(void **state)
{
    (void)state;
    refused_jwt(CLAIMS("https://example.com/statuslists/2", GOOD_TIMES, "1", EXAMPLE_LST), "STS-03",
                NW_ERR_STATUS_SUBJECT);
    refused_jwt(CLAIMS(URI "/", GOOD_TIMES, "1", EXAMPLE_LST), "STS-03", NW_ERR_STATUS_SUBJECT);
}

static void an_expired_list_is_refused_from_its_second_on(void **state)
{
    (void)state;
    struct nw_status_list l;
    struct nw_buf b = jwt("statuslist+jwt",
                          CLAIMS(URI, "\"iat\":1686920170,\"exp\":1686921170", "1", EXAMPLE_LST));
    assert_ok(open_with(nw_buf_slice(&b), 1, URI, 1686921169, &l));
    nw_status_list_free(&l);
    assert_err(open_with(nw_buf_slice(&b), 1, URI, 1686921170, &l), NW_ERR_STATUS_EXPIRED);
    assert_true(nw_check_failed(&checks, "STS-03"));
    nw_buf_free(&b);
}

static void a_list_from_the_future_is_refused(void **state)
{
    (void)state;
    struct nw_status_list l;
    struct nw_buf b = jwt("statuslist+jwt", CLAIMS(URI, GOOD_TIMES, "1", EXAMPLE_LST));
    assert_err(open_with(nw_buf_slice(&b), 1, URI, IAT - 1, &l), NW_ERR_STATUS_FUTURE);
    assert_true(nw_check_failed(&checks, "STS-03"));
    assert_ok(open_with(nw_buf_slice(&b), 1, URI, IAT, &l));
    nw_status_list_free(&l);
    nw_buf_free(&b);
}

static void past_its_time_to_live_the_check_is_not_done(void **state)
{
    (void)state;
    struct nw_status_list l;
    struct nw_buf b = jwt("statuslist+jwt", CLAIMS(URI, GOOD_TIMES, "1", EXAMPLE_LST));
    assert_ok(open_with(nw_buf_slice(&b), 1, URI, IAT + 43200, &l));
    assert_false(l.ttl_passed);
    assert_true(nw_check_passed(&checks, "STS-03"));
    nw_status_list_free(&l);
    assert_ok(open_with(nw_buf_slice(&b), 1, URI, IAT + 43201, &l));
    assert_true(l.ttl_passed);
    const struct nw_check *c = nw_check_find(&checks, "STS-03");
    assert_non_null(c);
    assert_int_equal(c->result, NW_NOT_DONE);
    nw_status_list_free(&l);
    nw_buf_free(&b);
}

static void missing_and_odd_claims_are_refused(void **state)
{
    (void)state;
    refused_jwt(CLAIMS(URI, "\"exp\":2291720170", "1", EXAMPLE_LST), "STS-03", NW_ERR_STATUS_FORM);
    refused_jwt(CLAIMS(URI, "\"iat\":\"1686920170\"", "1", EXAMPLE_LST), "STS-03",
                NW_ERR_STATUS_FORM);
    refused_jwt(CLAIMS(URI, "\"iat\":-1", "1", EXAMPLE_LST), "STS-03", NW_ERR_STATUS_FORM);
    refused_jwt(CLAIMS(URI, "\"iat\":1686920170,\"ttl\":0", "1", EXAMPLE_LST), "STS-03",
                NW_ERR_STATUS_FORM);
    refused_jwt("{\"iat\":1686920170,\"status_list\":{\"bits\":1,\"lst\":\"" EXAMPLE_LST "\"}}",
                "STS-03", NW_ERR_STATUS_FORM);
    refused_jwt("{\"sub\":\"" URI "\",\"iat\":1686920170}", "STS-04", NW_ERR_STATUS_FORM);
    refused_jwt(CLAIMS(URI, "\"iat\":1686920170,\"nbf\":1686930170", "1", EXAMPLE_LST), "STS-03",
                NW_ERR_STATUS_FUTURE);
}

static void impossible_bit_sizes_are_refused(void **state)
{
    (void)state;
    refused_jwt(CLAIMS(URI, GOOD_TIMES, "3", EXAMPLE_LST), "STS-04", NW_ERR_STATUS_BITS);
    refused_jwt(CLAIMS(URI, GOOD_TIMES, "0", EXAMPLE_LST), "STS-04", NW_ERR_STATUS_BITS);
    refused_jwt(CLAIMS(URI, GOOD_TIMES, "16", EXAMPLE_LST), "STS-04", NW_ERR_STATUS_BITS);
    refused_jwt(CLAIMS(URI, GOOD_TIMES, "-1", EXAMPLE_LST), "STS-04", NW_ERR_STATUS_BITS);
    refused_jwt(CLAIMS(URI, GOOD_TIMES, "\"1\"", EXAMPLE_LST), "STS-04", NW_ERR_STATUS_FORM);
}

static void damaged_streams_are_refused(void **state)
{
    (void)state;
    refused_jwt(CLAIMS(URI, GOOD_TIMES, "1", "eNrbuRgAAhcB"), "STS-04", NW_ERR_ZLIB_TRUNCATED);
    refused_jwt(CLAIMS(URI, GOOD_TIMES, "1", "eNrbuRgAAhcBXA"), "STS-04", NW_ERR_ZLIB);
    refused_jwt(CLAIMS(URI, GOOD_TIMES, "1", EXAMPLE_LST "AA"), "STS-04", NW_ERR_TRAILING);
    refused_jwt(CLAIMS(URI, GOOD_TIMES, "1", EXAMPLE_LST "=="), "STS-04", NW_ERR_BASE64URL);
    refused_jwt(CLAIMS(URI, GOOD_TIMES, "1", "eNoDAAAAAAE"), "STS-04", NW_ERR_STATUS_FORM);
}

/* zlib of `size` zero bytes, by zlib itself. */
static struct nw_buf zeros(uLong size)
{
    uint8_t *plain = calloc(size, 1);
    struct nw_buf b = NW_BUF(NW_MAX_STATUS_TOKEN);
    uLongf n = compressBound(size);
    uint8_t *packed = malloc(n);
    assert_true(plain != NULL && packed != NULL);
    assert_int_equal(compress2(packed, &n, plain, size, 9), Z_OK);
    nw_base64url_encode(nw_slice(packed, n), &b);
    free(plain);
    free(packed);
    return b;
}

static void a_bomb_is_refused_and_the_largest_list_is_not(void **state)
{
    (void)state;
    for (uLong extra = 0; extra < 2; extra++) {
        struct nw_buf lst = zeros(NW_MAX_STATUS_LIST + extra);
        struct nw_buf claims = NW_BUF(NW_MAX_STATUS_TOKEN);
        nw_buf_printf(&claims, "{\"sub\":\"" URI "\"," GOOD_TIMES ",\"status_list\":{\"bits\":1,");
        nw_buf_printf(&claims, "\"lst\":\"%s\"}}", nw_buf_cstr(&lst));
        struct nw_buf b = jwt("statuslist+jwt", nw_buf_cstr(&claims));
        struct nw_status_list l;
        enum nw_err e = open_with(nw_buf_slice(&b), 1, URI, NOW, &l);
        if (extra == 0) {
            assert_ok(e);
            nw_status_list_free(&l);
        } else {
            assert_err(e, NW_ERR_ZLIB_LIMIT);
            assert_true(nw_check_failed(&checks, "STS-04"));
        }
        nw_buf_free(&b);
        nw_buf_free(&claims);
        nw_buf_free(&lst);
    }
}

static void a_foreign_signer_is_refused(void **state)
{
    (void)state;
    const uint8_t packed[2] = {0};
    for (int form = NW_TOKEN_JWT; form <= NW_TOKEN_CWT; form++) {
        struct nw_buf b = make((enum nw_token_form)form, nw_slice(packed, sizeof packed), URI);
        struct nw_status_list l;
        assert_err(open_with(nw_buf_slice(&b), 2, URI, NOW, &l), NW_ERR_SIGNATURE);
        assert_true(nw_check_failed(&checks, "STS-02"));
        nw_buf_free(&b);
    }
}

static void another_type_is_refused(void **state)
{
    (void)state;
    struct nw_status_list l;
    struct nw_buf b = jwt("JWT", CLAIMS(URI, GOOD_TIMES, "1", EXAMPLE_LST));
    assert_err(open_with(nw_buf_slice(&b), 1, URI, NOW, &l), NW_ERR_TYP);
    assert_true(nw_check_failed(&checks, "STS-02"));
    nw_buf_free(&b);
}

static void no_token_at_all_is_the_inputs_fault(void **state)
{
    (void)state;
    struct nw_status_list l;
    assert_err(open_with(NW_SLICE_EMPTY, 1, URI, NOW, &l), NW_ERR_STATUS_FORM);
    assert_true(nw_check_failed(&checks, "STS-02"));
}

static void a_token_without_algorithm_is_refused(void **state)
{
    (void)state;
    struct nw_buf b = NW_BUF(4096);
    struct nw_status_list l;
    nw_base64url_encode(nw_str("{\"alg\":\"none\",\"typ\":\"statuslist+jwt\"}"), &b);
    nw_buf_putc(&b, '.');
    nw_base64url_encode(nw_str(CLAIMS(URI, GOOD_TIMES, "1", EXAMPLE_LST)), &b);
    nw_buf_putc(&b, '.');
    assert_int_not_equal(open_with(nw_buf_slice(&b), 1, URI, NOW, &l), NW_OK);
    assert_true(nw_check_failed(&checks, "STS-02"));
    nw_buf_free(&b);
}

/* ---- CWT ---- */

static struct nw_buf cwt(const char *typ, bool tagged, const char *payload_hex)
{
    struct nw_signer *s = signer(1);
    struct nw_buf b = NW_BUF(NW_MAX_STATUS_TOKEN);
    const struct nw_cose_headers h = {.typ = typ, .tagged = tagged};
    assert_ok(nw_cose_sign(s, &h, test_hex(payload_hex), &b));
    nw_signer_free(&s);
    return b;
}

/* The claims of the example in TSL 5.2, unordered as printed there. */
#define CWT_EXAMPLE                                                                                \
    "a502782168747470733a2f2f6578616d706c652e636f6d2f7374617475736c697374732f31061a648c5bea"       \
    "041a8898dfea19fffe19a8c019fffda2646269747301636c73744a" EXAMPLE_ZLIB
#define CWT_TYP "application/statuslist+cwt"

static void the_cwt_example_decodes_to_its_values(void **state)
{
    (void)state;
    struct nw_buf b = cwt(CWT_TYP, true, CWT_EXAMPLE);
    struct nw_status_list l;
    assert_ok(open_with(nw_buf_slice(&b), 1, URI, NOW, &l));
    assert_int_equal(l.entries, 16);
    assert_int_equal(l.exp, EXP);
    for (unsigned i = 0; i < 16; i++) {
        unsigned v = 99;
        assert_ok(nw_status_list_get(&l, i, &v));
        assert_int_equal(v, example_values[i]);
    }
    nw_status_list_free(&l);
    nw_buf_free(&b);
}

static void a_cwt_needs_tag_18_and_no_tag_61(void **state)
{
    (void)state;
    struct nw_status_list l;
    struct nw_buf good = cwt(CWT_TYP, true, CWT_EXAMPLE);
    struct nw_buf b = NW_BUF(4096);
    nw_buf_put(&b, test_hex("d83d"));
    nw_buf_put(&b, nw_buf_slice(&good));
    assert_int_not_equal(open_with(nw_buf_slice(&b), 1, URI, NOW, &l), NW_OK);
    assert_true(nw_check_failed(&checks, "STS-02"));
    nw_buf_free(&b);
    nw_buf_free(&good);
    b = cwt(CWT_TYP, false, CWT_EXAMPLE);
    assert_int_not_equal(open_with(nw_buf_slice(&b), 1, URI, NOW, &l), NW_OK);
    assert_true(nw_check_failed(&checks, "STS-02"));
    nw_buf_free(&b);
}

static void the_short_type_of_a_cwt_is_accepted_and_noted(void **state)
{
    (void)state;
    struct nw_buf b = cwt("statuslist+cwt", true, CWT_EXAMPLE);
    struct nw_status_token t;
    assert_ok(nw_status_token_parse(nw_buf_slice(&b), &t, NULL, NULL));
    assert_true(t.short_typ);
    nw_status_token_free(&t);
    nw_buf_free(&b);
    b = cwt(CWT_TYP, true, CWT_EXAMPLE);
    assert_ok(nw_status_token_parse(nw_buf_slice(&b), &t, NULL, NULL));
    assert_false(t.short_typ);
    nw_status_token_free(&t);
    nw_buf_free(&b);
    b = cwt("application/a1+cwt", true, CWT_EXAMPLE);
    assert_err(nw_status_token_parse(nw_buf_slice(&b), &t, NULL, NULL), NW_ERR_TYP);
    nw_buf_free(&b);
}

static void odd_cwt_claims_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *hex, *rule;
        enum nw_err wanted;
    } rows[] = {
        {"a0", "STS-03", NW_ERR_STATUS_FORM},
        /* iat as text */
        {"a2026161066131", "STS-03", NW_ERR_STATUS_FORM},
        /* 3 bits */
        {"a302782168747470733a2f2f6578616d706c652e636f6d2f7374617475736c697374732f31061a648c5bea"
         "19fffda2646269747303636c73744a" EXAMPLE_ZLIB,
         "STS-04", NW_ERR_STATUS_BITS},
        /* lst as text */
        {"a302782168747470733a2f2f6578616d706c652e636f6d2f7374617475736c697374732f31061a648c5bea"
         "19fffda2646269747301636c73746141",
         "STS-04", NW_ERR_STATUS_FORM},
        /* bytes after the claims */
        {CWT_EXAMPLE "00", "STS-03", NW_ERR_TRAILING},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_buf b = cwt(CWT_TYP, true, rows[i].hex);
        struct nw_status_list l;
        assert_err(open_with(nw_buf_slice(&b), 1, URI, NOW, &l), rows[i].wanted);
        assert_true(nw_check_failed(&checks, rows[i].rule));
        nw_buf_free(&b);
    }
}

/* ---- references ---- */

static enum nw_err ref_json(const char *text, struct nw_status_ref *ref)
{
    struct nw_json *j = NULL;
    assert_ok(nw_json_parse(nw_str(text), &j, NULL));
    enum nw_err e = nw_status_ref_json(j, ref, NULL);
    nw_json_free(&j);
    return e;
}

static void a_json_reference_is_read(void **state)
{
    (void)state;
    struct nw_status_ref ref;
    assert_ok(ref_json("{\"status_list\":{\"idx\":0,\"uri\":\"" URI "\"}}", &ref));
    assert_true(ref.present);
    assert_int_equal(ref.idx, 0);
    assert_string_equal(ref.uri, URI);
    assert_ok(
        ref_json("{\"status_list\":{\"idx\":1,\"uri\":\"a:b\"},\"identifier_list\":{}}", &ref));
    assert_ok(ref_json("{\"status_list\":{\"idx\":1,\"uri\":\"a:b\"},\"type\":\"TokenStatusList\","
                       "\"purpose\":\"revocation\",\"index\":1,\"uri\":\"a:b\"}",
                       &ref));
    assert_int_equal(ref.idx, 1);
    assert_ok(nw_status_ref_json(NULL, &ref, NULL));
    assert_false(ref.present);
}

static void odd_json_references_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum nw_err wanted;
    } rows[] = {
        {"[]", NW_ERR_CLAIM_TYPE},
        {"{}", NW_ERR_CLAIM_MISSING},
        {"{\"identifier_list\":{}}", NW_ERR_STATUS_MECHANISM},
        {"{\"status_list\":{\"idx\":1,\"uri\":\"a:b\"},\"index\":2}", NW_ERR_CLAIM_RANGE},
        {"{\"status_list\":{\"idx\":1,\"uri\":\"a:b\"},\"index\":\"1\"}", NW_ERR_CLAIM_RANGE},
        {"{\"status_list\":{\"idx\":1,\"uri\":\"a:b\"},\"uri\":\"a:c\"}", NW_ERR_CLAIM_RANGE},
        {"{\"status_list\":{\"idx\":1,\"uri\":\"a:b\"},\"type\":\"Other\"}", NW_ERR_CLAIM_RANGE},
        {"{\"status_list\":{\"idx\":-1,\"uri\":\"a:b\"}}", NW_ERR_CLAIM_RANGE},
        {"{\"status_list\":{\"idx\":1.5,\"uri\":\"a:b\"}}", NW_ERR_CLAIM_TYPE},
        {"{\"status_list\":{\"idx\":\"1\",\"uri\":\"a:b\"}}", NW_ERR_CLAIM_TYPE},
        {"{\"status_list\":{\"uri\":\"a:b\"}}", NW_ERR_CLAIM_TYPE},
        {"{\"status_list\":{\"idx\":1,\"uri\":\"\"}}", NW_ERR_CLAIM_RANGE},
        {"{\"status_list\":{\"idx\":1,\"uri\":\"no scheme\"}}", NW_ERR_CLAIM_RANGE},
        {"{\"status_list\":{\"idx\":1}}", NW_ERR_CLAIM_TYPE},
    };
    struct nw_status_ref ref;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        assert_err(ref_json(rows[i].text, &ref), rows[i].wanted);
    }
}

static void cbor_references_are_read_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        enum nw_err wanted;
    } rows[] = {
        {"a16b7374617475735f6c697374a26369647818426375726963613a62", NW_OK},
        {"a16b7374617475735f6c697374a26369647820637572696361 3a62", NW_ERR_CLAIM_TYPE},
        {"a16b7374617475735f6c697374a2636964780063757269 40", NW_ERR_CLAIM_TYPE},
        {"a16b7374617475735f6c697374a1636964780 0", NW_ERR_CLAIM_MISSING},
        {"a16b7374617475735f6c697374a163757269 63613a62", NW_ERR_CLAIM_MISSING},
        {"a0", NW_ERR_CLAIM_MISSING},
        {"a1617800", NW_ERR_STATUS_MECHANISM},
        {"80", NW_ERR_CLAIM_TYPE},
        {"a26b7374617475735f6c697374a26369647818426375726963613a62 6178 00", NW_ERR_CLAIM_RANGE},
    };
    struct nw_status_ref ref;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        assert_err(nw_status_ref_cbor(test_hex(rows[i].hex), &ref, NULL), rows[i].wanted);
    }
    assert_ok(nw_status_ref_cbor(test_hex(rows[0].hex), &ref, NULL));
    assert_int_equal(ref.idx, 0x42);
    assert_string_equal(ref.uri, "a:b");
}

static enum nw_err open_job(void *ctx)
{
    struct nw_buf *b = ctx;
    struct nw_status_token t;
    struct nw_status_list l;
    enum nw_err e = nw_status_token_parse(nw_buf_slice(b), &t, NULL, NULL);
    if (e != NW_OK) {
        return e;
    }
    static struct nw_signer *key;
    if (key == NULL &&
        nw_signer_from_scalar(
            test_crypto(),
            test_hex("0100000000000000000000000000000000000000000000000000000000000001"),
            &key) != NW_OK) {
        nw_status_token_free(&t);
        return NW_ERR_NOMEM;
    }
    e = nw_status_list_open(test_crypto(), &t, nw_signer_pubkey(key), URI, NOW, 0, &l, NULL, NULL);
    if (e == NW_OK) {
        nw_status_list_free(&l);
        nw_signer_free(&key);
    }
    nw_status_token_free(&t);
    return e;
}

static void opening_survives_allocation_failure(void **state)
{
    (void)state;
    const uint8_t packed[64] = {0};
    for (int form = NW_TOKEN_JWT; form <= NW_TOKEN_CWT; form++) {
        struct nw_buf b = make((enum nw_token_form)form, nw_slice(packed, sizeof packed), URI);
        survives_allocation_failure(open_job, &b, NULL);
        nw_buf_free(&b);
    }
}

static enum nw_err make_job(void *ctx)
{
    static const uint8_t packed[64];
    struct nw_buf b = NW_BUF(NW_MAX_STATUS_TOKEN);
    const struct nw_status_publish job = {
        .packed = {packed, sizeof packed}, .uri = URI, .iat = IAT, .exp = EXP, .ttl = 43200};
    const enum nw_token_form *form = ctx;
    static struct nw_signer *key;
    if (key == NULL) {
        nw_alloc_fail_after(-1);
        key = signer(1);
        nw_alloc_fail_after(0);
    }
    enum nw_err e = nw_status_token_make(key, *form, &job, &b);
    nw_buf_free(&b);
    if (e == NW_OK) {
        nw_signer_free(&key);
    }
    return e;
}

static void making_survives_allocation_failure(void **state)
{
    (void)state;
    for (int form = NW_TOKEN_JWT; form <= NW_TOKEN_CWT; form++) {
        enum nw_token_form f = (enum nw_token_form)form;
        survives_allocation_failure(make_job, &f, NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_draft_example_decodes_to_its_values),
        cmocka_unit_test(the_two_bit_example_decodes_to_its_values),
        cmocka_unit_test(lists_of_a_million_entries_decode_entry_by_entry),
        cmocka_unit_test(what_is_made_is_read_back_in_both_forms),
        cmocka_unit_test(a_withdrawn_entry_is_told_apart_from_its_neighbour),
        cmocka_unit_test(a_list_of_another_address_is_refused),
        cmocka_unit_test(an_expired_list_is_refused_from_its_second_on),
        cmocka_unit_test(a_list_from_the_future_is_refused),
        cmocka_unit_test(past_its_time_to_live_the_check_is_not_done),
        cmocka_unit_test(missing_and_odd_claims_are_refused),
        cmocka_unit_test(impossible_bit_sizes_are_refused),
        cmocka_unit_test(damaged_streams_are_refused),
        cmocka_unit_test(a_bomb_is_refused_and_the_largest_list_is_not),
        cmocka_unit_test(a_foreign_signer_is_refused),
        cmocka_unit_test(another_type_is_refused),
        cmocka_unit_test(no_token_at_all_is_the_inputs_fault),
        cmocka_unit_test(a_token_without_algorithm_is_refused),
        cmocka_unit_test(the_cwt_example_decodes_to_its_values),
        cmocka_unit_test(a_cwt_needs_tag_18_and_no_tag_61),
        cmocka_unit_test(the_short_type_of_a_cwt_is_accepted_and_noted),
        cmocka_unit_test(odd_cwt_claims_are_refused),
        cmocka_unit_test(a_json_reference_is_read),
        cmocka_unit_test(odd_json_references_are_refused),
        cmocka_unit_test(cbor_references_are_read_or_refused),
        cmocka_unit_test(opening_survives_allocation_failure),
        cmocka_unit_test(making_survives_allocation_failure),
    };
    return run_on_both("status", tests, ARRAY_LENGTH(tests));
}
