#include "test_vical.h"

#include "cbor/cbor.h"
#include "cose/cose.h"
#include "support.h"
#include "test_pki.h"

struct test_vical test_vical(void)
{
    return (struct test_vical){
        .version = "1.0",
        .provider = "Test Provider",
        .date = "2026-02-01T00:00:00Z",
        .next_update = "2026-04-01T00:00:00Z",
        .number = 5,
        .entries = {{.certificate = test_pki()->anchor,
                     .types = {"eu.europa.ec.eudi.pda1.1", "org.example.unknown.1",
                               "eu.europa.ec.eudi.pid.1"}}},
        .entry_n = 1,
    };
}

static void put_name(struct nw_buf *b, const char *name)
{
    nw_cbor_put_text(b, nw_str(name));
}

static void put_date(struct nw_buf *b, const char *name, const char *date, bool tagged)
{
    put_name(b, name);
    if (tagged) {
        nw_cbor_put_tag(b, 0);
    }
    put_name(b, date);
}

static void put_types(struct nw_buf *b, const struct test_vical_entry *e)
{
    size_t n = 0;
    while (n < 4 && e->types[n] != NULL) {
        n++;
    }
    put_name(b, "docType");
    if (e->types_are_text) {
        put_name(b, e->types[0]);
        return;
    }
    nw_cbor_put_array(b, n);
    for (size_t i = 0; i < n; i++) {
        put_name(b, e->types[i]);
    }
}

static void put_bytes(struct nw_buf *b, const char *name, struct nw_slice bytes)
{
    put_name(b, name);
    nw_cbor_put_bytes(b, bytes);
}

static struct nw_slice or_cert(struct nw_slice given, struct nw_slice own)
{
    return given.n > 0 ? given : own;
}

static void put_entry(struct nw_buf *b, const struct test_vical_entry *e)
{
    struct nw_cert cert = {0};
    (void)!nw_cert_listed(e->certificate, &cert, NULL);
    size_t members = 5;
    members += !e->no_types;
    members += e->profile != NULL;
    members += e->country != NULL;
    nw_cbor_put_map(b, members);
    put_bytes(b, "certificate", e->certificate);
    put_name(b, "serialNumber");
    nw_cbor_put_tag(b, 2);
    nw_cbor_put_bytes(b, or_cert(or_cert(e->serial, cert.serial), nw_str("x")));
    put_bytes(b, "ski", or_cert(e->ski, cert.ski));
    put_bytes(b, "issuer", or_cert(e->issuer, cert.issuer));
    put_bytes(b, "subject", or_cert(e->subject, cert.subject));
    if (!e->no_types) {
        put_types(b, e);
    }
    if (e->profile != NULL) {
        put_name(b, "certificateProfile");
        nw_cbor_put_array(b, 1);
        put_name(b, e->profile);
    }
    if (e->country != NULL) {
        put_name(b, "issuingCountry");
        put_name(b, e->country);
    }
}

void test_vical_write(struct nw_signer *s, const struct test_vical *t, struct nw_buf *out)
{
    struct nw_buf b = NW_BUF(1u << 20);
    const struct nw_cose_headers headers = {.chain = true, .tagged = t->tagged};
    const void *const texts[] = {t->version, t->provider, t->date, t->next_update, t->not_after};
    size_t members = 1; /* certificateInfos */
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        members += texts[i] != NULL;
    }
    members += t->number != 0;
    nw_cbor_put_map(&b, members);
    if (t->version != NULL) {
        put_name(&b, "version");
        put_name(&b, t->version);
    }
    if (t->provider != NULL) {
        put_name(&b, "vicalProvider");
        put_name(&b, t->provider);
    }
    if (t->date != NULL) {
        put_date(&b, "date", t->date, !t->date_untagged);
    }
    if (t->number != 0) {
        put_name(&b, "vicalIssueID");
        nw_cbor_put_uint(&b, t->number);
    }
    if (t->next_update != NULL) {
        put_date(&b, "nextUpdate", t->next_update, true);
    }
    if (t->not_after != NULL) {
        put_date(&b, "notAfter", t->not_after, true);
    }
    put_name(&b, "certificateInfos");
    nw_cbor_put_array(&b, t->entry_n);
    for (size_t i = 0; i < t->entry_n; i++) {
        put_entry(&b, &t->entries[i]);
    }
    assert_ok(nw_buf_err(&b));
    *out = NW_BUF(1u << 20);
    assert_ok(nw_cose_sign(s, &headers, nw_buf_slice(&b), out));
    nw_buf_free(&b);
}

struct nw_signer *test_vical_signer(const char *eku)
{
    struct nw_cert ca;
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    struct nw_signer *s = test_signer(test_crypto(), "nachweis test vical");
    assert_ok(nw_cert_parse(test_pki()->anchor, &ca, NULL));
    struct nw_cert_template t = {.common_name = "Nachweis Test VICAL",
                                 .organisation = "Test Provider",
                                 .country = "DE",
                                 .issuer = &ca,
                                 .subject = nw_signer_pubkey(s),
                                 .serial = {1, 2},
                                 .not_before = TEST_NOT_BEFORE,
                                 .not_after = TEST_NOT_AFTER,
                                 .path_len = -1,
                                 .eku = {eku}};
    assert_ok(nw_cert_make(test_crypto(), &t, test_pki()->ca, &der));
    struct nw_slice leaf = nw_buf_slice(&der);
    assert_ok(nw_signer_set_chain(s, &leaf, 1));
    nw_buf_free(&der);
    return s;
}
