/*
 * Fixed keys and certificates for tests, the same in every program and every
 * run. A key's scalar is the SHA-256 of a public string, so everybody can make
 * it again: TEST KEYS, worthless for anything else. On psa the certificates are
 * the same bytes each time; on libcrypto only their signatures differ.
 *
 *     const struct test_pki *pki = test_pki();
 *     nw_sign(pki->attestation, ...);        its chain is one certificate
 *     path.anchors = &pki->anchor;           the CA that issued all but stranger
 *
 * Everything is valid from 2025-01-01 to 2035-01-01 (the CAs to 2045-01-01);
 * TEST_NOW lies between.
 */
#ifndef NW_TESTS_PKI_H
#define NW_TESTS_PKI_H

#include "crypto/cert.h"
#include "crypto/signer.h"

#define TEST_NOT_BEFORE 1735689600 /* 2025-01-01T00:00:00Z */
#define TEST_NOT_AFTER 2051222400  /* 2035-01-01T00:00:00Z */
#define TEST_NOW 1795305600        /* 2026-11-22T00:00:00Z */

struct test_pki {
    struct nw_signer *ca;          /* "nachweis test ca"; its chain is empty */
    struct nw_signer *attestation; /* "nachweis test attestation": signs credentials */
    struct nw_signer *status;      /* "nachweis test status": signs status lists */
    struct nw_signer *list;        /* "nachweis test list": trust list operator */
    struct nw_signer *bundle;      /* "nachweis test bundle": evidence bundle operator */
    struct nw_signer *stranger;    /* "nachweis test stranger": like attestation, of another CA */
    struct nw_signer *holder;      /* "nachweis test holder": a wallet key, no certificate */
    struct nw_slice anchor;        /* certificate of ca, DER */
    struct nw_slice other_anchor;  /* certificate of the stranger's CA, DER */
};

/* The set for any crypto instance; aborts when it cannot be made. Free it before the instance. */
struct test_pki *test_pki_new(struct nw_crypto *c);
void test_pki_free(struct test_pki **pki);
/* The set for test_crypto(), made at first use, freed by run_on_both(). */
const struct test_pki *test_pki(void);
void test_pki_drop(void);

/* A P-256 signer without chain: the scalar is SHA-256(name). Aborts on failure; caller frees. */
struct nw_signer *test_signer(struct nw_crypto *c, const char *name);

#endif
