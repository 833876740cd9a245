/* X5-01 to X5-04: the signer's certificates (RFC 5280 6.1). Whatever breaks here is R02: nobody who
 * is listed vouches for the signer, so VC-03 fails as well. The credential itself is the same in
 * every row. */
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "crypto/der.h"
#include "crypto/ecdsa_der.h"
#include "hand.h"

#define BAD(rule) .unbound = true, .failed = {rule, "VC-03"}, .decisive = "R02"
#define SHELF(name) .bundle = "set/evidence/" name ".bundle"
#define DAY 86400
#define LEAF_KU "03020780"        /* digitalSignature */
#define LEAF_KU_OTHER "03020308"  /* keyAgreement */
#define CA_KU "03020106"          /* keyCertSign, cRLSign */
#define CA_KU_CRL "03020102"      /* cRLSign */
#define EKU_OID "551d25"          /* extKeyUsage */
#define UNKNOWN_OID "551d63"      /* nobody's */
#define EKU_ISO "1.0.18013.5.1.6" /* written as critical */
#define EKU_STATUS "1.3.6.1.5.5.7.3.30"
#define ECDSA_SHA256 "300a06082a8648ce3d040302"

/* ---- certificates ---- */

static struct world_cert body_cert(const struct hand *h, const char *label, const char *name,
                                   struct nw_signer *issuer)
{
    const struct world_body *pl = &h->w->body[PARTY_PL];
    return (struct world_cert){.label = label,
                               .common_name = name,
                               .organisation = pl->name,
                               .country = pl->country,
                               .issuer = issuer == NULL ? pl->ca : issuer};
}

/* The key of PL's A1 signer under another certificate. */
static struct world_cert leaf_cert(const struct hand *h, struct nw_signer *issuer)
{
    return body_cert(h, "pl issuer", "A1 signer (test)", issuer);
}

static struct world_cert middle_cert(const struct hand *h, unsigned number,
                                     struct nw_signer *issuer, int path_len)
{
    static const char *const labels[] = {"pl intermediate 1", "pl intermediate 2"};
    static const char *const names[] = {"Intermediate CA 1", "Intermediate CA 2"};
    struct world_cert c = body_cert(h, labels[number], names[number], issuer);
    c.ca = true;
    c.path_len = path_len;
    return c;
}

static void put_hex(struct nw_buf *b, const char *hex)
{
    gen_ok(nw_hex_decode(nw_str(hex), b, NULL), hex);
}

/* The same certificate with other bytes where `from` first stands, signed again by `by`. */
static void change_cert(struct nw_slice der, const char *from, const char *to, struct nw_signer *by,
                        struct nw_buf *out)
{
    struct nw_cert cert;
    struct nw_buf tbs = NW_BUF(NW_MAX_CERT);
    struct nw_buf a = NW_BUF(256);
    struct nw_buf b = NW_BUF(256);
    uint8_t raw[NW_SIG_MAX], sig[NW_ECDSA_DER_MAX];
    size_t n, at = 0;
    gen_ok(nw_cert_parse(der, &cert, NULL), "certificate");
    nw_buf_put(&tbs, cert.tbs);
    put_hex(&a, from);
    put_hex(&b, to);
    while (at + a.n <= tbs.n && memcmp(tbs.p + at, a.p, a.n) != 0) {
        at++;
    }
    if (a.n != b.n || at + a.n > tbs.n) {
        gen_die("certificate: %s is not there", from);
    }
    memcpy(tbs.p + at, b.p, b.n);
    const struct nw_slice part = nw_buf_slice(&tbs);
    gen_ok(nw_sign(by, &part, 1, raw, &n), "certificate");
    n = nw_ecdsa_to_der(nw_slice(raw, n), sig);
    *out = NW_BUF(NW_MAX_CERT);
    size_t outer = nw_der_open(out, NW_DER_SEQUENCE);
    nw_buf_put(out, part);
    put_hex(out, ECDSA_SHA256);
    size_t bits = nw_der_open(out, NW_DER_BIT_STRING);
    nw_buf_putc(out, 0);
    nw_buf_put(out, nw_slice(sig, n));
    nw_der_close(out, bits);
    nw_der_close(out, outer);
    gen_ok(nw_buf_err(out), "certificate");
    nw_buf_free(&tbs);
    nw_buf_free(&a);
    nw_buf_free(&b);
}

