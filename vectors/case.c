#include "case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sdjwt/sdjwt.h"
#include "seal/seal.h"

#define TEXT_MAX (1u << 20)
#define SHORT_LIFE_IAT (GEN_NOW - 3600)
#define SHORT_LIFE_EXP (GEN_NOW + 20 * 3600)

static const struct sample {
    enum world_party party;
    const char *person;
} samples[] = {
    [RECORD_PL] = {PARTY_PL, PERSON_PL},
    [RECORD_DE] = {PARTY_DE, "Ehlers-Vogt, Katrin, 1985-05-12"},
    [RECORD_SI] = {PARTY_SI, "Kovač Horvat, Ana, 1993-11-03"},
};

/* ---- editing ---- */

static struct nw_json *parse(const char *text)
{
    struct nw_json *n = NULL;
    gen_ok(nw_json_parse(nw_str(text), &n, NULL), text);
    return n;
}

static const struct nw_json *child(const struct nw_json *n, const char *name)
{
    return nw_json_kind(n) == NW_JSON_ARRAY ? nw_json_at(n, strtoul(name, NULL, 10))
                                            : nw_json_get(n, name);
}

void case_edit(struct nw_json *root, const struct case_edit *e)
{
    char path[128];
    struct nw_json *at = root;
    char *name = path;
    (void)snprintf(path, sizeof path, "%s", e->path);
    for (char *dot; (dot = strchr(name, '.')) != NULL; name = dot + 1) {
        *dot = '\0';
        at = nw_json_mut(child(at, name));
        if (at == NULL) {
            gen_die("%s: there is no %s", e->path, name);
        }
    }
    const struct nw_json *old = child(at, name);
    struct nw_json *value = e->json == NULL ? NULL : parse(e->json);
    if (value == NULL) {
        struct nw_json *gone = old == NULL ? NULL : nw_json_detach(at, old);
        if (gone == NULL) {
            gen_die("%s is not there", e->path);
        }
        nw_json_free(&gone);
    } else if (old != NULL) {
        gen_ok(nw_json_replace(at, old, &value), e->path);
    } else if (nw_json_kind(at) == NW_JSON_ARRAY) {
        gen_ok(nw_json_append(at, &value), e->path);
    } else {
        gen_ok(nw_json_put(at, name, &value), e->path);
    }
}

static void edit_all(struct nw_json *root, const struct case_row *row)
{
    for (size_t i = 0; i < sizeof row->edit / sizeof row->edit[0] && row->edit[i].path != NULL;
         i++) {
        case_edit(root, &row->edit[i]);
    }
}

static void set_int(struct nw_json *root, const char *name, int64_t v)
{
    nw_json_remove(root, name);
    gen_ok(nw_json_put_int(root, name, v), name);
}

/* ---- credentials ---- */

static const struct nw_json *record_of(const struct world *w, enum case_record r)
{
    return r == RECORD_PL ? w->record_pl : r == RECORD_DE ? w->record_de : w->record_si;
}

static enum world_party party_of(const struct case_row *row)
{
    return row->signer != 0 ? (enum world_party)(row->signer - 1) : samples[row->record].party;
}

/* Record and envelope in one tree, as they are signed. */
static struct nw_json *make_tree(struct gen *g, const struct world *w, const struct case_row *row)
{
    bool bound = row->holder != HOLDER_NONE;
    enum world_party party = party_of(row);
    struct nw_json *tree = world_envelope(g, w, party, record_of(w, row->record), bound);
    if (party != PARTY_PL && party != PARTY_STRANGER) {
        nw_json_remove(tree, "status");
        set_int(tree, "iat", SHORT_LIFE_IAT);
        set_int(tree, "exp", SHORT_LIFE_EXP);
    }
    edit_all(tree, row);
    return tree;
}

