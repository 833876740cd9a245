/*
 * The layout of the signed payload (docs/PROTOCOL.bundle section 3), shared by
 * writer and reader and by nobody else: the numbers of the head, the tables,
 * the width of their rows and the order they are in.
 *
 * A row names a record of the heap by offset and length (32 bit, big endian).
 * Rows that carry their key inline sort by bytes; rows of named records sort
 * by the first member of the record (and its form, for status lists).
 */
#ifndef NW_TRUST_BUNDLE_LAYOUT_H
#define NW_TRUST_BUNDLE_LAYOUT_H

#include "base/slice.h"

enum {
    NW_KEY_FORMAT = 1,
    NW_KEY_SEQUENCE,
    NW_KEY_CREATED,
    NW_KEY_MAX_AGE,
    NW_KEY_TEST,
    NW_KEY_HEAP,
    NW_HEAD_KEYS = NW_KEY_HEAP,
};

/* In the order of their keys, from NW_KEY_HEAP + 1. */
enum nw_table {
    NW_TABLE_SOURCES,
    NW_TABLE_ENTITIES,
    NW_TABLE_SERVICES,
    NW_TABLE_KEYS,     /* SHA-256 of the SPKI, role, service number */
    NW_TABLE_SUBJECTS, /* SHA-256 of the subject name, role, service number */
    NW_TABLE_SIGNERS,  /* key id, role, record */
    NW_TABLE_TOKENS,
    NW_TABLE_BODIES,
    NW_TABLE_VCTM,
    NW_TABLE_NOTES, /* from here on a table may be missing, which is the same as empty */
    NW_TABLE_SETS,
    NW_TABLE_OTHERS, /* first half of the SHA-256 of the subject name, entity number */
    NW_TABLES,
    NW_TABLES_REQUIRED = NW_TABLE_NOTES,
};

#define NW_KID_BYTES 8u
#define NW_OTHER_BYTES 16u
#define NW_ROW_MAX 38u
#define NW_RANGE_BYTES 8u

size_t nw_table_width(enum nw_table t);
const char *nw_table_name(enum nw_table t);
/* Sorted and without equal keys; the other tables are in order of number. */
bool nw_table_sorted(enum nw_table t);
uint32_t nw_be32(const uint8_t *p);
/* The record that the last eight bytes of a row name; empty when it is outside the heap. */
struct nw_slice nw_row_record(enum nw_table t, struct nw_slice heap, const uint8_t *row);
int nw_row_compare(enum nw_table t, struct nw_slice heap, const uint8_t *a, const uint8_t *b);

#endif
