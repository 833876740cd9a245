/* MSO-01 to MSO-03: the bytes, the issuer's signature, the mobile security object (ISO/IEC 18013-5
 * 8.3, 9.1.2.4). Whoever breaks these has no A1 at all: R01. */
#include <string.h>

#include "base/codec.h"
#include "doc.h"

/* ---- MSO-01 ---- */

static void unknown_members(struct doc *d)
{
    nw_cbor_put_bool(doc_add(&d->mso, "exampleMember"), true);
}

static void unknown_in_response(struct doc *d)
{
    nw_cbor_put_bool(doc_add(&d->response, "exampleMember"), true);
}

static void newer_minor(struct doc *d)
{
    doc_text(doc_member(&d->response, "version"), "1.4");
}

/* The item's map with other bytes in it; the digest is made over that. */
static struct nw_buf *content(struct doc *d, const char *id)
{
    struct doc_item *x = doc_find(d, id);
    doc_item_content(x, &x->content);
    return &x->content;
}

static void item_key_twice(struct doc *d)
{
    struct nw_buf *b = content(d, "document_id");
    doc_swap(b, "a4", "a5");
    nw_cbor_put_text(b, nw_str("elementValue"));
    nw_cbor_put_text(b, nw_str("PL-A1-2026-999999"));
}

static void mso_key_twice(struct doc *d)
{
    doc_text(doc_add(&d->mso, "docType"), DOC_SPACE);
}

static void response_key_twice(struct doc *d)
{
    nw_cbor_put_uint(doc_add(&d->response, "status"), 0);
}

static void indefinite_documents(struct doc *d)
{
    struct nw_buf *b = doc_member(&d->response, "documents");
    doc_swap(b, "81", "9f");
    nw_buf_putc(b, 0xff);
}

static void indefinite_item(struct doc *d)
{
    struct nw_buf *b = content(d, "document_id");
    doc_swap(b, "a4", "bf");
    nw_buf_putc(b, 0xff);
}

static void long_length(struct doc *d)
{
    doc_swap(content(d, "document_id"), "5820", "590020");
}

static void long_number(struct doc *d)
{
    doc_find(d, "document_id")->digest_id = 200;
    doc_swap(content(d, "document_id"), "18c8", "1900c8");
}

static void long_map(struct doc *d)
{
    doc_swap(&d->out, "a3", "b90003");
}

static void trailing(struct doc *d)
{
    nw_buf_putc(&d->out, 0);
}

static void trailing_in_item(struct doc *d)
{
    nw_buf_putc(content(d, "document_id"), 0);
}

static void truncated(struct doc *d)
{
    nw_buf_cut(&d->out, d->out.n - 1);
}

static void deep(struct doc *d)
{
    struct nw_buf *b = &doc_find(d, "document_id")->value;
    nw_buf_cut(b, 0);
    for (int i = 0; i < 64; i++) {
        nw_cbor_put_array(b, 1);
    }
    nw_cbor_put_null(b);
}

static void bad_utf8(struct doc *d)
{
    doc_hex(&doc_find(d, "document_id")->value, "62c328");
}

static void short_random(struct doc *d)
{
    nw_buf_cut(&doc_find(d, "document_id")->random, 15);
}

static void large_id(struct doc *d)
{
    doc_find(d, "document_id")->digest_id = 0x80000000u;
}

static void no_spaces(struct doc *d)
{
    doc_hex(doc_member(&d->issued, "nameSpaces"), "a0");
}

static void item_untagged(struct doc *d)
{
    doc_swap(doc_member(&d->issued, "nameSpaces"), "d818", "");
}

static void no_device_signed(struct doc *d)
{
    doc_drop(&d->document, "deviceSigned");
}

static void no_documents(struct doc *d)
{
    doc_hex(doc_member(&d->response, "documents"), "80");
}

static void no_value(struct doc *d)
{
    doc_swap(content(d, "document_id"), "6c656c656d656e7456616c7565", "6c656c656d656e7456616c7566");
}

static void as_text(struct doc *d, void (*encode)(struct nw_slice, struct nw_buf *))
{
    struct nw_buf text = doc_buf();
    encode(nw_buf_slice(&d->out), &text);
    nw_buf_cut(&d->out, 0);
    nw_buf_put(&d->out, nw_buf_slice(&text));
    nw_buf_free(&text);
}

static void base64url(struct doc *d)
{
    as_text(d, nw_base64url_encode);
}

