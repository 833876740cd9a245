/* The codes of the A11 family. The first byte says what the rest is: 'T' the text of a QR code of
 * any kind, 'B' the bytes inside (COSE_Sign1), 'C' a claims set that is signed here, so that what
 * lies behind the signature is reached, 'R' the bytes of a response. What is accepted is as the
 * format says, and survives being written and read again. */
#include <stdlib.h>
#include <string.h>

#include "seal/challenge.h"
#include "seal/eehic.h"
#include "seal/envelope.h"
#include "seal/hcert.h"
#include "seal/seal.h"
#include "seal/transport.h"

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

static void hold(bool property)
{
    if (!property) {
        abort();
    }
}

/* A parsed container, through the text and back: the same bytes. */
static void again(const struct nw_seal *s)
{
    struct nw_buf text = NW_BUF(NW_MAX_QR_TEXT);
    struct nw_seal other;
    if (nw_transport_write(NULL, NW_A11_PREFIX, nw_buf_slice(&s->token), &text, NULL) == NW_OK) {
        hold(nw_seal_detect(nw_buf_slice(&text)) == NW_SEAL_A11);
        hold(nw_seal_parse(nw_buf_slice(&text), &other, NULL, NULL) == NW_OK);
        hold(nw_slice_eq(nw_buf_slice(&s->token), nw_buf_slice(&other.token)));
        nw_seal_free(&other);
    }
    nw_buf_free(&text);
}

static void container(struct nw_seal *s)
{
    hold(s->cose.kid.n == NW_A11_KID_BYTES && s->cose.signature.n == 64);
    hold(nw_seal_verify(crypto, s, nw_signer_pubkey(signer), NULL) != NW_OK);
    hold(nw_seal_claims(s, NULL, NULL) == NW_ERR_INTERNAL);
    again(s);
    nw_seal_free(s);
}

static void text(struct nw_slice in)
{
    struct nw_seal seal;
    struct nw_response response;
    struct nw_hcert hcert;
    struct nw_eehic card;
    struct nw_request request;
    static struct nw_checks checks;
    checks.n = 0;
    if (nw_seal_parse(in, &seal, &checks, NULL) == NW_OK) {
        hold(nw_seal_detect(in) == NW_SEAL_A11 && nw_check_passed(&checks, "QR-02"));
        container(&seal);
    } else {
        hold(nw_check_first_failure(&checks) != NULL);
    }
    if (nw_response_parse(in, &response, NULL, NULL) == NW_OK) {
        nw_response_free(&response);
    }
    if (nw_hcert_parse(in, &hcert, NULL, NULL) == NW_OK) {
        hold(nw_seal_detect(in) == NW_SEAL_HC1);
        hcert.verified = true;
        (void)!nw_hcert_claims(&hcert, NULL);
        nw_hcert_free(&hcert);
    }
    if (nw_eehic_parse(in, &card, NULL) == NW_OK) {
        nw_eehic_free(&card);
    }
    (void)!nw_request_parse(crypto, in, &request, NULL);
}

/* What the envelope gives is enough to write one that reads the same. */
static void claims_again(const struct nw_seal *s)
{
    struct nw_seal_issue job = {
        .iss = s->iss, .iat = s->iat, .exp = s->exp, .status = s->status, .a1 = s->a1};
    struct nw_buf claims = NW_BUF(NW_MAX_A11 + 1024);
    struct nw_seal other = {0};
    nw_envelope_write(&job, &claims);
    hold(nw_buf_err(&claims) == NW_OK);
    hold(nw_envelope_read(nw_buf_slice(&claims), &other, NULL) == NW_OK);
    hold(strcmp(s->iss, other.iss) == 0 && s->iat == other.iat && s->exp == other.exp);
    hold(s->status.present == other.status.present && s->status.idx == other.status.idx);
    hold(nw_slice_eq(s->a1, other.a1));
    nw_buf_free(&claims);
}

static void claims(struct nw_slice in)
{
    struct nw_cose_headers h = {.kid = nw_str("12345678"), .typ = NW_A11_TYP, .tagged = true};
    struct nw_buf token = NW_BUF(NW_MAX_A11);
    struct nw_seal s;
    if (nw_cose_sign(signer, &h, in, &token) == NW_OK &&
        nw_seal_parse_token(nw_buf_slice(&token), &s, NULL, NULL) == NW_OK) {
        hold(nw_seal_verify(crypto, &s, nw_signer_pubkey(signer), NULL) == NW_OK);
        if (nw_seal_claims(&s, NULL, NULL) == NW_OK) {
            hold(s.iss[0] != '\0' && s.exp > s.iat && s.iat >= 0 && s.a1.n > 0);
            hold(s.status.present || s.exp - s.iat <= 86400);
            hold(!s.status.present || strncmp(s.status.uri, "https://", 8) == 0);
            claims_again(&s);
        }
        nw_seal_free(&s);
    }
    nw_buf_free(&token);
}

static void response(struct nw_slice in)
{
    struct nw_buf wrapped = NW_BUF(NW_MAX_QR_TEXT);
    if (nw_transport_write(NULL, NW_RESPONSE_PREFIX, in, &wrapped, NULL) == NW_OK) {
        text(nw_buf_slice(&wrapped));
    }
    nw_buf_free(&wrapped);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nw_seal s;
    if (crypto == NULL) {
        start();
    }
    if (size == 0) {
        return 0;
    }
    struct nw_slice in = nw_slice(data + 1, size - 1);
    switch (data[0]) {
    case 'B':
        if (nw_seal_parse_token(in, &s, NULL, NULL) == NW_OK) {
            container(&s);
        }
        break;
    case 'C':
        claims(in);
        break;
    case 'R':
        response(in);
        break;
    default:
        text(in);
        break;
    }
    return 0;
}
