/*
 * SD-JWT: bytes as they travel, or (first byte odd) a payload and disclosures, one a line, that the
 * target signs itself, so that everything behind the signature is reached. In a line "@0" to "@9"
 * stand for the digests of the lines 1 to 10.
 */
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "sdjwt/sdjwt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LINES 10
static struct nw_crypto *crypto;
static struct nw_signer *issuer;

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Nothing of the mechanism is left in a processed payload. */
static void check_clean(const struct nw_json *n, unsigned depth)
{
    must(depth <= NW_MAX_JSON_DEPTH);
    must(nw_json_get(n, "_sd") == NULL && nw_json_get(n, "_sd_alg") == NULL);
    must(nw_json_get(n, "...") == NULL);
    for (const struct nw_json *m = nw_json_first(n); m != NULL; m = nw_json_next(m)) {
        check_clean(m, depth + 1);
    }
}

static void check_processed(struct nw_sdjwt *s)
{
    struct nw_checks *checks = calloc(1, sizeof *checks);
    const struct nw_vc_policy vc = {.at = 1800000000, .skew = 60};
    const struct nw_kb_policy kb = {
        .nonce = "n", .audience = "a", .at = 1800000000, .max_age = 300, .max_future = 60};
    bool proven = false;
    must(checks != NULL);
    check_clean(s->payload, 0);
    for (size_t i = 0; i < s->disclosure_n; i++) {
        must(s->disclosed[i].value != NULL && s->disclosed[i].owned == NULL);
    }
    struct nw_buf b = NW_BUF(NW_MAX_JSON * 2);
    nw_json_write(s->payload, &b);
    must(nw_buf_err(&b) == NW_OK);
    nw_buf_free(&b);
    enum nw_err e = nw_sdjwt_vc_claims(s, &vc, checks, NULL);
    must((e == NW_OK) == (nw_check_first_failure(checks) == NULL));
    must(e != NW_OK || nw_json_text(nw_json_get(s->payload, "vct")) != NULL);
    checks->n = 0;
    e = nw_sdjwt_kb(crypto, s, &kb, &proven, checks, NULL);
    must((e == NW_OK) == (nw_check_first_failure(checks) == NULL));
    must(!proven || e == NW_OK);
    free(checks);
}

static void take(struct nw_slice in)
{
    struct nw_checks *checks = calloc(1, sizeof *checks);
    struct nw_sdjwt s;
    must(checks != NULL);
    enum nw_err e = nw_sdjwt_parse(in, &s, checks, NULL);
    if (e == NW_OK) {
        must(s.payload == NULL && s.presented.n + s.kb.n == in.n);
        e = nw_sdjwt_verify(crypto, &s, nw_signer_pubkey(issuer), checks, NULL);
        must((e == NW_OK) == (s.payload != NULL));
    }
    must((e == NW_OK) == (nw_check_first_failure(checks) == NULL));
    if (e == NW_OK) {
        check_processed(&s);
    }
    nw_sdjwt_free(&s);
    free(checks);
}

static void fill(struct nw_slice line, char digests[LINES][44], struct nw_buf *out)
{
    for (size_t i = 0; i < line.n; i++) {
        bool place =
            line.p[i] == '@' && i + 1 < line.n && line.p[i + 1] >= '0' && line.p[i + 1] <= '9';
        if (place) {
            nw_buf_puts(out, digests[line.p[++i] - '0']);
        } else {
            nw_buf_putc(out, line.p[i]);
        }
    }
}

/* Last line: the payload; the others: disclosures. */
static void build(struct nw_slice in, struct nw_buf *token)
{
    char digests[LINES][44] = {0};
    struct nw_buf text = NW_BUF(1u << 20);
    struct nw_buf tail = NW_BUF(1u << 20);
    size_t from = 0;
    size_t to;
    for (unsigned i = 0; (to = nw_slice_find(in, '\n', from)) < in.n && i < LINES; i++) {
        uint8_t digest[NW_SHA256_BYTES];
        size_t at = tail.n;
        nw_buf_reset(&text);
        fill(nw_slice_sub(in, from, to - from), digests, &text);
        nw_base64url_encode(nw_buf_slice(&text), &tail);
        must(nw_sha256(crypto, nw_slice_from(nw_buf_slice(&tail), at), digest) == NW_OK);
        nw_buf_reset(&text);
        nw_base64url_encode(nw_slice(digest, sizeof digest), &text);
        memcpy(digests[i], nw_buf_cstr(&text), 44);
        nw_buf_putc(&tail, '~');
        from = to + 1;
    }
    nw_buf_reset(&text);
    fill(nw_slice_from(in, from), digests, &text);
    must(nw_buf_err(&tail) == NW_OK && nw_buf_err(&text) == NW_OK);
    must(nw_jws_sign(issuer, "\"typ\":\"dc+sd-jwt\"", false, nw_buf_slice(&text), token) == NW_OK);
    nw_buf_putc(token, '~');
    nw_buf_put(token, nw_buf_slice(&tail));
    nw_buf_free(&text);
    nw_buf_free(&tail);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t scalar[32] = {[31] = 7};
    if (size == 0 || size > 4096) {
        return 0;
    }
    if (crypto == NULL) {
        must(nw_crypto_new(NW_PROVIDER_DEFAULT, &crypto) == NW_OK);
        must(nw_signer_from_scalar(crypto, nw_slice(scalar, sizeof scalar), &issuer) == NW_OK);
    }
    struct nw_slice in = nw_slice_from(nw_slice(data, size), 1);
    if ((data[0] & 1) == 0) {
        take(in);
        return 0;
    }
    struct nw_buf token = NW_BUF(1u << 21);
    build(in, &token);
    take(nw_buf_slice(&token));
    nw_buf_free(&token);
    return 0;
}