/* The same content in another profile, or given as JSON, under the envelope of the tree. */
static struct nw_json *other_profile(const struct world *w, const struct case_row *row,
                                     const struct nw_json *tree)
{
    static const char *const envelope[] = {
        "iss", "jti", "iat", "nbf", "exp", "attestation_legal_category", "status", "cnf"};
    const struct nw_type *type = nw_type_find(w->types, "pda1");
    const struct nw_register_fields reg = {.issued_on = "2026-06-14"};
    static struct nw_findings losses;
    struct nw_json *claims = NULL;
    losses.n = 0;
    if (row->claims != NULL) {
        claims = parse(row->claims);
    } else {
        gen_ok(nw_profile_write(type, row->profile, tree, &reg, &claims, &losses), row->id);
        gen_ok(nw_json_put_text(claims, "vct", nw_type_vct(type, row->profile)), row->id);
    }
    for (size_t i = 0; i < sizeof envelope / sizeof envelope[0]; i++) {
        const struct nw_json *from = nw_json_get(tree, envelope[i]);
        struct nw_json *copy = NULL;
        if (from != NULL && nw_json_get(claims, envelope[i]) == NULL) {
            gen_ok(nw_json_dup(from, &copy), row->id);
            gen_ok(nw_json_put(claims, envelope[i], &copy), row->id);
        }
    }
    return claims;
}

static bool keep(void *ctx, struct nw_slice disclosure)
{
    const struct case_row *row = ctx;
    char text[8192];
    if (!nw_slice_cstr(disclosure, text, sizeof text)) {
        gen_die("%s: a disclosure is too long", row->id);
    }
    for (size_t i = 0; i < sizeof row->withhold / sizeof row->withhold[0]; i++) {
        if (row->withhold[i] != NULL && strstr(text, row->withhold[i]) != NULL) {
            return false;
        }
    }
    return true;
}

static void make_sdjwt(struct gen *g, const struct world *w, const struct case_row *row,
                       struct nw_buf *out)
{
    static struct nw_signer *const none = NULL;
    const struct nw_type *type = nw_type_find(w->types, "pda1");
    const struct nw_sd_plan own = {.paths = row->plan};
    struct nw_buf issued = NW_BUF(TEXT_MAX);
    struct nw_json *payload = make_tree(g, w, row);
    enum nw_profile profile = row->profile == NW_PROFILE_NONE ? NW_PROFILE_WEBUILD : row->profile;
    if (profile != NW_PROFILE_WEBUILD || row->claims != NULL) {
        struct nw_json *other = other_profile(w, row, payload);
        nw_json_free(&payload);
        payload = other;
    }
    const struct nw_sdjwt_issue job = {.payload = payload,
                                       .plan =
                                           row->plan != NULL ? &own : nw_type_plan(type, profile),
                                       .typ = "dc+sd-jwt",
                                       .random = gen_random,
                                       .random_ctx = g};
    gen_random_restart(g, "credentials of sample records");
    gen_ok(nw_sdjwt_issue(g->c, w->body[party_of(row)].issuer, &job, &issued, NULL), row->id);
    struct nw_signer *holder = row->holder == HOLDER_PROVEN  ? w->holder
                               : row->holder == HOLDER_OTHER ? w->other_holder
                                                             : none;
    gen_ok(nw_sdjwt_present(g->c, nw_buf_slice(&issued), keep, (void *)(uintptr_t)row, holder,
                            NONCE, AUDIENCE, GEN_NOW - 20, out),
           row->id);
    nw_json_free(&payload);
    nw_buf_free(&issued);
}

static void make_a11(struct gen *g, const struct world *w, const struct case_row *row,
                     struct nw_buf *out)
{
    const struct world_body *body = &w->body[party_of(row)];
    const struct nw_type *type = nw_type_find(w->types, "pda1");
    struct nw_buf a1 = NW_BUF(TEXT_MAX);
    struct nw_json *tree = make_tree(g, w, row);
    struct nw_seal_issue job = {.iss = body->id};
    struct nw_diag d;
    nw_diag_clear(&d);
    (void)nw_json_int(nw_json_get(tree, "iat"), &job.iat);
    (void)nw_json_int(nw_json_get(tree, "exp"), &job.exp);
    if (nw_json_get(tree, "status") != NULL) {
        gen_ok(nw_status_ref_json(nw_json_get(tree, "status"), &job.status, &d), row->id);
    }
    gen_ok(nw_a11_write(type, tree, row->form == CASE_A11 ? 1 : 2, &a1, &d), row->id);
    job.a1 = nw_buf_slice(&a1);
    gen_ok(nw_seal_make(g->c, body->issuer, &job, out, &d), row->id);
    nw_json_free(&tree);
    nw_buf_free(&a1);
}

static void make_record(const struct world *w, const struct case_row *row, struct nw_buf *out)
{
    struct nw_json *record = NULL;
    gen_ok(nw_json_dup(record_of(w, row->record), &record), row->id);
    edit_all(record, row);
    nw_json_write(record, out);
    nw_buf_putc(out, '\n');
    nw_json_free(&record);
}

