/* The same A1 as SD-JWT VC, as mdoc and as A11: the same verdict, the same reason, the same claims,
 * over the samples of $NW_DATA/a1 and what can be wrong with each. */
#include "support.h"

#include "base/date.h"
#include "jose/jws.h"
#include "report/report.h"
#include "seal/seal.h"
#include "test_pki.h"
#include "trust/bundle_items.h"

#define STATUS_URI "https://status.test/a1/1"
#define ENTRIES 1024
#define IDX 77
#define HOUR 3600
#define NONCE "nonce-1"
#define AUDIENCE "https://verifier.test"

static struct nw_types *types;
static const struct nw_type *pda1;

static const struct sample {
    const char *name, *country, *person;
} samples[] = {
    {"s1-de-drv-posted-nl", "NL", "Ehlers-Vogt, Katrin, 1985-05-12"},
    {"s2-pl-zus-posted-de-construction", "DE", "Zieliński, Marek Paweł, 1990-04-17"},
    {"s3-si-zzzs-multistate-provisional", "DE", "Kovač Horvat, Ana, 1993-11-03"},
};

static const struct mutation {
    const char *what;
    const char *path, *value; /* in the record: value is JSON */
    const char *path2, *value2;
    const char *country, *person;
    bool withdrawn, stranger, no_bundle, tamper;
    const char *code; /* a reason that all three must give; red ones decide */
} mutations[] = {
    {.what = "as it is", .code = ""},
    {.what = "the period is over",
     .path = "memberstateAppliedLegislation.endDate",
     .value = "\"2026-11-20\"",
     .code = "R05"},
    {.what = "the period has not begun",
     .path = "memberstateAppliedLegislation.startDate",
     .value = "\"2026-12-24\"",
     .code = "R05"},
    {.what = "it ends before it starts",
     .path = "memberstateAppliedLegislation.endDate",
     .value = "\"2026-01-01\"",
     .code = "R01"},
    {.what = "an exception without text",
     .path = "statusConfirmation.statusConfirmationCode",
     .value = "\"11\"",
     .code = "A05"},
    {.what = "the law of another state than the issuer's",
     .path = "memberstateAppliedLegislation.memberstate",
     .value = "\"FR\"",
     .code = "R02"},
    {.what = "a code that no list has",
     .path = "subject.nationalities",
     .value = "[\"EL\"]",
     .code = "R01"},
    {.what = "the name at birth only",
     .path = "subject.names.surnames",
     .value = "\"Testa\"",
     .path2 = "subject.names.surnameAtBirth",
     .value2 = "\"Altname\"",
     .person = "Altname",
     .code = "A13"},
    {.what = "withdrawn", .withdrawn = true, .code = "R03"},
    {.what = "shown in another state", .country = "ES", .code = "R08"},
    {.what = "another person", .person = "Muster, Erika, 1964-08-12", .code = "R07"},
    {.what = "an issuer on no list", .stranger = true, .code = "R02"},
    {.what = "no evidence", .no_bundle = true, .code = "R02"},
    {.what = "changed on the way", .tamper = true, .code = "R01"},
};

static struct nw_json *parse(const char *text)
{
    struct nw_json *n = NULL;
    assert_ok(nw_json_parse(nw_str(text), &n, NULL));
    return n;
}

static void set(struct nw_json *record, const char *path, const char *value)
{
    char parent[128];
    const char *name = strrchr(path, '.');
    assert_non_null(name);
    (void)snprintf(parent, sizeof parent, "%.*s", (int)(name - path), path);
    struct nw_json *o = nw_json_mut(nw_json_path(record, parent)), *v = parse(value);
    assert_non_null(o);
    nw_json_remove(o, name + 1);
    assert_ok(nw_json_put(o, name + 1, &v));
}

