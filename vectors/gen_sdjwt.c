/* SDJ-01 to SDJ-03: form, signature and digest algorithm (RFC 9901 4 and 7.1). Whatever breaks here
 * is R01: not genuine or damaged. */
#include <string.h>

#include "base/codec.h"
#include "hand.h"

#define TEXT_MAX (1u << 20)
#define SALT "\"spoilt-by-hand-0000000\""
#define BAD(rule) .failed = {rule}, .decisive = "R01"

/* ---- tools of this file ---- */

static void insert(struct nw_buf *text, size_t at, const char *what)
{
    struct nw_buf made = NW_BUF(TEXT_MAX);
    nw_buf_put(&made, nw_slice_sub(nw_buf_slice(text), 0, at));
    nw_buf_puts(&made, what);
    nw_buf_put(&made, nw_slice_from(nw_buf_slice(text), at));
    nw_buf_free(text);
    *text = made;
}

static size_t find(const struct nw_buf *text, char c, size_t from)
{
    return nw_slice_find(nw_buf_slice(text), (uint8_t)c, from);
}

/* ---- SDJ-01 ---- */

static void no_disclosures(struct hand *h)
{
    while (h->disclosure_n > 0) {
        hand_remove(h, h->disclosure_n - 1);
    }
}

static void jwt_only(struct nw_buf *t)
{
    nw_buf_cut(t, find(t, '~', 0));
}

static void last_tilde_missing(struct nw_buf *t)
{
    nw_buf_cut(t, t->n - 1);
}

static void empty_disclosure(struct nw_buf *t)
{
    insert(t, find(t, '~', 0), "~");
}

static void padded_signature(struct nw_buf *t)
{
    insert(t, find(t, '~', 0), "==");
}

static void line_break(struct nw_buf *t)
{
    insert(t, find(t, '.', 0) + 1, "\n");
}

static void fourth_part(struct nw_buf *t)
{
    insert(t, find(t, '~', 0), ".AAAA");
}

static void two_parts(struct nw_buf *t)
{
    size_t second = find(t, '.', find(t, '.', 0) + 1);
    struct nw_buf made = NW_BUF(TEXT_MAX);
    nw_buf_put(&made, nw_slice_sub(nw_buf_slice(t), 0, second));
    nw_buf_put(&made, nw_slice_from(nw_buf_slice(t), find(t, '~', 0)));
    nw_buf_free(t);
    *t = made;
}

static void padded_disclosure(struct hand *h)
{
    struct nw_buf text = NW_BUF(TEXT_MAX);
    nw_buf_put(&text, nw_buf_slice(&h->disclosure[hand_find(h, "pin")]));
    nw_buf_puts(&text, text.n % 4 == 2 ? "==" : text.n % 4 == 3 ? "=" : "====");
    hand_replace_text(h, hand_find(h, "pin"), nw_buf_slice(&text));
    nw_buf_free(&text);
}

static void standard_alphabet(struct hand *h)
{
    /* three bytes ff of a text that is no JSON would do; this one is, and holds a '?' and '>' that
     * encode to '/' and '+' */
    static const char json[] = "[\"salt?>>>?salt?>>>?salt??\",\"pin\",\"90041799998\"]";
    struct nw_buf text = NW_BUF(TEXT_MAX);
    nw_base64url_encode(nw_str(json), &text);
    unsigned changed = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '-' || text.p[i] == '_') {
            text.p[i] = text.p[i] == '-' ? '+' : '/';
            changed++;
        }
    }
    if (changed == 0) {
        gen_die("nothing to spell otherwise");
    }
    hand_replace_text(h, hand_find(h, "pin"), nw_buf_slice(&text));
    nw_buf_free(&text);
}

/* ---- SDJ-02 ---- */

static void odd_spelling(struct hand *h)
{
    struct nw_buf text = NW_BUF(TEXT_MAX);
    nw_json_write(h->header, &h->header_text);
    insert(&h->header_text, 1, " \r\n ");
    nw_json_write_pretty(h->payload, &text);
    nw_buf_put(&h->payload_text, nw_buf_slice(&text));
    nw_buf_free(&text);
}