static void hex(struct doc *d)
{
    as_text(d, nw_hex_encode);
}

#define C1 "ISO 18013-5 8.3; RFC 8949 5"
static const struct doc_row mso_01[] = {
    {.id = "MSO-01-a1", .clause = C1},
    {.id = "MSO-01-a2", .clause = C1, .alone = true}, /* the ID document stands in for the proof */
    {.id = "MSO-01-a3", .clause = "ISO 18013-5 8.1", .stage = DOC_MSO, .spoil = unknown_members},
    {.id = "MSO-01-a4",
     .clause = "ISO 18013-5 8.1",
     .stage = DOC_RESPONSE,
     .spoil = unknown_in_response},
    {.id = "MSO-01-a5", .clause = "ISO 18013-5 8.1", .stage = DOC_RESPONSE, .spoil = newer_minor},
    {.id = "MSO-01-a6", .clause = "OpenID4VP B.2", .stage = DOC_BYTES, .spoil = base64url},
    {.id = "MSO-01-a7",
     .clause = "OpenID4VCI A.2",
     .alone = true,
     .stage = DOC_BYTES,
     .spoil = base64url},
    {.id = "MSO-01-a8", .clause = C1, .stage = DOC_BYTES, .spoil = hex},
    {.id = "MSO-01-r1",
     .clause = "RFC 8949 5.6",
     .broken = "an element has two values: the key stands twice in its map",
     .twin = "MSO-01-a1",
     .stage = DOC_START,
     .spoil = item_key_twice,
     DOC_RED("MSO-01")},
    {.id = "MSO-01-r2",
     .clause = "RFC 8949 5.6",
     .broken = "docType stands twice in the MSO",
     .twin = "MSO-01-a1",
     .stage = DOC_MSO,
     .spoil = mso_key_twice,
     DOC_RED("MSO-01")},
    {.id = "MSO-01-r3",
     .clause = "RFC 8949 5.6",
     .broken = "status stands twice in the DeviceResponse",
     .twin = "MSO-01-a1",
     .stage = DOC_RESPONSE,
     .spoil = response_key_twice,
     DOC_RED("MSO-01")},
    {.id = "MSO-01-r4",
     .clause = C1,
     .broken = "documents is an array of indefinite length",
     .twin = "MSO-01-a1",
     .stage = DOC_RESPONSE,
     .spoil = indefinite_documents,
     DOC_RED("MSO-01")},
    {.id = "MSO-01-r5",
     .clause = C1,
     .broken = "an element's map is of indefinite length",
     .twin = "MSO-01-a1",
     .stage = DOC_START,
     .spoil = indefinite_item,
     DOC_RED("MSO-01")},
    {.id = "MSO-01-r6",
     .clause = C1,
     .broken = "the length of a random is written in two bytes, one is enough",
     .twin = "MSO-01-a1",
     .stage = DOC_START,
     .spoil = long_length,
     DOC_RED("MSO-01")},
    {.id = "MSO-01-r7",
     .clause = C1,
     .broken = "a digestID is written in two bytes, one is enough",
     .twin = "MSO-01-a1",
     .stage = DOC_START,
     .spoil = long_number,
     DOC_RED("MSO-01")},
    {.id = "MSO-01-r8",
     .clause = C1,
     .broken = "the head of the DeviceResponse counts its members in two bytes",
     .twin = "MSO-01-a1",
     .stage = DOC_BYTES,
     .spoil = long_map,
     DOC_RED("MSO-01")},
    {.id = "MSO-01-r9",
     .clause = C1,
     .broken = "a byte stands behind the DeviceResponse",
     .twin = "MSO-01-a1",
     .stage = DOC_BYTES,
     .spoil = trailing,
     DOC_RED("MSO-01")},
    {.id = "MSO-01-r10",
     .clause = C1,
     .broken = "a byte stands behind an element's map, within its byte string",
     .twin = "MSO-01-a1",
     .stage = DOC_START,
     .spoil = trailing_in_item,
     DOC_RED("MSO-01")},
    {.id = "MSO-01-r11",
     .clause = C1,
     .broken = "the last byte is missing",
     .twin = "MSO-01-a1",
     .stage = DOC_BYTES,
     .spoil = truncated,
     DOC_RED("MSO-01")},
    {.id = "MSO-01-r12",
     .clause = C1,
     .broken = "an element's value is 64 arrays in each other",
     .twin = "MSO-01-a1",
     .stage = DOC_START,
     .spoil = deep,
     DOC_RED("MSO-01")},
    {.id = "MSO-01-r13",
     .clause = "RFC 8949 3.1, 5.3.1",
     .broken = "a text is no UTF-8",
     .twin = "MSO-01-a1",
     .stage = DOC_START,
     .spoil = bad_utf8,
     DOC_RED("MSO-01")},
    {.id = "MSO-01-r14",
     .clause = "ISO 18013-5 9.1.2.5",
     .broken = "a random has 15 bytes",
     .twin = "MSO-01-a1",
     .stage = DOC_START,
     .spoil = short_random,
     DOC_RED("MSO-01")},
    {.id = "MSO-01-r15",
     .clause = "ISO 18013-5 9.1.2.4",
     .broken = "a digestID is 2^31",
     .twin = "MSO-01-a1",
     .stage = DOC_START,
     .spoil = large_id,
     DOC_RED("MSO-01")},
    {.id = "MSO-01-r16",
     .clause = "ISO 18013-5 8.3.2.1.2.2",
     .broken = "nameSpaces is there and empty",
     .twin = "MSO-01-a1",
     .stage = DOC_ISSUED,
     .spoil = no_spaces,
     DOC_RED("MSO-01")},
    {.id = "MSO-01-r17",
     .clause = "ISO 18013-5 8.3.2.1.2.2",
     .broken = "an element is a byte string without tag 24",
     .twin = "MSO-01-a1",
     .stage = DOC_ISSUED,
     .spoil = item_untagged,
     DOC_RED("MSO-01")},
    {.id = "MSO-01-r18",
     .clause = "ISO 18013-5 8.3.2.1.2.2",
     .broken = "the Document has no deviceSigned",
     .twin = "MSO-01-a1",
     .stage = DOC_DOCUMENT,
     .spoil = no_device_signed,
     DOC_RED("MSO-01")},
    {.id = "MSO-01-r19",
     .clause = "ISO 18013-5 8.3.2.1.2.2",
     .broken = "documents is there and empty",
     .twin = "MSO-01-a1",
     .stage = DOC_RESPONSE,
     .spoil = no_documents,
     DOC_RED("MSO-01")},
    {.id = "MSO-01-r20",
     .clause = "ISO 18013-5 8.3.2.1.2.2",
     .broken = "an element has no elementValue",
     .twin = "MSO-01-a1",
     .stage = DOC_START,
     .spoil = no_value,
     DOC_RED("MSO-01")},
};

