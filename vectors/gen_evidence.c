/* What several vectors share: the good bundle, the policy that pins its signer, and the same facts
 * as plain files for verifiers of other makers. */
#include <stdio.h>

#include "base/codec.h"
#include "base/date.h"
#include "groups.h"

static const char *const party_names[PARTY_N] = {"pl", "de", "si", "fr", "at", "stranger", "pid"};

static void plain_certificates(struct gen *g, const struct world *w)
{
    for (size_t i = 0; i < PARTY_N; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "set/evidence/%s-ca.der", party_names[i]);
        gen_file(g, path, world_leaf(w->body[i].ca));
        (void)snprintf(path, sizeof path, "set/evidence/%s-status.der", party_names[i]);
        gen_file(g, path, world_leaf(w->body[i].status));
        (void)snprintf(path, sizeof path, "set/evidence/%s-issuer.der", party_names[i]);
        gen_file(g, path, world_leaf(w->body[i].issuer));
    }
    gen_file(g, "set/evidence/list-operator.der", world_leaf(w->list_key));
    gen_file(g, "set/evidence/bundle-operator.der", world_leaf(w->operator_key));
}

static void policy(struct gen *g, const struct world *w, const char *path, const char *more)
{
    uint8_t digest[NW_SHA256_BYTES];
    struct nw_buf text = NW_BUF(4096);
    gen_ok(nw_sha256(g->c, world_leaf(w->operator_key), digest), "policy");
    nw_buf_puts(&text, "{\n  \"version\": 1,\n  \"bundle_signers\": [\"");
    nw_hex_encode(nw_slice(digest, sizeof digest), &text);
    nw_buf_printf(&text, "\"]%s\n}\n", more);
    gen_ok(nw_buf_err(&text), "policy");
    gen_file(g, path, nw_buf_slice(&text));
    nw_buf_free(&text);
}

static void put_time(struct nw_json *o, const char *name, int64_t t)
{
    char text[NW_TIME_TEXT];
    nw_time_format(t, text);
    gen_ok(nw_json_put_text(o, name, text), name);
}

static struct nw_json *anchor(struct gen *g, const struct world_bundle *how, const char *name,
                              const struct world_listed *l)
{
    static const char *const roles[] = {[NW_ROLE_PUBEAA_ISSUE] = "PubEAA/Issuance",
                                        [NW_ROLE_PUBEAA_STATUS] = "PubEAA/Revocation",
                                        [NW_ROLE_PID_ISSUE] = "PID/Issuance",
                                        [NW_ROLE_IACA] = "IACA"};
    struct nw_json *o = NULL;
    char path[96];
    const char *what = l->role == NW_ROLE_PUBEAA_STATUS ? "status"
                       : l->party == PARTY_DE           ? "issuer" /* listed itself */
                                                        : "ca";
    (void)snprintf(path, sizeof path, "set/evidence/%s-%s.der", party_names[l->party], what);
    if (nw_slice_eq(l->der, how->pl_anchor)) {
        (void)snprintf(path, sizeof path, "set/evidence/%s-anchor.der", name);
        gen_file(g, path, l->der);
    }
    gen_ok(nw_json_new_object(&o), "anchor");
    gen_ok(nw_json_put_text(o, "role", roles[l->role]), "anchor");
    gen_ok(nw_json_put_text(o, "certificate", path), "anchor");
    if (l->role == NW_ROLE_IACA) {
        gen_ok(nw_json_put_text(o, "doctype", how->pl_root), "anchor");
    }
    put_time(o, "from", l->from);
    if (l->until != 0) {
        put_time(o, "until", l->until);
    }
    return o;
}

/* The CA of a QTSP: its periods, and what for, are in the bundle and in the vector's sentence. */
static struct nw_json *qtsp(struct gen *g, const struct world_national *n, const char *name)
{
    struct nw_json *o = NULL;
    char file[96];
    (void)snprintf(file, sizeof file, "set/evidence/%s-ca.der", name);
    const char *path = gen_input(g, file, n->ca);
    gen_ok(nw_json_new_object(&o), name);
    gen_ok(nw_json_put_text(o, "role", "CA/QC"), name);
    gen_ok(nw_json_put_text(o, "certificate", path), name);
    gen_ok(nw_json_put_text(o, "provider", n->provider), name);
    gen_ok(nw_json_put_text(o, "territory", n->territory), name);
    return o;
}

static void put_token(struct gen *g, struct nw_json *list, const char *name, const char *ext,
                      struct nw_slice given)
{
    struct nw_json *o = NULL;
    char file[96];
    (void)snprintf(file, sizeof file, "set/evidence/%s.%s", given.n > 0 ? name : "good", ext);
    const char *path = given.n > 0 ? gen_input(g, file, given) : file;
    gen_ok(nw_json_new_object(&o), "status");
    gen_ok(nw_json_put_text(o, "uri", WORLD_STATUS_URI), "status");
    gen_ok(nw_json_put_text(o, "token", path), "status");
    gen_ok(nw_json_append(list, &o), "status");
}