static struct nw_json *load(const struct sample *s, const struct mutation *m)
{
    char below[200];
    struct nw_json *record = NULL;
    (void)snprintf(below, sizeof below, "a1/samples/%s.canonical.json", s->name);
    const char *path = test_data(below);
    struct nw_slice file = path == NULL ? NW_SLICE_EMPTY : test_file(path);
    if (file.p == NULL) {
        skip();
    }
    assert_ok(nw_json_parse(file, &record, NULL));
    if (m->path != NULL) {
        set(record, m->path, m->value);
    }
    if (m->path2 != NULL) {
        set(record, m->path2, m->value2);
    }
    return record;
}

/* ---- evidence: the sample's institution signs with the test keys ---- */

static void token(const struct mutation *m, enum nw_token_form form, struct nw_buf *out)
{
    uint8_t packed[ENTRIES / 8] = {0};
    if (m->withdrawn) {
        packed[IDX / 8] |= 1u << (IDX % 8);
    }
    const struct nw_status_publish job = {.packed = nw_slice(packed, sizeof packed),
                                          .uri = STATUS_URI,
                                          .iat = TEST_NOW - HOUR,
                                          .exp = TEST_NOW + NW_DAY};
    assert_ok(nw_status_token_make(test_pki()->status, form, &job, out));
}

static void bundle_bytes(const struct nw_json *record, const struct mutation *m, struct nw_buf *out)
{
    static const uint8_t none[32] = {0};
    const struct test_pki *pki = test_pki();
    const struct nw_json *body = nw_json_get(record, "competentInstitution");
    const struct nw_slice id = nw_str(nw_json_text(nw_json_get(body, "institutionID")));
    const struct nw_slice name = nw_str(nw_json_text(nw_json_get(body, "institutionName")));
    const struct nw_slice country = nw_str(nw_json_text(nw_json_get(body, "countryCode")));
    const struct nw_bundle_source source = {
        .name = nw_str("test"),
        .list_type = nw_str("http://uri.etsi.org/19602/LoTEType/EUPubEAAProvidersList"),
        .territory = country,
        .operator_name = nw_str("Test operator"),
        .sequence = 1,
        .issued = TEST_NOW - 10 * NW_DAY,
        .next_update = TEST_NOW + 100 * NW_DAY,
        .sha256 = nw_slice(none, 32),
        .signer = nw_slice(none, 32)};
    const struct nw_bundle_entity entity = {id, name, country, 0, NW_SLICE_EMPTY};
    const struct nw_bundle_period since = {NW_TRUST_GRANTED, TEST_NOW - 300 * NW_DAY, 0, 0, 0};
    struct nw_bundle_service services[2] = {
        {.role = NW_ROLE_PUBEAA_ISSUE, .certs = {pki->anchor}, .cert_n = 1, .period_n = 1},
        {.role = NW_ROLE_PUBEAA_STATUS, .certs = {pki->anchor}, .cert_n = 1, .period_n = 1}};
    services[0].periods[0] = services[1].periods[0] = since;
    struct nw_buf jwt = NW_BUF(1u << 16), cwt = NW_BUF(1u << 16);
    token(m, NW_TOKEN_JWT, &jwt);
    token(m, NW_TOKEN_CWT, &cwt);
    const struct nw_bundle_token tokens[] = {
        {nw_str(STATUS_URI), false, TEST_NOW - HOUR, nw_buf_slice(&jwt)},
        {nw_str(STATUS_URI), true, TEST_NOW - HOUR, nw_buf_slice(&cwt)}};
    const struct nw_bundle_body bodies[] = {{id, name, country, NW_SLICE_EMPTY}};
    const struct nw_bundle_signer signers[] = {
        {NW_ROLE_PUBEAA_ISSUE, nw_signer_chain_cert(pki->attestation, 0)}};
    const struct nw_bundle_content content = {.sequence = 5,
                                              .created = TEST_NOW - 2 * HOUR,
                                              .max_age = 7 * NW_DAY,
                                              .sources = &source,
                                              .source_n = 1,
                                              .entities = &entity,
                                              .entity_n = 1,
                                              .services = services,
                                              .service_n = 2,
                                              .tokens = tokens,
                                              .token_n = 2,
                                              .bodies = bodies,
                                              .body_n = 1,
                                              .signers = signers,
                                              .signer_n = 1};
    assert_ok(nw_bundle_write(test_crypto(), pki->bundle, &content, out, NULL));
    nw_buf_free(&jwt);
    nw_buf_free(&cwt);
}

