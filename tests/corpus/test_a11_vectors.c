/* The A11 vectors ($NW_DATA/a11/a11-vectors.json): 53 codes and 5 challenges with the trust table,
 * status lists and clock of the file. Each case gives the file's verdict, and for its code the
 * error of the table below. The reason codes beside them are what the report says
 * (docs/PROTOCOL.a11 section 8). */
#include "support.h"

#include <jansson.h>

#include "attestation/type.h"
#include "base/date.h"
#include "crypto/crypto.h"
#include "seal/challenge.h"
#include "seal/seal.h"

static const struct mapping {
    const char *code;
    enum nw_err err;
    const char *reason;
} mappings[] = {
    {"OK", NW_OK, ""},
    {"PREFIX", NW_ERR_A11_PREFIX, "R09"},
    {"PREFIX", NW_ERR_HEALTH_CERTIFICATE, "R09"},
    {"B45_CHAR", NW_ERR_BASE45_CHAR, "R01"},
    {"B45_LENGTH", NW_ERR_BASE45_LENGTH, "R01"},
    {"B45_RANGE", NW_ERR_BASE45_RANGE, "R01"},
    {"ZLIB", NW_ERR_ZLIB, "R01"},
    {"ZLIB_TRUNCATED", NW_ERR_ZLIB_TRUNCATED, "R01"},
    {"ZLIB_DICT", NW_ERR_ZLIB_DICT, "R01"},
    {"CBOR", NW_ERR_CBOR_SYNTAX, "R01"},
    {"CBOR", NW_ERR_CBOR_LENGTH, "R01"},
    {"CBOR", NW_ERR_CBOR_SHORTEST, "R01"},
    {"CBOR", NW_ERR_TRAILING, "R01"},
    {"CBOR", NW_ERR_TRUNCATED, "R01"},
    {"CBOR", NW_ERR_UTF8, "R01"},
    {"CBOR_INDEFINITE", NW_ERR_CBOR_INDEFINITE, "R01"},
    {"CBOR_TRAILING", NW_ERR_TRAILING, "R01"},
    {"CBOR_LENGTH", NW_ERR_CBOR_LENGTH, "R01"},
    {"CBOR_UTF8", NW_ERR_UTF8, "R01"},
    {"COSE_TAG", NW_ERR_COSE_TAG, "R01"},
    {"KID_UNPROTECTED", NW_ERR_KID_UNPROTECTED, "R01"},
    {"ALG", NW_ERR_ALG_NOT_ALLOWED, "R01"},
    {"CRIT", NW_ERR_CRIT, "R01"},
    {"TYP", NW_ERR_TYP, "R01"},
    {"SIG_LENGTH", NW_ERR_SIGNATURE_LENGTH, "R01"},
    {"SIGNATURE", NW_ERR_SIGNATURE, "R01"},
    {"KID_UNKNOWN", NW_ERR_KID_UNKNOWN, "R02"},
    {"ISSUER_SCOPE", NW_ERR_ISSUER_SCOPE, "R02"},
    {"CLAIM_TYPE", NW_ERR_CLAIM_TYPE, "R01"},
    {"CLAIM_MISSING", NW_ERR_CLAIM_MISSING, "R01"},
    {"CLAIM_RANGE", NW_ERR_CLAIM_RANGE, "R01"},
    {"TEXT_CONTROL", NW_ERR_TEXT_CONTROL, "R01"},
    {"TEXT_LENGTH", NW_ERR_TEXT_LENGTH, "R01"},
    {"EXPIRED", NW_ERR_EXPIRED, "R04"},
    {"CLOCK_OR_NOT_YET", NW_ERR_NOT_YET_VALID, "R04"},
    {"REVOKED", NW_ERR_STATUS_INVALID, "R03"},
    {"STATUS_IDX_RANGE", NW_ERR_STATUS_INDEX, "R01"},
    {"STATUS_STALE", NW_ERR_STATUS_STALE, "A01"},
    {"STATUS_UNAVAILABLE", NW_ERR_STATUS_MISSING, "A01"},
    {"PERIOD_NOT_STARTED", NW_OK, "R05"},
    {"PERIOD_ENDED", NW_OK, "R05"},
    {"PROVISIONAL", NW_OK, "A04"},
    {"NONCE", NW_ERR_KB_NONCE, "R06"},
    {"TIMEOUT", NW_ERR_KB_TIME, "R06"},
    {"HOLDER_SIG", NW_ERR_SIGNATURE, "R06"},
    {"NO_CNF", NW_ERR_KB_UNBOUND, "A03"},
};

/* What the calls said; remark: the first thing about a genuine A1 that needs a look. */
struct outcome {
    enum nw_err err;
    bool signed_well;
    const char *remark;
};

static json_t *vectors;
static struct nw_types *types;
static const struct nw_type *pda1;

static const char *text(json_t *o, const char *name)
{
    return json_string_value(json_object_get(o, name));
}

