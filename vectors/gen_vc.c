/* VC-01 to VC-05: what SD-JWT VC asks on top of SD-JWT. */
#include <stdio.h>

#include "base/codec.h"
#include "hand.h"

#define TEXT_MAX (1u << 20)
#define R01(rule) .failed = {rule}, .decisive = "R01"
#define R02(...) .failed = {"VC-03", __VA_ARGS__}, .decisive = "R02"
#define R04(rule) .failed = {rule}, .decisive = "R04", .reasons = {"R04", "I01"}
#define R09(rule) .failed = {rule}, .decisive = "R09"
#define OWN_VCT "eu.we-build.pda1.1"
#define BASE_VCT "urn:example:a1-base:1"

static void number(struct nw_json *object, const char *name, int64_t v)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%lld", (long long)v);
    hand_put(object, name, text);
}

/* ---- VC-01 ---- */

static void typ_legacy(struct hand *h)
{
    hand_put(h->header, "typ", "\"vc+sd-jwt\"");
}

static void typ_jwt(struct hand *h)
{
    hand_put(h->header, "typ", "\"JWT\"");
}

static void typ_missing(struct hand *h)
{
    hand_drop(h->header, "typ");
}

static void vct_missing(struct hand *h)
{
    hand_drop(h->payload, "vct");
}

static void vct_number(struct hand *h)
{
    hand_put(h->payload, "vct", "1");
}

static void vct_unknown(struct hand *h)
{
    hand_put(h->payload, "vct", "\"urn:example:parking-permit:1\"");
}

static void vct_in_capitals(struct hand *h)
{
    hand_put(h->payload, "vct", "\"EU.WE-BUILD.PDA1.1\"");
}

static void integrity_number(struct hand *h)
{
    hand_put(h->payload, "vct#integrity", "256");
}

/* ---- VC-02 ---- */

static void hide_iat(struct hand *h)
{
    hand_hide(h, "", "iat");
}

static void hide_iss(struct hand *h)
{
    hand_hide(h, "", "iss");
}

static void hide_exp(struct hand *h)
{
    hand_hide(h, "", "exp");
}

static void hide_nbf(struct hand *h)
{
    number(h->payload, "nbf", GEN_NOW - 86400);
    hand_hide(h, "", "nbf");
}

static void hide_cnf(struct hand *h)
{
    hand_hide(h, "", "cnf");
}

static void hide_vct(struct hand *h)
{
    hand_hide(h, "", "vct");
}

static void hide_status(struct hand *h)
{
    hand_hide(h, "", "status");
}

static void hide_jwk(struct hand *h)
{
    hand_hide(h, "cnf", "jwk");
}

static void hide_list(struct hand *h)
{
    hand_hide(h, "status", "status_list");
}

static void digest_in_status(struct hand *h)
{
    hand_put_digest(h, "status", "DeAd0000DeAd0000DeAd0000DeAd0000DeAd0000DeA");
}

/* ---- VC-03 ---- */

static void signed_by(struct hand *h, struct nw_signer *s)
{
    const struct nw_slice leaf = world_leaf(s);
    h->issuer = s;
    hand_chain(h, &leaf, 1);
}

static void no_x5c(struct hand *h)
{
    hand_drop(h->header, "x5c");
}

static void jwk_instead(struct hand *h)
{
    struct nw_buf jwk = NW_BUF(TEXT_MAX);
    no_x5c(h);
    gen_ok(nw_jwk_write(nw_signer_pubkey(h->issuer), &jwk), "jwk");
    hand_put(h->header, "jwk", nw_buf_cstr(&jwk));
    nw_buf_free(&jwk);
}

static void kid_instead(struct hand *h)
{
    no_x5c(h);
    hand_put(h->header, "kid", "\"https://pl.example/a1#key-1\"");
}

static void x5u_instead(struct hand *h)
{
    no_x5c(h);
    hand_put(h->header, "x5u", "\"https://pl.example/a1/signer.pem\"");
}

