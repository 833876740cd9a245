/* KB-01 to KB-05: the proof of possession (RFC 9901 4.3 and 7.3). Whatever breaks here is R06: the
 * credential may be genuine, but not this holder's or not for this request. I01 stays: the A1 was
 * issued after its period began. */
#include <stdio.h>

#include "base/codec.h"
#include "hand.h"

#define TEXT_MAX (1u << 20)
#define BAD(rule) .failed = {rule}, .decisive = "R06", .reasons = {"R06", "I01"}

/* sd_hash of what would be presented now; what follows is not covered. */
static void freeze_part(struct hand *h, size_t without)
{
    char digest[HAND_DIGEST];
    char text[HAND_DIGEST + 2];
    struct nw_buf presented = NW_BUF(TEXT_MAX);
    struct nw_signer *holder = h->holder;
    h->holder = NULL;
    hand_write(h, &presented);
    h->holder = holder;
    hand_digest(h, nw_slice_sub(nw_buf_slice(&presented), 0, presented.n - without), digest);
    (void)snprintf(text, sizeof text, "\"%s\"", digest);
    hand_put(h->kb_payload, "sd_hash", text);
    nw_buf_free(&presented);
}

static void freeze(struct hand *h)
{
    freeze_part(h, 0);
}

static void number(struct hand *h, const char *name, int64_t v)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%lld", (long long)v);
    hand_put(h->kb_payload, name, text);
}

/* ---- KB-01 ---- */

static void no_kb(struct hand *h)
{
    h->holder = NULL;
}

/* ---- KB-02 ---- */

static void jwk_with_more(struct hand *h)
{
    hand_put(h->payload, "cnf/jwk/kid", "\"holder-1\"");
    hand_put(h->payload, "cnf/jwk/use", "\"sig\"");
    hand_put(h->payload, "cnf/jwk/alg", "\"ES256\"");
}

static void typ_other(struct hand *h)
{
    hand_put(h->kb_header, "typ", "\"JWT\"");
}

static void typ_missing(struct hand *h)
{
    hand_drop(h->kb_header, "typ");
}

static void kb_none(struct hand *h)
{
    hand_put(h->kb_header, "alg", "\"none\"");
    h->kb_unsigned = true;
}

static void kb_hmac(struct hand *h)
{
    hand_put(h->kb_header, "alg", "\"HS256\"");
    h->kb_hmac = true;
}

static void kb_other_curve(struct hand *h)
{
    hand_put(h->kb_header, "alg", "\"ES384\"");
}

static void kb_other_key(struct hand *h)
{
    h->holder = h->w->other_holder;
}

static void kb_issuer_key(struct hand *h)
{
    h->holder = h->issuer;
}

static void kb_crit(struct hand *h)
{
    hand_put(h->kb_header, "urn:example:policy", "true");
    hand_put(h->kb_header, "crit", "[\"urn:example:policy\"]");
}

/* The other key signs, and the header offers it. */
static void kb_own_jwk(struct hand *h)
{
    struct nw_buf jwk = NW_BUF(TEXT_MAX);
    kb_other_key(h);
    gen_ok(nw_jwk_write(nw_signer_pubkey(h->holder), &jwk), "jwk");
    hand_put(h->kb_header, "jwk", nw_buf_cstr(&jwk));
    nw_buf_free(&jwk);
}

static void kb_signature_changed(struct nw_buf *t)
{
    t->p[t->n - 10] = t->p[t->n - 10] == 'A' ? 'B' : 'A';
}

static void jwk_private(struct hand *h)
{
    hand_put(h->payload, "cnf/jwk/d", "\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\"");
}

static void jwk_off_curve(struct hand *h)
{
    hand_put(h->payload, "cnf/jwk/x", "\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\"");
}

static void jwk_other_curve(struct hand *h)
{
    hand_put(h->payload, "cnf/jwk/crv", "\"P-384\"");
}

static void jwk_brainpool(struct hand *h)
{
    struct nw_buf x = NW_BUF(TEXT_MAX), y = NW_BUF(TEXT_MAX);
    h->own = h->holder = world_key_on(h->g, NW_KEY_BP256, "brainpool holder");
    const struct nw_slice point = nw_pubkey_point(nw_signer_pubkey(h->holder));
    nw_buf_putc(&x, '"');
    nw_base64url_encode(nw_slice_sub(point, 1, 32), &x);
    nw_buf_putc(&x, '"');
    nw_buf_putc(&y, '"');
    nw_base64url_encode(nw_slice_from(point, 33), &y);
    nw_buf_putc(&y, '"');
    hand_put(h->payload, "cnf/jwk/crv", "\"brainpoolP256r1\"");
    hand_put(h->payload, "cnf/jwk/x", nw_buf_cstr(&x));
    hand_put(h->payload, "cnf/jwk/y", nw_buf_cstr(&y));
    nw_buf_free(&x);
    nw_buf_free(&y);
}

