/*
 * DER (X.690 10) as far as keys and certificates need it: a strict reader over
 * slices and a small writer. Private to common/crypto; outside of it an OID is
 * encoded, nothing else.
 *
 * The reader takes one spelling only: single-byte tags, definite and shortest
 * lengths of at most four bytes, minimal integers. A function that returns
 * false has moved nothing.
 *
 * The writer opens a constructed value, appends, and closes it; lengths are
 * put in afterwards. Errors are those of the buffer and stick there.
 *
 * What this does not check: the order of a SET, the content of strings and
 * times, anything below the value that was asked for.
 */
#ifndef NW_CRYPTO_DER_H
#define NW_CRYPTO_DER_H

#include "base/buf.h"
#include "base/slice.h"

enum nw_der_tag {
    NW_DER_BOOLEAN = 0x01,
    NW_DER_INTEGER = 0x02,
    NW_DER_BIT_STRING = 0x03,
    NW_DER_OCTET_STRING = 0x04,
    NW_DER_NULL = 0x05,
    NW_DER_OID = 0x06,
    NW_DER_UTF8 = 0x0c,
    NW_DER_PRINTABLE = 0x13,
    NW_DER_T61 = 0x14,
    NW_DER_IA5 = 0x16,
    NW_DER_UTC_TIME = 0x17,
    NW_DER_GENERALIZED_TIME = 0x18,
    NW_DER_BMP = 0x1e,
    NW_DER_SEQUENCE = 0x30,
    NW_DER_SET = 0x31,
};
/* [n] constructed and [n] primitive */
#define NW_DER_CONTEXT(n) ((uint8_t)(0xa0u | (n)))
#define NW_DER_CONTEXT_PRIM(n) ((uint8_t)(0x80u | (n)))

struct nw_der_item {
    uint8_t tag;
    struct nw_slice value; /* content bytes */
    struct nw_slice whole; /* tag, length and content */
};

/* Takes the next value from the front of in. */
bool nw_der_next(struct nw_slice *in, struct nw_der_item *out);
/* The same, only if it has this tag. */
bool nw_der_take(struct nw_slice *in, uint8_t tag, struct nw_slice *value);
/* True if the next value has this tag; takes nothing. */
bool nw_der_is_next(struct nw_slice in, uint8_t tag);
/* A non-negative INTEGER as its magnitude without leading zeros (zero: one byte 0). */
bool nw_der_take_uint(struct nw_slice *in, struct nw_slice *magnitude);
/* A BIT STRING without unused bits. */
bool nw_der_take_bits(struct nw_slice *in, struct nw_slice *bytes);
/* BOOLEAN, 0x00 or 0xff. */
bool nw_der_take_bool(struct nw_slice *in, bool *out);

#define NW_DER_OID_MAX 48
/* The content bytes of an OID from dotted text; false if the text is none or too long. */
bool nw_der_encode_oid(const char *dotted, uint8_t out[NW_DER_OID_MAX], size_t *n);
/* True if the content bytes of an OID are those of the dotted text. */
bool nw_der_oid_is(struct nw_slice oid, const char *dotted);

/* Opens a constructed value; the result goes to nw_der_close(). */
size_t nw_der_open(struct nw_buf *b, uint8_t tag);
void nw_der_close(struct nw_buf *b, size_t mark);
void nw_der_put(struct nw_buf *b, uint8_t tag, struct nw_slice value);
/* A non-negative INTEGER from big-endian bytes, leading zeros allowed. */
void nw_der_put_uint(struct nw_buf *b, struct nw_slice magnitude);
/* An OBJECT IDENTIFIER from dotted text; INTERNAL in the buffer if the text is not one. */
void nw_der_put_oid(struct nw_buf *b, const char *dotted);

#endif
