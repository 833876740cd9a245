/* DeviceResponse, raw, hex or base64url: each document of it, and the device's proof over a session
 * that never was the one of a seed but for the first byte 'S'. */
#include <stdlib.h>

#include "mdoc/mdoc.h"
#include "test_pki.h"

static struct nw_crypto *crypto;
static struct test_pki *pki;

static void hold(bool property)
{
    if (!property) {
        abort();
    }
}

static void start(void)
{
    hold(nw_crypto_new(NW_PROVIDER_DEFAULT, &crypto) == NW_OK);
    pki = test_pki_new(crypto);
}

static void document(const struct nw_device_response *r, size_t i, bool ours)
{
    static const uint8_t seen[] = {0x83, 0xf6, 0xf6, 0xf6}, other[] = {0x83, 0xf6, 0xf6, 0xf5};
    static struct nw_mdoc m;
    static struct nw_checks checks;
    const struct nw_device_policy policy = {.transcript = nw_slice(ours ? seen : other, 4),
                                            .reader_key = pki->stranger,
                                            .required = true};
    bool proven = false;
    checks.n = 0;
    if (nw_device_response_document(r, i, &m, &checks, NULL) != NW_OK) {
        hold(nw_check_first_failure(&checks) != NULL);
        return;
    }
    hold(nw_slice_eq(m.doc_type, r->doc_type[i]));
    hold(nw_mdoc_device(crypto, &m, &policy, &proven, NULL, NULL) == NW_ERR_INTERNAL);
    if (nw_mdoc_verify(crypto, &m, nw_signer_pubkey(pki->attestation), &checks, NULL) == NW_OK) {
        hold(nw_slice_eq(m.mso.doc_type, m.doc_type));
        enum nw_err e = nw_mdoc_device(crypto, &m, &policy, &proven, &checks, NULL);
        hold((e == NW_OK) == proven && (!proven || ours));
        hold(proven == (nw_check_passed(&checks, "DEV-01") && nw_check_passed(&checks, "DEV-04")));
    }
    nw_mdoc_free(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct nw_device_response r;
    static struct nw_checks checks;
    if (crypto == NULL) {
        start();
    }
    if (size == 0) {
        return 0;
    }
    struct nw_slice in = nw_slice(data + 1, size - 1);
    checks.n = 0;
    if (nw_device_response_parse(in, &r, &checks, NULL) != NW_OK) {
        hold(nw_check_first_failure(&checks) != NULL);
        return 0;
    }
    hold(r.document_n > 0 && r.document_n <= NW_MAX_MDOC_DOCUMENTS && nw_device_response_is(in));
    for (size_t i = 0; i < r.document_n; i++) {
        document(&r, i, data[0] == 'S');
    }
    nw_device_response_free(&r);
    return 0;
}
