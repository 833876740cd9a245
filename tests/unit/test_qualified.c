/*
 * The way from a public body's certificate to the QTSP on its national list
 * (TS 119 615 4.3, 4.4): a whole chain, and each of its links broken.
 */
#include "base/date.h"
#include "test_qc.h"
#include "test_trust.h"
#include "trust/qualified.h"

#define SINCE (TEST_NOW - 300 * NW_DAY)  /* the CA was granted */
#define ISSUED (TEST_NOW - 100 * NW_DAY) /* the certificate begins */
#define NATIONAL "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric"

/* [[qualifiers, [5, [1, 1, bit]]]]: for certificates whose digitalSignature is bit. Those here have
 * it. */
#define WHEN_KEY_USAGE(qualifiers, bit)                                                            \
    {                                                                                              \
        0x81, 0x82, (qualifiers), 0x82, 0x05, 0x83, 0x01, 0x01, (bit)                              \
    }

struct party { /* a certificate to be made */
    const char *key, *name, *organisation, *country;
    const char *issuer_key;
    struct nw_slice issuer; /* certificate, empty: itself */
    int64_t not_before, not_after;
    struct test_qc qc;
    bool ca;
};

struct world { /* what the bundle says, and the chain */
    struct party ca_party, leaf_party;
    struct nw_slice ca, leaf, middle;
    struct nw_buf bytes[3];
    struct test_trust t;
    struct nw_slice sets[2];
    struct nw_bundle_other_ca other;
    struct nw_bundle_note note;
    struct nw_seal_policy policy;
    int64_t signed_at, at;
};

static struct world w;

static struct nw_slice make(const struct party *p, struct nw_buf *out)
{
    struct nw_signer *key = test_signer(test_crypto(), p->key);
    struct nw_signer *issuer_key = test_signer(test_crypto(), p->issuer_key);
    struct nw_cert issuer;
    struct nw_buf qc = NW_BUF(512);
    test_qc_put(&qc, &p->qc);
    if (p->issuer.n > 0) {
        assert_ok(nw_cert_parse(p->issuer, &issuer, NULL));
    }
    const struct nw_cert_template t = {
        .common_name = p->name,
        .organisation = p->organisation,
        .country = p->country,
        .organisation_id = p->ca ? NULL : "GOVPL-1",
        .issuer = p->issuer.n > 0 ? &issuer : NULL,
        .subject = nw_signer_pubkey(key),
        .serial = {1, (uint8_t)p->name[0]},
        .not_before = p->not_before,
        .not_after = p->not_after,
        .ca = p->ca,
        .path_len = -1,
        .qc_statements = p->ca ? NW_SLICE_EMPTY : nw_buf_slice(&qc),
    };
    nw_buf_free(out);
    *out = NW_BUF(NW_MAX_CERT);
    assert_ok(nw_cert_make(test_crypto(), &t, issuer_key, out));
    nw_buf_free(&qc);
    nw_signer_free(&key);
    nw_signer_free(&issuer_key);
    return nw_buf_slice(out);
}

static void make_chain(void)
{
    w.ca = make(&w.ca_party, &w.bytes[0]);
    w.leaf_party.issuer = w.ca;
    w.leaf = make(&w.leaf_party, &w.bytes[1]);
    w.t.services[2].certs[0] = w.ca;
}