static struct nw_bundle *bundle_open(struct nw_slice file)
{
    static char hex[65];
    const char *pins[] = {hex, NULL};
    const struct nw_bundle_policy policy = {.signers = pins, .now = TEST_NOW};
    struct nw_bundle *b = NULL;
    assert_ok(nw_bundle_claimed_signer(test_crypto(), file, hex, NULL));
    assert_ok(nw_bundle_open(test_crypto(), file, &policy, &b, NULL));
    return b;
}

/* ---- the three forms ---- */

static struct nw_signer *issuer_of(const struct mutation *m)
{
    return m->stranger ? test_pki()->stranger : test_pki()->attestation;
}

static void as_sdjwt(const struct nw_json *record, const struct mutation *m, struct nw_buf *out)
{
    char text[2048];
    struct nw_buf jwk = NW_BUF(1024), issued = NW_BUF(1u << 17);
    assert_ok(nw_jwk_write(nw_signer_pubkey(test_pki()->holder), &jwk));
    (void)snprintf(text, sizeof text,
                   "{\"vct\":\"eu.we-build.pda1.1\",\"iss\":\"https://issuer.test\",\"iat\":%lld,"
                   "\"exp\":%lld,\"cnf\":{\"jwk\":%s},\"attestation_legal_category\":\"PuB-EAA\","
                   "\"status\":{\"status_list\":{\"idx\":%d,\"uri\":\"" STATUS_URI "\"}}}",
                   (long long)TEST_NOW - HOUR, (long long)TEST_NOW + 14 * NW_DAY, nw_buf_cstr(&jwk),
                   IDX);
    struct nw_json *payload = parse(text);
    for (const struct nw_json *c = nw_json_first(record); c != NULL; c = nw_json_next(c)) {
        struct nw_json *copy = NULL;
        assert_ok(nw_json_dup(c, &copy));
        assert_ok(nw_json_put(payload, nw_json_name(c), &copy));
    }
    /* decoys would leave it open whether all states are shown (A11) */
    struct nw_sd_plan plan = *nw_type_plan(pda1, NW_PROFILE_WEBUILD);
    plan.decoy_n = 0;
    const struct nw_sdjwt_issue job = {.payload = payload, .plan = &plan, .typ = "dc+sd-jwt"};
    assert_ok(nw_sdjwt_issue(test_crypto(), issuer_of(m), &job, &issued, NULL));
    assert_ok(nw_sdjwt_present(test_crypto(), nw_buf_slice(&issued), NULL, NULL, test_pki()->holder,
                               NONCE, AUDIENCE, TEST_NOW - 5, out));
    if (m->tamper) {
        uint8_t *at = out->p + nw_slice_find(nw_buf_slice(out), '~', 0) + 12;
        *at = *at == 'A' ? 'B' : 'A';
    }
    nw_json_free(&payload);
    nw_buf_free(&jwk);
    nw_buf_free(&issued);
}

static const uint8_t transcript[] = {0x83, 0xf6, 0xf6, 0xf6};

