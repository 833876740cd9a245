/*
 * A list of lists, a national list and a QTSP, as files, for the end-to-end
 * test of the way over the QTSP: whole, or with one link broken.
 * Usage: national_lists DIR CASE ATTESTATION-CERT STATUS-CERT
 *
 * The certificates given name the public keys of an institution; the QTSP
 * issues new ones for the same keys: DIR/attestation.cert.pem and
 * DIR/status.cert.pem. Beside them: lotl.xml, pivot.xml, national.xml,
 * journal.der (published in the Journal).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "crypto/cert.h"
#include "test_pki.h"
#include "test_qc.h"
#include "tslist.h"

#define GRANTED "2026-01-01T00:00:00Z"
#define ISSUED 1777593600 /* 2026-05-01: the QTSP issued the institution's certificates */
#define ENDS 1893456000   /* 2030-01-01 */
#define FOLDER "https://vectors.example/"
#define NOT_QUALIFIED                                                                              \
    "<Extension Critical=\"true\"><sie:Qualifications xmlns:sie=\"http://uri.etsi.org/TrstSvc/"    \
    "SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#\"><sie:QualificationElement><sie:Qualifiers>"     \
    "<sie:Qualifier uri=\"http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/NotQualified\">"      \
    "</sie:Qualifier></sie:Qualifiers><sie:CriteriaList assert=\"all\"><sie:KeyUsage>"             \
    "<sie:KeyUsageBit name=\"nonRepudiation\">true</sie:KeyUsageBit></sie:KeyUsage>"               \
    "</sie:CriteriaList></sie:QualificationElement></sie:Qualifications></Extension>"

struct broken { /* what differs from a whole chain */
    const char *name;
    struct tslist_period periods[2]; /* of the CA's service */
    const char *provider;            /* its name on the list */
    const char *ca_country;
    int64_t ca_ends;
    const char *psb; /* country of the statement, "": there is none */
    const char *next_update;
    bool other_ca;    /* another CA is listed */
    bool list_signer; /* signed by a key that the list of lists does not name */
    bool lotl_signer; /* the Journal has another certificate */
    bool altered;     /* one letter of the list, after it was signed */
    unsigned types;   /* QcType */
};

static const struct broken cases[] = {
    {.name = "whole"},
    {.name = "signature",
     .types = 1,
     .periods = {{"CA/QC", "granted", GRANTED, {"ForeSeals", "ForeSignatures"}, NULL}}},
    {.name = "not-listed", .other_ca = true},
    {.name = "withdrawn-before-issue",
     .periods = {{"CA/QC", "withdrawn", "2026-04-01T00:00:00Z", {"ForeSeals"}, NULL},
                 {"CA/QC", "granted", GRANTED, {"ForeSeals"}, NULL}}},
    {.name = "withdrawn-before-signing",
     .periods = {{"CA/QC", "withdrawn", "2026-05-15T00:00:00Z", {"ForeSeals"}, NULL},
                 {"CA/QC", "granted", GRANTED, {"ForeSeals"}, NULL}}},
    {.name = "granted-after-issue",
     .periods = {{"CA/QC", "granted", "2026-05-15T00:00:00Z", {"ForeSeals"}, NULL}}},
    {.name = "signatures-only",
     .periods = {{"CA/QC", "granted", GRANTED, {"ForeSignatures"}, NULL}}},
    {.name = "not-qualified",
     .periods = {{"CA/QC", "granted", GRANTED, {"ForeSeals"}, NOT_QUALIFIED}}},
    {.name = "other-name", .provider = "Another Provider"},
    {.name = "other-country", .ca_country = "AT"},
    {.name = "expired-ca", .ca_ends = 1781049600 /* 2026-06-10 */},
    {.name = "no-statement", .psb = ""},
    {.name = "other-body", .psb = "AT"},
    {.name = "list-signer", .list_signer = true},
    {.name = "list-altered", .altered = true},
    {.name = "list-lapsed", .next_update = "2026-06-05T00:00:00Z"},
    {.name = "lotl-signer", .lotl_signer = true},
};

static struct nw_crypto *crypto;
static const char *folder;

static void must(enum nw_err e, const char *what)
{
    if (e != NW_OK) {
        (void)fprintf(stderr, "national_lists: %s: %s\n", what, nw_err_name(e));
        exit(1);
    }
}

static void write_file(const char *name, struct nw_slice bytes)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    if (f == NULL || fwrite(bytes.p, 1, bytes.n, f) != bytes.n || fclose(f) != 0) {
        must(NW_ERR_IO, path);
    }
}

