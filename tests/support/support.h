/*
 * What every test program shares. Include this and nothing of cmocka.
 *
 *     static void a_behaviour(void **state) { ... test_crypto() ... }
 *     int main(void)
 *     {
 *         const struct CMUnitTest tests[] = {cmocka_unit_test(a_behaviour)};
 *         return run_on_both("cose", tests, ARRAY_LENGTH(tests));
 *     }
 */
#ifndef NW_TESTS_SUPPORT_H
#define NW_TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/err.h"
#include "base/slice.h"

#define ARRAY_LENGTH(a) (sizeof(a) / sizeof((a)[0]))

struct nw_crypto;
/* The provider under test; valid inside run_on_both(). */
struct nw_crypto *test_crypto(void);
/* Runs the group once per crypto provider of this build ("cose/psa", "cose/libcrypto"). */
int run_on_both(const char *name, const struct CMUnitTest *tests, size_t n);
/* Runs the group once, for tests that use no crypto. */
int run_once(const char *name, const struct CMUnitTest *tests, size_t n);

/* Asserts by name, so that a failure reads "JSON_DUPLICATE != OK". */
#define assert_ok(e) assert_string_equal(nw_err_name(e), "OK")
#define assert_err(e, wanted) assert_string_equal(nw_err_name(e), nw_err_name(wanted))

/* Bytes from hex (spaces ignored); freed by the next test_reset() or at exit. Aborts on bad hex. */
struct nw_slice test_hex(const char *hex);
/* A whole file, at most 64 MB; n == 0 and p == NULL if it is not there. Kept until test_reset(). */
struct nw_slice test_file(const char *path);
/* The file <folder>/<name><ending>. The test fails if it is not there. */
struct nw_slice test_file_below(const char *folder, const char *name, const char *ending);
/* Without the line end that text editors leave at the end of tokens, and that would refuse them. */
struct nw_slice test_without_line_end(struct nw_slice s);
/* Path below $NW_DATA, or NULL (after saying loudly what is skipped and why). Kept until exit. */
const char *test_data(const char *below);
void test_reset(void);

/* Calls job(ctx) with the 1st, 2nd, 3rd ... allocation failing until it returns NW_OK; every
 * failure on the way must be NW_ERR_NOMEM (or one of `also`, 0-terminated, may be NULL). */
void survives_allocation_failure(enum nw_err (*job)(void *ctx), void *ctx, const enum nw_err *also);

#endif