/* As some libraries print it: a line break after the brace. */
static void header_of_lines(struct hand *h)
{
    nw_json_write(h->header, &h->header_text);
    insert(&h->header_text, 1, "\r\n  ");
}

static void alg_none(struct hand *h)
{
    hand_put(h->header, "alg", "\"none\"");
    h->issuer_unsigned = true;
}

static void alg_none_signed(struct hand *h)
{
    hand_put(h->header, "alg", "\"none\"");
}

static void alg_hmac(struct hand *h)
{
    hand_put(h->header, "alg", "\"HS256\"");
    h->issuer_hmac = true;
}

static void alg_of_other_curve(struct hand *h)
{
    hand_put(h->header, "alg", "\"ES384\"");
}

static void alg_of_rsa(struct hand *h)
{
    hand_put(h->header, "alg", "\"PS256\"");
}

static void alg_unknown(struct hand *h)
{
    hand_put(h->header, "alg", "\"ES256K\"");
}

static void alg_in_small_letters(struct hand *h)
{
    hand_put(h->header, "alg", "\"es256\"");
}

static void alg_missing(struct hand *h)
{
    hand_drop(h->header, "alg");
}

static void crit_unknown(struct hand *h)
{
    hand_put(h->header, "urn:example:policy", "true");
    hand_put(h->header, "crit", "[\"urn:example:policy\"]");
}

static void crit_empty(struct hand *h)
{
    hand_put(h->header, "crit", "[]");
}

static void header_twice(struct hand *h)
{
    nw_json_write(h->header, &h->header_text);
    insert(&h->header_text, 1, "\"alg\":\"none\",");
}

static void payload_twice(struct hand *h)
{
    nw_json_write(h->payload, &h->payload_text);
    insert(&h->payload_text, 1, "\"exp\":4102444800,");
}

static void disclosed_twice(struct hand *h)
{
    hand_replace(h, hand_find(h, "names"),
                 "[" SALT ",\"names\",{\"surnames\":\"Kowalski\",\"surnames\":\"Zieliński\","
                 "\"forenames\":\"Marek Paweł\"}]");
}

static void other_signer(struct hand *h)
{
    h->issuer = h->w->body[PARTY_STRANGER].issuer;
}

static void other_signer_in_jwk(struct hand *h)
{
    struct nw_buf jwk = NW_BUF(TEXT_MAX);
    other_signer(h);
    gen_ok(nw_jwk_write(nw_signer_pubkey(h->issuer), &jwk), "jwk");
    hand_put(h->header, "jwk", nw_buf_cstr(&jwk));
    nw_buf_free(&jwk);
}

static void signature_changed(struct nw_buf *t)
{
    size_t at = find(t, '.', find(t, '.', 0) + 1) + 5;
    t->p[at] = t->p[at] == 'A' ? 'B' : 'A';
}

/* r || s of 64 bytes becomes ECDSA-Sig-Value in DER, right in every other way. */
static void signature_in_der(struct nw_buf *t)
{
    size_t from = find(t, '.', find(t, '.', 0) + 1) + 1;
    size_t to = find(t, '~', 0);
    struct nw_buf raw = NW_BUF(128);
    struct nw_buf der = NW_BUF(128);
    struct nw_buf made = NW_BUF(TEXT_MAX);
    gen_ok(nw_base64url_decode(nw_slice_sub(nw_buf_slice(t), from, to - from), &raw, NULL), "sig");
    struct nw_buf body = NW_BUF(128);
    for (size_t half = 0; half < 2; half++) {
        struct nw_slice n = nw_slice_sub(nw_buf_slice(&raw), 32 * half, 32);
        while (n.n > 1 && n.p[0] == 0) {
            n = nw_slice_from(n, 1);
        }
        bool high = (n.p[0] & 0x80) != 0;
        nw_buf_putc(&body, 2);
        nw_buf_putc(&body, (uint8_t)(n.n + high));
        if (high) {
            nw_buf_putc(&body, 0);
        }
        nw_buf_put(&body, n);
    }
    nw_buf_putc(&der, 0x30);
    nw_buf_putc(&der, (uint8_t)body.n);
    nw_buf_put(&der, nw_buf_slice(&body));
    nw_buf_put(&made, nw_slice_sub(nw_buf_slice(t), 0, from));
    nw_base64url_encode(nw_buf_slice(&der), &made);
    nw_buf_put(&made, nw_slice_from(nw_buf_slice(t), to));
    nw_buf_free(&raw);
    nw_buf_free(&body);
    nw_buf_free(&der);
    nw_buf_free(t);
    *t = made;
}

