#include "crypto/crypto.h"

/* The provider seam; see crypto.h. */
bool nw_crypto_has(enum nw_provider which)
{
    (void)which;
    return false;
}
enum nw_err nw_crypto_new(enum nw_provider which, struct nw_crypto **out)
{
    (void)which;
    (void)out;
    return NW_ERR_CRYPTO_BACKEND;
}
void nw_crypto_free(struct nw_crypto **c)
{
    (void)c;
}
const char *nw_crypto_name(const struct nw_crypto *c)
{
    (void)c;
    return "";
}