static void as_mdoc(const struct nw_json *record, const struct mutation *m, struct nw_buf *out)
{
    static struct nw_mdoc_claims claims;
    static struct nw_findings losses;
    const struct nw_register_fields reg = {.issued_on = "2026-11-21", .legal_category = "PuB-EAA"};
    struct nw_buf issued = NW_BUF(1u << 17);
    losses.n = 0;
    assert_ok(nw_profile_write_mdoc(pda1, NW_PROFILE_EUDI, record, &reg, &claims, &losses));
    for (size_t i = 0; i < losses.n; i++) { /* fixed and free places beside each other are said */
        assert_string_equal(losses.v[i].path, "placesOfWork");
    }
    const struct nw_mdoc_issue job = {.doc_type = nw_type_doctype(pda1, NW_PROFILE_EUDI),
                                      .elements = claims.v,
                                      .n = claims.n,
                                      .device_key = nw_signer_pubkey(test_pki()->holder),
                                      .signed_at = TEST_NOW - HOUR,
                                      .valid_from = TEST_NOW - HOUR,
                                      .valid_until = TEST_NOW + 14 * NW_DAY,
                                      .status = {.present = true, .idx = IDX, .uri = STATUS_URI}};
    assert_ok(nw_mdoc_issue(test_crypto(), issuer_of(m), &job, &issued, NULL));
    const struct nw_mdoc_present present = {.issuer_signed = nw_buf_slice(&issued),
                                            .device = test_pki()->holder,
                                            .transcript = nw_slice(transcript, 4)};
    assert_ok(nw_mdoc_present(test_crypto(), &present, out, NULL));
    if (m->tamper) {
        out->p[out->n - 1] ^= 1; /* the end of the last element's identifier */
    }
    nw_mdoc_claims_free(&claims);
    nw_buf_free(&issued);
}

static void as_a11(const struct nw_json *record, const struct mutation *m, struct nw_buf *out)
{
    struct nw_buf map = NW_BUF(NW_MAX_A11);
    const char *id = nw_json_text(nw_json_path(record, "competentInstitution.institutionID"));
    assert_ok(nw_a11_write(pda1, record, 2, &map, NULL));
    const struct nw_seal_issue job = {.iss = id,
                                      .iat = TEST_NOW - HOUR,
                                      .exp = TEST_NOW + 14 * NW_DAY,
                                      .status = {.present = true, .idx = IDX, .uri = STATUS_URI},
                                      .a1 = nw_buf_slice(&map)};
    assert_ok(nw_seal_make(test_crypto(), issuer_of(m), &job, out, NULL));
    if (m->tamper) {
        out->p[out->n / 2] = out->p[out->n / 2] == 'A' ? 'B' : 'A';
    }
    nw_buf_free(&map);
}

/* ---- the check ---- */

static void typed_person(const struct sample *s, const struct mutation *m, struct nw_person *out)
{
    char text[256];
    const char *usual = strchr(s->person, ',');
    if (m->person == NULL) {
        (void)snprintf(text, sizeof text, "%s", s->person);
    } else if (strchr(m->person, ',') != NULL) {
        (void)snprintf(text, sizeof text, "%s", m->person);
    } else { /* another surname, else the same person */
        (void)snprintf(text, sizeof text, "%s%s", m->person, usual);
    }
    assert_ok(nw_person_parse(nw_str(text), out, NULL));
}

static struct nw_report *check(const struct sample *s, const struct mutation *m,
                               const struct nw_bundle *bundle, struct nw_slice input)
{
    struct nw_person person;
    struct nw_policy policy;
    struct nw_report *r = NULL;
    nw_policy_default(&policy);
    typed_person(s, m, &person);
    const struct nw_verify_job job = {.input = input,
                                      .types = types,
                                      .bundle = m->no_bundle ? NULL : bundle,
                                      .policy = &policy,
                                      .at = TEST_NOW,
                                      .country = m->country != NULL ? m->country : s->country,
                                      .nonce = NONCE,
                                      .audience = AUDIENCE,
                                      .transcript = nw_slice(transcript, 4),
                                      .person = &person};
    assert_ok(nw_verify_presentation(test_crypto(), &job, &r, NULL));
    return r;
}

