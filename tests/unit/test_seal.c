#include "support.h"

#include "base/codec.h"
#include "crypto/cert.h"
#include "seal/challenge.h"
#include "seal/eehic.h"
#include "seal/hcert.h"
#include "seal/seal.h"
#include "seal/transport.h"

/* Fixed test keys: any scalar will do. */
#define ISSUER_SCALAR "1111111111111111111111111111111111111111111111111111111111111111"
#define HOLDER_SCALAR "2222222222222222222222222222222222222222222222222222222222222222"
#define NOW 1795262400
#define A1_MAP "a200010161 31" /* {0: 1, 1: "1"} */

static struct nw_signer *signer_of(const char *scalar)
{
    struct nw_signer *s = NULL;
    assert_ok(nw_signer_from_scalar(test_crypto(), test_hex(scalar), &s));
    return s;
}

/* Signs any claims set as an A11, right or wrong. */
static struct nw_slice signed_text(const char *claims_hex, const struct nw_cose_headers *h,
                                   struct nw_buf *text)
{
    struct nw_signer *s = signer_of(ISSUER_SCALAR);
    struct nw_buf token = NW_BUF(NW_MAX_A11);
    nw_buf_reset(text);
    assert_ok(nw_cose_sign(s, h, test_hex(claims_hex), &token));
    assert_ok(nw_transport_write(NULL, "A11:", nw_buf_slice(&token), text, NULL));
    nw_buf_free(&token);
    nw_signer_free(&s);
    return nw_buf_slice(text);
}

static struct nw_cose_headers a11_headers(void)
{
    return (struct nw_cose_headers){
        .kid = nw_str("12345678"), .typ = "application/a1+cwt", .tagged = true};
}

static enum nw_err read_all(struct nw_slice text, struct nw_checks *checks)
{
    struct nw_signer *s = signer_of(ISSUER_SCALAR);
    struct nw_seal seal;
    struct nw_diag d = {0};
    enum nw_err e = nw_seal_parse(text, &seal, checks, &d);
    if (e == NW_OK) {
        e = nw_seal_verify(test_crypto(), &seal, nw_signer_pubkey(s), &d);
        if (e == NW_OK) {
            e = nw_seal_claims(&seal, checks, &d);
        }
        if (e == NW_OK) {
            e = nw_seal_times(&seal, NOW, 300, checks, &d);
        }
        nw_seal_free(&seal);
    }
    nw_signer_free(&s);
    assert_int_equal(d.code, e);
    return e;
}

#define ISS "0161 41"
#define EXP "041a6b100000"
#define IAT "061a6b000000"
#define STATUS                                                                                     \
    "19ffffa16b7374617475735f6c697374a26369647801637572696f68747470733a2f2f736c2e61 2f6131"
#define A1 "3a0001015a" A1_MAP
#define GOOD "a5" ISS EXP IAT STATUS A1

static void a_signed_claims_set_is_read(void **state)
{
    (void)state;
    static struct nw_checks checks;
    struct nw_cose_headers h = a11_headers();
    struct nw_buf text = NW_BUF(8192);
    memset(&checks, 0, sizeof checks);
    assert_ok(read_all(signed_text(GOOD, &h, &text), &checks));
    assert_true(nw_check_passed(&checks, "QR-01"));
    assert_true(nw_check_passed(&checks, "QR-02"));
    assert_true(nw_check_passed(&checks, "QR-03"));
    assert_true(nw_check_passed(&checks, "QR-04"));
    nw_buf_free(&text);
}

