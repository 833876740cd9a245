#include "seal/hcert.h"

/* OID 2.5.29.37, extended key usage. */
static const uint8_t oid_eku[] = {0x55, 0x1d, 0x25};

enum { TAG_OID = 0x06, TAG_OCTETS = 0x04, TAG_SEQUENCE = 0x30, TAG_VERSION = 0xa0, TAG_EXT = 0xa3 };

/* Takes one value from the front of in; false (nothing taken) when it is cut short. */
static bool take(struct nw_slice *in, uint8_t *tag, struct nw_slice *value, struct nw_slice *whole)
{
    if (in->n < 2) {
        return false;
    }
    size_t head = 2;
    size_t n = in->p[1];
    if (n >= 0x80) {
        size_t width = n & 0x7f;
        if (width < 1 || width > 3 || in->n < 2 + width) {
            return false;
        }
        n = 0;
        for (; head < 2 + width; head++) {
            n = n << 8 | in->p[head];
        }
    }
    if (n > in->n - head) {
        return false;
    }
    *tag = in->p[0];
    *value = nw_slice_sub(*in, head, n);
    *whole = nw_slice_sub(*in, 0, head + n);
    *in = nw_slice_from(*in, head + n);
    return true;
}

static bool take_as(struct nw_slice *in, uint8_t wanted, struct nw_slice *value)
{
    uint8_t tag;
    struct nw_slice whole;
    struct nw_slice rest = *in;
    if (!take(&rest, &tag, value, &whole) || tag != wanted) {
        return false;
    }
    *in = rest;
    return true;
}

static struct nw_slice find_eku(struct nw_slice extensions)
{
    struct nw_slice list;
    struct nw_slice ext;
    struct nw_slice oid;
    struct nw_slice value;
    if (!take_as(&extensions, TAG_SEQUENCE, &list)) {
        return NW_SLICE_EMPTY;
    }
    while (take_as(&list, TAG_SEQUENCE, &ext)) {
        if (take_as(&ext, TAG_OID, &oid) && nw_slice_eq(oid, nw_slice(oid_eku, sizeof oid_eku)) &&
            take_as(&ext, TAG_OCTETS, &value)) {
            return value;
        }
    }
    return NW_SLICE_EMPTY;
}

bool nw_hcert_signer(struct nw_slice der, struct nw_slice *spki, struct nw_slice *eku)
{
    struct nw_slice cert;
    struct nw_slice tbs;
    struct nw_slice value;
    struct nw_slice whole = NW_SLICE_EMPTY;
    uint8_t tag;
    if (!take_as(&der, TAG_SEQUENCE, &cert) || !take_as(&cert, TAG_SEQUENCE, &tbs)) {
        return false;
    }
    (void)take_as(&tbs, TAG_VERSION, &value);
    /* serial, algorithm, issuer, validity, subject, then the key */
    for (int i = 0; i < 6; i++) {
        if (!take(&tbs, &tag, &value, &whole)) {
            return false;
        }
    }
    *spki = whole;
    *eku = NW_SLICE_EMPTY;
    while (take(&tbs, &tag, &value, &whole)) {
        if (tag == TAG_EXT) {
            *eku = find_eku(value);
        }
    }
    return true;
}

bool nw_hcert_eku_has(struct nw_slice eku, struct nw_slice oid)
{
    struct nw_slice list;
    struct nw_slice value;
    if (!take_as(&eku, TAG_SEQUENCE, &list)) {
        return false;
    }
    while (take_as(&list, TAG_OID, &value)) {
        if (nw_slice_eq(value, oid)) {
            return true;
        }
    }
    return false;
}