/* A chain with nothing wrong: PL's list names the CA of "XA QTSP", for seals, since SINCE. */
static int setup(void **state)
{
    (void)state;
    memset(&w, 0, sizeof w);
    test_trust_fill(&w.t);
    w.ca_party = (struct party){.key = "test qtsp ca",
                                .name = "QTSP CA",
                                .organisation = "XA QTSP",
                                .country = "PL",
                                .issuer_key = "test qtsp ca",
                                .not_before = TEST_NOT_BEFORE,
                                .not_after = TEST_NOT_AFTER,
                                .ca = true};
    w.leaf_party = (struct party){.key = "test body",
                                  .name = "Body seal",
                                  .organisation = "Public body",
                                  .country = "PL",
                                  .issuer_key = "test qtsp ca",
                                  .not_before = ISSUED,
                                  .not_after = TEST_NOT_AFTER,
                                  .qc = {.compliance = true, .types = 2, .psb_country = "PL"}};
    w.t.sources[1].name = nw_str("eu/PL");
    w.t.sources[1].list_type = nw_str(NATIONAL);
    w.t.sources[1].territory = nw_str("PL");
    w.t.sources[1].sequence = 5;
    w.t.entities[1] = (struct nw_bundle_entity){nw_str("VATPL-1"), nw_str("XA QTSP"), nw_str("PL"),
                                                1, NW_SLICE_EMPTY};
    w.t.services[2] =
        (struct nw_bundle_service){.role = NW_ROLE_QCERT_CA,
                                   .entity = 1,
                                   .cert_n = 1,
                                   .periods = {{NW_TRUST_GRANTED, SINCE, 0, NW_USE_SEALS, 0}},
                                   .period_n = 1};
    w.t.content.service_n = 3;
    w.signed_at = TEST_NOW - NW_DAY;
    w.at = TEST_NOW;
    make_chain();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(w.bytes); i++) {
        nw_buf_free(&w.bytes[i]);
    }
    return 0;
}

static struct nw_checks checks;
static struct nw_seal_path path;

static enum nw_err follow(void)
{
    struct nw_buf file;
    struct nw_diag d = {0};
    struct nw_slice chain[] = {w.leaf, w.middle};
    memset(&checks, 0, sizeof checks);
    struct nw_bundle *b = test_trust_open(&w.t, &file);
    enum nw_err e =
        nw_seal_path(test_crypto(), b, NW_CERT_ATTESTATION, chain, w.middle.n > 0 ? 2 : 1,
                     w.signed_at, w.at, &w.policy, &path, &checks, &d);
    nw_bundle_free(&b);
    nw_buf_free(&file);
    assert_int_equal(e == NW_OK, path.link == NW_LINK_WHOLE);
    assert_int_equal(d.code, e);
    return e;
}

/* The rules up to the broken one have passed, that one fails with its error, those after it were
 * not done. */
static void assert_broken(enum nw_seal_link link, int rule, enum nw_err e)
{
    assert_err(follow(), e);
    assert_string_equal(nw_seal_link_name(path.link), nw_seal_link_name(link));
    for (int i = 1; i <= 6; i++) {
        char id[8];
        (void)snprintf(id, sizeof id, "QC-0%d", i);
        const struct nw_check *c = nw_check_find(&checks, id);
        assert_non_null(c);
        assert_int_equal(c->result, i < rule ? NW_PASS : i == rule ? NW_FAIL : NW_NOT_DONE);
        assert_int_equal(c->err, i == rule ? e : NW_OK);
    }
}

static void assert_seal(void)
{
    assert_ok(follow());
    assert_int_equal(path.answer, NW_SEAL_SEAL);
    for (int i = 1; i <= 6; i++) {
        char id[8];
        (void)snprintf(id, sizeof id, "QC-0%d", i);
        assert_true(nw_check_passed(&checks, id));
    }
}

static void a_public_bodys_seal_is_followed_to_the_qtsp(void **state)
{
    (void)state;
    assert_seal();
    assert_string_equal(path.qtsp.name, "XA QTSP");
    assert_string_equal(path.territory, "PL");
    assert_string_equal(path.list, "eu/PL");
    assert_int_equal(path.number, 5);
    assert_int_equal(path.qtsp.since, SINCE);
    assert_string_equal(path.body_id, "GOVPL-1");
    assert_string_equal(path.body_name, "Public body");
    assert_string_equal(path.body_country, "PL");
    assert_true(nw_check_passed(&checks, "X5-01"));
    assert_false(path.stale);
}

