/*
 * Is a certificate qualified, and for what? (TS 119 615 PRO-4.4.4, TS 119 612
 * 5.5.9.2)
 *
 * A national list says that a service issues qualified certificates; whether
 * one below it is qualified follows from the statements in it (QcCompliance,
 * QcType) and from what the list says about a part of what the service issues:
 * elements of criteria and qualifiers. This file is the pure part: one
 * certificate, one set of elements, two tables. Which service, which status
 * and which times is asked in common/trust/qualified.
 *
 * A set is what one entry of a service says, in deterministic CBOR, as the
 * bundle carries it (docs/PROTOCOL.bundle):
 *
 *   set       = [+ element]
 *   element   = [qualifiers, criterion]      qualifiers: bits, not 0
 *   criterion = [0]                          unknown to whoever made the set
 *             / [1, mask, value]             KeyUsage: bits looked at, bits wanted
 *             / [2, + oid]                   PolicySet
 *             / [3, + oid]                   CertSubjectDNAttribute
 *             / [4, + oid]                   ExtendedKeyUsage
 *             / [5, + criterion]             all
 *             / [6, + criterion]             atLeastOne
 *             / [7, + criterion]             none
 *
 * The criterion of an element is a list (5 to 7) or [0]. Bit i of mask and
 * value is bit i of KeyUsage (0 digitalSignature .. 8 decipherOnly), value has
 * no bit that mask has not. An oid is the content of an OBJECT IDENTIFIER.
 * Lists stand in lists to a depth of NW_MAX_CRITERIA_DEPTH (today's lists: 2).
 * The empty slice is a set without elements: nothing is said, nothing applies.
 *
 * 1 to 4 are met when the extension (or the name) is there and holds all that
 * is listed, bits exactly as wanted. A list with [0] anywhere in it cannot be
 * evaluated, whatever the rest of it says: a critical extension that is not
 * understood entirely is not understood. Whether its qualifiers apply is then
 * open, and so is the answer.
 *
 * Qualifiers that neither table asks for (where the key is kept) do not get
 * into a set; what is no known qualifier at all is NW_QUALIFIER_UNKNOWN.
 */
#ifndef NW_TRUST_QUALIFICATION_H
#define NW_TRUST_QUALIFICATION_H

#include "crypto/cert.h"

#define NW_MAX_QUALIFICATION (16u << 10) /* bytes of a set; the largest one today is about 1 kB */
#define NW_MAX_CRITERIA_DEPTH 4u

enum nw_qualifier {
    NW_QUALIFIER_NOT_QUALIFIED = 1u << 0,
    NW_QUALIFIER_STATEMENT = 1u << 1, /* QCStatement */
    NW_QUALIFIER_SIGNATURE = 1u << 2, /* QCForESig */
    NW_QUALIFIER_SEAL = 1u << 3,      /* QCForESeal */
    NW_QUALIFIER_WEB = 1u << 4,       /* QCForWSA */
    NW_QUALIFIER_LEGAL_PERSON = 1u << 5,
    NW_QUALIFIER_UNKNOWN = 1u << 6,
};
#define NW_QUALIFIERS 0x7fu

enum nw_criterion {
    NW_CRITERION_UNKNOWN = 0,
    NW_CRITERION_KEY_USAGE = 1,
    NW_CRITERION_POLICIES = 2,
    NW_CRITERION_SUBJECT = 3,
    NW_CRITERION_EKU = 4,
    NW_CRITERION_ALL = 5,
    NW_CRITERION_ANY = 6,
    NW_CRITERION_NONE = 7,
};

/* True if the bytes are a set as above and nothing else. Everything below wants such a one. */
bool nw_qualification_valid(struct nw_slice set);

/* What a set says of a certificate. */
struct nw_qualifiers {
    unsigned apply; /* NW_QUALIFIER_*: of every element whose criteria are met */
    unsigned open;  /* of every element whose criteria cannot be evaluated */
};
/* Adds to *out: several services, or none, may have something to say. A certificate whose
 * extension cannot be read does not meet a criterion about it, and does not meet its opposite
 * either: the element is open. */
void nw_qualification_apply(struct nw_slice set, const struct nw_cert *cert,
                            struct nw_qualifiers *out);

enum nw_qualified {
    NW_QUALIFIED_OPEN = 0, /* the list cannot be used to tell: INDET_… */
    NW_QUALIFIED_NO,
    NW_QUALIFIED_YES,
};

/* Table 1 and Table 2 with the steps before them (PRO-4.4.4-11 to -15, -19 to -23): for a service
 * that is granted for signatures or for seals. Qualifiers that contradict, are unknown or open
 * leave it open. why: a short text in English for the cell or the step, never NULL. */
enum nw_qualified nw_qualification_signature(const struct nw_cert *cert,
                                             const struct nw_qualifiers *q, const char **why);
enum nw_qualified nw_qualification_seal(const struct nw_cert *cert, const struct nw_qualifiers *q,
                                        const char **why);

/* The statement of a public body (TS 119 412-6 QcPSB): which state's law made it one, and what it
 * is the source of. False if the certificate has no such statement under this OID (dotted), or one
 * that is not of the shape SEQUENCE { PrintableString, UTF8String, UTF8String }. */
struct nw_public_body {
    char country[3]; /* ISO 3166-1, or "EU" */
    struct nw_slice source, legislation;
};
bool nw_qualification_public_body(const struct nw_cert *cert, const char *oid,
                                  struct nw_public_body *out);

#endif
