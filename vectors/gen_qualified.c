/* QC-01 to QC-06: the way over the QTSP on a national list (TS 119 615 4.3, 4.4), for a policy that
 * decides by it. The credential is the same in every row; its signer's certificate is issued by a
 * test QTSP, and a row differs in that certificate or in what the national list says. */
#include <string.h>

#include "hand.h"
#include "test_qc.h"

#define DAY 86400
#define SINCE (GEN_NOW - 100 * DAY) /* the CA was granted */
#define ISSUED (GEN_NOW - 50 * DAY) /* the certificate begins */
#define SIGNED (GEN_NOW - DAY)      /* iat of every credential */
#define BODY "PL:ZUSTEST02"
#define PROVIDER "Test QTSP S.A."

static const struct test_qc public_seal = {.compliance = true, .types = 2, .psb_country = "PL"};

static struct world_cert ca_cert(void)
{
    return (struct world_cert){.label = "qtsp ca",
                               .common_name = "Test QTSP CA 1",
                               .organisation = PROVIDER,
                               .country = "PL",
                               .ca = true,
                               .path_len = 1};
}

static struct nw_signer *usual_ca(struct gen *g)
{
    const struct world_cert c = ca_cert();
    return world_signer(g, &c);
}

/* The body's seal certificate; ca NULL: by the listed CA. Freed with the row. */
static void seal_of(struct hand *h, const struct test_qc *qc, struct nw_signer *ca,
                    const char *country, bool commitment)
{
    struct nw_signer *usual = ca == NULL ? usual_ca(h->g) : NULL;
    struct nw_buf statements = NW_BUF(1024);
    test_qc_put(&statements, qc);
    gen_ok(nw_buf_err(&statements), "statements");
    const struct world_cert leaf = {.label = "pl issuer",
                                    .common_name = "A1 seal (test)",
                                    .organisation = h->w->body[PARTY_PL].name,
                                    .organisation_id = BODY,
                                    .country = country,
                                    .not_before = ISSUED,
                                    .issuer = ca == NULL ? usual : ca,
                                    .qc_statements = nw_buf_slice(&statements),
                                    .commitment = commitment};
    h->own = world_signer(h->g, &leaf);
    const struct nw_slice der = world_leaf(h->own);
    hand_chain(h, &der, 1);
    nw_buf_free(&statements);
    nw_signer_free(&usual);
}

static void seal_by(struct hand *h, const struct test_qc *qc, struct nw_signer *ca,
                    const char *country)
{
    seal_of(h, qc, ca, country, false);
}

static void seal(struct hand *h)
{
    seal_by(h, &public_seal, NULL, "PL");
}

static void seal_for_commitment(struct hand *h)
{
    seal_of(h, &public_seal, NULL, "PL", true);
}

static void seal_below_intermediate(struct hand *h)
{
    struct nw_signer *root = usual_ca(h->g);
    struct world_cert c = ca_cert();
    c.label = "qtsp intermediate";
    c.common_name = "Test QTSP CA 2";
    c.path_len = 0;
    c.issuer = root;
    struct nw_signer *middle = world_signer(h->g, &c);
    seal_by(h, &public_seal, middle, "PL");
    const struct nw_slice chain[] = {world_leaf(h->own), world_leaf(middle)};
    hand_chain(h, chain, 2);
    nw_signer_free(&middle);
    nw_signer_free(&root);
}

static void by_another(struct hand *h, struct world_cert c)
{
    struct nw_signer *ca = world_signer(h->g, &c);
    seal_by(h, &public_seal, ca, "PL");
    nw_signer_free(&ca);
}

static void ca_unlisted(struct hand *h)
{
    struct world_cert c = ca_cert();
    c.label = "qtsp unlisted ca";
    c.common_name = "Test QTSP CA 7";
    by_another(h, c);
}

static void ca_impostor(struct hand *h)
{
    struct world_cert c = ca_cert();
    c.label = "qtsp impostor";
    by_another(h, c);
}

static void no_compliance(struct hand *h)
{
    struct test_qc qc = public_seal;
    qc.compliance = false;
    seal_by(h, &qc, NULL, "PL");
}

static void for_websites(struct hand *h)
{
    struct test_qc qc = public_seal;
    qc.types = 4;
    seal_by(h, &qc, NULL, "PL");
}

static void two_types(struct hand *h)
{
    struct test_qc qc = public_seal;
    qc.types = 3;
    seal_by(h, &qc, NULL, "PL");
}

static void no_body(struct hand *h)
{
    struct test_qc qc = public_seal;
    qc.psb_country = NULL;
    seal_by(h, &qc, NULL, "PL");
}

