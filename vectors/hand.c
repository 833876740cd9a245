#include "hand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "crypto/cert.h"

#define TEXT_MAX (1u << 20)

static struct nw_json *parse(struct nw_slice text, const char *what)
{
    struct nw_json *n = NULL;
    gen_ok(nw_json_parse(text, &n, NULL), what);
    return n;
}

static struct nw_json *parse_base64url(struct nw_slice text, const char *what)
{
    struct nw_buf bytes = NW_BUF(TEXT_MAX);
    gen_ok(nw_base64url_decode(text, &bytes, NULL), what);
    struct nw_json *n = parse(nw_buf_slice(&bytes), what);
    nw_buf_free(&bytes);
    return n;
}

/* ---- taking apart ---- */

static void take_apart(struct hand *h, struct nw_slice text)
{
    size_t dot = nw_slice_find(text, '.', 0);
    size_t second = nw_slice_find(text, '.', dot + 1);
    size_t tilde = nw_slice_find(text, '~', 0);
    h->header = parse_base64url(nw_slice_sub(text, 0, dot), "header");
    h->payload = parse_base64url(nw_slice_sub(text, dot + 1, second - dot - 1), "payload");
    for (size_t from = tilde + 1, next; (next = nw_slice_find(text, '~', from)) < text.n;
         from = next + 1) {
        if (h->disclosure_n == HAND_DISCLOSURES) {
            gen_die("more than %u disclosures", HAND_DISCLOSURES);
        }
        struct nw_buf *d = &h->disclosure[h->disclosure_n++];
        *d = NW_BUF(TEXT_MAX);
        nw_buf_put(d, nw_slice_sub(text, from, next - from));
    }
}

void hand_issue(struct hand *h, struct gen *g, const struct world *w, struct nw_json *envelope,
                const struct nw_sd_plan *plan, struct nw_signer *issuer)
{
    struct nw_buf text = NW_BUF(TEXT_MAX);
    const struct nw_sdjwt_issue job = {.payload = envelope,
                                       .plan = plan,
                                       .typ = "dc+sd-jwt",
                                       .random = gen_random,
                                       .random_ctx = g};
    *h = (struct hand){.g = g,
                       .w = w,
                       .issuer = issuer,
                       .header_text = NW_BUF(TEXT_MAX),
                       .payload_text = NW_BUF(TEXT_MAX),
                       .kb_header_text = NW_BUF(TEXT_MAX),
                       .hash = NW_SHA256};
    gen_ok(nw_sdjwt_issue(g->c, issuer, &job, &text, NULL), "issue");
    take_apart(h, nw_buf_slice(&text));
    nw_buf_free(&text);
    nw_json_free(&envelope);
}

void hand_bind(struct hand *h)
{
    h->holder = h->w->holder;
    h->kb_header = parse(nw_str("{\"alg\":\"ES256\",\"typ\":\"kb+jwt\"}"), "kb header");
    gen_ok(nw_json_new_object(&h->kb_payload), "kb");
    gen_ok(nw_json_put_int(h->kb_payload, "iat", GEN_NOW - 20), "kb");
    gen_ok(nw_json_put_text(h->kb_payload, "aud", AUDIENCE), "kb");
    gen_ok(nw_json_put_text(h->kb_payload, "nonce", NONCE), "kb");
}

void hand_make(struct hand *h, struct gen *g, const struct world *w, bool bound)
{
    const struct nw_type *type = nw_type_find(w->types, "pda1");
    gen_random_restart(g, "the credential of PL");
    hand_issue(h, g, w, world_envelope(g, w, PARTY_PL, w->record_pl, bound),
               nw_type_plan(type, NW_PROFILE_WEBUILD), w->body[PARTY_PL].issuer);
    if (bound) {
        hand_bind(h);
    }
}

static void free_parts(struct hand *h)
{
    nw_json_free(&h->header);
    nw_json_free(&h->payload);
    for (size_t i = 0; i < h->disclosure_n; i++) {
        nw_buf_free(&h->disclosure[i]);
    }
    h->disclosure_n = 0;
}

void hand_replan(struct hand *h, const struct nw_sd_plan *plan)
{
    struct hand made;
    bool bound = h->holder != NULL;
    struct nw_json *envelope = world_envelope(h->g, h->w, PARTY_PL, h->w->record_pl, bound);
    free_parts(h);
    hand_issue(&made, h->g, h->w, envelope, plan, h->issuer);
    h->header = made.header;
    h->payload = made.payload;
    memcpy(h->disclosure, made.disclosure, sizeof h->disclosure);
    h->disclosure_n = made.disclosure_n;
}

void hand_free(struct hand *h)
{
    free_parts(h);
    nw_signer_free(&h->own);
    nw_json_free(&h->kb_header);
    nw_json_free(&h->kb_payload);
    nw_buf_free(&h->header_text);
    nw_buf_free(&h->payload_text);
    nw_buf_free(&h->kb_header_text);
}

/* ---- putting together ---- */

