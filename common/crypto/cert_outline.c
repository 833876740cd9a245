#include "crypto/cert.h"
#include "crypto/der.h"

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

enum nw_err nw_cert_outline(struct nw_slice der, struct nw_cert_outline *out)
{
    struct nw_slice rest = der;
    struct nw_slice all;
    struct nw_slice tbs;
    struct nw_slice skipped;
    struct nw_cert_outline o = {.der = der};
    if (der.n > NW_MAX_CERT) {
        return NW_ERR_LIMIT;
    }
    if (!nw_der_take(&rest, NW_DER_SEQUENCE, &all) || rest.n != 0 ||
        !nw_der_take(&all, NW_DER_SEQUENCE, &tbs)) {
        return NW_ERR_CERT_FORM;
    }
    (void)take(&tbs, NW_DER_CONTEXT(0), &skipped);
    bool ok = take(&tbs, NW_DER_INTEGER, &skipped) && take(&tbs, NW_DER_SEQUENCE, &skipped) &&
              take(&tbs, NW_DER_SEQUENCE, &o.issuer) && take(&tbs, NW_DER_SEQUENCE, &skipped) &&
              take(&tbs, NW_DER_SEQUENCE, &o.subject) && take(&tbs, NW_DER_SEQUENCE, &o.spki);
    if (!ok) {
        return NW_ERR_CERT_FORM;
    }
    *out = o;
    return NW_OK;
}