/* The end of the period in the payload moved by a year after signing. */
static void payload_changed(struct nw_buf *t)
{
    size_t from = find(t, '.', 0) + 1;
    size_t to = find(t, '.', from);
    struct nw_buf json = NW_BUF(TEXT_MAX);
    struct nw_buf made = NW_BUF(TEXT_MAX);
    gen_ok(nw_base64url_decode(nw_slice_sub(nw_buf_slice(t), from, to - from), &json, NULL),
           "payload");
    char *end = strstr((char *)json.p, "2027-01-31");
    if (end == NULL) {
        gen_die("no endDate");
    }
    end[3] = '8';
    nw_buf_put(&made, nw_slice_sub(nw_buf_slice(t), 0, from));
    nw_base64url_encode(nw_buf_slice(&json), &made);
    nw_buf_put(&made, nw_slice_from(nw_buf_slice(t), to));
    nw_buf_free(&json);
    nw_buf_free(t);
    *t = made;
}

/* ---- SDJ-03 ---- */

static void sd_alg_absent(struct hand *h)
{
    hand_drop(h->payload, "_sd_alg");
}

static void sd_alg_384(struct hand *h)
{
    hand_sd_alg(h, NW_SHA384);
}

static void sd_alg_512(struct hand *h)
{
    hand_sd_alg(h, NW_SHA512);
}

static void sd_alg_sha1(struct hand *h)
{
    hand_put(h->payload, "_sd_alg", "\"sha-1\"");
}

static void sd_alg_truncated(struct hand *h)
{
    hand_put(h->payload, "_sd_alg", "\"sha-256-32\"");
}

static void sd_alg_spelt_otherwise(struct hand *h)
{
    hand_put(h->payload, "_sd_alg", "\"SHA-256\"");
}

static void sd_alg_number(struct hand *h)
{
    hand_put(h->payload, "_sd_alg", "256");
}

static void sd_alg_inside(struct hand *h)
{
    hand_put(h->payload, "subject/_sd_alg", "\"sha-256\"");
}

static void sd_alg_other(struct hand *h)
{
    hand_put(h->payload, "_sd_alg", "\"sha-512\"");
}

#define C1 "RFC 9901 4; RFC 7515 2"
#define C2 "RFC 9901 7.1(2); RFC 7515 4.1; RFC 8725 3.1"
#define C3 "RFC 9901 4.1.1"