static void kid_only(struct hand *h)
{
    hand_put(h->payload, "cnf", "{\"kid\":\"holder-1\"}");
}

/* ---- KB-03 ---- */

static void nonce_other(struct hand *h)
{
    hand_put(h->kb_payload, "nonce", "\"vectors-nonce-of-yesterday\"");
}

static void nonce_missing(struct hand *h)
{
    hand_drop(h->kb_payload, "nonce");
}

static void nonce_list(struct hand *h)
{
    hand_put(h->kb_payload, "nonce", "[\"" NONCE "\"]");
}

static void nonce_longer(struct hand *h)
{
    hand_put(h->kb_payload, "nonce", "\"" NONCE "0\"");
}

static void aud_other(struct hand *h)
{
    hand_put(h->kb_payload, "aud", "\"x509_hash:somebody-else\"");
}

static void aud_missing(struct hand *h)
{
    hand_drop(h->kb_payload, "aud");
}

static void aud_list(struct hand *h)
{
    hand_put(h->kb_payload, "aud", "[\"" AUDIENCE "\"]");
}

static void aud_without_prefix(struct hand *h)
{
    hand_put(h->kb_payload, "aud", "\"vectors\"");
}

/* ---- KB-04 ---- */

static void iat_two_minutes_ago(struct hand *h)
{
    number(h, "iat", GEN_NOW - 120);
}

static void iat_hour_ago(struct hand *h)
{
    number(h, "iat", GEN_NOW - 3600);
}

static void iat_ahead(struct hand *h)
{
    number(h, "iat", GEN_NOW + 30);
}

static void iat_far_ahead(struct hand *h)
{
    number(h, "iat", GEN_NOW + 600);
}

static void iat_text(struct hand *h)
{
    hand_put(h->kb_payload, "iat", "\"1781517580\"");
}

static void iat_missing(struct hand *h)
{
    hand_drop(h->kb_payload, "iat");
}

static void exp_past(struct hand *h)
{
    number(h, "exp", GEN_NOW - 3600);
}

/* ---- KB-05 ---- */

static void fewer(struct hand *h)
{
    hand_remove(h, hand_find(h, "pin"));
    hand_remove(h, hand_find(h, "stateOfStay"));
}

static void hash_384(struct hand *h)
{
    hand_sd_alg(h, NW_SHA384);
}

static void hash_other(struct hand *h)
{
    hand_put(h->kb_payload, "sd_hash", "\"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\"");
}

static void hash_missing(struct hand *h)
{
    h->kb_without_hash = true;
}

static void hash_number(struct hand *h)
{
    hand_put(h->kb_payload, "sd_hash", "4711");
}

static void dropped_later(struct hand *h)
{
    freeze(h);
    hand_remove(h, hand_find(h, "stateOfStay"));
}

static void added_later(struct hand *h)
{
    struct nw_buf pin;
    hand_decode(h, hand_find(h, "pin"), &pin);
    hand_remove(h, hand_find(h, "pin"));
    freeze(h);
    (void)hand_add(h, nw_buf_cstr(&pin));
    nw_buf_free(&pin);
}

static void reordered_later(struct hand *h)
{
    freeze(h);
    struct nw_buf first = h->disclosure[0];
    h->disclosure[0] = h->disclosure[1];
    h->disclosure[1] = first;
}

static void other_credential(struct hand *h)
{
    hand_put(h->payload, "jti", "\"urn:uuid:00000000-0000-4000-8000-0000000000a2\"");
    freeze(h);
    hand_put(h->payload, "jti", "\"urn:uuid:00000000-0000-4000-8000-0000000000a1\"");
}

static void without_tilde(struct hand *h)
{
    freeze_part(h, 1);
}

static void hash_of_other_alg(struct hand *h)
{
    hand_sd_alg(h, NW_SHA512);
    h->hash = NW_SHA256;
}

#define C1 "RFC 9901 7.3(1); HAIP 6.1; TS 119 472-2"
#define C2 "RFC 9901 4.3, 7.3(5)"
#define C3 "RFC 9901 7.3(5); OpenID4VP 14.1"
#define C4 "RFC 9901 7.3(5)"
#define C5 "RFC 9901 4.3.1, 7.3(5)"

