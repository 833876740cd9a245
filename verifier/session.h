/*
 * What one run of the verifier works with: crypto, credential types, policy,
 * evidence bundle, and what the inspector typed. Opened once, used for every
 * input. Nothing in here reaches the network.
 */
#ifndef NW_VERIFIER_SESSION_H
#define NW_VERIFIER_SESSION_H

#include "input.h"
#include "options.h"
#include "policy.h"

struct nw_session {
    struct nw_crypto *crypto;
    struct nw_types *types;
    struct nw_policy_file policy;
    struct nw_mapped bundle_file;
    struct nw_bundle *bundle;
    struct nw_person person;
    struct nw_buf pid;
    struct nw_buf transcript; /* of the session that an mdoc answers to */
    struct nw_signer *reader_key;
    char audience[512];
    struct nw_verify_job job; /* everything but the input */
};

/* 0, or the exit status after one sentence was said. The session is not to be moved. */
int nw_session_open(const struct nw_options *o, struct nw_session *s);
void nw_session_close(struct nw_session *s);

/* transcript.c: the part of it that is about mdocs. */
int nw_session_transcript(const struct nw_options *o, struct nw_session *s);

/* Checks one input and prints its report; the exit status 0, 1, 2 or 64 and up. */
int nw_session_check(struct nw_session *s, const struct nw_options *o, const char *name,
                     struct nw_slice input);

#endif
