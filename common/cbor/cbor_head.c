/* The bytes behind the first one of a head (RFC 8949 3). */
#include "cbor/cbor_internal.h"

enum nw_err cbor_argument(struct nw_slice in, size_t pos, uint64_t *value, uint8_t *size)
{
    uint8_t major = in.p[pos] >> 5;
    uint8_t info = in.p[pos] & 31;
    const uint8_t *p = in.p + pos + 1;
    if (info == 31) {
        *value = 0;
        return major >= MAJOR_BYTES && major != MAJOR_TAG ? NW_OK : NW_ERR_CBOR_SYNTAX;
    }
    if (info > 27) {
        return NW_ERR_CBOR_SYNTAX;
    }
    size_t n = (size_t)1 << (info - 24);
    if (n > in.n - pos - 1) {
        return NW_ERR_TRUNCATED;
    }
    uint64_t v = p[0];
    for (size_t i = 1; i < n; i++) {
        v = v << 8 | p[i];
    }
    if (major == MAJOR_SIMPLE && info == 24 && v < 32) { /* 3.3: they have no two-byte form */
        return NW_ERR_CBOR_SYNTAX;
    }
    *value = v;
    *size = (uint8_t)n;
    return NW_OK;
}