static int64_t number(json_t *o, const char *name)
{
    return json_integer_value(json_object_get(o, name));
}

static int64_t policy(const char *name)
{
    return number(json_object_get(vectors, "policy"), name);
}

/* The first entry of this key id whose key verifies, or NULL; *e says why not. */
static json_t *authenticate(struct nw_seal *seal, enum nw_err *e)
{
    size_t i;
    json_t *entry;
    *e = NW_ERR_KID_UNKNOWN;
    json_array_foreach(json_object_get(vectors, "trust"), i, entry)
    {
        struct nw_pubkey *key = NULL;
        if (!nw_slice_eq(seal->cose.kid, test_hex(text(entry, "kid")))) {
            continue;
        }
        assert_ok(nw_pubkey_from_spki(test_crypto(), test_hex(text(entry, "spki_der_hex")), &key));
        *e = nw_seal_verify(test_crypto(), seal, key, NULL);
        nw_pubkey_free(&key);
        if (*e == NW_OK) {
            return entry;
        }
    }
    return NULL;
}

static bool in_scope(const struct nw_seal *seal, const struct nw_json *record, json_t *entry)
{
    return strcmp(seal->iss, text(entry, "iss")) == 0 &&
           nw_json_is_text(nw_json_path(record, "memberstateAppliedLegislation.memberstate"),
                           text(entry, "country"));
}

static enum nw_err look_up(json_t *list, uint64_t idx, unsigned *value)
{
    size_t i;
    json_t *withdrawn;
    struct nw_status_list l = {
        .bits = 1, .packed = NW_BUF(NW_MAX_STATUS_LIST), .entries = (uint64_t)number(list, "size")};
    uint8_t *bytes = nw_buf_reserve(&l.packed, (size_t)l.entries / 8);
    assert_non_null(bytes);
    memset(bytes, 0, (size_t)l.entries / 8);
    json_array_foreach(json_object_get(list, "invalid"), i, withdrawn)
    {
        size_t at = (size_t)json_integer_value(withdrawn);
        bytes[at / 8] = (uint8_t)(bytes[at / 8] | 1u << at % 8);
    }
    nw_buf_grow(&l.packed, (size_t)l.entries / 8);
    enum nw_err e = nw_status_list_get(&l, idx, value);
    nw_buf_free(&l.packed);
    return e;
}

static enum nw_err status(const struct nw_seal *seal, json_t *one)
{
    json_t *list = json_object_get(json_object_get(vectors, "status_lists"), seal->status.uri);
    unsigned value = 1;
    if (list == NULL) {
        return NW_ERR_STATUS_MISSING;
    }
    enum nw_err e = look_up(list, seal->status.idx, &value);
    if (e != NW_OK || value != 0) {
        return e != NW_OK ? e : NW_ERR_STATUS_INVALID;
    }
    int64_t age = json_object_get(one, "status_age_s") != NULL
                      ? number(one, "status_age_s")
                      : number(one, "now") - number(list, "iat");
    return age > policy("max_status_age_s") ? NW_ERR_STATUS_STALE : NW_OK;
}

static const char *remark(const struct nw_json *record, int64_t now)
{
    int64_t from = 0;
    int64_t to = 0;
    bool provisional = false;
    const struct nw_json *period = nw_json_get(record, "memberstateAppliedLegislation");
    assert_ok(nw_date_parse(nw_str(nw_json_text(nw_json_get(period, "startDate"))), &from));
    assert_ok(nw_date_parse(nw_str(nw_json_text(nw_json_get(period, "endDate"))), &to));
    if (nw_time_day(now) < from) {
        return "PERIOD_NOT_STARTED";
    }
    if (nw_time_day(now) > to) {
        return "PERIOD_ENDED";
    }
    (void)nw_json_bool(nw_json_get(period, "determinationIsProvisional"), &provisional);
    return provisional ? "PROVISIONAL" : NULL;
}

/* Steps 7 to 11 on a parsed code. */
static struct outcome judge(struct nw_seal *seal, json_t *one)
{
    struct outcome o = {0};
    struct nw_json *record = NULL;
    int level = 0;
    int64_t now = number(one, "now");
    json_t *entry = authenticate(seal, &o.err);
    o.signed_well = entry != NULL;
    if (o.err == NW_OK) {
        o.err = nw_seal_claims(seal, NULL, NULL);
    }
    if (o.err == NW_OK) {
        o.err = nw_a11_read(pda1, seal->a1, &record, &level, NULL);
    }
    if (o.err == NW_OK && !in_scope(seal, record, entry)) {
        o.err = NW_ERR_ISSUER_SCOPE;
    }
    if (o.err == NW_OK) {
        o.err = nw_seal_times(seal, now, policy("clock_skew_s"), NULL, NULL);
    }
    if (o.err == NW_OK) {
        o.err = status(seal, one);
        o.remark = remark(record, now);
    }
    /* The decision table: a period that is not now is R05, an old list A01; the first red wins. */
    bool amber = o.err == NW_ERR_STATUS_STALE || o.err == NW_ERR_STATUS_MISSING;
    if (amber && o.remark != NULL && strncmp(o.remark, "PERIOD", 6) == 0) {
        o.err = NW_OK;
    }
    nw_json_free(&record);
    return o;
}

