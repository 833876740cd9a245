/*
 * A home: the folder of one institution.
 *
 *   config.json       version, life times, category, address (below)
 *   institution.json  who it is (tenant.h)
 *   store.db          records, copies, places in status lists
 *   keys/             attestation and status signer: NAME.key.pem (0600), NAME.cert.pem;
 *                     in a test home also the CA that certified them
 * and in a test home what a verifier needs to try it: operator/, lists/,
 * trust.json, institutions.json, policy.json.
 *
 * A home of another version, or with a part missing, is said so and left as it
 * is: STORE_VERSION, HOME_HALF.
 */
#ifndef NW_ISSUER_HOME_H
#define NW_ISSUER_HOME_H

#include "attestation/type.h"
#include "base/deflate.h"
#include "base/zone.h"
#include "crypto/cert.h"
#include "crypto/signer.h"
#include "io.h"
#include "store.h"
#include "tenant.h"

#define NW_HOME_VERSION 1

struct nw_home_config {
    bool test;
    char category[16];    /* attestation_legal_category */
    int64_t sdjwt_days;   /* technical life of an SD-JWT VC or mdoc */
    int64_t proof_days;   /* credentials still verify so long after endDate */
    int64_t status_ttl;   /* seconds */
    int64_t status_days;  /* life of a status list token */
    char name_space[128]; /* mdoc_namespace: the A1's second one, "" for that of its type */
};

struct nw_home {
    char path[NW_PATH];
    struct nw_home_config config;
    struct nw_tenant tenant;
    struct nw_crypto *crypto;
    struct nw_types *types;
    struct nw_signer *attestation, *status;
    struct nw_deflater *deflater; /* of A11 texts: making one costs more than a signature */
    int64_t cert_begin, cert_end; /* of the attestation signer */
    char cert_country[3];         /* of the attestation signer */
    struct nw_store *store;
};

NW_MUST_USE enum nw_err nw_home_open(const char *path, struct nw_home *out, struct nw_diag *d);
void nw_home_close(struct nw_home *h);
/* The clock: time() or --at (UTC, YYYY-MM-DDThh:mm:ssZ), which only test homes allow. */
NW_MUST_USE enum nw_err nw_home_now(const struct nw_home *h, const char *at, int64_t *now,
                                    struct nw_diag *d);
/* at == NULL: time(). */
NW_MUST_USE enum nw_err nw_clock(const char *at, int64_t *now, struct nw_diag *d);
/* The calendar day in the institution's country (base/zone.h); home NULL: the UTC day. */
void nw_home_today(const struct nw_home *h, int64_t now, char out[NW_DATE_TEXT]);
/* Address below which the status lists are: URL/status. */
NW_MUST_USE enum nw_err nw_home_status_base(const struct nw_tenant *t, char out[NW_STORE_URI]);

#endif
