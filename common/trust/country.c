#include "trust/bundle_items.h"

struct nw_slice nw_list_country(struct nw_slice list_code)
{
    if (nw_slice_is(list_code, "EL")) {
        return nw_str("GR");
    }
    return nw_slice_is(list_code, "UK") ? nw_str("GB") : list_code;
}
