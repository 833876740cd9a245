/* VIC-01 to VIC-05: the lists of IACA roots that a provider signs (ISO/IEC 18013-5 annex C). */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "cbor/cbor.h"
#include "cose/cose.h"
#include "groups.h"

#define FORM "ISO 18013-5 C.1.7.1"
#define CHECK "ISO 18013-5 C.1.8"
#define PROVIDER "set/evidence/vical-provider.der"
#define PROVIDER_CA "set/evidence/vical-provider-ca.der"
#define DAY 86400

struct row {
    const char *id, *clause, *broken, *twin;
    const char *version, *type; /* NULL: 1.0, the A1 */
    int64_t next;               /* nextUpdate, from now; 0: 30 days */
    uint64_t number;            /* 0: 5 */
    int64_t issued;             /* date, from now; 0: a day ago */
    bool by_ca;                 /* the provider's CA is pinned, not the provider */
    bool tagged, foreign, no_use, flipped, cut, no_entries;
    bool bad_certificate, bad_serial, bad_ski, bad_country, no_ca; /* of the second entry */
    const char *state; /* id of the row whose list was accepted before */
    int exit;
    const char *failed[2];
    const char *code;
};

static void put_text(struct nw_buf *b, const char *text)
{
    nw_cbor_put_text(b, nw_str(text));
}

static void put_date(struct nw_buf *b, const char *name, int64_t t)
{
    char text[NW_TIME_TEXT];
    nw_time_format(t, text);
    put_text(b, name);
    nw_cbor_put_tag(b, 0);
    put_text(b, text);
}

static void put_entry(struct nw_buf *b, const struct row *r, struct nw_slice der)
{
    struct nw_cert cert;
    gen_ok(nw_cert_parse(der, &cert, NULL), r->id);
    nw_cbor_put_map(b, r->bad_country ? 5 : 4);
    put_text(b, "certificate");
    nw_cbor_put_bytes(b, nw_slice_sub(der, 0, der.n - r->bad_certificate));
    put_text(b, "serialNumber");
    nw_cbor_put_tag(b, 2);
    nw_cbor_put_bytes(b, r->bad_serial ? nw_str("another") : cert.serial);
    put_text(b, "ski");
    nw_cbor_put_bytes(b, r->bad_ski ? nw_slice_sub(cert.ski, 1, cert.ski.n - 1) : cert.ski);
    if (r->bad_country) {
        put_text(b, "issuingCountry");
        put_text(b, "SI");
    }
    put_text(b, "docType");
    nw_cbor_put_array(b, 1);
    put_text(b, r->type == NULL ? "eu.europa.ec.eudi.pda1.1" : r->type);
}

static void put_list(const struct world *w, const struct row *r, struct nw_buf *b)
{
    bool spoilt = r->bad_certificate || r->bad_serial || r->bad_ski || r->bad_country || r->no_ca;
    const struct row good = {.id = r->id};
    nw_cbor_put_map(b, r->no_entries ? 5 : 6);
    put_text(b, "version");
    put_text(b, r->version == NULL ? "1.0" : r->version);
    put_text(b, "vicalProvider");
    put_text(b, "Nachweis vectors");
    put_date(b, "date", GEN_NOW + (r->issued == 0 ? -DAY : r->issued));
    put_text(b, "vicalIssueID");
    nw_cbor_put_uint(b, r->number == 0 ? 5 : r->number);
    put_date(b, "nextUpdate", GEN_NOW + (r->next == 0 ? 30 * DAY : r->next));
    if (r->no_entries) {
        return;
    }
    put_text(b, "certificateInfos");
    nw_cbor_put_array(b, spoilt ? 2 : 1);
    if (spoilt) { /* a good one stands before it */
        put_entry(b, &good, world_leaf(w->body[PARTY_SI].ca));
    }
    put_entry(b, r, world_leaf(r->no_ca ? w->body[PARTY_PL].issuer : w->body[PARTY_PL].ca));
}

static void entry(struct gen *g, const struct row *r, const char *input)
{
    char rule[8], state[96];
    const char *const signers[] = {r->by_ca ? PROVIDER_CA : PROVIDER, NULL};
    (void)snprintf(rule, sizeof rule, "%.6s", r->id);
    (void)snprintf(state, sizeof state, "set/lists/%s.cbor", r->state == NULL ? "" : r->state);
    const struct gen_vector v = {
        .id = r->id,
        .rule = rule,
        .clause = r->clause,
        .broken = r->broken,
        .twin = r->twin,
        .judge = "trust",
        .input = input,
        .form = "list",
        .signers = signers,
        .state = r->state == NULL ? NULL : state,
        .list = "vical",
        .exit = r->exit,
        .failed = r->failed,
        .code = r->code,
    };
    gen_vector(g, &v);
}

