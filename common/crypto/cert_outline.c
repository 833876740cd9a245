/* Certificates that are trusted byte by byte: as much as is needed of them, whatever else is there.
 */
#include "crypto/cert_fields.h"

/* A value of this tag with its head; nothing else about it is looked at. */
static bool take(struct nw_slice *in, uint8_t tag, struct nw_slice *whole)
{
    struct nw_der_item item;
    if (!nw_der_is_next(*in, tag) || !nw_der_next(in, &item)) {
        return false;
    }
    *whole = item.whole;
    return true;
}

/* tbs: what follows the subject's key. */
static enum nw_err outline(struct nw_slice der, struct nw_cert_outline *out, struct nw_slice *tbs)
{
    struct nw_slice rest = der;
    struct nw_slice all;
    struct nw_slice skipped;
    struct nw_cert_outline o = {.der = der};
    if (der.n > NW_MAX_CERT) {
        return NW_ERR_LIMIT;
    }
    if (!nw_der_take(&rest, NW_DER_SEQUENCE, &all) || rest.n != 0 ||
        !nw_der_take(&all, NW_DER_SEQUENCE, tbs)) {
        return NW_ERR_CERT_FORM;
    }
    (void)take(tbs, NW_DER_CONTEXT(0), &skipped);
    bool ok = take(tbs, NW_DER_INTEGER, &skipped) && take(tbs, NW_DER_SEQUENCE, &skipped) &&
              take(tbs, NW_DER_SEQUENCE, &o.issuer) && take(tbs, NW_DER_SEQUENCE, &o.validity) &&
              take(tbs, NW_DER_SEQUENCE, &o.subject) && take(tbs, NW_DER_SEQUENCE, &o.spki);
    if (!ok) {
        return NW_ERR_CERT_FORM;
    }
    *out = o;
    return NW_OK;
}

enum nw_err nw_cert_outline(struct nw_slice der, struct nw_cert_outline *out)
{
    struct nw_slice rest;
    return outline(der, out, &rest);
}

enum nw_err nw_cert_listed(struct nw_slice der, struct nw_cert *out, struct nw_diag *d)
{
    struct nw_diag why = {0};
    struct nw_slice rest;
    struct nw_slice wrapped;
    struct nw_slice list;
    struct nw_cert_outline o;
    struct nw_cert cert = {.der = der, .path_len = -1, .opaque = true};
    enum nw_err e = nw_cert_fields(der, out, &why);
    if (e == NW_OK || nw_err_is_ours(e)) {
        return e;
    }
    if (outline(der, &o, &rest) != NW_OK || !nw_cert_take_validity(&o.validity, &cert)) {
        return nw_fail(d, e, why.off, "%s", why.detail);
    }
    cert.issuer = o.issuer;
    cert.subject = o.subject;
    cert.spki = o.spki;
    nw_cert_texts(&cert);
    if (nw_der_take(&rest, NW_DER_CONTEXT(3), &wrapped) &&
        nw_der_take(&wrapped, NW_DER_SEQUENCE, &list)) {
        nw_cert_extensions_of_listed(list, &cert);
    }
    *out = cert;
    return NW_OK;
}
