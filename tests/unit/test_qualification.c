/*
 * Whether a certificate is qualified (TS 119 615 PRO-4.4.4): the criteria of a
 * list against certificates, and Tables 1 and 2 cell by cell, against the
 * tables as the standard prints them and against the thought behind them.
 */
#include "cbor/cbor.h"
#include "crypto/cert_qc.h"
#include "crypto/der.h"
#include "support.h"
#include "trust/qualification.h"

/* --- certificates with what matters here, and nothing else --- */

static struct nw_buf qc_bytes;

static void put_statement(struct nw_buf *b, const char *id, const char *const *list)
{
    size_t statement = nw_der_open(b, NW_DER_SEQUENCE);
    nw_der_put_oid(b, id);
    if (list[0] != NULL) {
        size_t oids = nw_der_open(b, NW_DER_SEQUENCE);
        for (size_t i = 0; list[i] != NULL; i++) {
            nw_der_put_oid(b, list[i]);
        }
        nw_der_close(b, oids);
    }
    nw_der_close(b, statement);
}

/* types: bit 0 signature, bit 1 seal, bit 2 website, bit 3 something else */
static struct nw_cert with_statements(bool compliance, unsigned types)
{
    static const char *const ids[] = {"0.4.0.1862.1.6.1", "0.4.0.1862.1.6.2", "0.4.0.1862.1.6.3",
                                      "0.4.0.194126.1.1"};
    static const char *const nothing[] = {NULL};
    const char *list[5] = {NULL};
    size_t n = 0;
    for (size_t i = 0; i < 4; i++) {
        if ((types & (1u << i)) != 0) {
            list[n++] = ids[i];
        }
    }
    nw_buf_reset(&qc_bytes);
    size_t all = nw_der_open(&qc_bytes, NW_DER_SEQUENCE);
    put_statement(&qc_bytes, "0.4.0.1862.1.4", nothing); /* in a qualified device */
    if (compliance) {
        put_statement(&qc_bytes, "0.4.0.1862.1.1", nothing);
    }
    if (types != 0) {
        put_statement(&qc_bytes, "0.4.0.1862.1.6", list);
    }
    nw_der_close(&qc_bytes, all);
    assert_ok(nw_buf_err(&qc_bytes));
    return (struct nw_cert){.der = nw_buf_slice(&qc_bytes), .ext_qc = nw_buf_slice(&qc_bytes)};
}

static int setup(void **state)
{
    (void)state;
    qc_bytes = NW_BUF(512);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    nw_buf_free(&qc_bytes);
    return 0;
}

/* --- the tables --- */

#define Y NW_QUALIFIED_YES
#define N NW_QUALIFIED_NO
#define I NW_QUALIFIED_OPEN

/* Rows 1 to 15 and columns 1 to 5 in the order of the standard; types as bits 1, 2, 4 for QcType 1,
 * 2, 3. Row 1 stands for no type and for type 1. */
static const struct {
    bool compliance;
    unsigned types;
    enum nw_qualified signature[5], seal[5];
} printed[] = {
    {true, 0, {Y, N, Y, Y, Y}, {N, N, N, Y, Y}},  {true, 1, {Y, N, Y, Y, Y}, {N, N, N, Y, Y}},
    {true, 2, {N, N, N, Y, Y}, {Y, N, Y, Y, Y}},  {true, 4, {N, N, N, Y, Y}, {N, N, N, Y, Y}},
    {true, 3, {I, N, I, Y, Y}, {I, N, I, Y, Y}},  {true, 5, {I, N, I, Y, Y}, {N, N, N, Y, Y}},
    {true, 6, {N, N, N, Y, Y}, {I, N, I, Y, Y}},  {true, 7, {I, N, I, Y, Y}, {I, N, I, Y, Y}},
    {false, 0, {N, N, I, N, Y}, {N, N, I, N, Y}}, {false, 1, {N, N, Y, N, Y}, {N, N, N, N, Y}},
    {false, 2, {N, N, N, N, Y}, {N, N, Y, N, Y}}, {false, 4, {N, N, N, N, Y}, {N, N, N, N, Y}},
    {false, 3, {N, N, I, N, Y}, {N, N, I, N, Y}}, {false, 5, {N, N, I, N, Y}, {N, N, N, N, Y}},
    {false, 6, {N, N, N, N, Y}, {N, N, I, N, Y}}, {false, 7, {N, N, I, N, Y}, {N, N, I, N, Y}},
};

