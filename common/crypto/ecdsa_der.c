#include "crypto/ecdsa_der.h"

#include <string.h>

#include "crypto/der.h"

static size_t put_integer(uint8_t *at, struct nw_slice v)
{
    while (v.n > 1 && v.p[0] == 0) {
        v = nw_slice_from(v, 1);
    }
    size_t pad = v.n > 0 && (v.p[0] & 0x80u) != 0 ? 1 : 0;
    at[0] = NW_DER_INTEGER;
    at[1] = (uint8_t)(v.n + pad);
    at[2] = 0;
    if (v.n > 0) {
        memcpy(at + 2 + pad, v.p, v.n);
    }
    return 2 + pad + v.n;
}

size_t nw_ecdsa_to_der(struct nw_slice raw, uint8_t der[NW_ECDSA_DER_MAX])
{
    uint8_t body[NW_ECDSA_DER_MAX];
    size_t half = raw.n / 2;
    size_t n = put_integer(body, nw_slice_sub(raw, 0, half));
    n += put_integer(body + n, nw_slice_from(raw, half));
    size_t header = n < 0x80 ? 2 : 3;
    der[0] = NW_DER_SEQUENCE;
    der[1] = 0x81;
    der[header - 1] = (uint8_t)n;
    memcpy(der + header, body, n);
    return header + n;
}

bool nw_ecdsa_from_der(struct nw_slice der, size_t size, uint8_t *raw)
{
    struct nw_slice seq;
    struct nw_slice r;
    struct nw_slice s;
    if (!nw_der_take(&der, NW_DER_SEQUENCE, &seq) || der.n != 0 || !nw_der_take_uint(&seq, &r) ||
        !nw_der_take_uint(&seq, &s) || seq.n != 0 || r.n > size || s.n > size) {
        return false;
    }
    memset(raw, 0, 2 * size);
    memcpy(raw + size - r.n, r.p, r.n);
    memcpy(raw + 2 * size - s.n, s.p, s.n);
    return true;
}
