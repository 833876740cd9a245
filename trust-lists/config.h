/* The configuration of `nachweis-trust bundle` (nachweis-trust(1), CONFIGURATION). */
#ifndef NW_TRUST_LISTS_CONFIG_H
#define NW_TRUST_LISTS_CONFIG_H

#include "files.h"
#include "lote.h"

struct tl_config {
    char path[TL_PATH];
    struct nw_json *json;
    int64_t max_age;
};
/* Checks every member: unknown ones, missing ones and wrong types are CONFIG with the path. */
NW_MUST_USE enum nw_err tl_config_load(const char *path, struct tl_config *out, struct nw_diag *d);
/* A file named in the configuration, relative to it. */
NW_MUST_USE enum nw_err tl_config_path(const struct tl_config *c, const struct nw_json *name,
                                       char out[TL_PATH], struct nw_diag *d);
void tl_config_free(struct tl_config *c);

#endif
