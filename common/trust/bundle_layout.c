#include "trust/bundle_layout.h"

#include <string.h>

#include "cbor/cbor.h"

static const struct {
    const char *name;
    size_t width;
    size_t inline_key; /* bytes of the row that are its key; 0: the record's first member is */
    bool sorted;
} layout[NW_TABLES] = {
    [NW_TABLE_SOURCES] = {"sources", 8, 0, false},
    [NW_TABLE_ENTITIES] = {"entities", 8, 0, false},
    [NW_TABLE_SERVICES] = {"services", 8, 0, false},
    [NW_TABLE_KEYS] = {"keys", 38, 38, true},
    [NW_TABLE_SUBJECTS] = {"subjects", 38, 38, true},
    [NW_TABLE_SIGNERS] = {"signers", 18, 10, true},
    [NW_TABLE_TOKENS] = {"status lists", 8, 0, true},
    [NW_TABLE_BODIES] = {"institutions", 8, 0, true},
    [NW_TABLE_VCTM] = {"type metadata", 8, 0, true},
    [NW_TABLE_NOTES] = {"notes", 8, 0, false},
    [NW_TABLE_SETS] = {"qualifications", 8, 0, false},
    [NW_TABLE_OTHERS] = {"other CAs", 20, 20, true},
};

size_t nw_table_width(enum nw_table t)
{
    return layout[t].width;
}

const char *nw_table_name(enum nw_table t)
{
    return layout[t].name;
}

bool nw_table_sorted(enum nw_table t)
{
    return layout[t].sorted;
}

uint32_t nw_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

struct nw_slice nw_row_record(enum nw_table t, struct nw_slice heap, const uint8_t *row)
{
    const uint8_t *range = row + layout[t].width - NW_RANGE_BYTES;
    size_t off = nw_be32(range);
    size_t len = nw_be32(range + 4);
    if (off > heap.n || len > heap.n - off) {
        return NW_SLICE_EMPTY;
    }
    return nw_slice_sub(heap, off, len);
}

/* First member as text, second as number (form of a token); nothing else is compared. */
static void record_key(struct nw_slice record, bool with_form, struct nw_slice *text,
                       uint64_t *form)
{
    struct nw_cbor r = nw_cbor_open(record);
    (void)nw_cbor_array(&r);
    *text = nw_cbor_text(&r);
    *form = with_form ? nw_cbor_uint(&r) : 0;
}

int nw_row_compare(enum nw_table t, struct nw_slice heap, const uint8_t *a, const uint8_t *b)
{
    if (layout[t].inline_key > 0) {
        int order = memcmp(a, b, layout[t].inline_key);
        /* One key id may stand for several certificates: the record tells them apart. */
        return order != 0 || t != NW_TABLE_SIGNERS
                   ? order
                   : nw_slice_cmp(nw_row_record(t, heap, a), nw_row_record(t, heap, b));
    }
    struct nw_slice text[2];
    uint64_t form[2];
    record_key(nw_row_record(t, heap, a), t == NW_TABLE_TOKENS, &text[0], &form[0]);
    record_key(nw_row_record(t, heap, b), t == NW_TABLE_TOKENS, &text[1], &form[1]);
    int order = nw_slice_cmp(text[0], text[1]);
    if (order != 0) {
        return order;
    }
    return form[0] < form[1] ? -1 : form[0] > form[1];
}
