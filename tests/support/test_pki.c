#include "test_pki.h"

#include "support.h"

#define CA_NOT_AFTER 2366841600 /* 2045-01-01T00:00:00Z */

static struct test_pki *current;

static void must(enum nw_err e)
{
    if (e != NW_OK) {
        (void)fprintf(stderr, "test_pki: %s\n", nw_err_name(e));
        abort();
    }
}

struct nw_signer *test_signer(struct nw_crypto *c, const char *name)
{
    uint8_t scalar[NW_SHA256_BYTES];
    struct nw_signer *s = NULL;
    must(nw_sha256(c, nw_str(name), scalar));
    must(nw_signer_from_scalar(c, nw_slice(scalar, sizeof scalar), &s));
    return s;
}

static struct nw_slice keep_bytes(struct nw_slice s)
{
    uint8_t *p = malloc(s.n);
    if (p == NULL) {
        abort();
    }
    memcpy(p, s.p, s.n);
    return nw_slice(p, s.n);
}

static void drop_bytes(struct nw_slice *s)
{
    union {
        const uint8_t *borrowed;
        uint8_t *owned;
    } p = {.borrowed = s->p};
    free(p.owned);
    *s = NW_SLICE_EMPTY;
}

/* 16 bytes of SHA-256(common name) make the serial number. */
static void set_serial(struct nw_crypto *c, struct nw_cert_template *t)
{
    uint8_t hash[NW_SHA256_BYTES];
    must(nw_sha256(c, nw_str(t->common_name), hash));
    memcpy(t->serial, hash, sizeof t->serial);
    t->serial[0] = (uint8_t)((t->serial[0] & 0x3fu) | 0x40u);
}

static struct nw_slice make_ca(struct nw_crypto *c, struct nw_signer *key, const char *name)
{
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    struct nw_cert_template t = {.common_name = name,
                                 .organisation = "Nachweis Test Trust",
                                 .country = "DE",
                                 .subject = nw_signer_pubkey(key),
                                 .not_before = TEST_NOT_BEFORE,
                                 .not_after = CA_NOT_AFTER,
                                 .ca = true,
                                 .path_len = 0};
    set_serial(c, &t);
    must(nw_cert_make(c, &t, key, &der));
    struct nw_slice kept = keep_bytes(nw_buf_slice(&der));
    nw_buf_free(&der);
    return kept;
}

static struct nw_signer *make_signer(struct nw_crypto *c, struct nw_signer *ca,
                                     struct nw_slice ca_der, const char *key, const char *name)
{
    struct nw_cert issuer;
    struct nw_signer *s = test_signer(c, key);
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    must(nw_cert_parse(ca_der, &issuer, NULL));
    struct nw_cert_template t = {.common_name = name,
                                 .organisation = "Nachweis Test Institution",
                                 .organisation_id = "GOVDE-TEST-0001",
                                 .country = "DE",
                                 .issuer = &issuer,
                                 .subject = nw_signer_pubkey(s),
                                 .not_before = TEST_NOT_BEFORE,
                                 .not_after = TEST_NOT_AFTER,
                                 .path_len = -1};
    set_serial(c, &t);
    must(nw_cert_make(c, &t, ca, &der));
    struct nw_slice leaf = nw_buf_slice(&der);
    must(nw_signer_set_chain(s, &leaf, 1));
    nw_buf_free(&der);
    return s;
}

struct test_pki *test_pki_new(struct nw_crypto *c)
{
    struct test_pki *p = calloc(1, sizeof *p);
    if (p == NULL) {
        abort();
    }
    struct nw_signer *other = test_signer(c, "nachweis test other ca");
    p->ca = test_signer(c, "nachweis test ca");
    p->anchor = make_ca(c, p->ca, "Nachweis Test CA");
    p->other_anchor = make_ca(c, other, "Nachweis Test Other CA");
    p->attestation = make_signer(c, p->ca, p->anchor, "nachweis test attestation",
                                 "Nachweis Test Attestation Signer");
    p->status =
        make_signer(c, p->ca, p->anchor, "nachweis test status", "Nachweis Test Status Signer");
    p->list = make_signer(c, p->ca, p->anchor, "nachweis test list", "Nachweis Test List Operator");
    p->bundle =
        make_signer(c, p->ca, p->anchor, "nachweis test bundle", "Nachweis Test Bundle Operator");
    p->stranger =
        make_signer(c, other, p->other_anchor, "nachweis test stranger", "Nachweis Test Stranger");
    p->holder = test_signer(c, "nachweis test holder");
    nw_signer_free(&other);
    return p;
}

void test_pki_free(struct test_pki **pki)
{
    struct test_pki *p = *pki;
    if (p == NULL) {
        return;
    }
    nw_signer_free(&p->ca);
    nw_signer_free(&p->attestation);
    nw_signer_free(&p->status);
    nw_signer_free(&p->list);
    nw_signer_free(&p->bundle);
    nw_signer_free(&p->stranger);
    nw_signer_free(&p->holder);
    drop_bytes(&p->anchor);
    drop_bytes(&p->other_anchor);
    free(p);
    *pki = NULL;
}

const struct test_pki *test_pki(void)
{
    if (current == NULL) {
        current = test_pki_new(test_crypto());
    }
    return current;
}

void test_pki_drop(void)
{
    test_pki_free(&current);
}
