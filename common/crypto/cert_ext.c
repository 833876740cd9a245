#include "crypto/cert_fields.h"

#define PATH_LEN_MAX 255 /* no chain is that long; larger numbers are nonsense */
#define EXTENSIONS_MAX 32

enum ext_kind {
    EXT_BASIC_CONSTRAINTS,
    EXT_KEY_USAGE,
    EXT_EKU,
    EXT_SKI,
    EXT_AKI,
    EXT_QC,
    EXT_AIA,
    EXT_POLICIES,
    EXT_NAME_CONSTRAINTS,
    EXT_NO_EFFECT, /* names: they restrict nothing that is decided here */
};

struct ext_row {
    const char *oid;
    enum ext_kind kind;
    bool understood; /* may be critical */
};

static const struct ext_row exts[] = {
    {"2.5.29.19", EXT_BASIC_CONSTRAINTS, true},
    {"2.5.29.15", EXT_KEY_USAGE, true},
    {"2.5.29.37", EXT_EKU, true},
    {"2.5.29.14", EXT_SKI, true},
    {"2.5.29.35", EXT_AKI, true},
    {"2.5.29.17", EXT_NO_EFFECT, true}, /* subjectAltName */
    {"2.5.29.18", EXT_NO_EFFECT, true}, /* issuerAltName */
    {"2.5.29.32", EXT_POLICIES, true},  /* every policy is acceptable for a path */
    {"1.3.6.1.5.5.7.1.3", EXT_QC, false},
    {"1.3.6.1.5.5.7.1.1", EXT_AIA, false},
    {"2.5.29.30", EXT_NAME_CONSTRAINTS, false},
};
#define EXTS (sizeof exts / sizeof exts[0])

/* BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL } */
static bool read_basic_constraints(struct nw_slice v, struct nw_cert *out)
{
    struct nw_slice seq;
    struct nw_slice len;
    bool ca = false;
    if (!nw_der_take(&v, NW_DER_SEQUENCE, &seq) || v.n != 0) {
        return false;
    }
    if (nw_der_is_next(seq, NW_DER_BOOLEAN) && (!nw_der_take_bool(&seq, &ca) || !ca)) {
        return false; /* X.690 11.5: a default value is not written */
    }
    if (seq.n != 0) {
        if (!ca || !nw_der_take_uint(&seq, &len) || seq.n != 0 || len.n != 1 ||
            len.p[0] >= PATH_LEN_MAX) {
            return false;
        }
        out->path_len = len.p[0];
    }
    out->ca = ca;
    return true;
}

/* The same as older CAs wrote it: any byte but zero for TRUE, FALSE written out. A length that
 * cannot be read is 0: nothing but end entities below. */
static void read_old_basic_constraints(struct nw_slice v, struct nw_cert *out)
{
    struct nw_slice seq;
    struct nw_slice flag;
    struct nw_slice len;
    if (!nw_der_take(&v, NW_DER_SEQUENCE, &seq) || !nw_der_take(&seq, NW_DER_BOOLEAN, &flag) ||
        flag.n != 1 || flag.p[0] == 0) {
        return;
    }
    out->ca = true;
    if (seq.n > 0) {
        bool fits = nw_der_take_uint(&seq, &len) && len.n == 1 && len.p[0] < PATH_LEN_MAX;
        out->path_len = fits ? len.p[0] : 0;
    }
}

/* KeyUsage ::= BIT STRING, named bits: no trailing zeros (X.690 11.2.2) */
static bool read_key_usage(struct nw_slice v, struct nw_cert *out)
{
    struct nw_slice bits;
    if (!nw_der_take(&v, NW_DER_BIT_STRING, &bits) || v.n != 0 || bits.n < 2 || bits.n > 3 ||
        bits.p[0] > 7 || (bits.p[bits.n - 1] & ((1u << bits.p[0]) - 1u)) != 0) {
        return false;
    }
    unsigned usage = 0;
    for (size_t i = 0; i < (bits.n - 1) * 8; i++) {
        if ((bits.p[1 + i / 8] & (0x80u >> (i % 8))) != 0) {
            usage |= 1u << i;
        }
    }
    out->key_usage = usage;
    out->has_key_usage = true;
    return usage != 0; /* RFC 5280 4.2.1.3: at least one bit is set */
}

static bool read_eku(struct nw_slice v, struct nw_cert *out)
{
    struct nw_slice all = v;
    struct nw_slice seq;
    struct nw_slice oid;
    if (!nw_der_take(&v, NW_DER_SEQUENCE, &seq) || v.n != 0 || seq.n == 0) {
        return false;
    }
    while (seq.n > 0) {
        if (!nw_der_take(&seq, NW_DER_OID, &oid) || oid.n == 0) {
            return false;
        }
    }
    out->ext_eku = all;
    return true;
}

/* certificatePolicies ::= SEQUENCE OF SEQUENCE { policyIdentifier OID, policyQualifiers OPTIONAL }
 */
static bool read_policies(struct nw_slice v, struct nw_cert *out)
{
    struct nw_slice all = v;
    struct nw_slice seq;
    struct nw_slice info;
    struct nw_slice part;
    if (!nw_der_take(&v, NW_DER_SEQUENCE, &seq) || v.n != 0 || seq.n == 0) {
        return false;
    }
    while (seq.n > 0) {
        if (!nw_der_take(&seq, NW_DER_SEQUENCE, &info) || !nw_der_take(&info, NW_DER_OID, &part) ||
            part.n == 0 || (info.n != 0 && !nw_der_take(&info, NW_DER_SEQUENCE, &part)) ||
            info.n != 0) {
            return false;
        }
    }
    out->ext_policies = all;
    return true;
}

/* AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] OPTIONAL, issuer [1], serial [2] } */
static bool read_aki(struct nw_slice v, struct nw_cert *out)
{
    struct nw_slice seq;
    struct nw_slice id;
    if (!nw_der_take(&v, NW_DER_SEQUENCE, &seq) || v.n != 0) {
        return false;
    }
    if (nw_der_take(&seq, NW_DER_CONTEXT_PRIM(0), &id)) {
        out->aki = id;
    }
    return true;
}

static bool read_extension(enum ext_kind kind, struct nw_slice value, struct nw_cert *out)
{
    struct nw_slice v = value;
    switch (kind) {
    case EXT_BASIC_CONSTRAINTS:
        return read_basic_constraints(value, out);
    case EXT_KEY_USAGE:
        return read_key_usage(value, out);
    case EXT_EKU:
        return read_eku(value, out);
    case EXT_SKI:
        return nw_der_take(&v, NW_DER_OCTET_STRING, &out->ski) && v.n == 0 && out->ski.n > 0;
    case EXT_AKI:
        return read_aki(value, out);
    case EXT_QC:
        out->ext_qc = value;
        return true;
    case EXT_AIA:
        out->ext_aia = value;
        return true;
    case EXT_POLICIES:
        return read_policies(value, out);
    case EXT_NAME_CONSTRAINTS:
        out->name_constraints = true;
        return true;
    default:
        return true;
    }
}

/* Extension ::= SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING } */
static bool take_extension(struct nw_slice *list, struct nw_slice *oid, bool *critical,
                           struct nw_slice *value)
{
    struct nw_slice ext;
    *critical = false;
    if (!nw_der_take(list, NW_DER_SEQUENCE, &ext) || !nw_der_take(&ext, NW_DER_OID, oid)) {
        return false;
    }
    if (nw_der_is_next(ext, NW_DER_BOOLEAN) && !nw_der_take_bool(&ext, critical)) {
        return false;
    }
    return nw_der_take(&ext, NW_DER_OCTET_STRING, value) && ext.n == 0;
}

static const struct ext_row *ext_row(struct nw_slice oid)
{
    for (size_t i = 0; i < EXTS; i++) {
        if (nw_der_oid_is(oid, exts[i].oid)) {
            return &exts[i];
        }
    }
    return NULL;
}

enum nw_err nw_cert_extensions(struct nw_slice list, struct nw_cert *out, struct nw_diag *d)
{
    struct nw_slice seen[EXTENSIONS_MAX];
    size_t n = 0;
    while (list.n > 0) {
        struct nw_slice value;
        bool critical;
        size_t off = (size_t)(list.p - out->der.p);
        if (n == EXTENSIONS_MAX || !take_extension(&list, &seen[n], &critical, &value)) {
            return nw_fail(d, NW_ERR_CERT_FORM, off, "extension %zu", n + 1);
        }
        for (size_t i = 0; i < n; i++) {
            if (nw_slice_eq(seen[i], seen[n])) { /* RFC 5280 4.2 */
                return nw_fail(d, NW_ERR_CERT_FORM, off, "an extension stands there twice");
            }
        }
        const struct ext_row *row = ext_row(seen[n]);
        if (critical && (row == NULL || !row->understood)) {
            return nw_fail(d, NW_ERR_CERT_CRITICAL, off, "extension %zu", n + 1);
        }
        if (row != NULL && !read_extension(row->kind, value, out)) {
            return nw_fail(d, NW_ERR_CERT_FORM, off, "extension %s", row->oid);
        }
        n++;
    }
    return NW_OK;
}

void nw_cert_extensions_of_listed(struct nw_slice list, struct nw_cert *out)
{
    struct nw_slice oid;
    struct nw_slice value;
    bool critical;
    for (size_t n = 0; n < EXTENSIONS_MAX && take_extension(&list, &oid, &critical, &value); n++) {
        struct nw_cert before = *out;
        const struct ext_row *row = ext_row(oid);
        if (row == NULL || read_extension(row->kind, value, out)) {
            continue;
        }
        *out = before;
        if (row->kind == EXT_BASIC_CONSTRAINTS) {
            read_old_basic_constraints(value, out);
        } else if (row->kind == EXT_KEY_USAGE) {
            out->has_key_usage = true; /* of no bit that could be read */
            out->key_usage = 0;
        }
    }
}

bool nw_cert_has_eku_oid(const struct nw_cert *cert, struct nw_slice oid)
{
    struct nw_slice v = cert->ext_eku;
    struct nw_slice seq;
    struct nw_slice one;
    if (!nw_der_take(&v, NW_DER_SEQUENCE, &seq)) {
        return false;
    }
    while (nw_der_take(&seq, NW_DER_OID, &one)) {
        if (nw_slice_eq(one, oid)) {
            return true;
        }
    }
    return false;
}

bool nw_cert_has_eku(const struct nw_cert *cert, const char *oid)
{
    uint8_t bytes[NW_DER_OID_MAX];
    size_t n;
    return nw_der_encode_oid(oid, bytes, &n) && nw_cert_has_eku_oid(cert, nw_slice(bytes, n));
}

bool nw_cert_has_policy_oid(const struct nw_cert *cert, struct nw_slice oid)
{
    struct nw_slice v = cert->ext_policies;
    struct nw_slice seq;
    struct nw_slice info;
    struct nw_slice one;
    if (!nw_der_take(&v, NW_DER_SEQUENCE, &seq)) {
        return false;
    }
    while (nw_der_take(&seq, NW_DER_SEQUENCE, &info)) {
        if (nw_der_take(&info, NW_DER_OID, &one) && nw_slice_eq(one, oid)) {
            return true;
        }
    }
    return false;
}
