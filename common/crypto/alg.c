#include "crypto/crypto.h"

struct alg_row {
    enum nw_sig_alg alg;
    enum nw_hash_alg hash;
    const char *jose;  /* RFC 7518 3.1, RFC 8037 3.1 */
    int64_t cose;      /* RFC 9053 2.1, RFC 8230 2, RFC 8812 2 */
    int64_t cose_full; /* RFC 9864: the same with its curve fixed; 0: none */
};

static const struct alg_row algs[] = {
    {NW_ES256, NW_SHA256, "ES256", -7, -9},   {NW_ES384, NW_SHA384, "ES384", -35, -51},
    {NW_ES512, NW_SHA512, "ES512", -36, -52}, {NW_PS256, NW_SHA256, "PS256", -37, 0},
    {NW_PS384, NW_SHA384, "PS384", -38, 0},   {NW_PS512, NW_SHA512, "PS512", -39, 0},
    {NW_RS256, NW_SHA256, "RS256", -257, 0},  {NW_RS384, NW_SHA384, "RS384", -258, 0},
    {NW_RS512, NW_SHA512, "RS512", -259, 0},  {NW_EDDSA, NW_SHA512, "EdDSA", -8, -19},
};
#define ALGS (sizeof algs / sizeof algs[0])

static const struct alg_row *alg_row(enum nw_sig_alg alg)
{
    for (size_t i = 0; i < ALGS; i++) {
        if (algs[i].alg == alg) {
            return &algs[i];
        }
    }
    return NULL;
}

enum nw_sig_alg nw_alg_from_jose(struct nw_slice name)
{
    for (size_t i = 0; i < ALGS; i++) {
        if (nw_slice_is(name, algs[i].jose)) {
            return algs[i].alg;
        }
    }
    return NW_ALG_NONE;
}

const char *nw_alg_jose(enum nw_sig_alg alg)
{
    const struct alg_row *row = alg_row(alg);
    return row == NULL ? "" : row->jose;
}

enum nw_sig_alg nw_alg_from_cose(int64_t id)
{
    for (size_t i = 0; id != 0 && i < ALGS; i++) {
        if (algs[i].cose == id || algs[i].cose_full == id) {
            return algs[i].alg;
        }
    }
    return NW_ALG_NONE;
}

int64_t nw_alg_cose(enum nw_sig_alg alg)
{
    const struct alg_row *row = alg_row(alg);
    return row == NULL ? 0 : row->cose;
}

enum nw_hash_alg nw_alg_hash(enum nw_sig_alg alg)
{
    const struct alg_row *row = alg_row(alg);
    return row == NULL ? NW_SHA256 : row->hash;
}

size_t nw_hash_size(enum nw_hash_alg alg)
{
    switch (alg) {
    case NW_SHA256:
        return 32;
    case NW_SHA384:
        return 48;
    case NW_SHA512:
        return 64;
    default:
        return 0;
    }
}
