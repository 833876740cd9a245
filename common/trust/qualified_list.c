/* QC-01: the national list of the state that the certificate's issuer names, or why there is none
 * (PRO-4.4.4-01, PRO-4.2.4). */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "trust/qualified_internal.h"

#define OID_COUNTRY "2.5.4.6"

static bool is_list_of(const struct nw_bundle_source *s, const char *country)
{
    return nw_slice_is(s->list_type, NW_LIST_NATIONAL) &&
           nw_slice_is(nw_list_country(s->territory), country);
}

/* Was this list refused, or the list of lists that would have named it? The note says why. */
static bool find_refusal(struct nw_seal_work *w, const char *country)
{
    struct nw_bundle_note note;
    for (int round = 0; round < 2; round++) {
        const char *want = round == 0 ? country : "EU";
        for (size_t i = 0; nw_bundle_note_at(w->b, i, &note); i++) {
            if (note.kind == NW_NOTE_REFUSED && note.error.n > 0 &&
                nw_slice_is(nw_list_country(note.territory), want)) {
                nw_seal_break(w, NW_LINK_LIST_REFUSED, "%s%.*s, %.*s",
                              round == 0 ? "" : "the list of lists: ", (int)note.error.n,
                              (const char *)note.error.p, (int)note.text.n,
                              (const char *)note.text.p);
                return true;
            }
        }
    }
    return false;
}

static void check_lapse(struct nw_seal_work *w, const struct nw_bundle_source *s)
{
    char when[NW_TIME_TEXT];
    if (s->next_update == 0 || w->at <= s->next_update) {
        return;
    }
    w->out->stale = true;
    if (w->at - s->next_update > w->policy->grace) {
        nw_time_format(s->next_update, when);
        nw_seal_break(w, NW_LINK_LIST_LAPSED, "it was to be renewed by %s", when);
    }
}

enum nw_err nw_seal_find_list(struct nw_seal_work *w)
{
    struct nw_bundle_source s;
    char said[3] = "";
    char country[3];
    if (!nw_name_text(w->leaf.issuer, OID_COUNTRY, said, sizeof said) || said[0] == '\0') {
        nw_seal_break(w, NW_LINK_NO_LIST, "the issuer of the certificate names no state");
        return NW_OK;
    }
    struct nw_slice iso = nw_list_country(nw_str(said));
    (void)nw_slice_cstr(iso, country, sizeof country);
    (void)snprintf(w->out->territory, sizeof w->out->territory, "%s", country);
    for (size_t i = 0; nw_bundle_source_at(w->b, i, &s); i++) {
        if (is_list_of(&s, country)) {
            w->source = i;
            w->out->number = s.sequence;
            (void)nw_slice_cstr(s.name, w->out->list, sizeof w->out->list);
            check_lapse(w, &s);
            return NW_OK;
        }
    }
    if (!find_refusal(w, country)) {
        nw_seal_break(w, NW_LINK_NO_LIST, "%s", "");
    }
    return NW_OK;
}