/* ---- MSO-02 ---- */

static void chain_protected(struct doc *d)
{
    doc_hex(&d->head, "a201261821");
    doc_put_chain(d, &d->head);
    doc_put_alg(&d->bare, 0);
}

static void tagged(struct doc *d)
{
    doc_swap(doc_member(&d->issued, "issuerAuth"), "84", "d284");
}

/* The unprotected map once more, with alg before x5chain. */
static void alg_beside_chain(struct doc *d, int64_t alg)
{
    doc_hex(&d->bare, "a201");
    nw_cbor_put_int(&d->bare, alg);
    nw_cbor_put_int(&d->bare, 33);
    doc_put_chain(d, &d->bare);
}

static void alg_unprotected(struct doc *d)
{
    doc_put_alg(&d->head, 0);
    alg_beside_chain(d, -7);
}

static void alg_in_both(struct doc *d)
{
    alg_beside_chain(d, -7);
}

static void no_alg(struct doc *d)
{
    doc_put_alg(&d->head, 0);
}

static void alg_other_curve(struct doc *d)
{
    doc_put_alg(&d->head, -35);
}

static void alg_hmac(struct doc *d)
{
    doc_put_alg(&d->head, 5);
}

static void alg_unknown(struct doc *d)
{
    doc_put_alg(&d->head, -65535);
}

static void no_chain(struct doc *d)
{
    doc_put_alg(&d->bare, 0);
}

static void chain_in_both(struct doc *d)
{
    doc_hex(&d->head, "a201261821");
    doc_put_chain(d, &d->head);
}

static void array_of_one(struct doc *d)
{
    doc_hex(&d->bare, "a1182181");
    doc_put_chain(d, &d->bare);
}

static void crit_unknown(struct doc *d)
{
    doc_hex(&d->head, "a3012602811903e71903e7f5"); /* {1: -7, 2: [999], 999: true} */
}

