#include "crypto/cert_fields.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"

#define SERIAL_MAX 21 /* RFC 5280 4.1.2.2: 20 octets, and one for the sign */

static int two_digits(const uint8_t *p)
{
    return p[0] >= '0' && p[0] <= '9' && p[1] >= '0' && p[1] <= '9'
               ? (p[0] - '0') * 10 + (p[1] - '0')
               : -1;
}

/* Time ::= UTCTime YYMMDDHHMMSSZ | GeneralizedTime YYYYMMDDHHMMSSZ (RFC 5280 4.1.2.5) */
static bool take_time(struct nw_slice *in, int64_t *out)
{
    struct nw_der_item t;
    char text[NW_TIME_TEXT];
    if (!nw_der_next(in, &t)) {
        return false;
    }
    bool utc = t.tag == NW_DER_UTC_TIME;
    size_t year = utc ? 2 : 4;
    if ((!utc && t.tag != NW_DER_GENERALIZED_TIME) || t.value.n != year + 11 ||
        t.value.p[year + 10] != 'Z') {
        return false;
    }
    const uint8_t *p = t.value.p;
    int century = utc ? (two_digits(p) >= 50 ? 19 : 20) : two_digits(p);
    int n[6];
    for (size_t i = 0; i < 6; i++) {
        n[i] = two_digits(p + year - 2 + 2 * i);
        if (n[i] < 0 || century < 0) {
            return false;
        }
    }
    (void)snprintf(text, sizeof text, "%02u%02u-%02u-%02uT%02u:%02u:%02uZ",
                   (unsigned)century % 100u, (unsigned)n[0] % 100u, (unsigned)n[1] % 100u,
                   (unsigned)n[2] % 100u, (unsigned)n[3] % 100u, (unsigned)n[4] % 100u,
                   (unsigned)n[5] % 100u);
    return nw_time_parse(nw_str(text), out) == NW_OK;
}

bool nw_cert_take_validity(struct nw_slice *in, struct nw_cert *out)
{
    struct nw_slice v;
    return nw_der_take(in, NW_DER_SEQUENCE, &v) && take_time(&v, &out->not_before) &&
           take_time(&v, &out->not_after) && v.n == 0;
}

static bool take_whole(struct nw_slice *in, struct nw_slice *whole)
{
    struct nw_der_item item;
    if (!nw_der_is_next(*in, NW_DER_SEQUENCE) || !nw_der_next(in, &item)) {
        return false;
    }
    *whole = item.whole;
    return true;
}

/* version [0] EXPLICIT: v3, or v1 when absent; v2 has never been used */
static bool take_version(struct nw_slice *tbs, bool *v3)
{
    struct nw_slice inner;
    struct nw_slice v;
    *v3 = nw_der_is_next(*tbs, NW_DER_CONTEXT(0));
    return !*v3 || (nw_der_take(tbs, NW_DER_CONTEXT(0), &inner) && nw_der_take_uint(&inner, &v) &&
                    inner.n == 0 && v.n == 1 && v.p[0] == 2);
}

static enum nw_err read_tbs(struct nw_slice tbs, struct nw_slice outer_alg, struct nw_cert *out,
                            struct nw_diag *d)
{
    bool v3;
    struct nw_slice alg;
    struct nw_slice wrapped;
    struct nw_slice list;
    if (!take_version(&tbs, &v3) || !nw_der_take(&tbs, NW_DER_INTEGER, &out->serial) ||
        out->serial.n == 0 || out->serial.n > SERIAL_MAX) {
        return nw_fail(d, NW_ERR_CERT_FORM, NW_NO_OFFSET, "version or serial number");
    }
    if (!take_whole(&tbs, &alg) || !nw_slice_eq(alg, outer_alg)) { /* RFC 5280 4.1.1.2 */
        return nw_fail(d, NW_ERR_CERT_FORM, NW_NO_OFFSET, "signature algorithm given twice");
    }
    if (!take_whole(&tbs, &out->issuer) || !nw_name_is_sound(out->issuer) ||
        !nw_cert_take_validity(&tbs, out) || !take_whole(&tbs, &out->subject) ||
        !nw_name_is_sound(out->subject)) {
        return nw_fail(d, NW_ERR_CERT_FORM, NW_NO_OFFSET, "names or validity");
    }
    if (!take_whole(&tbs, &out->spki)) {
        return nw_fail(d, NW_ERR_CERT_FORM, NW_NO_OFFSET, "public key");
    }
    if (tbs.n == 0) {
        return NW_OK;
    }
    if (!v3 || !nw_der_take(&tbs, NW_DER_CONTEXT(3), &wrapped) || tbs.n != 0 ||
        !nw_der_take(&wrapped, NW_DER_SEQUENCE, &list) || wrapped.n != 0 || list.n == 0) {
        return nw_fail(d, NW_ERR_CERT_FORM, NW_NO_OFFSET, "extensions");
    }
    return nw_cert_extensions(list, out, d);
}

void nw_cert_texts(struct nw_cert *c)
{
    (void)nw_name_text(c->subject, NW_OID_CN, c->common_name, sizeof c->common_name);
    (void)nw_name_text(c->subject, NW_OID_ORGANISATION, c->organisation, sizeof c->organisation);
    (void)nw_name_text(c->subject, NW_OID_ORGANISATION_ID, c->organisation_id,
                       sizeof c->organisation_id);
    (void)nw_name_text(c->subject, NW_OID_COUNTRY, c->country, sizeof c->country);
}

enum nw_err nw_cert_fields(struct nw_slice der, struct nw_cert *out, struct nw_diag *d)
{
    struct nw_slice rest = der;
    struct nw_der_item all;
    struct nw_der_item tbs;
    struct nw_slice outer_alg;
    struct nw_cert cert = {.der = der, .path_len = -1};
    if (der.n > NW_MAX_CERT) {
        return nw_fail(d, NW_ERR_LIMIT, NW_NO_OFFSET, "certificate of %zu bytes", der.n);
    }
    if (!nw_der_next(&rest, &all) || all.tag != NW_DER_SEQUENCE) {
        return nw_fail(d, NW_ERR_CERT_FORM, 0, "no complete DER sequence");
    }
    if (rest.n != 0) {
        return nw_fail(d, NW_ERR_TRAILING, all.whole.n, "after the certificate");
    }
    struct nw_slice v = all.value;
    if (!nw_der_next(&v, &tbs) || tbs.tag != NW_DER_SEQUENCE || !take_whole(&v, &outer_alg) ||
        !nw_der_take_bits(&v, &cert.signature) || v.n != 0 || cert.signature.n == 0) {
        return nw_fail(d, NW_ERR_CERT_FORM, NW_NO_OFFSET, "outline");
    }
    cert.tbs = tbs.whole;
    enum nw_err e = read_tbs(tbs.value, outer_alg, &cert, d);
    if (e != NW_OK) {
        return e;
    }
    struct nw_slice alg;
    if (nw_der_take(&outer_alg, NW_DER_SEQUENCE, &alg)) {
        cert.sig_alg = nw_cert_alg(alg);
    }
    nw_cert_texts(&cert);
    *out = cert;
    return NW_OK;
}
