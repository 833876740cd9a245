/* The six rooms and the decision table: one valid A1, and for each reason what differs in one
 * thing. */
#include "support.h"

#include "base/date.h"
#include "report/reason.h"
#include "report/report.h"
#include "report/rule.h"
#include "seal/seal.h"
#include "status/status.h"
#include "test_pki.h"
#include "trust/bundle_items.h"

#define STATUS_URI "https://status.test/a1/1"
#define ENTRIES 1024
#define IDX 77
#define HOUR 3600

static const char record[] =
    "{\"subject\":{\"pin\":\"90041799998\",\"gender\":\"1\",\"names\":{\"surnames\":\"Zieliński\","
    "\"forenames\":\"Marek Paweł\"},\"dateOfBirth\":\"1990-04-17\",\"nationalities\":[\"PL\"],"
    "\"placeOfBirth\":{\"town\":\"Rzeszów\",\"countryCode\":\"PL\"},\"address\":{"
    "\"stateOfResidence\":"
    "[{\"town\":\"Rzeszów\",\"countryCode\":\"PL\"}]}},\"memberstateAppliedLegislation\":{"
    "\"memberstate\":\"PL\",\"startDate\":\"2026-11-22\",\"endDate\":\"2027-11-01\","
    "\"determinationIsProvisional\":false},\"employmentSituations\":[{\"typeOfEmployment\":\"01\","
    "\"name\":\"Stalbud Testowy Sp. z o.o.\",\"employerID\":\"PL0000000000\",\"typeOfID\":\"03\","
    "\"address\":{\"town\":\"Rzeszów\",\"countryCode\":\"PL\"}}],\"placesOfWork\":{\"DE\":[{"
    "\"companyOrVesselName\":\"Baustelle Ost\",\"address\":{\"town\":\"München\",\"countryCode\":"
    "\"DE\"}}]},\"statusConfirmation\":{\"statusConfirmationCode\":\"01\"},\"documentID\":"
    "\"PL-ZUS-TEST-2026-0004711\",\"competentInstitution\":{\"institutionID\":\"PL:ZUSTEST02\","
    "\"institutionName\":\"ZUS (dane testowe)\",\"countryCode\":\"PL\",\"address\":{\"town\":"
    "\"Warszawa\",\"countryCode\":\"PL\"}}}";

/* One thing that differs from the valid case. Empty members: as in the valid case. */
struct twist {
    const char *code; /* the reason expected to decide; "" valid; for notes: must be there */
    const char *what;
    const char *from, *to; /* in the record */
    const char *envelope;  /* members instead of the usual ones: see envelope_text() */
    const char *drop;      /* claim name whose disclosure is kept back */
    int64_t at;            /* offset to TEST_NOW */
    const char *country, *person, *nonce, *employer, *site, *vct, *type;
    bool no_nonce, no_cnf, other_holder, no_kb, no_person, no_country, stranger, no_status_list,
        withdrawn, no_body, no_bundle;
    bool test_list, mark_test, old_list, tamper, no_decoys, require_binding, nameless;
    bool pid_test_list, pid_ended, status_abroad;
    const char *iat, *kb_nonce, *pid_extra;
    int64_t list_age, bundle_age, ended; /* ended: seconds since the entitlement was withdrawn */
    const char *failed;                  /* a rule id that must have failed */
};

static struct nw_types *types;

static struct nw_json *parse(const char *text)
{
    struct nw_json *n = NULL;
    assert_ok(nw_json_parse(nw_str(text), &n, NULL));
    return n;
}

/* ---- evidence ---- */

static void status_token(const struct twist *t, struct nw_buf *out)
{
    uint8_t packed[ENTRIES / 8] = {0};
    if (t->withdrawn) {
        packed[IDX / 8] |= 1u << (IDX % 8);
    }
    struct nw_status_publish job = {
        .packed = nw_slice(packed, sizeof packed),
        .uri = STATUS_URI,
        .iat = TEST_NOW - HOUR - t->list_age,
    };
    assert_ok(nw_status_token_make(t->old_list ? test_pki()->stranger : test_pki()->status,
                                   NW_TOKEN_JWT, &job, out));
}

static void bundle_bytes(const struct twist *t, struct nw_buf *out)
{
    const struct test_pki *pki = test_pki();
    static const uint8_t none[32] = {0};
    const struct nw_bundle_source source = {
        .name = nw_str("zus-test"),
        .list_type = nw_str("http://uri.etsi.org/19602/LoTEType/EUPubEAAProvidersList"),
        .territory = nw_str("PL"),
        .operator_name = nw_str("Test operator"),
        .sequence = 1,
        .issued = TEST_NOW - 10 * NW_DAY,
        .next_update = TEST_NOW + 100 * NW_DAY,
        .sha256 = nw_slice(none, 32),
        .signer = nw_slice(none, 32),
        .test = t->test_list,
    };
    struct nw_bundle_source sources[] = {source, source};
    sources[1].name = nw_str("pid-test");
    sources[1].test = t->pid_test_list;
    const struct nw_bundle_entity entities[] = {
        {nw_str(t->nameless ? "" : "PL:ZUSTEST02"), nw_str("ZUS"), nw_str("PL"), 0, NW_SLICE_EMPTY},
        {nw_str("PL:PIDTEST"), nw_str("PID provider"), nw_str("PL"), 1, NW_SLICE_EMPTY},
        {nw_str("PL:ZUSTEST02"), nw_str("ZUS"), nw_str("DE"), 0, NW_SLICE_EMPTY},
    };
    const struct nw_bundle_period since = {NW_TRUST_GRANTED, TEST_NOW - 300 * NW_DAY, 0, 0, 0};
    struct nw_bundle_service services[] = {
        {.role = NW_ROLE_PUBEAA_ISSUE,
         .entity = 0,
         .certs = {pki->anchor},
         .cert_n = 1,
         .periods = {since},
         .period_n = 1},
        {.role = NW_ROLE_PUBEAA_STATUS,
         .entity = 0,
         .certs = {pki->anchor},
         .cert_n = 1,
         .periods = {since},
         .period_n = 1},
        {.role = NW_ROLE_PID_ISSUE,
         .entity = 1,
         .certs = {pki->other_anchor},
         .cert_n = 1,
         .periods = {since},
         .period_n = 1},
    };
    if (t->ended != 0) {
        services[0].periods[0].until = TEST_NOW - t->ended;
        services[0].periods[1] =
            (struct nw_bundle_period){NW_TRUST_WITHDRAWN, TEST_NOW - t->ended, 0, 0, 0};
        services[0].period_n = 2;
    }
    if (t->status_abroad) {
        services[1].entity = 2;
    }
    if (t->pid_ended) {
        services[2].periods[0].until = TEST_NOW - 600;
        services[2].periods[1] =
            (struct nw_bundle_period){NW_TRUST_WITHDRAWN, TEST_NOW - 600, 0, 0, 0};
        services[2].period_n = 2;
    }
    struct nw_buf token = NW_BUF(1u << 16);
    status_token(t, &token);
    const struct nw_bundle_token tokens[] = {
        {nw_str(STATUS_URI), false, TEST_NOW - HOUR - t->list_age, nw_buf_slice(&token)}};
    const struct nw_bundle_body bodies[] = {
        {nw_str("PL:ZUSTEST02"), nw_str("ZUS (dane testowe)"), nw_str("PL"), NW_SLICE_EMPTY}};
    const struct nw_bundle_signer signers[] = {
        {NW_ROLE_PUBEAA_ISSUE, nw_signer_chain_cert(pki->attestation, 0)}};
    const struct nw_bundle_content content = {
        .sequence = 5,
        .created = TEST_NOW - 2 * HOUR - t->bundle_age,
        .max_age = 7 * NW_DAY,
        .test = t->test_list,
        .sources = sources,
        .source_n = 2,
        .entities = entities,
        .entity_n = 3,
        .services = services,
        .service_n = 3,
        .tokens = tokens,
        .token_n = t->no_status_list ? 0 : 1,
        .bodies = bodies,
        .body_n = t->no_body ? 0 : 1,
        .signers = signers,
        .signer_n = 1,
    };
    struct nw_diag d = {0};
    enum nw_err e = nw_bundle_write(test_crypto(), pki->bundle, &content, out, &d);
    if (e != NW_OK) {
        fail_msg("bundle: %s %s", nw_err_name(e), d.detail);
    }
    nw_buf_free(&token);
}

