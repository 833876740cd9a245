/*
 * SD-JWTs for tests, right or wrong in any way that is asked for.
 *
 * Texts are templates: "@0" to "@9" stand for the digest of that disclosure, and in a KB-JWT
 * payload
 * "@h" for the sd_hash. A disclosure may name the digests of earlier ones.
 */
#ifndef NW_TESTS_SDJWT_MAKE_H
#define NW_TESTS_SDJWT_MAKE_H

#include "crypto/signer.h"
#include "support.h"

#define MAKE_MAX 10
struct make {
    const char *header;                /* NULL: ES256 and dc+sd-jwt */
    const char *payload;               /* template */
    const char *disclosures[MAKE_MAX]; /* templates, NULL-terminated */
    unsigned leave_out;                /* bit i: do not send disclosure i */
    const char *kb_header;             /* NULL: ES256 and kb+jwt */
    const char *kb_payload;            /* template; NULL: no KB-JWT */
    bool kb_by_issuer;                 /* signed with the wrong key */
};

/* The keys of the RFC 9901 examples (A.5, and the d of the examples' settings.yml). */
struct nw_signer *make_issuer(void);
struct nw_signer *make_holder(void);
#define HOLDER_JWK                                                                                 \
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"TCAER19Zvu3OHF4j4W4vfSVoHIP1ILilDls7vCeGemc\","     \
    "\"y\":\"ZxjiWWbZMQGHVWKVQ4hbSIirsVfuecCE6t4jT9F2HZQ\"}"

/* Signs any header and payload; appends the compact form. */
void make_jws(struct nw_signer *s, const char *header, struct nw_slice payload, struct nw_buf *out);
/* Appends the token. */
void make_sdjwt(const struct make *m, struct nw_buf *out);

#endif
