/*
 * QC-04 and QC-05: what the services of a chain say of the certificate at a
 * time (PRO-4.4.4-10, -17 to -23), and both times together (-34 to -36).
 */
#include "trust/qualified_internal.h"

#define EIDAS 1467324000 /* 2016-06-30T22:00:00Z, PRO-4.4.4-07 */

struct said { /* for one use, at one time */
    enum nw_qualified q;
    enum nw_seal_link link;
    const char *why;
};

struct counted {
    size_t granted, withdrawn, open; /* services that are for this use then */
    size_t ended;                    /* withdrawn, and not for this use */
    size_t later;                    /* without an entry for that time */
    struct nw_qualifiers qualifiers;
};

static void count_service(struct nw_seal_work *w, uint32_t number, unsigned use, int64_t t,
                          struct counted *out)
{
    struct nw_bundle_period p;
    struct nw_slice set;
    if (!nw_bundle_service_at(w->b, number, &w->service)) {
        return;
    }
    enum nw_trust_state state = nw_service_state(&w->service, t, &p);
    if (state == NW_TRUST_NOT_YET) {
        out->later++;
    } else if ((p.uses & use) == 0) {
        out->ended += state == NW_TRUST_WITHDRAWN;
    } else {
        const bool open = (p.uses & NW_USE_OPEN) != 0;
        out->open += open;
        out->granted += !open && state == NW_TRUST_GRANTED;
        out->withdrawn += !open && state == NW_TRUST_WITHDRAWN;
        if (p.set != 0 && nw_bundle_set_at(w->b, (size_t)p.set - 1, &set)) {
            nw_qualification_apply(set, &w->leaf, &out->qualifiers);
        }
    }
}

static struct said status_at(const struct counted *n, int64_t t)
{
    if (n->open > 0) {
        return (struct said){NW_QUALIFIED_OPEN, NW_LINK_STATUS_OPEN,
                             "unknown status or critical extension, or contradicting entries"};
    }
    if (n->granted > 0 && n->withdrawn > 0) { /* PRO-4.3.4-06, -08 */
        return (struct said){NW_QUALIFIED_OPEN, NW_LINK_STATUS_OPEN,
                             "several services of the CA with different status"};
    }
    if (n->granted == 0) {
        enum nw_seal_link link = n->withdrawn > 0 || n->ended > 0 ? NW_LINK_WITHDRAWN
                                 : n->later > 0                   ? NW_LINK_NOT_YET
                                                                  : NW_LINK_NOT_FOR_SEALS;
        return (struct said){NW_QUALIFIED_NO, link, ""};
    }
    if (t < EIDAS) {
        return (struct said){NW_QUALIFIED_NO, NW_LINK_NOT_QUALIFIED,
                             "it is from before Regulation (EU) 910/2014 applied"};
    }
    return (struct said){NW_QUALIFIED_YES, NW_LINK_WHOLE, ""};
}

static struct said say_at(struct nw_seal_work *w, unsigned use, int64_t t)
{
    struct counted n = {0};
    for (size_t i = 0; i < w->service_n; i++) {
        count_service(w, w->services[i], use, t, &n);
    }
    struct said s = status_at(&n, t);
    if (s.q == NW_QUALIFIED_YES) {
        s.q = use == NW_USE_SEALS ? nw_qualification_seal(&w->leaf, &n.qualifiers, &s.why)
                                  : nw_qualification_signature(&w->leaf, &n.qualifiers, &s.why);
        s.link = s.q == NW_QUALIFIED_YES  ? NW_LINK_WHOLE
                 : s.q == NW_QUALIFIED_NO ? NW_LINK_NOT_QUALIFIED
                                          : NW_LINK_UNCLEAR;
    }
    return s;
}

/* An answer that differs between the two times is none (PRO-4.4.4-36). */
static void blame(struct nw_seal_work *w, const struct said *s, bool at_issue, bool same)
{
    w->out->answer = same && s->q == NW_QUALIFIED_OPEN ? NW_SEAL_OPEN : NW_SEAL_NO;
    w->out->at_issue = at_issue;
    nw_seal_break(w, s->link, "%s", s->why);
}

static bool says_otherwise(struct nw_seal_work *w, const struct said now[2], int64_t t)
{
    return say_at(w, NW_USE_SEALS, t).q != now[0].q ||
           say_at(w, NW_USE_SIGNATURES, t).q != now[1].q;
}

/* What the services of the chain say at the time of the check, and since when: every one of them
 * may have changed it, not the one that the chain leads to alone. */
static void look_since(struct nw_seal_work *w, const struct said now[2])
{
    int64_t first = w->at;
    w->out->ended = says_otherwise(w, now, w->at);
    for (size_t i = 0; w->out->ended && i < w->service_n; i++) {
        int64_t from[NW_MAX_PERIODS];
        size_t n = 0;
        if (nw_bundle_service_at(w->b, w->services[i], &w->service)) {
            for (; n < w->service.period_n; n++) {
                from[n] = w->service.periods[n].from;
            }
        }
        for (size_t k = 0; k < n; k++) {
            if (from[k] > w->signed_at && from[k] < first && says_otherwise(w, now, from[k])) {
                first = from[k];
            }
        }
    }
    w->out->ended_at = w->out->ended ? first : 0;
}

void nw_seal_judge(struct nw_seal_work *w)
{
    const unsigned uses[2] = {NW_USE_SEALS, NW_USE_SIGNATURES};
    struct said now[2];
    struct said then[2];
    for (int i = 0; i < 2; i++) {
        now[i] = say_at(w, uses[i], w->signed_at);
        then[i] = say_at(w, uses[i], w->leaf.not_before);
    }
    /* a signature's certificate is asked about as one; everything else as a seal's */
    int track = now[0].q == NW_QUALIFIED_NO && now[1].q == NW_QUALIFIED_YES ? 1 : 0;
    bool same = now[0].q == then[0].q && now[1].q == then[1].q;
    if (now[track].q != NW_QUALIFIED_YES) {
        blame(w, &now[track], false, same);
    } else if (then[track].q != NW_QUALIFIED_YES) {
        blame(w, &then[track], true, same);
    } else if (!same) {
        const struct said changed = {NW_QUALIFIED_NO, NW_LINK_CHANGED, ""};
        blame(w, &changed, true, same);
    } else if (now[0].q == now[1].q) { /* both: Tables 1 and 2 contradict (PRO-4.4.4-32) */
        const struct said both = {NW_QUALIFIED_OPEN, NW_LINK_UNCLEAR,
                                  "it would be qualified for seals and for signatures"};
        blame(w, &both, false, same);
    } else {
        w->out->answer = track == 0 ? NW_SEAL_SEAL : NW_SEAL_SIGNATURE;
        look_since(w, now);
    }
}
