/* A session under the keys of ISO/IEC 18013-5 Annex D. The first byte chooses: a
 * SessionEstablishment for the device, or a SessionData for the reader. Nothing that was not sealed
 * with the keys opens, a failure or a status is the end, and what comes after the end is refused.
 */
#include <stdlib.h>
#include <string.h>

#include "mdoc/session.h"

static struct nw_crypto *crypto;
static struct nw_signer *reader_key, *device_key;
static const uint8_t transcript[] = {0x83, 0xf6, 0xf6, 0xf6};
static struct nw_buf key_bytes = NW_BUF(256);

static void demand(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* keys.txt of tests/unit/data/mdoc/annexd */
static void start(void)
{
    static const uint8_t reader[32] = {0xde, 0x3b, 0x4b, 0x9e, 0x5f, 0x72, 0xdd, 0x9b,
                                       0x58, 0x40, 0x6a, 0xe3, 0x09, 0x14, 0x34, 0xda,
                                       0x48, 0xa6, 0xf9, 0xfd, 0x01, 0x0d, 0x88, 0xfc,
                                       0xb0, 0x95, 0x8e, 0x2c, 0xeb, 0xec, 0x94, 0x7c};
    static const uint8_t device[32] = {0xc1, 0x91, 0x7a, 0x15, 0x79, 0x94, 0x9a, 0x04,
                                       0x2f, 0x1b, 0xa9, 0xfc, 0x53, 0xa2, 0xdf, 0x9b,
                                       0x1b, 0xc4, 0x7a, 0xdf, 0x31, 0xc1, 0x0f, 0x81,
                                       0x3e, 0xd7, 0x57, 0x02, 0xd1, 0xc1, 0xf1, 0x36};
    demand(nw_crypto_new(NW_PROVIDER_DEFAULT, &crypto) == NW_OK);
    demand(nw_signer_from_scalar(crypto, nw_slice(reader, 32), &reader_key) == NW_OK);
    demand(nw_signer_from_scalar(crypto, nw_slice(device, 32), &device_key) == NW_OK);
    demand(nw_session_key_bytes(nw_signer_pubkey(reader_key), &key_bytes) == NW_OK);
}

static struct nw_session *open_session(enum nw_session_role role)
{
    struct nw_session *s = NULL;
    bool reader = role == NW_SESSION_READER;
    demand(nw_session_new(crypto, role, reader ? reader_key : device_key,
                          nw_signer_pubkey(reader ? device_key : reader_key),
                          nw_slice(transcript, sizeof transcript), &s) == NW_OK);
    return s;
}

static void inside(struct nw_slice part, struct nw_slice whole)
{
    demand(part.n > 0 && part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void for_device(struct nw_slice in)
{
    struct nw_establishment m;
    struct nw_diag d = {0};
    struct nw_buf text = NW_BUF_SECRET(NW_MAX_SESSION_MESSAGE);
    struct nw_pubkey *key = NULL;
    enum nw_err e = nw_establishment_parse(in, &m, &d);
    if (e != NW_OK) {
        demand(d.code == e);
        return;
    }
    inside(m.reader_key_bytes, in);
    inside(m.data, in);
    struct nw_session *s = open_session(NW_SESSION_DEVICE);
    e = nw_session_accept(s, &m, &text, NULL);
    demand(e == NW_ERR_DECRYPT && text.n == 0 && nw_session_is_over(s));
    demand(nw_session_accept(s, &m, &text, NULL) == NW_ERR_SESSION_OVER);
    if (nw_establishment_key(crypto, &m, &key, NULL) == NW_OK) {
        demand(nw_pubkey_point(key).p[0] == 0x04);
    }
    nw_pubkey_free(&key);
    nw_session_free(&s);
    nw_buf_free(&text);
}

static void for_reader(struct nw_slice in)
{
    struct nw_session *s = open_session(NW_SESSION_READER);
    struct nw_buf out = NW_BUF(1024), text = NW_BUF_SECRET(NW_MAX_SESSION_MESSAGE);
    uint64_t status = 0;
    struct nw_diag d = {0};
    demand(nw_session_establish(s, nw_buf_slice(&key_bytes), nw_str("request"), &out) == NW_OK);
    enum nw_err e = nw_session_receive(s, in, &text, &status, &d);
    demand(e == NW_OK ? status != 0 : d.code == e && status == 0);
    demand(text.n == 0 && nw_session_is_over(s));
    demand(nw_session_send(s, nw_str("more"), false, &out) == NW_ERR_SESSION_OVER);
    nw_session_free(&s);
    nw_buf_free(&out);
    nw_buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (crypto == NULL) {
        start();
    }
    if (size > 0) {
        struct nw_slice in = nw_slice(data + 1, size - 1);
        if ((data[0] & 1) != 0) {
            for_device(in);
        } else {
            for_reader(in);
        }
    }
    return 0;
}
