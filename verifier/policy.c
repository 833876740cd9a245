#include "policy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input.h"

#define POLICY_MAX (64u << 10)

struct reader {
    struct nw_policy_file *p;
    struct nw_diag *d;
};

static enum nw_err policy_bad(struct reader *r, const char *name, const char *want)
{
    return nw_fail_at(r->d, NW_ERR_CONFIG, name, "%s", want);
}

static enum nw_err policy_seconds(struct reader *r, const struct nw_json *n, int64_t unit,
                                  int64_t *out)
{
    int64_t v;
    if (!nw_json_int(n, &v) || v < 0 || v > 10 * 366 * 24 * 3600 / unit) {
        return policy_bad(r, nw_json_name(n), "a whole number from 0 to ten years is wanted");
    }
    *out = v * unit;
    return NW_OK;
}

static enum nw_err policy_flag(struct reader *r, const struct nw_json *n, bool *out)
{
    return nw_json_bool(n, out) ? NW_OK : policy_bad(r, nw_json_name(n), "true or false is wanted");
}

static enum nw_err policy_signers(struct reader *r, const struct nw_json *n)
{
    size_t count = 0;
    for (const struct nw_json *x = nw_json_first(n); x != NULL; x = nw_json_next(x)) {
        const char *hex = nw_json_text(x);
        if (count == NW_POLICY_SIGNERS || hex == NULL || strlen(hex) != 64 ||
            strspn(hex, "0123456789abcdef") != 64) {
            return policy_bad(r, "bundle_signers", "up to 8 SHA-256 values, 64 lower case digits");
        }
        (void)snprintf(r->p->signer_text[count], 65, "%s", hex);
        r->p->signers[count] = r->p->signer_text[count];
        count++;
    }
    return nw_json_kind(n) == NW_JSON_ARRAY && count > 0
               ? NW_OK
               : policy_bad(r, "bundle_signers", "an array with at least one value is wanted");
}

static enum nw_err policy_types(struct reader *r, const struct nw_json *n)
{
    static const char *const known[] = {"pda1", "ehic", "pid"};
    size_t count = 0;
    memset(r->p->policy.types, 0, sizeof r->p->policy.types);
    for (const struct nw_json *x = nw_json_first(n); x != NULL; x = nw_json_next(x)) {
        bool is = false;
        for (size_t i = 0; i < 3; i++) {
            is = is || nw_json_is_text(x, known[i]);
        }
        if (!is || count == 3) {
            return policy_bad(r, "types", "pda1, ehic, pid are known");
        }
        (void)snprintf(r->p->types[count], sizeof r->p->types[count], "%s", nw_json_text(x));
        r->p->policy.types[count] = r->p->types[count];
        count++;
    }
    return count > 0 ? NW_OK : policy_bad(r, "types", "an array with at least one type is wanted");
}

static enum nw_err policy_algs(struct reader *r, const struct nw_json *n)
{
    size_t count = 0;
    for (const struct nw_json *x = nw_json_first(n); x != NULL; x = nw_json_next(x)) {
        enum nw_sig_alg alg = nw_alg_from_jose(nw_str(nw_json_text(x)));
        if (alg == NW_ALG_NONE || count == 10) {
            return policy_bad(r, "algorithms", "names of asymmetric JWS algorithms are wanted");
        }
        r->p->algs[count++] = alg;
    }
    r->p->policy.algs = r->p->algs;
    r->p->policy.alg_n = count;
    return count > 0 ? NW_OK : policy_bad(r, "algorithms", "at least one algorithm is wanted");
}

static enum nw_err policy_test(struct reader *r, const struct nw_json *n)
{
    static const char *const words[] = {"refuse", "mark", "accept"};
    for (size_t i = 0; i < 3; i++) {
        if (nw_json_is_text(n, words[i])) {
            r->p->policy.test_lists = (enum nw_test_lists)i;
            return NW_OK;
        }
    }
    return policy_bad(r, "test_lists", "refuse, mark or accept");
}

