#include "register.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/date.h"
#include "base/unicode.h"

#define EARLIER_MAX 64 /* V05 and V28 look at the last few of a person */

/* ---- content hash ---- */

static const struct nw_json *next_by_name(const struct nw_json *object, const char *after)
{
    const struct nw_json *best = NULL;
    for (const struct nw_json *m = nw_json_first(object); m != NULL; m = nw_json_next(m)) {
        const char *name = nw_json_name(m);
        if ((after == NULL || strcmp(name, after) > 0) &&
            (best == NULL || strcmp(name, nw_json_name(best)) < 0)) {
            best = m;
        }
    }
    return best;
}

/* Depth is bounded by NW_MAX_JSON_DEPTH: the tree came through nw_json_parse(). */
static void write_sorted(const struct nw_json *n, struct nw_buf *out)
{
    enum nw_json_kind kind = nw_json_kind(n);
    if (kind != NW_JSON_OBJECT && kind != NW_JSON_ARRAY) {
        nw_json_write(n, out);
        return;
    }
    const char *separator = "";
    nw_buf_putc(out, kind == NW_JSON_OBJECT ? '{' : '[');
    const struct nw_json *m = kind == NW_JSON_OBJECT ? next_by_name(n, NULL) : nw_json_first(n);
    while (m != NULL) {
        nw_buf_puts(out, separator);
        separator = ",";
        if (kind == NW_JSON_OBJECT) {
            nw_json_write_text(nw_str(nw_json_name(m)), out);
            nw_buf_putc(out, ':');
        }
        write_sorted(m, out);
        m = kind == NW_JSON_OBJECT ? next_by_name(n, nw_json_name(m)) : nw_json_next(m);
    }
    nw_buf_putc(out, kind == NW_JSON_OBJECT ? '}' : ']');
}

enum nw_err nw_record_hash(struct nw_crypto *c, const struct nw_json *json,
                           uint8_t out[NW_SHA256_BYTES])
{
    struct nw_buf text = NW_BUF(2 * NW_MAX_RECORD);
    write_sorted(json, &text);
    enum nw_err e = nw_buf_err(&text);
    if (e == NW_OK) {
        e = nw_sha256(c, nw_buf_slice(&text), out);
    }
    nw_buf_free(&text);
    return e;
}

/* ---- reading ---- */

static void parse_finding(struct nw_findings *f, const struct nw_diag *d)
{
    if (d->off != NW_NO_OFFSET) {
        nw_finding_add(f, "V01", NW_LEVEL_ERROR, d->path, "%s (%s), at byte %zu",
                       nw_err_text(d->code), d->detail, d->off);
    } else {
        nw_finding_add(f, "V01", NW_LEVEL_ERROR, d->path, "%s (%s)", nw_err_text(d->code),
                       d->detail);
    }
}

/* The earlier of two ends, where there are any; what is no date is the rules' to say. */
static void record_end(struct nw_record *r, enum nw_type_field field)
{
    const char *text = nw_type_value(r->type, field, r->json);
    int64_t day;
    if (text != NULL && nw_date_parse(nw_str(text), &day) == NW_OK &&
        (!r->has_end || day < r->end_day)) {
        r->has_end = true;
        r->end_day = day;
    }
}

/* The members that the register itself needs. */
static void record_fields(struct nw_record *r, struct nw_findings *f)
{
    r->document_id = nw_type_value(r->type, NW_FIELD_NUMBER, r->json);
    r->pin = nw_type_value(r->type, NW_FIELD_PERSON, r->json);
    r->pin = r->pin == NULL ? "" : r->pin;
    if (r->document_id == NULL || r->document_id[0] == '\0' ||
        strlen(r->document_id) > NW_MAX_DOCUMENT_ID) {
        nw_finding_add(f, "V18", NW_LEVEL_ERROR, nw_type_field(r->type, NW_FIELD_NUMBER),
                       "wanted a text of 4 to 50 characters");
    }
    record_end(r, NW_FIELD_END);
    record_end(r, NW_FIELD_EXPIRY);
}

static const struct nw_type *record_type(const struct nw_reader_as *as, const struct nw_json *json)
{
    const struct nw_type *t = as->type != NULL ? as->type : nw_type_of_record(as->types, json);
    return t != NULL ? t : nw_type_find(as->types, NW_DEFAULT_TYPE);
}

enum nw_err nw_record_take(const struct nw_reader_as *as, struct nw_json **json,
                           struct nw_record *out, bool *good, struct nw_findings *f)
{
    struct nw_record r = {.json = *json};
    *json = NULL; /* transferred */
    *good = false;
    if (nw_json_kind(r.json) != NW_JSON_OBJECT) {
        nw_finding_add(f, "V01", NW_LEVEL_ERROR, "", "wanted a JSON object");
        nw_record_free(&r);
        return NW_OK;
    }
    r.type = record_type(as, r.json);
    if (r.type == NULL) {
        nw_record_free(&r);
        return NW_ERR_INTERNAL;
    }
    record_fields(&r, f);
    enum nw_err e = nw_record_hash(as->crypto, r.json, r.content);
    if (e != NW_OK) {
        nw_record_free(&r);
        return e;
    }
    *good = !nw_findings_has_error(f);
    *out = r;
    return NW_OK;
}

