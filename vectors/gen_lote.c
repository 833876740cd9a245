/* LOTE-01, LOTE-02: signature, times and number of a list of trusted entities. */
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "crypto/ecdsa_der.h"
#include "list.h"
#include "qr.h"

#define ETSI "http://uri.etsi.org/19602/"
#define SCHEME "LoTE.ListAndSchemeInformation."
#define JADES "TS 119 602 6.8; TS 119 182-1 5"
#define JWS "RFC 7515 5.2; RFC 8725 2.1"
#define TIMES "TS 119 602 6.3.2, 6.3.15"
#define TABLE "TS 119 602 table H.1"
#define EXPIRED_SIGNER "set/lists/expired-signer.der"
#define REFUSED(rule) .exit = 2, .failed = {rule}

/* ---- the signature ---- */

static void x5c_of(struct list_job *j, const struct nw_signer *s)
{
    struct nw_buf json = NW_BUF(4096);
    nw_buf_puts(&json, "[\"");
    nw_base64_encode(world_leaf(s), &json);
    nw_buf_puts(&json, "\"]");
    const struct case_edit e = {"x5c", nw_buf_cstr(&json)};
    case_edit(j->header, &e);
    nw_buf_free(&json);
}
static void thumbprint(struct list_job *j, const char *name, const struct nw_signer *s)
{
    uint8_t digest[NW_SHA256_BYTES];
    struct nw_buf json = NW_BUF(128);
    gen_ok(nw_sha256(j->g->c, world_leaf(s), digest), name);
    nw_buf_putc(&json, '"');
    nw_base64url_encode(nw_slice(digest, sizeof digest), &json);
    nw_buf_putc(&json, '"');
    const struct case_edit e = {name, nw_buf_cstr(&json)};
    case_edit(j->header, &e);
    nw_buf_free(&json);
}
static void only_thumbprint(struct list_job *j)
{
    nw_json_remove(j->header, "x5c");
    thumbprint(j, "x5t#S256", j->w->list_key);
}
static void both_references(struct list_job *j)
{
    thumbprint(j, "x5t#S256", j->w->body[PARTY_PL].ca);
}
static void not_pinned(struct list_job *j)
{
    j->signer = j->w->operator_key;
    x5c_of(j, j->signer);
}
static void lying_chain(struct list_job *j)
{
    j->signer = j->w->operator_key;
}
static void expired_signer(struct list_job *j)
{
    const struct world_cert cert = {.label = "list operator",
                                    .common_name = "List operator (test)",
                                    .organisation = "Nachweis vectors",
                                    .country = "EU",
                                    .not_after = LIST_IAT - 86400};
    j->own = world_signer(j->g, &cert);
    j->signer = j->own;
    x5c_of(j, j->signer);
    gen_file(j->g, EXPIRED_SIGNER, world_leaf(j->signer));
}
static void changed(struct list_job *j)
{
    nw_buf_cut(&j->token, nw_slice_find(nw_buf_slice(&j->token), '.', 0) + 1);
    qr_swap(&j->payload, nw_str("\"LoTESequenceNumber\":7"), nw_str("\"LoTESequenceNumber\":8"));
    nw_base64url_encode(nw_buf_slice(&j->payload), &j->token);
}
static void no_signature(struct list_job *j)
{
    j->sig_n = 0;
}
static void zero_signature(struct list_job *j)
{
    memset(j->sig, 0, j->sig_n);
}
/* RFC 8725 2.1: the certificate, which everybody has, taken for a shared secret. */
static void keyed_hash(struct list_job *j)
{
    gen_ok(nw_hmac_sha256(j->g->c, world_leaf(j->w->list_key), nw_buf_slice(&j->token), j->sig),
           "HMAC");
    j->sig_n = NW_SHA256_BYTES;
}
static void alg_twice(struct list_job *j)
{
    nw_json_write(j->header, &j->header_text);
    qr_swap(&j->header_text, nw_str("{"), nw_str("{\"alg\":\"ES256\","));
}
static void four_parts(struct list_job *j)
{
    nw_buf_puts(&j->token, ".AAAA");
}
static void padding(struct list_job *j)
{
    nw_buf_puts(&j->token, "==");
}
/* Ecdsa-Sig-Value, as X.509 has it. */
static void in_der(struct list_job *j)
{
    uint8_t der[NW_ECDSA_DER_MAX];
    const size_t n = nw_ecdsa_to_der(nw_slice(j->sig, j->sig_n), der);
    memcpy(j->sig, der, n);
    j->sig_n = n;
}
/* The list as plain JSON with a member beside it, as pilots publish it. */
static void signature_member(struct list_job *j)
{
    struct nw_buf out = NW_BUF(1u << 20);
    nw_buf_puts(&out, "{\"signature\":\"");
    nw_base64url_encode(nw_slice(j->sig, j->sig_n), &out);
    nw_buf_puts(&out, "\",");
    nw_buf_put(&out, nw_slice_from(nw_buf_slice(&j->payload), 1));
    nw_buf_cut(&j->token, 0);
    nw_buf_put(&j->token, nw_buf_slice(&out));
    nw_buf_free(&out);
}
static void nothing(struct list_job *j)
{
    nw_buf_cut(&j->token, 0);
}
static void line_end(struct list_job *j)
{
    nw_buf_putc(&j->token, '\n');
}
static void json_serialisation(struct list_job *j)
{
    struct nw_buf out = NW_BUF(1u << 20);
    struct nw_slice t = nw_buf_slice(&j->token);
    size_t a = nw_slice_find(t, '.', 0), b = nw_slice_find(t, '.', a + 1);
    nw_buf_puts(&out, "{\"protected\":\"");
    nw_buf_put(&out, nw_slice_sub(t, 0, a));
    nw_buf_puts(&out, "\",\"payload\":\"");
    nw_buf_put(&out, nw_slice_sub(t, a + 1, b - a - 1));
    nw_buf_puts(&out, "\",\"signature\":\"");
    nw_buf_put(&out, nw_slice_from(t, b + 1));
    nw_buf_puts(&out, "\"}");
    nw_buf_cut(&j->token, 0);
    nw_buf_put(&j->token, nw_buf_slice(&out));
    nw_buf_free(&out);
}