static const struct hand_case kb_01_to_02[] = {
    {.id = "KB-01-a1", .clause = C1},
    {.id = "KB-01-a2",
     .clause = C1,
     .unbound = true}, /* no key, no proof: the ID document serves */
    {.id = "KB-01-a3", .clause = C1, .policy = POLICY_BINDING},
    {.id = "KB-01-r1",
     .clause = C1,
     .broken = "the KB-JWT is missing, though there is a cnf",
     .twin = "KB-01-a1",
     .change = no_kb,
     BAD("KB-01")},
    {.id = "KB-01-r2",
     .clause = C1,
     .broken = "there is a KB-JWT, but no cnf",
     .twin = "KB-01-a2",
     .unbound = true,
     .change = hand_bind,
     BAD("KB-01")},
    {.id = "KB-01-r3",
     .clause = C1,
     .broken = "the policy asks for a proof, and there is neither cnf nor KB-JWT",
     .twin = "KB-01-a3",
     .unbound = true,
     .policy = POLICY_BINDING,
     BAD("KB-01")},

    {.id = "KB-02-a1", .clause = C2},
    {.id = "KB-02-a2", .clause = C2, .change = jwk_with_more},
    {.id = "KB-02-r1",
     .clause = C2,
     .broken = "typ is JWT",
     .twin = "KB-02-a1",
     .change = typ_other,
     BAD("KB-02")},
    {.id = "KB-02-r2",
     .clause = C2,
     .broken = "there is no typ",
     .twin = "KB-02-a1",
     .change = typ_missing,
     BAD("KB-02")},
    {.id = "KB-02-r3",
     .clause = C2,
     .broken = "alg is none and the signature empty",
     .twin = "KB-02-a1",
     .change = kb_none,
     BAD("KB-02")},
    {.id = "KB-02-r4",
     .clause = C2,
     .broken = "alg is HS256 and the secret is the holder's public key",
     .twin = "KB-02-a1",
     .change = kb_hmac,
     BAD("KB-02")},
    {.id = "KB-02-r5",
     .clause = C2,
     .broken = "alg is ES384, the key is of P-256",
     .twin = "KB-02-a1",
     .change = kb_other_curve,
     BAD("KB-02")},
    {.id = "KB-02-r6",
     .clause = C2,
     .broken = "another key signed than that of cnf",
     .twin = "KB-02-a1",
     .change = kb_other_key,
     BAD("KB-02")},
    {.id = "KB-02-r7",
     .clause = C2,
     .broken = "the issuer's key signed, not that of cnf",
     .twin = "KB-02-a1",
     .change = kb_issuer_key,
     BAD("KB-02")},
    {.id = "KB-02-r8",
     .clause = C2,
     .broken = "another key signed, and the KB-JWT's header offers it as jwk",
     .twin = "KB-02-a1",
     .change = kb_own_jwk,
     BAD("KB-02")},
    {.id = "KB-02-r9",
     .clause = C2,
     .broken = "one letter of the signature is another",
     .twin = "KB-02-a1",
     .after = kb_signature_changed,
     BAD("KB-02")},
    {.id = "KB-02-r10",
     .clause = "RFC 7515 4.1.11",
     .broken = "crit names a header that no verifier knows",
     .twin = "KB-02-a1",
     .change = kb_crit,
     BAD("KB-02")},
    {.id = "KB-02-r11",
     .clause = "RFC 7800 3.2",
     .broken = "cnf.jwk holds a private key",
     .twin = "KB-02-a1",
     .change = jwk_private,
     BAD("KB-02")},
    {.id = "KB-02-r12",
     .clause = "RFC 7518 6.2.1",
     .broken = "the point of cnf.jwk is not on its curve",
     .twin = "KB-02-a1",
     .change = jwk_off_curve,
     BAD("KB-02")},
    {.id = "KB-02-r13",
     .clause = "RFC 7518 6.2.1",
     .broken = "cnf.jwk says P-384 over coordinates of P-256",
     .twin = "KB-02-a1",
     .change = jwk_other_curve,
     BAD("KB-02")},
    {.id = "KB-02-r14",
     .clause = "SD-JWT VC 2.2.2.2; RFC 7800 3.4",
     .broken = "cnf names a kid and holds no key",
     .twin = "KB-02-a1",
     .change = kid_only,
     BAD("KB-02")},
    {.id = "KB-02-r15",
     .clause = "RFC 7518 6.2.1.1",
     .broken = "cnf.jwk is on brainpoolP256r1, for which JOSE has no name",
     .twin = "KB-02-a1",
     .change = jwk_brainpool,
     BAD("KB-02")},
};