static void without_a_list_of_that_state_nothing_is_known(void **state)
{
    (void)state;
    w.t.sources[1].territory = nw_str("CZ");
    assert_broken(NW_LINK_NO_LIST, 1, NW_ERR_QUAL_LIST);
    w.t.sources[1].territory = nw_str("PL");
    w.t.sources[1].list_type = nw_str("http://uri.etsi.org/19602/LoTEType/EUPIDProvidersList");
    assert_broken(NW_LINK_NO_LIST, 1, NW_ERR_QUAL_LIST);
}

static void a_refused_list_is_named_with_its_reason(void **state)
{
    (void)state;
    w.t.sources[1].territory = nw_str("CZ");
    w.note = (struct nw_bundle_note){NW_NOTE_REFUSED,  nw_str("list"),
                                     nw_str("pl.xml"), nw_str("none of the 2 that were named"),
                                     nw_str("PL"),     nw_str("TSL_SIGNER")};
    w.t.content.notes = &w.note;
    w.t.content.note_n = 1;
    assert_broken(NW_LINK_LIST_REFUSED, 1, NW_ERR_QUAL_LIST);
    assert_non_null(strstr(nw_check_find(&checks, "QC-01")->detail, "TSL_SIGNER"));
    assert_non_null(strstr(nw_check_find(&checks, "QC-01")->detail, "none of the 2"));
    w.note.territory = nw_str("EU");
    w.note.error = nw_str("TSL_PIVOT");
    assert_broken(NW_LINK_LIST_REFUSED, 1, NW_ERR_QUAL_LIST);
    assert_non_null(strstr(nw_check_find(&checks, "QC-01")->detail, "list of lists: TSL_PIVOT"));
    w.note.territory = nw_str("SK");
    assert_broken(NW_LINK_NO_LIST, 1, NW_ERR_QUAL_LIST);
}

static void a_lapsed_list_counts_as_long_as_the_grace(void **state)
{
    (void)state;
    w.t.sources[1].next_update = TEST_NOW - 10;
    w.policy.grace = 10;
    assert_seal();
    assert_true(path.stale);
    w.policy.grace = 9;
    assert_broken(NW_LINK_LIST_LAPSED, 1, NW_ERR_QUAL_LIST);
    w.t.sources[1].next_update = TEST_NOW;
    assert_seal();
    assert_false(path.stale);
}

static void el_and_uk_are_gr_and_gb(void **state)
{
    (void)state;
    w.t.sources[1].territory = nw_str("EL");
    w.ca_party.country = "GR";
    make_chain();
    assert_seal();
    assert_string_equal(path.territory, "GR");
    w.ca_party.country = "EL";
    make_chain();
    assert_seal();
}

static void a_ca_that_is_not_listed_is_none(void **state)
{
    (void)state;
    w.t.services[2].certs[0] = test_pki()->other_anchor;
    assert_broken(NW_LINK_NOT_LISTED, 2, NW_ERR_QUAL_CA);
    assert_int_equal(nw_check_find(&checks, "X5-01")->result, NW_NOT_DONE);
    assert_string_equal(path.qtsp.name, "");
}

static void a_listed_service_of_another_role_is_no_ca(void **state)
{
    (void)state;
    w.t.services[2].role = NW_ROLE_PUBEAA_ISSUE;
    assert_broken(NW_LINK_NOT_LISTED, 2, NW_ERR_QUAL_CA);
    w.t.services[2].role = NW_ROLE_QEAA;
    assert_broken(NW_LINK_NOT_LISTED, 2, NW_ERR_QUAL_CA);
}

static void a_ca_listed_for_something_else_is_named(void **state)
{
    (void)state;
    struct nw_cert ca;
    assert_ok(nw_cert_parse(w.ca, &ca, NULL));
    assert_ok(nw_sha256(test_crypto(), ca.subject, w.other.subject));
    w.other.entity = 1;
    w.t.services[2].certs[0] = test_pki()->other_anchor;
    w.t.content.others = &w.other;
    w.t.content.other_n = 1;
    assert_broken(NW_LINK_NEVER_FOR_SEALS, 2, NW_ERR_QUAL_CA);
    w.other.entity = 0; /* on another list */
    assert_broken(NW_LINK_NOT_LISTED, 2, NW_ERR_QUAL_CA);
}