static void chain_of(struct hand *h, struct nw_slice a, struct nw_slice b, struct nw_slice c)
{
    const struct nw_slice all[] = {a, b, c};
    hand_chain(h, all, c.n > 0 ? 3 : b.n > 0 ? 2 : 1);
}

/* A leaf directly below the listed CA. */
static void one(struct hand *h, const struct world_cert *leaf)
{
    h->own = world_signer(h->g, leaf);
    chain_of(h, world_leaf(h->own), NW_SLICE_EMPTY, NW_SLICE_EMPTY);
}

static void one_changed(struct hand *h, const struct world_cert *leaf, const char *from,
                        const char *to)
{
    struct nw_buf der;
    h->own = world_signer(h->g, leaf);
    change_cert(world_leaf(h->own), from, to, h->w->body[PARTY_PL].ca, &der);
    chain_of(h, nw_buf_slice(&der), NW_SLICE_EMPTY, NW_SLICE_EMPTY);
    nw_buf_free(&der);
}

/* Leaf and intermediate; from and to: bytes of the intermediate that are changed. */
static void two(struct hand *h, const struct world_cert *middle, const char *from, const char *to)
{
    struct nw_buf der;
    struct nw_signer *ca = world_signer(h->g, middle);
    const struct world_cert leaf = leaf_cert(h, ca);
    h->own = world_signer(h->g, &leaf);
    if (from == NULL) {
        chain_of(h, world_leaf(h->own), world_leaf(ca), NW_SLICE_EMPTY);
    } else {
        change_cert(world_leaf(ca), from, to, h->w->body[PARTY_PL].ca, &der);
        chain_of(h, world_leaf(h->own), nw_buf_slice(&der), NW_SLICE_EMPTY);
        nw_buf_free(&der);
    }
    nw_signer_free(&ca);
}

/* ---- X5-01 ---- */

static void with_intermediate(struct hand *h)
{
    const struct world_cert middle = middle_cert(h, 0, NULL, 0);
    two(h, &middle, NULL, NULL);
}

static void leaf_expired(struct hand *h)
{
    struct world_cert c = leaf_cert(h, NULL);
    c.not_after = GEN_NOW - DAY / 2;
    one(h, &c);
}

static void leaf_ahead(struct hand *h)
{
    struct world_cert c = leaf_cert(h, NULL);
    c.not_before = GEN_NOW + DAY;
    one(h, &c);
}

static void middle_expired(struct hand *h)
{
    struct world_cert c = middle_cert(h, 0, NULL, 0);
    c.not_after = GEN_NOW - DAY / 2;
    two(h, &c, NULL, NULL);
}

static void middle_no_sign(struct hand *h)
{
    const struct world_cert c = middle_cert(h, 0, NULL, 0);
    two(h, &c, CA_KU, CA_KU_CRL);
}

static void middle_no_ca(struct hand *h)
{
    struct world_cert c = middle_cert(h, 0, NULL, 0);
    c.ca = false;
    two(h, &c, LEAF_KU, "03020204"); /* keyCertSign, and no cA */
}

static void middle_critical(struct hand *h)
{
    struct world_cert c = middle_cert(h, 0, NULL, 0);
    c.eku = EKU_ISO;
    two(h, &c, EKU_OID, UNKNOWN_OID);
}

static void leaf_critical(struct hand *h)
{
    struct world_cert c = leaf_cert(h, NULL);
    c.eku = EKU_ISO;
    one_changed(h, &c, EKU_OID, UNKNOWN_OID);
}

/* Two intermediates, of which the first allows none below. */
static void below_zero(struct hand *h, int first_len, bool wrong_order)
{
    const struct world_cert first = middle_cert(h, 0, NULL, first_len);
    struct nw_signer *upper = world_signer(h->g, &first);
    const struct world_cert second = middle_cert(h, 1, upper, 0);
    struct nw_signer *lower = world_signer(h->g, &second);
    const struct world_cert leaf = leaf_cert(h, lower);
    h->own = world_signer(h->g, &leaf);
    chain_of(h, world_leaf(h->own), world_leaf(wrong_order ? upper : lower),
             world_leaf(wrong_order ? lower : upper));
    nw_signer_free(&upper);
    nw_signer_free(&lower);
}

