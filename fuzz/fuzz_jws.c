/* JWS compact form and JWK. First byte: which, and how strict. */
#include <stdlib.h>

#include "base/codec.h"
#include "jose/jws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Base64url has one spelling: what was accepted is what its parts encode to. */
static void check_parts(const struct nw_jws *j, struct nw_slice in)
{
    struct nw_buf b = NW_BUF(1u << 20);
    nw_base64url_encode(nw_buf_slice(&j->payload), &b);
    nw_buf_putc(&b, '.');
    nw_base64url_encode(nw_slice(j->sig, j->sig_n), &b);
    size_t first = nw_slice_find(in, '.', 0);
    must(nw_slice_eq(nw_buf_slice(&b), nw_slice_from(in, first + 1)));
    must(j->signing_input.n + 1 + nw_base64url_length(j->sig_n) == in.n);
    nw_buf_free(&b);
}

static void fuzz_jws(uint8_t options, struct nw_slice in)
{
    static const enum nw_sig_alg algs[] = {NW_ES256, NW_EDDSA, NW_PS256};
    static const char *const typs[] = {"dc+sd-jwt", "kb+jwt", NULL};
    static const char *const crit[] = {"exp", NULL};
    const struct nw_jws_policy policy = {.algs = algs,
                                         .alg_n = 1 + options % 3,
                                         .typs = (options & 4) != 0 ? typs : NULL,
                                         .crit = (options & 8) != 0 ? crit : NULL,
                                         .max = NW_MAX_JWT};
    struct nw_jws j;
    if (nw_jws_parse(in, &policy, &j, NULL) != NW_OK) {
        return;
    }
    must(j.alg == NW_ES256 || j.alg == NW_EDDSA || j.alg == NW_PS256);
    must(nw_json_text(nw_json_get(j.header, "alg")) != NULL);
    must(policy.crit != NULL || nw_json_get(j.header, "crit") == NULL);
    must(j.chain_n <= NW_MAX_CHAIN && j.sig_n > 0 && j.sig_n <= NW_SIG_MAX);
    check_parts(&j, in);
    nw_jws_free(&j);
}

static void fuzz_jwk(struct nw_crypto *c, struct nw_slice in)
{
    struct nw_json *n = NULL;
    struct nw_pubkey *key = NULL;
    struct nw_buf b = NW_BUF(1024);
    uint8_t one[NW_SHA256_BYTES];
    uint8_t two[NW_SHA256_BYTES];
    if (nw_json_parse(in, &n, NULL) == NW_OK && nw_jwk_parse(c, n, &key, NULL) == NW_OK) {
        must(nw_json_get(n, "d") == NULL && nw_json_get(n, "k") == NULL);
        must(nw_jwk_thumbprint_json(c, n, one) == NW_OK);
        if (nw_jwk_write(key, &b) == NW_OK) {
            must(nw_jwk_thumbprint(c, key, two) == NW_OK);
            must(nw_slice_eq(nw_slice(one, sizeof one), nw_slice(two, sizeof two)));
        }
    }
    nw_buf_free(&b);
    nw_pubkey_free(&key);
    nw_json_free(&n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct nw_crypto *crypto;
    if (size == 0) {
        return 0;
    }
    if (crypto == NULL && nw_crypto_new(NW_PROVIDER_DEFAULT, &crypto) != NW_OK) {
        abort();
    }
    struct nw_slice in = nw_slice_from(nw_slice(data, size), 1);
    if ((data[0] & 0x80) != 0) {
        fuzz_jwk(crypto, in);
    } else {
        fuzz_jws(data[0], in);
    }
    return 0;
}