static void a_ca_of_another_states_list_is_refused(void **state)
{
    (void)state;
    w.t.sources[0].list_type = nw_str(NATIONAL);
    w.t.sources[0].territory = nw_str("SK");
    w.t.services[2].entity = 0; /* of SK's list; the certificate says PL */
    assert_broken(NW_LINK_OTHER_STATE, 2, NW_ERR_QUAL_CA);
}

static void the_same_name_with_another_key_is_not_the_ca(void **state)
{
    (void)state;
    w.ca_party.key = w.ca_party.issuer_key = "test impostor";
    w.t.services[2].certs[0] = make(&w.ca_party, &w.bytes[2]);
    assert_broken(NW_LINK_PATH, 2, NW_ERR_QUAL_CA);
    assert_true(nw_check_failed(&checks, "X5-01"));
}

static void expired_certificates_break_the_path(void **state)
{
    (void)state;
    w.ca_party.not_after = TEST_NOW - 1;
    make_chain();
    assert_broken(NW_LINK_EXPIRED, 2, NW_ERR_QUAL_CA);
    assert_non_null(strstr(path.why, "anchor has expired"));
    w.ca_party.not_after = TEST_NOT_AFTER;
    w.leaf_party.not_after = TEST_NOW - 1;
    make_chain();
    assert_broken(NW_LINK_EXPIRED, 2, NW_ERR_QUAL_CA);
    assert_non_null(strstr(path.why, "signer has expired"));
    w.leaf_party.not_after = TEST_NOW;
    make_chain();
    assert_seal();
}

static void a_name_or_trade_name_has_to_fit(void **state)
{
    (void)state;
    struct nw_bundle_entity *e = &w.t.entities[1];
    e->name = nw_str("xa  qtsp"); /* RFC 5280 7.1: case and runs of spaces do not count */
    assert_seal();
    e->name = nw_str("Other QTSP");
    assert_broken(NW_LINK_NAME, 3, NW_ERR_QUAL_NAME);
    assert_non_null(strstr(path.why, "XA QTSP, the list says Other QTSP"));
    e->id = nw_str("XA QTSP"); /* where the first trade name stands */
    assert_seal();
    e->id = nw_str("VATPL-1");
    static const uint8_t more[] = {0x82, 0x61, 'Z', 0x67, 'X', 'A', ' ', 'Q', 'T', 'S', 'P'};
    e->names = nw_slice(more, sizeof more);
    assert_seal();
}

static void a_ca_without_organisation_goes_by_its_whole_name(void **state)
{
    (void)state;
    w.ca_party.organisation = NULL;
    make_chain();
    assert_seal();
}

static void one_ca_of_several_providers_is_refused(void **state)
{
    (void)state;
    struct nw_bundle_service services[4];
    memcpy(services, w.t.services, sizeof w.t.services);
    services[3] = services[2];
    w.t.content.services = services;
    w.t.content.service_n = 4;
    assert_seal();
    struct nw_bundle_entity entities[3] = {w.t.entities[0], w.t.entities[1], w.t.entities[1]};
    entities[2].name = nw_str("XB QTSP");
    w.t.content.entities = entities;
    w.t.content.entity_n = 3;
    services[3].entity = 2;
    assert_broken(NW_LINK_NAME, 3, NW_ERR_QUAL_NAME);
}

static void set_periods(struct nw_bundle_period a, struct nw_bundle_period b)
{
    w.t.services[2].periods[0] = a;
    w.t.services[2].periods[1] = b;
    w.t.services[2].period_n = 2;
}

