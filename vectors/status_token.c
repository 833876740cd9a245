#include "status_token.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/deflate.h"
#include "hand.h"
#include "seal/seal.h"

#define TEXT_MAX (1u << 20)
#define A11_EXP (GEN_NOW + 90 * 86400)

void token_by(struct token *t, struct nw_signer *s)
{
    struct nw_buf x5c = NW_BUF(TEXT_MAX);
    nw_buf_puts(&x5c, "[\"");
    nw_base64_encode(world_leaf(s), &x5c);
    nw_buf_puts(&x5c, "\"]");
    hand_put(t->header, "x5c", nw_buf_cstr(&x5c));
    nw_buf_free(&x5c);
    t->signer = s;
}

void token_width(struct token *t, unsigned bits)
{
    char text[8];
    (void)snprintf(text, sizeof text, "%u", bits);
    hand_put(t->payload, "status_list/bits", text);
    memset(t->packed, 0, sizeof t->packed);
    t->bits = bits;
}

void token_set(struct token *t, uint64_t idx, unsigned value)
{
    uint64_t bit = idx * t->bits;
    unsigned mask = (1u << t->bits) - 1u;
    uint8_t *byte = &t->packed[bit / 8];
    *byte = (uint8_t)((*byte & ~(mask << (bit % 8))) | value << (bit % 8));
}

void token_number(struct token *t, const char *name, int64_t v)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%lld", (long long)v);
    hand_put(t->payload, name, text);
}

void token_open(struct token *t, struct gen *g, const struct world *w)
{
    char claims[256];
    memset(t, 0, sizeof *t);
    t->g = g;
    t->w = w;
    t->zlib = NW_BUF(TOKEN_LIST_MAX);
    t->out = NW_BUF(TOKEN_LIST_MAX);
    (void)snprintf(claims, sizeof claims,
                   "{\"sub\":\"%s\",\"iat\":%d,\"exp\":%d,\"status_list\":{\"bits\":1}}",
                   WORLD_STATUS_URI, GEN_NOW - 3600, GEN_NOW + 86400);
    gen_ok(
        nw_json_parse(nw_str("{\"alg\":\"ES256\",\"typ\":\"statuslist+jwt\"}"), &t->header, NULL),
        "token");
    gen_ok(nw_json_parse(nw_str(claims), &t->payload, NULL), "token");
    token_by(t, w->body[PARTY_PL].status);
    token_width(t, 1);
    token_set(t, WORLD_IDX_WITHDRAWN, 1);
}

void token_close(struct token *t)
{
    nw_json_free(&t->header);
    nw_json_free(&t->payload);
    nw_signer_free(&t->own);
    nw_buf_free(&t->zlib);
    nw_buf_free(&t->out);
}

void token_compress(struct token *t)
{
    struct nw_deflater *z = NULL;
    if (t->zlib.n > 0) {
        return;
    }
    gen_ok(nw_deflater_new(NW_DEFLATE_SPARSE, &z), "zlib");
    gen_ok(nw_deflate(z, nw_slice(t->packed, WORLD_STATUS_ENTRIES / 8 * t->bits), &t->zlib),
           "zlib");
    nw_deflater_free(&z);
}

static void put_lst(struct token *t)
{
    struct nw_buf text = NW_BUF(TOKEN_LIST_MAX);
    struct nw_json *lst = NULL;
    struct nw_json *list = nw_json_mut(nw_json_get(t->payload, "status_list"));
    if (list == NULL || nw_json_get(list, "lst") != NULL) {
        return;
    }
    nw_base64url_encode(nw_buf_slice(&t->zlib), &text);
    gen_ok(nw_json_new_text(nw_buf_slice(&text), &lst), "lst");
    gen_ok(nw_json_put(list, "lst", &lst), "lst");
    nw_buf_free(&text);
}

static void put_part(struct nw_buf *out, const struct nw_json *object)
{
    struct nw_buf json = NW_BUF(TOKEN_LIST_MAX);
    nw_json_write(object, &json);
    gen_ok(nw_buf_err(&json), "token");
    nw_base64url_encode(nw_buf_slice(&json), out);
    nw_buf_free(&json);
}

void token_write(struct token *t)
{
    uint8_t sig[NW_SIG_MAX];
    size_t n = 0;
    put_lst(t);
    put_part(&t->out, t->header);
    nw_buf_putc(&t->out, '.');
    put_part(&t->out, t->payload);
    const struct nw_slice input = nw_buf_slice(&t->out);
    if (t->hmac) {
        gen_ok(nw_hmac_sha256(t->g->c, nw_pubkey_point(nw_signer_pubkey(t->signer)), input, sig),
               "token");
        n = NW_SHA256_BYTES;
    } else if (!t->unsigned_token) {
        gen_ok(nw_sign(t->signer, &input, 1, sig, &n), "token");
    }
    nw_buf_putc(&t->out, '.');
    nw_base64url_encode(nw_slice(sig, n), &t->out);
    gen_ok(nw_buf_err(&t->out), "token");
}