static const struct list_row signatures[] = {
    {.id = "LOTE-01-a1", .clause = JADES},
    {.id = "LOTE-01-a2", .clause = JADES, .stage = LIST_HEADER, .spoil = only_thumbprint},
    {.id = "LOTE-01-r1",
     .clause = JWS,
     .broken = "the list was changed after signing",
     .twin = "LOTE-01-a1",
     .stage = LIST_SIGNATURE,
     .spoil = changed,
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r2",
     .clause = "TS 119 602 6.8",
     .broken = "signed by a certificate that is not pinned",
     .twin = "LOTE-01-a1",
     .stage = LIST_HEADER,
     .spoil = not_pinned,
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r3",
     .clause = JWS,
     .broken = "x5c shows the pinned certificate, another key signed",
     .twin = "LOTE-01-a1",
     .stage = LIST_HEADER,
     .spoil = lying_chain,
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r4",
     .clause = JWS,
     .broken = "alg is none, and there is no signature",
     .twin = "LOTE-01-a1",
     .head = {{"alg", "\"none\""}},
     .stage = LIST_SIGNATURE,
     .spoil = no_signature,
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r5",
     .clause = JWS,
     .broken = "alg is HS256, keyed with the certificate",
     .twin = "LOTE-01-a1",
     .head = {{"alg", "\"HS256\""}},
     .stage = LIST_SIGNATURE,
     .spoil = keyed_hash,
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r6",
     .clause = "TS 119 182-1 5.1.11",
     .broken = "the time of signing is missing",
     .twin = "LOTE-01-a1",
     .head = {{"iat", NULL}},
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r7",
     .clause = "TS 119 182-1 5.2.1",
     .broken = "sigT stands beside iat",
     .twin = "LOTE-01-a1",
     .head = {{"sigT", "\"2026-06-01T10:00:00Z\""}},
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r8",
     .clause = "TS 119 182-1 5.1.11",
     .broken = "signed an hour from now",
     .twin = "LOTE-01-a1",
     .head = {{"iat", "1781521200"}},
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r9",
     .clause = JADES,
     .broken = "the header names no certificate",
     .twin = "LOTE-01-a1",
     .head = {{"x5c", NULL}},
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r10",
     .clause = "TS 119 182-1 5.1.7",
     .broken = "there is a SHA-1 thumbprint (x5t)",
     .twin = "LOTE-01-a1",
     .head = {{"x5t", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAA\""}},
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r11",
     .clause = JADES,
     .broken = "x5t#S256 names another certificate than x5c",
     .twin = "LOTE-01-a1",
     .stage = LIST_HEADER,
     .spoil = both_references,
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r12",
     .clause = "RFC 7515 4.1.11",
     .broken = "crit names a member that nobody knows",
     .twin = "LOTE-01-a1",
     .head = {{"crit", "[\"x-new\"]"}, {"x-new", "1"}},
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r13",
     .clause = "RFC 7515 4.1.11",
     .broken = "crit is empty",
     .twin = "LOTE-01-a1",
     .head = {{"crit", "[]"}},
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r14",
     .clause = "RFC 7797 3",
     .broken = "b64 is false",
     .twin = "LOTE-01-a1",
     .head = {{"b64", "false"}},
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r15",
     .clause = "RFC 7515 4.1.3",
     .broken = "the header brings a key (jwk)",
     .twin = "LOTE-01-a1",
     .head = {{"jwk", "{\"kty\":\"EC\"}"}},
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r16",
     .clause = "RFC 7515 4.1.9",
     .broken = "typ is JWT",
     .twin = "LOTE-01-a1",
     .head = {{"typ", "\"JWT\""}},
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r17",
     .clause = "RFC 7518 3.4",
     .broken = "alg is ES384, made by the P-256 key",
     .twin = "LOTE-01-a1",
     .head = {{"alg", "\"ES384\""}},
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r18",
     .clause = "RFC 7515 4",
     .broken = "alg stands twice",
     .twin = "LOTE-01-a1",
     .stage = LIST_HEADER,
     .spoil = alg_twice,
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r19",
     .clause = "FIPS 186-5 6.4.2",
     .broken = "the signature is all zeros",
     .twin = "LOTE-01-a1",
     .stage = LIST_SIGNATURE,
     .spoil = zero_signature,
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r20",
     .clause = "RFC 7515 3.1",
     .broken = "there is a fourth part",
     .twin = "LOTE-01-a1",
     .stage = LIST_TOKEN,
     .spoil = four_parts,
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r21",
     .clause = "RFC 7515 2",
     .broken = "the signature is padded",
     .twin = "LOTE-01-a1",
     .stage = LIST_TOKEN,
     .spoil = padding,
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r22",
     .clause = "RFC 7515 3.1",
     .broken = "a line end follows the token",
     .twin = "LOTE-01-a1",
     .stage = LIST_TOKEN,
     .spoil = line_end,
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r23",
     .clause = "TS 119 602 H.4",
     .broken = "the JWS is in JSON serialisation",
     .twin = "LOTE-01-a1",
     .stage = LIST_TOKEN,
     .spoil = json_serialisation,
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r24",
     .clause = JADES,
     .broken = "the signer's certificate had ended when it signed",
     .twin = "LOTE-01-a1",
     .stage = LIST_HEADER,
     .spoil = expired_signer,
     .pin = EXPIRED_SIGNER,
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r25",
     .clause = "RFC 7518 3.4",
     .broken = "the ECDSA signature is in DER",
     .twin = "LOTE-01-a1",
     .stage = LIST_SIGNATURE,
     .spoil = in_der,
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r26",
     .clause = "TS 119 602 H.4",
     .broken = "the list is plain JSON with a member for its signature",
     .twin = "LOTE-01-a1",
     .stage = LIST_TOKEN,
     .spoil = signature_member,
     REFUSED("LOTE-01")},
    {.id = "LOTE-01-r27",
     .clause = "TS 119 602 H.4",
     .broken = "nothing came",
     .twin = "LOTE-01-a1",
     .stage = LIST_TOKEN,
     .spoil = nothing,
     REFUSED("LOTE-01")},
};

