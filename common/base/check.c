#include "base/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Ids fill their field up with zeros, so that they are compared as one word. */
struct key {
    char id[sizeof((struct nw_check *)0)->id];
};

static struct key key_of(const char *id)
{
    struct key k = {{0}};
    memcpy(k.id, id, strnlen(id, sizeof k.id - 1));
    return k;
}

static size_t place_of(const struct nw_checks *c, const char *id)
{
    struct key k = key_of(id);
    size_t i = 0;
    while (i < c->n && memcmp(c->v[i].id, k.id, sizeof k.id) != 0) {
        i++;
    }
    return i;
}

static struct nw_check *check_entry(struct nw_checks *c, const char *id)
{
    size_t i = place_of(c, id);
    if (i < c->n) {
        return &c->v[i];
    }
    if (c->n == NW_MAX_CHECKS) {
        return NULL;
    }
    struct nw_check *entry = &c->v[c->n++];
    memset(entry, 0, sizeof *entry);
    memcpy(entry->id, key_of(id).id, sizeof entry->id);
    return entry;
}

void nw_check_pass(struct nw_checks *c, const char *id)
{
    struct nw_check *entry = check_entry(c, id);
    if (entry != NULL && entry->result == NW_NOT_DONE && entry->detail[0] == '\0') {
        entry->result = NW_PASS;
    }
}

void nw_check_fail(struct nw_checks *c, const char *id, enum nw_err e, const char *fmt, ...)
{
    struct nw_check *entry = check_entry(c, id);
    if (entry == NULL) { /* no room left: a failure must not get lost, so it takes the last place */
        entry = &c->v[NW_MAX_CHECKS - 1];
        memset(entry, 0, sizeof *entry);
        memcpy(entry->id, key_of(id).id, sizeof entry->id);
    }
    if (entry->result == NW_FAIL) {
        return;
    }
    va_list args;
    va_start(args, fmt);
    entry->result = NW_FAIL;
    entry->err = e;
    (void)vsnprintf(entry->detail, sizeof entry->detail, fmt, args);
    va_end(args);
}

enum nw_err nw_check_fail_diag(struct nw_checks *c, const char *id, const struct nw_diag *d)
{
    char line[NW_DIAG_PATH + NW_DIAG_DETAIL];
    nw_diag_line(d, line, sizeof line);
    nw_check_fail(c, id, d->code, "%s", line);
    return d->code;
}

void nw_check_not_done(struct nw_checks *c, const char *id, const char *fmt, ...)
{
    struct nw_check *entry = check_entry(c, id);
    if (entry == NULL || entry->result == NW_FAIL || entry->detail[0] != '\0') {
        return;
    }
    va_list args;
    va_start(args, fmt);
    entry->result = NW_NOT_DONE;
    (void)vsnprintf(entry->detail, sizeof entry->detail, fmt, args);
    va_end(args);
}

const struct nw_check *nw_check_find(const struct nw_checks *c, const char *id)
{
    size_t i = place_of(c, id);
    return i < c->n ? &c->v[i] : NULL;
}

bool nw_check_passed(const struct nw_checks *c, const char *id)
{
    const struct nw_check *entry = nw_check_find(c, id);
    return entry != NULL && entry->result == NW_PASS;
}

bool nw_check_failed(const struct nw_checks *c, const char *id)
{
    const struct nw_check *entry = nw_check_find(c, id);
    return entry != NULL && entry->result == NW_FAIL;
}

const struct nw_check *nw_check_first_failure(const struct nw_checks *c)
{
    for (size_t i = 0; i < c->n; i++) {
        if (c->v[i].result == NW_FAIL) {
            return &c->v[i];
        }
    }
    return NULL;
}
