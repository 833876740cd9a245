#include "cose/cose.h"
#include "crypto/curve.h"

/* RFC 9053 7.1, 7.2 and the IANA registries behind them. */
enum { KTY_OKP = 1, KTY_EC2 = 2 };
enum { KEY_KTY = 1, KEY_ALG = 3, KEY_OPS = 4, KEY_CRV = -1, KEY_X = -2, KEY_Y = -3, KEY_D = -4 };
enum { CRV_ED25519 = 6, KEY_OP_VERIFY = 2 };
#define KEY_DEPTH 4u
#define POINT_MAX (1 + 2 * 66)

static enum nw_err refuse(struct nw_diag *d, const char *what)
{
    return nw_fail(d, NW_ERR_KEY, NW_NO_OFFSET, "COSE_Key: %s", what);
}

static bool find_int(struct nw_slice map, int64_t key, int64_t *out)
{
    struct nw_slice raw;
    if (!nw_cbor_find_int(map, key, &raw)) {
        return false;
    }
    struct nw_cbor r = nw_cbor_open(raw);
    int64_t v = nw_cbor_int(&r);
    if (nw_cbor_err(&r) != NW_OK) {
        return false;
    }
    *out = v;
    return true;
}

static struct nw_slice find_bytes(struct nw_slice map, int64_t key)
{
    struct nw_slice raw;
    if (!nw_cbor_find_int(map, key, &raw)) {
        return NW_SLICE_EMPTY;
    }
    struct nw_cbor r = nw_cbor_open(raw);
    return nw_cbor_bytes(&r);
}

/* RFC 9052 7.1: alg and key_ops, where present, restrict the key. */
static bool may_verify(struct nw_slice map, enum nw_sig_alg alg)
{
    struct nw_slice raw;
    int64_t id = 0;
    if (nw_cbor_find_int(map, KEY_ALG, &raw) &&
        (!find_int(map, KEY_ALG, &id) || nw_alg_from_cose(id) != alg)) {
        return false;
    }
    if (!nw_cbor_find_int(map, KEY_OPS, &raw)) {
        return true;
    }
    struct nw_cbor r = nw_cbor_open(raw);
    size_t n = nw_cbor_array(&r);
    for (size_t i = 0; i < n && nw_cbor_err(&r) == NW_OK; i++) {
        if (nw_cbor_peek(&r) != NW_CBOR_UINT) {
            (void)nw_cbor_raw(&r);
        } else if (nw_cbor_uint(&r) == KEY_OP_VERIFY) {
            return true;
        }
    }
    return false;
}

static enum nw_err point_key(struct nw_crypto *c, const struct nw_curve *curve, struct nw_slice x,
                             struct nw_slice y, struct nw_pubkey **out)
{
    struct nw_buf point = NW_BUF(POINT_MAX);
    nw_buf_putc(&point, 0x04);
    nw_buf_put(&point, x);
    nw_buf_put(&point, y);
    enum nw_err e = nw_buf_err(&point);
    if (e == NW_OK) {
        e = nw_pubkey_from_point(c, curve->type, nw_buf_slice(&point), out);
    }
    nw_buf_free(&point);
    return e;
}

/* What became of a point: a curve that the provider does not have is named. */
static enum nw_err judged(enum nw_err e, const struct nw_curve *curve, struct nw_diag *d)
{
    if (e == NW_ERR_ALG_UNSUPPORTED) {
        return nw_fail(d, e, NW_NO_OFFSET, "COSE_Key: the curve %s", curve->name);
    }
    return e == NW_ERR_KEY ? refuse(d, "the point is not on the curve") : e;
}

static enum nw_err ec_key(struct nw_crypto *c, struct nw_slice map, int64_t crv, bool verifies,
                          struct nw_pubkey **out, struct nw_diag *d)
{
    const struct nw_curve *curve = nw_curve_by_cose(crv);
    if (curve == NULL || curve->order == NULL) {
        return refuse(d, "unknown curve");
    }
    if (verifies && !may_verify(map, curve->alg)) {
        return refuse(d, "alg or key_ops do not allow verifying");
    }
    struct nw_slice x = find_bytes(map, KEY_X);
    struct nw_slice raw_y;
    if (x.n != curve->size || !nw_cbor_find_int(map, KEY_Y, &raw_y)) {
        return refuse(d, "coordinates");
    }
    struct nw_cbor y = nw_cbor_open(raw_y);
    enum nw_cbor_kind kind = nw_cbor_peek(&y);
    if (kind == NW_CBOR_TRUE || kind == NW_CBOR_FALSE) {
        return judged(nw_pubkey_from_compressed(c, curve->type, x, kind == NW_CBOR_TRUE, out),
                      curve, d);
    }
    struct nw_slice y_bytes = nw_cbor_bytes(&y);
    if (y_bytes.n != curve->size) {
        return refuse(d, "coordinates");
    }
    return judged(point_key(c, curve, x, y_bytes, out), curve, d);
}

