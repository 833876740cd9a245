#include "config.h"

#include <stdio.h>
#include <string.h>

#define CONFIG_MAX (1u << 20)

enum form {
    PATH,
    NAME,
    TEXT,
    LIST_KIND,
    SECONDS,
    BOOLEAN,
    PATHS,
    PATHS_SOME,
    TEXTS,
    SIGNER,
    SOURCES,
    VERSION
};

struct member {
    const char *name;
    bool required;
    enum form form;
};

static const struct member top[] = {
    {"version", true, VERSION},      {"signer", true, SIGNER},
    {"max_age", true, SECONDS},      {"state", true, PATH},
    {"sources", true, SOURCES},      {"status_lists", false, PATHS},
    {"institutions", false, PATH},   {"signer_certificates", false, PATHS},
    {"type_metadata", false, PATHS},
};
static const struct member signer[] = {{"key", true, PATH}, {"chain", true, PATH}};
static const struct member source[] = {
    {"name", true, NAME},
    {"list", true, LIST_KIND},
    {"file", false, PATH}, /* of all but iaca, and there required; signers likewise */
    {"signers", false, PATHS_SOME},
    {"test", false, BOOLEAN},
    {"allow_rs", false, BOOLEAN},
    /* of a list of lists */
    {"journal", false, TEXT},
    {"pivots", false, PATHS},
    {"lists", false, PATHS},
    {"grace", false, SECONDS},
    /* of iaca */
    {"certificates", false, PATHS_SOME},
    {"doc_types", false, TEXTS},
};

static enum nw_err check_object(const struct nw_json *n, const struct member *members, size_t count,
                                const char *path, struct nw_diag *d);

static enum nw_err wrong(struct nw_diag *d, const char *path, const char *what)
{
    return nw_fail_at(d, NW_ERR_CONFIG, path, "%s", what);
}

static bool is_path(const struct nw_json *n)
{
    const char *value = nw_json_text(n);
    return value != NULL && value[0] != '\0' && strlen(value) < TL_PATH / 2;
}

static enum nw_err check_paths(const struct nw_json *n, bool some, const char *path,
                               struct nw_diag *d)
{
    if (nw_json_kind(n) != NW_JSON_ARRAY || (some && nw_json_count(n) == 0)) {
        return wrong(d, path,
                     some ? "must be an array of at least one file" : "must be an array of files");
    }
    for (const struct nw_json *c = nw_json_first(n); c != NULL; c = nw_json_next(c)) {
        if (!is_path(c)) {
            return wrong(d, path, "must hold names of files");
        }
    }
    return NW_OK;
}

static enum nw_err check_texts(const struct nw_json *n, const char *path, struct nw_diag *d)
{
    bool ok = nw_json_kind(n) == NW_JSON_ARRAY && nw_json_count(n) > 0;
    for (const struct nw_json *c = nw_json_first(n); ok && c != NULL; c = nw_json_next(c)) {
        ok = is_path(c);
    }
    return ok ? NW_OK : wrong(d, path, "must be an array of at least one text");
}

/* Members that go with the kind of list, and those that do not. */
static enum nw_err check_kind(const struct nw_json *s, const char *path, struct nw_diag *d)
{
    bool lotl = nw_json_is_text(nw_json_get(s, "list"), "lotl");
    bool iaca = nw_json_is_text(nw_json_get(s, "list"), "iaca");
    bool file = nw_json_get(s, "file") != NULL;
    bool signers = nw_json_get(s, "signers") != NULL;
    bool certificates = nw_json_get(s, "certificates") != NULL;
    if (lotl != (nw_json_get(s, "journal") != NULL) ||
        (!lotl && (nw_json_get(s, "pivots") != NULL || nw_json_get(s, "lists") != NULL ||
                   nw_json_get(s, "grace") != NULL))) {
        return wrong(d, path, "journal belongs to a lotl, pivots, lists and grace to it only");
    }
    if (iaca != certificates || (!iaca && nw_json_get(s, "doc_types") != NULL)) {
        return wrong(d, path, "certificates belong to iaca, doc_types to it only");
    }
    if (file == iaca || signers == iaca) {
        return wrong(d, path, "file and signers belong to every list but iaca");
    }
    return NW_OK;
}

static enum nw_err check_sources(const struct nw_json *n, struct nw_diag *d)
{
    char path[NW_DIAG_PATH];
    size_t i = 0;
    if (nw_json_kind(n) != NW_JSON_ARRAY || nw_json_count(n) == 0) {
        return wrong(d, "sources", "must be an array of at least one source");
    }
    for (const struct nw_json *s = nw_json_first(n); s != NULL; s = nw_json_next(s)) {
        (void)snprintf(path, sizeof path, "sources[%zu]", i++);
        enum nw_err e = check_object(s, source, sizeof source / sizeof source[0], path, d);
        e = e == NW_OK ? check_kind(s, path, d) : e;
        if (e != NW_OK) {
            return e;
        }
        const char *name = nw_json_text(nw_json_get(s, "name"));
        for (const struct nw_json *t = nw_json_next(s); t != NULL; t = nw_json_next(t)) {
            if (nw_json_is_text(nw_json_get(t, "name"), name)) {
                return wrong(d, path, "its name occurs twice");
            }
        }
    }
    return NW_OK;
}

