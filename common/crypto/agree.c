/* Key agreement and key derivation: what ISO/IEC 18013-5 sessions and MACs are made of. */
#include <string.h>

#include "base/alloc.h"
#include "crypto/provider.h"
#include "crypto/signer.h"

#define HKDF_INFO_MAX 128
#define HKDF_MAX (255u * NW_SHA256_BYTES) /* RFC 5869 2.3 */

enum nw_err nw_ecdh(struct nw_signer *own, const struct nw_pubkey *peer,
                    uint8_t secret[NW_ECDH_MAX], size_t *secret_n)
{
    struct nw_key_ref ref = nw_signer_key(own);
    if (peer->c != ref.c) {
        return NW_ERR_INTERNAL;
    }
    if (peer->type != ref.curve->type) {
        return NW_ERR_ALG_KEY_MISMATCH;
    }
    enum nw_err e = ref.c->ops->key_agree(ref.c->state, ref.key, ref.curve, peer, secret);
    if (e == NW_OK) {
        *secret_n = ref.curve->size;
    }
    return e;
}

enum nw_err nw_hkdf_sha256(struct nw_crypto *c, struct nw_slice ikm, struct nw_slice salt,
                           struct nw_slice info, uint8_t *out, size_t n)
{
    uint8_t prk[NW_SHA256_BYTES];
    uint8_t block[NW_SHA256_BYTES + HKDF_INFO_MAX + 1]; /* T(i-1) || info || i */
    uint8_t t[NW_SHA256_BYTES] = {0};
    size_t before = 0;
    if (n > HKDF_MAX || info.n > HKDF_INFO_MAX) {
        return NW_ERR_LIMIT;
    }
    enum nw_err e = nw_hmac_sha256(c, salt, ikm, prk);
    uint8_t counter = 1;
    for (size_t done = 0; e == NW_OK && done < n; counter++) {
        size_t take = n - done < sizeof t ? n - done : sizeof t;
        memcpy(block, t, before);
        if (info.n > 0) {
            memcpy(block + before, info.p, info.n);
        }
        block[before + info.n] = counter;
        e = nw_hmac_sha256(c, nw_slice(prk, sizeof prk), nw_slice(block, before + info.n + 1), t);
        if (e == NW_OK) {
            memcpy(out + done, t, take);
            done += take;
            before = sizeof t;
        }
    }
    nw_wipe(prk, sizeof prk);
    nw_wipe(block, sizeof block);
    nw_wipe(t, sizeof t);
    return e;
}
