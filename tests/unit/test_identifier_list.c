/* Identifier lists and the status of an MSO (ISO/IEC 18013-5, second edition, 12.3.6). */
#include "status/status.h"
#include "support.h"
#include "test_pki.h"

#define URI "https://status.test/ids/1"

/* What is made otherwise; zero: as it should be. */
struct list {
    const char *typ, *sub;
    bool both, no_identifiers, text_id;
    int64_t exp;
};

static void make(const struct list *l, struct nw_buf *out)
{
    struct nw_buf b = NW_BUF(4096);
    const struct nw_cose_headers headers = {
        .typ = l->typ != NULL ? l->typ : "application/identifierlist+cwt",
        .chain = true,
        .chain_protected = true,
        .tagged = true};
    nw_cbor_put_map(&b, l->both ? 5 : 4);
    nw_cbor_put_uint(&b, 2);
    nw_cbor_put_text(&b, nw_str(l->sub != NULL ? l->sub : URI));
    nw_cbor_put_uint(&b, 4);
    nw_cbor_put_int(&b, l->exp != 0 ? l->exp : TEST_NOW + 60);
    nw_cbor_put_uint(&b, 6);
    nw_cbor_put_int(&b, TEST_NOW - 60);
    nw_cbor_put_uint(&b, 65530);
    nw_cbor_put_map(&b, 1);
    nw_cbor_put_text(&b, nw_str(l->no_identifiers ? "other" : "identifiers"));
    nw_cbor_put_map(&b, 2);
    for (int i = 1; i <= 2; i++) {
        const uint8_t id[] = {0xab, (uint8_t)i};
        if (l->text_id) {
            nw_cbor_put_text(&b, nw_str(i == 1 ? "a" : "b"));
        } else {
            nw_cbor_put_bytes(&b, nw_slice(id, sizeof id));
        }
        nw_cbor_put_map(&b, 0);
    }
    if (l->both) {
        nw_cbor_put_uint(&b, 65533);
        nw_cbor_put_map(&b, 0);
    }
    assert_ok(nw_cose_sign(test_pki()->status, &headers, nw_buf_slice(&b), out));
    nw_buf_free(&b);
}

static struct nw_checks checks;

static enum nw_err look(const struct list *l, const char *id, bool *listed)
{
    static struct nw_status_token token;
    struct nw_identifier_list list;
    struct nw_buf cwt = NW_BUF(1u << 16);
    memset(&checks, 0, sizeof checks);
    make(l, &cwt);
    enum nw_err e = nw_status_token_parse(nw_buf_slice(&cwt), &token, &checks, NULL);
    if (e == NW_OK) {
        e = nw_identifier_list_open(test_crypto(), &token, nw_signer_pubkey(test_pki()->status),
                                    URI, TEST_NOW, 0, &list, &checks, NULL);
        if (e == NW_OK) {
            *listed = nw_identifier_list_has(&list, test_hex(id));
        }
        nw_status_token_free(&token);
    }
    nw_buf_free(&cwt);
    return e;
}

static void who_is_listed_is_revoked(void **state)
{
    (void)state;
    const struct list good = {.exp = 0}, brief = {.typ = "identifierlist+cwt"};
    bool listed = false;
    assert_ok(look(&good, "ab01", &listed));
    assert_true(listed);
    assert_true(nw_check_passed(&checks, "STS-02") && nw_check_passed(&checks, "STS-03") &&
                nw_check_passed(&checks, "STS-04"));
    assert_ok(look(&good, "ab03", &listed));
    assert_false(listed);
    assert_ok(look(&brief, "ab02", &listed));
    assert_true(listed);
}

static void each_rule_refuses_its_one_fault(void **state)
{
    (void)state;
    static const struct {
        struct list list;
        const char *rule;
        enum nw_err err;
    } rows[] = {
        {{.typ = "application/statuslist+cwt"}, "STS-02", NW_ERR_TYP},
        {{.typ = "application/other+cwt"}, "STS-02", NW_ERR_TYP},
        {{.sub = "https://status.test/ids/2"}, "STS-03", NW_ERR_STATUS_SUBJECT},
        {{.exp = TEST_NOW - 1}, "STS-03", NW_ERR_STATUS_EXPIRED},
        {{.both = true}, "STS-04", NW_ERR_STATUS_FORM},
        {{.no_identifiers = true}, "STS-04", NW_ERR_STATUS_FORM},
        {{.text_id = true}, "STS-04", NW_ERR_STATUS_FORM},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        bool listed = false;
        assert_err(look(&rows[i].list, "ab01", &listed), rows[i].err);
        assert_true(nw_check_failed(&checks, rows[i].rule));
    }
}

static void an_identifier_list_is_no_status_list(void **state)
{
    (void)state;
    const struct list good = {.exp = 0};
    static struct nw_status_token token;
    struct nw_status_list list;
    struct nw_buf cwt = NW_BUF(1u << 16);
    make(&good, &cwt);
    assert_ok(nw_status_token_parse(nw_buf_slice(&cwt), &token, NULL, NULL));
    assert_true(token.identifiers);
    assert_err(nw_status_list_open(test_crypto(), &token, nw_signer_pubkey(test_pki()->status), URI,
                                   TEST_NOW, 0, &list, NULL, NULL),
               NW_ERR_TYP);
    nw_status_token_free(&token);
    nw_buf_free(&cwt);
}

/* {"status_list": {"idx": 7, "uri": "a:b"}} and {"identifier_list": {"id": h'ab01', "uri": "a:b"}}
 */
#define LIST                                                                                       \
    "6b7374617475735f6c697374a26369647807637572696"                                                \
    "3613a62"
#define IDS                                                                                        \
    "6f6964656e7469666965725f6c697374a262696442ab01637572696"                                      \
    "3613a62"

static void the_status_of_an_mso_is_one_of_two_kinds(void **state)
{
    (void)state;
    struct nw_status_ref ref;
    assert_ok(nw_status_ref_mso(NW_SLICE_EMPTY, &ref, NULL));
    assert_false(ref.present);
    assert_ok(nw_status_ref_mso(test_hex("a1" LIST), &ref, NULL));
    assert_true(ref.present && !ref.identifier && ref.idx == 7);
    assert_ok(nw_status_ref_mso(test_hex("a1" IDS), &ref, NULL));
    assert_true(ref.present && ref.identifier && ref.id_n == 2 && ref.id[0] == 0xab);
    assert_string_equal(ref.uri, "a:b");
    assert_err(nw_status_ref_mso(test_hex("a2" LIST IDS), &ref, NULL), NW_ERR_CLAIM_RANGE);
    assert_err(nw_status_ref_mso(test_hex("a0"), &ref, NULL), NW_ERR_CLAIM_MISSING);
    assert_err(nw_status_ref_mso(test_hex("a16f6964656e7469666965725f6c697374a1637572696"
                                          "3613a62"),
                                 &ref, NULL),
               NW_ERR_CLAIM_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_listed_is_revoked),
        cmocka_unit_test(each_rule_refuses_its_one_fault),
        cmocka_unit_test(an_identifier_list_is_no_status_list),
        cmocka_unit_test(the_status_of_an_mso_is_one_of_two_kinds),
    };
    return run_on_both("identifier_list", tests, ARRAY_LENGTH(tests));
}
