/* Names of certificates (RFC 5280 4.1.2.4): attributes by type, and their text. */
#include "base/buf.h"
#include "base/utf8.h"
#include "crypto/cert_fields.h"

/* Name ::= SEQUENCE OF SET OF SEQUENCE { type OID, value ANY } */
static bool find(struct nw_slice name, struct nw_slice oid, struct nw_der_item *value)
{
    struct nw_slice rdns;
    struct nw_slice set;
    struct nw_slice attr;
    struct nw_slice type;
    struct nw_der_item v;
    if (!nw_der_take(&name, NW_DER_SEQUENCE, &rdns)) {
        return false;
    }
    while (nw_der_take(&rdns, NW_DER_SET, &set)) {
        while (nw_der_take(&set, NW_DER_SEQUENCE, &attr)) {
            if (nw_der_take(&attr, NW_DER_OID, &type) && nw_der_next(&attr, &v) &&
                nw_slice_eq(type, oid)) {
                *value = v;
                return true;
            }
        }
    }
    return false;
}

static bool find_dotted(struct nw_slice name, const char *oid, struct nw_der_item *value)
{
    uint8_t bytes[NW_DER_OID_MAX];
    size_t n;
    return nw_der_encode_oid(oid, bytes, &n) && find(name, nw_slice(bytes, n), value);
}

bool nw_name_find(struct nw_slice name, const char *oid, struct nw_slice *value)
{
    struct nw_der_item v;
    bool found = find_dotted(name, oid, &v);
    if (found) {
        *value = v.value;
    }
    return found;
}

bool nw_name_has_oid(struct nw_slice name, struct nw_slice oid)
{
    struct nw_der_item v;
    return find(name, oid, &v);
}

bool nw_name_is_sound(struct nw_slice name)
{
    struct nw_slice rdns;
    struct nw_slice set;
    struct nw_slice attr;
    struct nw_slice type;
    struct nw_der_item v;
    bool ok = nw_der_take(&name, NW_DER_SEQUENCE, &rdns) && name.n == 0;
    while (ok && rdns.n > 0) {
        ok = nw_der_take(&rdns, NW_DER_SET, &set) && set.n > 0;
        while (ok && set.n > 0) {
            ok = nw_der_take(&set, NW_DER_SEQUENCE, &attr) &&
                 nw_der_take(&attr, NW_DER_OID, &type) && nw_der_next(&attr, &v) && attr.n == 0;
        }
    }
    return ok;
}

struct text { /* UTF-8 on its way into a C string */
    char *p;
    size_t n, cap;
};

/* One character, if it is printable and there is room. */
static bool add(struct text *t, uint32_t cp)
{
    if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || (cp >= 0xd800 && cp < 0xe000)) {
        return false;
    }
    size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    if (t->n + n >= t->cap) {
        return false;
    }
    for (size_t i = n - 1; i > 0; i--) {
        t->p[t->n + i] = (char)(0x80u | (cp & 0x3fu));
        cp >>= 6;
    }
    t->p[t->n] = (char)(lead[n] | cp);
    t->n += n;
    return true;
}

/* One character of a string of this type; its length, 0 if there is none. */
static size_t read_one(uint8_t tag, struct nw_slice v, uint32_t *cp)
{
    switch (tag) {
    case NW_DER_UTF8:
    case NW_DER_PRINTABLE:
    case NW_DER_IA5:
        return nw_utf8_read(v.p, v.n, cp);
    case NW_DER_T61:
        *cp = v.p[0];
        return 1;
    case NW_DER_BMP:
        *cp = v.n < 2 ? 0 : (uint32_t)v.p[0] << 8 | v.p[1];
        return v.n < 2 ? 0 : 2;
    default:
        return 0;
    }
}

bool nw_name_text(struct nw_slice name, const char *oid, char *dst, size_t cap)
{
    struct nw_der_item v;
    struct text t = {.p = dst, .cap = cap};
    dst[0] = '\0';
    if (!find_dotted(name, oid, &v)) {
        return false;
    }
    for (struct nw_slice rest = v.value; rest.n > 0;) {
        uint32_t cp;
        size_t n = read_one(v.tag, rest, &cp);
        if (n == 0 || !add(&t, cp)) {
            dst[0] = '\0';
            return false;
        }
        rest = nw_slice_from(rest, n);
    }
    dst[t.n] = '\0';
    return t.n > 0;
}
