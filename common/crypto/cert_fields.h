/* The own reader of a certificate, and what cert.c, path.c and cert_make.c share. Private. */
#ifndef NW_CRYPTO_CERT_FIELDS_H
#define NW_CRYPTO_CERT_FIELDS_H

#include "crypto/cert.h"
#include "crypto/der.h"

#define NW_OID_CN "2.5.4.3"
#define NW_OID_COUNTRY "2.5.4.6"
#define NW_OID_STATE "2.5.4.8"
#define NW_OID_ORGANISATION "2.5.4.10"
#define NW_OID_ORGANISATION_ID "2.5.4.97"

/* Everything but the second reader: fills out from der. */
NW_MUST_USE enum nw_err nw_cert_fields(struct nw_slice der, struct nw_cert *out, struct nw_diag *d);
/* RSASSA-PSS in its signature or its key: mbedTLS knows neither (2.28, as Debian has it). */
bool nw_cert_uses_pss(const struct nw_cert *cert);
/* OpenSSL's outline of such a certificate against ours; CERT_ALG where it is not built in. */
NW_MUST_USE enum nw_err nw_cert_third_reader(const struct nw_cert *ours, struct nw_diag *d);
/* nw_cert_read() that also gives the SHA-256 of the bytes. */
NW_MUST_USE enum nw_err nw_cert_read_id(struct nw_crypto *c, struct nw_slice der,
                                        struct nw_cert *out, uint8_t id[NW_SHA256_BYTES],
                                        struct nw_diag *d);
/* The extensions of a certificate (content of the SEQUENCE OF). */
NW_MUST_USE enum nw_err nw_cert_extensions(struct nw_slice list, struct nw_cert *out,
                                           struct nw_diag *d);
/* The same as far as it goes: what is not understood or not well-formed says nothing. */
void nw_cert_extensions_of_listed(struct nw_slice list, struct nw_cert *out);
/* Fills in the texts out of the subject. */
void nw_cert_texts(struct nw_cert *c);
/* Validity ::= SEQUENCE { notBefore, notAfter } */
bool nw_cert_take_validity(struct nw_slice *in, struct nw_cert *out);
/* The algorithm of an AlgorithmIdentifier's content; NW_ALG_NONE if weak or unknown. */
enum nw_sig_alg nw_cert_alg(struct nw_slice alg);
/* Value of the first attribute of this type in a Name (whole DER); false if there is none. */
bool nw_name_find(struct nw_slice name, const char *oid, struct nw_slice *value);
/* SEQUENCE OF SET OF { type, value }, whole and nothing else. */
bool nw_name_is_sound(struct nw_slice name);

#endif