static void two_intermediates(struct hand *h)
{
    below_zero(h, 1, false);
}

static void middle_len_used_up(struct hand *h)
{
    below_zero(h, 0, false);
}

static void order_wrong(struct hand *h)
{
    below_zero(h, 1, true);
}

static void middle_missing(struct hand *h)
{
    const struct world_cert middle = middle_cert(h, 0, NULL, 0);
    two(h, &middle, NULL, NULL);
    chain_of(h, world_leaf(h->own), NW_SLICE_EMPTY, NW_SLICE_EMPTY);
}

/* Signed by the intermediate, naming another issuer. */
static void issuer_name_other(struct hand *h)
{
    const struct world_cert middle = middle_cert(h, 0, NULL, 0);
    struct nw_signer *ca = world_signer(h->g, &middle);
    const struct world_cert leaf = leaf_cert(h, ca);
    struct nw_buf der;
    h->own = world_signer(h->g, &leaf);
    change_cert(world_leaf(h->own), "496e7465726d6564696174652043412031",
                "496e7465726d6564696174652043412039", ca, &der); /* "Intermediate CA 1" */
    chain_of(h, nw_buf_slice(&der), world_leaf(ca), NW_SLICE_EMPTY);
    nw_buf_free(&der);
    nw_signer_free(&ca);
}

/* The very certificate that is listed, whose path length would allow it. */
static void anchor_too(struct hand *h)
{
    struct world_cert c = body_cert(h, "pl ca", "Test CA", NULL);
    c.issuer = NULL;
    c.ca = true;
    c.path_len = 2;
    struct nw_signer *ca = world_signer(h->g, &c);
    chain_of(h, world_leaf(h->w->body[PARTY_PL].issuer), world_leaf(ca), NW_SLICE_EMPTY);
    nw_signer_free(&ca);
}

static void stray_between(struct hand *h)
{
    const struct world_body *pl = &h->w->body[PARTY_PL];
    chain_of(h, world_leaf(pl->issuer), world_leaf(pl->status), NW_SLICE_EMPTY);
}

static void other_ca_of_name(struct hand *h)
{
    struct nw_signer *ca = h->w->body[PARTY_STRANGER].ca;
    const struct world_cert c = leaf_cert(h, ca);
    one(h, &c);
}

static void self_signed_of_name(struct hand *h)
{
    struct world_cert c = body_cert(h, "pl issuer", "Test CA", NULL);
    c.issuer = NULL;
    one(h, &c);
}

/* A certificate of another key, which says that it is the listed signer: names and key identifier.
 */
static void key_id_of_listed(struct hand *h)
{
    struct world_cert c = body_cert(h, "pl impostor", "A1 signer (test)", NULL);
    struct nw_cert listed, made;
    struct nw_buf from = NW_BUF(64), to = NW_BUF(64), der;
    c.issuer = NULL;
    h->own = world_signer(h->g, &c);
    gen_ok(nw_cert_parse(world_leaf(h->w->body[PARTY_PL].issuer), &listed, NULL), "listed");
    gen_ok(nw_cert_parse(world_leaf(h->own), &made, NULL), "impostor");
    nw_hex_encode(made.ski, &from);
    nw_hex_encode(listed.ski, &to);
    change_cert(world_leaf(h->own), nw_buf_cstr(&from), nw_buf_cstr(&to), h->own, &der);
    h->issuer = h->own;
    chain_of(h, nw_buf_slice(&der), NW_SLICE_EMPTY, NW_SLICE_EMPTY);
    nw_buf_free(&from);
    nw_buf_free(&to);
    nw_buf_free(&der);
}

static void listed_for_status(struct hand *h)
{
    h->issuer = h->w->body[PARTY_PL].status;
    chain_of(h, world_leaf(h->issuer), NW_SLICE_EMPTY, NW_SLICE_EMPTY);
}