/* ---- the credential whose status is asked ---- */

static void sdjwt_input(struct gen *g, const struct world *w, const struct token_case *row,
                        char path[96])
{
    struct hand h;
    struct nw_buf text = NW_BUF(TEXT_MAX);
    char number[32];
    (void)snprintf(number, sizeof number, "%llu",
                   (unsigned long long)(row->idx == 0 ? WORLD_IDX_GOOD : row->idx));
    hand_make(&h, g, w, false);
    hand_put(h.payload, "status/status_list/idx", row->idx_json == NULL ? number : row->idx_json);
    hand_write(&h, &text);
    hand_free(&h);
    (void)snprintf(path, 96, "set/status/%s%s.txt", row->idx_json == NULL ? "sdjwt-" : "",
                   row->idx_json == NULL ? number : row->id);
    gen_file(g, path, nw_buf_slice(&text));
    nw_buf_free(&text);
}

static void a11_input(struct gen *g, const struct world *w, char path[96])
{
    struct nw_buf a1 = NW_BUF(NW_MAX_A11);
    struct nw_buf text = NW_BUF(TEXT_MAX);
    const struct nw_type *type = nw_type_find(w->types, "pda1");
    gen_ok(nw_a11_write(type, w->record_pl, 1, &a1, NULL), "A11");
    const struct nw_seal_issue job = {
        .iss = w->body[PARTY_PL].id,
        .iat = GEN_NOW - 86400,
        .exp = A11_EXP,
        .status = {.present = true, .idx = WORLD_IDX_GOOD, .uri = WORLD_STATUS_URI},
        .a1 = nw_buf_slice(&a1),
    };
    gen_ok(nw_seal_make(g->c, w->body[PARTY_PL].issuer, &job, &text, NULL), "A11");
    (void)snprintf(path, 96, "set/status/a11-%d.txt", WORLD_IDX_GOOD);
    gen_file(g, path, nw_buf_slice(&text));
    nw_buf_free(&a1);
    nw_buf_free(&text);
}

/* ---- rows to files and entries ---- */

static void bundle(struct gen *g, const struct world *w, const struct token_case *row)
{
    static struct token t;
    struct world_bundle how = {
        .official = true,
        .no_status = row->no_list,
        .lean = !row->whole_world,
    };
    token_open(&t, g, w);
    if (row->spoil != NULL) {
        row->spoil(&t);
    }
    if (!row->a11) {
        token_compress(&t);
        if (row->packed != NULL) {
            row->packed(&t);
        }
        token_write(&t);
    }
    if (row->after != NULL) {
        row->after(&t);
    }
    *(row->a11 ? &how.status_cwt : &how.status_jwt) = nw_buf_slice(&t.out);
    evidence_bundle(g, w, &how, row->id);
    token_close(&t);
}

static void entry(struct gen *g, const struct token_case *row, const char *input, const char *path)
{
    static const char *const issued_later[] = {"I01", NULL};
    char rule[8];
    (void)snprintf(rule, sizeof rule, "%.6s", row->id);
    const struct gen_vector v = {
        .id = row->id,
        .rule = rule,
        .clause = row->clause,
        .broken = row->broken,
        .twin = row->twin,
        .input = input,
        .form = row->a11 ? "a11" : "dc+sd-jwt",
        .bundle = path,
        .policy = POLICY,
        .country = "DE",
        .person = PERSON_PL,
        .exit = row->exit,
        .failed = row->failed,
        .decisive = row->decisive,
        .reasons = row->reasons[0] != NULL ? row->reasons : issued_later,
    };
    gen_vector(g, &v);
}

void token_cases(struct gen *g, const struct world *w, const struct token_case *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct token_case *row = &rows[i];
        char input[96];
        char path[96] = GOOD_BUNDLE;
        if (row->spoil != NULL || row->packed != NULL || row->after != NULL || row->no_list) {
            bundle(g, w, row);
            (void)snprintf(path, sizeof path, "set/evidence/%s.bundle", row->id);
        }
        if (row->a11) {
            a11_input(g, w, input);
        } else {
            sdjwt_input(g, w, row, input);
        }
        entry(g, row, input, path);
    }
}
