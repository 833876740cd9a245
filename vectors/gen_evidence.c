/* What several vectors share: the good bundle, the policy that pins its signer, and the same facts
 * as plain files for verifiers of other makers. */
#include <stdio.h>

#include "base/codec.h"
#include "groups.h"

static void plain_certificates(struct gen *g, const struct world *w)
{
    static const char *const names[PARTY_N] = {"pl", "de", "si", "fr", "at", "stranger", "pid"};
    for (size_t i = 0; i < PARTY_N; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "set/evidence/%s-ca.der", names[i]);
        gen_file(g, path, world_leaf(w->body[i].ca));
        (void)snprintf(path, sizeof path, "set/evidence/%s-status.der", names[i]);
        gen_file(g, path, world_leaf(w->body[i].status));
    }
    gen_file(g, "set/evidence/list-operator.der", world_leaf(w->list_key));
    gen_file(g, "set/evidence/bundle-operator.der", world_leaf(w->operator_key));
}

static void policy(struct gen *g, const struct world *w)
{
    uint8_t digest[NW_SHA256_BYTES];
    struct nw_buf text = NW_BUF(4096);
    gen_ok(nw_sha256(g->c, world_leaf(w->operator_key), digest), "policy");
    nw_buf_puts(&text, "{\n  \"version\": 1,\n  \"bundle_signers\": [\"");
    nw_hex_encode(nw_slice(digest, sizeof digest), &text);
    nw_buf_puts(&text, "\"]\n}\n");
    gen_ok(nw_buf_err(&text), "policy");
    gen_file(g, POLICY, nw_buf_slice(&text));
    nw_buf_free(&text);
}

void group_evidence(struct gen *g, const struct world *w)
{
    struct nw_buf bundle = NW_BUF(NW_MAX_BUNDLE);
    const struct world_bundle good = {.official = true};
    world_bundle(g, w, &good, &bundle);
    gen_file(g, GOOD_BUNDLE, nw_buf_slice(&bundle));
    nw_buf_free(&bundle);
    policy(g, w);
    plain_certificates(g, w);
}
