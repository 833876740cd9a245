/* Questions to a loaded type. */
#include "attestation/type_internal.h"

#include <stdio.h>
#include <string.h>

static const char *const profile_names[] = {
    [NW_PROFILE_NONE] = "",
    [NW_PROFILE_WEBUILD] = "webuild",
    [NW_PROFILE_EUDI] = "eudi",
    [NW_PROFILE_DC4EU] = "dc4eu",
    [NW_PROFILE_DC4EU_PILOT] = "dc4eu-pilot",
};

const char *nw_profile_name(enum nw_profile p)
{
    return (size_t)p < sizeof profile_names / sizeof profile_names[0] ? profile_names[p] : "";
}

enum nw_profile nw_profile_from_name(const char *name)
{
    for (size_t i = 1; i < sizeof profile_names / sizeof profile_names[0]; i++) {
        if (strcmp(profile_names[i], name) == 0) {
            return (enum nw_profile)i;
        }
    }
    return NW_PROFILE_NONE;
}

const struct nw_type *nw_type_find(const struct nw_types *t, const char *name)
{
    for (size_t i = 0; i < t->n; i++) {
        if (strcmp(t->v[i].name, name) == 0) {
            return &t->v[i];
        }
    }
    return NULL;
}

size_t nw_types_count(const struct nw_types *t)
{
    return t->n;
}

const struct nw_type *nw_types_at(const struct nw_types *t, size_t i)
{
    return i < t->n ? &t->v[i] : NULL;
}

const char *nw_type_name(const struct nw_type *t)
{
    return t->name;
}

static const char *in_language(struct nw_label label, const char *lang)
{
    return strcmp(lang, "de") == 0 ? label.de : label.en;
}

const char *nw_type_title(const struct nw_type *t, const char *lang)
{
    const char *title = in_language(t->label, lang);
    return title == NULL ? t->name : title;
}

const char *nw_type_short(const struct nw_type *t)
{
    return t->short_name;
}

const char *nw_type_field(const struct nw_type *t, enum nw_type_field f)
{
    return t->field[f];
}

const char *nw_type_value(const struct nw_type *t, enum nw_type_field f,
                          const struct nw_json *record)
{
    return t->field[f] == NULL ? NULL : nw_json_text(nw_json_path(record, t->field[f]));
}

const char *const *nw_type_needed(const struct nw_type *t)
{
    return t->needed;
}

const char *nw_type_category(const struct nw_type *t)
{
    return t->category;
}

bool nw_type_has_a11(const struct nw_type *t)
{
    return t->a11.entry_n > 0;
}

bool nw_type_bound(const struct nw_type *t, enum nw_profile p)
{
    const struct nw_profile_data *profile = nw_type_profile(t, p);
    return profile != NULL && profile->bound;
}

const struct nw_type *nw_type_of_record(const struct nw_types *t, const struct nw_json *record)
{
    const struct nw_type *best = NULL;
    size_t most = 0;
    for (size_t i = 0; i < t->n; i++) {
        size_t known = 0;
        for (const struct nw_json *m = nw_json_first(record); m != NULL; m = nw_json_next(m)) {
            const char *name = nw_json_name(m);
            known += name != NULL && nw_node_member(&t->v[i].root, name) != NULL;
        }
        if (known > most) {
            most = known;
            best = &t->v[i];
        }
    }
    return best;
}

const struct nw_profile_data *nw_type_profile(const struct nw_type *t, enum nw_profile p)
{
    for (size_t i = 0; i < t->profile_n; i++) {
        if (t->profile[i].id == p) {
            return &t->profile[i];
        }
    }
    return NULL;
}

enum nw_profile nw_type_canonical(const struct nw_type *t)
{
    for (size_t i = 0; i < t->profile_n; i++) {
        if (t->profile[i].canonical) {
            return t->profile[i].id;
        }
    }
    return NW_PROFILE_NONE;
}

const char *nw_type_vct(const struct nw_type *t, enum nw_profile p)
{
    const struct nw_profile_data *profile = nw_type_profile(t, p);
    return profile == NULL ? NULL : profile->vct;
}

bool nw_type_writes(const struct nw_type *t, enum nw_profile p)
{
    const struct nw_profile_data *profile = nw_type_profile(t, p);
    return profile != NULL && profile->write;
}

const struct nw_sd_plan *nw_type_plan(const struct nw_type *t, enum nw_profile p)
{
    const struct nw_profile_data *profile = nw_type_profile(t, p);
    return profile == NULL ? NULL : &profile->plan;
}