static struct nw_bundle *bundle_open(struct nw_slice file)
{
    static char hex[65];
    const char *pins[] = {hex, NULL};
    struct nw_bundle_policy policy = {.signers = pins, .now = TEST_NOW};
    struct nw_bundle *b = NULL;
    struct nw_diag d = {0};
    assert_ok(nw_bundle_claimed_signer(test_crypto(), file, hex, NULL));
    enum nw_err e = nw_bundle_open(test_crypto(), file, &policy, &b, &d);
    if (e != NW_OK) {
        fail_msg("bundle: %s %s", nw_err_name(e), d.detail);
    }
    return b;
}

/* ---- credentials ---- */

static char *swap(const char *text, const char *from, const char *to)
{
    static char out[8192];
    const char *hit = from == NULL ? NULL : strstr(text, from);
    if (from != NULL && hit == NULL) {
        fail_msg("%s is not in the record", from);
    }
    if (hit == NULL) {
        (void)snprintf(out, sizeof out, "%s", text);
    } else {
        (void)snprintf(out, sizeof out, "%.*s%s%s", (int)(hit - text), text, to,
                       hit + strlen(from));
    }
    return out;
}

static void put_all(struct nw_json *into, struct nw_json **from)
{
    while (nw_json_first(*from) != NULL) {
        const struct nw_json *child = nw_json_first(*from);
        char name[64];
        (void)snprintf(name, sizeof name, "%s", nw_json_name(child));
        struct nw_json *taken = nw_json_detach(*from, child);
        assert_ok(nw_json_put(into, name, &taken));
    }
    nw_json_free(from);
}

static struct nw_json *payload(const struct twist *t)
{
    char text[2048];
    struct nw_buf jwk = NW_BUF(1024);
    assert_ok(nw_jwk_write(nw_signer_pubkey(test_pki()->holder), &jwk));
    const char *envelope =
        t->envelope != NULL
            ? t->envelope
            : "\"attestation_legal_category\":\"PuB-EAA\",\"binding\":\"Wallet Instance\","
              "\"exp\":1796515200,\"status\":{\"status_list\":{\"idx\":77,\"uri\":\"" STATUS_URI
              "\"}}";
    char iat[32];
    (void)snprintf(iat, sizeof iat, "%lld", (long long)TEST_NOW - HOUR);
    (void)snprintf(text, sizeof text,
                   "{\"vct\":\"%s\",\"iss\":\"https://zus.test\",\"iat\":%s,"
                   "\"cnf\":{\"jwk\":%s},%s}",
                   t->vct != NULL ? t->vct : "eu.we-build.pda1.1", t->iat != NULL ? t->iat : iat,
                   nw_buf_cstr(&jwk), envelope);
    struct nw_json *p = parse(text), *claims = parse(swap(record, t->from, t->to));
    put_all(p, &claims);
    if (t->no_cnf) {
        nw_json_remove(p, "cnf");
    }
    nw_buf_free(&jwk);
    return p;
}

static bool keep_all_but(void *ctx, struct nw_slice disclosure)
{
    const struct twist *t = ctx;
    if (t->drop == NULL) {
        return true;
    }
    struct nw_json *d = NULL;
    assert_ok(nw_json_parse(disclosure, &d, NULL));
    bool keep = !nw_json_is_text(nw_json_at(d, 1), t->drop) &&
                !nw_json_is_text(nw_json_at(d, 1), "address"); /* would hang below it */
    nw_json_free(&d);
    return keep;
}

static void credential(const struct twist *t, struct nw_buf *out)
{
    const struct test_pki *pki = test_pki();
    struct nw_json *p = payload(t);
    struct nw_buf issued = NW_BUF(1u << 17);
    struct nw_sd_plan plan = *nw_type_plan(nw_type_find(types, "pda1"), NW_PROFILE_WEBUILD);
    if (t->no_decoys) {
        plan.decoy_n = 0;
    }
    struct nw_sdjwt_issue job = {
        .payload = p,
        .plan = &plan,
        .typ = "dc+sd-jwt",
    };
    struct nw_diag d = {0};
    assert_ok(nw_sdjwt_issue(test_crypto(), t->stranger ? pki->stranger : pki->attestation, &job,
                             &issued, &d));
    assert_ok(nw_sdjwt_present(test_crypto(), nw_buf_slice(&issued), keep_all_but,
                               (void *)(uintptr_t)t,
                               t->no_kb          ? NULL
                               : t->other_holder ? pki->stranger
                                                 : pki->holder,
                               t->kb_nonce != NULL ? t->kb_nonce : "nonce-1",
                               "https://verifier.test", TEST_NOW - 5 + t->at, out));
    if (t->tamper) { /* the lowest bit of a letter of the first salt */
        static const char alphabet[] =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        uint8_t *at = out->p + nw_slice_find(nw_buf_slice(out), '~', 0) + 1 + 11;
        *at = (uint8_t)alphabet[(strchr(alphabet, *at) - alphabet) ^ 1];
    }
    nw_json_free(&p);
    nw_buf_free(&issued);
}

/* ---- the check ---- */

static struct nw_report *check_input(const struct twist *t, struct nw_slice input,
                                     struct nw_slice pid)
{
    struct nw_buf file = NW_BUF(1u << 20);
    struct nw_person person;
    struct nw_policy policy;
    struct nw_report *r = NULL;
    bundle_bytes(t, &file);
    struct nw_bundle *bundle = bundle_open(nw_buf_slice(&file));
    nw_policy_default(&policy);
    if (t->type != NULL) {
        policy.types[0] = t->type;
    }
    policy.test_lists = t->mark_test ? NW_TEST_MARK : NW_TEST_REFUSE;
    policy.require_binding = t->require_binding;
    assert_ok(nw_person_parse(
        nw_str(t->person != NULL ? t->person : "Zieliński, Marek Paweł, 1990-04-17"), &person,
        NULL));
    struct nw_verify_job job = {
        .input = input,
        .types = types,
        .bundle = t->no_bundle ? NULL : bundle,
        .policy = &policy,
        .at = TEST_NOW + t->at,
        .country = t->no_country        ? NULL
                   : t->country != NULL ? t->country
                                        : "DE",
        .nonce = t->no_nonce        ? NULL
                 : t->nonce != NULL ? t->nonce
                                    : "nonce-1",
        .audience = "https://verifier.test",
        .person = t->no_person ? NULL : &person,
        .pid = pid,
        .employer = t->employer,
        .site = t->site,
    };
    assert_ok(nw_verify_presentation(test_crypto(), &job, &r, NULL));
    nw_bundle_free(&bundle);
    nw_buf_free(&file);
    return r;
}

static struct nw_report *check(const struct twist *t)
{
    struct nw_buf input = NW_BUF(1u << 17);
    credential(t, &input);
    struct nw_report *r = check_input(t, nw_buf_slice(&input), NW_SLICE_EMPTY);
    nw_buf_free(&input);
    return r;
}