static void each_broken_claim_has_its_code(void **state)
{
    (void)state;
    static const struct {
        const char *claims;
        enum nw_err wanted;
    } rows[] = {
        {"a4" EXP IAT STATUS A1, NW_ERR_CLAIM_MISSING}, /* iss */
        {"a5"
         "014141" EXP IAT STATUS A1,
         NW_ERR_CLAIM_TYPE}, /* iss bytes */
        {"a5"
         "0160" EXP IAT STATUS A1,
         NW_ERR_CLAIM_RANGE}, /* iss empty */
        {"a5"
         "0163e280ae" EXP IAT STATUS A1,
         NW_ERR_TEXT_CONTROL}, /* iss bidi */
        {"a5"
         "017821414141414141414141414141414141414141414141414141414141414141414141" EXP IAT STATUS
             A1,
         NW_ERR_TEXT_LENGTH},                                               /* iss 33 bytes */
        {"a4" ISS IAT STATUS A1, NW_ERR_CLAIM_MISSING},                     /* exp */
        {"a4" ISS EXP STATUS A1, NW_ERR_CLAIM_MISSING},                     /* iat */
        {"a5" ISS "04c11a6b100000" IAT STATUS A1, NW_ERR_CLAIM_TYPE},       /* exp tagged */
        {"a5" ISS "04fb41dac40000000000" IAT STATUS A1, NW_ERR_CLAIM_TYPE}, /* exp float */
        {"a5" ISS "0420" IAT STATUS A1, NW_ERR_CLAIM_TYPE},                 /* exp negative */
        {"a5" ISS "041b7fffffffffffffff" IAT STATUS A1, NW_ERR_CLAIM_RANGE},
        {"a5" ISS "041a6b000000" IAT STATUS A1, NW_ERR_CLAIM_RANGE},     /* exp = iat */
        {"a6" ISS EXP "051a6b000000" IAT STATUS A1, NW_ERR_CLAIM_RANGE}, /* nbf */
        {"a6" ISS "036161" EXP IAT STATUS A1, NW_ERR_CLAIM_RANGE},       /* aud */
        {"a6" ISS EXP IAT "08a0" STATUS A1, NW_ERR_CLAIM_TYPE},          /* cnf empty */
        {"a6" ISS EXP IAT "08a10101" STATUS A1, NW_ERR_CLAIM_TYPE},      /* cnf no key */
        {"a4" ISS EXP IAT A1, NW_ERR_CLAIM_MISSING},                     /* status */
        {"a5" ISS EXP IAT
         "19ffffa16b7374617475735f6c697374a26369647801637572696e687474703a2f2f736c2e612f6131" A1,
         NW_ERR_CLAIM_RANGE}, /* http */
        {"a5" ISS EXP IAT "19ffffa16b7374617475735f6c697374a163696478 01" A1,
         NW_ERR_CLAIM_MISSING},                                      /* no uri */
        {"a4" ISS EXP IAT STATUS, NW_ERR_CLAIM_MISSING},             /* a1 */
        {"a5" ISS EXP IAT STATUS "3a0001015a80", NW_ERR_CLAIM_TYPE}, /* a1 an array */
        {"a5" EXP ISS IAT STATUS A1, NW_ERR_CBOR_ORDER},
        {"a6" ISS ISS EXP IAT STATUS A1, NW_ERR_CBOR_DUPLICATE},
        {"bf" ISS EXP IAT STATUS A1 "ff", NW_ERR_CBOR_INDEFINITE},
        {"a5"
         "1801 6141" EXP IAT STATUS A1,
         NW_ERR_CBOR_SHORTEST},
        {GOOD "00", NW_ERR_TRAILING},
        {"80", NW_ERR_CLAIM_TYPE},
        {"a5" ISS EXP IAT STATUS "3a0001015a8181", NW_ERR_CBOR_LENGTH},
        {"a5" ISS EXP IAT STATUS "3a0001015a"
         "81818181818181818100",
         NW_ERR_CBOR_DEPTH},
    };
    struct nw_cose_headers h = a11_headers();
    struct nw_buf text = NW_BUF(8192);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        static struct nw_checks checks;
        memset(&checks, 0, sizeof checks);
        enum nw_err e = read_all(signed_text(rows[i].claims, &h, &text), &checks);
        if (e != rows[i].wanted) {
            fail_msg("row %zu: %s, not %s", i, nw_err_name(e), nw_err_name(rows[i].wanted));
        }
        assert_true(nw_check_passed(&checks, "QR-03"));
        assert_true(nw_check_failed(&checks, "QR-04"));
    }
    nw_buf_free(&text);
}

static void a_day_may_go_without_a_status(void **state)
{
    (void)state;
    static struct nw_checks checks;
    struct nw_cose_headers h = a11_headers();
    struct nw_buf text = NW_BUF(8192);
    memset(&checks, 0, sizeof checks);
    /* iat 0x6b015180 - 86400 = 0x6b000000 */
    assert_err(read_all(signed_text("a4" ISS "041a6b015180" IAT A1, &h, &text), &checks),
               NW_ERR_EXPIRED);
    assert_err(read_all(signed_text("a4" ISS "041a6b015181" IAT A1, &h, &text), &checks),
               NW_ERR_CLAIM_MISSING);
    nw_buf_free(&text);
}

static void each_broken_header_has_its_code(void **state)
{
    (void)state;
    struct nw_buf text = NW_BUF(8192);
    static struct nw_checks checks;
    struct nw_cose_headers h = a11_headers();
    memset(&checks, 0, sizeof checks);
    h.typ = NULL;
    assert_err(read_all(signed_text(GOOD, &h, &text), &checks), NW_ERR_TYP);
    assert_true(nw_check_failed(&checks, "QR-03"));
    h.typ = "application/kb+cwt";
    assert_err(read_all(signed_text(GOOD, &h, &text), &checks), NW_ERR_TYP);
    h = a11_headers();
    h.tagged = false;
    assert_err(read_all(signed_text(GOOD, &h, &text), &checks), NW_ERR_COSE_TAG);
    h = a11_headers();
    h.kid = nw_str("1234567");
    assert_err(read_all(signed_text(GOOD, &h, &text), &checks), NW_ERR_COSE_HEADER);
    h.kid = NW_SLICE_EMPTY;
    assert_err(read_all(signed_text(GOOD, &h, &text), &checks), NW_ERR_KID_UNPROTECTED);
    nw_buf_free(&text);
}

