/*
 * The policy file: what the authority decides, strict JSON.
 *
 *     {"version": 1,
 *      "bundle_signers": ["<SHA-256 of the bundle signer's certificate, hex>"],
 *      "bundle": "field.bundle", "state": "bundle-state.json", "country": "DE",
 *      "status_fresh_hours": 24, "trust_fresh_hours": 0, "clock_skew_seconds": 300,
 *      "proof_max_age_seconds": 300, "require_binding": false, "legacy_typ": false,
 *      "refuse_mac": false, "iaca": false, "mdoc_namespace": "nachweis.pda1.1",
 *      "trust_path": "list", "transition": ["PL"], "list_grace_hours": 720,
 *      "public_body_statement": "0.4.0.194126.1.3",
 *      "test_lists": "refuse", "types": ["pda1"], "algorithms": ["ES256", "ES384", "ES512"]}
 *
 * Only version is required; unknown members are errors, so that a misspelt
 * rule is never silently ignored. Relative paths are relative to the file.
 */
#ifndef NW_VERIFIER_POLICY_H
#define NW_VERIFIER_POLICY_H

#include "json/json.h"
#include "report/report.h"

#define NW_POLICY_SIGNERS 8
#define NW_POLICY_PATH 4096

struct nw_policy_file {
    struct nw_policy policy; /* points into this struct */
    const char *signers[NW_POLICY_SIGNERS + 1];
    char signer_text[NW_POLICY_SIGNERS][65];
    char types[3][16];
    enum nw_sig_alg algs[10];
    char bundle[NW_POLICY_PATH], state[NW_POLICY_PATH]; /* "" if not given */
    char country[3];
    char public_body[64]; /* OID */
    char name_space[128]; /* of the issuers, for what an A1 as mdoc has besides; "" the default */
    char path[NW_POLICY_PATH]; /* where it was found, "" if there is none */
};

/* path ("": none, the defaults), or without one the first of $XDG_CONFIG_HOME/nachweis/policy.json,
 * ~/.config/nachweis/policy.json, /etc/nachweis/policy.json; without any the defaults, and no
 * bundle is pinned. The struct is not to be moved afterwards. CONFIG, IO, NOT_A_FILE. */
NW_MUST_USE enum nw_err nw_policy_load(const char *path, struct nw_policy_file *out,
                                       struct nw_diag *d);

#endif