static void no_certificate(struct hand *h)
{
    const struct nw_slice junk = nw_str("this is no certificate");
    hand_chain(h, &junk, 1);
}

static void by_nobody(struct hand *h)
{
    const struct world_cert ca = {.label = "nobody ca",
                                  .common_name = "Nobody's CA",
                                  .organisation = "Nobody (test)",
                                  .country = "PL",
                                  .ca = true};
    struct nw_signer *root = world_signer(h->g, &ca);
    const struct world_cert leaf = {.label = "nobody issuer",
                                    .common_name = "A1 signer (test)",
                                    .organisation = "Nobody (test)",
                                    .country = "PL",
                                    .issuer = root};
    h->own = world_signer(h->g, &leaf);
    nw_signer_free(&root);
    signed_by(h, h->own);
}

static void by_self(struct hand *h)
{
    const struct world_cert leaf = {.label = "self issuer",
                                    .common_name = "A1 signer (test)",
                                    .organisation = "Nobody (test)",
                                    .country = "PL"};
    h->own = world_signer(h->g, &leaf);
    signed_by(h, h->own);
}

static void by_same_name(struct hand *h)
{
    signed_by(h, h->w->body[PARTY_STRANGER].issuer);
}

static void by_pid_provider(struct hand *h)
{
    signed_by(h, h->w->body[PARTY_PID].issuer);
}

static void anchor_too(struct hand *h)
{
    const struct nw_slice chain[] = {world_leaf(h->w->body[PARTY_PL].issuer),
                                     world_leaf(h->w->body[PARTY_PL].ca)};
    hand_chain(h, chain, 2);
}

/* ---- VC-04 ---- */

static void nbf_past(struct hand *h)
{
    number(h->payload, "nbf", GEN_NOW - 3600);
}

static void with_fraction(struct hand *h)
{
    hand_put(h->payload, "exp", "1782000000.5");
}

static void exp_past(struct hand *h)
{
    number(h->payload, "exp", GEN_NOW - 3600);
}

static void nbf_ahead(struct hand *h)
{
    number(h->payload, "nbf", GEN_NOW + 3600);
}

static void iat_ahead(struct hand *h)
{
    number(h->payload, "iat", GEN_NOW + 3600);
}

static void exp_text(struct hand *h)
{
    hand_put(h->payload, "exp", "\"1782640800\"");
}

static void nbf_text(struct hand *h)
{
    hand_put(h->payload, "nbf", "\"2026-01-01T00:00:00Z\"");
}

static void no_exp(struct hand *h)
{
    hand_drop(h->payload, "exp");
}

static void no_iat(struct hand *h)
{
    hand_drop(h->payload, "iat");
}

static void iat_null(struct hand *h)
{
    hand_put(h->payload, "iat", "null");
}

static void iss_list(struct hand *h)
{
    hand_put(h->payload, "iss", "[\"https://PL.example/a1\"]");
}

/* ---- VC-05 ---- */

/* vct#integrity naming the digests of a document in these algorithms; wrong: by one letter. */
static void integrity(struct hand *h, struct nw_slice document, enum nw_hash_alg alg, bool wrong,
                      struct nw_buf *out)
{
    static const char *const names[] = {
        [NW_SHA256] = "sha256-", [NW_SHA384] = "sha384-", [NW_SHA512] = "sha512-"};
    uint8_t digest[NW_HASH_MAX];
    gen_ok(nw_hash_parts(h->g->c, alg, &document, 1, digest), "integrity");
    digest[0] ^= wrong ? 1 : 0;
    nw_buf_puts(out, out->n > 0 ? " " : "");
    nw_buf_puts(out, names[alg]);
    nw_base64_encode(nw_slice(digest, nw_hash_size(alg)), out);
}

static void put_integrity(struct hand *h, struct nw_buf *value)
{
    struct nw_buf json = NW_BUF(TEXT_MAX);
    nw_json_write_text(nw_buf_slice(value), &json);
    hand_put(h->payload, "vct#integrity", nw_buf_cstr(&json));
    nw_buf_free(&json);
    nw_buf_free(value);
}