static void the_text_is_read_to_the_letter(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum nw_err wanted;
        const char *check;
    } rows[] = {
        {"", NW_ERR_A11_PREFIX, "QR-01"},
        {"A11", NW_ERR_A11_PREFIX, "QR-01"},
        {"A12:NCF", NW_ERR_A11_PREFIX, "QR-01"},
        {"a11:NCF", NW_ERR_A11_PREFIX, "QR-01"},
        {" A11:NCF", NW_ERR_A11_PREFIX, "QR-01"},
        {"HC1:NCF", NW_ERR_HEALTH_CERTIFICATE, "QR-01"},
        {"A11:ncf", NW_ERR_BASE45_CHAR, "QR-01"},
        {"A11:NCF\n", NW_ERR_BASE45_CHAR, "QR-01"},
        {"A11:NCFA", NW_ERR_BASE45_LENGTH, "QR-01"},
        {"A11:GGW", NW_ERR_BASE45_RANGE, "QR-01"},
        {"A11::::", NW_ERR_BASE45_RANGE, "QR-01"},
        {"A11:", NW_ERR_ZLIB_TRUNCATED, "QR-02"},
        {"A11:NCF", NW_ERR_ZLIB_TRUNCATED, "QR-02"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        static struct nw_checks checks;
        memset(&checks, 0, sizeof checks);
        struct nw_seal seal = {.iat = 7};
        enum nw_err e = nw_seal_parse(nw_str(rows[i].text), &seal, &checks, NULL);
        if (e != rows[i].wanted) {
            fail_msg("row %zu: %s, not %s", i, nw_err_name(e), nw_err_name(rows[i].wanted));
        }
        assert_true(nw_check_failed(&checks, rows[i].check));
        assert_int_equal(seal.iat, 7);
    }
}

static void a_longer_text_than_any_code_is_not_decoded(void **state)
{
    (void)state;
    static char text[NW_MAX_QR_TEXT + 2];
    struct nw_seal seal;
    memset(text, 'a', sizeof text - 1);
    memcpy(text, "A11:", 4);
    assert_err(nw_seal_parse(nw_str(text), &seal, NULL, NULL), NW_ERR_LIMIT);
    text[NW_MAX_QR_TEXT] = '\0';
    assert_err(nw_seal_parse(nw_str(text), &seal, NULL, NULL), NW_ERR_BASE45_CHAR);
}

static void a_bomb_stops_at_the_limit(void **state)
{
    (void)state;
    static uint8_t zeros[NW_MAX_A11 + 1];
    struct nw_buf text = NW_BUF(8192);
    struct nw_seal seal;
    static struct nw_checks checks;
    memset(&checks, 0, sizeof checks);
    assert_ok(nw_transport_write(NULL, "A11:", nw_slice(zeros, sizeof zeros), &text, NULL));
    assert_err(nw_seal_parse(nw_buf_slice(&text), &seal, &checks, NULL), NW_ERR_ZLIB_LIMIT);
    assert_true(nw_check_failed(&checks, "QR-02"));
    nw_buf_free(&text);
}

static void claims_are_not_read_before_the_signature(void **state)
{
    (void)state;
    struct nw_cose_headers h = a11_headers();
    struct nw_buf text = NW_BUF(8192);
    struct nw_signer *other = signer_of(HOLDER_SCALAR);
    struct nw_seal seal;
    assert_ok(nw_seal_parse(signed_text(GOOD, &h, &text), &seal, NULL, NULL));
    assert_err(nw_seal_claims(&seal, NULL, NULL), NW_ERR_INTERNAL);
    assert_err(nw_seal_verify(test_crypto(), &seal, nw_signer_pubkey(other), NULL),
               NW_ERR_SIGNATURE);
    assert_err(nw_seal_claims(&seal, NULL, NULL), NW_ERR_INTERNAL);
    nw_seal_free(&seal);
    nw_signer_free(&other);
    nw_buf_free(&text);
}

static void the_times_have_two_ends(void **state)
{
    (void)state;
    static struct nw_checks checks;
    struct nw_seal s = {.iat = 1000, .exp = 2000};
    memset(&checks, 0, sizeof checks);
    assert_ok(nw_seal_times(&s, 1000, 300, &checks, NULL));
    assert_ok(nw_seal_times(&s, 700, 300, &checks, NULL));
    assert_ok(nw_seal_times(&s, 1999, 300, &checks, NULL));
    assert_true(nw_check_passed(&checks, "QR-04"));
    assert_err(nw_seal_times(&s, 699, 300, &checks, NULL), NW_ERR_NOT_YET_VALID);
    assert_true(nw_check_failed(&checks, "QR-04"));
    assert_err(nw_seal_times(&s, 2000, 300, NULL, NULL), NW_ERR_EXPIRED);
}

