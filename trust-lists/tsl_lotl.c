#include "tsl_lotl.h"

#include <stdio.h>
#include <string.h>

#include <libxml/tree.h>

#include "base/alloc.h"

#define MAX_PIVOTS 32

struct walk {
    struct nw_crypto *c;
    const struct tsl_way *way;
    struct nw_slice lotl_file;
    struct tsl *hint;    /* the list of lists, read but not trusted: tells the order */
    size_t first, n;     /* of its URIs: the pivots, newest first */
    struct tsl *trusted; /* the pivot reached; NULL: still at the Journal */
};

static bool ends_with(struct nw_slice s, const char *end)
{
    size_t n = strlen(end);
    return s.n >= n && nw_slice_is(nw_slice_from(s, s.n - n), end);
}

/* The certificates that the thing reached so far names for the next list of lists. */
static void named_signers(const struct walk *w, struct tsl_policy *p)
{
    p->pins = w->way->pins;
    p->pin_n = w->way->pin_n;
    for (size_t i = 0; w->trusted != NULL && i < w->trusted->pointer_n; i++) {
        const struct tsl_pointer *own = &w->trusted->pointers[i];
        if (own->kind == TSL_LOTL && strcmp(own->territory, "EU") == 0) {
            p->pins = &w->trusted->certs[own->cert_first];
            p->pin_n = own->cert_n;
            return;
        }
    }
}

/* Where the pivots stand: the .xml addresses right before that of our publication. */
static enum nw_err find_pivots(struct walk *w, struct nw_diag *d)
{
    const struct tsl *l = w->hint;
    size_t journal = 0;
    while (journal < l->uri_n && !nw_slice_is(l->uris[journal], w->way->journal)) {
        journal++;
    }
    if (journal == l->uri_n) {
        return nw_fail_at(d, NW_ERR_TSL_PIVOT, "SchemeInformationURI",
                          "the publication that is configured is not named any more");
    }
    w->first = journal;
    while (w->first > 0 && ends_with(l->uris[w->first - 1], ".xml")) {
        w->first--;
    }
    w->n = journal - w->first;
    return w->n <= MAX_PIVOTS
               ? NW_OK
               : nw_fail_at(d, NW_ERR_TSL_PIVOT, "SchemeInformationURI", "%zu pivots", w->n);
}

static struct nw_slice last_part(struct nw_slice uri)
{
    size_t at = 0;
    for (size_t i = 0; i < uri.n; i++) {
        at = uri.p[i] == '/' ? i + 1 : at;
    }
    return nw_slice_from(uri, at);
}

/* ".../eu-lotl-pivot-335.xml" is the list of lists of number 335; 0: the name has no number. */
static uint64_t number_in(struct nw_slice name)
{
    uint64_t n = 0;
    size_t at = 0;
    while (at < name.n && (name.p[at] < '0' || name.p[at] > '9')) {
        at++;
    }
    for (size_t digits = 0; at < name.n && name.p[at] >= '0' && name.p[at] <= '9' && digits < 9;
         at++, digits++) {
        n = n * 10 + (uint64_t)(name.p[at] - '0');
    }
    return n;
}

/* The number that a file says it has; nothing is taken from it but which file to try. */
static uint64_t claimed_number(struct nw_slice file)
{
    struct tsl_policy p = {.kind = TSL_LOTL};
    struct tsl *l = nw_calloc(1, sizeof *l);
    uint64_t n = 0;
    if (l != NULL && tsl_read(file, &p, l, NULL) == NW_OK) {
        n = tsl_claimed_number(l);
    }
    tsl_free(&l);
    return n;
}

static struct nw_slice find_file(const struct walk *w, struct nw_slice uri)
{
    struct nw_slice name = last_part(uri);
    uint64_t number = number_in(name);
    for (size_t i = 0; i < w->way->pivot_n; i++) {
        if (w->way->pivots[i].name != NULL && nw_slice_is(name, w->way->pivots[i].name)) {
            return w->way->pivots[i].file;
        }
    }
    for (size_t i = 0; number != 0 && i < w->way->pivot_n; i++) {
        if (claimed_number(w->way->pivots[i].file) == number) {
            return w->way->pivots[i].file;
        }
    }
    /* A pivot names itself as the newest one on its way. */
    return number != 0 && claimed_number(w->lotl_file) == number ? w->lotl_file : NW_SLICE_EMPTY;
}

