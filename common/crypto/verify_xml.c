/* Signatures of XML documents: any hash with any curve. */
#include "crypto/provider.h"

enum nw_err nw_verify_xml(struct nw_crypto *c, enum nw_sig_alg alg, struct nw_slice spki,
                          struct nw_slice message, struct nw_slice sig)
{
    struct nw_pubkey *key = NULL;
    enum nw_err e = nw_pubkey_from_spki(c, spki, &key);
    if (e == NW_OK) {
        e = nw_verify_any_hash(c, alg, key, message, sig);
    }
    nw_pubkey_free(&key);
    return e;
}
