/*
 * Signers: private keys are used through this seam and no other way.
 *
 * A signer is a key somewhere (a PEM file in this process now, a PKCS#11 token
 * in a process of its own later) with its algorithm and its certificate chain,
 * leaf first and without the trust anchor (HAIP 6.1.1).
 *
 * On psa signatures are deterministic (RFC 6979): the same input gives the
 * same bytes, which the conformance vectors rely on. On libcrypto 3.0 they
 * are not.
 */
#ifndef NW_CRYPTO_SIGNER_H
#define NW_CRYPTO_SIGNER_H

#include "crypto/crypto.h"

struct nw_signer;

/* PEM: no block or none of an unencrypted EC key. KEY: a block of another kind of key, or damaged.
 * key_pem: PKCS#8 or SEC1 EC key, unencrypted. chain_pem: certificates, leaf first; may be empty
 * (holder keys). The leaf's key must be the key's public half (KEY otherwise). The PEM text is
 * wiped by the caller. */
NW_MUST_USE enum nw_err nw_signer_from_pem(struct nw_crypto *c, struct nw_slice key_pem,
                                           struct nw_slice chain_pem, struct nw_signer **out,
                                           struct nw_diag *d);
/* A P-256 key from its 32-byte scalar (test vectors, fixed test keys). */
NW_MUST_USE enum nw_err nw_signer_from_scalar(struct nw_crypto *c, struct nw_slice scalar,
                                              struct nw_signer **out);
/* The same on another curve; KEY: out of range. ALG_UNSUPPORTED: the provider has not got it. */
NW_MUST_USE enum nw_err nw_signer_on_curve(struct nw_crypto *c, enum nw_key_type curve,
                                           struct nw_slice scalar, struct nw_signer **out);
/* A new key on P-256, P-384 or P-521 that never leaves this process: for one session's agreement.
 * KEY: not an EC curve. */
NW_MUST_USE enum nw_err nw_signer_ephemeral(struct nw_crypto *c, enum nw_key_type curve,
                                            struct nw_signer **out);
/* Makes a new P-256 key and writes it as PKCS#8 PEM to the secret buffer. */
NW_MUST_USE enum nw_err nw_key_generate_pem(struct nw_crypto *c, struct nw_buf *pem);
/* Replaces the chain (copied). KEY if the leaf certifies another key; the old chain then stays. */
NW_MUST_USE enum nw_err nw_signer_set_chain(struct nw_signer *s, const struct nw_slice *der,
                                            size_t n);

enum nw_sig_alg nw_signer_alg(const struct nw_signer *s);
const struct nw_pubkey *nw_signer_pubkey(const struct nw_signer *s);
size_t nw_signer_chain_length(const struct nw_signer *s);
struct nw_slice nw_signer_chain_cert(const struct nw_signer *s, size_t i); /* DER, borrowed */

/* sig: room for NW_SIG_MAX bytes; *sig_n is what was written. SIGNER for trouble with the key. */
NW_MUST_USE enum nw_err nw_sign(struct nw_signer *s, const struct nw_slice *parts, size_t n,
                                uint8_t sig[NW_SIG_MAX], size_t *sig_n);
/* ECDH (SEC 1 3.3.1): the x coordinate of the shared point, as long as the curve's field. A key
 * that agrees is made for that and signs nothing else (session keys), except a device key that
 * makes a MAC. ALG_KEY_MISMATCH: another curve. The caller wipes the secret. */
#define NW_ECDH_MAX 66
NW_MUST_USE enum nw_err nw_ecdh(struct nw_signer *own, const struct nw_pubkey *peer,
                                uint8_t secret[NW_ECDH_MAX], size_t *secret_n);
void nw_signer_free(struct nw_signer **s);

#endif