static void put_part(struct nw_buf *out, const struct nw_json *object, const struct nw_buf *text)
{
    struct nw_buf own = NW_BUF(TEXT_MAX);
    if (text == NULL || text->n == 0) {
        nw_json_write(object, &own);
    } else {
        nw_buf_put(&own, nw_buf_slice(text));
    }
    gen_ok(nw_buf_err(&own), "part");
    nw_base64url_encode(nw_buf_slice(&own), out);
    nw_buf_free(&own);
}

/* RFC 8725 2.1: the public key, which everybody has, taken for a shared secret. */
static size_t hmac_public(struct gen *g, struct nw_signer *key, struct nw_slice input,
                          uint8_t sig[NW_SIG_MAX])
{
    struct nw_cert cert;
    struct nw_slice secret = nw_pubkey_point(nw_signer_pubkey(key));
    if (nw_signer_chain_length(key) > 0) {
        gen_ok(nw_cert_parse(world_leaf(key), &cert, NULL), "HMAC");
        secret = cert.spki;
    }
    gen_ok(nw_hmac_sha256(g->c, secret, input, sig), "HMAC");
    return NW_SHA256_BYTES;
}

static void sign_from(struct hand *h, struct nw_signer *key, size_t start, bool hmac, bool none,
                      struct nw_buf *out)
{
    uint8_t sig[NW_SIG_MAX];
    size_t n = 0;
    struct nw_slice input = nw_slice_from(nw_buf_slice(out), start);
    if (hmac) {
        n = hmac_public(h->g, key, input, sig);
    } else if (!none) {
        gen_ok(nw_sign(key, &input, 1, sig, &n), "sign");
    }
    nw_buf_putc(out, '.');
    nw_base64url_encode(nw_slice(sig, n), out);
}

static void write_kb(struct hand *h, struct nw_buf *out)
{
    char digest[HAND_DIGEST];
    if (nw_json_get(h->kb_payload, "sd_hash") == NULL && !h->kb_without_hash) {
        hand_digest(h, nw_buf_slice(out), digest);
        gen_ok(nw_json_put_text(h->kb_payload, "sd_hash", digest), "sd_hash");
    }
    size_t start = out->n;
    put_part(out, h->kb_header, &h->kb_header_text);
    nw_buf_putc(out, '.');
    put_part(out, h->kb_payload, NULL);
    sign_from(h, h->holder, start, h->kb_hmac, h->kb_unsigned, out);
}

void hand_write(struct hand *h, struct nw_buf *out)
{
    put_part(out, h->header, &h->header_text);
    nw_buf_putc(out, '.');
    put_part(out, h->payload, &h->payload_text);
    sign_from(h, h->issuer, 0, h->issuer_hmac, h->issuer_unsigned, out);
    nw_buf_putc(out, '~');
    for (size_t i = 0; i < h->disclosure_n; i++) {
        nw_buf_put(out, nw_buf_slice(&h->disclosure[i]));
        nw_buf_putc(out, '~');
    }
    if (h->holder != NULL) {
        write_kb(h, out);
    }
    gen_ok(nw_buf_err(out), "SD-JWT");
}

/* ---- rows to files and entries ---- */

#define TEXT(s, ...) (void)snprintf(s, sizeof(s), __VA_ARGS__)

static void entry(struct gen *g, const struct hand_case *row, const char *input, bool asked)
{
    static const char *const issued_later[] = {"I01", NULL};
    char rule[16];
    TEXT(rule, "%s", row->id);
    char *end = strrchr(rule, '-');
    if (end == NULL) {
        gen_die("%s is no id", row->id);
    }
    *end = '\0';
    bool good = row->broken == NULL;
    bool none = row->reasons[0] == NULL;
    const struct gen_vector v = {
        .id = row->id,
        .rule = rule,
        .clause = row->clause,
        .broken = row->broken,
        .twin = row->twin,
        .input = input,
        .form = "dc+sd-jwt",
        .bundle = row->bundle == NULL ? GOOD_BUNDLE : row->bundle,
        .policy = row->policy == NULL ? POLICY : row->policy,
        .country = "DE",
        .nonce = asked ? NONCE : NULL,
        .audience = asked ? AUDIENCE : NULL,
        .person = row->no_person ? NULL : PERSON_PL,
        .exit = row->exit != 0 ? row->exit
                : good         ? 0
                               : 2,
        .failed = row->failed,
        .decisive = row->decisive,
        .reasons = !none                   ? row->reasons
                   : row->decisive == NULL ? issued_later
                                           : NULL,
    };
    gen_vector(g, &v);
}

void hand_cases(struct gen *g, const struct world *w, const char *group,
                const struct hand_case *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct hand h;
        struct nw_buf text = NW_BUF(TEXT_MAX);
        char path[96];
        hand_make(&h, g, w, !rows[i].unbound);
        if (rows[i].change != NULL) {
            rows[i].change(&h);
        }
        hand_write(&h, &text);
        if (rows[i].after != NULL) {
            rows[i].after(&text);
        }
        TEXT(path, "set/%s/%s.txt", group, rows[i].id);
        entry(g, &rows[i], gen_input(g, path, nw_buf_slice(&text)),
              !rows[i].unbound || h.holder != NULL);
        nw_buf_free(&text);
        hand_free(&h);
    }
}
