/* A status list token of any kind. What opens keeps its promises: every entry can be read, none
 * past the end, and the first value read agrees with the bytes. The first byte says whether the
 * rest is a token, or the claims of a token that is then signed here, so that the parts behind the
 * signature are reached. */
#include <stdlib.h>
#include <string.h>

#include "status/status.h"

#define URI "https://a.example/1"
#define NOW 1700000000

static struct nw_crypto *crypto;
static struct nw_signer *signer;

static void start(void)
{
    static const uint8_t scalar[32] = {1, [31] = 1};
    if (nw_crypto_new(NW_PROVIDER_DEFAULT, &crypto) != NW_OK ||
        nw_signer_from_scalar(crypto, nw_slice(scalar, sizeof scalar), &signer) != NW_OK) {
        abort();
    }
}

static void look_up(const struct nw_status_list *l)
{
    unsigned v = 0;
    if (l->entries == 0 || l->entries != (uint64_t)l->packed.n * 8 / l->bits ||
        nw_status_list_get(l, 0, &v) != NW_OK || v >= 1u << l->bits ||
        nw_status_list_get(l, l->entries - 1, &v) != NW_OK || v >= 1u << l->bits ||
        nw_status_list_get(l, l->entries, &v) != NW_ERR_STATUS_INDEX) {
        abort();
    }
    if (nw_status_list_get(l, 0, &v) != NW_OK || v != (l->packed.p[0] & ((1u << l->bits) - 1))) {
        abort();
    }
}

static void open_token(struct nw_slice token)
{
    static struct nw_checks checks;
    struct nw_status_token t;
    struct nw_status_list l;
    checks.n = 0;
    if (nw_status_token_parse(token, &t, &checks, NULL) != NW_OK) {
        if (!nw_check_failed(&checks, "STS-02")) {
            abort();
        }
        return;
    }
    enum nw_err e =
        nw_status_list_open(crypto, &t, nw_signer_pubkey(signer), URI, NOW, 300, &l, &checks, NULL);
    if (e == NW_OK) {
        if (!nw_check_passed(&checks, "STS-02") || !nw_check_passed(&checks, "STS-04")) {
            abort();
        }
        look_up(&l);
        nw_status_list_free(&l);
    } else if (!nw_err_is_ours(e) && nw_check_first_failure(&checks) == NULL) {
        abort();
    }
    nw_status_token_free(&t);
}

static void sign_and_open(bool jwt, struct nw_slice claims)
{
    struct nw_buf token = NW_BUF(NW_MAX_STATUS_TOKEN);
    const struct nw_cose_headers h = {.typ = "application/statuslist+cwt", .tagged = true};
    enum nw_err e = jwt ? nw_jws_sign(signer, "\"typ\":\"statuslist+jwt\"", false, claims, &token)
                        : nw_cose_sign(signer, &h, claims, &token);
    if (e == NW_OK) {
        open_token(nw_buf_slice(&token));
    }
    nw_buf_free(&token);
}

static void reference(struct nw_slice in)
{
    struct nw_status_ref ref = {.present = false};
    if (nw_status_ref_cbor(in, &ref, NULL) == NW_OK && in.n > 0 &&
        (!ref.present || strlen(ref.uri) < 3)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (crypto == NULL) {
        start();
    }
    if (size == 0) {
        return 0;
    }
    struct nw_slice rest = nw_slice(data + 1, size - 1);
    switch (data[0] % 4) {
    case 0:
        open_token(rest);
        break;
    case 1:
        sign_and_open(true, rest);
        break;
    case 2:
        sign_and_open(false, rest);
        break;
    default:
        reference(rest);
        break;
    }
    return 0;
}