/* ---- making ---- */

struct making {
    struct nw_signer *issuer, *holder;
    struct nw_seal_issue job;
};

static void certify(struct nw_signer *s)
{
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    struct nw_cert_template t = {.common_name = "Test",
                                 .organisation = "Test",
                                 .country = "DE",
                                 .subject = nw_signer_pubkey(s),
                                 .serial = {1},
                                 .not_before = NOW - 1000,
                                 .not_after = NOW + 1000,
                                 .path_len = -1};
    assert_ok(nw_cert_make(test_crypto(), &t, s, &der));
    struct nw_slice chain = nw_buf_slice(&der);
    assert_ok(nw_signer_set_chain(s, &chain, 1));
    nw_buf_free(&der);
}

static struct making making(void)
{
    struct making m = {.issuer = signer_of(ISSUER_SCALAR), .holder = signer_of(HOLDER_SCALAR)};
    certify(m.issuer);
    m.job = (struct nw_seal_issue){
        .iss = "DE-TEST-01",
        .iat = NOW - 1000,
        .exp = NOW + 1000000,
        .status = {.present = true, .idx = 4711, .uri = "https://sl.example/a1/26"},
        .holder = nw_signer_pubkey(m.holder),
        .a1 = test_hex(A1_MAP)};
    return m;
}

static void making_done(struct making *m)
{
    nw_signer_free(&m->issuer);
    nw_signer_free(&m->holder);
}

static void what_is_made_is_read_back(void **state)
{
    (void)state;
    struct making m = making();
    struct nw_buf text = NW_BUF(8192);
    struct nw_seal seal;
    uint8_t hash[NW_SHA256_BYTES];
    assert_ok(nw_seal_make(test_crypto(), m.issuer, &m.job, &text, NULL));
    assert_int_equal(nw_seal_detect(nw_buf_slice(&text)), NW_SEAL_A11);
    assert_ok(nw_seal_parse(nw_buf_slice(&text), &seal, NULL, NULL));
    assert_ok(nw_sha256(test_crypto(), nw_signer_chain_cert(m.issuer, 0), hash));
    assert_true(nw_slice_eq(seal.cose.kid, nw_slice(hash, 8)));
    assert_ok(nw_seal_verify(test_crypto(), &seal, nw_signer_pubkey(m.issuer), NULL));
    assert_ok(nw_seal_claims(&seal, NULL, NULL));
    assert_string_equal(seal.iss, "DE-TEST-01");
    assert_int_equal(seal.iat, NOW - 1000);
    assert_int_equal(seal.exp, NOW + 1000000);
    assert_true(seal.status.present);
    assert_int_equal(seal.status.idx, 4711);
    assert_string_equal(seal.status.uri, "https://sl.example/a1/26");
    assert_true(nw_slice_eq(seal.a1, m.job.a1));
    struct nw_pubkey *key = NULL;
    assert_ok(nw_cose_key_parse(test_crypto(), seal.cnf, &key, NULL));
    assert_true(nw_slice_eq(nw_pubkey_point(key), nw_pubkey_point(m.job.holder)));
    nw_pubkey_free(&key);
    nw_seal_free(&seal);
    nw_buf_free(&text);
    making_done(&m);
}

static void what_a_verifier_would_refuse_is_not_made(void **state)
{
    (void)state;
    struct making m = making();
    struct nw_buf text = NW_BUF(8192);
    struct nw_seal_issue good = m.job;
    m.job.status.present = false;
    assert_err(nw_seal_make(test_crypto(), m.issuer, &m.job, &text, NULL), NW_ERR_CLAIM_MISSING);
    m.job.exp = m.job.iat + 86400;
    assert_ok(nw_seal_make(test_crypto(), m.issuer, &m.job, &text, NULL));
    m.job = good;
    m.job.exp = m.job.iat;
    assert_err(nw_seal_make(test_crypto(), m.issuer, &m.job, &text, NULL), NW_ERR_CLAIM_RANGE);
    m.job = good;
    m.job.iat = -1;
    assert_err(nw_seal_make(test_crypto(), m.issuer, &m.job, &text, NULL), NW_ERR_CLAIM_RANGE);
    m.job = good;
    m.job.iss = "DE-TEST-0123456789-0123456789-012";
    assert_err(nw_seal_make(test_crypto(), m.issuer, &m.job, &text, NULL), NW_ERR_TEXT_LENGTH);
    m.job = good;
    (void)snprintf(m.job.status.uri, sizeof m.job.status.uri, "http://sl.example/");
    assert_err(nw_seal_make(test_crypto(), m.issuer, &m.job, &text, NULL), NW_ERR_CLAIM_RANGE);
    m.job = good;
    m.job.a1 = test_hex("a20101 0001");
    assert_err(nw_seal_make(test_crypto(), m.issuer, &m.job, &text, NULL), NW_ERR_CBOR_ORDER);
    m.job = good;
    assert_err(nw_seal_make(test_crypto(), m.holder, &m.job, &text, NULL), NW_ERR_SIGNER);
    nw_buf_free(&text);
    making_done(&m);
}

