#include "cbor/cbor_internal.h"

static enum nw_err check_open(const struct cbor_head *h)
{
    bool may = h->major >= MAJOR_BYTES && h->major != MAJOR_TAG;
    return may ? NW_OK : NW_ERR_CBOR_SYNTAX;
}

static inline enum nw_err check_room(const struct cbor_head *h, size_t left)
{
    switch (h->major) {
    case MAJOR_BYTES:
    case MAJOR_TEXT:
    case MAJOR_ARRAY: /* an element is one byte at least */
        return h->value > left ? NW_ERR_CBOR_LENGTH : NW_OK;
    case MAJOR_MAP:
        return h->value > left / 2 ? NW_ERR_CBOR_LENGTH : NW_OK;
    case MAJOR_SIMPLE: /* RFC 8949 3.3: values below 32 have no two-byte form */
        return h->info == 24 && h->value < 32 ? NW_ERR_CBOR_SYNTAX : NW_OK;
    default:
        return NW_OK;
    }
}

enum nw_err cbor_head_read(struct nw_slice in, size_t pos, struct cbor_head *h)
{
    if (pos >= in.n) {
        return NW_ERR_TRUNCATED;
    }
    const uint8_t *p = in.p + pos;
    size_t left = in.n - pos - 1;
    *h = (struct cbor_head){.major = p[0] >> 5, .info = p[0] & 31, .size = 1};
    if (h->info < 24) {
        h->value = h->info;
        return check_room(h, left);
    }
    if (h->info == 31) {
        h->open = true;
        return check_open(h);
    }
    if (h->info > 27) {
        return NW_ERR_CBOR_SYNTAX;
    }
    size_t more = (size_t)1 << (h->info - 24);
    if (more > left) {
        return NW_ERR_TRUNCATED;
    }
    h->value = p[1];
    for (size_t i = 2; i <= more; i++) {
        h->value = h->value << 8 | p[i];
    }
    h->size += more;
    return check_room(h, left - more);
}