static enum nw_qualified answer(bool seal, const struct nw_cert *cert, unsigned apply)
{
    const struct nw_qualifiers q = {.apply = apply};
    const char *why = NULL;
    enum nw_qualified got =
        seal ? nw_qualification_seal(cert, &q, &why) : nw_qualification_signature(cert, &q, &why);
    assert_non_null(why);
    assert_true(strlen(why) > 10);
    return got;
}

static void every_cell_is_as_printed(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(printed); i++) {
        struct nw_cert cert = with_statements(printed[i].compliance, printed[i].types);
        for (int seal = 0; seal < 2; seal++) {
            const enum nw_qualified *row = seal ? printed[i].seal : printed[i].signature;
            unsigned purpose = seal ? NW_QUALIFIER_SEAL : NW_QUALIFIER_SIGNATURE;
            assert_int_equal(answer(seal, &cert, 0), row[0]);
            assert_int_equal(answer(seal, &cert, NW_QUALIFIER_NOT_QUALIFIED), row[1]);
            assert_int_equal(answer(seal, &cert, NW_QUALIFIER_NOT_QUALIFIED | purpose), row[1]);
            assert_int_equal(answer(seal, &cert, NW_QUALIFIER_STATEMENT), row[2]);
            assert_int_equal(answer(seal, &cert, purpose), row[3]);
            assert_int_equal(answer(seal, &cert, NW_QUALIFIER_STATEMENT | purpose), row[4]);
        }
    }
}

/* The thought behind the tables: somebody must say that the certificate is qualified (it itself or
 * QCStatement), and somebody for what (QCForE… or its types); the list's word comes first. A
 * certificate without a type that claims to be qualified is one for signatures. */
static enum nw_qualified thought(bool seal, bool compliance, unsigned types, unsigned apply)
{
    unsigned own = seal ? 2 : 1;
    bool purpose = (apply & (seal ? NW_QUALIFIER_SEAL : NW_QUALIFIER_SIGNATURE)) != 0;
    bool statement = (apply & NW_QUALIFIER_STATEMENT) != 0;
    bool not_qualified = (apply & NW_QUALIFIER_NOT_QUALIFIED) != 0;
    bool foreign = (apply & (seal ? NW_QUALIFIER_SIGNATURE : NW_QUALIFIER_SEAL)) != 0 ||
                   (apply & NW_QUALIFIER_WEB) != 0 ||
                   (!seal && (apply & NW_QUALIFIER_LEGAL_PERSON) != 0);
    if (foreign || (not_qualified && statement) || (apply & NW_QUALIFIER_UNKNOWN) != 0) {
        return I;
    }
    if (not_qualified || (!compliance && !statement)) {
        return N;
    }
    if (purpose) {
        return Y;
    }
    if (types == 0) {
        return !compliance ? I : seal ? N : Y;
    }
    if ((types & own) == 0) {
        return N;
    }
    return types == own ? Y : I;
}

static void every_combination_follows_the_thought_behind_it(void **state)
{
    (void)state;
    size_t yes = 0;
    for (unsigned c = 0; c < 2; c++) {
        for (unsigned types = 0; types < 8; types++) {
            struct nw_cert cert = with_statements(c == 1, types);
            for (unsigned apply = 0; apply <= NW_QUALIFIERS; apply++) {
                for (int seal = 0; seal < 2; seal++) {
                    enum nw_qualified want = thought(seal, c == 1, types, apply);
                    if (answer(seal, &cert, apply) != want) {
                        fail_msg("seal %d compliance %u types %u qualifiers %02x", seal, c, types,
                                 apply);
                    }
                    yes += want == Y;
                }
            }
        }
    }
    /* Table 1 says yes in 29 places, Table 2 in 27, and those twice: with and without LegalPerson.
     */
    assert_int_equal(yes, 29 + 2 * 27);
}

static void what_is_not_understood_leaves_it_open(void **state)
{
    (void)state;
    struct nw_cert seal = with_statements(true, 2);
    const char *why = NULL;
    for (unsigned bit = 1; bit <= NW_QUALIFIERS; bit <<= 1) { /* the rest says yes */
        const struct nw_qualifiers q = {.apply = NW_QUALIFIER_SEAL, .open = bit};
        assert_int_equal(nw_qualification_seal(&seal, &q, &why), I);
        assert_string_equal(why, "the list has a criterion that is not known");
    }
    assert_int_equal(answer(true, &seal, NW_QUALIFIER_SEAL), Y);
    assert_int_equal(answer(true, &seal, NW_QUALIFIER_SEAL | NW_QUALIFIER_UNKNOWN), I);
}

