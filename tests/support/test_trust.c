#include "test_trust.h"

#include "base/date.h"

static const uint8_t digest_a[32] = {1}, digest_b[32] = {2};

static void fill_services(struct test_trust *t)
{
    const struct test_pki *pki = test_pki();
    t->services[0] = (struct nw_bundle_service){
        .role = NW_ROLE_PUBEAA_ISSUE,
        .entity = 0,
        .certs = {nw_signer_chain_cert(pki->attestation, 0)},
        .cert_n = 1,
        .periods = {{.status = NW_TRUST_GRANTED, .from = TEST_GRANTED}},
        .period_n = 1,
    };
    t->services[1] = t->services[0];
    t->services[1].role = NW_ROLE_PUBEAA_STATUS;
    t->services[1].certs[0] = nw_signer_chain_cert(pki->status, 0);
    t->services[2] = (struct nw_bundle_service){
        .role = NW_ROLE_PID_ISSUE,
        .entity = 1,
        .certs = {pki->other_anchor},
        .cert_n = 1,
        .periods = {{.status = NW_TRUST_GRANTED}},
        .period_n = 1,
    };
}

static void fill_names(struct test_trust *t)
{
    t->sources[0] = (struct nw_bundle_source){
        nw_str("pub"),
        nw_str("http://uri.etsi.org/19602/LoTEType/EUPubEAAProvidersList"),
        nw_str("EU"),
        nw_str("Test Commission"),
        7,
        TEST_NOW - NW_DAY,
        TEST_NOW + 100 * NW_DAY,
        nw_slice(digest_a, 32),
        nw_slice(digest_b, 32),
        true};
    t->sources[1] = t->sources[0];
    t->sources[1].name = nw_str("pid");
    t->sources[1].list_type = nw_str("http://uri.etsi.org/19602/LoTEType/EUPIDProvidersList");
    t->entities[0] = (struct nw_bundle_entity){nw_str("PL:ZUSTEST02"), nw_str("Test Institution"),
                                               nw_str("PL"), 0, NW_SLICE_EMPTY};
    t->entities[1] = (struct nw_bundle_entity){nw_str("NTRGR-1"), nw_str("PID Office"),
                                               nw_str("GR"), 1, NW_SLICE_EMPTY};
    t->signers[0] = (struct nw_bundle_signer){NW_ROLE_PUBEAA_ISSUE, t->services[0].certs[0]};
    t->tokens[0] =
        (struct nw_bundle_token){nw_str("https://b.example/2"), true, 20, nw_str("two-cwt")};
    t->tokens[1] =
        (struct nw_bundle_token){nw_str("https://a.example/1"), false, 10, nw_str("one-jwt")};
    t->tokens[2] =
        (struct nw_bundle_token){nw_str("https://b.example/2"), false, 30, nw_str("two-jwt")};
    t->bodies[0] = (struct nw_bundle_body){nw_str("PL:ZUSTEST02"), nw_str("Zakład"), nw_str("PL"),
                                           nw_str("{\"email\":\"a1@example.test\"}")};
    t->bodies[1] = (struct nw_bundle_body){nw_str("DE:DRVTEST1"), nw_str("Rentenversicherung"),
                                           nw_str("DE"), NW_SLICE_EMPTY};
    t->vctm[0] = (struct nw_bundle_vctm_item){nw_str("eu.we-build.pda1.1"), nw_str("{\"vct\":1}")};
}

static void fill_pin(struct test_trust *t)
{
    uint8_t digest[NW_SHA256_BYTES];
    assert_ok(nw_sha256(test_crypto(), nw_signer_chain_cert(test_pki()->bundle, 0), digest));
    for (size_t i = 0; i < sizeof digest; i++) {
        (void)snprintf(t->pin + 2 * i, 3, "%02x", digest[i]);
    }
    t->pins[0] = t->pin;
    t->pins[1] = NULL;
    t->policy = (struct nw_bundle_policy){.signers = t->pins, .now = TEST_NOW};
}

void test_trust_fill(struct test_trust *t)
{
    memset(t, 0, sizeof *t);
    fill_services(t);
    fill_names(t);
    fill_pin(t);
    t->content = (struct nw_bundle_content){
        .sequence = 5,
        .created = TEST_NOW,
        .max_age = 7 * NW_DAY,
        .test = true,
        .sources = t->sources,
        .source_n = 2,
        .entities = t->entities,
        .entity_n = 2,
        .services = t->services,
        .service_n = 3,
        .signers = t->signers,
        .signer_n = 1,
        .tokens = t->tokens,
        .token_n = 3,
        .bodies = t->bodies,
        .body_n = 2,
        .vctm = t->vctm,
        .vctm_n = 1,
    };
}

void test_trust_write(const struct test_trust *t, struct nw_buf *out)
{
    struct nw_diag d = {0};
    *out = NW_BUF(NW_MAX_BUNDLE);
    assert_ok(nw_bundle_write(test_crypto(), test_pki()->bundle, &t->content, out, &d));
}

struct nw_bundle *test_trust_open(const struct test_trust *t, struct nw_buf *file)
{
    struct nw_diag d = {0};
    struct nw_bundle *b = NULL;
    test_trust_write(t, file);
    assert_ok(nw_bundle_open(test_crypto(), nw_buf_slice(file), &t->policy, &b, &d));
    return b;
}
