/* DEV-01 to DEV-04: the device's proof (ISO/IEC 18013-5 9.1.3). Whatever breaks here is R06: the
 * credential may be genuine, but not this holder's or not for this session. A proof that does not
 * verify breaks DEV-01 and DEV-04 both: nobody can tell which of them it was. */
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "doc.h"
#include "mdoc/transcript.h"

#define RESPONSE_URI "https://verifier.example/response/7"
#define QR_READER "reader of the QR session"
#define QR_DEVICE "device of the QR session"

/* ---- sessions ---- */

static void put_key_bytes(struct gen *g, const char *label, struct nw_buf *out)
{
    struct nw_signer *s = world_key(g, label);
    struct nw_buf key = doc_buf();
    gen_ok(nw_cose_key_write(nw_signer_pubkey(s), false, &key), label);
    doc_embed(nw_buf_slice(&key), out);
    nw_buf_free(&key);
    nw_signer_free(&s);
}

/* DeviceEngagementBytes: 24(<< {0: "1.0", 1: [1, EDeviceKeyBytes]} >>). */
static void put_engagement(struct gen *g, struct nw_buf *out)
{
    struct nw_buf engagement = doc_buf(), key = doc_buf();
    put_key_bytes(g, QR_DEVICE, &key);
    nw_cbor_put_map(&engagement, 2);
    nw_cbor_put_uint(&engagement, 0);
    nw_cbor_put_text(&engagement, nw_str("1.0"));
    nw_cbor_put_uint(&engagement, 1);
    nw_cbor_put_array(&engagement, 2);
    nw_cbor_put_uint(&engagement, 1);
    nw_buf_put(&engagement, nw_buf_slice(&key));
    doc_embed(nw_buf_slice(&engagement), out);
    nw_buf_free(&engagement);
    nw_buf_free(&key);
}

void doc_transcript(struct gen *g, const char *path, struct nw_buf *out)
{
    bool other = strcmp(path, TRANSCRIPT_OTHER) == 0;
    nw_buf_cut(out, 0);
    if (strcmp(path, TRANSCRIPT_QR) != 0) {
        gen_ok(nw_transcript_openid4vp(g->c, AUDIENCE, other ? "vectors-nonce-of-yesterday" : NONCE,
                                       NW_SLICE_EMPTY, RESPONSE_URI, out),
               path);
        return;
    }
    struct nw_buf engagement = doc_buf(), key = doc_buf();
    put_engagement(g, &engagement);
    put_key_bytes(g, QR_READER, &key);
    gen_ok(
        nw_transcript_proximity(nw_buf_slice(&engagement), nw_buf_slice(&key), NW_SLICE_EMPTY, out),
        path);
    nw_buf_free(&engagement);
    nw_buf_free(&key);
}

/* ECPrivateKey (RFC 5915) as PEM. */
static void write_reader_key(struct gen *g)
{
    struct nw_buf der = doc_buf(), pem = doc_buf();
    struct nw_signer *s = world_key(g, QR_READER);
    uint8_t scalar[NW_SHA256_BYTES];
    gen_ok(nw_sha256(g->c, nw_str("nachweis vectors: " QR_READER), scalar), "reader key");
    doc_hex(&der, "30770201010420");
    nw_buf_put(&der, nw_slice(scalar, sizeof scalar));
    gen_ok(nw_hex_decode(nw_str("a00a06082a8648ce3d030107a144034200"), &der, NULL), "reader key");
    nw_buf_put(&der, nw_pubkey_point(nw_signer_pubkey(s)));
    nw_buf_puts(&pem, "-----BEGIN EC PRIVATE KEY-----\n");
    struct nw_buf text = doc_buf();
    nw_base64_encode(nw_buf_slice(&der), &text);
    for (size_t i = 0; i < text.n; i += 64) {
        nw_buf_put(&pem, nw_slice_sub(nw_buf_slice(&text), i, text.n - i < 64 ? text.n - i : 64));
        nw_buf_putc(&pem, '\n');
    }
    nw_buf_puts(&pem, "-----END EC PRIVATE KEY-----\n");
    gen_file(g, READER_KEY, nw_buf_slice(&pem));
    nw_buf_free(&text);
    nw_buf_free(&pem);
    nw_buf_free(&der);
    nw_signer_free(&s);
}