static enum nw_err check_member(const struct nw_json *n, enum form form, const char *path,
                                struct nw_diag *d)
{
    int64_t number = 0;
    bool flag;
    switch (form) {
    case PATH:
        return is_path(n) ? NW_OK : wrong(d, path, "must be the name of a file");
    case NAME:
        return is_path(n) && strlen(nw_json_text(n)) < 64
                   ? NW_OK
                   : wrong(d, path, "must be text of at most 63 bytes");
    case TEXT:
        return is_path(n) ? NW_OK : wrong(d, path, "must be text");
    case LIST_KIND:
        return nw_json_is_text(n, "lotl") || nw_json_is_text(n, "vical") ||
                       nw_json_is_text(n, "iaca") ||
                       (nw_json_text(n) != NULL && lote_kind_from_name(nw_json_text(n)) != LOTE_ANY)
                   ? NW_OK
                   : wrong(d, path,
                           "must be pid, wallet, wrpac, wrprc, pub-eaa, registrars, mdl, lotl, "
                           "vical or "
                           "iaca");
    case SECONDS:
        return nw_json_int(n, &number) && number > 0
                   ? NW_OK
                   : wrong(d, path, "must be a number of seconds");
    case BOOLEAN:
        return nw_json_bool(n, &flag) ? NW_OK : wrong(d, path, "must be true or false");
    case PATHS:
    case PATHS_SOME:
        return check_paths(n, form == PATHS_SOME, path, d);
    case TEXTS:
        return check_texts(n, path, d);
    case SIGNER:
        return check_object(n, signer, sizeof signer / sizeof signer[0], path, d);
    case SOURCES:
        return check_sources(n, d);
    case VERSION:
        return nw_json_int(n, &number) && number == 1 ? NW_OK : wrong(d, path, "must be 1");
    }
    return NW_ERR_INTERNAL;
}

static const struct member *find(const struct member *members, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(members[i].name, name) == 0) {
            return &members[i];
        }
    }
    return NULL;
}

static enum nw_err check_object(const struct nw_json *n, const struct member *members, size_t count,
                                const char *path, struct nw_diag *d)
{
    char below[NW_DIAG_PATH];
    if (nw_json_kind(n) != NW_JSON_OBJECT) {
        return wrong(d, path, "must be an object");
    }
    for (const struct nw_json *c = nw_json_first(n); c != NULL; c = nw_json_next(c)) {
        const struct member *m = find(members, count, nw_json_name(c));
        (void)snprintf(below, sizeof below, "%s%s%.40s", path, path[0] != '\0' ? "." : "",
                       nw_json_name(c));
        enum nw_err e = m == NULL ? wrong(d, below, "is not a member that is known")
                                  : check_member(c, m->form, below, d);
        if (e != NW_OK) {
            return e;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (members[i].required && nw_json_get(n, members[i].name) == NULL) {
            (void)snprintf(below, sizeof below, "%s%s%s", path, path[0] != '\0' ? "." : "",
                           members[i].name);
            return wrong(d, below, "is missing");
        }
    }
    return NW_OK;
}

enum nw_err tl_config_load(const char *path, struct tl_config *out, struct nw_diag *d)
{
    struct nw_buf file = NW_BUF(2 * CONFIG_MAX);
    struct nw_json *root = NULL;
    int length = snprintf(out->path, sizeof out->path, "%s", path);
    enum nw_err e = length >= 0 && length < TL_PATH / 2
                        ? tl_read(path, CONFIG_MAX, &file, d)
                        : nw_fail_at(d, NW_ERR_IO, "--config", "the name is too long");
    if (e == NW_OK) {
        e = nw_json_parse(nw_buf_slice(&file), &root, d);
    }
    if (e == NW_OK) {
        e = check_object(root, top, sizeof top / sizeof top[0], "", d);
    }
    if (e == NW_OK) {
        (void)nw_json_int(nw_json_get(root, "max_age"), &out->max_age);
        out->json = root;
        root = NULL;
    }
    nw_json_free(&root);
    nw_buf_free(&file);
    return e;
}

enum nw_err tl_config_path(const struct tl_config *c, const struct nw_json *name, char out[TL_PATH],
                           struct nw_diag *d)
{
    return tl_beside(c->path, nw_json_text(name), out, TL_PATH)
               ? NW_OK
               : nw_fail_at(d, NW_ERR_CONFIG, c->path, "a name of a file is too long");
}

void tl_config_free(struct tl_config *c)
{
    nw_json_free(&c->json);
}