static const struct hand_case sdj_01_to_03[] = {
    {.id = "SDJ-01-a1", .clause = C1},
    {.id = "SDJ-01-a2", .clause = C1, .unbound = true},
    {.id = "SDJ-01-r1",
     .clause = C1,
     .broken = "no tilde follows the JWT",
     .twin = "SDJ-01-a2",
     .unbound = true,
     .change = no_disclosures,
     .after = jwt_only,
     BAD("SDJ-01")},
    {.id = "SDJ-01-r2",
     .clause = C1,
     .broken = "the tilde after the last disclosure is missing",
     .twin = "SDJ-01-a2",
     .unbound = true,
     .after = last_tilde_missing,
     BAD("SDJ-01")},
    {.id = "SDJ-01-r3",
     .clause = C1,
     .broken = "nothing stands between the first two tildes",
     .twin = "SDJ-01-a2",
     .unbound = true,
     .after = empty_disclosure,
     BAD("SDJ-01")},
    {.id = "SDJ-01-r4",
     .clause = C1,
     .broken = "the signature is padded with ==",
     .twin = "SDJ-01-a2",
     .unbound = true,
     .after = padded_signature,
     BAD("SDJ-01")},
    {.id = "SDJ-01-r5",
     .clause = C1,
     .broken = "a line break stands in the JWT",
     .twin = "SDJ-01-a2",
     .unbound = true,
     .after = line_break,
     BAD("SDJ-01")},
    {.id = "SDJ-01-r6",
     .clause = C1,
     .broken = "the JWT has a fourth part",
     .twin = "SDJ-01-a2",
     .unbound = true,
     .after = fourth_part,
     BAD("SDJ-01")},
    {.id = "SDJ-01-r7",
     .clause = C1,
     .broken = "the JWT has two parts only",
     .twin = "SDJ-01-a2",
     .unbound = true,
     .after = two_parts,
     BAD("SDJ-01")},
    {.id = "SDJ-01-r8",
     .clause = C1,
     .broken = "a disclosure is padded with =, and its digest is that of the padded text",
     .twin = "SDJ-01-a2",
     .unbound = true,
     .change = padded_disclosure,
     BAD("SDJ-01")},
    {.id = "SDJ-01-r9",
     .clause = C1,
     .broken = "a disclosure is in the standard base64 alphabet, with a digest that fits",
     .twin = "SDJ-01-a2",
     .unbound = true,
     .change = standard_alphabet,
     BAD("SDJ-01")},

    {.id = "SDJ-02-a1", .clause = C2},
    {.id = "SDJ-02-a2", .clause = C2, .change = odd_spelling}, /* signed as received */
    {.id = "SDJ-02-a3", .clause = C2, .change = header_of_lines},
    {.id = "SDJ-02-r1",
     .clause = C2,
     .broken = "alg is none and the signature empty",
     .twin = "SDJ-02-a1",
     .change = alg_none,
     BAD("SDJ-02")},
    {.id = "SDJ-02-r2",
     .clause = C2,
     .broken = "alg is none, over a signature that is good",
     .twin = "SDJ-02-a1",
     .change = alg_none_signed,
     BAD("SDJ-02")},
    {.id = "SDJ-02-r3",
     .clause = C2,
     .broken = "alg is HS256 and the secret is the certificate's public key",
     .twin = "SDJ-02-a1",
     .change = alg_hmac,
     BAD("SDJ-02")},
    {.id = "SDJ-02-r4",
     .clause = C2,
     .broken = "alg is ES384, the key is of P-256",
     .twin = "SDJ-02-a1",
     .change = alg_of_other_curve,
     BAD("SDJ-02")},
    {.id = "SDJ-02-r5",
     .clause = C2,
     .broken = "alg is PS256, the key is an EC key",
     .twin = "SDJ-02-a1",
     .change = alg_of_rsa,
     BAD("SDJ-02")},
    {.id = "SDJ-02-r6",
     .clause = C2,
     .broken = "alg is ES256K, which nobody allowed",
     .twin = "SDJ-02-a1",
     .change = alg_unknown,
     BAD("SDJ-02")},
    {.id = "SDJ-02-r7",
     .clause = C2,
     .broken = "alg is es256: names are case-sensitive",
     .twin = "SDJ-02-a1",
     .change = alg_in_small_letters,
     BAD("SDJ-02")},
    {.id = "SDJ-02-r8",
     .clause = C2,
     .broken = "there is no alg",
     .twin = "SDJ-02-a1",
     .change = alg_missing,
     BAD("SDJ-02")},
    {.id = "SDJ-02-r9",
     .clause = "RFC 7515 4.1.11",
     .broken = "crit names a header that no verifier knows",
     .twin = "SDJ-02-a1",
     .change = crit_unknown,
     BAD("SDJ-02")},
    {.id = "SDJ-02-r10",
     .clause = "RFC 7515 4.1.11",
     .broken = "crit is empty",
     .twin = "SDJ-02-a1",
     .change = crit_empty,
     BAD("SDJ-02")},
    {.id = "SDJ-02-r11",
     .clause = "RFC 7515 4",
     .broken = "alg stands twice in the header",
     .twin = "SDJ-02-a1",
     .change = header_twice,
     BAD("SDJ-02")},
    {.id = "SDJ-02-r12",
     .clause = "RFC 7519 4",
     .broken = "exp stands twice in the payload",
     .twin = "SDJ-02-a1",
     .change = payload_twice,
     BAD("SDJ-02")},
    {.id = "SDJ-02-r13",
     .clause = "RFC 8259 4; RFC 8725 3.1",
     .broken = "surnames stands twice in the value of a disclosure",
     .twin = "SDJ-02-a1",
     .change = disclosed_twice,
     BAD("SDJ-02")},
    {.id = "SDJ-02-r14",
     .clause = C2,
     .broken = "one letter of the signature is another",
     .twin = "SDJ-02-a1",
     .after = signature_changed,
     .unbound = true,
     BAD("SDJ-02")},
    {.id = "SDJ-02-r15",
     .clause = C2,
     .broken = "endDate was changed after signing",
     .twin = "SDJ-01-a2",
     .after = payload_changed,
     .unbound = true,
     BAD("SDJ-02")},
    {.id = "SDJ-02-r16",
     .clause = "RFC 7518 3.4",
     .broken = "the signature is in DER, not r and s",
     .twin = "SDJ-01-a2",
     .after = signature_in_der,
     .unbound = true,
     BAD("SDJ-02")},
    {.id = "SDJ-02-r17",
     .clause = C2,
     .broken = "another key signed than that of the first certificate",
     .twin = "SDJ-02-a1",
     .change = other_signer,
     BAD("SDJ-02")},
    {.id = "SDJ-02-r18",
     .clause = "RFC 8725 3.10; SD-JWT VC 7.3",
     .broken = "another key signed, and the header offers it as jwk",
     .twin = "SDJ-02-a1",
     .change = other_signer_in_jwk,
     BAD("SDJ-02")},

    {.id = "SDJ-03-a1", .clause = C3},
    {.id = "SDJ-03-a2", .clause = C3, .change = sd_alg_absent},
    {.id = "SDJ-03-a3", .clause = C3, .change = sd_alg_384},
    {.id = "SDJ-03-a4", .clause = C3, .change = sd_alg_512},
    {.id = "SDJ-03-r1",
     .clause = C3,
     .broken = "_sd_alg is sha-1",
     .twin = "SDJ-03-a1",
     .change = sd_alg_sha1,
     BAD("SDJ-03")},
    {.id = "SDJ-03-r2",
     .clause = C3,
     .broken = "_sd_alg is sha-256-32, a registered name of four bytes",
     .twin = "SDJ-03-a1",
     .change = sd_alg_truncated,
     BAD("SDJ-03")},
    {.id = "SDJ-03-r3",
     .clause = C3,
     .broken = "_sd_alg is SHA-256: names are case-sensitive",
     .twin = "SDJ-03-a1",
     .change = sd_alg_spelt_otherwise,
     BAD("SDJ-03")},
    {.id = "SDJ-03-r4",
     .clause = C3,
     .broken = "_sd_alg is a number",
     .twin = "SDJ-03-a1",
     .change = sd_alg_number,
     BAD("SDJ-03")},
    {.id = "SDJ-03-r5",
     .clause = C3,
     .broken = "a second _sd_alg stands inside subject",
     .twin = "SDJ-03-a1",
     .change = sd_alg_inside,
     BAD("SDJ-03")},
    {.id = "SDJ-03-r6",
     .clause = C3,
     .broken = "_sd_alg is sha-512, the digests are of SHA-256: no disclosure fits",
     .twin = "SDJ-03-a4",
     .change = sd_alg_other,
     BAD("SDJ-07")},
};

#define ROWS(table) table, sizeof(table) / sizeof(table)[0]

void group_sdjwt(struct gen *g, const struct world *w)
{
    hand_cases(g, w, "sdjwt", ROWS(sdj_01_to_03));
    sdjwt_digest_rows(g, w);
}