static void write_sessions(struct gen *g)
{
    static const char *const paths[] = {TRANSCRIPT, TRANSCRIPT_OTHER, TRANSCRIPT_QR};
    struct nw_buf out = doc_buf();
    for (size_t i = 0; i < 3; i++) {
        doc_transcript(g, paths[i], &out);
        gen_file(g, paths[i], nw_buf_slice(&out));
    }
    nw_buf_free(&out);
    write_reader_key(g);
}

/* ---- DEV-01 ---- */

static void both(struct doc *d)
{
    struct doc_map copy = d->device_auth;
    nw_buf_put(doc_add(&d->device_auth, "deviceMac"), nw_buf_slice(&copy.value[0]));
}

static void neither(struct doc *d)
{
    doc_drop(&d->device_auth, "deviceSignature");
}

static void attached(struct doc *d)
{
    struct nw_buf payload = doc_buf();
    struct nw_buf *b = doc_member(&d->device_auth, "deviceSignature");
    nw_device_authentication(nw_buf_slice(&d->transcript), nw_str(DOC_SPACE),
                             nw_buf_slice(&d->device_spaces), &payload);
    nw_buf_cut(b, 0);
    nw_cbor_put_array(b, 4);
    nw_cbor_put_bytes(b, nw_buf_slice(&d->device_head));
    nw_cbor_put_map(b, 0);
    nw_cbor_put_bytes(b, nw_buf_slice(&payload));
    nw_cbor_put_bytes(b, nw_slice(d->sig, d->sig_n));
    nw_buf_free(&payload);
}

static void tagged(struct doc *d)
{
    doc_swap(doc_member(&d->device_auth, "deviceSignature"), "84", "d284");
}

static void bit(struct doc *d)
{
    struct nw_buf *b = doc_member(&d->device_auth, d->mac ? "deviceMac" : "deviceSignature");
    b->p[b->n - 1] ^= 1;
}

static void other_type(struct doc *d)
{
    d->signed_doc_type = "eu.europa.ec.eudi.pid.1";
}

static void spaces_later(struct doc *d)
{
    doc_hex(&d->device_spaces, "d81844a1617aa0"); /* 24(<< {"z": {}} >>) */
}

static void alg_unprotected(struct doc *d)
{
    doc_swap(doc_member(&d->device_auth, "deviceSignature"), "43a10126a0", "40a10126");
}

static void crit_unknown(struct doc *d)
{
    doc_hex(&d->device_head, "a3012602811903e71903e7f5");
}

static void by_other(struct doc *d)
{
    d->device = d->w->other_holder;
}

static void by_issuer(struct doc *d)
{
    d->device = d->issuer;
}

#define RED(...) .exit = 2, .failed = {__VA_ARGS__}, .decisive = "R06", .reasons = {"R06", "I01"}
#define RED_01(i, c, b, s, f, ...)                                                                 \
    {                                                                                              \
        .id = (i), .clause = (c), .broken = (b), .twin = "DEV-01-a1", .stage = (s), .spoil = (f),  \
        RED(__VA_ARGS__)                                                                           \
    }
