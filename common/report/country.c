#include <string.h>

#include "report/internal.h"
#include "trust/bundle_items.h"

const char *nw_country_name(const struct nw_types *types, const char *code, int lang)
{
    const char *name = nw_types_code_text(types, "a1-states", code, lang == 0 ? "de" : "en");
    return name != NULL ? name : code;
}

void nw_country_iso(const char *code, char out[3])
{
    if (code == NULL || strlen(code) != 2) {
        out[0] = '\0';
        return;
    }
    (void)nw_slice_cstr(nw_list_country(nw_str(code)), out, 3);
}

bool nw_report_place(const char *code, char iso[3])
{
    int64_t ahead;
    nw_country_iso(code, iso);
    bool known = nw_zone_offset(iso, 0, &ahead);
    if (!known) {
        iso[0] = '\0';
    }
    return known;
}