static void explain(const struct twist *t, const struct nw_report *r)
{
    struct nw_buf text = NW_BUF(1u << 20);
    nw_report_text(r, "en", false, &text);
    print_error("%s (%s)\n%s", t->what, t->code, nw_buf_cstr(&text));
    nw_buf_free(&text);
}

static void expect(const struct twist *t, struct nw_report *r)
{
    enum nw_verdict want = t->code[0] == 'R'   ? NW_VERDICT_INVALID
                           : t->code[0] == 'A' ? NW_VERDICT_ATTENTION
                                               : NW_VERDICT_VALID;
    bool note = t->code[0] == 'I';
    bool good = nw_report_verdict(r) == want &&
                strcmp(nw_report_decisive(r), note ? "" : t->code) == 0 &&
                (t->code[0] == '\0' || nw_report_has(r, t->code)) &&
                (t->failed == NULL || nw_check_failed(nw_report_checks(r), t->failed));
    if (!good) {
        explain(t, r);
        fail_msg("%s: decided by '%s', wanted '%s'", t->what, nw_report_decisive(r), t->code);
    }
    nw_report_free(&r);
}

static const struct twist valid = {.code = "", .what = "the valid A1"};

#define TOMORROW .from = "2026-11-22", .to = "2026-11-23"
static const struct twist twists[] = {
    {.code = "R01", .what = "a disclosure was changed", .tamper = true, .failed = "SDJ-07"},
    {.code = "R01",
     .what = "the index points outside the list",
     .envelope =
         "\"exp\":1796515200,\"status\":{\"status_list\":{\"idx\":99999,\"uri\":\"" STATUS_URI
         "\"}}",
     .failed = "STS-04"},
    {.code = "R02", .what = "an issuer that is on no list", .stranger = true, .failed = "VC-03"},
    {.code = "R02", .what = "no bundle", .no_bundle = true, .failed = "VC-03"},
    {.code = "R02",
     .what = "a test list where none is admitted",
     .test_list = true,
     .failed = "VC-03"},
    {.code = "R02",
     .what = "legislation of another state than the issuer's",
     .from = "\"memberstate\":\"PL\"",
     .to = "\"memberstate\":\"CZ\"",
     .failed = "A1-04"},
    {.code = "R02",
     .what = "a category of another kind of issuer",
     .envelope = "\"attestation_legal_category\":\"QEAA\",\"exp\":1796515200,\"status\":{\"status_"
                 "list\":{\"idx\":77,\"uri\":\"" STATUS_URI "\"}}",
     .failed = "A1-04"},
    {.code = "R03", .what = "withdrawn", .withdrawn = true, .failed = "STS-05"},
    {.code = "R04", .what = "technically expired", .at = 15 * NW_DAY, .failed = "VC-04"},
    {.code = "R05",
     .what = "the period is over",
     .from = "\"startDate\":\"2026-11-22\",\"endDate\":\"2027-11-01\"",
     .to = "\"startDate\":\"2026-01-01\",\"endDate\":\"2026-11-21\""},
    {.code = "R05", .what = "the period has not begun", .from = "2026-11-22", .to = "2026-11-23"},
    {.code = "", .what = "its first second in Germany", .at = 23 * HOUR, TOMORROW},
    {.code = "R05", .what = "a second before", .at = 23 * HOUR - 1, TOMORROW},
    {.code = "A11",
     .what = "no place, begun in Finland",
     .at = 22 * HOUR,
     .no_country = true,
     TOMORROW},
    {.code = "R05",
     .what = "no place, begun nowhere",
     .at = 22 * HOUR - 1,
     .no_country = true,
     TOMORROW},
    {.code = "A11", .what = "a place that is none", .country = "XX"},
    {.code = "R06", .what = "no proof of possession", .no_kb = true, .failed = "KB-01"},
    {.code = "R06", .what = "another nonce", .nonce = "nonce-2", .failed = "KB-03"},
    {.code = "R06", .what = "a proof with another key", .other_holder = true, .failed = "KB-02"},
    {.code = "R06", .what = "a proof though nothing is bound", .no_cnf = true, .failed = "KB-01"},
    {.code = "", .what = "unbound, compared with the ID document", .no_cnf = true, .no_kb = true},
    {.code = "A02",
     .what = "unbound, nobody compared",
     .no_cnf = true,
     .no_kb = true,
     .no_person = true},
    {.code = "A13",
     .what = "the name at birth",
     .from = "\"surnames\":\"Zieliński\"",
     .to = "\"surnames\":\"Nowicki\",\"surnameAtBirth\":\"Zieliński\""},
    {.code = "R01",
     .what = "exception text without an exception",
     .from = "\"statusConfirmationCode\":\"01\"",
     .to = "\"statusConfirmationCode\":\"08\",\"exceptionDescription\":\"Art. 16\"",
     .failed = "V06"},
    {.code = "A05",
     .what = "an exception without text",
     .from = "\"statusConfirmationCode\":\"01\"",
     .to = "\"statusConfirmationCode\":\"11\"",
     .failed = "V06"},
    {.code = "R02",
     .what = "an institution of another state",
     .from = "ZUS (dane testowe)\",\"countryCode\":\"PL\"",
     .to = "ZUS (dane testowe)\",\"countryCode\":\"CZ\"",
     .failed = "A1-04"},
    {.code = "",
     .what = "no fixed address in the state of the check",
     .from = "\"DE\":[{\"companyOrVesselName\":\"Baustelle "
             "Ost\",\"address\":{\"town\":\"München\",\"countryCode\":\"DE\"}}]",
     .to = "\"DE\":[]",
     .site = "Hamburg"},
    {.code = "A11", .what = "the name was not disclosed", .drop = "names"},
    {.code = "R07", .what = "another person", .person = "Nowak, Jan, 1971-01-02"},
    {.code = "R08", .what = "a state that is not on it", .country = "FR", .no_decoys = true},
    {.code = "R09",
     .what = "a type that is not known",
     .vct = "urn:example:pass:1",
     .failed = "VC-01"},
    {.code = "R01",
     .what = "a country that is none",
     .from = "\"nationalities\":[\"PL\"]",
     .to = "\"nationalities\":[\"XX\"]",
     .failed = "A1-01"},
    {.code = "R01",
     .what = "an end before the start",
     .from = "2027-11-01",
     .to = "2026-11-01",
     .failed = "A1-02"},
    {.code = "R01",
     .what = "an index that is no number",
     .envelope =
         "\"exp\":1796515200,\"status\":{\"status_list\":{\"idx\":\"77\",\"uri\":\"" STATUS_URI
         "\"}}",
     .failed = "STS-04"},
    {.code = "R01",
     .what = "no end of its technical life",
     .envelope = "\"status\":{\"status_list\":{\"idx\":77,\"uri\":\"" STATUS_URI "\"}}",
     .failed = "VC-04"},
    {.code = "A01", .what = "a list of two days ago", .list_age = 2 * NW_DAY},
    {.code = "A01", .what = "no list", .no_status_list = true},
    {.code = "A01", .what = "a list signed by somebody else", .old_list = true, .failed = "STS-06"},
    {.code = "A01",
     .what = "no status reference in a long-lived credential",
     .envelope = "\"exp\":1796515200",
     .failed = "A1-03"},
    {.code = "A01", .what = "a bundle past its age", .bundle_age = 8 * NW_DAY, .failed = "LOTE-02"},
    {.code = "A02", .what = "nobody compared the person", .no_person = true},
    {.code = "A04",
     .what = "provisional",
     .from = "\"determinationIsProvisional\":false",
     .to = "\"determinationIsProvisional\":true"},
    {.code = "A05",
     .what = "an exception",
     .from = "\"statusConfirmationCode\":\"01\"",
     .to = "\"statusConfirmationCode\":\"11\",\"exceptionDescription\":\"Art. 16\""},
    {.code = "A06", .what = "another employer on site", .employer = "Bauhof Nord GmbH"},
    {.code = "A07", .what = "another town", .site = "Hamburg"},
    {.code = "", .what = "the town, in its other spelling", .site = "MUENCHEN"},
    {.code = "A07", .what = "a town spelled nearly so", .site = "MUENSCHEN"},
    {.code = "A08", .what = "longer than 24 months", .from = "2027-11-01", .to = "2028-11-22"},
    {.code = "A09",
     .what = "the law of the state of the check",
     .from = "\"statusConfirmationCode\":\"01\"",
     .to = "\"statusConfirmationCode\":\"02\"",
     .country = "PL"},
    {.code = "A10",
     .what = "several states, this one not named",
     .from = "\"statusConfirmationCode\":\"01\"",
     .to = "\"statusConfirmationCode\":\"02\"",
     .country = "FR",
     .no_decoys = true},
    {.code = "A11", .what = "the employer was not disclosed", .drop = "employmentSituations"},
    {.code = "A11", .what = "the state of the check is not known", .no_country = true},
    {.code = "A13", .what = "a similar name", .person = "Marek Paweł, Zieliński, 1990-04-17"},
    {.code = "A14", .what = "a test list that is marked", .test_list = true, .mark_test = true},
    {.code = "A14",
     .what = "no official level",
     .envelope = "\"attestation_legal_category\":\"EAA\",\"exp\":1796515200,\"status\":{\"status_"
                 "list\":{\"idx\":77,\"uri\":\"" STATUS_URI "\"}}"},
    {.code = "R02",
     .what = "an issuer withdrawn before it signed",
     .ended = 2 * HOUR,
     .failed = "LOTE-04"},
    {.code = "A15", .what = "an issuer withdrawn since it signed", .ended = HOUR / 2},
    {.code = "A15", .what = "an institution that is not in the directory", .no_body = true},
    {.code = "I04",
     .what = "two employers",
     .from = "\"employmentSituations\":[",
     .to = "\"employmentSituations\":[{\"typeOfEmployment\":\"01\",\"name\":\"Drugi Sp. z "
           "o.o.\",\"employerID\":\"PL1\",\"typeOfID\":\"03\",\"address\":{\"town\":\"Rzeszów\","
           "\"countryCode\":\"PL\"}},"},
    {.code = "I01", .what = "issued after the start", .from = "2026-11-22", .to = "2026-11-01"},
    {.code = "I02", .what = "ends soon", .from = "2027-11-01", .to = "2026-12-01"},
    {.code = "I03",
     .what = "transitional rules",
     .from = "\"determinationIsProvisional\":false",
     .to = "\"transitionRulesApplyAccordingEG\":true"},
    {.code = "", .what = "the employer of the A1 on site", .employer = "STALBUD testowy"},
    {.code = "", .what = "the town of the A1", .site = "Munchen"},
    {.code = "", .what = "no status needed below 24 hours", .envelope = "\"exp\":1795381200"},
};

