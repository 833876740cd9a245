/* Private to common/mdoc. */
#ifndef NW_MDOC_INTERNAL_H
#define NW_MDOC_INTERNAL_H

#include "mdoc/mdoc.h"

#define NW_TAG_TDATE 0u
#define NW_TAG_CBOR 24u

/* Empty: all but the items, of which there are none. */
void nw_mdoc_clear(struct nw_mdoc *m);
/* Raw CBOR, hex or base64url: the bytes, in own when they had to be decoded. */
NW_MUST_USE enum nw_err nw_mdoc_decode(struct nw_slice in, struct nw_buf *own,
                                       struct nw_slice *bytes, struct nw_diag *d);
/* Tag 24 around a byte string that is one strict CBOR item: the content. raw is one whole item. */
NW_MUST_USE enum nw_err nw_mdoc_embedded(struct nw_slice raw, unsigned max_depth,
                                         struct nw_slice *content, struct nw_diag *d);
/* The same at the cursor, which moves behind it; *raw: the item with its tag. The content is not
 * checked yet. */
NW_MUST_USE enum nw_err nw_mdoc_embedded_next(struct nw_cbor *r, struct nw_slice *raw,
                                              struct nw_slice *content, struct nw_diag *d);
/* "1.minor" (ISO/IEC 18013-5 8.1): an unknown minor version is no error, another major one is. */
bool nw_mdoc_version(struct nw_slice version, unsigned *minor);
/* A text member as a slice; false if it is not there or no text. */
bool nw_mdoc_text(struct nw_slice map, const char *name, struct nw_slice *out);
/* IssuerSigned that is strict CBOR already. MSO-01 where the form is wrong, MSO-02 for issuerAuth.
 */
NW_MUST_USE enum nw_err nw_issuer_signed_read(struct nw_slice raw, struct nw_mdoc *out,
                                              const char **rule, struct nw_diag *d);
NW_MUST_USE enum nw_err nw_mso_read(struct nw_slice payload, struct nw_mso *out, struct nw_diag *d);
/* Every item against its digest; *undisclosed: the digests without item. */
NW_MUST_USE enum nw_err nw_mdoc_digests(struct nw_crypto *c, const struct nw_mdoc *m,
                                        size_t *undisclosed, struct nw_diag *d);
/* The outcome e of reading m under rule, recorded; a failure empties m. Returns e. */
NW_MUST_USE enum nw_err nw_mdoc_parsed(struct nw_mdoc *m, enum nw_err e, const char *rule,
                                       struct nw_checks *checks, struct nw_diag *d);
/* Adds a failure under the rule unless the trouble is ours; returns e. d holds the place. */
NW_MUST_USE enum nw_err nw_mdoc_refuse(struct nw_checks *checks, const char *rule, enum nw_err e,
                                       struct nw_diag *d);
void nw_mdoc_pass(struct nw_checks *checks, const char *rule);
/* Signature algorithms of issuerAuth and deviceSignature (ISO/IEC 18013-5 table 22). */
extern const enum nw_sig_alg nw_mdoc_algs[];
#define NW_MDOC_ALGS 4

#endif