/* RFC 9053 7.2: X25519 for agreement, Ed25519 for signatures, never one for the other. */
static enum nw_err montgomery_key(struct nw_crypto *c, struct nw_slice map, int64_t crv,
                                  struct nw_pubkey **out, struct nw_diag *d)
{
    const struct nw_curve *curve = nw_curve_by_cose(crv);
    struct nw_slice u = find_bytes(map, KEY_X);
    struct nw_slice y;
    if (curve == NULL || curve->order != NULL) {
        return refuse(d, "unknown curve");
    }
    if (u.n != curve->size || nw_cbor_find_int(map, KEY_Y, &y)) {
        return refuse(d, "coordinates");
    }
    return judged(nw_pubkey_from_point(c, curve->type, u, out), curve, d);
}

static enum nw_err okp_key(struct nw_crypto *c, struct nw_slice map, int64_t crv,
                           struct nw_pubkey **out, struct nw_diag *d)
{
    struct nw_slice x = find_bytes(map, KEY_X);
    if (crv != CRV_ED25519 || x.n != 32) {
        return refuse(d, "unknown curve or wrong length");
    }
    if (!may_verify(map, NW_EDDSA)) {
        return refuse(d, "alg or key_ops do not allow verifying");
    }
    return nw_pubkey_from_ed25519(c, x, out);
}

static enum nw_err key_parse(struct nw_crypto *c, struct nw_slice cbor, bool verifies,
                             struct nw_pubkey **out, struct nw_diag *d)
{
    int64_t kty = 0;
    int64_t crv = 0;
    struct nw_slice secret;
    enum nw_err e = nw_cbor_check(cbor, NW_CBOR_STRICT, KEY_DEPTH, d);
    if (e != NW_OK) {
        return e;
    }
    if (!find_int(cbor, KEY_KTY, &kty) || !find_int(cbor, KEY_CRV, &crv)) {
        return refuse(d, "key type or curve is missing");
    }
    if (nw_cbor_find_int(cbor, KEY_D, &secret)) {
        return refuse(d, "it holds a private key");
    }
    if (kty == KTY_EC2) {
        return ec_key(c, cbor, crv, verifies, out, d);
    }
    if (kty != KTY_OKP) {
        return refuse(d, "unknown key type");
    }
    return verifies ? okp_key(c, cbor, crv, out, d) : montgomery_key(c, cbor, crv, out, d);
}

enum nw_err nw_cose_key_parse(struct nw_crypto *c, struct nw_slice cbor, struct nw_pubkey **out,
                              struct nw_diag *d)
{
    return key_parse(c, cbor, true, out, d);
}

enum nw_err nw_cose_key_parse_agreement(struct nw_crypto *c, struct nw_slice cbor,
                                        struct nw_pubkey **out, struct nw_diag *d)
{
    return key_parse(c, cbor, false, out, d);
}

enum nw_err nw_cose_key_write(const struct nw_pubkey *key, bool compressed, struct nw_buf *out)
{
    struct nw_slice point = nw_pubkey_point(key);
    const struct nw_curve *curve = nw_curve_of(nw_pubkey_type(key));
    if (curve == NULL) {
        return NW_ERR_KEY;
    }
    if (curve->order == NULL) {
        nw_cbor_put_map(out, 3);
        nw_cbor_put_uint(out, KEY_KTY);
        nw_cbor_put_uint(out, KTY_OKP);
        nw_cbor_put_int(out, KEY_CRV);
        nw_cbor_put_int(out, curve->cose);
        nw_cbor_put_int(out, KEY_X);
        nw_cbor_put_bytes(out, point);
        return nw_buf_err(out);
    }
    nw_cbor_put_map(out, 4);
    nw_cbor_put_uint(out, KEY_KTY);
    nw_cbor_put_uint(out, KTY_EC2);
    nw_cbor_put_int(out, KEY_CRV);
    nw_cbor_put_int(out, curve->cose);
    nw_cbor_put_int(out, KEY_X);
    nw_cbor_put_bytes(out, nw_slice_sub(point, 1, curve->size));
    nw_cbor_put_int(out, KEY_Y);
    if (compressed) {
        nw_cbor_put_bool(out, (point.p[point.n - 1] & 1u) != 0);
    } else {
        nw_cbor_put_bytes(out, nw_slice_from(point, 1 + curve->size));
    }
    return nw_buf_err(out);
}