/* The public key of a certificate in PEM. */
static struct nw_pubkey *read_key(const char *path)
{
    static char text[1u << 16];
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    struct nw_pubkey *key = NULL;
    struct nw_cert cert;
    size_t pos = 0;
    FILE *f = fopen(path, "rb");
    size_t n = f != NULL ? fread(text, 1, sizeof text, f) : 0;
    must(n > 0 && fclose(f) == 0 ? NW_OK : NW_ERR_IO, path);
    must(nw_cert_from_pem(nw_slice(text, n), &pos, &der), path);
    must(nw_cert_parse(nw_buf_slice(&der), &cert, NULL), path);
    must(nw_pubkey_from_spki(crypto, cert.spki, &key), path);
    nw_buf_free(&der);
    return key;
}

/* A certificate of its own for a key that operates a list. */
static struct nw_signer *make_operator(const char *name)
{
    struct nw_signer *s = test_signer(crypto, name);
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    const struct nw_cert_template t = {.common_name = name,
                                       .organisation = "Test scheme operator",
                                       .country = "DE",
                                       .subject = nw_signer_pubkey(s),
                                       .serial = {1},
                                       .not_before = TEST_NOT_BEFORE,
                                       .not_after = ENDS,
                                       .path_len = -1};
    must(nw_cert_make(crypto, &t, s, &der), name);
    const struct nw_slice chain = nw_buf_slice(&der);
    must(nw_signer_set_chain(s, &chain, 1), name);
    nw_buf_free(&der);
    return s;
}

static void make_ca(const struct broken *b, const char *key, struct nw_buf *der)
{
    struct nw_signer *s = test_signer(crypto, key);
    const struct nw_cert_template t = {.common_name = "Test QTSP CA 1",
                                       .organisation = "Test QTSP",
                                       .country = b->ca_country != NULL ? b->ca_country : "DE",
                                       .subject = nw_signer_pubkey(s),
                                       .serial = {2},
                                       .not_before = TEST_NOT_BEFORE,
                                       .not_after = b->ca_ends != 0 ? b->ca_ends : ENDS,
                                       .ca = true,
                                       .path_len = 0};
    must(nw_cert_make(crypto, &t, s, der), key);
    nw_signer_free(&s);
}

static void issue(const struct broken *b, struct nw_slice ca, const char *key_file,
                  const char *name, bool status)
{
    struct nw_signer *issuer_key = test_signer(crypto, "test qtsp");
    struct nw_pubkey *key = read_key(key_file);
    struct nw_cert issuer;
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    struct nw_buf pem = NW_BUF(NW_MAX_CERT);
    struct nw_buf qc = NW_BUF(512);
    const struct test_qc said = {.compliance = true,
                                 .types = b->types != 0 ? b->types : 2,
                                 .psb_country = b->psb == NULL      ? "DE"
                                                : b->psb[0] != '\0' ? b->psb
                                                                    : NULL};
    must(nw_cert_parse(ca, &issuer, NULL), "CA");
    test_qc_put(&qc, &said);
    const struct nw_cert_template t = {.common_name = status ? "Body status" : "Body seal",
                                       .organisation = "Deutsche Rentenversicherung (Test)",
                                       .organisation_id = "DE:DRVTEST01",
                                       .country = "DE",
                                       .issuer = &issuer,
                                       .subject = key,
                                       .serial = {status ? 4 : 3},
                                       .not_before = ISSUED,
                                       .not_after = ENDS,
                                       .path_len = -1,
                                       .commitment = !status,
                                       .eku = {status ? "1.3.6.1.5.5.7.3.30" : NULL},
                                       .qc_statements = nw_buf_slice(&qc)};
    must(nw_cert_make(crypto, &t, issuer_key, &der), name);
    nw_cert_to_pem(nw_buf_slice(&der), &pem);
    write_file(name, nw_buf_slice(&pem));
    nw_buf_free(&der);
    nw_buf_free(&pem);
    nw_buf_free(&qc);
    nw_pubkey_free(&key);
    nw_signer_free(&issuer_key);
}

static void write_list(const char *name, const struct tslist *list, struct nw_signer *s,
                       const struct tslist_change *change)
{
    struct nw_buf file = NW_BUF(1u << 20);
    struct tslist_job job = {.c = crypto,
                             .list = list,
                             .signer = tslist_signer_of(s),
                             .changes = change,
                             .change_n = change != NULL};
    must(tslist_make(&job, &file), name);
    write_file(name, nw_buf_slice(&file));
    nw_buf_free(&file);
}