static void a_valid_a1_is_green(void **state)
{
    (void)state;
    struct nw_report *r = check(&valid);
    const struct nw_checks *c = nw_report_checks(r);
    for (size_t i = 0; i < c->n; i++) {
        if (c->v[i].result == NW_FAIL) {
            fail_msg("%s: %s", c->v[i].id, c->v[i].detail);
        }
    }
    assert_false(nw_report_has(r, "I01"));
    expect(&valid, r);
}

static void each_reason_is_reached_by_one_difference(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(twists); i++) {
        expect(&twists[i], check(&twists[i]));
    }
}

/* a1-domain 8.4: with decoys or undisclosed countries "not certified" cannot be told. */
static void a_hidden_country_is_missing_not_excluded(void **state)
{
    (void)state;
    const struct twist hidden = {.code = "A11", .what = "DE was not disclosed", .drop = "DE"};
    expect(&hidden, check(&hidden));
    const struct twist decoys = {.code = "A11", .what = "decoys hide how many", .country = "FR"};
    expect(&decoys, check(&decoys));
}

/* Without our own nonce a proof may be a replay: it proves nothing, and only that is said. */
static void a_proof_that_answers_no_request_is_none(void **state)
{
    (void)state;
    const struct twist t = {.code = "A02", .what = "no nonce", .no_nonce = true, .no_person = true};
    struct nw_report *r = check(&t);
    assert_true(nw_report_has(r, "A03"));
    expect(&t, r);
    struct nw_report *with =
        check(&(struct twist){.code = "A02", .what = "nonce", .no_person = true});
    assert_false(nw_report_has(with, "A03"));
    nw_report_free(&with);
}

/* ---- the other profiles ---- */

static void pid(bool bound, const char *family, struct nw_signer *issuer, const char *extra,
                struct nw_buf *out);

static void credential_in(enum nw_profile profile, const char *name, struct nw_buf *out)
{
    const struct nw_type *pda1 = nw_type_find(types, "pda1");
    const struct nw_register_fields reg = {.issued_on = "2026-11-20",
                                           .document_expiry = "2027-11-01"};
    struct nw_json *claims = NULL, *plain = parse(record);
    struct nw_findings *losses = calloc(1, sizeof *losses);
    struct nw_buf jwk = NW_BUF(1024), issued = NW_BUF(1u << 17);
    char text[1024];
    assert_non_null(losses);
    assert_ok(nw_profile_write(pda1, profile, plain, &reg, &claims, losses));
    assert_ok(nw_jwk_write(nw_signer_pubkey(test_pki()->holder), &jwk));
    (void)snprintf(text, sizeof text,
                   "{\"vct\":\"%s\",\"iat\":%lld,\"exp\":%lld,\"cnf\":{\"jwk\":%s},\"status\":"
                   "{\"status_list\":{\"idx\":77,\"uri\":\"" STATUS_URI "\"}}}",
                   name, (long long)TEST_NOW - HOUR, (long long)TEST_NOW + 9 * NW_DAY,
                   nw_buf_cstr(&jwk));
    struct nw_json *p = parse(text);
    put_all(p, &claims);
    struct nw_sdjwt_issue job = {
        .payload = p, .plan = nw_type_plan(pda1, profile), .typ = "dc+sd-jwt"};
    assert_ok(nw_sdjwt_issue(test_crypto(), test_pki()->attestation, &job, &issued, NULL));
    assert_ok(nw_sdjwt_present(test_crypto(), nw_buf_slice(&issued), NULL, NULL, test_pki()->holder,
                               "nonce-1", "https://verifier.test", TEST_NOW - 5, out));
    nw_json_free(&p);
    nw_json_free(&plain);
    free(losses);
    nw_buf_free(&jwk);
    nw_buf_free(&issued);
}

static void each_profile_is_read_and_what_it_lacks_is_said(void **state)
{
    (void)state;
    static const struct {
        enum nw_profile profile;
        const char *vct;
        struct twist t;
    } rows[] = {
        {NW_PROFILE_EUDI, "urn:eu.europa.ec.eudi:pda1:1", {.code = "", .what = "eudi"}},
        {NW_PROFILE_EUDI,
         "urn:eu.europa.ec.eudi:pda1:1",
         {.code = "R08", .what = "eudi, another state", .country = "FR"}},
        {NW_PROFILE_DC4EU, "urn:eudi:pda1:1", {.code = "A12", .what = "dc4eu has no name"}},
        {NW_PROFILE_DC4EU,
         "urn:eudi:pda1:1",
         {.code = "R04", .what = "dc4eu, the document is over", .at = 350 * NW_DAY}},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_buf input = NW_BUF(1u << 17);
        credential_in(rows[i].profile, rows[i].vct, &input);
        expect(&rows[i].t, check_input(&rows[i].t, nw_buf_slice(&input), NW_SLICE_EMPTY));
        nw_buf_free(&input);
    }
    struct nw_buf a1 = NW_BUF(1u << 17), id = NW_BUF(1u << 17);
    const struct twist named = {.code = "", .what = "dc4eu with a PID", .no_person = true};
    credential_in(NW_PROFILE_DC4EU, "urn:eudi:pda1:1", &a1);
    pid(true, "Zieliński", test_pki()->stranger, "", &id);
    expect(&named, check_input(&named, nw_buf_slice(&a1), nw_buf_slice(&id)));
    nw_buf_free(&a1);
    nw_buf_free(&id);
}

