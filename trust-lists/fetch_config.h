/* The configuration of `nachweis-trust fetch` (nachweis-trust(1), FETCHING). */
#ifndef NW_TRUST_LISTS_FETCH_CONFIG_H
#define NW_TRUST_LISTS_FETCH_CONFIG_H

#include "files.h"
#include "json/json.h"

#define FETCH_NAME_MAX 200 /* of a file below --out */

enum fetch_what { FETCH_LIST, FETCH_JWT, FETCH_CWT, FETCH_AGGREGATION };

/* Texts belong to the configuration. */
struct fetch_item {
    const char *label, *url;
    const char *file; /* below the folder of --out; of an aggregation: the folder of its lists */
    enum fetch_what what;
    enum fetch_what lists; /* of an aggregation: the form of its lists */
    size_t max;
};

#define FETCH_CA_FILE 1024
struct fetch_config {
    struct nw_json *json;
    struct fetch_item *items;
    size_t n;
    char ca_file[FETCH_CA_FILE]; /* "" when the system's authorities are meant */
    bool allow_private;
    int64_t timeout;
};

/* Checks every member: unknown ones, missing ones and wrong values are CONFIG with the path. */
NW_MUST_USE enum nw_err fetch_config_load(const char *path, struct fetch_config *out,
                                          struct nw_diag *d);
void fetch_config_free(struct fetch_config *c);

#endif
