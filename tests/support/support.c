#include "support.h"

#include "crypto/crypto.h"
#include "test_pki.h"

static struct nw_crypto *current;

#define KEPT_MAX 4096
static void *kept[KEPT_MAX];
static size_t kept_n;

static void *keep(void *p)
{
    if (p == NULL || kept_n == KEPT_MAX) {
        abort();
    }
    kept[kept_n++] = p;
    return p;
}

void test_reset(void)
{
    while (kept_n > 0) {
        free(kept[--kept_n]);
    }
}

struct nw_crypto *test_crypto(void)
{
    assert_non_null(current);
    return current;
}

int run_once(const char *name, const struct CMUnitTest *tests, size_t n)
{
    int failed = _cmocka_run_group_tests(name, tests, n, NULL, NULL);
    test_reset();
    return failed;
}

int run_on_both(const char *name, const struct CMUnitTest *tests, size_t n)
{
    static const enum nw_provider providers[] = {NW_PROVIDER_PSA, NW_PROVIDER_LIBCRYPTO};
    int failed = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(providers); i++) {
        if (!nw_crypto_has(providers[i])) {
            continue;
        }
        if (nw_crypto_new(providers[i], &current) != NW_OK) {
            abort();
        }
        char group[128];
        (void)snprintf(group, sizeof group, "%s/%s", name, nw_crypto_name(current));
        failed += run_once(group, tests, n);
        test_pki_drop();
        nw_crypto_free(&current);
    }
    return failed;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

struct nw_slice test_hex(const char *hex)
{
    uint8_t *bytes = keep(malloc(strlen(hex) / 2 + 1));
    size_t digits = 0;
    for (; *hex != '\0'; hex++) {
        if (*hex == ' ' || *hex == '\n') {
            continue;
        }
        int v = hex_digit(*hex);
        if (v < 0) {
            abort();
        }
        bytes[digits / 2] = (uint8_t)(digits % 2 == 0 ? v << 4 : bytes[digits / 2] | v);
        digits++;
    }
    if (digits % 2 != 0) {
        abort();
    }
    return nw_slice(bytes, digits / 2);
}

struct nw_slice test_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        return NW_SLICE_EMPTY;
    }
    size_t cap = 64u << 20;
    (void)fseek(f, 0, SEEK_END);
    long size = ftell(f);
    (void)fseek(f, 0, SEEK_SET);
    if (size < 0 || (size_t)size > cap) {
        abort();
    }
    uint8_t *bytes = keep(malloc((size_t)size + 1));
    size_t n = fread(bytes, 1, (size_t)size, f);
    (void)fclose(f);
    return nw_slice(bytes, n);
}

struct nw_slice test_file_below(const char *folder, const char *name, const char *ending)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
    struct nw_slice bytes = test_file(path);
    if (bytes.p == NULL) {
        fail_msg("%s is not there", path);
    }
    return bytes;
}

struct nw_slice test_without_line_end(struct nw_slice s)
{
    return s.n > 0 && s.p[s.n - 1] == '\n' ? nw_slice_sub(s, 0, s.n - 1) : s;
}

const char *test_data(const char *below)
{
    const char *root = getenv("NW_DATA");
    if (root == NULL || root[0] == '\0') {
        (void)fprintf(stderr, "SKIPPED: %s needs the test corpora; set NW_DATA to their folder\n",
                      below);
        return NULL;
    }
    size_t size = strlen(root) + strlen(below) + 2;
    char *path = keep(malloc(size));
    (void)snprintf(path, size, "%s/%s", root, below);
    return path;
}

void survives_allocation_failure(enum nw_err (*job)(void *ctx), void *ctx, const enum nw_err *also)
{
    for (long n = 0; n < 100000; n++) {
        nw_alloc_fail_after(n);
        enum nw_err e = job(ctx);
        nw_alloc_fail_after(-1);
        if (e == NW_OK) {
            assert_true(n > 0);
            return;
        }
        bool expected = e == NW_ERR_NOMEM;
        for (const enum nw_err *a = also; !expected && a != NULL && *a != NW_OK; a++) {
            expected = e == *a;
        }
        if (!expected) {
            fail_msg("allocation %ld failing gave %s", n, nw_err_name(e));
        }
    }
    fail_msg("the job never succeeds");
}
