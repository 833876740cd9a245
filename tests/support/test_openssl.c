#include "test_openssl.h"

#include <dirent.h>
#include <unistd.h>

#include "support.h"

#define PATH_SIZE 512

static char folder[64];

static void remove_folder(void)
{
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[PATH_SIZE];
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        (void)unlink(path);
    }
    (void)closedir(dir);
    (void)rmdir(folder);
}

static const char *in_folder(const char *name, char path[PATH_SIZE])
{
    if (folder[0] == '\0') {
        (void)strcpy(folder, "/tmp/nachweis-test-XXXXXX");
        if (mkdtemp(folder) == NULL) {
            abort();
        }
        (void)atexit(remove_folder);
    }
    (void)snprintf(path, PATH_SIZE, "%s/%s", folder, name);
    return path;
}

static bool run(const char *program, const char *args, va_list list)
{
    char command[2048];
    char path[PATH_SIZE];
    int n = snprintf(command, sizeof command, "cd %s && %s ", in_folder("", path), program);
    n += vsnprintf(command + n, sizeof command - (size_t)n, args, list);
    if (n < 0 || (size_t)n + 32 > sizeof command) {
        abort();
    }
    (void)strcat(command, " >log 2>&1");
    return system(command) == 0;
}

bool test_openssl(const char *args, ...)
{
    va_list list;
    va_start(list, args);
    bool ok = run("openssl", args, list);
    va_end(list);
    return ok;
}

bool test_tool(const char *program, const char *args, ...)
{
    va_list list;
    va_start(list, args);
    bool ok = run(program, args, list);
    va_end(list);
    return ok;
}

bool test_tool_is_there(const char *program)
{
    if (test_tool("command", "-v %s", program)) {
        return true;
    }
    print_message("skipped: %s is not installed (tools/install-packages test)\n", program);
    return false;
}

void test_openssl_must(const char *args, ...)
{
    va_list list;
    va_start(list, args);
    bool ok = run("openssl", args, list);
    va_end(list);
    if (!ok) {
        struct nw_slice log = test_openssl_file("log");
        fail_msg("openssl %s: %.*s", args, (int)log.n, (const char *)log.p);
    }
}

struct nw_slice test_openssl_file(const char *name)
{
    char path[PATH_SIZE];
    struct nw_slice bytes = test_file(in_folder(name, path));
    assert_non_null(bytes.p);
    return bytes;
}

void test_openssl_write(const char *name, struct nw_slice bytes)
{
    char path[PATH_SIZE];
    FILE *f = fopen(in_folder(name, path), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    assert_int_equal(fclose(f), 0);
}
