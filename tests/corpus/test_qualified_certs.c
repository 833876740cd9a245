/*
 * The certificates that sign the EU's lists ($NW_DATA/tl/oj, pins-lotl390) are
 * themselves seals and signatures of many providers: what they state of being
 * qualified, against a search for the bytes of the statements.
 */
#include "crypto/cert_qc.h"
#include "support.h"
#include "test_tl.h"
#include "trust/qualification.h"

/* OBJECT IDENTIFIERs as they stand in DER. */
#define COMPLIANCE "060604008e460101"
#define TYPE(n) "060704008e4601060" n

static bool holds(struct nw_slice der, const char *hex)
{
    struct nw_slice part = test_hex(hex);
    for (size_t i = 0; i + part.n <= der.n; i++) {
        if (nw_slice_eq(nw_slice_sub(der, i, part.n), part)) {
            return true;
        }
    }
    return false;
}

struct tally {
    size_t certs, seals, signatures;
};

/* A certificate without qualifiers from a list: column 1 of the tables. */
static void look_at(struct nw_slice der, struct tally *t)
{
    struct nw_cert cert;
    struct nw_cert_qc qc;
    const struct nw_qualifiers none = {0};
    const char *why = NULL;
    assert_ok(nw_cert_listed(der, &cert, NULL));
    assert_ok(nw_cert_qc_read(&cert, NULL, &qc, NULL));
    unsigned types = (holds(der, TYPE("1")) ? NW_QC_SIGNATURE : 0) |
                     (holds(der, TYPE("2")) ? NW_QC_SEAL : 0) |
                     (holds(der, TYPE("3")) ? NW_QC_WEB : 0);
    bool compliance = holds(der, COMPLIANCE);
    assert_int_equal(qc.compliance, compliance);
    assert_int_equal(qc.types, types);
    bool seal = compliance && types == NW_QC_SEAL;
    bool signature = compliance && (types == 0 || types == NW_QC_SIGNATURE);
    assert_int_equal(nw_qualification_seal(&cert, &none, &why) == NW_QUALIFIED_YES, seal);
    assert_int_equal(nw_qualification_signature(&cert, &none, &why) == NW_QUALIFIED_YES, signature);
    t->certs++;
    t->seals += seal;
    t->signatures += signature;
    test_reset();
}

static void look_at_all(const char *name, struct tally *t)
{
    struct nw_slice der;
    for (size_t i = 0; (der = test_tl_pem(name, i)).n > 0; i++) {
        look_at(der, t);
    }
}

static void signers_of_lists_state_what_they_are(void **state)
{
    (void)state;
    static const char *const names[] = {
        "oj/OJ-2019-C-276-01.pem", "oj/OJ-C-2026-1944.pem", "pins-lotl390/AT.pem",
        "pins-lotl390/BE.pem",     "pins-lotl390/BG.pem",   "pins-lotl390/CY.pem",
        "pins-lotl390/CZ.pem",     "pins-lotl390/DE.pem",   "pins-lotl390/DK.pem",
        "pins-lotl390/EE.pem",     "pins-lotl390/EL.pem",   "pins-lotl390/ES.pem",
        "pins-lotl390/EU.pem",     "pins-lotl390/FI.pem",   "pins-lotl390/FR.pem",
        "pins-lotl390/HR.pem",     "pins-lotl390/HU.pem",   "pins-lotl390/IE.pem",
        "pins-lotl390/IS.pem",     "pins-lotl390/IT.pem",   "pins-lotl390/LI.pem",
        "pins-lotl390/LT.pem",     "pins-lotl390/LU.pem",   "pins-lotl390/LV.pem",
        "pins-lotl390/MT.pem",     "pins-lotl390/NL.pem",   "pins-lotl390/NO.pem",
        "pins-lotl390/PL.pem",     "pins-lotl390/PT.pem",   "pins-lotl390/RO.pem",
        "pins-lotl390/SE.pem",     "pins-lotl390/SI.pem",   "pins-lotl390/SK.pem",
    };
    struct tally t = {0};
    if (test_data("tl") == NULL) {
        skip();
    }
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        look_at_all(names[i], &t);
    }
    assert_int_equal(t.certs, 120);
    print_message("%zu certificates: %zu seals, %zu signatures\n", t.certs, t.seals, t.signatures);
    assert_true(t.seals > 5);
    assert_true(t.signatures > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signers_of_lists_state_what_they_are),
    };
    return run_once("qualified_certs", tests, ARRAY_LENGTH(tests));
}