#define C1 "ISO 18013-5 9.1.3.4"
static const struct doc_row dev_01[] = {
    {.id = "DEV-01-a1", .clause = C1},
    {.id = "DEV-01-a2", .clause = "ISO 18013-5 9.1.3.5", .mac = true},
    RED_01("DEV-01-r1", C1, "deviceAuth holds a signature and a MAC", DOC_AUTH, both, "DEV-01"),
    RED_01("DEV-01-r2", C1, "deviceAuth is empty", DOC_AUTH, neither, "DEV-01"),
    RED_01("DEV-01-r3", C1, "the payload is there, not nil", DOC_AUTH, attached, "DEV-01"),
    RED_01("DEV-01-r4", C1, "deviceSignature has tag 18", DOC_AUTH, tagged, "DEV-01"),
    RED_01("DEV-01-r5", C1, "one bit of the signature is another", DOC_AUTH, bit, "DEV-01",
           "DEV-04"),
    {.id = "DEV-01-r6",
     .clause = "ISO 18013-5 9.1.3.5",
     .broken = "one bit of the MAC is another",
     .twin = "DEV-01-a2",
     .mac = true,
     .stage = DOC_AUTH,
     .spoil = bit,
     RED("DEV-01", "DEV-04")},
    RED_01("DEV-01-r7", C1, "the device signed another docType", DOC_DEVICE, other_type, "DEV-01",
           "DEV-04"),
    RED_01("DEV-01-r8", C1, "a device name space was added after signing", DOC_AUTH, spaces_later,
           "DEV-01", "DEV-04"),
    RED_01("DEV-01-r9", "RFC 9052 3.1", "crit names a label that no verifier knows", DOC_DEVICE,
           crit_unknown, "DEV-01"),
    RED_01("DEV-01-r10", C1, "another key signed than the MSO's", DOC_DEVICE, by_other, "DEV-01",
           "DEV-04"),
    RED_01("DEV-01-r11", C1, "the issuer's key signed", DOC_DEVICE, by_issuer, "DEV-01", "DEV-04"),
};

/* ---- DEV-02 ---- */

static void key_with_kid(struct doc *d)
{
    doc_swap(&d->device_key, "a401", "a501");
    nw_cbor_put_text(&d->device_key, nw_str("example"));
    nw_cbor_put_text(&d->device_key, nw_str("a member that nobody knows"));
}

static void key_compressed(struct doc *d)
{
    nw_buf_cut(&d->device_key, 0);
    gen_ok(nw_cose_key_write(nw_signer_pubkey(d->device), true, &d->device_key), "key");
}

static void off_curve(struct doc *d)
{
    d->device_key.p[d->device_key.n - 1] ^= 1; /* of y */
}

static void private_part(struct doc *d)
{
    static const uint8_t ones[32] = {1, 1, 1, 1};
    doc_swap(&d->device_key, "a401", "a501");
    nw_cbor_put_int(&d->device_key, -4);
    nw_cbor_put_bytes(&d->device_key, nw_slice(ones, sizeof ones));
}

static void other_curve(struct doc *d)
{
    doc_swap(&d->device_key, "2001", "2002"); /* P-384 */
}

static void device_on(struct doc *d, enum nw_key_type curve, const char *label)
{
    d->own[0] = d->device = world_key_on(d->g, curve, label);
    nw_buf_cut(&d->device_key, 0);
    gen_ok(nw_cose_key_write(nw_signer_pubkey(d->device), false, &d->device_key), "key");
}

static void key_brainpool(struct doc *d)
{
    device_on(d, NW_KEY_BP256, "brainpool holder");
}

/* Nothing can sign with it: the usual device does, and says EdDSA. */
static void key_x25519(struct doc *d)
{
    struct nw_signer *usual = d->device;
    device_on(d, NW_KEY_X25519, "x25519 holder");
    d->device = usual;
    doc_put_alg(&d->device_head, -8);
}

static void symmetric(struct doc *d)
{
    static const uint8_t ones[32] = {1, 1, 1, 1};
    doc_hex(&d->device_key, "a2010420"); /* {1: 4, -1: k} */
    nw_cbor_put_bytes(&d->device_key, nw_slice(ones, sizeof ones));
}

/* The signature is as long as ES384 wants it. */
static void alg_384(struct doc *d)
{
    struct nw_buf *b = doc_member(&d->device_auth, "deviceSignature");
    uint8_t sig[96] = {0};
    memcpy(sig + 16, d->sig, 32);
    memcpy(sig + 64, d->sig + 32, 32);
    doc_hex(b, "8444a1013822a0f6");
    nw_cbor_put_bytes(b, nw_slice(sig, sizeof sig));
}

static void alg_hmac(struct doc *d)
{
    doc_put_alg(&d->device_head, 5);
}

static void hmac_64(struct doc *d)
{
    doc_swap(doc_member(&d->device_auth, "deviceMac"), "43a10105", "43a10104");
}

#define C2 "ISO 18013-5 9.1.2.4, 9.1.3"
#define RED_02(i, c, b, s, f)                                                                      \
    {                                                                                              \
        .id = (i), .clause = (c), .broken = (b), .twin = "DEV-02-a1", .stage = (s), .spoil = (f),  \
        RED("DEV-02")                                                                              \
    }