static const struct hand_case kb_03_to_05[] = {
    {.id = "KB-03-a1", .clause = C3},
    {.id = "KB-03-r1",
     .clause = C3,
     .broken = "nonce is that of another request",
     .twin = "KB-03-a1",
     .change = nonce_other,
     BAD("KB-03")},
    {.id = "KB-03-r2",
     .clause = C3,
     .broken = "nonce is missing",
     .twin = "KB-03-a1",
     .change = nonce_missing,
     BAD("KB-03")},
    {.id = "KB-03-r3",
     .clause = C3,
     .broken = "nonce is a list",
     .twin = "KB-03-a1",
     .change = nonce_list,
     BAD("KB-03")},
    {.id = "KB-03-r4",
     .clause = C3,
     .broken = "nonce only begins with the one asked for",
     .twin = "KB-03-a1",
     .change = nonce_longer,
     BAD("KB-03")},
    {.id = "KB-03-r5",
     .clause = C3,
     .broken = "aud is another verifier",
     .twin = "KB-03-a1",
     .change = aud_other,
     BAD("KB-03")},
    {.id = "KB-03-r6",
     .clause = C3,
     .broken = "aud is missing",
     .twin = "KB-03-a1",
     .change = aud_missing,
     BAD("KB-03")},
    {.id = "KB-03-r7",
     .clause = "RFC 9901 4.3",
     .broken = "aud is a list",
     .twin = "KB-03-a1",
     .change = aud_list,
     BAD("KB-03")},
    {.id = "KB-03-r8",
     .clause = "OpenID4VP 5.9.3, 14.1",
     .broken = "aud lacks the client id's prefix",
     .twin = "KB-03-a1",
     .change = aud_without_prefix,
     BAD("KB-03")},

    {.id = "KB-04-a1", .clause = C4, .change = iat_two_minutes_ago},
    {.id = "KB-04-a2", .clause = C4, .change = iat_ahead},
    {.id = "KB-04-r1",
     .clause = C4,
     .broken = "iat is an hour ago",
     .twin = "KB-04-a1",
     .change = iat_hour_ago,
     BAD("KB-04")},
    {.id = "KB-04-r2",
     .clause = C4,
     .broken = "iat is ten minutes ahead",
     .twin = "KB-04-a2",
     .change = iat_far_ahead,
     BAD("KB-04")},
    {.id = "KB-04-r3",
     .clause = "RFC 7519 2, 4.1.6",
     .broken = "iat is a string",
     .twin = "KB-04-a1",
     .change = iat_text,
     BAD("KB-04")},
    {.id = "KB-04-r4",
     .clause = "RFC 9901 4.3",
     .broken = "iat is missing",
     .twin = "KB-04-a1",
     .change = iat_missing,
     BAD("KB-04")},
    {.id = "KB-04-r5",
     .clause = "RFC 7519 4.1.4",
     .broken = "exp of the KB-JWT passed an hour ago",
     .twin = "KB-04-a1",
     .change = exp_past,
     BAD("KB-04")},

    {.id = "KB-05-a1", .clause = C5},
    {.id = "KB-05-a2", .clause = C5, .change = fewer},
    {.id = "KB-05-a3", .clause = C5, .change = hash_384},
    {.id = "KB-05-r1",
     .clause = C5,
     .broken = "sd_hash is that of something else",
     .twin = "KB-05-a1",
     .change = hash_other,
     BAD("KB-05")},
    {.id = "KB-05-r2",
     .clause = C5,
     .broken = "sd_hash is missing",
     .twin = "KB-05-a1",
     .change = hash_missing,
     BAD("KB-05")},
    {.id = "KB-05-r3",
     .clause = C5,
     .broken = "sd_hash is a number",
     .twin = "KB-05-a1",
     .change = hash_number,
     BAD("KB-05")},
    {.id = "KB-05-r4",
     .clause = C5,
     .broken = "a disclosure was dropped after signing",
     .twin = "KB-05-a1",
     .change = dropped_later,
     BAD("KB-05")},
    {.id = "KB-05-r5",
     .clause = C5,
     .broken = "a disclosure was added after signing",
     .twin = "KB-05-a1",
     .change = added_later,
     BAD("KB-05")},
    {.id = "KB-05-r6",
     .clause = C5,
     .broken = "two disclosures changed places after signing",
     .twin = "KB-05-a1",
     .change = reordered_later,
     BAD("KB-05")},
    {.id = "KB-05-r7",
     .clause = C5,
     .broken = "the proof covers another credential of this holder",
     .twin = "KB-05-a1",
     .change = other_credential,
     BAD("KB-05")},
    {.id = "KB-05-r8",
     .clause = C5,
     .broken = "sd_hash leaves the last tilde out",
     .twin = "KB-05-a1",
     .change = without_tilde,
     BAD("KB-05")},
    {.id = "KB-05-r9",
     .clause = C5,
     .broken = "sd_hash is of SHA-256 where _sd_alg is sha-512",
     .twin = "KB-05-a3",
     .change = hash_of_other_alg,
     BAD("KB-05")},
};

#define ROWS(table) table, sizeof(table) / sizeof(table)[0]

void group_kb(struct gen *g, const struct world *w)
{
    hand_cases(g, w, "kb", ROWS(kb_01_to_02));
    hand_cases(g, w, "kb", ROWS(kb_03_to_05));
}