/* The pilot's shape under the rulebook's vct, with the country codes of EESSI. */
static void the_pilot_is_told_by_its_shape(void **state)
{
    (void)state;
    static const char pilot[] =
        "{\"vct\":\"urn:eudi:pda1:1\",\"iat\":1795302000,\"exp\":1796515200,"
        "\"personal_administrative_number\":\"90041799998\",\"document_number\":\"PL-4711\","
        "\"employer\":{\"id\":\"PL0\",\"name\":\"Stalbud\",\"country\":\"PL\"},\"work_address\":"
        "{\"locality\":\"Athina\",\"country\":\"EL\"},\"legislation_country\":\"PL\","
        "\"status_confirmation\":\"01\",\"issuing_authority\":{\"id\":\"PL:ZUSTEST02\",\"name\":"
        "\"ZUS\"},\"issuing_country\":\"PL\",\"date_of_issuance\":\"2026-11-20\",\"date_of_"
        "expiry\":"
        "\"2027-11-01\",\"authentic_source\":{\"id\":\"PL:ZUSTEST02\",\"name\":\"ZUS\"},"
        "\"starting_date\":\"2026-11-22\",\"ending_date\":\"2027-11-01\",\"status\":{\"status_"
        "list\":"
        "{\"idx\":77,\"uri\":\"" STATUS_URI "\"}}}";
    const struct twist t = {.code = "A12", .what = "pilot in Greece", .country = "GR"};
    struct nw_json *p = parse(pilot);
    static const char *const none[] = {NULL};
    const struct nw_sd_plan plan = {.paths = none};
    struct nw_sdjwt_issue job = {.payload = p, .plan = &plan, .typ = "dc+sd-jwt"};
    struct nw_buf issued = NW_BUF(1u << 16), json = NW_BUF(1u << 20);
    assert_ok(nw_sdjwt_issue(test_crypto(), test_pki()->attestation, &job, &issued, NULL));
    struct nw_report *r = check_input(&t, nw_buf_slice(&issued), NW_SLICE_EMPTY);
    nw_report_json(r, &json);
    assert_non_null(strstr(nw_buf_cstr(&json), "\"profile\":\"dc4eu-pilot\""));
    assert_true(nw_report_has(r, "A03"));
    assert_false(nw_report_has(r, "R08"));
    assert_true(nw_report_has(r, "A12"));
    assert_int_equal(nw_report_verdict(r), NW_VERDICT_ATTENTION);
    nw_report_free(&r);
    nw_json_free(&p);
    nw_buf_free(&issued);
    nw_buf_free(&json);
}

static void card(const char *expiry, struct nw_buf *shown)
{
    char text[2048];
    struct nw_buf jwk = NW_BUF(1024), issued = NW_BUF(1u << 16);
    assert_ok(nw_jwk_write(nw_signer_pubkey(test_pki()->holder), &jwk));
    (void)snprintf(text, sizeof text,
                   "{\"vct\":\"urn:eudi:ehic:1\",\"iat\":1795302000,\"exp\":1796515200,\"cnf\":{"
                   "\"jwk\":%s},\"personal_administrative_number\":\"90041799998\","
                   "\"document_number\":\"80616000000000000001\",\"issuing_authority\":{\"id\":"
                   "\"PL:ZUSTEST02\",\"name\":\"ZUS\",\"country\":\"PL\"},\"authentic_source\":{"
                   "\"id\":\"PL:ZUSTEST02\",\"name\":\"ZUS\"},\"date_of_issuance\":\"2026-11-20\","
                   "\"date_of_expiry\":\"%s\",\"status\":{\"status_list\":{\"idx\":77,"
                   "\"uri\":\"" STATUS_URI "\"}}}",
                   nw_buf_cstr(&jwk), expiry);
    struct nw_json *p = parse(text);
    static const char *const none[] = {NULL};
    const struct nw_sd_plan plan = {.paths = none};
    struct nw_sdjwt_issue job = {.payload = p, .plan = &plan, .typ = "dc+sd-jwt"};
    assert_ok(nw_sdjwt_issue(test_crypto(), test_pki()->attestation, &job, &issued, NULL));
    assert_ok(nw_sdjwt_present(test_crypto(), nw_buf_slice(&issued), NULL, NULL, test_pki()->holder,
                               "nonce-1", "https://verifier.test", TEST_NOW - 5, shown));
    nw_json_free(&p);
    nw_buf_free(&jwk);
    nw_buf_free(&issued);
}

static void another_type_counts_only_where_it_is_wanted(void **state)
{
    (void)state;
    static const struct {
        const char *expiry;
        struct twist t;
    } rows[] = {
        {"2027-11-01", {.code = "R09", .what = "a card where an A1 is wanted"}},
        {"2027-11-01",
         {.code = "", .what = "a card that is wanted", .type = "ehic", .no_person = true}},
        {"2027-11-01",
         {.code = "A02", .what = "a card, and a person that is not compared", .type = "ehic"}},
        {"2027-11-01",
         {.code = "R03", .what = "a withdrawn card", .type = "ehic", .withdrawn = true}},
        {"2026-11-21", {.code = "R04", .what = "a card that is over", .type = "ehic"}},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_buf shown = NW_BUF(1u << 16);
        card(rows[i].expiry, &shown);
        expect(&rows[i].t, check_input(&rows[i].t, nw_buf_slice(&shown), NW_SLICE_EMPTY));
        nw_buf_free(&shown);
    }
}

static void red_beats_amber_and_the_first_red_decides(void **state)
{
    (void)state;
    const struct twist both = {.code = "R03",
                               .what = "withdrawn, other person, provisional",
                               .withdrawn = true,
                               .person = "Nowak, Jan, 1971-01-02",
                               .from = "\"determinationIsProvisional\":false",
                               .to = "\"determinationIsProvisional\":true"};
    struct nw_report *r = check(&both);
    assert_true(nw_report_has(r, "R07"));
    assert_true(nw_report_has(r, "A04"));
    expect(&both, r);
}

/* ---- PID beside the A1 ---- */

static void pid(bool bound, const char *family, struct nw_signer *issuer, const char *extra,
                struct nw_buf *out)
{
    char text[2048];
    struct nw_buf jwk = NW_BUF(1024), issued = NW_BUF(1u << 16);
    assert_ok(nw_jwk_write(nw_signer_pubkey(test_pki()->holder), &jwk));
    (void)snprintf(text, sizeof text,
                   "{\"vct\":\"urn:eudi:pid:1\",\"iat\":%lld,\"exp\":%lld,\"cnf\":{\"jwk\":%s},"
                   "\"family_name\":\"%s\",\"given_name\":\"Marek Paweł\",\"birthdate\":"
                   "\"1990-04-17\",\"issuing_country\":\"PL\",\"issuing_authority\":\"PL\"%s}",
                   (long long)TEST_NOW - HOUR, (long long)TEST_NOW + HOUR, nw_buf_cstr(&jwk),
                   family, extra);
    struct nw_json *p = parse(text);
    static const char *const paths[] = {"family_name", NULL};
    const struct nw_sd_plan plan = {.paths = paths};
    struct nw_sdjwt_issue job = {.payload = p, .plan = &plan, .typ = "dc+sd-jwt"};
    assert_ok(nw_sdjwt_issue(test_crypto(), issuer, &job, &issued, NULL));
    assert_ok(nw_sdjwt_present(test_crypto(), nw_buf_slice(&issued), NULL, NULL,
                               bound ? test_pki()->holder : NULL, "nonce-1",
                               "https://verifier.test", TEST_NOW - 5, out));
    nw_json_free(&p);
    nw_buf_free(&jwk);
    nw_buf_free(&issued);
}