static void own_document(const struct world *w, struct nw_buf *out)
{
    *out = NW_BUF(TEXT_MAX);
    gen_ok(nw_type_vctm(nw_type_find(w->types, "pda1"), NW_PROFILE_WEBUILD, out), "vctm");
}

static void integrity_of_own(struct hand *h, const enum nw_hash_alg *algs, size_t n, size_t wrong)
{
    struct nw_buf document;
    struct nw_buf value = NW_BUF(1024);
    own_document(h->w, &document);
    for (size_t i = 0; i < n; i++) {
        integrity(h, nw_buf_slice(&document), algs[i], i == wrong, &value);
    }
    nw_buf_free(&document);
    put_integrity(h, &value);
}

static void integrity_good(struct hand *h)
{
    integrity_of_own(h, (const enum nw_hash_alg[]){NW_SHA256}, 1, 9);
}

static void integrity_two(struct hand *h)
{
    integrity_of_own(h, (const enum nw_hash_alg[]){NW_SHA256, NW_SHA512}, 2, 0);
}

static void integrity_bad(struct hand *h)
{
    integrity_of_own(h, (const enum nw_hash_alg[]){NW_SHA256}, 1, 0);
}

static void integrity_strong_bad(struct hand *h)
{
    integrity_of_own(h, (const enum nw_hash_alg[]){NW_SHA256, NW_SHA512}, 2, 1);
}

static void integrity_unknown(struct hand *h)
{
    hand_put(h->payload, "vct#integrity", "\"md5-1B2M2Y8AsgTpgAmY7PhCfg==\"");
}

/* Documents that differ from the own one in what the row names. */
#define OWN_OPEN "{\"vct\":\"" OWN_VCT "\","
static const struct shelf {
    const char *bundle;
    const char *own, *base; /* NULL: the document of the type; none */
} shelves[] = {
    {"vctm", NULL, NULL},
    {"vctm-other-type", "{\"vct\":\"urn:example:other:1\",\"claims\":[]}", NULL},
    {"vctm-never", OWN_OPEN "\"claims\":[{\"path\":[\"documentID\"],\"sd\":\"never\"}]}", NULL},
    {"vctm-always",
     OWN_OPEN "\"claims\":[{\"path\":[\"memberstateAppliedLegislation\"],\"sd\":\"always\"}]}",
     NULL},
    {"vctm-mandatory",
     OWN_OPEN "\"claims\":[{\"path\":[\"trust_anchor_url\"],\"mandatory\":true,\"sd\":\"never\"}]}",
     NULL},
    {"vctm-extends", OWN_OPEN "\"extends\":\"" BASE_VCT "\",\"claims\":[]}",
     "{\"vct\":\"" BASE_VCT "\",\"claims\":[{\"path\":[\"documentID\"],\"sd\":\"always\"}]}"},
    {"vctm-extends-broken", OWN_OPEN "\"extends\":\"" BASE_VCT "\",\"claims\":[]}",
     "{\"vct\":\"" BASE_VCT "\",\"claims\":[{\"path\":[\"documentID\"],\"sd\":\"never\"}]}"},
    {"vctm-extends-integrity",
     OWN_OPEN "\"extends\":\"" BASE_VCT "\",\"extends#integrity\":"
              "\"sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"claims\":[]}",
     "{\"vct\":\"" BASE_VCT "\",\"claims\":[{\"path\":[\"documentID\"],\"sd\":\"always\"}]}"},
    {"vctm-circle", OWN_OPEN "\"extends\":\"" BASE_VCT "\",\"claims\":[]}",
     "{\"vct\":\"" BASE_VCT "\",\"extends\":\"" OWN_VCT "\",\"claims\":[]}"},
};

