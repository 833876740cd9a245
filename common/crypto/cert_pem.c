#include "crypto/cert.h"

#include <string.h>

#include "crypto/pem.h"

enum nw_err nw_cert_from_pem(struct nw_slice pem, size_t *pos, struct nw_buf *der)
{
    char label[NW_PEM_LABEL];
    enum nw_err e;
    do {
        e = nw_pem_next(pem, pos, label, der);
    } while (e == NW_OK && strcmp(label, "CERTIFICATE") != 0);
    return e;
}

void nw_cert_to_pem(struct nw_slice der, struct nw_buf *pem)
{
    nw_pem_put(pem, "CERTIFICATE", der);
}
