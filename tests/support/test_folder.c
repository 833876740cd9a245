#define _XOPEN_SOURCE 700 /* nftw */
#include "test_folder.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/codec.h"
#include "test_pki.h"

#define ROOMS 8
#define PATH_SIZE 160

static char folder[64];

int test_folder_make(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/nachweis-test-XXXXXX");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st;
    (void)kind;
    (void)where;
    return remove(path);
}

int test_folder_remove(void **state)
{
    (void)state;
    return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *test_path(const char *name)
{
    static char rooms[ROOMS][PATH_SIZE];
    static unsigned turn;
    char *room = rooms[turn++ % ROOMS];
    (void)snprintf(room, PATH_SIZE, "%s%s%s", folder, name[0] != '\0' ? "/" : "", name);
    return room;
}

void test_put(const char *name, struct nw_slice bytes)
{
    const char *slash = strchr(name, '/');
    if (slash != NULL) {
        char below[64];
        (void)snprintf(below, sizeof below, "%.*s", (int)(slash - name), name);
        (void)mkdir(test_path(below), 0700);
    }
    FILE *f = fopen(test_path(name), "wb");
    assert_non_null(f);
    assert_true(bytes.n == 0 || fwrite(bytes.p, 1, bytes.n, f) == bytes.n);
    assert_int_equal(fclose(f), 0);
}

void test_put_operator(char pin[65])
{
    struct nw_signer *s = NULL;
    struct nw_buf key = NW_BUF_SECRET(NW_MAX_KEY_FILE);
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    struct nw_buf pem = NW_BUF(NW_MAX_KEY_FILE);
    struct nw_buf hex = NW_BUF(65);
    uint8_t digest[NW_SHA256_BYTES];
    assert_ok(nw_key_generate_pem(test_crypto(), &key));
    assert_ok(nw_signer_from_pem(test_crypto(), nw_buf_slice(&key), NW_SLICE_EMPTY, &s, NULL));
    const struct nw_cert_template template = {.common_name = "Bundle",
                                              .organisation = "Test",
                                              .country = "DE",
                                              .subject = nw_signer_pubkey(s),
                                              .serial = {1},
                                              .not_before = TEST_NOT_BEFORE,
                                              .not_after = TEST_NOT_AFTER,
                                              .path_len = -1};
    assert_ok(nw_cert_make(test_crypto(), &template, s, &der));
    nw_cert_to_pem(nw_buf_slice(&der), &pem);
    test_put("op.key", nw_buf_slice(&key));
    test_put("op.pem", nw_buf_slice(&pem));
    assert_ok(nw_sha256(test_crypto(), nw_buf_slice(&der), digest));
    nw_hex_encode(nw_slice(digest, sizeof digest), &hex);
    assert_true(nw_slice_cstr(nw_buf_slice(&hex), pin, 65));
    nw_signer_free(&s);
    nw_buf_free(&key);
    nw_buf_free(&der);
    nw_buf_free(&pem);
    nw_buf_free(&hex);
}

int test_run(int (*command)(int argc, char **argv), const char *const *args)
{
    char *argv[24] = {NULL}, *words[24]; /* a command moves its operands */
    int argc = 0;
    for (; args[argc] != NULL; argc++) {
        assert_true((size_t)argc + 1 < ARRAY_LENGTH(argv));
        argv[argc] = words[argc] = strdup(args[argc]);
    }
    (void)fflush(stdout);
    (void)fflush(stderr);
    int saved[2] = {dup(1), dup(2)};
    int fd = open(test_path("out"), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
    assert_true(fd >= 0 && dup2(fd, 1) == 1 && dup2(fd, 2) == 2);
    (void)close(fd);
    int status = command(argc, argv);
    (void)fflush(stdout);
    (void)fflush(stderr);
    assert_true(dup2(saved[0], 1) == 1 && dup2(saved[1], 2) == 2);
    (void)close(saved[0]);
    (void)close(saved[1]);
    for (int i = 0; i < argc; i++) {
        free(words[i]);
    }
    return status;
}

static struct nw_slice output(void)
{
    return test_file(test_path("out"));
}

bool test_said(const char *text)
{
    struct nw_slice all = output();
    for (size_t i = 0; i < all.n; i++) {
        if (nw_slice_starts(nw_slice_from(all, i), text)) {
            return true;
        }
    }
    return false;
}

void assert_said(const char *text)
{
    if (!test_said(text)) {
        fail_msg("\"%s\" is not in: %.*s", text, (int)output().n, (const char *)output().p);
    }
}

void assert_not_said(const char *text)
{
    if (test_said(text)) {
        fail_msg("\"%s\" is in: %.*s", text, (int)output().n, (const char *)output().p);
    }
}
