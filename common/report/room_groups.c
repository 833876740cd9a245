/* A1-02, second half: presented groups are complete. Disclosure works on whole groups (rb-a1 3.2);
 * an issuer that made single fields hideable lets a holder show half a group, which is missing data
 * (A11), not forgery. A required path that is missing below a disclosure, and is none itself, says
 * so. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "report/internal.h"

#define STEPS_MAX 8u

struct steps {
    struct nw_slice v[STEPS_MAX];
    size_t n;
};

/* "placesOfWork.DE[0].address" as placesOfWork, DE, *, address. */
static bool steps_of_claim(const char *path, struct steps *s)
{
    static const char each[] = "*";
    s->n = 0;
    for (struct nw_slice rest = nw_str(path); rest.n > 0 && s->n < STEPS_MAX;) {
        size_t dot = nw_slice_find(rest, '.', 0);
        size_t bracket = nw_slice_find(rest, '[', 0);
        if (bracket == 0) {
            s->v[s->n++] = nw_str(each);
            dot = nw_slice_find(rest, ']', 0) + 1;
            rest = nw_slice_from(rest, dot);
            if (rest.n > 0 && rest.p[0] == '.') {
                rest = nw_slice_from(rest, 1);
            }
            continue;
        }
        size_t end = dot < bracket ? dot : bracket;
        s->v[s->n++] = nw_slice_sub(rest, 0, end);
        rest = nw_slice_from(rest, dot < bracket ? end + 1 : end);
    }
    return s->n > 0 && s->n < STEPS_MAX;
}

/* A path of the disclosure plan ("placesOfWork/" and stars) against the first n steps. */
static bool steps_match(const char *plan, const struct steps *s, size_t n)
{
    struct nw_slice rest = nw_str(plan);
    for (size_t i = 0; i < n; i++) {
        size_t slash = nw_slice_find(rest, '/', 0);
        struct nw_slice step = nw_slice_sub(rest, 0, slash);
        bool last = slash == rest.n;
        if (!(nw_slice_is(step, "*") || nw_slice_eq(step, s->v[i])) || (i + 1 == n) != last) {
            return false;
        }
        rest = nw_slice_from(rest, slash + 1);
    }
    return true;
}

static bool steps_planned(const struct nw_sd_plan *plan, const struct steps *s, size_t n)
{
    for (const char *const *p = plan->paths; *p != NULL; p++) {
        if (steps_match(*p, s, n)) {
            return true;
        }
    }
    return false;
}

static bool group_is_half(const struct nw_sd_plan *plan, const char *missing)
{
    struct steps s;
    if (!steps_of_claim(missing, &s) || steps_planned(plan, &s, s.n)) {
        return false;
    }
    for (size_t n = 1; n < s.n; n++) {
        if (steps_planned(plan, &s, n)) {
            return true;
        }
    }
    return false;
}

void nw_room_groups(struct nw_case *k)
{
    const struct nw_report *r = k->r;
    if (r->form != NW_FORM_SDJWT || r->profile != NW_PROFILE_WEBUILD) {
        return; /* the other profiles and forms disclose by other units */
    }
    const struct nw_sd_plan *plan = nw_type_plan(r->type, r->profile);
    for (const struct nw_json *x = nw_json_first(r->undisclosed); plan != NULL && x != NULL;
         x = nw_json_next(x)) {
        const char *path = nw_json_text(x);
        if (path != NULL && group_is_half(plan, path)) {
            nw_check_fail(k->checks, "A1-02", NW_ERR_GROUP_HALF, "%s, at %s",
                          nw_err_text(NW_ERR_GROUP_HALF), path);
        }
    }
}