static enum nw_err policy_file_name(struct reader *r, const struct nw_json *n, char *out)
{
    const char *name = nw_json_text(n);
    if (name == NULL || name[0] == '\0') {
        return policy_bad(r, nw_json_name(n), "a file name is wanted");
    }
    const char *slash = strrchr(r->p->path, '/');
    int folder = name[0] == '/' || slash == NULL ? 0 : (int)(slash - r->p->path + 1);
    int n_chars = snprintf(out, NW_POLICY_PATH, "%.*s%s", folder, r->p->path, name);
    return n_chars > 0 && n_chars < NW_POLICY_PATH ? NW_OK
                                                   : policy_bad(r, nw_json_name(n), "too long");
}

static enum nw_err policy_country(struct reader *r, const struct nw_json *n)
{
    const char *cc = nw_json_text(n);
    return nw_report_place(cc, r->p->country)
               ? NW_OK
               : policy_bad(r, "country", "one of the 32 states of the A1 is wanted, ISO 3166");
}

static enum nw_err policy_way(struct reader *r, const struct nw_json *n)
{
    static const char *const words[] = {"list", "qualified", "both"};
    for (size_t i = 0; i < 3; i++) {
        if (nw_json_is_text(n, words[i])) {
            r->p->policy.way = (enum nw_trust_way)i;
            return NW_OK;
        }
    }
    return policy_bad(r, "trust_path", "list, qualified or both");
}

