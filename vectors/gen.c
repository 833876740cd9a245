#include "gen.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"

void gen_die(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    (void)fputs("nw-vectors: ", stderr);
    (void)vfprintf(stderr, fmt, args);
    (void)fputc('\n', stderr);
    va_end(args);
    exit(70);
}

void gen_ok(enum nw_err e, const char *what)
{
    if (e != NW_OK) {
        gen_die("%s: %s", what, nw_err_text(e));
    }
}

static void make_folders(const char *path)
{
    char part[1024];
    (void)snprintf(part, sizeof part, "%s", path);
    for (char *slash = strchr(part + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST) {
            gen_die("%s: %s", part, strerror(errno));
        }
        *slash = '/';
    }
}

static void file_compare(struct gen *g, const char *path, struct nw_slice bytes)
{
    FILE *f = fopen(path, "rb");
    uint8_t *there = f == NULL ? NULL : malloc(bytes.n + 2);
    size_t n = there == NULL ? 0 : fread(there, 1, bytes.n + 1, f);
    if (there == NULL || !nw_slice_eq(nw_slice(there, n), bytes)) {
        (void)printf("%s: %s\n", path, f == NULL ? "is missing" : "differs");
        g->differences++;
    }
    free(there);
    if (f != NULL) {
        (void)fclose(f);
    }
}

static void file_write(const char *path, struct nw_slice bytes)
{
    make_folders(path);
    FILE *f = fopen(path, "wb");
    if (f == NULL || fwrite(bytes.p, 1, bytes.n, f) != bytes.n || fclose(f) != 0) {
        gen_die("%s: %s", path, strerror(errno));
    }
}

void gen_file(struct gen *g, const char *path, struct nw_slice bytes)
{
    char full[1024];
    (void)snprintf(full, sizeof full, "%s/%s", g->dir, path);
    g->files++;
    if (g->compare) {
        file_compare(g, full, bytes);
    } else {
        file_write(full, bytes);
    }
}

struct gen_known {
    struct gen_known *next;
    uint8_t digest[NW_SHA256_BYTES];
    char path[96];
};

const char *gen_input(struct gen *g, const char *path, struct nw_slice bytes)
{
    uint8_t digest[NW_SHA256_BYTES];
    gen_ok(nw_sha256(g->c, bytes, digest), path);
    for (const struct gen_known *k = g->known; k != NULL; k = k->next) {
        if (memcmp(k->digest, digest, sizeof digest) == 0) {
            return k->path;
        }
    }
    struct gen_known *k = calloc(1, sizeof *k);
    if (k == NULL) {
        gen_die("no memory");
    }
    memcpy(k->digest, digest, sizeof digest);
    (void)snprintf(k->path, sizeof k->path, "%s", path);
    k->next = g->known;
    g->known = k;
    gen_file(g, path, bytes);
    return k->path;
}

void gen_free(struct gen *g)
{
    while (g->known != NULL) {
        struct gen_known *k = g->known;
        g->known = k->next;
        free(k);
    }
    nw_crypto_free(&g->c);
}

void gen_random_restart(struct gen *g, const char *label)
{
    uint8_t digest[NW_SHA256_BYTES];
    gen_ok(nw_sha256(g->c, nw_str(label), digest), label);
    memcpy(&g->salt_counter, digest, sizeof g->salt_counter);
}

enum nw_err gen_random(void *ctx, uint8_t *out, size_t n)
{
    struct gen *g = ctx;
    while (n > 0) {
        uint8_t digest[NW_SHA256_BYTES];
        g->salt_counter++;
        enum nw_err e = nw_sha256(g->c, nw_slice(&g->salt_counter, sizeof g->salt_counter), digest);
        if (e != NW_OK) {
            return e;
        }
        size_t part = n < sizeof digest ? n : sizeof digest;
        memcpy(out, digest, part);
        out += part;
        n -= part;
    }
    return NW_OK;
}

static void put_text(struct nw_json *o, const char *name, const char *text)
{
    if (text != NULL) {
        gen_ok(nw_json_put_text(o, name, text), name);
    }
}

