/*
 * SD-JWT (RFC 9901) and SD-JWT VC: issuing and checking.
 *
 * Three steps, so that trust can come between them:
 *   nw_sdjwt_parse()    bytes only: split, decode, strict JSON (SDJ-01)
 *   nw_sdjwt_verify()   issuer signature with a key that the caller chose
 *                       (SDJ-02), digests and disclosures (SDJ-03..07), the
 *                       processed payload
 *   nw_sdjwt_kb()       the KB-JWT against cnf (KB-01..05)
 *   nw_sdjwt_vc_claims() typ, vct, claims that may not be disclosed, times
 *                       (VC-01, VC-02, VC-04)
 * All add their checks; VC-03 is trust, VC-05 type metadata: elsewhere.
 *
 * Whether key binding is needed is the caller's policy and cnf, never the
 * presence of a KB-JWT (RFC 9901 7.3).
 *
 * Checks are added under the ids above; `checks` may be NULL where only the
 * result matters. struct nw_sdjwt is some 9 kB: one on a stack, not two.
 */
#ifndef NW_SDJWT_SDJWT_H
#define NW_SDJWT_SDJWT_H

#include "base/check.h"
#include "jose/jws.h"

/* One disclosure, in the order received. */
struct nw_sd_disclosed {
    const char *name;            /* NULL for array elements */
    struct nw_json *name_owned;  /* where the name had to be unescaped */
    struct nw_json *owned;       /* the value, until it is placed */
    const struct nw_json *value; /* where it is in the processed payload; NULL before */
};
/* An array element that was not disclosed: its place in the array as issued. */
struct nw_sd_hidden {
    const struct nw_json *array;
    size_t index;
};

struct nw_sdjwt {
    struct nw_slice compact;   /* whole input */
    struct nw_slice presented; /* up to and including the last '~': what sd_hash covers */
    struct nw_jws issuer;
    struct nw_slice disclosure[NW_MAX_DISCLOSURES]; /* base64url text as received */
    size_t disclosure_n;
    struct nw_slice kb;        /* compact KB-JWT, empty if none */
    struct nw_json *payload;   /* processed payload after nw_sdjwt_verify(), NULL before; owned */
    struct nw_json *untrusted; /* the signed payload until then; nobody else's business; owned */
    struct nw_sd_disclosed *disclosed; /* disclosure_n of them; owned */
    struct nw_buf texts;               /* of the disclosures, decoded */
    struct nw_sd_hidden *hidden;       /* owned */
    size_t hidden_n, hidden_cap;
    size_t undisclosed;               /* digests without a disclosure (claims or decoys) */
    const char *registered_disclosed; /* a claim that must be visible and has a digest, or NULL */
    enum nw_hash_alg sd_alg;
};

NW_MUST_USE enum nw_err nw_sdjwt_parse(struct nw_slice compact, struct nw_sdjwt *out,
                                       struct nw_checks *checks, struct nw_diag *d);
/* True for values that came by a disclosure of their own (not because a parent did). */
bool nw_sdjwt_is_disclosed(const struct nw_sdjwt *s, const struct nw_json *value);
NW_MUST_USE enum nw_err nw_sdjwt_verify(struct nw_crypto *c, struct nw_sdjwt *s,
                                        const struct nw_pubkey *issuer_key,
                                        struct nw_checks *checks, struct nw_diag *d);

struct nw_kb_policy {
    bool required;        /* by policy; cnf in the credential makes it required as well */
    const char *nonce;    /* NULL: any (then KB-03 is not done) */
    const char *audience; /* NULL: any (then KB-03 is not done) */
    int64_t at;           /* Unix seconds */
    int64_t max_age;      /* 300 */
    int64_t max_future;   /* 60 */
};
/* *proven: a KB-JWT was there and every check of it passed; false when KB-03 could not be done. */
NW_MUST_USE enum nw_err nw_sdjwt_kb(struct nw_crypto *c, const struct nw_sdjwt *s,
                                    const struct nw_kb_policy *policy, bool *proven,
                                    struct nw_checks *checks, struct nw_diag *d);

struct nw_vc_policy {
    bool legacy_typ;  /* also accept vc+sd-jwt */
    int64_t at, skew; /* Unix seconds, seconds */
};
NW_MUST_USE enum nw_err nw_sdjwt_vc_claims(const struct nw_sdjwt *s,
                                           const struct nw_vc_policy *policy,
                                           struct nw_checks *checks, struct nw_diag *d);
void nw_sdjwt_free(struct nw_sdjwt *s);

/* ---- issuing ---- */

/* Which nodes of the payload become disclosures: paths into the JSON, in any order. Steps are
 * member names, separated by a slash; an asterisk stands for every member or element. "a" makes
 * member a one disclosure; "a" slash asterisk makes one of each member (element) of a; both
 * together give recursive disclosures. Paths that the payload does not have are no error. */
struct nw_sd_plan {
    const char *const *paths; /* NULL-terminated */
    /* Decoy digests: in the object at path, add so many that the count of digests is rounded up to
     * a multiple of `round`. */
    const struct nw_sd_decoy {
        const char *path;
        unsigned round;
    } * decoys;
    size_t decoy_n;
};

/* Source of salts and decoys: nw_random by default; vectors pass a fixed stream. */
typedef enum nw_err (*nw_random_fn)(void *ctx, uint8_t *out, size_t n);

struct nw_sdjwt_issue {
    const struct nw_json *payload; /* envelope and claims, complete and visible */
    const struct nw_sd_plan *plan;
    const char *typ;     /* "dc+sd-jwt" */
    nw_random_fn random; /* NULL: nw_random of c */
    void *random_ctx;
};
/* Writes `<JWT>~<D1>~...~<Dn>~`. Digests are sorted inside each _sd. */
NW_MUST_USE enum nw_err nw_sdjwt_issue(struct nw_crypto *c, struct nw_signer *s,
                                       const struct nw_sdjwt_issue *job, struct nw_buf *out,
                                       struct nw_diag *d);
/* Holder side (tests/wallet, interop): keeps the chosen disclosures and appends a KB-JWT.
 * keep == NULL keeps all; holder == NULL appends none. */
NW_MUST_USE enum nw_err nw_sdjwt_present(struct nw_crypto *c, struct nw_slice issued,
                                         bool (*keep)(void *ctx, struct nw_slice disclosure_json),
                                         void *ctx, struct nw_signer *holder, const char *nonce,
                                         const char *audience, int64_t iat, struct nw_buf *out);

/* A NumericDate (RFC 7519 2): a number, whole or not; rounded down. */
bool nw_sdjwt_date(const struct nw_json *n, int64_t *out);

#endif