enum nw_err nw_record_parse(const struct nw_reader_as *as, struct nw_slice text,
                            struct nw_record *out, bool *good, struct nw_findings *f)
{
    struct nw_json *json = NULL;
    struct nw_diag d;
    nw_diag_clear(&d);
    *good = false;
    *out = (struct nw_record){.json = NULL};
    enum nw_err e = nw_json_parse_max(text, NW_MAX_RECORD, &json, &d);
    if (e != NW_OK && !nw_err_is_ours(e)) {
        parse_finding(f, &d);
        return NW_OK;
    }
    return e == NW_OK ? nw_record_take(as, &json, out, good, f) : e;
}

void nw_record_free(struct nw_record *r)
{
    nw_json_free(&r->json);
    r->document_id = NULL;
    r->pin = NULL;
}

/* ---- rules ---- */

struct earlier {
    const struct nw_home *home;
    const struct nw_record *record;
    struct nw_json *seen[EARLIER_MAX]; /* of the same employer, newest first; owned */
    size_t seen_n, next;               /* next: offset in the store */
    bool done;
};

/* A number both use, or the same name. */
static bool same_employer(const struct nw_json *a, const struct nw_json *b)
{
    const struct nw_json *x = nw_json_first(nw_json_get(a, "employmentSituations"));
    for (; x != NULL; x = nw_json_next(x)) {
        const struct nw_json *y = nw_json_first(nw_json_get(b, "employmentSituations"));
        for (; y != NULL; y = nw_json_next(y)) {
            const struct nw_json *id = nw_json_get(x, "employerID");
            const struct nw_json *name = nw_json_get(x, "name");
            if ((id != NULL && nw_json_equal(id, nw_json_get(y, "employerID"))) ||
                (name != NULL && nw_json_equal(name, nw_json_get(y, "name")))) {
                return true;
            }
        }
    }
    return false;
}

static enum nw_err earlier_load(struct earlier *k)
{
    struct nw_buf text = NW_BUF(2 * NW_MAX_RECORD);
    struct nw_json *json = NULL;
    struct nw_store *s = k->home->store;
    enum nw_err e = s->ops->earlier(s, k->record->pin, k->record->document_id, k->next, &text);
    if (e == NW_OK) {
        k->next++;
        e = nw_json_parse_max(nw_buf_slice(&text), 2 * NW_MAX_RECORD, &json, NULL);
    }
    if (e == NW_OK && same_employer(k->record->json, json)) {
        k->seen[k->seen_n++] = json;
        json = NULL; /* transferred */
    }
    nw_json_free(&json);
    nw_buf_free(&text);
    return e;
}

/* nw_rule_context.earlier: NULL after the last one. */
static enum nw_err earlier_at(void *ctx, const struct nw_json *record, size_t i,
                              const struct nw_json **out)
{
    struct earlier *k = ctx;
    (void)record;
    *out = NULL;
    while (!k->done && i >= k->seen_n && k->seen_n < EARLIER_MAX) {
        enum nw_err e = earlier_load(k);
        k->done = e == NW_ERR_NOT_FOUND;
        if (e != NW_OK && !k->done) {
            return e;
        }
    }
    *out = i < k->seen_n ? k->seen[i] : NULL;
    return NW_OK;
}

/* ---- rules without a home ---- */

struct held {
    const struct nw_record **v; /* of the same person and employer, newest first; owned */
    size_t n;
};

static int held_newer(const void *a, const void *b)
{
    static const char start[] = "memberstateAppliedLegislation.startDate";
    const struct nw_record *const *x = a;
    const struct nw_record *const *y = b;
    const char *from = nw_json_text(nw_json_path((*x)->json, start));
    const char *than = nw_json_text(nw_json_path((*y)->json, start));
    return strcmp(than == NULL ? "" : than, from == NULL ? "" : from);
}

static enum nw_err held_at(void *ctx, const struct nw_json *record, size_t i,
                           const struct nw_json **out)
{
    const struct held *h = ctx;
    (void)record;
    *out = i < h->n ? h->v[i]->json : NULL;
    return NW_OK;
}

/* V18: a number belongs to one record of an institution. */
static bool same_number(const struct nw_record *a, const struct nw_record *b)
{
    const char *x = nw_type_value(a->type, NW_FIELD_ISSUER, a->json);
    const char *y = nw_type_value(b->type, NW_FIELD_ISSUER, b->json);
    return a->document_id != NULL && b->document_id != NULL &&
           strcmp(a->document_id, b->document_id) == 0 &&
           strcmp(x == NULL ? "" : x, y == NULL ? "" : y) == 0;
}

