/* CSV as an institution might import it. Whatever comes, the reader ends, tells why rows are no
 * record, and gives records that the strict JSON reader takes back. The second path is the file of an
 * institution (first byte '{'). */
#include <stdlib.h>

#include "csv.h"
#include "tenant.h"

static void record_is_json(const struct nw_json *record)
{
    struct nw_buf text = NW_BUF(1u << 20);
    struct nw_json *back = NULL;
    nw_json_write(record, &text);
    if (nw_buf_err(&text) == NW_OK) {
        if (nw_json_parse(nw_buf_slice(&text), &back, NULL) != NW_OK ||
            !nw_json_equal(record, back)) {
            abort();
        }
    }
    nw_json_free(&back);
    nw_buf_free(&text);
}

static void csv(const uint8_t *data, size_t size)
{
    FILE *f = fmemopen((void *)(uintptr_t)data, size, "rb");
    struct nw_csv *reader = NULL;
    uint64_t line = 0, before = 0;
    bool more = true;
    if (f == NULL) {
        abort();
    }
    enum nw_err e = nw_csv_open(f, &reader, NULL);
    while (e == NW_OK && more) {
        struct nw_json *record = NULL;
        struct nw_diag d;
        nw_diag_clear(&d);
        e = nw_csv_next(reader, &record, &line, &more, &d);
        if (e == NW_OK && more && (line <= before || (record == NULL) != (d.code != NW_OK))) {
            abort();
        }
        before = line;
        if (record != NULL) {
            record_is_json(record);
        }
        nw_json_free(&record);
    }
    nw_csv_free(&reader);
    (void)fclose(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nw_tenant t;
    if (size == 0) {
        return 0;
    }
    if (data[0] != '{') {
        csv(data, size);
    } else if (nw_tenant_parse(nw_slice(data, size), &t, NULL) == NW_OK) {
        if (t.id[2] != ':' || t.contact == NULL) {
            abort();
        }
        nw_tenant_free(&t);
    }
    return 0;
}
