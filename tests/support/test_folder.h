/*
 * A folder of its own for each test that runs a command, and the command run
 * in it. Use test_folder_make and test_folder_remove as setup and teardown.
 *
 *     test_put("config.json", nw_str("{}"));
 *     assert_int_equal(TEST_RUN(tl_command_bundle, "bundle", "--config", test_path("config.json")),
 * 78); assert_said("is missing");
 */
#ifndef NW_TESTS_FOLDER_H
#define NW_TESTS_FOLDER_H

#include "support.h"

int test_folder_make(void **state);
/* With everything that is in it. */
int test_folder_remove(void **state);
/* The path of a file in the folder; "" is the folder itself. Good for the next seven calls. */
const char *test_path(const char *name);
/* Writes a file; makes the folder in a name like "status/1.jwt". */
void test_put(const char *name, struct nw_slice bytes);
/* op.key and op.pem: a new P-256 key and its certificate; pin is the SHA-256 of the latter. */
void test_put_operator(char pin[65]);

/* Runs a command with its output in the file "out"; returns its exit status. args end with NULL. */
int test_run(int (*command)(int argc, char **argv), const char *const *args);
#define TEST_RUN(command, ...) test_run(command, (const char *const[]){__VA_ARGS__, NULL})
/* Is the text in the output of the last command? */
bool test_said(const char *text);
void assert_said(const char *text);
void assert_not_said(const char *text);

#endif
