/*
 * PEM (RFC 7468): a BEGIN line, base64 in lines of any length, an END line with
 * the same label; white space does not matter, since the certificates of the
 * Official Journal come that way too. Text before, between and after blocks is
 * skipped. Encrypted and headed blocks ("Proc-Type:") are
 * refused, since their first line is not base64. Private to common/crypto.
 */
#ifndef NW_CRYPTO_PEM_H
#define NW_CRYPTO_PEM_H

#include "base/buf.h"

#define NW_PEM_LABEL 32

/* The next block at or after *pos; *pos moves behind it. label becomes its label, der (reset) its
 * bytes. NOT_FOUND when there is no block left, PEM when one is damaged. */
NW_MUST_USE enum nw_err nw_pem_next(struct nw_slice text, size_t *pos, char label[NW_PEM_LABEL],
                                    struct nw_buf *der);
void nw_pem_put(struct nw_buf *pem, const char *label, struct nw_slice der);

#endif
