#include "crypto/cert.h"

#include <mbedtls/asn1.h>
#include <mbedtls/bignum.h>
#include <mbedtls/ecp.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

#include "crypto/cert_fields.h"
#include "crypto/provider.h"

/* Extensions were judged by our own reader before: the callback lets all pass. It is what keeps
 * mbedTLS from refusing extensions that it does not know. */
static int any_extension(void *ctx, mbedtls_x509_crt const *crt, mbedtls_x509_buf const *oid,
                         int critical, const unsigned char *p, const unsigned char *end)
{
    (void)ctx;
    (void)crt;
    (void)oid;
    (void)critical;
    (void)p;
    (void)end;
    return 0;
}

static bool same_bytes(const mbedtls_x509_buf *theirs, struct nw_slice ours)
{
    return nw_slice_eq(nw_slice(theirs->p, theirs->len), ours);
}

/* mbedTLS adds a low-level code to a high-level one. */
#define HIGH_PART(r) (-(-(r)&0xff80))
#define LOW_PART(r) (-(-(r)&0x7f))

static bool is_out_of_memory(int r)
{
    return HIGH_PART(r) == MBEDTLS_ERR_X509_ALLOC_FAILED ||
           HIGH_PART(r) == MBEDTLS_ERR_PK_ALLOC_FAILED ||
           LOW_PART(r) == MBEDTLS_ERR_ASN1_ALLOC_FAILED ||
           LOW_PART(r) == MBEDTLS_ERR_MPI_ALLOC_FAILED;
}

static bool is_unknown_alg(int r)
{
    return HIGH_PART(r) == MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG ||
           HIGH_PART(r) == MBEDTLS_ERR_PK_UNKNOWN_PK_ALG;
}

/* A point that is not on its curve, or a key of a wrong shape. */
static bool is_bad_key(int r)
{
    return HIGH_PART(r) == MBEDTLS_ERR_PK_INVALID_PUBKEY ||
           HIGH_PART(r) == MBEDTLS_ERR_ECP_INVALID_KEY;
}

/* The second reader: mbedTLS must take the certificate and see the same outline. */
static enum nw_err second_reader(const struct nw_cert *ours, struct nw_diag *d)
{
    mbedtls_x509_crt crt;
    mbedtls_x509_crt_init(&crt);
    int r = mbedtls_x509_crt_parse_der_with_ext_cb(&crt, ours->der.p, ours->der.n, 0, any_extension,
                                                   NULL);
    enum nw_err e = NW_OK;
    if (is_out_of_memory(r)) {
        e = NW_ERR_NOMEM;
    } else if (is_unknown_alg(r)) {
        e = nw_cert_uses_pss(ours) ? nw_cert_third_reader(ours, d) : NW_ERR_CERT_ALG;
        e = e != NW_ERR_CERT_ALG
                ? e
                : nw_fail(d, e, NW_NO_OFFSET, "the second reader does not know it");
    } else if (is_bad_key(r)) {
        e = nw_fail(d, NW_ERR_CERT_ALG, NW_NO_OFFSET, "%s", nw_err_text(NW_ERR_KEY));
    } else if (r != 0 || !same_bytes(&crt.raw, ours->der) || !same_bytes(&crt.tbs, ours->tbs) ||
               !same_bytes(&crt.issuer_raw, ours->issuer) ||
               !same_bytes(&crt.subject_raw, ours->subject) ||
               !same_bytes(&crt.pk_raw, ours->spki)) {
        e = nw_fail(d, NW_ERR_CERT_FORM, NW_NO_OFFSET, "the second reader refuses it");
    }
    mbedtls_x509_crt_free(&crt);
    return e;
}

enum nw_err nw_cert_parse(struct nw_slice der, struct nw_cert *out, struct nw_diag *d)
{
    struct nw_cert cert;
    enum nw_err e = nw_cert_fields(der, &cert, d);
    if (e == NW_OK) {
        e = second_reader(&cert, d);
    }
    if (e == NW_OK) {
        *out = cert;
    }
    return e;
}

enum nw_err nw_cert_read_id(struct nw_crypto *c, struct nw_slice der, struct nw_cert *out,
                            uint8_t id[NW_SHA256_BYTES], struct nw_diag *d)
{
    enum nw_err e = der.n > NW_MAX_CERT ? NW_ERR_LIMIT : nw_sha256(c, der, id);
    if (e != NW_OK) {
        return nw_fail(d, e, NW_NO_OFFSET, "certificate of %zu bytes", der.n);
    }
    if (nw_seen_has(&c->seen, id)) {
        return nw_cert_fields(der, out, d);
    }
    e = nw_cert_parse(der, out, d);
    if (e == NW_OK) {
        nw_seen_add(&c->seen, id);
    }
    return e;
}

enum nw_err nw_cert_read(struct nw_crypto *c, struct nw_slice der, struct nw_cert *out,
                         struct nw_diag *d)
{
    uint8_t id[NW_SHA256_BYTES];
    return nw_cert_read_id(c, der, out, id, d);
}
