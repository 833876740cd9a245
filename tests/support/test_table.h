/* Tables of the data folder: a line for each row, fields between tabs, names in the first line. */
#ifndef NW_TESTS_TABLE_H
#define NW_TESTS_TABLE_H

#include "base/slice.h"

/* Calls row() for every line but the first, its fields as strings; returns how many. */
size_t test_table_each(struct nw_slice table, void (*row)(char *field[], size_t n));

#endif
