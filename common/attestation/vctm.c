/* Type metadata of a profile (SD-JWT VC, clause 5): labels in two languages, mandatory, sd. */
#include "attestation/type_internal.h"

#include <stdio.h>
#include <string.h>

struct writer {
    const struct nw_type *t;
    const struct nw_profile_data *p;
    struct nw_buf *out;
    bool comma;
};

static void put_text(struct writer *w, const char *s)
{
    nw_json_write_text(nw_str(s), w->out);
}

/* A plan path as the metadata writes it: names as texts, elements as null. */
static void put_path(struct writer *w, const char *path)
{
    nw_buf_putc(w->out, '[');
    while (*path != '\0') {
        size_t n = strcspn(path, "/");
        if (n == 1 && *path == '*') {
            nw_buf_puts(w->out, "null");
        } else {
            nw_json_write_text(nw_slice(path, n), w->out);
        }
        path += n;
        if (*path == '/') {
            nw_buf_putc(w->out, ',');
            path++;
        }
    }
    nw_buf_putc(w->out, ']');
}

static void put_labels(struct writer *w, struct nw_label label, const char *member)
{
    if (label.de == NULL) {
        return;
    }
    nw_buf_puts(w->out, ",\"display\":[");
    const char *const both[2][2] = {{"de", label.de}, {"en", label.en}};
    for (size_t i = 0; i < 2; i++) {
        nw_buf_printf(w->out, "%s{\"locale\":\"%s\",\"%s\":", i == 0 ? "" : ",", both[i][0],
                      member);
        put_text(w, both[i][1]);
        nw_buf_putc(w->out, '}');
    }
    nw_buf_putc(w->out, ']');
}

static void put_claim(struct writer *w, const char *path, struct nw_label label, bool mandatory,
                      bool sd)
{
    nw_buf_puts(w->out, w->comma ? ",{\"path\":" : "{\"path\":");
    w->comma = true;
    put_path(w, path);
    put_labels(w, label, "label");
    nw_buf_printf(w->out, ",\"mandatory\":%s,\"sd\":\"%s\"}", mandatory ? "true" : "false",
                  sd ? "always" : "never");
}

static void put_node(struct writer *w, const struct nw_node *n, const char *path, bool mandatory,
                     unsigned depth);

/* base/name into dst; a path that does not fit spoils the document rather than being cut. */
static void join(struct writer *w, char *dst, size_t cap, const char *base, const char *name)
{
    int n = snprintf(dst, cap, "%s%s%s", base, base[0] == '\0' ? "" : "/", name);
    if (n < 0 || (size_t)n >= cap) {
        nw_buf_set_err(w->out, NW_ERR_INTERNAL);
    }
}

/* Metadata paths have no wildcard for member names: each key has an entry of its own, with the
 * disclosures inside it; what lies deeper has no entry. */
static void put_keys(struct writer *w, const struct nw_node *n, const char *path)
{
    const struct nw_node *value = &n->member[0];
    const struct nw_node *item = value->kind == NW_NODE_ARRAY ? &value->member[0] : value;
    char key[NW_TYPE_PATH], each[NW_TYPE_PATH], inner[NW_TYPE_PATH];
    for (size_t i = 0; i < n->codes->n; i++) {
        join(w, key, sizeof key, path, n->codes->v[i].code);
        put_claim(w, key, n->codes->v[i].text, false, n->sd_each || value->sd);
        join(w, each, sizeof each, key, "*");
        for (size_t k = 0; item->kind == NW_NODE_OBJECT && k < item->member_n; k++) {
            if (item->member[k].sd) {
                join(w, inner, sizeof inner, value->kind == NW_NODE_ARRAY ? each : key,
                     item->member[k].name);
                put_claim(w, inner, item->member[k].label, false, true);
            }
        }
    }
}