static void body_elsewhere(struct hand *h)
{
    struct test_qc qc = public_seal;
    qc.psb_country = "CZ";
    seal_by(h, &qc, NULL, "PL");
}

static void other_state(struct hand *h)
{
    struct test_qc qc = public_seal;
    qc.psb_country = "CZ";
    seal_by(h, &qc, NULL, "CZ");
}

/* ---- what is listed ---- */

#define GRANTED(uses, set)                                                                         \
    {                                                                                              \
        {                                                                                          \
            NW_TRUST_GRANTED, SINCE, 0, uses, set                                                  \
        }                                                                                          \
    }

static void list(struct gen *g, const struct world *w, const char *name, struct world_national n,
                 int64_t ca_ends)
{
    struct world_cert c = ca_cert();
    c.not_after = ca_ends;
    struct nw_signer *ca = world_signer(g, &c);
    const struct world_cert status = {.label = "pl status",
                                      .common_name = "Status signer (test)",
                                      .organisation = w->body[PARTY_PL].name,
                                      .organisation_id = BODY,
                                      .country = "PL",
                                      .issuer = ca,
                                      .eku = "1.3.6.1.5.5.7.3.30"};
    struct nw_signer *s = world_signer(g, &status);
    static const uint64_t withdrawn[] = {WORLD_IDX_WITHDRAWN, 0};
    struct nw_buf token = NW_BUF(NW_MAX_STATUS_TOKEN);
    world_status(g, s, NW_TOKEN_JWT, WORLD_STATUS_URI, GEN_NOW - 3600, GEN_NOW + DAY, withdrawn,
                 &token);
    n.ca = world_leaf(ca);
    n.provider = n.provider != NULL ? n.provider : PROVIDER;
    n.territory = n.territory != NULL ? n.territory : "PL";
    n.period_n = n.periods[1].from != 0 ? 2 : 1;
    const struct world_bundle how = {
        .official = true, .lean = true, .national = &n, .status_jwt = nw_buf_slice(&token)};
    evidence_bundle(g, w, &how, name);
    nw_buf_free(&token);
    nw_signer_free(&s);
    nw_signer_free(&ca);
}

/* The same CA is on the list of public bodies for PL, until a time if not 0. */
static void list_both(struct gen *g, const struct world *w, const char *name,
                      struct world_national n, int64_t until)
{
    struct nw_signer *ca = usual_ca(g);
    n.ca = world_leaf(ca);
    n.provider = PROVIDER;
    n.territory = "PL";
    n.period_n = n.periods[1].from != 0 ? 2 : 1;
    const struct world_bundle how = {.official = true,
                                     .lean = true,
                                     .national = &n,
                                     .pl_anchor = world_leaf(ca),
                                     .pl_until = until};
    evidence_bundle(g, w, &how, name);
    nw_signer_free(&ca);
}

/* NotQualified for certificates with the policy 1.2.3 / with digitalSignature / by a criterion that
 * nobody knows. */
static const uint8_t policy_set[] = {0x81, 0x82, 0x01, 0x82, 0x05, 0x82, 0x02, 0x42, 0x2a, 0x03};
static const uint8_t usage_set[] = {0x81, 0x82, 0x01, 0x82, 0x05, 0x83, 0x01, 0x01, 0x01};
/* QCForESig, likewise with digitalSignature. */
static const uint8_t signature_set[] = {0x81, 0x82, 0x04, 0x82, 0x05, 0x83, 0x01, 0x01, 0x01};
static const uint8_t unknown_set[] = {0x81, 0x82, 0x01, 0x81, 0x00};
static const uint8_t trade_names[] = {0x81, 0x6e, 'T', 'e', 's', 't', ' ', 'Q',
                                      'T',  'S',  'P', ' ', 'S', '.', 'A', '.'};