static enum nw_err policy_transition(struct reader *r, const struct nw_json *n)
{
    struct nw_policy *p = &r->p->policy;
    p->transition_n = 0;
    for (const struct nw_json *x = nw_json_first(n); x != NULL; x = nw_json_next(x)) {
        const char *cc = nw_json_text(x);
        if (p->transition_n == NW_POLICY_STATES || cc == NULL || strlen(cc) != 2 ||
            strspn(cc, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2) {
            return policy_bad(r, "transition", "up to 32 states, two capital letters each");
        }
        (void)snprintf(p->transition[p->transition_n++], 3, "%s", cc);
    }
    return nw_json_kind(n) == NW_JSON_ARRAY ? NW_OK
                                            : policy_bad(r, "transition", "an array is wanted");
}

static enum nw_err policy_statement(struct reader *r, const struct nw_json *n)
{
    const char *oid = nw_json_text(n);
    if (oid == NULL || strspn(oid, "0123456789.") != strlen(oid) || strchr(oid, '.') == NULL ||
        !nw_slice_cstr(nw_str(oid), r->p->public_body, sizeof r->p->public_body)) {
        return policy_bad(r, "public_body_statement", "an OID in dotted form is wanted");
    }
    r->p->policy.public_body = r->p->public_body;
    return NW_OK;
}

static enum nw_err policy_namespace(struct reader *r, const struct nw_json *n)
{
    const char *name = nw_json_text(n);
    if (name == NULL || name[0] == '\0' ||
        !nw_slice_cstr(nw_str(name), r->p->name_space, sizeof r->p->name_space)) {
        return policy_bad(r, "mdoc_namespace", "a text of up to 127 characters is wanted");
    }
    return NW_OK;
}

static enum nw_err policy_version(struct reader *r, const struct nw_json *n)
{
    int64_t v;
    return nw_json_int(n, &v) && v == 1 ? NW_OK : policy_bad(r, "version", "version 1 is wanted");
}

static enum nw_err policy_member(struct reader *r, const struct nw_json *n)
{
    struct nw_policy *p = &r->p->policy;
    const struct nw_slice name = nw_str(nw_json_name(n));
#define IS(text) nw_slice_is(name, text)
    return IS("version")                 ? policy_version(r, n)
           : IS("bundle_signers")        ? policy_signers(r, n)
           : IS("bundle")                ? policy_file_name(r, n, r->p->bundle)
           : IS("state")                 ? policy_file_name(r, n, r->p->state)
           : IS("country")               ? policy_country(r, n)
           : IS("status_fresh_hours")    ? policy_seconds(r, n, 3600, &p->status_fresh)
           : IS("trust_fresh_hours")     ? policy_seconds(r, n, 3600, &p->trust_fresh)
           : IS("clock_skew_seconds")    ? policy_seconds(r, n, 1, &p->skew)
           : IS("proof_max_age_seconds") ? policy_seconds(r, n, 1, &p->kb_max_age)
           : IS("require_binding")       ? policy_flag(r, n, &p->require_binding)
           : IS("refuse_mac")            ? policy_flag(r, n, &p->refuse_mac)
           : IS("iaca")                  ? policy_flag(r, n, &p->iaca)
           : IS("mdoc_namespace")        ? policy_namespace(r, n)
           : IS("trust_path")            ? policy_way(r, n)
           : IS("transition")            ? policy_transition(r, n)
           : IS("list_grace_hours")      ? policy_seconds(r, n, 3600, &p->list_grace)
           : IS("public_body_statement") ? policy_statement(r, n)
           : IS("legacy_typ")            ? policy_flag(r, n, &p->legacy_typ)
           : IS("test_lists")            ? policy_test(r, n)
           : IS("types")                 ? policy_types(r, n)
           : IS("algorithms")            ? policy_algs(r, n)
                                         : policy_bad(r, nw_json_name(n), "no such member");
#undef IS
}

static enum nw_err policy_parse(struct reader *r, struct nw_slice text)
{
    struct nw_json *root = NULL;
    struct nw_diag json = {0};
    nw_diag_clear(&json);
    enum nw_err e = nw_json_parse(text, &root, &json);
    if (e != NW_OK) {
        return nw_fail(r->d, NW_ERR_CONFIG, json.off, "%s", nw_err_text(e));
    }
    if (nw_json_kind(root) != NW_JSON_OBJECT || nw_json_get(root, "version") == NULL) {
        e = nw_fail_at(r->d, NW_ERR_CONFIG, "version", "an object with version 1 is wanted");
    }
    for (const struct nw_json *n = nw_json_first(root); n != NULL && e == NW_OK;
         n = nw_json_next(n)) {
        e = policy_member(r, n);
    }
    nw_json_free(&root);
    return e;
}

/* One that cannot be reached is there: reading it says what is wrong; no weaker one is taken. */
static bool policy_there(const char *path)
{
    return access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* The first policy file there is; "" if there is none. */
static void policy_find(char out[NW_POLICY_PATH])
{
    const char *config = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    if (config != NULL && config[0] == '/') {
        (void)snprintf(out, NW_POLICY_PATH, "%s/nachweis/policy.json", config);
        if (policy_there(out)) {
            return;
        }
    } else if (home != NULL && home[0] == '/') {
        (void)snprintf(out, NW_POLICY_PATH, "%s/.config/nachweis/policy.json", home);
        if (policy_there(out)) {
            return;
        }
    }
    (void)snprintf(out, NW_POLICY_PATH, "/etc/nachweis/policy.json");
    if (!policy_there(out)) {
        out[0] = '\0';
    }
}

enum nw_err nw_policy_load(const char *path, struct nw_policy_file *out, struct nw_diag *d)
{
    struct reader r = {.p = out, .d = d};
    memset(out, 0, sizeof *out);
    nw_policy_default(&out->policy);
    if (path != NULL) {
        if (!nw_slice_cstr(nw_str(path), out->path, sizeof out->path)) {
            return nw_fail(d, NW_ERR_CONFIG, NW_NO_OFFSET, "the name of the policy is too long");
        }
    } else {
        policy_find(out->path);
    }
    if (out->path[0] == '\0') {
        return NW_OK;
    }
    struct nw_buf text = NW_BUF(POLICY_MAX);
    enum nw_err e = nw_input_read(out->path, &text, d);
    if (e == NW_OK) {
        e = policy_parse(&r, nw_buf_slice(&text));
    }
    nw_buf_free(&text);
    return e;
}