static enum nw_err held_find(const struct nw_record *r, const struct nw_record *held, size_t n,
                             struct held *out, struct nw_findings *f)
{
    out->v = nw_calloc(n, sizeof(const struct nw_record *));
    if (out->v == NULL) {
        return NW_ERR_NOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        const struct nw_record *other = &held[i];
        if (same_number(r, other)) {
            if (memcmp(r->content, other->content, NW_SHA256_BYTES) != 0) {
                nw_finding_add(f, "V18", NW_LEVEL_ERROR, nw_type_field(r->type, NW_FIELD_NUMBER),
                               "the number belongs to another record");
            }
        } else if (r->pin != NULL && other->pin != NULL && strcmp(r->pin, other->pin) == 0 &&
                   r->pin[0] != '\0' && same_employer(r->json, other->json)) {
            out->v[out->n++] = other;
        }
    }
    qsort(out->v, out->n, sizeof(const struct nw_record *), held_newer);
    return NW_OK;
}

enum nw_err nw_register_check(const struct nw_record *r, const struct nw_record *held,
                              size_t held_n, const struct nw_person *holder, int64_t now,
                              struct nw_findings *f)
{
    struct nw_rule_context ctx = {.own_issuing = true, .holder = holder};
    struct held h = {0};
    enum nw_err e = NW_OK;
    nw_date_format(nw_time_day(now), ctx.today);
    if (held_n > 0) {
        e = held_find(r, held, held_n, &h, f);
        ctx.earlier = held_at;
        ctx.earlier_ctx = &h;
    }
    if (e == NW_OK) {
        e = nw_rules_run(r->type, r->json, false, &ctx, f, NULL);
    }
    nw_free(h.v);
    return e == NW_ERR_RECORD_RULE && nw_findings_has_error(f) ? NW_OK : e;
}

/* ---- rules of a home ---- */

/* V13: an institution certifies in its own name only. */
static void own_name(const struct nw_home *home, const struct nw_record *r, struct nw_findings *f)
{
    const char *id = nw_type_value(r->type, NW_FIELD_ISSUER, r->json);
    if (id != NULL && strcmp(id, home->tenant.id) != 0) {
        nw_finding_add(f, "V13", NW_LEVEL_ERROR, nw_type_field(r->type, NW_FIELD_ISSUER),
                       "this home issues for %s only", home->tenant.id);
    }
}

enum nw_err nw_register_rules(const struct nw_home *home, const struct nw_record *r, int64_t now,
                              struct nw_findings *f)
{
    struct earlier earlier = {.home = home, .record = r};
    struct nw_rule_context ctx = {.own_issuing = true};
    nw_home_today(home, now, ctx.today);
    if (home != NULL) {
        own_name(home, r, f);
        ctx.signer_country = home->cert_country;
        ctx.cert_end = home->cert_end;
        ctx.has_status = true;
        ctx.earlier = earlier_at;
        ctx.earlier_ctx = &earlier;
    }
    enum nw_err e = nw_rules_run(r->type, r->json, false, &ctx, f, NULL);
    for (size_t i = 0; i < earlier.seen_n; i++) {
        nw_json_free(&earlier.seen[i]);
    }
    return e == NW_ERR_RECORD_RULE && nw_findings_has_error(f) ? NW_OK : e;
}

/* ---- entering ---- */

static void taken(const struct nw_a1 *a1, const struct nw_record *r, struct nw_findings *f)
{
    const char *path = nw_type_field(r->type, NW_FIELD_NUMBER);
    if (memcmp(a1->content, r->content, NW_SHA256_BYTES) != 0) {
        nw_finding_add(f, "V18", NW_LEVEL_ERROR, path,
                       "the number belongs to another record of %s; a change needs a new number",
                       a1->issued_on);
    } else if (a1->withdrawn) {
        nw_finding_add(f, "V18", NW_LEVEL_ERROR, path,
                       "this %s is withdrawn (%s); a new one needs a new number",
                       nw_type_short(r->type), a1->reason);
    }
}

enum nw_err nw_register_enter(const struct nw_home *home, const struct nw_record *r, int64_t now,
                              struct nw_a1 *a1, bool *known, struct nw_findings *f)
{
    struct nw_store *s = home->store;
    struct nw_a1 found = {.id = 0};
    enum nw_err e = s->ops->find(s, r->document_id, &found);
    *known = e == NW_OK;
    if (e == NW_OK) {
        taken(&found, r, f);
        *a1 = found;
        return NW_OK;
    }
    if (e != NW_ERR_NOT_FOUND) {
        return e;
    }
    struct nw_buf text = NW_BUF(2 * NW_MAX_RECORD);
    nw_json_write(r->json, &text);
    (void)nw_slice_cstr(nw_str(r->document_id), found.document_id, sizeof found.document_id);
    memcpy(found.content, r->content, sizeof found.content);
    nw_home_today(home, now, found.issued_on);
    e = nw_buf_err(&text);
    if (e == NW_OK) {
        e = s->ops->add(s, &found, r->pin, nw_buf_slice(&text));
    }
    nw_buf_free(&text);
    if (e == NW_OK) {
        *a1 = found;
    }
    return e;
}