static void make_lists(struct gen *g, const struct world *w)
{
    static const struct nw_bundle_note refused = {
        NW_NOTE_REFUSED,
        {(const uint8_t *)"list", 4},
        {(const uint8_t *)"pl.xml", 6},
        {(const uint8_t *)"none of the 2 that were named", 29},
        {(const uint8_t *)"PL", 2},
        {(const uint8_t *)"TSL_SIGNER", 10}};
    const struct world_national whole = {.periods = GRANTED(NW_USE_SEALS, 0)};
    struct world_national n = whole;
    list(g, w, "qc", whole, 0);
    n.territory = "CZ";
    list(g, w, "qc-other-state", n, 0);
    n.note = &refused;
    list(g, w, "qc-list-refused", n, 0);
    n = whole;
    n.next_update = GEN_NOW - 29 * DAY;
    list(g, w, "qc-list-stale", n, 0);
    list_both(g, w, "qc-both-stale", n, 0);
    n.next_update = GEN_NOW - 31 * DAY;
    list(g, w, "qc-list-lapsed", n, 0);
    n = whole;
    list(g, w, "qc-ca-expired", n, GEN_NOW - DAY / 2);
    n.other = true;
    list(g, w, "qc-ca-other", n, 0);
    n = whole;
    n.provider = "QTSP of another name";
    list(g, w, "qc-name", n, 0);
    n.names = nw_slice(trade_names, sizeof trade_names);
    list(g, w, "qc-trade-name", n, 0);
    n = (struct world_national){.periods = GRANTED(NW_USE_SIGNATURES, 0)};
    list(g, w, "qc-signatures", n, 0);
    n = (struct world_national){.periods = {{NW_TRUST_GRANTED, SINCE, SIGNED, NW_USE_SEALS, 0},
                                            {NW_TRUST_WITHDRAWN, SIGNED, 0, NW_USE_SEALS, 0}}};
    list(g, w, "qc-withdrawn", n, 0);
    n.periods[0].until = n.periods[1].from = SIGNED + 1;
    list(g, w, "qc-withdrawn-since", n, 0);
    list_both(g, w, "qc-both-withdrawn-since", n, 0);
    n = (struct world_national){
        .periods = {{NW_TRUST_WITHDRAWN, SINCE, ISSUED + 1, NW_USE_SEALS, 0},
                    {NW_TRUST_GRANTED, ISSUED + 1, 0, NW_USE_SEALS, 0}}};
    list(g, w, "qc-granted-again", n, 0);
    n = whole;
    n.periods[0].from = ISSUED;
    list(g, w, "qc-granted-then", n, 0);
    n.periods[0].from = ISSUED + 1;
    list(g, w, "qc-granted-later", n, 0);
    n = (struct world_national){.periods = GRANTED(NW_USE_SEALS | NW_USE_OPEN, 0)};
    list(g, w, "qc-unclear", n, 0);
    n = (struct world_national){.periods = GRANTED(NW_USE_SEALS, 1),
                                .set = nw_slice(policy_set, sizeof policy_set)};
    list(g, w, "qc-others-not-qualified", n, 0);
    n.set = nw_slice(usage_set, sizeof usage_set);
    list(g, w, "qc-not-qualified", n, 0);
    n.set = nw_slice(signature_set, sizeof signature_set);
    list(g, w, "qc-stated-for-signatures", n, 0);
    n.set = nw_slice(unknown_set, sizeof unknown_set);
    list(g, w, "qc-criterion-unknown", n, 0);
    list_both(g, w, "qc-both", whole, 0);
    list_both(g, w, "qc-both-withdrawn", whole, SIGNED - DAY);
}

#define SHELF(name) .bundle = "set/evidence/" name ".bundle"
#define ROW(how) .policy = POLICY_QUALIFIED, .unbound = true, .change = (how)
#define BOTH(how) .policy = POLICY_BOTH, .unbound = true, .change = (how)
#define BAD(rule) .failed = {rule, "VC-03"}, .decisive = "R02"
#define C1 "TS 119 615 4.2.4, 4.4.4 (PRO-4.4.4-01)"
#define C2 "TS 119 615 4.3.4 (PRO-4.3.4-03)"
#define C3 "TS 119 615 4.4.4 (PRO-4.4.4-06)"
#define C4 "TS 119 615 4.4.4 (PRO-4.4.4-18, -34 to -36)"
#define C5 "TS 119 615 4.4.4 (Table 2)"
#define CB "Reg. (EU) 910/2014 45f(1)(b), (2); TS 119 602 annex H"
#define C6 "TS 119 412-6 8.3; Reg. (EU) 910/2014 45f(1)(b)"