static void with_pid(const char *code, const char *what, bool bound, const char *family,
                     struct nw_signer *issuer)
{
    const struct twist t = {.code = code, .what = what, .no_person = true};
    struct nw_buf a1 = NW_BUF(1u << 17), id = NW_BUF(1u << 17);
    credential(&t, &a1);
    pid(bound, family, issuer, "", &id);
    expect(&t, check_input(&t, nw_buf_slice(&a1), nw_buf_slice(&id)));
    nw_buf_free(&a1);
    nw_buf_free(&id);
}

static void a_pid_confirms_the_person(void **state)
{
    (void)state;
    with_pid("", "PID of the same person", true, "Zieliński", test_pki()->stranger);
}

static void a_pid_of_somebody_else_is_another_person(void **state)
{
    (void)state;
    with_pid("R07", "PID of another person", true, "Kowalczyk", test_pki()->stranger);
}

static void a_pid_without_possession_or_trust_confirms_nothing(void **state)
{
    (void)state;
    with_pid("A02", "PID without proof of possession", false, "Zieliński", test_pki()->stranger);
    with_pid("A02", "PID of an A1 institution", true, "Zieliński", test_pki()->attestation);
}

/* Each is genuine, of a PID provider and presented by its holder. */
static void a_pid_that_is_amber_itself_confirms_nothing(void **state)
{
    (void)state;
    static const struct twist rows[] = {
        {.code = "",
         .what = "a document in force",
         .pid_extra = ",\"date_of_expiry\":\"2026-11-22\""},
        {.code = "A02",
         .what = "the document ended the day before",
         .pid_extra = ",\"date_of_expiry\":\"2026-11-21\""},
        {.code = "A02", .what = "its provider is no longer entitled", .pid_ended = true},
        {.code = "A02", .what = "its provider is on a test list", .pid_test_list = true},
        {.code = "A14", .what = "a test list, marked", .pid_test_list = true, .mark_test = true},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct twist t = rows[i];
        struct nw_buf a1 = NW_BUF(1u << 17), id = NW_BUF(1u << 17);
        t.no_person = true;
        credential(&t, &a1);
        pid(true, "Zieliński", test_pki()->stranger, t.pid_extra != NULL ? t.pid_extra : "", &id);
        expect(&t, check_input(&t, nw_buf_slice(&a1), nw_buf_slice(&id)));
        nw_buf_free(&a1);
        nw_buf_free(&id);
    }
}

static void a_time_of_issue_with_a_fraction_is_that_time(void **state)
{
    (void)state;
    static const struct twist rows[] = {
        {.code = "", .what = "while entitled", .iat = "1795200000.5"},
        {.code = "R02",
         .what = "before it was entitled",
         .iat = "1769299200.5",
         .failed = "LOTE-04"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        expect(&rows[i], check(&rows[i]));
    }
}

static void a_body_of_another_state_signs_no_status(void **state)
{
    (void)state;
    const struct twist t = {
        .code = "A01", .what = "same id, other state", .status_abroad = true, .failed = "STS-06"};
    expect(&t, check(&t));
}

static void an_empty_nonce_is_none(void **state)
{
    (void)state;
    const struct twist t = {.code = "A02",
                            .what = "a proof for nobody, compared with nothing",
                            .nonce = "",
                            .kb_nonce = "",
                            .no_person = true};
    struct nw_report *r = check(&t);
    assert_true(nw_report_has(r, "A03"));
    expect(&t, r);
}

/* ---- A11 ---- */

static void a11_text(const struct twist *t, const char *iss, struct nw_buf *out)
{
    struct nw_json *r = parse(swap(record, t->from, t->to));
    struct nw_buf map = NW_BUF(8192);
    assert_ok(nw_a11_write(nw_type_find(types, "pda1"), r, 1, &map, NULL));
    struct nw_seal_issue job = {
        .iss = iss,
        .iat = TEST_NOW - HOUR,
        .exp = TEST_NOW + 300 * NW_DAY,
        .status = {.present = true, .idx = IDX, .uri = STATUS_URI},
        .a1 = nw_buf_slice(&map),
    };
    struct nw_diag d = {0};
    enum nw_err e = nw_seal_make(test_crypto(), test_pki()->attestation, &job, out, &d);
    if (e != NW_OK) {
        fail_msg("seal: %s %s %s", nw_err_name(e), d.path, d.detail);
    }
    nw_buf_free(&map);
    nw_json_free(&r);
}

static void a11_expect(const struct twist *t, const char *iss)
{
    struct nw_buf text = NW_BUF(8192);
    a11_text(t, iss, &text);
    if (t->tamper) {
        text.p[text.n / 2] = text.p[text.n / 2] == '0' ? '1' : '0';
    }
    expect(t, check_input(t, nw_buf_slice(&text), NW_SLICE_EMPTY));
    nw_buf_free(&text);
}

static void a_code_on_paper_with_the_id_document_is_green(void **state)
{
    (void)state;
    a11_expect(&valid, "PL:ZUSTEST02");
}

static void a_code_on_paper_fails_in_its_own_ways(void **state)
{
    (void)state;
    static const struct twist rows[] = {
        {.code = "R01", .what = "a character changed", .tamper = true},
        {.code = "R02", .what = "no bundle", .no_bundle = true, .failed = "QR-03"},
        {.code = "R03", .what = "withdrawn", .withdrawn = true, .failed = "STS-05"},
        {.code = "R04", .what = "expired", .at = 301 * NW_DAY, .failed = "QR-04"},
        {.code = "R05", .what = "not begun", .from = "2026-11-22", .to = "2026-11-23"},
        {.code = "R07", .what = "another person", .person = "Nowak, Jan, 1971-01-02"},
        {.code = "R08", .what = "another state", .country = "FR"},
        {.code = "A02", .what = "nobody looked at the ID document", .no_person = true},
        {.code = "R06",
         .what = "bound to no key, where the policy wants one",
         .require_binding = true,
         .failed = "KB-01"},
        {.code = "A15", .what = "the list does not say whose key it is", .nameless = true},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        a11_expect(&rows[i], "PL:ZUSTEST02");
    }
    const struct twist foreign = {
        .code = "R02", .what = "iss of another institution", .failed = "A1-04"};
    a11_expect(&foreign, "PL:OTHER");
}

static void an_unbound_code_without_id_document_lacks_possession(void **state)
{
    (void)state;
    const struct twist t = {.code = "A02", .what = "no ID document", .no_person = true};
    struct nw_buf text = NW_BUF(8192);
    a11_text(&t, "PL:ZUSTEST02", &text);
    struct nw_report *r = check_input(&t, nw_buf_slice(&text), NW_SLICE_EMPTY);
    assert_true(nw_report_has(r, "A03"));
    expect(&t, r);
    nw_buf_free(&text);
}

/* ---- other inputs ---- */

static void a_malformed_a1_is_not_called_binding(void **state)
{
    (void)state;
    const struct twist t = {.code = "R01",
                            .what = "exception text without an exception",
                            .from = "\"statusConfirmationCode\":\"01\"",
                            .to =
                                "\"statusConfirmationCode\":\"01\",\"exceptionDescription\":\"x\""};
    struct nw_report *r = check(&t);
    assert_true(nw_report_has(r, "R01"));
    assert_false(nw_report_has(r, "A08"));
    expect(&t, r);
}

static void what_is_no_a1_is_named(void **state)
{
    (void)state;
    static const char *const inputs[] = {
        "HC1:6BF+70790T9WJWG",
        "hello",
        "a1:",
        "{\"vct\":1}",
        "\x01\x02",
        "\xff\xfe",
        "a2646e616d65",
        "omRuYW1lZG5hbWVkbmFtZQ",
    };
    const struct twist t = {.code = "R09", .what = "no A1"};
    for (size_t i = 0; i < ARRAY_LENGTH(inputs); i++) {
        expect(&t, check_input(&t, nw_str(inputs[i]), NW_SLICE_EMPTY));
    }
    expect(&t, check_input(&t, NW_SLICE_EMPTY, NW_SLICE_EMPTY));
}

static void a_code_under_another_prefix_fails_the_rule_of_the_prefix(void **state)
{
    (void)state;
    const struct twist t = {.code = "R09", .what = "another code"};
    static const struct {
        const char *input, *rule;
    } rows[] = {{"a11:6BF+70790T9WJWG", "QR-01"},
                {"A12:6BF+70790T9WJWG", "QR-01"},
                {"A12:6BF+70790t9WJWG", "A1-01"},
                {"HC1:6BF+70790T9WJWG", "A1-01"}};
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct nw_report *r = check_input(&t, nw_str(rows[i].input), NW_SLICE_EMPTY);
        assert_string_equal(nw_check_first_failure(nw_report_checks(r))->id, rows[i].rule);
        expect(&t, r);
    }
}