bool nw_type_is_envelope(const struct nw_type *t, const char *name)
{
    for (size_t i = 0; i < t->envelope_n; i++) {
        if (strcmp(t->envelope[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_vct(const struct nw_profile_data *p, const char *vct)
{
    if (strcmp(p->vct, vct) == 0) {
        return true;
    }
    for (size_t i = 0; i < p->also_n; i++) {
        if (strcmp(p->also[i], vct) == 0) {
            return true;
        }
    }
    return p->vct_prefix != NULL && nw_slice_starts(nw_str(vct), p->vct_prefix);
}

static bool has_shape(const struct nw_profile_data *p, const struct nw_json *payload)
{
    for (size_t i = 0; i < p->when_n; i++) {
        if (nw_json_kind(nw_json_path(payload, p->when[i].path)) == p->when[i].kind) {
            return true;
        }
    }
    return p->when_n == 0;
}

/* Two profiles that both fit leave the question open: then it is none. */
const struct nw_type *nw_type_detect(const struct nw_types *t, const struct nw_json *payload,
                                     enum nw_profile *profile)
{
    const char *vct = nw_json_text(nw_json_get(payload, "vct"));
    const struct nw_type *found = NULL;
    size_t fits = 0;
    for (size_t i = 0; vct != NULL && i < t->n; i++) {
        for (size_t k = 0; k < t->v[i].profile_n; k++) {
            const struct nw_profile_data *p = &t->v[i].profile[k];
            if (has_vct(p, vct) && has_shape(p, payload)) {
                found = &t->v[i];
                *profile = p->id;
                fits++;
            }
        }
    }
    if (fits != 1) {
        *profile = NW_PROFILE_NONE;
        return NULL;
    }
    return found;
}

const char *nw_type_label(const struct nw_type *t, const char *path, const char *lang)
{
    const struct nw_node *n = nw_node_path(&t->root, path);
    if (n != NULL && n->label.de != NULL) {
        return in_language(n->label, lang);
    }
    /* An element without a label of its own is called like its list. */
    const char *end = strrchr(path, '[');
    if (n != NULL && end != NULL && end[strcspn(end, "]")] == ']' && strchr(end, '.') == NULL) {
        char parent[NW_TYPE_PATH];
        if (nw_slice_cstr(nw_slice(path, (size_t)(end - path)), parent, sizeof parent)) {
            n = nw_node_path(&t->root, parent);
            if (n != NULL && n->label.de != NULL) {
                return in_language(n->label, lang);
            }
        }
    }
    return path;
}

const char *nw_type_code_text(const struct nw_type *t, const char *path, const char *code,
                              const char *lang)
{
    const struct nw_node *n = nw_node_path(&t->root, path);
    if (n != NULL && n->kind == NW_NODE_ARRAY) {
        n = &n->member[0];
    }
    const struct nw_code *c = n == NULL ? NULL : nw_codes_find(n->codes, code);
    return c == NULL ? NULL : in_language(c->text, lang);
}

const char *nw_types_code_text(const struct nw_types *t, const char *list, const char *code,
                               const char *lang)
{
    for (size_t i = 0; t != NULL && i < t->shared_n; i++) {
        if (strcmp(t->shared[i].name, list) == 0) {
            const struct nw_code *c = nw_codes_find(&t->shared[i], code);
            return c == NULL ? NULL : in_language(c->text, lang);
        }
    }
    return NULL;
}

bool nw_type_has_rule(const struct nw_type *t, const char *id)
{
    for (size_t i = 0; i < t->rule_n; i++) {
        if (strcmp(t->rule[i].id, id) == 0) {
            return true;
        }
    }
    return false;
}

const struct nw_rule_row *nw_type_rule(const struct nw_type *t, const char *id, const char *day)
{
    for (size_t i = 0; i < t->rule_n; i++) {
        const struct nw_rule_row *r = &t->rule[i];
        if (strcmp(r->id, id) != 0) {
            continue;
        }
        bool begun = r->valid_from == NULL || strcmp(day, r->valid_from) >= 0;
        bool over = r->valid_to != NULL && strcmp(day, r->valid_to) > 0;
        if (begun && !over) {
            return r;
        }
    }
    return NULL;
}

bool nw_rule_value(const struct nw_rule_row *r, const char *name, int64_t *out)
{
    return r != NULL && nw_json_int(nw_json_get(r->values, name), out);
}

void nw_finding_add(struct nw_findings *f, const char *rule, enum nw_level level, const char *path,
                    const char *fmt, ...)
{
    if (f->n >= NW_MAX_FINDINGS) {
        /* The last place always holds an error if there was one: no error is lost by counting. */
        struct nw_finding *last = &f->v[NW_MAX_FINDINGS - 1];
        if (level != NW_LEVEL_ERROR || last->level == NW_LEVEL_ERROR) {
            return;
        }
        f->n = NW_MAX_FINDINGS - 1;
    }
    struct nw_finding *x = &f->v[f->n++];
    memset(x, 0, sizeof *x);
    x->level = level;
    (void)snprintf(x->rule, sizeof x->rule, "%s", rule);
    (void)snprintf(x->path, sizeof x->path, "%s", path);
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(x->text, sizeof x->text, fmt, ap);
    va_end(ap);
}

bool nw_findings_has_error(const struct nw_findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        if (f->v[i].level == NW_LEVEL_ERROR) {
            return true;
        }
    }
    return false;
}
