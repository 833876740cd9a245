#include "crypto/cert_fields.h"
#include "crypto/ecdsa_der.h"
#include "crypto/provider.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"

#define OID_EC "1.2.840.10045.2.1"
#define OID_P256 "1.2.840.10045.3.1.7"
#define OID_ECDSA_SHA256 "1.2.840.10045.4.3.2"
#define KEY_ID_BYTES 20
#define UTC_TIME_ENDS 2524608000 /* 2050-01-01: GeneralizedTime from then on (RFC 5280 4.1.2.5) */

static void put_algorithm(struct nw_buf *b)
{
    size_t alg = nw_der_open(b, NW_DER_SEQUENCE);
    nw_der_put_oid(b, OID_ECDSA_SHA256);
    nw_der_close(b, alg);
}

/* One attribute in a set of its own; country is PrintableString (X.520), the rest UTF-8. */
static void put_attribute(struct nw_buf *b, const char *oid, const char *text)
{
    if (text == NULL || text[0] == '\0') {
        return;
    }
    bool country = strcmp(oid, NW_OID_COUNTRY) == 0;
    size_t set = nw_der_open(b, NW_DER_SET);
    size_t attr = nw_der_open(b, NW_DER_SEQUENCE);
    nw_der_put_oid(b, oid);
    nw_der_put(b, country ? NW_DER_PRINTABLE : NW_DER_UTF8, nw_str(text));
    nw_der_close(b, attr);
    nw_der_close(b, set);
}

static void put_subject(struct nw_buf *b, const struct nw_cert_template *t)
{
    size_t name = nw_der_open(b, NW_DER_SEQUENCE);
    put_attribute(b, NW_OID_COUNTRY, t->country);
    put_attribute(b, NW_OID_ORGANISATION, t->organisation);
    put_attribute(b, NW_OID_ORGANISATION_ID, t->organisation_id);
    put_attribute(b, NW_OID_CN, t->common_name);
    nw_der_close(b, name);
}

static void put_time(struct nw_buf *b, int64_t at)
{
    char text[NW_TIME_TEXT];
    char digits[16];
    nw_time_format(at, text);
    bool utc = at >= 0 && at < UTC_TIME_ENDS; /* two digits of a year mean 1950 to 2049 */
    size_t n = 0;
    for (const char *p = utc ? text + 2 : text; *p != '\0' && n < sizeof digits; p++) {
        if ((*p >= '0' && *p <= '9') || *p == 'Z') {
            digits[n++] = *p;
        }
    }
    nw_der_put(b, utc ? NW_DER_UTC_TIME : NW_DER_GENERALIZED_TIME, nw_slice(digits, n));
}

static void put_spki(struct nw_buf *b, struct nw_slice point)
{
    size_t spki = nw_der_open(b, NW_DER_SEQUENCE);
    size_t alg = nw_der_open(b, NW_DER_SEQUENCE);
    nw_der_put_oid(b, OID_EC);
    nw_der_put_oid(b, OID_P256);
    nw_der_close(b, alg);
    size_t bits = nw_der_open(b, NW_DER_BIT_STRING);
    nw_buf_putc(b, 0);
    nw_buf_put(b, point);
    nw_der_close(b, bits);
    nw_der_close(b, spki);
}

static void put_extension(struct nw_buf *b, const char *oid, bool critical, struct nw_buf *value)
{
    static const uint8_t yes = 0xff;
    size_t ext = nw_der_open(b, NW_DER_SEQUENCE);
    nw_der_put_oid(b, oid);
    if (critical) {
        nw_der_put(b, NW_DER_BOOLEAN, nw_slice(&yes, 1));
    }
    if (nw_buf_err(value) != NW_OK) {
        nw_buf_set_err(b, nw_buf_err(value));
    }
    nw_der_put(b, NW_DER_OCTET_STRING, nw_buf_slice(value));
    nw_der_close(b, ext);
    nw_buf_reset(value);
}

static void put_basic_constraints(struct nw_buf *b, const struct nw_cert_template *t,
                                  struct nw_buf *v)
{
    static const uint8_t yes = 0xff;
    uint8_t len = (uint8_t)t->path_len;
    size_t seq = nw_der_open(v, NW_DER_SEQUENCE);
    if (t->ca) {
        nw_der_put(v, NW_DER_BOOLEAN, nw_slice(&yes, 1));
    }
    if (t->ca && t->path_len >= 0) {
        nw_der_put_uint(v, nw_slice(&len, 1));
    }
    nw_der_close(v, seq);
    put_extension(b, "2.5.29.19", true, v);
}

/* digitalSignature or contentCommitment for signers; keyCertSign and cRLSign for CAs */
static void put_key_usage(struct nw_buf *b, const struct nw_cert_template *t, struct nw_buf *v)
{
    const uint8_t signer[] = {t->commitment ? 6 : 7, t->commitment ? 0x40 : 0x80};
    const uint8_t ca[] = {1, 0x06};
    nw_der_put(v, NW_DER_BIT_STRING, nw_slice(t->ca ? ca : signer, 2));
    put_extension(b, "2.5.29.15", true, v);
}

/* Critical when it names a purpose of ISO 18013-5, as its Table B.3 and B.6 demand. */
static void put_eku(struct nw_buf *b, const struct nw_cert_template *t, struct nw_buf *v)
{
    bool critical = false;
    size_t seq = nw_der_open(v, NW_DER_SEQUENCE);
    for (size_t i = 0; i < NW_CERT_EKUS && t->eku[i] != NULL; i++) {
        nw_der_put_oid(v, t->eku[i]);
        critical = critical || nw_slice_starts(nw_str(t->eku[i]), "1.0.18013.5.");
    }
    nw_der_close(v, seq);
    put_extension(b, "2.5.29.37", critical, v);
}

