#include "base/codec.h"
#include "report/internal.h"

#define MDOC_HEAD 64u  /* characters that hold the first name of an mdoc's map */
#define SHAPE_MAX 8192 /* characters looked at to tell text apart from bytes */

static bool shape_only(struct nw_slice s, bool (*allowed)(uint8_t c))
{
    for (size_t i = 0; i < s.n; i++) {
        if (!allowed(s.p[i])) {
            return false;
        }
    }
    return s.n > 0;
}

static bool shape_hex(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool shape_base64url(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
}

/* A CBOR map whose first name is one of IssuerSigned or DeviceResponse. */
static bool shape_map(struct nw_slice bytes)
{
    static const char *const names[] = {"issuerAuth", "nameSpaces", "version",
                                        "documents",  "status",     "documentErrors"};
    struct nw_cbor r = nw_cbor_open(bytes);
    (void)nw_cbor_map_any(&r);
    struct nw_slice name = nw_cbor_text(&r);
    for (size_t i = 0; nw_cbor_err(&r) == NW_OK && i < sizeof names / sizeof names[0]; i++) {
        if (nw_slice_is(name, names[i])) {
            return true;
        }
    }
    return false;
}

static bool shape_mdoc(struct nw_slice in)
{
    if (in.p[0] >= 0x80) {
        return shape_map(in);
    }
    struct nw_slice head = nw_slice_sub(in, 0, SHAPE_MAX);
    size_t n = in.n < MDOC_HEAD ? in.n - in.n % 4 : MDOC_HEAD;
    struct nw_buf bytes = NW_BUF(MDOC_HEAD);
    bool decoded = false;
    if (in.n % 2 == 0 && shape_only(head, shape_hex)) {
        decoded = nw_hex_decode(nw_slice_sub(in, 0, n), &bytes, NULL) == NW_OK;
    } else if (shape_only(head, shape_base64url)) {
        decoded = nw_base64url_decode(nw_slice_sub(in, 0, n), &bytes, NULL) == NW_OK;
    }
    bool is = decoded && shape_map(nw_buf_slice(&bytes));
    nw_buf_free(&bytes);
    return is;
}

/* Text with a dot and, for an SD-JWT, tildes. A JWS header is a JSON object, so "ey" begins it even
 * where the tildes are missing; what is wrong with it is for the parser to say. */
static bool shape_jws(struct nw_slice in)
{
    size_t dot = nw_slice_find(in, '.', 0);
    bool tilde = nw_slice_find(in, '~', dot) < in.n;
    struct nw_slice head = nw_slice_sub(in, 0, dot < SHAPE_MAX ? dot : SHAPE_MAX);
    return dot < in.n && shape_only(head, shape_base64url) && (tilde || nw_slice_starts(in, "ey"));
}

enum nw_form nw_form_detect(struct nw_slice in)
{
    if (in.n == 0) {
        return NW_FORM_UNKNOWN;
    }
    switch (nw_seal_detect(in)) {
    case NW_SEAL_A11:
        return NW_FORM_A11;
    case NW_SEAL_HC1:
        return NW_FORM_HC1;
    case NW_SEAL_EEHIC:
        return NW_FORM_EEHIC;
    case NW_SEAL_NONE:
    default:
        break;
    }
    if (shape_jws(in)) {
        return NW_FORM_SDJWT;
    }
    return shape_mdoc(in) ? NW_FORM_MDOC : NW_FORM_UNKNOWN;
}