static void write_national(const struct broken *b, struct nw_slice ca, struct nw_signer *s)
{
    static const struct tslist_change altered = {TSLIST_DOCUMENT, "CA of Test QTSP",
                                                 "CA of Best QTSP"};
    struct nw_buf other = NW_BUF(NW_MAX_CERT);
    struct tslist_service service = {.name = "CA of Test QTSP", .cert = {ca}};
    const struct tslist_period usual = {"CA/QC", "granted", GRANTED, {"ForeSeals"}, NULL};
    if (b->other_ca) {
        const struct broken named = {.ca_country = "AT"}; /* another name */
        make_ca(&named, "test other qtsp", &other);
        service.cert[0] = nw_buf_slice(&other);
    }
    service.period[0] = b->periods[0].type != NULL ? b->periods[0] : usual;
    service.period[1] = b->periods[1];
    const struct tslist_entity provider = {.name = b->provider != NULL ? b->provider : "Test QTSP",
                                           .country = "DE",
                                           .trade = {"VATDE-1"},
                                           .services = &service,
                                           .service_n = 1};
    const struct tslist list = {
        .territory = "DE", .next_update = b->next_update, .entities = &provider, .entity_n = 1};
    write_list("national.xml", &list, s, b->altered ? &altered : NULL);
    nw_buf_free(&other);
}

static void write_lotls(struct nw_signer *old, struct nw_signer *now, struct nw_signer *national)
{
    const struct nw_slice old_cert = nw_signer_chain_cert(old, 0);
    const struct nw_slice cert = nw_signer_chain_cert(now, 0);
    const struct tslist_pointer then[] = {
        {"EU", FOLDER "lotl.xml", "EUlistofthelists", NULL, {old_cert, cert}}};
    const struct tslist_pointer pointers[] = {
        {"EU", FOLDER "lotl.xml", "EUlistofthelists", NULL, {cert}},
        {"DE", FOLDER "national.xml", "EUgeneric", NULL, {nw_signer_chain_cert(national, 0)}}};
    const struct tslist pivot = {.form = TSLIST_LOTL,
                                 .number = 10,
                                 .issued = "2026-02-01T10:00:00Z",
                                 .next_update = "2026-07-01T10:00:00Z",
                                 .uris = {FOLDER "lotl-pivot-10.xml", FOLDER "journal"},
                                 .pointers = then,
                                 .pointer_n = 1};
    const struct tslist lotl = {.form = TSLIST_LOTL,
                                .number = 11,
                                .uris = {FOLDER "lotl-pivot-10.xml", FOLDER "journal"},
                                .pointers = pointers,
                                .pointer_n = 2};
    write_list("lotl-pivot-10.xml", &pivot, old, NULL);
    write_list("lotl.xml", &lotl, now, NULL);
}

static void make_all(const struct broken *b, const char *attestation, const char *status)
{
    struct nw_signer *old = make_operator("test lotl signer old");
    struct nw_signer *now = make_operator("test lotl signer");
    struct nw_signer *national = make_operator("test national signer");
    struct nw_signer *foreign = make_operator("test foreign signer");
    struct nw_buf ca = NW_BUF(NW_MAX_CERT);
    make_ca(b, "test qtsp", &ca);
    issue(b, nw_buf_slice(&ca), attestation, "attestation.cert.pem", false);
    issue(b, nw_buf_slice(&ca), status, "status.cert.pem", true);
    write_national(b, nw_buf_slice(&ca), b->list_signer ? foreign : national);
    write_lotls(old, now, national);
    write_file("journal.der", nw_signer_chain_cert(b->lotl_signer ? foreign : old, 0));
    nw_buf_free(&ca);
    nw_signer_free(&old);
    nw_signer_free(&now);
    nw_signer_free(&national);
    nw_signer_free(&foreign);
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        (void)fprintf(stderr, "usage: national_lists DIR CASE ATTESTATION-CERT STATUS-CERT\n");
        return 64;
    }
    folder = argv[1];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (strcmp(argv[2], cases[i].name) == 0) {
            must(nw_crypto_new(NW_PROVIDER_DEFAULT, &crypto), "crypto");
            make_all(&cases[i], argv[3], argv[4]);
            nw_crypto_free(&crypto);
            return 0;
        }
    }
    (void)fprintf(stderr, "national_lists: no case %s\n", argv[2]);
    return 64;
}