static void crit_empty(struct doc *d)
{
    doc_hex(&d->head, "a201260280");
}

static void sig_bit(struct doc *d)
{
    d->sig[5] ^= 1;
}

static void sig_short(struct doc *d)
{
    d->sig_n -= 1;
}

static void by_holder(struct doc *d)
{
    d->issuer = d->w->holder;
}

static void payload_changed(struct doc *d)
{
    doc_swap(&d->payload, "323032362d30362d3238", "323032382d30362d3238"); /* 2026 to 2028 */
}

static void payload_nil(struct doc *d)
{
    struct nw_buf *b = doc_member(&d->issued, "issuerAuth");
    nw_buf_cut(b, 0);
    nw_cbor_put_array(b, 4);
    nw_cbor_put_bytes(b, nw_buf_slice(&d->head));
    nw_buf_put(b, nw_buf_slice(&d->bare));
    nw_cbor_put_null(b);
    nw_cbor_put_bytes(b, nw_slice(d->sig, d->sig_n));
}

static void no_certificate(struct doc *d)
{
    doc_chain_of(d, nw_str("a certificate should stand here"), NW_SLICE_EMPTY);
}

static void wrong_order(struct doc *d)
{
    doc_chain_of(d, world_leaf(d->w->body[PARTY_PL].ca), world_leaf(d->issuer));
}

#define C2 "ISO 18013-5 9.1.2.4; RFC 9052 3, 4"
#define RED_02(i, c, b, s, f)                                                                      \
    {                                                                                              \
        .id = (i), .clause = (c), .broken = (b), .twin = "MSO-02-a1", .stage = (s), .spoil = (f),  \
        DOC_RED("MSO-02")                                                                          \
    }
static const struct doc_row mso_02[] = {
    {.id = "MSO-02-a1", .clause = C2},
    {.id = "MSO-02-a2", .clause = "RFC 9360 2", .stage = DOC_HEAD, .spoil = chain_protected},
    RED_02("MSO-02-r1", C2, "issuerAuth has tag 18", DOC_ISSUED, tagged),
    RED_02("MSO-02-r2", C2, "alg stands in the unprotected map only", DOC_HEAD, alg_unprotected),
    RED_02("MSO-02-r3", "RFC 9052 3", "alg stands in both header maps", DOC_HEAD, alg_in_both),
    RED_02("MSO-02-r4", C2, "there is no alg", DOC_HEAD, no_alg),
    RED_02("MSO-02-r5", C2, "alg is ES384, the key is of P-256", DOC_HEAD, alg_other_curve),
    RED_02("MSO-02-r6", C2, "alg is HMAC 256/256", DOC_HEAD, alg_hmac),
    RED_02("MSO-02-r7", C2, "alg is RS1: RSA with SHA-1", DOC_HEAD, alg_unknown),
    RED_02("MSO-02-r8", C2, "there is no x5chain", DOC_HEAD, no_chain),
    RED_02("MSO-02-r9", "RFC 9052 3", "x5chain stands in both header maps", DOC_HEAD,
           chain_in_both),
    RED_02("MSO-02-r10", "RFC 9360 2", "x5chain is an array of one certificate", DOC_HEAD,
           array_of_one),
    RED_02("MSO-02-r11", "RFC 9052 3.1", "crit names a label that no verifier knows", DOC_HEAD,
           crit_unknown),
    RED_02("MSO-02-r12", "RFC 9052 3.1", "crit is empty", DOC_HEAD, crit_empty),
    RED_02("MSO-02-r13", C2, "one bit of the signature is another", DOC_SIGNED, sig_bit),
    RED_02("MSO-02-r14", "RFC 9053 2.1", "the signature is a byte too short", DOC_SIGNED,
           sig_short),
    RED_02("MSO-02-r15", C2, "the holder's key signed", DOC_HEAD, by_holder),
    RED_02("MSO-02-r16", C2, "validUntil was put off by two years after signing", DOC_SIGNED,
           payload_changed),
    RED_02("MSO-02-r17", C2, "the payload is nil", DOC_ISSUED, payload_nil),
    RED_02("MSO-02-r18", "RFC 9360 2", "what stands in x5chain is no certificate", DOC_START,
           no_certificate),
    RED_02("MSO-02-r19", "RFC 9360 2", "x5chain is in the wrong order: the signer comes last",
           DOC_START, wrong_order),
};

