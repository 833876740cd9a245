/* The data files of common/attestation as the build found them: every file of types/ and codes/, in
 * alphabetical order. Generated tables, so that a new type is one new file. */
#ifndef NW_ATTESTATION_EMBEDDED_H
#define NW_ATTESTATION_EMBEDDED_H

#include <stddef.h>

struct nw_embedded {
    const unsigned char *p;
    const size_t *n;
};
extern const struct nw_embedded nw_embedded_types[], nw_embedded_codes[];
extern const size_t nw_embedded_types_n, nw_embedded_codes_n;

#endif
