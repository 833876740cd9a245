/*
 * Proof of possession by QR alone (docs/PROTOCOL.a11 section 6).
 *
 *     request   "A1Q:" base45( [1, nonce (16), now, profile] )
 *     response  "A1R:" base45( zlib( COSE_Sign1 by the cnf key ) )
 *         protected  { 1: alg, 13: the A11 token, 16: "application/kb+cwt" }
 *         payload    { 3: first 16 bytes of SHA-256(request bytes), 6: iat, 10: nonce }
 *
 * The inspector's device shows the request and keeps it; the holder's device
 * answers; the inspector's own clock measures the time between the two. The
 * holder's clock proves nothing. One request is good for one answer: throwing
 * a used request away is the caller's part.
 *
 * Without a request (the inspector has no screen to show) the holder may say
 * "live" in place of the hash, without nonce: NW_PROOF_LIVE, weaker, only
 * within 60 seconds of the inspector's clock, and to be shown as such.
 *
 * What this does not check: the A11 inside (that is seal.h; it must be
 * verified and its claims read first), and that the person is who the A1 names.
 * A relayed answer is not detected.
 */
#ifndef NW_SEAL_CHALLENGE_H
#define NW_SEAL_CHALLENGE_H

#include "seal/seal.h"

#define NW_REQUEST_PREFIX "A1Q:"
#define NW_RESPONSE_PREFIX "A1R:"
#define NW_RESPONSE_TYP "application/kb+cwt"
#define NW_CHALLENGE_NONCE 16
#define NW_CHALLENGE_SECONDS 120
#define NW_LIVE_SECONDS 60

struct nw_request {
    uint8_t nonce[NW_CHALLENGE_NONCE];
    uint8_t hash[16]; /* first 16 bytes of SHA-256 over the request's CBOR */
    int64_t now;      /* when it was made, by the inspector's clock */
    int level;        /* 1 inspection, 2 full: what is asked for */
};
/* Makes a request with a fresh nonce and appends its text. level: 1 or 2. */
NW_MUST_USE enum nw_err nw_request_make(struct nw_crypto *c, int64_t now, int level,
                                        struct nw_request *out, struct nw_buf *text);
/* Reads a request (the holder's side, or a kept one). A11_PREFIX, BASE45_*, CBOR_*, KB_FORM. */
NW_MUST_USE enum nw_err nw_request_parse(struct nw_crypto *c, struct nw_slice text,
                                         struct nw_request *out, struct nw_diag *d);

enum nw_proof {
    NW_PROOF_NONE = 0,
    NW_PROOF_LIVE,     /* the holder key was used about now */
    NW_PROOF_ANSWERED, /* the holder key answered this very request */
};

struct nw_response {
    struct nw_buf token; /* inflated COSE_Sign1, owned */
    struct nw_cose_sign1 cose;
    struct nw_seal seal; /* the A11 inside, parsed: verify it, then read its claims */
    bool live;
    int64_t iat; /* the holder's clock: a remark at most */
    struct nw_slice nonce, hash;
};
/* Form only. KB_FORM or what the transport, COSE and the A11 inside give. checks: QR-01..03. */
NW_MUST_USE enum nw_err nw_response_parse(struct nw_slice text, struct nw_response *out,
                                          struct nw_checks *checks, struct nw_diag *d);
/* After nw_seal_claims(&r->seal). request: the one that was shown, or NULL. now: the inspector's
 * clock when the answer was read. INTERNAL before the claims are read; KB_UNBOUND (no cnf),
 * SIGNATURE (another key), KB_NONCE, KB_HASH, KB_TIME, KB_MISSING (live, but a request was shown;
 * or an answer without a request). */
NW_MUST_USE enum nw_err nw_response_verify(struct nw_crypto *c, const struct nw_response *r,
                                           const struct nw_request *request, int64_t now,
                                           enum nw_proof *proof, struct nw_diag *d);
void nw_response_free(struct nw_response *r);

/* The holder's side (test wallet, holder page). token: the A11 as COSE_Sign1; request NULL: live.
 */
NW_MUST_USE enum nw_err nw_response_make(struct nw_signer *holder, struct nw_slice token,
                                         const struct nw_request *request, int64_t iat,
                                         struct nw_buf *text, struct nw_diag *d);

#endif