/* RFC 7093 2 (1): the leftmost 160 bits of SHA-256 over the key's bits */
static enum nw_err key_id(struct nw_crypto *c, struct nw_slice point, uint8_t out[NW_SHA256_BYTES])
{
    return nw_sha256(c, point, out);
}

static enum nw_err put_key_ids(struct nw_crypto *c, struct nw_buf *b,
                               const struct nw_cert_template *t, struct nw_buf *v)
{
    uint8_t own[NW_SHA256_BYTES];
    enum nw_err e = key_id(c, nw_pubkey_point(t->subject), own);
    if (e != NW_OK) {
        return e;
    }
    struct nw_slice ski = nw_slice(own, KEY_ID_BYTES);
    struct nw_slice aki = t->issuer == NULL ? ski : t->issuer->ski;
    nw_der_put(v, NW_DER_OCTET_STRING, ski);
    put_extension(b, "2.5.29.14", false, v);
    if (aki.n > 0) {
        size_t seq = nw_der_open(v, NW_DER_SEQUENCE);
        nw_der_put(v, NW_DER_CONTEXT_PRIM(0), aki);
        nw_der_close(v, seq);
        put_extension(b, "2.5.29.35", false, v);
    }
    return NW_OK;
}

static enum nw_err put_extensions(struct nw_crypto *c, struct nw_buf *b,
                                  const struct nw_cert_template *t)
{
    struct nw_buf v = NW_BUF(NW_MAX_CERT);
    size_t wrap = nw_der_open(b, NW_DER_CONTEXT(3));
    size_t list = nw_der_open(b, NW_DER_SEQUENCE);
    put_basic_constraints(b, t, &v);
    put_key_usage(b, t, &v);
    if (t->eku[0] != NULL) {
        put_eku(b, t, &v);
    }
    if (t->qc_statements.n > 0) {
        nw_buf_put(&v, t->qc_statements);
        put_extension(b, "1.3.6.1.5.5.7.1.3", false, &v);
    }
    enum nw_err e = put_key_ids(c, b, t, &v);
    nw_der_close(b, list);
    nw_der_close(b, wrap);
    nw_buf_free(&v);
    return e;
}

/* TBSCertificate (RFC 5280 4.1.2) */
static enum nw_err put_tbs(struct nw_crypto *c, struct nw_buf *b, const struct nw_cert_template *t)
{
    static const uint8_t v3 = 2;
    size_t tbs = nw_der_open(b, NW_DER_SEQUENCE);
    size_t version = nw_der_open(b, NW_DER_CONTEXT(0));
    nw_der_put_uint(b, nw_slice(&v3, 1));
    nw_der_close(b, version);
    nw_der_put_uint(b, nw_slice(t->serial, sizeof t->serial));
    put_algorithm(b);
    if (t->issuer == NULL) {
        put_subject(b, t);
    } else {
        nw_buf_put(b, t->issuer->subject);
    }
    size_t validity = nw_der_open(b, NW_DER_SEQUENCE);
    put_time(b, t->not_before);
    put_time(b, t->not_after);
    nw_der_close(b, validity);
    put_subject(b, t);
    put_spki(b, nw_pubkey_point(t->subject));
    enum nw_err e = put_extensions(c, b, t);
    nw_der_close(b, tbs);
    return e != NW_OK ? e : nw_buf_err(b);
}

/* Certificate ::= SEQUENCE { tbs, algorithm, signature BIT STRING } */
static void put_signed(struct nw_buf *b, struct nw_slice tbs, struct nw_slice raw_sig)
{
    uint8_t sig[NW_ECDSA_DER_MAX];
    size_t n = nw_ecdsa_to_der(raw_sig, sig);
    size_t cert = nw_der_open(b, NW_DER_SEQUENCE);
    nw_buf_put(b, tbs);
    put_algorithm(b);
    size_t bits = nw_der_open(b, NW_DER_BIT_STRING);
    nw_buf_putc(b, 0);
    nw_buf_put(b, nw_slice(sig, n));
    nw_der_close(b, bits);
    nw_der_close(b, cert);
}

enum nw_err nw_cert_make(struct nw_crypto *c, const struct nw_cert_template *t,
                         struct nw_signer *issuer_key, struct nw_buf *der)
{
    uint8_t sig[NW_SIG_MAX];
    size_t sig_n;
    struct nw_buf tbs = NW_BUF(NW_MAX_CERT);
    struct nw_buf out = NW_BUF(NW_MAX_CERT);
    enum nw_err e = NW_ERR_KEY;
    if (nw_pubkey_type(t->subject) != NW_KEY_P256 || nw_signer_alg(issuer_key) != NW_ES256) {
        goto out;
    }
    e = put_tbs(c, &tbs, t);
    if (e != NW_OK) {
        goto out;
    }
    struct nw_slice part = nw_buf_slice(&tbs);
    e = nw_sign(issuer_key, &part, 1, sig, &sig_n);
    if (e != NW_OK) {
        goto out;
    }
    put_signed(&out, part, nw_slice(sig, sig_n));
    nw_buf_put(der, nw_buf_slice(&out));
    e = nw_buf_err(&out) != NW_OK ? nw_buf_err(&out) : nw_buf_err(der);
out:
    nw_buf_free(&tbs);
    nw_buf_free(&out);
    return e;
}