static void a_type_that_is_not_known_is_no_type_of_the_tables(void **state)
{
    (void)state;
    struct nw_cert pid = with_statements(true, 8); /* of a PID provider, nothing else */
    assert_int_equal(answer(false, &pid, 0), I);
    assert_int_equal(answer(true, &pid, NW_QUALIFIER_SEAL | NW_QUALIFIER_STATEMENT), I);
    struct nw_cert both = with_statements(true, 8 | 2);
    assert_int_equal(answer(true, &both, 0), Y);
    assert_int_equal(answer(false, &both, 0), N);
}

static void statements_that_cannot_be_read_leave_it_open(void **state)
{
    (void)state;
    struct nw_cert cert = with_statements(true, 2);
    assert_int_equal(answer(true, &cert, 0), Y);
    cert.ext_qc.n--;
    assert_int_equal(answer(true, &cert, 0), I);
    assert_int_equal(answer(true, &cert, NW_QUALIFIER_SEAL | NW_QUALIFIER_STATEMENT), I);
}

/* --- criteria --- */

/* Diagnostic notation would be longer: sets are written as the hex of their CBOR. OIDs: 2a03 is
 * 1.2.3 with one arc more by a letter: P1 2a0301, P2 2a0302. */
#define SEAL_IF(criteria) "81 82 08" criteria

static struct nw_cert plain(void)
{
    static const uint8_t subject[] = {0x30, 0x0f, 0x31, 0x0d, 0x30, 0x0b, 0x06, 0x03, 0x55,
                                      0x04, 0x0a, 0x0c, 0x04, 'D',  'R',  'V',  '!'};
    static const uint8_t policies[] = {0x30, 0x0e, 0x30, 0x05, 0x06, 0x03, 0x2a, 0x03,
                                       0x01, 0x30, 0x05, 0x06, 0x03, 0x2a, 0x03, 0x02};
    static const uint8_t eku[] = {0x30, 0x05, 0x06, 0x03, 0x2a, 0x03, 0x07};
    return (struct nw_cert){
        .subject = nw_slice(subject, sizeof subject),
        .ext_policies = nw_slice(policies, sizeof policies),
        .ext_eku = nw_slice(eku, sizeof eku),
        .has_key_usage = true,
        .key_usage = 1u << 1, /* nonRepudiation */
    };
}

enum outcome { APPLIES, NOT, OPEN };

static enum outcome outcome_of(const char *hex, const struct nw_cert *cert)
{
    struct nw_slice set = test_hex(hex);
    struct nw_qualifiers q = {0};
    if (!nw_qualification_valid(set)) {
        fail_msg("not valid: %s", hex);
    }
    nw_qualification_apply(set, cert, &q);
    assert_true(q.apply == 0 || q.open == 0);
    assert_true((q.apply | q.open) == 0 || (q.apply | q.open) == NW_QUALIFIER_SEAL);
    return q.open != 0 ? OPEN : q.apply != 0 ? APPLIES : NOT;
}

