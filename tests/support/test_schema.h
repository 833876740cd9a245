/*
 * A small validator of JSON Schema (draft 2020-12) for our own schemas: the
 * keywords that they use, and an error for every other one, so that nothing is
 * passed over in silence.
 */
#ifndef NW_TESTS_SCHEMA_H
#define NW_TESTS_SCHEMA_H

#include "json/json.h"

/* True if value fits the schema; else `why` says where and what does not. */
bool test_schema_fits(const struct nw_json *schema, const struct nw_json *value, char why[256]);

#endif
