#include "setup.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"

#define YEARS(n) ((int64_t)(n)*366 * NW_DAY)

struct subject {
    const char *name;         /* file name without ending */
    const char *common_name;  /* with the institution's or operator's name behind it */
    const char *organisation; /* NULL: the institution */
    bool ca;
    int years;
};

/* A key with its signer; the certificate comes later. */
static enum nw_err make_key(const struct nw_setup *s, const char *name, struct nw_signer **out,
                            struct nw_diag *d)
{
    char file[128];
    struct nw_buf pem = NW_BUF_SECRET(NW_MAX_KEY_FILE);
    (void)snprintf(file, sizeof file, "%s.key.pem", name);
    enum nw_err e = nw_key_generate_pem(s->crypto, &pem);
    if (e == NW_OK) {
        e = nw_setup_file(s, file, nw_buf_slice(&pem), 0600, d);
    }
    if (e == NW_OK) {
        e = nw_signer_from_pem(s->crypto, nw_buf_slice(&pem), NW_SLICE_EMPTY, out, d);
    }
    nw_buf_free(&pem);
    return e;
}

static enum nw_err put_cert(const struct nw_setup *s, const char *name, struct nw_slice der,
                            struct nw_diag *d)
{
    char file[128];
    struct nw_buf pem = NW_BUF(NW_MAX_KEY_FILE);
    (void)snprintf(file, sizeof file, "%s.cert.pem", name);
    nw_cert_to_pem(der, &pem);
    enum nw_err e = nw_buf_err(&pem);
    if (e == NW_OK) {
        e = nw_setup_file(s, file, nw_buf_slice(&pem), 0644, d);
    }
    nw_buf_free(&pem);
    return e;
}

/* issuer == NULL: self-signed. */
static enum nw_err make_cert(const struct nw_setup *s, const struct subject *who,
                             struct nw_signer *key, const struct nw_cert *issuer,
                             struct nw_signer *issuer_key, struct nw_buf *der, struct nw_diag *d)
{
    char common_name[NW_CERT_NAME];
    const char *organisation = who->organisation != NULL ? who->organisation : s->tenant.name;
    (void)snprintf(common_name, sizeof common_name, "TEST %s %s", who->common_name, s->tenant.id);
    struct nw_cert_template t = {.common_name = common_name,
                                 .organisation = organisation,
                                 .country = s->tenant.country,
                                 .issuer = issuer,
                                 .subject = nw_signer_pubkey(key),
                                 .not_before = (nw_time_day(s->now) - 1) * NW_DAY,
                                 .not_after = nw_time_day(s->now) * NW_DAY + YEARS(who->years),
                                 .ca = who->ca,
                                 .path_len = who->ca ? 0 : -1};
    enum nw_err e = nw_random(s->crypto, t.serial, sizeof t.serial);
    t.serial[0] = (uint8_t)((t.serial[0] & 0x7f) | 0x40); /* positive, and as long as it looks */
    if (e == NW_OK) {
        e = nw_cert_make(s->crypto, &t, issuer_key, der);
    }
    return e == NW_OK ? put_cert(s, who->name, nw_buf_slice(der), d) : e;
}

static enum nw_err self_signed(const struct nw_setup *s, const struct subject *who,
                               struct nw_buf *der, struct nw_signer **key, struct nw_diag *d)
{
    enum nw_err e = make_key(s, who->name, key, d);
    return e == NW_OK ? make_cert(s, who, *key, NULL, *key, der, d) : e;
}

static enum nw_err certified(const struct nw_setup *s, const struct subject *who,
                             const struct nw_cert *ca, struct nw_signer *ca_key, struct nw_buf *der,
                             struct nw_diag *d)
{
    struct nw_signer *key = NULL;
    enum nw_err e = make_key(s, who->name, &key, d);
    if (e == NW_OK) {
        e = make_cert(s, who, key, ca, ca_key, der, d);
    }
    nw_signer_free(&key);
    return e;
}

static enum nw_err institution_keys(struct nw_setup *s, struct nw_diag *d)
{
    static const struct subject ca_name = {"keys/ca", "CA", NULL, true, 10};
    static const struct subject attestation = {"keys/attestation", "A1 signer", NULL, false, 3};
    static const struct subject status = {"keys/status", "status signer", NULL, false, 3};
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    struct nw_signer *ca_key = NULL;
    struct nw_cert ca;
    enum nw_err e = self_signed(s, &ca_name, &der, &ca_key, d);
    if (e == NW_OK) {
        e = nw_cert_parse(nw_buf_slice(&der), &ca, d);
    }
    if (e == NW_OK) {
        e = certified(s, &attestation, &ca, ca_key, &s->attestation, d);
    }
    if (e == NW_OK) {
        e = certified(s, &status, &ca, ca_key, &s->status, d);
    }
    nw_signer_free(&ca_key);
    nw_buf_free(&der);
    return e;
}

enum nw_err nw_setup_keys(struct nw_setup *s, struct nw_diag *d)
{
    static const struct subject list = {"operator/list", "list operator", "TEST list operator",
                                        false, 10};
    static const struct subject bundle = {"operator/bundle", "bundle operator",
                                          "TEST bundle operator", false, 10};
    struct nw_signer *bundle_key = NULL;
    enum nw_err e = institution_keys(s, d);
    if (e == NW_OK) {
        e = self_signed(s, &list, &s->list_cert, &s->list_signer, d);
    }
    if (e == NW_OK) {
        const struct nw_slice chain = nw_buf_slice(&s->list_cert);
        e = nw_signer_set_chain(s->list_signer, &chain, 1);
    }
    if (e == NW_OK) {
        e = self_signed(s, &bundle, &s->bundle_cert, &bundle_key, d);
    }
    nw_signer_free(&bundle_key);
    return e;
}