static struct outcome evaluate(json_t *one)
{
    struct nw_seal seal;
    struct outcome o = {.err = nw_seal_parse(nw_str(text(one, "qr")), &seal, NULL, NULL)};
    if (o.err == NW_OK) {
        o = judge(&seal, one);
        nw_seal_free(&seal);
    }
    return o;
}

static const char *verdict(const struct outcome *o)
{
    switch (o->err) {
    case NW_OK:
        return o->remark == NULL ? "AUTHENTIC" : "AUTHENTIC_WARN";
    case NW_ERR_STATUS_MISSING:
    case NW_ERR_STATUS_STALE:
        return "AUTHENTIC_WARN";
    case NW_ERR_STATUS_INVALID:
        return "WITHDRAWN";
    case NW_ERR_KID_UNKNOWN:
        return "UNKNOWN_ISSUER";
    case NW_ERR_SIGNATURE:
        return "FORGED";
    case NW_ERR_A11_PREFIX:
    case NW_ERR_HEALTH_CERTIFICATE:
        return "UNREADABLE";
    default:
        return o->err < 200 && !o->signed_well ? "UNREADABLE" : "NOT_CONFIRMED";
    }
}

/* NULL when error and remark are what the table has for the code of the file. */
static bool maps(const char *code, enum nw_err e, const char *remark_code)
{
    bool found = false;
    for (size_t i = 0; i < ARRAY_LENGTH(mappings); i++) {
        found = found || (strcmp(mappings[i].code, code) == 0 && mappings[i].err == e);
    }
    return found && (e != NW_OK || strcmp(code, remark_code == NULL ? "OK" : remark_code) == 0);
}

static void every_code_gives_its_verdict(void **state)
{
    (void)state;
    size_t i;
    json_t *one;
    if (vectors == NULL) {
        skip();
    }
    int broken = 0;
    json_array_foreach(json_object_get(vectors, "qr"), i, one)
    {
        struct outcome o = evaluate(one);
        if (strcmp(verdict(&o), text(one, "verdict")) != 0 ||
            !maps(text(one, "code"), o.err, o.remark)) {
            printf("%s: %s %s %s, not %s %s\n", text(one, "id"), verdict(&o), nw_err_name(o.err),
                   o.remark == NULL ? "" : o.remark, text(one, "verdict"), text(one, "code"));
            broken++;
        }
    }
    printf("%zu codes\n", i);
    assert_int_equal(broken, 0);
    assert_true(i >= 53);
}

static enum nw_err answer(json_t *one, enum nw_proof *proof)
{
    struct nw_request request;
    struct nw_response r;
    enum nw_err e = nw_request_parse(test_crypto(), nw_str(text(one, "request")), &request, NULL);
    if (e != NW_OK) {
        return e;
    }
    e = nw_response_parse(nw_str(text(one, "response")), &r, NULL, NULL);
    if (e != NW_OK) {
        return e;
    }
    struct outcome o = judge(&r.seal, one);
    assert_ok(o.err);
    e = nw_response_verify(test_crypto(), &r, &request, number(one, "now"), proof, NULL);
    nw_response_free(&r);
    return e;
}

static void every_challenge_gives_its_verdict(void **state)
{
    (void)state;
    size_t i;
    json_t *one;
    if (vectors == NULL) {
        skip();
    }
    assert_int_equal(policy("response_timeout_s"), NW_CHALLENGE_SECONDS);
    json_array_foreach(json_object_get(vectors, "challenge"), i, one)
    {
        enum nw_proof proof = NW_PROOF_NONE;
        enum nw_err e = answer(one, &proof);
        const char *got = proof == NW_PROOF_ANSWERED ? "HOLDER_PROVEN" : "HOLDER_NOT_PROVEN";
        if (strcmp(got, text(one, "verdict")) != 0 || !maps(text(one, "code"), e, NULL)) {
            fail_msg("%s: %s %s, not %s", text(one, "id"), got, nw_err_name(e), text(one, "code"));
        }
    }
    printf("%zu challenges\n", i);
    assert_true(i >= 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_gives_its_verdict),
        cmocka_unit_test(every_challenge_gives_its_verdict),
    };
    const char *path = test_data("a11/a11-vectors.json");
    json_error_t error;
    if (path != NULL) {
        vectors = json_load_file(path, 0, &error);
        if (vectors == NULL || nw_types_load(&types, NULL) != NW_OK) {
            printf("%s: %s\n", path, error.text);
            return 1;
        }
        pda1 = nw_type_find(types, "pda1");
    }
    int failed = run_on_both("a11", tests, ARRAY_LENGTH(tests));
    nw_types_free(&types);
    json_decref(vectors);
    return failed;
}