static struct nw_json *claims_of(const struct nw_report *r)
{
    struct nw_buf text = NW_BUF(1u << 20);
    struct nw_json *whole = NULL, *claims = NULL;
    nw_report_json(r, &text);
    assert_ok(nw_json_parse(nw_buf_slice(&text), &whole, NULL));
    const struct nw_json *c = nw_json_get(whole, "claims");
    if (c != NULL) {
        assert_ok(nw_json_dup(c, &claims));
    }
    nw_json_free(&whole);
    nw_buf_free(&text);
    return claims;
}

/* Everything of a is in b, and the same there. */
static bool within(const struct nw_json *a, const struct nw_json *b)
{
    if (nw_json_kind(a) != nw_json_kind(b)) {
        return false;
    }
    if (nw_json_kind(a) == NW_JSON_OBJECT) {
        for (const struct nw_json *c = nw_json_first(a); c != NULL; c = nw_json_next(c)) {
            if (!within(c, nw_json_get(b, nw_json_name(c)))) {
                return false;
            }
        }
        return true;
    }
    return nw_json_equal(a, b);
}

static void differ(const char *what, const struct sample *s, const struct mutation *m,
                   const struct nw_report *r)
{
    struct nw_buf text = NW_BUF(1u << 20);
    nw_report_text(r, "en", false, &text);
    print_error("%s\n", nw_buf_cstr(&text));
    nw_buf_free(&text);
    fail_msg("%s, %s, %s: decided by '%s', wanted '%s'", s->name, m->what, what,
             nw_report_decisive(r), m->code);
}

static void one(const struct sample *s, const struct mutation *m)
{
    static const struct {
        const char *name;
        void (*make)(const struct nw_json *record, const struct mutation *m, struct nw_buf *out);
    } forms[] = {{"SD-JWT VC", as_sdjwt}, {"mdoc", as_mdoc}, {"A11", as_a11}};
    struct nw_json *record = load(s, m), *first = NULL;
    enum nw_verdict verdict = NW_VERDICT_INVALID;
    char wanted[8] = "";
    /* only a posting is tied to the states it names */
    const char *code = m->country != NULL && s == &samples[2] ? "A10" : m->code;
    struct nw_buf file = NW_BUF(1u << 20);
    bundle_bytes(record, m, &file);
    struct nw_bundle *bundle = bundle_open(nw_buf_slice(&file));
    for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
        struct nw_buf input = NW_BUF(1u << 18);
        forms[i].make(record, m, &input);
        struct nw_report *r = check(s, m, bundle, nw_buf_slice(&input));
        const char *decisive = nw_report_decisive(r);
        if (i == 0) {
            (void)snprintf(wanted, sizeof wanted, "%s", code[0] == 'R' ? code : decisive);
            verdict = nw_report_verdict(r);
        }
        /* a code on paper proves no possession, and says so where the person is not certain */
        bool paper = i == 2 && strcmp(decisive, "A03") == 0;
        if ((strcmp(decisive, wanted) != 0 && !paper) || nw_report_verdict(r) != verdict ||
            (code[0] != '\0' && !nw_report_has(r, code))) {
            differ(forms[i].name, s, m, r);
        }
        struct nw_json *claims = claims_of(r);
        if (i == 0) {
            first = claims;
            claims = NULL;
        } else if (!m->tamper) {
            assert_true(i == 1 ? nw_json_equal(claims, first) : within(claims, first));
        }
        nw_json_free(&claims);
        nw_report_free(&r);
        nw_buf_free(&input);
    }
    nw_json_free(&first);
    nw_bundle_free(&bundle);
    nw_buf_free(&file);
    nw_json_free(&record);
}

static void three_forms_of_one_a1_say_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
        for (size_t k = 0; k < ARRAY_LENGTH(mutations); k++) {
            one(&samples[i], &mutations[k]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_forms_of_one_a1_say_the_same),
    };
    if (nw_types_load(&types, NULL) != NW_OK) {
        return 1;
    }
    pda1 = nw_type_find(types, "pda1");
    int failed = run_on_both("a1_forms", tests, ARRAY_LENGTH(tests));
    nw_types_free(&types);
    return failed;
}
