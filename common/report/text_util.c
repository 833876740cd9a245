#include <stdio.h>

#include "base/date.h"
#include "report/internal.h"

void nw_json_date(const struct nw_json *n, char out[11])
{
    const char *text = nw_json_text(n);
    int64_t days;
    if (text != NULL && nw_date_parse(nw_str(text), &days) == NW_OK) {
        (void)snprintf(out, 11, "%s", text);
    } else {
        out[0] = '\0';
    }
}
