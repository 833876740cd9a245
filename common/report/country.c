#include <string.h>

#include "report/internal.h"
#include "trust/bundle_items.h"

struct country_row {
    char code[3];
    const char *name[2];
};

/* The 32 states of the A1. */
static const struct country_row countries[] = {
    {"AT", {"Österreich", "Austria"}},
    {"BE", {"Belgien", "Belgium"}},
    {"BG", {"Bulgarien", "Bulgaria"}},
    {"CH", {"Schweiz", "Switzerland"}},
    {"CY", {"Zypern", "Cyprus"}},
    {"CZ", {"Tschechien", "Czechia"}},
    {"DE", {"Deutschland", "Germany"}},
    {"DK", {"Dänemark", "Denmark"}},
    {"EE", {"Estland", "Estonia"}},
    {"ES", {"Spanien", "Spain"}},
    {"FI", {"Finnland", "Finland"}},
    {"FR", {"Frankreich", "France"}},
    {"GB", {"Vereinigtes Königreich", "United Kingdom"}},
    {"GR", {"Griechenland", "Greece"}},
    {"HR", {"Kroatien", "Croatia"}},
    {"HU", {"Ungarn", "Hungary"}},
    {"IE", {"Irland", "Ireland"}},
    {"IS", {"Island", "Iceland"}},
    {"IT", {"Italien", "Italy"}},
    {"LI", {"Liechtenstein", "Liechtenstein"}},
    {"LT", {"Litauen", "Lithuania"}},
    {"LU", {"Luxemburg", "Luxembourg"}},
    {"LV", {"Lettland", "Latvia"}},
    {"MT", {"Malta", "Malta"}},
    {"NL", {"Niederlande", "Netherlands"}},
    {"NO", {"Norwegen", "Norway"}},
    {"PL", {"Polen", "Poland"}},
    {"PT", {"Portugal", "Portugal"}},
    {"RO", {"Rumänien", "Romania"}},
    {"SE", {"Schweden", "Sweden"}},
    {"SI", {"Slowenien", "Slovenia"}},
    {"SK", {"Slowakei", "Slovakia"}},
};

const char *nw_country_name(const char *code, int lang)
{
    for (size_t i = 0; i < sizeof countries / sizeof countries[0]; i++) {
        if (strcmp(countries[i].code, code) == 0) {
            return countries[i].name[lang];
        }
    }
    return code;
}

void nw_country_iso(const char *code, char out[3])
{
    if (code == NULL || strlen(code) != 2) {
        out[0] = '\0';
        return;
    }
    (void)nw_slice_cstr(nw_list_country(nw_str(code)), out, 3);
}