static const struct {
    const char *set;
    enum outcome outcome;
} criteria[] = {
    /* all [KeyUsage bit 1 set] and its twins: other value, other bit, two bits */
    {SEAL_IF("82 05 83 01 02 02"), APPLIES},
    {SEAL_IF("82 05 83 01 02 00"), NOT},
    {SEAL_IF("82 05 83 01 01 01"), NOT},
    {SEAL_IF("82 05 83 01 03 02"), APPLIES},
    {SEAL_IF("82 05 83 01 03 03"), NOT},
    {SEAL_IF("82 05 83 01 1901ff 02"), APPLIES}, /* all nine bits */
    {SEAL_IF("82 05 83 01 1901ff 190102"), NOT}, /* decipherOnly too */
    /* PolicySet: all of them */
    {SEAL_IF("82 05 82 02 43 2a0301"), APPLIES},
    {SEAL_IF("82 05 83 02 43 2a0301 43 2a0302"), APPLIES},
    {SEAL_IF("82 05 83 02 43 2a0301 43 2a0303"), NOT},
    {SEAL_IF("82 05 82 02 43 2a0303"), NOT},
    /* CertSubjectDNAttribute: organizationName, and a state as well */
    {SEAL_IF("82 05 82 03 43 55040a"), APPLIES},
    {SEAL_IF("82 05 83 03 43 55040a 43 550408"), NOT},
    /* ExtendedKeyUsage */
    {SEAL_IF("82 05 82 04 43 2a0307"), APPLIES},
    {SEAL_IF("82 05 82 04 43 2a0301"), NOT},
    /* all, atLeastOne, none over one that is met and one that is not */
    {SEAL_IF("83 05 82 02 43 2a0301 82 04 43 2a0301"), NOT},
    {SEAL_IF("83 06 82 02 43 2a0301 82 04 43 2a0301"), APPLIES},
    {SEAL_IF("83 07 82 02 43 2a0301 82 04 43 2a0301"), NOT},
    {SEAL_IF("82 06 82 04 43 2a0301"), NOT},
    {SEAL_IF("82 07 82 04 43 2a0301"), APPLIES},
    /* lists in lists, four deep: none of (any of (all of (policy 3))) */
    {SEAL_IF("82 05 82 07 82 06 82 05 82 02 43 2a0303"), APPLIES},
    {SEAL_IF("82 05 82 07 82 06 82 05 82 02 43 2a0301"), NOT},
    {SEAL_IF("83 05 82 02 43 2a0301 82 07 82 04 43 2a0307"), NOT},
    {SEAL_IF("83 05 82 02 43 2a0301 82 07 82 04 43 2a0308"), APPLIES},
    /* unknown, wherever it stands and whatever the rest comes to */
    {SEAL_IF("81 00"), OPEN},
    {SEAL_IF("82 05 81 00"), OPEN},
    {SEAL_IF("83 05 82 02 43 2a0303 81 00"), OPEN},
    {SEAL_IF("83 06 82 02 43 2a0301 81 00"), OPEN},
    {SEAL_IF("83 06 82 05 81 00 82 02 43 2a0301"), OPEN},
    {SEAL_IF("82 07 82 07 82 07 82 07 81 00"), OPEN},
};

static void criteria_are_met_or_not_or_open(void **state)
{
    (void)state;
    struct nw_cert cert = plain();
    for (size_t i = 0; i < ARRAY_LENGTH(criteria); i++) {
        enum outcome got = outcome_of(criteria[i].set, &cert);
        if (got != criteria[i].outcome) {
            fail_msg("%s: %d", criteria[i].set, (int)got);
        }
    }
}

/* TS 119 612 5.5.9.2.2.1: the extension must be there, also where no bit is to be set. */
static void an_extension_that_is_absent_meets_nothing(void **state)
{
    (void)state;
    struct nw_cert bare = {0};
    assert_int_equal(outcome_of(SEAL_IF("82 05 83 01 01 00"), &bare), NOT);
    assert_int_equal(outcome_of(SEAL_IF("82 07 83 01 01 00"), &bare), APPLIES);
    assert_int_equal(outcome_of(SEAL_IF("82 05 82 02 43 2a0301"), &bare), NOT);
    assert_int_equal(outcome_of(SEAL_IF("82 05 82 03 43 55040a"), &bare), NOT);
    assert_int_equal(outcome_of(SEAL_IF("82 05 82 04 43 2a0307"), &bare), NOT);
}

static void elements_and_sets_add_up(void **state)
{
    (void)state;
    struct nw_cert cert = plain();
    struct nw_qualifiers q = {0};
    /* QCForESeal if policy 1, QCStatement if policy 3, NotQualified if something unknown */
    nw_qualification_apply(
        test_hex("83 82 08 82 05 82 02 43 2a0301 82 02 82 05 82 02 43 2a0303 82 01 81 00"), &cert,
        &q);
    assert_int_equal(q.apply, NW_QUALIFIER_SEAL);
    assert_int_equal(q.open, NW_QUALIFIER_NOT_QUALIFIED);
    /* another service: QCStatement and QCForLegalPerson if policy 2 */
    nw_qualification_apply(test_hex("81 82 18 22 82 05 82 02 43 2a0302"), &cert, &q);
    assert_int_equal(q.apply,
                     NW_QUALIFIER_SEAL | NW_QUALIFIER_STATEMENT | NW_QUALIFIER_LEGAL_PERSON);
    nw_qualification_apply(NW_SLICE_EMPTY, &cert, &q);
    assert_int_equal(q.open, NW_QUALIFIER_NOT_QUALIFIED);
}