static struct nw_json *metadata(struct gen *g, const struct world_bundle *how, const char *name)
{
    struct nw_json *list = NULL;
    gen_ok(nw_json_new_array(&list), name);
    for (size_t i = 0; i < 2 && how->vctm[i].json.n > 0; i++) {
        struct nw_json *o = NULL, *vct = NULL;
        char file[96];
        (void)snprintf(file, sizeof file, "set/evidence/%s.vctm%zu.json", name, i);
        const char *path = gen_input(g, file, how->vctm[i].json);
        gen_ok(nw_json_new_object(&o), name);
        gen_ok(nw_json_new_text(how->vctm[i].vct, &vct), name);
        gen_ok(nw_json_put(o, "vct", &vct), name);
        gen_ok(nw_json_put_text(o, "document", path), name);
        gen_ok(nw_json_append(list, &o), name);
    }
    return list;
}

void evidence_bundle(struct gen *g, const struct world *w, const struct world_bundle *how,
                     const char *name)
{
    struct nw_buf bundle = NW_BUF(NW_MAX_BUNDLE);
    struct nw_json *facts = NULL, *anchors = NULL, *tokens = NULL;
    struct world_listed l;
    char path[96];
    (void)snprintf(path, sizeof path, "set/evidence/%s.bundle", name);
    world_bundle(g, w, how, &bundle);
    gen_file(g, path, nw_buf_slice(&bundle));
    nw_buf_free(&bundle);
    gen_ok(nw_json_new_object(&facts), name);
    gen_ok(nw_json_new_array(&anchors), name);
    gen_ok(nw_json_new_array(&tokens), name);
    for (size_t i = 0; world_listed(w, how, i, &l); i++) {
        struct nw_json *one = anchor(g, how, name, &l);
        gen_ok(nw_json_append(anchors, &one), name);
    }
    if (how->national != NULL && !how->national->other) {
        struct nw_json *one = qtsp(g, how->national, name);
        gen_ok(nw_json_append(anchors, &one), name);
    }
    if (!how->no_status) {
        put_token(g, tokens, name, "jwt", how->status_jwt);
        put_token(g, tokens, name, "cwt", how->status_cwt);
    }
    put_time(facts, "created", how->created == 0 ? GEN_NOW - 1200 : how->created);
    gen_ok(nw_json_put_int(facts, "max_age", how->max_age == 0 ? 7 * 86400 : how->max_age), name);
    gen_ok(nw_json_put_bool(facts, "test", !how->official), name);
    gen_ok(nw_json_put(facts, "anchors", &anchors), name);
    gen_ok(nw_json_put(facts, "status", &tokens), name);
    if (how->vctm[0].json.n > 0) {
        struct nw_json *documents = metadata(g, how, name);
        gen_ok(nw_json_put(facts, "type_metadata", &documents), name);
    }
    struct nw_buf text = NW_BUF(1u << 20);
    char plain[96];
    nw_json_write_pretty(facts, &text);
    nw_buf_putc(&text, '\n');
    (void)snprintf(plain, sizeof plain, "set/evidence/%s.json", name);
    gen_file(g, plain, nw_buf_slice(&text));
    gen_ok(nw_json_put_text(g->evidence, path, plain), name);
    nw_buf_free(&text);
    nw_json_free(&facts);
}

void group_evidence(struct gen *g, const struct world *w)
{
    struct nw_buf token = NW_BUF(NW_MAX_STATUS_TOKEN);
    const struct world_bundle good = {.official = true};
    world_usual_status(g, w, NW_TOKEN_JWT, &token);
    gen_file(g, "set/evidence/good.jwt", nw_buf_slice(&token));
    nw_buf_reset(&token);
    world_usual_status(g, w, NW_TOKEN_CWT, &token);
    gen_file(g, "set/evidence/good.cwt", nw_buf_slice(&token));
    nw_buf_free(&token);
    evidence_bundle(g, w, &good, "good");
    policy(g, w, POLICY, "");
    policy(g, w, POLICY_BINDING, ",\n  \"require_binding\": true");
    policy(g, w, POLICY_LEGACY, ",\n  \"legacy_typ\": true");
    policy(g, w, POLICY_MARK, ",\n  \"test_lists\": \"mark\"");
    policy(g, w, POLICY_TYPES, ",\n  \"types\": [\"ehic\", \"pid\"]");
    policy(g, w, POLICY_SIGNATURE, ",\n  \"refuse_mac\": true");
    policy(g, w, POLICY_IACA, ",\n  \"iaca\": true");
    policy(g, w, POLICY_QUALIFIED, ",\n  \"trust_path\": \"qualified\"");
    policy(g, w, POLICY_BOTH, ",\n  \"trust_path\": \"both\"");
    plain_certificates(g, w);
}
