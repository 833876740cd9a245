#include "crypto/der.h"

#include <string.h>

#define DER_LENGTH_BYTES 4

/* X.690 8.1.3, 10.1: definite, shortest form */
static bool der_length(struct nw_slice in, size_t *header, size_t *length)
{
    if (in.n < 2) {
        return false;
    }
    uint8_t first = in.p[1];
    if (first < 0x80) {
        *header = 2;
        *length = first;
        return true;
    }
    size_t bytes = first & 0x7fu;
    if (bytes == 0 || bytes > DER_LENGTH_BYTES || in.n < 2 + bytes || in.p[2] == 0) {
        return false;
    }
    size_t n = 0;
    for (size_t i = 0; i < bytes; i++) {
        n = n << 8 | in.p[2 + i];
    }
    *header = 2 + bytes;
    *length = n;
    return n >= 0x80;
}

bool nw_der_next(struct nw_slice *in, struct nw_der_item *out)
{
    size_t header;
    size_t length;
    if (!der_length(*in, &header, &length) || (in->p[0] & 0x1fu) == 0x1f ||
        length > in->n - header) {
        return false;
    }
    out->tag = in->p[0];
    out->whole = nw_slice_sub(*in, 0, header + length);
    out->value = nw_slice_sub(*in, header, length);
    *in = nw_slice_from(*in, header + length);
    return true;
}

bool nw_der_take(struct nw_slice *in, uint8_t tag, struct nw_slice *value)
{
    struct nw_slice rest = *in;
    struct nw_der_item item;
    if (!nw_der_next(&rest, &item) || item.tag != tag) {
        return false;
    }
    *in = rest;
    *value = item.value;
    return true;
}

bool nw_der_is_next(struct nw_slice in, uint8_t tag)
{
    return in.n > 0 && in.p[0] == tag;
}

bool nw_der_take_uint(struct nw_slice *in, struct nw_slice *magnitude)
{
    struct nw_slice rest = *in;
    struct nw_slice v;
    if (!nw_der_take(&rest, NW_DER_INTEGER, &v) || v.n == 0 || (v.p[0] & 0x80u) != 0) {
        return false;
    }
    if (v.n > 1 && v.p[0] == 0) {
        if ((v.p[1] & 0x80u) == 0) {
            return false; /* X.690 8.3.2: not the shortest form */
        }
        v = nw_slice_from(v, 1);
    }
    *in = rest;
    *magnitude = v;
    return true;
}

bool nw_der_take_bits(struct nw_slice *in, struct nw_slice *bytes)
{
    struct nw_slice rest = *in;
    struct nw_slice v;
    if (!nw_der_take(&rest, NW_DER_BIT_STRING, &v) || v.n == 0 || v.p[0] != 0) {
        return false;
    }
    *in = rest;
    *bytes = nw_slice_from(v, 1);
    return true;
}

bool nw_der_take_bool(struct nw_slice *in, bool *out)
{
    struct nw_slice rest = *in;
    struct nw_slice v;
    if (!nw_der_take(&rest, NW_DER_BOOLEAN, &v) || v.n != 1 || (v.p[0] != 0 && v.p[0] != 0xff)) {
        return false; /* X.690 11.1 */
    }
    *in = rest;
    *out = v.p[0] != 0;
    return true;
}

static size_t der_put_length(uint8_t out[1 + DER_LENGTH_BYTES], size_t n)
{
    if (n < 0x80) {
        out[0] = (uint8_t)n;
        return 1;
    }
    size_t bytes = n > 0xffffff ? 4 : n > 0xffff ? 3 : n > 0xff ? 2 : 1;
    out[0] = (uint8_t)(0x80u | bytes);
    for (size_t i = 0; i < bytes; i++) {
        out[1 + i] = (uint8_t)(n >> (8 * (bytes - 1 - i)));
    }
    return 1 + bytes;
}

size_t nw_der_open(struct nw_buf *b, uint8_t tag)
{
    nw_buf_putc(b, tag);
    return b->n;
}