static void a_place_is_one_of_the_32_states(void **state)
{
    static const char *const v[][2] = {{"DE", "DE"}, {"IS", "IS"}, {"GB", "GB"}, {"UK", "GB"},
                                       {"GR", "GR"}, {"EL", "GR"}, {"XX", ""},   {"US", ""},
                                       {"de", ""},   {"DEU", ""},  {"", ""}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(v); i++) {
        char iso[3] = "??";
        assert_int_equal(nw_report_place(v[i][0], iso), v[i][1][0] != '\0');
        assert_string_equal(iso, v[i][1]);
    }
}

static void assert_says(const struct nw_report *r, const char *json, const char *de)
{
    struct nw_buf out = NW_BUF(1u << 20);
    nw_report_json(r, &out);
    assert_non_null(strstr(nw_buf_cstr(&out), json));
    nw_buf_reset(&out);
    nw_report_text(r, "de", false, &out);
    assert_non_null(strstr(nw_buf_cstr(&out), de));
    nw_buf_free(&out);
}

static void the_report_says_which_day_it_was(void **state)
{
    struct twist t = {.code = "", .what = "late in the evening, UTC", .at = 23 * HOUR};
    (void)state;
    struct nw_report *r = check(&t);
    assert_says(r, "\"day\":{\"place\":\"DE\",\"first\":\"2026-11-23\",\"last\":\"2026-11-23\"}",
                "Geprüft am 23.11.2026 um 00:00 Ortszeit (23:00 UTC), ohne Netz.");
    nw_report_free(&r);
    t.no_country = true;
    r = check(&t);
    assert_says(r, "\"day\":{\"place\":null,\"first\":\"2026-11-22\",\"last\":\"2026-11-23\"}",
                "Geprüft am 22.11.2026 um 23:00 UTC, ohne Netz.");
    nw_report_free(&r);
}

static void paper_and_applications_have_their_reason(void **state)
{
    (void)state;
    struct nw_policy policy;
    nw_policy_default(&policy);
    struct nw_verify_job job = {.types = types, .policy = &policy, .at = TEST_NOW};
    static const char *const codes[] = {NULL, "A16", "A17"};
    for (int seen = NW_SEEN_APPLICATION; seen <= NW_SEEN_PAPER; seen++) {
        struct nw_report *r = NULL;
        job.seen = (enum nw_seen)seen;
        assert_ok(nw_verify_presentation(test_crypto(), &job, &r, NULL));
        assert_true(nw_report_has(r, codes[seen]));
        assert_int_equal(nw_report_verdict(r), NW_VERDICT_ATTENTION);
        nw_report_free(&r);
    }
}

static void too_large_an_input_is_an_error_not_a_verdict(void **state)
{
    (void)state;
    struct nw_policy policy;
    nw_policy_default(&policy);
    static uint8_t big[NW_MAX_INPUT + 1];
    struct nw_verify_job job = {.input = {big, sizeof big}, .types = types, .policy = &policy};
    struct nw_report *r = NULL;
    assert_err(nw_verify_presentation(test_crypto(), &job, &r, NULL), NW_ERR_LIMIT);
    assert_null(r);
}

struct alloc_job {
    struct nw_slice input, bundle;
};

static enum nw_err verify_again(void *ctx)
{
    const struct alloc_job *j = ctx;
    static char hex[65];
    const char *pins[] = {hex, NULL};
    struct nw_policy policy;
    struct nw_bundle_policy bp = {.signers = pins, .now = TEST_NOW};
    struct nw_bundle *b = NULL;
    struct nw_report *r = NULL;
    nw_policy_default(&policy);
    enum nw_err e = nw_bundle_claimed_signer(test_crypto(), j->bundle, hex, NULL);
    if (e == NW_OK) {
        e = nw_bundle_open(test_crypto(), j->bundle, &bp, &b, NULL);
    }
    struct nw_verify_job job = {.input = j->input,
                                .types = types,
                                .bundle = b,
                                .policy = &policy,
                                .at = TEST_NOW,
                                .country = "DE",
                                .nonce = "nonce-1",
                                .audience = "https://verifier.test"};
    if (e == NW_OK) {
        e = nw_verify_presentation(test_crypto(), &job, &r, NULL);
    }
    if (e == NW_OK && strcmp(nw_report_decisive(r), "A02") != 0) {
        fail_msg("memory trouble became the verdict %s", nw_report_decisive(r));
    }
    nw_report_free(&r);
    nw_bundle_free(&b);
    return e;
}

static void memory_trouble_is_never_a_verdict(void **state)
{
    (void)state;
    struct nw_buf input = NW_BUF(1u << 17), file = NW_BUF(1u << 20);
    credential(&valid, &input);
    bundle_bytes(&valid, &file);
    struct alloc_job job = {nw_buf_slice(&input), nw_buf_slice(&file)};
    const enum nw_err also[] = {NW_ERR_CRYPTO_BACKEND, NW_OK};
    survives_allocation_failure(verify_again, &job, also);
    nw_buf_reset(&input);
    a11_text(&valid, "PL:ZUSTEST02", &input);
    job.input = nw_buf_slice(&input);
    survives_allocation_failure(verify_again, &job, also);
    nw_buf_free(&input);
    nw_buf_free(&file);
}

/* Every character counts: another one anywhere, and the presentation is no longer confirmed. */
static void no_change_of_one_character_is_green(struct nw_buf *input, size_t step)
{
    struct nw_buf file = NW_BUF(1u << 20);
    struct nw_person person;
    struct nw_policy policy;
    bundle_bytes(&valid, &file);
    struct nw_bundle *bundle = bundle_open(nw_buf_slice(&file));
    nw_policy_default(&policy);
    assert_ok(nw_person_parse(nw_str("Zieliński, Marek Paweł, 1990-04-17"), &person, NULL));
    struct nw_verify_job job = {.types = types,
                                .bundle = bundle,
                                .policy = &policy,
                                .at = TEST_NOW,
                                .country = "DE",
                                .nonce = "nonce-1",
                                .audience = "https://verifier.test",
                                .person = &person};
    for (size_t i = 0; i <= input->n; i += i == 0 ? 1 : step) {
        struct nw_report *r = NULL;
        uint8_t was = i > 0 ? input->p[i - 1] : ' ';
        if (i > 0) {
            input->p[i - 1] = was == 'A' ? 'B' : 'A';
        }
        job.input = nw_buf_slice(input);
        assert_ok(nw_verify_presentation(test_crypto(), &job, &r, NULL));
        if ((nw_report_verdict(r) == NW_VERDICT_VALID) != (i == 0)) {
            fail_msg("position %zu of %zu ('%c'): %s", i, input->n, was, nw_report_decisive(r));
        }
        nw_report_free(&r);
        if (i > 0) {
            input->p[i - 1] = was;
        }
    }
    nw_bundle_free(&bundle);
    nw_buf_free(&file);
}