static void a_ca_has_to_be_for_seals_then(void **state)
{
    (void)state;
    w.t.services[2].periods[0].uses = NW_USE_SIGNATURES;
    assert_broken(NW_LINK_NOT_FOR_SEALS, 4, NW_ERR_QUAL_STATUS);
    assert_false(path.at_issue);
    /* for seals since the certificate was issued */
    set_periods(
        (struct nw_bundle_period){NW_TRUST_GRANTED, SINCE, ISSUED + 1, NW_USE_SIGNATURES, 0},
        (struct nw_bundle_period){NW_TRUST_GRANTED, ISSUED + 1, 0, NW_USE_SEALS, 0});
    assert_broken(NW_LINK_NOT_FOR_SEALS, 4, NW_ERR_QUAL_STATUS);
    assert_true(path.at_issue);
    set_periods((struct nw_bundle_period){NW_TRUST_GRANTED, SINCE, ISSUED, NW_USE_SIGNATURES, 0},
                (struct nw_bundle_period){NW_TRUST_GRANTED, ISSUED, 0, NW_USE_SEALS, 0});
    assert_seal();
}

static void withdrawn_before_it_signed_or_before_it_was_issued(void **state)
{
    (void)state;
    const int64_t cut = w.signed_at;
    set_periods((struct nw_bundle_period){NW_TRUST_GRANTED, SINCE, cut, NW_USE_SEALS, 0},
                (struct nw_bundle_period){NW_TRUST_WITHDRAWN, cut, 0, NW_USE_SEALS, 0});
    assert_broken(NW_LINK_WITHDRAWN, 4, NW_ERR_QUAL_STATUS);
    assert_false(path.at_issue);
    assert_int_equal(path.answer, NW_SEAL_NO);
    w.signed_at = cut - 1; /* withdrawn since: what it was when it signed counts */
    assert_seal();
    assert_int_equal(path.qtsp.until, cut);
    set_periods((struct nw_bundle_period){NW_TRUST_WITHDRAWN, SINCE, ISSUED + 1, NW_USE_SEALS, 0},
                (struct nw_bundle_period){NW_TRUST_GRANTED, ISSUED + 1, 0, NW_USE_SEALS, 0});
    assert_broken(NW_LINK_WITHDRAWN, 4, NW_ERR_QUAL_STATUS);
    assert_true(path.at_issue);
    /* the entry of the end names no use */
    set_periods((struct nw_bundle_period){NW_TRUST_GRANTED, SINCE, cut, NW_USE_SEALS, 0},
                (struct nw_bundle_period){NW_TRUST_WITHDRAWN, cut, 0, 0, 0});
    w.signed_at = cut;
    assert_broken(NW_LINK_WITHDRAWN, 4, NW_ERR_QUAL_STATUS);
}

static void granted_only_after_the_certificate_was_issued(void **state)
{
    (void)state;
    w.t.services[2].periods[0].from = ISSUED + 1;
    assert_broken(NW_LINK_NOT_YET, 4, NW_ERR_QUAL_STATUS);
    assert_true(path.at_issue);
    w.t.services[2].periods[0].from = ISSUED;
    assert_seal();
    w.t.services[2].periods[0].from = w.signed_at + 1;
    assert_broken(NW_LINK_NOT_YET, 4, NW_ERR_QUAL_STATUS);
    assert_false(path.at_issue);
}

static void two_services_with_different_status_leave_it_open(void **state)
{
    (void)state;
    struct nw_bundle_service services[4];
    memcpy(services, w.t.services, sizeof w.t.services);
    services[3] = services[2];
    services[3].periods[0].status = NW_TRUST_WITHDRAWN;
    w.t.content.services = services;
    w.t.content.service_n = 4;
    assert_broken(NW_LINK_STATUS_OPEN, 4, NW_ERR_QUAL_OPEN);
    assert_int_equal(path.answer, NW_SEAL_OPEN);
    services[3].periods[0].uses = NW_USE_SIGNATURES; /* for something else: no contradiction */
    assert_seal();
    services[3].periods[0] = services[2].periods[0];
    services[3].periods[0].uses |= NW_USE_OPEN;
    assert_broken(NW_LINK_STATUS_OPEN, 4, NW_ERR_QUAL_OPEN);
}