void nw_der_close(struct nw_buf *b, size_t mark)
{
    uint8_t length[1 + DER_LENGTH_BYTES];
    if (b->err != NW_OK) {
        return;
    }
    size_t content = b->n - mark;
    size_t n = der_put_length(length, content);
    if (nw_buf_reserve(b, n) == NULL) {
        return;
    }
    memmove(b->p + mark + n, b->p + mark, content);
    memcpy(b->p + mark, length, n);
    nw_buf_grow(b, n);
}

void nw_der_put(struct nw_buf *b, uint8_t tag, struct nw_slice value)
{
    uint8_t length[1 + DER_LENGTH_BYTES];
    nw_buf_putc(b, tag);
    nw_buf_put(b, nw_slice(length, der_put_length(length, value.n)));
    nw_buf_put(b, value);
}

void nw_der_put_uint(struct nw_buf *b, struct nw_slice magnitude)
{
    while (magnitude.n > 1 && magnitude.p[0] == 0) {
        magnitude = nw_slice_from(magnitude, 1);
    }
    size_t mark = nw_der_open(b, NW_DER_INTEGER);
    if (magnitude.n == 0 || (magnitude.p[0] & 0x80u) != 0) {
        nw_buf_putc(b, 0);
    }
    nw_buf_put(b, magnitude);
    nw_der_close(b, mark);
}

/* One arc of the dotted text; moves *text behind it and its dot. */
static bool der_read_arc(const char **text, uint32_t *arc)
{
    uint64_t v = 0;
    const char *p = *text;
    for (; *p >= '0' && *p <= '9' && v <= UINT32_MAX; p++) {
        v = v * 10 + (uint64_t)(*p - '0');
    }
    bool more = *p == '.' && p[1] != '\0'; /* nothing ends with a dot */
    if (p == *text || v > UINT32_MAX || (!more && *p != '\0')) {
        return false;
    }
    *arc = (uint32_t)v;
    *text = more ? p + 1 : p;
    return true;
}

/* Appends one arc in base 128 (X.690 8.19.2). */
static bool der_encode_arc(uint64_t arc, uint8_t out[NW_DER_OID_MAX], size_t *n)
{
    uint8_t bytes[10];
    size_t at = sizeof bytes - 1;
    bytes[at] = (uint8_t)(arc & 0x7fu);
    for (arc >>= 7; arc != 0; arc >>= 7) {
        bytes[--at] = (uint8_t)((arc & 0x7fu) | 0x80u);
    }
    size_t length = sizeof bytes - at;
    if (length > NW_DER_OID_MAX - *n) {
        return false;
    }
    memcpy(out + *n, bytes + at, length);
    *n += length;
    return true;
}

bool nw_der_encode_oid(const char *dotted, uint8_t out[NW_DER_OID_MAX], size_t *n)
{
    uint32_t first;
    uint32_t arc;
    size_t used = 0;
    if (!der_read_arc(&dotted, &first) || !der_read_arc(&dotted, &arc) || first > 2 ||
        (first < 2 && arc > 39) || !der_encode_arc((uint64_t)first * 40 + arc, out, &used)) {
        return false;
    }
    while (*dotted != '\0') {
        if (!der_read_arc(&dotted, &arc) || !der_encode_arc(arc, out, &used)) {
            return false;
        }
    }
    *n = used;
    return true;
}

bool nw_der_oid_is(struct nw_slice oid, const char *dotted)
{
    uint8_t bytes[NW_DER_OID_MAX];
    size_t n;
    return nw_der_encode_oid(dotted, bytes, &n) && nw_slice_eq(oid, nw_slice(bytes, n));
}

void nw_der_put_oid(struct nw_buf *b, const char *dotted)
{
    uint8_t bytes[NW_DER_OID_MAX];
    size_t n;
    if (nw_der_encode_oid(dotted, bytes, &n)) {
        nw_der_put(b, NW_DER_OID, nw_slice(bytes, n));
    } else {
        nw_buf_set_err(b, NW_ERR_INTERNAL);
    }
}