/* ---- times and number ---- */

static const struct list_row times[] = {
    {.id = "LOTE-02-before-8", .file_only = true, .edit = {{SCHEME "LoTESequenceNumber", "8"}}},
    {.id = "LOTE-02-before-7",
     .file_only = true,
     .edit = {{SCHEME "NextUpdate", "\"2026-11-30T10:00:00Z\""}}},
    {.id = "LOTE-02-before-6", .file_only = true, .edit = {{SCHEME "LoTESequenceNumber", "6"}}},
    {.id = "LOTE-02-a1", .clause = TIMES},
    {.id = "LOTE-02-a2", .clause = TIMES, .state = "LOTE-02-before-6"},
    {.id = "LOTE-02-a3",
     .clause = TIMES,
     .edit = {{SCHEME "NextUpdate", "\"2026-06-15T10:00:00Z\""}}},
    {.id = "LOTE-02-a4",
     .clause = "TS 119 602 6.3.15",
     .edit = {{SCHEME "NextUpdate", "null"}},
     .exit = 1},
    {.id = "LOTE-02-r1",
     .clause = TIMES,
     .broken = "NextUpdate was a second ago",
     .twin = "LOTE-02-a3",
     .edit = {{SCHEME "NextUpdate", "\"2026-06-15T09:59:59Z\""}},
     REFUSED("LOTE-02")},
    {.id = "LOTE-02-r2",
     .clause = TIMES,
     .broken = "issued an hour from now",
     .twin = "LOTE-02-a1",
     .edit = {{SCHEME "ListIssueDateTime", "\"2026-06-15T11:00:00Z\""}},
     REFUSED("LOTE-02")},
    {.id = "LOTE-02-r3",
     .clause = TABLE,
     .broken = "NextUpdate is seven months after the issue",
     .twin = "LOTE-02-a1",
     .edit = {{SCHEME "NextUpdate", "\"2027-01-01T10:00:00Z\""}},
     REFUSED("LOTE-02")},
    {.id = "LOTE-02-r4",
     .clause = TIMES,
     .broken = "NextUpdate is before the issue",
     .twin = "LOTE-02-a1",
     .edit = {{SCHEME "NextUpdate", "\"2026-05-31T10:00:00Z\""}},
     REFUSED("LOTE-02")},
    {.id = "LOTE-02-r5",
     .clause = "TS 119 602 6.3.2",
     .broken = "number 8 was accepted before",
     .twin = "LOTE-02-a2",
     .state = "LOTE-02-before-8",
     REFUSED("LOTE-02")},
    {.id = "LOTE-02-r6",
     .clause = "TS 119 602 6.3.2",
     .broken = "another list of this number, signed at the same time, was accepted before",
     .twin = "LOTE-02-a2",
     .state = "LOTE-02-before-7",
     REFUSED("LOTE-02")},
    {.id = "LOTE-02-r7",
     .clause = "TS 119 602 6.3.2",
     .broken = "the number is 0",
     .twin = "LOTE-02-a1",
     .edit = {{SCHEME "LoTESequenceNumber", "0"}},
     REFUSED("LOTE-02")},
};

void group_lote(struct gen *g, const struct world *w)
{
    list_rows(g, w, signatures, sizeof signatures / sizeof signatures[0]);
    list_rows(g, w, times, sizeof times / sizeof times[0]);
    group_lote_content(g, w);
}