static void put_node(struct writer *w, const struct nw_node *n, const char *path, bool mandatory,
                     unsigned depth)
{
    char below[NW_TYPE_PATH];
    if (depth == 0) {
        nw_buf_set_err(w->out, NW_ERR_INTERNAL);
        return;
    }
    if (path[0] != '\0' && (n->name[0] != '\0' || n->sd)) {
        put_claim(w, path, n->label, mandatory && n->required, n->sd);
    }
    if (n->kind == NW_NODE_MAP) {
        put_keys(w, n, path);
        return;
    }
    for (size_t i = 0; i < n->member_n; i++) {
        bool element = n->kind == NW_NODE_ARRAY;
        join(w, below, sizeof below, path, element ? "*" : n->member[i].name);
        /* Mandatory is said of what every credential has, not of members of what may be missing. */
        put_node(w, &n->member[i], below, !element && mandatory && (path[0] == '\0' || n->required),
                 depth - 1);
    }
}

static bool is_sd(const struct nw_profile_data *p, const char *path)
{
    for (size_t i = 0; i < p->sd_n; i++) {
        if (strcmp(p->sd[i], path) == 0) {
            return true;
        }
    }
    return false;
}

static bool seen_before(const struct nw_row *rows, size_t i, size_t len)
{
    for (size_t k = 0; k < i; k++) {
        if (strncmp(rows[k].as, rows[i].as, len) == 0 &&
            (rows[k].as[len] == '\0' || rows[k].as[len] == '.') && !rows[k].mdoc_only) {
            return true;
        }
    }
    return false;
}

/* "a.b" below base as "base/a/b", with an entry for each object on the way that is new. */
static void put_row(struct writer *w, const struct nw_row *rows, size_t i, const char *base)
{
    const struct nw_row *r = &rows[i];
    char path[NW_TYPE_PATH], each[NW_TYPE_PATH];
    size_t len = 0, n = strlen(r->as);
    struct nw_label none = {NULL, NULL};
    do {
        len += strcspn(r->as + len, ".");
        join(w, path, sizeof path, base, r->as);
        if (strlen(path) < n - len) {
            return;
        }
        path[strlen(path) - (n - len)] = '\0';
        for (char *c = path; *c != '\0'; c++) {
            *c = *c == '.' ? '/' : *c;
        }
        if (len == n) {
            put_claim(w, path, r->label.de != NULL || r->node == NULL ? r->label : r->node->label,
                      r->required && base[0] == '\0', is_sd(w->p, path));
        } else if (!seen_before(rows, i, len)) {
            put_claim(w, path, none, r->required && base[0] == '\0', is_sd(w->p, path));
        }
        len++;
    } while (len < n);
    if (r->single || r->each_n == 0) {
        return;
    }
    join(w, each, sizeof each, path, "*");
    for (size_t k = 0; k < r->each_n; k++) {
        put_row(w, r->each, k, each);
    }
}

enum nw_err nw_type_vctm(const struct nw_type *t, enum nw_profile p, struct nw_buf *json)
{
    const struct nw_profile_data *profile = nw_type_profile(t, p);
    struct writer w = {.t = t, .p = profile, .out = json};
    if (profile == NULL || !profile->write) {
        return NW_ERR_FORM_UNKNOWN;
    }
    nw_buf_puts(json, "{\"vct\":");
    put_text(&w, profile->vct);
    nw_buf_puts(json, ",\"name\":");
    put_text(&w, nw_type_title(t, "en"));
    if (t->description.en != NULL) {
        nw_buf_puts(json, ",\"description\":");
        put_text(&w, t->description.en);
    }
    put_labels(&w, t->label, "name");
    nw_buf_puts(json, ",\"claims\":[");
    if (profile->canonical) {
        put_node(&w, &t->root, "", true, NW_TYPE_DEPTH + 4);
    }
    for (size_t i = 0; i < profile->row_n && !profile->canonical; i++) {
        if (!profile->row[i].mdoc_only) {
            put_row(&w, profile->row, i, "");
        }
    }
    nw_buf_puts(json, "]}");
    return nw_buf_err(json);
}
