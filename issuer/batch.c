#include "batch.h"

#include <string.h>

#include "base/alloc.h"
#include "mark.h"

/* ---- dry run ---- */

static uint64_t fingerprint(const void *bytes, size_t n)
{
    uint64_t h = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < n; i++) {
        h = (h ^ ((const uint8_t *)bytes)[i]) * 1099511628211u;
    }
    return h == 0 ? 1 : h;
}

/* The pair of this number, or the free one where it belongs. */
static uint64_t *seen_slot(uint64_t *pairs, size_t cap, uint64_t number)
{
    size_t at = (size_t)number & (cap - 1);
    while (pairs[2 * at] != 0 && pairs[2 * at] != number) {
        at = (at + 1) & (cap - 1);
    }
    return pairs + 2 * at;
}

static enum nw_err seen_grow(struct nw_batch_seen *s)
{
    size_t cap = s->cap == 0 ? 1024 : s->cap * 2;
    uint64_t *pairs = nw_calloc(cap, 2 * sizeof *pairs);
    if (pairs == NULL) {
        return NW_ERR_NOMEM;
    }
    for (size_t i = 0; i < s->cap; i++) {
        if (s->pairs[2 * i] != 0) {
            memcpy(seen_slot(pairs, cap, s->pairs[2 * i]), s->pairs + 2 * i, 2 * sizeof *pairs);
        }
    }
    nw_free(s->pairs);
    s->pairs = pairs;
    s->cap = cap;
    return NW_OK;
}

/* As nw_register_enter() would have it. *known: the same record was there. */
static enum nw_err seen_add(struct nw_batch_seen *s, struct nw_batch_item *item, bool *known)
{
    if (s->n * 2 >= s->cap) {
        enum nw_err e = seen_grow(s);
        if (e != NW_OK) {
            return e;
        }
    }
    uint64_t content = fingerprint(item->record.content, NW_SHA256_BYTES);
    const char *id = item->record.document_id;
    uint64_t number = fingerprint(id, strlen(id));
    uint64_t *slot = seen_slot(s->pairs, s->cap, number);
    *known = slot[0] != 0 && slot[1] == content;
    if (slot[0] != 0 && !*known) {
        nw_finding_add(&item->findings, "V18", NW_LEVEL_ERROR,
                       nw_type_field(item->record.type, NW_FIELD_NUMBER),
                       "the number belongs to another record of this file");
    } else if (!*known) {
        slot[0] = number;
        slot[1] = content;
        s->n++;
    }
    return NW_OK;
}

void nw_batch_seen_free(struct nw_batch_seen *s)
{
    nw_free(s->pairs);
    *s = (struct nw_batch_seen){.pairs = NULL};
}

/* ---- entering ---- */

/* The register has this very record with such a credential. */
static enum nw_err find_finished(const struct nw_home *h, const struct nw_mint_job *job,
                                 struct nw_batch_item *item, bool *finished)
{
    struct nw_store *s = h->store;
    struct nw_buf token = NW_BUF(NW_MAX_SDJWT);
    enum nw_err e = s->ops->find(s, item->record.document_id, &item->a1);
    *finished = false;
    if (e == NW_OK && memcmp(item->a1.content, item->record.content, NW_SHA256_BYTES) == 0) {
        e = s->ops->token(s, item->a1.id, nw_mint_form_name(job->form), nw_mint_profile_name(job),
                          &token);
        *finished = e == NW_OK;
    }
    nw_buf_free(&token);
    return e == NW_ERR_NOT_FOUND ? NW_OK : e;
}

static bool twice_in_batch(const struct nw_batch_item *items, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (items[j].result == NW_ACCEPTED && items[j].a1.id == items[i].a1.id) {
            return true;
        }
    }
    return false;
}

static enum nw_err enter_new(const struct nw_home *h, const struct nw_mint_job *job,
                             struct nw_batch_item *items, size_t i, struct nw_batch_seen *dry)
{
    struct nw_batch_item *item = &items[i];
    struct nw_store *s = h->store;
    bool known = false;
    enum nw_err e = nw_register_rules(h, &item->record, job->now, &item->findings);
    if (e == NW_OK && !nw_findings_has_error(&item->findings)) {
        e = nw_mint_check(h, &item->record, job, &item->findings);
    }
    if (e == NW_OK && !nw_findings_has_error(&item->findings)) {
        e = nw_register_enter(h, &item->record, job->now, &item->a1, &known, &item->findings);
    }
    if (e == NW_OK && dry != NULL && !nw_findings_has_error(&item->findings)) {
        e = seen_add(dry, item, &known);
    } else if (e == NW_OK) {
        known = known && twice_in_batch(items, i);
    }
    if (e != NW_OK || nw_findings_has_error(&item->findings)) {
        return e;
    }
    item->result = known ? NW_UNCHANGED : NW_ACCEPTED;
    return known || dry != NULL ? NW_OK
                                : s->ops->reserve(s, item->a1.id, nw_mint_form_name(job->form),
                                                  nw_mint_profile_name(job), job->now, &item->copy);
}

static enum nw_err enter(const struct nw_home *h, const struct nw_mint_job *job,
                         struct nw_batch_item *items, size_t n, struct nw_batch_seen *dry,
                         struct nw_diag *d)
{
    enum nw_err e = h->store->ops->begin(h->store);
    for (size_t i = 0; e == NW_OK && i < n; i++) {
        bool finished = false;
        items[i].result = NW_REJECTED;
        if (!items[i].good) {
            continue;
        }
        e = find_finished(h, job, &items[i], &finished);
        if (e == NW_OK && finished) {
            items[i].result = NW_UNCHANGED;
        } else if (e == NW_OK) {
            e = enter_new(h, job, items, i, dry);
        }
    }
    if (e == NW_OK && dry == NULL) {
        e = h->store->ops->commit(h->store);
    }
    return e == NW_OK && dry == NULL ? nw_mark_raise(h->path, h->store, d) : e;
}

static enum nw_err keep(const struct nw_home *h, struct nw_batch_item *items, size_t n)
{
    struct nw_store *s = h->store;
    enum nw_err e = s->ops->begin(s);
    for (size_t i = 0; e == NW_OK && i < n; i++) {
        const struct nw_batch_item *item = &items[i];
        if (item->result == NW_ACCEPTED) {
            e = s->ops->issued(s, &item->copy, nw_buf_slice(&item->minted.text), item->minted.iat,
                               item->minted.exp);
        }
    }
    return e == NW_OK ? s->ops->commit(s) : e;
}

enum nw_err nw_batch_run(const struct nw_home *h, const struct nw_mint_job *job,
                         struct nw_batch_item *items, size_t n, struct nw_batch_seen *dry,
                         struct nw_diag *d)
{
    enum nw_err e = enter(h, job, items, n, dry, d);
    for (size_t i = 0; e == NW_OK && dry == NULL && i < n; i++) {
        if (items[i].result == NW_ACCEPTED) {
            e = nw_mint(h, &items[i].record, &items[i].a1, &items[i].copy, job, &items[i].minted,
                        d);
        }
    }
    if (e == NW_OK && dry == NULL) {
        e = keep(h, items, n);
    }
    if (e == NW_ERR_STORE) {
        (void)nw_fail_at(d, e, "", "%s", h->store->ops->trouble(h->store));
    }
    h->store->ops->rollback(h->store);
    return e;
}

void nw_batch_clear(struct nw_batch_item *items, size_t *n)
{
    for (size_t i = 0; i < *n; i++) {
        nw_record_free(&items[i].record);
        nw_buf_free(&items[i].minted.text);
        items[i].findings.n = 0;
    }
    *n = 0;
}