static void every_character_counts(void **state)
{
    (void)state;
    struct nw_buf sdjwt = NW_BUF(1u << 17), code = NW_BUF(8192);
    credential(&valid, &sdjwt);
    a11_text(&valid, "PL:ZUSTEST02", &code);
    no_change_of_one_character_is_green(&sdjwt, 7);
    no_change_of_one_character_is_green(&code, 1);
    nw_buf_free(&sdjwt);
    nw_buf_free(&code);
}

/* ---- texts ---- */

static void no_amber_text_ends_an_a1(void **state)
{
    (void)state;
    static const char *const words[] = {"ngültig", "ngueltig",     "nvalid", "not valid",
                                        "void",    "nicht gültig", "nichtig"};
    for (size_t i = 0; i < nw_reason_count(); i++) {
        const struct nw_reason *r = nw_reason_at(i);
        for (int lang = 0; lang < 2; lang++) {
            assert_true(r->text[lang][0] != '\0');
            assert_true(r->colour == NW_NOTE || r->next[lang][0] != '\0');
            for (size_t w = 0; r->colour == NW_AMBER && w < ARRAY_LENGTH(words); w++) {
                assert_null(strstr(r->text[lang], words[w]));
                assert_null(strstr(r->next[lang], words[w]));
            }
        }
    }
    assert_int_equal(nw_reason_count(), 30);
}

static void the_catalogue_is_complete(void **state)
{
    (void)state;
    size_t rules = 0, v = 0;
    for (size_t i = 0; i < nw_rule_count(); i++) {
        const struct nw_rule *r = nw_rule_at(i);
        assert_true(r->title[0] != '\0' && r->clause[0] != '\0' && r->where != 0);
        assert_ptr_equal(nw_rule_find(r->id), r);
        bool is_v = r->id[0] == 'V' && r->id[1] <= '9';
        rules += !is_v;
        v += is_v;
    }
    assert_int_equal(rules, 66);
    assert_int_equal(v, 28);
}

static void control_characters_do_not_reach_a_terminal(void **state)
{
    (void)state;
    const struct twist t = {.code = "",
                            .what = "escape sequence in a name",
                            .from = "Baustelle Ost",
                            .to = "A\\u001b[2JB\\u202eC"};
    struct nw_report *r = check(&t);
    struct nw_buf text = NW_BUF(1u << 20);
    nw_report_text(r, "de", false, &text);
    nw_report_json(r, &text);
    assert_ok(nw_buf_err(&text));
    assert_null(strstr(nw_buf_cstr(&text), "\x1b"));
    assert_null(strstr(nw_buf_cstr(&text), "\xe2\x80\xae"));
    nw_buf_free(&text);
    nw_report_free(&r);
}

static void a_character_that_nobody_sees_is_shown(void **state)
{
    (void)state;
    const struct twist t = {
        .code = "", .what = "zero width space", .from = "Baustelle Ost", .to = "Bau\\u200bstelle"};
    struct nw_report *r = check(&t);
    struct nw_buf text = NW_BUF(1u << 20);
    nw_report_text(r, "de", false, &text);
    assert_non_null(strstr(nw_buf_cstr(&text), "Bau\\u{200B}stelle"));
    nw_buf_free(&text);
    expect(&t, r);
}

static void the_json_names_what_was_not_done(void **state)
{
    (void)state;
    struct nw_report *r = check(&valid);
    struct nw_buf text = NW_BUF(1u << 20);
    nw_report_json(r, &text);
    struct nw_json *j = NULL;
    assert_ok(nw_json_parse(nw_buf_slice(&text), &j, NULL));
    assert_true(nw_json_is_text(nw_json_get(j, "verdict"), "valid"));
    assert_true(nw_json_is_text(nw_json_path(j, "binding.kind"), "device"));
    assert_true(nw_json_is_text(nw_json_path(j, "issuer.country"), "PL"));
    assert_true(nw_json_is_text(nw_json_path(j, "claims.documentID"), "PL-ZUS-TEST-2026-0004711"));
    bool open = false;
    const struct nw_json *checks = nw_json_get(j, "checks");
    for (const struct nw_json *c = nw_json_first(checks); c != NULL; c = nw_json_next(c)) {
        open = open || (nw_json_is_text(nw_json_get(c, "id"), "X5-04") &&
                        nw_json_is_text(nw_json_get(c, "result"), "not-done"));
    }
    assert_true(open);
    nw_json_free(&j);
    nw_buf_free(&text);
    nw_report_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_valid_a1_is_green),
        cmocka_unit_test(each_reason_is_reached_by_one_difference),
        cmocka_unit_test(a_hidden_country_is_missing_not_excluded),
        cmocka_unit_test(a_proof_that_answers_no_request_is_none),
        cmocka_unit_test(each_profile_is_read_and_what_it_lacks_is_said),
        cmocka_unit_test(the_pilot_is_told_by_its_shape),
        cmocka_unit_test(another_type_counts_only_where_it_is_wanted),
        cmocka_unit_test(red_beats_amber_and_the_first_red_decides),
        cmocka_unit_test(a_pid_confirms_the_person),
        cmocka_unit_test(a_pid_of_somebody_else_is_another_person),
        cmocka_unit_test(a_pid_without_possession_or_trust_confirms_nothing),
        cmocka_unit_test(a_pid_that_is_amber_itself_confirms_nothing),
        cmocka_unit_test(a_time_of_issue_with_a_fraction_is_that_time),
        cmocka_unit_test(a_body_of_another_state_signs_no_status),
        cmocka_unit_test(an_empty_nonce_is_none),
        cmocka_unit_test(a_code_on_paper_with_the_id_document_is_green),
        cmocka_unit_test(a_code_on_paper_fails_in_its_own_ways),
        cmocka_unit_test(an_unbound_code_without_id_document_lacks_possession),
        cmocka_unit_test(a_malformed_a1_is_not_called_binding),
        cmocka_unit_test(what_is_no_a1_is_named),
        cmocka_unit_test(a_code_under_another_prefix_fails_the_rule_of_the_prefix),
        cmocka_unit_test(paper_and_applications_have_their_reason),
        cmocka_unit_test(a_place_is_one_of_the_32_states),
        cmocka_unit_test(the_report_says_which_day_it_was),
        cmocka_unit_test(too_large_an_input_is_an_error_not_a_verdict),
        cmocka_unit_test(memory_trouble_is_never_a_verdict),
        cmocka_unit_test(every_character_counts),
        cmocka_unit_test(no_amber_text_ends_an_a1),
        cmocka_unit_test(the_catalogue_is_complete),
        cmocka_unit_test(control_characters_do_not_reach_a_terminal),
        cmocka_unit_test(a_character_that_nobody_sees_is_shown),
        cmocka_unit_test(the_json_names_what_was_not_done),
    };
    if (nw_types_load(&types, NULL) != NW_OK) {
        abort();
    }
    int failed = run_on_both("report", tests, ARRAY_LENGTH(tests));
    nw_types_free(&types);
    return failed;
}