/* The certificates of a service need not all have the same name. */
static void each_certificate_of_a_service_is_looked_at(void **state)
{
    (void)state;
    struct nw_buf bytes = NW_BUF(NW_MAX_CERT);
    struct party renamed = w.ca_party;
    renamed.name = "QTSP CA under an older name";
    struct nw_bundle_service services[4];
    memcpy(services, w.t.services, sizeof w.t.services);
    services[3] = services[2];
    services[3].certs[0] = make(&renamed, &bytes);
    services[3].certs[1] = w.ca;
    services[3].cert_n = 2;
    w.t.content.services = services;
    w.t.content.service_n = 4;
    assert_seal();
    services[3].periods[0].status = NW_TRUST_WITHDRAWN;
    assert_broken(NW_LINK_STATUS_OPEN, 4, NW_ERR_QUAL_OPEN);
    services[3].cert_n = 1; /* another CA's */
    assert_seal();
    nw_buf_free(&bytes);
}

static void more_services_of_a_key_than_are_looked_at_break_the_path(void **state)
{
    (void)state;
    static struct nw_bundle_service services[3 + NW_MAX_ANCHORS];
    memcpy(services, w.t.services, sizeof w.t.services);
    for (size_t i = 3; i < ARRAY_LENGTH(services); i++) {
        services[i] = services[2];
    }
    services[2 + NW_MAX_ANCHORS].periods[0].status = NW_TRUST_WITHDRAWN;
    w.t.content.services = services;
    w.t.content.service_n = 2 + NW_MAX_ANCHORS; /* all that can be looked at */
    assert_seal();
    w.t.content.service_n++;
    assert_broken(NW_LINK_PATH, 2, NW_ERR_QUAL_CA);
}

/* Withdrawn since it signed: whichever of the CA's services it was. */
static void what_any_service_says_since_is_told(void **state)
{
    (void)state;
    struct nw_bundle_service services[4];
    memcpy(services, w.t.services, sizeof w.t.services);
    services[3] = services[2];
    w.t.content.services = services;
    w.t.content.service_n = 4;
    assert_seal();
    assert_false(path.ended);
    for (size_t i = 2; i < 4; i++) {
        const struct nw_bundle_service whole = services[i];
        services[i].periods[0].until = w.at - 10;
        services[i].periods[1] =
            (struct nw_bundle_period){NW_TRUST_WITHDRAWN, w.at - 10, 0, NW_USE_SEALS, 0};
        services[i].period_n = 2;
        assert_seal();
        assert_true(path.ended);
        assert_int_equal(path.ended_at, w.at - 10);
        services[i].periods[0].until = services[i].periods[1].from = w.at + 1; /* not yet */
        assert_seal();
        assert_false(path.ended);
        services[i] = whole;
    }
    /* an entry that is for nothing else changes nothing */
    services[3].periods[0].until = w.at - 10;
    services[3].periods[1] =
        (struct nw_bundle_period){NW_TRUST_GRANTED, w.at - 10, 0, NW_USE_SEALS, 0};
    services[3].period_n = 2;
    assert_seal();
    assert_false(path.ended);
}

static void the_list_of_a_ca_above_counts_too(void **state)
{
    (void)state;
    struct nw_buf root_bytes = NW_BUF(NW_MAX_CERT);
    struct party root = w.ca_party;
    root.key = root.issuer_key = "test qtsp root";
    root.name = "QTSP root";
    const struct nw_slice root_der = make(&root, &root_bytes);
    w.ca_party.issuer_key = root.key;
    w.ca_party.issuer = root_der;
    make_chain();
    struct nw_bundle_service services[4];
    memcpy(services, w.t.services, sizeof w.t.services);
    services[3] = services[2];
    services[3].certs[0] = root_der;
    w.t.content.services = services;
    w.t.content.service_n = 4;
    assert_seal();
    services[3].periods[0].status = NW_TRUST_WITHDRAWN;
    assert_broken(NW_LINK_STATUS_OPEN, 4, NW_ERR_QUAL_OPEN);
    services[2].certs[0] = root_der; /* the issuing CA is not listed: the root answers for it */
    services[3] = services[2];
    w.middle = w.ca;
    assert_seal();
    nw_buf_free(&root_bytes);
}