static void signature_changed(struct hand *h)
{
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    nw_buf_put(&der, world_leaf(h->w->body[PARTY_PL].issuer));
    der.p[der.n - 3] ^= 1;
    chain_of(h, nw_buf_slice(&der), NW_SLICE_EMPTY, NW_SLICE_EMPTY);
    nw_buf_free(&der);
}

/* The name was changed after the CA signed: "A1 signer" to "B1 signer". */
static void name_changed(struct hand *h)
{
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    nw_buf_put(&der, world_leaf(h->w->body[PARTY_PL].issuer));
    for (size_t i = 0; i + 9 < der.n; i++) {
        if (memcmp(der.p + i, "A1 signer", 9) == 0) {
            der.p[i] = 'B';
        }
    }
    chain_of(h, nw_buf_slice(&der), NW_SLICE_EMPTY, NW_SLICE_EMPTY);
    nw_buf_free(&der);
}

/* ---- X5-02 ---- */

static void fixed(struct hand *h, const char *leaf, const char *middle)
{
    struct nw_buf a, b = NW_BUF(0);
    world_fixed(h->g, leaf, &a);
    if (middle != NULL) {
        world_fixed(h->g, middle, &b);
    }
    chain_of(h, nw_buf_slice(&a), nw_buf_slice(&b), NW_SLICE_EMPTY);
    nw_buf_free(&a);
    nw_buf_free(&b);
}

static void p384(struct hand *h)
{
    fixed(h, "p384-leaf.der", "p384-ca.der");
}

static void secp256k1(struct hand *h)
{
    fixed(h, "secp256k1-leaf.der", "secp256k1-ca.der");
}

static void rsa1024(struct hand *h)
{
    fixed(h, "rsa1024-leaf.der", "rsa1024-ca.der");
}

static void rsa2048(struct hand *h)
{
    fixed(h, "rsa2048-leaf.der", "rsa2048-ca.der");
}

static void rsa3072(struct hand *h)
{
    fixed(h, "rsa3072-leaf.der", "rsa3072-ca.der");
}

static void sha1(struct hand *h)
{
    fixed(h, "sha1-leaf.der", NULL);
}

static void off_curve(struct hand *h)
{
    const struct world_cert c = middle_cert(h, 0, NULL, 0);
    struct nw_signer *ca = world_key(h->g, c.label);
    struct nw_buf from = NW_BUF(256), to = NW_BUF(256);
    const struct nw_slice point = nw_pubkey_point(nw_signer_pubkey(ca));
    nw_hex_encode(nw_slice_sub(point, 0, 33), &from);
    nw_hex_encode(nw_slice_sub(point, 0, 32), &to);
    nw_hex_encode(nw_slice(&(uint8_t){(uint8_t)(point.p[32] ^ 1)}, 1), &to);
    two(h, &c, nw_buf_cstr(&from), nw_buf_cstr(&to));
    nw_buf_free(&from);
    nw_buf_free(&to);
    nw_signer_free(&ca);
}

/* ---- X5-03 ---- */

static void for_commitment(struct hand *h)
{
    struct world_cert c = leaf_cert(h, NULL);
    c.commitment = true;
    one(h, &c);
}

static void no_signature(struct hand *h)
{
    const struct world_cert c = leaf_cert(h, NULL);
    one_changed(h, &c, LEAF_KU, LEAF_KU_OTHER);
}

static void purpose(struct hand *h, const char *eku)
{
    struct world_cert c = leaf_cert(h, NULL);
    c.eku = eku;
    one(h, &c);
}

static void for_tls(struct hand *h)
{
    purpose(h, "1.3.6.1.5.5.7.3.1");
}

static void for_code(struct hand *h)
{
    purpose(h, "1.3.6.1.5.5.7.3.3");
}

static void for_readers(struct hand *h)
{
    purpose(h, EKU_ISO);
}

static void for_status(struct hand *h)
{
    purpose(h, EKU_STATUS);
}

static void for_documents(struct hand *h)
{
    purpose(h, "1.3.6.1.5.5.7.3.36"); /* id-kp-documentSigning, RFC 9336 */
}

static void leaf_is_ca(struct hand *h)
{
    struct world_cert c = leaf_cert(h, NULL);
    c.ca = true;
    one(h, &c);
}