static enum nw_err step(struct walk *w, struct nw_slice uri, const struct tsl_policy *policy,
                        struct nw_checks *checks, struct nw_diag *d)
{
    struct nw_slice name = last_part(uri);
    struct nw_slice file = find_file(w, uri);
    struct tsl *next = NULL;
    struct nw_diag why = {0};
    struct tsl_policy p = {.kind = TSL_LOTL,
                           .territory = "EU",
                           .pivot = true,
                           .historic = policy->historic,
                           .now = policy->now};
    if (file.n == 0) {
        return nw_fail_at(d, NW_ERR_TSL_PIVOT, "SchemeInformationURI", "pivot %.*s is not at hand",
                          (int)(name.n < 80 ? name.n : 80), (const char *)name.p);
    }
    named_signers(w, &p);
    memset(checks, 0, sizeof *checks);
    enum nw_err e = tsl_open(w->c, file, &p, &next, checks, &why);
    if (e != NW_OK) {
        return nw_err_is_ours(e)
                   ? e
                   : nw_fail_at(d, NW_ERR_TSL_PIVOT, "SchemeInformationURI",
                                "pivot %.*s is refused: %.80s", (int)(name.n < 40 ? name.n : 40),
                                (const char *)name.p, nw_err_text(e));
    }
    tsl_free(&w->trusted);
    w->trusted = next;
    return NW_OK;
}

/* Step 7 of 4.1.4: the Journal has published again since. */
static void note_newer_journal(const struct walk *w, struct tsl *l)
{
    for (size_t i = 0; i < w->first; i++) {
        if (!ends_with(l->uris[i], ".xml")) {
            tsl_note(l, "SchemeInformationURI", "there is a newer publication to configure: %.*s",
                     (int)(l->uris[i].n < 100 ? l->uris[i].n : 100), (const char *)l->uris[i].p);
            return;
        }
    }
}

static enum nw_err walk(struct walk *w, const struct tsl_policy *policy, struct tsl **out,
                        struct nw_checks *checks, struct nw_diag *d)
{
    struct tsl_policy last = *policy;
    const struct tsl_policy peek = {.kind = TSL_LOTL};
    struct nw_diag why = {0};
    enum nw_err e = tsl_read(w->lotl_file, &peek, w->hint, &why);
    if (e == NW_OK) {
        e = tsl_claimed_uris(w->hint, &why);
    }
    if (e != NW_OK) { /* let the ordinary way say what is wrong */
        last.kind = TSL_LOTL;
        named_signers(w, &last);
        enum nw_err said = tsl_open(w->c, w->lotl_file, &last, out, checks, d);
        tsl_free(out);
        return said != NW_OK ? said : e;
    }
    e = find_pivots(w, d);
    for (size_t i = w->n; e == NW_OK && i > 0; i--) {
        e = step(w, w->hint->uris[w->first + i - 1], policy, checks, d);
    }
    if (e != NW_OK) {
        return e;
    }
    last.kind = TSL_LOTL;
    last.territory = "EU";
    named_signers(w, &last);
    memset(checks, 0, sizeof *checks);
    e = tsl_open(w->c, w->lotl_file, &last, out, checks, d);
    if (e == NW_OK) {
        (*out)->signer_der = NW_SLICE_EMPTY; /* it was borrowed from what is freed now */
        note_newer_journal(w, *out);
    }
    return e;
}

enum nw_err tsl_lotl_open(struct nw_crypto *c, struct nw_slice file, const struct tsl_way *way,
                          const struct tsl_policy *policy, struct tsl **out,
                          struct nw_checks *checks, struct nw_diag *d)
{
    struct walk w = {.c = c, .way = way, .lotl_file = file};
    w.hint = nw_calloc(1, sizeof *w.hint);
    enum nw_err e = w.hint != NULL ? walk(&w, policy, out, checks, d) : NW_ERR_NOMEM;
    if (e == NW_ERR_TSL_PIVOT) {
        nw_check_fail(checks, "TL-05", e, "the way from the Official Journal is broken");
    }
    tsl_free(&w.hint);
    tsl_free(&w.trusted);
    return e;
}

enum nw_err tsl_lotl_names(const struct tsl *lotl, const char *territory, struct tsl_policy *policy,
                           struct nw_diag *d)
{
    const struct tsl_pointer *found = NULL;
    for (size_t i = 0; i < lotl->pointer_n; i++) {
        const struct tsl_pointer *p = &lotl->pointers[i];
        if (p->kind != TSL_NATIONAL || strcmp(p->territory, territory) != 0) {
            continue;
        }
        if (found != NULL) {
            return nw_fail_at(d, NW_ERR_TSL_POINTER, "PointersToOtherTSL",
                              "two pointers to XML lists of %s", territory);
        }
        found = p;
    }
    if (found == NULL || found->cert_n == 0) {
        return nw_fail_at(d, NW_ERR_TSL_POINTER, "PointersToOtherTSL",
                          "no signer is named for an XML list of %.8s", territory);
    }
    policy->kind = TSL_NATIONAL;
    policy->territory = found->territory;
    policy->pins = &lotl->certs[found->cert_first];
    policy->pin_n = found->cert_n;
    return NW_OK;
}
