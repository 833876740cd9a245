/* A COSE_Sign1 or a COSE_Key. The first byte chooses the policy. What parses lies inside the input,
 * has an algorithm that was allowed and a signature of its length, and no signature over it
 * verifies by chance; a key that is read is written and read again as the same key. */
#include <stdlib.h>
#include <string.h>

#include "cose/cose.h"

static struct nw_crypto *crypto;
static struct nw_pubkey *key;

static void start(void)
{
    static const uint8_t scalar[32] = {1, [31] = 1};
    struct nw_signer *signer = NULL;
    if (nw_crypto_new(NW_PROVIDER_DEFAULT, &crypto) != NW_OK ||
        nw_signer_from_scalar(crypto, nw_slice(scalar, sizeof scalar), &signer) != NW_OK ||
        nw_pubkey_from_point(crypto, NW_KEY_P256, nw_pubkey_point(nw_signer_pubkey(signer)),
                             &key) != NW_OK) {
        abort();
    }
    nw_signer_free(&signer);
}

static void inside(struct nw_slice part, struct nw_slice whole)
{
    if (part.n > 0 && (part.p < whole.p || part.p + part.n > whole.p + whole.n)) {
        abort();
    }
}

static struct nw_cose_policy policy_of(uint8_t choice)
{
    static const enum nw_sig_alg algs[] = {NW_ES256, NW_PS256};
    static const int64_t crit[] = {33};
    static const unsigned flags[] = {NW_CBOR_STRICT, NW_CBOR_DETERMINISTIC, NW_CBOR_LENIENT,
                                     NW_CBOR_LENIENT};
    return (struct nw_cose_policy){
        .algs = algs,
        .alg_n = 1u + (choice >> 7),
        .tag = (enum nw_cose_tag)(choice % 3),
        .cbor_flags = flags[choice >> 2 & 3],
        .kid_must_be_protected = (choice & 0x10) != 0,
        .lenient_headers = (choice >> 2 & 3) == 3,
        .detached = (choice & 0x20) != 0,
        .crit = crit,
        .crit_n = choice >> 6 & 1,
    };
}

static void token(uint8_t choice, struct nw_slice in)
{
    struct nw_cose_policy policy = policy_of(choice);
    struct nw_cose_sign1 s;
    struct nw_diag d = {0};
    enum nw_err e = nw_cose_parse(in, &policy, &s, &d);
    if (e != NW_OK) {
        if (d.code != e) {
            abort();
        }
        return;
    }
    if (s.alg != NW_ES256 && (s.alg != NW_PS256 || policy.alg_n < 2)) {
        abort();
    }
    if ((s.alg == NW_ES256 && s.signature.n != 64) || s.detached != policy.detached ||
        (policy.kid_must_be_protected && !s.kid_protected)) {
        abort();
    }
    inside(s.protected_raw, in);
    inside(s.unprotected_raw, in);
    inside(s.payload, in);
    inside(s.signature, in);
    inside(s.kid, in);
    inside(s.typ_text, in);
    for (size_t i = 0; i < s.chain_n; i++) {
        inside(s.chain[i], in);
    }
    if (nw_cose_verify(crypto, &s, NW_SLICE_EMPTY, NW_SLICE_EMPTY, key) == NW_OK) {
        abort();
    }
}

static void cose_key(struct nw_slice in)
{
    struct nw_pubkey *a = NULL;
    struct nw_pubkey *b = NULL;
    struct nw_buf out = NW_BUF(1024);
    if (nw_cose_key_parse(crypto, in, &a, NULL) == NW_OK && nw_pubkey_type(a) != NW_KEY_ED25519) {
        if (nw_cose_key_write(a, nw_pubkey_type(a) == NW_KEY_P256, &out) != NW_OK ||
            nw_cose_key_parse(crypto, nw_buf_slice(&out), &b, NULL) != NW_OK ||
            !nw_slice_eq(nw_pubkey_point(a), nw_pubkey_point(b))) {
            abort();
        }
    }
    nw_pubkey_free(&a);
    nw_pubkey_free(&b);
    nw_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (crypto == NULL) {
        start();
    }
    if (size > 0) {
        struct nw_slice in = nw_slice(data + 1, size - 1);
        token(data[0], in);
        cose_key(in);
    }
    return 0;
}