/* ---- what is listed ---- */

static void list(struct gen *g, const struct world *w, const char *name, struct nw_slice anchor,
                 int64_t until)
{
    const struct world_bundle how = {
        .official = true, .lean = true, .pl_anchor = anchor, .pl_until = until};
    evidence_bundle(g, w, &how, name);
}

static void list_ca(struct gen *g, const struct world *w, const char *name, int path_len,
                    int64_t not_before, int64_t not_after)
{
    const struct world_body *pl = &w->body[PARTY_PL];
    const struct world_cert c = {.label = "pl ca",
                                 .common_name = "Test CA",
                                 .organisation = pl->name,
                                 .country = pl->country,
                                 .ca = true,
                                 .path_len = path_len,
                                 .not_before = not_before,
                                 .not_after = not_after};
    struct nw_signer *ca = world_signer(g, &c);
    list(g, w, name, world_leaf(ca), 0);
    nw_signer_free(&ca);
}

static void make_lists(struct gen *g, const struct world *w)
{
    const struct world_body *pl = &w->body[PARTY_PL];
    struct nw_buf der;
    list_ca(g, w, "ca-of-two-levels", 2, 0, 0);
    list_ca(g, w, "ca-expired", 0, 0, GEN_NOW - DAY / 2);
    list_ca(g, w, "ca-ahead", 0, GEN_NOW + DAY, 0);
    change_cert(world_leaf(pl->ca), CA_KU, CA_KU_CRL, pl->ca, &der);
    list(g, w, "ca-no-sign", nw_buf_slice(&der), 0);
    nw_buf_free(&der);
    list(g, w, "leaf-listed", world_leaf(pl->issuer), 0);
    list(g, w, "ca-withdrawn", NW_SLICE_EMPTY, GEN_NOW - 2 * DAY);
}

#define C1 "RFC 5280 6.1"
#define C2 "HAIP 7; RFC 5280 4.1.2.7"
#define C3 "RFC 5280 4.2.1.3, 4.2.1.12"
#define C4 "RFC 5280 6.3; TS 119 602 H.3"
#define WIDE SHELF("ca-of-two-levels")