/* ---- MSO-03 ---- */

static void sha512(struct doc *d)
{
    d->hash = NW_SHA512;
}

static void sha384(struct doc *d)
{
    d->hash = NW_SHA384;
}

static void version_minor(struct doc *d)
{
    doc_text(doc_member(&d->mso, "version"), "1.7");
}

static void version_2(struct doc *d)
{
    doc_text(doc_member(&d->mso, "version"), "2.0");
}

static void version_number(struct doc *d)
{
    doc_hex(doc_member(&d->mso, "version"), "01");
}

static void no_version(struct doc *d)
{
    doc_drop(&d->mso, "version");
}

static void sha1(struct doc *d)
{
    doc_text(doc_member(&d->mso, "digestAlgorithm"), "SHA-1");
}

static void lower_case(struct doc *d)
{
    doc_text(doc_member(&d->mso, "digestAlgorithm"), "sha-256");
}

static void other_alg(struct doc *d)
{
    doc_text(doc_member(&d->mso, "digestAlgorithm"), "SHA-512");
}

static void short_digest(struct doc *d)
{
    nw_buf_cut(&doc_find(d, "document_id")->digest, 31);
}

static void no_digests(struct doc *d)
{
    doc_drop(&d->mso, "valueDigests");
}

static void no_device_key(struct doc *d)
{
    doc_drop(&d->mso, "deviceKeyInfo");
}

static void no_doc_type(struct doc *d)
{
    doc_drop(&d->mso, "docType");
}

static void not_embedded(struct doc *d)
{
    nw_buf_cut(&d->payload, 0);
    doc_put_map(&d->mso, &d->payload);
}

static void other_tag(struct doc *d)
{
    doc_swap(&d->payload, "d818", "d819");
}

static void mso_array(struct doc *d)
{
    doc_embed(nw_str("\x80"), &d->payload);
}

#define C3 "ISO 18013-5 9.1.2.4"
#define RED_03(i, b, s, f)                                                                         \
    {                                                                                              \
        .id = (i), .clause = C3, .broken = (b), .twin = "MSO-03-a1", .stage = (s), .spoil = (f),   \
        DOC_RED("MSO-03")                                                                          \
    }
static const struct doc_row mso_03[] = {
    {.id = "MSO-03-a1", .clause = C3},
    {.id = "MSO-03-a2", .clause = C3, .stage = DOC_START, .spoil = sha384},
    {.id = "MSO-03-a3", .clause = C3, .stage = DOC_START, .spoil = sha512},
    {.id = "MSO-03-a4", .clause = "ISO 18013-5 8.1", .stage = DOC_MSO, .spoil = version_minor},
    RED_03("MSO-03-r1", "the payload is the MSO itself, without tag 24", DOC_PAYLOAD, not_embedded),
    RED_03("MSO-03-r2", "tag 25 stands around the MSO", DOC_PAYLOAD, other_tag),
    RED_03("MSO-03-r3", "the MSO is an array", DOC_PAYLOAD, mso_array),
    RED_03("MSO-03-r4", "version is 2.0", DOC_MSO, version_2),
    RED_03("MSO-03-r5", "version is a number", DOC_MSO, version_number),
    RED_03("MSO-03-r6", "there is no version", DOC_MSO, no_version),
    RED_03("MSO-03-r7", "digestAlgorithm is SHA-1", DOC_MSO, sha1),
    RED_03("MSO-03-r8", "digestAlgorithm is in small letters", DOC_MSO, lower_case),
    RED_03("MSO-03-r9", "digestAlgorithm is SHA-512, the digests are of SHA-256", DOC_MSO,
           other_alg),
    RED_03("MSO-03-r10", "a digest has 31 bytes", DOC_DIGESTED, short_digest),
    RED_03("MSO-03-r11", "there is no valueDigests", DOC_MSO, no_digests),
    RED_03("MSO-03-r12", "there is no deviceKeyInfo", DOC_MSO, no_device_key),
    RED_03("MSO-03-r13", "there is no docType", DOC_MSO, no_doc_type),
};

#define ROWS(table) table, sizeof(table) / sizeof(table)[0]

void group_mso(struct gen *g, const struct world *w)
{
    doc_rows(g, w, ROWS(mso_01));
    doc_rows(g, w, ROWS(mso_02));
    doc_rows(g, w, ROWS(mso_03));
    mso_content_rows(g, w);
}