static const struct hand_case rows[] = {
    {.id = "QC-01-a1", .clause = C1, SHELF("qc"), ROW(seal)},
    {.id = "QC-01-a2",
     .clause = "TS 119 615 4.2.4; SD-JWT VC 2.5",
     SHELF("qc-list-stale"),
     ROW(seal),
     .exit = 1,
     .failed = {"LOTE-02"},
     .decisive = "A01",
     .reasons = {"A01", "I01"}},
    {.id = "QC-01-a3",
     .clause = "TS 119 615 4.2.4; SD-JWT VC 2.5",
     SHELF("qc-both-stale"),
     BOTH(seal),
     .exit = 1,
     .failed = {"LOTE-02"},
     .decisive = "A01",
     .reasons = {"A01", "I01"}},
    {.id = "QC-01-r1",
     .clause = C1,
     .broken = "the national list is that of another state than the certificate's issuer names",
     .twin = "QC-01-a1",
     SHELF("qc-other-state"),
     ROW(seal),
     BAD("QC-01")},
    {.id = "QC-01-r2",
     .clause = "TS 119 615 4.2.4",
     .broken = "the list of the state was refused: its signer is not one that the list of lists "
               "names",
     .twin = "QC-01-a1",
     SHELF("qc-list-refused"),
     ROW(seal),
     BAD("QC-01")},
    {.id = "QC-01-r3",
     .clause = "TS 119 615 4.2.4",
     .broken = "the list was to be renewed 31 days ago",
     .twin = "QC-01-a2",
     SHELF("qc-list-lapsed"),
     ROW(seal),
     BAD("QC-01")},

    {.id = "QC-02-a1", .clause = C2, SHELF("qc"), ROW(seal_below_intermediate)},
    {.id = "QC-02-a2",
     .clause = "EN 319 412-3 4.3.1 (LEG-4.3.1-3, -4); TS 119 412-6 8.1",
     SHELF("qc"),
     ROW(seal_for_commitment)},
    {.id = "QC-02-r1",
     .clause = C2,
     .broken = "the CA that issued the certificate is not on the list",
     .twin = "QC-01-a1",
     SHELF("qc"),
     ROW(ca_unlisted),
     BAD("QC-02")},
    {.id = "QC-02-r2",
     .clause = C2,
     .broken = "the CA bears the name of the listed one, and has another key",
     .twin = "QC-01-a1",
     SHELF("qc"),
     ROW(ca_impostor),
     .failed = {"QC-02", "X5-01", "VC-03"},
     .decisive = "R02"},
    {.id = "QC-02-r3",
     .clause = "TS 119 615 4.3.4; RFC 5280 6.1",
     .broken = "the listed CA certificate has expired",
     .twin = "QC-01-a1",
     SHELF("qc-ca-expired"),
     ROW(seal),
     .failed = {"QC-02", "X5-01", "VC-03"},
     .decisive = "R02"},
    {.id = "QC-02-r4",
     .clause = "TS 119 615 4.4.4 (PRO-4.4.4-18)",
     .broken = "the CA was never granted for seals",
     .twin = "QC-01-a1",
     SHELF("qc-ca-other"),
     ROW(seal),
     BAD("QC-02")},

    {.id = "QC-03-a1", .clause = C3, SHELF("qc-trade-name"), ROW(seal)},
    {.id = "QC-03-r1",
     .clause = C3,
     .broken = "the provider on the list has another name than the issuer in the certificate",
     .twin = "QC-03-a1",
     SHELF("qc-name"),
     ROW(seal),
     BAD("QC-03")},

    {.id = "QC-04-a1", .clause = C4, SHELF("qc-granted-then"), ROW(seal)},
    {.id = "QC-04-a2",
     .clause = C4,
     SHELF("qc-withdrawn-since"),
     ROW(seal),
     .exit = 1,
     .failed = {"STS-06"}, /* its CA signs no status lists any more either */
     .decisive = "A01",
     .reasons = {"A01", "A15", "I01"}},
    {.id = "QC-04-a3",
     .clause = C4,
     SHELF("qc-both-withdrawn-since"),
     BOTH(seal),
     .exit = 1,
     .decisive = "A15",
     .reasons = {"A15", "I01"}},
    {.id = "QC-04-r1",
     .clause = C4,
     .broken = "the CA was granted a second after the certificate was issued",
     .twin = "QC-04-a1",
     SHELF("qc-granted-later"),
     ROW(seal),
     BAD("QC-04")},
    {.id = "QC-04-r2",
     .clause = C4,
     .broken = "the CA was withdrawn in the second in which the A1 was signed",
     .twin = "QC-04-a2",
     SHELF("qc-withdrawn"),
     ROW(seal),
     BAD("QC-04")},
    {.id = "QC-04-r3",
     .clause = C4,
     .broken = "the CA was withdrawn when it issued the certificate, and granted again since",
     .twin = "QC-04-a1",
     SHELF("qc-granted-again"),
     ROW(seal),
     BAD("QC-04")},
    {.id = "QC-04-r4",
     .clause = C4,
     .broken = "the CA is granted for signatures only",
     .twin = "QC-01-a1",
     SHELF("qc-signatures"),
     ROW(seal),
     BAD("QC-04")},
    {.id = "QC-04-r5",
     .clause = "TS 119 615 4.4.4 (PRO-4.4.4-18A)",
     .broken = "the entry has a status that is not known",
     .twin = "QC-01-a1",
     SHELF("qc-unclear"),
     ROW(seal),
     BAD("QC-04")},

    {.id = "QC-05-a1", .clause = C5, SHELF("qc-others-not-qualified"), ROW(seal)},
    {.id = "QC-05-a2", .clause = C5, SHELF("qc-not-qualified"), ROW(seal_for_commitment)},
    {.id = "QC-05-r1",
     .clause = C5,
     .broken = "the list states that certificates with this key usage are not qualified",
     .twin = "QC-05-a2",
     SHELF("qc-not-qualified"),
     ROW(seal),
     BAD("QC-05")},
    {.id = "QC-05-r2",
     .clause = "TS 119 612 5.5.9.2.2",
     .broken = "the list states that some certificates are not qualified, by a criterion that is "
               "not known",
     .twin = "QC-05-a1",
     SHELF("qc-criterion-unknown"),
     ROW(seal),
     BAD("QC-05")},
    {.id = "QC-05-r3",
     .clause = C5,
     .broken = "the certificate does not state that it is qualified (QcCompliance)",
     .twin = "QC-01-a1",
     SHELF("qc"),
     ROW(no_compliance),
     BAD("QC-05")},
    {.id = "QC-05-r4",
     .clause = C5,
     .broken = "the certificate states that it is for websites",
     .twin = "QC-01-a1",
     SHELF("qc"),
     ROW(for_websites),
     BAD("QC-05")},
    {.id = "QC-05-r7",
     .clause = C5,
     .broken = "the list states that certificates with this key usage are for signatures",
     .twin = "QC-05-a1",
     SHELF("qc-stated-for-signatures"),
     ROW(seal),
     BAD("QC-05")},
    {.id = "QC-05-r5",
     .clause = C5,
     .broken = "the certificate states that it is for signatures and for seals: the list cannot "
               "tell",
     .twin = "QC-01-a1",
     SHELF("qc"),
     ROW(two_types),
     BAD("QC-05")},

    {.id = "QC-06-a1", .clause = C6, SHELF("qc"), ROW(seal)},
    {.id = "QC-06-r1",
     .clause = C6,
     .broken = "the certificate names no public body (QcPSB)",
     .twin = "QC-06-a1",
     SHELF("qc"),
     ROW(no_body),
     BAD("QC-06")},
    {.id = "QC-06-r2",
     .clause = C6,
     .broken = "the public body is one of another state's law than the certificate's subject",
     .twin = "QC-06-a1",
     SHELF("qc"),
     ROW(body_elsewhere),
     BAD("QC-06")},
    {.id = "QC-06-r3",
     .clause = "Reg. (EU) 910/2014 45f; TS 119 472-1 5.6.3",
     .broken = "the public body is of another state than the A1",
     .twin = "QC-06-a1",
     SHELF("qc"),
     ROW(other_state),
     .failed = {"A1-04"},
     .decisive = "R02"},

    {.id = "QC-05-a3", .clause = CB, SHELF("qc-both"), BOTH(seal)},
    {.id = "QC-05-r6",
     .clause = CB,
     .broken = "the policy asks for both ways; the list of public bodies names the signer, whose "
               "certificate is not qualified",
     .twin = "QC-05-a3",
     SHELF("qc-both"),
     BOTH(no_compliance),
     BAD("QC-05")},
    {.id = "A14-r3",
     .clause = CB,
     .broken = "the policy asks for both ways; the list of public bodies names the signer, and the "
               "national list cannot tell whether its certificate is qualified",
     .twin = "QC-05-a3",
     SHELF("qc-both"),
     BOTH(two_types),
     .exit = 1,
     .decisive = "A14",
     .reasons = {"A14", "I01"}},
    {.id = "LOTE-04-r81",
     .clause = CB,
     .broken =
         "the policy asks for both ways; the certificate is qualified, and the list of public "
         "bodies withdrew its CA a day before the A1 was signed",
     .twin = "QC-05-a3",
     SHELF("qc-both-withdrawn"),
     BOTH(seal),
     BAD("LOTE-04")},
    {.id = "LOTE-04-r82",
     .clause = CB,
     .broken = "the policy asks for both ways; the certificate is qualified, and no list of public "
               "bodies names its signer",
     .twin = "QC-05-a3",
     SHELF("qc"),
     BOTH(seal),
     BAD("LOTE-04")},
};

void group_qualified(struct gen *g, const struct world *w)
{
    make_lists(g, w);
    hand_cases(g, w, "qualified", rows, sizeof rows / sizeof rows[0]);
}