static const struct hand_case x5_01[] = {
    {.id = "X5-01-a1", .clause = C1, .unbound = true},
    {.id = "X5-01-a2", .clause = C1, .unbound = true, WIDE, .change = with_intermediate},
    {.id = "X5-01-a3", .clause = C1, .unbound = true, WIDE, .change = two_intermediates},
    {.id = "X5-01-a5", .clause = C1, .unbound = true, WIDE},
    {.id = "X5-01-a4", .clause = "TS 119 602 H.3", .unbound = true, SHELF("leaf-listed")},
    {.id = "X5-01-r1",
     .clause = "RFC 5280 6.1.3",
     .broken = "the signer's certificate has expired",
     .twin = "X5-01-a1",
     .change = leaf_expired,
     BAD("X5-01")},
    {.id = "X5-01-r2",
     .clause = "RFC 5280 6.1.3",
     .broken = "the signer's certificate is valid from tomorrow on",
     .twin = "X5-01-a1",
     .change = leaf_ahead,
     BAD("X5-01")},
    {.id = "X5-01-r3",
     .clause = C1,
     .broken = "the listed CA certificate has expired",
     .twin = "X5-01-a1",
     SHELF("ca-expired"),
     BAD("X5-01")},
    {.id = "X5-01-r4",
     .clause = C1,
     .broken = "the listed CA certificate is valid from tomorrow on",
     .twin = "X5-01-a1",
     SHELF("ca-ahead"),
     BAD("X5-01")},
    {.id = "X5-01-r5",
     .clause = "RFC 5280 6.1.4(n)",
     .broken = "the listed CA lacks keyCertSign",
     .twin = "X5-01-a1",
     SHELF("ca-no-sign"),
     BAD("X5-01")},
    {.id = "X5-01-r6",
     .clause = "RFC 5280 6.1.3",
     .broken = "the intermediate has expired",
     .twin = "X5-01-a2",
     WIDE,
     .change = middle_expired,
     BAD("X5-01")},
    {.id = "X5-01-r7",
     .clause = "RFC 5280 6.1.4(n)",
     .broken = "the intermediate lacks keyCertSign",
     .twin = "X5-01-a2",
     WIDE,
     .change = middle_no_sign,
     BAD("X5-01")},
    {.id = "X5-01-r8",
     .clause = "RFC 5280 6.1.4(k)",
     .broken = "the intermediate has keyCertSign and is no CA",
     .twin = "X5-01-a2",
     WIDE,
     .change = middle_no_ca,
     BAD("X5-01")},
    {.id = "X5-01-r9",
     .clause = "RFC 5280 6.1.4(l), (m)",
     .broken = "the listed CA allows no CA below it: its path length is 0",
     .twin = "X5-01-a2",
     .change = with_intermediate,
     BAD("X5-01")},
    {.id = "X5-01-r10",
     .clause = "RFC 5280 6.1.4(l), (m)",
     .broken = "an intermediate of path length 0 has another one below it",
     .twin = "X5-01-a3",
     WIDE,
     .change = middle_len_used_up,
     BAD("X5-01")},
    {.id = "X5-01-r11",
     .clause = "RFC 5280 4.2",
     .broken = "the signer's certificate has a critical extension that nobody knows",
     .twin = "X5-01-a1",
     .change = leaf_critical,
     BAD("X5-01")},
    {.id = "X5-01-r12",
     .clause = "RFC 5280 4.2",
     .broken = "the intermediate has a critical extension that nobody knows",
     .twin = "X5-01-a2",
     WIDE,
     .change = middle_critical,
     BAD("X5-01")},
    {.id = "X5-01-r13",
     .clause = "RFC 5280 6.1.3(a)(1)",
     .broken = "one bit of the CA's signature is another",
     .twin = "X5-01-a1",
     .change = signature_changed,
     BAD("X5-01")},
    {.id = "X5-01-r14",
     .clause = "RFC 5280 6.1.3(a)(1)",
     .broken = "the signer's name was changed after the CA had signed",
     .twin = "X5-01-a1",
     .change = name_changed,
     BAD("X5-01")},
    {.id = "X5-01-r15",
     .clause = "RFC 5280 6.1.3(a)(1)",
     .broken = "the CA bears the name of the listed one, and has another key",
     .twin = "X5-01-a1",
     .change = other_ca_of_name,
     BAD("X5-01")},
    {.id = "X5-01-r16",
     .clause = "HAIP 6.1.1",
     .broken = "the signer's certificate is self-signed and bears the listed CA's name",
     .twin = "X5-01-a1",
     .change = self_signed_of_name,
     BAD("X5-01")},
    {.id = "X5-01-r17",
     .clause = "HAIP 6.1.1",
     .broken = "x5c holds the trust anchor as well",
     .twin = "X5-01-a5",
     WIDE,
     .change = anchor_too,
     BAD("X5-01")},
    {.id = "X5-01-r18",
     .clause = "RFC 7515 4.1.6; RFC 5280 6.1.3(a)(4)",
     .broken = "after the signer stands a certificate that did not issue it",
     .twin = "X5-01-a1",
     .change = stray_between,
     BAD("X5-01")},
    {.id = "X5-01-r19",
     .clause = "RFC 7515 4.1.6",
     .broken = "the two intermediates stand in the wrong order",
     .twin = "X5-01-a3",
     WIDE,
     .change = order_wrong,
     BAD("LOTE-04")},
    {.id = "X5-01-r20",
     .clause = C1,
     .broken = "the intermediate is missing",
     .twin = "X5-01-a2",
     WIDE,
     .change = middle_missing,
     BAD("LOTE-04")},
    {.id = "X5-01-r21",
     .clause = "RFC 5280 6.1.3(a)(4)",
     .broken = "the signer's certificate names another issuer than the intermediate that signed it",
     .twin = "X5-01-a2",
     WIDE,
     .change = issuer_name_other,
     BAD("X5-01")},
    {.id = "X5-01-r22",
     .clause = "TS 119 602 H.3",
     .broken = "names and key identifier of the listed signer, and another key",
     .twin = "X5-01-a4",
     SHELF("leaf-listed"),
     .change = key_id_of_listed,
     BAD("LOTE-04")},
    {.id = "X5-01-r23",
     .clause = "TS 119 602 H.3",
     .broken = "the signer is listed for status lists, not for A1s",
     .twin = "X5-01-a4",
     SHELF("leaf-listed"),
     .change = listed_for_status,
     BAD("LOTE-04")},
};

