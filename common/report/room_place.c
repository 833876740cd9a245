/* Place of work and employer (R08, A06, A07, A10). With one disclosure per country "not disclosed"
 * and "not certified" look the same: R08 only when nothing of placesOfWork is hidden
 * (a1-domain 8.4). */
#include <string.h>

#include "base/limits.h"
#include "base/unicode.h"
#include "report/internal.h"

static bool place_one_of(const char *code, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(code, list[i]) == 0) {
            return true;
        }
    }
    return false;
}

static enum nw_err place_fold(const char *text, bool icao, struct nw_buf *out)
{
    nw_buf_reset(out);
    return icao ? nw_text_fold_icao(nw_str(text), out) : nw_text_fold(nw_str(text), out);
}

/* Does the folded text contain the folded name? Either side may have the second Latin spelling, as
 * in the comparison of persons: MUENCHEN is München. What cannot be folded does not match. */
static bool place_mentions(const char *text, const char *name)
{
    struct nw_buf a = NW_BUF(4096), b = NW_BUF(4096);
    bool is = false;
    for (unsigned i = 0; text != NULL && !is && i < 4; i++) {
        is = place_fold(text, (i & 1) != 0, &a) == NW_OK &&
             place_fold(name, (i & 2) != 0, &b) == NW_OK && b.n > 0 &&
             strstr(nw_buf_cstr(&a), nw_buf_cstr(&b)) != NULL;
    }
    nw_buf_free(&a);
    nw_buf_free(&b);
    return is;
}

static void place_employer(struct nw_case *k)
{
    const struct nw_json *list = nw_json_get(k->r->claims, "employmentSituations");
    if (k->job->employer == NULL || list == NULL) {
        return;
    }
    for (const struct nw_json *x = nw_json_first(list); x != NULL; x = nw_json_next(x)) {
        const char *name = nw_json_text(nw_json_get(x, "name"));
        if (place_mentions(name, k->job->employer) ||
            (name != NULL && place_mentions(k->job->employer, name))) {
            return;
        }
    }
    nw_case_reason(k, "A06", NULL, NULL);
}

static void place_site(struct nw_case *k, const struct nw_json *places)
{
    if (k->job->site == NULL) {
        return;
    }
    if (nw_json_count(places) == 0) { /* certified without fixed address: nothing differs */
        return;
    }
    for (const struct nw_json *x = nw_json_first(places); x != NULL; x = nw_json_next(x)) {
        if (place_mentions(nw_json_text(nw_json_path(x, "address.town")), k->job->site) ||
            place_mentions(nw_json_text(nw_json_get(x, "companyOrVesselName")), k->job->site)) {
            return;
        }
    }
    nw_case_reason(k, "A07", NULL, NULL);
}

/* The state is not among those disclosed. */
static void place_unlisted(struct nw_case *k)
{
    static const char *const posted[] = {"01", "03"};
    static const char *const home[] = {"12"};
    const char *code =
        nw_json_text(nw_json_path(k->r->claims, "statusConfirmation.statusConfirmationCode"));
    if (nw_json_get(k->r->claims, "placesOfWork") == NULL || code == NULL) {
        return; /* A11 names what is missing */
    }
    if (k->places_hidden) {
        nw_case_reason(k, "A11", "alle Tätigkeitsorte oder der Ort in diesem Staat",
                       "all places of work, or the one in this state");
    } else if (place_one_of(code, posted, 2)) {
        nw_case_reason(k, "R08", NULL, NULL);
    } else if (!place_one_of(code, home, 1)) {
        nw_case_reason(k, "A10", NULL, NULL);
    }
}

/* An A1 for work abroad says nothing about work at home: R08 holds there too, and A09 stands beside
 * it (a1-domain 8.2 by the letter: the first red wins). */
void nw_room_place(struct nw_case *k)
{
    place_employer(k);
    if (k->r->host[0] == '\0') {
        nw_case_reason(k, "A11", "der Staat, in dem geprüft wird",
                       "the state in which the check takes place");
        return;
    }
    const struct nw_json *places = nw_json_get(k->r->claims, "placesOfWork");
    for (const struct nw_json *x = nw_json_first(places); x != NULL; x = nw_json_next(x)) {
        char iso[3];
        nw_country_iso(nw_json_name(x), iso);
        if (strcmp(iso, k->r->host) == 0) {
            place_site(k, x);
            return;
        }
    }
    place_unlisted(k);
}
