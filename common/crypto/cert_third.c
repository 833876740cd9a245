/* Certificates with RSASSA-PSS have OpenSSL as their second reader. */
#include "crypto/cert_fields.h"

#ifdef NW_WITH_LIBCRYPTO

#include <openssl/x509.h>

static bool same(int n, uint8_t *bytes, struct nw_slice ours)
{
    bool equal = n > 0 && nw_slice_eq(nw_slice(bytes, (size_t)n), ours);
    OPENSSL_free(bytes);
    return equal;
}

static bool same_outline(X509 *theirs, const struct nw_cert *ours)
{
    uint8_t *issuer = NULL;
    uint8_t *subject = NULL;
    uint8_t *spki = NULL;
    uint8_t *tbs = NULL;
    int issuer_n = i2d_X509_NAME(X509_get_issuer_name(theirs), &issuer);
    int subject_n = i2d_X509_NAME(X509_get_subject_name(theirs), &subject);
    int spki_n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(theirs), &spki);
    int tbs_n = i2d_re_X509_tbs(theirs, &tbs);
    bool equal = same(issuer_n, issuer, ours->issuer);
    equal = same(subject_n, subject, ours->subject) && equal;
    equal = same(spki_n, spki, ours->spki) && equal;
    return same(tbs_n, tbs, ours->tbs) && equal;
}

enum nw_err nw_cert_third_reader(const struct nw_cert *ours, struct nw_diag *d)
{
    const uint8_t *p = ours->der.p;
    X509 *theirs = d2i_X509(NULL, &p, (long)ours->der.n);
    bool agrees = theirs != NULL && p == ours->der.p + ours->der.n && same_outline(theirs, ours);
    X509_free(theirs);
    return agrees ? NW_OK
                  : nw_fail(d, NW_ERR_CERT_FORM, NW_NO_OFFSET, "the second reader refuses it");
}

#else

enum nw_err nw_cert_third_reader(const struct nw_cert *ours, struct nw_diag *d)
{
    (void)ours;
    (void)d;
    return NW_ERR_CERT_ALG;
}

#endif