static const struct hand_case x5_02_to_04[] = {
    {.id = "X5-02-a1", .clause = C2, .unbound = true},
    {.id = "X5-02-a2", .clause = C2, .unbound = true, WIDE, .change = p384},
    {.id = "X5-02-r1",
     .clause = C2,
     .broken = "the CA signed the signer's certificate with SHA-1",
     .twin = "X5-02-a1",
     .change = sha1,
     BAD("X5-02")},
    {.id = "X5-02-r2",
     .clause = C2,
     .broken = "the intermediate has an RSA key of 1024 bits",
     .twin = "X5-02-a2",
     WIDE,
     .change = rsa1024,
     BAD("X5-02")},
    {.id = "X5-02-a3", .clause = C2, .unbound = true, WIDE, .change = rsa3072},
    {.id = "X5-02-r5",
     .clause = C2,
     .broken = "the intermediate, which no list names, has an RSA key of 2048 bits",
     .twin = "X5-02-a3",
     WIDE,
     .change = rsa2048,
     BAD("X5-02")},
    {.id = "X5-02-r3",
     .clause = C2,
     .broken = "the intermediate has a key of secp256k1",
     .twin = "X5-02-a2",
     WIDE,
     .change = secp256k1,
     BAD("X5-02")},
    {.id = "X5-02-r4",
     .clause = C2,
     .broken = "the intermediate's key is no point of its curve",
     .twin = "X5-02-a2",
     WIDE,
     .change = off_curve,
     BAD("X5-02")},

    {.id = "X5-03-a1", .clause = C3, .unbound = true},
    {.id = "X5-03-a2", .clause = C3, .unbound = true, .change = for_documents},
    {.id = "X5-03-a3",
     .clause = "EN 319 412-3 4.3.1 (LEG-4.3.1-3, -4); TS 119 412-6 8.1",
     .unbound = true,
     .change = for_commitment},
    {.id = "X5-03-r1",
     .clause = C3,
     .broken = "keyUsage is keyAgreement alone",
     .twin = "X5-03-a3",
     .change = no_signature,
     BAD("X5-03")},
    {.id = "X5-03-r2",
     .clause = C3,
     .broken = "extKeyUsage says TLS servers and nothing else",
     .twin = "X5-03-a2",
     .change = for_tls,
     BAD("X5-03")},
    {.id = "X5-03-r3",
     .clause = C3,
     .broken = "extKeyUsage says code and nothing else",
     .twin = "X5-03-a2",
     .change = for_code,
     BAD("X5-03")},
    {.id = "X5-03-r4",
     .clause = "ISO/IEC 18013-5 B.1.7",
     .broken = "extKeyUsage says mdoc readers and nothing else",
     .twin = "X5-03-a2",
     .change = for_readers,
     BAD("X5-03")},
    {.id = "X5-03-r5",
     .clause = "TSL 10",
     .broken = "extKeyUsage says status lists and nothing else",
     .twin = "X5-03-a2",
     .change = for_status,
     BAD("X5-03")},
    {.id = "X5-03-r6",
     .clause = C3,
     .broken = "the signer's certificate is that of a CA",
     .twin = "X5-03-a1",
     .change = leaf_is_ca,
     BAD("X5-03")},

    {.id = "X5-04-a1", .clause = C4, .unbound = true},
    {.id = "X5-04-r1",
     .clause = C4,
     .broken =
         "the signer's CA was withdrawn from the list a day before it signed: offline, the list "
         "is what revokes",
     .twin = "X5-04-a1",
     SHELF("ca-withdrawn"),
     BAD("LOTE-04")},
};

#define ROWS(table) table, sizeof(table) / sizeof(table)[0]

void group_x509(struct gen *g, const struct world *w)
{
    make_lists(g, w);
    hand_cases(g, w, "x509", ROWS(x5_01));
    hand_cases(g, w, "x509", ROWS(x5_02_to_04));
}