static enum nw_err make_job(void *ctx)
{
    struct making *m = ctx;
    struct nw_buf text = NW_BUF(8192);
    enum nw_err e = nw_seal_make(test_crypto(), m->issuer, &m->job, &text, NULL);
    nw_buf_free(&text);
    return e;
}

struct text_job {
    struct nw_slice text;
    const struct nw_pubkey *key;
};

static enum nw_err read_job(void *ctx)
{
    const struct text_job *job = ctx;
    struct nw_seal seal;
    enum nw_err e = nw_seal_parse(job->text, &seal, NULL, NULL);
    if (e == NW_OK) {
        e = nw_seal_verify(test_crypto(), &seal, job->key, NULL);
        e = e == NW_OK ? nw_seal_claims(&seal, NULL, NULL) : e;
        nw_seal_free(&seal);
    }
    return e;
}

static void a_lack_of_memory_is_survived(void **state)
{
    (void)state;
    struct making m = making();
    struct nw_buf text = NW_BUF(8192);
    survives_allocation_failure(make_job, &m, NULL);
    assert_ok(nw_seal_make(test_crypto(), m.issuer, &m.job, &text, NULL));
    struct text_job job = {nw_buf_slice(&text), nw_signer_pubkey(m.issuer)};
    survives_allocation_failure(read_job, &job, NULL);
    nw_buf_free(&text);
    making_done(&m);
}

/* ---- docs/PROTOCOL.a11 section 9 ---- */

static const char *document(void)
{
    static char path[1024];
    (void)snprintf(path, sizeof path, "%s", __FILE__);
    char *at = strstr(path, "tests/unit/");
    assert_non_null(at);
    (void)snprintf(at, sizeof path - (size_t)(at - path), "docs/PROTOCOL.a11");
    struct nw_slice file = test_file(path);
    assert_true(file.n > 0);
    char *text = calloc(1, file.n + 1);
    assert_non_null(text);
    memcpy(text, file.p, file.n);
    return text;
}

/* Hex digits of the lines below a heading, up to the next heading. */
static struct nw_slice hex_below(const char *text, const char *heading)
{
    char hex[1024] = "";
    size_t n = 0;
    const char *at = strstr(text, heading);
    assert_non_null(at);
    at = strchr(at, '\n') + 1;
    while (strncmp(at, "        ", 8) == 0) {
        for (at += 8; *at != '\n' && n + 1 < sizeof hex; at++) {
            hex[n++] = *at;
        }
        at++;
    }
    hex[n] = '\0';
    return test_hex(hex);
}

static void the_example_of_the_document_is_what_it_says(void **state)
{
    (void)state;
    const char *text = document();
    char code[600] = "";
    size_t n = 0;
    for (const char *at = strstr(text, "        |"); at != NULL; at = strstr(at, "        |")) {
        for (at += 9; *at != '|' && n + 1 < sizeof code; at++) {
            code[n++] = *at;
        }
    }
    assert_int_equal(n, 441);
    struct nw_seal seal;
    struct nw_pubkey *key = NULL;
    assert_ok(nw_seal_parse(nw_str(code), &seal, NULL, NULL));
    assert_true(nw_slice_eq(nw_buf_slice(&seal.token), hex_below(text, "    token, 288 bytes")));
    assert_true(nw_slice_eq(seal.cose.kid, hex_below(text, "    kid\n")));
    assert_ok(nw_pubkey_from_point(test_crypto(), NW_KEY_P256,
                                   hex_below(text, "    public key (P-256"), &key));
    assert_ok(nw_seal_verify(test_crypto(), &seal, key, NULL));
    assert_ok(nw_seal_claims(&seal, NULL, NULL));
    assert_string_equal(seal.iss, "DE-EXAMPLE");
    assert_int_equal(seal.status.idx, 1234);
    assert_ok(nw_seal_times(&seal, NOW, 0, NULL, NULL));
    nw_pubkey_free(&key);
    nw_seal_free(&seal);
    free((void *)(uintptr_t)text);
}

/* ---- other codes ---- */