/* ---- entries ---- */

#define TEXT(s, ...) (void)snprintf(s, sizeof(s), __VA_ARGS__)

static const char *usual(const char *given, const char *otherwise)
{
    return given == NULL ? otherwise : strcmp(given, NOT_GIVEN) == 0 ? NULL : given;
}

static void rule_of(const char *id, char rule[16])
{
    (void)snprintf(rule, 16, "%s", id);
    char *end = strrchr(rule, '-');
    if (end == NULL) {
        gen_die("%s is no id", id);
    }
    *end = '\0';
}

static void entry_verifier(struct gen *g, const struct case_row *row, const char *input)
{
    static const char *const issued_later[] = {"I01", NULL};
    static const char *const nothing[] = {NULL};
    static const char *const forms[] = {"dc+sd-jwt", "a11", "a11", "record", "other"};
    char rule[16];
    rule_of(row->id, rule);
    bool asked = row->form == CASE_SDJWT && row->holder != HOLDER_NONE;
    bool none = row->reasons[0] == NULL;
    bool quiet = !none && strcmp(row->reasons[0], NOT_GIVEN) == 0;
    const struct gen_vector v = {
        .id = row->id,
        .rule = rule,
        .clause = row->clause,
        .broken = row->broken,
        .twin = row->twin,
        .input = input,
        .form = forms[row->form],
        .seen = row->seen,
        .at = row->at,
        .bundle = usual(row->bundle, GOOD_BUNDLE),
        .policy = usual(row->policy, POLICY),
        .country = usual(row->country, "DE"),
        .employer = row->employer,
        .site = row->site,
        .nonce = asked ? usual(row->nonce, NONCE) : NULL,
        .audience = asked && usual(row->nonce, NONCE) != NULL ? AUDIENCE : NULL,
        .person = usual(row->person, samples[row->record].person),
        .pid = row->pid,
        .exit = row->exit,
        .failed = row->failed,
        .decisive = row->decisive,
        .reasons = quiet                   ? nothing
                   : !none                 ? row->reasons
                   : row->decisive == NULL ? issued_later
                                           : NULL,
    };
    gen_vector(g, &v);
}

static void entry_issuer(struct gen *g, const struct case_row *row, const char *group,
                         const char *input)
{
    char rule[16], more[3][96];
    const char *inputs[5] = {input};
    rule_of(row->id, rule);
    for (size_t i = 0; i < 3 && row->earlier[i] != NULL; i++) {
        TEXT(more[i], "set/%s/%s.json", group, row->earlier[i]);
        inputs[i + 1] = more[i];
    }
    bool alone = inputs[1] == NULL;
    const struct gen_vector v = {
        .id = row->id,
        .rule = rule,
        .clause = row->clause,
        .broken = row->broken,
        .twin = row->twin,
        .judge = "issuer",
        .input = alone ? input : NULL,
        .inputs = alone ? NULL : inputs,
        .form = "record",
        .at = row->at,
        .person = row->person,
        .exit = row->exit,
        .failed = row->failed,
    };
    gen_vector(g, &v);
}

static void make(struct gen *g, const struct world *w, const struct case_row *row,
                 struct nw_buf *out)
{
    switch (row->form) {
    case CASE_A11:
    case CASE_A11_FULL:
        make_a11(g, w, row, out);
        break;
    case CASE_RECORD:
        make_record(w, row, out);
        break;
    case CASE_SDJWT:
        make_sdjwt(g, w, row, out);
        break;
    case CASE_SEEN:
        break;
    }
    gen_ok(nw_buf_err(out), row->id);
}

void case_rows(struct gen *g, const struct world *w, const char *group, const struct case_row *rows,
               size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct case_row *row = &rows[i];
        bool record = row->form == CASE_RECORD;
        struct nw_buf text = NW_BUF(TEXT_MAX);
        char path[96];
        make(g, w, row, &text);
        TEXT(path, "set/%s/%s.%s", group, row->id, record ? "json" : "txt");
        const char *input = NULL;
        if (row->file_only) { /* named by others */
            gen_file(g, path, nw_buf_slice(&text));
        } else if (text.n > 0) {
            input = gen_input(g, path, nw_buf_slice(&text));
        }
        if (record && !row->file_only) {
            entry_issuer(g, row, group, input);
        } else if (!record) {
            entry_verifier(g, row, input);
        }
        nw_buf_free(&text);
    }
}