static void what_the_certificate_states_is_looked_up(void **state)
{
    (void)state;
    w.leaf_party.qc.types = 1; /* for signatures, and the CA is for seals only */
    make_chain();
    assert_broken(NW_LINK_NOT_QUALIFIED, 5, NW_ERR_QUAL_NOT);
    w.t.services[2].periods[0].uses = NW_USE_SEALS | NW_USE_SIGNATURES;
    assert_ok(follow());
    assert_int_equal(path.answer, NW_SEAL_SIGNATURE);
    w.leaf_party.qc.compliance = false;
    w.leaf_party.qc.types = 2;
    make_chain();
    assert_broken(NW_LINK_NOT_QUALIFIED, 5, NW_ERR_QUAL_NOT);
    w.leaf_party.qc.compliance = true;
    w.leaf_party.qc.types = 3;
    make_chain();
    assert_broken(NW_LINK_UNCLEAR, 5, NW_ERR_QUAL_OPEN);
    assert_int_equal(path.answer, NW_SEAL_OPEN);
}

static void use_set(const uint8_t *bytes, size_t n)
{
    w.sets[0] = nw_slice(bytes, n);
    w.t.content.sets = w.sets;
    w.t.content.set_n = 1;
    w.t.services[2].periods[0].set = 1;
}

static void qualifiers_of_the_list_apply_to_what_they_name(void **state)
{
    (void)state;
    static const uint8_t not_qualified[] = WHEN_KEY_USAGE(1, 1);
    static const uint8_t another_key_usage[] = WHEN_KEY_USAGE(1, 0);
    static const uint8_t unknown[] = {0x81, 0x82, 1, 0x81, 0x00};
    static const uint8_t for_signatures[] = WHEN_KEY_USAGE(4, 1);
    use_set(not_qualified, sizeof not_qualified);
    assert_broken(NW_LINK_NOT_QUALIFIED, 5, NW_ERR_QUAL_NOT);
    assert_int_equal(path.answer, NW_SEAL_NO);
    use_set(another_key_usage, sizeof another_key_usage);
    assert_seal();
    use_set(unknown, sizeof unknown);
    assert_broken(NW_LINK_UNCLEAR, 5, NW_ERR_QUAL_OPEN);
    use_set(for_signatures, sizeof for_signatures);
    assert_broken(NW_LINK_UNCLEAR, 5, NW_ERR_QUAL_OPEN);
}

static void another_answer_at_issue_is_no_answer(void **state)
{
    (void)state;
    static const uint8_t not_qualified[] = WHEN_KEY_USAGE(1, 1);
    use_set(not_qualified, sizeof not_qualified);
    set_periods((struct nw_bundle_period){NW_TRUST_GRANTED, SINCE, ISSUED + 1, NW_USE_SEALS, 1},
                (struct nw_bundle_period){NW_TRUST_GRANTED, ISSUED + 1, 0, NW_USE_SEALS, 0});
    assert_broken(NW_LINK_NOT_QUALIFIED, 5, NW_ERR_QUAL_NOT);
    assert_true(path.at_issue);
    /* a seal both times, but for signatures it was open and is not now */
    w.leaf_party.qc.types = 2;
    make_chain();
    set_periods((struct nw_bundle_period){NW_TRUST_GRANTED, SINCE, ISSUED + 1,
                                          NW_USE_SEALS | NW_USE_SIGNATURES, 0},
                (struct nw_bundle_period){NW_TRUST_GRANTED, ISSUED + 1, 0, NW_USE_SEALS, 0});
    assert_seal();
}

