/* What the reader accepts is written back to a text of the same value, and that text to itself. */
#include <stdlib.h>

#include "base/limits.h"
#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nw_json *first = NULL;
    struct nw_json *again = NULL;
    struct nw_diag d;
    nw_diag_clear(&d);
    enum nw_err e = nw_json_parse(nw_slice(data, size), &first, &d);
    require(e == nw_json_check(nw_slice(data, size), NW_MAX_JSON, NULL));
    if (e != NW_OK) {
        require(first == NULL && d.code == e && (d.off <= size || d.off == NW_NO_OFFSET));
        return 0;
    }
    struct nw_buf once = NW_BUF(8 * NW_MAX_JSON);
    struct nw_buf twice = NW_BUF(8 * NW_MAX_JSON);
    nw_json_write(first, &once);
    require(nw_buf_err(&once) == NW_OK);
    require(nw_json_parse_max(nw_buf_slice(&once), once.max, &again, NULL) == NW_OK);
    require(nw_json_equal(first, again));
    nw_json_write(again, &twice);
    require(nw_slice_eq(nw_buf_slice(&once), nw_buf_slice(&twice)));
    nw_json_free(&again);
    nw_buf_reset(&twice);
    nw_json_write_pretty(first, &twice);
    if (nw_buf_err(&twice) == NW_OK) {
        require(nw_json_parse_max(nw_buf_slice(&twice), twice.max, &again, NULL) == NW_OK);
        require(nw_json_equal(first, again));
    }
    nw_json_free(&again);
    nw_json_free(&first);
    nw_buf_free(&once);
    nw_buf_free(&twice);
    return 0;
}
