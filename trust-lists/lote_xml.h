/*
 * The two XML bindings of a list of trusted entities (TS 119 602 annex A.2):
 * its own, and the one of TS 119 612, which says the same with other names.
 * Elements are named here as A.2.1 names them; table A.1 gives the others.
 */
#ifndef NW_TRUST_LISTS_LOTE_XML_H
#define NW_TRUST_LISTS_LOTE_XML_H

#include "lote_model.h"

#define LOTE_NS "http://uri.etsi.org/019602/v1#"
#define LOTE_NS_SIE "http://uri.etsi.org/019602/v1/ServiceInformationExtensions"
#define LOTE_NS_TIE "http://uri.etsi.org/019602/v1/TrustedEntityExtensions"

const char *lote_xml_ns(enum lote_binding binding);
const char *lote_xml_name(enum lote_binding binding, const char *name);

/* The published schema (annex A.2), without the signature: LOTE_FORM with the place. */
NW_MUST_USE enum nw_err lote_xml_check(const struct _xmlNode *root, enum lote_binding binding,
                                       struct nw_diag *d);
/* An extension that is known here, alone: ServiceUniqueIdentifier, OtherAssociatedBodies. */
NW_MUST_USE enum nw_err lote_xml_check_extension(const struct _xmlNode *n, struct nw_diag *d);
/* Is it one of the two? */
bool lote_xml_is_known(const struct _xmlNode *n);

#endif
