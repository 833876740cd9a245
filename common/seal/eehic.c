#include "seal/eehic.h"

#include "base/codec.h"
#include "seal/transport.h"

#define KID_PREFIX "EESSI:x5t#S256:"
#define HASH_TEXT 43 /* base64url of 32 bytes, no padding */

static const enum nw_sig_alg algs[] = {NW_ES256, NW_RS256};

/* Both alphabets occur in the field, with and without padding: one spelling is made of them. */
static enum nw_err read_kid(const struct nw_jws *jws, uint8_t out[NW_SHA256_BYTES],
                            struct nw_diag *d)
{
    struct nw_slice kid = nw_str(nw_json_text(nw_json_get(jws->header, "kid")));
    struct nw_buf hash = NW_BUF(NW_SHA256_BYTES);
    uint8_t text[HASH_TEXT];
    if (!nw_slice_starts(kid, KID_PREFIX)) {
        return nw_fail(d, NW_ERR_JWS_HEADER, NW_NO_OFFSET, "kid does not begin with %s",
                       KID_PREFIX);
    }
    kid = nw_slice_from(kid, nw_str(KID_PREFIX).n);
    if (kid.n == HASH_TEXT + 1 && kid.p[HASH_TEXT] == '=') {
        kid.n--;
    }
    if (kid.n != HASH_TEXT) {
        return nw_fail(d, NW_ERR_JWS_HEADER, NW_NO_OFFSET, "kid holds no SHA-256 hash");
    }
    for (size_t i = 0; i < HASH_TEXT; i++) {
        text[i] = kid.p[i] == '+' ? '-' : kid.p[i] == '/' ? '_' : kid.p[i];
    }
    enum nw_err e = nw_base64url_decode(nw_slice(text, HASH_TEXT), &hash, d);
    for (size_t i = 0; e == NW_OK && i < NW_SHA256_BYTES; i++) {
        out[i] = hash.p[i];
    }
    nw_buf_free(&hash);
    return e;
}

enum nw_err nw_eehic_parse(struct nw_slice text, struct nw_eehic *out, struct nw_diag *d)
{
    static const struct nw_jws_policy policy = {.algs = algs, .alg_n = 2, .max = NW_MAX_HC1};
    struct nw_eehic card = {.token = NW_BUF(NW_MAX_HC1)};
    enum nw_err e = nw_transport_read(NULL, "", text, NW_MAX_HC1, &card.token, NULL, d);
    if (e == NW_OK) {
        e = nw_jws_parse(nw_buf_slice(&card.token), &policy, &card.jws, d);
    }
    if (e == NW_OK) {
        e = read_kid(&card.jws, card.x5t, d);
    }
    if (e == NW_OK) {
        *out = card;
    } else {
        nw_eehic_free(&card);
    }
    return e;
}

enum nw_err nw_eehic_verify(struct nw_crypto *c, struct nw_eehic *card, struct nw_slice der,
                            const struct nw_pubkey *key, struct nw_diag *d)
{
    uint8_t hash[NW_SHA256_BYTES];
    enum nw_err e = nw_sha256(c, der, hash);
    if (e == NW_OK &&
        !nw_slice_eq(nw_slice(hash, sizeof hash), nw_slice(card->x5t, sizeof card->x5t))) {
        e = nw_fail(d, NW_ERR_KID_UNKNOWN, NW_NO_OFFSET, "%s", "");
    }
    if (e == NW_OK) {
        e = nw_jws_verify(c, &card->jws, key);
    }
    card->verified = e == NW_OK;
    return e;
}

enum nw_err nw_eehic_claims(const struct nw_eehic *card, struct nw_json **out, struct nw_diag *d)
{
    struct nw_json *claims = NULL;
    if (!card->verified) {
        return nw_fail(d, NW_ERR_INTERNAL, NW_NO_OFFSET, "claims asked for before the signature");
    }
    enum nw_err e = nw_json_parse_max(nw_buf_slice(&card->jws.payload), NW_MAX_HC1, &claims, d);
    if (e != NW_OK) {
        return e;
    }
    const char *sid = nw_json_text(nw_json_get(claims, "sid"));
    if (sid == NULL) {
        e = nw_fail_at(d, NW_ERR_CLAIM_MISSING, "sid", "%s", "");
    } else if (!nw_slice_starts(nw_str(sid), "eessi:")) {
        e = nw_fail_at(d, NW_ERR_CLAIM_RANGE, "sid", "%s", "not an EESSI schema");
    }
    if (e == NW_OK) {
        *out = claims;
        claims = NULL;
    }
    nw_json_free(&claims);
    return e;
}

void nw_eehic_free(struct nw_eehic *card)
{
    nw_jws_free(&card->jws);
    nw_buf_free(&card->token);
    *card = (struct nw_eehic){0};
}