static void the_kind_is_told_by_prefix_and_shape(void **state)
{
    (void)state;
    assert_int_equal(nw_seal_detect(nw_str("A11:6BF")), NW_SEAL_A11);
    assert_int_equal(nw_seal_detect(nw_str("HC1:6BF")), NW_SEAL_HC1);
    assert_int_equal(nw_seal_detect(nw_str("6BFOXN")), NW_SEAL_EEHIC);
    assert_int_equal(nw_seal_detect(nw_str("NCFOXN")), NW_SEAL_EEHIC);
    assert_int_equal(nw_seal_detect(nw_str("eyJhbGciOiJFUzI1NiJ9")), NW_SEAL_NONE);
    assert_int_equal(nw_seal_detect(nw_str("A1Q:6BF")), NW_SEAL_NONE);
    assert_int_equal(nw_seal_detect(NW_SLICE_EMPTY), NW_SEAL_NONE);
}

static void kid_text(const char *hash_hex, const char *replace, struct nw_buf *out)
{
    struct nw_buf hash = NW_BUF(64);
    nw_buf_reset(out);
    nw_buf_puts(out, "\"kid\":\"EESSI:x5t#S256:");
    if (replace != NULL) {
        nw_buf_puts(out, replace);
    } else {
        nw_base64url_encode(test_hex(hash_hex), out);
    }
    nw_buf_puts(out, "\"");
    nw_buf_free(&hash);
}

static enum nw_err card(const char *header, const char *payload, struct nw_slice cert,
                        struct nw_json **claims)
{
    struct nw_signer *s = signer_of(ISSUER_SCALAR);
    struct nw_buf jws = NW_BUF(8192);
    struct nw_buf text = NW_BUF(8192);
    struct nw_eehic e = {0};
    assert_ok(nw_jws_sign(s, header, false, nw_str(payload), &jws));
    assert_ok(nw_transport_write(NULL, "", nw_buf_slice(&jws), &text, NULL));
    assert_int_equal(nw_seal_detect(nw_buf_slice(&text)), NW_SEAL_EEHIC);
    enum nw_err err = nw_eehic_parse(nw_buf_slice(&text), &e, NULL);
    if (err == NW_OK) {
        err = nw_eehic_verify(test_crypto(), &e, cert, nw_signer_pubkey(s), NULL);
        err = err == NW_OK ? nw_eehic_claims(&e, claims, NULL) : err;
        nw_eehic_free(&e);
    }
    nw_buf_free(&jws);
    nw_buf_free(&text);
    nw_signer_free(&s);
    return err;
}

static void a_card_is_read_with_either_spelling_of_its_key_id(void **state)
{
    (void)state;
    static const char payload[] = "{\"sid\":\"eessi:prc:1.0\",\"prc\":{\"fn\":\"ROSSI\"}}";
    struct nw_slice cert = nw_str("certificate 3");
    uint8_t hash[NW_SHA256_BYTES];
    char hex[65];
    struct nw_buf header = NW_BUF(512);
    struct nw_buf plain = NW_BUF(64);
    struct nw_json *claims = NULL;
    assert_ok(nw_sha256(test_crypto(), cert, hash));
    for (size_t i = 0; i < 32; i++) {
        (void)snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    }
    kid_text(hex, NULL, &header);
    assert_ok(card(nw_buf_cstr(&header), payload, cert, &claims));
    assert_true(nw_json_is_text(nw_json_path(claims, "prc.fn"), "ROSSI"));
    nw_json_free(&claims);
    nw_base64_encode(nw_slice(hash, 32), &plain);
    kid_text(hex, nw_buf_cstr(&plain), &header);
    assert_ok(card(nw_buf_cstr(&header), payload, cert, &claims));
    nw_json_free(&claims);
    assert_err(card(nw_buf_cstr(&header), payload, nw_str("another"), &claims), NW_ERR_KID_UNKNOWN);
    assert_err(card(nw_buf_cstr(&header), "{\"sid\":\"other:1\"}", cert, &claims),
               NW_ERR_CLAIM_RANGE);
    assert_err(card(nw_buf_cstr(&header), "{}", cert, &claims), NW_ERR_CLAIM_MISSING);
    assert_err(card("\"kid\":\"abc\"", payload, cert, &claims), NW_ERR_JWS_HEADER);
    assert_err(card("\"kid\":\"EESSI:x5t#S256:abc\"", payload, cert, &claims), NW_ERR_JWS_HEADER);
    assert_null(claims);
    nw_buf_free(&plain);
    nw_buf_free(&header);
}

/* ---- challenge and response ---- */

struct exchange {
    struct making m;
    struct nw_buf a1_text;
    struct nw_seal a1;
    struct nw_request request;
};

