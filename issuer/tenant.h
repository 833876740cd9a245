/*
 * The institution that a home belongs to.
 *
 * Its file is JSON: id ("DE:DRVTEST01"), name, country, address
 * {streetAndNumber, town, postcode, countryCode}, and if wanted phone, fax,
 * email, url (where status lists and type metadata are published).
 */
#ifndef NW_ISSUER_TENANT_H
#define NW_ISSUER_TENANT_H

#include "json/json.h"

#define NW_TENANT_TEXT 160

struct nw_tenant {
    char id[33], name[NW_TENANT_TEXT], country[3], url[256];
    struct nw_json *contact; /* competentInstitution of an A1 record; owned */
};

/* The fictional institution that setup makes without --institution. */
extern const char nw_tenant_default[];

NW_MUST_USE enum nw_err nw_tenant_parse(struct nw_slice text, struct nw_tenant *out,
                                        struct nw_diag *d);
void nw_tenant_free(struct nw_tenant *t);

#endif