static void make_shelves(struct gen *g, const struct world *w)
{
    struct nw_buf own;
    own_document(w, &own);
    for (size_t i = 0; i < sizeof shelves / sizeof shelves[0]; i++) {
        const struct shelf *s = &shelves[i];
        const struct nw_slice document = s->own != NULL ? nw_str(s->own) : nw_buf_slice(&own);
        const struct world_bundle how = {
            .official = true,
            .lean = true,
            .vctm = {{nw_str(OWN_VCT), document}, {nw_str(BASE_VCT), nw_str(s->base)}},
        };
        evidence_bundle(g, w, &how, s->bundle);
    }
    nw_buf_free(&own);
}

#define C1 "SD-JWT VC 2.2.1, 2.2.2.1"
#define C2 "SD-JWT VC 2.2.2.3; RFC 9901 9.7"
#define C3 "SD-JWT VC 2.5, 7.3; HAIP 6.1.1"
#define C4 "RFC 9901 7.1(6); RFC 7519 4.1"
#define C5 "SD-JWT VC 5.7, 6, 7.4"
#define SHELF(name) .bundle = "set/evidence/" name ".bundle"

static const struct hand_case vc_01_to_02[] = {
    {.id = "VC-01-a1", .clause = C1},
    {.id = "VC-01-a2", .clause = C1, .policy = POLICY_LEGACY, .change = typ_legacy},
    {.id = "VC-01-r1",
     .clause = C1,
     .broken = "typ is JWT",
     .twin = "VC-01-a1",
     .change = typ_jwt,
     R01("VC-01")},
    {.id = "VC-01-r2",
     .clause = C1,
     .broken = "there is no typ",
     .twin = "VC-01-a1",
     .change = typ_missing,
     R01("VC-01")},
    {.id = "VC-01-r3",
     .clause = C1,
     .broken = "typ is vc+sd-jwt, which the policy does not take",
     .twin = "VC-01-a2",
     .change = typ_legacy,
     R01("VC-01")},
    {.id = "VC-01-r4",
     .clause = C1,
     .broken = "vct is missing",
     .twin = "VC-01-a1",
     .change = vct_missing,
     R01("VC-01")},
    {.id = "VC-01-r5",
     .clause = C1,
     .broken = "vct is a number",
     .twin = "VC-01-a1",
     .change = vct_number,
     R01("VC-01")},
    {.id = "VC-01-r6",
     .clause = C1,
     .broken = "vct is that of another kind of document",
     .twin = "VC-01-a1",
     .change = vct_unknown,
     R09("VC-01")},
    {.id = "VC-01-r7",
     .clause = C1,
     .broken = "vct is in capitals: it is case-sensitive",
     .twin = "VC-01-a1",
     .change = vct_in_capitals,
     R09("VC-01")},
    {.id = "VC-01-r8",
     .clause = "SD-JWT VC 6",
     .broken = "vct#integrity is a number",
     .twin = "VC-01-a1",
     .change = integrity_number,
     R01("VC-01")},

    {.id = "VC-02-a1", .clause = C2},
    {.id = "VC-02-a2", .clause = C2, .change = hide_iat}, /* iat may be disclosed */
    {.id = "VC-02-r1",
     .clause = C2,
     .broken = "iss comes from a disclosure",
     .twin = "VC-02-a1",
     .change = hide_iss,
     R01("VC-02")},
    {.id = "VC-02-r2",
     .clause = C2,
     .broken = "exp comes from a disclosure",
     .twin = "VC-02-a1",
     .change = hide_exp,
     R01("VC-02")},
    {.id = "VC-02-r3",
     .clause = C2,
     .broken = "nbf comes from a disclosure",
     .twin = "VC-02-a1",
     .change = hide_nbf,
     R01("VC-02")},
    {.id = "VC-02-r4",
     .clause = C2,
     .broken = "cnf comes from a disclosure",
     .twin = "VC-02-a1",
     .change = hide_cnf,
     R01("VC-02")},
    {.id = "VC-02-r5",
     .clause = C2,
     .broken = "vct comes from a disclosure",
     .twin = "VC-02-a1",
     .change = hide_vct,
     R01("VC-02")},
    {.id = "VC-02-r6",
     .clause = C2,
     .broken = "status comes from a disclosure",
     .twin = "VC-02-a1",
     .change = hide_status,
     R01("VC-02")},
    {.id = "VC-02-r7",
     .clause = C2,
     .broken = "cnf.jwk comes from a disclosure",
     .twin = "VC-02-a1",
     .change = hide_jwk,
     R01("VC-02")},
    {.id = "VC-02-r8",
     .clause = C2,
     .broken = "status.status_list comes from a disclosure",
     .twin = "VC-02-a1",
     .change = hide_list,
     R01("VC-02")},
    {.id = "VC-02-r9",
     .clause = C2,
     .broken = "status holds a digest that nobody disclosed",
     .twin = "VC-02-a1",
     .change = digest_in_status,
     R01("VC-02")},
};

