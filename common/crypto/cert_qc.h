/*
 * What a certificate says of being qualified: the statements of EN 319 412-5
 * and TS 119 412-6 (qcStatements, RFC 3739 3.2.6).
 *
 * These are claims of whoever issued the certificate. Whether they hold is
 * decided by the trusted list that its issuer stands on
 * (trust/qualification.h).
 *
 * The extension is read whole: a statement that is not DER of its own shape,
 * or one of those below that stands there twice, refuses all of them.
 * Statements that are not known are passed over.
 *
 * What this does not check: limits of value, retention periods, PDS addresses,
 * semantics identifiers, and that a country exists.
 */
#ifndef NW_CRYPTO_CERT_QC_H
#define NW_CRYPTO_CERT_QC_H

#include "crypto/cert.h"

#define NW_OID_QC_COMPLIANCE "0.4.0.1862.1.1"
#define NW_OID_QC_QSCD "0.4.0.1862.1.4"
#define NW_OID_QC_TYPE "0.4.0.1862.1.6"
/* TS 119 412-6: body of the public sector behind an attestation. */
#define NW_OID_QC_PSB "0.4.0.194126.1.3"

/* QcType: what the certificate is for. */
#define NW_QC_SIGNATURE 1u /* 0.4.0.1862.1.6.1 */
#define NW_QC_SEAL 2u      /* .2 */
#define NW_QC_WEB 4u       /* .3 */
#define NW_QC_OTHER 8u     /* any other, as those of TS 119 412-6 for PID and wallet providers */

struct nw_cert_qc {
    bool compliance;                 /* QcCompliance: issued as EU qualified certificate */
    bool qscd;                       /* QcSSCD: the key is in a qualified device */
    unsigned types;                  /* NW_QC_*; 0: no QcType statement */
    bool psb;                        /* QcPSB, with what it says; over the certificate */
    struct nw_slice psb_country;     /* two letters, or EU */
    struct nw_slice psb_source;      /* the authentic source, UTF-8 */
    struct nw_slice psb_legislation; /* the law that makes the body responsible for it, UTF-8 */
};

/* psb_oid: which statement is QcPSB (its first edition gave it no number), NULL for the one above.
 * All false when the extension is absent. CERT_FORM. */
NW_MUST_USE enum nw_err nw_cert_qc_read(const struct nw_cert *cert, const char *psb_oid,
                                        struct nw_cert_qc *out, struct nw_diag *d);

#endif