static void put_list(struct nw_json *o, const char *name, const char *const *list)
{
    struct nw_json *array = NULL;
    gen_ok(nw_json_new_array(&array), name);
    for (; list != NULL && *list != NULL; list++) {
        struct nw_json *item = NULL;
        gen_ok(nw_json_new_text(nw_str(*list), &item), name);
        gen_ok(nw_json_append(array, &item), name);
    }
    gen_ok(nw_json_put(o, name, &array), name);
}

static const char *verdict_of(const struct gen_vector *v)
{
    static const char *const verdicts[] = {"valid", "attention", "invalid"};
    bool verifier = v->judge == NULL || strcmp(v->judge, "verifier") == 0;
    if (v->verdict != NULL || !verifier) {
        return v->verdict;
    }
    return v->exit >= 0 && v->exit <= 2 ? verdicts[v->exit] : NULL;
}

static struct nw_json *expectation(const struct gen_vector *v)
{
    struct nw_json *expect = NULL;
    gen_ok(nw_json_new_object(&expect), v->id);
    gen_ok(nw_json_put_int(expect, "exit", v->exit), v->id);
    put_text(expect, "verdict", verdict_of(v));
    put_list(expect, "failed", v->failed);
    put_text(expect, "code", v->code);
    put_text(expect, "place", v->place);
    if (v->granted != NULL) {
        gen_ok(nw_json_put_int(expect, "granted", *v->granted), v->id);
    }
    if (verdict_of(v) != NULL) {
        const char *const decisive_alone[] = {v->decisive, NULL};
        put_text(expect, "decisive", v->decisive == NULL ? "" : v->decisive);
        put_list(expect, "reasons", v->reasons != NULL ? v->reasons : decisive_alone);
    }
    return expect;
}

static void put_xml_list(struct nw_json *o, const struct gen_vector *v)
{
    put_text(o, "territory", v->territory);
    put_text(o, "journal", v->journal);
    if (v->pivots != NULL) {
        put_list(o, "pivots", v->pivots);
    }
    put_text(o, "lotl", v->lotl);
    if (v->padded_to > 0) {
        gen_ok(nw_json_put_int(o, "padded_to", v->padded_to), v->id);
    }
    put_text(o, "xmlsec1", v->xmlsec1);
}

void gen_vector(struct gen *g, const struct gen_vector *v)
{
    struct nw_json *o = NULL;
    gen_ok(nw_json_new_object(&o), v->id);
    put_text(o, "id", v->id);
    put_text(o, "rule", v->rule);
    put_text(o, "clause", v->clause);
    put_text(o, "kind", v->broken == NULL ? "accept" : "refuse");
    put_text(o, "broken", v->broken);
    put_text(o, "twin", v->twin);
    put_text(o, "judge", v->judge == NULL ? "verifier" : v->judge);
    put_text(o, "input", v->input);
    if (v->inputs != NULL) {
        put_list(o, "inputs", v->inputs);
    }
    put_text(o, "form", v->form);
    put_text(o, "at", v->at == NULL ? GEN_NOW_TEXT : v->at);
    put_text(o, "bundle", v->bundle);
    put_text(o, "policy", v->policy);
    put_text(o, "evidence",
             v->bundle == NULL ? NULL : nw_json_text(nw_json_get(g->evidence, v->bundle)));
    if (v->signers != NULL) {
        put_list(o, "signers", v->signers);
    }
    put_text(o, "state", v->state);
    put_text(o, "country", v->country);
    put_text(o, "employer", v->employer);
    put_text(o, "site", v->site);
    put_text(o, "seen", v->seen);
    put_text(o, "list", v->list);
    put_xml_list(o, v);
    put_text(o, "nonce", v->nonce);
    put_text(o, "audience", v->audience);
    put_text(o, "transcript", v->transcript);
    put_text(o, "reader_key", v->reader_key);
    put_text(o, "person", v->person);
    put_text(o, "pid", v->pid);
    struct nw_json *expect = expectation(v);
    gen_ok(nw_json_put(o, "expect", &expect), v->id);
    gen_ok(nw_json_append(g->vectors, &o), v->id);
}