static const struct hand_case vc_03_to_04[] = {
    {.id = "VC-03-a1", .clause = C3},
    {.id = "VC-03-r1",
     .clause = C3,
     .broken = "there is no x5c",
     .twin = "VC-03-a1",
     .change = no_x5c,
     R02(NULL)},
    {.id = "VC-03-r2",
     .clause = C3,
     .broken = "the signer's key comes as jwk, not as x5c",
     .twin = "VC-03-a1",
     .change = jwk_instead,
     R02(NULL)},
    {.id = "VC-03-r3",
     .clause = C3,
     .broken = "a kid stands instead of x5c",
     .twin = "VC-03-a1",
     .change = kid_instead,
     R02(NULL)},
    {.id = "VC-03-r4",
     .clause = C3,
     .broken = "an x5u stands instead of x5c",
     .twin = "VC-03-a1",
     .change = x5u_instead,
     R02(NULL)},
    {.id = "VC-03-r5",
     .clause = C3,
     .broken = "what stands in x5c is no certificate",
     .twin = "VC-03-a1",
     .change = no_certificate,
     R02(NULL)},
    {.id = "VC-03-r6",
     .clause = C3,
     .broken = "the signer's CA is on no list",
     .twin = "VC-03-a1",
     .change = by_nobody,
     R02("LOTE-04")},
    {.id = "VC-03-r7",
     .clause = C3,
     .broken = "the signer's certificate is self-signed",
     .twin = "VC-03-a1",
     .change = by_self,
     R02("LOTE-04")},
    {.id = "VC-03-r8",
     .clause = C3,
     .broken = "the signer's CA bears the name of the listed one, and is another",
     .twin = "VC-03-a1",
     .change = by_same_name,
     R02("X5-01")},
    {.id = "VC-03-r9",
     .clause = "SD-JWT VC 2.5; TS 119 602 H.3",
     .broken = "the signer is listed for person identification data, not for A1s",
     .twin = "VC-03-a1",
     .change = by_pid_provider,
     R02("LOTE-04")},
    {.id = "VC-03-r10",
     .clause = "HAIP 6.1.1",
     .broken = "x5c holds the trust anchor as well",
     .twin = "VC-03-a1",
     .change = anchor_too,
     R02("X5-01")},

    {.id = "VC-04-a1", .clause = C4},
    {.id = "VC-04-a2", .clause = C4, .change = nbf_past},
    {.id = "VC-04-a3", .clause = "RFC 7519 2", .change = with_fraction},
    {.id = "VC-04-r1",
     .clause = C4,
     .broken = "exp passed an hour ago",
     .twin = "VC-04-a1",
     .change = exp_past,
     R04("VC-04")},
    {.id = "VC-04-r2",
     .clause = C4,
     .broken = "nbf is an hour ahead",
     .twin = "VC-04-a2",
     .change = nbf_ahead,
     R04("VC-04")},
    {.id = "VC-04-r3",
     .clause = C4,
     .broken = "iat is an hour ahead",
     .twin = "VC-04-a1",
     .change = iat_ahead,
     R04("VC-04")},
    {.id = "VC-04-r4",
     .clause = "RFC 7519 2",
     .broken = "exp is a string",
     .twin = "VC-04-a1",
     .change = exp_text,
     R01("VC-04")},
    {.id = "VC-04-r5",
     .clause = "RFC 7519 2",
     .broken = "nbf is a date in text",
     .twin = "VC-04-a2",
     .change = nbf_text,
     R01("VC-04")},
    {.id = "VC-04-r6",
     .clause = "RFC 7519 2",
     .broken = "iat is null",
     .twin = "VC-04-a1",
     .change = iat_null,
     R01("VC-04")},
    {.id = "VC-04-r7",
     .clause = "RFC 7519 4.1.1",
     .broken = "iss is a list",
     .twin = "VC-04-a1",
     .change = iss_list,
     R01("VC-04")},
    {.id = "VC-04-r8",
     .clause = "rb-a1 3.1",
     .broken = "exp is missing",
     .twin = "VC-04-a1",
     .change = no_exp,
     R01("VC-04")},
    {.id = "VC-04-r9",
     .clause = "rb-a1 3.1",
     .broken = "iat is missing",
     .twin = "VC-04-a1",
     .change = no_iat,
     R01("VC-04")},
};