static void sets_of_another_shape_are_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "80",                                   /* no element */
        "a0",                                   /* no array */
        "8108",                                 /* an element that is none */
        SEAL_IF("82 05 83 01 02 02") "00",      /* something behind it */
        "81 83 08 82 05 83 01 02 02 00",        /* an element of three */
        "81 82 00 82 05 83 01 02 02",           /* no qualifier */
        "81 82 18 80 82 05 83 01 02 02",        /* an eighth qualifier */
        SEAL_IF("83 01 02 02"),                 /* a criterion in the place of a list */
        SEAL_IF("81 05"),                       /* an empty list */
        SEAL_IF("82 00 81 00"),                 /* unknown, with content */
        SEAL_IF("82 05 83 01 00 00"),           /* no bit */
        SEAL_IF("82 05 83 01 190200 190200"),   /* a tenth bit */
        SEAL_IF("82 05 83 01 02 03"),           /* a value outside the mask */
        SEAL_IF("82 05 82 01 02"),              /* no value */
        SEAL_IF("82 05 84 01 02 02 02"),        /* two */
        SEAL_IF("82 05 81 02"),                 /* no OID */
        SEAL_IF("82 05 82 02 40"),              /* an empty one */
        SEAL_IF("82 05 82 02 63 2a0301"),       /* text */
        SEAL_IF("82 05 82 08 82 02 43 2a0301"), /* an eighth kind */
        SEAL_IF("82 05 82 05 82 05 82 05 82 05 82 02 43 2a0301"), /* five deep */
        SEAL_IF("82 05 82 05 82 05 82 05 82 05 81 00"),
        SEAL_IF("82 05 83 01 1802 02"), /* not shortest */
    };
    assert_true(nw_qualification_valid(NW_SLICE_EMPTY));
    assert_true(nw_qualification_valid(test_hex(SEAL_IF("82 05 83 01 02 02"))));
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        if (nw_qualification_valid(test_hex(rows[i]))) {
            fail_msg("valid: %s", rows[i]);
        }
    }
}

/* Bytes that are no set: nothing applies for sure, nothing is read outside. */
static void cuts_of_a_set_are_safe(void **state)
{
    (void)state;
    struct nw_cert cert = plain();
    struct nw_slice set =
        test_hex("82 82 08 83 06 82 02 43 2a0301 81 00 82 02 82 05 82 07 82 04 43 2a0307");
    for (size_t n = 1; n < set.n; n++) {
        struct nw_qualifiers q = {0};
        uint8_t *exact = malloc(n); /* of its own, so that reading on is seen */
        assert_non_null(exact);
        memcpy(exact, set.p, n);
        assert_false(nw_qualification_valid(nw_slice(exact, n)));
        nw_qualification_apply(nw_slice(exact, n), &cert, &q);
        free(exact);
    }
}

static void a_public_body_is_what_its_statement_says(void **state)
{
    (void)state;
    struct nw_public_body body;
    struct nw_cert cert = with_statements(true, 2);
    assert_false(nw_qualification_public_body(&cert, NW_OID_QC_PSB, &body));
    /* QcPSB {"EU", "Register", "Reg. 883"} under 0.4.0.194126.1.3 */
    struct nw_slice qc = test_hex("3025 3023 0607 04008bec4e0103 3018 1302 4555 0c08 "
                                  "5265676973746572 0c08 5265672e20383833");
    cert.der = qc;
    cert.ext_qc = qc;
    assert_false(nw_qualification_public_body(&cert, "0.4.0.1862.1.10", &body));
    assert_true(nw_qualification_public_body(&cert, NW_OID_QC_PSB, &body));
    assert_string_equal(body.country, "EU");
    assert_true(nw_slice_is(body.source, "Register"));
    assert_true(nw_slice_is(body.legislation, "Reg. 883"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_cell_is_as_printed, setup, teardown),
        cmocka_unit_test_setup_teardown(every_combination_follows_the_thought_behind_it, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_not_understood_leaves_it_open, setup, teardown),
        cmocka_unit_test_setup_teardown(a_type_that_is_not_known_is_no_type_of_the_tables, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(statements_that_cannot_be_read_leave_it_open, setup,
                                        teardown),
        cmocka_unit_test(criteria_are_met_or_not_or_open),
        cmocka_unit_test(an_extension_that_is_absent_meets_nothing),
        cmocka_unit_test(elements_and_sets_add_up),
        cmocka_unit_test(sets_of_another_shape_are_refused),
        cmocka_unit_test(cuts_of_a_set_are_safe),
        cmocka_unit_test_setup_teardown(a_public_body_is_what_its_statement_says, setup, teardown),
    };
    return run_once("qualification", tests, ARRAY_LENGTH(tests));
}