#define REFUSED(rule, name) .exit = 2, .failed = {rule}, .code = (name)
#define DROPPED .exit = 1, .failed = {"VIC-05"}
static const struct row rows[] = {
    {.id = "VIC-01-a1", .clause = FORM},
    {.id = "VIC-01-r1",
     .clause = FORM,
     .broken = "the last byte is missing",
     .twin = "VIC-01-a1",
     .cut = true,
     REFUSED("VIC-01", "CBOR_LENGTH")},
    {.id = "VIC-01-r2",
     .clause = FORM,
     .broken = "the COSE_Sign1 is tagged",
     .twin = "VIC-01-a1",
     .tagged = true,
     REFUSED("VIC-01", "COSE_TAG")},
    {.id = "VIC-02-a1", .clause = CHECK},
    {.id = "VIC-02-r1",
     .clause = CHECK,
     .broken = "signed by another provider",
     .twin = "VIC-02-a1",
     .foreign = true,
     REFUSED("VIC-02", "VICAL_SIGNER")},
    {.id = "VIC-02-r2",
     .clause = CHECK,
     .broken = "a bit of the signature is another one",
     .twin = "VIC-02-a1",
     .flipped = true,
     REFUSED("VIC-02", "SIGNATURE")},
    {.id = "VIC-02-a2", .clause = CHECK, .by_ca = true},
    {.id = "VIC-02-r3",
     .clause = "ISO 18013-5 table B.9",
     .broken = "the signer's certificate, below the pinned CA, is not one for VICALs",
     .twin = "VIC-02-a2",
     .by_ca = true,
     .no_use = true,
     REFUSED("VIC-02", "VICAL_SIGNER")},
    {.id = "VIC-03-a1", .clause = FORM},
    {.id = "VIC-03-r1",
     .clause = FORM,
     .broken = "version 2.0",
     .twin = "VIC-03-a1",
     .version = "2.0",
     REFUSED("VIC-03", "VICAL_VERSION")},
    {.id = "VIC-03-r2",
     .clause = FORM,
     .broken = "certificateInfos is missing",
     .twin = "VIC-03-a1",
     .no_entries = true,
     REFUSED("VIC-03", "VICAL_FORM")},
    {.id = "VIC-04-a1", .clause = CHECK, .number = 6, .state = "VIC-01-a1"},
    {.id = "VIC-04-r1",
     .clause = CHECK,
     .broken = "nextUpdate has passed by a second",
     .twin = "VIC-04-a1",
     .next = -1,
     REFUSED("VIC-04", "VICAL_TIME")},
    {.id = "VIC-04-r2",
     .clause = FORM,
     .broken = "an older number than the list that was accepted before",
     .twin = "VIC-04-a1",
     .number = 4,
     .state = "VIC-01-a1",
     REFUSED("VIC-04", "VICAL_SEQUENCE")},
    {.id = "VIC-04-r3",
     .clause = FORM,
     .broken = "the number of the list that was accepted before, and another nextUpdate",
     .twin = "VIC-04-a1",
     .next = 31 * DAY,
     .state = "VIC-01-a1",
     REFUSED("VIC-04", "VICAL_SEQUENCE")},
    {.id = "VIC-04-r4",
     .clause = FORM,
     .broken = "the date is tomorrow's",
     .twin = "VIC-04-a1",
     .issued = DAY,
     REFUSED("VIC-04", "VICAL_TIME")},
    {.id = "VIC-05-a1", .clause = FORM, .type = "org.iso.18013.5.1.mDL"}, /* of no use, no fault */
    {.id = "VIC-05-r1",
     .clause = FORM,
     .broken = "the certificate of an entry is cut",
     .twin = "VIC-05-a1",
     .bad_certificate = true,
     DROPPED},
    {.id = "VIC-05-r2",
     .clause = FORM,
     .broken = "the serial number of an entry is not its certificate's",
     .twin = "VIC-05-a1",
     .bad_serial = true,
     DROPPED},
    {.id = "VIC-05-r3",
     .clause = FORM,
     .broken = "the key identifier of an entry is not its certificate's",
     .twin = "VIC-05-a1",
     .bad_ski = true,
     DROPPED},
    {.id = "VIC-05-r4",
     .clause = FORM,
     .broken = "the state of an entry is not its certificate's",
     .twin = "VIC-05-a1",
     .bad_country = true,
     DROPPED},
    {.id = "VIC-05-r5",
     .clause = "ISO 18013-5 table B.1",
     .broken = "the certificate of an entry is that of a signer of documents",
     .twin = "VIC-05-a1",
     .no_ca = true,
     DROPPED},
};

static void make(struct gen *g, const struct world *w, const struct row *r,
                 struct nw_signer *provider)
{
    char path[96];
    struct nw_buf list = NW_BUF(1u << 16);
    struct nw_buf file = NW_BUF(1u << 16);
    const struct nw_cose_headers headers = {.chain = true, .tagged = r->tagged};
    put_list(w, r, &list);
    gen_ok(nw_cose_sign(r->foreign ? w->body[PARTY_STRANGER].issuer : provider, &headers,
                        nw_buf_slice(&list), &file),
           r->id);
    file.p[file.n - 1] ^= r->flipped;
    nw_buf_cut(&file, file.n - r->cut);
    (void)snprintf(path, sizeof path, "set/lists/%s.cbor", r->id);
    entry(g, r, gen_input(g, path, nw_buf_slice(&file)));
    nw_buf_free(&list);
    nw_buf_free(&file);
}

void group_vical(struct gen *g, const struct world *w)
{
    const struct world_cert cert = {.label = "vical provider",
                                    .common_name = "VICAL provider (test)",
                                    .organisation = "Nachweis vectors",
                                    .country = "PL",
                                    .issuer = w->body[PARTY_STRANGER].ca,
                                    .eku = "1.0.18013.5.1.8"};
    struct world_cert of_no_use = cert;
    of_no_use.label = "vical provider of no use";
    of_no_use.eku = NULL;
    struct nw_signer *provider = world_signer(g, &cert);
    struct nw_signer *another = world_signer(g, &of_no_use);
    gen_file(g, PROVIDER, world_leaf(provider));
    gen_file(g, PROVIDER_CA, world_leaf(w->body[PARTY_STRANGER].ca));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        make(g, w, &rows[i], rows[i].no_use ? another : provider);
    }
    nw_signer_free(&another);
    nw_signer_free(&provider);
}