static const struct hand_case vc_05[] = {
    {.id = "VC-05-a1", .clause = C5, SHELF("vctm"), .change = integrity_good},
    {.id = "VC-05-a2", .clause = C5, SHELF("vctm")},
    {.id = "VC-05-a3", .clause = C5, SHELF("vctm"), .change = integrity_two},
    {.id = "VC-05-a4", .clause = C5, SHELF("vctm-extends")},
    {.id = "VC-05-r1",
     .clause = C5,
     .broken = "the digest of the document is another one",
     .twin = "VC-05-a1",
     SHELF("vctm"),
     .change = integrity_bad,
     R01("VC-05")},
    {.id = "VC-05-r2",
     .clause = C5,
     .broken = "of two digests the weaker fits the document, the stronger does not",
     .twin = "VC-05-a3",
     SHELF("vctm"),
     .change = integrity_strong_bad,
     R01("VC-05")},
    {.id = "VC-05-r3",
     .clause = C5,
     .broken = "the digest is of an algorithm that is not allowed",
     .twin = "VC-05-a1",
     SHELF("vctm"),
     .change = integrity_unknown,
     R01("VC-05")},
    {.id = "VC-05-r4",
     .clause = C5,
     .broken = "the document describes another type",
     .twin = "VC-05-a2",
     SHELF("vctm-other-type"),
     R01("VC-05")},
    {.id = "VC-05-r5",
     .clause = C5,
     .broken = "documentID is a disclosure where the document says never",
     .twin = "VC-05-a2",
     SHELF("vctm-never"),
     R01("VC-05")},
    {.id = "VC-05-r6",
     .clause = C5,
     .broken = "the legislation is open where the document says always a disclosure",
     .twin = "VC-05-a2",
     SHELF("vctm-always"),
     R01("VC-05")},
    {.id = "VC-05-r7",
     .clause = C5,
     .broken = "a claim that the document makes mandatory is missing",
     .twin = "VC-05-a2",
     SHELF("vctm-mandatory"),
     R01("VC-05")},
    {.id = "VC-05-r8",
     .clause = C5,
     .broken = "documentID is a disclosure where the extended type says never",
     .twin = "VC-05-a4",
     SHELF("vctm-extends-broken"),
     R01("VC-05")},
    {.id = "VC-05-r9",
     .clause = C5,
     .broken = "extends#integrity does not fit the extended type",
     .twin = "VC-05-a4",
     SHELF("vctm-extends-integrity"),
     R01("VC-05")},
    {.id = "VC-05-r10",
     .clause = C5,
     .broken = "two types extend each other",
     .twin = "VC-05-a4",
     SHELF("vctm-circle"),
     R01("VC-05")},
};

#define ROWS(table) table, sizeof(table) / sizeof(table)[0]

void group_vc(struct gen *g, const struct world *w)
{
    make_shelves(g, w);
    hand_cases(g, w, "vc", ROWS(vc_01_to_02));
    hand_cases(g, w, "vc", ROWS(vc_03_to_04));
    hand_cases(g, w, "vc", ROWS(vc_05));
}
