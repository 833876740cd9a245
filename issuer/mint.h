/*
 * Minting: one credential of one record, of any type, for one reserved place.
 *
 * Three times are kept apart (a1-domain 5): the technical life (iat, exp), the
 * document, and the period of what it certifies. An SD-JWT VC or mdoc lives a few days
 * and is renewed; it begins and ends with a UTC day, so that its times do not tell
 * which copies were made together. An A11 lives as long as its A1 and `proof_days` longer, so
 * that an ended A1 still verifies as genuine and ended. Neither outlives the
 * signer's certificate.
 */
#ifndef NW_ISSUER_MINT_H
#define NW_ISSUER_MINT_H

#include "register.h"

enum nw_mint_form { NW_MINT_SDJWT = 1, NW_MINT_A11, NW_MINT_MDOC };

struct nw_mint_job {
    enum nw_mint_form form;
    enum nw_profile profile;        /* SD-JWT VC, mdoc */
    int a11_level;                  /* A11: 1 inspection, 2 full */
    const struct nw_pubkey *holder; /* NULL: unbound */
    int64_t now;
};
struct nw_minted {
    struct nw_buf text; /* owned */
    int64_t iat, exp;
};

/* "dc+sd-jwt", "mso_mdoc", "a11"; as in the store and on the command line. */
const char *nw_mint_form_name(enum nw_mint_form form);
/* "webuild", "inspection", ... */
const char *nw_mint_profile_name(const struct nw_mint_job *job);
/* The last second of the credential; RECORD_RULE (V23) when that has passed already. */
NW_MUST_USE enum nw_err nw_mint_expiry(const struct nw_home *home, const struct nw_record *r,
                                       const struct nw_mint_job *job, int64_t *exp,
                                       struct nw_diag *d);
/* Can this record become such a credential at all? To be asked before a place is taken. Findings:
 * V23 (time), V19 (form), and what the profile cannot carry. */
NW_MUST_USE enum nw_err nw_mint_check(const struct nw_home *home, const struct nw_record *r,
                                      const struct nw_mint_job *job, struct nw_findings *f);
/* The copy must be reserved and committed. */
NW_MUST_USE enum nw_err nw_mint(const struct nw_home *home, const struct nw_record *r,
                                const struct nw_a1 *a1, const struct nw_copy *copy,
                                const struct nw_mint_job *job, struct nw_minted *out,
                                struct nw_diag *d);

#endif