static void exchange_begin(struct exchange *x, bool bound)
{
    struct nw_buf request_text = NW_BUF(128);
    *x = (struct exchange){.m = making(), .a1_text = NW_BUF(8192)};
    x->m.job.holder = bound ? x->m.job.holder : NULL;
    assert_ok(nw_seal_make(test_crypto(), x->m.issuer, &x->m.job, &x->a1_text, NULL));
    assert_ok(nw_seal_parse(nw_buf_slice(&x->a1_text), &x->a1, NULL, NULL));
    assert_ok(nw_request_make(test_crypto(), NOW, 1, &x->request, &request_text));
    struct nw_request read;
    assert_ok(nw_request_parse(test_crypto(), nw_buf_slice(&request_text), &read, NULL));
    assert_memory_equal(read.nonce, x->request.nonce, 16);
    assert_memory_equal(read.hash, x->request.hash, 16);
    assert_int_equal(read.now, NOW);
    assert_int_equal(read.level, 1);
    nw_buf_free(&request_text);
}

static void exchange_end(struct exchange *x)
{
    nw_seal_free(&x->a1);
    nw_buf_free(&x->a1_text);
    making_done(&x->m);
}

/* Answers `asked` with `key`, then checks against `shown` at `now`. */
static enum nw_err answer(struct exchange *x, struct nw_signer *key, const struct nw_request *asked,
                          const struct nw_request *shown, int64_t now, enum nw_proof *proof)
{
    struct nw_buf text = NW_BUF(8192);
    struct nw_response r;
    assert_ok(nw_response_make(key, nw_buf_slice(&x->a1.token), asked, NOW + 4, &text, NULL));
    assert_ok(nw_response_parse(nw_buf_slice(&text), &r, NULL, NULL));
    assert_err(nw_response_verify(test_crypto(), &r, shown, now, proof, NULL), NW_ERR_INTERNAL);
    assert_ok(nw_seal_verify(test_crypto(), &r.seal, nw_signer_pubkey(x->m.issuer), NULL));
    assert_ok(nw_seal_claims(&r.seal, NULL, NULL));
    enum nw_err e = nw_response_verify(test_crypto(), &r, shown, now, proof, NULL);
    nw_response_free(&r);
    nw_buf_free(&text);
    return e;
}

static void the_holder_key_answers_this_request_in_time(void **state)
{
    (void)state;
    struct exchange x;
    enum nw_proof proof = NW_PROOF_NONE;
    exchange_begin(&x, true);
    struct nw_request other = x.request;
    other.nonce[0] ^= 1;
    assert_err(answer(&x, x.m.issuer, &x.request, &x.request, NOW + 6, &proof), NW_ERR_SIGNATURE);
    assert_err(answer(&x, x.m.holder, &other, &x.request, NOW + 6, &proof), NW_ERR_KB_NONCE);
    other = x.request;
    other.hash[0] ^= 1;
    assert_err(answer(&x, x.m.holder, &other, &x.request, NOW + 6, &proof), NW_ERR_KB_HASH);
    assert_err(answer(&x, x.m.holder, &x.request, &x.request, NOW + 121, &proof), NW_ERR_KB_TIME);
    assert_err(answer(&x, x.m.holder, &x.request, &x.request, NOW - 1, &proof), NW_ERR_KB_TIME);
    assert_err(answer(&x, x.m.holder, &x.request, NULL, NOW + 6, &proof), NW_ERR_KB_MISSING);
    assert_err(answer(&x, x.m.holder, NULL, &x.request, NOW + 6, &proof), NW_ERR_KB_MISSING);
    assert_int_equal(proof, NW_PROOF_NONE);
    assert_ok(answer(&x, x.m.holder, &x.request, &x.request, NOW + 120, &proof));
    assert_int_equal(proof, NW_PROOF_ANSWERED);
    exchange_end(&x);
}

static enum nw_err answer_job(void *ctx)
{
    struct exchange *x = ctx;
    struct nw_buf text = NW_BUF(8192);
    struct nw_response r = {0};
    enum nw_proof proof = NW_PROOF_NONE;
    enum nw_err e = nw_response_make(x->m.holder, nw_buf_slice(&x->a1.token), &x->request, NOW + 4,
                                     &text, NULL);
    e = e == NW_OK ? nw_response_parse(nw_buf_slice(&text), &r, NULL, NULL) : e;
    e = e == NW_OK ? nw_seal_verify(test_crypto(), &r.seal, nw_signer_pubkey(x->m.issuer), NULL)
                   : e;
    e = e == NW_OK ? nw_seal_claims(&r.seal, NULL, NULL) : e;
    e = e == NW_OK ? nw_response_verify(test_crypto(), &r, &x->request, NOW + 6, &proof, NULL) : e;
    assert_int_equal(proof, e == NW_OK ? NW_PROOF_ANSWERED : NW_PROOF_NONE);
    nw_response_free(&r);
    nw_buf_free(&text);
    return e;
}

static void an_exchange_survives_a_lack_of_memory(void **state)
{
    (void)state;
    struct exchange x;
    exchange_begin(&x, true);
    survives_allocation_failure(answer_job, &x, NULL);
    exchange_end(&x);
}

