/* Elements of a qualification: their form, and whether their criteria fit a certificate. */
#include "trust/qualification.h"

#include "base/limits.h"
#include "cbor/cbor.h"
#include "crypto/cert_qc.h"

#define KEY_USAGE_BITS 0x1ffu
/* The set, its elements, the lists in each other, and the criteria in the innermost. */
#define SET_DEPTH (2u + NW_MAX_CRITERIA_DEPTH + 1u)

static bool is_list(uint64_t kind)
{
    return kind >= NW_CRITERION_ALL && kind <= NW_CRITERION_NONE;
}

static bool oids_valid(struct nw_cbor *r, size_t n)
{
    bool ok = n > 0;
    for (size_t i = 0; ok && i < n; i++) {
        ok = nw_cbor_bytes(r).n > 0;
    }
    return ok;
}

/* depth: lists that this criterion stands in. */
static bool criterion_valid(struct nw_cbor *r, unsigned depth)
{
    size_t n = nw_cbor_array(r);
    uint64_t kind = nw_cbor_uint(r);
    if (nw_cbor_err(r) != NW_OK || n == 0) {
        return false;
    }
    if (kind == NW_CRITERION_UNKNOWN) {
        return n == 1;
    }
    if (kind == NW_CRITERION_KEY_USAGE) {
        uint64_t mask = nw_cbor_uint(r);
        uint64_t value = nw_cbor_uint(r);
        return depth > 0 && n == 3 && mask > 0 && mask <= KEY_USAGE_BITS && (value & ~mask) == 0;
    }
    if (!is_list(kind)) {
        return depth > 0 && kind <= NW_CRITERION_EKU && oids_valid(r, n - 1);
    }
    bool ok = depth < NW_MAX_CRITERIA_DEPTH && n > 1;
    for (size_t i = 1; ok && i < n; i++) {
        ok = criterion_valid(r, depth + 1);
    }
    return ok;
}

bool nw_qualification_valid(struct nw_slice set)
{
    struct nw_cbor r = nw_cbor_open(set);
    if (set.n == 0) {
        return true;
    }
    if (set.n > NW_MAX_QUALIFICATION ||
        nw_cbor_check(set, NW_CBOR_DETERMINISTIC, SET_DEPTH, NULL) != NW_OK) {
        return false;
    }
    size_t n = nw_cbor_array(&r);
    bool ok = n > 0;
    for (size_t i = 0; ok && i < n; i++) {
        size_t parts = nw_cbor_array(&r);
        uint64_t qualifiers = nw_cbor_uint(&r);
        ok = parts == 2 && qualifiers > 0 && qualifiers <= NW_QUALIFIERS && criterion_valid(&r, 0);
    }
    return ok && nw_cbor_err(&r) == NW_OK && nw_cbor_done(&r);
}

/* True if there is [0] in it. Moves behind it. */
static bool has_unknown(struct nw_cbor *r, unsigned depth)
{
    size_t n = nw_cbor_array(r);
    uint64_t kind = nw_cbor_uint(r);
    bool found = kind == NW_CRITERION_UNKNOWN || depth > NW_MAX_CRITERIA_DEPTH;
    for (size_t i = 1; i < n && nw_cbor_err(r) == NW_OK; i++) {
        if (is_list(kind) && depth <= NW_MAX_CRITERIA_DEPTH) {
            found = has_unknown(r, depth + 1) || found;
        } else {
            (void)nw_cbor_raw(r);
        }
    }
    return found;
}

static bool key_usage_is(const struct nw_cert *cert, uint64_t mask, uint64_t value)
{
    return cert->has_key_usage && (cert->key_usage & mask) == value;
}

static bool has_oid(const struct nw_cert *cert, uint64_t kind, struct nw_slice oid)
{
    switch (kind) {
    case NW_CRITERION_POLICIES:
        return nw_cert_has_policy_oid(cert, oid);
    case NW_CRITERION_SUBJECT:
        return nw_name_has_oid(cert->subject, oid);
    default:
        return nw_cert_has_eku_oid(cert, oid);
    }
}

/* One without [0] in it. Reads all of it, whatever comes out. */
static bool is_met(struct nw_cbor *r, const struct nw_cert *cert, unsigned depth)
{
    size_t met = 0;
    size_t n = nw_cbor_array(r);
    uint64_t kind = nw_cbor_uint(r);
    if (kind == NW_CRITERION_KEY_USAGE) {
        uint64_t mask = nw_cbor_uint(r);
        return key_usage_is(cert, mask, nw_cbor_uint(r));
    }
    for (size_t i = 1; i < n && nw_cbor_err(r) == NW_OK && depth <= NW_MAX_CRITERIA_DEPTH; i++) {
        met += is_list(kind) ? is_met(r, cert, depth + 1) : has_oid(cert, kind, nw_cbor_bytes(r));
    }
    switch (kind) {
    case NW_CRITERION_ANY:
        return met > 0;
    case NW_CRITERION_NONE:
        return met == 0;
    default: /* all, and everything that lists OIDs */
        return n > 1 && met == n - 1;
    }
}

void nw_qualification_apply(struct nw_slice set, const struct nw_cert *cert,
                            struct nw_qualifiers *out)
{
    struct nw_cbor r = nw_cbor_open(set);
    size_t n = set.n > 0 ? nw_cbor_array(&r) : 0;
    for (size_t i = 0; i < n && nw_cbor_err(&r) == NW_OK; i++) {
        (void)nw_cbor_array(&r);
        unsigned qualifiers = (unsigned)nw_cbor_uint(&r) & NW_QUALIFIERS;
        struct nw_cbor again = r;
        if (has_unknown(&r, 0)) {
            out->open |= qualifiers;
        } else if (is_met(&again, cert, 0)) {
            out->apply |= qualifiers;
        }
    }
}

bool nw_qualification_public_body(const struct nw_cert *cert, const char *oid,
                                  struct nw_public_body *out)
{
    struct nw_cert_qc qc;
    if (nw_cert_qc_read(cert, oid, &qc, NULL) != NW_OK || !qc.psb ||
        !nw_slice_cstr(qc.psb_country, out->country, sizeof out->country)) {
        return false;
    }
    out->source = qc.psb_source;
    out->legislation = qc.psb_legislation;
    return true;
}
