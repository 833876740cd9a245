/* Certificates and PEM: what is taken lies inside the input, is read alike twice, and survives the
 * way to PEM and back. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/cert_qc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok) {
        abort();
    }
}

static void inside(struct nw_slice part, struct nw_slice all)
{
    must(part.n == 0 || (part.p >= all.p && part.n <= all.n && part.p + part.n <= all.p + all.n));
}

static void through_pem(struct nw_slice der)
{
    struct nw_buf pem = NW_BUF(4 * NW_MAX_CERT);
    struct nw_buf back = NW_BUF(NW_MAX_CERT);
    size_t pos = 0;
    nw_cert_to_pem(der, &pem);
    must(nw_cert_from_pem(nw_buf_slice(&pem), &pos, &back) == NW_OK);
    must(nw_slice_eq(nw_buf_slice(&back), der));
    nw_buf_free(&pem);
    nw_buf_free(&back);
}

/* What a certificate says of itself lies in it, and its names are text of one line. */
static void facts(const struct nw_cert *cert)
{
    static const char *const attributes[] = {"2.5.4.3", "2.5.4.6", "2.5.4.10", "2.5.4.97"};
    char text[NW_CERT_NAME];
    struct nw_cert_qc qc;
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++) {
        bool found = nw_name_text(cert->issuer, attributes[i], text, sizeof text);
        must(found == (text[0] != '\0') && strpbrk(text, "\r\n\x7f") == NULL);
    }
    if (nw_cert_qc_read(cert, NULL, &qc, NULL) == NW_OK) {
        inside(qc.psb_country, cert->ext_qc);
        inside(qc.psb_source, cert->ext_qc);
        inside(qc.psb_legislation, cert->ext_qc);
        must(qc.psb == (qc.psb_country.n == 2) && qc.types < 16);
        must(cert->ext_qc.n > 0 || (!qc.compliance && !qc.psb && qc.types == 0));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nw_slice in = nw_slice(data, size);
    struct nw_cert cert;
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    size_t pos = 0;
    if (nw_cert_from_pem(in, &pos, &der) == NW_OK) {
        must(pos <= size && der.n <= size);
    }
    nw_buf_free(&der);
    bool listed = nw_cert_listed(in, &cert, NULL) == NW_OK;
    must(!listed || (cert.spki.n > 0 && (cert.path_len < 0 || cert.ca)));
    if (listed) {
        inside(cert.spki, in);
        inside(cert.subject, in);
        inside(cert.ext_policies, in);
    }
    bool opaque = listed && cert.opaque;
    if (nw_cert_parse(in, &cert, NULL) != NW_OK) {
        return 0;
    }
    must(listed && !opaque && nw_slice_eq(cert.der, in) && cert.tbs.n > 0 && cert.spki.n > 0);
    const struct nw_slice parts[] = {cert.tbs,     cert.spki,    cert.serial,       cert.issuer,
                                     cert.subject, cert.ski,     cert.aki,          cert.ext_eku,
                                     cert.ext_qc,  cert.ext_aia, cert.ext_policies, cert.signature};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        inside(parts[i], in);
    }
    must(cert.path_len < 0 || cert.ca);
    must(memchr(cert.common_name, 0, sizeof cert.common_name) != NULL);
    facts(&cert);
    through_pem(in);
    return 0;
}
