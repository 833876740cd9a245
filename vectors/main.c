/* nw-vectors generate|check DIR: makes the set, or compares it with what is there. */
#include <stdio.h>
#include <string.h>

#include "groups.h"

static void write_manifest(struct gen *g)
{
    struct nw_json *manifest = NULL;
    struct nw_buf text = NW_BUF(16u << 20);
    gen_ok(nw_json_new_object(&manifest), "manifest");
    gen_ok(nw_json_put_int(manifest, "version", 1), "manifest");
    gen_ok(nw_json_put_text(manifest, "made_with", "nw-vectors of Nachweis, PSA provider"),
           "manifest");
    gen_ok(nw_json_put(manifest, "vectors", &g->vectors), "manifest");
    nw_json_write_pretty(manifest, &text);
    nw_buf_putc(&text, '\n');
    gen_ok(nw_buf_err(&text), "manifest");
    gen_file(g, "manifest.json", nw_buf_slice(&text));
    nw_buf_free(&text);
    nw_json_free(&manifest);
}

static void make_all(struct gen *g, const char *records)
{
    struct world w;
    world_make(g, &w, records);
    group_evidence(g, &w);
    group_a11(g, &w);
    group_a1(g, &w);
    group_types(g, &w);
    group_rules(g, &w);
    group_reasons(g, &w);
    group_lote(g, &w);
    group_tl(g, &w);
    group_vical(g, &w);
    group_sdjwt(g, &w);
    group_kb(g, &w);
    group_vc(g, &w);
    group_status(g, &w);
    group_x509(g, &w);
    group_bundle(g, &w);
    group_qualified(g, &w);
    group_mso(g, &w);
    group_dev(g, &w);
    world_free(&w);
    gen_coverage(g);
    write_manifest(g);
}

int main(int argc, char **argv)
{
    struct gen g = {0};
    bool check = argc == 3 && strcmp(argv[1], "check") == 0;
    if (!check && (argc != 3 || strcmp(argv[1], "generate") != 0)) {
        (void)fputs("usage: nw-vectors generate|check DIR     (DIR: the folder vectors/)\n",
                    stderr);
        return 64;
    }
    g.dir = argv[2];
    g.compare = check;
    gen_ok(nw_crypto_new(NW_PROVIDER_PSA, &g.c), "PSA");
    gen_ok(nw_json_new_array(&g.vectors), "manifest");
    gen_ok(nw_json_new_object(&g.evidence), "evidence");
    char records[1024];
    (void)snprintf(records, sizeof records, "%s/../issuer/examples", g.dir);
    make_all(&g, records);
    (void)printf("%u files, %u differ\n", g.files, g.differences);
    nw_json_free(&g.evidence);
    gen_free(&g);
    return g.differences == 0 ? 0 : 1;
}