static const struct doc_row dev_02[] = {
    {.id = "DEV-02-a1", .clause = C2},
    {.id = "DEV-02-a2", .clause = "RFC 9052 7", .stage = DOC_START, .spoil = key_with_kid},
    {.id = "DEV-02-a3", .clause = "RFC 9053 7.1.1", .stage = DOC_START, .spoil = key_compressed},
    {.id = "DEV-02-a4", .clause = "ISO 18013-5 9.1.3.5", .mac = true},
    {.id = "DEV-02-a5", .clause = "TS 119 472-2", .policy = POLICY_SIGNATURE},
    {.id = "DEV-02-a6",
     .clause = "ISO 18013-5 9.1.5.2; RFC 5639",
     .stage = DOC_START,
     .spoil = key_brainpool},
    RED_02("DEV-02-r1", "RFC 9053 7.1.1", "the point of the device key is not on its curve",
           DOC_START, off_curve),
    RED_02("DEV-02-r2", "RFC 9053 7.1.1", "the device key holds a private key", DOC_START,
           private_part),
    RED_02("DEV-02-r3", "RFC 9053 7.1.1", "the device key says P-384 over coordinates of P-256",
           DOC_START, other_curve),
    RED_02("DEV-02-r4", C2, "the device key is symmetric", DOC_START, symmetric),
    RED_02("DEV-02-r5", C2, "alg is ES384, the device key is of P-256", DOC_AUTH, alg_384),
    RED_02("DEV-02-r6", C2, "alg of the device signature is HMAC 256/256", DOC_DEVICE, alg_hmac),
    RED_02("DEV-02-r7", C2, "alg stands in the unprotected map only", DOC_AUTH, alg_unprotected),
    RED_02("DEV-02-r10", "RFC 9053 7.2",
           "the device key is on X25519, which signs nothing, and alg is EdDSA", DOC_START,
           key_x25519),
    {.id = "DEV-02-r8",
     .clause = "ISO 18013-5 9.1.3.5",
     .broken = "alg of the MAC is HMAC 256/64",
     .twin = "DEV-02-a4",
     .mac = true,
     .stage = DOC_AUTH,
     .spoil = hmac_64,
     RED("DEV-02")},
    {.id = "DEV-02-r9",
     .clause = "TS 119 472-2",
     .broken = "a MAC, where the policy wants a signature",
     .twin = "DEV-02-a5",
     .mac = true,
     .policy = POLICY_SIGNATURE,
     RED("DEV-02")},
};

/* ---- DEV-03 ---- */

/* The device adds {"org.example.1": {"note": true}}. */
static void device_element(struct doc *d)
{
    struct nw_buf map = doc_buf();
    nw_cbor_put_map(&map, 1);
    nw_cbor_put_text(&map, nw_str("org.example.1"));
    nw_cbor_put_map(&map, 1);
    nw_cbor_put_text(&map, nw_str("note"));
    nw_cbor_put_bool(&map, true);
    doc_embed(nw_buf_slice(&map), &d->device_spaces);
    nw_buf_free(&map);
}

/* {"nameSpaces": [name]} */
static void allow_space(struct doc *d, const char *name)
{
    struct nw_buf *b = &d->authorizations;
    nw_cbor_put_map(b, 1);
    nw_cbor_put_text(b, nw_str("nameSpaces"));
    nw_cbor_put_array(b, 1);
    nw_cbor_put_text(b, nw_str(name));
    device_element(d);
}

/* {"dataElements": {"org.example.1": [id]}} */
static void allow_element(struct doc *d, const char *id)
{
    struct nw_buf *b = &d->authorizations;
    nw_cbor_put_map(b, 1);
    nw_cbor_put_text(b, nw_str("dataElements"));
    nw_cbor_put_map(b, 1);
    nw_cbor_put_text(b, nw_str("org.example.1"));
    nw_cbor_put_array(b, 1);
    nw_cbor_put_text(b, nw_str(id));
    device_element(d);
}

static void by_space(struct doc *d)
{
    allow_space(d, "org.example.1");
}

static void by_element(struct doc *d)
{
    allow_element(d, "note");
}

