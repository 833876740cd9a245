/*
 * The openssl program, and others, as a second opinion: commands run in a folder of their
 * own that is removed when the test program ends.
 */
#ifndef NW_TESTS_OPENSSL_H
#define NW_TESTS_OPENSSL_H

#include "base/err.h"
#include "base/slice.h"

/* Runs "openssl <args>" in the folder, output thrown away; true if it succeeded. */
bool test_openssl(const char *args, ...) NW_PRINTF(1, 2);
/* The same; the test fails if the program does. */
void test_openssl_must(const char *args, ...) NW_PRINTF(1, 2);
/* A file of the folder; the test fails if it is not there. Kept until test_reset(). */
struct nw_slice test_openssl_file(const char *name);
void test_openssl_write(const char *name, struct nw_slice bytes);

/* Another program in the same folder, output in the file "log"; true if it succeeded. */
bool test_tool(const char *program, const char *args, ...) NW_PRINTF(2, 3);
/* False, after saying so, if the program is not installed. */
bool test_tool_is_there(const char *program);

#endif