static void a_certificate_from_before_eidas_is_qualified_for_nothing(void **state)
{
    (void)state;
    const int64_t eidas = 1467324000; /* 2016-06-30T22:00:00Z */
    w.ca_party.not_before = eidas - NW_DAY;
    w.t.services[2].periods[0].from = 0;
    w.leaf_party.not_before = eidas - 1;
    make_chain();
    assert_broken(NW_LINK_NOT_QUALIFIED, 5, NW_ERR_QUAL_NOT);
    w.leaf_party.not_before = eidas;
    make_chain();
    assert_seal();
}

static void a_public_body_has_to_be_named(void **state)
{
    (void)state;
    w.leaf_party.qc.psb_country = NULL;
    make_chain();
    assert_broken(NW_LINK_NO_BODY, 6, NW_ERR_QUAL_BODY);
    assert_int_equal(path.answer, NW_SEAL_SEAL);
    w.leaf_party.qc.psb_country = "CZ";
    make_chain();
    assert_broken(NW_LINK_OTHER_BODY, 6, NW_ERR_QUAL_BODY);
    w.leaf_party.qc.psb_country = "EU";
    make_chain();
    assert_broken(NW_LINK_OTHER_BODY, 6, NW_ERR_QUAL_BODY);
    w.leaf_party.qc.psb_country = "PL";
    w.leaf_party.qc.psb_oid = "0.4.0.1862.1.10"; /* a number that others guessed */
    make_chain();
    assert_broken(NW_LINK_NO_BODY, 6, NW_ERR_QUAL_BODY);
    w.policy.public_body = "0.4.0.1862.1.10";
    assert_seal();
}

static enum nw_err follow_once(void *ctx)
{
    struct nw_bundle *b = ctx;
    struct nw_diag d = {0};
    return nw_seal_path(test_crypto(), b, NW_CERT_ATTESTATION, &w.leaf, 1, w.signed_at, w.at,
                        &w.policy, &path, NULL, &d);
}

static void allocation_failure_is_survived(void **state)
{
    (void)state;
    static const enum nw_err also[] = {NW_ERR_CRYPTO_BACKEND, NW_ERR_QUAL_NAME, NW_OK};
    struct nw_buf file;
    struct nw_bundle *b = test_trust_open(&w.t, &file);
    survives_allocation_failure(follow_once, b, also);
    nw_bundle_free(&b);
    nw_buf_free(&file);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_public_bodys_seal_is_followed_to_the_qtsp),
        T(without_a_list_of_that_state_nothing_is_known),
        T(a_refused_list_is_named_with_its_reason),
        T(a_lapsed_list_counts_as_long_as_the_grace),
        T(el_and_uk_are_gr_and_gb),
        T(a_ca_that_is_not_listed_is_none),
        T(a_listed_service_of_another_role_is_no_ca),
        T(a_ca_listed_for_something_else_is_named),
        T(a_ca_of_another_states_list_is_refused),
        T(the_same_name_with_another_key_is_not_the_ca),
        T(expired_certificates_break_the_path),
        T(a_name_or_trade_name_has_to_fit),
        T(a_ca_without_organisation_goes_by_its_whole_name),
        T(one_ca_of_several_providers_is_refused),
        T(a_ca_has_to_be_for_seals_then),
        T(withdrawn_before_it_signed_or_before_it_was_issued),
        T(granted_only_after_the_certificate_was_issued),
        T(two_services_with_different_status_leave_it_open),
        T(each_certificate_of_a_service_is_looked_at),
        T(more_services_of_a_key_than_are_looked_at_break_the_path),
        T(what_any_service_says_since_is_told),
        T(the_list_of_a_ca_above_counts_too),
        T(what_the_certificate_states_is_looked_up),
        T(qualifiers_of_the_list_apply_to_what_they_name),
        T(another_answer_at_issue_is_no_answer),
        T(a_certificate_from_before_eidas_is_qualified_for_nothing),
        T(a_public_body_has_to_be_named),
        T(allocation_failure_is_survived),
    };
    return run_on_both("qualified", tests, ARRAY_LENGTH(tests));
}