static void by_other_space(struct doc *d)
{
    allow_space(d, "org.example.2");
}

static void by_other_element(struct doc *d)
{
    allow_element(d, "notes");
}

static void spaces_array(struct doc *d)
{
    doc_hex(&d->device_spaces, "d8184180");
}

#define C3 "ISO 18013-5 9.1.2.4"
#define RED_03(i, b, t, f)                                                                         \
    {                                                                                              \
        .id = (i), .clause = C3, .broken = (b), .twin = (t), .stage = DOC_START, .spoil = (f),     \
        RED("DEV-03")                                                                              \
    }
static const struct doc_row dev_03[] = {
    {.id = "DEV-03-a1", .clause = C3, .stage = DOC_START, .spoil = by_space},
    {.id = "DEV-03-a2", .clause = C3, .stage = DOC_START, .spoil = by_element},
    RED_03("DEV-03-r1", "the device signs an element, and there is no keyAuthorizations",
           "DEV-03-a1", device_element),
    RED_03("DEV-03-r2", "keyAuthorizations names another name space", "DEV-03-a1", by_other_space),
    RED_03("DEV-03-r3", "keyAuthorizations names another element", "DEV-03-a2", by_other_element),
    RED_03("DEV-03-r4", "the device's nameSpaces is an array", "DEV-01-a1", spaces_array),
};

/* ---- DEV-04 ---- */

static void in_qr_session(struct doc *d)
{
    doc_transcript(d->g, TRANSCRIPT_QR, &d->transcript);
}

#define C4 "ISO 18013-5 9.1.5.1; OpenID4VP B.2.6"
static const struct doc_row dev_04[] = {
    {.id = "DEV-04-a1", .clause = "OpenID4VP B.2.6.1"},
    {.id = "DEV-04-a2",
     .clause = "ISO 18013-5 9.1.5.1",
     .transcript = TRANSCRIPT_QR,
     .stage = DOC_DEVICE,
     .spoil = in_qr_session},
    {.id = "DEV-04-a3", .clause = "ISO 18013-5 9.1.5.1", .mac = true},
    {.id = "DEV-04-a4", .clause = C4, .transcript = NO_TRANSCRIPT}, /* the ID document serves */
    {.id = "DEV-04-a5", .clause = C4, .policy = POLICY_BINDING},
    {.id = "DEV-04-r1",
     .clause = "OpenID4VP B.2.6.1",
     .broken = "the device answered another nonce",
     .twin = "DEV-04-a1",
     .transcript = TRANSCRIPT_OTHER,
     RED("DEV-01", "DEV-04")},
    {.id = "DEV-04-r2",
     .clause = C4,
     .broken = "the device answered in a QR session, the verifier asked by OpenID4VP",
     .twin = "DEV-04-a2",
     .stage = DOC_DEVICE,
     .spoil = in_qr_session,
     RED("DEV-01", "DEV-04")},
    {.id = "DEV-04-r3",
     .clause = "ISO 18013-5 9.1.3.5",
     .broken = "the MAC is of another session",
     .twin = "DEV-04-a3",
     .mac = true,
     .transcript = TRANSCRIPT,
     RED("DEV-01", "DEV-04")},
    {.id = "DEV-04-r4",
     .clause = C4,
     .broken = "the policy asks for a proof, and the verifier holds no session",
     .twin = "DEV-04-a5",
     .transcript = NO_TRANSCRIPT,
     .policy = POLICY_BINDING,
     RED("DEV-04")},
    {.id = "DEV-04-r5",
     .clause = C4,
     .broken = "the policy asks for a proof, and only the issuer's part is shown",
     .twin = "DEV-04-a5",
     .alone = true,
     .policy = POLICY_BINDING,
     RED("DEV-01")},
};

#define ROWS(table) table, sizeof(table) / sizeof(table)[0]

void group_dev(struct gen *g, const struct world *w)
{
    write_sessions(g);
    doc_rows(g, w, ROWS(dev_01));
    doc_rows(g, w, ROWS(dev_02));
    doc_rows(g, w, ROWS(dev_03));
    doc_rows(g, w, ROWS(dev_04));
    mdoc_trust_rows(g, w);
}
