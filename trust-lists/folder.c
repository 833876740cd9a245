/* A file, or the files of a folder in the order of their names, so that the same folder gives the
 * same bundle. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "files.h"

static bool has_ending(const char *name, const char *const *endings)
{
    size_t n = strlen(name);
    for (; *endings != NULL; endings++) {
        size_t end = strlen(*endings);
        if (n > end && strcmp(name + n - end, *endings) == 0) {
            return true;
        }
    }
    return false;
}

static enum nw_err each_in_folder(const char *folder, const char *const *endings,
                                  enum nw_err (*each)(void *ctx, const char *path), void *ctx)
{
    struct dirent **names = NULL;
    int n = scandir(folder, &names, NULL, alphasort);
    if (n < 0) {
        return NW_ERR_IO;
    }
    enum nw_err e = NW_OK;
    for (int i = 0; i < n; i++) {
        char path[TL_PATH];
        int length = snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        if (e == NW_OK && has_ending(names[i]->d_name, endings)) {
            e = length > 0 && (size_t)length < sizeof path ? each(ctx, path) : NW_ERR_IO;
        }
        free(names[i]);
    }
    free((void *)names);
    return e;
}

enum nw_err tl_each_file(const char *path, const char *const *endings,
                         enum nw_err (*each)(void *ctx, const char *path), void *ctx)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? each_in_folder(path, endings, each, ctx)
                                                       : each(ctx, path);
}