static void a_live_proof_is_weaker_and_short(void **state)
{
    (void)state;
    struct exchange x;
    enum nw_proof proof = NW_PROOF_NONE;
    exchange_begin(&x, true);
    assert_err(answer(&x, x.m.holder, NULL, NULL, NOW + 65, &proof), NW_ERR_KB_TIME);
    assert_err(answer(&x, x.m.holder, NULL, NULL, NOW - 57, &proof), NW_ERR_KB_TIME);
    assert_int_equal(proof, NW_PROOF_NONE);
    assert_ok(answer(&x, x.m.holder, NULL, NULL, NOW + 64, &proof));
    assert_int_equal(proof, NW_PROOF_LIVE);
    exchange_end(&x);
}

static void without_a_holder_key_nothing_is_proven(void **state)
{
    (void)state;
    struct exchange x;
    enum nw_proof proof = NW_PROOF_NONE;
    exchange_begin(&x, false);
    assert_err(answer(&x, x.m.holder, &x.request, &x.request, NOW + 6, &proof), NW_ERR_KB_UNBOUND);
    assert_int_equal(proof, NW_PROOF_NONE);
    exchange_end(&x);
}

static void broken_requests_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *hex;
        enum nw_err wanted;
    } rows[] = {
        {"840150000102030405060708090a0b0c0d0e0f1a6b01518001", NW_OK},
        {"840250000102030405060708090a0b0c0d0e0f1a6b01518001", NW_ERR_KB_FORM}, /* version */
        {"84014f000102030405060708090a0b0c0d0e1a6b01518001", NW_ERR_KB_FORM},   /* 15 bytes */
        {"840150000102030405060708090a0b0c0d0e0f1a6b01518003", NW_ERR_KB_FORM}, /* level */
        {"830150000102030405060708090a0b0c0d0e0f1a6b015180", NW_ERR_KB_FORM},
        {"840150000102030405060708090a0b0c0d0e0f1a6b0151800100", NW_ERR_TRAILING},
        {"a0", NW_ERR_KB_FORM},
    };
    struct nw_buf text = NW_BUF(256);
    struct nw_request r;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        nw_buf_reset(&text);
        nw_buf_puts(&text, "A1Q:");
        nw_base45_encode(test_hex(rows[i].hex), &text);
        enum nw_err e = nw_request_parse(test_crypto(), nw_buf_slice(&text), &r, NULL);
        if (e != rows[i].wanted) {
            fail_msg("row %zu: %s, not %s", i, nw_err_name(e), nw_err_name(rows[i].wanted));
        }
    }
    assert_err(nw_request_parse(test_crypto(), nw_str("A1R:6BF"), &r, NULL), NW_ERR_A11_PREFIX);
    nw_buf_free(&text);
}

static void an_a1_is_no_answer(void **state)
{
    (void)state;
    struct exchange x;
    struct nw_response r;
    struct nw_buf swapped = NW_BUF(8192);
    exchange_begin(&x, true);
    nw_buf_puts(&swapped, "A1R:");
    nw_buf_put(&swapped, nw_slice_from(nw_buf_slice(&x.a1_text), 4));
    assert_err(nw_response_parse(nw_buf_slice(&swapped), &r, NULL, NULL), NW_ERR_TYP);
    assert_err(nw_response_parse(nw_buf_slice(&x.a1_text), &r, NULL, NULL), NW_ERR_A11_PREFIX);
    nw_buf_free(&swapped);
    exchange_end(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signed_claims_set_is_read),
        cmocka_unit_test(each_broken_claim_has_its_code),
        cmocka_unit_test(a_day_may_go_without_a_status),
        cmocka_unit_test(each_broken_header_has_its_code),
        cmocka_unit_test(the_text_is_read_to_the_letter),
        cmocka_unit_test(a_longer_text_than_any_code_is_not_decoded),
        cmocka_unit_test(a_bomb_stops_at_the_limit),
        cmocka_unit_test(claims_are_not_read_before_the_signature),
        cmocka_unit_test(the_times_have_two_ends),
        cmocka_unit_test(what_is_made_is_read_back),
        cmocka_unit_test(what_a_verifier_would_refuse_is_not_made),
        cmocka_unit_test(a_lack_of_memory_is_survived),
        cmocka_unit_test(the_example_of_the_document_is_what_it_says),
        cmocka_unit_test(the_kind_is_told_by_prefix_and_shape),
        cmocka_unit_test(a_card_is_read_with_either_spelling_of_its_key_id),
        cmocka_unit_test(the_holder_key_answers_this_request_in_time),
        cmocka_unit_test(an_exchange_survives_a_lack_of_memory),
        cmocka_unit_test(a_live_proof_is_weaker_and_short),
        cmocka_unit_test(without_a_holder_key_nothing_is_proven),
        cmocka_unit_test(broken_requests_are_refused),
        cmocka_unit_test(an_a1_is_no_answer),
    };
    return run_on_both("seal", tests, ARRAY_LENGTH(tests));
}
